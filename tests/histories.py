"""Random histories: steps that two firms, their offices and their mistakes may take, and what must hold after any.

A step is a name and a number; the number picks what the step is about, so a history is a list that can be replayed and
shrunk. Whatever a step asks may be refused, and then nothing may have been written.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from tests.stocked import told_right
from tests.world import DAMP, GOOD, PUBLIC_URL, SETUP, Firm, World, print_at_once
from tests.worlds import KINDS, Copies, copies_of
from traceability.domain import balance, errors
from traceability.domain import marks as mark_rules
from traceability.domain.chain import Run
from traceability.domain.marks import JobState, MarkState, SerialRange
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import acting, books, chain, marks, oversight
from traceability.services.marks import PrintJob
from traceability.store import chain as chain_rows
from traceability.store import marks as mark_rows
from traceability.store.work import look

SINKS = ("destroyed", "fines", "rejects", "samples", "spill", "overfill", "loss")
TEA = ("made_tea", "batch")


class NothingThere(Exception):
    """The step finds nothing it could be about."""


def some(rng: Random, found: Iterable[Any]) -> Any:
    """One of them."""
    if not (kept := list(found)):
        raise NothingThere
    return rng.choice(kept)


def part(rng: Random, whole: int) -> int:
    """Some of a whole: all of it, a part, now and then more than there is."""
    if rng.random() < 0.1:
        return rng.choice([whole + 1, whole * 2, 0])
    return rng.choice([whole, whole, whole * 2 // 3, whole // 2, whole // 7 + 1, min(whole, 1)])


def part_of(rng: Random, spans: Iterable[SerialRange]) -> tuple[SerialRange, ...]:
    """Some of the serials of a range."""
    one = some(rng, spans)
    first = rng.randint(one.first, one.last)
    return (
        SerialRange(
            rng.choice([one.first, first]), rng.choice([one.last, max(first, (first + one.last) // 2)])
        ),
    )


@dataclass(frozen=True)
class Held:
    """What somebody has of a lot."""

    lot: int
    kind: str
    party: int
    grams: int
    packs: int


@dataclass
class History:
    """One history in one world."""

    world: World
    told: list[str] = field(default_factory=list)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    # --- taking steps ---------------------------------------------------------------------------------------------

    def step(self, name: str, number: int) -> None:
        """Take a step; a refusal leaves nothing behind, anything accepted leaves a fact."""
        rng = Random(f"{name}{number}")
        self.world.later(minutes=rng.choice([1, 1, 1, 5, 30, 300]))
        before = self.world.table_counts(notes=True)
        refusal: errors.Refusal | None = None
        try:
            getattr(self, name)(rng)
        except NothingThere:
            return
        except errors.Refusal as caught:
            refusal = caught
        self._tell(name, refusal, before)
        if refusal is None and name in FOLLOWS and rng.random() < 0.6:
            self.step(FOLLOWS[name], number)

    def _tell(self, name: str, refusal: errors.Refusal | None, before: dict[str, int]) -> None:
        after = self.world.table_counts(notes=True)
        if refusal is None:
            self.told.append(name)
            self.accepted[name] += 1
            assert after["fact"] > before["fact"], f"{name} left no fact"
        else:
            self.told.append(f"{name}: {refusal}")
            self.refused[refusal.code] += 1
            assert after == before, f"{refusal} left rows behind"

    def begin(self) -> "History":
        """A season under way, so that few steps reach far: leaf, made tea, an open batch, marks, packs on a shelf."""
        world = self.world
        world.leaf(kg=20)
        world.leaf(kg=30, plot=world.plots[1])
        teas = [world.tea(kg=4), world.tea(kg=3)]
        world.batch({teas[0]: 2000, teas[1]: 1500})
        world.passed_batch(kg=3)
        marked = world.issued_batch(packs=35, spares=1)
        world.print(marked.nth(0, 30), dated=False)
        packed = world.pack(marked.batch, marked.first(20))
        world.sold(packed.lots[0], packs=3)
        world.tea(kg=2, firm=world.other)
        return self

    def _firm(self, rng: Random) -> Firm:
        return self.world.firm if rng.random() < 0.85 else self.world.other

    def _office(self, firm: Firm) -> Any:
        return self.world.county if firm is self.world.firm else self.world.other_county

    def _at(self, rng: Random) -> Any:
        back = rng.choice([0, 0, 0, 0, 5, 300])
        return self.world.now - timedelta(minutes=back)

    def _do(self, use_case: Callable[..., Any], firm: Firm, **asked: Any) -> Any:
        return self.world.do(use_case, **({"by": firm.manager} | asked))

    def _held(self, firm: Firm, *kinds: str, party: int | None = None) -> list[Held]:
        """What a firm has of these kinds; now and then what it does not have is tried by other means."""
        query = sa.text(
            "select lot.id, lot.kind, entry.party_id, sum(entry.grams), sum(entry.packs) from entry join lot on "
            "lot.id = entry.lot_id where entry.account = 'held' group by lot.id, lot.kind, entry.party_id "
            "having sum(entry.grams) > 0 order by lot.id, entry.party_id"
        )
        found = [Held(lot, kind, p, int(g), int(n)) for lot, kind, p, g, n in self._sql(query)]
        return [one for one in found if one.party == (party or firm.party) and one.kind in kinds]

    def _sql(self, query: Any, **values: Any) -> list[Any]:
        with look(self.world.house) as work:
            return list(work.session.execute(query, values))

    def _one_number(self, rng: Random, text: str, **values: Any) -> int:
        return int(some(rng, self._sql(sa.text(text), **values))[0])

    def _spans(self, firm: Firm, *states: MarkState, lot: int | None = None) -> list[Any]:
        """(span, issue) of a firm's marks in these states."""
        with look(self.world.house) as work:
            issues = {one.id: one for one in mark_rows.issues(work.session, within=firm.manager.within)}
            spans = mark_rows.all_spans(work.session)
        kept = [one for one in spans if one.issue in issues and one.state in states]
        return [(one, issues[one.issue]) for one in kept if lot is None or one.pack_lot == lot]

    # --- leaf and making ------------------------------------------------------------------------------------------

    def receive(self, rng: Random) -> None:
        firm, net = self._firm(rng), rng.choice([3000, 9000, 20000, 45000])
        self._do(
            chain.receive_leaf, firm, at=self._at(rng), plot=rng.choice(self.world.plots), scale=firm.scale,
            gross_g=net + 100, tare_g=100, certificate_no="C-1",
            leaf_grade=rng.choice(list(LeafGrade)[:3]),
        )  # fmt: skip

    def process(self, rng: Random) -> None:
        firm = self._firm(rng)
        found = self._held(firm, "leaf")
        taken = {some(rng, found).lot: 0, some(rng, found).lot: 0}
        taken = {one.lot: part(rng, one.grams) for one in found if one.lot in taken}
        leaf = sum(taken.values())
        rejects = rng.choice([0, leaf // 50])
        ratio = rng.choice([Decimal("3.7"), Decimal("4.1"), Decimal("4.5"), Decimal(5), Decimal("6.2")])
        run = Run(
            rejects,
            int((leaf - rejects) / ratio),
            Decimal("76.5"),
            Decimal("5.6"),
            rng.choice(["", "雨水叶", "夜班", "夜班"]),
        )
        self._do(chain.process_leaf, firm, at=self._at(rng), inputs=taken, run=run)

    def _inputs(self, rng: Random, firm: Firm) -> dict[int, int]:
        found = self._held(firm, *TEA)
        return {
            one.lot: part(rng, one.grams)
            for one in (some(rng, found) for _ in range(rng.choice([1, 1, 2, 3])))
        }

    def refine(self, rng: Random) -> None:
        firm = self._firm(rng)
        taken = self._inputs(rng, firm)
        fines = sum(taken.values()) // rng.choice([20, 10, 3])
        out = sum(taken.values()) - fines - rng.choice([0, 10, 10, -5])
        self._do(chain.refine, firm, at=self._at(rng), inputs=taken, out_g=out, fines_g=fines)

    def blend(self, rng: Random) -> None:
        firm = self._firm(rng)
        taken = self._inputs(rng, firm)
        batches = [one.lot for one in self._held(firm, "batch")]
        into = rng.choice([None, None, some(rng, batches)]) if batches else None
        self._do(chain.blend, firm, at=self._at(rng), inputs=taken, fines_g=rng.choice([0, 0, 10]), into=into)

    def _batch(self, rng: Random, firm: Firm, wish: str) -> int:
        """A batch of which the wish is true; now and then any other."""
        fits = {n for (n,) in self._sql(sa.text(f"select id from lot where kind = 'batch' and {wish}"))}
        found = [one.lot for one in self._held(firm, "batch")]
        wished = [one for one in found if one in fits]
        return int(some(rng, wished if wished and rng.random() < 0.9 else found))

    def sample(self, rng: Random) -> None:
        firm = self._firm(rng)
        batch = self._batch(rng, firm, "closed_at is null")
        self._do(
            chain.draw_samples, firm, at=self._at(rng), batch=batch, test_g=rng.choice([5, 50]), retained_g=5
        )

    def report(self, rng: Random) -> None:
        firm = self._firm(rng)
        batch = self._batch(rng, firm, "closed_at is not null and id not in (select lot_id from report)")
        self.world.report(batch, tested=rng.choice([GOOD, GOOD, GOOD, DAMP]), by=firm.manager)

    def retest(self, rng: Random) -> None:
        firm = self._firm(rng)
        batch = some(rng, self._held(firm, "batch"))
        self.world.report(batch.lot, retest=True, tested=rng.choice([GOOD, DAMP]), by=self._office(firm))

    def redeclare(self, rng: Random) -> None:
        firm = self._firm(rng)
        batch = some(rng, self._held(firm, "batch"))
        self._do(chain.redeclare, firm, batch=batch.lot, grade=Grade.FIRST, reason="水分偏高")

    def write_off(self, rng: Random) -> None:
        firm = self._firm(rng)
        one = some(rng, self._held(firm, "leaf", *TEA))
        asked = rng.choice([1, one.grams // 4 + 1, part(rng, one.grams)])
        self._do(chain.write_off, firm, at=self._at(rng), lot=one.lot, grams=asked, reason="霉变")

    # --- marks ----------------------------------------------------------------------------------------------------

    def request(self, rng: Random) -> None:
        firm = self._firm(rng)
        batch = self._batch(rng, firm, "id in (select lot_id from report)")
        net, product = some(rng, firm.products.items())
        grams = max(one.grams for one in self._held(firm, "batch") if one.lot == batch)
        packs = max(1, rng.choice([part(rng, grams) // net, 3, 10]))
        self._do(marks.request_marks, firm, batch=batch, lines=[(product, packs, rng.choice([0, 1, 1, 5]))])

    def _request(self, rng: Random, state: str) -> tuple[int, Firm]:
        query = "select id, enterprise_id from mark_request where state = :state order by id"
        number, enterprise = some(rng, self._sql(sa.text(query), state=state))
        return number, next(one for one in (self.world.firm, self.world.other) if one.id == enterprise)

    def approve(self, rng: Random) -> None:
        request, firm = self._request(rng, "filed")
        self.world.approve(request, by=self._office(firm))

    def issue(self, rng: Random) -> None:
        request, firm = self._request(rng, "approved")
        self.world.issue(request, by=self._office(firm))

    def turn_down(self, rng: Random) -> None:
        request, firm = self._request(rng, "filed")
        if rng.random() < 0.5:
            self._do(marks.withdraw_request, firm, request=request)
        else:
            self._do(marks.refuse_request, firm, by=self._office(firm), request=request, reason="不符")

    def print(self, rng: Random) -> None:
        self._do_print(print_at_once, rng)

    def open_job(self, rng: Random) -> None:
        self._do_print(marks.open_print_job, rng)

    def _do_print(self, use_case: Callable[..., Any], rng: Random) -> None:
        firm = self._firm(rng)
        spans = [span.range for span, _ in self._spans(firm, MarkState.ON_HAND)]
        dated = rng.random() < 0.4
        self._do(
            use_case,
            firm,
            ranges=(some(rng, spans),),
            setup=replace(SETUP, dated=dated),
            pack_day=self.world.today if dated else None,
            public_url=PUBLIC_URL,
        )

    def _job(self, rng: Random, firm: Firm, *states: JobState) -> PrintJob:
        found = self.world.see(marks.print_jobs, by=firm.manager)
        return some(rng, [one for one in found if one.state in states])

    def stop_job(self, rng: Random) -> None:
        firm = self._firm(rng)
        job = self._job(rng, firm, JobState.OPEN)
        self._do(marks.stop_print_job, firm, job=job.id, reason="打印机坏了")

    def reprint(self, rng: Random) -> None:
        firm = self._firm(rng)
        job = self._job(rng, firm, JobState.DONE)
        self._do(marks.declare_undelivered, firm, job=job.id, seq=1, reason="卡纸")
        self._do(marks.hand_over_file, firm, job=job.id, seq=1)

    def lose(self, rng: Random) -> None:
        firm = self._firm(rng)
        spans = [span.range for span, _ in self._spans(firm, MarkState.PRINTED, MarkState.ON_HAND)]
        lost = part_of(rng, spans)
        self._do(marks.report_lost, firm, ranges=lost, counted=mark_rules.count(lost), reason="遗失")

    def restore(self, rng: Random) -> None:
        firm = self._firm(rng)
        back = part_of(rng, [span.range for span, _ in self._spans(firm, MarkState.VOID)])
        self._do(
            marks.restore_marks,
            firm,
            by=self._office(firm),
            enterprise=firm.id,
            ranges=back,
            counted=mark_rules.count(back),
            reason="核实未用",
        )

    def void(self, rng: Random) -> None:
        firm = self._firm(rng)
        spans = [
            span.range
            for span, _ in self._spans(firm, MarkState.ON_HAND, MarkState.PRINTED, MarkState.APPLIED)
        ]
        self._do(marks.void_marks, firm, ranges=part_of(rng, spans), reason="污损")

    def hand_back(self, rng: Random) -> None:
        firm = self._firm(rng)
        spans = [
            span.range
            for span, _ in self._spans(
                firm, MarkState.ON_HAND, MarkState.PRINTED, MarkState.VOID, MarkState.LOST
            )
        ]
        back = part_of(rng, spans)
        counted = mark_rules.count(back)
        self._do(
            marks.return_marks,
            firm,
            by=self._office(firm),
            enterprise=firm.id,
            ranges=back,
            counted=counted,
            witness="李四",
            reason="缴回",
        )

    # --- packs ----------------------------------------------------------------------------------------------------

    def pack(self, rng: Random) -> None:
        firm = self._firm(rng)
        span, issue = some(rng, self._spans(firm, MarkState.PRINTED))
        n = min(len(span.range), max(1, part(rng, len(span.range))))
        ranges = (SerialRange(span.range.first, span.range.first + n - 1),)
        ask = chain.PackAsk(issue.product, n, ranges, rng.choice([0, 0, 3]))
        batch = issue.batch if rng.random() < 0.95 else some(rng, self._held(firm, "batch")).lot
        spill = rng.choice([0, 0, 4])
        self._do(chain.pack, firm, at=self._at(rng), batch=batch, asks=[ask], spill_g=spill)

    def carton(self, rng: Random) -> None:
        firm = self._firm(rng)
        lot = some(rng, self._held(firm, "pack_lot")).lot
        spans = [span.range for span, _ in self._spans(firm, MarkState.APPLIED, lot=lot)]
        self._do(chain.fill_cartons, firm, lot=lot, asks=[chain.CartonAsk(part_of(rng, spans))])

    def _holder(self, rng: Random, firm: Firm) -> int | None:
        return rng.choice([None, None, self.world.shop]) if firm is self.world.firm else None

    def _cartons(self, rng: Random, lot: int) -> tuple[str, ...]:
        query = "select no from carton where lot_id = :lot order by id"
        found = [no for (no,) in self._sql(sa.text(query), lot=lot)]
        return (rng.choice(found),) if found and rng.random() < 0.5 else ()

    def dispatch(self, rng: Random) -> None:
        firm = self._firm(rng)
        sender = self._holder(rng, firm)
        one = some(rng, self._held(firm, "leaf", *TEA, "pack_lot", "pack_lot", party=sender))
        other = self.world.other if firm is self.world.firm else self.world.firm
        to = rng.choice([other.party, self.world.shop, firm.party])
        cartons = self._cartons(rng, one.lot) if one.packs else ()
        line = chain.DispatchLine(
            one.lot, grams=part(rng, one.grams), packs=part(rng, one.packs), cartons=cartons
        )
        self._do(
            chain.dispatch, firm, at=self._at(rng), consignee=to, lines=[line], carrier="自送", sender=sender
        )

    def _shipment(self, rng: Random) -> tuple[int, Firm]:
        query = "select shipment.id, coalesce(p.enterprise_id, p.kept_by) from shipment join party p on p.id = to_id"
        number, enterprise = some(
            rng, self._sql(sa.text(f"{query} where state = 'on_the_way' order by shipment.id"))
        )
        return number, next(one for one in (self.world.firm, self.world.other) if one.id == enterprise)

    def deliver(self, rng: Random) -> None:
        number, firm = self._shipment(rng)
        sent = self.world.rows(chain_rows.in_transit, number)
        received = None
        if rng.random() < 0.4:
            received = {
                lot: max(0, (packs or grams) - rng.choice([0, 1, 2, -1])) for lot, grams, packs in sent
            }
        self._do(chain.deliver, firm, at=self._at(rng), shipment=number, received=received)

    def refuse(self, rng: Random) -> None:
        number, firm = self._shipment(rng)
        self._do(chain.refuse_delivery, firm, at=self._at(rng), shipment=number, reason="受潮")

    def settle_transit(self, rng: Random) -> None:
        query = "select id, lot_id, packs, enterprise_id from shortage where settled_at is null and shipment_id > 0"
        number, lot, packs, enterprise = some(rng, self._sql(sa.text(f"{query} order by id")))
        firm = next(one for one in (self.world.firm, self.world.other) if one.id == enterprise)
        ranges = self._worn(rng, lot, packs)
        self._do(chain.settle_transit, firm, at=self._at(rng), shortage=number, ranges=ranges, reason="压坏")

    def _worn(self, rng: Random, lot: int, packs: int) -> tuple[SerialRange, ...]:
        """So many consecutive marks that sit on packs of a lot, whoever's they are."""
        spans = [
            span.range
            for firm in (self.world.firm, self.world.other)
            for span, _ in self._spans(firm, MarkState.APPLIED, lot=lot)
        ]
        found = [one for one in spans if len(one) >= packs > 0]
        return (SerialRange(found[0].last - packs + 1, found[0].last),) if found else ()

    # --- selling --------------------------------------------------------------------------------------------------

    def sell(self, rng: Random) -> None:
        firm = self._firm(rng)
        party = self._holder(rng, firm)
        one = some(rng, self._held(firm, "pack_lot", "pack_lot", *TEA, party=party))
        cartons = self._cartons(rng, one.lot) if one.packs else ()
        self._do(
            chain.sell, firm, at=self._at(rng), lot=one.lot, packs=part(rng, one.packs), grams=part(rng, one.grams),
            channel="wholesale" if cartons else "shop", buyer="张三", cartons=cartons, party=party,
        )  # fmt: skip

    def take_back(self, rng: Random) -> None:
        firm = self._firm(rng)
        query = "select id from event where kind = 'sale' and root_id is null and enterprise_id = :firm order by id"
        sale = self._one_number(rng, query, firm=firm.id)
        query = "select min(lot_id) from entry where root_id = :sale"
        lot = self._one_number(rng, query, sale=sale)
        packs, restock = rng.choice([1, 1, 2, 5]), rng.random() < 0.5
        ranges = () if restock else self._worn(rng, lot, packs)
        self._do(
            chain.take_back, firm, at=self._at(rng), sale=sale, packs=packs, opened=rng.random() < 0.2,
            restock=restock, ranges=ranges, reason="退货",
        )  # fmt: skip

    def destroy(self, rng: Random) -> None:
        firm = self._firm(rng)
        one = some(rng, self._held(firm, "pack_lot"))
        packs = rng.choice([1, 2, one.packs])
        ranges = self._worn(rng, one.lot, packs)
        self._do(
            chain.destroy, firm, at=self._at(rng), lot=one.lot, packs=packs, ranges=ranges, reason="受潮"
        )

    def count(self, rng: Random) -> None:
        firm = self._firm(rng)
        party = self._holder(rng, firm)
        one = some(rng, self._held(firm, "leaf", *TEA, "pack_lot", party=party))
        counted = max(0, (one.packs or one.grams) - rng.choice([0, 0, 1, 3, -2]))
        self._do(chain.count_stock, firm, at=self._at(rng), lot=one.lot, counted=counted, party=party)

    # --- oversight and mistakes -----------------------------------------------------------------------------------

    def hold(self, rng: Random) -> None:
        lot = self._one_number(rng, "select id from lot order by id")
        self.world.do(oversight.hold_lot, by=self.world.prefecture, lot=lot, reason="抽查")

    def release(self, rng: Random) -> None:
        hold = self._one_number(rng, "select id from hold where lifted_at is null order by id")
        self.world.do(oversight.release_hold, by=self.world.prefecture, hold=hold, reason="查清")

    def recall(self, rng: Random) -> None:
        lot = self._one_number(rng, "select id from lot order by id desc")
        self.world.recall(by=self.world.prefecture, lot=lot, grade="II", reason="农残")

    def amend(self, rng: Random) -> None:
        """Amend any event: lower more often than raise."""
        kinds = "'leaf_receipt', 'processing', 'refining', 'blending', 'write_off', 'sale'"
        query = f"select id, kind, enterprise_id from event where root_id is null and kind in ({kinds}) order by id"
        number, kind, enterprise = some(rng, self._sql(sa.text(query)))
        firm = next(one for one in (self.world.firm, self.world.other) if one.id == enterprise)
        entries = self.world.rows(chain_rows.entries_for, number)
        correction = _correction(rng, kind, entries)
        self._do(chain.amend, firm, event=number, correction=correction, reason="误记")

    def unpack(self, rng: Random) -> None:
        """Amend a packing: some packs were never made."""
        firm = self._firm(rng)
        query = "select id from event where root_id is null and kind = 'packing' and enterprise_id = :firm order by id"
        number = self._one_number(rng, query, firm=firm.id)
        lots = {one.lot for one in self.world.rows(chain_rows.entries_for, number) if one.packs > 0}
        spans = [span.range for span, _ in self._spans(firm, MarkState.APPLIED) if span.pack_lot in lots]
        unused = part_of(rng, spans)
        self._do(chain.amend, firm, event=number, correction=chain.Correction(unused=unused), reason="未用")

    def settle_shortage(self, rng: Random) -> None:
        query = "select id, enterprise_id from shortage where settled_at is null and shipment_id is null order by id"
        number, enterprise = some(rng, self._sql(sa.text(query)))
        firm = next(one for one in (self.world.firm, self.world.other) if one.id == enterprise)
        lot = some(rng, self._held(firm, *TEA)).lot
        self._do(chain.settle_shortage, firm, by=self._office(firm), shortage=number, lot=lot, reason="补足")

    # --- what must hold -------------------------------------------------------------------------------------------

    def check(self, *, every_lot: bool = True) -> None:
        """Everything that holds of any book, counted anew from the rows themselves."""
        with look(self.world.house) as work:
            book = Book.read(work.session)
            found = oversight.check_book(work).breaches
            missed = book.counted_short()
            unexplained = [one for one in found if not _explained(one, missed)]
            assert unexplained == [], unexplained
            book.check_nothing_negative()
            book.check_grams()
            book.check_edges()
            book.check_marks()
            for batch, wanted in _reserved(work).items():
                assert book.packed_g(batch) + wanted <= book.went_into(batch), f"batch {batch} is over-marked"
            kept = sorted(mark_rows.all_spans(work.session), key=lambda one: one.range)
            assert (
                sorted(mark_rules.replay(mark_rows.all_acts(work.session)), key=lambda one: one.range) == kept
            )
            _check_allowances(work, self.world)
            _check_season(work)
            _check_traces(work, self.world, book, every_lot=every_lot)


def _correction(rng: Random, kind: str, entries: Iterable[Any]) -> chain.Correction:
    sums: Counter[str] = Counter()
    for one in entries:
        sums[one.account.value] += one.grams if one.account.value != "held" or one.grams > 0 else 0
    change = rng.choice(
        [Fraction(0), Fraction(1, 3), Fraction(9, 10), Fraction(1, 2), Fraction(11, 10), Fraction(2)]
    )

    def new(account: str) -> int:
        return int(sums[account] * change)

    if kind == "leaf_receipt":
        return chain.Correction(net_g=new("held"))
    if kind == "write_off":
        return chain.Correction(lost_g=new("loss"))
    if kind == "sale":
        return chain.Correction(packs=rng.choice([0, 1, 2]))
    if kind == "blending":
        return chain.Correction(fines_g=rng.choice([0, 5, 40, new("held")]))
    if kind == "processing":
        return rng.choice(
            [chain.Correction(out_g=new("held")), chain.Correction(rejects_g=rng.choice([0, 300]))]
        )
    return rng.choice([chain.Correction(out_g=new("held")), chain.Correction(fines_g=rng.choice([0, 5, 40]))])


def _explained(breach: balance.Breach, missed: dict[int, int]) -> bool:
    """A stock count may find that tea is gone which marks were waiting for; the count made its finding."""
    return breach.code == "batch.over_marked" and breach.amount <= missed.get(breach.where or 0, 0)


def _check_season(work: Any) -> None:
    """The season's book closes for every firm, and ends with what is on hand."""
    found = books.season_book(work, within=acting.EVERYTHING, season=2026)
    assert found.closes, [(one.name, one.tea.gap_g, one.marks.gap) for one in found.firms if not one.closes]
    held = sa.text("select coalesce(sum(grams), 0) from entry where account = 'held'")
    assert found.total.tea.closing_g == int(work.session.scalar(held))


def _reserved(work: Any) -> Counter[int]:
    wanted: Counter[int] = Counter()
    for batch, enterprise, _ in mark_rows.marked_batches(work.session):
        wanted[batch] += acting.reserved_g(work, batch, enterprise)
    return wanted


def _check_allowances(work: Any, world: World) -> None:
    for plot, area in work.session.execute(sa.text("select id, area_mu from plot")):
        used, _ = chain_rows.plot_taken(work.session, plot, date(2026, 1, 1))
        assert sum(used.values()) <= work.profile.year_allowance_g(Decimal(area))
        for season_part, taken in used.items():
            assert 0 <= taken <= work.profile.allowance_g(season_part, Decimal(area))


def _check_traces(work: Any, world: World, book: "Book", *, every_lot: bool) -> None:
    """Trace equals a closure by brute force over the raw rows, and the shares of plots sum to the whole."""
    wanted = sorted(book.lots) if every_lot else sorted(book.lots)[:: max(1, len(book.lots) // 8)]
    for number in wanted:
        for forward in (False, True):
            traced = chain.trace(work, by=world.prefecture, lot=number, forward=forward)
            reached = book.closure(number, forward=forward)
            assert set(traced.lots) == reached | {number}
            inside = {pair: g for pair, g in book.edges.items() if set(pair) <= reached | {number}}
            assert {(one.source, one.target): one.grams for one in traced.edges} == inside
        shares = chain.plot_shares(work, book.lots[number])
        grown = {n for n in book.closure(number, forward=False) | {number} if book.plots.get(n)}
        assert sum(n for _, n in shares) == (1000 if grown else 0)


@dataclass
class Book:
    """The raw rows, summed by hand."""

    entries: list[Any]
    lots: dict[int, Any]
    edges: dict[tuple[int, int], int]
    roots: dict[int, str]
    edge_rows: list[Any]
    spans: list[Any]
    issued: dict[int, Any]
    plots: dict[int, int]

    @classmethod
    def read(cls, session: Any) -> "Book":
        """Everything the ledgers hold."""
        query = (
            "select entry.root_id, entry.event_id, account, lot_id, party_id, shipment_id, grams, packs, happened_at "
            "from entry join event on event.id = entry.event_id order by happened_at, entry.id"
        )
        entries = list(session.execute(sa.text(query)))
        edge_rows = list(session.execute(sa.text("select root_id, source_id, target_id, grams from edge")))
        edges: Counter[tuple[int, int]] = Counter()
        for one in edge_rows:
            edges[one.source_id, one.target_id] += one.grams
        plots: Counter[int] = Counter()
        for one in entries:
            plots[one.lot_id] -= one.grams if one.account == "plot" else 0
        numbers = [n for (n,) in session.execute(sa.text("select id from lot"))]
        return cls(
            entries=entries,
            lots=chain_rows.lots_by_id(session, numbers),
            edges={pair: g for pair, g in edges.items() if g},
            roots=dict(
                list(map(tuple, session.execute(sa.text("select id, kind from event where root_id is null"))))
            ),
            edge_rows=edge_rows,
            spans=mark_rows.all_spans(session),
            issued={
                one.id: one
                for one in session.execute(sa.text("select id, batch_id, first, last from mark_issue"))
            },
            plots=plots,
        )

    def counted_short(self) -> dict[int, int]:
        """Grams by lot that stock counts did not find, as they were first told."""
        short: Counter[int] = Counter()
        for one in self.entries:
            if self.roots.get(one.event_id) == "stock_count" and one.account == "loss":
                short[one.lot_id] += one.grams
        return short

    def check_nothing_negative(self) -> None:
        """No stock below nothing at any moment; what happened in one moment happened together."""
        held: Counter[Any] = Counter()
        moments: dict[str, list[Any]] = defaultdict(list)
        for one in self.entries:
            if one.account in ("held", "transit", "sold"):
                moments[str(one.happened_at)].append(one)
        for moment, together in sorted(moments.items()):
            for one in together:
                where = one.party_id if one.account == "held" else one.shipment_id
                held[one.lot_id, one.account, where, "grams"] += one.grams
                held[one.lot_id, one.account, where, "packs"] += one.packs
            below = {key: n for key, n in held.items() if n < 0}
            assert not below, f"{below} at {moment}"

    def check_grams(self) -> None:
        """Grams in = grams out + declared loss + on hand, of the book and of each event; sinks only receive."""
        sums: Counter[str] = Counter()
        by_root: Counter[Any] = Counter()
        for one in self.entries:
            sums[one.account] += one.grams
            by_root[one.root_id] += one.grams
            by_root[one.root_id, one.account] += one.grams if one.account in SINKS else 0
        assert -sums["plot"] == sum(grams for account, grams in sums.items() if account != "plot")
        assert not [key for key, g in by_root.items() if isinstance(key, int) and g]
        assert not {key: g for key, g in by_root.items() if not isinstance(key, int) and g < 0}, (
            "a sink gave something"
        )

    def check_edges(self) -> None:
        """What an edge says went over is what was booked: out of the source, or (packs) into the target."""
        booked: Counter[Any] = Counter()
        for one in self.entries:
            if one.account == "held":
                booked[one.root_id, one.lot_id] += one.grams
        out: Counter[Any] = Counter()
        into: Counter[Any] = Counter()
        for one in self.edge_rows:
            out[one.root_id, one.source_id] += one.grams
            into[one.root_id, one.target_id] += one.grams
        for (root, source), grams in out.items():
            if self.roots[root] != "packing":
                assert booked[root, source] == -grams, (
                    f"event {root}: lot {source} gave {booked[root, source]}, edge {grams}"
                )
        for (root, target), grams in into.items():
            if self.roots[root] == "packing":
                assert booked[root, target] == grams, (
                    f"event {root}: {target} got {booked[root, target]}, edge {grams}"
                )
        assert all(grams > 0 for grams in self.edges.values())

    def check_marks(self) -> None:
        """The mark equation issue by issue; a mark on every pack, retired where the pack was destroyed."""
        for number, issue in self.issued.items():
            own = [one for one in self.spans if one.issue == number]
            assert sum(len(one.range) for one in own) == issue.last - issue.first + 1
        packs: Counter[Any] = Counter()
        for one in self.entries:
            if self.roots[one.root_id] == "packing" and one.account == "held":
                packs[one.lot_id] += one.packs
            if one.account == "destroyed":
                packs[one.lot_id, "destroyed"] += one.packs
        worn: Counter[Any] = Counter()
        for span in self.spans:
            if span.state in (MarkState.APPLIED, MarkState.RETIRED):
                worn[span.pack_lot] += len(span.range)
            if span.state is MarkState.RETIRED:
                worn[span.pack_lot, "destroyed"] += len(span.range)
        assert +worn == +packs

    def packed_g(self, batch: int) -> int:
        """Declared grams of a batch that are in packs."""
        return sum(g for (source, to), g in self.edges.items() if source == batch and self.lots[to].product)

    def went_into(self, batch: int) -> int:
        """Grams that came into a batch by blending."""
        return sum(
            one.grams
            for one in self.entries
            if one.lot_id == batch and one.account == "held" and self._makes(one.root_id, batch)
        )

    def _makes(self, root: int, lot: int) -> bool:
        return any(one.root_id == root and one.target_id == lot for one in self.edge_rows)

    def closure(self, lot: int, *, forward: bool) -> set[int]:
        """Everything reached from a lot, by walking from edge to edge until nothing new comes."""
        reached: set[int] = set()
        fresh = {lot}
        while fresh:
            pairs = self.edges if forward else [(b, a) for a, b in self.edges]
            fresh = {far for near, far in pairs if near in fresh} - reached
            reached |= fresh
        return reached


#: What is often done at once after.
FOLLOWS = {
    "process": "blend", "blend": "sample", "sample": "report", "report": "request", "request": "approve",
    "approve": "issue", "issue": "print", "print": "pack", "pack": "carton", "dispatch": "deliver", "sell": "take_back",
    "hold": "release",
}  # fmt: skip

#: How often each step is taken.
WEIGHTS = {
    "receive": 3, "process": 6, "refine": 2, "blend": 4, "sample": 4, "report": 4, "retest": 1, "redeclare": 1,
    "write_off": 2, "request": 5, "approve": 5, "issue": 5, "turn_down": 1, "print": 5, "void": 2, "hand_back": 1,
    "open_job": 1, "stop_job": 1, "reprint": 1, "lose": 1, "restore": 1,
    "pack": 6, "carton": 3, "dispatch": 5, "deliver": 5, "refuse": 1, "settle_transit": 2, "sell": 4,
    "take_back": 3, "destroy": 2, "count": 3, "hold": 2, "release": 4, "recall": 1, "amend": 10, "unpack": 3,
    "settle_shortage": 2,
}  # fmt: skip
STEPS = [name for name, weight in WEIGHTS.items() for _ in range(weight)]

Steps = list[tuple[str, int]]
step = st.tuples(st.sampled_from(STEPS), st.integers(0, 2**16))


@pytest.fixture(scope="module", params=KINDS)
def under_way(request: pytest.FixtureRequest) -> Copies:
    """A season under way, as often as wanted, on either database."""
    return copies_of(request, request.param, lambda world: History(world).begin())


def live(seasons: Copies, told: Steps, *, checked: int = 0) -> None:
    """Live through a history and check the book at its end (and, if `checked`, after every so many steps)."""
    with seasons() as world:
        history = History(world)
        for n, (name, number) in enumerate(told, start=1):
            history.step(name, number)
            if checked and n % checked == 0:
                history.check(every_lot=False)
        history.check()
        assert told_right(world) == []
