"""Pictures of a book: the twelve counties as tiles, and the way of the season's tea. The tables say the same."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.services.books import Book, Row
from traceability.web import words

#: Column and row of each county's tile, about as they lie; rows are shifted by half a tile in turn.
TILES: Mapping[str, tuple[int, int]] = {
    "522725": (3, 0),
    "522730": (1, 1), "522723": (2, 1), "522702": (3, 1),
    "522729": (0, 2), "522731": (1, 2), "522701": (3, 2),
    "522728": (0, 3), "522727": (1, 3), "522726": (2, 3), "522732": (3, 3),
    "522722": (3, 4),
}  # fmt: skip
WIDE, HIGH = 104, 90
SHADES = 5

#: What a tile can be coloured by, in grams.
FIGURES: Mapping[str, tuple[object, Callable[[Row], int]]] = {
    "leaf": (_l("收青"), lambda row: row.tea.leaf_g),
    "made": (_l("制成毛茶"), lambda row: row.tea.made_g),
    "packed": (_l("包装"), lambda row: row.tea.packed_g),
    "marked": (_l("用标重量"), lambda row: row.marks.marked_g),
    "difference": (_l("账实差异"), lambda row: row.tea.difference_g),
}


@dataclass(frozen=True)
class Tile:
    """A county's tile: the corners of its six sides, its middle, a shade from 0 to 5 (or 6 where something is off)."""

    code: str
    points: str
    x: int
    y: int
    shade: int
    grams: int


def tiles(counties: Sequence[Row], figure: str) -> list[Tile]:
    """The tiles within reach, shaded by a figure."""
    says = FIGURES[figure][1]
    most = max((says(row) for row in counties), default=0)
    return [
        _tile(row.key, says(row), _shade(says(row), most, off=figure == "difference"))
        for row in counties
        if row.key in TILES
    ]


def _shade(grams: int, most: int, *, off: bool) -> int:
    if off:
        return 6 if grams else 0
    return -(-grams * SHADES // most) if grams > 0 else 0


def _tile(code: str, grams: int, shade: int) -> Tile:
    column, row = TILES[code]
    x = 60 + column * WIDE + (WIDE // 2 if row % 2 == 0 else 0)
    y = 66 + row * HIGH
    corners = ((0, -58), (50, -29), (50, 29), (0, 58), (-50, 29), (-50, -29))
    return Tile(code, " ".join(f"{x + dx},{y + dy}" for dx, dy in corners), x, y, shade, grams)


@dataclass(frozen=True)
class Stream:
    """Grams from one place of the season to another, by their names on the page."""

    source: str
    target: str
    grams: int


def streams(book: Book) -> list[Stream]:
    """The way of the season's tea: leaf of the counties, what became of it, and of the tea made of it."""
    tea = book.total.tea
    leaf, made, lost = _("加工用鲜叶"), _("制成毛茶"), _("加工损耗")
    found = [
        Stream(words.county(row.key), _("收青"), row.tea.leaf_g)
        for row in sorted(book.counties, key=lambda row: -row.tea.leaf_g)
    ]
    used = min(tea.leaf_used_g, tea.leaf_g)
    found += [
        Stream(_("收青"), leaf, used),
        Stream(_("收青"), _("未加工鲜叶"), tea.leaf_g - used),
        Stream(leaf, made, min(tea.made_g, used)),
        Stream(leaf, lost, used - min(tea.made_g, used)),
        Stream(made, _("包装"), min(tea.packed_g, tea.made_g)),
        Stream(made, _("未包装（含散茶销售和损耗）"), max(0, tea.made_g - tea.packed_g)),
    ]
    return [one for one in found if one.grams > 0]


def sankey(found: Sequence[Stream]) -> dict[str, object]:
    """What the script draws."""
    names = list(dict.fromkeys(name for one in found for name in (one.source, one.target)))
    first = {one.source for one in found} - {one.target for one in found}
    beside = len(first)
    kinds = {_("收青"): "leaf", _("加工用鲜叶"): "leaf", _("制成毛茶"): "made_tea", _("包装"): "pack_lot"}
    nodes = [
        {
            "name": name,
            "label": name,
            "kind": "plot" if name in first else kinds.get(name, "rest"),
            "beside": beside if name in first else 2,
        }
        for name in names
    ]
    links = [{"source": one.source, "target": one.target, "value": one.grams} for one in found]
    return {"nodes": nodes, "links": links, "tallest": max(beside, 2), "unit": _("千克")}
