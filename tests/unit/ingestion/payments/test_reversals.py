"""A payment that came back: its row and its reversal both stand, and come to nothing together."""

from datetime import date
from decimal import Decimal

import pytest

from ingestion.returning.marked import reference
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.payments.subsidies import as_csv, drop, money, payment, standing

pytestmark = pytest.mark.slow

SUPPORT = "徐闻县2019年12月特困人员救助供养金发放表"
STAYS = "徐闻县2019年12月住院医疗费用结算明细表"


def nets(home, **how):
    return [net for _, _, net in standing(home, **how)]


def supported(person, amount="900", month="201912", **change):
    row = {"特困证号": f"T{person}", "乡镇": "迈陈镇", "行政村": "迈陈村", "姓名": "陈文"}
    row |= {"身份证号": id_number(person), "供养方式": "分散", "月保障金": "900"}
    return row | {"发放月份": month, "发放金额": amount} | change


def stay(number, total="800", back="否", day="2019-04-06", **change):
    row = {"结算单号": number, "姓名": "陈文", "证件号码": id_number(1), "定点机构名称": "甲医院"}
    row |= {"就医地": "县内", "入院日期": "2019-04-01", "出院日期": "2019-04-05", "结算日期": day}
    return row | {"医疗费总额": total, "统筹基金支付": "0", "医疗救助支付": total, "冲销标志": back} | change


@pytest.mark.parametrize(
    ("rows", "net"),
    [
        ([("1500", "12-10", "成功"), ("-1500", "12-17", "退票")], 0),
        ([("1500", "12-10", "成功"), ("(1,500.00)", "12-17", "退票")], 0),
        ([("1500", "12-10", "成功"), ("-1500", "12-17", "成功")], 0),  # a red row without a word
        ([("1500", "12-10", "成功"), ("1500", "12-17", "退票")], 0),
        ([("1500", "12-10", "成功"), ("1500", "12-10", "退票")], 0),
        ([("1500", "12-10", "成功"), ("1500", "12-17", "已退回")], 0),
        ([("1500", "12-10", "成功"), ("1500", "12-17", "红冲")], 0),
        ([("1500", "12-10", "成功"), ("1500", "12-17", "作废")], 0),
        ([("1500", "12-10", "成功"), ("500", "12-17", "退款")], 1000),
        ([("1500", "12-10", "退票")], 0),  # the payment itself came back
        ([("1500", "12-10", "退票"), ("1500", "12-25", "补发")], 1500),
        ([("1500", "12-10", "退票"), ("1500", "12-10", "补发")], 1500),
        ([("1500", "12-10", "成功"), ("1500", "12-17", "退票"), ("1500", "12-25", "退票补发")], 1500),
        ([("1500", "12-10", "成功"), ("-1500", "12-17", "退票"), ("1500", "12-25", "补发")], 1500),
        ([("1500", "12-10", "退票"), ("1500", "12-20", "补发"), ("1500", "12-25", "退票")], 0),
        ([("1500", "12-10", "发放失败"), ("1500", "12-12", "成功")], 1500),
        ([("1500", "12-10", "成功"), ("1500", "12-12", "失败")], 1500),
        ([("1500", "12-10", "已发放"), ("1500", "12-20", "发放成功")], 3000),
    ],
)
@pytest.mark.parametrize("how", ["one file", "a file a row", "backwards"])
def test_what_a_pupil_has_in_the_end(tmp_path, rows, net, how):
    home = new_home(tmp_path)
    # A pupil who was paid plainly stands beside: nothing of his is taken.
    written = [payment(9, "700"), *(payment(1, amount, f"2019-{day}", said) for amount, day, said in rows)]
    files = [written] if how == "one file" else [[row] for row in written]
    for at, file in enumerate(files[::-1] if how == "backwards" else files):
        outcome = drop(home, as_csv(file), at=at, name=f"{at}（补发）.csv")
        assert outcome.delivery_state == "LOADED", outcome.reason
    assert sum(nets(home)) == net + 700
    assert len(standing(home)) == len(rows) + 1
    assert [p["code"] for p in lake(home, "problem")] == []


