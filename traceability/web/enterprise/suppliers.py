"""What the season stands on: garden cards, growers, scales, products, and outside consignees."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May, masked
from traceability.domain.units import local_day
from traceability.services import people
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, answer, ask, bp, choices, done, grades, one_of, own_no
from traceability.web.enterprise.survey_form import SurveyForm, survey_hints
from traceability.web.forms import Choices, Form, StringField
from traceability.web.guard import allow, look, me, moment

KINDS = ("household", "cooperative", "enterprise")


def _add(form: Form, act: Any, told: str, title: str, to: str, **shown: Any) -> ResponseReturnValue:
    """A form of one of the lists; `to` names it, and leads back to it."""
    return answer(
        form,
        act,
        lambda _made: done(told, "suppliers", list=to),
        title=title,
        back=("suppliers", _("茶园与基础资料"), {"list": to}),
        **shown,
    )


class GrowerForm(Form):
    """Somebody who grows leaf."""

    name = StringField(_l("姓名或名称"))
    kind = Choices(_l("类别"))
    township = StringField(_l("乡镇代码"))
    telephone = StringField(_l("电话"))
    no = own_no(_l("编号"))


@bp.route("/growers/new", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def add_grower() -> ResponseReturnValue:
    """Register a grower."""
    form = GrowerForm()
    form.kind.choices = [(one, words.word(one, "grower")) for one in KINDS]
    return _add(
        form,
        ask(
            form,
            people.register_grower,
            kind=form.kind.data,
            name=form.name.data or "",
            township=form.township.data or "",
            telephone=form.telephone.data or "",
            no=form.no.data,
        ),
        _("茶农已登记，可以申报茶农的地块了。"),
        _("登记茶农"),
        "growers",
        hints={
            "township": _("九位统计用区划代码，例如毛尖镇 522701110。"),
            "telephone": _("可不填。系统不保存号码，只留一个密文，用来发现重复登记。"),
            "no": _("不填则自动编号。"),
        },
    )


class PlotForm(SurveyForm):
    """A piece of tea garden."""

    no = StringField(_l("地块编号"))
    grower = one_of(_l("茶农"))
    township = StringField(_l("乡镇代码"))
    place = StringField(_l("地名"))
    area_mu = forms.area(_l("面积"))
    cultivar = StringField(_l("茶树品种"))
    altitude_m = forms.count(_l("海拔"), optional=True, unit=_l("米"))


@bp.route("/plots/new", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def add_plot() -> ResponseReturnValue:
    """Propose a plot; the county approves it."""
    form = PlotForm()
    with look() as work:
        known = people.growers(work, by=me())
    form.grower.choices = choices(
        (one, f"{masked(name, kind)} · {words.word(kind, 'grower')} · {no}")
        for one, no, kind, name, _where in known
    )
    return _add(
        form,
        ask(
            form,
            form.surveying(people.register_plot),
            no=form.no.data or "",
            grower=form.grower.data,
            township=form.township.data or "",
            place=form.place.data or "",
            area_mu=form.area_mu.data,
            cultivar=form.cultivar.data,
            altitude_m=form.altitude_m.data,
        ),
        _("地块 %(no)s 已申报，县局核准以后可以收青。", no=form.no.data),
        _("申报地块"),
        "plots",
        lead=_("县局核准以后才能从这个地块收青。"),
        hints={
            "grower": _("本企业自己的茶园，先把本企业登记成茶农，类别选“企业”。"),
            "township": _("九位统计用区划代码，例如毛尖镇 522701110。"),
            "cultivar": _("可不填。"),
            "altitude_m": _("可不填。"),
            **survey_hints(),
        },
    )


class ScaleForm(Form):
    """A scale and its verification."""

    no = StringField(_l("秤号"))
    verified_on = forms.day(_l("检定日期"))
    verified_until = forms.day(_l("有效期至"))


@bp.route("/scales/new", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def add_scale() -> ResponseReturnValue:
    """Register a scale, or its new verification."""
    form = ScaleForm(data={"no": request.args.get("no")})
    return _add(
        form,
        ask(
            form,
            people.register_scale,
            no=form.no.data or "",
            verified_on=form.verified_on.data,
            verified_until=form.verified_until.data,
        ),
        _verified(form),
        _("登记秤的检定"),
        "scales",
        lead=_("检定有效期最长一年。过期的秤收青会提示县局。"),
    )


def _verified(form: ScaleForm) -> str:
    """What is told of a verification: one that has ended already is good for receipts of its own days only."""
    until = form.verified_until.data
    if until is not None and until < local_day(moment()):
        return _(
            "秤 %(no)s 的检定已登记，到 %(day)s 已经过期，只能补登此前的收青。",
            no=form.no.data,
            day=words.day(until),
        )
    return _("秤 %(no)s 的检定已登记，可以用来收青了。", no=form.no.data)


class ProductForm(Form):
    """What is sold under the mark."""

    name = StringField(_l("产品名称"))
    grade = grades(_l("等级"))
    net_content_g = forms.count(_l("净含量"), unit=_l("克"))
    gtin = StringField(_l("商品条码"))


@bp.route("/products/new", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def add_product() -> ResponseReturnValue:
    """Register a product."""
    form = ProductForm()
    return _add(
        form,
        ask(
            form,
            people.register_product,
            name=form.name.data or "",
            grade=form.grade.data,
            net_content_g=form.net_content_g.data,
            gtin=form.gtin.data,
        ),
        _("产品已登记：%(name)s。", name=form.name.data),
        _("登记产品"),
        "products",
        hints={"gtin": _("可不填。")},
    )


class ConsigneeForm(Form):
    """Somebody goods are sent to who has no account here."""

    name = StringField(_l("名称"))
    place = StringField(_l("所在地"))


@bp.route("/consignees/new", methods=METHODS)
@allow(May.KEEP_SUPPLIERS)
def add_consignee() -> ResponseReturnValue:
    """Keep a record of an outside consignee; its stock is recorded by the firm."""
    form = ConsigneeForm()
    return _add(
        form,
        ask(form, people.register_consignee, name=form.name.data or "", place=form.place.data or ""),
        _("收货方已登记：%(name)s。", name=form.name.data),
        _("登记收货方"),
        "consignees",
        lead=_("门店、电商仓等没有本系统账号的收货方，由本企业代记签收、销售和库存。"),
    )
