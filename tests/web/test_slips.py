"""Leaf in seconds: the plain form, what phones exchange as JSON, refused slips settled, what growers are shown."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import qrcode
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.web.staff import Staff
from tests.world import World
from traceability.domain.people import Identity
from traceability.domain.slips import book_of, slip_ref
from traceability.formats.bulk.proof import read
from traceability.services import chain, people
from traceability.web.enterprise import quick

Door = Callable[[Identity], Staff]
PAGE = "/desk/leaf/quick"


@pytest.fixture
def clerk(small_world: World, staff: Door) -> Staff:
    return staff(small_world.firm.clerk)


def plot_no(world: World, number: int | None = None) -> str:
    wanted = number or world.plot
    return next(one.no for one in world.see(people.plots) if one.id == wanted)


def typed(world: World, **more: Any) -> dict[str, Any]:
    default = {
        "plot": plot_no(world), "card": "", "gross": "10.5", "tare": "0.5", "unit": "千克", "certificate_no": "C-1",
        "leaf_grade": "single_bud", "scale": world.firm.scale,
    }  # fmt: skip
    return default | more


class TestPlainForm:
    def test_a_receipt_is_booked_and_its_slip_shown_on_the_same_page(
        self, small_world: World, clerk: Staff
    ) -> None:
        answer = clerk.post(PAGE, **typed(small_world))
        assert answer.status_code == 303
        page = clerk.get(answer.location)
        for text in ("R26-1-00001", "10.00", "甲＊", "已记账", "<svg"):
            assert text in page.text
        assert "甲</dd>" not in page.text

    @pytest.mark.parametrize(
        ("gross", "unit", "g"),
        [("20", "斤", 10_000), ("20.8斤", "千克", 10_400), ("１０．４", "千克", 10_400)],
    )
    def test_weights_are_in_the_unit_chosen_unless_they_name_one(
        self, small_world: World, clerk: Staff, gross: str, unit: str, g: int
    ) -> None:
        answer = clerk.post(PAGE, **typed(small_world, gross=gross, tare="0", unit=unit))
        assert answer.status_code == 303, answer.text
        assert small_world.see(chain.lots)[0].grams == g

    def test_a_typed_card_counts_before_a_picked_one(self, small_world: World, clerk: Staff) -> None:
        other = plot_no(small_world, small_world.plots[1])
        clerk.post(PAGE, **typed(small_world, card=f" {other} "))
        found = small_world.see(chain.cards, day=small_world.today)
        assert found[0].plot.no == other

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"card": "NOWHERE"}, "没有找到"),
            ({"plot": "", "card": ""}, "没有找到"),
            ({"gross": "很多"}, "很多"),
            ({"tare": "11"}, "皮重"),
            ({"certificate_no": ""}, "合格证"),
            ({"scale": ""}, "请选择"),
            ({"gross": "600"}, "我再看过一次"),
        ],
    )
    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
        self, small_world: World, clerk: Staff, wrong: dict, said: str
    ) -> None:
        answer = clerk.post(PAGE, **typed(small_world, **wrong))
        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{wrong.get("gross", "10.5")}"' in answer.text
        assert small_world.see(chain.lots) == []

    def test_scale_grade_and_unit_are_remembered(self, small_world: World, clerk: Staff) -> None:
        clerk.post(PAGE, **typed(small_world, unit="斤"))
        page = clerk.get(PAGE).text
        assert '<option selected value="single_bud">' in page
        assert 'value="斤" checked' in page

    def test_a_card_is_found_by_letters_or_by_a_photo(self, small_world: World, clerk: Staff) -> None:
        no = plot_no(small_world, small_world.plots[2])
        assert f'value="{no}"' in clerk.get(f"{PAGE}?find=螺蛳").text
        assert "没有找到" in clerk.get(f"{PAGE}?find=zzz").text
        picture = BytesIO()
        qrcode.make(f"https://card.example/{no}").save(picture)
        picture.seek(0)
        answer = clerk.post(f"{PAGE}/photo", on=PAGE, photo=(picture, "card.png"))
        assert answer.location.endswith(f"card={no}")
        assert f'value="{no}" data-certificate="" checked' in clerk.get(answer.location).text

    def test_a_photo_without_a_symbol_is_told(self, clerk: Staff) -> None:
        answer = clerk.post(f"{PAGE}/photo", on=PAGE, photo=(BytesIO(b"no picture"), "card.png"))
        assert answer.status_code == 422
        assert "photo-error" in answer.text

    def test_the_page_teaches_when_there_is_nothing_yet(self, small_world: World, staff: Door) -> None:
        assert "还没有地块" in staff(small_world.other.clerk).text(PAGE)

    def test_the_slips_of_others_are_not_shown(self, small_world: World, staff: Door) -> None:
        booked = small_world.received()
        assert staff(small_world.other.clerk).get(f"{PAGE}?slip={booked.id}").status_code == 404


class Phone:
    """What the page's script does, without the page."""

    def __init__(self, staff: Staff) -> None:
        self.client = staff.client
        self.told = self.get("cards").get_json()
        self.book = self.post("book", {}).get_json()
        self.n = 0

    def get(self, path: str) -> Any:
        return self.client.get(f"{PAGE}/{path}", headers={"Accept": "application/json"})

    def post(self, path: str, body: Any, **more: Any) -> Any:
        token = {"X-CSRFToken": self.told["token"], "Accept": "application/json"}
        return self.client.post(f"{PAGE}/{path}", json=body, headers=token | more)

    def slip(self, world: World, **more: Any) -> dict[str, Any]:
        self.n += 1
        default = {
            "no": f"{self.book['name']}-{self.n:04d}", "plot": plot_no(world), "scale": f"SC-{world.firm.id}",
            "gross": "21斤", "tare": "0.5", "leaf_grade": "single_bud", "certificate_no": "C-1",
            "at": world.now.isoformat(), "confirmed": False,
        }  # fmt: skip
        return default | more

    def send(self, *slips: Any) -> list[dict[str, Any]]:
        answer = self.post("slips", {"firm": self.told["firm"], "slips": list(slips)})
        assert answer.status_code == 200, answer.text
        return list(answer.get_json()["answers"])


