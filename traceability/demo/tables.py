"""The demo season as data: who takes part, where they grow, and which batches they make.

Every name is fictional and says so (示例); townships are real ones with their codes of 2023. Codes pass their check
characters but belong to nobody. Days are (month, day) of the season's year.
"""

from dataclasses import dataclass
from typing import Final

from stdnum.cn import uscc as uscc_check
from stdnum.iso7064 import mod_11_10

from traceability.domain.profile import Grade, LeafGrade

MonthDay = tuple[int, int]

ZUNPIN, ZHENPIN, SPECIAL, FIRST, SECOND = Grade

# --- enterprises --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SecondInspector:
    """Somebody of a county's office beside its officer."""

    county: str
    mail: str
    name: str


@dataclass(frozen=True, slots=True)
class Garden:
    """A hillside: its plots are numbered `key`-01, `key`-02, …"""

    key: str
    township: str
    place: str
    altitude_m: int
    plots: int


@dataclass(frozen=True, slots=True)
class FirmRow:
    """A firm of the demo. `uscc` is whole, or lacks its two check characters; `sc_digits` lacks its check digit."""

    key: str
    prefix: str
    name: str
    county: str
    uscc: str
    sc_digits: str
    right: str
    scope: tuple[Grade, ...]
    gardens: tuple[Garden, ...]
    scale: str
    clerk: bool = False
    grower_kind: str = "enterprise"


FIRMS: Final = (
    FirmRow(
        "dysl", "DY", "都匀示例茶业有限公司", "522701", "91522701MAXTEA015P", "1145227010001",
        "gi_product", (ZHENPIN, SPECIAL, FIRST),
        (Garden("LSK", "522701110", "螺蛳壳", 1450, 12), Garden("TS", "522701110", "团山", 1320, 3)),
        "SC-DY-017", clerk=True,
    ),
    FirmRow(
        "dyhz", "HZ", "都匀示例茶叶专业合作社", "522701", "93522701MAXTEA023C", "1145227010002",
        "gi_product", (),
        (Garden("GL", "522701208", "归兰坡", 1080, 8),),
        "SC-DY-044", grower_kind="cooperative",
    ),
    FirmRow(
        "dyjj", "JJ", "都匀剑江示例茶业有限公司", "522701", "91522701MAXTEA0585", "1145227010003",
        "gi_product", (ZHENPIN, SPECIAL, FIRST),
        (Garden("YD", "522701111", "匀东坡", 960, 6), Garden("MC", "522701106", "墨冲坡", 1010, 3)),
        "SC-DY-058",
    ),
    FirmRow(
        "gdys", "GD", "贵定云上示例茶场", "522723", "92522723MAXTEA0316", "1145227230001",
        "gi_product", (ZUNPIN, ZHENPIN, SPECIAL, FIRST, SECOND),
        (Garden("YW", "522723112", "云雾湖", 1310, 6), Garden("CM", "522723111", "昌明坡", 1150, 4)),
        "SC-GD-006", clerk=True,
    ),
    FirmRow(
        "ptsl", "PT", "平塘示例茶业有限公司", "522727", "91522727MAXTEA04XT", "1145227270001",
        "gi_product", (ZHENPIN, SPECIAL, FIRST, SECOND),
        (Garden("DT", "522727103", "大塘坡", 1020, 6), Garden("ZB", "522727108", "掌布坡", 980, 3)),
        "SC-PT-003",
    ),
    FirmRow(
        "wags", "WA", "瓮安高山示例茶业有限公司", "522725", "91522725MAXTEA06", "1145227250001",
        "agi", (ZHENPIN, SPECIAL, FIRST, SECOND),
        (Garden("JZ", "522725104", "建中坡", 1180, 6), Garden("LG", "522725205", "岚关坡", 1240, 3)),
        "SC-WA-011",
    ),
    FirmRow(
        "dsys", "DS", "独山影山示例茶业有限公司", "522726", "91522726MAXTEA07", "1145227260001",
        "gi_product", (ZHENPIN, SPECIAL, FIRST),
        (Garden("YS", "522726109", "影山坡", 1030, 6), Garden("JC", "522726110", "基长坡", 1090, 3)),
        "SC-DS-002",
    ),
)  # fmt: skip

