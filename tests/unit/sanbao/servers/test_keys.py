"""A server whose database exists does not get another key in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sanbao.errors import SanbaoError
from sanbao.servers import airflow, superset
from sanbao.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("SANBAO_SUPERSET_SECRET_KEY", raising=False)
    return Settings(home=tmp_path, as_of=date(2019, 12, 31))


def use_superset(settings: Settings) -> Path:
    superset._credentials(settings.home)
    (settings.home / "superset").mkdir(exist_ok=True)
    (settings.home / "superset" / "superset.db").touch()
    return settings.secrets / "superset_secret_key"


def use_airflow(settings: Settings) -> Path:
    airflow.environment(settings)
    (settings.home / "airflow").mkdir(exist_ok=True)
    (settings.home / "airflow" / "airflow.db").touch()
    return settings.secrets / "airflow_fernet_key"


@pytest.mark.parametrize("use", [use_superset, use_airflow])
def test_a_lost_or_another_key_is_said(settings: Settings, use: object) -> None:
    key = use(settings)  # type: ignore[operator]
    right = key.read_text("ascii")
    use(settings)  # type: ignore[operator]  # the second start records the fingerprint
    key.unlink()
    with pytest.raises(SanbaoError) as lost:
        use(settings)  # type: ignore[operator]
    assert lost.value.code == "KEY_LOST"
    assert not key.exists()
    key.write_text("A" * 44, "ascii")
    with pytest.raises(SanbaoError) as other:
        use(settings)  # type: ignore[operator]
    assert other.value.code == "KEY_MISMATCH"
    assert "A" * 44 not in str(other.value)
    key.write_text(right, "ascii")
    use(settings)  # type: ignore[operator]


def test_a_lost_key_is_said_where_no_fingerprint_was_kept(settings: Settings) -> None:
    use_superset(settings).unlink()
    with pytest.raises(SanbaoError) as lost:
        use_superset(settings)
    assert lost.value.code == "KEY_LOST"


def test_the_key_may_come_from_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    key = use_superset(settings).read_text("ascii").strip()
    use_superset(settings)
    (settings.secrets / "superset_secret_key").unlink()
    monkeypatch.setenv("SANBAO_SUPERSET_SECRET_KEY", key)
    superset._credentials(settings.home)
    monkeypatch.setenv("SANBAO_SUPERSET_SECRET_KEY", key + "x")
    with pytest.raises(SanbaoError) as other:
        superset._credentials(settings.home)
    assert other.value.code == "KEY_MISMATCH"
