"""Shipments, whose lots are rows of one number, and sales."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traceability.domain import errors
from traceability.domain.chain import Account, EventKind, Lot
from traceability.domain.errors import Refusal
from traceability.domain.marks import SerialRange, joined
from traceability.formats.workbook import SHEETS, Row, RowsDisagree
from traceability.services import chain, people
from traceability.services.chain import DispatchLine
from traceability.services.importing.packing import find_lot
from traceability.services.importing.stage import (
    LOTS,
    Key,
    Recorded,
    Refused,
    Season,
    in_time,
    one_by_one,
    texts,
)
from traceability.store import chain as rows_of


class _Goods:
    """What shipments and sales share: lots by the numbers people know, and partners by name."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.lots: dict[str, Lot] = {}
        self.partners: dict[str, int] = {}

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its lot."""
        return [(LOTS, (row.values["lot"],))]

    def makes(self, row: Row) -> str | None:
        """No lot."""
        return None

    def _find(self, rows: Sequence[Row]) -> None:
        """Lots of the firm's own, and those it was sent, by number."""
        season = self.season
        self.lots = rows_of.lots_numbered(season.work.session, season.firm.id, texts(rows, "lot"))
        for no in set(texts(rows, "lot")) - self.lots.keys():
            named = rows_of.lots_named(season.work.session, no, within=season.by.within)
            self.lots |= {no: named[0]} if len(named) == 1 else {}

    def _partner(self, name: str, field: str) -> int:
        if (found := self.partners.get(name)) is None:
            raise errors.NotFound(field=field)
        return found


def _amounts(entries: Sequence[Any], lot: Lot) -> dict[str, object]:
    """Packs or grams of a lot that left stock, as a row has them."""
    out = [one for one in entries if one.lot == lot.id and one.account is Account.HELD]
    packs = -sum(one.packs for one in out)
    return {"packs": packs} if packs else {"grams": -sum(one.grams for one in out)}


_SHEET = next(one for one in SHEETS if one.key == "shipments")


class Shipments(_Goods):
    """Shipments by number and lot."""

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What was sent, and to whom."""
        session, firm = self.season.work.session, self.season.firm
        events = rows_of.events_numbered(session, firm.id, EventKind.DISPATCH, texts(rows, "no"))
        if not events:
            return {}
        entries = rows_of.entries_of(session, [one.id for one in events.values()])
        lots = rows_of.lots_by_id(session, {e.lot for found in entries.values() for e in found if e.lot})
        all_sent = rows_of.shipments(session, within=self.season.by.within)
        sent = {one.no: one for one in all_sent if one.enterprise == firm.id}
        names = {one.id: one.name for one in people.consignees(self.season.work, by=self.season.by)}
        return {
            (no, lots[lot].no): {
                "at": event.happened_at,
                "consignee": names.get(sent[no].consignee),
                "carrier": sent[no].carrier,
                "vehicle": sent[no].vehicle,
                **_amounts(entries[event.id], lots[lot]),
            }
            for no, event in events.items()
            for lot in {e.lot for e in entries[event.id] if e.lot}
        }

    def record(self, rows: Sequence[Row]) -> Refused:
        """Send them in the order of time, all rows of one number together."""
        self._find(rows)
        self.partners = {one.name: one.id for one in people.consignees(self.season.work, by=self.season.by)}
        papers: dict[object, list[Row]] = {}
        for row in in_time(rows):
            papers.setdefault(row.values["no"], []).append(row)
        refused: Refused = {}
        for together in papers.values():
            try:
                self._send(together)
            except Refusal as error:
                refused |= _told(together, error)
        return refused

    def _send(self, rows: Sequence[Row]) -> object:
        first = rows[0].values
        value: Mapping[str, Any] = first
        _check_agree(rows)
        return chain.dispatch(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            at=value["at"],
            consignee=self._partner(value["consignee"], "consignee"),
            lines=[self._line(one.values) for one in rows],
            carrier=value["carrier"],
            vehicle=value["vehicle"] or "",
            no=value["no"],
        )

    def _line(self, value: Mapping[str, Any]) -> DispatchLine:
        lot = find_lot(self.lots, value["lot"])
        return DispatchLine(lot.id, value["grams"] or 0, value["packs"] or 0, value["cartons"] or ())


def _check_agree(rows: Sequence[Row]) -> None:
    """Raise `RowsDisagree` unless all rows of a paper tell the same of it."""
    first, *others = rows
    for other in others:
        for name in ("at", "consignee", "carrier", "vehicle"):
            if other.values[name] != first.values[name]:
                told = {"column": _SHEET.column(name).title, "field": name, "line": other.number}
                raise RowsDisagree(no=first.values["no"], row=first.number, **told)


def _told(rows: Sequence[Row], error: Refusal) -> Refused:
    """A refusal at the row it is about; all rows of the paper are refused with it."""
    lot = error.facts.get("lot")
    about = next((one.number for one in rows if lot is not None and one.values["lot"] == lot), rows[0].number)
    line = error.facts.get("line", about)
    return {one.number: error for one in rows if one.number == line}


class Sales(_Goods):
    """Sales by number."""

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What was sold, amendments included."""
        session, firm = self.season.work.session, self.season.firm
        events = rows_of.events_numbered(session, firm.id, EventKind.SALE, texts(rows, "no"))
        entries = rows_of.entries_of(session, [one.id for one in events.values()])
        lots = rows_of.lots_by_id(session, {e.lot for found in entries.values() for e in found if e.lot})
        names = {one.id: one.name for one in people.own_parties(self.season.work, by=self.season.by)}
        found: dict[Key, Recorded] = {}
        for no, event in events.items():
            lot = next(lots[one.lot] for one in entries[event.id] if one.lot)
            terms = event.terms
            found[(no,)] = {
                "at": event.happened_at,
                "lot": lot.no,
                "channel": terms["channel"],
                "buyer": terms["buyer"],
                "cartons": tuple(terms["cartons"]),
                "serials": joined(SerialRange(*one) for one in terms["serials"]),
                "holder": names.get(terms["party"]),
                **_amounts(entries[event.id], lot),
            }
        return found

    def record(self, rows: Sequence[Row]) -> Refused:
        """Sell them in the order of time."""
        self._find(rows)
        self.partners = {one.name: one.id for one in people.own_parties(self.season.work, by=self.season.by)}
        return one_by_one(self.season, in_time(rows), self._sell)

    def _sell(self, value: Mapping[str, Any]) -> object:
        return chain.sell(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            at=value["at"],
            lot=find_lot(self.lots, value["lot"]).id,
            packs=value["packs"] or 0,
            grams=value["grams"] or 0,
            channel=value["channel"],
            buyer=value["buyer"] or "",
            cartons=value["cartons"] or (),
            ranges=value["serials"] or (),
            party=self._partner(value["holder"], "holder") if value["holder"] else None,
            no=value["no"],
        )
