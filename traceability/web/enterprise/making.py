"""Making tea: processing, refining, blending, and the samples that close a batch."""

from collections.abc import Iterable, Sequence

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import balance
from traceability.domain.chain import FAILED_REPORT, LotKind, Run
from traceability.domain.errors import MoistureImplausible, Refusal
from traceability.domain.people import May
from traceability.services import chain
from traceability.services.chain import Effect
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    about,
    answer,
    ask,
    at_field,
    done,
    grades,
    hours_since,
    optional,
    own_no,
    reason_field,
    staged,
)
from traceability.web.enterprise.outlook import Line
from traceability.web.enterprise.stock import RowsForm, StockForm, weights
from traceability.web.forms import Choices
from traceability.web.guard import allow, look, moment, row_number


class ProcessForm(RowsForm):
    """A processing run: leaf in the table, and what came of it."""

    table = _l("投入的鲜叶")
    amount = "out"

    rejects = forms.weight(_l("拣剔物"), zero=True, default="0")
    out = forms.weight(_l("干茶"))
    fresh_moisture = forms.percent(_l("鲜叶含水率"))
    made_moisture = forms.percent(_l("干茶含水率"))
    grade = grades(_l("等级"), empty=_l("按鲜叶等级能定的最高等级"))
    reason = reason_field(_l("说明"))
    at = at_field(_l("完成时间"))
    no = own_no(_l("加工单号"))
    lot_no = own_no(_l("干茶批号"))

    def show(self, error: Refusal) -> None:
        """A moisture that cannot be is shown beside the one it is about."""
        if isinstance(error, MoistureImplausible):
            error.facts["field"] = f"{error.facts['stage']}_moisture"
        super().show(error)

    @property
    def run(self) -> Run:
        """What the run reports."""
        return Run(
            rejects_g=self.rejects.data,
            out_g=self.out.data,
            fresh_moisture=self.fresh_moisture.data,
            made_moisture=self.made_moisture.data,
            reason=self.reason.data or "",
        )

    def more(self, _effect: Effect | None) -> Iterable[Line]:
        """Leaf to the line, the most it can give, and the ratio."""
        net_g = self.drawn_g - (self.rejects.data or 0)
        if net_g <= 0:
            return
        yield Line(_("上锅鲜叶"), _("%(kg)s 千克", kg=words.kg(net_g)), _("投入减拣剔物"))
        yield from self._most(net_g)
        if self.out.data:
            yield _ratio(net_g, self.out.data)

    def _most(self, net_g: int) -> Iterable[Line]:
        """The most made tea that can come of so much leaf, once both moistures are known."""
        fresh, made = self.fresh_moisture.data, self.made_moisture.data
        if fresh is None or made is None or fresh >= 100:
            return
        floor = balance.floor(fresh, made, words.profile().ratio_floor)
        most = words.kg(balance.most_from(net_g, floor))
        yield Line(
            _("最多可制干茶"),
            _("%(kg)s 千克", kg=most),
            _("按含水率，鲜干比至少 %(floor)s", floor=balance.two_places(floor)),
        )


def _ratio(net_g: int, out_g: int) -> Line:
    low, high = words.profile().ratio_band
    usual = balance.in_band(net_g, out_g, (low, high))
    return Line(
        _("鲜干比"),
        str(balance.shown_ratio(net_g, out_g)),
        _("常见 %(low)s–%(high)s", low=low, high=high),
        "" if usual else "attention",
    )


def _offered(form: RowsForm, kinds: Sequence[LotKind]) -> None:
    with look() as work:
        form.offer(work, moment(), kinds=kinds)


@staged("/processings/new")
@allow(May.RECORD_CHAIN)
def process() -> ResponseReturnValue:
    """Leaf into made tea."""
    form = ProcessForm()
    _offered(form, [LotKind.LEAF])
    inputs = weights()
    return answer(
        form,
        ask(
            form,
            chain.process_leaf,
            at=form.at.data,
            inputs=inputs,
            run=form.run,
            grade=form.grade.data,
            no=form.no.data,
            lot_no=form.lot_no.data,
        ),
        lambda booked: done(
            _(
                "加工单 %(no)s：鲜叶 %(leaf)s 千克，拣剔 %(rejects)s 千克，制成干茶 %(out)s 千克。",
                no=booked.no,
                leaf=words.kg(sum(inputs.values())),
                rejects=words.kg(form.rejects.data),
                out=words.kg(form.out.data),
            ),
            "lot",
            lot=booked.lots[0],
        ),
        "enterprise/making.html",
        title=_("加工"),
        lead=_("选当次上锅的鲜叶，填称得的数。鲜叶应当天采、当天制；隔天或鲜干比异常须写说明。"),
        empty=(_("没有在库鲜叶"), _("先收青，再来登记加工。"), "receive", _("收青")),
        hours_since=hours_since,
    )


class RefineForm(RowsForm):
    """Made tea refined: what came out and what was sieved off."""

    table = _l("投入的茶")
    amount = "out"
    despite = frozenset({FAILED_REPORT})

    out = forms.weight(_l("精制后干茶"))
    fines = forms.weight(_l("筛末"), zero=True, default="0")
    at = at_field()
    no = own_no(_l("精制单号"))
    lot_no = own_no(_l("干茶批号"))


