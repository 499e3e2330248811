"""The evidence pack of a lot, as far as the firm may see."""

from functools import partial

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from traceability.domain.people import May
from traceability.services.log import evidence as use
from traceability.web import evidence
from traceability.web.enterprise.door import about, bp
from traceability.web.guard import allow, look, me


@bp.get("/lots/<int:lot>/evidence")
@allow(May.READ_CHAIN)
def lot_evidence(lot: int) -> ResponseReturnValue:
    """Records of the lot and of everything upstream, with proofs: to be checked without us."""
    gather = partial(use.of_lot, by=me(), lot=lot)
    return evidence.answered(look, me(), gather, name="-".join((_("证据包"), about(lot).lot.no)), lot=lot)
