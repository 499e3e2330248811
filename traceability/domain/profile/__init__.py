"""The geographical indication as data: names, area, grades, limits, season and the numbers.

`load` turns the text of a profile file into one frozen `Profile` and refuses a broken one by naming the key.
Every value in the file says where it comes from: V verified in a source, D derived from such, G assumed.
Reading the file is the caller's; nothing here touches a disk or a clock. Grams are int, other numbers
Decimal.
"""

from traceability.domain.profile.loading import load
from traceability.domain.profile.table import (
    Notes,
    ProfileBroken,
    Table,
    read_band,
    read_grams,
    read_number,
    read_unique,
    read_whole,
)
from traceability.domain.profile.values import (
    Band,
    CheckItem,
    CopyRules,
    County,
    DrawRules,
    Edition,
    Grade,
    GradeRule,
    LeafGrade,
    LeafRule,
    Limit,
    LimitSet,
    Parameter,
    Profile,
    Provenance,
    RightBasis,
    SeasonPart,
    Step,
    Text,
    blanks_of,
    coarsest,
    lowest,
)

__all__ = [
    "Band",
    "CheckItem",
    "CopyRules",
    "County",
    "DrawRules",
    "Edition",
    "Grade",
    "GradeRule",
    "LeafGrade",
    "LeafRule",
    "Limit",
    "LimitSet",
    "Notes",
    "Parameter",
    "Profile",
    "ProfileBroken",
    "Provenance",
    "RightBasis",
    "SeasonPart",
    "Step",
    "Table",
    "Text",
    "blanks_of",
    "coarsest",
    "load",
    "lowest",
    "read_band",
    "read_grams",
    "read_number",
    "read_unique",
    "read_whole",
]
