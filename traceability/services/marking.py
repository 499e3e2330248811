"""Acting on ranges of marks: find the spans, take the action, keep the projection. Not called from a door."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from traceability.domain import errors, marks
from traceability.domain.marks import NOTHING_SAID, STEPS, Act, Issue, MarkAction, Said, SerialRange, Span
from traceability.domain.people import Identity
from traceability.services import acting
from traceability.store import marks as rows
from traceability.store.work import Work


def find_spans(work: Work, issues: Iterable[Issue], ranges: Sequence[SerialRange]) -> list[Span]:
    """The spans that make up these ranges; raise `MarksUnknown` unless every serial was issued in one of them."""
    inside: list[Span] = []
    for issue in issues:
        for one in ranges:
            if one.overlaps(issue.range):
                inside += marks.cut(rows.spans_touching(work.session, issue.id, one), [one])[0]
    if sum(len(span.range) for span in inside) != marks.count(ranges):
        raise errors.MarksUnknown(serials=", ".join(str(one) for one in ranges)[:80])
    return inside


def take_action(
    work: Work,
    action: MarkAction,
    spans: Sequence[Span],
    *,
    by: Identity,
    at: datetime,
    now: datetime,
    ranges: Sequence[SerialRange],
    pack_lot: int | None = None,
    printed_for: date | None = None,
    said: Said = NOTHING_SAID,
) -> None:
    """Check who, whether and what was said; add an action row per range and issue, move the spans on, keep one fact."""
    by.require(STEPS[action].who)
    rows.lock_issues(work.session, (span.issue for span in spans))
    marks.check_step(action, spans)
    said = marks.check_said(action, said, ranges)
    for act in _acts(action, spans, pack_lot, printed_for):
        rows.add_action(work.session, act, said=said, happened_at=at, recorded_at=now, by=by.user)
        _project(work, act)
    told = {
        "serials": [[one.first, one.last] for one in ranges],
        "count": marks.count(ranges),
        "printed_for": printed_for,
    }
    private = {"reason": said.reason, "witness": said.witness, "lot": pack_lot}
    acting.state(work, f"marks.{action.value}", by=by, now=now, at=at, public=told, private=private)


def _acts(
    action: MarkAction, spans: Sequence[Span], pack_lot: int | None, printed_for: date | None
) -> list[Act]:
    return [
        Act(issue, action, part, pack_lot, printed_for)
        for issue in dict.fromkeys(span.issue for span in spans)
        for part in marks.joined(span.range for span in spans if span.issue == issue)
    ]


def _project(work: Work, act: Act) -> None:
    """Move the spans the action is about, and join them with their neighbours; all others stay as they are."""
    was = rows.spans_touching(work.session, act.issue, act.range)
    inside, outside = marks.cut(was, [act.range])
    now = marks.merged([*outside, *(marks.after(span, act) for span in inside)])
    rows.put_spans(work.session, was, now)
