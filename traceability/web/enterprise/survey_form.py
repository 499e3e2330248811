"""What was measured on the ground, as fields any form about a plot may have."""

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from traceability.domain.errors import Refusal
from traceability.domain.ground import Area, Point, Survey, read_degrees
from traceability.formats import photos
from traceability.formats.geojson import read_area
from traceability.web.errors import refusal_text
from traceability.web.forms import Field, FileField, Form, Parsed, StringField

#: Bytes of a boundary's file; five hundred points take some ten thousand.
LARGEST_BOUNDARY = 1_000_000
MEASURED = ("lon", "lat", "boundary", "contract_no", "photo")


class SurveyForm(Form):
    """A point, a boundary, the land contract and a photo; all may be left out."""

    lon = Parsed(_l("经度"), parse=read_degrees, optional=True, unit=_l("度"), mode="decimal")
    lat = Parsed(_l("纬度"), parse=read_degrees, optional=True, unit=_l("度"), mode="decimal")
    boundary = FileField(_l("边界文件"))
    contract_no = StringField(_l("承包合同编号"))
    photo = FileField(_l("现场照片"), render_kw={"accept": "image/*"})

    area: Area = ()
    picture = b""

    def __iter__(self) -> Iterator[Field]:
        """What was measured stands last, before the reason of a change."""
        every = list(super().__iter__())
        measured = [one for one in every if one.name in MEASURED]
        others = [one for one in every if one.name not in (*MEASURED, "reason")]
        return iter([*others, *measured, *(one for one in every if one.name == "reason")])

    def validate_lat(self, _field: Any) -> None:
        """Half a place is none."""
        if (self.lon.data is None) != (self.lat.data is None) and not (self.lon.errors or self.lat.errors):
            raise ValidationError(str(_("经度和纬度要一起填。")))

    def validate_boundary(self, field: Any) -> None:
        """Read before the books are opened for writing."""
        if field.data:
            self.area = _told(lambda: read_area(field.data.read(LARGEST_BOUNDARY)))

    def validate_photo(self, field: Any) -> None:
        """As `validate_boundary`; nothing but pixels is kept of it."""
        if field.data:
            self.picture = _told(lambda: photos.clean(field.data.read(photos.LARGEST + 1)))

    @property
    def survey(self) -> Survey:
        """What was measured."""
        lon, lat = self.lon.data, self.lat.data
        point = Point(lon, lat) if lon is not None and lat is not None else None
        return Survey(point, self.area, " ".join((self.contract_no.data or "").split())[:40] or None)

    def surveying(self, use_case: Callable[..., Any]) -> Callable[..., Any]:
        """The use case, with what was measured."""

        def act(work: Any, **asked: Any) -> Any:
            return use_case(work, survey=self.survey, photo=self.picture, **asked)

        return act


def _told(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Refusal as error:
        raise ValidationError(refusal_text(error)) from error


def survey_hints() -> dict[str, str]:
    """What to fill in, by field."""
    return {
        "lon": _("可不填。十进制度数（WGS 84），例如 107.376800。"),
        "lat": _("例如 26.262500。"),
        "boundary": _("可不填。GeoJSON 多边形；填了边界，位置要在边界以内。"),
        "contract_no": _("可不填。"),
        "photo": _("可不填。只保留画面，拍摄地点等信息会去掉。"),
    }
