"""A planned file's rows laid out as sheets, with the place of every row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ingestion.contracts import Column, Contract
from sample_county.dirt import Cells
from sample_county.files.plan import FilePlan
from sample_county.files.sheet import Cell, Row, Sheet, group_header

Positions = npt.NDArray[np.int64]
PEOPLE = ("陈主任", "林股长", "黄干事", "李站长", "吴科员", "何所长")
OFFICES = ("县财政局", "县农业农村局", "县供销社", "县税务局", "县教育局", "县交通运输局")
DITTO = "同上"
CONTACTS = "0759-4850000"  # the county's area code with a number nobody has


def columns_in_order(contract: Contract, plan: FilePlan) -> list[Column]:
    """The columns as this file has them: their order changes with the month, groups stay together."""
    columns = list(contract.columns)
    if plan.hand:
        first = list(plan.hand.columns)
        rest = [column.name for column in columns if column.name not in first]
        return [contract.column(name) for name in [*first, *rest] if name not in plan.hand.left_out]
    if plan.groups or len(columns) < 8:
        return columns
    match plan.variant % 3:
        case 1:
            return [*columns[:3], *columns[-3:], *columns[3:-3]]
        case 2:
            return [*columns[:2], *columns[-2:], *columns[2:-2]]
        case _:
            return columns


def header_text(column: Column, plan: FilePlan) -> str:
    """The header or one of its aliases, spelled as carelessly as the file's variant has it."""
    if plan.hand:
        text = plan.hand.columns.get(column.name, column.header)
        return f"{text}（万元）" if column.name in plan.in_wan and not plan.wan_above else text
    text = column.headers[plan.variant % len(column.headers)]
    if column.name in plan.in_wan and not plan.wan_above:
        text = f"{text.split('(')[0]}(万元)"
    if column.name in plan.in_micro:
        text = text.replace("mg/L", "μg/L")
    if plan.variant % 2:
        text = text.replace("(", "（").replace(")", "）")
    if plan.is_workbook and plan.variant % 3 == 2:
        bracket = max(text.find("("), text.find("（"))
        half = bracket if bracket > 0 else len(text) // 2 if len(text) > 8 else 0
        text = f"{text[:half]}\n{text[half:]}" if half else f"{text} "
    return text


def lay_out(
    plan: FilePlan, contract: Contract, frame: pd.DataFrame, cells: dict[str, Cells], order: Positions
) -> list[Sheet]:
    """The sheets of a file whose rows are `order`, positions in `frame`."""
    columns = columns_in_order(contract, plan)
    sheets = []
    for name, slots in _split(plan, frame, order):
        sheet = _sheet(plan, columns, frame, cells, name, order[slots])
        sheet.slots = slots.tolist()
        sheets.append(sheet)
    return sheets


def _split(plan: FilePlan, frame: pd.DataFrame, order: Positions) -> Iterator[tuple[str, Positions]]:
    if not plan.sheet_by:
        yield plan.sheet or "Sheet1", np.arange(len(order), dtype=np.int64)
        return
    values = frame[plan.sheet_by].to_numpy(dtype=object)[order]
    for value in dict.fromkeys(values):
        yield str(value), np.flatnonzero(values == value)


def _sheet(
    plan: FilePlan,
    columns: Sequence[Column],
    frame: pd.DataFrame,
    cells: dict[str, Cells],
    name: str,
    positions: Positions,
) -> Sheet:
    lead = 1 if plan.has_serial else 0
    width = lead + len(columns) + len(plan.extra)
    sheet = Sheet(name if plan.is_workbook else "", width)
    _titles(sheet, plan, name, has_money=any(column.type == "money_yuan" for column in columns))
    _header(sheet, plan, columns)
    sheet.hidden = frozenset(lead + i for i, c in enumerate(columns) if c.name in plan.hidden)
    sheet.wide = frozenset(lead + i for i, c in enumerate(columns) if c.is_identity or c.pii == "address")
    ditto = plan.hand.ditto if plan.hand else ()
    data = [_as_above(cells[c.name][positions], c.name in ditto) for c in columns]
    data += [_extra(kind, positions) for _, kind in plan.extra]
    if plan.has_serial:
        data.insert(0, np.arange(1, len(positions) + 1).astype(object))
    rows: list[Row] = list(zip(*data, strict=True))
    _body(sheet, plan, columns, frame, positions, rows)
    _merge_runs(sheet, plan, columns, frame, positions)
    sheet.bottom += [[line] for line in plan.closing]
    if plan.is_workbook and plan.title and not plan.hand:
        sheet.bottom.append(["制表人：陈小明", None, "审核人：林秀英", None, f"联系电话：{CONTACTS}"])
    if plan.note:
        sheet.bottom.append([plan.note])
    return sheet


