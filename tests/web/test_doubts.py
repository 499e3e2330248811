"""A buyer's doubt from the public page to the office's desk, on real pages."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from tests.web.conftest import SECRET, app_over
from tests.web.staff import Staff, hidden, words_of
from tests.world import KEYS, Packed, World
from traceability.domain.doubts import DoubtKind, DoubtResult
from traceability.domain.marks import control_number, encode
from traceability.domain.people import Identity
from traceability.services import doubts
from traceability.store.doubts import Doubt
from traceability.web.public import rates
from traceability.web.public.doubts import doubt_token

SignIn = Callable[[Identity], Staff]
GPS = 0x8825
REF = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}")


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def packed(world: World) -> Packed:
    return world.packed(packs=4, extra=1)


@pytest.fixture
def token(public_app: Flask, world: World, packed: Packed) -> str:
    """What the link on a mark's page carries."""
    return doubt_token(
        SECRET.encode(),
        serial=packed.applied[0].first,
        verdict="seen_before",
        scanned_at=world.now,
        province="GZ",
    )


def photo(**more: Any) -> bytes:
    into = BytesIO()
    Image.new("RGB", (60, 40), (30, 120, 60)).save(into, "JPEG", **more)
    return into.getvalue()


def send(visitor: FlaskClient, about: str = "", picture: bytes | None = None, **typed: str) -> TestResponse:
    """The form filled in as a browser does; `about` empty: as the page itself has it."""
    page = visitor.get("/doubt", query_string={"about": about} if about else {}).text
    fields: dict[str, Any] = {"about": hidden(page, "about"), "kind": "tea_odd", **typed}
    if picture is not None:
        fields["photo"] = (BytesIO(picture), "../../../etc/photo.html")
    return visitor.post("/doubt", data=fields)


def known(world: World) -> list[Doubt]:
    return list(world.see(doubts.doubts, by=world.prefecture))


def sent(answer: TestResponse) -> str:
    """The reference a sent form leads to."""
    assert answer.status_code == 303, words_of(answer)
    ref = answer.headers["Location"].removeprefix("/doubt/")
    assert REF.fullmatch(ref)
    return ref


# --- the form -----------------------------------------------------------------------------------------------


class TestForm:
    def test_it_tells_which_mark_it_is_about(self, visitor: FlaskClient, token: str, packed: Packed) -> None:
        answer = visitor.get("/doubt", query_string={"about": token})
        text = words_of(answer)
        assert f"No. {control_number(packed.applied[0].first)}" in text
        assert "曾被查验" in text
        assert 'name="code"' not in answer.text

    def test_without_a_page_it_asks_for_the_code(self, visitor: FlaskClient) -> None:
        answer = visitor.get("/doubt")
        assert answer.status_code == 200
        assert 'name="code"' in answer.text
        assert [kind.value for kind in DoubtKind] == re.findall(r'type="radio" value="(\w+)"', answer.text)

    def test_the_start_page_leads_to_it(self, visitor: FlaskClient) -> None:
        assert 'href="/doubt"' in visitor.get("/").text

    def test_it_is_light_needs_no_script_and_sets_no_session(self, visitor: FlaskClient, token: str) -> None:
        answer = visitor.get("/doubt", query_string={"about": token})
        assert "<script" not in answer.text
        assert "style=" not in answer.text
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        parts = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text))
        with_parts = len(answer.data)
        for part in parts:
            with visitor.get(part) as got:
                with_parts += len(got.data)
        assert with_parts < 60_000

    def test_every_field_has_its_label(self, visitor: FlaskClient) -> None:
        page = visitor.get("/doubt").text
        for name in re.findall(r'<(?:input|textarea) id="([^"]+)"', page):
            assert f'for="{name}"' in page

    def test_the_language_switch_keeps_the_page_it_is_about(
        self, visitor: FlaskClient, token: str, packed: Packed
    ) -> None:
        page = visitor.get("/doubt", query_string={"about": token}).text
        there = re.search(r'class="switch" href="([^"]+)"', page)
        assert there
        other = visitor.get("/doubt" + there[1].replace("&amp;", "&"))
        assert '<html lang="en">' in other.text
        assert control_number(packed.applied[0].first) in other.text

    @pytest.mark.parametrize("about", ["x", "e30.abc", "W10.x" * 400, "\x00\ud800"[:1]])
    def test_a_token_that_is_not_ours_counts_as_none(self, visitor: FlaskClient, about: str) -> None:
        answer = visitor.get("/doubt", query_string={"about": about})
        assert answer.status_code == 200
        assert "请在下面填写标志码" in answer.text
        assert 'name="code"' in answer.text

    def test_nor_does_one_of_another_house(self, visitor: FlaskClient, token: str) -> None:
        forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
        assert 'name="code"' in visitor.get("/doubt", query_string={"about": forged}).text


