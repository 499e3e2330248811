"""A drill: the same reach as in earnest, scored for minutes and weight found. Nobody is told, nothing is stopped."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from traceability.domain import errors
from traceability.domain.people import Identity
from traceability.domain.recalls import Place, Scope, share
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.recalls.reach import Spread, gathered, require_office
from traceability.services.recalls.scoping import named
from traceability.store import recalls as rows
from traceability.store import spread
from traceability.store.recalls import Drill
from traceability.store.work import Work


@once
def start_drill(work: Work, *, by: Identity, now: datetime, scope: Scope, key: str | None = None) -> int:
    """Begin a drill of a scope: the minutes count from here; its id. Raise as `reach` does, and `RecallEmpty`."""
    require_office(by)
    found = named(work, by, scope)
    spread.gather(work.session, scope)
    if not spread.lots(work.session):
        raise errors.RecallEmpty(subject=found.subject)
    number = rows.add_drill(
        work.session,
        scope,
        subject=found.subject,
        enterprise=found.enterprise,
        county=by.county or found.county,
        at=now,
        by=by.user,
    )
    told = {"drill": number, "scope": scope.kind.value, "subject": found.subject}
    acting.state(work, "recall.drill_started", by=by, now=now, private=told, shown=False)
    return number


@once
def finish_list(work: Work, *, by: Identity, now: datetime, drill: int, key: str | None = None) -> int:
    """The list of a drill is drawn up and checked: it is scored as it stands. Raise `NotFound`, `AlreadyDecided`."""
    require_office(by)
    found = _drill(work, by, drill)
    spread.gather(work.session, found.scope)
    figures = _scored(work, gathered(work))
    if not rows.score_drill(work.session, drill, figures=figures, at=now, by=by.user):
        raise errors.AlreadyDecided()
    acting.state(
        work, "recall.drill_listed", by=by, now=now, private={"drill": drill, **figures}, shown=False
    )
    return drill


def _scored(work: Work, found: Spread) -> dict[str, int]:
    """Weight whose whereabouts have a name: in somebody's stock, on the way to somebody, sold to somebody named.

    What went over the counter has none; nor has what is gone, which nobody has to find.
    """
    over = found.at(Place.OUT).grams
    named_g = min(over, spread.named_g(work.session))
    kept = {
        "lots": len(found.lots),
        "holders": len(found.holders),
        "packs": found.left.packs,
        "grams": found.left.grams,
    }
    return {**kept, "found_g": found.left.grams - over + named_g}


@dataclass(frozen=True, slots=True)
class Scored:
    """A drill with its score; `took` and `found` are None until the list was drawn up.

    `found` is in tenths of a percent.
    """

    drill: Drill
    took: timedelta | None
    found: int | None


def _score(one: Drill) -> Scored:
    if one.listed_at is None:
        return Scored(one, None, None)
    return Scored(one, one.listed_at - one.started_at, share(one.figures["found_g"], one.figures["grams"]))


def drills(work: Work, *, by: Identity) -> list[Scored]:
    """Drills within an office's reach, latest first."""
    require_office(by)
    return [_score(one) for one in rows.drills(work.session, within=by.within)]


@dataclass(frozen=True, slots=True)
class DrillFile:
    """A drill and the list as the books have it now."""

    scored: Scored
    spread: Spread


def drill_file(work: Work, *, by: Identity, number: int) -> DrillFile:
    """A drill of an office's own reach; raise `NotFound`."""
    require_office(by)
    found = _drill(work, by, number)
    spread.gather(work.session, found.scope)
    return DrillFile(_score(found), gathered(work))


def _drill(work: Work, by: Identity, number: int) -> Drill:
    for one in rows.drills(work.session, within=by.within):
        if one.id == number:
            return one
    raise errors.NotFound()
