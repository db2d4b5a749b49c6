from __future__ import annotations

from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.formats.pairing import (
    dataset_stem,
    discover,
    files_of,
    find_prompt,
    folder_of,
    has_sidecar,
    has_variants,
    is_dataset,
    is_dataset_folder,
    is_golden,
    is_inline_prompt,
    may_be_golden,
    misplaced,
    prompt_id,
    shared_dataset,
)
from pytest_goldenprompt.model.dataset import Dataset

INLINE = "messages: []\ntestData:\n- a: 1\n"


def touch(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def header(prompt: str | None = None, provider: str | None = None) -> Dataset:
    return Dataset("", (), "", prompt=prompt, provider=provider)


@pytest.mark.parametrize("ending", ["yaml", "yml", "json", "jsonl", "csv"])
def test_golden_datasets_are_known_by_name(ending) -> None:
    assert is_dataset(f"a.b.golden.{ending}")
    assert dataset_stem(f"a.b.golden.{ending}") == "a.b"


@pytest.mark.parametrize("name", [".golden.yaml", "golden.yaml", "a.golden.xml", "a.yaml", "a.golden.yaml.bak", ""])
def test_other_names_are_no_golden_datasets(name) -> None:
    assert not is_dataset(name)
    assert dataset_stem(name) == ""


@pytest.mark.parametrize(
    ("name", "inline"),
    [
        ("a.prompt.yml", True),
        ("a.prompt.yaml", True),
        ("a_prompt.yml", True),
        ("a_prompt.yaml", True),
        ("_prompt.yml", False),
        (".prompt.yml", False),
        ("prompt.yml", False),
        ("a.prompt.md", False),
    ],
)
def test_prompts_with_test_data_are_known_by_name(name, inline) -> None:
    assert is_inline_prompt(name) is inline


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("prompts/support/triage.prompt.md", "prompts/support/triage"),
        ("triage.prompt.txt", "triage"),
        (".github/prompts/a.prompt.yaml", ".github/prompts/a"),
        ("a/b_prompt.yml", "a/b"),
        ("a/triage.golden.jsonl", "a/triage"),
        ("a/greet.formal.prompt.md", "a/greet.formal"),
        ("a/system.md", "a/system"),
        ("a/other", "a/other"),
    ],
)
def test_a_prompt_is_named_by_its_path_without_endings(path, name) -> None:
    assert prompt_id(path) == name


@pytest.mark.parametrize(
    "prompt",
    [
        "t.prompt",
        "t.prompty",
        "t.prompt.j2",
        "t.prompt.md",
        "t.prompt.txt",
        "t.prompt.yml",
        "t.prompt.yaml",
        "t_prompt.yml",
        "t_prompt.yaml",
    ],
)
def test_the_prompt_of_the_same_stem_is_found(tmp_path, prompt) -> None:
    touch(tmp_path, f"a/{prompt}", "a/other.prompt.md", "a/t.x.prompt.md", "t.prompt.md")
    assert find_prompt(tmp_path, tmp_path / "a/t.golden.yaml", header()) == tmp_path / "a" / prompt


def test_two_prompts_of_one_stem_are_refused_by_name(tmp_path) -> None:
    touch(tmp_path, "a/t.prompt.md", "a/t.prompt.txt")
    with pytest.raises(InputError, match=r"^a/t\.golden\.yaml: .*t\.prompt\.md and t\.prompt\.txt"):
        find_prompt(tmp_path, tmp_path / "a/t.golden.yaml", header())
    assert find_prompt(tmp_path, tmp_path / "a/t.golden.yaml", header("t.prompt.txt")) == tmp_path / "a/t.prompt.txt"


def test_a_dataset_without_prompt_needs_a_provider(tmp_path) -> None:
    with pytest.raises(InputError, match="golden dataset without a prompt"):
        find_prompt(tmp_path, tmp_path / "t.golden.yaml", header())
    assert find_prompt(tmp_path, tmp_path / "t.golden.yaml", header(provider="python:a:b")) is None
    touch(tmp_path, "t.prompt.md")
    assert find_prompt(tmp_path, tmp_path / "t.golden.yaml", header(provider="openai:x")) == tmp_path / "t.prompt.md"


def test_the_header_s_prompt_is_relative_to_the_dataset(tmp_path) -> None:
    touch(tmp_path, "prompts/system.md", "sets/t.golden.yaml")
    found = find_prompt(tmp_path, tmp_path / "sets/t.golden.yaml", header("../prompts/system.md"))
    assert found == tmp_path / "prompts/system.md"


