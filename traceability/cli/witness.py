"""`log witness`, for somebody else's machine: see that the log only grew since last time, and cosign its checkpoint.

It needs no database of ours and trusts nothing of it but the log's public key: it looks at the tiles itself.
"""

import os
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask_babel import gettext as _

from traceability.cli.asking import NOT_SO
from traceability.cli.desk import whole_file
from traceability.domain.log import HASH_BYTES, TILE_WIDTH
from traceability.domain.log.notes import COSIGNATURE, BadNote, Signer, VerifierKey
from traceability.domain.log.witnessing import LogForked, cosigned

#: (address below the log's own) → what is there; None for nothing.
Get = Callable[[str], bytes | None]
#: Seconds to wait for an answer; bytes of the longest one, a bundle of hashes or a checkpoint.
PATIENCE, LARGEST = 30, 64 * 1024


@click.command()
@click.option(
    "--state",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the checkpoint seen last is kept.",
)
@click.option("--url", metavar="URL", help="The log's address, as https://…/log.")
@click.option(
    "--checkpoint",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint file instead; its tiles lie beside it, as in tile/0/000.",
)
@click.option("--log-key", required=True, metavar="KEY", help="The log's public key, as published.")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The witness's private key; made when it is not there.",
)
@click.option("--name", required=True, help="Who signs: a host name or the like, without spaces.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the cosigned checkpoint here, instead of standard output.",
)
def witness(
    state: Path, url: str | None, file: Path | None, log_key: str, key_file: Path, name: str, out: Path | None
) -> None:
    """Check that a log only grew since it was seen last, and cosign its checkpoint (C2SP tlog-cosignature).

    Ends with status 1, and signs nothing, when the log is shorter or another one than what was signed before.
    """
    if (url is None) == (file is None):
        raise click.UsageError("either --url or --checkpoint")
    signer = _signer(key_file, name)
    get = _over_http(url) if url else _from_folder(file or Path())
    kept = state.read_text("utf-8") if state.exists() else None
    offered = _text(get("checkpoint"))
    try:
        key = VerifierKey.read(log_key)
        made = cosigned(offered, kept=kept, key=key, signer=signer, read=_reader(get), at=int(time.time()))
    except BadNote as error:
        raise click.ClickException(_("没有签名：%(why)s", why=error)) from error
    except LogForked as error:
        _refuse(error)
    _write(state, str(made))
    if out:
        _write(out, str(made))
    else:
        click.echo(str(made), nl=False)


def _refuse(error: LogForked) -> None:
    """Say how the two differ; both checkpoints are the evidence, so the one that was kept stays."""
    told = {"kept": f"{error.kept.size:,}", "offered": f"{error.offered.size:,}"}
    if error.why == "shrunk":
        click.echo(_("拒绝签名：日志变短了，上次 %(kept)s 条，这次 %(offered)s 条。", **told), err=True)
    else:
        click.echo(
            _("拒绝签名：日志被改写过，这次的 %(offered)s 条不以上次的 %(kept)s 条开头。", **told), err=True
        )
    for one in (error.kept, error.offered):
        click.echo(f"{one.size}  {b64encode(one.root).decode()}", err=True)
    sys.exit(NOT_SO)


# --- keys and files ---------------------------------------------------------------------------------------------


def _signer(file: Path, name: str) -> Signer:
    """The witness's key; a new one, whose public half is told, where there is none."""
    try:
        if file.exists():
            found = Signer.read(file.read_text("utf-8"))
            if found.name != name or found.kind != COSIGNATURE:
                raise BadNote("the key is another name's, or no witness's")
            return found
        made = Signer(name, os.urandom(32), COSIGNATURE)
    except BadNote as error:
        raise click.BadParameter(f"{file.name}: {error}", param_hint="--key") from error
    _write(file, f"{made.secret()}\n")
    click.echo(_("新的共同签名公钥，请交给监管机关登记：%(key)s", key=made.key), err=True)
    return made


def _write(file: Path, text: str) -> None:
    with whole_file(file) as opened:
        opened.write(text.encode())


# --- the log, over HTTP or in a folder --------------------------------------------------------------------------


def _over_http(url: str) -> Get:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise click.BadParameter("an address begins with https:// or http://", param_hint="--url")

    def get(place: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{url.rstrip('/')}/{place}", timeout=PATIENCE) as answer:  # noqa: S310 (looked at above)
                return bytes(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise click.ClickException(f"{place}: {error}") from error
        except OSError as error:
            raise click.ClickException(f"{url}: {error}") from error

    return get


def _from_folder(checkpoint: Path) -> Get:
    def get(place: str) -> bytes | None:
        file = checkpoint if place == "checkpoint" else checkpoint.parent / place
        return file.read_bytes() if file.is_file() else None

    return get


def _text(content: bytes | None) -> str:
    if content is None:
        raise click.ClickException(_("那里没有检查点。"))
    return content.decode("utf-8", "replace")


def _reader(get: Get) -> Callable[[int, int, int], bytes]:
    """Tiles as the rules of the tree read them; of one that has grown since, its beginning."""

    def read(level: int, number: int, width: int) -> bytes:
        place = f"tile/{level}/{_number(number)}"
        found = get(f"{place}.p/{width}") if width < TILE_WIDTH else get(place)
        if found is None and width < TILE_WIDTH:
            found = get(place)
        if found is None or len(found) < width * HASH_BYTES:
            raise BadNote(f"{place} is missing")
        return found[: width * HASH_BYTES]

    known: dict[tuple[int, int], bytes] = {}

    def once(level: int, number: int, width: int) -> bytes:
        if (level, number) not in known:
            known[level, number] = read(level, number, width)
        return known[level, number]

    return once


def _number(number: int) -> str:
    """A tile's number as C2SP tlog-tiles writes it: in threes, all but the last with an x."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)
