"""Sign-in accounts: the one table shared with the sign-in library, which keeps its own transaction."""

import secrets

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import Base, Code, Key, Moment, Name, Words


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
