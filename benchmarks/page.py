"""What the HTML report of many cases costs: `python benchmarks/page.py`.

Its bytes; the time to write it beside the time to judge the same run; and in Debian's Chromium the time from the start
of loading to the last row of the first 200 being drawn, beside an empty page of as many bytes, and the time from a key
in the search field to the rows that are left. Each answer is another text of 60 words; some cases, or all, got worse.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browser.stories import Story
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.reports.page.assemble import html_page
from pytest_goldenprompt.reports.page.content import Subject

WORDS = [f"word{number}" for number in range(3000)]
PROMPTS, REPEATS = 20, 10
DRAWN = """() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const rows = document.querySelectorAll("table.cases tbody tr").length;
    return [navigation.domContentLoadedEventEnd, rows];
}"""
SEARCHED = """(words) => {
    const field = document.getElementById("q");
    const began = performance.now();
    field.value = words;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    document.body.getBoundingClientRect();
    return performance.now() - began;
}"""


def library(cases: int, worse: float) -> Story:
    """Make a library in which a share of the cases got worse."""
    luck, story = random.Random(1), Story()
    text: Callable[[], str] = lambda: " ".join(luck.choices(WORDS, k=60))  # noqa: E731 - drawn anew each time
    for number in range(cases):
        prompt = f"library/prompt_{number * PROMPTS // cases:02}"
        if number * PROMPTS % cases == 0:
            story.prompt(prompt)
        question = Case(f"case-{number:05}", {"message": text()}, None, (f"lang:{number % 3}", f"area:{number % 7}"))
        bad = luck.random() < worse
        now = [(text(), not bad, "length: too long" if bad else "") for _ in range(REPEATS if bad else 1)]
        story.case(prompt, question.id, question, [(text(),) for _ in range(REPEATS)], now)
    return story


def timed(work: Callable[[], object]) -> tuple[object, float]:
    """Give what some work gives, and the seconds of CPU that it took."""
    began = time.process_time()
    return work(), time.process_time() - began


def written(cases: int, worse: float) -> str:
    """Write the page, and print what that took."""
    story = library(cases, worse)
    subject, judging = timed(story.subject)
    assert isinstance(subject, Subject)
    page, writing = timed(lambda: html_page(subject))
    print(f"{cases} cases, {worse:.0%} of them worse")
    print(f"  bytes of the page               {len(str(page).encode()):,}")
    print(f"  CPU to write it / to judge it   {writing / judging:.2f}")
    return str(page)


def opened(page: str, rounds: int) -> None:
    """Open it in a browser, and print what a person waits."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this part needs it

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        shown, empty = Path(folder) / "page.html", Path(folder) / "empty.html"
        shown.write_text(page, encoding="utf-8")
        empty.write_text(f'<!doctype html><script type="application/json">{"x" * len(page)}</script>')
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"] if root else []
        )
        loads, bare, searches = [], [], []
        for _ in range(rounds):
            tab = browser.new_page()
            tab.goto(empty.as_uri())
            bare.append(tab.evaluate(DRAWN)[0])
            tab.goto(shown.as_uri())
            usable, rows = tab.evaluate(DRAWN)
            assert rows == 200, rows
            loads.append(usable)
            searches.append([tab.evaluate(SEARCHED, words) for words in ("word17", "word17 word4")])
            tab.close()
        browser.close()
    first, next_one = (median(one[number] for one in searches) for number in (0, 1))
    print(
        f"  usable after                    {median(loads):.0f} ms, {median(loads) / median(bare):.1f} x an empty page"
    )
    print(f"  first search, the next one      {first:.0f} ms, {next_one:.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for worse in (0.02, 1.0):
        opened(written(options.cases, worse), options.rounds)


if __name__ == "__main__":
    main()
