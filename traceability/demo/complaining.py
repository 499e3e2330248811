"""The complaint of the worked example (domain.md §8.7): a dull colour, answered on day 3, closed on day 12."""

from traceability.demo.stage import Firm, Stage, Story
from traceability.domain.complaints import ComplaintChannel, ComplaintKind, ComplaintOutcome
from traceability.services import complaints


def complain(stage: Stage, firm: Firm, serial: int) -> Story:
    """A buyer of the online store turns to 12315; the retained sample is looked at again."""
    yield stage.later(2, 10)
    number = stage.book(
        complaints.record_complaint,
        by=firm.hand,
        channel=ComplaintChannel.HOTLINE,
        kind=ComplaintKind.TASTE,
        words="汤色偏暗，与上次购买的不同",
        about=f"{serial:010d}",
        source_no="QN12315-2026-0419",
    )
    yield stage.later(3, 15)
    answer = "已联系顾客说明冲泡水温，并取留样复检"
    stage.book(complaints.answer_complaint, by=firm.hand, complaint=number, words=answer)
    yield stage.later(9, 10)
    stage.book(
        complaints.close_complaint,
        by=firm.manager,
        complaint=number,
        outcome=ComplaintOutcome.EXPLAINED,
        words="留样复检各项合格，顾客接受说明",
    )
