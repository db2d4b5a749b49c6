// Elements are made here and nowhere else; text becomes text nodes and never markup.

const AT_A_TIME = 200;
const SVG = "http://www.w3.org/2000/svg";

// "section.card.bad" with attributes and children: nodes, strings, lists of both; what is null is left out.
function el(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const drawn = tag === "svg" || classes[0] === "drawn";
  const made = drawn ? document.createElementNS(SVG, tag) : document.createElement(tag);
  if (classes.length) made.setAttribute("class", classes.join(" "));
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  add(made, children);
  return made;
}

function add(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    if (child instanceof Node) parent.append(child);
    else parent.append(...visible(String(child)));
  }
  return parent;
}

function visible(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(STEERING)) {
    if (found.index > from) nodes.push(document.createTextNode(text.slice(from, found.index)));
    nodes.push(escape(found[0]));
    from = found.index + found[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

function escape(letter) {
  const code = letter.codePointAt(0).toString(16);
  const made = document.createElement("span");
  made.className = "escape";
  made.textContent = code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, "0")}`;
  return made;
}

// A part of a page under a heading that names it.
function section(id, title, ...children) {
  return el("section", { "aria-labelledby": id }, el("h2", { id }, title), children);
}

// A list; nothing where there is nothing to list.
function list(items, make = (item) => item, name = "ul") {
  return items.length ? el(name, null, items.map((item) => el("li", null, make(item)))) : null;
}

// Short facts on one line; what is not known is left out.
function dots(parts) {
  return parts.filter(Boolean).join(" \u00b7 ");
}

// Names and values below each other; what is not known is left out.
function pairs(facts) {
  const known = facts.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false);
  return el("dl.facts", null, known.map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, value))));
}

function chip([tone, word]) {
  return el(`span.chip.${tone}`, null, el("span.mark", { "aria-hidden": "true" }, MARKS[tone]), word);
}

function block(text, rest, label) {
  const long = text.length > 1500 || text.split("\n").length > 16;
  const more = rest ? el("span.more", null, `\u2026 ${rest.toLocaleString("en")} more characters`) : null;
  const empty = text === "" ? el("span.quiet", null, "(empty)") : null;
  const scrolls = long ? { tabindex: "0", role: "group", "aria-label": label } : {};
  return el(`pre.block${long ? ".long" : ""}`, { dir: "auto", ...scrolls }, text, empty, more);
}

function blockOf(number, label) {
  return block(textOf(number), leftOut(number), label);
}

function folded(summary, make) {
  const fill = () => details.childElementCount === 1 && add(details, [make()]);
  const details = el("details", { ontoggle: () => details.open && fill() }, el("summary", { onclick: fill }, summary));
  return details;
}

// A cell of a figure; where a table is too wide for the screen, its name stands in front.
function figure(name, ...children) {
  return el("td.number", { "data-name": name }, children);
}

function table(caption, heads, rows, name = "") {
  const head = heads.map(([word, kind]) => el(kind ? `th.${kind}` : "th", { scope: "col" }, word));
  const body = rows instanceof Node ? rows : el("tbody", null, rows);
  const parts = [el("caption.unseen", null, caption), el("thead", null, el("tr", null, head)), body];
  return el("div.wide", null, el(`table${name}`, null, parts));
}

// The rows of a long table, so many at a time; gives the body, and what stands below the table.
function growing(rows, make, noun) {
  const body = el("tbody");
  const drawn = el("p.quiet");
  const more = el("button", { type: "button" }, `Show ${AT_A_TIME} more`);
  const draw = () => {
    const from = body.childElementCount;
    add(body, rows.slice(from, from + AT_A_TIME).map(make));
    const shown = body.childElementCount;
    more.hidden = shown >= rows.length;
    drawn.textContent = `${shown.toLocaleString("en")} of ${counted(rows.length, noun)} are shown.`;
    return from;
  };
  more.addEventListener("click", () => {
    const from = draw();
    body.children[from].querySelector("a").focus();
    say(drawn.textContent);
  });
  draw();
  return [body, rows.length > AT_A_TIME && el("div.under", null, drawn, more)];
}

function say(text) {
  document.getElementById("said").textContent = text;
}
