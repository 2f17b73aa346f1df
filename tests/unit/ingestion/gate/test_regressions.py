import dataclasses
import io
from datetime import timedelta

import openpyxl
import pytest

from ingestion.contracts import Catalog
from ingestion.contracts.model import Contract
from ingestion.messages.problems import PROBLEMS
from ingestion.pipeline import decisions
from ingestion.returning.receipt_slip import NAME
from tests.unit.ingestion.deliveries import CATALOG, NOON, TITLE, TOWNS, drop, household, register, sheet
from tests.unit.ingestion.helpers import lake, new_home
from tests.unit.ingestion.problems.made import book, saved

pytestmark = pytest.mark.slow

NOVEMBER, DECEMBER = "2019年11月", "2019年12月"


@pytest.fixture
def home(tmp_path):
    """A home with a good register of November: three towns of 60 households."""
    home = new_home(tmp_path)
    (first,) = drop(home, sheet(register(), NOVEMBER))
    assert first.delivery_state == "LOADED"
    return home


def changed(rows, header, value, every=1):
    return [{**row, header: value} if n % every == 0 else row for n, row in enumerate(rows)]


def moved_on(rows):
    """A month later: one household has a child more."""
    return changed(rows[:1], "家庭人口数", "9") + rows[1:]


def code(home, rows, month=DECEMBER, **how):
    (outcome,) = drop(home, sheet(rows, month), at=30, name="十二月.csv", **how)
    assert outcome.rows_read == outcome.rows_accepted + outcome.rows_held
    if outcome.delivery_state == "REFUSED":
        assert outcome.rows_accepted == 0
        assert [d["delivery_state"] for d in lake(home, "delivery")].count("LOADED") == 1
    return outcome.reason_code


def test_a_usual_month_passes(home):
    rows = moved_on(register())[6:] + [household(900 + n, TOWNS[1]) for n in range(9)]
    assert code(home, rows) is None
    assert lake(home, "problem") == []


def test_the_very_rows_of_the_month_before_are_refused_where_the_contract_says_so(home):
    assert code(home, register()) == "LAST_PERIOD_AGAIN"
    (problem,) = lake(home, "problem")
    assert "写的是 2019年12月31日，而 180 行内容与 2019年11月30日 那一期完全相同" in problem["message"]


def test_the_order_of_rows_does_not_hide_that_they_are_the_same(home):
    assert code(home, register()[::-1]) == "LAST_PERIOD_AGAIN"


def test_the_same_rows_for_the_same_date_are_a_delivery_like_any_other(home):
    assert code(home, register()[::-1], NOVEMBER) is None


def test_a_date_of_statement_does_not_make_old_rows_new(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(退出时间="2019-11-30"), NOVEMBER))
    assert code(home, register(退出时间="2019-12-31")) == "LAST_PERIOD_AGAIN"


@pytest.mark.parametrize(("rule", "said"), [("warn", ["UNCHANGED_SINCE"]), ("allow", [])])
def test_where_nothing_need_change_the_same_rows_are_taken(home, rule, said):
    contracts = with_limits(if_unchanged=rule)
    assert code(home, register(), contracts=contracts) is None
    assert [p["code"] for p in lake(home, "problem")] == said


def test_a_short_list_may_stay_as_it_is(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(16), NOVEMBER))
    assert code(home, register(16)) is None


def test_other_households_in_the_same_number_are_another_scope(home):
    rows = register()[:120] + [household(900 + n, TOWNS[2]) for n in range(60)]
    assert code(home, rows) == "KEYS_LOST"
    (problem,) = lake(home, "problem")
    assert "有 180 个“户编号”，这次有 60 个不见了" in problem["message"]


@pytest.mark.parametrize(("new", "refused"), [(54, None), (55, "KEYS_LOST")])
def test_keys_are_lost_only_beyond_the_limit(home, new, refused):
    rows = moved_on(register())[: 180 - new] + [household(900 + n, TOWNS[2]) for n in range(new)]
    assert code(home, rows) == refused


