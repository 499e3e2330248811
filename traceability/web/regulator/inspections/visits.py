"""A visit on the phone: who is there, what was looked at, what came of it. Each line is saved as it is written."""

from typing import Any

from flask import Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import units
from traceability.domain.errors import Refusal
from traceability.domain.inspections import Access, LineOutcome, Result, VisitState
from traceability.domain.people import May
from traceability.formats import photos
from traceability.services import inspections
from traceability.web import words
from traceability.web.forms import Choices, FileField, Form, StringField, TextAreaField, count, page, weight
from traceability.web.guard import allow, look, me, moment
from traceability.web.i18n import counted as _n
from traceability.web.regulator.door import bp
from traceability.web.showing import carry_out

PICK = ("", _l("请选择"))


class BeginForm(Form):
    """Who is there and whether they were let in."""

    access = Choices(_l("能否进入"))
    second = Choices(_l("同行检查人员"))
    words = TextAreaField(_l("说明"), id="begin-words")


class LineForm(Form):
    """One thing looked at."""

    item = Choices(_l("检查内容"))
    outcome = Choices(_l("情况"))
    counted = StringField(_l("清点数量"))
    words = TextAreaField(_l("说明"), id="line-words")
    photo = FileField(_l("照片"))
    picture = b""

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the photo before the book is opened for writing: redrawing it takes its time."""
        if not super().validate(extra_validators):
            return False
        try:
            self.picture = photos.clean(self.photo.data.read()) if self.photo.data else b""
        except Refusal as error:
            error.facts["field"] = "photo"
            self.show(error)
            return False
        return True


class EndForm(Form):
    """What came of the visit."""

    result = Choices(_l("检查结果"))
    words = TextAreaField(_l("处理意见"), id="end-words")


def _forms(file: Any, names: Any) -> tuple[BeginForm, LineForm, EndForm]:
    begin, line, end = BeginForm(formdata=None), LineForm(formdata=None), EndForm(formdata=None)
    return _filled(begin, names), _filled(line, names), _filled(end, names)


def _filled(form: Any, names: Any) -> Any:
    """With what can be chosen."""
    if isinstance(form, BeginForm):
        form.access.choices = [(one.value, words.word(one)) for one in Access]
        form.second.choices = [PICK, *((str(user), name) for user, name in names)]
    elif isinstance(form, LineForm):
        form.item.choices = [PICK, *((one.key, words.named(one)) for one in words.profile().checklist)]
        form.outcome.choices = [(one.value, words.word(one)) for one in LineOutcome]
    else:
        ends = (one for one in Result if one is not Result.NOT_MADE)
        form.result.choices = [PICK, *((one.value, words.word(one)) for one in ends)]
    return form


@bp.get("/inspections/visits/<int:number>")
@allow(May.OVERSEE)
def visit(number: int) -> ResponseReturnValue:
    """A visit: what is known before, what is written down there."""
    return _page(number)


def _page(number: int, refused: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        file = inspections.visit_file(work, by=me(), number=number)
        may = me().may(May.INSPECT)
        names = inspections.seconds(work, by=me(), visit=file.visit) if may else []
    begin, line, end = _forms(file, names)
    chosen = {type(one): one for one in (begin, line, end)} | ({type(refused): refused} if refused else {})
    mine = may and me().user in file.team and me().enterprise != file.visit.enterprise
    return page(
        "regulator/visit.html",
        refused,
        file=file,
        visit=file.visit,
        begin=chosen[BeginForm],
        line=chosen[LineForm],
        end=chosen[EndForm],
        mine=mine,
        states=VisitState,
        checklist={one.key: one for one in words.profile().checklist},
        looked={one.item for one, _finding in file.lines},
    )


def _take(number: int, form: Any, act: Any, said: str) -> ResponseReturnValue:
    done = carry_out(form, act, said=said, to=url_for("regulator.visit", number=number))
    return done or _page(number, form)


def _names(number: int) -> Any:
    with look() as work:
        file = inspections.visit_file(work, by=me(), number=number)
        return inspections.seconds(work, by=me(), visit=file.visit)


@bp.post("/inspections/visits/<int:number>/begin")
@allow(May.INSPECT)
def begin_visit(number: int) -> ResponseReturnValue:
    """The inspectors are there."""
    form = _filled(BeginForm(), _names(number))

    def act(work: Any) -> int:
        return inspections.begin_visit(
            work,
            by=me(),
            now=moment(),
            at=moment(),
            visit=number,
            access=Access(form.access.data),
            second=int(form.second.data or 0),
            words=form.words.data or "",
            key=form.key.data,
        )

    return _take(number, form, act, _("已登记到场。"))


@bp.post("/inspections/visits/<int:number>/lines")
@allow(May.INSPECT)
def write_line(number: int) -> ResponseReturnValue:
    """One thing looked at, with its time."""
    form = _filled(LineForm(), _names(number))

    def act(work: Any) -> int:
        return inspections.write_line(
            work,
            by=me(),
            now=moment(),
            at=moment(),
            visit=number,
            item=form.item.data or "",
            outcome=LineOutcome(form.outcome.data),
            counted=_counted(form.item.data or "", form.counted.data or ""),
            words=form.words.data or "",
            photo=form.picture,
            key=form.key.data,
        )

    return _take(number, form, act, _("已记下。"))


def _counted(item: str, text: str) -> int | None:
    """What was counted, in the unit of the thing; raise what the domain's parsers raise, beside the field."""
    known = words.profile().check_item(item)
    if not text.strip() or known is None:
        return None
    try:
        return units.parse_weight_or_zero(text) if known.unit == "g" else _whole(text)
    except Refusal as error:
        error.facts["field"] = "counted"
        raise