def test_a_reversal_of_the_other_term_or_kind_takes_nothing(tmp_path):
    home = new_home(tmp_path)
    rows = [
        payment(1),
        payment(1, status="退票", 学期="第二学期"),
        payment(1, status="退票", 补助类型="免学费"),
    ]
    drop(home, as_csv(rows))
    assert sorted(nets(home)) == [0, 0, 1500]


def test_an_unknown_word_of_a_status_is_no_payment(tmp_path):
    home = new_home(tmp_path)
    rows = [*(payment(n) for n in range(1, 30)), payment(30, status="待复核")]
    assert drop(home, as_csv(rows)).rows_held == 1
    assert len(standing(home)) == 29


@pytest.mark.parametrize(
    ("amount", "said"), [("-900", ""), ("900", "退票"), ("900", "冲销"), ("-900", "退回")]
)
def test_a_reversal_in_a_payroll_is_no_second_row_of_a_person(tmp_path, amount, said):
    home = new_home(tmp_path)
    rows = [supported(n, 发放状态="") for n in range(1, 13)]
    outcome = drop(
        home, as_csv([*rows, supported(3, amount, 发放状态=said)], SUPPORT), department="civil_affairs"
    )
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", 13)
    assert lake(home, "problem") == []
    assert money(home, "destitute_support") == (13, Decimal(11 * 900))


def test_a_person_twice_in_a_payroll_is_still_a_fault(tmp_path):
    home = new_home(tmp_path)
    rows = [supported(n) for n in range(1, 13)]
    outcome = drop(home, as_csv([*rows, supported(3, "800")], SUPPORT), department="civil_affairs")
    assert (outcome.delivery_state, outcome.rows_held) == ("PARTIAL", 1)
    assert [p["code"] for p in lake(home, "problem")] == ["SUPPORT_TWICE"]


def test_reversals_of_a_payroll_may_come_in_a_file_of_their_own(tmp_path):
    home = new_home(tmp_path)
    rows = [supported(n) for n in range(1, 13)]
    drop(home, as_csv(rows, SUPPORT), name="表.csv", department="civil_affairs")
    back = as_csv([supported(3, "-900")], SUPPORT + "（退票）")
    outcome = drop(home, back, at=1, name="退.csv", department="civil_affairs")
    assert outcome.delivery_state == "LOADED", outcome.reason
    assert money(home, "destitute_support") == (13, Decimal(11 * 900))


def test_a_payroll_without_some_persons_is_asked_about(tmp_path):
    home = new_home(tmp_path)
    rows = [supported(n) for n in range(1, 13)]
    drop(home, as_csv(rows, SUPPORT), name="表.csv", department="civil_affairs")
    refused = drop(home, as_csv(rows[:11], SUPPORT), at=1, name="表2.csv", department="civil_affairs")
    assert refused.reason_code == "PAYMENTS_FEWER"
    assert money(home, "destitute_support") == (12, Decimal(10_800))


def test_another_month_of_a_payroll_is_compared_with_the_whole_month_before(tmp_path):
    home = new_home(tmp_path)
    november = SUPPORT.replace("12月", "11月")
    rows = [supported(n, month="201911") for n in range(1, 31)]
    drop(home, as_csv(rows, november), name="十一月.csv", department="civil_affairs")
    late = [supported(n, month="201911") for n in (31, 32)]
    drop(home, as_csv(late, november + "（补发）"), at=1, name="补.csv", department="civil_affairs")
    refused = drop(
        home, as_csv([supported(1)], SUPPORT), at=30, name="十二月.csv", department="civil_affairs"
    )
    assert (
        refused.reason_code == "SHRUNK"
        and "只有 1 行，2019年11月30日 那一期同样范围有 32 行" in refused.reason
    )


