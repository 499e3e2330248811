"""`init`, `user add`, `demo`: from nothing to a house somebody can work in."""

import json
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask_babel import gettext as _
from sqlalchemy import make_url

from traceability.cli import Refused
from traceability.cli.desk import Desk, firm_of, whole_file
from traceability.config import Settings
from traceability.domain.people import Identity, Role
from traceability.domain.units import local_day, parse_day
from traceability.services import people
from traceability.services.log.opening import take_up
from traceability.store.work import Work
from traceability.web import words

if TYPE_CHECKING:
    from flask import Flask

KEY_BYTES = 32

# --- init ---------------------------------------------------------------------------------------------------


@click.command()
@click.pass_obj
def init(desk: Desk) -> None:
    """Make the data folder, the keys, the database and the thirteen offices.

    What is there already stays as it is; running it again does nothing. Books of an older release are told to the
    log once, as they stand.
    """
    settings = desk.settings
    make_folders(settings)
    for made in make_keys(settings, local_day(desk.now())):
        click.echo(_("已生成密钥 %(file)s，请备份并妥善保管。", file=made))
    _make_schema(settings)
    with desk.change() as work:
        if told := take_up(work, by=people.FOUNDER, now=desk.now()):
            click.echo(_("已把旧版账目逐条记入公开日志（%(n)s 条事实），此后的改动都能查出。", n=f"{told:,}"))
        _found_offices(work, desk)
    click.echo(_("已就绪：%(folder)s", folder=settings.data))
    with desk.look() as work:
        if not people.users(work, by=people.FOUNDER):
            click.echo(_("还没有用户。建立第一位系统管理员："))
            click.echo("  traceability user add EMAIL --name NAME --role administrator")


def make_folders(settings: Settings) -> None:
    """Data, keys and uploads, mode 700 where they are new."""
    for folder in (settings.data, settings.keys, settings.uploads):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_keys(settings: Settings, today: date) -> list[Path]:
    """The master key of mark codes and the keys of sessions and of the log, where there are none; the files made."""
    wanted = [settings.session_secret_file] if not settings.session_secret_file.exists() else []
    if not any(settings.keys.glob("mark-*.key")):
        wanted.append(settings.keys / f"mark-{today:%Y%m%d}.key")
    for path in wanted:
        _write_new(path, secrets.token_hex(KEY_BYTES) + "\n")
    if not settings.log_key_file.exists():
        wanted.append(settings.log_key_file)
        _write_new(settings.log_key_file, new_log_key(settings) + "\n")
    return wanted


def new_log_key(settings: Settings) -> str:
    """A key to sign the public log with, and the log's name with it: that must never change."""
    from traceability.domain.log.notes import Signer  # late: it brings a cipher along

    return Signer(settings.log_name, secrets.token_bytes(KEY_BYTES)).secret()


