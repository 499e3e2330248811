"""The demo season: as much as was asked for, books that close, the worked example, and the same facts twice."""

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import pikepdf
import pytest
import sqlalchemy as sa
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_10

from tests.conftest import PostgresCluster
from tests.world import PROFILE
from traceability import demo
from traceability.demo import papers, tables
from traceability.domain.chain import LotKind
from traceability.domain.findings import OVER_THE_BOOKS
from traceability.domain.inspections import SampleState
from traceability.domain.marks import MarkState
from traceability.domain.people import Identity, PlotState, Role, Standing
from traceability.domain.profile import Grade, load
from traceability.domain.scans import Verdict
from traceability.domain.units import local_day
from traceability.services import chain, complaints, inspections, lookup, marks, oversight, people, recalls
from traceability.services.log.replaying import differences
from traceability.store.scans import ScanRow, TallyRow
from traceability.store.work import House, engine, look, sessions, still

TODAY = date(2026, 11, 1)
AFTERWARDS = datetime(2026, 11, 1, 4, tzinfo=UTC)


@dataclass
class Lived:
    """A database a season was lived in."""

    house: House
    result: demo.DemoResult
    days: list[tuple[str, int, int]]
    hashed: list[str]

    def as_(self, email: str) -> Identity:
        with look(self.house) as work:
            return people.identity_named(work, email)

    def close(self) -> None:
        self.house.sessions.kw["bind"].dispose()

    @property
    def office(self) -> Identity:
        return self.as_("officer@qiannan.example")


def _live(url: str, key: bytes) -> Lived:
    house = House(sessions(engine(url)), load(PROFILE.read_text("utf-8")), {"k1": key})
    days: list[tuple[str, int, int]] = []
    hashed: list[str] = []

    def hash_password(word: str) -> str:
        hashed.append(word)
        return "hash of it"

    def progress(day: str, done: int, whole: int) -> None:
        days.append((day, done, whole))

    return Lived(
        house, demo.live(house, today=TODAY, hash_password=hash_password, progress=progress), days, hashed
    )


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    shutil.copyfile(sqlite_template, file)
    done = _live(f"sqlite:///{file}", b"a" * 32)
    yield done
    done.close()


def _facts(lived: Lived) -> list[tuple[object, ...]]:
    """Everything that was booked, without ids, codes and salts."""
    by = lived.office
    with look(lived.house) as work:
        lots = chain.lots(work, by=by)
        events = chain.events(work, by=by, limit=10**6)
        issued = marks.issued_ranges(work, by=by)
        found = oversight.findings(work, by=by)
        query = sa.select(ScanRow.at, ScanRow.serial, ScanRow.client, ScanRow.province, ScanRow.again)
        scanned = [tuple(one) for one in work.session.execute(query.order_by(ScanRow.id))]
    return [
        *sorted((line.lot.no, line.lot.kind.value, line.maker, line.grams, line.packs) for line in lots),
        *sorted((one.no, one.kind.value, one.happened_at, one.recorded_at) for one in events),
        *((one.issue.range, one.batch.no, *one.counts.values()) for one in issued),
        *sorted((one.code, one.happened_at, one.outcome or "") for one in found),
        *scanned,
    ]


# --- what was asked for -------------------------------------------------------------------------------------------


def test_the_season_is_as_large_as_asked(lived: Lived) -> None:
    by = lived.office
    with look(lived.house) as work:
        firms = [line.enterprise for line in people.enterprises(work, by=by, now=AFTERWARDS)]
        plots = people.plots(work, by=by)
        kinds = Counter(line.lot.kind for line in chain.lots(work, by=by))
        events = Counter(one.kind.value for one in chain.events(work, by=by, limit=10**6))
        states = marks.counts(work, by=by)
    assert len(firms) >= 6
    assert len({firm.county for firm in firms}) >= 5
    assert any(firm.uscc.startswith("93") for firm in firms)
    assert sum(plot.state is PlotState.ACTIVE for plot in plots) >= 60
    assert events["leaf_receipt"] >= 800
    assert kinds[LotKind.BATCH] >= 25
    assert states[MarkState.APPLIED] >= 15_000
    assert all(
        states[one] for one in (MarkState.VOID, MarkState.RETURNED, MarkState.RETIRED, MarkState.ON_HAND)
    )
    assert set(events) >= {"sale", "dispatch", "delivery", "return", "destruction", "refining", "stock_count"}


