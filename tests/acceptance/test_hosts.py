"""Workers on other hosts: real processes on real sockets, in folders of their own, without this one's store."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import execnet.script.socketserver
import pytest

CASES = {f"c{number}": "yes" for number in range(8)}
LISTENING = re.compile(r"Entering Accept loop \('127\.0\.0\.1', (\d+)\)")
VOLATILE = ("id", "started", "finished")


@contextmanager
def host(folder):
    """Start execnet's own server in an empty folder, as a person does on a host, and give its address."""
    folder.mkdir()
    around = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p goldenprompt"}
    command = [sys.executable, "-u", execnet.script.socketserver.__file__, "127.0.0.1:0"]
    with subprocess.Popen(command, cwd=folder, env=around, stdout=subprocess.PIPE, text=True) as server:
        try:
            found = next(found for line in server.stdout if (found := LISTENING.search(line)))
            yield f"socket=127.0.0.1:{found[1]}"
        finally:
            server.kill()


@pytest.fixture
def hosts(tmp_path):
    with ExitStack() as stack:
        yield [stack.enter_context(host(tmp_path / name)) for name in ("one", "two")]


@pytest.fixture
def here(library):
    """A library, in a folder of its own, of which four cases got worse since the stored run."""
    library.folder /= "here"
    library.folder.mkdir()
    library.__post_init__()
    library.write("goldenprompt.toml", "[gate]\nmargin = 0.04\n")
    library.dataset("prompts/a", CASES)
    assert library.run("--golden-record").code == 0
    library.answers(dict.fromkeys(list(CASES)[:4], "no"))
    library.calls()
    return library


def without_times(verdict):
    run = {name: value for name, value in verdict["run"].items() if name not in VOLATILE}
    return {**verdict, "run": run, "expires": None}


@pytest.mark.parametrize("way", ["sent there", "there before"])
def test_two_hosts_make_the_verdict_that_one_makes(here, hosts, way):
    plain = here.run()
    assert (plain.code, plain.state) == (1, "regressed"), plain.out
    here.calls()
    folders = [here.folder.parent / name / "checkout" for name in ("one", "two")]
    if way == "sent there":
        words = ["--rsyncdir", str(here.folder), str(here.folder)]
        folders = [folder.with_name("pyexecnetcache") / "here" for folder in folders]
        specs = hosts
    else:
        for folder in folders:
            shutil.copytree(here.folder, folder, ignore=shutil.ignore_patterns(".goldenprompt"))
        words = []
        specs = [f"{spec}//chdir={folder}" for spec, folder in zip(hosts, folders, strict=True)]
    run = here.run("-p", "xdist", "--dist", "load", *(f"--tx={spec}" for spec in specs), *words)
    assert (run.code, run.state) == (1, "regressed"), run.out
    assert without_times(run.verdict) == without_times(plain.verdict)
    made = [(folder / "calls.log").read_text().split() for folder in folders]
    assert (here.calls(), list(map(len, made)), sorted([*made[0], *made[1]])) == ([], [4, 4], sorted(CASES))
