"""Printing: choose marks and a design, look at the real labels as a SAMPLE, print; the jobs and their files."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.marks import (
    NO_DESIGN,
    JobState,
    MarkState,
    SerialRange,
    Setup,
    control_number,
    count,
    plan,
    read_offset,
)
from traceability.domain.people import May
from traceability.formats.labels import Design
from traceability.formats.labels.calibration import calibration
from traceability.services import marks, people
from traceability.services.press.makers import placement_of
from traceability.services.press.manifest import manifest
from traceability.web import forms, words
from traceability.web.enterprise.door import METHODS, answer, ask, bp, cell, done, reason_field
from traceability.web.forms import Choices, Form, Parsed, StringField
from traceability.web.guard import LAST_ROW, allow, house, look, me, moment
from traceability.web.printing import Printing, picture

#: The choice of a design that is none: the codes as data, for a printing house.
DATA = "data"


def printing() -> Printing:
    """The press of this house."""
    found: Printing = current_app.extensions["printing"]
    return found


#: Marks of a batch nobody has printed: the product, their ranges as the form has them, how many they are.
Waiting = tuple[str, str, int]


class PrintForm(Form):
    """Which marks, on which design, for which pack date, and how they lie on the paper."""

    #: What the batch chosen has to be printed, by product.
    waiting: Sequence[Waiting] = ()

    serials = forms.serials(_l("标志号码"))
    design = Choices(_l("标签式样"))
    pack_day = forms.day(_l("包装日期"), optional=True)
    recipient = StringField(_l("印刷厂"))
    start = Parsed(_l("从第几格开始"), parse=cell, optional=True, mode="numeric", unit=_l("格"))
    right = Parsed(_l("向右偏移"), parse=read_offset, optional=True, mode="decimal", unit=_l("毫米"))
    down = Parsed(_l("向下偏移"), parse=read_offset, optional=True, mode="decimal", unit=_l("毫米"))

    @property
    def is_data(self) -> bool:
        """Whether the codes are wanted as data."""
        return bool(self.design.data == DATA)

    def setup(self) -> Setup:
        """What of the design and the printer a job pins; raise `DesignUnknown`."""
        if self.is_data:
            return NO_DESIGN
        placed = {"start": self.start.data or 0, "right": self.right.data or 0, "down": self.down.data or 0}
        return printing().press.makers.setup(self.design.data or "", **placed)


# --- choosing and looking -----------------------------------------------------------------------------------------


@bp.route("/marks/print", methods=METHODS)
@allow(May.PRINT_MARKS)
def print_labels() -> ResponseReturnValue:
    """Look at the labels as they will be, then print: a job that runs by itself and has a page of its own."""
    form = _chosen()
    if request.form.get("look") or not _is_live(form.design.data):
        return _preview(form)
    job = forms.submit(form, lambda work: _open(work, form))
    if job is None:
        return _form_page(form)
    _start(job)
    return done(_("打印任务已开始。"), "print_job", number=job)


def _start(number: int) -> None:
    """Set a job going; the same form sent again may lead to a job that has ended, and there is nothing to start."""
    job = _job(number)
    if job.state is JobState.OPEN:
        printing().start(job, by=me(), clock=house().clock)


def _open(work: Any, form: PrintForm) -> int:
    return printing().open(
        work,
        by=me(),
        now=moment(),
        ranges=form.serials.data,
        setup=form.setup(),
        pack_day=form.pack_day.data,
        recipient=form.recipient.data,
        key=form.key.data,
    )


@dataclass(frozen=True)
class Looked:
    """What would be printed: the first sheet as a picture, and how many labels, sheets and files there are."""

    picture: str
    marks: int
    sheets: int
    files: int
    live: bool


def _preview(form: PrintForm) -> ResponseReturnValue:
    looked = None if form.is_data else forms.preview(form, lambda work: _look(work, form))
    return _form_page(form, looked=looked[0] if looked else None)


@bp.post("/marks/sample")
@allow(May.PRINT_MARKS)
def sample_labels() -> ResponseReturnValue:
    """The SAMPLE that was looked at, as a file."""
    form = _chosen()
    looked = forms.preview(form, lambda work: _look(work, form))
    if looked is None:
        return _form_page(form)
    first, last = form.serials.data[0].first, form.serials.data[-1].last
    return _file(looked[1], f"SAMPLE-{control_number(first)}-{control_number(last)}.pdf", "application/pdf")


def _chosen() -> PrintForm:
    """The form with its designs to choose from, and the marks of one product."""
    waiting = _unprinted(request.args.get("lot", ""))
    serials = request.args.get("serials") or next((ranges for _name, ranges, _many in waiting), None)
    form = PrintForm(data={"serials": serials, "design": request.args.get("design")})
    form.waiting = waiting
    named = [(one.id, words.named(one.name)) for one in _designs()]
    form.design.choices = [*named, (DATA, _("编码数据（交印刷厂）"))]
    return form


def _unprinted(batch: str) -> list[Waiting]:
    """The marks of a batch that nobody has printed yet, by product: one job prints those of one product."""
    if not (batch.isascii() and batch.isdigit() and int(batch) <= LAST_ROW):
        return []
    with look() as work:
        issued = marks.issued_ranges(work, by=me(), batch=int(batch))
    found: dict[str, list[SerialRange]] = {}
    for one in issued:
        here = [span.range for span in one.spans if span.state is MarkState.ON_HAND]
        found.setdefault(one.product.name, []).extend(here)
    return [(name, ", ".join(map(str, here)), count(here)) for name, here in found.items() if here]


def _look(work: Any, form: PrintForm) -> tuple[Looked, bytes]:
    setup = form.setup()
    ranges = form.serials.data
    seen = marks.preview_marks(work, by=me(), now=moment(), ranges=ranges, pack_day=form.pack_day.data)
    shown = min(seen.marks, setup.per_page - setup.start) if setup.per_page > 1 else min(seen.marks, 3)
    pdf = printing().press.makers.sample(seen, setup, labels=max(1, shown))
    files = plan(ranges, per_file=setup.per_file, start=setup.start)
    sheets = sum(one.sheets(setup.per_page) for one in files)
    inline = base64.b64encode(picture(pdf)).decode("ascii")
    return Looked(inline, count(ranges), sheets, len(files), _is_live(setup.design)), pdf


def _form_page(form: PrintForm, *, looked: Looked | None = None) -> ResponseReturnValue:
    designs = [(words.named(one.name), _why_sample(one)) for one in _designs()]
    return forms.page("enterprise/print.html", form, looked=looked, designs=designs, live=printing().live)


def _designs() -> list[Design]:
    """Mark designs, those that can be live first."""
    return sorted(printing().designs.values(), key=lambda one: (not _is_live(one.id), one.id))


def _is_live(name: str | None) -> bool:
    """Whether printing this is a live print job; codes as data need no artwork."""
    design = printing().designs.get(name or "")
    if not printing().live or (design is None and name != DATA):
        return False
    return design is None or not design.has_mark_box or _has_artwork()


def _has_artwork() -> bool:
    with look() as work:
        return people.artwork_in_force(work, by=me(), enterprise=me().firm(May.PRINT_MARKS)) is not None


def _why_sample(design: Design) -> str:
    if not printing().live:
        return _("查验网址还没有确认为正式的 https 网址，只能出样张：不含可查验的标志码，也不算打印。")
    if not _is_live(design.id):
        return _("式样带专用标志图样位，图样还没有交存或者还没有核准，只能出样张。")
    return ""


@bp.get("/labels/<design>/calibration")
@allow(May.PRINT_MARKS)
def calibrate(design: str) -> ResponseReturnValue:
    """A page to measure how far a printer is off."""
    makers = printing().press.makers
    placed = {key: read_offset(request.args.get(key) or "0") for key in ("right", "down")}
    pdf = calibration(makers.design(design), placement=placement_of(makers.setup(design, **placed)))
    return _file(pdf, f"calibration-{design}.pdf", "application/pdf")


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, mimetype=kind, headers=headers)


# --- jobs ---------------------------------------------------------------------------------------------------------


@bp.get("/prints/<int:number>")
@allow(May.READ_CHAIN)
def print_job(number: int) -> ResponseReturnValue:
    """One job: how far it is, its files, what can be done with them."""
    job = _job(number)
    running = job.state is JobState.OPEN and printing().press.running(job)
    return forms.page(
        "enterprise/print_job.html",
        Form(),
        job=job,
        running=running,
        stopped=None if running else printing().why_stopped(job),
        design=printing().designs.get(job.setup.design),
    )


@bp.post("/prints/<int:number>/run")
@allow(May.PRINT_MARKS)
def run_on(number: int) -> ResponseReturnValue:
    """Go on with a job that was interrupted; what is there already stays."""
    job = _job(number)
    if job.state is not JobState.OPEN:
        raise errors.PrintJobClosed(job=job.no, state=job.state.value)
    printing().start(job, by=me(), clock=house().clock)
    return done(_("打印任务继续。"), "print_job", number=number)


def _job(number: int) -> marks.PrintJob:
    with look() as work:
        return marks.print_job(work, by=me(), number=number)


@bp.post("/prints/<int:number>/files/<int:seq>")
@allow(May.PRINT_MARKS)
def take_file(number: int, seq: int) -> ResponseReturnValue:
    """A file leaves the house; its marks are printed from here on."""
    name, content = printing().press.take(number, seq, by=me(), now=moment())
    return _file(content, name, "text/csv" if name.endswith(".csv") else "application/pdf")


class UndeliveredForm(Form):
    """Why a file that was handed over never came out."""

    reason = reason_field(_l("为什么没有印出来"))


@bp.route("/prints/<int:number>/files/<int:seq>/undelivered", methods=METHODS)
@allow(May.PRINT_MARKS)
def undelivered(number: int, seq: int) -> ResponseReturnValue:
    """Ask for a file once more; counted, and the county is told."""
    form = UndeliveredForm()
    with look() as work:
        marks.print_job(work, by=me(), number=number)
    told = {"job": number, "seq": seq, "reason": form.reason.data or ""}
    return answer(
        form,
        ask(form, marks.declare_undelivered, **told),
        lambda _n: done(_("已登记，可以再取一次。"), "print_job", number=number),
        title=_("文件没有印出来"),
        lead=_(
            "只有这个文件里的标志一枚都没有用过，才能再取一次；次数会登记，县局会看到。已经用过一部分的，请把没有印出来的作废，改用备用标志。"
        ),
        back=("print_job", _("打印任务"), {"number": number}),
        button=_("登记并允许再取一次"),
    )


class StopForm(Form):
    """Why a job is given up."""

    reason = reason_field(_l("停止原因"))


@bp.route("/prints/<int:number>/stop", methods=METHODS)
@allow(May.PRINT_MARKS)
def stop_job(number: int) -> ResponseReturnValue:
    """Give a job up: what was not taken is thrown away, and its marks stay unprinted."""
    form = StopForm()
    if form.validate_on_submit():
        told = {"reason": form.reason.data or "", "key": form.key.data}
        try:
            printing().press.stop(number, by=me(), now=moment(), **told)
        except Refusal as error:
            form.show(error)
        else:
            return done(_("打印任务已停止。"), "print_job", number=number)
    _job(number)
    return forms.page(
        "enterprise/form.html",
        form,
        title=_("停止打印任务"),
        lead=_("还没有取走的文件会删除，里面的标志仍是“未打印”，可以另开任务。已经取走的不受影响。"),
        back=("print_job", _("打印任务"), {"number": number}),
        button=_("停止"),
        danger=True,
    )


@bp.get("/prints/<int:number>/manifest")
@allow(May.READ_CHAIN)
def print_manifest(number: int) -> ResponseReturnValue:
    """Counts and hashes of the files, for the printing house."""
    job = _job(number)
    if job.state is not JobState.DONE or job.manifest_sha256 is None:
        raise errors.PrintFileUnknown(job=job.no, file="manifest")
    return _file(manifest(job), f"{job.no}-manifest.json", "application/json")
