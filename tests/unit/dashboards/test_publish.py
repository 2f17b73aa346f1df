"""The serving file: complete, described, swapped in one step, and free of ID numbers."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.publish import (
    Before,
    LessThanBefore,
    PublishRefused,
    PublishResult,
    is_fall,
    publish,
    rollback,
    versions,
)
from dashboards.serving_tables import IdNumbers
from tests.unit.dashboards import fake_warehouse

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
County = tuple[Path, Path, Path, IdNumbers]


@pytest.fixture
def county(tmp_path: Path) -> County:
    warehouse, manifest = fake_warehouse.build(tmp_path / "warehouse")
    return warehouse, tmp_path / "serving", manifest, fake_warehouse.ID_NUMBERS


def _change(warehouse: Path, sql: str) -> None:
    connection = duckdb.connect(str(warehouse))
    connection.execute(sql)
    connection.close()


def _read(serving: Path, sql: str) -> list[tuple[object, ...]]:
    connection = duckdb.connect(str(serving), read_only=True)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_serves_every_model_with_its_words(county: County) -> None:
    result = publish(*county)
    assert result.published
    assert result.table_count == len(fake_warehouse.TABLES)
    [(rows,)] = _read(
        result.path, "select sum(estimated_size) from duckdb_tables() where schema_name = 'mart'"
    )
    assert rows == result.row_count > 1000
    comments = dict(
        _read(
            result.path,
            "select column_name, comment from duckdb_columns() where table_name = 'fct_figure'",
        )
    )
    assert comments["town_name"] == "乡镇：乡镇的说明"
    [(label, kind)] = _read(
        result.path,
        "select column_label, data_type from meta.model_column"
        " where table_name = 'fct_figure' and column_name = 'met_count'",
    )
    assert (label, kind) == ("有保障", "BIGINT")
    assert not list(result.path.parent.glob("*.wal"))
    assert not list(result.path.parent.glob("*.tmp*"))


def test_same_content_makes_no_new_version(county: County) -> None:
    first = publish(*county)
    inode = first.path.stat().st_ino
    second = publish(*county)
    assert not second.published
    assert second.version == first.version
    assert second.row_count == first.row_count
    assert first.path.stat().st_ino == inode


def test_a_new_label_is_new_content(county: County) -> None:
    publish(*county)
    manifest = county[2]
    manifest.write_text(manifest.read_text("utf-8").replace("的说明", "的定义"), encoding="utf-8")
    assert publish(*county).published


@pytest.mark.parametrize(
    "planted",
    [
        "440899199001011234",
        "张三44089919900101123X。",
        "４４０８９９１９９００１０１１２３４",
        "id=440899199013011234;",
        "440899 1990-01-01 1234",
        "440899900101123",
        "4408991990\u200b01011234",
        "٤٤٠٨٩٩١٩٩٠٠١٠١١٢٣٤",
        "四四〇八九九一九九〇〇一〇一一二三四",
        "王四四〇八九九一九九〇〇一〇一一二三四",
        "❹❹⓿❽❾❾❶❾❾⓿⓿❶⓿❶❶❷❸❹",
        "44O8991990O1O11234",
        "440899____19900101____1234",
        "440899出生19900101号1234",
    ],
)
def test_an_id_number_stops_it(county: County, planted: str) -> None:
    old = publish(*county)
    _change(county[0], f"update mart.fct_figure set village_name = '{planted}' where rowid = 7")
    with pytest.raises(PublishRefused) as refused:
        publish(*county)
    assert "fct_figure.village_name" in str(refused.value)
    assert planted not in str(refused.value)
    assert not publish_leftovers(county[1])
    assert _read(old.path, f"select count(*) from mart.fct_figure where village_name = '{planted}'") == [(0,)]


def test_an_id_number_stored_as_a_number_stops_it(county: County) -> None:
    _change(county[0], "update mart.fct_figure set met_count = 440899199001011234 where rowid = 7")
    with pytest.raises(PublishRefused, match=r"fct_figure\.met_count"):
        publish(*county)


@pytest.mark.parametrize(
    "harmless",
    [
        "440899************",
        "6222021234567890123",  # 19 digits: a card number
        "a" * 20 + "440899199001011234" + "b" * 26,  # inside a SHA-256
        "hh_" + "a" * 7 + "440899199001011234" + "b" * 7,  # inside an MD5 with a prefix
        "20191231",
    ],
)
def test_what_only_looks_like_an_id_number_passes(county: County, harmless: str) -> None:
    _change(county[0], f"update mart.fct_figure set village_name = '{harmless}' where rowid = 7")
    assert publish(*county).published


def test_a_table_that_was_not_built_is_refused(county: County) -> None:
    _change(county[0], "drop table mart.fct_figure")
    with pytest.raises(PublishRefused, match="fct_figure"):
        publish(*county)


def test_keeps_the_last_versions_and_goes_back(county: County) -> None:
    made = []
    for value in range(5):
        _change(county[0], f"update mart.fct_figure set value = {value}")
        made.append(publish(*county, keep=2).version)
    assert [path.name for path in versions(county[1])] == [f"serving.{v}.duckdb" for v in made[-3:]]
    assert rollback(county[1]).version == made[3]
    assert _read(county[1] / "serving.duckdb", "select distinct value from mart.fct_figure") == [(3.0,)]
    assert rollback(county[1]).version == made[2]
    with pytest.raises(PublishRefused, match="NO_OLDER_VERSION"):
        rollback(county[1])


def test_a_withdrawn_version_is_never_gone_back_to(county: County) -> None:
    good = publish(*county)
    _change(county[0], "update mart.fct_figure set value = -1")
    bad = publish(*county)
    rollback(county[1])
    _change(county[0], "update mart.fct_figure set value = 1")
    publish(*county)
    assert rollback(county[1]).version == good.version != bad.version


@pytest.mark.slow
def test_readers_see_whole_versions_only(county: County) -> None:
    """Every table of one version carries the same number; no reader may see two."""
    _change(
        county[0], "update mart.fct_figure set value = 0; update mart.rpt_delivery_board set days_late = 0"
    )
    serving = publish(*county).path
    code = textwrap.dedent(
        """
        import os, sys, duckdb
        seen = set()
        while not os.path.exists(sys.argv[2]):
            connection = duckdb.connect(sys.argv[1], read_only=True)
            seen.add(connection.execute(
                "select min(value), max(value), (select max(days_late) from mart.rpt_delivery_board),"
                " (select count(*) from mart.fct_household_guarantee) from mart.fct_figure").fetchone())
            connection.close()
        print(sorted(seen))
        """
    )
    over = county[1].parent / "over"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(serving), str(over)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    [(rows,)] = _read(serving, "select count(*) from mart.fct_household_guarantee")
    for value in range(1, 5):
        _change(
            county[0],
            f"update mart.fct_figure set value = {value};"
            f" update mart.rpt_delivery_board set days_late = {value}",
        )
        publish(*county)
    over.touch()
    seen = set()
    for reader in readers:
        output, _ = reader.communicate(timeout=120)
        assert reader.returncode == 0
        seen |= set(eval(output))
    assert len(seen) >= 3
    assert all(low == high == board and count == rows for low, high, board, count in seen)


_STEPS = ["write", "flush", "link", "replace", "_prune"]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", _STEPS)
def test_killed_at_any_step_the_file_in_force_is_whole(county: County, step: str, when: str) -> None:
    _change(county[0], "update mart.fct_figure set value = 1")
    serving = publish(*county).path
    _change(county[0], "update mart.fct_figure set value = 2")
    assert _publish_and_die(county, step, when) == -signal.SIGKILL
    # Through a copy: a stale write-ahead log beside the file would show as well.
    [(value,)] = _read(serving, "select distinct value from mart.fct_figure")
    in_force = step == "_prune" or (step, when) == ("replace", "after")
    assert value == (2 if in_force else 1)
    publish(*county)
    assert _read(serving, "select distinct value from mart.fct_figure") == [(2.0,)]
    assert not publish_leftovers(county[1])
    assert len(versions(county[1])) == 2


def _publish_and_die(county: County, step: str, when: str) -> int:
    code = textwrap.dedent(
        f"""
        import os, signal, sys
        from pathlib import Path
        from dashboards import publish, serving_tables
        owner = {{"write": serving_tables, "link": os, "replace": Path}}.get("{step}", publish)
        original = getattr(owner, "{step}")
        def dying(*args, **kwargs):
            if "{when}" == "after":
                original(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)
        setattr(owner, "{step}", dying)
        from tests.unit.dashboards.fake_warehouse import ID_NUMBERS
        publish.publish(*map(Path, sys.argv[1:]), ID_NUMBERS)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, county[:3])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return done.returncode


