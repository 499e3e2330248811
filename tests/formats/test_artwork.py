"""Artwork from outside: a drawing comes through as it is, and whatever does more than draw is refused by name."""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageChops

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.formats.artwork import LARGEST, Artwork, preview_png, read_artwork
from traceability.formats.artwork.limits import MOST_MM
from traceability.formats.artwork.paths import plain_path

XMLNS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SIZE = 'viewBox="0 0 120 100" width="48mm" height="40mm"'
SHAPE = '<path d="M10 10h100v80h-100z" fill="#c8102e"/>'

#: A mark as drawing programs export one: gradients, clips, classes, outlines with the traces of their font.
MARK = f"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Generator: a drawing program -->
<svg {XMLNS} xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
  xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:cc="http://creativecommons.org/ns#"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" version="1.1" id="图层_1" {SIZE} xml:space="preserve"
  style="enable-background:new 0 0 120 100;" inkscape:version="1.3">
<sodipodi:namedview pagecolor="#ffffff" inkscape:zoom="3"/>
<metadata><rdf:RDF><cc:Work rdf:about=""><cc:license rdf:resource="http://example.org/"/></cc:Work></rdf:RDF></metadata>
<title>地理标志专用标志</title>
<style type="text/css"><![CDATA[
.st0{{fill:#C8102E;}} .st1, .st2{{fill:none;stroke:url(#gold)}} #code{{fill:black}} ]]></style>
<defs><linearGradient id="gold" gradientUnits="userSpaceOnUse" x1="0" x2="120">
<stop offset="0" style="stop-color:#f5d76e"/><stop offset="1" stop-color="#8a6d1a"/></linearGradient>
<radialGradient id="sun" xlink:href="#gold" cx="50%" cy="50%" r="50%"/>
<clipPath id="round"><circle cx="60" cy="40" r="38"/></clipPath>
<g id="leaf"><path d="M0 0c4 0 8 4 8 8-4 0-8-4-8-8z"/></g></defs>
<g clip-path="url(#round)" inkscape:label="底"><rect class="st0" width="120" height="80" data-name="bg"/>
<path d="m20 60 a40 40 0 0 1 80 0" class="st1" stroke-width="4"/></g>
<use xlink:href="#leaf" x="50" y="30" fill="url(#sun)"/><use href="#leaf" transform="translate(70,30) scale(-1 1)"/>
<path id="code" style="font-size:6px;-inkscape-font-specification:'SimHei';font-family:'SimHei';fill-opacity:1;
mix-blend-mode:normal" d="M20 88h3v6h-3zM26 88h3v6h-3zM32 88h3v6h-3z"/>
</svg>""".encode()


def svg(inside: str, *, root: str = f"{XMLNS} {SIZE}", before: str = "") -> bytes:
    return f"{before}<svg {root}>{inside}</svg>".encode()


def picture(artwork: Artwork, width: int = 240) -> Image.Image:
    return Image.open(BytesIO(preview_png(artwork, width))).convert("RGB")


def size(artwork: Artwork) -> tuple[float, float]:
    return round(float(artwork.width_mm), 2), round(float(artwork.height_mm), 2)


def differs(one: Image.Image, other: Image.Image) -> int:
    """How much the most different dot differs; edges of shapes may fall a little differently."""
    box = ImageChops.difference(one, other).convert("L")
    return sorted(box.tobytes())[-len(box.tobytes()) // 200]


class TestDrawing:
    def test_a_mark_keeps_its_proportion_and_colours(self) -> None:
        found = read_artwork(MARK)
        assert (found.media_type, size(found)) == ("image/svg+xml", (48.0, 40.0))
        assert found.sha256 == hashlib.sha256(MARK).hexdigest()
        shown = picture(found)
        assert shown.size == (240, 200)
        assert shown.getpixel((120, 20)) == (200, 16, 46)
        assert shown.getpixel((43, 180)) == (0, 0, 0)
        assert shown.getpixel((2, 2)) == (255, 255, 255)

    def test_the_same_file_gives_the_same_bytes(self) -> None:
        assert read_artwork(MARK) == read_artwork(MARK)
        made = read_artwork(MARK).pdf
        assert read_artwork(made) == read_artwork(made)

    def test_a_pdf_is_drawn_as_it_was(self) -> None:
        drawn = read_artwork(MARK)
        again = read_artwork(drawn.pdf)
        assert (again.media_type, size(again)) == ("application/pdf", (48.0, 40.0))
        assert differs(picture(drawn), picture(again)) == 0

    def test_it_stays_a_drawing_of_one_page_without_a_date_or_an_author(self) -> None:
        with Pdf.open(BytesIO(read_artwork(MARK).pdf)) as pdf:
            [page] = pdf.pages
            assert set(page.obj.keys()) == {"/Type", "/Parent", "/MediaBox", "/Resources", "/Contents"}
            assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
            assert "/Info" not in pdf.trailer
            assert not any(
                isinstance(one, Stream) and one.get("/Subtype") == Name.Image for one in pdf.objects
            )

    def test_a_view_box_alone_gives_the_proportion(self) -> None:
        found = read_artwork(svg(SHAPE, root=f'{XMLNS} viewBox="0 0 12000 10000"'))
        assert size(found) == (100.0, 83.33)

    @pytest.mark.parametrize(
        ("sizes", "width", "height"),
        [
            ('width="96" height="48px"', 25.4, 12.7),
            ('width="72pt" height="1in"', 25.4, 25.4),
            ('viewBox="0 0 2 1" width="3cm"', 30.0, 15.0),
            ('viewBox="0 0 2 1" height="3cm" width="100%"', 60.0, 30.0),
        ],
    )
    def test_sizes_are_read_in_every_unit(self, sizes: str, width: float, height: float) -> None:
        found = read_artwork(svg('<rect width="100%" height="100%"/>', root=f"{XMLNS} {sizes}"))
        assert size(found) == (width, height)

    def test_prefixes_mean_nothing_only_what_they_stand_for(self) -> None:
        plain = read_artwork(svg(SHAPE))
        prefixed = SHAPE.replace("<path", "<q:path")
        other = f'<q:svg xmlns:q="http://www.w3.org/2000/svg" {SIZE}>{prefixed}</q:svg>'.encode()
        assert read_artwork(other).pdf == plain.pdf

    def test_an_id_weighs_more_than_a_class_and_a_style_more_than_both(self) -> None:
        rules = "<style>#a{fill:#00f} .b{fill:#0f0} rect{fill:#f00}</style>"
        found = read_artwork(
            svg(
                f'{rules}<rect fill="#fff" width="30" height="100"/><rect class="b" x="30" width="30" height="100"/>'
                '<rect id="a" class="b" x="60" width="30" height="100"/>'
                '<rect class="b" style="fill:#ff0" x="90" width="30" height="100"/>'
            )
        )
        shown = [picture(found).getpixel((x, 100)) for x in (30, 90, 150, 210)]
        assert shown == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("m1-2.5.5,3 4-5z", "m 1 -2.5 l .5 3 l 4 -5 z"),
        ("M1 1,2 2\nH3 4", "M 1 1 L 2 2 H 3 H 4"),
        ("M0,0a1,1 0 112 2 1 1 0 0 0-3.5.5", "M 0 0 a 1 1 0 1 1 2 2 a 1 1 0 0 0 -3.5 .5"),
        ("M1e2-3E1ZZ", "M 1e2 -3E1 Z Z"),
        (" ", ""),
    ],
)
def test_paths_are_read_as_tightly_as_programs_write_them(written: str, plain: str) -> None:
    assert plain_path(written) == plain


#: What an SVG contains → the refusal, and what it names.
REFUSED_INSIDE: Mapping[str, tuple[str, type[Refusal], str | None]] = {
    "script": ("<script>alert(1)</script>", errors.ArtworkActive, "script"),
    "script in metadata": ("<metadata><script/></metadata>", errors.ArtworkActive, "script"),
    "script of html": ('<s:script xmlns:s="http://www.w3.org/1999/xhtml"/>', errors.ArtworkActive, "script"),
    "script by a prefix": ('<s:script xmlns:s="http://www.w3.org/2000/svg"/>', errors.ArtworkActive, "script"),
    "script in an editor's element": (
        '<i:x xmlns:i="http://www.inkscape.org/namespaces/inkscape"><script/></i:x>', errors.ArtworkActive, "script",
    ),
    "event": ('<path onload="alert(1)" d="M0 0"/>', errors.ArtworkActive, "onload"),
    "event in capitals": ('<path ONCLICK="alert(1)"/>', errors.ArtworkActive, "ONCLICK"),
    "foreign object": ("<foreignObject/>", errors.ArtworkActive, "foreignObject"),
    "link": ('<a href="#x"/>', errors.ArtworkActive, "a"),
    "animation": ('<set attributeName="href" to="javascript:1"/>', errors.ArtworkActive, "set"),
    "moving path": ("<path><animateTransform/></path>", errors.ArtworkActive, "animateTransform"),
    "embedded picture": ('<image href="data:image/png;base64,AA"/>', errors.ArtworkRaster, "image"),
    "filter picture": ("<feImage/>", errors.ArtworkRaster, "feImage"),
    "text": ("<text>91522701MAXTEA015P</text>", errors.ArtworkText, "text"),
    "text span": ("<g><tspan/></g>", errors.ArtworkText, "tspan"),
    "font": ("<font/>", errors.ArtworkText, "font"),
    "use of another file": ('<use href="other.svg#a"/>', errors.ArtworkOutside, "other.svg#a"),
    "use over the network": ('<use xlink:href="//evil/#a"/>', errors.ArtworkOutside, "//evil/#a"),
    "use of data": ('<use href="data:image/svg+xml,%3Csvg#a"/>', errors.ArtworkOutside, None),
    "use of a script": ('<use href="javascript:alert(1)"/>', errors.ArtworkOutside, "javascript:alert(1)"),
    "old link beside a local one": ('<use href="#a" xlink:href="file:///etc/passwd"/>', errors.ArtworkOutside, None),
    "gradient from outside": ('<linearGradient href="http://evil/g.svg#g"/>', errors.ArtworkOutside, None),
    "base": ('<g xml:base="http://evil/"><use href="#a"/></g>', errors.ArtworkNotAllowed, "base"),
    "fill from outside": ('<path fill="url(http://evil/#p)"/>', errors.ArtworkOutside, "http://evil/#p"),
    "fill in quotes": ("<path fill=\"url('//evil#p')\"/>", errors.ArtworkOutside, "//evil#p"),
    "fill as data": ('<path fill="url(data:image/png,x)"/>', errors.ArtworkOutside, None),
    "url in capitals": ('<path style="fill:URL(http://evil)"/>', errors.ArtworkOutside, "http://evil"),
    "url by an escape": (r'<path style="fill:\75rl(http://evil)"/>', errors.ArtworkOutside, "http://evil"),
    "url by another escape": (
        r'<path style="fill:u\000072 l(&quot;//evil&quot;)"/>', errors.ArtworkOutside, "//evil",
    ),
    "url by an entity": ('<path style="fill:u&#x72;l(//evil)"/>', errors.ArtworkOutside, "//evil"),
    "url round a comment": ('<path style="fill:url(//evil)/*url(#a)*/"/>', errors.ArtworkOutside, "//evil"),
    "two targets in one": (
        '<path style="fill:url(&quot;#a&quot; &quot;//evil&quot;)"/>', errors.ArtworkOutside, None,
    ),
    "url of a property nobody draws": ('<path style="font:url(//evil)"/>', errors.ArtworkOutside, "//evil"),
    "cursor": ('<path style="cursor:url(//evil),auto"/>', errors.ArtworkOutside, "//evil"),
    "picture function": (
        '<path style="fill:image-set(&quot;//evil&quot; 1x)"/>', errors.ArtworkNotAllowed, "image-set()",
    ),
    "source function": ('<path style="fill:src(&quot;//evil&quot;)"/>', errors.ArtworkNotAllowed, "src()"),
    "variable": ('<path style="--a:#fff;fill:var(--a)"/>', errors.ArtworkNotAllowed, None),
    "import": ('<style>@import "//evil";</style>', errors.ArtworkOutside, "@import"),
    "import by an escape": (r"<style>@\69mport url(//evil);</style>", errors.ArtworkOutside, "@import"),
    "import in CDATA": ("<style><![CDATA[@import '//evil';]]></style>", errors.ArtworkOutside, "@import"),
    "font face": ("<style>@font-face{font-family:a;src:url(//evil)}</style>", errors.ArtworkOutside, "@font-face"),
    "media": ("<style>@media print{path{fill:red}}</style>", errors.ArtworkNotAllowed, "@media"),
    "keyframes": ("<style>@keyframes a{from{fill:red}}</style>", errors.ArtworkNotAllowed, "@keyframes"),
    "rule from outside": ("<style>path{fill:url(//evil)}</style>", errors.ArtworkOutside, "//evil"),
    "attribute selector": ("<style>path[d^='M1']{fill:red}</style>", errors.ArtworkNotAllowed, None),
    "nested rule": ("<style>g{fill:red;path{fill:url(//evil)}}</style>", errors.ArtworkBroken, None),
    "behaviour": ('<path style="behavior:url(#default#time2)"/>', errors.ArtworkOutside, None),
    "binding": ('<path style="-moz-binding:url(#x)"/>', errors.ArtworkNotAllowed, None),
    "important": ("<style>path{fill:red!important}</style>", errors.ArtworkNotAllowed, "!important"),
    "style of another kind": ('<style type="text/xsl"/>', errors.ArtworkNotAllowed, None),
    "style in a style": ("<style><style>@import '//evil';</style></style>", errors.ArtworkOutside, "@import"),
    "filter": ('<path filter="url(#f)"/>', errors.ArtworkNotAllowed, "filter"),
    "filter by style": ('<path style="filter:blur(2px)"/>', errors.ArtworkNotAllowed, "blur()"),
    "mask": ('<mask id="m"/>', errors.ArtworkNotAllowed, "mask"),
    "pattern": ("<pattern/>", errors.ArtworkNotAllowed, "pattern"),
    "marker": ('<path marker-end="url(#m)"/>', errors.ArtworkNotAllowed, "marker-end"),
    "switch": ("<switch/>", errors.ArtworkNotAllowed, "switch"),
    "nested svg": (f"<svg {SIZE}/>", errors.ArtworkNotAllowed, "svg"),
    "unknown element": ("<blink/>", errors.ArtworkNotAllowed, "blink"),
    "unknown attribute": ('<path ping="x"/>', errors.ArtworkNotAllowed, "ping"),
    "element without a home": ('<path xmlns="" d="M0 0"/>', errors.ArtworkNotAllowed, "path"),
    "endless gradient": ('<linearGradient spreadMethod="repeat"/>', errors.ArtworkNotAllowed, None),
    "two of one name": ('<g id="a"/><path id="a"/>', errors.ArtworkNotAllowed, 'id="a" 2×'),
    "name with a quote": ("<g id='\"]|//*[\"'/>", errors.ArtworkNotAllowed, None),
    "stylesheet instruction": ('<?xml-stylesheet href="//evil"?>', errors.ArtworkOutside, None),
    "path of nonsense": ('<path d="M0 0 script"/>', errors.ArtworkNotAllowed, None),
    "path that others draw for ever": ('<path d="M0 0h9v9z102e"/>', errors.ArtworkBroken, None),
    "path that stops halfway": ('<path d="M0 0C1 1 2 2"/>', errors.ArtworkBroken, None),
    "path from nowhere": ('<path d="h9v9z"/>', errors.ArtworkBroken, None),
    "half a corner": ('<polygon points="0 0 9 9 9"/>', errors.ArtworkBroken, None),
    "turned by a word": ('<path transform="rotate(a)"/>', errors.ArtworkBroken, None),
    "number without end": ('<path d="M0 0H1e999v9z"/>', errors.ArtworkBroken, None),
    "loop of uses": ('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', errors.ArtworkTooComplex, None),
    "use of itself": ('<use id="a" href="#a"/>', errors.ArtworkTooComplex, None),
    "clip by itself": ('<clipPath id="c"><path clip-path="url(#c)"/></clipPath>', errors.ArtworkTooComplex, None),
    "loop by a rule": (
        '<style>.c{clip-path:url(#c)}</style><clipPath id="c"><path class="c"/></clipPath>',
        errors.ArtworkTooComplex, None,
    ),
    "chain of uses": (
        "".join(f'<use id="a{n}" href="#a{n + 1}"/>' for n in range(400)), errors.ArtworkTooComplex, None,
    ),
    "a laugh of uses": (
        '<path id="a0"/>' + "".join(f'<g id="a{n + 1}">' + f'<use href="#a{n}"/>' * 10 + "</g>" for n in range(9)),
        errors.ArtworkTooComplex, "use",
    ),
    "page upon page of gradients": (
        '<radialGradient id="a"><stop stop-color="red"/><stop offset="1" stop-color="blue"/></radialGradient>'
        + '<rect width="100" height="100" fill="url(#a)"/>' * 60, errors.ArtworkTooComplex, None,
    ),
    "page upon page shone through": (
        '<g opacity=".5"><rect width="100" height="100"/></g>' * 60, errors.ArtworkTooComplex, None,
    ),
    "colours in colours": (f'<path fill="{"rgb(" * 400}{")" * 400}"/>', errors.ArtworkNotAllowed, "rgb(…())"),
    "deep": ("<g>" * 200 + "</g>" * 200, errors.ArtworkTooComplex, None),
    "many": ("<g/>" * 6_000, errors.ArtworkTooComplex, None),
    "many references": ('<use href="#a"/>' * 400, errors.ArtworkTooComplex, "url(#…)"),
    "many rules": (f"<style>{'g{fill:red}' * 300}</style>", errors.ArtworkTooComplex, "CSS"),
    "a very long path": (f'<path d="M0 0{"h1" * 60_000}"/>', errors.ArtworkTooComplex, "d"),
    "very long paths": (f'<path d="M0 0{"h1" * 45_000}"/>' * 7, errors.ArtworkTooComplex, "d"),
    "nothing": ("", errors.ArtworkEmpty, None),
    "white on white": ('<rect width="99" height="99" fill="#fff"/>', errors.ArtworkEmpty, None),
    "hidden": ('<rect width="99" height="99" display="none"/>', errors.ArtworkEmpty, None),
    "not closed": ("<g>", errors.ArtworkBroken, None),
    "undeclared entity": ("<g>&x;</g>", errors.ArtworkBroken, None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_INSIDE)
def test_an_svg_that_does_more_than_draw_is_refused_by_name(case: str) -> None:
    inside, refused, named = REFUSED_INSIDE[case]
    with pytest.raises(refused) as caught:
        read_artwork(svg(inside if refused is errors.ArtworkEmpty else SHAPE + inside))
    assert type(caught.value) is refused
    assert named in (None, caught.value.facts.get("text"))


LAUGHS = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'

REFUSED_WHOLE: Mapping[str, tuple[bytes, type[Refusal]]] = {
    "empty": (b"", errors.ArtworkKindUnknown),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, errors.ArtworkKindUnknown),
    "a page": (b"<!doctype html><html></html>", errors.ArtworkKindUnknown),
    "a page with a drawing": (b"<html><svg/></html>", errors.ArtworkKindUnknown),
    "a drawing from nowhere": (b'<svg viewBox="0 0 9 9"/>', errors.ArtworkKindUnknown),
    "words": ("标志".encode(), errors.ArtworkKindUnknown),
    "UTF-16": (svg(SHAPE).decode().encode("utf-16"), errors.ArtworkKindUnknown),
    "UTF-16 without a mark": (svg("<script/>").decode().encode("utf-16-le"), errors.ArtworkKindUnknown),
    "UTF-7": (b'<?xml version="1.0" encoding="UTF-7"?>+ADw-svg', errors.ArtworkKindUnknown),
    "svgz": (gzip.compress(svg(SHAPE)), errors.ArtworkPacked),
    "too large": (b"%PDF-1.7" + b"\0" * LARGEST, errors.ArtworkTooLarge),
    "document type": (svg(SHAPE, before="<!DOCTYPE svg>"), errors.ArtworkDoctype),
    "document type elsewhere": (
        svg(SHAPE, before='<!DOCTYPE svg SYSTEM "http://evil/x.dtd">'), errors.ArtworkDoctype,
    ),
    "a billion laughs": (svg("&b;", before=f"<!DOCTYPE svg [{LAUGHS}]>"), errors.ArtworkDoctype),
    "external entity": (
        svg("&x;", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), errors.ArtworkDoctype,
    ),
    "stylesheet before": (svg(SHAPE, before='<?xml-stylesheet href="//evil"?>'), errors.ArtworkOutside),
    "no size": (svg(SHAPE, root=XMLNS), errors.ArtworkSize),
    "a size without the page": (svg(SHAPE, root=f'{XMLNS} width="50%" height="9em"'), errors.ArtworkSize),
    "a box of nothing": (svg(SHAPE, root=f'{XMLNS} viewBox="0 0 0 9"'), errors.ArtworkSize),
    "a box of three": (svg(SHAPE, root=f'{XMLNS} viewBox="0 0 9"'), errors.ArtworkSize),
    "a boundless box": (svg(SHAPE, root=f'{XMLNS} viewBox="0 0 1e999 9"'), errors.ArtworkSize),
    "a strip": (svg(SHAPE, root=f'{XMLNS} viewBox="0 0 900 9"'), errors.ArtworkSize),
    "a dot": (svg(SHAPE, root=f'{XMLNS} width="1mm" height="1mm"'), errors.ArtworkSize),
    "a wall": (svg(SHAPE, root=f'{XMLNS} width="9m" height="9000mm" viewBox="0 0 1 1"'), errors.ArtworkNotAllowed),
    "a larger wall": (svg(SHAPE, root=f'{XMLNS} width="9000mm" height="9000mm"'), errors.ArtworkSize),
    "event on the root": (svg(SHAPE, root=f'{XMLNS} {SIZE} onload="x"'), errors.ArtworkActive),
    "rubbish after the end": (svg(SHAPE) + b"<script/>", errors.ArtworkBroken),
    "half a file": (svg(SHAPE)[:-9], errors.ArtworkBroken),
    "a null": (svg("\0"), errors.ArtworkBroken),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_WHOLE)
def test_a_file_that_is_no_drawing_is_refused(case: str) -> None:
    content, refused = REFUSED_WHOLE[case]
    with pytest.raises(refused) as caught:
        read_artwork(content)
    assert type(caught.value) is refused


def test_a_refusal_of_size_tells_the_numbers() -> None:
    with pytest.raises(errors.ArtworkTooLarge) as caught:
        read_artwork(b"%PDF-1.7" + b"\0" * LARGEST)
    assert caught.value.facts == {"size": LARGEST + 8, "largest": LARGEST}
    with pytest.raises(errors.ArtworkSize) as strip:
        read_artwork(svg(SHAPE, root=f'{XMLNS} width="900mm" height="10mm"'))
    assert strip.value.facts == {"width_mm": "900", "height_mm": "10", "low": 2, "high": MOST_MM}


# --- PDF --------------------------------------------------------------------------------------------------------

DRAWN = b"0.78 0.06 0.18 rg 10 10 100 60 re f"
Change = Callable[[Pdf, pikepdf.Page], object]


def a_pdf(change: Change = lambda pdf, page: None, *, content: bytes = DRAWN, **saved: Any) -> bytes:
    """A page of 120 × 80 points with a red field, changed."""
    pdf = Pdf.new()
    page = pdf.add_blank_page(page_size=(120, 80))
    page.obj.Contents = pdf.make_stream(content)
    page.obj.Resources = Dictionary()
    change(pdf, page)
    written = BytesIO()
    as_they_are = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    pdf.save(written, **(saved or as_they_are))
    return written.getvalue()


def put(where: str, **what: Any) -> Change:
    """Set keys of the document's root or of the page."""

    def change(pdf: Pdf, page: pikepdf.Page) -> None:
        target = pdf.Root if where == "root" else page.obj
        for key, value in what.items():
            target[f"/{key}"] = value

    return change


def resource(kind: str, make: Callable[[Pdf], Any]) -> Change:
    """A resource of the page, called /X."""

    def change(pdf: Pdf, page: pikepdf.Page) -> None:
        page.obj.Resources[f"/{kind}"] = Dictionary(X=make(pdf))

    return change


def form(content: bytes = DRAWN, **more: Any) -> Callable[[Pdf], Any]:
    def make(pdf: Pdf) -> Any:
        return Stream(pdf, content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 120, 80]), **more)

    return make


def image(pdf: Pdf) -> Any:
    return Stream(
        pdf, b"\xff\0\0", Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8, ColorSpace=Name.DeviceRGB
    )


def font(**more: Any) -> Callable[[Pdf], Any]:
    return lambda pdf: Dictionary(Type=Name.Font, BaseFont=Name("/Arial"), **more)


def packed(content: bytes, *filters: str) -> Callable[[Pdf], Any]:
    return lambda pdf: Stream(
        pdf, content, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]), Filter=Array(map(Name, filters))
    )


