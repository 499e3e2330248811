"""Who counts as a person looking, and as little as will do of who it is."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, request
from werkzeug.datastructures import Headers

from tests.web.conftest import SECRET, app_over
from tests.world import KEYS, Packed, World
from traceability.app import create_app
from traceability.config import Settings
from traceability.domain.marks import encode
from traceability.store.scans import ScanRow
from traceability.store.work import look
from traceability.web.places import PROVINCES, Places, open_places
from traceability.web.public import clients

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; V2227A Build/UP1A.231005.007; wv) {WEBKIT}"

PEOPLE = {
    "WeChat, Android": f"{ANDROID} Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160065 MMWEBSDK/20231202 "
    "MMWEBID/2307 MicroMessenger/8.0.47.2560(0x28002F30) WeChat/arm64 Weixin NetType/WIFI "
    "Language/zh_CN ABI/arm64",
    "WeChat, iPhone": f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/4G Language/zh_CN",
    "WeChat, computer": f"Mozilla/5.0 (Windows NT 6.1; WOW64) {WEBKIT} Chrome/81.0.4044.138 Safari/537.36 NetType/WIFI "
    "MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) XWEB/9129 Flue",
    "WeCom": f"{IPHONE} Mobile/15E148 wxwork/4.1.20 MicroMessenger/7.0.1 Language/zh ColorScheme/Light",
    "QQ, Android": f"{ANDROID} Version/4.0 Chrome/109.0.5414.86 MQQBrowser/6.2 TBS/046909 Mobile Safari/537.36 "
    "V1_AND_SQ_8.9.88_4852_YYB_D QQ/8.9.88.13035 NetType/4G WebP/0.3.0 AppId/537183505 Pixel/1080",
    "QQ browser": f"Mozilla/5.0 (Linux; U; Android 13; zh-cn; PGBM10 Build/TP1A.220905.001) {WEBKIT} Version/4.0 "
    "Chrome/109.0.5414.86 MQQBrowser/14.9 Mobile Safari/537.36 COVC/046909",
    "Baidu's app": f"{ANDROID} Version/4.0 Chrome/97.0.4692.98 Mobile Safari/537.36 T7/13.52 SP-engine/2.90.0 bd_dvt/0 "
    "baiduboxapp/13.53.0.10 (Baidu; P1 14) NABar/1.0",
    "Baidu's app, iPhone": f"{IPHONE} Mobile/15E148 SP-engine/3.7.0 main/1.0 baiduboxapp/13.53.0.11 (Baidu; P2 17.4)",
    "Huawei": f"Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00; HMSCore 6.13.0.302) {WEBKIT} "
    "Chrome/99.0.4844.88 HuaweiBrowser/14.0.5.303 Mobile Safari/537.36",
    "HarmonyOS": f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile",
    "Xiaomi": f"Mozilla/5.0 (Linux; U; Android 14; zh-cn; 23127PN0CC Build/UKQ1.230804.001) {WEBKIT} Version/4.0 "
    "Chrome/112.0.5615.136 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18.5.40115",
    "UC": f"Mozilla/5.0 (Linux; U; Android 13; zh-CN; M2012K11AC Build/TKQ1.220829.002) {WEBKIT} Version/4.0 "
    "Chrome/100.0.4896.58 UCBrowser/16.3.8.1293 Mobile Safari/537.36",
    "Quark": f"{IPHONE} Version/15.0 Mobile/15E148 Quark/6.9.8.2023 Mobile",
    "Alipay": f"{IPHONE} Mobile/21E219 Ariver/1.1.0 AliApp(AP/10.5.66.6000) Nebula WK RVKType(0) "
    "AlipayDefined(nt:WIFI,ws:390|780|3.0) AlipayClient/10.5.66.6000 Language/zh-Hans Region/CN "
    "NebulaX/1.0.0",
    "Taobao": f"{ANDROID} Version/4.0 Chrome/100.0.4896.127 Mobile Safari/537.36 AliApp(TB/10.32.10) "
    "WindVane/8.5.0 TTID/600000@taobao_android_10.32.10",
    "Douyin": f"{ANDROID} Version/4.0 Chrome/75.0.3770.156 Mobile Safari/537.36 aweme_290300 JsSdk/1.0 "
    "NetType/WIFI Channel/vivo_1128_64 AppName/aweme app_version/29.3.0 ByteLocale/zh-CN Region/CN "
    "BytedanceWebview/d8a21c6",
    "Toutiao": f"{ANDROID} Version/4.0 Chrome/75.0.3770.156 Mobile Safari/537.36 JsSdk/2 NewsArticle/9.6.1 "
    "NetType/wifi",
    "DingTalk": f"{IPHONE} Mobile/15E148 AliApp(DingTalk/7.5.10) com.laiwang.DingTalk/37066285 Channel/201200 "
    "language/zh-Hans-CN UT4Aplus/0.0.6 WK",
    "Weibo": f"{IPHONE} Mobile/15E148 Weibo (iPhone14,5__weibo__14.3.2__iphone__os17.4)",
    "Chrome, Android": f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/122.0.0.0 Mobile Safari/537.36",
    "Safari": f"{IPHONE} Version/17.4 Mobile/15E148 Safari/604.1",
    "Edge": f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/122.0.0.0 Safari/537.36 Edg/122.0.0.0",
    "a phone named CUBOT": f"Mozilla/5.0 (Linux; Android 11; CUBOT NOTE 20) {WEBKIT} Chrome/120.0.0.0 "
    "Mobile Safari/537.36",
    "nothing said": "",
}

MACHINES = {
    "Googlebot": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Baiduspider": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Baiduspider as a phone": "Mozilla/5.0 (Linux;u;Android 4.2.2;zh-cn;) AppleWebKit/534.46 (KHTML,like Gecko) "
    "Version/5.1 Mobile Safari/10600.6.3 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Bytespider": f"Mozilla/5.0 (Linux; Android 5.0) {WEBKIT} Mobile Safari/537.36 (compatible; Bytespider; "
    "spider-feedback@bytedance.com)",
    "360Spider": f"Mozilla/5.0 (Windows NT 6.1) {WEBKIT} Chrome/50.0.2661.102 Safari/537.36; 360Spider",
    "Sogou": "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
    "YisouSpider": f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/69.0.3497.81 YisouSpider/5.0 Safari/537.36",
    "bingbot": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; "
    "+http://www.bing.com/bingbot.htm)",
    "a preview on Facebook": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "a preview on WhatsApp": "WhatsApp/2.23.20.0 A",
    "a preview on Telegram": "TelegramBot (like TwitterBot)",
    "a preview on X": "Twitterbot/1.0",
    "a preview on Slack": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl": "curl/8.5.0",
    "a Python program": "python-requests/2.31.0",
    "a Go program": "Go-http-client/1.1",
}


@pytest.fixture
def packed(small_world: World) -> Packed:
    return small_world.packed(packs=3)


def path(serial: int = 1) -> str:
    return f"/m/{encode(serial, KEYS['k1'])}"


def scans(world: World) -> list[tuple[str | None, str | None]]:
    """Client and province of every scan kept."""
    with look(world.house) as work:
        query = sa.select(ScanRow.client, ScanRow.province).order_by(ScanRow.id)
        return [(client, province) for client, province in work.session.execute(query)]


# --- persons and machines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=PEOPLE.keys())
def test_a_persons_browser_looks(public_app: Flask, agent: str) -> None:
    with public_app.test_request_context(headers={"User-Agent": agent}):
        assert clients.is_look(request.environ)


@pytest.mark.parametrize("agent", MACHINES.values(), ids=MACHINES.keys())
def test_a_machine_that_says_so_does_not(public_app: Flask, agent: str) -> None:
    with public_app.test_request_context(headers={"User-Agent": agent}):
        assert not clients.is_look(request.environ)


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
     {"X-Purpose": "preview"}, {"X-Moz": "prefetch"}],
)  # fmt: skip
def test_a_page_fetched_before_anybody_asked_for_it_is_no_look(
    public_app: Flask, headers: dict[str, str]
) -> None:
    with public_app.test_request_context(headers={"User-Agent": PEOPLE["Safari"], **headers}):
        assert not clients.is_look(request.environ)


def test_only_get_is_a_look(public_app: Flask) -> None:
    looks = {}
    for method in ("GET", "HEAD", "OPTIONS"):
        with public_app.test_request_context(method=method, headers={"User-Agent": PEOPLE["Safari"]}):
            looks[method] = clients.is_look(request.environ)
    assert looks == {"GET": True, "HEAD": False, "OPTIONS": False}


def test_an_agent_of_any_length_is_judged_by_its_beginning(public_app: Flask) -> None:
    agents = {"x" * 100_000: True, f"Googlebot/2.1 {'x' * 100_000}": False}
    for agent, is_look in agents.items():
        with public_app.test_request_context(headers={"User-Agent": agent}):
            assert clients.is_look(request.environ) is is_look


def test_a_machine_is_answered_like_anybody_and_nothing_is_kept(
    public_app: Flask, small_world: World, packed: Packed
) -> None:
    for agent in ("curl/8.5.0", MACHINES["Baiduspider"]):
        page = public_app.test_client().get(path(), headers={"User-Agent": agent})
        assert (page.status_code, "都匀毛尖茶100" in page.text) == (200, True)
    assert scans(small_world) == []
    public_app.test_client().get(path(), headers={"User-Agent": PEOPLE["WeChat, Android"]})
    assert len(scans(small_world)) == 1


# --- the client -----------------------------------------------------------------------------------------------------


def client_of(app: Flask, now: datetime, address: str | None, agent: str = "a phone") -> str:
    environ = {"REMOTE_ADDR": address} if address else {}
    with app.test_request_context(headers={"User-Agent": agent}, environ_overrides=environ):
        return clients.client_of(now)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.112.7", False),
        ("2001:db8:1:2::7", "2001:db8:1:ffff::9", True),
        ("2001:db8:1::7", "2001:db8:2::7", False),
        ("203.0.113.7", "::ffff:203.0.113.99", True),
        ("not an address", "neither is this", True),
    ],
)
def test_a_client_is_known_by_its_network(
    public_app: Flask, small_world: World, one: str, other: str, same: bool
) -> None:
    first, second = (client_of(public_app, small_world.now, address) for address in (one, other))
    assert (first == second) is same


def test_a_client_is_known_by_its_browser_and_no_longer_than_the_key_lives(
    public_app: Flask, small_world: World
) -> None:
    days = small_world.house.profile.client_key_days
    now, address = small_world.now, "203.0.113.7"
    period = now - timedelta(days=now.date().toordinal() % days)
    here = client_of(public_app, period, address)
    assert here != client_of(public_app, period, address, "another")
    assert here == client_of(public_app, period + timedelta(days=days - 1), address)
    assert here != client_of(public_app, period + timedelta(days=days), address)


def test_a_client_names_nobody(small_world: World, tmp_path: Path) -> None:
    """Neither address nor browser is in it, and another house's key makes another of it."""
    made = set()
    for number, secret in enumerate((SECRET, f"{SECRET} of others")):
        settings = Settings(data=tmp_path / str(number), database_url=small_world.url, secret_key=secret)
        app = create_app(settings, ("public",), house=small_world.house, clock=lambda: small_world.now)
        made.add(client_of(app, small_world.now, "203.0.113.7"))
    assert len(made) == 2
    assert {len(one) for one in made} == {32}
    assert all(int(one, 16) for one in made)


