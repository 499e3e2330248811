"""Who people are, what each role may do, and how far a person sees."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self
from unicodedata import category

from stdnum import ean
from stdnum.cn import uscc as uscc_check
from stdnum.exceptions import ValidationError

from traceability.domain import errors
from traceability.domain.profile import Grade
from traceability.domain.units import half_width


class Role(StrEnum):
    """A person's post; one sign-in has one."""

    MANAGER = "manager"
    CLERK = "clerk"
    COUNTY = "county"
    PREFECTURE = "prefecture"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


class May(StrEnum):
    """Permissions, `subject:action`."""

    RECORD_CHAIN = "chain:record"
    AMEND_CHAIN = "chain:amend"
    READ_CHAIN = "chain:read"
    REQUEST_MARKS = "marks:request"
    PRINT_MARKS = "marks:print"
    VOID_MARKS = "marks:void"
    DECIDE_MARKS = "marks:decide"
    KEEP_SUPPLIERS = "suppliers:keep"
    APPROVE_PLOT = "plot:approve"
    AUTHORISE = "enterprise:authorise"
    SUSPEND = "enterprise:suspend"
    HOLD = "lot:hold"
    RECALL = "lot:recall"
    RETEST = "batch:retest"
    SETTLE = "finding:settle"
    INSPECT = "firm:inspect"
    OVERSEE = "oversight:read"
    KEEP_PEOPLE = "people:keep"
    KEEP_STAFF = "staff:keep"
    OVERRIDE_USCC = "uscc:override"
    APPLY = "authorisation:apply"
    REVIEW = "authorisation:review"
    KEEP_LOG = "log:keep"


_FIRM_DAILY = {May.RECORD_CHAIN, May.READ_CHAIN, May.KEEP_SUPPLIERS, May.VOID_MARKS, May.REQUEST_MARKS}
_OFFICE = {
    May.READ_CHAIN,
    May.OVERSEE,
    May.DECIDE_MARKS,
    May.APPROVE_PLOT,
    May.SUSPEND,
    May.HOLD,
    May.RECALL,
    May.RETEST,
    May.SETTLE,
    May.INSPECT,
    May.AMEND_CHAIN,
    May.OVERRIDE_USCC,
}

#: The whole of who may do what. Reach (which firm, which county) is `Within`, asked separately.
ALLOWED: dict[Role, frozenset[May]] = {
    Role.CLERK: frozenset(_FIRM_DAILY),
    Role.MANAGER: frozenset(
        _FIRM_DAILY | {May.AMEND_CHAIN, May.PRINT_MARKS, May.RECALL, May.KEEP_STAFF, May.APPLY}
    ),
    Role.COUNTY: frozenset(_OFFICE | {May.REVIEW}),
    Role.PREFECTURE: frozenset((_OFFICE - {May.DECIDE_MARKS}) | {May.AUTHORISE, May.KEEP_LOG}),
    Role.OBSERVER: frozenset({May.READ_CHAIN, May.OVERSEE}),
    Role.ADMINISTRATOR: frozenset({May.KEEP_PEOPLE, May.KEEP_SUPPLIERS}),
}

FIRM_ROLES = frozenset({Role.MANAGER, Role.CLERK})

#: What a manager may give a clerk, beside `READ_CHAIN`, without which there is no desk: all but people themselves.
GRANTABLE = ALLOWED[Role.MANAGER] - {May.KEEP_STAFF, May.READ_CHAIN}

#: Of that, what only a firm with a right to use the mark has a use for.
OF_THE_MARK = frozenset({May.REQUEST_MARKS, May.PRINT_MARKS, May.VOID_MARKS})


