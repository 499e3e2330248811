"""`python -m tests.bench.copies_report`: writes the figures and the plot of docs/manual/copies.md, in some minutes.

The page's words are its own; what stands between `<!-- begin NAME -->` and `<!-- end NAME -->` is written here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.bench_copies import (
    COPIES,
    FALSE_AIM,
    FOUND_AIM,
    JUDGED,
    MANY,
    SCANS,
    TUNED,
    Judged,
    copied_judged,
    honest_judged,
    together,
)
from tests.bench.season import LISTS, SOURCE, Parameters, parameters

PAGE = Path(__file__).parents[2] / "docs/manual/copies.md"
PLOT = PAGE.with_suffix(".svg")
KINDS = ((True, "one province"), (False, "nationwide"))
#: Of each changed season; the figures of the main table come from all of them.
FEW = JUDGED[:2]

Cells = dict[tuple[int, bool], Judged]


def main() -> None:
    p = parameters()
    cells = {
        (copies, local): copied_judged(JUDGED, p, copies, local) for copies in COPIES for local, _ in KINDS
    }
    _write("season", _season())
    _write("false", _false_alarms(p))
    _write("found", _found(cells))
    PLOT.write_text("\n".join(_plot(cells)) + "\n", "utf-8")
    _write("sensitivity", _sensitivity(p))


def _write(name: str, lines: Iterator[str]) -> None:
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    before, rest = PAGE.read_text("utf-8").split(begin)
    _, after = rest.split(end)
    PAGE.write_text(before + begin + "\n".join(lines) + "\n" + end + after, "utf-8")


# --- tables ---------------------------------------------------------------------------------------------------------


def _season() -> Iterator[str]:
    yield "| parameter | value | unit | source |"
    yield "|---|---|---|---|"
    for part, table in SOURCE.items():
        for name, one in table.items() if part not in LISTS else ():
            yield f"| `{part}.{name}` | {one['value']} | {one['unit']} | {one['source']} |"


def _false_alarms(p: Parameters) -> Iterator[str]:
    yield f"| seasons | honest marks | province known | province unknown | aim at most {FALSE_AIM} % |"
    yield "|---|---|---|---|---|"
    for seeds, what in ((JUDGED, "judged on"), (TUNED, "tuned on")):
        judged = honest_judged(seeds, p)
        wrong = [judged.wrong(known) for known in (True, False)]
        told = " | ".join(f"{one} ({100 * one / judged.marks:.4f} %)" for one in wrong)
        met = "met" if 100 * max(wrong) <= FALSE_AIM * judged.marks else "missed"
        yield f"| {what} | {judged.marks:,} | {told} | {met} |"


def _found(cells: Cells) -> Iterator[str]:
    yield "| copies | sold | province | by the 30th scan | by the 30th look, reloads not counted | ever | aim |"
    yield "|---|---|---|---|---|---|---|"
    for (copies, local), judged in cells.items():
        yield from _rows(f"{copies:,} | {dict(KINDS)[local]}", judged, aimed=copies >= MANY)
    many = together([judged for (copies, _), judged in cells.items() if copies >= MANY])
    yield from _rows(f"all from {MANY} on | both", many, aimed=True)


def _rows(name: str, judged: Judged, *, aimed: bool) -> Iterator[str]:
    for known in (True, False):
        shares = (judged.found(known), judged.found_by_looks(known), judged.ever(known))
        told = " | ".join(f"{share:.1f} %" for share in shares)
        met = (
            "met"
            if shares[0] >= FOUND_AIM
            else "missed; met in looks"
            if shares[1] >= FOUND_AIM
            else "missed"
        )
        yield f"| {name} | {'known' if known else 'unknown'} | {told} | {met if aimed else '–'} |"


# --- what depends on what -------------------------------------------------------------------------------------------


def _sensitivity(p: Parameters) -> Iterator[str]:
    yield "| parameter | times | false alarms | province unknown | found, one province | found, nationwide |"
    yield "|---|---|---|---|---|---|"
    yield _changed("as it is", 1, p)
    for name, value in p.items():
        for factor in (0.5, 2):
            yield _changed(f"`{name}`", factor, {**p, name: value * factor})


def _changed(name: str, factor: float, p: Parameters) -> str:
    wrong = honest_judged(FEW, p)
    per = [f"{100_000 * wrong.wrong(known) / wrong.marks:.0f}" for known in (True, False)]
    shares = [copied_judged(JUDGED, p, 50, local).found(not local) for local in (True, False)]
    return f"| {name} | {factor:g} | {' | '.join(per)} | {shares[0]:.0f} % | {shares[1]:.0f} % |"


# --- the plot ---------------------------------------------------------------------------------------------------------

WIDE, HIGH, LEFT, TOP, GAP, LAST = 360, 260, 56, 40, 60, 60
COLOURS = ("#9aa5a0", "#c08a2b", "#b4442e", "#7a4f9a", "#2b6ca3", "#1f6f54")


def _plot(cells: Cells) -> Iterator[str]:
    """Two panels: the share of marks found by each scan, of marks copied in one province and nationwide."""
    width, height = LEFT + 2 * WIDE + GAP + 90, TOP + HIGH + 60
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12" fill="#222">'
    )
    yield "<title>Share of copied marks found, by the number of scans</title>"
    yield f'<rect width="{width}" height="{height}" fill="#fff"/>'
    for number, (local, known, title) in enumerate(
        (
            (True, False, "Copies in one province, province unknown"),
            (False, True, "Copies nationwide, province known"),
        )
    ):
        left = LEFT + number * (WIDE + GAP)
        yield from _axes(left, title)
        for colour, copies in zip(COLOURS, COPIES, strict=True):
            judged = cells[copies, local]
            yield _line(left, colour, [alarm.scan for alarm in judged.alarms(known)], judged.marks)
    for number, (colour, copies) in enumerate(zip(COLOURS, COPIES, strict=True)):
        x, y = LEFT + 2 * WIDE + GAP + 12, TOP + 14 + 20 * number
        yield f'<path d="M{x} {y - 4}h18" stroke="{colour}" stroke-width="2.5"/>'
        yield f'<text x="{x + 24}" y="{y}">{copies:,}</text>'
    yield "</svg>"


def _axes(left: int, title: str) -> Iterator[str]:
    yield f'<text x="{left}" y="{TOP - 16}" font-weight="bold">{title}</text>'
    for share in range(0, 101, 20):
        y = _y(share)
        yield f'<path d="M{left} {y}h{WIDE}" stroke="#ddd"/>'
        yield f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{share} %</text>'
    aim = f"M{left} {_y(FOUND_AIM)}h{WIDE}M{_x(left, SCANS)} {TOP}v{HIGH}"
    yield f'<path d="{aim}" stroke="#777" stroke-dasharray="4 4"/>'
    for scan in range(0, LAST + 1, 10):
        yield f'<text x="{_x(left, scan)}" y="{TOP + HIGH + 18}" text-anchor="middle">{scan}</text>'
    below = f'x="{left + WIDE / 2}" y="{TOP + HIGH + 40}" text-anchor="middle"'
    yield f"<text {below}>scans of the mark, reloads included</text>"


def _line(left: int, colour: str, found: Sequence[int | None], marks: int) -> str:
    shares = [100 * sum((one or LAST + 1) <= scan for one in found) / marks for scan in range(LAST + 1)]
    path = " ".join(f"{_x(left, scan)},{_y(share)}" for scan, share in enumerate(shares))
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'


def _x(left: int, scan: int) -> float:
    return round(left + WIDE * scan / LAST, 1)


def _y(share: float) -> float:
    return round(TOP + HIGH * (1 - share / 100), 1)


if __name__ == "__main__":
    main()
