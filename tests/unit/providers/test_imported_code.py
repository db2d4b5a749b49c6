from __future__ import annotations

import importlib
import sys

import pytest

from pytest_goldenprompt.providers.imported_code import code_behind

FILES = {
    "desk_app/__init__.py": "",
    "desk_app/rules.py": "WORD = 'yes'\n",
    "desk_app/store.py": "from . import rules\nfrom .words import (\n    HELLO,  # said first\n    BYE,\n)\n",
    "desk_app/words.py": "HELLO = 'hello'\nBYE = 'bye'\n",
    "desk_app/alone.py": "ALONE = 1\n",
    "desk_lazy.py": "LAZY = 1\n",
}


@pytest.fixture
def app(tmp_path, monkeypatch):
    """An application of which a test imports a part; all of it is loaded, as other tests may have done."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    names = ["desk_app", *(f"desk_app.{name}" for name in ("rules", "words", "store", "alone")), "desk_lazy"]
    for name in names:
        importlib.import_module(name)
    yield tmp_path
    for name in names:
        sys.modules.pop(name, None)


def behind(root, text="import json, desk_app.store as store\n", package=""):
    test = root / "test_desk.py"
    test.write_text(text)
    return code_behind([(test, package)], root)


@pytest.mark.parametrize("name", ["__init__", "store", "rules", "words"])
def test_what_is_imported_at_any_remove_counts(app, name):
    before = behind(app)
    path = app / "desk_app" / f"{name}.py"
    path.write_text(path.read_text() + "MORE = 1\n")
    assert behind(app) != before


def test_what_is_not_imported_or_only_now_and_then_does_not_count(app):
    text = "from desk_app import store\n\n\ndef test_it():\n    import desk_lazy\n"
    before = behind(app, text)
    (app / "desk_app" / "alone.py").write_text("ALONE = 2\n")
    (app / "desk_lazy.py").write_text("LAZY = 2\n")
    assert behind(app, text) == before


def test_the_file_itself_is_no_part_and_others_code_neither(app):
    assert behind(app, "import desk_app.store\n") == behind(app, "from desk_app import store\n# more\n")
    assert behind(app, "import pytest, json\n") == behind(app, "import , ;\nfrom . import\nfrom x import (\n")


def test_relative_imports_start_from_the_files_package(app):
    assert behind(app, "from . import store\n", "desk_app") == behind(app, "import desk_app.store\n")
    assert behind(app, "from ..words import HELLO\n", "desk_app.deep") == behind(app, "import desk_app.words\n")


def test_the_same_code_elsewhere_has_the_same_name(app):
    first = behind(app)
    for name in [name for name in sys.modules if name.startswith("desk_")]:
        module = sys.modules[name]
        if module.__file__.startswith(str(app)):
            moved = app / "moved" / module.__file__.removeprefix(f"{app}/")
            moved.parent.mkdir(parents=True, exist_ok=True)
            moved.write_text(FILES[module.__file__.removeprefix(f"{app}/")])
            module.__file__ = str(moved)
    assert behind(app / "moved") == first
