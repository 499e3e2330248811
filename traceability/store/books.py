"""Sums for the books of a season: lines of tea, counts, goods missing on the way, marks, batches and entries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from traceability.domain.books import Line, Marks
from traceability.domain.chain import Account, EventKind, LotKind
from traceability.domain.marks import Act, MarkAction, SerialRange, counts, replay
from traceability.domain.people import Within
from traceability.domain.units import start_of_day
from traceability.store.chain import EntryRow, LotRow, ShipmentRow, ShortageRow
from traceability.store.chain.lines import BookLineRow
from traceability.store.chain.rows import EdgeRow, EventRow
from traceability.store.marks.rows import ActionRow, IssueRow, SpanRow
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import EnterpriseRow, PartyRow, ProductRow
from traceability.store.prepared import among


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose stock it is: a firm's own, or that of a consignee the firm keeps a record of."""

    id: int
    name: str
    enterprise: int
    own: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Which book: a season, within whose reach, as known at the end of a day (now, when there is none)."""

    season: int
    within: Within
    known_on: date | None = None

    @property
    def since(self) -> datetime:
        """The first moment of the season."""
        return start_of_day(date(self.season, 1, 1))

    @property
    def before(self) -> datetime:
        """The first moment after the season."""
        return start_of_day(date(self.season + 1, 1, 1))

    @property
    def known_before(self) -> datetime | None:
        """Facts recorded from then on are left out."""
        return start_of_day(self.known_on + timedelta(days=1)) if self.known_on else None

    def known(self, recorded_at: Any) -> ColumnElement[bool]:
        """Whether a fact was known by then."""
        return true() if self.known_before is None else recorded_at < self.known_before


def firms(session: Session, within: Within) -> list[tuple[int, str, str]]:
    """(id, name, county) of the firms within reach."""
    query = select(EnterpriseRow.id, EnterpriseRow.name, EnterpriseRow.county).where(
        enterprise_within(within)
    )
    found = session.execute(query.order_by(EnterpriseRow.county, EnterpriseRow.id))
    return [(number, name, county) for number, name, county in found]


def holders(session: Session, within: Within) -> dict[int, Holder]:
    """Everybody in whose stock tea of a firm within reach can be, by id."""
    firm = func.coalesce(PartyRow.enterprise_id, PartyRow.kept_by)
    query = (
        select(PartyRow.id, PartyRow.name, firm, PartyRow.enterprise_id)
        .join(EnterpriseRow, EnterpriseRow.id == firm)
        .where(enterprise_within(within))
    )
    return {row[0]: Holder(row[0], row[1], row[2], row[3] is not None) for row in session.execute(query)}


# --- tea ----------------------------------------------------------------------------------------------------


def _reached(within: Within) -> ColumnElement[bool]:
    if within.everything:
        return true()
    firm = func.coalesce(PartyRow.enterprise_id, PartyRow.kept_by)
    mine = select(PartyRow.id).join(EnterpriseRow, EnterpriseRow.id == firm).where(enterprise_within(within))
    return BookLineRow.holder_id.in_(mine)


def lines(session: Session, asked: Asked, *, opening: bool) -> list[Line]:
    """The lines of a season; `opening`: what earlier ones left in stock."""
    of = (
        and_(BookLineRow.season < asked.season, BookLineRow.account == Account.HELD.value)
        if opening
        else BookLineRow.season == asked.season
    )
    key = (BookLineRow.holder_id, BookLineRow.kind, BookLineRow.account, BookLineRow.lot_kind)
    query = (
        select(*key, _whole(BookLineRow.grams), _whole(BookLineRow.packs))
        .where(of, _reached(asked.within))
        .group_by(*key)
    )
    if asked.known_on:
        query = query.where(BookLineRow.recorded_on <= asked.known_on)
    return [
        Line(holder, _KINDS[kind], _ACCOUNTS[account], _LOTS[lot], grams, packs)
        for holder, kind, account, lot, grams, packs in session.execute(query)
    ]


def _whole(column: Any) -> ColumnElement[int]:
    """A sum as a whole number: PostgreSQL makes a decimal of it, which takes longer to read than to sum."""
    return cast(func.sum(column), BigInteger)


_KINDS = {one.value: one for one in EventKind}
_ACCOUNTS = {one.value: one for one in Account}
_LOTS: Mapping[str, LotKind | None] = {"": None} | {one.value: one for one in LotKind}


def short(session: Session, asked: Asked) -> dict[int, int]:
    """Grams missing on the way from each sender, not settled then."""
    query = (
        select(ShipmentRow.from_id, func.sum(ShortageRow.grams))
        .join(ShipmentRow, ShipmentRow.id == ShortageRow.shipment_id)
        .join(EnterpriseRow, EnterpriseRow.id == ShortageRow.enterprise_id)
        .where(enterprise_within(asked.within), ShortageRow.opened_at < _ends(asked))
        .where(or_(ShortageRow.settled_at.is_(None), ShortageRow.settled_at >= _ends(asked)))
        .group_by(ShipmentRow.from_id)
    )
    return {holder: int(grams) for holder, grams in session.execute(query)}


def _ends(asked: Asked) -> datetime:
    """The end of the season, or of the day as of which it is known."""
    return min(asked.before, asked.known_before or asked.before)


@dataclass(frozen=True, slots=True)
class Count:
    """The last count of a lot by a holder in a season; `counted` in packs of a pack lot, in grams of others."""

    event: int
    lot: int
    holder: int
    counted: int
    at: datetime


def last_counts(session: Session, asked: Asked) -> list[Count]:
    """The last count of every lot, of each holder."""
    query = (
        select(EventRow.id, EventRow.terms, PartyRow.id, EventRow.happened_at)
        .join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
        .join(PartyRow, PartyRow.enterprise_id == EventRow.enterprise_id)
        .where(EventRow.kind == EventKind.STOCK_COUNT.value, EventRow.root_id.is_(None))
        .where(EventRow.happened_at >= asked.since, EventRow.happened_at < asked.before)
        .where(enterprise_within(asked.within), asked.known(EventRow.recorded_at))
        .order_by(EventRow.happened_at, EventRow.id)
    )
    found: dict[tuple[int, int], Count] = {}
    for number, terms, own, at in session.execute(query):
        holder, lot = int(terms.get("party", own)), int(terms["lot"])
        found[holder, lot] = Count(number, lot, holder, int(terms["counted"]), at)
    return list(found.values())


def counted(session: Session, asked: Asked) -> dict[int, int]:
    """By holder: grams the last counts found more (+) or less (-) than the book now has for that moment."""
    last = last_counts(session, asked)
    booked = _booked(session, asked, last)
    net = (
        select(LotRow.id, ProductRow.net_content_g)
        .join(ProductRow, ProductRow.id == LotRow.product_id)
        .where(among(session, LotRow.id, (one.lot for one in last)))
    )
    per = {lot: int(grams) for lot, grams in session.execute(net)}
    found: dict[int, int] = defaultdict(int)
    for one in last:
        found[one.holder] += one.counted * per.get(one.lot, 1) - booked[one.holder, one.lot]
    return dict(found)


def _booked(session: Session, asked: Asked, last: Iterable[Count]) -> dict[tuple[int, int], int]:
    """Grams the book has for the moment of each count, whatever was told since."""
    at = {(one.holder, one.lot): one.at for one in last}
    query = (
        select(EntryRow.party_id, EntryRow.lot_id, EventRow.happened_at, EntryRow.grams)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(among(session, EntryRow.lot_id, {lot for _, lot in at}))
        .where(EntryRow.account == Account.HELD.value, asked.known(EventRow.recorded_at))
    )
    found = dict.fromkeys(at, 0)
    for holder, lot, happened, grams in session.execute(query):
        key = (holder or 0, lot or 0)
        if key in at and happened <= at[key]:
            found[key] += int(grams)
    return found


# --- marks --------------------------------------------------------------------------------------------------


def marks(session: Session, asked: Asked) -> dict[int, Marks]:
    """By firm: marks by state at both ends of the season, what was done in between, and the weight marked."""
    opening = _states(session, asked, asked.since)
    closing = _states(session, asked, asked.before)
    done, weight = _done(session, asked)
    firms = {*opening, *closing, *done}
    return {
        firm: Marks(opening.get(firm, {}), done.get(firm, {}), closing.get(firm, {}), weight.get(firm, 0))
        for firm in firms
    }


def _done(session: Session, asked: Asked) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    number = ActionRow.last - ActionRow.first + 1
    query = (
        select(
            IssueRow.enterprise_id,
            ActionRow.action,
            func.sum(number),
            func.sum(number * ProductRow.net_content_g),
        )
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .join(ProductRow, ProductRow.id == IssueRow.product_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(ActionRow.happened_at >= asked.since, ActionRow.happened_at < asked.before)
        .where(enterprise_within(asked.within), asked.known(ActionRow.recorded_at))
        .group_by(IssueRow.enterprise_id, ActionRow.action)
    )
    done: dict[int, dict[str, int]] = defaultdict(dict)
    weight: dict[int, int] = defaultdict(int)
    for firm, action, how_many, grams in session.execute(query):
        done[firm][action] = int(how_many)
        weight[firm] += int(grams) * _WEIGHS.get(action, 0)
    return done, weight


_WEIGHS = {MarkAction.APPLY.value: 1, MarkAction.UNUSE.value: -1}


def _states(session: Session, asked: Asked, before: datetime) -> dict[int, dict[str, int]]:
    """Marks by state and firm at a moment, as known then: the projection where it says so, else made again."""
    first, last = session.execute(
        select(func.min(ActionRow.happened_at), func.max(ActionRow.happened_at))
    ).one()
    told = session.scalar(select(func.max(ActionRow.recorded_at)))
    if first is None or first >= before:
        return {}
    if last < before and (asked.known_before is None or (told is not None and told < asked.known_before)):
        return _projected(session, asked)
    return _replayed(session, asked, before)


def _projected(session: Session, asked: Asked) -> dict[int, dict[str, int]]:
    query = (
        select(IssueRow.enterprise_id, SpanRow.state, func.sum(SpanRow.last - SpanRow.first + 1))
        .join(IssueRow, IssueRow.id == SpanRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(enterprise_within(asked.within))
        .group_by(IssueRow.enterprise_id, SpanRow.state)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for firm, state, how_many in session.execute(query):
        found[firm][state] = int(how_many)
    return found


def _replayed(session: Session, asked: Asked, before: datetime) -> dict[int, dict[str, int]]:
    """One issued range after the other, so that the memory it takes does not grow."""
    query = (
        select(IssueRow.enterprise_id, ActionRow.issue_id, ActionRow.action, ActionRow.first, ActionRow.last)
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(ActionRow.happened_at < before, enterprise_within(asked.within))
        .where(asked.known(ActionRow.recorded_at))
        .order_by(ActionRow.issue_id, ActionRow.id)
        .execution_options(yield_per=2_000)
    )
    found: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (firm, _), rows in groupby(session.execute(query), key=lambda row: (row[0], row[1])):
        acts = [Act(row[1], MarkAction(row[2]), SerialRange(row[3], row[4])) for row in rows]
        for state, how_many in counts(replay(acts)).items():
            if how_many:
                found[firm][state.value] += how_many
    return {firm: dict(states) for firm, states in found.items()}


# --- batches and entries ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchSums:
    """A batch: what went in, came out and is left, in grams; marks issued for it and applied, and their weight."""

    lot: int
    no: str
    season: int
    grade: str | None
    made_g: int
    leaf_g: int
    fines_g: int
    samples_g: int
    packed_g: int
    packs: int
    lost_g: int
    away_g: int
    closing_g: int
    issued: int
    applied: int
    marked_g: int


def batches(session: Session, firm: int, asked: Asked) -> list[BatchSums]:
    """A firm's batches of leaf of the season: a batch belongs to the season of its oldest leaf."""
    query = select(LotRow.id, LotRow.no, LotRow.season, LotRow.grade).where(
        LotRow.origin_id == firm, LotRow.kind == LotKind.BATCH.value, LotRow.season == asked.season
    )
    known = asked.known(LotRow.born_at)
    found = session.execute(query.where(known).order_by(LotRow.id)).all()
    lots = [row[0] for row in found]
    moved = _moved(session, asked, lots)
    into, out = _edges(session, asked, lots)
    leaf = _leaf_behind(session, asked, into)
    marked = _marked(session, asked, lots)
    return [
        _batch(
            (row[0], row[1], row[2], row[3]), moved[row[0]], into, out, leaf, marked.get(row[0], (0, 0, 0))
        )
        for row in found
    ]


