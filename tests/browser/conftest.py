"""One headless Chromium for all tests of pages, and pages that note whatever a page must not do."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pytest_goldenprompt.reports.page.assemble import html_page
from pytest_goldenprompt.reports.page.content import ROOM

CHROMIUM = shutil.which("chromium")


@dataclass
class Desk:
    """A browser, and a folder for the pages that it opens."""

    browser: object
    folder: Path
    troubles: list[str] = field(default_factory=list)
    contexts: list = field(default_factory=list)

    def write(self, subject, name: str = "page.html", room: int = ROOM) -> Path:
        path = self.folder / name
        path.write_text(html_page(subject, room), encoding="utf-8")
        return path

    def open(self, path: Path, address: str = "", **settings):
        """Open a page in a fresh profile; errors, requests and dialogs are noted."""
        context = self.browser.new_context(viewport={"width": 1400, "height": 900}, **settings)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("console", lambda told: told.type in {"error", "warning"} and self.troubles.append(told.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", lambda dialog: self.troubles.append(f"dialog {dialog.message}") or dialog.dismiss())
        page.on("request", lambda request: request.is_navigation_request() or self.troubles.append(request.url))
        page.goto(path.as_uri() + address)
        return page


@pytest.fixture(scope="session")
def chromium():
    """Start Debian's browser; no browser is downloaded."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("Debian's package `chromium` is not installed")
    with playwright.sync_playwright() as driver:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if root else [])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def module_desk(chromium, tmp_path_factory):
    """Give the desk of a module, so that a page that several tests look at is opened once."""
    found = Desk(chromium, tmp_path_factory.mktemp("pages"))
    yield found
    for context in found.contexts:
        context.close()


@pytest.fixture
def desk(module_desk):
    """Give a desk; at the end of a test nothing went wrong on any page, and nothing was fetched."""
    yield module_desk
    troubles = module_desk.troubles[:]
    module_desk.troubles.clear()
    assert troubles == []
