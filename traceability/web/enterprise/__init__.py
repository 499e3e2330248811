"""The enterprise desk: the season's work by stage, each stage a module with its forms beside its views."""

from traceability.web.enterprise import (
    amending,
    artwork,
    board,
    leaf,
    lists,
    lots,
    making,
    marks,
    moving,
    packing,
    papers,
    prints,
    scanning,
    selling,
    suppliers,
    testing,
)
from traceability.web.enterprise.door import bp

__all__ = [
    "amending",
    "artwork",
    "board",
    "bp",
    "leaf",
    "lists",
    "lots",
    "making",
    "marks",
    "moving",
    "packing",
    "papers",
    "prints",
    "scanning",
    "selling",
    "suppliers",
    "testing",
]
