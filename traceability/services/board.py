"""The board of a firm's desk, read in one go: what is on hand stage by stage, what comes next, what cannot wait."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from traceability.domain import board as rules
from traceability.domain import chain as tea_rules
from traceability.domain.allowance import AllowanceRequest, AskState
from traceability.domain.balance import reserved_g
from traceability.domain.board import Alert, Band, Card, Notice, OnHand, PlotLeft, Progress, Stage
from traceability.domain.chain import LotKind
from traceability.domain.marks import MarkState, RequestState
from traceability.domain.people import ALLOWED, Enterprise, Identity, May, Standing, Suspension
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.store import allowance as allowance_rows
from traceability.store import board as rows
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store import people as people_rows
from traceability.store import recalled as recall_rows
from traceability.store.board import BandLine
from traceability.store.chain import Report
from traceability.store.work import Work

#: So many cards of a band are read, so many of a stage are shown, so many garden cards; the rest is a list.
READ, SHOWN, CARDS_OF_PLOTS = 8, 6, 6
#: The garden cards of so many of the latest receipts; so many answers to requests.
RECEIPTS, ANSWERS = 300, 10


@dataclass(frozen=True, slots=True)
class Column:
    """A stage: its most urgent cards first, and how many lots and grams there are in all."""

    stage: Stage
    cards: tuple[Card, ...]
    lots: int
    grams: int


@dataclass(frozen=True, slots=True)
class Board:
    """The season's work at one moment."""

    firm: Enterprise
    standing: Standing
    suspension: Suspension | None
    columns: tuple[Column, ...]
    notices: tuple[Notice, ...]
    marks: Mapping[MarkState, int]
    plots: tuple[PlotLeft, ...]
    plots_in_all: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing on hand anywhere."""
        return not any(column.lots for column in self.columns)


def board(work: Work, *, by: Identity, now: datetime) -> Board:
    """The board of the reader's firm; the same number of questions to the books however large the season."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    rights = people_rows.rights(work.session, firm.id)
    standing = rights.standing(now, local_day(now))
    lines = _lines(work, firm, now)
    cards = _cards(work, firm, lines, by=by, now=now, marking=standing is Standing.AUTHORISED)
    plots = _plots(work, firm, now)
    return Board(
        firm,
        standing,
        rights.suspended(now),
        tuple(_column(stage, lines, cards) for stage in Stage),
        tuple(sorted(_notices(work, firm, lines, now), key=lambda one: _ORDER[one.alert])),
        mark_rows.state_counts(work.session, within=acting.within_firm(firm)),
        tuple(rules.scarcest(plots)[:CARDS_OF_PLOTS]),
        len(plots),
    )


_ORDER = {alert: rank for rank, alert in enumerate(Alert)}


def _lines(work: Work, firm: Enterprise, now: datetime) -> list[BandLine]:
    return rows.on_hand_by_band(
        work.session,
        party=firm.party,
        enterprise=firm.id,
        stale_before=rules.stale_before(now, work.profile),
        today=local_day(now),
        most=READ,
    )


# --- cards ----------------------------------------------------------------------------------------------------------


def _cards(
    work: Work, firm: Enterprise, lines: Sequence[BandLine], *, by: Identity, now: datetime, marking: bool
) -> list[Card]:
    numbers = [line.lot.id for line in lines]
    holds = chain_rows.holds_on(work.session, numbers)
    recalled = recall_rows.recalled_among(work.session, numbers)
    tests = _tests(work, firm, [line for line in lines if line.lot.kind is LotKind.BATCH])
    return [
        rules.card(
            _on_hand(line, firm, holds.get(line.lot.id, ()), line.lot.id in recalled),
            progress=tests.get(line.lot.id),
            may=ALLOWED[by.role],
            marking=marking,
            now=now,
            profile=work.profile,
        )
        for line in lines
    ]


def _on_hand(line: BandLine, firm: Enterprise, holds: tuple[str, ...], recalled: bool) -> OnHand:
    own = line.lot.origin == firm.id
    return OnHand(line.lot, line.band, line.grams, line.packs, line.packs_away, holds, recalled, own)


def _tests(work: Work, firm: Enterprise, batches: Sequence[BandLine]) -> dict[int, Progress]:
    """How each batch stands with its test, its marks and its room."""
    numbers = [line.lot.id for line in batches]
    reports = chain_rows.last_reports(work.session, numbers)
    outstanding = mark_rows.outstanding_among(work.session, numbers, firm.id)
    states = _by_batch(mark_rows.states_among(work.session, numbers, firm.id))
    waiting = mark_rows.waiting_among(work.session, numbers, firm.id)
    short_g = chain_rows.open_shortage_g(work.session, firm.id)
    found = {}
    for line in batches:
        number = line.lot.id
        kept_g = reserved_g(outstanding[number].values())
        marks = states.get(number, {})
        found[number] = Progress(
            passed=_passed(work, line, reports.get(number)),
            confirmed=number in reports and reports[number].confirmed_at is not None,
            unprinted=marks.get(MarkState.ON_HAND, 0),
            printed=marks.get(MarkState.PRINTED, 0),
            waiting=number in waiting,
            room_g=max(0, line.grams - kept_g - waiting.get(number, 0) - short_g),
            reserved_g=min(kept_g, line.grams),
        )
    return found


