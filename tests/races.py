"""Two at the same moment: threads with connections of their own, let go together."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from tests.world import World
from traceability.domain.complaints import ComplaintChannel, ComplaintKind
from traceability.domain.errors import Refusal
from traceability.domain.people import Role
from traceability.domain.recalls import Scope
from traceability.services import chain, complaints, marks, people, recalls

Task = Callable[[World], Any]


def at_once(world: World, *tasks: Task) -> list[Any]:
    """What each is answered, or why it is refused; anything else that is raised is a fault."""
    barrier = Barrier(len(tasks))

    def alone(task: Task) -> Any:
        own = world.again()
        try:
            own.rows(lambda session: session.connection())  # connected before the start
            barrier.wait()
            return task(own)
        except Refusal as refusal:
            return refusal
        finally:
            own.close()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return [one.result() for one in [threads.submit(alone, task) for task in tasks]]


def one_won(answers: list[Any], *codes: str) -> Any:
    """The answer of the only one that was accepted; the others were refused with one of these codes."""
    refused = [one for one in answers if isinstance(one, Refusal)]
    assert len(refused) == len(answers) - 1, answers
    assert {one.code for one in refused} <= set(codes), refused
    return next(one for one in answers if not isinstance(one, Refusal))


# --- the races: each leaves a world in which exactly one has won ----------------------------------------------


def last_grams(world: World) -> None:
    """Two clerks pack the last grams of one batch, each with marks of their own; there is tea to spill for one."""
    batch = world.passed_batch(kg="2.001")
    a = world.marked_batch(batch=batch, packs=10)
    b = world.marked_batch(batch=batch, packs=10)
    one_won(
        at_once(
            world,
            lambda w: w.pack(batch, a.ranges, spill_g=1),
            lambda w: w.pack(batch, b.ranges, spill_g=1, by=w.firm.clerk),
        ),
        "lot.overdrawn",
        "lot.reserved",
    )


def last_sale(world: World) -> None:
    """Two counters sell the last packs of one lot."""
    lot = world.packed(packs=10).lot
    one_won(at_once(world, lambda w: w.sold(lot, packs=6), lambda w: w.sold(lot, packs=6)), "lot.overdrawn")
    assert world.on_hand(lot) == (400, 4)


def one_serial(world: World) -> None:
    """One serial is applied to two pack lots (FRAUD F07)."""
    marked = world.marked_batch(packs=10, kg=3)
    tasks: list[Task] = [
        lambda w: w.pack(marked.batch, marked.nth(0, 6)),
        lambda w: w.pack(marked.batch, marked.nth(5, 5)),
    ]
    one_won(at_once(world, *tasks), "marks.already_applied")


def last_of_plot(world: World) -> None:
    """Two firms take the last kilogram of one plot's allowance (FRAUD F29)."""
    plot = world.new_plot(mu=1)
    world.leaf(plot=plot, kg=64)
    one_won(
        at_once(
            world,
            lambda w: w.leaf(plot=plot, kg=1),
            lambda w: w.leaf(plot=plot, kg=1, firm=w.other),
        ),
        "plot.allowance_exceeded",
    )


def last_request(world: World) -> None:
    """Two requests for the same batch's last tea (FRAUD F03)."""
    batch = world.passed_batch(kg=2)
    tasks: list[Task] = [
        lambda w: w.request(batch, packs=15),
        lambda w: w.request(batch, packs=15, by=w.firm.clerk),
    ]
    one_won(at_once(world, *tasks), "request.exceeds_batch")


def one_key(world: World) -> None:
    """The same weigh slip is sent twice with one key (FRAUD F18): one lot, and both are told of it."""
    before = world.table_counts()
    key = f"slip-{before['lot']}"
    first, second = at_once(world, *[lambda w: w.received(kg=5, key=key)] * 2)
    assert first == second
    assert world.table_counts()["lot"] == before["lot"] + 1


def one_number(world: World) -> None:
    """Two clerks enter different slips under one number."""
    no = f"R-{world.table_counts()['lot']}"
    tasks: list[Task] = [
        lambda w: w.received(kg=5, no=no),
        lambda w: w.received(kg=6, no=no, plot=w.plots[1]),
    ]
    one_won(at_once(world, *tasks), "number.taken", "lot.number_taken")


def one_report(world: World) -> None:
    """One report file is handed in for two batches (FRAUD F14), under two numbers."""
    a, b = world.sampled_batch(), world.sampled_batch()
    content = f"%PDF-1.4 {a}".encode()
    tasks: list[Task] = [
        lambda w: w.report(a, report_no=f"A-{a}", content=content),
        lambda w: w.report(b, report_no=f"B-{a}", content=content),
    ]
    one_won(at_once(world, *tasks), "report.taken")


def packed_and_approved(world: World) -> None:
    """The office approves a request while the firm packs of the same batch: neither waits for the other for ever."""
    marked = world.marked_batch(packs=10, kg=3)
    request = world.request(marked.batch, packs=5)
    answers = at_once(world, lambda w: w.pack(marked.batch, marked.ranges), lambda w: w.approve(request))
    assert not [one for one in answers if isinstance(one, Refusal)], answers


def amended_and_packed(world: World) -> None:
    """A receipt is lowered while its batch is packed: whatever the order, the book closes."""
    leaf = world.received(kg=18)
    made = world.tea_of(leaf.lots[0], g=18000, kg=4)
    batch = world.batch({made: 4000})
    world.sample(batch)
    world.report(batch)
    marked = world.marked_batch(batch=batch, packs=30)
    correction = chain.Correction(net_g=12000)
    at_once(
        world,
        lambda w: w.do(chain.amend, event=leaf.id, correction=correction, reason="误记"),
        lambda w: w.pack(batch, marked.ranges, by=w.firm.clerk),
    )
    for short in [
        one for one in world.see(chain.shortages) if one.settled_at is None
    ]:  # or the next round gets less
        asked = {"shortage": short.id, "lot": world.tea(kg=4), "reason": "补足"}
        world.do(chain.settle_shortage, by=world.county, **asked)


