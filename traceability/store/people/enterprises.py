"""Enterprises, the parties whose stock is kept, and rights to the mark."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from traceability.domain.people import (
    Authorisation,
    Enterprise,
    Party,
    Rights,
    Suspension,
    Within,
)
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.store.people.rows import AuthorisationRow, EnterpriseRow, PartyRow, SuspensionRow
from traceability.store.prepared import Prepared


def enterprise_within(within: Within) -> ColumnElement[bool]:
    """The condition that an enterprise lies within somebody's reach."""
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EnterpriseRow.id == within.enterprise if within.enterprise is not None else false()


def _enterprise(row: EnterpriseRow, party: int) -> Enterprise:
    return Enterprise(row.id, row.name, row.uscc, row.county, row.sc_no, party)


def _enterprises() -> Select[EnterpriseRow, int]:
    return select(EnterpriseRow, PartyRow.id).join(PartyRow, PartyRow.enterprise_id == EnterpriseRow.id)


def add_enterprise(
    session: Session,
    *,
    name: str,
    uscc: str,
    county: str,
    sc_no: str | None,
    override: str | None,
    at: datetime,
    by: int,
    place: str,
) -> Enterprise:
    """Register a firm, and the party its stock is kept under."""
    row = EnterpriseRow(
        name=name,
        uscc=uscc,
        county=county,
        sc_no=sc_no,
        uscc_override=override,
        registered_at=at,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return _enterprise(row, add_party(session, name=name, place=place, enterprise=row.id).id)


_FIRM = Prepared(
    lambda _sql: (
        select(
            EnterpriseRow.id,
            EnterpriseRow.name,
            EnterpriseRow.uscc,
            EnterpriseRow.county,
            EnterpriseRow.sc_no,
            PartyRow.id,
        )
        .join(PartyRow, PartyRow.enterprise_id == EnterpriseRow.id)
        .where(EnterpriseRow.id == bindparam("of", type_=BigInteger))
    )
)


def enterprise(session: Session, number: int, *, within: Within) -> Enterprise | None:
    """A firm by its id."""
    session.flush()
    found = next((Enterprise(*one) for one in _FIRM.rows(session, of=number)), None)
    return found if found and _lies(found, within) else None


def _lies(firm: Enterprise, within: Within) -> bool:
    """As `enterprise_within` has it."""
    if within.everything:
        return True
    return firm.county == within.county if within.county is not None else firm.id == within.enterprise


def enterprise_by_uscc(session: Session, uscc: str, *, within: Within) -> Enterprise | None:
    """A firm by its unified social credit code."""
    found = session.execute(
        _enterprises().where(EnterpriseRow.uscc == uscc, enterprise_within(within))
    ).first()
    return _enterprise(*found) if found else None


def enterprises(session: Session, *, within: Within) -> list[Enterprise]:
    """Firms by name."""
    rows = session.execute(_enterprises().where(enterprise_within(within)).order_by(EnterpriseRow.id))
    return [_enterprise(*row) for row in rows]


def firms_by_id(session: Session, numbers: Iterable[int]) -> dict[int, Enterprise]:
    """Firms by id, in one question; who asks has to know that they are within reach."""
    rows = session.execute(_enterprises().where(EnterpriseRow.id.in_(set(numbers))))
    return {row.id: _enterprise(row, party) for row, party in rows}


def lock_enterprise(session: Session, number: int) -> None:
    """Let no other change of this firm's requests or rights run beside this one."""
    firm = select(EnterpriseRow.id).where(EnterpriseRow.id == number)
    session.execute(firm.with_for_update(key_share=True))


def add_party(
    session: Session, *, name: str, place: str, enterprise: int | None = None, kept_by: int | None = None
) -> Party:
    """A holder of stock."""
    row = PartyRow(name=name, place=place, enterprise_id=enterprise, kept_by=kept_by)
    session.add(row)
    session.flush()
    return party_of(row)


def party_of(row: PartyRow) -> Party:
    """A party's row as its value; for the store's own modules."""
    return Party(row.id, row.name, row.place, row.enterprise_id, row.kept_by)


def party(session: Session, number: int) -> Party | None:
    """A party by its id."""
    row = session.get(PartyRow, number)
    return party_of(row) if row else None


def parties_kept_by(session: Session, enterprise: int) -> list[Party]:
    """The outside consignees of one firm."""
    rows = session.scalars(select(PartyRow).where(PartyRow.kept_by == enterprise).order_by(PartyRow.name))
    return [party_of(row) for row in rows]


def consignees(session: Session, enterprise: int) -> list[Party]:
    """Whom a firm can send to: every other firm here, and its own outside consignees."""
    others = (PartyRow.enterprise_id.is_not(None)) & (PartyRow.enterprise_id != enterprise)
    rows = session.scalars(
        select(PartyRow).where(or_(others, PartyRow.kept_by == enterprise)).order_by(PartyRow.name)
    )
    return [party_of(row) for row in rows]


def rights(session: Session, enterprise: int) -> Rights:
    """Every authorisation and suspension of a firm."""
    granted = session.scalars(
        select(AuthorisationRow)
        .where(AuthorisationRow.enterprise_id == enterprise)
        .order_by(AuthorisationRow.id)
    )
    stops = session.scalars(
        select(SuspensionRow).where(SuspensionRow.enterprise_id == enterprise).order_by(SuspensionRow.id)
    )
    return Rights(
        tuple(authorisation_of(row) for row in granted),
        tuple(Suspension(row.since, row.reason, row.lifted_at) for row in stops),
    )


def authorisation_of(row: AuthorisationRow) -> Authorisation:
    """A decision's row as its value; for the store's own modules."""
    scope = tuple(Grade(one) for one in row.scope.split(","))
    return Authorisation(
        row.announcement_no,
        row.right_basis,
        scope,
        row.valid_from,
        row.valid_until,
        row.withdrawn_on,
        local_day(row.decided_at),
    )


def add_authorisation(
    session: Session, enterprise: int, granted: Authorisation, *, at: datetime, by: int
) -> None:
    """Keep a decision that a firm may use the mark."""
    session.add(
        AuthorisationRow(
            enterprise_id=enterprise,
            announcement_no=granted.announcement_no,
            right_basis=granted.right_basis,
            scope=",".join(grade.value for grade in granted.scope),
            valid_from=granted.valid_from,
            valid_until=granted.valid_until,
            decided_at=at,
            decided_by=by,
        )
    )


def withdraw_authorisations(session: Session, enterprise: int, day: date) -> int:
    """End every authorisation in force from that day on; how many."""
    rows = session.scalars(
        select(AuthorisationRow).where(
            AuthorisationRow.enterprise_id == enterprise,
            AuthorisationRow.withdrawn_on.is_(None),
            AuthorisationRow.valid_until >= day,
        )
    ).all()
    for row in rows:
        row.withdrawn_on = day
    return len(rows)


def add_suspension(session: Session, enterprise: int, *, since: datetime, reason: str, by: int) -> None:
    """Stop a firm's mark actions."""
    session.add(SuspensionRow(enterprise_id=enterprise, since=since, reason=reason, decided_by=by))


def lift_suspension(session: Session, enterprise: int, *, at: datetime) -> bool:
    """Lift the open suspension; whether there was one."""
    row = session.scalars(
        select(SuspensionRow)
        .where(SuspensionRow.enterprise_id == enterprise, SuspensionRow.lifted_at.is_(None))
        .with_for_update(key_share=True)
    ).first()
    if row is not None:
        row.lifted_at = at
    return row is not None
