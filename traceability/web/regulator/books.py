"""The books of a season: prefecture, county, firm, batch and entries; as page, XLSX and PDF, as known on a past day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain import units
from traceability.domain.errors import NotFound
from traceability.domain.people import May
from traceability.formats.papers import Paper, Words
from traceability.formats.tables import Table
from traceability.services import books
from traceability.services.books import Book
from traceability.web import words
from traceability.web.enterprise.papers.making import answered
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.i18n import language
from traceability.web.regulator import book_pictures, book_tables
from traceability.web.regulator.book_tables import Sheet
from traceability.web.regulator.door import bp


@dataclass(frozen=True)
class Asked:
    """Which book the address asks for; `wrong` is a day nobody can read."""

    season: int
    known_on: date | None
    wrong: str

    @property
    def args(self) -> dict[str, Any]:
        """The same for another address."""
        return {"season": self.season} | ({"known_on": self.known_on.isoformat()} if self.known_on else {})


def asked() -> Asked:
    """The season and the day in the address; this year and today unless it names others."""
    this = units.local_day(moment()).year
    typed, day = request.args.get("season", ""), request.args.get("known_on", "").strip()
    year = int(typed) if typed.isascii() and typed.isdigit() and int(typed) in units.YEARS else this
    try:
        return Asked(year, date.fromisoformat(day) if day else None, "")
    except ValueError:
        return Asked(year, None, day)


@bp.get("/books")
@allow(May.OVERSEE)
def book() -> ResponseReturnValue:
    """The prefecture's book by county; a county's own by firm."""
    if county := me().within.county:
        return _county(county)
    which = asked()
    with look() as work:
        found = books.book(work, by=me(), season=which.season, known_on=which.known_on)
    links = [url_for("regulator.county_book", county=row.key, **which.args) for row in found.counties]
    sheets = book_tables.sheets(_("县市"), found.counties, links, found.total)
    if request.args.get("as"):
        more = [] if request.args["as"] != "xlsx" else book_tables.sheets(_("企业"), found.firms, [], None)
        return file_of(_title(which, _("全州")), which, [*sheets, *_renamed(more)], found.closes)
    figure = request.args.get("figure", "")
    figure = figure if figure in book_pictures.FIGURES else "leaf"
    return _page(
        found, which, _("全州"), sheets,
        tiles=book_pictures.tiles(found.counties, figure), figure=figure, figures=book_pictures.FIGURES,
    )  # fmt: skip


def _renamed(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Tables of firms beside those of counties."""
    return [
        Sheet(Table(_("企业：%(title)s", title=one.table.title), one.table.fields, one.table.rows))
        for one in sheets
    ]


@bp.get("/books/county/<county>")
@allow(May.OVERSEE)
def county_book(county: str) -> ResponseReturnValue:
    """A county's book by firm."""
    if me().within.county not in (None, county) or not any(
        one.code == county for one in words.profile().counties
    ):
        raise NotFound
    return _county(county)


def _county(county: str) -> ResponseReturnValue:
    which = asked()
    with look() as work:
        found = books.book(work, by=me(), season=which.season, known_on=which.known_on, county=county)
    name = words.county(county)
    links = [url_for("regulator.firm_book", number=row.key, **which.args) for row in found.firms]
    sheets = book_tables.sheets(_("企业"), found.firms, links, found.total)
    if request.args.get("as"):
        return file_of(_title(which, name), which, sheets, found.closes)
    return _page(
        found, which, name, sheets, up=None if me().within.county else url_for(".book", **which.args)
    )


def _page(
    found: Book, which: Asked, name: str, sheets: Sequence[Sheet], *, up: str | None = None, **more: Any
) -> ResponseReturnValue:
    streams = book_pictures.streams(found)
    return page(
        "regulator/books.html", found=found, asked=which, name=name, sheets=sheets, up=up, streams=streams,
        picture=book_pictures.sankey(streams), row=found.total, closes=found.closes,
        off=[row for row in found.firms if not row.closes], **more,
    )  # fmt: skip


@bp.get("/books/firm/<int:number>")
@allow(May.OVERSEE)
def firm_book(number: int) -> ResponseReturnValue:
    """A firm's book by holder, and its batches."""
    which = asked()
    with look() as work:
        found = books.firm_book(
            work, by=me(), enterprise=number, season=which.season, known_on=which.known_on
        )
    sheets = book_tables.sheets(_("存放方"), found.holders, [], found.row)
    links = [url_for("regulator.lot_book", number=one.lot, **which.args) for one in found.batches]
    sheets.append(book_tables.batch_sheet(found.batches, links))
    if request.args.get("as"):
        return file_of(_title(which, found.firm.name), which, sheets, found.row.closes)
    up = url_for("regulator.county_book", county=found.firm.county, **which.args)
    return page(
        "regulator/books.html", found=found, asked=which, name=found.firm.name, sheets=sheets, up=up,
        row=found.row, closes=found.row.closes, off=[], firm=found.firm,
    )  # fmt: skip


@bp.get("/books/lot/<int:number>")
@allow(May.OVERSEE)
def lot_book(number: int) -> ResponseReturnValue:
    """Every entry on a lot."""
    which = asked()
    with look() as work:
        found = books.lot_book(work, by=me(), lot=number, known_on=which.known_on)
    sheets = [book_tables.entry_sheet(found)]
    title = _("%(kind)s %(no)s", kind=words.word(found.lot.kind), no=found.lot.no)
    if request.args.get("as"):
        return file_of(title, which, sheets, None)
    up = url_for("regulator.firm_book", number=found.firm.id, **which.args)
    return page(
        "regulator/books.html", found=found, asked=which, name=title, sheets=sheets, up=up, row=None,
        closes=None, off=[], lot=found.lot,
    )  # fmt: skip


# --- as a file ----------------------------------------------------------------------------------------------


def _title(which: Asked, name: str) -> str:
    return _("%(year)s 年账目：%(name)s", year=which.season, name=name)


def file_of(
    title: str, which: Asked, sheets: Sequence[Sheet], closes: bool | None, how: str = ""
) -> ResponseReturnValue:
    """The same tables as XLSX or PDF; `how` they are reckoned, where it is not by the equation of the books."""
    now = moment()
    told = [
        (_("茶季"), _("%(year)s 年", year=which.season)),
        (_("截至"), _("%(day)s所知", day=words.day(which.known_on or units.local_day(now)))),
        (_("口径"), how or _("期初 + 收青 + 退货 + 转入 = 售出 + 销毁 + 转出 + 损耗 + 期末")),
    ]
    if closes is not None:
        told.append((_("结论"), _("账目平衡。") if closes else _("账目不平，见“不平”一栏。")))
    paper = Paper(
        title,
        tuple(told),
        tuple(one.table for one in sheets),
        Words(language(), _("第 {page} / {pages} 页"), _("没有记录")),
        _("%(firm)s · %(at)s 制表", firm=words.bureau(me().county or "522700"), at=words.moment(now)),
        now,
        _("概况"),
        (_("项目"), _("内容")),
    )
    return answered(paper, title.replace("：", "-").replace(": ", "-"))
