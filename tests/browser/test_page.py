"""The page of a run, driven by a real browser: what a person sees, chooses, follows and copies."""

from __future__ import annotations

import random
import re
import shlex
import tomllib
from dataclasses import replace

import pytest

from browser.screenshots import take
from browser.stories import Story, shop
from pytest_goldenprompt.formats.policy import policy_from
from pytest_goldenprompt.model.dataset import Case
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.model.waiver import Waiver
from pytest_goldenprompt.reports.page.content import Subject
from unit.reports.test_page import SENTENCES

pytestmark = pytest.mark.slow

MINUS = "\u2212"
TRIAGE = "#/prompt?prompt=support%2Ftriage"
FEW = f"{TRIAGE}&outcome=regressed"
ORDER = "#/case?of=support%2Forder_fields&case=order-03"
DELIVERY = "#/case?of=support%2Ftriage&case=delivery-04"
PART = "Only a part of the library was run, and nothing in it got worse."
PAGES = {"#/?outcome=regressed": "2 of 5 prompts", FEW: "support/triage", ORDER: "order-03"}
"""Each kind of page, with few rows: they are all alike."""


@pytest.fixture(scope="module")
def subject():
    return shop().subject(spend="1.2345 USD, 430 calls")


@pytest.fixture(scope="module")
def path(module_desk, subject):
    return module_desk.write(subject)


@pytest.fixture(scope="module")
def tab(module_desk, path):
    return module_desk.open(path)


@pytest.fixture
def shown(desk, path, tab):
    """Go to an address on the page of the made-up shop, which stays open."""

    def go(address="#/", width=1400):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.goto(path.as_uri() + "#/again")  # the same address once more would change nothing
        tab.goto(path.as_uri() + address)
        return tab

    return go


def plain(found) -> list[str]:
    """Give the texts of elements, every blank a space."""
    return [" ".join(text.split()) for text in found.all_inner_texts()]


def arrived(page, heading: str) -> None:
    """Wait until a page is drawn that its link only began to open."""
    page.locator("h1", has_text=heading).wait_for()


def violations(page) -> list:
    """Open all that is folded, and list what hinders people."""
    page.evaluate("document.querySelectorAll('summary').forEach((one) => one.click())")
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    return [(one["id"], one["impact"], [node["html"] for node in one["nodes"]]) for one in found]


def rows(page) -> list[str]:
    return page.locator("table.cases tbody th a").all_inner_texts()


def test_the_first_screen_says_what_got_worse_why_and_what_to_do(shown):
    page = shown()
    assert page.locator("h1").inner_text() == "2 of 5 prompts got worse: support/triage and support/order_fields."
    assert page.title() == page.locator("h1").inner_text()
    first, second = plain(page.locator(".brief li"))
    assert first == "support/triage 98.3 % → 75 % The prompt file changed (support/triage.prompt.md)"
    assert "Nothing of yours changed" in second
    commands = page.locator(".verdict .command").all_inner_texts()
    assert commands == ["goldenprompt show 20261112T060000000Z-9c41d7/support/triage"]
    box = page.locator(".card").first.bounding_box()
    assert box["y"] < 900  # the first finding begins on the first screen
    page.get_by_text("If it is meant to be so").click()
    commands = page.locator(".verdict .command").all_inner_texts()
    assert commands[1] == 'goldenprompt accept 20261112T060000000Z-9c41d7 --reason "..." --even regressed'
    waivers = policy_from(commands[2].replace('reason = ""', 'reason = "known"'), "goldenprompt.toml").waivers
    assert waivers == (Waiver("support/triage", "customer-operations", "known", "2026-12-12", most_drop=0.24),)


def test_the_prompts_stand_with_their_months_then_now_and_change(shown):
    page = shown()
    first = page.locator("table.prompts tbody tr").first
    assert plain(first.locator("td.number")) == ["98.3 %", "75 %", f"{MINUS}23.3 at worst {MINUS}37", "36"]
    assert first.locator("svg").get_attribute("aria-label").startswith("Pass rates: November 2025 ")
    assert len(first.locator("polyline").get_attribute("points").split()) == 13


