"""Surveys of plots: kept, checked on review, and compared with other plots. Nothing here is called from a door."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from traceability.domain import errors
from traceability.domain.chain import Remark
from traceability.domain.ground import (
    ChangeKind,
    CountyBoundary,
    GroundCheck,
    Survey,
    check_survey,
    degrees_around,
    metres_between,
    outside_county,
    overlap,
    telephone_commitments,
)
from traceability.domain.log import digest_of
from traceability.domain.people import Enterprise, Identity, Plot
from traceability.services import acting, oversight
from traceability.services.marks.deciding import current_key
from traceability.store.people import changes as rows
from traceability.store.people import grower_exists
from traceability.store.work import Work

PHOTO = "plot_photo"
#: Metres around a plot's point in which boundaries are compared: more than half of the largest garden there is.
NEIGHBOURS_M = 3_000


def propose(
    work: Work,
    plot: Plot,
    *,
    kind: ChangeKind,
    by: Identity,
    now: datetime,
    survey: Survey,
    photo: bytes = b"",
    area_mu: Decimal | None = None,
    grower: int | None = None,
    reason: str | None = None,
) -> int:
    """Keep a proposal with its survey and photo, and what is found about the ground; its id.

    Raise what `check_survey` raises, `NotFound` for a grower nobody knows.
    """
    check_survey(survey, work.profile)
    if grower is not None and not grower_exists(work.session, grower):
        raise errors.NotFound(field="grower")
    new = kind is ChangeKind.REGISTERED
    made = rows.add_change(
        work.session,
        plot.id,
        kind=kind,
        area_mu=plot.area_mu if area_mu is None else area_mu,
        area_before=None if new or area_mu is None else plot.area_mu,
        grower=plot.grower if grower is None else grower,
        grower_before=None if grower is None else plot.grower,
        survey=survey,
        photo=_photo(work, plot, photo, by, now) if photo else None,
        reason=reason,
        at=now,
        by=by.user,
    )
    told = {
        "change": made,
        "plot": plot.no,
        "kind": kind,
        "area_mu": area_mu,
        "grower": grower,
        "reason": reason,
    }
    _state(work, told, plot, survey, by, now)
    _tell_same_ground(work, plot, survey, by, now)
    return made


def _state(
    work: Work, told: dict[str, object], plot: Plot, survey: Survey, by: Identity, now: datetime
) -> None:
    """One fact; of a boundary its digest, which says whether it is still the same."""
    measured = {
        "lon": survey.point.lon if survey.point else None,
        "lat": survey.point.lat if survey.point else None,
        "contract_no": survey.contract_no,
        "boundary": digest_of([[[one.lon, one.lat] for one in ring] for ring in survey.boundary]),
        "before": {"area_mu": plot.area_mu, "grower": plot.grower},
    }
    acting.state(work, "plot.change_proposed", by=by, now=now, private={**told, **measured}, shown=False)


def _photo(work: Work, plot: Plot, content: bytes, by: Identity, now: datetime) -> int:
    firm = acting.firm_in_reach(work, by, by.enterprise or 0)
    name = f"{plot.no}.jpg"
    return oversight.keep_document(
        work, firm, by=by, now=now, kind=PHOTO, name=name, content=content, lot=None
    ).id


# --- the same ground, the same grower (FRAUD F29) -------------------------------------------------------------


def _tell_same_ground(work: Work, plot: Plot, survey: Survey, by: Identity, now: datetime) -> None:
    """The same point, a boundary that overlaps, the same land contract: findings, no refusals."""
    if survey.point is not None:
        _tell_near(work, plot, survey, by, now)
    if survey.contract_no:
        for other, no, _survey in rows.with_contract(work.session, survey.contract_no, besides=plot.id):
            _find(work, "plot.same_contract", plot, other, no, by, now, contract=survey.contract_no)


def _tell_near(work: Work, plot: Plot, survey: Survey, by: Identity, now: datetime) -> None:
    assert survey.point is not None
    lon, lat = degrees_around(NEIGHBOURS_M if survey.boundary else work.profile.same_point_m)
    for other, no, known in rows.surveyed_near(work.session, survey.point, lon=lon, lat=lat, besides=plot.id):
        assert known.point is not None
        metres = metres_between(survey.point, known.point)
        if metres <= work.profile.same_point_m:
            _find(work, "plot.same_point", plot, other, no, by, now, metres=metres)
        if survey.boundary and known.boundary and overlap(survey.boundary, known.boundary):
            _find(work, "plot.overlaps", plot, other, no, by, now)


def _find(
    work: Work, code: str, plot: Plot, other: int, no: str, by: Identity, now: datetime, **facts: object
) -> None:
    acting.find(
        work,
        Remark(code, {"plot": plot.no, "other": no, **facts}),
        enterprise=_firm(work, by),
        county=plot.township[:6],
        plot=plot.id,
        about="-".join(str(one) for one in sorted((plot.id, other))),
        at=now,
        now=now,
    )


def _firm(work: Work, by: Identity) -> Enterprise | None:
    return acting.firm_in_reach(work, by, by.enterprise) if by.enterprise is not None else None


def keep_telephone(
    work: Work, grower: int, no: str, township: str, telephone: str, *, by: Identity, now: datetime
) -> None:
    """Keep what stands for a grower's telephone; growers who share one make a finding."""
    masters = work.keys
    told = dict(zip(masters, telephone_commitments(telephone, masters.values()), strict=True))
    known: Iterable[tuple[int, str]] = rows.with_telephone(work.session, told.values())
    for other, other_no in known:
        acting.find(
            work,
            Remark("grower.same_telephone", {"grower": no, "other": other_no}),
            enterprise=_firm(work, by),
            county=township[:6],
            about="-".join(str(one) for one in sorted((grower, other))),
            at=now,
            now=now,
        )
    rows.set_telephone(work.session, grower, told[current_key(masters)])


# --- review -------------------------------------------------------------------------------------------------


def check_ground(work: Work, plot: Plot, survey: Survey) -> tuple[GroundCheck, CountyBoundary | None]:
    """Which check can be made of what was surveyed, made; raise `PlotOutsideCounty`.

    The bounding box was checked when it was entered; the county's boundary is, where one was loaded.
    """
    if survey.point is None:
        return GroundCheck.NONE, None
    boundary = rows.boundary_of(work.session, plot.township[:6])
    if boundary is None:
        return GroundCheck.BOX, None
    if outside_county(survey, boundary.area):
        raise errors.PlotOutsideCounty(plot=plot.no, file=boundary.file)
    return GroundCheck.COUNTY, boundary
