"""The way of the tea behind one pack, from plot to shop, as far as the books name this pack's lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from traceability.domain.chain import Account, Entry, EventKind, Lot
from traceability.services.acting import EVERYTHING
from traceability.services.chain.tracing import Trace
from traceability.store import chain as chain_rows
from traceability.store import people as people_rows
from traceability.store.chain import Event
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the tea's way: what happened, over which days, where; figures only where they help."""

    kind: str
    first: datetime
    last: datetime
    places: tuple[str, ...] = ()
    facts: Mapping[str, object] | None = None


#: Stages shown, in the order of the chain; an event of several lots is one step over its days.
_STAGES = (
    EventKind.LEAF_RECEIPT,
    EventKind.PROCESSING,
    EventKind.REFINING,
    EventKind.BLENDING,
    EventKind.SAMPLING,
    EventKind.PACKING,
)


def way_of(work: Work, chain: Trace, pack_lot: Lot | None) -> list[Step]:
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
        for event, *_ in chain_rows.events_of_lots(work.session, lots, kinds=_STAGES)
        if event.root is None
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