# --- the place ------------------------------------------------------------------------------------------------------


class FewPlaces:
    """A database file of three addresses."""

    KNOWN = {  # noqa: RUF012
        "203.0.113.7": {
            "country": {"iso_code": "CN"},
            "subdivisions": [{"iso_code": "GZ"}, {"iso_code": "X"}],
        },
        "203.0.113.8": {"country": {"iso_code": "US"}, "subdivisions": [{"iso_code": "CA"}]},
        "203.0.113.9": {"country": {"iso_code": "CN"}},
        "203.0.113.10": "Guizhou",
        "203.0.113.11": {"subdivisions": ["GZ"]},
        "203.0.113.12": {"subdivisions": [{}]},
    }

    def get(self, address: str) -> Any:
        if address == "nowhere":
            raise ValueError(address)
        return self.KNOWN.get(address)


@pytest.mark.parametrize(
    ("address", "province"),
    [("203.0.113.7", "GZ"), ("203.0.113.8", None), ("203.0.113.9", None), ("203.0.113.10", None),
     ("203.0.113.11", None), ("203.0.113.12", None), ("198.51.100.1", None), ("nowhere", None), (None, None)],
)  # fmt: skip
def test_a_file_knows_the_province_of_an_address(address: str | None, province: str | None) -> None:
    places = Places(file=FewPlaces())  # type: ignore[arg-type]
    assert places.province(Headers(), address) == province
    assert Places().province(Headers({"X-Province": "GZ"}), address) is None


