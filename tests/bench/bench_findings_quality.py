"""How good the findings are on made-up springs nobody tuned them on; baseline: as many visits by chance.

`value` is the share of visits by the list that lead to a fraud, in percent, `ratio` how many times as many as visits by
chance: it must be 3 at least. The tables behind it are in docs/manual/findings.md (`python -m tests.simulated`).
"""

from collections.abc import Iterator

from tests.bench import Case
from tests.simulated.quality import measure
from tests.simulated.spring import parameters


def run() -> Iterator[Case]:
    for half in ("choosing", "reporting"):
        quality = measure(parameters()["world"][f"seeds_{half}"])
        yield {
            "bench": "findings_quality",
            "case": f"visits, {half} half",
            "value": round(100 * quality.hits / quality.visits, 1),
            "unit": "% frauds",
            "baseline": round(100 * quality.chance / quality.visits, 1),
            "ratio": round(quality.lift, 2),
        }
