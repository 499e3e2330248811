"""Drawing labels for a door: the designs, the address in the QR, and whether anything live may leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from traceability.domain import errors
from traceability.domain.profile import Profile
from traceability.domain.units import local_day
from traceability.formats.digital_link import mark_url
from traceability.formats.labels import SAMPLE, Design, Face, Label, render
from traceability.services.marks import PrintJob


@dataclass(frozen=True)
class Printing:
    """Designs by name and the public address. `live` is false until a person confirmed an https address."""

    designs: Mapping[str, Design]
    public_url: str
    live: bool

    def design(self, name: str) -> Design:
        """A design; raise `DesignUnknown`."""
        if name not in self.designs:
            raise errors.DesignUnknown(design=name)
        return self.designs[name]

    def is_live(self, design: Design) -> bool:
        """Whether this design may leave live: a mark box needs the approved artwork, which nobody can hand in yet."""
        return self.live and "artwork" not in design.carries

    def draw(self, job: PrintJob, design: Design, profile: Profile, *, sample: bool) -> bytes:
        """The job's labels as a PDF; a sample carries no live code."""
        labels = [
            SAMPLE if sample else Label(self._url(job, code), code, number) for code, number in job.codes
        ]
        return render(design, face(job, profile), labels, sample=sample)

    def _url(self, job: PrintJob, code: str) -> str:
        return mark_url(self.public_url, gtin=job.product.gtin, code=code)


def face(job: PrintJob, profile: Profile) -> Face:
    """What every label of the job has in common."""
    grade = profile.grade_rule(job.product.grade)
    return Face(
        gi_name=profile.gi.zh,
        standard=_standard(profile, job.pack_day or local_day(job.batch.born_at)),
        product=job.product.name,
        net_content=job.product.net_content_g,
        grade=grade.zh,
        pack_date=job.pack_day,
        enterprise=job.enterprise.name,
        uscc=job.enterprise.uscc,
    )


def _standard(profile: Profile, day: date) -> str:
    return profile.edition_on(day).code
