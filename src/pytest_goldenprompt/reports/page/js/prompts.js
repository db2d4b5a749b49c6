// A prompt: its row in the table, the card of one that got worse, and its own page.

const SHOWN_CASES = 3;
const SHOWN_FIELDS = 5;
const WORSE = new Set(HEAD.worse);
const TOLD_BELOW = /^(worst cases?: |the \d+ cases tagged )/;

function stateOf(prompt) {
  if (prompt.draft) return ["still", "Draft, has no say"];
  if (WORSE.has(prompt.id) && prompt.state === "new") return ["bad", "New, under its bar"];
  if (WORSE.has(prompt.id) && prompt.kinds.join() === "waiver") return ["bad", "Its waiver does not hold"];
  if (prompt.state === "incomplete" && (prompt.reasons || []).every((reason) => reason.startsWith("partial: "))) {
    return ["open", "Partly run"];
  }
  return STATES[prompt.state];
}

// Those that need somebody first, and of these the one that fell most.
function urgency(one, other) {
  const tone = (prompt) => ["bad", "open", "good", "still"].indexOf(stateOf(prompt)[0]);
  return tone(one) - tone(other) || (other.drop || 0) - (one.drop || 0);
}

function promptsTable() {
  const [body, below] = growing([...PROMPTS].sort(urgency), promptRow, "prompt");
  const rates = [[SINCE, "number"], ["Now", "number"], ["Change in points", "number"], ["Cases", "number"]];
  const heads = [["Prompt"], ["How it stands"], ["Twelve months", "graph"], ...rates];
  return section("prompts", "Prompts", table("All prompts, those that need you first", heads, body, ".prompts.stacks"), below);
}

function promptRow(prompt) {
  const owner = prompt.owner && el("span.owner", null, prompt.owner);
  return el("tr", null,
    el("th.name", { scope: "row" }, el("a", { href: promptLink(prompt) }, prompt.id), owner),
    el("td", null, chip(stateOf(prompt))),
    el("td.graph", null, spark(prompt)),
    figure(thenOf(prompt), percent(rateOf(prompt)[0])),
    figure("Now", percent(rateOf(prompt)[1])),
    figure("Change", move(prompt)),
    figure("Cases", casesOf(prompt)));
}

function rateOf(prompt) {
  return prompt.rate || [null, null];
}

function casesOf(prompt) {
  const planned = prompt.planned || 0;
  return prompt.compared && prompt.compared !== planned ? `${prompt.compared} of ${planned}` : planned;
}

// The change in points, and how far down the truth may be.
function move(prompt) {
  const { drop, dropUpper } = prompt;
  if (drop === undefined) return NEITHER;
  const sure = dropUpper === undefined || Math.abs(dropUpper - drop) < 0.0005;
  const fell = drop > 0.0005 && WORSE.has(prompt.id);
  const bound = `${dropUpper > 0 ? "at worst" : "at least"} ${points(dropUpper || 0)}`;
  return [el(fell ? "b.bad" : "span", null, points(drop)), !sure && el("span.bound", null, bound)];
}

function card(prompt, rows) {
  const named = rows.filter((row) => row.flags & FLAGS.named);
  const shown = named.length ? named : rows.filter((row) => OUTCOMES[row.outcome][0] === "bad");
  const rest = shown.length - SHOWN_CASES;
  return el("article.card", { "aria-label": prompt.id },
    cardHead(prompt),
    findings(prompt),
    shown.slice(0, SHOWN_CASES).map(example),
    rest > 0 && el("p", null, el("a", { href: promptLink(prompt) }, `${counted(rest, "more case")} of ${prompt.id}`)));
}

function cardHead(prompt) {
  const [then, now] = rateOf(prompt);
  return el("header.card-head", null,
    el("h3", null, el("a", { href: promptLink(prompt) }, prompt.id)),
    chip(stateOf(prompt)),
    prompt.owner && el("span.quiet", null, `owner ${prompt.owner}`),
    prompt.rate && el("span.card-rate", null,
      spark(prompt), el("span", null, percent(then)), el("span", { "aria-hidden": "true" }, "\u2192"),
      el("span.unseen", null, "then, now"), el("b", null, percent(now))));
}

function example(row) {
  return el("section.example", { "aria-label": row.id },
    el("h4", null, el("a", { href: caseLink(row) }, row.id), mustPass(row)),
    question(row),
    compared(row));
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
  const [then, now] = rateOf(prompt);
  const why = prompt.state === "inconclusive" ? prompt.needs : (prompt.cause || prompt.reasons || [])[0];
  return [
    el("a", { href: promptLink(prompt) }, prompt.id), " ",
    then !== null && el("b", null, `${percent(then)} \u2192 ${percent(now)}`), " ",
    why && el("span.quiet", null, capital(why)),
  ];
}

