"""Slips of leaf from phones: books handed out, slips taken in once, refused ones kept until they are settled."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from traceability.domain import errors
from traceability.domain.allowance import AskState
from traceability.domain.chain import Account, Allowance, Booking, EventKind, Weighing
from traceability.domain.errors import Refusal
from traceability.domain.log import plain
from traceability.domain.people import Enterprise, Identity, May, Plot, Scale, Within, read_reason
from traceability.domain.slips import Slip, book_key, book_name, check_slip_no, is_slip_ref
from traceability.domain.units import local_day
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.chain.leaf import allowance_of, leaf_booking
from traceability.services.marks.deciding import current_key
from traceability.store import allowance as allowance_rows
from traceability.store import chain as rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked, Event, RefusedSlip
from traceability.store.log import next_numbers
from traceability.store.work import Work

# --- books --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """A book of slips for one phone, and the key its references are made under."""

    name: str
    key: bytes


def open_book(work: Work, *, by: Identity, now: datetime) -> Book:
    """Hand out a book that nobody has had. A note: a number that is never used hurts nobody."""
    firm = by.firm(May.RECORD_CHAIN)
    year = local_day(now).year
    name = book_name(year, firm, next_numbers(work.session, f"book{year % 100}:{firm}"))
    return Book(name, key_of(work, name))


def key_of(work: Work, book: str) -> bytes:
    """The key of a book's references, under the newest master key."""
    return book_key(book, work.keys[current_key(work.keys)])


# --- taking in ----------------------------------------------------------------------------------------------


@once
def take_slip(work: Work, *, by: Identity, now: datetime, slip: Slip, key: str | None = None) -> int | Booked:
    """Take in what a phone sends, however often: the receipt as booked, or the id of the refused slip.

    Receipt or refusal are kept in one change, so that a slip is never both. Raise `SlipOfAnother`.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    check_slip_no(slip.no, firm.id)
    if (earlier := _before(work, firm, slip)) is not None:
        return earlier
    try:
        booking = _booking(work, firm, slip, now)
    except Refusal as refusal:
        return _refused(work, firm, slip, refusal, by, now)
    return acting.keep(work, booking, no=slip.no, enterprise=firm, by=by, now=now)


def _before(work: Work, firm: Enterprise, slip: Slip) -> int | Booked | None:
    """What became of this very weighing before: that is known by its number too, when no request key is."""
    for one in rows.refused_slips(work.session, enterprise=firm.id, numbers=[slip.no]):
        if one.slip == replace(slip, confirmed=True):
            return one.id
    found = rows.event_numbered(work.session, firm.id, EventKind.LEAF_RECEIPT, slip.no)
    if found is None or found.happened_at != slip.at:
        return None
    weighed = found.terms["gross_g"], found.terms["tare_g"], found.terms["certificate_no"]
    same = weighed == (slip.gross_g, slip.tare_g, slip.certificate_no.strip())
    return Booked(found.id, found.no, ()) if same else None


def _booking(work: Work, firm: Enterprise, slip: Slip, now: datetime, *, lock: bool = True) -> Booking:
    plot = plot_numbered(work, slip.plot, lock=lock)
    no = acting.number(work, firm, EventKind.LEAF_RECEIPT, slip.no, at=slip.at)
    weighing = Weighing(slip.gross_g, slip.tare_g, _scale(work, firm, slip.scale))
    return leaf_booking(
        work,
        firm,
        no=no,
        plot=plot,
        weighing=weighing,
        leaf_grade=slip.leaf_grade,
        certificate_no=slip.certificate_no,
        plucked_on=local_day(slip.at),
        at=slip.at,
        now=now,
        confirmed=slip.confirmed,
    )


def plot_numbered(work: Work, no: str, *, lock: bool = False) -> Plot:
    """The plot of a garden card; raise `PlotUnknown`."""
    known = people_rows.plot_by_no(work.session, no)
    found = people_rows.plot(work.session, known.id, lock=True) if known and lock else known
    if found is None:
        raise errors.PlotUnknown(plot=no)
    return found


def _scale(work: Work, firm: Enterprise, no: str) -> Scale:
    for one in people_rows.scales(work.session, firm.id):
        if one.no == no:
            return one
    raise errors.ScaleUnknown(scale=no)


def _refused(work: Work, firm: Enterprise, slip: Slip, refusal: Refusal, by: Identity, now: datetime) -> int:
    facts = plain(refusal.facts)
    number = rows.add_refused_slip(
        work.session, slip, enterprise=firm.id, code=refusal.code, facts=facts, at=now, by=by.user  # type: ignore[arg-type]
    )  # fmt: skip
    told = {"slip": slip.no, "enterprise": firm.uscc, "plot": slip.plot, "net_g": slip.net_g}
    acting.state(
        work,
        "slip.refused",
        by=by,
        now=now,
        private={**told, "weighed_at": slip.at, "code": refusal.code},
        shown=False,
    )
    return number


# --- settling -----------------------------------------------------------------------------------------------


@once
def accept_slip(
    work: Work, *, by: Identity, now: datetime, slip: int, net_g: int, key: str | None = None
) -> Booked:
    """Take in of a refused slip what the books take, grams; the receipt says what was weighed.

    Raise `NotFound`, `AlreadyDecided`, `SlipExceeded`, or whatever a receipt is refused for.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    known = open_slip(work, firm, slip)
    if not 0 < net_g <= known.rest_g:
        raise errors.SlipExceeded(asked_g=net_g, weighed_g=known.rest_g)
    booked = _accepted(work, firm, known, net_g, by, now)
    _settle(work, firm, known, event=booked.id, by=by, now=now)
    return booked


