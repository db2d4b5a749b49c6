from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats import reader
from pytest_goldenprompt.formats.located import MAX_DEPTH, Series, Table, line_of_item, line_of_key, plain, shown
from pytest_goldenprompt.formats.reader import load_csv, load_json, load_jsonl, load_yaml, read_source, read_text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((text, text) for text in ("no", "yes", "on", "off", "y", "12:30", "010", "-010", "0o17", "0x1F", "+49")),
        *((text, text) for text in ("2023-06-13", "2023-06-13T09:30:00Z", "1_000", "1e", "e5", ".", "--", "1.2.3")),
        *((text, True) for text in ("true", "True", "TRUE")),
        *((text, False) for text in ("false", "False", "FALSE")),
        *((text, None) for text in ("null", "Null", "NULL", "~", "")),
        ("0", 0),
        ("-7", -7),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-2.5E-1", -0.25),
        ("'1'", "1"),
        ('"true"', "true"),
        ("'null'", "null"),
        ("|\n  no", "no"),
        ("'.nan'", ".nan"),
    ],
)
def test_yaml_scalars_are_those_of_yaml_1_2(written, value) -> None:
    read = load_yaml(f"a: {written}", "x")["a"]
    assert read == value
    assert type(read) is type(value)


def test_yaml_keys_are_text_as_written() -> None:
    assert list(load_yaml("no: 1\n1: 2\nnull: 3\n'<<': 4", "x")) == ["no", "1", "null", "<<"]


def test_both_yaml_parsers_refuse_the_same_way(monkeypatch) -> None:
    monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    assert plain(load_yaml("a: [no, 1, {b: 2}]", "x")) == {"a": ["no", 1, {"b": 2}]}
    for text in ("a: *b", "a: !!python/name:os.system", "a: 1\na: 2", "<<: {}", "a: [", 'a: "\\UFFFFFFFF"', "a: \x01"):
        with pytest.raises(InputError):
            load_yaml(text, "x")


YAML_TREE = "a: 1\nb:\n  - x\n  -\n    c: |\n      long\n      text\n    d: [2,\n        3]\n"
JSON_TREE = '{"a": 1,\n"b": [\n"x",\n{\n"c": "long\\ntext\\n",\n\n\n"d": [2,\n3]}]}'


@pytest.mark.parametrize(
    ("tree", "nested"),
    [(load_yaml(YAML_TREE, "x"), 5), (load_json(JSON_TREE, "x"), 4)],
    ids=["yaml", "json"],
)
def test_values_know_their_lines(tree, nested) -> None:
    assert plain(tree) == {"a": 1, "b": ["x", {"c": "long\ntext\n", "d": [2, 3]}]}
    assert type(plain(tree)) is dict
    assert type(plain(tree)["b"]) is list
    assert tree.lines == {"a": 1, "b": 2}
    assert tree["b"].lines == [3, nested]
    assert tree["b"][1].lines["d"] == 8
    assert tree["b"][1]["d"].lines == [8, 9]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_every_kind_of_line_end_counts(end) -> None:
    assert load_yaml(f"a: 1{end}b: 2", "x").lines == {"a": 1, "b": 2}
    assert load_json(f'{{"a": 1,{end}"b": 2}}', "x").lines == {"a": 1, "b": 2}
    assert load_jsonl(f'{{"a": 1}}{end}{end}{{"b": 2}}{end}', "x").lines == [1, 3]
    assert load_csv(f'a,b{end}1,"x{end}y"{end}{end}2,3', "x").lines == [2, 5]


@pytest.mark.parametrize(
    ("load", "text", "line"),
    [
        (load_yaml, "a: 1\nb: 2\na: 3", 3),
        (load_yaml, "a: 1\nb: [\n", 3),
        (load_yaml, "a: 1\n\nb: *c", 3),
        (load_yaml, "a: ä\nb: \x01", 2),
        (load_yaml, "a: 1\nb: .nan", 2),
        (load_json, '{"a": 1,\n"b": 2,\n"a": 3}', 3),
        (load_json, '{"a": 1,\n"b": }', 2),
        (load_json, '{"a": 1,\n"b": "\\q"}', 2),
        (load_json, '{"a": 1}\n\n7', 3),
        (load_jsonl, '{"a": 1}\n\n{"a": NaN}', 3),
        (load_jsonl, '{"a": 1}\n[]', 2),
        (load_csv, 'a,b\n"1\n1",2\n3', 4),
    ],
)
def test_an_error_names_its_line(load, text, line) -> None:
    with pytest.raises(InputError) as caught:
        load(text, "file")
    assert (caught.value.where, caught.value.line) == ("file", line)


