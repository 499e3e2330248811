"""What is refused, in words: one table from a refusal's code to its HTTP status and text, and the pages for errors.

Each code has one or more texts, richest first: the first whose every blank the refusal's facts can fill is used, and
the last has no blank, so that a text never depends on a fact being there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header

from traceability.domain.errors import Refusal
from traceability.web import words

NOT_FOUND, FORBIDDEN, CONFLICT, TOO_LARGE, UNFIT = 404, 403, 409, 413, 422


@dataclass(frozen=True)
class Wording:
    """How a refusal is answered: the status, and its texts, richest first."""

    status: int
    texts: tuple[object, ...]


def _say(status: int, *texts: object) -> Wording:
    return Wording(status, texts)


WORDINGS: Mapping[str, Wording] = {
    "refused": _say(UNFIT, _l("这项操作没有被接受，什么也没有写入。")),
    "not_found": _say(NOT_FOUND, _l("没有找到所指的内容。")),
    "not_allowed": _say(
        FORBIDDEN, _l("%(role)s不能办理这件事（%(permission)s）。"), _l("您的岗位不能办理这件事。")
    ),
    # --- what was typed
    "weight.unreadable": _say(
        UNFIT,
        _l("“%(text)s”不是重量。请填数字，默认单位千克，也可写单位，例如 31.2、62.4斤、500克。"),
        _l("请填重量：数字，默认单位千克，也可写单位，例如 31.2、62.4斤、500克。"),
    ),
    "weight.not_positive": _say(UNFIT, _l("重量应大于 0。")),
    "weight.too_fine": _say(
        UNFIT,
        _l("“%(text)s”不是整克。账目以克为最小单位，千克最多写三位小数。"),
        _l("账目以克为最小单位，千克最多写三位小数。"),
    ),
    "weight.too_large": _say(
        UNFIT,
        _l("“%(text)s”超过单次重量上限 %(limit_kg)s 千克，请检查单位和小数点。"),
        _l("超过单次重量上限，请检查单位和小数点。"),
    ),
    "number.unreadable": _say(UNFIT, _l("“%(text)s”不是可用的数字。"), _l("请填数字。")),
    "number.out_of_range": _say(
        UNFIT, _l("%(text)s 超出范围，应在 %(low)s 到 %(high)s 之间。"), _l("数字超出可能的范围。")
    ),
    "day.unreadable": _say(
        UNFIT, _l("“%(text)s”不是日期。请按 2026-03-26 的样子填写。"), _l("请填日期，例如 2026-03-26。")
    ),
    "moment.unreadable": _say(
        UNFIT,
        _l("“%(text)s”不是日期和时间。请按 2026-03-26 18:05 的样子填写。"),
        _l("请填日期和时间，例如 2026-03-26 18:05。"),
    ),
    "grade.unknown": _say(
        UNFIT, _l("没有“%(text)s”这个等级。等级有尊品、珍品、特级、一级、二级。"), _l("没有这个等级。")
    ),
    "county.unknown": _say(
        UNFIT, _l("“%(text)s”不是保护范围内 12 个县（市）之一。"), _l("不是保护范围内 12 个县（市）之一。")
    ),
    "text.missing": _say(UNFIT, _l("请填写%(field)s。"), _l("这一项需要填写。")),
    "text.too_long": _say(
        UNFIT, _l("%(field)s最多 %(longest)s 个字，现在有 %(length)s 个。"), _l("填写的内容太长。")
    ),
    "choice.unknown": _say(
        UNFIT,
        _l("有效期的最后一天（%(last_day)s）不能早于第一天；核准等级至少选一个。"),
        _l("没有“%(choice)s”这个选项。"),
        _l("请从所列选项中选择。"),
    ),
    "reason.missing": _say(
        UNFIT,
        _l("鲜干比 %(ratio)s 不在通常范围内：请写明原因，系统会记录并提示县局。"),
        _l("鲜叶应当天采摘、当天加工，本次加工日是 %(day)s：请写明原因，系统会记录并提示县局。"),
        _l("请写明原因。"),
    ),
    "number.taken": _say(
        CONFLICT, _l("“%(no)s”已被使用，请换一个。"), _l("这个编号或名称已被使用，请换一个。")
    ),
    "time.future": _say(
        UNFIT, _l("不能登记将来的事：填的是 %(at)s，现在是 %(now)s。"), _l("不能登记将来的事。")
    ),
    "time.before_inputs": _say(
        UNFIT,
        _l("时间 %(at)s 早于所用茶叶或货物产生的时间 %(born)s。"),
        _l("时间早于所用茶叶或货物产生的时间。"),
    ),
    "request.key_reused": _say(CONFLICT, _l("这张表已经提交过，这次的内容却不同。请重新打开页面再填。")),
    "books.busy": _say(CONFLICT, _l("账本正在写入一批较大的登记，暂时算不出结果；不影响保存。")),
    # --- people, plots, scales, products
    "uscc.invalid": _say(
        UNFIT,
        _l("统一社会信用代码 %(uscc)s 的校验位不对（GB 32100—2015），请核对 18 位代码。"),
        _l("统一社会信用代码的校验位不对（GB 32100—2015），请核对 18 位代码。"),
    ),
    "uscc.taken": _say(CONFLICT, _l("统一社会信用代码 %(uscc)s 的企业已经登记。"), _l("这家企业已经登记。")),
    "gtin.invalid": _say(
        UNFIT, _l("商品条码 %(gtin)s 的校验位不对，请核对数字。"), _l("商品条码的校验位不对，请核对数字。")
    ),
    "township.unreadable": _say(
        UNFIT,
        _l("“%(township)s”不是乡镇代码。乡镇代码是 9 位数字，例如 522701110。"),
        _l("乡镇代码是 9 位数字，例如 522701110。"),
    ),
    "certificate.missing": _say(UNFIT, _l("请填承诺达标合格证编号：没有合格证的鲜叶不能收。")),
    "account.taken": _say(CONFLICT, _l("登录名 %(email)s 已被使用。"), _l("这个登录名已被使用。")),
    "role.misplaced": _say(
        UNFIT,
        _l("%(role)s须指定所属企业。"),
        _l("%(role)s须指定所在县（市）。"),
        _l("企业岗位须指定企业，县（市）局岗位须指定县（市）。"),
    ),
    "decision.own": _say(
        FORBIDDEN, _l("不能对自己填报的内容、自己的账户或与自己有关联的企业作决定，请由其他人员办理。")
    ),
    "decision.same_person": _say(
        FORBIDDEN,
        _l("县（市）局初审和州局决定必须由两个人办理；这件申请在县（市）局是您办的，请由其他人员决定。"),
    ),
    "decision.already": _say(CONFLICT, _l("这件事已经作出决定，请刷新页面查看结果。")),
    "plan.empty": _say(UNFIT, _l("请至少抽取一家企业。")),
    "plan.firms_too_few": _say(
        UNFIT, _l("要抽 %(asked)s 家，符合条件的只有 %(known)s 家。"), _l("符合条件的企业不够抽取。")
    ),
    "plan.inspectors_too_few": _say(
        CONFLICT,
        _l(
            "每次检查需要 %(asked)s 名检查人员，抽到的企业里有一家只有 %(known)s 人可去（与企业有关联的人员不参加）。"
        ),
        _l("检查人员不够：每次检查需要两人，与企业有关联的人员不参加。"),
    ),
    "visit.moved": _say(
        CONFLICT,
        _l("这次检查的状态是“%(visit_state)s”，不能这样做。请刷新页面查看。"),
        _l("这次检查不在可以这样做的状态。请刷新页面查看。"),
    ),
    "visit.not_yours": _say(CONFLICT, _l("只有抽到的检查人员可以记录这次检查。")),
    "visit.empty": _say(UNFIT, _l("还没有记下任何检查内容，不能结束。")),
    "sample.moved": _say(
        CONFLICT,
        _l("样品的状态是“%(sample_state)s”，不能这样做。请刷新页面查看。"),
        _l("样品不在可以这样做的状态。请刷新页面查看。"),
    ),
    "sample.seal_taken": _say(
        CONFLICT, _l("封签编号“%(seal_no)s”已用在另一份样品上。"), _l("这个封签编号已用在另一份样品上。")
    ),
    "day.passed": _say(UNFIT, _l("期限 %(day)s 已经过去，请填今天或以后的日期。"), _l("期限不能早于今天。")),
    "finding.taken": _say(
        CONFLICT,
        _l("%(who)s 正在核查这条线索。请先与其联系，或由其退回后再接手。"),
        _l("已有同事在核查这条线索。请先与其联系，或由其退回后再接手。"),
    ),
    "enterprise.not_authorised": _say(
        CONFLICT, _l("企业在 %(day)s 没有有效的专用标志使用资格。"), _l("企业没有有效的专用标志使用资格。")
    ),
    "enterprise.suspended": _say(
        CONFLICT,
        _l(
            "企业的专用标志使用资格自 %(since)s 起暂停，原因：%(why)s。暂停期间不能申领、审批、发放、打印或使用标志。"
        ),
        _l("企业的专用标志使用资格处于暂停中，暂停期间不能申领、审批、发放、打印或使用标志。"),
    ),
    "enterprise.not_suspended": _say(CONFLICT, _l("企业的用标资格没有处于暂停中，无须恢复。")),
    "plot.outside_area": _say(
        UNFIT,
        _l("地块 %(plot)s 的乡镇代码 %(township)s 不在保护范围的 12 个县（市）内，鲜叶不能收。"),
        _l("地块不在保护范围的 12 个县（市）内，鲜叶不能收。"),
    ),
    "plot.not_active": _say(
        UNFIT,
        _l("地块 %(plot)s 自 %(active_from)s 起才经核准，不能登记此前的采摘。"),
        _l("地块 %(plot)s 尚未经县局核准。"),
        _l("地块在采摘当日尚未经县局核准。"),
    ),
    "plot.unknown": _say(NOT_FOUND, _l("没有找到这个地块。")),
    "plot.safety_interval": _say(
        UNFIT,
        _l("地块 %(plot)s 的用药安全间隔期到 %(until)s 为止，次日起才能采摘。"),
        _l("地块还在用药安全间隔期内，不能采摘。"),
    ),
    "plot.allowance_exceeded": _say(
        UNFIT,
        _l("地块 %(plot)s 的鲜叶额度还剩 %(left_kg)s 千克，本次 %(asked_kg)s 千克超出额度。"),
        _l("超出地块剩余的鲜叶额度。"),
    ),
    "degrees.unreadable": _say(
        UNFIT,
        _l("“%(text)s”不是经纬度。请填十进制度数，例如 107.376800。"),
        _l("请填十进制的经纬度，例如 107.376800。"),
    ),
    "boundary.unreadable": _say(
        UNFIT,
        _l("边界文件里没有可用的多边形，或者点数超过 %(most)s 个。请交 GeoJSON 文件。"),
        _l("边界文件读不出多边形。请交 GeoJSON 文件。"),
    ),
    "point.outside_area": _say(
        UNFIT,
        _l("东经 %(lon)s、北纬 %(lat)s 不在保护范围的经纬度之内，请核对经度和纬度。"),
        _l("位置不在保护范围的经纬度之内，请核对经度和纬度。"),
    ),
    "point.outside_boundary": _say(UNFIT, _l("交边界时要填地块里的一个位置，而且它要在边界以内。")),
    "plot.outside_county": _say(
        CONFLICT,
        _l("地块 %(plot)s 的位置不在乡镇代码所属的县（市）界内（%(file)s），不能核准，请重新测量。"),
        _l("位置不在乡镇代码所属的县（市）界内，不能核准，请重新测量。"),
    ),
    "plot.change_open": _say(
        CONFLICT,
        _l("地块 %(plot)s 已有一项变更在等县局审核。"),
        _l("这块地已有一项变更在等县局审核。"),
    ),
    "plot.same_grower": _say(
        UNFIT, _l("地块 %(plot)s 现在就是这位茶农的。"), _l("这块地现在就是这位茶农的。")
    ),
    "telephone.unreadable": _say(UNFIT, _l("这不是电话号码。请填手机号或带区号的固定电话。")),
    "allowance.asked": _say(
        CONFLICT,
        _l("地块 %(plot)s 已有一份额度申请在等县局答复。"),
        _l("这块地已有一份额度申请在等县局答复。"),
    ),
    "allowance.enough": _say(
        CONFLICT,
        _l("地块 %(plot)s 的额度够收下整张单，不用申请，直接全部收下。"),
        _l("额度够收下整张单，不用申请，直接全部收下。"),
    ),
    "list.wrong": _say(
        UNFIT,
        _l("名单里有 %(rows)s 处不对，什么也没有登记；请改正以后再交。"),
        _l("名单里有不对的地方，什么也没有登记；请改正以后再交。"),
    ),
    "scale.unknown": _say(NOT_FOUND, _l("没有找到这台秤。")),
    "slip.of_another": _say(
        UNFIT, _l("单号 %(no)s 不是本企业票本里的号。"), _l("单号不是本企业票本里的号。")
    ),
    "slip.exceeded": _say(
        UNFIT,
        _l("这张单过秤净重 %(weighed_kg)s 千克，收不了 %(asked_kg)s 千克。"),
        _l("收下的重量要大于零，且不能超过这张单的净重。"),
    ),
    # --- the tea ledger
    "lot.unknown": _say(
        NOT_FOUND, _l("有几个批次使用这个号码，请改用 %(several)s 之一。"), _l("没有找到这个批次。")
    ),
    "lot.number_taken": _say(
        CONFLICT, _l("批号“%(no)s”已用于本企业的另一批次。"), _l("这个批号已用于本企业的另一批次。")
    ),
    "lot.overdrawn": _say(
        UNFIT,
        _l("批次 %(lot)s：需要 %(asked_packs)s 件，在库 %(on_hand_packs)s 件。"),
        _l("批次 %(lot)s：需要 %(asked_kg)s 千克，在库 %(on_hand_kg)s 千克。"),
        _l("超过批次的在库数量。"),
    ),
    "lot.moved": _say(
        CONFLICT,
        _l(
            "批次 %(lot)s：打开本页时在库 %(seen_packs)s 件，现在 %(on_hand_packs)s 件，"
            "%(who)s于 %(recorded_at)s 登记了%(what)s %(no)s。您填的都还在，请核对以后再保存。"
        ),
        _l(
            "批次 %(lot)s：打开本页时在库 %(seen_kg)s 千克，现在 %(on_hand_kg)s 千克，"
            "%(who)s于 %(recorded_at)s 登记了%(what)s %(no)s。您填的都还在，请核对以后再保存。"
        ),
        _l("批次在您填写期间有别人登记，在库数量变了。您填的都还在，请核对以后再保存。"),
    ),
    "lot.reserved": _say(
        UNFIT,
        _l(
            "批次 %(lot)s：需要 %(asked_kg)s 千克，可用 %(free_kg)s 千克；"
            "另有 %(reserved_kg)s 千克留给已发放而未使用的标志。"
        ),
        _l("批次余量留给了已发放而未使用的标志。"),
    ),
    "lot.held": _say(
        CONFLICT,
        _l("批次 %(lot)s 已被冻结（%(cause)s），解除之前不能动用。"),
        _l("批次已被冻结（%(cause)s），解除之前不能动用。"),
        _l("批次已被冻结，解除之前不能动用。"),
    ),
    "lot.recalled": _say(CONFLICT, _l("批次 %(lot)s 正在召回，不能动用。"), _l("批次正在召回，不能动用。")),
    "lot.expired": _say(
        UNFIT,
        _l("批次 %(lot)s 的保质期到 %(best_before)s 为止，不能再发运、销售或重新入库。"),
        _l("货物已过保质期，不能再发运、销售或重新入库。"),
    ),
    "lot.wrong_kind": _say(
        UNFIT,
        _l("%(lot)s 是%(kind)s，不能用于这一步。"),
        _l("%(kind)s不能用于这一步。"),
        _l("这类批次不能用于这一步。"),
    ),
    "lots.missing": _say(UNFIT, _l("请至少选一个批次并填写数量。")),
    "batch.closed": _say(
        CONFLICT,
        _l("批次 %(batch)s 已经抽样，抽样之后不能再加入茶叶。"),
        _l("批次已经抽样，抽样之后不能再加入茶叶。"),
    ),
    "batch.not_closed": _say(
        CONFLICT, _l("批次 %(batch)s 还没有抽样，请先抽样。"), _l("批次还没有抽样，请先抽样。")
    ),
    "batch.not_passed": _say(
        CONFLICT,
        _l("批次 %(batch)s 的检验报告还没有经市场监管人员对照原件确认。"),
        _l("批次 %(batch)s 检验不合格：%(failing)s。"),
        _l("批次 %(batch)s 还没有经确认合格的检验报告。"),
        _l("批次还没有经确认合格的检验报告。"),
    ),
    "batch.not_tested": _say(CONFLICT, _l("批次 %(batch)s 还没有检验报告。"), _l("批次还没有检验报告。")),
    "batch.not_failed": _say(
        CONFLICT, _l("批次 %(batch)s 没有检验不合格，无须降级。"), _l("批次没有检验不合格，无须降级。")
    ),
    "receipt.ask_again": _say(
        UNFIT,
        _l("净重 %(net_kg)s 千克，超过 %(limit_kg)s 千克。请再看一眼秤，确认无误后勾选确认再保存。"),
        _l("重量较大。请再看一眼秤，确认无误后勾选确认再保存。"),
    ),
    "paper.too_long": _say(
        UNFIT,
        _l("这份材料有 %(rows)s 行，PDF 最多 %(limit)s 行。请缩短日期，或改用 XLSX。"),
        _l("这份材料太长，画不成 PDF。请缩短日期，或改用 XLSX。"),
    ),
    "receipt.net_not_positive": _say(
        UNFIT,
        _l("毛重 %(gross_kg)s 千克减去皮重 %(tare_kg)s 千克，净重不大于 0。"),
        _l("毛重减去皮重，净重应大于 0。"),
    ),
    "leaf.too_old": _say(
        UNFIT,
        _l("鲜叶已放置 %(hours)s 小时，超过 %(limit)s 小时不能再加工，只能报损。"),
        _l("鲜叶放置过久，不能再加工，只能报损。"),
    ),
    "moisture.implausible": _say(
        UNFIT,
        _l("%(stage)s %(moisture)s %% 不在可接受的 %(low)s %% 到 %(high)s %% 之间。"),
        _l("含水率不在可接受的范围内。"),
    ),
    "ratio.under_floor": _say(
        UNFIT,
        _l(
            "%(leaf_kg)s 千克鲜叶制成 %(out_kg)s 千克干茶，鲜干比 %(ratio)s，"
            "低于物理下限 %(floor)s：干物质不会凭空增加，请检查重量和含水率。"
        ),
        _l("制成的干茶多于鲜叶可能制成的数量，请检查重量和含水率。"),
    ),
    "event.out_exceeds_in": _say(
        UNFIT, _l("产出 %(out_kg)s 千克，多于投入的 %(in_kg)s 千克。"), _l("产出不能多于投入。")
    ),
    "grade.too_high": _say(
        UNFIT,
        _l("等级不能定为%(asked)s：按所用茶叶，最高为%(best)s。"),
        _l("等级高于所用茶叶允许的等级。"),
    ),
    "grade.outside_scope": _say(
        UNFIT,
        _l("企业的用标核准范围是%(scope)s，不含%(grade)s。"),
        _l("企业的用标核准范围不含%(grade)s。"),
        _l("企业的用标核准范围不含这个等级。"),
    ),
    "tea.too_old": _say(
        UNFIT,
        _l("批次中最早的鲜叶采于 %(plucked_on)s，超过 %(months)s 个月不能再包装。"),
        _l("批次中的茶叶采摘过久，不能再包装。"),
    ),
    "report.taken": _say(
        CONFLICT,
        _l("报告编号 %(report_no)s 已用于其他批次，一份报告只能用一次。"),
        _l("这份报告文件已用于其他批次，一份报告只能用一次。"),
    ),
    "report.exists": _say(
        CONFLICT,
        _l("批次 %(batch)s 已有检验报告；企业不能再交新报告，复检由县局办理。"),
        _l("批次已有检验报告；企业不能再交新报告，复检由县局办理。"),
    ),
    "report.before_sample": _say(
        UNFIT,
        _l("报告日期 %(reported_on)s 早于抽样日期。"),
        _l("报告日期早于抽样日期。"),
    ),
    "report.value_missing": _say(
        UNFIT, _l("报告缺少“%(parameter)s”，这个等级须检验此项。"), _l("报告缺少须检验的项目。")
    ),
    "grade.limits_not_met": _say(
        UNFIT,
        _l("降为%(grade)s也不符合限量：%(failing)s。"),
        _l("检验值也不符合较低等级的限量。"),
    ),
    "sample.none_retained": _say(
        CONFLICT, _l("批次 %(batch)s 没有留样，无法复检。"), _l("批次没有留样，无法复检。")
    ),
    "delivery.unknown": _say(NOT_FOUND, _l("没有找到这张运单。")),
    "delivery.settled": _say(
        CONFLICT, _l("运单 %(shipment)s 已经签收或拒收。"), _l("这张运单已经签收或拒收。")
    ),
    "delivery.exceeded": _say(
        UNFIT,
        _l("批次 %(lot)s 发出 %(sent_kg)s 千克，到货不能是 %(got_kg)s 千克。"),
        _l("到货不能多于发出。"),
    ),
    "sale.unknown": _say(NOT_FOUND, _l("没有找到这笔销售。")),
    "return.exceeds_sale": _say(
        UNFIT,
        _l("这笔销售共 %(sold)s 件，已退 %(returned)s 件，不能再退 %(packs)s 件。"),
        _l("退货不能多于销售。"),
    ),
    "restock.opened": _say(
        UNFIT,
        _l("批次 %(lot)s 的退货已开封，不能重新入库，只能销毁。"),
        _l("已开封的退货不能重新入库，只能销毁。"),
    ),
    "restock.late": _say(
        UNFIT,
        _l("售出 %(days)s 天后退回，超过 %(limit)s 天不能重新入库，只能销毁。"),
        _l("退回过晚，不能重新入库，只能销毁。"),
    ),
    "serials.needed": _say(
        UNFIT,
        _l("请写明这 %(packs)s 件的标志号码：每件恰好一枚，现在写了 %(given)s 枚。"),
        _l("请写明这些包装的标志号码，每件恰好一枚。"),
    ),
    "carton.unknown": _say(
        UNFIT,
        _l("箱号 %(carton)s 不在这个批次的在库箱中。"),
        _l("批发须写明箱号，并且箱子要在库。"),
    ),
    "carton.taken": _say(
        CONFLICT,
        _l("标志号码 %(serials)s 已装在别的箱里。"),
        _l("箱号 %(carton)s 已被使用。"),
        _l("箱号已被使用，或包装已装在别的箱里。"),
    ),
    "amendment.unsuited": _say(
        UNFIT,
        _l("这样更正%(kind)s会使账目不成立（后续数量不足）。请先更正后续环节，或请县局办理。"),
        _l("这条记录不能这样更正。"),
    ),
    "amendment.empty": _say(UNFIT, _l("更正后的数字与原来相同，没有可更正的内容。")),
    "shortage.unknown": _say(NOT_FOUND, _l("没有找到这笔待处理的短少。")),
    # --- the mark ledger
    "request.unknown": _say(NOT_FOUND, _l("没有找到这份用标申请。")),
    "request.not_open": _say(
        CONFLICT,
        _l("这份用标申请的状态是“%(request_state)s”，不能办理这一步。"),
        _l("这份用标申请现在不能办理这一步。"),
    ),
    "request.exceeds_batch": _say(
        UNFIT,
        _l("申请 %(asked_kg)s 千克，可用 %(free_kg)s 千克。标志数乘以净含量不能超过批次可用的茶叶。"),
        _l("标志数乘以净含量超过批次可用的茶叶。"),
    ),
    "request.too_many_spares": _say(
        UNFIT,
        _l("备用标志最多 %(allowed)s 枚，此前已给 %(before)s 枚，又申请 %(asked)s 枚。"),
        _l("备用标志超过允许的枚数。"),
    ),
    "request.lines": _say(UNFIT, _l("每种产品写一行，每行至少 1 件。")),
    "product.unknown": _say(NOT_FOUND, _l("没有找到这个产品。")),
    "marks.unknown": _say(
        UNFIT, _l("标志号码 %(serials)s 不是发给本企业的。"), _l("这些标志号码不是发给本企业的。")
    ),
    "marks.other_batch": _say(
        UNFIT,
        _l("标志号码 %(serials)s 是为另一批次发放的，不能用于批次 %(batch)s。"),
        _l("这些标志是为另一批次发放的。"),
    ),
    "marks.other_product": _say(
        UNFIT,
        _l("标志号码 %(serials)s 属于另一种产品；一次只能处理一种产品的标志。"),
        _l("这些标志是为另一种产品发放的。"),
    ),
    "marks.already_applied": _say(
        CONFLICT,
        _l("标志号码 %(serials)s 已用于包装，一枚标志只能用一次。"),
        _l("标志已用于包装，一枚标志只能用一次。"),
    ),
    "marks.not_live": _say(
        CONFLICT,
        _l("标志号码 %(serials)s %(state)s，不能再使用。"),
        _l("标志已经失效，不能再使用。"),
    ),
    "marks.not_printed": _say(
        CONFLICT,
        _l("标志号码 %(serials)s 还没有打印，先打印才能贴标。"),
        _l("标志还没有打印，先打印才能贴标。"),
    ),
    "marks.wrong_state": _say(
        CONFLICT,
        _l("标志号码 %(serials)s %(state)s，不能这样处理。"),
        _l("标志现在的状态不能这样处理。"),
    ),
    "marks.miscounted": _say(
        UNFIT,
        _l("每件恰好一枚标志：%(packs)s 件，给了 %(marks)s 枚。"),
        _l("每件恰好一枚标志，件数与枚数不一致。"),
    ),
    "marks.not_sold": _say(
        UNFIT,
        _l("标志号码 %(serials)s 不是这张销售单卖出的，请换一张销售单，或核对号码。"),
        _l("这些标志不是这张销售单卖出的，请换一张销售单，或核对号码。"),
    ),
    "marks.not_in_lot": _say(
        UNFIT,
        _l("标志号码 %(serials)s 不在批次 %(lot)s 的包装上。"),
        _l("标志号码 %(serials)s 不在这个批次的包装上。"),
        _l("这些标志不在这个批次的包装上。"),
    ),
    "marks.undelivered": _say(
        CONFLICT,
        _l("%(serials)s 的标签登记过没有印出来。请先在打印任务 %(job)s 里补取文件 %(file)s，再用这些标志。"),
        _l("这些标签登记过没有印出来，请先补取文件。"),
    ),
    "marks.pack_day_differs": _say(
        UNFIT,
        _l("标签上印的包装日期是 %(printed_for)s，不能在 %(packed_on)s 使用。请作废后改用备用标志。"),
        _l("标签上印的是另一个包装日期。请作废后改用备用标志。"),
    ),
    "marks.later_than_packing": _say(
        UNFIT,
        _l("标志 %(serials)s 到 %(since)s 才发放或打印，包装时间 %(at)s 早于它：标志打印以后才能包装。"),
        _l("标志打印以后才能包装，包装时间不能早于打印。"),
    ),
    "marks.count_differs": _say(
        UNFIT,
        _l("清点了 %(counted)s 枚，号码共 %(marks)s 枚，两者应当一致。"),
        _l("清点数与号码的枚数不一致。"),
    ),
    "marks.not_restorable": _say(
        CONFLICT,
        _l("标志号码 %(serials)s 不是因更正包装而作废的，不能恢复。"),
        _l("只有因更正包装而作废的标志才能恢复。"),
    ),
    "marks.scanned": _say(
        CONFLICT,
        _l("标志号码 %(serials)s 已经有人查验过，标签不在企业手里，不能恢复。"),
        _l("标志已经有人查验过，不能恢复。"),
    ),
    "marks.season_not_over": _say(
        CONFLICT,
        _l("%(season)s 年的茶季到 %(season)s 年底才结束，标志还不能失效。"),
        _l("茶季还没有结束，标志还不能失效。"),
    ),
    "marks.nothing_to_lapse": _say(
        CONFLICT, _l("%(season)s 年没有等待使用的标志。"), _l("这一年没有等待使用的标志。")
    ),
    # --- print jobs
    "print.sample_only": _say(
        CONFLICT, _l("查验网址还没有确认为正式的 https 网址，只能出样张，不能打印可查验的标志。")
    ),
    "print.artwork_missing": _say(
        CONFLICT, _l("这种式样带专用标志图样，图样还没有交存或者还没有核准，只能出样张。")
    ),
    "print.pack_day_impossible": _say(
        UNFIT,
        _l("包装日期 %(day)s 不对：这个批次的包装日期只能在 %(first)s 到 %(last)s 之间。"),
        _l("这个批次不可能在这一天包装。"),
    ),
    "print.pack_day_missing": _say(UNFIT, _l("这种标签版式印有包装日期，请先填写包装日期。")),
    "print.job_unknown": _say(NOT_FOUND, _l("没有找到这个打印任务。")),
    "print.job_closed": _say(
        CONFLICT, _l("打印任务 %(job)s %(state)s，不能再生成文件。"), _l("打印任务已经结束。")
    ),
    "print.serials_in_job": _say(
        CONFLICT,
        _l("这些标志已在打印任务 %(job)s 中，文件还没有取走。请到那个任务里取文件，或先停止它。"),
        _l("这些标志已在另一个打印任务中。"),
    ),
    "print.file_unknown": _say(NOT_FOUND, _l("这个打印任务没有这个文件，或者还没有做好。")),
    "print.file_differs": _say(
        CONFLICT,
        _l("任务 %(job)s 的文件 %(file)s 重新生成后与原来不同，不能交出。请停止任务，另开新任务。"),
        _l("文件重新生成后与原来不同，不能交出。"),
    ),
    "print.handed_over": _say(
        CONFLICT,
        _l("任务 %(job)s 的文件 %(file)s 已经取走。没有印出来的，请先登记原因，再取一次。"),
        _l("文件已经取走。没有印出来的，请先登记原因，再取一次。"),
    ),
    "print.not_handed_over": _say(CONFLICT, _l("这个文件还没有取走，直接取即可。")),
    "print.busy": _say(CONFLICT, _l("打印任务 %(job)s 正在生成，请稍候。"), _l("打印任务正在生成，请稍候。")),
    "print.not_written": _say(
        CONFLICT,
        _l("磁盘空间不足：打印任务需要约 %(needed_mb)s MB，剩余 %(free_mb)s MB。腾出空间后继续。"),
        _l("文件没有写成：%(why)s。已做好的文件不受影响，排除后继续。"),
        _l("文件没有写成，排除后继续。"),
    ),
    "print.design_changed": _say(
        CONFLICT,
        _l("标签版式“%(design)s”在任务开始以后改过，印出来会不一样。请停止任务，另开新任务。"),
        _l("标签版式在任务开始以后改过。"),
    ),
    "print.design_unusable": _say(
        CONFLICT,
        _l("标签版式“%(design)s”不能成批打印，请联系维护人员检查版式。"),
        _l("这种标签版式不能成批打印。"),
    ),
    "print.proof_failed": _say(
        CONFLICT,
        _l("第 %(file)s 个文件没有通过校对，已删除，不会交出。请继续任务；再次失败请联系维护人员。"),
        _l("文件没有通过校对，已删除。"),
    ),
    "serials.unreadable": _say(
        UNFIT,
        _l(
            "“%(text)s”不是标志号码，或有号码写了两次。请按 0000012001-0000012200 的样子填写，多段用逗号隔开。"
        ),
        _l("请填标志号码，例如 0000012001-0000012200，多段用逗号隔开。"),
    ),
    "serials.too_many": _say(UNFIT, _l("一次最多填 %(most)s 段标志号码，其余请分次填写。")),
    "serials.exhausted": _say(UNFIT, _l("标志号码已经用完，无法再发放。请联系州局。")),
    "design.unknown": _say(NOT_FOUND, _l("没有“%(design)s”这种标签版式。"), _l("没有这种标签版式。")),
    # --- labels
    "label.refused": _say(UNFIT, _l("标签不能这样绘制。")),
    "label.text_does_not_fit": _say(
        UNFIT,
        _l("“%(value)s”太长，这种标签版式放不下。系统不会裁剪或缩小文字，请换一种版式。"),
        _l("文字太长，这种标签版式放不下。"),
    ),
    "label.character_missing": _say(
        UNFIT,
        _l("“%(value)s”中的 %(characters)s 不在标签字体里，无法打印。"),
        _l("文字中有标签字体没有的字，无法打印。"),
    ),
    "label.digits_too_low": _say(
        UNFIT,
        _l(
            "净含量字高 %(height_mm)s 毫米，这个净含量须至少 %(needed_mm)s 毫米（定量包装规定），请换一种版式。"
        ),
        _l("净含量的字高不够，请换一种版式。"),
    ),
    "label.start_off_sheet": _say(
        UNFIT,
        _l("每张只有 %(cells)s 格，不能跳过 %(start)s 格。"),
        _l("起始格超出了这张标签纸。"),
    ),
    "label.offset_off_sheet": _say(
        UNFIT,
        _l(
            "偏移（向右 %(right)s、向下 %(down)s 毫米）会把标签移出纸面；左右可从 %(right_from)s 到 %(right_to)s 毫米，"
            "上下可从 %(down_from)s 到 %(down_to)s 毫米。"
        ),
        _l("这样偏移会把标签移出纸面。"),
    ),
    "label.carton_no_unprintable": _say(
        UNFIT, _l("箱号“%(carton)s”太长，这种箱标的二维码装不下。"), _l("箱号太长，二维码装不下。")
    ),
    "label.pack_date_missing": _say(UNFIT, _l("这种标签版式印有包装日期，请先填写包装日期。")),
    "label.address_too_long": _say(UNFIT, _l("二维码网址太长，这种标签版式放不下。")),
    # --- the official artwork
    "artwork.unknown": _say(NOT_FOUND, _l("没有找到这份标志图样。")),
    "artwork.twice": _say(CONFLICT, _l("这份文件已经交过：正在等待核准，或者已经生效。")),
    "artwork.too_large": _say(
        TOO_LARGE,
        _l("文件有 %(size_mb)s MB，超过上限 %(largest_mb)s MB。矢量图样通常很小，请只导出标志本身。"),
        _l("文件太大。矢量图样通常很小，请只导出标志本身。"),
    ),
    "artwork.kind": _say(
        UNFIT, _l("请选择文件：按内容判断，只收 PDF，或 UTF-8 编码的 SVG。不看文件名和扩展名。")
    ),
    "artwork.broken": _say(UNFIT, _l("文件读不到底，或者画不完整。请重新下载或重新导出后再交。")),
    "artwork.packed": _say(UNFIT, _l("不收压缩过的 SVG（svgz），请另存为普通的 SVG。")),
    "artwork.locked": _say(UNFIT, _l("PDF 加了密或限制了修改，请交没有加密的文件。")),
    "artwork.pages": _say(UNFIT, _l("图样应是恰好一页，这份文件有 %(given)s 页。"), _l("图样应是恰好一页。")),
    "artwork.active": _say(
        UNFIT,
        _l("文件里有会动作的内容（%(text)s）。图样只能是图形，请去掉脚本、动作、链接和动画后重新导出。"),
        _l("文件里有会动作的内容。图样只能是图形，请去掉脚本、动作、链接和动画后重新导出。"),
    ),
    "artwork.outside": _say(
        UNFIT,
        _l("文件引用了外部内容（%(text)s）。图样应自成一体，请去掉引用后重新导出。"),
        _l("文件引用了外部内容。图样应自成一体，请去掉引用后重新导出。"),
    ),
    "artwork.attached": _say(
        UNFIT,
        _l("PDF 里带有附件、批注或表单（%(text)s），请去掉后重新导出。"),
        _l("PDF 里带有附件、批注或表单，请去掉后重新导出。"),
    ),
    "artwork.doctype": _say(
        UNFIT, _l("SVG 开头有文档类型声明（DOCTYPE）。请导出不带声明的 SVG，或改交 PDF。")
    ),
    "artwork.raster": _say(
        UNFIT,
        _l("文件里有点阵图片（%(text)s），放大缩小会模糊。请交矢量图样。"),
        _l("文件里有点阵图片，放大缩小会模糊。请交矢量图样。"),
    ),
    "artwork.text": _say(
        UNFIT,
        _l("文件里的文字依赖字体（%(text)s），换一台机器字形就变了。请把文字转为轮廓（转曲）后重新导出。"),
        _l("文件里的文字依赖字体，换一台机器字形就变了。请把文字转为轮廓（转曲）后重新导出。"),
    ),
    "artwork.not_allowed": _say(
        UNFIT,
        _l("文件里有图样用不到的内容：%(text)s。请导出为普通的 SVG，或改交 PDF。"),
        _l("文件里有图样用不到的内容。请导出为普通的 SVG，或改交 PDF。"),
    ),
    "artwork.layers": _say(
        UNFIT, _l("PDF 里有隐藏的或随场合显示的图层，看到的和印出的会不一样。请合并图层后重新导出。")
    ),
    "artwork.empty": _say(UNFIT, _l("文件里没有看得见的矢量图形：在白色标签上什么也印不出来。")),
    "artwork.size": _say(
        UNFIT,
        _l(
            "图样尺寸 %(width_mm)s × %(height_mm)s 毫米不合理：每边应在 %(low)s 到 %(high)s 毫米之间，"
            "长不超过宽的 5 倍。"
        ),
        _l("图样没有写明合理的尺寸（宽和高，或 viewBox），请检查画板大小后重新导出。"),
    ),
    "artwork.too_complex": _say(
        UNFIT,
        _l("图样太复杂：“%(text)s”超过 %(limit)s。请简化后重新导出。"),
        _l("图样太复杂，请简化后重新导出。"),
    ),
    # --- oversight
    "complaint.moved": _say(
        CONFLICT,
        _l("这件投诉现在是“%(complaint_state)s”，不能这样办理。请刷新页面，看看是不是有人已经办过。"),
        _l("这件投诉已经有人办过，请刷新页面查看。"),
    ),
    "complaint.about_unknown": _say(
        UNFIT,
        _l("“%(text)s”不是本企业的标志号码，也不是能唯一确定的批号。请核对，或先留空。"),
        _l("没有这个标志号码或批号。请核对，或先留空。"),
    ),
    "invitation.spent": _say(
        NOT_FOUND,
        _l("这个邀请链接已经用过。如果刚才就是您设的密码，请直接%(sign_in)s。"),
        _l("这个邀请链接无效、已被撤回或者过期。请向本企业负责人要一个新的链接。"),
    ),
    "grant.exceeded": _say(
        UNFIT,
        _l("不能给出这些权限：%(permissions)s。只能给自己有、本企业也用得上的权限。"),
        _l("只能给自己有、本企业也用得上的权限。"),
    ),
    "manager.last": _say(CONFLICT, _l("这是本企业最后一位能登录的负责人，不能停用。")),
    "allowance.list_changed": _say(
        CONFLICT,
        _l("名单刚才变了，现在可以核定的是 %(plots)s 块。请看过新的名单，再确认一次；还没有核定。"),
        _l("名单刚才变了。请看过新的名单，再确认一次；还没有核定。"),
    ),
    "recall.changed": _say(
        CONFLICT, _l("波及范围刚才变了（有新的收发或销售）。请看过新的范围，再确认一次；还没有召回。")
    ),
    "recall.empty": _say(
        UNFIT,
        _l("“%(subject)s”没有波及任何批次：这些日子没有收过青，或者标志还没有用在包装上。"),
        _l("没有波及任何批次。"),
    ),
    "hold.unknown": _say(NOT_FOUND, _l("没有找到这项冻结。")),
    "file.refused": _say(
        UNFIT,
        _l("文件有 %(size_mb)s MB，超过上限 %(largest_mb)s MB。"),
        _l("只收 PDF、PNG 或 JPEG 文件，最大 %(largest_mb)s MB，不能是空文件。"),
        _l("文件不被接受：类型不对、是空的或者太大。"),
    ),
    "application.open": _say(
        CONFLICT,
        _l("企业的申请 %(application)s 还没有办结，办结以后再办这一件。"),
        _l("企业还有一件申请没有办结，办结以后再办这一件。"),
    ),
    "application.moved": _say(
        CONFLICT,
        _l("这件申请现在是“%(application_state)s”，不能这样办理。请刷新页面，看看是不是有人已经办过。"),
        _l("这件申请已经有人办过，请刷新页面查看。"),
    ),
    "application.papers_missing": _say(UNFIT, _l("请至少附一份材料（PDF、JPG 或 PNG）。")),
    "authorisation.disuse_unproven": _say(
        UNFIT,
        _l(
            "以连续两年未使用为由注销，先要有“两年未用标”的线索，并且有人看过；现在没有这样的线索，或者企业又用过标志。"
        ),
    ),
    "right.wording_incomplete": _say(
        CONFLICT,
        _l("企业用标的依据是%(right_name)s，标志旁必须印它的编号，系统里还没有登记这个编号，暂时不能打印。"),
        _l("标志旁必须印的编号还没有登记，暂时不能打印。"),
    ),
    "document.bound": _say(
        UNFIT,
        _l("%(file)s 是检验报告或标志图样的原件，不能单独撤下。"),
        _l("检验报告和标志图样的原件不能单独撤下。"),
    ),
    "photo.refused": _say(
        UNFIT,
        _l("照片有 %(size_mb)s MB，超过上限 %(largest_mb)s MB。请选小一些的照片，或截取一部分。"),
        _l(
            "只收 JPEG、PNG 或 WebP 照片，最大 %(largest_mb)s MB、%(megapixels)s 百万像素；"
            "这个文件不是这样的照片，或者不完整。"
        ),
        _l("照片超过 %(megapixels)s 百万像素。请选小一些的照片，或截取一部分。"),
        _l("照片不被接受：类型不对、不完整或者太大。"),
    ),
    # --- a season's workbook
    "workbook.refused": _say(UNFIT, _l("这个文件不能按茶季工作簿读取。请下载模板，按模板填写后再上传。")),
    "workbook.too_large": _say(
        TOO_LARGE,
        _l(
            "文件有 %(size_mb)s MB，上限 %(largest_mb)s MB。请删去图片和不用的表，或者按月份拆成几份分别上传。"
        ),
        _l("文件太大。请删去图片和不用的表，或者按月份拆成几份分别上传。"),
    ),
    "workbook.encrypted": _say(UNFIT, _l("文件设了密码，打不开。请在表格软件里取消密码，另存后再上传。")),
    "workbook.old_format": _say(
        UNFIT, _l("这不是 XLSX 文件。请在表格软件里“另存为”，类型选“Excel 工作簿（.xlsx）”，再上传。")
    ),
    "workbook.unreadable": _say(
        UNFIT, _l("文件已损坏，或者不是表格。请用表格软件打开，另存为 .xlsx 后再上传。")
    ),
    "workbook.swollen": _say(
        UNFIT, _l("文件展开后过大，不像一份茶季记录。请把要登记的行复制到一份新模板里再上传。")
    ),
    "workbook.cell_far_out": _say(
        UNFIT,
        _l("单元格 %(cell)s 离表格太远。请把数据以外的行和列整行、整列删除，保存后再上传。"),
        _l("有单元格离表格太远。请把数据以外的行和列整行、整列删除，保存后再上传。"),
    ),
    "workbook.empty": _say(UNFIT, _l("文件里没有可登记的行。请从第二行起填写，保存后再上传。")),
    "workbook.too_many_rows": _say(
        UNFIT,
        _l("一份文件最多 %(most)s 行。请按月份拆成几份分别上传。"),
        _l("行数太多。请按月份拆成几份分别上传。"),
    ),
    "workbook.too_many_new_rows": _say(
        UNFIT,
        _l(
            "“%(sheet)s”有 %(rows)s 行新内容，鲜叶收青以外一次最多登记 %(most)s 行。请先留一部分上传，登记后再传整份。"
        ),
        _l("新内容太多。请先留一部分上传，登记后再传整份。"),
    ),
    "workbook.text_unreadable": _say(
        UNFIT, _l("文字文件读不出来。请另存为 .xlsx，或存为 UTF-8 编码的 CSV 后再上传。")
    ),
    "workbook.table_unknown": _say(
        UNFIT, _l("看不出这是哪一张表。第一行应是模板里的列名，请从模板复制列名后再上传。")
    ),
    "workbook.sheet_unknown": _say(
        UNFIT,
        _l("工作表“%(sheet)s”不在模板里。请改成模板里的名称（%(sheets)s）；自用的表，名称前加“#”。"),
        _l("有工作表不在模板里。请改成模板里的名称；自用的表，名称前加“#”。"),
    ),
    "workbook.column_missing": _say(
        UNFIT,
        _l("缺少“%(column)s”列。请从模板复制这一列的列名。"),
        _l("缺少必填的列。请从模板复制列名。"),
    ),
    "workbook.column_unknown": _say(
        UNFIT,
        _l("“%(column)s”列不在模板里。请改成模板里的列名；自用的列，列名前加“#”或写成“备注”。"),
        _l("有列不在模板里。请改成模板里的列名；自用的列，列名前加“#”或写成“备注”。"),
    ),
    "workbook.column_twice": _say(
        UNFIT, _l("“%(column)s”列出现了两次，请删去一列。"), _l("有列出现了两次，请删去一列。")
    ),
    "workbook.cells_merged": _say(
        UNFIT,
        _l("单元格 %(cells)s 合并了。请取消合并，每一行都写上自己的内容。"),
        _l("有单元格合并了。请取消合并，每一行都写上自己的内容。"),
    ),
    "workbook.cell_missing": _say(
        UNFIT,
        _l("请填写“%(column)s”。格里如果是公式，请在表格软件里打开、保存一次再上传。"),
        _l("这一格需要填写。格里如果是公式，请在表格软件里打开、保存一次再上传。"),
    ),
    "workbook.cell_formula_failed": _say(
        UNFIT, _l("公式没有算出结果（%(text)s），请改成数值。"), _l("公式没有算出结果，请改成数值。")
    ),
    "workbook.cell_choice_unknown": _say(
        UNFIT,
        _l("“%(text)s”不在下拉列表里，请选：%(choices)s。"),
        _l("内容不在下拉列表里，请从列表里选。"),
    ),
    "workbook.day_without_year": _say(
        UNFIT,
        _l("“%(text)s”没有年份。请写成 2026-04-05 的样子。"),
        _l("日期没有年份。请写成 2026-04-05 的样子。"),
    ),
    "workbook.day_without_time": _say(
        UNFIT,
        _l("“%(text)s”没有几点几分。请写成 2026-04-05 18:05 的样子。"),
        _l("只有日期，没有几点几分。请写成 2026-04-05 18:05 的样子。"),
    ),
    "workbook.list_unreadable": _say(
        UNFIT,
        _l(
            "“%(text)s”读不懂。号码之间用顿号或分号隔开，只投一部分的在号码后空一格写千克，同一号码只写一次。"
        ),
        _l("号码之间用顿号或分号隔开，只投一部分的在号码后空一格写千克，同一号码只写一次。"),
    ),
    "workbook.row_twice": _say(
        UNFIT,
        _l("“%(no)s”在第 %(row)s 行已经有了。请改正号码，或删去重复的一行。"),
        _l("号码重复。请改正号码，或删去重复的一行。"),
    ),
    "workbook.rows_disagree": _say(
        UNFIT,
        _l("同一个号“%(no)s”，第 %(row)s 行的%(column)s和这里不同。请改成一致。"),
        _l("同一个号的几行，内容不一致。请改成一致。"),
    ),
    "workbook.row_differs": _say(
        CONFLICT,
        _l(
            "已登记的%(column)s是“%(recorded)s”，这里是“%(given)s”。登记有误就先在系统里更正，否则请把这里改成一致。"
        ),
        _l("与已登记的不同。登记有误就先在系统里更正，否则请把这里改成一致。"),
    ),
    # --- the public log
    "log.leaf_too_long": _say(
        UNFIT,
        _l("这件事要公开的内容有 %(bytes)s 字节，超过日志一条记录的上限 %(most)s 字节。请分几次办理。"),
        _l("这件事要公开的内容超过日志一条记录的上限。请分几次办理。"),
    ),
    "log.mismatch": _say(
        CONFLICT,
        _l("公开日志（%(size)s 条）与已签名的检查点不符，暂不封存。请运行 traceability log verify。"),
        _l("公开日志与已签名的检查点不符，暂不封存。请运行 traceability log verify。"),
    ),
    "log.unsealed": _say(NOT_FOUND, _l("公开日志里还没有封存任何记录。")),
    "log.evidence_waits": _say(
        CONFLICT,
        _l("有 %(waiting)s 条记录还在等待封存进公开日志，通常只要几秒钟。请稍后再取证据包。"),
        _l("有记录还在等待封存进公开日志，通常只要几秒钟。请稍后再取证据包。"),
    ),
    "log.checkpoint_unknown": _say(
        UNFIT,
        _l("本日志没有签过这个检查点（%(size)s 条），或者它比要证明的记录还早。"),
        _l("本日志没有签过这个检查点，或者它比要证明的记录还早。"),
    ),
    "log.cosignature_refused": _say(
        UNFIT, _l("这不是本日志的、由已登记的共同签名单位签过名的检查点。请把整个文件原样粘贴或上传。")
    ),
    "log.witness_key_refused": _say(
        UNFIT, _l("这不是共同签名用的公钥（名称+编号+公钥，Ed25519），或者已经登记过。")
    ),
}


Facts = dict[str, object]


# --- facts that choose between texts ----------------------------------------------------------------------------


def _without_no_packs(facts: Facts) -> Facts:
    """A lot that is no pack lot is counted in kilograms only."""
    if not facts.get("asked_packs"):
        return {name: value for name, value in facts.items() if not name.endswith("_packs")}
    return facts


def _last_day(facts: Facts) -> Facts:
    field = str(facts.get("field", ""))
    return {"last_day": facts.get("choice")} if field.endswith("_until") else facts


def _megabytes(facts: Facts) -> Facts:
    size, largest = facts.get("size"), facts.get("largest")
    if not isinstance(largest, int):
        return {}
    known: Facts = {"largest_mb": f"{largest / 1_000_000:.0f}"}
    return known | (
        {"size_mb": f"{size / 1_000_000:.1f}"} if isinstance(size, int) and size > largest else {}
    )


def _request_state(facts: Facts) -> Facts:
    state = facts.get("state")
    return {"request_state": words.word(state, "request")} if state else {}


def _complaint_state(facts: Facts) -> Facts:
    state = facts.get("state")
    return {"complaint_state": words.word(state, "complaint_state")} if state else {}


def _application_state(facts: Facts) -> Facts:
    state = facts.get("state")
    return {"application_state": words.word(state, "application")} if state else {}


def _right_name(facts: Facts) -> Facts:
    return {"right_name": words.right(str(facts["right"]))} if facts.get("right") else {}


def _permissions(facts: Facts) -> Facts:
    given = facts.get("permissions")
    return {"permissions": words.listed(words.word(one, "may") for one in _list(given))} if given else {}


def _job_state(facts: Facts) -> Facts:
    return {**facts, "state": words.word(facts.get("state", ""), "print")}


_REFINE: Mapping[str, Callable[[Facts], Facts]] = {
    "lot.overdrawn": _without_no_packs,
    "choice.unknown": _last_day,
    "artwork.too_large": _megabytes,
    "file.refused": _megabytes,
    "workbook.too_large": _megabytes,
    "photo.refused": lambda facts: {**facts, **_megabytes(facts)},
    "request.not_open": _request_state,
    "complaint.moved": _complaint_state,
    "application.moved": _application_state,
    "right.wording_incomplete": _right_name,
    "grant.exceeded": _permissions,
    "invitation.spent": lambda facts: {"sign_in": _("登录")} if facts.get("used") else {},
    "print.job_closed": _job_state,
}


def _texts(error: Refusal) -> tuple[object, ...]:
    """The texts of a refusal; two codes have texts for different causes that no fact's absence tells apart."""
    texts = WORDINGS.get(error.code, WORDINGS["refused"]).texts
    if error.code == "batch.not_passed" and "report_not_confirmed" not in _list(error.facts.get("failing")):
        return texts[1:]
    if error.code == "role.misplaced" and error.facts.get("needs") != "enterprise":
        return texts[1:] if error.facts.get("needs") == "county" else texts[2:]
    return texts


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


