from __future__ import annotations

import json
import shutil

import pytest

from pytest_goldenprompt.cli import main
from pytest_goldenprompt.cli.claim import read_claim
from pytest_goldenprompt.cli.refusal import DeniedError
from pytest_goldenprompt.store.copying import copy
from pytest_goldenprompt.store.memory import MemoryArchive
from pytest_goldenprompt.store.store import FolderStore, Store


def test_a_run_that_no_folder_holds_is_refused_with_the_way_to_bring_it_into_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.golden.yaml").write_text("evaluators: [exact]\ncases: [{id: a, expected: 'yes'}]\n")
    (tmp_path / "p.prompt.md").write_text("Say yes\n")
    (tmp_path / "out.jsonl").write_text(json.dumps({"case_id": "a", "output": "yes"}))
    assert main(["import", "outputs", "p.golden.yaml=out.jsonl", "--month", "2026-03"]) == 0
    folder = FolderStore(tmp_path / ".goldenprompt")
    elsewhere = Store(MemoryArchive(), tmp_path / "local")
    copy(folder, elsewhere)
    [run] = folder.runs()
    record = tmp_path / "handed" / "verdict.json"
    record.parent.mkdir()
    shutil.copy(folder.folder / "runs" / run / "verdict.json", record)
    with pytest.raises(DeniedError, match=f"{run}, is in memory:.* in folders alone .*copy.*--run FOLDER"):
        read_claim(record, None, elsewhere)
    with pytest.raises(DeniedError, match=f"{run}, is not in .*handed and .*local"):
        read_claim(record, None, FolderStore(tmp_path / "local"))
    assert read_claim(record, folder.folder, elsewhere).run.id == run
