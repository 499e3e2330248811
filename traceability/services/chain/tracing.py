"""Trace backward and forward, and everything known about a lot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import balance, errors
from traceability.domain.chain import Edge, Lot, LotKind
from traceability.domain.marks import Span
from traceability.domain.people import FIRM_ROLES, Enterprise, Identity, May, Plot
from traceability.services import acting
from traceability.services.acting import EVERYTHING
from traceability.services.chain.testing import BatchStatus, batch_status
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import recalls as recall_rows
from traceability.store.chain import Carton, Event, LotLine
from traceability.store.oversight import Document, Finding, Hold
from traceability.store.recalls import Recall
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything upstream (or downstream) of a lot: lots by id, edges with their grams, and plots of leaf lots."""

    lot: Lot
    forward: bool
    lots: dict[int, Lot]
    edges: tuple[Edge, ...]
    plots: dict[int, dict[int, int]]
    plot_names: dict[int, Plot]


def trace(work: Work, *, by: Identity, lot: int, forward: bool = False) -> Trace:
    """The whole chain on one side of a lot; raise `LotUnknown`.

    A firm sees everything upstream of what it holds, and one step downstream.
    """
    by.require(May.READ_CHAIN)
    found = _seen(work, by, lot)
    edges = rows.walk(work.session, lot, forward=forward)
    if forward and by.role in FIRM_ROLES:
        edges = _shown(work, by, lot, edges)
    return chain_of(work, found, edges, forward=forward)


def _shown(work: Work, by: Identity, lot: int, edges: Sequence[Edge]) -> list[Edge]:
    """What a firm sees of what is downstream: see `rows.sees`, asked of all of it at once."""
    reached = {one.target for one in edges}
    into = rows.edges_into(work.session, reached)
    own = rows.touched(work.session, {lot, *reached, *(source for source, _ in into)}, by.enterprise or 0)
    upstream = balance.closures(own & reached, ((edge.target, edge.source) for edge in edges))
    below = {target for source, target in into if source in own}
    seen = {lot, *own, *upstream, *below}
    return [edge for edge in edges if edge.source in seen and edge.target in seen]


def chain_of(work: Work, lot: Lot, edges: Sequence[Edge], *, forward: bool) -> Trace:
    """A trace with its names, without asking who wants it; for use cases that have asked."""
    numbers = {lot.id, *(edge.source for edge in edges), *(edge.target for edge in edges)}
    grown = rows.plots_of(work.session, numbers)
    names = people_rows.plots_by_id(work.session, {plot for lots in grown.values() for plot in lots})
    return Trace(lot, forward, rows.lots_by_id(work.session, numbers), tuple(edges), grown, names)


def _seen(work: Work, by: Identity, number: int) -> Lot:
    found = rows.lot(work.session, number, within=by.within)
    if found is None:
        raise errors.LotUnknown(lot=number)
    return found


def lot_named(work: Work, *, by: Identity, no: str) -> Lot:
    """A lot by its number, or by `#id` when several firms use the number; raise `LotUnknown`."""
    by.require(May.READ_CHAIN)
    if no.startswith("#") and no[1:].isdigit():
        return _seen(work, by, int(no[1:]))
    found = rows.lots_named(work.session, no, within=by.within)
    if len(found) != 1:
        raise errors.LotUnknown(lot=no, several=[f"#{one.id}" for one in found])
    return found[0]


def plot_shares(work: Work, lot: Lot) -> list[tuple[Plot, int]]:
    """(plot, share in thousandths) of a lot, pro rata through each blend; the shares sum to 1,000."""
    return shares_of(upstream_of(work, lot))


def upstream_of(work: Work, lot: Lot) -> Trace:
    """Everything a lot came out of, without asking who wants it."""
    return chain_of(work, lot, rows.walk(work.session, lot.id, forward=False), forward=False)


def shares_of(upstream: Trace) -> list[tuple[Plot, int]]:
    """The shares of plots in the lot of a trace upstream."""
    lot = upstream.lot
    edges = [(edge.source, edge.target, edge.grams) for edge in upstream.edges]
    shares = balance.shares_upstream(lot.id, edges, upstream.plots)
    parts = balance.largest_remainder(shares, 1000)
    return sorted(
        ((upstream.plot_names[plot], part) for plot, part in parts.items()),
        key=lambda one: (-one[1], one[0].no),
    )


@dataclass(frozen=True, slots=True)
class AmendedLine:
    """What an event booked on an account of a lot: as it was written first, and as it counts now."""

    account: str
    before_g: int
    after_g: int
    before_packs: int
    after_packs: int


@dataclass(frozen=True, slots=True)
class Amended:
    """An event that was amended, its amendments in order with their reasons, and the lines that changed."""

    event: Event
    amendments: tuple[Event, ...]
    lines: tuple[AmendedLine, ...]


History = Sequence[tuple[Event, str, int, int]]


