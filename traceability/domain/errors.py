"""What is refused, each with a stable code, the field it belongs to and the facts that explain it.

The wording for people lives at the doors (`web/errors.py`), in every language; here are codes only.
Facts whose name ends in `_g` are whole grams and are shown as kilograms; the rest are shown as they are.
"""

from typing import ClassVar


class Refusal(Exception):
    """Something asked for is refused, and nothing was written."""

    code: ClassVar[str] = "refused"
    field: ClassVar[str | None] = None

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.code} {facts}" if facts else self.code)
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        """So that a refusal can come home from another process."""
        return _refusal, (type(self), self.facts)


def _refusal(kind: type[Refusal], facts: dict[str, object]) -> Refusal:
    return kind(**facts)


def by_code(code: str) -> type[Refusal]:
    """The refusal with a code; plain `Refusal` for one that is not known here."""
    kinds = [Refusal]
    for kind in kinds:
        if kind.code == code:
            return kind
        kinds += kind.__subclasses__()
    return Refusal


class NotFound(Refusal):
    """What was named does not exist, or not for this person: both get the same answer."""

    code = "not_found"


class NotAllowed(Refusal):
    """This person may not do this kind of thing."""

    code = "not_allowed"


# --- what was typed -----------------------------------------------------------------------------------------


class WeightUnreadable(Refusal):
    """The text is not a weight."""

    code, field = "weight.unreadable", "grams"


class WeightNotPositive(Refusal):
    """A weight must be above nothing."""

    code, field = "weight.not_positive", "grams"


class WeightTooFine(Refusal):
    """The books are kept in whole grams."""

    code, field = "weight.too_fine", "grams"


class WeightTooLarge(Refusal):
    """More than any single weighing can be."""

    code, field = "weight.too_large", "grams"


class NumberUnreadable(Refusal):
    """The text is not a number."""

    code, field = "number.unreadable", "number"


class NumberOutOfRange(Refusal):
    """The number lies outside what is possible."""

    code, field = "number.out_of_range", "number"


class DayUnreadable(Refusal):
    """The text is not a day."""

    code, field = "day.unreadable", "day"


class MomentUnreadable(Refusal):
    """The text is not a date with a time of day."""

    code, field = "moment.unreadable", "at"


class GradeUnknown(Refusal):
    """The profile has no such grade."""

    code, field = "grade.unknown", "grade"


class CountyUnknown(Refusal):
    """The profile has no such county."""

    code, field = "county.unknown", "county"


class TextMissing(Refusal):
    """A text that is needed was left empty."""

    code, field = "text.missing", "text"


class TextTooLong(Refusal):
    """A text is longer than what can be kept or printed."""

    code, field = "text.too_long", "text"


class ChoiceUnknown(Refusal):
    """What was chosen is not one of the choices."""

    code, field = "choice.unknown", "choice"


class ReasonMissing(Refusal):
    """This is accepted only with a reason."""

    code, field = "reason.missing", "reason"


class NumberTaken(Refusal):
    """The number was given to something else already."""

    code, field = "number.taken", "no"


class InTheFuture(Refusal):
    """What is recorded has to have happened."""

    code, field = "time.future", "at"


class BeforeItsInputs(Refusal):
    """An event cannot come before the things it used existed (FRAUD F11)."""

    code, field = "time.before_inputs", "at"


class RequestKeyReused(Refusal):
    """The same request key came with other contents (FRAUD F18)."""

    code, field = "request.key_reused", "key"


class BooksBusy(Refusal):
    """A long change is being written; what would come of this one cannot be told just now."""

    code = "books.busy"


# --- people, plots, scales, products ------------------------------------------------------------------------


class UsccInvalid(Refusal):
    """The unified social credit code fails its check characters (GB 32100-2015)."""

    code, field = "uscc.invalid", "uscc"


class UsccTaken(Refusal):
    """The enterprise is registered already."""

    code, field = "uscc.taken", "uscc"


class GtinInvalid(Refusal):
    """The trade item number fails its check digit."""

    code, field = "gtin.invalid", "gtin"


class TownshipUnreadable(Refusal):
    """A township code has nine digits."""

    code, field = "township.unreadable", "township"


