"""The sheet of a household and the list of a village: what stands in them, for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from docx import Document
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from sanbao.errors import SanbaoError
from sanbao.night.sheets import Sheet, print_household_sheet, print_village_list
from sanbao.settings import Settings

TABLES = Path(__file__).parents[2] / "reports" / "households.sql"
AS_OF = date(2019, 12, 31)


@pytest.fixture
def served(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home", as_of=AS_OF)
    settings.serving.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.serving)) as connection:
        connection.execute(TABLES.read_text("utf-8"))
    return settings


def lines(sheet: Sheet) -> list[str]:
    """Each paragraph, and each row of a table, in the order of the document."""
    document = Document(str(sheet.path))
    rows = ["|".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return [*(paragraph.text for paragraph in document.paragraphs), *rows]


def book(sheet: Sheet) -> tuple[Worksheet, Worksheet]:
    found = load_workbook(sheet.path)
    return found["花名册"], found["来源"]


def values(sheet: Worksheet) -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_household_is_told_with_its_evidence(served: Settings) -> None:
    said = lines(print_household_sheet(served, "N1"))
    assert "户编号|N1|户主|=陈大" in said
    assert "乡镇、行政村|甲镇　南村|自然村|上屯" in said
    assert "=陈大|户主|男|1970||普通劳动力|P1|440899************" in said
    assert "（不列名）|之子|男|2009|五年级|无劳动力|P3|440899************" in said
    assert "饮水安全|未保障|砷超过限值。|2019-12-31起|=水质.xlsx，表1，第 7 行" in said
    assert "基本医疗|有保障|已参保。|不晚于2019-11-30|没有凭据" in said
    assert not any("饮水水质" in line for line in said), "the quality of water is a part of the water"
    assert "低保发放名册|民政局|12|3,610.50|1月至12月|=水质.xlsx，表1，第 5 行" in said


def test_what_is_open_is_listed_the_gravest_first(served: Settings) -> None:
    said = [
        line for line in lines(print_household_sheet(served, "N1")) if line[:2] in {f"{n}." for n in range(9)}
    ]
    assert said == [
        "1. 饮水安全未保障：砷超过限值。",
        "2. 不愁吃待核实：没有入户调查。",
        "3. 成员李二（人编号 P2）基本医疗未保障：未缴费。",
        "4. 跨表核对，《水质检测结果》=水质.xlsx：“自然村”在台账里找不到。",
    ]
    other = lines(print_household_sheet(served, "N/2"))
    assert "2. 户表写家庭人口 4 人，人口表有 1 人。" in other
    assert "3. 所填的行政村在行政村名册中对不上。" in other
    assert "各部门发放名册中没有这一户当年的发放。" in other
    assert "脱贫|名册所写认不出|退出|未退出" in other


def test_a_name_of_a_file_is_made_of_letters(served: Settings) -> None:
    written = print_household_sheet(served, "N/2").path
    assert written.relative_to(served.home).as_posix() == "reports/2019-12-31/一户一档/N2一户一档.docx"


def test_a_household_is_printed_the_same_again(served: Settings) -> None:
    first = print_household_sheet(served, "hh_1").path.read_bytes()
    assert print_household_sheet(served, "N1").path.read_bytes() == first


def test_roles_read_less(served: Settings) -> None:
    town = "\n".join(lines(print_household_sheet(served, "N1", role="town")))
    assert "李二" in town
    assert "P2" in town
    assert "440899" not in town
    public = "\n".join(lines(print_household_sheet(served, "N1", role="public")))
    assert "李*" in public
    assert "饮水安全|未保障" in public
    withheld = (
        "李二",
        "陈大",
        "P2",
        "440899",
        "1972",
        "一般贫困户",
        "普通劳动力",
        "基本医疗",
        "低保",
        "水质.xlsx",
        "待办",
    )
    assert [word for word in withheld if word in public] == []


def test_a_village_is_listed_household_by_household(served: Settings) -> None:
    sheet, sources = book(print_village_list(served, "南村", town="甲镇"))
    rows = values(sheet)
    assert rows[0][0] == "甲镇南村建档立卡户花名册"
    assert str(rows[1][0]).startswith("截至2019年12月31日")
    assert rows[2][0] == "共 2 户，人口表 4 人。饮水安全：未保障 1 户、待核实 1 户。"
    assert rows[4][:3] == ["序号", "户编号", "户主"]
    assert rows[4][8:] == ["基本医疗", "饮水安全"]
    one, other = rows[5:]
    assert one == [
        1, "N1", "=陈大", 3, "=陈大、李二，不列名 1 人", "上屯", "已退出", "一般贫困户", "有保障：已参保。",
        "未保障：砷超过限值。",
    ]  # fmt: skip
    assert other[:4] == [2, "N/2", "（不列名）", 4]
    assert sheet["A6"].data_type == "n"
    assert sheet["C6"].data_type == "s", "what looks like a formula is a text"
    assert sheet["J6"].fill.bgColor.rgb != sheet["I6"].fill.bgColor.rgb, "what is lacking is seen"
    assert "=水质.xlsx" in values(sources)[3]


def test_a_list_is_ready_for_the_printer(served: Settings) -> None:
    sheet, _ = book(print_village_list(served, "V3"))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.print_title_rows == "$5:$5"
    assert sheet.freeze_panes == "D6"


def test_a_public_list_has_surnames_and_no_welfare(served: Settings) -> None:
    sheet, sources = book(print_village_list(served, "南村", town="甲镇", role="public"))
    text = "\n".join(str(cell) for row in [*values(sheet), *values(sources)] for cell in row)
    assert "李*" in text
    assert [word for word in ("李二", "基本医疗", "一般贫困户", "水质.xlsx") if word in text] == []


def test_a_village_is_found_as_people_write_it(served: Settings) -> None:
    names = [
        print_village_list(served, name, town).path.name
        for name, town in (("南村委会", "乙镇"), ("V3", None))
    ]
    assert names == ["乙镇南村花名册.xlsx"] * 2


BY_HAND = """
    update mart.fct_guarantee set state = 'MET', state_label = '有保障', reason = '人工认定为有保障。',
        evidence_batch_id = null, override_id = 'o1', state_before_override = 'NOT_MET',
        state_label_before_override = '未保障', reason_before_override = '砷超过限值。'
        where household_id = 'hh_1' and guarantee = 'water' and as_of = '2019-12-31';
    insert into mart.fct_override by name select o.*, 'hh_1' as household_id, 'MET' as state,
        '有保障' as state_label, true as is_in_force, '李主任' as recorded_by, '有效' as override_state_label,
        '打了井' as reason, '=照片 3' as evidence, date '2019-12-31' as speaks_for_on,
        date '2020-03-31' as until_on, date '2019-12-31' as as_of
        from (values ('o1', null, '饮水安全', '未保障', '砷超过限值。'), ('o2', 'P2', '教育资助', '未保障',
        null))
        as o (override_id, register_person_no, guarantee_label, state_label_before_override,
            reason_before_override);
    insert into mart.fct_override by name select 'o3' as override_id, 'hh_1' as household_id, '不愁吃' as
        guarantee_label, false as is_in_force, date '2019-12-31' as as_of;
