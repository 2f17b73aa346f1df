import pytest

from ingestion.matching.feeds import MatchedTable, known_headers, match_table
from ingestion.messages.problems import FileProblem
from tests.unit.ingestion.helpers import Insured, catalog, id_number, table

CATALOG = catalog()


def match(header, *titles, name="a.xlsx", department=None, sheet=""):
    return match_table(
        table(header, [["x"] * len(header)], *titles, sheet=sheet),
        CATALOG,
        file_name=name,
        department=department,
    )


@pytest.mark.parametrize("contract", CATALOG.contracts, ids=lambda c: c.feed)
def test_every_feed_is_found_by_its_own_headers(contract):
    found = match([c.header for c in contract.columns], department=contract.department)
    assert isinstance(found, MatchedTable)
    assert found.contract.feed == contract.feed
    assert list(found.positions.values()) == list(range(len(contract.columns)))


@pytest.mark.parametrize("contract", CATALOG.contracts, ids=lambda c: c.feed)
def test_every_feed_is_found_by_its_required_headers_and_title(contract):
    found = match([c.headers[-1] for c in contract.columns if c.required], contract.title)
    assert isinstance(found, MatchedTable)
    assert found.contract.feed == contract.feed


def test_headers_match_through_width_spaces_brackets_and_units():
    contract = CATALOG["education_subsidy"]
    header = [c.header for c in contract.columns]
    header[header.index("金额(元)")] = "金 额\n（万元）"
    found = match(header)
    assert isinstance(found, MatchedTable)
    assert found.positions["amount_yuan"] == header.index("金 额\n（万元）")


def test_unknown_columns_are_known_as_such_and_row_numbers_are_not():
    found = match([*Insured.header, "序号", "帮扶人"])
    assert isinstance(found, MatchedTable)
    assert [found.table.header[i] for i in found.unknown] == ["帮扶人"]


def test_a_missing_required_column_comes_with_the_nearest_headers():
    header = ["证件编码" if h == "证件号码" else h for h in Insured.header]
    problem = match(header, Insured.title)
    assert isinstance(problem, FileProblem)
    assert (problem.code, problem.feed) == ("MISSING_COLUMN", "insurance_enrolment")
    assert "“证件号码”（表中相近的有：“证件编码”" in problem.words["missing"]


def test_foreign_headers_match_nothing():
    problem = match(["甲", "乙"])
    assert isinstance(problem, FileProblem) and problem.code == "NO_FEED"


def test_another_departments_folder():
    problem = match(Insured.header, department="education")
    assert isinstance(problem, FileProblem) and problem.code == "WRONG_DEPARTMENT"
    assert problem.words["right"] == "health_insurance"
    assert match(Insured.header, department="unknown").code == "UNKNOWN_DEPARTMENT"


def test_two_columns_for_one():
    problem = match([*Insured.header, "姓名"])
    assert isinstance(problem, FileProblem) and problem.code == "HEADER_TWICE"


def test_two_groups_with_the_same_lower_header():
    """The informant must not land as the dead person, nor the head of the household as its members."""
    header = ["申报人信息/姓名", "申报人信息/身份证号", "死者信息/姓名", "死者信息/身份证号", "性别",
              "出生日期", "死亡日期", "登记日期", "信息来源", "乡镇", "行政村"]  # fmt: skip
    problem = match(header, "死亡人员信息登记表")
    assert isinstance(problem, FileProblem) and problem.code == "HEADER_TWICE"
    assert problem.words["found"] == "“申报人信息/姓名”、“死者信息/姓名”"


def test_a_column_whose_whole_header_is_known_goes_before_one_in_a_group():
    header = [c.header for c in CATALOG["death_notice"].columns]
    found = match(["申报人/姓名", "申报人/身份证号", *header], "死亡人员信息登记表")
    assert isinstance(found, MatchedTable)
    assert found.positions["person_name"] == header.index("姓名") + 2


def test_the_contract_s_own_header_goes_before_another_name_of_the_column():
    header = [c.header for c in CATALOG["death_notice"].columns]
    found = match(["证件号码", *header], "死亡人员信息登记表")
    assert isinstance(found, MatchedTable)
    assert found.positions["id_number"] == header.index("身份证号") + 1


def test_members_under_a_group_of_their_head_are_told_apart_where_the_contract_knows_the_head():
    header = [
        "户主/姓名" if h == "户主姓名" else h for c in CATALOG["register_person"].columns for h in [c.header]
    ]
    found = match(["家庭成员/姓名" if h == "姓名" else h for h in header], CATALOG["register_person"].title)
    assert isinstance(found, MatchedTable)
    problem = match(["户主/证件号码", *(f"成员/{h}" if h == "证件号码" else h for h in header)])
    assert isinstance(problem, FileProblem) and problem.code == "HEADER_TWICE"


@pytest.mark.parametrize("between", [[], [""]])
def test_two_tables_side_by_side_are_not_two_columns(between):
    problem = match([*Insured.header, *between, *Insured.header])
    assert isinstance(problem, FileProblem) and problem.code == "TABLES_BESIDE"


