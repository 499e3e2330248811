"""The schema's way up and down: alembic, configured in Python so that no ini file is needed anywhere."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from traceability import paths


def config(url: str) -> Config:
    """Alembic for one database."""
    made = Config()
    made.set_main_option("script_location", str(paths.migrations()).replace("%", "%%"))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision; one that is there already is left alone."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database down to a revision (`base`: empty)."""
    command.downgrade(config(url), revision)


def head() -> str:
    """The revision of a database that is up to date."""
    found = ScriptDirectory.from_config(config("sqlite://")).get_current_head()
    return found or "base"
