"""Nothing is published from which an ID number can be rebuilt: tests plant leaks, and what looks like one."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards import disclosure
from dashboards.candidates import candidates
from dashboards.publish import PublishRefused, PublishResult, publish
from tests.unit.dashboards import fake_warehouse, people_county
from tests.unit.dashboards.attacker import Attacker, check_character

pytestmark = pytest.mark.slow

HEALTH = (("stays", "illness"),)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    warehouse, manifest = people_county.build(tmp_path_factory.mktemp("people"))
    return warehouse.read_bytes(), manifest


@pytest.fixture
def county(made: tuple[bytes, Path], tmp_path: Path) -> tuple[Path, Path, Path]:
    warehouse = tmp_path / "warehouse.duckdb"
    warehouse.write_bytes(made[0])
    return warehouse, tmp_path / "serving", made[1]


def _serve(county: tuple[Path, Path, Path]) -> PublishResult:
    return publish(*county, fake_warehouse.ID_NUMBERS, health_columns=HEALTH)


def _plant(county: tuple[Path, Path, Path], *statements: str) -> None:
    with duckdb.connect(str(county[0])) as connection:
        for sql in statements:
            connection.execute(sql)


def _truth(county: tuple[Path, Path, Path]) -> dict[str, str]:
    with duckdb.connect(str(county[0]), read_only=True) as connection:
        return dict(connection.execute("select 'P' || (10000 + n), id_number from people").fetchall())


# Column → what a careless release would put there, of whom (null for the others).
LEAKS = {
    "mask_with_last_four": ("left(id_number, 6) || '********' || right(id_number, 4)", "true"),
    "last_four_in_three_notes": ("name || '，尾号' || right(id_number, 4)", "n in (7, 1500, 2900)"),
    "last_three_of_some": ("'编号' || right(id_number, 3)", "n % 60 = 0"),
    "sequence_as_number": ("sequence", "true"),
    "last_four_as_number": ("try_cast(right(id_number, 4) as integer)", "true"),
    "birth_as_date": ("birth_on", "true"),
    "birth_as_moment": ("birth_on::timestamp", "n % 90 = 0"),
    "birth_in_three_rows": ("birth_on", "n in (30, 1500, 2901)"),
    "three_births_among_dates": (
        "case when n in (30, 1500, 2901) then birth_on else date '2018-01-01' + (n % 700)::int end", "true",
    ),
    "birth_in_chinese": ("strftime(birth_on, '%Y年%-m月%-d日') || '出生'", "n % 90 = 0"),
    "birth_in_words": ("'生于' || strftime(birth_on, '%Y%m%d') || '。'", "n % 90 = 0"),
    "birth_with_slashes": ("strftime(birth_on, '%d/%m/%Y')", "true"),
    "birthday_without_year": ("strftime(birth_on, '%-m月%-d日')", "true"),
    "birthday_of_another_year": ("make_date(2016, month(birth_on), day(birth_on))", "true"),
    "age_in_days": ("date_diff('day', birth_on, date '2019-12-31')", "true"),
    "days_of_a_spreadsheet": ("date_diff('day', date '1899-12-30', birth_on)", "true"),
    "unkeyed_md5": ("'p_' || md5(id_number)", "n = 7"),
    "unkeyed_sha": ("'见 ' || sha256(id_number)", "n = 8"),
    "turned_round": ("reverse(id_number)", "n = 9"),
    "in_hexadecimal": ("'0x' || lower(to_hex(cast(left(id_number, 17) as bigint)))", "n = 10"),
    "in_base_36": ("'P' || '-' || to_base(cast(left(id_number, 17) as bigint), 36)", "n = 11"),
    "among_letters": ("left(id_number, 6) || 'a' || substr(id_number, 7, 8) || 'b' || right(id_number, 4)",
        "n = 12"),
    "birth_in_arabic_digits": (
        "translate(strftime(birth_on, '%Y%m%d'), '0123456789', '٠١٢٣٤٥٦٧٨٩') || '生'", "n % 90 = 0",
    ),
    "last_four_in_words": (
        "'尾号' || translate(right(id_number, 4), '0123456789', '〇一二三四五六七八九')",
        "n in (8, 1501, 2902)",
    ),
}  # fmt: skip
HARMLESS = {
    "counts": ("1000 + (hash(n * 7) % 9000)::int", "true"),
    "recent_dates": ("date '2010-01-01' + (hash(n) % 3650)::int", "true"),
    "lifelong_dates": ("date '1935-01-01' + (hash(n + 5) % 30600)::int", "true"),
    "ends_of_others": (
        "'尾号' || right((select max(id_number) from people as o where o.n = 2999 - p.n), 4)",
        "true",
    ),
    "month_of_birth": ("month(birth_on)", "true"),
    "one_agreeing_date": ("birth_on", "n = 30"),
    "keyed_hash": ("sha256('secret' || id_number)", "true"),
}


def _plant_columns(county: tuple[Path, Path, Path], planted: dict[str, tuple[str, str]]) -> Path:
    """The table fct_leak with these columns; returns a manifest that serves them."""
    columns = ", ".join(f"case when {who} then {what} end as {name}" for name, (what, who) in planted.items())
    _plant(
        county,
        "create or replace table mart.fct_leak as select 'P' || (10000 + n) as register_person_no,"
        f" {columns} from people as p",
    )
    document = json.loads(county[2].read_text("utf-8"))
    document["nodes"]["fct_leak"]["columns"] |= {name: {"name": name, "data_type": ""} for name in planted}
    manifest = county[0].parent / "manifest.json"
    manifest.write_text(json.dumps(document), "utf-8")
    return manifest


def test_every_leak_is_refused_and_named(county: tuple[Path, Path, Path]) -> None:
    before = _serve(county)
    manifest = _plant_columns(county, LEAKS)
    with pytest.raises(PublishRefused, match="ID_NUMBER_CAN_BE_REBUILT") as refused:
        _serve((county[0], county[1], manifest))
    said = str(refused.value)
    assert set(re.findall(r"fct_leak\.(\w+)", said)) == set(LEAKS)
    assert set(re.findall(r"(\w+)\.\w+（", said)) == {"fct_leak"}
    for number in _truth(county).values():
        assert number not in said
        assert number[6:14] not in said
    assert sorted(path.name for path in county[1].glob("serving*")) == sorted(
        ["serving.duckdb", f"serving.{before.version}.duckdb"]
    )


@pytest.mark.parametrize("leak", ["last_four_in_three_notes", "birth_in_three_rows", "unkeyed_md5"])
def test_one_leak_alone_is_enough(county: tuple[Path, Path, Path], leak: str) -> None:
    manifest = _plant_columns(county, {leak: LEAKS[leak]})
    with pytest.raises(PublishRefused, match="ID_NUMBER_CAN_BE_REBUILT"):
        _serve((county[0], county[1], manifest))


def test_where_the_cells_were_typed_is_named(county: tuple[Path, Path, Path]) -> None:
    """A refusal that names a column alone leaves nobody a way to correct it."""
    files = {7: ("名册440899    19760523    0347.xlsx", "٤٤٠٨٩٩١٩٦٦٠٥٢٣٠٣٤٧")}
    typed = "name || '（' || strftime(birth_on, '%Y年%-m月%-d日') || '生）'"
    _plant(
        county,
        "create table staging.stg_register_person as select 'b7' as batch_id, $sheet$"
        + files[7][1]
        + f"$sheet$ as source_sheet, n + 4 as source_row, case when n in (40, 1500, 2901) then {typed}"
        " else name end as person_name from people",
        f"insert into mart.fct_delivery values ('b7', 'visits', '{files[7][0]}', null)",
        f"update mart.dim_person set person_name = {typed} from people"
        " where register_person_no = 'P' || (10000 + n) and n in (40, 1500, 2901)",
    )
    # The first gate sees the file's name: what it prints is masked as well.
    with pytest.raises(PublishRefused, match="ID_NUMBER_IN_MART") as refused:
        _serve(county)
    assert "fct_delivery.file_name（批次 b7，文件“名册440899************.xlsx”）" in str(refused.value)
    _plant(county, "update mart.fct_delivery set file_name = '人口.xlsx' where batch_id = 'b7'")
    with pytest.raises(PublishRefused, match="ID_NUMBER_CAN_BE_REBUILT") as refused:
        _serve(county)
    said = str(refused.value)
    assert "dim_person.person_name" in said
    assert sorted({int(row) for row in re.findall(r"第 (\d+) 行", said)}) == [44, 1504, 2905]
    assert "（批次 b7，文件“人口.xlsx”，表页“440899************”，第 44 行）" in said
    for n, number in enumerate(_truth(county).values()):
        assert n not in (40, 1500, 2901) or number[6:14] not in said.replace("年", "").replace("月", "")


def test_the_glance_at_long_tables_clears_no_leak(
    county: tuple[Path, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table is taken for a long one: what the full look finds, the glance must not clear."""
    monkeypatch.setattr(disclosure, "_LONG", 0)
    monkeypatch.setattr(disclosure, "_FEW", 10**9)
    glances = []
    glance = disclosure._doubtful

    def counted(*args: Any) -> set[int]:
        glances.append(glance(*args))
        return glances[-1]

    monkeypatch.setattr(disclosure, "_doubtful", counted)
    manifest = _plant_columns(county, LEAKS | HARMLESS)
    with pytest.raises(PublishRefused, match="ID_NUMBER_CAN_BE_REBUILT") as refused:
        _serve((county[0], county[1], manifest))
    assert set(re.findall(r"fct_leak\.(\w+)", str(refused.value))) == {*LEAKS, "month_of_birth"}
    assert any(glances)


