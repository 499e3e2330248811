"""Leaf: work on plots, receipts at the scale, and what has to be written off."""

from typing import Any

from flask import request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Draw
from traceability.domain.errors import ReceiptLarge, Refusal
from traceability.domain.listing import Asked
from traceability.domain.people import May, Plot, PlotState
from traceability.domain.profile import LeafGrade
from traceability.domain.units import local_day
from traceability.services import chain, lists, people
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    about,
    answer,
    ask,
    at_field,
    bp,
    choices,
    done,
    one_of,
    own_no,
    reason_field,
    staged,
)
from traceability.web.enterprise.stock import StockForm
from traceability.web.forms import BooleanField, Form, StringField
from traceability.web.guard import allow, look, me, moment

REMEMBERED = ("plot", "scale", "leaf_grade")


class ReceiptForm(Form):
    """Leaf at the scale. The tick is shown once a large weight was asked about."""

    plot = one_of(_l("地块"))
    gross = forms.weight(_l("毛重"))
    tare = forms.weight(_l("皮重"), zero=True, default="0")
    confirmed = BooleanField(_l("我再看过一次秤，重量无误"))
    scale = one_of(_l("秤"))
    leaf_grade = one_of(_l("鲜叶等级"), LeafGrade)
    certificate_no = StringField(_l("承诺达标合格证编号"))
    plucked_on = forms.day(_l("采摘日"), optional=True)
    at = at_field(_l("过秤时间"))
    no = own_no(_l("收青单号"))

    asks_again = False

    def show(self, error: Refusal) -> None:
        """A large weight brings up the tick."""
        self.asks_again = isinstance(error, ReceiptLarge)
        super().show(error)

    def offer(self, work: Any) -> None:
        """Fill in the choices."""
        cards = people.plots_with_allowance(work, by=me(), day=local_day(moment()))
        active = [(plot.id, _card(plot, left)) for plot, left in cards]
        proposed = [
            (plot.id, _("%(no)s %(place)s（待核准）", no=plot.no, place=plot.place))
            for plot in people.plots(work, by=me())
            if plot.state is not PlotState.ACTIVE
        ]
        self.plot.choices = choices([*active, *proposed])
        self.scale.choices = choices((one.id, one.no) for one in people.scales(work, by=me()))
        self.leaf_grade.choices = choices((one.value, words.word(one)) for one in LeafGrade)


def _card(plot: Plot, left: Any) -> str:
    free = max(0, min(left.part_left_g, left.year_left_g))
    return _("%(no)s %(place)s · 剩 %(left)s 千克", no=plot.no, place=plot.place, left=words.kg(free))


#: Receipts shown below the form.
LATEST = 5


@bp.route("/receipts/new", methods=METHODS)
@allow(May.RECORD_CHAIN)
def receive() -> ResponseReturnValue:
    """Take in leaf; the same plot, scale and grade are offered next time."""
    form = ReceiptForm(data=session.get("receipt", {}))
    with look() as work:
        form.offer(work)
        latest = lists.page(work, by=me(), register=lists.RECEIPTS, asked=Asked(size=LATEST, down=True)).rows
    form.asks_again = bool(form.confirmed.data)
    return answer(
        form,
        ask(
            form,
            chain.receive_leaf,
            at=form.at.data,
            plot=form.plot.data,
            scale=form.scale.data,
            gross_g=form.gross.data,
            tare_g=form.tare.data,
            leaf_grade=form.leaf_grade.data,
            certificate_no=form.certificate_no.data or "",
            plucked_on=form.plucked_on.data,
            no=form.no.data,
            confirmed=bool(form.confirmed.data),
        ),
        lambda booked: _received(form, booked),
        "enterprise/receipt.html",
        latest=latest,
    )


def _received(form: ReceiptForm, booked: Any) -> ResponseReturnValue:
    session["receipt"] = {name: str(form[name].data) for name in REMEMBERED}
    gross, tare = form.gross.data, form.tare.data
    text = _(
        "已收 %(net)s 千克（毛重 %(gross)s − 皮重 %(tare)s），收青单 %(no)s。",
        net=words.kg(gross - tare),
        gross=words.kg(gross),
        tare=words.kg(tare),
        no=booked.no,
    )
    return done(text, "receive")


class WriteOffForm(StockForm):
    """Grams of a lot that are lost."""

    amount = "grams"

    grams = forms.weight(_l("报损重量"))
    reason = reason_field()
    at = at_field()

    def draw(self) -> Draw | None:
        """The grams typed."""
        return Draw(self.lines[0], self.grams.data) if self.grams.data and self.lines else None


@staged("/lots/<int:lot>/write-off")
@allow(May.RECORD_CHAIN)
def write_off(lot: int) -> ResponseReturnValue:
    """Declare tea of a lot lost."""
    form = WriteOffForm()
    known = about(lot, form)
    return answer(
        form,
        ask(
            form,
            chain.write_off,
            at=form.at.data,
            lot=lot,
            grams=form.grams.data,
            reason=form.reason.data or "",
        ),
        lambda booked: done(
            _(
                "批次 %(lot)s 已报损 %(kg)s 千克，单号 %(no)s。",
                lot=known.lot.no,
                kg=words.kg(form.grams.data),
                no=booked.no,
            ),
            "lot",
            lot=lot,
        ),
        title=_("报损"),
        lot=known,
        lead=_("报损的重量记作损耗，不能再用。超过时限没有加工的鲜叶只能报损。"),
        button=_("确认报损"),
    )


class PlotWorkForm(Form):
    """Farm work with an input, and its safety interval."""

    plot = one_of(_l("地块"))
    product = StringField(_l("投入品"))
    dose = StringField(_l("用量"))
    worked_on = forms.day(_l("使用日期"))
    interval_days = forms.whole(_l("安全间隔期"), unit=_l("天"))


@bp.route("/plot-works/new", methods=METHODS)
@allow(May.RECORD_CHAIN)
def work_on_plot() -> ResponseReturnValue:
    """Record what was used on a plot; leaf is refused until the interval has passed."""
    form = PlotWorkForm(data={"plot": request.args.get("plot")})
    with look() as work:
        form.plot.choices = choices((one.id, f"{one.no} {one.place}") for one in people.plots(work, by=me()))
    return answer(
        form,
        ask(
            form,
            chain.record_plot_work,
            plot=form.plot.data,
            product=form.product.data or "",
            dose=form.dose.data or "",
            worked_on=form.worked_on.data,
            interval_days=form.interval_days.data,
        ),
        lambda _plot: done(
            _("农事已登记：%(product)s。", product=form.product.data), "suppliers", list="works"
        ),
        title=_("登记农事与投入品"),
        lead=_("安全间隔期内采摘的鲜叶不能收。"),
        back=("suppliers", _("茶园与基础资料"), {"list": "works"}),
    )