class CertificateInvalid(Refusal):
    """The conformity certificate is missing."""

    code, field = "certificate.missing", "certificate_no"


class AccountTaken(Refusal):
    """The sign-in name is in use."""

    code, field = "account.taken", "email"


class RoleMisplaced(Refusal):
    """A role of a firm needs the firm, a role of a county the county."""

    code, field = "role.misplaced", "role"


class OwnDecision(Refusal):
    """Nobody decides on what they entered or on a firm they have an account with (FRAUD F16)."""

    code = "decision.own"


class SamePerson(Refusal):
    """Whoever passed an application on at the county does not decide on it at the prefecture (FRAUD F16)."""

    code = "decision.same_person"


class AlreadyDecided(Refusal):
    """The matter was decided before."""

    code = "decision.already"


class FindingTaken(Refusal):
    """A colleague looks into it. Facts: who."""

    code = "finding.taken"


class NotAuthorised(Refusal):
    """The firm holds no mark authorisation in force on that day."""

    code = "enterprise.not_authorised"


class Suspended(Refusal):
    """The firm's authorisation is, or was on that day, suspended (FRAUD F15)."""

    code = "enterprise.suspended"


class NotSuspended(Refusal):
    """There is no suspension to lift."""

    code = "enterprise.not_suspended"


class PlotOutsideArea(Refusal):
    """The plot's township lies under none of the counties of the protected area (FRAUD F05)."""

    code, field = "plot.outside_area", "plot"


class PlotNotActive(Refusal):
    """The plot was not approved, or not yet on that day (FRAUD F05, F11)."""

    code, field = "plot.not_active", "plot"


class PlotUnknown(Refusal):
    """No such plot is registered."""

    code, field = "plot.unknown", "plot"


class WithinSafetyInterval(Refusal):
    """Leaf was picked before the safety interval of a farm input had passed (Food Safety Law 49)."""

    code, field = "plot.safety_interval", "plot"


class AllowanceExceeded(Refusal):
    """More leaf than the plot's allowance leaves for this part of the season or this year (FRAUD F06)."""

    code, field = "plot.allowance_exceeded", "gross"


class DegreesUnreadable(Refusal):
    """The text is no longitude or latitude in decimal degrees."""

    code, field = "degrees.unreadable", "lon"


class BoundaryUnreadable(Refusal):
    """The file holds no boundary that can be read: no GeoJSON polygon, or too many points. Facts: most."""

    code, field = "boundary.unreadable", "boundary"


class PointOutsideArea(Refusal):
    """The point lies outside the bounding box of the protected area (FRAUD F05). Facts: lon, lat."""

    code, field = "point.outside_area", "lon"


class PointOutsideBoundary(Refusal):
    """A boundary needs a point of the plot that lies inside it."""

    code, field = "point.outside_boundary", "boundary"


class PlotOutsideCounty(Refusal):
    """What was surveyed does not lie in the county of the township code. Facts: plot, file."""

    code, field = "plot.outside_county", "plot"


class ChangeOpen(Refusal):
    """Another change of the plot waits for its county. Facts: plot."""

    code, field = "plot.change_open", "plot"


class SameGrower(Refusal):
    """The plot is this grower's already. Facts: plot."""

    code, field = "plot.same_grower", "grower"


class TelephoneUnreadable(Refusal):
    """The text is no telephone number of China; it is not repeated."""

    code, field = "telephone.unreadable", "telephone"


class AllowanceAsked(Refusal):
    """The firm waits for an answer on this plot already. Facts: plot."""

    code, field = "allowance.asked", "grams"


class AllowanceEnough(Refusal):
    """The card has enough left for the whole slip: there is nothing to ask the office for. Facts: plot."""

    code, field = "allowance.enough", "reason"


class ListWrong(Refusal):
    """Rows of a list are wrong, so none of it was taken. Facts: rows."""

    code, field = "list.wrong", "file"


class ScaleUnknown(Refusal):
    """No such scale is registered with the firm."""

    code, field = "scale.unknown", "scale"


class SlipOfAnother(Refusal):
    """The number is out of no book of slips of this firm."""

    code, field = "slip.of_another", "no"


