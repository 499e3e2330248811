"""Offices and sign-ins."""

from collections.abc import Iterable

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import Session

from traceability.domain.people import (
    Identity,
    May,
    Role,
)
from traceability.store.accounts import UserRow
from traceability.store.people.rows import EnterpriseRow, OfficeRow


def put_offices(session: Session, offices: Iterable[tuple[str, str]]) -> None:
    """The prefecture's office and the twelve, from the profile; those there already are left alone."""
    known = set(session.scalars(select(OfficeRow.code)))
    session.add_all(OfficeRow(code=code, name=name) for code, name in offices if code not in known)


def offices(session: Session) -> list[tuple[str, str, str | None]]:
    """(code, name, telephone) of every office."""
    return [
        (row.code, row.name, row.telephone)
        for row in session.scalars(select(OfficeRow).order_by(OfficeRow.code))
    ]


def set_office_telephone(session: Session, code: str, telephone: str) -> bool:
    """Change an office's telephone; whether there is such an office."""
    row = session.get(OfficeRow, code)
    if row is not None:
        row.telephone = telephone
    return row is not None


def add_user(
    session: Session,
    *,
    email: str,
    password: str,
    name: str,
    role: Role,
    enterprise: int | None,
    county: str | None,
    grants: frozenset[May] | None = None,
) -> Identity:
    """A new sign-in; `password` is a hash."""
    row = UserRow(
        email=email,
        password=password,
        name=name,
        role=role.value,
        enterprise_id=enterprise,
        county=county,
        grants=None if grants is None else written(grants),
        active=True,
    )
    session.add(row)
    session.flush()
    return identity_of(row)


def identity_of(row: UserRow) -> Identity:
    """A user's row as who they are."""
    grants = None if row.grants is None else read_grants(row.grants)
    return Identity(row.id, row.name, Role(row.role), row.enterprise_id, row.county, grants)


def written(grants: Iterable[May]) -> str:
    """Permissions as a column keeps them."""
    return " ".join(sorted(one.value for one in grants))


def read_grants(text: str) -> frozenset[May]:
    """Permissions as a column kept them; one that is known no more gives nothing."""
    return frozenset(May(one) for one in text.split() if one in list(May))


def identity(session: Session, user: int) -> Identity | None:
    """Somebody by id."""
    row = session.get(UserRow, user)
    return identity_of(row) if row and row.active else None


def identity_by_email(session: Session, email: str) -> Identity | None:
    """Somebody by sign-in name, as `--as` names them."""
    row = session.scalars(select(UserRow).where(UserRow.email == email.strip().lower())).first()
    return identity_of(row) if row and row.active else None


def user_name(session: Session, user: int) -> str:
    """What somebody is called; "" for nobody."""
    return session.scalar(select(UserRow.name).where(UserRow.id == user)) or ""


def email_taken(session: Session, email: str) -> bool:
    """Whether the sign-in name is in use, closed sign-ins included."""
    return session.scalar(select(UserRow.id).where(UserRow.email == email)) is not None


def users(session: Session) -> list[tuple[str, bool, Identity]]:
    """(sign-in name, active, who) of everybody."""
    rows = session.scalars(select(UserRow).order_by(UserRow.id))
    return [(row.email, row.active, identity_of(row)) for row in rows]


def set_user_active(session: Session, user: int, active: bool) -> bool:
    """Open or close a sign-in; whether there is such a user."""
    row = session.get(UserRow, user)
    if row is not None:
        row.active = active
    return row is not None


def is_empty(session: Session) -> bool:
    """Whether nobody and nothing is in the books yet."""
    return (
        session.scalar(select(UserRow.id).limit(1)) is None
        and session.scalar(select(EnterpriseRow.id).limit(1)) is None
    )
