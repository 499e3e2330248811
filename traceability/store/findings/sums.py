"""Sums the rules over the books are given: a row for each firm or plot, never the season itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, case, cast, distinct, func, literal, select
from sqlalchemy.orm import Session, aliased

from traceability.domain.chain import Account, EventKind, LotKind
from traceability.domain.findings import (
    FirmMarks,
    LateEntries,
    NightWork,
    Passed,
    Report,
    SuspendedActs,
    Weights,
)
from traceability.domain.marks import MarkAction, MarkState
from traceability.domain.profile import Grade
from traceability.domain.units import start_of_day
from traceability.store.chain.rows import EntryRow, EventRow, LotRow, ReportRow, ShipmentRow
from traceability.store.findings.clocks import at_night, hours_between, local_day, local_night
from traceability.store.marks.rows import ActionRow, IssueRow, PrintFileRow, PrintJobRow, SpanRow
from traceability.store.people.plots import figures_in_force
from traceability.store.people.rows import (
    EnterpriseRow,
    GrowerRow,
    PartyRow,
    PlotAllowanceRow,
    PlotRow,
    SuspensionRow,
)

#: Rows read from the database at once: the season is summed up there, and what comes is small, but there may be much.
AT_ONCE = 1_000


def _stream(session: Session, query: Any) -> Iterator[Any]:
    return iter(session.execute(query, execution_options={"yield_per": AT_ONCE}))


def _span(season: int) -> tuple[datetime, datetime]:
    return start_of_day(date(season, 1, 1)), start_of_day(date(season + 1, 1, 1))


def in_season(column: Any, season: int) -> Any:
    """Whether a moment lies in the calendar year of a season, in Shanghai."""
    first, end = _span(season)
    return (column >= first) & (column < end)


def _receipts(season: int, *more: Any) -> Any:
    """A leaf receipt a row, as it counts after amendments: firm, plot, grams, when it happened and was told."""
    return (
        select(
            EventRow.enterprise_id.label("firm"),
            func.max(EntryRow.plot_id).label("plot"),
            (-func.sum(EntryRow.grams)).label("net"),
            EventRow.happened_at.label("at"),
            EventRow.recorded_at.label("told"),
        )
        .join(EntryRow, (EntryRow.root_id == EventRow.id) & (EntryRow.account == Account.PLOT.value))
        .where(EventRow.kind == EventKind.LEAF_RECEIPT.value, EventRow.root_id.is_(None))
        .where(in_season(EventRow.happened_at, season), *more)
        .group_by(EventRow.id)
        .having(func.sum(EntryRow.grams) < 0)
        .subquery("receipts")
    )


# --- weights ----------------------------------------------------------------------------------------------------------

#: A count and a weight in one number, so that the greatest count brings its weight along.
_APART = 10_000_000_000


def weights(session: Session, season: int) -> Iterator[Weights]:
    """Weights of receipts, firm by firm."""
    for firm, *sums in _stream(session, _weights(season)):
        yield _summed(firm, season, sums)


def weights_by_plot(session: Session, season: int, *, pairs: int) -> Iterator[Weights]:
    """The same for each plot of a firm that has so many pairs of the same weight at least."""
    query = _weights(season, by_plot=True, pairs=pairs)
    for firm, *sums, plot, plot_no in _stream(session, query):
        yield _summed(firm, season, sums, plot=plot, plot_no=plot_no)


def _weights(season: int, *, by_plot: bool = False, pairs: int = 0) -> Select[Any]:
    one = _receipts(season)
    whose = (one.c.firm, one.c.plot) if by_plot else (one.c.firm,)
    n = cast(func.count(), BigInteger)
    same = (
        select(*whose, one.c.net, n.label("n"), func.max(one.c.at).label("last"))
        .group_by(*whose, one.c.net)
        .subquery("same")
    )
    net, times = same.c.net, same.c.n
    kilo, half, tenth, fifty = (net % grid == 0 for grid in (1000, 500, 100, 50))

    def written(here: Any) -> Any:
        return func.sum(case((here, times), else_=0))

    alike = func.sum(times * (times - 1) // 2)
    sums = (
        func.sum(times),
        alike,
        func.max(times * literal(_APART, BigInteger()) + net),
        written(kilo),
        written(half & ~kilo),
        written(tenth & ~half & ~kilo),
        written(fifty & ~tenth & ~half & ~kilo),
        func.sum(times * net),
        func.sum(times * (net // 10) * (net // 10)),
        func.max(same.c.last),
    )
    query = select(same.c.firm, *sums).group_by(same.c.firm)
    if not by_plot:
        return query
    query = query.add_columns(same.c.plot, PlotRow.no).join(PlotRow, PlotRow.id == same.c.plot)
    return query.group_by(same.c.plot, PlotRow.no).having(alike >= pairs)


def _summed(firm: int, season: int, sums: Any, **plot: Any) -> Weights:
    receipts, pairs, most, kilos, halves, tenths, fifties, grams, squares, last = sums
    return Weights(
        enterprise=firm,
        season=season,
        receipts=int(receipts),
        pairs=int(pairs),
        most_g=int(most % _APART),
        most_times=int(most // _APART),
        kilos=int(kilos),
        halves=int(halves),
        tenths=int(tenths),
        fifties=int(fifties),
        grams=int(grams),
        squares=int(squares),
        last=last,
        **plot,
    )


# --- hours and lateness -----------------------------------------------------------------------------------------------


def nights(session: Session, season: int, *, burst: int) -> Iterator[NightWork]:
    """Receipts in nights that have so many of one firm at least."""
    one = _receipts(season, at_night(EventRow.happened_at))
    night = local_night(one.c.at)
    n = func.count()
    grouped = (
        select(one.c.firm, n.label("n"), func.sum(one.c.net).label("grams"), func.max(one.c.at).label("last"))
        .group_by(one.c.firm, night)
        .having(n >= burst)
        .subquery("nights")
    )
    query = select(
        grouped.c.firm,
        n,
        func.sum(grouped.c.n),
        func.sum(grouped.c.grams),
        func.max(grouped.c.n),
        func.max(grouped.c.last),
    )
    for firm, many, receipts, grams, most, last in _stream(session, query.group_by(grouped.c.firm)):
        yield NightWork(firm, season, many, int(receipts), int(grams), most, last)


def told_late(session: Session, season: int, *, hours: int) -> Iterator[LateEntries]:
    """Receipts of firms that told some of them later than so many hours."""
    one = _receipts(season)
    late = hours_between(one.c.at, one.c.told) > hours
    many = func.sum(case((late, 1), else_=0))
    query = (
        select(
            one.c.firm,
            func.count(),
            func.sum(one.c.net),
            many,
            func.sum(case((late, one.c.net), else_=0)),
            func.count(distinct(case((late, local_day(one.c.told))))),
            func.max(one.c.told),
        )
        .group_by(one.c.firm)
        .having(many > 0)
    )
    for firm, receipts, grams, n, late_g, sittings, last in _stream(session, query):
        yield LateEntries(firm, season, receipts, int(grams), int(n), int(late_g), sittings, last)


# --- allowances -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlotSum:
    """What one firm took off a plot in a part of a season: grams, and when first and last."""

    plot: int
    no: str
    township: str
    area_mu: Decimal
    part: str
    enterprise: int
    grams: int
    first: datetime
    last: datetime


def plot_sums(session: Session, season: int) -> Iterator[PlotSum]:
    """What firms took off plots, plot by plot and part by part."""
    taken = (
        select(
            EntryRow.plot_id,
            EntryRow.part,
            EventRow.enterprise_id,
            (-func.sum(EntryRow.grams)).label("grams"),
            func.min(EventRow.happened_at).label("first"),
            func.max(EventRow.happened_at).label("last"),
        )
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(EntryRow.plot_id.is_not(None), EntryRow.part >= f"{season}-", EntryRow.part < f"{season + 1}-")
        .group_by(EntryRow.plot_id, EntryRow.part, EventRow.enterprise_id)
        .having(func.sum(EntryRow.grams) < 0)
        .subquery("taken")
    )
    query = (
        select(
            PlotRow.id, PlotRow.no, PlotRow.township, PlotRow.area_mu, taken.c.part, taken.c.enterprise_id,
            taken.c.grams, taken.c.first, taken.c.last,
        )
        .join(PlotRow, PlotRow.id == taken.c.plot_id)
        .order_by(PlotRow.id, taken.c.part, taken.c.grams.desc(), taken.c.enterprise_id)
    )  # fmt: skip
    for plot, no, township, area, part, firm, grams, first, last in _stream(session, query):
        yield PlotSum(plot, no, township, area, part.split("-", 1)[1], firm, int(grams), first, last)


def own_allowances(session: Session, season: int) -> dict[int, dict[str, int]]:
    """The office's own figures of a season, by plot and part, the latest of each."""
    query = select(PlotAllowanceRow.plot_id, PlotAllowanceRow.part, PlotAllowanceRow.grams)
    found: dict[int, dict[str, int]] = {}
    for plot, part, grams in session.execute(
        query.where(PlotAllowanceRow.season == season, figures_in_force()).order_by(PlotAllowanceRow.id)
    ):
        found.setdefault(plot, {})[part] = grams
    return found