class SlipExceeded(Refusal):
    """More is to be taken in than was weighed on the slip."""

    code, field = "slip.exceeded", "net"


# --- the tea ledger -----------------------------------------------------------------------------------------


class LotUnknown(Refusal):
    """No such lot, or none this person may see."""

    code, field = "lot.unknown", "lot"


class LotNumberTaken(Refusal):
    """The firm gave this number to another lot."""

    code, field = "lot.number_taken", "no"


class LotOverdrawn(Refusal):
    """More was asked of a lot than is on hand there."""

    code, field = "lot.overdrawn", "grams"


class LotMoved(Refusal):
    """Somebody else booked on the lot since the form about it was opened."""

    code, field = "lot.moved", "seen"


class LotReserved(Refusal):
    """The rest of the batch is held for marks that were issued for it (FRAUD F03, F25, F26)."""

    code, field = "lot.reserved", "grams"


class LotHeld(Refusal):
    """The lot, or the batch it came from, is held."""

    code, field = "lot.held", "lot"


class LotRecalled(Refusal):
    """The lot is under recall (FRAUD F19)."""

    code, field = "lot.recalled", "lot"


class LotExpired(Refusal):
    """The goods are past their best-before day (FRAUD F19)."""

    code, field = "lot.expired", "lot"


class LotWrongKind(Refusal):
    """This kind of lot cannot go into this event."""

    code, field = "lot.wrong_kind", "lot"


class LotsMissing(Refusal):
    """At least one lot with a weight is needed."""

    code, field = "lots.missing", "inputs"


class BatchClosed(Refusal):
    """Drawing the test sample closed the batch to inputs (FRAUD F28)."""

    code, field = "batch.closed", "batch"


class BatchNotClosed(Refusal):
    """The test sample has not been drawn."""

    code, field = "batch.not_closed", "batch"


class BatchNotPassed(Refusal):
    """The batch has no confirmed report that passes for its grade."""

    code, field = "batch.not_passed", "batch"


class BatchNotTested(Refusal):
    """There is no test report for the batch."""

    code, field = "batch.not_tested", "batch"


class BatchNotFailed(Refusal):
    """Re-declaring is for a batch that failed."""

    code, field = "batch.not_failed", "batch"


class ReceiptLarge(Refusal):
    """A weight above the profile's limit is asked again before it is booked."""

    code, field = "receipt.ask_again", "gross"


class PaperTooLong(Refusal):
    """A paper has more rows than a PDF is drawn with."""

    code = "paper.too_long"


class NetNotPositive(Refusal):
    """The tare leaves nothing of the gross weight."""

    code, field = "receipt.net_not_positive", "tare"


class LeafTooOld(Refusal):
    """Unprocessed leaf after the profile's hours can only be written off."""

    code, field = "leaf.too_old", "at"


class MoistureImplausible(Refusal):
    """The moisture lies outside what the profile accepts."""

    code, field = "moisture.implausible", "moisture"


class UnderFloor(Refusal):
    """More made tea than the leaf can physically give (FRAUD F04)."""

    code, field = "ratio.under_floor", "out"


class OutExceedsIn(Refusal):
    """More came out than went in."""

    code, field = "event.out_exceeds_in", "out"


class GradeTooHigh(Refusal):
    """The grade is above what its inputs allow (FRAUD F12)."""

    code, field = "grade.too_high", "grade"


class GradeOutsideScope(Refusal):
    """The firm's authorisation does not cover this grade."""

    code, field = "grade.outside_scope", "product"


class TeaTooOld(Refusal):
    """The oldest leaf in the batch was plucked too long before packing."""

    code, field = "tea.too_old", "at"


class ReportTaken(Refusal):
    """This report number or file was used for a batch before (FRAUD F14)."""

    code, field = "report.taken", "report_no"


class ReportExists(Refusal):
    """The batch has its report; a firm's own new report changes nothing (FRAUD F28)."""

    code, field = "report.exists", "batch"


class ReportBeforeSample(Refusal):
    """A report cannot come before the sample it judges was drawn."""

    code, field = "report.before_sample", "at"


class ValueMissing(Refusal):
    """A value the grade's limits ask for is missing from the report."""

    code, field = "report.value_missing", "values"


