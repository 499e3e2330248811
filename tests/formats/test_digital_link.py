"""The address in the QR symbol."""

import pytest
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

from traceability.formats.digital_link import gtin14, mark_url

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