@pytest.mark.parametrize("name", ["gone.md", "../outside.md", "/etc/passwd", "out.md", "a\0b", ".", "x" * 5000])
def test_a_header_s_prompt_that_is_not_under_the_root_is_refused(tmp_path, name) -> None:
    root = tmp_path / "root"
    touch(root, "t.golden.yaml")
    touch(tmp_path, "outside.md")
    (root / "out.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(InputError, match="the header's prompt is not there"):
        find_prompt(root, root / "t.golden.yaml", header(name))


def test_a_sidecar_stands_before_inline_test_data(tmp_path) -> None:
    touch(tmp_path, "a.prompt.yml", "b_prompt.yml", "c.prompt.yml", text=INLINE)
    touch(tmp_path, "d.prompt.yml", text="messages: []\n")
    touch(tmp_path, "a.golden.csv", "b.golden.yaml")
    assert [has_sidecar(tmp_path / name) for name in ("a.prompt.yml", "b_prompt.yml", "c.prompt.yml")] == [
        True,
        True,
        False,
    ]
    golden = [path.name for path in sorted(tmp_path.iterdir()) if is_golden(path, tmp_path)]
    assert golden == ["a.golden.csv", "b.golden.yaml", "c.prompt.yml"]


def test_a_variant_shares_the_dataset_of_its_prompt(tmp_path) -> None:
    touch(tmp_path, "greet.prompt", "greet.formal.prompt", "greet.golden.yaml")
    touch(tmp_path, "greet.curt.prompt", "greet.curt.golden.csv", "_part.x.prompt")
    touch(tmp_path, "alone.formal.prompt", "twins.a.prompt", "twins.b.prompt", "twins.golden/one.yaml")
    assert shared_dataset(tmp_path / "greet.formal.prompt") == tmp_path / "greet.golden.yaml"
    assert shared_dataset(tmp_path / "twins.a.prompt") == tmp_path / "twins.golden"
    for name in ("greet.prompt", "greet.curt.prompt", "alone.formal.prompt", ".prompt", "greet.golden.yaml"):
        assert shared_dataset(tmp_path / name) is None
    assert has_variants(tmp_path / "greet.golden.yaml")
    assert has_variants(tmp_path / "twins.golden")
    assert not has_variants(tmp_path / "greet.curt.golden.csv")
    assert [path.name for path in discover(tmp_path, [tmp_path])] == [
        "greet.curt.golden.csv",
        "greet.formal.prompt",
        "greet.golden.yaml",
        "twins.a.prompt",
        "twins.b.prompt",
        "twins.golden",
    ]


def test_a_folder_of_cases_is_one_dataset(tmp_path) -> None:
    inside = ("x.yaml", "y.jsonl", "in/long.json", "n.txt", ".hidden.yaml")
    touch(tmp_path, "a/t.prompt.md", *(f"a/t.golden/{name}" for name in inside))
    touch(tmp_path, "empty.golden/readme.txt", ".golden/x.yaml")
    folder = tmp_path / "a/t.golden"
    assert [path.name for path in files_of(folder)] == ["x.yaml", "y.jsonl"]
    assert folder_of(folder / "x.yaml") == folder
    assert folder_of(folder / "in/long.json") is None
    assert is_dataset_folder(folder)
    assert not is_dataset_folder(tmp_path / ".golden")
    assert not is_dataset_folder(tmp_path / "a")
    assert [is_golden(folder / name, tmp_path) for name in ("x.yaml", "n.txt", ".hidden.yaml")] == [True, False, False]
    assert discover(tmp_path, [tmp_path]) == [folder]
    assert has_sidecar(tmp_path / "a/t.prompt.md")
    assert find_prompt(tmp_path, folder, header()) == tmp_path / "a/t.prompt.md"
    assert prompt_id("a/t.golden") == "a/t"
    assert misplaced(tmp_path, [tmp_path]) == [tmp_path / "empty.golden"]


@pytest.mark.parametrize(
    ("path", "golden"),
    [
        ("a/t.golden.yaml", True),
        ("a/t.golden/late.yaml", True),
        ("a/t.prompt.yml", True),
        ("ask.prompty", True),
        ("greet.formal.prompt", True),
        ("greet.prompt", False),
        ("a/t.golden/notes.txt", False),
        ("tests/test_a.py", False),
    ],
)
def test_what_holds_golden_cases_is_told_by_its_path(path, golden) -> None:
    assert may_be_golden(path) is golden


def test_an_unreadable_prompt_counts_so_that_it_is_reported(tmp_path) -> None:
    (tmp_path / "a.prompt.yml").write_bytes(b"\xff")
    assert is_golden(tmp_path / "a.prompt.yml")


def test_discovery_is_sorted_and_leaves_out_what_is_not_the_library_s(tmp_path) -> None:
    wanted = ["a/x.golden.yaml", "b.golden.csv", ".github/prompts/y.prompt.yml", "a/c/d/z.golden.jsonl"]
    skipped = [
        ".git/x.golden.yaml",
        ".hidden/x.golden.yaml",
        "node_modules/x.golden.yaml",
        "env/x.golden.yaml",
        ".goldenprompt/x.golden.yaml",
        "a/__pycache__/x.golden.yaml",
        "build/x.golden.yaml",
        "dist/x.golden.yaml",
    ]
    touch(tmp_path, *wanted, *skipped, text=INLINE)
    touch(tmp_path, "env/pyvenv.cfg", "a/plain.yaml", "a/p.prompt.md")
    touch(tmp_path, "a/empty.prompt.yml", text="messages: []")
    (tmp_path / "a/loop").symlink_to(tmp_path, target_is_directory=True)
    assert discover(tmp_path, [tmp_path]) == sorted(tmp_path / name for name in wanted)
    assert discover(tmp_path, [Path()], inline=False) == sorted(tmp_path / name for name in wanted if "golden" in name)
    assert discover(tmp_path, [Path("a"), Path("b.golden.csv"), Path("a/c"), Path("nowhere")]) == [
        tmp_path / "a/c/d/z.golden.jsonl",
        tmp_path / "a/x.golden.yaml",
        tmp_path / "b.golden.csv",
    ]
