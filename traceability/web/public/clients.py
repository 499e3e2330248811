"""Who looks, as little of it as will do: a keyed hash of network and browser, a province, a person or a machine."""

import hashlib
import hmac
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_address, ip_network

from crawlerdetect import CrawlerDetect
from flask import current_app, request

from traceability.domain.units import local_day
from traceability.web import words
from traceability.web.guard import house
from traceability.web.places import Places


def client_of(now: datetime) -> str:
    """A keyed hash of address prefix and user agent: tells clients apart for a while and names nobody (PIPL).

    The key changes with the profile's period, so that no hash can be followed over longer.
    """
    period = local_day(now).toordinal() // words.profile().client_key_days
    agent = request.environ.get("HTTP_USER_AGENT", "")
    seen = f"{_prefix(request.remote_addr)}\n{agent}"
    return hmac.digest(_key(house().secret, period), seen.encode(), hashlib.sha256).hex()[:32]


@lru_cache(maxsize=4)
def _key(secret: bytes, period: int) -> bytes:
    return hmac.digest(secret, f"scan client v1:{period}".encode(), hashlib.sha256)


@lru_cache(maxsize=4096)
def _prefix(address: str | None) -> str:
    """The network an address is in: /24 of IPv4, /48 of IPv6."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None) or found
    return str(ip_network(f"{mapped}/{24 if mapped.version == 4 else 48}", strict=False))


def province_of() -> str | None:
    """The province a request comes from, where a trusted proxy or the house's own file knows it."""
    places: Places = current_app.extensions["places"]
    return places.province(request.headers, request.remote_addr)


#: Headers a browser sends when nobody has asked for the page yet: it is fetched ahead, or for a preview.
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


def is_look() -> bool:
    """Whether a person looks: not HEAD, nothing fetched ahead or for a preview, no robot by its own word."""
    sent = request.environ
    if request.method != "GET" or any(sent.get(name) for name in _AHEAD):
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
