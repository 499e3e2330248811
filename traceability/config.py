"""Settings: one frozen object, read once from the TRACEABILITY_* variables and handed down.

Only `app` and `cli` see it. What is missing or malformed stops the start; what is secret stays out of `repr`.
"""

import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Flask signs the session cookie with HMAC-SHA1; a key shorter than this is guessable before it is long.
SHORTEST_SECRET = 32


class MissingSecret(RuntimeError):
    """The key that signs sessions is nowhere to be had; nothing is started without it."""


def _absolute(path: Path) -> Path:
    """Settings are read once; the working folder may change afterwards."""
    return path.expanduser().resolve()


def _supported(url: str) -> str:
    """SQLite or PostgreSQL; the old short name is forgiven. SQLAlchemy 2.1 takes psycopg 3 by itself."""
    if url.startswith("postgres://"):
        url = url.replace("postgres://", "postgresql://", 1)
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("a database URL begins with sqlite:/// or postgresql://")
    return url


def _origin(url: str) -> str:
    """Every QR code begins with it: scheme and host, nothing that a code could not stand behind."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a public URL begins with http:// or https:// and names a host")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("a public URL has no query, fragment or sign-in")
    return url.rstrip("/")


def _log_name(name: str) -> str:
    """A log's name stands in signature lines (C2SP signed-note): no spaces, no plus signs."""
    if re.search(r"[\s+\x00-\x1f]", name):
        raise ValueError("a log's name has no spaces and no plus signs")
    return name


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"a secret key has at least {SHORTEST_SECRET} characters")
    return secret


class Settings(BaseSettings):
    """What an installation decides for itself."""

    model_config = SettingsConfigDict(
        env_prefix="TRACEABILITY_",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
        hide_input_in_errors=True,
    )

    data: Annotated[Path, AfterValidator(_absolute)] = Field(default=Path("var"), validate_default=True)
    database_url: Annotated[str, AfterValidator(_supported)] = Field(
        default_factory=lambda given: f"sqlite:///{given['data'] / 'traceability.db'}", repr=False
    )
    public_url: Annotated[str, AfterValidator(_origin)] = "http://127.0.0.1:8000"
    #: Said by a person once codes under `public_url` may be printed for the market; SAMPLE until then.
    public_url_confirmed: bool = False
    secret_key: Annotated[SecretStr, AfterValidator(_long_enough)] | None = None
    #: Proxies of our own in front of the server, whose forwarding headers are believed.
    trusted_proxies: int = Field(default=0, ge=0, le=8)
    #: A header in which those proxies name the province a request comes from (ISO 3166-2:CN, "GZ" or "CN-GZ").
    place_header: str = ""
    #: A file in MaxMind's format that knows the province of an address, where no proxy does.
    place_file: Annotated[Path, AfterValidator(_absolute)] | None = None

    #: The name of the public log, in its key from `init` on; left empty, the host of `public_url` and "/log".
    log_origin: Annotated[str, AfterValidator(_log_name)] = ""
    #: A server seals what has come in every so many seconds; 0: never, `traceability log seal` does.
    log_seal_seconds: int = Field(default=5, ge=0, le=86_400)

    @model_validator(mode="after")
    def _trusted(self) -> Self:
        """A header is believed only behind a proxy of our own: anybody could send it."""
        if self.place_header and not self.trusted_proxies:
            raise ValueError("PLACE_HEADER needs TRUSTED_PROXIES")
        return self

    @property
    def keys(self) -> Path:
        """Keys made by `init`, mode 600."""
        return self.data / "keys"

    @property
    def uploads(self) -> Path:
        """Documents handed in: reports, authorisations, artwork."""
        return self.data / "uploads"

    @property
    def prints(self) -> Path:
        """Files of print jobs until they are taken: live codes, mode 700."""
        return self.data / "prints"

    @property
    def workbooks(self) -> Path:
        """Workbooks between their trial and their record, mode 700."""
        return self.data / "workbooks"

    @property
    def session_secret_file(self) -> Path:
        """Where `init` keeps the secret when no variable gives one."""
        return self.keys / "session.key"

    @property
    def log_key_file(self) -> Path:
        """The key the public log is signed with, and its name."""
        return self.keys / "log.key"

    @property
    def log_name(self) -> str:
        """What a new log is called: its address without the scheme (C2SP tlog-tiles)."""
        parts = urlsplit(self.public_url)
        return self.log_origin or f"{parts.netloc}{parts.path}/log"

    @property
    def cookies_secure(self) -> bool:
        """Session cookies travel over HTTPS only, wherever the public URL is HTTPS."""
        return self.public_url.startswith("https://")

    def session_secret(self) -> str:
        """The secret that signs sessions, from the variable or from the key file; raise `MissingSecret`."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        try:
            kept = self.session_secret_file.read_text("ascii").strip()
        except FileNotFoundError:
            kept = ""
        if len(kept) < SHORTEST_SECRET:
            raise MissingSecret(
                f"no session secret: run `traceability init` (it writes {self.session_secret_file}) "
                "or set TRACEABILITY_SECRET_KEY"
            )
        return kept
