"""The public lookup: what a mark was issued for, and whether something is odd. Never "genuine"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import marks, scans
from traceability.domain.chain import Account, Entry, EventKind, Judgement, Lot
from traceability.domain.marks import Issue, Span
from traceability.domain.people import Authorisation, Enterprise, Plot, Product, Standing
from traceability.domain.scans import NOT_SEEN, Condition, Door, Seen, Verdict
from traceability.domain.units import local_day
from traceability.services.acting import EVERYTHING
from traceability.services.chain.testing import batch_status
from traceability.services.chain.tracing import Trace, shares_of, upstream_of
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import scans as scan_rows
from traceability.store.chain import Event, Report
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the tea's way: what happened, over which days, where; figures only where they help."""

    kind: str
    first: datetime
    last: datetime
    places: tuple[str, ...] = ()
    facts: Mapping[str, object] | None = None


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
        steps=tuple(_way(work, upstream, pack_lot)),
        shares=tuple(shares_of(upstream)),
        report=status.report if status.confirmed else None,
        judgement=status.judgement if status.confirmed else None,
        authorisation=rights.in_force(day),
        standing=rights.standing(now, local_day(now)),
        suspended_since=stop.since if stop else None,
        recall_reason=recalls[0].reason if recalls else None,
        recall_grade=recalls[0].grade if recalls else None,
    )


#: Stages shown, in the order of the chain; an event of several lots is one step over its days.
_STAGES = (
    EventKind.LEAF_RECEIPT,
    EventKind.PROCESSING,
    EventKind.REFINING,
    EventKind.BLENDING,
    EventKind.SAMPLING,
    EventKind.PACKING,
)


def _way(work: Work, chain: Trace, pack_lot: Lot | None) -> list[Step]:
    """From plot to shop, as far as the books name this pack's lot; no page claims more."""
    chain_lots = {*chain.lots, *([pack_lot.id] if pack_lot else [])}
    events = _events(work, chain_lots, pack_lot)
    steps = [step for kind in _STAGES if (step := _stage(work, kind, events, pack_lot))]
    places = tuple(dict.fromkeys(plot.place for plot in chain.plot_names.values()))
    townships = tuple(dict.fromkeys(plot.township for plot in chain.plot_names.values()))
    named = {lot.leaf_grade for lot in chain.lots.values() if lot.leaf_grade}
    leaves = tuple(sorted(named, key=lambda leaf: leaf.rank))
    grown = {"places": places, "townships": townships, "plots": len(chain.plot_names), "leaf_grades": leaves}
    shown = [Step(s.kind, s.first, s.last, s.places, grown) if s.kind == "leaf_receipt" else s for s in steps]
    return [*shown, *_journeys(work, pack_lot)]


#: An event with what it counts for.
_Told = tuple[Event, list[Entry]]


def _events(work: Work, lots: set[int], pack_lot: Lot | None) -> list[_Told]:
    """The events that made the chain's lots; of packings, the one that made this pack's."""
    found = {
        event.id: event
        for event, *_ in chain_rows.events_of_lots(work.session, lots)
        if event.root is None and event.kind in _STAGES
    }
    entries = chain_rows.entries_of(work.session, found)
    told = [(event, entries[event.id]) for event in found.values()]
    return [one for one in told if _concerns(*one, lots, pack_lot)]


def _concerns(event: Event, entries: list[Entry], lots: set[int], pack_lot: Lot | None) -> bool:
    if event.kind is EventKind.SAMPLING:
        return True
    targets = {entry.lot for entry in entries if entry.grams > 0 and entry.lot}
    if event.kind is EventKind.PACKING:
        return pack_lot is not None and pack_lot.id in targets
    return bool(targets & lots)


def _stage(work: Work, kind: EventKind, events: list[_Told], pack_lot: Lot | None) -> Step | None:
    own = [event for event, _ in events if event.kind is kind]
    if not own:
        return None
    firms = (
        people_rows.enterprise(work.session, number, within=EVERYTHING)
        for number in {event.enterprise for event in own}
    )
    names = sorted(firm.name for firm in firms if firm)
    first, last = min(e.happened_at for e in own), max(e.happened_at for e in own)
    entries = [entry for event, counted in events if event.kind is kind for entry in counted]
    return Step(kind.value, first, last, tuple(names), _figures(kind, entries, pack_lot))


def _figures(kind: EventKind, entries: list[Entry], pack_lot: Lot | None) -> dict[str, object]:
    """Leaf and made tea of processing, packs of the packing; of other stages none."""
    if kind is EventKind.PROCESSING:
        stock = [entry.grams for entry in entries if entry.account is Account.HELD]
        return {"leaf_g": -sum(g for g in stock if g < 0), "made_g": sum(g for g in stock if g > 0)}
    if kind is EventKind.PACKING and pack_lot is not None:
        return {"packs": sum(entry.packs for entry in entries if entry.lot == pack_lot.id)}
    return {}


def _journeys(work: Work, pack_lot: Lot | None) -> list[Step]:
    """Shipments of the pack's lot; which of them carried this very pack is claimed only for a lot sent whole."""
    if pack_lot is None:
        return []
    steps = []
    for shipment in chain_rows.shipments_of_lot(work.session, pack_lot.id):
        to = people_rows.party(work.session, shipment.consignee)
        facts = {"state": shipment.state}
        last = shipment.answered_at or shipment.sent_at
        steps.append(Step("dispatch", shipment.sent_at, last, (to.place,) if to else (), facts))
    return steps
