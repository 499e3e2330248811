"""`verify`, `trace`: questions to the books."""

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping

import click
from flask_babel import gettext as _

from traceability.cli.desk import Desk, as_json, as_user, say_json
from traceability.domain.chain import Lot
from traceability.domain.marks import control_number
from traceability.domain.scans import Door, Verdict
from traceability.domain.units import kg, local_day
from traceability.formats.digital_link import read_mark
from traceability.services import chain, lookup
from traceability.services.chain import Trace
from traceability.services.lookup import Answer, Ask, Pack
from traceability.web import mark_page, words

NOT_SO = 1

# --- verify -------------------------------------------------------------------------------------------------


@click.command()
@click.argument("mark", metavar="CODE_OR_URL")
@as_json
@click.pass_obj
def verify(desk: Desk, mark: str, as_json: bool) -> None:
    """What is known of a mark, and what to compare on the pack.

    "-" reads many from standard input, one a line, and answers each with a line. Ends with status 1 when a mark is
    unknown. Looking from here does not count as a look of the public.
    """
    if mark == "-":
        known = [_answer_line(desk, line.strip(), as_json) for line in sys.stdin if line.strip()]
        sys.exit(0 if all(known) else NOT_SO)
    found = look_up(desk, mark)
    if as_json:
        say_json(_told(mark, found))
    else:
        _say_mark(found, mark_page.context(found, local_day(desk.now())))
    sys.exit(0 if found.pack else NOT_SO)


def look_up(desk: Desk, text: str) -> Answer:
    """As the public page answers, through a door of its own."""
    code, gtin = read_mark(text)
    now = desk.now()
    return lookup.answer(desk.window.ask(Ask(code, now, Door.COMMAND, gtin)), now=now)


def _told(asked: str, found: Answer) -> dict[str, object]:
    """What the public page says in JSON, with what was asked."""
    return {"asked": asked, **mark_page.as_json(found)}


def _answer_line(desk: Desk, asked: str, as_json: bool) -> bool:
    found = look_up(desk, asked)
    if as_json:
        say_json(_told(asked, found))
    else:
        click.echo("\t".join((asked, found.verdict.value, *(_line(found, found.pack) if found.pack else ()))))
    return found.verdict is not Verdict.UNKNOWN


def _line(found: Answer, pack: Pack) -> tuple[str, ...]:
    return control_number(found.serial), pack.enterprise.name, pack.product.name


def _say_mark(found: Answer, page: Mapping[str, object]) -> None:
    """The page's own words: verdict, what to do, notices, and what to compare."""
    for text in (page["title"], page["text"], page.get("seen")):
        if text:
            click.echo(text)
    notices = page.get("notices")
    for notice in notices if isinstance(notices, list) else ():
        click.echo(f"! {notice}")
    if found.pack:
        click.echo()
        for name, value in _comparison(found, found.pack):
            click.echo(f"{name}\t{value}")


def _comparison(found: Answer, pack: Pack) -> Iterator[tuple[str, str]]:
    """What to compare on the pack in hand."""
    yield _("产品"), f"{pack.product.name} {words.word(pack.product.grade)}"
    yield _("净含量"), words.content(pack.product.net_content_g)
    yield _("企业"), f"{pack.enterprise.name} {pack.enterprise.uscc}"
    if pack.pack_lot and pack.pack_lot.pack_day:
        yield _("采摘日期"), words.days(pack.batch.plucked_from, pack.batch.plucked_to)
        yield _("包装日期"), words.day(pack.pack_lot.pack_day)
    if pack.pack_lot and pack.pack_lot.best_before:
        yield _("保质期至"), words.day(pack.pack_lot.best_before)
    yield _("标志号码"), f"{control_number(found.serial)} {found.code}"


# --- trace --------------------------------------------------------------------------------------------------


