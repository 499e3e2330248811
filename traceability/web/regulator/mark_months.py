"""Marks by state over the months of a season: a picture with its table, of a reach, a county or a firm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.errors import NotFound
from traceability.domain.marks import MarkState
from traceability.domain.people import May
from traceability.formats.tables import Kind, Table
from traceability.services import books
from traceability.services.books import MarkMonths
from traceability.web import words
from traceability.web.enterprise.papers.making import PIECES, field
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.book_tables import Sheet
from traceability.web.regulator.books import asked, file_of
from traceability.web.regulator.door import bp

#: From the bottom of a column to its top: what is on packs, what waits for one, and how the others ended.
STACK = (
    MarkState.APPLIED, MarkState.PRINTED, MarkState.ON_HAND, MarkState.RETIRED, MarkState.RETURNED, MarkState.VOID,
    MarkState.LAPSED, MarkState.LOST,
)  # fmt: skip

#: The picture's measures: left edge and width of the columns, baseline and height.
LEFT, STEP, WIDE, BASE, HIGH = 104, 31, 22, 260, 230


@dataclass(frozen=True)
class Block:
    """A state in one month's column."""

    state: MarkState
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Picture:
    """The columns, the months under them by their middle, the lines with what they stand for, and the states shown."""

    blocks: tuple[Block, ...]
    months: tuple[tuple[int, int], ...]
    lines: tuple[tuple[int, int], ...]
    states: tuple[MarkState, ...]


@bp.get("/books/marks")
@allow(May.OVERSEE)
def book_marks() -> ResponseReturnValue:
    """Of the office's whole reach."""
    return _shown(words.county(me().within.county or "522700"), "book", {})


@bp.get("/books/county/<county>/marks")
@allow(May.OVERSEE)
def county_marks(county: str) -> ResponseReturnValue:
    """Of one county's firms."""
    if not any(one.code == county for one in words.profile().counties):
        raise NotFound
    return _shown(words.county(county), "county_book", {"county": county}, county=county)


@bp.get("/books/firm/<int:number>/marks")
@allow(May.OVERSEE)
def firm_marks(number: int) -> ResponseReturnValue:
    """Of one firm."""
    return _shown("", "firm_book", {"number": number}, enterprise=number)


def _shown(name: str, up: str, said: Mapping[str, Any], **of: Any) -> ResponseReturnValue:
    which = asked()
    with look() as work:
        found = books.marks_by_month(
            work, by=me(), now=moment(), season=which.season, known_on=which.known_on, **of
        )
    name = found.firm.name if found.firm else name
    sheet = Sheet(_table(found))
    if request.args.get("as"):
        title = _("%(year)s 年标志状态：%(name)s", year=which.season, name=name)
        return file_of(title, which, [sheet], None, _("标志在每月末的状态；期初为上年末。"))
    return page(
        "regulator/mark_months.html", found=found, asked=which, name=name, sheet=sheet,
        picture=_picture(found.months), up=url_for(f"regulator.{up}", **said, **which.args),
    )  # fmt: skip


def _table(found: MarkMonths) -> Table:
    fields = (
        field(_("月末")), *(field(words.word(one), Kind.COUNT, PIECES) for one in STACK),
        field(_("合计"), Kind.COUNT, PIECES),
    )  # fmt: skip
    named = [
        (_("期初"), found.opening),
        *(
            (_("%(year)s 年 %(month)s 月", year=found.season, month=n), one)
            for n, one in enumerate(found.months, 1)
        ),
    ]
    rows = [(name, *(at[one] for one in STACK), sum(at.values())) for name, at in named]
    return Table(_("标志按月状态"), fields, rows)


def _picture(months: Sequence[Mapping[MarkState, int]]) -> Picture | None:
    """Nothing where there is nothing to draw."""
    most = max((sum(at.values()) for at in months), default=0)
    if not most:
        return None
    top = _round_up(most)
    blocks = [one for n, at in enumerate(months) for one in _column(LEFT + n * STEP, at, top)]
    lines = tuple((BASE - HIGH * n // 2, top * n // 2) for n in range(3))
    middles = tuple((LEFT + n * STEP + WIDE // 2, n + 1) for n in range(12))
    return Picture(
        tuple(blocks), middles, lines, tuple(one for one in STACK if any(at[one] for at in months))
    )


def _column(x: int, at: Mapping[MarkState, int], top: int) -> list[Block]:
    """Each state begins where the one beneath it ends, so that nothing is lost by rounding."""
    found, below = [], 0
    for state in STACK:
        start, end = (HIGH * marks // top for marks in (below, below + at[state]))
        if end > start:
            found.append(Block(state, x, BASE - end, end - start))
        below += at[state]
    return found


def _round_up(most: int) -> int:
    """The next even number of one or two figures and zeros."""
    unit = 10 ** max(0, len(str(most)) - 2)
    steps = -(-most // unit)
    return (steps + steps % 2) * unit