def test_what_chance_gives_is_published(county: tuple[Path, Path, Path]) -> None:
    manifest = _plant_columns(county, HARMLESS)
    result = _serve((county[0], county[1], manifest))
    assert result.published
    assert result.candidates is not None
    assert result.candidates >= 1000


def test_the_least_number_is_told_and_kept(county: tuple[Path, Path, Path]) -> None:
    first, again = _serve(county), _serve(county)
    assert first.candidates == again.candidates == 365 * 500
    assert not again.published


def test_without_the_truth_nothing_is_published(county: tuple[Path, Path, Path]) -> None:
    _plant(county, "drop table intermediate.int_register_person__history")
    with pytest.raises(PublishRefused, match="NO_TRUTH"):
        _serve(county)
    assert not list(county[1].glob("serving*"))


def test_what_nobody_may_read_is_refused(county: tuple[Path, Path, Path]) -> None:
    child = "year(birth_on) >= 2005 and n between 200 and 600"
    of_home = "household_id = 'hh_' || md5('H' || household)"
    of_visit = "register_person_no = 'P' || (10000 + n)"
    _plant(
        county,
        f"update mart.dim_person set person_name = name from people where {of_visit} and {child}",
        f"update mart.dim_household set head_name = name from people where {of_home} and {child}",
        f"update mart.fct_delivery set reason = 'F12 的“' || name || '”看不出' from people where {child}",
        "update mart.fct_visit set remark = '高血压' where register_person_no = 'P10030'",
        "update mart.fct_delivery set file_name = '“高血压”写错.xlsx' where batch_id = 'b1'",
        "update mart.fct_visit set evidence_batch_id = 'b2' where register_person_no = 'P10030'",
        "update mart.fct_figure_member set figure_id = 'stays' where member_key = 'P10030'",
    )
    with pytest.raises(PublishRefused, match="WITHHELD_IN_MART") as refused:
        _serve(county)
    said = str(refused.value)
    assert set(re.findall(r"(\w+\.\w+)（", said)) == {
        "dim_person.person_name", "dim_household.head_name", "fct_delivery.reason", "fct_visit.remark",
        "fct_delivery.file_name", "fct_visit.evidence_batch_id", "fct_figure_member.figure_id",
    }  # fmt: skip
    assert "陈" not in said
    assert "高血压" not in said


