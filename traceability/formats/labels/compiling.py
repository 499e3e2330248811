"""A design with a face, compiled for drawing in bulk: WeasyPrint draws the fixed layer once and shows how it sets text.

The plain rendering of `draw` is the reference; what comes of a stencil is compared with it, pixel by pixel.
"""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pikepdf

from traceability.domain.marks import ALPHABET, CODE_LENGTH
from traceability.formats import qr
from traceability.formats.bulk.sheets import DIGITS
from traceability.formats.bulk.stencil import Skeleton, Stencil, TextPlace
from traceability.formats.bulk.symbols import Symbols
from traceability.formats.digital_link import mark_url
from traceability.formats.labels.design import POINTS_PER_MM, BadDesign, Design, Fault, Item, Problem, Size
from traceability.formats.labels.draw import check_pack_date, check_symbol, shared_texts, stencil_pdf
from traceability.formats.labels.placing import check_placement
from traceability.formats.labels.values import Face, Placement

#: The characters of each varying text. The space stands inside, where no browser drops it.
CHARACTERS: Mapping[Item, str] = {"code": f"0 {ALPHABET[1:]}", "control_number": DIGITS}
_GLYPH = 2  # bytes of a glyph's number in a composite font (ISO 32000-1 §9.7.4)


def compile_stencil(
    design: Design,
    face: Face,
    *,
    public_url: str,
    gtin: str | None,
    placement: Placement,
    artwork: bytes | None = None,
) -> Stencil:
    """Check everything that can be refused, and draw the fixed layer. Raise LabelRefused, BadDesign."""
    sample = check_drawable(design, face, public_url=public_url, gtin=gtin, placement=placement)
    carried = {item: text for item, text in CHARACTERS.items() if item in design.carries}
    drawn = stencil_pdf(design, face, specimen=carried, artwork=artwork)
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        return Stencil(
            skeleton=_skeleton(pdf, design),
            symbols=Symbols(sample[:-CODE_LENGTH], version=design.qr.version),
            page=_points(design.page),
            cells=tuple(_cell(design, index, placement) for index in range(design.grid.count)),
            symbol=_symbol_place(design),
            texts=_texts(pdf, design, carried),
        )


def check_drawable(
    design: Design, face: Face, *, public_url: str, gtin: str | None, placement: Placement
) -> str:
    """An address as long as every one of the job; raise LabelRefused where no label of this face could be drawn."""
    check_pack_date(design, face)
    check_placement(design, placement)
    shared_texts(design, face)
    sample = mark_url(public_url, gtin=gtin, code=ALPHABET[0] * CODE_LENGTH)
    check_symbol(design, sample)
    return sample


def digest_of(design: Design) -> str:
    """A name for all that decides what labels of a loaded design look like: values, drawing, files, fonts."""
    told = hashlib.sha256()
    values = design.model_dump(mode="json", exclude={"folder", "fonts", "carries"})
    told.update(json.dumps([values, sorted(design.carries)], sort_keys=True).encode())
    for folder in (design.folder, design.fonts):
        for file in sorted(one for one in folder.rglob("*") if one.is_file() and one.name not in _LOADED):
            told.update(
                file.relative_to(folder).as_posix().encode() + hashlib.sha256(file.read_bytes()).digest()
            )
    return told.hexdigest()


#: Read once when a design is loaded, and part of its values from then on.
_LOADED = frozenset({"design.toml", "label.html", "style.css"})


def _points(size: Size) -> tuple[float, float]:
    return size.width * POINTS_PER_MM, size.height * POINTS_PER_MM


def _cell(design: Design, index: int, placement: Placement) -> tuple[float, float]:
    """The lower left corner of a label on its page; a PDF counts upwards."""
    left, top = design.cell(index)
    bottom = design.page.height - top - placement.down - design.label.height
    return (left + placement.right) * POINTS_PER_MM, bottom * POINTS_PER_MM


def _symbol_place(design: Design) -> tuple[float, float, float]:
    """Left, bottom and side of the modules on a label, the quiet zone left out."""
    quiet = qr.QUIET_ZONE * design.qr.module
    side = design.qr.box.width - 2 * quiet
    bottom = design.label.height - design.qr.y - quiet - side
    return (design.qr.x + quiet) * POINTS_PER_MM, bottom * POINTS_PER_MM, side * POINTS_PER_MM


# --- the fixed layer ----------------------------------------------------------------------------------------


