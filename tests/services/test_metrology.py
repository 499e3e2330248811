"""Scales with their verifications, lists brought in whole or not at all, leaf weighed on an unverified scale."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from xlsxwriter import Workbook

from tests.world import World
from traceability.domain import errors
from traceability.formats.workbook import Book, WorkbookRefused
from traceability.formats.workbook.verifications import read_verifications
from traceability.services import metrology, people

HEAD = "统一社会信用代码,秤号,检定日期,有效期至,证书编号,检定机构"
OURS, OTHERS = "91522701MAXTEA015P", "91522702MAXTEA020P"


def csv(*lines: str) -> Book:
    return read_verifications("\n".join([HEAD, *lines]).encode())


def bring(world: World, book: Book, **more: Any) -> int:
    return world.do(metrology.bring_in_list, **({"by": world.county, "book": book} | more))


def tried(world: World, book: Book, **more: Any) -> metrology.ListOutcome:
    return world.see(metrology.try_list, **({"by": world.county, "book": book} | more))


def known(world: World, **more: Any) -> dict[str, list[date]]:
    found = world.see(metrology.scales, **({"by": world.county} | more))
    return {one.no: [v.verified_until for v in one.verifications] for one in found}


class TestRegister:
    def test_a_new_verification_is_added_and_the_old_one_stays(self, world: World) -> None:
        days = {"verified_on": date(2026, 3, 1), "verified_until": date(2027, 2, 28)}
        world.do(people.register_scale, no=f"SC-{world.firm.id}", **days)
        assert known(world) == {f"SC-{world.firm.id}": [date(2027, 2, 28), date(2026, 11, 30)]}

    def test_each_office_sees_its_own(self, small_world: World) -> None:
        assert set(known(small_world, by=small_world.other_county)) == {f"SC-{small_world.other.id}"}
        assert len(known(small_world, by=small_world.prefecture)) == 2
        with small_world.refusal(errors.NotAllowed):
            known(small_world, by=small_world.firm.manager)


class TestUnverified:
    def listed(self, world: World, **more: Any) -> list[tuple[str, int]]:
        asked = {"by": world.county, "since": date(2026, 1, 1), "until": date(2026, 12, 31)} | more
        return [(one.scale, one.net_g) for one in world.see(metrology.unverified_receipts, **asked)]

    def test_leaf_of_a_day_no_verification_covers_is_listed(self, world: World) -> None:
        world.received(kg=10)
        assert self.listed(world) == []
        for moment in ("2026-11-30T23:30", "2026-12-01T00:30"):
            world.at(moment)
            world.received(kg=11, certificate_no="C-2")
        scale = f"SC-{world.firm.id}"
        assert self.listed(world) == [(scale, 11_000)]
        assert self.listed(world, by=world.other_county) == []
        assert self.listed(world, until=date(2026, 11, 30)) == []
        assert bring(world, csv(f"{OURS},{scale},2026-11-30,2027-11-29,,")) == 1
        assert self.listed(world) == []

    def test_a_scale_verified_earlier_counts_for_its_days_after_a_new_one(self, world: World) -> None:
        world.received(kg=10)
        bring(world, csv(f"{OURS},SC-{world.firm.id},2026-03-26,2027-03-25,,"))
        assert self.listed(world) == []


class TestLists:
    def test_rows_are_new_known_or_of_new_scales(self, world: World) -> None:
        scale = f"SC-{world.firm.id}"
        book = csv(
            f"{OURS},{scale},2026-03-01,2027-02-28,QN-1,黔南州计量检测中心",
            f"{OURS},{scale},2025-12-01,2026-11-30,,",
            f"{OURS},新-1,2026-03-02,2027-03-01,,",
        )
        found = tried(world, book)
        assert (found.new, found.same, found.scales, found.fine) == (2, 1, 1, True)
        assert len(known(world)) == 1
        assert bring(world, book) == 2
        assert known(world) == {
            scale: [date(2027, 2, 28), date(2026, 11, 30)], "新-1": [date(2027, 3, 1)]
        }  # fmt: skip
        assert bring(world, book) == 0
        assert world.see(people.scales)[0].verified_until == date(2027, 2, 28)

    def test_an_older_verification_does_not_replace_the_latest(self, world: World) -> None:
        bring(world, csv(f"{OURS},SC-{world.firm.id},2024-12-01,2025-11-30,,"))
        assert world.see(people.scales)[0].verified_until == date(2026, 11, 30)

    def test_every_bad_row_is_named_and_nothing_is_written(self, world: World) -> None:
        scale = f"SC-{world.firm.id}"
        book = csv(
            f"{OURS},{scale},2026-03-01,2027-02-28,,",
            f"{OTHERS},SC-2,2026-03-01,2027-02-28,,",
            f"{OURS},{scale},三月,2027-02-28,,",
            f"{OURS},,2026-03-01,2027-02-28,,",
            f"{OURS},{scale},2026-03-02,2028-02-28,,",
            f"{OURS},{scale},2026-04-01,2027-02-28,,",
            f"{OURS},{scale},2025-12-01,2026-10-31,,",
        )
        troubles = tried(world, book).troubles
        assert [(one.cell, one.refusal.code) for one in troubles] == [
            ("A3", "not_found"),
            ("C4", "day.unreadable"),
            ("B5", "workbook.cell_missing"),
            ("D6", "choice.unknown"),
            ("C7", "time.future"),
            ("D8", "workbook.row_differs"),
        ]
        with world.refusal(errors.ListWrong, rows=6):
            bring(world, book)

    def test_the_prefecture_brings_in_all_counties_and_a_firm_none(self, world: World) -> None:
        book = csv(f"{OTHERS},SC-9,2026-03-01,2027-02-28,,")
        with world.refusal(errors.NotAllowed):
            bring(world, book, by=world.firm.manager)
        with world.refusal(errors.NotAllowed):
            tried(world, book, by=world.observer)
        assert bring(world, book, by=world.prefecture) == 1

    def test_a_workbook_reads_as_the_text_does(self, small_world: World) -> None:
        file = BytesIO()
        with Workbook(file) as made:
            sheet = made.add_worksheet("2026 年检定")
            day = made.add_format({"num_format": "yyyy-mm-dd"})
            sheet.write_row(0, 0, HEAD.split(","))
            sheet.write_row(1, 0, [OURS, "新-1"])
            sheet.write_datetime(1, 2, date(2026, 3, 1), day)
            sheet.write_string(1, 3, "2027年2月28日")
        assert bring(small_world, read_verifications(file.getvalue())) == 1
        assert known(small_world)["新-1"] == [date(2027, 2, 28)]

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"\xff\xfe\x00", HEAD.encode()])
    def test_what_is_no_list_is_refused(self, content: bytes) -> None:
        with pytest.raises(WorkbookRefused):
            read_verifications(content)

    def test_two_rows_of_one_verification_are_told(self, small_world: World) -> None:
        line = f"{OURS},新-1,2026-03-01,2027-02-28,,"
        [trouble] = tried(small_world, csv(line, line)).troubles
        assert trouble.refusal.code == "workbook.row_twice"
