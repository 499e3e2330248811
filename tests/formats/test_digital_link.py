"""The address in the QR symbol, the keys of such addresses, and where they lead."""

import json
import string
from typing import Any

import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean

from traceability.formats.digital_link import gtin14, linksets, mark_url
from traceability.formats.digital_link.keys import Fault, Foreign, Link, Malformed, link_of, read_link

CODE = "0123456789ABCDEF"
LONG = "https://maojian.qiannan.example.gov.cn"


def test_a_product_with_a_trade_item_number_gets_a_digital_link() -> None:
    url = mark_url(LONG, gtin="6901234567892", code=CODE)
    assert url == f"HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/01/06901234567892/21/{CODE}"


def test_a_product_without_one_gets_the_short_form() -> None:
    assert mark_url(LONG, gtin=None, code=CODE) == f"HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/M/{CODE}"


def test_the_digital_link_reads_back_with_the_standards_own_elements() -> None:
    read = GS1DigitalLinkURI.parse(mark_url(LONG, gtin="6901234567892", code=CODE))
    assert {element.ai.ai: element.value for element in read.element_strings} == {
        "01": "06901234567892",
        "21": CODE,
    }


@pytest.mark.parametrize(
    ("public_url", "base"),
    [
        ("http://127.0.0.1:8000", "HTTP://127.0.0.1:8000"),
        ("https://Tea.Example.CN/", "HTTPS://TEA.EXAMPLE.CN"),
        ("https://tea.example.cn/GI/2026/", "HTTPS://TEA.EXAMPLE.CN/GI/2026"),
        ("https://xn--fiq228c.example", "HTTPS://XN--FIQ228C.EXAMPLE"),
    ],
)
def test_scheme_and_host_are_written_in_upper_case(public_url: str, base: str) -> None:
    assert mark_url(public_url, gtin=None, code=CODE) == f"{base}/M/{CODE}"


@pytest.mark.parametrize(
    ("public_url", "reason"),
    [
        ("https://tea.example.cn/tea", "small letters"),
        ("https://tea.example.cn/TEa/", "small letters"),
        ("ftp://tea.example.cn", "http or https"),
        ("tea.example.cn", "http or https"),
        ("https://", "a host"),
        ("https://tea.example.cn/?A=1", "query"),
        ("https://user@tea.example.cn", "user"),
        ("https://tea_house.example.cn", "alphanumeric"),
        ("https://都匀.example.cn", "alphanumeric"),
    ],
)
def test_a_public_url_that_does_not_survive_upper_case_is_refused(public_url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        mark_url(public_url, gtin=None, code=CODE)


@pytest.mark.parametrize("number", ["6901234567892", "06901234567892", "690-1234-567892"])
def test_trade_item_numbers_are_written_with_fourteen_digits(number: str) -> None:
    assert gtin14(number) == "06901234567892"


@pytest.mark.parametrize("number", ["6901234567891", "690123456789", "69012345678AB", "1"])
def test_a_trade_item_number_with_a_wrong_check_digit_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="not a trade item number"):
        mark_url(LONG, gtin=number, code=CODE)


