"""Columns, running numbers, request keys: the same on both databases."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from tests.world import World
from traceability.domain.chain import LotKind
from traceability.domain.people import Role, Within
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.log import FactRow
from traceability.store.work import change, look, note


def test_moments_come_back_in_utc_and_need_their_zone(world: World) -> None:
    event = world.received().id
    found = world.rows(chain_rows.event, event, within=Within.all())
    assert found.happened_at.tzinfo is UTC
    with pytest.raises(StatementError, match="zone"), look(world.house) as work:
        work.session.execute(sa.select(FactRow).where(FactRow.recorded_at > datetime(2026, 1, 1))).all()


def test_decimals_keep_their_digits(world: World) -> None:
    plot = world.new_plot(mu="6.50")
    assert str(world.rows(people_rows.plot, plot).area_mu) == "6.50"


def test_reports_keep_exact_values_and_answers(world: World) -> None:
    batch = world.passed_batch()
    tested = world.rows(chain_rows.reports, batch)[0].tested
    assert (tested["moisture"], tested["sensory_grade"]) == (Decimal("5.6"), True)


def test_running_numbers_skip_none_and_are_undone_with_their_change(world: World) -> None:
    with note(world.house) as work:
        assert log_rows.next_numbers(work.session, "x", 5) == 1
    with look(world.house) as work:
        assert log_rows.next_numbers(work.session, "x") == 6
    with note(world.house) as work:
        assert log_rows.next_numbers(work.session, "x") == 6
        assert log_rows.next_numbers(work.session, "y") == 1


def test_a_request_key_is_claimed_once(world: World) -> None:
    with note(world.house) as work:
        assert log_rows.claim_key(work.session, "firm", "k", "d") is None
        log_rows.answer_key(work.session, "firm", "k", "7")
    with note(world.house) as work:
        assert log_rows.claim_key(work.session, "firm", "k", "other") == ("d", "7")
        assert log_rows.claim_key(work.session, "another", "k", "d") is None


def test_foreign_keys_hold(world: World) -> None:
    grade = world.house.profile.grades[0].grade
    with pytest.raises(IntegrityError), change(world.house) as work:
        people_rows.add_product(work.session, 999, name="x", grade=grade, net_content_g=1, gtin=None)


def test_lists_of_lots_and_marks_reach_as_far_as_asked(world: World) -> None:
    packed = world.packed(packs=3)
    for within, seen in (
        (Within.all(), True), (Within.office("522701"), True), (Within.firm(world.firm.id), True),
        (Within.office("522702"), False), (Within.firm(world.other.id), False), (Within(), False),
    ):  # fmt: skip
        assert bool(world.rows(chain_rows.lots, within=within)) is seen
        assert bool(world.rows(chain_rows.events, within=within)) is seen
        assert bool(world.rows(mark_rows.issues, within=within)) is seen
        assert bool(world.rows(mark_rows.requests, within=within)) is seen
        assert (world.rows(mark_rows.issued_total, within=within) == 3) is seen
        assert (world.rows(chain_rows.lot, packed.lot, within=within) is not None) is seen
        assert bool(world.rows(people_rows.enterprises, within=within)) is (within != Within())
        assert world.rows(oversight_rows.findings, within=within) == []


def test_the_maker_and_the_takers_of_a_lot(world: World) -> None:
    leaf = world.received(kg=9)
    run = world.run({leaf.lots[0]: 9000}, kg=2)
    assert world.rows(chain_rows.maker, leaf.lots[0]).id == leaf.id
    assert [one.id for one in world.rows(chain_rows.takers, leaf.lots[0])] == [run.id]
    assert world.rows(chain_rows.takers, run.lots[0]) == []


def test_rows_do_not_grow_with_the_number_of_marks(world: World) -> None:
    world.packed(packs=40, spares=1, extra=160)
    counts = world.table_counts()
    assert (counts["mark_issue"], counts["mark_action"], counts["mark_span"]) == (1, 3, 2)


def test_a_person_is_found_by_sign_in_name(world: World) -> None:
    made = world.user(Role.OBSERVER)
    email = next(e for e, _, who in world.rows(people_rows.users) if who == made)
    assert world.rows(people_rows.identity_by_email, f" {email.upper()}") == made
    assert world.rows(people_rows.identity_by_email, "nobody") is None


def test_a_firm_and_a_plot_are_found_by_their_numbers(world: World) -> None:
    found = world.rows(people_rows.enterprise_by_uscc, "91522701MAXTEA015P", within=Within.all())
    assert found.id == world.firm.id
    no = world.rows(people_rows.plot, world.plot).no
    assert world.rows(people_rows.plot_by_no, no).id == world.plot
    assert world.rows(people_rows.plot_by_no, "none") is None


def test_stock_on_hand_is_by_party_and_kind(world: World) -> None:
    tea = world.tea(kg=2)
    found = world.rows(chain_rows.lots_on_hand, party=world.firm.party, kinds=[LotKind.MADE])
    assert [(one.lot.id, one.grams) for one in found] == [(tea, 2000)]
    assert world.rows(chain_rows.lots_on_hand, party=world.other.party) == []


def test_seasons_are_years_of_plucking(world: World) -> None:
    lot = world.leaf(plucked_on=date(2026, 3, 25), kg=1)
    assert world.rows(chain_rows.lots_by_id, [lot])[lot].season == 2026
    assert world.rows(chain_rows.plot_taken, world.plot, date(2026, 3, 25)) == ({"spring": 1000}, 1000)
    assert world.rows(chain_rows.plot_taken, world.plot, date(2026, 3, 26)) == ({"spring": 1000}, 0)
    assert world.rows(chain_rows.plot_taken, world.plot, date(2025, 3, 25)) == ({}, 0)
