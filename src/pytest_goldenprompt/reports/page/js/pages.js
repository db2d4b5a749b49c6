// The three pages: the run, a prompt, a case; the address says which.

const MOST_CARDS = 12;
const BRIEF = 5;
const BY_PROMPT = new Map(PROMPTS.map((prompt) => [prompt, []]));
ROWS.forEach((row) => BY_PROMPT.get(row.prompt).push(row));
const MAIN = document.getElementById("main");
const scrolled = new Map();
let shownAt = "";

function rowsOf(prompt) {
  return BY_PROMPT.get(prompt);
}

function needsYou(prompt) {
  return !prompt.draft && stateOf(prompt)[0] === "bad" && Boolean(prompt.reasons);
}

function runPage(words) {
  const bad = PROMPTS.filter(needsYou).sort(urgency);
  const brief = bad.length ? bad : PROMPTS.filter((prompt) => !prompt.draft && prompt.state === "inconclusive");
  const [tone, word] = STATES[HEAD.state];
  const shown = HEAD.partial && tone === "bad" && !HEAD.worse.length ? ["open", "Partial"] : [tone, word];
  return ["The run", [
    el(`section.verdict.${shown[0]}`, { "aria-labelledby": "sentence" },
      chip(shown), el("h1", { id: "sentence", tabindex: "-1" }, HEAD.sentence),
      brief.length ? el("ul.brief", null, brief.slice(0, BRIEF).map(briefly)) : null,
      nextSteps(bad),
      HEAD.reasons.length ? folded("Why the gate says so", () => el("ul", null, HEAD.reasons.map((reason) => el("li", null, reason)))) : null),
    HEAD.aside.length ? el("section.aside", { "aria-label": "Beside the verdict" }, el("ul", null, HEAD.aside.map(([kind, text, bad]) => el("li", null, el(bad ? "b.bad" : "b", null, kind), ` ${text}`)))) : null,
    bad.length ? el("section", { "aria-labelledby": "worse" }, el("h2", { id: "worse" }, HEAD.worse.length ? "What got worse" : "What is the matter"),
      bad.slice(0, MOST_CARDS).map((prompt) => card(prompt, rowsOf(prompt))),
      bad.length > MOST_CARDS && el("p", null, `${counted(bad.length - MOST_CARDS, "more prompt")}: see the table.`)) : null,
    promptsTable(),
    casesSection("", choiceOf(words)),
  ]];
}

function nextSteps(bad) {
  const steps = [];
  if (bad.length) steps.push(toCopy("Look closer", look(bad[0].id), "in a terminal, every answer"));
  else if (STATES[HEAD.state][0] !== "good" && HEAD.state !== "no-baseline") steps.push(toCopy("Look closer", HEAD.show, "in a terminal"));
  if (HEAD.state === "no-baseline") steps.push(toCopy("Record the first results", "pytest --golden --golden-record", "what later runs are compared with"));
  if (bad.length && HEAD.accept) {
    const waived = bad.find((prompt) => WORSE.has(prompt.id));
    const fold = folded("If it is meant to be so: accept it, or waive it", () => [
      toCopy("Accept the new answers", HEAD.accept, "this run becomes what later ones are compared with"),
      waived && toCopy("Waive it until a day", waiver(waived), "into goldenprompt.toml, with your name and a reason")]);
    steps.push(fold);
  }
  return steps.some(Boolean) ? el("div.next", null, el("h2.small", null, "What to do next"), steps) : null;
}

