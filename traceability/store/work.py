"""The ways to the database; no other place begins or commits.

`change()` keeps facts: all of it or nothing, and never without a fact row. `note()` writes a short list of tables
that are no facts. `look()` reads; whatever happens inside is undone; `still()` is a long look. `rehearse()` is a change
that is undone: what it would come to. `seal()` gives facts their numbers in the public log, and writes nothing else.
"""

import re
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, cast

import psycopg
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from traceability.domain.chain import Remark
from traceability.domain.errors import BooksBusy, NumberTaken
from traceability.domain.log import Fact
from traceability.domain.profile import Profile
from traceability.domain.replay import ROWS, joined
from traceability.store.chain.lines import keep as keep_lines
from traceability.store.log import LOG_TABLES, add_fact, add_facts, count_change
from traceability.store.prepared import TOUCHED, At, Line
from traceability.store.told import Gathered, gather, gathered, note_flush
from traceability.store.turns import keep_in_turn, leave_turn, take_turn

#: Tables that hold no facts, and may be written outside a change.
NOTES = frozenset({"scan", "scan_tally", "user", "counter", "request_key"})


#: Tables whose numbers people give.
NUMBERED = frozenset(
    {"carton", "enterprise", "event", "grower", "lot", "plot", "product", "report", "sample", "scale", "user"}
)


class ChangeWithoutFact(AssertionError):
    """Rows were about to be kept that no fact accounts for: a fault of ours."""


class NotANote(AssertionError):
    """A note touched a table of facts: a fault of ours."""


class NotTheLog(AssertionError):
    """Sealing touched a table that is not the log's: a fault of ours."""


@dataclass(frozen=True)
class House:
    """What every transaction is given: the sessions, the GI's profile, the master keys of codes by id, and salt."""

    sessions: sessionmaker[Session]
    profile: Profile
    keys: Mapping[str, bytes] = field(repr=False)
    salt: Callable[[], str] = lambda: secrets.token_hex(16)


class Work:
    """One open transaction, handed to use cases and store functions."""

    def __init__(self, session: At, house: House) -> None:
        self.session = cast(Session, session)
        self.profile = house.profile
        self.keys = house.keys
        self._salt = house.salt
        self.facts = 0
        self.shown = False
        self.touched: set[str] = set()
        #: Remarks of lateness kept back, while many things are told at once.
        self.late: list[Remark] | None = None
        #: The last fact waits for the rows that are written after it.
        self._waiting: Fact | None = None
        self._rows: Gathered | None = None

    def record(self, fact: Fact, *, shown: bool = True) -> None:
        """Keep one fact row. `shown`: whether a page of the public may tell of it."""
        self.session.flush()
        told = self._telling(fact)
        self._settle()
        self._waiting = told
        self.touched.add("fact")
        self.facts += 1
        self.shown |= shown

    def record_all(self, facts: Sequence[Fact]) -> None:
        """Keep many fact rows in one statement, in their order."""
        if facts:
            self.record(facts[0])
            *before, self._waiting = (cast(Fact, self._waiting), *facts[1:])
            if before:
                add_facts(self.session, [(one, self._salt()) for one in before])
            self.facts += len(before)

    def settle(self) -> None:
        """The last that is written: what was added after the last fact stands in it too."""
        if self._waiting is not None:
            self._waiting = self._telling(self._waiting)
            self._settle()
        if self._rows is not None:
            self._rows.check(self.touched)

    def _telling(self, fact: Fact) -> Fact:
        """The fact with the rows written since the one before."""
        rows = self._rows.take() if self._rows is not None else {}
        if not rows:
            return fact
        earlier = cast(dict[str, Any], fact.private.get(ROWS, {}))
        return replace(fact, private={**fact.private, ROWS: joined(earlier, rows)})

    def _settle(self) -> None:
        if self._waiting is not None:
            add_fact(self.session, self._waiting, self._salt())
            self._waiting = None

    def watch(self) -> None:
        """Note the name of every table this transaction writes."""
        self.session.info[TOUCHED] = self.touched

    def gather(self) -> None:
        """Gather the rows this transaction writes, for its facts to tell."""
        self._rows = gather(self.session)


