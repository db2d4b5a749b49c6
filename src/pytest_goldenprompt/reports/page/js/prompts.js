// A prompt: its row in the table, the card of one that got worse, and its own page.

const SHOWN_CASES = 3;
const WORSE = new Set(HEAD.worse);
const TOLD_BELOW = /^(worst cases?: |the \d+ cases tagged )/;

function stateOf(prompt) {
  if (prompt.draft) return ["still", "Draft, has no say"];
  if (WORSE.has(prompt.id) && prompt.state === "new") return ["bad", "New, under its bar"];
  if (WORSE.has(prompt.id) && prompt.kinds.join() === "waiver") return ["bad", "Its waiver does not hold"];
  return STATES[prompt.state];
}

// Those that need somebody first, and of these the one that fell most.
function urgency(one, other) {
  const tone = (prompt) => ["bad", "open", "good", "still"].indexOf(stateOf(prompt)[0]);
  return tone(one) - tone(other) || (other.drop || 0) - (one.drop || 0);
}

function promptsTable() {
  const [body, below] = growing([...PROMPTS].sort(urgency), promptRow, "prompt");
  const heads = [["Prompt"], ["How it stands"], ["Twelve months", "graph"], [SINCE, "number"], ["Now", "number"], ["Change in points", "number"], ["Cases", "number"]];
  return el("section", { "aria-labelledby": "prompts" }, el("h2", { id: "prompts" }, "Prompts"), table("All prompts, those that need you first", heads, body, ".prompts.stacks"), below);
}

function promptRow(prompt) {
  return el("tr", null,
    el("th.name", { scope: "row" }, el("a", { href: promptLink(prompt) }, prompt.id), prompt.owner && el("span.owner", null, prompt.owner)),
    el("td", null, chip(stateOf(prompt))),
    el("td.graph", null, spark(prompt)),
    figure(thenOf(prompt), percent(prompt.rate && prompt.rate[0])),
    figure("Now", percent(prompt.rate && prompt.rate[1])),
    figure("Change", move(prompt)),
    figure("Cases", prompt.compared && prompt.compared !== prompt.planned ? `${prompt.compared} of ${prompt.planned}` : prompt.planned || 0));
}

// The change in points, and how far down the truth may be.
function move(prompt) {
  if (prompt.drop === undefined) return NEITHER;
  const sure = prompt.dropUpper === undefined || Math.abs(prompt.dropUpper - prompt.drop) < 0.0005;
  const tone = prompt.drop > 0.0005 && WORSE.has(prompt.id) ? "b.bad" : "span";
  return [el(tone, null, points(prompt.drop)), !sure && el("span.bound", null, `${prompt.dropUpper > 0 ? "at worst" : "at least"} ${points(prompt.dropUpper)}`)];
}

function card(prompt, rows) {
  const named = rows.filter((row) => row.flags & FLAGS.named);
  const shown = named.length ? named : rows.filter((row) => OUTCOMES[row.outcome][0] === "bad");
  const rest = shown.length - SHOWN_CASES;
  return el("article.card", { "aria-label": prompt.id },
    el("header.card-head", null,
      el("h3", null, el("a", { href: promptLink(prompt) }, prompt.id)), chip(stateOf(prompt)),
      prompt.owner && el("span.quiet", null, `owner ${prompt.owner}`),
      prompt.rate && el("span.card-rate", null, spark(prompt), el("span", null, percent(prompt.rate && prompt.rate[0])), el("span", { "aria-hidden": "true" }, "\u2192"), el("span.unseen", null, "then, now"), el("b", null, percent(prompt.rate && prompt.rate[1])))),
    findings(prompt),
    shown.slice(0, SHOWN_CASES).map((row) => el("section.example", { "aria-label": row.id },
      el("h4", null, el("a", { href: caseLink(row) }, row.id), mustPass(row)), question(row), compared(row))),
    rest > 0 && el("p", null, el("a", { href: promptLink(prompt) }, `${counted(rest, "more case")} of ${prompt.id}`)));
}

function question(row) {
  const { asked } = detailOf(row) || {};
  if (!asked || !asked.inputs.length) return null;
  const [, number] = asked.inputs[0];
  const line = textOf(number).slice(0, 160);
  return el("p.question", { dir: "auto" }, line, line.length < textOf(number).length && "\u2026");
}

// In a line for the top of the page: how far it fell, and why.
function briefly(prompt) {
  const [then, now] = prompt.rate || [null, null];
  const why = prompt.state === "inconclusive" ? prompt.needs : (prompt.cause || prompt.reasons || [])[0];
  return el("li", null, el("a", { href: promptLink(prompt) }, prompt.id), " ", then !== null && el("b", null, `${percent(then)} \u2192 ${percent(now)}`), " ", why && el("span.quiet", null, capital(why)));
}