@pytest.mark.parametrize(
    "code", ["", "0123-4567-89AB-CDEF", "0123456789abcdef", "0123456789ABCDEU", CODE + "0"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not a mark code"):
        mark_url(LONG, gtin=None, code=code)


# --- keys -----------------------------------------------------------------------------------------------------------

TEA = "06901234567892"
#: GS1 General Specifications, figure 7.11-1: the 82 characters of lots and serials.
CSET_82 = "!\"%&'()*+,-./:;<=>?_" + string.digits + string.ascii_letters
gtins = st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda digits: digits + ean.calc_check_digit(digits))
values = st.none() | st.text(CSET_82, min_size=1, max_size=20)


#: URIs of the standard's own text and of GS1's tools, with the keys they state.
STANDARD = [
    ("/01/09520123456788", Link("09520123456788")),
    ("/01/09506000134352", Link("09506000134352")),
    ("/01/9506000134352", Link("09506000134352")),
    ("/01/614141123452", Link("00614141123452")),
    ("/01/96385074", Link("00000096385074")),
    ("/01/09520123456788/10/ABC123", Link("09520123456788", "ABC123")),
    ("/01/09520123456788/21/12345", Link("09520123456788", serial="12345")),
    ("/01/09520123456788/10/ABC1/21/12345", Link("09520123456788", "ABC1", "12345")),
    ("/01/09520123456788/10/ABC%2F123/21/12345", Link("09520123456788", "ABC/123", "12345")),
    ("/01/09521234543213/10/ABC%2d123/", Link("09521234543213", "ABC-123")),
]


@pytest.mark.parametrize(("path", "link"), STANDARD)
def test_the_standards_own_examples_are_read(path: str, link: Link) -> None:
    assert read_link(path) == link


#: Paths that are no GS1 Digital Link, and why not.
BROKEN = [
    ("/01/06901234567891", Fault.CHECK_DIGIT),
    ("/01/690123456789", Fault.CHECK_DIGIT),
    ("/01/690123456", Fault.LENGTH),
    ("/01/069012345678920", Fault.LENGTH),
    ("/01/0690123456789A", Fault.LETTERS),
    ("/01/690-1234-567892", Fault.LETTERS),
    ("/01/%EF%BC%90%EF%BC%96901234567892", Fault.LETTERS),
    ("/01/%D9%A0%D9%A6901234567892", Fault.LETTERS),
    ("/01/", Fault.KEYS),
    ("/gtin/06901234567892", Fault.KEYS),
    (f"/01/{TEA}/foo", Fault.KEYS),
    (f"/01/{TEA}/10", Fault.KEYS),
    (f"/01/{TEA}/lot/A", Fault.KEYS),
    (f"/01/{TEA}/10/{'A' * 21}", Fault.KEYS),
    (f"/01/{TEA}/21/{'A' * 21}", Fault.KEYS),
    (f"/01/{TEA}/10/A%20B", Fault.KEYS),
    (f"/01/{TEA}/10/%E6%89%B9", Fault.KEYS),
    (f"/01/{TEA}/10/A%23", Fault.KEYS),
    (f"/01/{TEA}/10/A%1DB", Fault.KEYS),
    (f"/01/{TEA}/10/A%00", Fault.KEYS),
    (f"/01/{TEA}/10/%FF", Fault.KEYS),
    (f"/01/{TEA}/21/1/10/A", Fault.KEYS),
    (f"/01/{TEA}/10/A/10/B", Fault.KEYS),
    (f"/01/{TEA}/17/260401", Fault.KEYS),
]


@pytest.mark.parametrize(("path", "fault"), BROKEN)
def test_what_is_no_digital_link_is_refused_with_its_fault(path: str, fault: Fault) -> None:
    with pytest.raises(Malformed) as caught:
        read_link(path)
    assert caught.value.fault is fault
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("path", [f"/01/{TEA}/22/2A", f"/01/{TEA}/22/2A/10/A", f"/01/{TEA}/235/3A"])
def test_well_formed_keys_of_others_are_told_from_malformed_ones(path: str) -> None:
    with pytest.raises(Foreign):
        read_link(path)


@given(gtin=gtins, lot=values, serial=values)
def test_a_link_comes_back_unchanged_from_its_path(gtin: str, lot: str | None, serial: str | None) -> None:
    link = link_of(gtin, lot=lot, serial=serial)
    assert read_link(link.path) == link
    assert link.path.isascii()


@given(
    path=st.text(max_size=60) | st.text(CSET_82 + "/", max_size=40).map(lambda tail: f"/01/{TEA}/10/{tail}")
)
def test_any_text_is_a_link_or_is_refused(path: str) -> None:
    try:
        link = read_link(path)
    except (Malformed, Foreign):
        return
    assert read_link(link.path) == link


@given(lot=st.text(min_size=1, max_size=22))
def test_a_lot_has_one_to_twenty_characters_of_the_set(lot: str) -> None:
    if len(lot) <= 20 and set(lot) <= set(CSET_82):
        assert link_of(TEA, lot=lot).lot == lot
    else:
        with pytest.raises(Malformed):
            link_of(TEA, lot=lot)


# --- link sets ------------------------------------------------------------------------------------------------------

PUBLIC = "https://maojian.example.cn"
TITLES = {
    language: {
        one: f"{one} {language}" for one in ("pip", "traceability", "certificationInfo", "recallStatus")
    }
    for language in ("zh", "en")
}


def links_of(link: Link) -> list[dict[str, Any]]:
    found = linksets.linkset(link, public_url=PUBLIC, titles=TITLES)
    assert set(found) == {"linkset"}
    return list(json.loads(json.dumps(found))["linkset"])


@pytest.mark.parametrize(
    ("link", "relations"),
    [
        (Link(TEA), ["pip", "certificationInfo"]),
        (Link(TEA, "A/1"), ["traceability", "recallStatus"]),
        (Link(TEA, serial=CODE), ["traceability", "certificationInfo"]),
    ],
)
def test_a_thing_has_its_links_and_one_default_among_them(link: Link, relations: list[str]) -> None:
    own = links_of(link)[0]
    assert own.pop("anchor") == PUBLIC + link.path
    assert list(own) == [f"https://gs1.org/voc/{one}" for one in (*relations, "defaultLink")]
    default = own.pop("https://gs1.org/voc/defaultLink")
    assert [set(one) for one in default] == [{"href", "title"}]
    assert default[0]["href"] in {one["href"] for targets in own.values() for one in targets}


def test_a_link_set_goes_up_to_the_product() -> None:
    assert [one["anchor"] for one in links_of(Link(TEA, "A/1"))] == [
        f"{PUBLIC}/01/{TEA}/10/A%2F1",
        f"{PUBLIC}/01/{TEA}",
    ]
    assert [one["anchor"] for one in links_of(Link(TEA, "A", CODE))] == [
        f"{PUBLIC}/01/{TEA}/10/A/21/{CODE}",
        f"{PUBLIC}/01/{TEA}",
    ]
    assert len(links_of(Link(TEA))) == 1


def test_a_page_is_named_in_each_language_and_as_json() -> None:
    assert links_of(Link(TEA))[0]["https://gs1.org/voc/pip"] == [
        {"href": f"{PUBLIC}/01/{TEA}?lang=zh", "title": "pip zh", "type": "text/html", "hreflang": ["zh"]},
        {"href": f"{PUBLIC}/01/{TEA}?lang=en", "title": "pip en", "type": "text/html", "hreflang": ["en"]},
        {"href": f"{PUBLIC}/01/{TEA}", "title": "pip zh", "type": "application/json"},
    ]


@pytest.mark.parametrize(
    ("asked", "relation"),
    [
        ("gs1:pip", "pip"),
        ("https://gs1.org/voc/pip", "pip"),
        ("https://ref.gs1.org/voc/traceability", "traceability"),
        ("pip", None),
        ("schema:url", None),
        ("", None),
    ],
)
def test_a_link_type_is_named_by_prefix_or_address(asked: str, relation: str | None) -> None:
    assert linksets.relation_named(asked) == relation


def test_a_relation_is_found_where_it_stands() -> None:
    pack = Link(TEA, serial=CODE)
    assert linksets.place_of(pack, "certificationInfo") == pack
    assert linksets.place_of(pack, "pip") == Link(TEA)
    assert linksets.place_of(pack, "defaultLink") == pack
    assert linksets.place_of(pack, "epcis") is None
    assert linksets.place_of(Link(TEA), "traceability") is None
