"""Whether a design prints in bulk what its plain rendering shows: a label drawn both ways and compared, dot by dot."""

from collections.abc import Iterator
from datetime import date

from PIL import Image, ImageChops

from traceability.domain.marks import SerialRange, control_number, encode
from traceability.formats import pdfium
from traceability.formats.bulk.sheets import draw_file
from traceability.formats.digital_link import mark_url
from traceability.formats.labels.compiling import compile_stencil
from traceability.formats.labels.design import BadDesign, Design, Fault, Problem
from traceability.formats.labels.draw import render
from traceability.formats.labels.values import AS_DESIGNED, Face, Label

DPI = 300
LARGEST_DIFFERENCE = 8
"""Of 255 shades: coordinates are rounded, so the edge of a letter may be a hair lighter or darker."""
ADDRESS = "https://maojian.example.gov.cn"
KEY = bytes(32)


FACE = Face(
    gi_name="都匀毛尖茶",
    standard="DB52/T 433—2018",
    product="都匀毛尖茶",
    net_content=100,
    grade="特级",
    pack_date=date(2026, 4, 6),
    enterprise="示例茶业有限公司",
    uscc="91522701MAXTEA015P",
)


def bulk_problems(design: Design) -> list[Problem]:
    """Nothing, or that the two differ: a colour, a spacing or a size that only the plain rendering follows."""
    if design.kind != "mark":
        return []
    try:
        return list(_differences(design))
    except BadDesign as error:
        return list(error.problems)


def _differences(design: Design) -> Iterator[Problem]:
    stencil = compile_stencil(design, FACE, public_url=ADDRESS, gtin=None, placement=AS_DESIGNED)
    code = encode(1, KEY)
    label = Label(mark_url(ADDRESS, gtin=None, code=code), code, control_number(1))
    fast = draw_file(stencil, [SerialRange(1, 1)], KEY)
    plain = render(design, FACE, [label], sample=False)
    apart = ImageChops.difference(_picture(fast), _picture(plain))
    if any(apart.histogram()[LARGEST_DIFFERENCE + 1 :]):
        yield Problem("label", Fault.DIFFERS, file="style.css")


def _picture(pdf: bytes) -> Image.Image:
    with pdfium.opened(pdf) as document:
        return pdfium.grey(document[0], DPI)
