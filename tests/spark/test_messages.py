"""A Spark that cannot be used is said as what it is, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sanbao.errors import SanbaoError
from sanbao.night import spark as by_spark
from sanbao.night.build import build
from sanbao.settings import Settings

pytestmark = pytest.mark.spark


def refused(settings: Settings) -> str:
    """The code with which a build ends; nothing of it may be in the warehouse or the lake."""
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*.duckdb")}
    with pytest.raises(SanbaoError) as caught:
        build(settings, settings.as_of)
    assert {path: path.stat().st_mtime_ns for path in settings.home.rglob("*.duckdb")} == before
    for lang in ("zh", "en"):
        assert "{" not in caught.value.sentence(lang) + caught.value.remedy(lang)
    return caught.value.code


def test_nobody_listens(loaded_home: Settings) -> None:
    away = replace(loaded_home, target="spark", spark_host="127.0.0.1", spark_port=9)
    assert refused(away) == "SPARK_AWAY"
    # The other engine is not concerned, and has nothing to do anew.
    assert build(loaded_home, loaded_home.as_of).skipped


def test_no_java(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert refused(replace(loaded_home, target="spark")) == "JAVA_MISSING"


def test_an_old_java(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert refused(replace(loaded_home, target="spark")) == "JAVA_MISSING"


def test_another_version(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        def rows(self, statement: str) -> list[tuple[Any, ...]]:
            return [("3.5.1 fd86f85e181fc2dc0f50a096855acf83a6cc5d9c",)]

    @contextmanager
    def old(settings: Settings) -> Iterator[Old]:
        yield Old()

    monkeypatch.setattr(by_spark, "_in_process", old)
    assert refused(replace(loaded_home, target="spark")) == "SPARK_OTHER_VERSION"


def test_another_zone(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere:
        def rows(self, statement: str) -> list[tuple[Any, ...]]:
            if statement == "select version()":
                return [("4.3.0 0",)]
            return [(statement.removeprefix("set "), "Asia/Shanghai")]

    @contextmanager
    def elsewhere(settings: Settings) -> Iterator[Elsewhere]:
        yield Elsewhere()

    monkeypatch.setattr(by_spark, "_in_process", elsewhere)
    assert refused(replace(loaded_home, target="spark")) == "SPARK_OTHER_SETTING"


def test_not_installed(loaded_home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_spark, "_PACKAGES", ("pyspark-that-nobody-has",))
    assert refused(replace(loaded_home, target="spark")) == "SPARK_NOT_INSTALLED"


def test_an_engine_that_nobody_knows() -> None:
    with pytest.raises(SanbaoError, match="SETTING_INVALID"):
        Settings(home=Path("/nowhere"), as_of=None).with_target("clickhouse")  # type: ignore[arg-type]