#: Letters of a county in mail addresses; also the counties that have an officer in the demo.
COUNTY_MAIL: Final = {
    "522701": "duyun", "522723": "guiding", "522725": "wengan", "522726": "dushan", "522727": "pingtang",
}  # fmt: skip

#: The second inspector of an office: nobody goes alone.
SECOND_INSPECTOR: Final = SecondInspector("522701", "inspector@duyun.example", "示例都匀市检查员")

#: Net contents in grams a grade is sold in; each is a product of every firm with that grade.
NETS: Final = {ZUNPIN: (50,), ZHENPIN: (100, 50), SPECIAL: (100, 50), FIRST: (125, 250), SECOND: (250,)}

LEAF_OF: Final = {
    ZUNPIN: LeafGrade.SINGLE_BUD,
    ZHENPIN: LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
    SPECIAL: LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
    FIRST: LeafGrade.ONE_BUD_ONE_LEAF,
    SECOND: LeafGrade.ONE_BUD_TWO_LEAVES,
}

GRADE_LETTERS: Final = {ZUNPIN: "ZU", ZHENPIN: "ZP", SPECIAL: "TJ", FIRST: "YJ", SECOND: "EJ"}

# --- growers and plots --------------------------------------------------------------------------------------

#: Plots of the worked example (docs/manual/worked-example.md): area in mu, and whose they are; "" is the firm itself.
WORKED_PLOTS: Final = {
    "LSK-01": ("18.0", ""),
    "LSK-07": ("12.0", "示例农户甲"),
    "LSK-09": ("6.5", "示例农户乙"),
    "LSK-12": ("5.0", "示例农户丙"),
}

STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
CULTIVARS: Final = ("都匀中小叶群体种", "都匀中小叶群体种", "福鼎大白茶", "龙井43")


def household(number: int) -> str:
    """The name of a grower: one of sixty pairs of a heavenly stem and an earthly branch."""
    return f"示例农户{STEMS[number % 10]}{BRANCHES[number % 12]}"


# --- customers ----------------------------------------------------------------------------------------------

SHOP, ONLINE = "shop", "online"

#: Outside consignees of every firm by channel; their stock is the firm's own record.
CONSIGNEES: Final = {SHOP: ("{firm}贵阳示例门店", "贵阳"), ONLINE: ("{firm}广州示例电商仓", "广州")}
WHOLESALERS: Final = ("贵阳示例茶行", "重庆示例茶庄", "长沙示例商贸行")
CARRIERS: Final = ("示例冷链物流", "示例速运", "自送")

