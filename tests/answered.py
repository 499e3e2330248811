"""A server killed under load: every look it answered is among the scans it kept."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from tests.bench.serving import served
from tests.looking import code_of
from traceability.store.scans import ScanRow

#: Seconds a server may take until it has answered so many looks; far more than the slowest machine needs.
PATIENCE_S = 120


def killed_under_load(url: str, folder: Path, serials: Sequence[int], *, looks: int, clients: int = 8) -> int:
    """Look at marks from many clients and kill the server after so many looks; how many were answered, all kept."""
    before, answered = _kept(url), Counter[int]()
    with served(url, folder) as (base, process), _looking(base, serials, clients, answered) as stop:
        for _ in range(PATIENCE_S * 100):
            if answered.total() >= looks:
                break
            threading.Event().wait(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        stop.set()
    kept = _kept(url) - before
    missing = answered - kept
    assert not missing, f"answered and not kept: {missing}"
    return answered.total()


def _kept(url: str) -> Counter[int]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = Counter(connection.scalars(sa.select(ScanRow.serial)).all())
    engine.dispose()
    return found


@contextmanager
def _looking(
    base: str, serials: Sequence[int], clients: int, answered: Counter[int]
) -> Iterator[threading.Event]:
    """Clients that look as fast as they are answered, each by turns at all of these marks."""
    stop, lock = threading.Event(), threading.Lock()

    def look(number: int) -> None:
        turn = number
        with closing(HTTPConnection(urlsplit(base).netloc, timeout=10)) as connection:
            while not stop.is_set():
                serial = serials[turn % len(serials)]
                try:
                    whole = _whole(connection, serial, phone=number)
                except (HTTPException, OSError):
                    return
                with lock:
                    answered[serial] += whole
                turn += 1

    threads = [threading.Thread(target=look, args=(number,)) for number in range(clients)]
    for one in threads:
        one.start()
    yield stop
    for one in threads:
        one.join()


def _whole(connection: HTTPConnection, serial: int, *, phone: int) -> bool:
    """Whether a mark's page came, to its last byte."""
    connection.request("GET", f"/M/{code_of(serial)}", headers={"User-Agent": f"phone {phone}"})
    with closing(connection.getresponse()) as answer:
        return answer.status == 200 and answer.read().endswith(b"</html>")
