"""Documents, findings, holds, recalls, decisions, the check of the book."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from tests.world import World
from traceability.domain import errors
from traceability.domain.people import Role
from traceability.domain.recalls import Scope
from traceability.services import chain, findings, oversight, people, recalls, waiting
from traceability.store import recalls as recall_rows

PNG = b"\x89PNG\r\n\x1a\n"


def test_a_file_is_known_by_its_first_bytes_and_named_without_its_folder(world: World) -> None:
    tea = world.tea()
    number = world.do(oversight.attach_document, lot=tea, name="C:\\x\\..\\照片.pdf", content=PNG + b"1")
    found = world.see(oversight.documents, lot=tea)[0]
    assert (found.id, found.name, found.media_type) == (number, "照片.pdf", "image/png")
    with world.refusal(errors.FileRefused):
        world.do(oversight.attach_document, lot=tea, name="a.pdf", content=b"<html>")


def test_a_file_is_withdrawn_once_by_its_firm_and_never_that_of_a_report(world: World) -> None:
    tea, batch = world.tea(), world.passed_batch()
    number = world.do(oversight.attach_document, lot=tea, name="a.pdf", content=b"%PDF-1.4 a")
    asked = {"document": number, "reason": "附错了"}
    with world.refusal(errors.NotFound):
        world.do(oversight.withdraw_document, by=world.other.manager, **asked)
    with world.refusal(errors.NotAllowed):
        world.do(oversight.withdraw_document, by=world.county, **asked)
    assert world.do(oversight.withdraw_document, **asked) == number
    kept = world.see(oversight.documents, lot=tea)[0]
    assert (kept.withdrawn_because, kept.withdrawn_at is not None) == ("附错了", True)
    assert world.see(oversight.document, number=number)[1] == b"%PDF-1.4 a"
    with world.refusal(errors.AlreadyDecided):
        world.do(oversight.withdraw_document, **asked)
    report = world.see(oversight.documents, lot=batch)[0]
    with world.refusal(errors.DocumentBound, file=report.name):
        world.do(oversight.withdraw_document, document=report.id, reason="换一份")
    with world.refusal(errors.NotFound):
        world.do(oversight.withdraw_document, document=999, reason="没有")


def test_findings_reach_their_county_and_their_firm(world: World) -> None:
    world.do(chain.count_stock, lot=world.tea(), counted=1)
    assert [one.code for one in world.see(oversight.findings, by=world.county)] == ["count.shortage"]
    assert world.see(oversight.findings, by=world.other_county) == []
    assert [one.code for one in world.see(oversight.own_findings)] == ["count.shortage"]
    assert world.see(oversight.own_findings, by=world.other.manager) == []
    with world.refusal(errors.NotAllowed):
        world.see(oversight.findings)


def test_what_is_open_about_a_lot_counts_the_findings_of_the_events_that_made_it(small_world: World) -> None:
    made = small_world.now
    small_world.later(days=5)
    late, other = small_world.leaf(at=made), small_world.leaf()
    ask = {"by": small_world.county, "enterprise": small_world.firm.id}
    count, found = small_world.see(waiting.open_findings_of, lots=[late], **ask)
    assert (count, [one.code for one in found]) == (1, ["entry.late"])
    assert small_world.see(waiting.event_numbers, by=small_world.county, numbers={found[0].event, None}) == {
        found[0].event: ("leaf_receipt", "R26-1-00001")
    }
    assert small_world.see(waiting.open_findings_of, lots=[other], **ask) == (1, [])


def test_a_finding_is_settled_once_by_an_office_of_its_county(world: World) -> None:
    world.do(chain.count_stock, lot=world.tea(), counted=1)
    finding = world.see(oversight.findings, by=world.county)[0].id
    asked = {"finding": finding, "outcome": "已核实", "result": "explained"}
    with world.refusal(errors.NotAllowed):
        world.do(findings.settle_finding, **asked)
    with world.refusal(errors.NotFound):
        world.do(findings.settle_finding, by=world.other_county, **asked)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.do(findings.settle_finding, by=tied, **asked)
    world.do(findings.settle_finding, by=world.county, **asked)
    with world.refusal(errors.AlreadyDecided):
        world.do(findings.settle_finding, by=world.county, **asked)
    assert world.see(oversight.decisions, by=world.county)[0].outcome == "settled"


def test_a_held_lot_stops_until_the_county_lets_it_go(world: World) -> None:
    tea = world.tea()
    asked = {"lot": tea, "reason": "抽查"}
    with world.refusal(errors.NotAllowed):
        world.do(oversight.hold_lot, **asked)
    with world.refusal(errors.LotUnknown):
        world.do(oversight.hold_lot, by=world.other_county, **asked)
    hold = world.do(oversight.hold_lot, by=world.county, **asked)
    assert [one.id for one, _ in world.see(oversight.open_holds, by=world.county)] == [hold]
    assert world.see(oversight.open_holds, by=world.other_county) == []
    with world.refusal(errors.LotHeld, cause="office"):
        world.batch({tea: 500})
    with world.refusal(errors.LotUnknown):
        world.do(oversight.release_hold, by=world.other_county, hold=hold, reason="查清")
    world.do(oversight.release_hold, by=world.county, hold=hold, reason="查清")
    with world.refusal(errors.HoldUnknown):
        world.do(oversight.release_hold, by=world.county, hold=hold, reason="查清")
    world.batch({tea: 500})


def test_a_county_that_only_grew_the_leaf_does_not_decide_on_the_lot(world: World) -> None:
    far = world.new_plot(township="522702100")
    tea = world.tea_of(world.leaf(plot=far, kg=9), g=9000, kg=2)
    with world.refusal(errors.NotFound):
        world.do(oversight.hold_lot, by=world.other_county, lot=tea, reason="抽查")


def test_held_tea_takes_nothing_in(world: World) -> None:
    batch, tea = world.batch(), world.tea()
    world.do(oversight.hold_lot, by=world.county, lot=batch, reason="抽查")
    with world.refusal(errors.LotHeld):
        world.batch({tea: 500}, into=batch)


def test_a_recall_reaches_everything_made_of_a_lot(world: World) -> None:
    leaf = world.leaf(kg=9)
    tea = world.tea_of(leaf, g=9000, kg=2)
    batch = world.batch({tea: 2000})
    other = world.tea()
    asked: dict[str, Any] = {"lot": leaf, "reason": "农残"}
    with world.refusal(errors.ChoiceUnknown):
        world.recall(by=world.county, grade="IV", **asked)
    shown = world.see(recalls.reach_of, lot=leaf).digest
    for by, refused in ((world.firm.clerk, errors.NotAllowed), (world.other.manager, errors.LotUnknown)):
        with world.refusal(refused):
            world.do(recalls.order_recall, by=by, scope=Scope.lot(leaf), grade="I", reason="x", shown=shown)
    tied = world.user(Role.COUNTY, county="522701", enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.recall(by=tied, grade="I", **asked)
    assert set(world.see(recalls.reach, by=world.county, scope=Scope.lot(leaf)).spread.lots) == {
        leaf,
        tea,
        batch,
    }
    with world.refusal(errors.LotUnknown):
        world.see(recalls.reach, by=world.other.manager, scope=Scope.lot(leaf))
    number = world.recall(grade="I", **asked)  # the firm itself may
    assert world.see(recalls.recalls)[0].lot == leaf
    assert world.rows(recall_rows.reached, number) == {leaf, tea, batch}
    with world.refusal(errors.LotRecalled):
        world.sample(batch)
    world.batch({other: 500})


def test_decisions_are_told_to_the_offices_concerned(world: World) -> None:
    world.do(people.suspend_enterprise, by=world.county, enterprise=world.firm.id, reason="来源不符")
    latest = world.see(oversight.decisions, by=world.prefecture)[0]
    assert (latest.about, latest.outcome, latest.reason) == ("authorisation", "suspended", "来源不符")
    assert latest not in world.see(oversight.decisions, by=world.other_county)


@pytest.mark.parametrize(
    ("tampering", "breach"),
    [
        ("update entry set grams = grams + 1 where id = 2", "event.unbalanced"),
        ("update entry set grams = grams - 99999999 where account = 'held' and id = 2", "lot.overdrawn"),
        ("update mark_span set state = 'void'", "marks.projection"),
        ("update mark_issue set last = last + 5", "marks.equation"),
        ("delete from mark_span where first = 1", "marks.equation"),
    ],
)
def test_the_check_of_the_book_names_what_was_tampered_with(
    world: World, tampering: str, breach: str
) -> None:
    world.packed(packs=3, extra=1)
    assert world.see(oversight.check_book).marks_issued == 4
    with world.house.sessions.begin() as session:  # somebody at the database, by hand
        session.execute(sa.text(tampering))
    assert breach in {one.code for one in world.breaches()}


def test_the_check_names_a_batch_whose_marks_wait_for_tea_that_is_gone(world: World) -> None:
    marked = world.issued_batch(packs=5)
    world.do(chain.count_stock, lot=marked.batch, counted=400)
    assert [(one.code, one.amount) for one in world.breaches()] == [("batch.over_marked", 100)]


def test_an_authorisation_is_a_public_decision(world: World) -> None:
    world.authorise(world.firm.id, announcement_no="2026-77", valid_from=date(2026, 2, 1))
    assert world.see(oversight.decisions, by=world.county)[0].reason == "2026-77"
