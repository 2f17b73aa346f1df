"""Planted faults are where faults.csv says, and the truth follows them."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sample_county
from ingestion.contracts import Catalog
from ingestion.messages.problems import PROBLEMS
from sample_county.dirt import IRREPARABLE
from sample_county.faults import KINDS, plant
from sample_county.files.broken import BROKEN_FILES
from sample_county.files.planting import roll_up
from sample_county.world.model import World
from sample_county.write import write_files

pytestmark = pytest.mark.slow

LEADS = {"R04", "R08", "R15", "R21", "R24"}
SCALE = 0.05


def digest(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The folder of a small county with so many faults; written once."""
    root = tmp_path_factory.mktemp("county")
    written: dict[int, Path] = {}

    def county(faults: int) -> Path:
        if faults not in written:
            home = root / str(faults)
            sample_county.write(home / "inbox", scale=SCALE, faults=faults)
            written[faults] = home
        return written[faults]

    return county


def test_no_faults_plant_nothing(world: World, catalog: Catalog, tmp_path: Path) -> None:
    truth = world.truth_persons.copy()
    planted = plant(world, 0, np.random.default_rng(1))
    placed = write_files(world, catalog, tmp_path, seed=1, planted=planted)
    assert not planted.marks and not planted.files
    codes = {code for _, code in IRREPARABLE.values()} | {"DUPLICATE_ROW"}
    assert {p.code for p in placed} <= codes
    pd.testing.assert_frame_equal(world.truth_persons, truth)


def test_roll_up_follows_the_worst_known() -> None:
    assert roll_up(pd.Series(["MET", "UNKNOWN", "NOT_MET"])) == "NOT_MET"
    assert roll_up(pd.Series(["MET", "UNKNOWN", "EXEMPT"])) == "UNKNOWN"
    assert roll_up(pd.Series(["EXEMPT", "MET", "NOT_APPLICABLE"])) == "MET"
    assert roll_up(pd.Series(["EXEMPT", "NOT_APPLICABLE"])) == "EXEMPT"
    assert roll_up(pd.Series(["NOT_APPLICABLE"])) == "NOT_APPLICABLE"


def test_faults_are_of_many_kinds_and_feeds(counties: Callable[[int], Path]) -> None:
    with (counties(40) / "inbox.truth" / "faults.csv").open(encoding="utf-8") as file:
        faults = list(csv.DictReader(file))
    assert len(faults) >= 40
    assert len({f["kind"] for f in faults}) >= 20
    assert len({f["feed"] for f in faults if f["feed"]}) >= 5
    assert len(KINDS) >= 20


def test_every_code_is_one_that_ingestion_names(counties: Callable[[int], Path], catalog: Catalog) -> None:
    checks = {check.code for contract in catalog.contracts for check in contract.checks}
    for name in ("faults.csv", "expected_held.csv"):
        with (counties(40) / "inbox.truth" / name).open(encoding="utf-8") as file:
            codes = {row["code"] for row in csv.DictReader(file)}
        assert codes and codes <= PROBLEMS.keys() | checks | LEADS


def test_truth_follows_the_faults(counties: Callable[[int], Path]) -> None:
    clean, spoiled = (
        pd.read_parquet(counties(n) / "inbox.truth" / "households.parquet").set_index("register_household_no")
        for n in (0, 40)
    )
    assert list(clean.index) == list(spoiled.index)
    for state in ("education_state", "medical_state", "housing_state", "water_state"):
        assert (clean[state] != spoiled[state]).any(), f"no fault has changed {state}"
    states = spoiled[[f"{g}_state" for g in ("education", "medical", "housing", "water", "safety_net")]]
    assert (spoiled["not_met_count"] == (states == "NOT_MET").sum(axis=1)).all()
    good = states.isin(["MET", "EXEMPT", "NOT_APPLICABLE"]).all(axis=1)
    assert (spoiled["is_guaranteed"] == good).all()


def test_broken_files_lie_in_their_folders(counties: Callable[[int], Path]) -> None:
    for file in BROKEN_FILES:
        assert (counties(40) / "inbox" / file.department / file.name).is_file()
        assert not (counties(0) / "inbox" / file.department / file.name).exists()


def test_same_seed_same_county(counties: Callable[[int], Path], tmp_path: Path) -> None:
    sample_county.write(tmp_path / "inbox", scale=SCALE)
    assert digest(tmp_path / "inbox") == digest(counties(0) / "inbox")
    assert digest(tmp_path / "inbox.truth") == digest(counties(0) / "inbox.truth")


def test_no_real_person_can_be_hit(counties: Callable[[int], Path]) -> None:
    for path in (counties(40) / "inbox").rglob("*.csv"):
        encoding = "utf-8-sig" if "联网" in path.name else "gb18030"
        content = unicodedata.normalize("NFKC", path.read_bytes().decode(encoding, errors="replace"))
        areas = {cell[:6] for cell in re.split("[,\r\n]", content) if re.fullmatch(r"\d{17}[\dX]", cell)}
        assert areas <= {"440899", "999999"}