def publish_leftovers(serving_dir: Path) -> list[Path]:
    return [*serving_dir.glob("*.tmp*"), *serving_dir.glob("*.wal")]


def _before(result: PublishResult, **more: Any) -> Before:
    return Before(rows=result.rows, **more)


LATEST = "(select max(as_of) from mart.fct_household_guarantee)"


def test_a_date_that_was_served_and_is_gone_is_refused(county: tuple[Path, Path, Path]) -> None:
    first = publish(*county)
    warehouse = county[0]
    tables = [name for name, days in first.rows.items() if "" not in days]
    day = min(day for name in tables for day in first.rows[name])
    for name in tables:
        _change(warehouse, f"delete from mart.{name} where as_of = date '{day}'")
    held = (county[1] / "serving.duckdb").read_bytes()
    with pytest.raises(LessThanBefore, match=f"{day}.*DATE_GONE"):
        publish(*county, before=_before(first))
    assert (county[1] / "serving.duckdb").read_bytes() == held


@pytest.mark.parametrize(("share", "refused"), [(0.5, True), (0.25, True), (0.1, False)])
def test_a_table_that_falls_beyond_its_limit_is_refused(
    county: tuple[Path, Path, Path], share: float, refused: bool
) -> None:
    first = publish(*county)
    cut = f"as_of = {LATEST} and hash(household_id) % 1000 < {share * 1000}"
    _change(county[0], f"delete from mart.fct_household_guarantee where {cut}")
    if not refused:
        assert publish(*county, before=_before(first)).published
        return
    with pytest.raises(LessThanBefore, match=r"fct_household_guarantee.*TABLE_FELL"):
        publish(*county, before=_before(first))
    day = max(first.rows["fct_household_guarantee"])
    assert publish(*county, before=_before(first, other_clock=frozenset({day}))).published


