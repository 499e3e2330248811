"""A season of scans, made up from `season.toml`: of honest marks, and of marks whose code was copied onto many packs.

A copied mark is one honest pack and its copies, each of them sold, given away and scanned like any other pack. Times
are in days from the packing of a mark; the same seed gives the same season.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from traceability.domain import profile as profiles
from traceability.domain.profile import load
from traceability.domain.scans import Look

FILE = Path(__file__).with_name("season.toml")
PROFILE = load((Path(profiles.__file__).parents[2] / "profiles/duyun-maojian.toml").read_text("utf-8"))
START = datetime(2026, 4, 1, tzinfo=UTC)
PACKING_DAYS = 60
HOME, MOBILE, OTHER = 0, 1, 2
LISTS = ("contents", "provinces")

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Truths: TypeAlias = NDArray[np.bool_]
Parameters: TypeAlias = Mapping[str, float]

SOURCE: dict[str, Any] = tomllib.loads(FILE.read_text("utf-8"))
PROVINCES = tuple(SOURCE["provinces"])
_PEOPLE = np.cumsum(list(SOURCE["provinces"].values())) / sum(SOURCE["provinces"].values())


def parameters() -> dict[str, float]:
    """The numbers of the file by their dotted names."""
    return {
        f"{part}.{name}": float(one["value"])
        for part, table in SOURCE.items()
        if part not in LISTS
        for name, one in table.items()
    }


@dataclass(frozen=True)
class Packs:
    """Packs on the way to be scanned; several have the same mark. `sold` in days, `place` a province's number."""

    mark: Ints
    sold: Floats
    place: Ints
    copy: Truths
    dispatched: Floats

    def __getitem__(self, which: Any) -> "Packs":
        return Packs(*(getattr(self, one.name)[which] for one in fields(self)))

    def __len__(self) -> int:
        return len(self.mark)


@dataclass(frozen=True)
class Visits:
    """Looks before it is known which client they seem to come from. `house` is what shares a network."""

    pack: Ints
    day: Floats
    person: Ints
    house: Ints
    network: Ints
    place: Ints


@dataclass(frozen=True)
class Scans:
    """Scans in the order of marks, then of time (seconds from `START`); `grams` of every mark, scanned or not."""

    mark: Ints
    second: Ints
    client: NDArray[np.uint64]
    place: Ints
    early: Truths
    grams: Ints

    def looks(self, least: int = 1) -> Iterator[tuple[int, list[Look]]]:
        """The looks at each mark with so many scans at least, and the mark's number."""
        begin = 0
        for end in (np.flatnonzero(np.diff(self.mark, append=-1)) + 1).tolist():
            if end - begin >= least:
                yield int(self.mark[begin]), [self._look(n) for n in range(begin, end)]
            begin = end

    def _look(self, n: int) -> Look:
        at = START + timedelta(seconds=int(self.second[n]))
        return Look(at, f"{int(self.client[n]):032x}", PROVINCES[self.place[n]], bool(self.early[n]))


def honest(seed: int, marks: int, p: Parameters) -> Scans:
    """A season of marks each on one pack."""
    rng = np.random.default_rng((seed, 1))
    return _scans(rng, _originals(rng, marks, p), p)


def copied(seed: int, marks: int, p: Parameters, *, copies: int, local: bool) -> Scans:
    """A season of marks each on one honest pack and so many copies, sold in one province or in all."""
    rng = np.random.default_rng((seed, 2, copies, local))
    originals = _originals(rng, marks, p)
    return _scans(rng, _together(originals, _copies(rng, originals, p, copies, local)), p)


# --- packs ----------------------------------------------------------------------------------------------------------


def _originals(rng: Generator, marks: int, p: Parameters) -> Packs:
    dispatched = np.floor(_lognormal(rng, p["packs.dispatch"], p["packs.dispatch_spread"], marks)) + 1
    sold = dispatched + _lognormal(rng, p["packs.shelf"], p["packs.shelf_spread"], marks)
    here = rng.random(marks) < p["packs.here"]
    place = np.where(here, 0, _anywhere(rng, marks))
    return Packs(np.arange(marks), sold, place, np.zeros(marks, bool), dispatched)


