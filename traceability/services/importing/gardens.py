"""Growers, plots and plot work."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from traceability.domain import errors
from traceability.domain.errors import Refusal
from traceability.domain.people import read_township
from traceability.formats.workbook import Row
from traceability.services import chain, people
from traceability.services.importing.stage import Key, Recorded, Refused, Season, in_time, one_by_one, texts
from traceability.store import people as people_rows


class Growers:
    """Growers by number."""

    def __init__(self, season: Season) -> None:
        self.season = season

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """Kind, name and township of the growers registered."""
        found = people_rows.growers_numbered(self.season.work.session, texts(rows, "no"))
        townships = {str(one.values["no"]): str(one.values["township"]) for one in rows}
        return {
            (no,): {"kind": kind, "name": name, "township": _as_given(townships[no], township)}
            for no, (_id, kind, name, township) in found.items()
        }

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Nothing."""
        return ()

    def makes(self, row: Row) -> str | None:
        """None that is named by a number of its own."""
        return None

    def record(self, rows: Sequence[Row]) -> Refused:
        """Register them."""
        return one_by_one(self.season, rows, self._register)

    def _register(self, value: Mapping[str, Any]) -> int:
        return people.register_grower(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            kind=value["kind"],
            name=value["name"],
            township=value["township"],
            no=value["no"],
        )


def _as_given(given: str, recorded: str) -> str:
    """A recorded township as the row has it, when it is the same one written differently."""
    try:
        return given if read_township(given) == recorded else recorded
    except Refusal:
        return recorded


class Plots:
    """Plots by number; the county approves them, as any other plot."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.growers: dict[str, int] = {}

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """What the garden cards say."""
        session = self.season.work.session
        found = people_rows.plots_numbered(session, texts(rows, "no"))
        names = {one[0]: one[1] for one in people_rows.growers(session)} if found else {}
        townships = {str(one.values["no"]): str(one.values["township"]) for one in rows}
        return {
            (no,): {
                "grower": names.get(plot.grower),
                "township": _as_given(townships[no], plot.township),
                "place": plot.place,
                "area_mu": plot.area_mu,
                "cultivar": plot.cultivar,
                "altitude_m": plot.altitude_m,
            }
            for no, plot in found.items()
        }

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its grower."""
        return [("growers", (row.values["grower"],))]

    def makes(self, row: Row) -> str | None:
        """None that is named by a number of its own."""
        return None

    def record(self, rows: Sequence[Row]) -> Refused:
        """Propose them."""
        found = people_rows.growers_numbered(self.season.work.session, texts(rows, "grower"))
        self.growers = {no: one[0] for no, one in found.items()}
        return one_by_one(self.season, rows, self._register)

    def _register(self, value: Mapping[str, Any]) -> int:
        if (grower := self.growers.get(value["grower"])) is None:
            raise errors.NotFound(field="grower")
        return people.register_plot(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            no=value["no"],
            grower=grower,
            township=value["township"],
            place=value["place"],
            area_mu=value["area_mu"],
            cultivar=value["cultivar"],
            altitude_m=value["altitude_m"],
        )


class PlotWorks:
    """Farm work by plot, day and product."""

    def __init__(self, season: Season) -> None:
        self.season = season
        self.plots: dict[str, int] = {}

    def known(self, rows: Sequence[Row]) -> Mapping[Key, Recorded]:
        """Dose and interval of the work the firm recorded."""
        season = self.season
        found = people_rows.plot_works_of(season.work.session, season.firm.id, texts(rows, "plot"))
        return {key: {"dose": dose, "interval_days": days} for key, (dose, days) in found.items()}

    def needs(self, row: Row) -> Iterable[tuple[str, Key]]:
        """Its plot."""
        return [("plots", (row.values["plot"],))]

    def makes(self, row: Row) -> str | None:
        """None that is named by a number of its own."""
        return None

    def record(self, rows: Sequence[Row]) -> Refused:
        """Record it; leaf of the plot is refused from then until the interval has passed."""
        found = people_rows.plots_numbered(self.season.work.session, texts(rows, "plot"))
        self.plots = {no: one.id for no, one in found.items()}
        return one_by_one(self.season, in_time(rows, "worked_on"), self._work)

    def _work(self, value: Mapping[str, Any]) -> int:
        if (plot := self.plots.get(value["plot"])) is None:
            raise errors.PlotUnknown(plot=value["plot"])
        return chain.record_plot_work(
            self.season.work,
            by=self.season.by,
            now=self.season.now,
            plot=plot,
            product=value["product"],
            dose=value["dose"],
            worked_on=value["worked_on"],
            interval_days=value["interval_days"],
        )