def _write_new(path: Path, text: str) -> None:
    """A new file of mode 600; the system itself refuses one that exists, so that two at once cannot spoil a key."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


def _make_schema(settings: Settings) -> None:
    # Late: the migrations' library takes half a second, and only this command needs it.
    from traceability.store import schema

    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        _write_new(Path(url.database), "")  # an empty file is an empty database, and this one is private
    schema.migrate(settings.database_url)


def _found_offices(work: Work, desk: Desk) -> None:
    known = {code for code, *_rest in people.offices(work, by=people.FOUNDER)}
    wanted = {work.profile.prefecture.code, *(county.code for county in work.profile.counties)}
    if wanted - known:
        people.found_offices(work, by=people.FOUNDER, now=desk.now())


# --- user ---------------------------------------------------------------------------------------------------


@click.group()
def user() -> None:
    """People who can sign in."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know the person.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option(
    "--enterprise", metavar="USCC", help="The firm of a manager or clerk, or the one an officer is tied to."
)
@click.option(
    "--county", metavar="CODE", help="Six digits, for a county officer or an observer of one county."
)
@click.option(
    "--as", "admin", metavar="EMAIL", envvar="TRACEABILITY_AS", help="The administrator who adds the person."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@click.pass_obj
def add_user(
    desk: Desk,
    email: str,
    name: str,
    role: str,
    enterprise: str | None,
    county: str | None,
    admin: str | None,
    password_stdin: bool,
) -> None:
    """Add a sign-in. The first one, an administrator, needs no --as."""
    with desk.look() as work:
        by = _adder(work, desk, admin, Role(role))
        firm = firm_of(work, desk, by, enterprise) if enterprise else None
    password = _read_password(password_stdin)
    hashed = _hasher(desk)(password)
    with desk.change() as work:
        people.create_user(
            work,
            by=_adder(work, desk, admin, Role(role)),
            now=desk.now(),
            email=email,
            password_hash=hashed,
            name=name,
            role=Role(role),
            enterprise=firm,
            county=county,
        )
    click.echo(_("已建立用户 %(email)s（%(role)s）。", email=email, role=words.word(Role(role))))


@user.command("reset-second-factor")
@click.argument("email")
@click.option(
    "--as", "admin", metavar="EMAIL", envvar="TRACEABILITY_AS", required=True, help="The administrator."
)
@click.pass_obj
def reset_second_factor(desk: Desk, email: str, admin: str) -> None:
    """Let somebody who lost their authenticator set up another at the next sign-in."""
    with desk.look() as work:
        who = people.identity_named(work, email)
    with desk.change() as work:
        people.reset_second_factor(work, by=desk.somebody(work, admin), now=desk.now(), user=who.user)
    click.echo(_("%(email)s 的二次验证已重置，下次登录时重新绑定验证器。", email=email))


@user.command("set-password")
@click.argument("email")
@click.option(
    "--as", "admin", metavar="EMAIL", envvar="TRACEABILITY_AS", required=True, help="The administrator."
)
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from the first line of standard input."
)
@click.pass_obj
def set_password(desk: Desk, email: str, admin: str, password_stdin: bool) -> None:
    """Give somebody who forgot theirs another password; wherever they are signed in, they are signed out."""
    with desk.look() as work:
        who = people.identity_named(work, email)
    hashed = _hasher(desk)(_read_password(password_stdin))
    with desk.change() as work:
        by = desk.somebody(work, admin)
        people.set_password(work, by=by, now=desk.now(), user=who.user, password_hash=hashed)
    click.echo(_("%(email)s 的密码已重新设置，请当面或另行告知本人。", email=email))


def _adder(work: Work, desk: Desk, admin: str | None, role: Role) -> Identity:
    """Who adds: the person named, or the founder while nobody is there and an administrator is wanted."""
    if admin:
        return desk.somebody(work, admin)
    if people.users(work, by=people.FOUNDER):
        raise click.UsageError(_("已有用户：请用 --as 写明由哪位系统管理员添加。"))
    if role is not Role.ADMINISTRATOR:
        raise click.UsageError(_("第一位用户应是系统管理员（--role administrator）。"))
    return people.FOUNDER


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(_("密码"), hide_input=True, confirmation_prompt=_("再输入一次"))
    return asked


def _pages(desk: Desk) -> "Flask":
    """The web application: the sign-in library inside it has the one say over passwords."""
    desk.need_secret()
    # Late: it loads every page.
    from traceability.app import create_app

    return create_app(desk.settings, house=desk.house)


def _hasher(desk: Desk) -> Callable[[str], str]:
    """Makes of a password what the sign-in page will check; one that it would not take is refused here too."""
    from flask_security import hash_password  # late, as its one user

    app = _pages(desk)
    language = "en" if words.english() else "zh-CN"

    def hashed(password: str) -> str:
        with app.test_request_context(headers={"Accept-Language": language}):
            faults, normal = app.extensions["security"].password_util.validate(password, True)
            if faults:
                raise click.UsageError(" ".join(map(str, faults)))
            return str(hash_password(normal))

    return hashed


def _sealer(desk: Desk) -> Callable[[str], str]:
    """Makes of an authenticator's key what the sign-in keeps of it."""
    app = _pages(desk)

    def sealed(key: str) -> str:
        return str(app.extensions["security"].totp_factory.sealed(key))

    return sealed


