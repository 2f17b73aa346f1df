"""Whether a signed report stays what it was: `python -m benchmarks.reprint --nights 90`.

A small county is loaded, signed by its towns and the county, and printed. Then nights follow, each with
something that became known later: a file of hospital stays that comes late, a corrected ledger of sales, a
threshold that changes, a state recorded by hand, a file that is withdrawn. After the last one

- the signed report is printed again and must be the same, byte for byte, and so after a threshold of the
  report's own year was changed, too;
- the tables it rests on are built again by what was known when it was signed, and must have the same rows;
- the figures by what is known now must differ from the signed ones exactly where the nights' changes say, by
  exactly as much, and their lists by exactly those members.

Exit code 1 when any of it does not hold. The project's rules are changed in a copy.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sanbao import settings as sanbao_settings
from sanbao.settings import Settings, keep_private

if TYPE_CHECKING:
    from reports.basis import Basis

AS_OF = date(2019, 12, 31)
PRINTED_ON = date(2020, 1, 12)
_UNTIL = date(2020, 11, 30)
_REASON = "事后核实"
_STAY = (
    "结算单号", "个人编号", "姓名", "证件号码", "贫困人口标志", "定点机构代码", "定点机构名称", "就医地",
    "入院日期", "出院日期", "结算日期", "病种", "医疗费总额", "起付线", "政策范围内", "统筹基金支付",
    "大病保险支付", "医疗救助支付", "其他支付", "个人账户", "现金支付", "自费", "冲销标志", "结算状态",
)  # fmt: skip
_SALE = {
    "sold_on": "销售日期", "sale_channel": "销售渠道", "seller_name": "销售主体", "city_name": "推介城市",
    "product_name": "产品名称", "quantity": "数量", "quantity_unit": "计量单位",
    "amount_yuan": "销售金额(元)", "buyer_office": "购买单位", "origin_town_name": "产地镇", "remark": "备注",
}  # fmt: skip


@dataclass
class Expected:
    """What the nights changed of the county's figures: figure → what is added above and below its line."""

    above: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    below: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    members: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # that came or went

    def moved(self, figure: str, member: str) -> None:
        """A member that goes where it came from is none that moved."""
        self.members[figure] ^= {member}


@dataclass
class Outcome:
    """What one run found."""

    nights: int
    seconds: list[float]
    changes: dict[str, int]
    faults: list[str]