def test_a_duplicate_key_names_the_first_place_too() -> None:
    with pytest.raises(InputError, match="first on line 1"):
        load_yaml("a: 1\nb: 2\na: 3", "x")


def test_nesting_is_read_up_to_the_limit() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert load_json(text, "x") == load_yaml(text, "x")
    assert len(load_jsonl('{"a": ' + text[1:-1] + "}", "x")) == 1
    for load in (load_json, load_yaml):
        with pytest.raises(InputError, match=f"more than {MAX_DEPTH} levels"):
            load(f"[{text}]", "x")
    with pytest.raises(InputError, match=f"more than {MAX_DEPTH} levels"):
        load_jsonl('{"a": ' + text + "}", "x")


def test_brackets_inside_text_are_no_nesting() -> None:
    row = '{"a": "' + '[{\\"' * 500 + '", "b": [[1], [2]]}'
    assert load_jsonl(row, "x")[0]["a"] == '[{"' * 500
    assert load_json(row, "x")["b"] == [[1], [2]]


def test_separators_of_lines_inside_json_text_are_text() -> None:
    assert load_jsonl('{"a": "x\u2028y\u0085z"}', "x")[0]["a"] == "x\u2028y\u0085z"


def test_json_values_are_those_of_the_standard_decoder() -> None:
    import json

    text = ' {"a": [0, -1, 1.5, -2e3, 1E+2, true, false, null, "", "\\u00e9\\ud83d\\ude00\\ud800/\\/", [], {}, [ ] ]}\n'
    assert plain(load_json(text, "x")) == json.loads(text)
    for scalar in ("0", '"x"', "null", " true "):
        assert load_json(scalar, "x") == json.loads(scalar)


def test_first_line_moves_every_line() -> None:
    assert load_yaml("a: 1", "x", first_line=5).lines == {"a": 5}
    assert load_json('{"a": 1}', "x", first_line=5).lines == {"a": 5}


def test_csv_cells_are_text() -> None:
    rows = load_csv('a, b \n1,"x, ""y"""\n\n,z\n', "x")
    assert rows == [{"a": "1", "b": 'x, "y"'}, {"a": "", "b": "z"}]
    assert rows.lines == [2, 4]


def test_a_file_is_read_with_its_digest_and_without_its_byte_order_mark(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfa: \xc3\xa9\r\n"
    (tmp_path / "x").write_bytes(content)
    source = read_source(tmp_path, Path("x"))
    assert (source.where, source.text) == ("x", "a: é\r\n")
    assert source.digest == hashlib.sha256(content).hexdigest()
    assert read_text(tmp_path, tmp_path / "x") == source.text


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    assert read_text(tmp_path, Path("x"), limit=3) == "abc"
    with pytest.raises(InputError, match="found 3 bytes; at most 2"):
        read_text(tmp_path, Path("x"), limit=2)


def test_links_inside_the_root_are_followed_and_those_out_of_it_not(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "real").write_text("x")
    (root / "link").symlink_to(root / "real")
    (tmp_path / "root2").write_text("secret")
    (root / "out").symlink_to(tmp_path / "root2")
    assert read_text(root, root / "link") == "x"
    with pytest.raises(InputError, match="outside") as caught:
        read_text(root, root / "out")
    assert caught.value.where == "out"
    assert read_text(None, root / "out") == "secret"


def test_a_root_that_is_a_link_itself_is_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "x").write_text("y")
    (tmp_path / "root").symlink_to(tmp_path / "real", target_is_directory=True)
    assert read_source(tmp_path / "root", tmp_path / "root" / "x").where == "x"
    assert read_source(tmp_path / "root", tmp_path / "real" / "x").where == "x"


def test_no_descriptor_stays_open_after_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        with pytest.raises(InputError):
            read_text(tmp_path, Path("folder"))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_lines_have_a_fallback_where_the_format_does_not_tell_them() -> None:
    table, series = Table(3), Series(4)
    table["a"] = 1
    series.append(1)
    assert (line_of_key(table, "a", 9), line_of_key({"a": 1}, "a", 9)) == (3, 9)
    assert (line_of_item(series, 0, 9), line_of_item([1], 0, 9)) == (9, 9)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        ({"a": 1}, "a map of 1"),
        ([1, 2], "a list of 2"),
        ("é", "'é'"),
        ("\x1b[2J\ud800\u202e", "'\\x1b[2J\\ud800\\u202e'"),
        ("x" * 500, "'" + "x" * 56 + "..."),
    ],
)
def test_values_in_messages_are_short_and_printable(value, text) -> None:
    assert shown(value) == text