def test_every_firm_and_office_has_a_sign_in_with_one_password(lived: Lived) -> None:
    accounts = lived.result.accounts
    roles = Counter(account.role for account in accounts)
    assert roles[Role.ADMINISTRATOR] == roles[Role.PREFECTURE] == roles[Role.OBSERVER] == 1
    assert roles[Role.MANAGER] == len(tables.FIRMS)
    assert (
        roles[Role.COUNTY] - 1 == len({firm.county for firm in tables.FIRMS}) >= 5
    )  # in Duyun two, to go together
    assert roles[Role.CLERK] == 2
    assert lived.hashed == [accounts[0].password]
    assert {account.password for account in accounts} == set(lived.hashed)
    assert {lived.as_(account.email).name for account in accounts} == {account.name for account in accounts}


def test_the_irregularities_are_in_the_books(lived: Lived) -> None:
    by = lived.office
    with look(lived.house) as work:
        found = oversight.findings(work, by=by)
        standings = [line.standing for line in people.enterprises(work, by=by, now=AFTERWARDS)]
        decided = {(one.about, one.outcome) for one in oversight.decisions(work, by=by)}
        recalled = recalls.recalls(work, by=by)
        short = chain.shortages(work, by=by)
        asked = Counter(one.state.value for one in marks.requests(work, by=by))
    assert {one.code for one in found} >= {
        "scale.expired", "transport.short", "report.failed", "processing.not_same_day", "ratio.outside_band",
        "entry.late", "count.shortage",
    }  # fmt: skip
    assert {one.outcome is None for one in found} == {True, False}
    assert standings.count(Standing.SUSPENDED) == 1
    assert decided >= {
        ("hold", "released"),
        ("allowance", "set"),
        ("mark_request", "refused"),
        ("finding", "settled"),
    }
    assert [one.grade for one in recalled] == ["III"]
    assert {one.settled_at is None for one in short} == {True, False}
    assert asked["filed"] == 1


def test_no_finding_comes_by_accident(lived: Lived) -> None:
    with look(lived.house) as work:
        found = Counter(one.code for one in oversight.findings(work, by=lived.office))
    assert found == {
        "scale.expired": 2, "transport.short": 2, "report.failed": 1, "processing.not_same_day": 1,
        "ratio.outside_band": 1, "entry.late": 1, "count.shortage": 1, "mark.copied": 1, "mark.seen_unused": 1,
        "grower.same_telephone": 1, "plot.same_contract": 1, "plot.same_point": 1,
        "leaf.circling": 1, "receipts.at_night": 1, "weights.repeating": 1,
    }  # fmt: skip


def test_of_the_findings_over_the_books_one_is_settled_one_is_in_hand_and_one_waits(lived: Lived) -> None:
    with look(lived.house) as work:
        found = {
            one.code: one.state
            for one in oversight.findings(work, by=lived.office)
            if one.code in OVER_THE_BOOKS
        }
    assert found == {
        "leaf.circling": "settled",
        "receipts.at_night": "looking",
        "weights.repeating": "open",
    }


def test_everything_lies_in_the_past_and_days_are_told_in_order(lived: Lived) -> None:
    with look(lived.house) as work:
        events = chain.events(work, by=lived.office, limit=10**6)
    assert max(one.recorded_at for one in events) < datetime(2026, 7, 1, tzinfo=UTC)
    assert {one.happened_at.year for one in events} == {2026}
    assert [day for day, _, _ in lived.days] == sorted({day for day, _, _ in lived.days})
    assert all(done <= whole for _, done, whole in lived.days)


# --- the books -----------------------------------------------------------------------------------------------------


def test_the_books_close(lived: Lived) -> None:
    with look(lived.house) as work:
        assert oversight.check_book(work).breaches == ()


def test_the_books_are_what_the_log_says(lived: Lived) -> None:
    with still(lived.house) as work:
        assert list(differences(work)) == []


def test_rough_tea_of_the_cooperative_is_in_another_firms_batch(lived: Lived) -> None:
    manager = lived.as_("manager@dysl.example")
    with look(lived.house) as work:
        batch = chain.lot_named(work, by=manager, no="DY26-TS-TJ-005")
        plots = {plot.no for plot, _ in chain.plot_shares(work, batch)}
    assert {no.split("-")[0] for no in plots} >= {"GL", "TS"}


