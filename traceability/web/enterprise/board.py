"""The board: the season's work from leaf to sale, the next thing to do with each lot, and what cannot wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.board import Alert, Card, Condition, Notice, Stage, Step
from traceability.domain.chain import LotKind
from traceability.domain.marks import MarkState
from traceability.domain.people import May, Standing
from traceability.services import chain, inspections
from traceability.services import complaints as cases
from traceability.services.board import Column
from traceability.services.board import board as read_board
from traceability.web import forms, words
from traceability.web.enterprise.door import bp
from traceability.web.guard import allow, look, me, moment, way_to
from traceability.web.i18n import counted as _n


@bp.get("/")
@allow(May.READ_CHAIN)
def board() -> ResponseReturnValue:
    """What cannot wait, what is on hand stage by stage, marks on hand and leaf allowance left."""
    with look() as work:
        found = read_board(work, by=me(), now=moment())
        refused_slips = chain.open_slips(work, by=me())
        complaints = cases.waiting(work, by=me(), now=moment())
        visits = inspections.news(work, by=me(), now=moment())
    return forms.page(
        "enterprise/board.html",
        board=found,
        standings=Standing,
        columns=[_shown(column) for column in found.columns],
        notices=[told(one) for one in found.notices],
        states=(MarkState.ON_HAND, MarkState.PRINTED, MarkState.APPLIED),
        scarce=SCARCE_PERCENT,
        refused_slips=refused_slips,
        complaints=complaints,
        visits=visits,
    )


#: A garden card with less than so many hundredths of its allowance is pointed out.
SCARCE_PERCENT = 20

STAGES: Mapping[Stage, Any] = {
    Stage.LEAF: _l("鲜叶"),
    Stage.MADE: _l("干茶"),
    Stage.TESTING: _l("批次送检"),
    Stage.MARKING: _l("申领与包装"),
    Stage.PACKS: _l("成品待售"),
}
NOTHING: Mapping[Stage, Any] = {
    Stage.LEAF: _l("收青以后，鲜叶出现在这里，当天加工。"),
    Stage.MADE: _l("鲜叶加工以后，干茶出现在这里，等拼配成批次。"),
    Stage.TESTING: _l("拼配成的批次出现在这里：抽样封批，送检，登记报告。"),
    Stage.MARKING: _l("检验合格的批次出现在这里：申领标志，打印，贴标包装。"),
    Stage.PACKS: _l("贴标包装以后，成品出现在这里：装箱，发运，销售。"),
}
STEPS: Mapping[Step, Any] = {
    Step.PROCESS: _l("加工"),
    Step.WRITE_OFF: _l("报损"),
    Step.BLEND: _l("拼配"),
    Step.REFINE: _l("精制"),
    Step.SAMPLE: _l("抽样送检"),
    Step.REPORT: _l("登记报告"),
    Step.REDECLARE: _l("改判等级"),
    Step.REQUEST: _l("申领标志"),
    Step.PRINT: _l("打印标志"),
    Step.PACK: _l("包装"),
    Step.CARTON: _l("装箱"),
    Step.DISPATCH: _l("发运"),
    Step.SELL: _l("销售"),
}
#: The list that holds the whole of a stage.
KINDS: Mapping[Stage, LotKind] = {
    Stage.LEAF: LotKind.LEAF,
    Stage.MADE: LotKind.MADE,
    Stage.TESTING: LotKind.BATCH,
    Stage.MARKING: LotKind.BATCH,
    Stage.PACKS: LotKind.PACKS,
}


@dataclass(frozen=True)
class Shown:
    """A column in words; `cards` are (card, tag, steps as (address, words))."""

    stage: Stage
    name: str
    nothing: str
    kind: LotKind
    cards: list[tuple[Card, tuple[str, str] | None, list[tuple[str, str]]]]
    lots: int
    grams: int


def _shown(column: Column) -> Shown:
    stage = column.stage
    cards = [(card, _tag(card), _steps(card)) for card in column.cards]
    return Shown(
        stage, str(STAGES[stage]), str(NOTHING[stage]), KINDS[stage], cards, column.lots, column.grams
    )


def _steps(card: Card) -> list[tuple[str, str]]:
    """Each leads to its form, with the lot chosen; those this person may take."""
    own = {Step.BLEND: _("并入干茶")} if card.lot.kind is LotKind.BATCH else {}
    if card.condition is Condition.STALE:
        own = {Step.PROCESS: _("补登加工")}
    return [
        (address, own.get(step, str(STEPS[step])))
        for step in card.steps
        if (address := _to(step, lot=card.lot.id))
    ]


TAGS: Mapping[Condition, tuple[str, Any]] = {
    Condition.READY: ("", _l("标志已打印，可以包装")),
    Condition.UNPRINTED: ("attention", _l("标志待打印")),
    Condition.FAILED: ("stop", _l("不合格")),
    Condition.TONIGHT: ("attention", _l("今天要加工完")),
    Condition.OPEN: ("quiet", _l("未封批")),
    Condition.UNTESTED: ("quiet", _l("待检验报告")),
    Condition.REQUESTED: ("quiet", _l("申领待审批")),
    Condition.HELD: ("stop", _l("已冻结")),
    Condition.RECALLED: ("stop", _l("正在召回")),
}


def _tag(card: Card) -> tuple[str, str] | None:
    """How a lot stands: how loud, and in words."""
    if card.condition is Condition.PASSED:
        return ("", _("合格")) if card.progress.confirmed else ("attention", _("待县局确认报告"))
    if card.condition is Condition.STALE:
        return "stop", _("超过 %(n)s 小时，补登加工或报损", n=words.profile().unprocessed_leaf_hours)
    if card.hours_left is not None:
        return "attention", _("隔日鲜叶，还剩 %(n)s 小时", n=card.hours_left)
    if card.days_left is not None:
        return _ageing(card.lot.kind, card.days_left)
    found = TAGS.get(card.condition)
    return (found[0], str(found[1])) if found else None


def _ageing(kind: LotKind, days: int) -> tuple[str, str]:
    if days < 0:
        return "stop", _("已过保质期") if kind is LotKind.PACKS else _("超过最迟包装日")
    if kind is LotKind.PACKS:
        return "attention", _n("保质期还有 %(n)s 天", days)
    return "attention", _n("最迟 %(n)s 天内包装", days)


# --- what cannot wait -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A notice in a sentence, how loud it is, and where it leads whoever can do something about it."""

    loud: str
    text: str
    address: str
    action: str


