// Commands to copy: they name the run, the prompt and the case as a shell and a policy file read them.

function quoted(word) {
  const plain = word.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, "?");
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'"'"'`)}'`;
}

function look(promptId, caseId) {
  return HEAD.show && `${HEAD.show}${quoted(`/${promptId}${caseId === undefined ? "" : `/${caseId}`}`)}`;
}

function waiver(prompt, caseId) {
  const lines = ["[[waivers]]", `prompt = ${toml(prompt.id)}`];
  if (caseId === undefined) lines.push(`most_drop = ${Math.max(Math.ceil((prompt.drop || 0) * 100), 1) / 100}`);
  else lines.push(`case = ${toml(caseId)}`);
  lines.push(`owner = ${toml(prompt.owner || "")}`, 'reason = ""', `until = ${HEAD.until}`);
  return `${lines.join("\n")}\n`;
}

function toml(text) {
  return JSON.stringify(text).replaceAll("\x7f", "\\u007f");
}

function toWaive(prompt, caseId) {
  const what = caseId === undefined ? "Waive it until a day" : "Waive this case until a day";
  return HEAD.show && toCopy(what, waiver(prompt, caseId), "into goldenprompt.toml, with your name and a reason");
}

// One line of what to do: what for, the command, a button that copies it.
function toCopy(what, command, note) {
  if (!command) return null;
  const button = el("button.copy", { type: "button", "aria-label": `Copy: ${what}` }, "Copy");
  button.addEventListener("click", () => copy(command, button));
  const shown = el("pre.command", null, el("code", null, command.trimEnd()));
  const said = el("p.what", null, el("strong", null, what), note && el("span.quiet", null, ` ${note}`));
  return el("div.step", null, said, el("div.line", null, shown, button));
}

async function copy(text, button) {
  const copied = await written(text);
  button.textContent = copied ? "Copied" : "Select it and copy by hand";
  say(copied ? "Copied to the clipboard" : "The browser does not let this page copy");
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writtenByHand(text);
  }
}

// Pages that were not opened over a secure connection have no clipboard of their own.
function writtenByHand(text) {
  const field = el("textarea.unseen", { "aria-hidden": "true", tabindex: "-1" });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}
