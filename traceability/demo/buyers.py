"""Buyers look marks up: most once or twice at home, one mark far too often, and one that should be on no pack."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from traceability.demo.stage import Stage, Story
from traceability.demo.tables import ONLINE, SHOP
from traceability.domain.marks import SerialRange

#: Where buyers of a channel live; the shop's are at home in Guizhou.
HOMES = {SHOP: ("GZ",), ONLINE: ("GD", "GD", "ZJ", "SH", "BJ", "SC", "GZ")}

#: Where copies of one mark are sold: 41 scans from 6 provinces in 9 days (docs/manual/worked-example.md).
COPIES_SOLD_IN = ("GD", "GX", "HN", "JX", "ZJ", "SC")
SCANS_BY_DAY = (5, 5, 5, 5, 5, 4, 4, 4, 4)
WAKING_HOURS = range(8, 22)


def look_up_some(stage: Stage, channel: str, bought: Sequence[int], number: int) -> None:
    """So many of the packs just bought are looked up at home."""
    rng = stage.rng(f"buyers/{channel}/{stage.today}")
    for serial in rng.sample(bought, number):
        stage.tell(_at_home(stage, serial, rng.choice(HOMES[channel])))


def _at_home(stage: Stage, serial: int, province: str) -> Story:
    """Within two days of the purchase; now and then by another of the house too, or a second time by the same."""
    rng = stage.rng(f"at home/{serial}")
    yield stage.later(rng.randrange(1, 3), rng.choice(WAKING_HOURS), rng.randrange(60))
    phone = _phone(rng)
    stage.look_up(serial, phone, province)
    if rng.randrange(4) == 0:
        yield stage.now + timedelta(minutes=rng.randrange(2, 90))
        stage.look_up(serial, rng.choice((phone, _phone(rng))), province)


def copies(stage: Stage) -> Story:
    """The mark of a pack sold online is on many more packs: new buyers in ever new places."""
    rng = stage.rng("copies")
    for day, scans in enumerate(SCANS_BY_DAY):
        for hour in sorted(rng.sample(WAKING_HOURS, scans)):
            yield stage.at(4, 14 + day, hour, rng.randrange(60))
            stage.look_up(stage.keepsakes["copied"], _phone(rng), rng.choice(COPIES_SOLD_IN))


def unused_label(stage: Stage) -> Story:
    """A spare mark that the suspended firm has not handed back is found on a pack at a market."""
    yield stage.at(6, 12, 17, 20)
    left = (
        packs.spares for one in stage.packed.values() if one.firm.row.key == "dsys" for packs in one.packs
    )
    spare = next(one for one in left if isinstance(one, SerialRange))
    stage.keepsakes["unused"] = spare.first
    stage.look_up(spare.first, _phone(stage.rng("unused")), "GZ")


def _phone(rng: Random) -> str:
    """What is kept of a client: here a number that was never anybody's."""
    return f"{rng.getrandbits(128):032x}"


STORIES = (copies, unused_label)
