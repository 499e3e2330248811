"""`labels …`: the label designs, before anybody prints after them. Needs neither a database nor a sign-in."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from traceability import paths
from traceability.cli.desk import as_json, say_json, whole_file
from traceability.domain import errors
from traceability.formats.labels import (
    BadDesign,
    Design,
    Fault,
    Placement,
    Problem,
    calibration,
    capacity,
    design_folders,
    drawn_problems,
    load_design,
)
from traceability.formats.labels.trial import bulk_problems
from traceability.web import words
from traceability.web.i18n import counted as _n

BAD = 2
"""Exit status when a design must not be used."""


@click.group("labels")
def group() -> None:
    """Label designs: check, calibrate, list.

    A design is a folder with design.toml, label.html and style.css.
    """


# --- check ----------------------------------------------------------------------------------------------------


@group.command()
@click.argument("designs", metavar="[NAME_OR_FOLDER]...", nargs=-1)
@as_json
@click.pass_context
def check(ctx: click.Context, designs: tuple[str, ...], as_json: bool) -> None:
    """Say of each design what its texts may hold, or what is wrong with it; all designs unless some are named."""
    found = {folder: _judged(folder) for folder in _folders(designs)}
    if as_json:
        say_json([_told(folder, judged) for folder, judged in found.items()])
    else:
        for folder, judged in found.items():
            click.echo("\n".join(_said(folder, judged)))
    if any(not isinstance(judged, Design) for judged in found.values()):
        ctx.exit(BAD)


Judged = Design | tuple[Problem, ...]
"""A design that may be used, or what is wrong with it."""


def _judged(folder: Path) -> Judged:
    try:
        design = load_design(folder)
        return (*drawn_problems(design), *bulk_problems(design)) or design
    except BadDesign as error:
        return error.problems


def _folders(designs: tuple[str, ...]) -> list[Path]:
    return [_folder(one) for one in designs] or design_folders(paths.labels())


def _folder(asked: str) -> Path:
    """A shipped design by its name, else a folder of this machine; raise `DesignUnknown`."""
    for folder in (paths.labels() / asked, Path(asked)):
        if (folder / "design.toml").is_file():
            return folder.resolve()
    raise errors.DesignUnknown(design=asked)


def _said(folder: Path, judged: Judged) -> Iterator[str]:
    if isinstance(judged, Design):
        yield f"OK  {judged.id}  {words.named(judged.name)}"
        yield from (f"    {_held(item, n)}" for item, n in capacity(judged).items())
        return
    yield f"✗   {folder.name}"
    for problem in judged:
        where = ": ".join(part for part in (problem.file, problem.key) if part)
        yield f"    {where}: {explained(problem)}"


def _held(item: str, n: int) -> str:
    held = _n("%(n)s 段号码", n) if item == "ranges" else _("至少 %(n)s 个汉字", n=n)
    return f"{item}: {held}"


def _told(folder: Path, judged: Judged) -> dict[str, object]:
    if isinstance(judged, Design):
        return {"design": judged.id, "kind": judged.kind, "ok": True, "capacity": capacity(judged)}
    problems = [
        {
            "file": one.file,
            "key": one.key,
            "problem": one.fault,
            "facts": dict(one.facts),
            "text": explained(one),
        }
        for one in judged
    ]
    return {"design": folder.name, "ok": False, "problems": problems}


def explained(problem: Problem) -> str:
    """What is wrong, and the number that would be right, in the current language."""
    return str(EXPLANATIONS[problem.fault]) % problem.facts


EXPLANATIONS: Mapping[Fault, LazyString] = {
    Fault.UNREADABLE: _l("文件读不出来：%(problem)s"),
    Fault.MISSING: _l("缺少这一项。"),
    Fault.UNKNOWN: _l("没有这一项，请检查拼写。"),
    Fault.VALUE: _l("这个值不行：%(problem)s"),
    Fault.NOT_OF_KIND: _l("kind = “%(kind)s” 的版式不能印 %(items)s。"),
    Fault.ITEM_NEEDED: _l("必须印有 %(items)s。"),
    Fault.MARK_BOX: _l("印 artwork 的版式才有 mark_box，有 mark_box 就要印 artwork。"),
    Fault.BOXES: _l("carries 与 texts 对不上：%(items)s。"),
    Fault.DATE_TWICE: _l("包装日期由包装机喷印时，版式不能再印 pack_date。"),
    Fault.DRAWING: _l("第 %(line)s 行有语法错误：%(problem)s"),
    Fault.DRAWN: _l("carries 与图样中的变量对不上：%(items)s。"),
    Fault.READS: _l("图样要读本文件夹以外的内容：%(problem)s"),
    Fault.FONT_LACKS: _l("标签字体没有这些字：%(characters)s"),
    Fault.COLUMNS: _l("最右一列到 %(right)s 毫米，超出 %(page)s 毫米宽的纸面。"),
    Fault.ROWS: _l("最下一行到 %(bottom)s 毫米，超出 %(page)s 毫米高的纸面。"),
    Fault.OFF_LABEL: _l("右到 %(right)s 毫米、下到 %(bottom)s 毫米，超出标签。"),
    Fault.OVERLAPS: _l("与 %(other)s 重叠；二维码的框包括四周留白。"),
    Fault.SYMBOL_SMALL: _l("二维码版本太小，装不下 %(characters)s 个字符。"),
    Fault.LINES_HIGH: _l("%(lines)s 行 %(size)s 磅的字需要 %(needed)s 毫米高。"),
    Fault.NUMBER_WIDE: _l("最宽的号码需要 %(needed)s 毫米宽。"),
    Fault.NOT_LEFT: _l("每枚不同的号码必须左对齐，只占一行。"),
    Fault.DIGITS_LOW: _l("净含量字高只有 %(height)s 毫米，至少要 %(needed)s 毫米。"),
    Fault.NOT_HELD: _l("放不下“%(text)s”。请加大文本框或缩小字号。"),
    Fault.CAPTION_OFF: _l("固定文字“%(caption)s”超出标签 %(beyond)s 毫米。"),
    Fault.CAPTION_OVER: _l("固定文字“%(caption)s”压在 %(other)s 上。"),
    Fault.NOT_PLAIN: _l("每枚不同的号码必须逐字按原样排印。"),
    Fault.DIFFERS: _l("成批打印的标签与预览不一样：style.css 改了号码或二维码的颜色、字距或大小。"),
}


# --- calibrate, list --------------------------------------------------------------------------------------------


@group.command()
@click.argument("name")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write."
)
@click.option("--right", type=float, default=0.0, help="Printer offset to the right, in mm.")
@click.option("--down", type=float, default=0.0, help="Printer offset downwards, in mm.")
def calibrate(name: str, out: Path, right: float, down: float) -> None:
    """Write a page to measure a printer with; print it, measure, and enter the offset when printing labels."""
    page = calibration(_design(name), placement=Placement(right=right, down=down))
    with whole_file(out) as opened:
        opened.write(page)
    click.echo(_("校准页：%(file)s。请按 100%% 打印，量十字的位置。", file=out))


def _design(name: str) -> Design:
    """A design; what is wrong with it is told as a refusal of the command."""
    try:
        return load_design(_folder(name))
    except BadDesign as error:
        raise click.ClickException("\n".join(_said(error.folder, error.problems))) from error


@group.command("list")
def list_() -> None:
    """The designs of this installation: name, kind, size of a label, labels a page."""
    for folder in design_folders(paths.labels()):
        design = _design(folder.name)
        size = f"{design.label.width:g} × {design.label.height:g} mm"
        click.echo(f"{design.id}  {design.kind}  {size} × {design.grid.count}  {words.named(design.name)}")
