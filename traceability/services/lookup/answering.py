"""The verdict on a mark, with what is known of its pack. Never "genuine"."""

from dataclasses import dataclass
from datetime import datetime

from traceability.domain import scans
from traceability.domain.marks import MarkState, grouped
from traceability.domain.scans import NOT_SEEN, Condition, Seen, Verdict
from traceability.domain.units import local_day
from traceability.services.lookup.keeping import Found
from traceability.services.lookup.packs import Pack


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict, and for every code that was issued what it was issued for."""

    verdict: Verdict
    seen: Seen = NOT_SEEN
    pack: Pack | None = None
    state: MarkState | None = None
    serial: int = 0
    code: str = ""


UNKNOWN = Answer(Verdict.UNKNOWN)


def answer(found: Found, *, now: datetime) -> Answer:
    """The verdict on what was found."""
    sighting, pack = found.sighting, found.pack
    if sighting is None or pack is None:
        return UNKNOWN
    condition = Condition(
        state=sighting.state,
        recalled=pack.recall_reason is not None,
        held=pack.held,
        attention=found.sum.copied,
        best_before=pack.pack_lot.best_before if pack.pack_lot else None,
        seen=found.sum.seen,
    )
    told = scans.verdict(condition, local_day(now))
    return Answer(told, found.sum.seen, pack, sighting.state, sighting.serial, grouped(sighting.code))