# --- sending ------------------------------------------------------------------------------------------------


class TestSending:
    def test_it_is_kept_with_the_page_it_came_from(
        self, visitor: FlaskClient, token: str, world: World, packed: Packed
    ) -> None:
        seen = world.now
        world.later(minutes=7)
        ref = sent(send(visitor, token, kind="pack_differs", words="盒子颜色不对"))
        (found,) = known(world)
        assert (found.ref, found.serial) == (ref, packed.applied[0].first)
        assert (found.kind, found.words) == (DoubtKind.PACK_DIFFERS, "盒子颜色不对")
        assert (found.verdict, found.scanned_at, found.province) == ("seen_before", seen, "GZ")
        assert found.reported_at == world.now

    def test_nothing_of_the_sender_is_kept(self, visitor: FlaskClient, token: str, world: World) -> None:
        visitor.environ_base["REMOTE_ADDR"] = "203.0.113.77"
        visitor.environ_base["HTTP_USER_AGENT"] = "A Telling Browser/1.0"
        sent(send(visitor, token, picture=photo()))
        with world.house.sessions() as session:
            dump = "\n".join(
                str(row)
                for table in ("doubt", "fact", "request_key")
                for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}")
            )
        assert "203.0.113" not in dump
        assert "Telling" not in dump

    def test_sent_twice_it_is_one(self, visitor: FlaskClient, token: str, world: World) -> None:
        first = sent(send(visitor, token, words="有霉味", picture=photo()))
        assert sent(send(visitor, token, words="有霉味", picture=photo())) == first
        assert len(known(world)) == 1

    def test_with_other_words_the_first_stands_and_is_shown(
        self, visitor: FlaskClient, token: str, world: World
    ) -> None:
        ref = sent(send(visitor, token, words="有霉味"))
        again = send(visitor, token, words="其实没有")
        assert again.status_code == 409
        assert f'href="/doubt/{ref}"' in again.text
        assert [one.words for one in known(world)] == ["有霉味"]

    def test_each_page_is_another_doubt(self, visitor: FlaskClient, world: World) -> None:
        refs = {sent(send(visitor, words="同样的话")) for _ in range(3)}
        assert len(refs) == len(known(world)) == 3

    def test_a_typed_code_names_the_mark(self, visitor: FlaskClient, world: World, packed: Packed) -> None:
        serial = packed.applied[0].first
        sent(send(visitor, code=f"https://tea.example/m/{encode(serial, KEYS['k1'])}"))
        (found,) = known(world)
        assert (found.serial, found.enterprise) == (serial, world.firm.id)

    def test_known_and_unknown_codes_are_answered_alike(
        self, visitor: FlaskClient, world: World, packed: Packed
    ) -> None:
        true = encode(packed.applied[0].first, KEYS["k1"])
        wrong = true[:-1] + ("0" if true[-1] != "0" else "1")
        pages = set()
        for code in (true, wrong):
            ref = sent(send(visitor, code=code))
            pages.add(visitor.get(f"/doubt/{ref}").text.replace(ref, ""))
        assert len(pages) == 1
        assert [one.typed for one in known(world)] == [wrong, None]

    def test_a_code_that_can_be_none_is_said_beside_the_field(
        self, visitor: FlaskClient, world: World
    ) -> None:
        answer = send(visitor, code="00RZ-5K7Q", words="有霉味")
        assert answer.status_code == 422
        assert "标志码是 16 位，您输入了 8 位。" in re.sub("<[^>]+>", "", answer.text)
        assert 'aria-describedby="code-hint code-error-1" aria-invalid="true"' in answer.text
        assert known(world) == []

    def test_what_was_typed_is_kept_and_what_is_wrong_is_named(
        self, visitor: FlaskClient, token: str, world: World
    ) -> None:
        page = visitor.get("/doubt", query_string={"about": token}).text
        answer = visitor.post("/doubt", data={"about": hidden(page, "about"), "words": "有霉味 <b>"})
        assert answer.status_code == 422
        assert "请选择一项。" in words_of(answer)
        assert ">有霉味 &lt;b&gt;</textarea>" in answer.text
        assert hidden(answer.text, "about")
        assert known(world) == []

    def test_words_without_end_are_refused_beside_the_field(self, visitor: FlaskClient, token: str) -> None:
        answer = send(visitor, token, words="字" * 501)
        assert answer.status_code == 422
        assert "情况说明最多 500 个字，现在有 501 个。" in words_of(answer)
        assert re.search(r'<input checked[^>]* value="tea_odd"', answer.text)

    def test_a_page_left_open_too_long_asks_for_the_code_and_keeps_the_words(
        self, visitor: FlaskClient, token: str, world: World
    ) -> None:
        page = visitor.get("/doubt", query_string={"about": token}).text
        world.later(days=3)
        fields = {"about": hidden(page, "about"), "kind": "other", "words": "有霉味"}
        answer = visitor.post("/doubt", data=fields)
        assert answer.status_code == 422
        assert 'name="code"' in answer.text
        assert ">有霉味</textarea>" in answer.text
        fields["about"] = hidden(answer.text, "about")
        sent(visitor.post("/doubt", data=fields))
        assert known(world)[0].serial is None

    @pytest.mark.parametrize("kind", ["", "nonsense", "<script>"])
    def test_a_kind_nobody_offered_is_refused(
        self, visitor: FlaskClient, token: str, world: World, kind: str
    ) -> None:
        answer = send(visitor, token, kind=kind)
        assert answer.status_code == 422
        assert "<script" not in answer.text
        assert known(world) == []

    def test_another_site_can_send_it_but_there_is_nothing_to_borrow(
        self, staff_app: Flask, world: World, packed: Packed
    ) -> None:
        officer = Staff(staff_app, world, world.county)
        page = officer.get("/doubt").text
        fields = {"about": hidden(page, "about"), "kind": "other"}
        sent(officer.client.post("/doubt", data=fields, headers={"Origin": "https://evil.example"}))
        with world.house.sessions() as session:
            actors = session.connection().exec_driver_sql(
                "SELECT actor_id FROM fact WHERE kind = 'doubt.reported'"
            )
            assert actors.scalars().all() == [0]


