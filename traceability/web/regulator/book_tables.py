"""The tables of a book: the same for the page, the workbook and the PDF."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from traceability.domain.balance import shown_ratio
from traceability.domain.books import LOSSES, Marks
from traceability.domain.marks import MarkAction, MarkState
from traceability.formats.tables import Field, Kind, Table, Value
from traceability.services.books import BatchSums, LotBook, Row
from traceability.web import words
from traceability.web.enterprise.papers.making import KG, PACKS, PIECES, field

ENDED = (MarkState.VOID, MarkState.RETURNED, MarkState.LOST, MarkState.LAPSED, MarkState.RETIRED)


@dataclass(frozen=True)
class Sheet:
    """A table, where each of its rows leads, and whether its last row is the sum of the others."""

    table: Table
    links: tuple[str | None, ...] = ()
    summed: bool = False

    @property
    def rows(self) -> list[tuple[str | None, Sequence[Value]]]:
        """Each row with where it leads."""
        told = list(self.table.rows)
        return list(zip((*self.links, *[None] * (len(told) - len(self.links))), told, strict=True))


def sheets(first: str, rows: Sequence[Row], links: Sequence[str | None], total: Row | None) -> list[Sheet]:
    """The four tables of a book, a row each and one for all of them; `first` says what a row is."""
    every = [*rows, *([total] if total else [])]
    made = (_tea(first, every, total), _yield(first, every, total), _lost(first, every, total))
    return [Sheet(table, tuple(links), total is not None) for table in (*made, _marks(first, every, total))]


def _named(row: Row, total: Row | None) -> str:
    if row is total:
        return _("合计")
    return row.name or words.county(row.key)


def _kg(title: str) -> Field:
    return field(title, Kind.KG, KG)


def _pieces(title: str) -> Field:
    return field(title, Kind.COUNT, PIECES)


def _ratio(leaf_g: int, made_g: int) -> Decimal | None:
    """Leaf per made tea; nothing where nothing was made."""
    return shown_ratio(leaf_g, made_g) if made_g > 0 else None


def _tea(first: str, rows: Iterable[Row], total: Row | None) -> Table:
    """Whether a row closes stands beside its name, where it is seen without scrolling."""
    fields = (
        field(first), _kg(_("不平")), _kg(_("账实差异")), _kg(_("期初")), _kg(_("收青")), _kg(_("退货")),
        _kg(_("转入")), _kg(_("售出")), _kg(_("销毁")), _kg(_("转出")), _kg(_("损耗")), _kg(_("期末")),
    )  # fmt: skip
    return Table(
        _("茶账"),
        fields,
        [
            (_named(row, total), tea.gap_g, tea.difference_g, tea.opening_g, tea.leaf_g, tea.returned_g, tea.in_g,
             tea.sold_g, tea.destroyed_g, tea.out_g, tea.loss_g, tea.closing_g)
            for row in rows for tea in [row.tea]
        ],
    )  # fmt: skip


def _yield(first: str, rows: Iterable[Row], total: Row | None) -> Table:
    fields = (
        field(first), _kg(_("加工用鲜叶")), _kg(_("制成毛茶")), field(_("鲜干比"), Kind.DECIMAL), _kg(_("包装")),
        field(_("包装"), Kind.COUNT, PACKS), _kg(_("用标重量")), _kg(_("盘点差异")), _kg(_("在途缺量")),
    )  # fmt: skip
    return Table(
        _("加工、包装与用标重量"),
        fields,
        [
            (_named(row, total), tea.leaf_used_g, tea.made_g, _ratio(tea.leaf_used_g, tea.made_g), tea.packed_g,
             tea.packs, row.marks.marked_g, tea.counted_g, tea.short_g)
            for row in rows for tea in [row.tea]
        ],
    )  # fmt: skip


def _lost(first: str, rows: Iterable[Row], total: Row | None) -> Table:
    fields = (field(first), *(_kg(words.word(one)) for one in LOSSES), _kg(_("合计")))
    return Table(
        _("损耗的去处"),
        fields,
        [
            (_named(row, total), *(row.tea.lost_g.get(one, 0) for one in LOSSES), row.tea.loss_g)
            for row in rows
        ],
    )


def _marks(first: str, rows: Iterable[Row], total: Row | None) -> Table:
    done = (MarkAction.ISSUE, MarkAction.APPLY)
    fields = (
        field(first), _pieces(_("期初（全部）")), *(_pieces(words.word(one)) for one in done),
        _pieces(_("期末未使用")), _pieces(words.word(MarkState.APPLIED)),
        *(_pieces(words.word(one)) for one in ENDED), _pieces(_("不平")),
    )  # fmt: skip
    return Table(_("标志账"), fields, [(_named(row, total), *_mark_cells(row.marks)) for row in rows])


def _mark_cells(marks: Marks) -> tuple[int, ...]:
    at = marks.closing
    return (
        sum(marks.opening.values()), marks.done.get("issue", 0), marks.done.get("apply", 0),
        at.get("on_hand", 0) + at.get("printed", 0), at.get("applied", 0),
        *(at.get(one.value, 0) for one in ENDED), marks.gap,
    )  # fmt: skip


def batch_sheet(batches: Sequence[BatchSums], links: Sequence[str | None]) -> Sheet:
    """A firm's batches of the season."""
    fields = (
        field(_("批次")), field(_("等级")), _kg(_("折合鲜叶")), _kg(_("投入毛茶")), _kg(_("筛末")), _kg(_("样品")),
        _kg(_("包装")), field(_("包装"), Kind.COUNT, PACKS), _kg(_("包装损耗")), _kg(_("其他支出")), _kg(_("在库")),
        _pieces(_("发放标志")), _pieces(_("贴标")), _kg(_("用标重量")),
    )  # fmt: skip
    rows = [
        (one.no, words.word(one.grade) if one.grade else "", one.leaf_g, one.made_g, one.fines_g, one.samples_g,
         one.packed_g, one.packs, one.lost_g, one.away_g, one.closing_g, one.issued, one.applied, one.marked_g)
        for one in batches
    ]  # fmt: skip
    return Sheet(Table(_("批次"), fields, rows), tuple(links))


def entry_sheet(found: LotBook) -> Sheet:
    """Every entry on a lot, and what is on hand after each."""
    fields = (
        field(_("发生时间"), Kind.MOMENT), field(_("事项")), field(_("编号")), field(_("科目")), field(_("存放方")),
        _kg(_("重量")), field(_("件数"), Kind.COUNT, PACKS), _kg(_("在库合计")), field(_("登记时间"), Kind.MOMENT),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    held = 0
    for one in found.entries:
        held += one.grams if one.account == "held" else 0
        what = (
            words.word(one.kind, "event")
            if not one.amends
            else _("更正：%(what)s", what=words.word(one.kind, "event"))
        )
        rows.append((one.happened_at, what, one.no, words.word(one.account, "account"), one.holder, one.grams,
                     one.packs or None, held, one.recorded_at))  # fmt: skip
    return Sheet(Table(_("分录"), fields, rows))
