"""One of everything an address can be about, for a firm of one's own county, its neighbour, and a firm far away."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from flask import Flask

from tests.services.test_allowance import ask
from tests.services.test_allowance_year import confirmed
from tests.services.test_applications import applied
from tests.services.test_artwork import drawing, submit
from tests.services.test_ground import HERE, JPEG, resurvey
from tests.services.test_inspections import inspected
from tests.world import Firm, World
from traceability.domain.complaints import ComplaintChannel, ComplaintKind
from traceability.domain.doubts import DoubtKind
from traceability.domain.people import Identity
from traceability.domain.profile import LeafGrade
from traceability.domain.recalls import Scope
from traceability.domain.slips import Slip
from traceability.services import applications, chain, complaints, doubts, oversight, people, recalls
from traceability.services.people import changes
from traceability.store.work import note

Things = dict[str, int | str]


@contextmanager
def seated(world: World, firm: Firm, county: Identity) -> Iterator[None]:
    """Whatever the world does now, this firm and its county do."""
    before = world.firm, world.county, world.plot, world.shop
    world.firm, world.county = firm, county
    world.plot = world.new_plot(township=f"{firm.county}110")
    world.shop = world.do(people.register_consignee, name="门店", place="贵阳")
    yield
    world.firm, world.county, world.plot, world.shop = before


def things_of(world: World, app: Flask, firm: Firm, county: Identity) -> Things:
    """The number of one of each kind."""
    with seated(world, firm, county):
        asked = {"enterprise": firm.id, "county": firm.county, **asked_for(world)}
        visited = inspected(world, world.passed_batch(kg=1))
        return {**asked, **going_on(world), **_on_paper(world, app), **gone_wrong(world), **visited}


def going_on(world: World) -> Things:
    packed = world.packed(packs=6, extra=2)
    passed = world.passed_batch(kg=3)
    report = world.see(chain.dossier, lot=passed).status.report
    return {
        "pack_lot": packed.lot,
        "print_job": world.opened(world.issued_batch(packs=3).ranges),
        "sale": world.sold(packed.lot),
        "shipment": world.sent(packed.lot, packs=2),
        "transit": _short_on_the_way(world),
        "doubt": _doubt(world, packed.applied[0].first),
        "lot": passed,
        "request": world.request(passed, packs=5),
        "document": report.document,
        "event": world.received().id,
        "plot": world.new_plot(approved=False, township=f"{world.firm.county}110"),
    }


def asked_for(world: World) -> Things:
    """What a firm asks of its offices: allowance, new figures for a plot, a right."""
    plot: dict[str, Any] = {
        "no": f"DK-{world.firm.id}",
        "grower": world.grower,
        "township": f"{world.firm.county}110",
    }
    plot |= {"place": "团山", "area_mu": Decimal(10), "survey": HERE, "photo": JPEG}
    number = world.do(people.approve_plot, by=world.county, plot=world.do(people.register_plot, **plot))
    photo = world.see(changes.plot_file, by=world.county, day=world.today, plot=number).changes[0].id
    right = applied(world)
    return {
        "allowance": ask(world),
        "confirmed": confirmed(world, world.plot),
        "changed": number,
        "change": resurvey(world, number),
        "photo": photo,
        "right": right,
        "paper": world.see(applications.application, number=right).papers[0].document.id,
    }


def _short_on_the_way(world: World) -> int:
    tea = world.tea(kg=2)
    world.do(chain.deliver, shipment=world.sent(tea, g=1000), received={tea: 900})
    return next(one.id for one in world.see(chain.shortages) if one.shipment is not None)


def gone_wrong(world: World) -> Things:
    failed = world.failed_batch()
    leaf = world.received(kg=9)
    batch = world.batch({world.tea(kg=2, inputs={leaf.lots[0]: 9000}): 2000})
    world.sample(batch)
    world.report(batch)
    world.packed(batch=batch, packs=19)
    world.do(chain.amend, event=leaf.id, correction=chain.Correction(net_g=6000), reason="秤单笔误")
    return {
        "failed": failed,
        "finding": next(
            one.id
            for one in world.see(oversight.findings, by=world.county)
            if one.enterprise == world.firm.id
        ),
        "hold": next(
            one.id for one, lot in world.see(oversight.open_holds, by=world.county) if lot.id == failed
        ),
        "shortage": next(one.id for one in world.see(chain.shortages) if one.shipment is None),
        "recall": world.recall(world.tea(kg=1), grade="II", reason="试"),
        "drill": world.do(recalls.start_drill, by=world.county, scope=Scope.lot(failed)),
        "slip": _refused_slip(world),
    }


def _refused_slip(world: World) -> int:
    with note(world.house) as work:
        name = chain.open_book(work, by=world.firm.manager, now=world.now).name
    slip = Slip(
        f"{name}-0001", "NOWHERE", f"SC-{world.firm.id}", 10_500, 500,
        LeafGrade.ONE_BUD_ONE_LEAF_OPENING, "C-1", world.now, confirmed=True,
    )  # fmt: skip
    return int(world.do(chain.take_slip, slip=slip))


def _doubt(world: World, serial: int) -> int:
    ref = f"7K3M-Q2XD-8T{world.firm.id:02d}"
    told: dict[str, Any] = {"ref": ref, "kind": DoubtKind.TEA_ODD, "serial": serial, "photo": b"a picture"}
    return int(world.do(doubts.report_doubt, by=doubts.PUBLIC, **told))


def _on_paper(world: World, app: Flask) -> Things:
    said: dict[str, Any] = {"channel": ComplaintChannel.TELEPHONE, "kind": ComplaintKind.TASTE, "words": "试"}
    asked: dict[str, Any] = {"email": f"new{world.firm.id}@example.cn", "name": "新", "grants": frozenset()}
    file: dict[str, Any] = {"name": "a.pdf", "content": b"%PDF-1.4 " + str(world.firm.id).encode()}
    tries = app.extensions["workbooks"]
    return {
        "complaint": world.do(complaints.record_complaint, photo=b"a picture", **said),
        "artwork": submit(world, drawing(world.firm.id)),
        "attachment": world.do(oversight.attach_document, lot=world.tea(kg=1), **file),
        "member": world.firm.clerk.user,
        "invitation": world.do(
            people.invite, token_sha256=hashlib.sha256(str(world.firm.id).encode()).hexdigest(), **asked
        ),
        "workbook": tries.hand_in(f"no workbook {world.firm.id}".encode(), "a.xlsx", by=world.firm.manager),
    }
