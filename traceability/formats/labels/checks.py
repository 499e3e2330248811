"""What must hold of a design before a label is drawn after it: every problem, by the key it lies at."""

from collections.abc import Callable, Iterator
from itertools import combinations

from jinja2 import TemplateSyntaxError, meta

from traceability.formats import qr
from traceability.formats.labels.design import SLACK, Box, Design
from traceability.formats.labels.drawing import ENVIRONMENT
from traceability.formats.labels.type import missing_everywhere, typeface
from traceability.formats.labels.values import DIGIT_HEIGHTS, SAMPLE, grouped

Problem = tuple[str, str]

# The longest address to reckon with: a long official host, a 14-digit trade item number, the code.
LONGEST_URL = "HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/01/06901234567892/21/XXXXXXXXXXXXXXXX"
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def problems(design: Design) -> dict[str, str]:
    """What is wrong with the design, by key; empty when it may be used."""
    return dict(problem for check in CHECKS for problem in check(design))


def _carries_what_it_draws(design: Design) -> Iterator[Problem]:
    if "qr" not in design.carries:
        yield "carries", "a label without its QR symbol cannot be looked up"
    if ("artwork" in design.carries) != design.has_mark_box:
        yield "mark_box", "there is a mark box exactly when the design carries the artwork"
    if strange := set(design.texts) ^ (design.carries - {"qr", "artwork"}):
        yield "texts", f"carried without a box, or a box without being carried: {', '.join(sorted(strange))}"
    if design.leaves_pack_date_to_coder and "pack_date" in design.carries:
        yield "leaves_pack_date_to_coder", "a date left to the packer's coder is not printed as well"


def _drawing_uses_what_is_carried(design: Design) -> Iterator[Problem]:
    try:
        used = meta.find_undeclared_variables(ENVIRONMENT.parse(design.template))
    except TemplateSyntaxError as error:
        yield "label.html", f"line {error.lineno}: {error.message}"
        return
    if strange := used ^ set(design.carries):
        yield "label.html", f"carried but not drawn, or drawn but not carried: {', '.join(sorted(strange))}"


def _fixed_wording_can_be_printed(design: Design) -> Iterator[Problem]:
    wording = "".join(char for char in design.template if char.isprintable())
    if missing := missing_everywhere(design.fonts, wording):
        yield "label.html", f"the label font lacks {missing}"


def _labels_lie_on_the_page(design: Design) -> Iterator[Problem]:
    left, top = design.cell(design.grid.count - 1)
    if left + design.label.width > design.page.width + SLACK:
        yield "grid.columns", "the last column runs off the page"
    if top + design.label.height > design.page.height + SLACK:
        yield "grid.rows", "the last row runs off the page"


def _boxes_lie_on_the_label(design: Design) -> Iterator[Problem]:
    for key, box in _boxes(design).items():
        if box.right > design.label.width + SLACK or box.bottom > design.label.height + SLACK:
            yield key, f"reaches to {box.right:.2f} × {box.bottom:.2f} mm, off the label"


def _boxes_stay_apart(design: Design) -> Iterator[Problem]:
    """No text on another, and none in the quiet zone, which belongs to the symbol's box."""
    for (key, box), (other_key, other) in combinations(_boxes(design).items(), 2):
        if box.overlaps(other):
            yield key, f"overlaps {other_key}"


def _symbol_holds_the_longest_address(design: Design) -> Iterator[Problem]:
    try:
        qr.symbol(LONGEST_URL, version=design.qr.version)
    except qr.SymbolTooLarge:
        yield "qr.version", f"cannot hold an address of {len(LONGEST_URL)} characters"


def _lines_have_room(design: Design) -> Iterator[Problem]:
    for item, box in design.texts.items():
        needed = typeface(design.fonts, box.weight).line(box.size) * box.lines
        if box.height < needed:
            yield f"texts.{item}.height", f"{box.lines} line(s) of {box.size} pt need {needed:.2f} mm"


def _any_number_fits(design: Design) -> Iterator[Problem]:
    """Codes and control numbers differ per mark: unless the widest fits, a print job may stop midway."""
    for item, alphabet, length in (("code", CODE_ALPHABET, 16), ("control_number", "0123456789", 10)):
        if box := design.texts.get(item):
            face = typeface(design.fonts, box.weight)
            widest = face.width(grouped(face.widest(alphabet) * length), box.size)
            if max(widest, face.width(SAMPLE.code, box.size)) > box.width:
                yield f"texts.{item}.width", f"the widest one measures {widest:.2f} mm"


def _net_content_digits_are_high_enough(design: Design) -> Iterator[Problem]:
    """For the lightest content at least (SAMR Order 70); `render` asks again for the content printed."""
    if box := design.texts.get("net_content"):
        height = typeface(design.fonts, box.weight).digit_height(box.size)
        if height < DIGIT_HEIGHTS[0][1]:
            yield "texts.net_content.size", f"digits are {height:.2f} mm high, too low for any content"


def _boxes(design: Design) -> dict[str, Box]:
    boxes: dict[str, Box] = {"qr": design.qr.box}
    if design.mark_box is not None:
        boxes["mark_box"] = design.mark_box
    return boxes | {f"texts.{item}": box for item, box in design.texts.items()}


CHECKS: tuple[Callable[[Design], Iterator[Problem]], ...] = (
    _carries_what_it_draws,
    _drawing_uses_what_is_carried,
    _fixed_wording_can_be_printed,
    _labels_lie_on_the_page,
    _boxes_lie_on_the_label,
    _boxes_stay_apart,
    _symbol_holds_the_longest_address,
    _lines_have_room,
    _any_number_fits,
    _net_content_digits_are_high_enough,
)
