"""Where the folders live that are no Python: templates, labels, migrations.

A built wheel carries them inside the package; an editable checkout keeps them beside it.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent


def folder(name: str) -> Path:
    """The folder of that name: the package's own first, then the repository's."""
    for candidate in (PACKAGE / name, ROOT / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"neither {PACKAGE / name} nor {ROOT / name} is there")


def templates() -> Path:
    """Jinja templates, by door."""
    return folder("templates")


def labels() -> Path:
    """Label designs and their fonts."""
    return folder("labels")


def migrations() -> Path:
    """Alembic's environment and the numbered migrations."""
    return folder("alembic")
