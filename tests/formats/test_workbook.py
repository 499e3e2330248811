"""The season's workbook: what is taken, and what every other file and cell is told."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from tests.workbooks import as_csv, headings, sheet, workbook
from traceability.domain.errors import Refusal
from traceability.domain.profile import Grade, LeafGrade
from traceability.formats.workbook import LARGEST, SHEETS, Book, guarding, read, reading, template
from traceability.formats.workbook import errors as refusals
from traceability.formats.workbook.cells import read_cell
from traceability.formats.workbook.sheets import GRADES, KINDS_OF_GROWER, LEAF_GRADES

GROWER = ["G-1", "农户", "甲", "522701110"]
RECEIPT = [
    "S-1", datetime(2026, 3, 26, 18, 5), "LSK-07", "SC-1", 23.05, 0.6, "一芽一叶初展", "C-1", date(2026, 3, 26), None,
]  # fmt: skip


def told(book: Book) -> list[tuple[str, str, str]]:
    return [(one.place, one.value, one.refusal.code) for one in book.troubles]


def refused(content: bytes) -> Refusal:
    with pytest.raises(refusals.WorkbookRefused) as caught:
        read(content)
    return caught.value


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


class TestTemplate:
    def test_has_every_sheet_with_its_columns_and_is_read_back_as_empty(self) -> None:
        assert refused(template()).code == "workbook.empty"

    def test_has_drop_down_lists_notes_and_a_frozen_heading(self) -> None:
        files = unpacked(template())
        receipts = files["xl/worksheets/sheet5.xml"].decode()
        assert "一芽一叶初展" in receipts
        assert "dataValidation" in receipts
        assert 'state="frozen"' in receipts
        assert any("comments" in name for name in files)

    def test_tells_an_example_of_every_column_that_has_one_in_the_guide(self) -> None:
        texts = unpacked(template())["xl/sharedStrings.xml"].decode()
        assert [
            one.example for page in SHEETS for one in page.columns if one.example and one.example not in texts
        ] == []

    def test_its_examples_can_be_read_by_its_own_columns(self) -> None:
        for page in SHEETS:
            for column in page.columns:
                if column.example:
                    assert read_cell(column.example, column) is not None

    def test_its_lists_are_the_profiles_names(self) -> None:
        from tests.world import profile  # the profile is the authority

        assert {profile().leaf_rule(one).zh: one for one in LeafGrade} == LEAF_GRADES
        assert {profile().grade_rule(one).zh: one for one in Grade} == GRADES
        assert set(KINDS_OF_GROWER.values()) == {"household", "cooperative", "enterprise"}


class TestRows:
    def test_a_row_becomes_values_of_the_domain(self) -> None:
        book = read(workbook(receipts=[RECEIPT]))
        assert book.troubles == ()
        (table,) = book.tables
        assert table.rows[0].number == 2
        assert dict(table.rows[0].values) == {
            "no": "S-1", "at": datetime(2026, 3, 26, 10, 5, tzinfo=UTC), "plot": "LSK-07", "scale": "SC-1",
            "gross": 23_050, "tare": 600, "leaf_grade": LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
            "certificate_no": "C-1", "plucked_on": date(2026, 3, 26), "confirmed": None,
        }  # fmt: skip

    def test_sheets_come_in_the_order_they_are_recorded_in(self) -> None:
        book = read(workbook(receipts=[RECEIPT], growers=[GROWER]))
        assert [one.sheet.key for one in book.tables] == ["growers", "receipts"]

    def test_blank_rows_between_and_after_are_passed_over(self) -> None:
        blank: list[Any] = ["", "  ", None, None]
        book = read(workbook(growers=[GROWER, blank, ["G-2", *GROWER[1:]], *[blank] * 200]))
        assert [one.number for one in book.tables[0].rows] == [2, 4]
        assert book.troubles == ()

    def test_columns_may_stand_in_any_order_and_under_their_keys(self) -> None:
        content = "name,township,no,kind\n甲,522701110,G-1,household\n".encode()
        assert dict(read(content).tables[0].rows[0].values) == {
            "no": "G-1", "kind": "household", "name": "甲", "township": "522701110",
        }  # fmt: skip

    def test_what_people_keep_for_themselves_is_left_alone(self) -> None:
        out = BytesIO()
        with Workbook(out) as book:
            page = book.add_worksheet("茶农")
            page.write_row(0, 0, [*headings("growers"), "#电话", "备注"])
            page.write_row(1, 0, [*GROWER, "139", "老熟人"])
            book.add_worksheet("#草稿").write(0, 0, "随便")
        assert told(read(out.getvalue())) == []

    def test_every_bad_cell_is_told_not_only_the_first(self) -> None:
        bad = list(RECEIPT)
        bad[0], bad[1], bad[4], bad[6] = "S-2", "4月5日 18:05", "很多", "老叶"
        book = read(workbook(receipts=[RECEIPT, bad]))
        assert told(book) == [
            ("鲜叶收青!B3", "4月5日 18:05", "workbook.day_without_year"),
            ("鲜叶收青!E3", "很多", "weight.unreadable"),
            ("鲜叶收青!G3", "老叶", "workbook.cell_choice_unknown"),
        ]
        assert (len(book.tables[0].rows), book.tables[0].wrong) == (1, 1)

    def test_a_number_given_twice_is_told_with_its_first_row(self) -> None:
        book = read(workbook(growers=[GROWER, ["G-2", *GROWER[1:]], GROWER]))
        assert told(book) == [("茶农!A4", "G-1", "workbook.row_twice")]
        assert book.troubles[0].refusal.facts["row"] == 2


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("at", "2026-04-05 18:05", datetime(2026, 4, 5, 10, 5, tzinfo=UTC)),
        ("at", "２０２６/4/5　18:05", datetime(2026, 4, 5, 10, 5, tzinfo=UTC)),
        ("plucked_on", "2026/4/5", date(2026, 4, 5)),
        ("plucked_on", "2026年4月5日", date(2026, 4, 5)),
        ("plucked_on", datetime(2026, 4, 5, 0, 0), date(2026, 4, 5)),
        ("gross", 31.2, 31_200),
        ("gross", 0.1 + 0.2, 300),
        ("gross", "３１．２", 31_200),
        ("gross", "62.4斤", 31_200),
        ("gross", True, Refusal),
        ("tare", 0.0, 0),
        ("tare", None, None),
        ("scale", 17.0, "17"),
        ("no", 522701110001.0, "522701110001"),
        ("confirmed", True, True),
        ("leaf_grade", " 一芽一叶 ", LeafGrade.ONE_BUD_ONE_LEAF),
        ("leaf_grade", "single_bud", LeafGrade.SINGLE_BUD),
    ],
)
def test_cells_are_read_as_people_write_them(column: str, cell: Any, value: object) -> None:
    if value is Refusal:
        with pytest.raises(Refusal):
            read_cell(cell, sheet("receipts").column(column))
    else:
        assert read_cell(cell, sheet("receipts").column(column)) == value


@pytest.mark.parametrize(
    ("page", "column", "cell", "code"),
    [
        ("receipts", "at", "2026-04-05", "workbook.day_without_time"),
        ("receipts", "at", date(2026, 4, 5), "workbook.day_without_time"),
        ("receipts", "at", "昨天", "moment.unreadable"),
        ("receipts", "plucked_on", "4月5日", "workbook.day_without_year"),
        ("receipts", "plucked_on", "4/5", "workbook.day_without_year"),
        ("receipts", "plucked_on", 46117.0, "day.unreadable"),
        ("receipts", "gross", "#VALUE!", "workbook.cell_formula_failed"),
        ("receipts", "gross", -3.0, "weight.not_positive"),
        ("receipts", "gross", 0.0, "weight.not_positive"),
        ("receipts", "gross", 31.20004, "weight.too_fine"),
        ("receipts", "gross", "", "workbook.cell_missing"),
        ("receipts", "no", "x" * 400, "text.too_long"),
        ("plots", "area_mu", "12.345", "number.unreadable"),
        ("plots", "altitude_m", 14.5, "number.unreadable"),
        ("processing", "inputs", "S-1、S-1", "workbook.list_unreadable"),
        ("processing", "inputs", "S-1 2 3", "workbook.list_unreadable"),
        ("processing", "inputs", "、", "workbook.list_unreadable"),
    ],
)
def test_cells_that_cannot_be_read_say_what_to_do(page: str, column: str, cell: Any, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_cell(cell, sheet(page).column(column))
    assert caught.value.code == code


def test_inputs_are_lots_with_or_without_a_weight() -> None:
    inputs = sheet("processing").column("inputs")
    assert read_cell("S-1、S-2 22.45；S-3 3斤", inputs) == (("S-1", None), ("S-2", 22_450), ("S-3", 1_500))
    assert read_cell("S-1\nS-2", inputs) == (("S-1", None), ("S-2", None))


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_comma_separated_text_finds_its_sheet_by_its_columns(self, encoding: str) -> None:
        lines = [["P-1", "G-1", "522701110", "螺蛳壳", "12.0", "", ""]]
        book = read(as_csv("plots", lines, encoding))
        assert book.tables[0].sheet.key == "plots"
        assert book.tables[0].rows[0].values["area_mu"] == Decimal("12.0")
        assert book.troubles == ()

    def test_tabs_and_semicolons_separate_as_well(self) -> None:
        for mark in "\t;":
            content = as_csv("growers", [GROWER]).decode().replace(",", mark).encode()
            assert read(content).rows == 1

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "workbook.table_unknown"),
            (b"a,b\n1,2\n", "workbook.table_unknown"),
            (b"\xff\xfe\x00", "workbook.text_unreadable"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "workbook.text_unreadable"),
            (("茶农编号,类型,姓名或名称,乡镇代码\n" + "x" * 50_000).encode(), "workbook.text_unreadable"),
            ('茶农编号*,类型*,姓名或名称*,乡镇代码*\n"G-1,农户'.encode(), "workbook.text_unreadable"),
        ],
    )
    def test_what_is_no_table_says_so(self, content: bytes, code: str) -> None:
        assert refused(content).code == code


class TestSheets:
    def test_a_strange_sheet_is_told_with_the_names_there_are(self) -> None:
        out = BytesIO()
        with Workbook(out) as book:
            book.add_worksheet("收青单").write_row(0, 0, headings("receipts"))
        told_of = read(out.getvalue()).troubles
        assert [(one.place, one.refusal.code) for one in told_of] == [("收青单", "workbook.sheet_unknown")]
        assert "鲜叶收青" in told_of[0].refusal.facts["sheets"]  # type: ignore[operator]

    def test_missing_strange_and_double_columns_are_told(self) -> None:
        out = BytesIO()
        with Workbook(out) as book:
            page = book.add_worksheet("茶农")
            page.write_row(0, 0, ["茶农编号", "类型", "姓名", "茶农编号"])
            page.write_row(1, 0, GROWER)
        assert told(read(out.getvalue())) == [
            ("茶农!C1", "姓名", "workbook.column_unknown"),
            ("茶农!D1", "茶农编号", "workbook.column_twice"),
            ("茶农!A1", "", "workbook.column_missing"),
            ("茶农!A1", "", "workbook.column_missing"),
        ]

    def test_merged_cells_are_told(self) -> None:
        out = BytesIO()
        with Workbook(out) as book:
            page = book.add_worksheet("茶农")
            page.write_row(0, 0, headings("growers"))
            page.write_row(1, 0, GROWER)
            page.write_row(2, 0, ["G-2", *GROWER[1:]])
            page.merge_range("B2:B3", "农户")
        assert ("茶农!B2", "B2:B3", "workbook.cells_merged") in told(read(out.getvalue()))

    def test_a_formula_counts_as_the_value_it_was_saved_with(self) -> None:
        for value, expected in ((23.05, []), ("", [("鲜叶收青!E2", "", "workbook.cell_missing")])):
            out = BytesIO()
            with Workbook(out) as book:
                page = book.add_worksheet("鲜叶收青")
                page.write_row(0, 0, headings("receipts"))
                page.write_row(1, 0, [*RECEIPT[:1], "2026-03-26 18:05", *RECEIPT[2:8]])
                page.write_formula(1, 4, "=20+3.05", None, value)
            assert told(read(out.getvalue())) == expected


class TestFiles:
    def test_a_file_of_three_hundred_megabytes_is_refused_unread(self) -> None:
        error = refused(b"PK" + bytes(LARGEST))
        assert (error.code, error.facts["largest"]) == ("workbook.too_large", LARGEST)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (
                bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
                "workbook.encrypted",
            ),
            (bytes.fromhex("d0cf11e0a1b11ae1") + b"Workbook", "workbook.old_format"),
            (b"PK\x03\x04 and nothing else", "workbook.unreadable"),
            (packed({"content.xml": b"<a/>"}), "workbook.old_format"),
            (packed({"word/document.xml": b"<a/>"}), "workbook.unreadable"),
            (packed({"xl/workbook.xml": b"<a"}), "workbook.unreadable"),
        ],
    )
    def test_what_is_no_workbook_is_told_what_it_is(self, content: bytes, code: str) -> None:
        assert refused(content).code == code

    @pytest.fixture
    def little_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(guarding, "LARGEST_UNPACKED", 2_000_000)

    @pytest.mark.usefixtures("little_room")
    def test_a_bomb_is_counted_not_believed(self) -> None:
        files = unpacked(workbook(growers=[GROWER]))
        bomb = packed({**files, "xl/media/x.bin": bytes(3_000_000)})
        assert len(bomb) < 30_000
        assert refused(bomb).code == "workbook.swollen"

    @pytest.mark.usefixtures("little_room")
    def test_a_bomb_that_lies_about_its_size_is_counted_too(self) -> None:
        files = unpacked(workbook(growers=[GROWER]))
        bomb = bytearray(packed({**files, "xl/media/x.bin": bytes(3_000_000)}))
        size = (3_000_000).to_bytes(4, "little")
        bomb = bytearray(bytes(bomb).replace(size, (1_000).to_bytes(4, "little")))
        assert refused(bytes(bomb)).code == "workbook.swollen"

    @pytest.mark.usefixtures("little_room")
    def test_many_parts_over_the_same_bytes_are_counted_each(self) -> None:
        lines = "".join(f"<v>{n}</v>" for n in range(100)).encode() * 300
        once = packed({**unpacked(workbook(growers=[GROWER])), "xl/a.bin": lines})
        files = {f"xl/{n}.bin": lines for n in range(9)}
        assert refused(packed({**unpacked(workbook(growers=[GROWER])), **files})).code == "workbook.swollen"
        assert read(once).rows == 1

    @pytest.mark.parametrize("far", ["XFD1048576", "A999999", "ZZ3", "BA2"])
    def test_a_cell_far_out_is_refused_before_room_is_made_for_it(self, far: str) -> None:
        files = unpacked(workbook(growers=[GROWER]))
        name = "xl/worksheets/sheet1.xml"
        row = f'<row r="9"><c r="{far}" t="n"><v>1</v></c></row></sheetData>'.encode()
        files[name] = files[name].replace(b"</sheetData>", row)
        assert (error := refused(packed(files))).code == "workbook.cell_far_out"
        assert error.facts["cell"] == far

    def test_too_many_rows_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_ROWS", 3)
        assert (
            refused(workbook(growers=[[f"G-{n}", *GROWER[1:]] for n in range(5)])).code
            == "workbook.too_many_rows"
        )

    def test_progress_is_told_in_rows(self) -> None:
        heard: list[tuple[int, int]] = []
        read(
            workbook(growers=[[f"G-{n}", *GROWER[1:]] for n in range(2_500)]),
            lambda done, of: heard.append((done, of)),
        )
        assert heard == [(1_000, 2_501), (2_000, 2_501)]
