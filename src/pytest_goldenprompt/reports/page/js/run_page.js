// The page of the run: the verdict, what to do, what got worse, all prompts, all cases.

const MOST_CARDS = 12;
const BRIEF = 5;
const BY_PROMPT = new Map(PROMPTS.map((prompt) => [prompt, []]));
ROWS.forEach((row) => BY_PROMPT.get(row.prompt).push(row));

function rowsOf(prompt) {
  return BY_PROMPT.get(prompt);
}

function needsYou(prompt) {
  return !prompt.draft && stateOf(prompt)[0] === "bad" && Boolean(prompt.reasons);
}

function runPage(words) {
  const bad = PROMPTS.filter(needsYou).sort(urgency);
  return ["The run", [verdict(bad), beside(), worst(bad), promptsTable(), casesSection("", choiceOf(words))]];
}

function verdict(bad) {
  const open = PROMPTS.filter((prompt) => !prompt.draft && prompt.state === "inconclusive");
  const brief = bad.length ? bad : open;
  const [tone, word] = STATES[HEAD.state];
  const shown = HEAD.partial && tone === "bad" && !HEAD.worse.length ? ["open", "Partial"] : [tone, word];
  return el(`section.verdict.${shown[0]}`, { "aria-labelledby": "sentence" },
    chip(shown),
    title(HEAD.sentence),
    list(brief.slice(0, BRIEF), briefly, "ul.brief"),
    nextSteps(bad),
    HEAD.reasons.length ? folded("Why the gate says so", () => list(HEAD.reasons)) : null);
}

function title(text) {
  return el("h1", { id: "sentence", tabindex: "-1" }, text);
}

function nextSteps(bad) {
  const steps = [firstStep(bad)];
  if (bad.length && HEAD.accept) {
    const waived = bad.find((prompt) => WORSE.has(prompt.id));
    steps.push(folded("If it is meant to be so: accept it, or waive it", () => [
      toCopy("Accept the new answers", HEAD.accept, "this run becomes what later ones are compared with"),
      waived && toWaive(waived),
    ]));
  }
  return steps.some(Boolean) ? el("div.next", null, el("h2.small", null, "What to do next"), steps) : null;
}

function firstStep(bad) {
  if (bad.length) return toCopy("Look closer", look(bad[0].id), "in a terminal, every answer");
  if (HEAD.state === "no-baseline") {
    return toCopy("Record the first results", "pytest --golden --golden-record", "what later runs are compared with");
  }
  return STATES[HEAD.state][0] === "good" ? null : toCopy("Look closer", HEAD.show, "in a terminal");
}

function beside() {
  if (!HEAD.aside.length) return null;
  const told = ([kind, text, bad]) => [el(bad ? "b.bad" : "b", null, kind), ` ${text}`];
  return el("section.aside", { "aria-label": "Beside the verdict" }, list(HEAD.aside, told));
}

function worst(bad) {
  if (!bad.length) return null;
  const rest = bad.length - MOST_CARDS;
  return section("worse", HEAD.worse.length ? "What got worse" : "What is the matter",
    bad.slice(0, MOST_CARDS).map((prompt) => card(prompt, rowsOf(prompt))),
    rest > 0 && el("p", null, `${counted(rest, "more prompt")}: see the table.`));
}
