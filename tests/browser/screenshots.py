"""The pictures of the documentation, made anew: `python tests/browser/screenshots.py docs`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

WIDTH, HEIGHT = 1200, 1020


def take(browser, page: Path, to: Path, address: str = "", scheme: str = "light") -> None:
    """Take a picture of the first screen of a page."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
    opened = context.new_page()
    opened.goto(page.as_uri() + address)
    opened.screenshot(path=to)
    context.close()


def main(folder: str) -> None:
    """Write the pictures into a folder."""
    from playwright.sync_api import sync_playwright

    sys.path[:0] = [str(Path(__file__).parents[1])]
    from browser.stories import shop
    from pytest_goldenprompt.reports.page.assemble import html_page

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        page = Path(place) / "page.html"
        page.write_text(html_page(shop().subject()), encoding="utf-8")
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if root else []
        )
        take(browser, page, Path(folder) / "html-report.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
