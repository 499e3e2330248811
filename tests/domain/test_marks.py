"""Codes, ranges, states of marks, and their projection."""

from datetime import date
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import errors, marks
from traceability.domain.marks import Act, MarkAction, MarkState, RequestLine, Said, SerialRange, Setup, Span
from traceability.domain.people import ALLOWED, Role

KEY = b"k" * 32
OTHER = b"o" * 32
serials = st.integers(1, marks.LAST_SERIAL)
pieces = st.tuples(st.integers(1, 40), st.integers(0, 15)).map(
    lambda one: SerialRange(one[0], one[0] + one[1])
)


# --- codes --------------------------------------------------------------------------------------------------


@given(serial=serials)
def test_a_code_tells_its_serial_and_is_true_under_its_key_only(serial: int) -> None:
    code = marks.encode(serial, KEY)
    assert len(code) == 16
    assert set(code) <= set(marks.ALPHABET)
    seen, mac = marks.read_code(code) or (0, 0)
    assert seen == serial
    assert marks.is_true(serial, mac, KEY)
    assert not marks.is_true(serial, mac, OTHER)
    assert not marks.is_true(serial, mac ^ 1, KEY)


@given(serial=serials, data=st.data())
def test_reading_a_code_forgives_how_people_type(serial: int, data: st.DataObject) -> None:
    code = marks.encode(serial, KEY)
    looks = {"0": "0OoＯ", "1": "1IlL"}
    typed = "".join(
        data.draw(st.sampled_from(looks.get(c, c + c.lower() + chr(ord(c) + 0xFEE0)))) for c in code
    )
    spaced = "-".join(typed[i : i + 4] for i in range(0, 16, 4))
    assert marks.read_code(f" {spaced} ") == marks.read_code(code)
    assert marks.read_code(marks.grouped(code)) == marks.read_code(code)


@pytest.mark.parametrize("text", ["", "0", "U" * 16, "0" * 15, "0" * 17, "héllo", "0" * 500])
def test_what_is_no_code_is_none(text: str) -> None:
    assert marks.read_code(text) is None


def test_neighbouring_serials_have_unlike_codes() -> None:
    a, b = marks.encode(1000, KEY), marks.encode(1001, KEY)
    assert sum(x != y for x, y in zip(a[-9:], b[-9:], strict=True)) >= 4


def test_the_control_number_has_ten_digits() -> None:
    assert marks.control_number(12001) == "0000012001"
    assert str(SerialRange(5, 5)) == "0000000005"
    assert str(SerialRange(5, 6)) == "0000000005–0000000006"


# --- ranges -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("0000012001-0000012200, 12203", ((12001, 12200), (12203, 12203))),
        ("5", ((5, 5),)),
        ("１-３、７", ((1, 3), (7, 7))),
        ("No.1 ~ No.3；5至6", ((1, 3), (5, 6))),
        ("9 4..6", ((4, 6), (9, 9))),
        ("1–3", ((1, 3),)),
    ],
)
def test_ranges_are_read_as_people_write_them(text: str, ranges: tuple) -> None:
    assert marks.read_ranges(text) == tuple(SerialRange(*one) for one in ranges)


@pytest.mark.parametrize(
    "text", ["", " ,", "0", "3-1", "1-3,2", "a", "1-2-3", "4294967296", "12345678901", "١٢"]
)
def test_what_is_no_list_of_serials_is_refused(text: str) -> None:
    with pytest.raises(errors.SerialsUnreadable):
        marks.read_ranges(text)


def test_so_many_ranges_are_read_at_once_and_no_more() -> None:
    singles = range(1, 2 * marks.MOST_RANGES, 2)
    assert len(marks.read_ranges(",".join(map(str, singles)))) == marks.MOST_RANGES
    assert marks.read_ranges(f"1{' ' * 20_000}-{' ' * 5_000}2") == (SerialRange(1, 2),)
    for text in (",".join(map(str, [*singles, 10_000])), "1" + " " * 200_000):
        with pytest.raises(errors.SerialsTooMany):
            marks.read_ranges(text)


def test_counting_and_overlap() -> None:
    ranges = [SerialRange(1, 5), SerialRange(8, 8)]
    assert marks.count(ranges) == 6
    assert list(marks.serials(ranges)) == [1, 2, 3, 4, 5, 8]
    assert not marks.overlap(ranges)
    assert marks.overlap([*ranges, SerialRange(5, 6)])


# --- steps and projection -------------------------------------------------------------------------------------