LOUD = frozenset(
    {
        Alert.RECALLED,
        Alert.HELD,
        Alert.LEAF_STALE,
        Alert.REFUSED,
        Alert.ALLOWANCE_REFUSED,
        Alert.SCALE_EXPIRED,
    }
)


def told(one: Notice) -> Told:
    """A notice as the board says it."""
    text, address, action = SENTENCES[one.alert](one)
    return Told("stop" if one.alert in LOUD else "attention", text, address, action)


def _to(endpoint: str, **values: Any) -> str:
    """The page that helps, for whoever may enter it."""
    return way_to(f"enterprise.{endpoint}", **values)


def _leaf_tonight(one: Notice) -> tuple[str, str, str]:
    text = _(
        "今天收的鲜叶还有 %(n)s 批（%(kg)s 千克）没有加工，当天采摘当天加工完。",
        n=one.count,
        kg=words.kg(one.grams),
    )
    return text, _to("process"), _("去加工")


def _leaf_late(one: Notice) -> tuple[str, str, str]:
    text = _(
        "隔日鲜叶 %(n)s 批（%(kg)s 千克）：现在加工要写明原因，最早的一批 %(hours)s 小时后只能报损。",
        n=one.count,
        kg=words.kg(one.grams),
        hours=one.hours,
    )
    return text, _to("process"), _("去加工")


def _leaf_stale(one: Notice) -> tuple[str, str, str]:
    text = _(
        "鲜叶 %(n)s 批（%(kg)s 千克）放置超过 %(hours)s 小时：当时已加工的，按当时的时间补登加工；没加工的只能报损。",
        n=one.count,
        kg=words.kg(one.grams),
        hours=words.profile().unprocessed_leaf_hours,
    )
    return text, _to("lots", kind="leaf", stock=1), _("查看这些批次")