# --- leaf passed on ---------------------------------------------------------------------------------------------------


def leaf_passed(session: Session, season: int) -> list[Passed]:
    """Fresh leaf that went between firms: delivered, or bought on the garden cards of plots the other one grows."""
    return [*_delivered(session, season), *_bought_of_firms(session, season)]


def _delivered(session: Session, season: int) -> Iterator[Passed]:
    sender, taker = aliased(PartyRow), aliased(PartyRow)
    home = case((LotRow.origin_id == taker.enterprise_id, LotRow.id))
    query = (
        select(
            sender.enterprise_id,
            taker.enterprise_id,
            func.count(distinct(ShipmentRow.id)),
            -func.sum(EntryRow.grams),
            func.count(distinct(home)),
            func.max(ShipmentRow.sent_at),
        )
        .select_from(LotRow)
        .join(EntryRow, (EntryRow.lot_id == LotRow.id) & (EntryRow.account == Account.TRANSIT.value))
        .join(ShipmentRow, ShipmentRow.id == EntryRow.shipment_id)
        .join(sender, sender.id == ShipmentRow.from_id)
        .join(taker, taker.id == ShipmentRow.to_id)
        .where(LotRow.kind == LotKind.LEAF.value, EntryRow.grams < 0, ShipmentRow.state == "accepted")
        .where(sender.enterprise_id != taker.enterprise_id, in_season(ShipmentRow.sent_at, season))
        .group_by(sender.enterprise_id, taker.enterprise_id)
    )
    for source, target, trips, grams, came_home, last in session.execute(query):
        yield Passed(source or 0, target or 0, season, trips, int(grams), came_home, last)


