"""Samples and packaging: what happens to a batch once it is blended."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traceability.domain import errors
from traceability.domain.chain import Account, EventKind, Lot
from traceability.domain.marks import joined
from traceability.formats.workbook import Row
from traceability.services import chain, people
from traceability.services.chain import PackAsk
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
from traceability.store import marks as mark_rows


def find_lot(lots: Mapping[str, Lot], no: str) -> Lot:
    """A lot by its number; raise `LotUnknown`."""
    if (found := lots.get(no)) is None:
        raise errors.LotUnknown(lot=no)
    return found


class Sampling:
    """Samples by batch: each is sampled once."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.batches: dict[str, Lot] = {}

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What was drawn of batches that are closed."""
        session, firm = self.season.work.session, self.season.firm
        batches = rows_of.lots_numbered(session, firm.id, texts(rows, "batch_no"))
        found: dict[Key, Recorded] = {}
        for no, batch in batches.items():
            for event in rows_of.takers(session, batch.id) if batch.closed else ():
                if event.kind is EventKind.SAMPLING:
                    terms = event.terms
                    told = {"test": int(terms["test_g"]), "retained": int(terms["retained_g"])}
                    found[(no,)] = {"at": event.happened_at, **told}
        return found

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its batch."""
        return [(LOTS, (row.values["batch_no"],))]

    def makes(self, row: Row) -> str | None:
        """No lot."""
        return None

    def record(self, rows: Sequence[Row]) -> Refused:
        """Draw them in the order of time."""
        season = self.season
        self.batches = rows_of.lots_numbered(season.work.session, season.firm.id, texts(rows, "batch_no"))
        return one_by_one(season, in_time(rows), self._draw)

    def _draw(self, value: Mapping[str, Any]) -> object:
        return chain.draw_samples(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            at=value["at"],
            batch=find_lot(self.batches, value["batch_no"]).id,
            test_g=value["test"],
            retained_g=value["retained"] or 0,
        )


class Packaging:
    """Packings of one product each, by number; their marks were issued and printed before."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.batches: dict[str, Lot] = {}

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What was packed, amendments included; a packing of several products is not one of a workbook."""
        session, firm = self.season.work.session, self.season.firm
        events = rows_of.events_numbered(session, firm.id, EventKind.PACKING, texts(rows, "no"))
        entries = rows_of.entries_of(session, [one.id for one in events.values()])
        lots = rows_of.lots_by_id(session, {e.lot for found in entries.values() for e in found if e.lot})
        return {
            (no,): {"at": event.happened_at, **self._said(entries[event.id], lots)}
            for no, event in events.items()
        }

    def _said(self, entries: Sequence[Any], lots: Mapping[int, Lot]) -> dict[str, object]:
        held = [one for one in entries if one.account is Account.HELD]
        packed = next((one for one in held if one.packs), None)
        if packed is None:  # amended to nothing
            return {"packs": 0}
        lot, batch = lots[packed.lot], next((lots[one.lot] for one in held if not one.packs), None)
        spans = mark_rows.spans_of_lot(self.season.work.session, lot.id)
        sums = {
            account: sum(one.grams for one in entries if one.account is account)
            for account in (Account.OVERFILL, Account.SPILL)
        }
        return {
            "batch_no": batch.no if batch else None,
            "product": lot.product.name if lot.product else None,
            "net_content_g": lot.product.net_content_g if lot.product else None,
            "packs": packed.packs,
            "serials": joined(one.range for one in spans),
            "overfill": sums[Account.OVERFILL],
            "spill": sums[Account.SPILL],
            "lot_no": lot.no,
        }

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its batch."""
        return [(LOTS, (row.values["batch_no"],))]

    def makes(self, row: Row) -> str | None:
        """The lot of packs."""
        return str(row.values["lot_no"])

    def record(self, rows: Sequence[Row]) -> Refused:
        """Pack them in the order of time."""
        season = self.season
        self.batches = rows_of.lots_numbered(season.work.session, season.firm.id, texts(rows, "batch_no"))
        return one_by_one(season, in_time(rows), self._pack)

    def _pack(self, value: Mapping[str, Any]) -> object:
        ask = PackAsk(
            self._product(value), value["packs"], value["serials"], value["overfill"] or 0, value["lot_no"]
        )
        return chain.pack(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            at=value["at"],
            batch=find_lot(self.batches, value["batch_no"]).id,
            asks=[ask],
            spill_g=value["spill"] or 0,
            no=value["no"],
        )

    def _product(self, value: Mapping[str, Any]) -> int:
        """The product of that name and content; raise `ProductUnknown` unless there is exactly one."""
        found = [
            one.id
            for one in people.products(self.season.work, by=self.season.by)
            if (one.name, one.net_content_g) == (value["product"], value["net_content_g"])
        ]
        if len(found) != 1:
            raise errors.ProductUnknown(product=value["product"])
        return found[0]
