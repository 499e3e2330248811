"""PDF: one page of vector drawing is taken out of the file, and everything else is refused or left behind.

The file's dictionaries are looked through as a whole, whether something refers to them or not; then the page is
copied into a new file, and what was copied is looked through once more for what a drawing may not hold.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.formats.artwork import limits
from traceability.formats.artwork.content import Drawing

# A few hundred bytes can unpack to gigabytes while a file is opened. The bound holds for every PDF this process reads.
pikepdf.settings.set_qpdf_limits(
    flate_max_memory=limits.UNPACKED,
    run_length_max_memory=limits.UNPACKED,
    png_max_memory=limits.UNPACKED,
    tiff_max_memory=limits.UNPACKED,
    parser_max_container_size=limits.OBJECTS,
)

ACTIONS = frozenset(
    {
        "/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Named",
        "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm", "/Thread", "/URI",
    }
)  # fmt: skip

#: What the presence of a key means, wherever in the file it stands.
KEYS: dict[str, type[Refusal]] = {
    **dict.fromkeys(("/AA", "/JavaScript", "/JS", "/OpenAction"), errors.ArtworkActive),
    **dict.fromkeys(("/AF", "/Collection", "/EF", "/EmbeddedFiles"), errors.ArtworkAttached),
    **dict.fromkeys(("/AcroForm", "/Annots", "/XFA"), errors.ArtworkAttached),
    **dict.fromkeys(("/OPI", "/UF"), errors.ArtworkOutside),
}
#: … and in the dictionary of a stream, where they name a file or a page elsewhere that holds the data.
STREAM_KEYS = ("/F", "/FDecodeParms", "/FFilter", "/Ref")

FILTERS = frozenset({"/ASCII85Decode", "/ASCIIHexDecode", "/FlateDecode", "/RunLengthDecode"})
FONTS = frozenset({"/CIDFontType0", "/CIDFontType2", "/MMType1", "/TrueType", "/Type1"})
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")

#: Who made the file, with what and when, and a drawing program's own copy of it: nothing that is drawn.
PRIVATE = ("/LastModified", "/Metadata", "/OC", "/PieceInfo", "/StructParent", "/StructParents", "/Usage")

#: What qpdf and pikepdf raise at a file whose parts are not of the kind they should be.
MISSHAPEN = (pikepdf.PikepdfError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Page:
    """One page in a file of its own."""

    pdf: bytes
    width_mm: Decimal
    height_mm: Decimal


def plain_page(content: bytes) -> Page:
    """The one page of a file, drawn as the file shows it and nothing else; raise what is refused."""
    _check_filters_named(content)
    try:
        with _opened(content) as source:
            return _taken(source)
    except MISSHAPEN as error:
        raise errors.ArtworkBroken() from error


def _check_filters_named(content: bytes) -> None:
    """LZW is the one packing whose result is not bounded, and packs the file's own tables, too: seen before opening."""
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), content)
    if b"/LZW" in plain:
        raise errors.ArtworkNotAllowed(text="LZWDecode")


