"""What a form may offer, what an event comes to, and what others booked meanwhile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.chain import Account, Entry, Lot, LotKind, Stock
from traceability.domain.people import Enterprise, Identity, May
from traceability.services import acting
from traceability.services.acting import EVERYTHING
from traceability.store import chain as rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.chain import Event
from traceability.store.oversight import Finding
from traceability.store.work import Work

#: (lot, party): one stock.
Place = tuple[int, int]


def offers(
    work: Work,
    *,
    by: Identity,
    at: datetime,
    kinds: Sequence[LotKind] = tuple(LotKind),
    party: int | None = None,
    despite: frozenset[str] = frozenset(),
) -> tuple[list[Stock], list[Stock]]:
    """What one of the firm's parties has: what it can give, and what it cannot (held, recalled, kept for marks);
    latest first.
    """
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = sorted(_stocks(work, firm, kinds=kinds, party=party, at=at), key=_born, reverse=True)
    usable = {one.lot.id for one in found if rules.can_give(one, despite=despite)}
    return [one for one in found if one.lot.id in usable], [one for one in found if one.lot.id not in usable]


def _born(one: Stock) -> tuple[datetime, int]:
    return one.lot.born_at, one.lot.id


def stocks_of(work: Work, *, by: Identity, lots: Iterable[int], party: int | None = None) -> list[Stock]:
    """What one of the firm's parties has of these lots now, used up or not; lots it may not see are left out."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    holder = acting.own_party(work, firm, party)
    return list(_now(work, firm, rows.lots_by_id(work.session, lots).values(), holder.id).values())


def _stocks(
    work: Work, firm: Enterprise, *, kinds: Sequence[LotKind], party: int | None, at: datetime
) -> list[Stock]:
    holder = acting.own_party(work, firm, party)
    here = {line.lot.id: line.lot for line in rows.lots_on_hand(work.session, party=holder.id, kinds=kinds)}
    reserved = _reserved(work, firm, here.values(), holder.id)
    found = rows.stocks(work.session, here.values(), party=holder.id, at=at, reserved=reserved)
    return list(found.values())


def _now(work: Work, firm: Enterprise, lots: Iterable[Lot], party: int) -> dict[int, Stock]:
    """What a party has now of the lots it ever had, used up or not."""
    found = list(lots)
    held = rows.held_among(work.session, [one.id for one in found], party=party)
    reserved = _reserved(work, firm, found, party)
    return {
        one.id: Stock(one, party, *held[one.id], reserved.get(one.id, 0)) for one in found if one.id in held
    }


def _reserved(work: Work, firm: Enterprise, lots: Iterable[Lot], party: int) -> dict[int, int]:
    """Grams that issued marks hold, by batch: marks go on in the firm's own house."""
    batches = [one.id for one in lots if one.kind is LotKind.BATCH] if party == firm.party else []
    return acting.reserved_among(work, batches, firm.id)


