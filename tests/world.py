"""A small world to test in: offices, two authorised firms, plots, scales, products; and short ways to do things.

    world = World(url)
    batch = world.passed_batch(kg=10)
    marked = world.marked_batch(packs=20)          # requested, approved, issued and printed
    packed = world.packed(packs=20)                # … and on packs
    world.do(chain.sell, lot=packed.lot, packs=1, channel="shop")

Time moves on a minute with everything done, so what is done later happens later. `world.at("2026-04-05T10:05")` and
`world.later(days=3)` move it further. Who does something is the first firm's manager unless `by` says otherwise.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from traceability.domain.chain import Run
from traceability.domain.errors import Refusal
from traceability.domain.listing import Asked
from traceability.domain.marks import SerialRange, Setup
from traceability.domain.people import Identity, Role
from traceability.domain.profile import Grade, LeafGrade, Profile, load
from traceability.domain.recalls import Scope
from traceability.domain.units import local_day, parse_moment
from traceability.services import chain, lists, marks, oversight, people, recalls
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store.base import Base
from traceability.store.chain import Booked
from traceability.store.work import House, Work, change, engine, look, sessions

PROFILE = Path(__file__).parent.parent / "traceability" / "profiles" / "duyun-maojian.toml"
KEYS = {"k1": b"\x07" * 32}
Weight = int | str | Decimal
PUBLIC_URL = "https://maojian.qiannan.example.gov.cn"
SETUP = Setup("a4-40", "d" * 64, per_page=40)

START = "2026-03-26T08:00"
FOUNDED = "2026-03-01T08:00"

GOOD: Mapping[str, Decimal | bool] = {
    "moisture": Decimal("5.6"),
    "total_ash": Decimal("5.7"),
    "water_extract": Decimal("43.5"),
    "crude_fibre": Decimal("11.8"),
    "lead": Decimal("0.42"),
    "pesticide_residue": True,
    "sensory_grade": True,
}
#: Fails as ZHENPIN (6.5), passes as FIRST (7.0): docs/manual/worked-example.md.
DAMP = {**GOOD, "moisture": Decimal("6.7")}
#: Passes nowhere.
POISONED = {**GOOD, "pesticide_residue": False}


@lru_cache
def profile() -> Profile:
    return load(PROFILE.read_text(encoding="utf-8"))


def grams(kg: Weight) -> int:
    """Kilograms as a test writes them."""
    return int(Decimal(kg) * 1000)


def fill(house: House) -> None:
    """Make the tables where a migration has not."""
    made = house.sessions.kw["bind"]
    if not sa.inspect(made).has_table("lot"):
        Base.metadata.create_all(made)


def print_at_once(work: Work, *, by: Identity, now: datetime, **asked: Any) -> int:
    """A print job, its files made and handed over in the same change: the ledger's part of it, no bytes are drawn."""
    job = marks.open_print_job(work, by=by, now=now, **asked)
    for one in marks.print_job(work, by=by, number=job).plan:
        made: dict[str, Any] = {"size": 1000, "sha256": f"{job:032d}{one.seq:032d}"}
        marks.keep_print_file(work, by=by, now=now, job=job, seq=one.seq, **made)
        marks.hand_over_file(work, by=by, now=now, job=job, seq=one.seq)
    ended: dict[str, Any] = {"proof": {"symbols": 1, "pages": 1}, "manifest_sha256": "0" * 64}
    marks.finish_print_job(work, by=by, now=now, job=job, **ended)
    return job


@cache
def _counting(notes: bool) -> str:
    """One question for the rows of every table."""
    left_out = set() if notes else {"counter", "request_key"}
    names = [one.name for one in Base.metadata.sorted_tables if one.name not in left_out]
    return "SELECT " + ", ".join(f'(SELECT count(*) FROM "{name}") AS "{name}"' for name in names)


@dataclass(frozen=True)
class Firm:
    """A firm with its people and things. `products` by net content in grams, `p50` and `p100` for short."""

    id: int
    party: int
    county: str
    manager: Identity
    clerk: Identity
    scale: int
    products: Mapping[int, int]

    @property
    def p50(self) -> int:
        return self.products[50]

    @property
    def p100(self) -> int:
        return self.products[100]


@dataclass(frozen=True)
class Marked:
    """A passed batch with marks: all that were issued for it, spares at the end."""

    batch: int
    request: int
    product: int
    ranges: tuple[SerialRange, ...]

    def first(self, n: int) -> tuple[SerialRange, ...]:
        """The first n of one issued range."""
        start = self.ranges[0].first
        return (SerialRange(start, start + n - 1),)

    def nth(self, n: int, how_many: int = 1) -> tuple[SerialRange, ...]:
        """So many from the nth (from 0) on."""
        start = self.ranges[0].first + n
        return (SerialRange(start, start + how_many - 1),)


