"""Signing in at a browser: the password, and the authenticator of whoever needs one; or already done."""

import re

from flask import Flask
from passlib.totp import TOTP  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.web.staff import PASSWORD, let_in
from tests.world import World
from traceability.domain.people import Identity


def signed_in(page: Page, url: str, app: Flask, world: World, who: Identity) -> Page:
    """As whoever has just signed in at the server `url`: four pages less, for tests of what comes after."""
    client = app.test_client()
    let_in(client, world, who)
    session = client.get_cookie("session")
    assert session is not None
    page.context.add_cookies([{"name": "session", "value": session.value, "url": url}])
    return page


def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    """In at the login page, until the first page stands; an authenticator is set up where the sign-in asks for one.

    Whoever went on before would break off its loading.
    """
    page.goto("/login")
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main button").first.click()
    if "/tf-setup" in page.url:
        page.locator("main button").first.click()
        key = re.sub("[ -]", "", page.locator("#key").inner_text())
        page.locator("[name=code]").fill(TOTP(key=key).generate().token)
        page.locator("main button").first.click()
    expect(page.locator("nav.menu")).to_be_visible()
    page.wait_for_load_state()
