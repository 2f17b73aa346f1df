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

# figure_id, label, unit, the condition on a household for those above the line, persons a household counts
_FIGURES = [
    ("reg_hh", "建档立卡贫困户户数", "户", "true", 1), ("reg_pp", "建档立卡贫困人口数", "人", "true", 3),
    ("lifted_hh", "脱贫户数", "户", "h.is_lifted", 1), ("lifted_pp", "脱贫人口数", "人", "h.is_lifted", 3),
    ("exited_hh", "退出户数", "户", "h.is_exited", 1), ("exited_pp", "退出人口数", "人", "h.is_exited", 3),
    ("lifted_rate", "脱贫率", "%", "h.is_lifted", 3), ("exit_rate", "退出率", "%", "h.is_exited", 3),
]  # fmt: skip
_GUARANTEES = [
    ("education", "义务教育"), ("medical", "基本医疗"), ("housing", "住房安全"), ("water", "饮水安全"),
    ("safety_net", "兜底保障"),
]  # fmt: skip
_STATES = [
    ("MET", "有保障", "有凭据。"), ("NOT_MET", "未保障", "没有达到。"), ("UNKNOWN", "待核实", "没有凭据。"),
    ("EXEMPT", "免除", "已批准。"), ("NOT_APPLICABLE", "不涉及", "不在范围内。"),
]  # fmt: skip
_AREAS = "town_code, town_name, village_code, village_name"
_MEMBERS = " union all ".join(
    f"select h.as_of, '{figure}' as figure_id, '{label}' as label, '{unit}' as unit, role, {_AREAS},"
    f" household_id, null::varchar as state, {size} as amount from mart.dim_household as h,"
    f" (values ('numerator'), ('denominator')) as roles (role)"
    f" where (role = 'denominator' and '{unit}' = '%') or (role = 'numerator' and {condition})"
    for figure, label, unit, condition, size in _FIGURES
)

