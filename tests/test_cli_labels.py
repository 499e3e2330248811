"""`traceability labels …`: what a person learns of a design before printing after it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner, Result

from traceability.cli.desk import speaking
from traceability.cli.labels import EXPLANATIONS, explained, group
from traceability.domain.errors import DesignUnknown
from traceability.formats.labels import Fault, OffsetOffSheet, Problem
from traceability.paths import labels

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """The commands alone, in Chinese: they need no data folder, so they get none."""

    def invoke(*args: object) -> Result:
        with speaking("zh"):
            return CliRunner().invoke(group, [str(arg) for arg in args], catch_exceptions=False)

    return invoke


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """Somebody's own design: a symbol too small for an address, and a caption off the label."""
    folder = Path(shutil.copytree(labels() / "a4-40", tmp_path / "mine"))
    _replace(folder / "design.toml", "version = 4", "version = 3")
    return folder


def _replace(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_the_designs_of_this_house_are_listed(run: Run) -> None:
    done = run("list")
    assert done.exit_code == 0
    assert "roll-30x20  mark  30 × 20 mm × 1" in done.stdout
    assert "carton-100x75  carton  100 × 75 mm × 1" in done.stdout


def test_all_designs_of_this_house_may_be_used(run: Run) -> None:
    done = run("check")
    assert done.exit_code == 0
    for name in ("a4-40", "roll-40x60", "roll-30x20", "carton-100x75"):
        assert f"OK  {name}" in done.stdout
    assert "product: 至少 26 个汉字" in done.stdout
    assert "ranges: 6 段号码" in done.stdout


def test_a_bad_design_is_explained_by_file_and_key(run: Run, bad: Path) -> None:
    done = run("check", bad)
    assert done.exit_code == 2
    assert "✗   mine" in done.stdout
    assert "design.toml: qr.version: 二维码版本太小，装不下 76 个字符。" in done.stdout


def test_a_caption_in_the_way_makes_a_design_bad(run: Run, bad: Path) -> None:
    _replace(bad / "design.toml", "version = 3", "version = 4")
    _replace(bad / "style.css", ".on-net-content { top: 17.9mm; }", ".on-net-content { top: 24mm; }")
    done = run("check", bad, "a4-40")
    assert done.exit_code == 2
    assert "style.css: 固定文字“净含量”超出标签" in done.stdout
    assert "OK  a4-40" in done.stdout


def test_the_same_as_json(run: Run, bad: Path) -> None:
    done = run("check", "roll-40x60", bad, "--json")
    assert done.exit_code == 2
    good, wrong = json.loads(done.stdout)
    assert (good["design"], good["kind"], good["ok"], good["capacity"]["enterprise"]) == (
        "roll-40x60", "mark", True, 26,
    )  # fmt: skip
    [problem] = wrong["problems"]
    assert (wrong["ok"], problem["file"], problem["key"]) == (False, "design.toml", "qr.version")
    assert (problem["problem"], problem["facts"]) == ("symbol_small", {"characters": 76})


def test_a_design_nobody_has_is_unknown(run: Run) -> None:
    with pytest.raises(DesignUnknown):
        run("check", "a5-21")


FACTS = dict.fromkeys(
    [
        "problem", "kind", "items", "line", "characters", "right", "bottom", "page", "other", "lines", "size",
        "needed", "height", "text", "caption", "beyond",
    ],
    1,
)  # fmt: skip


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_an_explanation(fault: Fault) -> None:
    assert set(EXPLANATIONS) == set(Fault)
    with speaking("zh"):
        told = explained(Problem("qr", fault, FACTS))
    assert told
    assert "%(" not in told


def test_a_calibration_page_is_written(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "page.pdf"
    done = run("calibrate", "a4-40", "--out", out, "--right", "0.5", "--down", "-1")
    assert done.exit_code == 0
    assert "100%" in done.stdout
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == 1


def test_an_offset_off_the_sheet_is_refused_and_no_file_written(run: Run, tmp_path: Path) -> None:
    with pytest.raises(OffsetOffSheet):
        run("calibrate", "a4-40", "--out", tmp_path / "page.pdf", "--right", "9")
    assert list(tmp_path.iterdir()) == []


def test_a_bad_design_is_not_calibrated(run: Run, bad: Path, tmp_path: Path) -> None:
    done = run("calibrate", bad, "--out", tmp_path / "page.pdf")
    assert done.exit_code == 1
    assert "二维码版本太小" in done.stderr
    assert not (tmp_path / "page.pdf").exists()


@pytest.mark.parametrize(
    "style",
    [
        ".code { letter-spacing: .15mm; }",
        ".code { color: rgba(0, 0, 0, .4); }",
        ".control_number { opacity: .3; }",
        ".label > .qr > img { width: 4mm !important; }",
    ],
)
def test_a_style_that_only_the_preview_would_follow_is_told(run: Run, tmp_path: Path, style: str) -> None:
    folder = Path(shutil.copytree(labels() / "a4-40", tmp_path / "mine"))
    (folder / "style.css").write_text((folder / "style.css").read_text("utf-8") + style, "utf-8")
    done = run("check", folder)
    assert done.exit_code == 2
    assert "style.css" in done.stdout
