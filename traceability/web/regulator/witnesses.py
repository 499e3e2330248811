"""Who keeps and cosigns checkpoints of the public log, and what they hand in."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import LogUnsealed
from traceability.domain.people import May
from traceability.services import log
from traceability.services.log import Head
from traceability.web.forms import FileField, Form, StringField, TextAreaField, page, submit
from traceability.web.guard import allow, look, me, moment
from traceability.web.regulator.door import bp

#: A checkpoint with every line that can be under it is smaller.
LARGEST_NOTE = 64 * 1024


class WitnessForm(Form):
    """The public key of a witness, as they hand it on."""

    witness_key = StringField(_l("公钥"))


class NoteForm(Form):
    """A checkpoint with the signature of a witness: pasted, or as a file."""

    note = TextAreaField(_l("检查点内容"))
    file = FileField(_l("或者选择文件"))

    def text(self) -> str:
        """What was handed in."""
        content = self.file.data.read(LARGEST_NOTE) if self.file.data else b""
        return content.decode("utf-8", "replace") or str(self.note.data or "")


@bp.get("/log")
@allow(May.OVERSEE)
def witnesses() -> ResponseReturnValue:
    """The latest checkpoint, who cosigned which, and where to hand one in."""
    return _page(WitnessForm(), NoteForm())


@bp.post("/log/witnesses")
@allow(May.KEEP_LOG)
def add_witness() -> ResponseReturnValue:
    """Know a witness from now on."""
    form = WitnessForm()
    done = submit(
        form, lambda work: log.add_witness(work, by=me(), now=moment(), key=form.witness_key.data or "")
    )
    if done is None:
        return _page(form, NoteForm(), refused=form)
    flash(_("共同签名单位已登记。"))
    return redirect(url_for("regulator.witnesses"), 303)


@bp.post("/log/checkpoints")
@allow(May.KEEP_LOG)
def hand_in_checkpoint() -> ResponseReturnValue:
    """Keep what witnesses put under a checkpoint, or that it contradicts the log."""
    form = NoteForm()
    done = submit(form, lambda work: log.hand_in(work, by=me(), now=moment(), note=form.text()))
    if done is None:
        return _page(WitnessForm(), form, refused=form)
    flash(_said(done))
    return redirect(url_for("regulator.witnesses"), 303)


def _said(done: Any) -> str:
    if done.mismatch is not None:
        return _("这个检查点与本日志不符！已记入线索“公开日志与账目不符”，请立即核查。")
    if done.names:
        return _(
            "已登记 %(names)s 对 %(n)s 条检查点的共同签名。", names=", ".join(done.names), n=f"{done.size:,}"
        )
    return _("这些共同签名都已登记过。")


def _page(witness: Form, note: Form, refused: Form | None = None) -> ResponseReturnValue:
    with look() as work:
        known = log.witnesses(work, by=me())
        head = _head(work)
    return page("regulator/witnesses.html", refused, witness=witness, note=note, known=known, head=head)


def _head(work: Any) -> Head | None:
    try:
        return log.latest(work)
    except LogUnsealed:
        return None
