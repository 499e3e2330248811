"""Doubts of buyers: told by nobody in particular, seen by the office they concern, settled with a decision."""

from datetime import date
from typing import Any

import pytest

from tests.world import KEYS, Packed, World
from traceability.domain import errors
from traceability.domain.doubts import REF_LENGTH, DoubtKind, DoubtResult, DoubtState, make_ref, read_ref
from traceability.domain.listing import Asked, Word
from traceability.domain.log import Fact
from traceability.domain.marks import encode
from traceability.services import doubts, oversight
from traceability.store import log
from traceability.store.doubts import Doubt

REF = "7K3M-Q2XD-8T4V"
PHOTO = b"a picture that was drawn anew"


@pytest.fixture
def packed(world: World) -> Packed:
    return world.packed(packs=4, extra=1)


def told(world: World, serial: int | None = None, **more: Any) -> int:
    default: dict[str, Any] = {
        "by": doubts.PUBLIC, "ref": REF, "kind": DoubtKind.TEA_ODD, "words": "有霉味", "serial": serial,
        "verdict": "first_scan" if serial else None,
    }  # fmt: skip
    return int(world.do(doubts.report_doubt, **(default | more)))


def settle(world: World, number: int, **more: Any) -> None:
    default: dict[str, Any] = {"result": DoubtResult.UNFOUNDED, "answer": "包装与登记一致", "outcome": "没事"}
    world.do(doubts.settle_doubt, number=number, **(default | more))


def waiting(world: World, **more: Any) -> list[int]:
    """Those that wait, longest first."""
    _count, lines = world.see(doubts.oldest_doubts, limit=9, **({"by": world.prefecture} | more))
    return [one.doubt.id for one in lines]


def known(world: World, **more: Any) -> list[Doubt]:
    return list(world.see(doubts.doubts, **({"by": world.prefecture} | more)))


def facts(world: World, kind: str) -> list[Fact]:
    return [one for one in world.rows(log.all_facts) if one.kind == kind]


class TestTelling:
    def test_it_is_kept_with_what_the_page_said(self, world: World, packed: Packed) -> None:
        serial, seen = packed.applied[0].first, world.now
        number = told(world, serial, scanned_at=seen, province="GZ", photo=PHOTO)
        (found,) = known(world)
        assert (found.id, found.ref, found.serial, found.enterprise) == (number, REF, serial, world.firm.id)
        assert (found.county, found.kind, found.words) == ("522701", DoubtKind.TEA_ODD, "有霉味")
        assert (found.verdict, found.scanned_at, found.province) == ("first_scan", seen, "GZ")
        assert (found.state, found.outcome, found.settled_at) == (DoubtState.OPEN, None, None)
        assert world.see(doubts.doubt_photo, by=world.county, number=number) == PHOTO

    def test_without_a_mark_it_is_the_prefectures(self, world: World) -> None:
        told(world)
        (found,) = known(world)
        assert (found.county, found.enterprise, found.serial) == ("522700", None, None)
        assert (found.verdict, found.photo) == (None, None)
        assert known(world, by=world.county) == []

    def test_a_code_that_was_typed_names_the_mark_and_is_no_look_at_it(
        self, world: World, packed: Packed
    ) -> None:
        serial, before = packed.applied[0].first, world.table_counts()
        told(world, typed=encode(serial, KEYS["k1"]))
        (found,) = known(world)
        assert (found.serial, found.enterprise, found.typed) == (serial, world.firm.id, None)
        assert (found.verdict, found.scanned_at) == ("first_scan", None)
        after = world.table_counts()
        assert {name for name in after if after[name] != before[name]} == {"doubt", "fact", "unsealed"}

    def test_a_code_nobody_issued_is_kept_as_it_was_typed(self, world: World) -> None:
        told(world, typed=" 00RZ-5K7Q-M2XD-8T4V ")
        (found,) = known(world)
        assert (found.typed, found.verdict, found.serial) == ("00RZ-5K7Q-M2XD-8T4V", "unknown", None)
        assert found.county == "522700"

    def test_sent_twice_it_is_one_and_with_other_words_it_is_refused(
        self, world: World, packed: Packed
    ) -> None:
        asked: dict[str, Any] = {"serial": packed.applied[0].first, "photo": PHOTO, "key": "once"}
        number = told(world, **asked)
        assert told(world, **asked) == number
        assert len(known(world)) == 1
        with world.refusal(errors.RequestKeyReused):
            told(world, **asked, words="别的")

    def test_words_may_be_left_out_and_are_not_endless(self, world: World) -> None:
        with world.refusal(errors.TextTooLong, field="words", longest=500, length=501):
            told(world, words="字" * 501)
        told(world, words="  \n ")
        assert known(world)[0].words == ""

    def test_the_fact_holds_neither_words_nor_photo(self, world: World, packed: Packed) -> None:
        told(world, packed.applied[0].first, photo=PHOTO)
        (fact,) = facts(world, "doubt.reported")
        assert fact.actor == 0
        assert fact.public == {}
        said = {"doubt", "ref", "enterprise", "kind", "words_sha256", "photo_sha256"}
        assert set(fact.private) == said | {"books"}
        assert "有霉味" not in str(fact.private)

    def test_a_buyer_may_do_nothing_else(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first, photo=PHOTO)
        for use_case, asked in (
            (doubts.doubts, {}),
            (doubts.doubt, {"number": number}),
            (doubts.doubt_photo, {"number": number}),
        ):
            with world.refusal(errors.NotAllowed):
                world.see(use_case, by=doubts.PUBLIC, **asked)
        with world.refusal(errors.NotAllowed):
            settle(world, number, by=doubts.PUBLIC, outcome="没事")
        with pytest.raises(errors.NotAllowed):
            _ = doubts.PUBLIC.within


