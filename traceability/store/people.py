"""Enterprises, parties, authorisations, growers, plots, scales, products, offices, users."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Select,
    UniqueConstraint,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.people import (
    Authorisation,
    Enterprise,
    Identity,
    Party,
    Plot,
    PlotState,
    Product,
    Rights,
    Role,
    Scale,
    Suspension,
    Within,
)
from traceability.domain.profile import Grade
from traceability.store.accounts import UserRow
from traceability.store.base import (
    Base,
    Code,
    County,
    EnterpriseRef,
    Exact,
    Grams,
    Key,
    Moment,
    Name,
    UserRef,
    Words,
)


class OfficeRow(Base):
    """A market regulation bureau: the prefecture's, or one of the twelve counties'."""

    __tablename__ = "office"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[Name]
    telephone: Mapped[Code | None]


class EnterpriseRow(Base):
    """A tea business."""

    __tablename__ = "enterprise"

    id: Mapped[Key]
    name: Mapped[Name]
    uscc: Mapped[Code] = mapped_column(unique=True)
    county: Mapped[County]
    sc_no: Mapped[Code | None]
    uscc_override: Mapped[Words | None]
    registered_at: Mapped[Moment]
    #: No foreign key: users point at enterprises, and the two tables must not wait for each other.
    entered_by: Mapped[int]


class PartyRow(Base):
    """Whose stock goods can be in: an enterprise here, or an outside consignee that one firm keeps a record of."""

    __tablename__ = "party"

    id: Mapped[Key]
    name: Mapped[Name]
    place: Mapped[Name]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), unique=True)
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)


class AuthorisationRow(Base):
    """A decision that a firm may use the mark."""

    __tablename__ = "authorisation"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    announcement_no: Mapped[Code]
    right_basis: Mapped[Code]
    scope: Mapped[Name]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]
    withdrawn_on: Mapped[date | None]


class SuspensionRow(Base):
    """A stop of a firm's mark actions."""

    __tablename__ = "suspension"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    since: Mapped[Moment]
    reason: Mapped[Words]
    decided_by: Mapped[UserRef]
    lifted_at: Mapped[Moment | None]


class GrowerRow(Base):
    """A household, cooperative or enterprise that grows tea. Its name is never shown to the public."""

    __tablename__ = "grower"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    name: Mapped[Name]
    township: Mapped[Code]
    entered_by: Mapped[UserRef]


class PlotRow(Base):
    """A plot: one garden card."""

    __tablename__ = "plot"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    grower_id: Mapped[int] = mapped_column(ForeignKey("grower.id"), index=True)
    township: Mapped[Code] = mapped_column(index=True)
    place: Mapped[Name]
    area_mu: Mapped[Exact]
    cultivar: Mapped[Name | None]
    altitude_m: Mapped[int | None]
    state: Mapped[Code]
    active_from: Mapped[date | None]
    entered_by: Mapped[UserRef]


class PlotAllowanceRow(Base):
    """An allowance the office set for one plot, season and part ("" = the whole year), instead of the profile's."""

    __tablename__ = "plot_allowance"

    id: Mapped[Key]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    season: Mapped[int]
    part: Mapped[Code]
    grams: Mapped[Grams]
    reason: Mapped[Words]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]


class PlotWorkRow(Base):
    """Farm work with an input on a plot (农事/投入品); leaf is refused until the interval has passed."""

    __tablename__ = "plot_work"

    id: Mapped[Key]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    product: Mapped[Name]
    dose: Mapped[Name]
    worked_on: Mapped[date]
    interval_days: Mapped[int]
    interval_until: Mapped[date]
    enterprise_id: Mapped[EnterpriseRef]
    entered_by: Mapped[UserRef]


class ScaleRow(Base):
    """A trade scale of a firm and its verification."""

    __tablename__ = "scale"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    verified_on: Mapped[date]
    verified_until: Mapped[date]


