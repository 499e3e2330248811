"""From leaf to a tested batch: receipts at the scale, the evening's run, the blend, the sample and the report."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from traceability.demo.papers import report_pdf, report_values, tenths
from traceability.demo.stage import Card, Firm, Stage, Story
from traceability.demo.tables import GRADE_LETTERS, LEAF_OF, BatchRow
from traceability.domain.chain import Run
from traceability.domain.profile import Grade, LeafGrade
from traceability.services import chain

LAB = "黔南示例茶叶检验中心"

#: What a leaf basket weighs.
BASKET_G = 800

Plucking = Generator[datetime, None, dict[int, int]]


@dataclass
class Brew:
    """A batch on its way: what is picked for it, what was made, and its lot once it is blended."""

    firm: Firm
    row: BatchRow
    rng: Random
    grade: Grade
    made: dict[int, int] = field(default_factory=dict)
    no: str = ""
    lot: int = 0

    @classmethod
    def of(cls, stage: Stage, row: BatchRow) -> "Brew":
        """A batch of the table, not begun."""
        firm = stage.firms[row.firm]
        no = (
            f"{firm.row.prefix}{stage.year % 100:02d}-{row.place}-{GRADE_LETTERS[row.grade]}-{row.number:03d}"
        )
        return cls(firm, row, stage.rng(no), row.grade, no=no)


# --- leaf ---------------------------------------------------------------------------------------------------


def harvest(stage: Stage, brew: Brew, day: int) -> Story:
    """A usual day: leaf comes in before noon and towards evening, and is made the same night."""
    leaf = yield from pluck(stage, brew, day)
    yield stage.later(0, 21, 30)
    make(stage, brew, leaf)


def pluck(stage: Stage, brew: Brew, day: int) -> Plucking:
    """A day's receipts in two sittings: grams by leaf lot."""
    yield picking_time(stage, brew, day)
    cards = choose(stage, brew.firm, brew.rng, brew.row.receipts, garden=brew.row.place)
    leaf = receive(stage, brew, cards[::2])
    yield stage.later(0, 17, 30)
    return leaf | receive(stage, brew, cards[1::2])


def picking_time(stage: Stage, brew: Brew, day: int) -> datetime:
    """Shortly before noon of a picking day, counted from the first."""
    return stage.at(*brew.row.first, 11, 50) + timedelta(days=day)


def choose(stage: Stage, firm: Firm, rng: Random, number: int, *, garden: str = "") -> list[Card]:
    """So many plots that may be picked today, those of the garden first."""
    ready = [card for card in firm.cards.values() if card.open_on(stage.today)]
    rng.shuffle(ready)
    return sorted(ready, key=lambda card: not card.no.startswith(garden))[:number]


def receive(stage: Stage, brew: Brew, cards: Sequence[Card], *, scale: str = "main") -> dict[int, int]:
    """One sitting at the receiving scale; grams by leaf lot."""
    low, high = brew.row.kg
    wanted = [(card, brew.rng.randrange(low * 20, high * 20) * 50) for card in cards]
    return weigh(stage, brew.firm, wanted, LEAF_OF[brew.row.grade], scale=scale)


def weigh(
    stage: Stage, firm: Firm, wanted: Sequence[tuple[Card, int]], leaf: LeafGrade, *, scale: str = "main"
) -> dict[int, int]:
    """Receipts of net grams, a few minutes apart, entered together; grams by leaf lot."""
    taken = {}
    with stage.sitting() as desk:
        for n, (card, net) in enumerate(wanted):
            booked = desk.do(
                chain.receive_leaf,
                by=firm.hand,
                at=stage.now - timedelta(minutes=4 * (len(wanted) - n)),
                plot=card.id,
                scale=firm.scales[scale],
                gross_g=net + BASKET_G,
                tare_g=BASKET_G,
                leaf_grade=leaf,
                certificate_no=certificate(card, stage.today),
            )
            taken[booked.lots[0]] = net
    return taken


def certificate(card: Card, day: date) -> str:
    """The number of the grower's conformity certificate for a day's leaf."""
    return f"HG-{card.no}-{day:%m%d}"


# --- made tea -----------------------------------------------------------------------------------------------


def make(
    stage: Stage, brew: Brew, leaf: Mapping[int, int], *, ratio: int | None = None, reason: str = ""
) -> None:
    """The evening's run; `ratio` is leaf per made tea in hundredths, 4.25 to 4.62 when nothing is said."""
    whole, rng = sum(leaf.values()), brew.rng
    rejects = whole * rng.randrange(6, 13) // 1000
    out = (whole - rejects) * 100 // (ratio or rng.randrange(425, 462))
    run = Run(rejects, out, tenths(rng, 750, 766), tenths(rng, 52, 60), reason)
    booked = stage.book(chain.process_leaf, by=brew.firm.hand, inputs=leaf, run=run, grade=brew.row.grade)
    brew.made[booked.lots[0]] = out


# --- batch --------------------------------------------------------------------------------------------------


def blend_and_sample(stage: Stage, brew: Brew) -> Story:
    """The morning after the last run everything is blended; a day later the sample goes to the laboratory."""
    yield stage.later(1, 10)
    inputs = brew.made | brew.firm.bought
    brew.firm.bought.clear()
    fines = sum(inputs.values()) * brew.rng.randrange(8, 15) // 1000
    booked = stage.book(
        chain.blend, by=brew.firm.hand, inputs=inputs, fines_g=fines, grade=brew.row.grade, batch_no=brew.no
    )
    brew.lot = booked.lots[0]
    yield stage.later(1, 9, 30)
    stage.book(chain.draw_samples, by=brew.firm.hand, batch=brew.lot, test_g=500, retained_g=300)


def test(stage: Stage, brew: Brew) -> Story:
    """The laboratory's report, about a week later."""
    yield stage.later(brew.rng.randrange(5, 8), 15, office=True)
    report(stage, brew, report_values(brew.rng, brew.grade))


def report(stage: Stage, brew: Brew, tested: Mapping[str, Decimal | bool], no: str | None = None) -> None:
    """The report as the firm enters it, with its file."""
    number = (
        no
        or f"QN-JC-{stage.year}-{stage.rng('report/' + brew.no).randrange(10_000):04d}-{brew.firm.id}{brew.row.number}"
    )
    stage.do(
        chain.record_report,
        by=brew.firm.hand,
        batch=brew.lot,
        report_no=number,
        lab=LAB,
        reported_on=stage.today,
        tested=tested,
        file_name=f"{number}.pdf",
        content=report_pdf(f"Demo test report {number} / batch {brew.no} / moisture {tested['moisture']} %"),
    )
