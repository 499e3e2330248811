"""`serve`: the production server."""

import gc
import json
import socket
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk
from traceability.cli.founding import demo_file, tell_demo
from traceability.config import Settings

if TYPE_CHECKING:
    from flask import Flask

FACES = ("public", "staff")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (read here, not bound)

#: A request may hold two connections: its own, and the one of the sign-in library.
CONNECTIONS = 2


def read_faces(text: str) -> frozenset[str]:
    """A comma-separated choice of doors, at least one."""
    asked = frozenset(part.strip() for part in text.split(",") if part.strip())
    if not asked or asked - set(FACES):
        raise click.BadParameter(f"{', '.join(FACES)}, or both with a comma between")
    return asked


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--faces",
    default="public,staff",
    show_default=True,
    metavar="FACES",
    type=read_faces,
    help="Which doors are open.",
)
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes.")
@click.option(
    "--threads", default=4, show_default=True, type=click.IntRange(1, 64), help="Requests at once in each."
)
@click.option("--welcome", is_flag=True, help="Print the pages, the demo's sign-ins and marks to look up.")
@click.pass_obj
def serve(
    desk: Desk, host: str, port: int, faces: frozenset[str], workers: int, threads: int, welcome: bool
) -> None:
    """Serve the pages until told to stop (ctrl-C, SIGTERM)."""
    _need_port(host, port)
    desk.need_secret()
    _need_keys(desk.settings)
    base = _base(host, port)
    click.echo(_("服务地址：%(url)s（ctrl-C 结束）", url=base))
    if welcome:
        _welcome(desk.settings, base, faces)
    _serve(desk.settings, host, port, faces, workers, threads)


def _need_port(host: str, port: int) -> None:
    """A taken port is told now: the server itself would share or fail in its own words."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        why = _(
            "不能在 %(host)s 的端口 %(port)s 上提供服务：%(why)s", host=host, port=port, why=error.strerror
        )
        other = _("可用 --port 换一个端口。")
        raise click.ClickException(f"{why}\n{other}") from error


def _need_keys(settings: Settings) -> None:
    """Missing keys are told here and not by a worker's traceback. The database is not opened: workers are forked."""
    from traceability.app import (
        NoKeys,
        read_keys,
        read_log_key,
    )  # late: it loads every page, which the workers share

    try:
        read_keys(settings.keys)
        if read_log_key(settings) is None:
            click.echo(_("没有公开日志的密钥，本机不封存；请运行 traceability init 生成。"), err=True)
    except NoKeys as error:
        raise click.ClickException(str(error)) from error


def _base(host: str, port: int) -> str:
    name = ANYWHERE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _welcome(settings: Settings, base: str, faces: frozenset[str]) -> None:
    if "public" in faces:
        click.echo(_("公众查验：%(url)s", url=f"{base}/"))
    if "staff" in faces:
        click.echo(_("企业与监管登录：%(url)s", url=f"{base}/login"))
    if told := _demo(settings):
        tell_demo(told, base)


def _demo(settings: Settings) -> Mapping[str, Any] | None:
    try:
        told: Mapping[str, Any] = json.loads(demo_file(settings).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return told


def _serve(
    settings: Settings, host: str, port: int, faces: frozenset[str], workers: int, threads: int
) -> None:
    # Late: the server's own machinery.
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    server = Granian(
        "traceability",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
    )
    server.serve(target_loader=partial(build, settings, faces, threads), wrap_loader=False)


def build(settings: Settings, faces: frozenset[str], threads: int) -> "Flask":
    """The application of one worker process; its database pool has room for every thread."""
    from traceability.app import create_app, open_house, read_log_key  # late, as above
    from traceability.cli.nightly import Nightly
    from traceability.cli.sealing import Sealing

    house, signer = open_house(settings, pool=CONNECTIONS * threads), read_log_key(settings)
    made = create_app(settings, faces, house=house)
    Nightly.of(house, signer.key if signer else None).start()
    if signer and settings.log_seal_seconds:
        Sealing.of(house, signer).start(settings.log_seal_seconds)
    settle()
    return made


#: New objects before garbage is looked for. An answer of 50,000 lots makes 200,000, all wanted; at the usual 700
#: a fifth of its time went into looking through them.
GARBAGE_AFTER = 50_000


def settle() -> None:
    """Look for garbage seldom, and never among what stands from the start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)
