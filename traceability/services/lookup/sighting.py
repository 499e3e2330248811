"""Which mark a code names, and the state of the books it was found in."""

from dataclasses import dataclass

from traceability.domain import marks
from traceability.domain.marks import Issue, MarkState
from traceability.store import marks as mark_rows
from traceability.store.marks import Place
from traceability.store.work import Work


@dataclass(frozen=True, slots=True)
class Sighting:
    """A true code: its serial and issued range, its state, and the version of the books all this was read in."""

    serial: int
    code: str
    issue: Issue
    net_content_g: int
    state: MarkState
    pack_lot: int | None
    version: int


#: A key no code was ever made with: an unknown serial costs the same arithmetic as a known one.
_NO_KEY = b"\0" * 32


def identify(work: Work, text: str, *, gtin: str | None = None) -> Sighting | None:
    """The mark a code names; None for anything that was never issued, with nothing said about which part is wrong.

    Another product's trade item number before a true code is unknown too. One question to the database, whatever the
    answer.
    """
    read = marks.read_code(text)
    serial, seen_mac = read if read else (0, 0)
    place = mark_rows.place_of_serial(work.session, serial)
    key = work.keys.get(place.issue.key if place else "", _NO_KEY)
    true = marks.is_true(serial, seen_mac, key)
    if read is None or place is None or not true or not _is_product(place, gtin):
        return None
    code = marks.code_of(serial, seen_mac)
    return Sighting(
        serial, code, place.issue, place.net_content_g, place.state, place.pack_lot, place.version
    )


def _is_product(place: Place, gtin: str | None) -> bool:
    return gtin is None or (place.gtin is not None and place.gtin == gtin.zfill(14))
