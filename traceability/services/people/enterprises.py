"""Enterprises and their right to use the mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.authorising import OUTCOMES, Ground
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
from traceability.services import acting, authorised
from traceability.services.acting import EVERYTHING, once
from traceability.store import applications as application_rows
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
    """The prefecture enters what was announced of a firm that did not apply here; raise `ApplicationOpen` if it did."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    rows.lock_enterprise(work.session, firm.id)
    asked = application_rows.applications(work.session, within=acting.within_firm(firm))
    if waiting := next((one for one in asked if one.is_open), None):
        raise errors.ApplicationOpen(application=waiting.no)
    told = {"announcement_no": announcement_no, "right_basis": right_basis, "scope": scope}
    announce(work, firm, by=by, now=now, valid_from=valid_from, valid_until=valid_until, **told)  # type: ignore[arg-type]
    return firm.id


def check_right(work: Work, right_basis: str, scope: Sequence[Grade]) -> None:
    """Raise `ChoiceUnknown` for a right the profile does not name, or for no grade at all."""
    if right_basis not in {basis.key for basis in work.profile.rights}:
        raise errors.ChoiceUnknown(choice=right_basis[:40], field="right_basis")
    if not scope:
        raise errors.ChoiceUnknown(choice="", field="scope")


def announce(
    work: Work,
    firm: Enterprise,
    *,
    by: Identity,
    now: datetime,
    announcement_no: str,
    right_basis: str,
    scope: Sequence[Grade],
    valid_from: date,
    valid_until: date,
) -> str:
    """Keep an announcement and its fact; its number as it is kept. Whoever calls has asked whether `by` may."""
    check_right(work, right_basis, scope)
    if valid_until < valid_from:
        raise errors.ChoiceUnknown(choice=str(valid_until), field="valid_until")
    no = read_text(announcement_no, "announcement_no", longest=40)
    granted = Authorisation(no, right_basis, tuple(scope), valid_from, valid_until)
    rows.add_authorisation(work.session, firm.id, granted, at=now, by=by.user)
    told = {
        "announcement_no": no,
        "right_basis": right_basis,
        "scope": list(scope),
        "from": valid_from,
        "until": valid_until,
    }
    _decided(work, firm, "authorised", no, by=by, now=now, public=told)
    return no


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
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    reason: str,
    ground: Ground = Ground.BREACH,
    key: str | None = None,
) -> int:
    """End a firm's authorisation; for disuse only when it was found and looked at: raise `DisuseUnproven`."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    rows.lock_enterprise(work.session, firm.id)
    if ground is Ground.DISUSE:
        authorised.check_disuse(work, enterprise=firm, now=now)
    if not rows.withdraw_authorisations(work.session, firm.id, local_day(now)):
        raise errors.NotAuthorised(day=local_day(now))
    _decided(work, firm, OUTCOMES[ground], read_reason(reason), by=by, now=now)
    return firm.id