def nested(depth: int, width: int) -> Change:
    """Forms that draw the next one so many times, so many deep."""

    def change(pdf: Pdf, page: pikepdf.Page) -> None:
        inner = form()(pdf)
        for _ in range(depth):
            inner = form(
                b"/X Do " * width, Resources=Dictionary(XObject=Dictionary(X=pdf.make_indirect(inner)))
            )(pdf)
        page.obj.Resources.XObject = Dictionary(X=pdf.make_indirect(inner))

    return change


def circle(pdf: Pdf, page: pikepdf.Page) -> None:
    made = pdf.make_indirect(form(b"/X Do")(pdf))
    made.Resources = Dictionary(XObject=Dictionary(X=made))
    page.obj.Resources.XObject = Dictionary(X=made)


def spare_script(pdf: Pdf, page: pikepdf.Page) -> None:
    pdf.Root.Spare = pdf.make_indirect(jump())


def lzw_elsewhere(pdf: Pdf, page: pikepdf.Page) -> None:
    """The filter is named in an object of its own, which is packed away when the file is saved."""
    first = Stream(pdf, b"x")
    first.Filter = pdf.make_indirect(Array([Name.LZWDecode, Name.DCTDecode]))
    page.obj.Contents = Array([first, Stream(pdf, DRAWN)])


