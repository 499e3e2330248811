"""The people of one firm, and invitations to its desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from traceability.domain.people import FIRM_ROLES, Identity, May, Role
from traceability.store.accounts import UserRow
from traceability.store.people.rows import EnterpriseRow, InvitationRow
from traceability.store.people.users import identity_of, read_grants, written


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a firm: who they are, by what they sign in, and whether they can."""

    who: Identity
    email: str
    active: bool


def _staff(enterprise: int) -> Select[UserRow]:
    posts = [role.value for role in FIRM_ROLES]
    return select(UserRow).where(UserRow.enterprise_id == enterprise, UserRow.role.in_(posts))


def staff(session: Session, enterprise: int, *, lock: bool = False) -> list[Member]:
    """Everybody with a post in a firm; `lock` makes other changes to any of them wait."""
    query = _staff(enterprise).order_by(UserRow.id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return [Member(identity_of(row), row.email, row.active) for row in session.scalars(query)]


def managers(members: Iterable[Member]) -> list[Member]:
    """Those managers among them who can sign in."""
    return [one for one in members if one.active and one.who.role is Role.MANAGER]


def set_grants(session: Session, user: int, grants: frozenset[May]) -> None:
    """Set what a clerk may do; the caller has locked the firm's people."""
    session.get_one(UserRow, user).grants = written(grants)
    session.flush()


# --- invitations --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation as read; `firm` is the name of the firm that invites."""

    id: int
    enterprise: int
    firm: str
    email: str
    name: str
    grants: frozenset[May]
    invited_at: datetime
    invited_by: int
    expires_at: datetime
    ended_at: datetime | None
    user: int | None

    def open_at(self, moment: datetime) -> bool:
        """Whether it can be taken up at a moment."""
        return self.ended_at is None and moment < self.expires_at


def add_invitation(
    session: Session,
    *,
    enterprise: int,
    token_sha256: str,
    email: str,
    name: str,
    grants: frozenset[May],
    at: datetime,
    by: int,
    expires_at: datetime,
) -> int:
    """Keep an invitation; its id."""
    row = InvitationRow(
        enterprise_id=enterprise,
        token_sha256=token_sha256,
        email=email,
        name=name,
        grants=written(grants),
        invited_at=at,
        invited_by=by,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id


def _read(query: Select[InvitationRow, str], session: Session) -> list[Invitation]:
    return [
        Invitation(
            row.id,
            row.enterprise_id,
            firm,
            row.email,
            row.name,
            read_grants(row.grants),
            row.invited_at,
            row.invited_by,
            row.expires_at,
            row.ended_at,
            row.user_id,
        )
        for row, firm in session.execute(query)
    ]


def _invitations() -> Select[InvitationRow, str]:
    return select(InvitationRow, EnterpriseRow.name).join(
        EnterpriseRow, EnterpriseRow.id == InvitationRow.enterprise_id
    )


def invitations(session: Session, enterprise: int) -> list[Invitation]:
    """A firm's invitations, latest first."""
    query = _invitations().where(InvitationRow.enterprise_id == enterprise)
    return _read(query.order_by(InvitationRow.id.desc()), session)


def invitation(
    session: Session, *, token_sha256: str | None = None, number: int | None = None, lock: bool = False
) -> Invitation | None:
    """An invitation by its link or its id; `lock` makes another use of it wait."""
    named = InvitationRow.token_sha256 == token_sha256 if number is None else InvitationRow.id == number
    query = _invitations().where(named)
    if lock:
        query = query.with_for_update(of=InvitationRow, key_share=True).execution_options(
            populate_existing=True
        )
    return next(iter(_read(query, session)), None)


def end_invitation(session: Session, number: int, *, at: datetime, user: int | None = None) -> None:
    """It was taken up by somebody, or withdrawn."""
    row = session.get_one(InvitationRow, number)
    row.ended_at, row.user_id = at, user
    session.flush()
