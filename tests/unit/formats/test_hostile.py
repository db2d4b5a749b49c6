from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_goldenprompt.errors import InputError
from unit.formats.hostile_files import Hostile, hostile_files, read, write, write_special

FILES = hostile_files()
TESTS = Path(__file__).parents[2]


def test_there_are_hundreds_of_hostile_files() -> None:
    assert len(FILES) > 300


@pytest.mark.parametrize("hostile", FILES, ids=lambda hostile: f"{hostile.folder}-{hostile.name}")
def test_a_hostile_file_is_one_line_with_its_place(tmp_path: Path, hostile: Hostile) -> None:
    path = write(tmp_path, hostile)
    with pytest.raises(InputError) as caught:
        read(tmp_path, path)
    message = str(caught.value)
    assert hostile.why in message
    assert hostile.name in message.partition(":")[0]
    assert message.isprintable()
    assert len(message) < 800
    message.encode("utf-8")


def test_what_is_no_ordinary_file_under_the_root_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    for path, why in write_special(root):
        with pytest.raises(InputError, match=why):
            read(root, path)


AUDITED = """
import sys
from pathlib import Path
from unit.formats.hostile_files import hostile_files, read, write, write_special
from pytest_goldenprompt.errors import InputError
import difflib, csv

root = Path(sys.argv[1])
paths = [write(root, hostile) for hostile in hostile_files()]
paths += [path for path, _ in write_special(root)]
warm = root / "warm.golden.yaml"
for text in ("ownr: x", "a: [", "cases: [{id: ''}]"):
    warm.write_text(text)
    try:
        read(root, warm)
    except InputError:
        pass

inside = str(root.resolve())
seen, opened = [], 0
watched = False


def hook(event, arguments):
    global opened
    if not watched:
        return
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened += 1
        if not str(Path(arguments[0]).resolve()).startswith(inside):
            seen.append((event, arguments[0]))
    elif event.split(".")[0] in ("exec", "compile", "subprocess", "socket", "ctypes", "import", "marshal", "pickle"):
        seen.append((event, str(arguments)[:200]))
    elif event in ("os.system", "os.exec", "os.fork", "os.posix_spawn", "os.remove", "os.rename", "os.mkdir"):
        seen.append((event, str(arguments)[:200]))


def peak():
    status = Path("/proc/self/status").read_text().split()
    return int(status[status.index("VmHWM:") + 1]) < 300_000


sys.addaudithook(hook)
refused = 0
for path in paths:
    watched = True
    try:
        read(root, path)
    except InputError:
        refused += 1
    finally:
        watched = False
print(len(paths) - refused, opened > 300, seen, peak())
"""


def test_no_hostile_file_runs_code_or_opens_what_is_outside_of_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, str(root)], cwd=TESTS, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stderr == ""
    assert done.stdout.split() == ["0", "True", "[]", "True"]
    assert not (TESTS / "pwned").exists()
