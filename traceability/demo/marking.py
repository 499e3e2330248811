"""From a tested batch to marked packs in cartons: request, approval and issue, printing, packing."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from traceability.demo.making import Brew
from traceability.demo.stage import Firm, Sitting, Stage
from traceability.demo.tables import NETS
from traceability.domain.marks import NO_DESIGN, Medium, SerialRange
from traceability.services import chain, marks
from traceability.services.press.folders import digest
from traceability.services.press.manifest import manifest, prefix_of, proof, tasks_for
from traceability.services.press.worker import ListMaker

Asking = Generator[datetime, None, tuple[list["Line"], int]]
Marking = Generator[datetime, None, "Marked"]

#: Who stands by when labels are counted and destroyed.
WITNESS = "李示例"

#: Tea kept back in every batch for overfill and spill.
KEPT_BACK_G = 900

#: Where the codes of the demo would lead, were it real; the pages of the demo find them by the code alone.
ADDRESS = "https://maojian.example"
PRINTING_HOUSE = "示例印务有限公司（虚构）"


@dataclass(frozen=True, slots=True)
class Crate:
    """A carton and the serials in it."""

    no: str
    range: SerialRange


@dataclass(slots=True)
class Packs:
    """A pack lot: its cartons still in the cold store, how many have left it, and its marks that were not needed."""

    lot: int
    product: int
    crates: list[Crate]
    spares: SerialRange | None = None
    sent: int = 0
    stopped: bool = False


@dataclass(slots=True)
class Shelf:
    """Packs of one lot at one consignee, sold in the order of their serials; `first` is the next to go."""

    packs: Packs
    party: int
    channel: str
    first: int
    last: int

    @property
    def left(self) -> int:
        """Packs not sold."""
        return self.last - self.first + 1

    def take(self, number: int) -> SerialRange:
        """The next serials off the shelf."""
        taken = SerialRange(self.first, self.first + number - 1)
        self.first += number
        return taken


@dataclass(slots=True)
class Marked:
    """A batch with its packs, as they go to market, and the shelves they came to."""

    brew: Brew
    packs: list[Packs] = field(default_factory=list)
    shelves: list[Shelf] = field(default_factory=list)

    @property
    def firm(self) -> Firm:
        """The firm that packed."""
        return self.brew.firm


@dataclass(frozen=True, slots=True)
class Line:
    """Packs and spare marks of a product."""

    product: int
    net_g: int
    packs: int
    spares: int


# --- request and issue --------------------------------------------------------------------------------------


def ask(stage: Stage, brew: Brew) -> tuple[list[Line], int]:
    """The firm asks for marks for what the batch gives; lines and the request."""
    free = stage.see(chain.free_g, by=brew.firm.hand, batch=brew.lot, at=stage.now) - KEPT_BACK_G
    nets = NETS[brew.grade]
    lines = [
        _line(brew, net, free * share // 100)
        for net, share in zip(nets, _shares(brew, len(nets)), strict=True)
    ]
    return lines, file_request(stage, brew, lines)


def asking(stage: Stage, brew: Brew) -> Asking:
    """The day after the report, the firm files its request."""
    yield stage.later(1, 10, brew.rng.randrange(60), office=True)
    return ask(stage, brew)


def file_request(stage: Stage, brew: Brew, lines: Sequence[Line]) -> int:
    """The request for these lines."""
    asked = [(line.product, line.packs, line.spares) for line in lines]
    return stage.do(marks.request_marks, by=brew.firm.hand, batch=brew.lot, lines=asked)


def _shares(brew: Brew, products: int) -> tuple[int, ...]:
    first = brew.rng.randrange(45, 65)
    return (100,) if products == 1 else (first, 100 - first)


def _line(brew: Brew, net: int, grams: int) -> Line:
    """Whole cartons of what so many grams give, and one spare mark in a hundred."""
    packs = grams // net // carton_of(net) * carton_of(net)
    return Line(brew.firm.products[brew.grade, net], net, packs, max(1, packs // 100))


def carton_of(net: int) -> int:
    """Packs in a carton: three kilograms of tea."""
    return 3000 // net


def approve_and_issue(stage: Stage, brew: Brew, request: int) -> list[SerialRange]:
    """The county compares the report with its file, approves and issues; a range for each line."""
    with stage.sitting() as desk:
        desk.do(marks.approve_request, by=brew.firm.office, request=request, report_confirmed=True)
        desk.do(marks.issue_marks, by=brew.firm.office, request=request)
    found = stage.see(marks.issued_ranges, by=brew.firm.hand, batch=brew.lot)
    return [one.issue.range for one in found]


# --- print and pack -----------------------------------------------------------------------------------------


def pack_day(stage: Stage, brew: Brew, lines: Sequence[Line], issued: Sequence[SerialRange]) -> Marking:
    """A packing day: labels in the morning, packs after noon, cartons before closing; the marked batch at its end."""
    yield stage.later(brew.rng.randrange(1, 4), 7, 40)
    print_all(stage, brew.firm, issued)
    yield stage.later(0, 14)
    lots = _pack(stage, brew, lines, issued)
    yield stage.later(0, 17, 20)
    marked = Marked(brew, [_filled(stage, brew, *one) for one in zip(lots, lines, issued, strict=True)])
    _void_smeared(stage, marked)
    stage.packed[brew.no] = marked
    return marked


def print_all(stage: Stage, firm: Firm, issued: Sequence[SerialRange]) -> None:
    """The codes of each issued range go to the printing house, dated today; what they are is remembered."""
    with stage.sitting() as desk:
        for one in issued:
            job = desk.do(
                marks.open_print_job,
                by=firm.manager,
                ranges=(one,),
                setup=NO_DESIGN,
                pack_day=stage.today,
                public_url=ADDRESS,
                medium=Medium.DATA,
                recipient=PRINTING_HOUSE,
            )
            _hand_over(stage, desk, firm, job)


def _hand_over(stage: Stage, desk: Sitting, firm: Firm, number: int) -> None:
    """What the press does with a job, without a disk: a season prints in a moment."""
    known = marks.print_material(desk.work, by=firm.manager, job=number)
    maker = ListMaker(prefix_of(known.job), known.key)
    for task in tasks_for(known.job, known.job.plan, Path()):
        content = maker.draw(task)
        told = {"by": firm.manager, "job": number, "seq": task.seq}
        desk.do(marks.keep_print_file, size=len(content), sha256=digest(content), **told)
        desk.do(marks.hand_over_file, **told)
        rows = (row.split(b",") for row in content.splitlines()[1:])
        stage.codes.update({int(row[0]): row[1].decode() for row in rows})
    job = marks.print_job(desk.work, by=firm.manager, number=number)
    ended = {"proof": proof(job), "manifest_sha256": digest(manifest(job))}
    desk.do(marks.finish_print_job, by=firm.manager, job=number, **ended)


def _pack(stage: Stage, brew: Brew, lines: Sequence[Line], issued: Sequence[SerialRange]) -> tuple[int, ...]:
    asks = [
        chain.PackAsk(line.product, line.packs, (first(one, line.packs),), line.packs * 3 // 10)
        for line, one in zip(lines, issued, strict=True)
    ]
    spill = brew.rng.randrange(15, 60)
    return stage.book(chain.pack, by=brew.firm.hand, batch=brew.lot, asks=asks, spill_g=spill).lots


def first(one: SerialRange, number: int) -> SerialRange:
    """The first so many serials of a range."""
    return SerialRange(one.first, one.first + number - 1)


def _filled(stage: Stage, brew: Brew, lot: int, line: Line, issued: SerialRange) -> Packs:
    with stage.sitting() as desk:
        crates = fill(desk, brew, lot, first(issued, line.packs), carton_of(line.net_g))
    spares = SerialRange(issued.first + line.packs, issued.last)
    return Packs(lot, line.product, crates, spares)


def fill(desk: Sitting, brew: Brew, lot: int, packed: SerialRange, size: int) -> list[Crate]:
    """Cartons of so many packs, numbered on within the batch by their first serial."""
    starts = range(packed.first, packed.last + 1, size)
    crates = [Crate(f"{brew.no}-C{start:06d}", SerialRange(start, start + size - 1)) for start in starts]
    asks = [chain.CartonAsk((crate.range,), crate.no) for crate in crates]
    desk.do(chain.fill_cartons, by=brew.firm.hand, lot=lot, asks=asks)
    return crates


def _void_smeared(stage: Stage, marked: Marked) -> None:
    """Now and then the last spare came out smeared."""
    for packs in marked.packs:
        if packs.spares and marked.brew.rng.randrange(3) == 0:
            smeared = SerialRange(packs.spares.last, packs.spares.last)
            stage.do(
                marks.void_marks, by=marked.firm.hand, ranges=(smeared,), reason="打印污损，当场剪角作废"
            )
            packs.spares = _without_last(packs.spares)


def _without_last(one: SerialRange) -> SerialRange | None:
    return SerialRange(one.first, one.last - 1) if len(one) > 1 else None


def hand_back(desk: Sitting, firm: Firm, left: SerialRange, reason: str) -> None:
    """The county counts and destroys marks a firm hands back; only this lets their grams go."""
    desk.do(
        marks.return_marks,
        by=firm.office,
        enterprise=firm.id,
        ranges=(left,),
        counted=len(left),
        witness=WITNESS,
        reason=reason,
    )


def take_crates(packs: Packs, number: int) -> list[Crate]:
    """The next cartons out of the cold store."""
    taken, packs.crates = packs.crates[:number], packs.crates[number:]
    packs.sent += len(taken)
    return taken
