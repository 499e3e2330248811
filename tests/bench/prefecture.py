"""A prefecture's season: 1,300 enterprises in 12 counties, a million leaf receipts, runs, batches, four million marks.

Day by day, as the use cases write it, but in bulk and without facts: leaf of two days goes into a run, four runs into
three batches. One firm in four may use the mark: its batches are sampled, marked, packed, sent to its shop and sold.
The others sell loose tea, and send some to a firm that may. Firms count stock in May; some deliveries are short.

    world = prefecture()                  # the whole of it, made once and kept in var/bench
    world = prefecture(0.01)              # 13 firms, 10,000 receipts
    world = prefecture(0.01, url)         # poured into an empty PostgreSQL
"""

import math
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import sqlalchemy as sa
from stdnum.cn import uscc

from tests.world import World, profile
from traceability.domain.log import canonical
from traceability.store import schema
from traceability.store.base import Base
from traceability.store.chain import lines
from traceability.store.work import engine

VAR = Path(__file__).resolve().parents[2] / "var/bench"
SEED = 20260326
FIRMS, RECEIPTS, DAYS = 1_300, 1_000_000, 60
SINCE = datetime(2026, 3, 25, 16, tzinfo=UTC)
"""Midnight in Shanghai before the first day of leaf."""
ENDED = "2026-07-01T09:00"
PLOTS = 8
LEAF_G, PLOT_KG_PER_MU = 10_000, 60
RUNS, BATCHES = 4, 3
"""Four runs go into three batches: the fourth a third into each."""
RIGHT_EVERY = 4
"""One firm in so many may use the mark."""
PACKED = 0.76
"""Of a batch that is marked, as packs."""
SERIAL = 1_000_000
"""The first serial of the season."""

Row = tuple[Any, ...]


def prefecture(size: float = 1.0, url: str = "") -> World:
    """A season of so great a part of the prefecture, seen on 1 July 2026; with a `url`, in that empty PostgreSQL."""
    kept = VAR / f"prefecture-{schema.head()}-{size:g}.db"
    if not kept.exists():
        _make(kept, size)
    if not url:
        return _again(f"sqlite:///{kept}")
    schema.migrate(url)
    _pour(kept, url)
    return _again(url)


def _make(kept: Path, size: float) -> None:
    print(f"a prefecture's season, size {size:g}", file=sys.stderr, flush=True)
    VAR.mkdir(parents=True, exist_ok=True)
    new = kept.with_suffix(".new")
    new.unlink(missing_ok=True)
    schema.migrate(f"sqlite:///{new}")
    World(f"sqlite:///{new}").close()
    with closing(sqlite3.connect(new)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-4000000", "foreign_keys=OFF"):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        for rows in Season(connection, size).days():
            for table, (columns, found) in rows.items():
                marks = ",".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})", found)
        connection.commit()
        finish(connection)
        connection.execute("ANALYZE")
        connection.commit()
        connection.execute("PRAGMA journal_mode=WAL").fetchall()
    shutil.move(new, kept)


def finish(connection: sqlite3.Connection) -> None:
    """The lines of the books, which follow from the entries."""
    names = ("season", "holder_id", "kind", "account", "lot_kind", "recorded_on")
    columns = ", ".join(names)
    connection.execute(
        f"INSERT INTO book_line ({columns}, grams, packs) SELECT {columns}, SUM(grams), SUM(packs) "
        f"FROM ({lines.again(postgresql=False)}) GROUP BY {columns}"
    )


def _again(url: str) -> World:
    """The world as it was founded, over the season: the same ids, since both were founded alike."""
    file = VAR / "founded-prefecture.db"
    for name in (file, file.with_suffix(".db-wal"), file.with_suffix(".db-shm")):
        name.unlink(missing_ok=True)
    schema.migrate(f"sqlite:///{file}")
    world = World(f"sqlite:///{file}")
    other = world.again(url)
    world.close()
    other.at(ENDED)
    return other


# --- what a firm does -----------------------------------------------------------------------------------------------

