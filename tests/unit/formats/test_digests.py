from __future__ import annotations

from pytest_goldenprompt.formats.digests import file_digests
from pytest_goldenprompt.model.values import digest_of_bytes


def test_files_folders_of_cases_and_shared_datasets_are_named_with_the_digest_of_their_bytes(tmp_path):
    content = {
        "a.prompt.md": b"Say {{x}}\r\n",
        "a.golden.yaml": b"\xef\xbb\xbfcases: []\n",
        "b.golden/one.yaml": b"id: one\n",
        "b.golden/two.json": b"{}",
        "b.golden/.hidden.yaml": b"",
        "c.prompt": b"x",
        "c.short.prompt": b"x",
        "c.golden.yaml": b"cases: []",
    }
    for name, text in content.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    found = file_digests(tmp_path, ["a.prompt.md", "a.golden.yaml", "b.golden", "c.short.prompt", "", "gone.md"])
    wanted = content.keys() - {"b.golden/.hidden.yaml", "c.prompt"}
    assert found == {name: digest_of_bytes(content[name]) for name in sorted(wanted)}
