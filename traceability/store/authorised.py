"""Rights to use the mark across firms: those in force, suspensions beside them, and when they were used last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from traceability.domain.marks import MarkAction
from traceability.domain.people import Authorisation, Within
from traceability.store.marks import ActionRow, IssueRow
from traceability.store.people import (
    AuthorisationRow,
    EnterpriseRow,
    SuspensionRow,
    authorisation_of,
    enterprise_within,
)


@dataclass(frozen=True, slots=True)
class InForce:
    """A right in force: whose, and what was announced; `suspended_since` while its use is stopped."""

    enterprise: int
    name: str
    uscc: str
    county: str
    right: Authorisation
    suspended_since: datetime | None


def in_force(session: Session, *, within: Within, day: date, at: datetime) -> list[InForce]:
    """Rights in force on a day, by county and firm, as they stand at a moment.

    Of one firm and one right the one announced last: it takes the place of those before.
    """
    stopped = and_(
        SuspensionRow.enterprise_id == EnterpriseRow.id,
        SuspensionRow.since <= at,
        or_(SuspensionRow.lifted_at.is_(None), SuspensionRow.lifted_at > at),
    )
    query = (
        select(AuthorisationRow, EnterpriseRow, SuspensionRow.since)
        .join(EnterpriseRow, EnterpriseRow.id == AuthorisationRow.enterprise_id)
        .outerjoin(SuspensionRow, stopped)
        .where(
            enterprise_within(within),
            AuthorisationRow.valid_from <= day,
            AuthorisationRow.valid_until >= day,
            or_(AuthorisationRow.withdrawn_on.is_(None), AuthorisationRow.withdrawn_on > day),
        )
        .order_by(EnterpriseRow.county, EnterpriseRow.id, AuthorisationRow.id)
    )
    found = {
        (firm.id, row.right_basis): InForce(
            firm.id, firm.name, firm.uscc, firm.county, authorisation_of(row), since
        )
        for row, firm, since in session.execute(query)
    }
    return list(found.values())


def granted_to(session: Session, enterprises: Iterable[int]) -> dict[int, list[Authorisation]]:
    """Everything that was ever announced of these firms, in the order it was."""
    query = (
        select(AuthorisationRow)
        .where(AuthorisationRow.enterprise_id.in_(set(enterprises)))
        .order_by(AuthorisationRow.id)
    )
    found: dict[int, list[Authorisation]] = {}
    for row in session.scalars(query):
        found.setdefault(row.enterprise_id, []).append(authorisation_of(row))
    return found


def last_applied(session: Session, enterprises: Iterable[int]) -> dict[int, datetime]:
    """When each of these firms last put marks on packs; firms that never did are left out."""
    query = (
        select(IssueRow.enterprise_id, func.max(ActionRow.happened_at))
        .join(IssueRow, IssueRow.id == ActionRow.issue_id)
        .where(ActionRow.action == MarkAction.APPLY.value, IssueRow.enterprise_id.in_(set(enterprises)))
        .group_by(IssueRow.enterprise_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
