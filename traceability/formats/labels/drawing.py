"""A design's pages as HTML: its own drawing, and the style that follows from the numbers in `design.toml`."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from traceability.formats import qr
from traceability.formats.labels.design import Box, Design, TextBox
from traceability.formats.labels.type import FILES

# Designs are data somebody may add: they get values, nothing else.
ENVIRONMENT = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)

FAMILY = "Noto Sans SC"
STAMP = "样张 SAMPLE"
STAMP_EMS = 6.4
"""Width of the stamp in its own type size (2 Chinese and 7 other characters, bold)."""
MARK_BOX_SHOWN = Markup('<div class="outline">专用标志位置</div>')
STAMP_SHARE = 0.8
"""How much of the label's diagonal the stamp takes."""

BASE_STYLE = """
* { margin: 0; padding: 0; box-sizing: border-box; }
body { color: #000; font-kerning: none; font-variant-ligatures: none; }
.page { position: relative; break-after: page; }
.page:last-child { break-after: auto; }
.label { position: absolute; }
.label > * { position: absolute; white-space: nowrap; }
.label svg { display: block; }
.outline { height: 100%; padding-top: 45%; border: 0.2mm dashed #888; }
.outline { color: #888; font-size: 5.8pt; text-align: center; }
"""


def page_html(design: Design, drawings: Sequence[str], *, sample: bool) -> str:
    """The whole document: `drawings` laid out in the cells of as many pages as it takes."""
    size = design.grid.count
    pages = [drawings[i : i + size] for i in range(0, len(drawings), size)]
    body = "".join(f'<section class="page">{_cells(design, page, sample=sample)}</section>' for page in pages)
    title = Markup.escape(f"{design.name.zh} {STAMP}" if sample else design.name.zh)
    head = f'<!doctype html><html lang="zh-CN"><title>{title}</title><style>{style_of(design)}</style>'
    return f"{head}<body>{body}</body></html>"


def _cells(design: Design, drawings: Sequence[str], *, sample: bool) -> str:
    stamp = f'<div class="stamp">{STAMP}</div>' if sample else ""
    cells = (design.cell(index) for index in range(len(drawings)))
    return "".join(
        f'<div class="label" style="left:{mm(left)};top:{mm(top)}">{drawing}{stamp}</div>'
        for (left, top), drawing in zip(cells, drawings, strict=True)
    )


def label_html(design: Design, texts: Mapping[str, Sequence[str]], *, url: str, sample: bool) -> str:
    """One label: each text as its lines, and the symbol of `url`.

    The mark box stays free for the enterprise's own artwork; a sample shows its outline.
    """
    values = {item: Markup("<br>").join(lines) for item, lines in texts.items()}
    artwork = MARK_BOX_SHOWN if sample else ""
    return _template(design.template).render(values, qr=_symbol(design, url), artwork=artwork)


def _symbol(design: Design, url: str) -> Markup:
    matrix = qr.symbol(url, version=design.qr.version)
    side = mm(design.qr.box.width)
    return Markup('<svg width="{0}" height="{0}" viewBox="0 0 {1} {1}"><path d="{2}"/></svg>').format(
        side, len(matrix), qr.svg_path(matrix)
    )


def style_of(design: Design) -> str:
    """The design's own style, then what `design.toml` fixes: no style moves or widens a checked box."""
    rules = [_fonts(design), BASE_STYLE, design.style, _page(design), _place("qr", design.qr.box)]
    if design.mark_box is not None:
        rules.append(_place("artwork", design.mark_box))
    rules += [_place(item, box) + _type(item, box) for item, box in design.texts.items()]
    return "\n".join([*rules, _stamp(design)])


def _fonts(design: Design) -> str:
    files = {weight: (design.fonts / file).as_uri() for weight, file in FILES.items()}
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url("{file}"); }}'
        for weight, file in files.items()
    )


def _page(design: Design) -> str:
    page, label = design.page, design.label
    return (
        f"@page {{ size: {mm(page.width)} {mm(page.height)}; margin: 0; }}"
        f'body {{ font-family: "{FAMILY}"; }}'
        f".page {{ width: {mm(page.width)}; height: {mm(page.height)}; }}"
        f".label {{ width: {mm(label.width)}; height: {mm(label.height)}; }}"
    )


def _place(name: str, box: Box) -> str:
    place = f"left: {mm(box.x)}; top: {mm(box.y)}; width: {mm(box.width)}; height: {mm(box.height)};"
    return f".{name} {{ {place} }}"


def _type(name: str, box: TextBox) -> str:
    return (
        f".{name} {{ font-size: {box.size:g}pt; font-weight: {box.weight}; text-align: {box.align};"
        f" line-height: {mm(box.leading)}; }}"
    )


def _stamp(design: Design) -> str:
    """Across the label from corner to corner, over everything, what is under it still readable."""
    width, height = design.label.width, design.label.height
    across = math.hypot(width, height)
    angle = math.degrees(math.atan2(height, width))
    return (
        f".label > .stamp {{ left: {mm((width - across) / 2)}; top: 0; width: {mm(across)};"
        f" line-height: {mm(height)}; text-align: center; transform: rotate(-{angle:.2f}deg);"
        f" font-size: {mm(across * STAMP_SHARE / STAMP_EMS)}; font-weight: 700;"
        " color: rgba(200, 16, 46, .5); }"
    )


@lru_cache
def _template(source: str) -> Template:
    return ENVIRONMENT.from_string(source)


def mm(length: float) -> str:
    """The length as CSS writes it."""
    return f"{length:.4f}".rstrip("0").rstrip(".") + "mm"
