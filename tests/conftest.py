from __future__ import annotations

import pytest

from golden_library import GoldenLibrary


@pytest.fixture
def library(tmp_path) -> GoldenLibrary:
    return GoldenLibrary(tmp_path)
