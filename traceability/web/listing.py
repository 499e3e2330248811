"""Long lists on pages and in files: columns are declared once, and page, order and export are made of them.

    RECEIPTS = Listing(
        "receipts", _l("收青记录"), lists.RECEIPTS,
        columns=(Column("no", _l("收青单号"), lambda one: one.event.no, sorts=True), …),
    )

    @bp.get("/receipts")
    @allow(May.READ_CHAIN)
    def receipts() -> ResponseReturnValue:
        return listed(RECEIPTS, "enterprise/receipts.html")

Everything asked for stands in the address: `q` the words, `sort` a column (`-` in front: downwards), `from` and `to`
the days, `page`, the filters by name, and `as` for a file. What is unknown there is as if it were not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain import units
from traceability.domain.errors import DayUnreadable
from traceability.domain.listing import PAGE, Asked, Found, Word
from traceability.formats.tables import NUMBERS, Field, Kind, Table, Value, write_csv, write_xlsx
from traceability.services import lists
from traceability.services.lists import Register
from traceability.web import forms, words
from traceability.web.guard import look, me, moment

Row = TypeVar("Row")
Says = Callable[[Any], Any]


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a list: what it is called, what it says of a row, and how.

    `sorts`: the register sorts by a key of this name. `unit` stands in the heading. `link` leads on from the cell.
    `tag` is the class of a coloured word (None: plain). `note` is a second, softer line, and a column of its own in a
    file. `whole`: its lines are not broken. `sums`: a ledger adds it up.
    """

    key: str
    title: Any
    value: Says
    kind: Kind = Kind.TEXT
    unit: Any = ""
    sorts: bool = False
    link: Says | None = None
    tag: Says | None = None
    note: Says | None = None
    note_title: Any = ""
    whole: bool = False
    sums: bool = False

    @property
    def is_number(self) -> bool:
        """Whether it stands on the right."""
        return self.kind in NUMBERS

    @property
    def down_first(self) -> bool:
        """Numbers and times are looked at from the top: the largest, the latest."""
        return self.kind is not Kind.TEXT

    @property
    def heading(self) -> str:
        """The title with its unit."""
        return f"{self.title}{_('（%(text)s）', text=self.unit)}" if self.unit else str(self.title)


