"""Use cases about people and places: enterprises, rights, growers, plots, scales, products, offices, users."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from traceability.domain import errors
from traceability.domain.chain import Allowance, Remark
from traceability.domain.people import (
    Authorisation,
    Enterprise,
    Identity,
    May,
    Party,
    Plot,
    PlotState,
    Product,
    Rights,
    Role,
    Scale,
    Standing,
    check_post,
    read_gtin,
    read_reason,
    read_text,
    read_township,
    read_uscc,
)
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import EVERYTHING, once
from traceability.services.chain.leaf import allowance_of
from traceability.store import people as rows
from traceability.store.log import next_numbers
from traceability.store.work import Work

# --- offices and users --------------------------------------------------------------------------------------


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


# --- enterprises and their rights ---------------------------------------------------------------------------


@once
def register_enterprise(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    name: str,
    uscc: str,
    county: str,
    sc_no: str | None = None,
    override_reason: str | None = None,
    key: str | None = None,
) -> int:
    """Register a firm; its id. A code that fails its check needs an officer's reason."""
    _may_register(by, override_reason)
    code = read_uscc(uscc, override_reason=override_reason)
    if rows.enterprise_by_uscc(work.session, code, within=EVERYTHING) is not None:
        raise errors.UsccTaken(uscc=code)
    place = work.profile.county(county)
    made = rows.add_enterprise(
        work.session,
        name=read_text(name, "name"),
        uscc=code,
        county=county,
        sc_no=sc_no.strip().upper()[:40] if sc_no and sc_no.strip() else None,
        override=override_reason or None,
        at=now,
        by=by.user,
        place=place.zh,
    )
    told = {"uscc": code, "name": made.name, "county": county, "override": override_reason or None}
    acting.state(work, "enterprise.registered", by=by, now=now, public=told)
    return made.id


def _may_register(by: Identity, override_reason: str | None) -> None:
    """Administrators and officers register; only an officer overrides a failing code."""
    if override_reason or not by.may(May.KEEP_PEOPLE):
        by.require(May.OVERRIDE_USCC)


@dataclass(frozen=True, slots=True)
class FirmLine:
    """A firm in a list, with where its authorisation stands."""

    enterprise: Enterprise
    standing: Standing
    rights: Rights


def enterprises(work: Work, *, by: Identity, now: datetime) -> list[FirmLine]:
    """Firms within reach."""
    return [_firm_line(work, one, now) for one in rows.enterprises(work.session, within=by.within)]


def enterprise(work: Work, *, by: Identity, number: int, now: datetime) -> FirmLine:
    """A firm within reach; raise `NotFound`."""
    return _firm_line(work, acting.firm_in_reach(work, by, number), now)


def _firm_line(work: Work, one: Enterprise, now: datetime) -> FirmLine:
    rights = rows.rights(work.session, one.id)
    return FirmLine(one, rights.standing(now, local_day(now)), rights)


@once
def authorise_enterprise(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    enterprise: int,
    announcement_no: str,
    right_basis: str,
    scope: Sequence[Grade],
    valid_from: date,
    valid_until: date,
    key: str | None = None,
) -> int:
    """The prefecture announces that a firm may use the mark for these grades."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if right_basis not in {basis.key for basis in work.profile.rights}:
        raise errors.ChoiceUnknown(choice=right_basis, field="right_basis")
    if not scope or valid_until < valid_from:
        raise errors.ChoiceUnknown(choice=str(valid_until), field="valid_until")
    granted = Authorisation(
        read_text(announcement_no, "announcement_no", longest=40),
        right_basis,
        tuple(scope),
        valid_from,
        valid_until,
    )
    rows.add_authorisation(work.session, firm.id, granted, at=now, by=by.user)
    told = {
        "announcement_no": granted.announcement_no,
        "right_basis": right_basis,
        "scope": list(scope),
        "from": valid_from,
        "until": valid_until,
    }
    _decided(work, firm, "authorised", granted.announcement_no, by=by, now=now, public=told)
    return firm.id


def _decided(
    work: Work,
    firm: Enterprise,
    outcome: str,
    reason: str,
    *,
    by: Identity,
    now: datetime,
    public: dict[str, object] | None = None,
) -> None:
    acting.decide(
        work,
        about="authorisation",
        subject=firm.id,
        firm=firm,
        outcome=outcome,
        reason=reason,
        by=by,
        now=now,
        public=public,
    )


@once
def suspend_enterprise(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """Stop every mark action of a firm at once (FRAUD F15)."""
    by.require(May.SUSPEND)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    rows.lock_enterprise(work.session, firm.id)
    if rows.rights(work.session, firm.id).suspended(now):
        raise errors.AlreadyDecided()
    why = read_reason(reason)
    rows.add_suspension(work.session, firm.id, since=now, reason=why, by=by.user)
    _decided(work, firm, "suspended", why, by=by, now=now)
    return firm.id


@once
def lift_suspension(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """Let a firm act on its marks again."""
    by.require(May.SUSPEND)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if not rows.lift_suspension(work.session, firm.id, at=now):
        raise errors.NotSuspended()
    _decided(work, firm, "suspension_lifted", read_reason(reason), by=by, now=now)
    return firm.id


@once
def withdraw_authorisation(
    work: Work, *, by: Identity, now: datetime, enterprise: int, reason: str, key: str | None = None
) -> int:
    """End a firm's authorisation."""
    by.require(May.AUTHORISE)
    firm = acting.firm_in_reach(work, by, enterprise)
    acting.not_own(by, enterprise=firm.id)
    if not rows.withdraw_authorisations(work.session, firm.id, local_day(now)):
        raise errors.NotAuthorised(day=local_day(now))
    _decided(work, firm, "withdrawn", read_reason(reason), by=by, now=now)
    return firm.id