# --- what doors ask -------------------------------------------------------------------------------------------------


def refusal_text(error: Refusal) -> str:
    """Why, in the current language, with the numbers that explain it."""
    refine = _REFINE.get(error.code, dict)
    return words.fill(_texts(error), words.shown(refine(dict(error.facts))))


def refusal_status(error: Refusal) -> int:
    """The HTTP status of a refusal; 404 for what must look as if it did not exist."""
    if error.code == "file.refused" and _megabytes(dict(error.facts)).get("size_mb"):
        return TOO_LARGE
    return WORDINGS.get(error.code, WORDINGS["refused"]).status


def refusal_field(error: Refusal) -> str | None:
    """The form field a refusal belongs to, when it belongs to one."""
    named = error.facts.get("field")
    return str(named) if named else error.field


def wants_json() -> bool:
    """Whether the client prefers JSON to a page."""
    return prefers_json(request.headers.get("Accept", ""))


LONGEST_WISH = 500


def prefers_json(accept: str) -> bool:
    """Whether whoever sends this header does."""
    return _prefers_json(accept[:LONGEST_WISH])


@lru_cache(maxsize=1024)
def _prefers_json(wish: str) -> bool:
    """There are few wishes, and reading one takes longer than finding a mark."""
    read = parse_accept_header(wish, MIMEAccept)
    return read.best_match(["text/html", "application/json"]) == "application/json"


