"""From the ledger's words for a print job to what draws its files: design, face, artwork, address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from traceability.domain import errors
from traceability.domain.marks import HUNDREDTHS, Medium, Setup
from traceability.formats.artwork import read_artwork
from traceability.formats.bulk.stencil import Stencil
from traceability.formats.labels import SAMPLE, BadDesign, Design, Face, Placement, render
from traceability.formats.labels.compiling import check_drawable, compile_stencil, digest_of
from traceability.services.marks import Material, Preview, PrintJob
from traceability.services.press.manifest import prefix_of
from traceability.services.press.worker import LabelMaker, ListMaker, Maker


@dataclass(frozen=True)
class Makers:
    """The label designs by name."""

    designs: Mapping[str, Design]

    def design(self, name: str) -> Design:
        """A design; raise `DesignUnknown`."""
        if name not in self.designs:
            raise errors.DesignUnknown(design=name)
        return self.designs[name]

    def setup(self, name: str, *, start: int = 0, right: int = 0, down: int = 0) -> Setup:
        """What a print job pins of a design; offsets in hundredths of a millimetre. Raise `DesignUnknown`."""
        design = self.design(name)
        return Setup(
            design=name,
            digest=digest_of(design),
            per_page=design.grid.count,
            mark_box=design.has_mark_box,
            dated="pack_date" in design.carries,
            start=start,
            right=right,
            down=down,
        )

    def check(self, face: Mapping[str, Any], setup: Setup, public_url: str) -> None:
        """Raise LabelRefused for what could not be drawn: a job that cannot be is better never opened."""
        check_drawable(
            self.design(setup.design),
            face_of(face),
            public_url=public_url,
            gtin=face["gtin"],
            placement=placement_of(setup),
        )

    def maker(self, material: Material) -> Maker:
        """What draws the files of a job; everything that can be refused is refused here, before the first file."""
        job = material.job
        if job.medium is Medium.DATA:
            return ListMaker(prefix_of(job), material.key)
        stencil = self._compiled(material)
        return LabelMaker(prefix_of(job), stencil, material.key)

    def _compiled(self, material: Material) -> Stencil:
        job = material.job
        try:
            return compile_stencil(
                self._unchanged(job),
                face_of(job.face),
                public_url=job.public_url,
                gtin=job.face["gtin"],
                placement=placement_of(job.setup),
                artwork=_artwork(material.artwork),
            )
        except BadDesign as error:
            raise errors.DesignUnusable(design=job.setup.design) from error

    def sample(self, preview: Preview, setup: Setup, *, labels: int) -> bytes:
        """A SAMPLE as a PDF: the real face and artwork, no code."""
        return render(
            self.design(setup.design),
            face_of(preview.face),
            [SAMPLE] * labels,
            sample=True,
            placement=placement_of(setup),
            artwork=_artwork(preview.artwork),
        )

    def _unchanged(self, job: PrintJob) -> Design:
        """The design as it was when the job was opened; raise `DesignChanged`: its bytes would not come out alike."""
        found = self.design(job.setup.design)
        if digest_of(found) != job.setup.digest:
            raise errors.DesignChanged(design=job.setup.design, job=job.no)
        return found


def face_of(told: Mapping[str, Any]) -> Face:
    """The face of a label out of what the ledger keeps of it."""
    day = told["pack_date"]
    kept = {key: value for key, value in told.items() if key not in {"gtin", "pack_date"}}
    return Face(**kept, pack_date=date.fromisoformat(day) if day else None)


def placement_of(setup: Setup) -> Placement:
    """Where the labels lie on the paper, in millimetres."""
    return Placement(setup.start, setup.right / HUNDREDTHS, setup.down / HUNDREDTHS)


def _artwork(file: bytes | None) -> bytes | None:
    return read_artwork(file).pdf if file else None