def test_a_choice_of_cases_is_in_the_address_and_can_be_sent(shown):
    page = shown()
    assert len(rows(page)) == 122
    page.get_by_label("How it stands").select_option("regressed")
    page.get_by_label("Tag").select_option("product:app")
    chosen = rows(page)
    assert len(chosen) == 6
    assert page.locator("#said").inner_text() == "6 cases found"
    sent = page.evaluate("location.hash")
    page.reload()
    assert page.evaluate("location.hash") == sent
    assert rows(page) == chosen
    assert page.get_by_label("Tag").input_value() == "product:app"
    page.get_by_label("How it stands").select_option("")
    page.get_by_label("Tag").select_option("")
    page.get_by_label("Search").fill("REFUND expected 'product'")
    assert rows(page) == ["product-07", "product-19", "product-31"]
    page.get_by_label("Search").fill("nowhere")
    assert page.get_by_text("No case fits this choice.").is_visible()


def test_next_and_back_stay_among_the_chosen_cases(shown):
    page = shown("#/?outcome=regressed&tag=product%3Ashop")
    page.get_by_role("link", name="product-07").click()
    arrived(page, "product-07")
    assert page.locator(".neighbours").inner_text().split("\n") == ["← Previous", "1 of 3", "Next →"]
    page.get_by_role("link", name="Next →").click()
    arrived(page, "product-19")
    page.go_back()
    arrived(page, "product-07")
    page.go_back()
    arrived(page, "2 of 5 prompts")
    assert rows(page) == ["product-07", "product-19", "product-31"]


def test_what_changed_is_marked_word_by_word(shown):
    page = shown("#/case?of=content%2Fsummary&case=article-02")
    gone, come = (page.locator(f".side {mark}").all_inner_texts() for mark in ("del", "ins"))
    assert "agreed" in " ".join(gone)
    assert "decided" in " ".join(come)
    assert "ferry free" not in " ".join(gone + come)
    then, now = page.locator("section[aria-labelledby=both] .side pre").all_inner_texts()
    assert then.startswith("The council agreed on Tuesday to close the old bridge until the spring")
    assert now.startswith("On Tuesday the council decided to close the bridge until spring.")


def test_json_answers_are_compared_field_by_field(shown):
    page = shown(ORDER)
    found = [row.inner_text().split("\t") for row in page.locator("table.places tbody tr").all()]
    assert found == [
        ["$.items[0].sku", '"T3"', "not there"],
        ["$.items[0].count", "1", "not there"],
        ["$.total", "22.5", "null"],
        ["$.items", "not there", "[]"],
    ]
    assert page.get_by_text("1 other field is the same.").is_visible()


def test_a_case_tells_what_was_asked_wanted_and_every_answer(shown):
    page = shown(DELIVERY)
    told = page.locator("main").inner_text()
    assert "My parcel is three weeks late and nobody answers." in told
    assert "October: 10 of 10 passed" in told
    assert "must pass" in told
    assert page.locator("section[aria-labelledby=wanted]").inner_text().split() == ["Wanted", "delivery", "exact"]
    now = page.locator(".repeats").nth(1).inner_text()
    assert re.search(r"failed\s+10 times\s+[\d.]+.[\d.]+ s · \d+.\d+ tokens in · 1 token out · gpt-4o-mini-2024-", now)
    page.locator(".repeats").nth(1).get_by_text("Each call").click()
    assert page.locator(".calls tbody tr").count() == 10
    show, waive, accept = page.locator(".command").all_inner_texts()
    assert show.endswith("/support/triage/delivery-04")
    [waiver] = policy_from(waive.replace('reason = ""', 'reason = "known"'), "goldenprompt.toml").waivers
    assert (waiver.prompt, waiver.case, waiver.until) == ("support/triage", "delivery-04", "2026-12-12")
    assert accept.startswith("goldenprompt accept ")


def test_a_case_that_passes_needs_nothing_but_may_be_looked_at(shown):
    page = shown("#/case?of=support%2Ftriage&case=refund-01")
    assert len(page.locator(".command").all_inner_texts()) == 1


@pytest.mark.parametrize("odd", ['it\'s $(odd) "x" \\ ; rm', "paste\x1b[201~\nrm"], ids=["signs", "controls"])
def test_names_are_quoted_as_a_shell_and_a_policy_read_them(desk, odd):
    story = Story()
    story.prompt("a b")
    story.case("a b", odd, Case(odd), [("yes",)] * 10, [("no", False)] * 10)
    page = desk.open(desk.write(story.subject(), "names.html"))
    page.locator("table.cases th a").first.click()
    page.locator(".trail").wait_for()
    show, waive, _ = page.locator(".command").all_text_contents()
    shown = odd.replace("\x1b", "?").replace("\n", "?")  # a terminal would obey them
    assert shlex.split(show)[-1] == f"20261112T060000000Z-9c41d7/a b/{shown}"
    assert tomllib.loads(waive)["waivers"][0]["case"] == odd


