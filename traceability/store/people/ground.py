"""What the office looks at beside a plot: the figures of its allowance so far, and the firms that ask."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.domain.people import Enterprise
from traceability.store.people.rows import EnterpriseRow, PartyRow, PlotAllowanceRow


@dataclass(frozen=True, slots=True)
class AllowanceFigure:
    """A figure the office set for a season's part ("" = the year), grams, and why."""

    season: int
    part: str
    grams: int
    reason: str
    decided_at: datetime


def allowance_figures(session: Session, plot: int) -> list[AllowanceFigure]:
    """Every figure the office set for a plot, latest first."""
    rows = session.scalars(
        select(PlotAllowanceRow).where(PlotAllowanceRow.plot_id == plot).order_by(PlotAllowanceRow.id.desc())
    )
    return [AllowanceFigure(row.season, row.part, row.grams, row.reason, row.decided_at) for row in rows]


def firms_by_id(session: Session, numbers: Iterable[int]) -> dict[int, Enterprise]:
    """Firms by id, in one question to the database; whoever asks has a reason to know them."""
    query = select(EnterpriseRow, PartyRow.id).join(PartyRow, PartyRow.enterprise_id == EnterpriseRow.id)
    rows = session.execute(query.where(EnterpriseRow.id.in_(set(numbers))))
    return {
        row.id: Enterprise(row.id, row.name, row.uscc, row.county, row.sc_no, party) for row, party in rows
    }