#: Every state × action pair, written out once more: where an action leads, or what refuses it.
WRONG, ENDED, UNPRINTED, ON_PACK = (
    errors.MarksInWrongState, errors.MarksNotLive, errors.MarksNotPrinted, errors.MarksAlreadyApplied,
)  # fmt: skip
S = MarkState
PAIRS: dict[MarkAction, dict[MarkState, Any]] = {
    MarkAction.ISSUE: {
        S.ON_HAND: WRONG, S.PRINTED: WRONG, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.PRINT: {
        S.ON_HAND: S.PRINTED, S.PRINTED: WRONG, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.REPRINT: {
        S.ON_HAND: WRONG, S.PRINTED: S.PRINTED, S.APPLIED: ON_PACK, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.APPLY: {
        S.ON_HAND: UNPRINTED, S.PRINTED: S.APPLIED, S.APPLIED: ON_PACK, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.VOID: {
        S.ON_HAND: S.VOID, S.PRINTED: S.VOID, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.LOSE: {
        S.ON_HAND: UNPRINTED, S.PRINTED: S.LOST, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.RETURN: {
        S.ON_HAND: S.RETURNED, S.PRINTED: S.RETURNED, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: S.RETURNED, S.RETURNED: ENDED, S.LOST: S.RETURNED, S.LAPSED: S.RETURNED,
    },
    MarkAction.LAPSE: {
        S.ON_HAND: S.LAPSED, S.PRINTED: S.LAPSED, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.RETIRE: {
        S.ON_HAND: WRONG, S.PRINTED: WRONG, S.APPLIED: S.RETIRED, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.UNUSE: {
        S.ON_HAND: WRONG, S.PRINTED: WRONG, S.APPLIED: S.VOID, S.RETIRED: ENDED,
        S.VOID: ENDED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
    MarkAction.RESTORE: {
        S.ON_HAND: WRONG, S.PRINTED: WRONG, S.APPLIED: WRONG, S.RETIRED: ENDED,
        S.VOID: S.PRINTED, S.RETURNED: ENDED, S.LOST: ENDED, S.LAPSED: ENDED,
    },
}  # fmt: skip


def test_every_pair_of_state_and_action_is_written_out() -> None:
    assert {(action, state) for action, row in PAIRS.items() for state in row} == set(
        product(MarkAction, MarkState)
    )


@pytest.mark.parametrize(("action", "state"), list(product(MarkAction, MarkState)))
def test_an_action_leads_where_it_should_or_is_refused(action: MarkAction, state: MarkState) -> None:
    span, expected = Span(1, SerialRange(1, 2), state), PAIRS[action][state]
    if isinstance(expected, MarkState):
        marks.check_step(action, [span])
        assert marks.after(span, Act(1, action, span.range)).state is expected
    else:
        with pytest.raises(expected):
            marks.check_step(action, [span])


WHO = {
    MarkAction.ISSUE: {Role.COUNTY},
    MarkAction.PRINT: {Role.MANAGER},
    MarkAction.REPRINT: {Role.MANAGER},
    MarkAction.APPLY: {Role.MANAGER, Role.CLERK},
    MarkAction.VOID: {Role.MANAGER, Role.CLERK},
    MarkAction.LOSE: {Role.MANAGER, Role.CLERK},
    MarkAction.RETURN: {Role.COUNTY},
    MarkAction.LAPSE: {Role.COUNTY},
    MarkAction.RETIRE: {Role.MANAGER, Role.CLERK},
    MarkAction.UNUSE: {Role.MANAGER, Role.COUNTY, Role.PREFECTURE},
    MarkAction.RESTORE: {Role.COUNTY},
}


@pytest.mark.parametrize("action", MarkAction)
def test_an_action_is_taken_by_those_posts_and_no_other(action: MarkAction) -> None:
    assert {role for role, may in ALLOWED.items() if marks.STEPS[action].who in may} == WHO[action]


@pytest.mark.parametrize(
    ("action", "said", "refused"),
    [
        (MarkAction.VOID, Said(" "), errors.ReasonMissing),
        (MarkAction.REPRINT, Said(), errors.ReasonMissing),
        (MarkAction.RETIRE, Said(), errors.ReasonMissing),
        (MarkAction.UNUSE, Said(), errors.ReasonMissing),
        (MarkAction.LOSE, Said("遗失", 1), errors.MarksCountDiffers),
        (MarkAction.LOSE, Said(None, 2), errors.ReasonMissing),
        (MarkAction.RETURN, Said("缴回", None, "李四"), errors.MarksCountDiffers),
        (MarkAction.RETURN, Said("缴回", 2, " "), errors.TextMissing),
        (MarkAction.RETURN, Said("", 2, "李四"), errors.ReasonMissing),
        (MarkAction.RESTORE, Said("未用", 3), errors.MarksCountDiffers),
    ],
)
def test_what_an_action_needs_has_to_be_said(action: MarkAction, said: Said, refused: type) -> None:
    with pytest.raises(refused):
        marks.check_said(action, said, [SerialRange(1, 2)])


def test_what_was_said_is_kept_tidy() -> None:
    said = marks.check_said(MarkAction.RETURN, Said(" 多余 ", 2, " 李  四 "), [SerialRange(1, 2)])
    assert said == Said("多余", 2, "李 四")
    assert marks.check_said(MarkAction.PRINT, Said(), [SerialRange(1, 2)]) == Said()


def test_only_what_an_amendment_left_unused_is_restored() -> None:
    told = [
        Act(1, MarkAction.ISSUE, SerialRange(1, 9)),
        Act(1, MarkAction.PRINT, SerialRange(1, 9)),
        Act(1, MarkAction.APPLY, SerialRange(1, 6)),
        Act(1, MarkAction.UNUSE, SerialRange(4, 6)),
        Act(1, MarkAction.VOID, SerialRange(8, 8)),
        Act(1, MarkAction.RESTORE, SerialRange(6, 6)),
    ]
    marks.check_unused(told, [SerialRange(4, 5)])
    for other in (SerialRange(4, 6), SerialRange(8, 8), SerialRange(3, 4), SerialRange(9, 9)):
        with pytest.raises(errors.MarksNotRestorable):
            marks.check_unused(told, [other])


def test_marks_lapse_after_their_season() -> None:
    marks.check_season_over(2026, date(2027, 1, 1))
    with pytest.raises(errors.SeasonNotOver):
        marks.check_season_over(2026, date(2026, 12, 31))


# --- print jobs -------------------------------------------------------------------------------------------------


@given(
    ranges=st.lists(pieces, min_size=1, max_size=5),
    per_page=st.integers(1, 9),
    pages=st.integers(1, 5),
    start=st.integers(0, 8),
)
def test_the_files_of_a_job_hold_its_marks_in_order(
    ranges: list[SerialRange], per_page: int, pages: int, start: int
) -> None:
    start, per_file = start % per_page, per_page * pages
    files = marks.plan(ranges, per_file=per_file, start=start)
    assert [n for one in files for n in marks.serials(one.ranges)] == list(marks.serials(ranges))
    assert [one.seq for one in files] == list(range(1, len(files) + 1))
    assert all(0 < one.marks <= per_file for one in files)
    assert all(one.sheets(per_page) <= pages for one in files), "no file begins a sheet it cannot end"
    assert [one.start for one in files] == [start, *[0] * (len(files) - 1)]
    assert all(one.start + one.marks == per_file for one in files[:-1]), "only the last file is short"


def test_a_full_file_is_a_roll_of_whole_sheets() -> None:
    assert Setup("a4-40", "", per_page=40).per_file == 5000
    assert Setup("odd", "", per_page=33).per_file == 4983
    assert Setup("roll", "", per_page=1).per_file == 5000


def test_a_label_fits_one_pack_day_or_any() -> None:
    day = date(2026, 4, 6)
    marks.check_pack_day([Span(1, SerialRange(1, 1), MarkState.PRINTED)], day)
    marks.check_pack_day([Span(1, SerialRange(1, 1), MarkState.PRINTED, printed_for=day)], day)
    with pytest.raises(errors.PackDayDiffers):
        marks.check_pack_day(
            [Span(1, SerialRange(1, 1), MarkState.PRINTED, printed_for=date(2026, 4, 5))], day
        )


@given(wanted=pieces)
def test_cutting_keeps_every_serial_once(wanted: SerialRange) -> None:
    spans = [Span(1, SerialRange(1, 20), MarkState.PRINTED), Span(1, SerialRange(21, 55), MarkState.ON_HAND)]
    inside, outside = marks.cut(spans, [wanted])
    assert sorted(marks.serials(one.range for one in [*inside, *outside])) == list(range(1, 56))
    assert set(marks.serials(one.range for one in inside)) == set(marks.serials([wanted])) & set(range(1, 56))


@given(
    acts=st.lists(
        st.tuples(st.sampled_from([MarkAction.PRINT, MarkAction.VOID, MarkAction.APPLY]), pieces), max_size=12
    )
)
def test_the_projection_equals_following_every_serial_by_itself(acts: list) -> None:
    told = [
        Act(1, MarkAction.ISSUE, SerialRange(1, 60)),
        *(Act(1, action, one, pack_lot=3) for action, one in acts),
    ]
    alone = dict.fromkeys(range(1, 61), MarkState.ON_HAND)
    for act in told[1:]:
        alone |= dict.fromkeys(marks.serials([act.range]), marks.STEPS[act.action].target)
    spans = marks.replay(told)
    assert {serial: span.state for span in spans for serial in marks.serials([span.range])} == alone
    assert spans == marks.merged(spans)
    assert sum(marks.counts(spans).values()) == 60


def test_neighbours_alike_are_one_row() -> None:
    a, b = Span(1, SerialRange(1, 2), MarkState.VOID), Span(1, SerialRange(3, 4), MarkState.VOID)
    assert marks.merged([b, a]) == [Span(1, SerialRange(1, 4), MarkState.VOID)]
    assert len(marks.merged([a, Span(1, SerialRange(3, 4), MarkState.APPLIED)])) == 2


# --- requests -------------------------------------------------------------------------------------------------


def test_a_request_counts_marks_and_grams() -> None:
    line = RequestLine(1, 100, packs=200, spares=2)
    assert (line.marks, line.grams) == (202, 20_000)
    marks.check_lines([line])
    marks.check_room([line], 20_000)
    with pytest.raises(errors.RequestExceedsBatch):
        marks.check_room([line], 19_999)
    marks.check_spares(1, 1, 2)
    with pytest.raises(errors.TooManySpares):
        marks.check_spares(2, 1, 2)
