"""Photos people send: what is inside decides, sizes are checked before anything is decoded, and only pixels go on.

A photo is decoded and drawn anew, so that nothing of the file itself survives: no place where it was taken, no camera,
no thumbnail, no second file behind the first.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageFile, UnidentifiedImageError

from traceability.domain.errors import PhotoRefused

LARGEST = 8_000_000
"""Bytes: what phones of today send for one photo."""
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1_600
QUALITY = 82

#: By content; names and claimed types are not believed. A phone's JPEG may hold several pictures: the first counts.
KINDS = ("JPEG", "PNG", "WEBP")

#: Modes whose pixels can be averaged as they are.
_PLAIN = ("L", "RGB", "CMYK")

#: A large photo takes some hundred megabytes while it is decoded: one at a time, however many are sent.
_ONE_AT_A_TIME = threading.Lock()

#: What the decoder raises for a file that is none of these, is cut short, or was made to hurt.
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, EOFError)

#: EXIF 2.32 §4.6.4 A, tag 274: how the camera was held, and what turns the picture upright.
_ORIENTATION = 274
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


#: What files of these kinds begin with.
_BEGIN = {b"\xff\xd8\xff": 0, b"\x89PNG\r\n\x1a\n": 0, b"WEBP": 8}


def is_photo(content: bytes) -> bool:
    """Whether a file begins as a photo of a kind that is read here; that it is one only `clean` can tell."""
    return any(content[at:].startswith(start) for start, at in _BEGIN.items())


def clean(content: bytes) -> bytes:
    """The photo as a JPEG of our own: upright, no side above 1,600 pixels, nothing in it but pixels.

    Transparent parts are white; of several pictures the first counts. Raise `PhotoRefused`.
    """
    written = BytesIO()
    upright(content, LONGEST_SIDE).save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def upright(content: bytes, longest: int) -> Image.Image:
    """The pixels of a photo, as it was held, no side above `longest`; raise `PhotoRefused`."""
    if len(content) > LARGEST:
        raise PhotoRefused(size=len(content), largest=LARGEST)
    with _ONE_AT_A_TIME, _whole():
        try:
            return _drawn(content, longest)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_many_pixels() from error
        except _UNREADABLE as error:
            raise PhotoRefused(largest=LARGEST, megapixels=MOST_PIXELS // 1_000_000) from error


@contextmanager
def _whole() -> Iterator[None]:
    """WeasyPrint lets the whole process take pictures that were cut short; a photo has to be all there."""
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_many_pixels(pixels: int | None = None) -> PhotoRefused:
    return PhotoRefused(pixels=pixels, megapixels=MOST_PIXELS // 1_000_000)


def _drawn(content: bytes, longest: int) -> Image.Image:
    with Image.open(BytesIO(content), formats=KINDS) as photo:
        if (pixels := photo.width * photo.height) > MOST_PIXELS:
            raise _too_many_pixels(pixels)
        turn = _UPRIGHT.get(_orientation(photo))
        photo.draft("RGB", (longest, longest))  # a large JPEG is decoded no larger than needed
        photo.load()
        if photo.mode in _PLAIN and not photo.has_transparency_data:
            photo.thumbnail((longest, longest), Image.Resampling.LANCZOS)  # before it is copied
        drawn = _on_white(photo)
    drawn.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return drawn if turn is None else drawn.transpose(turn)


def _orientation(photo: Image.Image) -> int:
    """As the file says; one that says it wrongly says nothing."""
    try:
        return int(photo.getexif().get(_ORIENTATION, 1))
    except Exception:  # EXIF is a nest of offsets, and its reader fails in every way on one that is broken
        return 1


def _on_white(photo: Image.Image) -> Image.Image:
    """Colour as a JPEG has it, in a picture that remembers nothing of the file."""
    if photo.mode.startswith("I"):  # 16 bits of grey: eight of them count
        photo = photo.point(lambda grey: grey * (1 / 256)).convert("L")
    drawn = Image.new("RGB", photo.size, "white")
    if photo.has_transparency_data:
        seen = photo if photo.mode == "RGBA" else photo.convert("RGBA")
        drawn.paste(seen, mask=seen.getchannel("A"))
    else:
        drawn.paste(photo.convert("RGB"))
    return drawn
