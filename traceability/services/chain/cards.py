"""Garden cards for whoever takes in leaf: those the firm uses, the latest first, with what is left of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from traceability.domain import errors
from traceability.domain.people import Identity, May, Plot, masked
from traceability.services import acting
from traceability.services.chain.leaf import allowances_left
from traceability.store import chain as rows
from traceability.store import people as people_rows
from traceability.store.chain import CardLine
from traceability.store.work import Work

#: Cards a phone carries; a firm buys from forty growers, a large one from some hundred.
MOST = 1_000
FOUND = 20


@dataclass(frozen=True, slots=True)
class Card:
    """A garden card at the scale. Its grower's name is masked; `left_g` grams may still be taken on that day.

    `recent`: how many cards were used since, None for one the firm never used; `certificate_no` of its last receipt.
    """

    plot: Plot
    grower: str
    left_g: int
    recent: int | None = None
    certificate_no: str = ""


def cards(work: Work, *, by: Identity, day: date) -> list[Card]:
    """The cards a firm uses or entered: used ones first, the latest on top, then by number."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    last = rows.last_receipts(work.session, firm.id)
    found = rows.cards(work.session, last, entered_for=firm.id, limit=MOST)
    made = _cards(work, found, day, last)
    return sorted(made, key=lambda one: MOST if one.recent is None else one.recent)


def cards_like(work: Work, *, by: Identity, day: date, words: str) -> list[Card]:
    """Cards of any grower by a few letters of number, place or name, at most twenty."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    said = " ".join(words.split())[:40]
    if not said:
        return []
    last = rows.last_receipts(work.session, firm.id)
    return _cards(work, rows.cards_like(work.session, said, limit=FOUND), day, last)


def card(work: Work, *, by: Identity, day: date, no: str) -> Card | None:
    """The card of that number, if its plot is active."""
    plot = people_rows.plot_by_no(work.session, " ".join(no.split())[:40])
    return card_of(work, by=by, day=day, plot=plot.id) if plot else None


def card_of(work: Work, *, by: Identity, day: date, plot: int) -> Card | None:
    """The card of a plot, if it is active."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.cards(work.session, [plot], entered_for=None, limit=1)
    made = _cards(work, found, day, rows.last_receipts(work.session, firm.id))
    return made[0] if made else None


def plot_numbered(work: Work, *, no: str) -> Plot:
    """The plot of a garden card; raise `PlotUnknown`."""
    plot = people_rows.plot_by_no(work.session, " ".join(no.split())[:40])
    if plot is None:
        raise errors.PlotUnknown(plot=no[:40])
    return plot


def _cards(
    work: Work, found: Iterable[CardLine], day: date, last: Mapping[int, Mapping[str, Any]]
) -> list[Card]:
    lines = list(found)
    left = allowances_left(work, (one.plot for one in lines), day)
    places = {plot: place for place, plot in enumerate(last)}
    return [
        Card(
            one.plot,
            masked(one.name),
            left[one.plot.id].free_g,
            places.get(one.plot.id),
            str(last.get(one.plot.id, {}).get("certificate_no", "")),
        )
        for one in lines
    ]