def test_a_held_row_is_not_a_lost_key(home):
    wrong = changed(moved_on(register()), "是否脱贫", "不明", every=6)
    assert code(home, wrong, contracts=with_limits(key_loss_limit=0.1)) == "ROWS_HELD"


def test_a_town_that_was_there_is_missing(home):
    rows = moved_on(register())[:120] + [household(900 + n, TOWNS[0]) for n in range(45)]
    assert code(home, rows, contracts=with_limits(key_loss_limit=1.0)) == "TOWN_MISSING"
    (problem,) = lake(home, "problem")
    assert "2019年12月31日 的数据缺了 1 个镇的数据：海安镇（60 行）" in problem["message"]
    assert "海安镇 (60 rows)" in problem["message_en"]


@pytest.mark.parametrize(
    ("left", "held", "refused"), [(29, 0, "TOWN_SHRUNK"), (30, 0, None), (29, 20, "ROWS_HELD")]
)
def test_a_town_that_lost_most_of_its_rows_does_not_hide_among_the_others(tmp_path, left, held, refused):
    home = new_home(tmp_path)
    six = [*TOWNS, "下桥镇", "下洋镇", "锦和镇"]
    drop(home, sheet(register(60, six), NOVEMBER))
    rows = moved_on(register(60, six))[: 300 + left]
    rows += register(held, six[-1:], first=700, 是否脱贫="不明") if held else []
    assert code(home, rows) == refused
    if refused == "TOWN_SHRUNK":
        (problem,) = lake(home, "problem")
        assert (
            "2019年12月31日 的数据里有 1 个镇比 2019年11月30日 那一期少了一半以上：锦和镇由 60 行变成 29 行"
            in problem["message"]
        )
        (outcome,) = decisions.accept(home, CATALOG, "十二月.csv", reason="搬迁", by="陈文")
        assert outcome.delivery_state == "LOADED"


def test_a_small_town_may_lose_what_it_likes(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register() + register(19, ["角尾乡"], first=500), NOVEMBER))
    assert code(home, moved_on(register()) + register(2, ["角尾乡"], first=500)) is None


def town_sheets(dates, rows):
    """A workbook with a sheet per town, each with the date in its title."""
    made = book()
    for (town, month), own in zip(dates.items(), rows, strict=True):
        page = made.create_sheet(town)
        page.append([TITLE.format(month=month)])
        page.append(list(own[0]))
        for row in own:
            page.append(list(row.values()))
    return saved(made)


@pytest.mark.parametrize(
    ("third", "refused"), [(NOVEMBER, "TOWN_MISSING"), (DECEMBER, None), ("2019年12月30日", None)]
)
def test_a_sheet_of_last_month_is_no_town_of_this_month(home, third, refused):
    rows = moved_on(register())
    rows[120]["家庭人口数"] = "9"
    dates = dict(zip(TOWNS, [DECEMBER, DECEMBER, third], strict=True))
    data = town_sheets(dates, [rows[:60], rows[60:120], rows[120:]])
    (outcome,) = drop(home, data, at=30, name="十二月.xlsx")
    assert outcome.reason_code == refused
    if refused:
        assert "海安镇（60 行）" in lake(home, "problem")[0]["message"]


def test_a_sheet_without_a_column_is_said_first_and_by_its_name(home):
    rows = moved_on(register())
    torn = [{k: v for k, v in row.items() if k != "户主证件号码"} for row in rows[120:]]
    data = town_sheets(dict.fromkeys(TOWNS, DECEMBER), [rows[:60], rows[60:120], torn])
    (outcome,) = drop(home, data, at=30, name="十二月.xlsx")
    assert outcome.reason_code == "MISSING_COLUMN"
    assert "的表页“海安镇”缺少必需的列：“户主证件号码”" in outcome.reason
    assert "on sheet “海安镇”" in outcome.reason_en


@pytest.mark.parametrize("said", [[], ["本月无数据"]])
def test_a_sheet_without_a_column_and_without_rows_is_left_aside(home, said):
    rows = moved_on(register())
    torn = [{k: v for k, v in row.items() if k != "户主证件号码"} for row in rows[:1]]
    data = town_sheets(dict.fromkeys(TOWNS, DECEMBER), [rows[:60], rows[60:120], rows[120:]])
    made = openpyxl.load_workbook(io.BytesIO(data))
    page = made.create_sheet("角尾乡")
    page.append(list(torn[0]))
    page.append(said)
    (outcome,) = drop(home, saved(made), at=30, name="十二月.xlsx")
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", 180)