@pytest.mark.parametrize(
    ("told", "province"),
    [
        ("GZ", "GZ"),
        ("CN-GZ", "GZ"),
        (" cn-gz ", "GZ"),
        ("CA", None),
        ("US-CA", None),
        ("", None),
        ("<b>", None),
    ],
)
def test_a_header_names_the_province(told: str, province: str | None) -> None:
    assert Places("X-Province").province(Headers({"X-Province": told}), "203.0.113.7") == province


def test_the_header_goes_before_the_file() -> None:
    places = Places("X-Province", FewPlaces())  # type: ignore[arg-type]
    assert places.province(Headers({"X-Province": "CN-GD"}), "203.0.113.7") == "GD"
    assert places.province(Headers(), "203.0.113.7") is None


def test_there_are_thirty_four_provinces() -> None:
    assert len(PROVINCES) == 34


def test_a_file_that_is_none_stops_the_start(tmp_path: Path) -> None:
    assert open_places(header="", file=None) == Places()
    with pytest.raises(FileNotFoundError):
        open_places(header="", file=tmp_path / "places.mmdb")


def test_a_header_anybody_could_send_is_not_believed(
    public_app: Flask, small_world: World, packed: Packed
) -> None:
    public_app.test_client().get(path(), headers={"X-Province": "CN-GZ", "X-Forwarded-For": "203.0.113.7"})
    assert [province for _client, province in scans(small_world)] == [None]


def test_behind_a_proxy_of_our_own_the_province_is_kept_and_the_client_is_who_it_forwards(
    small_world: World, tmp_path: Path, packed: Packed
) -> None:
    settings = Settings(
        data=tmp_path, database_url=small_world.url, secret_key=SECRET, trusted_proxies=1,
        place_header="X-Province",
    )  # fmt: skip
    app = create_app(settings, ("public",), house=small_world.house, clock=lambda: small_world.now)
    for address in ("203.0.113.7", "203.0.113.8", "198.51.100.1", "198.51.100.1, 203.0.113.9"):
        headers = {"X-Province": "CN-GZ", "X-Forwarded-For": address}
        app.test_client().get(path(), headers=headers)
    kept = scans(small_world)
    assert {province for _client, province in kept} == {"GZ"}
    assert [kept[0][0] == client for client, _province in kept] == [True, True, False, True]


def test_the_apps_own_file_is_asked(
    small_world: World, tmp_path: Path, packed: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(file=FewPlaces())  # type: ignore[arg-type]
    monkeypatch.setattr("traceability.app.open_places", lambda **_settings: places)
    app = app_over(small_world, tmp_path)
    app.test_client().get(path(), environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert [province for _client, province in scans(small_world)] == ["GZ"]
