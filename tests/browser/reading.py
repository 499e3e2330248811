"""What is wrong with a page as a browser has it: cut off at the side, or shutting people out."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE = {"type": "tag", "values": TAGS}
#: All that a change of colours can change.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def faults(page: Page, rules: dict[str, Any] = EVERY_RULE) -> list[str]:
    """What axe-core finds: each rule broken, with the piece of the page that breaks it.

    It is put in by the debugger, which the page's content policy does not bind. Whoever just followed a link waits for
    something of the next page first: this waits for what is loading, not for what has not begun to.
    """
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    looked_at, found = page.evaluate(_FAULTS, {"runOnly": rules, "resultTypes": ["violations"]})
    assert looked_at, "axe found nothing to look at"
    return list(found)


_FAULTS = """async options => {
  const told = await axe.run(document, options);
  const found = told.violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)}`));
  return [told.passes.length, found];
}"""


def cut_off(page: Page) -> list[str]:
    """The pieces that stick out at the right, names squeezed to a letter a line, a page that scrolls sideways."""
    return list(page.evaluate(_CUT_OFF))


_CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > wide) found.push(`scrolls: ${document.documentElement.scrollWidth} px`);
  for (const one of document.querySelectorAll("main *, header *, footer *")) {
    const box = one.getBoundingClientRect();
    const squeezed = one.matches("th") && box.width < 2 * parseFloat(getComputedStyle(one).fontSize);
    if (box.width && (box.right > wide + 1 || squeezed)) found.push(one.outerHTML.slice(0, 120));
  }
  return found;
}"""


def sound(page: Page) -> None:
    """Nothing shuts people out, and the page does not scroll sideways."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