@pytest.mark.parametrize(("back", "refused"), [(180, True), (37, True), (36, False)])
def test_what_only_rises_does_not_fall(home, back, refused):
    rows = moved_on(register())
    rows = changed(rows[:back], "是否脱贫", "否") + rows[back:]
    assert code(home, rows) == ("DISTRIBUTION_SHIFTED" if refused else None)
    if refused:
        (problem,) = lake(home, "problem")
        assert "“是否脱贫”与 2019年11月30日 那一期相差太大：“是”由 100% 变成" in problem["message"]


def test_dates_that_are_gone_are_a_fall_and_new_ones_none(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(退出标识="是", 退出时间="2018-12-31"), NOVEMBER))
    gone = moved_on(register(退出标识="是", 退出时间=""))
    assert code(home, gone) == "DISTRIBUTION_SHIFTED"
    assert any("“退出时间”" in p["message"] and "“空白”由 0% 变成 100%" in p["message"]
               for p in lake(home, "problem"))  # fmt: skip


def test_what_only_rises_may_rise_at_once(tmp_path):
    home = new_home(tmp_path)
    few = changed(register(是否脱贫="否"), "是否脱贫", "是", every=6)
    drop(home, sheet(few, NOVEMBER))
    assert code(home, moved_on(register(是否脱贫="是"))) is None


def test_one_town_by_itself_is_a_part_and_the_others_are_named(home):
    assert code(home, moved_on(register(60, TOWNS[:1]))) is None
    (problem,) = lake(home, "problem")
    assert (problem["code"], problem["severity"]) == ("TOWNS_STILL_DUE", "warning")
    assert "2019年12月31日 的数据还缺 2 个镇：曲界镇、海安镇" in problem["message"]
    slip = (home.returned / "poverty_relief" / NAME).read_text("utf-8-sig")
    assert "还缺 2 个镇：曲界镇、海安镇" in slip


def test_towns_that_came_in_other_files_are_not_asked_for_again(home):
    for number, town in enumerate(TOWNS):
        rows = moved_on(register(60, [town], first=1 + 60 * number))
        drop(home, sheet(rows, DECEMBER), at=30 + number, name=f"{town}.csv")
    said = [p["message"] for p in lake(home, "problem")]
    assert [message.partition("还缺 ")[2].rstrip("。") for message in said] == [
        "2 个镇：曲界镇、海安镇",
        "1 个镇：海安镇",
    ]


def test_a_town_whose_rows_are_all_held_is_there(home):
    rows = moved_on(register(60, TOWNS[:2])) + register(30, TOWNS[2:], first=121, 是否脱贫="不明")
    assert code(home, rows) == "ROWS_HELD"


def test_a_town_with_few_rows_may_vanish(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register() + register(19, ["角尾乡"], first=500), NOVEMBER))
    assert code(home, moved_on(register())) is None


@pytest.mark.parametrize(
    ("header", "value", "every", "said"),
    [
        (
            "危房等级",
            "D",
            2,
            "（徐城街道、曲界镇、海安镇）里“危房等级”与 2019年11月30日 那一期相差太大：“A”由",
        ),
        ("联系电话", "", 2, "“联系电话”与 2019年11月30日 那一期相差太大：“空白”由 0% 变成 50%"),
        ("危房等级", "D", 3, None),
    ],
)
def test_a_column_that_moved_too_far(home, header, value, every, said):
    refused = code(home, changed(moved_on(register()), header, value, every))
    assert refused == ("DISTRIBUTION_SHIFTED" if said else None)
    if said:
        assert said in lake(home, "problem")[0]["message"]


def test_a_column_left_out_or_filled_for_the_first_time_is_not_compared(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(联系电话=""), NOVEMBER))
    without = [{k: v for k, v in row.items() if k != "危房等级"} for row in moved_on(register())]
    assert code(home, without) is None


