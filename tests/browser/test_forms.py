"""The worked example at the desk: a batch from leaf to sale by forms alone, each telling first what it would come to.

What is decided or printed elsewhere (the county's approval, the labels) is played beside the desk.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.reading import COLOURS, cut_off, faults
from tests.browser.shelf import serving
from tests.journeys.staged import GOOD, PASSWORD, Stage
from tests.journeys.test_worked_example import BATCH, RECEIPTS, Play

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


class Desk:
    """The firm's manager at a browser, the story's clock beside."""

    def __init__(self, play: Play, page: Page) -> None:
        self.play, self.page = play, page
        page.goto("/login")
        page.locator("#email").fill("manager-a@example.cn")
        page.locator("#password").fill(PASSWORD)
        page.locator("main button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("都匀示例茶业有限公司")

    def open(self, path: str, at: str) -> None:
        """A page of the desk, at a time of the story."""
        self.play.stage.at(at)
        self.page.goto(f"/desk/{path}")

    def lot(self, no: str) -> int:
        return self.play.firm.lot(no)

    def fill(self, **typed: str) -> None:
        """Inputs by their names; `in_7` is `in-7`."""
        for name, value in typed.items():
            self.page.locator(f"[name='{name.replace('_in_', 'in-')}']").fill(value)

    def tells(self, *texts: str) -> None:
        """What the page says it would come to; and nothing shuts anybody out or sticks out."""
        for text in texts:
            expect(self.page.locator("#outcome")).to_contain_text(text)
        expect(self.page.locator("#outcome .stop, form.main .told.stop")).to_have_count(0)
        assert faults(self.page) == []
        assert cut_off(self.page) == []

    def save(self, said: str) -> None:
        """The form's own button; what the next page begins with."""
        self.page.locator("form.main > .actions button").first.click()
        expect(self.page.locator(".flash")).to_contain_text(said)


@pytest.fixture
def play(tmp_path: Path, sqlite_template: Path) -> Iterator[Play]:
    file = Path(shutil.copyfile(sqlite_template, tmp_path / "play.db"))
    stage = Stage(f"sqlite:///{file}", tmp_path)
    yield Play(stage)
    stage.close()


