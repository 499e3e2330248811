"""Mark requests: the list, and one page to compare report and mass, then approve and issue, or refuse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import Refusal
from traceability.domain.listing import Asked
from traceability.domain.marks import RequestLine, RequestState
from traceability.domain.people import May, Product
from traceability.services import chain, marks, oversight, people, waiting
from traceability.services.chain import Dossier
from traceability.services.people import FirmLine
from traceability.web import words
from traceability.web.forms import BooleanField, Form, TextAreaField, page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import ReasonForm, asked_words, bp, page_of, page_start
from traceability.web.showing import ReportRow, carry_out, chosen, report_rows

STATES = ("filed", "issued", "refused", "withdrawn", "all")
PAGE = 50


class ApproveForm(Form):
    """The officer says that the values were compared with the file, and approves."""

    report_confirmed = BooleanField(_l("已将填报数值与报告原件逐项核对，一致"))
    reason = TextAreaField(_l("备注（可不填）"))

    def show(self, error: Refusal) -> None:
        """A report nobody compared is said beside the tick."""
        if error.facts.get("failing") == ["report_not_confirmed"]:
            error.facts["field"] = "report_confirmed"
        super().show(error)


@bp.get("/requests")
@allow(May.OVERSEE)
def requests() -> ResponseReturnValue:
    """Requests by state: those waiting are a queue, the oldest first; the others latest first."""
    state = chosen(STATES, "filed")
    asked = Asked(
        words=asked_words(),
        only={} if state == "all" else {"state": state},
        sort="filed",
        down=state != "filed",
        first=page_start(PAGE),
        size=PAGE,
    )
    with look() as work:
        found = waiting.find_requests(work, by=me(), asked=asked)
        counts = waiting.request_counts(work, by=me())
    tabs = [(one, sum(counts.values()) if one == "all" else counts.get(one, 0)) for one in STATES]
    return page("regulator/requests.html", rows=page_of(found, PAGE), state=state, tabs=tabs)


@dataclass(frozen=True)
class Spares:
    """Spare marks of one product over all live requests for the batch, and how many are allowed."""

    asked: int
    allowed: int


@dataclass(frozen=True)
class Case:
    """Everything an officer looks at before deciding on a request."""

    request: Any
    firm: FirmLine
    batch: Dossier
    products: dict[int, Product]
    report: list[ReportRow]
    free_g: int
    spares: dict[int, Spares]
    findings: list[Any]
    firm_findings: int
    shortage_g: int
    file: Any
    others: list[Any]
    next: int | None

    @property
    def asked_g(self) -> int:
        """Tea the packs asked for need."""
        return sum(line.grams for line in self.request.lines)

    @property
    def others_g(self) -> int | None:
        """Grams taken by other requests and shortages; None when the tea on hand is another firm's making."""
        if self.batch.maker.id != self.request.enterprise:
            return None
        return max(0, self.batch.grams - self.batch.reserved_g - self.free_g)

    @property
    def undecided(self) -> bool:
        """Whether there is anything to decide."""
        return self.request.state is RequestState.FILED

    @property
    def tied(self) -> bool:
        """Whether the person has an account with the firm, or entered request or report, and so decides nothing."""
        status, entered = self.batch.status, {self.request.filed_by}
        if status and status.report and not status.confirmed:
            entered.add(status.report.entered_by)
        return me().enterprise == self.request.enterprise or me().user in entered


@bp.get("/requests/<int:number>")
@allow(May.OVERSEE)
def request_page(number: int) -> ResponseReturnValue:
    """A request with what speaks for and against it."""
    return _page(number)


