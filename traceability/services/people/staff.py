"""A firm's own people: invited by a manager with a link, given what they may do, switched off, and what they did.

A manager reaches nobody of another firm (they do not exist for them), gives nothing they or the firm do not have, and
a firm keeps one manager who can sign in.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from traceability.domain import errors
from traceability.domain.log import Fact
from traceability.domain.people import (
    ALLOWED,
    GRANTABLE,
    OF_THE_MARK,
    Identity,
    May,
    Role,
    check_grants,
    read_text,
)
from traceability.domain.units import local_day, start_of_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.store import log as log_rows
from traceability.store import people as rows
from traceability.store.people import Invitation, Member
from traceability.store.work import Work

#: A link is good for so long.
INVITED_FOR = timedelta(days=7)

#: What a clerk has when nobody chose.
USUAL = ALLOWED[Role.CLERK] - {May.READ_CHAIN}


def givable(work: Work, *, by: Identity, now: datetime) -> frozenset[May]:
    """What a manager may give in their firm today: what they have, and what the firm has a use for."""
    own = acting.own_firm(work, by, May.KEEP_STAFF)
    given = GRANTABLE & by.permissions
    return given if _authorised(work, own.id, now) else given - OF_THE_MARK


def _authorised(work: Work, enterprise: int, now: datetime) -> bool:
    """Whether the firm has a right to use the mark; a suspension is passing, and takes none away."""
    return rows.rights(work.session, enterprise).in_force(local_day(now)) is not None


# --- inviting -----------------------------------------------------------------------------------------------


@once
def invite(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    token_sha256: str,
    email: str,
    name: str,
    grants: frozenset[May],
    key: str | None = None,
) -> int:
    """Invite a clerk to the desk of one's own firm; the invitation's id. The link holds the token, and only once.

    Raise `AccountTaken`, `GrantExceeded`, `TextMissing`, `TextTooLong`.
    """
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    check_grants(grants, giver=by, authorised=_authorised(work, firm.id, now))
    address, who = read_text(email, "email", longest=160).lower(), read_text(name, "name")
    if rows.email_taken(work.session, address):
        raise errors.AccountTaken(email=address)
    number = rows.add_invitation(
        work.session,
        enterprise=firm.id,
        token_sha256=token_sha256,
        email=address,
        name=who,
        grants=grants,
        at=now,
        by=by.user,
        expires_at=now + INVITED_FOR,
    )
    told = {
        "invitation": number,
        "enterprise": firm.uscc,
        "email": address,
        "name": who,
        "grants": sorted(grants),
    }
    acting.state(work, "staff.invited", by=by, now=now, private=told, shown=False)
    return number


@once
def withdraw_invitation(
    work: Work, *, by: Identity, now: datetime, invitation: int, key: str | None = None
) -> int:
    """Take an invitation of one's own firm back; raise `NotFound`, `InvitationSpent`."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    found = rows.invitation(work.session, number=invitation, lock=True)
    if found is None or found.enterprise != firm.id:
        raise errors.NotFound()
    if found.ended_at is not None:
        raise errors.InvitationSpent()
    rows.end_invitation(work.session, invitation, at=now)
    told = {"invitation": invitation, "enterprise": firm.uscc, "name": found.name}
    acting.state(work, "staff.invitation_withdrawn", by=by, now=now, private=told, shown=False)
    return invitation


def invitation_by_link(work: Work, *, token_sha256: str, now: datetime) -> Invitation:
    """What an invitation says to whoever holds its link; raise `InvitationSpent` for any that cannot be taken up."""
    return _open(rows.invitation(work.session, token_sha256=token_sha256), now)


def _open(found: Invitation | None, now: datetime) -> Invitation:
    if found is None or not found.open_at(now):
        raise errors.InvitationSpent(used=found is not None and found.user is not None)
    return found


