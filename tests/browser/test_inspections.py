"""Two inspectors on phones: a visit, a sample, its failing report confirmed by the other; a mark's page changes."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.phones import AGENT
from tests.browser.reading import sound
from tests.browser.shelf import served
from tests.browser.signing import enter
from tests.looking import code_of
from tests.services.test_inspections import colleague
from tests.web.staff import give_password
from tests.world import GOOD, Packed, World
from tests.worlds import copies_of
from traceability.domain.people import Identity

PHONE: ViewportSize = {"width": 360, "height": 740}


@dataclass(frozen=True)
class Office:
    """An office that is served, the sign-in names of its two people, and tea that was packed."""

    world: World
    url: str
    email: Callable[[Identity], str]
    second: Identity
    packed: Packed


@pytest.fixture(scope="module")
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with copies_of(request, "sqlite")() as world, served(world, tmp_path_factory.mktemp("visit")) as made:
        packed = world.packed(packs=6, kg=2)
        second = colleague(world)
        yield Office(world, made.url, partial(give_password, made.app, world), second, packed)


@pytest.fixture
def phone(browser: Browser, office: Office) -> Iterator[Callable[[Identity], Page]]:
    """Somebody of the office signed in on a phone of their own."""
    contexts = []

    def signed_in(who: Identity) -> Page:
        context = browser.new_context(viewport=PHONE, locale="zh-CN", user_agent=AGENT, base_url=office.url)
        contexts.append(context)
        page = context.new_page()
        enter(page, office.email(who))
        return page

    yield signed_in
    for context in contexts:
        context.close()


def picture() -> bytes:
    written = BytesIO()
    Image.new("RGB", (640, 480), "#7fae6a").save(written, "JPEG")
    return written.getvalue()


def test_a_visit_on_the_phone_and_a_failed_sample_that_stops_the_batch(
    office: Office, phone: Callable[[Identity], Page]
) -> None:
    here, there = phone(office.world.county), phone(office.second)
    _draw(here)
    _visit(here, office)
    _sample(here, office)
    code = code_of(office.packed.applied[0].first)
    here.goto(f"/M/{code}")
    expect(here.get_by_role("main")).not_to_contain_text("暂停销售")
    _confirm(there)
    there.goto(f"/M/{code}")
    expect(there.get_by_role("main")).to_contain_text("这批茶已暂停销售")
    expect(there.get_by_role("main")).to_contain_text("监管部门抽检不合格")
    there.goto("/office/samples/rates")
    expect(there.get_by_role("table")).to_contain_text("2026-03")
    sound(there)


def _draw(page: Page) -> None:
    page.goto("/office/inspections/plans/new")
    page.get_by_label("随机抽取").fill("1")
    page.get_by_label("检查依据和事项").fill("春茶季例行检查")
    sound(page)
    page.get_by_role("button", name="抽取").click()
    expect(page.get_by_role("status").first).to_contain_text("已抽取")
    sound(page)
    page.get_by_role("link", name="JH26-522701-0001").click()
    expect(page.get_by_role("main")).to_contain_text("完全一致")
    sound(page)
    page.get_by_role("link", name="都匀示例茶业有限公司").click()


def _visit(page: Page, office: Office) -> None:
    page.get_by_label("同行检查人员").select_option(str(office.second.user))
    sound(page)
    page.get_by_role("button", name="到场").click()
    expect(page.get_by_role("heading", name="记一条")).to_be_visible()
    page.get_by_label("检查内容").select_option("pack_stock")
    page.get_by_label("清点数量").fill("5")
    page.get_by_label("情况").select_option("wrong")
    page.get_by_label("照片").set_input_files(
        {"name": "架上.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    page.get_by_role("button", name="记下").click()
    expect(page.locator("form#line .error")).to_contain_text("请写明原因")
    page.get_by_label("说明").fill("少一件，说已送样")
    page.get_by_label("照片").set_input_files(
        {"name": "架上.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    page.get_by_role("button", name="记下").click()
    expect(page.locator("ol.lines")).to_contain_text("账面 6 件")
    sound(page)
    page.get_by_role("button", name="转为线索").click()
    expect(page.get_by_role("link", name="已转为线索")).to_be_visible()


def _sample(page: Page, office: Office) -> None:
    page.get_by_role("link", name="抽取样品").click()
    page.get_by_label("批次").select_option(str(office.packed.batch))
    page.get_by_label("重量").fill("0.15")
    page.get_by_label("陪同人员").fill("仓管员")
    page.get_by_label("封签编号").fill("F-0001")
    sound(page)
    page.get_by_role("button", name="登记样品").click()
    expect(page.get_by_role("status").first).to_contain_text("样品已登记")
    page.get_by_label("检查结果").select_option("to_mend")
    page.get_by_label("处理意见").fill("三日内说明去向")
    page.get_by_role("button", name="结束检查").click()
    expect(page.get_by_role("status").first).to_contain_text("检查已结束")
    page.get_by_role("link", name="CY26-522701-0001").click()
    page.get_by_label("检验机构").fill("示例检验中心")
    sound(page)
    page.get_by_role("button", name="登记送检").click()
    page.get_by_role("link", name="录入检验报告").click()
    _type_report(page, office)
    page.get_by_role("button", name="录入").click()
    expect(page.get_by_role("main")).to_contain_text("您录入的报告要由另一人")
    sound(page)


def _type_report(page: Page, office: Office) -> None:
    """Good values but for the residues."""
    page.get_by_label("报告编号").fill("CJ-1")
    page.get_by_label("报告日期").fill(office.world.today.isoformat())
    page.get_by_label("报告原件").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 official"}
    )
    for key, value in GOOD.items():
        field = page.locator(f"[name=value_{key}]")
        if isinstance(value, bool):
            field.select_option("no" if key == "pesticide_residue" else "yes")
        else:
            field.fill(str(value))
    sound(page)


def _confirm(page: Page) -> None:
    page.goto("/office/")
    page.get_by_role("link", name=re.compile("^确认")).click()
    expect(page.get_by_role("main")).to_contain_text("按填报值判定：不合格")
    sound(page)
    page.get_by_role("button", name="确认，结论生效").click()
    expect(page.get_by_role("status").first).to_contain_text("结论已生效")
    expect(page.get_by_role("main")).to_contain_text("批次和它的全部包装已冻结")
    sound(page)