def test_few_rows_may_move_as_they_like(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(33), NOVEMBER))
    assert code(home, changed(moved_on(register(33)), "危房等级", "D")) is None


def test_half_a_file_is_named_by_its_rows_alone(home):
    assert code(home, register(30)) == "SHRUNK"
    (problem,) = lake(home, "problem")
    assert "（徐城街道、曲界镇、海安镇）只有 90 行，2019年11月30日 那一期" in problem["message"]


def test_history_is_never_measured_against_its_future(home):
    assert code(home, register(20, first=700), "2019年10月") is None


def test_a_withdrawn_delivery_is_no_measure(home):
    (bad,) = drop(home, sheet(register(200), DECEMBER), at=1, name="错.csv")
    decisions.withdraw(home, bad.batch_id, reason="错", by="王", now=NOON + timedelta(days=2))
    (outcome,) = drop(home, sheet(moved_on(register())), at=30, name="十二月.csv")
    assert outcome.reason_code is None


def test_a_corrected_delivery_counts_its_rows_once(home, tmp_path):
    rows = changed(moved_on(register()), "是否脱贫", "不明", every=18)
    (held,) = drop(home, sheet(rows), at=1, name="十二月.csv")
    assert (held.rows_accepted, held.rows_held) == (170, 10)
    marks = [f"〔编号 {reference_of(held, n)}〕" if n % 18 == 0 else "" for n in range(180)]
    copy = [
        {**row, "是否脱贫": "是", "问题": mark, "如何改正": "改"}
        for row, mark in zip(rows, marks, strict=True)
        if mark
    ]
    (healed,) = drop(home, sheet(copy), at=2, name="十二月.反馈.csv")
    assert healed.corrects_batch_id == held.batch_id and healed.rows_accepted == 10
    # 180 stand: 144 are eight tenths of them, and 143 are not.
    assert code_again(home, register(48)[:143]) == "SHRUNK"
    assert code_again(home, moved_on(register(48))[:144]) is None


def reference_of(outcome, n):
    from ingestion.returning.marked import reference

    return reference(outcome.batch_id, "", n + 3, True)


def code_again(home, rows):
    contracts = with_limits(key_loss_limit=1.0, shift_limit=1.0, town_floor=1000)
    (outcome,) = drop(home, sheet(rows), at=30, name=f"{len(rows)}.csv", contracts=contracts)
    return outcome.reason_code


def test_rows_of_events_are_not_compared():
    with pytest.raises(ValueError, match="compare snapshots"):
        limited("inpatient_settlement", key_loss_limit=0.5)


@pytest.mark.parametrize(
    ("feed", "limits", "said"),
    [
        ("register_person", {"key_loss_limit": 0}, "greater than 0"),
        ("register_person", {"key_loss_limit": 1.5}, "less than or equal to 1"),
        ("register_person", {"town_floor": 5}, "town_floor needs"),
        ("renovation_task", {"if_unchanged": "perhaps"}, "refuse"),
        ("insurance_enrolment", {"if_unchanged": "refuse"}, "do not name their period"),
        ("register_person", {"loss_limit": 0.5}, "Extra inputs"),
    ],
)
def test_impossible_limits_are_refused(feed, limits, said):
    with pytest.raises(ValueError, match=said):
        limited(feed, **limits)


def limited(feed, **limits):
    return Contract.model_validate({**CATALOG[feed].model_dump(exclude_unset=True), **limits})


def with_limits(**limits):
    """The catalog with other limits of the register of households."""
    own = limited("register_household", **limits)
    return dataclasses.replace(
        Catalog(CATALOG.contracts),
        contracts=tuple(own if c.feed == own.feed else c for c in CATALOG.contracts),
    )


def test_every_limit_says_its_numbers_and_what_to_do():
    for name in (
        "TOWN_MISSING",
        "TOWN_SHRUNK",
        "KEYS_LOST",
        "DISTRIBUTION_SHIFTED",
        "LAST_PERIOD_AGAIN",
        "SHRUNK",
    ):
        assert "{before" in PROBLEMS[name].message
        assert "放行" in PROBLEMS[name].remedy
