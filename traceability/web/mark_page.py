"""What a mark's page and its JSON say: the answer of the lookup in the order and the words people are given.

Degrees, never a promise: the page tells what a mark was issued for and leaves the comparison to whoever holds the pack.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain import marks
from traceability.domain.marks import MarkState
from traceability.domain.people import Plot, Standing
from traceability.domain.profile import Limit
from traceability.domain.scans import Verdict
from traceability.domain.units import local_day
from traceability.services.lookup import Answer, Pack, Step
from traceability.web import words
from traceability.web.i18n import counted as _n

#: Verdicts with colour and icon. One green, one amber for attention, one red for withdrawn and recalled.
TONES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.UNKNOWN: ("plain", "question"),
    Verdict.RECALLED: ("red", "stop"),
    Verdict.WITHDRAWN: ("red", "stop"),
    Verdict.HELD: ("amber", "pause"),
    Verdict.NOT_IN_USE: ("amber", "warning"),
    Verdict.ATTENTION: ("amber", "warning"),
    Verdict.EXPIRED: ("amber", "clock"),
    Verdict.SEEN_BEFORE: ("pale", "again"),
    Verdict.FIRST_SCAN: ("green", "check"),
}

_SAYS_HOW_OFTEN = frozenset({Verdict.FIRST_SCAN, Verdict.SEEN_BEFORE, Verdict.ATTENTION})

_WITHDRAWN = {
    MarkState.VOID: _l("本标志已作废"),
    MarkState.RETURNED: _l("本标志已缴回销毁"),
    MarkState.LOST: _l("本标志已报失"),
    MarkState.LAPSED: _l("本标志已过期失效"),
    MarkState.RETIRED: _l("本标志已注销"),
}

#: Plots (or townships) shown one by one, and plots of one township among several; the rest of a blend is one share.
MOST_PLOTS, MOST_OF_A_TOWNSHIP = 6, 4
MOST_PLACES = 3


@dataclass(frozen=True)
class Stop:
    """A stage of the way as the page shows it."""

    when: str
    title: object
    place: str = ""
    lines: tuple[str, ...] = ()
    shares: tuple["Share", ...] = ()


@dataclass(frozen=True)
class Share:
    """A part of the tea in thousandths, a plot's or a township's; `start` is where its piece of the bar begins."""

    name: str
    part: int
    start: int
    shade: int
    plots: tuple["Share", ...] = ()


@dataclass(frozen=True)
class Value:
    """A tested value beside its limit."""

    name: str
    value: str
    limit: str
    met: bool


class Own(NamedTuple):
    """What a page tells of this very mark: its numbers as printed, and the looks before this one."""

    control: str
    code: str
    times: str
    first: str


#: Holes of a page that is kept for many marks: characters no text has.
HOLES = Own("\ue001", "\ue002", words.HOLE, words.MOMENT_HOLE)


def own_of(found: Answer, *, english: bool) -> Own:
    """As it is filled in."""
    at = found.seen.first_at
    first = words.moment_in(at, english) if at else ""
    return Own(marks.control_number(found.serial), found.code, str(found.seen.times), first)


def context(found: Answer, today: date, *, own: Own | None = None) -> dict[str, Any]:
    """Everything the template needs; with `own` of another, a page for many marks."""
    own = own or own_of(found, english=words.english())
    tone, icon = TONES[found.verdict]
    title, text = _verdict(found, own)
    told = {
        "answer": found,
        "own": own,
        "verdict": found.verdict.value,
        "tone": tone,
        "verdict_icon": icon,
        "title": title,
        "text": text,
    }
    if (pack := found.pack) is None:
        return told
    applied = found.state is MarkState.APPLIED
    more = {
        "pack": pack,
        "applied": applied,
        "expired": bool(pack.pack_lot and pack.pack_lot.best_before and today > pack.pack_lot.best_before),
        "seen": _seen(found, own) if applied and found.verdict not in _SAYS_HOW_OFTEN else "",
        "notices": _notices(found),
        "way": _way(pack) if applied else (),
        "values": _values(pack) if applied else (),
        "official": any(one.report_no == pack.report.report_no for one in pack.sampled)
        if pack.report
        else False,
        "edition": words.profile().edition_on(pack.report.reported_on).code if pack.report else "",
        "basis": _basis(pack),
    }
    return told | more


# --- the verdict --------------------------------------------------------------------------------------------


def _verdict(found: Answer, own: Own) -> tuple[str, str]:
    """One sentence, and what to do."""
    pack = found.pack
    if pack is None:
        return _("没有查到这枚标志"), _(
            "没有以此标志码发放过标志。请核对是否输错；如果包装上印的就是这个码，请不要购买，并向我们反映。"
        )
    if found.verdict is Verdict.WITHDRAWN:
        named = _WITHDRAWN[found.state or MarkState.VOID]
        return str(named), _(
            "这枚标志不应再出现在出售的茶叶上。如果您手中的包装贴有它，请不要购买或饮用，并向我们反映。"
        )
    return _PLAIN[found.verdict](found, pack, own)


def _recalled(_found: Answer, pack: Pack, _own: Own) -> tuple[str, str]:
    return recalled(pack.recall_grade, pack.recall_reason)


def recalled(grade: str | None, why: str | None) -> tuple[str, str]:
    """Title and text of a recall, for a mark and for a lot; what to do is a line of its own."""
    text = _(
        "%(grade)s，原因：%(reason)s。",
        grade=words.word(grade or "", "recall"),
        reason=(why or "").rstrip("。."),
    )
    return _("这批茶正在召回"), f"{text}\n{_('请不要饮用，保留包装，联系购买处或生产企业退货。')}"


def _held(_found: Answer, _pack: Pack, _own: Own) -> tuple[str, str]:
    return held()


def held() -> tuple[str, str]:
    """Title and text of a hold, for a mark and for a lot."""
    return (
        _("这批茶已暂停销售"),
        _("市场监管部门正在核查这批茶，核查期间不得销售。请暂不购买或饮用，保留包装，等待结果。"),
    )


def _not_in_use(_found: Answer, _pack: Pack, _own: Own) -> tuple[str, str]:
    return (
        _("本标志尚未启用"),
        _(
            "这枚标志已发给下列企业，但还没有登记用在任何包装上。如果它贴在出售的茶叶上，请不要购买，并向我们反映。"
        ),
    )


def _attention(found: Answer, _pack: Pack, own: Own) -> tuple[str, str]:
    return (
        _("请注意：本标志可能被复制"),
        _(
            "%(seen)s这样的查验记录不像出自同一件茶。请逐项核对包装，有疑问请不要购买，并向我们反映。",
            seen=_seen(found, own),
        ),
    )


def _expired(_found: Answer, pack: Pack, _own: Own) -> tuple[str, str]:
    return _("这件茶已过保质期"), past_its_best(pack.pack_lot.best_before if pack.pack_lot else None)


def past_its_best(last: date | None) -> str:
    """What to do with tea after its last day."""
    return str(_("保质期至%(day)s。过了保质期的茶叶不得销售，请不要购买。", day=words.day(last)))


def _seen_before(_found: Answer, _pack: Pack, own: Own) -> tuple[str, str]:
    text = _(
        "第一次是 %(first)s。您或家人、店员查过都会计数；如果刚买到、封口完好却已查验很多次，请留意。",
        first=own.first,
    )
    return _("本标志此前被查验过 %(times)s 次", times=own.times), text


def _first_scan(_found: Answer, pack: Pack, _own: Own) -> tuple[str, str]:
    day = pack.pack_lot.pack_day if pack.pack_lot else None
    return _("本标志第一次被查验"), _("已于%(day)s用于下列产品。请与手中的包装逐项核对。", day=words.day(day))


_PLAIN = {
    Verdict.RECALLED: _recalled,
    Verdict.HELD: _held,
    Verdict.NOT_IN_USE: _not_in_use,
    Verdict.ATTENTION: _attention,
    Verdict.EXPIRED: _expired,
    Verdict.SEEN_BEFORE: _seen_before,
    Verdict.FIRST_SCAN: _first_scan,
}


def _seen(found: Answer, own: Own) -> str:
    """How often the mark was looked at before."""
    if not found.seen.times:
        return ""
    return str(_("此前被查验过 %(times)s 次，第一次是 %(first)s。", times=own.times, first=own.first))


def _notices(found: Answer) -> list[str]:
    return [] if found.pack is None else notices(found.pack.standing, found.pack.suspended_since)


def notices(standing: Standing, suspended_since: datetime | None) -> list[str]:
    """What stands beside any verdict: a right that is stopped, or is no more."""
    if standing not in _STANDINGS:
        return []
    return [words.fill([_STANDINGS[standing]], {"day": words.day(suspended_since)})]


_STANDINGS = {
    Standing.SUSPENDED: _l("该企业使用专用标志的资格自%(day)s起暂停，暂停期间不得包装贴标。请留意包装日期。"),
    Standing.WITHDRAWN: _l(
        "该企业使用专用标志的资格已被注销，注销之后包装的茶叶不得使用标志。请留意包装日期。"
    ),
    Standing.EXPIRED: _l(
        "该企业使用专用标志的资格已经到期，到期之后包装的茶叶不得使用标志。请留意包装日期。"
    ),
}


def _basis(pack: Pack) -> str:
    """The words printed beside the mark, where the profile knows every number they need."""
    if pack.authorisation is None:
        return ""
    day = (
        pack.pack_lot.pack_day if pack.pack_lot and pack.pack_lot.pack_day else pack.authorisation.valid_from
    )
    return words.wording(pack.authorisation.right_basis, day)


# --- the way of the tea -------------------------------------------------------------------------------------


def _way(pack: Pack) -> tuple[Stop, ...]:
    """From plot to shop, as far as the books name this pack's lot; shipments are of the lot, not of this pack."""
    journeys = [step for step in pack.steps if step.kind == "dispatch" and _fact(step, "state") != "refused"]
    stops = [_STOPS[step.kind](step, pack) for step in pack.steps if step.kind in _STOPS]
    if pack.report is not None:
        at = next((n for n, step in enumerate(pack.steps) if step.kind == "packing"), len(stops))
        stops.insert(at, _tested(pack))
    stops += [_checked(one, pack) for one in pack.sampled[::-1]]
    return (*stops, *((_sent(journeys, pack),) if journeys else ()))


