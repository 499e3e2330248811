"""The season: founding, thirty batches and what goes wrong between them, played in the order of days."""

import secrets
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from traceability.demo import buyers, ground, inspecting, nightly, oddities, rights
from traceability.demo.cast import founding
from traceability.demo.making import Brew, blend_and_sample, harvest, test
from traceability.demo.market import shipment_named, to_market
from traceability.demo.marking import approve_and_issue, asking, pack_day
from traceability.demo.stage import DemoAccount, Progress, Stage, Story
from traceability.demo.tables import BATCHES, ROUGH_TEA, BatchRow
from traceability.demo.worked import worked_example
from traceability.domain.marks import grouped
from traceability.domain.scans import Verdict
from traceability.services import chain, people
from traceability.store.work import House, look


class DemoRefused(Exception):
    """The demo season is not played: the database already has data."""


@dataclass(frozen=True)
class DemoResult:
    """What to show afterwards: sign-ins, and codes with the key of what to expect (`EXPECTED`)."""

    accounts: tuple[DemoAccount, ...]
    codes: tuple[tuple[str, str], ...]


#: What a look-up of each code answers, in Chinese and English, by the verdict's key.
EXPECTED: Mapping[str, tuple[str, str]] = {
    Verdict.FIRST_SCAN.value: (
        "普通已售包装，首次查询",
        "an ordinary pack that was sold, looked up for the first time",
    ),
    Verdict.WITHDRAWN.value: (
        "印坏作废的标志，不应出现在包装上",
        "a mark voided when it was printed: it should be on no pack",
    ),
    Verdict.RECALLED.value: ("已召回批次的包装", "a pack of a lot that was recalled"),
    Verdict.ATTENTION.value: (
        "疑似被复制的标志:九天内六个省查验四十一次",
        "a mark that looks copied: looked up 41 times in six provinces within nine days",
    ),
    Verdict.NOT_IN_USE.value: (
        "没有登记用在包装上、却已被查验的标志",
        "a mark that was used on no pack, and was looked up all the same",
    ),
}

_KEEPSAKES = {
    "sold": Verdict.FIRST_SCAN,
    "void": Verdict.WITHDRAWN,
    "recalled": Verdict.RECALLED,
    "copied": Verdict.ATTENTION,
    "unused": Verdict.NOT_IN_USE,
}


def live(
    house: House,
    *,
    today: date,
    hash_password: Callable[[str], str],
    progress: Progress | None = None,
    seed: int = 2026,
    password: str | None = None,
    seal: Callable[[str], str] | None = None,
) -> DemoResult:
    """Live through the latest whole season before `today`, through the use cases; raise `DemoRefused`.

    Facts depend on the seed alone; codes depend on the house's keys, and the password is new each time, as is the key
    of the offices' authenticator, which `seal` makes into what the sign-in keeps.
    """
    with look(house) as work:
        if not people.is_empty(work):
            raise DemoRefused("the database already has data; the demo season needs an empty one")
    stage = Stage(house, year=season_year(today), seed=seed)
    word = password or "-".join(secrets.token_hex(2) for _ in range(3))
    key = b32encode(secrets.token_bytes(20)).decode()
    sealed = seal(key) if seal else ""
    stage.tell(founding(stage, password=word, password_hash=hash_password(word), code_key=key, sealed=sealed))
    stage.play()
    _tell_all(stage)
    stage.play(progress)
    codes = tuple(
        (grouped(stage.codes[stage.keepsakes[kept]]), told.value) for kept, told in _KEEPSAKES.items()
    )
    return DemoResult(tuple(stage.accounts), codes)


def season_year(today: date) -> int:
    """The year of the latest spring that was over by 30 June."""
    return today.year if (today.month, today.day) > (6, 30) else today.year - 1


def _tell_all(stage: Stage) -> None:
    for row in BATCHES:
        stage.tell(batch(stage, row))
    for row, buyer in ROUGH_TEA:
        stage.tell(rough_tea(stage, row, buyer))
    stage.tell(worked_example(stage))
    for story in (
        *oddities.SMALL_STORIES,
        *buyers.STORIES,
        *rights.STORIES,
        *ground.STORIES,
        inspecting.inspecting,
        *nightly.STORIES,
    ):
        stage.tell(story(stage))


def batch(stage: Stage, row: BatchRow) -> Story:
    """A batch from leaf to market, with its twist."""
    brew = Brew.of(stage, row)
    for day in range(row.days):
        twisted = oddities.DAYS.get(row.twist, harvest) if day == 1 else harvest
        yield from twisted(stage, brew, day)
    yield from blend_and_sample(stage, brew)
    yield from oddities.TESTS.get(row.twist, test)(stage, brew)
    lines, request = yield from oddities.REQUESTS.get(row.twist, asking)(stage, brew)
    if row.twist == "asking":
        return
    yield stage.later(0, 16, 10)
    issued = approve_and_issue(stage, brew, request)
    if row.twist == "issued":
        return
    marked = yield from pack_day(stage, brew, lines, issued)
    if row.twist == "recalled":
        stage.tell(oddities.recall(stage, marked))
    yield from to_market(stage, marked)


def rough_tea(stage: Stage, row: BatchRow, buyer: str) -> Story:
    """Made tea of one firm, bought by another and refined there; it goes into the buyer's next batch."""
    brew, to = Brew.of(stage, row), stage.firms[buyer]
    for day in range(row.days):
        yield from harvest(stage, brew, day)
    yield stage.later(1, 9)
    lines = [chain.DispatchLine(lot, grams=grams) for lot, grams in brew.made.items()]
    sent = stage.book(chain.dispatch, by=brew.firm.hand, consignee=to.party, lines=lines, carrier="自送")
    yield stage.later(0, 14, 30)
    stage.book(chain.deliver, by=to.hand, shipment=shipment_named(stage, brew.firm, sent.no))
    yield stage.later(1, 8, 30)
    grams = sum(brew.made.values())
    out, fines = grams * 97 // 100, grams * 2 // 100
    refined = stage.book(chain.refine, by=to.hand, inputs=brew.made, out_g=out, fines_g=fines)
    to.bought[refined.lots[0]] = out
