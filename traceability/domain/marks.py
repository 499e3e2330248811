"""The mark ledger: serials, codes, ranges, and what may be done with a mark.

Marks move as ranges of consecutive serials. Mark actions are rows that are only ever added; current spans are a
projection of them which can be rebuilt at any time. The code on a label is computed from its serial with a keyed MAC.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from traceability.domain import errors
from traceability.domain.units import half_width

# --- codes --------------------------------------------------------------------------------------------------

#: Crockford's base 32: no I, L, O, U, so a code can be read aloud and typed.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
SERIAL_BITS = 32
MAC_BITS = 48
LAST_SERIAL = 2**SERIAL_BITS - 1

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_LOOKALIKE = {"O": "0", "I": "1", "L": "1"}
_IGNORED = re.compile(r"[\s\-‐-―−_.·　]+")


def mac(serial: int, key: bytes) -> int:
    """48 bits of HMAC-SHA256 over the serial; the label keeps other uses of the key apart."""
    message = b"duyun-maojian mark v1:" + serial.to_bytes(4, "big")
    return int.from_bytes(hmac.new(key, message, hashlib.sha256).digest()[: MAC_BITS // 8], "big")


def encode(serial: int, key: bytes) -> str:
    """The 16-character code of a serial: 32 bits of serial, then 48 bits of MAC, five bits a character."""
    bits = serial << MAC_BITS | mac(serial, key)
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))


def read_code(text: str) -> tuple[int, int] | None:
    """Serial and MAC of what somebody typed, or None; forgives case, spaces, hyphens, full-width, look-alikes."""
    letters = _IGNORED.sub("", half_width(text[:200])).upper()
    values = [_VALUE.get(_LOOKALIKE.get(letter, letter)) for letter in letters]
    if len(values) != CODE_LENGTH or any(value is None for value in values):
        return None
    bits = 0
    for value in values:
        bits = bits << 5 | (value or 0)
    return bits >> MAC_BITS, bits & (1 << MAC_BITS) - 1


def is_true(serial: int, seen_mac: int, key: bytes) -> bool:
    """Whether the MAC is the serial's own, compared in constant time."""
    size = MAC_BITS // 8
    return hmac.compare_digest(mac(serial, key).to_bytes(size, "big"), seen_mac.to_bytes(size, "big"))