def _fact(step: Step, name: str) -> Any:
    return (step.facts or {}).get(name)


def _when(first: date | datetime, last: date | datetime, pack: Pack) -> str:
    """The year is said only where it is not the year of packing."""
    packed = pack.pack_lot.pack_day if pack.pack_lot and pack.pack_lot.pack_day else pack.batch.plucked_from
    days = {one if not isinstance(one, datetime) else local_day(one) for one in (first, last)}
    return words.days(first, last, year=any(day.year != packed.year for day in days))


def _plucked(step: Step, pack: Pack) -> Stop:
    leaves = [words.word(leaf) for leaf in _fact(step, "leaf_grades") or ()]
    plots = _fact(step, "plots") or 0
    line = (
        _("%(n)s 块登记茶园，%(leaves)s", n=plots, leaves=words.listed(leaves))
        if leaves
        else _("%(n)s 块登记茶园", n=plots)
    )
    when = _when(pack.batch.plucked_from, pack.batch.plucked_to, pack)
    return Stop(when, _("采摘"), _grown_in(pack.shares), (str(line),), _shares(pack.shares))


#: Plots with their parts of the tea in thousandths, the largest first.
Parts = list[tuple[Plot, int]]


def _grown_in(found: Iterable[tuple[Plot, int]]) -> str:
    """Counties; the place too where all of it grew in one township."""
    townships = _by_township(found)
    if len(townships) == 1:
        return _garden(townships[0])
    return words.listed(dict.fromkeys(words.county(parts[0][0].township) for parts in townships))