class GradeLimitsNotMet(Refusal):
    """The tested values do not meet the limits of the lower grade either."""

    code, field = "grade.limits_not_met", "grade"


class RetainedSampleMissing(Refusal):
    """There is no retained sample left to test again."""

    code, field = "sample.none_retained", "batch"


class DeliveryUnknown(Refusal):
    """No such delivery for this person."""

    code, field = "delivery.unknown", "shipment"


class DeliverySettled(Refusal):
    """The delivery was answered before."""

    code, field = "delivery.settled", "shipment"


class DeliveryExceeded(Refusal):
    """More was received than was sent."""

    code, field = "delivery.exceeded", "received"


class SaleUnknown(Refusal):
    """No such sale for this person."""

    code, field = "sale.unknown", "sale"


class ReturnExceedsSale(Refusal):
    """More came back than was sold."""

    code, field = "return.exceeds_sale", "packs"


class RestockOpened(Refusal):
    """Opened goods are destroyed, never restocked (FRAUD F19)."""

    code, field = "restock.opened", "opened"


class RestockLate(Refusal):
    """Goods came back too late to be restocked (EU 2016/161 art. 13: ten days)."""

    code, field = "restock.late", "at"


class SerialsNeeded(Refusal):
    """The control numbers of these packs must be named."""

    code, field = "serials.needed", "serials"


class CartonUnknown(Refusal):
    """No such carton in this lot."""

    code, field = "carton.unknown", "carton"


class CartonTaken(Refusal):
    """The packs are in another carton already, or the carton number was used."""

    code, field = "carton.taken", "serials"


class AmendmentUnsuited(Refusal):
    """This kind of event is not amended this way."""

    code, field = "amendment.unsuited", "event"


class AmendmentEmpty(Refusal):
    """The amendment changes nothing."""

    code, field = "amendment.empty", "grams"


class ShortageUnknown(Refusal):
    """No such open shortage."""

    code, field = "shortage.unknown", "shortage"


# --- the mark ledger ----------------------------------------------------------------------------------------


class RequestUnknown(Refusal):
    """No such mark request for this person."""

    code, field = "request.unknown", "request"


class RequestNotOpen(Refusal):
    """The mark request is not in the state this step needs."""

    code, field = "request.not_open", "request"


class RequestExceedsBatch(Refusal):
    """The marks asked for would need more tea than the batch has free (FRAUD F03, F13)."""

    code, field = "request.exceeds_batch", "packs"


class TooManySpares(Refusal):
    """Spares are one in a hundred packs of the product, cumulative, at least one."""

    code, field = "request.too_many_spares", "spares"


class RequestNeedsClean(Refusal):
    """The lines of a request name each product once, with at least one pack."""

    code, field = "request.lines", "packs"


class ProductUnknown(Refusal):
    """No such product of this firm."""

    code, field = "product.unknown", "product"


class MarksUnknown(Refusal):
    """These control numbers were not issued to this firm (FRAUD F08)."""

    code, field = "marks.unknown", "serials"


class MarksNotOfBatch(Refusal):
    """These marks were issued for another batch (FRAUD F08)."""

    code, field = "marks.other_batch", "serials"


class MarksNotOfProduct(Refusal):
    """These marks were issued for another product (FRAUD F08)."""

    code, field = "marks.other_product", "serials"


class MarksAlreadyApplied(Refusal):
    """At least one of these marks sits on a pack already (FRAUD F07)."""

    code, field = "marks.already_applied", "serials"


class MarksNotLive(Refusal):
    """At least one of these marks is void, returned, lost, lapsed or retired (FRAUD F09)."""

    code, field = "marks.not_live", "serials"


class MarksNotPrinted(Refusal):
    """Marks are printed before they are applied."""

    code, field = "marks.not_printed", "serials"


class MarksInWrongState(Refusal):
    """The action does not fit the state at least one of these marks is in."""

    code, field = "marks.wrong_state", "serials"


class MarksMiscounted(Refusal):
    """Exactly one mark per pack (FRAUD F13)."""

    code, field = "marks.miscounted", "serials"


class MarksNotInLot(Refusal):
    """These marks are not on packs of that lot."""

    code, field = "marks.not_in_lot", "serials"


