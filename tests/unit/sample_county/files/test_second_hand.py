"""The second hand writes the rows of the first: all of them, once, in words that it says itself."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import python_calamine

from ingestion.contracts import Catalog
from sample_county.faults import plant
from sample_county.files.cells import Style, write_cells
from sample_county.files.deliver import Job, deliver, rows_of
from sample_county.files.hand import Hand
from sample_county.files.plan import FilePlan, all_files
from sample_county.files.second_hand import HABITS, second_files
from sample_county.world.model import Tables, World
from sample_county.write import parts_of, plans_of, table_of, write_files

pytestmark = pytest.mark.slow

PLANS = list(second_files())
EVERY_HABIT = frozenset(HABITS)


def test_every_feed_is_described_by_its_own_columns_and_codes(catalog: Catalog) -> None:
    assert {plan.feed for plan in PLANS} == set(catalog)
    for plan in PLANS:
        contract, hand = catalog[plan.feed], plan.hand
        assert hand is not None
        names = {column.name for column in contract.columns}
        named = {*hand.columns, *hand.left_out, *hand.words, *hand.answers, *hand.numbers, *hand.ditto}
        named |= {*hand.brackets, *hand.parted_by}
        assert named <= names, plan.feed
        for name, words in hand.words.items():
            column = contract.column(name)
            assert set(words) <= set(column.codes), f"{plan.feed}.{name}"
            assert len(set(words.values())) == len(words), f"{plan.feed}.{name} has one word for two codes"
        assert not {c.name for c in contract.columns if c.required} & set(hand.left_out)


def written_rows(plans: list[FilePlan], tables: Tables) -> Counter[tuple[str, str, str]]:
    """(feed, delivery, values of a row) → in how many files it stands."""
    found: Counter[tuple[str, str, str]] = Counter()
    for plan in plans:
        for part, table in parts_of(plan, table_of(tables, plan)):
            frame = rows_of(part, table)
            found.update((plan.feed, plan.label, str(label)) for label in frame.index)
    return found


@pytest.fixture
def numbered(tables: Tables) -> Tables:
    """The county with household numbers that hold a town, as those of the register do."""
    for frame in tables["register_person"].values():
        frame["register_household_no"] = [f"25{('001', '113')[i % 2]}{i:05d}" for i in range(len(frame))]
    return tables


@pytest.mark.parametrize("habits", [frozenset[str](), EVERY_HABIT])
def test_both_hands_write_the_same_rows(habits: frozenset[str], numbered: Tables) -> None:
    first, second = written_rows(all_files(), numbered), written_rows(plans_of(2, habits), numbered)
    # 学籍 and 危改 lie in several files of one delivery in one hand, in sheets in the other.
    assert {(feed, row) for feed, _, row in first} == {(feed, row) for feed, _, row in second}
    assert sum(first.values()) == sum(second.values())


def test_a_cut_by_the_town_of_the_household_names_it_in_every_part(numbered: Tables) -> None:
    (plan,) = [p for p in plans_of(2, EVERY_HABIT) if p.file_by == "household_town"]
    parts = parts_of(plan, table_of(numbered, plan))
    assert sorted(part.name for part, _ in parts) == [
        "南山镇家庭成员信息表（2019年12月）.xlsb",
        "徐城街道家庭成员信息表（2019年12月）.xlsb",
    ]
    assert sum(len(table) for _, table in parts) == len(table_of(numbered, plan))


def test_the_forms_of_a_day() -> None:
    day = date(2019, 12, 3)
    forms = {
        "iso": "2019-12-03", "compact": "20191203", "dot": "2019.12.03", "slash": "2019/12/3",
        "chinese": "2019年12月3日", "number": 20191203, "serial": 43802, "cell": day,
    }  # fmt: skip
    for form, written in forms.items():
        hand = Hand(columns={}, dates=form)
        assert hand.date_form("any", workbook=True)(day) == written, form
    assert Hand(columns={}, dates="serial").date_form("any", workbook=False)(day) == "2019-12-03"
    assert Hand(columns={}, months="number").month_form(workbook=True)(day) == 201912
    assert Hand(columns={}, months="slash").month_form(workbook=True)(day) == "2019/12"


def test_words_numbers_and_several_values() -> None:
    hand = Hand(
        columns={},
        words={"sex": {"男": "1"}},
        numbers=("no",),
        parted_by={"owners": "、"},
        years="{}年度",
        school_years="{}—{}学年",
    )
    assert [hand.text_form("sex")(text) for text in ("男", "女")] == ["1", "女"]
    assert [hand.text_form("no")(text) for text in ("2500100001", "X1")] == [2500100001, "X1"]
    assert hand.text_form("owners")("陈文;林芳") == "陈文、林芳"
    assert (hand.year_form()(2019), hand.school_year_form()("2019-2020")) == ("2019年度", "2019—2020学年")


def test_a_file_as_this_hand_lays_it_out(tables: Tables, catalog: Catalog, tmp_path: Path) -> None:
    """One town's ledger of October: titles, headers and words written down here by hand."""
    (plan,) = [p for p in PLANS if p.name == "五保供养金发放表（2019年10月）.ods"]
    frame = table_of(tables, plan).iloc[:2].assign(
        support_no=["TK1", "TK2"], town_name="迈陈镇", village_name="二桥村", support_kind=["集中", "分散"],
        care_grade=["一档", "三档"], amount_yuan=[650.5, 700.0], pay_month=pd.Timestamp("2019-10-01"),
    )  # fmt: skip
    nobody = np.zeros(2, dtype=np.bool_)
    deliver(Job(plan, catalog[plan.feed], frame, tmp_path / plan.name, 1, nobody, nobody, is_clean=True))
    book = python_calamine.CalamineWorkbook.from_path(str(tmp_path / plan.name))
    rows = book.get_sheet_by_index(0).to_python()
    assert [rows[0][0], rows[1][0]] == ["五保供养金发放表", "发放月份：2019年10月"]
    head = rows[2]
    assert head[:5] == ["保障证号", "姓名", "公民身份号码", "乡镇（街道）", "村（社区）"]
    for header, cells in {
        "村（社区）": ["二桥村民委员会", "同上"],
        "供养方式": ["集中供养", "分散供养"],
        "护理等级": ["1档", "3档"],
        "发放月份": [201910, 201910],
        "实发金额": [650.5, 700],
    }.items():
        assert [row[head.index(header)] for row in rows[3:5]] == cells, header


