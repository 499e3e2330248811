"""Acting on ranges of marks: find the spans, take the action, keep the projection. Not called from a door."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from traceability.domain import errors, marks
from traceability.domain.marks import STEPS, Act, Issue, MarkAction, SerialRange, Span
from traceability.domain.people import Identity
from traceability.services import acting
from traceability.store import marks as rows
from traceability.store.work import Work


def find_spans(work: Work, issues: Iterable[Issue], ranges: Sequence[SerialRange]) -> list[Span]:
    """The spans that make up these ranges; raise `MarksUnknown` unless every serial was issued in one of them."""
    spans = [span for issue in issues for span in rows.spans(work.session, issue=issue.id)]
    inside, _ = marks.cut(spans, ranges)
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
    reason: str | None = None,
) -> None:
    """Check the step, add one action row per range and issue, move the projection on, keep one fact."""
    rows.lock_issues(work.session, (span.issue for span in spans))
    marks.check_step(action, spans)
    if STEPS[action].reason and not (reason and reason.strip()):
        raise errors.ReasonMissing()
    acts = [
        Act(issue, action, part, pack_lot, printed_for)
        for issue in dict.fromkeys(span.issue for span in spans)
        for part in _joined(span.range for span in spans if span.issue == issue)
    ]
    for act in acts:
        rows.add_action(work.session, act, reason=reason, happened_at=at, recorded_at=now, by=by.user)
    _project(work, acts)
    told = {
        "serials": [[one.first, one.last] for one in ranges],
        "count": marks.count(ranges),
        "printed_for": printed_for,
    }
    acting.state(
        work,
        f"marks.{action.value}",
        by=by,
        now=now,
        at=at,
        public=told,
        private={"reason": reason, "lot": pack_lot},
    )


def _joined(parts: Iterable[SerialRange]) -> list[SerialRange]:
    """Neighbouring ranges as one: an action over several spans is one row."""
    joined: list[SerialRange] = []
    for part in sorted(parts):
        if joined and joined[-1].last + 1 == part.first:
            joined[-1] = SerialRange(joined[-1].first, part.last)
        else:
            joined.append(part)
    return joined


def _project(work: Work, acts: Sequence[Act]) -> None:
    for issue in dict.fromkeys(act.issue for act in acts):
        spans = rows.spans(work.session, issue=issue)
        for act in acts:
            if act.issue == issue:
                inside, outside = marks.cut(spans, [act.range])
                spans = marks.merged([*outside, *(marks.after(span, act) for span in inside)])
        rows.put_spans(work.session, issue, spans)
