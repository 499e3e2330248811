"""Refusals: a stable code each, and a test that provokes each."""

from pathlib import Path

import pytest

from traceability.domain import errors
from traceability.domain.errors import Refusal

TESTS = Path(__file__).parent.parent


def refusals() -> list[type[Refusal]]:
    return [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
    ]


def test_codes_are_stable_words_and_never_shared() -> None:
    codes = [one.code for one in refusals()]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and " " not in code for code in codes)


def test_a_refusal_keeps_its_facts() -> None:
    refusal = errors.LotOverdrawn(lot="L-1", asked_g=2, on_hand_g=1)
    assert refusal.facts == {"lot": "L-1", "asked_g": 2, "on_hand_g": 1}
    assert str(refusal).startswith("lot.overdrawn {")
    assert str(errors.NotFound()) == "not_found"


@pytest.fixture(scope="module")
def told() -> str:
    return "\n".join(
        one.read_text(encoding="utf-8") for one in TESTS.rglob("test_*.py") if one != Path(__file__)
    )


#: Raised by a door, before any use case is asked.
ELSEWHERE = {"DesignUnknown"}


@pytest.mark.parametrize("refusal", refusals(), ids=lambda one: one.__name__)
def test_every_refusal_is_provoked_by_a_test(refusal: type[Refusal], told: str) -> None:
    assert refusal.__name__ in told or refusal.code in told or refusal.__name__ in ELSEWHERE
