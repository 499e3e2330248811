"""Reading findings: lists of them, and everything about one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from traceability.domain import errors
from traceability.domain.findings import Kind, State, kind_of
from traceability.domain.people import Enterprise, Identity, May, Plot, Within
from traceability.domain.units import local_day
from traceability.services.lists import Register
from traceability.store import chain as chain_rows
from traceability.store import findings as rows
from traceability.store import people as people_rows
from traceability.store.findings import Delivered, FindingLine, Receipt, Step
from traceability.store.oversight import Finding
from traceability.store.work import Work


def _reach(by: Identity) -> Within:
    by.require(May.OVERSEE)
    return by.within


#: Findings within an office's reach.
FINDINGS: Register[FindingLine] = Register(
    lambda work, by, asked: rows.find_findings(work.session, asked, within=_reach(by)),
    lambda work, _by, numbers: rows.finding_lines(work.session, numbers),
)


def counts(work: Work, *, by: Identity) -> Mapping[str, int]:
    """How many findings there are in each state, within reach; `waiting` are those that are not settled."""
    found = rows.counts_by_state(work.session, within=_reach(by))
    waiting = sum(n for state, n in found.items() if state != State.SETTLED)
    return {
        **{one.value: found.get(one.value, 0) for one in State},
        "waiting": waiting,
        "all": sum(found.values()),
    }


@dataclass(frozen=True, slots=True)
class Evidence:
    """The entries a finding stands on, the latest of them: weighings, or leaf that was passed on."""

    receipts: tuple[Receipt, ...] = ()
    delivered: tuple[Delivered, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """Everything about a finding. `firm` and `plot` are None out of reach or where there is none."""

    finding: Finding
    kind: Kind
    firm: Enterprise | None
    plot: Plot | None
    taken_by: str
    steps: tuple[Step, ...]
    others: tuple[Finding, ...]
    evidence: Evidence = field(default_factory=Evidence)
    lot_in_reach: bool = False


def file_of(work: Work, *, by: Identity, number: int) -> File:
    """A finding within reach, with what it stands on and what became of it; raise `NotFound`."""
    within = _reach(by)
    found = rows.finding(work.session, number, within=within)
    if found is None:
        raise errors.NotFound()
    firm = people_rows.enterprise(work.session, found.enterprise, within=within) if found.enterprise else None
    plots = people_rows.plots_by_id(work.session, [found.plot] if found.plot else [])
    others = rows.others_of(work.session, firm.id, within=within, but=found.id, most=9) if firm else []
    return File(
        found,
        kind_of(found.code),
        firm,
        plots.get(found.plot or 0),
        people_rows.user_name(work.session, found.taken_by) if found.taken_by else "",
        tuple(rows.steps_of(work.session, found.id)),
        tuple(others),
        _evidence(work, found),
        bool(found.lot and chain_rows.sees(work.session, found.lot, within)),
    )


def _evidence(work: Work, found: Finding) -> Evidence:
    """The entries, as they are now; they may have grown since it was found."""
    session, season, firm = work.session, _season(work, found.happened_at), found.enterprise or 0
    told: Mapping[str, Any] = found.evidence
    if found.code == "weights.repeating":
        grams = int(told.get("repeated_g", 0))
        return Evidence(tuple(rows.receipts_of_weight(session, firm, season, grams=grams, plot=found.plot)))
    if found.code == "receipts.at_night":
        return Evidence(tuple(rows.receipts_at_night(session, firm, season)))
    if found.code == "entry.back_dated":
        late = work.profile.late_entry_hours
        return Evidence(tuple(rows.receipts_told_late(session, firm, season, hours=late)))
    if found.code == "allowance.early" and found.plot:
        return Evidence(tuple(rows.receipts_of_plot(session, found.plot, season)))
    if found.code == "leaf.circling":
        ring = [firm, *(int(one) for one in told.get("firm_ids", ()))]
        return Evidence(delivered=tuple(rows.leaf_between(session, ring, season)))
    return Evidence()


def _season(work: Work, at: datetime) -> int:
    return work.profile.season(local_day(at))
