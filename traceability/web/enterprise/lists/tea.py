"""Lists of the tea ledger: leaf receipts, every event, packings, lots."""

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Account, EventKind, Lot, LotKind
from traceability.domain.people import May
from traceability.formats.tables import Kind
from traceability.services import lists
from traceability.services.chain.papers import Ended, Moved, Paper
from traceability.services.lists import LotLine, Receipt
from traceability.web import words
from traceability.web.enterprise.amending import AMENDABLE
from traceability.web.enterprise.door import bp
from traceability.web.guard import allow
from traceability.web.listing import Choice, Column, Listing, listed

KG = _l("千克")
PACKS = _l("件")


def event_page(event: Any) -> str:
    """The page of an event."""
    return url_for("enterprise.event", event=event.id)


def lot_page(lot: Lot) -> str:
    """The page of a lot."""
    return url_for("enterprise.lot", lot=lot.id)


def called(lot: Lot) -> str:
    """What a lot is: its product, or its grade."""
    grade = lot.grade or lot.leaf_grade
    name = words.word(grade) if grade else ""
    if lot.product is None:
        return name
    return f"{lot.product.name} {words.content(lot.product.net_content_g)} · {name}"


def amended(yes: Any) -> str:
    """A word for what was amended."""
    return _("已更正") if yes else ""


# --- leaf receipts --------------------------------------------------------------------------------------------

RECEIPTS: Listing[Receipt] = Listing(
    "receipts",
    _l("收青记录"),
    lists.RECEIPTS,
    columns=(
        Column(
            "no",
            _l("收青单号"),
            lambda one: one.event.no,
            sorts=True,
            link=lambda one: event_page(one.event),
            whole=True,
        ),
        Column("at", _l("时间"), lambda one: one.event.happened_at, Kind.MOMENT, sorts=True),
        Column(
            "plot",
            _l("地块"),
            lambda one: one.plot.no,
            sorts=True,
            whole=True,
            note=lambda one: one.plot.place,
            note_title=_l("地名"),
        ),
        Column("certificate", _l("合格证"), lambda one: one.event.terms["certificate_no"], whole=True),
        Column("gross", _l("毛重"), lambda one: one.gross_g, Kind.KG, unit=KG),
        Column("tare", _l("皮重"), lambda one: one.tare_g, Kind.KG, unit=KG),
        Column(
            "net",
            _l("净重"),
            lambda one: one.net_g,
            Kind.KG,
            unit=KG,
            sorts=True,
            sums=True,
            note=lambda one: amended(one.amended),
            note_title=_l("更正"),
        ),
    ),
    order="at",
    search=_l("查找收青单"),
    hint=_l("单号、地块、合格证或日期"),
    dated=_l("过秤日期"),
)


@bp.get("/receipts")
@allow(May.READ_CHAIN)
def receipts() -> ResponseReturnValue:
    """Every receipt, latest first."""
    return listed(RECEIPTS, "enterprise/receipts.html")


# --- events ---------------------------------------------------------------------------------------------------


def _lot_and(one: Moved | Ended, sign: str) -> str:
    kg = _("%(kg)s 千克", kg=words.kg(abs(one.grams)))
    if one.packs:
        return _(
            "%(lot)s %(sign)s%(packs)s 件（%(kg)s）",
            lot=one.lot.no,
            sign=sign,
            packs=f"{abs(one.packs):,}",
            kg=kg,
        )
    return f"{one.lot.no} {sign}{kg}"


def moved(one: Moved) -> str:
    """A lot and what it gained (+) or gave (−)."""
    return _lot_and(one, "+" if one.grams > 0 else "−")


def touched(paper: Paper) -> tuple[str, ...]:
    """What an event moved; of one that moved no stock, which lots' tea ended where."""
    if paper.lots:
        return tuple(moved(one) for one in paper.lots)
    return tuple(f"{_lot_and(one, '')} · {words.word(one.account)}" for one in paper.ended)


