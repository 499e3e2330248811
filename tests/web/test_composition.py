"""Where the tea of a pack grew, as its page adds it up: by plot, and by township where it grew in several."""

import re

from flask.testing import FlaskClient

from tests.looking import code_of
from tests.world import World

TOWNSHIPS = ("522701110", "522701111", "522701106", "522701208", "522702103", "522702104", "522702105")


def page_of_blend(visitor: FlaskClient, world: World, picked: dict[str, int]) -> str:
    """The page of a pack of tea from so many plots in each township, five kilograms from each plot."""
    plots = [world.new_plot(township=town) for town, how_many in picked.items() for _ in range(how_many)]
    lots = {world.leaf(kg=5, plot=plot): 5000 for plot in plots}
    kg = len(plots)
    batch = world.batch({world.run(lots, kg=kg).lots[0]: kg * 1000})
    world.sample(batch)
    world.report(batch)
    issued = world.issued_batch(packs=5, batch=batch)
    world.print(issued.ranges)
    world.pack(batch, issued.ranges)
    return visitor.get(f"/m/{code_of(issued.ranges[0].first)}").text


def shares(page: str) -> list[tuple[str, int]]:
    """What stands in the list of shares, plots of townships too: name and thousandths."""
    listed = page[page.index('class="shares') :]
    listed = re.sub(r"</?span[^>]*>", "", listed[: listed.index("</section>")])
    found = re.findall(r"<li>\s*([^<\d]*[^<]*?) (\d+\.\d) %", listed)
    return [(name.strip(), int(part.replace(".", ""))) for name, part in found]


def bar(page: str) -> list[int]:
    return [int(width) for width in re.findall(r'width="(\d+)" height="10"', page)]


def test_one_township_is_told_by_plot(visitor: FlaskClient, small_world: World) -> None:
    page = page_of_blend(visitor, small_world, {TOWNSHIPS[0]: 8})
    told = shares(page)
    assert len(told) == 6
    assert told[-1] == ("其余 3 块", 375)
    assert [part for _name, part in told] == bar(page)
    assert sum(bar(page)) == 1000
    assert 'class="shares towns"' not in page


def test_several_townships_are_told_with_their_plots(visitor: FlaskClient, small_world: World) -> None:
    page = page_of_blend(visitor, small_world, {TOWNSHIPS[0]: 6, TOWNSHIPS[4]: 2})
    names = dict(shares(page))
    assert names["都匀市 螺蛳壳"] == 750 == sum(part for _name, part in shares(page)[1:5])
    assert names["福泉市 螺蛳壳"] == 250 == sum(part for _name, part in shares(page)[6:])
    assert names["其余 3 块"] == 375
    assert bar(page) == [750, 250]


def test_of_many_townships_the_last_are_one_part(visitor: FlaskClient, small_world: World) -> None:
    page = page_of_blend(visitor, small_world, dict.fromkeys(TOWNSHIPS, 1))
    told = shares(page)
    assert told[-1] == ("其余 2 个乡镇", 285)
    assert len(bar(page)) == 6
    assert sum(bar(page)) == 1000
