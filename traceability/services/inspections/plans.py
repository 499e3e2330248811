"""Plans of inspections: drawn once from a seed nobody chose, called off with a reason, never drawn again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from traceability.domain import errors
from traceability.domain.inspections import (
    Candidate,
    Drawn,
    DrawTerms,
    Inspector,
    VisitState,
    Why,
    draw,
    next_inspectors,
    stratum_of,
)
from traceability.domain.log import digest_of
from traceability.domain.people import Enterprise, Identity, May, read_reason
from traceability.domain.profile import DrawRules
from traceability.domain.units import local_day
from traceability.services import acting, findings
from traceability.services.acting import once
from traceability.store import doubts as doubt_rows
from traceability.store import findings as finding_rows
from traceability.store import inspections as rows
from traceability.store import log as log_rows
from traceability.store import people as people_rows
from traceability.store.inspections import Plan, Visit
from traceability.store.work import Work


def number(work: Work, what: str, county: str, *, now: datetime) -> str:
    """The next number of an office: what, year, office, running number of four digits."""
    year = local_day(now).year % 100
    n = log_rows.next_numbers(work.session, f"{what}{year}:{county}")
    return f"{what}{year}-{county}-{n:04d}"


@once
def draw_plan(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    seed: str,
    by_chance: int,
    by_finding: int = 0,
    by_complaint: int = 0,
    reason: str,
    due_on: date | None = None,
    announced: bool = False,
    key: str | None = None,
) -> int:
    """Draw firms within reach and inspectors of the office; the plan's id.

    `seed` is the door's: 64 hexadecimal digits nobody could choose. Firms with a visit still to be made are left out.
    Raise `PlanEmpty`, `FirmsTooFew`, `InspectorsTooFew`, `ReasonMissing`, `DayPassed`.
    """
    by.require(May.INSPECT)
    day = _due(work, due_on, now)
    terms = DrawTerms(by_chance, by_finding, by_complaint, work.profile.drawing.inspectors)
    why, county = read_reason(reason), by.county or work.profile.prefecture.code
    firms, lists = _drawn_from(work, by, terms)
    drawn = draw_from(seed, lists)
    no = number(work, "JH", county, now=now)
    made = rows.add_plan(
        work.session, no=no, county=county, reason=why, seed=seed, drawn_from=lists, announced=announced,
        due_on=day, at=now, by=by.user,
    )  # fmt: skip
    for place, one in enumerate(drawn, start=1):
        _plan_visit(
            work,
            firms[one.firm],
            one,
            by=by,
            now=now,
            plan=made,
            place=place,
            due_on=day,
            announced=announced,
        )
    told = {"plan": no, "firms": len(drawn), "due_on": day, "drawn": digest_of({"seed": seed, **lists})}
    acting.state(
        work,
        "inspection.planned",
        by=by,
        now=now,
        public=told,
        private={"seed": seed, "reason": why},
        shown=False,
    )
    return made


def _due(work: Work, due_on: date | None, now: datetime) -> date:
    today = local_day(now)
    day = due_on or today + timedelta(days=work.profile.drawing.due_days)
    if day < today:
        raise errors.DayPassed(day=day, today=today)
    return day


def _drawn_from(
    work: Work, by: Identity, terms: DrawTerms
) -> tuple[Mapping[int, Enterprise], dict[str, Any]]:
    """The firms, and everything the draw depends on as it is kept."""
    waiting = {one.enterprise for one in rows.visits(work.session, within=by.within, open_only=True)}
    firms = {one.id: one for one in people_rows.enterprises(work.session, within=by.within)}
    points = points_by_firm(work, by)
    complaints = rows.open_complaints(work.session, within=by.within)
    return firms, {
        "firms": [
            [one.id, one.uscc, points.get(one.id, 0), complaints.get(one.id, 0)]
            for one in sorted(firms.values(), key=lambda one: one.uscc)
            if one.id not in waiting
        ],
        "inspectors": [[one.user, one.tied] for one, _name in rows.inspectors_of(work.session, by.county)],
        "terms": asdict(terms),
        "rules": asdict(work.profile.drawing),
    }


def points_by_firm(work: Work, by: Identity) -> dict[int, int]:
    """Points of the findings that wait, by firm within reach."""
    return {one.enterprise: one.points for one in findings.visits(work, by=by)}


def draw_from(seed: str, lists: Mapping[str, Any]) -> tuple[Drawn, ...]:
    """The draw, from what was kept of it: the same answer every time."""
    return draw(
        seed,
        [Candidate(*one) for one in lists["firms"]],
        [Inspector(*one) for one in lists["inspectors"]],
        DrawTerms(**lists["terms"]),
        DrawRules(**lists["rules"]),
    )


def _plan_visit(
    work: Work,
    firm: Enterprise,
    drawn: Drawn,
    *,
    by: Identity,
    now: datetime,
    due_on: date,
    announced: bool,
    plan: int | None = None,
    place: int | None = None,
    no: str | None = None,
    reason: str | None = None,
    finding: int | None = None,
    doubt: int | None = None,
) -> int:
    made = rows.add_visit(
        work.session,
        no=no or number(work, "JC", firm.county, now=now),
        plan=plan,
        place=place,
        enterprise=firm.id,
        county=firm.county,
        why=drawn.why,
        reason=reason,
        chances=drawn.weight,
        points=drawn.points,
        complaints=drawn.complaints,
        finding=finding,
        doubt=doubt,
        announced=announced,
        due_on=due_on,
        at=now,
        by=by.user,
    )
    rows.put_inspectors(work.session, made, drawn.inspectors)
    return made


@once
def call_off_plan(
    work: Work, *, by: Identity, now: datetime, plan: int, reason: str, key: str | None = None
) -> int:
    """A plan holds no more, and why; visits made under it stay as they are.

    Nobody spares a firm they have an account with. Raise `NotFound`, `OwnDecision`, `AlreadyDecided`, `ReasonMissing`.
    """
    by.require(May.INSPECT)
    found = rows.plan(work.session, plan, within=by.within, lock=True)
    if found is None:
        raise errors.NotFound()
    for visit in rows.visits(work.session, within=by.within, plan=plan):
        acting.not_own(by, enterprise=visit.enterprise)
    if found[0].called_off_at is not None:
        raise errors.AlreadyDecided()
    why = read_reason(reason)
    rows.call_off_plan(work.session, plan, reason=why, at=now, by=by.user)
    acting.decide(
        work, about="inspection_plan", subject=plan, firm=None, county=found[0].county, outcome="called_off",
        reason=why, by=by, now=now, public={"plan": found[0].no},
    )  # fmt: skip
    return plan


# --- beside the draw ----------------------------------------------------------------------------------------


@once
def order_visit(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    reason: str,
    finding: int | None = None,
    doubt: int | None = None,
    due_on: date | None = None,
    announced: bool = False,
    key: str | None = None,
) -> int:
    """A visit beside the draw, with its reason: from the list of visits, a finding or a doubt; its id.

    Who goes is drawn all the same, with the visit's own number for a seed.
    Raise `NotFound`, `OwnDecision`, `ReasonMissing`, `InspectorsTooFew`, `DayPassed`.
    """
    by.require(May.INSPECT)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    day, why = _due(work, due_on, now), read_reason(reason)
    _check_evidence(work, by, firm, finding, doubt)
    no = number(work, "JC", firm.county, now=now)
    drawn = _team(work, by, firm, no, _why(finding, doubt))
    made = _plan_visit(
        work, firm, drawn, by=by, now=now, no=no, reason=why, finding=finding, doubt=doubt, due_on=day,
        announced=announced,
    )  # fmt: skip
    told = {
        "visit": no,
        "enterprise": firm.uscc,
        "reason": why,
        "finding": finding,
        "doubt": doubt,
        "due_on": day,
    }
    acting.state(work, "inspection.ordered", by=by, now=now, private=told, shown=False)
    return made


def _why(finding: int | None, doubt: int | None) -> Why:
    if doubt is not None:
        return Why.COMPLAINT
    return Why.ORDERED if finding is None else Why.FINDING


def _check_evidence(
    work: Work, by: Identity, firm: Enterprise, finding: int | None, doubt: int | None
) -> None:
    """Raise `NotFound` unless they are about this very firm."""
    if finding is not None:
        known = finding_rows.finding(work.session, finding, within=by.within)
        if known is None or known.enterprise != firm.id:
            raise errors.NotFound()
    if doubt is not None:
        told = doubt_rows.doubts(work.session, within=by.within, number=doubt)
        if not told or told[0].enterprise != firm.id:
            raise errors.NotFound()


def _team(work: Work, by: Identity, firm: Enterprise, no: str, why: Why) -> Drawn:
    wanted = work.profile.drawing.inspectors
    points = points_by_firm(work, by).get(firm.id, 0)
    complaints = rows.open_complaints(work.session, within=by.within).get(firm.id, 0)
    people = [one for one, _name in rows.inspectors_of(work.session, by.county)]
    found = next_inspectors(no, Candidate(firm.id, firm.uscc), people)[:wanted]
    if len(found) < wanted:
        raise errors.InspectorsTooFew(asked=wanted, known=len(found))
    chances = stratum_of(points, work.profile.drawing)
    return Drawn(firm.id, why, chances, points, complaints, tuple(found))


# --- reading ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in a list: how many visits it has, and how many were made."""

    plan: Plan
    visits: int
    done: int


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan with its visits in the order drawn, and what it was drawn from.

    `same`: whether drawing again from what was kept gives these very firms, reasons and people.
    """

    plan: Plan
    visits: tuple[Visit, ...]
    lists: Mapping[str, Any]
    same: bool


def plans(work: Work, *, by: Identity) -> list[PlanLine]:
    """Plans within reach, latest first."""
    by.require(May.OVERSEE)
    visits = rows.visits(work.session, within=by.within)
    return [_line(one, visits) for one in rows.plans(work.session, within=by.within)]


def _line(plan: Plan, visits: list[Visit]) -> PlanLine:
    mine = [one for one in visits if one.plan == plan.id]
    return PlanLine(plan, len(mine), sum(one.state is VisitState.DONE for one in mine))


def plan_file(work: Work, *, by: Identity, number: int) -> PlanFile:
    """A plan, drawn again; raise `NotFound`."""
    by.require(May.OVERSEE)
    found = rows.plan(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    plan, lists = found
    visits = rows.visits(work.session, within=by.within, plan=plan.id)[::-1]
    kept = [(one.enterprise, one.why, tuple(user for user, _name in one.inspectors)) for one in visits]
    again = [(one.firm, one.why, one.inspectors) for one in draw_from(plan.seed, lists)]
    return PlanFile(plan, tuple(visits), lists, kept == again)
