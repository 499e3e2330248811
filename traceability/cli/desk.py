"""What every command shares: settings, the house, who is asking, the language, and files that appear whole."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask, current_app
from flask_babel import Babel
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from traceability.config import MissingSecret, Settings
from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.marks import read_ranges
from traceability.domain.people import Identity
from traceability.services import lookup, people
from traceability.store import work
from traceability.web.errors import refusal_text
from traceability.web.i18n import LANGUAGES
from traceability.web.words import shown

TRANSLATIONS = Path(__file__).parent.parent / "translations"

#: Who acts. There is no default: whoever runs a command says whose post it is run under.
as_user = click.option(
    "--as", "user", required=True, metavar="EMAIL", envvar="TRACEABILITY_AS", show_envvar=True,
    help="The sign-in whose permissions count.",
)  # fmt: skip
#: Sent twice with one key, it is done once.
as_key = click.option("--key", help="A key of your own: sent again with it, the command does nothing again.")
#: Read by the domain itself; its refusal is told as every other.
serials_argument = click.argument("serials", metavar="SERIALS", type=read_ranges)
as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of sentences.")


def read_settings() -> Settings:
    """The settings; a fault in them is told without a traceback."""
    try:
        return Settings()
    except ValidationError as error:
        told = [
            f"TRACEABILITY_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}" for one in error.errors()
        ]
        raise click.ClickException("\n".join(told)) from error


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts in that language: the catalogues need an app around them, and this one has no doors and no database."""
    app = Flask("traceability")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES["zh"]
    Babel(app, locale_selector=lambda: LANGUAGES[language])
    with app.app_context():
        yield


def in_words(error: Refusal) -> str:
    """A refusal as the terminal shows it: its code and text, then its numbers by name, grams as kilograms."""
    facts = "  ".join(f"{name}={value}" for name, value in shown(error.facts).items())
    return f"{error.code}  {refusal_text(error)}" + (f"\n  {facts}" if facts else "")


@dataclass
class Desk:
    """Where a command works: its settings and clock, and the three ways to the database."""

    settings: Settings
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        """This moment, in UTC."""
        return self.clock()

    @cached_property
    def house(self) -> work.House:
        """Database, profile and keys, opened when first asked for; the words know the profile from then on."""
        # Late: the factory sees every page and the label maker, and some commands need neither.
        from traceability.app import NoKeys, open_house

        try:
            opened = open_house(self.settings)
        except NoKeys as error:
            raise click.ClickException(str(error)) from error
        current_app.extensions["profile"] = opened.profile
        return opened

    @cached_property
    def window(self) -> lookup.Window:
        """Where marks are looked up."""
        return lookup.Window(
            self.look,
            self.change,
            lambda: self._through(partial(work.ask, self.house)),
            lambda on: self._through(partial(work.jot, self.house, on)),
        )

    def close(self) -> None:
        """Let go of the database, where it was opened."""
        if "house" in self.__dict__:
            self.house.sessions.kw["bind"].dispose()

    def change(self) -> AbstractContextManager[work.Work]:
        """One business change."""
        return self._through(partial(work.change, self.house))

    def look(self) -> AbstractContextManager[work.Work]:
        """Read only."""
        return self._through(partial(work.look, self.house))

    def still(self) -> AbstractContextManager[work.Work]:
        """Read only, and one state of the books however long it takes."""
        return self._through(partial(work.still, self.house))

    def seal(self) -> AbstractContextManager[work.Work]:
        """Number facts in the public log."""
        return self._through(partial(work.seal, self.house))

    def note(self) -> AbstractContextManager[work.Work]:
        """Write what is no fact."""
        return self._through(partial(work.note, self.house))

    @contextmanager
    def _through(self, way: Callable[[], AbstractContextManager[work.Work]]) -> Iterator[work.Work]:
        try:
            with way() as opened:
                yield opened
        except OperationalError as error:
            told = f"the database does not answer as it should: {error.orig}"
            raise click.ClickException(f"{told}\nIs it there, and was `traceability init` run?") from error

    def somebody(self, open_work: work.Work, user: str) -> Identity:
        """Whom `--as` names; raise `NotFound`, which repeats the name."""
        try:
            return people.identity_named(open_work, user)
        except errors.NotFound as error:
            raise errors.NotFound(email=user) from error

    def need_secret(self) -> str:
        """The session secret, or why there is none."""
        try:
            return self.settings.session_secret()
        except MissingSecret as error:
            raise click.ClickException(str(error)) from error


def firm_of(open_work: work.Work, desk: Desk, by: Identity, uscc: str) -> int:
    """An enterprise within somebody's reach by its code; raise `NotFound`, which repeats the code."""
    code = uscc.strip().upper()
    for one in people.enterprises(open_work, by=by, now=desk.now()):
        if one.enterprise.uscc == code:
            return one.enterprise.id
    raise errors.NotFound(enterprise=code)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file of mode 600 that appears under its name only when all of it is written and the block ended well."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def say_json(told: object) -> None:
    """One JSON value on one line; moments and days as ISO 8601."""
    click.echo(json.dumps(told, ensure_ascii=False, default=lambda one: one.isoformat()))