def test_the_ledgers_of_one_office_are_sheets_of_one_workbook(
    world: World, catalog: Catalog, tmp_path: Path
) -> None:
    planted = plant(world, 0, np.random.default_rng(0))
    plans = [p for p in PLANS if p.sheet]
    books = [{p.feed for p in plans if p.name == name} for name in dict.fromkeys(p.name for p in plans)]
    assert {p.feed for p in plans} >= {"meeting", "research_visit", "audit_report", "audit_issue"}
    assert {"village_secretary", "party_village"} in books
    assert all(len(book) > 1 for book in books)
    write_files(world, catalog, tmp_path, seed=1, planted=planted, clean=True, plans=plans)
    names = {path.name: path for path in tmp_path.rglob("*.*")}
    assert set(names) == {plan.name for plan in plans} and len(names) == len(books)
    book = python_calamine.CalamineWorkbook.from_path(str(names["县委办扶贫工作台账（2019年12月）.xlsx"]))
    assert book.sheet_names == ["填报说明", "会议", "调研"]
    assert book.get_sheet_by_name("填报说明").to_python()[0] == ["填报说明"]
    head = book.get_sheet_by_name("会议").to_python()[1]
    assert head[:4] == ["序号", "会议时间", "会议类别", "会议主题"]


def test_brackets_of_document_numbers_and_villages_side_by_side(catalog: Catalog) -> None:
    hand = Hand(columns={}, brackets={"no": "（）第"}, villages=1)
    assert hand.text_form("no")("粤审农报〔2019〕22号") == "粤审农报（2019）第22号"
    frame = pd.DataFrame({"village_name": ["二桥村、五里村"]})
    style = Style(variant=0, workbook=True, hand=hand, is_clean=True)
    cells = write_cells(frame, catalog["research_visit"], style, np.random.default_rng(0))
    assert cells["village_name"].tolist() == ["二桥村委会、五里村委会"]


def test_returns_without_a_minus(tables: Tables) -> None:
    plans = [p for p in plans_of(2, EVERY_HABIT) if p.unsigned]
    assert {plan.feed for plan in plans} == {"education_subsidy", "inpatient_settlement"}
    assert not [p for p in PLANS if p.unsigned or p.last or p.but_last]


def test_a_stage_that_is_all_supplement_has_no_first_file(
    world: World, catalog: Catalog, tmp_path: Path
) -> None:
    """Of 60 payments in turn of six stages ten are each stage's; here one stage keeps three."""
    terms = world.tables["education_subsidy"]
    table = terms["2019-2020-1"]
    terms["2019-2020-1"] = table.drop(index=table.index[table["stage"] == "大专"][3:])
    planted = plant(world, 0, np.random.default_rng(0))
    plans = [p for p in plans_of(2, EVERY_HABIT) if p.feed == "education_subsidy"]
    write_files(world, catalog, tmp_path, seed=1, planted=planted, clean=True, plans=plans)
    names = {path.name for path in tmp_path.rglob("2019年12月*.ods")}
    assert names == {
        f"2019年12月发放{stage}学生资助发放表.ods" for stage in ("小学", "初中", "普高", "中职", "技工")
    }


def test_there_is_no_third_style() -> None:
    with pytest.raises(ValueError, match="no style 3"):
        plans_of(3)
    with pytest.raises(ValueError, match="no style 1 with"):
        plans_of(1, frozenset({"supplements"}))
    with pytest.raises(ValueError, match="no style 2 with"):
        plans_of(2, frozenset({"unheard_of"}))


@pytest.mark.slow
def test_same_seed_same_bytes(world: World, catalog: Catalog, tmp_path: Path) -> None:
    planted = plant(world, 0, np.random.default_rng(0))
    for folder in ("a", "b"):
        write_files(world, catalog, tmp_path / folder, seed=1, planted=planted, plans=PLANS)
    first, second = (sorted((tmp_path / folder).rglob("*.*")) for folder in ("a", "b"))
    assert [path.name for path in first] == [path.name for path in second]
    assert {path.suffix for path in first} == {".ods", ".xls", ".xlsb", ".xlsx", ".csv"}
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
