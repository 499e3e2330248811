"""Rules over the marks of a firm: unused, declared void, taken again, booked around a suspension."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from traceability.domain.findings.values import Limits, Noticed


@dataclass(frozen=True, slots=True)
class FirmMarks:
    """Marks issued to a firm in a season, and where they are.

    `dormant` are on hand or printed and were issued before the day the rule counts from; `since` is when the first of
    them were. `wasted` are void or lost. `reprints` counts files taken again.
    """

    enterprise: int
    season: int
    issued: int
    dormant: int
    since: datetime | None
    wasted: int
    reprints: int
    last: datetime


def left_unused(rows: Iterable[FirmMarks], limits: Limits) -> Iterator[Noticed]:
    """Marks lie about long after they were issued: of tea that is not packed they have no use on hand."""
    for row in rows:
        enough = row.dormant >= limits.dormant_least
        if enough and row.since and row.dormant * 1000 >= limits.dormant_share * row.issued:
            facts = {"marks": row.dormant, "issued": row.issued, "since": row.since.date().isoformat()}
            yield _noticed("marks.dormant", row, row.dormant, {**facts, "days": limits.dormant_days})


def wasted(rows: Iterable[FirmMarks], limits: Limits) -> Iterator[Noticed]:
    """More marks than a printer spoils are declared void or lost: labels that may live on elsewhere."""
    for row in rows:
        if row.wasted >= limits.wasted_least and row.wasted * 1000 >= limits.wasted_share * row.issued:
            share = row.wasted * 1000 // row.issued
            facts = {"marks": row.wasted, "issued": row.issued, "share": share}
            yield _noticed("marks.wasted", row, row.wasted, facts)


def reprinted_often(rows: Iterable[FirmMarks], limits: Limits) -> Iterator[Noticed]:
    """Print files that never came out, again and again."""
    for row in rows:
        if row.reprints >= limits.reprints_least:
            yield _noticed("marks.reprinted_often", row, row.reprints, {"times": row.reprints})


def _noticed(code: str, row: FirmMarks, extent: int, facts: Mapping[str, object]) -> Noticed:
    about = f"{row.enterprise}:{row.season}"
    return Noticed(code, about, extent, row.last, {"season": row.season, **facts}, enterprise=row.enterprise)


@dataclass(frozen=True, slots=True)
class SuspendedActs:
    """Marks packed, as a firm says, before its suspension began, and written down after."""

    enterprise: int
    suspension: int
    since: datetime
    packings: int
    marks: int
    last: datetime


def acts_dated_back(rows: Iterable[SuspendedActs], _limits: Limits) -> Iterator[Noticed]:
    """During a suspension no mark may be used; one dated before it, and told when it was over, may have been."""
    for row in rows:
        if row.packings:
            facts = {"packings": row.packings, "marks": row.marks, "since": row.since.date().isoformat()}
            about = f"{row.enterprise}:{row.suspension}"
            yield Noticed(
                "suspension.dated_back", about, row.packings, row.last, facts, enterprise=row.enterprise
            )
