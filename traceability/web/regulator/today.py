"""The first page: what needs a decision, most urgent first, each with its reason and clock. Also what was decided.

The page is made of `KINDS`, one function for each kind of thing that can wait: it answers how many wait, and the first
few, in a fixed number of questions to the database. A new kind is a function and a line there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from traceability.domain.allowance import AskState
from traceability.domain.inspections import SampleState
from traceability.domain.marks import MarkState
from traceability.domain.people import May
from traceability.domain.units import local_day
from traceability.services import (
    allowance,
    applications,
    complaint_queue,
    doubts,
    inspections,
    marks,
    oversight,
    recalls,
    waiting,
)
from traceability.services.people import changes
from traceability.web import words
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp, firms_of
from traceability.web.showing import searched, sliced

#: So many of one kind are named; the others are a number and a way to their list.
SHOWN = 8

#: How urgent a thing is: what is past its last day before what stops goods, before what somebody waits for.
OVERDUE, STOPS, AWAITED, TO_LOOK_AT = range(4)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for somebody: what kind, whose, why, where it is dealt with, since when, and its clock."""

    kind: str
    title: str
    detail: str
    href: str
    action: str
    since: datetime | None = None
    notes: tuple[str, ...] = ()
    tone: str = "attention"
    urgency: int = TO_LOOK_AT
    clock: str = ""


@dataclass(frozen=True)
class Pile:
    """What waits of one kind: how many, the first few, and where all of them are; `label` and `unit` for its tile."""

    count: int
    first: tuple[Waiting, ...]
    href: str
    label: str
    unit: str
    overdue: int = 0
    #: One line stands for all of them.
    together: bool = False

    @property
    def more(self) -> int:
        """How many are not named."""
        return 0 if self.together else max(0, self.count - len(self.first))


Kind = Callable[[Any], Pile]


@bp.get("/")
@allow(May.OVERSEE)
def today() -> ResponseReturnValue:
    """What needs a decision, how many of each kind, marks by state, and what was decided lately."""
    with look() as work:
        piles = [kind(work) for kind in KINDS]
        decided = waiting.decisions(work, by=me(), limit=8)
        shown: dict[str, Any] = {
            "held": waiting.holds(work, by=me()),
            "mark_counts": _ordered(marks.counts(work, by=me())),
            "decided": decided,
            "plots": waiting.plots_decided_on(work, by=me(), decided=decided),
            "firms": waiting.firm_names(work, by=me(), numbers={one.enterprise for one in decided}),
        }
    listed = [one for pile in piles for one in pile.first]
    return page(
        "regulator/today.html",
        now=moment(),
        weekday=format_date(local_day(moment()), "EEEE"),
        waiting=sorted(listed, key=_urgency),
        piles=piles,
        total=sum(pile.count for pile in piles),
        overdue=sum(pile.overdue for pile in piles),
        oldest=min((one.since for one in listed if one.since), default=None),
        **shown,
    )


def _urgency(one: Waiting) -> tuple[int, bool, datetime]:
    return one.urgency, one.since is None, one.since or moment()


def _ordered(counts: dict[MarkState, int]) -> list[tuple[MarkState, int]]:
    """States in the order of a mark's life; those no mark is in are left out."""
    return [(state, counts[state]) for state in MarkState if counts.get(state)]


def action(permission: May, verb: str) -> str:
    """What the button says: to look at, for whoever may not decide."""
    return verb if me().may(permission) else _("查看")


def age(since: datetime) -> str:
    """How long something has waited."""
    days = (local_day(moment()) - local_day(since)).days
    if moment() - since < timedelta(hours=1):
        return _("刚刚")
    return _("已等 %(n)s 天", n=days) if days else _("今天")


# --- the kinds --------------------------------------------------------------------------------------------------------


