"""Processing and blending: what goes in is named by its number, and is all there is unless a weight says otherwise."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from traceability.domain import errors
from traceability.domain.chain import Account, Entry, EventKind, Lot, Run
from traceability.formats.workbook import Row
from traceability.services import acting, chain
from traceability.services.importing.stage import LOTS, Key, Recorded, Refused, Season, in_time, one_by_one
from traceability.store import chain as rows_of
from traceability.store.chain import Event

Inputs = tuple[tuple[str, int | None], ...]


class _Making(ABC):
    """What processing and blending share: events by number, and inputs by the numbers people gave."""

    kind: EventKind
    #: What its inputs are named by: a sheet, or lots.
    above: str

    def __init__(self, season: Season) -> None:
        self.season = season
        self.lots: dict[str, Lot] = {}

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What the events count for now, amendments included."""
        session, firm = self.season.work.session, self.season.firm
        nos = [str(one.values["no"]) for one in rows]
        events = rows_of.events_numbered(session, firm.id, self.kind, nos)
        if not events:
            return {}
        entries = rows_of.entries_of(session, [one.id for one in events.values()])
        lots = rows_of.lots_by_id(session, {e.lot for found in entries.values() for e in found if e.lot})
        names = self._names(lots)
        return {
            (no,): {**self._said(event, entries[event.id], lots), "inputs": _inputs(entries[event.id], names)}
            for no, event in events.items()
        }

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Everything that goes in."""
        inputs: Any = row.values["inputs"]
        return [(self.above, (no,)) for no, _grams in inputs]

    @abstractmethod
    def makes(self, row: Row) -> str | None:
        """The lot that comes out."""

    def record(self, rows: Sequence[Row]) -> Refused:
        """Record them in the order of time."""
        inputs: list[Any] = [one.values["inputs"] for one in rows]
        self.lots = self._find({no for one in inputs for no, _grams in one})
        return one_by_one(self.season, in_time(rows), self._act)

    def _taken(self, value: Mapping[str, Any]) -> dict[int, int]:
        """Grams by lot; all that is free of a lot named without a weight.

        Raise `LotUnknown`, `BeforeItsInputs` or `LotOverdrawn`.
        """
        season, inputs = self.season, value["inputs"]
        if missing := [no for no, _ in inputs if no not in self.lots]:
            raise errors.LotUnknown(lot=missing[0])
        if (born := max(self.lots[no].born_at for no, _ in inputs)) > value["at"]:
            raise errors.BeforeItsInputs(at=value["at"], born=born)
        party = acting.own_party(season.work, season.firm, None)
        ids = [self.lots[no].id for no, _ in inputs]
        stocks = acting.stock_of(season.work, ids, party=party, at=value["at"])
        taken = {}
        for no, grams in inputs:
            stock = stocks.get(self.lots[no].id)
            free = stock.free_g if stock else 0
            if not free:
                raise errors.LotOverdrawn(lot=no, asked_g=grams or 0, on_hand_g=0)
            taken[self.lots[no].id] = grams or free
        return taken

    @abstractmethod
    def _find(self, nos: set[str]) -> dict[str, Lot]:
        """The lots that go in, by the numbers people gave."""

    @abstractmethod
    def _names(self, lots: Mapping[int, Lot]) -> dict[int, str]:
        """How people name these lots, by id."""

    @abstractmethod
    def _said(self, event: Event, entries: Sequence[Entry], lots: Mapping[int, Lot]) -> dict[str, object]:
        """What an event says, as a row has it."""

    @abstractmethod
    def _act(self, value: Mapping[str, Any]) -> object:
        """Record a row."""


def _inputs(entries: Sequence[Entry], names: Mapping[int, str]) -> Inputs:
    return tuple(
        (names[e.lot], -e.grams) for e in entries if e.account is Account.HELD and e.grams < 0 and e.lot
    )


def _out(entries: Sequence[Entry], account: Account) -> int:
    return sum(e.grams for e in entries if e.account is account and e.grams > 0)


def _made(entries: Sequence[Entry], lots: Mapping[int, Lot]) -> Lot | None:
    """The lot that came out; None once it was amended to nothing."""
    return next((lots[e.lot] for e in entries if e.account is Account.HELD and e.grams > 0 and e.lot), None)


class Processing(_Making):
    """Runs by number; leaf is named by its receipt."""

    kind, above = EventKind.PROCESSING, "receipts"

    def makes(self, row: Row) -> str | None:
        """The lot of made tea, by its own number or that of the run."""
        return str(row.values["lot_no"] or f"M-{row.values['no']}")

    def _find(self, nos: set[str]) -> dict[str, Lot]:
        session, firm = self.season.work.session, self.season.firm
        events = rows_of.events_numbered(session, firm.id, EventKind.LEAF_RECEIPT, nos)
        lots = rows_of.opened_by(session, [one.id for one in events.values()])
        return {no: lots[event.id] for no, event in events.items() if event.id in lots}

    def _names(self, lots: Mapping[int, Lot]) -> dict[int, str]:
        return rows_of.receipt_numbers(self.season.work.session, lots)

    def _said(self, event: Event, entries: Sequence[Entry], lots: Mapping[int, Lot]) -> dict[str, object]:
        made = _made(entries, lots)
        return {
            "at": event.happened_at,
            "rejects": _out(entries, Account.REJECTS),
            "out": _out(entries, Account.HELD),
            "fresh_moisture": Decimal(event.terms["fresh_moisture"]),
            "made_moisture": Decimal(event.terms["made_moisture"]),
            **({"grade": made.grade, "lot_no": made.no} if made else {}),
            "reason": event.terms["reason"] or None,
        }

    def _act(self, value: Mapping[str, Any]) -> object:
        season = self.season
        run = Run(
            rejects_g=value["rejects"] or 0,
            out_g=value["out"],
            fresh_moisture=value["fresh_moisture"],
            made_moisture=value["made_moisture"],
            reason=value["reason"] or "",
        )
        return chain.process_leaf(
            season.work,
            by=season.by,
            now=season.now,
            at=value["at"],
            inputs=self._taken(value),
            run=run,
            grade=value["grade"],
            no=value["no"],
            lot_no=value["lot_no"],
        )


class Blending(_Making):
    """Blends by number; made tea is named by its lot."""

    kind, above = EventKind.BLENDING, LOTS

    def makes(self, row: Row) -> str | None:
        """The batch."""
        return str(row.values["batch_no"])

    def _find(self, nos: set[str]) -> dict[str, Lot]:
        return rows_of.lots_numbered(self.season.work.session, self.season.firm.id, nos)

    def _names(self, lots: Mapping[int, Lot]) -> dict[int, str]:
        return {number: lot.no for number, lot in lots.items()}

    def _said(self, event: Event, entries: Sequence[Entry], lots: Mapping[int, Lot]) -> dict[str, object]:
        made = _made(entries, lots)
        return {
            "at": event.happened_at,
            "fines": _out(entries, Account.FINES),
            **({"grade": made.grade, "batch_no": made.no} if made else {}),
        }

    def _act(self, value: Mapping[str, Any]) -> object:
        season = self.season
        return chain.blend(
            season.work,
            by=season.by,
            now=season.now,
            at=value["at"],
            inputs=self._taken(value),
            fines_g=value["fines"] or 0,
            batch_no=value["batch_no"],
            grade=value["grade"],
            no=value["no"],
        )
