from __future__ import annotations

import subprocess

import pytest

from pytest_goldenprompt.errors import InputError
from pytest_goldenprompt.git import Tree, base_of, blob, tree, word
from pytest_goldenprompt.model.pointers import Pointer, Pointers
from pytest_goldenprompt.model.verdict import State
from pytest_goldenprompt.store.acceptance import accept
from pytest_goldenprompt.store.revision import moved, open_revision
from pytest_goldenprompt.store.store import FolderStore
from unit.store.records import record, save

POLICY = "goldenprompt.toml"


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A library in a folder of a repository, with a month accepted on its main branch and another one after that."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "here" / "library"
    root.mkdir(parents=True)
    (root / POLICY).write_bytes(b"[gate]\r\nalpha = 0.01\n")
    git(tmp_path, "init", "-q", "-b", "main")
    month(root, "r1", "2026-09")
    commit(root)
    git(root, "switch", "-q", "-c", "change")
    (root / POLICY).write_text("[gate]\nalpha = 0.001\n")
    month(root, "r2", "2026-10")
    commit(root)
    return root


def git(folder, *words):
    command = ["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=e@x", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-qm", "more")


def month(root, run_id, name):
    store = FolderStore(root / ".goldenprompt")
    made = record(run_id, month=name)
    save(store, made)
    accept(store, made, State.PASS, who="w", time="t", reason="r")


def open_main(root, folder):
    return open_revision(root, "main", FolderStore(root / ".goldenprompt"), POLICY, folder)


def test_policy_and_pointers_are_those_of_the_merge_base_byte_by_byte(root, tmp_path):
    found = open_main(root, tmp_path / "copy")
    assert (found.folder / POLICY).read_bytes() == b"[gate]\r\nalpha = 0.01\n"
    assert list(found.store.pointers().months) == ["2026-09"]
    assert found.store.verdict("r1") == {"verdict": "pass"}
    assert found.commit == git(root, "rev-parse", "main")


def test_a_run_is_whole_only_once_it_is_fetched(root, tmp_path):
    found = open_main(root, tmp_path / "copy")
    pointer = found.store.pointers().months["2026-09"]
    assert not (found.store.folder / "runs" / "r1" / "cases.jsonl").exists()
    found.fetch([pointer])
    assert found.store.load(pointer).cases == FolderStore(root / ".goldenprompt").load("r1").cases


def test_what_main_did_after_the_branch_left_it_does_not_count(root, tmp_path):
    git(root, "switch", "-q", "main")
    month(root, "r3", "2026-11")
    commit(root)
    git(root, "switch", "-q", "change")
    assert list(open_main(root, tmp_path / "copy").store.pointers().months) == ["2026-09"]


def test_a_store_outside_of_the_library_is_refused(root, tmp_path):
    for place in (tmp_path / "elsewhere", root):
        with pytest.raises(InputError, match="a store outside of the library"):
            open_revision(root, "main", FolderStore(place), POLICY, tmp_path / "copy")


def test_a_copy_that_cannot_be_written_is_one_line(root, tmp_path):
    (tmp_path / "copy").write_text("a file")
    with pytest.raises(Exception, match="cannot be written"):
        open_main(root, tmp_path / "copy")


def test_no_repository_has_no_revision(tmp_path):
    with pytest.raises(InputError, match="git cannot read this checkout: fatal: not a git repository"):
        base_of(tmp_path, "main")


def test_a_commit_that_cannot_be_read_is_one_line(root):
    with pytest.raises(InputError, match="cannot be read"):
        tree(root, "0" * 40, ("a",))
    with pytest.raises(InputError, match="cannot be read"):
        Tree(root / "nowhere", "0" * 40, {"a": "0" * 40}).read(["a"])


def test_without_git_there_is_nothing_to_say(root, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert word(root, "rev-parse", "HEAD") is None
    with pytest.raises(InputError, match="git is not installed"):
        base_of(root, "main")


def test_a_tag_does_not_take_a_branchs_place(root):
    git(root, "tag", "main", "change")
    assert base_of(root, "main") == git(root, "rev-parse", "refs/heads/main")


def test_a_remote_branch_goes_before_a_local_one_of_its_name(root):
    git(root, "update-ref", "refs/remotes/origin/main", "refs/heads/main")
    git(root, "branch", "origin/main", "change")
    assert base_of(root, "origin/main") == git(root, "rev-parse", "refs/heads/main")


def test_what_a_merged_branch_took_back_was_never_on_the_line(root):
    git(root, "switch", "-q", "main")
    start = git(root, "rev-parse", "HEAD")
    git(root, "switch", "-q", "-c", "sly")
    (root / POLICY).write_text("[gate]\nalpha = 0.0001\n")
    commit(root)
    between = git(root, "rev-parse", "HEAD")
    git(root, "revert", "--no-edit", "HEAD")
    git(root, "switch", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "--no-edit", "sly")
    git(root, "switch", "-q", "-c", "late", between)
    assert base_of(root, "main") == start


def test_a_hooks_variables_do_not_turn_to_another_checkout(root, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    assert base_of(root, "main")


def test_an_object_that_is_missing_is_one_line(root):
    listed = tree(root, "HEAD", (POLICY,))
    with pytest.raises(InputError, match="an object of the commit is missing"):
        Tree(root, "HEAD", {**listed.blobs, "gone": "1" * 40}).read([POLICY, "gone"])


def test_one_file_is_read_from_where_the_library_lies(root):
    assert blob(root, "main", POLICY) == "[gate]\r\nalpha = 0.01\n"
    assert blob(root, "main", "nothing.toml") is None
    (root.parent / "pytest.ini").write_bytes(b"\xff")
    commit(root.parent)
    assert blob(root, "HEAD", "../pytest.ini") is None


def test_pointers_that_differ_are_told():
    one, other = Pointer("A", "a"), Pointer("B", "b")
    assert moved(Pointers(), Pointers()) == ()
    assert moved(Pointers({"2026-09": one}, one), Pointers({"2026-09": one, "2026-10": other}, other)) == (
        ("anchor", "run A", "run B"),
        ("baseline of 2026-10", "none", "run B"),
    )
    assert moved(Pointers({"2026-09": one}), Pointers({})) == (("baseline of 2026-09", "run A", "none"),)
