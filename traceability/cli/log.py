"""`log …`: seal what came in, and check the log against what was signed of it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import click
from flask_babel import gettext as _

from traceability.cli.asking import NOT_SO
from traceability.cli.desk import Desk, as_json, as_user, say_json
from traceability.cli.witness import witness
from traceability.domain.log import Difference
from traceability.domain.log.notes import BadNote, Signer, VerifierKey
from traceability.services import log
from traceability.services.log import Since

#: Differences told one by one; all of them are counted.
MOST_TOLD = 20


@click.group("log")
def group() -> None:
    """The public log of every accepted change."""


@group.command()
@as_json
@click.pass_obj
def seal(desk: Desk, as_json: bool) -> None:
    """Give every fact that waits its number, and sign; a running server does so every few seconds by itself."""
    from traceability.cli.sealing import Sealing

    signer = _signer(desk)
    sealing = Sealing(desk.look, desk.seal, signer, desk.clock)
    sealed = sealing.do(_counting(sys.stderr.isatty() and not as_json))
    with desk.look() as work:
        size = log.size_of(work)
    if as_json:
        say_json({"sealed": sealed, "size": size, "key": str(signer.key)})
        return
    click.echo(_("新封存 %(n)s 条，公开日志共 %(size)s 条。", n=f"{sealed:,}", size=f"{size:,}"))


@group.command()
@click.option(
    "--since",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A checkpoint you kept: the log must begin with what it says.",
)
@click.option("--key", metavar="KEY", help="The log's public key; default: that of this installation.")
@as_json
@click.pass_obj
def verify(desk: Desk, files: Sequence[Path], key: str | None, as_json: bool) -> None:
    """Make the log again from the books and name every entry that differs; ends with status 1 when one does."""
    trusted = _read_key(key) if key else _signer(desk).key
    kept = [_since(file, trusted) for file in files]
    with desk.still() as work:
        size = log.size_of(work)
        found = log.check(work, key=trusted, since=kept, progress=_progress(as_json))
        told = list(islice(found, MOST_TOLD))
        count = len(told) + sum(1 for _one in found)
    if as_json:
        say_json(
            {"size": size, "ok": not count, "count": count, "differences": [asdict(one) for one in told]}
        )
    else:
        _say(size, told, count)
    sys.exit(NOT_SO if count else 0)


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_user
@click.pass_obj
def cosign(desk: Desk, file: Path, user: str) -> None:
    """Keep the cosignatures under a checkpoint of ours; ends with status 1 when it contradicts the log."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        text = file.read_text("utf-8", "replace")
        done = log.hand_in(work, by=by, now=desk.now(), note=text)
    if done.mismatch is not None:
        click.echo(_("这个检查点与本日志不符！已记入线索“公开日志与账目不符”，请立即核查。"))
        sys.exit(NOT_SO)
    if not done.names:
        click.echo(_("这些共同签名都已登记过。"))
        return
    names = ", ".join(done.names)
    click.echo(_("已登记 %(names)s 对 %(n)s 条检查点的共同签名。", names=names, n=f"{done.size:,}"))


@group.command("add-witness")
@click.argument("key")
@as_user
@click.pass_obj
def add_witness(desk: Desk, key: str, user: str) -> None:
    """Count the cosignatures of a witness from now on; KEY is its public key, name and all."""
    with desk.change() as work:
        log.add_witness(work, by=desk.somebody(work, user), now=desk.now(), key=key)
    click.echo(_("共同签名单位已登记。"))


group.add_command(witness)


def _say(size: int, told: Sequence[Difference], count: int) -> None:
    if not count:
        click.echo(_("已核对公开日志 %(n)s 条，与签名和账目一致。", n=f"{size:,}"))
        return
    click.echo(_("公开日志 %(size)s 条，有 %(n)s 处不符。第一处：", size=f"{size:,}", n=f"{count:,}"))
    for one in told:
        where = f"{one.table}  {one.where}  {one.column or '*'}"
        click.echo(_("%(where)s  应为 %(expected)s  实为 %(found)s", where=where, **_both(one)))
    if count > len(told):
        click.echo(_("……另有 %(n)s 处。", n=f"{count - len(told):,}"))


def _both(one: Difference) -> dict[str, str]:
    return {"expected": _short(one.expected), "found": _short(one.found)}


def _short(value: object) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 80 else f"{text[:80]}…"


# --- keys and files --------------------------------------------------------------------------------------------------


def _signer(desk: Desk) -> Signer:
    from traceability.app import NoKeys, read_log_key  # late: it loads every page

    try:
        found = read_log_key(desk.settings)
    except NoKeys as error:
        raise click.ClickException(str(error)) from error
    if found is None:
        raise click.ClickException(_("这里没有公开日志的密钥；请先运行 traceability init。"))
    return found


def _read_key(text: str) -> VerifierKey:
    try:
        return VerifierKey.read(text)
    except BadNote as error:
        raise click.BadParameter(str(error), param_hint="--key") from error


def _since(file: Path, key: VerifierKey) -> Since:
    try:
        return Since.read(file.read_text("utf-8"), key)
    except (BadNote, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file.name}: {error}", param_hint="--since") from error


# --- progress --------------------------------------------------------------------------------------------------------


def _counting(shown: bool) -> Callable[[int], None]:
    def show(done: int) -> None:
        if shown:
            click.echo(f"\r{done:,}", err=True, nl=False)

    return show


def _progress(as_json: bool) -> Callable[[int, int], None]:
    """A line that counts up, on a terminal only."""
    shown = sys.stderr.isatty() and not as_json

    def show(done: int, whole: int) -> None:
        if shown:
            click.echo(f"\r{done:,} / {whole:,}", err=True, nl=done >= whole)

    return show
