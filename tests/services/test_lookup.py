"""What a person who scans a mark is told."""

import pytest

from tests.looking import code_of, look_at
from tests.world import Packed, World
from traceability.domain import marks as mark_rules
from traceability.domain.scans import Door, Verdict
from traceability.services import chain, lookup, marks, oversight, people


@pytest.fixture
def packed(world: World) -> Packed:
    return world.packed(packs=5, extra=2)


def test_the_first_scan_and_the_next_ones(world: World, packed: Packed) -> None:
    first_at = world.now
    assert look_at(world, 1).verdict is Verdict.FIRST_SCAN
    again = look_at(world, 1, client="another")
    assert (again.verdict, again.seen.times, again.seen.first_at) == (Verdict.SEEN_BEFORE, 1, first_at)
    assert look_at(world, 2).verdict is Verdict.FIRST_SCAN


def test_a_reload_is_kept_and_is_no_other_look(world: World, packed: Packed) -> None:
    for _ in range(3):
        assert look_at(world, 1).verdict is Verdict.FIRST_SCAN
    assert world.table_counts()["scan"] == 3
    assert look_at(world, 1, client="another").seen.times == 1
    world.later(hours=world.house.profile.copies.same_look_hours)
    assert look_at(world, 1).seen.times == 2


def test_trade_and_office_checks_do_not_count_as_the_public(world: World, packed: Packed) -> None:
    look_at(world, 1, door=Door.STAFF)
    assert look_at(world, 1).verdict is Verdict.FIRST_SCAN


def test_a_wrong_code_is_unknown_whatever_is_wrong(world: World, packed: Packed) -> None:
    true = code_of(1)
    wrong = [
        true[:-1] + ("0" if true[-1] != "0" else "1"),
        code_of(99),
        "",
        "0" * 16,
        "not a code",
        true + "0",
    ]
    for text in wrong:
        assert world.see(lookup.identify, text=text) is None
    assert look_at(world, 99) == lookup.UNKNOWN
    assert world.see(lookup.identify, text=mark_rules.grouped(true).lower()).serial == 1


def test_another_products_item_number_before_a_true_code_is_unknown(world: World) -> None:
    item = world.product(200, gtin="6901234567892")
    world.packed(packs=2, product=item, kg=1)
    assert world.see(lookup.identify, text=code_of(1), gtin="06901234567892").serial == 1
    assert world.see(lookup.identify, text=code_of(1), gtin="06909876543217") is None


def test_the_page_shows_what_to_compare_and_the_way_of_the_tea(world: World) -> None:
    packed = world.packed(packs=5)
    world.do(chain.deliver, shipment=world.sent(packed.lot, packs=3))
    pack = look_at(world, 1).pack
    assert (pack.enterprise.id, pack.product.net_content_g, pack.pack_lot.id) == (
        world.firm.id,
        100,
        packed.lot,
    )
    assert [step.kind for step in pack.steps] == [
        "leaf_receipt", "processing", "blending", "sampling", "packing", "dispatch"
    ]  # fmt: skip
    assert pack.steps[-1].places == ("贵阳",)
    assert sum(part for _, part in pack.shares) == 1000
    assert (pack.report.report_no[:2], pack.judgement.passed) == ("JC", True)
    assert pack.authorisation.announcement_no == "2026-01"


def test_a_mark_on_no_pack_is_not_in_use(world: World, packed: Packed) -> None:
    answer = look_at(world, 6)
    assert (answer.verdict, answer.pack.pack_lot) == (Verdict.NOT_IN_USE, None)


def test_a_void_or_retired_mark_is_withdrawn(world: World, packed: Packed) -> None:
    world.do(marks.void_marks, ranges=packed.nth(5), reason="污损")
    assert look_at(world, 6).verdict is Verdict.WITHDRAWN
    world.do(chain.destroy, lot=packed.lot, packs=1, ranges=packed.nth(0), reason="受潮")
    assert look_at(world, 1).verdict is Verdict.WITHDRAWN


def test_held_recalled_and_expired_packs_say_so(world: World, packed: Packed) -> None:
    hold = world.do(oversight.hold_lot, by=world.county, lot=packed.batch, reason="抽查")
    assert look_at(world, 1).verdict is Verdict.HELD
    world.do(oversight.release_hold, by=world.county, hold=hold, reason="查清")
    now = world.now
    world.at("2028-03-26T08:00")
    assert look_at(world, 2).verdict is Verdict.EXPIRED
    world.now = now
    world.recall(by=world.county, lot=packed.batch, grade="I", reason="农残")
    answer = look_at(world, 1)
    assert (answer.verdict, answer.pack.recall_reason, answer.pack.recall_grade) == (
        Verdict.RECALLED,
        "农残",
        "I",
    )


def test_a_suspension_is_a_notice_beside_the_verdict(world: World, packed: Packed) -> None:
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    answer = look_at(world, 1)
    assert (answer.verdict, answer.pack.standing.value) == (Verdict.FIRST_SCAN, "suspended")
    assert answer.pack.suspended_since is not None
