"""What every use case shares: answering a repeated request once, numbering, keeping a booking with its fact.

No use case of its own; nothing here is called from a door.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from traceability.domain import balance, errors
from traceability.domain.chain import Booking, EventKind, LotKind, Remark, Stock
from traceability.domain.log import Fact, canonical, digest_of, parted
from traceability.domain.people import FIRM_ROLES, Enterprise, Identity, May, Party, Product, Role, Within
from traceability.domain.units import local_day
from traceability.store import chain as chain_rows
from traceability.store import log as log_rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store.chain import Booked
from traceability.store.work import Work

UseCase = TypeVar("UseCase", bound=Callable[..., "int | Booked"])


def once(use_case: UseCase) -> UseCase:
    """A use case that may be sent twice: with the same `key` and contents it answers again, and does nothing again.

    The key is claimed in the same transaction, so of two at once the second waits and gets the first one's answer.
    The same key with other contents raises `RequestKeyReused` (FRAUD F18).
    """

    @wraps(use_case)
    def asked(work: Work, *, by: Identity, key: str | None = None, **kwargs: Any) -> int | Booked:
        if not key:
            return use_case(work, by=by, **kwargs)
        holder, digest = _holder(by), _contents(use_case.__name__, kwargs)
        if (earlier := log_rows.claim_key(work.session, holder, key[:80], digest)) is not None:
            return _again(*earlier, digest)
        answer = use_case(work, by=by, **kwargs)
        log_rows.answer_key(work.session, holder, key[:80], _written(answer))
        return answer

    return cast(UseCase, asked)


def _holder(by: Identity) -> str:
    return f"enterprise:{by.enterprise}" if by.role in FIRM_ROLES else f"user:{by.user}"


_NOT_COMPARED = frozenset({"now", "telephone", "password_hash"})


def _contents(name: str, asked: Mapping[str, object]) -> str:
    """A digest of what was asked, without when.

    A telephone would be found by trying them all; the hash of a password is another each time it is made.
    """
    kept = {key: _comparable(one) for key, one in asked.items() if key not in _NOT_COMPARED}
    return digest_of({"use_case": name, **kept})


def _comparable(value: object) -> object:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _comparable(one) for key, one in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): _comparable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_comparable(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(canonical(_comparable(one)) for one in value)
    return value


def _written(answer: int | Booked) -> str:
    return canonical(asdict(answer) if isinstance(answer, Booked) else answer)


def _again(digest: str, answer: str, asked: str) -> int | Booked:
    if digest != asked:
        raise errors.RequestKeyReused()
    found = json.loads(answer)
    return Booked(found["id"], found["no"], tuple(found["lots"])) if isinstance(found, dict) else int(found)


def own_firm(work: Work, by: Identity, permission: May) -> Enterprise:
    """The enterprise a person acts for; raise `NotAllowed`."""
    found = people_rows.enterprise(work.session, by.firm(permission), within=by.within)
    if found is None:
        raise errors.NotAllowed(permission=permission.value)
    return found


def firm_in_reach(work: Work, by: Identity, number: int) -> Enterprise:
    """An enterprise within a person's reach; raise `NotFound`."""
    found = people_rows.enterprise(work.session, number, within=by.within)
    if found is None:
        raise errors.NotFound()
    return found


def within_firm(firm: Enterprise) -> Within:
    """The reach of a firm, for what belongs to it alone."""
    return Within.firm(firm.id)


def not_own(by: Identity, *, enterprise: int | None, entered_by: int | None = None) -> None:
    """Nobody decides on what they entered or on a firm they have an account with; raise `OwnDecision` (FRAUD F16)."""
    if by.user == entered_by or (by.enterprise is not None and by.enterprise == enterprise):
        raise errors.OwnDecision()


def own_party(work: Work, enterprise: Enterprise, number: int | None) -> Party:
    """The firm's own stock, or that of an outside consignee it keeps the record of; raise `NotFound`."""
    found = people_rows.party(work.session, number or enterprise.party)
    if found is None or enterprise.id not in (found.enterprise, found.kept_by):
        raise errors.NotFound()
    return found


