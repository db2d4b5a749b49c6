from __future__ import annotations

import pytest
from hypothesis import settings

from golden_library import GoldenLibrary

settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")


@pytest.fixture
def library(tmp_path) -> GoldenLibrary:
    return GoldenLibrary(tmp_path)
