"""Use cases of the mark ledger: request, confirm and approve, issue, print, void, return."""

from traceability.services.marks.deciding import approve_request, current_key, issue_marks, refuse_request
from traceability.services.marks.printing import (
    PrintJob,
    preview_marks,
    print_marks,
    return_marks,
    void_marks,
)
from traceability.services.marks.reading import (
    IssuedRange,
    counts,
    free_for_request,
    issued_ranges,
    request,
    requests,
)
from traceability.services.marks.requesting import (
    check_room,
    request_in,
    request_marks,
    room,
    withdraw_request,
)

__all__ = [
    "IssuedRange",
    "PrintJob",
    "approve_request",
    "check_room",
    "counts",
    "current_key",
    "free_for_request",
    "issue_marks",
    "issued_ranges",
    "preview_marks",
    "print_marks",
    "refuse_request",
    "request",
    "request_in",
    "request_marks",
    "requests",
    "return_marks",
    "room",
    "void_marks",
    "withdraw_request",
]
