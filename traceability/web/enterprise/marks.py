"""Marks: requests for a tested batch, the issued ranges, and marks that are void or lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.chain import Lot, LotKind
from traceability.domain.people import May, Product
from traceability.domain.units import parse_count
from traceability.services import chain, marks, people
from traceability.services.chain import Effect
from traceability.web import forms, words
from traceability.web.enterprise.door import (
    METHODS,
    answer,
    ask,
    bp,
    done,
    firm,
    reason_field,
    staged,
)
from traceability.web.enterprise.outlook import Line, Note
from traceability.web.enterprise.stock import StockForm, read_whole
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me, moment
from traceability.web.i18n import counted as _n

# --- requests -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """A batch marks may be asked for, and for how many grams."""

    lot: Lot
    free_g: int


MOST_READY = 10
"""Batches offered on the page of requests; earlier ones are found among the lots."""


def ready(work: Any) -> list[Ready]:
    """The latest tested batches that pass by what was typed, with what a request may still ask for."""
    closed = [line for line in chain.on_hand(work, by=me(), kinds=[LotKind.BATCH]) if line.lot.closed]
    found = []
    for line in closed[: -MOST_READY - 1 : -1]:
        judged = chain.batch_status(work, line.lot).judgement
        if judged is not None and judged.passed:
            found.append(Ready(line.lot, room(work, line.lot.id)))
    return found


def room(work: Any, batch: int) -> int:
    """Grams of a batch a request may still ask for."""
    free = chain.free_g(work, by=me(), batch=batch, at=moment())
    return marks.room(work, batch, firm(work).enterprise, grams=free)


class RequestForm(StockForm):
    """Marks asked for, product by product; all of it is in the table."""

    asked: Sequence[tuple[int, int, int]] = ()
    products: Mapping[int, Product] = {}
    left_g = 0

    def unfilled(self) -> list[str]:
        """Nothing of the table."""
        return [] if self.asked else [str(_l("件数"))]

    def result(self, work: Any, booked: Any) -> Any:
        """A request moves no tea."""
        return None

    def more(self, effect: Effect | None) -> Iterable[Line]:
        """Marks and grams asked for, beside what may be asked for."""
        if not self.asked:
            return
        packs, spares = sum(one[1] for one in self.asked), sum(one[2] for one in self.asked)
        grams = sum(n * self.products[product].net_content_g for product, n, _spares in self.asked)
        yield Line(_("申领标志"), _n("%(n)s 枚", packs + spares), _("其中备用 %(n)s 枚", n=f"{spares:,}"))
        yield Line(
            _("所占茶叶"),
            _("%(kg)s 千克", kg=words.kg(grams)),
            _("可申领 %(kg)s 千克", kg=words.kg(self.left_g)),
        )
        if grams <= self.left_g:
            yield Line(_("还可申领"), _("%(kg)s 千克", kg=words.kg(self.left_g - grams)))

    def beside(self, effect: Effect | None) -> dict[str, Note]:
        """Spares that may be asked for beside so many packs."""
        return {
            f"spares-{product}": Note(_("最多 %(n)s 枚", n=words.profile().spares(packs)))
            for product, packs, _spares in self.asked
            if packs
        }


@staged("/lots/<int:lot>/request")
@allow(May.REQUEST_MARKS)
def request_marks(lot: int) -> ResponseReturnValue:
    """Ask for marks for a tested batch, product by product."""
    form = RequestForm()
    with look() as work:
        known = chain.dossier(work, by=me(), lot=lot)
        products = _fitting(people.products(work, by=me()), known.lot)
        left = form.left_g = room(work, lot)
    form.products = {one.id: one for one in products}
    lines = _lines()
    form.asked = [one for one in lines if one[0] in form.products]
    return answer(
        form,
        ask(form, marks.request_marks, batch=lot, lines=lines),
        lambda _request: done(_asked(known.lot, lines), "requests"),
        "enterprise/request.html",
        lot=known,
        products=products,
        left=left,
        percent=words.profile().spares_percent,
        least=words.profile().spares_least,
    )


def _fitting(products: Iterable[Product], batch: Lot) -> list[Product]:
    """Products of a grade the batch may be sold as: the best grade first, then the largest pack."""
    fitting = [one for one in products if batch.grade is not None and one.grade.at_most(batch.grade)]
    return sorted(fitting, key=lambda one: (one.grade.rank, -one.net_content_g, one.name))


def _lines() -> list[tuple[int, int, int]]:
    """(product, packs, spares) of what was filled in, in the order of the page: `packs-P`, `spares-P`."""
    packs, spares = forms.keyed("packs", parse_count), forms.keyed("spares", read_whole)
    wanted = dict.fromkeys([*packs, *(one for one, n in spares.items() if n)])
    return [(one, packs.get(one, 0), spares.get(one, 0)) for one in wanted]


def _asked(batch: Lot, lines: Sequence[tuple[int, int, int]]) -> str:
    packs, spares = sum(one[1] for one in lines), sum(one[2] for one in lines)
    return _(
        "批次 %(lot)s 已申领标志 %(packs)s 枚，备用 %(spares)s 枚，等县局审批。",
        lot=batch.no,
        packs=packs,
        spares=spares,
    )


@bp.post("/requests/<int:number>/withdraw")
@allow(May.REQUEST_MARKS)
def withdraw(number: int) -> ResponseReturnValue:
    """Take back a request nobody has decided."""
    form = Form()
    with look() as work:
        marks.request(work, by=me(), number=number)
    return answer(
        form,
        ask(form, marks.withdraw_request, request=number),
        lambda _request: done(_("申领已撤回。"), "requests"),
        title=_("撤回申领"),
        back=("requests", _("申领标志")),
    )


# --- marks in hand ----------------------------------------------------------------------------------------------


class VoidForm(Form):
    """Marks that were spoiled."""

    serials = forms.serials(_l("标志号码"))
    reason = reason_field(_l("作废原因"))


@bp.route("/marks/void", methods=METHODS)
@allow(May.VOID_MARKS)
def void() -> ResponseReturnValue:
    """Void spoiled marks; their tea stays reserved until the office has counted them back."""
    form = VoidForm(data={"serials": request.args.get("serials")})
    return answer(
        form,
        ask(form, marks.void_marks, ranges=form.serials.data, reason=form.reason.data or ""),
        lambda n: done(_("已作废标志 %(n)s 枚。", n=n), "marks"),
        title=_("作废标志"),
        lead=_("污损、印坏的标志作废以后不能再用；占用的茶叶重量不因作废而放出，实物缴回县局清点后才放出。"),
        hints={"serials": _("例如 0000012001-0000012003, 0000012010。")},
        back=("marks", _("标志")),
        button=_("作废"),
        danger=True,
    )


class LostForm(Form):
    """Labels that cannot be found."""

    serials = forms.serials(_l("标志号码"))
    counted = forms.count(_l("少了几枚"), unit=_l("枚"))
    reason = reason_field(_l("怎么丢的"))


@bp.route("/marks/lost", methods=METHODS)
@allow(May.VOID_MARKS)
def lost() -> ResponseReturnValue:
    """Report printed labels that cannot be found; the county looks into it."""
    form = LostForm(data={"serials": request.args.get("serials")})
    asked = {"ranges": form.serials.data, "counted": form.counted.data, "reason": form.reason.data or ""}
    return answer(
        form,
        ask(form, marks.report_lost, **asked),
        lambda n: done(_("已报失标志 %(n)s 枚，县局会核查。", n=n), "marks"),
        title=_("标志报失"),
        lead=_(
            "已打印而找不到的标签在这里报失。报失以后不能再用，占用的茶叶重量也不放出；找到了要缴回县局清点。"
        ),
        hints={
            "serials": _("例如 0000012001-0000012003, 0000012010。"),
            "counted": _("自己清点少了的枚数，应与号码一致。"),
        },
        back=("marks", _("标志")),
        button=_("报失"),
        danger=True,
    )
