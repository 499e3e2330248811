"""Offices, and sign-ins with their posts."""

from datetime import datetime

from traceability.domain import errors
from traceability.domain.people import (
    Identity,
    May,
    Role,
    check_post,
    read_text,
)
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.store import accounts
from traceability.store import people as rows
from traceability.store.work import Work


def found_offices(work: Work, *, by: Identity, now: datetime) -> None:
    """Put the profile's thirteen offices into the books; those there already stay."""
    by.require(May.KEEP_PEOPLE)
    profile = work.profile
    offices = [(profile.prefecture.code, profile.prefecture.bureau_zh)]
    offices += [(county.code, county.bureau_zh) for county in profile.counties]
    rows.put_offices(work.session, offices)
    acting.state(work, "offices.founded", by=by, now=now, public={"offices": [code for code, _ in offices]})


def offices(work: Work, *, by: Identity) -> list[tuple[str, str, str | None]]:
    """(code, name, telephone) of the thirteen offices."""
    by.require(May.KEEP_PEOPLE)
    return rows.offices(work.session)


@once
def set_office_telephone(
    work: Work, *, by: Identity, now: datetime, code: str, telephone: str, key: str | None = None
) -> int:
    """Change an office's telephone."""
    by.require(May.KEEP_PEOPLE)
    if not rows.set_office_telephone(work.session, code, read_text(telephone, "telephone", longest=40)):
        raise errors.NotFound()
    acting.state(work, "office.changed", by=by, now=now, public={"office": code, "telephone": telephone})
    return int(code)


#: Who does things when nobody has signed in yet: founding the books.
FOUNDER = Identity(0, "founder", Role.ADMINISTRATOR)


@once
def create_user(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    email: str,
    password_hash: str,
    name: str,
    role: Role,
    enterprise: int | None = None,
    county: str | None = None,
    key: str | None = None,
) -> int:
    """A new sign-in; its id. For an officer, `enterprise` is a firm they are tied to."""
    by.require(May.KEEP_PEOPLE)
    check_post(role, enterprise, county)
    if county is not None:
        work.profile.county(county)
    if enterprise is not None and rows.enterprise(work.session, enterprise, within=EVERYTHING) is None:
        raise errors.NotFound()
    address = read_text(email, "email", longest=160).lower()
    if rows.email_taken(work.session, address):
        raise errors.AccountTaken(email=address)
    made = rows.add_user(
        work.session,
        email=address,
        password=password_hash,
        name=read_text(name, "name"),
        role=role,
        enterprise=enterprise,
        county=county,
    )
    told = {"user": made.user, "role": role, "county": county, "enterprise": enterprise}
    acting.state(work, "user.created", by=by, now=now, private={**told, "email": address})
    return made.user


def users(work: Work, *, by: Identity) -> list[tuple[str, bool, Identity]]:
    """(sign-in name, active, who) of everybody."""
    by.require(May.KEEP_PEOPLE)
    return rows.users(work.session)


def user(work: Work, *, by: Identity, user: int) -> tuple[str, Identity]:
    """(sign-in name, who) of one; raise `NotFound`."""
    found = next((one for one in users(work, by=by) if one[2].user == user), None)
    if found is None:
        raise errors.NotFound()
    return found[0], found[2]


@once
def set_user_active(
    work: Work, *, by: Identity, now: datetime, user: int, active: bool, key: str | None = None
) -> int:
    """Open or close a sign-in; nobody closes their own."""
    by.require(May.KEEP_PEOPLE)
    if user == by.user:
        raise errors.OwnDecision()
    if not rows.set_user_active(work.session, user, active):
        raise errors.NotFound()
    acting.state(work, "user.opened" if active else "user.closed", by=by, now=now, private={"user": user})
    return user


@once
def reset_second_factor(work: Work, *, by: Identity, now: datetime, user: int, key: str | None = None) -> int:
    """Let somebody who lost their authenticator set up another at the next sign-in; raise `NotFound`.

    Every session of theirs ends.
    """
    by.require(May.KEEP_PEOPLE)
    if not accounts.reset_second_factor(work.session, user):
        raise errors.NotFound()
    acting.state(work, "user.second_factor_reset", by=by, now=now, private={"user": user}, shown=False)
    return user


def set_password(work: Work, *, by: Identity, now: datetime, user: int, password_hash: str) -> int:
    """Give somebody who forgot theirs another password; every session of theirs ends. Raise `NotFound`."""
    by.require(May.KEEP_PEOPLE)
    if not accounts.set_password(work.session, user, password_hash=password_hash):
        raise errors.NotFound()
    acting.state(work, "user.password_set", by=by, now=now, private={"user": user}, shown=False)
    return user


def give_second_factor(work: Work, *, user: int, sealed: str) -> None:
    """Set up a second factor for somebody who holds its key already; a note, as everything the sign-in keeps."""
    accounts.give_second_factor(work.session, user, sealed=sealed)


def count_wrong_code(work: Work, *, user: int, now: datetime) -> None:
    """A wrong code was typed; a note."""
    accounts.count_wrong_code(work.session, user, at=now)


def identity_of(work: Work, user: int) -> Identity | None:
    """Somebody signed in, by id; None once their sign-in is closed."""
    return rows.identity(work.session, user)


def identity_named(work: Work, email: str) -> Identity:
    """Somebody named by `--as`; raise `NotFound`."""
    found = rows.identity_by_email(work.session, email)
    if found is None:
        raise errors.NotFound()
    return found


def is_empty(work: Work) -> bool:
    """Whether the books hold nothing yet."""
    return rows.is_empty(work.session)
