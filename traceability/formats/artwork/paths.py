"""Paths of an SVG in plain writing: a letter before every step, its numbers apart (SVG 2, 9.3.9).

What would be drawn up to a mistake by one program, and endlessly by another, is refused.
"""

import re
from collections.abc import Iterator

from traceability.domain import errors

FARTHEST = 1e7
"""No drawing reaches as far, and a number that is none (1e999) does."""

# Atomic, so that a number is never cut in two to make up for a missing one.
_NUMBER = r"((?>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))"
_FLAG = r"([01])"
_BETWEEN = r"[\s,]*"


def _steps(*parts: str) -> re.Pattern[str]:
    return re.compile(_BETWEEN.join(("", *parts, "")))


_PAIR = (_NUMBER, _NUMBER)

#: The numbers of one step, by its letter.
STEPS = {
    **dict.fromkeys("MLT", _steps(*_PAIR)),
    **dict.fromkeys("HV", _steps(_NUMBER)),
    **dict.fromkeys("SQ", _steps(*_PAIR * 2)),
    "C": _steps(*_PAIR * 3),
    "A": _steps(*_PAIR, _NUMBER, _FLAG, _FLAG, *_PAIR),
}
_COMMAND = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")


def plain_path(text: str) -> str:
    """The same path in plain writing; raise `ArtworkBroken`."""
    start = text.lstrip()
    commands = list(_COMMAND.finditer(start))
    if start and (not commands or commands[0].start() or commands[0][1] not in "Mm"):
        raise errors.ArtworkBroken()
    return " ".join(step for command in commands for step in _written(command[1], command[2].strip()))


def _written(letter: str, rest: str) -> Iterator[str]:
    """A command as single steps: after the first pair of a move, more pairs are lines."""
    if letter in "Zz":
        _need(not rest)
        yield letter
        return
    _need(bool(rest))
    for numbers in _groups(STEPS[letter.upper()], rest):
        yield f"{letter} {' '.join(numbers)}"
        letter = {"M": "L", "m": "l"}.get(letter, letter)


def plain_points(text: str) -> str:
    """Corners in plain writing; raise `ArtworkBroken`."""
    return " ".join(number for pair in _groups(STEPS["L"], text.strip()) for number in pair)


def _groups(step: re.Pattern[str], text: str) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(text):
        found = step.match(text, at)
        if found is None:
            raise errors.ArtworkBroken()
        if any(abs(float(number)) > FARTHEST for number in found.groups()):
            raise errors.ArtworkBroken()
        yield found.groups()
        at = found.end()


def _need(fine: bool) -> None:
    if not fine:
        raise errors.ArtworkBroken()
