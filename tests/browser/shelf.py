"""A shop's shelf to be looked at in a real browser: packs for every verdict there is, and a server that tells of them.

    with served(world, folder) as server:
        shelf = stocked(world)
        page.goto(server.url + "/M/" + shelf.fresh())

The tea of `fresh` marks grew on eight plots in three townships of two counties, so that its page has everything on it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.looking import code_of, look_at
from tests.sealing import seal_all
from tests.web.conftest import app_over
from tests.world import Marked, Packed, World
from traceability.domain.doubts import DoubtKind, make_ref
from traceability.domain.marks import SerialRange
from traceability.domain.people import Role
from traceability.domain.profile import Grade
from traceability.domain.scans import Verdict
from traceability.services import chain, doubts, marks, oversight, people
from traceability.store import chain as chain_rows

GTIN = "06923450657713"
TODAY = "2026-05-20T10:30"
#: When the tea is too old to be sold.
TOO_LATE = "2028-05-20T10:30"
TINS = 200


@dataclass
class Shelf:
    """Serials to look at, by what a look at them answers; `mark` is the code on the pack."""

    world: World
    tin: Packed
    by_verdict: dict[Verdict, int]
    suspended: int
    lot_no: str
    doubt: str
    _taken: int = 20

    def fresh(self) -> str:
        """The code of a pack nobody has looked at."""
        self._taken += 1
        return code_of(self.tin.applied[0].first + self._taken)

    def mark(self, verdict: Verdict) -> str:
        """A code whose page says so. Of an expired pack: at `TOO_LATE`."""
        if verdict is Verdict.UNKNOWN:
            return "00RZ5K7QM2XD8T4V"
        return self.fresh() if verdict not in self.by_verdict else code_of(self.by_verdict[verdict])


def stocked(world: World) -> Shelf:
    """A season's shelf, on a day in May."""
    tin = _tin(world)
    world.at("2026-04-10T09:00")
    first = tin.applied[0].first
    by_verdict = {
        Verdict.SEEN_BEFORE: first,
        Verdict.ATTENTION: first + 1,
        Verdict.NOT_IN_USE: tin.applied[-1].last + 1,
        Verdict.WITHDRAWN: _void(world, tin.applied[-1].last + 2),
        Verdict.RECALLED: _recalled(world),
        Verdict.HELD: _held(world),
    }
    suspended = _suspended(world)
    _look_on(world, first)
    lot = world.rows(chain_rows.lots_by_id, [tin.lot])[tin.lot]
    world.at(TODAY)
    seal_all(world)
    return Shelf(world, tin, by_verdict, suspended, lot.no, _doubted(world, first))


# --- the tin with everything on its page --------------------------------------------------------------------

#: Plots: number, township, place, kilograms picked on the first and on the second day.
PLOTS = (
    ("LSK-01", "522701110", "螺蛳壳", "18.5", "6.5"),
    ("LSK-07", "522701110", "螺蛳壳", "14", "5.8"),
    ("LSK-09", "522701110", "螺蛳壳", "8.4", "0"),
    ("LSK-12", "522701110", "螺蛳壳", "0", "7.3"),
    ("TS-02", "522701110", "团山", "6.2", "4.1"),
    ("YD-03", "522701111", "匀东坡", "9.6", "0"),
    ("YW-04", "522723112", "云雾湖", "0", "11.4"),
    ("YW-05", "522723112", "云雾湖", "0", "5.2"),
)


def _tin(world: World) -> Packed:
    """Two days' leaf, one blend, a report, packs with a barcode, a part of them sent to a shop."""
    plots = _gardens(world)
    world.at("2026-03-26T09:00")
    early = _made(world, plots, 3)
    world.at("2026-03-27T09:00")
    late = _made(world, plots, 4)
    world.at("2026-03-28T10:00")
    batch = world.batch({**early, **late})
    world.at("2026-03-29T09:30")
    world.sample(batch)
    world.at("2026-04-04T15:00")
    world.report(batch, report_no="QN-2026-0412", lab="黔南示例茶叶检验中心")
    product = world.product(100, name="都匀毛尖茶", grade=Grade.ZHENPIN, gtin=GTIN)
    world.at("2026-04-06T08:30")
    tin = _packed(world, world.issued_batch(packs=TINS, batch=batch, spares=2, product=product))
    world.at("2026-04-08T08:00")
    shipment = world.sent(tin.lot, packs=60)
    world.at("2026-04-09T11:00")
    world.do(chain.deliver, shipment=shipment)
    return tin