@click.command()
@click.argument("lot")
@as_user
@click.option("--forward", is_flag=True, help="Where it went, instead of where it came from.")
@as_json
@click.pass_obj
def trace(desk: Desk, lot: str, user: str, forward: bool, as_json: bool) -> None:
    """Where a lot came from, with the grams on every edge; LOT is its number, or #id where firms share a number."""
    with desk.look() as work:
        by = desk.somebody(work, user)
        named = chain.lot_named(work, by=by, no=lot)
        found = chain.trace(work, by=by, lot=named.id, forward=forward)
    if as_json:
        say_json(trace_told(found))
        return
    click.echo(_lot_line(found.lot))
    for line in _tree(found):
        click.echo(line)


def trace_told(found: Trace) -> dict[str, object]:
    """A trace for programs: every lot, every edge with its grams, and the plots leaf came off."""
    return {
        "lot": found.lot.id,
        "direction": "forward" if found.forward else "backward",
        "lots": [_lot_told(one) for _id, one in sorted(found.lots.items())],
        "edges": [
            {
                "from": edge.source,
                "to": edge.target,
                "grams": edge.grams,
                "from_no": found.lots[edge.source].no,
                "to_no": found.lots[edge.target].no,
            }
            for edge in found.edges
        ],
        "plots": [
            {
                "lot": lot,
                "lot_no": found.lots[lot].no,
                "plot": found.plot_names[plot].no,
                "township": found.plot_names[plot].township,
                "place": found.plot_names[plot].place,
                "grams": grams,
            }
            for lot, plots in found.plots.items()
            for plot, grams in plots.items()
        ],
    }


def _lot_told(lot: Lot) -> dict[str, object]:
    return {
        "id": lot.id,
        "no": lot.no,
        "kind": lot.kind,
        "enterprise": lot.origin,
        "season": lot.season,
        "born_at": lot.born_at,
        "plucked_from": lot.plucked_from,
        "plucked_to": lot.plucked_to,
        "grade": lot.grade,
        "product": lot.product.name if lot.product else None,
        "pack_day": lot.pack_day,
    }


def _lot_line(lot: Lot) -> str:
    return f"{lot.no}  {words.word(lot.kind)}{f'  {words.word(lot.grade)}' if lot.grade else ''}"


def _tree(found: Trace) -> Iterator[str]:
    """Lines of a tree; a lot met again is named, and what hangs on it is not repeated."""
    nexts = _neighbours(found)
    seen = {found.lot.id}
    open_ends = _branches(found, nexts, found.lot.id, "")
    while open_ends:
        text, lot, indent = open_ends.pop()
        again = lot is not None and lot in seen and bool(nexts[lot] or found.plots.get(lot))
        yield _("%(line)s（见上）", line=text) if again else text
        if lot is not None and lot not in seen:
            seen.add(lot)
            open_ends += _branches(found, nexts, lot, indent)


def _neighbours(found: Trace) -> Mapping[int, list[tuple[int, int]]]:
    """(lot, grams) one step on from each lot, in the direction of the trace."""
    nexts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for edge in found.edges:
        here, there = (edge.source, edge.target) if found.forward else (edge.target, edge.source)
        nexts[here].append((there, edge.grams))
    return nexts


def _branches(
    found: Trace, nexts: Mapping[int, list[tuple[int, int]]], lot: int, indent: str
) -> list[tuple[str, int | None, str]]:
    """(line, lot or None, indent of what hangs on it) of one lot's branches, the first one last."""
    ends: list[tuple[str, int | None]] = [
        (f"{kg(grams)} kg  {_lot_line(found.lots[there])}", there) for there, grams in sorted(nexts[lot])
    ]
    if not found.forward:
        for plot, grams in found.plots.get(lot, {}).items():
            card = found.plot_names[plot]
            place = _("地块 %(no)s", no=card.no)
            ends.append((f"{kg(grams)} kg  {place}  {words.county(card.township)} {card.place}", None))
    drawn = [
        (f"{indent}{'└─' if last else '├─'} {text}", there, f"{indent}{'  ' if last else '│ '} ")
        for last, (text, there) in zip([False] * (len(ends) - 1) + [True], ends, strict=False)
    ]
    return drawn[::-1]