@pytest.fixture
def desk(play: Play, window: Windows, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with serving(play.stage.app) as server:
        yield Desk(play, window(base_url=server.url, viewport=getattr(request, "param", DESK)))


def test_a_batch_from_leaf_to_sale_by_forms_alone(desk: Desk) -> None:
    play = desk.play
    for day, no, rejects, out in (("26", "P1", "0.85", "16.40"), ("27", "P2", "0.75", "16.70")):
        _run(desk, day, no, rejects, out)
    _blend_and_sample(desk)
    _report(desk)
    _request(desk)
    play.stage.at("2026-04-05T16:10")
    play.decide()
    play.printed()
    _pack(desk)
    _send(desk)
    _sell(desk)
    assert play.stage.lots_on_hand(play.firm.me) == {
        BATCH: (700, 0), f"{BATCH}-P01": (8_000, 80), f"{BATCH}-P02": (6_000, 120),
    }  # fmt: skip
    assert not play.stage.check().breaches


def _run(desk: Desk, day: str, no: str, rejects: str, out: str) -> None:
    """8.2: the leaf of a day, all of it, on the day of plucking."""
    for receipt in (one for one in RECEIPTS if f"-{day}T" in one[1]):
        desk.play.firm.ask("receipts/new", **desk.play.firm.receive(*receipt))
    desk.open("processings/new", f"2026-03-{day}T21:00")
    for button in desk.page.locator("button.fill").all():
        button.click()
    desk.fill(rejects=rejects, fresh_moisture="76.5", made_moisture="5.6")
    desk.tells("最多可制干茶", "鲜干比至少 4.02", "还要填：干茶")
    desk.fill(out=out)
    desk.page.locator("#grade").select_option("ZHENPIN")
    desk.tells(f"{out} 千克", "鲜干比", "4.37" if no == "P1" else "4.38", "常见 4.2–6.0", "珍品")
    desk.page.get_by_text("自定单号").click()
    desk.fill(no=no)
    desk.save(f"制成干茶 {out} 千克")


def _blend_and_sample(desk: Desk) -> None:
    """8.3: blended, fines sieved off, test and retained samples drawn."""
    desk.open("blendings/new", "2026-03-28T10:00")
    for button in desk.page.locator("button.fill").all():
        button.click()
    desk.fill(batch_no=BATCH, fines="0.42")
    desk.tells("33.10 千克", "32.68 千克")
    desk.save("批次入库 32.68 千克")
    desk.play.stage.at("2026-03-29T09:00")
    desk.page.get_by_role("link", name="抽样送检").click()
    desk.fill(test="0.5", retained="0.3")
    desk.tells("31.88 千克", "原有 32.68 千克")
    desk.save("批次已封")


def _report(desk: Desk) -> None:
    """8.3: the report, judged while it is typed."""
    desk.play.stage.at("2026-04-04T17:00")
    desk.page.get_by_role("link", name="登记报告").click()
    desk.fill(report_no="DY-JC-2026-0412", lab="黔南示例检验中心", reported_on="2026-04-04")
    for key, value in GOOD.items():
        field = desk.page.locator(f"#value_{key}")
        field.select_option(value) if value == "yes" else field.fill(value)
    desk.tells("按珍品判定", "各项符合")
    report = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 a report"}
    desk.page.locator("#file").set_input_files(report)  # type: ignore[arg-type]
    desk.save("各项符合本等级")


def _request(desk: Desk) -> None:
    """8.4: 200 packs of 100 g and 220 of 50 g, four spare."""
    desk.play.stage.at("2026-04-05T10:05")
    desk.page.get_by_role("link", name="申领标志").last.click()
    p100, p50 = desk.play.firm.product(100), desk.play.firm.product(50)
    desk.fill(**{f"packs-{p100}": "330"})
    expect(desk.page.locator("#outcome .stop")).to_contain_text("申请 33.00 千克，可用 31.88 千克")
    for name, value in desk.play.order().items():
        desk.fill(**{name: value})
    assert {f"packs-{p100}", f"packs-{p50}"} <= set(desk.play.order())
    desk.tells("424 枚", "31.00 千克", "0.88 千克")
    desk.save("已申领标志 420 枚")


def _pack(desk: Desk) -> None:
    """8.5: packs, marks, overfill and spill; cartons of twenty."""
    desk.open(f"lots/{desk.lot(BATCH)}/pack", "2026-04-06T14:00")
    desk.fill(**{name: value for name, value in desk.play.packing().items() if name.startswith("packs-")})
    for button in desk.page.locator("button.fill").all():
        button.click()
    over = {name: value for name, value in desk.play.packing().items() if name.startswith("over-")}
    desk.fill(**over, spill="34")
    desk.tells("保质期至 2028年4月5日", "平均每件超出 0.40 克", "0.146 千克", "0.70 千克")
    desk.save("420 件，贴标 420 枚")
    for lot, cartons in (("P01", 10), ("P02", 11)):
        desk.open(f"lots/{desk.lot(f'{BATCH}-{lot}')}/cartons", "2026-04-06T15:00")
        desk.fill(size="20")
        desk.tells(f"{cartons} 箱", "每箱 20 件")
        desk.save(f"已装 {cartons} 箱")


def _send(desk: Desk) -> None:
    """8.6: the first consignment, by the carton, and its receipt."""
    desk.open("dispatches/new", "2026-04-08T08:30")
    desk.page.locator("#consignee").select_option(str(desk.play.firm.party("贵阳门店")))
    desk.fill(carrier="示例冷链")
    for lot, cartons in (("P01", 6), ("P02", 5)):
        box = desk.page.locator(f"[name='carton-{desk.lot(f'{BATCH}-{lot}')}']")
        desk.page.locator("details", has=box).locator("summary").click()
        for n in range(cartons):
            box.nth(n).check()
    desk.tells("11 箱", "220 件", "17.00 千克")
    desk.save("已发运")
    desk.play.stage.at("2026-04-08T10:46")
    desk.page.get_by_role("link", name="C26-").first.click()
    desk.tells("120 件", "100 件")
    desk.save("已全数签收")


def _sell(desk: Desk) -> None:
    """8.7: over the counter in Guiyang; one comes back unopened."""
    shop, lot = desk.play.firm.party("贵阳门店"), desk.lot(f"{BATCH}-P01")
    desk.open(f"lots/{lot}/sell?party={shop}", "2026-05-20T10:00")
    desk.fill(packs="92")
    desk.tells("92 件", "28 件", "原有 120 件")
    desk.save("92 件（9.20 千克），门店")
    desk.open(f"sales/{desk.play.firm.event('sale')}/return", "2026-05-28T10:00")
    desk.fill(packs="1", reason="买多了")
    desk.tells("8 天", "合计在库 29 件")
    desk.save("退回 1 件，重新入库")


@pytest.mark.parametrize("desk", [PHONE], indirect=True)
def test_a_run_on_a_phone(desk: Desk) -> None:
    """Wrong first: each refusal stands beside its field, the keyboard leads on, and the right one is saved."""
    page = desk.page
    for receipt in RECEIPTS[:3]:
        desk.play.firm.ask("receipts/new", **desk.play.firm.receive(*receipt))
    leaf = [desk.lot(f"L-{receipt[0]}") for receipt in RECEIPTS[:3]]
    desk.open(f"processings/new?lot={leaf[0]}", "2026-03-26T21:00")
    expect(page.locator(f"#told-in-{leaf[0]}")).to_have_text("余 0.00，共 31.20 千克")
    desk.fill(**{f"in-{leaf[1]}": "22.5"})
    expect(page.locator(f"#told-in-{leaf[1]}")).to_contain_text("需要 22.50 千克，在库 22.45 千克")
    desk.fill(**{f"in-{leaf[1]}": "22.45"})
    expect(page.locator(f"#told-in-{leaf[1]}")).to_have_text("余 0.00，共 22.45 千克")
    page.locator("#rejects").focus()
    for text in ("0.65", "40", "76.5", "5.6"):
        page.keyboard.press("Control+a")
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator("#grade")).to_be_focused()
    expect(page.locator("#told-out")).to_contain_text("低于物理下限 4.02")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []
    page.emulate_media(color_scheme="light")
    assert cut_off(page) == []
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("低于物理下限")
    expect(page.locator("#out")).to_be_focused()
    page.context.set_offline(True)
    desk.fill(out="12.5")
    expect(page.locator("#outcome")).to_have_text("没有网络，现在算不出来；填的都还在。")
    page.context.set_offline(False)
    desk.fill(out="12")
    desk.tells("4.42", "损耗")
    desk.save("制成干茶 12.00 千克")


