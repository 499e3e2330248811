"""What several doors show alike: a page of a long list, a report beside its limits, a chain with its grams."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from traceability.domain import units
from traceability.domain.chain import Lot
from traceability.domain.errors import Refusal
from traceability.domain.profile import Grade, Limit, Parameter, Profile
from traceability.services.chain import BatchStatus, Trace
from traceability.web import words
from traceability.web.errors import refusal_text
from traceability.web.forms import Choices, FileField, Form, Parsed, StringField, day, submit

Row = TypeVar("Row")


# --- doing ----------------------------------------------------------------------------------------------------------


def carry_out(
    form: Form, act: Callable[[Any], object], *, said: object, to: str
) -> ResponseReturnValue | None:
    """Do what a posted form asks: say so and lead on. None when there is a page to show: not posted, or refused."""
    if not form.is_submitted() or submit(form, act) is None:
        return None
    flash(str(said))
    return redirect(to, 303)


# --- lists ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice(Generic[Row]):
    """One page of a list: its rows, which page of how many, and how many rows there are in all."""

    rows: Sequence[Row]
    page: int
    pages: int
    total: int


def sliced(rows: Sequence[Row], size: int = 50) -> Slice[Row]:
    """The page of the list that the address asks for; the nearest one when there is no such page."""
    pages = max(1, -(-len(rows) // size))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return Slice(rows[(page - 1) * size : page * size], page, pages, len(rows))


def searched(rows: Iterable[Row], text: Callable[[Row], Iterable[str | None]]) -> list[Row]:
    """The rows in which every word of `?q=` occurs."""
    wanted = request.args.get("q", "").casefold().split()
    return [row for row in rows if _matches(wanted, " ".join(one or "" for one in text(row)).casefold())]


def _matches(wanted: Collection[str], text: str) -> bool:
    return all(word in text for word in wanted)


def chosen(known: Collection[str], default: str, name: str = "state") -> str:
    """Which of the tabs the address asks for."""
    asked = request.args.get(name, default)
    return asked if asked in known else default


# --- a report beside its limits ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReportRow:
    """One parameter of a report: what was typed, what the grade asks, and whether it is met (None: no limit)."""

    name: str
    unit: str
    typed: str
    limit: str
    met: bool | None
    margin: str = ""


def report_rows(status: BatchStatus, lot: Lot, profile: Profile) -> list[ReportRow]:
    """The report that counts, parameter by parameter, against the grade the batch has now."""
    if status.report is None or lot.grade is None:
        return []
    tested = status.report.tested
    limits = {one.parameter: one for one in limits_of(profile, lot.grade, status.report.reported_on)}
    return [
        _report_row(one, tested.get(one.key), limits.get(one.key))
        for one in profile.parameters
        if one.key in tested or one.key in limits
    ]


def limits_of(profile: Profile, grade: Grade, reported_on: Any) -> tuple[Limit, ...]:
    """The limits of a grade in the edition of that day."""
    return profile.limits(profile.edition_on(reported_on), grade)


def _report_row(parameter: Parameter, value: Decimal | bool | None, limit: Limit | None) -> ReportRow:
    met = None if limit is None else value is not None and limit.met_by(value)
    return ReportRow(
        words.named(parameter),
        parameter.unit,
        value_text(value),
        limit_text(limit),
        met,
        _margin(value, limit),
    )


def _margin(value: Decimal | bool | None, limit: Limit | None) -> str:
    """How far a value is on the right side of its limit, of the nearer one; below nothing on the wrong side."""
    if limit is None or limit.yes_no or not isinstance(value, Decimal):
        return ""
    apart = [value - limit.at_least] if limit.at_least is not None else []
    apart += [limit.at_most - value] if limit.at_most is not None else []
    return f"{min(apart):f}".replace("-", "−") if apart else ""


def value_text(value: Decimal | bool | None) -> str:
    """A typed value."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("符合") if value else _("不符合")
    return f"{value:f}"


def limit_text(limit: Limit | None) -> str:
    """What a grade asks of a value."""
    if limit is None:
        return "—"
    if limit.yes_no:
        return _("符合")
    parts = [f"≥ {limit.at_least:f}"] if limit.at_least is not None else []
    parts += [f"≤ {limit.at_most:f}"] if limit.at_most is not None else []
    return " ".join(parts)


# --- typing a report ----------------------------------------------------------------------------------------