def _refused(one: Notice) -> tuple[str, str, str]:
    return (
        _("申领 %(no)s 没有获准：%(reason)s", no=one.name, reason=one.reason),
        _to("requests"),
        _("查看申领"),
    )


def _issued(one: Notice) -> tuple[str, str, str]:
    text = _n("申领 %(no)s 的标志已发放，%(n)s 枚还没有打印。", one.count, no=one.name)
    if me().may(May.PRINT_MARKS):
        return text, _to("print_labels", lot=one.subject), _("去打印")
    return text, _to("marks"), _("查看标志")


def _approved(one: Notice) -> tuple[str, str, str]:
    return _("申领 %(no)s 已批准，等县局发放标志。", no=one.name), _to("requests"), _("查看申领")


def _report_awaited(one: Notice) -> tuple[str, str, str]:
    text = (
        _("批次 %(lot)s 在等检验报告，抽样已 %(days)s 天。", lot=one.name, days=one.days)
        if one.count == 1
        else _n(
            "%(n)s 个批次在等检验报告，最早的 %(lot)s 抽样已 %(days)s 天。",
            one.count,
            lot=one.name,
            days=one.days,
        )
    )
    return text, _to("report", lot=one.subject), _("登记报告")


def _scale(one: Notice) -> tuple[str, str, str]:
    values = {"scale": one.name, "day": words.day(one.day)}
    text = (
        _n("秤 %(scale)s 的检定 %(day)s 到期，还有 %(n)s 天。", one.days or 0, **values)
        if one.alert is Alert.SCALE_EXPIRING
        else _("秤 %(scale)s 的检定 %(day)s 已到期，再用它过秤会成为线索。", **values)
    )
    return text, _to("add_scale", no=one.name), _("登记检定")


def _allowance(one: Notice) -> tuple[str, str, str]:
    text = (
        _("地块 %(plot)s 增加了 %(kg)s 千克额度。", plot=one.name, kg=words.kg(one.grams))
        if one.alert is Alert.ALLOWANCE_GRANTED
        else _(
            "地块 %(plot)s 的额度申请（%(kg)s 千克）没有获准：%(reason)s",
            plot=one.name,
            kg=words.kg(one.grams),
            reason=one.reason,
        )
    )
    if one.subject is None:
        return text, _to("allowance_requests"), _("查看申请")
    return text, _to("settle_slip", slip=one.subject), _("处理收青单")


SENTENCES: Mapping[Alert, Callable[[Notice], tuple[str, str, str]]] = {
    Alert.RECALLED: lambda one: (
        _("有 %(n)s 项召回涉及本企业的货：停止销售和转运，登记封存。", n=one.count),
        _to("recalls"),
        _("查看召回"),
    ),
    Alert.HELD: lambda one: (
        _("有 %(n)s 个批次被冻结。", n=one.count),
        _to("findings"),
        _("查看原因"),
    ),
    Alert.LEAF_TONIGHT: _leaf_tonight,
    Alert.LEAF_LATE: _leaf_late,
    Alert.LEAF_STALE: _leaf_stale,
    Alert.REFUSED: _refused,
    Alert.ISSUED: _issued,
    Alert.APPROVED: _approved,
    Alert.ALLOWANCE_REFUSED: _allowance,
    Alert.ALLOWANCE_GRANTED: _allowance,
    Alert.REPORT_AWAITED: _report_awaited,
    Alert.ARRIVING: lambda one: (
        _("有 %(n)s 票货等签收。", n=one.count),
        _to("deliveries"),
        _("去签收"),
    ),
    Alert.SHORT: lambda one: (
        _("有 %(n)s 笔短少没有了结。", n=one.count),
        _to("deliveries", _anchor="short"),
        _("去了结"),
    ),
    Alert.SCALE_EXPIRED: _scale,
    Alert.SCALE_EXPIRING: _scale,
}
