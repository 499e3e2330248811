"""Where a GS1 Digital Link leads: link sets (RFC 9264) and the resolver's description of itself.

GS1-Conformant Resolver Standard 1.2, cited as RS. Every address begins with the public address of the settings: what a
request calls this host is never repeated.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from traceability.formats.digital_link.keys import GTIN, Link

MEDIA_TYPE = "application/linkset+json"  # RFC 9264 §4.2
#: GS1 Web Vocabulary; a link type may be written with the prefix or with either address it has been published under.
VOCABULARY = "https://gs1.org/voc/"
_PREFIXES = ("gs1:", VOCABULARY, "https://ref.gs1.org/voc/", "http://gs1.org/voc/")
#: Turns a link set into JSON-LD (RS §2.10).
CONTEXT = "https://ref.gs1.org/standards/resolver/linkset-context"

PRODUCT_PAGE, TRACEABILITY, CERTIFICATION, RECALL = "pip", "traceability", "certificationInfo", "recallStatus"
DEFAULT = "defaultLink"
#: All links, not one of them: the word of RS §2.9, and the one it had before.
EVERY_LINK = frozenset({"linkset", "all"})

#: A link's title by language and relation.
Titles = Mapping[str, Mapping[str, str]]


def relations_of(link: Link) -> tuple[str, ...]:
    """What the page of a thing is to it, without the default."""
    if link.serial is not None:
        return (TRACEABILITY, CERTIFICATION)
    return (TRACEABILITY, RECALL) if link.lot is not None else (PRODUCT_PAGE, CERTIFICATION)


def relation_named(link_type: str) -> str | None:
    """The relation a request's `linkType` names, `pip` for `gs1:pip`; None for one that is not GS1's (RS §2.14)."""
    for prefix in _PREFIXES:
        if link_type.startswith(prefix):
            return link_type.removeprefix(prefix)
    return None


def place_of(link: Link, relation: str) -> Link | None:
    """Who has that relation, the thing itself or what stands above it; None where nobody has (RS §2.6.2: 404)."""
    return next((one for one in link.levels if relation in (*relations_of(one), DEFAULT)), None)


def address_of(link: Link, public_url: str) -> str:
    """Its own address under ours, canonical."""
    return f"{public_url}{link.path}"


def linkset_address(link: Link, public_url: str) -> str:
    """Where its link set is, for programs that say nothing of what they accept."""
    return f"{address_of(link, public_url)}?linkType=linkset"


def linkset(link: Link, *, public_url: str, titles: Titles) -> dict[str, Any]:
    """All links of a thing, level by level up to its product (RFC 9264 §4.2; RS §2.5.9 rule 4, §2.10).

    `titles` have a text for every language, and in it for every relation of the thing and of its product.
    """
    return {"linkset": [_context(one, public_url, titles) for one in link.levels]}


def _context(link: Link, public_url: str, titles: Titles) -> dict[str, Any]:
    """The links of one anchor. The default is one of the others and has nothing but its title (RS §2.5.8)."""
    anchor, relations = address_of(link, public_url), relations_of(link)
    default = {"href": anchor, "title": next(iter(titles.values()))[relations[0]]}
    links = {f"{VOCABULARY}{one}": list(_targets(anchor, one, titles)) for one in relations}
    return {"anchor": anchor, **links, f"{VOCABULARY}{DEFAULT}": [default]}


def _targets(anchor: str, relation: str, titles: Titles) -> Iterator[dict[str, Any]]:
    """The page in each language, and the same as JSON; a title and a media type each (RS §2.5.3, §2.5.5)."""
    for language, texts in titles.items():
        page = {"href": f"{anchor}?lang={language}", "title": texts[relation], "type": "text/html"}
        yield {**page, "hreflang": [language]}
    yield {"href": anchor, "title": next(iter(titles.values()))[relation], "type": "application/json"}


def description(public_url: str, *, name: str) -> dict[str, Any]:
    """What `/.well-known/gs1resolver` says (RS §3)."""
    return {
        "name": name,
        "resolverRoot": public_url,
        "supportedPrimaryKeys": [GTIN],
        "supportedLinkType": [{"namespace": VOCABULARY, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "jsonLdContextLocation": CONTEXT,
    }
