"""How many samples passed, month by month of the day they were taken."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from traceability.domain.inspections.samples import SampleState

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MonthRate:
    """Samples taken in a month by what came of them; discarded ones are not counted."""

    year: int
    month: int
    passed: int
    failed: int
    waiting: int

    @property
    def judged(self) -> int:
        """Those with a verdict."""
        return self.passed + self.failed

    @property
    def permille(self) -> int | None:
        """Thousandths of those judged that passed, rounded down: 99.96 % is not all; None without a verdict."""
        return self.passed * 1000 // self.judged if self.judged else None


def rates_by_month(samples: Iterable[tuple[Month, SampleState]]) -> list[MonthRate]:
    """Months in order, from the first with a sample to the last; those between without one are there too."""
    counts: Counter[tuple[Month, str]] = Counter()
    for month, state in samples:
        if state is not SampleState.DISCARDED:
            counts[month, _OF.get(state, "waiting")] += 1
    months = sorted({month for month, _state in counts})
    return [_rate(month, counts) for month in _between(months[0], months[-1])] if months else []


_OF = {SampleState.PASSED: "passed", SampleState.FAILED: "failed"}


def _rate(month: Month, counts: Counter[tuple[Month, str]]) -> MonthRate:
    return MonthRate(*month, *(counts[month, one] for one in ("passed", "failed", "waiting")))


def _between(first: Month, last: Month) -> list[Month]:
    start, end = first[0] * 12 + first[1] - 1, last[0] * 12 + last[1] - 1
    return [(n // 12, n % 12 + 1) for n in range(start, end + 1)]
