"""The official mark's artwork: a vector file from outside, judged, and made into one plain PDF page.

Intention: the mark is never drawn by us. An enterprise hands in the file it got from the intellectual property
office (PDF or SVG), and what is printed is that drawing. A file from outside can do more than draw, so nothing
of it is passed on as it came: what a drawing needs is listed, what is not listed is refused with its name, and
the page that is shown to the officer and placed on labels is written anew from what was listed.
"""

from traceability.formats.artwork.preview import preview_png
from traceability.formats.artwork.reading import LARGEST, read_artwork
from traceability.formats.artwork.values import Artwork

__all__ = ["LARGEST", "Artwork", "preview_png", "read_artwork"]