class ReportForm(Form):
    """A test report: its number, laboratory and day, the file, and a field for each parameter of the profile."""

    report_no = StringField(_l("报告编号"))
    lab = StringField(_l("检验机构"))
    reported_on = day(_l("报告日期"))
    file = FileField(_l("报告原件"))

    @property
    def values(self) -> list[Any]:
        """The fields of the parameters, in the profile's order."""
        return [field for field in self if field.name.startswith(_VALUE)]

    @property
    def tested(self) -> dict[str, Decimal | bool]:
        """What was typed, by parameter; what was left empty is left out."""
        typed = {field.name.removeprefix(_VALUE): field.data for field in self.values}
        return {key: value for key, value in typed.items() if value is not None}

    @property
    def told(self) -> dict[str, Any]:
        """The report as the use cases take it, the firm's and the office's alike."""
        name, content = self.content()
        return {
            "report_no": self.report_no.data or "",
            "lab": self.lab.data or "",
            "reported_on": self.reported_on.data,
            "tested": self.tested,
            "file_name": name,
            "content": content,
            "key": self.key.data,
        }

    def content(self) -> tuple[str, bytes]:
        """Name and bytes of the file; empty when none was chosen."""
        given = self.file.data
        if not given or not getattr(given, "filename", ""):
            return "", b""
        given.stream.seek(0)
        return str(given.filename), given.read()

    def show(self, error: Refusal) -> None:
        """A missing value is said beside its own field."""
        field = self._fields.get(value_field(str(error.facts.get("parameter"))))
        if error.code == "report.value_missing" and field is not None:
            self.refusal_code = error.code
            field.errors = [*field.errors, refusal_text(error)]
        else:
            super().show(error)


_VALUE = "value_"


def value_field(parameter: str) -> str:
    """The name of a parameter's field."""
    return _VALUE + parameter


def report_form(profile: Profile) -> type[ReportForm]:
    """The form for a report on the parameters this profile knows."""
    return type(
        "ProfileReportForm",
        (ReportForm,),
        {value_field(one.key): _value_field(one) for one in profile.parameters},
    )


def _value_field(parameter: Parameter) -> Any:
    name = LazyString(words.named, parameter)
    if parameter.yes_no:
        choices = [("", _l("请选择")), ("yes", _l("符合")), ("no", _l("不符合"))]
        return Choices(name, choices=choices, coerce=_yes_no)
    return Parsed(name, parse=_read_value, optional=True, unit=parameter.unit, mode="decimal")


def _yes_no(value: object) -> object:
    return {"yes": True, "no": False, "": None}.get(str(value), value)


def _read_value(text: str) -> Decimal:
    return units.parse_decimal(text, Decimal(0), Decimal(1000), places=4, units=("%", "mg/kg"))


# --- a chain with its grams -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TraceEnd:
    """One end of an edge: a lot by its number, or a plot by its garden card."""

    no: str
    kind: str
    note: str = ""
    lot: int | None = None


@dataclass(frozen=True)
class TraceRow:
    """So many grams of one thing that went into another."""

    source: TraceEnd
    target: TraceEnd
    grams: int


def trace_rows(found: Trace) -> list[TraceRow]:
    """Every edge of a trace, nearest to the lot first; backward, the plots of the leaf last."""
    rows = [
        TraceRow(_lot_end(found, edge.source), _lot_end(found, edge.target), edge.grams)
        for edge in _nearest_first(found)
    ]
    return rows if found.forward else [*rows, *_grown(found)]


def _nearest_first(found: Trace) -> list[Any]:
    """Edges in rings around the lot."""
    near, far = ("source", "target") if found.forward else ("target", "source")
    waiting, rings = list(found.edges), []
    ring = {found.lot.id}
    while ring and waiting:
        next_ring = [edge for edge in waiting if getattr(edge, near) in ring]
        waiting = [edge for edge in waiting if getattr(edge, near) not in ring]
        rings += next_ring
        ring = {getattr(edge, far) for edge in next_ring}
    return rings


def _lot_end(found: Trace, number: int) -> TraceEnd:
    lot = found.lots[number]
    made_of = lot.grade or lot.leaf_grade
    return TraceEnd(lot.no, words.word(lot.kind), words.word(made_of) if made_of else "", lot.id)


def _grown(found: Trace) -> list[TraceRow]:
    return [
        TraceRow(_plot_end(found, plot), _lot_end(found, lot), grams)
        for lot, plots in sorted(found.plots.items())
        for plot, grams in sorted(plots.items())
        if lot in found.lots and plot in found.plot_names
    ]


def _plot_end(found: Trace, number: int) -> TraceEnd:
    plot = found.plot_names[number]
    return TraceEnd(plot.no, _("地块"), f"{words.county(plot.township)} {plot.place}")