function promptPage(words) {
  const prompt = PROMPTS.find((one) => one.id === words.get("prompt"));
  if (!prompt) return missing(`There is no prompt ${words.get("prompt")} in this run.`);
  const rows = rowsOf(prompt);
  const choice = choiceOf(words);
  return [prompt.id, [
    trail([["All prompts", link("")], [prompt.id]]),
    el(`section.verdict.${stateOf(prompt)[0]}`, { "aria-labelledby": "sentence" },
      chip(stateOf(prompt)), el("h1", { id: "sentence", tabindex: "-1" }, prompt.id),
      el("p.rates", null, el("span", null, `${thenOf(prompt)} ${percent(prompt.rate && prompt.rate[0])}`), el("b", null, `Now ${percent(prompt.rate && prompt.rate[1])}`), el("span.quiet", null, move(prompt)))),
    findings(prompt),
    chart(prompt),
    casesSection("prompt", choice, prompt),
    tagTable(prompt, rows),
    el("section", { "aria-labelledby": "about" }, el("h2", { id: "about" }, "About the prompt"), aboutPrompt(prompt),
      prompt.text !== undefined && folded("The text of the prompt", () => blockOf(prompt.text, "Prompt")),
      folded("The statistics behind the verdict", () => statistics(prompt)),
      toCopy("Look closer", look(prompt.id), "in a terminal"),
      WORSE.has(prompt.id) && HEAD.show && toCopy("Waive it until a day", waiver(prompt), "into goldenprompt.toml, with your name and a reason")),
  ]];
}

function casePage(words) {
  const row = ROWS.find((one) => one.id === words.get("case") && one.prompt.id === words.get("of"));
  if (!row) return missing(`There is no case ${words.get("case")} of ${words.get("of")} in this run.`);
  const choice = choiceOf(words);
  const detail = detailOf(row) || {};
  const worse = standing(row)[0] === "bad" || standing(row)[0] === "open";
  return [row.id, [
    trail([["All prompts", link("")], [row.prompt.id, promptLink(row.prompt)], [row.id]]),
    el(`section.verdict.${standing(row)[0]}`, { "aria-labelledby": "sentence" },
      chip(standing(row)), mustPass(row),
      el("h1", { id: "sentence", tabindex: "-1" }, row.id),
      el("p.rates", null, row.k0 > 0 && el("span", null, `${thenOf(row.prompt)}: ${passes(row.x, row.k0)} passed`), row.k1 > 0 && el("b", null, `Now: ${passes(row.y, row.k1)} passed`)),
      row.why !== undefined && el("p", null, capital(textOf(row.why))),
      row.tags.length ? el("p", null, row.tags.map((tag) => el("a.tag", { href: link("", { tag }) }, tag))) : null),
    neighbours(row, choice),
    detailOf(row) ? asked(detail.asked) : null,
    el("section", { "aria-labelledby": "both" }, el("h2", { id: "both" }, `${thenOf(row.prompt)} and now`), compared(row)),
    detail.now && el("section", { "aria-labelledby": "all" }, el("h2", { id: "all" }, "Every answer"),
      detail.depth && el("p.quiet", null, "One answer of each run is held here, to keep this page small; the command below shows all."),
      el("div.sides", null, everyRepeat(thenOf(row.prompt), detail.then), everyRepeat("Now", detail.now)),
      detail.carried && el("p.quiet", null, `Taken as stored from run ${detail.carried}: nothing of it changed.`)),
    el("section", { "aria-labelledby": "next" }, el("h2", { id: "next" }, "What to do next"),
      toCopy("Look closer", look(row.prompt.id, row.id), "in a terminal"),
      worse && HEAD.show && toCopy("Waive this case until a day", waiver(row.prompt, row.id), "into goldenprompt.toml, with your name and a reason"),
      worse && HEAD.accept && toCopy("Accept the whole run", HEAD.accept, "this run becomes what later ones are compared with")),
  ]];
}

function asked(told) {
  if (!told) return el("p.quiet", null, "What was asked is not held here: a run keeps only a digest of it, and the case is not in its dataset any more as it was.");
  const text = ([name, number]) => el("div", null, el("dt", null, name), el("dd", null, blockOf(number, name)));
  return el("div.sides", null,
    el("section.side", { "aria-labelledby": "asked" }, el("h2", { id: "asked" }, "Asked"), el("dl.texts", null, told.inputs.map(text), (told.turns || []).map(text))),
    el("section.side", { "aria-labelledby": "wanted" }, el("h2", { id: "wanted" }, "Wanted"),
      told.expected !== undefined ? blockOf(told.expected, "Wanted") : el("p.quiet", null, "No single answer; the checks decide."),
      told.checks && el("ul.checks", null, told.checks.map((number) => el("li", null, el("code", null, textOf(number))))),
      told.noted && el("dl.texts.noted", null, told.noted.map(text))));
}

