// The cases as rows, the choice among them, and their table, of which some rows are drawn at a time.

const PROMPTS = DATA.prompts;
const SINCE = PROMPTS.some((prompt) => prompt.then) ? "Then" : THEN;
const ROWS = DATA.rows.map(([prompt, id, outcome, x, k0, y, k1, flags, tags, why], number) => ({
  number, id, x, k0, y, k1, flags, why, prompt: PROMPTS[prompt], outcome: DATA.outcomes[outcome], tags: tags.map((tag) => DATA.tags[tag]),
}));
ROWS.sort((one, other) => rank(one) - rank(other) || one.number - other.number);

// Named ones first, of these the ones that must always pass; then by how much is the matter.
function rank(row) {
  const named = row.flags & FLAGS.named ? (row.flags & FLAGS.must && !(row.flags & FLAGS.passed) ? 0 : 1) : 2;
  if (isLeftOut(row)) return 3 * WORST_FIRST.length;
  return named * WORST_FIRST.length + WORST_FIRST.indexOf(row.outcome);
}

function matching({ q, prompt, outcome, tag }) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return ROWS.filter((row) =>
    (!prompt || row.prompt.id === prompt) && (!outcome || row.outcome === outcome) && (!tag || row.tags.includes(tag)) &&
    words.every((word) => haystack(row).includes(word)));
}

// What is searched: ids, tags, and all texts of the case that the page holds.
function haystack(row) {
  if (row.searched === undefined) {
    const texts = numbersOf(detailOf(row) || {}).map(textOf);
    row.searched = [row.id, row.prompt.id, ...row.tags, ...texts].join("\n").toLowerCase();
  }
  return row.searched;
}

function numbersOf({ asked = {}, then = [], now = [] }) {
  const given = [...(asked.inputs || []), ...(asked.turns || [])].map(([, number]) => number);
  const said = [...then, ...now].flatMap((repeat) => [repeat.output, repeat.error, ...(repeat.why || [])]);
  return [...given, asked.expected, ...said].filter((number) => number !== undefined);
}

function casesTable(rows, choice, besidesPrompt) {
  if (!rows.length) return el("p.empty", null, "No case fits this choice.");
  const rates = [["How it stands"], [SINCE, "number"], ["Now", "number"], ["Tags", "tags"]];
  const heads = [["Case"], ...(besidesPrompt ? [] : [["Prompt"]]), ...rates];
  const [body, below] = growing(rows, (row) => caseRow(row, choice, besidesPrompt), "case");
  return [table("Cases, the worst first", heads, body, ".cases.stacks"), below];
}

function mustPass(row) {
  if (!(row.flags & FLAGS.must)) return null;
  return el(row.flags & FLAGS.passed || !row.k1 ? "span.must" : "span.must.bad", null, "must pass");
}

function caseRow(row, choice, besidesPrompt) {
  return el("tr", null,
    el("th.name", { scope: "row" }, el("a", { href: caseLink(row, choice) }, row.id), mustPass(row)),
    !besidesPrompt && el("td", null, el("a.plain", { href: promptLink(row.prompt) }, row.prompt.id)),
    el("td", null, chip(standing(row))),
    figure(thenOf(row.prompt), passes(row.x, row.k0)),
    figure("Now", passes(row.y, row.k1)),
    el("td.tags", null, row.tags.map((tag) => el("span.tag", null, tag))));
}

// The choice of cases; the address follows it, so that a link to what is seen can be sent.
function casesSection(page, choice, fixed) {
  const found = el("div");
  const count = el("p.count");
  const given = { ...choice };
  const redraw = (told) => {
    const rows = matching(given);
    count.replaceChildren(...visible(counted(rows.length, "case")));
    found.replaceChildren();
    add(found, [casesTable(rows, given, Boolean(fixed))]);
    if (told) {
      history.replaceState(null, "", link(page, given));
      say(`${counted(rows.length, "case")} found`);
    }
  };
  const change = (name) => (event) => {
    given[name] = event.target.value;
    redraw(true);
  };
  const among = fixed ? ROWS.filter((row) => row.prompt === fixed) : ROWS;
  const prompts = PROMPTS.map((one) => [one.id, one.id]);
  const placeholder = "ids, answers, inputs, tags";
  const fields = [
    field("Search", el("input", { type: "search", id: "q", value: given.q, placeholder, oninput: change("q") }), "q"),
    !fixed && prompts.length > 1 && field("Prompt", select("prompt", prompts, "All prompts", given, change), "prompt"),
    field("How it stands", select("outcome", outcomesOf(among), "All", given, change), "outcome"),
    DATA.tags.length ? field("Tag", select("tag", tagsOf(among), "All tags", given, change), "tag") : null,
  ];
  const onsubmit = (event) => event.preventDefault();
  const form = el("form.choice", { role: "search", "aria-label": "Choose cases", onsubmit }, fields, count);
  redraw(false);
  return section("cases", "Cases", form, found);
}

function outcomesOf(rows) {
  return WORST_FIRST.map((outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length])
    .filter(([, number]) => number)
    .map(([outcome, number]) => [outcome, `${capital(OUTCOMES[outcome][1])} (${number.toLocaleString("en")})`]);
}

function tagsOf(rows) {
  return [...new Set(rows.flatMap((row) => row.tags))].sort().map((tag) => [tag, tag]);
}

function field(label, control, id) {
  return el("div.field", null, el("label", { for: id }, label), control);
}

function select(name, options, all, given, change) {
  const made = el("select", { id: name, onchange: change(name) }, el("option", { value: "" }, all),
    options.map(([value, label]) => el("option", { value }, label)));
  made.value = given[name];
  return made;
}