Moved = dict[tuple[str, str], int]
Edges = dict[int, dict[int, int]]


def _batch(
    row: tuple[int, str, int, str | None],
    moved: Moved,
    into: Edges,
    out: Mapping[int, tuple[int, int]],
    leaf: Mapping[int, int],
    marked: tuple[int, int, int],
) -> BatchSums:
    held = {kind: grams for (kind, account), grams in moved.items() if account == "held"}
    made = sum(into.get(row[0], {}).values())
    packed, packs = out.get(row[0], (0, 0))
    used = ("blending", "sampling", "packing")
    return BatchSums(
        *row,
        made_g=made,
        leaf_g=leaf.get(row[0], 0),
        fines_g=made - max(0, held.get("blending", 0)),
        samples_g=-held.get("sampling", 0),
        packed_g=packed,
        packs=packs,
        lost_g=-held.get("packing", 0) - packed,
        away_g=-sum(grams for kind, grams in held.items() if kind not in used),
        closing_g=sum(held.values()),
        issued=marked[0],
        applied=marked[1],
        marked_g=marked[2],
    )


def _moved(session: Session, asked: Asked, lots: Iterable[int]) -> dict[int, Moved]:
    query = (
        select(EntryRow.lot_id, EventRow.kind, EntryRow.account, func.sum(EntryRow.grams))
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(among(session, EntryRow.lot_id, lots), asked.known(EventRow.recorded_at))
        .group_by(EntryRow.lot_id, EventRow.kind, EntryRow.account)
    )
    found: dict[int, Moved] = defaultdict(dict)
    for lot, kind, account, grams in session.execute(query):
        found[lot or 0][kind, account] = int(grams)
    return found


