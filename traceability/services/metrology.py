"""Metrology: the register of scales, lists of verifications brought in whole or not at all, leaf weighed unverified."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.people import Identity, May
from traceability.domain.units import SHANGHAI
from traceability.formats.workbook import Book, Row, RowDiffers, Table, Trouble
from traceability.formats.workbook.verifications import VERIFICATIONS
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.people.suppliers import check_verification
from traceability.store import metrology as rows
from traceability.store import people as people_rows
from traceability.store.metrology import KnownScale, UnverifiedReceipt, Verification
from traceability.store.work import Work

#: Receipts of one list: more would be read by nobody.
MOST_RECEIPTS = 2_000


def scales(work: Work, *, by: Identity) -> list[KnownScale]:
    """The scales of firms within an office's reach, with their verifications."""
    by.require(May.OVERSEE)
    return rows.known_scales(work.session, within=by.within)


def unverified_receipts(work: Work, *, by: Identity, since: date, until: date) -> list[UnverifiedReceipt]:
    """Leaf weighed from one day to another, both included, on scales no verification covered on that day."""
    by.require(May.OVERSEE)
    first, last = _midnight(since), _midnight(until + timedelta(days=1))
    return rows.unverified_receipts(
        work.session, within=by.within, since=first, until=last, most=MOST_RECEIPTS
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


# --- lists of verifications -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ListOutcome:
    """What a list comes to: rows that are new, known already, of scales nobody registered; and what is wrong."""

    new: int = 0
    same: int = 0
    scales: int = 0
    troubles: tuple[Trouble, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.troubles


@dataclass(frozen=True)
class _Line:
    row: Row
    firm: int
    no: str
    told: Verification


def try_list(work: Work, *, by: Identity, now: datetime, book: Book) -> ListOutcome:
    """What bringing in a list would come to; nothing is written."""
    by.require(May.APPROVE_PLOT)
    return _weigh(work, by, now, book.tables[0], book.troubles)[0]


@once
def bring_in_list(work: Work, *, by: Identity, now: datetime, book: Book, key: str | None = None) -> int:
    """Record the verifications of a list, all or none; how many. Scales nobody registered are registered with it.

    Raise `OwnDecision` for a scale of a firm the officer has an account with, `ListWrong` when anything else stands in
    the way.
    """
    by.require(May.APPROVE_PLOT)
    outcome, lines = _weigh(work, by, now, book.tables[0], book.troubles)
    for trouble in outcome.troubles:
        if isinstance(trouble.refusal, errors.OwnDecision):
            raise trouble.refusal
    if not outcome.fine:
        raise errors.ListWrong(rows=len(outcome.troubles))
    for one in lines:
        _record(work, by, now, one)
    return len(lines)


def _record(work: Work, by: Identity, now: datetime, one: _Line) -> None:
    known = rows.scales_numbered(work.session, [(one.firm, one.no)]).get((one.firm, one.no))
    days = {"verified_on": one.told.verified_on, "verified_until": one.told.verified_until}
    scale = known[0] if known else people_rows.add_scale(work.session, one.firm, no=one.no, **days).id
    rows.add_verification(work.session, scale, one.told, at=now, by=by.user)
    told = {"scale": one.no, **days, "certificate_no": one.told.certificate_no, "body": one.told.body}
    private = {**told, "enterprise": str(one.row.values["uscc"])}
    acting.state(work, "scale.verified", by=by, now=now, private=private, shown=False)


def _weigh(
    work: Work, by: Identity, now: datetime, table: Table, read: tuple[Trouble, ...]
) -> tuple[ListOutcome, list[_Line]]:
    """The outcome, and the lines that are new."""
    troubles, lines = list(read), []
    for row in table.rows:
        try:
            lines.append(_line(work, by, now, row))
        except Refusal as refusal:
            troubles.append(_trouble(table, row, refusal))
    known = rows.scales_numbered(work.session, [(one.firm, one.no) for one in lines])
    new, same = [], 0
    for one in lines:
        earlier = known.get((one.firm, one.no), (0, ()))[1]
        before = next((v for v in earlier if v.verified_on == one.told.verified_on), None)
        if before is None:
            new.append(one)
        elif before.verified_until == one.told.verified_until:
            same += 1
        else:
            troubles.append(_differs(table, one, before))
    unknown = {(one.firm, one.no) for one in new} - set(known)
    troubles.sort(key=lambda one: one.order)
    return ListOutcome(len(new), same, len(unknown), tuple(troubles)), new


def _line(work: Work, by: Identity, now: datetime, row: Row) -> _Line:
    value = row.values
    firm = people_rows.enterprise_by_uscc(work.session, str(value["uscc"]).upper(), within=by.within)
    if firm is None:
        raise errors.NotFound(field="uscc")
    acting.not_own(by, enterprise=firm.id)
    on, until = value["verified_on"], value["verified_until"]
    assert isinstance(on, date)
    assert isinstance(until, date)
    check_verification(on, until, now=now)
    certificate, body = (str(value[name]) if value[name] else None for name in ("certificate_no", "body"))
    return _Line(row, firm.id, str(value["no"]), Verification(on, until, certificate, body))


def _trouble(table: Table, row: Row, refusal: Refusal) -> Trouble:
    named = "verified_on" if isinstance(refusal, errors.InTheFuture) else refusal.facts.get("field")
    column = VERIFICATIONS.column_of(str(named or ""))
    return Trouble(
        table.sheet.title, table.cell(row.number, column), str(row.values.get(column) or "")[:80], refusal
    )


def _differs(table: Table, one: _Line, before: Verification) -> Trouble:
    given, recorded = one.told.verified_until, before.verified_until
    refusal = RowDiffers(
        column=VERIFICATIONS.column("verified_until").title, given=str(given), recorded=str(recorded)
    )
    return Trouble(table.sheet.title, table.cell(one.row.number, "verified_until"), str(given), refusal)
