"""What is kept for speed, made again from the tables it sums: the states of marks, and the lines of the books."""

from collections.abc import Iterator, Mapping
from typing import Any

from traceability.domain.log import Difference
from traceability.domain.marks import replay
from traceability.store.replay import made
from traceability.store.work import Work


def differences(work: Work) -> Iterator[Difference]:
    """Spans that are not what the mark actions make of them, and lines that are not what the entries come to."""
    for issue, acts, found in made.marks(work.session):
        try:
            expected = made.by_first(replay(made.act_of(one) for one in acts))
        except (
            ValueError,
            TypeError,
        ):  # no mark action that could be: named already, where actions are compared
            continue
        yield from _unlike("mark_span", expected, found, {"issue_id": issue})
    for key, expected_line, found_line in made.lines_unlike(work.session):
        yield from _unlike_row("book_line", key, expected_line, found_line)


def _unlike(
    table: str,
    expected: Mapping[int, Mapping[str, Any]],
    found: Mapping[int, Mapping[str, Any]],
    more: Mapping[str, Any],
) -> Iterator[Difference]:
    for first in sorted({*expected, *found}):
        yield from _unlike_row(table, {**more, "first": first}, expected.get(first), found.get(first))


def _unlike_row(
    table: str, key: Mapping[str, Any], expected: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> Iterator[Difference]:
    if expected is None or found is None:
        if expected != found:
            yield Difference(table, key, None, expected, found)
        return
    for name, told in expected.items():
        if told != found[name]:
            yield Difference(table, key, name, told, found[name])
