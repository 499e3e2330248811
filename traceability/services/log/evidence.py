"""Evidence packs of a batch or a case: facts with their proofs and, as far as whoever asks may see, their openings.

A pack rests on the latest checkpoint that witnesses cosigned, when that covers everything in it: so it is the same as
long as nothing about its subject happens, whatever happens elsewhere.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from traceability.domain import errors, log
from traceability.domain.chain import FAILED_REPORT
from traceability.domain.log import Tiled
from traceability.domain.log.evidence import Subject, opens_to_firm
from traceability.domain.log.notes import VerifierKey, open_checkpoint
from traceability.domain.people import FIRM_ROLES, Enterprise, Identity, May
from traceability.formats.evidence import Attached, Pack, Record
from traceability.services import acting, findings
from traceability.services.log.proving import Head, head_of
from traceability.services.log.subjects import Gathering
from traceability.store import chain as chain_rows
from traceability.store import log as rows
from traceability.store import oversight as oversight_rows
from traceability.store import people as people_rows
from traceability.store import recalls as recall_rows
from traceability.store.log import Kept
from traceability.store.work import Work

#: Facts of a batch whose grade was changed are rare, and nothing else says when they were.
_REDECLARED = "batch.redeclared"


def of_lot(work: Work, *, by: Identity, lot: int, checkpoint: str = "") -> Pack:
    """The pack of a lot; raise `LotUnknown`, `LogUnsealed`, `EvidenceWaits`, `CheckpointUnknown`.

    `checkpoint`: one of ours that somebody kept, which the pack is to rest on.
    """
    by.require(May.READ_CHAIN)
    found = chain_rows.lot(work.session, lot, within=by.within)
    if found is None:
        raise errors.LotUnknown(lot=lot)
    gathering = Gathering(work, by)
    gathering.add_lot(lot)
    about = {"lot": found.no, "lot_kind": found.kind.value, "maker": _maker(work, found.origin)}
    return _pack(work, gathering, about, own=_firm_of(work, by), checkpoint=checkpoint)


def of_recall(work: Work, *, by: Identity, recall: int, checkpoint: str = "") -> Pack:
    """The pack of a recall within an office's reach; raise `NotFound`, and as `of_lot` does."""
    by.require(May.OVERSEE)
    found = recall_rows.recall(work.session, recall, within=by.within)
    if found is None:
        raise errors.NotFound()
    gathering = Gathering(work, by)
    gathering.add_recall(found)
    about = {"recall": found.id, "subject": found.subject, "class": found.grade}
    return _pack(work, gathering, about, own=None, checkpoint=checkpoint)


def of_finding(work: Work, *, by: Identity, finding: int, checkpoint: str = "") -> Pack:
    """The pack of a finding within an office's reach; raise `NotFound`, and as `of_lot` does."""
    file = findings.file_of(work, by=by, number=finding)
    gathering = Gathering(work, by)
    if file.finding.lot is not None and file.lot_in_reach:
        gathering.add_lot(file.finding.lot)
    leaf = [
        *(one.lot for one in file.evidence.receipts if one.lot is not None),
        *(one.lot for one in file.evidence.delivered),
    ]
    gathering.add_finding(file.finding, [one.at for one in file.steps], leaf)
    about = {"finding": finding, "code": file.finding.code, "firm": file.firm.name if file.firm else None}
    return _pack(work, gathering, about, own=None, checkpoint=checkpoint)


def _firm_of(work: Work, by: Identity) -> Enterprise | None:
    return acting.own_firm(work, by, May.READ_CHAIN) if by.role in FIRM_ROLES else None


def _maker(work: Work, number: int) -> str:
    found = people_rows.enterprise(work.session, number, within=acting.EVERYTHING)
    return found.name if found else ""