def accept_invitation(work: Work, *, now: datetime, token_sha256: str, password_hash: str) -> str:
    """Whoever holds the link becomes a clerk with a password of their own; the sign-in name.

    The link is the right, and is spent with it: of two at once the second raises `InvitationSpent`. What the manager
    who invited has lost meanwhile is not given. Raise `AccountTaken` when somebody took the name meanwhile.
    """
    found = _open(rows.invitation(work.session, token_sha256=token_sha256, lock=True), now)
    if rows.email_taken(work.session, found.email):
        raise errors.AccountTaken(email=found.email)
    giver = rows.identity(work.session, found.invited_by)
    if giver is None or giver.enterprise != found.enterprise:
        raise errors.InvitationSpent()
    made = rows.add_user(
        work.session,
        email=found.email,
        password=password_hash,
        name=found.name,
        role=Role.CLERK,
        enterprise=found.enterprise,
        county=None,
        grants=found.grants & giver.permissions,
    )
    rows.end_invitation(work.session, found.id, at=now, user=made.user)
    told = {"invitation": found.id, "user": made.user, "enterprise": found.enterprise, "name": found.name}
    acting.state(work, "staff.joined", by=made, now=now, private=told, shown=False)
    return found.email


# --- those who are there ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staff:
    """A firm's people, and the invitations that can still be taken up or have run out untaken."""

    members: tuple[Member, ...]
    invitations: tuple[Invitation, ...]


def own_staff(work: Work, *, by: Identity) -> Staff:
    """Everybody of the manager's own firm."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    waiting = [one for one in rows.invitations(work.session, firm.id) if one.ended_at is None]
    return Staff(tuple(rows.staff(work.session, firm.id)), tuple(waiting))


def member(work: Work, *, by: Identity, user: int) -> Member:
    """Somebody of the manager's own firm; raise `NotFound`."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    return _member(rows.staff(work.session, firm.id), user)


def _member(members: list[Member], user: int) -> Member:
    for one in members:
        if one.who.user == user:
            return one
    raise errors.NotFound()


@once
def set_clerk_grants(
    work: Work, *, by: Identity, now: datetime, user: int, grants: frozenset[May], key: str | None = None
) -> int:
    """Set what a clerk of one's own firm may do; raise `NotFound`, `GrantExceeded`. A manager's post is not cut."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    found = _member(_locked(work, by, firm.id), user)
    if found.who.role is not Role.CLERK:
        raise errors.NotFound()
    check_grants(grants, giver=by, authorised=_authorised(work, firm.id, now))
    rows.set_grants(work.session, user, grants)
    told = {"user": user, "name": found.who.name, "enterprise": firm.uscc, "grants": sorted(grants)}
    acting.state(work, "staff.granted", by=by, now=now, private=told, shown=False)
    return user


@once
def set_member_active(
    work: Work, *, by: Identity, now: datetime, user: int, active: bool, key: str | None = None
) -> int:
    """Open or close a sign-in of one's own firm; raise `NotFound`, `LastManager`, `OwnDecision`."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    members = _locked(work, by, firm.id)
    found = _member(members, user)
    if not active and not [one for one in rows.managers(members) if one.who.user != user]:
        raise errors.LastManager()
    if user == by.user:
        raise errors.OwnDecision()
    rows.set_user_active(work.session, user, active)
    kind = "staff.opened" if active else "staff.closed"
    told = {"user": user, "name": found.who.name, "enterprise": firm.uscc}
    acting.state(work, kind, by=by, now=now, private=told, shown=False)
    return user


def _locked(work: Work, by: Identity, enterprise: int) -> list[Member]:
    """The firm's people, locked; raise `NotAllowed` for whoever was closed while they asked."""
    members = rows.staff(work.session, enterprise, lock=True)
    if not any(one.active and one.who.user == by.user for one in members):
        raise errors.NotAllowed(permission=May.KEEP_STAFF.value, role=by.role.value)
    return members


# --- who did what, and when ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doings:
    """One page of what a firm's people did, latest first, and how much there is in all."""

    facts: tuple[Fact, ...]
    total: int
    names: dict[int, str]


def doings(
    work: Work,
    *,
    by: Identity,
    user: int | None = None,
    day: date | None = None,
    page: int = 1,
    size: int = 50,
) -> Doings:
    """What the firm's people did: of one of them, on one day in Asia/Shanghai; raise `NotFound` for another's."""
    firm = acting.own_firm(work, by, May.KEEP_STAFF)
    names = {one.who.user: one.who.name for one in rows.staff(work.session, firm.id)}
    if user is not None and user not in names:
        raise errors.NotFound()
    actors = list(names) if user is None else [user]
    span = (start_of_day(day), start_of_day(day + timedelta(days=1))) if day else None
    total = log_rows.count_facts(work.session, actors=actors, span=span)
    found = log_rows.facts_by(work.session, actors=actors, span=span, skip=(page - 1) * size, most=size)
    return Doings(tuple(found), total, names)
