from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from ingestion.checking.batch import column_letter
from ingestion.checking.columns import check
from ingestion.checking.periods import state_dates
from ingestion.contracts import Contract
from ingestion.lake.records import Outcome
from ingestion.matching.feeds import MatchedTable, match_table
from ingestion.pipeline.load import check_bytes
from tests.unit.ingestion.helpers import Insured, catalog, id_number, table
from tests.unit.ingestion.problems.made import ALLOWANCE, book, lines, saved, text

CATALOG = catalog()


def checked(*tables, name="2019年12月.xlsx"):
    matched = [match_table(t, CATALOG, file_name=name, department=None) for t in tables]
    assert all(isinstance(m, MatchedTable) for m in matched), matched
    batch = check(matched[0].contract, matched)
    state_dates(batch, name)
    return batch


def found(batch):
    """(code, severity, row position, column) of every problem."""
    return sorted((f.code, f.severity, int(row), f.column or "") for f in batch.findings for row in f.rows)


def small(columns: list[dict], rows, **more):
    """A batch of a made-up contract."""
    declared = [{"header": c["name"], "type": "text", "description": "x", **c} for c in columns]
    contract = Contract.model_validate(
        {
            "feed": "made_up", "department": "d", "department_name": "局", "title": "表",
            "owner": "股", "description": "x", "cadence": "monthly", "due_day": 1,
            "max_age_days": 30, "delivery": "snapshot",
            "complete_for": "county", "columns": declared, **more,
        }
    )  # fmt: skip
    made = table([c["name"] for c in columns], rows)
    return check(contract, [MatchedTable(made, contract, {c["name"]: i for i, c in enumerate(columns)})])


def test_a_clean_table_raises_nothing():
    batch = checked(Insured.table(Insured.rows(20)))
    assert found(batch) == []
    assert batch.columns["premium_yuan"].to_pylist() == [Decimal("250.00")] * 20
    assert not batch.held.any()


def test_one_cause_one_message_and_an_error_holds_the_row():
    rows = Insured.rows(6)
    rows[1][5] = "退休"
    rows[2][2] = id_number(1)[:17] + "?"
    rows[3][1] = ""
    rows[4][8] = "2019-02-30"
    batch = checked(Insured.table(rows))
    assert found(batch) == [
        ("BLANK_REQUIRED", "error", 3, "person_name"),
        ("CODE_UNKNOWN", "error", 1, "insurance_status"),
        ("DATE_IMPOSSIBLE", "error", 4, "premium_paid_on"),
        ("ID_CHARACTERS", "error", 2, "id_number"),
    ]
    # The row is whole without the date of its premium: that costs the cell alone.
    assert batch.held.tolist() == [False, True, True, True, False, False]
    assert batch.held_cells.to_pylist() == [None, None, None, None, ",premium_paid_on,", None]


def test_a_repeated_row_is_counted_once_and_named_once():
    rows = Insured.rows(4)
    rows[1][5] = "退休"
    batch = checked(Insured.table([*rows, rows[1], rows[2], rows[2]]))
    assert found(batch) == [
        ("CODE_UNKNOWN", "error", 1, "insurance_status"),
        *(("DUPLICATE_ROW", "warning", row, "insured_no") for row in (4, 5, 6)),
    ]
    like = next(f.like for f in batch.findings if f.code == "DUPLICATE_ROW")
    assert like.tolist() == [1, 2, 2]
    assert batch.held.tolist() == [False, True, False, False, True, True, True]


def test_the_same_key_with_other_content_is_no_duplicate():
    rows = Insured.rows(3)
    rows[2][0] = rows[0][0]
    assert found(checked(Insured.table(rows))) == [("INSURED_TWICE", "error", 2, "insured_no")]


def test_blank_ids_by_the_contract():
    contract = CATALOG["school_enrolment"]
    header = [c.header for c in contract.columns if c.required]
    row = {"学校名称": "一小", "学段": "小学", "年级": "一年级", "全国学籍号": "L1", "姓名": "陈文",
           "出生日期": "2012-01-01", "身份证件号": "", "学籍状态": "在校"}  # fmt: skip
    cells = [row.get(h, "") for h in header]
    without_birth = [row.get(h, "") if h != "出生日期" else "" for h in header]
    placeholder = [
        "待补" if h == "身份证件号" else "L2" if h == "全国学籍号" else row.get(h, "") for h in header
    ]
    batch = checked(table(header, [cells, without_birth, placeholder], contract.title))
    assert found(batch) == [
        ("ID_BLANK", "error", 1, "id_number"),
        ("ID_BLANK", "warning", 0, "id_number"),
        ("ID_PLACEHOLDER", "warning", 2, "id_number"),
    ]
    assert batch.columns["id_number_state"].to_pylist() == ["blank"] * 3


