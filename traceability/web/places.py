"""The province an address is in, where the installation knows it: from a proxy of its own, or from a database file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import maxminddb
from werkzeug.datastructures import Headers

from traceability.web import words

#: Provinces by the letters of ISO 3166-2:CN; what has no name here is not kept.
PROVINCES = frozenset(words.NAMES["province"])


@dataclass(frozen=True)
class Places:
    """`header` of a request names the province (asked only behind a trusted proxy), or `file`, in MaxMind's format."""

    header: str = ""
    file: maxminddb.Reader | None = None

    @property
    def nowhere(self) -> bool:
        """Whether nothing here knows the province of anybody."""
        return self.file is None and not self.header

    def province(self, headers: Headers, address: str | None) -> str | None:
        """Two letters of a province, or None where nobody knows."""
        told = headers.get(self.header, "") if self.header else self._looked_up(address)
        code = told.strip().upper().removeprefix("CN-")
        return code if code in PROVINCES else None

    def _looked_up(self, address: str | None) -> str:
        if self.file is None or not address:
            return ""
        try:
            found = self.file.get(address)
        except ValueError:
            return ""
        return _code(found) if isinstance(found, dict) else ""


def _code(found: Mapping[str, object]) -> str:
    """The first subdivision of an entry in the shape of GeoIP2 City."""
    parts = found.get("subdivisions")
    first = parts[0] if isinstance(parts, list) and parts else {}
    return str(first.get("iso_code", "")) if isinstance(first, dict) else ""


def open_places(*, header: str, file: Path | None) -> Places:
    """As the settings say; raises what opening the file raises, so that a wrong path stops the start."""
    return Places(header, maxminddb.open_database(str(file)) if file else None)
