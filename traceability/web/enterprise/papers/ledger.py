"""The ledger of a stage (台账): its entries over some days, oldest first, with their sums."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.chain import EventKind
from traceability.domain.errors import DayUnreadable, PaperTooLong
from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.formats.papers import Paper
from traceability.formats.tables import Kind, Table, Value
from traceability.services import lists
from traceability.services.chain.papers import Paper as EventPaper
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists import ground, moving, tea
from traceability.web.enterprise.lists.tea import moved
from traceability.web.enterprise.papers.making import KG, answered, made
from traceability.web.errors import refusal_text
from traceability.web.guard import allow, look, me, moment
from traceability.web.listing import Column, Listing, table_of


@bp.get("/papers")
@allow(May.READ_CHAIN)
def papers() -> ResponseReturnValue:
    """What can be asked for."""
    return _chooser()


def _chooser(problem: str = "") -> ResponseReturnValue:
    """The page of papers; with what spoke against one, where something did."""
    today = units.local_day(moment())
    shown = {
        "stages": [(name, one[0]) for name, one in STAGES.items()],
        "years": range(today.year, today.year - 4, -1),
        "today": today,
        "problem": problem,
    }
    return render_template("enterprise/papers.html", **shown), 422 if problem else 200


def _ended(one: EventPaper) -> tuple[str, ...]:
    return tuple(
        f"{words.word(account)} {_('%(kg)s 千克', kg=words.kg(grams))}"
        for account, grams in one.sinks.items()
    )


def _why(one: EventPaper) -> str:
    return str(one.event.reason or one.event.terms.get("reason") or "")


def stage_list(kind: EventKind) -> Listing[EventPaper]:
    """Events of one kind, as a ledger has them: what went in, what came out, where the rest went."""
    return Listing(
        kind.value,
        words.NAMES["event"][kind],
        lists.events_of(kind),
        columns=(
            Column("no", _l("单号"), lambda one: one.event.no, whole=True),
            Column("at", _l("时间"), lambda one: one.event.happened_at, Kind.MOMENT),
            Column("from", _l("出库批次"), lambda one: tuple(moved(part) for part in one.taken)),
            Column(
                "out",
                _l("出库"),
                lambda one: -sum(part.grams for part in one.taken),
                Kind.KG,
                unit=KG,
                sums=True,
            ),
            Column("to", _l("入库批次"), lambda one: tuple(moved(part) for part in one.given)),
            Column(
                "in",
                _l("入库"),
                lambda one: sum(part.grams for part in one.given),
                Kind.KG,
                unit=KG,
                sums=True,
            ),
            Column("ended", _l("其他去处"), _ended),
            Column("why", _l("说明"), _why),
        ),
        order="at",
        dated=_l("发生日期"),
    )


def _stage(kind: EventKind) -> Callable[[date], Listing[Any]]:
    return lambda _today: stage_list(kind)


#: By the name in the address: what a stage is called, and its list.
STAGES: dict[str, tuple[Any, Callable[[date], Listing[Any]]]] = {
    "works": (_l("农事与投入品"), ground.works),
    "leaf_receipt": (_l("收青"), lambda _today: tea.RECEIPTS),
    "processing": (_l("加工"), _stage(EventKind.PROCESSING)),
    "refining": (_l("精制"), _stage(EventKind.REFINING)),
    "blending": (_l("拼配"), _stage(EventKind.BLENDING)),
    "sampling": (_l("抽样"), _stage(EventKind.SAMPLING)),
    "packing": (_l("包装"), lambda _today: tea.PACKINGS),
    "deliveries": (_l("运输"), lambda _today: moving.DELIVERIES),
    "sales": (_l("销售"), lambda _today: moving.SALES),
    "return": (_l("退货"), _stage(EventKind.RETURN)),
    "destruction": (_l("销毁"), _stage(EventKind.DESTRUCTION)),
    "stock_count": (_l("盘点"), _stage(EventKind.STOCK_COUNT)),
    "write_off": (_l("报损"), _stage(EventKind.WRITE_OFF)),
    "events": (_l("全部事项"), lambda _today: tea.EVENTS),
}


@bp.get("/papers/ledger")
@allow(May.READ_CHAIN)
def ledger() -> ResponseReturnValue:
    """The ledger of one stage over some days; of the year so far unless the address says otherwise."""
    stage = request.args.get("stage", "")
    title, listing = STAGES.get(stage, STAGES["leaf_receipt"])
    today = units.local_day(moment())
    since, until = sorted((_day("from", date(today.year, 1, 1)), _day("to", today)))
    with look() as work:
        paper = ledger_paper(work, str(title), listing(today), since, until)
    try:
        return answered(paper, f"{title}-{since:%Y%m%d}-{until:%Y%m%d}")
    except PaperTooLong as error:
        return _chooser(refusal_text(error))


def _day(name: str, default: date) -> date:
    try:
        return units.parse_day(request.args.get(name, "")) if request.args.get(name) else default
    except DayUnreadable:
        return default


def ledger_paper(work: Any, title: str, which: Listing[Any], since: date, until: date) -> Paper:
    """The rows of a list that happened on these days, oldest first, and their sums."""
    asked = Asked(since=since, until=until, sort=which.order, size=None)
    found = list(lists.every(work, by=me(), register=which.register, asked=asked))
    table = table_of(which, found)
    body = [tuple(row) for row in table.rows]
    facts = [(_("日期"), words.days(since, until)), (_("笔数"), f"{len(found):,}")]
    summed = [(*row,) for row in (*body, *_sums(which, found))]
    return made(work, _("%(stage)s台账", stage=title), facts, [Table(title, table.fields, summed)])


def _sums(which: Listing[Any], found: Sequence[Any]) -> list[tuple[Value, ...]]:
    """The last row of a ledger; none where nothing is to be added up."""
    if not found or not any(one.sums for one in which.columns):
        return []
    row: list[Value] = []
    for one in which.columns:
        row.append(sum(one.value(each) or 0 for each in found) if one.sums else None)
        row += [None] if one.note is not None else []
    return [(_("合计"), *row[1:])]
