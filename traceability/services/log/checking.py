"""The whole check: the log from the books, and whatever else is derived from its facts."""

from collections.abc import Callable, Iterator, Sequence

from traceability.domain.log import Difference
from traceability.domain.log.notes import VerifierKey
from traceability.services.log import replaying
from traceability.services.log.verifying import Progress, Since, structure, unwatched
from traceability.store.work import Work

#: Further parts of the check, in their order: each is asked (work, progress=…) and names what differs from the facts.
PARTS: tuple[Callable[..., Iterator[Difference]], ...] = (replaying.differences,)


def check(
    work: Work, *, key: VerifierKey, since: Sequence[Since] = (), progress: Progress = unwatched
) -> Iterator[Difference]:
    """Everything that differs, the log itself first: what is derived from it can be no better than it is."""
    yield from structure(work, key=key, since=since, progress=progress)
    for part in PARTS:
        yield from part(work, progress=progress)