// What happened and why, in sentences; places and fields where they are known.
function findings(prompt) {
  const reasons = (prompt.reasons || []).filter((reason) => !TOLD_BELOW.test(reason));
  const parts = (prompt.slices || []).map(([tag, cases, then, now]) =>
    el("li", null, el("span.tag", null, tag), ` ${counted(cases, "case")}: ${percent(then)} passed, ${percent(now)} now`));
  const fields = (prompt.fields || []).filter(([, , then, now]) => then !== null && now > then).slice(0, 5).map(([path, what, then, now, number, ...ids]) =>
    el("li", null, el("code", null, path), ` ${what} in ${percent(now)} of the cases, ${percent(then)} then`, el("span.quiet", null, ` (${ids.join(", ")}${number > ids.length ? ` and ${number - ids.length} more` : ""})`)));
  return el("dl.findings", null,
    reasons.length ? [el("dt", null, "What"), el("dd", null, reasons.map((reason) => el("p", null, capital(reason))))] : null,
    prompt.cause && [el("dt", null, "Why"), el("dd", null, prompt.cause.map((cause) => el("p", null, capital(cause))), changedText(prompt))],
    parts.length ? [el("dt", null, "Where"), el("dd", null, el("ul", null, parts))] : null,
    fields.length ? [el("dt", null, "Fields"), el("dd", null, el("ul", null, fields))] : null);
}

function changedText(prompt) {
  if (prompt.textThen === undefined) return null;
  return folded("What changed in the prompt", () => {
    const [left, right] = wordDiff(textOf(prompt.textThen), textOf(prompt.text));
    const shown = (words, mark, name) => el("div.side", null, el("p.side-name", null, el("strong", null, name)),
      el("pre.block.long", { dir: "auto", tabindex: "0", role: "group", "aria-label": `Prompt, ${name}` }, words.map(([changed, text]) => (changed ? el(mark, null, text) : text))));
    return el("div.sides", null, shown(left, "del", THEN), shown(right, "ins", "Now"));
  });
}

// Pass rates by tag, counted from the cases that both runs observed; the gate names some of them itself.
function tagTable(prompt, rows) {
  const named = new Set((prompt.slices || []).map(([tag]) => tag));
  const both = rows.filter((row) => row.k0 && row.k1);
  const mean = (among, passed, repeats) => among.reduce((sum, row) => sum + row[passed] / row[repeats], 0) / among.length;
  const told = [...new Set(both.flatMap((row) => row.tags))].map((tag) => {
    const among = both.filter((row) => row.tags.includes(tag));
    return { tag, cases: among.length, then: mean(among, "x", "k0"), now: mean(among, "y", "k1") };
  });
  if (!told.length) return null;
  told.sort((one, other) => other.then - other.now - (one.then - one.now) || (one.tag < other.tag ? -1 : 1));
  const lines = told.map((one) => el("tr", null,
    el("th.name", { scope: "row" }, el("a", { href: promptLink(prompt, { tag: one.tag }) }, one.tag), named.has(one.tag) && el("span.must", null, "named by the gate")),
    figure("Cases", one.cases), figure(thenOf(prompt), percent(one.then)), figure("Now", percent(one.now)), figure("Change", points(one.then - one.now))));
  return el("section", { "aria-labelledby": "slices" }, el("h2", { id: "slices" }, "By tag"),
    table("Pass rates by tag, the greatest drop first", [["Tag"], ["Cases", "number"], [thenOf(prompt), "number"], ["Now", "number"], ["Change in points", "number"]], lines.slice(0, AT_A_TIME), ".slices.stacks"));
}

function aboutPrompt(prompt) {
  const form = prompt.form || [null, null];
  const facts = [
    ["Golden dataset", prompt.dataset], ["Owner", prompt.owner], ["Asked", [prompt.provider, prompt.model].filter(Boolean).join(", ")],
    ["Answered", (prompt.served || []).join(", ")], ["Temperature", prompt.temperature], ["Checks", (prompt.checks || []).join(", ")],
    ["Answers", prompt.replayed && "recorded ones"], ["Removed cases", (prompt.removed || []).join(", ")],
    ["In the form asked for", form[1] !== null && `${percent(form[0])} then, ${percent(form[1])} now`],
    ["Tokens of an answer", prompt.tokens && prompt.tokens.map((mean) => (mean === null ? NEITHER : mean.toFixed(0))).join(" then, ") + " now"],
  ];
  return pairs(facts);
}

function statistics(prompt) {
  return pairs([
    ["Drop of the pass rate", prompt.drop !== undefined && `${(prompt.drop * 100).toFixed(2)} points`],
    ["Upper 95 % bound", prompt.dropUpper !== undefined && `${(prompt.dropUpper * 100).toFixed(2)} points`],
    ["p-value of \u201cworse\u201d", prompt.p !== undefined && prompt.p.toPrecision(3)],
    ["Speaks against it", (prompt.kinds || []).join(", ")],
    ["Would settle it", prompt.needs],
    ["Notes", (prompt.notes || []).join("; ")],
    ["Compared", `${prompt.compared || 0} of ${counted(prompt.planned || 0, "case")}`],
  ]);
}

function pairs(facts) {
  return el("dl.facts", null, facts.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false)
    .map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))));
}
