"""Findings as they go on: taken, put back, settled, each a row of its own; lists of them; what waits at firms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, case, func, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.findings import KINDS, UNKNOWN_KIND, Burden, State, kind_of
from traceability.domain.listing import Asked, Found
from traceability.domain.people import Within
from traceability.store import listing
from traceability.store.accounts import UserRow
from traceability.store.base import Base, Code, Key, Moment, UserRef, Words
from traceability.store.listing import Condition, Listable
from traceability.store.oversight import Finding, FindingRow, add_finding, finding_of, within_reach
from traceability.store.people.rows import EnterpriseRow, PlotRow


class FindingStepRow(Base):
    """What became of a finding: somebody took it, put it back, settled it. Rows are added, never changed."""

    __tablename__ = "finding_step"

    id: Mapped[Key]
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), index=True)
    step: Mapped[Code]
    result: Mapped[Code | None]
    words: Mapped[Words | None]
    happened_at: Mapped[Moment]
    done_by: Mapped[UserRef]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as read, and who took it."""

    step: str
    result: str | None
    words: str | None
    at: datetime
    by: int
    name: str
    role: str


def finding(session: Session, number: int, *, within: Within, lock: bool = False) -> Finding | None:
    """A finding within reach; `lock` makes others who would settle it wait."""
    query = select(FindingRow).where(FindingRow.id == number, within_reach(within, FindingRow))
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    row = session.scalars(query).first()
    return finding_of(row) if row else None


def take(session: Session, number: int, *, by: int | None, at: datetime, done_by: int) -> None:
    """Somebody looks into it from now on; `by` None: nobody any more. The row is locked."""
    row = session.get_one(FindingRow, number)
    row.state, row.taken_by = (State.LOOKING if by else State.OPEN).value, by
    _add_step(session, number, "taken" if by else "put_back", at=at, by=done_by)


def settle(session: Session, number: int, *, result: str, words: str, at: datetime, by: int) -> None:
    """It ended like this. The row is locked."""
    row = session.get_one(FindingRow, number)
    row.state, row.result, row.outcome = State.SETTLED.value, result, words
    _add_step(session, number, "settled", at=at, by=by, result=result, words=words)


def _add_step(
    session: Session, number: int, step: str, *, at: datetime, by: int, result: str | None = None,
    words: str | None = None,
) -> None:  # fmt: skip
    session.add(
        FindingStepRow(finding_id=number, step=step, result=result, words=words, happened_at=at, done_by=by)
    )
    session.flush()


def steps_of(session: Session, number: int) -> list[Step]:
    """What became of a finding, from its beginning."""
    query = (
        select(FindingStepRow, UserRow.name, UserRow.role)
        .join(UserRow, UserRow.id == FindingStepRow.done_by)
        .where(FindingStepRow.finding_id == number)
        .order_by(FindingStepRow.id)
    )
    return [
        Step(row.step, row.result, row.words, row.happened_at, row.done_by, name, role)
        for row, name, role in session.execute(query)
    ]


def others_of(session: Session, enterprise: int, *, within: Within, but: int, most: int) -> list[Finding]:
    """The latest other findings about a firm, those that wait first."""
    settled = case((FindingRow.state == State.SETTLED.value, 1), else_=0)
    query = (
        select(FindingRow)
        .where(FindingRow.enterprise_id == enterprise, FindingRow.id != but, within_reach(within, FindingRow))
        .order_by(settled, FindingRow.id.desc())
        .limit(most)
    )
    return [finding_of(row) for row in session.scalars(query)]


# --- kept by the rules ------------------------------------------------------------------------------------------------


def known_extents(session: Session, codes: Collection[str]) -> dict[tuple[str, str], tuple[bool, int]]:
    """By code and `about` of findings of these kinds: whether one waits, and the greatest extent that was settled."""
    waits = func.max(case((FindingRow.state != State.SETTLED.value, 1), else_=0))
    extent = func.max(func.coalesce(FindingRow.extent, 0))
    query = (
        select(FindingRow.code, FindingRow.about, waits, extent)
        .where(FindingRow.code.in_(codes), FindingRow.about.is_not(None))
        .group_by(FindingRow.code, FindingRow.about)
    )
    return {(code, about): (bool(open_), settled) for code, about, open_, settled in session.execute(query)}