TABLES = {
    # A household a weight, in three villages of each town, whose names are those of every other town.
    "dim_household": """
        select d.as_of, 'hh_' || md5(t.town_code || n) as household_id,
            'H' || right(t.town_code, 3) || lpad(n::varchar, 3, '0') as register_household_no,
            '户主' || right(t.town_code, 3) || n as head_name, t.town_code, t.town_name,
            'XW-' || t.town_code || '-' || if(n = 0, 2, n % 2) as village_code,
            ['东村', '西村', '旧村'][if(n = 0, 2, n % 2) + 1] as village_name,
            null::varchar as natural_village_name, n % 97 > d.lag as is_lifted, n % 89 > d.lag as is_exited
        from towns as t cross join days as d cross join range(t.weight) as r(n)
        -- the only household of the third village stands at the earlier dates only
        where n > 0 or d.lag > 1
    """,
    "fct_guarantee": """
        select h.as_of, h.household_id, h.register_household_no, h.head_name, h.town_code, h.town_name,
            h.village_code, h.village_name, g.guarantee, g.guarantee_label, s.state, s.state_label, s.reason,
            case when s.state = 'MET' then 'ab-renovation_task' end as evidence_batch_id,
            case when s.state = 'MET' then '改造任务.xls' end as evidence_file_name,
            null::varchar as override_id, null::varchar as state_label_before_override,
            null::varchar as reason_before_override, g.sort_order, true as is_counted
        from mart.dim_household as h cross join guarantees as g join days as d on d.as_of = h.as_of
        join states as s on s.state = case
            when hash(h.household_id || g.guarantee) % 41 < d.lag then 'NOT_MET'
            when hash(h.household_id || g.guarantee) % 43 < d.lag then 'UNKNOWN'
            when hash(h.household_id || g.guarantee) % 47 = 0 then 'EXEMPT'
            when g.sort_order = 5 and hash(h.household_id) % 3 = 0 then 'NOT_APPLICABLE' else 'MET' end
    """,
    "fct_household_guarantee": f"""
        select as_of, household_id, register_household_no, head_name, {_AREAS},
            {
        ", ".join(
            f"max(state) filter (where guarantee = '{name}') as {name}_state,"
            f" max(reason) filter (where guarantee = '{name}') as {name}_reason"
            for name, _ in _GUARANTEES
        )
    },
            (count(*) filter (where state = 'NOT_MET'))::integer as not_met_count,
            (count(*) filter (where state = 'UNKNOWN'))::integer as unknown_count,
            not_met_count + unknown_count = 0 as is_guaranteed
        from mart.fct_guarantee group by all
    """,
    "fct_figure_member": f"""
        with members as (
            select *, max(amount) filter (where role = 'numerator')
                over (partition by as_of, figure_id, household_id) as above
            from ({_MEMBERS}
                union all select g.as_of, 'grt_' || guarantee, guarantee_label || '有保障户比例', '%', role,
                    {_AREAS}, household_id, state, 1
                from mart.fct_guarantee as g, (values ('numerator'), ('denominator')) as roles (role)
                where state = 'MET' or (role = 'denominator' and state <> 'NOT_APPLICABLE'))
        )
        select m.as_of, figure_id, m.label, role, if(m.unit = '人', 'person', 'household') as member_kind,
            m.household_id as member_key, m.household_id, h.register_household_no, h.head_name,
            null::varchar as register_person_no, null::varchar as person_name, m.state,
            s.state_label, s.reason, {", ".join(f"m.{each}" for each in _AREAS.split(", "))},
            null::varchar as source_file_name, amount::decimal(18, 2) as amount,
            case when m.unit <> '%' then amount when role = 'denominator' then coalesce(above, 0)
                end::decimal(18, 2) as counted_amount,
            above is not null as is_counted
        from members as m join mart.dim_household as h using (as_of, household_id)
        left join states as s using (state)
    """,
    "fct_figure": f"""
        with whole as (
            select distinct m.as_of, m.figure_id, coalesce(f.unit, '%') as unit,
                coalesce(f.label, replace(m.figure_id, 'grt_', '')) as label
            from mart.fct_figure_member as m left join figures as f on f.figure_id = m.figure_id
        ), levels as (
            select m.as_of, m.figure_id, case grouping(town_code, village_code)
                when 0 then 'village' when 1 then 'town' else 'county' end as area_level,
                {_AREAS}, sum(amount) filter (where role = 'numerator') as numerator,
                sum(amount) filter (where role = 'denominator') as denominator,
                count(distinct member_key) filter (where state = 'MET') as met_count,
                count(distinct member_key) filter (where state = 'NOT_MET') as not_met_count,
                count(distinct member_key) filter (where state = 'UNKNOWN') as unknown_count,
                count(distinct member_key) filter (where state = 'EXEMPT') as exempt_count
            from mart.fct_figure_member as m
            group by grouping sets ((as_of, figure_id), (as_of, figure_id, town_code, town_name),
                (as_of, figure_id, {_AREAS}))
        )
        select l.as_of, l.figure_id, case when g.guarantee is null then w.label
                else g.guarantee_label || '有保障户比例' end as label, w.unit, l.area_level,
            coalesce(l.village_code, l.town_code, '440825') as area_code,
            coalesce(l.village_name, l.town_name, '徐闻县') as area_name,
            l.town_code, l.town_name, l.village_code, l.village_name,
            coalesce(l.numerator, 0)::double as numerator, l.denominator::double as denominator,
            case when w.unit = '%' then round(100.0 * coalesce(l.numerator, 0) / l.denominator, 2)
                else l.numerator end::double as value,
            case when g.guarantee is not null then l.met_count end as met_count,
            case when g.guarantee is not null then l.not_met_count end as not_met_count,
            case when g.guarantee is not null then l.unknown_count end as unknown_count,
            case when g.guarantee is not null then l.exempt_count end as exempt_count,
            if(g.guarantee = 'water', 'COUNTED_WITH_GAPS', 'COUNTED') as count_state,
            if(g.guarantee = 'water', '水质检测未到。', null) as caveat
        from levels as l join whole as w on w.as_of = l.as_of and w.figure_id = l.figure_id
        left join guarantees as g on 'grt_' || g.guarantee = l.figure_id
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
    "fct_override": """
        select d.as_of, 'override-1' as override_id, '25001000' as register_household_no,
            '李四' as head_name, '迈陈镇' as town_name, '东村' as village_name,
            null::varchar as register_person_no, '住房安全' as guarantee_label, '有保障' as state_label,
            '待核实' as state_label_before_override, 'LAPSING' as override_state,
            '即将到期' as override_state_label, date '2020-01-15' as until_on, '李主任' as recorded_by,
            '漏报' as reason, '照片' as evidence, true as is_in_force
        from days as d
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
    "is_guaranteed": "五项均有保障", "register_household_no": "户编号", "head_name": "户主姓名",
    "state_label": "状态", "guarantee_label": "保障项目", "department_name": "部门", "feed_title": "数据名称",
    "received_at": "收到时间", "rows_read": "读到行数", "rows_accepted": "收下行数",
    "rows_held": "暂扣行数", "cells_held": "没有收下的格数",
    "reason": "原因", "file_name": "文件名", "cadence_label": "报送周期",
    "expected_period": "应报所属期", "arrival_label": "报送状态", "days_late": "迟到天数",
    "due_on": "应报日", "arrival_state": "报送状态代码", "refused_reason": "最近退回原因", "version": "版次",
    "rows_still_held": "待改行数", "rows_corrected": "已更正行数", "missing_part_count": "尚缺部分",
    "owner": "责任股室", "source_sheet": "来源表页", "source_row": "来源行号", "cell": "单元格",
    "held_state": "处理情况代码", "message": "问题", "remedy": "如何改正", "held_on": "首次暂扣",
    "received_on": "首次收到", "newest_on": "最新数据日期", "state_label_before_override": "认定前状态",
    "reason_before_override": "认定前原因", "override_id": "人工认定编号",
    "override_state_label": "认定所处状态",
    "until_on": "到期日", "recorded_by": "认定人", "evidence": "认定依据",
}  # fmt: skip


