"""Small hand-made tables, so that tests of checking and landing need no file format."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion import Home, prepare
from ingestion.contracts import Catalog, load_catalog
from ingestion.gate import assess
from ingestion.readers import Reading, Table

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(sequence: int, born: str = "19800101", area: str = "440899") -> str:
    """A number with a right check digit, in the area code that no citizen has."""
    body = f"{area}{born}{sequence:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def table(
    header: Sequence[str], rows: Sequence[Sequence[str]], *titles: str, sheet: str = "", first_column: int = 0
) -> Table:
    cells = pd.DataFrame(
        {i: pd.Series([row[i] for row in rows], dtype="string[pyarrow]") for i in range(len(header))}
    )
    start = len(titles) + 2
    numbers = np.arange(start, start + len(rows), dtype=np.int32)
    return Table(sheet, tuple(header), start - 1, cells, numbers, tuple(titles), (), first_column)


class Insured:
    """Rows of the insurance roll: short, with every kind of column that matters."""

    header = (
        "个人编号",
        "姓名",
        "证件号码",
        "险种",
        "参保年度",
        "参保状态",
        "缴费标志",
        "缴费金额",
        "缴费日期",
    )
    title = "徐闻县基本医疗保险参保名册 统计截止日期：2019年6月30日"

    @classmethod
    def rows(cls, count: int, first: int = 1) -> list[list[str]]:
        return [
            [f"P{n}", "陈文", id_number(n), "居民", "2019", "正常", "是", "250", "2019-01-05"]
            for n in range(first, first + count)
        ]

    @classmethod
    def table(cls, rows: Sequence[Sequence[str]], title: str = title) -> Table:
        return table(cls.header, rows, title)


def catalog() -> Catalog:
    return load_catalog()


def new_home(root: Path) -> Home:
    home = Home(root)
    prepare(home, catalog())
    return home


def fake_reader(monkeypatch: Any, tables: dict[bytes, Sequence[Table]]) -> None:
    """Let `read` give these tables for these bytes."""
    monkeypatch.setattr(
        assess, "read", lambda data, known_headers: Reading("csv", "utf-8", tuple(tables[data]))
    )


def lake(home: Home, name: str) -> list[dict[str, Any]]:
    """Every row of a lake table."""
    paths = sorted((home.lake / name).glob("*.parquet"))
    return list(pa.concat_tables([pq.read_table(path) for path in paths]).to_pylist())


def tree(home: Home) -> dict[str, str]:
    """Every file that lasts, by its path; times of arrival and the hash key left out."""
    found = {}
    for path in sorted(home.root.rglob("*")):
        if (
            path.is_file()
            and not {"secret", "secret_fingerprint", "_key.json"} & set(path.parts)
            and path.suffix != ".tmp"
        ):
            content = (
                json.dumps(pq.read_table(path).to_pylist(), default=str) if path.suffix == ".parquet" else ""
            )
            found[str(path.relative_to(home.root))] = content or path.read_bytes().hex()
    return found
