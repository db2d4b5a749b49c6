// Answers of a case: two of them side by side with what differs, or each repeat by itself.

// Chooses the repeat that tells most: then one that passed, now one that failed; else an error, else any.
function telling(repeats, passed) {
  const wanted = repeats.find((one) => one.error === undefined && one.passed === passed);
  return wanted || repeats.find((one) => one.error !== undefined) || repeats[0];
}

function detailOf(row) {
  return DATA.details[row.number];
}

function compared(row) {
  const detail = detailOf(row);
  if (!detail || !detail.now) return notHeld(row);
  const name = thenOf(row.prompt);
  const [then, now] = [telling(detail.then, 1), telling(detail.now, 0)];
  const [left, right] = [answerText(then), answerText(now)];
  const both = left !== null && right !== null;
  const places = both ? placesOf(name, left, right) : null;
  const words = both && left !== right ? wordDiff(left, right) : [null, null];
  const sides = el("div.sides", null,
    side(name, then, passes(row.x, row.k0), words[0], "del", row.k0 ? "Its answers are not held here." : "There is no earlier result."),
    side("Now", now, passes(row.y, row.k1), words[1], "ins"));
  return [
    both && left === right && el("p.quiet", null, "The answer is the same, word for word."),
    places ? [places, folded("The answers as text", () => sides)] : sides,
    now && reasons(now),
  ];
}

function answerText(repeat) {
  return repeat && repeat.output !== undefined ? textOf(repeat.output) : null;
}

function notHeld(row) {
  const why = row.why !== undefined ? textOf(row.why) : "";
  return el("p.quiet", null, why || "The answers are left out of this page to keep it small; the command below shows them.");
}

function side(name, repeat, passed, words, mark, without = "There is no answer.") {
  const head = el("p.side-name", null, el("strong", null, name), passed !== NEITHER && el("span.quiet", null, ` passed ${passed}`));
  if (!repeat) return el("div.side", null, head, el("p.quiet", null, without));
  if (repeat.error !== undefined) return el("div.side", null, head, el("p.error", null, blockOf(repeat.error, `${name}: error`)));
  if (repeat.output === undefined) return el("div.side", null, head, el("p.quiet", null, "The answer was not kept."));
  const whole = blockOf(repeat.output, `${name}: answer`);
  if (words) {
    const kept = [...whole.childNodes].filter((node) => node.className === "more");
    whole.replaceChildren();
    add(whole, [words.map(([changed, text]) => (changed ? el(mark, null, text) : text)), kept]);
  }
  return el("div.side", null, head, whole);
}

function placesOf(name, left, right) {
  const [then, now] = [jsonOf(left), jsonOf(right)];
  if (then === undefined || now === undefined) return null;
  const { places, same } = differingPlaces(then, now);
  if (!places.length) return null;
  const rows = places.slice(0, MOST_PLACES).map(([path, before, after]) =>
    el("tr", null, el("th", { scope: "row" }, el("code", null, path)),
      el("td", null, before === undefined ? el("span.quiet", null, "not there") : el("del", null, before)),
      el("td", null, after === undefined ? el("span.quiet", null, "not there") : el("ins", null, after))));
  const rest = places.length - MOST_PLACES;
  return [
    table("Fields that differ", [["Field"], [name], ["Now"]], rows, ".places"),
    el("p.quiet", null, rest > 0 ? `${counted(rest, "more field")} differ, and ${same} are the same.` : alike(same)),
  ];
}

function alike(same) {
  return `${counted(same, "other field")} ${same === 1 ? "is" : "are"} the same.`;
}

function reasons(repeat) {
  if (!repeat.why) return null;
  return el("div.reasons", null, repeat.why.map((number) => el("p", null, el("strong", null, "Why "), textOf(number))));
}

// Calls that got the same answer, judged alike, are told once.
function everyRepeat(name, repeats) {
  const alike = new Map();
  for (const repeat of repeats) {
    const key = JSON.stringify([repeat.output, repeat.error, repeat.passed, repeat.why, repeat.score, repeat.form]);
    alike.set(key, [...(alike.get(key) || []), repeat]);
  }
  const told = [...alike.values()].map((group) => answers(name, group));
  return el("section.repeats", null, el("h3", null, name), told.length ? el("ol", null, told) : el("p.quiet", null, "no answer"));
}

function answers(name, group) {
  const [first] = group;
  const times = group.length > 1 && el("b", null, `${group.length} times`);
  return el("li.repeat", null,
    el("p.repeat-head", null, chip(mark(first)), times, el("span.quiet", null, facts(group))),
    first.why && first.why.map((why) => el("p.why", null, textOf(why))),
    first.error !== undefined && blockOf(first.error, `${name}: error`),
    first.output !== undefined && blockOf(first.output, `${name}: answer`),
    group.length > 1 && folded("Each call", () => calls(group)));
}

function mark(repeat) {
  if (repeat.error !== undefined) return ["bad", "no answer"];
  return repeat.passed ? ["good", "passed"] : ["bad", "failed"];
}

function facts(group) {
  const [first] = group;
  const range = (of, unit) => {
    const values = group.map((repeat) => repeat[of]).filter((value) => value !== undefined);
    if (!values.length) return null;
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return `${least === most ? least : `${least}\u2013${most}`} ${most === 1 ? unit.replace("tokens", "token") : unit}`;
  };
  const models = [...new Set(group.map((repeat) => repeat.model).filter((number) => number !== undefined))];
  return dots([
    first.score !== undefined && `score ${first.score}`,
    first.form !== undefined && (first.form ? "in the form asked for" : "not in the form asked for"),
    range("seconds", "s"), range("in", "tokens in"), range("out", "tokens out"), models.map(textOf).join(", "),
    group.some((repeat) => repeat.end) && `ended by ${[...new Set(group.map((repeat) => repeat.end).filter(Boolean))].join(", ")}`,
    group.some((repeat) => repeat.attempts) && range("attempts", "attempts"),
    group.some((repeat) => repeat.copy) && "copies of one answer, counted once",
  ]);
}

function calls(group) {
  const told = (name, value) => figure(name, value === undefined ? NEITHER : value);
  const rows = group.map((repeat, number) => el("tr", null,
    el("th.name", { scope: "row" }, number + 1),
    told("Seconds", repeat.seconds), told("Tokens in", repeat.in), told("Tokens out", repeat.out),
    el("td", null, repeat.model === undefined ? NEITHER : textOf(repeat.model))));
  const heads = [["Call"], ["Seconds", "number"], ["Tokens in", "number"], ["Tokens out", "number"], ["Model"]];
  return table("Each call", heads, rows, ".calls.stacks");
}
