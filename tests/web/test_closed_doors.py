"""No page of the desk leads anybody to a closed door: every link and every form on it may be followed."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.services.test_applications import applied
from tests.services.test_complaints import recorded
from tests.services.test_inspections import inspected
from tests.services.test_recalls import ordered
from tests.services.test_slips import refused, small_plot, weighed
from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import GRANTABLE, Identity, May
from traceability.services import chain, people
from traceability.web.enterprise import outlook

#: Pages of a kind that are opened, one unless it says more; the links to all the others are looked at too.
OPENED = {"enterprise.lot": 14, "enterprise.suppliers": 9, "enterprise.print_job": 2}
#: A form whose address is also a page that may be read.
RECORDS = {"enterprise.delivery": May.RECORD_CHAIN}


@pytest.fixture
def season(small_world: World) -> World:
    """Something at every stage, and something that went wrong."""
    world = small_world
    other = world.other
    for one in (
        world.leaf,
        world.tea,
        world.batch,
        world.sampled_batch,
        world.failed_batch,
        world.passed_batch,
    ):
        one()
    world.request(world.passed_batch())
    world.issued_batch()
    world.marked_batch(kg=3)
    packed = world.packed(packs=10)
    world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.first(2))])
    short = world.sent(packed.lot, packs=3)
    world.do(chain.deliver, shipment=short, received={packed.lot: 2})
    world.sent(packed.lot, packs=1)
    sale = world.sold(packed.lot, packs=2)
    world.do(chain.take_back, sale=sale, packs=1, opened=False, restock=True, reason="买多了")
    tea = world.tea(firm=other)
    world.sent(tea, g=500, to=world.firm.party, by=other.manager)
    applied(world)
    recorded(world, about=str(packed.first(1)[0]))
    ordered(world, world.packed(packs=2).lot)
    refused(world, weighed(world, kg=70, plot=small_plot(world)))
    inspected(world, world.passed_batch(kg=1))
    return world


def targets(html: str) -> Iterator[tuple[str, str]]:
    """(method, address) of every link, button and form."""
    for address in re.findall(r'<a\b[^>]*\bhref="([^"]+)"', html):
        yield "GET", unescape(address)
    for tag in re.findall(r"<form\b[^>]*>", html):
        method = re.search(r'method="(\w+)"', tag)
        action = re.search(r'\baction="([^"]*)"', tag)
        yield (method[1] if method else "get").upper(), unescape(action[1]) if action else ""
    for address in re.findall(r'\b(?:formaction|hx-post)="([^"]+)"', html):
        yield "POST", unescape(address)


def view_of(app: Flask, address: str, method: str) -> str | None:
    """The endpoint that answers an address of ours; nothing for another site, a telephone or a mark on the page."""
    path = address.split("#")[0].split("?")[0]
    if not path.startswith("/"):
        return None
    try:
        return str(app.url_map.bind("localhost").match(path, method=method)[0])
    except HTTPException:
        pytest.fail(f"{method} {address} is no address")


def closed(app: Flask, who: Identity, endpoint: str, method: str) -> bool:
    wanted = app.view_functions[endpoint].permission  # type: ignore[union-attr]
    held = {one.value for one in who.permissions} | {"public", "signed_in"}
    needs = RECORDS.get(endpoint.removesuffix("_preview")) if method == "POST" else None
    return not (wanted & held) or (needs is not None and not who.may(needs))


def _page_of(address: str) -> str:
    return address.split("#")[0]


#: Files that take a while to make: who may have them is asked, they are not made.
PAPERS = {
    "enterprise.calibrate", "enterprise.delivery_note", "enterprise.document", "enterprise.ledger",
    "enterprise.lot_dossier", "enterprise.lot_evidence", "enterprise.season_summary", "enterprise.season_template",
}  # fmt: skip


def walk(app: Flask, desk: Staff, who: Identity) -> tuple[Counter[str], list[str]]:
    """Pages opened, by endpoint, and what was found closed: (page, method, address)."""
    waiting, known = deque(["/desk/"]), {"/desk/"}
    opened: Counter[str] = Counter()
    wrong = []
    while waiting:
        page = waiting.popleft()
        answer = desk.get(page)
        if answer.status_code >= 400:
            wrong.append(f"GET {page}: {answer.status_code}")
        if answer.mimetype != "text/html" or not page.startswith("/desk"):
            continue
        for method, address in targets(answer.text):
            endpoint = view_of(app, address or page, method)
            if endpoint is None or endpoint == "static":
                continue
            if closed(app, who, endpoint, method):
                wrong.append(f"{page}: {method} {address}")
            if (
                method == "GET"
                and (where := _page_of(address)) not in known
                and opened[endpoint] < OPENED.get(endpoint, 1)
            ):
                known.add(where)
                opened[endpoint] += 1
                if endpoint not in PAPERS:
                    waiting.append(address)
    return opened, wrong


EVERY = frozenset(GRANTABLE)
POSTS = [frozenset(), frozenset({May.RECORD_CHAIN}), EVERY - {May.RECORD_CHAIN}, EVERY]


def test_nobody_is_led_to_a_closed_door(staff_app: Flask, season: World) -> None:
    clerk = season.firm.clerk
    desk = Staff(staff_app, season, clerk)
    for grants in POSTS:
        season.do(people.set_clerk_grants, user=clerk.user, grants=grants)
        opened, wrong = walk(staff_app, desk, season.see(people.identity_of, user=clerk.user))
        assert wrong == [], sorted(grants)
        assert len(opened) > 25
    pages = {
        rule.endpoint
        for rule in staff_app.url_map.iter_rules()
        if rule.endpoint.startswith("enterprise.") and "GET" in (rule.methods or ())
    }
    unseen = pages - outlook.PREVIEWS - set(opened) - UNSEEN
    assert sorted(unseen) == [], "the walk proves something only where it comes by"


#: Pages this walk does not come by: a manager's own, those a script asks for, and what only a second step shows.
UNSEEN = {
    "enterprise.add_to_application", "enterprise.apply", "enterprise.artwork_preview",
    "enterprise.board", "enterprise.carried", "enterprise.carton_labels", "enterprise.complaint_photo",
    "enterprise.doings", "enterprise.find_cards", "enterprise.grant", "enterprise.invite",
    "enterprise.season_try", "enterprise.staff", "enterprise.stop_job", "enterprise.undelivered",
    "enterprise.withdraw_document", "enterprise.take_back_application", "enterprise.worker",
}  # fmt: skip
