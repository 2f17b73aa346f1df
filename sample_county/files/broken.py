"""Whole files that no warehouse should accept, each with the code it is refused with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sample_county.files.sheet import Cell
from sample_county.files.workbooks import sheet_like, write_xlsx

DEATHS: tuple[tuple[Cell, ...], ...] = (
    ("姓名", "性别", "身份证号", "登记日期", "信息来源", "乡镇", "行政村"),
    ("何无名", "男", "440899194001010013", "2019-12-20", "公安注销", "下桥镇", "桥南村"),
)
SUPPLY: tuple[tuple[Cell, ...], ...] = (
    ("镇", "行政村", "自然村", "户数", "农业人口", "是否通水", "通水户数", "通水人口", "供水工程名称",
    "供水工程类型",
     "入户", "年停水天数", "人均日供水量(升)", "取水往返时间(分钟)"),
    ("下桥镇", "桥南村", "样板村", 30, 120, "是", 30, 120, "桥南水厂", "小型集中", "是", 3, 80, 0),
)  # fmt: skip
NEIGHBOURS: tuple[tuple[Cell, ...], ...] = (
    ("雷州市2019年12月建档立卡贫困户信息表",),
    ("户编号", "县", "乡(镇)", "行政村", "户主姓名", "户主证件号码", "家庭人口数", "户类型", "有无劳动能力",
    "是否脱贫", "退出标识"),
    ("8800000001", "雷州市", "附城镇", "南田村", "梁某甲", None, 4, "一般贫困户", "有", "是", "是"),
    ("8800000002", "雷州市", "白沙镇", "麻扶村", "梁某乙", None, 2, "低保贫困户", "无", "是", "否"),
)  # fmt: skip
SIGNED_IN: tuple[tuple[Cell, ...], ...] = (
    ("参会人员签到表",),
    ("座位", "签名", "到会时间"),
    ("1排3座", None, "9:00"),
)


def wrong_county(path: Path) -> None:
    write_xlsx(path, [sheet_like("Sheet1", NEIGHBOURS)])


def column_missing(path: Path) -> None:
    write_xlsx(path, [sheet_like("Sheet1", DEATHS)])


def wrong_department(path: Path) -> None:
    write_xlsx(path, [sheet_like("Sheet1", SUPPLY)])


def no_feed(path: Path) -> None:
    write_xlsx(path, [sheet_like("Sheet1", SIGNED_IN)])


def header_only(path: Path) -> None:
    write_xlsx(path, [sheet_like("Sheet1", SUPPLY[:1])])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    """A workbook whose copying broke off: the directory at its end is gone."""
    write_xlsx(path, [sheet_like("Sheet1", SUPPLY)])
    path.write_bytes(path.read_bytes()[:-900])


def broken_text(path: Path) -> None:
    """Neither UTF-8 nor GB18030: bytes lost in the middle of characters."""
    good = "个人编号,姓名,证件号码,险种,参保年度,参保状态,缴费标志\r\n".encode("gb18030")
    path.write_bytes(good + b"P1,\xff\xfe\x81\x20\xff\xff,x\r\n" * 5)


@dataclass(frozen=True)
class BrokenFile:
    kind: str
    department: str
    name: str
    code: str
    feed: str
    make: Callable[[Path], None]


BROKEN_FILES = (
    BrokenFile("wrong_county", "poverty_relief", "雷州市2019年12月建档立卡贫困户信息表.xlsx", "WRONG_COUNTY",
               "register_household", wrong_county),
    BrokenFile("column_missing", "civil_affairs", "2019年12月死亡人员名单.xlsx", "MISSING_COLUMN",
               "death_notice",
               column_missing),
    BrokenFile("empty_file", "health_insurance", "2019年12月医保参保人员名册.csv", "FILE_EMPTY", "", empty),
    BrokenFile("truncated_workbook", "water", "2019年11月自然村供水台账.xlsx", "FILE_TRUNCATED", "",
               truncated),
    BrokenFile("wrong_department", "education", "2019年11月农村供水台账.xlsx", "WRONG_DEPARTMENT",
               "village_water_supply", wrong_department),
    BrokenFile("no_feed", "housing", "2019年12月工作例会签到.xlsx", "NO_FEED", "", no_feed),
    BrokenFile("header_only", "water", "2019年11月村村通自来水台账.xlsx", "NO_ROWS", "village_water_supply",
               header_only),
    BrokenFile("broken_text", "health_insurance", "2019年12月参保人员明细.csv", "ENCODING_BROKEN", "",
               broken_text),
)  # fmt: skip
