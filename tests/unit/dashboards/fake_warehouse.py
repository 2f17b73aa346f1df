"""A small warehouse and dbt manifest in the shape of the real ones, for tests of `dashboards`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from dashboards.serving_tables import IdNumbers
from ingestion.text import masking

ID_NUMBERS = IdNumbers(masking.SUSPECT, masking.PATTERN, masking.ODD, masking.LONG_GAP, masking.shown_name)

TOWNS = [
    ("440825001", "徐城街道", 66), ("440825102", "迈陈镇", 47), ("440825103", "海安镇", 22),
    ("440825104", "曲界镇", 42), ("440825105", "前山镇", 36), ("440825106", "西连镇", 35),
    ("440825107", "下桥镇", 36), ("440825108", "龙塘镇", 52), ("440825109", "下洋镇", 23),
    ("440825110", "锦和镇", 37), ("440825111", "和安镇", 29), ("440825112", "新寮镇", 24),
    ("440825113", "南山镇", 61), ("440825201", "城北乡", 22), ("440825204", "角尾乡", 26),
]  # fmt: skip

# figure_id, label, unit, share of `weight * 17` households in scope, states?
_FIGURES = [
    ("reg_hh", "建档立卡贫困户户数", "户", 1.0, False), ("reg_pp", "建档立卡贫困人口数", "人", 3.22, False),
    ("lifted_hh", "脱贫户数", "户", 0.9916, False), ("lifted_pp", "脱贫人口数", "人", 3.19, False),
    ("lifted_rate", "脱贫率", "%", 3.22, False),
    ("exited_hh", "退出户数", "户", 0.99, False), ("exited_pp", "退出人口数", "人", 3.18, False),
    ("exit_rate", "退出率", "%", 3.22, False),
    ("grt_education", "义务教育有保障户比例", "%", 0.37, True),
    ("grt_medical", "基本医疗有保障户比例", "%", 1.0, True),
    ("grt_housing", "住房安全有保障户比例", "%", 1.0, True),
    ("grt_water", "饮水安全有保障户比例", "%", 1.0, True),
    ("grt_safety_net", "兜底保障有保障户比例", "%", 0.36, True),
]  # fmt: skip

TABLES = {
    "fct_figure": """
        select d.as_of, f.figure_id, f.label, f.unit, 'town' as area_level, t.town_code as area_code,
            t.town_name as area_name, t.town_code, t.town_name,
            null::varchar as village_code, null::varchar as village_name,
            (case when f.unit = '%' and not f.states then scope * 0.99 else scope end
                - case when f.states then missed + unsure + excused else 0 end)::double as numerator,
            case when f.unit = '%' then scope::double end as denominator,
            case when f.unit = '%' then round(100.0 * (scope - missed) / scope, 2)
                else scope end::double as value,
            case when f.states then scope - missed - unsure - excused end as met_count,
            case when f.states then missed end as not_met_count,
            case when f.states then unsure end as unknown_count,
            case when f.states then excused end as exempt_count,
        from figures as f cross join towns as t cross join days as d,
            lateral (select (f.share * t.weight * 17)::bigint as scope,
                (t.weight * 2 * d.lag / 10 + (hash(f.figure_id || t.town_code) % 9))::bigint as missed,
                (hash(t.town_code || f.figure_id) % 14 * d.lag / 2)::bigint as unsure,
                (hash(f.figure_id) % 4)::bigint as excused)
    """,
    "fct_household_guarantee": """
        select d.as_of, 'hh_' || md5(t.town_code || n) as household_id, t.town_code, t.town_name,
            'XW-' || t.town_code as village_code, t.town_name || '村' as village_name,
            case when n % 53 = 0 then 'NOT_MET' else 'MET' end as water_state,
            'WATER_OK' as water_reason_code, (n % 53 = 0)::integer as not_met_count,
            (n % 71 = 0)::integer as unknown_count, n % 53 <> 0 and n % 71 <> 0 as is_guaranteed
        from towns as t cross join days as d cross join range(t.weight * 17) as r(n)
    """,
    "rpt_delivery_board": """
        select d.as_of, '住房和城乡建设局' as department_name, 'renovation_task' as feed,
            '农村危房改造任务' as feed_title, '每季' as cadence_label, '2019年第4季度' as expected_period,
            'LATE' as arrival_state, '迟到' as arrival_label, '' as refused_reason, 1 as board_order,
            1 as version, 771::bigint as rows_accepted, 3::bigint as rows_held, 3::bigint as rows_still_held,
            0 as missing_part_count, null::varchar as missing_parts, 2 as days_late,
            date '2020-01-05' as due_on, date '2020-01-07' as received_on, date '2019-12-31' as newest_on
        from days as d
    """,
    "fct_delivery": """
        select 'ab-renovation_task' as batch_id, 'renovation_task' as feed,
            '住房和城乡建设局' as department_name,
            '农村危房改造任务' as feed_title, '改造任务.xls' as file_name,
            timestamp '2020-01-06 18:30:00' as received_at, 774 as rows_read, 771 as rows_accepted,
            3 as rows_held, 2 as cells_held, 0 as rows_corrected,
            3 as rows_still_held, 'PARTIAL' as delivery_state,
            '3 行身份证号码无法使用' as reason, 'housing' as department, 1 as version,
            null::varchar as corrects_batch_id, null::varchar as withdrawal_reason,
            null::timestamp as waived_at, null::varchar as waived_by, null::varchar as waived_codes,
            null::varchar as waiver_reason,
            null::timestamp as withdrawn_at, date '2019-12-31' as as_of
    """,
    "fct_held_row": """
        select d.as_of, 'ab-renovation_task' as batch_id, '住房和城乡建设局' as department_name,
            '住建局村镇股' as owner, '农村危房改造任务' as feed_title, '改造任务.xls' as file_name,
            'Sheet1' as source_sheet, n::integer as source_row, 'F' || n as cell, 'OPEN' as held_state,
            'F' || n || ' 的“身份证号”没有填。' as message, '请补填。' as remedy,
            date '2020-01-07' as held_on
        from days as d cross join range(5, 8) as r(n)
    """,
    "fct_cross_file_problem": """
        select d.as_of, 'ab-register_person' as batch_id, 'PERSON_WITHOUT_HOUSEHOLD' as code,
            '扶贫办' as department_name, '建档立卡贫困人口信息表' as feed_title, '人口表.xlsx' as file_name,
            'Sheet1' as source_sheet, n::integer as source_row, '迈陈镇' as town_name,
            '第 ' || n || ' 行的“户编号”在户表里没有。' as message, '请核对。' as remedy,
            '建档立卡贫困户信息表' as other_feed_title
        from days as d cross join range(5, 8) as r(n)
    """,
}

_LABELS = {
    "as_of": "截止日期", "figure_id": "指标编号", "label": "指标名称", "unit": "单位",
    "area_level": "区域级别", "area_code": "区域代码", "area_name": "区域名称", "town_code": "乡镇代码",
    "town_name": "乡镇", "village_code": "村代码", "village_name": "村", "numerator": "分子",
    "denominator": "分母", "value": "数值", "met_count": "有保障", "not_met_count": "未保障",
    "unknown_count": "待核实", "exempt_count": "豁免数", "household_id": "户标识",
    "is_guaranteed": "五项均有保障", "department_name": "部门", "feed_title": "数据名称",
    "received_at": "收到时间", "rows_read": "读到行数", "rows_accepted": "收下行数",
    "rows_held": "暂扣行数", "cells_held": "没有收下的格数",
    "reason": "原因", "file_name": "文件名", "cadence_label": "报送周期",
    "expected_period": "应报所属期", "arrival_label": "报送状态", "days_late": "迟到天数",
    "due_on": "应报日", "arrival_state": "报送状态代码", "refused_reason": "最近退回原因", "version": "版次",
    "rows_still_held": "待改行数", "rows_corrected": "已更正行数", "missing_part_count": "尚缺部分",
    "owner": "责任股室", "source_sheet": "来源表页", "source_row": "来源行号", "cell": "单元格",
    "held_state": "处理情况代码", "message": "问题", "remedy": "如何改正", "held_on": "首次暂扣",
    "received_on": "首次收到", "newest_on": "最新数据日期",
}  # fmt: skip


def build(folder: Path) -> tuple[Path, Path]:
    """Write `warehouse.duckdb` and `manifest.json` into `folder`; returns both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    warehouse, manifest = folder / "warehouse.duckdb", folder / "manifest.json"
    connection = duckdb.connect(str(warehouse))
    _create_dimensions(connection)
    nodes: dict[str, Any] = {}
    for name, query in TABLES.items():
        connection.execute(f"create or replace table mart.{name} as {query}")
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = ?", [name]
        ).fetchall()
        nodes[f"model.sanbao.{name}"] = _node(name, columns)
    connection.execute("drop table towns; drop table figures; drop table days")
    _create_people(connection)
    connection.close()
    manifest.write_text(json.dumps({"nodes": nodes}, ensure_ascii=False), encoding="utf-8")
    return warehouse, manifest


