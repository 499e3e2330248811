"""The sheets of a season's workbook, in the order in which their rows are recorded."""

from traceability.domain.profile import Grade, LeafGrade
from traceability.formats.workbook.values import Column, Kind, Sheet

#: Characters of a number people give: what the books keep of one.
NUMBER = 40

KINDS_OF_GROWER = {"农户": "household", "合作社": "cooperative", "企业": "enterprise"}
LEAF_GRADES = {
    "独芽": LeafGrade.SINGLE_BUD,
    "一芽一叶初展": LeafGrade.ONE_BUD_ONE_LEAF_OPENING,
    "一芽一叶": LeafGrade.ONE_BUD_ONE_LEAF,
    "一芽二叶": LeafGrade.ONE_BUD_TWO_LEAVES,
}
GRADES = {
    "尊品": Grade.ZUNPIN,
    "珍品": Grade.ZHENPIN,
    "特级": Grade.SPECIAL,
    "一级": Grade.FIRST,
    "二级": Grade.SECOND,
}
CHANNELS = {"批发": "wholesale", "门店": "shop", "网店": "online", "展会": "fair", "其他": "other"}
YES = {"是": True, "否": False}

_TOWNSHIP = "乡镇代码，9 位数字，例如毛尖镇 522701110"
_MOMENT = "日期和时间，按北京时间"

GROWERS = Sheet(
    "growers",
    "茶农",
    (
        Column(
            "no",
            "茶农编号",
            note="本企业与茶农约定的编号，全州不重复",
            example="G-522701110-0001",
            longest=NUMBER,
        ),
        Column("kind", "类型", Kind.CHOICE, choices=KINDS_OF_GROWER, example="农户"),
        Column("name", "姓名或名称", note="不会公开", example="甲"),
        Column("township", "乡镇代码", note=_TOWNSHIP, example="522701110"),
    ),
    ("no",),
    "种茶的农户、合作社和企业。姓名不会出现在公开页面上。",
)

PLOTS = Sheet(
    "plots",
    "地块",
    (
        Column("no", "地块编号", note="一个地块一张茶园卡，卡上的编号", example="LSK-07", longest=NUMBER),
        Column("grower", "茶农编号", note="“茶农”表里的编号，或已登记的编号", example="G-522701110-0001"),
        Column("township", "乡镇代码", note=_TOWNSHIP, example="522701110"),
        Column("place", "地名", example="螺蛳壳"),
        Column("area_mu", "面积", Kind.AREA, unit="亩", note="最多两位小数", example="12.0"),
        Column("cultivar", "品种", required=False, example="都匀中小叶群体种"),
        Column("altitude_m", "海拔", Kind.WHOLE, required=False, unit="米", example="1450"),
    ),
    ("no",),
    "登记后由县局核准，核准之前采的鲜叶不能收。",
)

PLOT_WORKS = Sheet(
    "plot_works",
    "农事",
    (
        Column("plot", "地块编号", example="LSK-07"),
        Column("worked_on", "使用日期", Kind.DAY, example="2026-03-02"),
        Column("product", "投入品", note="农药、肥料的名称和登记证号", example="苦参碱 PD20101573"),
        Column("dose", "用量", example="60 毫升/亩"),
        Column(
            "interval_days", "安全间隔期", Kind.WHOLE, unit="天",
            note="没有间隔期的填 0；间隔期内采的鲜叶不能收", example="7",
        ),
    ),
    ("plot", "worked_on", "product"),
    "地块上的农事和投入品。同一地块、日期、投入品算同一行。",
)  # fmt: skip

RECEIPTS = Sheet(
    "receipts",
    "鲜叶收青",
    (
        Column("no", "收青单号", note="一张收青单一个号，不重复", example="S-0326-001", longest=NUMBER),
        Column("at", "过秤时间", Kind.MOMENT, note=_MOMENT, example="2026-03-26 18:05"),
        Column("plot", "地块编号", note="茶园卡上的编号", example="LSK-07"),
        Column("scale", "秤编号", note="“茶园与基础资料”里登记过的秤", example="SC-DY-017"),
        Column("gross", "毛重", Kind.WEIGHT, unit="千克", note="也可以写单位，例如 62.4斤", example="23.05"),
        Column("tare", "皮重", Kind.WEIGHT_OR_ZERO, required=False, unit="千克", note="空着算 0", example="0.60"),
        Column("leaf_grade", "鲜叶等级", Kind.CHOICE, choices=LEAF_GRADES, example="一芽一叶初展"),
        Column("certificate_no", "承诺达标合格证编号", example="HGZ-20260326-07"),
        Column("plucked_on", "采摘日期", Kind.DAY, required=False, note="空着算过秤那天", example="2026-03-26"),
        Column(
            "confirmed", "大重量已复核", Kind.CHOICE, required=False, choices=YES,
            note="净重很大时要再看一次秤，无误填“是”", example="否",
        ),
    ),
    ("no",),
    "一行一张收青单。净重由毛重减皮重算出，不用填。",
)  # fmt: skip

