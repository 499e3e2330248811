"""Evidence packs for a batch and for a case: everything the log has about it, opened as far as the office reaches."""

from functools import partial

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.people import May
from traceability.services import chain, findings
from traceability.services.log import evidence as use
from traceability.web import evidence
from traceability.web.guard import allow, look, me
from traceability.web.regulator.door import bp


@bp.get("/lots/<int:lot>/evidence")
@allow(May.OVERSEE)
def lot_evidence(lot: int) -> ResponseReturnValue:
    """Of a lot and everything upstream of it."""
    with look() as work:
        no = chain.dossier(work, by=me(), lot=lot).lot.no
    gather = partial(use.of_lot, by=me(), lot=lot)
    return evidence.answered(look, me(), gather, name="-".join((_("证据包"), no)), lot=lot)


@bp.get("/findings/<int:number>/evidence")
@allow(May.OVERSEE)
def finding_evidence(number: int) -> ResponseReturnValue:
    """Of a finding: what it stands on, what became of it, and the lot it is about."""
    with look() as work:
        file = findings.file_of(work, by=me(), number=number)
    lot = file.finding.lot if file.lot_in_reach else None
    gather = partial(use.of_finding, by=me(), finding=number)
    return evidence.answered(
        look, me(), gather, name="-".join((_("证据包"), _("线索"), str(number))), lot=lot
    )


@bp.get("/recalls/<int:number>/evidence")
@allow(May.OVERSEE)
def recall_evidence(number: int) -> ResponseReturnValue:
    """Of a recall: the lots it reaches, and who was told."""
    gather = partial(use.of_recall, by=me(), recall=number)
    return evidence.answered(look, me(), gather, name="-".join((_("证据包"), _("召回"), str(number))))