def amended_of(history: History) -> tuple[Amended, ...]:
    """The amended events of a lot's history, in the order they happened; only what is booked on that lot."""
    by_root: dict[int, list[tuple[Event, str, int, int]]] = {}
    for one in history:
        by_root.setdefault(one[0].root or one[0].id, []).append(one)
    found = []
    for root, booked in by_root.items():
        first = next((event for event, *_ in booked if event.id == root), None)
        changes = {event.id: event for event, *_ in booked if event.id != root}
        if first is not None and changes:
            found.append(
                Amended(first, tuple(changes[n] for n in sorted(changes)), _amended_lines(root, booked))
            )
    return tuple(found)


def _amended_lines(root: int, booked: History) -> tuple[AmendedLine, ...]:
    lines: dict[str, list[int]] = {}
    for event, account, grams, packs in booked:
        sums = lines.setdefault(account, [0, 0, 0, 0])
        sums[1], sums[3] = sums[1] + grams, sums[3] + packs
        if event.id == root:
            sums[0], sums[2] = sums[0] + grams, sums[2] + packs
    return tuple(
        AmendedLine(account, *sums)
        for account, sums in lines.items()
        if sums[0] != sums[1] or sums[2] != sums[3]
    )


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything known about a lot, as one person may see it."""

    lot: Lot
    maker: Enterprise
    grams: int
    packs: int
    reserved_g: int
    status: BatchStatus | None
    history: tuple[tuple[Event, str, int, int], ...]
    holds: tuple[Hold, ...]
    recalls: tuple[Recall, ...]
    documents: tuple[Document, ...]
    findings: tuple[Finding, ...]
    cartons: tuple[Carton, ...]
    spans: tuple[Span, ...]
    own: bool

    @property
    def amended(self) -> tuple[Amended, ...]:
        """What was amended of this lot, with reasons, before and after."""
        return amended_of(self.history)


def dossier(work: Work, *, by: Identity, lot: int) -> Dossier:
    """A lot with its stock, history, holds, recalls, files, findings, cartons and marks; raise `LotUnknown`."""
    by.require(May.READ_CHAIN)
    found = _seen(work, by, lot)
    maker = people_rows.enterprise(work.session, found.origin, within=EVERYTHING)
    if maker is None:
        raise errors.LotUnknown(lot=lot)
    party = _party(work, by) or maker.party
    grams, packs = rows.on_hand(work.session, lot, party=party)
    full = by.role not in FIRM_ROLES or maker.id == by.enterprise
    owner = by.enterprise if by.role in FIRM_ROLES and by.enterprise else maker.id
    return Dossier(
        lot=found,
        maker=maker,
        grams=grams,
        packs=packs,
        reserved_g=acting.reserved_g(work, lot, owner) if found.kind is LotKind.BATCH else 0,
        status=batch_status(work, found) if found.kind is LotKind.BATCH else None,
        history=_history(work, by, lot) if full else (),
        holds=tuple(oversight_rows.holds(work.session, [lot])),
        recalls=tuple(recall_rows.recalls_of(work.session, [lot])),
        documents=tuple(oversight_rows.documents(work.session, lots=[lot])) if full else (),
        findings=tuple(oversight_rows.findings(work.session, within=by.within, lots=[lot])) if full else (),
        cartons=tuple(rows.cartons(work.session, lot)),
        spans=tuple(mark_rows.spans_of_lot(work.session, lot)) if full else (),
        own=by.role in FIRM_ROLES and maker.id == by.enterprise,
    )


def _party(work: Work, by: Identity) -> int | None:
    if by.role not in FIRM_ROLES:
        return None
    return acting.own_firm(work, by, May.READ_CHAIN).party


def _history(work: Work, by: Identity, lot: int) -> tuple[tuple[Event, str, int, int], ...]:
    """What happened to a lot; to a firm what it did itself and how its deliveries were answered, nothing further."""
    found = rows.events_of_lots(work.session, [lot])
    own = {event.id for event, *_ in found if by.role not in FIRM_ROLES or event.enterprise == by.enterprise}
    return tuple(
        (event, account, grams, packs)
        for event, _, account, grams, packs in found
        if event.id in own or event.about in own
    )


def on_hand(
    work: Work, *, by: Identity, kinds: Sequence[LotKind] = tuple(LotKind), party: int | None = None
) -> list[LotLine]:
    """What one of the firm's parties has on hand, oldest first."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    return rows.lots_on_hand(work.session, party=acting.own_party(work, firm, party).id, kinds=kinds)


def lots(work: Work, *, by: Identity, kinds: Sequence[LotKind] = tuple(LotKind)) -> list[LotLine]:
    """Lots made within reach, latest first."""
    by.require(May.READ_CHAIN)
    return rows.lots(work.session, within=by.within, kinds=kinds)


def events(work: Work, *, by: Identity, limit: int = 500) -> list[Event]:
    """Events of firms within reach, latest first."""
    by.require(May.READ_CHAIN)
    return rows.events(work.session, within=by.within, limit=limit)


def free_g(work: Work, *, by: Identity, batch: int, at: datetime) -> int:
    """Grams of a batch nothing is waiting for, for the firm asking."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    grams, _ = rows.available(work.session, batch, party=firm.party, at=at)
    return max(0, grams - acting.reserved_g(work, batch, firm.id))
