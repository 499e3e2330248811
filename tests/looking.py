"""Looking at marks without a browser: as the public door does it, one look after the other."""

from functools import partial
from typing import Any

from tests.world import KEYS, World
from traceability.domain import marks as mark_rules
from traceability.domain.scans import Door
from traceability.services import lookup
from traceability.services.lookup import Ask, Window
from traceability.store.work import ask, change, jot, look


def code_of(serial: int) -> str:
    return mark_rules.encode(serial, KEYS["k1"])


def window(world: World) -> Window:
    house = world.house
    return Window(partial(look, house), partial(change, house), partial(ask, house), partial(jot, house))


def look_at(
    world: World, serial: int, *, client: str = "c", door: Door = Door.PUBLIC, province: str | None = None
) -> Any:
    """Somebody looks at a mark now; the `Answer`. A minute later."""
    found = window(world).ask(Ask(code_of(serial), world.now, door, None, client, province))
    answer = lookup.answer(found, now=world.now)
    world.later(minutes=1)
    return answer
