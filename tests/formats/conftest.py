"""Builders with good defaults, the designs of this repository, and two decoders."""

import io
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops

from traceability.formats.digital_link import mark_url
from traceability.formats.labels import Design, Face, Label, load_designs

LABELS = Path(__file__).parents[2] / "labels"
PUBLIC_URL = "https://maojian.qiannan.example.gov.cn"
GTIN = "6901234567892"

FACE = Face(
    gi_name="都匀毛尖茶",
    standard="DB52/T 433—2018",
    product="都匀毛尖茶 明前珍品礼盒",
    net_content=250,
    grade="珍品",
    pack_date=date(2026, 4, 18),
    enterprise="都匀市示范毛尖茶业有限公司",
    uscc="91522701MA00000000",
)


def label(number: int) -> Label:
    """A label with a code of its own and a realistic, long address."""
    code = f"{number:016d}".replace("00", "ZK").replace("1", "W")
    return Label(mark_url(PUBLIC_URL, gtin=GTIN, code=code), code, f"{number:010d}")


def raster(pdf: bytes, folder: Path, *, dpi: int = 300) -> list[Image.Image]:
    """The pages as grey images, as a printer would see them."""
    source = folder / "labels.pdf"
    source.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", str(dpi), "-gray", str(source), str(folder / "page")], check=True)
    pages = [Image.open(page) for page in sorted(folder.glob("page-*.pgm"))]
    return [page.copy() for page in pages]


def decoded(page: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(page, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [symbol.text for symbol in found]


def decoded_by_zbar(page: Image.Image, folder: Path) -> list[str]:
    """The same by a decoder that shares no code with the other."""
    page.save(folder / "page.pgm")
    command = ["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", str(folder / "page.pgm")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def dots(*lengths: float, dpi: int = 300) -> tuple[int, ...]:
    """Lengths in mm as whole dots."""
    return tuple(round(length / 25.4 * dpi) for length in lengths)


def ink(page: Image.Image) -> tuple[int, int, int, int]:
    """The smallest rectangle, in dots, that holds everything printed on a page."""
    found = ImageChops.invert(page.convert("L")).getbbox()
    assert found is not None
    return found


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "text.pdf").write_bytes(pdf)
    command = ["pdftotext", "-raw", str(folder / "text.pdf"), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def artwork(width: float, height: float) -> bytes:
    """A PDF of one page, full to its edges in one grey; sizes in mm."""
    made = io.BytesIO()
    points = width / 25.4 * 72, height / 25.4 * 72
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=points)
        page.Contents = pdf.make_stream(b"0.5 g 0 0 %.3f %.3f re f" % points)
        pdf.save(made)
    return made.getvalue()


@pytest.fixture(scope="session")
def designs() -> dict[str, Design]:
    return load_designs(LABELS)


@pytest.fixture(scope="session")
def carton_design() -> Design:
    return load_designs(LABELS, kind="carton")["carton-100x75"]


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of a design with one piece of one of its files replaced."""

    def change(old: str, new: str, file: str = "design.toml", *, of: str = "a4-40") -> Path:
        (tmp_path / "fonts").symlink_to(LABELS / "fonts")
        folder = Path(shutil.copytree(LABELS / of, tmp_path / of))
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change
