from __future__ import annotations

import compileall
import importlib.util
import signal

import pytest
from hypothesis import settings

from bucket_server import bucket_server
from golden_library import GoldenLibrary
from postgres_server import postgres_server, programs

settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every process that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionstart():
    """Compile the package once, not in each of hundreds of processes where Python is told to write no bytecode."""
    package = importlib.util.find_spec("pytest_goldenprompt")
    for folder in package.submodule_search_locations:
        compileall.compile_dir(folder, quiet=2)


@pytest.fixture
def library(tmp_path) -> GoldenLibrary:
    return GoldenLibrary(tmp_path)


@pytest.fixture(scope="session")
def bucket():
    """The URL of a bucket on this machine, and the variables by which a client finds it, which are set meanwhile."""
    pytest.importorskip("obstore", reason="needs the extra bucket")
    pytest.importorskip("moto.server", reason="needs moto[s3], flask and flask-cors, which have a bucket for tests")
    with bucket_server() as (url, variables), pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        yield url


@pytest.fixture(scope="session")
def postgres():
    """The URL of a real server, which the processes of tests start for themselves when the first test needs it."""
    pytest.importorskip("psycopg", reason="needs the extra sql")
    if programs() is None:
        pytest.skip("needs a real server: Debian's package postgresql has one")
    with postgres_server() as url:
        yield url
