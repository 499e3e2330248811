"""Papers people ask for, through their pages: the same figures as the pages, in both languages and both shapes."""

import io
import zipfile
from collections.abc import Callable

import pypdfium2
import pytest

from tests.web.staff import Staff
from tests.world import World
from traceability.domain.chain import EventKind
from traceability.domain.people import Identity
from traceability.formats import papers
from traceability.services import chain, lists
from traceability.services.chain.season import season


@pytest.fixture
def manager(staff: Callable[[Identity], Staff], small_world: World) -> Staff:
    return staff(small_world.firm.manager)


def text(who: Staff, path: str) -> str:
    """What a PDF says, white space even."""
    answer = who.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text[:400]
    assert answer.headers["Cache-Control"] == "no-store"
    with pypdfium2.PdfDocument(answer.data) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def sheets(who: Staff, path: str) -> list[str]:
    """The names of the worksheets."""
    book = zipfile.ZipFile(io.BytesIO(who.get(f"{path}{'&' if '?' in path else '?'}as=xlsx").data))
    found = book.read("xl/workbook.xml").decode()
    return [part.split('"')[0] for part in found.split('<sheet name="')[1:]]


def test_a_ledger_lists_its_days_and_adds_up(manager: Staff, small_world: World) -> None:
    for kg in (3, 9):
        small_world.received(kg=kg)
    small_world.later(days=2)
    small_world.received(kg=5)
    whole = text(manager, "/desk/papers/ledger?stage=leaf_receipt")
    assert "17.00" in whole
    assert "合计" in whole
    some = text(manager, "/desk/papers/ledger?stage=leaf_receipt&from=2026-03-26&to=2026-03-26")
    assert "12.00" in some
    assert "5.00" not in some.replace("0.50", "")
    assert some == text(manager, "/desk/papers/ledger?stage=leaf_receipt&from=2026-03-26&to=2026-03-26")
    assert sheets(manager, "/desk/papers/ledger?stage=leaf_receipt") == ["概况", "收青"]


def test_every_stage_has_a_ledger(manager: Staff, small_world: World) -> None:
    packed = small_world.packed(packs=4)
    small_world.sent(packed.lot, packs=1)
    small_world.sold(packed.lot)
    page = manager.get("/desk/papers").text
    stages = [part.split('"')[0] for part in page.split('<option value="')[1:]]
    assert len(stages) > 10
    for stage in stages:
        assert len(sheets(manager, f"/desk/papers/ledger?stage={stage}")) == 2, stage
    assert "4.50" not in text(manager, "/desk/papers/ledger?stage=write_off")
    assert "没有记录" in text(manager, "/desk/papers/ledger?stage=write_off")


def test_a_ledger_that_is_too_long_says_what_to_do(
    manager: Staff, small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MOST_ROWS", 1)
    small_world.received(kg=3)
    small_world.received(kg=3)
    answer = manager.get("/desk/papers/ledger?stage=leaf_receipt&from=2026-03-26")
    assert answer.status_code == 422
    assert "请缩短日期" in answer.text
    assert 'value="2026-03-26"' in answer.text
    assert len(sheets(manager, "/desk/papers/ledger?stage=leaf_receipt")) == 2


def test_odd_days_stages_and_years_do_no_harm(manager: Staff) -> None:
    for path in (
        "ledger?stage=none&from=x&to=9999999",
        "ledger?from=2026-05-01&to=2026-04-01",
        "season?year=99999999",
    ):
        assert manager.get(f"/desk/papers/{path}").status_code == 200


def test_a_dossier_holds_trace_report_marks_and_history(manager: Staff, small_world: World) -> None:
    packed = small_world.packed(packs=4)
    told = text(manager, f"/desk/lots/{packed.batch}/dossier")
    dossier = small_world.see(chain.dossier, lot=packed.batch)
    status = dossier.status
    assert status is not None
    assert status.report is not None
    for said in (
        dossier.lot.no,
        status.report.report_no,
        "合格",
        "水分",
        "来源",
        "去向",
        "螺蛳壳",
        "report.pdf",
    ):
        assert said in told
    assert str(packed.applied[0]).replace("–", "-") in text(
        manager, f"/desk/lots/{packed.lot}/dossier"
    ).replace("–", "-")
    assert "收发记录" in sheets(manager, f"/desk/lots/{packed.batch}/dossier")


def test_a_delivery_note_says_what_is_in_each_carton(manager: Staff, small_world: World) -> None:
    packed = small_world.packed(packs=10)
    small_world.do(chain.fill_cartons, lot=packed.lot, asks=[chain.CartonAsk(packed.first(4), "箱-1")])
    shipment = small_world.sent(packed.lot, packs=4, cartons=["箱-1"])
    told = text(manager, f"/desk/deliveries/{shipment}/note")
    [found] = small_world.listed(lists.DELIVERIES)
    for said in (found.shipment.no, "贵阳门店", "箱-1", "0.40", "收货人", "箱内明细"):
        assert said in told
    manager.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Carton contents" in text(manager, f"/desk/deliveries/{shipment}/note")


def test_a_stranger_gets_no_papers(staff: Callable[[Identity], Staff], small_world: World) -> None:
    packed = small_world.packed(packs=4)
    shipment = small_world.sent(packed.lot, packs=1)
    other = staff(small_world.other.manager)
    assert other.get(f"/desk/lots/{packed.batch}/dossier").status_code == 404
    assert other.get(f"/desk/deliveries/{shipment}/note").status_code == 404


def test_a_season_closes(small_world: World, manager: Staff) -> None:
    packed = small_world.packed(packs=10)
    shipment = small_world.sent(packed.lot, packs=4)
    small_world.do(chain.deliver, shipment=shipment, received={packed.lot: 4})
    sale = small_world.sold(packed.lot, packs=2)
    small_world.do(chain.take_back, sale=sale, packs=1, opened=False, restock=True, reason="多买")
    small_world.do(
        chain.take_back, sale=sale, packs=1, opened=True, restock=False, ranges=packed.nth(0), reason="受潮"
    )
    receipt = small_world.received(kg=30)
    small_world.do(chain.amend, event=receipt.id, correction=chain.Correction(net_g=20_000), reason="看错秤")
    found = small_world.see(season, year=2026)
    [back] = [one for one in found.stages if one.kind is EventKind.RETURN]
    assert (back.events, back.in_packs) == (2, 1), "what was destroyed is a return, and no stock"
    grams = sum(one.in_g - one.out_g for one in found.stages)
    packs = sum(one.in_packs - one.out_packs for one in found.stages)
    assert sum(g for g, _ in found.opening.values()) + grams == sum(g for g, _ in found.closing.values())
    assert packs == sum(n for _, n in found.closing.values()) == 9
    assert found.packs[0][1:] == (10, 0)
    told = text(manager, "/desk/papers/season?year=2026")
    for said in ("2026 年茶季汇总", "收青", "期末", "已用于包装"):
        assert said in told
    assert small_world.see(season, year=2027).opening == found.closing
