"""Print jobs in the ledger: claimed once, made file by file, handed over once, reprinted only with a reason."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.looking import look_at
from tests.world import PUBLIC_URL, SETUP, World
from traceability.domain import errors
from traceability.domain.marks import NO_DESIGN, JobState, MarkState, Medium, SerialRange
from traceability.formats.artwork import Artwork
from traceability.services import chain, marks, oversight, people


def states(world: World) -> dict[MarkState, int]:
    return {state: n for state, n in world.see(marks.counts).items() if n}


def test_a_mark_is_printed_when_its_file_leaves_the_house(world: World) -> None:
    marked = world.issued_batch(packs=3)
    job = world.opened(marked.ranges)
    world.made(job)
    assert states(world) == {MarkState.ON_HAND: 3}
    world.do(marks.hand_over_file, job=job, seq=1)
    assert states(world) == {MarkState.PRINTED: 3}
    with world.refusal(errors.PrintFileHandedOver):
        world.do(marks.hand_over_file, job=job, seq=1)
    with world.refusal(errors.MarksInWrongState):
        world.opened(marked.ranges)
    assert world.breaches() == ()


def test_marks_wait_in_one_job_only(world: World) -> None:
    marked = world.issued_batch(packs=10)
    job = world.opened(marked.nth(0, 5))
    no = world.see(marks.print_job, number=job).no
    with world.refusal(errors.SerialsInJob, job=no):
        world.opened(marked.nth(4, 3))
    world.opened(marked.nth(5, 5))
    world.do(marks.stop_print_job, job=job, reason="选错了式样")
    world.opened(marked.nth(0, 5))
    with world.refusal(errors.PrintJobClosed):
        world.made(job)


def test_a_file_told_twice_is_kept_once_and_never_as_another(world: World) -> None:
    marked = world.issued_batch(packs=3)
    job = world.opened(marked.ranges)
    world.made(job)
    before = world.table_counts()
    world.made(job)
    assert world.table_counts() == before
    with world.refusal(errors.PrintFileDiffers):
        world.made(job, sha256="f" * 64)
    with world.refusal(errors.PrintFileUnknown):
        world.made(job, 2)
    with world.refusal(errors.PrintFileUnknown):
        world.do(marks.hand_over_file, job=job, seq=2)


def test_a_job_is_done_when_every_file_is_made(world: World) -> None:
    marked = world.issued_batch(packs=90)
    job = world.opened(marked.ranges, setup=replace(SETUP, per_page=4000, start=3970))
    found = world.see(marks.print_job, number=job)
    assert [(one.seq, one.marks, one.start) for one in found.plan] == [(1, 30, 3970), (2, 60, 0)]
    ended = {"proof": {"symbols": 4, "pages": 1}, "manifest_sha256": "0" * 64}
    world.made(job, 2)
    with world.refusal(errors.PrintFileUnknown, file=1):
        world.do(marks.finish_print_job, job=job, **ended)
    world.made(job, 1)
    world.do(marks.finish_print_job, job=job, **ended)
    done = world.see(marks.print_job, number=job)
    assert (done.state, done.proof, [one.sheets for one in done.files]) == (
        JobState.DONE,
        {"symbols": 4, "pages": 1},
        [1, 1],
    )


def test_a_reprint_needs_a_reason_is_counted_and_told_and_ends_with_the_first_pack(world: World) -> None:
    marked = world.issued_batch(packs=3)
    job = world.opened(marked.ranges)
    world.made(job)
    asked = {"job": job, "seq": 1, "reason": "卡纸"}
    with world.refusal(errors.PrintFileNotHandedOver):
        world.do(marks.declare_undelivered, **asked)
    world.do(marks.hand_over_file, job=job, seq=1)
    with world.refusal(errors.ReasonMissing):
        world.do(marks.declare_undelivered, **{**asked, "reason": " "})
    for times in (1, 2):
        world.do(marks.declare_undelivered, **asked)
        world.do(marks.hand_over_file, job=job, seq=1)
        assert world.see(marks.print_job, number=job).reprints == times
    assert world.findings() == ["marks.reprinted"] * 2
    told = world.see(oversight.findings, by=world.county)[0].evidence
    assert (told["times"], told["marks"], told["why"]) == (2, 3, "卡纸")
    world.pack(marked.batch, marked.first(1))
    with world.refusal(errors.MarksAlreadyApplied):
        world.do(marks.declare_undelivered, **asked)


def test_labels_that_never_came_out_are_on_no_pack_until_they_are_taken_once_more(world: World) -> None:
    marked = world.issued_batch(packs=4)
    lost, here = world.opened(marked.nth(0, 2)), world.opened(marked.nth(2, 2))
    for job in (lost, here):
        world.made(job)
        world.do(marks.hand_over_file, job=job, seq=1)
    world.do(marks.declare_undelivered, job=lost, seq=1, reason="卡纸")
    with world.refusal(errors.MarksUndelivered):
        world.pack(marked.batch, marked.nth(1, 2))
    world.pack(marked.batch, marked.nth(2, 2))
    world.do(marks.hand_over_file, job=lost, seq=1)
    world.pack(marked.batch, marked.nth(0, 2))


def test_a_pack_date_on_which_no_pack_of_the_batch_can_be_made_is_not_printed(world: World) -> None:
    marked = world.issued_batch(packs=3)
    for day in (world.today - timedelta(days=1), world.today + timedelta(days=367)):
        with world.refusal(errors.PackDayImpossible):
            world.opened(marked.ranges, pack_day=day)
        with pytest.raises(errors.PackDayImpossible):
            world.see(marks.preview_marks, now=world.now, ranges=marked.ranges, pack_day=day)
    world.opened(marked.ranges, pack_day=world.today + timedelta(days=366))


def test_a_right_whose_words_lack_their_number_is_not_printed(world: World) -> None:
    marked = world.issued_batch(packs=3)
    world.authorise(world.firm.id, announcement_no="2026-77", right_basis="certification_mark")
    with world.refusal(errors.WordingIncomplete, right="certification_mark"):
        world.opened(marked.ranges)
    assert world.breaches() == ()


def test_a_label_that_was_ever_on_a_pack_is_not_printed_again(world: World) -> None:
    """Not even when an amendment took it off and the office restored it: it exists, an officer has counted it."""
    packed = world.packed(packs=3)
    [job] = world.see(marks.print_jobs)
    correction = chain.Correction(unused=packed.ranges)
    world.do(chain.amend, event=packed.event, correction=correction, reason="全部没有包装")
    back = {"enterprise": world.firm.id, "ranges": packed.ranges, "counted": 3, "reason": "标签都在"}
    world.do(marks.restore_marks, by=world.county, **back)
    with world.refusal(errors.MarksAlreadyApplied):
        world.do(marks.declare_undelivered, job=job.id, seq=1, reason="卡纸")


def test_a_job_may_name_very_many_ranges(world: World) -> None:
    marked = world.issued_batch(packs=2_400, product=world.product(3), kg=8)
    first = marked.ranges[0].first
    every_other = tuple(SerialRange(n, n) for n in range(first, first + 2_400, 2))
    world.made(world.opened(every_other))


def test_a_void_mark_keeps_its_file_from_being_reprinted_or_handed_over(world: World) -> None:
    marked = world.issued_batch(packs=6)
    printed, waiting = world.opened(marked.nth(0, 3)), world.opened(marked.nth(3, 3))
    for job in (printed, waiting):
        world.made(job)
    world.do(marks.hand_over_file, job=printed, seq=1)
    world.do(marks.void_marks, ranges=marked.nth(1) + marked.nth(4), reason="污损")
    with world.refusal(errors.MarksNotLive):
        world.do(marks.declare_undelivered, job=printed, seq=1, reason="卡纸")
    with world.refusal(errors.MarksNotLive):
        world.do(marks.hand_over_file, job=waiting, seq=1)


def test_suspension_and_holds_stop_every_step_of_a_job(world: World) -> None:
    marked = world.issued_batch(packs=9)
    opened, made, taken = (world.opened(marked.nth(n, 3)) for n in (0, 3, 6))
    for job in (made, taken):
        world.made(job)
    world.do(marks.hand_over_file, job=taken, seq=1)

    def refused(expected: type) -> None:
        with world.refusal(expected):
            world.made(opened)
        with world.refusal(expected):
            world.do(marks.hand_over_file, job=made, seq=1)
        with world.refusal(expected):
            world.do(marks.declare_undelivered, job=taken, seq=1, reason="卡纸")

    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    refused(errors.Suspended)
    world.do(people.lift_suspension, by=world.county, enterprise=world.firm.id, reason="已整改")
    world.do(oversight.hold_lot, by=world.county, lot=marked.batch, reason="抽查")
    refused(errors.LotHeld)


def test_nothing_live_leaves_without_a_confirmed_address_a_pack_date_and_the_artwork(world: World) -> None:
    marked = world.issued_batch(packs=3)
    with world.refusal(errors.SampleOnly):
        world.opened(marked.ranges, public_url=None)
    with world.refusal(errors.PackDayMissing):
        world.opened(marked.ranges, pack_day=None)
    with world.refusal(errors.ArtworkMissing):
        world.opened(marked.ranges, setup=replace(SETUP, mark_box=True))
    world.opened(marked.ranges, setup=replace(SETUP, dated=False), pack_day=None)


def test_a_job_prints_with_the_artwork_it_was_opened_with_as_long_as_that_is_approved(world: World) -> None:
    marked = world.issued_batch(packs=3)
    boxed = replace(SETUP, mark_box=True)

    def approved(n: int) -> int:
        content = b"<svg>%d</svg>" % n
        read = Artwork("image/svg+xml", hashlib.sha256(content).hexdigest(), Decimal(9), Decimal(9), b"%PDF-")
        made = world.do(people.submit_artwork, name="mark.svg", content=content, artwork=read)
        world.do(people.approve_artwork, by=world.county, artwork=made)
        return int(made)

    first = approved(1)
    job = world.opened(marked.ranges, setup=boxed)
    assert world.see(marks.print_material, job=job).artwork == b"<svg>1</svg>"
    assert world.see(marks.print_job, number=job).artwork == first
    world.made(job)
    approved(2)
    with world.refusal(errors.ArtworkMissing):
        world.do(marks.hand_over_file, job=job, seq=1)


def test_codes_as_data_are_a_job_with_a_recipient_and_count_as_printing(world: World) -> None:
    marked = world.issued_batch(packs=3)
    data = {"setup": NO_DESIGN, "medium": Medium.DATA}
    with world.refusal(errors.TextMissing):
        world.opened(marked.ranges, recipient=" ", **data)
    job = world.opened(marked.ranges, recipient="示例印务", pack_day=None, **data)
    with world.refusal(errors.SerialsInJob):
        world.opened(marked.ranges)
    world.made(job)
    world.do(marks.hand_over_file, job=job, seq=1)
    assert states(world) == {MarkState.PRINTED: 3}


def test_printing_is_for_managers_of_the_firm(world: World) -> None:
    marked = world.issued_batch(packs=3)
    job = world.opened(marked.ranges)
    world.made(job)
    for by in (world.firm.clerk, world.county, world.prefecture, world.admin):
        with world.refusal(errors.NotAllowed):
            world.do(marks.hand_over_file, by=by, job=job, seq=1)
        with world.refusal(errors.NotAllowed):
            world.see(marks.print_material, by=by, job=job)
    with world.refusal(errors.PrintJobUnknown):
        world.do(marks.hand_over_file, by=world.other.manager, job=job, seq=1)
    with world.refusal(errors.PrintJobUnknown):
        world.see(marks.print_job, by=world.other_county, number=job)
    assert world.see(marks.print_job, by=world.county, number=job).files
    assert world.see(marks.print_jobs, by=world.other.manager) == []


def test_a_job_is_for_one_product_and_the_firms_own_marks(world: World) -> None:
    batch = world.passed_batch(kg=4)
    a = world.issued_batch(batch=batch, packs=10)
    b = world.issued_batch(batch=batch, packs=10, product=world.firm.p50)
    with world.refusal(errors.MarksNotOfProduct):
        world.opened(a.ranges + b.ranges)
    with world.refusal(errors.MarksUnknown):
        world.opened(a.ranges, by=world.other.manager)
    with world.refusal(errors.MarksUnknown):
        world.opened((SerialRange(1, 99),))
    with world.refusal(errors.SerialsUnreadable):
        world.opened(a.ranges + a.ranges)


def test_a_job_sent_again_with_the_same_key_is_the_same_job(world: World) -> None:
    marked = world.issued_batch(packs=3)
    assert world.opened(marked.ranges, key="job") == world.opened(
        marked.ranges, key="job", pack_day=world.today
    )


def test_what_decides_the_bytes_of_a_job_is_kept_with_it(world: World) -> None:
    marked = world.issued_batch(packs=3)
    found = world.see(
        marks.print_job, number=world.opened(marked.ranges, setup=replace(SETUP, right=125, down=-50))
    )
    assert (found.setup.right, found.setup.down, found.public_url) == (125, -50, PUBLIC_URL)
    assert found.face == {
        "gi_name": "都匀毛尖茶", "standard": "DB52/T 433—2018", "product": "都匀毛尖茶100", "net_content": 100,
        "grade": "珍品", "pack_date": "2026-03-26", "enterprise": "都匀示例茶业有限公司",
        "uscc": "91522701MAXTEA015P", "gtin": None,
    }  # fmt: skip


def test_a_preview_books_nothing(world: World) -> None:
    marked = world.issued_batch(packs=3)
    before = world.table_counts()
    seen = world.see(marks.preview_marks, ranges=marked.ranges, pack_day=None)
    assert (seen.marks, seen.face["product"], seen.artwork) == (3, "都匀毛尖茶100", None)
    assert world.table_counts() == before


# --- how marks end ----------------------------------------------------------------------------------------------


def test_lost_marks_hold_their_tea_until_they_are_found_and_counted(world: World) -> None:
    marked = world.marked_batch(packs=10)
    lost = {"ranges": marked.nth(8, 2), "reason": "搬家时遗失"}
    with world.refusal(errors.MarksCountDiffers):
        world.do(marks.report_lost, counted=3, **lost)
    world.do(marks.report_lost, counted=2, by=world.firm.clerk, **lost)
    assert world.findings() == ["marks.lost"]
    assert states(world) == {MarkState.PRINTED: 8, MarkState.LOST: 2}
    with world.refusal(errors.RequestExceedsBatch, free_g=0):
        world.request(marked.batch, packs=1)
    found = {"enterprise": world.firm.id, "ranges": marked.nth(9), "witness": "李四", "reason": "找到后缴回"}
    world.do(marks.return_marks, by=world.county, counted=1, **found)
    world.request(marked.batch, packs=1)
    assert world.breaches() == ()


def test_what_was_never_printed_cannot_be_lost(world: World) -> None:
    marked = world.issued_batch(packs=3)
    with world.refusal(errors.MarksNotPrinted):
        world.do(marks.report_lost, ranges=marked.ranges, counted=3, reason="遗失")


def test_spoiled_labels_handed_back_let_their_tea_go(world: World) -> None:
    marked = world.marked_batch(packs=10)
    world.do(marks.void_marks, ranges=marked.nth(0), reason="污损")
    back = {"enterprise": world.firm.id, "ranges": marked.nth(0), "counted": 1, "reason": "缴回"}
    with world.refusal(errors.TextMissing):
        world.do(marks.return_marks, by=world.county, witness="", **back)
    world.do(marks.return_marks, by=world.county, witness="李四", **back)
    world.request(marked.batch, packs=1)
    with world.refusal(errors.MarksNotLive):
        world.do(marks.return_marks, by=world.county, witness="李四", **back)


def test_marks_of_a_past_season_lapse_and_go_on_holding_their_tea(world: World) -> None:
    packed = world.packed(packs=4, extra=6)
    asked = {"by": world.county, "enterprise": world.firm.id}
    with world.refusal(errors.SeasonNotOver):
        world.do(marks.lapse_marks, season=2026, **asked)
    world.at("2027-01-04T09:00")
    with world.refusal(errors.NothingToLapse):
        world.do(marks.lapse_marks, season=2025, **asked)
    for by, expected in ((world.other_county, errors.NotFound), (world.firm.manager, errors.NotAllowed)):
        with world.refusal(expected):
            world.do(marks.lapse_marks, by=by, enterprise=world.firm.id, season=2026)
    assert world.do(marks.lapse_marks, season=2026, **asked) == 6
    assert states(world) == {MarkState.APPLIED: 4, MarkState.LAPSED: 6}
    with world.refusal(errors.MarksNotLive):
        world.pack(packed.batch, packed.nth(5))
    assert world.breaches() == ()


def _unused(world: World) -> tuple[int, tuple[SerialRange, ...]]:
    """A packing of which two packs were never made: batch and marks."""

    packed = world.packed(packs=5)
    correction = chain.Correction(unused=packed.nth(3, 2))
    world.do(chain.amend, event=packed.event, correction=correction, reason="多记 2 件")
    return packed.batch, packed.nth(3, 2)


def test_labels_an_amended_packing_never_used_are_restored_by_the_office(world: World) -> None:
    batch, unused = _unused(world)
    back = {"enterprise": world.firm.id, "ranges": unused, "reason": "标签在企业手里"}
    with world.refusal(errors.NotAllowed):
        world.do(marks.restore_marks, counted=2, **back)
    with world.refusal(errors.MarksCountDiffers):
        world.do(marks.restore_marks, by=world.county, counted=1, **back)
    world.do(marks.restore_marks, by=world.county, counted=2, **back)
    assert states(world) == {MarkState.APPLIED: 3, MarkState.PRINTED: 2}
    assert world.breaches() == ()
    world.pack(batch, unused)
    with world.refusal(errors.MarksNotRestorable):
        world.do(marks.restore_marks, by=world.county, counted=2, **back)


def test_a_label_somebody_looked_up_is_out_of_the_house_and_not_restored(world: World) -> None:
    _, unused = _unused(world)
    look_at(world, unused[0].last)
    with world.refusal(errors.MarksScanned):
        world.do(
            marks.restore_marks,
            by=world.county,
            enterprise=world.firm.id,
            ranges=unused,
            counted=2,
            reason="未用",
        )


def test_spoiled_labels_are_never_restored(world: World) -> None:
    marked = world.marked_batch(packs=3)
    world.do(marks.void_marks, ranges=marked.nth(0), reason="污损")
    back = {"enterprise": world.firm.id, "ranges": marked.nth(0), "reason": "又能用了"}
    with world.refusal(errors.MarksNotRestorable):
        world.do(marks.restore_marks, by=world.county, counted=1, **back)


@pytest.mark.parametrize("marks_asked", [400, 4_000_000])
def test_rows_do_not_grow_with_the_marks_of_a_request(world: World, marks_asked: int) -> None:
    """An issue of four million writes what one of four hundred writes, and every action at most two spans more."""
    world.plot = world.new_plot(mu=100_000)
    sachet = world.product(3)
    batch = world.passed_batch(kg=marks_asked * 3 // 1000 + 1)
    request = world.request(batch, packs=marks_asked, product=sachet)
    world.approve(request)
    before = world.table_counts()
    [issued] = world.issue(request)
    assert len(issued) == marks_asked
    after = world.table_counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "mark_issue": 1, "mark_action": 1, "mark_span": 1, "fact": 1, "unsealed": 1,
    }  # fmt: skip
    for n in range(10):
        world.do(
            marks.void_marks, ranges=(SerialRange(issued.first + 7 * n, issued.first + 7 * n),), reason="污损"
        )
    grown = world.table_counts()
    assert grown["mark_span"] <= 2 * grown["mark_action"] + grown["mark_issue"]
