"""Whether the looks at a mark look like copies: points for what one pack in few hands does not do.

No single look proves anything, and distinct clients alone never do: a village can share one address, and a wedding one
tin. Points come from people who are new on ever new occasions and soon after each other, in more provinces and greater
numbers than one pack has, and before the tea has left its maker. No look ever takes points away, so nobody can look a
mark out of suspicion. Weights and threshold are in the profile, chosen by simulation (docs/manual/copies.md).
"""

from dataclasses import dataclass

from traceability.domain.profile import CopyRules
from traceability.domain.scans.tally import Tally


@dataclass(frozen=True, slots=True)
class Points:
    """Where the points of a mark come from."""

    occasions: int
    places: int
    early: int
    crowd: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.occasions + self.places + self.early + self.crowd


def points(tally: Tally, rules: CopyRules, *, net_content_g: int) -> Points:
    """The points of a mark on a pack of so many grams."""
    people = max(rules.people_least, net_content_g // rules.grams_a_person)
    return Points(
        occasions=max(0, tally.peak - rules.occasion_points),
        places=max(0, len(tally.places) - rules.places_least) * rules.place_points,
        early=min(tally.early * rules.early_points, rules.early_most),
        crowd=min(max(0, tally.people - people) * rules.crowd_points, rules.crowd_most),
    )


def looks_copied(tally: Tally, rules: CopyRules, *, net_content_g: int) -> bool:
    """Whether there are points enough beyond those an office has explained."""
    return points(tally, rules, net_content_g=net_content_g).total - tally.forgiven >= rules.threshold
