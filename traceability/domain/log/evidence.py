"""Which facts are about a batch or a case, and which of them may be opened to whom.

A fact is found by when it was recorded; here it is decided by what it says whether it belongs. To an office everything
about what lies within its reach is opened. To a firm: its own facts, and of others how the tea upstream was made (which
lots, how many grams), unless there is more in it than that.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

Told = Mapping[str, object]

#: Events that bring lots into being; of others' these are all a firm sees.
MAKING = frozenset(
    {"chain.leaf_receipt", "chain.processing", "chain.refining", "chain.blending", "chain.packing"}
)
#: What the terms of such an event may say to a firm downstream.
_RECEIPT = {"plot", "gross_g", "tare_g", "scale", "certificate_no", "plucked_on"}
_TERMS = frozenset(_RECEIPT | {"fresh_moisture", "made_moisture", "packs", "products"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What a pack is about: events, lots, serials of marks, files by SHA-256, and what offices decided on.

    `found` are findings as the fact of finding them names them: by code and `about`.
    """

    events: frozenset[int] = frozenset()
    lots: frozenset[int] = frozenset()
    lot_nos: frozenset[str] = frozenset()
    serials: tuple[tuple[int, int], ...] = ()
    files: frozenset[str] = frozenset()
    holds: frozenset[int] = frozenset()
    requests: frozenset[int] = frozenset()
    recalls: frozenset[int] = frozenset()
    findings: frozenset[int] = frozenset()
    found: frozenset[tuple[str, object]] = frozenset()

    def concerns(self, kind: str, told: Told) -> bool:
        """Whether a fact of this kind that says this is about it."""
        subject, _, what = kind.partition(".")
        if subject == "decision":
            return what in _OF_DECISIONS and told.get("subject") in _OF_DECISIONS[what](self)
        if subject == "marks":
            return self._has_serials(told.get("serials"))
        if subject == "finding" and (what, told.get("about")) in self.found:
            return True
        if subject not in _NAMED:
            return False
        name, found = _NAMED[subject]
        return told.get(name) in found(self)

    def _has_serials(self, told: object) -> bool:
        return any(
            first <= last_wanted and last >= first_wanted
            for first, last in ranges_of(told)
            for first_wanted, last_wanted in self.serials
        )


_Found = Callable[[Subject], Collection[object]]
_OF_DECISIONS: Mapping[str, _Found] = {
    "hold": lambda one: one.holds,
    "mark_request": lambda one: one.requests,
    "recall": lambda one: one.recalls,
}
#: By the subject of a kind: the name under which a fact says what it is about, and what that must be among.
_NAMED: Mapping[str, tuple[str, _Found]] = {
    "batch": ("batch", lambda one: one.lot_nos),
    "carton": ("lot", lambda one: one.lot_nos),
    "chain": ("event", lambda one: one.events),
    "document": ("sha256", lambda one: one.files),
    "finding": ("finding", lambda one: one.findings),
    "lot": ("recall", lambda one: one.recalls),
    "recall": ("recall", lambda one: one.recalls),
    "report": ("batch", lambda one: one.lot_nos),
    "shortage": ("lot", lambda one: one.lot_nos),
}


def ranges_of(told: object) -> list[tuple[int, int]]:
    """The ranges of serials a fact names: one, or a list of them."""
    if not isinstance(told, list) or not told:
        return []
    ranges = told if isinstance(told[0], list) else [told]
    return [(first, last) for first, last in ranges]


def opens_to_firm(kind: str, told: Told, *, uscc: str, subject: Subject) -> bool:
    """Whether a firm may see all a fact says: it is its own, or no more than how the tea upstream was made."""
    if told.get("enterprise") == uscc:
        return True
    terms = told.get("terms") or {}
    return (
        kind in MAKING
        and told.get("reason") is None
        and isinstance(terms, Mapping)
        and {name for name, value in terms.items() if value not in (None, "")} <= _TERMS
        and _lots_of(told) <= subject.lots
    )


def _lots_of(told: Told) -> set[int]:
    """Every lot an event names."""
    entries, edges, lots = (told.get(name) for name in ("entries", "edges", "lots"))
    return {
        *_each(one.get("lot") for one in _list(entries)),
        *_each(lot for edge in _list(edges) for lot in edge[:2]),
        *_each(one.get("id") for one in _list(lots)),
    }


def _list(given: object) -> list:  # type: ignore[type-arg]
    return given if isinstance(given, list) else []


def _each(numbers: Iterable[object]) -> set[int]:
    return {one for one in numbers if isinstance(one, int)}
