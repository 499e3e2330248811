"""Marks checked at the staff doors: by code or by a photo of the label, kept apart from the looks of the public."""

from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa
from PIL import Image
from werkzeug.test import TestResponse

from tests.web.staff import Staff, hidden, words_of
from tests.world import KEYS, PUBLIC_URL, Packed, World
from traceability.domain.marks import control_number, encode, grouped
from traceability.domain.people import Identity
from traceability.domain.scans import Door
from traceability.formats import qr
from traceability.formats.digital_link import mark_url, read_mark
from traceability.store.scans import ScanRow
from traceability.store.work import look

SignIn = Callable[[Identity], Staff]
DOORS = {"/desk/scan": "firm", "/office/scan": "county"}
GTIN = "06923450657713"


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def packed(world: World) -> Packed:
    return world.packed(packs=4, extra=1)


@pytest.fixture
def officer(staff: SignIn, world: World) -> Staff:
    return staff(world.county)


def code_of(packed: Packed) -> str:
    return encode(packed.applied[0].first, KEYS["k1"])


def scans(world: World) -> list[tuple[int, str, str | None, str | None]]:
    """(serial, door, client, province) of every scan kept."""
    with look(world.house) as work:
        query = sa.select(ScanRow.serial, ScanRow.door, ScanRow.client, ScanRow.province).order_by(ScanRow.id)
        return [(serial, door, client, at) for serial, door, client, at in work.session.execute(query)]


def label(*texts: str) -> bytes:
    """A photo of labels side by side."""
    drawn = []
    for text in texts:
        rows = qr.symbol(text)
        one = Image.new("L", (len(rows), len(rows)))
        one.putdata([0 if dark else 255 for row in rows for dark in row])
        drawn.append(one.resize((one.width * 5, one.height * 5), Image.Resampling.NEAREST))
    sheet = Image.new("L", (sum(one.width + 60 for one in drawn) + 60, 400), 230)
    at = 60
    for one in drawn:
        sheet.paste(one, (at, 80))
        at += one.width + 60
    into = BytesIO()
    sheet.rotate(3, fillcolor=230).save(into, "JPEG")
    return into.getvalue()


def photographed(person: Staff, path: str, content: bytes) -> TestResponse:
    page = person.get(path).text
    unseen = {name: hidden(page, name) for name in ("csrf_token", "key")}
    return person.client.post(path, data=unseen | {"photo": (BytesIO(content), "IMG_0001.jpg")})


@pytest.mark.parametrize("path", DOORS)
class TestBothDoors:
    @pytest.fixture
    def person(self, staff: SignIn, world: World, path: str) -> Staff:
        return staff(world.county if path.startswith("/office") else world.firm.clerk)

    def test_the_page_asks_for_a_code_or_a_photo(self, person: Staff, path: str) -> None:
        page = person.get(path).text
        assert f'href="{path}" aria-current="page"' in page
        assert 'accept="image/*" capture="environment"' in page
        assert page.count(f'action="{path}"') == 2
        assert 'class="verdict' not in page

    def test_a_typed_code_is_told_as_on_the_public_page(
        self, person: Staff, path: str, packed: Packed, world: World
    ) -> None:
        text = person.text(f"{path}?code={grouped(code_of(packed)).lower()}")
        for told in (
            "本标志第一次被查验", "都匀示例茶业有限公司", f"No. {control_number(packed.applied[0].first)}",
            grouped(code_of(packed)), "都匀毛尖茶100", "2026年3月26日", "拼配成批", "5.6 %",
        ):  # fmt: skip
            assert told in text, told

    def test_the_look_is_the_staffs_and_of_nobody(
        self, person: Staff, path: str, packed: Packed, world: World
    ) -> None:
        person.text(f"{path}?code={code_of(packed)}")
        assert scans(world) == [(packed.applied[0].first, Door.STAFF, None, None)]

    def test_it_does_not_count_as_the_publics(self, person: Staff, path: str, packed: Packed) -> None:
        for _ in range(3):
            person.text(f"{path}?code={code_of(packed)}")
        visitor = person.client.application.test_client()
        page = visitor.get(f"/m/{code_of(packed)}", headers={"Accept-Language": "zh-CN"})
        assert "本标志第一次被查验" in page.text

    def test_a_photo_leads_to_the_mark(self, person: Staff, path: str, packed: Packed) -> None:
        address = mark_url(PUBLIC_URL, gtin=None, code=code_of(packed))
        answer = photographed(person, path, label(address))
        assert answer.status_code == 303
        assert "本标志第一次被查验" in person.text(answer.headers["Location"])

    def test_a_photo_with_nothing_to_read_says_so_beside_the_field(self, person: Staff, path: str) -> None:
        blank = BytesIO()
        Image.new("RGB", (300, 200), "white").save(blank, "JPEG")
        answer = photographed(person, path, blank.getvalue())
        assert answer.status_code == 422
        assert "照片里没有读到二维码" in words_of(answer)
        assert 'aria-describedby="photo-hint photo-error-1"' in answer.text

    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>"])
    def test_what_is_no_photo_is_refused(self, person: Staff, path: str, content: bytes) -> None:
        answer = photographed(person, path, content)
        assert answer.status_code == 422
        assert "只收 JPEG、PNG 或 WebP 照片" in words_of(answer)
        assert "photo.refused" in answer.text

    def test_what_was_never_issued_is_unknown_and_kept_nowhere(
        self, person: Staff, path: str, packed: Packed, world: World
    ) -> None:
        code = code_of(packed)
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert "没有查到这枚标志" in person.text(f"{path}?code={wrong}")
        assert "您输入了" in person.text(f"{path}?code=00RZ-5K7Q")
        assert scans(world) == []

    @pytest.mark.parametrize("typed", ["%3Cscript%3Ealert(1)%3C/script%3E", "x" * 3000, "%F0%9F%98%80" * 16])
    def test_nonsense_is_answered_with_a_page(self, person: Staff, path: str, typed: str) -> None:
        answer = person.get(f"{path}?code={typed}")
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text

    def test_a_form_sent_from_elsewhere_is_not_taken(self, person: Staff, path: str) -> None:
        address = label("HTTPS://TEA.EXAMPLE/M/00RZ5K7QM2XD8T4V")
        answer = person.client.post(path, data={"photo": (BytesIO(address), "a.jpg")})
        assert (answer.status_code, "页面已过期" in answer.text) == (400, True)


