"""Facts as a manager reads them: what was done, to which thing, and the page of that thing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.log import Fact
from traceability.domain.marks import SerialRange
from traceability.web import words

#: What facts are called that are no event of the tea ledger and no step of a mark.
KINDS: dict[str, Any] = {
    "application.file": _l("申请用标资格"),
    "application.add": _l("补充申请材料"),
    "application.answer": _l("补正申请"),
    "application.take_back": _l("撤回申请"),
    "artwork.submitted": _l("提交标志图样"),
    "batch.redeclared": _l("改判等级"),
    "carton.filled": _l("装箱"),
    "complaint.received": _l("登记投诉"),
    "complaint.answered": _l("答复投诉"),
    "complaint.closed": _l("办结投诉"),
    "complaint.reopened": _l("重新打开投诉"),
    "consignee.registered": _l("登记收货方"),
    "document.kept": _l("附文件"),
    "grower.registered": _l("登记茶农"),
    "lot.recalled": _l("发起召回"),
    "recall.stopped": _l("登记停售封存"),
    "marks.requested": _l("申领标志"),
    "marks.request_withdrawn": _l("撤回申领"),
    "marks.reprinted": _l("补取标签"),
    "plot.registered": _l("登记地块"),
    "plot.worked": _l("登记农事"),
    "print.opened": _l("建打印任务"),
    "print.file": _l("做打印文件"),
    "print.handed_over": _l("取走打印文件"),
    "print.undelivered": _l("报称没有印出"),
    "print.done": _l("打印任务做好"),
    "print.stopped": _l("停止打印任务"),
    "product.registered": _l("登记产品"),
    "recall.notified": _l("通知召回"),
    "report.entered": _l("登记检验报告"),
    "report.failed": _l("检验判定不合格"),
    "scale.registered": _l("登记秤具"),
    "shortage.opened": _l("形成缺量"),
    "staff.invited": _l("邀请人员"),
    "staff.invitation_withdrawn": _l("撤回邀请"),
    "staff.joined": _l("接受邀请"),
    "staff.granted": _l("调整权限"),
    "staff.closed": _l("停用账户"),
    "staff.opened": _l("启用账户"),
}


@dataclass(frozen=True)
class Doing:
    """One thing done: when it was told, what it was, on what, and where to look at it ("" for nowhere)."""

    at: datetime
    what: str
    thing: str
    link: str


def doing(fact: Fact) -> Doing:
    """A fact in words."""
    told = {**fact.public, **fact.private}
    thing = words.word(told["kind"], "document") if fact.kind == "document.kept" else _thing(told)
    return Doing(fact.recorded_at, _what(fact.kind, told), thing, _link(fact.kind, told))


def _what(kind: str, told: dict[str, Any]) -> str:
    family, _dot, name = kind.partition(".")
    if kind in KINDS:
        return str(KINDS[kind])
    if family == "chain":
        done = words.word(name, "event")
        return _("更正%(what)s", what=done) if told.get("amends") else done
    return words.word(name, "action") if family == "marks" else words.word(kind, "")


#: Where a fact names its thing, the most telling first.
_NAMED = (
    "no",
    "application",
    "job",
    "request",
    "lot",
    "batch",
    "plot",
    "report_no",
    "recipient",
    "name",
    "scale",
    "carton",
)


def _thing(told: dict[str, Any]) -> str:
    if told.get("serials"):
        return words.listed(str(SerialRange(first, last)) for first, last in told["serials"][:3])
    found = next((told[name] for name in _NAMED if isinstance(told.get(name), str)), "")
    return str(found)[:80]


def _link(kind: str, told: dict[str, Any]) -> str:
    if kind.startswith("chain.") and isinstance(told.get("event"), int):
        return url_for("enterprise.event", event=told["amends"] or told["event"])
    if isinstance(told.get("complaint"), int):
        return url_for("enterprise.complaint", number=told["complaint"])
    if kind == "recall.notified":
        return url_for("enterprise.recall_file", number=told["recall"])
    if kind.startswith("marks.") and isinstance(told.get("lot"), int):
        return url_for("enterprise.lot", lot=told["lot"])
    return ""
