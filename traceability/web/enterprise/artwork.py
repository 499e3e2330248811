"""The official mark's artwork: where the firm's file stands, how it will be printed, and handing in a new one."""

from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from traceability.domain.errors import Refusal
from traceability.domain.people import ArtworkState, May
from traceability.formats.artwork import LARGEST, Artwork, preview_png, read_artwork
from traceability.services import people
from traceability.web.enterprise.door import METHODS, answer, bp, done, firm
from traceability.web.forms import FileField, Form
from traceability.web.guard import allow, look, me, moment

PREVIEW_PX = 640


class ArtworkForm(Form):
    """A file of the official mark."""

    file = FileField(_l("图样文件"))
    name, content = "", b""
    artwork: Artwork | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the file now, before the book is opened for writing: drawing it takes its time."""
        if not super().validate(extra_validators):
            return False
        self.name, self.content = self._sent()
        try:
            self.artwork = read_artwork(self.content)
        except Refusal as error:
            self.show(error)
        return self.artwork is not None

    def _sent(self) -> tuple[str, bytes]:
        """Name and bytes of what was chosen; empty when nothing was."""
        given = self.file.data
        return (str(given.filename), given.read()) if given else ("", b"")


@bp.route("/artwork", methods=METHODS)
@allow(May.PRINT_MARKS)
def artwork() -> ResponseReturnValue:
    """Where the files stand, and a form for a new one."""
    form = ArtworkForm()
    with look() as work:
        own = firm(work)
        handed_in = people.artwork_of(work, by=me(), enterprise=own.enterprise.id)
    return answer(
        form,
        lambda work: _submit(work, form),
        lambda _artwork: done(_("图样已提交，等县局核准。"), "artwork"),
        "enterprise/artwork.html",
        own=own,
        handed_in=handed_in,
        standing={one.state: one for one in handed_in},
        states=ArtworkState,
        largest_mb=LARGEST // 1_000_000,
    )


def _submit(work: Any, form: ArtworkForm) -> int:
    assert form.artwork is not None
    return people.submit_artwork(
        work,
        by=me(),
        now=moment(),
        name=form.name,
        content=form.content,
        artwork=form.artwork,
        key=form.key.data,
    )


@bp.get("/artwork/<int:number>.png")
@allow(May.PRINT_MARKS)
def artwork_preview(number: int) -> ResponseReturnValue:
    """The drawing on white, as it will be printed."""
    with look() as work:
        kept = people.artwork_file(work, by=me(), artwork=number)
    png = preview_png(read_artwork(kept.content), PREVIEW_PX)
    return Response(png, mimetype="image/png", headers={"Cache-Control": "private, max-age=3600"})
