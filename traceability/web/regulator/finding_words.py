"""What a finding's page says beyond its sentence: its evidence by name, and what to do next."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.findings import kind_of
from traceability.web import words
from traceability.web.words import Found

#: Facts by name, with their unit where a figure has one.
FACTS: Mapping[str, object] = {
    "alike": _l("相同的数值（项）"),
    "area_mu": _l("面积（亩）"),
    "allowed_kg": _l("额度（千克）"),
    "batch": _l("批次"),
    "batches": _l("批次"),
    "complaint": _l("投诉单号"),
    "chance_pairs": _l("按巧合应有（对）"),
    "column": _l("字段"),
    "contract": _l("承包合同编号"),
    "day": _l("日期"),
    "days": _l("天数"),
    "deviation": _l("平均偏离（标准差）"),
    "difference_kg": _l("差额（千克）"),
    "differences": _l("不符（处）"),
    "earlier": _l("较早的报告"),
    "earlier_batch": _l("较早的批次"),
    "expected": _l("日志所记"),
    "failing": _l("不合格项目"),
    "file": _l("文件"),
    "firms": _l("往来企业"),
    "found": _l("现在所见"),
    "from": _l("自"),
    "gave_kg": _l("送出（千克）"),
    "got_kg": _l("收回（千克）"),
    "grade": _l("等级"),
    "grower": _l("茶农"),
    "home": _l("回到原收青企业（批）"),
    "item": _l("检查内容"),
    "hours": _l("迟登（小时）"),
    "issued": _l("发放（枚）"),
    "job": _l("打印任务"),
    "key": _l("记录"),
    "looks": _l("公众查验（次）"),
    "lot": _l("批次"),
    "mark": _l("标志号码"),
    "marks": _l("标志（枚）"),
    "mean_share": _l("平均用到额度的"),
    "most": _l("一夜最多（笔）"),
    "metres": _l("相距（米）"),
    "nights": _l("夜数"),
    "occasions": _l("查验时段"),
    "of_days": _l("全季天数"),
    "of_values": _l("全部数值（项）"),
    "packings": _l("包装（次）"),
    "other": _l("另一个"),
    "pairs": _l("重量相同（对）"),
    "part": _l("茶季"),
    "people": _l("不同来源"),
    "picked_kg": _l("采收（千克）"),
    "plot": _l("地块"),
    "plots": _l("地块数"),
    "points": _l("得分"),
    "provinces": _l("省份"),
    "ratio": _l("鲜干比"),
    "reason": _l("企业说明"),
    "receipts": _l("收青（笔）"),
    "received_kg": _l("收青（千克）"),
    "repeated_kg": _l("反复出现的重量（千克）"),
    "ref": _l("反映编号"),
    "report": _l("报告"),
    "reports": _l("报告（份）"),
    "rounds": _l("往返（圈）"),
    "rows": _l("行数"),
    "sample": _l("样品编号"),
    "scale": _l("秤号"),
    "season": _l("年度"),
    "seen_by": _l("发现者"),
    "serials": _l("标志号码"),
    "share": _l("占比"),
    "shipment": _l("运单"),
    "short_kg": _l("短少（千克）"),
    "short_packs": _l("短少（件）"),
    "since": _l("自"),
    "sittings": _l("补录（天）"),
    "spread_share": _l("彼此相差（标准差）"),
    "state": _l("标志状态"),
    "table": _l("数据表"),
    "times": _l("次数"),
    "township": _l("乡镇代码"),
    "until": _l("至"),
    "used_kg": _l("已用（千克）"),
    "verified_until": _l("检定有效期至"),
    "visit": _l("检查编号"),
    "why": _l("企业说明"),
    "words": _l("检查记录"),
}

#: What to do, by kind; what no kind names is done as the last of them says.
NEXT: Mapping[str, tuple[object, ...]] = {
    "weights.repeating": (
        _l("抽取下表的收青单，核对原始秤单和茶农手中的回执。"),
        _l("电话询问其中几户茶农：当天是否采过茶、交了多少。"),
        _l("查看该企业同期外购鲜叶、干茶的付款记录。"),
    ),
    "receipts.at_night": (
        _l("询问夜间收青的原因，核对当班人员和秤的打印记录。"),
        _l("与茶农核对下表中的收青单。"),
    ),
    "allowance.early": (
        _l("看下表的每一笔收青，核对地块面积和当时的采摘条件。"),
        _l("低海拔早采的地块属于正常；额度偏小的，可以重新核定。"),
    ),
    "allowance.even": (
        _l("现场看几块地：长势不同的地块，产量不会一样。"),
        _l("与茶农核对交售数量，查收青款的支付凭证。"),
    ),
    "entry.back_dated": (
        _l("要求出示当日的纸质秤单；没有秤单的收青单要说明依据。"),
        _l("核对补录的鲜叶是否正好补足了某一批加工或用标申请的缺口。"),
    ),
    "leaf.circling": (
        _l("核对每一程的运单、车辆和过秤记录，问清鲜叶为什么没有当天加工。"),
        _l("查双方的付款凭证；没有货款往来的，多半只是纸面买卖。"),
        _l("与对方所在县（市）局一并核查。"),
    ),
    "marks.dormant": (
        _l("到现场清点未使用的标签，核对号段。"),
        _l("不再包装的，办理缴回；茶叶重量在清点销毁后释放。"),
    ),
    "marks.wasted": (
        _l("要求出示作废的标签，或销毁的记录和照片。"),
        _l("看这些号码有没有被公众查验过。"),
    ),
    "marks.reprinted_often": (
        _l("核对打印机和印刷厂的记录，看补取的文件是否真的没有印出来。"),
        _l("看这些号码有没有被查验过两处。"),
    ),
    "suspension.dated_back": (
        _l("核对包装当日的生产记录；在暂停期间用标的，依规处理。"),
        _l("必要时冻结这些包装批。"),
    ),
    "report.twin": (
        _l("向检验机构核对两份报告的原件和样品编号。"),
        _l("属于冒用的，冻结该批次并重新抽样检验。"),
    ),
    "grade.atypical": (
        _l("从留样或市场抽样复检，看等级是否相符。"),
        _l("核对鲜叶等级和该等级成品的产量。"),
    ),
    "mark.copied": (
        _l("到查验集中的地方买样，与真品比对标签和包装。"),
        _l("查清不是复制的，处置时勾选，公众页面恢复正常。"),
    ),
    "mark.seen_unused": (
        _l("到企业清点这一号段未使用的标签，看有没有流出。"),
        _l("市场上见到的实物要取证，核对内装茶叶来源。"),
    ),
    "mark.seen_withdrawn": (
        _l("问清作废或缴回的标签是否已经销毁。"),
        _l("市场上见到的实物要取证，核对内装茶叶来源。"),
    ),
    "log.mismatch": (
        _l("先停用能直接改动数据库的账户，保存数据库和备份，不要修补。"),
        _l("运行 traceability log verify，记下全部不符之处；用协会等处保存的检查点再核对一次。"),
        _l("从改动前的备份还原，并查明是谁在什么时候改动的。"),
    ),
    "scale.expired": (
        _l("通知企业送检；检定合格以前不得用于收青结算。"),
        _l("误差可能影响茶农利益的，抽查同期收青单。"),
    ),
    "report.failed": (
        _l("批次已自动冻结。看企业的处理：降级、精制或复检。"),
        _l("农残等安全项目不合格的，追查同一批鲜叶的去向。"),
    ),
    "sample.failed": (
        _l("批次及其包装已自动冻结；查清数量和去向，需要时启动召回。"),
        _l("企业申请复检的，用留样复检并在批次页面登记；解除冻结要写明理由。"),
    ),
    "inspection.refused": (_l("依法告知拒绝检查的后果，再次检查；仍然拒绝的，考虑暂停用标。"),),
    "inspection.noted": (_l("到期复查是否改正；涉及茶叶数量或标志的，对照账目核实。"),),
    "transport.short": (
        _l("看短少的数量有没有说明和凭证。"),
        _l("带标志的包装短少，对应的标志应当注销。"),
    ),
    "complaint.overdue": (
        _l("联系企业，问清投诉为什么没有答复，督促当天答复客户。"),
        _l("一再不答复的，列入检查计划。"),
    ),
    "": (
        _l("核对企业的原始记录，问清原因。"),
        _l("需要现场核实的，列入检查计划。"),
    ),
}


def next_steps(code: str) -> tuple[object, ...]:
    """What to do next about a kind of finding."""
    return NEXT.get(code, NEXT[""])


def facts_of(found: Found) -> list[tuple[str, str, str]]:
    """(fact, its name, what it says) of a finding's evidence: those its kind carries, in its order, then the others."""
    shown = words.shown({**found.evidence, **_numbers_as_text(found)})
    order = [*_both(kind_of(found.code).evidence), *shown]
    known = [name for name in dict.fromkeys(order) if name in shown and name in FACTS]
    return [(name, str(FACTS[name]), shown[name]) for name in known]


def _numbers_as_text(found: Found) -> dict[str, str]:
    """Numbers of shipments and plots that people gave are texts already; rows' own numbers mean nothing."""
    return {name: str(found.evidence[name]) for name in ("season",) if name in found.evidence}


def _both(names: tuple[str, ...]) -> list[str]:
    """A weight is shown under another name than it is kept."""
    return [f"{name[:-2]}_kg" if name.endswith("_g") else name for name in names]


def history_line(step: str, result: str | None) -> str:
    """A step of a finding's history in words."""
    said = words.word(step, "finding_step")
    return _("%(step)s：%(result)s", step=said, result=words.word(result, "settlement")) if result else said
