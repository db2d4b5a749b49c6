// The data of the run, and how figures, states and outcomes read.

const DATA = JSON.parse(document.getElementById("data").textContent);
const HEAD = DATA.head;
const THEN = HEAD.then[0].toUpperCase() + HEAD.then.slice(1);
const STATES = {
  pass: ["good", "Not worse"], regressed: ["bad", "Got worse"], drifted: ["bad", "Slid below the approved run"],
  inconclusive: ["open", "Cannot be told yet"], incomplete: ["bad", "Incomplete"], new: ["good", "New"],
  "no-baseline": ["open", "Nothing to compare with"], error: ["bad", "Cannot be read"],
};
const OUTCOMES = {
  regressed: ["bad", "got worse"], missing: ["bad", "no result"], suspect: ["open", "worse, maybe by luck"],
  changed: ["open", "changed"], new: ["open", "new"], failing: ["still", "failing as before"],
  waived: ["still", "waived"], fixed: ["good", "fixed"], passed: ["good", "passing"],
};
const WORST_FIRST = Object.keys(OUTCOMES);
const MARKS = { good: "\u2713", bad: "\u2715", open: "?", still: "\u2013" };
const FLAGS = { named: 1, must: 2, passed: 4 };
const NEITHER = "\u2013";

// Characters that steer, reorder or hide text are shown by their number, in colour.
const STEERING = new RegExp(
  "[\\0-\\x08\\x0b-\\x1f\\x7f-\\x9f\\xad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f" +
  "\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\u{e0000}-\\u{e007f}]", "gu");

// A prompt that slid is compared with the approved run, the others with the stored one.
function thenOf(prompt) {
  return prompt.then ? capital(prompt.then) : THEN;
}

function percent(value) {
  if (value === null || value === undefined) return NEITHER;
  const shown = value === 0 || value === 1 ? value * 100 : Math.min(Math.max(value * 100, 0.1), 99.9);
  return `${shown.toFixed(1).replace(/\.0$/, "")}\u00a0%`;
}

function points(drop) {
  const size = Math.abs(drop * 100).toFixed(1).replace(/\.0$/, "");
  return size === "0" ? "0" : `${drop > 0 ? "\u2212" : "+"}${size}`;
}

function counted(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

// Says that nobody wanted a case to run: whoever runs a part of a library knows that.
function isLeftOut(row) {
  return row.outcome === "missing" && row.why !== undefined && textOf(row.why) === "deselected";
}

// How a case stands; one that is new, changed or waived may pass all the same.
function standing(row) {
  const [tone, word] = OUTCOMES[row.outcome];
  if (isLeftOut(row)) return ["still", "not chosen"];
  if (!["new", "changed", "waived"].includes(row.outcome) || !row.k1) return [tone, word];
  return row.flags & FLAGS.passed ? ["good", `${word}, passing`] : [tone, `${word}, failing`];
}

function passes(passed, repeats) {
  return repeats ? `${passed} of ${repeats}` : NEITHER;
}

function textOf(number) {
  const text = DATA.texts[number];
  return typeof text === "string" ? text : text[0];
}

function leftOut(number) {
  const text = DATA.texts[number];
  return typeof text === "string" ? 0 : text[1];
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