def layer(**more: Any) -> Change:
    def change(pdf: Pdf, page: pikepdf.Page) -> None:
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("底")))
        page.obj.Resources.Properties = Dictionary(MC0=group)
        shown = Dictionary({f"/{key}": Array([group]) if one is None else one for key, one in more.items()})
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=shown)

    return change


def tiled(step: float) -> Change:
    return resource(
        "Pattern",
        lambda pdf: Stream(
            pdf, b"0 0 1 1 re f", PatternType=1, PaintType=1, TilingType=1, BBox=Array([0, 0, 1, 1]),
            XStep=step, YStep=step, Resources=Dictionary(),
        ),
    )  # fmt: skip


def shaded(pdf: Pdf, page: pikepdf.Page) -> None:
    """A gradient as shading /X and as pattern /Y, and a form /Z that paints with whatever is set outside."""
    ramp = Dictionary(FunctionType=2, Domain=[0, 1], C0=[1, 0, 0], C1=[0, 0, 1], N=1)
    gradient = pdf.make_indirect(
        Dictionary(ShadingType=2, ColorSpace=Name.DeviceRGB, Coords=[0, 0, 120, 80], Function=ramp)
    )
    page.obj.Resources.Shading = Dictionary(X=gradient)
    page.obj.Resources.Pattern = Dictionary(Y=Dictionary(PatternType=2, Shading=gradient))
    page.obj.Resources.XObject = Dictionary(Z=form(b"0 0 9 9 re f")(pdf))


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def jump() -> Dictionary:
    return action("JavaScript", JS=String("app.alert(1)"))