class TestPhotos:
    def test_it_is_kept_without_what_the_camera_wrote(
        self, visitor: FlaskClient, token: str, world: World
    ) -> None:
        told = Image.Exif()
        told[GPS] = {1: "N", 2: (26.0, 15.0, 30.0)}
        sent(send(visitor, token, picture=photo(exif=told)))
        (found,) = known(world)
        kept = world.see(doubts.doubt_photo, by=world.county, number=found.id)
        picture = Image.open(BytesIO(kept))
        assert (picture.format, picture.size, dict(picture.getexif())) == ("JPEG", (60, 40), {})

    @pytest.mark.parametrize("content", [b"GIF89a no", b"<svg/>", photo()[:200]])
    def test_one_that_is_refused_is_told_beside_the_field(
        self, visitor: FlaskClient, token: str, world: World, content: bytes
    ) -> None:
        answer = send(visitor, token, picture=content, words="有霉味")
        assert answer.status_code == 422
        text = words_of(answer)
        assert "只收 JPEG、PNG 或 WebP 照片，最大 8 MB、40 百万像素" in text
        assert "请重新选择照片。" in text
        assert 'aria-describedby="photo-hint photo-error-1"' in answer.text
        assert ">有霉味</textarea>" in answer.text
        assert known(world) == []

    def test_one_above_the_limit_is_told_the_limit(self, visitor: FlaskClient, token: str) -> None:
        answer = send(visitor, token, picture=photo() + b"\0" * 8_200_000)
        answer.request.input_stream.close()
        assert answer.status_code == 422
        assert "照片有 8.2 MB，超过上限 8 MB。" in words_of(answer)

    @pytest.mark.parametrize(
        ("language", "said"),
        [("zh-CN", "上传的内容超过上限 12 MB，请压缩后再试。"), ("en", "12 MB")],
    )
    def test_what_is_too_large_to_be_read_at_all_is_told_the_limit(
        self, visitor: FlaskClient, language: str, said: str
    ) -> None:
        data = {"kind": "other", "photo": (BytesIO(b"\0" * 13_000_000), "big.jpg")}
        answer = visitor.post("/doubt", data=data, headers={"Accept-Language": language})
        answer.request.input_stream.close()
        assert answer.status_code == 413
        assert said in words_of(answer)