def _copies(rng: Generator, originals: Packs, p: Parameters, copies: int, local: bool) -> Packs:
    """Sold evenly over some weeks, from some time after the original was dispatched or from before."""
    marks = len(originals)
    early = rng.random(marks) < p["copies.early"]
    ahead, behind = rng.random(marks) * p["copies.early_by"], rng.exponential(p["copies.wait"], marks)
    begun = np.maximum(0, originals.dispatched + np.where(early, -ahead, behind))
    lasts = rng.uniform(p["copies.sold_at_least"], p["copies.sold_at_most"], marks)
    mark = np.repeat(np.arange(marks), copies)
    sold = begun[mark] + rng.random(len(mark)) * lasts[mark]
    place = _anywhere(rng, marks)[mark] if local else _anywhere(rng, len(mark))
    return Packs(mark, sold, place, np.ones(len(mark), bool), originals.dispatched[mark])


# --- who looks ------------------------------------------------------------------------------------------------------


def _scans(rng: Generator, packs: Packs, p: Parameters) -> Scans:
    marks = int(packs.mark.max()) + 1
    scanned = packs[rng.random(len(packs)) < p["packs.scanned"]]
    visits = _together(*(story(rng, scanned, p) for story in STORIES))
    client = _clients(rng, visits, _born(marks)[scanned.mark[visits.pack]], p)
    seen = (visits.place + _misplaced(rng, visits, p)) % len(PROVINCES)
    return _with_reloads(rng, scanned, visits, client, seen, p, marks)