def test_an_adult_of_the_same_name_and_a_place_are_no_child(county: tuple[Path, Path, Path]) -> None:
    child = "(select name from people where year(birth_on) >= 2005 order by n limit 1)"
    _plant(
        county,
        f"update intermediate.int_register_person__history set person_name = {child}"
        " where register_person_no = 'P10000'",
        f"update mart.dim_person set person_name = {child} where register_person_no = 'P10000'",
        "update mart.dim_household set village_name = (select name from people where year(birth_on) >= 2005"
        " order by n desc limit 1) || '村'",
    )
    with duckdb.connect(str(county[0]), read_only=True) as connection:
        assert connection.execute("select year(birth_on) < 2005 from people where n = 0").fetchone() == (
            True,
        )
    assert _serve(county).published


def test_rows_that_are_counted_only_stay_in_the_warehouse(county: tuple[Path, Path, Path]) -> None:
    _plant(county, "update mart.fct_figure_member set is_listed = false where member_key = 'P10030'")
    result = _serve(county)
    with duckdb.connect(str(result.path), read_only=True) as served:
        assert served.execute("select count(*) from mart.fct_figure_member").fetchone() == (1998,)
        assert "is_listed" not in [
            row[0] for row in served.execute("describe mart.fct_figure_member").fetchall()
        ]


