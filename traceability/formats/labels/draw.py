"""Labels to PDF by WeasyPrint: first everything is checked, then drawn. Same input, same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from traceability.formats import qr
from traceability.formats.labels.design import BadDesign, Design, Fault, Item, Problem
from traceability.formats.labels.drawing import (
    document_html,
    label_html,
    page_html,
    places,
    specimen_html,
)
from traceability.formats.labels.errors import (
    AddressTooLong,
    CharacterMissing,
    DigitsTooLow,
    PackDateMissing,
    TextDoesNotFit,
)
from traceability.formats.labels.overlay import place_artwork
from traceability.formats.labels.placing import check_placement
from traceability.formats.labels.type import typeface
from traceability.formats.labels.values import (
    AS_DESIGNED,
    SAMPLE,
    Face,
    Label,
    Placement,
    digit_height_needed,
    grouped,
    net_content_text,
)

HOTLINE = "12315"
"""Market regulation complaints line, printed beside the mark (docs/manual/trade.md)."""


def render(
    design: Design,
    face: Face,
    labels: Sequence[Label],
    *,
    sample: bool,
    placement: Placement = AS_DESIGNED,
    artwork: bytes | None = None,
) -> bytes:
    """A PDF with one label for each of `labels`, in their order, from the cell `placement` names.

    A sample has as many labels, each stamped 样张 SAMPLE and without address, code or control number,
    whatever was passed. `artwork`, a PDF of one page, goes into the mark box where the design has one; without
    it a sample shows the box, and live output leaves it free: whether it may be printed so is the caller's
    question. A LabelRefused says what does not fit.
    """
    if not labels:
        raise ValueError("there is no label to draw")
    if design.kind != "mark":
        raise ValueError(f"{design.id} is no design for marks")
    check_placement(design, placement)
    drawn = [SAMPLE] * len(labels) if sample else _live(design, face, labels)
    shared = shared_texts(design, face)
    drawings = [_drawing(design, shared, label, outlined=sample and not artwork) for label in drawn]
    pdf = to_pdf(design, page_html(design, drawings, sample=sample, placement=placement))
    return place_artwork(pdf, artwork, design, places(design, len(labels), placement))


def stencil_pdf(
    design: Design, face: Face, *, specimen: Mapping[Item, str], artwork: bytes | None = None
) -> bytes:
    """Two pages of the label's size, for drawing many labels at once: what all share, and some characters.

    Page 1 is a label of the design without symbol, code and control number. Page 2 holds the texts of
    `specimen`, each set as its item is. Both use the same fonts, which therefore hold every character of either.
    """
    pages = [
        f'<div class="label" style="left:0;top:0">{label_html(design, shared_texts(design, face))}</div>',
        specimen_html(specimen),
    ]
    pdf = to_pdf(design, document_html(design, pages, page=design.label, title=design.name.zh))
    return place_artwork(pdf, artwork, design, [[(0, 0)], []])


def _drawing(design: Design, shared: Mapping[str, Sequence[str]], label: Label, *, outlined: bool) -> str:
    symbol = qr.symbol(label.url, version=design.qr.version, mask=qr.MASK)
    texts = {**shared, **_own_texts(design, label)}
    return label_html(design, texts, symbol=symbol, outlined=outlined)


def _live(design: Design, face: Face, labels: Sequence[Label]) -> Sequence[Label]:
    """The labels themselves, once nothing speaks against putting them on goods."""
    check_pack_date(design, face)
    for label in labels:
        label.check()
    check_symbol(design, max((label.url for label in labels), key=len))
    return labels


def check_pack_date(design: Design, face: Face) -> None:
    """Raise PackDateMissing where the design prints a date that was not given."""
    if "pack_date" in design.carries and face.pack_date is None:
        raise PackDateMissing(design=design.id)


def check_symbol(design: Design, url: str) -> None:
    """Raise AddressTooLong where the design's symbol is too small for this address."""
    try:
        qr.symbol(url, version=design.qr.version, mask=qr.MASK)
    except qr.SymbolTooLarge as error:
        raise AddressTooLong(url=url, design=design.id) from error


def shared_texts(design: Design, face: Face) -> dict[str, list[str]]:
    """What all labels say alike, for the boxes the design has, in lines that fit; a LabelRefused for what does not."""
    _check_digits(design, face.net_content)
    texts = {
        "gi_name": face.gi_name,
        "standard": face.standard,
        "product": face.product,
        "net_content": net_content_text(face.net_content),
        "grade": face.grade,
        "pack_date": face.pack_date.isoformat() if face.pack_date else "",
        "hotline": HOTLINE,
        "enterprise": face.enterprise,
        "uscc": face.uscc,
    }
    return fitted(design, texts)


def _check_digits(design: Design, grams: int) -> None:
    """Height of the net-content digits (SAMR Order 70; docs/manual/trade.md)."""
    if box := design.texts.get("net_content"):
        height = typeface(design.fonts, box.weight).digit_height(box.size)
        needed = digit_height_needed(grams)
        if needed is None or height < needed:
            raise DigitsTooLow(net_content_g=grams, height_mm=round(height, 2), needed_mm=needed)


def _own_texts(design: Design, label: Label) -> dict[str, list[str]]:
    """What differs per mark; that any code fits was checked when the design was loaded."""
    texts = {"code": [grouped(label.code)], "control_number": [label.control_number]}
    return {item: lines for item, lines in texts.items() if item in design.carries}


def fitted(design: Design, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The texts the design carries, in the lines they are printed in."""
    return {item: _lines(design, item, text) for item, text in texts.items() if item in design.carries}


def _lines(design: Design, item: str, text: str) -> list[str]:
    """`text` in the lines it is printed in; refused for a character without drawing or too small a box."""
    box = design.texts[item]
    face = typeface(design.fonts, box.weight)
    if missing := face.missing(text):
        raise CharacterMissing(text=item, value=text, characters=missing)
    if not face.fits(text, box.size, width=box.width, lines=box.lines):
        raise TextDoesNotFit(text=item, value=text, design=design.id)
    return face.lines(text, box.size, box.width)


def to_pdf(design: Design, html: str) -> bytes:
    """The document as PDF."""
    pdf: bytes = laid_out(design, html).write_pdf()
    return pdf


def laid_out(design: Design, html: str) -> Document:
    """The document in pages; only files of this design and the fonts may be read."""
    fetcher = _OwnFiles(design.folder, design.fonts)
    document = HTML(string=html, base_url=f"{design.folder.as_uri()}/", url_fetcher=fetcher)
    try:
        return document.render(font_config=FontConfiguration())
    except FatalURLFetchingError as error:
        reads = Problem("", Fault.READS, {"problem": str(error)}, "label.html")
        raise BadDesign(design.folder, [reads]) from error


class _OwnFiles(URLFetcher):  # type: ignore[misc]
    """Reads files under the given folders, and what is written out in the page; all else stops the print."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)
        self._folders = folders

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme == "data":
            return super().fetch(url, headers)
        path = Path(url2pathname(parts.path)).resolve()
        own = any(path.is_relative_to(folder) for folder in self._folders)
        if parts.scheme != "file" or parts.netloc or not own:
            raise FatalURLFetchingError(f"a label design may not read {url}")
        return super().fetch(url, headers)
