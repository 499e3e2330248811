"""What a recall reaches, for the office that orders it: counted anew each time it is asked, in so many questions."""

from collections.abc import Mapping
from dataclasses import dataclass

from traceability.domain import errors
from traceability.domain.chain import Account, Lot, LotKind
from traceability.domain.log import digest_of
from traceability.domain.marks import MarkState
from traceability.domain.people import Identity, May
from traceability.domain.recalls import Amount, Place, Scope, ScopeKind, total
from traceability.services.recalls.scoping import Named, named
from traceability.store import spread as rows
from traceability.store.spread import Ground, Looked, Maker, Sales, There
from traceability.store.work import Work

#: So many lots and so many named buyers are shown; all are counted, and all are recalled.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Spread:
    """How far goods have spread: who made them of what, where they are, what was sold, and the marks on them."""

    lots: tuple[int, ...]
    makers: tuple[Maker, ...]
    shown: tuple[tuple[Lot, str], ...]
    where: tuple[There, ...]
    channels: tuple[Sales, ...]
    buyers: tuple[Sales, ...]
    marks: Mapping[MarkState, int]
    looked: Looked

    def at(self, place: Place) -> Amount:
        """What of all lots is at a place."""
        return total(one.amount for one in self.where if place_of(one) is place)

    @property
    def figures(self) -> dict[Place, Amount]:
        """What is where, by place."""
        return {place: self.at(place) for place in Place}

    @property
    def left(self) -> Amount:
        """What there still is of it anywhere; what is gone left out."""
        return total(one.amount for one in self.where if place_of(one) is not Place.GONE)

    @property
    def holders(self) -> tuple[There, ...]:
        """Whose stock the goods are in, and to whom they are on the way."""
        return tuple(one for one in self.where if one.party is not None and place_of(one) is not Place.GONE)

    @property
    def kinds(self) -> dict[LotKind, int]:
        """How many lots of each kind."""
        found = dict.fromkeys(LotKind, 0)
        for maker in self.makers:
            for kind, n in maker.lots.items():
                found[kind] += n
        return found

    @property
    def digest(self) -> str:
        """A short name of what is reached: which lots, and in whose stock. How much each has left changes all day."""
        return digest_of({"lots": self.lots, "holders": sorted({one.party or 0 for one in self.holders})})[
            :16
        ]


def place_of(one: There) -> Place:
    """Where goods are to an office: in stock of a firm here, of an outside consignee, on the way, sold or gone."""
    if one.account is Account.HELD:
        return Place.KEPT if one.kept_by is not None else Place.OWN
    return {Account.TRANSIT: Place.ON_THE_WAY, Account.SOLD: Place.OUT}.get(one.account, Place.GONE)


def gathered(work: Work) -> Spread:
    """The spread of the lots that were gathered last."""
    session = work.session
    return Spread(
        tuple(rows.lots(session)),
        tuple(rows.makers(session)),
        tuple(rows.first_lots(session, most=SHOWN)),
        tuple(rows.whereabouts(session)),
        tuple(rows.channels(session)),
        tuple(rows.buyers(session, most=SHOWN)),
        rows.marks(session),
        rows.looked(session),
    )


@dataclass(frozen=True, slots=True)
class Reach:
    """What a recall of a scope would reach, and the plots a lot's tea came off."""

    named: Named
    spread: Spread
    grounds: tuple[Ground, ...]


def reach(work: Work, *, by: Identity, scope: Scope) -> Reach:
    """What a recall would reach; raise `LotUnknown`, `NotFound`, `NotAllowed`."""
    found = named(work, by, scope)
    rows.gather(work.session, scope)
    spread = gathered(work)
    grounds = rows.grounds(work.session, scope.what) if scope.kind is ScopeKind.LOT else ()
    return Reach(found, spread, tuple(grounds))


def require_office(by: Identity) -> None:
    """Raise `NotAllowed` unless this person acts for an office that may recall."""
    by.require(May.RECALL)
    if not by.is_office:
        raise errors.NotAllowed(permission=May.RECALL.value, role=by.role.value)