class TestByReference:
    def test_whoever_has_it_is_told_the_answer_and_its_days_and_nothing_else(
        self, world: World, packed: Packed
    ) -> None:
        at = world.now
        number = told(world, packed.applied[0].first)
        found = world.see(doubts.doubt_by_ref, ref=" 7k3m q2xd8t4v")
        assert found == doubts.DoubtStanding(REF, DoubtState.OPEN, at, date(2026, 4, 7), None, None, None)
        settled = world.now
        settle(world, number, by=world.county, outcome="已核实")
        found = world.see(doubts.doubt_by_ref, ref=REF)
        assert found == doubts.DoubtStanding(
            REF, DoubtState.SETTLED, at, date(2026, 4, 7), settled, DoubtResult.UNFOUNDED, "包装与登记一致"
        )

    @pytest.mark.parametrize(
        "ref", ["", "7K3M-Q2XD-8T4W", "1", "7K3M-Q2XD", "<script>", "7K3M-Q2XD-8T4V-0000"]
    )
    def test_any_other_is_not_found(self, world: World, ref: str) -> None:
        told(world)
        with world.refusal(errors.NotFound):
            world.see(doubts.doubt_by_ref, ref=ref)


class TestOffices:
    def test_each_county_sees_its_own_and_the_prefecture_all(self, world: World, packed: Packed) -> None:
        mine, theirs = told(world, packed.applied[0].first), told(world, ref=make_ref(b"otherref"))
        assert [one.id for one in known(world, by=world.county)] == [mine]
        assert [one.id for one in known(world, by=world.prefecture)] == [theirs, mine]
        assert waiting(world, by=world.observer) == [mine, theirs]
        assert known(world, by=world.other_county) == []

    def test_what_is_out_of_reach_does_not_exist(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first, photo=PHOTO)
        for use_case in (doubts.doubt, doubts.doubt_photo):
            with world.refusal(errors.NotFound):
                world.see(use_case, by=world.other_county, number=number)
        with world.refusal(errors.NotFound):
            settle(world, number, by=world.other_county, outcome="没事")
        with world.refusal(errors.NotFound):
            world.see(doubts.doubt, by=world.county, number=number + 1)

    def test_a_firm_sees_none_of_it(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first)
        for asked in ({}, {"number": number}):
            use_case = doubts.doubt if asked else doubts.doubts
            with world.refusal(errors.NotAllowed):
                world.see(use_case, by=world.firm.manager, **asked)

    def test_beside_it_stand_the_lots_of_the_mark_and_what_else_is_known_of_the_firm(
        self, world: World, packed: Packed
    ) -> None:
        first = told(world, packed.applied[0].first)
        second = told(world, packed.applied[0].first, ref=make_ref(b"otherref"))
        told(world, ref=make_ref(b"third-ref"))
        found = world.see(doubts.doubt, by=world.county, number=second)
        assert (found.batch, found.pack_lot) == (packed.batch, packed.lot)
        assert [one.id for one in found.others] == [first]
        wanted = [one.id for one in world.see(oversight.findings, by=world.county)]
        assert [one.id for one in found.findings] == wanted

    def test_a_doubt_without_a_photo_has_none(self, world: World) -> None:
        number = told(world)
        with world.refusal(errors.NotFound):
            world.see(doubts.doubt_photo, by=world.prefecture, number=number)


