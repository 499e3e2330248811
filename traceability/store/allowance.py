"""Requests for more allowance, and how the office answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.allowance import AllowanceRequest, AskState
from traceability.domain.people import Within
from traceability.store.base import Base, Code, EnterpriseRef, Grams, Key, Moment, UserRef, Words
from traceability.store.chain.slips import RefusedSlipRow
from traceability.store.people.rows import PlotRow


class AllowanceRequestRow(Base):
    """A request for more allowance on a plot; decided once."""

    __tablename__ = "allowance_request"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    season: Mapped[int]
    part: Mapped[Code]
    grams: Mapped[Grams]
    reason: Mapped[Words]
    slip_id: Mapped[int | None] = mapped_column(ForeignKey("refused_slip.id"), index=True)
    state: Mapped[Code] = mapped_column(index=True)
    asked_at: Mapped[Moment]
    asked_by: Mapped[UserRef]
    granted_g: Mapped[Grams | None]
    answer: Mapped[Words | None]
    decided_at: Mapped[Moment | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


def _request(row: AllowanceRequestRow) -> AllowanceRequest:
    return AllowanceRequest(
        row.id,
        row.enterprise_id,
        row.plot_id,
        row.season,
        row.part,
        row.grams,
        row.reason,
        row.slip_id,
        AskState(row.state),
        row.asked_at,
        row.asked_by,
        row.granted_g,
        row.answer,
        row.decided_at,
    )


def add_request(
    session: Session,
    *,
    enterprise: int,
    plot: int,
    season: int,
    part: str,
    grams: int,
    reason: str,
    slip: int | None,
    at: datetime,
    by: int,
) -> int:
    """Keep an open request; its id."""
    row = AllowanceRequestRow(
        enterprise_id=enterprise,
        plot_id=plot,
        season=season,
        part=part,
        grams=grams,
        reason=reason,
        slip_id=slip,
        state=AskState.OPEN.value,
        asked_at=at,
        asked_by=by,
    )
    session.add(row)
    session.flush()
    return row.id


def is_asked(
    session: Session, *, enterprise: int, plot: int, season: int, part: str, slip: int | None
) -> bool:
    """Whether the firm waits for an answer on this part of the plot already: for this slip, or for no slip."""
    query = select(AllowanceRequestRow.id).where(
        AllowanceRequestRow.enterprise_id == enterprise,
        AllowanceRequestRow.plot_id == plot,
        AllowanceRequestRow.season == season,
        AllowanceRequestRow.part == part,
        AllowanceRequestRow.slip_id.is_(None) if slip is None else AllowanceRequestRow.slip_id == slip,
        AllowanceRequestRow.state == AskState.OPEN.value,
    )
    return session.scalar(query.limit(1)) is not None


def _mine(within: Within) -> Select[AllowanceRequestRow]:
    """A firm's own; a county's are those on its plots, whoever asks."""
    query = select(AllowanceRequestRow)
    if within.enterprise is not None:
        return query.where(AllowanceRequestRow.enterprise_id == within.enterprise)
    if within.county is not None:
        plots = select(PlotRow.id).where(PlotRow.township.startswith(within.county))
        return query.where(AllowanceRequestRow.plot_id.in_(plots))
    return query if within.everything else query.where(AllowanceRequestRow.id < 0)


def requests(session: Session, *, within: Within, state: AskState | None = None) -> list[AllowanceRequest]:
    """Requests within reach, latest first; those in one state, when it is named."""
    query = _mine(within).order_by(AllowanceRequestRow.id.desc())
    if state is not None:
        query = query.where(AllowanceRequestRow.state == state.value)
    return [_request(row) for row in session.scalars(query)]


def request(session: Session, number: int, *, within: Within, lock: bool = False) -> AllowanceRequest | None:
    """A request within reach; `lock` makes others who would decide it wait."""
    query: Any = _mine(within).where(AllowanceRequestRow.id == number)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return _request(row) if row else None


def count_open(session: Session, *, within: Within) -> int:
    """How many wait within reach."""
    waiting = _mine(within).where(AllowanceRequestRow.state == AskState.OPEN.value).subquery()
    return session.scalar(select(func.count()).select_from(waiting)) or 0


def decide_request(
    session: Session,
    number: int,
    *,
    state: AskState,
    granted_g: int | None = None,
    answer: str | None = None,
    at: datetime,
    by: int,
) -> None:
    """Keep the answer."""
    row = session.get_one(AllowanceRequestRow, number)
    row.state, row.granted_g, row.answer = state.value, granted_g, answer
    row.decided_at, row.decided_by = at, by


def of_slips(session: Session, slips: Iterable[int]) -> dict[int, AllowanceRequest]:
    """The latest request made for each of these refused slips."""
    query = select(AllowanceRequestRow).where(AllowanceRequestRow.slip_id.in_(set(slips)))
    rows = session.scalars(query.order_by(AllowanceRequestRow.id))
    return {row.slip_id: _request(row) for row in rows if row.slip_id is not None}


def answered(session: Session, enterprise: int, *, since: datetime, most: int) -> list[AllowanceRequest]:
    """Requests of a firm the office answered since a moment, latest first; not those whose slip is settled."""
    settled = select(RefusedSlipRow.id).where(RefusedSlipRow.settled_at.is_not(None))
    query = (
        select(AllowanceRequestRow)
        .where(
            AllowanceRequestRow.enterprise_id == enterprise,
            AllowanceRequestRow.state.in_([AskState.GRANTED.value, AskState.REFUSED.value]),
            AllowanceRequestRow.decided_at >= since,
            or_(AllowanceRequestRow.slip_id.is_(None), AllowanceRequestRow.slip_id.not_in(settled)),
        )
        .order_by(AllowanceRequestRow.id.desc())
        .limit(most)
    )
    return [_request(row) for row in session.scalars(query)]