class ProductRow(Base):
    """What a firm sells under the mark."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "name", "grade", "net_content_g"),
        CheckConstraint("net_content_g > 0", name="holds_something"),
    )

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    name: Mapped[Name]
    grade: Mapped[Code]
    net_content_g: Mapped[Grams]
    gtin: Mapped[Code | None] = mapped_column(unique=True)


# --- reach --------------------------------------------------------------------------------------------------


def enterprise_within(within: Within) -> ColumnElement[bool]:
    """The condition that an enterprise lies within somebody's reach."""
    if within.everything:
        return true()
    if within.county is not None:
        return EnterpriseRow.county == within.county
    return EnterpriseRow.id == within.enterprise if within.enterprise is not None else false()


# --- enterprises and parties --------------------------------------------------------------------------------


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


def enterprise(session: Session, number: int, *, within: Within) -> Enterprise | None:
    """A firm by its id."""
    found = session.execute(
        _enterprises().where(EnterpriseRow.id == number, enterprise_within(within))
    ).first()
    return _enterprise(*found) if found else None


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


def lock_enterprise(session: Session, number: int) -> None:
    """Let no other change of this firm's requests or rights run beside this one."""
    session.execute(select(EnterpriseRow.id).where(EnterpriseRow.id == number).with_for_update())


def add_party(
    session: Session, *, name: str, place: str, enterprise: int | None = None, kept_by: int | None = None
) -> Party:
    """A holder of stock."""
    row = PartyRow(name=name, place=place, enterprise_id=enterprise, kept_by=kept_by)
    session.add(row)
    session.flush()
    return _party(row)


def _party(row: PartyRow) -> Party:
    return Party(row.id, row.name, row.place, row.enterprise_id, row.kept_by)


def party(session: Session, number: int) -> Party | None:
    """A party by its id."""
    row = session.get(PartyRow, number)
    return _party(row) if row else None


def parties_kept_by(session: Session, enterprise: int) -> list[Party]:
    """The outside consignees of one firm."""
    rows = session.scalars(select(PartyRow).where(PartyRow.kept_by == enterprise).order_by(PartyRow.name))
    return [_party(row) for row in rows]


def consignees(session: Session, enterprise: int) -> list[Party]:
    """Whom a firm can send to: every other firm here, and its own outside consignees."""
    others = (PartyRow.enterprise_id.is_not(None)) & (PartyRow.enterprise_id != enterprise)
    rows = session.scalars(
        select(PartyRow).where(or_(others, PartyRow.kept_by == enterprise)).order_by(PartyRow.name)
    )
    return [_party(row) for row in rows]


# --- rights -------------------------------------------------------------------------------------------------


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
        tuple(_authorisation(row) for row in granted),
        tuple(Suspension(row.since, row.reason, row.lifted_at) for row in stops),
    )


def _authorisation(row: AuthorisationRow) -> Authorisation:
    scope = tuple(Grade(one) for one in row.scope.split(","))
    return Authorisation(
        row.announcement_no, row.right_basis, scope, row.valid_from, row.valid_until, row.withdrawn_on
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
        .with_for_update()
    ).first()
    if row is not None:
        row.lifted_at = at
    return row is not None


# --- growers and plots --------------------------------------------------------------------------------------


def add_grower(session: Session, *, no: str, kind: str, name: str, township: str, by: int) -> int:
    """Register a grower; its id."""
    row = GrowerRow(no=no, kind=kind, name=name, township=township, entered_by=by)
    session.add(row)
    session.flush()
    return row.id


def grower_no_taken(session: Session, no: str) -> bool:
    """Whether a grower of this number is registered."""
    return session.scalar(select(GrowerRow.id).where(GrowerRow.no == no)) is not None


def grower_exists(session: Session, number: int) -> bool:
    """Whether there is such a grower."""
    return session.get(GrowerRow, number) is not None


def growers(session: Session) -> list[tuple[int, str, str, str, str]]:
    """(id, no, kind, name, township) of every grower, for those who keep the register."""
    rows = session.scalars(select(GrowerRow).order_by(GrowerRow.no))
    return [(row.id, row.no, row.kind, row.name, row.township) for row in rows]


def grower_taken(session: Session, name: str, township: str) -> bool:
    """Whether a grower of this name is registered in this township already (FRAUD F29)."""
    found = select(GrowerRow.id).where(GrowerRow.name == name, GrowerRow.township == township)
    return session.scalar(found) is not None


