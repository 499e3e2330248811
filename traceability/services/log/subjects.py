"""What an evidence pack is about, put together from the books: which facts belong is decided by what is named here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from traceability.domain.chain import EventKind, Lot, LotKind
from traceability.domain.log.evidence import Subject
from traceability.domain.marks import SerialRange
from traceability.domain.people import FIRM_ROLES, Identity
from traceability.store import chain as rows
from traceability.store import marks as mark_rows
from traceability.store import oversight as oversight_rows
from traceability.store import recalls as recall_rows
from traceability.store.chain import Event
from traceability.store.oversight import Document, Finding
from traceability.store.recalls import Recall
from traceability.store.work import Work

_MAKING = frozenset(
    {
        EventKind.LEAF_RECEIPT,
        EventKind.PROCESSING,
        EventKind.REFINING,
        EventKind.BLENDING,
        EventKind.SAMPLING,
        EventKind.PACKING,
    }
)


@dataclass
class Gathering:
    """Everything a pack is about, as one person may see it; `moments` are those at which its facts were recorded."""

    work: Work
    by: Identity
    about: list[Lot] = field(default_factory=list)
    lots: dict[int, Lot] = field(default_factory=dict)
    moments: set[datetime] = field(default_factory=set)
    events: set[int] = field(default_factory=set)
    serials: set[tuple[int, int]] = field(default_factory=set)
    documents: dict[int, Document] = field(default_factory=dict)
    holds: set[int] = field(default_factory=set)
    requests: set[int] = field(default_factory=set)
    recalls: set[int] = field(default_factory=set)
    findings: set[int] = field(default_factory=set)
    found: set[tuple[str, object]] = field(default_factory=set)

    @property
    def subject(self) -> Subject:
        """As the rule takes it."""
        return Subject(
            events=frozenset(self.events),
            lots=frozenset(self.lots),
            lot_nos=frozenset(one.no for one in self.lots.values()),
            serials=tuple(sorted(self.serials)),
            files=frozenset(one.sha256 for one in self.documents.values()),
            holds=frozenset(self.holds),
            requests=frozenset(self.requests),
            recalls=frozenset(self.recalls),
            findings=frozenset(self.findings),
            found=frozenset(self.found),
        )

    def add_lot(self, lot: int) -> None:
        """A lot, with everything upstream of it; whoever asks has been looked at."""
        self.add_lots({lot}, {lot, *rows.reach(self.work.session, lot, forward=False)})

    def add_lots(self, about: set[int], chain: set[int]) -> None:
        """Lots the pack is `about`, and their `chain`, of which only the making is told."""
        session = self.work.session
        self.lots |= rows.lots_by_id(session, chain)
        self.about += [self.lots[one] for one in sorted(about)]
        self._add_events(about, chain)
        self._add_marks()
        self._add_documents(chain)
        self._add_tests([one for one in self.lots.values() if one.kind is LotKind.BATCH and one.id in chain])
        for hold in oversight_rows.holds(session, chain):
            self.holds.add(hold.id)
            self._at(hold.since, hold.lifted_at)
        for recall in recall_rows.recalls_of(session, about):
            self._add_recall(recall)

    def _at(self, *moments: datetime | None) -> None:
        self.moments |= {one for one in moments if one is not None}

    @property
    def _firm(self) -> int | None:
        return self.by.enterprise if self.by.role in FIRM_ROLES else None

    def _add_events(self, about: set[int], chain: set[int]) -> None:
        """Of others' events a firm gets those that made the tea, and answers to its own."""
        found = rows.events_of_lots(self.work.session, chain)
        own = {event.id for event, *_ in found if self._firm in (None, event.enterprise)}
        kept = {
            event.id: event
            for event, lot, _account, _grams, _packs in found
            if event.kind in _MAKING or (lot in about and (event.id in own or event.about in own))
        }
        self._keep_events([*kept.values(), *rows.amendments_of(self.work.session, kept)])

    def _keep_events(self, events: Iterable[Event]) -> None:
        for one in events:
            self.events.add(one.id)
            self._at(one.recorded_at)

    def _add_marks(self) -> None:
        session = self.work.session
        for lot in self.about:
            ranges = [one.range for one in mark_rows.spans_of_lot(session, lot.id)]
            if lot.kind is LotKind.BATCH:
                every = mark_rows.issues(session, within=self.by.within, batch=lot.id)
                ranges = [one.range for one in every]
                self._add_requests(lot)
            self._add_ranges(ranges)

    def _add_ranges(self, ranges: Iterable[SerialRange]) -> None:
        known = list(ranges)
        self.serials |= {(one.first, one.last) for one in known}
        self.moments |= mark_rows.acted_at(self.work.session, known)

    def _add_requests(self, batch: Lot) -> None:
        found = {
            one.id for one in mark_rows.requests(self.work.session, within=self.by.within, batch=batch.id)
        }
        self.requests |= found
        decided = oversight_rows.decisions_on(self.work.session, "mark_request", found)
        self._at(*(one.decided_at for one in decided))

    def _add_documents(self, chain: set[int]) -> None:
        """A firm reads its own files, an office those of every lot it sees."""
        for one in oversight_rows.documents(self.work.session, lots=chain):
            if self._firm in (None, one.enterprise):
                self.documents[one.id] = one
                self._at(one.added_at, one.withdrawn_at)

    def _add_tests(self, batches: Iterable[Lot]) -> None:
        for batch in batches:
            for report in rows.reports(self.work.session, batch.id):
                self._at(report.entered_at, report.confirmed_at)

    # --- cases --------------------------------------------------------------------------------------------------

    def add_recall(self, recall: Recall) -> None:
        """A recall, the lots it reaches, and where the first of them came from."""
        reached = recall_rows.reached(self.work.session, recall.id)
        upstream = rows.reach(self.work.session, recall.lot, forward=False) if recall.lot else set()
        self.add_lots(reached, reached | upstream)
        self._add_recall(recall)
        self.moments |= recall_rows.told_at(self.work.session, recall.id)
        holders = recall_rows.recall_holders(self.work.session, recall.id)
        self._at(*(one.stopped_at for one in holders))

    def _add_recall(self, recall: Recall) -> None:
        self.recalls.add(recall.id)
        self._at(recall.ordered_at, recall.closed_at)

    def add_finding(self, finding: Finding, steps: Iterable[datetime], receipts: Iterable[int]) -> None:
        """A finding, what became of it, the event it is about, and the leaf it stands on."""
        self.findings.add(finding.id)
        self.found.add((finding.code, finding.about))
        self._at(finding.recorded_at, *steps)
        leaf = set(receipts)
        if leaf:
            self.lots |= rows.lots_by_id(self.work.session, leaf)
            self._add_events(leaf, leaf)
        if finding.event is not None:
            self._add_event(finding.event)

    def _add_event(self, number: int) -> None:
        found = rows.event(self.work.session, number, within=self.by.within)
        if found is not None:
            self._keep_events([found, *rows.amendments_of(self.work.session, [found.id])])
