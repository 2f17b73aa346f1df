"""Who studies where: in spring 2019 (June register) and in autumn 2019 (December register).

A status is a position in STATUSES; 0 means that the person does not study.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_county.calibration import NOT_IN_SCHOOL, Targets
from sample_county.world.people import UNSHARED_FIRST, Array, generator
from sample_county.world.population import County, with_persons

STATUSES = (
    "", "学龄前儿童", "学前教育",
    "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级",
    "普通高中一年级", "普通高中二年级", "普通高中三年级",
    "中职一年级", "中职二年级", "中职三年级", "技工学校",
    "高职高专一年级", "高职高专二年级", "高职高专三年级",
    "本科一年级", "本科二年级", "本科三年级", "本科四年级",
)  # fmt: skip
FIRST_GRADE, NINTH_GRADE = STATUSES.index("一年级"), STATUSES.index("九年级")
HIGH, VOC = STATUSES.index("普通高中一年级"), STATUSES.index("中职一年级")
TECH, COLLEGE = STATUSES.index("技工学校"), STATUSES.index("高职高专一年级")
UNIVERSITY = STATUSES.index("本科一年级")
# The stage under which a subsidy is paid, by status; blank: none is.
STAGES = np.array(
    [""] * 3 + ["小学"] * 6 + ["初中"] * 3 + ["普高"] * 3 + ["中职"] * 3 + ["技工"] + ["大专"] * 3 + [""] * 4,
    dtype=object,
)
# How those pupils attend who are in school, at full scale; the others are 在校.
ATTENDANCE = {"送教上门": 14, "随班就读": 20, "特教": 10, "异地就读已核": 180}
REASONS = {
    "ill": "因病",
    "disabled": "因重度残疾",
    "postponed": "缓学",
    "suspended_approved": "休学",
    "dropped_out": "厌学",
    "suspended": "休学",
    "moved_away": "转学，接收学校未确认",
    "absent": "随父母外出，去向不明",
}
# Of those not in school, these were in school (and paid) in spring.
IN_SCHOOL_IN_SPRING = ("suspended_approved", "dropped_out")


class _Draft:
    """Statuses being given out: nobody gets two."""

    def __init__(self, rng: np.random.Generator, targets: Targets, persons: pd.DataFrame) -> None:
        self.rng, self.targets = rng, targets
        self.age = persons["age"].to_numpy(np.int64)
        self.kind = persons["kind"].to_numpy(object)
        self.is_here = persons["left_on"].isna().to_numpy(bool)
        self.is_child = persons["role"].isin(["C", "G"]).to_numpy(bool)
        self.autumn = np.zeros(len(persons), dtype=np.int64)
        self.spring = np.zeros(len(persons), dtype=np.int64)
        self.fate = np.full(len(persons), "", dtype=object)

    def take(self, fate: str, count: int, youngest: int, oldest: int, *, only_labour: bool = True) -> Array:
        free = (self.fate == "") & self.is_child & self.is_here
        free &= (self.age >= youngest) & (self.age <= oldest)
        if only_labour:
            free &= self.kind == "labour"
        chosen = self.rng.permutation(np.flatnonzero(free))[:count]
        self.fate[chosen] = fate
        return chosen

    def study(self, fate: str, youngest: int, oldest: int, *, only_labour: bool = True) -> Array:
        return self.take(fate, self.targets.study(fate), youngest, oldest, only_labour=only_labour)


def with_studies(county: County) -> County:
    """Adds to persons: autumn, spring (statuses), fate (why), enrolment_status."""
    rng = generator(county.seed, "studies")
    draft = _Draft(rng, county.targets, county.persons)
    _not_in_school(draft)
    _upper_stages(draft)
    _finished_in_summer(draft)
    _children(draft)
    _moved_off_register(draft, county.persons)
    persons = county.persons.assign(autumn=draft.autumn, spring=draft.spring, fate=draft.fate)
    never_in_spring = persons["joined_after_june"].to_numpy(bool)
    persons.loc[never_in_spring, "spring"] = 0
    persons["enrolment_status"] = _enrolment_status(rng, county.targets, persons)
    persons["name"] = _unshared_names(persons)
    return with_persons(county, persons)


def _unshared_names(persons: pd.DataFrame) -> pd.Series[str]:
    """Nobody in the crowd is called like a child who is not in school.

    Else a held row of a namesake would rightly turn the child's NOT_MET into UNKNOWN.
    """
    name = persons["name"]
    unshared = name.str[:1] + UNSHARED_FIRST + name.str[-1:]
    return name.mask(persons["fate"].isin(NOT_IN_SCHOOL), unshared)


def _not_in_school(draft: _Draft) -> None:
    for fate in NOT_IN_SCHOOL:
        youngest, oldest = {"postponed": (6, 6), "dropped_out": (12, 14)}.get(fate, (8, 14))
        chosen = draft.study(fate, youngest, oldest, only_labour=False)
        if fate in IN_SCHOOL_IN_SPRING:
            draft.spring[chosen] = FIRST_GRADE + draft.age[chosen] - 7
        if fate == "postponed":
            draft.spring[chosen] = STATUSES.index("学前教育")


def _upper_stages(draft: _Draft) -> None:
    """Those in 普高, 中职, 技工, 大专 and university in autumn."""
    for fate, first in (("aged_15_in_high", HIGH), ("aged_15_in_voc", VOC)):
        chosen = draft.study(fate, 15, 15, only_labour=False)
        draft.autumn[chosen], draft.spring[chosen] = first, NINTH_GRADE
    for fate, youngest, oldest in (("late_ninth_grade", 16, 16), ("left_after_compulsory", 16, 17)):
        chosen = draft.study(fate, youngest, oldest)
        draft.spring[chosen] = NINTH_GRADE - (fate == "late_ninth_grade")
        draft.autumn[chosen] = NINTH_GRADE if fate == "late_ninth_grade" else 0
    for fate, first in (("high", HIGH), ("voc", VOC)):
        chosen = draft.study(fate, 16, 18)
        year = np.clip(draft.age[chosen] - 16 + draft.rng.integers(0, 2, len(chosen)), 0, 2)
        draft.autumn[chosen] = first + year
        draft.spring[chosen] = np.where(year == 0, NINTH_GRADE, first + year - 1)
    chosen = draft.study("tech", 16, 19)
    is_new = (draft.age[chosen] == 16) | (draft.rng.random(len(chosen)) < 0.2)
    draft.autumn[chosen], draft.spring[chosen] = TECH, np.where(is_new, NINTH_GRADE, TECH)
    chosen = draft.study("college", 18, 22)
    year = np.clip(draft.age[chosen] - 18, 0, 2)
    came_from = np.where(draft.rng.random(len(chosen)) < 0.7, HIGH + 2, VOC + 2)
    draft.autumn[chosen] = COLLEGE + year
    draft.spring[chosen] = np.where(year == 0, came_from, COLLEGE + year - 1)
    freshmen = draft.study("university_freshmen", 18, 20)
    draft.autumn[freshmen], draft.spring[freshmen] = UNIVERSITY, HIGH + 2
    chosen = draft.study("university", 19, 23)
    draft.autumn[chosen] = UNIVERSITY + np.clip(draft.age[chosen] - 18, 1, 3)
    draft.spring[chosen] = draft.autumn[chosen] - 1


def _finished_in_summer(draft: _Draft) -> None:
    """Paid in spring, no longer students in autumn."""
    last_year = {"high": HIGH + 2, "voc": VOC + 2, "tech": TECH, "college": COLLEGE + 2}
    for stage, status in last_year.items():
        youngest = 20 if stage == "college" else 18
        draft.spring[draft.study(f"left_after_{stage}", youngest, youngest + 4)] = status


def _children(draft: _Draft) -> None:
    """Everybody else of school age is in the grade of the age, some a year behind."""
    early = draft.study("early_first_grade", 5, 5, only_labour=False)
    rest = np.flatnonzero((draft.fate == "") & draft.is_here & (draft.age <= 15))
    age = draft.age[rest]
    behind = (draft.rng.random(len(rest)) < 0.15) & (age >= 7)
    grade = np.minimum(FIRST_GRADE + age - 6 - behind, NINTH_GRADE)
    kindergarten = np.where((age >= 3) & (draft.rng.random(len(rest)) < 0.85), 2, 1)
    draft.autumn[rest] = np.where(age >= 6, grade, kindergarten)
    draft.spring[rest] = np.where(
        age >= 6, np.maximum(draft.autumn[rest] - 1, 2), np.where(age >= 4, kindergarten, 1)
    )
    draft.autumn[early], draft.spring[early] = FIRST_GRADE, 2


def _moved_off_register(draft: _Draft, persons: pd.DataFrame) -> None:
    """Pupils of the households that left: paid in spring, pupils like others in autumn.

    The children aged 18 and 19 are of the upper stages, the others of compulsory stage.
    """
    gone = np.flatnonzero(~draft.is_here & draft.is_child)
    draft.spring[gone] = FIRST_GRADE + np.clip(draft.age[gone] - 7, 0, 8)
    draft.autumn[gone] = np.minimum(draft.spring[gone] + 1, NINTH_GRADE)
    draft.fate[gone] = "moved_off_register"
    elder = gone[draft.age[gone] >= 18]
    start = 0
    for stage, status in (("high", HIGH), ("voc", VOC), ("tech", TECH), ("college", COLLEGE)):
        count = draft.targets.study(f"moved_off_register_{stage}")
        chosen = elder[start : start + count]
        draft.spring[chosen] = status + (status in (HIGH, VOC))
        draft.autumn[chosen] = draft.spring[chosen] + (status in (HIGH, VOC))
        start += count
    compulsory = gone[draft.age[gone] < 18]
    surplus = compulsory[draft.targets.study("moved_off_register_compulsory") :]
    draft.spring[surplus], draft.autumn[surplus] = 0, 0


def _enrolment_status(rng: np.random.Generator, targets: Targets, persons: pd.DataFrame) -> Array:
    """学籍状态 of the row in the county's enrolment roll; blank: there is no row."""
    autumn = persons["autumn"].to_numpy(np.int64)
    result = np.where((autumn >= 2) & (autumn < TECH), "在校", "").astype(object)
    is_here = persons["left_on"].isna().to_numpy(bool)
    ordinary = rng.permutation(np.flatnonzero((autumn >= FIRST_GRADE) & (autumn <= NINTH_GRADE) & is_here))
    start = 0
    for status, count in ATTENDANCE.items():
        result[ordinary[start : start + targets.count(count)]] = status
        start += targets.count(count)
    by_fate = {"suspended_approved": "休学", "dropped_out": "辍学", "suspended": "休学", "moved_away": "转出"}
    for fate, status in by_fate.items():
        result[(persons["fate"] == fate).to_numpy(bool)] = status
    return result
