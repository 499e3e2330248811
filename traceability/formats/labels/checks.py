"""What must hold of a design before a label is drawn after it: every problem, by the key it lies at."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import combinations

from jinja2 import TemplateSyntaxError, meta

from traceability.formats import qr
from traceability.formats.labels.design import SLACK, Box, Design, Fault, Item, Kind, Problem, TextBox
from traceability.formats.labels.drawing import ENVIRONMENT
from traceability.formats.labels.type import Typeface, missing_everywhere, typeface
from traceability.formats.labels.values import (
    DIGIT_HEIGHTS,
    SAMPLE,
    grouped,
    net_content_text,
    packs_text,
    ranges_text,
)

# The longest address to reckon with: a long official host, a 14-digit trade item number, the code.
LONGEST_URL = "HTTPS://MAOJIAN.QIANNAN.EXAMPLE.GOV.CN/01/06901234567892/21/XXXXXXXXXXXXXXXX"
# The register takes carton numbers of 40 characters.
LONGEST_CARTON_NO = "X" * 40
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MARK_ONLY: frozenset[Item] = frozenset({"code", "control_number", "artwork"})
CARTON_ONLY: frozenset[Item] = frozenset({"carton_no", "lot", "packs", "ranges"})
FOREIGN: Mapping[Kind, frozenset[Item]] = {"mark": CARTON_ONLY, "carton": MARK_ONLY}

# What every design holds where it carries it. Longer texts are possible in the register (a firm's name may have
# 120 characters) and are refused one by one; these are all the profile has, and what a common name needs.
HELD: Mapping[Item, tuple[str, ...]] = {
    "gi_name": ("都匀毛尖茶",),
    "standard": ("DB52/T 433—2018", "国家质检总局公告2010年第133号"),
    "grade": ("尊品", "珍品", "特级", "一级", "二级"),
    "product": ("茶" * 16,),
    "enterprise": ("茶" * 20,),
    "uscc": ("91522701" + "W" * 10,),
    "pack_date": ("2026-08-28",),
    "hotline": ("12315",),
    "net_content": tuple(net_content_text(grams) for grams in (8, 888, 1000)),
    "packs": (packs_text(888, 9999), packs_text(2500, 9999)),
    # Running numbers of a far day; a firm's own numbers may be as long.
    "carton_no": ("CT26-99999-99999", "0" * 16),
    "lot": ("K26-99999-99999", "0" * 16),
    "ranges": (ranges_text(["0000000000-0000000000"] * 4),),
}


def problems(design: Design) -> tuple[Problem, ...]:
    """What is wrong with the design; empty when it may be used."""
    return tuple(problem for check in CHECKS for problem in check(design))


def capacity(design: Design) -> dict[str, int]:
    """Full-width characters each free text may have at least; for `ranges`, how many ranges of control numbers."""
    free = ("product", "enterprise", "standard", "grade", "gi_name", "carton_no", "lot")
    held = {item: design.texts[item].capacity for item in free if item in design.texts}
    if box := design.texts.get("ranges"):
        held["ranges"] = _most_ranges(typeface(design.fonts, box.weight), box)
    return held


def _most_ranges(face: Typeface, box: TextBox) -> int:
    one, gap = (face.width(text, box.size) for text in ("0000000000-0000000000,", " "))
    return box.lines * int((box.width + gap + SLACK) / (one + gap))


def _carries_what_it_draws(design: Design) -> Iterator[Problem]:
    if foreign := design.carries & FOREIGN[design.kind]:
        yield Problem("carries", Fault.NOT_OF_KIND, {"items": _listed(foreign), "kind": design.kind})
    needed = {"qr"} if design.kind == "mark" else {"qr", "carton_no"}
    if missing := needed - design.carries:
        yield Problem("carries", Fault.ITEM_NEEDED, {"items": _listed(missing)})
    if ("artwork" in design.carries) != design.has_mark_box:
        yield Problem("mark_box", Fault.MARK_BOX)
    if strange := set(design.texts) ^ (design.carries - {"qr", "artwork"}):
        yield Problem("texts", Fault.BOXES, {"items": _listed(strange)})
    if design.leaves_pack_date_to_coder and "pack_date" in design.carries:
        yield Problem("leaves_pack_date_to_coder", Fault.DATE_TWICE)


def _listed(items: Collection[str]) -> str:
    return ", ".join(sorted(items))


def _drawing_uses_what_is_carried(design: Design) -> Iterator[Problem]:
    try:
        used = meta.find_undeclared_variables(ENVIRONMENT.parse(design.template))
    except TemplateSyntaxError as error:
        facts = {"line": error.lineno, "problem": error.message}
        yield Problem("", Fault.DRAWING, facts, "label.html")
        return
    if strange := used ^ set(design.carries):
        yield Problem("", Fault.DRAWN, {"items": _listed(strange)}, "label.html")


def _fixed_wording_can_be_printed(design: Design) -> Iterator[Problem]:
    wording = "".join(char for char in design.template if char.isprintable())
    if missing := missing_everywhere(design.fonts, wording):
        yield Problem("", Fault.FONT_LACKS, {"characters": missing}, "label.html")


def _labels_lie_on_the_page(design: Design) -> Iterator[Problem]:
    left, top = design.cell(design.grid.count - 1)
    right, bottom = left + design.label.width, top + design.label.height
    if right > design.page.width + SLACK:
        yield Problem("grid.columns", Fault.COLUMNS, {"right": round(right, 2), "page": design.page.width})
    if bottom > design.page.height + SLACK:
        yield Problem("grid.rows", Fault.ROWS, {"bottom": round(bottom, 2), "page": design.page.height})


def _boxes_lie_on_the_label(design: Design) -> Iterator[Problem]:
    """The symbol's box includes its quiet zone, which therefore lies on the label as a whole."""
    for key, box in boxes(design).items():
        if box.right > design.label.width + SLACK or box.bottom > design.label.height + SLACK:
            yield Problem(
                key, Fault.OFF_LABEL, {"right": round(box.right, 2), "bottom": round(box.bottom, 2)}
            )