def _gardens(world: World) -> dict[str, int]:
    offices = {"522701": world.county, "522723": world.user(Role.COUNTY, county="522723")}
    plots = {}
    for no, township, place, *_picked in PLOTS:
        plots[no] = world.do(
            people.register_plot, no=no, grower=world.grower, township=township, place=place, area_mu=Decimal(200)
        )  # fmt: skip
        world.do(people.approve_plot, by=offices[township[:6]], plot=plots[no])
    return plots


def _made(world: World, plots: dict[str, int], day: int) -> dict[int, int]:
    """The leaf of a day, made on the same day: the lot with its grams."""
    leaf = {
        world.leaf(kg=row[day], plot=plots[row[0]]): int(Decimal(row[day]) * 1000)
        for row in PLOTS
        if row[day] != "0"
    }
    made = sum(leaf.values()) * 10 // 44
    return {world.run(leaf, kg=Decimal(made) / 1000).lots[0]: made}


def _packed(world: World, issued: Marked) -> Packed:
    """All but the spares are put on packs."""
    world.print(issued.ranges)
    applied = issued.first(TINS)
    booked = world.pack(issued.batch, applied, product=issued.product)
    return Packed(
        issued.batch, issued.request, issued.product, issued.ranges, booked.lots[0], booked.id, applied
    )


# --- what is wrong with others ------------------------------------------------------------------------------


def _void(world: World, serial: int) -> int:
    world.do(marks.void_marks, ranges=(SerialRange(serial, serial),), reason="印刷污损")
    return serial


def _recalled(world: World) -> int:
    packed = world.packed(packs=2)
    reason = "复检发现水分超过标准要求，茶叶可能受潮变质。"
    world.recall(by=world.county, lot=packed.lot, grade="II", reason=reason)
    return packed.applied[0].first


def _held(world: World) -> int:
    packed = world.packed(packs=2)
    world.do(oversight.hold_lot, by=world.county, lot=packed.lot, reason="核查")
    return packed.applied[0].first


def _suspended(world: World) -> int:
    """A pack of the other firm, which may not mark any more."""
    firm, office = world.other, world.other_county
    plot = world.new_plot(township="522702103")
    leaf = {world.leaf(kg=1, plot=plot, firm=firm): 1000}
    made = world.run(leaf, kg="0.22", firm=firm).lots[0]
    batch = world.batch({made: 220}, firm=firm)
    world.sample(batch, by=firm.manager)
    world.report(batch, by=firm.manager)
    request = world.request(batch, packs=2, product=firm.p100, by=firm.manager)
    world.approve(request, by=office)
    ranges = world.issue(request, by=office)
    world.print(ranges, by=firm.manager)
    world.pack(batch, ranges, product=firm.p100, by=firm.manager)
    world.later(days=3)
    world.do(people.suspend_enterprise, by=world.prefecture, enterprise=firm.id, reason="核查")
    return ranges[0].first


PROVINCES = ("GZ", "GD", "SC", "HN", "ZJ", "BJ", "SD", "HB")


def _somebody(number: int) -> str:
    """What is kept of a client: a digest."""
    return sha256(str(number).encode()).hexdigest()[:32]


def _look_on(world: World, first: int) -> None:
    """Four friends look at one tin, in turn; at the next, people in many provinces at all hours for days."""
    world.at("2026-04-18T19:20")
    for friend in range(3):
        look_at(world, first, client=_somebody(friend), province="GZ")
    world.at("2026-05-02T08:15")
    told = Verdict.FIRST_SCAN
    for stranger in range(60):
        if told is Verdict.ATTENTION:
            break
        told = look_at(
            world, first + 1, client=_somebody(100 + stranger), province=PROVINCES[stranger % len(PROVINCES)]
        ).verdict
        world.later(hours=2, minutes=stranger * 7 % 40)


def _doubted(world: World, serial: int) -> str:
    """The reference of a doubt somebody told."""
    ref = make_ref(b"a doubt about a tin of tea, told by a buyer in a shop")
    told = {"kind": DoubtKind.TEA_ODD, "words": "有霉味。", "serial": serial}
    world.do(doubts.report_doubt, by=doubts.PUBLIC, ref=ref, **told)
    return ref


# --- the server ---------------------------------------------------------------------------------------------


class Quiet(WSGIRequestHandler):
    """Pages are looked at, not logged."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (werkzeug's own name)
        """Nothing."""


@dataclass(frozen=True)
class Served:
    """A server of this process: its address, and the application behind it."""

    url: str
    app: Flask


@contextmanager
def served(world: World, folder: Path) -> Iterator[Served]:
    """Both doors over a world on a free port; pages see the time the world has."""
    with serving(app_over(world, folder, "public", "staff")) as made:
        yield made


@contextmanager
def serving(app: Flask) -> Iterator[Served]:
    """An application on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Served(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
