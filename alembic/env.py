"""How alembic meets our schema; used by `traceability.store.schema` and by the `alembic` command alike."""

import importlib
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.types import TypeDecorator

import traceability.store
from traceability.store.base import Base


def _register_tables() -> None:
    """Import every module of the store, so that no table is overlooked because nobody asked for it."""
    for module in pkgutil.walk_packages(traceability.store.__path__, "traceability.store."):
        importlib.import_module(module.name)


def _url() -> str:
    """The caller's database; on the bare command line, the one of the settings."""
    if url := context.config.file_config.get("alembic", "sqlalchemy.url", fallback=""):
        return url
    from traceability.config import Settings

    return Settings().database_url


def _engine(url: str) -> Engine:
    """A connection of its own, with foreign keys off on SQLite: altering a table there means replacing it."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _begin_ourselves(engine)
    return engine


def _begin_ourselves(engine: Engine) -> None:
    """Python's driver commits before DDL: begin ourselves, and a migration that fails leaves nothing behind."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=30000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _plain_types(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Migrations import no models: a column type of ours is written as the type it is kept in."""
    ours = type(thing).__module__.startswith("traceability.")
    if kind == "type" and ours and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_plain_types,
        compare_type=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Migrate over the connection handed in, else over one of our own."""
    _register_tables()
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    engine = _engine(_url())
    with engine.connect() as connection:
        _run(connection)
    engine.dispose()


main()
