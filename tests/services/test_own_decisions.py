"""Nobody decides on a firm they have an account with, nor on what they entered (FRAUD F16): every deciding use case.

They are found by what their code names, not by a list somebody keeps: a new one without a line here fails.
"""

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from inspect import signature, unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.services.test_artwork import drawing, submit
from tests.services.test_inspections import colleague, inspected
from tests.services.test_metrology import OURS, csv
from tests.web.things import asked_for, going_on, gone_wrong, seated
from tests.world import GOOD, World
from tests.worlds import copies_of
from traceability import services
from traceability.domain import errors
from traceability.domain.doubts import DoubtResult
from traceability.domain.inspections import Access, LineOutcome, Result
from traceability.domain.marks import SerialRange
from traceability.domain.people import ALLOWED, Identity, May, Role
from traceability.domain.profile import Grade
from traceability.domain.recalls import Scope
from traceability.services import acting, oversight
from traceability.services.chain import Correction

# --- which they are ---------------------------------------------------------------------------------------------------

OFFICES = frozenset({Role.COUNTY, Role.PREFECTURE})
#: Permissions by which an office does more than read.
DECIDING = frozenset().union(*(ALLOWED[one] for one in OFFICES)) - {May.READ_CHAIN, May.OVERSEE}
HOME = services.__name__


def modules() -> Iterator[ModuleType]:
    for one in pkgutil.walk_packages(services.__path__, f"{HOME}."):
        yield import_module(one.name)


def names_in(code: CodeType) -> set[str]:
    """Every global and attribute a piece of code names, and the pieces inside it."""
    inside = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*(names_in(one) for one in inside))


def said_by(function: FunctionType, seen: set[FunctionType]) -> set[str]:
    """Every name a use case says, itself or through what it calls of these storeys."""
    own = unwrap(function)
    if own in seen:
        return set()
    seen.add(own)
    said = names_in(own.__code__)
    called = [own.__globals__.get(name) for name in said]
    called += [vars(one).get(name) for one in called if isinstance(one, ModuleType) for name in said]
    return said.union(*(said_by(one, seen) for one in called if is_ours(one)))


def is_ours(one: object) -> bool:
    return isinstance(one, FunctionType) and one.__module__.startswith(HOME)


def deciding() -> dict[str, FunctionType]:
    """Use cases by which an office changes something: they name its permission, and keep a fact."""
    wanted = {one.name for one in DECIDING}
    found = {}
    for module in modules():
        for name, one in vars(module).items():
            if not isinstance(one, FunctionType) or one.__module__ != module.__name__ or name.startswith("_"):
                continue
            said = said_by(one, set()) if {"by", "now"} <= set(signature(one).parameters) else set()
            if said & wanted and said & {"state", "record"} and module is not acting:
                found[name] = one
    return found


# --- what each is asked to decide -------------------------------------------------------------------------------------

Asked = Mapping[str, Any]
REASON: Asked = {"reason": "实地看过"}
RIGHT: Asked = {"announcement_no": "2026-31", "scope": (Grade.ZHENPIN,)}
DAYS: Asked = {"valid_from": date(2026, 3, 1), "valid_until": date(2028, 2, 29)}
REPORT: Asked = {"report_no": "JC-9", "lab": "示例检验中心", "reported_on": date(2026, 3, 26), "tested": GOOD}
FILE: Asked = {"file_name": "a.pdf", "content": b"%PDF-1.4 nine"}
ANSWER: Asked = {"answer": "已查实", "outcome": "已查实", "result": DoubtResult.UNCLEAR}
SEALED: Asked = {"taken_from": "甲", "seal_no": "F-1"}
ONE: Asked = {"ranges": (SerialRange(12001, 12001),), "counted": 1}
LIST = csv(f"{OURS},SC-NEW,2026-03-01,2027-02-28,QN-1,")


def number(asked: str, kind: str = "", **more: Any) -> Callable[[Mapping[str, Any]], Asked]:
    """What is decided is named by the number of a thing of this kind."""
    return lambda things: {asked: things[kind or asked], **more}


