"""Everything a page shows has a name, and figures are written as people here write them."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from traceability.domain.marks import MarkState
from traceability.domain.profile import Grade, LeafGrade
from traceability.services.chain.selling import CHANNELS
from traceability.web import words
from traceability.web.i18n import counted

SOURCES = Path(__file__).parent.parent.parent / "traceability"


@dataclass
class Found:
    code: str
    evidence: dict[str, Any] = field(default_factory=dict)


@pytest.mark.usefixtures("chinese")
class TestNames:
    @pytest.mark.parametrize("kind", words._FAMILY, ids=lambda one: one.__name__)
    def test_every_member_of_every_enum_has_one(self, kind: type[Enum]) -> None:
        for member in kind:
            assert re.search(r"[一-鿿]", words.word(member)), member

    def test_grades_leaf_and_counties_are_named_by_the_profile(self) -> None:
        assert words.word(Grade.ZHENPIN) == "珍品"
        assert words.word(LeafGrade.SINGLE_BUD) == "独芽"
        assert words.county("522701110") == "都匀市"
        assert words.bureau("522700") == "黔南布依族苗族自治州市场监督管理局"
        assert words.county("999999") == "999999"

    def test_every_sales_channel(self) -> None:
        assert all(words.word(channel, "channel") != channel for channel in CHANNELS)

    def test_every_finding_the_core_makes_has_a_name_and_a_sentence(self) -> None:
        made = {
            code
            for path in SOURCES.rglob("*.py")
            for code in re.findall(r'Remark\(\s*"([a-z._]+)"', path.read_text("utf-8"))
        }
        assert made
        assert made <= set(words._FINDINGS) == set(words.NAMES["finding"])

    def test_a_code_nobody_named_is_shown_as_it_is(self) -> None:
        assert words.word("strange.code") == "strange.code"
        assert words.word(MarkState.VOID, "nowhere") == "void"


@pytest.mark.usefixtures("chinese")
class TestFindings:
    def test_figures_come_from_the_evidence(self) -> None:
        found = Found("transport.short", {"lot": "K1", "short_g": 50, "short_packs": 1})
        assert words.finding_sentence(found) == "批次 K1 到货比发出少 1 件（0.05 千克）。"

    def test_days_of_the_evidence_are_written_out(self) -> None:
        found = Found("scale.expired", {"scale": "SC-1", "verified_until": "2026-03-01"})
        assert "2026年3月1日" in words.finding_sentence(found)

    def test_a_surplus_is_a_positive_figure(self) -> None:
        assert "多 0.20 千克" in words.finding_sentence(
            Found("count.surplus", {"lot": "B1", "difference_g": -200})
        )

    @pytest.mark.parametrize("code", words._FINDINGS)
    def test_every_sentence_survives_without_evidence(self, code: str) -> None:
        assert words.finding_sentence(Found(code)).endswith("。")


@pytest.mark.usefixtures("chinese")
class TestFigures:
    def test_weights(self) -> None:
        assert words.kg(31_880) == "31.88"
        assert [words.content(g) for g in (50, 1000, 2500)] == ["50 克", "1 千克", "2.5 千克"]
        assert words.percent(449) == "44.9 %"

    def test_days_are_those_of_duyun(self) -> None:
        assert words.day(datetime(2026, 4, 5, 20, tzinfo=UTC)) == "2026年4月6日"
        assert words.day(date(2026, 4, 6), year=False) == "4月6日"
        assert words.moment(datetime(2026, 4, 6, 8, 10, tzinfo=UTC)) == "2026年4月6日 16:10"
        assert words.day(None) == ""

    @pytest.mark.parametrize(
        ("first", "last", "said"),
        [
            (date(2026, 3, 26), date(2026, 3, 26), "2026年3月26日"),
            (date(2026, 3, 26), date(2026, 3, 27), "2026年3月26日至27日"),
            (date(2026, 3, 26), date(2026, 4, 2), "2026年3月26日至4月2日"),
            (date(2026, 12, 30), date(2027, 1, 2), "2026年12月30日至2027年1月2日"),
        ],
    )
    def test_a_stretch_of_days_repeats_nothing(self, first: date, last: date, said: str) -> None:
        assert words.days(first, last) == said

    def test_dates_and_figures_stay_on_one_line(self) -> None:
        shown = words.unbroken("保质期至2028年4月5日，共 200 件 <b>")
        assert (
            shown
            == '保质期至<span class="nb">2028年4月5日</span>，共 <span class="nb">200 件</span> &lt;b&gt;'
        )


@pytest.mark.usefixtures("english")
class TestEnglish:
    def test_days(self) -> None:
        assert words.day(date(2026, 4, 6)) == "6 April 2026"
        assert words.days(date(2026, 3, 26), date(2026, 3, 27)) == "26–27 March 2026"
        assert words.days(date(2026, 3, 26), date(2026, 4, 2)) == "26 March–2 April 2026"
        assert words.moment(datetime(2026, 4, 6, 8, 10, tzinfo=UTC)) == "6 April 2026, 16:10"

    def test_the_profile_has_its_own_english(self) -> None:
        assert words.word(Grade.SPECIAL) == "Special grade"
        assert words.county("522701") == "Duyun"
        assert words.parameter("moisture") == "Moisture"


def test_one_is_one_and_two_are_two(english: None) -> None:
    assert [counted("%(n)s 件", n) for n in (0, 1, 2, 1200, -3)] == [
        "0 packs", "1 pack", "2 packs", "1,200 packs", "−3 packs",
    ]  # fmt: skip


def test_chinese_counts_in_one_form(chinese: None) -> None:
    assert [counted("%(n)s 件", n) for n in (1, 2)] == ["1 件", "2 件"]


def test_a_constant_is_said_in_the_language_of_the_reader_not_of_whoever_came_first(wording: Flask) -> None:
    with wording.test_request_context(headers={"Accept-Language": "zh"}):
        page = wording.jinja_env.from_string("{{ '522700'|bureau }}")
        assert page.render() == "黔南布依族苗族自治州市场监督管理局"
    with wording.test_request_context(headers={"Accept-Language": "en"}):
        assert page.render() == words.bureau("522700") != "黔南布依族苗族自治州市场监督管理局"
