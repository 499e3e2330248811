"""What the offices inspected at one's own firm, and what became of the samples they took. Read only."""

from flask import Response
from flask.typing import ResponseReturnValue

from traceability.domain.inspections import VisitState
from traceability.domain.people import May
from traceability.services import inspections as cases
from traceability.web import words
from traceability.web.enterprise.door import bp
from traceability.web.forms import page
from traceability.web.guard import allow, look, me
from traceability.web.showing import sliced


@bp.get("/inspections")
@allow(May.READ_CHAIN)
def inspections() -> ResponseReturnValue:
    """Visits announced or made, and samples with their verdicts."""
    with look() as work:
        visits = cases.own_visits(work, by=me())
        samples = cases.own_samples(work, by=me())
    return page("enterprise/inspections.html", rows=sliced(visits, 30), samples=samples, states=VisitState)


@bp.get("/inspections/<int:number>")
@allow(May.READ_CHAIN)
def inspection(number: int) -> ResponseReturnValue:
    """One visit, line by line."""
    with look() as work:
        file = cases.own_visit(work, by=me(), number=number)
    return page(
        "enterprise/inspection.html",
        file=file,
        visit=file.visit,
        samples=[cases.told_to_firm(one) for one in file.samples],
        checklist={one.key: one for one in words.profile().checklist},
    )


@bp.get("/inspections/lines/<int:number>.jpg")
@allow(May.READ_CHAIN)
def inspection_photo(number: int) -> ResponseReturnValue:
    """The photo of a line."""
    with look() as work:
        return Response(cases.own_line_photo(work, by=me(), line=number), mimetype="image/jpeg")
