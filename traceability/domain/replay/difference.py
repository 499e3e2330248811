"""What a check of the tables against the log names."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a table is not what the facts make of it.

    `column` names the value that differs, `expected` being what was told and `found` what stands there. Without a
    column the whole row is meant: `found` is None where it is missing, `expected` where nothing ever told of it.
    `fact` is the number of the fact that told it last, None where there is none or where sums of many are compared.
    """

    table: str
    key: Mapping[str, object]
    column: str | None
    expected: object
    found: object
    fact: int | None = None