def test_what_is_left_out_for_size_is_said_where_it_would_be(desk, subject):
    page = desk.open(desk.write(subject, "small.html", room=40_000))
    left = page.locator("#bottom li").all_inner_texts()
    assert left[-1].endswith("passing as before: no texts")
    page.get_by_label("How it stands").select_option("passed")
    page.locator("table.cases th a").last.click()
    page.get_by_text("The answers are left out of this page to keep it small").wait_for()


def test_a_prompt_tells_its_months_tags_text_and_statistics(shown):
    page = shown(TRIAGE)
    assert page.locator("table.slices tbody tr").first.inner_text().split("\t")[0].startswith("lang:de")
    page.get_by_text("What changed in the prompt").click()
    assert plain(page.locator(".findings del")) == ["If a message is about two things, take the one that comes first."]
    page.get_by_text("The statistics behind the verdict").click()
    assert "23.33 points" in page.locator("main").inner_text()
    page.get_by_role("link", name="lang:de").click()
    page.locator(".count", has_text="12 cases").wait_for()
    assert len(rows(page)) == 12


def test_a_page_that_is_not_there_says_so(shown):
    assert shown("#/case?of=x&case=y").locator("h1").inner_text() == "There is no case y of x in this run."
    assert shown("#/prompt?prompt=x").locator("h1").inner_text() == "There is no prompt x in this run."


