"""Rules over test reports: the same values twice, values that belong to another grade."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isqrt
from statistics import median_low

from traceability.domain.findings.values import Limits, Noticed
from traceability.domain.profile import Grade


@dataclass(frozen=True, slots=True)
class Report:
    """A test report on a batch; `values` by parameter in thousandths, those of yes and no left out."""

    id: int
    no: str
    batch: int
    batch_no: str
    enterprise: int
    grade: Grade
    values: Mapping[str, int]
    at: datetime


# --- one report twice -------------------------------------------------------------------------------------------------


def twins(reports: Iterable[Report], limits: Limits) -> Iterator[Noticed]:
    """Two reports of one firm, on two batches, with the same values, or all but one that differs in its last digit.

    `reports` come firm by firm. The hash refuses the same file twice; an edited one is another file (FRAUD F14).
    """
    for same_firm in _firm_by_firm(reports):
        known: dict[_Values, list[Report]] = defaultdict(list)
        for one in same_firm:
            if len(one.values) >= limits.twin_values:
                keys = list(_all_but_one(one))
                if (twin := _first_like(one, keys, known)) is not None:
                    yield _twin(one, twin)
                for key in keys:
                    known[key].append(one)


_Values = tuple[tuple[str, int], ...]


def _all_but_one(report: Report) -> Iterator[_Values]:
    """The values without each of them in turn."""
    whole = sorted(report.values.items())
    return (tuple(one for one in whole if one[0] != left_out) for left_out in report.values)


def _first_like(
    report: Report, keys: Iterable[_Values], known: Mapping[_Values, list[Report]]
) -> Report | None:
    for left_out, key in zip(report.values, keys, strict=True):
        for other in known.get(key, ()):
            if other.batch != report.batch and _same_but_last(
                report.values[left_out], other.values.get(left_out, -1)
            ):
                return other
    return None


def _same_but_last(one: int, other: int) -> bool:
    """Whether two values in thousandths are the same, or differ in the last digit that was written."""
    step = 100 if one % 100 == 0 and other % 100 == 0 else 10
    return one // (10 * step) == other // (10 * step)


def _twin(one: Report, twin: Report) -> Noticed:
    alike = sum(1 for key, value in one.values.items() if twin.values.get(key) == value)
    facts = {
        "report": one.no,
        "batch": one.batch_no,
        "earlier": twin.no,
        "earlier_batch": twin.batch_no,
        "alike": alike,
        "of_values": len(one.values),
    }
    return Noticed(
        "report.twin", f"report:{one.id}", 1, one.at, facts, enterprise=one.enterprise, lot=one.batch
    )


def _firm_by_firm(reports: Iterable[Report]) -> Iterator[list[Report]]:
    gathered: list[Report] = []
    for one in reports:
        if gathered and gathered[-1].enterprise != one.enterprise:
            yield gathered
            gathered = []
        gathered.append(one)
    if gathered:
        yield gathered


# --- values against the grade -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Typical:
    """The middle and the spread (as a standard deviation) of a parameter in a grade, in thousandths."""

    middle: int
    spread: int


def atypical(reports: Sequence[Report], limits: Limits) -> Iterator[Noticed]:
    """A firm's tea of a grade tests, batch after batch, like tea of the grade below (FRAUD F12).

    What is typical of a grade is learnt from all reports. Each report is placed on the line from the middle of its
    grade to that of the grade below, in standard deviations; the firm's mean counts, since one batch proves nothing.
    """
    typical = _typical(reports, limits)
    places: dict[tuple[int, Grade], list[tuple[int, Report]]] = defaultdict(list)
    for one in reports:
        place = _place(one, typical)
        if place is not None:
            places[one.enterprise, one.grade].append((place, one))
    for (enterprise, grade), found in places.items():
        mean = sum(place for place, _ in found) // len(found)
        if len(found) >= limits.own_least and mean >= limits.atypical:
            farthest = max(found, key=lambda one: one[0])[1]
            last = max(one.at for _, one in found)
            facts = {
                "grade": grade.value,
                "reports": len(found),
                "deviation": mean,
                "batch": farthest.batch_no,
            }
            about = f"{enterprise}:{last.year}:{grade.value}"
            yield Noticed(
                "grade.atypical",
                about,
                len(found),
                last,
                facts,
                enterprise=enterprise,
                lot=farthest.batch,
            )


def _typical(reports: Sequence[Report], limits: Limits) -> dict[tuple[Grade, str], _Typical]:
    gathered: dict[tuple[Grade, str], list[int]] = defaultdict(list)
    for one in reports:
        for parameter, value in one.values.items():
            gathered[one.grade, parameter].append(value)
    return {key: _spread(values) for key, values in gathered.items() if len(values) >= limits.grade_least}


def _spread(values: list[int]) -> _Typical:
    middle = median_low(values)
    off = median_low(abs(one - middle) for one in values)
    return _Typical(middle, max(1, off * 1483 // 1000))


def _place(report: Report, typical: Mapping[tuple[Grade, str], _Typical]) -> int | None:
    """Thousandths of a standard deviation towards the grade below; None where there is none, or too little is known."""
    grades = list(Grade)
    at = grades.index(report.grade)
    if at + 1 == len(grades):
        return None
    total, squares = 0, 0
    for parameter, value in report.values.items():
        own, below = typical.get((report.grade, parameter)), typical.get((grades[at + 1], parameter))
        if own is None or below is None:
            continue
        apart = (below.middle - own.middle) * 1000 // own.spread
        off = max(-4000, min(4000, (value - own.middle) * 1000 // own.spread))
        total += off * apart
        squares += apart * apart
    return total // isqrt(squares) if squares else None