def _after_flush(session: Session, _context: object) -> None:
    if (touched := session.info.get(TOUCHED)) is not None:
        touched.update(row.__tablename__ for row in (*session.new, *session.dirty, *session.deleted))
    note_flush(session)


def _on_execute(state: ORMExecuteState) -> None:
    touched = state.session.info.get(TOUCHED)
    if touched is not None and (state.is_insert or state.is_update or state.is_delete):
        name = state.statement.table.name  # type: ignore[attr-defined]
        touched.add(name)
        if (rows := gathered(state.session)) is not None:
            rows.stated(name)


@contextmanager
def change(house: House) -> Iterator[Work]:
    """One business change: all of it is kept, or none of it; raise `ChangeWithoutFact`."""
    try:
        with house.sessions.begin() as session:
            work = Work(session, house)
            work.watch()
            work.gather()
            yield work
            session.flush()
            if work.touched - NOTES and not work.facts:
                raise ChangeWithoutFact(sorted(work.touched))
            work.settle()
            keep_lines(session)
            if work.shown:
                count_change(session)
    except (IntegrityError, psycopg.IntegrityError) as error:
        raise _number_taken(error) or error from error


def _number_taken(error: IntegrityError | psycopg.IntegrityError) -> NumberTaken | None:
    """What the second of two hears who gave one number at the same moment, each finding it free (PostgreSQL).

    A prepared statement lets the driver's own error through.
    """
    found = error.orig if isinstance(error, IntegrityError) else error
    if not isinstance(found, psycopg.errors.UniqueViolation):
        return None
    told = found.diag
    given = re.search(r"=\((?:.*, )?(.*)\)", told.message_detail or "")
    return NumberTaken(no=given[1][:80] if given else "") if told.table_name in NUMBERED else None


@contextmanager
def note(house: House) -> Iterator[Work]:
    """Write what is no fact (`NOTES`; of a sign-in what is its owner's alone); raise `NotANote` for anything else."""
    with house.sessions.begin() as session:
        work = Work(session, house)
        work.watch()
        rows = gather(session)
        yield work
        session.flush()
        if strange := (work.touched - NOTES) | rows.tables():
            raise NotANote(sorted(strange))


#: The one lock of PostgreSQL under which leaves are numbered; any number that nothing else of ours takes.
SEALING = 6962


@contextmanager
def seal(house: House) -> Iterator[Work]:
    """Number facts in the public log, one after the other whoever else does: all of it or nothing; raise `NotTheLog`.

    SQLite has one writer anyway.
    """
    with house.sessions.begin() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": SEALING})
        work = Work(session, house)
        work.watch()
        yield work
        session.flush()
        if strange := work.touched - LOG_TABLES:
            raise NotTheLog(sorted(strange))


@contextmanager
def jot(house: House, on: Work | None = None) -> Iterator[Work]:
    """A note in prepared statements only (`store.prepared`): the same transaction and guard, without a session.

    A look at a mark is kept this way; a session would take as long as all its statements together. `on` is the work of
    an `ask` that is open: what is read and what is kept then share a line.
    """
    with ask(house) if on is None else nullcontext(on) as work:
        line = cast(Line, work.session)
        try:
            if line.dialect.name == "sqlite":
                _begin_writing(line.driver)
            yield work
            if strange := line.touched - NOTES:
                raise NotANote(sorted(strange))
            line.driver.commit()
        except BaseException:
            line.driver.rollback()
            raise
        finally:
            leave_turn(line.driver)


@contextmanager
def ask(house: House) -> Iterator[Work]:
    """For one prepared question: one statement sees one state of the books, and needs no transaction of ours."""
    with _line(house) as line:
        yield Work(line, house)


