"""What goes with the files of a print job, and what of them is looked at. It follows from the job, without times."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from traceability.domain.log import canonical
from traceability.domain.marks import ALPHABET, CODE_LENGTH, FilePlan, Medium, SerialRange
from traceability.formats.bulk.proof import Sample, samples
from traceability.formats.digital_link import mark_url
from traceability.services.marks import PrintJob
from traceability.services.press.folders import file_path, undone_path
from traceability.services.press.worker import Task


def looked_at(job: PrintJob) -> Mapping[int, Sample]:
    """What of each file is compared and read, by its number."""
    per_page = job.setup.per_page
    sizes = [(one.marks, one.sheets(per_page)) for one in job.plan]
    return dict(enumerate(samples(sizes, per_page), 1))


def tasks_for(job: PrintJob, todo: Sequence[FilePlan], place: Path) -> list[Task]:
    """The files to be made, each beside where it will lie."""
    looks = looked_at(job)
    return [
        Task(one.seq, one.ranges, one.start, undone_path(job, place, one.seq), looks[one.seq]) for one in todo
    ]


def proof(job: PrintJob) -> Mapping[str, int]:
    """How much was compared with the encoder of record, and read by the other decoder. Of data, every row."""
    if job.medium is Medium.DATA:
        return {"rows": job.marks}
    looks = looked_at(job).values()
    return {"symbols": sum(len(one.labels) for one in looks), "pages": sum(len(one.pages) for one in looks)}


def manifest(job: PrintJob) -> bytes:
    """Counts and hashes of the files as JSON (RFC 8785), for the printing house and for whoever asks later."""
    told = {
        "job": job.no,
        "medium": job.medium,
        "design": job.setup.design or None,
        "recipient": job.recipient,
        "address": job.public_url,
        "face": job.face,
        "marks": job.marks,
        "serials": _serials(job.ranges),
        "files": [_file(job, one) for one in job.plan],
        "proof": job.proof or proof(job),
    }
    return canonical(told).encode("utf-8")


def _file(job: PrintJob, planned: FilePlan) -> Mapping[str, object]:
    made = job.made(planned.seq)
    return {
        "name": file_path(job, Path(), planned.seq).name,
        "serials": _serials(planned.ranges),
        "marks": planned.marks,
        "sheets": planned.sheets(job.setup.per_page) if job.medium is Medium.LABELS else None,
        "size": made.size if made else None,
        "sha256": made.sha256 if made else None,
    }


def _serials(ranges: Sequence[SerialRange]) -> list[list[int]]:
    return [[one.first, one.last] for one in ranges]


def prefix_of(job: PrintJob) -> str:
    """What the address of every mark of a job begins with; the code ends it."""
    sample = mark_url(job.public_url, gtin=job.face["gtin"], code=ALPHABET[0] * CODE_LENGTH)
    return sample[:-CODE_LENGTH]
