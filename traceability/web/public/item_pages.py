"""What the pages of a product and of a lot say, as a page and as JSON: nothing that a pack's own page does not show."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.scans import Verdict
from traceability.domain.units import local_day
from traceability.formats.digital_link.keys import Fault, Malformed
from traceability.formats.digital_link.linksets import (
    CERTIFICATION,
    PRODUCT_PAGE,
    RECALL,
    TRACEABILITY,
    Titles,
)
from traceability.services.lookup import Item, ItemLot
from traceability.web import i18n, mark_page, words
from traceability.web.guard import moment

# --- pages ------------------------------------------------------------------------------------------------------


def product_context(found: Item) -> dict[str, Any]:
    """For `public/product.html`."""
    return {
        "item": found,
        "gi": words.named(words.profile().gi),
        "today": local_day(moment()),
        "notices": mark_page.notices(found.standing, found.suspended_since),
    }


def lot_context(found: ItemLot) -> dict[str, Any]:
    """For `public/lot.html`."""
    tone, icon = mark_page.TONES[found.verdict] if found.verdict else ("pale", "")
    title, text = _TELL[found.verdict](found)
    told = {"lot": found, "tone": tone, "icon_name": icon, "title": title, "text": text}
    return product_context(found.item) | told


def _recalled(found: ItemLot) -> tuple[str, str]:
    return mark_page.recalled(found.recall_grade, found.recall_reason)


def _held(_found: ItemLot) -> tuple[str, str]:
    return mark_page.held()


def _expired(found: ItemLot) -> tuple[str, str]:
    return _("这批茶已过保质期"), mark_page.past_its_best(found.best_before[1])


def _nothing(_found: ItemLot) -> tuple[str, str]:
    return (
        _("这批茶没有召回，也没有暂停销售"),
        _("批号谁都可以照抄，说明不了手中的这一件。请扫描标签上的二维码，或在下面输入标志码。"),
    )


_TELL: Mapping[Verdict | None, Callable[[ItemLot], tuple[str, str]]] = {
    Verdict.RECALLED: _recalled,
    Verdict.HELD: _held,
    Verdict.EXPIRED: _expired,
    None: _nothing,
}

# --- what cannot be answered ------------------------------------------------------------------------------------

_FAULTS: Mapping[Fault, object] = {
    Fault.LETTERS: _l("商品条码只由数字组成。请核对包装上条形码下面的数字。"),
    Fault.LENGTH: _l("商品条码是 8、12、13 或 14 位数字。请核对包装上条形码下面的数字。"),
    Fault.CHECK_DIGIT: _l("商品条码的校验位不对，可能输错了一位。请核对包装上条形码下面的数字。"),
    Fault.KEYS: _l(
        "商品条码后面可以写批号（/10/）或标志码（/21/），各为 1 至 20 个字母、数字或常用符号，别的都不能读。"
    ),
}


def malformed(error: Malformed) -> tuple[str, str]:
    """Title and text of an address that is no Digital Link."""
    return _("这个网址无法读取"), str(_FAULTS[error.fault])


def unknown() -> tuple[str, str]:
    """Title and text of a product or lot that nobody registered here; which of them is not said."""
    return (
        _("没有查到这个产品或批号"),
        _("没有企业在这里登记过它。请核对是否输错；要查手中的这一件，请输入标签上的标志码。"),
    )


def no_such_type() -> tuple[str, str]:
    """Title and text where a type of link is asked for that nothing here has."""
    return (
        _("没有所要的这类信息"),
        _("网址里的 linkType 指的信息，这里没有。去掉网址里问号和后面的部分，就能打开页面。"),
    )


# --- links ------------------------------------------------------------------------------------------------------

_TITLES: Mapping[str, object] = {
    PRODUCT_PAGE: _l("产品与生产企业"),
    CERTIFICATION: _l("地理标志与用标资格"),
    TRACEABILITY: _l("从茶园到包装的追溯"),
    RECALL: _l("召回与暂停销售"),
}


def titles() -> Titles:
    """A link's title in each language, whatever that of the request."""
    return {language: _titles(locale) for language, locale in i18n.LANGUAGES.items()}


def _titles(locale: str) -> dict[str, str]:
    with force_locale(locale):
        return {relation: str(title) for relation, title in _TITLES.items()}


# --- as JSON ----------------------------------------------------------------------------------------------------


def product_json(found: Item) -> dict[str, Any]:
    """The product and its firm, for programs."""
    product, firm, granted = found.product, found.enterprise, found.authorisation
    since = found.suspended_since
    return {
        "product": {
            "gi": words.profile().gi.zh,
            "gtin": product.gtin,
            "name": product.name,
            "grade": product.grade.value,
            "net_content_g": product.net_content_g,
        },
        "enterprise": {
            "name": firm.name,
            "uscc": firm.uscc,
            "standing": found.standing.value,
            "suspended_since": since.isoformat() if since else None,
            "announcement_no": granted.announcement_no if granted else None,
        },
    }


def lot_json(found: ItemLot) -> dict[str, Any]:
    """The lot with its product; days are the first and the last."""
    recall = {"grade": found.recall_grade, "reason": found.recall_reason} if found.recall_reason else None
    lot = {
        "no": found.no,
        "plucked": _days(found.plucked),
        "packed": _days(found.packed),
        "best_before": _days(found.best_before),
    }
    verdict = found.verdict.value if found.verdict else None
    return {"verdict": verdict, "recall": recall, "lot": lot, **product_json(found.item)}


def _days(span: tuple[date, date]) -> list[str]:
    return [day.isoformat() for day in span]