def _passed(work: Work, line: BandLine, report: Report | None) -> bool | None:
    if report is None or line.lot.grade is None:
        return None
    return tea_rules.judge(report.tested, line.lot.grade, report.reported_on, work.profile).passed


def _by_batch(states: Mapping[tuple[int, int], Mapping[MarkState, int]]) -> dict[int, dict[MarkState, int]]:
    found: dict[int, dict[MarkState, int]] = {}
    for (batch, _), counted in states.items():
        sums = found.setdefault(batch, {})
        for state, n in counted.items():
            sums[state] = sums.get(state, 0) + n
    return found


def _column(stage: Stage, lines: Sequence[BandLine], cards: Iterable[Card]) -> Column:
    bands = {line.band: line for line in lines if rules.STAGE_OF[line.band] is stage}
    here = sorted((one for one in cards if one.on_hand.band in bands), key=lambda one: one.urgency)
    return Column(
        stage,
        tuple(here[:SHOWN]),
        sum(line.band_lots for line in bands.values()),
        sum(line.band_grams for line in bands.values()),
    )


# --- what cannot wait -----------------------------------------------------------------------------------------------


def _notices(work: Work, firm: Enterprise, lines: Sequence[BandLine], now: datetime) -> list[Notice]:
    first = {line.band: line for line in reversed(lines)}
    leaf = (_leaf(work, line, now) for line in first.values() if line.lot.kind is LotKind.LEAF)
    return [
        *(one for one in leaf if one),
        *_reports_awaited(first.get(Band.UNTESTED), now),
        *(_answer(one) for one in _answers(work, firm, now)),
        *_allowance_answers(work, firm, now),
        *rules.notices_of_scales(people_rows.scales(work.session, firm.id), local_day(now)),
        *_counted(rows.waiting(work.session, enterprise=firm.id)),
    ]


def _leaf(work: Work, line: BandLine, now: datetime) -> Notice | None:
    return rules.leaf_notice(
        line.band,
        lots=line.band_lots,
        grams=line.band_grams,
        oldest=line.band_oldest,
        now=now,
        profile=work.profile,
    )


def _reports_awaited(oldest: BandLine | None, now: datetime) -> list[Notice]:
    """Batches whose sample was drawn days ago and that have no report; the one that waits longest by name."""
    if oldest is None:
        return []
    days = (local_day(now) - local_day(oldest.closed_at or oldest.lot.born_at)).days
    told = Notice(
        Alert.REPORT_AWAITED, oldest.band_lots, name=oldest.lot.no, subject=oldest.lot.id, days=days
    )
    return [told] if days >= rules.REPORT_DAYS else []


def _answers(work: Work, firm: Enterprise, now: datetime) -> list[rows.Answer]:
    since = now - timedelta(days=rules.ANSWER_DAYS)
    return rows.answers(work.session, firm.id, since=since, most=ANSWERS)


_ANSWERED = {
    RequestState.REFUSED: Alert.REFUSED,
    RequestState.ISSUED: Alert.ISSUED,
    RequestState.APPROVED: Alert.APPROVED,
}


def _answer(one: rows.Answer) -> Notice:
    alert = _ANSWERED[one.state]
    return Notice(alert, one.unprinted, name=one.no, reason=one.reason or "", subject=one.batch)


def _allowance_answers(work: Work, firm: Enterprise, now: datetime) -> list[Notice]:
    """What the office answered lately, until the slip it was asked for is settled."""
    since = now - timedelta(days=rules.ANSWER_DAYS)
    found = allowance_rows.answered(work.session, firm.id, since=since, most=ANSWERS)
    plots = people_rows.plots_by_id(work.session, [one.plot for one in found])
    return [_allowance_answer(one, plots[one.plot].no) for one in found]


def _allowance_answer(one: AllowanceRequest, plot: str) -> Notice:
    granted = one.state is AskState.GRANTED
    return Notice(
        Alert.ALLOWANCE_GRANTED if granted else Alert.ALLOWANCE_REFUSED,
        grams=one.granted_g or one.grams,
        name=plot,
        reason=one.answer or "",
        subject=one.slip,
    )


def _counted(waiting: rows.Waiting) -> list[Notice]:
    counts = {
        Alert.ARRIVING: waiting.deliveries,
        Alert.SHORT: waiting.shortages,
        Alert.HELD: waiting.held,
        Alert.RECALLED: waiting.recalled,
    }
    return [Notice(alert, n) for alert, n in counts.items() if n]


# --- garden cards ---------------------------------------------------------------------------------------------------


def _plots(work: Work, firm: Enterprise, now: datetime) -> list[PlotLeft]:
    """The garden cards the firm bought on lately, with what is left of them over all buyers."""
    today = local_day(now)
    bought = rows.plots_bought_on(work.session, firm.id, today.year, receipts=RECEIPTS)
    numbers = [plot.id for plot in bought]
    own = people_rows.allowances_among(work.session, numbers, today.year)
    used = chain_rows.plots_used(work.session, numbers, today.year)
    found = []
    for plot in bought:
        figures = own.get(plot.id, {})
        left = tea_rules.allowance_left(
            plot, today, own=figures, used=used.get(plot.id, {}), day_g=0, profile=work.profile
        )
        allowed = tea_rules.part_allowed_g(plot, today, own=figures, profile=work.profile)
        found.append(PlotLeft(plot, max(0, min(left.part_left_g, left.year_left_g)), allowed))
    return found