def _by_township(found: Iterable[tuple[Plot, int]]) -> list[Parts]:
    """The township that gave most first."""
    townships: dict[str, Parts] = {}
    for plot, part in found:
        townships.setdefault(plot.township, []).append((plot, part))
    return sorted(townships.values(), key=_sum, reverse=True)


def _sum(parts: Parts) -> int:
    return sum(part for _plot, part in parts)


def _garden(parts: Parts) -> str:
    """Where the plots of a township are."""
    places = list(dict.fromkeys(plot.place for plot, _part in parts))
    shown = words.listed(places[:MOST_PLACES])
    more = str(_("等 %(n)s 处", n=len(places))) if len(places) > MOST_PLACES else ""
    return f"{words.county(parts[0][0].township)} {shown}{more}"


def _shares(found: Iterable[tuple[Plot, int]]) -> tuple[Share, ...]:
    """By plot; tea from several townships by township, each with its plots. They add up to the whole."""
    townships = _by_township((plot, part) for plot, part in found if part > 0)
    if len(townships) < 2:
        return tuple(share for parts in townships for share in _plots(parts, MOST_PLOTS))
    named = [
        Share(_garden(parts), _sum(parts), 0, 0, _plots(parts, MOST_OF_A_TOWNSHIP)) for parts in townships
    ]
    return _in_a_row(_few(named, MOST_PLOTS, _l("其余 %(n)s 个乡镇")))