def test_what_a_person_accepts_is_published_and_logged(county: tuple[Path, Path, Path]) -> None:
    first = publish(*county)
    _change(county[0], f"delete from mart.fct_household_guarantee where as_of = {LATEST}")
    accepted = _before(first, accepted_by="甲", accept_reason="两镇划出")
    second = publish(*county, before=accepted)
    log = _read(
        second.path, "select version, accepted_by, accept_reason from meta.publish_log order by version"
    )
    assert log == [(first.version, None, None), (second.version, "甲", "两镇划出")]


@pytest.mark.parametrize(
    ("was", "now", "limit", "fall"),
    [
        (100, 79, 0.2, True),
        (100, 80, 0.2, False),
        (25, 6, 0.2, False),  # 19 rows: a tiny county is no fall
        (20, 0, 0.2, True),
        (1000, 0, 1.0, False),  # a table that may become empty
        (10, 200, 0.2, False),
    ],
)
def test_where_a_fall_begins(was: int, now: int, limit: float, fall: bool) -> None:
    assert is_fall(was, now, limit) is fall


def test_force_writes_a_version_although_nothing_changed(county: tuple[Path, Path, Path]) -> None:
    first = publish(*county)
    assert not publish(*county).published
    second = publish(*county, force=True)
    assert second.published
    assert second.version > first.version
    assert versions(county[1])[-1].name == f"serving.{second.version}.duckdb"


def test_a_damaged_version_is_written_anew_and_its_log_comes_from_the_one_before(
    county: tuple[Path, Path, Path],
) -> None:
    first = publish(*county)
    _change(county[0], "update mart.fct_figure set numerator = numerator + 1")
    second = publish(*county)
    with second.path.open("r+b") as file:
        file.write(b"\0" * 5000)
    third = publish(
        *county, before=Before(damaged=frozenset({second.version}), is_current_damaged=True), force=True
    )
    assert third.published
    assert [
        version for (version,) in _read(third.path, "select version from meta.publish_log order by 1")
    ] == [
        first.version,
        third.version,
    ]
    assert second.version not in {path.name.split(".")[1] for path in versions(county[1])}
