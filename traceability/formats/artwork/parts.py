"""The parts of a PDF, every dictionary and stream, and what none of them may be."""

from collections.abc import Collection, Iterator
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.formats.artwork import limits

ACTIONS = frozenset(
    {
        "/GoTo3DView", "/GoToE", "/GoToR", "/Hide", "/ImportData", "/JavaScript", "/Launch", "/Movie", "/Named",
        "/Rendition", "/ResetForm", "/RichMediaExecute", "/SetOCGState", "/Sound", "/SubmitForm", "/Thread", "/URI",
    }
)  # fmt: skip

#: What the presence of a key means, wherever in the file it stands.
KEYS: dict[str, type[Refusal]] = {
    **dict.fromkeys(("/AA", "/JavaScript", "/JS", "/OpenAction"), errors.ArtworkActive),
    **dict.fromkeys(("/AF", "/Collection", "/EF", "/EmbeddedFiles"), errors.ArtworkAttached),
    **dict.fromkeys(("/AcroForm", "/Annots", "/XFA"), errors.ArtworkAttached),
    **dict.fromkeys(("/OPI", "/UF"), errors.ArtworkOutside),
}
#: … and in the dictionary of a stream, where they name a file or a page elsewhere that holds the data.
STREAM_KEYS = ("/F", "/FDecodeParms", "/FFilter", "/Ref")

FILTERS = frozenset({"/ASCII85Decode", "/ASCIIHexDecode", "/FlateDecode", "/RunLengthDecode"})
FONTS = frozenset({"/CIDFontType0", "/CIDFontType2", "/MMType1", "/TrueType", "/Type1"})
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")

#: Who made the file, with what and when, and a drawing program's own copy of it: nothing that is drawn.
PRIVATE = ("/LastModified", "/Metadata", "/OC", "/PieceInfo", "/StructParent", "/StructParents", "/Usage")


def dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary and stream of a file; raise `ArtworkTooComplex`."""
    waiting: list[Object] = [pdf.trailer, *(one for one in pdf.objects if isinstance(one, Object))]
    for _ in range(limits.OBJECTS):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, Dictionary | Stream):
            yield one
        waiting += [child for child in _children(one) if isinstance(child, Object) and not child.is_indirect]
    raise errors.ArtworkTooComplex(text="obj", limit=limits.OBJECTS)


def _children(one: Object) -> list[Any]:
    if isinstance(one, Array):
        return list(one)
    return [value for _, value in one.items()] if isinstance(one, Dictionary | Stream) else []


def check_parts(source: Pdf) -> None:
    """Raise what is refused wherever it stands."""
    for part in dictionaries(source):
        for key, value in part.items():
            if key in KEYS and not _is_empty(value):
                raise KEYS[key](text=key[1:])
        if str(part.get("/S", "")) in ACTIONS:
            raise errors.ArtworkActive(text=str(part["/S"])[1:])
        if isinstance(part, Stream):
            _check_source(part)


def _check_source(part: Stream) -> None:
    """Where the bytes of a stream come from, and that they can be unpacked within bounds."""
    for key in STREAM_KEYS:
        if key in part:
            raise errors.ArtworkOutside(text=key[1:])
    if any(name.startswith("/LZW") for name in _names(part.get("/Filter", []))):
        raise errors.ArtworkNotAllowed(text="LZWDecode")


def _is_empty(value: Any) -> bool:
    """An empty list of notes is none."""
    return isinstance(value, Array) and len(value) == 0


def check_layers(source: Pdf) -> None:
    """Layers are not kept, so what is drawn may not depend on any; raise `ArtworkLayers`."""
    shown = source.Root.get("/OCProperties", Dictionary()).get("/D", Dictionary())
    switched = any(len(shown.get(key, [])) for key in ("/AS", "/OFF"))
    ruled = any(part.get("/Type") == Name.OCMD for part in dictionaries(source))
    if switched or ruled or shown.get("/BaseState", Name.ON) != Name.ON:
        raise errors.ArtworkLayers()


def check_copied(made: Pdf) -> None:
    """What a page has brought along is drawing, complete, and unpacks within bounds; raise what is refused."""
    unpacked = 0
    for part in dictionaries(made):
        _check_font(part)
        if isinstance(part, Stream):
            _check_stream(part)
            unpacked += len(part.read_bytes())
    if unpacked > limits.UNPACKED:
        raise errors.ArtworkTooComplex(text="stream", limit=limits.UNPACKED)


def _check_font(part: Object) -> None:
    """A font that is not in the file looks different on every machine, and one of drawings is a program."""
    kind = str(part.get("/Subtype", ""))
    if kind == "/Type3":
        raise errors.ArtworkText(text="Type3")
    if kind in FONTS and not any(key in part.get("/FontDescriptor", Dictionary()) for key in FONT_FILES):
        raise errors.ArtworkText(text=str(part.get("/BaseFont", "/?"))[1:61])


def _check_stream(part: Stream) -> None:
    kinds = {str(part.get(key, "")) for key in ("/Subtype", "/Subtype2")}
    if "/Image" in kinds:
        raise errors.ArtworkRaster(text="Image")
    if "/PS" in kinds:
        raise errors.ArtworkActive(text="PostScript")
    for name in _names(part.get("/Filter", [])):
        if name not in FILTERS:
            raise errors.ArtworkNotAllowed(text=name[1:61])


def _names(value: Any) -> Collection[str]:
    return [str(one) for one in value] if isinstance(value, Array | list) else [str(value)]


def forget(part: Object) -> None:
    """Leave behind what is not drawn."""
    for key in PRIVATE:
        if key in part:
            del part[key]