def _edges(session: Session, asked: Asked, lots: Iterable[int]) -> tuple[Edges, dict[int, tuple[int, int]]]:
    """Grams into each lot by source; grams and packs of the pack lots made of it."""
    packs = aliased(EntryRow)
    out = (
        select(EdgeRow.source_id, EdgeRow.target_id, func.sum(EdgeRow.grams))
        .join(EventRow, EventRow.id == EdgeRow.event_id)
        .join(LotRow, LotRow.id == EdgeRow.target_id)
        .where(among(session, EdgeRow.source_id, lots), LotRow.kind == LotKind.PACKS.value)
        .where(asked.known(EventRow.recorded_at))
        .group_by(EdgeRow.source_id, EdgeRow.target_id)
    )
    made = session.execute(out).all()
    number = (
        select(packs.lot_id, func.sum(packs.packs))
        .join(EventRow, EventRow.id == packs.event_id)
        .where(among(session, packs.lot_id, (row[1] for row in made)), packs.account == Account.HELD.value)
        .where(EventRow.kind == EventKind.PACKING.value, asked.known(EventRow.recorded_at))
        .group_by(packs.lot_id)
    )
    packed = {lot: int(n) for lot, n in session.execute(number)}
    sums: dict[int, tuple[int, int]] = {}
    for source, target, grams in made:
        before = sums.get(source, (0, 0))
        sums[source] = before[0] + int(grams), before[1] + packed.get(target, 0)
    return _into(session, asked, lots), sums


