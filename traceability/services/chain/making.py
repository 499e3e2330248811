"""Processing, refining, blending and sampling."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.chain import Draw, EventKind, Lot, Run
from traceability.domain.people import Identity, May, read_text
from traceability.domain.profile import Grade
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.drawing import draws, one_stock
from traceability.store import chain as rows
from traceability.store.chain import Booked
from traceability.store.work import Work


@once
def process_leaf(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    inputs: Mapping[int, int],
    run: Run,
    grade: Grade | None = None,
    no: str | None = None,
    lot_no: str | None = None,
    key: str | None = None,
) -> Booked:
    """Leaf lots (id → grams) into one lot of made tea."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    reason = read_text(run.reason, "reason", longest=500) if run.reason.strip() else ""
    run_no = acting.number(work, firm, EventKind.PROCESSING, no, at=at)
    booking = rules.process(
        no=acting.lot_no(work, firm, "M", lot_no or f"M-{run_no}", at=at),
        draws=draws(work, inputs, party=acting.own_party(work, firm, None), at=at),
        run=replace(run, reason=reason),
        grade=grade,
        party=firm.party,
        at=at,
        now=now,
        profile=work.profile,
    )
    return acting.keep(work, booking, no=run_no, enterprise=firm, by=by, now=now, reason=reason or None)


@once
def refine(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    inputs: Mapping[int, int],
    out_g: int,
    fines_g: int,
    no: str | None = None,
    lot_no: str | None = None,
    key: str | None = None,
) -> Booked:
    """Made tea, or a failed batch, into a new lot of made tea, fines and loss."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    run_no = acting.number(work, firm, EventKind.REFINING, no, at=at)
    booking = rules.refine(
        no=acting.lot_no(work, firm, "M", lot_no or f"M-{run_no}", at=at),
        draws=draws(work, inputs, party=acting.own_party(work, firm, None), at=at),
        out_g=out_g,
        fines_g=fines_g,
        party=firm.party,
        at=at,
        now=now,
        profile=work.profile,
    )
    return acting.keep(work, booking, no=run_no, enterprise=firm, by=by, now=now)


@once
def blend(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    inputs: Mapping[int, int],
    fines_g: int = 0,
    batch_no: str | None = None,
    into: int | None = None,
    grade: Grade | None = None,
    no: str | None = None,
    key: str | None = None,
) -> Booked:
    """Made tea into a batch: a new one, or `into` one that is still open. `lots[0]` of the answer is the batch."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    party = acting.own_party(work, firm, None)
    if into is not None:
        rows.lots_by_id(work.session, {into, *inputs}, lock=True)  # all in one order, before any is read
    open_batch = None if into is None else _open_batch(work, into, firm.id, at)
    if into is not None and {into, *rows.reach(work.session, into, forward=True)} & set(inputs):
        raise errors.LotWrongKind(lot=into, kind="batch")  # tea cannot come out of itself
    taken = draws(work, inputs, party=party, at=at)
    booking = rules.blend(
        no=acting.lot_no(work, firm, "DY", batch_no, at=at) if into is None else "",
        draws=taken,
        fines_g=fines_g,
        grade=grade,
        into=open_batch,
        party=party.id,
        at=at,
        now=now,
        profile=work.profile,
    )
    blend_no = acting.number(work, firm, EventKind.BLENDING, no, at=at)
    booked = acting.keep(work, booking, no=blend_no, enterprise=firm, by=by, now=now)
    return booked if open_batch is None else _widened(work, booked, open_batch, taken)


def _open_batch(work: Work, number: int, enterprise: int, at: datetime) -> Lot:
    """A batch of the firm's own that more tea may go into, locked; raise `LotUnknown`, `LotHeld`, `LotRecalled`."""
    found = rows.lots_by_id(work.session, [number], lock=True).get(number)
    if found is None or found.origin != enterprise:
        raise errors.LotUnknown(lot=number)
    stock = rows.stocks(work.session, [found], party=0, at=at, reserved={})[number]
    rules.check_usable(stock)
    return found


def _widened(work: Work, booked: Booked, batch: Lot, taken: list[Draw]) -> Booked:
    """Remember the plucking days of what went in; the answer names the batch."""
    days = [(draw.stock.lot.plucked_from, draw.stock.lot.plucked_to) for draw in taken]
    rows.widen_batch(
        work.session,
        batch.id,
        plucked_from=min(first for first, _ in days),
        plucked_to=max(last for _, last in days),
    )
    return replace(booked, lots=(batch.id,))


@once
def draw_samples(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    batch: int,
    test_g: int,
    retained_g: int,
    key: str | None = None,
) -> Booked:
    """Draw the test sample and the retained one; the batch is closed to inputs from here on."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    stock = one_stock(work, batch, party=acting.own_party(work, firm, None), at=at)
    if rows.received_after(work.session, batch, at=at, party=firm.party):
        raise errors.BeforeItsInputs(at=at)
    booking = rules.sample(
        stock=stock, test_g=test_g, retained_g=retained_g, at=at, now=now, profile=work.profile
    )
    no = acting.number(work, firm, EventKind.SAMPLING, None, at=at)
    booked = acting.keep(work, booking, no=no, enterprise=firm, by=by, now=now)
    rows.close_batch(work.session, batch, at=at)
    return booked
