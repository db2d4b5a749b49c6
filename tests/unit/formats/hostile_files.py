"""Files that must each be refused with one InputError: name, content, and a part of the message that says why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pytest_goldenprompt.formats.answers import read_outputs, read_scores
from pytest_goldenprompt.formats.datasets import dataset_from_rows, read_dataset
from pytest_goldenprompt.formats.pairing import is_dataset
from pytest_goldenprompt.formats.policy import read_policy
from pytest_goldenprompt.formats.prompts import read_prompt

DEEP = 100_000


@dataclass(frozen=True)
class Hostile:
    name: str
    content: bytes
    why: str
    folder: str = ""


YAML = {
    "deep flow lists": ("a: " + "[" * DEEP, "nested too deep"),
    "deep flow maps": ("a: " + "{b: " * DEEP, "nested too deep"),
    "deep block lists": ("a:\n  " + "- " * DEEP + "x", "nested too deep"),
    "deep block maps": ("\n".join(" " * level + "a:" for level in range(300)), "nested too deep"),
    "alias bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]" for n in range(9)),
        "alias",
    ),
    "alias": ("a: &a x\nb: *a", "alias"),
    "alias to itself": ("a: &a [*a]", "alias"),
    "unknown alias": ("a: *nowhere", "alias"),
    "merge key": ("a: {x: 1}\n<<: {y: 2}", "merge key"),
    "merge key in a list": ("<<: [{x: 1}]", "merge key"),
    "duplicate keys": ("a: 1\nb: 2\na: 3", "duplicate key"),
    "duplicate quoted keys": ("a: 1\n'a': 3", "duplicate key"),
    "duplicate nested keys": ("a: {b: 1, b: 1}", "duplicate key"),
    "python object": ("a: !!python/object/apply:os.system ['touch pwned']", "tag"),
    "python name": ("a: !!python/name:os.system", "tag"),
    "python module": ("!!python/module:antigravity x", "tag"),
    "python object as key": ("!!python/object/new:os.system [x]: y", "tag"),
    "binary tag": ("a: !!binary aGVsbG8=", "tag"),
    "timestamp tag": ("a: !!timestamp 2026-01-01", "tag"),
    "local tag": ("a: !include /etc/passwd", "tag"),
    "set tag": ("a: !!set {x}", "tag"),
    "unknown tag handle": ("a: !e!x y", "not valid YAML"),
    "map as key": ("? {a: 1}\n: x", "as key"),
    "list as key": ("[a, b]: x", "as key"),
    "unquoted template": ("a: {{name}}", "as key"),
    "not a number": ("a: .nan", "not a finite number"),
    "infinity": ("a: -.inf", "not a finite number"),
    "number over the range of doubles": ("a: 1e999", "not a usable number"),
    "number of 5,000 digits": ("a: " + "9" * 5000, "not a usable number"),
    "unclosed quote": ("a: 'x", "not valid YAML"),
    "unclosed list": ("a: [x", "not valid YAML"),
    "unclosed map": ("a: {x: 1", "not valid YAML"),
    "tab as indent": ("a:\n\tb: 1", "not valid YAML"),
    "bad indent": ("a: 1\n   b: 2", "not valid YAML"),
    "escaped surrogate": ('a: "\\ud800"', "not valid YAML"),
    "unknown escape": ('a: "\\q"', "not valid YAML"),
    "escape out of range": ('a: "\\UFFFFFFFF"', "not valid YAML"),
    "control character": ("a: \x01", "not valid YAML"),
    "reserved indicator": ("a: @x", "not valid YAML"),
    "directive of the future": ("%YAML 9.9\n", "not valid YAML"),
    "many values": ("a: [" + "[]," * 400_000 + "]", "too many values"),
    "many keys": ("\n".join(f"k{n}: 1" for n in range(160_000)), "too many values"),
    "list at the top": ("- a\n- b", "a map"),
    "text at the top": ("just text", "a map"),
    "unknown key": ("zzzz: 1", "unknown key"),
    "long unknown key": ("z" * 900 + ": 1", "unknown key"),
    "very long unknown key": ("z" * 100_000 + ": 1", "not valid YAML"),
}

YAML_DOCUMENTS = {
    "two documents": ("owner: x\n---\nowner: y", "a second document"),
    "very long key in front of a map": ("? " + "z" * 100_000 + "\n: {x: 1}", "unknown key"),
    "a comment only": ("# nothing", "found nothing"),
    "an end mark only": ("...\n", "no"),
}

JSON = {
    "deep lists": ('{"a": ' + "[" * DEEP, "nested too deep"),
    "deep maps": ('{"a":' * DEEP, "nested too deep"),
    "deep and closed": ("[" * DEEP + "]" * DEEP, "nested too deep"),
    "duplicate keys": ('{"a": 1, "a": 2}', "duplicate key"),
    "duplicate nested keys": ('{"a": [{"b": 1, "b": 2}]}', "duplicate key"),
    "duplicate escaped keys": ('{"a": 1, "\\u0061": 2}', "duplicate key"),
    "NaN": ('{"a": NaN}', "NaN"),
    "Infinity": ('{"a": Infinity}', "Infinity"),
    "minus Infinity": ('{"a": -Infinity}', "-Infinity"),
    "number over the range of doubles": ('{"a": 1e999}', "number"),
    "number of 5,000 digits": ('{"a": ' + "9" * 5000 + "}", "number is too long"),
    "cut": ('{"a": [1, 2', "not valid JSON"),
    "cut in a text": ('{"a": "x', "not valid JSON"),
    "cut in an escape": ('{"a": "\\u12', "not valid JSON"),
    "cut in a word": ('{"a": tru', "not valid JSON"),
    "comma at the end": ('{"a": 1,}', "not valid JSON"),
    "single quotes": ("{'a': 1}", "not valid JSON"),
    "a comment": ('{"a": 1} // x', "JSON"),
    "octal": ('{"a": 010}', "not valid JSON"),
    "a raw line end in a text": ('{"a": "x\ny"}', "not valid JSON"),
    "a raw control character": ('{"a": "x\x01y"}', "not valid JSON"),
    "two values": ('{"a": 1} {"a": 1}', "JSON"),
    "many values": ('{"a": [' + "[]," * 1_100_000, "too many values"),
    "backslashes and quotes without end": ('{"a": "' + '\\"[' * 300_000, "JSON"),
    "a number": ("7", "found 7"),
    "a text": ('"x"', "found 'x'"),
    "a list": ("[]", "a list"),
    "null": ("null", "found nothing"),
    "unknown key with a lone surrogate": ('{"\\ud800": 1}', "unknown key"),
    "byte order mark twice": ('\ufeff\ufeff{"cases": []}', "JSON"),
}

CSV = {
    "ragged, short": ("a,b\n1", "ragged row"),
    "ragged, long": ("a,b\n1,2,3", "ragged row"),
    "duplicate column": ("a,a\n1,2", "duplicate column"),
    "empty column": ("a,\n1,2", "has no name"),
    "broken quotes": ('a,b\n"x"y,z', "not valid CSV"),
    "unclosed quote": ('a,b\n"x,y', "not valid CSV"),
    "huge cell": ("a\n" + "x" * 200_000, "not valid CSV"),
    "header only": ("a,b", "no cases"),
    "column of another tool": ("text,__expected\nx,equals:y", "wrong column"),
    "column that CSV cannot hold": ("inputs\nx", "wrong column"),
    "wrong must_pass": ("a,must_pass\nx,perhaps", "must_pass"),
    "reserved id": ("id,a\ngate,x", "`id`"),
    "terminal escape in an id": ("id,a\n\x1b]0;x\x07,x", "`id`"),
    "same rows": ("a\nx\nx", "duplicate id"),
}

BYTES = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "UTF-8"),
    "UTF-16 with mark": ("\ufeffcases: []".encode("utf-16-le"), "UTF-8"),
    "UTF-16 without mark": ("cases: []".encode("utf-16-be"), "NUL"),
    "UTF-32": ("cases: []".encode("utf-32"), "UTF-8"),
    "Latin-1": ("größe: 1".encode("latin-1"), "UTF-8"),
    "overlong": (b"a: \xc0\x80", "UTF-8"),
    "encoded surrogate": (b"a: \xed\xa0\x80", "UTF-8"),
    "cut character": ("a: €".encode()[:-1], "UTF-8"),
    "NUL": (b"a: x\nb: \x00", "NUL"),
    "empty": (b"", ""),
    "mark only": (b"\xef\xbb\xbf", ""),
    "blank lines": (b"\n \n\n", ""),
}

CASES = {
    "cases as a map": ('{"cases": {}}', "`cases`"),
    "cases as text": ('{"cases": "x"}', "`cases`"),
    "no cases": ('{"cases": []}', "no cases"),
    "misspelt cases": ('{"case": [{}]}', "did you mean `cases`"),
    "a case as text": ('{"cases": ["x"]}', "wrong case"),
    "a case as null": ('{"cases": [null]}', "wrong case"),
    "misspelt expected": ('{"cases": [{"expeced": "x"}]}', "did you mean `expected`"),
    "misspelt evaluators": ('{"cases": [{"evalutors": ["exact"]}]}', "did you mean `evaluators`"),
    "inputs as a list": ('{"cases": [{"inputs": ["x"]}]}', "`inputs`"),
    "an empty name of an input": ('{"cases": [{"inputs": {"": 1}}]}', "input"),
    "a terminal escape as name": ('{"cases": [{"inputs": {"\\u001b[2J": 1}}]}', "input"),
    "id with ::": ('{"cases": [{"id": "a::b"}]}', "`id`"),
    "id gate": ('{"cases": [{"id": "gate"}]}', "`id`"),
    "id empty": ('{"cases": [{"id": ""}]}', "`id`"),
    "id blank": ('{"cases": [{"id": "  "}]}', "`id`"),
    "id null": ('{"cases": [{"id": null}]}', "`id`"),
    "id true": ('{"cases": [{"id": true}]}', "`id`"),
    "id as a list": ('{"cases": [{"id": ["a"]}]}', "`id`"),
    "id with a line end": ('{"cases": [{"id": "a\\nb"}]}', "`id`"),
    "id with a terminal escape": ('{"cases": [{"id": "\\u001b[31m"}]}', "`id`"),
    "id with an override of direction": ('{"cases": [{"id": "a\\u202eb"}]}', "`id`"),
    "id with a lone surrogate": ('{"cases": [{"id": "\\ud800"}]}', "`id`"),
    "id of 201 characters": ('{"cases": [{"id": "' + "x" * 201 + '"}]}', "`id`"),
    "id twice": ('{"cases": [{"id": "a"}, {"id": "a"}]}', "duplicate id"),
    "number and text as one id": ('{"cases": [{"id": 7}, {"id": "7"}]}', "duplicate id"),
    "the same inputs twice": ('{"cases": [{"inputs": {"a": 1}}, {"inputs": {"a": 1}}]}', "duplicate id"),
    "tags as text": ('{"cases": [{"tags": "a"}]}', "`tags`"),
    "a number as tag": ('{"cases": [{"tags": [1]}]}', "wrong tag"),
    "a control character in a tag": ('{"cases": [{"tags": ["a\\u0007"]}]}', "wrong tag"),
    "evaluators as text": ('{"cases": [{"evaluators": "exact"}]}', "`evaluators`"),
    "an evaluator with two names": ('{"cases": [{"evaluators": [{"a": 1, "b": 2}]}]}', "wrong evaluator"),
    "an evaluator without name": ('{"cases": [{"evaluators": [{}]}]}', "wrong evaluator"),
    "a number as evaluator": ('{"cases": [{"evaluators": [1]}]}', "wrong evaluator"),
    "must_pass as text": ('{"cases": [{"must_pass": "yes"}]}', "`must_pass`"),
    "messages as text": ('{"cases": [{"messages": "hi"}]}', "`messages`"),
    "a message as text": ('{"cases": [{"messages": ["hi"]}]}', "wrong message"),
    "a message of an unknown role": ('{"cases": [{"messages": [{"role": "x", "content": ""}]}]}', "`role`"),
    "a message without content": ('{"cases": [{"messages": [{"role": "user"}]}]}', "`content`"),
    "min_pass_rate over 1": ('{"min_pass_rate": 1.5, "cases": [{}]}', "`min_pass_rate`"),
    "min_pass_rate true": ('{"min_pass_rate": true, "cases": [{}]}', "`min_pass_rate`"),
    "status unknown": ('{"status": "on", "cases": [{}]}', "`status`"),
    "status as a list": ('{"status": ["draft"], "cases": [{}]}', "`status`"),
    "reviewed in month 13": ('{"reviewed": "2026-13-01", "cases": [{}]}', "`reviewed`"),
    "reviewed as a week": ('{"reviewed": "2026-W01-1", "cases": [{}]}', "`reviewed`"),
    "owner as a number": ('{"owner": 7, "cases": [{}]}', "`owner`"),
}

SCORE = '{"prompt_id": "p", "case_id": "c", "repeat": 0, "score": 1, "passed": true}\n'

SCORES = {
    "score NaN": (SCORE.replace('"score": 1', '"score": NaN'), "NaN"),
    "score over 1": (SCORE.replace('"score": 1', '"score": 1.01'), "`score`"),
    "score under 0": (SCORE.replace('"score": 1', '"score": -0.01'), "`score`"),
    "score true": (SCORE.replace('"score": 1', '"score": true'), "`score`"),
    "score missing": (SCORE.replace('"score": 1, ', ""), "`score`"),
    "passed as a number": (SCORE.replace("true", "1"), "`passed`"),
    "passed missing": (SCORE.replace(', "passed": true', ""), "`passed`"),
    "prompt missing": (SCORE.replace('"prompt_id": "p", ', ""), "`prompt_id`"),
    "case as a list": (SCORE.replace('"c"', '["c"]'), "`case_id`"),
    "case with a terminal escape": (SCORE.replace('"c"', '"\\u001b[2J"'), "`case_id`"),
    "repeat negative": (SCORE.replace('"repeat": 0', '"repeat": -1'), "`repeat`"),
    "repeat true": (SCORE.replace('"repeat": 0', '"repeat": true'), "`repeat`"),
    "repeat missing": (SCORE.replace('"repeat": 0, ', ""), "`repeat`"),
    "one repeat twice": (SCORE + SCORE, "lines 1 and 2"),
    "error as a number": (SCORE.replace("true", 'true, "error": 7'), "`error`"),
    "tags as text": (SCORE.replace("true", 'true, "tags": "a"'), "`tags`"),
    "other tags for the same case": (
        SCORE.replace("true", 'true, "tags": ["a"]')
        + SCORE.replace("true", 'true, "tags": ["b"]').replace('"repeat": 0', '"repeat": 1'),
        "`tags`",
    ),
    "many values on one line": ('{"tags": [' + "0," * 2_100_000 + "0]}", "too many values"),
    "nothing": ("\n", "no scores"),
}

OUTPUTS = {
    "no output": ('{"case_id": "a"}', "`output`"),
    "no case": ('{"output": "x"}', "`case_id`"),
    "case as a list": ('{"case_id": [], "output": "x"}', "`case_id`"),
    "repeat as text": ('{"case_id": "a", "output": "x", "repeat": "1"}', "`repeat`"),
    "tokens under 0": ('{"case_id": "a", "output": "x", "output_tokens": -1}', "`output_tokens`"),
    "latency as text": ('{"case_id": "a", "output": "x", "latency_s": "1"}', "`latency_s`"),
    "error as a map": ('{"case_id": "a", "error": {}}', "`error`"),
    "one repeat twice": ('{"case_id": "a", "output": "x", "repeat": 0}\n' * 2, "lines 1 and 2"),
    "nothing": ("", "no outputs"),
}

POLICY = {
    "not TOML": ("[gate", "not valid TOML"),
    "deep lists": ("a = " + "[\n" * 50_000, "TOML"),
    "deep keys": ("[" + ".".join(["a"] * 30_000) + "]", "a line too long"),
    "many deep keys": ("\n".join(f"[{'.'.join(['a'] * 990)}.k{number}]" for number in range(125)), "policy"),
    "wide number": ("[gate]\nrepeats = " + "9" * 1900, "`repeats`"),
    "unknown key": ("[gate]\nalpa = 0.1", "did you mean `alpha`"),
    "unknown table": ("[gates]\nalpha = 0.1", "did you mean `gate`"),
    "alpha nan": ("[gate]\nalpha = nan", "`alpha`"),
    "alpha inf": ("[gate]\nalpha = inf", "`alpha`"),
    "alpha 0": ("[gate]\nalpha = 0", "`alpha`"),
    "alpha as text": ('[gate]\nalpha = "0.05"', "`alpha`"),
    "alpha as a day": ("[gate]\nalpha = 2026-01-01", "`alpha`"),
    "repeats 0": ("[gate]\nrepeats = 0", "`repeats`"),
    "repeats 1.5": ("[gate]\nrepeats = 1.5", "`repeats`"),
    "weights over 1": ("[gate]\nweight_mean = 0.9", "sum"),
    "gate as a number": ("gate = 7", "`gate`"),
    "inconclusive unknown": ('[gate]\ninconclusive = "pass"', "`inconclusive`"),
}

PLAIN = {
    "front matter without end": ("---\nmodel: x\nbody", "no end"),
    "front matter as a list": ("---\n- a\n---\nbody", "wrong front matter"),
    "temperature over 2": ("---\ntemperature: 3\n---\nbody", "`temperature`"),
    "temperature as text": ("---\ntemperature: cold\n---\nbody", "`temperature`"),
    "max_tokens 0": ("---\nmax_tokens: 0\n---\nbody", "`max_tokens`"),
    "misspelt temperature": ("---\ntemprature: 0\n---\nbody", "did you mean `temperature`"),
    "stop as a list of numbers": ("---\nstop: [1]\n---\nbody", "`stop`"),
    "tools as text": ("---\ntools: x\n---\nbody", "`tools`"),
    "response_format as text": ("---\nresponse_format: json\n---\nbody", "`response_format`"),
    "a role without text": ("system:\nuser:\nhello", "no text for the role system"),
    "text before the first role": ("hello\nuser:\nthere", "text before the first role line"),
    "front matter only": ("---\nmodel: x\n---\n", "no text"),
}

GITHUB = {
    "no messages": ("model: x", "`messages`"),
    "empty messages": ("messages: []", "`messages`"),
    "content as a number": ("messages: [{role: user, content: 7}]", "`content`"),
    "unknown parameter": ("messages: [{role: user, content: x}]\nmodelParameters: {maxTokns: 1}", "did you mean"),
    "one parameter in two spellings": (
        "messages: [{role: user, content: x}]\nmodelParameters: {maxTokens: 1, max_tokens: 1}",
        "given twice",
    ),
    "schema without format": ("messages: [{role: user, content: x}]\njsonSchema: '{}'", "json_schema"),
    "format without schema": ("messages: [{role: user, content: x}]\nresponseFormat: json_schema", "jsonSchema"),
    "schema that is no JSON": (
        "messages: [{role: user, content: x}]\nresponseFormat: json_schema\njsonSchema: '{'",
        "wrong jsonSchema",
    ),
    "evaluator with two kinds": (
        "messages: [{role: user, content: x}]\nevaluators: [{uses: a, string: {equals: x}}]",
        "exactly one",
    ),
    "evaluator without kind": ("messages: [{role: user, content: x}]\nevaluators: [{name: a}]", "exactly one"),
    "empty text to contain": (
        "messages: [{role: user, content: x}]\nevaluators: [{string: {contains: ''}}]",
        "not empty",
    ),
    "schema as a list": (
        "messages: [{role: user, content: x}]\nresponseFormat: json_schema\njsonSchema: []",
        "`jsonSchema`",
    ),
    "evaluator as text": ("messages: [{role: user, content: x}]\nevaluators: [exact]", "wrong evaluator"),
    "two strings in one evaluator": (
        "messages: [{role: user, content: x}]\nevaluators: [{string: {equals: x, contains: y}}]",
        "exactly one",
    ),
    "terminal escape in a variable": (
        'messages: [{role: user, content: x}]\ntestData: [{"\\e[2J": 1}]',
        "wrong variable",
    ),
    "test data as text": ("messages: [{role: user, content: x}]\ntestData: [x]", "wrong test data"),
    "empty test data": ("messages: [{role: user, content: x}]\ntestData: []", "no cases"),
    "unknown variable of an evaluator": (
        "messages: [{role: user, content: x}]\ntestData: [{a: 1}]\nevaluators: [{string: {equals: '{{b}}'}}]",
        "unknown name in the evaluator",
    ),
}


def hostile_files() -> list[Hostile]:
    """Give every hostile file, each under a folder of its own."""
    return [
        Hostile(hostile.name, hostile.content, hostile.why, f"{number:03}") for number, hostile in enumerate(_files())
    ]


def _files() -> Iterator[Hostile]:
    for text, why in YAML.values():
        yield Hostile("x.golden.yaml", text.encode(), why)
        yield Hostile("x.prompt.yml", text.encode(), why)
        yield Hostile("x.prompt.md", f"---\n{text}\n---\nbody".encode(), why)
    for text, why in YAML_DOCUMENTS.values():
        yield Hostile("x.golden.yml", text.encode(), why)
        yield Hostile("x.prompt.yaml", text.encode(), why)
    for text, why in JSON.values():
        yield Hostile("x.golden.json", text.encode(), why)
        yield Hostile("x.golden.jsonl", text.encode(), why)
    for content, why in BYTES.values():
        for ending in ("golden.yaml", "golden.json", "golden.jsonl", "golden.csv", "prompt.md", "prompt.yml"):
            yield Hostile(f"x.{ending}", content, why)
    for ending, table in (
        ("golden.csv", CSV),
        ("golden.json", CASES),
        ("golden.yaml", {name: case for name, case in CASES.items() if "surrogate" not in name}),
        ("scores.jsonl", SCORES),
        ("outputs.jsonl", OUTPUTS),
        ("prompt.txt", PLAIN),
        ("prompt.yml", GITHUB),
    ):
        for text, why in table.values():
            yield Hostile(f"x.{ending}", text.encode(), why)
    for text, why in POLICY.values():
        yield Hostile("goldenprompt.toml", text.encode(), why)


def write(root: Path, hostile: Hostile) -> Path:
    folder = root / hostile.folder
    folder.mkdir(exist_ok=True)
    path = folder / hostile.name
    path.write_bytes(hostile.content)
    return path


def write_special(root: Path) -> list[tuple[Path, str]]:
    """Make what is hostile by being no ordinary file under the root."""
    outside = root.parent / "outside.golden.json"
    outside.write_text('{"cases": [{}]}', encoding="utf-8")
    links = {"out": outside, "loop": root / "loop.golden.json", "gone": root / "nowhere", "zero": Path("/dev/zero")}
    for name, target in links.items():
        (root / f"{name}.golden.json").symlink_to(target)
    (root / "way-out").symlink_to(root.parent, target_is_directory=True)
    (root / "folder.golden.json").mkdir()
    os.mkfifo(root / "pipe.golden.json")
    with (root / "huge.golden.jsonl").open("wb") as file:
        file.truncate(10 * 1024**3)
    return [
        (root / "out.golden.json", "outside"),
        (root / "zero.golden.json", "outside"),
        (root / "loop.golden.json", "cannot be read"),
        (root / "gone.golden.json", "cannot be read"),
        (root / "way-out" / "outside.golden.json", "outside"),
        (root / ".." / "outside.golden.json", "outside"),
        (outside, "outside"),
        (root / "folder.golden.json", "no regular file"),
        (root / "pipe.golden.json", "no regular file"),
        (root / "huge.golden.jsonl", "too large"),
        (root / "a\0b.golden.json", "cannot be read"),
        (root / ("x" * 5000 + ".golden.json"), "cannot be read"),
        (root / "missing.golden.csv", "cannot be read"),
        (root / "other.golden.xml", "no golden dataset"),
        (root / "other.docx", "no prompt format"),
    ]


def read(root: Path, path: Path) -> object:
    """Read a file as what its name says it is."""
    if path.name == "goldenprompt.toml":
        return read_policy(path.parent)
    if path.name.endswith(".scores.jsonl"):
        return read_scores(path)
    if path.name.endswith(".outputs.jsonl"):
        return read_outputs(root, path)
    if is_dataset(path.name) or ".golden." in path.name:
        return read_dataset(root, path)
    prompt = read_prompt(root, path)
    return dataset_from_rows(prompt)
