"""The enterprise desk: the season's work by stage, each stage a module with its forms beside its views."""

from traceability.web.enterprise import (
    amending,
    board,
    leaf,
    lots,
    making,
    marks,
    moving,
    packing,
    selling,
    suppliers,
    testing,
)
from traceability.web.enterprise.door import bp

__all__ = [
    "amending",
    "board",
    "bp",
    "leaf",
    "lots",
    "making",
    "marks",
    "moving",
    "packing",
    "selling",
    "suppliers",
    "testing",
]
