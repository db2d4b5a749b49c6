from __future__ import annotations

import subprocess
import sys


def modules_after(tmp_path, *arguments: str) -> set[str]:
    (tmp_path / "test_one.py").write_text(
        "import sys\ndef test_one():\n    open('modules.txt', 'w').write('\\n'.join(sys.modules))\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return set((tmp_path / "modules.txt").read_text().split())


def test_without_golden_nothing_is_imported_beyond_pytest_and_the_standard_library(tmp_path):
    with_plugin = modules_after(tmp_path)
    without = modules_after(tmp_path, "-p", "no:goldenprompt")
    foreign = {name for name in with_plugin - without if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name.split(".")[0] for name in foreign} == {"pytest_goldenprompt"}


def test_without_golden_there_is_no_header_and_no_file(library):
    library.dataset("prompts/triage", {"a": "yes"})
    library.write("test_one.py", "def test_one():\n    pass\n")
    run = library.run(golden=False)
    assert run.code == 0
    assert "golden:" not in run.out
    assert not (library.folder / ".goldenprompt").exists()


def test_the_plugin_can_be_switched_off(library):
    library.write("test_one.py", "def test_one():\n    pass\n")
    assert library.run("-p", "no:goldenprompt", "-c", "/dev/null", golden=False).code == 0
