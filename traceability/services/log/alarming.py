"""A log that is not what was signed is a finding of the highest weight, for the prefecture."""

from datetime import datetime

from traceability.domain.chain import Remark
from traceability.domain.log import Difference
from traceability.services import acting
from traceability.store.work import Work

MISMATCH = "log.mismatch"


def find_mismatch(work: Work, *, now: datetime, first: Difference, count: int, seen_by: str = "") -> None:
    """Keep the first entry that differs, and how many do; `seen_by`: the witness who noticed, if it was one."""
    told: dict[str, object] = {
        "table": first.table,
        "key": first.where,
        "column": first.column,
        "expected": _short(first.expected),
        "found": _short(first.found),
        "differences": count,
        "seen_by": seen_by,
    }
    remark = Remark(MISMATCH, told)
    about = f"{first.table}:{first.where}:{first.column}"[:160]
    prefecture = work.profile.prefecture.code
    acting.find(work, remark, enterprise=None, county=prefecture, at=now, now=now, about=about)
    acting.state(work, f"finding.{MISMATCH}", by=acting.WATCH, now=now, private=told, shown=False)


def _short(value: object) -> str:
    """A tile is eight thousand bytes; whoever looks wants its beginning."""
    text = "" if value is None else str(value)
    return text if len(text) <= 64 else f"{text[:64]}…"
