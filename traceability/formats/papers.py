"""Papers people ask for: one value, drawn as a PDF or written as a workbook. Same paper, same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from traceability import paths
from traceability.domain import errors
from traceability.domain.units import kg, local
from traceability.formats.labels.type import FILES
from traceability.formats.tables import NUMBERS, Field, Kind, Table, Value, write_xlsx

MOST_ROWS = 1_000
"""Rows of a PDF: drawing more keeps people waiting for half a minute, and nobody leafs through so many pages."""
UPRIGHT = 182
"""mm between the margins of a page that stands; what is wider lies on its side."""
LETTER, SPACE = 1.6, 3.2
"""mm of half a Chinese character, and between two columns."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a paper says by itself, in the reader's language; `page` holds `{page}` and `{pages}`."""

    language: str
    page: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A title, facts by name, tables; who made it and when. `signs` are lines to sign on. Rows are read again."""

    title: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    words: Words
    foot: str
    at: datetime
    facts_title: str
    facts_fields: tuple[str, str]
    signs: tuple[str, ...] = ()


def write_workbook(paper: Paper, file: BinaryIO) -> None:
    """A worksheet of the facts, then one for each table."""
    name, value = paper.facts_fields
    facts = Table(paper.facts_title, (Field(name), Field(value)), paper.facts)
    write_xlsx([facts, *paper.tables], file, title=paper.title, at=paper.at)


def draw(paper: Paper) -> bytes:
    """As a PDF of A4 pages, headings repeated on each; raise `PaperTooLong`."""
    if (rows := sum(len(_rows(one)) for one in paper.tables)) > MOST_ROWS:
        raise errors.PaperTooLong(rows=rows, limit=MOST_ROWS)
    tables = [_shown(one) for one in paper.tables]
    widths = [_widths(one) for one in tables]
    wide = any(sum(one) > UPRIGHT for one in widths)
    drawn = {
        "tables": list(zip(tables, widths, strict=True)),
        "wide": wide,
        "fonts": _fonts(),
        "folio": _folio(paper.words.page),
    }
    html = _environment().get_template("paper.html").render(paper=paper, cell=_cell, numbers=NUMBERS, **drawn)
    document = HTML(string=html, url_fetcher=_Fonts(), base_url=_folder().as_uri())
    pdf: bytes = document.write_pdf(font_config=FontConfiguration())
    return pdf


def _rows(table: Table) -> Sequence[Sequence[Value]]:
    if not isinstance(table.rows, Sequence):
        raise TypeError("a paper reads its rows more than once")
    return table.rows


def _shown(table: Table) -> Table:
    """The table without columns in which nothing stands."""
    rows = _rows(table)
    kept = [n for n in range(len(table.fields)) if not rows or any(row[n] not in (None, "") for row in rows)]
    fields = tuple(table.fields[n] for n in kept)
    return Table(table.title, fields, [tuple(row[n] for n in kept) for row in rows])


def _widths(table: Table) -> list[float]:
    """About how many mm each column takes when no line is broken."""
    found = []
    for n, field in enumerate(table.fields):
        lines = [field.title, *(line for row in _rows(table) for line in _cell(row[n], field.kind))]
        found.append(max(map(_letters, lines)) * LETTER + SPACE)
    return found


def _letters(text: str) -> int:
    """Half characters of a line, cut where it may well be broken."""
    return min(36, sum(1 if char < "\u2e80" else 2 for char in text))


def _cell(value: Value, kind: Kind) -> list[str]:
    """The lines of a cell."""
    if value is None or value == "":
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [_SHOWN.get(kind, str)(value)]


_SHOWN: Mapping[Kind, Any] = {
    Kind.COUNT: lambda number: f"{number:,}",
    Kind.KG: lambda grams: kg(grams).replace("-", "−"),
    Kind.DECIMAL: lambda number: f"{number:f}",
    Kind.DAY: lambda day: day.isoformat(),
    Kind.MOMENT: lambda at: f"{local(at):%Y-%m-%d %H:%M}",
}


def _folio(words: str) -> str:
    """The page number as CSS makes it, out of a text with its two blanks."""
    quoted = words.replace("\\", "").replace('"', "")
    return f'"{quoted}"'.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')


@lru_cache(maxsize=1)
def _environment() -> Environment:
    folder = str(paths.templates() / "papers")
    return Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _folder() -> Path:
    return (paths.labels() / "fonts").resolve()


def _fonts() -> dict[int, str]:
    return {weight: (_folder() / file).as_uri() for weight, file in FILES.items()}


class _Fonts(URLFetcher):  # type: ignore[misc]
    """Reads the fonts and nothing else, whatever a text of a paper says."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """A font."""
        parts = urlsplit(url)
        path = Path(url2pathname(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(_folder()):
            raise FatalURLFetchingError(f"a paper may not read {url}")
        return super().fetch(url, headers)