def _whole(text: str) -> int:
    return 0 if units.half_width(text).strip() == "0" else units.parse_count(text)


@bp.post("/inspections/visits/<int:number>/conclude")
@allow(May.INSPECT)
def conclude_visit(number: int) -> ResponseReturnValue:
    """End it with what came of it."""
    form = _filled(EndForm(), _names(number))

    def act(work: Any) -> int:
        return inspections.conclude_visit(
            work,
            by=me(),
            now=moment(),
            at=moment(),
            visit=number,
            result=Result(form.result.data),
            words=form.words.data or "",
            key=form.key.data,
        )

    return _take(number, form, act, _("检查已结束。"))


@bp.post("/inspections/visits/<int:number>/lines/<int:line>/raise")
@allow(May.INSPECT)
def raise_line(number: int, line: int) -> ResponseReturnValue:
    """A line that says something is wrong becomes a finding."""
    form = Form()

    def act(work: Any) -> int:
        return inspections.raise_finding(
            work, by=me(), now=moment(), visit=number, line=line, key=form.key.data
        )

    return _take(number, form, act, _("已转为线索。"))


@bp.get("/inspections/lines/<int:number>.jpg")
@allow(May.OVERSEE)
def line_photo(number: int) -> ResponseReturnValue:
    """The photo of a line, as it was drawn anew."""
    with look() as work:
        return Response(inspections.line_photo(work, by=me(), line=number), mimetype="image/jpeg")


# --- a sample ---------------------------------------------------------------------------------------------------------


class SampleForm(Form):
    """What was taken, from whom, under which seal."""

    lot = Choices(_l("批次"))
    grams = weight(_l("重量"), optional=True)
    packs = count(_l("件数"), unit=_l("件"), optional=True)
    taken_from = StringField(_l("陪同人员"))
    seal_no = StringField(_l("封签编号"))


@bp.route("/inspections/visits/<int:number>/sample", methods=["GET", "POST"])
@allow(May.INSPECT)
def take_sample(number: int) -> ResponseReturnValue:
    """Take a sample out of what the firm has."""
    form, to = SampleForm(), url_for("regulator.visit", number=number)
    with look() as work:
        file = inspections.visit_file(work, by=me(), number=number)
        held = inspections.to_sample(work, by=me(), enterprise=file.visit.enterprise)
    form.lot.choices = [PICK, *((str(one.lot.id), _named(one)) for one in held)]
    done = carry_out(form, lambda work: _take_sample(work, number, form), said=_("样品已登记。"), to=to)
    return done or page("regulator/take_sample.html", form, visit=file.visit, back=to)


def _named(line: Any) -> str:
    """A lot with what there is of it."""
    lot = line.lot
    if lot.product is not None:
        return f"{lot.no} · {lot.product.name} · {_n('%(n)s 件', line.packs)}"
    grade = words.word(lot.grade) if lot.grade else ""
    return f"{lot.no} · {grade} · {words.kg(line.grams)} {_('千克')}"


def _take_sample(work: Any, number: int, form: Any) -> int:
    return inspections.take_sample(
        work,
        by=me(),
        now=moment(),
        at=moment(),
        visit=number,
        lot=int(form.lot.data or 0),
        grams=form.grams.data or 0,
        packs=form.packs.data or 0,
        taken_from=form.taken_from.data or "",
        seal_no=form.seal_no.data or "",
        key=form.key.data,
    )