# --- growers and plots --------------------------------------------------------------------------------------

GROWER_KINDS = ("household", "cooperative", "enterprise")


@once
def register_grower(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    kind: str,
    name: str,
    township: str,
    no: str | None = None,
    key: str | None = None,
) -> int:
    """Register a grower; its id. The same name in the same township makes a finding (FRAUD F29)."""
    by.require(May.KEEP_SUPPLIERS)
    if kind not in GROWER_KINDS:
        raise errors.ChoiceUnknown(choice=kind, field="kind")
    where, who = read_township(township), read_text(name, "name")
    again = rows.grower_taken(work.session, who, where)
    grower_no = (no or "").strip()[:40] or _running_grower(work, where)
    if rows.grower_no_taken(work.session, grower_no):
        raise errors.NumberTaken(no=grower_no)
    number = rows.add_grower(work.session, no=grower_no, kind=kind, name=who, township=where, by=by.user)
    acting.state(
        work,
        "grower.registered",
        by=by,
        now=now,
        private={"grower": grower_no, "name": who, "township": where},
    )
    if again and by.enterprise is not None:
        firm = acting.firm_in_reach(work, by, by.enterprise)
        acting.find(
            work,
            Remark("grower.twice", {"grower": grower_no, "township": where}),
            enterprise=firm,
            at=now,
            now=now,
        )
    return number


def _running_grower(work: Work, township: str) -> str:
    return f"G-{township}-{next_numbers(work.session, f'grower:{township}'):04d}"


def growers(work: Work, *, by: Identity) -> list[tuple[int, str, str, str, str]]:
    """(id, no, kind, name, township) of growers, for those who keep suppliers or decide on plots."""
    if not by.may(May.APPROVE_PLOT):
        by.require(May.KEEP_SUPPLIERS)
    return rows.growers(work.session)


@once
def register_plot(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    no: str,
    grower: int,
    township: str,
    place: str,
    area_mu: Decimal,
    cultivar: str | None = None,
    altitude_m: int | None = None,
    key: str | None = None,
) -> int:
    """Propose a plot; its id. Ground outside the twelve counties can be registered, but never gives leaf."""
    by.require(May.KEEP_SUPPLIERS)
    number = read_text(no, "no", longest=40)
    if rows.plot_taken(work.session, number):
        raise errors.NumberTaken(no=number)
    if not rows.grower_exists(work.session, grower):
        raise errors.NotFound()
    if area_mu <= 0:
        raise errors.NumberOutOfRange(text=str(area_mu), low=0, high=100000, field="area_mu")
    made = rows.add_plot(
        work.session,
        no=number,
        grower=grower,
        township=read_township(township),
        place=read_text(place, "place"),
        area_mu=area_mu,
        cultivar=(cultivar or "").strip()[:120] or None,
        altitude_m=altitude_m,
        by=by.user,
    )
    told = {"plot": number, "grower": grower, "township": made.township, "area_mu": area_mu}
    acting.state(work, "plot.registered", by=by, now=now, private=told)
    return made.id


@once
def approve_plot(
    work: Work, *, by: Identity, now: datetime, plot: int, day: date | None = None, key: str | None = None
) -> int:
    """The county approves a plot from a day on; nobody approves a plot they entered (FRAUD F16)."""
    by.require(May.APPROVE_PLOT)
    found = _plot_of_office(work, by, plot)
    acting.not_own(by, enterprise=None, entered_by=rows.plot_entered_by(work.session, plot))
    if found.state is PlotState.ACTIVE:
        raise errors.AlreadyDecided()
    county = work.profile.county_of(found.township)
    if county is None:
        raise errors.PlotOutsideArea(plot=found.no, township=found.township)
    since = day or local_day(now)
    rows.activate_plot(work.session, plot, day=since)
    acting.decide(
        work,
        about="plot",
        subject=plot,
        firm=None,
        outcome="approved",
        reason="",
        by=by,
        now=now,
        county=county.code,
    )
    return plot


def _plot_of_office(work: Work, by: Identity, number: int) -> Plot:
    found = rows.plot(work.session, number, lock=True)
    if found is None or (by.county is not None and not found.township.startswith(by.county)):
        raise errors.PlotUnknown(plot=number)
    return found