class MarksNotSold(Refusal):
    """These marks are not those the sale named: the packs came from elsewhere."""

    code, field = "marks.not_sold", "serials"


class PackDayDiffers(Refusal):
    """The labels were printed for another pack date; void them and use spares."""

    code, field = "marks.pack_day_differs", "at"


class BeforeItsMarks(Refusal):
    """Nothing is packed before its marks were issued and printed (FRAUD F11)."""

    code, field = "marks.later_than_packing", "at"


class MarksUndelivered(Refusal):
    """The labels were declared never to have come out: they are taken once more before they are used (FRAUD F22)."""

    code, field = "marks.undelivered", "serials"


class SerialsUnreadable(Refusal):
    """The text is not a list of control numbers."""

    code, field = "serials.unreadable", "serials"


class SerialsTooMany(Refusal):
    """More ranges than one request may name; `most` of them. The rest goes into another request."""

    code, field = "serials.too_many", "serials"


class SerialsExhausted(Refusal):
    """The running number has come to its end of 32 bits."""

    code, field = "serials.exhausted", "packs"


class MarksCountDiffers(Refusal):
    """What was counted by hand is not what the control numbers say."""

    code, field = "marks.count_differs", "counted"


class MarksNotRestorable(Refusal):
    """Only marks an amendment found unused, which nobody ever looked up, may be restored."""

    code, field = "marks.not_restorable", "serials"


class MarksScanned(Refusal):
    """At least one of these marks has been looked up: its label is out of the house."""

    code, field = "marks.scanned", "serials"


class SeasonNotOver(Refusal):
    """Marks lapse once the season of their batch is over, not before."""

    code, field = "marks.season_not_over", "season"


class NothingToLapse(Refusal):
    """No mark of that season is waiting to be used."""

    code, field = "marks.nothing_to_lapse", "season"


# --- print jobs ---------------------------------------------------------------------------------------------


class SampleOnly(Refusal):
    """Nothing live may leave: the public address is not https, or nobody has confirmed it."""

    code = "print.sample_only"


class ArtworkMissing(Refusal):
    """The design has a mark box, and no artwork of the enterprise is approved."""

    code, field = "print.artwork_missing", "design"


class PackDayMissing(Refusal):
    """The design prints the pack date, and none was given."""

    code, field = "print.pack_day_missing", "pack_day"


class PackDayImpossible(Refusal):
    """No pack of the batch can have this pack date: labels for it would have to be voided."""

    code, field = "print.pack_day_impossible", "pack_day"


class PrintJobUnknown(Refusal):
    """No such print job for this person."""

    code, field = "print.job_unknown", "job"


class PrintJobClosed(Refusal):
    """The job was stopped, or is done: no further file is made for it."""

    code, field = "print.job_closed", "job"


class SerialsInJob(Refusal):
    """At least one of these marks belongs to a print job that still has it to hand over."""

    code, field = "print.serials_in_job", "serials"


class PrintFileUnknown(Refusal):
    """The job has no such file, or it has not been made yet."""

    code, field = "print.file_unknown", "file"


class PrintFileDiffers(Refusal):
    """Made again, the file is not what it was; nothing is handed out that the ledger does not know."""

    code, field = "print.file_differs", "file"


class PrintFileHandedOver(Refusal):
    """The file has left the house; it is handed over again only when declared undelivered (FRAUD F22)."""

    code, field = "print.handed_over", "file"


class PrintFileNotHandedOver(Refusal):
    """The file is still here to be taken: there is nothing to declare undelivered."""

    code, field = "print.not_handed_over", "file"


class PrintJobBusy(Refusal):
    """Somebody is running this job at this moment."""

    code, field = "print.busy", "job"


class PrintNotWritten(Refusal):
    """The disk did not take a file, or has no room for the job; what was made before is kept."""

    code, field = "print.not_written", "job"


class DesignChanged(Refusal):
    """The design is no longer what it was when the job was opened: its files would not come out alike."""

    code, field = "print.design_changed", "design"


class DesignUnusable(Refusal):
    """The design cannot be drawn in bulk as it is drawn one by one; `labels check` says why."""

    code, field = "print.design_unusable", "design"


