"""A person at a browser without the browser: opens pages, fills in their forms, and reads what comes back.

Forms are read out of the page itself, hidden fields and chosen options included, so a test sends what a person would.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.staff import sign_in

Typed = dict[str, list[str]]


@dataclass
class FoundForm:
    """A form of a page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: Typed = field(default_factory=dict)


class _Forms(HTMLParser):
    """Reads every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.text: list[str] = []
        self._select: tuple[str, bool] | None = None
        self._area: str | None = None
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(given.get("action", ""), given.get("method", "get").lower()))
            self._open = True
        elif self._open and tag == "input":
            self._input(given)
        elif self._open and tag == "select":
            self._select = (given.get("name", ""), "multiple" in given)
        elif self._open and tag == "option" and self._select:
            self._option(given)
        elif self._open and tag == "textarea":
            self._area = given.get("name", "")
            self._put(self._area, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._area:
            self.forms[-1].fields[self._area] = [data.strip()]

    def _put(self, name: str, value: str) -> None:
        if name:
            self.forms[-1].fields.setdefault(name, []).append(value)

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        ticked = kind not in {"checkbox", "radio"} or "checked" in given
        if ticked and kind not in {"submit", "file", "button"}:
            self._put(given.get("name", ""), given.get("value", "on" if kind == "checkbox" else ""))

    def _option(self, given: dict[str, str]) -> None:
        name, several = self._select or ("", False)
        fields = self.forms[-1].fields
        if "selected" in given or (not several and name not in fields):
            if several:
                self._put(name, given.get("value", ""))
            else:
                fields[name] = [given.get("value", "")]


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    html: str
    url: str
    data: bytes
    headers: Any

    @property
    def forms(self) -> list[FoundForm]:
        reader = _Forms()
        reader.feed(self.html)
        return [form for form in reader.forms if form.method == "post" and "logout" not in form.action]

    @property
    def text(self) -> str:
        reader = _Forms()
        reader.feed(re.sub(r"<(style|script).*?</\1>", "", self.html, flags=re.S))
        return re.sub(r"\s+", " ", " ".join(reader.text))

    @property
    def code(self) -> str:
        """The stable code of a refusal, as the page shows it for the telephone."""
        found = re.search(r"<code>([a-z_]+(?:\.[a-z_]+)*)</code>", self.html)
        return found[1] if found else ""


class Person:
    """Somebody at a browser of their own."""

    def __init__(self, app: Flask, email: str = "", password: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        if email:
            sign_in(self.client, email, password)
            page = self.open("/home")
            assert page.status == 200, page.text[:300]
            assert "/login" not in page.url, page.text[:300]

    def open(self, url: str, **headers: str) -> Page:
        return _page(self.client.get(url, headers=headers, follow_redirects=True))

    def send(self, url: str, /, *, form: Any = 0, to: Any = "", files: Any = None, **typed: Any) -> Page:
        """Open a page, fill in a form (the first, or the one that goes `to`), send it, follow where it leads."""
        page = self.open(url)
        assert page.status == 200, (url, page.status, page.text[:300])
        chosen = next(one for one in page.forms if to in one.action) if to else page.forms[form]
        return self.post(chosen.action or page.url, {**chosen.fields, **_listed(typed)}, files)

    def post(self, url: str, fields: dict[str, Any], files: dict[str, Any] | None = None) -> Page:
        sent = {
            **fields,
            **{name: (BytesIO(content), label) for name, (label, content) in (files or {}).items()},
        }
        answer = self.client.post(url, data=sent, follow_redirects=True)
        page = _page(answer)
        for one in (*answer.history, answer):  # a large upload is a file the test client leaves open
            one.request.input_stream.close()
        return page


def _listed(typed: dict[str, Any]) -> dict[str, Any]:
    """What is typed, as a browser sends it; a row of a table is named `prefix_7` here and `prefix-7` on the page."""
    return {name: value if isinstance(value, list) else str(value) for name, value in typed.items()}


def _page(answer: TestResponse) -> Page:
    shown = (answer.mimetype or "").startswith("text/")
    html = answer.get_data(as_text=True) if shown else ""
    return Page(answer.status_code, html, answer.request.path, answer.data, answer.headers)
