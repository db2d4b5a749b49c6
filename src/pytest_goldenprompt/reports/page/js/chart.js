// Pass rates over the months, as a line that a table can hold, or larger with its figures.

function ratesOf(prompt) {
  const [then, now] = prompt.rate || [null, null];
  const told = prompt.months || (then === null ? [] : [[thenOf(prompt), then]]);
  return now === null ? told : [...told, ["Now", now]];
}

function spark(prompt, width = 132, height = 30) {
  const rates = ratesOf(prompt);
  if (rates.length < 2) return el("span.quiet", null, rates.length && !prompt.months ? "first result" : NEITHER);
  const at = placed(rates, width, height, 4, 4);
  const [x, y] = at[at.length - 1];
  const line = el("polyline.drawn.line", { points: at.map((place) => place.join(",")).join(" ") });
  const last = el("circle.drawn.last", { cx: x, cy: y, r: 3 });
  return el("svg.spark", { ...sized(width, height), role: "img", "aria-label": read(rates) }, line, last);
}

function chart(prompt) {
  const rates = ratesOf(prompt);
  if (rates.length < 2) return null;
  const [width, height] = [640, 160];
  const at = placed(rates, width, height, 34, 46);
  const line = el("polyline.drawn.line", { points: at.map((place) => place.join(",")).join(" ") });
  const dots = at.map(([x, y], number) => {
    const last = number === at.length - 1;
    const below = last && rates[number - 1][1] > rates[number][1];  // where the line falls, it comes from above
    const named = [number === 0, last, at.length < 8].some(Boolean);
    return [
      el(`circle.drawn.${last ? "last" : "dot"}`, { cx: x, cy: y, r: last ? 4 : 2.5 }),
      named && el("text.drawn.value", { x, y: below ? y + 20 : y - 10, "text-anchor": "middle" }, percent(rates[number][1])),
      named && el("text.drawn.month", { x, y: height - 6, "text-anchor": "middle" }, rates[number][0].slice(0, 3)),
    ];
  });
  return el("svg.chart", { ...sized(width, height), role: "img", "aria-label": read(rates) }, line, dots);
}

function sized(width, height) {
  return { width, height, viewBox: `0 0 ${width} ${height}` };
}

// `edge` is free at the sides and on top, `below` at the foot.
function placed(rates, width, height, edge, below) {
  const values = rates.map(([, value]) => value);
  const middle = (Math.max(...values) + Math.min(...values)) / 2;
  const half = Math.max((Math.max(...values) - Math.min(...values)) / 2, 0.1);  // a move of a point is no cliff
  const across = (number) => edge + (number * (width - 2 * edge)) / (values.length - 1);
  const down = (value) => edge + ((middle + half - value) / (2 * half)) * (height - edge - below);
  return values.map((value, number) => [across(number), down(value)].map((place) => Number(place.toFixed(1))));
}

function read(rates) {
  return `Pass rates: ${rates.map(([month, value]) => `${month} ${percent(value)}`).join(", ")}`;
}
