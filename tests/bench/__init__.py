"""Benchmarks. A module `bench_NAME` has `run()`, which yields its cases one by one (see `Case`).

Each measures its baseline in the same run. `ratio` is always our speed over the baseline's: above 1 is faster.
"""

from typing import TypedDict


class Case(TypedDict):
    """One line of the report; `value` and `baseline` are in `unit`."""

    bench: str
    case: str
    value: float
    unit: str
    baseline: float
    ratio: float