TABLES: dict[str, tuple[str, ...]] = {
    "enterprise": ("id", "name", "uscc", "county", "sc_no", "registered_at", "entered_by"),
    "party": ("id", "name", "place", "enterprise_id", "kept_by"),
    "user": ("id", "email", "password", "active", "fs_uniquifier", "name", "role", "enterprise_id"),
    "authorisation": ("enterprise_id", "announcement_no", "right_basis", "scope", "valid_from", "valid_until",
                      "decided_at", "decided_by"),
    "scale": ("id", "no", "enterprise_id", "verified_on", "verified_until"),
    "product": ("id", "enterprise_id", "name", "grade", "net_content_g"),
    "grower": ("id", "no", "kind", "name", "township", "entered_by"),
    "plot": ("id", "no", "grower_id", "township", "place", "area_mu", "state", "active_from", "entered_by"),
    "event": ("id", "no", "kind", "enterprise_id", "happened_at", "recorded_at", "actor_id", "about_id", "terms"),
    "lot": ("id", "no", "kind", "origin_id", "season", "plucked_from", "plucked_to", "born_at", "grade",
            "leaf_grade", "product_id", "pack_day", "best_before", "closed_at"),
    "entry": ("event_id", "root_id", "account", "lot_id", "party_id", "shipment_id", "plot_id", "part", "grams",
              "packs"),
    "edge": ("event_id", "root_id", "source_id", "target_id", "grams"),
    "shipment": ("id", "no", "enterprise_id", "from_id", "to_id", "carrier", "vehicle", "sent_at", "state",
                 "answered_at"),
    "shortage": ("lot_id", "enterprise_id", "shipment_id", "grams", "packs", "opened_at"),
    "document": ("id", "enterprise_id", "kind", "name", "media_type", "sha256", "content", "lot_id", "added_at",
                 "added_by"),
    "report": ("lot_id", "report_no", "lab", "reported_on", "document_id", "tested", "retest", "entered_by",
               "entered_at", "confirmed_by", "confirmed_at"),
    "mark_request": ("id", "no", "enterprise_id", "batch_id", "state", "filed_at", "filed_by", "decided_at",
                     "decided_by"),
    "mark_request_line": ("id", "request_id", "product_id", "packs", "spares"),
    "mark_issue": ("id", "line_id", "enterprise_id", "batch_id", "product_id", "first", "last", "key"),
    "mark_action": ("issue_id", "action", "first", "last", "pack_lot_id", "printed_for", "reason", "happened_at",
                    "recorded_at", "actor_id"),
    "mark_span": ("issue_id", "first", "last", "state", "pack_lot_id", "printed_for"),
}  # fmt: skip


@dataclass
class Tea:
    """A lot and what is left of it, where it is."""

    lot: int
    grams: int
    plucked: tuple[str, str] = ("", "")
    packs: int = 0


@dataclass
class Firm:
    """A firm and what it has in hand."""

    id: int
    party: int
    shop: int
    user: int
    scale: int
    product: int
    net_g: int
    county: str
    weight: float
    right: bool
    plots: list[int]
    leaf: list[Tea] = field(default_factory=list)
    made: list[Tea] = field(default_factory=list)
    counted: list[tuple[Tea, int]] = field(default_factory=list)