def test_an_empty_place_for_a_member_is_no_fault():
    contract = CATALOG["subsistence_allowance"]
    header = [c.header for c in contract.columns]
    row = {"低保证号": "D1", "乡镇": "徐城", "行政村": "一村", "户主姓名": "陈文", "身份证号": id_number(1),
           "家庭保障人口": "2", "月保障金": "300", "发放月份": "2019-12", "发放金额": "600",
           "成员1姓名": "陈武"}  # fmt: skip
    batch = checked(table(header, [[row.get(h, "") for h in header]]))
    assert found(batch) == [("ID_BLANK", "warning", 0, "member_1_id_number")]
    assert batch.columns["town_name"].to_pylist() == ["徐城街道"]


def test_units_in_the_header_and_above_it():
    contract = CATALOG["renovation_task"]
    header = [c.header for c in contract.columns]
    row = {"年度": "2019", "批次": "2019年", "镇": "徐城", "村": "一村", "户主": "陈文",
           "身份证号": id_number(1), "原房等级": "D", "竣工日期": "2019-10-01", "验收日期": "2019-11-01",
           "补助金额": "3.5"}  # fmt: skip
    cells = [row.get(h, "") for h in header]
    by_line = table(header, [cells], "危房改造台账", "单位：万元", sheet="甲")
    by_header = table(
        ["补助金额（万元）" if h == "补助金额" else h for h in header], [["x", *cells[1:]]], sheet="乙"
    )
    by_header.cells.iloc[0, 0] = "2018"
    plain = table(header, [["2017", *cells[1:]]], sheet="丙")
    batch = checked(by_line, by_header, plain)
    assert batch.columns["amount_yuan"].to_pylist() == [Decimal("35000.00")] * 2 + [Decimal("3.50")]
    assert [rows.tolist() for _, code, rows in batch.repairs if code == "yuan_from_wan"] == [[0, 1]]


def test_periods_follow_the_month_of_the_row_and_parts_the_contract():
    contract = CATALOG["destitute_support"]
    header = [c.header for c in contract.columns if c.required]

    def cells(number, month, town):
        row = {"特困证号": number, "乡镇": town, "行政村": "一村", "姓名": "陈文", "身份证号": id_number(1),
               "供养方式": "分散", "月保障金": "900", "发放月份": month, "发放金额": "900"}  # fmt: skip
        return [row[h] for h in header]

    batch = checked(
        table(header, [cells("T1", "2019-11", "徐城"), cells("T1", "2019-12", "迈陈镇")]), name="a.xls"
    )
    assert [str(day) for day in batch.speaks_for_on.to_pylist()] == ["2019-11-30", "2019-12-31"]
    assert batch.period.to_pylist() == ["2019-11-01", "2019-12-01"]
    assert batch.part.to_pylist() == ["徐城街道", "迈陈镇"]
    assert str(batch.as_of) == "2019-12-31"
    assert found(batch) == []


@pytest.mark.parametrize("town", ["", "下乔镇"])
def test_a_town_that_is_blank_or_unknown_holds_the_row_and_makes_no_part(town):
    contract = CATALOG["destitute_support"]
    row = {"特困证号": "T1", "乡镇": town, "行政村": "一村", "姓名": "陈文", "身份证号": id_number(1),
           "供养方式": "分散", "月保障金": "900", "发放月份": "2019-12", "发放金额": "900"}  # fmt: skip
    header = [c.header for c in contract.columns if c.required]
    batch = checked(table(header, [[row[h] for h in header]]), name="a.xls")
    assert found(batch) == [("TOWN_UNKNOWN" if town else "BLANK_REQUIRED", "error", 0, "town_name")]
    assert batch.part.to_pylist() == [""]