@dataclass(frozen=True)
class Packed(Marked):
    """A pack lot out of a marked batch; `applied` are the marks on its packs, the first ones issued."""

    lot: int
    event: int
    applied: tuple[SerialRange, ...]


@dataclass
class World:
    """A founded house, and whoever is in it."""

    url: str
    house: House = field(init=False)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(sessions(engine(self.url)), profile(), KEYS)
        fill(self.house)
        self._numbers = itertools.count(1)
        self.at(FOUNDED)
        self._found()
        self.at(START)

    def again(self, url: str | None = None) -> "World":
        """The same world through connections of its own; with a `url`, in a copy of its database."""
        other = copy(self)
        other.url = url or self.url
        other.house = House(sessions(engine(other.url)), profile(), KEYS)
        if url is not None:
            other._numbers = itertools.count(1000)
        return other

    def close(self) -> None:
        self.house.sessions.kw["bind"].dispose()

    # --- time -----------------------------------------------------------------------------------------------------

    def at(self, text: str) -> datetime:
        """Let it be that moment in Asia/Shanghai."""
        self.now = parse_moment(text)
        return self.now

    def later(self, **span: float) -> datetime:
        """Let time pass: days=, hours=, minutes=."""
        self.now += timedelta(**span)
        return self.now

    @property
    def today(self) -> date:
        return local_day(self.now)

    # --- doing and seeing -----------------------------------------------------------------------------------------

    def do(self, use_case: Callable[..., Any], *, by: Any = None, **asked: Any) -> Any:
        """A use case in a change of its own, now; a minute later."""
        with change(self.house) as work:
            answer = use_case(work, **self._filled(use_case, by, asked))
        self.later(minutes=1)
        return answer

    def see(self, use_case: Callable[..., Any], *, by: Any = None, **asked: Any) -> Any:
        """A use case that reads (or one that writes, undone)."""
        with look(self.house) as work:
            return use_case(work, **self._filled(use_case, by, asked))

    def _filled(self, use_case: Callable[..., Any], by: Any, asked: dict[str, Any]) -> dict[str, Any]:
        known = signature(use_case).parameters
        given: dict[str, Any] = {"now": self.now, "at": self.now}
        if "by" in known:
            given["by"] = by or self.firm.manager
        return {name: value for name, value in given.items() if name in known} | asked

    @contextmanager
    def refusal(self, expected: type[Refusal], **facts: Any) -> Iterator[None]:
        """What is done inside is refused like that, with these facts, and nothing is written."""
        before = self.table_counts(notes=True)
        with pytest.raises(expected) as caught:
            yield
        assert type(caught.value) is expected
        assert {name: caught.value.facts.get(name) for name in facts} == facts
        assert self.table_counts(notes=True) == before

    def listed(self, register: lists.Register[Any], *, by: Any = None, **asked: Any) -> list[Any]:
        """The first page of a list, latest first, as the firm's manager (or somebody else) gets it."""
        return list(
            self.see(lists.page, by=by, register=register, asked=Asked(**({"down": True} | asked))).rows
        )

    def rows(self, store_function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a store function says; undone."""
        with look(self.house) as work:
            return store_function(work.session, *args, **kwargs)

    def table_counts(self, *, notes: bool = False) -> dict[str, int]:
        """Rows of every table; running numbers and request keys only when asked."""
        with look(self.house) as work:
            return dict(work.session.connection().exec_driver_sql(_counting(notes)).mappings().one())

    # --- founding -------------------------------------------------------------------------------------------------

    def _found(self) -> None:
        self.do(people.found_offices, by=people.FOUNDER)
        self.admin = self.user(Role.ADMINISTRATOR, by=people.FOUNDER)
        self.county = self.user(Role.COUNTY, county="522701")
        self.other_county = self.user(Role.COUNTY, county="522702")
        self.prefecture = self.user(Role.PREFECTURE)
        self.observer = self.user(Role.OBSERVER)
        self.firm = self.new_firm("都匀示例茶业有限公司", "91522701MAXTEA015P", "522701")
        self.other = self.new_firm("福泉示例茶业有限公司", "91522702MAXTEA020P", "522702")
        self.grower = self.do(people.register_grower, kind="household", name="甲", township="522701110")
        self.plot = self.new_plot()
        self.plots = [self.plot, self.new_plot(), self.new_plot()]
        self.shop = self.do(people.register_consignee, name="贵阳门店", place="贵阳")

    def user(
        self,
        role: Role,
        *,
        enterprise: int | None = None,
        county: str | None = None,
        by: Identity | None = None,
    ) -> Identity:
        """Somebody new who can sign in."""
        made = self.do(
            people.create_user, by=by or self.admin, email=f"u{next(self._numbers)}@example.cn", password_hash="-",
            name=role.value, role=role, enterprise=enterprise, county=county,
        )  # fmt: skip
        return self.see(people.identity_of, user=made)

    def new_firm(self, name: str, uscc: str, county: str, *, authorised: bool = True) -> Firm:
        """A firm with a manager, a clerk, a scale and three products."""
        made = self.do(people.register_enterprise, by=self.admin, name=name, uscc=uscc, county=county)
        manager = self.user(Role.MANAGER, enterprise=made)
        if authorised:
            self.authorise(made)
        scale = self.do(
            people.register_scale, by=manager, no=f"SC-{made}",
            verified_on=date(2025, 12, 1), verified_until=date(2026, 11, 30),
        )  # fmt: skip
        products = {g: self.product(g, by=manager) for g in (50, 100, 500)}
        party = self.see(people.enterprise, by=self.prefecture, number=made).enterprise.party
        return Firm(made, party, county, manager, self.user(Role.CLERK, enterprise=made), scale, products)

    def authorise(self, enterprise: int, **more: Any) -> None:
        """For all grades from ZHENPIN to FIRST, to the end of 2028."""
        default: dict[str, Any] = {
            "announcement_no": "2026-01", "right_basis": "gi_product",
            "scope": [Grade.ZHENPIN, Grade.SPECIAL, Grade.FIRST],
            "valid_from": date(2026, 1, 1), "valid_until": date(2028, 12, 31),
        }  # fmt: skip
        self.do(
            people.authorise_enterprise,
            **({"by": self.prefecture, "enterprise": enterprise} | default | more),
        )

    def product(
        self, net_g: int, *, grade: Grade = Grade.ZHENPIN, by: Identity | None = None, **more: Any
    ) -> int:
        default: dict[str, Any] = {"name": f"都匀毛尖茶{net_g}", "grade": grade, "net_content_g": net_g}
        return self.do(people.register_product, by=by, **(default | more))

    def new_plot(
        self,
        *,
        mu: int | str = 200,
        township: str = "522701110",
        approved: bool = True,
        by: Identity | None = None,
    ) -> int:
        """A plot, registered by the firm and approved by its county."""
        plot = self.do(
            people.register_plot, by=by, no=f"PLOT-{next(self._numbers)}", grower=self.grower, township=township,
            place="螺蛳壳", area_mu=Decimal(mu),
        )  # fmt: skip
        if approved:
            office = self.county if township.startswith("522701") else self.other_county
            self.do(people.approve_plot, by=office, plot=plot)
        return plot

    # --- the way of the tea ---------------------------------------------------------------------------------------

    def received(
        self, *, kg: Weight = 10, plot: int | None = None, firm: Firm | None = None, **more: Any
    ) -> Booked:
        """A leaf receipt."""
        firm = firm or self.firm
        default: dict[str, Any] = {
            "plot": plot or self.plot, "scale": firm.scale, "gross_g": grams(kg) + 500, "tare_g": 500,
            "leaf_grade": LeafGrade.ONE_BUD_ONE_LEAF_OPENING, "certificate_no": "C-1", "confirmed": True,
            "by": firm.manager,
        }  # fmt: skip
        return self.do(chain.receive_leaf, **(default | more))

    def leaf(self, *, kg: Weight = 10, **more: Any) -> int:
        """A leaf lot."""
        return self.received(kg=kg, **more).lots[0]

    def run(
        self, inputs: Mapping[int, int] | None = None, *, kg: Weight = 2, rejects_g: int = 0,
        reason: str = "", firm: Firm | None = None, **more: Any,
    ) -> Booked:  # fmt: skip
        """A processing run that gives so many kilograms of made tea, of leaf picked for it unless lots are named."""
        firm = firm or self.firm
        if inputs is None:
            needed = grams(kg) * 9 // 2 + rejects_g
            inputs = {self.leaf(kg=Decimal(needed) / 1000, firm=firm): needed}
        run = Run(rejects_g, grams(kg), Decimal("76.5"), Decimal("5.6"), reason)
        default: dict[str, Any] = {"by": firm.manager, "inputs": inputs, "run": run, "grade": Grade.ZHENPIN}
        return self.do(chain.process_leaf, **(default | more))

    def tea(self, *, kg: Weight = 2, **more: Any) -> int:
        """A lot of made tea (ZHENPIN), of its own leaf."""
        return self.run(kg=kg, **more).lots[0]

    def tea_of(self, leaf: int, *, g: int, kg: Weight, **more: Any) -> int:
        """Made tea of so many grams of a leaf lot."""
        return self.run({leaf: g}, kg=kg, **more).lots[0]

    def blended(
        self,
        inputs: Mapping[int, int] | None = None,
        *,
        kg: Weight = 2,
        firm: Firm | None = None,
        **more: Any,
    ) -> Booked:
        """A blend of made tea, made for it unless lots are named."""
        firm = firm or self.firm
        taken = {self.tea(kg=kg, firm=firm): grams(kg)} if inputs is None else inputs
        return self.do(chain.blend, **({"by": firm.manager, "inputs": taken} | more))

    def batch(self, inputs: Mapping[int, int] | None = None, **more: Any) -> int:
        """A batch that is still open."""
        return self.blended(inputs, **more).lots[0]

    def sample(self, batch: int, *, test_g: int = 10, retained_g: int = 5, **more: Any) -> Booked:
        """The samples of a batch; it is closed from here on."""
        return self.do(chain.draw_samples, batch=batch, test_g=test_g, retained_g=retained_g, **more)

    def sampled_batch(self, *, kg: Weight = 2, test_g: int = 10, retained_g: int = 5, **more: Any) -> int:
        """A closed batch with so many kilograms left after sampling."""
        by = {"by": more["firm"].manager} if "firm" in more else {}
        batch = self.batch(kg=Decimal(grams(kg) + test_g + retained_g) / 1000, **more)
        self.sample(batch, test_g=test_g, retained_g=retained_g, **by)
        return batch

    def report(
        self, batch: int, *, tested: Mapping[str, Any] = GOOD, retest: bool = False, **more: Any
    ) -> int:
        """A test report on a batch, with a number and a file of its own."""
        n = next(self._numbers)
        default: dict[str, Any] = {
            "batch": batch, "report_no": f"JC-{n}", "lab": "示例检验中心", "reported_on": self.today,
            "tested": tested, "file_name": "report.pdf", "content": b"%PDF-1.4 " + str(n).encode(),
        }  # fmt: skip
        if retest:
            return self.do(chain.record_retest, **({"by": self.county, **default} | more))
        return self.do(chain.record_report, **(default | more))

    def passed_batch(self, *, kg: Weight = 2, tested: Mapping[str, Any] = GOOD, **more: Any) -> int:
        """A batch with so many kilograms to pack and a report that passes; no officer has confirmed it yet."""
        batch = self.sampled_batch(kg=kg, **more)
        by = {"by": more["firm"].manager} if "firm" in more else {}
        self.report(batch, tested=tested, **by)
        return batch

    def failed_batch(self, *, kg: Weight = 2, tested: Mapping[str, Any] = DAMP) -> int:
        """A batch whose report fails; it is held."""
        return self.passed_batch(kg=kg, tested=tested)

    # --- marks and packs ------------------------------------------------------------------------------------------

    def request(
        self, batch: int, *, packs: int = 10, spares: int = 0, product: int | None = None, **more: Any
    ) -> int:
        """A request for marks of one product (100 g unless named)."""
        lines = [(product or self.firm.p100, packs, spares)]
        return self.do(marks.request_marks, **({"batch": batch, "lines": lines} | more))

    def approve(self, request: int, **more: Any) -> int:
        default: dict[str, Any] = {"by": self.county, "request": request, "report_confirmed": True}
        return self.do(marks.approve_request, **(default | more))

    def issue(self, request: int, **more: Any) -> tuple[SerialRange, ...]:
        """Issue an approved request; the ranges."""
        self.do(marks.issue_marks, **({"by": self.county, "request": request} | more))
        found = self.rows(mark_rows.issues, within=self.prefecture.within, request=request)
        return tuple(one.range for one in found)

    def opened(self, ranges: Sequence[SerialRange], **more: Any) -> int:
        """A print job for today; its id."""
        default: dict[str, Any] = {
            "ranges": tuple(ranges),
            "setup": SETUP,
            "pack_day": self.today,
            "public_url": PUBLIC_URL,
        }
        return self.do(marks.open_print_job, **(default | more))

    def made(self, job: int, seq: int = 1, *, by: Identity | None = None, **more: Any) -> int:
        """A file of a job, as the ledger hears of it: no bytes are drawn."""
        default: dict[str, Any] = {"job": job, "seq": seq, "size": 1000, "sha256": f"{job:032d}{seq:032d}"}
        return self.do(marks.keep_print_file, by=by, **(default | more))

    def print(
        self, ranges: Sequence[SerialRange], *, pack_day: date | None = None, dated: bool = True, **more: Any
    ) -> int:
        """Labels for a pack date (today unless given; none unless `dated`), all handed over; the job's id."""
        default: dict[str, Any] = {
            "ranges": tuple(ranges),
            "setup": replace(SETUP, dated=dated),
            "pack_day": (pack_day or self.today) if dated else None,
            "public_url": PUBLIC_URL,
        }
        return self.do(print_at_once, **(default | more))

    def issued_batch(
        self, *, kg: Weight | None = None, packs: int = 10, spares: int = 0,
        product: int | None = None, batch: int | None = None,
    ) -> Marked:  # fmt: skip
        """A batch with issued marks of one product that nobody has printed."""
        wanted = product or self.firm.p100
        net = next((g for g, number in self.firm.products.items() if number == wanted), 100)
        if batch is None:
            batch = self.passed_batch(kg=Decimal(packs * net) / 1000 if kg is None else kg)
        request = self.request(batch, packs=packs, spares=spares, product=wanted)
        self.approve(request)
        return Marked(batch, request, wanted, self.issue(request))

    def marked_batch(self, **more: Any) -> Marked:
        """A batch with printed marks of one product: exactly as much tea as they need unless `kg` says more."""
        marked = self.issued_batch(**more)
        self.print(marked.ranges)
        return marked

    def pack(
        self, batch: int, ranges: Sequence[SerialRange], *, product: int | None = None, packs: int | None = None,
        overfill_g: int = 0, **more: Any,
    ) -> Booked:  # fmt: skip
        """Packs of one product with these marks."""
        wanted = sum(len(one) for one in ranges) if packs is None else packs
        ask = chain.PackAsk(product or self.firm.p100, wanted, tuple(ranges), overfill_g)
        return self.do(chain.pack, **({"batch": batch, "asks": [ask]} | more))

    def packed(self, *, packs: int = 10, spares: int = 0, extra: int = 0, **more: Any) -> Packed:
        """A lot of so many packs, each with its mark. `extra`: so many marks more, issued but not on packs."""
        marked = self.marked_batch(packs=packs + extra, spares=spares, **more)
        applied = marked.first(packs)
        booked = self.pack(marked.batch, applied, product=marked.product)
        return Packed(
            marked.batch, marked.request, marked.product, marked.ranges, booked.lots[0], booked.id, applied
        )

    def recall(self, lot: int, **more: Any) -> int:
        """A lot recalled by the firm, or by an office; its reach was looked at the moment before."""
        return self.recall_scope(Scope.lot(lot), **more)

    def recall_scope(self, scope: Scope, *, by: Identity | None = None, **more: Any) -> int:
        """The same of any scope."""
        office = by is not None and by.is_office
        shown = (
            self.see(recalls.reach, by=by, scope=scope).spread.digest
            if office
            else self.see(recalls.reach_of, by=by, lot=scope.what).digest
        )
        asked: dict[str, Any] = {"scope": scope, "grade": "II", "reason": "受潮", "shown": shown}
        return int(self.do(recalls.order_recall, by=by, **(asked | more)))

    # --- on the way, and sold -------------------------------------------------------------------------------------

    def sent(
        self,
        lot: int,
        *,
        packs: int = 0,
        g: int = 0,
        to: int | None = None,
        cartons: Sequence[str] = (),
        **more: Any,
    ) -> int:
        """Goods on their way (to the shop in Guiyang unless named); the shipment's id."""
        line = chain.DispatchLine(lot, grams=g, packs=packs, cartons=tuple(cartons))
        default: dict[str, Any] = {"consignee": to or self.shop, "lines": [line], "carrier": "自送"}
        booked = self.do(chain.dispatch, **(default | more))
        by = more.get("by")
        return next(one.id for one in self.see(chain.pending_deliveries, by=by) if one.no == booked.no)

    def sold(self, lot: int, *, packs: int = 1, **more: Any) -> int:
        """A sale over the counter; its id."""
        return self.do(chain.sell, **({"lot": lot, "packs": packs, "channel": "shop"} | more)).id

    def on_hand(self, lot: int, *, firm: Firm | None = None) -> tuple[int, int]:
        """Grams and packs of a lot that a firm has."""
        return self.rows(chain_rows.on_hand, lot, party=(firm or self.firm).party)

    def findings(self) -> list[str]:
        """Codes of every finding, oldest first."""
        return [one.code for one in self.see(oversight.findings, by=self.prefecture)][::-1]

    def breaches(self) -> tuple[Any, ...]:
        """What the check of the whole book finds wrong."""
        return self.see(oversight.check_book).breaches