def test_the_worked_example_comes_out_to_the_gram_and_the_serial(lived: Lived) -> None:
    """docs/manual/worked-example.md."""
    manager = lived.as_("manager@dysl.example")
    with look(lived.house) as work:
        batch = chain.lot_named(work, by=manager, no="DY26-LSK-ZP-003")
        dossier = chain.dossier(work, by=manager, lot=batch.id)
        backward = chain.trace(work, by=manager, lot=batch.id)
        parties = {one.name: one.id for one in people.own_parties(work, by=manager)}
        shop, online = (
            sum(
                line.packs
                for line in chain.on_hand(work, by=manager, party=number)
                if line.lot.no.startswith(batch.no)
            )
            for name, number in parties.items()
            if name != "都匀示例茶业有限公司"
        )
        states = sum(
            (Counter(one.counts) for one in marks.issued_ranges(work, by=manager, batch=batch.id)), Counter()
        )
    leaf = {
        lot.no: sum(backward.plots[lot.id].values())
        for lot in backward.lots.values()
        if lot.id in backward.plots
    }
    assert leaf == {
        "L-R1": 31_200,
        "L-R2": 22_450,
        "L-R3": 18_900,
        "L-R4": 34_600,
        "L-R5": 24_150,
        "L-R6": 15_100,
    }
    assert sorted(edge.grams for edge in backward.edges if edge.target == batch.id) == [16_400, 16_700]
    assert dossier.grams == 700
    assert sorted((shop, online)) == [18, 53]
    assert {state: n for state, n in states.items() if n} == {
        MarkState.APPLIED: 418, MarkState.RETIRED: 2, MarkState.VOID: 3, MarkState.RETURNED: 1,
    }  # fmt: skip


def test_the_codes_answer_as_promised(lived: Lived) -> None:
    answers = []
    with look(lived.house) as work:
        for code, expected in lived.result.codes:
            answer = lookup.answer(lookup.glance(work, code, now=AFTERWARDS), now=AFTERWARDS)
            assert answer.verdict.value == expected
            assert demo.EXPECTED[expected]
            answers.append(answer)
    assert [one.verdict for one in answers] == [
        Verdict.FIRST_SCAN, Verdict.WITHDRAWN, Verdict.RECALLED, Verdict.ATTENTION, Verdict.NOT_IN_USE,
    ]  # fmt: skip
    assert answers[0].pack is not None
    assert answers[0].pack.batch.no == "DY26-LSK-ZP-003"


def test_the_one_complaint_of_the_example_was_answered_in_time_and_closed(lived: Lived) -> None:
    """domain.md §8.7."""
    manager = lived.as_("manager@dysl.example")
    with look(lived.house) as work:
        [line] = complaints.complaints(work, by=manager, now=datetime.now(UTC))
        found = complaints.complaint(work, by=manager, now=datetime.now(UTC), number=line.complaint.id)
    told = found.line.complaint
    days = [(local_day(one.happened_at) - local_day(told.received_at)).days for one in found.steps]
    assert (told.state, told.channel, days) == ("closed", "hotline", [3, 12])


def test_one_serial_was_scanned_41_times_from_six_provinces_in_nine_days_and_the_county_is_told(
    lived: Lived,
) -> None:
    """docs/manual/worked-example.md; that of a label on no pack in Dushan is told to the county of that firm."""
    told = {}
    for mail in ("duyun", "dushan", "guiding"):
        officer = lived.as_(f"officer@{mail}.example")
        with look(lived.house) as work:
            told[mail] = [
                (one.code, lookup.looks_at(work, by=officer, serial=int(str(one.evidence["serial"]))))
                for one in oversight.findings(work, by=officer)
                if one.code.startswith("mark.")
            ]
    assert {mail: [code for code, _ in found] for mail, found in told.items()} == {
        "duyun": ["mark.copied"], "dushan": ["mark.seen_unused"], "guiding": [],
    }  # fmt: skip
    copied, unused = told["duyun"][0][1], told["dushan"][0][1]
    assert copied is not None
    assert unused is not None
    assert (len(copied.scans), len({one.province for one in copied.scans})) == (41, 6)
    days = {local_day(one.at) for one in copied.scans}
    assert (min(days), max(days)) == (date(2026, 4, 14), date(2026, 4, 22))
    assert [(state, looks) for _serial, state, looks in unused.unfit] == [("printed", 1)]