class TestSettling:
    def test_it_is_closed_with_its_outcome_a_decision_and_a_fact(self, world: World, packed: Packed) -> None:
        number, at = told(world, packed.applied[0].first), world.now
        settle(world, number, by=world.county, outcome="现场核查，包装与登记一致")
        (found,) = known(world)
        assert (found.state, found.outcome, found.settled_at) == (
            DoubtState.SETTLED, "现场核查，包装与登记一致", at,
        )  # fmt: skip
        decision = world.see(oversight.decisions, by=world.county)[0]
        assert (decision.about, decision.subject, decision.outcome) == ("doubt", number, "settled")
        assert decision.enterprise == world.firm.id
        (fact,) = facts(world, "decision.doubt")
        assert fact.actor == world.county.user
        assert waiting(world) == []

    def test_one_without_a_firm_is_settled_by_the_prefecture(self, world: World) -> None:
        number = told(world)
        settle(world, number, by=world.prefecture, outcome="码是印错的")
        decision = world.see(oversight.decisions, by=world.prefecture)[0]
        assert (decision.about, decision.enterprise, decision.county) == ("doubt", None, "522700")

    def test_it_needs_an_outcome_and_is_settled_once(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first)
        with world.refusal(errors.ReasonMissing):
            settle(world, number, by=world.county, outcome=" ")
        settle(world, number, by=world.county, outcome="没事")
        with world.refusal(errors.AlreadyDecided):
            settle(world, number, by=world.prefecture, outcome="有事")

    def test_it_needs_an_answer(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first)
        with world.refusal(errors.TextMissing, field="answer"):
            settle(world, number, by=world.county, answer=" ")

    def test_it_becomes_a_finding_with_the_lot_of_its_mark(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first)
        settle(world, number, by=world.county, result=DoubtResult.CONFIRMED, raise_finding=True)
        found = world.see(doubts.doubt, by=world.county, number=number).finding
        assert (found.code, found.enterprise, found.lot) == (doubts.RAISED, world.firm.id, packed.lot)
        assert (found.about, found.county, found.state) == (REF, "522701", "open")
        assert found.evidence["serial"] == packed.applied[0].first

    def test_it_is_linked_to_a_finding_of_the_same_firm_only(self, world: World, packed: Packed) -> None:
        first, second = told(world, packed.applied[0].first), told(world, ref=make_ref(b"otherref"))
        settle(world, first, by=world.county, raise_finding=True)
        linked = world.see(doubts.doubt, by=world.county, number=first).finding.id
        third = told(world, packed.applied[0].first, ref=make_ref(b"third-ref"))
        settle(world, third, by=world.county, finding=linked)
        assert world.see(doubts.doubt, by=world.county, number=third).doubt.finding == linked
        with world.refusal(errors.NotFound):
            settle(world, second, by=world.prefecture, finding=linked)

    def test_what_waits_too_long_is_counted_and_stands_first(self, world: World, packed: Packed) -> None:
        first = told(world, packed.applied[0].first)
        world.later(days=10)
        second = told(world, packed.applied[0].first, ref=make_ref(b"otherref"))
        world.later(days=4)
        assert waiting(world, by=world.county) == [first, second]
        numbers = world.see(doubts.doubt_numbers, by=world.county)
        assert (numbers.open, numbers.overdue, numbers.results) == (2, 1, {})
        settle(world, first, by=world.county)
        numbers = world.see(doubts.doubt_numbers, by=world.county)
        assert (numbers.open, numbers.overdue, numbers.results) == (1, 0, {DoubtResult.UNFOUNDED: 1})
        assert world.see(doubts.overdue_doubts, by=world.other_county) == 0

    def test_a_page_of_them_is_searched_and_cut_in_the_database(self, world: World, packed: Packed) -> None:
        numbers = [told(world, packed.applied[0].first, ref=make_ref(b"ref%05d" % n)) for n in range(3)]
        found = world.see(doubts.find_doubts, by=world.county, asked=Asked(size=2, first=2))
        assert ([one.doubt.id for one in found.rows], found.total) == (numbers[2:], 3)
        for text, wanted in (("示例", 3), (f"{packed.applied[0].first:010d}", 3), ("没有", 0)):
            found = world.see(doubts.find_doubts, by=world.county, asked=Asked(words=(Word(text),)))
            assert found.total == wanted, text

    def test_not_by_an_officer_who_is_tied_to_the_firm(self, world: World, packed: Packed) -> None:
        tied = world.user(world.county.role, county="522701", enterprise=world.firm.id)
        number = told(world, packed.applied[0].first)
        with world.refusal(errors.OwnDecision):
            settle(world, number, by=tied, outcome="没事")

    def test_observers_only_look(self, world: World, packed: Packed) -> None:
        number = told(world, packed.applied[0].first)
        with world.refusal(errors.NotAllowed):
            settle(world, number, by=world.observer, outcome="没事")


class TestReferences:
    def test_they_are_easy_to_read_out(self) -> None:
        made = make_ref(bytes(range(200, 208)))
        assert [len(part) for part in made.split("-")] == [4, 4, 4]
        assert len(made.replace("-", "")) == REF_LENGTH
        assert read_ref(made) == made

    @pytest.mark.parametrize(
        "typed",
        ["0K1M-Q2XD-8T4V", "ok1m q2xd 8t4v", "oKlMq2xD8T4V", "０Ｋ１Ｍ－Q2XD 8T4V", " 0kIm·q2xd.8t4v"],
    )
    def test_what_is_typed_is_forgiven(self, typed: str) -> None:
        assert read_ref(typed) == "0K1M-Q2XD-8T4V"

    def test_all_sixty_bits_count(self) -> None:
        refs = {make_ref((1 << bit).to_bytes(8, "big")) for bit in range(60)}
        assert len(refs) == 60