@contextmanager
def _line(house: House) -> Iterator[Line]:
    """A connection of the pool; what was not committed is undone when it goes back."""
    engine = house.sessions.kw["bind"]
    driver = engine.raw_connection()
    try:
        yield Line(driver, engine.dialect)
    finally:
        driver.close()


@contextmanager
def look(house: House) -> Iterator[Work]:
    """For reading: whatever happens inside is undone. Readers wait for nobody."""
    with house.sessions() as session:
        session.connection(execution_options={"reading": True})
        try:
            yield Work(session, house)
        finally:
            session.rollback()


@contextmanager
def still(house: House) -> Iterator[Work]:
    """For a long look: what others keep meanwhile is not seen, so many questions have one state of the books."""
    with house.sessions() as session:
        session.connection(execution_options={"reading": True, **_one_state(session)})
        try:
            yield Work(session, house)
        finally:
            session.rollback()


def _one_state(session: Session) -> dict[str, Any]:
    """In SQLite a reader sees one state anyway."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return {"isolation_level": "REPEATABLE READ"} if is_postgresql else {}


#: Milliseconds a rehearsal waits for a writer before it: whoever only wants to know comes again.
REHEARSAL_MS = 1000


@contextmanager
def rehearse(house: House) -> Iterator[Work]:
    """A change that is undone at the end: the same rules on the same books, and nothing is kept.

    It writes, so it needs the lock a change needs, for as long as the use case takes; behind a long change it does not
    wait in the queue, but raises `BooksBusy`.
    """
    with house.sessions() as session:
        try:
            session.connection(execution_options={"rehearsing": True})
            yield Work(session, house)
        except (OperationalError, sqlite3.OperationalError) as error:
            raise BooksBusy from error
        finally:
            session.rollback()


def engine(url: str, *, pool: int = 5) -> Engine:
    """The engine for a database URL; SQLite gets write-ahead logging, foreign keys and a patient lock."""
    if url.startswith("sqlite"):
        made = create_engine(url, connect_args={"timeout": 30})
        if made.url.database:
            keep_in_turn(made)
        _tame_sqlite(made)
        return made
    made = create_engine(url, pool_size=pool, pool_pre_ping=True)
    _hurry_rehearsals(made)
    return made


def _hurry_rehearsals(made: Engine) -> None:
    """In PostgreSQL a statement waits for rows; that of a rehearsal not for long."""

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        if connection.get_execution_options().get("rehearsing", False):
            connection.execute(text(f"SET LOCAL lock_timeout = {REHEARSAL_MS}"))


def sessions(made: Engine) -> sessionmaker[Session]:
    """Sessions that keep their values readable after the end, since rows never leave the store anyway."""
    maker = sessionmaker(made, expire_on_commit=False)
    event.listen(maker, "after_flush", _after_flush)
    event.listen(maker, "do_orm_execute", _on_execute)
    return maker


PATIENCE_MS = 30_000

#: The file is read through the memory of the machine (2 GB of it, SQLite's own limit): a look at one mark of millions
#: needs a page nobody asked for lately, and reading it by a system call takes ten times as long.
MAPPED = "mmap_size=2147418112"


def _tame_sqlite(made: Engine) -> None:
    """Python's driver begins late and never for reads; begin ourselves, and take the write lock at once."""

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"busy_timeout={PATIENCE_MS}",
            "synchronous=NORMAL",
            MAPPED,
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("reading", False):
            connection.connection.driver_connection.execute("BEGIN")
        elif options.get("rehearsing", False):
            _begin_rehearsing(connection.connection.driver_connection)
        else:
            _begin_writing(connection.connection)


def _begin_writing(driver: Any) -> None:
    take_turn(driver)
    driver.driver_connection.execute("BEGIN IMMEDIATE")


def _begin_rehearsing(driver: Any) -> None:
    """Out of turn and with little patience; the connection is as patient as before when it goes back to the pool."""
    driver.execute(f"PRAGMA busy_timeout={REHEARSAL_MS}")
    try:
        driver.execute("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