def _plots(parts: Parts, most: int) -> tuple[Share, ...]:
    named = [Share(plot.no, part, 0, 0) for plot, part in parts]
    return _in_a_row(_few(named, most, _l("其余 %(n)s 块")))


def _few(shares: list[Share], most: int, others: object) -> list[Share]:
    """No more than so many; what is left of many is one part, which `others` names."""
    if len(shares) <= most:
        return shares
    rest = shares[most - 1 :]
    name = str(others) % {"n": len(rest)}
    return [*shares[: most - 1], Share(name, sum(share.part for share in rest), 0, 0)]


def _in_a_row(shares: list[Share]) -> tuple[Share, ...]:
    """One piece of the bar after the other, each in its shade."""
    starts = accumulate((share.part for share in shares), initial=0)
    placed = zip(shares, starts, range(len(shares)), strict=False)
    return tuple(replace(share, start=start, shade=shade) for share, start, shade in placed)


def _processed(step: Step, pack: Pack) -> Stop:
    leaf, made = _fact(step, "leaf_g"), _fact(step, "made_g")
    lines: tuple[str, ...] = ()
    if leaf and made:
        ratio = f"{Decimal(leaf) / Decimal(made):.1f}"
        lines = (str(_("约 %(ratio)s 千克鲜叶制成 1 千克干茶", ratio=ratio)),)
    return Stop(_when(step.first, step.last, pack), _("加工"), words.listed(step.places), lines)


def _refined(step: Step, pack: Pack) -> Stop:
    return Stop(_when(step.first, step.last, pack), _("精制"), words.listed(step.places))


def _blended(step: Step, pack: Pack) -> Stop:
    lines = (str(_("批号 %(no)s", no=pack.batch.no)),)
    return Stop(_when(step.first, step.last, pack), _("拼配成批"), lines=lines)


def _sampled(step: Step, pack: Pack) -> Stop:
    return Stop(_when(step.first, step.first, pack), _("抽样送检"), lines=(str(_("抽样之后不能再加入茶叶")),))


def _tested(pack: Pack) -> Stop:
    report = pack.report
    if report is None:
        raise LookupError(pack)
    passed = pack.judgement is not None and pack.judgement.passed
    standard = words.profile().edition_on(report.reported_on).code
    grade = words.word(pack.batch.grade) if pack.batch.grade else ""
    line = _("按 %(standard)s %(grade)s", standard=standard, grade=grade)
    title = _("检验合格") if passed else _("检验不合格")
    return Stop(_when(report.reported_on, report.reported_on, pack), title, lines=(str(line),))


