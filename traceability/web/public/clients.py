"""Who looks, as little of it as will do: a keyed hash of network and browser, a province, a person or a machine."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from crawlerdetect import CrawlerDetect
from flask import Flask, current_app, request
from werkzeug.datastructures import EnvironHeaders

from traceability.domain.units import local_day
from traceability.web.places import Places

#: A request as the server hands it over (PEP 3333).
Environ = dict[str, Any]


@dataclass(frozen=True)
class Clients:
    """How clients are told apart: with which secret, for how many days by one key; how provinces are known."""

    secret: bytes
    key_days: int
    places: Places

    def hash_of(self, sent: Environ, now: datetime) -> str:
        """A keyed hash of address prefix and user agent: tells clients apart for a while and names nobody (PIPL).

        The key changes with the profile's period, so that no hash can be followed over longer.
        """
        period = local_day(now).toordinal() // self.key_days
        seen = f"{network_of(sent.get('REMOTE_ADDR'), v4=24, v6=48)}\n{sent.get('HTTP_USER_AGENT', '')}"
        return hmac.digest(_key(self.secret, period), seen.encode(), hashlib.sha256).hex()[:32]

    def province_of(self, sent: Environ) -> str | None:
        """The province a request comes from, where a trusted proxy or the house's own file knows it."""
        if self.places.nowhere:
            return None
        return self.places.province(EnvironHeaders(sent), sent.get("REMOTE_ADDR"))


def clients_of(app: Flask) -> Clients:
    """As this app tells clients apart."""
    secret, profile = app.extensions["house"].secret, app.extensions["profile"]
    return Clients(secret, profile.client_key_days, app.extensions["places"])


def client_of(now: datetime) -> str:
    """The client of this request."""
    return clients_of(current_app).hash_of(request.environ, now)


@lru_cache(maxsize=4)
def _key(secret: bytes, period: int) -> bytes:
    return hmac.digest(secret, f"scan client v1:{period}".encode(), hashlib.sha256)


@lru_cache(maxsize=4096)
def network_of(address: str | None, *, v4: int, v6: int) -> str:
    """The network an address is in, so many bits of IPv4 or IPv6; nothing for what is no address.

    An IPv4 address that comes as IPv6 is the IPv4 address it is.
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{mapped}/{v4 if mapped.version == 4 else v6}", strict=False))


#: Headers a browser sends when nobody has asked for the page yet: it is fetched ahead, or for a preview.
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def is_look(sent: Environ) -> bool:
    """Whether a person looks: not HEAD, nothing fetched ahead or for a preview, no robot by its own word."""
    if sent["REQUEST_METHOD"] != "GET" or any(sent.get(name) for name in _AHEAD):
        return False
    return not _is_robot(sent.get("HTTP_USER_AGENT", "")[:LONGEST_AGENT])


LONGEST_AGENT = 400


@lru_cache(maxsize=20_000)
def _is_robot(agent: str) -> bool:
    """Two milliseconds for a kind of browser that is new here: a thousand patterns are tried."""
    return bool(_robots().isCrawler(agent))


@lru_cache(maxsize=1)
def _robots() -> CrawlerDetect:
    return CrawlerDetect()
