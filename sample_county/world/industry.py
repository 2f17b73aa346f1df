"""The county's industry projects by level, also those that do not count; the same at every scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.geography import TOWN_NAMES, Places

TOWN, VILLAGE, ONE = "镇级", "村级", "一村一品"
PRODUCTS = ("菠萝", "香蕉", "玉米", "韭菜", "鸡", "鸭", "羊", "对虾", "蔬菜")
# Documents by which the money came, as the finance office has them (`funds.RECEIVED`).
FUND = ("粤财农〔2018〕11号", "湛财农〔2017〕13号", "粤财农〔2016〕11号")
STATUSES = ("已验收", "完工", "在建", None)
CENT = 100  # yuan: 万元 are printed with two digits


@dataclass(frozen=True)
class Project:
    """One project with its money in yuan; over several villages it has a row each."""

    level: str
    town: str
    villages: tuple[str | None, ...]
    name: str
    number: str | None
    total: int
    fiscal: int
    started: str | None
    status: str | None = "已验收"
    product: str = "蔬菜"

    @property
    def own(self) -> int:
        return self.total - self.fiscal


def shares(total_wan: float, count: int) -> list[int]:
    """`count` different amounts in yuan that make `total_wan` 万元 together."""
    whole = round(total_wan * 10_000 / CENT)
    weights = [17 + (7 * at) % 23 for at in range(count)]
    parts = [whole * weight // sum(weights) for weight in weights]
    parts[-1] += whole - sum(parts)
    return [part * CENT for part in parts]


def counted_projects(places: Places) -> Iterator[Project]:
    """Those of the report: one in four has no number, some lie in two villages, some tell no day."""
    for level, letter, figure, amount in (
        (TOWN, "Z", "ind_town_n", "ind_town_amt"),
        (VILLAGE, "C", "ind_vlg_n", "ind_vlg_amt"),
    ):
        count = int(REPORT_FIGURES[figure])
        for at, total in enumerate(shares(REPORT_FIGURES[amount], count)):
            town = TOWN_NAMES[at % len(TOWN_NAMES)]
            villages: tuple[str | None, ...] = (None,)
            if level == VILLAGE:
                villages = tuple(_villages_of(town, at // len(TOWN_NAMES), 2 if at % 5 == 1 else 1, places))
            elif at % 6 == 2:
                villages = tuple(_villages_of(town, 0, 3, places))
            product = PRODUCTS[at % len(PRODUCTS)]
            name = f"{town}{product}种养基地" if level == TOWN else f"{villages[0]}{product}合作社"
            yield Project(
                level, town, villages, f"{name}（{1 + at // len(TOWN_NAMES)}期）",
                f"XW{letter}{2016 + at % 4}-{at + 1:03d}" if at % 4 else None, total,
                total - total // 3 // CENT * CENT if at % 3 else total,
                f"{2016 + at % 4}-{1 + at % 12:02d}-{10 + at % 15}" if at % 7 else None,
                STATUSES[at % 4], product,
            )  # fmt: skip
    totals = shares(REPORT_FIGURES["ind_one_village"], 8)
    fiscal = shares(REPORT_FIGURES["ind_one_village_fiscal"], 8)
    for at, (total, of_it) in enumerate(zip(totals, fiscal, strict=True)):
        town = TOWN_NAMES[2 * at % len(TOWN_NAMES)]
        (village,) = _villages_of(town, 0, 1, places)
        yield Project(ONE, town, (village,), f"{village}一村一品项目", f"XWY2019-{at + 1:03d}", total, of_it,
                      f"2019-0{1 + at}-15", STATUSES[at % 3], PRODUCTS[at])  # fmt: skip


def other_projects(places: Places) -> Iterator[Project]:
    """Broken off, or begun after the year."""
    (village,) = _villages_of("曲界镇", 0, 1, places)
    started = "2018-05-08"
    yield Project(TOWN, "曲界镇", (None,), "曲界镇木瓜种植基地", "XWZ2018-090", 1_560_000, 0, started, "终止")
    yield Project(VILLAGE, "曲界镇", (village,), f"{village}养蜂合作社", None, 235_000, 235_000, None, "终止")
    yield Project(
        TOWN, "下桥镇", (None,), "下桥镇冷库", "XWZ2020-001", 3_000_000, 3_000_000, "2020-01-08", "在建"
    )
    yield Project(ONE, "下桥镇", (None,), "下桥镇百香果项目", "XWY2019-091", 800_000, 0, "2019-03-01", "终止")


def _villages_of(town: str, first: int, count: int, places: Places) -> list[str]:
    villages = places.villages.loc[places.villages["town_name"] == town, "village_name"].tolist()
    first = min(first, len(villages) - 1)
    return [str(name) for name in villages[first : first + count]]


def project_table(places: Places) -> pd.DataFrame:
    """One row a project and village, with the project's money in each of them."""
    rows: list[dict[str, Any]] = [
        {
            "project_no": project.number,
            "project_level": project.level,
            "town_name": project.town,
            "village_name": village,
            "project_name": project.name,
            "product_kind": project.product,
            "operated_by": f"{project.town}人民政府",
            "initiated_on": pd.Timestamp(project.started) if project.started else pd.NaT,
            "total_yuan": float(project.total),
            "fiscal_yuan": float(project.fiscal),
            "own_yuan": float(project.own),
            "fund_document_no": FUND[at % len(FUND)] if project.fiscal else None,
            "household_count": 12 + at % 30,
            "person_count": 40 + 3 * (at % 30),
            "dividend_yuan": float(project.total // 20 // CENT * CENT),
            "accepted_on": pd.Timestamp("2019-11-20") if project.status == "已验收" else pd.NaT,
            "project_status": project.status,
        }
        for at, project in enumerate((*counted_projects(places), *other_projects(places)))
        for village in project.villages
    ]
    return pd.DataFrame(rows).astype({"household_count": "Int64", "person_count": "Int64"})


def figures(places: Places) -> dict[str, float]:
    """What the ledger is about, from how it was made up."""
    found: dict[str, float] = {}
    projects = list(counted_projects(places))
    for level, name in ((TOWN, "ind_town"), (VILLAGE, "ind_vlg")):
        own = [project for project in projects if project.level == level]
        found[f"{name}_n"], found[f"{name}_amt"] = len(own), sum(p.total for p in own) / 10_000
    one = [project for project in projects if project.level == ONE]
    return {
        **found,
        "ind_one_village": sum(p.total for p in one) / 10_000,
        "ind_one_village_fiscal": sum(p.fiscal for p in one) / 10_000,
        "ind_one_village_own": sum(p.own for p in one) / 10_000,
    }