def stock_of(work: Work, numbers: Iterable[int], *, party: Party, at: datetime) -> dict[int, Stock]:
    """What a party can give of lots from a moment on, issued marks considered; the lots are locked.

    A lot the party never had is missing from the answer, as if it did not exist (FRAUD F17).
    """
    wanted = set(numbers)
    owner = party.enterprise or party.kept_by or 0
    lots = chain_rows.lots_by_id(work.session, wanted, lock=True)
    batches = [one.id for one in lots.values() if one.kind is LotKind.BATCH]
    marked = batches if party.enterprise else []  # marks go on in the firm's own house
    reserved = reserved_among(work, marked, owner)
    found = chain_rows.stocks(work.session, lots.values(), party=party.id, at=at, reserved=reserved)
    strange = [number for number, stock in found.items() if stock.lot.origin != owner]
    had = chain_rows.held_among(work.session, strange, party=party.id) if strange else {}
    return {number: one for number, one in found.items() if one.lot.origin == owner or number in had}


def reserved_g(work: Work, batch: int, enterprise: int) -> int:
    """Grams of a batch that issued marks hold."""
    return reserved_among(work, [batch], enterprise)[batch]


def reserved_among(work: Work, batches: Iterable[int], enterprise: int) -> dict[int, int]:
    """Grams that issued marks hold of each batch, in as many questions for a hundred as for one."""
    wanted = set(batches)
    found = mark_rows.outstanding_among(work.session, wanted, enterprise) if wanted else {}
    return {batch: balance.reserved_g(lines.values()) for batch, lines in found.items()}


def number(work: Work, enterprise: Enterprise, kind: EventKind, given: str | None, *, at: datetime) -> str:
    """The firm's own number for an event, or the next running one; raise `NumberTaken`."""
    if given and given.strip():
        no = " ".join(given.split())[:40]
        if chain_rows.event_no_taken(work.session, enterprise.id, kind, no):
            raise errors.NumberTaken(no=no)
        return no
    return running_no(work, enterprise, kind.value, at=at)


def lot_no(work: Work, enterprise: Enterprise, prefix: str, given: str | None, *, at: datetime) -> str:
    """The firm's own number for a lot, or the next running one; raise `LotNumberTaken`."""
    if given and given.strip():
        no = " ".join(given.split())[:40]
        if chain_rows.lot_no_taken(work.session, enterprise.id, no):
            raise errors.LotNumberTaken(no=no)
        return no
    return running_no(work, enterprise, prefix, at=at)


_SHORT = {
    "leaf_receipt": "R",
    "processing": "P",
    "refining": "F",
    "blending": "B",
    "sampling": "S",
    "packing": "K",
    "dispatch": "C",
    "delivery": "D",
    "sale": "V",
    "return": "T",
    "destruction": "X",
    "stock_count": "N",
    "write_off": "W",
}


def running_no(work: Work, enterprise: Enterprise, what: str, *, at: datetime) -> str:
    """The next number a firm has not used: short kind, year, firm, running number of five digits."""
    year = local_day(at).year % 100
    short = _SHORT.get(what, what)
    n = log_rows.next_numbers(work.session, f"{short}{year}:{enterprise.id}")
    return f"{short}{year}-{enterprise.id}-{n:05d}"


def keep(
    work: Work,
    booking: Booking,
    *,
    no: str,
    enterprise: Enterprise,
    by: Identity,
    now: datetime,
    about: int | None = None,
    amends: int | None = None,
    reason: str | None = None,
) -> Booked:
    """Write a booking, its fact, and a finding for each remark."""
    booked = chain_rows.book(
        work.session,
        booking,
        no=no,
        enterprise=enterprise.id,
        by=by.user,
        now=now,
        about=about,
        amends=amends,
        reason=reason,
    )
    # Fresh leaf is in no pack yet: a page of a mark cannot tell of it, and in April there is some every minute.
    shown = booking.kind is not EventKind.LEAF_RECEIPT or amends is not None
    fact = _fact(booking, booked, enterprise, by, now, about=about, amends=amends, reason=reason)
    work.record(fact, shown=shown)
    for remark in booking.remarks:
        find(work, remark, enterprise=enterprise, at=booking.at, now=now, event=booked.id, opened=booked.lots)
    return booked


def keep_many(
    work: Work,
    bookings: Sequence[tuple[str, Booking]],
    *,
    enterprise: Enterprise,
    by: Identity,
    now: datetime,
) -> list[Booked]:
    """Write many bookings under their numbers, each with its fact and findings, as `keep` writes one."""
    kept = chain_rows.book_many(work.session, bookings, enterprise=enterprise.id, by=by.user, now=now)
    together = [(one, booked) for (_, one), booked in zip(bookings, kept, strict=True)]
    unsaid: dict[str, Any] = {"about": None, "amends": None, "reason": None}
    work.record_all([_fact(one, booked, enterprise, by, now, **unsaid) for one, booked in together])
    for one, booked in together:
        for remark in one.remarks:
            find(work, remark, enterprise=enterprise, at=one.at, now=now, event=booked.id, opened=booked.lots)
    return kept


