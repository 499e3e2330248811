"""Applications for the right to use the mark: filed once, steps and documents added since."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.authorising import (
    OPEN,
    ApplicationState,
    ApplicationStep,
    Paper,
    Side,
    state_after,
)
from traceability.domain.people import Within
from traceability.domain.profile import Grade
from traceability.store.accounts import UserRow
from traceability.store.base import Base, Code, EnterpriseRef, Key, Moment, Name, UserRef, Words
from traceability.store.oversight import Document, DocumentRow, document_of
from traceability.store.people import EnterpriseRow, enterprise_within


class ApplicationRow(Base):
    """What a firm asks for: the right it claims, grades, and the standard it makes its tea to; never changed."""

    __tablename__ = "application"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    enterprise_id: Mapped[EnterpriseRef]
    right_basis: Mapped[Code]
    scope: Mapped[Name]
    standard: Mapped[Code]
    filed_at: Mapped[Moment]


class ApplicationStepRow(Base):
    """Something done about an application; rows are added, the last one says where it stands."""

    __tablename__ = "application_step"

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    step: Mapped[Code]
    words: Mapped[Words]
    taken_at: Mapped[Moment]
    taken_by: Mapped[UserRef]


class ApplicationDocumentRow(Base):
    """A document of an application: what it is, and the step it was handed in with."""

    __tablename__ = "application_document"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    paper: Mapped[Code]
    step_id: Mapped[int] = mapped_column(ForeignKey("application_step.id"), index=True)


@dataclass(frozen=True, slots=True)
class ApplicationStepTaken:
    """A step as read; `name` is that of the person `by`."""

    id: int
    step: ApplicationStep
    words: str
    at: datetime
    by: int
    name: str


@dataclass(frozen=True, slots=True)
class Application:
    """An application as read, with everything done about it."""

    id: int
    no: str
    enterprise: int
    right_basis: str
    scope: tuple[Grade, ...]
    standard: str
    filed_at: datetime
    steps: tuple[ApplicationStepTaken, ...]

    @property
    def state(self) -> ApplicationState:
        """Where it stands."""
        return state_after(one.step for one in self.steps)

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in OPEN

    @property
    def moved_at(self) -> datetime:
        """When it came to stand where it does."""
        return self.steps[-1].at


@dataclass(frozen=True, slots=True)
class ApplicationPaper:
    """A document of an application: what it is, and the number of the step it was handed in with."""

    paper: Paper
    document: Document
    step: int


# --- writing ------------------------------------------------------------------------------------------------


def add_application(
    session: Session,
    *,
    no: str,
    enterprise: int,
    right_basis: str,
    scope: Iterable[Grade],
    standard: str,
    at: datetime,
) -> int:
    """Keep what is asked for; its id. The caller adds the step of its filing."""
    row = ApplicationRow(
        no=no,
        enterprise_id=enterprise,
        right_basis=right_basis,
        scope=",".join(one.value for one in scope),
        standard=standard,
        filed_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def add_step(
    session: Session, application: int, *, step: ApplicationStep, words: str, at: datetime, by: int
) -> int:
    """Keep something done about an application; its id. The caller has locked the firm."""
    row = ApplicationStepRow(
        application_id=application, step=step.value, words=words, taken_at=at, taken_by=by
    )
    session.add(row)
    session.flush()
    return row.id


def add_paper(session: Session, application: int, *, document: int, paper: Paper, step: int) -> None:
    """Keep that a document belongs to an application."""
    session.add(
        ApplicationDocumentRow(
            application_id=application, document_id=document, paper=paper.value, step_id=step
        )
    )
    session.flush()


# --- reading ------------------------------------------------------------------------------------------------


def applications(
    session: Session, *, within: Within, number: int | None = None, enterprise: int | None = None
) -> list[Application]:
    """Applications within reach, latest first; the one of this number, or a firm's, when named. Two questions, however
    many.
    """
    query = (
        select(ApplicationRow)
        .join(EnterpriseRow, EnterpriseRow.id == ApplicationRow.enterprise_id)
        .where(enterprise_within(within))
    )
    if number is not None:
        query = query.where(ApplicationRow.id == number)
    if enterprise is not None:
        query = query.where(ApplicationRow.enterprise_id == enterprise)
    rows = session.scalars(query.order_by(ApplicationRow.id.desc())).all()
    taken = _steps(session, [one.id for one in rows])
    return [_application(one, taken.get(one.id, [])) for one in rows]


def _steps(session: Session, applications: list[int]) -> dict[int, list[ApplicationStepTaken]]:
    query = (
        select(ApplicationStepRow, UserRow.name)
        .join(UserRow, UserRow.id == ApplicationStepRow.taken_by)
        .where(ApplicationStepRow.application_id.in_(applications))
        .order_by(ApplicationStepRow.id)
    )
    found: dict[int, list[ApplicationStepTaken]] = {}
    for row, name in session.execute(query):
        taken = ApplicationStepTaken(
            row.id, ApplicationStep(row.step), row.words, row.taken_at, row.taken_by, name
        )
        found.setdefault(row.application_id, []).append(taken)
    return found


def _application(row: ApplicationRow, steps: list[ApplicationStepTaken]) -> Application:
    scope = tuple(Grade(one) for one in row.scope.split(","))
    return Application(
        row.id, row.no, row.enterprise_id, row.right_basis, scope, row.standard, row.filed_at, tuple(steps)
    )


def papers(session: Session, application: int) -> list[ApplicationPaper]:
    """The documents of an application, in the order they were handed in; content left out."""
    query = (
        select(ApplicationDocumentRow, DocumentRow)
        .join(DocumentRow, DocumentRow.id == ApplicationDocumentRow.document_id)
        .where(ApplicationDocumentRow.application_id == application)
        .order_by(DocumentRow.id)
    )
    return [
        ApplicationPaper(Paper(kept.paper), document_of(row), kept.step_id)
        for kept, row in session.execute(query)
    ]


def posts(session: Session, users: Iterable[int]) -> dict[int, tuple[Side | None, str]]:
    """Where people sit and what they are called, by id; None for somebody of neither office nor firm."""
    query = select(UserRow.id, UserRow.role, UserRow.name).where(UserRow.id.in_(set(users)))
    return {number: (_SIDES.get(role), name) for number, role, name in session.execute(query)}


_SIDES = {"county": Side.COUNTY, "prefecture": Side.PREFECTURE, "manager": Side.FIRM, "clerk": Side.FIRM}