# --- how often ----------------------------------------------------------------------------------------------


class Clock:
    """The clock the counting goes by, under the test's hand."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("time.time", made)
    return made


class TestHowOften:
    def test_ten_an_hour_then_a_page_that_says_when(
        self, clock: Clock, visitor: FlaskClient, world: World
    ) -> None:
        for _ in range(10):
            sent(send(visitor))
            clock.now += 60
        answer = send(visitor, words="第十一次")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "3000"
        assert "请约 50 分钟后再发送" in words_of(answer)
        assert ">第十一次</textarea>" in answer.text
        assert 'href="tel:12315"' in answer.text
        assert len(known(world)) == 10
        clock.now += 3001
        sent(send(visitor, words="第十一次"))

    def test_another_network_is_counted_by_itself(self, clock: Clock, visitor: FlaskClient) -> None:
        for _ in range(10):
            sent(send(visitor))
        assert send(visitor).status_code == 429
        visitor.environ_base["REMOTE_ADDR"] = "203.0.113.77"
        sent(send(visitor))

    def test_what_cannot_be_sent_costs_nothing(self, clock: Clock, visitor: FlaskClient) -> None:
        for _ in range(12):
            assert send(visitor, kind="").status_code == 422
        sent(send(visitor))

    def test_a_photo_that_has_to_be_decoded_costs_one(self, clock: Clock, visitor: FlaskClient) -> None:
        for _ in range(10):
            assert send(visitor, picture=b"GIF89a no").status_code == 422
        assert send(visitor, picture=b"GIF89a no").status_code == 429

    def test_the_form_itself_is_always_there(self, clock: Clock, visitor: FlaskClient) -> None:
        for _ in range(11):
            send(visitor)
        assert visitor.get("/doubt").status_code == 200

    def test_asking_is_free_and_spending_says_whether_there_was_one(self, clock: Clock) -> None:
        allowance = rates.Allowance("2 per 10 minutes")
        assert not allowance.spent("a")
        assert not allowance.spent("a")
        assert [allowance.spend("a") for _ in range(3)] == [True, True, False]
        assert (allowance.spent("a"), allowance.spent("b")) == (True, False)
        assert allowance.wait_s("a") == 600
        clock.now += 601
        assert not allowance.spent("a")

    def test_it_never_remembers_more_clients_than_it_should(
        self, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rates, "MOST_CLIENTS", 5)
        allowance = rates.Allowance("1/hour")
        for n in range(23):
            assert allowance.spend(str(n))
        assert len(allowance._storage.events) <= 5

    @pytest.mark.parametrize(
        ("address", "counted"),
        [
            ("203.0.113.77", "203.0.113.77/32"),
            ("::ffff:203.0.113.77", "203.0.113.77/32"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("", ""),
        ],
    )
    def test_a_household_is_one_client(self, public_app: Flask, address: str, counted: str) -> None:
        with public_app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            assert rates.client() == counted


# --- how it stands ------------------------------------------------------------------------------------------


class TestStanding:
    def test_it_shows_state_dates_and_reference_and_nothing_else(
        self, visitor: FlaskClient, token: str, world: World, packed: Packed
    ) -> None:
        ref = sent(send(visitor, token, words="有霉味", picture=photo()))
        waiting = visitor.get(f"/doubt/{ref}")
        assert waiting.status_code == 200
        assert waiting.headers["Cache-Control"] == "no-store"
        assert ref in waiting.text
        assert "已收到，等待核查" in waiting.text
        assert "2026年3月26日" in waiting.text
        number = known(world)[0].id
        world.at("2026-04-02T09:00")
        world.do(
            doubts.settle_doubt, by=world.county, number=number, outcome="仓库受潮，已责令下架",
            result=DoubtResult.CONFIRMED, answer="情况属实，已要求停止销售",
        )  # fmt: skip
        settled = visitor.get(f"/doubt/{ref}").text
        assert "已核查完毕" in settled
        assert "2026年4月2日" in settled
        assert "2026年4月7日" in waiting.text  # seven working days, the holiday between left out
        assert "情况属实，已要求停止销售" in settled
        for page in (waiting.text, settled):
            for secret in (
                "有霉味", "茶叶外观", "受潮", "都匀示例茶业", control_number(packed.applied[0].first), "<img", "GZ",
            ):  # fmt: skip
                assert secret not in page, secret

    def test_a_reference_is_read_forgivingly(self, visitor: FlaskClient, token: str) -> None:
        ref = sent(send(visitor, token))
        assert ref in visitor.get(f"/doubt/{ref.replace('-', '').lower()}").text

    @pytest.mark.parametrize(
        "ref", ["0000-0000-0000", "1", "x" * 3000, "7K3M-Q2XD-8T4V", "%00", "<script>alert(1)</script>"]
    )
    def test_guessing_finds_nothing(self, visitor: FlaskClient, token: str, ref: str) -> None:
        sent(send(visitor, token))
        answer = visitor.get(f"/doubt/{ref}")
        assert answer.status_code == 404
        assert "<script" not in answer.text

    def test_the_reference_is_not_in_the_token(self, visitor: FlaskClient, token: str, world: World) -> None:
        ref = sent(send(visitor, token))
        assert ref.replace("-", "").lower() not in token.lower()


# --- the office ---------------------------------------------------------------------------------------------


@pytest.fixture
def reported(staff_app: Flask, world: World, packed: Packed) -> Doubt:
    """A doubt with script in its words and a photo, told through the public door of the same house."""
    visitor = staff_app.test_client()
    serial = packed.applied[0].first
    token = doubt_token(
        SECRET.encode(), serial=serial, verdict="first_scan", scanned_at=world.now, province=None
    )
    sent(send(visitor, token, words="<script>alert('茶')</script>有霉味", picture=photo()))
    return known(world)[0]


class TestOffice:
    def test_it_waits_on_the_first_page_and_in_the_list(
        self, staff: SignIn, world: World, reported: Doubt
    ) -> None:
        officer = staff(world.county)
        for path in ("/office/", "/office/doubts"):
            text = officer.text(path)
            assert "茶叶外观或味道异常" in text, path
            assert "都匀示例茶业有限公司" in text, path
            assert f'href="/office/doubts/{reported.id}"' in officer.get(path).text
        assert 'href="/office/doubts"' in officer.get("/office/").text

    def test_the_page_has_everything_beside_it(
        self, staff: SignIn, world: World, reported: Doubt, packed: Packed
    ) -> None:
        officer = staff(world.county)
        page, text = (
            officer.get(f"/office/doubts/{reported.id}").text,
            officer.text(f"/office/doubts/{reported.id}"),
        )
        assert f"No. {control_number(packed.applied[0].first)}" in text
        assert "第一次被查验" in text
        for link in (
            f"/office/lots/{packed.batch}", f"/office/lots/{packed.lot}", f"/office/enterprises/{world.firm.id}",
            f"/office/doubts/{reported.id}.jpg",
        ):  # fmt: skip
            assert f'="{link}"' in page, link

    def test_script_in_the_words_is_text(self, staff: SignIn, world: World, reported: Doubt) -> None:
        officer = staff(world.county)
        for path in ("/office/", "/office/doubts", f"/office/doubts/{reported.id}"):
            page = officer.get(path).text
            assert "<script>alert" not in page
            assert "&lt;script&gt;alert" in page, path

    def test_the_photo_is_a_picture_and_stays_nowhere(
        self, staff: SignIn, world: World, reported: Doubt
    ) -> None:
        answer = staff(world.county).get(f"/office/doubts/{reported.id}.jpg")
        assert answer.mimetype == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert Image.open(BytesIO(answer.data)).size == (60, 40)

    def test_another_county_finds_nothing(self, staff: SignIn, world: World, reported: Doubt) -> None:
        officer = staff(world.other_county)
        assert "茶叶外观或味道异常" not in officer.text("/office/doubts?state=all")
        for path in (f"/office/doubts/{reported.id}", f"/office/doubts/{reported.id}.jpg"):
            assert officer.get(path).status_code == 404
        token = hidden(officer.get("/office/").text, "csrf_token")
        answer = officer.send(
            f"/office/doubts/{reported.id}/settle", {"csrf_token": token, "key": "k", "reason": "没事"}
        )
        assert answer.status_code == 404

    def test_firms_and_administrators_may_not_look(
        self, staff: SignIn, world: World, reported: Doubt
    ) -> None:
        for who in (world.firm.manager, world.admin):
            person = staff(who)
            for path in (
                "/office/doubts",
                f"/office/doubts/{reported.id}",
                f"/office/doubts/{reported.id}.jpg",
            ):
                assert person.get(path).status_code == 403

    def test_it_is_settled_with_an_outcome(self, staff: SignIn, world: World, reported: Doubt) -> None:
        officer, path = staff(world.county), f"/office/doubts/{reported.id}"
        refused = officer.post(
            f"{path}/settle", on=path, result="confirmed", answer="已查", reason=" ", finding=""
        )
        assert refused.status_code == 422
        assert "reason.missing" in refused.text
        answer = officer.post(
            f"{path}/settle",
            on=path,
            result="confirmed",
            answer="已要求停止销售",
            reason="仓库受潮，已责令下架",
            finding="new",
        )
        assert answer.headers["Location"] == "/office/doubts"
        assert "已答复，反映人凭编号可以看到答复。" in officer.text("/office/doubts")
        assert "茶叶外观" not in officer.text("/office/doubts")
        assert "答复：已要求停止销售" in officer.text("/office/doubts?state=settled")
        assert "仓库受潮" in officer.text(path)
        assert f'href="{path}"' in officer.get("/office/decisions").text
        assert "茶叶外观" not in officer.text("/office/")

    def test_an_observer_reads_and_is_offered_nothing(
        self, staff: SignIn, world: World, reported: Doubt
    ) -> None:
        observer = staff(world.observer)
        assert "核查完毕" not in observer.text(f"/office/doubts/{reported.id}")
        assert observer.get(f"/office/doubts/{reported.id}/settle").status_code == 403

    def test_it_is_found_by_reference_number_firm_and_words(
        self, staff: SignIn, world: World, reported: Doubt
    ) -> None:
        officer = staff(world.prefecture)
        assert reported.serial is not None
        for word in (
            reported.ref,
            reported.ref.replace("-", "").lower(),
            "都匀示例",
            "有霉味",
            f"{reported.serial:010d}",
        ):
            assert "茶叶外观" in officer.text(f"/office/doubts?q={word}"), word
        assert "没有符合条件的反映" in officer.text("/office/doubts?q=zzz")

    def test_other_doubts_of_the_firm_are_linked(
        self, staff: SignIn, world: World, reported: Doubt, packed: Packed
    ) -> None:
        other = world.do(
            doubts.report_doubt, by=doubts.PUBLIC, ref="7K3M-Q2XD-8T4V", kind=DoubtKind.OTHER,
            serial=packed.applied[0].first, verdict="first_scan",
        )  # fmt: skip
        officer = staff(world.county)
        assert f'href="/office/doubts/{other}"' in officer.get(f"/office/doubts/{reported.id}").text
        assert "同一枚标志" in officer.text(f"/office/doubts/{reported.id}")

    def test_one_without_a_mark_is_shown_to_the_prefecture(self, staff: SignIn, world: World) -> None:
        number = world.do(
            doubts.report_doubt, by=doubts.PUBLIC, ref="7K3M-Q2XD-8T4V", kind=DoubtKind.MARK_MOVED,
            typed="00RZ-5K7Q-M2XD-8T4V",
        )  # fmt: skip
        text = staff(world.prefecture).text(f"/office/doubts/{number}")
        assert "00RZ-5K7Q-M2XD-8T4V" in text
        assert "由州局核查" in text
        assert "没有附照片" in text


def test_the_public_door_alone_takes_doubts_too(world: World, tmp_path: Any) -> None:
    visitor = app_over(world, tmp_path).test_client()
    sent(send(visitor))
