"""Settings: what stops the start, what is worked out, what is never shown."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from traceability.config import MissingSecret, Settings

SECRET = "x" * 40


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TRACEABILITY_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_keep_everything_in_one_folder(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.data == tmp_path / "var"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'traceability.db'}"
    assert (settings.keys, settings.uploads) == (tmp_path / "var/keys", tmp_path / "var/uploads")
    assert not settings.cookies_secure


def test_variables_are_read_and_empty_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEABILITY_PUBLIC_URL", "https://mj.example/")
    monkeypatch.setenv("TRACEABILITY_DATABASE_URL", "")
    settings = Settings()
    assert settings.public_url == "https://mj.example"
    assert settings.cookies_secure
    assert settings.database_url.startswith("sqlite:///")


def test_the_old_name_of_postgresql_is_forgiven() -> None:
    assert Settings(database_url="postgres://u@h/d").database_url == "postgresql://u@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("database_url", "mysql://h/d"),
        ("public_url", "mj.example"),
        ("public_url", "https://mj.example/?a=1"),
        ("secret_key", "short"),
        ("trusted_proxies", -1),
    ],
)
def test_what_is_malformed_stops_the_start(name: str, value: Any) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


def test_a_header_that_names_the_province_needs_a_proxy_of_our_own_to_come_from() -> None:
    with pytest.raises(ValidationError, match="TRUSTED_PROXIES"):
        Settings(place_header="X-Province")
    assert Settings(place_header="X-Province", trusted_proxies=1).place_header == "X-Province"


def test_where_places_come_from_is_unset_unless_said_and_its_file_stays_where_it_was(tmp_path: Path) -> None:
    assert (Settings().place_header, Settings().place_file) == ("", None)
    assert Settings(place_file="places.mmdb").place_file == tmp_path / "places.mmdb"


def test_nothing_is_changed_after_the_start() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().public_url = "https://elsewhere.example"  # type: ignore[misc]


def test_secrets_stay_out_of_repr_and_of_errors() -> None:
    settings = Settings(secret_key=SECRET, database_url="postgresql://u:hush@h/d")
    assert SECRET not in repr(settings)
    assert "hush" not in repr(settings)
    with pytest.raises(ValidationError) as refused:
        Settings(database_url="mysql://u:hush@h/d")
    assert "hush" not in str(refused.value)


def test_the_session_secret_comes_from_the_variable_first_then_from_the_key_file(tmp_path: Path) -> None:
    assert Settings(secret_key=SECRET).session_secret() == SECRET
    kept = Settings(data=tmp_path)
    kept.keys.mkdir()
    kept.session_secret_file.write_text("y" * 64 + "\n")
    assert kept.session_secret() == "y" * 64


@pytest.mark.parametrize("content", [None, "", "short"])
def test_a_missing_secret_stops_the_start(content: str | None, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    if content is not None:
        settings.keys.mkdir()
        settings.session_secret_file.write_text(content)
    with pytest.raises(MissingSecret, match="traceability init"):
        settings.session_secret()
