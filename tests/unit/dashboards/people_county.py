"""A county of a few thousand people with its truth, served as the real one is, for attacks on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

PEOPLE = 3000

_PEOPLE = f"""
    with born as (
        select n, date '1935-01-01' + cast(hash(n) % 30600 as integer) as birth_on,
            1 + (n * 389) % 997 as sequence, 1 + n // 4 as household
        from range({PEOPLE}) as people(n)
    ),
    numbered as (
        select *, '440899' || strftime(birth_on, '%Y%m%d') || lpad(sequence::varchar, 3, '0') as first17
        from born
    )
    select n, household, birth_on, sequence,
        first17 || substr('10X98765432', 1 + list_sum(list_transform(range(1, 18), lambda place:
            cast(substr(first17, place, 1) as integer) * [7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2][place])
            )::integer % 11, 1) as id_number
    from numbered
"""

TABLES = {
    "dim_person": """
        select sha256('secret' || n) as person_key, upper(left(sha256('secret' || n), 8)) as person_handle,
            'hh_' || md5('H' || household) as household_id, 'P' || (10000 + n) as register_person_no,
            case when year(birth_on) < 2005 then name end as person_name,
            left(id_number, 6) || '************' as id_number_masked,
            case when sequence % 2 = 1 then '男' else '女' end as sex_code, year(birth_on) as birth_year,
            n % 4 + 1 as place_in_household, null::varchar as note, null::date as visited_on,
            null::integer as days, as_of
        from people, days
    """,
    "dim_household": """
        select distinct 'hh_' || md5('H' || household) as household_id, 'H' || household as
            register_household_no, '甲村' as village_name, null::varchar as head_name,
            4 as member_count, date '2016-01-01' + cast(household % 900 as integer) as lifted_on, as_of
        from people, days
    """,
    "fct_visit": """
        select 'P' || (10000 + n) as register_person_no, null::varchar as remark, null::date as seen_on,
            (hash(n) % 9999)::integer as amount, n as source_row, 'b1' as evidence_batch_id, as_of
        from people, days where n % 3 = 0
    """,
    "fct_leak": "select 'P' || (10000 + n) as register_person_no from people",
    "fct_delivery": """
        select 'b1' as batch_id, 'visits' as feed, '走访.xlsx' as file_name, null::varchar as reason
        union all select 'b2', 'stays', '住院.xlsx', null
    """,
    "fct_figure_member": """
        select 'visited' as figure_id, 'P' || (10000 + n) as member_key,
            sha256('secret' || n) as person_key, true as is_listed, as_of from people, days where n % 3 = 0
    """,
}


def build(folder: Path) -> tuple[Path, Path]:
    """Write `warehouse.duckdb` and `manifest.json`; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    warehouse, manifest = folder / "warehouse.duckdb", folder / "manifest.json"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema mart; create schema intermediate; create schema seed")
        connection.execute("create schema staging")
        connection.execute(
            "create table days as select unnest([date '2019-11-30', date '2019-12-31']) as as_of"
        )
        connection.execute(
            "create table people as select *, '陈' || chr(20000 + cast(n as integer) % 700) ||"
            f" chr(21000 + cast(n as integer) // 700) as name from ({_PEOPLE})"
        )
        connection.execute("""
            create table intermediate.int_register_person__history as
            select sha256('secret' || n) as person_key, 'P' || (10000 + n) as register_person_no,
                'hh_' || md5('H' || household) as household_id, 'H' || household as register_household_no,
                id_number, birth_on, name as person_name
            from people
        """)
        connection.execute("create table seed.threshold as select 'NAME_AGE_MIN' as code, 14 as value")
        connection.execute(
            "create table seed.figure as select * from (values ('visited', '走访', true, 'visits'),"
            " ('stays', '住院', false, 'stays')) as f(figure_id, label, is_listed, feed)"
        )
        connection.execute("create table staging.stg_stays as select '高血压' as illness from range(3)")
        nodes: dict[str, Any] = {}
        for name, query in TABLES.items():
            connection.execute(f"create table mart.{name} as {query}")
            columns = [row[0] for row in connection.execute(f"describe mart.{name}").fetchall()]
            nodes[name] = _node(name, columns)
    manifest.write_text(json.dumps({"nodes": nodes}), "utf-8")
    return warehouse, manifest


def _node(name: str, columns: list[str]) -> dict[str, Any]:
    meta = {"serve": True, "label": name, "grain": "一行一条"}
    if "is_listed" in columns:
        meta["serve_only_if"] = "is_listed"
    return {
        "resource_type": "model",
        "name": name,
        "schema": "mart",
        "description": name,
        "config": {"meta": meta},
        "columns": {column: {"name": column, "data_type": ""} for column in columns},
    }
