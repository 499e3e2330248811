"""Print-ready labels per second, as whole print jobs: to the last byte on the disk, proved and booked.

Baseline: the usual way, one WeasyPrint document of 1,000 labels of the same design, a PNG of `qrcode` with its defaults
as a data URI in each, one process. `four-million` begins with the issue of the marks; what deflate, the codes and the
disk take of it by themselves is told beside all processors' time: the floor under any way of writing such files.
"""

import base64
import io
import os
import resource
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import qrcode

from tests.bench import Case
from tests.formats.conftest import FACE, GTIN, LABELS, PUBLIC_URL
from tests.world import KEYS, World
from traceability.domain import marks as rules
from traceability.domain.marks import SerialRange
from traceability.formats.bulk import codes, sheets
from traceability.formats.bulk.stencil import Stencil
from traceability.formats.digital_link import mark_url
from traceability.formats.labels import Design, Placement, load_designs
from traceability.formats.labels.compiling import compile_stencil
from traceability.formats.labels.draw import shared_texts, to_pdf
from traceability.formats.labels.drawing import label_html, page_html
from traceability.services import marks
from traceability.services.marks import PrintJob
from traceability.services.press.makers import Makers
from traceability.services.press.press import Press
from traceability.services.press.worker import write_down
from traceability.store import schema
from traceability.store.work import change, look

CORES = os.cpu_count() or 1
MANY, MILLIONS, USUAL = 200_000, 4_000_000, 1_000
KEY = KEYS["k1"]
Measured = TypeVar("Measured")


def run() -> Iterator[Case]:
    """Each part in a process of its own, so that none has the memory of another."""
    usual = USUAL / _apart(_usual_seconds)
    yield _case("a4-40", MANY / _apart(_job_seconds), usual)
    yield _case("a4-40, one core, in memory", _apart(_one_core), usual)
    yield from _four_million(usual)


def _apart(measure: Callable[[], Measured]) -> Measured:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure).result()


def _case(name: str, rate: float, usual: float) -> Case:
    return _told(name, round(rate), "labels/s", round(usual, 1), rate / usual)


def _told(name: str, value: float, unit: str, baseline: float, ratio: float) -> Case:
    return {
        "bench": "labels", "case": name, "value": value, "unit": unit, "baseline": baseline, "ratio": round(ratio, 2),
    }  # fmt: skip


def _timed(act: Any) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


# --- the usual way ----------------------------------------------------------------------------------------------


def _usual_seconds() -> float:
    design = load_designs(LABELS)["a4-40"]
    return _timed(lambda: _usual_way(design))


def _usual_way(design: Design) -> bytes:
    shared = shared_texts(design, FACE)
    drawings = [_usual_label(design, shared, serial) for serial in range(1, USUAL + 1)]
    return to_pdf(design, page_html(design, drawings))


def _usual_label(design: Design, shared: dict[Any, list[str]], serial: int) -> str:
    code = rules.encode(serial, KEY)
    own: dict[Any, list[str]] = {"code": [code], "control_number": [rules.control_number(serial)]}
    png = io.BytesIO()
    qrcode.make(mark_url(PUBLIC_URL, gtin=GTIN, code=code)).save(png)
    address = base64.b64encode(png.getvalue()).decode()
    image = f'<img style="margin:0;width:100%;height:100%" src="data:image/png;base64,{address}">'
    return label_html(design, {**shared, **own}).replace('<div class="qr">', f'<div class="qr">{image}')


# --- the press --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _House:
    """A house with so many marks approved, and a press."""

    world: World
    press: Press
    request: int
    folder: Path

    def issued(self) -> tuple[SerialRange, ...]:
        return self.world.issue(self.request)

    def printed(self) -> PrintJob:
        """Issue, open a job and run it to the last byte."""
        job = self.world.opened(self.issued(), setup=self.press.makers.setup("a4-40"))
        return self.press.run(
            job, by=self.world.firm.manager, clock=lambda: self.world.now, out=self.folder / "out"
        )


@contextmanager
def _house(how_many: int) -> Iterator[_House]:
    folder = Path(tempfile.mkdtemp())
    url = f"sqlite:///{folder / 'bench.db'}"
    schema.migrate(url)
    world = World(url)
    world.plot = world.new_plot(mu=100_000)
    batch = world.passed_batch(kg=how_many * 3 // 1000 + 1)
    request = world.request(batch, packs=how_many, product=world.product(3))
    world.approve(request)
    (folder / "out").mkdir()
    makers = Makers(load_designs(LABELS))
    press = Press(
        partial(change, world.house), partial(look, world.house), makers, folder / "prints", PUBLIC_URL, CORES
    )
    yield _House(world, press, request, folder)
    world.close()
    shutil.rmtree(folder)


def _job_seconds() -> float:
    with _house(MANY) as house:
        return _timed(house.printed)


def _stencil() -> Stencil:
    design = load_designs(LABELS)["a4-40"]
    return compile_stencil(design, FACE, public_url=PUBLIC_URL, gtin=GTIN, placement=Placement())


def _one_core() -> float:
    """Labels per second of drawing alone, in one process."""
    stencil = _stencil()
    files = [SerialRange(n, n + 4_999) for n in range(1, 100_000, 5_000)]
    took = _timed(lambda: [sheets.draw_file(stencil, [one], KEY) for one in files])
    return 100_000 / took


# --- four million -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Millions:
    """What four million labels took: seconds by the clock and of all processors, bytes, MB of the largest process."""

    took: float
    busy: float
    size: int
    peak: int


def _millions() -> _Millions:
    with _house(MILLIONS) as house:
        before = os.times()
        took = _timed(house.printed)
        busy = sum(os.times()[:4]) - sum(before[:4])
        [job] = house.world.see(marks.print_jobs)
        peak = max(
            resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return _Millions(took, busy, sum(one.size for one in job.files), peak // 1024)


def _four_million(usual: float) -> Iterator[Case]:
    told = _apart(_millions)
    yield _case("four-million", MILLIONS / told.took, usual)
    yield _told("four-million: seconds, at most 90", round(told.took, 1), "s", 90, 90 / told.took)
    yield _told("four-million: largest process, at most 300", told.peak, "MB", 300, 300 / told.peak)
    size = told.size / MILLIONS
    yield _told("four-million: on disk", round(size), "bytes/label", round(size), 1)
    for name, seconds in _floor():
        named = f"four-million: {name} alone, of all processors' seconds"
        yield _told(named, round(seconds, 1), "s", round(told.busy, 1), told.busy / seconds)


def _floor() -> Iterator[tuple[str, float]]:
    """What deflate, the MACs and the disk take by themselves, measured on one file and told for four million."""
    stencil = _stencil()
    files = MILLIONS / 5_000
    pages: list[bytes] = []
    squeeze = zlib.compress

    def kept(content: bytes, level: int) -> bytes:
        pages.append(content)
        return squeeze(content, level)

    sheets.zlib.compress = kept  # type: ignore[attr-defined]
    content = sheets.draw_file(stencil, [SerialRange(1, 5_000)], KEY)
    sheets.zlib.compress = squeeze  # type: ignore[attr-defined]
    yield "deflate", files * _timed(lambda: [squeeze(page, 1) for page in pages])
    yield "codes", files * _timed(lambda: codes.encoded(1, 5_000, KEY))
    with tempfile.TemporaryDirectory() as folder:
        yield "disk", files * _timed(lambda: write_down(Path(folder) / "file", content))