def _skeleton(drawn: pikepdf.Pdf, design: Design) -> Skeleton:
    """The first drawn page as a form, and the fonts, in a PDF of their own whose one page nobody will see."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=_points(design.page))
        page = pdf.pages[0].obj
        form = pdf.copy_foreign(drawn.pages[0].as_form_xobject())
        fonts = pdf.make_indirect(pikepdf.Dictionary(_fonts(pdf, drawn)))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(L=form), Font=fonts)
        pdf.docinfo["/Title"] = f"{design.name.zh} · {design.name.en}"
        return _read_back(_saved(pdf))


def _fonts(pdf: pikepdf.Pdf, drawn: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    specimen = drawn.pages[1].Resources
    return {
        name: pdf.copy_foreign(font) for name, font in specimen.get("/Font", pikepdf.Dictionary()).items()
    }


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    plain = pikepdf.ObjectStreamMode.disable
    pdf.save(out, object_stream_mode=plain, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _read_back(content: bytes) -> Skeleton:
    """Where the parts lie in the file as it was written."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        resources = pdf.pages[0].obj.Resources
        return Skeleton(
            content=content,
            form=resources.XObject.L.objgen[0],
            fonts=resources.Font.objgen[0],
            pages=pdf.Root.Pages.objgen[0],
            root=pdf.Root.objgen[0],
            size=int(pdf.trailer.Size),
            xref=int(content.rsplit(b"startxref", 1)[1].split()[0]),
            ids=b"".join(b"<%s>" % bytes(one).hex().encode() for one in pdf.trailer.ID),
        )


# --- varying texts ------------------------------------------------------------------------------------------


def _texts(drawn: pikepdf.Pdf, design: Design, carried: Mapping[Item, str]) -> dict[str, TextPlace]:
    """How WeasyPrint set each specimen: the second page holds one text object for each, in order."""
    found = list(_text_objects(drawn.pages[1]))
    if len(found) != len(carried):
        raise _not_plain(design, "code")
    return {
        item: _place(design, item, text, *one)
        for (item, text), one in zip(carried.items(), found, strict=True)
    }


def _place(design: Design, item: str, text: str, opening: bytes, shown: bytes) -> TextPlace:
    glyphs = [shown[at : at + _GLYPH].hex().encode() for at in range(0, len(shown), _GLYPH)]
    if len(glyphs) != len(text):
        raise _not_plain(design, item)
    return TextPlace(opening, dict(zip(text, glyphs, strict=True)))


def _not_plain(design: Design, item: str) -> BadDesign:
    """A text that differs per mark is one line whose characters are set one by one."""
    return BadDesign(design.folder, [Problem(item, Fault.NOT_PLAIN, file="style.css")])


def _text_objects(page: pikepdf.Page) -> Iterator[tuple[bytes, bytes]]:
    """For each text object: the operators that set colour, font and place, and the glyph numbers it shows."""
    setting = _Setting()
    for step in pikepdf.parse_content_stream(page):
        name = str(step.operator)
        if follow := _FOLLOWED.get(name):
            follow(setting, step.operands)
        elif name in _COLOURS:
            setting.colour = b"%s %s" % (_numbers(step.operands), name.encode())
        elif name == "ET":
            yield setting.opening, setting.shown


@dataclass
class _Setting:
    """The graphics state as far as a text depends on it (ISO 32000-1 §8.4, §9.4)."""

    matrix: pikepdf.Matrix = field(default_factory=pikepdf.Matrix)
    colour: bytes = b"0 g"
    font: bytes = b""
    at: pikepdf.Matrix = field(default_factory=pikepdf.Matrix)
    shown: bytes = b""
    kept: list[tuple[pikepdf.Matrix, bytes]] = field(default_factory=list)

    @property
    def opening(self) -> bytes:
        return b"%s %s %s Tm" % (self.colour, self.font, _matrix(self.at @ self.matrix))

    def keep(self, _operands: Any) -> None:
        self.kept.append((self.matrix, self.colour))

    def take_back(self, _operands: Any) -> None:
        self.matrix, self.colour = self.kept.pop()

    def move(self, operands: Any) -> None:
        self.matrix = pikepdf.Matrix(operands) @ self.matrix

    def begin(self, _operands: Any) -> None:
        self.at, self.shown = pikepdf.Matrix(), b""

    def place(self, operands: Any) -> None:
        self.at = pikepdf.Matrix(operands)

    def choose(self, operands: Any) -> None:
        self.font = b"%s %s Tf" % (str(operands[0]).encode(), _number(operands[1]))

    def show(self, operands: Any) -> None:
        self.shown += b"".join(bytes(part) for part in operands[0] if isinstance(part, pikepdf.String))


_COLOURS = frozenset({"g", "rg", "k"})
_FOLLOWED = {
    "q": _Setting.keep,
    "Q": _Setting.take_back,
    "cm": _Setting.move,
    "BT": _Setting.begin,
    "Tm": _Setting.place,
    "Tf": _Setting.choose,
    "TJ": _Setting.show,
}


def _matrix(matrix: pikepdf.Matrix) -> bytes:
    return b" ".join(_number(one) for one in (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f))


def _numbers(operands: Iterable[Any]) -> bytes:
    return b" ".join(_number(one) for one in operands)


def _number(value: float | Decimal) -> bytes:
    return f"{float(value):.6f}".rstrip("0").rstrip(".").encode()