def _bought_of_firms(session: Session, season: int) -> Iterator[Passed]:
    """A grower that is itself a firm here is known by its name."""
    query = (
        select(
            EnterpriseRow.id,
            EventRow.enterprise_id,
            func.count(distinct(local_day(EventRow.happened_at))),
            -func.sum(EntryRow.grams),
            func.max(EventRow.happened_at),
        )
        .select_from(GrowerRow)
        .join(EnterpriseRow, EnterpriseRow.name == GrowerRow.name)
        .join(PlotRow, PlotRow.grower_id == GrowerRow.id)
        .join(EntryRow, EntryRow.plot_id == PlotRow.id)
        .join(EventRow, EventRow.id == EntryRow.root_id)
        .where(GrowerRow.kind != "household", EventRow.enterprise_id != EnterpriseRow.id)
        .where(in_season(EventRow.happened_at, season))
        .group_by(EnterpriseRow.id, EventRow.enterprise_id)
        .having(func.sum(EntryRow.grams) < 0)
    )
    for source, target, trips, grams, last in session.execute(query):
        yield Passed(source, target, season, trips, int(grams), 0, last)


# --- marks ------------------------------------------------------------------------------------------------------------

_UNUSED = (MarkState.ON_HAND.value, MarkState.PRINTED.value)
_WASTED = (MarkState.VOID.value, MarkState.LOST.value)


