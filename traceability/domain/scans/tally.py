"""What is remembered of all looks of the public at one mark: enough for the verdict, of one size however many come.

A look is another look unless it is a reload: the same client (network and browser) within the profile's `same_look` of
its last one. Reloads are kept as scans and counted nowhere.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from traceability.domain.profile import CopyRules

#: Clients remembered one by one; beyond, the one longest silent gives way, and only the count goes on.
MOST_CLIENTS = 64
MOST_PLACES = 40
A_POINT = timedelta(days=1)
"""How long it takes until a point of an occasion has faded."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look of the public. `place` is the province where it is known; `early` is before the tea left its maker."""

    at: datetime
    client: str
    place: str | None = None
    early: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """All looks of the public at a mark.

    `clients` with their last look, `people` how many there ever were, `places` where. An occasion is a stretch of time
    in which new people look, and `new_at` when the last one began. Each gives points that fade one a day: `faded_at` is
    when the last will have, `peak` the most there ever were. `forgiven` are the points an office has explained.
    """

    looks: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    clients: tuple[tuple[str, datetime], ...] = ()
    people: int = 0
    places: tuple[str, ...] = ()
    occasions: int = 0
    new_at: datetime | None = None
    early: int = 0
    forgiven: int = 0
    faded_at: datetime | None = None
    peak: int = 0


def count(tally: Tally, look: Look, rules: CopyRules) -> tuple[Tally, bool]:
    """The tally with this look in it, and whether it is another look at all (False: a reload)."""
    last = dict(tally.clients).get(look.client)
    known = _with_client(tally, look)
    if last is not None and look.at - last < timedelta(hours=rules.same_look_hours):
        return replace(tally, clients=known), False
    more = replace(
        tally,
        looks=tally.looks + 1,
        first_at=tally.first_at or look.at,
        last_at=look.at,
        clients=known,
        places=_with_place(tally, look.place),
        early=tally.early + look.early,
    )
    return (more if last is not None else _with_stranger(more, look, rules)), True


def _with_client(tally: Tally, look: Look) -> tuple[tuple[str, datetime], ...]:
    """The clients, the latest to look at the end."""
    others = tuple(one for one in tally.clients if one[0] != look.client)
    return (*others, (look.client, look.at))[-MOST_CLIENTS:]


def _with_place(tally: Tally, place: str | None) -> tuple[str, ...]:
    if place is None or place in tally.places or len(tally.places) >= MOST_PLACES:
        return tally.places
    return (*tally.places, place)


def _with_stranger(tally: Tally, look: Look, rules: CopyRules) -> Tally:
    """Somebody new; on a new occasion unless the last one is still going on."""
    more = replace(tally, people=tally.people + 1)
    lasts = timedelta(minutes=rules.new_occasion_minutes)
    if tally.new_at is not None and look.at - tally.new_at < lasts:
        return more
    return _with_occasion(more, look.at, rules)


def _with_occasion(tally: Tally, at: datetime, rules: CopyRules) -> Tally:
    """A new occasion, on top of what has not faded of those before it."""
    faded = max(tally.faded_at or at, at) + rules.occasion_points * A_POINT
    peak = max(tally.peak, (faded - at) // A_POINT)
    return replace(tally, occasions=tally.occasions + 1, new_at=at, faded_at=faded, peak=peak)