class PrintProofFailed(Refusal):
    """A finished file did not read back as what was meant to be printed; it was thrown away."""

    code, field = "print.proof_failed", "job"


class DesignUnknown(Refusal):
    """No such label design."""

    code, field = "design.unknown", "design"


# --- the official artwork -----------------------------------------------------------------------------------


class ArtworkUnknown(Refusal):
    """No such file of the official mark for this person."""

    code, field = "artwork.unknown", "artwork"


class ArtworkTwice(Refusal):
    """The firm's very same file waits already, or is in force."""

    code, field = "artwork.twice", "file"


class ArtworkTooLarge(Refusal):
    """A drawing of one mark is small. Facts: size, largest in bytes."""

    code, field = "artwork.too_large", "file"


class ArtworkKindUnknown(Refusal):
    """By its content the file is neither a PDF nor an SVG in UTF-8."""

    code, field = "artwork.kind", "file"


class ArtworkBroken(Refusal):
    """It begins as a PDF or an SVG, and cannot be read or drawn to its end."""

    code, field = "artwork.broken", "file"


class ArtworkPacked(Refusal):
    """The file is compressed (svgz): what is inside cannot be judged by its size."""

    code, field = "artwork.packed", "file"


class ArtworkLocked(Refusal):
    """The PDF is encrypted, be it only against changes."""

    code, field = "artwork.locked", "file"


class ArtworkPages(Refusal):
    """A mark is one page. Facts: given."""

    code, field = "artwork.pages", "file"


class ArtworkActive(Refusal):
    """The file does something: a script, an action, an event, an animation. Facts: text."""

    code, field = "artwork.active", "file"


class ArtworkOutside(Refusal):
    """The file refers to something outside itself. Facts: text."""

    code, field = "artwork.outside", "file"


class ArtworkAttached(Refusal):
    """The PDF carries other files, notes or form fields. Facts: text."""

    code, field = "artwork.attached", "file"


class ArtworkDoctype(Refusal):
    """The SVG declares a document type, and with it entities."""

    code, field = "artwork.doctype", "file"


class ArtworkRaster(Refusal):
    """The file holds a picture made of dots. Facts: text."""

    code, field = "artwork.raster", "file"


class ArtworkText(Refusal):
    """The file leaves letters to a font it does not carry. Facts: text."""

    code, field = "artwork.text", "file"


class ArtworkNotAllowed(Refusal):
    """The file uses something that no drawing of a mark needs. Facts: text."""

    code, field = "artwork.not_allowed", "file"


class ArtworkLayers(Refusal):
    """The PDF has layers that are shown here and hidden there."""

    code, field = "artwork.layers", "file"


class ArtworkEmpty(Refusal):
    """Nothing is drawn that could be seen on a white label."""

    code, field = "artwork.empty", "file"


class ArtworkSize(Refusal):
    """The drawing says no size, or an absurd one. Facts: width_mm, height_mm, low, high."""

    code, field = "artwork.size", "file"


class ArtworkTooComplex(Refusal):
    """More than a mark can need of something, counted as drawn. Facts: text, limit."""

    code, field = "artwork.too_complex", "file"


# --- oversight ----------------------------------------------------------------------------------------------


class ComplaintMoved(Refusal):
    """The complaint no longer stands where this step begins: somebody else was faster, or it is not its turn."""

    code = "complaint.moved"


class ComplaintAboutUnknown(Refusal):
    """What a complaint is said to be about is neither a mark nor a lot of the firm."""

    code, field = "complaint.about_unknown", "about"


class InvitationSpent(Refusal):
    """The invitation was never made, was taken up or withdrawn, or has run out: all get the same answer."""

    code = "invitation.spent"


class GrantExceeded(Refusal):
    """Nobody gives what the firm or they themselves do not have."""

    code, field = "grant.exceeded", "grants"


class LastManager(Refusal):
    """A firm keeps one manager who can sign in."""

    code = "manager.last"


class AllowanceListChanged(Refusal):
    """Other plots are to be confirmed than those that were shown, or none at all. Facts: plots (how many now)."""

    code = "allowance.list_changed"


class RecallChanged(Refusal):
    """The recall reaches other goods than those that were shown: look again before it is ordered."""

    code = "recall.changed"


