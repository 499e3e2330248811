"""The folders that are no Python are found in a checkout, and travel inside the built wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from traceability import paths


def test_a_checkout_keeps_its_folders_beside_the_package() -> None:
    assert {paths.templates(), paths.labels(), paths.migrations()} == {
        paths.ROOT / name for name in ("templates", "labels", "alembic")
    }


def test_the_packages_own_folder_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "PACKAGE", tmp_path)
    (tmp_path / "labels").mkdir()
    assert paths.labels() == tmp_path / "labels"
    assert paths.templates() == paths.ROOT / "templates"


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="blueprints"):
        paths.folder("blueprints")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a built wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=paths.ROOT, check=True, capture_output=True,
    )  # fmt: skip
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as opened:
        return set(opened.namelist())


def wanted(folder: Path, prefix: str) -> set[str]:
    files = (file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {f"traceability/{prefix}{file.relative_to(folder)}" for file in files if file.name != ".gitkeep"}


@pytest.mark.parametrize("name", ["templates", "labels", "alembic"])
def test_the_wheel_carries_the_folders(wheel: set[str], name: str) -> None:
    assert wanted(paths.ROOT / name, f"{name}/") <= wheel


def test_the_wheel_carries_the_packages_own_data(wheel: set[str]) -> None:
    """The profile, vendored static files, compiled translations."""
    assert {file for file in wanted(paths.PACKAGE, "") if not file.endswith((".pyc", ".po"))} <= wheel


def test_the_wheel_carries_no_caches(wheel: set[str]) -> None:
    assert not [file for file in wheel if "__pycache__" in file or file.endswith(".pyc")]
