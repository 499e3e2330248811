"""A design's pages as HTML: its own drawing, and the style that follows from the numbers in `design.toml`."""

import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from itertools import groupby

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup
from PIL import Image

from traceability.formats import qr
from traceability.formats.labels.design import Box, Design, Item, Size, TextBox
from traceability.formats.labels.type import FILES
from traceability.formats.labels.values import AS_DESIGNED, Placement

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
.specimen > * { white-space: pre; }
.qr > img { display: block; overflow: visible; image-rendering: pixelated; }
.outline { height: 100%; padding-top: 45%; border: 0.2mm dashed #888; }
.outline { color: #888; font-size: 5.8pt; text-align: center; }
"""


Place = tuple[float, float]
"""Left and top of a label on its page, in mm."""


def places(design: Design, count: int, placement: Placement) -> list[list[Place]]:
    """Where `count` labels go, page by page."""
    cells = design.grid.count
    spots = range(placement.start, placement.start + count)
    pages = groupby(spots, key=lambda spot: spot // cells)
    return [[_moved(design.cell(spot % cells), placement) for spot in page] for _, page in pages]


def _moved(place: Place, placement: Placement) -> Place:
    return place[0] + placement.right, place[1] + placement.down


def document_html(design: Design, pages: Sequence[str], *, page: Size, title: str) -> str:
    """A document of pages of one size, each given as what stands on it, in the design's style."""
    return html_of(pages, style=style_of(design, page=page), title=title)


def html_of(pages: Sequence[str], *, style: str, title: str) -> str:
    """Pages in a style, as a whole document."""
    body = "".join(f'<section class="page">{drawn}</section>' for drawn in pages)
    head = f"<title>{Markup.escape(title)}</title><style>{style}</style>"
    return f'<!doctype html><html lang="zh-CN">{head}<body>{body}</body></html>'


def page_html(
    design: Design, drawings: Sequence[str], *, sample: bool = False, placement: Placement = AS_DESIGNED
) -> str:
    """The whole document: `drawings` laid out in the cells of as many pages as it takes."""
    left = iter(drawings)
    pages = [
        "".join(_label(next(left), place, sample=sample) for place in page)
        for page in places(design, len(drawings), placement)
    ]
    title = f"{design.name.zh} {STAMP}" if sample else design.name.zh
    return document_html(design, pages, page=design.page, title=title)


def _label(drawing: str, place: Place, *, sample: bool) -> str:
    stamp = f'<div class="stamp">{STAMP}</div>' if sample else ""
    return f'<div class="label" style="left:{mm(place[0])};top:{mm(place[1])}">{drawing}{stamp}</div>'


def label_html(
    design: Design,
    texts: Mapping[str, Sequence[str]],
    *,
    symbol: qr.Matrix | None = None,
    outlined: bool = False,
) -> str:
    """One label: each text as its lines, and the symbol; what is not given stays empty.

    The mark box is left free for the enterprise's own artwork, or shown by an outline.
    """
    values: dict[str, Markup] = dict.fromkeys(design.carries, Markup())
    values |= {item: Markup("<br>").join(lines) for item, lines in texts.items()}
    values |= {"artwork": MARK_BOX_SHOWN} if outlined and design.has_mark_box else {}
    values |= {"qr": _image(symbol)} if symbol else {}
    return _template(design.template).render(values)


def specimen_html(specimen: Mapping[Item, str]) -> str:
    """Texts alone, in the boxes of their items; every space stays, and nothing is broken or clipped."""
    drawn = (Markup('<div class="{}">{}</div>').format(item, text) for item, text in specimen.items())
    return f'<div class="label specimen" style="left:0;top:0">{"".join(drawn)}</div>'


def _image(symbol: qr.Matrix) -> Markup:
    """The symbol without its quiet zone, one pixel a module, which no viewer is to smooth.

    An image is drawn in half the time of a path, and on the same dots of the printer as an image mask.
    """
    inner = [row[qr.QUIET_ZONE : -qr.QUIET_ZONE] for row in symbol[qr.QUIET_ZONE : -qr.QUIET_ZONE]]
    pixels = bytes(0 if dark else 255 for row in inner for dark in row)
    png = BytesIO()
    Image.frombytes("L", (len(inner), len(inner)), pixels).save(png, "PNG")
    return Markup('<img src="data:image/png;base64,{}">').format(b64encode(png.getvalue()).decode())


def style_of(design: Design, *, page: Size) -> str:
    """The design's own style, then what `design.toml` fixes: no style moves or widens a checked box."""
    rules = [base_style(design), design.style, page_size(page), _label_size(design)]
    rules += [_place("qr", design.qr.box), _symbol(design)]
    if design.mark_box is not None:
        rules.append(_place("artwork", design.mark_box))
    rules += [_place(item, box) + _type(item, box) for item, box in design.texts.items()]
    return "\n".join([*rules, _stamp(design)])


def base_style(design: Design) -> str:
    """Everything in the label font, and nothing moved or spaced by itself."""
    return f'{_fonts(design)}{BASE_STYLE}body {{ font-family: "{FAMILY}"; }}'


def page_size(page: Size) -> str:
    """Pages of this size, without margins."""
    width, height = mm(page.width), mm(page.height)
    return f"@page {{ size: {width} {height}; margin: 0; }} .page {{ width: {width}; height: {height}; }}"


def _fonts(design: Design) -> str:
    files = {weight: (design.fonts / file).as_uri() for weight, file in FILES.items()}
    return "".join(
        f'@font-face {{ font-family: "{FAMILY}"; font-weight: {weight}; src: url("{file}"); }}'
        for weight, file in files.items()
    )


def _label_size(design: Design) -> str:
    return f".label {{ width: {mm(design.label.width)}; height: {mm(design.label.height)}; }}"


def _symbol(design: Design) -> str:
    """The image lies inside the quiet zone, which belongs to the box."""
    quiet = qr.QUIET_ZONE * design.qr.module
    side = mm(design.qr.box.width - 2 * quiet)
    return f".label > .qr > img {{ margin: {mm(quiet)}; width: {side}; height: {side}; }}"


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