def test_commands_are_copied_as_they_stand(desk, path):
    page = desk.open(path, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: Look closer").first.click()
    page.get_by_text("Copied", exact=True).first.wait_for()
    assert page.locator("#said").inner_text() == "Copied to the clipboard"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "goldenprompt show 20261112T060000000Z-9c41d7/support/triage"


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(desk, path):
    page = desk.open(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    arrived(page, "support/triage")
    assert (
        page.evaluate("document.activeElement.id + ' ' + document.activeElement.innerText") == "sentence support/triage"
    )
    page.go_back()
    arrived(page, "2 of 5 prompts")
    page.locator("summary", has_text="Why the gate says so").focus()
    page.keyboard.press("Enter")
    assert page.locator(".verdict details[open] li").count() > 3


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_every_page_fits_every_width(shown, width):
    for address, heading in PAGES.items():
        page = shown(address, width)
        arrived(page, heading)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_every_page(desk, path, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = desk.open(path, color_scheme=scheme)
    page.evaluate(axe.Axe().axe_script)
    for address, heading in PAGES.items():
        page.goto(path.as_uri() + address)
        arrived(page, heading)
        assert violations(page) == [], address


def test_everyone_can_use_a_page_of_odd_and_long_answers_on_a_narrow_screen(desk):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    story = Story()
    story.prompt("p")
    odd = HOSTILE["bidi"] + "word " * 2000
    question = Case("odd", {"text": odd}, odd)
    story.case("p", "odd", question, [("yes",)] * 10, [(odd, False, "exact: found another")] * 10)
    page = desk.open(desk.write(story.subject(), "odd.html"), "#/case?of=p&case=odd")
    page.set_viewport_size({"width": 360, "height": 900})
    page.evaluate(axe.Axe().axe_script)
    assert violations(page) == []


def test_rows_are_drawn_two_hundred_at_a_time(desk):
    story = Story()
    story.prompt("many")
    for number in range(450):
        story.case("many", f"c{number:03}", Case(f"c{number:03}"), [("yes",)], [("yes",)])
    page = desk.open(desk.write(story.subject(), "other.html"))
    assert len(rows(page)) == 200
    page.get_by_role("button", name="Show 200 more").click()
    assert len(rows(page)) == 400
    assert page.evaluate("document.activeElement.innerText") == "c200"
    page.get_by_role("button", name="Show 200 more").click()
    assert len(rows(page)) == 450
    assert not page.get_by_role("button", name="Show 200 more").is_visible()


def test_on_paper_nothing_is_cut_and_no_control_is_left(desk, path):
    page = desk.open(path, "#/case?of=content%2Fsummary&case=article-02")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".copy").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    heights = "[...document.querySelectorAll('.block')].map((one) => one.scrollHeight - one.clientHeight)"
    assert max(page.evaluate(heights)) <= 1


def test_without_a_script_the_verdict_is_there(desk, path):
    text = desk.open(path, java_script_enabled=False).locator("main").inner_text()
    assert text.startswith("2 of 5 prompts got worse: support/triage and support/order_fields.")
    assert "goldenprompt show 20261112T060000000Z-9c41d7/support/" in text


HOSTILE = {
    "script": "<script>window.pwned = 1</script></script><script>alert(1)</script>",
    "handler": "<img src=x onerror=\"window.pwned = 2\"><a href='javascript:window.pwned=3'>x</a>",
    "svg": "<svg onload='window.pwned = 4'><script href='https://example.org/x.js'/></svg>",
    "style": "<style>body { display: none }</style><link rel=stylesheet href=https://example.org/x.css>",
    "data": "<iframe src='data:text/html,<script>parent.pwned = 5</script>'></iframe><object data='data:text/html,x'>",
    "markdown": "![x](https://example.org/pixel.png) [y](javascript:alert(1))",
    "comment": "<!-- <script> --></script><!--",
    "template": "${window.pwned = 6} {{constructor.constructor('window.pwned = 7')()}}",
    "bidi": "\u202egnp.exe\u202c \u2066x\u2069 \u200f",
    "ansi": "\x1b[2J\x1b]0;title\x07\x9b31m",
    "surrogates": "\ud800 and \udc00",
    "separators": "a\u2028b\u2029c\0d\r\n::error::x",
    "secret": "the key is sk-proj-abcdefghijklmnopqrstuvwx and AKIAABCDEFGHIJKLMNOP",
    "json": '{"__proto__": {"pwned": 8}, "constructor": [1]}',
    "long": "x" * 5_000_000,
}


def test_hostile_answers_do_nothing_and_hurt_no_other_case(desk):
    story = Story()
    story.prompt("hostile<script>window.pwned = 9</script>")
    for name, text in {**HOSTILE, "friend": "an answer"}.items():
        question = Case(name, {text[:50]: text[:2000]}, text[:2000], (text[:30],))
        then, now = [("yes",)] * 10, [(text, False, f"exact: found {text[:100]}")] * 10
        story.case("hostile<script>window.pwned = 9</script>", name, question, then, now)
    subject = story.subject()
    first, *others = subject.view.verdict.prompts
    odd = replace(
        first, cause=(HOSTILE["script"],), owner=HOSTILE["handler"], reasons=(HOSTILE["svg"], HOSTILE["secret"])
    )
    subject.view.verdict = replace(subject.view.verdict, prompts=(odd, *others), reasons=(HOSTILE["script"],))
    path = desk.write(subject, "hostile.html")
    assert path.stat().st_size < 6_000_000
    assert "sk-proj-abcdefghijklmnopqrstuvwx" not in path.read_text(encoding="utf-8")
    page = desk.open(path)
    for name in ["", *HOSTILE, "friend"]:
        of = "hostile<script>window.pwned = 9</script>"
        page.evaluate(
            "([of, name]) => { location.hash = name && '#/case?' + new URLSearchParams({of, case: name}); }", [of, name]
        )
        page.locator("h1", has_text=name or "got worse").wait_for()
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.locator("main pre", has_text="an answer").first.is_visible()
    assert page.evaluate("window.pwned === undefined && ({}).pwned === undefined")
    made = page.evaluate("[...new Set([...document.querySelectorAll('*')].map((one) => one.tagName.toLowerCase()))]")
    assert not {"img", "iframe", "object", "link", "template"} & set(made)
    assert page.locator("script").count() == 2
    assert page.locator("style").count() == 1


def test_steering_characters_are_shown_by_their_number(desk):
    story = Story()
    story.prompt("p")
    story.case("p", "bidi", Case("bidi"), [("yes",)], [(HOSTILE["bidi"] + HOSTILE["surrogates"], False)])
    page = desk.open(desk.write(story.subject(), "other.html"), "#/case?of=p&case=bidi")
    shown = page.locator("section[aria-labelledby=both] .side").nth(1)
    assert shown.locator(".escape").all_inner_texts() == [
        *("\\u202e", "\\u202c", "\\u2066", "\\u2069", "\\u200f", "\\ud800", "\\udc00")
    ]


def test_nothing_but_the_pages_own_script_runs(desk, path):
    page = desk.open(path)
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.pwned = 1";
        document.body.append(script);
        const image = document.createElement("img");
        image.src = "https://example.org/pixel.png";
        document.body.append(image);
    }""")
    assert page.evaluate("window.pwned") is None
    assert sum("Content Security Policy" in trouble for trouble in desk.troubles) == 2
    desk.troubles.clear()


def test_the_picture_of_the_documentation_can_be_made_anew(desk, path):
    picture = desk.folder / "report.png"
    take(desk.browser, path, picture)
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert 20_000 < picture.stat().st_size < 300_000


def test_a_prompt_that_slid_is_shown_against_the_approved_run(desk, subject):
    shown = replace(subject.view)
    prompts = tuple(
        replace(one, state=State.DRIFTED) if one.id == "support/triage" else one for one in shown.verdict.prompts
    )
    shown = replace(shown, verdict=replace(shown.verdict, prompts=prompts))
    path = desk.write(replace(subject, view=shown), "slid.html")
    page = desk.open(path)
    assert page.locator("table.prompts thead th").nth(3).inner_text() == "Then"
    page = desk.open(path, DELIVERY)
    told = page.locator("section[aria-labelledby=both]").inner_text()
    assert told.split("\n")[0] == "Approved run and now"
    assert "Its answers are not held here." in told
    assert "October" not in page.locator("main").inner_text()


PIECES = ("the", "council", "agreed", "to", "close", "bridge", " ", "\n", ".", "42", "Brücke", "橋")


def test_a_diff_loses_no_word_and_marks_none_that_both_have_at_the_ends(desk):
    luck = random.Random(3)
    story = Story()
    story.prompt("p")
    pairs = {}
    for number in range(12):
        then, now = (" ".join(luck.choices(PIECES, k=luck.randrange(1, 60))) for _ in range(2))
        shared = "shared start " * (number % 3)
        pairs[f"c{number:02}"] = then, now = shared + then, shared + now
        story.case("p", f"c{number:02}", Case(f"c{number:02}"), [(then,)], [(now, False)])
    page = desk.open(desk.write(story.subject(), "pairs.html"))
    for name, (then, now) in pairs.items():
        page.goto(page.url.partition("#")[0] + f"#/case?of=p&case={name}")
        arrived(page, name)
        sides = page.locator("section[aria-labelledby=both] .side pre")
        assert sides.evaluate_all("pres => pres.map((pre) => pre.textContent)") == [then, now]
        kept = (
            "pres => pres.map((pre) => [...pre.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data))"
        )
        left, right = (re.sub(r"\s+", "", "".join(texts)) for texts in sides.evaluate_all(kept))
        assert left == right, name


def test_the_longest_differing_answers_are_compared_at_once(desk):
    story = Story()
    story.prompt("p")
    then, now = (" ".join(f"{word}{number}" for number in range(3000)) for word in ("a", "b"))
    for number in range(40):
        story.case("p", f"c{number:02}", Case(f"c{number:02}"), [(then,)] * 10, [(f"{number} {now}", False)] * 10)
    page = desk.open(desk.write(story.subject(), "long.html"))
    assert page.locator(".example del").count() == 3


@pytest.mark.parametrize(
    ("sentence", "chip", "told"),
    [
        ("Nothing got worse: 2 prompts do as well as in October.", "Not worse", "Why the gate says so"),
        ("Not every case has a result: p.", "Incomplete", "without a whole result: b (HTTP 500)"),
        ("p cannot be read, so there is no verdict.", "Cannot be read", "Cannot be read: p.yaml:1: no"),
        (
            "Nothing is shown to be worse, but luck still hides the answer for p.",
            "Cannot be told yet",
            "would settle it",
        ),
        ("Only a part of the library was run, and nothing in it got worse.", "Partial", "goldenprompt show last"),
    ],
)
def test_every_state_says_what_it_is_and_what_it_needs(desk, sentence, chip, told):
    page = desk.open(desk.write(Subject(SENTENCES[sentence], {}), "state.html"))
    assert page.locator("h1").inner_text() == sentence
    assert chip in page.locator(".verdict .chip").inner_text()
    assert told in page.locator("main").inner_text()
    assert page.get_by_text("accept it").count() == 0


def test_waivers_stand_below_the_verdict(desk):
    kinds = ("mean", "case")
    waivers = tuple(
        Waiver("support/order_fields", "jane", "known", "2026-12-01", kind=kind, most_drop=0.3) for kind in kinds
    )
    page = desk.open(desk.write(shop().subject(waivers=waivers), "waived.html"))
    assert (
        page.locator(".aside li").first.inner_text().startswith("Waiver support/order_fields, mean only: waived until")
    )
    assert page.locator("h1").inner_text().startswith("support/triage got worse: 75 % of its answers pass, 98.3 % did")


def test_cases_that_nobody_chose_come_last_and_alarm_nobody(desk):
    page = desk.open(desk.write(Subject(SENTENCES[PART], {}), "part.html"))
    assert rows(page) == ["c", "a", "b"]
    assert page.locator("table.cases tbody tr").nth(2).locator(".chip").inner_text().endswith("not chosen")
    assert page.locator(".bad").count() == 0
