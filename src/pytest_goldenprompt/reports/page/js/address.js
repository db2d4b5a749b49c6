// What is shown is in the address after "#/", so that a link to it can be sent: a page, and the choice of cases.

const CHOICES = ["q", "prompt", "outcome", "tag"];

function here() {
  const [page, query] = location.hash.startsWith("#/") ? location.hash.slice(2).split("?") : ["", ""];
  return { page, words: new URLSearchParams(query) };
}

function link(page, words = {}) {
  const given = Object.entries(words).filter(([, value]) => value !== "" && value !== undefined && value !== null);
  const query = new URLSearchParams(given).toString();
  return `#/${page}${query ? `?${query}` : ""}`;
}

function choiceOf(words) {
  return Object.fromEntries(CHOICES.map((name) => [name, words.get(name) || ""]));
}

function promptLink(prompt, words = {}) {
  return link("prompt", { prompt: prompt.id, ...words });
}

// Keeps the choice of cases, so that "next" and "back" stay among them.
function caseLink(row, choice = {}) {
  const { q, outcome, tag, prompt } = choice;
  return link("case", { of: row.prompt.id, case: row.id, q, outcome, tag, prompt });
}
