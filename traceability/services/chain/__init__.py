"""Use cases of the tea ledger, by stage: leaf, making, testing, packing, moving, selling, amending, tracing."""

from traceability.services.chain.amending import Correction, amend, settle_shortage
from traceability.services.chain.leaf import allowance_of, receive_leaf, record_plot_work, write_off
from traceability.services.chain.leaves import Leaf, receive_leaves
from traceability.services.chain.making import blend, draw_samples, process_leaf, refine
from traceability.services.chain.moving import (
    DispatchLine,
    deliver,
    dispatch,
    pending_deliveries,
    refuse_delivery,
    settle_transit,
    shortages,
)
from traceability.services.chain.packing import CartonAsk, PackAsk, fill_cartons, pack
from traceability.services.chain.selling import count_stock, destroy, sell, take_back
from traceability.services.chain.testing import (
    BatchStatus,
    batch_status,
    record_report,
    record_retest,
    redeclare,
    require_passed,
)
from traceability.services.chain.tracing import (
    Dossier,
    Trace,
    board,
    dossier,
    events,
    free_g,
    lot_named,
    lots,
    on_hand,
    plot_shares,
    trace,
)

__all__ = [
    "BatchStatus",
    "CartonAsk",
    "Correction",
    "DispatchLine",
    "Dossier",
    "Leaf",
    "PackAsk",
    "Trace",
    "allowance_of",
    "amend",
    "batch_status",
    "blend",
    "board",
    "count_stock",
    "deliver",
    "destroy",
    "dispatch",
    "dossier",
    "draw_samples",
    "events",
    "fill_cartons",
    "free_g",
    "lot_named",
    "lots",
    "on_hand",
    "pack",
    "pending_deliveries",
    "plot_shares",
    "process_leaf",
    "receive_leaf",
    "receive_leaves",
    "record_plot_work",
    "record_report",
    "record_retest",
    "redeclare",
    "refine",
    "refuse_delivery",
    "require_passed",
    "sell",
    "settle_shortage",
    "settle_transit",
    "shortages",
    "take_back",
    "trace",
    "write_off",
]