@bp.route("/requests/<int:number>/approve", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def approve(number: int) -> ResponseReturnValue:
    """Confirm the report, approve and issue, all in one change."""
    form = ApproveForm()
    done = carry_out(
        form,
        lambda work: _approve_and_issue(work, number, form),
        said=_("已批准并发放标志。"),
        to=url_for("regulator.request_page", number=number),
    )
    return done or _page(number, approving=form)


def _approve_and_issue(work: Any, number: int, form: ApproveForm) -> int:
    asked: dict[str, Any] = {"by": me(), "now": moment(), "request": number}
    confirmed, reason = form.report_confirmed.data, form.reason.data or ""
    marks.approve_request(work, **asked, report_confirmed=confirmed, reason=reason.strip(), key=form.key.data)
    return marks.issue_marks(work, **asked, key=f"{form.key.data}-issue")


@bp.route("/requests/<int:number>/refuse", methods=["GET", "POST"])
@allow(May.DECIDE_MARKS)
def refuse(number: int) -> ResponseReturnValue:
    """Refuse, with a reason the firm will read."""
    form = ReasonForm()
    asked = {"request": number, "reason": form.reason.data}
    done = carry_out(
        form,
        lambda work: marks.refuse_request(work, by=me(), now=moment(), **asked, key=form.key.data),
        said=_("已作出不予批准的决定。"),
        to=url_for("regulator.request_page", number=number),
    )
    return done or _page(number, refusing=form)


def _page(number: int, *, approving: Form | None = None, refusing: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        case = _case(work, number)
        issued = marks.issued_ranges(work, by=me(), batch=case.request.batch)
    forms = {
        "approving": approving or ApproveForm(formdata=None),
        "refusing": refusing or ReasonForm(formdata=None),
    }
    products = {line.product for line in case.request.lines}
    issued = (
        [one for one in issued if one.issue.product in products] if case.request.state == "issued" else []
    )
    return page("regulator/request.html", approving or refusing, case=case, issued=issued, **forms)


def _case(work: Any, number: int) -> Case:
    request = marks.request(work, by=me(), number=number)
    batch = chain.dossier(work, by=me(), lot=request.batch)
    firm = people.enterprise(work, by=me(), number=request.enterprise, now=moment())
    upstream = chain.trace(work, by=me(), lot=request.batch).lots
    waits, found = waiting.open_findings_of(work, by=me(), enterprise=request.enterprise, lots=upstream)
    same = waiting.requests_for_batch(work, by=me(), batch=request.batch)
    return Case(
        request=request,
        firm=firm,
        batch=batch,
        products={one.id: one for one in people.products_of(work, by=me(), enterprise=request.enterprise)},
        report=report_rows(batch.status, batch.lot, words.profile()) if batch.status else [],
        free_g=marks.free_for_request(work, by=me(), request=request),
        spares=_spares(same, request),
        findings=found,
        firm_findings=waits,
        shortage_g=waiting.shortage_g(work, by=me(), enterprise=request.enterprise),
        file=_file(work, batch),
        others=waiting.requests_of_firm(work, by=me(), enterprise=request.enterprise, besides=request.id),
        next=waiting.next_request(work, by=me(), after=request.id),
    )


def _file(work: Any, batch: Dossier) -> Any:
    """The report's own file, to be shown beside what was typed."""
    report = batch.status.report if batch.status else None
    known = oversight.documents(work, by=me(), lot=batch.lot.id) if report else []
    return next((one for one in known if report and one.id == report.document), None)


_LIVE = (RequestState.FILED, RequestState.APPROVED, RequestState.ISSUED)


def _spares(known: Sequence[Any], request: Any) -> dict[int, Spares]:
    """Per product of this request: spares over all live requests for the batch, this one included."""
    lines: list[RequestLine] = [
        line
        for one in known
        if one.batch == request.batch and one.enterprise == request.enterprise
        if one.state in _LIVE or one.id == request.id
        for line in one.lines
    ]
    return {
        asked.product: _spares_of([x for x in lines if x.product == asked.product]) for asked in request.lines
    }


def _spares_of(lines: Sequence[RequestLine]) -> Spares:
    return Spares(sum(one.spares for one in lines), words.profile().spares(sum(one.packs for one in lines)))
