"""Enterprises and their right to use the mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.people import (
    Authorisation,
    Enterprise,
    Identity,
    May,
    Rights,
    Standing,
    read_reason,
    read_text,
    read_uscc,
)
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.store import people as rows
from traceability.store.work import Work


@once
def register_enterprise(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    name: str,
    uscc: str,
    county: str,
    sc_no: str | None = None,
    override_reason: str | None = None,
    key: str | None = None,
) -> int:
    """Register a firm; its id. A code that fails its check needs an officer's reason."""
    _may_register(by, override_reason)
    why = read_reason(override_reason) if override_reason else None
    code = read_uscc(uscc, override_reason=why)
    if rows.enterprise_by_uscc(work.session, code, within=EVERYTHING) is not None:
        raise errors.UsccTaken(uscc=code)
    place = work.profile.county(county)
    made = rows.add_enterprise(
        work.session,
        name=read_text(name, "name"),
        uscc=code,
        county=county,
        sc_no=sc_no.strip().upper()[:40] if sc_no and sc_no.strip() else None,
        override=why,
        at=now,
        by=by.user,
        place=place.zh,
    )
    told = {"uscc": code, "name": made.name, "county": county}
    acting.state(work, "enterprise.registered", by=by, now=now, public=told, private={"override": why})
    return made.id


def _may_register(by: Identity, override_reason: str | None) -> None:
    """Administrators and officers register; only an officer overrides a failing code."""
    if override_reason or not by.may(May.KEEP_PEOPLE):
        by.require(May.OVERRIDE_USCC)


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm in a list, with where its authorisation stands."""

    enterprise: Enterprise
    standing: Standing
    rights: Rights


def enterprises(work: Work, *, by: Identity, now: datetime) -> list[FirmLine]:
    """Firms within reach."""
    return [_firm_line(work, one, now) for one in rows.enterprises(work.session, within=by.within)]


def enterprise(work: Work, *, by: Identity, number: int, now: datetime) -> FirmLine:
    """A firm within reach; raise `NotFound`."""
    return _firm_line(work, acting.firm_in_reach(work, by, number), now)


def _firm_line(work: Work, one: Enterprise, now: datetime) -> FirmLine:
    rights = rows.rights(work.session, one.id)
    return FirmLine(one, rights.standing(now, local_day(now)), rights)


@once
def authorise_enterprise(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    announcement_no: str,
    right_basis: str,
    scope: Sequence[Grade],
    valid_from: date,
    valid_until: date,
    key: str | None = None,
) -> int:
    """The prefecture announces that a firm may use the mark for these grades."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if right_basis not in {basis.key for basis in work.profile.rights}:
        raise errors.ChoiceUnknown(choice=right_basis, field="right_basis")
    if not scope or valid_until < valid_from:
        raise errors.ChoiceUnknown(choice=str(valid_until), field="valid_until")
    granted = Authorisation(
        read_text(announcement_no, "announcement_no", longest=40),
        right_basis,
        tuple(scope),
        valid_from,
        valid_until,
    )
    rows.add_authorisation(work.session, firm.id, granted, at=now, by=by.user)
    told = {
        "announcement_no": granted.announcement_no,
        "right_basis": right_basis,
        "scope": list(scope),
        "from": valid_from,
        "until": valid_until,
    }
    _decided(work, firm, "authorised", granted.announcement_no, by=by, now=now, public=told)
    return firm.id


def _decided(
    work: Work,
    firm: Enterprise,
    outcome: str,
    reason: str,
    *,
    by: Identity,
    now: datetime,
    public: dict[str, object] | None = None,
) -> None:
    acting.decide(
        work,
        about="authorisation",
        subject=firm.id,
        firm=firm,
        outcome=outcome,
        reason=reason,
        by=by,
        now=now,
        public=public,
    )


@once
def suspend_enterprise(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """Stop every mark action of a firm at once (FRAUD F15)."""
    by.require(May.SUSPEND)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    rows.lock_enterprise(work.session, firm.id)
    if rows.rights(work.session, firm.id).suspended(now):
        raise errors.AlreadyDecided()
    why = read_reason(reason)
    rows.add_suspension(work.session, firm.id, since=now, reason=why, by=by.user)
    _decided(work, firm, "suspended", why, by=by, now=now)
    return firm.id


@once
def lift_suspension(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """Let a firm act on its marks again."""
    by.require(May.SUSPEND)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if not rows.lift_suspension(work.session, firm.id, at=now):
        raise errors.NotSuspended()
    _decided(work, firm, "suspension_lifted", read_reason(reason), by=by, now=now)
    return firm.id


@once
def withdraw_authorisation(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """End a firm's authorisation."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if not rows.withdraw_authorisations(work.session, firm.id, local_day(now)):
        raise errors.NotAuthorised(day=local_day(now))
    _decided(work, firm, "withdrawn", read_reason(reason), by=by, now=now)
    return firm.id