# --- batches ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: whose, its garden's letters, grade, first picking day, days, receipts a day and kilograms of each.

    `twist` names what goes differently; see `oddities`.
    """

    firm: str
    place: str
    number: int
    grade: Grade
    first: MonthDay
    days: int
    receipts: int
    kg: tuple[int, int]
    twist: str = ""


#: The worked example is batch 003 of LSK and has a story of its own. First pickings: docs/manual/trade.md
BATCHES: Final = (
    BatchRow("dsys", "YS", 1, ZHENPIN, (3, 6), 4, 7, (6, 12)),
    BatchRow("dsys", "YS", 2, SPECIAL, (3, 18), 4, 7, (8, 14)),
    BatchRow("dsys", "JC", 3, SPECIAL, (4, 1), 4, 7, (8, 15)),
    BatchRow("dsys", "YS", 4, FIRST, (4, 16), 4, 7, (10, 18)),
    BatchRow("ptsl", "DT", 1, ZHENPIN, (3, 14), 4, 7, (6, 12)),
    BatchRow("ptsl", "DT", 2, ZHENPIN, (3, 24), 4, 7, (6, 13), "too_wet"),
    BatchRow("ptsl", "ZB", 3, SPECIAL, (4, 3), 4, 7, (8, 14), "short"),
    BatchRow("ptsl", "DT", 4, FIRST, (4, 16), 4, 7, (10, 18)),
    BatchRow("ptsl", "DT", 5, SECOND, (5, 4), 4, 7, (12, 20)),
    BatchRow("dysl", "LSK", 1, ZHENPIN, (3, 19), 3, 7, (6, 12)),
    BatchRow("dysl", "LSK", 2, ZHENPIN, (3, 22), 3, 8, (6, 12)),
    BatchRow("dysl", "LSK", 4, SPECIAL, (3, 30), 4, 8, (8, 14)),
    BatchRow("dysl", "TS", 5, SPECIAL, (4, 6), 4, 7, (8, 14)),
    BatchRow("dysl", "LSK", 6, FIRST, (4, 20), 4, 8, (10, 18)),
    BatchRow("dysl", "LSK", 7, FIRST, (5, 9), 4, 7, (10, 18), "asking"),
    BatchRow("dyjj", "YD", 1, ZHENPIN, (3, 27), 4, 7, (6, 12)),
    BatchRow("dyjj", "YD", 2, SPECIAL, (4, 5), 4, 7, (8, 14)),
    BatchRow("dyjj", "MC", 3, SPECIAL, (4, 12), 1, 8, (10, 15), "recalled"),
    BatchRow("dyjj", "YD", 4, FIRST, (4, 22), 4, 7, (10, 18)),
    BatchRow("gdys", "YW", 1, ZUNPIN, (3, 25), 4, 7, (5, 9)),
    BatchRow("gdys", "YW", 2, ZHENPIN, (4, 2), 4, 7, (6, 12), "slip"),
    BatchRow("gdys", "YW", 3, SPECIAL, (4, 10), 4, 8, (8, 14), "old_scale"),
    BatchRow("gdys", "CM", 4, FIRST, (4, 21), 4, 7, (10, 18), "rain"),
    BatchRow("gdys", "CM", 5, SECOND, (5, 6), 4, 7, (12, 20), "issued"),
    BatchRow("wags", "JZ", 1, ZHENPIN, (3, 29), 4, 7, (6, 12)),
    BatchRow("wags", "JZ", 2, SPECIAL, (4, 7), 4, 7, (8, 14), "power_cut"),
    BatchRow("wags", "LG", 3, SPECIAL, (4, 17), 4, 7, (8, 15), "refused"),
    BatchRow("wags", "JZ", 4, FIRST, (4, 27), 4, 7, (10, 18)),
    BatchRow("wags", "JZ", 5, SECOND, (5, 8), 4, 7, (12, 20)),
)


#: Made tea sold to another firm before it is blended: how it is made, and who buys it.
ROUGH_TEA: Final = (
    (BatchRow("dyhz", "GL", 1, SPECIAL, (4, 5), 2, 7, (7, 12)), "dysl"),
    (BatchRow("dyhz", "GL", 2, FIRST, (4, 20), 2, 7, (9, 16)), "dyjj"),
)

#: A second scale whose verification ends in the middle of the season: firm, number, first day of the next year of it.
OLD_SCALE: Final = ("gdys", "SC-GD-009", (4, 10))

#: Farm work before the season and between pickings: product, dose, safety interval in days.
WORKS: Final = (("3%苦参碱水剂", "50 mL/亩，兑水 50 L", 10), ("99%矿物油乳油", "300 mL/亩，清园", 15))

# --- codes that pass their checks ---------------------------------------------------------------------------

_VALUES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def whole_uscc(text: str) -> str:
    """A social credit code with its two check characters (GB 11714 and GB 32100), when they are missing."""
    if len(text) == 18:
        return text
    body = text + _organisation_check(text[8:])
    return body + str(uscc_check.calc_check_digit(body))


def _organisation_check(body: str) -> str:
    weighed = sum(
        _VALUES.index(letter) * weight for letter, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
    )
    return "0123456789X0"[11 - weighed % 11]


def whole_sc(digits: str) -> str:
    """A food production licence number with its check digit (GB/T 17710)."""
    return f"SC{digits}{mod_11_10.calc_check_digit(digits)}"