class RecallEmpty(Refusal):
    """What is named reaches no tea: no leaf came off the plot on those days, or the marks are on no pack."""

    code, field = "recall.empty", "q"


class HoldUnknown(Refusal):
    """No such open hold."""

    code, field = "hold.unknown", "hold"


class FileRefused(Refusal):
    """The file is of no kind that is accepted here, empty, or too large (FRAUD F24)."""

    code, field = "file.refused", "file"


class ApplicationOpen(Refusal):
    """The firm has an application that is not decided yet: one at a time. Facts: application, its number."""

    code = "application.open"


class ApplicationMoved(Refusal):
    """The application does not stand where this step begins: somebody was faster. Facts: state."""

    code = "application.moved"


class PapersMissing(Refusal):
    """An application, or an addition to one, without any document."""

    code, field = "application.papers_missing", "file"


class DisuseUnproven(Refusal):
    """A right is withdrawn for disuse only after the disuse was found, looked at, and still lasts."""

    code, field = "authorisation.disuse_unproven", "ground"


class WordingIncomplete(Refusal):
    """The words beside the mark need a number the profile does not know, so nothing can be printed. Facts: right."""

    code = "right.wording_incomplete"


class DocumentBound(Refusal):
    """The file is the original of a report or an artwork, and cannot be withdrawn by itself. Facts: file."""

    code, field = "document.bound", "reason"


class PhotoRefused(Refusal):
    """The photo is of no kind that is accepted here, cut short, or too large. Facts: size, largest, megapixels."""

    code, field = "photo.refused", "photo"


# --- inspections --------------------------------------------------------------------------------------------


class PlanEmpty(Refusal):
    """A plan of inspections without any firm to be drawn."""

    code, field = "plan.empty", "by_chance"


class FirmsTooFew(Refusal):
    """More firms are to be drawn than there are, or than have a reason of that kind. Facts: asked, known."""

    code, field = "plan.firms_too_few", "by_chance"


class InspectorsTooFew(Refusal):
    """The office has too few people who may go to a firm that was drawn. Facts: asked, known."""

    code = "plan.inspectors_too_few"


class VisitMoved(Refusal):
    """The visit does not stand where this step begins: somebody was faster, or none was let in. Facts: visit_state."""

    code = "visit.moved"


class VisitNotYours(Refusal):
    """Only those who were drawn for a visit record it."""

    code = "visit.not_yours"


class SampleMoved(Refusal):
    """The sample does not stand where this step begins: somebody was faster. Facts: sample_state."""

    code = "sample.moved"


class SealTaken(Refusal):
    """Another sample bears this seal number. Facts: seal_no."""

    code, field = "sample.seal_taken", "seal_no"


class VisitEmpty(Refusal):
    """A visit is concluded without a single thing looked at."""

    code = "visit.empty"


class DayPassed(Refusal):
    """The last day for something to be done lies in the past already. Facts: day, today."""

    code, field = "day.passed", "due_on"


# --- the public log -------------------------------------------------------------------------------------------


class LeafTooLong(Refusal):
    """What is to be public of a change is longer than an entry of the log may be. Facts: bytes, most."""

    code = "log.leaf_too_long"


class LogMismatch(Refusal):
    """The log as it is kept does not agree with what was signed of it; nothing more is sealed. Facts: size."""

    code = "log.mismatch"


class LogUnsealed(Refusal):
    """Nothing of it is sealed yet, so there is nothing to show or prove."""

    code = "log.unsealed"


class EvidenceWaits(Refusal):
    """Some of what belongs to the pack has no number in the log yet; it has one in a few seconds. Facts: waiting."""

    code = "log.evidence_waits"


class CheckpointUnknown(Refusal):
    """No such checkpoint of this log was ever signed, or it is older than what is to be proved. Facts: size."""

    code, field = "log.checkpoint_unknown", "note"


class CosignatureRefused(Refusal):
    """What was handed in is no checkpoint of this log with the signature of a witness it knows. Facts: why."""

    code, field = "log.cosignature_refused", "note"


class WitnessKeyRefused(Refusal):
    """What was given is no public key of a witness, or one that is known already. Facts: key."""

    code, field = "log.witness_key_refused", "witness_key"
