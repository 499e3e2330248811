"""What a form would come to, told while it is filled in: the use case itself is run and undone.

A form is done by posting it, and tried by posting it to the same address with `/preview` behind it. What cannot be run
yet, because fields are empty, is told as far as the domain's functions can.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.chain import Account, Lot, LotKind, Stock
from traceability.domain.errors import Refusal
from traceability.services import chain
from traceability.services.chain import Effect
from traceability.services.chain.effects import Moved
from traceability.web import forms, words
from traceability.web.errors import refusal_text
from traceability.web.forms import Form
from traceability.web.guard import look, me, rehearse
from traceability.web.i18n import counted as _n

#: Names of the endpoints that try a form; `door.staged` puts them in.
PREVIEWS: set[str] = set()
SUFFIX = "/preview"


@dataclass(frozen=True)
class Line:
    """One thing that follows: its name, the number with its unit, what to compare it with, and how loud it is."""

    label: str
    value: str
    note: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Note:
    """A word beside an input."""

    text: str
    tone: str = ""


@dataclass
class Outlook:
    """What a form would come to: lines, notes beside inputs, what is still to fill in, and why it would be refused."""

    lines: list[Line] = field(default_factory=list)
    beside: dict[str, Note] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    meanwhile: list[str] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        """Whether saving would be refused as things stand, empty fields aside."""
        return bool(self.stops) or any(note.tone == "stop" for note in self.beside.values())


@dataclass(frozen=True)
class Addresses:
    """Where a form is saved, and where it is tried."""

    save: str
    preview: str


def addresses(path: str = "") -> Addresses:
    """Of the form on this page, unless it belongs to another; what was asked for in the address stays in it."""
    path = path or (request.path.removesuffix(SUFFIX) if asked() else request.path)
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return Addresses(path + query, path + SUFFIX + query)


def asked() -> bool:
    """Whether this request only tries the form."""
    return request.endpoint in PREVIEWS


def tried(form: Any, act: Callable[[Any], Any], template: str, **shown: Any) -> ResponseReturnValue:
    """The answer to a form that is tried: the outlook alone, or where there is no script the whole page with it."""
    if request.method != "POST":
        return redirect(addresses().save, 303)
    outlook = foresee(form, act)
    if "HX-Request" in request.headers:
        return render_template("enterprise/_outcome.html", outlook=outlook, names=_names(form), swap=True)
    return forms.page(template, form, outlook=outlook, staged=addresses(), **shown)


def _names(form: Form) -> list[str]:
    """Every input that has a place for a note."""
    rows = [
        name for name in request.form if name.rpartition("-")[2].isdigit() and not name.startswith("carton")
    ]
    return [*(one.name for one in form if one.type not in ("HiddenField", "CSRFTokenField")), *rows]


def foresee(form: Any, act: Callable[[Any], Any]) -> Outlook:
    """Run what the form asks and undo it; the form is left without errors, for they are in the outlook."""
    outlook = Outlook()
    form.validate()
    _take_errors(form, outlook, blank_is_wrong=False)
    outlook.missing += [name for name in form.unfilled() if name not in outlook.missing]
    ready = form.rehearsed and not outlook.missing and not outlook.stopped
    effect = _rehearsed(form, act, outlook) if ready else None
    outlook.lines = list(form.outcome(effect))
    outlook.beside = {**form.beside(effect), **outlook.beside}
    outlook.meanwhile = _meanwhile(form)
    return outlook


def _rehearsed(form: Any, act: Callable[[Any], Any], outlook: Outlook) -> Any:
    try:
        with rehearse() as work:
            return form.result(work, act(work))
    except Refusal as error:
        form.show(error)
        _take_errors(form, outlook, blank_is_wrong=True)
        return None


def _take_errors(form: Any, outlook: Outlook, *, blank_is_wrong: bool) -> None:
    """Out of the form into the outlook. What was not filled in yet is not wrong, unless the rules ask for it."""
    rows: dict[str, str] = g.setdefault("row_errors", {})
    for one in form:
        if one.errors and one.type not in ("HiddenField", "CSRFTokenField"):
            _take(outlook, one.name, " ".join(map(str, one.errors)), one.label.text, blank_is_wrong)
            one.errors = []
    outlook.stops += [str(text) for text in form.form_errors if str(text) not in rows.values()]
    for name, text in rows.items():
        _take(outlook, name, text, form.table, blank_is_wrong)
    rows.clear()
    form.form_errors.clear()


def _take(outlook: Outlook, name: str, text: str, label: object, blank_is_wrong: bool) -> None:
    blank = not any(typed.strip() for typed in request.form.getlist(name))
    if not blank:
        outlook.beside[name] = Note(text, "stop")
    elif blank_is_wrong:
        outlook.beside[name] = Note(text, "attention")
    elif str(label) not in outlook.missing:
        outlook.missing.append(str(label))


def _meanwhile(form: Any) -> list[str]:
    with look() as work:
        return [refusal_text(one) for one in chain.moved_meanwhile(work, by=me(), seen=form.seen)]


# --- what an event comes to, in lines ---------------------------------------------------------------------------


def amount(lot: Lot, grams: int, packs: int = 0) -> str:
    """Packs of a pack lot, kilograms of anything else, with the unit."""
    return pieces(packs) if lot.kind is LotKind.PACKS else _("%(kg)s 千克", kg=words.kg(grams))


def pieces(packs: int) -> str:
    """So many packs."""
    return _n("%(n)s 件", packs)


def remainder(stock: Stock, grams: int, packs: int = 0) -> str:
    """What would be left of a stock, of how much."""
    if stock.lot.kind is LotKind.PACKS:
        return _("余 %(left)s，共 %(all)s 件", left=f"{stock.packs - packs:,}", all=f"{stock.packs:,}")
    return _("余 %(left)s，共 %(all)s 千克", left=words.kg(stock.grams - grams), all=words.kg(stock.grams))


#: Where grams end, in the order people ask for them.
_ENDS = (
    Account.REJECTS,
    Account.FINES,
    Account.SAMPLES,
    Account.SPILL,
    Account.OVERFILL,
    Account.LOSS,
    Account.TRANSIT,
    Account.SOLD,
    Account.DESTROYED,
)


def lines_of(effect: Effect) -> Iterable[Line]:
    """What an event does: what it takes in all, what it makes, and where the rest of the grams goes."""
    taken = [one for one in effect.moved if one.grams < 0]
    if len(taken) > 1:
        yield Line(_("共取用"), _("%(kg)s 千克", kg=words.kg(effect.taken_g)))
    for one in effect.given:
        yield Line(words.word(one.stock.lot.kind), amount(one.stock.lot, one.grams, one.packs), _made(one))
    for account in _ENDS:
        grams, packs = effect.elsewhere.get(account, (0, 0))
        if grams > 0:
            weight = _("%(kg)s 千克", kg=words.kg(grams))
            yield Line(words.word(account), *((pieces(packs), weight) if packs else (weight,)))
    yield from finding_lines(effect)


def finding_lines(effect: Effect) -> Iterable[Line]:
    """What the office would hear of it."""
    for finding in effect.findings:
        yield Line(_("会提示县局"), "", words.finding_sentence(finding), "attention")


def _made(one: Moved) -> str:
    """What the lot is: product, grade, and until when it is good."""
    lot = one.stock.lot
    parts = [lot.product.name, words.content(lot.product.net_content_g)] if lot.product else []
    parts += [words.word(lot.grade)] if lot.grade else []
    if lot.best_before:
        parts.append(_("保质期至 %(day)s", day=words.day(lot.best_before)))
    if one.grams != one.stock.grams:
        parts.append(
            _("%(lot)s 合计在库 %(all)s", lot=lot.no, all=amount(lot, one.stock.grams, one.stock.packs))
        )
    return " · ".join(parts)


def remainder_lines(effect: Effect) -> Iterable[Line]:
    """What is left on hand of each lot that was taken from, and how much of it is kept for marks."""
    for one in effect.moved:
        if one.grams < 0:
            yield Line(_("余下在库"), amount(one.stock.lot, one.stock.grams, one.stock.packs), _was(one))


def _was(one: Moved) -> str:
    stock = one.stock
    was = amount(stock.lot, stock.grams - one.grams, stock.packs - one.packs)
    text = _("%(lot)s，原有 %(all)s", lot=stock.lot.no, all=was)
    if stock.lot.kind is LotKind.BATCH and stock.reserved_g:
        kept = _("其中 %(kg)s 千克留给已发放而未使用的标志", kg=words.kg(min(stock.reserved_g, stock.grams)))
        return f"{text}{_('；')}{kept}"
    return text