def test_where_the_town_splits_nothing_an_unknown_one_is_only_said():
    batch = small([{"name": "town_name"}, {"name": "village"}], [["下乔镇", "一村"], ["", "一村"]])
    assert found(batch) == [("TOWN_UNKNOWN", "warning", 0, "town_name")]
    assert batch.columns["town_name"].to_pylist() == ["下乔镇", None]


def test_a_column_that_splits_a_period_must_be_filled():
    with pytest.raises(ValidationError, match="always filled"):
        small([{"name": "town_name", "required": True}], [["下桥镇"]], part_by=["town_name"])


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([["1", "2", "3"]], []),
        ([["1", "", "3"]], []),
        ([["2", "1", "3"]], [("X", "error", 0, "a")]),
        ([["2", "", "1"]], [("X", "error", 0, "a")]),
        ([["1", "3", "2"]], [("X", "error", 0, "b")]),
        ([["", "", ""]], []),
    ],
)
def test_order(rows, faults):
    columns = [{"name": n, "type": "count"} for n in "abc"]
    assert (
        found(small(columns, rows, checks=[{"kind": "order", "code": "X", "columns": ["a", "b", "c"]}]))
        == faults
    )


@pytest.mark.parametrize(
    ("row", "faults"),
    [(["是", ""], [("X", "error", 0, "b")]), (["否", ""], []), (["是", "有"], []), (["", ""], [])],
)
def test_required_when(row, faults):
    columns = [{"name": "a", "type": "yes_no"}, {"name": "b"}]
    rule = {"kind": "required_when", "code": "X", "column": "b", "when": "a", "values": ["是"]}
    assert found(small(columns, [row], checks=[rule])) == faults


def test_a_value_that_cannot_be_read_is_not_also_missing():
    columns = [{"name": "a", "type": "yes_no"}, {"name": "b", "type": "date"}]
    rule = {"kind": "required_when", "code": "X", "column": "b", "when": "a", "values": ["是"]}
    assert found(small(columns, [["是", "昨天"]], checks=[rule])) == [("DATE_FORM", "error", 0, "b")]


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (["否", "3"], [("X", "error", 0, "b")]),
        (["否", "0"], []),
        (["否", ""], []),
        (["是", "3"], []),
        (["", "3"], []),
    ],
)
def test_blank_when(row, faults):
    columns = [{"name": "a", "type": "yes_no"}, {"name": "b", "type": "count"}]
    rule = {"kind": "blank_when", "code": "X", "column": "b", "when": "a", "values": ["否"]}
    assert found(small(columns, [row], checks=[rule])) == faults


@pytest.mark.parametrize(
    ("row", "faults"),
    [(["否", "是"], [("X", "warning", 0, "b")]), (["否", "否"], []), (["否", ""], []), (["是", "是"], [])],
)
def test_no_is_the_nought_of_an_answer(row, faults):
    columns = [{"name": "a", "type": "yes_no"}, {"name": "b", "type": "yes_no"}]
    rule = {"kind": "blank_when", "code": "X", "column": "b", "when": "a", "values": ["否"]}
    assert found(small(columns, [row], checks=[{**rule, "severity": "warning"}])) == faults


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([["1", "a"], ["2", "b"]], []),
        ([["1", "a"], ["1", "b"]], [("X", "error", 1, "k")]),
        ([["", "a"], ["", "b"]], []),
        ([["1", "a"], ["1", "a"]], [("DUPLICATE_ROW", "warning", 1, "k")]),
    ],
)
def test_unique(rows, faults):
    rule = {"kind": "unique", "code": "X", "columns": ["k"]}
    assert found(small([{"name": "k"}, {"name": "v"}], rows, checks=[rule])) == faults


