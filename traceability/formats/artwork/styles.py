"""CSS of an SVG, judged by the parser that would draw it, so that escapes and comments hide nothing from us."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tinycss2

from traceability.domain import errors
from traceability.formats.artwork import limits

#: Properties that say how something is drawn; everything else is left out or refused.
PAINT = frozenset(
    {
        "clip-path", "clip-rule", "color", "display", "fill", "fill-opacity", "fill-rule", "opacity", "overflow",
        "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
        "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "transform", "visibility",
    }
)  # fmt: skip

#: Drawing programs write these for every shape; without text and images they say nothing.
IDLE = re.compile(
    r"-inkscape-.*|-webkit-.*|baseline-shift|block-progression|color-.*|direction|dominant-baseline"
    r"|enable-background|font|font-.*|image-rendering|isolation|letter-spacing|line-height|paint-order"
    r"|shape-.*|solid-.*|text-.*|vector-effect|white-space|word-spacing|writing-mode"
)
NOTHING = frozenset({"none", "normal", "auto", "initial"})
FUNCTIONS = frozenset(
    {"hsl", "hsla", "matrix", "rgb", "rgba", "rotate", "scale", "skewx", "skewy", "translate"}
)
ID = re.compile(r"[\w:.-]+")
SELECTOR = re.compile(r"[.#]?[\w-]+")

Declared = Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """Rules in their order: what they pick (a name, a `.class` or an `#id`) and what they declare for it."""

    rules: Sequence[tuple[str, Declared]]

    def declared(self, name: str, classes: Iterable[str], identity: str | None) -> Declared:
        """What holds for an element; an id weighs more than a class, a class more than a name, then the later."""
        picks = {name: 0, **{f".{one}": 1 for one in classes}, f"#{identity}": 2}
        fitting = [(picks[pick], n, said) for n, (pick, said) in enumerate(self.rules) if pick in picks]
        return {
            key: value
            for _, _, said in sorted(fitting, key=lambda one: one[:2])
            for key, value in said.items()
        }


def sheet(texts: Iterable[str]) -> Sheet:
    """The rules of all style elements; raise `ArtworkNotAllowed` or `ArtworkOutside`."""
    rules = [rule for text in texts for rule in _rules(text)]
    if len(rules) > limits.RULES:
        raise errors.ArtworkTooComplex(text="CSS", limit=limits.RULES)
    return Sheet(rules)


def _rules(text: str) -> Iterator[tuple[str, Declared]]:
    for node in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if node.type != "qualified-rule":
            raise _unwanted(node)
        said = declarations(node.content)
        for pick in tinycss2.serialize(node.prelude).split(","):
            if not SELECTOR.fullmatch(pick.strip()):
                raise errors.ArtworkNotAllowed(text=pick.strip()[:60])
            yield pick.strip(), said


def _unwanted(node: Any) -> errors.Refusal:
    """Why a piece of a style sheet is refused: fonts, imports, media and animations all begin with an @."""
    if node.type != "at-rule":
        return errors.ArtworkBroken()
    name = f"@{node.at_keyword}"
    fetches = node.lower_at_keyword in {"import", "font-face", "namespace"}
    return (errors.ArtworkOutside if fetches else errors.ArtworkNotAllowed)(text=name[:60])


def declarations(source: Any) -> Declared:
    """What a style attribute, or the content of a rule, says that matters to a drawing; raise like `sheet`."""
    kept = {}
    for node in tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration":
            raise _unwanted(node)
        if node.important:
            raise errors.ArtworkNotAllowed(text="!important")
        value = _value(node.value)
        if node.lower_name in PAINT:
            kept[node.lower_name] = value
        elif value.lower() not in NOTHING and not IDLE.fullmatch(node.lower_name):
            raise errors.ArtworkNotAllowed(text=f"{node.name}: {value}"[:60])
    return kept


def value(text: str) -> str:
    """A presentation attribute, which is read as CSS; raise like `sheet`."""
    return _value(tinycss2.parse_component_value_list(text))


def _value(tokens: Sequence[Any]) -> str:
    return "".join(_plain(token) for token in tokens).strip()


def _plain(token: Any) -> str:
    """A token in plain writing; nothing is named outside the file, nothing computed but colours and transforms."""
    if token.type == "url":
        return f"url(#{local(token.value)})"
    if token.type == "function" and token.lower_name == "url":
        return f"url(#{local(''.join(one.value for one in token.arguments if one.type == 'string'))})"
    if token.type == "function":
        return f"{_function(token)}({_value(token.arguments)})"
    if token.type == "error" or token.type.endswith("block"):
        raise errors.ArtworkBroken()
    return " " if token.type == "comment" else str(token.serialize())


def _function(token: Any) -> str:
    if token.lower_name not in FUNCTIONS:
        raise errors.ArtworkNotAllowed(text=f"{token.name}()"[:60])
    if any(one.type == "function" for one in token.arguments):
        raise errors.ArtworkNotAllowed(text=f"{token.name}(…())"[:60])
    return str(token.name)


def local(target: str) -> str:
    """The id of this very file that is referred to; raise `ArtworkOutside` for anything else."""
    found = ID.fullmatch(target.strip().removeprefix("#"))
    if found is None or not target.strip().startswith("#"):
        raise errors.ArtworkOutside(text=target.strip()[:60])
    return found[0]


def links(value: str) -> list[str]:
    """The ids a value in plain writing refers to."""
    return re.findall(r"url\(#([^)]*)\)", value)
