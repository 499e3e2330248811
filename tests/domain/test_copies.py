"""The tally of looks at a mark, and when they look like copies."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.bench_copies import alarm
from tests.bench.season import copied, honest, parameters
from tests.world import profile
from traceability.domain.scans import Look, Points, Tally, count, looks_copied, points

RULES = profile().copies
START = datetime(2026, 4, 5, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PACK = 100


def counted(looks: Iterable[Look], tally: Tally | None = None) -> Tally:
    tally = tally or Tally()
    for look in looks:
        tally, _ = count(tally, look, RULES)
    return tally


def strangers(
    how_many: int, *, every: timedelta, start: datetime = START, place: str | None = None
) -> list[Look]:
    """So many people, each seen once, at equal times."""
    return [Look(start + n * every, f"stranger {start} {n}", place) for n in range(how_many)]


def attention(looks: Iterable[Look], grams: int = PACK) -> bool:
    return looks_copied(counted(looks), RULES, net_content_g=grams)


# --- what is another look -----------------------------------------------------------------------------------------


def test_the_first_look_is_counted() -> None:
    tally, another = count(Tally(), Look(START, "a", "Guizhou"), RULES)
    assert another
    assert (tally.looks, tally.people, tally.occasions, tally.places) == (1, 1, 1, ("Guizhou",))
    assert (tally.first_at, tally.last_at, tally.new_at, tally.early) == (START, START, START, 0)


def test_the_same_client_within_a_day_reloads_the_page() -> None:
    before = counted([Look(START, "a")])
    again = Look(START + RULES.same_look_hours * HOUR - timedelta(seconds=1), "a", "Hunan", early=True)
    tally, another = count(before, again, RULES)
    assert not another
    assert tally == replace(before, clients=(("a", again.at),))


def test_the_same_client_a_day_later_looks_again_and_is_nobody_new() -> None:
    tally, another = count(
        counted([Look(START, "a")]), Look(START + RULES.same_look_hours * HOUR, "a"), RULES
    )
    assert another
    assert (tally.looks, tally.people, tally.occasions) == (2, 1, 1)


def test_who_reloads_all_the_time_never_looks_again() -> None:
    tally = counted(Look(START + n * 23 * HOUR, "a") for n in range(100))
    assert (tally.looks, tally.people, tally.last_at) == (1, 1, START)


def test_another_client_at_the_same_moment_is_another_look() -> None:
    assert counted([Look(START, "a"), Look(START, "b")]).looks == 2


# --- occasions, places, early looks ---------------------------------------------------------------------------------


def test_an_occasion_is_over_a_while_after_it_began_however_many_come() -> None:
    lasts = timedelta(minutes=RULES.new_occasion_minutes)
    assert counted(strangers(4, every=(lasts - timedelta(seconds=1)) / 3)).occasions == 1
    assert counted(strangers(2, every=lasts)).occasions == 2
    assert counted(strangers(25, every=lasts / 4)).occasions == 7


def test_occasions_soon_after_each_other_pile_up_and_fade_by_a_point_a_day() -> None:
    a_day = RULES.occasion_points - 1
    assert counted(strangers(1, every=DAY)).peak == RULES.occasion_points
    assert counted(strangers(5, every=DAY)).peak == RULES.occasion_points + 4 * a_day
    assert counted(strangers(50, every=RULES.occasion_points * DAY)).peak == RULES.occasion_points


def test_the_most_points_there_ever_were_stay() -> None:
    dense = counted(strangers(5, every=DAY))
    later = counted(strangers(5, every=30 * DAY, start=START + 100 * DAY), dense)
    assert (later.peak, later.occasions) == (dense.peak, 10)


def test_provinces_are_told_apart_where_they_are_known() -> None:
    looks = [
        Look(START, "a", "Guizhou"),
        Look(START, "b"),
        Look(START, "c", "Hunan"),
        Look(START, "d", "Hunan"),
    ]
    assert counted(looks).places == ("Guizhou", "Hunan")


def test_looks_before_the_tea_left_its_maker_are_told_apart() -> None:
    assert counted([Look(START, "a", early=True), Look(START, "b", early=True), Look(START, "c")]).early == 2


# --- of one size, whatever comes --------------------------------------------------------------------------------------


def test_a_tally_keeps_its_size_however_many_look() -> None:
    tally = counted(Look(START + n * HOUR, f"client {n}", f"place {n}") for n in range(1000))
    assert (tally.looks, tally.people) == (1000, 1000)
    assert (len(tally.clients), len(tally.places)) == (64, 40)
    assert tally.clients[-1] == ("client 999", START + 999 * HOUR)


def test_who_was_forgotten_is_new_and_who_looked_lately_is_not() -> None:
    full = counted(Look(START + n * timedelta(minutes=1), f"client {n}") for n in range(65))
    assert count(full, Look(START + DAY * 2, "client 0"), RULES)[0].people == 66
    assert count(full, Look(START + DAY * 2, "client 64"), RULES)[0].people == 65


looks = st.lists(
    st.builds(
        lambda hours, client, place, early: Look(START + hours * HOUR, client, place, early),
        st.integers(0, 2000),
        st.sampled_from("abcdefghijklmnop"),
        st.sampled_from([None, "Guizhou", "Hunan", "Hubei", "Sichuan", "Anhui", "Hainan"]),
        st.booleans(),
    ),
    max_size=60,
).map(lambda some: sorted(some, key=lambda look: look.at))


@given(looks)
def test_no_look_ever_takes_points_away(some: list[Look]) -> None:
    tallies = accumulate(some, lambda tally, look: count(tally, look, RULES)[0], initial=Tally())
    found = [points(tally, RULES, net_content_g=PACK) for tally in tallies]
    for before, after in pairwise(found):
        assert before.occasions <= after.occasions
        assert before.places <= after.places
        assert before.early <= after.early
        assert before.crowd <= after.crowd


@given(st.permutations(strangers(8, every=timedelta(0), place="Guizhou")))
def test_who_looks_at_the_same_moment_may_come_in_any_order(some: list[Look]) -> None:
    tally = counted(some)
    assert replace(tally, clients=()) == replace(
        counted(strangers(8, every=timedelta(0), place="Guizhou")), clients=()
    )
    assert set(tally.clients) == {(look.client, look.at) for look in some}


@given(looks.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_how_many_people_looked_and_where_from_does_not_depend_on_the_order(
    both: tuple[list[Look], ...],
) -> None:
    """Reloads do: so each client looks in a place of its own here."""
    one, other = (counted(Look(look.at, look.client, look.client) for look in some) for some in both)
    assert (one.people, set(one.places)) == (other.people, set(other.places))


@given(looks)
def test_without_provinces_everything_else_is_the_same(some: list[Look]) -> None:
    blind = counted(replace(look, place=None) for look in some)
    assert blind == replace(counted(some), places=())


# --- points ---------------------------------------------------------------------------------------------------------


def test_an_ordinary_mark_has_no_points() -> None:
    assert points(Tally(), RULES, net_content_g=PACK) == Points(0, 0, 0, 0)
    assert points(counted([Look(START, "a", "Guizhou")]), RULES, net_content_g=PACK).total == 0


def test_each_kind_of_points_is_what_the_profile_says() -> None:
    provinces, people = RULES.places_least + 3, RULES.people_least + 2
    tally = Tally(people=people, places=tuple(map(str, range(provinces))), early=3, peak=50)
    found = points(tally, RULES, net_content_g=PACK)
    assert found.occasions == 50 - RULES.occasion_points
    assert found.places == 3 * RULES.place_points
    assert found.early == 3 * RULES.early_points
    assert found.crowd == 2 * RULES.crowd_points
    assert found.total == found.occasions + found.places + found.early + found.crowd


def test_a_larger_pack_serves_more_people() -> None:
    tally = Tally(people=30)
    assert points(tally, RULES, net_content_g=30 * RULES.grams_a_person).crowd == 0
    assert points(tally, RULES, net_content_g=29 * RULES.grams_a_person).crowd == RULES.crowd_points
    assert points(tally, RULES, net_content_g=1).crowd == RULES.crowd_most


def test_people_and_early_looks_alone_never_reach_the_threshold() -> None:
    found = points(Tally(people=10**6, early=10**6), RULES, net_content_g=PACK)
    assert (found.crowd, found.early) == (RULES.crowd_most, RULES.early_most)
    assert found.total < RULES.threshold


def test_what_an_office_has_explained_counts_no_more() -> None:
    tally = counted(strangers(40, every=6 * HOUR))
    found = points(tally, RULES, net_content_g=PACK).total
    forgiven = replace(tally, forgiven=found)
    assert looks_copied(tally, RULES, net_content_g=PACK)
    assert not looks_copied(forgiven, RULES, net_content_g=PACK)
    short = replace(tally, forgiven=found - RULES.threshold + 1)
    assert not looks_copied(short, RULES, net_content_g=PACK)
    assert looks_copied(replace(short, forgiven=short.forgiven - 1), RULES, net_content_g=PACK)


def test_after_being_explained_a_mark_is_found_again_when_as_much_comes_again() -> None:
    tally = counted(strangers(40, every=6 * HOUR))
    forgiven = replace(tally, forgiven=points(tally, RULES, net_content_g=PACK).total)
    more = counted(strangers(40, every=6 * HOUR, start=START + 10 * DAY), forgiven)
    assert looks_copied(more, RULES, net_content_g=PACK)


# --- stories ----------------------------------------------------------------------------------------------------------


def test_a_wedding_table_calls_for_no_attention() -> None:
    guests = strangers(10, every=timedelta(minutes=24), place="Guizhou")
    assert counted(guests).occasions == 2
    assert not attention(guests)


@pytest.mark.parametrize("guests", [10, 100, 1000])
def test_distinct_clients_alone_call_for_no_attention(guests: int) -> None:
    """However many come to one feast."""
    assert not attention(strangers(guests, every=4 * HOUR / guests, place="Guizhou"))


def test_one_village_behind_one_address_calls_for_no_attention() -> None:
    """Twelve neighbours in two weeks; and a hundred on a market day."""
    assert not attention(strangers(12, every=28 * HOUR, place="Guizhou"))
    assert not attention(strangers(100, every=timedelta(minutes=5), place="Guizhou"))


def test_a_gift_carried_to_other_provinces_calls_for_no_attention() -> None:
    places = ["Guizhou", "Guangdong", "Hunan", "Beijing"]
    looks = [Look(START + 9 * n * DAY, f"{place} {n % 2}", place) for n, place in enumerate(places * 3)]
    assert not attention(looks)


def test_a_family_that_looks_every_ten_days_from_ever_new_networks_calls_for_no_attention() -> None:
    assert not attention(strangers(73, every=10 * DAY, place="Guizhou"))


def test_a_link_passed_on_in_a_group_calls_for_no_attention() -> None:
    places = ["Guizhou", "Guangdong", "Hunan", "Beijing", "Sichuan", "Hubei"]
    readers = [
        Look(START + n * HOUR / 2, f"reader {n}", places[n % 6] if n % 2 else "Guizhou") for n in range(20)
    ]
    assert not attention(readers)


@pytest.mark.parametrize("place", [None, "Guizhou"])
def test_somebody_new_every_day_for_weeks_calls_for_attention(place: str | None) -> None:
    assert attention(strangers(21, every=DAY, place=place))


def test_copies_in_many_provinces_call_for_attention_sooner() -> None:
    looks = [Look(START + n * DAY, f"stranger {n}", f"province {n}") for n in range(14)]
    assert attention(looks)
    assert not attention(replace(look, place=None) for look in looks)


@pytest.mark.parametrize("local", [True, False])
def test_fifty_copies_are_found_and_an_honest_season_is_left_alone(local: bool) -> None:
    """On seasons of the simulation too small for figures (docs/manual/copies.md has those)."""
    copies = copied(101, 20, parameters(), copies=50, local=local)
    found = [alarm(looks, RULES, int(copies.grams[mark])) for mark, looks in copies.looks()]
    assert sum(one.scan is not None for one in found) >= 16
    season = honest(101, 2000, parameters())
    assert [one for mark, looks in season.looks(least=5) if (one := alarm(looks, RULES, 100)).scan] == []


def test_the_same_seed_gives_the_same_season() -> None:
    one, same, other = (honest(seed, 500, parameters()) for seed in (1, 1, 2))
    assert list(one.looks()) == list(same.looks())
    assert list(one.looks()) != list(other.looks())


@settings(max_examples=30)
@given(st.integers(1, 400), st.integers(1, 400))
def test_a_crowd_of_any_size_on_one_occasion_gives_a_crowds_points_only(people: int, grams: int) -> None:
    crowd = [Look(START, f"guest {n}", "Guizhou") for n in range(people)]
    found = points(counted(crowd), RULES, net_content_g=grams)
    assert (found.occasions, found.places, found.early) == (0, 0, 0)
    assert found.crowd <= RULES.crowd_most
