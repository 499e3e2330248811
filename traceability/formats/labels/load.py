"""Designs from their folders, read and checked."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from traceability import paths
from traceability.formats.labels.checks import problems
from traceability.formats.labels.design import BadDesign, Design, Fault, Kind, Problem


def load_designs(folder: Path, *, kind: Kind = "mark") -> dict[str, Design]:
    """The designs of one kind under `folder`, by the names of their own; BadDesign for the first that is unusable."""
    designs = {one.name: load_design(one) for one in design_folders(folder)}
    return {name: design for name, design in designs.items() if design.kind == kind}


def design_folders(folder: Path) -> list[Path]:
    """The folders under `folder` that hold a design, good or bad."""
    return [file.parent for file in sorted(folder.glob("*/design.toml"))]


def load_design(folder: Path) -> Design:
    """The design in one folder; its fonts lie in the folder `fonts` beside it, else those of this package serve."""
    design = _design(folder.resolve())
    if found := problems(design):
        raise BadDesign(folder, found)
    return design


def _design(folder: Path) -> Design:
    where = {"id": folder.name, "folder": folder, "fonts": _fonts(folder)}
    drawing = {"template": _text(folder, "label.html"), "style": _text(folder, "style.css")}
    try:
        return Design.model_validate({**_table(folder), **where, **drawing})
    except ValidationError as error:
        raise BadDesign(folder, [_problem(one) for one in error.errors()]) from error


def _fonts(folder: Path) -> Path:
    beside = folder.parent / "fonts"
    return (beside if beside.is_dir() else paths.labels() / "fonts").resolve()


_FAULTS = {"missing": Fault.MISSING, "extra_forbidden": Fault.UNKNOWN}


def _problem(found: ErrorDetails) -> Problem:
    """A key that is missing, unknown or has a value it cannot have; the library has words for the last only."""
    key = ".".join(map(str, found["loc"]))
    return Problem(key, _FAULTS.get(found["type"], Fault.VALUE), {"problem": found["msg"]})


def _table(folder: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_text(folder, "design.toml"))
    except tomllib.TOMLDecodeError as error:
        raise BadDesign(folder, [Problem("", Fault.UNREADABLE, {"problem": str(error)})]) from error


def _text(folder: Path, file: str) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDesign(folder, [Problem("", Fault.UNREADABLE, {"problem": str(error)}, file)]) from error