@pytest.mark.parametrize(
    ("heads", "faults"),
    [
        (["户主", "配偶"], []),
        (["户主", "户主"], [("X", "warning", 1, "r")]),
        (["配偶", "子"], [("X", "warning", 0, "r")]),
        (["配偶", "?"], [("CODE_UNKNOWN", "error", 1, "r")]),
    ],
)
def test_one_per_group(heads, faults):
    columns = [{"name": "g"}, {"name": "r", "type": "code", "codes": ["户主", "配偶", "子"]}, {"name": "n"}]
    rule = {"kind": "one_per_group", "code": "X", "group": ["g"], "column": "r", "value": "户主"}
    rows = [["1", head, str(i)] for i, head in enumerate(heads)]
    assert found(small(columns, rows, checks=[rule])) == faults


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([["1", "甲", "5"], ["1", "乙", "5.00"]], []),
        ([["1", "甲", "5"], ["1", "乙", ""], ["1", "丙", "6"]], [("X", "warning", 2, "v")]),
        ([["1", "甲", "5"], ["2", "乙", "6"]], []),
        ([["", "甲", "5"], ["", "乙", "6"]], []),
        ([["1", "甲", "5"], ["1", "乙", "?"]], [("MONEY_FORM", "error", 1, "v")]),
    ],
)
def test_rows_of_one_thing_are_alike(rows, faults):
    columns = [{"name": "g"}, {"name": "n"}, {"name": "v", "type": "money_yuan", "unit": "元"}]
    rule = {"kind": "alike", "code": "X", "group": ["g"], "column": "v"}
    assert found(small(columns, rows, checks=[rule])) == faults


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (["2", "甲", "乙", ""], []),
        (["3", "甲", "乙", ""], [("X", "warning", 0, "n")]),
        (["1", "甲", "乙", ""], [("X", "warning", 0, "n")]),
        (["5", "甲", "乙", "丙"], []),  # no room for more
        (["", "甲", "乙", ""], []),
        (["-2", "甲", "乙", ""], [("BELOW_MINIMUM", "error", 0, "n")]),
        (["?", "甲", "乙", ""], [("COUNT_FORM", "error", 0, "n")]),
    ],
)
def test_filled_count(row, faults):
    columns = [{"name": "n", "type": "count", "minimum": 0}, *({"name": name} for name in "abc")]
    rule = {"kind": "filled_count", "code": "X", "column": "n", "columns": ["a", "b", "c"]}
    assert found(small(columns, [row], checks=[rule])) == faults


@pytest.mark.parametrize(
    ("row", "faults"),
    [
        (["1980-01-01", "男", id_number(1)], []),
        (["1980-01-01", "女", id_number(2)], []),
        (["1981-01-01", "男", id_number(1)], [("B", "warning", 0, "born")]),
        (["1980-01-01", "男", id_number(2)], [("S", "warning", 0, "sex")]),
        (["", "", id_number(2)], []),
        (["1981-01-01", "男", "无"], [("ID_PLACEHOLDER", "warning", 0, "id_number")]),
    ],
)
def test_birth_and_sex_against_the_id_number(row, faults):
    columns = [
        {"name": "born", "type": "date"},
        {"name": "sex", "type": "code", "codes": ["男", "女"]},
        {
            "name": "id_number",
            "type": "id_number",
            "pii": "id_number",
            "required": True,
            "blank_id": "warning",
        },
    ]
    rules = [
        {"kind": "like_id", "code": "B", "column": "born"},
        {"kind": "like_id", "code": "S", "column": "sex"},
    ]
    assert found(small(columns, [row], checks=rules)) == faults


def test_bounds():
    columns = [{"name": "n", "type": "count", "minimum": 0, "maximum": 10}]
    assert found(small(columns, [["5"], ["-1"], ["11"], [""]])) == [
        ("ABOVE_MAXIMUM", "error", 2, "n"),
        ("BELOW_MINIMUM", "error", 1, "n"),
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(*map(st.sampled_from, ("ab", "xy", ["", " ", "张", "張", "1", "１"]))), max_size=40)
)
def test_duplicates_are_exactly_the_later_copies(rows):
    batch = small([{"name": n} for n in "abc"], [list(row) for row in rows]) if rows else None
    if batch is not None:
        expected = [row in rows[:i] for i, row in enumerate(rows)]
        assert batch.duplicate.tolist() == expected


def test_large_and_small_columns_take_the_same_way():
    """Past a few thousand rows a column of different texts is no longer dictionary-encoded."""
    rows = Insured.rows(900)
    many = [[f"Q{i}", *row[1:]] for i in range(6) for row in rows]
    many = [[f"P{n}", *row[1:]] for n, row in enumerate(many)]
    many[5000] = list(many[17])
    many[5100][0] = many[18][0]
    batch = checked(Insured.table(many))
    assert batch.texts["insured_no"].by_row
    assert found(batch) == [
        ("DUPLICATE_ROW", "warning", 5000, "insured_no"),
        ("INSURED_TWICE", "error", 5100, "insured_no"),
    ]