# --- pages -----------------------------------------------------------------------------------------------------------

#: What the errors of HTTP itself say: title and what to do.
HTTP_ERRORS: Mapping[int, tuple[object, object]] = {
    400: (_l("请求不完整"), _l("浏览器送来的内容无法读取。请返回上一页再试一次。")),
    403: (_l("无权查看"), _l("您的岗位不能打开这个页面。如有需要，请联系管理员。")),
    404: (_l("没有这个页面"), _l("网址可能写错了，或者内容已经移走。")),
    405: (_l("不支持这种操作"), _l("请从页面上的按钮或链接进入。")),
    413: (_l("内容太大"), _l("上传的内容超过上限 %(largest_mb)s MB，请压缩后再试。")),
    429: (_l("查询太频繁"), _l("请稍等一会儿再试。")),
    500: (
        _l("系统出了故障"),
        _l("这次操作没有完成，也没有写入任何内容。请稍后再试；如果一再出现，请联系管理员。"),
    ),
}
_OTHER = (_l("操作没有完成"), _l("请返回上一页再试一次。"))
_EXPIRED = (
    _l("页面已过期"),
    _l("为了安全，表单在打开过久或重新登录后需要重新打开。请返回上一页，刷新后再提交。"),
)


def register(app: Flask) -> None:
    """Answer refusals and errors, as a page or as JSON."""
    app.jinja_env.filters["refusal"] = refusal_text
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _failed)