def _requests(work: Any) -> Pile:
    count, found = waiting.requests(work, by=me(), limit=SHOWN)
    firms = waiting.firm_names(work, by=me(), numbers={one.enterprise for one in found})
    first = tuple(_request(one, firms[one.enterprise]) for one in found)
    return Pile(count, first, url_for("regulator.requests"), _("待审批申请"), _("份"))


def _request(one: Any, firm: str) -> Waiting:
    packs, grams = sum(line.packs for line in one.lines), sum(line.grams for line in one.lines)
    return Waiting(
        words.word("mark_request", "about"),
        firm,
        _("申领 %(packs)s 枚，用茶 %(kg)s 千克", packs=f"{packs:,}", kg=words.kg(grams)),
        url_for("regulator.request_page", number=one.id),
        action(May.DECIDE_MARKS, _("审核")),
        one.filed_at,
        (one.no, _("%(at)s 提交", at=words.moment(one.filed_at))),
        urgency=AWAITED,
        clock=age(one.filed_at),
    )


def _plots(work: Any) -> Pile:
    """One line for all of them."""
    count, found = waiting.plots(work, by=me(), limit=4)
    href = url_for("regulator.plots", state="proposed")
    detail = words.listed(found) + ("…" if count > len(found) else "")
    title, verb = _("%(n)s 块茶园待核准", n=count), action(May.APPROVE_PLOT, _("核准"))
    line = Waiting(_("茶园"), title, detail, href, verb, tone="", urgency=AWAITED)
    first = (line,) if count else ()
    return Pile(count, first, href, _("待核准茶园"), _("块"), together=True)


def _shortages(work: Any) -> Pile:
    count, found = waiting.shortages(work, by=me(), limit=SHOWN)
    firms = waiting.firm_names(work, by=me(), numbers={one.enterprise for one in found})
    first = tuple(_shortage(one, firms[one.enterprise]) for one in found)
    return Pile(count, first, url_for("regulator.shortages"), _("待核销缺量"), _("笔"))


def _shortage(one: Any, firm: str) -> Waiting:
    return Waiting(
        words.word("shortage", "about"),
        firm,
        _("更正后有 %(kg)s 千克已贴标、无法冲回；核销前从新申请中扣减", kg=words.kg(one.grams)),
        url_for("regulator.shortages"),
        action(May.SETTLE, _("处置")),
        one.opened_at,
        (_("%(day)s起", day=words.day(one.opened_at)),),
        "stop",
        STOPS,
        age(one.opened_at),
    )


def _doubts(work: Any) -> Pile:
    count, found = doubts.oldest_doubts(work, by=me(), now=moment(), limit=SHOWN)
    late = doubts.overdue_doubts(work, by=me(), now=moment())
    first = tuple(_doubt(one) for one in found)
    return Pile(count, first, url_for("regulator.doubts"), _("待答复反映"), _("条"), late)


def _doubt(line: Any) -> Waiting:
    one, late = line.doubt, line.clock.overdue
    return Waiting(
        words.word("doubt", "about"),
        words.word(one.kind),
        one.words[:120] or ("" if one.serial is None else f"No. {words.control(one.serial)}"),
        url_for("regulator.doubt", number=one.id),
        action(May.SETTLE, _("核查")),
        one.reported_at,
        tuple(note for note in (line.firm, words.moment(one.reported_at)) if note),
        "stop" if late else "attention",
        OVERDUE if late else AWAITED,
        words.due(line.clock),
    )


def _complaints(work: Any) -> Pile:
    """Customers' complaints their firms have not answered: theirs to answer, the office's to see to it."""
    count, found = complaint_queue.oldest(work, by=me(), now=moment(), limit=SHOWN)
    late = complaint_queue.numbers(work, by=me(), now=moment()).overdue
    first = tuple(_complaint(one) for one in found)
    return Pile(count, first, url_for("regulator.complaints"), _("企业待答复投诉"), _("条"), late)