def test_122_of_the_packs_of_the_worked_example_were_looked_up_at_least_once(lived: Lived) -> None:
    """docs/manual/worked-example.md."""
    with look(lived.house) as work:
        batch = chain.lot_named(work, by=lived.office, no="DY26-LSK-ZP-003")
        issued = marks.issued_ranges(work, by=lived.office, batch=batch.id)
        query = sa.select(TallyRow.serial, TallyRow.looks)
        looked = {row.serial: row.looks for row in work.session.execute(query)}
    ranges = [one.issue.range for one in issued]
    of_batch = [serial for serial in looked if any(one.first <= serial <= one.last for one in ranges)]
    assert len(of_batch) == 122
    assert len(looked) == 123  # and the label on no pack
    assert Counter(looked.values()).most_common(1)[0][0] == 1


def test_two_firms_were_inspected_and_of_the_samples_one_passed_and_the_others_wait(lived: Lived) -> None:
    officer = lived.as_("officer@duyun.example")
    with look(lived.house) as work:
        [line] = inspections.plans(work, by=officer)
        assert inspections.plan_file(work, by=officer, number=line.plan.id).same
        states = Counter(one.state for one in inspections.samples(work, by=officer))
    assert (line.visits, line.done) == (2, 2)
    assert states[SampleState.PASSED] == 1
    assert states[SampleState.SENT] >= 1
    assert set(states) == {SampleState.PASSED, SampleState.SENT}


# --- once, and the same again ---------------------------------------------------------------------------------------


def test_a_database_with_data_is_refused(lived: Lived) -> None:
    with pytest.raises(demo.DemoRefused, match="empty"):
        demo.live(lived.house, today=TODAY, hash_password=str)


def test_postgresql_lives_through_the_same_facts_with_codes_of_its_own(
    lived: Lived, postgres: PostgresCluster, postgres_template: str
) -> None:
    name = postgres.create(postgres_template)
    there = _live(postgres.url(name), b"b" * 32)
    try:
        with look(there.house) as work:
            assert oversight.check_book(work).breaches == ()
        with still(there.house) as work:
            assert list(differences(work)) == []
        assert _facts(there) == _facts(lived)
        assert there.result.accounts[0].password != lived.result.accounts[0].password
        assert not {code for code, _ in there.result.codes} & {code for code, _ in lived.result.codes}
    finally:
        there.close()
        postgres.drop(name)


# --- small parts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 6, 30), 2025), (date(2026, 7, 1), 2026), (date(2027, 2, 1), 2026)]
)
def test_the_season_is_the_latest_that_is_over(today: date, year: int) -> None:
    assert demo.season_year(today) == year


@pytest.mark.parametrize("firm", tables.FIRMS, ids=lambda firm: firm.key)
def test_codes_of_firms_pass_their_checks_and_names_say_they_are_made_up(firm: tables.FirmRow) -> None:
    code = tables.whole_uscc(firm.uscc)
    assert uscc.is_valid(code)
    assert code[2:8] == firm.county
    assert tables.whole_uscc(code[:16]) == code
    licence = tables.whole_sc(firm.sc_digits)
    assert mod_11_10.is_valid(licence.removeprefix("SC"))
    assert len(licence) == 16
    assert "示例" in firm.name


def test_growers_have_sixty_different_names() -> None:
    assert len({tables.household(number) for number in range(60)}) == 60


def test_reports_are_real_files_of_their_own_and_meet_their_grade(tmp_path: Path) -> None:
    profile = load(PROFILE.read_text("utf-8"))
    first, second = papers.report_pdf("Report 1 (demo)"), papers.report_pdf("Report 2 (demo)")
    assert first != second
    file = tmp_path / "report.pdf"
    file.write_bytes(first)
    with pikepdf.open(file) as opened:
        assert len(opened.pages) == 1
        assert b"Report 1 [demo]" in opened.pages[0].Contents.read_bytes()
    for grade in Grade:
        tested = papers.report_values(Random(1), grade)
        for limit in profile.limits(profile.edition_on(TODAY), grade):
            assert limit.met_by(tested[limit.parameter]), (grade, limit)
    assert isinstance(papers.tenths(Random(1), 10, 20), Decimal)
