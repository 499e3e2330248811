"""Codes, ranges, states of marks, and their projection."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import errors, marks
from traceability.domain.marks import Act, MarkAction, MarkState, RequestLine, SerialRange, Span

KEY = b"k" * 32
OTHER = b"o" * 32
serials = st.integers(1, marks.LAST_SERIAL)


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


@pytest.mark.parametrize("text", ["", " ,", "0", "3-1", "1-3,2", "a", "1-2-3", "4294967296", "12345678901"])
def test_what_is_no_list_of_serials_is_refused(text: str) -> None:
    with pytest.raises(errors.SerialsUnreadable):
        marks.read_ranges(text)


def test_counting_and_overlap() -> None:
    ranges = [SerialRange(1, 5), SerialRange(8, 8)]
    assert marks.count(ranges) == 6
    assert list(marks.serials(ranges)) == [1, 2, 3, 4, 5, 8]
    assert not marks.overlap(ranges)
    assert marks.overlap([*ranges, SerialRange(5, 6)])


# --- steps and projection -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "state", "expected"),
    [
        (MarkAction.APPLY, MarkState.ON_HAND, errors.MarksNotPrinted),
        (MarkAction.APPLY, MarkState.APPLIED, errors.MarksAlreadyApplied),
        (MarkAction.APPLY, MarkState.VOID, errors.MarksNotLive),
        (MarkAction.APPLY, MarkState.RETIRED, errors.MarksNotLive),
        (MarkAction.PRINT, MarkState.PRINTED, errors.MarksInWrongState),
        (MarkAction.VOID, MarkState.APPLIED, errors.MarksInWrongState),
        (MarkAction.RETIRE, MarkState.PRINTED, errors.MarksInWrongState),
        (MarkAction.RETURN, MarkState.RETURNED, errors.MarksNotLive),
    ],
)
def test_a_step_starts_from_the_right_state(action: MarkAction, state: MarkState, expected: type) -> None:
    with pytest.raises(expected):
        marks.check_step(action, [Span(1, SerialRange(1, 2), state)])


def test_a_label_fits_one_pack_day_or_any() -> None:
    day = date(2026, 4, 6)
    marks.check_pack_day([Span(1, SerialRange(1, 1), MarkState.PRINTED)], day)
    marks.check_pack_day([Span(1, SerialRange(1, 1), MarkState.PRINTED, printed_for=day)], day)
    with pytest.raises(errors.PackDayDiffers):
        marks.check_pack_day(
            [Span(1, SerialRange(1, 1), MarkState.PRINTED, printed_for=date(2026, 4, 5))], day
        )


pieces = st.tuples(st.integers(1, 40), st.integers(0, 15)).map(
    lambda one: SerialRange(one[0], one[0] + one[1])
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