@once
def set_allowance(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    plot: int,
    season: int,
    part: str,
    grams: int,
    reason: str,
    key: str | None = None,
) -> int:
    """The office's own allowance for a plot, season and part ("" = the year), with a reason."""
    by.require(May.APPROVE_PLOT)
    found = _plot_of_office(work, by, plot)
    acting.not_own(by, enterprise=None, entered_by=rows.plot_entered_by(work.session, plot))
    if part and part not in {one.key for one in work.profile.season_parts}:
        raise errors.ChoiceUnknown(choice=part, field="part")
    if grams < 0:
        raise errors.WeightNotPositive(text=str(grams))
    why = read_reason(reason)
    rows.add_allowance(
        work.session, plot, season=season, part=part, grams=grams, reason=why, at=now, by=by.user
    )
    county = work.profile.county_of(found.township)
    acting.decide(
        work,
        about="allowance",
        subject=plot,
        firm=None,
        outcome="set",
        reason=why,
        by=by,
        now=now,
        county=county.code if county else "",
    )
    return plot


def plots(work: Work, *, by: Identity) -> list[Plot]:
    """Garden cards: any buyer sees township and place, never the grower's name."""
    return rows.plots(work.session, within=by.within)


def plots_with_allowance(work: Work, *, by: Identity, day: date) -> list[tuple[Plot, Allowance]]:
    """Active garden cards with what is left of them on a day."""
    return [
        (one, allowance_of(work, one, day)) for one in plots(work, by=by) if one.state is PlotState.ACTIVE
    ]


# --- scales, products, consignees ---------------------------------------------------------------------------


@once
def register_scale(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    no: str,
    verified_on: date,
    verified_until: date,
    key: str | None = None,
) -> int:
    """Register a scale or its new verification; its id. A verification lasts a year at most."""
    firm = acting.own_firm(work, by, May.KEEP_SUPPLIERS)
    if not verified_on <= verified_until <= verified_on + timedelta(days=366):
        raise errors.ChoiceUnknown(choice=str(verified_until), field="verified_until")
    if verified_on > local_day(now):
        raise errors.InTheFuture(at=verified_on, now=now)
    made = rows.add_scale(
        work.session,
        firm.id,
        no=read_text(no, "no", longest=40),
        verified_on=verified_on,
        verified_until=verified_until,
    )
    told = {"scale": made.no, "verified_on": verified_on, "verified_until": verified_until}
    acting.state(work, "scale.registered", by=by, now=now, private={**told, "enterprise": firm.uscc})
    return made.id


@once
def register_product(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    name: str,
    grade: Grade,
    net_content_g: int,
    gtin: str | None = None,
    key: str | None = None,
) -> int:
    """Register a product; its id."""
    firm = acting.own_firm(work, by, May.KEEP_SUPPLIERS)
    item = read_gtin(gtin)
    title = read_text(name, "name", longest=40)
    if not 1 <= net_content_g <= 50_000:
        raise errors.NumberOutOfRange(text=str(net_content_g), low=1, high=50_000, field="net_content_g")
    if rows.product_taken(
        work.session, firm.id, name=title, grade=grade, net_content_g=net_content_g, gtin=item
    ):
        raise errors.NumberTaken(no=item or title)
    made = rows.add_product(
        work.session, firm.id, name=title, grade=grade, net_content_g=net_content_g, gtin=item
    )
    told = {"name": title, "grade": grade, "net_content_g": net_content_g, "gtin": item}
    acting.state(work, "product.registered", by=by, now=now, public={**told, "enterprise": firm.uscc})
    return made.id


@once
def register_consignee(
    work: Work, *, by: Identity, now: datetime, name: str, place: str, key: str | None = None
) -> int:
    """Keep a record of an outside consignee; its party id."""
    firm = acting.own_firm(work, by, May.KEEP_SUPPLIERS)
    made = rows.add_party(
        work.session, name=read_text(name, "name"), place=read_text(place, "place"), kept_by=firm.id
    )
    acting.state(
        work, "consignee.registered", by=by, now=now, private={"party": made.id, "enterprise": firm.uscc}
    )
    return made.id


def scales(work: Work, *, by: Identity) -> list[Scale]:
    """The firm's scales."""
    return rows.scales(work.session, by.firm(May.READ_CHAIN))


def products(work: Work, *, by: Identity) -> list[Product]:
    """The firm's products."""
    return rows.products(work.session, by.firm(May.READ_CHAIN))


def consignees(work: Work, *, by: Identity) -> list[Party]:
    """Whom the firm can send to."""
    return rows.consignees(work.session, by.firm(May.READ_CHAIN))


def own_parties(work: Work, *, by: Identity) -> list[Party]:
    """The firm's own stock and its outside consignees, whose stock it records."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    own = rows.party(work.session, firm.party)
    return [*([own] if own else []), *rows.parties_kept_by(work.session, firm.id)]


def plot_works(work: Work, *, by: Identity) -> list[tuple[str, str, str, date, date]]:
    """(plot no, product, dose, worked on, interval until) the firm recorded."""
    return rows.plot_works(work.session, by.firm(May.READ_CHAIN))
