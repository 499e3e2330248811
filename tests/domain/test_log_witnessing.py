"""A witness signs what has only grown, and refuses what is shorter or another history."""

from dataclasses import replace

import pytest

from tests.packs import WITNESS, tree
from tests.sealing import SIGNER
from traceability.domain import log
from traceability.domain.log import Tiled
from traceability.domain.log.notes import BadNote, Checkpoint, Note, Signer
from traceability.domain.log.witnessing import LogForked, cosigned

LEAVES = [f"leaf {n}".encode() for n in range(600)]
FORK = [*LEAVES[:5], b"another", *LEAVES[6:]]


def offered(made: Tiled, *, signer: Signer = SIGNER) -> str:
    return str(Checkpoint(signer.name, made.size, log.root(made)).signed_by([signer]))


def sign(made: Tiled, kept: str | None, note: str = "") -> Note:
    return cosigned(
        note or offered(made), kept=kept, key=SIGNER.key, signer=WITNESS, read=made.read, at=1_775_000_000
    )


@pytest.mark.parametrize(("before", "after"), [(1, 1), (1, 2), (7, 600), (256, 257), (300, 300), (511, 513)])
def test_what_has_only_grown_is_cosigned(before: int, after: int) -> None:
    kept = str(sign(tree(LEAVES[:before]), None))
    found = sign(tree(LEAVES[:after]), kept)
    assert found.signers([SIGNER.key, WITNESS.key]) == [SIGNER.key, WITNESS.key]
    assert Checkpoint.read(found.text).size == after


@pytest.mark.parametrize("after", [300, 301, 600])
def test_another_history_is_refused(after: int) -> None:
    kept = str(sign(tree(LEAVES[:300]), None))
    with pytest.raises(LogForked) as caught:
        sign(tree(FORK[:after]), kept)
    assert (caught.value.why, caught.value.kept.size, caught.value.offered.size) == ("forked", 300, after)


def test_a_log_that_is_shorter_is_refused() -> None:
    kept = str(sign(tree(LEAVES[:300]), None))
    with pytest.raises(LogForked, match="shrunk"):
        sign(tree(LEAVES[:299]), kept)


def test_tiles_that_do_not_make_the_root_are_refused() -> None:
    with pytest.raises(BadNote, match="tiles"):
        sign(tree(FORK[:300]), None, offered(tree(LEAVES[:300])))
    with pytest.raises(LogForked):
        sign(tree(FORK[:400]), str(sign(tree(LEAVES[:300]), None)), offered(tree(LEAVES[:400])))


def test_only_the_log_it_watches_is_cosigned() -> None:
    made = tree(LEAVES[:3])
    stranger = replace(SIGNER, seed=b"\x44" * 32)
    other = str(Checkpoint("x.example", 3, log.root(made)).signed_by([SIGNER]))
    for note in (offered(made, signer=stranger), other, "tea"):
        with pytest.raises(BadNote):
            sign(made, None, note)