def take_part(
    work: Work, firm: Enterprise, known: RefusedSlip, net_g: int, *, by: Identity, now: datetime
) -> Booked:
    """Take in grams of a slip that stays open for the rest, because the office is asked for it."""
    booked = _accepted(work, firm, known, net_g, by, now)
    rows.take_part_of_slip(work.session, known.id, event=booked.id, grams=known.part_g + net_g)
    return booked


def _settle(
    work: Work,
    firm: Enterprise,
    known: RefusedSlip,
    *,
    by: Identity,
    now: datetime,
    event: int | None = None,
    reason: str | None = None,
) -> None:
    """A request that waits for an answer is withdrawn with it: nobody needs what it asks for any more."""
    rows.settle_refused_slip(work.session, known.id, event=event, reason=reason, at=now, by=by.user)
    asked = allowance_rows.of_slips(work.session, [known.id]).get(known.id)
    if asked is None or asked.state is not AskState.OPEN:
        return
    if allowance_rows.request(work.session, asked.id, within=acting.within_firm(firm), lock=True) != asked:
        raise errors.AlreadyDecided()
    allowance_rows.decide_request(work.session, asked.id, state=AskState.WITHDRAWN, at=now, by=by.user)
    told = {"request": asked.id, "enterprise": firm.uscc, "slip": known.slip.no}
    acting.state(work, "allowance.withdrawn", by=by, now=now, private=told, shown=False)


def _accepted(
    work: Work, firm: Enterprise, known: RefusedSlip, net_g: int, by: Identity, now: datetime
) -> Booked:
    """Under the number on the slip, unless another receipt has it by now."""
    asked = known.slip
    if rows.event_no_taken(work.session, firm.id, EventKind.LEAF_RECEIPT, asked.no):
        asked = replace(asked, no=acting.running_no(work, firm, EventKind.LEAF_RECEIPT.value, at=asked.at))
    booking = _booking(work, firm, replace(asked, gross_g=asked.tare_g + net_g), now)
    weighed = {"slip": known.slip.no, "slip_g": known.slip.net_g}
    booking = replace(booking, terms={**booking.terms, **weighed})
    return acting.keep(work, booking, no=asked.no, enterprise=firm, by=by, now=now)


@once
def drop_slip(
    work: Work, *, by: Identity, now: datetime, slip: int, reason: str, key: str | None = None
) -> int:
    """Settle a refused slip without a receipt: the leaf went back, or it was booked otherwise. The slip's id.

    Raise `NotFound`, `AlreadyDecided`, `ReasonMissing`.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    known, why = open_slip(work, firm, slip), read_reason(reason)
    _settle(work, firm, known, reason=why, by=by, now=now)
    told = {"slip": known.slip.no, "enterprise": firm.uscc, "net_g": known.rest_g, "reason": why}
    acting.state(work, "slip.dropped", by=by, now=now, private=told, shown=False)
    return slip


def open_slip(work: Work, firm: Enterprise, number: int) -> RefusedSlip:
    """A refused slip of a firm that waits, locked; raise `NotFound`, `AlreadyDecided`."""
    found = rows.refused_slip(work.session, number, enterprise=firm.id, lock=True)
    if found is None:
        raise errors.NotFound()
    if found.settled_at is not None:
        raise errors.AlreadyDecided()
    return found


# --- reading ------------------------------------------------------------------------------------------------


def open_slips(work: Work, *, by: Identity) -> list[RefusedSlip]:
    """Refused slips of the reader's firm that wait to be settled, in the order they came."""
    return rows.refused_slips(work.session, enterprise=by.firm(May.READ_CHAIN), unsettled=True)


@dataclass(frozen=True, slots=True)
class SlipFile:
    """A refused slip, its plot if there is one, and why it would be refused now: None when the books would take it.

    `free_g`: what of the rest of it fits into the allowance, grams.
    """

    refused: RefusedSlip
    plot: Plot | None
    now: Refusal | None
    free_g: int