PROCESSING = Sheet(
    "processing",
    "加工",
    (
        Column("no", "加工单号", note="一次加工一个号，不重复", example="P-0326-1", longest=NUMBER),
        Column("at", "完成时间", Kind.MOMENT, note=_MOMENT, example="2026-03-26 23:30"),
        Column(
            "inputs", "投入的收青单号", Kind.LOTS,
            note="用顿号或分号隔开；只投一部分的，在号后空一格写千克", example="S-0326-001、S-0326-002 22.45",
        ),
        Column("rejects", "拣剔物", Kind.WEIGHT_OR_ZERO, required=False, unit="千克", note="空着算 0", example="0.85"),
        Column("out", "毛茶", Kind.WEIGHT, unit="千克", example="16.40"),
        Column("fresh_moisture", "鲜叶含水率", Kind.PERCENT, unit="%", example="76.5"),
        Column("made_moisture", "毛茶含水率", Kind.PERCENT, unit="%", example="5.6"),
        Column(
            "grade", "等级", Kind.CHOICE, required=False, choices=GRADES,
            note="空着按最粗的鲜叶能做的最高等级", example="珍品",
        ),
        Column("lot_no", "毛茶批号", required=False, note="空着按“M-加工单号”", example="M-P-0326-1", longest=NUMBER),
        Column("reason", "说明", required=False, note="鲜干比在常见范围以外、或不是当天加工时要写", longest=500),
    ),
    ("no",),
    "一行一次加工：收来的鲜叶做成一批毛茶。",
    {"lot": "inputs", "moisture": "fresh_moisture", "grams": "inputs"},
)  # fmt: skip

BLENDING = Sheet(
    "blending",
    "拼配",
    (
        Column("no", "拼配单号", note="一次拼配一个号，不重复", example="B-0328-1", longest=NUMBER),
        Column("batch_no", "批号", note="拼成的新批次，只出现一次", example="DY26-LSK-ZP-003", longest=NUMBER),
        Column("at", "拼配时间", Kind.MOMENT, note=_MOMENT, example="2026-03-28 10:00"),
        Column(
            "inputs", "投入的毛茶批号", Kind.LOTS,
            note="用顿号或分号隔开；只投一部分的，在号后空一格写千克", example="M-P-0326-1、M-P-0327-1",
        ),
        Column("fines", "筛末", Kind.WEIGHT_OR_ZERO, required=False, unit="千克", note="空着算 0", example="0.42"),
        Column(
            "grade", "等级", Kind.CHOICE, required=False, choices=GRADES,
            note="不能高于投入的最低等级；空着就按最低等级", example="珍品",
        ),
    ),
    ("no",),
    "一行一次拼配（官堆）：毛茶拼成一个批次。",
    {"lot": "inputs", "grams": "inputs"},
)  # fmt: skip

SAMPLING = Sheet(
    "sampling",
    "抽样送检",
    (
        Column(
            "batch_no",
            "批号",
            note="“拼配”表里的批号，或已登记的批次",
            example="DY26-LSK-ZP-003",
            longest=NUMBER,
        ),
        Column("at", "抽样时间", Kind.MOMENT, note=_MOMENT, example="2026-03-29 09:00"),
        Column("test", "送检样", Kind.WEIGHT, unit="千克", example="0.50"),
        Column(
            "retained",
            "留样",
            Kind.WEIGHT_OR_ZERO,
            required=False,
            unit="千克",
            note="空着算 0",
            example="0.30",
        ),
    ),
    ("batch_no",),
    "抽样以后批次不能再拼入。检验报告要附原件，请在批次页面登记。",
    {"lot": "batch_no", "batch": "batch_no", "grams": "test"},
)

