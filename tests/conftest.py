"""What tests of every kind share: a small county, a fresh home, a loaded home."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from foundation.locks import alone
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


MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """The folder of a name, filled by the first process of this run that asks for it, and only read after."""
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "once"

    def made(name: str, fill: Callable[[Path], object]) -> Path:
        folder, is_filled = root / name, root / f"{name}.filled"
        with alone(root / f"{name}.lock"):
            if not is_filled.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                fill(folder)
                is_filled.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def small_county(made_once: MadeOnce) -> Path:
    """The department folders of a county of 1/50 size."""
    from sample_county import write

    drops = made_once("small_county", lambda folder: write(folder / "drops", scale=SMALL)) / "drops"
    assert any(drops.rglob("*.xlsx"))
    return drops


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """An empty home; its night speaks for the date of the sample county."""
    return Settings(home=tmp_path / "home", as_of=AS_OF)


@pytest.fixture(scope="session")
def _night_of_small_county(small_county: Path, made_once: MadeOnce) -> Settings:
    from sanbao.night.night import night

    def loaded(folder: Path) -> None:
        shutil.copytree(small_county, folder / "home" / "inbox")
        night(Settings(home=folder / "home", as_of=AS_OF))

    return Settings(home=made_once("night_of_small_county", loaded) / "home", as_of=AS_OF)


@pytest.fixture
def loaded_home(_night_of_small_county: Settings, tmp_path: Path) -> Settings:
    """A copy of a home whose first night has been: a test may do with it what it likes."""
    shutil.copytree(_night_of_small_county.home, tmp_path / "home")
    return Settings(home=tmp_path / "home", as_of=AS_OF)
