"""What departments put into their folders in a month: in time, late, wrong, or not at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from benchmarks.months.departments import EVENTS, Departments
from ingestion.contracts import Catalog
from sample_county.files.deliver import Job, deliver
from sample_county.files.plan import FilePlan, all_files

Fate = Literal["on time", "late", "corrected", "missing", "refused", "supplemented"]
FATES: tuple[Fate, ...] = get_args(Fate)
SHARES = (0.79, 0.06, 0.05, 0.03, 0.04, 0.03)
# The figures say so themselves; of a wrong or short file nobody can know.
SEEN: tuple[Fate, ...] = ("late", "missing", "refused")

MONTHLY = (
    "register_household", "register_person", "subsistence_allowance", "destitute_support", "public_post",
    "employment", "village_water_supply", "death_notice", "fund_received", "fund_spent",
    "inpatient_settlement", "property_contract",
)  # fmt: skip
_SAMPLED = {4: 1, 9: 2}  # month of a round of water tests → its number
_TERMS = (3, 10)
_TEN_TIMES = "amount_yuan"


@dataclass(frozen=True)
class Drop:
    """One file that a department owes for a month: how it is written, and its right rows."""

    feed: str
    plan: FilePlan
    rows: pd.DataFrame
    month: pd.Timestamp


@dataclass(frozen=True)
class Delivery:
    """One file and what becomes of it."""

    drop: Drop
    fate: Fate


def owed(departments: Departments) -> list[Drop]:
    """Every file that is due for the month."""
    month, found = departments.month, []
    for feed in MONTHLY:
        found += _files(departments, feed)
    if month.month % 3 == 0:
        found += _files(departments, "disability_card")
    if month.month in _SAMPLED:
        found += _files(departments, "water_quality_test", _tests(departments))
    if month.month == 1:
        roll = departments.tables["insurance_enrolment"]
        for kind, rows in roll.groupby("insurance_kind", sort=True):
            found += _files(departments, "insurance_enrolment", rows, str(kind))
    if month.month in _TERMS:
        for stage, rows in departments.tables["school_enrolment"].groupby("stage", sort=True):
            found += _files(departments, "school_enrolment", rows, str(stage))
    return found


def _tests(departments: Departments) -> pd.DataFrame:
    """The round of autumn 2019 again, at the same taps with the same results."""
    rows, month = departments.tables["water_quality_test"].copy(), departments.month
    days = rows["sampled_on"].dt.day.clip(upper=28) - 1
    rows["sampled_on"] = month + pd.to_timedelta(days, unit="D")
    number = f"{month.year}-{_SAMPLED[month.month]}"
    rows["report_no"] = [f"XWCDC-{number}-{at:05d}" for at in range(1, len(rows) + 1)]
    return rows


def _files(
    departments: Departments, feed: str, rows: pd.DataFrame | None = None, part: str = ""
) -> list[Drop]:
    table = departments.tables[feed] if rows is None else rows
    if table.empty:
        return []
    plan = _plan(feed, part, departments.month)
    return [Drop(feed, plan, table.reset_index(drop=True), departments.month)]


def _plan(feed: str, part: str, month: pd.Timestamp) -> FilePlan:
    """A file as the department writes its last one of 2019, under the name of the month."""
    own = [plan for plan in all_files() if plan.feed == feed]
    plan = next((plan for plan in own if part and (part == plan.label or part in plan.name)), own[-1])
    stem = re.sub(r"(（[^）]*）|\d{4}年(度|秋季学期|\d+月)?(发放)?|_)", "", plan.name.rsplit(".", 1)[0])
    title = re.sub(r"（[^）]*）|\d{4}年(度|秋季学期|\d+月)?", "", plan.title or stem)
    name = f"{month:%Y年%m月}{stem}.{plan.suffix}"
    end = (month + pd.offsets.MonthEnd(0)).date()
    whole = replace(plan, sheet="", cover=(), container="", between=None, known_until=None, blank_with=())
    whole = replace(whole, only=(), label="", last=None, but_last=None, note="")
    return replace(whole, name=name, title=f"{month:%Y年%m月}{title}", cut_off=end)


def fates(drops: list[Drop], dice: np.random.Generator) -> list[Delivery]:
    """What becomes of each file of a month."""
    found = []
    for drop in drops:
        fate: Fate = FATES[int(dice.choice(len(FATES), p=SHARES))]
        whole = len(drop.rows) < 2 and fate in ("corrected", "supplemented")
        # What happened and never was reported is nowhere in any later file.
        unsaid = fate == "missing" and drop.feed not in MONTHLY[:7]
        found.append(Delivery(drop, "late" if whole or unsaid else fate))
    return found


class Inbox:
    """Writes files into a home's inbox, and the right ones, in one piece, beside it."""

    def __init__(self, inbox: Path, right: Path, catalog: Catalog, seed: int) -> None:
        self.inbox, self.right = inbox, right
        self._catalog, self._seed = catalog, seed
        self.dropped = 0
        self.right_ones: list[tuple[Delivery, str]] = []  # with nothing wrong in them, and their hashes

    def first(self, delivery: Delivery) -> None:
        """What the month sees of a file."""
        drop, fate = delivery.drop, delivery.fate
        if fate == "on time":
            self._write_right(delivery, drop.rows)
        elif fate == "corrected":
            self._write(drop, _wrong(drop))
        elif fate == "supplemented":
            self._write(drop, drop.rows.iloc[: -_short(drop)])
        elif fate == "refused":
            self._write_spoilt(drop)
        if fate != "missing":
            self._keep(drop)

    def second(self, delivery: Delivery) -> None:
        """What comes a month after."""
        drop, fate = delivery.drop, delivery.fate
        if fate == "supplemented" and drop.feed in EVENTS:
            self._write_right(delivery, drop.rows.iloc[-_short(drop) :], "（补报）")
        elif fate in ("late", "refused"):
            self._write_right(delivery, drop.rows)
        elif fate in ("corrected", "supplemented"):
            self._write_right(delivery, drop.rows, "（更正）")

    def _write_right(self, delivery: Delivery, rows: pd.DataFrame, said: str = "") -> None:
        path = self._write(delivery.drop, rows, said)
        self.right_ones.append((delivery, hashlib.sha256(path.read_bytes()).hexdigest()))

    def _keep(self, drop: Drop) -> None:
        self._put(self.right / f"{drop.month:%Y-%m}", drop, drop.rows, "")

    def _write(self, drop: Drop, rows: pd.DataFrame, said: str = "") -> Path:
        self.dropped += 1
        return self._put(self.inbox, drop, rows, said)

    def _put(self, root: Path, drop: Drop, rows: pd.DataFrame, said: str) -> Path:
        contract = self._catalog[drop.feed]
        stem, suffix = drop.plan.name.rsplit(".", 1)
        plan = replace(drop.plan, name=f"{stem}{said}.{suffix}")
        path = root / contract.department / plan.name
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = rows.reset_index(drop=True)
        nobody = np.zeros(len(frame), dtype=np.bool_)
        deliver(Job(plan, contract, frame, path, self._seed, nobody, nobody))
        return path

    def _write_spoilt(self, drop: Drop) -> None:
        """Half a file: the copy was cut off."""
        path = self._put(self.inbox, drop, drop.rows, "")
        whole = path.read_bytes()
        none = b"\x00" * 500 + hashlib.sha256(whole).digest()  # no two such files are the same
        path.write_bytes(none if path.suffix == ".csv" else whole[: max(64, len(whole) // 2)])
        self.dropped += 1


def _short(drop: Drop) -> int:
    """How many rows are left out at first."""
    return max(1, min(len(drop.rows) // 20, len(drop.rows) - 1))


def _wrong(drop: Drop) -> pd.DataFrame:
    """A file that can be read, and is wrong: an amount of ten times, or rows that are left out."""
    rows = drop.rows.copy()
    if drop.feed in EVENTS and _TEN_TIMES in rows:
        rows.loc[rows.index[0], _TEN_TIMES] *= 10
        return rows
    if drop.feed == "inpatient_settlement":
        rows.loc[rows.index[0], "care_place"] = "市内"
        return rows
    return rows.iloc[: -_short(drop)]


def names(deliveries: list[Delivery]) -> Iterator[str]:
    """What was out of the ordinary."""
    for delivery in deliveries:
        if delivery.fate != "on time":
            yield f"{delivery.drop.feed} {delivery.fate}"