def add_noticed(session: Session, **told: object) -> int:
    """A finding the rules over the books noticed; its id."""
    return add_finding(session, **told)  # type: ignore[arg-type]


# --- lists ------------------------------------------------------------------------------------------------------------

WAITING = (State.OPEN.value, State.LOOKING.value)


def _weight() -> object:
    """The weight of a finding's kind: not kept, since the register may change its mind."""
    weights = {one.code: one.weight for one in KINDS.values()}
    return case(weights, value=FindingRow.code, else_=UNKNOWN_KIND.weight)


def _burden(burden: str) -> Condition:
    known = [one.code for one in KINDS.values() if one.burden == burden]
    if burden == UNKNOWN_KIND.burden:
        return FindingRow.code.in_(known) | FindingRow.code.not_in(list(KINDS))
    return FindingRow.code.in_(known)


def _state(state: str) -> Condition:
    if state == "all":
        return literal(1) == 1
    return FindingRow.state.in_(WAITING) if state == "waiting" else FindingRow.state == state


def find_findings(session: Session, asked: Asked, *, within: Within) -> Found[int]:
    """Findings within reach."""
    query = (
        select(FindingRow.id)
        .join(EnterpriseRow, EnterpriseRow.id == FindingRow.enterprise_id, isouter=True)
        .where(within_reach(within, FindingRow))
    )
    firm = func.coalesce(EnterpriseRow.name, "")
    return listing.numbers(
        session,
        Listable(
            query=query,
            number=FindingRow.id,
            sorts={
                "weight": _weight(),
                "found": FindingRow.recorded_at,
                "happened": FindingRow.happened_at,
                "kind": FindingRow.code,
                "firm": firm,
                "county": FindingRow.county,
                "state": FindingRow.state,
            },
            texts=(firm, FindingRow.evidence, func.coalesce(FindingRow.outcome, "")),
            codes=(FindingRow.code, FindingRow.county),
            only={
                "state": _state,
                "code": lambda code: FindingRow.code == code,
                "county": lambda code: FindingRow.county == code,
                "burden": _burden,
                "firm": lambda number: FindingRow.enterprise_id == int(number),
            },
            day=FindingRow.recorded_at,
        ),
        asked,
    )


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with the names a list shows."""

    finding: Finding
    firm: str
    plot: str
    taken_by: str

    @property
    def weight(self) -> int:
        """Points of its kind."""
        return kind_of(self.finding.code).weight

    @property
    def burden(self) -> Burden:
        """How heavy its kind is."""
        return kind_of(self.finding.code).burden


def finding_lines(session: Session, numbers: Sequence[int]) -> list[FindingLine]:
    """Findings by id, in the order asked for."""
    query = (
        select(FindingRow, EnterpriseRow.name, PlotRow.no, UserRow.name)
        .join(EnterpriseRow, EnterpriseRow.id == FindingRow.enterprise_id, isouter=True)
        .join(PlotRow, PlotRow.id == FindingRow.plot_id, isouter=True)
        .join(UserRow, UserRow.id == FindingRow.taken_by, isouter=True)
        .where(FindingRow.id.in_(numbers))
    )
    lines = {
        row.id: FindingLine(finding_of(row), firm or "", plot or "", who or "")
        for row, firm, plot, who in session.execute(query)
    }
    return [lines[number] for number in numbers if number in lines]


def counts_by_state(session: Session, *, within: Within) -> dict[str, int]:
    """How many findings there are in each state."""
    query = select(FindingRow.state, func.count().label("n")).where(within_reach(within, FindingRow))
    return {row.state: row.n for row in session.execute(query.group_by(FindingRow.state))}


def waiting_by_firm(
    session: Session, *, within: Within, county: str | None = None
) -> list[tuple[int, str, int]]:
    """(enterprise, code, how many) of what waits to be looked at, or is being looked at."""
    query = select(FindingRow.enterprise_id, FindingRow.code, func.count()).where(
        FindingRow.enterprise_id.is_not(None), FindingRow.state.in_(WAITING), within_reach(within, FindingRow)
    )
    query = query.join(EnterpriseRow, EnterpriseRow.id == FindingRow.enterprise_id)
    if county:
        query = query.where(EnterpriseRow.county == county)
    found = session.execute(query.group_by(FindingRow.enterprise_id, FindingRow.code))
    return [(firm, code, n) for firm, code, n in found if firm is not None]
