"""Of what a recall may be, and by whom: one lot, a plot, an enterprise or a range of marks."""

from dataclasses import dataclass
from datetime import date

from traceability.domain import errors
from traceability.domain.marks import SerialRange, read_ranges
from traceability.domain.people import FIRM_ROLES, Identity, May, Plot
from traceability.domain.recalls import Scope, ScopeKind
from traceability.domain.units import half_width
from traceability.services import acting
from traceability.services.lookup.sighting import identify
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import spread as rows
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Named:
    """A scope as people call it; `enterprise` is the one firm it is about, where it is about one."""

    scope: Scope
    subject: str
    enterprise: int | None
    county: str
    note: str = ""


def named(work: Work, by: Identity, scope: Scope) -> Named:
    """A scope this person may recall; what lies out of reach does not exist for them."""
    by.require(May.RECALL)
    if by.role in FIRM_ROLES and scope.kind is not ScopeKind.LOT:
        raise errors.NotAllowed(permission=May.RECALL.value, role=by.role.value)
    return _NAMED[scope.kind](work, by, scope)


def _lot(work: Work, by: Identity, scope: Scope) -> Named:
    found = chain_rows.lot(work.session, scope.what, within=by.within)
    if found is None or (by.role in FIRM_ROLES and found.origin != by.enterprise):
        raise errors.LotUnknown(lot=scope.what)
    maker = people_rows.enterprise(work.session, found.origin, within=acting.EVERYTHING)
    return Named(scope, found.no, found.origin, maker.county if maker else "", maker.name if maker else "")


def _plot(work: Work, by: Identity, scope: Scope) -> Named:
    found = people_rows.plot(work.session, scope.what)
    if found is None or not _grows_within(by, found):
        raise errors.NotFound()
    return Named(scope, found.no, None, found.township[:6], found.place)


def _grows_within(by: Identity, plot: Plot) -> bool:
    return by.within.everything or plot.township.startswith(by.within.county or "-")


def _enterprise(work: Work, by: Identity, scope: Scope) -> Named:
    firm = acting.firm_in_reach(work, by, scope.what)
    return Named(scope, firm.name, firm.id, firm.county, firm.uscc)


def _serials(work: Work, by: Identity, scope: Scope) -> Named:
    owners = sorted(rows.serial_owner(work.session, scope.what, scope.last or scope.what))
    firms = [acting.firm_in_reach(work, by, one) for one in owners]
    if not firms:
        raise errors.NotFound()
    subject = str(SerialRange(scope.what, scope.last or scope.what))
    only = firms[0] if len(firms) == 1 else None
    return Named(scope, subject, only.id if only else None, firms[0].county, only.name if only else "")


_NAMED = {
    ScopeKind.LOT: _lot,
    ScopeKind.PLOT: _plot,
    ScopeKind.ENTERPRISE: _enterprise,
    ScopeKind.SERIALS: _serials,
}

MOST = 30


def scopes_meant(
    work: Work, *, by: Identity, text: str, since: date | None = None, until: date | None = None
) -> list[Named]:
    """What a text may name within an office's reach: lots, plots, enterprises, or marks by number or code."""
    by.require(May.RECALL)
    typed = " ".join(half_width(text[:300]).split())
    if not typed:
        return []
    lots = chain_rows.lots_named(work.session, typed[:40], within=by.within)
    plots = people_rows.plots_numbered(work.session, [typed[:40]]).values()
    firms = [
        one
        for one in people_rows.enterprises(work.session, within=by.within)
        if typed.upper() == one.uscc or (len(typed) > 1 and typed in one.name)
    ]
    scopes = [
        *(Scope.lot(one.id) for one in lots),
        *(Scope(ScopeKind.PLOT, one.id, None, since, until) for one in plots if _grows_within(by, one)),
        *(Scope(ScopeKind.ENTERPRISE, one.id, None, since, until) for one in firms),
        *_marked(work, typed),
    ]
    return [one for scope in scopes[:MOST] if (one := _if_named(work, by, scope))]


def _if_named(work: Work, by: Identity, scope: Scope) -> Named | None:
    try:
        return named(work, by, scope)
    except errors.Refusal:
        return None


def _marked(work: Work, typed: str) -> list[Scope]:
    """The marks a text names: a range of control numbers, or one code; of one mark its pack lot and batch as well."""
    serials = _range(work, typed)
    if serials is None:
        return []
    place = mark_rows.place_of_serial(work.session, serials.first) if len(serials) == 1 else None
    on = [place.pack_lot, place.issue.batch] if place else []
    return [
        Scope(ScopeKind.SERIALS, serials.first, serials.last),
        *(Scope.lot(one) for one in on if one is not None),
    ]


def _range(work: Work, typed: str) -> SerialRange | None:
    try:
        found = read_ranges(typed)
    except errors.Refusal:
        mark = identify(work, typed.upper())
        return SerialRange(mark.serial, mark.serial) if mark else None
    return found[0] if len(found) == 1 else None
