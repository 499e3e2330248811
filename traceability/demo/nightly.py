"""What only a look over the books sees: leaf that goes round between two firms, by the dozen at night, in one weight.

The books are looked over as the server does it every night, but twice in the season only; of what is noticed the
county settles one thing, has another in hand, and the rest waits.
"""

from collections.abc import Mapping
from decimal import Decimal

from traceability.demo.making import weigh
from traceability.demo.oddities import settle
from traceability.demo.stage import Card, Firm, Stage, Story
from traceability.demo.tables import LEAF_OF
from traceability.domain.chain import Run
from traceability.domain.profile import Grade
from traceability.services import chain, findings, oversight


def round_trips(stage: Stage) -> Story:
    """On two afternoons leaf of the cooperative goes to a neighbour on paper, and is back before the evening."""
    firm, other = stage.firms["dyhz"], stage.firms["dyjj"]
    for day in (27, 28):
        yield stage.at(4, day, 14)
        leaf = weigh(stage, firm, [(_largest(firm), 30_150)], LEAF_OF[Grade.FIRST])
        for sender, taker, hour in ((firm, other, 15), (other, firm, 17)):
            yield stage.at(4, day, hour)
            shipment = _hand_over(stage, sender, taker, leaf)
            yield stage.at(4, day, hour, 40)
            stage.book(chain.deliver, by=taker.hand, shipment=shipment, received=leaf)
        yield stage.at(4, day, 20, 30)
        _make(stage, firm, leaf)


def _largest(firm: Firm) -> Card:
    return max(firm.cards.values(), key=lambda one: (one.area_mu, one.no))


def _hand_over(stage: Stage, sender: Firm, taker: Firm, leaf: Mapping[int, int]) -> int:
    lines = [chain.DispatchLine(lot, grams=grams) for lot, grams in leaf.items()]
    booked = stage.book(chain.dispatch, by=sender.hand, consignee=taker.party, lines=lines, carrier="自送")
    found = stage.see(chain.pending_deliveries, by=sender.hand)
    return next(one.id for one in found if one.no == booked.no and one.enterprise == sender.id)


def _make(stage: Stage, firm: Firm, leaf: Mapping[int, int]) -> None:
    run = Run(300, (sum(leaf.values()) - 300) * 100 // 440, Decimal("75.8"), Decimal("5.6"))
    stage.book(chain.process_leaf, by=firm.hand, inputs=leaf, run=run, grade=Grade.FIRST)


def leaf_at_night(stage: Stage) -> Story:
    """On two nights five receipts within the half hour, after half past ten."""
    firm = stage.firms["wags"]
    for day in (11, 12):
        yield stage.at(5, day, 23, 10)
        rng = stage.rng(f"night/{day}")
        cards = sorted(firm.cards.values(), key=lambda one: one.no)[:5]
        wanted = [(card, rng.randrange(80, 180) * 50) for card in cards]
        leaf = weigh(stage, firm, wanted, LEAF_OF[Grade.FIRST])
        yield stage.at(5, day, 23, 50)
        _make(stage, firm, leaf)


def same_weights(stage: Stage) -> Story:
    """On two afternoons one plot gives the same weight four times over."""
    firm = stage.firms["gdys"]
    for day in (6, 7):
        yield stage.at(5, day, 16)
        leaf = weigh(stage, firm, [(_largest(firm), 6_400)] * 4, LEAF_OF[Grade.FIRST])
        yield stage.at(5, day, 20, 30)
        _make(stage, firm, leaf)


def looks(stage: Stage) -> Story:
    """The books are looked over in May and at the end; the county has settled one finding in between."""
    firm = stage.firms["dyhz"]
    yield stage.at(5, 18, 3, 30)
    stage.do(findings.run_rules)
    yield stage.at(5, 21, 10)
    words = "两家只有单据往来，没有车辆和货款，责令改正并记入信用记录"
    settle(stage, firm, "leaf.circling", words, result="breach")
    yield stage.at(5, 22, 9, 30)
    night = next(
        one
        for one in stage.see(oversight.findings, by=stage.firms["wags"].office)
        if one.code == "receipts.at_night"
    )
    stage.do(findings.take_finding, by=stage.firms["wags"].office, finding=night.id)
    yield stage.at(6, 28, 3, 30)
    stage.do(findings.run_rules)


#: Stories of their own.
STORIES = (round_trips, leaf_at_night, same_weights, looks)