def _into(session: Session, asked: Asked, lots: Iterable[int]) -> Edges:
    query = (
        select(EdgeRow.target_id, EdgeRow.source_id, func.sum(EdgeRow.grams))
        .join(EventRow, EventRow.id == EdgeRow.event_id)
        .where(among(session, EdgeRow.target_id, lots), asked.known(EventRow.recorded_at))
        .group_by(EdgeRow.target_id, EdgeRow.source_id)
    )
    found: Edges = defaultdict(dict)
    for target, source, grams in session.execute(query):
        if grams:
            found[target][source] = int(grams)
    return found


def _leaf_behind(session: Session, asked: Asked, into: Edges) -> dict[int, int]:
    """Grams of fresh leaf in each lot, pro rata through every step before it; rounded down at the end."""
    edges, fresh = dict(into), {source for sources in into.values() for source in sources} - set(into)
    while fresh:
        more = _into(session, asked, fresh)
        edges |= more
        fresh = {source for sources in more.values() for source in sources} - set(edges)
    # What came out of a lot's own making is what others could take of it.
    out = _made(session, asked, {source for sources in edges.values() for source in sources} & set(edges))
    known: dict[int, Fraction] = {}

    def of(lot: int) -> Fraction:
        """Leaf in the whole of a lot."""
        if lot not in known:
            known[lot] = sum((part(source, grams) for source, grams in edges[lot].items()), Fraction(0))
        return known[lot]

    def part(source: int, grams: int) -> Fraction:
        return of(source) * Fraction(grams, out.get(source, grams)) if source in edges else Fraction(grams)

    return {lot: int(of(lot)) for lot in into}