def _as_above(cells: Cells, is_ditto: bool) -> Cells:
    """With `is_ditto` what equals the cell above it is written 同上."""
    if not is_ditto or len(cells) < 2:
        return cells
    written = cells.copy()
    written[1:][cells[1:] == cells[:-1]] = DITTO
    return written


def _titles(sheet: Sheet, plan: FilePlan, name: str, *, has_money: bool) -> None:
    if not plan.title:
        return
    if plan.hand:
        sheet.top += [[line] for line in (plan.title, *plan.lines)]
        if plan.is_workbook:
            sheet.merges.append((0, 0, 0, sheet.width - 1))
        return
    sheet.top.append([f"{plan.title}（{name}）" if plan.sheet_by else plan.title])
    cut_off = (
        f"统计截止日期：{plan.cut_off.year}年{plan.cut_off.month}月{plan.cut_off.day}日"
        if plan.cut_off
        else ""
    )
    if plan.is_workbook:
        sheet.merges.append((0, 0, 0, sheet.width - 1))
        unit = "单位：元" if has_money and not plan.in_wan else None
        office = f"填报单位：徐闻县{name if plan.sheet_by else ''}"
        sheet.top.append([office, None, cut_off or None, None, unit])
    elif cut_off:
        sheet.top.append([cut_off])


def _header(sheet: Sheet, plan: FilePlan, columns: Sequence[Column]) -> None:
    names = [header_text(column, plan) for column in columns]
    group_of = {column: group for group, members in plan.groups for column in members}
    groups = [group_of.get(column.name, "") for column in columns]
    if plan.has_serial:
        names.insert(0, "序号")
        groups.insert(0, "")
    names += [header for header, _ in plan.extra]
    groups += [""] * len(plan.extra)
    if not plan.groups:
        sheet.header = [names]
        return
    sheet.header, merges = group_header(names, groups, len(sheet.top))
    sheet.merges += merges


def _extra(kind: str, positions: Positions) -> Cells:
    words = PEOPLE if kind == "person" else OFFICES
    return np.array(words, dtype=object)[positions % len(words)]


def _body(
    sheet: Sheet,
    plan: FilePlan,
    columns: Sequence[Column],
    frame: pd.DataFrame,
    positions: Positions,
    rows: list[Row],
) -> None:
    """Data rows, a 小计 after each run of `subtotal_by`, a 合计 at the end."""
    first = sheet.body_at + 1
    if not plan.subtotal_by:
        sheet.body = rows
        sheet.body_rows = list(range(first, first + len(rows)))
    else:
        values = frame[plan.subtotal_by].fillna("").to_numpy(dtype=object)[positions]
        edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(rows)]
        for start, end in pairwise(edges):
            sheet.body_rows += range(first + len(sheet.body), first + len(sheet.body) + end - start)
            sheet.body += rows[start:end]
            sheet.body.append(_totals_row("小计", sheet, plan, columns, frame, positions[start:end]))
    if plan.totals and rows:
        sheet.bottom.append(_totals_row("合计", sheet, plan, columns, frame, positions))


def _totals_row(
    label: str,
    sheet: Sheet,
    plan: FilePlan,
    columns: Sequence[Column],
    frame: pd.DataFrame,
    positions: Positions,
) -> Row:
    row: list[Cell] = [None] * sheet.width
    row[0] = label
    lead = 1 if plan.has_serial else 0
    for index, column in enumerate(columns):
        if column.name in plan.totals:
            total = frame[column.name].iloc[positions].sum()
            unit = 10_000 if column.name in plan.in_wan else 1
            row[lead + index] = int(total) if column.type == "count" else round(float(total) / unit, 6)
    return row


def _merge_runs(
    sheet: Sheet, plan: FilePlan, columns: Sequence[Column], frame: pd.DataFrame, positions: Positions
) -> None:
    """One merged cell for equal neighbours: the first keeps its text, the others are blank."""
    if not plan.merge_by or not len(positions):
        return
    lead = 1 if plan.has_serial else 0
    at = [lead + i for i, column in enumerate(columns) if column.name in plan.merged]
    values = frame[plan.merge_by].fillna("").to_numpy(dtype=object)[positions]
    edges = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), len(positions)]
    for start, end in pairwise(edges):
        if end - start < 2 or values[start] == "":
            continue
        for offset in range(start + 1, end):
            row = list(sheet.body[offset])
            for column in at:
                row[column] = None
            sheet.body[offset] = row
        top = sheet.body_at + start
        sheet.merges += [(top, column, sheet.body_at + end - 1, column) for column in at]


def grouped_order(values: pd.Series[Any]) -> Positions:
    """Positions with equal values side by side, groups in order of first appearance."""
    codes, _ = pd.factorize(values)
    codes = np.where(codes < 0, codes.max(initial=0) + 1 + np.arange(len(codes)), codes)
    return np.argsort(codes, kind="stable").astype(np.int64)