def _opened(content: bytes) -> Pdf:
    """A damaged file is not mended: others might mend it into something else."""
    try:
        opened = pikepdf.open(BytesIO(content), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise errors.ArtworkLocked() from error
    if opened.is_encrypted:
        opened.close()
        raise errors.ArtworkLocked()
    return opened


def _taken(source: Pdf) -> Page:
    _check_parts(source)
    if len(source.pages) != 1:
        raise errors.ArtworkPages(given=len(source.pages))
    _check_layers(source)
    with Pdf.new() as made:
        width, height = _place(source.pages[0], made)
        _check_drawing(made, width, height)
        for part in _dictionaries(made):
            _forget(part)
        return Page(_saved(made), _millimetres(width), _millimetres(height))


def _millimetres(points: float) -> Decimal:
    return Decimal(f"{points * limits.PT_MM:.3f}")


def _saved(made: Pdf) -> bytes:
    written = BytesIO()
    made.save(written, deterministic_id=True, recompress_flate=True, preserve_pdfa=False)
    return written.getvalue()


# --- the file ---------------------------------------------------------------------------------------------------


def _dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary and stream of a file; raise `ArtworkTooComplex`."""
    waiting: list[Object] = [pdf.trailer, *(one for one in pdf.objects if isinstance(one, Object))]
    for _ in range(limits.OBJECTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, Dictionary | Stream):
            yield one
        waiting += [child for child in _children(one) if isinstance(child, Object) and not child.is_indirect]
    raise errors.ArtworkTooComplex(text="obj", limit=limits.OBJECTS)


def _children(one: Object) -> list[Any]:
    if isinstance(one, Array):
        return list(one)
    return [value for _, value in one.items()] if isinstance(one, Dictionary | Stream) else []


def _check_parts(source: Pdf) -> None:
    """Raise what is refused wherever it stands."""
    for part in _dictionaries(source):
        for key, value in part.items():
            if key in KEYS and not _is_empty(value):
                raise KEYS[key](text=key[1:])
        if str(part.get("/S", "")) in ACTIONS:
            raise errors.ArtworkActive(text=str(part["/S"])[1:])
        if isinstance(part, Stream):
            _check_source(part)


def _check_source(part: Stream) -> None:
    """Where the bytes of a stream come from, and that they can be unpacked within bounds."""
    for key in STREAM_KEYS:
        if key in part:
            raise errors.ArtworkOutside(text=key[1:])
    if any(name.startswith("/LZW") for name in _names(part.get("/Filter", []))):
        raise errors.ArtworkNotAllowed(text="LZWDecode")


def _is_empty(value: Any) -> bool:
    """An empty list of notes is none."""
    return isinstance(value, Array) and len(value) == 0


def _check_layers(source: Pdf) -> None:
    """Layers are not kept, so what is drawn may not depend on any; raise `ArtworkLayers`."""
    shown = source.Root.get("/OCProperties", Dictionary()).get("/D", Dictionary())
    switched = any(len(shown.get(key, [])) for key in ("/AS", "/OFF"))
    ruled = any(part.get("/Type") == Name.OCMD for part in _dictionaries(source))
    if switched or ruled or shown.get("/BaseState", Name.ON) != Name.ON:
        raise errors.ArtworkLayers()


# --- the page ---------------------------------------------------------------------------------------------------


def _place(page: pikepdf.Page, made: Pdf) -> tuple[float, float]:
    """Put what is visible of a page onto a new one, upright and at true size; its width and height in points.

    Visible is the crop box: it is what every reader shows, so what the officer saw is what is printed. A trim box
    speaks of cutting paper, and a mark is not cut out.
    """
    page.trimbox = Array(_visible(page))
    form = made.copy_foreign(page.as_form_xobject())
    left, bottom, right, top = _corners(form)
    width, height = right - left, top - bottom
    limits.check_size(width * limits.PT_MM, height * limits.PT_MM)
    new = made.add_blank_page(page_size=(width, height))
    new.obj.Resources = Dictionary(XObject=Dictionary(Artwork=form))
    new.obj.Contents = made.make_stream(f"q 1 0 0 1 {-left:f} {-bottom:f} cm /Artwork Do Q".encode())
    return width, height


def _visible(page: pikepdf.Page) -> tuple[float, float, float, float]:
    media, crop = pikepdf.Rectangle(page.mediabox), pikepdf.Rectangle(page.cropbox)
    left, bottom = max(media.llx, crop.llx), max(media.lly, crop.lly)
    right, top = min(media.urx, crop.urx), min(media.ury, crop.ury)
    limits.check_size((right - left) * limits.PT_MM, (top - bottom) * limits.PT_MM)
    return left, bottom, right, top


def _corners(form: Any) -> tuple[float, float, float, float]:
    """The box of a form after its own matrix, which turns and scales the page as the file says."""
    box = pikepdf.Rectangle(form.BBox)
    matrix = pikepdf.Matrix(form.Matrix) if "/Matrix" in form else pikepdf.Matrix()
    turned = matrix.transform(box)
    return turned.llx, turned.lly, turned.urx, turned.ury


# --- what was copied --------------------------------------------------------------------------------------------


def _check_drawing(made: Pdf, width: float, height: float) -> None:
    unpacked = 0
    for part in _dictionaries(made):
        _check_font(part)
        if isinstance(part, Stream):
            _check_stream(part)
            unpacked += len(part.read_bytes())
    if unpacked > limits.UNPACKED:
        raise errors.ArtworkTooComplex(text="stream", limit=limits.UNPACKED)
    drawing = Drawing(width, height)
    drawing.weigh(made.pages[0].obj.Resources.XObject.Artwork, Dictionary())
    if not drawing.painted:
        raise errors.ArtworkEmpty()


def _check_font(part: Object) -> None:
    """A font that is not in the file looks different on every machine, and one of drawings is a program."""
    kind = str(part.get("/Subtype", ""))
    if kind == "/Type3":
        raise errors.ArtworkText(text="Type3")
    if kind in FONTS and not any(key in part.get("/FontDescriptor", Dictionary()) for key in FONT_FILES):
        raise errors.ArtworkText(text=str(part.get("/BaseFont", "/?"))[1:61])


def _check_stream(part: Stream) -> None:
    kinds = {str(part.get(key, "")) for key in ("/Subtype", "/Subtype2")}
    if "/Image" in kinds:
        raise errors.ArtworkRaster(text="Image")
    if "/PS" in kinds:
        raise errors.ArtworkActive(text="PostScript")
    for name in _names(part.get("/Filter", [])):
        if name not in FILTERS:
            raise errors.ArtworkNotAllowed(text=name[1:61])


def _names(value: Any) -> Collection[str]:
    return [str(one) for one in value] if isinstance(value, Array | list) else [str(value)]


def _forget(part: Object) -> None:
    for key in PRIVATE:
        if key in part:
            del part[key]
