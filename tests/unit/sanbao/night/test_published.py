"""The record of what was published: two copies, sealed; what it names never goes silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanbao.errors import SanbaoError
from sanbao.night.integrity import repair, verify
from sanbao.night.load import receive_files
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


def test_a_batch_that_was_published_is_missed_before_anything_is_received(settings: Settings) -> None:
    write_published(settings, RECORD)
    assert [(f.code, f.where) for f in verify(settings) if f.code == "BATCH_GONE"] == [
        ("BATCH_GONE", "archive/landings/b-feed.json")
    ]
    with pytest.raises(SanbaoError, match=r"HOME_NOT_WHOLE.*b-feed"):
        receive_files(settings)


def test_a_served_file_without_any_record_is_named(settings: Settings) -> None:
    settings.serving_dir.mkdir()
    settings.serving.write_bytes(b"x")
    assert [f.code for f in verify(settings)] == ["PUBLISH_RECORD_LOST"]
    with pytest.raises(SanbaoError, match="SERVED_FALLS"):
        publish_serving(settings)


def test_repair_writes_a_lost_or_damaged_copy_from_the_other(settings: Settings) -> None:
    write_published(settings, RECORD)
    path = settings.home / "archive" / "published.json"
    path.write_bytes(b"{")
    assert "archive/published.json" in {f.where for f in verify(settings)}
    assert [f.where for f in repair(settings, lambda name: None)] == ["archive/published.json"]
    path.unlink()
    repair(settings, lambda name: None)
    assert records_agree(settings)
