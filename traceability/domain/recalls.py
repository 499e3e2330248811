"""A recall as its firm carries it out: where the goods are, counted, and ways of telling those who have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from traceability.domain.chain.values import Account

GRADES = ("I", "II", "III")


class Place(StrEnum):
    """Where recalled goods are, as their maker sees it."""

    OWN = "own"
    KEPT = "kept"
    ON_THE_WAY = "on_the_way"
    OUT = "out"
    GONE = "gone"


class NoticeWay(StrEnum):
    """How somebody who has recalled goods was told."""

    TELEPHONE = "telephone"
    MESSAGE = "message"
    PAPER = "paper"
    VISIT = "visit"


@dataclass(frozen=True, slots=True)
class Amount:
    """Grams, and packs where they are packed."""

    grams: int = 0
    packs: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        """Both together."""
        return Amount(self.grams + other.grams, self.packs + other.packs)

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return self.grams != 0


def total(amounts: Iterable[Amount]) -> Amount:
    """All of them together."""
    return sum(amounts, Amount())


#: Where what left stock ends, as far as a recall has to go after it.
_ENDED = {Account.TRANSIT: Place.ON_THE_WAY, Account.SOLD: Place.OUT}


def place_of(account: Account, party: int | None, *, own: int, kept: Iterable[int]) -> Place:
    """Where goods in an account are to the firm whose stock is `own` and which records that of `kept`.

    Stock of another firm is out, like what was sold; samples, losses and what was destroyed are gone.
    """
    if account is not Account.HELD:
        return _ENDED.get(account, Place.GONE)
    if party == own:
        return Place.OWN
    return Place.KEPT if party in set(kept) else Place.OUT
