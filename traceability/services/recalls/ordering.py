"""Ordering a recall, telling of it, and closing it: firms and offices alike."""

from collections.abc import Mapping
from datetime import datetime

from traceability.domain import chain as rules
from traceability.domain import errors
from traceability.domain.log import MOST_NAMED, digest_of
from traceability.domain.people import Enterprise, Identity, May, read_reason
from traceability.domain.recalls import Amount, NoticeWay, Scope, clock_of
from traceability.services import acting
from traceability.services.acting import once
from traceability.services.recalls import own
from traceability.services.recalls.reach import Spread, gathered, require_office
from traceability.services.recalls.scoping import Named, named
from traceability.store import chain as chain_rows
from traceability.store import people as people_rows
from traceability.store import recalls as rows
from traceability.store import spread
from traceability.store.work import Work


@once
def order_recall(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    scope: Scope,
    grade: str,
    reason: str,
    shown: str,
    known_at: datetime | None = None,
    key: str | None = None,
) -> int:
    """Recall what a scope reaches, of which the reach `shown` (its digest) was seen; the recall's id.

    `grade` is the class I, II or III; `known_at` when its reason was known. Raise `RecallChanged` when the reach is
    another by now, `RecallEmpty`, `LotUnknown`, `NotFound`, `OwnDecision`, `ChoiceUnknown`, `ReasonMissing`,
    `InTheFuture`.
    """
    found = named(work, by, scope)
    clock_of(grade)
    words = read_reason(reason)
    rules.check_time(known_at or now, now=now)
    spread.gather_locked(work.session, scope)  # before anything is counted: what was seen is what is recalled
    reach = gathered(work)
    _check(work, by, now, found, reach, shown)
    number = rows.add_recall(
        work.session,
        scope,
        subject=found.subject,
        enterprise=found.enterprise,
        grade=grade,
        reason=words,
        known_at=known_at or now,
        figures=reach.figures,
        at=now,
        by=by.user,
    )
    rows.add_holders(work.session, number, _had(reach))
    _tell(work, by, now, found, reach, recall=number, grade=grade)
    return number


def _check(work: Work, by: Identity, now: datetime, found: Named, reach: Spread, shown: str) -> None:
    if not reach.lots:
        raise errors.RecallEmpty(subject=found.subject)
    for maker in reach.makers if by.is_office else ():
        acting.not_own(by, enterprise=maker.enterprise)
    known = reach.digest if by.is_office else own.reach_of(work, by=by, now=now, lot=found.scope.what).digest
    if known != shown:
        raise errors.RecallChanged()


def _had(reach: Spread) -> Mapping[int, Amount]:
    """What each party had or was to get."""
    found: dict[int, Amount] = {}
    for one in reach.holders:
        if one.party is not None:
            found[one.party] = found.get(one.party, Amount()) + one.amount
    return found


def _tell(
    work: Work, by: Identity, now: datetime, found: Named, reach: Spread, *, recall: int, grade: str
) -> None:
    """Public are the class and the numbers of the lots; whose plot or firm it began with is not.

    Of more lots than a leaf has room for, their number and a digest of their numbers.
    """
    names = sorted(one.no for one in chain_rows.lots_by_id(work.session, reach.lots).values())
    many = len(names) > MOST_NAMED
    named = {"reached_lots": len(names), "reached_sha256": digest_of(names)} if many else {"reached": names}
    lot = {"lot": found.subject} if found.scope.kind == "lot" else {}
    acting.state(
        work,
        "lot.recalled",
        by=by,
        now=now,
        public={**lot, "scope": found.scope.kind.value, "class": grade, **named},
        private={"recall": recall, "subject": found.subject, **({"reached": names} if many else {})},
    )


# --- telling ------------------------------------------------------------------------------------------------


@once
def record_notice(
    work: Work,
    *,
    by: Identity,
    now: datetime,
    at: datetime,
    recall: int,
    recipient: str,
    way: NoticeWay,
    key: str | None = None,
) -> int:
    """Keep that somebody the goods went to was told; the notice's id. Raise `NotFound`, `InTheFuture`."""
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    found = rows.recall(work.session, recall, within=by.within)
    if found is None:
        raise errors.NotFound()
    rules.check_time(at, now=now, born=[found.ordered_at])
    known = {one.name for one in own.reach_of_recall(work, by, firm, recall, now=now).recipients}
    if recipient not in known:
        raise errors.NotFound()
    number = rows.add_recall_notice(
        work.session, recall, recipient=recipient, way=way, at=at, now=now, by=by.user
    )
    told = {"recall": recall, "recipient": recipient, "way": way, "enterprise": firm.uscc}
    acting.state(work, "recall.notified", by=by, now=now, at=at, private=told, shown=False)
    return number


@once
def confirm_stopped(work: Work, *, by: Identity, now: datetime, recall: int, key: str | None = None) -> int:
    """A firm says that what it and its outside consignees have of recalled goods is stopped and put apart.

    Raise `NotFound` for a recall that does not concern it, `AlreadyDecided` the second time.
    """
    firm = acting.own_firm(work, by, May.RECORD_CHAIN)
    if rows.recall(work.session, recall, within=by.within) is None:
        raise errors.NotFound()
    if not rows.stop_goods(work.session, recall, firm.id, at=now, by=by.user):
        raise errors.AlreadyDecided()
    told = {"recall": recall, "enterprise": firm.uscc}
    acting.state(work, "recall.stopped", by=by, now=now, private=told, shown=False)
    return recall


@once
def close_recall(
    work: Work, *, by: Identity, now: datetime, recall: int, reason: str, key: str | None = None
) -> int:
    """End a recall, with how it ended; what it reaches stays recalled for ever. Raise `NotFound`, `AlreadyDecided`."""
    require_office(by)
    found = rows.recall(work.session, recall, within=by.within)
    if found is None:
        raise errors.NotFound()
    spread.gather_recalled(work.session, recall)
    for maker in spread.makers(work.session):
        acting.not_own(by, enterprise=maker.enterprise)
    words = read_reason(reason)
    if not rows.close_recall(work.session, recall, at=now, by=by.user, reason=words):
        raise errors.AlreadyDecided()
    acting.decide(
        work,
        about="recall",
        subject=recall,
        firm=_firm_within(work, by, found.enterprise),
        county=by.county,
        outcome="closed",
        reason=words,
        by=by,
        now=now,
    )
    return recall


def _firm_within(work: Work, by: Identity, number: int | None) -> Enterprise | None:
    """The firm whose recall it is, where the office answers for it."""
    return people_rows.enterprise(work.session, number, within=by.within) if number is not None else None
