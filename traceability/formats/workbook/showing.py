"""A value as the cell of its column would have it, for messages that show two values beside each other."""

from datetime import date, datetime
from decimal import Decimal

from traceability.domain import units
from traceability.formats.workbook.values import Column, Kind


def shown(value: object, column: Column) -> str:
    """A value in the words of the sheet."""
    if column.choices:
        return next((word for word, one in column.choices.items() if one == value), str(value))
    if isinstance(value, tuple):
        return "、".join(_part(one) for one in value)
    if isinstance(value, int) and column.kind in {Kind.WEIGHT, Kind.WEIGHT_OR_ZERO}:
        return units.kg(value)
    if isinstance(value, datetime):
        return units.local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


def _part(one: object) -> str:
    """One of a list: a lot with its weight, a name, a range of serials."""
    if isinstance(one, tuple):
        no, grams = one
        return no if grams is None else f"{no} {units.kg(grams)}"
    return str(one)
