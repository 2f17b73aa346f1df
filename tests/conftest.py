"""What tests of every kind share: a small county, a fresh home, a loaded home."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from sanbao.settings import Settings

AS_OF = date(2019, 12, 31)
SMALL = 0.02


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests on Spark or Docker run only where their marker is asked for: no other run needs either."""
    asked = str(config.getoption("-m"))
    markers = [marker for marker in ("spark", "compose") if marker not in asked]
    apart = [item for item in items if any(item.get_closest_marker(marker) for marker in markers)]
    if apart:
        config.hook.pytest_deselected(items=apart)
        items[:] = [item for item in items if item not in set(apart)]


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The department folders of a county of 1/50 size."""
    from sample_county import write

    drops = tmp_path_factory.mktemp("county") / "drops"
    write(drops, scale=SMALL)
    assert any(drops.rglob("*.xlsx"))
    return drops


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """An empty home; its night speaks for the date of the sample county."""
    return Settings(home=tmp_path / "home", as_of=AS_OF)


@pytest.fixture(scope="session")
def _night_of_small_county(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    from sanbao.night.night import night

    settings = Settings(home=tmp_path_factory.mktemp("night") / "home", as_of=AS_OF)
    shutil.copytree(small_county, settings.home / "inbox")
    night(settings)
    return settings


@pytest.fixture
def loaded_home(_night_of_small_county: Settings, tmp_path: Path) -> Settings:
    """A copy of a home whose first night has been: a test may do with it what it likes."""
    shutil.copytree(_night_of_small_county.home, tmp_path / "home")
    return Settings(home=tmp_path / "home", as_of=AS_OF)