function neighbours(row, choice) {
  const among = matching(choice);
  const at = among.indexOf(row);
  if (at < 0 || among.length < 2) return null;
  const to = (other, word) => (other ? el("a", { href: caseLink(other, choice) }, word) : el("span.quiet", null, word));
  return el("nav.neighbours", { "aria-label": "Cases" }, to(among[at - 1], "\u2190 Previous"), el("span.quiet", null, `${at + 1} of ${among.length}`), to(among[at + 1], "Next \u2192"));
}

function trail(steps) {
  return el("nav.trail", { "aria-label": "Where you are" }, el("ol", null, steps.map(([name, href]) =>
    el("li", null, href ? el("a", { href }, name) : el("span", { "aria-current": "page" }, name)))));
}

function missing(sentence) {
  return ["Not found", [trail([["All prompts", link("")], ["Not found"]]), el("h1", { id: "sentence", tabindex: "-1" }, sentence)]];
}

function top() {
  const { baseline, anchor, run } = HEAD;
  const days = baseline && baseline.days !== null ? `, ${counted(baseline.days, "day")} old` : "";
  add(document.getElementById("top"), [
    el("a.brand", { href: link("") }, "goldenprompt"),
    el("p", null, [`Run of ${run.finished.slice(0, 10) || run.month}`, baseline ? `compared with ${HEAD.then}${days}` : "compared with nothing", anchor && `approved run of ${anchor.month}`].filter(Boolean).join(" \u00b7 ")),
  ]);
}

function bottom() {
  const { run, baseline } = HEAD;
  const changed = run.dirty ? ", with changes that were not committed" : "";
  add(document.getElementById("bottom"), [
    DATA.leftOut.length ? el("div", null, el("h2.small", null, "Left out to keep this page small"), el("ul", null, DATA.leftOut.map((text) => el("li", null, text)))) : null,
    folded("About this run", () => pairs([
      ["Run", `${run.id} (${run.kind})`], ["Look closer", HEAD.show], ["Month", run.month], ["Finished", run.finished], ["Commit", run.commit && run.commit + changed],
      ["Compared with", baseline && `${baseline.id}${baseline.joined ? `, joined with ${counted(baseline.joined, "earlier run")}` : ""}${baseline.revision ? `, from ${baseline.revision}` : ""}`],
      ["Calls", `${HEAD.calls.toLocaleString("en")}${HEAD.again ? `, ${HEAD.again.toLocaleString("en")} of them to look again at what seemed worse` : ""}`],
      ["Spent", HEAD.spend], ["Made by", `pytest-goldenprompt ${run.tool}`],
    ])),
  ]);
}

const PAGES = { "": runPage, prompt: promptPage, case: casePage };

// Draws what the address names. `went` is false for the first page: the reader's focus is left where it is.
function draw(went) {
  const { page, words } = here();
  const [name, parts] = (PAGES[page] || runPage)(words);
  document.title = page ? `${name} \u00b7 goldenprompt` : HEAD.sentence;
  MAIN.replaceChildren();
  add(MAIN, [parts]);
  shownAt = location.hash;
  if (!went) return;
  document.getElementById("sentence").focus({ preventScroll: true });
  scrollTo(0, scrolled.get(shownAt) || 0);
}

addEventListener("hashchange", () => {
  if (location.hash && !location.hash.startsWith("#/")) return;
  draw(true);
});
addEventListener("scroll", () => scrolled.set(shownAt, scrollY), { passive: true });
document.addEventListener("click", (event) => {
  const to = event.target.closest("a");
  if (to && to.className === "skip") {
    event.preventDefault();  // the address says what is shown
    MAIN.focus();
  } else if (to) scrolled.delete(to.getAttribute("href"));
});
top();
bottom();
draw(false);
