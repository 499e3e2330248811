"""Why a label is not drawn. The facts name the `text` field they are about; lengths are in mm."""

from traceability.domain.errors import Refusal


class LabelRefused(Refusal):
    """The label cannot be drawn as asked."""

    code = "label.refused"


class TextDoesNotFit(LabelRefused):
    """The text is longer than its box; nothing is clipped or shrunk. Facts: text, value, design."""

    code = "label.text_does_not_fit"


class CharacterMissing(LabelRefused):
    """The label font cannot draw a character. Facts: text, value, characters."""

    code = "label.character_missing"


class DigitsTooLow(LabelRefused):
    """The design's net-content digits are lower than this content demands (SAMR Order 70).

    Facts: net_content_g, height_mm, needed_mm (None above 1,000 g, which no label here carries).
    """

    code = "label.digits_too_low"


class PackDateMissing(LabelRefused):
    """The design prints the pack date, and none was given. Facts: design."""

    code = "label.pack_date_missing"


class StartOffSheet(LabelRefused):
    """There is no such cell on a sheet to start at. Facts: start, cells (of a sheet; the first is 0)."""

    code = "label.start_off_sheet"


class OffsetOffSheet(LabelRefused):
    """With this printer offset some label would leave the page.

    Facts, all in mm: right, down as asked; right_from, right_to, down_from, down_to the outermost allowed.
    """

    code = "label.offset_off_sheet"


class CartonNoUnprintable(LabelRefused):
    """The carton number needs a larger QR symbol than the design has room for. Facts: carton, design."""

    code = "label.carton_no_unprintable"


class AddressTooLong(LabelRefused):
    """The address needs a larger QR symbol than the design has room for. Facts: url, design."""

    code = "label.address_too_long"
