"""Leaf receipts: off a plot, into a leaf lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from traceability.domain import errors
from traceability.domain.chain.checks import check_time, late
from traceability.domain.chain.values import (
    NEW,
    Account,
    Booking,
    Entry,
    EventKind,
    LotKind,
    NewLot,
    Remark,
    held,
)
from traceability.domain.people import Plot, Scale
from traceability.domain.profile import LeafGrade, Profile
from traceability.domain.units import local_day


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a plot has left, in grams, for the season part and for the year, and what it gave that day."""

    part_left_g: int
    year_left_g: int
    day_g: int

    @property
    def free_g(self) -> int:
        """What may still be taken: the less of the two, never below nothing."""
        return max(0, min(self.part_left_g, self.year_left_g))


def allowance_left(
    plot: Plot, day: date, *, own: Mapping[str, int], used: Mapping[str, int], day_g: int, profile: Profile
) -> Allowance:
    """What is left for leaf plucked on a day: the office's `own` figures by part ("" = the year) before the profile's.

    `used` are grams charged in the season, by part, over all buyers.
    """
    part = profile.season_part(day).key
    year_g = own.get("", _year_g(plot, own, profile))
    return Allowance(
        part_left_g=part_allowed_g(plot, day, own=own, profile=profile) - used.get(part, 0),
        year_left_g=year_g - sum(used.values()),
        day_g=day_g,
    )


def part_allowed_g(plot: Plot, day: date, *, own: Mapping[str, int], profile: Profile) -> int:
    """Grams allowed in the part of the season a day lies in."""
    part = profile.season_part(day).key
    return own.get(part, profile.allowance_g(part, plot.area_mu))


def _year_g(plot: Plot, own: Mapping[str, int], profile: Profile) -> int:
    """The profile's year, moved by what the office changed in the parts."""
    year = profile.year_allowance_g(plot.area_mu)
    return year + sum(g - profile.allowance_g(part, plot.area_mu) for part, g in own.items() if part)


@dataclass(frozen=True, slots=True)
class Weighing:
    """One weighing of leaf at the receiving scale, in grams."""

    gross_g: int
    tare_g: int
    scale: Scale

    @property
    def net_g(self) -> int:
        """Gross less tare; raise `NetNotPositive`."""
        if self.tare_g < 0 or self.gross_g <= self.tare_g:
            raise errors.NetNotPositive(gross_g=self.gross_g, tare_g=self.tare_g)
        return self.gross_g - self.tare_g


def _check_plucking(plucked_on: date, at: datetime, profile: Profile) -> None:
    """Leaf is plucked before it is received, and spoils: an older day would only borrow another part's allowance."""
    days = (local_day(at) - plucked_on).days
    if days < 0:
        raise errors.BeforeItsInputs(at=at, born=plucked_on)
    if days * 24 > profile.unprocessed_leaf_hours:
        raise errors.LeafTooOld(hours=days * 24, limit=profile.unprocessed_leaf_hours)


def check_plot(plot: Plot, day: date, profile: Profile, *, interval_until: date | None) -> None:
    """Raise unless leaf of that day may be taken from the plot (FRAUD F05, F11; Food Safety Law 49)."""
    if profile.county_of(plot.township) is None:
        raise errors.PlotOutsideArea(plot=plot.no, township=plot.township)
    if plot.active_from is None or day < plot.active_from:
        raise errors.PlotNotActive(plot=plot.no, active_from=plot.active_from)
    if interval_until is not None and day <= interval_until:
        raise errors.WithinSafetyInterval(plot=plot.no, until=interval_until)


def check_allowance(plot: Plot, net_g: int, left: Allowance) -> None:
    """Raise `AllowanceExceeded` (FRAUD F06, F29)."""
    if net_g > left.free_g:
        raise errors.AllowanceExceeded(plot=plot.no, asked_g=net_g, left_g=left.free_g)


def receive_leaf(
    *,
    no: str,
    plot: Plot,
    weighing: Weighing,
    leaf_grade: LeafGrade,
    certificate_no: str,
    plucked_on: date,
    left: Allowance,
    interval_until: date | None,
    party: int,
    at: datetime,
    now: datetime,
    profile: Profile,
    confirmed: bool,
) -> Booking:
    """Leaf off a plot into a leaf lot. `confirmed` answers the question asked above the profile's limit."""
    check_time(at, now=now)
    _check_plucking(plucked_on, at, profile)
    check_plot(plot, plucked_on, profile, interval_until=interval_until)
    net = weighing.net_g
    if net > profile.receipt_ask_again_g and not confirmed:
        raise errors.ReceiptLarge(net_g=net, limit_g=profile.receipt_ask_again_g)
    if not certificate_no.strip():
        raise errors.CertificateInvalid()
    check_allowance(plot, net, left)
    part = profile.season_part(plucked_on).key
    return Booking(
        EventKind.LEAF_RECEIPT,
        at,
        entries=(
            Entry(Account.PLOT, -net, lot=NEW, plot=plot.id, part=f"{plucked_on.year}-{part}"),
            held(NEW, party, net),
        ),
        lots=(NewLot(no, LotKind.LEAF, plucked_on, plucked_on, leaf_grade=leaf_grade),),
        remarks=(*_receipt_remarks(plot, weighing, plucked_on, left, at, profile), *late(at, now, profile)),
        terms={
            "plot": plot.id,
            "gross_g": weighing.gross_g,
            "tare_g": weighing.tare_g,
            "scale": weighing.scale.id,
            "certificate_no": certificate_no.strip(),
            "plucked_on": plucked_on,
        },
    )


def _receipt_remarks(
    plot: Plot, weighing: Weighing, plucked_on: date, left: Allowance, at: datetime, profile: Profile
) -> tuple[Remark, ...]:
    remarks = []
    if not weighing.scale.verified(local_day(at)):
        until = weighing.scale.verified_until
        remarks.append(Remark("scale.expired", {"scale": weighing.scale.no, "verified_until": until}, NEW))
    return (*remarks, *picking_remarks(plot, plucked_on, left.day_g + weighing.net_g, profile))


def picking_remarks(
    plot: Plot, plucked_on: date, day_g: int, profile: Profile, *, lot: int = NEW
) -> tuple[Remark, ...]:
    """A remark when a plot gave more on one day than is plausible for its area (FRAUD F06)."""
    if day_g <= profile.implausible_picking_g * plot.area_mu:
        return ()
    facts = {"plot": plot.no, "day": plucked_on, "picked_g": day_g, "area_mu": plot.area_mu}
    return (Remark("picking.implausible", facts, lot),)