"""


def test_what_is_by_hand_is_told_with_who_and_on_what(served: Settings) -> None:
    with duckdb.connect(str(served.serving)) as connection:
        connection.execute(BY_HAND)
    said = lines(print_household_sheet(served, "N1"))
    assert "饮水安全|有保障|人工认定为有保障。|不晚于2019-11-30|人工认定，见下" in said
    assert (
        "1. 饮水安全有保障：李主任认定，原因：打了井；依据：=照片 3；自 2019-12-31 到 2020-03-31；"
        "文件得出：未保障（砷超过限值）。编号 o1"
    ) in said
    assert any(line.startswith("2. 教育资助（人编号 P2）有保障：李主任认定") for line in said)
    assert not any("o3" in line for line in said)
    public = lines(print_household_sheet(served, "N1", role="public"))
    assert not any("李主任" in line or "照片" in line for line in public)


def test_a_village_list_marks_what_is_by_hand(served: Settings) -> None:
    with duckdb.connect(str(served.serving)) as connection:
        connection.execute(BY_HAND)
    written = print_village_list(served, "南村", "甲镇")
    sheet, _ = book(written)
    told = [cell for row in values(sheet) for cell in row if "人工认定" in str(cell)]
    assert told == ["有保障（人工认定）；文件得出：未保障，砷超过限值。"]
    rows = values(load_workbook(written.path)["人工认定"])
    assert [row[4] for row in rows[4:]] == [None, "P2"]
    public = load_workbook(print_village_list(served, "南村", "甲镇", role="public").path)
    assert "人工认定" not in public.sheetnames


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("HOUSEHOLD_UNKNOWN", {"household": "N9"}),
        ("ROLE_UNKNOWN", {"household": "N1", "role": "boss"}),
        ("AS_OF_NOT_PUBLISHED", {"household": "N1", "as_of": date(2010, 1, 1)}),
        ("VILLAGE_UNKNOWN", {"village": "北村"}),
        ("VILLAGE_UNKNOWN", {"village": "村"}),
        ("VILLAGE_AMBIGUOUS", {"village": "南村"}),
        ("VILLAGE_ELSEWHERE", {"village": "V3", "town": "甲镇"}),
        ("TOWN_UNKNOWN", {"village": "南村", "town": "丙镇"}),
        ("AS_OF_NOT_PUBLISHED", {"village": "南村", "as_of": date(2010, 1, 1)}),
        ("ROLE_UNKNOWN", {"village": "V3", "role": "boss"}),
    ],
)
def test_what_is_asked_wrongly_writes_nothing(served: Settings, code: str, wanted: dict[str, object]) -> None:
    asked = print_household_sheet if "household" in wanted else print_village_list
    with pytest.raises(SanbaoError) as raised:
        asked(served, **wanted)  # type: ignore[arg-type]
    assert raised.value.code == code
    assert not (served.home / "reports").exists()


def test_nothing_published_is_said(tmp_path: Path) -> None:
    empty = Settings(home=tmp_path / "none", as_of=AS_OF)
    for asked in (print_household_sheet, print_village_list):
        with pytest.raises(SanbaoError, match="NOTHING_PUBLISHED"):
            asked(empty, "N1")
    assert not empty.home.exists()


def test_a_date_of_an_older_release_has_no_sheets(served: Settings) -> None:
    with duckdb.connect(str(served.serving)) as connection:
        connection.execute("delete from mart.fct_guarantee where as_of = '2019-11-30'")
    earlier = replace(served, as_of=None)
    with pytest.raises(SanbaoError, match="GUARANTEES_NOT_PUBLISHED"):
        print_household_sheet(earlier, "N1", date(2019, 11, 30))
    with duckdb.connect(str(served.serving)) as connection:
        connection.execute("drop table mart.fct_guarantee")
    with pytest.raises(SanbaoError, match="GUARANTEES_NOT_PUBLISHED"):
        print_village_list(served, "V3")
