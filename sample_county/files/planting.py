"""What planting a fault needs: rows to choose from, marks to leave, truth to change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ingestion.contracts import Catalog
from sample_county.files.deliver import Mark, Placed
from sample_county.files.people import Register
from sample_county.files.plan import FilePlan
from sample_county.files.sheet import Cell
from sample_county.world.model import World

GUARANTEES = ("education", "medical", "housing", "water", "safety_net")
GOOD = frozenset({"MET", "EXEMPT", "NOT_APPLICABLE"})
LATEST = "2019-12-31"
Frame = pd.DataFrame


@dataclass(frozen=True)
class PlantedMark:
    """A mark and the delivery whose files carry it."""

    feed: str
    label: str
    mark: Mark

    @property
    def kind(self) -> str:
        return self.mark.kind

    def is_in(self, plan: FilePlan) -> bool:
        return plan.feed == self.feed and self.label in (plan.label, "")


@dataclass(frozen=True)
class Planted:
    """`files` are faults without a row: files that are broken as a whole, rows left out."""

    marks: tuple[PlantedMark, ...] = ()
    files: tuple[Placed, ...] = ()
    extra_files: tuple[Callable[[Path], None], ...] = ()


@dataclass
class Planting:
    """The county while faults are put into it. No person or household gets two of them."""

    world: World
    catalog: Catalog
    rng: np.random.Generator
    marks: list[PlantedMark] = field(default_factory=list)
    files: list[Placed] = field(default_factory=list)
    extra_files: list[Callable[[Path], None]] = field(default_factory=list)
    used_households: set[str] = field(default_factory=set)
    used_rows: set[tuple[str, str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.register = Register.of(self.world)
        persons = self.world.tables["register_person"][LATEST]
        self.persons = persons[["register_person_no", "register_household_no", "person_name", "id_number"]]
        self.truth_persons = self.world.truth_persons
        self.truth_households = self.world.truth_households

    def table(self, feed: str, label: str = "") -> Frame:
        deliveries = self.world.tables[feed]
        return deliveries[label] if label in deliveries else next(iter(deliveries.values()))

    def value(self, feed: str, label: str, row: int, column: str) -> Any:
        return self.table(feed, label).at[row, column]

    def put(self, feed: str, label: str, frame: Frame) -> None:
        deliveries = self.world.tables[feed]
        deliveries[label if label in deliveries else next(iter(deliveries))] = frame

    def change(self, feed: str, label: str, row: int, **values: Any) -> None:
        """New clean values for a row of the world."""
        frame = self.table(feed, label).copy()
        for column, value in values.items():
            frame.loc[row, column] = value
        self.put(feed, label, frame)

    def choose(self, labels: Sequence[int] | pd.Index[Any]) -> int | None:
        return int(labels[int(self.rng.integers(len(labels)))]) if len(labels) else None

    def outsider(self, feed: str, label: str = "", *columns: str) -> int | None:
        """A row of somebody outside the register, with a value in each of `columns`."""
        frame = self.table(feed, label)
        free = pd.Series(self.register.is_outside(frame, self.catalog[feed]), index=frame.index)
        for column in columns:
            free &= frame[column].notna()
        rows = [row for row in frame.index[free] if (feed, label, row) not in self.used_rows]
        row = self.choose(rows)
        if row is not None:
            self.used_rows.add((feed, label, row))
        return row

    def person(self, state: str, **also: str) -> pd.Series[Any] | None:
        """A registered person with `state` MET (and other states as given), of a name nobody shares."""
        truth = self.truth_persons
        keep = truth[state] == "MET"
        for column, value in also.items():
            keep &= truth[column] == value
        people = self.persons[self.persons["register_person_no"].isin(truth.loc[keep, "register_person_no"])]
        people = people[people["person_name"].isin(self.register.lone_names)]
        people = people[people["id_number"].notna() & ~people["id_number"].duplicated(keep=False)]
        people = people[~people["register_household_no"].isin(self.used_households)]
        row = self.choose(people.index)
        return None if row is None else people.loc[[row]].iloc[0]

    def mark(self, feed: str, label: str, row: int, column: str, code: str, kind: str) -> None:
        self.marks.append(PlantedMark(feed, label, Mark(row, column, code, kind)))

    def overwrite(
        self, feed: str, label: str, row: int, column: str, raw: Cell, code: str, kind: str
    ) -> None:
        """`raw` in the cell of the file, whatever the clean value is."""
        self.marks.append(PlantedMark(feed, label, Mark(row, column, code, kind, True, raw)))

    def absent(self, file: str, feed: str, code: str, kind: str) -> None:
        self.files.append(Placed(file, "", 0, "", code, feed, kind))

    def judge_person(self, person: pd.Series[Any], **states: str) -> None:
        """New states of a person, and of the household by the roll-up."""
        truth = self.truth_persons
        at = truth.index[truth["register_person_no"] == person["register_person_no"]]
        for column, value in states.items():
            truth.loc[at, column] = value
        household = person["register_household_no"]
        members = self.persons.loc[self.persons["register_household_no"] == household, "register_person_no"]
        of_members = truth[truth["register_person_no"].isin(members)]
        rolled = {
            column: roll_up(of_members[column])
            for column in ("education_state", "medical_state")
            if column in states
        }
        self.judge_households([household], **rolled)

    def judge_households(self, numbers: Sequence[str], **states: str) -> None:
        truth = self.truth_households
        self.used_households.update(numbers)
        at = truth.index[truth["register_household_no"].isin(numbers)]
        for column, value in states.items():
            truth.loc[at, column] = value
        guarantees = truth.loc[at, [f"{name}_state" for name in GUARANTEES]]
        truth.loc[at, "not_met_count"] = (guarantees == "NOT_MET").sum(axis=1)
        truth.loc[at, "unknown_count"] = (guarantees == "UNKNOWN").sum(axis=1)
        truth.loc[at, "is_guaranteed"] = guarantees.isin(GOOD).all(axis=1)

    def unsettle(self, *figures: str) -> None:
        """Figures a fault changes are no longer stated as true."""
        for figure in figures:
            self.world.truth_figures.pop(figure, None)


Kind = Callable[[Planting], bool]  # False: nobody in the county fits


def roll_up(states: pd.Series[str]) -> str:
    """Person states → household state (domain: any NOT_MET, else any UNKNOWN, else any MET …)."""
    for state in ("NOT_MET", "UNKNOWN", "MET", "EXEMPT"):
        if (states == state).any():
            return state
    return "NOT_APPLICABLE"
