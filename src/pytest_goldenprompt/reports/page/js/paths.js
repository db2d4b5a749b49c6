// Two JSON answers place by place, written as the datasets and the terminal write places: $.orders[0].total.

const MOST_PLACES = 200;
const PLAIN_KEY = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

function jsonOf(text) {
  const inner = text.trim().replace(/^```\w*\s*\n([^]*?)\n?```$/, "$1");
  if (!/^[{[]/.test(inner)) return undefined;
  try {
    return JSON.parse(inner);
  } catch {
    return undefined;
  }
}

// Gives {places: [path, then, now], same: how many places are equal}.
function differingPlaces(then, now) {
  const [left, right] = [leaves(then), leaves(now)];
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  const places = paths.filter((path) => left.get(path) !== right.get(path)).map((path) => [path, left.get(path), right.get(path)]);
  return { places, same: paths.length - places.length };
}

function leaves(value) {
  const found = new Map();
  const waiting = [["$", value]];
  while (waiting.length) {
    const [path, one] = waiting.pop();
    const below = one !== null && typeof one === "object" ? Object.entries(one) : [];
    if (!below.length) found.set(path, JSON.stringify(one));
    const steps = below.map(([key, inner]) => [path + step(key, Array.isArray(one)), inner]);
    waiting.push(...steps.reverse());
  }
  return found;
}

function step(key, inList) {
  if (inList) return `[${key}]`;
  if (PLAIN_KEY.test(key)) return `.${key}`;
  return key.includes("'") ? `["${key}"]` : `['${key}']`;
}