def _complaint(line: Any) -> Waiting:
    one, late = line.complaint, line.clock.overdue
    return Waiting(
        words.word("complaint", "about"),
        line.firm,
        one.words[:120],
        url_for("regulator.complaint", number=one.id),
        _("查看"),
        one.received_at,
        (one.no, words.word(one.kind), words.moment(one.received_at)),
        "stop" if late else "",
        OVERDUE if late else TO_LOOK_AT,
        words.due(line.clock),
    )


def _findings(work: Any) -> Pile:
    count, found = waiting.findings(work, by=me(), limit=SHOWN)
    firms = waiting.firm_names(work, by=me(), numbers={one.enterprise for one in found})
    events = waiting.event_numbers(work, by=me(), numbers={one.event for one in found})
    first = tuple(_finding(one, firms.get(one.enterprise or 0, ""), events.get(one.event)) for one in found)
    return Pile(count, first, url_for("regulator.findings"), _("待处置线索"), _("条"))


def _finding(one: Any, firm: str, event: tuple[str, str] | None) -> Waiting:
    """What is to be looked at; ten of a kind are told apart by the number of what they are about."""
    about = (f"{words.word(event[0], 'event')} {event[1]}",) if event else ()
    return Waiting(
        words.word(one.code, "finding"),
        firm,
        words.finding_sentence(one),
        url_for("regulator.finding", number=one.id),
        action(May.SETTLE, _("处置")),
        one.recorded_at,
        (*about, words.moment(one.happened_at)),
        clock=age(one.recorded_at),
    )


def _recalls(work: Any) -> Pile:
    """Recalls that run, the one to be finished first on top."""
    open_ones = [one for one in recalls.recalls(work, by=me()) if one.open]
    running = [(one, recalls.times_of(work, recall=one, now=moment())) for one in open_ones]
    running.sort(key=lambda pair: pair[1].finish_by)
    late = sum(times.overdue for _one, times in running)
    first = tuple(_recall(one, times) for one, times in running[:SHOWN])
    return Pile(len(running), first, url_for("regulator.recalls"), _("进行中的召回"), _("项"), late)


def _recall(one: Any, times: Any) -> Waiting:
    return Waiting(
        words.word("recall", "about"),
        one.subject,
        one.reason,
        url_for("regulator.recall_file", number=one.id),
        action(May.RECALL, _("跟进")),
        one.ordered_at,
        (_("应于 %(day)s前完成", day=words.day(times.finish_by)),),
        "stop",
        OVERDUE if times.overdue else STOPS,
        age(one.ordered_at),
    )


def _allowances(work: Any) -> Pile:
    """Requests for more allowance: somebody stands in the yard with leaf."""
    found = allowance.requests(work, by=me(), state=AskState.OPEN)[::-1]
    first = tuple(_allowance(line) for line in found[:SHOWN])
    return Pile(len(found), first, url_for("regulator.allowance_requests"), _("额度申请"), _("份"))


def _allowance(line: Any) -> Waiting:
    one = line.request
    return Waiting(
        _("额度申请"),
        line.firm.name,
        _(
            "地块 %(plot)s 请求增加 %(kg)s 千克：%(reason)s",
            plot=line.plot.no,
            kg=words.kg(one.grams),
            reason=one.reason,
        ),
        url_for("regulator.allowance_request", number=one.id),
        action(May.APPROVE_PLOT, _("审核")),
        one.asked_at,
        (words.moment(one.asked_at),),
        urgency=AWAITED,
        clock=age(one.asked_at),
    )


def _changes(work: Any) -> Pile:
    """Changes of approved plots."""
    found = changes.open_changes(work, by=me())
    first = tuple(_change(one, plot) for one, plot in found[:SHOWN])
    return Pile(len(found), first, url_for("regulator.plots"), _("地块变更"), _("项"))


