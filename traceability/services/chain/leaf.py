"""Plot work, leaf receipts, and the write-off of leaf that was not processed in time."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.chain import Account, Allowance, Booking, Draw, EventKind, Weighing
from traceability.domain.people import Enterprise, Identity, May, Plot, Scale, read_reason, read_text
from traceability.domain.profile import LeafGrade, Profile
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import one_stock
from traceability.store import chain as rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked
from traceability.store.work import Work

#: Days. Longer than any safety interval on tea (GB/T 8321), so that a slip does not close a plot for a season.
LONGEST_INTERVAL = 60


@once
def record_plot_work(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    plot: int,
    product: str,
    dose: str,
    worked_on: date,
    interval_days: int,
    key: str | None = None,
) -> int:
    """Farm work with an input: leaf of the plot is refused until the safety interval has passed; the plot's id."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _plot(work, plot)
    if worked_on > local_day(now):
        raise errors.InTheFuture(at=worked_on, now=now)
    if not 0 <= interval_days <= LONGEST_INTERVAL:
        raise errors.NumberOutOfRange(
            text=str(interval_days), low=0, high=LONGEST_INTERVAL, field="interval_days"
        )
    told = {
        "product": read_text(product, "product"),
        "dose": read_text(dose, "dose"),
        "worked_on": worked_on,
        "interval_days": interval_days,
        "interval_until": worked_on + timedelta(days=interval_days),
    }
    people_rows.add_plot_work(work.session, found.id, **told, enterprise=firm.id, by=by.user)  # type: ignore[arg-type]
    acting.state(
        work, "plot.worked", by=by, now=now, private={"plot": found.no, "enterprise": firm.uscc, **told}
    )
    _tell_picked(work, firm, found, worked_on, worked_on + timedelta(days=interval_days), now)
    return found.id


def _tell_picked(work: Work, firm: Enterprise, plot: Plot, first: date, last: date, now: datetime) -> None:
    """Leaf that was taken in before the work was told, from days its interval covers, is the county's to look at."""
    if picked_g := rows.plucked_between(work.session, plot.id, first, last):
        facts = {"plot": plot.no, "picked_g": picked_g, "from": first, "until": last}
        acting.find(work, rules.Remark("plot.picked_in_interval", facts), enterprise=firm, at=now, now=now)


@once
def receive_leaf(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    plot: int,
    scale: int,
    gross_g: int,
    tare_g: int,
    leaf_grade: LeafGrade,
    certificate_no: str,
    plucked_on: date | None = None,
    no: str | None = None,
    confirmed: bool = False,
    key: str | None = None,
) -> Booked:
    """Take in leaf from a plot. The plot's account is locked, so two firms cannot take its last kilogram."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = _plot(work, plot, lock=True)
    receipt_no = acting.number(work, firm, EventKind.LEAF_RECEIPT, no, at=at)
    booking = leaf_booking(
        work,
        firm,
        no=receipt_no,
        plot=found,
        weighing=Weighing(gross_g, tare_g, _scale(work, firm.id, scale)),
        leaf_grade=leaf_grade,
        certificate_no=certificate_no,
        plucked_on=plucked_on or local_day(at),
        at=at,
        now=now,
        confirmed=confirmed,
    )
    return acting.keep(work, booking, no=receipt_no, enterprise=firm, by=by, now=now)


def leaf_booking(
    work: Work,
    firm: Enterprise,
    *,
    no: str,
    plot: Plot,
    weighing: Weighing,
    leaf_grade: LeafGrade,
    certificate_no: str,
    plucked_on: date,
    at: datetime,
    now: datetime,
    confirmed: bool,
) -> Booking:
    """Decide on a receipt of that number, of a plot that is locked; nothing is written."""
    return rules.receive_leaf(
        no=acting.lot_no(work, firm, "L", f"L-{no}", at=at),
        plot=plot,
        weighing=weighing,
        leaf_grade=leaf_grade,
        certificate_no=certificate_no,
        plucked_on=plucked_on,
        left=allowance_of(work, plot, plucked_on),
        interval_until=people_rows.interval_until(work.session, plot.id, plucked_on),
        party=firm.party,
        at=at,
        now=now,
        profile=work.profile,
        confirmed=confirmed,
    )


def _plot(work: Work, number: int, *, lock: bool = False) -> Plot:
    found = people_rows.plot(work.session, number, lock=lock)
    if found is None:
        raise errors.PlotUnknown(plot=number)
    return found


def _scale(work: Work, enterprise: int, number: int) -> Scale:
    for one in people_rows.scales(work.session, enterprise):
        if one.id == number:
            return one
    raise errors.ScaleUnknown(scale=number)


def allowance_of(work: Work, plot: Plot, day: date) -> Allowance:
    """What a plot has left for leaf plucked on a day, over all buyers; the office's own figures come first."""
    own = people_rows.allowances(work.session, plot.id, day.year)
    used, day_g = rows.plot_taken(work.session, plot.id, day)
    return rules.allowance_left(plot, day, own=own, used=used, day_g=day_g, profile=work.profile)


def allowances_left(work: Work, plots: Iterable[Plot], day: date) -> dict[int, Allowance]:
    """What each of these plots has left on a day, in as many questions for many as for one; `day_g` is not asked."""
    listed = list(plots)
    numbers = [one.id for one in listed]
    own = people_rows.allowances_among(work.session, numbers, day.year)
    used = rows.plots_used(work.session, numbers, day.year)
    return {
        one.id: rules.allowance_left(
            one, day, own=own.get(one.id, {}), used=used.get(one.id, {}), day_g=0, profile=work.profile
        )
        for one in listed
    }


def granted(profile: Profile, plot: Plot, day: date, *, own: Mapping[str, int]) -> tuple[int, int]:
    """Grams a plot may give in the part of the season a day lies in, and in the year; `own`: the office's figures."""
    whole = rules.allowance_left(plot, day, own=own, used={}, day_g=0, profile=profile)
    return whole.part_left_g, whole.year_left_g


@once
def write_off(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    lot: int,
    grams: int,
    reason: str,
    key: str | None = None,
) -> Booked:
    """Declare grams of a lot lost: the only way left for leaf that stood too long."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    stock = one_stock(work, lot, party=acting.own_party(work, firm, None), at=at)
    if stock.lot.kind is rules.LotKind.PACKS:
        raise errors.LotWrongKind(lot=stock.lot.no, kind=stock.lot.kind.value)
    why = read_reason(reason)
    booking = rules.remove(
        kind=EventKind.WRITE_OFF,
        draw=Draw(stock, grams),
        account=Account.LOSS,
        reason=why,
        at=at,
        now=now,
        profile=work.profile,
    )
    no = acting.number(work, firm, EventKind.WRITE_OFF, None, at=at)
    return acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now, reason=why)