def _families(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    """The buyer's family looks at every scanned pack, and that of whoever it was given to."""
    given = rng.random(len(packs)) < p["gift.share"]
    away = given & (rng.random(len(packs)) < p["gift.elsewhere"])
    first = np.arange(len(packs))
    pack = np.concatenate([first, first[given]])
    start = np.concatenate(
        [packs.sold, packs.sold[given] + rng.exponential(p["gift.after"], int(given.sum()))]
    )
    place = np.concatenate([packs.place, np.where(away, _anywhere(rng, len(packs)), packs.place)[given]])
    return _family_looks(rng, pack, _first_look(rng, start, p), place, p)


def _first_look(rng: Generator, start: Floats, p: Parameters) -> Floats:
    waits = rng.random(len(start)) >= p["family.at_purchase"]
    return start + waits * rng.exponential(p["family.opening"], len(start))


def _family_looks(rng: Generator, pack: Ints, start: Floats, place: Ints, p: Parameters) -> Visits:
    party = np.repeat(np.arange(len(pack)), _occasions(rng, len(pack), p))
    day = _by_day(rng, start[party] + _gaps(rng, party, p))
    joined = np.flatnonzero(rng.random(len(party)) < p["family.together"])
    members = 1 + rng.poisson(p["family.members"] - 1, len(pack))
    who = np.where(rng.random(len(party)) < p["family.other_member"], rng.integers(0, members[party]), 0)
    day = np.concatenate([day, day[joined] + rng.random(len(joined)) / 48])
    who = np.concatenate([who, (who[joined] + 1) % members[party[joined]]])
    party = np.concatenate([party, party[joined]])
    home = _new_ids(rng, len(pack))
    travels = rng.random(len(party)) < p["family.travelling"]
    network = np.where(travels, MOBILE, _networks(rng, len(party), p))
    seen = np.where(travels, _anywhere(rng, len(party)), place[party])
    return Visits(pack[party], day, home[party] + who, home[party], network, seen)


def _occasions(rng: Generator, parties: int, p: Parameters) -> Ints:
    """On how many occasions each family looks: once, or with a heavy tail; at most 200 times."""
    more = np.floor((1 - rng.random(parties)) ** (-1 / p["family.tail"]))
    return 1 + np.where(rng.random(parties) < p["family.again"], np.minimum(more, 199), 0).astype(np.int64)


def _gaps(rng: Generator, party: Ints, p: Parameters) -> Floats:
    """Days since the party's first occasion, of each; parties are in order."""
    gaps = _lognormal(rng, p["family.gap"], p["family.gap_spread"], len(party))
    gaps[np.flatnonzero(np.diff(party, prepend=-1))] = 0
    total = np.cumsum(gaps)
    first = np.flatnonzero(np.diff(party, prepend=-1))
    return total - np.repeat(total[first], np.diff(np.append(first, len(party))))


def _weddings(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    tin = np.flatnonzero(rng.random(len(packs)) < p["wedding.share"])
    pack = np.repeat(tin, round(p["wedding.guests"]))
    evening = np.floor(packs.sold[tin] + rng.exponential(p["family.opening"], len(tin))) + 18 / 24
    day = np.repeat(evening, round(p["wedding.guests"])) + rng.random(len(pack)) * p["wedding.evening"] / 24
    return _strangers(rng, pack, day, _away(rng, packs.place[pack], p["wedding.elsewhere"]), p)


def _villages(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    """Neighbours behind the one address of the village, each with a browser of their own."""
    pack = _repeated(rng, len(packs), p["village.share"], lambda n: rng.poisson(p["village.neighbours"], n))
    day = _by_day(rng, packs.sold[pack] + rng.exponential(p["village.within"], len(pack)))
    village = _new_ids(rng, len(packs))[pack]
    return Visits(pack, day, _new_ids(rng, len(pack)), village, np.full(len(pack), HOME), packs.place[pack])


def _displays(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    """Customers look at a pack on display, until it is sold after all."""
    days = rng.gamma(2, p["display.days"] / 2, len(packs))
    looks = rng.poisson(days * rng.exponential(p["display.looks"], len(packs)))
    pack = _repeated(rng, len(packs), p["display.share"], lambda n: looks[:n])
    day = packs.sold[pack] - rng.random(len(pack)) * _shown(rng, packs, days)[pack]
    return _strangers(rng, pack, _by_day(rng, day), packs.place[pack], p)


def _shown(rng: Generator, packs: Packs, days: Floats) -> Floats:
    """The days on display, which begin when the pack has reached the shop."""
    return np.where(packs.copy, days, np.minimum(days, packs.sold - packs.dispatched))


def _shops(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    pack = _repeated(rng, len(packs), p["shop.share"], lambda n: 1 + rng.poisson(p["shop.again"], n))
    since = np.where(packs.copy, 14, packs.sold - packs.dispatched)[pack]
    day = _by_day(rng, packs.sold[pack] - rng.random(len(pack)) * since)
    shop = _new_ids(rng, len(packs))[pack]
    return Visits(pack, day, shop, shop, np.full(len(pack), HOME), packs.place[pack])


def _makers(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    """The same people at the maker's, in Guizhou; copies do not come by there."""
    tries = 1 / (1 + p["maker.again"])
    pack = _repeated(rng, len(packs), p["maker.share"], lambda n: rng.geometric(tries, n))
    pack = pack[~packs.copy[pack]]
    day = _by_day(rng, rng.random(len(pack)) * packs.dispatched[pack])
    person = rng.integers(0, max(1, round(p["maker.people"])), len(pack))
    return Visits(pack, day, person, np.zeros_like(pack), _networks(rng, len(pack), p), np.zeros_like(pack))


def _chats(rng: Generator, packs: Packs, p: Parameters) -> Visits:
    """All within some hours; who would have read it at night reads it in the morning."""
    median, spread = p["chat.readers"], p["chat.readers_spread"]
    pack = _repeated(rng, len(packs), p["chat.share"], lambda n: np.rint(_lognormal(rng, median, spread, n)))
    posted = _by_day(rng, packs.sold + rng.exponential(p["family.opening"], len(packs)))
    day = posted[pack] + rng.exponential(p["chat.within"] / 24, len(pack))
    sleeps = day % 1 < 7 / 24
    day = np.where(sleeps, np.floor(day) + (7 + 3 * rng.random(len(day))) / 24, day)
    visits = _strangers(rng, pack, day, _away(rng, packs.place[pack], p["chat.elsewhere"]), p)
    home = np.where(visits.network == HOME, visits.person, visits.house)
    return Visits(visits.pack, visits.day, visits.person, home, visits.network, visits.place)


STORIES = (_families, _weddings, _villages, _displays, _shops, _makers, _chats)


def _strangers(rng: Generator, pack: Ints, day: Floats, place: Ints, p: Parameters) -> Visits:
    """People new to each other, over the mobile network or the wireless network of the place."""
    wifi = rng.random(len(pack)) < p["network.guest_wifi"]
    place_of = _new_ids(rng, int(pack.max(initial=-1)) + 1)
    return Visits(pack, day, _new_ids(rng, len(pack)), place_of[pack], np.where(wifi, HOME, MOBILE), place)


# --- what clients they seem to be -----------------------------------------------------------------------------------


def _clients(rng: Generator, visits: Visits, born: Ints, p: Parameters) -> NDArray[np.uint64]:
    """A network and a browser, under a key that changes."""
    prefix = np.choose(
        visits.network,
        [
            _mixed(visits.house, _period(visits.house, visits.day, p["network.home_lasts"])),
            _mixed(visits.person, rng.integers(0, max(1, round(p["network.mobile_prefixes"])), len(born)), 1),
            _mixed(visits.person, 2),
        ],
    )
    app = rng.random(len(born)) < p["network.second_browser"]
    model = _mixed(visits.person, 3) % np.uint64(max(1, round(p["network.browsers"])))
    browser = _mixed(model, app, _period(visits.person, visits.day, p["network.browser_lasts"]))
    key = np.floor((born + visits.day) / PROFILE.client_key_days).astype(np.int64)
    return _mixed(prefix, browser, key)


def _period(of: Ints, day: Floats, lasts: float) -> Ints:
    """In which period of so many days a day lies; everybody's periods begin at another time."""
    phase = (_mixed(of, 4) % np.uint64(1000)).astype(np.float64) / 1000
    return np.floor(day / lasts + phase).astype(np.int64)


def _misplaced(rng: Generator, visits: Visits, p: Parameters) -> Ints:
    wrong = (visits.network == MOBILE) & (rng.random(len(visits.day)) < p["network.misplaced"])
    return np.where(wrong, rng.integers(1, len(PROVINCES), len(wrong)), 0)


def _with_reloads(
    rng: Generator,
    packs: Packs,
    visits: Visits,
    client: NDArray[np.uint64],
    seen: Ints,
    p: Parameters,
    marks: int,
) -> Scans:
    """Every visit and its reloads, as far as anybody watches, in order."""
    reloads = rng.geometric(1 / (1 + p["network.reloads"]), len(client)) - 1
    which = np.concatenate([np.arange(len(client)), np.repeat(np.arange(len(client)), reloads)])
    later = rng.exponential(p["network.reload_after"] / 24, len(which))
    later[: len(client)] = 0
    day, mark = visits.day[which] + later, packs.mark[visits.pack[which]]
    kept = np.flatnonzero((day >= 0) & (day < p["packs.watched"]))
    second = ((day + _born(marks)[mark]) * 86_400).astype(np.int64)
    order = kept[np.lexsort((second[kept], mark[kept]))]
    early = day < packs.dispatched[visits.pack[which]]
    grams = _grams(rng, marks)
    return Scans(mark[order], second[order], client[which][order], seen[which][order], early[order], grams)


# --- small things ---------------------------------------------------------------------------------------------------


def _together(*parts: Any) -> Any:
    """Tables of one kind, one after the other."""
    kind = type(parts[0])
    return kind(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(kind)))


def _repeated(rng: Generator, packs: int, share: float, how_often: Callable[[int], Any]) -> Ints:
    """The number of each pack a story happens to, as often as somebody looks."""
    often = np.asarray(how_often(packs)).astype(np.int64)
    return np.repeat(np.arange(packs), np.where(rng.random(packs) < share, often, 0))


def _born(marks: int) -> Ints:
    """The day of the season each mark was packed on: always the same for a mark."""
    return (_mixed(np.arange(marks), 5) % np.uint64(PACKING_DAYS)).astype(np.int64)


def _grams(rng: Generator, marks: int) -> Ints:
    sizes = SOURCE["contents"]
    shares = np.array(list(sizes.values())) / sum(sizes.values())
    return rng.choice(np.array([int(size) for size in sizes]), marks, p=shares)


def _networks(rng: Generator, looks: int, p: Parameters) -> Ints:
    chance = rng.random(looks)
    mobile, other = p["network.mobile"], p["network.other"]
    return np.where(chance < mobile, MOBILE, np.where(chance < mobile + other, OTHER, HOME))


def _anywhere(rng: Generator, people: int) -> Ints:
    """A province each, as many people live there."""
    return np.searchsorted(_PEOPLE, rng.random(people)).astype(np.int64)


def _away(rng: Generator, place: Ints, share: float) -> Ints:
    return np.where(rng.random(len(place)) < share, _anywhere(rng, len(place)), place)


def _by_day(rng: Generator, day: Floats) -> Floats:
    """The same days, at waking hours: mostly in the evening."""
    return np.floor(day) + rng.triangular(7, 19, 23, len(day)) / 24


def _lognormal(rng: Generator, median: float, spread: float, size: int) -> Floats:
    return rng.lognormal(np.log(median), spread, size)


def _new_ids(rng: Generator, how_many: int) -> Ints:
    """Numbers nobody else has, with room for a family behind each."""
    return rng.integers(1, 1 << 55, how_many) << 7


def _mixed(*columns: Any) -> NDArray[np.uint64]:
    """One number for a row of numbers, alike only where the rows are (splitmix64)."""
    mixed: Any = np.uint64(0x9E3779B97F4A7C15)
    for column in columns:
        mixed = (mixed ^ np.asarray(column).astype(np.uint64)) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(32))
    return np.asarray(mixed)