def test_of_two_clerks_the_second_is_told_and_keeps_what_was_typed(desk: Desk) -> None:
    desk.play.made()
    tea = desk.lot("M-P1")
    desk.open("blendings/new", "2026-03-28T10:00")
    desk.fill(**{f"in-{tea}": "16.40", "batch_no": BATCH})
    desk.tells("16.40 千克")
    desk.play.stage.hire("clerk@example.cn", "clerk", enterprise=desk.play.firm.id).send(
        "/desk/blendings/new", **{f"in-{tea}": "16.4"}
    )
    desk.fill(fines="0.1")
    expect(desk.page.locator("#outcome")).to_contain_text("clerk@example.cn于 2026年3月28日 10:00 登记了拼配")
    desk.page.get_by_role("button", name="保存").click()
    expect(desk.page.get_by_role("alert")).to_contain_text("打开本页时在库 16.40 千克，现在 0.00 千克")
    expect(desk.page.locator(f"[name='in-{tea}']")).to_have_value("16.40")
    expect(desk.page.locator("#batch_no")).to_have_value(BATCH)
    assert faults(desk.page) == []


def test_without_script_a_second_button_tells_the_same(desk: Desk, window: Windows) -> None:
    desk.play.made()
    url = desk.page.url.partition("/desk")[0]
    plain = Desk(desk.play, window(base_url=url, viewport=DESK, java_script_enabled=False))
    tea = plain.lot("M-P1")
    plain.open(f"blendings/new?lot={tea}", "2026-03-28T10:00")
    plain.fill(fines="0.40")
    plain.page.get_by_role("button", name="先算一算").click()
    expect(plain.page.locator("#outcome")).to_contain_text("16.00 千克")
    plain.save("批次入库 16.00 千克")