def _plot(row: PlotRow) -> Plot:
    return Plot(
        row.id,
        row.no,
        row.grower_id,
        row.township,
        row.place,
        row.area_mu,
        PlotState(row.state),
        row.active_from,
        row.cultivar,
        row.altitude_m,
    )


def add_plot(
    session: Session,
    *,
    no: str,
    grower: int,
    township: str,
    place: str,
    area_mu: Decimal,
    cultivar: str | None,
    altitude_m: int | None,
    by: int,
) -> Plot:
    """Register a plot, proposed."""
    row = PlotRow(
        no=no,
        grower_id=grower,
        township=township,
        place=place,
        area_mu=area_mu,
        cultivar=cultivar,
        altitude_m=altitude_m,
        state=PlotState.PROPOSED.value,
        entered_by=by,
    )
    session.add(row)
    session.flush()
    return _plot(row)


def plot_taken(session: Session, no: str) -> bool:
    """Whether a plot of this number is registered."""
    return session.scalar(select(PlotRow.id).where(PlotRow.no == no)) is not None


def plots(session: Session, *, within: Within) -> list[Plot]:
    """Plots by number. Any buyer may buy on any garden card, so a firm sees them all (without growers' names)."""
    query = select(PlotRow).order_by(PlotRow.no)
    if within.county is not None:
        query = query.where(PlotRow.township.startswith(within.county))
    return [_plot(row) for row in session.scalars(query)]


def plot(session: Session, number: int, *, lock: bool = False) -> Plot | None:
    """A plot by id; `lock` makes other changes to its account wait (FRAUD F29)."""
    query = select(PlotRow).where(PlotRow.id == number)
    row = session.scalars(query.with_for_update() if lock else query).first()
    return _plot(row) if row else None


def plot_by_no(session: Session, no: str) -> Plot | None:
    """A plot by the number on its garden card."""
    row = session.scalars(select(PlotRow).where(PlotRow.no == no)).first()
    return _plot(row) if row else None


def plot_entered_by(session: Session, number: int) -> int | None:
    """Who entered the plot."""
    return session.scalar(select(PlotRow.entered_by).where(PlotRow.id == number))


def activate_plot(session: Session, number: int, *, day: date) -> None:
    """The county approved the plot from that day on."""
    row = session.get_one(PlotRow, number)
    row.state, row.active_from = PlotState.ACTIVE.value, day


def add_allowance(
    session: Session, plot: int, *, season: int, part: str, grams: int, reason: str, at: datetime, by: int
) -> None:
    """An office's own figure for a plot."""
    session.add(
        PlotAllowanceRow(
            plot_id=plot, season=season, part=part, grams=grams, reason=reason, decided_at=at, decided_by=by
        )
    )


def allowances(session: Session, plot: int, season: int) -> dict[str, int]:
    """The office's own figures for a plot and season by part, the latest of each."""
    rows = session.scalars(
        select(PlotAllowanceRow)
        .where(PlotAllowanceRow.plot_id == plot, PlotAllowanceRow.season == season)
        .order_by(PlotAllowanceRow.id)
    )
    return {row.part: row.grams for row in rows}


def add_plot_work(
    session: Session,
    plot: int,
    *,
    product: str,
    dose: str,
    worked_on: date,
    interval_days: int,
    interval_until: date,
    enterprise: int,
    by: int,
) -> None:
    """Farm work with an input."""
    session.add(
        PlotWorkRow(
            plot_id=plot,
            product=product,
            dose=dose,
            worked_on=worked_on,
            interval_days=interval_days,
            interval_until=interval_until,
            enterprise_id=enterprise,
            entered_by=by,
        )
    )


def interval_until(session: Session, plot: int, day: date) -> date | None:
    """The last day of the safety intervals that began on or before a day."""
    return session.scalar(
        select(func.max(PlotWorkRow.interval_until)).where(
            PlotWorkRow.plot_id == plot, PlotWorkRow.worked_on <= day
        )
    )