@dataclass(frozen=True, slots=True)
class Within:
    """How far a question reaches: one enterprise, one county, or all. There is no default on purpose."""

    enterprise: int | None = None
    county: str | None = None
    everything: bool = False

    @classmethod
    def firm(cls, enterprise: int) -> Self:
        """What one enterprise made, holds or held, and what that came from."""
        return cls(enterprise=enterprise)

    @classmethod
    def office(cls, county: str) -> Self:
        """What grew in a county or was made by its enterprises."""
        return cls(county=county)

    @classmethod
    def all(cls) -> Self:
        """The prefecture's reach."""
        return cls(everything=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody signed in, or named by `--as`.

    `enterprise` of an office person is a firm they also have an account with: they decide nothing there. `county` of an
    observer binds them to it; one without reads everywhere. `grants` is what a manager gave a clerk; None for what
    every clerk has.
    """

    user: int
    name: str
    role: Role
    enterprise: int | None = None
    county: str | None = None
    grants: frozenset[May] | None = None

    @property
    def within(self) -> Within:
        """The reach of this person's post."""
        if self.role in FIRM_ROLES and self.enterprise is not None:
            return Within.firm(self.enterprise)
        if self.role in {Role.COUNTY, Role.OBSERVER} and self.county is not None:
            return Within.office(self.county)
        if self.role in {Role.PREFECTURE, Role.OBSERVER, Role.ADMINISTRATOR}:
            return Within.all()
        raise errors.NotAllowed(role=self.role)

    @property
    def is_office(self) -> bool:
        """County or prefecture officer."""
        return self.role in {Role.COUNTY, Role.PREFECTURE}

    @property
    def permissions(self) -> frozenset[May]:
        """What this person may do: what the post carries, and of a clerk what the manager gave."""
        if self.role is Role.CLERK and self.grants is not None:
            return (self.grants & GRANTABLE) | {May.READ_CHAIN}
        return ALLOWED[self.role]

    def may(self, permission: May) -> bool:
        """Whether this person has this permission."""
        return permission in self.permissions

    def require(self, permission: May) -> None:
        """Raise `NotAllowed` unless this person has this permission."""
        if not self.may(permission):
            raise errors.NotAllowed(permission=permission.value, role=self.role.value)

    def firm(self, permission: May) -> int:
        """The enterprise this person acts for; raise `NotAllowed` for anybody else."""
        self.require(permission)
        if self.role not in FIRM_ROLES or self.enterprise is None:
            raise errors.NotAllowed(permission=permission.value, role=self.role.value)
        return self.enterprise


@dataclass(frozen=True, slots=True)
class Enterprise:
    """A tea business: a company, an individual business or a cooperative."""

    id: int
    name: str
    uscc: str
    county: str
    sc_no: str | None
    party: int


class Standing(StrEnum):
    """Where a firm's mark authorisation stands on a day."""

    NONE = "none"
    AUTHORISED = "authorised"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The right to use the GI mark: announcement, right claimed, grades covered, days in force (both included).

    `decided_on` is the day it was entered, None for one that is not kept yet.
    """

    announcement_no: str
    right_basis: str
    scope: tuple[Grade, ...]
    valid_from: date
    valid_until: date
    withdrawn_on: date | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stop of every mark action, from a moment until it is lifted."""

    since: datetime
    reason: str
    lifted_at: datetime | None = None

    def covers(self, moment: datetime) -> bool:
        """Whether the stop was in force at that moment."""
        return self.since <= moment and (self.lifted_at is None or moment < self.lifted_at)


@dataclass(frozen=True, slots=True)
class Rights:
    """Everything that was ever decided about a firm's use of the mark."""

    authorisations: tuple[Authorisation, ...] = ()
    suspensions: tuple[Suspension, ...] = ()

    def in_force(self, day: date) -> Authorisation | None:
        """The authorisation that counts on that day: of several the one announced last."""
        for one in reversed(self.authorisations):
            if one.valid_from <= day <= one.valid_until and not (
                one.withdrawn_on and one.withdrawn_on <= day
            ):
                return one
        return None

    def suspended(self, moment: datetime) -> Suspension | None:
        """The suspension in force at that moment."""
        return next((one for one in self.suspensions if one.covers(moment)), None)

    def standing(self, moment: datetime, day: date) -> Standing:
        """One word for pages."""
        if self.in_force(day):
            return Standing.SUSPENDED if self.suspended(moment) else Standing.AUTHORISED
        if any(one.withdrawn_on for one in self.authorisations):
            return Standing.WITHDRAWN
        return Standing.EXPIRED if self.authorisations else Standing.NONE

    def require(self, moment: datetime, day: date) -> Authorisation:
        """The authorisation to act on the mark; raise `NotAuthorised` or `Suspended`."""
        if (found := self.in_force(day)) is None:
            raise errors.NotAuthorised(day=day)
        if stop := self.suspended(moment):
            raise errors.Suspended(since=stop.since, why=stop.reason)
        return found


class ArtworkState(StrEnum):
    """Where a firm's file of the official mark stands. One that gave way to a newer file is withdrawn."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PlotState(StrEnum):
    """A plot is proposed by whoever enters it and made active by the county."""

    PROPOSED = "proposed"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Plot:
    """A registered piece of tea garden; its garden card. Area in mu (666.7 m²)."""

    id: int
    no: str
    grower: int
    township: str
    place: str
    area_mu: Decimal
    state: PlotState
    active_from: date | None = None
    cultivar: str | None = None
    altitude_m: int | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A trade scale and the days its verification covers (Metrology Law 9)."""

    id: int
    no: str
    verified_on: date
    verified_until: date

    def verified(self, day: date) -> bool:
        """Whether the verification covers that day."""
        return self.verified_on <= day <= self.verified_until


@dataclass(frozen=True, slots=True)
class Product:
    """What a firm sells under the mark: a grade in a net content, in grams."""

    id: int
    enterprise: int
    name: str
    grade: Grade
    net_content_g: int
    gtin: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody goods are sent to: an enterprise here, or an outside consignee one firm keeps a record of."""

    id: int
    name: str
    place: str
    enterprise: int | None = None
    kept_by: int | None = None


def read_uscc(text: str, *, override_reason: str | None = None) -> str:
    """The code in upper case without spaces; raise `UsccInvalid` when its check characters fail (GB 32100-2015).

    With an officer's reason a failing code of the right shape is taken: such codes have been issued.
    """
    compact = str(uscc_check.compact(half_width(text))).upper()
    if override_reason and len(compact) == 18 and compact.isascii() and compact.isalnum():
        return compact
    try:
        return str(uscc_check.validate(compact))
    except ValidationError as error:
        raise errors.UsccInvalid(uscc=compact[:40]) from error


def read_gtin(text: str | None) -> str | None:
    """A trade item number as 14 digits, or None for an empty text; raise `GtinInvalid`."""
    if not text or not text.strip():
        return None
    try:
        return str(ean.validate(half_width(text).strip())).zfill(14)
    except ValidationError as error:
        raise errors.GtinInvalid(gtin=text[:40]) from error


def read_township(text: str) -> str:
    """A nine-digit township code, with or without the three digits of a village; raise `TownshipUnreadable`."""
    digits = half_width(text).strip()
    if len(digits) not in (9, 12) or not digits.isascii() or not digits.isdigit():
        raise errors.TownshipUnreadable(township=text[:40])
    return digits[:9]


#: Control and format characters (Unicode general categories): they steer a terminal, or make a text look empty.
UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def read_text(text: str | None, field: str, *, longest: int = 120) -> str:
    """A text that has to be there, without what nobody sees; raise `TextMissing` or `TextTooLong`."""
    seen = "".join(one for one in text or "" if one.isspace() or category(one) not in UNSEEN)
    kept = " ".join(seen.split())
    if not kept:
        raise errors.TextMissing(field=field)
    if len(kept) > longest:
        raise errors.TextTooLong(field=field, longest=longest, length=len(kept))
    return kept


def read_reason(text: str | None) -> str:
    """A reason in words; raise `ReasonMissing`."""
    try:
        return read_text(text, "reason", longest=500)
    except errors.TextMissing as error:
        raise errors.ReasonMissing() from error


def masked(name: str, kind: str = "household") -> str:
    """A grower's name as others may see it: of a person the first character only (PIPL 6); firms hide nothing."""
    if kind != "household":
        return name
    return f"{name[:1]}{'＊' * max(1, len(name[:4]) - 1)}"


def check_grants(asked: frozenset[May], *, giver: Identity, authorised: bool) -> None:
    """Raise `GrantExceeded` for what the giver does not have, what is never given, or what the firm has no use for."""
    given = GRANTABLE & giver.permissions
    if excess := asked - (given if authorised else given - OF_THE_MARK):
        raise errors.GrantExceeded(permissions=sorted(one.value for one in excess))


def check_post(role: Role, enterprise: int | None, county: str | None) -> None:
    """Raise `RoleMisplaced` unless the role has the firm or the county it needs."""
    if role in FIRM_ROLES and enterprise is None:
        raise errors.RoleMisplaced(role=role.value, needs="enterprise")
    if role is Role.COUNTY and county is None:
        raise errors.RoleMisplaced(role=role.value, needs="county")
