"""Long lists of what a season stands on: plots, growers, farm work, scales, products and consignees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Numeric, case, cast, func, select
from sqlalchemy.orm import Session

from traceability.domain.listing import Asked, Found
from traceability.domain.people import Party, Plot, Product, Scale
from traceability.domain.profile import Grade
from traceability.store import listing
from traceability.store.listing import Listable
from traceability.store.people.enterprises import party_of
from traceability.store.people.goods import product_of
from traceability.store.people.plots import plot_of
from traceability.store.people.rows import (
    GrowerRow,
    PartyRow,
    PlotRow,
    PlotWorkRow,
    ProductRow,
    ScaleRow,
)


def find_plots(session: Session, asked: Asked) -> Found[int]:
    """Plots; any buyer may buy on any garden card, so a firm sees them all (without growers' names)."""
    return listing.numbers(
        session,
        Listable(
            query=select(PlotRow.id),
            number=PlotRow.id,
            sorts={
                "no": PlotRow.no,
                "place": PlotRow.township + PlotRow.place,
                "area": cast(PlotRow.area_mu, Numeric),
                "state": PlotRow.state,
            },
            texts=(PlotRow.no, PlotRow.place, PlotRow.township, func.coalesce(PlotRow.cultivar, "")),
            codes=(func.substr(PlotRow.township, 1, 6), PlotRow.state),
            only={"state": lambda code: PlotRow.state == code},
        ),
        asked,
    )


def plots_listed(session: Session, numbers: Sequence[int]) -> list[Plot]:
    """Plots by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(PlotRow).where(PlotRow.id.in_(numbers)))}
    return [plot_of(rows[number]) for number in numbers if number in rows]


@dataclass(frozen=True, slots=True)
class Grower:
    """Somebody who grows leaf."""

    id: int
    no: str
    kind: str
    name: str
    township: str


def find_growers(session: Session, asked: Asked) -> Found[int]:
    """Growers. Of a name only what a page shows can be searched for: its first character."""
    return listing.numbers(
        session,
        Listable(
            query=select(GrowerRow.id),
            number=GrowerRow.id,
            sorts={"no": GrowerRow.no, "kind": GrowerRow.kind, "township": GrowerRow.township},
            texts=(GrowerRow.no, func.substr(GrowerRow.name, 1, 1), GrowerRow.township),
            codes=(func.substr(GrowerRow.township, 1, 6), GrowerRow.kind),
            only={"kind": lambda code: GrowerRow.kind == code},
        ),
        asked,
    )


def growers_listed(session: Session, numbers: Sequence[int]) -> list[Grower]:
    """Growers by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(GrowerRow).where(GrowerRow.id.in_(numbers)))}
    known = [rows[number] for number in numbers if number in rows]
    return [Grower(row.id, row.no, row.kind, row.name, row.township) for row in known]


@dataclass(frozen=True, slots=True)
class PlotWork:
    """Farm work with an input on a plot; leaf is refused up to `until`, that day included."""

    plot: str
    place: str
    product: str
    dose: str
    worked_on: date
    interval_days: int
    until: date


def find_plot_works(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Farm work a firm recorded."""
    query = select(PlotWorkRow.id).join(PlotRow, PlotRow.id == PlotWorkRow.plot_id)
    return listing.numbers(
        session,
        Listable(
            query=query.where(PlotWorkRow.enterprise_id == enterprise),
            number=PlotWorkRow.id,
            sorts={
                "worked": PlotWorkRow.worked_on,
                "plot": PlotRow.no,
                "product": PlotWorkRow.product,
                "until": PlotWorkRow.interval_until,
            },
            texts=(PlotRow.no, PlotRow.place, PlotWorkRow.product, PlotWorkRow.dose),
            day=PlotWorkRow.worked_on,
        ),
        asked,
    )


def plot_works_listed(session: Session, numbers: Sequence[int]) -> list[PlotWork]:
    """Farm work by id, in the order asked for."""
    query = select(PlotWorkRow, PlotRow).join(PlotRow, PlotRow.id == PlotWorkRow.plot_id)
    rows = {
        row.id: PlotWork(
            plot.no, plot.place, row.product, row.dose, row.worked_on, row.interval_days, row.interval_until
        )
        for row, plot in session.execute(query.where(PlotWorkRow.id.in_(numbers)))
    }
    return [rows[number] for number in numbers if number in rows]


def find_scales(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Scales of a firm."""
    return listing.numbers(
        session,
        Listable(
            query=select(ScaleRow.id).where(ScaleRow.enterprise_id == enterprise),
            number=ScaleRow.id,
            sorts={"no": ScaleRow.no, "verified": ScaleRow.verified_on, "until": ScaleRow.verified_until},
            texts=(ScaleRow.no,),
            day=ScaleRow.verified_until,
        ),
        asked,
    )


def scales_listed(session: Session, numbers: Sequence[int]) -> list[Scale]:
    """Scales by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(ScaleRow).where(ScaleRow.id.in_(numbers)))}
    known = [rows[number] for number in numbers if number in rows]
    return [Scale(row.id, row.no, row.verified_on, row.verified_until) for row in known]


def find_products(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Products of a firm."""
    grade = case({one.value: n for n, one in enumerate(Grade)}, value=ProductRow.grade, else_=len(Grade))
    return listing.numbers(
        session,
        Listable(
            query=select(ProductRow.id).where(ProductRow.enterprise_id == enterprise),
            number=ProductRow.id,
            sorts={"name": ProductRow.name, "grade": grade, "content": ProductRow.net_content_g},
            texts=(ProductRow.name, func.coalesce(ProductRow.gtin, "")),
            codes=(ProductRow.grade,),
            only={"grade": lambda code: ProductRow.grade == code},
        ),
        asked,
    )


def products_listed(session: Session, numbers: Sequence[int]) -> list[Product]:
    """Products by id, in the order asked for."""
    rows = {row.id: row for row in session.scalars(select(ProductRow).where(ProductRow.id.in_(numbers)))}
    return [product_of(rows[number]) for number in numbers if number in rows]


def find_kept_parties(session: Session, asked: Asked, *, enterprise: int) -> Found[int]:
    """Outside consignees a firm keeps the record of."""
    return listing.numbers(
        session,
        Listable(
            query=select(PartyRow.id).where(PartyRow.kept_by == enterprise),
            number=PartyRow.id,
            sorts={"name": PartyRow.name, "place": PartyRow.place},
            texts=(PartyRow.name, PartyRow.place),
        ),
        asked,
    )


def parties_by_id(session: Session, numbers: Sequence[int]) -> dict[int, Party]:
    """Parties by id."""
    rows = session.scalars(select(PartyRow).where(PartyRow.id.in_(numbers)))
    return {row.id: party_of(row) for row in rows}