def marks_of_firms(session: Session, season: int, *, before: datetime) -> Iterator[FirmMarks]:
    """Marks issued in a season, firm by firm; those count as dormant that were issued before a moment."""
    issued = (
        select(ActionRow.issue_id, ActionRow.happened_at.label("at"))
        .where(ActionRow.action == MarkAction.ISSUE.value, in_season(ActionRow.happened_at, season))
        .subquery("issued")
    )
    many = SpanRow.last - SpanRow.first + 1
    dormant = SpanRow.state.in_(_UNUSED) & (issued.c.at < before)
    query = (
        select(
            IssueRow.enterprise_id,
            func.sum(many),
            func.sum(case((dormant, many), else_=0)),
            func.min(case((dormant, issued.c.at))),
            func.sum(case((SpanRow.state.in_(_WASTED), many), else_=0)),
            func.max(issued.c.at),
        )
        .join(issued, issued.c.issue_id == IssueRow.id)
        .join(SpanRow, SpanRow.issue_id == IssueRow.id)
        .group_by(IssueRow.enterprise_id)
    )
    again = _files_again(session, season)
    for firm, all_of_them, unused, since, lost, last in session.execute(query):
        yield FirmMarks(
            firm, season, int(all_of_them), int(unused), since, int(lost), again.get(firm, 0), last
        )


def _files_again(session: Session, season: int) -> dict[int, int]:
    query = (
        select(IssueRow.enterprise_id, cast(func.sum(PrintFileRow.reprints), BigInteger))
        .join(PrintJobRow, PrintJobRow.issue_id == IssueRow.id)
        .join(PrintFileRow, PrintFileRow.job_id == PrintJobRow.id)
        .where(PrintFileRow.reprints > 0, in_season(PrintJobRow.opened_at, season))
    )
    return {firm: int(times) for firm, times in session.execute(query.group_by(IssueRow.enterprise_id))}


def acts_around_suspensions(session: Session, season: int) -> Iterator[SuspendedActs]:
    """Packings dated before a suspension of the season and told after it began."""
    query = (
        select(
            SuspensionRow.enterprise_id,
            SuspensionRow.id,
            SuspensionRow.since,
            func.count(distinct(ActionRow.pack_lot_id)),
            func.sum(ActionRow.last - ActionRow.first + 1),
            func.max(ActionRow.recorded_at),
        )
        .join(IssueRow, IssueRow.enterprise_id == SuspensionRow.enterprise_id)
        .join(ActionRow, ActionRow.issue_id == IssueRow.id)
        .where(ActionRow.action == MarkAction.APPLY.value, in_season(SuspensionRow.since, season))
        .where(ActionRow.happened_at < SuspensionRow.since, ActionRow.recorded_at >= SuspensionRow.since)
        .group_by(SuspensionRow.enterprise_id, SuspensionRow.id, SuspensionRow.since)
    )
    for firm, number, since, packings, many, last in session.execute(query):
        yield SuspendedActs(firm, number, since, packings, int(many), last)


# --- reports ----------------------------------------------------------------------------------------------------------


def reports(session: Session, season: int) -> Iterator[Report]:
    """Firms' own reports of a season on batches of a grade, firm by firm, the earliest first."""
    query = (
        select(
            ReportRow.id, ReportRow.report_no, LotRow.id, LotRow.no, LotRow.origin_id, LotRow.grade, ReportRow.tested,
            ReportRow.entered_at,
        )
        .join(LotRow, LotRow.id == ReportRow.lot_id)
        .where(ReportRow.retest.is_(False), LotRow.grade.is_not(None))
        .where(in_season(ReportRow.entered_at, season))
        .order_by(LotRow.origin_id, ReportRow.id)
    )  # fmt: skip
    for number, no, batch, batch_no, firm, grade, tested, at in _stream(session, query):
        values = {key: _thousandths(one) for key, one in tested.items() if not isinstance(one, bool)}
        yield Report(number, no, batch, batch_no, firm, Grade(grade), values, at)


def _thousandths(text: str) -> int:
    return int(Decimal(text) * 1000)
