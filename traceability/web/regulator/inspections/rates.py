"""How many samples passed, month by month: a picture of bars, and the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.inspections import MonthRate
from traceability.domain.people import May
from traceability.services import inspections
from traceability.web.forms import page
from traceability.web.guard import allow, look, me
from traceability.web.regulator.door import bp

#: The picture in units of its own: bars stand on the base line, as high as there were samples.
TALL, WIDE, GAP, LEFT, TOP = 160, 36, 20, 44, 24
#: So many months are drawn, the latest; the table has them all.
DRAWN = 18


@dataclass(frozen=True)
class Piece:
    """A piece of a bar: passed, failed or waiting."""

    kind: str
    y: int
    height: int


@dataclass(frozen=True)
class Bar:
    """A month: where its bar stands, its pieces from the base up, and what is written over and under it."""

    x: int
    pieces: tuple[Piece, ...]
    top: int
    above: str
    below: str


@dataclass(frozen=True)
class Picture:
    """Bars, lines of the scale as (height, samples), and the size of it all."""

    bars: tuple[Bar, ...]
    scale: tuple[tuple[int, int], ...]
    width: int
    height: int
    base: int


def picture(rates: Sequence[MonthRate]) -> Picture:
    """The latest months as bars."""
    shown = rates[-DRAWN:]
    most = max((one.judged + one.waiting for one in shown), default=0)
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if one * 4 >= most)
    full = step * 4
    base = TOP + TALL
    bars = tuple(_bar(one, n, full, base) for n, one in enumerate(shown))
    scale = tuple((base - TALL * n // 4, step * n) for n in range(5))
    return Picture(bars, scale, LEFT + len(shown) * (WIDE + GAP) + GAP, base + 44, base)


def _bar(one: MonthRate, n: int, full: int, base: int) -> Bar:
    pieces, y = [], base
    for kind, many in (("passed", one.passed), ("failed", one.failed), ("waiting", one.waiting)):
        height = TALL * many // full
        y -= height
        if height:
            pieces.append(Piece(kind, y, height))
    return Bar(LEFT + GAP + n * (WIDE + GAP), tuple(pieces), y, rate_text(one), f"{one.year}-{one.month:02d}")


def rate_text(one: MonthRate) -> str:
    """The share that passed; nothing where nothing was judged."""
    if one.permille is None:
        return ""
    return (
        f"{one.permille // 10}%" if one.permille % 10 == 0 else f"{one.permille // 10}.{one.permille % 10}%"
    )


@bp.get("/samples/rates")
@allow(May.OVERSEE)
def sample_rates() -> ResponseReturnValue:
    """Pass rate by month."""
    with look() as work:
        found = inspections.rates(work, by=me())
    total = MonthRate(
        0, 0, *(sum(getattr(one, name) for one in found) for name in ("passed", "failed", "waiting"))
    )
    return page(
        "regulator/sample_rates.html",
        rates=[(one, rate_text(one)) for one in found[::-1]],
        total=total,
        total_rate=rate_text(total),
        picture=picture(found),
        title=_("抽检合格率"),
    )
