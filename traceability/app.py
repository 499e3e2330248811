"""The factory: the only module that sees everything and wires it together.

Two faces from one factory: the public door can be deployed without the staff doors.
"""

import stat
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from flask import Flask, Request, abort, g
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_security import Security, SQLAlchemySessionUserDatastore
from flask_security.core import RoleMixin
from flask_wtf import CSRFProtect
from secure import Secure
from secure.headers import ContentSecurityPolicy, ReferrerPolicy, XContentTypeOptions, XFrameOptions
from sqlalchemy.orm import scoped_session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from traceability import paths
from traceability.config import Settings
from traceability.domain.log.notes import BadNote, Signer
from traceability.domain.profile import Profile, load
from traceability.formats.labels import Design, load_designs
from traceability.services import lookup
from traceability.services.importing import Tries
from traceability.services.press.makers import Makers
from traceability.services.press.press import Press
from traceability.store import work
from traceability.store.accounts import AUTHENTICATOR, UserRow
from traceability.web import (
    admin,
    enterprise,
    errors,
    guard,
    home,
    i18n,
    joining,
    public,
    regulator,
    second_factor,
    words,
)
from traceability.web.places import open_places
from traceability.web.printing import Printing
from traceability.web.public import pages
from traceability.web.public.quick import QuickWay

FACES = frozenset({"public", "staff"})
LARGEST_REQUEST = 12 * 1024 * 1024


def open_house(settings: Settings, *, pool: int = 5) -> work.House:
    """Database, profile and master keys of codes, as the settings name them; `pool` connections are kept open."""
    made = work.engine(settings.database_url, pool=pool)
    return work.House(work.sessions(made), read_profile(), read_keys(settings.keys))


def read_profile() -> Profile:
    """The GI's profile; a broken one stops the start and names the key."""
    return load((Path(__file__).parent / "profiles" / "duyun-maojian.toml").read_text("utf-8"))


KEY_BYTES = 32


class NoKeys(RuntimeError):
    """There is no usable master key: `traceability init` makes it."""


def read_keys(folder: Path) -> dict[str, bytes]:
    """Master keys by id; raise `NoKeys`. A key that others can read, or that was cut short, is refused."""
    found = {}
    for path in sorted(folder.glob("mark-*.key")):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NoKeys(f"{path.name} is open to others; run: chmod 600 on it")
        key = bytes.fromhex(path.read_text("ascii").strip())
        if len(key) != KEY_BYTES:
            raise NoKeys(f"{path.name} does not hold {KEY_BYTES} bytes; restore it from your copy")
        found[path.stem.removeprefix("mark-")] = key
    if not found:
        raise NoKeys("no master key: run `traceability init`")
    return found


def read_log_key(settings: Settings) -> Signer | None:
    """The key the log is signed with; None where there is none, as behind a public door alone. Raise `NoKeys`."""
    path = settings.log_key_file
    if not path.exists():
        return None
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise NoKeys(f"{path.name} is open to others; run: chmod 600 on it")
    try:
        return Signer.read(path.read_text("utf-8"))
    except BadNote as error:
        raise NoKeys(f"{path.name} is no key ({error}); restore it from your copy") from error


