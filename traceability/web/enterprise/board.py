"""The board: what is on hand, stage by stage, and the next thing to do with each lot."""

from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import LotKind
from traceability.domain.marks import MarkState
from traceability.domain.people import May, Standing
from traceability.services import chain, marks
from traceability.services import complaints as cases
from traceability.services.chain import papers
from traceability.web import forms, words
from traceability.web.enterprise.door import bp, firm, hours_since
from traceability.web.guard import allow, look, me, moment


@dataclass(frozen=True)
class Card:
    """A lot on hand: how old, how it stands, and the next steps as (endpoint, words)."""

    line: Any
    hours: int
    tag: tuple[str, str] | None
    steps: tuple[tuple[str, Any], ...]
    free_g: int | None = None


@bp.get("/")
@allow(May.READ_CHAIN)
def board() -> ResponseReturnValue:
    """What is on hand from leaf to packs, marks on hand, and what waits for an answer."""
    with look() as work:
        standing = firm(work)
        found = chain.board(work, by=me())
        stages = [_stage(work, kind, found[kind]) for kind in LotKind]
        counts = marks.counts(work, by=me())
        waiting = [one for one in papers.deliveries(work, by=me()) if one.mine]
        short = papers.shortages(work, by=me())
        holds = papers.own_holds(work, by=me())
        complaints = cases.waiting(work, by=me(), now=moment())
    return forms.page(
        "enterprise/board.html",
        firm=standing,
        suspension=standing.rights.suspended(moment()),
        standings=Standing,
        stages=stages,
        counts=counts,
        states=(MarkState.ON_HAND, MarkState.PRINTED, MarkState.APPLIED),
        waiting=waiting,
        short=short,
        holds=holds,
        complaints=complaints,
    )


#: So many cards a stage; the rest is a list.
CARDS = 12


@dataclass(frozen=True)
class Stage:
    """A column of the board: its cards, oldest first, and what there is in all."""

    kind: LotKind
    cards: list[Card]
    lots: int
    grams: int


def _stage(work: Any, kind: LotKind, lines: list[Any]) -> Stage:
    cards = [_card(work, line) for line in lines[:CARDS]]
    return Stage(kind, cards, len(lines), sum(line.grams for line in lines))


def _card(work: Any, line: Any) -> Card:
    hours = hours_since(line.lot.born_at)
    if line.lot.kind is LotKind.BATCH:
        return _batch_card(work, line, hours)
    if line.lot.kind is LotKind.LEAF:
        return _leaf_card(line, hours)
    return Card(line, hours, None, STEPS[line.lot.kind])


STEPS: dict[LotKind, tuple[tuple[str, Any], ...]] = {
    LotKind.MADE: (("blend", _l("拼配")), ("refine", _l("精制"))),
    LotKind.PACKS: (("fill_cartons", _l("装箱")), ("dispatch", _l("发运")), ("sell", _l("销售"))),
}


def _leaf_card(line: Any, hours: int) -> Card:
    """Leaf is made the day it is plucked; after the profile's hours it can only be written off."""
    limit = words.profile().unprocessed_leaf_hours
    if hours > limit:
        tag = ("stop", _("超过 %(n)s 小时，只能报损", n=limit))
        return Card(line, hours, tag, (("write_off", _("报损")),))
    return Card(line, hours, None, (("process", _("加工")),))


def _batch_card(work: Any, line: Any, hours: int) -> Card:
    status = chain.batch_status(work, line.lot)
    free = chain.free_g(work, by=me(), batch=line.lot.id, at=moment())
    return Card(line, hours, batch_tag(status), batch_steps(status, free), free)


def batch_tag(status: chain.BatchStatus) -> tuple[str, str]:
    """Where a batch stands with its test: how loud, and in words."""
    if not status.closed:
        return "quiet", _("未封批")
    if status.judgement is None:
        return "quiet", _("待检验报告")
    if not status.judgement.passed:
        return "stop", _("不合格")
    return ("", _("合格")) if status.confirmed else ("attention", _("待县局确认报告"))


def batch_steps(status: chain.BatchStatus, free_g: int) -> tuple[tuple[str, Any], ...]:
    """What can be done next with a batch."""
    if not status.closed:
        return ("sample", _("抽样送检")), ("blend", _("并入干茶"))
    if status.judgement is None:
        return (("report", _("登记报告")),)
    if not status.judgement.passed:
        return ("redeclare", _("改判等级")), ("refine", _("精制"))
    asking = (("request_marks", _("申领标志")),) if free_g else ()
    return *asking, *((("pack", _("包装")),) if status.confirmed else ())
