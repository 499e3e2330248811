"""A firm's season with any number of leaf receipts, for lists: rows as the use cases write them, inserted in bulk.

Receipts, runs and blends are inserted; what comes after (tests, marks, packs, deliveries, sales) is done by use cases.
"""

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.world import World
from traceability.domain.profile import Grade, LeafGrade
from traceability.domain.units import parse_moment
from traceability.services import people
from traceability.store import schema
from traceability.store.base import Base
from traceability.store.chain.rows import EdgeRow, EntryRow, EventRow, LotRow
from traceability.store.log import FactRow

Rows = list[dict[str, Any]]
VAR = Path(__file__).resolve().parents[2] / "var/bench"
DAYS = 60
LARGE, SMALL = (50, 20), (5, 10)
"""Receipts in a run and runs in a blend; a small season has as much to show on a page as a large one."""
FULL = 10_000
"""Receipts of a large season."""
UNBLENDED = 20
"""The latest runs, which nobody has blended yet."""
ON_HAND = 200
"""The latest receipts, which nobody has processed yet."""
NET_G = 10_000
PLOTS = 60


def season(receipts: int, url: str = "", *, packed: int = 60) -> World:
    """A season with so many receipts; without a `url`, made once and kept in var/bench."""
    if url:
        world = World(url)
        grow(world, receipts, packed=packed)
        return world
    kept = VAR / f"harvest-{schema.head()}-{receipts}.db"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        new = kept.with_suffix(".new")
        new.unlink(missing_ok=True)
        schema.migrate(f"sqlite:///{new}")
        made = World(f"sqlite:///{new}")
        grow(made, receipts, packed=packed)
        made.close()
        shutil.move(new, kept)
    return _again(f"sqlite:///{kept}")


def _again(url: str) -> World:
    """The world as it was founded, over the season that was kept: the same ids, since both were founded alike."""
    world = World(f"sqlite:///{_scratch()}")
    other = world.again(url)
    world.close()
    other.at("2026-06-20T09:00")
    return other


def _scratch() -> Path:
    file = VAR / "founded.db"
    for name in (file, file.with_suffix(".db-wal"), file.with_suffix(".db-shm")):
        name.unlink(missing_ok=True)
    schema.migrate(f"sqlite:///{file}")
    return file


def grow(world: World, receipts: int, *, packed: int) -> None:
    """Fill a founded world with a season."""
    plots = [*world.plots, *(world.new_plot(mu=2000) for _ in range(max(0, PLOTS - 3)))]
    world.at("2026-03-26T08:00")
    for n in range(20):
        world.do(people.register_consignee, name=f"示例门店{n:02d}", place="贵阳")
    _insert(world, receipts, plots)
    world.at("2026-06-01T08:00")
    for _ in range(packed):
        _sell(world)
    world.at("2026-06-20T09:00")


def _sell(world: World) -> None:
    """A batch from the leaf to the shop: packed, half of it sent, some of it sold."""
    done = world.packed(packs=20)
    world.sent(done.lot, packs=5)
    for _ in range(3):
        world.sold(done.lot)


# --- rows in bulk ---------------------------------------------------------------------------------------------------


def _insert(world: World, receipts: int, plots: Sequence[int]) -> None:
    """The day's receipts, and of all but the latest the runs and the blends."""
    with world.house.sessions.begin() as session:
        first = {row: (session.scalar(sa.select(sa.func.max(row.id))) or 0) for row in (EventRow, LotRow)}
        made = Harvest(world, plots, first[EventRow], first[LotRow])
        for rows in made.parts(receipts):
            for table, found in rows.items():
                if found:
                    session.execute(sa.insert(table), found)


