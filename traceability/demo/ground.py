"""What the county sees of the ground: surveys, one garden entered twice, a new area, more allowance, scales."""

from datetime import date
from decimal import Decimal

from traceability.demo.stage import Stage, Story
from traceability.domain.ground import Point, Survey
from traceability.domain.units import local_day
from traceability.formats.workbook.verifications import read_verifications
from traceability.services import allowance, metrology, people
from traceability.services.people import changes

#: A square of some two hectares in the hills of Pingtang.
_HERE = Point(Decimal("107.192400"), Decimal("25.784200"))
_CORNERS = (
    ("107.1918", "25.7836"),
    ("107.1934", "25.7836"),
    ("107.1934", "25.7849"),
    ("107.1918", "25.7849"),
)


def _square() -> tuple[tuple[Point, ...], ...]:
    return (tuple(Point(Decimal(lon), Decimal(lat)) for lon, lat in _CORNERS),)


def surveyed(stage: Stage) -> Story:
    """A firm surveys a new garden; another grower enters the same ground under the same land contract."""
    firm = stage.firms["ptsl"]
    yield stage.at(6, 23, 9, 30)
    with stage.sitting() as desk:
        for no, name, east in (("ZM-02", "示例农户戊", "0"), ("ZM-03", "示例农户己", "0.00008")):
            grower = desk.do(
                people.register_grower, by=firm.hand, kind="household", name=name, township="522727107",
                telephone="0854-0000000",
            )  # fmt: skip
            here = Point(_HERE.lon + Decimal(east), _HERE.lat)
            boundary = _square() if no == "ZM-02" else ()
            desk.do(
                people.register_plot, by=firm.hand, no=no, grower=grower, township="522727107", place="者密坡",
                area_mu=Decimal("8.20"), survey=Survey(here, boundary, "PT-2019-0417"),
            )  # fmt: skip


def changed(stage: Stage) -> Story:
    """A garden was measured again; the county has not decided yet."""
    firm = stage.firms["ptsl"]
    yield stage.at(6, 24, 10)
    card = next(iter(firm.cards.values()))
    with stage.sitting() as desk:
        desk.do(
            changes.propose_survey, by=firm.hand, plot=card.id, area_mu=card.area_mu + Decimal("1.50"),
            reason="新开垦的一角今年投产，请镇农技站复测过",
        )  # fmt: skip


def asked(stage: Stage) -> Story:
    """More allowance is asked for on two gardens: one is answered, one waits."""
    firm = stage.firms["ptsl"]
    yield stage.at(6, 25, 18)
    first, second = list(firm.cards.values())[:2]
    with stage.sitting() as desk:
        request = desk.do(
            allowance.ask_for_allowance,
            by=firm.hand,
            plot=first.id,
            grams=60_000,
            reason="改造后的茶园产量上升",
        )
        desk.do(
            allowance.ask_for_allowance, by=firm.hand, plot=second.id, grams=35_000, reason="今年夏茶采得早"
        )
    yield stage.at(6, 26, 10)
    with stage.sitting() as desk:
        desk.do(
            allowance.grant_allowance,
            by=firm.office,
            request=request,
            grams=40_000,
            reason="实地看过，按树龄核增",
        )


def verified(stage: Stage) -> Story:
    """The metrology institute's list of the summer is brought in by the county."""
    firm = stage.firms["ptsl"]
    yield stage.at(6, 26, 15)
    today = local_day(stage.now)
    until = date(today.year + 1, today.month, today.day - 1)
    line = (
        f"{firm.row.uscc},{firm.row.key.upper()}-新,{today},{until},QN-{today.year}-0626,黔南州计量检测中心"
    )
    book = read_verifications(f"统一社会信用代码,秤号,检定日期,有效期至,证书编号,检定机构\n{line}\n".encode())
    with stage.sitting() as desk:
        desk.do(metrology.bring_in_list, by=firm.office, book=book)


STORIES = (surveyed, changed, asked, verified)