@pytest.mark.parametrize("same_number", [True, False])
@pytest.mark.parametrize("one_file", [True, False])
@pytest.mark.parametrize(
    "back", [("-800", "是"), ("-800", "否"), ("800", "是")], ids=["minus and flag", "minus", "flag"]
)
def test_a_bill_and_its_reversal_come_to_nothing(tmp_path, back, one_file, same_number):
    home = new_home(tmp_path)
    bill, undone = stay("S1"), stay("S1" if same_number else "S2", *back, day="2019-04-08")
    for at, rows in enumerate([[bill, undone]] if one_file else [[bill], [undone]]):
        outcome = drop(home, as_csv(rows, STAYS), at=at, name=f"{at}.csv", department="health_insurance")
        assert outcome.delivery_state == "LOADED", outcome.reason
    assert money(home, "inpatient_settlement", "total_yuan") == (2, Decimal(0))


def test_a_status_of_a_bill_may_say_that_it_was_reversed(tmp_path):
    home = new_home(tmp_path)
    rows = [stay("S1", 结算状态="正常"), stay("S2", 结算状态="已冲销", day="2019-04-08")]
    drop(home, as_csv(rows, STAYS), department="health_insurance")
    assert money(home, "inpatient_settlement", "total_yuan") == (2, Decimal(0))


def test_a_flag_that_cannot_be_read_is_no_stay(tmp_path):
    home = new_home(tmp_path)
    rows = [stay(f"S{n}", 证件号码=id_number(n)) for n in range(1, 12)]
    outcome = drop(home, as_csv([*rows, stay("S99", back="#REF!")], STAYS), department="health_insurance")
    assert outcome.rows_held == 1


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"医疗费总额": "700"}, "PAYMENTS_FEWER"),
        ({"医疗费总额": "900"}, None),
        ({"证件号码": id_number(2)}, "PAYMENTS_FEWER"),
    ],
)
def test_a_number_that_comes_again_takes_no_money_and_nobody_away_unasked(tmp_path, change, refused):
    home = new_home(tmp_path)
    drop(home, as_csv([stay("S1"), stay("S5", 证件号码=id_number(5))], STAYS), department="health_insurance")
    again = as_csv([stay("S1", **change)], STAYS)
    outcome = drop(home, again, at=1, name="再.csv", department="health_insurance")
    assert outcome.reason_code == refused


def test_days_of_a_reversal_are_kept(tmp_path):
    home = new_home(tmp_path)
    drop(home, as_csv([payment(1), payment(1, "-1500", "2019-12-17", "退票")]))
    assert [r["paid_on"] for r in lake(home, "education_subsidy")] == [date(2019, 12, 10), date(2019, 12, 17)]


@pytest.mark.parametrize("header", ["备注", "状态", "银行反馈"])
@pytest.mark.parametrize(
    ("said", "held"),
    [("退票", 1), ("账号有误退回", 1), ("已作废", 1), ("退票补发", 0), ("未退款", 0), ("一次性", 0)],
)
def test_a_word_outside_the_agreed_column_is_neither_passed_over_nor_believed(tmp_path, header, said, held):
    home = new_home(tmp_path)
    rows = [payment(n, **{header: said if n == 4 else ""}) for n in range(1, 13)]
    outcome = drop(home, as_csv(rows))
    assert outcome.rows_held == held
    codes = {p["code"] for p in lake(home, "problem") if p["severity"] == "error"}
    assert codes == ({"REVERSAL_UNSAID"} if held else set())


def test_a_row_of_a_payroll_is_corrected_beside_its_reversal(tmp_path):
    """The corrected row has the key of the payment and of what took it back."""
    home = new_home(tmp_path)
    rows = [supported(n, 供养机构="") for n in range(1, 13)] + [supported(3, "-900", 供养机构="")]
    first = drop(home, as_csv(rows, SUPPORT), name="表.csv", department="civil_affairs")
    rows[2] = rows[2] | {"供养机构": "甲院"}
    marks = [f"〔编号 {reference(first.batch_id, '', n, True)}〕" for n in range(3, 16)]
    copy = [{**row, "问题": mark, "如何改正": ""} for row, mark in zip(rows, marks, strict=True)]
    outcome = drop(home, as_csv(copy, SUPPORT), at=1, name="表.反馈.csv", department="civil_affairs")
    assert (outcome.corrects_batch_id, outcome.rows_held) == (first.batch_id, 0), outcome.reason
    assert money(home, "destitute_support") == (13, Decimal(11 * 900))
