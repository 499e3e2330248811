"""What a change writes stands in its facts, and nothing is written behind their back."""

from typing import Any

import pytest
import sqlalchemy as sa

from tests.store.test_work import a_fact, add_grower
from tests.world import World
from traceability.domain.replay import ROWS
from traceability.store import log as log_rows
from traceability.store.accounts import UserRow
from traceability.store.base import table_of
from traceability.store.people import GrowerRow
from traceability.store.told import RowsUntold, tell
from traceability.store.work import NotANote, change, note, still


def told(world: World, facts: int = 1) -> list[Any]:
    """The rows the last facts tell."""
    return [one.private.get(ROWS, {}) for one in world.rows(log_rows.all_facts)[-facts:]]


def test_rows_stand_in_the_fact_they_were_written_for(world: World) -> None:
    with change(world.house) as work:
        add_grower(work)
        work.record(a_fact(world))
        [row] = work.session.scalars(sa.select(GrowerRow).where(GrowerRow.no == "G-X"))
        row.name = "丙"
        work.record(a_fact(world))
        row.township = "522701111"
    first, second = told(world, 2)
    number = first["grower"]["new"][0]["id"]
    assert first["grower"]["new"][0]["name"] == "乙"
    assert second == {
        "grower": {"now": [{"id": number, "name": "丙"}, {"id": number, "township": "522701111"}]}
    }


def test_many_facts_at_once_are_kept_in_order(world: World) -> None:
    facts = [a_fact(world) for _ in range(3)]
    with change(world.house) as work:
        add_grower(work)
        work.record_all(facts)
        add_grower_again(work)
        work.record_all([])
    assert [sorted(one) for one in told(world, 3)] == [["grower"], [], ["grower"]]


def add_grower_again(work: Any) -> None:
    [row] = work.session.scalars(sa.select(GrowerRow).where(GrowerRow.no == "G-X"))
    row.no = "G-Y"


def test_a_statement_behind_the_back_of_the_session_is_a_fault_and_is_undone(world: World) -> None:
    before = world.table_counts(notes=True)
    with pytest.raises(RowsUntold, match="grower"):
        change_untold(world)
    assert world.table_counts(notes=True) == before


def change_untold(world: World) -> None:
    with change(world.house) as work:
        work.record(a_fact(world))
        work.session.execute(sa.update(GrowerRow).values(name="丙"))


def test_rows_a_statement_wrote_can_be_told(world: World) -> None:
    with change(world.house) as work:
        work.record(a_fact(world))
        work.session.execute(sa.update(GrowerRow).where(GrowerRow.id == 1).values(name="丙"))
        tell(work.session, table_of(GrowerRow), [{"id": 1, "name": "丙"}], how="now")
    assert told(world) == [{"grower": {"now": [{"id": 1, "name": "丙"}]}}]


def test_a_note_may_change_of_a_sign_in_what_is_its_owners_alone(world: World) -> None:
    with note(world.house) as work:
        work.session.get_one(UserRow, 1).last_seen_at = world.now
    with pytest.raises(NotANote, match="user"), note(world.house) as work:
        work.session.get_one(UserRow, 1).role = "gone"


def test_a_long_look_sees_one_state_of_the_books(world: World) -> None:
    with still(world.house) as work:
        before = log_rows.all_facts(work.session)
        with change(world.house) as writing:
            writing.record(a_fact(world))
        assert log_rows.all_facts(work.session) == before
    assert len(world.rows(log_rows.all_facts)) == len(before) + 1
