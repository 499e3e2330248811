"""The public lookup: what a mark was issued for, and whether something is odd. Never "genuine"."""

from dataclasses import dataclass
from datetime import datetime

from traceability.domain import marks, scans
from traceability.domain.chain import Judgement, Lot
from traceability.domain.marks import Issue, Span
from traceability.domain.people import Authorisation, Enterprise, Plot, Product, Standing
from traceability.domain.scans import NOT_SEEN, Condition, Door, Seen, Verdict
from traceability.domain.units import local_day
from traceability.services.acting import EVERYTHING
from traceability.services.chain.testing import batch_status
from traceability.services.chain.tracing import shares_of, upstream_of
from traceability.services.lookup.way import Step, way_of
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as scan_rows
from traceability.store.chain import Report
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Pack:
    """What to compare on the pack in hand, and the way the tea went."""

    serial: int
    code: str
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


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and for every code that was issued what it was issued for."""

    verdict: Verdict
    seen: Seen = NOT_SEEN
    pack: Pack | None = None
    state: str | None = None


UNKNOWN = Answer(Verdict.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A true code: its serial and issued range, and the scan that was kept of it."""

    serial: int
    issue: Issue
    scan: int | None = None


def identify(work: Work, text: str, *, gtin: str | None = None) -> Sighting | None:
    """The mark a code names; None for anything that was never issued, with nothing said about which part is wrong.

    Another product's trade item number before a true code is unknown too.
    """
    read = marks.read_code(text)
    serial, seen_mac = read if read else (0, 0)
    issue = mark_rows.issue_of_serial(work.session, serial)
    key = work.keys.get(issue.key if issue else "", _NO_KEY)
    true = marks.is_true(serial, seen_mac, key)
    if read is None or issue is None or not true:
        return None
    if gtin is not None and not _is_product(work, issue, gtin):
        return None
    return Sighting(serial, issue)


#: A key no code was ever made with: an unknown serial costs the same arithmetic as a known one.
_NO_KEY = b"\0" * 32


def _is_product(work: Work, issue: Issue, gtin: str) -> bool:
    product = people_rows.product(work.session, issue.product)
    return product is not None and product.gtin is not None and product.gtin == gtin.zfill(14)


def keep_scan(work: Work, sighting: Sighting, *, now: datetime, door: Door, client: str | None) -> Sighting:
    """Keep a look at a mark; committed before it is answered."""
    scan = scan_rows.add_scan(work.session, serial=sighting.serial, at=now, door=door, client=client)
    return Sighting(sighting.serial, sighting.issue, scan)


def answer(work: Work, sighting: Sighting | None, *, now: datetime) -> Answer:
    """What is known of a mark."""
    if sighting is None:
        return UNKNOWN
    span = mark_rows.span_of_serial(work.session, sighting.serial)
    if span is None:
        return UNKNOWN
    lots = [sighting.issue.batch, *([span.pack_lot] if span.pack_lot else [])]
    pack = _pack(work, sighting, span, lots, now)
    seen = scan_rows.seen_before(work.session, sighting.serial, scan=sighting.scan)
    condition = Condition(
        state=span.state,
        recalled=bool(oversight_rows.recalled_among(work.session, lots)),
        held=any(chain_rows.holds_on(work.session, lots).values()),
        best_before=pack.pack_lot.best_before if pack.pack_lot else None,
        seen=seen,
    )
    return Answer(scans.verdict(condition, local_day(now)), seen, pack, span.state.value)


def _pack(work: Work, sighting: Sighting, span: Span, lots: list[int], now: datetime) -> Pack:
    issue = sighting.issue
    found = chain_rows.lots_by_id(work.session, lots)
    batch, pack_lot = found[issue.batch], found.get(span.pack_lot or 0)
    enterprise = people_rows.enterprise(work.session, issue.enterprise, within=EVERYTHING)
    product = people_rows.product(work.session, issue.product)
    if enterprise is None or product is None:
        raise LookupError(issue)
    rights = people_rows.rights(work.session, enterprise.id)
    status = batch_status(work, batch)
    stop = rights.suspended(now)
    recalls = oversight_rows.recalls(work.session, lots=lots)
    upstream = upstream_of(work, batch)
    day = pack_lot.pack_day if pack_lot and pack_lot.pack_day else local_day(now)
    return Pack(
        serial=sighting.serial,
        code=marks.grouped(marks.encode(sighting.serial, work.keys[issue.key])),
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
    )
