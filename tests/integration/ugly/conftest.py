"""One prepared home, copied for each ugly file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion import Home, prepare
from tests.integration.ugly.ugly import CATALOG


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    prepare(Home(folder), CATALOG)
    return folder
