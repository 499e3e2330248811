"""How many marks every month of a season moved from one state to the next, reckoned by the database at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, select, union
from sqlalchemy.orm import Session

from traceability.domain.marks import MarkAction
from traceability.domain.marks.months import Moved, first_days
from traceability.domain.units import start_of_day
from traceability.store.books import Asked
from traceability.store.marks.rows import ActionRow, IssueRow
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import EnterpriseRow


def moved_by_month(session: Session, asked: Asked) -> list[Moved]:
    """Every move of the marks within reach up to the end of the season, as known then, by month.

    An issued range falls into parts wherever an action began or ended in it; on a part each action follows the one
    before. So what was done before is the row before, and no mark is looked at twice, however many are in a part.
    """
    acts = (
        select(ActionRow.id, ActionRow.issue_id, ActionRow.action, ActionRow.first, ActionRow.last)
        .add_columns(_month([start_of_day(day) for day in first_days(asked.season)]).label("month"))
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(ActionRow.happened_at < asked.before, enterprise_within(asked.within))
        .where(asked.known(ActionRow.recorded_at))
        .cte("acts")
    )
    cuts = union(
        select(acts.c.issue_id, acts.c.first.label("start")),
        select(acts.c.issue_id, (acts.c.last + 1).label("start")),
    ).cte("cuts")
    ends = func.lead(cuts.c.start).over(partition_by=cuts.c.issue_id, order_by=cuts.c.start)
    parts = select(cuts.c.issue_id, cuts.c.start, ends.label("ends")).cte("parts")
    was = func.lag(acts.c.action).over(partition_by=[parts.c.issue_id, parts.c.start], order_by=acts.c.id)
    steps = (
        select(acts.c.month, was.label("was"), acts.c.action, (parts.c.ends - parts.c.start).label("marks"))
        .join(parts, parts.c.issue_id == acts.c.issue_id)
        .where(acts.c.first <= parts.c.start, acts.c.last >= parts.c.start)
        .cte("steps")
    )
    key = (steps.c.month, steps.c.was, steps.c.action)
    query = select(*key, cast(func.sum(steps.c.marks), BigInteger)).group_by(*key)
    return [
        Moved(month, MarkAction(before) if before else None, MarkAction(action), marks)
        for month, before, action, marks in session.execute(query)
    ]


def _month(starts: Sequence[datetime]) -> ColumnElement[int]:
    """The month of a season an action happened in, 0 for before it."""
    return case(*((ActionRow.happened_at < start, month) for month, start in enumerate(starts)), else_=13)
