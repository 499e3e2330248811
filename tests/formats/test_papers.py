"""Papers: drawn in our own font, headings on every page, nothing read from elsewhere; too long is refused."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pypdfium2
import pytest

from traceability.domain.errors import PaperTooLong
from traceability.formats import papers
from traceability.formats.papers import Paper, Words, draw, write_workbook
from traceability.formats.tables import Field, Kind, Table

AT = datetime(2026, 4, 6, 8, 10, tzinfo=UTC)


FIELDS = (Field("单号"), Field("净重（千克）", Kind.KG))


def paper(*rows: Sequence[Any], fields: Sequence[Field] = FIELDS, **more: Any) -> Paper:
    default: dict[str, Any] = {
        "title": "收青台账", "facts": (("企业", "都匀示例茶业有限公司"),),
        "tables": (Table("收青", tuple(fields), rows),),
        "words": Words("zh", "第 {page} / {pages} 页", "没有记录"), "foot": "都匀示例 · 2026年4月6日 制表",
        "at": AT, "facts_title": "概况", "facts_fields": ("项目", "内容"),
    }  # fmt: skip
    return Paper(**(default | more))


def pages(content: bytes) -> list[str]:
    """What stands on each page."""
    with pypdfium2.PdfDocument(content) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


def test_a_paper_says_what_it_was_given() -> None:
    [page] = pages(draw(paper(("R1", 31005), ("R2", None))))
    for said in ("收青台账", "都匀示例茶业有限公司", "R1", "31.005", "净重（千克）", "第 1 / 1 页", "制表"):
        assert said in page


def test_headings_and_page_numbers_stand_on_every_page() -> None:
    found = pages(draw(paper(*((f"R{n}", 1000) for n in range(120)))))
    assert len(found) > 2
    for n, page in enumerate(found, 1):
        assert "净重（千克）" in page
        assert f"第 {n} / {len(found)} 页" in page
        assert "都匀示例 · 2026年4月6日 制表" in page


def test_every_font_of_a_paper_is_ours_and_in_it() -> None:
    with pikepdf.open(io.BytesIO(draw(paper(("R1", 1))))) as pdf:
        fonts = [str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values()]
    assert fonts
    assert all("Noto-Sans-SC" in font for font in fonts)


def test_the_same_paper_is_the_same_bytes() -> None:
    assert draw(paper(("R1", 1))) == draw(paper(("R1", 1)))


def test_texts_are_texts_and_read_nothing() -> None:
    evil = '<img src="file:///etc/passwd"><style>@import url(http://x)</style>'
    [page] = pages(draw(paper((evil, 1), facts=(("名称", evil),), foot=evil, title=evil)))
    assert "passwd" in page


def test_wide_tables_lie_on_their_side() -> None:
    many = [Field(f"很宽的一列 {n}") for n in range(12)]
    with pypdfium2.PdfDocument(draw(paper(["不短的内容"] * 12, fields=many))) as pdf:
        assert pdf[0].get_width() > pdf[0].get_height()
    with pypdfium2.PdfDocument(draw(paper(("R1", 1)))) as pdf:
        assert pdf[0].get_width() < pdf[0].get_height()


def test_a_column_without_anything_is_left_out_and_an_empty_table_says_so() -> None:
    assert "净重" not in pages(draw(paper(("R1", None))))[0]
    assert "没有记录" in pages(draw(paper()))[0]


def test_a_paper_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_ROWS", 2)
    with pytest.raises(PaperTooLong) as caught:
        draw(paper(("R1", 1), ("R2", 1), ("R3", 1)))
    assert caught.value.facts == {"rows": 3, "limit": 2}


def test_a_workbook_has_the_facts_and_each_table() -> None:
    file = io.BytesIO()
    write_workbook(paper(("R1", 1)), file)
    assert file.getvalue().startswith(b"PK")