# --- demo ---------------------------------------------------------------------------------------------------


@click.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when the database has data.")
@click.option("--seed", default=2026, show_default=True, help="Other seeds, other seasons.")
@click.option(
    "--today", metavar="DAY", type=parse_day, help="The day the season is told up to (default: today)."
)
@click.pass_obj
def demo(desk: Desk, if_empty: bool, seed: int, today: date | None) -> None:
    """Live through the demo season in an empty database; print sign-ins and marks to look up."""
    with desk.look() as work:
        empty = people.is_empty(work)
    unfinished = desk.settings.data / "demo.unfinished"
    if not empty and unfinished.exists():
        folder = desk.settings.data
        raise Refused(
            _("上次生成演示数据时中断，数据不完整。请清空数据库（%(folder)s）后重来。", folder=folder)
        )
    if if_empty and not empty:
        click.echo(_("数据库中已有数据，不再生成演示数据。"))
        return
    if empty:
        unfinished.touch(mode=0o600)
    told = _live(desk, today or local_day(desk.now()), seed)
    with whole_file(demo_file(desk.settings)) as opened:
        opened.write(json.dumps(told, ensure_ascii=False, indent=2, default=str).encode())
    unfinished.unlink(missing_ok=True)
    tell_demo(told, desk.settings.public_url)


def _live(desk: Desk, today: date, seed: int) -> dict[str, Any]:
    from traceability.demo import DemoRefused, live  # late: no other command needs the story

    try:
        result = live(
            desk.house,
            today=today,
            hash_password=_hasher(desk),
            progress=_progress(),
            seed=seed,
            seal=_sealer(desk),
        )
    except DemoRefused as error:
        raise Refused(_("演示数据只写入空的数据库；这里已有数据。")) from error
    return {
        "accounts": [asdict(one) for one in result.accounts],
        "codes": [list(one) for one in result.codes],
    }


def _progress() -> Callable[[str, int, int], None] | None:
    """A line that counts up, on a terminal only."""
    if not sys.stderr.isatty():
        return None

    def show(day: str, done: int, whole: int) -> None:
        click.echo(f"\r{day}  {100 * done // whole:3d} %", err=True, nl=done >= whole)

    return show


def demo_file(settings: Settings) -> Path:
    """Where the sign-ins and codes of the demo are kept, mode 600."""
    return settings.data / "demo.json"


def tell_code(key: str) -> None:
    """What the authenticator of the demo's offices shows now, and its key for whoever wants it on a phone."""
    from passlib.totp import TOTP  # type: ignore[import-untyped]  # late, as its one user

    now = TOTP(key=key).generate()
    click.echo(
        _("监管和管理账户还要验证码：现在是 %(code)s（%(n)s 秒内有效）", code=now.token, n=int(now.remaining))
    )
    click.echo(_("  以后的验证码：traceability code；或把密钥 %(key)s 加入手机验证器", key=key))


@click.command()
@click.pass_obj
def code(desk: Desk) -> None:
    """Print the code that the demo's offices sign in with now."""
    try:
        told: Mapping[str, Any] = json.loads(demo_file(desk.settings).read_text("utf-8"))
    except FileNotFoundError as error:
        raise Refused(_("这里没有演示数据；真实账户的验证码只在各自的手机上。")) from error
    for key in {one["code_key"] for one in told["accounts"] if one.get("code_key")}:
        tell_code(key)


def tell_demo(told: Mapping[str, Any], base: str) -> None:
    """The sign-ins of the demo, and marks to look up."""
    click.echo(_("演示登录："))
    for one in told["accounts"]:
        post = f"{words.word(one['role'], 'role')}  {one['where']}  {one['name']}"
        click.echo(f"  {one['email']:<28} {one['password']:<16} {post}")
    if key := next((one.get("code_key") for one in told["accounts"] if one.get("code_key")), ""):
        tell_code(key)
    click.echo(_("可查询的标志："))
    for code, expected in told["codes"]:
        click.echo(f"  {base}/m/{code}  {words.word(expected, 'verdict')}")
