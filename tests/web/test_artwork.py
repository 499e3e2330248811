"""Artwork on pages: handed in at the desk, looked at and decided at the office, never opened under our address."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from tests.web.staff import Staff, hidden, words_of
from tests.world import World
from traceability.domain.people import ArtworkState, Identity
from traceability.formats.artwork import LARGEST, read_artwork
from traceability.services import people

SignIn = Callable[[Identity], Staff]
RED = '<rect width="30" height="20" fill="#f00"/>'
DRAWING = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20">{RED}</svg>'.encode()


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


@pytest.fixture
def manager(staff: SignIn, world: World) -> Staff:
    return staff(world.firm.manager)


@pytest.fixture
def officer(staff: SignIn, world: World) -> Staff:
    return staff(world.county)


def send(manager: Staff, content: bytes = DRAWING, name: str = "标志.svg") -> TestResponse:
    page = manager.get("/desk/artwork").text
    unseen = {one: hidden(page, one) for one in ("csrf_token", "key")}
    return manager.client.post("/desk/artwork", data=unseen | {"file": (BytesIO(content), name)})


def handed_in(world: World, content: bytes = DRAWING) -> int:
    read = read_artwork(content)
    return world.do(people.submit_artwork, name="标志.svg", content=content, artwork=read)  # type: ignore[no-any-return]


def states(world: World) -> list[ArtworkState]:
    return [one.state for one in world.see(people.artwork_of, enterprise=world.firm.id)]


# --- the desk -----------------------------------------------------------------------------------------------


def test_a_file_is_handed_in_and_its_drawing_shown(manager: Staff, world: World) -> None:
    assert "还没有核准的图样" in manager.text("/desk/artwork")
    answer = send(manager)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/artwork")
    told = manager.text("/desk/artwork")
    assert "图样已提交，等县局核准" in told
    assert "新交的图样 等待核准" in told
    assert states(world) == [ArtworkState.SUBMITTED]


def test_the_preview_is_a_picture_in_proportion(manager: Staff, world: World) -> None:
    answer = manager.get(f"/desk/artwork/{handed_in(world)}.png")
    assert answer.mimetype == "image/png"
    shown = Image.open(BytesIO(answer.data))
    assert round(shown.width / shown.height, 2) == 1.5
    assert shown.getpixel((9, 9)) == (255, 0, 0)


def test_a_file_that_is_refused_says_why_beside_the_field(manager: Staff, world: World) -> None:
    answer = send(manager, DRAWING.replace(b"</svg>", b"<script/></svg>"))
    assert answer.status_code == 422
    assert "文件里有会动作的内容（script）" in words_of(answer)
    assert "artwork.active" in words_of(answer)
    assert 'aria-describedby="file-hint file-error-1"' in answer.text
    assert states(world) == []


def test_without_a_file_it_says_what_to_choose(manager: Staff) -> None:
    answer = manager.post("/desk/artwork")
    assert answer.status_code == 422
    assert "请选择文件" in words_of(answer)


def test_a_file_too_large_is_told_with_its_size(manager: Staff) -> None:
    answer = send(manager, b"%PDF-" + b" " * (LARGEST + 1_000_000))
    assert "文件有 3.1 MB，超过上限 2 MB" in words_of(answer)
    answer.request.input_stream.close()


def test_the_decision_and_its_reason_stand_on_the_page(manager: Staff, world: World) -> None:
    made = handed_in(world)
    world.do(people.refuse_artwork, by=world.county, artwork=made, reason="代码第 9 位不符")
    told = manager.text("/desk/artwork")
    assert "未核准" in told
    assert "代码第 9 位不符" in told
    world.do(people.approve_artwork, by=world.county, artwork=handed_in(world))
    assert "打印用的图样 生效" in manager.text("/desk/artwork")


def test_an_svg_is_handed_back_as_a_download_only(manager: Staff, world: World) -> None:
    made = world.see(people.artwork_file, artwork=handed_in(world))
    answer = manager.get(f"/desk/documents/{made.document.id}")
    assert answer.data == DRAWING
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_managers_have_the_page(staff: SignIn, world: World) -> None:
    clerk = staff(world.firm.clerk)
    assert clerk.get("/desk/artwork").status_code == 403
    assert "/desk/artwork" not in clerk.get("/desk/").text


def test_another_firm_sees_nothing_of_it(staff: SignIn, world: World) -> None:
    stranger = staff(world.other.manager)
    assert stranger.get(f"/desk/artwork/{handed_in(world)}.png").status_code == 404
    assert "还没有核准的图样" in stranger.text("/desk/artwork")


# --- the office ---------------------------------------------------------------------------------------------


def test_what_waits_is_listed_with_the_code_to_compare(officer: Staff, world: World) -> None:
    assert "没有符合条件的图样" in officer.text("/office/artwork")
    made = handed_in(world)
    page = officer.get("/office/artwork")
    assert "都匀示例茶业有限公司 91522701MAXTEA015P" in words_of(page)
    assert f'href="/office/artwork/{made}"' in page.text
    told = officer.text(f"/office/artwork/{made}")
    assert "图中的代码应是 91522701MAXTEA015P" in told
    assert "100.0 × 66.7 毫米" in told


def test_the_original_is_a_download_no_browser_opens(officer: Staff, world: World) -> None:
    made = handed_in(world)
    answer = officer.get(f"/office/artwork/{made}/file")
    assert (answer.data, answer.mimetype) == (DRAWING, "application/octet-stream")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=artwork-{made}.svg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()


def test_approved_it_prints_from_now_on(officer: Staff, world: World) -> None:
    page = f"/office/artwork/{handed_in(world)}"
    answer = officer.post(f"{page}/approve", on=page)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert "图样已核准" in officer.text(page)
    assert states(world) == [ArtworkState.APPROVED]
    assert "撤销核准" in officer.text(page)


def test_refusing_needs_a_reason_which_the_firm_reads(officer: Staff, world: World) -> None:
    page = f"/office/artwork/{handed_in(world)}"
    answer = officer.post(f"{page}/refuse", on=page, reason=" ")
    assert answer.status_code == 422
    assert "请写明原因" in words_of(answer)
    assert officer.post(f"{page}/refuse", on=page, reason="不是本企业的").status_code == 303
    assert "不予核准" in officer.text(page)
    assert "不是本企业的" in officer.text(page)
    assert states(world) == [ArtworkState.REFUSED]


def test_prefecture_and_observer_look_and_do_not_decide(staff: SignIn, world: World) -> None:
    page = f"/office/artwork/{handed_in(world)}"
    for person in (world.prefecture, world.observer):
        looking = staff(person)
        assert "由企业所在县（市）局核准" in looking.text(page)
        assert looking.get(f"{page}.png").mimetype == "image/png"
        assert looking.get(f"{page}/approve").status_code == 403


def test_another_county_sees_nothing_of_it(staff: SignIn, world: World) -> None:
    stranger, made = staff(world.other_county), handed_in(world)
    for path in (f"/office/artwork/{made}", f"/office/artwork/{made}.png", f"/office/artwork/{made}/file"):
        assert stranger.get(path).status_code == 404
    assert "没有符合条件的图样" in stranger.text("/office/artwork?state=all")