class TestOffice:
    def test_a_recall_is_told_first(self, officer: Staff, packed: Packed, world: World) -> None:
        world.recall(by=world.county, lot=packed.lot, grade="II", reason="茶叶受潮")
        page = officer.get(f"/office/scan?code={code_of(packed)}").text
        assert 'class="panel verdict red"' in page
        assert page.index("这批茶正在召回") < page.index("与手中包装核对")

    def test_of_several_symbols_the_one_of_a_mark_counts(self, officer: Staff, packed: Packed) -> None:
        address = mark_url(PUBLIC_URL, gtin=None, code=code_of(packed))
        answer = photographed(officer, "/office/scan", label("HTTPS://SHOP.EXAMPLE/TEA", address))
        assert "本标志第一次被查验" in officer.text(answer.headers["Location"])

    def test_the_number_of_another_product_before_a_true_code_is_unknown(
        self, officer: Staff, world: World
    ) -> None:
        product = world.product(100, name="都匀毛尖茶礼盒", gtin=GTIN)
        code = code_of(world.packed(packs=2, product=product))
        assert "本标志第一次被查验" in officer.text(
            f"/office/scan?code=https://a.example/01/{GTIN}/21/{code}"
        )
        wrong = officer.text(f"/office/scan?code=https://a.example/01/04012345123456/21/{code}")
        assert "没有查到这枚标志" in wrong

    def test_lots_within_reach_are_linked_and_others_are_not(
        self, staff: SignIn, packed: Packed, world: World
    ) -> None:
        link = f'href="/office/lots/{packed.lot}"'
        path = f"/office/scan?code={code_of(packed)}"
        assert link in staff(world.county).get(path).text
        assert link in staff(world.observer).get(path).text
        assert link not in staff(world.other_county).get(path).text

    def test_a_firm_may_check_the_marks_of_another(self, staff: SignIn, packed: Packed, world: World) -> None:
        person = staff(world.other.clerk)
        page = person.get(f"/desk/scan?code={code_of(packed)}").text
        assert "都匀示例茶业有限公司" in page
        assert f"/desk/lots/{packed.lot}" not in page

    def test_strangers_are_led_to_sign_in_and_firms_keep_to_their_door(
        self, staff: SignIn, world: World
    ) -> None:
        clerk = staff(world.firm.clerk)
        assert clerk.get("/office/scan").status_code == 403
        stranger = clerk.client.application.test_client()
        for path in DOORS:
            assert "/login" in stranger.get(path).headers["Location"]
        assert staff(world.admin).get("/desk/scan").status_code == 403


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" 00RZ-5K7Q-M2XD-8T4V ", ("00RZ-5K7Q-M2XD-8T4V", None)),
        ("HTTPS://TEA.EXAMPLE/M/00RZ5K7QM2XD8T4V", ("00RZ5K7QM2XD8T4V", None)),
        (f"https://tea.example/01/{GTIN}/21/00RZ5K7QM2XD8T4V?x=1", ("00RZ5K7QM2XD8T4V", GTIN)),
        (f"https://tea.example/01/{GTIN}/10/B1/21/00RZ5K7QM2XD8T4V", ("00RZ5K7QM2XD8T4V", GTIN)),
        ("https://shop.example/tea", ("https://shop.example/tea", None)),
    ],
)
def test_an_address_is_read_as_the_public_page_reads_it(text: str, read: tuple[str, str | None]) -> None:
    assert read_mark(text) == read
