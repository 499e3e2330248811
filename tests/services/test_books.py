"""The books of a season against plain sums over every entry, by holder and firm; as known on a day; down to entries."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain.books import LOSSES
from traceability.domain.errors import LotUnknown, NotFound
from traceability.services import books, chain, marks, oversight
from traceability.services.books import Book, Row
from traceability.store import chain as chain_rows
from traceability.store.chain.lines import BookLineRow, unlike
from traceability.store.chain.rows import EntryRow, EventRow, LotRow
from traceability.store.people.rows import PartyRow
from traceability.store.work import look


def book(world: World, season: int = 2026, **more: Any) -> Book:
    return world.see(books.book, by=world.prefecture, season=season, **more)  # type: ignore[no-any-return]


def firm_row(world: World, found: Book, firm: int) -> Row:
    return next(one for one in found.firms if one.key == str(firm))


def plain_sums(world: World, season: int = 2026) -> dict[int, dict[str, int]]:
    """By firm, in the plainest way: every entry looked at once."""
    with look(world.house) as work:
        query = (
            sa.select(
                EventRow.id, EventRow.kind, EventRow.enterprise_id, EventRow.happened_at, EntryRow.account,
                EntryRow.party_id, EntryRow.grams, LotRow.kind,
            )
            .join(EventRow, EventRow.id == EntryRow.event_id)
            .outerjoin(LotRow, LotRow.id == EntryRow.lot_id)
        )  # fmt: skip
        rows = work.session.execute(query).all()
        parties = work.session.execute(sa.select(PartyRow.id, PartyRow.enterprise_id, PartyRow.kept_by)).all()
    firm_of = {number: firm or kept_by or 0 for number, firm, kept_by in parties}
    held = {event: party for event, _, _, _, _, party, _, _ in rows if party}
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event, what, firm, happened, account, _, grams, kind in rows:
        at, year = sums[firm_of[held[event]] if event in held else firm], happened.year
        if account == "held" and year <= season:
            at["closing"] += grams
            at["opening"] += grams if year < season else 0
        if year == season:
            at[account] += grams
            if account == "held" and (what, kind) == ("processing", "made_tea"):
                at["made"] += grams
            if account == "held" and (what, kind) == ("packing", "pack_lot"):
                at["packed"] += grams
    return sums


def season(world: World) -> None:
    """Something of everything: leaf, tea, packs, a shop, a short delivery, returns, losses, an amendment."""
    done = world.packed(packs=20)
    world.sent(done.lot, packs=5)
    world.sold(done.lot, packs=2)
    world.tea(kg=2, firm=world.other)
    leaf = world.received(kg=12)
    world.later(minutes=30)
    world.do(chain.write_off, lot=leaf.lots[0], grams=500, reason="发热变质")


def test_an_empty_book_closes(small_world: World) -> None:
    world = small_world
    found = book(world)
    assert found.closes
    assert found.firms == ()
    assert len(found.counties) == 12


def test_the_books_are_the_plain_sums_of_all_entries(world: World) -> None:
    season(world)
    found, plain = book(world), plain_sums(world)
    assert {int(one.key) for one in found.firms} == set(plain)
    for row in found.firms:
        tea, want = row.tea, plain[int(row.key)]
        assert (tea.opening_g, tea.closing_g) == (want["opening"], want["closing"])
        assert tea.leaf_g == -want["plot"]
        assert tea.sold_g - tea.returned_g == want["sold"]
        assert tea.out_g - tea.in_g == want["transit"]
        assert (tea.made_g, tea.packed_g) == (want["made"], want["packed"])
        assert {one: tea.lost_g.get(one, 0) for one in LOSSES} == {one: want[one.value] for one in LOSSES}
        assert row.closes
    assert found.total.tea.leaf_g == sum(one.tea.leaf_g for one in found.counties) > 0


def test_a_county_sees_its_own_firms(small_world: World) -> None:
    world = small_world
    season(world)
    found = world.see(books.book, by=world.other_county, season=2026)
    assert [one.key for one in found.firms] == [str(world.other.id)]
    assert [one.key for one in found.counties] == ["522702"]
    with pytest.raises(NotFound):
        world.see(books.book, by=world.other_county, season=2026, county="522701")
    with pytest.raises(NotFound):
        world.see(books.firm_book, by=world.other_county, enterprise=world.firm.id, season=2026)


def test_what_is_left_opens_the_next_season(small_world: World) -> None:
    world = small_world
    season(world)
    this, next_one = book(world), book(world, 2027)
    assert next_one.total.tea.opening_g == this.total.tea.closing_g == next_one.total.tea.closing_g
    assert next_one.total.marks.opening == this.total.marks.closing
    assert next_one.closes


def test_the_marks_of_a_book_are_those_of_the_ledger(world: World) -> None:
    marked = world.marked_batch(packs=20)
    world.pack(marked.batch, marked.first(12))
    world.do(marks.void_marks, ranges=marked.nth(12, 2), reason="贴标时损坏", by=world.firm.manager)
    found = book(world).total.marks
    counts = world.see(marks.counts, by=world.prefecture)
    assert {state.value: n for state, n in counts.items() if n} == {
        k: v for k, v in found.closing.items() if v
    }
    assert found.done["apply"] == 12
    assert found.done["void"] == 2
    assert found.marked_g == 12 * 100
    assert found.gap == 0


def test_as_known_on_a_past_day(world: World) -> None:
    world.packed(packs=20)
    then, day = book(world), world.today
    world.later(days=3)
    world.leaf(kg=7)
    world.packed(packs=10)
    now = book(world)
    again = book(world, known_on=day)
    assert again.total == then.total
    assert now.total.tea.leaf_g > then.total.tea.leaf_g
    assert again.closes
    assert again.known_on == day
    assert book(world, known_on=date(2026, 1, 1)).total.tea.leaf_g == 0


def test_what_is_told_late_is_in_the_season_it_happened_in_and_not_known_before(small_world: World) -> None:
    world = small_world
    happened = world.now
    world.later(hours=5)
    world.at("2026-04-20T08:00")
    before = world.today
    world.later(days=1)
    world.leaf(kg=9, at=happened)
    assert book(world, known_on=before).total.tea.leaf_g == 0
    assert book(world).total.tea.leaf_g == 9000


def test_a_shortage_on_the_way_shows_in_the_difference_and_the_book_still_closes(small_world: World) -> None:
    world = small_world
    tea = world.tea(kg=4)
    shipment = world.sent(tea, g=2000)
    world.later(hours=5)
    world.do(chain.deliver, shipment=shipment, received={tea: 1800})
    row = firm_row(world, book(world), world.firm.id)
    assert (row.tea.out_g, row.tea.in_g, row.tea.short_g, row.tea.difference_g) == (2000, 1800, 200, -200)
    assert row.closes


def test_counts_show_what_the_book_does_not_have(small_world: World) -> None:
    world = small_world
    tea = world.tea(kg=4)
    have = world.rows(chain_rows.on_hand, tea, party=world.firm.party)[0]
    world.do(chain.count_stock, lot=tea, counted=have + 150)
    assert firm_row(world, book(world), world.firm.id).tea.counted_g == 150
    world.later(hours=1)
    world.do(chain.count_stock, lot=tea, counted=have - 50)
    row = firm_row(world, book(world), world.firm.id)
    assert row.tea.counted_g == 0
    assert row.tea.lost_g[LOSSES[0]] > 0
    assert row.closes


def test_a_firm_by_holder_and_batch_down_to_the_entries(world: World) -> None:
    done = world.packed(packs=20)
    world.sent(done.lot, packs=5)
    found = world.see(books.firm_book, by=world.county, enterprise=world.firm.id, season=2026)
    assert found.row.tea == firm_row(world, book(world), world.firm.id).tea
    assert found.row.marks == firm_row(world, book(world), world.firm.id).marks
    [batch] = [one for one in found.batches if one.lot == done.batch]
    assert (batch.packed_g, batch.packs, batch.applied, batch.marked_g) == (2000, 20, 20, 2000)
    assert batch.made_g == batch.fines_g + batch.samples_g + batch.packed_g + batch.lost_g + batch.away_g + (
        batch.closing_g
    )
    assert batch.leaf_g > batch.made_g * 4
    entries = world.see(books.lot_book, by=world.county, lot=done.batch)
    assert sum(one.grams for one in entries.entries if one.account == "held") == batch.closing_g
    with pytest.raises(LotUnknown):
        world.see(books.lot_book, by=world.other_county, lot=done.batch)


def month_by_month(world: World, **more: Any) -> dict[int, dict[str, int]]:
    """Marks by state at the end of each month, without zeros; 0 is the opening."""
    found = world.see(books.marks_by_month, **({"by": world.prefecture, "season": 2026} | more))
    told = {
        n: {k.value: v for k, v in at.items() if v} for n, at in enumerate((found.opening, *found.months))
    }
    return {n: at for n, at in told.items() if at}


def test_marks_by_state_at_the_end_of_every_month(world: World) -> None:
    """Marks of all ways to end, some of them in parts of a range that was acted on as a whole before."""
    done = world.packed(packs=10, extra=6)
    assert month_by_month(world) == {3: {"applied": 10, "printed": 6}}
    world.at("2026-05-02T09:00")
    world.do(marks.void_marks, ranges=done.nth(11, 3), reason="污损")
    back: dict[str, Any] = {"witness": "李四", "reason": "缴回"}
    world.do(
        marks.return_marks,
        by=world.county,
        enterprise=world.firm.id,
        ranges=done.nth(12, 3),
        counted=3,
        **back,
    )
    world.at("2026-07-01T09:00")
    world.do(marks.report_lost, ranges=done.nth(15), counted=1, reason="遗失")
    world.do(chain.destroy, lot=done.lot, packs=2, ranges=done.nth(0, 2), reason="受潮")
    may = {"applied": 10, "printed": 2, "void": 1, "returned": 3}
    july = {"applied": 8, "retired": 2, "printed": 1, "void": 1, "returned": 3, "lost": 1}
    spring = {3: {"applied": 10, "printed": 6}, 4: {"applied": 10, "printed": 6}}
    assert month_by_month(world) == spring | {5: may, 6: may, 7: july}
    world.at("2027-01-05T09:00")
    world.do(marks.lapse_marks, by=world.county, enterprise=world.firm.id, season=2026)
    [row] = book(world).firms
    assert month_by_month(world)[12] == {one: n for one, n in row.marks.closing.items() if n} == july
    assert month_by_month(world, season=2027)[1]["lapsed"] == 1
    assert month_by_month(world, season=2027)[0] == july


def test_marks_by_month_as_known_then_and_within_reach(world: World) -> None:
    world.packed(packs=5)
    world.at("2026-05-02T09:00")
    assert month_by_month(world, known_on=date(2026, 3, 25)) == {}
    assert month_by_month(world, known_on=date(2026, 3, 31)) == {3: {"applied": 5}}
    every = {n: {"applied": 5} for n in (3, 4, 5)}
    assert month_by_month(world, county="522701") == every
    assert month_by_month(world, by=world.county, enterprise=world.firm.id) == every
    assert month_by_month(world, by=world.other_county) == {}
    for out in ({"county": "522701"}, {"enterprise": world.firm.id}):
        with pytest.raises(NotFound):
            month_by_month(world, by=world.other_county, **out)


def test_marks_by_month_are_one_question(small_world: World) -> None:
    world = small_world
    world.packed(packs=5)
    asked: list[str] = []
    engine = world.house.sessions.kw["bind"]
    sa.event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    month_by_month(world)
    assert len([one for one in asked if "SELECT" in one]) == 1


def test_a_line_changed_by_hand_is_named(world: World) -> None:
    world.leaf(kg=5)
    assert world.rows(unlike) == []
    assert world.see(oversight.check_book).breaches == ()
    with world.house.sessions.begin() as session:
        session.execute(sa.update(BookLineRow).where(BookLineRow.account == "held").values(grams=6000))
    assert [(one.code, one.amount) for one in world.see(oversight.check_book).breaches] == [
        ("books.lines", 1000)
    ]


def test_an_entry_changed_by_hand_leaves_a_book_that_says_by_how_much(small_world: World) -> None:
    world = small_world
    world.leaf(kg=5)
    with world.house.sessions.begin() as session:
        session.execute(
            sa.update(BookLineRow).where(BookLineRow.account == "plot").values(grams=BookLineRow.grams - 10)
        )
    found = book(world)
    assert not found.closes
    assert found.total.tea.gap_g == 10