@pytest.fixture
def phone(clerk: Staff) -> Phone:
    return Phone(clerk)


class TestPhone:
    def test_it_carries_cards_scales_and_a_book(self, small_world: World, phone: Phone) -> None:
        assert [one["no"] for one in phone.told["cards"]] == sorted(
            plot_no(small_world, one) for one in small_world.plots
        )
        assert phone.told["cards"][0]["grower"] == "甲＊"
        assert phone.told["scales"][0]["no"] == "SC-1"
        assert phone.book["name"] == "R26-1-B01"
        assert len(phone.book["symbols"]["bits"]) > 90

    def test_cards_of_others_are_found_with_signal(self, small_world: World, phone: Phone) -> None:
        found = phone.get("find?q=螺蛳").get_json()["cards"]
        assert len(found) == len(small_world.plots)

    def test_slips_are_taken_in_once_and_in_order(self, small_world: World, phone: Phone) -> None:
        slips = [phone.slip(small_world) for _ in range(3)]
        small_world.later(minutes=1)
        first = phone.send(*slips)
        small_world.later(minutes=1)
        again = phone.send(*slips)
        assert [one["answer"] for one in first] == ["accepted"] * 3
        assert [one["answer"] for one in again] == ["same"] * 3
        assert [one["no"] for one in first] == [one["no"] for one in slips]
        assert len(small_world.see(chain.lots)) == 3

    def test_a_refused_one_stops_no_other_and_is_told_until_it_is_settled(
        self, small_world: World, phone: Phone, clerk: Staff
    ) -> None:
        small = plot_no(small_world, small_world.new_plot(mu=1))
        slips = [phone.slip(small_world, plot=small, gross="70.5"), phone.slip(small_world)]
        small_world.later(minutes=1)
        refused, accepted = phone.send(*slips)
        assert (refused["answer"], accepted["answer"]) == ("refused", "accepted")
        assert "还剩 65.00 千克" in refused["message"]
        assert "1 张收青单没有记账" in clerk.text("/desk/")
        answer = clerk.post(f"{refused['url']}/accept", on=refused["url"], net="65")
        assert answer.status_code == 303
        settled = phone.send(slips[0])[0]
        assert settled["answer"] == "settled"
        assert settled["net_g"] == 65_000
        assert "没有记账" not in clerk.text("/desk/")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"gross": "多"}, {"leaf_grade": "gold"}, {"at": "2026-03-26T08:00"}, {"no": "R26-2-B01-0001"},
            {"extra": 1}, {"plot": "x" * 41},
        ],
    )  # fmt: skip
    def test_what_is_no_slip_is_said_to_be_none(self, small_world: World, phone: Phone, wrong: dict) -> None:
        bad, good = phone.slip(small_world, **wrong), phone.slip(small_world)
        answers = phone.send(bad, good)
        assert [one["answer"] for one in answers] == ["unreadable", "accepted"]
        assert answers[0]["message"]

    @pytest.mark.parametrize(
        "body", [None, [], {}, {"firm": 1}, {"firm": 1, "slips": [{}] * 21}, {"firm": 1, "slips": 3}]
    )
    def test_what_is_no_sending_is_refused_as_a_whole(self, phone: Phone, body: Any) -> None:
        assert phone.post("slips", body).status_code == 422

    def test_a_phone_of_another_firm_sends_nothing(
        self, small_world: World, phone: Phone, staff: Door
    ) -> None:
        slip = phone.slip(small_world)
        other = Phone(staff(small_world.other.clerk))
        answer = other.post("slips", {"firm": phone.told["firm"], "slips": [slip]})
        assert answer.status_code == 409
        assert small_world.see(chain.lots) == []

    def test_without_token_or_sign_in_nothing_is_taken(self, small_world: World, phone: Phone) -> None:
        body = {"firm": phone.told["firm"], "slips": [phone.slip(small_world)]}
        assert phone.post("slips", body, **{"X-CSRFToken": ""}).status_code == 400
        phone.client.delete_cookie("session")
        assert phone.post("slips", body).status_code in {302, 400}
        assert phone.get("cards").status_code == 302
        assert small_world.see(chain.lots) == []

    def test_the_office_has_no_book(self, small_world: World, staff: Door) -> None:
        assert staff(small_world.county).get(f"{PAGE}/cards").status_code == 403

    def test_the_worker_comes_from_the_only_path_it_may_answer_for(self, visitor: FlaskClient) -> None:
        with visitor.get("/desk/leaf/worker.js") as closed:
            assert closed.status_code == 404  # the public door alone has no desk

    def test_the_worker_keeps_what_the_page_needs(self, clerk: Staff) -> None:
        with clerk.get("/desk/leaf/worker.js") as answer:
            assert answer.mimetype == "text/javascript"
            text = answer.get_data(as_text=True)
        assert [name for name in (*quick.ASSETS, *quick.STYLES) if f'"{name}"' not in text] == []


