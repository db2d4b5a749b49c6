// What frames every page, and the way from an address to a page.

const MAIN = document.getElementById("main");
const scrolled = new Map();
let shownAt = "";

function top() {
  const { baseline, anchor, run } = HEAD;
  const days = baseline && baseline.days !== null ? `, ${counted(baseline.days, "day")} old` : "";
  const told = dots([
    `Run of ${run.finished.slice(0, 10) || run.month}`,
    baseline ? `compared with ${HEAD.then}${days}` : "compared with nothing",
    anchor && `approved run of ${anchor.month}`,
  ]);
  add(document.getElementById("top"), [el("a.brand", { href: link("") }, "goldenprompt"), el("p", null, told)]);
}

function bottom() {
  const left = DATA.leftOut.length
    ? el("div", null, el("h2.small", null, "Left out to keep this page small"), list(DATA.leftOut))
    : null;
  add(document.getElementById("bottom"), [left, folded("About this run", aboutRun)]);
}

function aboutRun() {
  const { run, baseline } = HEAD;
  const changed = run.dirty ? ", with changes that were not committed" : "";
  const again = HEAD.again ? `, ${HEAD.again.toLocaleString("en")} of them to look again at what seemed worse` : "";
  return pairs([
    ["Run", `${run.id} (${run.kind})`], ["Look closer", HEAD.show], ["Month", run.month], ["Finished", run.finished],
    ["Commit", run.commit && run.commit + changed], ["Compared with", baseline && comparedWith(baseline)],
    ["Calls", `${HEAD.calls.toLocaleString("en")}${again}`], ["Spent", HEAD.spend],
    ["Made by", `pytest-goldenprompt ${run.tool}`],
  ]);
}

function comparedWith({ id, joined, revision }) {
  const more = joined ? `, joined with ${counted(joined, "earlier run")}` : "";
  return `${id}${more}${revision ? `, from ${revision}` : ""}`;
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