def _fact(
    booking: Booking,
    booked: Booked,
    enterprise: Enterprise,
    by: Identity,
    now: datetime,
    *,
    about: int | None,
    amends: int | None,
    reason: str | None,
) -> Fact:
    """Chain events are private as a whole: volumes, plots, counterparties."""
    written = {
        "event": booked.id,
        "no": booked.no,
        "enterprise": enterprise.uscc,
        "lots": [{"id": n, **_plain(lot)} for n, lot in zip(booked.lots, booking.lots, strict=True)],
        "entries": [{**_plain(e), "lot": chain_rows.real_id(e.lot, booked.lots)} for e in booking.entries],
        "edges": [
            [chain_rows.real_id(e.source, booked.lots), chain_rows.real_id(e.target, booked.lots), e.grams]
            for e in booking.edges
        ],
        "terms": booking.terms,
        "about": about,
        "amends": amends,
        "reason": reason,
    }
    return Fact(f"chain.{booking.kind.value}", by.user, booking.at, now, private=written)


def _plain(value: object) -> dict[str, object]:
    """A frozen value as a mapping, without what is not set."""
    found = ((name, getattr(value, name)) for name in value.__dataclass_fields__)  # type: ignore[attr-defined]
    return {name: asdict(one) if isinstance(one, Product) else one for name, one in found if one is not None}


LATE = "entry.late"


@contextmanager
def late_together(work: Work, *, enterprise: Enterprise, now: datetime) -> Iterator[None]:
    """What is told late inside is one finding for all of it, and not one for each."""
    work.late = []
    yield
    late, work.late = work.late, None
    if late:
        hours = max(int(str(one.facts["hours"])) for one in late)
        facts = {"rows": len(late), "hours": hours}
        find(
            work,
            Remark("import.late", facts),
            enterprise=enterprise,
            at=now - timedelta(hours=hours),
            now=now,
        )


def find(
    work: Work,
    remark: Remark,
    *,
    enterprise: Enterprise | None,
    at: datetime,
    now: datetime,
    event: int | None = None,
    opened: tuple[int, ...] = (),
    county: str | None = None,
    plot: int | None = None,
    about: str | None = None,
) -> None:
    """A remark becomes a finding for the enterprise's county, or for `county`.

    What is known by `about` is not found a second time while the first waits to be settled, nor ever again on the very
    same evidence.
    """
    if work.late is not None and remark.code == LATE:
        work.late.append(remark)
        return
    if about is not None and oversight_rows.is_known(work.session, remark.code, about, remark.facts):
        return
    oversight_rows.add_finding(
        work.session,
        code=remark.code,
        enterprise=enterprise.id if enterprise else None,
        county=county or (enterprise.county if enterprise else ""),
        plot=plot,
        about=about,
        lot=chain_rows.real_id(remark.lot, opened) if opened or (remark.lot or 0) > 0 else None,
        event=event,
        happened_at=at,
        recorded_at=now,
        evidence=remark.facts,
    )


def state(
    work: Work,
    kind: str,
    *,
    by: Identity,
    now: datetime,
    at: datetime | None = None,
    public: Mapping[str, object] | None = None,
    private: Mapping[str, object] | None = None,
    shown: bool = True,
) -> None:
    """Keep a fact that books no tea; `shown`: whether a page of the public may tell of it.

    `public` is open to anybody only for kinds that are (`domain.log.openness`).
    """
    parts = parted(kind, public or {}, private or {})
    work.record(Fact(kind, by.user, at or now, now, *parts), shown=shown)


EVERYTHING = Within.all()

#: Nobody in particular: the house itself, which finds what nobody entered.
WATCH = Identity(0, "watch", Role.OBSERVER)


def decide(
    work: Work,
    *,
    about: str,
    subject: int,
    firm: Enterprise | None,
    outcome: str,
    reason: str,
    by: Identity,
    now: datetime,
    county: str | None = None,
    public: Mapping[str, object] | None = None,
) -> None:
    """Keep a decision of an office, and its fact."""
    where = county or (firm.county if firm else "")
    oversight_rows.add_decision(
        work.session,
        about=about,
        subject=subject,
        enterprise=firm.id if firm else None,
        county=where,
        outcome=outcome,
        reason=reason,
        at=now,
        by=by.user,
    )
    told = {
        "subject": subject,
        "enterprise": firm.uscc if firm else None,
        "outcome": outcome,
        **(public or {}),
    }
    state(work, f"decision.{about}", by=by, now=now, public=told, private={"reason": reason})
