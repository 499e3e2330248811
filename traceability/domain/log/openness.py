"""What of a fact anybody may read: authorisations, issues, mark actions, verdicts of reports, recalls.

Of everything else a leaf shows only that it was recorded, and when: people, volumes, plots, counterparties and prices
are in no leaf, and neither is what could lead to them.
"""

from collections.abc import Mapping

#: Kinds with a public part; beside them all actions on marks.
OPEN_KINDS = frozenset(
    {
        "decision.authorisation",
        "decision.marks",
        "decision.recall",
        "lot.recalled",
        "report.confirmed",
        "report.failed",
    }
)
_MARKS = "marks."
#: Lots a recall names one by one; a leaf has room for a few thousand.
MOST_NAMED = 1000

Part = Mapping[str, object]


def is_open(kind: str) -> bool:
    """Whether facts of this kind have a public part."""
    return kind in OPEN_KINDS or kind.startswith(_MARKS)


def parted(kind: str, public: Part, private: Part) -> tuple[Part, Part]:
    """The public and the private part of a fact as they are kept: what must not be read is private, whoever said it."""
    return (public, private) if is_open(kind) else ({}, {**public, **private})
