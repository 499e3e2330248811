"""`python -m tests.catalogues`: every text has its English, and the catalogue holds nothing else.

Texts are written in Chinese where they are used; that is the source. `--update` brings new ones into the catalogue.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("traceability", "templates")
ENGLISH = ROOT / "traceability/translations/en/LC_MESSAGES/messages.po"
#: Besides babel's own: the lazy ones of Flask-Babel, and ours for so many of something.
KEYWORDS = ("_l", "_lp:1c,2", "_n:1,1", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")


def read(file: Path, locale: str | None = None) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=locale)


def used() -> Catalog:
    """The texts that code and templates use now."""
    folders = [folder for folder in SOURCES if (ROOT / folder).is_dir()]
    command = [sys.executable, "-m", "babel.messages.frontend", "extract", "-F", "pyproject.toml"]
    command += ["--add-location=file", "--sort-by-file", *(f"--keyword={keyword}" for keyword in KEYWORDS)]
    with tempfile.TemporaryDirectory() as scratch:
        pot = Path(scratch) / "messages.pot"
        done = subprocess.run([*command, "-o", str(pot), *folders], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)  # its last words name the file that could not be read
        return read(pot)


def faults(wanted: Catalog, english: Catalog) -> Iterator[str]:
    """What is missing, doubtful or left over."""
    for message in wanted:
        if message.id and not _translated(english, message.id, message.context):
            yield f"no English for {message.id!r} ({', '.join(file for file, _ in message.locations)})"
    for message in english:
        if message.id and message.fuzzy:
            yield f"doubtful (fuzzy): {message.id!r}"
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"used nowhere: {message.id!r}"
    for key in english.obsolete:
        yield f"left over: {key!r}"


def _translated(english: Catalog, text: object, context: str | None) -> bool:
    found = english.get(text, context)  # type: ignore[arg-type]
    if found is None:
        return False
    return all(found.string) if isinstance(found.string, tuple | list) else bool(found.string)


def kept() -> Catalog:
    """The English as it is on file; to begin with, none."""
    return read(ENGLISH, "en") if ENGLISH.exists() else Catalog(locale="en")


def update(wanted: Catalog) -> None:
    """Add what is new, drop what is gone, guess nothing, and keep the file's dates out of the diff."""
    english = kept()
    english.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    english.header_comment = (
        "# English; the source is Chinese, where the texts are used. `make messages` keeps it."
    )
    english.fuzzy = False  # a doubtful catalogue would not be compiled
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as opened:
        write_po(opened, english, width=110, include_lineno=False, ignore_obsolete=True)


def main() -> int:
    wanted = used()
    if "--update" in sys.argv:
        update(wanted)
        print(f"{ENGLISH.relative_to(ROOT)}: {len(list(faults(wanted, kept())))} to translate")
        return 0
    found = list(faults(wanted, kept()))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"catalogue: {len(wanted)} texts, {len(found)} to mend")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
