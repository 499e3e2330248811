"""The season's workbook: a template to fill in, a trial run that says what is wrong, and then the record."""

import threading
from typing import Any, cast
from urllib.parse import quote

from flask import Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.people import May
from traceability.formats import workbook
from traceability.services.importing import Phase, Tries
from traceability.web import forms
from traceability.web.enterprise.door import METHODS, bp, done
from traceability.web.forms import FileField, Form
from traceability.web.guard import allow, me, moment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Troubles on one page: who has more will find the same fault in all of them.
SHOWN = 200
PATIENCE_S = 0.5


#: What each sheet is for, in the reader's language; the sheets themselves are Chinese, as the books of the trade are.
ABOUT = {
    "growers": _l("种茶的农户、合作社和企业"),
    "plots": _l("茶园地块；登记后由县局核准，核准以前不能收它的鲜叶"),
    "plot_works": _l("地块上的农事和投入品，连同安全间隔期"),
    "receipts": _l("一行一张收青单；净重由毛重减皮重算出"),
    "processing": _l("一行一次加工：鲜叶做成一批毛茶"),
    "blending": _l("一行一次拼配：毛茶拼成一个批次"),
    "sampling": _l("抽样以后批次不能再拼入；检验报告要附原件，在批次页面登记"),
    "packaging": _l("一行一种产品；标志要先发放并打印"),
    "shipments": _l("一行一票货里的一个批次；签收由收货方登记"),
    "sales": _l("一行一笔销售"),
}


class WorkbookForm(Form):
    """A workbook, or one of its sheets as comma-separated text."""

    file = FileField(_l("工作簿文件"))
    name, content = "", b""

    def validate(self, extra_validators: Any = None) -> bool:
        """Something was chosen, and it holds something."""
        if not super().validate(extra_validators):
            return False
        if given := self.file.data:
            self.name, self.content = str(given.filename), given.read()
        if not self.content:
            self.file.errors = [*self.file.errors, str(_l("请选择一个文件，文件不能是空的。"))]
        return bool(self.content)


def tries() -> Tries:
    """Where workbooks lie, as the factory wired it."""
    return cast(Tries, current_app.extensions["workbooks"])


@bp.route("/season", methods=METHODS)
@allow(May.RECORD_CHAIN)
def season() -> ResponseReturnValue:
    """Download the template; hand in a workbook, which is tried at once."""
    form = WorkbookForm()
    if form.validate_on_submit():
        sha256 = tries().hand_in(form.content, form.name, by=me())
        _run(sha256, record=False)
        return redirect(url_for("enterprise.season_try", sha256=sha256), 303)
    return forms.page(
        "enterprise/season.html", form, sheets=workbook.SHEETS, about=ABOUT, most=workbook.MOST_ROWS
    )


def _run(sha256: str, *, record: bool) -> None:
    """Aside, so that no page waits for a large one; a small one is done before its page is asked for."""
    how = {"by": me(), "now": moment(), "record": record}
    thread = threading.Thread(target=tries().run, args=(sha256,), kwargs=how, daemon=True, name=sha256[:12])
    thread.start()
    thread.join(PATIENCE_S)


@bp.get("/season/template.xlsx")
@allow(May.RECORD_CHAIN)
def season_template() -> ResponseReturnValue:
    """The workbook to fill in."""
    headers = {
        "Content-Disposition": f"attachment; filename=season.xlsx; filename*=UTF-8''{quote('茶季工作簿.xlsx')}"
    }
    return Response(workbook.template(), mimetype=XLSX, headers=headers)


@bp.get("/season/<sha256>")
@allow(May.RECORD_CHAIN)
def season_try(sha256: str) -> ResponseReturnValue:
    """How far a workbook is, what is wrong with it, or what would be recorded."""
    found = tries().find(sha256, by=me())
    outcome = found.outcome
    return forms.page(
        "enterprise/season_try.html",
        Form(),
        found=found,
        phases=Phase,
        troubles=outcome.troubles[:SHOWN] if outcome else (),
        sheets=[(workbook.sheet_named(key), one) for key, one in outcome.sheets.items()] if outcome else [],
    )


@bp.post("/season/<sha256>/record")
@allow(May.RECORD_CHAIN)
def record_season(sha256: str) -> ResponseReturnValue:
    """Record the workbook that was tried: that very file. Sent twice, it is recorded once."""
    found = tries().find(sha256, by=me())
    if found.recordable:
        _run(sha256, record=True)
    return redirect(url_for("enterprise.season_try", sha256=sha256), 303)


@bp.post("/season/<sha256>/again")
@allow(May.RECORD_CHAIN)
def try_season_again(sha256: str) -> ResponseReturnValue:
    """Try a workbook once more: the last run was interrupted, or the books have changed since."""
    found = tries().find(sha256, by=me())
    if found.phase is Phase.RECORDED:
        return done(_("这份工作簿已经登记过了。"), "season_try", sha256=sha256)
    _run(sha256, record=False)
    return redirect(url_for("enterprise.season_try", sha256=sha256), 303)
