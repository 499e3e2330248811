"""The canonical form of facts."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import log
from traceability.domain.marks import MarkState


def test_the_same_value_has_the_same_bytes_whatever_the_order() -> None:
    assert log.canonical({"b": 1, "a": [True, None, "茶"]}) == log.canonical(
        {"a": [True, None, "茶"], "b": 1}
    )
    assert log.canonical({"b": 1, "a": "茶"}) == '{"a":"茶","b":1}'
    assert log.digest_of({"b": 1, "a": 2}) == log.digest_of({"a": 2, "b": 1})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("6.50"), "6.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 4, 6), "2026-04-06"),
        (datetime(2026, 4, 6, 8, tzinfo=timezone(timedelta(hours=8))), "2026-04-06T00:00:00Z"),
        (MarkState.VOID, "void"),
        (2**53, str(2**53)),
        (2**53 - 1, 2**53 - 1),
        ((1, 2), [1, 2]),
        ({3: "x"}, {"3": "x"}),
        (True, True),
        (None, None),
    ],
)
def test_every_kind_of_value_has_one_form(value: object, written: object) -> None:
    assert log.plain(value) == written
    assert log.read(log.canonical(value)) == written


@pytest.mark.parametrize("value", [1.5, object(), b"x"])
def test_what_the_books_do_not_know_has_no_form(value: object) -> None:
    with pytest.raises(TypeError):
        log.canonical({"a": value})


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**52), 2**52) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(value=values)
def test_a_canonical_text_is_read_back_and_written_the_same(value: object) -> None:
    text = log.canonical(value)
    assert log.canonical(log.read(text)) == text


def test_a_fact_carries_both_times() -> None:
    at = datetime(2026, 4, 6, tzinfo=UTC)
    fact = log.Fact("x", 1, at, at + timedelta(hours=1))
    assert (fact.version, fact.public, fact.private) == (log.FACT_VERSION, {}, {})


PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=12)


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)


@given(st.recursive(PLAIN, nested))
def test_the_quick_writer_writes_the_bytes_of_the_standard(value: object) -> None:
    assert log.canonical(value).encode() == rfc8785.dumps(log.plain(value))  # type: ignore[arg-type]


SIGNS = ["\x00\x1f\x7f", "\b\t\n\f\r", '"\\/', "\u2028\u2029", "茶", "\ufffd", "\U0001f375"]


@pytest.mark.parametrize("text", SIGNS)
def test_signs_are_escaped_as_the_standard_says(text: str) -> None:
    assert log.canonical({text: text}).encode() == rfc8785.dumps({text: text})


def test_keys_far_out_are_sorted_as_the_standard_sorts_them() -> None:
    assert log.canonical({"\ufffd": 1, "\U0001f375": 2}) == '{"\U0001f375":2,"\ufffd":1}'