PACKAGING = Sheet(
    "packaging",
    "包装",
    (
        Column("no", "包装单号", note="一次包装一个号，不重复", example="K-0406-1", longest=NUMBER),
        Column("at", "包装时间", Kind.MOMENT, note=_MOMENT, example="2026-04-06 15:00"),
        Column(
            "batch_no", "批号", note="检验合格、已发放标志的批次", example="DY26-LSK-ZP-003", longest=NUMBER
        ),
        Column("product", "产品名称", note="“茶园与基础资料”里登记过的产品", example="都匀毛尖茶 珍品"),
        Column("net_content_g", "净含量", Kind.WHOLE, unit="克", example="100"),
        Column("packs", "件数", Kind.WHOLE, example="200"),
        Column(
            "serials",
            "标志号码",
            Kind.SERIALS,
            note="已发放并打印的号码，一件一枚",
            example="0000012001-0000012200",
        ),
        Column(
            "overfill",
            "多装",
            Kind.WEIGHT_OR_ZERO,
            required=False,
            unit="千克",
            note="空着算 0",
            example="0.08",
        ),
        Column(
            "spill", "撒漏", Kind.WEIGHT_OR_ZERO, required=False, unit="千克", note="空着算 0", example="0.02"
        ),
        Column(
            "lot_no",
            "包装批号",
            note="这一批的号，发运和销售时用",
            example="DY26-LSK-ZP-003-P01",
            longest=NUMBER,
        ),
    ),
    ("no",),
    "一行一种产品。要先申领、发放、打印标志，才能登记包装。",
    {"lot": "batch_no", "batch": "batch_no", "grams": "packs", "grade": "product"},
)

SHIPMENTS = Sheet(
    "shipments",
    "运输",
    (
        Column("no", "运单号", note="同一票货几个批次的，几行写同一个号", example="C-0408-1", longest=NUMBER),
        Column("lot", "批号", note="包装批号，或散茶、鲜叶的批号", example="DY26-LSK-ZP-003-P01"),
        Column("at", "发出时间", Kind.MOMENT, note=_MOMENT, example="2026-04-08 08:30"),
        Column("consignee", "收货方", note="登记过的收货方，或本系统里的企业", example="贵阳门店"),
        Column("packs", "件数", Kind.WHOLE, required=False, note="写了箱号的不用填", example="120"),
        Column(
            "grams",
            "散茶重量",
            Kind.WEIGHT_OR_ZERO,
            required=False,
            unit="千克",
            note="不是成件产品时填",
        ),
        Column("cartons", "箱号", Kind.NAMES, required=False, note="用顿号或分号隔开"),
        Column("carrier", "承运人", example="自送"),
        Column("vehicle", "车牌号", required=False, example="贵J·A1234"),
    ),
    ("no", "lot"),
    "一行一票货里的一个批次。签收由收货方登记。",
    {"carton": "cartons"},
)

SALES = Sheet(
    "sales",
    "销售",
    (
        Column("no", "销售单号", note="一笔销售一个号，不重复", example="V-0410-1", longest=NUMBER),
        Column("at", "销售时间", Kind.MOMENT, note=_MOMENT, example="2026-04-10 11:20"),
        Column("lot", "批号", note="包装批号，或散茶的批号", example="DY26-LSK-ZP-003-P01"),
        Column("channel", "渠道", Kind.CHOICE, choices=CHANNELS, example="门店"),
        Column("packs", "件数", Kind.WHOLE, required=False, note="写了箱号的不用填", example="2"),
        Column(
            "grams",
            "散茶重量",
            Kind.WEIGHT_OR_ZERO,
            required=False,
            unit="千克",
            note="不是成件产品时填",
        ),
        Column("buyer", "购买方", required=False, note="批发必填：名称、地址、联系方式"),
        Column("cartons", "箱号", Kind.NAMES, required=False, note="批发必填；用顿号或分号隔开"),
        Column("serials", "标志号码", Kind.SERIALS, required=False, note="知道的才填"),
        Column(
            "holder",
            "从哪里卖出",
            required=False,
            note="空着是本企业；也可以是代记库存的收货方",
            example="贵阳门店",
        ),
    ),
    ("no",),
    "一行一笔销售。",
    {"carton": "cartons"},
)

SHEETS: tuple[Sheet, ...] = (
    GROWERS, PLOTS, PLOT_WORKS, RECEIPTS, PROCESSING, BLENDING, SAMPLING, PACKAGING, SHIPMENTS, SALES,
)  # fmt: skip


def sheet_named(name: str) -> Sheet | None:
    """A sheet by its title or key, whatever the spaces around it."""
    asked = "".join(name.split()).lower()
    return next((one for one in SHEETS if asked in {one.title, one.key}), None)
