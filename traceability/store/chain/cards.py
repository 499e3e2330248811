"""Garden cards in bulk, for a page that shows many: which a firm uses, whose they are, and what is left of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.chain import Account, EventKind
from traceability.domain.people import Plot, PlotState
from traceability.store.accounts import UserRow
from traceability.store.chain.rows import EntryRow, EventRow
from traceability.store.people import GrowerRow, PlotAllowanceRow, PlotRow, plots_by_id

#: Receipts of a firm looked through for the cards it uses: a season of a large one.
LOOKED_THROUGH = 3_000


@dataclass(frozen=True, slots=True)
class CardLine:
    """A garden card with its grower's name."""

    plot: Plot
    name: str


def last_receipts(session: Session, enterprise: int) -> dict[int, Mapping[str, Any]]:
    """The terms of a firm's last receipt from each plot, by plot, the latest first."""
    latest = (
        select(EventRow.id)
        .where(EventRow.enterprise_id == enterprise, EventRow.kind == EventKind.LEAF_RECEIPT.value)
        .order_by(EventRow.id.desc())
        .limit(LOOKED_THROUGH)
        .subquery()
    )
    last = (
        select(EntryRow.plot_id, func.max(EntryRow.event_id).label("event"))
        .join(latest, latest.c.id == EntryRow.event_id)
        .where(EntryRow.account == Account.PLOT.value)
        .group_by(EntryRow.plot_id)
        .subquery()
    )
    query = select(last.c.plot_id, EventRow.terms).join(last, last.c.event == EventRow.id)
    rows = session.execute(query.order_by(EventRow.id.desc()))
    return {row.plot_id: row.terms for row in rows}


def cards(session: Session, plots: Iterable[int], *, entered_for: int | None, limit: int) -> list[CardLine]:
    """Active cards: these, and those people of a firm entered; by number."""
    entered = select(UserRow.id).where(UserRow.enterprise_id == entered_for)
    mine = or_(PlotRow.id.in_(set(plots)), PlotRow.entered_by.in_(entered))
    return _lines(session, mine, limit)


def cards_like(session: Session, words: str, *, limit: int) -> list[CardLine]:
    """Active cards whose number, place or grower's name holds these words; by number."""
    like = f"%{words.replace('/', '//').replace('%', '/%').replace('_', '/_')}%"
    held = [one.ilike(like, escape="/") for one in (PlotRow.no, PlotRow.place, GrowerRow.name)]
    return _lines(session, or_(*held), limit)


def _lines(session: Session, which: ColumnElement[bool], limit: int) -> list[CardLine]:
    query = (
        select(PlotRow.id, GrowerRow.name)
        .join(GrowerRow, GrowerRow.id == PlotRow.grower_id)
        .where(PlotRow.state == PlotState.ACTIVE.value, which)
        .order_by(PlotRow.no)
        .limit(limit)
    )
    growers = {row.id: row.name for row in session.execute(query)}
    found = plots_by_id(session, growers)
    return [CardLine(found[plot], name) for plot, name in growers.items()]


def own_figures(session: Session, plots: Iterable[int], season: int) -> Mapping[int, dict[str, int]]:
    """The office's own allowances of these plots in a season, by part, the latest of each; grams."""
    query = select(PlotAllowanceRow.plot_id, PlotAllowanceRow.part, PlotAllowanceRow.grams).where(
        PlotAllowanceRow.plot_id.in_(set(plots)), PlotAllowanceRow.season == season
    )
    found: dict[int, dict[str, int]] = {}
    for plot, part, grams in session.execute(query.order_by(PlotAllowanceRow.id)):
        found.setdefault(plot, {})[part] = int(grams)
    return found


def used_of(session: Session, plots: Iterable[int], season: int) -> Mapping[int, dict[str, int]]:
    """Grams charged to each of these plots in a season, by part."""
    query = (
        select(EntryRow.plot_id, EntryRow.part, -func.sum(EntryRow.grams))
        .where(EntryRow.plot_id.in_(set(plots)), EntryRow.part.startswith(f"{season}-"))
        .group_by(EntryRow.plot_id, EntryRow.part)
    )
    found: dict[int, dict[str, int]] = {}
    for plot, part, grams in session.execute(query):
        found.setdefault(plot or 0, {})[str(part).split("-", 1)[1]] = int(grams)
    return found
