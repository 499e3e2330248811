"""Workbooks handed in at a desk: kept under their hash until they are recorded, tried and recorded aside.

A file is tried before it is recorded, and what is recorded is the very file that was tried: it stays here between the
two, and its name is its SHA-256. How far a run is and what it came to lies beside it, so that any process of the server
can show it. A run that was killed with its server is known by its lock, which nobody holds any more.
"""

import hashlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.people import Identity, May
from traceability.formats.workbook import Trouble, read
from traceability.services.importing.bringing import bring_in
from traceability.services.importing.outcome import Counts, Outcome
from traceability.services.press.locks import alone, is_held
from traceability.store.work import Work

_log = logging.getLogger(__name__)
_NAMED = re.compile(r"[0-9a-f]{64}")
#: Files of one firm that lie here at most; the oldest go first.
MOST_FILES = 5
#: Troubles kept for the page; their number is told in any case.
MOST_TROUBLES = 1_000
#: Rows between two words about how far it is.
_STEP = 1_000


class Phase(StrEnum):
    """How far a workbook is. READ_FAILED: no workbook; TRIED: with or without troubles; FAILED: a fault of ours."""

    WAITING = "waiting"
    READING = "reading"
    TRYING = "trying"
    RECORDING = "recording"
    TRIED = "tried"
    RECORDED = "recorded"
    READ_FAILED = "read_failed"
    FAILED = "failed"


_AT_WORK = frozenset({Phase.WAITING, Phase.READING, Phase.TRYING, Phase.RECORDING})


@dataclass(frozen=True)
class Try:
    """A workbook and what came of it; `done` rows of `of`; `count` of everything that is wrong."""

    sha256: str
    name: str
    phase: Phase
    done: int = 0
    of: int = 0
    outcome: Outcome | None = None
    count: int = 0
    refusal: Refusal | None = None
    running: bool = False

    @property
    def interrupted(self) -> bool:
        """It was at work, and nobody works at it any more."""
        return self.phase in _AT_WORK and not self.running

    @property
    def recordable(self) -> bool:
        """Tried, without fault, and there is something new in it."""
        return (
            self.phase is Phase.TRIED
            and self.outcome is not None
            and self.outcome.fine
            and self.outcome.new > 0
        )


@dataclass(frozen=True)
class Tries:
    """Where workbooks lie between trying and recording, by firm; `change` is the way into the books."""

    change: Callable[[], AbstractContextManager[Work]]
    folder: Path

    def hand_in(self, content: bytes, name: str, *, by: Identity) -> str:
        """Keep a file to be tried; its SHA-256."""
        place = self._place(by)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        sha256 = hashlib.sha256(content).hexdigest()
        if not is_held(place, sha256):
            _write(place / f"{sha256}.file", content)
            self._tell(by, Try(sha256, name[:120], Phase.WAITING))
            self._tidy(place, sha256)
        return sha256

    def find(self, sha256: str, *, by: Identity) -> Try:
        """How far a workbook of the person's firm is, or what came of it; raise `NotFound`."""
        place = self._place(by)
        try:
            if not _NAMED.fullmatch(sha256):
                raise errors.NotFound()
            told = json.loads((place / f"{sha256}.json").read_text("utf-8"))
        except FileNotFoundError as error:
            raise errors.NotFound() from error
        return replace(_read(told), running=is_held(place, sha256))

    def run(self, sha256: str, *, by: Identity, now: datetime, record: bool) -> None:
        """Try a workbook, or record one that was tried without fault; nothing when somebody is at it already."""
        try:
            with alone(self._place(by), sha256):
                self._run(self.find(sha256, by=by), by, now, record)
        except errors.PrintJobBusy:
            return

    def _run(self, found: Try, by: Identity, now: datetime, record: bool) -> None:
        if found.phase is Phase.RECORDED or (record and not found.recordable):
            return
        try:
            self._tell(by, self._done(found, by, now, record))
        except Refusal as error:
            self._tell(by, replace(found, phase=Phase.READ_FAILED, refusal=error, outcome=None))
        except Exception:
            _log.exception("workbook %s", found.sha256)
            self._tell(by, replace(found, phase=Phase.FAILED, outcome=None))

    def _done(self, found: Try, by: Identity, now: datetime, record: bool) -> Try:
        content = self._content(found, by)
        book = read(content, self._progress(by, replace(found, phase=Phase.READING)))
        at_work = replace(found, phase=Phase.RECORDING if record else Phase.TRYING)
        outcome = bring_in(
            self.change, by=by, now=now, book=book, keep=record, progress=self._progress(by, at_work)
        )
        if outcome.kept:
            (self._place(by) / f"{found.sha256}.file").unlink(missing_ok=True)
        return replace(
            found,
            phase=Phase.RECORDED if outcome.kept else Phase.TRIED,
            outcome=replace(outcome, troubles=outcome.troubles[:MOST_TROUBLES]),
            count=len(outcome.troubles),
            refusal=None,
        )

    def _content(self, found: Try, by: Identity) -> bytes:
        """The bytes that were handed in; raise `NotFound` when they are gone or are others."""
        try:
            content = (self._place(by) / f"{found.sha256}.file").read_bytes()
        except FileNotFoundError as error:
            raise errors.NotFound() from error
        if hashlib.sha256(content).hexdigest() != found.sha256:
            raise errors.NotFound()
        return content

    def _progress(self, by: Identity, at_work: Try) -> Callable[[int, int], None]:
        told = [-_STEP]

        def tell(done: int, of: int) -> None:
            if done - told[0] >= _STEP or done == of:
                told[0] = done
                self._tell(by, replace(at_work, done=done, of=of))

        tell(0, 1)
        return tell

    def _tell(self, by: Identity, found: Try) -> None:
        _write(
            self._place(by) / f"{found.sha256}.json", json.dumps(_kept(found), ensure_ascii=False).encode()
        )

    def _place(self, by: Identity) -> Path:
        return self.folder / str(by.firm(May.RECORD_CHAIN))

    def _tidy(self, place: Path, newest: str) -> None:
        """The files of people's names and weights do not lie about: only the latest few are kept."""
        listed = sorted(place.glob("*.json"), key=lambda one: one.stat().st_mtime, reverse=True)
        for one in listed[MOST_FILES:]:
            if one.stem != newest and not is_held(place, one.stem):
                for suffix in (".json", ".file", ".lock"):
                    one.with_suffix(suffix).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """A file that only its owner can read, and that is there whole or not at all."""
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(part).replace(path)