EVENTS: Listing[Paper] = Listing(
    "events",
    _l("台账"),
    lists.EVENTS,
    columns=(
        Column("at", _l("时间"), lambda one: one.event.happened_at, Kind.MOMENT, sorts=True),
        Column("kind", _l("事项"), lambda one: words.word(one.event.kind), sorts=True, whole=True),
        Column(
            "no",
            _l("单号"),
            lambda one: one.event.no,
            sorts=True,
            link=lambda one: event_page(one.event),
            note=lambda one: amended(one.amendments),
            note_title=_l("更正"),
            whole=True,
        ),
        Column("lots", _l("批次与数量"), touched, whole=True),
    ),
    order="at",
    search=_l("查找台账"),
    hint=_l("单号、批号、事项或日期"),
    families=("event",),
    choices=(Choice("kind", _l("事项"), tuple(EventKind)),),
    dated=_l("发生日期"),
)


@bp.get("/events")
@allow(May.READ_CHAIN)
def events() -> ResponseReturnValue:
    """Every event of the firm, of one kind or all, latest first."""
    return listed(EVENTS, "enterprise/events.html", amendable=AMENDABLE)


# --- packings -------------------------------------------------------------------------------------------------


def _batches(one: Paper) -> tuple[str, ...]:
    return tuple(part.lot.no for part in one.taken)


def _packed(one: Paper) -> tuple[str, ...]:
    return tuple(f"{part.lot.no} {called(part.lot)}" for part in one.given)


PACKINGS: Listing[Paper] = Listing(
    "packings",
    _l("包装记录"),
    lists.PACKINGS,
    columns=(
        Column(
            "no",
            _l("包装单号"),
            lambda one: one.event.no,
            sorts=True,
            link=lambda one: event_page(one.event),
            note=lambda one: amended(one.amendments),
            note_title=_l("更正"),
            whole=True,
        ),
        Column("at", _l("时间"), lambda one: one.event.happened_at, Kind.MOMENT, sorts=True),
        Column("batch", _l("成品批次"), _batches),
        Column("lots", _l("包装批"), _packed),
        Column(
            "packs",
            _l("件数"),
            lambda one: sum(part.packs for part in one.given),
            Kind.COUNT,
            unit=PACKS,
            sorts=True,
            sums=True,
        ),
        Column(
            "used",
            _l("用茶"),
            lambda one: -sum(part.grams for part in one.taken),
            Kind.KG,
            unit=KG,
            sums=True,
        ),
        Column("spill", _l("散落"), lambda one: one.sinks.get(Account.SPILL, 0), Kind.KG, unit=KG, sums=True),
    ),
    order="at",
    search=_l("查找包装单"),
    hint=_l("单号、批号或日期"),
    dated=_l("包装日期"),
)


@bp.get("/packings")
@allow(May.READ_CHAIN)
def packed() -> ResponseReturnValue:
    """Every packing, latest first."""
    return listed(PACKINGS, "enterprise/packed.html")


# --- lots -----------------------------------------------------------------------------------------------------

LOTS: Listing[LotLine] = Listing(
    "lots",
    _l("批次与库存"),
    lists.LOTS,
    columns=(
        Column(
            "no",
            _l("批次"),
            lambda line: line.lot.no,
            sorts=True,
            link=lambda line: lot_page(line.lot),
            whole=True,
        ),
        Column("kind", _l("种类"), lambda line: words.word(line.lot.kind), sorts=True, whole=True),
        Column("grade", _l("等级 / 产品"), lambda line: called(line.lot), sorts=True),
        Column(
            "plucked",
            _l("采摘"),
            lambda line: words.days(line.lot.plucked_from, line.lot.plucked_to),
            sorts=True,
            whole=True,
        ),
        Column("maker", _l("制造企业"), lambda line: line.maker),
        Column("packs", _l("本企业在库"), lambda line: line.packs or None, Kind.COUNT, unit=PACKS),
        Column("grams", _l("本企业在库"), lambda line: line.grams or None, Kind.KG, unit=KG, sorts=True),
    ),
    order="born",
    search=_l("查找批次"),
    hint=_l("批号、产品、企业或等级"),
    families=("lot", "grade", "leaf_grade"),
    choices=(
        Choice("kind", _l("种类"), tuple(LotKind)),
        Choice("stock", _l("库存"), names=(("1", _l("只看在库")),)),
    ),
    dated=_l("形成日期"),
)


@bp.get("/lots")
@allow(May.READ_CHAIN)
def lots() -> ResponseReturnValue:
    """Lots the firm made or took delivery of: of one kind, in stock only, or all."""
    return listed(LOTS, "enterprise/lots.html")
