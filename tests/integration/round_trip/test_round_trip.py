"""A file with faults goes back marked, comes back corrected, and heals exactly the rows that were held."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

import sample_county
from ingestion import Home, prepare
from ingestion.contracts import load_catalog
from ingestion.returning.marked.palette import FILLS
from tests.integration.round_trip import clerk
from tests.unit.ingestion.helpers import lake, tree

pytestmark = pytest.mark.slow

CATALOG = load_catalog()


@dataclass(frozen=True)
class Faults:
    """One file of the clean county and what is written into its cells: header → (value, code)."""

    feed: str
    file: str
    cells: tuple[tuple[str, object, str], ...]


FILES = (
    Faults(
        "register_household",
        "2019年12月建档立卡贫困户信息表.xlsx",
        (
            ("有无劳动能力", "不详", "CODE_UNKNOWN"),
            ("家庭人口数", "三口", "COUNT_FORM"),
            ("户类型", "富裕户", "CODE_UNKNOWN"),
            ("退出时间", "2019-02-30", "DATE_IMPOSSIBLE"),
        ),
    ),
    Faults(
        "subsistence_allowance",
        "2019年12月农村居民最低生活保障金发放花名册.xls",
        (
            ("身份证号", "4.40899E+17", "ID_SCIENTIFIC"),
            ("施保类别", "Z", "CODE_UNKNOWN"),
            ("发放金额", "面议", "MONEY_FORM"),
            ("户主姓名|户主", "", "BLANK_REQUIRED"),
        ),
    ),
    Faults(
        "inpatient_settlement",
        "2019年度住院医疗费用结算明细表（联网结算）.csv",
        (
            ("结算单号", "", "BLANK_REQUIRED"),
            ("医疗费总额", "一千多", "MONEY_FORM"),
            ("入院日期", "2019年13月1日", "DATE_IMPOSSIBLE"),
            ("就医地", "国外", "CODE_UNKNOWN"),
        ),
    ),
    Faults(
        "housing_appraisal",
        "农村房屋安全鉴定汇总表（2019年9月）.xls",
        (
            ("等级", "E", "CODE_UNKNOWN"),
            ("鉴定日期", "去年", "DATE_FORM"),
            ("身份证号", "440899198507306477", "ID_CHECKSUM"),
            ("户主姓名|户主", "", "BLANK_REQUIRED"),
        ),
    ),
    Faults(
        "village_water_supply",
        "2019年12月自然村供水情况台账.xlsx",
        (
            ("户数", -3, "BELOW_MINIMUM"),
            ("是否通水", "也许", "YES_NO_FORM"),
            ("通水人口", "约百人", "COUNT_FORM"),
            ("年停水天数", 3000, "ABOVE_MAXIMUM"),
        ),
    ),
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("county") / "inbox"
    sample_county.write(out, scale=0.02, clean=True)
    return out


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    prepare(home, CATALOG)
    return home


def test_there_are_twenty_faults_in_five_feeds():
    assert len({f.feed for f in FILES}) == 5
    assert sum(len(f.cells) for f in FILES) == 20


@pytest.mark.parametrize("faults", FILES, ids=lambda f: f.feed)
def test_faults_are_marked_and_their_correction_heals_just_them(
    faults: Faults, county: Path, home: Home, tmp_path: Path
) -> None:
    department = CATALOG[faults.feed].department
    good = county / department / faults.file
    expected = _standing(_loaded(tmp_path / "good", good, department), faults.feed)
    planted, right = _plant(faults, good, tmp_path)

    (first,) = clerk.drop(home, CATALOG, department, tmp_path / faults.file)
    assert (first.delivery_state, first.rows_held + first.cells_held) == ("PARTIAL", len(faults.cells))
    found = {(p["source_sheet"], p["cell"], p["code"]) for p in lake(home, "problem")}
    assert found == planted, "each fault at its own cell, and no false cell"
    copy = _the_copy(home, department)
    assert _marked(copy, home) == {(sheet, cell) for sheet, cell, _ in planted}

    clerk.correct(copy, right)
    mended = shutil.copy(copy, tmp_path / copy.name)
    (again,) = clerk.drop(home, CATALOG, department, mended)
    assert (again.delivery_state, again.rows_held, again.cells_held) == ("LOADED", 0, 0)
    assert again.corrects_batch_id == first.batch_id
    healed = [c for c in lake(home, "correction") if c["is_accepted"]]
    assert {(c["base_source_sheet"] or "", c["base_source_row"]) for c in healed} == {
        *((r["source_sheet"] or "", r["source_row"]) for r in lake(home, "held_row")),
        *((r["_source_sheet"] or "", r["_source_row"]) for r in lake(home, faults.feed) if r["_held_cells"]),
    }
    assert sum(c["was_held"] for c in healed) == first.rows_held
    assert again.rows_accepted - again.rows_unchanged == len(faults.cells), "only those rows landed"
    assert _standing(home, faults.feed) == expected
    assert not list((home.returned / department).glob("*反馈*")), "nothing is left to correct"

    before = tree(home)
    assert clerk.drop(home, CATALOG, department, mended) == []
    assert _without_arrivals(tree(home)) == _without_arrivals(before), "the third drop changes nothing"


def _plant(faults: Faults, good: Path, folder: Path) -> tuple[set[tuple[str, str, str]], dict]:
    """Write the faulty file to `folder`; returns (sheet, address, code) and the right value per cell."""
    path = folder / faults.file
    shutil.copy(good, path)
    sheets = clerk.sheets(path)
    sheet = max(sheets, key=lambda s: len(s.rows))
    marks, wrong, right = set(), {}, {}
    for number, (name, value, code) in enumerate(faults.cells):
        header = _names(faults.feed, name)
        row = _row_with(sheet, header, sheet.header_row + 2 + 2 * number)
        wrong[sheet.name, (row, header)] = value
        right[sheet.name, (row, header)] = sheet.rows[row - 1][sheet.column(header)]
        marks.add((sheet.name, sheet.address(row, header), code))
    clerk.overwrite(path, wrong)
    return marks, right


def _names(feed: str, name: str) -> str:
    """Under which names an office may have the column, with `|` between: the sample writes any of them."""
    own = [column for column in CATALOG[feed].columns if column.header in name.split("|")]
    return "|".join(dict.fromkeys([*name.split("|"), *(alias for column in own for alias in column.aliases)]))


def _row_with(sheet: clerk.Sheet, header: str, start: int) -> int:
    """The first row from `start` on that has a value under `header`."""
    column = sheet.column(header)
    return next(row for row in range(start, len(sheet.rows)) if str(sheet.rows[row - 1][column]).strip())


def _loaded(root: Path, file: Path, department: str) -> Home:
    home = Home(root)
    prepare(home, CATALOG)
    (outcome,) = clerk.drop(home, CATALOG, department, file)
    assert (outcome.delivery_state, lake(home, "problem")) == ("LOADED", []), "clean to begin with"
    return home


def _standing(home: Home, feed: str) -> list[str]:
    """What holds of a feed in a lake with one group, by sheet and row, without the batch."""
    origin = ("base_batch_id", "base_source_row", "base_source_sheet")
    replaced = {tuple(c[name] for name in origin) for c in lake(home, "correction")}
    left_out = ("_batch_id", "_source_sheet")
    rows = []
    for path in sorted((home.lake / feed).glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            if (row["_batch_id"], row["_source_row"], row["_source_sheet"]) not in replaced:
                rows.append(repr({k: v for k, v in sorted(row.items()) if k not in left_out}))
    return sorted(rows)


def _the_copy(home: Home, department: str) -> Path:
    (copy,) = (home.returned / department).glob("*反馈*")
    return copy


def _marked(copy: Path, home: Home) -> set[tuple[str, str]]:
    """(sheet, address) of every coloured cell; in a text file, of the rows' problem texts."""
    if copy.suffix == ".csv":
        texts = [row[-2] for row in clerk.sheets(copy)[0].rows[1:] if row[-2]]
        problems = {p["message"]: p["cell"] for p in lake(home, "problem")}
        return {("", cell) for text in texts for message, cell in problems.items() if message in text}
    book = openpyxl.load_workbook(copy)
    fills = {f"FF{color}" for color in FILLS.values()} | {f"00{color}" for color in FILLS.values()}
    found = set()
    for sheet in book.worksheets[1:]:
        ours = sheet.max_column - 2
        for row in sheet.iter_rows(max_col=ours):
            found |= {(sheet.title, c.coordinate) for c in row if c.fill.fgColor.rgb in fills}
            assert all(c.comment for c in row if c.fill.fgColor.rgb in fills), "each has a note"
    return found


def _without_arrivals(found: dict[str, str]) -> dict[str, str]:
    """What lasts, but for the notes that a file came before: for the slip and the board."""
    notes = ("arrivals", "-duplicate.", "收件回执.txt", "last_number.json", "clock.json")
    return {k: v for k, v in found.items() if not any(note in k for note in notes)}