def _made(session: Session, asked: Asked, lots: Iterable[int]) -> dict[int, int]:
    """Grams each lot came to when it was made."""
    makes = [one.value for one in (EventKind.PROCESSING, EventKind.REFINING, EventKind.BLENDING)]
    query = (
        select(EntryRow.lot_id, EntryRow.root_id, func.sum(EntryRow.grams))
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .where(among(session, EntryRow.lot_id, lots), EntryRow.account == Account.HELD.value)
        .where(EventRow.kind.in_(makes), asked.known(EventRow.recorded_at))
        .group_by(EntryRow.lot_id, EntryRow.root_id)
        .having(func.sum(EntryRow.grams) > 0)
    )
    found: dict[int, int] = defaultdict(int)
    for lot, _, grams in session.execute(query):
        found[lot or 0] += int(grams)
    return found


def _marked(session: Session, asked: Asked, lots: Iterable[int]) -> dict[int, tuple[int, int, int]]:
    """By batch: marks issued, marks applied, and the grams they stand for."""
    number = ActionRow.last - ActionRow.first + 1
    query = (
        select(
            IssueRow.batch_id, ActionRow.action, func.sum(number), func.sum(number * ProductRow.net_content_g)
        )
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .join(ProductRow, ProductRow.id == IssueRow.product_id)
        .where(among(session, IssueRow.batch_id, lots), asked.known(ActionRow.recorded_at))
        .where(ActionRow.action.in_([MarkAction.ISSUE.value, *_WEIGHS]))
        .group_by(IssueRow.batch_id, ActionRow.action)
    )
    found: dict[int, tuple[int, int, int]] = {}
    for batch, action, how_many, grams in session.execute(query):
        issued, applied, weight = found.get(batch, (0, 0, 0))
        sign = _WEIGHS.get(action, 0)
        issued += int(how_many) if action == MarkAction.ISSUE.value else 0
        found[batch] = issued, applied + sign * int(how_many), weight + sign * int(grams)
    return found


@dataclass(frozen=True, slots=True)
class Posted:
    """An entry on a lot with its event."""

    event: int
    no: str
    kind: str
    amends: bool
    happened_at: datetime
    recorded_at: datetime
    account: str
    holder: str | None
    grams: int
    packs: int


def entries(session: Session, lot: int, asked: Asked) -> list[Posted]:
    """Every entry on a lot, in the order things happened."""
    query = (
        select(EventRow, EntryRow, PartyRow.name)
        .join(EventRow, EventRow.id == EntryRow.event_id)
        .outerjoin(PartyRow, PartyRow.id == EntryRow.party_id)
        .where(EntryRow.lot_id == lot, asked.known(EventRow.recorded_at))
        .order_by(EventRow.happened_at, EntryRow.id)
    )
    return [
        Posted(e.id, e.no, e.kind, e.root_id is not None, e.happened_at, e.recorded_at, p.account, name,
               p.grams, p.packs)
        for e, p, name in session.execute(query)
    ]  # fmt: skip