class Season:
    """The rows of a season, day by day; ids are our own, after those of the founded world."""

    def __init__(self, connection: sqlite3.Connection, size: float) -> None:
        self.rng = Random(SEED)
        self.next: dict[str, int] = defaultdict(int)
        for table in TABLES:
            if "id" in TABLES[table]:
                self.next[table] = connection.execute(
                    f'SELECT coalesce(max(id), 0) FROM "{table}"'
                ).fetchone()[0]
        self.officer = connection.execute("SELECT id FROM user WHERE role = 'prefecture'").fetchone()[0]
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.later: dict[int, list[Callable[[], None]]] = defaultdict(list)
        self.receipts, self.serial, self.day, self.second = round(RECEIPTS * size), SERIAL, 0, 0
        self.firms = [self._firm(n) for n in range(max(13, round(FIRMS * size)))]
        self.rights = [one for one in self.firms if one.right]
        self.whole = sum(one.weight for one in self.firms)

    def days(self) -> Iterator[dict[str, tuple[tuple[str, ...], list[Row]]]]:
        """What is written in each day, by table in the order in which rows may refer to each other."""
        left = self.receipts
        for day in range(DAYS):
            left -= self._pluck(day, left if day == DAYS - 1 else left // (DAYS - day))
            for firm in self.firms:
                if (day + firm.id) % 2 or day == DAYS - 1:
                    self._evening(firm, day)
            yield from self._told(day)
        for day in range(DAYS, DAYS + 40):
            if day == DAYS + 10:
                for firm in self.firms:
                    self._count(firm)
            yield from self._told(day)

    def _told(self, day: int) -> Iterator[dict[str, tuple[tuple[str, ...], list[Row]]]]:
        self.day, self.second = day, 10 * 3600
        for act in self.later.pop(day, []):
            act()
        yield {f'"{name}"': (TABLES[name], self.rows[name]) for name in TABLES if self.rows[name]}
        self.rows.clear()

    # --- rows -----------------------------------------------------------------------------------------------------

    def _id(self, table: str) -> int:
        self.next[table] += 1
        return self.next[table]

    def _at(self) -> str:
        """A moment of the day, each a little later than the one before."""
        self.second = min(self.second + 1, 14 * 3600)
        return f"{SINCE + timedelta(days=self.day, seconds=self.second):%Y-%m-%d %H:%M:%S.%f}"

    def _date(self, day: int) -> str:
        return f"{SINCE + timedelta(days=day + 1):%Y-%m-%d}"

    def _event(self, firm: Firm, kind: str, at: str, about: int | None = None, **terms: Any) -> int:
        number = self._id("event")
        self.rows["event"].append(
            (
                number,
                f"{kind[:2].upper()}26{number:07d}",
                kind,
                firm.id,
                at,
                at,
                firm.user,
                about,
                canonical(terms),
            )
        )
        return number

    def _lot(
        self,
        firm: Firm,
        kind: str,
        at: str,
        plucked: tuple[str, str],
        grade: str | None = "ZHENPIN",
        leaf: str | None = None,
        packed: tuple[Any, ...] = (None, None, None),
    ) -> int:
        number = self._id("lot")
        no = f"{kind[0].upper()}26{number:07d}"
        self.rows["lot"].append((number, no, kind, firm.id, 2026, *plucked, at, grade, leaf, *packed, None))
        return number

    def _entry(
        self,
        event: int,
        account: str,
        grams: int,
        *,
        lot: int | None = None,
        party: int | None = None,
        shipment: int | None = None,
        plot: int | None = None,
        part: str | None = None,
        packs: int = 0,
    ) -> None:
        if grams:
            self.rows["entry"].append((event, event, account, lot, party, shipment, plot, part, grams, packs))

    def _edge(self, event: int, source: int, target: int, grams: int) -> None:
        self.rows["edge"].append((event, event, source, target, grams))

    # --- people ---------------------------------------------------------------------------------------------------

    def _firm(self, n: int) -> Firm:
        counties = [one.code for one in profile().counties]
        county, weight = counties[n % len(counties)], self.rng.uniform(0.3, 1.7)
        at, number, party, right = (
            "2026-03-01 00:00:00.000000",
            self._id("enterprise"),
            self._id("party"),
            not n % RIGHT_EVERY,
        )
        base = f"91{county}MA{n:07d}"
        self.rows["enterprise"].append(
            (
                number,
                f"第{n + 1:04d}示例茶业",
                base + uscc.calc_check_digit(base),
                county,
                None,
                at,
                self.officer,
            )
        )
        user, scale, product, shop = (self._id(one) for one in ("user", "scale", "product", "party"))
        self.rows["party"] += [
            (party, f"第{n + 1:04d}示例茶业", county, number, None), (shop, f"第{n + 1:04d}门店", "贵阳", None, number)
        ]  # fmt: skip
        self.rows["user"].append(
            (user, f"clerk{n}@example.cn", "-", 1, f"{n:032d}", "店员", "manager", number)
        )
        if right:
            self.rows["authorisation"].append(
                (number, f"2026-{n:04d}", "gi_product", "ZHENPIN,SPECIAL,FIRST", "2026-01-01", "2028-12-31", at,
                 self.officer)
            )  # fmt: skip
        self.rows["scale"].append((scale, f"SC-{n}", number, "2025-12-01", "2026-11-30"))
        net = 50 if n % 20 == 4 else 100
        self.rows["product"].append((product, number, f"都匀毛尖茶{net}", "ZHENPIN", net))
        return Firm(
            number,
            party,
            shop,
            user,
            scale,
            product,
            net,
            county,
            weight,
            right,
            self._plots(n, county, weight),
        )

    def _plots(self, n: int, county: str, weight: float) -> list[int]:
        made = []
        mu = math.ceil(weight * RECEIPTS / FIRMS * LEAF_G / 1000 / PLOTS / PLOT_KG_PER_MU * 1.5)
        for i in range(PLOTS):
            if i % 2 == 0:
                grower = self._id("grower")
                self.rows["grower"].append(
                    (grower, f"G{n:04d}{i}", "household", f"农户{n}-{i}", f"{county}100", self.officer)
                )
            made.append(plot := self._id("plot"))
            self.rows["plot"].append((plot, f"P{n:04d}{i}", grower, f"{county}100", "螺蛳壳", str(mu), "active",
                                      "2026-01-01", self.officer))  # fmt: skip
        return made

    # --- leaf, runs, batches --------------------------------------------------------------------------------------

    def _pluck(self, day: int, receipts: int) -> int:
        """The day's receipts, in the order of time, over all firms."""
        self.day, self.second = day, 7 * 3600
        took = [one for one in self.firms for _ in range(self._share(receipts, one))][:receipts]
        took += self.rng.choices(self.firms, k=receipts - len(took))
        self.rng.shuffle(took)
        date, step = self._date(day), 6 * 3600 / max(1, receipts)
        part = "2026-spring" if date < "2026-05-06" else "2026-summer"
        for n, firm in enumerate(took):
            at = f"{SINCE + timedelta(days=day, seconds=7 * 3600 + int(n * step)):%Y-%m-%d %H:%M:%S.%f}"
            self._receive(firm, at, date, part)
        return receipts

    def _share(self, receipts: int, firm: Firm) -> int:
        return int(receipts * firm.weight / self.whole)

    def _receive(self, firm: Firm, at: str, date: str, part: str) -> None:
        plot, net = firm.plots[self.rng.randrange(PLOTS)], self.rng.randrange(7_000, 13_000)
        event = self._event(
            firm, "leaf_receipt", at, plot=plot, gross_g=net + 500, tare_g=500, scale=firm.scale,
            certificate_no=f"CN{self.next['event']:07d}", plucked_on=date,
        )  # fmt: skip
        lot = self._lot(firm, "leaf", at, (date, date), None, "one_bud_one_leaf_opening")
        self._entry(event, "plot", -net, lot=lot, plot=plot, part=part)
        self._entry(event, "held", net, lot=lot, party=firm.party)
        firm.leaf.append(Tea(lot, net, (date, date)))

    def _evening(self, firm: Firm, day: int) -> None:
        """All the leaf in hand into one run or two; every fourth run makes three batches."""
        self.day, self.second = day, 14 * 3600 + firm.id % 3600
        kept = 3 if day == DAYS - 1 else 0
        leaf, firm.leaf = firm.leaf[kept:], firm.leaf[:kept]
        for some in (leaf[i : i + 40] for i in range(0, len(leaf), 40)):
            self._run(firm, some)
            if len(firm.made) >= RUNS:
                self._blends(firm, day)

    def _run(self, firm: Firm, leaf: Sequence[Tea]) -> None:
        at = f"{SINCE + timedelta(days=self.day, seconds=15 * 3600 + firm.id % 3600):%Y-%m-%d %H:%M:%S.%f}"
        event = self._event(firm, "processing", at, fresh_moisture="76.5", made_moisture="5.6", reason="")
        plucked = min(one.plucked[0] for one in leaf), max(one.plucked[1] for one in leaf)
        lot = self._lot(firm, "made_tea", at, plucked)
        for one in leaf:
            self._entry(event, "held", -one.grams, lot=one.lot, party=firm.party)
            self._edge(event, one.lot, lot, one.grams)
        net = sum(one.grams for one in leaf)
        made, rejects = net * 10 // self.rng.randrange(43, 50), net // 100
        self._entry(event, "held", made, lot=lot, party=firm.party)
        self._entry(event, "rejects", rejects)
        self._entry(event, "loss", net - made - rejects)
        firm.made.append(Tea(lot, made, plucked))

    def _blends(self, firm: Firm, day: int) -> None:
        runs, firm.made = firm.made[:RUNS], firm.made[RUNS:]
        shared, rest = runs[-1], runs[-1].grams
        for n, run in enumerate(runs[:-1]):
            part = shared.grams // BATCHES if n < BATCHES - 1 else rest
            rest -= part
            self._blend(firm, day, [(run, run.grams), (shared, part)])

    def _blend(self, firm: Firm, day: int, taken: Sequence[tuple[Tea, int]]) -> None:
        at = f"{SINCE + timedelta(days=day, seconds=16 * 3600 - 60 + firm.id % 60):%Y-%m-%d %H:%M:%S.%f}"
        event = self._event(firm, "blending", at)
        plucked = min(one.plucked[0] for one, _ in taken), max(one.plucked[1] for one, _ in taken)
        lot = self._lot(firm, "batch", at, plucked)
        for one, grams in taken:
            self._entry(event, "held", -grams, lot=one.lot, party=firm.party)
            self._edge(event, one.lot, lot, grams)
        grams = sum(part for _, part in taken)
        fines = grams // 80
        self._entry(event, "held", grams - fines, lot=lot, party=firm.party)
        self._entry(event, "fines", fines)
        batch = Tea(lot, grams - fines, plucked)
        firm.counted.append((batch, firm.party))
        if firm.right:
            self.later[day + 2].append(lambda: self._mark(firm, batch))
        elif lot % 4:
            for after in (6, 15):
                self.later[day + after].append(lambda: self._sell_loose(firm, batch))
        else:
            self.later[day + 5].append(lambda: self._send(firm, batch, batch.grams * 3 // 4, lot))

    # --- marks and packs ------------------------------------------------------------------------------------------

    def _mark(self, firm: Firm, batch: Tea) -> None:
        """Sampled, reported, marks asked for and issued; printed and applied in the days after."""
        at, day = self._at(), self.day
        event = self._event(firm, "sampling", at, test_g=300, retained_g=200)
        self._entry(event, "held", -500, lot=batch.lot, party=firm.party)
        self._entry(event, "samples", 500, lot=batch.lot)
        batch.grams -= 500
        document = self._id("document")
        self.rows["document"].append((document, firm.id, "report", "检验报告.pdf", "application/pdf",
                                      f"{document:064x}", b"%PDF-", batch.lot, at, firm.user))  # fmt: skip
        tested = canonical({"moisture": "5.6", "total_ash": "5.7", "water_extract": "43.5", "crude_fibre": "11.8",
                            "lead": "0.42", "pesticide_residue": True, "sensory_grade": True})  # fmt: skip
        self.rows["report"].append((batch.lot, f"JY26{document:06d}", "黔南州检验检测院", self._date(day), document,
                                    tested, 0, firm.user, at, self.officer, at))  # fmt: skip
        packs = int(batch.grams * PACKED) // firm.net_g
        spares, request, line, issue = max(1, packs // 100), *(
            self._id(one) for one in ("mark_request", "mark_request_line", "mark_issue")
        )  # fmt: skip
        first, last = self.serial, self.serial + packs + spares - 1
        self.serial = last + 1
        self.rows["mark_request"].append(
            (request, f"MR26{request:06d}", firm.id, batch.lot, "issued", at, firm.user, at, self.officer)
        )
        self.rows["mark_request_line"].append((line, request, firm.product, packs, spares))
        self.rows["mark_issue"].append((issue, line, firm.id, batch.lot, firm.product, first, last, "k1"))
        self._act(issue, "issue", first, last, self.officer)
        self._act(issue, "print", first, last, firm.user)
        half = packs // 2
        self.later[day + 2].append(lambda: self._pack(firm, batch, issue, first, half))
        if batch.lot % 20:
            self.later[day + 6].append(lambda: self._pack(firm, batch, issue, first + half, packs - half))
            self.later[day + 7].append(lambda: self._spoil(firm, issue, first + packs, last))
        else:
            self.rows["mark_span"].append((issue, first + half, last, "printed", None, None))

    def _act(self, issue: int, action: str, first: int, last: int, user: int, lot: int | None = None,
             reason: str | None = None) -> None:  # fmt: skip
        at = self._at()
        self.rows["mark_action"].append((issue, action, first, last, lot, None, reason, at, at, user))

    def _spoil(self, firm: Firm, issue: int, first: int, last: int) -> None:
        """Spares: one is void, one in fifty of them is lost, the rest stay."""
        state, action = ("lost", "lose") if not issue % 50 else ("void", "void")
        self._act(issue, action, first, first, firm.user, reason="贴标时损坏")
        self.rows["mark_span"].append((issue, first, first, state, None, None))
        if last > first:
            self.rows["mark_span"].append((issue, first + 1, last, "printed", None, None))

    def _pack(self, firm: Firm, batch: Tea, issue: int, first: int, packs: int) -> None:
        if packs <= 0:
            return
        at, net = self._at(), packs * firm.net_g
        event = self._event(firm, "packing", at, packs=[packs], products=[firm.product])
        day = self._date(self.day)
        best = f"2028{day[4:]}"
        lot = self._lot(firm, "pack_lot", at, batch.plucked, packed=(firm.product, day, best))
        over, spill = net // 500, net // 1000
        self._entry(event, "held", -net - over - spill, lot=batch.lot, party=firm.party)
        self._entry(event, "held", net, lot=lot, party=firm.party, packs=packs)
        self._entry(event, "overfill", over)
        self._entry(event, "spill", spill)
        self._edge(event, batch.lot, lot, net)
        batch.grams -= net + over + spill
        self._act(issue, "apply", first, first + packs - 1, firm.user, lot=lot)
        self.rows["mark_span"].append((issue, first, first + packs - 1, "applied", lot, None))
        done = Tea(lot, net, batch.plucked, packs)
        firm.counted.append((done, firm.party))
        for after in (3, 9):
            self.later[self.day + after].append(lambda: self._sell_packs(firm, done, packs // 4, firm.party))
        if not lot % 5:
            self.later[self.day + 5].append(lambda: self._to_shop(firm, done, packs // 5))

    # --- away -----------------------------------------------------------------------------------------------------

    def _sell_packs(self, firm: Firm, tea: Tea, packs: int, party: int) -> None:
        if packs > 0:
            self._sell(firm, tea, packs * firm.net_g, packs, party)

    def _sell_loose(self, firm: Firm, tea: Tea) -> None:
        self._sell(firm, tea, tea.grams * 2 // 5, 0, firm.party)

    def _sell(self, firm: Firm, tea: Tea, grams: int, packs: int, party: int) -> None:
        event = self._event(firm, "sale", self._at(), channel="wholesale" if not packs else "shop", buyer="")
        self._entry(event, "held", -grams, lot=tea.lot, party=party, packs=-packs)
        self._entry(event, "sold", grams, lot=tea.lot, packs=packs)
        tea.grams -= grams
        tea.packs -= packs

    def _to_shop(self, firm: Firm, tea: Tea, packs: int) -> None:
        grams = packs * firm.net_g
        there = Tea(tea.lot, grams, tea.plucked, packs)
        self._ship(firm, firm, firm.shop, tea, grams, packs, there, short=0)
        self.later[self.day + 6].append(lambda: self._sell_packs(firm, there, packs // 2, firm.shop))

    def _send(self, firm: Firm, tea: Tea, grams: int, n: int) -> None:
        """To the next firm that has the right; one in forty comes short, one in two hundred is still on its way."""
        to = self.rights[n % len(self.rights)]
        there = Tea(tea.lot, grams, tea.plucked)
        self._ship(
            firm, to, to.party, tea, grams, 0, there, short=250 if not n % 160 else -1 if not n % 772 else 0
        )
        self.later[self.day + 10].append(lambda: self._sell_loose(to, there))

    def _ship(
        self, firm: Firm, to: Firm, party: int, tea: Tea, grams: int, packs: int, there: Tea, *, short: int
    ) -> None:
        """Sent today, there tomorrow; `short` grams less, or -1: not there yet."""
        at, number = self._at(), self._id("shipment")
        event = self._event(firm, "dispatch", at)
        self._entry(event, "held", -grams, lot=tea.lot, party=firm.party, packs=-packs)
        self._entry(event, "transit", grams, lot=tea.lot, shipment=number, packs=packs)
        tea.grams -= grams
        tea.packs -= packs
        row = (number, f"SH{number:06d}", firm.id, firm.party, party, "示例物流", "贵J00000", at)
        if short < 0:
            there.grams = 0
            self.rows["shipment"].append((*row, "sent", None))
        else:
            self.rows["shipment"].append(
                (*row, "accepted", self._arrive(to, party, event, number, there, short))
            )
            if short:
                self.rows["shortage"].append((tea.lot, firm.id, number, short, 0, self._at()))

    def _arrive(self, to: Firm, party: int, about: int, shipment: int, there: Tea, short: int) -> str:
        self.day += 1
        at = self._at()
        self.day -= 1
        event = self._event(to, "delivery", at, about)
        there.grams -= short
        self._entry(event, "transit", -there.grams, lot=there.lot, shipment=shipment, packs=-there.packs)
        self._entry(event, "held", there.grams, lot=there.lot, party=party, packs=there.packs)
        return at

    def _count(self, firm: Firm) -> None:
        """Three lots are counted; of one in ten of them something is missing, of one in thirty there is too much."""
        for tea, party in firm.counted[-3:]:
            packed, odd = bool(tea.packs), tea.lot % 30
            per, booked = (firm.net_g, tea.packs) if packed else (1, tea.grams)
            missing = (2 if packed else 300) if odd < 3 and booked > 300 else -1 if odd == 7 else 0
            at = self._at()
            event = self._event(firm, "stock_count", at, counted=booked - missing, booked=booked, lot=tea.lot)
            if missing > 0:
                packs = missing if packed else 0
                self._entry(event, "held", -missing * per, lot=tea.lot, party=party, packs=-packs)
                self._entry(event, "loss", missing * per, lot=tea.lot, packs=packs)
                tea.grams -= missing * per
                tea.packs -= packs


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


def _pour(kept: Path, url: str) -> None:
    """Every row of the SQLite file into an empty PostgreSQL, by COPY; indexes are made at the end."""
    made = engine(url)
    tables = Base.metadata.sorted_tables
    plain = [one for table in tables for one in table.indexes if not one.unique]
    with made.begin() as connection:
        for index in plain:
            index.drop(connection)
    with closing(sqlite3.connect(kept)) as source, psycopg.connect(url) as target:
        target.execute("SET session_replication_role = replica")
        for table in tables:
            _copy(source, target, table)
    with made.begin() as connection:
        for index in plain:
            index.create(connection)
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE"))
    made.dispose()


def _copy(source: sqlite3.Connection, target: psycopg.Connection, table: sa.Table) -> None:
    names = ", ".join(f'"{one.name}"' for one in table.columns)
    writers = [_writer(one) for one in table.columns]
    with target.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for rows in iter(source.execute(f'SELECT {names} FROM "{table.name}"').fetchmany, []):
            copy.write(
                "".join("\t".join([w(v) for w, v in zip(writers, row, strict=True)]) + "\n" for row in rows)
            )
    if "id" in table.columns and isinstance(table.columns["id"].type, sa.Integer):
        numbers = f"pg_get_serial_sequence('\"{table.name}\"', 'id')"
        target.execute(f'SELECT setval({numbers}, coalesce(max(id), 1)) FROM "{table.name}"'.encode())


def _writer(column: sa.Column[Any]) -> Callable[[Any], str]:
    """How COPY has a value that SQLite keeps in its own way."""
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(kind, sa.Boolean):
        return lambda value: r"\N" if value is None else "t" if value else "f"
    if isinstance(kind, sa.LargeBinary):
        return lambda value: r"\N" if value is None else r"\\x" + value.hex()
    if isinstance(kind, sa.DateTime):
        return lambda value: r"\N" if value is None else f"{value}+00"
    if isinstance(kind, sa.Integer):
        return lambda value: r"\N" if value is None else str(value)
    return lambda value: r"\N" if value is None else str(value).translate(_ESCAPED)


_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
