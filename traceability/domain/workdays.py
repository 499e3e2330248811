"""Working days of offices: weekends, public holidays, and the weekend days that are worked for them."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar of offices; `years` are those whose holidays are known, in all others weekends alone are free."""

    years: frozenset[int] = frozenset()
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    def works(self, day: date) -> bool:
        """Whether offices work on that day."""
        return day in self.on or (day.weekday() < _SATURDAY and day not in self.off)

    def after(self, day: date, n: int) -> date:
        """The n-th working day after a day, which does not count itself."""
        while n > 0:
            day += ONE
            n -= self.works(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after `first`, up to and with `last`; below nothing when `last` is the earlier one."""
        if last < first:
            return -self.between(last, first)
        return sum(self.works(first + ONE * n) for n in range(1, (last - first).days + 1))

    def first_in_time(self, today: date, n: int) -> date:
        """The earliest day whose n-th working day after it is not before today: what came before is overdue."""
        day = today
        while self.after(day - ONE, n) >= today:
            day -= ONE
        return day
