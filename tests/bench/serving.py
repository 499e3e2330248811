"""Servers to be measured: the house's own command over a data set, and an empty Flask route on the same server."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.world import KEYS

HERE = Path(__file__).parent
WORKERS = os.cpu_count() or 1
THREADS = 4
PHONES = 2000


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    url: str, folder: Path, *, workers: int = WORKERS
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The public door over a database, as `traceability serve` runs it; its address and its process."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    for name, key in KEYS.items():
        file = keys / f"mark-{name}.key"
        file.write_text(key.hex())
        file.chmod(0o600)
    port = free_port()
    command = [sys.executable, "-m", "traceability.cli", "serve", "--faces", "public", "--port", str(port)]
    settings = {
        "TRACEABILITY_DATA": str(folder),
        "TRACEABILITY_DATABASE_URL": url,
        "TRACEABILITY_SECRET_KEY": "a secret for benchmarks, long enough to sign with",
    }
    with _running(
        [*command, "--workers", str(workers), "--threads", str(THREADS)], settings, port
    ) as process:
        yield f"http://127.0.0.1:{port}", process


@contextmanager
def empty_route() -> Iterator[str]:
    """An empty Flask route on the same server, with as many workers and threads."""
    port = free_port()
    with _running([sys.executable, "-m", "tests.bench.serving", str(port)], {}, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], settings: Mapping[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _await(f"http://127.0.0.1:{port}/", process)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urlopen(url).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def agents() -> Iterable[str]:
    """Phones: models and versions as browsers in China tell them, so many that reloads are rare."""
    rng = random.Random(1)
    for _ in range(PHONES):
        model, build = f"V{rng.randint(1000, 2999)}A", rng.randint(210000, 240000)
        yield (
            f"Mozilla/5.0 (Linux; Android {rng.randint(9, 15)}; {model} Build/TP1A.{build}; wv) AppleWebKit/537.36 "
            f"(KHTML, like Gecko) Version/4.0 Chrome/{rng.randint(80, 131)}.0.0.0 Mobile Safari/537.36 "
            f"MicroMessenger/8.0.{rng.randint(20, 60)}.{rng.randint(2000, 2999)} NetType/WIFI Language/zh_CN"
        )


def wrk(
    base: str,
    paths: Path,
    phones: Path,
    *,
    seconds: int,
    connections: int = 16,
    pause_ms: float = 0,
    seed: int = 1,
) -> dict[str, Any]:
    """What wrk saw: requests, seconds, milliseconds at the 50th and 99th of a hundred."""
    told = {"PATHS": str(paths), "AGENTS": str(phones), "PAUSE": str(pause_ms), "SEED": str(seed)}
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "-s", str(HERE / "look.lua"), base]
    run = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    if found["failed"]:
        raise RuntimeError(run.stdout)
    return {**found, "rate": found["requests"] / found["microseconds"] * 1e6}


def _empty_app() -> Any:
    from flask import Flask

    app = Flask("empty")
    app.add_url_rule("/", "empty", lambda: "")
    return app


if __name__ == "__main__":
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "empty", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI, workers=WORKERS,
        blocking_threads=THREADS, websockets=False,
    ).serve(target_loader=lambda *_args, **_more: _empty_app(), wrap_loader=False)  # fmt: skip
