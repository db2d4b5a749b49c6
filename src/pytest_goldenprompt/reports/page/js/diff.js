// What differs between two texts, word by word: the shortest edit by Myers' greedy way, whole where the edit is too long.

const LONGEST_EDIT = 600;
const WORDS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|\s+|./gsu;

// Gives two lists of [changed, text], for the texts then and now.
function wordDiff(then, now) {
  const [left, right] = [then.match(WORDS) || [], now.match(WORDS) || []];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  const most = Math.min(left.length, right.length) - start;
  while (end < most && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const [a, b] = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
  const [gone, come] = shortest(a, b) || [a.map(() => true), b.map(() => true)];
  const flags = (changed) => [...Array(start).fill(false), ...changed, ...Array(end).fill(false)];
  return [runs(left, flags(gone)), runs(right, flags(come))];
}

// Marks the words that only one side has; null where that takes more than LONGEST_EDIT steps.
function shortest(a, b) {
  const most = Math.min(a.length + b.length, LONGEST_EDIT);
  const middle = most + 1;
  const reached = new Int32Array(2 * most + 3);  // how far into `a` each diagonal got, the main one in the middle
  const steps = [];
  for (let edits = 0; edits <= most; edits += 1) {
    steps.push(reached.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = fromAbove(reached, middle, edits, diagonal);
      let x = down ? reached[middle + diagonal + 1] : reached[middle + diagonal - 1] + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      reached[middle + diagonal] = x;
      if (x >= a.length && x - diagonal >= b.length) return marked(a, b, steps, middle);
    }
  }
  return null;
}

function fromAbove(reached, middle, edits, diagonal) {
  const at = middle + diagonal;
  return diagonal === -edits || (diagonal !== edits && reached[at - 1] < reached[at + 1]);
}

// Goes back from the end, step by step, and marks each word that was left out or put in.
function marked(a, b, steps, middle) {
  const [gone, come] = [a.map(() => false), b.map(() => false)];
  let [x, y] = [a.length, b.length];
  for (let edits = steps.length - 1; edits > 0; edits -= 1) {
    const down = fromAbove(steps[edits], middle, edits, x - y);
    const before = down ? x - y + 1 : x - y - 1;
    x = steps[edits][middle + before];
    y = x - before;
    if (down) come[y] = true;
    else gone[x] = true;
  }
  return [gone, come];
}

// Joins neighbours of one kind; blanks between two changed words count as changed.
function runs(words, changed) {
  const joined = [];
  words.forEach((word, number) => {
    const between = !word.trim() && changed[number - 1] && changed[number + 1];
    const flag = changed[number] || Boolean(between);
    const last = joined[joined.length - 1];
    if (last && last[0] === flag) last[1] += word;
    else joined.push([flag, word]);
  });
  return joined;
}
