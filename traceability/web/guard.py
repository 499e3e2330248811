"""Who is asking, and whether the view is open to them. Every view says so; one that does not stays closed."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user
from werkzeug.routing import IntegerConverter, ValidationError

from traceability.domain.people import Identity, May
from traceability.services import people

View = TypeVar("View", bound=Callable[..., Any])


class Opening(Protocol):
    """A view is open to everybody, to whoever signed in, or to those with one of these permissions."""

    permission: frozenset[str]


PUBLIC = "public"
SIGNED_IN = "signed_in"


def allow(*permissions: str) -> Callable[[View], View]:
    """Say who may enter a view: `PUBLIC`, `SIGNED_IN`, or permissions of which one is enough.

    What a person may do to a particular thing is asked again, and finally, by the use case.
    """

    def open_view(view: View) -> View:
        cast(Opening, view).permission = frozenset(permissions)
        return view

    return open_view


@dataclass(frozen=True)
class House:
    """The ways to the database, and the clock, as the factory wired them."""

    change: Callable[[], AbstractContextManager[Any]]
    rehearse: Callable[[], AbstractContextManager[Any]]
    look: Callable[[], AbstractContextManager[Any]]
    note: Callable[[], AbstractContextManager[Any]]
    secret: bytes
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def house() -> House:
    """What the factory wired into this app."""
    return cast(House, current_app.extensions["house"])


def change() -> AbstractContextManager[Any]:
    """One business change."""
    return house().change()


def rehearse() -> AbstractContextManager[Any]:
    """A change that is undone: what it would come to."""
    return house().rehearse()


def look() -> AbstractContextManager[Any]:
    """Read only."""
    return house().look()


def note() -> AbstractContextManager[Any]:
    """Write what is no fact."""
    return house().note()


def moment() -> datetime:
    """Now, in UTC."""
    return house().clock()


def me() -> Identity:
    """Who is signed in; only called in views that are not public."""
    return cast(Identity, g.person)


#: No row has a number above this one: what a PostgreSQL integer holds.
LAST_ROW = 2**31 - 1


def row_number(text: str) -> int:
    """The number of a row as an address or a field names it; raise ValueError for what no row can have."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LAST_ROW):
        raise ValueError("not the number of a row")
    return int(text)


class RowNumber(IntegerConverter):
    """`<int:…>` of an address: a number no row can have is no address, not a fault of ours."""

    def to_python(self, value: str) -> int:
        """The number of a row; raise `ValidationError`."""
        try:
            return row_number(value)
        except ValueError as error:
            raise ValidationError from error


def way_to(endpoint: str, **values: Any) -> str:
    """The address of a view for whoever may enter it, else nothing: a page leads nobody to a closed door."""
    wanted: frozenset[str] = getattr(current_app.view_functions[endpoint], "permission", frozenset())
    return url_for(endpoint, **values) if _opens(wanted, g.get("person")) else ""


def _opens(wanted: frozenset[str], person: Identity | None) -> bool:
    if PUBLIC in wanted:
        return True
    return person is not None and (SIGNED_IN in wanted or any(person.may(May(one)) for one in wanted))


def register(app: Flask) -> None:
    """Ask at every request; before any address is told to the app."""
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.globals["way_to"] = way_to
    app.before_request(_enter)
    app.context_processor(lambda: {"me": g.get("person"), "May": May})


_READS = frozenset({"GET", "HEAD", "OPTIONS"})


def _enter() -> ResponseReturnValue | None:
    """Closed unless opened: 404 for no view, 403 for one that forgot to say who may enter."""
    if request.endpoint is None:
        return None
    if request.method not in _READS and any(
        "\0" in text for texts in request.form.listvalues() for text in texts
    ):
        abort(400)  # nobody types it, and PostgreSQL keeps no text with it
    view = current_app.view_functions[request.endpoint]
    wanted = getattr(view, "permission", None)
    if wanted is None:
        abort(403)
    g.person = _identity()
    if PUBLIC in wanted:
        return None
    if g.person is None:
        return redirect(
            url_for("security.login", next=request.full_path if request.method == "GET" else None)
        )
    if not _opens(wanted, g.person):
        abort(403)
    return None


def _identity() -> Identity | None:
    if "security" not in current_app.blueprints or not session or not current_user.is_authenticated:
        return None
    if current_user.check_tf_required_setup() and not current_user.enrolled:
        logout_user()  # a session from before a second factor was asked for
        return None
    with look() as work:
        return people.identity_of(work, current_user.id)