// What happened and why, in sentences; places and fields where they are known.
function findings(prompt) {
  const told = (prompt.reasons || []).filter((reason) => !TOLD_BELOW.test(reason));
  const fields = (prompt.fields || []).filter(([, , then, now]) => then !== null && now > then);
  const part = (name, children) => children && [el("dt", null, name), el("dd", null, children)];
  const sentences = (texts) => texts.map((text) => el("p", null, capital(text)));
  return el("dl.findings", null,
    part("What", told.length ? sentences(told) : null),
    part("Why", prompt.cause ? [sentences(prompt.cause), changedText(prompt)] : null),
    part("Where", list(prompt.slices || [], slice)),
    part("Fields", list(fields.slice(0, SHOWN_FIELDS), jsonField)));
}

function slice([tag, cases, then, now]) {
  return [el("span.tag", null, tag), ` ${counted(cases, "case")}: ${percent(then)} passed, ${percent(now)} now`];
}

function jsonField([path, what, then, now, number, ...ids]) {
  const rest = number > ids.length ? ` and ${number - ids.length} more` : "";
  const moved = ` ${what} in ${percent(now)} of the cases, ${percent(then)} then`;
  return [el("code", null, path), moved, el("span.quiet", null, ` (${ids.join(", ")}${rest})`)];
}

function changedText(prompt) {
  if (prompt.textThen === undefined) return null;
  return folded("What changed in the prompt", () => {
    const [left, right] = wordDiff(textOf(prompt.textThen), textOf(prompt.text));
    return el("div.sides", null, promptText(THEN, left, "del"), promptText("Now", right, "ins"));
  });
}

function promptText(name, words, mark) {
  const told = words.map(([changed, text]) => (changed ? el(mark, null, text) : text));
  const scrolls = { dir: "auto", tabindex: "0", role: "group", "aria-label": `Prompt, ${name}` };
  return el("div.side", null, el("p.side-name", null, el("strong", null, name)), el("pre.block.long", scrolls, told));
}

// Pass rates by tag, counted from the cases that both runs observed; the gate names some of them itself.
function tagTable(prompt, rows) {
  const both = rows.filter((row) => row.k0 && row.k1);
  const tags = [...new Set(both.flatMap((row) => row.tags))].map((tag) => tagRates(tag, both));
  if (!tags.length) return null;
  tags.sort((one, other) => other.drop - one.drop || (one.tag < other.tag ? -1 : 1));
  const named = new Set((prompt.slices || []).map(([tag]) => tag));
  const rates = [[thenOf(prompt), "number"], ["Now", "number"], ["Change in points", "number"]];
  const lines = tags.slice(0, AT_A_TIME).map((one) => tagRow(prompt, one, named.has(one.tag)));
  const heads = [["Tag"], ["Cases", "number"], ...rates];
  return section("slices", "By tag", table("Pass rates by tag, the greatest drop first", heads, lines, ".slices.stacks"));
}

function tagRates(tag, rows) {
  const among = rows.filter((row) => row.tags.includes(tag));
  const mean = (passed, repeats) => among.reduce((sum, row) => sum + row[passed] / row[repeats], 0) / among.length;
  const [then, now] = [mean("x", "k0"), mean("y", "k1")];
  return { tag, cases: among.length, then, now, drop: then - now };
}

function tagRow(prompt, { tag, cases, then, now, drop }, named) {
  const link = el("a", { href: promptLink(prompt, { tag }) }, tag);
  return el("tr", null,
    el("th.name", { scope: "row" }, link, named && el("span.must", null, "named by the gate")),
    figure("Cases", cases), figure(thenOf(prompt), percent(then)), figure("Now", percent(now)), figure("Change", points(drop)));
}

function aboutPrompt(prompt) {
  const form = prompt.form || [null, null];
  const tokens = (mean) => (mean === null ? NEITHER : mean.toFixed(0));
  const facts = [
    ["Golden dataset", prompt.dataset], ["Owner", prompt.owner], ["Asked", [prompt.provider, prompt.model].filter(Boolean).join(", ")],
    ["Answered", (prompt.served || []).join(", ")], ["Temperature", prompt.temperature], ["Checks", (prompt.checks || []).join(", ")],
    ["Answers", prompt.replayed && "recorded ones"], ["Removed cases", (prompt.removed || []).join(", ")],
    ["In the form asked for", form[1] !== null && `${percent(form[0])} then, ${percent(form[1])} now`],
    ["Tokens of an answer", prompt.tokens && `${tokens(prompt.tokens[0])} then, ${tokens(prompt.tokens[1])} now`],
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
