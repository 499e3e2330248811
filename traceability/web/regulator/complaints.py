"""Customers' complaints to firms, for the office to look at: a queue on its clock, and each with what the firm did."""

from flask.typing import ResponseReturnValue

from traceability.domain.complaints import ComplaintState
from traceability.domain.listing import Asked
from traceability.domain.people import May
from traceability.services import complaint_queue
from traceability.web.forms import page
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import asked_words, bp, page_of, page_start
from traceability.web.showing import chosen

STATES = (*ComplaintState, "all")
PAGE = 30


@bp.get("/complaints", endpoint="complaints")
@allow(May.OVERSEE)
def complaint_list() -> ResponseReturnValue:
    """Complaints by state, those that wait longest first."""
    state = chosen(STATES, ComplaintState.RECEIVED)
    with look() as work:
        numbers = complaint_queue.numbers(work, by=me(), now=moment())
        found = complaint_queue.find_complaints(work, by=me(), now=moment(), asked=_asked(state))
    tabs = [*numbers.states.items(), ("all", sum(numbers.states.values()))]
    rows = page_of(found, PAGE)
    return page("regulator/complaints.html", rows=rows, state=state, tabs=tabs, numbers=numbers)


def _asked(state: str) -> Asked:
    return Asked(
        words=asked_words("complaint"),
        only={} if state == "all" else {"state": state},
        sort="waiting",
        down=state != ComplaintState.RECEIVED,
        first=page_start(PAGE),
        size=PAGE,
    )


@bp.get("/complaints/<int:number>")
@allow(May.OVERSEE)
def complaint(number: int) -> ResponseReturnValue:
    """One complaint, and the finding it became, if it did."""
    with look() as work:
        file = complaint_queue.complaint_file(work, by=me(), now=moment(), number=number)
    return page("regulator/complaint.html", file=file, line=file.line, found=file.line.complaint)
