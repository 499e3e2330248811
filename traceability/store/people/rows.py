"""The tables of people, firms, plots and what they own."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from traceability.store.base import (
    Base,
    Code,
    County,
    Digest,
    EnterpriseRef,
    Exact,
    Grams,
    Key,
    Moment,
    Name,
    UserRef,
    Words,
)


class InvitationRow(Base):
    """An invitation to the desk of a firm, taken up once or not at all; the link itself is kept nowhere, its digest is.

    `grants` as in `user`; ended when taken up (`user_id` is who came of it) or withdrawn.
    """

    __tablename__ = "invitation"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    token_sha256: Mapped[Digest] = mapped_column(unique=True)
    email: Mapped[Name]
    name: Mapped[Name]
    grants: Mapped[Words]
    invited_at: Mapped[Moment]
    invited_by: Mapped[UserRef]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class OfficeRow(Base):
    """A market regulation bureau: the prefecture's, or one of the twelve counties'."""

    __tablename__ = "office"

    code: Mapped[Code] = mapped_column(primary_key=True)
    name: Mapped[Name]
    telephone: Mapped[Code | None]


class EnterpriseRow(Base):
    """A tea business."""

    __tablename__ = "enterprise"

    id: Mapped[Key]
    name: Mapped[Name]
    uscc: Mapped[Code] = mapped_column(unique=True)
    county: Mapped[County]
    sc_no: Mapped[Code | None]
    uscc_override: Mapped[Words | None]
    registered_at: Mapped[Moment]
    #: No foreign key: users point at enterprises, and the two tables must not wait for each other.
    entered_by: Mapped[int]


class PartyRow(Base):
    """Whose stock goods can be in: an enterprise here, or an outside consignee that one firm keeps a record of."""

    __tablename__ = "party"

    id: Mapped[Key]
    name: Mapped[Name]
    place: Mapped[Name]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), unique=True)
    kept_by: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)


class AuthorisationRow(Base):
    """A decision that a firm may use the mark."""

    __tablename__ = "authorisation"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    announcement_no: Mapped[Code]
    right_basis: Mapped[Code]
    scope: Mapped[Name]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]
    withdrawn_on: Mapped[date | None]


class SuspensionRow(Base):
    """A stop of a firm's mark actions."""

    __tablename__ = "suspension"

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    since: Mapped[Moment]
    reason: Mapped[Words]
    decided_by: Mapped[UserRef]
    lifted_at: Mapped[Moment | None]


class GrowerRow(Base):
    """A household, cooperative or enterprise that grows tea. Its name is never shown to the public.

    Of a telephone only what stands for it is kept (`domain.ground`): it shows that two are the same.
    """

    __tablename__ = "grower"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    kind: Mapped[Code]
    name: Mapped[Name]
    township: Mapped[Code]
    telephone_commitment: Mapped[Digest | None] = mapped_column(index=True)
    entered_by: Mapped[UserRef]


class PlotRow(Base):
    """A plot: one garden card."""

    __tablename__ = "plot"

    id: Mapped[Key]
    no: Mapped[Code] = mapped_column(unique=True)
    grower_id: Mapped[int] = mapped_column(ForeignKey("grower.id"), index=True)
    township: Mapped[Code] = mapped_column(index=True)
    place: Mapped[Name]
    area_mu: Mapped[Exact]
    cultivar: Mapped[Name | None]
    altitude_m: Mapped[int | None]
    state: Mapped[Code]
    active_from: Mapped[date | None]
    entered_by: Mapped[UserRef]


class AllowanceConfirmationRow(Base):
    """Allowances of a season confirmed for many plots of a county at once, or one such confirmation taken back.

    `grams` is the year's sum of all of them. Rows are added, never changed.
    """

    __tablename__ = "allowance_confirmation"

    id: Mapped[Key]
    season: Mapped[int]
    county: Mapped[str] = mapped_column(String(6))
    plots: Mapped[int]
    grams: Mapped[Grams]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("allowance_confirmation.id"), unique=True)
    reason: Mapped[Words]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]


class PlotAllowanceRow(Base):
    """An allowance the office set for one plot, season and part ("" = the whole year), instead of the profile's.

    `confirmation_id`: the confirmation of many plots it came with.
    """

    __tablename__ = "plot_allowance"

    id: Mapped[Key]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    season: Mapped[int]
    part: Mapped[Code]
    grams: Mapped[Grams]
    reason: Mapped[Words]
    decided_at: Mapped[Moment]
    decided_by: Mapped[UserRef]
    confirmation_id: Mapped[int | None] = mapped_column(ForeignKey("allowance_confirmation.id"), index=True)


class PlotWorkRow(Base):
    """Farm work with an input on a plot (农事/投入品); leaf is refused until the interval has passed."""

    __tablename__ = "plot_work"

    id: Mapped[Key]
    plot_id: Mapped[int] = mapped_column(ForeignKey("plot.id"), index=True)
    product: Mapped[Name]
    dose: Mapped[Name]
    worked_on: Mapped[date]
    interval_days: Mapped[int]
    interval_until: Mapped[date]
    enterprise_id: Mapped[EnterpriseRef]
    entered_by: Mapped[UserRef]


class ScaleRow(Base):
    """A trade scale of a firm and its verification."""

    __tablename__ = "scale"
    __table_args__ = (UniqueConstraint("enterprise_id", "no"),)

    id: Mapped[Key]
    no: Mapped[Code]
    enterprise_id: Mapped[EnterpriseRef]
    verified_on: Mapped[date]
    verified_until: Mapped[date]


class ProductRow(Base):
    """What a firm sells under the mark."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("enterprise_id", "name", "grade", "net_content_g"),
        CheckConstraint("net_content_g > 0", name="holds_something"),
    )

    id: Mapped[Key]
    enterprise_id: Mapped[EnterpriseRef]
    name: Mapped[Name]
    grade: Mapped[Code]
    net_content_g: Mapped[Grams]
    gtin: Mapped[Code | None] = mapped_column(unique=True)
