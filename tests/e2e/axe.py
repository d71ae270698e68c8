"""What axe-core says about a page: labels, names, contrast, order, as WCAG 2.2 AA has them."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page

from tests.e2e.places import PROJECT

_AXE = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_RUN = """async tags => (await axe.run(document, {runOnly: tags})).violations.flatMap(violation =>
    violation.nodes.map(node => ({
        rule: violation.id, at: node.target.join(' '),
        why: node.failureSummary.split('\\n').slice(1).join('; ').trim(),
    })))"""


async def violations(page: Page) -> list[dict[str, Any]]:
    """Everything that is wrong with what the page shows now: rule, place, reason."""
    if not await page.evaluate("typeof window.axe === 'object'"):
        await page.evaluate(_AXE.read_text(encoding="utf-8"))
    # What is still fading in has no contrast yet; what turns for ever can't be finished.
    await page.evaluate("document.getAnimations().forEach(a => { try { a.finish() } catch {} })")
    found: list[dict[str, Any]] = await page.evaluate(_RUN, _TAGS)
    return found
