"""What is kept for speed, beside what it is made from; values as the driver has them, since somebody may have put
anything there.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from traceability.domain.marks import Act, MarkAction, SerialRange, Span
from traceability.domain.replay import written
from traceability.store.chain import lines
from traceability.store.chain.lines import BookLineRow
from traceability.store.marks.rows import ActionRow, SpanRow

AT_ONCE = 5_000

Values = Mapping[str, Any]
#: Spans of one issued range by their first serial, with their other columns.
Spans = dict[int, Values]

_ACT = ("action", "first", "last", "pack_lot_id", "printed_for")
_SPAN = ("last", "state", "pack_lot_id", "printed_for")


def marks(session: Session) -> Iterator[tuple[int, list[Values], Spans]]:
    """(issued range, its actions in order, its spans as they stand), for every range that has either."""
    acted = _by_issue(session, ActionRow, _ACT, ActionRow.id)
    kept = _by_issue(session, SpanRow, ("first", *_SPAN), SpanRow.first)
    acts, spans = next(acted, None), next(kept, None)
    while acts or spans:
        issue = min(one[0] for one in (acts, spans) if one)
        here = acts[1] if acts and acts[0] == issue else []
        there = spans[1] if spans and spans[0] == issue else []
        yield issue, here, {one["first"]: {name: one[name] for name in _SPAN} for one in there}
        acts = next(acted, None) if acts and acts[0] == issue else acts
        spans = next(kept, None) if spans and spans[0] == issue else spans


def _by_issue(
    session: Session, row: Any, names: Iterable[str], order: Any
) -> Iterator[tuple[int, list[Values]]]:
    wanted = ("issue_id", *names)
    query = select(*(_raw(getattr(row, name)).label(name) for name in wanted)).order_by(row.issue_id, order)
    rows = session.execute(query, execution_options={"yield_per": AT_ONCE}).mappings()
    for issue, some in groupby(rows, key=lambda one: one["issue_id"]):
        yield issue, [{name: written(value) for name, value in one.items()} for one in some]


def _raw(column: Any) -> ColumnElement[Any]:
    return type_coerce(column, NullType())


def act_of(told: Values) -> Act:
    """A mark action as the rules take it, its day as text; raise `ValueError` for what is none."""
    spread = SerialRange(told["first"], told["last"])
    return Act(told["issue_id"], MarkAction(told["action"]), spread, told["pack_lot_id"], told["printed_for"])


def by_first(spans: Iterable[Span]) -> Spans:
    """Spans as rows."""
    return {one.range.first: _columns(one) for one in spans}


def _columns(one: Span) -> Values:
    told = (one.range.last, one.state.value, one.pack_lot, one.printed_for)
    return dict(zip(_SPAN, told, strict=True))


def lines_unlike(session: Session) -> Iterator[tuple[Values, Values | None, Values | None]]:
    """(key, as the entries make it, as it stands) of every line of the books that is not what it should be.

    What the entries make nothing of has no line: None.
    """
    for *key, grams, packs in lines.apart(session):
        where = dict(zip(lines.NAMES, key, strict=True))
        same = and_(*(_raw(getattr(BookLineRow, name)) == value for name, value in where.items()))
        row = session.execute(select(_raw(BookLineRow.grams), _raw(BookLineRow.packs)).where(same)).first()
        stands = {"grams": row[0], "packs": row[1]} if row else None
        made = {"grams": (row[0] if row else 0) - grams, "packs": (row[1] if row else 0) - packs}
        told = {name: written(value) for name, value in where.items()}
        yield told, made if any(made.values()) else None, stands