# --- what an event comes to -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moved:
    """A stock as an event left it, and the grams and packs the event moved: below nothing, they were taken."""

    stock: Stock
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What an event came to: stocks it moved, where else its grams (and packs) went, and what the office hears."""

    event: Event
    moved: tuple[Moved, ...]
    elsewhere: Mapping[Account, tuple[int, int]]
    findings: tuple[Finding, ...]

    @property
    def taken_g(self) -> int:
        """Grams that left stock."""
        return -sum(one.grams for one in self.moved if one.grams < 0)

    @property
    def given(self) -> tuple[Moved, ...]:
        """Stocks that grew."""
        return tuple(one for one in self.moved if one.grams > 0)

    def sunk_g(self, account: Account) -> int:
        """Grams that went into an account."""
        return self.elsewhere.get(account, (0, 0))[0]


def effect(work: Work, *, by: Identity, event: int) -> Effect:
    """What an event of the firm came to, in the books as they are now; raise `NotFound`.

    Of a stock of another firm only what the event moved is told, and every finding the event made.
    """
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.event(work.session, event, within=by.within)
    if found is None:
        raise errors.NotFound()
    entries = rows.entries_for(work.session, event)
    lots = rows.lots_by_id(work.session, {one.lot for one in entries if one.lot})
    held = [one for one in entries if one.account is Account.HELD and one.lot and one.party]
    told = oversight_rows.findings(work.session, within=EVERYTHING, event=event)
    return Effect(
        found,
        tuple(_moves(work, firm, held, lots)),
        _elsewhere(entries),
        tuple(told),
    )


def _moves(work: Work, firm: Enterprise, held: Sequence[Entry], lots: Mapping[int, Lot]) -> Iterator[Moved]:
    kept = {firm.party, *(one.id for one in people_rows.parties_kept_by(work.session, firm.id))}
    now = {party: _now(work, firm, lots.values(), party) for party in kept & {one.party for one in held}}
    for one in held:
        lot, party = lots[one.lot or 0], one.party or 0
        stock = now[party][lot.id] if party in now else Stock(lot, party, one.grams, one.packs)
        yield Moved(stock, one.grams, one.packs)


def _elsewhere(entries: Iterable[Entry]) -> dict[Account, tuple[int, int]]:
    sums: dict[Account, tuple[int, int]] = {}
    for one in entries:
        if one.account is not Account.HELD:
            grams, packs = sums.get(one.account, (0, 0))
            sums[one.account] = grams + one.grams, packs + one.packs
    return sums


# --- two clerks at once ---------------------------------------------------------------------------------------


def moved_meanwhile(
    work: Work, *, by: Identity, seen: Mapping[Place, int], besides: int = 0
) -> list[errors.LotMoved]:
    """Stocks that are not what a form showed (grams by lot and party), each with who booked on it last.

    `besides` is the event just booked by whoever is asking: it does not count.
    """
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    own = _own_entries(work, besides)
    lots = rows.lots_by_id(work.session, {lot for lot, _ in seen})
    here = {
        party: rows.held_among(work.session, [lot for lot, who in seen if who == party], party=party)
        for party in {who for _, who in seen}
    }
    found = []
    for (lot, party), grams in seen.items():
        now_g, _ = here[party].get(lot, (0, 0))
        before_g = now_g - own.get((lot, party), 0)
        if before_g != grams and lot in lots:
            found.append(_moved(work, firm, lots[lot], party, besides, seen_g=grams, on_hand_g=before_g))
    return found


def require_unmoved(work: Work, *, by: Identity, seen: Mapping[Place, int], besides: int) -> None:
    """Raise `LotMoved` when somebody else booked on one of these stocks since the form showed them."""
    if moved := moved_meanwhile(work, by=by, seen=seen, besides=besides):
        raise moved[0]


def _own_entries(work: Work, event: int) -> dict[Place, int]:
    entries = rows.entries_for(work.session, event) if event else []
    return {(e.lot or 0, e.party or 0): e.grams for e in entries if e.account is Account.HELD}


def _moved(
    work: Work, firm: Enterprise, lot: Lot, party: int, besides: int, *, seen_g: int, on_hand_g: int
) -> errors.LotMoved:
    facts: dict[str, object] = {"lot": lot.no, "seen_g": seen_g, "on_hand_g": on_hand_g}
    if lot.product is not None:
        net_g = lot.product.net_content_g
        facts |= {"seen_packs": seen_g // net_g, "on_hand_packs": on_hand_g // net_g}
    last = rows.last_on_stock(work.session, lot.id, party=party, besides=besides)
    if last is not None:
        facts |= {
            "who": _who(work, firm, last),
            "what": last.kind,
            "no": last.no,
            "recorded_at": last.recorded_at,
        }
    return errors.LotMoved(**facts)


def _who(work: Work, firm: Enterprise, event: Event) -> str:
    """A person of one's own firm by name; of another firm only the firm."""
    if event.enterprise == firm.id:
        person = people_rows.identity(work.session, event.actor)
        return person.name if person else firm.name
    other = people_rows.enterprise(work.session, event.enterprise, within=EVERYTHING)
    return other.name if other else ""