firm = partial(number, "enterprise")

#: Of each deciding use case: what it is asked, of the things of one firm.
DECISIONS: Mapping[str, Callable[[Mapping[str, Any]], Asked]] = {
    "grant_allowance": number("request", "allowance", grams=5_000, **REASON),
    "refuse_allowance": number("request", "allowance", **REASON),
    "pass_on": number("application", "right", **REASON),
    "send_back": number("application", "right", missing="检验报告"),
    "grant_application": number("application", "right", **RIGHT, **DAYS),
    "refuse_application": number("application", "right", **REASON),
    "amend": number("event", correction=Correction(net_g=9_000), **REASON),
    "settle_shortage": number("shortage", lot=1, **REASON),
    "record_retest": number("batch", "failed", **REPORT, **FILE),
    "settle_doubt": number("number", "doubt", **ANSWER),
    "take_finding": number("finding"),
    "put_back_finding": number("finding"),
    "settle_finding": number("finding", result="corrected", outcome="已更正"),
    "settle_explained": number("finding", outcome="展销样品"),
    "approve_request": number("request", report_confirmed=True),
    "refuse_request": number("request", **REASON),
    "issue_marks": number("request", "approved"),
    "return_marks": firm(**ONE, **REASON, witness="李四"),
    "restore_marks": firm(**ONE, **REASON),
    "lapse_marks": firm(season=2025),
    "bring_in_list": lambda _things: {"book": LIST},
    "hold_lot": number("lot", **REASON),
    "release_hold": number("hold", **REASON),
    "approve_artwork": number("artwork"),
    "refuse_artwork": number("artwork", **REASON),
    "approve_change": number("change", **REASON),
    "refuse_change": number("change", **REASON),
    "authorise_enterprise": firm(right_basis="agi", **RIGHT, **DAYS),
    "suspend_enterprise": firm(**REASON),
    "lift_suspension": firm(**REASON),
    "withdraw_authorisation": firm(**REASON),
    "approve_plot": number("plot"),
    "set_allowance": number("plot", season=2026, part="", grams=1, **REASON),
    "take_back_year": number("confirmation", "confirmed", **REASON),
    "order_recall": lambda things: {
        "scope": Scope.lot(things["lot"]),
        "grade": "I",
        "shown": "",
        **REASON,
    },
    "close_recall": number("recall", **REASON),
    "order_visit": firm(**REASON),
    "call_off_plan": number("plan", **REASON),
    "begin_visit": number("visit", access=Access.GRANTED, second=0),
    "write_line": number("visit", item="scales", outcome=LineOutcome.GOOD),
    "raise_finding": lambda things: {"visit": things["visit"], "line": things["line"]},
    "conclude_visit": number("visit", result=Result.IN_ORDER, words="无"),
    "take_sample": lambda things: {"visit": things["visit"], "lot": things["lot"], "grams": 50, **SEALED},
    "send_sample": number("sample", "sampled", lab="示例检验中心"),
    "enter_sample_report": number("sample", "sampled", **REPORT, **FILE),
    "return_sample_report": number("sample", "sampled", **REASON),
    "confirm_sample_report": number("sample", "sampled"),
    "discard_sample": number("sample", "sampled", **REASON),
}

#: What names an office's permission and decides on no firm.
NO_DECISION = {
    "register_enterprise": "a firm that is not registered yet has no accounts",
    "confirm_year": "plots of one's own are left out of the list (test_allowance_year)",
    "draw_plan": "firms are drawn, and inspectors among those who have no account there (test_inspections)",
    "add_witness": "the log belongs to no firm",
    "hand_in": "the log belongs to no firm",
    "start_drill": "a drill stops nothing and is seen by nobody else",
    "finish_list": "a drill stops nothing and is seen by nobody else",
}

