"""Display names for everything a page shows: states, kinds, grades, counties, days, weights, findings.

The core holds codes; here they become words in the language of the request. What the profile names itself (grades,
leaf, counties, parameters) is taken from the profile.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache, wraps
from typing import Any, Protocol

from babel.dates import format_date
from flask import Flask, current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from traceability.domain import marks, units
from traceability.domain.allowance import AskState, LeftOut
from traceability.domain.authorising import ApplicationState, ApplicationStep, Ground, Paper, Side
from traceability.domain.chain import Account, EventKind, LotKind
from traceability.domain.complaints import (
    ComplaintChannel,
    ComplaintKind,
    ComplaintOutcome,
    ComplaintState,
    ComplaintStep,
)
from traceability.domain.doubts import Clock, DoubtKind, DoubtResult, DoubtState
from traceability.domain.findings import Burden, Settlement, State
from traceability.domain.ground import ChangeKind, ChangeState, GroundCheck
from traceability.domain.inspections import (
    Access,
    LineOutcome,
    Result,
    SampleState,
    SampleStep,
    VisitState,
    VisitStep,
    Why,
)
from traceability.domain.marks import JobState, MarkAction, MarkState, Medium, RequestState
from traceability.domain.people import ArtworkState, May, PlotState, Role, Standing
from traceability.domain.profile import Grade, LeafGrade, Profile
from traceability.domain.recalls import NoticeWay, Place, ScopeKind
from traceability.domain.scans import Door, Verdict

#: Names by family and code; an enum is a family of its own, the rest are codes the core keeps as text.
NAMES: Mapping[str, Mapping[str, object]] = {
    "lot": {
        LotKind.LEAF: _l("鲜叶批"),
        LotKind.MADE: _l("干茶批"),
        LotKind.BATCH: _l("成品批次"),
        LotKind.PACKS: _l("包装批"),
    },
    "event": {
        EventKind.LEAF_RECEIPT: _l("收青"),
        EventKind.PROCESSING: _l("加工"),
        EventKind.REFINING: _l("精制"),
        EventKind.BLENDING: _l("拼配"),
        EventKind.SAMPLING: _l("抽样"),
        EventKind.PACKING: _l("包装"),
        EventKind.DISPATCH: _l("发运"),
        EventKind.DELIVERY: _l("到货"),
        EventKind.SALE: _l("销售"),
        EventKind.RETURN: _l("退货"),
        EventKind.DESTRUCTION: _l("销毁"),
        EventKind.STOCK_COUNT: _l("盘点"),
        EventKind.WRITE_OFF: _l("报损"),
    },
    "account": {
        Account.PLOT: _l("茶园采收"),
        Account.HELD: _l("在库"),
        Account.TRANSIT: _l("在途"),
        Account.SOLD: _l("已售"),
        Account.DESTROYED: _l("已销毁"),
        Account.FINES: _l("筛末"),
        Account.REJECTS: _l("拣剔物"),
        Account.SAMPLES: _l("样品"),
        Account.SPILL: _l("散落"),
        Account.OVERFILL: _l("超出净含量"),
        Account.LOSS: _l("损耗"),
    },
    "mark": {
        MarkState.ON_HAND: _l("已发放、未打印"),
        MarkState.PRINTED: _l("已打印、未使用"),
        MarkState.APPLIED: _l("已用于包装"),
        MarkState.RETIRED: _lp("mark", "已注销"),
        MarkState.VOID: _l("已作废"),
        MarkState.RETURNED: _l("已缴回"),
        MarkState.LOST: _l("已报失"),
        MarkState.LAPSED: _l("已过期失效"),
    },
    "action": {
        MarkAction.ISSUE: _l("发放"),
        MarkAction.PRINT: _l("打印"),
        MarkAction.REPRINT: _l("补取"),
        MarkAction.APPLY: _l("贴标"),
        MarkAction.VOID: _l("作废"),
        MarkAction.LOSE: _l("报失"),
        MarkAction.RETURN: _l("缴回"),
        MarkAction.LAPSE: _l("过期失效"),
        MarkAction.RETIRE: _lp("mark", "注销"),
        MarkAction.UNUSE: _l("更正为未使用"),
        MarkAction.RESTORE: _l("恢复"),
    },
    "request": {
        RequestState.FILED: _l("待审批"),
        RequestState.APPROVED: _l("已批准、待发放"),
        RequestState.ISSUED: _l("已发放"),
        RequestState.REFUSED: _l("未批准"),
        RequestState.WITHDRAWN: _l("已撤回"),
    },
    "print": {
        JobState.OPEN: _l("未做完"),
        JobState.DONE: _l("已做好"),
        JobState.STOPPED: _l("已停止"),
    },
    "medium": {Medium.LABELS: _l("标签"), Medium.DATA: _l("编码数据")},
    "verdict": {
        Verdict.UNKNOWN: _l("未查到"),
        Verdict.RECALLED: _l("正在召回"),
        Verdict.WITHDRAWN: _l("标志已失效"),
        Verdict.HELD: _l("暂停销售"),
        Verdict.NOT_IN_USE: _l("标志未启用"),
        Verdict.ATTENTION: _l("疑似被复制"),
        Verdict.EXPIRED: _l("已过保质期"),
        Verdict.SEEN_BEFORE: _l("曾被查验"),
        Verdict.FIRST_SCAN: _l("第一次被查验"),
    },
    "door": {
        Door.PUBLIC: _l("公众查验"),
        Door.STAFF: _l("工作人员查验"),
        Door.COMMAND: _l("命令行查验"),
    },
    "standing": {
        Standing.NONE: _l("未获核准"),
        Standing.AUTHORISED: _l("有效"),
        Standing.SUSPENDED: _l("暂停"),
        Standing.WITHDRAWN: _l("已注销"),
        Standing.EXPIRED: _l("已到期"),
    },
    "role": {
        Role.MANAGER: _l("企业负责人"),
        Role.CLERK: _l("企业经办人"),
        Role.COUNTY: _l("县（市）局"),
        Role.PREFECTURE: _l("州局"),
        Role.OBSERVER: _l("观察员"),
        Role.ADMINISTRATOR: _l("系统管理员"),
    },
    "may": {
        May.RECORD_CHAIN: _l("登记台账"),
        May.AMEND_CHAIN: _l("更正台账"),
        May.READ_CHAIN: _l("查看台账"),
        May.REQUEST_MARKS: _l("申领标志"),
        May.PRINT_MARKS: _l("打印标志"),
        May.VOID_MARKS: _l("作废标志"),
        May.DECIDE_MARKS: _l("审批与发放标志"),
        May.KEEP_SUPPLIERS: _l("维护茶农与地块"),
        May.APPROVE_PLOT: _l("核准地块"),
        May.AUTHORISE: _l("核准用标企业"),
        May.SUSPEND: _l("暂停用标"),
        May.HOLD: _l("冻结批次"),
        May.RECALL: _l("召回"),
        May.RETEST: _l("复检"),
        May.SETTLE: _l("处置线索"),
        May.INSPECT: _l("现场检查与抽样"),
        May.OVERSEE: _l("查看监管信息"),
        May.KEEP_PEOPLE: _l("管理用户与机构"),
        May.KEEP_STAFF: _l("管理本企业人员"),
        May.OVERRIDE_USCC: _l("人工确认信用代码"),
        May.APPLY: _l("申请用标资格"),
        May.REVIEW: _l("初审用标资格申请"),
        May.KEEP_LOG: _l("登记公开日志的共同签名"),
    },
    "artwork": {
        ArtworkState.SUBMITTED: _l("等待核准"),
        ArtworkState.APPROVED: _lp("artwork", "生效"),
        ArtworkState.REFUSED: _l("未核准"),
        ArtworkState.WITHDRAWN: _l("已被替换"),
    },
    "scale_state": {
        "valid": _lp("scale", "有效"),
        "expiring": _lp("scale", "将到期"),
        "expired": _lp("scale", "已过期"),
    },
    "change": {
        ChangeKind.REGISTERED: _l("登记"),
        ChangeKind.SURVEYED: _l("面积与测量变更"),
        ChangeKind.TRANSFERRED: _l("转让"),
    },
    "change_state": {
        ChangeState.OPEN: _lp("change", "待审核"),
        ChangeState.APPROVED: _lp("change", "已核准"),
        ChangeState.REFUSED: _lp("change", "未核准"),
    },
    "check": {
        GroundCheck.NONE: _l("没有位置，未作检查"),
        GroundCheck.BOX: _l("只核对了保护范围的经纬度"),
        GroundCheck.COUNTY: _l("已按县（市）界核对"),
    },
    "ask": {
        AskState.OPEN: _lp("ask", "等待答复"),
        AskState.GRANTED: _lp("ask", "已增加"),
        AskState.REFUSED: _lp("ask", "未批准"),
        AskState.WITHDRAWN: _lp("ask", "已撤回"),
    },
    "plot": {PlotState.PROPOSED: _l("待核准"), PlotState.ACTIVE: _l("有效")},
    "finding": {
        "doubt.raised": _l("公众反映查实"),
        "entry.late": _l("补录过晚"),
        "import.late": _l("整批补录过晚"),
        "scale.expired": _l("秤具过检"),
        "picking.implausible": _l("采量异常"),
        "ratio.outside_band": _l("鲜干比异常"),
        "processing.not_same_day": _l("未当日加工"),
        "refining.after_fail": _l("不合格后精制"),
        "report.failed": _l("检验不合格"),
        "transport.short": _l("到货短少"),
        "transport.refused": _lp("finding", "拒收"),
        "count.shortage": _l("盘点短少"),
        "count.surplus": _l("盘点多出"),
        "amendment.shortage": _l("更正后缺量"),
        "grower.twice": _l("茶农疑似重复登记"),
        "grower.same_telephone": _l("不同茶农同一电话"),
        "plot.same_point": _l("地块位置相同"),
        "plot.overlaps": _l("地块边界重叠"),
        "plot.same_contract": _l("地块承包合同相同"),
        "plot.picked_in_interval": _l("安全间隔期内采摘"),
        "marks.lost": _l("标志报失"),
        "marks.reprinted": _l("标签补取"),
        "mark.copied": _l("疑似被复制"),
        "mark.seen_unused": _l("未启用的标志被查验"),
        "mark.seen_withdrawn": _l("已注销的标志被查验"),
        "authorisation.unused": _l("两年未用标"),
        "inspection.refused": _l("拒绝检查"),
        "inspection.noted": _l("检查发现问题"),
        "sample.failed": _l("抽检不合格"),
        "log.mismatch": _l("公开日志与账目不符"),
        "complaint.overdue": _l("客户投诉逾期未答复"),
        "weights.repeating": _l("相同重量反复出现"),
        "receipts.at_night": _l("夜间集中收青"),
        "allowance.early": _l("额度过早用完"),
        "allowance.even": _l("各地块用量过于均匀"),
        "entry.back_dated": _l("大量事后补录"),
        "leaf.circling": _l("鲜叶往返流转"),
        "marks.dormant": _l("标志长期未用"),
        "marks.wasted": _l("作废、报失偏多"),
        "marks.reprinted_often": _l("多次补取标签"),
        "suspension.dated_back": _l("暂停后补登此前的包装"),
        "report.twin": _l("两份报告数值雷同"),
        "grade.atypical": _l("检验值偏离等级"),
    },
    "province": {
        "AH": _l("安徽"),
        "BJ": _l("北京"),
        "CQ": _l("重庆"),
        "FJ": _l("福建"),
        "GD": _l("广东"),
        "GS": _l("甘肃"),
        "GX": _l("广西"),
        "GZ": _l("贵州"),
        "HA": _l("河南"),
        "HB": _l("湖北"),
        "HE": _l("河北"),
        "HI": _l("海南"),
        "HK": _l("香港"),
        "HL": _l("黑龙江"),
        "HN": _l("湖南"),
        "JL": _l("吉林"),
        "JS": _l("江苏"),
        "JX": _l("江西"),
        "LN": _l("辽宁"),
        "MO": _l("澳门"),
        "NM": _l("内蒙古"),
        "NX": _l("宁夏"),
        "QH": _l("青海"),
        "SC": _l("四川"),
        "SD": _l("山东"),
        "SH": _l("上海"),
        "SN": _l("陕西"),
        "SX": _l("山西"),
        "TJ": _l("天津"),
        "TW": _l("台湾"),
        "XJ": _l("新疆"),
        "XZ": _l("西藏"),
        "YN": _l("云南"),
        "ZJ": _l("浙江"),
    },
    "finding_state": {
        State.OPEN: _l("待处置"),
        State.LOOKING: _lp("finding", "核查中"),
        State.SETTLED: _l("已处置"),
        "waiting": _lp("finding", "未了结"),
    },
    "settlement": {
        Settlement.FRAUD: _l("查实造假"),
        Settlement.BREACH: _l("违反规定"),
        Settlement.CORRECTED: _l("差错，已更正"),
        Settlement.EXPLAINED: _l("情况属实，已说明"),
        Settlement.NO_FAULT: _l("没有问题"),
    },
    "burden": {
        Burden.HEAVY: _lp("burden", "重"),
        Burden.MIDDLE: _lp("burden", "中"),
        Burden.LIGHT: _lp("burden", "轻"),
    },
    "finding_step": {
        "taken": _lp("finding step", "接手核查"),
        "put_back": _lp("finding step", "退回待处置"),
        "settled": _lp("finding step", "处置完毕"),
    },
    "cause": {
        "report.failed": _l("检验不合格"),
        "sample.failed": _l("抽检不合格"),
        "office": _l("监管部门冻结"),
        "shortage": _l("账面缺量"),
    },
    "shipment": {"on_the_way": _l("运输中"), "accepted": _l("已签收"), "refused": _l("已拒收")},
    "channel": {
        "wholesale": _l("批发"),
        "shop": _l("门店"),
        "online": _l("网店"),
        "fair": _l("展会"),
        "other": _l("其他"),
    },
    "grower": {"household": _l("农户"), "cooperative": _l("合作社"), "enterprise": _l("企业")},
    "document": {
        "attachment": _l("附件"),
        "test_report": _l("检验报告"),
        "sample_report": _l("抽检报告"),
        "inspection_photo": _l("检查照片"),
        "plot_photo": _l("地块照片"),
        "authorisation": _l("核准文件"),
        "artwork": _l("标志图样"),
        "certificate": _l("承诺达标合格证"),
        "application": _l("用标资格申请材料"),
        "other": _l("其他"),
    },
    "about": {
        "finding": _lp("about", "线索"),
        "hold": _lp("about", "冻结"),
        "inspection": _lp("about", "检查"),
        "inspection_plan": _lp("about", "检查计划"),
        "sample": _lp("about", "抽检"),
        "recall": _lp("about", "召回"),
        "mark_request": _lp("about", "用标申请"),
        "marks": _lp("about", "标志"),
        "authorisation": _lp("about", "用标资格"),
        "plot": _lp("about", "地块"),
        "plot_change": _lp("about", "地块变更"),
        "allowance": _lp("about", "鲜叶额度"),
        "allowance_request": _lp("about", "额度申请"),
        "allowance_year": _lp("about", "年度额度"),
        "artwork": _lp("about", "专用标志图样"),
        "shortage": _lp("about", "缺量"),
        "retest": _lp("about", "复检"),
        "doubt": _lp("about", "公众反映"),
        "application": _lp("about", "用标资格申请"),
        "complaint": _lp("about", "客户投诉"),
    },
    "left_out": {
        LeftOut.CHANGING: _l("有变更待审核"),
        LeftOut.FOUND: _l("有线索待处置"),
        LeftOut.OWN: _l("由本人或关联企业登记，请同事核定"),
        LeftOut.SET: _l("该年度已有额度"),
    },
    "outcome": {
        "settled": _lp("outcome", "已处置"),
        "held": _lp("outcome", "冻结"),
        "released": _lp("outcome", "解除冻结"),
        "recalled": _lp("outcome", "召回"),
        "approved": _lp("outcome", "批准"),
        "refused": _lp("outcome", "不予批准"),
        "issued": _lp("outcome", "发放"),
        "authorised": _lp("outcome", "核准"),
        "suspended": _lp("outcome", "暂停"),
        "suspension_lifted": _lp("outcome", "恢复用标"),
        "withdrawn": _lp("outcome", "注销"),
        "withdrawn_own_wish": _lp("outcome", "按企业意愿注销"),
        "withdrawn_disuse": _lp("outcome", "因两年未用注销"),
        "passed_on": _lp("outcome", "初审通过，报州局"),
        "sent_back": _lp("outcome", "退回补正"),
        "set": _lp("outcome", "核定"),
        "granted": _lp("outcome", "增加额度"),
        "confirmed": _lp("outcome", "整批核定"),
        "taken_back": _lp("outcome", "撤回核定"),
        "written_off": _lp("outcome", "核销"),
        "destroyed": _lp("outcome", "已销毁"),
        "retested": _lp("outcome", "已复检"),
        "returned": _lp("outcome", "缴回销毁"),
        "restored": _lp("outcome", "恢复标志"),
        "lapsed": _lp("outcome", "过季失效"),
        "closed": _lp("outcome", "结案"),
        "called_off": _lp("outcome", "撤销"),
        "passed": _lp("outcome", "合格"),
        "failed": _lp("outcome", "不合格"),
        "discarded": _lp("outcome", "样品作废"),
    },
    "recall": {"I": _l("一级召回"), "II": _l("二级召回"), "III": _l("三级召回")},
    "recall_scope": {
        ScopeKind.LOT: _l("按批次"),
        ScopeKind.PLOT: _l("按地块"),
        ScopeKind.ENTERPRISE: _l("按企业"),
        ScopeKind.SERIALS: _l("按控制号段"),
    },
    "recall_place": {
        Place.OWN: _l("企业在库"),
        Place.KEPT: _l("外部收货方在库"),
        Place.ON_THE_WAY: _lp("place", "运输中"),
        Place.OUT: _l("已售出"),
        Place.GONE: _l("已销毁或损耗"),
    },
    "field": {
        "announcement_no": _l("公告号"),
        "scope": _l("核准等级"),
        "batch_no": _l("批号"),
        "buyer": _l("购货方"),
        "carrier": _l("承运人"),
        "carton": _l("箱号"),
        "dose": _l("用量"),
        "email": _l("登录名"),
        "file": _l("文件"),
        "lab": _l("检验机构"),
        "name": _l("名称"),
        "no": _l("编号"),
        "place": _l("地点"),
        "product": _l("投入品名称"),
        "reason": _l("原因"),
        "recipient": _l("印刷厂"),
        "witness": _l("在场见证人"),
        "taken_from": _l("陪同人员"),
        "seal_no": _l("封签编号"),
        "words": _l("情况说明"),
        "code": _l("标志码"),
        "report_no": _l("报告编号"),
        "telephone": _l("电话"),
        "packs": _l("件数"),
        "counted": _l("清点数"),
        "interval_days": _l("安全间隔期（天）"),
        "area_mu": _l("面积（亩）"),
        "net_content_g": _l("净含量（克）"),
    },
    "why": {
        Why.RANDOM: _lp("inspection", "随机抽取"),
        Why.FINDING: _lp("inspection", "按线索"),
        Why.COMPLAINT: _lp("inspection", "按公众反映"),
        Why.ORDERED: _lp("inspection", "专项安排"),
    },
    "visit": {
        VisitState.DUE: _lp("visit", "待检查"),
        VisitState.RUNNING: _lp("visit", "检查中"),
        VisitState.DONE: _lp("visit", "已完成"),
        VisitState.CANCELLED: _lp("visit", "已撤销"),
        "open": _lp("visit", "未完成"),
    },
    "visit_step": {
        VisitStep.BEGIN: _lp("visit", "到场"),
        VisitStep.CONCLUDE: _lp("visit", "结束"),
    },
    "access": {
        Access.GRANTED: _lp("access", "准许进入"),
        Access.REFUSED: _lp("access", "拒绝检查"),
        Access.NOBODY: _lp("access", "无人在场"),
    },
    "visit_result": {
        Result.IN_ORDER: _lp("visit result", "未发现问题"),
        Result.MENDED: _lp("visit result", "问题已当场改正"),
        Result.TO_MEND: _lp("visit result", "责令限期改正"),
        Result.HANDED_ON: _lp("visit result", "移送立案"),
        Result.NOT_MADE: _lp("visit result", "未能检查"),
    },
    "line_outcome": {
        LineOutcome.GOOD: _lp("line", "相符"),
        LineOutcome.WRONG: _lp("line", "有问题"),
        LineOutcome.NOT_SEEN: _lp("line", "未查看"),
    },
    "sample": {
        SampleState.TAKEN: _lp("sample", "已抽取、待送检"),
        SampleState.SENT: _lp("sample", "已送检、等报告"),
        SampleState.REPORTED: _lp("sample", "报告待确认"),
        SampleState.PASSED: _lp("sample", "合格"),
        SampleState.FAILED: _lp("sample", "不合格"),
        SampleState.DISCARDED: _lp("sample", "已作废"),
        "waiting": _lp("sample", "未出结论"),
    },
    "sample_step": {
        SampleStep.SEND: _lp("sample", "送检"),
        SampleStep.REPORT: _lp("sample", "录入报告"),
        SampleStep.RETURN: _lp("sample", "退回重录"),
        SampleStep.CONFIRM: _lp("sample", "确认"),
        SampleStep.DISCARD: _lp("sample", "作废"),
    },
    "stage": {"fresh": _l("鲜叶含水率"), "made": _l("干茶含水率")},
    "doubt": {
        DoubtKind.PACK_DIFFERS: _l("包装与查验页面不符"),
        DoubtKind.MARK_MOVED: _l("标志被揭换或重新粘贴"),
        DoubtKind.TEA_ODD: _l("茶叶外观或味道异常"),
        DoubtKind.SEEN_TOO_OFTEN: _l("刚买到，却已被查验过"),
        DoubtKind.OTHER: _l("其他疑问"),
    },
    "doubt_state": {
        DoubtState.OPEN: _lp("doubt", "待核查"),
        DoubtState.SETTLED: _lp("doubt", "已核查"),
    },
    "doubt_result": {
        DoubtResult.CONFIRMED: _l("属实"),
        DoubtResult.UNFOUNDED: _l("不属实"),
        DoubtResult.EXPLAINED: _l("属正常情况，已说明"),
        DoubtResult.UNCLEAR: _l("无法查实"),
    },
    "complaint_channel": {
        ComplaintChannel.TELEPHONE: _l("电话"),
        ComplaintChannel.COUNTER: _l("到店"),
        ComplaintChannel.DOUBT: _l("查验页反映"),
        ComplaintChannel.HOTLINE: _l("12315 转办"),
    },
    "complaint": {
        ComplaintKind.TASTE: _l("外观、香气或滋味"),
        ComplaintKind.SPOILED: _l("受潮、霉变或异物"),
        ComplaintKind.SHORT: _l("分量不足"),
        ComplaintKind.LABEL: _l("标签或标志不符"),
        ComplaintKind.PACKAGE: _l("包装破损"),
        ComplaintKind.OTHER: _l("其他"),
    },
    "complaint_state": {
        ComplaintState.RECEIVED: _lp("complaint", "待答复"),
        ComplaintState.ANSWERED: _lp("complaint", "已答复"),
        ComplaintState.CLOSED: _lp("complaint", "已办结"),
    },
    "complaint_step": {
        ComplaintStep.ANSWER: _lp("complaint step", "答复"),
        ComplaintStep.CLOSE: _lp("complaint step", "办结"),
        ComplaintStep.REOPEN: _lp("complaint step", "重新打开"),
    },
    "complaint_outcome": {
        ComplaintOutcome.EXPLAINED: _l("说明情况，客户接受"),
        ComplaintOutcome.REPLACED: _l("换货"),
        ComplaintOutcome.REFUNDED: _l("退货退款"),
        ComplaintOutcome.REJECTED: _l("不予受理（写明理由）"),
    },
    "place": {
        Place.OWN: _l("本企业在库"),
        Place.KEPT: _l("代管收货方在库"),
        Place.ON_THE_WAY: _lp("place", "运输中"),
        Place.OUT: _l("已售出或在其他企业"),
        Place.GONE: _l("已销毁或损耗"),
    },
    "notice_way": {
        NoticeWay.TELEPHONE: _l("电话"),
        NoticeWay.MESSAGE: _l("短信或微信"),
        NoticeWay.PAPER: _l("书面"),
        NoticeWay.VISIT: _l("上门"),
    },
    "application": {
        ApplicationState.FILED: _lp("application", "待县局初审"),
        ApplicationState.RETURNED: _lp("application", "待企业补正"),
        ApplicationState.PASSED: _lp("application", "待州局决定"),
        ApplicationState.GRANTED: _lp("application", "已核准"),
        ApplicationState.REFUSED: _lp("application", "未核准"),
        ApplicationState.TAKEN_BACK: _lp("application", "企业已撤回"),
    },
    "application_step": {
        ApplicationStep.FILE: _lp("application step", "提交申请"),
        ApplicationStep.ADD: _lp("application step", "补充材料"),
        ApplicationStep.RETURN: _lp("application step", "退回补正"),
        ApplicationStep.ANSWER: _lp("application step", "补正"),
        ApplicationStep.FORWARD: _lp("application step", "初审通过，报州局"),
        ApplicationStep.GRANT: _lp("application step", "核准公告"),
        ApplicationStep.REFUSE: _lp("application step", "不予核准"),
        ApplicationStep.TAKE_BACK: _lp("application step", "撤回申请"),
    },
    "side": {
        Side.FIRM: _lp("side", "企业"),
        Side.COUNTY: _lp("side", "县（市）局"),
        Side.PREFECTURE: _lp("side", "州局"),
    },
    "paper": {
        Paper.LICENCE: _l("营业执照"),
        Paper.FOOD_LICENCE: _l("食品生产许可证"),
        Paper.ORIGIN: _l("产地证明"),
        Paper.REPORT: _l("产品检验报告"),
        Paper.QUALITY: _l("质量管理制度"),
        Paper.OTHER: _l("其他材料"),
    },
    "ground": {
        Ground.BREACH: _l("不再符合用标条件"),
        Ground.OWN_WISH: _l("企业自愿放弃"),
        Ground.DISUSE: _l("连续两年未使用"),
    },
}

_FAMILY: Mapping[type[Enum], str] = {
    Why: "why",
    VisitState: "visit",
    VisitStep: "visit_step",
    Access: "access",
    Result: "visit_result",
    LineOutcome: "line_outcome",
    SampleState: "sample",
    SampleStep: "sample_step",
    LotKind: "lot",
    EventKind: "event",
    Account: "account",
    MarkState: "mark",
    MarkAction: "action",
    RequestState: "request",
    JobState: "print",
    Medium: "medium",
    Verdict: "verdict",
    Door: "door",
    Standing: "standing",
    Role: "role",
    May: "may",
    ArtworkState: "artwork",
    PlotState: "plot",
    AskState: "ask",
    ChangeKind: "change",
    ChangeState: "change_state",
    GroundCheck: "check",
    DoubtKind: "doubt",
    DoubtResult: "doubt_result",
    DoubtState: "doubt_state",
    ComplaintChannel: "complaint_channel",
    ComplaintKind: "complaint",
    ComplaintState: "complaint_state",
    LeftOut: "left_out",
    ComplaintStep: "complaint_step",
    ComplaintOutcome: "complaint_outcome",
    Place: "place",
    NoticeWay: "notice_way",
    ApplicationState: "application",
    ApplicationStep: "application_step",
    Side: "side",
    Paper: "paper",
    Ground: "ground",
    State: "finding_state",
    Settlement: "settlement",
    Burden: "burden",
}


# --- names --------------------------------------------------------------------------------------------------


class Named(Protocol):
    """What the profile names in both languages."""

    @property
    def zh(self) -> str:
        """In Chinese."""

    @property
    def en(self) -> str:
        """In English."""


def profile() -> Profile:
    """The profile the app was built with."""
    found: Profile = current_app.extensions["profile"]
    return found


def english() -> bool:
    """Whether this request is answered in English."""
    return bool(get_locale().language == "en")


def named(thing: Named) -> str:
    """The name of a thing of the profile in the current language."""
    return thing.en if english() else thing.zh


def word(code: object, family: str = "") -> str:
    """The display name of an enum member, or of a code kept as text; what has no name is shown as it is.

    A code that several families use needs its family: `{{ shipment.state|word("shipment") }}`.
    """
    if isinstance(code, Grade):
        return named(profile().grade_rule(code))
    if isinstance(code, LeafGrade):
        return named(profile().leaf_rule(code))
    chosen = family or (_FAMILY.get(type(code), "") if isinstance(code, Enum) else "")
    key = str(code)
    if chosen:
        return str(NAMES.get(chosen, {}).get(key, key))
    return next((str(names[key]) for names in NAMES.values() if key in names), key)


def names_of(family: str) -> list[tuple[str, str]]:
    """Code and name of everything in a family, in the current language."""
    area = profile()
    if family == "grade":
        return [(one.value, word(one)) for one in Grade]
    if family == "leaf_grade":
        return [(one.value, word(one)) for one in LeafGrade]
    if family == "county":
        return [(one.code, named(one)) for one in area.counties]
    return [(str(code), str(name)) for code, name in NAMES[family].items()]


def county(code: str) -> str:
    """A county of the area (or the prefecture) by its code; six digits of a township code will do."""
    area = profile()
    found = next((one for one in (*area.counties, area.prefecture) if one.code == code[:6]), None)
    return named(found) if found else code


def bureau(code: str) -> str:
    """The market regulation bureau of a county."""
    area = profile()
    found = next((one for one in (*area.counties, area.prefecture) if one.code == code[:6]), None)
    return code if found is None else found.bureau_en if english() else found.bureau_zh


def parameter(key: str) -> str:
    """What a test report calls a parameter."""
    try:
        return named(profile().parameter(key))
    except KeyError:
        return key


def check_item(key: str) -> str:
    """A thing inspectors look at."""
    found = profile().check_item(key)
    return key if found is None else named(found)


def right(key: str) -> str:
    """The right a mark is used under."""
    return next((named(one) for one in profile().rights if one.key == key), key)


def wording(key: str, on: date) -> str:
    """The words beside the mark under a right, on a pack of that day; nothing while a number they need is not known."""
    if all(one.key != key for one in profile().rights):
        return ""
    return profile().basis_wording(key, "en" if english() else "zh", on) or ""


def season_part(key: str) -> str:
    """A part of the season."""
    return next((named(one) for one in profile().season_parts if one.key == key), key)


def listed(parts: Iterable[object]) -> str:
    """Several things in one line, as the language separates them."""
    return str(_("、")).join(str(one) for one in parts)


# --- figures ------------------------------------------------------------------------------------------------


def kg(grams: int | None) -> str:
    """Grams as kilograms, without the unit; nothing for nothing known."""
    return "" if grams is None else units.kg(grams)


def content(grams: int) -> str:
    """A net content with its unit, as a pack states it: grams below one kilogram."""
    if grams < 1000:
        return str(_("%(n)s 克", n=grams))
    kilograms = f"{Decimal(grams) / 1000:f}".rstrip("0").rstrip(".")
    return str(_("%(n)s 千克", n=kilograms))


def percent(thousandths: int) -> str:
    """A share in thousandths as a percentage: "44.9 %"."""
    return f"{thousandths / 10:.1f} %"


def day(value: date | datetime | str | None, *, year: bool = True) -> str:
    """A day in Asia/Shanghai: "2026年4月6日", "6 April 2026"."""
    found = _as_day(value)
    if found is None:
        return "" if value is None else str(value)
    return _day_in(found, year, english())


@lru_cache(maxsize=4096)
def _day_in(value: date, year: bool, english: bool) -> str:
    """Days come again and again, and a format is read each time."""
    if english:
        return format_date(value, "d MMMM y" if year else "d MMMM", locale="en")
    return format_date(value, "y年M月d日" if year else "M月d日", locale="zh_Hans")


def _as_day(value: date | datetime | str | None) -> date | None:
    if isinstance(value, datetime):
        return units.local_day(value)
    if isinstance(value, str):
        try:
            return _as_day(datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value))
        except ValueError:
            return None
    return value


def days(first: date | datetime, last: date | datetime, *, year: bool = True) -> str:
    """A day, or a stretch of days without saying its month or year twice: "2026年3月26日至27日"."""
    one, two = _as_day(first), _as_day(last)
    if one is None or two is None or one == two:
        return day(first, year=year)
    both = one.year == two.year
    if english():
        start = "d" if both and one.month == two.month else "d MMMM" if both else "d MMMM y"
        return f"{format_date(one, start, locale='en')}–{day(two, year=year or not both)}"
    end = "d日" if both and one.month == two.month else "M月d日" if both else "y年M月d日"
    return f"{day(one, year=year or not both)}至{format_date(two, end, locale='zh_Hans')}"


def moment(value: datetime | None) -> str:
    """A moment as the clocks in Duyun show it: "2026年4月6日 16:10"."""
    return moment_in(value, english()) if value else ""


def moment_in(value: datetime, english: bool) -> str:
    """A moment in a language that is known already."""
    here = units.local(value)
    return f"{_day_in(here.date(), True, english)}{', ' if english else ' '}{here:%H:%M}"


def clock(value: datetime) -> str:
    """The time of day in Duyun."""
    return f"{units.local(value):%H:%M}"


def due(clock: Clock | None) -> str:
    """How much time an answer has left, in working days: "还剩 3 个工作日"."""
    if clock is None:
        return ""
    if clock.overdue:
        return _("逾期 %(n)s 个工作日", n=-clock.left)
    return _("还剩 %(n)s 个工作日", n=clock.left) if clock.left else _("今天是最后一天")


def control(serial: int) -> str:
    """A control number as printed: ten digits."""
    return marks.control_number(serial)


def code(text: str) -> str:
    """A code as printed: groups of four."""
    return marks.grouped(text.replace("-", ""))


#: Stands for a number in a page that is kept without it.
HOLE, MOMENT_HOLE = "\ue003", "\ue004"

_WHOLE = re.compile(
    r"\d{4}年\d+月\d+日(?:至(?:(?:\d{4}年)?\d+月)?\d+日)?(?: \d\d:\d\d)?"
    r"|\d+月\d+日(?:至(?:\d+月)?\d+日)?"
    r"|\d{1,2} [A-Z][a-z]+ \d{4}(?:, \d\d:\d\d)?"
    r"|(?:GB|DB)[\d/T ]+\d+(?:—\d{4})?"
    r"|\ue004"
    r"|[\d\ue003][\d.,]* ?(?:千克|克|件|次|枚|块|天|小时|位|地|号|%|kg|g\b|mg/kg)"
)


def unbroken(text: object) -> Markup:
    """A text whose dates, figures with units and standard numbers stay on one line."""
    return Markup(_WHOLE.sub(lambda found: f'<span class="nb">{found[0]}</span>', str(escape(text))))  # noqa: S704 (escaped)


# --- facts in sentences -------------------------------------------------------------------------------------

#: Numbers of rows mean nothing to people: a fact of this name is shown only when it is a number people gave.
_ROW_IDS = frozenset({"lot", "plot", "scale", "product", "shipment", "request", "hold", "shortage", "sale"})
_DAYS = frozenset(
    {"verified_until", "day", "until", "active_from", "plucked_on", "best_before", "reported_on", "since"}
)
_GRADES = frozenset({"grade", "asked", "best", "scope"})
_FAMILY_OF_FACT = {
    "state": "mark",
    "cause": "cause",
    "role": "role",
    "because": "finding",
    "permission": "may",
    "provinces": "province",
    "stage": "stage",
    "field": "field",
    "visit_state": "visit",
    "sample_state": "sample",
}


def shown(facts: Mapping[str, object]) -> dict[str, str]:
    """Facts as a sentence shows them; what is not known, empty or a row's number is left out.

    Whole grams (`…_g`) become kilograms without a unit under the name `…_kg`.
    """
    found: dict[str, str] = {}
    for name, value in facts.items():
        if value in (None, "", [], ()) or (name in _ROW_IDS and isinstance(value, int)):
            continue
        if name.endswith("_g") and isinstance(value, int):
            found[f"{name[:-2]}_kg"] = units.kg(value)
        else:
            found[name] = _shown(name, value)
    return found


#: Facts of a way of their own: shares in thousandths, deviations in thousandths of a standard deviation.
_OWN_WAY: Mapping[str, Callable[[Any], str]] = {
    "share": percent,
    "mean_share": percent,
    "spread_share": percent,
    "deviation": lambda thousandths: f"{Decimal(thousandths) / 1000:.1f}",
    "part": season_part,
    "item": check_item,
}


def _shown(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return listed(_shown(name, one) for one in value)
    if name in {"failing", "parameter"}:
        return parameter(str(value))
    if name in _GRADES and isinstance(value, str) and value in list(Grade):
        return word(Grade(value))
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date) or name in _DAYS:
        return day(value)  # type: ignore[arg-type]
    if name == "kind":
        return word(value, "lot" if str(value) in NAMES["lot"] else "event")
    if name in _OWN_WAY and isinstance(value, int | str):
        return _OWN_WAY[name](value)
    if name in _FAMILY_OF_FACT:
        return word(value, _FAMILY_OF_FACT[name])
    return word(value) if isinstance(value, Enum) else str(value)


_BLANK = re.compile(r"%\((\w+)\)s|%%")


def fill(texts: Iterable[object], values: Mapping[str, str]) -> str:
    """The first text whose every blank is known, filled in; the last of them should have none."""
    chosen = ""
    for one in texts:
        chosen = str(one)
        if all(name in values for name in _BLANK.findall(chosen) if name):
            break
    return _BLANK.sub(lambda blank: values.get(blank[1], "—") if blank[1] else "%", chosen)


class Found(Protocol):
    """A finding as read."""

    @property
    def code(self) -> str:
        """What was found."""

    @property
    def evidence(self) -> Mapping[str, object]:
        """The facts that explain it."""


_FINDINGS: Mapping[str, tuple[object, ...]] = {
    "doubt.raised": (
        _l("消费者反映（编号 %(ref)s）经核查转为线索，涉及标志 No. %(serial)s。"),
        _l("消费者反映（编号 %(ref)s）经核查转为线索。"),
        _l("一份消费者反映经核查转为线索。"),
    ),
    "entry.late": (_l("发生 %(days)s 天之后才登记。"), _l("发生很久之后才登记。")),
    "import.late": (
        _l("工作簿里有 %(rows)s 行是过后补录的，最早的一行在 %(hours)s 小时之前。"),
        _l("工作簿里有许多行是过后补录的。"),
    ),
    "scale.expired": (
        _l("称重所用的秤 %(scale)s 检定有效期至 %(verified_until)s，称重当日不在有效期内。"),
        _l("称重当日，所用的秤不在检定有效期内。"),
    ),
    "picking.implausible": (
        _l("地块 %(plot)s（%(area_mu)s 亩）在 %(day)s 一天采收 %(picked_kg)s 千克，超出通常可能的采量。"),
        _l("一天的采收量超出地块面积通常可能的采量。"),
    ),
    "ratio.outside_band": (
        _l("鲜干比 %(ratio)s 不在通常范围内。企业说明：%(reason)s"),
        _l("鲜干比 %(ratio)s 不在通常范围内。"),
        _l("鲜干比不在通常范围内。"),
    ),
    "processing.not_same_day": (
        _l("鲜叶不是采摘当天加工（加工日 %(day)s）。企业说明：%(reason)s"),
        _l("鲜叶不是采摘当天加工（加工日 %(day)s）。"),
        _l("鲜叶不是采摘当天加工。"),
    ),
    "refining.after_fail": (
        _l("检验不合格的批次 %(batches)s 被精制成新的批次。"),
        _l("检验不合格的批次被精制成新的批次。"),
    ),
    "report.failed": (_l("批次 %(batch)s 检验不合格：%(failing)s。"), _l("检验不合格。")),
    "transport.short": (
        _l("批次 %(lot)s 到货比发出少 %(short_packs)s 件（%(short_kg)s 千克）。"),
        _l("批次 %(lot)s 到货比发出少 %(short_kg)s 千克。"),
        _l("到货比发出少。"),
    ),
    "transport.refused": (_l("运单 %(shipment)s 被收货方拒收：%(reason)s"), _l("货物被收货方拒收。")),
    "count.shortage": (
        _l("批次 %(lot)s 盘点比账面少 %(difference_kg)s 千克，已作损耗。"),
        _l("盘点比账面少。"),
    ),
    "count.surplus": (
        _l("批次 %(lot)s 盘点比账面多 %(difference_kg)s 千克；多出的数量不入账。"),
        _l("盘点比账面多；多出的数量不入账。"),
    ),
    "amendment.shortage": (
        _l("更正后批次 %(lot)s 有 %(short_kg)s 千克已经贴标、无法冲回。更正原因：%(reason)s"),
        _l("更正后有茶叶已经贴标、无法冲回。"),
    ),
    "plot.picked_in_interval": (
        _l("地块 %(plot)s 在 %(from)s 至 %(until)s 的安全间隔期内收过 %(picked_kg)s 千克鲜叶。"),
        _l("安全间隔期内收过这个地块的鲜叶。"),
    ),
    "marks.lost": (
        _l("企业报失标志 %(marks)s 枚：%(serials)s。说明：%(why)s"),
        _l("企业报失标志。"),
    ),
    "marks.reprinted": (
        _l(
            "打印任务 %(job)s 的文件 %(file)s（%(marks)s 枚）第 %(times)s 次报称没有印出来，"
            "再取一次。说明：%(why)s"
        ),
        _l("企业报称文件没有印出来，再取一次。"),
    ),
    "mark.copied": (
        _l(
            "标志 %(mark)s 先后被 %(people)s 个不同来源查验 %(looks)s 次，分散在 %(occasions)s 个时段，"
            "不像出自同一件茶，可能被复制。"
        ),
        _l("查验记录不像出自同一件茶，标志可能被复制。"),
    ),
    "mark.seen_unused": (
        _l("标志 %(mark)s 还没有登记用在包装上，却有公众查验：标签可能已经流出。同批其他标志见查验记录。"),
        _l("还没有用在包装上的标志被公众查验，标签可能已经流出。"),
    ),
    "mark.seen_withdrawn": (
        _l("标志 %(mark)s 的状态是“%(state)s”，却有公众查验：标签可能仍在使用。同批其他标志见查验记录。"),
        _l("已经作废、缴回、报失、失效或注销的标志被公众查验，标签可能仍在使用。"),
    ),
    "inspection.refused": (
        _l("检查 %(visit)s 时企业拒绝检查人员进入。记录：%(words)s"),
        _l("企业拒绝检查人员进入。"),
    ),
    "inspection.noted": (
        _l("检查 %(visit)s 查看%(item)s时发现：%(words)s"),
        _l("现场检查发现问题。"),
    ),
    "sample.failed": (
        _l("样品 %(sample)s（批次 %(batch)s）抽检不合格：%(failing)s。"),
        _l("抽检不合格。"),
    ),
    "complaint.overdue": (
        _l("客户投诉 %(complaint)s 最迟应于 %(until)s答复，至今没有答复。"),
        _l("客户投诉过了期限，企业仍没有答复。"),
    ),
    "authorisation.unused": (
        _l(
            "%(name)s 自 %(since)s 以来没有使用过标志，已满 %(years)s 年。请先督促整改；不再使用的，可以注销用标资格。"
        ),
        _l("有用标资格的企业连续两年没有使用过标志。"),
    ),
    "log.mismatch": (
        _l(
            "公开日志有 %(differences)s 处与账目不符，第一处在 %(table)s 表的 %(key)s（%(column)s）："
            "有人直接改动了数据库。"
        ),
        _l("公开日志与账目不符：有人直接改动了数据库。"),
    ),
    "weights.repeating": (
        _l(
            "地块 %(plot)s 的 %(receipts)s 笔收青里，%(repeated_kg)s 千克出现 %(times)s 次；"
            "重量两两相同的有 %(pairs)s 对，按巧合约为 %(chance_pairs)s 对。"
        ),
        _l(
            "%(receipts)s 笔收青里，%(repeated_kg)s 千克出现 %(times)s 次；"
            "重量两两相同的有 %(pairs)s 对，按巧合约为 %(chance_pairs)s 对。"
        ),
        _l("同样的重量反复出现，比巧合多得多。"),
    ),
    "receipts.at_night": (
        _l(
            "有 %(nights)s 个夜里（22:30 至 5:00）集中收青，共 %(receipts)s 笔、"
            "%(received_kg)s 千克，一夜最多 %(most)s 笔。"
        ),
        _l("夜里集中收青。"),
    ),
    "allowance.early": (
        _l(
            "地块 %(plot)s 在 %(part)s 的 %(of_days)s 天里才过 %(days)s 天，"
            "额度 %(allowed_kg)s 千克已用 %(used_kg)s 千克。"
        ),
        _l("地块的额度在茶季早期已基本用完。"),
    ),
    "allowance.even": (
        _l(
            "%(part)s 用到的 %(plots)s 个地块，额度都用到 %(mean_share)s 上下，"
            "彼此相差不过 %(spread_share)s；茶园产量通常参差不齐。"
        ),
        _l("所用地块的额度都用到几乎相同的比例。"),
    ),
    "entry.back_dated": (
        _l(
            "%(receipts)s 笔收青（%(received_kg)s 千克，占全部的 %(share)s）在多日之后分 %(sittings)s 天集中补录。"
        ),
        _l("大量收青在多日之后集中补录。"),
    ),
    "leaf.circling": (
        _l(
            "鲜叶在本企业与 %(firms)s 之间转了 %(rounds)s 圈：送出 %(gave_kg)s 千克，收回 %(got_kg)s 千克，"
            "其中 %(home)s 批回到原收青企业。鲜叶当天要加工，没有往返的道理。"
        ),
        _l("鲜叶在几家企业之间往返流转。"),
    ),
    "marks.dormant": (
        _l("发放的 %(issued)s 枚标志里，有 %(marks)s 枚超过 %(days)s 天没有使用，最早的在 %(since)s 发放。"),
        _l("发放的标志长期没有使用。"),
    ),
    "marks.wasted": (
        _l("发放的 %(issued)s 枚标志里，作废和报失 %(marks)s 枚，占 %(share)s，高于打印的正常损耗。"),
        _l("作废和报失的标志高于打印的正常损耗。"),
    ),
    "marks.reprinted_often": (
        _l("本季打印文件 %(times)s 次报称没有印出来、重新取走。"),
        _l("打印文件多次报称没有印出来。"),
    ),
    "suspension.dated_back": (
        _l("%(since)s 暂停用标以后，又登记了 %(packings)s 次日期在暂停之前的包装，用去标志 %(marks)s 枚。"),
        _l("暂停用标以后，登记了日期在暂停之前的包装。"),
    ),
    "report.twin": (
        _l(
            "批次 %(batch)s 的报告 %(report)s 与批次 %(earlier_batch)s 的报告 %(earlier)s "
            "有 %(alike)s 项数值完全相同（共 %(of_values)s 项）。"
        ),
        _l("两个批次的检验报告数值雷同。"),
    ),
    "grade.atypical": (
        _l(
            "本企业 %(grade)s 的 %(reports)s 份报告，"
            "数值普遍偏向低一等级（平均偏离 %(deviation)s 个标准差），以批次 %(batch)s 为最。"
        ),
        _l("检验数值普遍偏向低一等级。"),
    ),
    "grower.twice": (
        _l("茶农 %(grower)s 与同一乡镇（%(township)s）已登记的茶农同名，可能重复登记。"),
        _l("同一乡镇有同名茶农，可能重复登记。"),
    ),
    "grower.same_telephone": (
        _l("茶农 %(grower)s 与茶农 %(other)s 登记了同一个电话，可能是同一户。"),
        _l("两户茶农登记了同一个电话，可能是同一户。"),
    ),
    "plot.same_point": (
        _l("地块 %(plot)s 与地块 %(other)s 的位置只相距 %(metres)s 米，可能是同一块地。"),
        _l("两个地块的位置相同，可能是同一块地。"),
    ),
    "plot.overlaps": (
        _l("地块 %(plot)s 与地块 %(other)s 的边界重叠，同一片茶园可能登记了两次。"),
        _l("两个地块的边界重叠，同一片茶园可能登记了两次。"),
    ),
    "plot.same_contract": (
        _l("地块 %(plot)s 与地块 %(other)s 用了同一个承包合同编号 %(contract)s。"),
        _l("两个地块用了同一个承包合同编号。"),
    ),
}


def finding_sentence(finding: Found) -> str:
    """What a finding says, with its figures; a code without a sentence is shown by its name."""
    return sentence(finding.code, finding.evidence)


def sentence(finding: str, evidence: Mapping[str, object]) -> str:
    """The sentence of a finding's code and evidence."""
    texts = _FINDINGS.get(finding)
    if texts is None:
        return word(finding, "finding")
    facts = {**evidence}
    if not facts.get("short_packs"):
        facts.pop("short_packs", None)
    difference = facts.get("difference_g")
    if isinstance(difference, int):
        facts["difference_g"] = abs(difference)
    if isinstance(facts.get("shipment"), int):
        facts["shipment"] = str(facts["shipment"])
    if finding == "entry.late" and isinstance(hours := facts.get("hours"), int):
        facts["days"] = hours // 24
    return fill(texts, shown(facts))


# --- on pages -----------------------------------------------------------------------------------------------

FILTERS: Mapping[str, Callable[..., str]] = {
    "kg": kg,
    "content": content,
    "percent": percent,
    "day": day,
    "moment": moment,
    "clock": clock,
    "word": word,
    "county": county,
    "bureau": bureau,
    "parameter": parameter,
    "check_item": check_item,
    "right": right,
    "wording": wording,
    "season_part": season_part,
    "listed": listed,
    "control": control,
    "due": due,
    "code": code,
    "finding": finding_sentence,
    "named": named,
    "unbroken": unbroken,
}


def _asked_anew(say: Callable[..., str]) -> Callable[..., str]:
    """Asked whenever a page is made: of a constant Jinja would keep what the language of the compiling request says."""

    @pass_context
    @wraps(say)
    def asked(_context: Context, *args: object, **named: object) -> str:
        return say(*args, **named)

    return asked


def register(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.filters.update({name: _asked_anew(say) for name, say in FILTERS.items()})
    app.jinja_env.globals.update(days=days)