def _pack(
    work: Work, gathering: Gathering, about: dict[str, Any], *, own: Enterprise | None, checkpoint: str
) -> Pack:
    subject = gathering.subject
    facts = _facts(work, gathering, subject)
    head = _head(work, facts, checkpoint)
    shown = _Shown(own, gathering, subject)
    tree = Tiled(head.sealed.size, rows.reader(work.session))
    records = tuple(_record(one, tree, opened=shown.opens(one)) for one in facts)
    lots = [{"id": one.id, "no": one.no, "kind": one.kind.value} for _, one in sorted(gathering.lots.items())]
    files = tuple(_attached(work, gathering.documents, records))
    witnesses = tuple(sorted(one.key for one in rows.witnesses(work.session)))
    return Pack({**about, "lots": lots}, records, files, head.note, head.sealed.key, witnesses)


def _facts(work: Work, gathering: Gathering, subject: Subject) -> list[Kept]:
    """What belongs to it, in the order of the log; raise `EvidenceWaits`."""
    asked = [*rows.facts_at(work.session, gathering.moments), *_redeclared(work, gathering)]
    found = {one.raw[0]: one for one in asked if subject.concerns(one.kind, one.told)}
    if waiting := sum(one.number is None for one in found.values()):
        raise errors.EvidenceWaits(waiting=waiting)
    return sorted(found.values(), key=lambda one: one.number or 0)


def _redeclared(work: Work, gathering: Gathering) -> Iterable[Kept]:
    """A batch can be declared lower only after it failed."""
    failed = [
        one.since for one in oversight_rows.holds(work.session, gathering.lots) if one.cause == FAILED_REPORT
    ]
    return rows.facts_of_kind(work.session, _REDECLARED, since=min(failed)) if failed else ()


def _head(work: Work, facts: Sequence[Kept], checkpoint: str) -> Head:
    """The checkpoint the pack rests on; raise `LogUnsealed`, `CheckpointUnknown`."""
    least = max((one.number or 0 for one in facts), default=0) + 1
    if not checkpoint:
        return head_of(work, rows.cosigned_size(work.session, least=least))
    latest = head_of(work, None)
    try:
        told = open_checkpoint(checkpoint, [VerifierKey.read(latest.sealed.key)])
    except ValueError as error:
        raise errors.CheckpointUnknown(size="?") from error
    kept = rows.checkpoint(work.session, told.size)
    if kept is None or kept.root != told.root or told.size < least:
        raise errors.CheckpointUnknown(size=told.size)
    return head_of(work, told.size)


@dataclass(frozen=True)
class _Shown:
    """What of a fact whoever asks may see."""

    own: Enterprise | None
    gathering: Gathering
    subject: Subject

    def opens(self, fact: Kept) -> bool:
        """Whether all of it."""
        if self.own is None:
            return True
        if fact.kind.startswith(("marks.", "report.")) and self._is_own(fact):
            return True
        return opens_to_firm(fact.kind, fact.told, uscc=self.own.uscc, subject=self.subject)

    def _is_own(self, fact: Kept) -> bool:
        """Marks and reports of a batch are its maker's, and their facts do not all name the firm."""
        own = self.own.id if self.own else 0
        if fact.kind.startswith("report."):
            nos = {one.no for one in self.gathering.lots.values() if one.origin == own}
            return fact.told.get("batch") in nos
        return all(one.origin == own for one in self.gathering.about)


def _record(fact: Kept, tree: Tiled, *, opened: bool) -> Record:
    number = fact.number or 0
    opening, salt = (fact.opening if opened else None) or (None, None)
    return Record(number, fact.leaf, tuple(log.inclusion(tree, number)), opening, salt)


def _attached(work: Work, documents: Iterable[int], records: Iterable[Record]) -> Iterable[Attached]:
    """The files that an opened record names; of one that was forgotten nobody could say that it is the same."""
    opened = [_parts(one.opening) for one in records if one.opening is not None]
    named = {one["private"].get("sha256") for one in opened}
    for number in sorted(documents):
        kept = oversight_rows.document(work.session, number)
        if kept is not None and kept[0].sha256 in named:
            yield Attached(kept[0].name, kept[1])


def _parts(opening: bytes) -> dict[str, Any]:
    """What an opening says."""
    found: dict[str, Any] = json.loads(opening)
    return found
