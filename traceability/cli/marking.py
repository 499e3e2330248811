"""`marks …`: the mark ledger from the command line, as the person named by `--as`."""

import re
from typing import Any

import click
from flask_babel import gettext as _

from traceability.cli import printing
from traceability.cli.desk import Desk, as_json, as_key, as_user, firm_of, say_json, serials_argument
from traceability.domain import errors
from traceability.domain.marks import SerialRange
from traceability.domain.people import Identity
from traceability.domain.units import parse_count
from traceability.services import chain, marks, people
from traceability.services.marks import IssuedRange
from traceability.store.marks import Request
from traceability.store.work import Work
from traceability.web import words
from traceability.web.i18n import counted as _n


@click.group("marks")
def group() -> None:
    """Request, approve, issue, print, void, lose and return marks.

    SERIALS are control numbers and ranges of them: 0000012001-0000012200,12203
    """


for _command in printing.COMMANDS:
    group.add_command(_command)


# --- request, approve, issue ----------------------------------------------------------------------------------


@group.command()
@as_user
@click.option("--batch", required=True, help="The tested batch, by its number.")
@click.option(
    "--line", "lines", required=True, multiple=True, metavar="PRODUCT:PACKS[:SPARES]",
    help="Marks for one product, named by its GTIN, its name or #id; may be repeated.",
)  # fmt: skip
@as_key
@click.pass_obj
def request(desk: Desk, user: str, batch: str, lines: tuple[str, ...], key: str | None) -> None:
    """Ask for marks for a passed batch."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        lot = chain.lot_named(work, by=by, no=batch)
        asked = [_line(work, by, line) for line in lines]
        number = marks.request_marks(work, by=by, now=desk.now(), batch=lot.id, lines=asked, key=key)
        made = marks.request(work, by=by, number=number)
    _say_request(made)


_LINE = re.compile(r"(.+?):(\d+)(?::(\d+))?")


def _line(work: Work, by: Identity, text: str) -> tuple[int, int, int]:
    """(product id, packs, spares)."""
    if not (found := _LINE.fullmatch(text.strip())):
        raise click.UsageError(f"--line {text}: PRODUCT:PACKS[:SPARES]")
    return _product(work, by, found[1]), parse_count(found[2]), int(found[3] or 0)


def _product(work: Work, by: Identity, name: str) -> int:
    asked = name.strip()
    for one in people.products(work, by=by):
        if asked in {f"#{one.id}", one.name} or (one.gtin is not None and asked.zfill(14) == one.gtin):
            return one.id
    raise errors.ProductUnknown(product=asked)


@group.command()
@click.argument("number", metavar="REQUEST")
@as_user
@click.option(
    "--report-confirmed", is_flag=True, help="The typed values were compared with the attached report."
)
@click.option("--reason", default="", help="A remark kept with the decision.")
@as_key
@click.pass_obj
def approve(desk: Desk, number: str, user: str, report_confirmed: bool, reason: str, key: str | None) -> None:
    """Confirm the report where that is due, and approve a request."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        found = _request(work, by, number)
        marks.approve_request(
            work,
            by=by,
            now=desk.now(),
            request=found.id,
            report_confirmed=report_confirmed,
            reason=reason,
            key=key,
        )
        decided = marks.request(work, by=by, number=found.id)
    _say_request(decided)


@group.command()
@click.argument("number", metavar="REQUEST")
@as_user
@as_key
@click.pass_obj
def issue(desk: Desk, number: str, user: str, key: str | None) -> None:
    """Issue an approved request; prints the ranges."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        found = _request(work, by, number)
        before = {one.issue.id for one in marks.issued_ranges(work, by=by, batch=found.batch)}
        marks.issue_marks(work, by=by, now=desk.now(), request=found.id, key=key)
        issued = [
            one for one in marks.issued_ranges(work, by=by, batch=found.batch) if one.issue.id not in before
        ]
        decided = marks.request(work, by=by, number=found.id)
    _say_request(decided)
    for one in issued:
        _say_range(one)


def _request(work: Work, by: Identity, number: str) -> Request:
    """A request within reach by its number; raise `RequestUnknown`."""
    found = next((one for one in marks.requests(work, by=by) if one.no == number.strip().upper()), None)
    if found is None:
        raise errors.RequestUnknown(request=number)
    return found


# --- void, return -----------------------------------------------------------------------------------------------


@group.command()
@serials_argument
@as_user
@click.option("--reason", required=True)
@as_key
@click.pass_obj
def void(desk: Desk, serials: tuple[SerialRange, ...], user: str, reason: str, key: str | None) -> None:
    """Make marks void that are not on a pack; their tea stays reserved."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        done = marks.void_marks(work, by=by, now=desk.now(), ranges=serials, reason=reason, key=key)
    click.echo(_("已作废 %(n)s 枚标志。", n=done))


