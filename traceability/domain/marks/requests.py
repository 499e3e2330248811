"""Requests for marks: product lines, the room a batch has, spares."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from traceability.domain import errors


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