class Harvest:
    """Rows of a season, part by part, with ids of their own."""

    def __init__(self, world: World, plots: Sequence[int], event: int, lot: int) -> None:
        self.firm, self.plots = world.firm, plots
        self.event, self.lot = event, lot
        self.rows: dict[type[Base], Rows] = {}
        self.nets: dict[int, int] = {}
        """Grams of the leaf lots nobody has processed."""
        self.made: dict[int, int] = {}
        """Grams of made tea nobody has blended."""
        self._clear()

    def _clear(self) -> None:
        self.rows = {EventRow: [], LotRow: [], EntryRow: [], EdgeRow: [], FactRow: []}

    def parts(self, receipts: int) -> Iterator[dict[type[Base], Rows]]:
        """So many receipts in order of time, a run after each fifty, a blend after each twenty runs."""
        run, blend = LARGE if receipts >= FULL else SMALL
        leaf: list[int] = []
        made: list[int] = []
        for n in range(receipts):
            at = self._at(n, receipts)
            leaf.append(self._receipt(n, at))
            if len(leaf) == run and n < receipts - ON_HAND:
                made.append(self._run(leaf, at + timedelta(hours=3)))
                leaf = []
            if len(made) == blend and n < receipts - ON_HAND - UNBLENDED * run:
                self._blend(made, at + timedelta(hours=5))
                made = []
            if len(self.rows[EventRow]) > 5_000:
                yield self.rows
                self._clear()
        yield self.rows

    def _at(self, n: int, receipts: int) -> datetime:
        day, rest = divmod(n * DAYS, receipts)
        return parse_moment("2026-03-26T08:00") + timedelta(days=day, seconds=rest * 36_000 // receipts)

    def _receipt(self, n: int, at: datetime) -> int:
        plot, day = self.plots[n % len(self.plots)], (at + timedelta(hours=8)).date()
        net = NET_G + n * 37 % 5_000 - 2_500
        terms = {
            "plot": plot, "gross_g": net + 500, "tare_g": 500, "scale": self.firm.scale,
            "certificate_no": f"CN{n:07d}", "plucked_on": day,
        }  # fmt: skip
        event = self._event("leaf_receipt", f"R-{n:06d}", at, terms)
        lot = self._new_lot("leaf", f"L-R-{n:06d}", at, leaf_grade=LeafGrade.ONE_BUD_ONE_LEAF_OPENING.value)
        part = f"{day.year}-{'spring' if day < date(2026, 5, 6) else 'summer'}"
        self._entry(event, "plot", -net, lot=lot, plot=plot, part=part)
        self._entry(event, "held", net, lot=lot, party=self.firm.party)
        self.nets[lot] = net
        return lot

    def _run(self, leaf: Sequence[int], at: datetime) -> int:
        event = self._event(
            "processing", f"P-{leaf[-1]:06d}", at, {"fresh_moisture": "76.5", "made_moisture": "5.6"}
        )
        lot = self._new_lot("made_tea", f"M-{leaf[-1]:06d}", at, grade=Grade.ZHENPIN.value)
        nets = [self.nets.pop(one) for one in leaf]
        for one, net in zip(leaf, nets, strict=True):
            self._entry(event, "held", -net, lot=one, party=self.firm.party)
            self.rows[EdgeRow].append(
                {"event_id": event, "root_id": event, "source_id": one, "target_id": lot, "grams": net}
            )
        self.made[lot] = made = sum(nets) * 10 // 45
        self._entry(event, "held", made, lot=lot, party=self.firm.party)
        self._entry(event, "loss", sum(nets) - made)
        return lot

    def _blend(self, made: Sequence[int], at: datetime) -> int:
        event = self._event("blending", f"B-{made[-1]:06d}", at, {})
        lot = self._new_lot("batch", f"DY-{made[-1]:06d}", at, grade=Grade.ZHENPIN.value)
        taken = {one: self.made.pop(one) for one in made}
        for one, grams in taken.items():
            self._entry(event, "held", -grams, lot=one, party=self.firm.party)
            self.rows[EdgeRow].append(
                {"event_id": event, "root_id": event, "source_id": one, "target_id": lot, "grams": grams}
            )
        self._entry(event, "held", sum(taken.values()), lot=lot, party=self.firm.party)
        return lot

    def _event(self, kind: str, no: str, at: datetime, terms: dict[str, Any]) -> int:
        self.event += 1
        who = {"enterprise_id": self.firm.id, "actor_id": self.firm.clerk.user}
        self.rows[EventRow].append(
            {
                "id": self.event,
                "no": no,
                "kind": kind,
                "happened_at": at,
                "recorded_at": at,
                "terms": terms,
                **who,
            }
        )
        self.rows[FactRow].append({
            "kind": f"chain.{kind}", "version": 1, "actor_id": self.firm.clerk.user, "happened_at": at,
            "recorded_at": at, "public": {}, "private": {"no": no, **terms}, "salt": f"{self.event:032d}",
        })  # fmt: skip
        return self.event

    def _new_lot(self, kind: str, no: str, at: datetime, **grades: str) -> int:
        self.lot += 1
        day = (at + timedelta(hours=8)).date()
        self.rows[LotRow].append({
            "id": self.lot, "no": no, "kind": kind, "origin_id": self.firm.id, "season": 2026, "plucked_from": day,
            "plucked_to": day, "born_at": at, "grade": None, "leaf_grade": None, **grades,
        })  # fmt: skip
        return self.lot

    def _entry(
        self, event: int, account: str, grams: int, *, lot: int | None = None, party: int | None = None,
        plot: int | None = None, part: str | None = None,
    ) -> None:  # fmt: skip
        self.rows[EntryRow].append({
            "event_id": event, "root_id": event, "account": account, "grams": grams, "packs": 0, "lot_id": lot,
            "party_id": party, "plot_id": plot, "part": part,
        })  # fmt: skip
