"""Labels read back: rasterised by poppler at 300 dpi, read by two decoders that know nothing of each other."""

import subprocess
from pathlib import Path

from PIL import Image

from traceability.formats.bulk.proof import read

DPI = "300"


def read_twice(pdf: bytes, folder: Path) -> tuple[list[str], list[str]]:
    """What zxing-cpp and what zbar read on the pages of a PDF, sorted."""
    folder.mkdir()
    source = folder / "labels.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", DPI, "-gray", str(source), str(folder / "page")], check=True)
    pages = sorted(folder.glob("page-*.pgm"))
    zxing = [text for page in pages for text in read(Image.open(page))]
    zbar = [text for at in range(0, len(pages), 100) for text in _zbar(pages[at : at + 100])]
    return sorted(zxing), sorted(zbar)


def _zbar(pages: list[Path]) -> list[str]:
    asked = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *map(str, pages)]
    return subprocess.run(asked, check=False, capture_output=True, text=True).stdout.split()