@group.command("return")
@serials_argument
@as_user
@click.option("--enterprise", required=True, metavar="USCC", help="The firm that handed them back.")
@click.option(
    "--counted", required=True, type=click.IntRange(1), help="How many the office counted and destroyed."
)
@click.option("--witness", required=True, help="Who else was there when they were destroyed.")
@click.option("--reason", required=True)
@as_key
@click.pass_obj
def return_(
    desk: Desk,
    serials: tuple[SerialRange, ...],
    user: str,
    enterprise: str,
    counted: int,
    witness: str,
    reason: str,
    key: str | None,
) -> None:
    """Keep that the office counted and destroyed marks; only this frees their tea."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        firm = firm_of(work, desk, by, enterprise)
        done = marks.return_marks(
            work,
            by=by,
            now=desk.now(),
            enterprise=firm,
            ranges=serials,
            counted=counted,
            witness=witness,
            reason=reason,
            key=key,
        )
    click.echo(_("已收回并销毁 %(n)s 枚标志。", n=done))


@group.command()
@serials_argument
@as_user
@click.option(
    "--counted", required=True, type=click.IntRange(1), help="How many are missing, by your own count."
)
@click.option("--reason", required=True)
@as_key
@click.pass_obj
def lost(
    desk: Desk, serials: tuple[SerialRange, ...], user: str, counted: int, reason: str, key: str | None
) -> None:
    """Report printed labels that cannot be found; their tea stays reserved and the county looks into it."""
    told: dict[str, Any] = {"ranges": serials, "counted": counted, "reason": reason, "key": key}
    with desk.change() as work:
        done = marks.report_lost(work, by=desk.somebody(work, user), now=desk.now(), **told)
    click.echo(_("已报失 %(n)s 枚标志。", n=done))


@group.command()
@serials_argument
@as_user
@click.option("--enterprise", required=True, metavar="USCC", help="The firm whose labels they are.")
@click.option("--counted", required=True, type=click.IntRange(1), help="How many labels the office has seen.")
@click.option("--reason", required=True)
@as_key
@click.pass_obj
def restore(
    desk: Desk,
    serials: tuple[SerialRange, ...],
    user: str,
    enterprise: str,
    counted: int,
    reason: str,
    key: str | None,
) -> None:
    """Let labels be used that an amended packing never used, and that nobody ever looked up."""
    told: dict[str, Any] = {"ranges": serials, "counted": counted, "reason": reason, "key": key}
    with desk.change() as work:
        by = desk.somebody(work, user)
        firm = firm_of(work, desk, by, enterprise)
        done = marks.restore_marks(work, by=by, now=desk.now(), enterprise=firm, **told)
    click.echo(_("已恢复 %(n)s 枚标志。", n=done))


@group.command()
@as_user
@click.option("--enterprise", required=True, metavar="USCC", help="The firm whose marks they are.")
@click.option("--season", required=True, type=int, metavar="YEAR", help="A season that is over.")
@as_key
@click.pass_obj
def lapse(desk: Desk, user: str, enterprise: str, season: int, key: str | None) -> None:
    """End the marks of a past season that were never used; their tea stays reserved until they are returned."""
    with desk.change() as work:
        by = desk.somebody(work, user)
        firm = firm_of(work, desk, by, enterprise)
        done = marks.lapse_marks(work, by=by, now=desk.now(), enterprise=firm, season=season, key=key)
    click.echo(_("%(season)s 年茶季的 %(n)s 枚标志已失效。", season=season, n=done))


# --- list -------------------------------------------------------------------------------------------------------


@group.command("list")
@as_user
@click.option("--batch", help="Only the marks of this batch, by its number.")
@as_json
@click.pass_obj
def list_(desk: Desk, user: str, batch: str | None, as_json: bool) -> None:
    """Requests and issued ranges within reach."""
    with desk.look() as work:
        by = desk.somebody(work, user)
        lot = chain.lot_named(work, by=by, no=batch).id if batch else None
        asked = [one for one in marks.requests(work, by=by) if lot in (None, one.batch)]
        issued = marks.issued_ranges(work, by=by, batch=lot)
    if as_json:
        say_json(
            {
                "requests": [_request_told(one) for one in asked],
                "ranges": [_range_told(one) for one in issued],
            }
        )
        return
    for request in asked:
        _say_request(request)
    for one in issued:
        _say_range(one)


def _say_request(one: Request) -> None:
    n = sum(line.marks for line in one.lines)
    click.echo(_n("申请 %(no)s：%(n)s 枚，%(state)s", n, no=one.no, state=words.word(one.state)))


def _say_range(one: IssuedRange) -> None:
    states = [f"{words.word(state)} {n}" for state, n in one.counts.items() if n]
    product = f"{one.product.name} {words.content(one.product.net_content_g)}"
    click.echo(f"{one.issue.range}  {one.batch.no}  {product}  {words.listed(states)}")


def _request_told(one: Request) -> dict[str, object]:
    lines = [{"product": line.product, "packs": line.packs, "spares": line.spares} for line in one.lines]
    return {"no": one.no, "batch": one.batch, "state": one.state, "filed_at": one.filed_at, "lines": lines}


def _range_told(one: IssuedRange) -> dict[str, object]:
    spans = [{"first": s.range.first, "last": s.range.last, "state": s.state} for s in one.spans]
    return {
        "first": one.issue.range.first,
        "last": one.issue.range.last,
        "batch": {"id": one.batch.id, "no": one.batch.no},
        "product": {
            "id": one.product.id,
            "name": one.product.name,
            "net_content_g": one.product.net_content_g,
        },
        "counts": {state.value: n for state, n in one.counts.items() if n},
        "spans": spans,
    }