def destroyed_and_voided(world: World) -> None:
    """A pack is destroyed while a spare of the same issued range is voided: the projection keeps both."""
    packed = world.packed(packs=10, spares=1)
    answers = at_once(
        world,
        lambda w: w.do(chain.destroy, lot=packed.lot, packs=1, ranges=packed.nth(0), reason="受潮"),
        lambda w: w.do(marks.void_marks, ranges=packed.nth(10), reason="污损"),
    )
    assert not [one for one in answers if isinstance(one, Refusal)], answers


def twice_returned(world: World) -> None:
    """The same sold pack is taken back twice, and the sale amended beside it."""
    lot = world.packed(packs=10).lot
    sale = world.sold(lot, packs=1)
    back = {"sale": sale, "packs": 1, "opened": False, "restock": True, "reason": "退货"}
    one_won(
        at_once(
            world,
            lambda w: w.do(chain.take_back, **back),
            lambda w: w.do(chain.take_back, **back),
            lambda w: w.do(chain.amend, event=sale, correction=chain.Correction(packs=0), reason="误记"),
        ),
        "return.exceeds_sale",
    )


def answered_twice(world: World) -> None:
    """One delivery is accepted and refused at once."""
    tea = world.tea(kg=2)
    shipment = world.sent(tea, g=2000, to=world.other.party)
    by = world.other.manager
    one_won(
        at_once(
            world,
            lambda w: w.do(chain.deliver, by=by, shipment=shipment),
            lambda w: w.do(chain.refuse_delivery, by=by, shipment=shipment, reason="受潮"),
        ),
        "delivery.settled",
    )


def suspended_twice(world: World) -> None:
    """County and prefecture suspend a firm at once: one suspension."""
    asked = {"enterprise": world.firm.id, "reason": "来源不符"}
    tasks: list[Task] = [
        lambda w: w.do(people.suspend_enterprise, by=w.county, **asked),
        lambda w: w.do(people.suspend_enterprise, by=w.prefecture, **asked),
    ]
    one_won(at_once(world, *tasks), "decision.already")
    world.do(people.lift_suspension, by=world.county, **asked)


def complaint_twice(world: World) -> None:
    """Two clerks answer one complaint at once."""
    told = {"channel": ComplaintChannel.COUNTER, "kind": ComplaintKind.OTHER, "words": "其他"}
    number = world.do(complaints.record_complaint, **told)
    one_won(
        at_once(
            world,
            lambda w: w.do(complaints.answer_complaint, complaint=number, words="已换货"),
            lambda w: w.do(complaints.answer_complaint, complaint=number, words="已说明", by=w.firm.clerk),
        ),
        "complaint.moved",
    )


def invited_twice(world: World) -> None:
    """One invitation is taken up by two at once, and withdrawn beside them."""
    n = world.see(people.doings).total
    digest, email = f"{n:064d}", f"new{n}@example.cn"
    asked = {"token_sha256": digest, "email": email, "name": "新人", "grants": people.USUAL}
    number = world.do(people.invite, **asked)
    join = {"token_sha256": digest, "password_hash": "x"}
    one_won(
        at_once(
            world,
            lambda w: w.do(people.accept_invitation, **join),
            lambda w: w.do(people.accept_invitation, **join),
            lambda w: w.do(people.withdraw_invitation, invitation=number),
        ),
        "invitation.spent",
    )


def closed_by_each_other(world: World) -> None:
    """Two managers of a firm switch each other off at once: one of them stays."""
    first, second = world.firm.manager, world.user(Role.MANAGER, enterprise=world.firm.id)
    one_won(
        at_once(
            world,
            lambda w: w.do(people.set_member_active, by=first, user=second.user, active=False),
            lambda w: w.do(people.set_member_active, by=second, user=first.user, active=False),
        ),
        "not_allowed",
        "manager.last",
    )
    world.do(people.set_user_active, by=world.admin, user=first.user, active=True)
    world.do(people.set_user_active, by=world.admin, user=second.user, active=False)


def recalled_and_sold(world: World) -> None:
    """A lot is recalled while a pack of it is sold: the pack is in the reach that was confirmed, or is not sold."""
    packed = world.packed(packs=2)
    shown = world.see(recalls.reach_of, lot=packed.lot).digest
    asked = {"scope": Scope.lot(packed.lot), "grade": "I", "reason": "农残", "shown": shown}
    one_won(
        at_once(world, lambda w: w.do(recalls.order_recall, **asked), lambda w: w.sold(packed.lot)),
        "recall.changed",
        "lot.recalled",
    )


RACES = (
    last_grams, last_sale, one_serial, last_of_plot, last_request, one_key, one_number, one_report, packed_and_approved,
    amended_and_packed, destroyed_and_voided, twice_returned, answered_twice, suspended_twice,
    complaint_twice, invited_twice, closed_by_each_other, recalled_and_sold,
)  # fmt: skip


def rounds(world: World, race: Callable[[World], None], how_many: int) -> None:
    """The same race again and again in one world, with more and more behind it; the book closes."""
    for n in range(how_many):
        race(world)
        if n % 10 == 9 or n + 1 == how_many:
            assert world.breaches() == ()
