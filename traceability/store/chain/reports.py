"""Test reports on batches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    select,
)
from sqlalchemy.orm import Session

from traceability.store.chain.rows import ReportRow


@dataclass(frozen=True, slots=True)
class Report:
    """A test report as read; values are exact decimals, or booleans for the yes-or-no items."""

    id: int
    lot: int
    report_no: str
    lab: str
    reported_on: date
    document: int
    tested: Mapping[str, Decimal | bool]
    retest: bool
    entered_by: int
    entered_at: datetime
    confirmed_by: int | None
    confirmed_at: datetime | None


def _report(row: ReportRow) -> Report:
    tested = {key: value if isinstance(value, bool) else Decimal(value) for key, value in row.tested.items()}
    return Report(
        row.id,
        row.lot_id,
        row.report_no,
        row.lab,
        row.reported_on,
        row.document_id,
        tested,
        row.retest,
        row.entered_by,
        row.entered_at,
        row.confirmed_by,
        row.confirmed_at,
    )


def add_report(
    session: Session,
    lot: int,
    *,
    report_no: str,
    lab: str,
    reported_on: date,
    document: int,
    tested: Mapping[str, Decimal | bool],
    retest: bool,
    by: int,
    at: datetime,
    confirmed: bool,
) -> int:
    """Keep a report; an office's own retest is confirmed by being entered."""
    row = ReportRow(
        lot_id=lot,
        report_no=report_no,
        lab=lab,
        reported_on=reported_on,
        document_id=document,
        tested=dict(tested),
        retest=retest,
        entered_by=by,
        entered_at=at,
        confirmed_by=by if confirmed else None,
        confirmed_at=at if confirmed else None,
    )
    session.add(row)
    session.flush()
    return row.id


def report_no_taken(session: Session, report_no: str) -> bool:
    """Whether this report number judges a batch already (FRAUD F14)."""
    return session.scalar(select(ReportRow.id).where(ReportRow.report_no == report_no)) is not None


def reports(session: Session, lot: int) -> list[Report]:
    """The reports of a batch, the one that counts last."""
    return [
        _report(row)
        for row in session.scalars(select(ReportRow).where(ReportRow.lot_id == lot).order_by(ReportRow.id))
    ]


def last_reports(session: Session, lots: Iterable[int]) -> dict[int, Report]:
    """The report that counts, by batch, for those that have one."""
    rows = session.scalars(select(ReportRow).where(ReportRow.lot_id.in_(set(lots))).order_by(ReportRow.id))
    return {row.lot_id: _report(row) for row in rows}


def confirm_report(session: Session, number: int, *, by: int, at: datetime) -> None:
    """An officer compared the typed values with the file."""
    row = session.get_one(ReportRow, number)
    row.confirmed_by, row.confirmed_at = by, at
