"""Verifications of scales as they were recorded, and leaf weighed on a day no verification covers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Integer, String, cast, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from traceability.domain.chain import EventKind
from traceability.domain.people import Within
from traceability.store.base import Base, Code, Key, Moment, Name
from traceability.store.chain import EventRow
from traceability.store.people import EnterpriseRow, ScaleRow, enterprise_within


class ScaleVerificationRow(Base):
    """A verification of a scale; the scale itself says which is the latest. Who told is not known of the oldest."""

    __tablename__ = "scale_verification"

    id: Mapped[Key]
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale.id"), index=True)
    verified_on: Mapped[date]
    verified_until: Mapped[date]
    certificate_no: Mapped[Code | None]
    body: Mapped[Name | None]
    recorded_at: Mapped[Moment | None]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


@dataclass(frozen=True, slots=True)
class Verification:
    """The days a verification covers, both included, its certificate and who verified."""

    verified_on: date
    verified_until: date
    certificate_no: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class KnownScale:
    """A scale with its firm and its verifications, latest first."""

    id: int
    no: str
    enterprise: int
    firm: str
    county: str
    verifications: tuple[Verification, ...]

    @property
    def until(self) -> date:
        """The last day any verification covers."""
        return max(one.verified_until for one in self.verifications)


def add_verification(session: Session, scale: int, told: Verification, *, at: datetime, by: int) -> None:
    """Keep a verification; the scale shows the one that lasts longest."""
    session.add(
        ScaleVerificationRow(
            scale_id=scale,
            verified_on=told.verified_on,
            verified_until=told.verified_until,
            certificate_no=told.certificate_no,
            body=told.body,
            recorded_at=at,
            recorded_by=by,
        )
    )
    row = session.get_one(ScaleRow, scale)
    if told.verified_until >= row.verified_until:
        row.verified_on, row.verified_until = told.verified_on, told.verified_until
    session.flush()


def known_scales(session: Session, *, within: Within) -> list[KnownScale]:
    """Scales of firms within reach, by firm and number, in two questions."""
    query = (
        select(ScaleRow, EnterpriseRow.name, EnterpriseRow.county)
        .join(EnterpriseRow, EnterpriseRow.id == ScaleRow.enterprise_id)
        .where(enterprise_within(within))
        .order_by(EnterpriseRow.id, ScaleRow.no)
    )
    rows = session.execute(query).all()
    known = _verifications(session, [row.id for row, _name, _county in rows])
    return [
        KnownScale(
            row.id,
            row.no,
            row.enterprise_id,
            name,
            county,
            known.get(row.id) or (Verification(row.verified_on, row.verified_until),),
        )
        for row, name, county in rows
    ]


_CHUNK = 500


def _verifications(session: Session, scales: list[int]) -> Mapping[int, tuple[Verification, ...]]:
    found: dict[int, tuple[Verification, ...]] = {}
    for start in range(0, len(scales), _CHUNK):
        query = select(ScaleVerificationRow).where(
            ScaleVerificationRow.scale_id.in_(scales[start : start + _CHUNK])
        )
        latest = (ScaleVerificationRow.verified_until.desc(), ScaleVerificationRow.id.desc())
        for row in session.scalars(query.order_by(*latest)):
            told = Verification(row.verified_on, row.verified_until, row.certificate_no, row.body)
            found[row.scale_id] = (*found.get(row.scale_id, ()), told)
    return found


# --- leaf weighed on a scale that was not verified ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnverifiedReceipt:
    """A leaf receipt weighed on a day no verification of its scale covers; grams net."""

    event: int
    no: str
    at: datetime
    enterprise: int
    firm: str
    scale: str
    net_g: int


def unverified_receipts(
    session: Session, *, within: Within, since: datetime, until: datetime, most: int
) -> list[UnverifiedReceipt]:
    """Leaf receipts of firms within reach from `since` to before `until`, latest first, so many at most."""
    scale, day = _weighed(session)
    covered = exists().where(
        ScaleVerificationRow.scale_id == ScaleRow.id,
        ScaleVerificationRow.verified_on <= day,
        ScaleVerificationRow.verified_until >= day,
    )
    query = (
        select(EventRow, EnterpriseRow.name, ScaleRow.no)
        .join(EnterpriseRow, EnterpriseRow.id == EventRow.enterprise_id)
        .join(ScaleRow, ScaleRow.id == scale)
        .where(
            EventRow.kind == EventKind.LEAF_RECEIPT.value,
            EventRow.root_id.is_(None),
            EventRow.happened_at >= since,
            EventRow.happened_at < until,
            enterprise_within(within),
            ~covered,
        )
        .order_by(EventRow.happened_at.desc(), EventRow.id.desc())
        .limit(most)
    )
    return [_receipt(row, name, no) for row, name, no in session.execute(query)]


def _receipt(row: EventRow, firm: str, scale: str) -> UnverifiedReceipt:
    net_g = row.terms["gross_g"] - row.terms["tare_g"]
    return UnverifiedReceipt(row.id, row.no, row.happened_at, row.enterprise_id, firm, scale, net_g)


def _weighed(session: Session) -> tuple[Any, Any]:
    """The scale of a receipt out of its terms, and the day in Asia/Shanghai, as each database says them."""
    if session.get_bind().dialect.name == "postgresql":
        told = cast(cast(EventRow.terms, String).cast(JSONB)["scale"].astext, Integer)
        return told, cast(func.timezone("Asia/Shanghai", EventRow.happened_at), Date)
    scale = func.json_extract(EventRow.terms, "$.scale")
    return scale, func.date(EventRow.happened_at, "+8 hours", type_=String)


# --- lists brought in ---------------------------------------------------------------------------------------


def scales_numbered(
    session: Session, asked: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], tuple[int, tuple[Verification, ...]]]:
    """Of firm and number, the scale with its verifications."""
    wanted = set(asked)
    query = select(ScaleRow.id, ScaleRow.enterprise_id, ScaleRow.no).where(
        ScaleRow.enterprise_id.in_({firm for firm, _no in wanted})
    )
    rows = {(firm, no): number for number, firm, no in session.execute(query) if (firm, no) in wanted}
    known = _verifications(session, list(rows.values()))
    return {key: (number, known.get(number, ())) for key, number in rows.items()}