def _create_dimensions(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists mart")
    connection.execute("create or replace table towns (town_code varchar, town_name varchar, weight integer)")
    connection.executemany("insert into towns values (?, ?, ?)", TOWNS)
    connection.execute(
        "create or replace table figures"
        " (figure_id varchar, label varchar, unit varchar, share double, states boolean)"
    )
    connection.executemany("insert into figures values (?, ?, ?, ?, ?)", _FIGURES)
    connection.execute(
        "create or replace table days as select * from (values"
        " (date '2019-10-31', 3), (date '2019-11-30', 2), (date '2019-12-31', 1)) as days(as_of, lag)"
    )


def _create_people(connection: duckdb.DuckDBPyConnection) -> None:
    """Those against whom publishing judges a draft, and the seeds that say what is withheld."""
    connection.execute("create schema intermediate; create schema seed")
    connection.execute("""
        create table intermediate.int_register_person__history as
        select sha256('key' || n) as person_key, 'P' || n as register_person_no,
            'hh_' || md5(n::varchar) as household_id, 'H' || n as register_household_no,
            '44089919800101' || lpad(n::varchar, 4, '0') as id_number, date '1980-01-01' as birth_on,
            '人' || n as person_name
        from range(20) as people(n)
    """)
    connection.execute("create table seed.threshold as select 'NAME_AGE_MIN' as code, 14 as value")
    connection.execute(
        "create table seed.figure as select figure_id, label, true as is_listed, null::varchar as feed"
        " from mart.fct_figure limit 0"
    )


def _node(name: str, columns: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "alias": name,
        "schema": "mart",
        "description": f"{name} 的说明",
        "config": {"meta": {"serve": True, "label": f"{name}（测试）", "grain": "一行一条"}},
        "columns": {
            column: {
                "name": column,
                "description": f"{_LABELS.get(column, column)}的说明",
                "data_type": kind,
                "config": {"meta": {"label": _LABELS.get(column, column)}},
            }
            for column, kind in columns
        },
    }
