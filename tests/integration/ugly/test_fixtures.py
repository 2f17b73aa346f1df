"""Single ugly files, each as a program or a clerk really makes them, from the inbox to the lake."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.integration.ugly.impostors  # registers its fixtures
import tests.integration.ugly.texts
import tests.integration.ugly.web_pages
import tests.integration.ugly.workbooks  # noqa: F401  (so do these)
from tests.integration.ugly.fixtures import FIXTURES
from tests.integration.ugly.ugly import Ugly, differences, load

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("ugly", FIXTURES, ids=lambda ugly: ugly.name)
def test_an_ugly_file(template: Path, tmp_path: Path, ugly: Ugly) -> None:
    home, outcomes = load(template, tmp_path, ugly)
    assert not differences(home, outcomes, ugly.expect)


def test_the_catalogue_is_large() -> None:
    assert len({ugly.name for ugly in FIXTURES}) == len(FIXTURES) >= 80
