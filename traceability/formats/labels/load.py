"""Designs from their folders, read and checked."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from traceability.formats.labels.checks import problems
from traceability.formats.labels.design import BadDesign, Design


def load_designs(folder: Path) -> dict[str, Design]:
    """Every design under `folder`, by the name of its own; BadDesign for the first that is unusable."""
    return {file.parent.name: load_design(file.parent) for file in sorted(folder.glob("*/design.toml"))}


def load_design(folder: Path) -> Design:
    """The design in one folder; its fonts lie in the folder `fonts` beside it."""
    design = _design(folder.resolve())
    if found := problems(design):
        raise BadDesign(folder / "design.toml", found)
    return design


def _design(folder: Path) -> Design:
    file = folder / "design.toml"
    where = {"id": folder.name, "folder": folder, "fonts": (folder.parent / "fonts").resolve()}
    drawing = {"template": _text(folder / "label.html"), "style": _text(folder / "style.css")}
    try:
        return Design.model_validate({**_table(file), **where, **drawing})
    except ValidationError as error:
        found = {".".join(map(str, problem["loc"])): problem["msg"] for problem in error.errors()}
        raise BadDesign(file, found) from error


def _table(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError as error:
        raise BadDesign(file, {"(file)": str(error)}) from error


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadDesign(file, {"(file)": str(error)}) from error