def _boxes_stay_apart(design: Design) -> Iterator[Problem]:
    """No text on another, and none in the quiet zone, which belongs to the symbol's box."""
    for (key, box), (other_key, other) in combinations(boxes(design).items(), 2):
        if box.overlaps(other):
            yield Problem(key, Fault.OVERLAPS, {"other": other_key})


def _symbol_holds_the_longest_text(design: Design) -> Iterator[Problem]:
    text = LONGEST_URL if design.kind == "mark" else LONGEST_CARTON_NO
    try:
        qr.symbol(text, version=design.qr.version, mask=qr.MASK)
    except qr.SymbolTooLarge:
        yield Problem("qr.version", Fault.SYMBOL_SMALL, {"characters": len(text)})


def _lines_have_room(design: Design) -> Iterator[Problem]:
    for item, box in design.texts.items():
        needed = typeface(design.fonts, box.weight).line(box.size) * box.lines
        if box.height < needed:
            facts = {"lines": box.lines, "size": box.size, "needed": _up(needed)}
            yield Problem(f"texts.{item}.height", Fault.LINES_HIGH, facts)


def _any_number_fits(design: Design) -> Iterator[Problem]:
    """Codes and control numbers differ per mark: unless the widest fits, a print job may stop midway."""
    for item, alphabet, length in (("code", CODE_ALPHABET, 16), ("control_number", "0123456789", 10)):
        if box := design.texts.get(item):
            face = typeface(design.fonts, box.weight)
            widest = face.width(grouped(face.widest(alphabet) * length), box.size)
            if max(widest, face.width(SAMPLE.code, box.size)) > box.width:
                yield Problem(f"texts.{item}.width", Fault.NUMBER_WIDE, {"needed": _up(widest)})


def _numbers_begin_at_one_place(design: Design) -> Iterator[Problem]:
    """Bulk printing writes them into a finished label, each from the same point on."""
    for item in ("code", "control_number"):
        box = design.texts.get(item)
        if box and (box.align != "left" or box.lines != 1):
            yield Problem(f"texts.{item}", Fault.NOT_LEFT)


def _net_content_digits_are_high_enough(design: Design) -> Iterator[Problem]:
    """For the lightest content at least (SAMR Order 70); `render` asks again for the content printed."""
    if box := design.texts.get("net_content"):
        height = typeface(design.fonts, box.weight).digit_height(box.size)
        if height < DIGIT_HEIGHTS[0][1]:
            facts = {"height": round(height, 2), "needed": DIGIT_HEIGHTS[0][1]}
            yield Problem("texts.net_content.size", Fault.DIGITS_LOW, facts)


def _longest_texts_fit(design: Design) -> Iterator[Problem]:
    """Every text of the profile, and names as long as many firms have."""
    for item, box in design.texts.items():
        face = typeface(design.fonts, box.weight)
        for text in next((texts for held, texts in HELD.items() if held == item), ()):
            if not face.fits(text, box.size, width=box.width, lines=box.lines):
                yield Problem(f"texts.{item}", Fault.NOT_HELD, {"text": text})


def _up(length: float) -> float:
    """In hundredths of a mm, rounded so that the number named is enough."""
    return math.ceil(length * 100) / 100


def boxes(design: Design) -> dict[str, Box]:
    """Every place of the label by its key: what is printed lies in one of these, or is fixed wording."""
    places: dict[str, Box] = {"qr": design.qr.box}
    if design.mark_box is not None:
        places["mark_box"] = design.mark_box
    return places | {f"texts.{item}": box for item, box in design.texts.items()}


CHECKS: tuple[Callable[[Design], Iterator[Problem]], ...] = (
    _carries_what_it_draws,
    _drawing_uses_what_is_carried,
    _fixed_wording_can_be_printed,
    _labels_lie_on_the_page,
    _boxes_lie_on_the_label,
    _boxes_stay_apart,
    _symbol_holds_the_longest_text,
    _lines_have_room,
    _any_number_fits,
    _numbers_begin_at_one_place,
    _net_content_digits_are_high_enough,
    _longest_texts_fit,
)