def _checked(one: Any, pack: Pack) -> Stop:
    """An official sample whose verdict stands."""
    title = _("监管部门抽检合格") if one.verdict == "passed" else _("监管部门抽检不合格")
    return Stop(_when(one.taken_at, one.taken_at, pack), title, lines=(one.lab,))


def _packed(step: Step, pack: Pack) -> Stop:
    packs = _fact(step, "packs")
    lines = (str(_n("同批同规格共 %(n)s 件", packs)),) if packs else ()
    return Stop(_when(step.first, step.last, pack), _("包装并加贴专用标志"), lines=lines)


def _sent(journeys: list[Step], pack: Pack) -> Stop:
    first, last = min(step.first for step in journeys), max(step.last for step in journeys)
    places = list(dict.fromkeys(place for step in journeys for place in step.places))
    shown = words.listed(places[:4]) + (str(_("等 %(n)s 地", n=len(places))) if len(places) > 4 else "")
    return Stop(
        _when(first, last, pack),
        _("发往") if shown else _("发运"),
        shown,
        (str(_("同批货物的去向，不一定是手中这件")),),
    )


_STOPS = {
    "leaf_receipt": _plucked,
    "processing": _processed,
    "refining": _refined,
    "blending": _blended,
    "sampling": _sampled,
    "packing": _packed,
}


# --- the test report ----------------------------------------------------------------------------------------


def _values(pack: Pack) -> tuple[Value, ...]:
    """The report's values beside the limits of the batch's grade in the edition of the report's day."""
    if pack.report is None or pack.batch.grade is None:
        return ()
    profile = words.profile()
    limits = profile.limits(profile.edition_on(pack.report.reported_on), pack.batch.grade)
    tested = pack.report.tested
    return tuple(_value(limit, tested[limit.parameter]) for limit in limits if limit.parameter in tested)


def _value(limit: Limit, value: Decimal | bool) -> Value:
    known = words.profile().parameter(limit.parameter)
    met = limit.met_by(value)
    if isinstance(value, bool):
        return Value(words.named(known), str(_("符合") if value else _("不符合")), "", met)
    bound = f"≤ {limit.at_most}" if limit.at_most is not None else f"≥ {limit.at_least}"
    return Value(words.named(known), f"{value} {known.unit}", bound, met)


# --- as JSON ------------------------------------------------------------------------------------------------


def as_json(found: Answer) -> dict[str, Any]:
    """The same verdict and the same facts to compare, for programs."""
    pack = found.pack
    if pack is None:
        return {"verdict": found.verdict.value}
    lot = pack.pack_lot
    return {
        "verdict": found.verdict.value,
        "state": found.state.value if found.state else None,
        "seen_before": {"times": found.seen.times, "first_at": _iso(found.seen.first_at)},
        "recall": {"grade": pack.recall_grade, "reason": pack.recall_reason} if pack.recall_reason else None,
        "pack": {
            "gi": words.profile().gi.zh,
            "product": pack.product.name,
            "grade": pack.product.grade.value,
            "net_content_g": pack.product.net_content_g,
            "gtin": pack.product.gtin,
            "plucked_from": pack.batch.plucked_from.isoformat(),
            "plucked_to": pack.batch.plucked_to.isoformat(),
            "pack_day": lot.pack_day.isoformat() if lot and lot.pack_day else None,
            "best_before": lot.best_before.isoformat() if lot and lot.best_before else None,
            "control_number": marks.control_number(found.serial),
            "code": found.code,
        },
        "enterprise": {
            "name": pack.enterprise.name,
            "uscc": pack.enterprise.uscc,
            "standing": pack.standing.value,
            "suspended_since": _iso(pack.suspended_since),
            "announcement_no": pack.authorisation.announcement_no if pack.authorisation else None,
        },
        "official_samples": [
            {"taken_on": local_day(one.taken_at).isoformat(), "verdict": one.verdict.value}
            for one in pack.sampled
        ],
    }


def _iso(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()