def grouped(code: str) -> str:
    """A code as printed: four groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def control_number(serial: int) -> str:
    """The serial as printed: ten digits."""
    return f"{serial:010d}"


# --- ranges -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class SerialRange:
    """Consecutive serials, both ends included."""

    first: int
    last: int

    def __len__(self) -> int:
        """How many marks."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        """As people write it."""
        if self.first == self.last:
            return control_number(self.first)
        return f"{control_number(self.first)}–{control_number(self.last)}"

    def overlaps(self, other: "SerialRange") -> bool:
        """Whether the two share a serial."""
        return self.first <= other.last and other.first <= self.last


_RANGE = re.compile(r"(\d{1,10})(?:-(\d{1,10}))?")


def read_ranges(text: str) -> tuple[SerialRange, ...]:
    """Ranges of control numbers, sorted, such as `0000012001-0000012200, 12203`; raise `SerialsUnreadable`.

    Serials named twice are refused: a clerk who does so has miscounted.
    """
    plain = re.sub(r"\s*(?:[-‐-―~～〜至]|\.\.)\s*", "-", half_width(text)).replace("No.", "")
    parts = [part for part in re.split(r"[\s,;、，；]+", plain) if part]
    found = sorted(_read_range(part) for part in parts)
    if not found or any(a.overlaps(b) for a, b in pairwise(found)):
        raise errors.SerialsUnreadable(text=text[:80])
    return tuple(found)


def _read_range(part: str) -> SerialRange:
    if not (match := _RANGE.fullmatch(part)):
        raise errors.SerialsUnreadable(text=part[:80])
    first = int(match[1])
    last = int(match[2] or match[1])
    if not 0 < first <= last <= LAST_SERIAL:
        raise errors.SerialsUnreadable(text=part[:80])
    return SerialRange(first, last)


def count(ranges: Iterable[SerialRange]) -> int:
    """How many marks in all."""
    return sum(len(one) for one in ranges)


def overlap(ranges: Sequence[SerialRange]) -> bool:
    """Whether any two of the ranges share a serial."""
    ordered = sorted(ranges)
    return any(a.overlaps(b) for a, b in pairwise(ordered))


# --- states and actions -------------------------------------------------------------------------------------


class MarkState(StrEnum):
    """Where a mark is in its life. ON_HAND and PRINTED are with the firm and inert."""

    ON_HAND = "on_hand"
    PRINTED = "printed"
    APPLIED = "applied"
    RETIRED = "retired"
    VOID = "void"
    RETURNED = "returned"
    LOST = "lost"
    LAPSED = "lapsed"


class MarkAction(StrEnum):
    """What is done to marks; rows of the ledger."""

    ISSUE = "issue"
    PRINT = "print"
    APPLY = "apply"
    VOID = "void"
    RETURN = "return"
    RETIRE = "retire"
    UNUSE = "unuse"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Step:
    """From which states an action starts, where it leads, and whether it needs a reason."""

    sources: frozenset[MarkState]
    target: MarkState
    reason: bool = False


_INERT = frozenset({MarkState.ON_HAND, MarkState.PRINTED})

STEPS: Mapping[MarkAction, Step] = {
    MarkAction.ISSUE: Step(frozenset(), MarkState.ON_HAND),
    MarkAction.PRINT: Step(frozenset({MarkState.ON_HAND}), MarkState.PRINTED),
    MarkAction.APPLY: Step(frozenset({MarkState.PRINTED}), MarkState.APPLIED),
    MarkAction.VOID: Step(_INERT, MarkState.VOID, reason=True),
    MarkAction.RETURN: Step(_INERT, MarkState.RETURNED, reason=True),
    MarkAction.RETIRE: Step(frozenset({MarkState.APPLIED}), MarkState.RETIRED, reason=True),
    MarkAction.UNUSE: Step(frozenset({MarkState.APPLIED}), MarkState.VOID, reason=True),
    MarkAction.RESTORE: Step(frozenset({MarkState.VOID}), MarkState.PRINTED, reason=True),
}

_ENDED = frozenset({MarkState.VOID, MarkState.RETURNED, MarkState.LOST, MarkState.LAPSED, MarkState.RETIRED})


@dataclass(frozen=True, slots=True)
class Span:
    """Consecutive marks in one state: a row of the projection. `issue` names the issued range it is part of."""

    issue: int
    range: SerialRange
    state: MarkState
    pack_lot: int | None = None
    printed_for: date | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One issued range: one enterprise, one batch, one product. `key` names the master key of its codes."""

    id: int
    range: SerialRange
    enterprise: int
    batch: int
    product: int
    key: str


def check_step(action: MarkAction, spans: Iterable[Span]) -> None:
    """Raise unless every span is in a state the action starts from."""
    for span in spans:
        if span.state not in STEPS[action].sources:
            raise _wrong_state(action, span)


def _wrong_state(action: MarkAction, span: Span) -> errors.Refusal:
    facts: dict[str, object] = {"serials": str(span.range), "state": span.state.value}
    if span.state in _ENDED:
        return errors.MarksNotLive(**facts)
    if action is MarkAction.APPLY and span.state is MarkState.APPLIED:
        return errors.MarksAlreadyApplied(**facts)
    if action is MarkAction.APPLY:
        return errors.MarksNotPrinted(**facts)
    return errors.MarksInWrongState(**facts)


def check_pack_day(spans: Iterable[Span], day: date) -> None:
    """Raise `PackDayDiffers` when a label was printed for another pack date."""
    for span in spans:
        if span.printed_for is not None and span.printed_for != day:
            raise errors.PackDayDiffers(printed_for=span.printed_for, packed_on=day)


def cut(spans: Iterable[Span], ranges: Iterable[SerialRange]) -> tuple[list[Span], list[Span]]:
    """Split spans at the edges of the ranges: what lies inside them, and what remains outside."""
    inside: list[Span] = []
    outside = list(spans)
    for wanted in ranges:
        rest: list[Span] = []
        for span in outside:
            within, without = _split(span, wanted)
            inside += within
            rest += without
        outside = rest
    return inside, outside


