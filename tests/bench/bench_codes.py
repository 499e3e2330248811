"""Codes per second in bulk, one core; baseline: one after the other by the rules of `domain.marks`."""

from collections.abc import Callable, Iterator
from time import perf_counter

from tests.bench import Case
from traceability.domain import marks
from traceability.formats.bulk import codes

KEY = b"\x07" * 32
MANY, FEW = 500_000, 50_000


def run() -> Iterator[Case]:
    values = codes.encoded(1, MANY, KEY)
    letters = codes.letters(values)
    listed = [bytes(row).decode() for row in letters[:FEW]]
    yield _case(
        "encode",
        lambda: codes.encoded(1, MANY, KEY),
        lambda: [marks.encode(n, KEY) for n in range(1, FEW + 1)],
    )
    yield _case("decode", lambda: codes.decoded(letters, KEY), lambda: [_decoded(one) for one in listed])


def _decoded(code: str) -> bool:
    serial, mac = marks.read_code(code) or (0, 0)
    return marks.is_true(serial, mac, KEY)


def _case(name: str, many: Callable[[], object], few: Callable[[], object]) -> Case:
    ours, plain = MANY / _median(many), FEW / _median(few)
    return {
        "bench": "codes", "case": name, "value": round(ours), "unit": "codes/s",
        "baseline": round(plain), "ratio": round(ours / plain, 2),
    }  # fmt: skip


def _median(act: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = perf_counter()
        act()
        times.append(perf_counter() - start)
    return sorted(times)[1]