def refused_slip(work: Work, *, by: Identity, now: datetime, slip: int) -> SlipFile:
    """One of the reader's firm, with how it stands at this moment; raise `NotFound`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    found = rows.refused_slip(work.session, slip, enterprise=firm.id)
    if found is None:
        raise errors.NotFound()
    plot = people_rows.plot_by_no(work.session, found.slip.plot)
    left = allowance_of(work, plot, local_day(found.slip.at)).free_g if plot else 0
    return SlipFile(found, plot, why_not(work, firm, found, now=now), min(left, found.rest_g))


def why_not(work: Work, firm: Enterprise, known: RefusedSlip, *, now: datetime) -> Refusal | None:
    """Why the books would not take the rest of a slip now; None when they would.

    Asked of the same rules, under a number nobody has: one that is taken by now is no hindrance to settling.
    """
    slip = replace(known.slip, no=f"{known.slip.no}+", gross_g=known.slip.tare_g + known.rest_g)
    try:
        _booking(work, firm, slip, now, lock=False)
    except Refusal as refusal:
        return refusal
    return None


@dataclass(frozen=True, slots=True)
class SlipAnswer:
    """What became of a slip: the receipt it was booked by, the refused slip it is kept as, or both once it is taken."""

    receipt: Event | None = None
    refused: RefusedSlip | None = None

    @property
    def open(self) -> bool:
        """Whether it waits to be settled."""
        return self.refused is not None and self.refused.settled_at is None


def slip_answer(work: Work, *, by: Identity, taken: int | Booked) -> SlipAnswer:
    """What `take_slip` answered, as it stands now; raise `NotFound`."""
    firm = acting.own_firm(work, by, May.READ_CHAIN)
    refused = (
        None if isinstance(taken, Booked) else rows.refused_slip(work.session, taken, enterprise=firm.id)
    )
    event = taken.id if isinstance(taken, Booked) else refused and refused.event
    receipt = rows.event(work.session, event, within=acting.within_firm(firm)) if event else None
    if receipt is None and refused is None:
        raise errors.NotFound()
    return SlipAnswer(receipt, refused)


# --- for growers --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SlipTold:
    """What whoever holds a slip is told; no names. Grams; all but the number are None for one that did not arrive.

    `code`: why the books refused it; `dropped`: settled without a receipt.
    """

    no: str
    weighed_at: datetime | None = None
    net_g: int | None = None
    weighed_g: int | None = None
    plot: Plot | None = None
    left: Allowance | None = None
    code: str | None = None
    dropped: bool = False


def slip_by_ref(work: Work, *, no: str, ref: str) -> SlipTold:
    """What was booked on the garden card under a slip's number; raise `NotFound` unless the reference is its own."""
    if not is_slip_ref(no, ref, work.keys.values()) or (firm := _firm_of(no)) is None:
        raise errors.NotFound()
    refused = rows.refused_slips(work.session, enterprise=firm, numbers=[no])
    receipts = _receipts(work, firm, no, refused)
    if receipts:
        return _told_booked(work, no, receipts)
    return _told_refused(work, refused[-1]) if refused else SlipTold(no)


def _receipts(work: Work, firm: int, no: str, refused: Iterable[RefusedSlip]) -> list[Event]:
    """The receipt of this number; of a refused slip that was taken in, in parts or whole, its receipts."""
    found = rows.event_numbered(work.session, firm, EventKind.LEAF_RECEIPT, no)
    if found is not None and "slip" not in found.terms:
        return [found]
    taken = [[event for event in (one.part_event, one.event) if event] for one in refused]
    parts = next((events for events in reversed(taken) if events), [])
    read = [rows.event(work.session, one, within=Within.firm(firm)) for one in parts]
    return [one for one in read if one is not None]


def _firm_of(no: str) -> int | None:
    parts = no.split("-")
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() and len(parts[1]) < 10 else None


def _told_booked(work: Work, no: str, events: list[Event]) -> SlipTold:
    """What counts now, amendments considered."""
    event, entries = events[0], [rows.entries_for(work.session, one.id) for one in events]
    charged = -sum(one.grams for found in entries for one in found if one.account is Account.PLOT)
    weighed = int(event.terms.get("slip_g") or event.terms["gross_g"] - event.terms["tare_g"])
    plot = people_rows.plot(work.session, event.terms["plot"])
    return _told(work, SlipTold(no, event.happened_at, charged, weighed, plot))


def _told_refused(work: Work, found: RefusedSlip) -> SlipTold:
    plot, slip = people_rows.plot_by_no(work.session, found.slip.plot), found.slip
    told = SlipTold(
        slip.no, slip.at, 0, slip.net_g, plot, code=found.code, dropped=found.settled_at is not None
    )
    return _told(work, told)


def _told(work: Work, told: SlipTold) -> SlipTold:
    if told.plot is None or told.weighed_at is None:
        return told
    return replace(told, left=allowance_of(work, told.plot, local_day(told.weighed_at)))
