"""So many within a stretch of time, for each client: what keeps a public form from being flooded.

Counted in the memory of this process only, by address, and forgotten with the stretch: nothing of it is kept.
"""

import time

from flask import Blueprint, Flask, current_app, request
from flask.blueprints import BlueprintSetupState
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from traceability.web.public.clients import network_of

#: Clients remembered at once; with more than that somebody is counting through addresses, and all are forgotten.
MOST_CLIENTS = 50_000


class Allowance:
    """A rate such as "10/hour" or "30 per 10 minutes", of each client."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    def spent(self, client: str) -> bool:
        """Whether the client has nothing left; asking costs nothing."""
        return not self._limiter.test(self._rate, client)

    def spend(self, client: str) -> bool:
        """Take one; whether there was one."""
        if len(self._storage.events) >= MOST_CLIENTS:
            self._storage.reset()
        return self._limiter.hit(self._rate, client)

    def wait_s(self, client: str) -> int:
        """Seconds until there is one again, at least one: for `Retry-After`."""
        return max(1, round(self._limiter.get_window_stats(self._rate, client).reset_time - time.time()))


def offer(bp: Blueprint, name: str, rate: str) -> None:
    """Give every app this blueprint is part of an allowance of its own."""

    def keep(state: BlueprintSetupState) -> None:
        state.app.extensions[f"allowance:{name}"] = Allowance(rate)

    bp.record(keep)


def allowance(name: str) -> Allowance:
    """This app's allowance of that name."""
    return allowance_of(current_app, name)


def allowance_of(app: Flask, name: str) -> Allowance:
    """An app's allowance of that name."""
    found: Allowance = app.extensions[f"allowance:{name}"]
    return found


def client() -> str:
    """Whom a request is counted for: its IPv4 address, or the /64 network that one IPv6 household has."""
    return network_of(request.remote_addr, v4=32, v6=64)