class TestSettling:
    @pytest.fixture
    def refused(self, small_world: World, phone: Phone) -> dict[str, Any]:
        return phone.send(phone.slip(small_world, plot="NOWHERE"))[0]

    def test_it_is_dropped_with_a_reason(
        self, small_world: World, clerk: Staff, phone: Phone, refused: dict
    ) -> None:
        assert clerk.post(f"{refused['url']}/drop", on=refused["url"], reason=" ").status_code == 422
        assert (
            clerk.post(f"{refused['url']}/drop", on=refused["url"], reason="卡号抄错，另开一单").status_code
            == 303
        )
        assert "卡号抄错" in clerk.text(refused["url"])
        assert "都处理完了" in clerk.text("/desk/leaf/refused")

    def test_what_the_books_never_take_cannot_be_accepted(self, clerk: Staff, refused: dict) -> None:
        page = clerk.text(refused["url"])
        assert "收下并记账" not in page
        assert "NOWHERE" in clerk.text("/desk/leaf/refused")
        answer = clerk.post(f"{refused['url']}/accept", on=refused["url"], net="1")
        assert answer.status_code == 422

    def test_that_of_another_firm_does_not_exist(
        self, small_world: World, staff: Door, refused: dict
    ) -> None:
        assert staff(small_world.other.manager).get(refused["url"]).status_code == 404

    def test_what_was_weighed_stands_on_the_receipt(
        self, small_world: World, clerk: Staff, phone: Phone
    ) -> None:
        small = plot_no(small_world, small_world.new_plot(mu=1))
        told = phone.send(phone.slip(small_world, plot=small, gross="70.5"))[0]
        clerk.post(f"{told['url']}/accept", on=told["url"], net="65")
        receipt = small_world.see(chain.events)[0]
        assert "过秤净重 70.00 千克" in clerk.text(f"/desk/events/{receipt.id}")


class TestGrower:
    def address(self, world: World, no: str) -> str:
        key = world.see(chain.key_of, book=book_of(no))
        return f"/R/{no}/{slip_ref(no, key)}"

    def test_a_grower_is_told_what_was_booked_and_no_names(
        self, small_world: World, visitor: FlaskClient
    ) -> None:
        booked = small_world.received(kg="12.5")
        page = visitor.get(self.address(small_world, booked.no)).text
        for text in ("已记入茶园卡 12.50 千克", booked.no, "都匀市 螺蛳壳", "2026年3月26日", "额度还剩"):
            assert text in page
        for name in ("甲", small_world.firm.manager.name, "都匀示例茶业"):
            assert name not in page.partition("<main")[2].partition("</main")[0]

    def test_capitals_do_not_matter_and_a_guess_finds_nothing(
        self, small_world: World, visitor: FlaskClient
    ) -> None:
        address = self.address(small_world, small_world.received().no)
        assert visitor.get(address.lower()).status_code == 200
        assert visitor.get(f"{address[:-1]}{'0' if address[-1] != '0' else '1'}").status_code == 404

    def test_one_that_did_not_arrive_and_one_refused_say_so(
        self, small_world: World, visitor: FlaskClient, phone: Phone
    ) -> None:
        slip = phone.slip(small_world, plot="NOWHERE")
        assert "还没有送到" in visitor.get(self.address(small_world, slip["no"])).text
        phone.send(slip)
        assert "这张单没有记账" in visitor.get(self.address(small_world, slip["no"])).text

    def test_the_symbol_on_the_slip_leads_there(
        self, small_world: World, staff_app: Flask, clerk: Staff, visitor: FlaskClient
    ) -> None:
        booked = small_world.received()
        found = read(_picture(clerk.get(f"{PAGE}?slip={booked.id}").text))
        assert [one.lower().partition("8000")[2] for one in found] == [
            self.address(small_world, booked.no).lower()
        ]


def _picture(page: str) -> Any:
    """The drawing of the page's slip as a picture."""
    side = int(re.search(r'viewBox="0 0 (\d+)', page.partition('id="slip"')[2])[1])  # type: ignore[index]
    drawn = Image.new("L", (side, side), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", page):
        drawn.putpixel((int(x), int(y)), 0)
    return drawn.resize((side * 8, side * 8))