@dataclass(frozen=True)
class Choice:
    """A filter: one of some codes, shown by their names. `names` (code, name) where a family has none."""

    key: str
    title: Any
    codes: Sequence[Any] = ()
    family: str = ""
    names: Sequence[tuple[str, Any]] = ()

    @property
    def options(self) -> list[tuple[str, str]]:
        """Code and name of each."""
        named = [(code, str(name)) for code, name in self.names]
        return named or [(str(code), words.word(code, self.family)) for code in self.codes]


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list as it is declared: its columns, how it is searched and filtered, its order unless another is asked for.

    `families` are those whose codes may be searched by their names. `dated`: what the days asked for are days of.
    """

    name: str
    title: Any
    register: Register[Row]
    columns: tuple[Column[Row], ...]
    order: str
    down: bool = True
    search: Any = ""
    hint: Any = ""
    families: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    dated: Any = ""

    @property
    def sortable(self) -> dict[str, Column[Row]]:
        """Columns a list can be sorted by."""
        return {one.key: one for one in self.columns if one.sorts}


# --- what is asked for ----------------------------------------------------------------------------------------

MOST_WORDS, LONGEST_WORD = 6, 60


def asked_of(which: Listing[Any]) -> Asked:
    """What the address asks of a list."""
    sort, down = _sort(which)
    chosen = {one.key: request.args.get(one.key, "") for one in which.choices}
    known = {one.key: {code for code, _name in one.options} for one in which.choices}
    return Asked(
        words=tuple(_word(which, text) for text in _typed()),
        only={key: code for key, code in chosen.items() if code in known[key]},
        since=_day("from") if which.dated else None,
        until=_day("to") if which.dated else None,
        sort=sort,
        down=down,
        first=(_page() - 1) * PAGE,
    )


def _typed() -> list[str]:
    plain = "".join(char if char.isprintable() else " " for char in request.args.get("q", ""))
    return [one[:LONGEST_WORD] for one in plain.split()[:MOST_WORDS]]


def _sort(which: Listing[Any]) -> tuple[str, bool]:
    asked = request.args.get("sort", "")
    key = asked.removeprefix("-")
    return (key, asked.startswith("-")) if key in which.sortable else (which.order, which.down)


def _page() -> int:
    """The page asked for; none is so far away that counting to it would fail."""
    asked = request.args.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1


def _day(name: str) -> date | None:
    return _as_day(request.args.get(name, ""))


def _as_day(text: str) -> date | None:
    try:
        return units.parse_day(text) if text else None
    except DayUnreadable:
        return None


def _word(which: Listing[Any], text: str) -> Word:
    """A word with the codes whose names hold it, in the language of the reader."""
    wanted = text.casefold()
    named = [one for family in which.families for one in words.names_of(family)]
    return Word(text, frozenset(code for code, name in named if wanted in name.casefold()), _as_day(text))


# --- on a page ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class View(Generic[Row]):
    """A page of a list, ready to be shown; `kept` is the address' query as pairs."""

    listing: Listing[Row]
    asked: Asked
    found: Found[Row]
    kept: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of this page."""
        return self.found.rows

    @property
    def page(self) -> int:
        """Which page it is, from 1."""
        return self.found.first // PAGE + 1

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(1, -(-self.found.total // PAGE))

    def link(self, **changed: str | int | None) -> str:
        """The same list with something else asked of it; everything else in the address stays."""
        left = [(key, value) for key, value in self.kept if key not in changed]
        asked = [(key, str(value)) for key, value in changed.items() if value not in (None, "")]
        query = urlencode([*left, *asked])
        return f"{request.path}?{query}" if query else request.path

    def sorted_by(self, column: Column[Row]) -> str:
        """How it is sorted by a column, as `aria-sort` says it; nothing when it is not."""
        if self.asked.sort != column.key or not column.sorts:
            return ""
        return "descending" if self.asked.down else "ascending"

    def sort_link(self, column: Column[Row]) -> str:
        """Where a heading leads: sorted by it, or the other way round."""
        now = self.sorted_by(column)
        down = now == "ascending" if now else column.down_first
        return self.link(sort=f"-{column.key}" if down else column.key, page=None)

    def hidden(self) -> list[tuple[str, str]]:
        """What the search form carries along unseen."""
        seen = {"q", "page", "from", "to", "as", *(one.key for one in self.listing.choices)}
        return [(key, value) for key, value in self.kept if key not in seen]

    def cleared(self) -> str:
        """The same list without words, days and filters."""
        gone = {"q", "page", "from", "to", *(one.key for one in self.listing.choices)}
        return self.link(**dict.fromkeys(gone))

    def lines(self, column: Column[Row], row: Row) -> list[str]:
        """The lines of a cell, as a page shows them."""
        return cell_text(column.value(row), column.kind)


def view(work: Any, which: Listing[Row], asked: Asked | None = None) -> View[Row]:
    """The page of a list that the address asks for; `asked`: a door asks for something more than its reader knows."""
    told = asked_of(which)
    found = lists.page(work, by=me(), register=which.register, asked=asked or told)
    kept = tuple((key, value) for key, value in request.args.items(multi=True) if key != "as")
    return View(which, told, found, kept)


def listed(which: Listing[Any], template: str, **context: Any) -> ResponseReturnValue:
    """A list on a page of its own, or as a file."""
    if (file := exported(which)) is not None:
        return file
    with look() as work:
        shown = view(work, which)
    return forms.page(template, listing=shown, **context)


def cell_text(value: Value, kind: Kind) -> list[str]:
    """The lines of a cell, as a page shows them."""
    if value is None or value == "":
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [_SHOWN[kind](value)]


_SHOWN: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.COUNT: lambda number: f"{number:,}",
    Kind.KG: lambda grams: words.kg(grams).replace("-", "−"),
    Kind.DECIMAL: lambda number: f"{number:f}",
    Kind.DAY: words.day,
    Kind.MOMENT: words.moment,
}

# --- as a file ------------------------------------------------------------------------------------------------

MEDIA = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}


def exported(which: Listing[Any], asked: Asked | None = None) -> ResponseReturnValue | None:
    """The list as a file, when the address asks for one: the rows, filters and order of the page, every page of it."""
    way = request.args.get("as", "")
    if way not in MEDIA:
        return None
    file = BytesIO()
    with look() as work:
        rows = lists.every(work, by=me(), register=which.register, asked=asked or asked_of(which))
        table = table_of(which, rows)
        if way == "csv":
            write_csv(table, file)
        else:
            write_xlsx([table], file, title=table.title, at=moment())
    return attached(file, f"{which.title}-{units.local_day(moment()):%Y%m%d}.{way}", MEDIA[way])


def attached(file: BytesIO, name: str, media: str) -> ResponseReturnValue:
    """A file to keep, that no cache keeps."""
    file.seek(0)
    answer = send_file(file, mimetype=media, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def table_of(which: Listing[Row], rows: Iterable[Row]) -> Table:
    """A list's columns as a table; the second lines of its cells are columns too."""
    fields: list[Field] = []
    says: list[Says] = []
    for one in which.columns:
        fields.append(Field(one.heading, one.kind))
        says.append(one.value)
        if one.note is not None:
            fields.append(Field(str(one.note_title)))
            says.append(one.note)
    return Table(str(which.title), tuple(fields), ([say(row) for say in says] for row in rows))