#: Decisions that answer nothing somebody entered, and why.
NOTHING_ENTERED = {
    "settle_shortage": "the house reckons what is short out of an amendment",
    "settle_doubt": "the public asks",
    "return_marks": "labels are counted on the table",
    "restore_marks": "labels are counted on the table",
    "lapse_marks": "the season is over for everybody",
    "bring_in_list": "the institute wrote the list",
    "hold_lot": "a lot is held for what was seen of it",
    "authorise_enterprise": "an announcement answers no application here",
    "suspend_enterprise": "a firm is stopped for what was seen of it",
    "lift_suspension": "an office placed it",
    "withdraw_authorisation": "an office gave it",
    "order_recall": "goods are recalled for what was seen of them",
    "close_recall": "goods that came back are counted",
    **dict.fromkeys(
        ("order_visit", "call_off_plan", "begin_visit", "write_line", "raise_finding", "conclude_visit"),
        "what is seen at a firm is written by whoever is there",
    ),
    **dict.fromkeys(
        ("take_sample", "send_sample", "enter_sample_report", "return_sample_report"),
        "steps on the way to a verdict, which two people take",
    ),
    **dict.fromkeys(
        ("confirm_sample_report", "discard_sample"),
        "an officer entered it, not a firm: test_inspections plays it",
    ),
}


def test_every_use_case_that_decides_has_its_line_here() -> None:
    assert set(deciding()) == set(DECISIONS) | set(NO_DECISION)
    assert not set(DECISIONS) & set(NO_DECISION)
    assert set(NOTHING_ENTERED) <= set(DECISIONS)


# --- and refuses ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest) -> Iterator[tuple[World, Mapping[str, Any]]]:
    """Everything there is to decide about one firm; whatever is refused leaves it as it is."""
    with copies_of(request, "sqlite")() as world:
        with seated(world, world.firm, world.county):
            things = {"enterprise": world.firm.id, **asked_for(world), **going_on(world), **gone_wrong(world)}
            things["artwork"] = submit(world, drawing(1))
            things["approved"] = world.request(world.passed_batch(kg=2), packs=3)
            world.approve(int(things["approved"]))
            things |= inspected(world, world.passed_batch(kg=1))
            things["finding"] = _of_an_event(world)
            things["stranger"] = colleague(world).user
        yield world, things


def _of_an_event(world: World) -> int:
    """A finding about something the firm's manager entered."""
    world.later(days=5)
    event = world.received(kg=1, at=world.now - timedelta(days=4)).id
    found = world.see(oversight.findings, by=world.county)
    return next(one.id for one in found if one.event == event)


def office(world: World, use_case: FunctionType) -> Identity:
    """Who takes such a decision."""
    asks = {one for one in DECIDING if one.name in said_by(use_case, set())}
    return next(one for one in (world.county, world.prefecture) if one.permissions >= asks)


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_nobody_decides_on_a_firm_they_have_an_account_with(town: Any, name: str) -> None:
    world, things = town
    use_case = deciding()[name]
    tied = replace(office(world, use_case), enterprise=world.firm.id)
    with world.refusal(errors.OwnDecision):
        world.do(use_case, by=tied, **DECISIONS[name](things))


@pytest.mark.parametrize("name", sorted(set(DECISIONS) - set(NOTHING_ENTERED)))
def test_nobody_decides_on_what_they_entered(town: Any, name: str) -> None:
    world, things = town
    use_case = deciding()[name]
    promoted = replace(office(world, use_case), user=world.firm.manager.user)
    with world.refusal(errors.OwnDecision):
        world.do(use_case, by=promoted, **DECISIONS[name](things))


@pytest.mark.parametrize("name", sorted(DECISIONS))
def test_an_officer_with_no_part_in_it_is_not_refused_for_that(town: Any, name: str) -> None:
    """So that what is refused above is refused for that and nothing else."""
    world, things = town
    use_case = deciding()[name]
    stranger = replace(office(world, use_case), user=things["stranger"])
    refused: errors.Refusal | None = None
    try:
        world.see(use_case, by=stranger, **DECISIONS[name](things))
    except errors.Refusal as refusal:
        refused = refusal
    assert not isinstance(refused, errors.OwnDecision)