def create_app(
    settings: Settings,
    faces: Collection[str] = FACES,
    *,
    house: work.House | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Flask:
    """The web application with the doors asked for."""
    app = Flask(__name__, template_folder=str(paths.folder("templates")), static_folder="static")
    _configure(app, settings)
    app.session_interface = Sessions()
    doors = house or open_house(settings)
    app.extensions["house"] = _wired(doors, settings, clock)
    app.extensions["profile"] = doors.profile
    app.extensions["printing"] = open_press(settings, doors)
    app.extensions["workbooks"] = Tries(partial(work.change, doors), settings.workbooks)
    app.extensions["window"] = lookup.Window(
        partial(work.look, doors),
        partial(work.change, doors),
        partial(work.ask, doors),
        partial(work.jot, doors),
    )
    app.extensions["pages"] = lookup.Memory(pages.MOST)
    app.extensions["places"] = open_places(header=settings.place_header, file=settings.place_file)
    _open_doors(app, doors, faces)
    _harden(app, settings)
    return app


def open_press(settings: Settings, doors: work.House, *, cores: int = 1) -> Printing:
    """The press of a house, with the shipped designs; `cores` processes draw."""
    folder = paths.labels()
    ways = partial(work.change, doors), partial(work.look, doors)
    live_url = settings.public_url if may_print_live(settings) else None
    press = Press(*ways, Makers(_shipped(folder, "mark")), settings.prints, live_url, cores)
    return Printing(press, _shipped(folder, "carton"))


@lru_cache(maxsize=4)
def _shipped(folder: Path, kind: Literal["mark", "carton"]) -> dict[str, Design]:
    """The designs of the house, read and checked once a process: they are part of it."""
    return load_designs(folder, kind=kind)


def may_print_live(settings: Settings) -> bool:
    """Live codes leave the house only under a confirmed https address; anything else is a SAMPLE."""
    return settings.public_url_confirmed and settings.public_url.startswith("https://")


def _wired(doors: work.House, settings: Settings, clock: Callable[[], datetime] | None) -> guard.House:
    ways: dict[str, Callable[[], AbstractContextManager[Any]]] = {
        "change": partial(work.change, doors),
        "rehearse": partial(work.rehearse, doors),
        "look": partial(work.look, doors),
        "note": partial(work.note, doors),
    }
    return guard.House(
        **ways, secret=settings.session_secret().encode(), clock=clock or (lambda: datetime.now(UTC))
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.session_secret(),
        PUBLIC_URL=settings.public_url,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.cookies_secure,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        BABEL_DEFAULT_LOCALE="zh_Hans",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).parent / "translations"),
        WTF_CSRF_TIME_LIMIT=None,
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 (the name of a scheme)
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_SALT="unused with argon2",  # noqa: S106 (argon2 salts each password itself)
        SECURITY_STATIC_FOLDER=None,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_TRACKABLE=False,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_POST_LOGIN_VIEW="/home",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_WAN_ALLOW_AS_FIRST_FACTOR=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_BACKWARDS_COMPAT_AUTH_TOKEN=False,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=[AUTHENTICATOR],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY=30,
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="/home",
        SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL=(second_factor.CONFIRMED, "success"),
        SECURITY_TOTP_SECRETS={1: second_factor.sealing_key(settings.session_secret())},
        SECURITY_TOTP_ISSUER=second_factor.ISSUER,
    )


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies; a request without a cookie has an empty one, and no signer is made for it."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request."""
        if self.get_cookie_name(app) not in request.cookies:
            return SecureCookieSession()
        return super().open_session(app, request)


def _open_doors(app: Flask, doors: work.House, faces: Collection[str]) -> None:
    guard.register(app)
    i18n.register(app)
    words.register(app)
    errors.register(app)
    CSRFProtect(app)
    app.register_blueprint(public.bp)
    guard.allow(guard.PUBLIC)(app.view_functions["static"])
    if "staff" in faces:
        _open_staff(app, doors)


class NoRole(RoleMixin):
    """The sign-in library knows roles of its own; ours are in `domain.people`, so it is given none."""

    name: str = ""


def _open_staff(app: Flask, doors: work.House) -> None:
    # It reads who is signed in and keeps that open to the end of the request: as a reader it stops no change of ours.
    session = scoped_session(work.sessions(doors.sessions.kw["bind"].execution_options(reading=True)))
    Security(
        app,
        SQLAlchemySessionUserDatastore(session, UserRow, NoRole),
        totp_cls=second_factor.Codes,
        two_factor_setup_form=second_factor.SetupForm,
        two_factor_rescue_form=second_factor.RescueForm,
    )
    app.teardown_appcontext(lambda _error: session.remove())
    for unused in (
        "security.two_factor_rescue",
        "security.tf_select",
    ):  # they would send mail, which no house here does
        app.view_functions[unused] = _no_page
    for name, view in app.view_functions.items():
        if name.startswith("security."):
            guard.allow(guard.PUBLIC)(view)
    for blueprint in (enterprise.bp, regulator.bp, admin.bp, joining.bp):
        app.register_blueprint(blueprint)
    app.add_url_rule("/home", "home", home.home)


def _no_page() -> ResponseReturnValue:
    abort(404)


def _harden(app: Flask, settings: Settings) -> None:
    """Strict headers; nothing from elsewhere, no framing. HSTS only where there is HTTPS to insist on."""
    policy = (
        ContentSecurityPolicy()
        .default_src("'self'")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )
    headers = Secure(
        csp=policy,
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )

    told = app.extensions["headers"] = dict(headers.header_items())
    if settings.cookies_secure:
        told["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.update(told)
        if g.get("beside"):  # a file that a page of ours shows beside what was typed of it
            policy = told["Content-Security-Policy"].replace(
                "frame-ancestors 'none'", "frame-ancestors 'self'"
            )
            response.headers.update({"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN"})
        return response

    app.wsgi_app = QuickWay(app)  # type: ignore[method-assign, assignment]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0, x_port=0)  # type: ignore[method-assign]
