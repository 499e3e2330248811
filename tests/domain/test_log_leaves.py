"""The bytes of a leaf, for ever; and the commitment in it, which opens for whoever holds the salt."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from traceability.domain import log
from traceability.domain.log import Fact

HAPPENED = datetime(2026, 4, 6, 8, 30, tzinfo=timezone(timedelta(hours=8)))
RECORDED = datetime(2026, 4, 6, 0, 45, 1, 250_000, tzinfo=UTC)
SALT = "000102030405060708090a0b0c0d0e0f"


def test_the_bytes_of_a_leaf_with_a_public_part() -> None:
    fact = Fact("marks.issue", 7, HAPPENED, RECORDED, public={"serials": [1, 20], "enterprise": "茶"})
    opening = b'{"actor":7,"happened":"2026-04-06T00:30:00.000000Z","private":{}}'
    commitment = sha256(bytes.fromhex(SALT) + opening).hexdigest()
    assert commitment == "865903498ea702c57ae4aa792c4e88b6bd9b9ea384e71963ccef791c1c86bb6e"
    assert log.leaf_of(fact, SALT).decode() == (
        '{"commitment":"' + commitment + '","happened":"2026-04-06T00:30:00.000000Z","kind":"marks.issue",'
        '"public":{"enterprise":"茶","serials":[1,20]},"recorded":"2026-04-06T00:45:01.250000Z","version":1}'
    )


def test_the_bytes_of_a_leaf_that_shows_nothing() -> None:
    """Neither who nor when it happened: only that something of this kind was recorded."""
    fact = Fact("chain.sale", 7, HAPPENED, RECORDED, private={"grams": 50})
    opening = b'{"actor":7,"happened":"2026-04-06T00:30:00.000000Z","private":{"grams":50}}'
    commitment = sha256(bytes.fromhex(SALT) + opening).hexdigest()
    assert log.leaf_of(fact, SALT).decode() == (
        '{"commitment":"'
        + commitment
        + '","kind":"chain.sale","recorded":"2026-04-06T00:45:01.250000Z","version":1}'
    )


def test_another_salt_another_commitment() -> None:
    fact = Fact("chain.sale", 7, HAPPENED, RECORDED, private={"grams": 50})
    assert log.commitment_of(fact, SALT) != log.commitment_of(fact, "f" * 32)


parts = st.dictionaries(
    st.text(max_size=6), st.text(max_size=8) | st.integers(-(2**53) + 1, 2**53 - 1) | st.none(), max_size=4
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@given(public=parts, private=parts, actor=st.integers(0, 2**31), at=moments, recorded=moments)
def test_bytes_put_together_are_those_of_the_standard(
    public: dict[str, Any], private: dict[str, Any], actor: int, at: datetime, recorded: datetime
) -> None:
    """Sealing puts leaves together out of columns that are canonical texts already."""
    fact = Fact("lot.recalled", actor, at, recorded, public, private)
    shown, hidden = log.canonical(public), log.canonical(private)
    opening = log.written_opening(actor, log.moment(at), hidden)
    assert opening == log.opening_bytes(actor, at, private)
    assert opening == rfc8785.dumps({"actor": actor, "happened": log.moment(at), "private": private})
    commitment = log.commitment_to(opening, SALT)
    written = log.written_leaf(
        commitment, fact.kind, log.moment(at), shown, log.moment(recorded), fact.version
    )
    assert written == log.leaf_of(fact, SALT)
    told: dict[str, Any] = {
        "commitment": commitment,
        "kind": fact.kind,
        "recorded": log.moment(recorded),
        "version": 1,
    }
    assert written == rfc8785.dumps(told | ({"public": public, "happened": log.moment(at)} if public else {}))