def _change(one: Any, plot: Any) -> Waiting:
    return Waiting(
        words.word(one.kind),
        f"{plot.no} {plot.place}",
        one.reason,
        url_for("regulator.plot", number=plot.id),
        action(May.APPROVE_PLOT, _("审核")),
        one.entered_at,
        (words.moment(one.entered_at),),
        urgency=AWAITED,
        clock=age(one.entered_at),
    )


def _applications(work: Any) -> Pile:
    """Applications for the right whose turn is the reader's."""
    found = applications.waiting(work, by=me())
    firms = waiting.firm_names(work, by=me(), numbers={one.enterprise for one in found})
    first = tuple(_application(one, firms[one.enterprise]) for one in found[:SHOWN])
    return Pile(len(found), first, url_for("regulator.applications"), _("资格申请"), _("份"))


def _application(one: Any, firm: str) -> Waiting:
    return Waiting(
        _("资格申请"),
        firm,
        words.right(one.right_basis),
        url_for("regulator.application", number=one.id),
        _("审核"),
        one.moved_at,
        (one.no, words.moment(one.moved_at)),
        urgency=AWAITED,
        clock=age(one.moved_at),
    )


def _visits(work: Any) -> Pile:
    """Visits to be made or concluded, the one due first on top."""
    found, today_ = inspections.visits_due(work, by=me()), local_day(moment())
    late = sum(one.due_on < today_ for one in found)
    first = tuple(_visit(one, today_) for one in found[:SHOWN])
    return Pile(len(found), first, url_for("regulator.inspections"), _("待完成检查"), _("次"), late)


def _visit(one: Any, today_: date) -> Waiting:
    late = one.due_on < today_
    return Waiting(
        words.word("inspection", "about"),
        one.firm,
        words.word(one.why) + (f"{_('：')}{one.reason[:80]}" if one.reason else ""),
        url_for("regulator.visit", number=one.id),
        action(May.INSPECT, _("检查")),
        one.planned_at,
        (one.no, words.listed(name for _user, name in one.inspectors)),
        "stop" if late else "attention",
        OVERDUE if late else TO_LOOK_AT,
        _("%(day)s前完成", day=words.day(one.due_on)),
    )


def _samples(work: Any) -> Pile:
    """Samples without a verdict: to be confirmed first, to be sent or reported after."""
    found = inspections.samples_waiting(work, by=me())
    first = tuple(_sample(one) for one in found[:SHOWN])
    return Pile(len(found), first, url_for("regulator.samples"), _("待结论样品"), _("份"))


def _sample(one: Any) -> Waiting:
    confirm = one.state is SampleState.REPORTED
    return Waiting(
        words.word("sample", "about"),
        one.firm,
        _("批次 %(lot)s：%(state)s", lot=one.lot_no, state=words.word(one.state)),
        url_for("regulator.sample", number=one.id),
        action(May.INSPECT, _("确认") if confirm else _("办理")),
        one.taken_at,
        (one.no, *([one.lab] if one.lab else [])),
        urgency=AWAITED if confirm else TO_LOOK_AT,
        clock=age(one.taken_at),
    )


#: Every kind of thing that can wait, in the order of the tiles.
KINDS: tuple[Kind, ...] = (
    _requests,
    _allowances,
    _doubts,
    _complaints,
    _recalls,
    _shortages,
    _findings,
    _plots,
    _changes,
    _applications,
    _samples,
    _visits,
)


# --- what was decided -------------------------------------------------------------------------------------------------


@bp.get("/decisions")
@allow(May.OVERSEE)
def decisions() -> ResponseReturnValue:
    """Everything decided within reach, latest first."""
    with look() as work:
        found = oversight.decisions(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
        plots = waiting.plots_decided_on(work, by=me(), decided=found)

    def said(one: Any) -> tuple[str, ...]:
        firm = firms.get(one.enterprise or 0)
        names = (firm.name if firm else "", plots.get(one.id, ""))
        return (*names, one.reason, words.word(one.outcome, "outcome"))

    return page("regulator/decisions.html", rows=sliced(searched(found, said)), firms=firms, plots=plots)
