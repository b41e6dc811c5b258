"""What axe has against a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

_ALL = {"resultTypes": ["violations"]}
_COLOURS = {**_ALL, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}  # by their tag, those that ask for more would run too


def objections(page: Page, *, to_colours: bool = False) -> list[str]:
    """Everything, or only what is against its colours: the rest of a page is the same in light and dark."""
    found = Axe().run(page, options=_COLOURS if to_colours else _ALL).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def in_both_colours(page: Page) -> dict[str, list[str]]:
    """The page looked at whole in the dark, and its colours in the light."""
    page.emulate_media(color_scheme="dark")
    dark = objections(page)
    page.emulate_media(color_scheme="light")
    return {"dark": dark, "light": objections(page, to_colours=True)}
