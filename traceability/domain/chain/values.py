"""What the tea ledger is made of: lots, stock, entries, edges, bookings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from traceability.domain.people import Product
from traceability.domain.profile import Grade, LeafGrade


class LotKind(StrEnum):
    """What a lot holds; each is a traceable unit."""

    LEAF = "leaf"
    MADE = "made_tea"
    BATCH = "batch"
    PACKS = "pack_lot"


class Account(StrEnum):
    """Where grams are. PLOT is the source; HELD and TRANSIT are stock; the others are where tea ends."""

    PLOT = "plot"
    HELD = "held"
    TRANSIT = "transit"
    SOLD = "sold"
    DESTROYED = "destroyed"
    FINES = "fines"
    REJECTS = "rejects"
    SAMPLES = "samples"
    SPILL = "spill"
    OVERFILL = "overfill"
    LOSS = "loss"


class EventKind(StrEnum):
    """What happened."""

    LEAF_RECEIPT = "leaf_receipt"
    PROCESSING = "processing"
    REFINING = "refining"
    BLENDING = "blending"
    SAMPLING = "sampling"
    PACKING = "packing"
    DISPATCH = "dispatch"
    DELIVERY = "delivery"
    SALE = "sale"
    RETURN = "return"
    DESTRUCTION = "destruction"
    STOCK_COUNT = "stock_count"
    WRITE_OFF = "write_off"


#: A lot that the booking itself brings into being is named by -1, -2, … in the order of `Booking.lots`.
NEW = -1


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it stands in the books. `born_at` is UTC; plucking days are days in Asia/Shanghai."""

    id: int
    no: str
    kind: LotKind
    origin: int
    season: int
    plucked_from: date
    plucked_to: date
    born_at: datetime
    grade: Grade | None = None
    leaf_grade: LeafGrade | None = None
    product: Product | None = None
    pack_day: date | None = None
    best_before: date | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Stock:
    """What one party can give of a lot from a moment on: grams, packs, and grams held for issued marks."""

    lot: Lot
    party: int
    grams: int
    packs: int = 0
    reserved_g: int = 0
    holds: tuple[str, ...] = ()
    recalled: bool = False

    @property
    def free_g(self) -> int:
        """Grams that nothing is waiting for."""
        return max(0, self.grams - self.reserved_g)


@dataclass(frozen=True, slots=True)
class Draw:
    """So many grams of a stock; of a pack lot so many packs."""

    stock: Stock
    grams: int
    packs: int = 0


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot to be opened."""

    no: str
    kind: LotKind
    plucked_from: date
    plucked_to: date
    grade: Grade | None = None
    leaf_grade: LeafGrade | None = None
    product: Product | None = None
    pack_day: date | None = None
    best_before: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """Grams (and packs) into (+) or out of (-) an account. `part` is the season part a plot is charged in."""

    account: Account
    grams: int
    lot: int | None = None
    packs: int = 0
    party: int | None = None
    shipment: int | None = None
    plot: int | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Grams of one lot that went into another."""

    source: int
    target: int
    grams: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something accepted but worth an officer's look; becomes a finding."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    lot: int | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """One event decided: what to write, all of it or nothing."""

    kind: EventKind
    at: datetime
    entries: tuple[Entry, ...]
    lots: tuple[NewLot, ...] = ()
    edges: tuple[Edge, ...] = ()
    remarks: tuple[Remark, ...] = ()
    terms: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """An event that does not balance is a fault of ours, not of the person's."""
        if sum(entry.grams for entry in self.entries):
            raise AssertionError(f"{self.kind} does not balance: {self.entries}")


def held(lot: int, party: int, grams: int, packs: int = 0) -> Entry:
    """An entry on a party's stock."""
    return Entry(Account.HELD, grams, lot=lot, packs=packs, party=party)


def total(draws: Iterable[Draw]) -> int:
    """Grams drawn."""
    return sum(draw.grams for draw in draws)
