// The page of a prompt.

function promptPage(words) {
  const prompt = PROMPTS.find((one) => one.id === words.get("prompt"));
  if (!prompt) return missing(`There is no prompt ${words.get("prompt")} in this run.`);
  return [prompt.id, [
    trail([["All prompts", link("")], [prompt.id]]),
    promptHead(prompt),
    findings(prompt),
    chart(prompt),
    casesSection("prompt", choiceOf(words), prompt),
    tagTable(prompt, rowsOf(prompt)),
    section("about", "About the prompt",
      aboutPrompt(prompt),
      prompt.text !== undefined && folded("The text of the prompt", () => blockOf(prompt.text, "Prompt")),
      folded("The statistics behind the verdict", () => statistics(prompt)),
      toCopy("Look closer", look(prompt.id), "in a terminal"),
      WORSE.has(prompt.id) && toWaive(prompt)),
  ]];
}

function promptHead(prompt) {
  const [then, now] = rateOf(prompt);
  return el(`section.verdict.${stateOf(prompt)[0]}`, { "aria-labelledby": "sentence" },
    chip(stateOf(prompt)),
    title(prompt.id),
    el("p.rates", null,
      el("span", null, `${thenOf(prompt)} ${percent(then)}`), el("b", null, `Now ${percent(now)}`),
      el("span.quiet", null, move(prompt))));
}

function trail(steps) {
  return el("nav.trail", { "aria-label": "Where you are" }, el("ol", null, steps.map(([name, href]) =>
    el("li", null, href ? el("a", { href }, name) : el("span", { "aria-current": "page" }, name)))));
}

function missing(sentence) {
  return ["Not found", [trail([["All prompts", link("")], ["Not found"]]), title(sentence)]];
}
