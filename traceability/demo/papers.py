"""Made-up papers: test reports as tiny PDF files, each with bytes of its own, and the values they state."""

from decimal import Decimal
from random import Random

from traceability.domain.profile import Grade

#: Values that meet each grade's limits, as (lowest, highest) in tenths; extract is what grades differ in most.
_EXTRACT = {
    Grade.ZUNPIN: (434, 446), Grade.ZHENPIN: (405, 432), Grade.SPECIAL: (402, 428),
    Grade.FIRST: (385, 410), Grade.SECOND: (382, 405),
}  # fmt: skip


def report_values(rng: Random, grade: Grade) -> dict[str, Decimal | bool]:
    """What a laboratory finds in good tea of a grade."""
    return {
        "moisture": tenths(rng, 50, 59),
        "total_ash": tenths(rng, 53, 62),
        "water_extract": tenths(rng, *_EXTRACT[grade]),
        "crude_fibre": tenths(rng, 105, 138),
        "lead": Decimal(rng.randrange(18, 70)) / 100,
        "pesticide_residue": True,
        "sensory_grade": True,
    }


def tenths(rng: Random, low: int, high: int) -> Decimal:
    """A number with one decimal, between two counts of tenths."""
    return Decimal(rng.randint(low, high)) / 10


def report_pdf(line: str) -> bytes:
    """A whole PDF file of one page that says one line of ASCII."""
    text = line.encode("ascii", "replace").replace(b"\\", b"").replace(b"(", b"[").replace(b")", b"]")
    stream = b"BT /F1 14 Tf 60 760 Td (" + text + b") Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    return _assembled(parts)


def _assembled(parts: list[bytes]) -> bytes:
    """Numbered objects, their table of offsets, and the trailer."""
    whole, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(whole))
        whole += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(whole))
    return whole + head + table + end
