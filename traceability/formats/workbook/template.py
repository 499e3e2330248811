"""The workbook to fill in: a sheet for each stage, with drop-down lists, notes and a frozen heading."""

from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from traceability.formats.workbook.opening import GUIDE
from traceability.formats.workbook.sheets import SHEETS
from traceability.formats.workbook.values import Column, Kind, Sheet

#: Rows below the heading that have the drop-down lists and the format of their column.
PREPARED = 60_000
_WIDTHS = {Kind.MOMENT: 19, Kind.DAY: 13, Kind.LOTS: 36, Kind.NAMES: 24, Kind.SERIALS: 28}
_HOW = {
    Kind.TEXT: "文字",
    Kind.WEIGHT: "重量",
    Kind.WEIGHT_OR_ZERO: "重量",
    Kind.AREA: "数字",
    Kind.PERCENT: "数字",
    Kind.WHOLE: "整数",
    Kind.DAY: "日期",
    Kind.MOMENT: "日期和时间",
    Kind.CHOICE: "下拉选择",
    Kind.LOTS: "号码，可以多个",
    Kind.NAMES: "号码，可以多个",
    Kind.SERIALS: "标志号码",
}
_NUMBERS = {
    Kind.DAY: "yyyy-mm-dd",
    Kind.MOMENT: "yyyy-mm-dd hh:mm",
    Kind.TEXT: "@",
    Kind.LOTS: "@",
    Kind.NAMES: "@",
    Kind.SERIALS: "@",
}
_GREEN, _PALE = "#1F5C45", "#EAF1EC"

GUIDE_LINES = (
    "一个茶季一份，可以一次次上传：已经登记过、内容相同的行会跳过，内容不同的会指出来，新的才登记。",
    "先试录：逐格检查并告诉您会登记多少，什么也不写入；确认以后才登记。有一处不对，就整份都不登记。",
    "表名和第一行的列名请不要改。带 * 的列必填。不用的表可以空着，也可以删掉。",
    "自用的列或表，名称以“#”或“备注”开头，系统就不会读它。",
    "请不要合并单元格。用公式算出的格子，按保存时显示的值读取。",
    "日期写 2026-03-26，时间写 2026-03-26 18:05。重量默认千克，也可以写“62.4斤”。",
)


def template() -> bytes:
    """The bytes of an XLSX file; the same for everybody."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "constant_memory": False})
    looks = _looks(book)
    _guide(book, looks)
    for one in SHEETS:
        _sheet(book, one, looks)
    book.close()
    return out.getvalue()


def _looks(book: Workbook) -> dict[str, Any]:
    font = {"font_name": "等线", "font_size": 11}
    return {
        "title": book.add_format({**font, "bold": True, "font_size": 16, "font_color": _GREEN}),
        "head": book.add_format(
            {
                **font,
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": _GREEN,
                "valign": "vcenter",
                "border": 1,
            }
        ),
        "optional": book.add_format(
            {**font, "bold": True, "font_color": _GREEN, "bg_color": _PALE, "valign": "vcenter", "border": 1}
        ),
        "text": book.add_format({**font, "text_wrap": True, "valign": "top"}),
        "plain": book.add_format(font),
        **{kind: book.add_format({**font, "num_format": how}) for kind, how in _NUMBERS.items()},
    }


def _guide(book: Workbook, looks: dict[str, Any]) -> None:
    """How to fill it in, and an example of every column: here, because an example among the rows would be read."""
    page = book.add_worksheet(GUIDE)
    page.hide_gridlines(2)
    for n, width in enumerate((14, 20, 14, 16, 44, 32)):
        page.set_column(n, n, width, looks["text"])
    page.write(0, 0, "都匀毛尖茶 茶季工作簿", looks["title"])
    for n, line in enumerate(GUIDE_LINES, start=2):
        page.write(n, 0, f"{n - 1}. {line}", looks["plain"])
    start = len(GUIDE_LINES) + 3
    for n, title in enumerate(("表", "列", "必填", "填什么", "说明", "例子")):
        page.write(start, n, title, looks["head"])
    lines = [(sheet, column) for sheet in SHEETS for column in sheet.columns]
    for n, (sheet, column) in enumerate(lines, start=start + 1):
        told = (
            sheet.title,
            column.heading,
            "是" if column.required else "",
            _HOW[column.kind],
            _says(column),
        )
        for m, text in enumerate((*told, column.example)):
            page.write_string(n, m, text, looks["text"])


def _says(column: Column) -> str:
    return column.note or ("、".join(column.choices) if column.choices else "")


def _sheet(book: Workbook, sheet: Sheet, looks: dict[str, Any]) -> None:
    page = book.add_worksheet(sheet.title)
    page.freeze_panes(1, 1)
    page.set_row(0, 26)
    for n, column in enumerate(sheet.columns):
        width = _WIDTHS.get(column.kind, max(12, 2 * len(column.heading) + 2))
        page.set_column(n, n, width, looks.get(column.kind, looks["plain"]))
        page.write_string(0, n, column.heading, looks["head" if column.required else "optional"])
        page.write_comment(0, n, _comment(sheet, column, first=n == 0), {"x_scale": 1.6, "y_scale": 1.1})
        if column.choices:
            page.data_validation(1, n, PREPARED, n, _list(column))


def _comment(sheet: Sheet, column: Column, *, first: bool) -> str:
    """What is said when the pointer rests on a heading."""
    example = f"例如：{column.example}" if column.example else ""
    told = (sheet.note if first else "", _HOW[column.kind], _says(column), example)
    return "\n".join(one for one in told if one)


def _list(column: Column) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(column.choices),
        "ignore_blank": True,
        "error_title": column.title,
        "error_message": f"请从下拉列表里选：{'、'.join(column.choices)}",
    }
