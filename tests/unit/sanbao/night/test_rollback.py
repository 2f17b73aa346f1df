"""The version before is served again, and a night with nothing new leaves it alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dashboards.publish import publish, versions
from sanbao.errors import SanbaoError
from sanbao.night.build_state import BuildState, read_state, write_state
from sanbao.night.publish import publish_serving
from sanbao.night.published import Published, read_published, sha256_of, write_published
from sanbao.night.rollback import rollback
from sanbao.settings import Settings
from tests.unit.dashboards import fake_warehouse

pytestmark = pytest.mark.slow


def _published(settings: Settings, manifest: Path, value: float) -> str:
    """One more version, whose every figure is `value`, with its record."""
    with duckdb.connect(str(settings.warehouse)) as connection:
        connection.execute(f"update mart.fct_figure set value = {value}")
    done = publish(settings.warehouse, settings.serving_dir, manifest, fake_warehouse.ID_NUMBERS)
    before = read_published(settings) or Published()
    hashes = {**before.sha256, done.version: sha256_of(settings.serving)}
    digest = read_state(settings).digest()
    write_published(settings, Published(done.version, digest, hashes, rows=done.rows))
    return str(done.version)


@pytest.fixture
def county(tmp_path: Path) -> tuple[Settings, Path]:
    settings = Settings(home=tmp_path / "home", as_of=date(2019, 12, 31))
    settings.warehouse.parent.mkdir(parents=True)
    warehouse, manifest = fake_warehouse.build(tmp_path / "made")
    warehouse.rename(settings.warehouse)
    write_state(settings, BuildState())
    return settings, manifest


def _served(settings: Settings) -> list[tuple[float, ...]]:
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        return connection.execute("select distinct value from mart.fct_figure").fetchall()


def test_the_version_before_is_served_until_other_data_comes(county: tuple[Settings, Path]) -> None:
    settings, manifest = county
    first = _published(settings, manifest, 1)
    _published(settings, manifest, 2)
    done = rollback(settings)
    assert done.version == first and _served(settings) == [(1.0,)]
    assert done.dates == tuple(sorted(done.dates)) and "2019-12-31" in done.dates
    assert publish_serving(settings)["skipped"] and _served(settings) == [(1.0,)]


def test_without_an_older_version_nothing_changes(county: tuple[Settings, Path]) -> None:
    settings, manifest = county
    with pytest.raises(SanbaoError, match="NO_OLDER_VERSION"):
        rollback(settings)
    _published(settings, manifest, 1)
    with pytest.raises(SanbaoError, match="NO_OLDER_VERSION"):
        rollback(settings)
    assert _served(settings) == [(1.0,)]


def test_a_damaged_version_is_not_gone_back_to(county: tuple[Settings, Path]) -> None:
    settings, manifest = county
    _published(settings, manifest, 1)
    _published(settings, manifest, 2)
    older = versions(settings.serving_dir)[0]
    content = bytearray(older.read_bytes())
    content[len(content) // 2] ^= 1
    older.write_bytes(bytes(content))
    with pytest.raises(SanbaoError, match="VERSION_DAMAGED") as caught:
        rollback(settings)
    assert older.name in caught.value.sentence("zh") and _served(settings) == [(2.0,)]
