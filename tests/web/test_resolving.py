"""GS1 Digital Link on the public door: products, lots, their link sets; what is malformed and what is unknown."""

import re
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from tests.world import KEYS, Packed, World
from traceability.domain.marks import encode
from traceability.formats.digital_link.keys import Link
from traceability.services import chain, lookup, oversight, people
from traceability.store import chain as chain_rows
from traceability.web.public import resolving

GTIN = "06923450657713"
OTHER = "04006381333931"
HERE = "http://127.0.0.1:8000"
LINKSET = "application/linkset+json"


@pytest.fixture
def product(small_world: World) -> int:
    """A product with a trade item number."""
    return small_world.product(100, name="都匀毛尖茶礼盒", gtin=GTIN)


@pytest.fixture
def packed(small_world: World, product: int) -> Packed:
    """Ten packs of it."""
    return small_world.packed(packs=10, product=product)


def number_of(world: World, lot: int) -> str:
    return str(world.rows(chain_rows.lots_by_id, [lot])[lot].no)


def told(visitor: FlaskClient, path: str, accept: str = "application/json") -> dict[str, Any]:
    answer = visitor.get(path, headers={"Accept": accept})
    assert answer.is_json
    return dict(answer.get_json())


def text_of(visitor: FlaskClient, path: str) -> str:
    return re.sub("<[^>]+>", "", visitor.get(path).text)


class TestProduct:
    def test_its_page_says_what_it_is_and_asks_for_the_code(self, visitor: FlaskClient, product: int) -> None:
        page = visitor.get(f"/01/{GTIN}")
        assert page.status_code == 200
        for text in ("都匀毛尖茶礼盒", "珍品", "100 克", "都匀示例茶业有限公司", "91522701MAXTEA015P",
                     "都匀毛尖茶", GTIN, "2026-01"):  # fmt: skip
            assert text in page.text, text
        assert 'action="/check"' in page.text
        assert "不说明手中的这一件" in page.text

    @pytest.mark.parametrize("path", [f"/01/{GTIN[1:]}", f"/01/{GTIN}/", f"/01/{GTIN}?17=260401&x=1"])
    def test_older_ways_to_write_it_will_do(self, visitor: FlaskClient, product: int, path: str) -> None:
        assert "都匀毛尖茶礼盒" in visitor.get(path).text

    def test_json_says_the_same(self, visitor: FlaskClient, product: int) -> None:
        assert told(visitor, f"/01/{GTIN}") == {
            "product": {"gi": "都匀毛尖茶", "gtin": GTIN, "name": "都匀毛尖茶礼盒", "grade": "ZHENPIN",
                        "net_content_g": 100},
            "enterprise": {"name": "都匀示例茶业有限公司", "uscc": "91522701MAXTEA015P", "standing": "authorised",
                           "suspended_since": None, "announcement_no": "2026-01"},
        }  # fmt: skip

    def test_a_suspension_is_told(self, visitor: FlaskClient, product: int, small_world: World) -> None:
        firm = small_world.firm.id
        small_world.do(people.suspend_enterprise, by=small_world.county, enterprise=firm, reason="核查")
        assert "起暂停" in text_of(visitor, f"/01/{GTIN}")
        found = told(visitor, f"/01/{GTIN}")["enterprise"]
        assert found["standing"] == "suspended"
        assert found["suspended_since"].startswith("2026-03-26")

    def test_one_nobody_registered_is_unknown(self, visitor: FlaskClient, product: int) -> None:
        answer = visitor.get(f"/01/{OTHER}")
        assert answer.status_code == 404
        assert "没有查到这个产品或批号" in answer.text
        assert 'action="/check"' in answer.text
        assert told(visitor, f"/01/{OTHER}")["code"] == "link.unknown"


