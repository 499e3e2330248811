"""Books older than the telling of rows: what stands in them is told once, as it was found."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from traceability.domain.people import Identity
from traceability.domain.replay import NEW, NOW, ROWS, Standing, written
from traceability.services import acting
from traceability.services.log.replaying import Chain
from traceability.store.replay import facts, rows
from traceability.store.work import Work

#: Rows in one fact.
AT_ONCE = 500


def take_up(work: Work, *, by: Identity, now: datetime) -> int:
    """Tell every row that stands, in facts of their own (`books.found`); how many facts, 0 where rows are told already.

    For a database of a release whose facts did not tell rows. What was tampered with before cannot be told from what is
    right; from here on it can.
    """
    if any(facts.telling(work.session)):
        return 0
    told = 0
    for table, how, some in [*_changed_lots(work), *_standing(work)]:
        acting.state(work, "books.found", by=by, now=now, private={ROWS: {table: {how: some}}})
        told += 1
    return told


def _standing(work: Work) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for table in rows.order():
        found = iter(rows.told(table, row) for row in rows.standing(work.session, table))
        while some := list(islice(found, AT_ONCE)):
            yield table, NEW, some


def _changed_lots(work: Work) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """What was changed of lots after the bookings that opened them."""
    standing = Standing(rows.keys())
    firms: Iterable[dict[str, Any]] = rows.standing(work.session, "enterprise")
    standing.fold({"enterprise": {NEW: list(firms)}}, 0)
    found = [
        {**one.key, one.column: written(one.found)}
        for one in Chain(work, standing).differences()
        if one.table == "lot" and one.column and isinstance(one.key, Mapping)
    ]
    return [("lot", NOW, found)] if found else []
