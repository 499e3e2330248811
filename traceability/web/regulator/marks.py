"""The marks of a firm at its office: handed back, restored, lapsed; and what was printed, without a code or a file."""

import re
from collections import Counter
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from traceability.domain.marks import JobState, MarkState
from traceability.domain.people import Enterprise, May
from traceability.domain.units import local_day
from traceability.services import chain, marks
from traceability.services.marks import PrintJob
from traceability.web.forms import BooleanField, Form, StringField, TextAreaField, count, page, serials
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp, firms_of
from traceability.web.regulator.firms import decide, designs, reasoned
from traceability.web.showing import chosen, sliced

TABS = ("all", "reprinted", "open")


# --- how marks end, and the one way back ----------------------------------------------------------------------------


class CountedForm(Form):
    """Labels on the counter: their control numbers, and how many the officer counted."""

    serials = serials(_l("控制号"))
    counted = count(_l("清点枚数"), unit=_l("枚"))


class ReturnForm(CountedForm):
    """Marks handed back over the counter."""

    witness = StringField(_l("在场见证人"))
    reason = TextAreaField(_l("缴回原因"))


class RestoreForm(CountedForm):
    """Marks that were called unused by mistake."""

    reason = TextAreaField(_l("恢复理由"))


class LapseForm(Form):
    """The end of a season."""

    season = count(_l("茶季（鲜叶采摘年份）"))
    confirmed = BooleanField(
        _l("我已核对：这个茶季的茶叶不再用这些标志"), validators=[InputRequired(_l("请先核对，再勾选。"))]
    )


@bp.route("/enterprises/<int:number>/returned", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def receive_returned(number: int) -> ResponseReturnValue:
    """Marks handed back, counted and destroyed before a witness; only this lets their tea go."""
    form = ReturnForm(data=_named())
    told = {**_counted(form), "witness": form.witness.data or ""}
    return decide(
        number, form, lambda work: marks.return_marks(work, enterprise=number, **told),
        said=_("已登记缴回并销毁。"), title=_("接收缴回的标志"), button=_("登记缴回并销毁"),
        note=_(
            "逐枚清点，在见证人面前当场销毁，然后登记。已作废的、报失后找回的、过期失效的标志也这样缴回；"
            "只有登记缴回，它们占用的茶叶重量才会释放。"
        ),
        hints={**_hints(), "witness": _("监督销毁的人的姓名和单位。")},
    )  # fmt: skip


@bp.route("/enterprises/<int:number>/restored", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def restore(number: int) -> ResponseReturnValue:
    """Labels an amended packing did not use, seen by the officer, may be used after all."""
    form = RestoreForm(data=_named())
    return decide(
        number, form, lambda work: marks.restore_marks(work, enterprise=number, **_counted(form)),
        said=_("标志已恢复为“已打印、未使用”。"), title=_("恢复误作废的标志"), button=_("恢复标志"),
        note=_(
            "只能恢复企业更正包装时因没有用上而作废的标志：标签要在您面前逐枚清点，并且从来没有人查验过。"
            "污损作废的标志不能恢复。恢复以后，仍只能用于标签上印的包装日期。"
        ),
        hints=_hints(),
    )  # fmt: skip


@bp.route("/enterprises/<int:number>/lapsed", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def lapse(number: int) -> ResponseReturnValue:
    """End the marks that still wait for tea of a season that is over."""
    year = local_day(moment()).year
    form = LapseForm(data={"season": year - 1})
    asked: dict[str, Any] = {"enterprise": number, "season": form.season.data, "key": form.key.data}
    return decide(
        number, form, lambda work: marks.lapse_marks(work, by=me(), now=moment(), **asked),
        said=_("这个茶季等待使用的标志已失效。"), title=_("过季标志失效"), button=_("标志失效"), danger=True,
        template="regulator/lapse.html", waiting=_waiting(number), year=year,
        note=_(
            "批次所属的茶季结束以后，还没有贴用的标志在这里失效，不能再打印和使用，也不能撤回这个决定。"
            "失效的标志继续占用茶叶重量，实物缴回清点后才释放。"
        ),
    )  # fmt: skip


def _named() -> dict[str, str | None]:
    """The control numbers a link brought along."""
    return {"serials": request.args.get("serials")}


def _counted(form: Any) -> dict[str, Any]:
    return {"ranges": form.serials.data, "counted": form.counted.data, **reasoned(form)}


def _hints() -> dict[str, str]:
    return {
        "serials": _("可写多段，例如 0000012001-0000012200, 12203。"),
        "counted": _("实际清点的枚数，应与控制号一致。"),
    }


def _waiting(number: int) -> list[tuple[int, Counter[MarkState]]]:
    """The firm's marks by state for each season some of them wait for, the latest first."""
    with look() as work:
        issued = marks.issued_ranges(work, by=me(), enterprise=number)
    seasons: dict[int, Counter[MarkState]] = {}
    for one in issued:
        seasons.setdefault(one.batch.season, Counter()).update(one.counts)
    return [(season, found) for season, found in sorted(seasons.items(), reverse=True) if _inert(found)]


def _inert(found: Counter[MarkState]) -> int:
    return found[MarkState.ON_HAND] + found[MarkState.PRINTED]


# --- print jobs -----------------------------------------------------------------------------------------------------


@bp.get("/prints")
@allow(May.OVERSEE)
def print_jobs() -> ResponseReturnValue:
    """What was printed within reach, latest first; files that were asked for again have a tab of their own."""
    tab = chosen(TABS, "all", "show")
    with look() as work:
        found = marks.print_jobs(work, by=me())
        firms = firms_of(work, [one.enterprise for one in found])
    tabs = [(name, sum(1 for one in found if _in_tab(one, name))) for name in TABS]
    rows = [one for one in found if _in_tab(one, tab) and _sought(one, firms[one.enterprise])]
    return page(
        "regulator/print_jobs.html", rows=sliced(rows), firms=firms, tab=tab, tabs=tabs, designs=designs()
    )


def _in_tab(job: PrintJob, tab: str) -> bool:
    return {"reprinted": job.reprints > 0, "open": job.state is JobState.OPEN}.get(tab, True)


def _sought(job: PrintJob, firm: Enterprise) -> bool:
    """Whether every word of `?q=` is in the job; a control number is, when it lies in one of its ranges."""
    names = (job.no, firm.name, firm.uscc, job.recipient or "", *map(str, job.ranges))
    text = " ".join(names).casefold()
    wanted = request.args.get("q", "").casefold().split()
    return all(word in text or _holds(job, word) for word in wanted)


_SERIAL = re.compile(r"[0-9]{1,10}")


def _holds(job: PrintJob, word: str) -> bool:
    return _SERIAL.fullmatch(word) is not None and any(
        one.first <= int(word) <= one.last for one in job.ranges
    )


@bp.get("/prints/<int:number>")
@allow(May.OVERSEE)
def print_job(number: int) -> ResponseReturnValue:
    """One job with its files and their hashes; neither a code nor a file leaves through this door."""
    with look() as work:
        job = marks.print_job(work, by=me(), number=number)
        firm = firms_of(work, [job.enterprise])[job.enterprise]
        batch = chain.dossier(work, by=me(), lot=job.batch).lot
    design = designs().get(job.setup.design)
    return page("regulator/print_job.html", job=job, firm=firm, batch=batch, design=design)
