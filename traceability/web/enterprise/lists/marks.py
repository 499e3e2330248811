"""Lists of the mark ledger: requests, issued ranges, print jobs."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.marks import JobState, MarkState, Medium, RequestState, Span
from traceability.domain.people import May
from traceability.formats.tables import Kind
from traceability.services import lists, marks
from traceability.services.lists import Asking
from traceability.services.marks import IssuedRange, PrintJob
from traceability.web import forms, words
from traceability.web.enterprise.door import bp
from traceability.web.enterprise.lists.tea import lot_page
from traceability.web.enterprise.marks import ready
from traceability.web.enterprise.prints import printing
from traceability.web.forms import Form
from traceability.web.guard import allow, look, me
from traceability.web.listing import Choice, Column, Listing, exported, listed, view

PIECES = _l("枚")

# --- requests -------------------------------------------------------------------------------------------------


def _wanted(one: Asking) -> tuple[str, ...]:
    return tuple(
        f"{product.name} {words.content(line.net_content_g)} × {line.packs:,}"
        for product, line in zip(one.products, one.request.lines, strict=True)
    )


_REQUEST_TAGS = {"filed": "attention", "approved": "attention", "refused": "stop", "withdrawn": "quiet"}

REQUESTS: Listing[Asking] = Listing(
    "requests",
    _l("申领记录"),
    lists.REQUESTS,
    columns=(
        Column("no", _l("申领号"), lambda one: one.request.no, sorts=True, whole=True),
        Column("filed", _l("申领时间"), lambda one: one.request.filed_at, Kind.MOMENT, sorts=True),
        Column(
            "batch",
            _l("批次"),
            lambda one: one.batch.no,
            sorts=True,
            link=lambda one: lot_page(one.batch),
            whole=True,
        ),
        Column("products", _l("产品"), _wanted),
        Column(
            "packs",
            _l("件数"),
            lambda one: sum(line.packs for line in one.request.lines),
            Kind.COUNT,
            unit=PIECES,
            sorts=True,
        ),
        Column(
            "spares",
            _l("备用"),
            lambda one: sum(line.spares for line in one.request.lines),
            Kind.COUNT,
            unit=PIECES,
        ),
        Column(
            "state",
            _l("状态"),
            lambda one: words.word(one.request.state),
            sorts=True,
            tag=lambda one: _REQUEST_TAGS.get(one.request.state, ""),
            note=lambda one: one.request.reason or "",
            note_title=_l("理由"),
        ),
    ),
    order="filed",
    search=_l("查找申领"),
    hint=_l("申领号、批号或产品"),
    families=("request",),
    choices=(Choice("state", _l("状态"), tuple(RequestState)),),
    dated=_l("申领日期"),
)


@bp.get("/requests")
@allow(May.READ_CHAIN)
def requests() -> ResponseReturnValue:
    """Batches marks may be asked for, and every request."""
    if (file := exported(REQUESTS)) is not None:
        return file
    with look() as work:
        batches = ready(work)
        shown = view(work, REQUESTS)
    return forms.page("enterprise/requests.html", listing=shown, ready=batches, form=Form())


# --- issued ranges --------------------------------------------------------------------------------------------


def _spans(one: IssuedRange) -> tuple[str, ...]:
    return tuple(f"{span.range} {words.word(span.state)}{_for_day(span)}" for span in one.spans)


def _for_day(span: Span) -> str:
    """The pack date on labels that wait for it; on the others it is past."""
    waits = span.state is MarkState.PRINTED and span.printed_for
    return f" · {words.day(span.printed_for)}" if waits else ""


RANGES: Listing[IssuedRange] = Listing(
    "marks",
    _l("标志号段"),
    lists.RANGES,
    columns=(
        Column("first", _l("发放的号段"), lambda one: str(one.issue.range), sorts=True, whole=True),
        Column(
            "batch",
            _l("批次"),
            lambda one: one.batch.no,
            sorts=True,
            link=lambda one: lot_page(one.batch),
            whole=True,
        ),
        Column(
            "product",
            _l("产品"),
            lambda one: f"{one.product.name} {words.content(one.product.net_content_g)}",
            sorts=True,
        ),
        Column("marks", _l("枚数"), lambda one: len(one.issue.range), Kind.COUNT, unit=PIECES, sorts=True),
        Column("states", _l("现状"), _spans, whole=True),
    ),
    order="first",
    search=_l("查找标志"),
    hint=_l("号码、批号或产品"),
    choices=(Choice("state", _l("含有"), tuple(MarkState)),),
)


@bp.get("/marks", endpoint="marks")
@allow(May.READ_CHAIN)
def issued() -> ResponseReturnValue:
    """Every issued range with its marks by state."""
    if (file := exported(RANGES)) is not None:
        return file
    with look() as work:
        shown = view(work, RANGES)
        counts = marks.counts(work, by=me())
    return forms.page("enterprise/marks.html", listing=shown, counts=counts, states=tuple(MarkState))


# --- print jobs -----------------------------------------------------------------------------------------------


def _design(job: PrintJob) -> str:
    if job.medium is Medium.DATA:
        return words.word(job.medium)
    design = printing().designs.get(job.setup.design)
    return words.named(design.name) if design else job.setup.design


def _product(job: PrintJob) -> str:
    net = job.face.get("net_content")
    return f"{job.face.get('product', '')} {words.content(net) if net else ''}".strip()


def _again(job: PrintJob) -> str:
    return _("补取 %(n)s 次", n=job.reprints) if job.reprints else ""


PRINTS: Listing[PrintJob] = Listing(
    "prints",
    _l("打印任务"),
    lists.PRINTS,
    columns=(
        Column(
            "no",
            _l("任务"),
            lambda job: job.no,
            sorts=True,
            link=lambda job: url_for("enterprise.print_job", number=job.id),
            whole=True,
        ),
        Column("opened", _l("开任务"), lambda job: job.opened_at, Kind.MOMENT, sorts=True),
        Column("ranges", _l("标志号码"), lambda job: tuple(str(one) for one in job.ranges), whole=True),
        Column("product", _l("产品"), _product, sorts=True),
        Column("design", _l("式样"), _design, note=lambda job: job.recipient or "", note_title=_l("印刷厂")),
        Column("marks", _l("枚数"), lambda job: job.marks, Kind.COUNT, unit=PIECES),
        Column("files", _l("文件"), lambda job: f"{len(job.files)} / {len(job.plan)}", whole=True),
        Column(
            "state",
            _l("状态"),
            lambda job: words.word(job.state),
            sorts=True,
            tag=lambda job: {JobState.OPEN: "attention", JobState.STOPPED: "quiet"}.get(job.state, ""),
            note=_again,
            note_title=_l("补取"),
        ),
    ),
    order="opened",
    search=_l("查找打印任务"),
    hint=_l("任务号、号码或产品"),
    families=("print", "medium"),
    choices=(Choice("state", _l("状态"), tuple(JobState)),),
    dated=_l("开任务日期"),
)


@bp.get("/prints")
@allow(May.READ_CHAIN)
def print_jobs() -> ResponseReturnValue:
    """Every print job, latest first."""
    return listed(PRINTS, "enterprise/prints.html")
