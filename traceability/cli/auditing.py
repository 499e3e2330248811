"""`audit`: the check of the whole book, and the book of a season."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.cli.asking import NOT_SO
from traceability.cli.desk import Desk, as_json, say_json
from traceability.domain.balance import Breach
from traceability.domain.chain import Lot
from traceability.domain.units import kg, local_day
from traceability.services import acting, books, oversight
from traceability.services.books import Book, Row
from traceability.services.oversight import BookCheck
from traceability.store import chain as chain_rows
from traceability.store.work import Work
from traceability.web import words

_BREACHES: Mapping[str, object] = {
    "event.unbalanced": _l("一笔登记的分录合计不为零"),
    "lot.overdrawn": _l("批次支出超过所有"),
    "marks.equation": _l("标志发放数与各状态合计不等"),
    "marks.projection": _l("标志现状与标志台账不一致"),
    "batch.over_marked": _l("批次存量少于已发标志所占"),
    "books.lines": _l("账簿合计与分录不一致"),
}


@click.command()
@click.option(
    "--season", type=int, metavar="YEAR", help="Its book, and nothing that concerns lots of other seasons."
)
@click.option(
    "--as-known-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The book with what was recorded by the end of that day.",
)
@as_json
@click.pass_obj
def audit(desk: Desk, season: int | None, as_known_on: datetime | None, as_json: bool) -> None:
    """Check the whole book and sum up a season; ends with status 1 when a sum does not come out."""
    known_on = as_known_on.date() if as_known_on else None
    year = season or (local_day(desk.now()).year if known_on else None)
    with desk.look() as work:
        checked = oversight.check_book(work)
        lots = _lots_of(work, checked.breaches)
        everything = acting.EVERYTHING
        book = books.season_book(work, within=everything, season=year, known_on=known_on) if year else None
    breaches = [one for one in checked.breaches if season in (None, _season(one, lots) or season)]
    closes = not breaches and (book is None or book.closes)
    if as_json:
        counts = {"entries": checked.entries, "marks_issued": checked.marks_issued}
        told = [
            {"code": one.code, "where": one.where, "lot": _no(one, lots), "amount": one.amount}
            for one in breaches
        ]
        say_json(
            {"season": season, "closes": closes, **counts, "breaches": told}
            | ({"book": _book(book)} if book else {})
        )
    else:
        _say(checked, breaches, lots)
        if book:
            _say_book(book)
    sys.exit(0 if closes else NOT_SO)


def _say(checked: BookCheck, breaches: Sequence[Breach], lots: Mapping[int, Lot]) -> None:
    entries, marks = f"{checked.entries:,}", f"{checked.marks_issued:,}"
    click.echo(_("已核对 %(n)s 条分录、%(marks)s 枚标志。", n=entries, marks=marks))
    for one in breaches:
        where = _no(one, lots) or (f"#{one.where}" if one.where else "")
        click.echo(f"{one.code}  {_BREACHES.get(one.code, '')}  {where}  {one.amount:,}")
    click.echo(_("账目有 %(n)s 处不平。", n=len(breaches)) if breaches else _("账目平衡。"))


def _book(book: Book) -> dict[str, object]:
    """A season's book as plain values; weights in grams."""
    return {
        "season": book.season,
        "known_on": book.known_on.isoformat() if book.known_on else None,
        "counties": [_row(one) for one in book.counties],
        "enterprises": [_row(one) for one in book.firms],
        "total": _row(book.total),
    }


def _row(row: Row) -> dict[str, object]:
    tea, marks = row.tea, row.marks
    plain = {name: getattr(tea, name) for name in type(tea).__dataclass_fields__ if name != "lost_g"}
    return {
        "key": row.key,
        "name": row.name or (words.county(row.key) if row.key else ""),
        **plain,
        "lost_g": {account.value: grams for account, grams in tea.lost_g.items()},
        "gap_g": tea.gap_g,
        "difference_g": tea.difference_g,
        "marked_g": marks.marked_g,
        "marks": {"opening": marks.opening, "done": marks.done, "closing": marks.closing, "gap": marks.gap},
    }


def _say_book(book: Book) -> None:
    """A line for each county, and one for all of them."""
    click.echo(_("%(year)s 年账目（千克）", year=book.season))
    for row in (*book.counties, book.total):
        tea = row.tea
        click.echo(
            _(
                "%(name)s：收青 %(leaf)s，制成 %(made)s，包装 %(packed)s，"
                "损耗 %(loss)s，期末 %(closing)s，不平 %(gap)s",
                name=words.county(row.key) if row.key else _("合计"),
                leaf=kg(tea.leaf_g),
                made=kg(tea.made_g),
                packed=kg(tea.packed_g),
                loss=kg(tea.loss_g),
                closing=kg(tea.closing_g),
                gap=kg(tea.gap_g),
            )
        )


def _lots_of(work: Work, breaches: Sequence[Breach]) -> Mapping[int, Lot]:
    """The lots breaches name; an unbalanced event names itself."""
    return chain_rows.lots_by_id(
        work.session, {one.where for one in breaches if one.where and _names_lot(one)}
    )


def _names_lot(breach: Breach) -> bool:
    return breach.code.startswith(("lot.", "batch."))


def _no(breach: Breach, lots: Mapping[int, Lot]) -> str | None:
    lot = lots.get(breach.where or 0) if _names_lot(breach) else None
    return lot.no if lot else None


def _season(breach: Breach, lots: Mapping[int, Lot]) -> int | None:
    lot = lots.get(breach.where or 0) if _names_lot(breach) else None
    return lot.season if lot else None
