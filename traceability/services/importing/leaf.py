"""Leaf receipts: the one sheet with tens of thousands of rows, asked and written in bulk."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traceability.domain.chain import Account, EventKind
from traceability.domain.units import local_day, parse_day
from traceability.formats.workbook import Row
from traceability.services import chain
from traceability.services.importing.stage import Key, Recorded, Refused, Season, texts
from traceability.store import chain as rows_of
from traceability.store import people as people_rows
from traceability.store.chain import Event


class Receipts:
    """Receipts by the firm's own number."""

    def __init__(self, season: Season) -> None:
        self.season = season

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What the receipts count for now, amendments included."""
        session, firm = self.season.work.session, self.season.firm
        events = rows_of.events_numbered(session, firm.id, EventKind.LEAF_RECEIPT, texts(rows, "no"))
        if not events:
            return {}
        numbers = [one.id for one in events.values()]
        net = rows_of.counts_for(session, numbers, Account.HELD)
        lots = rows_of.opened_by(session, numbers)
        plots = {one.id: one.no for one in people_rows.plots(session, within=self.season.by.within)}
        scales = {one.id: one.no for one in people_rows.scales(session, firm.id)}
        return {
            (no,): {
                **_said(event, plots, scales),
                "gross": int(event.terms["tare_g"]) + net.get(event.id, 0),
                "leaf_grade": lots[event.id].leaf_grade,
            }
            for no, event in events.items()
        }

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its plot."""
        return [("plots", (row.values["plot"],))]

    def makes(self, row: Row) -> str | None:
        """Leaf is named by its receipt."""
        return None

    def record(self, rows: Sequence[Row]) -> Refused:
        """Take in the leaf, in the order of time."""
        season = self.season
        leaves = [_leaf(one.values) for one in rows]
        refused = chain.receive_leaves(
            season.work, by=season.by, now=season.now, leaves=leaves, progress=season.progress
        )
        lines = {one.values["no"]: one.number for one in rows} if refused else {}
        return {lines[no]: error for no, error in refused.items()}


def _said(event: Event, plots: Mapping[int, str], scales: Mapping[int, str]) -> dict[str, object]:
    """What was told at the scale. The day of plucking is compared only where it is told."""
    terms = event.terms
    return {
        "at": event.happened_at,
        "plot": plots.get(terms["plot"]),
        "scale": scales.get(terms["scale"]),
        "tare": int(terms["tare_g"]),
        "certificate_no": terms["certificate_no"],
        "plucked_on": parse_day(terms["plucked_on"]),
    }


def _leaf(value: Mapping[str, Any]) -> chain.Leaf:
    return chain.Leaf(
        no=value["no"],
        at=value["at"],
        plot=value["plot"],
        scale=value["scale"],
        gross_g=value["gross"],
        tare_g=value["tare"] or 0,
        leaf_grade=value["leaf_grade"],
        certificate_no=value["certificate_no"],
        plucked_on=value["plucked_on"] or local_day(value["at"]),
        confirmed=bool(value["confirmed"]),
    )