class TestLot:
    def test_its_page_says_what_any_pack_of_it_says(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        no = number_of(small_world, packed.lot)
        page = text_of(visitor, f"/01/{GTIN}/10/{no}")
        for text in ("没有召回，也没有暂停销售", "都匀毛尖茶礼盒", no, "2026年3月26日", "2028年3月25日"):
            assert text in page, text
        for secret in ("10 件", "螺蛳壳", "JC-"):
            assert secret not in page, secret

    def test_the_batchs_number_will_do_and_letters_in_any_case(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        numbers = [number_of(small_world, one) for one in (packed.lot, packed.batch)]
        for no in (*numbers, *(one.lower() for one in numbers)):
            assert told(visitor, f"/01/{GTIN}/10/{no}")["lot"]["packed"] == ["2026-03-26", "2026-03-26"]

    def test_json_says_the_same(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        no = number_of(small_world, packed.lot)
        found = told(visitor, f"/01/{GTIN}/10/{no.lower()}")
        assert found["product"]["gtin"] == GTIN
        assert {key: found[key] for key in ("verdict", "recall", "lot")} == {
            "verdict": None,
            "recall": None,
            "lot": {
                "no": no,
                "plucked": ["2026-03-26", "2026-03-26"],
                "packed": ["2026-03-26", "2026-03-26"],
                "best_before": ["2028-03-25", "2028-03-25"],
            },
        }

    def test_a_recall_stands_on_top_with_what_to_do(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        small_world.recall(by=small_world.county, lot=packed.batch, grade="II", reason="茶叶受潮")
        for lot in (packed.lot, packed.batch):
            path = f"/01/{GTIN}/10/{number_of(small_world, lot)}"
            page = text_of(visitor, path)
            assert page.index("这批茶正在召回") < page.index("茶叶受潮") < page.index("请不要饮用")
            assert told(visitor, path)["recall"] == {"grade": "II", "reason": "茶叶受潮"}

    def test_a_hold_on_the_batch_is_one_on_its_packs(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        small_world.do(oversight.hold_lot, by=small_world.county, lot=packed.batch, reason="核查")
        path = f"/01/{GTIN}/10/{number_of(small_world, packed.lot)}"
        assert "这批茶已暂停销售" in text_of(visitor, path)
        assert told(visitor, path)["verdict"] == "held"

    def test_past_its_best(self, visitor: FlaskClient, packed: Packed, small_world: World) -> None:
        small_world.at("2028-06-01T08:00")
        path = f"/01/{GTIN}/10/{number_of(small_world, packed.lot)}"
        assert "这批茶已过保质期" in text_of(visitor, path)
        assert told(visitor, path)["verdict"] == "expired"

    def test_a_number_may_have_a_slash(self, visitor: FlaskClient, product: int, small_world: World) -> None:
        marked = small_world.marked_batch(packs=2, product=product)
        ask = chain.PackAsk(product, 2, marked.first(2), lot_no="2026/03-1")
        small_world.do(chain.pack, batch=marked.batch, asks=[ask])
        assert told(visitor, f"/01/{GTIN}/10/2026%2F03-1")["lot"]["no"] == "2026/03-1"

    def test_a_batch_of_which_nothing_is_packed_is_unknown(
        self, visitor: FlaskClient, product: int, small_world: World
    ) -> None:
        marked = small_world.marked_batch(packs=2, product=product)
        no = number_of(small_world, marked.batch)
        assert visitor.get(f"/01/{GTIN}/10/{no}").status_code == 404

    def test_another_products_or_firms_lot_is_unknown(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        no = number_of(small_world, packed.lot)
        small_world.product(50, name="另一种", gtin=OTHER)
        plain = small_world.packed(packs=2)
        for path in (f"/01/{OTHER}/10/{no}", f"/01/{GTIN}/10/{number_of(small_world, plain.lot)}"):
            assert visitor.get(path).status_code == 404, path

    def test_a_packing_amended_to_nothing_is_unknown(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        numbers = [number_of(small_world, one) for one in (packed.lot, packed.batch)]
        unused = chain.Correction(unused=packed.applied)
        small_world.do(
            chain.amend, by=small_world.county, event=packed.event, correction=unused, reason="误登"
        )
        for no in numbers:
            assert visitor.get(f"/01/{GTIN}/10/{no}").status_code == 404


def test_lots_are_found_alike_in_either_database(world: World) -> None:
    packed = world.packed(packs=2, product=world.product(100, name="都匀毛尖茶礼盒", gtin=GTIN))
    later = world.packed(packs=2, product=packed.product)
    for lot in (packed.lot, packed.batch, later.lot):
        found = world.see(lookup.item_lot, gtin=GTIN, no=number_of(world, lot).lower())
        assert found.item.product.id == packed.product
        assert found.packed == (world.today, world.today)
    assert world.see(lookup.item_lot, gtin=GTIN, no="%") is None
    assert world.see(lookup.item_lot, gtin=OTHER, no=number_of(world, packed.lot)) is None


def links(visitor: FlaskClient, path: str, accept: str = LINKSET) -> list[dict[str, Any]]:
    """The contexts of a link set, checked to be of the form of RFC 9264 §4.2."""
    answer = visitor.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == LINKSET
    found = answer.get_json()
    assert list(found) == ["linkset"]
    for one in found["linkset"]:
        check_context(dict(one))
    return list(found["linkset"])


def check_context(found: dict[str, Any]) -> None:
    """§4.2.2: an anchor, and relations that are IRIs; §4.2.3–4: each has targets with an `href` and attributes."""
    assert found.pop("anchor").startswith(f"{HERE}/01/")
    assert found
    for relation, targets in found.items():
        assert relation.startswith("https://gs1.org/voc/")
        assert targets
        for target in targets:
            check_target(target)


def check_target(found: dict[str, Any]) -> None:
    assert set(found) <= {"href", "title", "type", "hreflang"}
    assert found["href"].startswith(f"{HERE}/01/")
    assert found["title"]
    assert found.get("type") in {"text/html", "application/json", None}
    assert found.get("hreflang") in (["zh"], ["en"], None)


class TestLinksets:
    @pytest.mark.parametrize(
        ("query", "accept"),
        [
            ("?linkType=all", "text/html"),
            ("?linktype=all", "*/*"),
            ("?linkType=linkset", "text/html"),
            ("", LINKSET),
            ("", f"{LINKSET}, text/html;q=0.5"),
        ],
    )
    def test_all_links_are_asked_for_in_the_address_or_in_what_is_accepted(
        self, visitor: FlaskClient, product: int, query: str, accept: str
    ) -> None:
        found = links(visitor, f"/01/{GTIN}{query}", accept)
        assert [one["anchor"] for one in found] == [f"{HERE}/01/{GTIN}"]

    @pytest.mark.parametrize("accept", ["text/html", "*/*", f"text/html, {LINKSET};q=0.5", "image/png"])
    def test_who_prefers_a_page_gets_it(self, visitor: FlaskClient, product: int, accept: str) -> None:
        assert visitor.get(f"/01/{GTIN}", headers={"Accept": accept}).mimetype == "text/html"

    def test_a_lots_links_and_then_its_products(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        no = number_of(small_world, packed.lot)
        own, above = links(visitor, f"/01/{GTIN}/10/{no}")
        assert own["anchor"] == f"{HERE}/01/{GTIN}/10/{no}"
        assert set(own) == {"anchor", *(f"https://gs1.org/voc/{one}" for one in
                            ("traceability", "recallStatus", "defaultLink"))}  # fmt: skip
        assert above["anchor"] == f"{HERE}/01/{GTIN}"

    def test_addresses_are_ours_whatever_the_request_calls_us(
        self, visitor: FlaskClient, product: int
    ) -> None:
        answer = visitor.get(f"/01/{GTIN}?linkType=all", headers={"Host": "evil.example"})
        assert "evil" not in answer.text
        assert "evil" not in str(visitor.get(f"/01/{GTIN}", headers={"Host": "evil.example"}).headers)

    def test_every_page_named_is_there(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        no = number_of(small_world, packed.lot)
        for one in links(visitor, f"/01/{GTIN}/10/{no}"):
            for relation in set(one) - {"anchor"}:
                for target in one[relation]:
                    path = target["href"].removeprefix(HERE)
                    answer = visitor.get(path, headers={"Accept": target.get("type", "text/html")})
                    assert answer.status_code == 200
                    assert answer.mimetype == target.get("type", "text/html")
                    if "hreflang" in target:
                        assert f'<html lang="{target["hreflang"][0]}' in answer.text

    def test_it_can_be_made_json_ld(self, visitor: FlaskClient, product: int) -> None:
        answer = visitor.get(f"/01/{GTIN}?linkType=linkset")
        assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["Link"]

    @pytest.mark.parametrize("path", [f"/01/{OTHER}", f"/01/{GTIN}/10/none"])
    def test_what_is_unknown_has_none(self, visitor: FlaskClient, product: int, path: str) -> None:
        for query, accept in (("?linkType=all", "*/*"), ("", LINKSET)):
            answer = visitor.get(path + query, headers={"Accept": accept})
            assert answer.status_code == 404
            assert answer.get_json()["code"] == "link.unknown"


class TestLinkTypes:
    @pytest.mark.parametrize("asked", ["gs1:pip", "https://gs1.org/voc/pip", "gs1:defaultLink"])
    def test_a_type_the_thing_has_is_its_page(self, visitor: FlaskClient, product: int, asked: str) -> None:
        answer = visitor.get(f"/01/{GTIN}", query_string={"linkType": asked})
        assert answer.status_code == 200
        assert "都匀毛尖茶礼盒" in answer.text

    def test_a_type_of_the_product_leads_there_with_the_query(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        answer = visitor.get(f"/01/{GTIN}/10/any?linkType=gs1:pip&x=%E8%8C%B6")
        assert answer.status_code == 307
        assert answer.headers["Location"] == f"/01/{GTIN}?linkType=gs1:pip&x=%E8%8C%B6"
        assert visitor.get(answer.headers["Location"]).status_code == 200

    @pytest.mark.parametrize("asked", ["gs1:epcis", "gs1:traceability", "pip", "schema:url", "javascript:1"])
    def test_a_type_nobody_has_is_not_found(self, visitor: FlaskClient, product: int, asked: str) -> None:
        answer = visitor.get(f"/01/{GTIN}", query_string={"linkType": asked})
        assert answer.status_code == 404
        assert "没有所要的这类信息" in answer.text


#: Paths that are no Digital Link, on every view that has keys; with a true product in the house.
MALFORMED = [
    "/01/06923450657714", "/01/692345065771", "/01/069234506577133", "/01/abc", "/01/0692345065771A",
    "/01/692-3450-657713", "/01/%EF%BC%90%EF%BC%96923450657713", "/01/06923450657714/10/A", "/01/1/10/A",
    f"/01/{GTIN}/10/{'A' * 21}", f"/01/{GTIN}/10/%E6%89%B9", f"/01/{GTIN}/10/A%20B", f"/01/{GTIN}/10/A%00",
    f"/01/{GTIN}/10/", f"/01/{GTIN}/foo", f"/01/{GTIN}/foo/bar", f"/01/{GTIN}/17/260401", f"/01/{GTIN}/21",
    f"/01/{GTIN}/10/A/21/{'B' * 21}", "/01/1/10/A/21/B", f"/01/{GTIN}/21/A/B/C",
]  # fmt: skip
#: Well-formed, and unknown here.
UNKNOWN = [
    f"/01/{OTHER}", f"/01/{OTHER}/10/A", f"/01/{GTIN}/10/A", f"/01/{GTIN}/10/A%2FB", f"/01/{GTIN}/22/2A",
    f"/01/{GTIN}/22/2A/10/A", f"/gtin/{GTIN}", "/00/106141412345678908",
]  # fmt: skip


class TestWhatCannotBeAnswered:
    @pytest.mark.parametrize("path", MALFORMED)
    def test_malformed_keys_get_help_and_400(self, visitor: FlaskClient, product: int, path: str) -> None:
        answer = visitor.get(path)
        assert answer.status_code == 400
        assert "这个网址无法读取" in answer.text
        assert 'action="/check"' in answer.text
        for accept in ("application/json", LINKSET):
            assert re.fullmatch(r"link\.(gtin\.\w+|keys)", told(visitor, path, accept)["code"])

    @pytest.mark.parametrize("path", UNKNOWN)
    def test_what_is_unknown_is_not_found(self, visitor: FlaskClient, product: int, path: str) -> None:
        assert visitor.get(path).status_code == 404

    def test_a_wrong_check_digit_is_named(self, visitor: FlaskClient) -> None:
        assert "校验位不对" in visitor.get("/01/06923450657714").text
        assert told(visitor, "/01/06923450657714")["code"] == "link.gtin.check_digit"

    @pytest.mark.parametrize("typed", ["x" * 5000, "😀" * 16, "<script>alert(1)</script>", "%00", "%FF"])
    def test_nonsense_is_answered_briefly(self, visitor: FlaskClient, typed: str) -> None:
        for path in (f"/01/{typed}", f"/01/{GTIN}/10/{typed}", f"/01/{GTIN}/{typed}/x"):
            answer = visitor.get(path)
            assert answer.status_code == 400
            assert "<script" not in answer.text
            assert len(answer.data) < 20_000


class TestAddresses:
    def test_a_lot_before_a_serial_leads_to_the_serial(self, visitor: FlaskClient, product: int) -> None:
        answer = visitor.get(f"/01/{GTIN[1:]}/10/A/21/0123456789ABCDEF?x=1")
        assert answer.status_code == 307
        assert answer.headers["Location"] == f"/01/{GTIN}/21/0123456789ABCDEF?x=1"

    def test_a_slash_too_many_is_forgiven(
        self, visitor: FlaskClient, packed: Packed, small_world: World
    ) -> None:
        no = number_of(small_world, packed.lot)
        assert visitor.get(f"/01/{GTIN}/10/{no}/").status_code == 200
        assert visitor.get(f"/01/{GTIN}/10/A/21/B/").headers["Location"] == f"/01/{GTIN}/21/B"
        assert visitor.get(f"/01/{GTIN}/21/B/").headers["Location"] == f"/01/{GTIN}/21/B"

    def test_nowhere_is_anybody_sent_away(self, visitor: FlaskClient, product: int) -> None:
        for path in (
            "/01//evil.example",
            f"/01/{GTIN}/10/A/21/%2F%2Fevil.example/",
            f"/01/{GTIN}//evil.example/",
        ):
            where = visitor.get(path).headers.get("Location", "/")
            assert re.match(r"/01/|http://localhost/01/", where) or where == "/"

    def test_head_is_answered_without_a_body(self, visitor: FlaskClient, packed: Packed) -> None:
        for path, status in ((f"/01/{GTIN}", 200), (f"/01/{OTHER}", 404), ("/01/1", 400)):
            answer = visitor.head(path)
            assert (answer.status_code, answer.data) == (status, b"")
        assert "linkset" in visitor.head(f"/01/{GTIN}").headers["Link"]

    def test_the_resolver_describes_itself(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/.well-known/gs1resolver")
        assert answer.mimetype == "application/json"
        found = answer.get_json()
        assert found["resolverRoot"] == HERE
        assert found["supportedPrimaryKeys"] == ["01"]
        assert found["supportedLinkType"] == [{"namespace": "https://gs1.org/voc/", "prefix": "gs1:"}]
        assert found["name"]


class TestPages:
    @pytest.fixture
    def paths(self, packed: Packed, small_world: World) -> list[str]:
        """A product, a lot, something unknown, something malformed."""
        return [
            f"/01/{GTIN}",
            f"/01/{GTIN}/10/{number_of(small_world, packed.lot)}",
            f"/01/{OTHER}",
            "/01/1",
        ]

    def test_they_say_where_their_links_are(self, visitor: FlaskClient, paths: list[str]) -> None:
        for path in paths[:2]:
            for accept in ("text/html", "application/json"):
                link = visitor.get(path, headers={"Accept": accept}).headers["Link"]
                found = re.fullmatch(rf'<{HERE}(\S+)>; rel="linkset"; type="{re.escape(LINKSET)}"', link)
                assert found
                assert links(visitor, found[1], "*/*")[0]["anchor"] == HERE + path

    def test_they_are_light_and_need_no_script(self, visitor: FlaskClient, paths: list[str]) -> None:
        for path in paths:
            page = visitor.get(path)
            assert "<script" not in page.text
            assert "style=" not in page.text
            parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text))
            weight = len(page.data)
            for part in parts:
                with visitor.get(part) as answer:
                    weight += len(answer.data)
            assert weight < 60_000

    def test_they_set_no_session_and_keep_no_answer(self, visitor: FlaskClient, paths: list[str]) -> None:
        for path in paths:
            answer = visitor.get(path)
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
            assert {"Accept", "Accept-Language"} <= set(answer.vary)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"

    def test_they_are_there_in_english(self, visitor: FlaskClient, paths: list[str]) -> None:
        for path in paths:
            page = visitor.get(path, headers={"Accept-Language": "en"}).text
            assert '<html lang="en">' in page
            assert "cannot replace looking at the goods" in page
        assert "Net content" in visitor.get(paths[0], headers={"Accept-Language": "en"}).text

    def test_nothing_is_ever_called_genuine(self, visitor: FlaskClient, paths: list[str]) -> None:
        pages = "".join(visitor.get(path).text for path in paths)
        assert not re.search("正品|真品|保真|genuine|authentic", pages, re.IGNORECASE)


class TestMarks:
    """What the view of a mark asks here before it looks anything up."""

    def asked(self, app: Flask, link: Link, query: str = "?linkType=all") -> Response | None:
        with app.test_request_context(link.path + query):
            answer = resolving.other_answer(link)
            return None if answer is None else app.make_response(answer)

    def test_a_true_code_of_the_product_has_its_links(self, public_app: Flask, packed: Packed) -> None:
        link = Link(GTIN, serial=encode(packed.applied[0].first, KEYS["k1"]))
        answer = self.asked(public_app, link)
        assert answer
        assert answer.mimetype == LINKSET
        own, above = answer.get_json()["linkset"]
        assert (own["anchor"], above["anchor"]) == (HERE + link.path, f"{HERE}/01/{GTIN}")
        for one in (own, above):
            check_context(one)

    def test_any_other_code_has_none_and_all_are_answered_alike(
        self, public_app: Flask, packed: Packed, small_world: World
    ) -> None:
        small_world.product(50, name="另一种", gtin=OTHER)
        true = encode(packed.applied[0].first, KEYS["k1"])
        wrong = true[:-1] + ("0" if true[-1] != "0" else "1")
        tried = [Link(OTHER, serial=true), Link(GTIN, serial=wrong), Link(GTIN, serial="12345")]
        answers = [self.asked(public_app, link) for link in tried]
        assert [one.status_code for one in answers if one] == [404, 404, 404]
        assert len({one.data for one in answers if one}) == 1

    def test_a_guess_is_counted_as_on_the_marks_page(
        self, public_app: Flask, packed: Packed, small_world: World
    ) -> None:
        before = small_world.table_counts(notes=True)
        assert self.asked(public_app, Link(GTIN, serial="12345"))
        after = small_world.table_counts(notes=True)
        assert {name for name, rows in after.items() if rows != before[name]} == {"counter"}

    def test_a_look_at_the_links_is_no_scan(
        self, public_app: Flask, packed: Packed, small_world: World
    ) -> None:
        before = small_world.table_counts(notes=True)
        assert self.asked(public_app, Link(GTIN, serial=encode(packed.applied[0].first, KEYS["k1"])))
        assert small_world.table_counts(notes=True) == before

    @pytest.mark.parametrize("query", ["", "?linkType=gs1:traceability", "?linkType=gs1:defaultLink"])
    def test_its_own_page_is_the_views_to_show(self, public_app: Flask, query: str) -> None:
        assert self.asked(public_app, Link(GTIN, serial="12345"), query) is None

    def test_the_products_page_is_elsewhere_whether_the_code_is_true_or_not(self, public_app: Flask) -> None:
        answer = self.asked(public_app, Link(GTIN, serial="12345"), "?linkType=gs1:pip")
        assert answer is not None
        assert answer.headers["Location"] == f"/01/{GTIN}?linkType=gs1:pip"


def test_the_marks_view_is_hooked(visitor: FlaskClient, packed: Packed) -> None:
    true = encode(packed.applied[0].first, KEYS["k1"])
    page = visitor.get(f"/01/{GTIN}/21/{true}")
    assert page.status_code == 200
    assert "linkset" in page.headers["Link"]
    assert links(visitor, f"/01/{GTIN}/21/{true}")[0]["anchor"] == f"{HERE}/01/{GTIN}/21/{true}"
    assert visitor.get(f"/01/{GTIN}/21/{true}?linkType=gs1:epcis").status_code == 404
    assert visitor.get(f"/01/{GTIN}/21/{true}?linkType=gs1:pip").status_code == 307
    for code in (true, "0" * 16):
        assert visitor.get(f"/01/1/21/{code}").status_code == 400
    assert visitor.get(f"/01/{OTHER}/21/{true}").status_code == 404
    assert visitor.get(f"/01/{GTIN}/21/{'x' * 21}").status_code == 400
    assert "Link" not in visitor.get(f"/01/{OTHER}/21/{true}").headers
    for one in links(visitor, f"/01/{GTIN}/21/{true}"):
        for rel in set(one) - {"anchor"}:
            for t in one[rel]:
                assert (
                    visitor.get(
                        t["href"].removeprefix(HERE), headers={"Accept": t.get("type", "text/html")}
                    ).status_code
                    == 200
                )