NOTE = Dictionary(
    Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action("URI", URI=String("http://e"))
)
X = DRAWN + b" /X Do"
PACKED_AWAY = {
    "object_stream_mode": pikepdf.ObjectStreamMode.generate,
    "stream_decode_level": pikepdf.StreamDecodeLevel.none,
}
BOMB = zlib.compress(b" " * 20_000_000)

REFUSED_PDF: Mapping[str, tuple[Callable[[], bytes], type[Refusal], str | None]] = {
    "no page": (lambda: a_pdf(lambda pdf, page: pdf.pages.__delitem__(0)), errors.ArtworkPages, None),
    "two pages": (lambda: a_pdf(lambda pdf, page: pdf.add_blank_page()), errors.ArtworkPages, None),
    "a password": (lambda: a_pdf(encryption=pikepdf.Encryption(user="a", owner="b")), errors.ArtworkLocked, None),
    "a lock against changes": (
        lambda: a_pdf(encryption=pikepdf.Encryption(user="", owner="b")), errors.ArtworkLocked, None,
    ),
    "opening script": (lambda: a_pdf(put("root", OpenAction=jump())), errors.ArtworkActive, None),
    "opening place": (
        lambda: a_pdf(put("root", OpenAction=Array([0, Name.Fit]))), errors.ArtworkActive, "OpenAction",
    ),
    "named script": (
        lambda: a_pdf(put("root", Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), jump()]))))),
        errors.ArtworkActive, None,
    ),
    "script nobody refers to": (lambda: a_pdf(spare_script), errors.ArtworkActive, None),
    "page action": (lambda: a_pdf(put("page", AA=Dictionary(O=jump()))), errors.ArtworkActive, None),
    "launch": (lambda: a_pdf(put("page", Spare=action("Launch", Win=Dictionary()))), errors.ArtworkActive, "Launch"),
    "other document": (lambda: a_pdf(put("page", Spare=action("GoToR"))), errors.ArtworkActive, "GoToR"),
    "web": (lambda: a_pdf(put("page", Spare=action("URI"))), errors.ArtworkActive, "URI"),
    "form sent": (lambda: a_pdf(put("page", Spare=action("SubmitForm"))), errors.ArtworkActive, "SubmitForm"),
    "notes": (lambda: a_pdf(put("page", Annots=Array([NOTE]))), errors.ArtworkAttached, None),
    "form fields": (
        lambda: a_pdf(put("root", AcroForm=Dictionary(Fields=Array([])))), errors.ArtworkAttached, "AcroForm",
    ),
    "attached file": (
        lambda: a_pdf(lambda pdf, page: pdf.attachments.__setitem__("a.exe", b"MZ")), errors.ArtworkAttached, None,
    ),
    "associated file": (lambda: a_pdf(put("root", AF=Array([Dictionary()]))), errors.ArtworkAttached, "AF"),
    "portfolio": (lambda: a_pdf(put("root", Collection=Dictionary())), errors.ArtworkAttached, "Collection"),
    "data in another file": (
        lambda: a_pdf(resource("XObject", form(F=String("//evil/x")))), errors.ArtworkOutside, "F",
    ),
    "page of another file": (
        lambda: a_pdf(resource("XObject", form(Ref=Dictionary(F=String("x.pdf"), Page=0)))),
        errors.ArtworkOutside, "Ref",
    ),
    "picture server": (lambda: a_pdf(resource("XObject", form(OPI=Dictionary()))), errors.ArtworkOutside, "OPI"),
    "only a picture": (
        lambda: a_pdf(resource("XObject", image), content=b"120 0 0 80 0 0 cm /X Do"), errors.ArtworkRaster, None,
    ),
    "a picture beside lines": (lambda: a_pdf(resource("XObject", image), content=X), errors.ArtworkRaster, "Image"),
    "a picture in the content": (
        lambda: a_pdf(content=DRAWN + b" BI /W 1 /H 1 /BPC 8 /CS /G ID \x00 EI"), errors.ArtworkRaster, "BI",
    ),
    "a masking picture": (
        lambda: a_pdf(resource("ExtGState", lambda pdf: Dictionary(SMask=Dictionary(S=Name.Alpha, G=form(
            b"/I Do", Resources=Dictionary(XObject=Dictionary(I=image(pdf))))(pdf)))), content=DRAWN + b" /X gs"),
        errors.ArtworkRaster, None,
    ),
    "PostScript": (
        lambda: a_pdf(resource("XObject", lambda pdf: Stream(pdf, b"showpage", Subtype=Name.PS)), content=X),
        errors.ArtworkActive, "PostScript",
    ),
    "a font left out": (lambda: a_pdf(resource("Font", font(Subtype=Name.TrueType))), errors.ArtworkText, "Arial"),
    "a font of programs": (lambda: a_pdf(resource("Font", font(Subtype=Name.Type3))), errors.ArtworkText, "Type3"),
    "a hidden layer": (lambda: a_pdf(layer(OFF=None)), errors.ArtworkLayers, None),
    "layers that begin hidden": (lambda: a_pdf(layer(BaseState=Name.OFF)), errors.ArtworkLayers, None),
    "layers for the printer": (lambda: a_pdf(layer(AS=Array([Dictionary()]))), errors.ArtworkLayers, None),
    "layers by a rule": (
        lambda: a_pdf(put("page", Spare=Dictionary(Type=Name.OCMD, P=Name.AllOff))), errors.ArtworkLayers, None,
    ),
    "nothing": (lambda: a_pdf(content=b""), errors.ArtworkEmpty, None),
    "only a way": (lambda: a_pdf(content=b"0 0 m 9 9 l n"), errors.ArtworkEmpty, None),
    "white": (lambda: a_pdf(content=b"1 g 0 0 99 99 re f"), errors.ArtworkEmpty, None),
    "beside the page": (lambda: a_pdf(content=b"500 500 9 9 re f"), errors.ArtworkEmpty, None),
    "unknown instruction": (lambda: a_pdf(content=DRAWN + b" inf"), errors.ArtworkBroken, None),
    "a form that is not there": (lambda: a_pdf(content=X), errors.ArtworkBroken, None),
    "a form that is a number": (
        lambda: a_pdf(resource("XObject", lambda pdf: 7), content=X), errors.ArtworkBroken, None,
    ),
    "a form that draws itself": (lambda: a_pdf(circle, content=X), errors.ArtworkTooComplex, None),
    "a laugh of forms": (lambda: a_pdf(nested(9, 10), content=X), errors.ArtworkTooComplex, None),
    "a well of forms": (lambda: a_pdf(nested(100, 1), content=X), errors.ArtworkTooComplex, None),
    "a dust of tiles": (
        lambda: a_pdf(tiled(0.001), content=b"/Pattern cs /X scn 0 0 120 80 re f"), errors.ArtworkTooComplex, None,
    ),
    "a page of gradients": (
        lambda: a_pdf(shaded, content=b"/X sh " * 50), errors.ArtworkTooComplex, None,
    ),
    "one gradient, and much filled with it": (
        lambda: a_pdf(shaded, content=b"/Pattern cs /Y scn 0 G q 1 g Q " + b"0 0 9 9 re f " * 50),
        errors.ArtworkTooComplex, None,
    ),
    "a form painted with the gradient outside": (
        lambda: a_pdf(shaded, content=b"/Pattern cs /Y scn " + b"/Z Do " * 50), errors.ArtworkTooComplex, None,
    ),
    "page upon page": (lambda: a_pdf(content=b"0 0 120 80 re f " * 4_000), errors.ArtworkTooComplex, None),
    "too much to read": (
        lambda: a_pdf(content=b"0 0 1 1 re f " * 90_000, compress_streams=True), errors.ArtworkTooComplex, None,
    ),
    "too much to draw": (lambda: a_pdf(content=b"0 0 m f " * 110_000), errors.ArtworkTooComplex, None),
    "objects without end": (
        lambda: a_pdf(put("page", **{f"Spare{n}": Array([Dictionary()] * 6_000) for n in range(10)})),
        errors.ArtworkTooComplex, "obj",
    ),
    "a bomb": (
        lambda: a_pdf(resource("XObject", packed(BOMB, "/FlateDecode"))),
        errors.ArtworkBroken, None,
    ),
    "a bomb in a bomb": (
        lambda: a_pdf(resource("XObject", packed(zlib.compress(BOMB), "/FlateDecode", "/FlateDecode"))),
        errors.ArtworkBroken, None,
    ),
    "a packing without bound": (
        lambda: a_pdf(resource("XObject", packed(b"x", "/LZWDecode"))), errors.ArtworkNotAllowed, "LZWDecode",
    ),
    "the same in disguise": (
        lambda: a_pdf(resource("XObject", packed(b"x", "/LZWDecode"))).replace(b"/LZW", b"/#4cZW"),
        errors.ArtworkNotAllowed, "LZWDecode",
    ),
    "the same out of sight": (lambda: a_pdf(lzw_elsewhere, **PACKED_AWAY), errors.ArtworkNotAllowed, "LZWDecode"),
    "a packing for photographs": (
        lambda: a_pdf(resource("XObject", packed(b"x", "/DCTDecode"))), errors.ArtworkNotAllowed, "DCTDecode",
    ),
    "a strip": (lambda: a_pdf(put("page", MediaBox=Array([0, 0, 2000, 20]))), errors.ArtworkSize, None),
    "a wall": (lambda: a_pdf(put("page", UserUnit=200)), errors.ArtworkSize, None),
    "a box of nothing": (lambda: a_pdf(put("page", CropBox=Array([500, 500, 600, 600]))), errors.ArtworkSize, None),
    "half a file": (lambda: a_pdf()[:-60], errors.ArtworkBroken, None),
    "only a beginning": (lambda: b"%PDF-1.7\n%%EOF", errors.ArtworkBroken, None),
    "a page in disguise": (lambda: b"%PDF-1.7\n<html><script>alert(1)</script></html>", errors.ArtworkBroken, None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_PDF)