def _split(span: Span, wanted: SerialRange) -> tuple[list[Span], list[Span]]:
    if not span.range.overlaps(wanted):
        return [], [span]
    first, last = max(span.range.first, wanted.first), min(span.range.last, wanted.last)
    left = (
        [] if first == span.range.first else [replace(span, range=SerialRange(span.range.first, first - 1))]
    )
    right = [] if last == span.range.last else [replace(span, range=SerialRange(last + 1, span.range.last))]
    return [replace(span, range=SerialRange(first, last))], left + right


def merged(spans: Iterable[Span]) -> list[Span]:
    """Neighbours alike in everything but their serials, joined: rows grow with actions, not with marks."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: one.range):
        if joined and _continues(joined[-1], span):
            joined[-1] = replace(span, range=SerialRange(joined[-1].range.first, span.range.last))
        else:
            joined.append(span)
    return joined


def _continues(left: Span, right: Span) -> bool:
    return left.range.last + 1 == right.range.first and replace(left, range=right.range) == right


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the mark ledger, as the projection needs it."""

    issue: int
    action: MarkAction
    range: SerialRange
    pack_lot: int | None = None
    printed_for: date | None = None


def after(span: Span, act: Act) -> Span:
    """A span once the action has been taken on all of it."""
    return replace(
        span,
        state=STEPS[act.action].target,
        pack_lot=act.pack_lot if act.action is MarkAction.APPLY else span.pack_lot,
        printed_for=act.printed_for if act.action is MarkAction.PRINT else span.printed_for,
    )


def replay(acts: Iterable[Act]) -> list[Span]:
    """The projection, rebuilt from nothing but the actions in their order."""
    by_issue: dict[int, list[Span]] = {}
    for act in acts:
        spans = by_issue.setdefault(act.issue, [])
        if act.action is MarkAction.ISSUE:
            spans.append(Span(act.issue, act.range, MarkState.ON_HAND))
            continue
        inside, outside = cut(spans, [act.range])
        by_issue[act.issue] = merged([*outside, *(after(span, act) for span in inside)])
    return [span for issue in sorted(by_issue) for span in by_issue[issue]]


def counts(spans: Iterable[Span]) -> dict[MarkState, int]:
    """Marks by state."""
    sums = dict.fromkeys(MarkState, 0)
    for span in spans:
        sums[span.state] += len(span.range)
    return sums


def serials(ranges: Iterable[SerialRange]) -> Iterator[int]:
    """Every serial of the ranges, in order."""
    for one in ranges:
        yield from range(one.first, one.last + 1)


# --- requests -----------------------------------------------------------------------------------------------


class RequestState(StrEnum):
    """Where a mark request stands."""

    FILED = "filed"
    APPROVED = "approved"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RequestLine:
    """Marks asked for one product: packs, and spares on top. Net content in grams."""

    product: int
    net_content_g: int
    packs: int
    spares: int = 0

    @property
    def marks(self) -> int:
        """Marks in the line."""
        return self.packs + self.spares

    @property
    def grams(self) -> int:
        """Tea the packs of this line need."""
        return self.packs * self.net_content_g


def check_lines(lines: Sequence[RequestLine]) -> None:
    """Raise `RequestNeedsClean`: each product once, at least one pack, no negative spares."""
    named = {line.product for line in lines}
    if not lines or len(named) != len(lines) or any(line.packs < 1 or line.spares < 0 for line in lines):
        raise errors.RequestNeedsClean()


def check_room(lines: Sequence[RequestLine], free_g: int) -> None:
    """Raise `RequestExceedsBatch` when the packs need more tea than is free (FRAUD F03, F13)."""
    asked = sum(line.grams for line in lines)
    if asked > free_g:
        raise errors.RequestExceedsBatch(asked_g=asked, free_g=max(0, free_g))


def check_spares(asked: int, before: int, allowed: int) -> None:
    """Raise `TooManySpares`; `before` are the spares of earlier requests for this batch and product."""
    if asked + before > allowed:
        raise errors.TooManySpares(asked=asked, before=before, allowed=allowed)
