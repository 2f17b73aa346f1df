"""A second file for a term and stage: a supplement, a correction, the whole list again, or a question."""

from decimal import Decimal

import pytest

from ingestion.pipeline import decisions
from tests.unit.ingestion.deliveries import CATALOG
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.payments.subsidies import TITLE, as_csv, base, drop, money, payment, standing

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path):
    """32 pupils of one stage, 1,500 yuan each."""
    home = new_home(tmp_path)
    assert drop(home, as_csv(base())).delivery_state == "LOADED"
    return home


def accept(home, what):
    (outcome,) = decisions.accept(home, CATALOG, what, reason="已核实", by="王主任")
    return outcome


def amounts(home, pupil):
    """What is written of a pupil in the rows in force."""
    return sorted(
        amount for number, amount, _ in standing(home) if number == id_number(pupil, born="20090501")
    )


@pytest.mark.parametrize("name", ["补助.csv", "补助（补发）.csv", "b.csv"])
def test_a_supplement_of_other_pupils_adds_whatever_it_is_called(home, name):
    extra = [payment(n, day="2019-12-20") for n in (101, 102, 103)]
    assert drop(home, as_csv(extra), at=1, name=name).delivery_state == "LOADED"
    assert money(home) == (35, Decimal(52_500))


def test_what_is_paid_anew_says_so_in_its_rows(home):
    assert drop(home, as_csv([payment(1, day="2019-12-25", status="补发")]), at=1).delivery_state == "LOADED"
    assert money(home) == (33, Decimal(49_500))


def test_a_second_payment_to_the_same_pupils_says_so_in_its_title(home):
    again = as_csv([payment(n, "300", "2019-12-25") for n in (1, 2)], TITLE + "（补发）")
    assert drop(home, again, at=1).delivery_state == "LOADED"
    assert money(home) == (34, Decimal(48_600))


def test_other_payments_to_the_same_pupils_are_asked_about(home):
    rows = [payment(n, "1600") for n in (1, 2)]
    refused = drop(home, as_csv(rows), at=1, name="不明.csv")
    assert (refused.delivery_state, refused.reason_code) == ("REFUSED", "PAYMENTS_UNCLEAR")
    assert "原已收下 32 笔、48000.00 元，这份文件的 2 笔、3200.00 元里有 2 笔人相同" in refused.reason
    assert "放行后只取代同样的人原来的各笔" in refused.remedy
    assert money(home) == (32, Decimal(48_000))
    assert accept(home, "不明.csv").delivery_state == "LOADED"
    assert money(home) == (32, Decimal(48_200))


def test_the_answer_to_the_question_may_be_a_title(home):
    rows = [payment(n, "1600") for n in (1, 2)]
    assert drop(home, as_csv(rows), at=1).delivery_state == "REFUSED"
    assert drop(home, as_csv(rows, TITLE + "（更正）"), at=2).delivery_state == "LOADED"
    assert money(home) == (32, Decimal(48_200))
    assert amounts(home, 1) == [1600] and amounts(home, 3) == [1500]


def test_a_correction_replaces_what_it_corrects_and_both_can_be_traced(home):
    (first,) = [d["batch_id"] for d in lake(home, "delivery")]
    outcome = drop(home, as_csv([payment(7, "1800")], TITLE + "（更正）"), at=1)
    assert money(home) == (32, Decimal(48_300))
    (row,) = lake(home, "correction")
    assert (row["batch_id"], row["source_row"]) == (outcome.batch_id, 3)
    assert (row["base_batch_id"], row["base_source_row"], row["is_accepted"]) == (first, 9, True)
    assert outcome.corrects_batch_id is None  # it stands when what it corrects is withdrawn


def test_a_correction_that_is_withdrawn_gives_the_place_back(home):
    outcome = drop(home, as_csv([payment(7, "1800")], TITLE + "（更正）"), at=1)
    decisions.withdraw(home, outcome.batch_id, reason="错", by="王主任")
    assert money(home) == (32, Decimal(48_000)) and amounts(home, 7) == [1500]


def test_a_correction_of_a_correction(home):
    drop(home, as_csv([payment(7, "1800")], TITLE + "（更正）"), at=1)
    drop(home, as_csv([payment(7, "1900")], TITLE + "（更正）"), at=2)
    assert amounts(home, 7) == [1900] and money(home) == (32, Decimal(48_400))


def test_a_correction_that_lowers_the_money_is_asked_about(home):
    lower = as_csv([payment(7, "150")], TITLE + "（更正）")
    refused = drop(home, lower, at=1, name="少.csv")
    assert refused.reason_code == "PAYMENTS_FEWER"
    assert "原已收下 32 笔、48000.00 元，收下这份文件就只有 32 笔、46650.00 元" in refused.reason
    assert accept(home, "少.csv").delivery_state == "LOADED"
    assert money(home) == (32, Decimal(46_650))


def test_a_correction_that_moves_money_between_pupils_loses_none(home):
    rows = [payment(1, "1000"), payment(2, "2000")]
    assert drop(home, as_csv(rows, TITLE + "（更正）"), at=1).delivery_state == "LOADED"
    assert money(home) == (32, Decimal(48_000))


def test_a_correction_of_one_of_two_payments_is_asked_about(home):
    drop(home, as_csv([payment(1, "300", "2019-12-25")], TITLE + "（补发）"), at=1)
    refused = drop(home, as_csv([payment(1, "400", "2019-12-26")], TITLE + "（更正）"), at=2)
    assert refused.reason_code in ("PAYMENTS_UNCLEAR", "PAYMENTS_FEWER")
    assert money(home) == (33, Decimal(48_300))


