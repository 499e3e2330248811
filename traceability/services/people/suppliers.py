"""A firm's scales, products and consignees."""

from datetime import date, datetime, timedelta

from traceability.domain import errors
from traceability.domain.people import (
    Identity,
    May,
    Party,
    Product,
    Scale,
    read_gtin,
    read_text,
)
from traceability.domain.profile import Grade
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.store import metrology
from traceability.store import people as rows
from traceability.store.metrology import Verification
from traceability.store.work import Work


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
    check_verification(verified_on, verified_until, now=now)
    made = rows.add_scale(
        work.session,
        firm.id,
        no=read_text(no, "no", longest=40),
        verified_on=verified_on,
        verified_until=verified_until,
    )
    told_of = Verification(verified_on, verified_until)
    metrology.add_verification(work.session, made.id, told_of, at=now, by=by.user)
    told = {"scale": made.no, "verified_on": verified_on, "verified_until": verified_until}
    acting.state(work, "scale.registered", by=by, now=now, private={**told, "enterprise": firm.uscc})
    return made.id


def check_verification(verified_on: date, verified_until: date, *, now: datetime) -> None:
    """Raise `ChoiceUnknown` unless it lasts a year at most, `InTheFuture` unless it was made."""
    if not verified_on <= verified_until <= verified_on + timedelta(days=366):
        raise errors.ChoiceUnknown(choice=str(verified_until), field="verified_until")
    if verified_on > local_day(now):
        raise errors.InTheFuture(at=verified_on, now=now)


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
        raise errors.NumberTaken(no=item or title, field="gtin" if item else "name")
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


def products_of(work: Work, *, by: Identity, enterprise: int) -> list[Product]:
    """A firm's products, for an office in whose reach the firm lies."""
    by.require(May.OVERSEE)
    return rows.products(work.session, acting.firm_in_reach(work, by, enterprise).id)


def consignees(work: Work, *, by: Identity) -> list[Party]:
    """Whom the firm can send to."""
    return rows.consignees(work.session, by.firm(May.READ_CHAIN))


def own_parties(work: Work, *, by: Identity) -> list[Party]:
    """The firm's own stock and its outside consignees, whose stock it records."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    own = rows.party(work.session, firm.party)
    return [*([own] if own else []), *rows.parties_kept_by(work.session, firm.id)]
