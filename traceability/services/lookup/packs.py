"""What is told of a pack: what its mark was issued for, the way its tea went, and whether something stops it."""

from dataclasses import dataclass
from datetime import datetime

from traceability.domain.chain import Judgement, Lot
from traceability.domain.marks import Issue
from traceability.domain.people import Authorisation, Enterprise, Plot, Product, Standing
from traceability.domain.units import local_day
from traceability.services.acting import EVERYTHING
from traceability.services.chain.testing import batch_status
from traceability.services.chain.tracing import shares_of, upstream_of
from traceability.services.lookup.sighting import Sighting
from traceability.services.lookup.way import Step, way_of
from traceability.store import chain as chain_rows
from traceability.store import inspections as inspection_rows
from traceability.store import log as log_rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import recalls as recall_rows
from traceability.store.chain import Report
from traceability.store.inspections import Told
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Pack:
    """What to compare on the pack in hand, and the way the tea went: the same for all marks of an issued range that
    are on packs of one lot. `out_at` is when the first of them was sent off or sold, `issue_leaf` the number of their
    issue in the public log, once it is sealed.
    """

    enterprise: Enterprise
    product: Product
    batch: Lot
    pack_lot: Lot | None
    steps: tuple[Step, ...]
    shares: tuple[tuple[Plot, int], ...]
    report: Report | None
    judgement: Judgement | None
    authorisation: Authorisation | None
    standing: Standing
    suspended_since: datetime | None
    recall_reason: str | None
    recall_grade: str | None
    held: bool
    out_at: datetime | None
    issue_leaf: int | None
    sampled: tuple[Told, ...] = ()


def pack_of(work: Work, sighting: Sighting, *, now: datetime) -> Pack:
    """Everything a mark's page tells that is not the mark's own."""
    issue = sighting.issue
    lots = [issue.batch, *([sighting.pack_lot] if sighting.pack_lot else [])]
    found = chain_rows.lots_by_id(work.session, lots)
    batch, pack_lot = found[issue.batch], found.get(sighting.pack_lot or 0)
    enterprise = people_rows.enterprise(work.session, issue.enterprise, within=EVERYTHING)
    product = people_rows.product(work.session, issue.product)
    if enterprise is None or product is None:
        raise LookupError(issue)
    rights = people_rows.rights(work.session, enterprise.id)
    status = batch_status(work, batch)
    stop = rights.suspended(now)
    recalls = recall_rows.recalls_of(work.session, lots)
    upstream = upstream_of(work, batch)
    day = pack_lot.pack_day if pack_lot and pack_lot.pack_day else local_day(now)
    return Pack(
        enterprise=enterprise,
        product=product,
        batch=batch,
        pack_lot=pack_lot,
        steps=tuple(way_of(work, upstream, pack_lot)),
        shares=tuple(shares_of(upstream)),
        report=status.report if status.confirmed else None,
        judgement=status.judgement if status.confirmed else None,
        authorisation=rights.in_force(day),
        standing=rights.standing(now, local_day(now)),
        suspended_since=stop.since if stop else None,
        recall_reason=recalls[0].reason if recalls else None,
        recall_grade=recalls[0].grade if recalls else None,
        held=any(chain_rows.holds_on(work.session, lots).values()),
        out_at=chain_rows.out_since(work.session, pack_lot.id) if pack_lot else None,
        sampled=tuple(inspection_rows.verdicts_of_lot(work.session, lots)),
        issue_leaf=_issue_leaf(work, issue),
    )


def _issue_leaf(work: Work, issue: Issue) -> int | None:
    """Where the public log says that this range was issued."""
    if (at := mark_rows.issued_at(work.session, issue.id)) is None:
        return None
    fact = log_rows.issue_fact(work.session, (issue.range.first, issue.range.last), at)
    return None if fact is None else log_rows.leaf_number(work.session, fact)