def test_a_correction_of_pupils_nobody_paid_is_asked_about(home):
    refused = drop(home, as_csv([payment(55)], TITLE + "（更正）"), at=1)
    assert refused.reason_code == "PAYMENTS_UNCLEAR"


def test_the_list_again_with_more_replaces_it(home):
    assert drop(home, as_csv(base(33)), at=1).delivery_state == "LOADED"
    assert money(home) == (33, Decimal(49_500))
    assert not any(part["adds"] for part in lake(home, "delivery_part"))


@pytest.mark.parametrize("name", ["补助.csv", "补助（重报）.csv"])
def test_the_list_again_without_a_pupil_is_asked_about(home, name):
    refused = drop(home, as_csv(base(31)), at=1, name=name)
    assert (refused.reason_code, refused.rows_accepted) == ("PAYMENTS_FEWER", 0)
    assert "收下这份文件就只有 31 笔、46500.00 元，有 1 人不见了" in refused.reason
    assert money(home) == (32, Decimal(48_000))
    assert accept(home, refused.batch_id).delivery_state == "LOADED"
    assert money(home) == (31, Decimal(46_500))
    assert [w["codes"] for w in lake(home, "waiver")] == ["PAYMENTS_FEWER"]


def test_a_pupil_for_another_is_somebody_lost(home):
    refused = drop(home, as_csv([*base(31), payment(77)]), at=1)
    assert refused.reason_code == "PAYMENTS_FEWER" and "32 笔、48000.00 元，有 1 人不见了" in refused.reason


def test_three_rows_that_stand_already_do_not_replace_the_stage(home):
    assert drop(home, as_csv(base(3)), at=1).reason_code == "PAYMENTS_FEWER"
    assert money(home) == (32, Decimal(48_000))


def test_the_list_again_takes_the_place_of_its_supplements_only_when_it_has_them(home):
    extra = [payment(n, day="2019-12-20") for n in (101, 102)]
    drop(home, as_csv(extra), at=1)
    assert drop(home, as_csv(base(), TITLE + "（重报）"), at=2).reason_code == "PAYMENTS_FEWER"
    assert drop(home, as_csv([*base(), *extra], TITLE + "（重报）"), at=3).delivery_state == "LOADED"
    assert money(home) == (34, Decimal(51_000))


def test_the_order_of_arrival_does_not_matter(tmp_path):
    home = new_home(tmp_path)
    drop(home, as_csv([payment(n, day="2019-12-20") for n in (101, 102)]), at=0)
    drop(home, as_csv([payment(1, "-1500", "2019-12-17", "退票")]), at=1)
    drop(home, as_csv(base()), at=2)
    assert money(home) == (35, Decimal(49_500))


def test_a_supplement_stands_when_the_list_is_withdrawn(home):
    (first,) = [d["batch_id"] for d in lake(home, "delivery")]
    drop(home, as_csv([payment(101)]), at=1)
    decisions.withdraw(home, first, reason="错", by="王主任")
    assert money(home) == (1, Decimal(1500))


def test_another_stage_and_another_term_are_parts_of_their_own(home):
    others = [payment(n, stage="初中") for n in (201, 202)]
    others += [payment(n, 学年="2018-2019", 学期="第二学期") for n in (1, 2)]
    assert drop(home, as_csv(others), at=1).delivery_state == "LOADED"
    assert money(home) == (36, Decimal(54_000))


def test_a_file_a_school_adds_up(tmp_path):
    home = new_home(tmp_path)
    for school, first in (("一小", 1), ("二小", 21), ("三小", 41)):
        rows = [payment(n, 学校=school) for n in range(first, first + 20)]
        assert drop(home, as_csv(rows), name=f"{school}.csv").delivery_state == "LOADED"
    assert money(home) == (60, Decimal(90_000))


def test_a_second_tranche_to_everybody_is_asked_about_and_adds_when_let_through(home):
    second = base(day="2019-12-28")
    refused = drop(home, as_csv(second), at=1, name="二.csv")
    assert refused.reason_code == "PAYMENTS_UNCLEAR" and "放行后加在原有的上面" in refused.remedy
    accept(home, "二.csv")
    assert money(home) == (64, Decimal(96_000))


def test_a_row_that_is_held_is_not_lost(home):
    rows = base()
    rows[4]["身份证号"] = rows[4]["身份证号"][:17] + "?"
    outcome = drop(home, as_csv(rows), at=1)
    assert (outcome.delivery_state, outcome.rows_held) == ("PARTIAL", 1)


def test_rows_of_the_standing_list_that_are_alike_are_matched_one_by_one(tmp_path):
    home = new_home(tmp_path)
    twice = [payment(1), payment(1, 学校="二小")]  # paid twice on one day, by two schools
    drop(home, as_csv(twice))
    refused = drop(home, as_csv([payment(1)], TITLE + "（重报）"), at=1)
    assert refused.reason_code == "PAYMENTS_FEWER" and money(home) == (2, Decimal(3000))


def test_consent_to_a_loss_is_none_to_what_came_since(home):
    drop(home, as_csv(base(31)), at=1, name="少.csv")
    drop(home, as_csv([payment(101)]), at=2, name="补发.csv")
    with pytest.raises(decisions.DecisionError, match="NEWER_FILE"):
        accept(home, "少.csv")
    assert money(home) == (33, Decimal(49_500))
    again = drop(home, as_csv(base(31), TITLE + "（重报）"), at=3, name="少.csv")
    assert "33 笔、49500.00 元，收下这份文件就只有 31 笔、46500.00 元，有 2 人不见了" in again.reason