# --- on paper ----------------------------------------------------------------------------------------------------


def _kept(found: Try) -> dict[str, Any]:
    outcome = found.outcome
    return {
        "sha256": found.sha256,
        "name": found.name,
        "phase": found.phase.value,
        "done": found.done,
        "of": found.of,
        "count": found.count,
        "refusal": _refusal_kept(found.refusal) if found.refusal else None,
        "sheets": {key: asdict(one) for key, one in outcome.sheets.items()} if outcome else None,
        "troubles": [
            {"sheet": one.sheet, "cell": one.cell, "value": one.value, **_refusal_kept(one.refusal)}
            for one in (outcome.troubles if outcome else ())
        ],
    }


def _read(told: Mapping[str, Any]) -> Try:
    outcome = None
    if told["sheets"] is not None:
        sheets = {key: Counts(**one) for key, one in told["sheets"].items()}
        troubles = tuple(
            Trouble(one["sheet"], one["cell"], one["value"], _refusal_read(one)) for one in told["troubles"]
        )
        outcome = Outcome(told["sha256"], sheets, troubles, told["phase"] == Phase.RECORDED.value)
    refusal = _refusal_read(told["refusal"]) if told["refusal"] else None
    return Try(
        told["sha256"],
        told["name"],
        Phase(told["phase"]),
        told["done"],
        told["of"],
        outcome,
        told["count"],
        refusal,
    )


def _trouble_read(told: Mapping[str, Any]) -> Trouble:
    return Trouble(told["sheet"], told["cell"], told["value"], _refusal_read(told))


def _refusal_kept(error: Refusal) -> dict[str, Any]:
    return {"code": error.code, "facts": {key: _fact_kept(one) for key, one in error.facts.items()}}


def _refusal_read(told: Mapping[str, Any]) -> Refusal:
    return errors.by_code(told["code"])(**{key: _fact_read(one) for key, one in told["facts"].items()})


def _fact_kept(value: object) -> object:
    """A fact as JSON has it; what JSON has no form for is named by its kind."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"number": format(value, "f")}
    if isinstance(value, list | tuple):
        return [_fact_kept(one) for one in value]
    return value if isinstance(value, int) or value is None else str(value)


_KINDS: Mapping[str, Callable[[str], object]] = {
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "number": Decimal,
}


def _fact_read(value: object) -> object:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        return _KINDS[kind](text)
    return [_fact_read(one) for one in value] if isinstance(value, list) else value
