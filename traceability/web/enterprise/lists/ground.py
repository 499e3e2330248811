"""What the season stands on, one list at a time: garden cards, growers, farm work, scales, products, consignees."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from traceability.domain.people import May, Party, PlotState, Product, Scale, masked
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.formats.tables import Kind
from traceability.services import lists
from traceability.services.lists import Card, Grower, PlotWork
from traceability.services.people import changes
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists.tea import KG
from traceability.web.enterprise.suppliers import KINDS
from traceability.web.guard import allow, look, me, moment
from traceability.web.listing import Choice, Column, Listing, listed

DAY = _l("天")


def plots(today: date) -> Listing[Card]:
    """Garden cards, with what is left of them today."""
    return Listing(
        "plots",
        _lp("menu", "地块"),
        lists.plots(today),
        columns=(
            Column("no", _l("编号"), lambda one: one.plot.no, sorts=True, whole=True),
            Column(
                "place",
                _l("地点"),
                lambda one: f"{words.county(one.plot.township)} {one.plot.place}",
                sorts=True,
                note=lambda one: one.plot.township,
                note_title=_l("乡镇代码"),
            ),
            Column("area", _l("面积"), lambda one: one.plot.area_mu, Kind.DECIMAL, unit=_l("亩"), sorts=True),
            Column(
                "part",
                _l("本季剩余"),
                lambda one: one.left.part_left_g if one.left else None,
                Kind.KG,
                unit=KG,
            ),
            Column(
                "year",
                _l("全年剩余"),
                lambda one: one.left.year_left_g if one.left else None,
                Kind.KG,
                unit=KG,
            ),
            Column(
                "state",
                _l("状态"),
                lambda one: words.word(one.plot.state),
                sorts=True,
                tag=lambda one: "attention" if one.plot.state is PlotState.PROPOSED else "",
            ),
        ),
        order="no",
        down=False,
        search=_l("查找地块"),
        hint=_l("编号、地名或县"),
        families=("county", "plot"),
        choices=(Choice("state", _l("状态"), tuple(PlotState)),),
    )


GROWERS: Listing[Grower] = Listing(
    "growers",
    _lp("menu", "茶农"),
    lists.GROWERS,
    columns=(
        Column("no", _l("编号"), lambda one: one.no, sorts=True, whole=True),
        Column("name", _l("姓名或名称"), lambda one: masked(one.name, one.kind)),
        Column("kind", _l("类别"), lambda one: words.word(one.kind, "grower"), sorts=True),
        Column(
            "township",
            _l("乡镇代码"),
            lambda one: one.township,
            sorts=True,
            note=lambda one: words.county(one.township),
            note_title=_l("县"),
        ),
    ),
    order="no",
    down=False,
    search=_l("查找茶农"),
    hint=_l("编号、姓氏或县"),
    families=("county", "grower"),
    choices=(Choice("kind", _l("类别"), KINDS, "grower"),),
)


def works(today: date) -> Listing[PlotWork]:
    """Farm work; plots that may not be plucked today are marked."""
    return Listing(
        "works",
        _l("农事与投入品"),
        lists.PLOT_WORKS,
        columns=(
            Column("worked", _l("使用日期"), lambda one: one.worked_on, Kind.DAY, sorts=True),
            Column(
                "plot",
                _l("地块"),
                lambda one: one.plot,
                sorts=True,
                whole=True,
                note=lambda one: one.place,
                note_title=_l("地名"),
            ),
            Column("product", _l("投入品"), lambda one: one.product, sorts=True),
            Column("dose", _l("用量"), lambda one: one.dose),
            Column("interval", _l("安全间隔期"), lambda one: one.interval_days, Kind.COUNT, unit=DAY),
            Column(
                "until",
                _l("安全间隔期至"),
                lambda one: one.until,
                Kind.DAY,
                sorts=True,
                note=lambda one: str(_l("不能采")) if one.until >= today else "",
                note_title=_l("今天"),
            ),
        ),
        order="worked",
        search=_l("查找农事"),
        hint=_l("地块、投入品或日期"),
        dated=_l("使用日期"),
    )


def scales(today: date) -> Listing[Scale]:
    """Scales; those whose verification has run out are marked."""
    return Listing(
        "scales",
        _lp("menu", "秤"),
        lists.SCALES,
        columns=(
            Column("no", _l("秤号"), lambda one: one.no, sorts=True, whole=True),
            Column("verified", _l("检定日期"), lambda one: one.verified_on, Kind.DAY, sorts=True),
            Column("until", _l("有效期至"), lambda one: one.verified_until, Kind.DAY, sorts=True),
            Column(
                "state",
                _l("状态"),
                lambda one: str(_l("有效")) if one.verified(today) else str(_l("已过期")),
                tag=lambda one: "" if one.verified(today) else "stop",
            ),
        ),
        order="no",
        down=False,
        search=_l("查找秤"),
        hint=_l("秤号"),
    )


PRODUCTS: Listing[Product] = Listing(
    "products",
    _lp("menu", "产品"),
    lists.PRODUCTS,
    columns=(
        Column("name", _l("名称"), lambda one: one.name, sorts=True),
        Column("grade", _l("等级"), lambda one: words.word(one.grade), sorts=True),
        Column("content", _l("净含量"), lambda one: one.net_content_g, Kind.COUNT, unit=_l("克"), sorts=True),
        Column("gtin", _l("商品条码"), lambda one: one.gtin or "", whole=True),
    ),
    order="name",
    down=False,
    search=_l("查找产品"),
    hint=_l("名称、等级或条码"),
    families=("grade",),
    choices=(Choice("grade", _l("等级"), tuple(Grade)),),
)

CONSIGNEES: Listing[Party] = Listing(
    "consignees",
    _l("代管的收货方"),
    lists.CONSIGNEES,
    columns=(
        Column("name", _l("名称"), lambda one: one.name, sorts=True),
        Column("place", _l("所在地"), lambda one: one.place, sorts=True),
    ),
    order="name",
    down=False,
    search=_l("查找收货方"),
    hint=_l("名称或所在地"),
)

#: By the name in the address: the list, where to add to it, what the button says, and what an empty one teaches.
SECTIONS: dict[str, tuple[Callable[[date], Listing[Any]], str, Any, Any]] = {
    "plots": (plots, "add_plot", _l("申报地块"), _l("还没有地块。申报以后由县局核准。")),
    "growers": (lambda _day: GROWERS, "add_grower", _l("登记茶农"), _l("还没有茶农。")),
    "works": (works, "work_on_plot", _l("登记农事"), _l("还没有登记过农事。")),
    "scales": (scales, "add_scale", _l("登记检定"), _l("还没有秤。")),
    "products": (lambda _day: PRODUCTS, "add_product", _l("登记产品"), _l("还没有产品。")),
    "consignees": (
        lambda _day: CONSIGNEES,
        "add_consignee",
        _l("登记收货方"),
        _l("没有本系统账号的门店、电商仓登记在这里，由本企业代记签收和销售。"),
    ),
}


#: Lists that name growers are for those who keep them.
KEPT = frozenset({"growers"})


@bp.get("/suppliers")
@allow(May.READ_CHAIN)
def suppliers() -> ResponseReturnValue:
    """One of the lists the forms choose from; the address says which."""
    chosen = request.args.get("list", "")
    chosen = chosen if chosen in SECTIONS else "plots"
    today = local_day(moment())
    made, add, action, nothing = SECTIONS[chosen]
    keeps = me().may(May.KEEP_SUPPLIERS)
    tabs = [(name, one[0](today).title) for name, one in SECTIONS.items() if keeps or name not in KEPT]
    with look() as work:
        waiting = changes.open_changes(work, by=me()) if chosen == "plots" else []
    return listed(
        made(today),
        "enterprise/suppliers.html",
        tabs=tabs,
        chosen=chosen,
        add=add,
        action=action,
        nothing=nothing,
        waiting=waiting,
    )
