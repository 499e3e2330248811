"""Guards of the whole house: what a reviewer would have to remember. Import rules are in pyproject.toml."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "traceability"
TOP_LEVEL = {
    "traceability", "templates", "labels", "tests", "alembic", "docs",
    "pyproject.toml", "README.md", "Makefile", "CHANGELOG.md", "constraints.txt",
}  # fmt: skip


def modules(*storeys: str) -> list[Path]:
    """Python files of the storeys named (a folder or a single module)."""
    found = [file for storey in storeys for file in (PACKAGE / storey).rglob("*.py")]
    return found + [file for storey in storeys if (file := PACKAGE / f"{storey}.py").exists()]


def nodes(*storeys: str) -> Iterator[tuple[str, ast.AST]]:
    """Every piece of code of these storeys, with its place."""
    for file in modules(*storeys):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            yield f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node


def calls(*storeys: str) -> Iterator[tuple[str, str]]:
    """Every call of these storeys: its place and its dotted name."""
    for place, node in nodes(*storeys):
        if isinstance(node, ast.Call):
            yield place, ast.unparse(node.func)


def tracked() -> list[Path]:
    """The files git knows or would add; without git there is nothing to guard."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-c", "core.quotepath=off", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {file.parts[0] for file in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_alembic_has_no_init_that_would_hide_the_library() -> None:
    assert not list((ROOT / "alembic").rglob("__init__.py"))


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in PACKAGE.rglob("*.py")
        if not ast.get_docstring(ast.parse(file.read_text("utf-8")))
    ]
    assert silent == []


CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic")


def test_below_the_doors_nobody_reads_the_clock() -> None:
    """`now` is an argument of every use case, so that history can be lived through again."""
    read = [place for place, name in calls("domain", "services", "store", "formats") if name.endswith(CLOCKS)]
    assert read == []


def test_the_rules_open_no_file() -> None:
    opened = [
        place
        for place, name in calls("domain")
        if name == "open" or name.endswith((".read_text", ".read_bytes"))
    ]
    assert opened == []


def test_no_book_is_kept_in_floats() -> None:
    """Whole grams, whole packs, exact decimals: no float is named or written in rules, use cases or rows."""

    def floating(node: ast.AST) -> bool:
        written = isinstance(node, ast.Constant) and isinstance(node.value, float)
        return written or (isinstance(node, ast.Name) and node.id in {"float", "Float"})

    assert [place for place, node in nodes("domain", "services", "store") if floating(node)] == []


TRANSACTIONS = ("session.begin", "sessions.begin", ".commit", ".rollback", ".begin_nested")
MAKERS = ("create_engine", "sessionmaker", "scoped_session")


def test_transactions_begin_and_end_in_one_place() -> None:
    """`change()`, `note()` and `look()`; beside them the sign-in library, wired in app.py, keeps its own."""
    found = {
        place
        for place, name in calls("app", "cli", "demo", "web", "services", "store", "formats", "domain")
        if name.endswith(TRANSACTIONS) or name in MAKERS
    }
    assert {place.split(":")[0] for place in found} <= {"traceability/store/work.py", "traceability/app.py"}


def test_tables_relate_by_back_populates_only() -> None:
    written = [
        place for place, node in nodes("store") if isinstance(node, ast.keyword) and node.arg == "backref"
    ]
    assert written == []


def test_a_use_case_is_called_by_its_keywords() -> None:
    """Weights, serials and users are all numbers: after the open work, each argument is named at the call."""
    loose = [
        f"{place} {node.name}"
        for place, node in nodes("services")
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if "now" in {arg.arg for arg in node.args.args}
    ]
    assert loose == []


def test_constraints_are_names_and_numbers_only() -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin for pin in pins if "://" in pin or "@" in pin or "==" not in pin] == []


HOMES = tuple(f"/{folder}/" for folder in ("root", "home", "Users"))


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    texts = [
        file
        for file in tracked()
        if file.suffix in {".py", ".toml", ".txt", ".md", ".html"} or not file.suffix
    ]
    found = [str(file) for file in texts if any(home in _text(ROOT / file) for home in HOMES)]
    assert found == []


def _text(file: Path) -> str:
    return file.read_text("utf-8", errors="ignore")
