"""Scales and products."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BigInteger, bindparam, or_, select
from sqlalchemy.orm import Session

from traceability.domain.people import (
    Product,
    Scale,
    Within,
)
from traceability.domain.profile import Grade
from traceability.store.people.enterprises import enterprise_within
from traceability.store.people.rows import EnterpriseRow, ProductRow, ScaleRow
from traceability.store.prepared import Prepared


def add_scale(
    session: Session, enterprise: int, *, no: str, verified_on: date, verified_until: date
) -> Scale:
    """Register a scale, or its new verification."""
    row = session.scalars(
        select(ScaleRow).where(ScaleRow.enterprise_id == enterprise, ScaleRow.no == no)
    ).first()
    if row is None:
        row = ScaleRow(no=no, enterprise_id=enterprise)
        session.add(row)
    row.verified_on, row.verified_until = verified_on, verified_until
    session.flush()
    return Scale(row.id, row.no, row.verified_on, row.verified_until)


_SCALES = Prepared(
    lambda _sql: (
        select(ScaleRow.id, ScaleRow.no, ScaleRow.verified_on, ScaleRow.verified_until)
        .where(ScaleRow.enterprise_id == bindparam("of", type_=BigInteger))
        .order_by(ScaleRow.no)
    )
)


def scales(session: Session, enterprise: int) -> list[Scale]:
    """A firm's scales."""
    session.flush()
    return [Scale(*one) for one in _SCALES.rows(session, of=enterprise)]


def add_product(
    session: Session, enterprise: int, *, name: str, grade: Grade, net_content_g: int, gtin: str | None
) -> Product:
    """Register a product."""
    row = ProductRow(
        enterprise_id=enterprise, name=name, grade=grade.value, net_content_g=net_content_g, gtin=gtin
    )
    session.add(row)
    session.flush()
    return product_of(row)


def product_of(row: ProductRow) -> Product:
    """A product's row as its value; for the store's own modules."""
    return Product(row.id, row.enterprise_id, row.name, Grade(row.grade), row.net_content_g, row.gtin)


def products(session: Session, enterprise: int) -> list[Product]:
    """A firm's products."""
    rows = session.scalars(
        select(ProductRow)
        .where(ProductRow.enterprise_id == enterprise)
        .order_by(ProductRow.name, ProductRow.id)
    )
    return [product_of(row) for row in rows]


def product(session: Session, number: int) -> Product | None:
    """A product by id."""
    row = session.get(ProductRow, number)
    return product_of(row) if row else None


def products_by_id(session: Session, numbers: Iterable[int]) -> dict[int, Product]:
    """Products by id, in one question."""
    rows = session.scalars(select(ProductRow).where(ProductRow.id.in_(set(numbers))))
    return {row.id: product_of(row) for row in rows}


def product_by_gtin(session: Session, gtin: str, *, within: Within) -> Product | None:
    """A product by its trade item number of 14 digits, if a firm within reach sells it."""
    query = (
        select(ProductRow)
        .join(EnterpriseRow, EnterpriseRow.id == ProductRow.enterprise_id)
        .where(ProductRow.gtin == gtin, enterprise_within(within))
    )
    row = session.scalars(query).first()
    return product_of(row) if row else None


def product_taken(
    session: Session, enterprise: int, *, name: str, grade: Grade, net_content_g: int, gtin: str | None
) -> bool:
    """Whether the firm has this product, or anybody this trade item number."""
    same = (
        (ProductRow.enterprise_id == enterprise)
        & (ProductRow.name == name)
        & (ProductRow.grade == grade.value)
        & (ProductRow.net_content_g == net_content_g)
    )
    taken = or_(same, ProductRow.gtin == gtin) if gtin else same
    return session.scalar(select(ProductRow.id).where(taken)) is not None
