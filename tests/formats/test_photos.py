"""Photos of strangers: what is inside decides, sizes are checked before decoding, and nothing but pixels goes on."""

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image, ImageFile

from traceability.domain.errors import PhotoRefused
from traceability.formats import photos, qr
from traceability.formats.reading_codes import codes_in

RED, BLUE = (200, 20, 20), (20, 20, 200)
ORIENTATION, GPS, CAMERA = 274, 0x8825, 272


def written(picture: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    into = BytesIO()
    picture.save(into, kind, **more)
    return into.getvalue()


def photo(
    size: tuple[int, int] = (80, 60), mode: str = "RGB", colour: Any = RED, kind: str = "JPEG", **more: Any
) -> bytes:
    return written(Image.new(mode, size, colour), kind, **more)


def noise(kind: str = "JPEG") -> bytes:
    """A picture no coder can make small; the same every time."""
    return written(Image.frombytes("RGB", (120, 90), Random(1).randbytes(120 * 90 * 3)), kind)


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def cleaned(content: bytes) -> Image.Image:
    """As it is kept: always a JPEG in colour."""
    picture = opened(photos.clean(content))
    assert (picture.format, picture.mode) == ("JPEG", "RGB")
    return picture


def near(seen: Any, wanted: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(seen, wanted, strict=True))


def claiming(width: int, height: int) -> bytes:
    """A tiny PNG that says it is so large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


class TestWhatIsKept:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_every_kind_becomes_a_jpeg_of_the_same_picture(self, kind: str) -> None:
        kept = cleaned(photo(kind=kind))
        assert kept.size == (80, 60)
        assert near(kept.getpixel((40, 30)), RED)

    def test_the_longest_side_is_at_most_1600_pixels(self) -> None:
        assert cleaned(photo((3200, 1000))).size == (1600, 500)
        assert cleaned(photo((900, 4000), kind="PNG")).size == (360, 1600)
        assert cleaned(photo((20, 10))).size == (20, 10)

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_nothing_the_camera_wrote_is_left(self, kind: str) -> None:
        told = Image.Exif()
        told[CAMERA], told[GPS] = "A Camera", {1: "N", 2: (26.0, 15.0, 30.0), 3: "E", 4: (107.0, 31.0, 0.0)}
        content = photo(kind=kind, exif=told)
        assert opened(content).getexif().get_ifd(GPS)
        kept = cleaned(content)
        assert dict(kept.getexif()) == {}
        assert not {"exif", "comment", "icc_profile", "xmp"} & set(kept.info)
        assert b"A Camera" not in photos.clean(content)

    def test_comments_and_profiles_are_left_out(self) -> None:
        content = photo(comment=b"taken at home", icc_profile=b"a profile of a screen")
        assert b"at home" in content
        kept = photos.clean(content)
        assert b"at home" not in kept
        assert b"profile" not in kept

    @pytest.mark.parametrize("turn", range(1, 9))
    def test_it_is_upright_however_the_camera_was_held(self, turn: int) -> None:
        held = Image.new("RGB", (64, 32), RED)
        held.paste(BLUE, (0, 0, 32, 16))  # seen upright: a blue corner, top left
        back = {
            1: (), 2: (0,), 3: (3,), 4: (1,), 5: (5,), 6: (2,), 7: (6,), 8: (4,),
        }[turn]  # fmt: skip
        as_stored = held.transpose(Image.Transpose(back[0])) if back else held
        told = Image.Exif()
        told[ORIENTATION] = turn
        kept = cleaned(written(as_stored, "PNG", exif=told))
        assert kept.size == (64, 32)
        assert near(kept.getpixel((8, 4)), BLUE)
        assert near(kept.getpixel((56, 28)), RED)

    def test_an_orientation_nobody_knows_says_nothing(self) -> None:
        told = Image.Exif()
        told[ORIENTATION] = 77
        assert cleaned(photo(exif=told)).size == (80, 60)

    def test_what_hangs_behind_the_picture_is_gone(self) -> None:
        tail = b"PK\x03\x04<script>alert(1)</script>" * 50
        kept = photos.clean(noise() + tail)
        assert b"script" not in kept
        assert kept == photos.clean(noise())

    @pytest.mark.parametrize("kind", ["WEBP", "PNG", "MPO"])
    def test_of_several_pictures_the_first_counts(self, kind: str) -> None:
        others = [Image.new("RGB", (80, 60), BLUE)]
        content = photo(kind=kind, save_all=True, append_images=others)
        assert near(cleaned(content).getpixel((40, 30)), RED)

    @pytest.mark.parametrize(
        ("mode", "colour", "kind", "shown"),
        [
            ("CMYK", (0, 255, 255, 0), "JPEG", (255, 0, 0)),
            ("L", 90, "JPEG", (90, 90, 90)),
            ("1", 1, "PNG", (255, 255, 255)),
            ("I;16", 40_000, "PNG", (156, 156, 156)),
            ("LA", (90, 0), "PNG", (255, 255, 255)),
            ("RGBA", (*RED, 255), "PNG", RED),
            ("RGBA", (*RED, 0), "PNG", (255, 255, 255)),
            ("RGBA", (*RED, 0), "WEBP", (255, 255, 255)),
        ],
    )
    def test_every_mode_is_shown_as_it_looks_on_white(
        self, mode: str, colour: Any, kind: str, shown: tuple[int, int, int]
    ) -> None:
        assert near(cleaned(photo(mode=mode, colour=colour, kind=kind)).getpixel((40, 30)), shown)

    def test_a_palette_with_a_transparent_colour(self) -> None:
        picture = Image.new("P", (40, 40), 1)
        picture.putpalette([*RED, *BLUE])
        picture.paste(0, (0, 0, 20, 40))
        kept = cleaned(written(picture, "PNG", transparency=1))
        assert near(kept.getpixel((5, 20)), RED)
        assert near(kept.getpixel((35, 20)), (255, 255, 255))

    def test_the_same_photo_gives_the_same_bytes(self) -> None:
        assert photos.clean(noise()) == photos.clean(noise())


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"hello",
            b"\xff\xd8\xff\xe0 no photo at all",
            b"%PDF-1.4\n",
            b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
            photo(kind="GIF"),
            photo(kind="TIFF"),
            photo(kind="BMP"),
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        ],
        ids=["empty", "text", "start-only", "pdf", "svg", "gif", "tiff", "bmp", "heic"],
    )
    def test_what_is_no_photo(self, content: bytes) -> None:
        with pytest.raises(PhotoRefused) as refused:
            photos.clean(content)
        assert refused.value.facts == {"largest": 8_000_000, "megapixels": 40}

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("others_take_them", [False, True])
    def test_one_that_was_cut_short(
        self, kind: str, others_take_them: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", others_take_them)
        whole = noise(kind)
        for length in (len(whole) // 4, len(whole) // 2, len(whole) - 40):
            with pytest.raises(PhotoRefused):
                photos.clean(whole[:length])
        assert ImageFile.LOAD_TRUNCATED_IMAGES is others_take_them

    @pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (12_000, 9_000), (8_000, 5_001)])
    def test_one_that_would_fill_the_memory_is_not_decoded(
        self, width: int, height: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        decoded: list[object] = []
        monkeypatch.setattr(ImageFile.ImageFile, "load", decoded.append)
        with pytest.raises(PhotoRefused) as refused:
            photos.clean(claiming(width, height))
        assert refused.value.facts["megapixels"] == 40
        assert decoded == []

    def test_forty_megapixels_are_taken(self) -> None:
        assert cleaned(photo((8000, 5000), mode="1", colour=0, kind="PNG")).size == (1600, 1000)

    @pytest.mark.parametrize(
        "content", [b"\0" * 50_000_000, photo() + b"\0" * 8_000_000], ids=["50MB", "tail"]
    )
    def test_one_that_is_too_large(self, content: bytes) -> None:
        with pytest.raises(PhotoRefused) as refused:
            photos.clean(content)
        assert refused.value.facts == {"size": len(content), "largest": 8_000_000}

    @pytest.mark.filterwarnings("ignore::UserWarning:PIL")
    def test_a_file_damaged_anywhere_is_refused_or_drawn_and_nothing_else(self) -> None:
        told = Image.Exif()
        told[ORIENTATION] = 6
        for whole in (photo((24, 16), exif=told), photo((24, 16), kind="PNG"), photo((24, 16), kind="WEBP")):
            for at in range(len(whole)):
                for value in (0x00, 0xFF, whole[at] ^ 0x10):
                    damaged = whole[:at] + bytes([value]) + whole[at + 1 :]
                    try:
                        kept = photos.clean(damaged)
                    except PhotoRefused:
                        continue
                    assert opened(kept).format == "JPEG"


class TestReadingCodes:
    @staticmethod
    def label(text: str, *, tilt: int = 0, module: int = 6) -> Image.Image:
        """A symbol on a sheet of paper, as somebody might hold it."""
        rows = qr.symbol(text)
        side = len(rows) * module
        symbol = Image.new("L", (len(rows), len(rows)))
        symbol.putdata([0 if dark else 255 for row in rows for dark in row])
        paper = Image.new("L", (side * 2, side * 2), 235)
        paper.paste(symbol.resize((side, side), Image.Resampling.NEAREST), (side // 2, side // 2))
        return paper.rotate(tilt, fillcolor=235)

    @pytest.mark.parametrize("tilt", [0, 12, 90, 180])
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_a_symbol_is_read_however_it_is_held(self, tilt: int, kind: str) -> None:
        text = "HTTPS://TEA.EXAMPLE/M/00RZ5K7QM2XD8T4V"
        assert codes_in(written(self.label(text, tilt=tilt), kind)) == (text,)

    def test_each_text_comes_once(self) -> None:
        one, other = self.label("HTTPS://A.EXAMPLE/M/1"), self.label("HTTPS://A.EXAMPLE/M/2")
        sheet = Image.new("L", (one.width * 3, one.height))
        for n, label in enumerate((one, other, one)):
            sheet.paste(label, (n * one.width, 0))
        assert sorted(codes_in(written(sheet))) == ["HTTPS://A.EXAMPLE/M/1", "HTTPS://A.EXAMPLE/M/2"]

    def test_a_photo_without_a_symbol_says_nothing(self) -> None:
        assert codes_in(noise()) == ()

    def test_what_is_no_photo_is_refused_as_anywhere(self) -> None:
        with pytest.raises(PhotoRefused):
            codes_in(b"hello")
