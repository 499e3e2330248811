"""Test values judged by grade and edition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from traceability.domain import errors
from traceability.domain.profile import Grade, Profile


@dataclass(frozen=True, slots=True)
class Judgement:
    """The values of a report against the limits of a grade."""

    passed: bool
    failing: tuple[str, ...] = ()


def judge(values: Mapping[str, Decimal | bool], grade: Grade, day: date, profile: Profile) -> Judgement:
    """Judge by grade and the edition in force on that day; raise `ValueMissing` when a limited value is absent."""
    failing = []
    for limit in profile.limits(profile.edition_on(day), grade):
        if limit.parameter not in values:
            raise errors.ValueMissing(parameter=limit.parameter)
        if not limit.met_by(values[limit.parameter]):
            failing.append(limit.parameter)
    return Judgement(not failing, tuple(failing))