def plot_works(session: Session, enterprise: int) -> list[tuple[str, str, str, date, date]]:
    """(plot no, product, dose, worked on, interval until), latest first."""
    rows = session.execute(
        select(
            PlotRow.no,
            PlotWorkRow.product,
            PlotWorkRow.dose,
            PlotWorkRow.worked_on,
            PlotWorkRow.interval_until,
        )
        .join(PlotRow, PlotRow.id == PlotWorkRow.plot_id)
        .where(PlotWorkRow.enterprise_id == enterprise)
        .order_by(PlotWorkRow.id.desc())
    )
    return [(no, product, dose, worked, until) for no, product, dose, worked, until in rows]


# --- scales and products ------------------------------------------------------------------------------------


def add_scale(
    session: Session, enterprise: int, *, no: str, verified_on: date, verified_until: date
) -> Scale:
    """Register a scale, or its new verification."""
    row = session.scalars(
        select(ScaleRow).where(ScaleRow.enterprise_id == enterprise, ScaleRow.no == no)
    ).first()
    if row is None:
        row = ScaleRow(no=no, enterprise_id=enterprise)
        session.add(row)
    row.verified_on, row.verified_until = verified_on, verified_until
    session.flush()
    return Scale(row.id, row.no, row.verified_on, row.verified_until)


def scales(session: Session, enterprise: int) -> list[Scale]:
    """A firm's scales."""
    rows = session.scalars(select(ScaleRow).where(ScaleRow.enterprise_id == enterprise).order_by(ScaleRow.no))
    return [Scale(row.id, row.no, row.verified_on, row.verified_until) for row in rows]


def add_product(
    session: Session, enterprise: int, *, name: str, grade: Grade, net_content_g: int, gtin: str | None
) -> Product:
    """Register a product."""
    row = ProductRow(
        enterprise_id=enterprise, name=name, grade=grade.value, net_content_g=net_content_g, gtin=gtin
    )
    session.add(row)
    session.flush()
    return product_of(row)


def product_of(row: ProductRow) -> Product:
    """A product's row as its value; for the store's own modules."""
    return Product(row.id, row.enterprise_id, row.name, Grade(row.grade), row.net_content_g, row.gtin)


def products(session: Session, enterprise: int) -> list[Product]:
    """A firm's products."""
    rows = session.scalars(
        select(ProductRow)
        .where(ProductRow.enterprise_id == enterprise)
        .order_by(ProductRow.name, ProductRow.id)
    )
    return [product_of(row) for row in rows]


def product(session: Session, number: int) -> Product | None:
    """A product by id."""
    row = session.get(ProductRow, number)
    return product_of(row) if row else None


def product_taken(
    session: Session, enterprise: int, *, name: str, grade: Grade, net_content_g: int, gtin: str | None
) -> bool:
    """Whether the firm has this product, or anybody this trade item number."""
    same = (
        (ProductRow.enterprise_id == enterprise)
        & (ProductRow.name == name)
        & (ProductRow.grade == grade.value)
        & (ProductRow.net_content_g == net_content_g)
    )
    taken = or_(same, ProductRow.gtin == gtin) if gtin else same
    return session.scalar(select(ProductRow.id).where(taken)) is not None


# --- offices and users --------------------------------------------------------------------------------------


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
) -> Identity:
    """A new sign-in; `password` is a hash."""
    row = UserRow(
        email=email,
        password=password,
        name=name,
        role=role.value,
        enterprise_id=enterprise,
        county=county,
        active=True,
    )
    session.add(row)
    session.flush()
    return identity_of(row)


def identity_of(row: UserRow) -> Identity:
    """A user's row as who they are."""
    return Identity(row.id, row.name, Role(row.role), row.enterprise_id, row.county)


def identity(session: Session, user: int) -> Identity | None:
    """Somebody by id."""
    row = session.get(UserRow, user)
    return identity_of(row) if row and row.active else None


def identity_by_email(session: Session, email: str) -> Identity | None:
    """Somebody by sign-in name, as `--as` names them."""
    row = session.scalars(select(UserRow).where(UserRow.email == email.strip().lower())).first()
    return identity_of(row) if row and row.active else None


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