def test_candidates_are_what_enumeration_finds() -> None:
    number = "44089919800229101"
    number += check_character(number)
    everything = [
        first + check_character(first)
        for month in range(1, 13)
        for day in range(1, 32)
        if not (month == 2 and day > 29) and not (month in (4, 6, 9, 11) and day > 30)
        for sequence in range(1, 1000, 2)
        for first in [f"4408991980{month:02}{day:02}{sequence:03}"]
    ]
    for known in ((), (15, 16, 17, 18), (18,), (11, 12, 13, 14), (16, 17, 18), (13, 14, 15), range(1, 19)):
        left = sum(all(other[p - 1] == number[p - 1] for p in known) for other in everything)
        assert candidates(number, known) == left, known


def test_a_stranger_rebuilds_what_leaks_and_nothing_else(county: tuple[Path, Path, Path]) -> None:
    """The stranger shares nothing with the gate, and the gate lets nothing pass that he can use."""
    truth = _truth(county)
    attacker = Attacker(_serve(county).path)
    sample = attacker.people[:: len(attacker.people) // 3]
    for person in sample:
        cells = attacker.cells(person)
        number = truth[person["register_person_no"]]
        for rule in attacker.columns():
            for day_of, end_of in ((rule, None), (None, rule)):
                left = attacker.left(person, cells, day_of, end_of)
                assert number not in left or len(left) >= 1000, rule
        assert attacker.hashed(person, cells) == []
    # The same stranger, before a file that the gate refuses.
    leaking = county[1].parent / "leaking.duckdb"
    with duckdb.connect(str(leaking)) as connection:
        connection.execute(f"attach '{county[0]}' as w (read_only)")
        connection.execute("create schema mart")
        connection.execute(
            "create table mart.dim_person as select d.* replace (birth_on as visited_on,"
            " right(id_number, 4) as note) from w.mart.dim_person d join w.people"
            " on d.register_person_no = 'P' || (10000 + n)"
        )
    attacker = Attacker(leaking)
    day, end = ("dim_person", "visited_on"), ("dim_person", "note")
    for person in attacker.people[:200:70]:
        left = attacker.left(person, attacker.cells(person), day, end)
        assert left == [truth[person["register_person_no"]]]
