"""Tables as files: numbers are numbers, texts are never formulas, long tables lose nothing."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from traceability.formats import tables
from traceability.formats.tables import Field, Kind, Table, Value, write_csv, write_xlsx

AT = datetime(2026, 4, 6, 8, 10, tzinfo=UTC)
FIELDS = (
    Field("单号"),
    Field("件数（件）", Kind.COUNT),
    Field("净重（千克）", Kind.KG),
    Field("面积（亩）", Kind.DECIMAL),
    Field("日期", Kind.DAY),
    Field("时间", Kind.MOMENT),
)
ROW: Sequence[Value] = ("R1", 1200, 31005, Decimal("12.50"), date(2026, 4, 6), AT)


def table(*rows: Sequence[Value], fields: tuple[Field, ...] = FIELDS) -> Table:
    return Table("收青记录", fields, rows)


def as_csv(made: Table) -> list[list[str]]:
    file = io.BytesIO()
    write_csv(made, file)
    content = file.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def as_xlsx(*made: Table) -> bytes:
    file = io.BytesIO()
    write_xlsx(made, file, title="收青记录", at=AT)
    return file.getvalue()


def sheet(content: bytes, n: int = 1) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read(f"xl/worksheets/sheet{n}.xml").decode()


def cells(content: bytes, n: int = 1) -> dict[str, tuple[str, str]]:
    """By its place: the type of a cell and what it says."""
    found = re.findall(r'<c r="([A-Z]+\d+)"([^>]*)>(.*?)</c>', sheet(content, n), re.S)
    return {
        place: ("s" if 't="inlineStr"' in kind else "n", re.sub(r"<[^>]+>", "", text)) for place, kind, text in found
    }  # fmt: skip


def test_csv_holds_the_numbers_as_numbers_and_times_as_in_duyun() -> None:
    head, row = as_csv(table(ROW))
    assert head == [one.title for one in FIELDS]
    assert row == ["R1", "1200", "31.005", "12.50", "2026-04-06", "2026-04-06 16:10"]


def test_a_workbook_holds_the_numbers_as_numbers() -> None:
    found = cells(as_xlsx(table(ROW)))
    assert found["A2"] == ("s", "R1")
    assert [found[f"{column}2"] for column in "BCD"] == [("n", "1200"), ("n", "31.005"), ("n", "12.50")]
    assert found["E2"] == ("n", "46118")
    assert found["F2"][0] == "n"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_would_be_calculated_stays_a_text(sign: str) -> None:
    evil = f'{sign}HYPERLINK("http://x";"y")'
    only = (Field("名称"),)
    [_, [said]] = as_csv(table([evil], fields=only))
    assert said == f"'{evil}"
    content = as_xlsx(table([evil], fields=only))
    assert cells(content)["A2"][0] == "s"
    assert "<f>" not in sheet(content)
    assert "hyperlink" not in sheet(content).lower().replace("hyperlink(&quot;", "").replace(
        'hyperlink("', ""
    )


def test_a_title_that_would_be_calculated_stays_a_text() -> None:
    head = as_csv(table(["x"], fields=(Field("=1+1"),)))[0]
    assert head == ["'=1+1"]


def test_a_negative_number_is_a_number() -> None:
    only = (Field("差额", Kind.COUNT), Field("净重", Kind.KG))
    assert as_csv(table([-5, -1500], fields=only))[1] == ["-5", "-1.500"]
    assert cells(as_xlsx(table([-5, -1500], fields=only)))["B2"] == ("n", "-1.5")


def test_what_is_not_known_is_left_empty_and_lines_stay_lines() -> None:
    only = (Field("批次"), Field("件数", Kind.COUNT))
    assert as_csv(table([("a", "b"), None], fields=only))[1] == ["a\nb", ""]
    assert cells(as_xlsx(table([("a", "b"), None], fields=only)))["A2"] == ("s", "a\nb")


def test_an_empty_table_still_has_its_headings() -> None:
    assert len(as_csv(table())) == 1
    assert cells(as_xlsx(table()))["A1"] == ("s", "单号")


def test_the_same_table_is_the_same_bytes() -> None:
    assert as_xlsx(table(ROW)) == as_xlsx(table(ROW))


def test_a_table_longer_than_a_worksheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET", 2)
    rows: list[list[Any]] = [[f"R{n}"] for n in range(5)]
    content = as_xlsx(table(*rows, fields=(Field("单号"),)))
    said = [one[1] for n in (1, 2, 3) for place, one in cells(content, n).items() if place != "A1"]
    assert said == ["R0", "R1", "R2", "R3", "R4"]


def test_names_of_worksheets_are_allowed_and_apart() -> None:
    taken: set[str] = set()
    assert tables.sheet_name("收青/加工: [2026]?", taken) == "收青 加工   2026"
    assert tables.sheet_name("收青/加工: [2026]?", taken) == "收青 加工   2026 2"
    assert len(tables.sheet_name("x" * 60, taken)) <= 31
    assert tables.sheet_name("***", taken) == "-"


def test_characters_a_workbook_cannot_hold_do_not_break_it() -> None:
    content = as_xlsx(table(["a\x00b\x0bc" + "长" * 40_000], fields=(Field("说明"),)))
    assert len(cells(content)["A2"][1]) > 32_000
