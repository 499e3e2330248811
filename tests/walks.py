"""A random walk over mark actions, beside a model that knows nothing but one state per serial.

Every step goes through the use case a person would call; what the model says cannot be done has to be refused, and a
refused step has to leave nothing behind.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from tests.world import PUBLIC_URL, SETUP, World, print_at_once
from traceability.domain import errors, marks
from traceability.domain.marks import STEPS, MarkAction, MarkState, SerialRange
from traceability.services import chain
from traceability.services import marks as use_cases
from traceability.store import marks as rows

#: Actions, by how often they are tried.
OFTEN = [
    *[MarkAction.PRINT] * 6, *[MarkAction.APPLY] * 4, MarkAction.REPRINT, MarkAction.VOID, MarkAction.LOSE,
    MarkAction.RETURN, MarkAction.RETIRE, *[MarkAction.UNUSE] * 2, *[MarkAction.RESTORE] * 2, MarkAction.LAPSE,
]  # fmt: skip


class Walk:
    """Two issued ranges of sachets, walked by the firm and its county."""

    def __init__(self, world: World, *, seed: int, size: int) -> None:
        self.world, self.rng, self.size = world, Random(seed), size
        world.plot = world.new_plot(mu=10_000)
        self.product = world.product(3)
        self.batch = world.passed_batch(kg=size * 3 // 1000 + 1)
        self.model: dict[int, MarkState] = {}
        for packs in (size // 3, size - size // 3):
            request = world.request(self.batch, packs=packs, product=self.product)
            world.approve(request)
            for issued in world.issue(request):
                self.model |= dict.fromkeys(marks.serials([issued]), MarkState.ON_HAND)
        self.lots: dict[int, int] = {}
        self.events: dict[int, int] = {}
        self.unused: set[int] = set()
        self.ever_packed: set[int] = set()
        self.jobs: list[tuple[int, SerialRange]] = []
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    # --- steps ----------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """One action over some serials; its outcome is what the model foresees."""
        action = self._action()
        wanted = self._some(action)
        self.world.later(minutes=1)
        before, foreseen = self.world.table_counts(), self._allowed(action, wanted)
        refusal = self._tried(action, wanted)
        assert foreseen is (refusal is None), f"{action} of {wanted}: {refusal or 'was taken'}"
        if refusal is None:
            self._follow(action, wanted)
            self.taken[action.value] += 1
        else:
            assert self.world.table_counts() == before, f"{refusal} left rows behind"
            self.refused[action.value] += 1

    def _tried(self, action: MarkAction, wanted: SerialRange) -> errors.Refusal | None:
        try:
            getattr(self, f"_{action.value}")(wanted)
        except errors.Refusal as refusal:
            return refusal
        return None

    def _action(self) -> MarkAction:
        """Mostly one that fits some mark."""
        states = set(self.model.values())
        fitting = [one for one in OFTEN if STEPS[one].sources & states]
        return self.rng.choice(fitting if fitting and self.rng.random() < 0.9 else OFTEN)

    def _some(self, action: MarkAction) -> SerialRange:
        """Serials that fit, as long as there are any, and now and then some that do not."""
        fitting = [n for n, state in self.model.items() if state in STEPS[action].sources]
        if not fitting or self.rng.random() < 0.1:
            fitting = list(self.model)
        first = self.rng.choice(fitting)
        last = first
        while last + 1 in self.model and self._alike(action, last, last + 1) and self.rng.random() < 0.7:
            last += 1
        if action is MarkAction.REPRINT and self.jobs:
            return self.rng.choice(self.jobs)[1]
        return SerialRange(first, last)

    def _alike(self, action: MarkAction, one: int, other: int) -> bool:
        """Packs that are amended or destroyed together are of one lot."""
        return action not in {MarkAction.RETIRE, MarkAction.UNUSE} or self.lots.get(one) == self.lots.get(
            other
        )

    def _allowed(self, action: MarkAction, wanted: SerialRange) -> bool:
        serials = list(marks.serials([wanted]))
        fits = all(self.model[n] in STEPS[action].sources for n in serials)
        if action is MarkAction.RESTORE:
            return fits and self.unused.issuperset(serials)
        if action is MarkAction.REPRINT:
            return (
                fits and any(one == wanted for _, one in self.jobs) and self.ever_packed.isdisjoint(serials)
            )
        if action in {MarkAction.PRINT, MarkAction.APPLY}:
            return fits and self._one_issue(wanted, action)
        if action is MarkAction.LAPSE:
            return False
        return fits

    def _one_issue(self, wanted: SerialRange, action: MarkAction) -> bool:
        """A print job is for one issued range; a packing may take of several, being of one product."""
        edge = self.size // 3
        return action is MarkAction.APPLY or (wanted.first <= edge) == (wanted.last <= edge)

    def _follow(self, action: MarkAction, wanted: SerialRange) -> None:
        for serial in marks.serials([wanted]):
            self.model[serial] = STEPS[action].target
            (self.unused.add if action is MarkAction.UNUSE else self.unused.discard)(serial)
            if action is MarkAction.RESTORE:
                self.lots.pop(serial)
            if action is MarkAction.APPLY:
                self.ever_packed.add(serial)

    # --- what a person does ---------------------------------------------------------------------------------------

    def _firm(self, use_case: Callable[..., Any], **asked: Any) -> Any:
        return self.world.do(use_case, **asked)

    def _office(self, use_case: Callable[..., Any], **asked: Any) -> Any:
        return self.world.do(use_case, by=self.world.county, enterprise=self.world.firm.id, **asked)

    def _print(self, wanted: SerialRange) -> None:
        setup = replace(SETUP, dated=False)
        job = self._firm(print_at_once, ranges=(wanted,), setup=setup, pack_day=None, public_url=PUBLIC_URL)
        self.jobs.append((job, wanted))

    def _reprint(self, wanted: SerialRange) -> None:
        job = next((number for number, one in self.jobs if one == wanted), 0)
        self._firm(use_cases.declare_undelivered, job=job, seq=1, reason="卡纸")
        self._firm(use_cases.hand_over_file, job=job, seq=1)

    def _apply(self, wanted: SerialRange) -> None:
        booked = self.world.pack(self.batch, (wanted,), product=self.product)
        self.lots |= dict.fromkeys(marks.serials([wanted]), booked.lots[0])
        self.events[booked.lots[0]] = booked.id

    def _void(self, wanted: SerialRange) -> None:
        self._firm(use_cases.void_marks, ranges=(wanted,), reason="污损")

    def _lose(self, wanted: SerialRange) -> None:
        self._firm(use_cases.report_lost, ranges=(wanted,), counted=len(wanted), reason="遗失")

    def _return(self, wanted: SerialRange) -> None:
        told = {"counted": len(wanted), "witness": "李四", "reason": "缴回"}
        self._office(use_cases.return_marks, ranges=(wanted,), **told)

    def _lapse(self, _wanted: SerialRange) -> None:
        self._office(use_cases.lapse_marks, season=2026)

    def _retire(self, wanted: SerialRange) -> None:
        lot = self.lots.get(wanted.first, 0)
        self._firm(chain.destroy, lot=lot, packs=len(wanted), ranges=(wanted,), reason="受潮")

    def _unuse(self, wanted: SerialRange) -> None:
        event = self.events.get(self.lots.get(wanted.first, 0), 0)
        self._firm(chain.amend, event=event, correction=chain.Correction(unused=(wanted,)), reason="多记")

    def _restore(self, wanted: SerialRange) -> None:
        self._office(use_cases.restore_marks, ranges=(wanted,), counted=len(wanted), reason="未用")

    # --- what has to hold -----------------------------------------------------------------------------------------

    def check(self) -> None:
        """The projection says of every serial what the model says, row by row disjoint, and few rows say it."""
        spans, acts = self.world.rows(rows.all_spans), self.world.rows(rows.all_acts)
        issued = self.world.table_counts()["mark_issue"]
        assert {n: one.state for one in spans for n in marks.serials([one.range])} == self.model
        assert sum(len(one.range) for one in spans) == len(self.model), "ranges overlap"
        assert marks.replay(acts) == spans
        assert len(spans) <= 2 * len(acts) + issued
        counts = self.world.see(use_cases.counts)
        assert sum(counts.values()) == self.size, (
            "issued = on hand + applied + retired + void + returned + lost + lapsed"
        )
        assert self.world.breaches() == ()

    def season_ends(self) -> None:
        """What still waits lapses, and only that."""
        self.world.at("2027-01-04T09:00")
        waiting = [n for n, state in self.model.items() if state in STEPS[MarkAction.LAPSE].sources]
        if waiting:
            assert self._office(use_cases.lapse_marks, season=2026) == len(waiting)
            self.model |= dict.fromkeys(waiting, MarkState.LAPSED)
        self.check()


def walk(world: World, *, steps: int, seed: int, every: int) -> Walk:
    """So many steps over enough marks, checked every so many, and at the end of the season."""
    walked = Walk(world, seed=seed, size=max(90, steps * 4))
    for n in range(1, steps + 1):
        walked.step()
        if n % every == 0:
            walked.check()
    walked.season_ends()
    return walked