_OF_DATES = {"grain": ["as_of", "…"]}
_GRAINS: dict[str, dict[str, Any]] = {
    "fct_delivery": {"grain": "一个文件一行"},
    "fct_figure": {
        **_OF_DATES,
        "latest": [
            {"name": f"fct_figure_{level}", "label": level, "where": {"area_level": level}}
            for level in ("town", "village")
        ],
    },
}


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
    connection.execute("drop table towns; drop table figures; drop table guarantees; drop table states")
    connection.execute("drop table days")
    _create_people(connection)
    connection.close()
    manifest.write_text(json.dumps({"nodes": nodes}, ensure_ascii=False), encoding="utf-8")
    return warehouse, manifest


def _create_dimensions(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists mart")
    connection.execute("create or replace table towns (town_code varchar, town_name varchar, weight integer)")
    connection.executemany("insert into towns values (?, ?, ?)", TOWNS)
    for name, columns, rows in (
        ("figures", "figure_id, label, unit, condition, size", _FIGURES),
        ("guarantees", "guarantee, guarantee_label, sort_order",
         [(*each, place) for place, each in enumerate(_GUARANTEES, 1)]),
        ("states", "state, state_label, reason", _STATES),
    ):  # fmt: skip
        kinds = ", ".join(
            f"{column.strip()} {'integer' if column.strip() in ('size', 'sort_order') else 'varchar'}"
            for column in columns.split(",")
        )
        connection.execute(f"create or replace table {name} ({kinds})")
        connection.executemany(f"insert into {name} values ({', '.join('?' * len(rows[0]))})", rows)
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
        "config": {"meta": {"serve": True, "label": f"{name}（测试）", **_GRAINS.get(name, _OF_DATES)}},
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