@staged("/refinings/new")
@allow(May.RECORD_CHAIN)
def refine() -> ResponseReturnValue:
    """Made tea, or a failed batch, into a new lot of made tea."""
    form = RefineForm()
    _offered(form, [LotKind.MADE, LotKind.BATCH])
    inputs = weights()
    return answer(
        form,
        ask(
            form,
            chain.refine,
            at=form.at.data,
            inputs=inputs,
            out_g=form.out.data,
            fines_g=form.fines.data,
            no=form.no.data,
            lot_no=form.lot_no.data,
        ),
        lambda booked: done(
            _(
                "精制单 %(no)s：投入 %(taken)s 千克，得干茶 %(out)s 千克，筛末 %(fines)s 千克。",
                no=booked.no,
                taken=words.kg(sum(inputs.values())),
                out=words.kg(form.out.data),
                fines=words.kg(form.fines.data),
            ),
            "lot",
            lot=booked.lots[0],
        ),
        "enterprise/making.html",
        title=_("精制"),
        lead=_("干茶再筛、再拣，或把不合格的成品批次精制成新的干茶批。新批等级取投入中最低的。"),
        empty=(_("没有在库干茶"), _("先登记加工，再来精制。"), "process", _("加工")),
    )


class BlendForm(RowsForm):
    """Made tea into a batch: a new one, or one that is still open."""

    table = _l("投入的茶")
    amount = "fines"

    batch_no = own_no(_l("新批次的批号"))
    into = Choices(_l("或并入未封的批次"), coerce=optional(int))
    fines = forms.weight(_l("筛末"), zero=True, default="0")
    grade = grades(_l("等级"), empty=_l("取投入中最低的等级"))
    at = at_field()
    no = own_no(_l("拼配单号"))

    def drawn(self) -> list[tuple[int, int]]:
        """The open batch that takes the tea counts too: it may have been closed meanwhile."""
        into = [(one.lot.id, one.party) for one in self.lines if one.lot.id == self.into.data]
        return list(dict.fromkeys([*super().drawn(), *into]))


@staged("/blendings/new")
@allow(May.RECORD_CHAIN)
def blend() -> ResponseReturnValue:
    """Made tea into a batch."""
    form = BlendForm()
    _offered(form, [LotKind.MADE, LotKind.BATCH])
    still_open = [one.lot for one in form.lines if one.lot.kind is LotKind.BATCH and not one.lot.closed]
    form.into.choices = [("", _("新建批次")), *((lot.id, lot.no) for lot in still_open)]
    if not form.is_submitted():
        chosen = request.args.get("lot", type=row_number)
        form.into.data = chosen if chosen in [lot.id for lot in still_open] else None
    inputs = weights()
    return answer(
        form,
        ask(
            form,
            chain.blend,
            at=form.at.data,
            inputs=inputs,
            fines_g=form.fines.data,
            batch_no=form.batch_no.data,
            into=form.into.data,
            grade=form.grade.data,
            no=form.no.data,
        ),
        lambda booked: done(
            _(
                "拼配单 %(no)s：投入 %(taken)s 千克，筛末 %(fines)s 千克，批次入库 %(out)s 千克。",
                no=booked.no,
                taken=words.kg(sum(inputs.values())),
                fines=words.kg(form.fines.data),
                out=words.kg(sum(inputs.values()) - form.fines.data),
            ),
            "lot",
            lot=booked.lots[0],
        ),
        "enterprise/making.html",
        title=_("拼配"),
        lead=_("干茶拼成成品批次（官堆）。抽样以后批次即封，不能再并入。"),
        empty=(_("没有在库干茶"), _("先登记加工，再来拼配。"), "process", _("加工")),
    )


class SampleForm(StockForm):
    """The sample sent to the laboratory and the one kept."""

    amount = "test"

    test = forms.weight(_l("送检样"))
    retained = forms.weight(_l("留样"), zero=True)
    at = at_field()

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """What the sample does to the batch."""
        if effect:
            yield Line(_("批次"), _("封批"), _("以后不能再并入干茶"))


@staged("/lots/<int:lot>/sample")
@allow(May.RECORD_CHAIN)
def sample(lot: int) -> ResponseReturnValue:
    """Draw the samples of a batch; it is closed from here on."""
    form = SampleForm()
    known = about(lot, form)
    return answer(
        form,
        ask(
            form,
            chain.draw_samples,
            at=form.at.data,
            batch=lot,
            test_g=form.test.data,
            retained_g=form.retained.data,
        ),
        lambda booked: done(
            _(
                "批次 %(lot)s 已抽送检样 %(test)s 千克、留样 %(kept)s 千克（%(no)s），批次已封。",
                lot=known.lot.no,
                test=words.kg(form.test.data),
                kept=words.kg(form.retained.data),
                no=booked.no,
            ),
            "lot",
            lot=lot,
        ),
        title=_("抽样送检"),
        lot=known,
        lead=_("抽样以后批次即封：不能再并入干茶。不留样，以后就不能复检。"),
        button=_("抽样并封批"),
    )
