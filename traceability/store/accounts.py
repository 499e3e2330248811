"""Sign-in accounts: the one table shared with the sign-in library, which keeps its own transaction."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.people import FIRM_ROLES
from traceability.store.base import Base, Code, Key, Moment, Name, Words

#: The one way to a second factor: a code of the phone's authenticator (RFC 6238).
AUTHENTICATOR = "authenticator"

#: So many wrong codes in a row, and none is taken for so long: six digits are soon guessed otherwise.
MOST_WRONG_CODES = 6
SHUT_FOR = timedelta(minutes=15)


class UserRow(Base, UserMixin):
    """Somebody who can sign in. One sign-in has one post; an officer's `enterprise_id` is a firm they are tied to.

    `grants` are the permissions a manager gave a clerk, parted by blanks; None: those every clerk has.
    """

    __tablename__ = "user"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(String(160), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool]
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: secrets.token_hex(16))
    name: Mapped[Name]
    role: Mapped[Code]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    county: Mapped[Code | None]
    last_seen_at: Mapped[Moment | None]
    grants: Mapped[Words | None]
    tf_primary_method: Mapped[Code | None]
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    tf_wrong_codes: Mapped[int | None]
    tf_wrong_at: Mapped[Moment | None]

    @property
    def enrolled(self) -> bool:
        """Whether a second factor was set up."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    def check_tf_required_setup(self) -> bool:
        """Everybody but a firm's people needs one (the library asks)."""
        return self.role not in FIRM_ROLES

    def check_tf_required(self, tf_setup_methods: Any, tf_fresh: bool) -> tuple[bool, Any]:
        """Who has set one up is asked for it at every sign-in, and who needs one sets it up first."""
        return bool(tf_setup_methods) or self.check_tf_required_setup(), tf_setup_methods

    def shut_out(self, now: datetime) -> bool:
        """Whether too many wrong codes were tried lately."""
        tried, last = self.tf_wrong_codes or 0, self.tf_wrong_at
        return tried >= MOST_WRONG_CODES and last is not None and now < last + SHUT_FOR


def give_second_factor(session: Session, user: int, *, sealed: str) -> None:
    """Set up a second factor whose key somebody holds already; `sealed` as the sign-in library keeps it."""
    row = session.get_one(UserRow, user)
    row.tf_primary_method, row.tf_totp_secret = AUTHENTICATOR, sealed


def reset_second_factor(session: Session, user: int) -> bool:
    """Forget a second factor, and end every session of that person; whether there is such a person."""
    row = session.get(UserRow, user)
    if row is not None:
        row.tf_primary_method = row.tf_totp_secret = row.tf_last_counter = None
        row.tf_wrong_codes = row.tf_wrong_at = None
        row.fs_uniquifier = secrets.token_hex(16)
    return row is not None


def set_password(session: Session, user: int, *, password_hash: str) -> bool:
    """Give somebody another password, and end every session of theirs; whether there is such a person."""
    row = session.get(UserRow, user)
    if row is not None:
        row.password, row.fs_uniquifier = password_hash, secrets.token_hex(16)
    return row is not None


def count_wrong_code(session: Session, user: int, *, at: datetime) -> None:
    """One wrong code more; those before the last pause do not count."""
    row = session.get_one(UserRow, user)
    lately = row.tf_wrong_at is not None and at < row.tf_wrong_at + SHUT_FOR
    row.tf_wrong_codes, row.tf_wrong_at = (row.tf_wrong_codes or 0) + 1 if lately else 1, at