def test_a_pdf_that_does_more_than_draw_is_refused_by_name(case: str) -> None:
    make, refused, named = REFUSED_PDF[case]
    with pytest.raises(Refusal) as caught:
        read_artwork(make())
    assert type(caught.value) is refused
    assert named in (None, caught.value.facts.get("text"))


def test_how_many_pages_is_told() -> None:
    with pytest.raises(errors.ArtworkPages) as caught:
        read_artwork(a_pdf(lambda pdf, page: pdf.add_blank_page()))
    assert caught.value.facts == {"given": 2}


class TestPage:
    def test_a_plain_one_is_taken_as_it_is(self) -> None:
        found = read_artwork(a_pdf())
        assert size(found) == (42.33, 28.22)
        assert picture(found, 120).getpixel((60, 40)) == (199, 15, 46)

    def test_content_in_pieces_is_one_drawing(self) -> None:
        def cut(pdf: Pdf, page: pikepdf.Page) -> None:
            page.obj.Contents = Array([Stream(pdf, DRAWN[:20]), Stream(pdf, DRAWN[20:])])

        assert picture(read_artwork(a_pdf(cut)), 120).getpixel((60, 40)) == (199, 15, 46)

    def test_what_is_seen_is_the_crop_box(self) -> None:
        found = read_artwork(
            a_pdf(put("page", CropBox=Array([0, 0, 60, 80]), TrimBox=Array([20, 20, 40, 40])))
        )
        assert size(found) == (21.17, 28.22)
        assert picture(found, 80).size == (60, 80)
        assert picture(found, 80).getpixel((5, 40)) == (255, 255, 255)
        assert picture(found, 80).getpixel((55, 40)) == (199, 15, 46)

    def test_a_turned_page_stands_upright(self) -> None:
        found = read_artwork(a_pdf(put("page", Rotate=90), content=b"0 0 20 10 re f"))
        assert found.width_mm < found.height_mm
        assert picture(found, 80).getpixel((5, 5)) == (0, 0, 0)
        assert picture(found, 80).getpixel((5, 40)) == (255, 255, 255)

    def test_larger_units_make_a_larger_mark(self) -> None:
        found = read_artwork(a_pdf(put("page", UserUnit=2)))
        assert size(found)[0] == 84.67
        assert picture(found, 120).getpixel((60, 40)) == (199, 15, 46)

    def test_the_makers_notes_stay_behind(self) -> None:
        def signed(pdf: Pdf, page: pikepdf.Page) -> None:
            pdf.docinfo["/Author"] = "SECRET"
            page.obj.PieceInfo = Dictionary(Illustrator=Dictionary(Private=Stream(pdf, b"SECRET")))
            inner = form(Metadata=Stream(pdf, b"SECRET"), LastModified=String("D:2026"))(pdf)
            page.obj.Resources.XObject = Dictionary(X=inner)

        made = read_artwork(a_pdf(signed, content=X)).pdf
        with Pdf.open(BytesIO(made)) as pdf:
            plain = BytesIO()
            pdf.save(plain, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        assert b"SECRET" not in plain.getvalue()
        assert b"D:2026" not in plain.getvalue()

    def test_layers_that_are_all_shown_are_drawn(self) -> None:
        found = read_artwork(a_pdf(layer(ON=None, OFF=Array([])), content=b"/OC /MC0 BDC " + DRAWN + b" EMC"))
        assert picture(found, 120).getpixel((60, 40)) == (199, 15, 46)

    def test_a_font_that_came_along_is_kept(self) -> None:
        def lettered(pdf: Pdf) -> Any:
            carried = Dictionary(Type=Name.FontDescriptor, FontFile2=Stream(pdf, b"font"))
            return Dictionary(
                Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name("/A"), FontDescriptor=carried
            )

        assert read_artwork(a_pdf(resource("Font", lettered))).media_type == "application/pdf"

    def test_an_empty_list_of_notes_is_no_note(self) -> None:
        assert read_artwork(a_pdf(put("page", Annots=Array([])))).width_mm > 0


def outcome(content: bytes) -> str:
    try:
        return read_artwork(content).pdf[:5].decode()
    except Refusal as refused:
        return refused.code.partition(".")[0]


# Content that ends halfway is drawn that far, here as in every reader.
@pytest.mark.filterwarnings("ignore:Unexpected end of stream:UserWarning")
@given(place=st.floats(0, 0.999), value=st.binary(min_size=1, max_size=6))
@pytest.mark.parametrize("content", [MARK, a_pdf(nested(3, 2), content=X)], ids=["svg", "pdf"])
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    content: bytes, place: float, value: bytes
) -> None:
    at = int(place * len(content))
    assert outcome(content[:at] + value + content[at + len(value) :]) in {"%PDF-", "artwork"}
