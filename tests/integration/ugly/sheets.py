"""Sheets as clerks fill them, before any format: clean rows of four feeds and what they must become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sample_county.rare_formats.page import Cell, Row
from sample_county.rare_formats.page import Page as Sheet
from tests.unit.ingestion.helpers import id_number

Typed = dict[str, Any]


@dataclass(frozen=True)
class Kit:
    """A feed: its headers, clean rows as a clerk types them, and the columns they land in."""

    feed: str
    department: str
    title: str
    file_name: str  # without extension; names the month where the title does not
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    landed: tuple[tuple[Any, ...], ...]
    town_column: int | None = None

    def body(self) -> list[Row]:
        return [list(row) for row in self.rows]

    def head(self) -> Row:
        return list(self.header)

    def sheet(self, *, above: Sequence[Row] = (), below: Sequence[Row] = (), **more: Any) -> Sheet:
        """Title, header, body, each where a clerk puts it."""
        return Sheet([[self.title], *above, self.head(), *self.body(), *below], **more)

    def typed(self) -> list[Typed]:
        """The rows of the lake, cut to the columns of this kit."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.landed]

    def column(self, header: str) -> int:
        return self.header.index(header)


def yuan(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


JUNE = date(2019, 6, 1)
ALLOWANCE = Kit(
    "subsistence_allowance",
    "civil_affairs",
    "徐闻县2019年6月农村居民最低生活保障金发放花名册",
    "2019年6月低保金发放花名册",
    words("低保证号 乡镇 行政村 户主姓名 身份证号 家庭保障人口 月保障金 发放月份 发放金额"),
    words(
        "allowance_no town_name village_name head_name id_number covered_count "
        "monthly_yuan pay_month amount_yuan"
    ),
    (
        ("D0001", "徐城街道", "城东社区", "陈伟", id_number(1), 1, 900, "2019-06", 900),
        ("D0002", "徐城街道", "城东社区", "林芳", id_number(2), 1, 350.5, "2019-06", 350.5),
        ("D0003", "迈陈镇", "打银村", "黄娜", id_number(3), 1, 1200, "2019-06", 1200),
        ("D0004", "迈陈镇", "打银村", "李敏", id_number(4), 1, 640, "2019-06", 640),
        ("D0005", "迈陈镇", "白茅村", "张静", id_number(5), 1, 1500, "2019-06", 1500),
    ),
    (
        ("D0001", "徐城街道", "城东社区", "陈伟", id_number(1), 1, yuan("900"), JUNE, yuan("900")),
        ("D0002", "徐城街道", "城东社区", "林芳", id_number(2), 1, yuan("350.5"), JUNE, yuan("350.5")),
        ("D0003", "迈陈镇", "打银村", "黄娜", id_number(3), 1, yuan("1200"), JUNE, yuan("1200")),
        ("D0004", "迈陈镇", "打银村", "李敏", id_number(4), 1, yuan("640"), JUNE, yuan("640")),
        ("D0005", "迈陈镇", "白茅村", "张静", id_number(5), 1, yuan("1500"), JUNE, yuan("1500")),
    ),
    town_column=1,
)
DEATHS = Kit(
    "death_notice",
    "civil_affairs",
    "徐闻县2019年6月死亡人员信息登记表",
    "2019年6月死亡人员名单",
    words("姓名 性别 身份证号 死亡日期 登记日期 信息来源 乡镇"),
    words("person_name sex id_number died_on registered_on information_source town_name"),
    tuple(
        (name, "男", id_number(n, "19400101"), date(2019, 6, n), date(2019, 6, n + 10), "公安注销", "下桥镇")
        for n, name in enumerate(("郑军", "王洋", "梁勇", "何艳"), start=1)
    ),
    tuple(
        (name, "男", id_number(n, "19400101"), date(2019, 6, n), date(2019, 6, n + 10), "公安注销", "下桥镇")
        for n, name in enumerate(("郑军", "王洋", "梁勇", "何艳"), start=1)
    ),
)
WATER = Kit(
    "village_water_supply",
    "water",
    "徐闻县2019年6月自然村供水情况台账",
    "2019年6月自然村供水台账",
    words(
        "镇 行政村 自然村 户数 农业人口 是否通水 通水户数 通水人口 供水工程名称 "
        "供水工程类型 入户 年停水天数 人均日供水量(升) 取水往返时间(分钟)"
    ),
    words(
        "town_name village_name natural_village_name household_count "
        "agricultural_population is_piped served_household_count served_population "
        "works_name works_kind is_at_home outage_days daily_litres_per_head fetch_minutes"
    ),
    tuple(
        ("下桥镇", "桥南村", name, 30 + n, 120 + n, "是", 30, 120, "桥南水厂", "小型集中", "是", 3, 80.5, 0)
        for n, name in enumerate(("南田", "北坡", "东岭"))
    ),
    tuple(
        ("下桥镇", "桥南村", name, 30 + n, 120 + n, True, 30, 120, "桥南水厂", "小型集中", True, 3, 80.5, 0)
        for n, name in enumerate(("南田", "北坡", "东岭"))
    ),
    town_column=0,
)
WORKS = Kit(
    "renovation_task",
    "housing",
    "徐闻县2019年6月农村危房改造任务台账",
    "2019年6月危改任务台账",
    words("年度 批次 镇 村 户主 身份证号 原房等级 面积 竣工日期 验收日期 补助金额"),
    words(
        "task_year task_batch town_name village_name head_name id_number former_grade "
        "floor_area finished_on accepted_on amount_yuan"
    ),
    tuple(
        (
            2019,
            "第一批",
            "锦和镇",
            "外罗村",
            name,
            id_number(n),
            "D",
            60.5,
            date(2019, 5, n),
            date(2019, 6, n),
            40000,
        )
        for n, name in enumerate(("邓杰", "冯娟", "苏涛"), start=11)
    ),
    tuple(
        (
            2019,
            "第一批",
            "锦和镇",
            "外罗村",
            name,
            id_number(n),
            "D",
            60.5,
            date(2019, 5, n),
            date(2019, 6, n),
            yuan("40000"),
        )
        for n, name in enumerate(("邓杰", "冯娟", "苏涛"), start=11)
    ),
    town_column=2,
)
KITS = (ALLOWANCE, DEATHS, WATER, WORKS)