def _refused(error: Refusal) -> Response:
    text, status = refusal_text(error), refusal_status(error)
    if wants_json():
        known = {name: _plain(value) for name, value in error.facts.items() if name != "field"}
        told = {"code": error.code, "message": text, "field": refusal_field(error), "facts": known}
        return _answer(make_response(jsonify(told)), status)
    title = HTTP_ERRORS[404][0] if status == 404 else _l("没有保存")
    page = render_template("errors/refused.html", title=title, text=text, code=error.code, back=_back())
    return _answer(make_response(page), status)


def _plain(value: object) -> object:
    """A fact as JSON has it: numbers and texts as they are, the rest as text."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | bool) or value is None else str(value)


def _failed(error: HTTPException) -> Response | HTTPException:
    """An error of HTTP: a title and what to do, and nothing about the inside of the house."""
    status = error.code or 500
    if status < 400:
        return error
    title, text = _EXPIRED if isinstance(error, CSRFError) else HTTP_ERRORS.get(status, _OTHER)
    if wants_json():
        return _answer(make_response(jsonify(code=f"http.{status}", message=str(title))), status, error)
    said = words.fill([text], {"largest_mb": str(current_app.config["MAX_CONTENT_LENGTH"] // 1_000_000)})
    page = render_template("errors/failed.html", title=title, text=said, status=status, back=_back())
    return _answer(make_response(page), status, error)


def _answer(response: Response, status: int, error: HTTPException | None = None) -> Response:
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    for name in ("Allow", "Retry-After"):
        if error is not None and (value := dict(error.get_headers()).get(name)):
            response.headers[name] = value
    return response


def _back() -> str:
    """The page the person came from, when it is one of ours; else the start page."""
    start, came = request.host_url, request.referrer or ""
    return came.removeprefix(start.rstrip("/")) if came.startswith(start) and came != request.url else "/"
