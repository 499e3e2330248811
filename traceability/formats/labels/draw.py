"""Labels to PDF by WeasyPrint: first everything is checked, then drawn. Same input, same bytes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from traceability.formats import qr
from traceability.formats.labels.design import BadDesign, Design
from traceability.formats.labels.drawing import label_html, page_html
from traceability.formats.labels.errors import (
    AddressTooLong,
    CharacterMissing,
    DigitsTooLow,
    PackDateMissing,
    TextDoesNotFit,
)
from traceability.formats.labels.type import typeface
from traceability.formats.labels.values import (
    SAMPLE,
    Face,
    Label,
    digit_height_needed,
    grouped,
    net_content_text,
)

HOTLINE = "12315"
"""Market regulation complaints line, printed beside the mark (domain.md §2.2)."""


def render(design: Design, face: Face, labels: Sequence[Label], *, sample: bool) -> bytes:
    """A PDF with one label for each of `labels`, in their order.

    A sample has as many labels, each stamped 样张 SAMPLE and without address, code or control number,
    whatever was passed. Live output of a design with a mark box leaves the box free: whether it may be
    printed so is the caller's question (DESIGN §6). A LabelRefused says what does not fit.
    """
    if not labels:
        raise ValueError("there is no label to draw")
    drawn = [SAMPLE] * len(labels) if sample else _live(design, face, labels)
    shared = _fitted(design, _shared_texts(design, face))
    drawings = [
        label_html(design, {**shared, **_own_texts(design, label)}, url=label.url, sample=sample)
        for label in drawn
    ]
    return _pdf(design, page_html(design, drawings, sample=sample))


def _live(design: Design, face: Face, labels: Sequence[Label]) -> Sequence[Label]:
    """The labels themselves, once nothing speaks against putting them on goods."""
    if "pack_date" in design.carries and face.pack_date is None:
        raise PackDateMissing(design=design.id)
    for label in labels:
        label.check()
    _check_symbol(design, max((label.url for label in labels), key=len))
    return labels


def _check_symbol(design: Design, url: str) -> None:
    try:
        qr.symbol(url, version=design.qr.version)
    except qr.SymbolTooLarge as error:
        raise AddressTooLong(url=url, design=design.id) from error


def _shared_texts(design: Design, face: Face) -> dict[str, str]:
    """What all labels say alike, for the boxes the design has."""
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
    return {item: text for item, text in texts.items() if item in design.carries}


def _check_digits(design: Design, grams: int) -> None:
    """Height of the net-content digits (SAMR Order 70; domain.md §4.5)."""
    if box := design.texts.get("net_content"):
        height = typeface(design.fonts, box.weight).digit_height(box.size)
        needed = digit_height_needed(grams)
        if needed is None or height < needed:
            raise DigitsTooLow(net_content_g=grams, height_mm=round(height, 2), needed_mm=needed)


def _own_texts(design: Design, label: Label) -> dict[str, list[str]]:
    """What differs per mark; that any code fits was checked when the design was loaded."""
    texts = {"code": [grouped(label.code)], "control_number": [label.control_number]}
    return {item: lines for item, lines in texts.items() if item in design.carries}


def _fitted(design: Design, texts: Mapping[str, str]) -> dict[str, list[str]]:
    return {item: _lines(design, item, text) for item, text in texts.items()}


def _lines(design: Design, item: str, text: str) -> list[str]:
    """`text` in the lines it is printed in; refused for a character without drawing or too small a box."""
    box = design.texts[item]
    face = typeface(design.fonts, box.weight)
    if missing := face.missing(text):
        raise CharacterMissing(text=item, value=text, characters=missing)
    lines = face.lines(text, box.size, box.width)
    if len(lines) > box.lines or any(face.width(line, box.size) > box.width for line in lines):
        raise TextDoesNotFit(text=item, value=text, design=design.id)
    return lines


def _pdf(design: Design, html: str) -> bytes:
    """The document as PDF; only files of this design and the fonts may be read."""
    fetcher = _OwnFiles(design.folder, design.fonts)
    document = HTML(string=html, base_url=f"{design.folder.as_uri()}/", url_fetcher=fetcher)
    try:
        pdf: bytes = document.write_pdf(font_config=FontConfiguration())
    except FatalURLFetchingError as error:
        raise BadDesign(design.folder / "label.html", {"(reads)": str(error)}) from error
    return pdf


class _OwnFiles(URLFetcher):  # type: ignore[misc]
    """Reads files under the given folders; whatever else a drawing asks for stops the print."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)
        self._folders = folders

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        path = Path(url2pathname(parts.path)).resolve()
        own = any(path.is_relative_to(folder) for folder in self._folders)
        if parts.scheme != "file" or parts.netloc or not own:
            raise FatalURLFetchingError(f"a label design may not read {url}")
        return super().fetch(url, headers)
