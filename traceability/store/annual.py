"""What the annual report of mark use counts, within an office's reach and a calendar year in Shanghai."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from traceability.store.books import Asked
from traceability.store.chain.rows import LotRow
from traceability.store.complaints import ComplaintRow, ComplaintStepRow
from traceability.store.marks.rows import ActionRow, IssueRow, RequestLineRow, RequestRow
from traceability.store.oversight import FindingRow
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import AuthorisationRow, EnterpriseRow, ProductRow
from traceability.store.recalled import RecallLotRow
from traceability.store.recalls import RecallRow


@dataclass(frozen=True, slots=True)
class Use:
    """Marks of one product of a firm: asked for, and by action; `net_content_g` in grams."""

    firm: str
    county: str
    product: str
    net_content_g: int
    asked: int
    done: dict[str, int]

    @property
    def marked_g(self) -> int:
        """Net content of the packs they were applied to."""
        return (self.done.get("apply", 0) - self.done.get("unuse", 0)) * self.net_content_g


def uses(session: Session, asked: Asked) -> list[Use]:
    """Every product marks were asked for, issued or used in the year, by firm."""
    requested = _requested(session, asked)
    done = _done(session, asked)
    query = (
        select(
            ProductRow.id, EnterpriseRow.name, EnterpriseRow.county, ProductRow.name, ProductRow.net_content_g
        )
        .join(EnterpriseRow, EnterpriseRow.id == ProductRow.enterprise_id)
        .where(enterprise_within(asked.within))
        .order_by(EnterpriseRow.county, EnterpriseRow.id, ProductRow.id)
    )
    return [
        Use(firm, county, name, net, requested.get(number, 0), done.get(number, {}))
        for number, firm, county, name, net in session.execute(query)
        if number in requested or number in done
    ]


def _requested(session: Session, asked: Asked) -> dict[int, int]:
    query = (
        select(RequestLineRow.product_id, func.sum(RequestLineRow.packs + RequestLineRow.spares))
        .join(RequestRow, RequestRow.id == RequestLineRow.request_id)
        .join(EnterpriseRow, EnterpriseRow.id == RequestRow.enterprise_id)
        .where(RequestRow.filed_at >= asked.since, RequestRow.filed_at < asked.before)
        .where(enterprise_within(asked.within))
        .group_by(RequestLineRow.product_id)
    )
    return {product: int(marks) for product, marks in session.execute(query)}


def _done(session: Session, asked: Asked) -> dict[int, dict[str, int]]:
    query = (
        select(IssueRow.product_id, ActionRow.action, func.sum(ActionRow.last - ActionRow.first + 1))
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .join(EnterpriseRow, EnterpriseRow.id == IssueRow.enterprise_id)
        .where(ActionRow.happened_at >= asked.since, ActionRow.happened_at < asked.before)
        .where(enterprise_within(asked.within))
        .group_by(IssueRow.product_id, ActionRow.action)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for product, action, marks in session.execute(query):
        found[product][action] = int(marks)
    return found


def rights(session: Session, asked: Asked) -> list[tuple[str, str, str, date, date, date | None]]:
    """(firm, county, announcement, first day, last day, withdrawn on) of every right in force in the year."""
    first, last = date(asked.season, 1, 1), date(asked.season, 12, 31)
    query = (
        select(
            EnterpriseRow.name,
            EnterpriseRow.county,
            AuthorisationRow.announcement_no,
            AuthorisationRow.valid_from,
            AuthorisationRow.valid_until,
            AuthorisationRow.withdrawn_on,
        )
        .join(EnterpriseRow, EnterpriseRow.id == AuthorisationRow.enterprise_id)
        .where(AuthorisationRow.valid_from <= last, AuthorisationRow.valid_until >= first)
        .where(AuthorisationRow.withdrawn_on.is_(None) | (AuthorisationRow.withdrawn_on > first))
        .where(enterprise_within(asked.within))
        .order_by(EnterpriseRow.county, EnterpriseRow.id, AuthorisationRow.id)
    )
    return [
        (firm, county, no, since, until, withdrawn)
        for firm, county, no, since, until, withdrawn in session.execute(query)
    ]


def findings(session: Session, asked: Asked) -> list[tuple[str, str, int]]:
    """(code, state, how many) of the findings of the year."""
    query = (
        select(FindingRow.code, FindingRow.state, func.count())
        .where(FindingRow.recorded_at >= asked.since, FindingRow.recorded_at < asked.before)
        .group_by(FindingRow.code, FindingRow.state)
        .order_by(FindingRow.code, FindingRow.state)
    )
    if asked.within.county is not None:
        query = query.where(FindingRow.county == asked.within.county)
    return [(code, state, int(n)) for code, state, n in session.execute(query)]


def recalls(session: Session, asked: Asked) -> list[tuple[datetime, str, str, str, str, int]]:
    """(ordered at, firm or what was recalled, county, class, reason, lots reached) of the recalls of the year.

    A recall counts where the firms are whose lots it reaches, since that of a plot is no firm's.
    """
    reaching = (
        select(RecallLotRow.recall_id)
        .join(LotRow, LotRow.id == RecallLotRow.lot_id)
        .join(EnterpriseRow, EnterpriseRow.id == LotRow.origin_id)
        .where(enterprise_within(asked.within))
    )
    lots = select(func.count()).select_from(RecallLotRow).where(RecallLotRow.recall_id == RecallRow.id)
    reached = lots.correlate(RecallRow).scalar_subquery()
    query = (
        select(
            RecallRow.ordered_at,
            func.coalesce(EnterpriseRow.name, RecallRow.subject),
            func.coalesce(EnterpriseRow.county, ""),
            RecallRow.grade,
            RecallRow.reason,
            reached,
        )
        .join(EnterpriseRow, EnterpriseRow.id == RecallRow.enterprise_id, isouter=True)
        .where(RecallRow.ordered_at >= asked.since, RecallRow.ordered_at < asked.before)
        .where(RecallRow.id.in_(reaching))
        .order_by(RecallRow.ordered_at)
    )
    return [
        (at, firm, county, grade, why, int(n)) for at, firm, county, grade, why, n in session.execute(query)
    ]


def complaints(session: Session, asked: Asked) -> list[tuple[str, str, int]]:
    """(kind, outcome or empty, how many) of the complaints received in the year."""
    later = aliased(ComplaintStepRow)
    last = (
        select(func.max(later.id))
        .where(later.complaint_id == ComplaintRow.id)
        .correlate(ComplaintRow)
        .scalar_subquery()
    )
    outcome = func.coalesce(ComplaintStepRow.outcome, "")
    query = (
        select(ComplaintRow.kind, outcome, func.count())
        .join(EnterpriseRow, EnterpriseRow.id == ComplaintRow.enterprise_id)
        .outerjoin(ComplaintStepRow, ComplaintStepRow.id == last)
        .where(ComplaintRow.received_at >= asked.since, ComplaintRow.received_at < asked.before)
        .where(enterprise_within(asked.within))
        .group_by(ComplaintRow.kind, outcome)
        .order_by(ComplaintRow.kind)
    )
    return [(kind, told, int(n)) for kind, told, n in session.execute(query)]