def test_outcome_is_plain_data():
    assert set(Outcome.model_fields) >= {
        "batch_id",
        "rows_read",
        "rows_accepted",
        "rows_held",
        "delivery_state",
    }


def allowance(months):
    """A list of allowances, one row per month given."""
    place = [c.name for c in ALLOWANCE.columns].index("pay_month")
    head, rows = lines(ALLOWANCE)[:3], lines(ALLOWANCE, [{} for _ in months])[-len(months) :]
    for row, month in zip(rows, months, strict=True):
        row[place] = month
    return [*head, *rows], column_letter(place)


def test_a_row_of_another_month_is_held_at_its_cell():
    made, letter = allowance(["2019-12"] * 40 + ["2020年3月"] + ["2019-12"] * 18)
    report = check_bytes(text(made), "2019年12月.csv", CATALOG)
    (outcome,), (problem,) = report.outcomes, report.problems
    assert (problem.code, problem.cell) == ("MONTH_UNLIKE_OTHERS", f"{letter}44")
    assert problem.message == (f"{letter}44 的“发放月份”是“2020年3月”，而本表其余的行几乎都是 2019-12。")
    assert (outcome.delivery_state, outcome.rows_held) == ("PARTIAL", 1)
    assert outcome.as_of.isoformat() == "2019-12-31"


def merged_over(column, rows, first, last):
    """The allowances in a workbook, one column merged over some of them; only the top cell is filled."""
    place = [c.name for c in ALLOWANCE.columns].index(column)
    for row in rows[first : last - 1]:
        row[place] = ""
    made = book(低保=rows)
    letter = column_letter(place)
    made["低保"].merge_cells(f"{letter}{first}:{letter}{last}")
    return check_bytes(saved(made), "2019年12月.xlsx", CATALOG), letter


@pytest.mark.parametrize(("column", "held"), [("amount_yuan", 3), ("covered_count", 0)])
def test_an_amount_merged_over_several_rows_holds_them(column, held):
    rows, _ = allowance(["2019-12"] * 20)
    report, letter = merged_over(column, rows, 5, 7)
    found = [(p.code, p.severity, p.cell) for p in report.problems if p.severity == "error"]
    assert found == [("AMOUNT_MERGED", "error", f"{letter}{n}") for n in (5, 6, 7)]
    (outcome,) = report.outcomes
    assert (outcome.rows_read, outcome.rows_held, outcome.cells_held) == (20, held, 3 - held)


def test_an_amount_merged_over_several_rows_counts_once_in_its_total():
    rows, _ = allowance(["2019-12"] * 20)
    place = [c.name for c in ALLOWANCE.columns].index("amount_yuan")
    each = float(rows[4][place])
    total = ["合计"] + [""] * (place - 1) + [f"{each * 18:g}"] + [""] * (len(rows[2]) - place - 1)
    report, _ = merged_over("amount_yuan", [*rows, total], 5, 7)
    assert {p.code for p in report.problems} == {"AMOUNT_MERGED"}


def test_a_town_merged_over_several_rows_is_the_town_of_each():
    rows, _ = allowance(["2019-12"] * 20)
    report, _ = merged_over("town_name", rows, 5, 7)
    assert report.problems == []


def test_a_row_as_high_as_two_is_one_row():
    rows, _ = allowance(["2019-12"] * 20)
    rows.insert(5, [""] * len(rows[2]))
    made = book(低保=rows)
    for at in range(len(rows[2])):
        made["低保"].merge_cells(f"{column_letter(at)}5:{column_letter(at)}6")
    report = check_bytes(saved(made), "2019年12月.xlsx", CATALOG)
    assert "AMOUNT_MERGED" not in {p.code for p in report.problems}
    assert report.outcomes[0].rows_accepted == 20


@pytest.mark.parametrize("months", [["2019-12"] * 18 + ["2019-11"], ["2019-11"] * 30 + ["2019-12"] * 30])
def test_rows_of_several_months_are_taken_as_they_are(months):
    report = check_bytes(text(allowance(months)[0]), "12月.csv", CATALOG)
    assert "MONTH_UNLIKE_OTHERS" not in {problem.code for problem in report.problems}
