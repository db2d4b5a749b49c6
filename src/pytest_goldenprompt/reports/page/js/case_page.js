// The page of a case.

const NOT_ASKED =
  "What was asked is not held here: a run keeps only a digest of it, and the case is not in its dataset any more as it was.";

function casePage(words) {
  const row = ROWS.find((one) => one.id === words.get("case") && one.prompt.id === words.get("of"));
  if (!row) return missing(`There is no case ${words.get("case")} of ${words.get("of")} in this run.`);
  const detail = detailOf(row);
  return [row.id, [
    trail([["All prompts", link("")], [row.prompt.id, promptLink(row.prompt)], [row.id]]),
    caseHead(row),
    neighbours(row, choiceOf(words)),
    detail && asked(detail.asked),
    section("both", `${thenOf(row.prompt)} and now`, compared(row)),
    detail && detail.now && everyAnswer(row, detail),
    section("next", "What to do next", caseSteps(row)),
  ]];
}

function caseHead(row) {
  const then = row.k0 > 0 && el("span", null, `${thenOf(row.prompt)}: ${passes(row.x, row.k0)} passed`);
  const now = row.k1 > 0 && el("b", null, `Now: ${passes(row.y, row.k1)} passed`);
  return el(`section.verdict.${standing(row)[0]}`, { "aria-labelledby": "sentence" },
    chip(standing(row)), mustPass(row),
    title(row.id),
    el("p.rates", null, then, now),
    row.why !== undefined && el("p", null, capital(textOf(row.why))),
    row.tags.length ? el("p", null, row.tags.map((tag) => el("a.tag", { href: link("", { tag }) }, tag))) : null);
}

function neighbours(row, choice) {
  const among = matching(choice);
  const at = among.indexOf(row);
  if (at < 0 || among.length < 2) return null;
  const to = (other, word) => (other ? el("a", { href: caseLink(other, choice) }, word) : el("span.quiet", null, word));
  return el("nav.neighbours", { "aria-label": "Cases" },
    to(among[at - 1], "\u2190 Previous"),
    el("span.quiet", null, `${at + 1} of ${among.length}`),
    to(among[at + 1], "Next \u2192"));
}

function asked(told) {
  if (!told) return el("p.quiet", null, NOT_ASKED);
  const text = ([name, number]) => el("div", null, el("dt", null, name), el("dd", null, blockOf(number, name)));
  const check = (number) => el("code", null, textOf(number));
  const wanted = told.expected === undefined;
  return el("div.sides", null,
    el("section.side", { "aria-labelledby": "asked" }, el("h2", { id: "asked" }, "Asked"),
      el("dl.texts", null, told.inputs.map(text), (told.turns || []).map(text))),
    el("section.side", { "aria-labelledby": "wanted" }, el("h2", { id: "wanted" }, "Wanted"),
      wanted ? el("p.quiet", null, "No single answer; the checks decide.") : blockOf(told.expected, "Wanted"),
      list(told.checks || [], check, "ul.checks"),
      told.noted && el("dl.texts.noted", null, told.noted.map(text))));
}

function everyAnswer(row, detail) {
  return section("all", "Every answer",
    detail.depth && el("p.quiet", null, "One answer of each run is held here, to keep this page small; the command below shows all."),
    el("div.sides", null, everyRepeat(thenOf(row.prompt), detail.then), everyRepeat("Now", detail.now)),
    detail.carried && el("p.quiet", null, `Taken as stored from run ${detail.carried}: nothing of it changed.`));
}

function caseSteps(row) {
  const worse = ["bad", "open"].includes(standing(row)[0]);
  return [
    toCopy("Look closer", look(row.prompt.id, row.id), "in a terminal"),
    worse && toWaive(row.prompt, row.id),
    worse && toCopy("Accept the whole run", HEAD.accept, "this run becomes what later ones are compared with"),
  ];
}
