"""The register of kinds: what can be found, what it carries, what it weighs, and whose it is.

Names and sentences are in `web/words.py`, where both languages are. A weight is the tenfold decimal logarithm of how
often a kind is found with frauds over how often with honest firms: points that add up, 20 at most. Those marked
`measured` come from half of the simulated seasons (docs/manual/findings.md); the others are assumed, and the office
should mend them by what its own settled findings say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Owner(StrEnum):
    """Who looks into it: the county of the firm, that of the plot, or the prefecture."""

    FIRM = "firm"
    PLOT = "plot"
    PREFECTURE = "prefecture"


class Burden(StrEnum):
    """How heavy a kind is, for those who choose by it."""

    HEAVY = "heavy"
    MIDDLE = "middle"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `evidence` are the facts it carries, by name.

    `again`: so much new evidence brings a settled one back; only for what looks over the books notice.
    """

    code: str
    weight: int
    evidence: tuple[str, ...] = ()
    owner: Owner = Owner.FIRM
    over_the_books: bool = False
    again: int = 1
    measured: bool = False

    @property
    def burden(self) -> Burden:
        """Heavy from 10 points on (ten times the odds), light below 4."""
        if self.weight >= HEAVY_FROM:
            return Burden.HEAVY
        return Burden.MIDDLE if self.weight >= MIDDLE_FROM else Burden.LIGHT


HEAVY_FROM, MIDDLE_FROM = 10, 4


def _at_entry(code: str, weight: int, *evidence: str, **more: object) -> Kind:
    return Kind(code, weight, evidence, **more)  # type: ignore[arg-type]


def _looked_for(code: str, weight: int, again: int, *evidence: str, **more: object) -> Kind:
    known: dict[str, object] = {"over_the_books": True, "measured": True, **more}
    return Kind(code, weight, evidence, again=again, **known)  # type: ignore[arg-type]


_ALL: Iterable[Kind] = (
    # Noticed when something is written down.
    _at_entry("entry.late", 0, "hours", measured=True),
    _at_entry("import.late", 0, "rows", "hours"),
    _at_entry("scale.expired", 1, "scale", "verified_until"),
    _at_entry("picking.implausible", 1, "plot", "day", "picked_g", "area_mu"),
    _at_entry("ratio.outside_band", 0, "ratio", "reason", measured=True),
    _at_entry("processing.not_same_day", 1, "day", "reason"),
    _at_entry("refining.after_fail", 4, "batches"),
    _at_entry("report.failed", 3, "batch", "failing"),
    _at_entry("transport.short", 1, "lot", "short_g", "short_packs"),
    _at_entry("transport.refused", 1, "shipment", "reason"),
    _at_entry("count.shortage", 2, "lot", "difference_g"),
    _at_entry("count.surplus", 4, "lot", "difference_g"),
    _at_entry("amendment.shortage", 6, "lot", "short_g", "reason"),
    _at_entry("grower.twice", 4, "grower", "township", owner=Owner.PLOT),
    _at_entry("grower.same_telephone", 4, "grower", "other", owner=Owner.PLOT),
    _at_entry("plot.same_point", 6, "plot", "other", "metres", owner=Owner.PLOT),
    _at_entry("plot.overlaps", 6, "plot", "other", owner=Owner.PLOT),
    _at_entry("plot.same_contract", 6, "plot", "other", "contract", owner=Owner.PLOT),
    _at_entry("doubt.raised", 4, "ref", "serial"),
    _at_entry("plot.picked_in_interval", 4, "plot", "from", "until", "picked_g"),
    _at_entry("marks.lost", 3, "marks", "serials", "why", measured=True),
    _at_entry("marks.reprinted", 4, "job", "file", "marks", "times", "why", measured=True),
    _at_entry(
        "mark.copied", 16, "mark", "serial", "looks", "people", "occasions", "provinces", measured=True
    ),
    _at_entry("mark.seen_unused", 7, "mark", "serial", "state", "looks", measured=True),
    _at_entry("mark.seen_withdrawn", 10, "mark", "serial", "state", "looks"),
    _at_entry("authorisation.unused", 1, "since"),
    _at_entry("inspection.refused", 8, "visit", "words"),
    _at_entry("inspection.noted", 4, "visit", "item", "words"),
    _at_entry("sample.failed", 6, "sample", "batch", "failing"),
    _at_entry(
        "log.mismatch",
        20,
        "table",
        "key",
        "column",
        "expected",
        "found",
        "differences",
        "seen_by",
        owner=Owner.PREFECTURE,
    ),
    _at_entry("complaint.overdue", 2, "complaint", "until"),
    # Noticed by a look over the books.
    _looked_for("weights.repeating", 16, 20, "season", "plot", "receipts", "repeated_g", "times", "pairs"),
    _looked_for("receipts.at_night", 20, 8, "nights", "receipts", "received_g", "most"),
    _looked_for(
        "allowance.early",
        1,
        1,
        "plot",
        "part",
        "used_g",
        "allowed_g",
        "days",
        owner=Owner.PLOT,
        measured=False,
    ),
    _looked_for("allowance.even", 20, 6, "part", "plots", "mean_share", "spread_share"),
    _looked_for("entry.back_dated", 9, 8, "receipts", "received_g", "share", "sittings"),
    _looked_for("leaf.circling", 20, 2, "season", "firms", "rounds", "gave_g", "got_g", "home"),
    _looked_for("marks.dormant", 6, 100, "marks", "issued", "since", "days"),
    _looked_for("marks.wasted", 7, 50, "marks", "issued", "share"),
    _looked_for("marks.reprinted_often", 20, 2, "times"),
    _looked_for("suspension.dated_back", 10, 1, "packings", "marks", "since", measured=False),
    _looked_for("report.twin", 6, 1, "report", "batch", "earlier", "earlier_batch", "alike", "of_values"),
    _looked_for("grade.atypical", 1, 3, "grade", "reports", "deviation", "batch", measured=False),
)

#: Every kind by its code.
KINDS: dict[str, Kind] = {one.code: one for one in _ALL}

#: Those that a look over the books notices.
OVER_THE_BOOKS = tuple(one.code for one in KINDS.values() if one.over_the_books)

#: What nobody entered here weighs little.
UNKNOWN_KIND = Kind("", 1)


def kind_of(code: str) -> Kind:
    """The kind of a code."""
    return KINDS.get(code, UNKNOWN_KIND)