def test_the_title_decides_between_feeds_that_the_headers_allow():
    both = {
        c.header: None
        for feed in ("subsistence_allowance", "destitute_support")
        for c in CATALOG[feed].columns
    }
    for feed in ("subsistence_allowance", "destitute_support"):
        found = match(list(both), CATALOG[feed].title)
        assert isinstance(found, MatchedTable) and found.contract.feed == feed
        found = match(list(both), name=f"{CATALOG[feed].title}.xls")
        assert isinstance(found, MatchedTable) and found.contract.feed == feed


def test_a_data_row_taken_for_a_header_does_not_leak():
    problem = match([id_number(5), *Insured.header[3:]], Insured.title)
    assert isinstance(problem, FileProblem)
    assert id_number(5) not in str(problem)


def test_known_headers_hold_every_alias():
    known = known_headers(CATALOG)
    assert {"户编号", "户编码", "贫困户编号", "金额"} <= known


@pytest.mark.parametrize(
    "name",
    ["身份证号码", "公民身份号码", "身份证", "证件号", "证件号码", "身份证件号码", "公民身份号码(18位)"],
)
@pytest.mark.parametrize(
    "feed", ["death_notice", "destitute_support", "renovation_task", "insurance_enrolment"]
)
def test_an_id_number_goes_by_its_official_names(feed, name):
    contract = CATALOG[feed]
    header = [name if c.name == "id_number" else c.header for c in contract.columns]
    found = match(header, contract.title)
    assert isinstance(found, MatchedTable) and found.contract is contract
    assert header[found.positions["id_number"]] == name


@pytest.mark.parametrize("name", ["乡（镇）", "镇", "所属乡镇", "乡镇（街道）", "乡镇/街道"])
@pytest.mark.parametrize("feed", ["death_notice", "destitute_support", "village"])
def test_a_town_goes_by_its_usual_names(feed, name):
    contract = CATALOG[feed]
    header = [name if c.name == "town_name" else c.header for c in contract.columns]
    found = match(header, contract.title)
    assert isinstance(found, MatchedTable) and header[found.positions["town_name"]] == name


@pytest.mark.parametrize("name", ["行政村", "村", "村委会", "村（社区）", "行政村（社区）", "村(居)"])
@pytest.mark.parametrize("feed", ["destitute_support", "renovation_task", "village_water_supply"])
def test_a_village_goes_by_its_usual_names(feed, name):
    contract = CATALOG[feed]
    header = [name if c.name == "village_name" else c.header for c in contract.columns]
    found = match(header, contract.title)
    assert isinstance(found, MatchedTable) and header[found.positions["village_name"]] == name


@pytest.mark.parametrize(
    ("feed", "column", "name"),
    [
        ("register_household", "head_id_number", "户主身份证号码"),
        ("register_household", "head_name", "户主"),
        ("register_household", "bank_account", "银行卡号"),
        ("register_household", "phone", "联系方式"),
        ("housing_appraisal", "head_name", "户主姓名"),
        ("renovation_task", "head_name", "户主姓名"),
        ("school_enrolment", "person_name", "学生姓名"),
        ("education_subsidy", "person_name", "学生姓名"),
        ("education_subsidy", "head_name", "户主姓名"),
        ("insurance_enrolment", "person_name", "参保人姓名"),
        ("inpatient_settlement", "person_name", "患者姓名"),
    ],
)
def test_people_and_accounts_go_by_the_words_of_other_counties(feed, column, name):
    contract = CATALOG[feed]
    header = [name if c.name == column else c.header for c in contract.columns]
    found = match(header, contract.title)
    assert isinstance(found, MatchedTable) and header[found.positions[column]] == name


@pytest.mark.parametrize("other", ["证件号", "申报人/公民身份号码"])
def test_of_two_official_names_none_is_guessed(other):
    contract = CATALOG["destitute_support"]
    header = ["身份证号码" if c.name == "id_number" else c.header for c in contract.columns]
    problem = match([*header, other], contract.title)
    assert isinstance(problem, FileProblem) and problem.code == "MISSING_COLUMN"


def test_an_official_name_is_no_members_id():
    contract = CATALOG["subsistence_allowance"]
    header = [c.header for c in contract.columns if c.name != "member_1_id_number"]
    found = match([*header, "证件号码"], contract.title)
    assert isinstance(found, MatchedTable) and "member_1_id_number" not in found.positions


def test_the_head_goes_by_an_official_name_beside_members_with_their_own():
    contract = CATALOG["subsistence_allowance"]
    header = ["公民身份号码" if c.name == "id_number" else c.header for c in contract.columns]
    found = match(header, contract.title)
    assert isinstance(found, MatchedTable) and header[found.positions["id_number"]] == "公民身份号码"


@pytest.mark.parametrize("name", ["实发金额", "本月发放金额"])
def test_what_was_paid_out_goes_by_either_name(name):
    contract = CATALOG["destitute_support"]
    header = [name if c.name == "amount_yuan" else c.header for c in contract.columns]
    assert isinstance(match(header, contract.title), MatchedTable)