class Later:
    """What becomes known after the report was signed."""

    def __init__(self, settings: Settings, rules: Path, signed: Basis, expected: Expected) -> None:
        self._settings, self._rules, self._expected = settings, rules, expected
        self._people = _rows(
            settings,
            "select id_number, person_name from intermediate.int_register_person__identified"
            " where id_number is not null order by register_person_no",
        )
        self._sales = [
            list(row)
            for row in _rows(
                settings, f"select {', '.join(_SALE)} from staging.stg_consumption_sale order by source_row"
            )
        ]
        self._met = signed.rows(
            "select h.register_household_no, m.household_id, a.member_key is not null"
            " from fct_figure_member m join dim_household h using (household_id)"
            " left join fct_figure_member a on a.member_key = m.member_key and a.figure_id = 'grt_all'"
            " and a.role = 'numerator'"
            " where m.figure_id = 'grt_housing' and m.role = 'numerator' order by 1"
        )
        self._stays: list[tuple[str, list[str]]] = []  # files that stand: name, numbers of their stays

    def stays(self, number: int) -> None:
        """Two people of the register were in hospital; the file comes late."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_STAY)
        keys = [f"BJ{number:05d}{place}" for place in "AB"]
        for place, key in enumerate(keys):
            document, name = self._people[(2 * number + place) % len(self._people)]
            day = (AS_OF - timedelta(days=1 + number)).isoformat()
            writer.writerow((
                key, "", name, document, "建档立卡", "YY001", "徐闻县第二人民医院", "县内", day, day, day,
                "肺炎", f"{3000 + number}.5", 200, 2500, 2000, 0, 300, 0, 0, "500.5", 200, "否", "正常",
            ))  # fmt: skip
            for figure in ("inpatient_times", "inpatient_relief_rate"):
                self._expected.above[figure] += 1
            self._expected.below["inpatient_relief_rate"] += 1
            self._expected.moved("inpatient_times", key)
        name = f"住院医疗费用结算明细表（补报）{AS_OF:%Y年%m月%d日}-{number}.csv"
        self._drop("health_insurance", name, text.getvalue())
        self._stays.append((name, keys))

    def sales(self, number: int) -> None:
        """The ledger of sales comes again with one amount put right."""
        row, amount = self._sales[number % 40], list(_SALE).index("amount_yuan")
        added = Decimal(100 + number)
        row[amount] = Decimal(str(row[amount])) + added
        self._expected.above["cons_sales"] += added
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_SALE.values())
        writer.writerows(self._sales)
        self._drop(
            "supply_cooperative", f"2019年12月消费扶贫农产品销售台账（更正{number}）.csv", text.getvalue()
        )

    def rule(self, number: int) -> None:
        """A threshold changes from some day of the next year on."""
        _change_threshold(self._rules, 150 + number, AS_OF + timedelta(days=1 + number))

    def by_hand(self, number: int) -> None:
        """An official says against the files that a house is not safe."""
        from sanbao.night.overrides import Asked, record

        household, key, is_all = self._met.pop()
        record(
            self._settings,
            Asked(household, None, "housing", "NOT_MET", _REASON, f"照片{number}", _UNTIL, AS_OF, _REASON),
            "李主任",
        )
        for figure in ("grt_housing", *(["grt_all"] if is_all else [])):
            self._expected.above[figure] -= 1
            self._expected.moved(figure, key)

    def withdrawal(self, number: int) -> None:
        """A file of stays was the wrong one."""
        from sanbao.night.decisions import withdraw

        name, keys = self._stays.pop(0)
        withdraw(self._settings, name, _REASON, "医保局")
        for key in keys:
            for figure in ("inpatient_times", "inpatient_relief_rate"):
                self._expected.above[figure] -= 1
            self._expected.below["inpatient_relief_rate"] -= 1
            self._expected.moved("inpatient_times", key)

    def _drop(self, department: str, name: str, text: str) -> None:
        (self._settings.home / "inbox" / department / name).write_text(text, encoding="utf-8")


def run(settings: Settings, rules: Path, nights: int) -> Outcome:
    """Sign, print, let `nights` pass, and compare; the county lies in the inbox."""
    from sanbao.night.kept_basis import kept_basis
    from sanbao.night.night import night
    from sanbao.night.report import print_report

    night(settings)
    _sign(settings)
    first = print_report(settings, printed_on=PRINTED_ON)
    before = {path.name: path.read_bytes() for path in first.files}
    expected = Expected()
    seconds: list[float] = []
    changes: defaultdict[str, int] = defaultdict(int)
    with kept_basis(settings, AS_OF, first.known_by) as signed:
        later = Later(settings, rules, signed, expected)
    kinds: list[Callable[[int], None]] = [
        later.stays,
        later.sales,
        later.rule,
        later.by_hand,
        later.withdrawal,
    ]
    for number in range(nights):
        kind = kinds[number % len(kinds)]
        kind(number)
        changes[kind.__name__] += 1
        began = time.monotonic()
        night(settings)
        seconds.append(time.monotonic() - began)
        print(f"night {number + 1:3d}  {kind.__name__:10s} {seconds[-1]:6.1f} s", flush=True)
    faults = _reprinted(settings, before, "after the last night")
    faults += _amended(settings, first.known_by, expected)
    faults += _looked_back(settings, first.known_by)
    _change_threshold(rules, 1, date(2016, 1, 1))
    night(settings)
    faults += _reprinted(settings, before, "after a threshold of its own year changed")
    return Outcome(nights, seconds, dict(changes), faults)


def _sign(settings: Settings) -> None:
    from sanbao.night.kept_basis import kept_basis
    from sanbao.night.signing import sign

    with kept_basis(settings) as basis:
        for town in (*basis.towns, None):
            sign(settings, basis, town, "镇长" if town else "县长", None)


def _reprinted(settings: Settings, before: dict[str, bytes], when: str) -> list[str]:
    from sanbao.night.report import print_report

    again = {path.name: path.read_bytes() for path in print_report(settings, printed_on=PRINTED_ON).files}
    differing = sorted(name for name in {*before, *again} if before.get(name) != again.get(name))
    print(f"printed again {when}: {len(again)} files, {len(differing)} differ", flush=True)
    return [f"{when}: {name} is not the same" for name in differing]


def _amended(settings: Settings, known_by: datetime, expected: Expected) -> list[str]:
    """Where the figures by what is known now are not the signed ones and what the nights changed."""
    from reports.difference import difference
    from sanbao.night.kept_basis import kept_basis

    faults = []
    with kept_basis(settings, AS_OF, known_by) as old, kept_basis(settings, AS_OF) as new:
        changed = 0
        for name in sorted({*old.figures, *new.figures}):
            was, now = old.figures[name], new.figures[name]
            above, below = _added(was.numerator, now.numerator), _added(was.denominator, now.denominator)
            changed += bool(above or below)
            if (above, below) != (expected.above[name], expected.below[name]):
                faults.append(
                    f"{name}: {above} / {below} added,"
                    f" {expected.above[name]} / {expected.below[name]} expected"
                )
            if was.has_list and name in expected.members:
                moved = {each.member_key for each in difference(old, new, name).moved}
                if moved != expected.members[name]:
                    faults.append(f"{name}: {len(moved ^ expected.members[name])} members moved otherwise")
        told = sum(1 for figure in expected.above if expected.above[figure] or expected.below[figure])
        print(
            f"figures by what is known now: {changed} of {len(new.figures)} differ, {told} expected",
            flush=True,
        )
    return faults


def _added(before: Decimal | None, after: Decimal | None) -> Decimal:
    return (after or Decimal(0)) - (before or Decimal(0))


def _looked_back(settings: Settings, known_by: datetime) -> list[str]:
    """Tables whose rows, built again by what was known then, are not those that were written down."""
    from reports.basis import TABLES
    from sanbao.night.kept_basis import kept_basis

    with kept_basis(settings, AS_OF, known_by) as kept:
        folder = kept.folder.parent
    aside = folder.with_name(f"{folder.name}.kept")
    folder.rename(aside)
    try:
        with kept_basis(settings, AS_OF, known_by) as rebuilt:
            pairs = {
                name: [str(place / f"{name}.parquet") for place in (aside / kept.folder.name, rebuilt.folder)]
                for name in TABLES
            }
            differing = [name for name, (old, new) in pairs.items() if _differ(old, new)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    print(f"tables built again as known then: {len(TABLES)}, {len(differing)} differ", flush=True)
    return [f"{name}: built again by what was known then it has other rows" for name in differing]


def _differ(old: str, new: str) -> bool:
    import duckdb

    sql = """
        (from read_parquet($old) except all from read_parquet($new))
        union all (from read_parquet($new) except all from read_parquet($old)) limit 1
    """
    with duckdb.connect() as connection:
        return connection.execute(sql, {"old": old, "new": new}).fetchone() is not None


def _change_threshold(rules: Path, value: int, since: date) -> None:
    """How many days a roll of pupils is fresh, from a day on; what held then ends the day before."""
    path = rules / "seeds" / "guarantee" / "threshold.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    own = [row for row in rows if row["code"] == "EDU_ROLL_MAX_AGE_D"]
    standing = own[-1] if own[-1]["valid_from"] < since.isoformat() else None
    if standing:
        rows.insert(
            rows.index(standing) + 1, {**standing, "value": str(value), "valid_from": since.isoformat()}
        )
        standing["valid_to"] = (since - timedelta(days=1)).isoformat()
    else:
        own[0]["value"] = str(value)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    import duckdb

    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def rules_apart(folder: Path) -> Path:
    """A copy of the dbt project, by which this process builds; made before the night is imported."""
    rules = folder / "dbt_project"
    shutil.copytree(sanbao_settings.DBT_PROJECT, rules, ignore=shutil.ignore_patterns("target", "logs"))
    sanbao_settings.DBT_PROJECT = rules
    return rules


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--scale", type=float, default=0.02, help="size of the county")
    arguments = parser.parse_args()
    keep_private()
    with tempfile.TemporaryDirectory(prefix="sanbao-reprint-") as name:
        folder = Path(name)
        rules = rules_apart(folder)
        settings = Settings(home=folder / "home", as_of=AS_OF, workers=1)
        from sample_county import write

        write(settings.home / "inbox", scale=arguments.scale, truth=folder / "truth")
        found = run(settings, rules, arguments.nights)
    if found.seconds:
        print(f"{found.nights} nights ({found.changes}), median {statistics.median(found.seconds):.1f} s")
    for fault in found.faults:
        print(fault)
    print(
        "the report is what it was, and the amendment what it should be"
        if not found.faults
        else "NOT THE SAME"
    )
    raise SystemExit(1 if found.faults else 0)


if __name__ == "__main__":
    main()
