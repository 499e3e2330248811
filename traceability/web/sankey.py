"""The picture of a trace: grams flowing from plots to packs, few enough streams to be read.

Of a step further from the lot than can be told apart, only the largest are drawn by name; the others become one
stream. The table beside the picture leaves nothing out.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from traceability.domain.balance import closure
from traceability.services.chain import Trace
from traceability.web import words
from traceability.web.i18n import counted as _n

#: So many nodes of one step are drawn by name.
BY_NAME = 14
Node = tuple[str, int]


@dataclass(frozen=True)
class Stream:
    """Grams from one end to the other; an end is a lot, a plot, or the rest of a step."""

    source: str
    target: str
    grams: int


@dataclass(frozen=True)
class Picture:
    """Nodes as {name, label, kind, lot, beside}, streams between them by name, and the most nodes of one step."""

    nodes: tuple[dict[str, object], ...]
    streams: tuple[Stream, ...]
    tallest: int

    @property
    def data(self) -> dict[str, object]:
        """What the script draws."""
        links = [{"source": one.source, "target": one.target, "value": one.grams} for one in self.streams]
        return {"nodes": list(self.nodes), "links": links, "tallest": self.tallest, "unit": _("千克")}


def picture(trace: Trace) -> Picture:
    """What of a trace is drawn, and how it is called."""
    flows = _flows(trace)
    steps = _steps(flows, ("lot", trace.lot.id), forward=trace.forward)
    shown = _by_name(flows, steps)
    grams: dict[tuple[str, str], int] = defaultdict(int)
    members: dict[str, list[Node]] = defaultdict(list)
    for node in steps:
        members[_name(node, shown, steps)].append(node)
    for (source, target), moved in flows.items():
        grams[_name(source, shown, steps), _name(target, shown, steps)] += moved
    beside: dict[int, int] = defaultdict(int)
    for nodes in members.values():
        beside[steps[nodes[0]]] += 1
    return Picture(
        tuple(
            {**_drawn(trace, name, nodes), "beside": beside[steps[nodes[0]]]}
            for name, nodes in members.items()
        ),
        tuple(Stream(*ends, moved) for ends, moved in grams.items()),
        max(beside.values(), default=0),
    )


def _flows(trace: Trace) -> dict[tuple[Node, Node], int]:
    """Grams between lots; where a trace leads back, from plots as well."""
    flows = {(("lot", one.source), ("lot", one.target)): one.grams for one in trace.edges}
    if not trace.forward:
        for lot, plots in trace.plots.items():
            flows |= {(("plot", plot), ("lot", lot)): grams for plot, grams in plots.items()}
    asked: Node = ("lot", trace.lot.id)
    ways = (ends if trace.forward else ends[::-1] for ends in flows)
    reached = {asked, *closure(asked, ways)}  # a firm may see a lot further down and not the way to it
    return {ends: grams for ends, grams in flows.items() if reached.issuperset(ends)}


def _steps(flows: Mapping[tuple[Node, Node], int], asked: Node, *, forward: bool) -> dict[Node, int]:
    """The longest way from the lot asked about to each node: a stream never stays within one step."""
    nexts: dict[Node, list[Node]] = defaultdict(list)
    waiting: dict[Node, int] = defaultdict(int)
    for source, target in flows:
        near, far = (source, target) if forward else (target, source)
        nexts[near].append(far)
        waiting[far] += 1
    steps, ready = {asked: 0}, [asked]
    while ready:
        near = ready.pop()
        for far in nexts[near]:
            steps[far] = max(steps.get(far, 0), steps[near] + 1)
            waiting[far] -= 1
            if not waiting[far]:
                ready.append(far)
    return steps


def _by_name(flows: Mapping[tuple[Node, Node], int], steps: Mapping[Node, int]) -> set[Node]:
    """The largest of each step."""
    size: dict[Node, int] = defaultdict(int)
    for ends, grams in flows.items():
        for node in ends:
            size[node] += grams
    of_step: dict[int, list[Node]] = defaultdict(list)
    for node, step in steps.items():
        of_step[step].append(node)
    return {
        node
        for nodes in of_step.values()
        for node in sorted(nodes, key=lambda one: (-size[one], one))[
            : BY_NAME if len(nodes) > BY_NAME + 1 else None
        ]
    }


def _name(node: Node, shown: set[Node], steps: Mapping[Node, int]) -> str:
    return f"{node[0]}-{node[1]}" if node in shown else f"rest-{steps[node]}"


def _drawn(trace: Trace, name: str, nodes: list[Node]) -> dict[str, object]:
    kind, number = nodes[0]
    if name.startswith("rest-"):
        return {"name": name, "label": _n("其余 %(n)s 个", len(nodes)), "kind": "rest"}
    if kind == "plot":
        plot = trace.plot_names[number]
        return {"name": name, "label": f"{plot.no} {plot.place}", "kind": "plot"}
    lot = trace.lots[number]
    return {"name": name, "label": f"{lot.no}\n{words.word(lot.kind)}", "kind": lot.kind.value, "lot": number}
