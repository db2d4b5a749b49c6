from __future__ import annotations

import signal

import pytest
from hypothesis import settings

from golden_library import GoldenLibrary

settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every process that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def library(tmp_path) -> GoldenLibrary:
    return GoldenLibrary(tmp_path)
