"""The record of what was published: two copies, sealed; what it names never goes silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanbao.errors import SanbaoError
from sanbao.night.publish import publish_serving
from sanbao.night.published import Published, read_published, records_agree, write_published
from sanbao.settings import Settings
from tests.conftest import AS_OF

RECORD = Published("v2", "d", {"v2": "0"}, {"2019-12-31": ""}, {"dim_person": {"2019-12-31": 5}}, ["b-feed"])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, as_of=AS_OF)


def test_either_copy_is_enough(settings: Settings) -> None:
    write_published(settings, RECORD)
    assert records_agree(settings)
    for path in (settings.serving_dir / "published.json", settings.home / "archive" / "published.json"):
        good = path.read_bytes()
        path.write_bytes(good.replace(b"v2", b"v3"))
        assert read_published(settings) == RECORD
        assert not records_agree(settings)
        path.unlink()
        assert read_published(settings) == RECORD
        path.write_bytes(good)


def test_a_lake_that_forgot_what_was_served_is_not_published(settings: Settings) -> None:
    """All records and files of a batch gone together, or an older backup: nothing else could tell."""
    write_published(settings, RECORD)
    with pytest.raises(SanbaoError, match=r"SERVED_FALLS.*b-feed"):
        publish_serving(settings)
