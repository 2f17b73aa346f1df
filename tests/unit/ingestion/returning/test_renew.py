"""Which marked copies lie in a department's folder follows from the archive and the lake alone."""

from datetime import timedelta

import pytest

from ingestion import load_file, pending
from ingestion.pipeline import decisions
from ingestion.returning.copies import copies
from ingestion.returning.marked import returned_name
from ingestion.returning.receipt_slip import _outcomes
from ingestion.returning.statement import told_of
from ingestion.returning.states import read_states
from tests.unit.ingestion.helpers import Insured, new_home
from tests.unit.ingestion.marked import CATALOG, NOON, drop, mark, spoiled, text
from tests.unit.ingestion.warehouse import settle_returns, states_path

pytestmark = pytest.mark.slow

COPY = "参保.反馈.csv"


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def lying(home):
    return sorted(path.name for path in home.returned.glob("health_insurance/*反馈*"))


def folder(home):
    return home.returned / "health_insurance"


def withdraw(home, outcome, at):
    now = NOON + timedelta(days=at)
    decisions.withdraw(home, outcome.batch_id, reason="投错", by="王", now=now)
    settle_returns(home, CATALOG)


def corrected(rows, *places):
    """The rows at `places` put right, as they go back."""
    good = [list(rows[n]) for n in places]
    for row in good:
        row[5] = "正常"
    return good


def test_a_withdrawn_correction_brings_the_copy_back(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    marks = [mark(first, 2), mark(first, 5)]
    (second,) = drop(home, text(corrected(rows, 2, 5), marks=marks), at=1, name="改.csv")
    assert COPY not in lying(home)
    withdraw(home, second, 2)
    assert COPY in lying(home)
    withdraw(home, first, 3)
    assert lying(home) == []


def test_a_withdrawn_newer_file_brings_back_the_copy_of_the_one_before(home):
    drop(home, text(spoiled()))
    (newer,) = drop(home, text(Insured.rows(20)), at=1, name="新.csv")
    assert lying(home) == []
    withdraw(home, newer, 2)
    assert lying(home) == [COPY]


def test_a_deleted_copy_comes_back_while_rows_are_open(home):
    drop(home, text(spoiled()))
    before = (folder(home) / COPY).read_bytes()
    (folder(home) / COPY).unlink()
    settle_returns(home, CATALOG)
    assert (folder(home) / COPY).read_bytes() == before


def test_where_nothing_happened_nothing_is_read_again(home, monkeypatch):
    drop(home, text(spoiled()))
    monkeypatch.setattr("ingestion.returning.renew.outcomes_by_file", _never)
    settle_returns(home, CATALOG)
    assert lying(home) == [COPY]


def _never(*args, **kwargs):
    raise AssertionError("every outcome was read")


class Killed(BaseException):
    pass


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_killed_while_a_copy_is_written_the_next_run_writes_it(home, monkeypatch, writes):
    from ingestion.returning import copies as returned_copies

    rows = spoiled()
    (first,) = drop(home, text(rows))
    real, count = returned_copies.write_bytes, iter(range(100))

    def dies(data, path):
        if next(count) == writes:
            raise Killed
        real(data, path)

    with monkeypatch.context() as patch:
        patch.setattr(returned_copies, "write_bytes", dies)
        with pytest.raises(Killed):
            drop(home, text(corrected(rows, 2), marks=[mark(first, 2)]), at=1, name="改.csv")
    for receipt in pending(home):
        load_file(home, CATALOG, receipt)
    settle_returns(home, CATALOG)
    copy = copies(home)[first.sha256]
    assert (copy.name, copy.corrected) == (COPY, 1)
    assert "此后已更正" in copy.path(home).read_text("utf-8-sig")


def test_a_copy_that_a_clerk_has_changed_is_left_alone(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    edited = (folder(home) / COPY).read_bytes() + b"x"
    (folder(home) / COPY).write_bytes(edited)
    drop(home, text(corrected(rows, 2), marks=[mark(first, 2)]), at=1, name="改.csv")
    assert (folder(home) / COPY).read_bytes() == edited
    copy = copies(home)[first.sha256]
    assert copy.name != COPY and copy.left == (COPY,)
    assert "此后已更正" in copy.path(home).read_text("utf-8-sig")
    slip = (folder(home) / "收件回执.txt").read_text("utf-8-sig")
    assert f"“{copy.name}”" in slip and f"“{COPY}”已有人改动，没有覆盖" in slip
    # Settled, the clerk's own file stays where it is.
    drop(home, text(Insured.rows(20)), at=2, name="新.csv")
    assert lying(home) == [COPY]


def test_something_else_of_that_name_is_no_hindrance(home):
    (folder(home) / COPY).mkdir()
    drop(home, text(spoiled()))
    assert lying(home) == ["参保.反馈(2).csv", COPY]


def test_a_file_of_another_kind_does_not_answer_a_refused_one(home):
    bad = Insured.rows(20)
    for row in bad:
        row[3], row[5] = "职工", "退休"
    (refused,) = drop(home, text(bad), name="职工.csv")
    assert refused.reason_code == "CODE_SPELLING_UNKNOWN"
    drop(home, text(Insured.rows(20)), at=1, name="居民.csv")
    assert lying(home) == ["职工.反馈.csv"]
    for row in bad:
        row[5] = "正常"
    drop(home, text(bad), at=2, name="职工.csv")
    assert lying(home) == []


def slip(home):
    return (folder(home) / "收件回执.txt").read_text("utf-8-sig")


def test_the_slip_says_for_which_day_and_what_a_text_copy_cannot_show(home):
    rows = Insured.rows(20)
    rows[3].append("多")
    drop(home, text(rows))
    assert "已按 2019年6月30日 的数据收下 20 行" in slip(home)
    assert "提醒：有 1 行的格数比表头多" in slip(home)


def test_a_refused_file_dropped_again_is_not_said_to_be_known(home):
    drop(home, text(spoiled(wrong=range(12))), name="一.csv")
    drop(home, text(spoiled(wrong=range(12))), at=1, name="二.csv")
    (entry,) = [part for part in slip(home).split("2020年") if "二.csv" in part and "参保" not in part[:20]]
    assert "那一份没有收下：" in entry and "数据没有变化" not in entry


def test_copies_of_a_row_ask_nothing_of_the_clerk(home):
    rows = spoiled(wrong=(2,))
    drop(home, text([*rows, rows[0]]))
    assert "收下 19 行，暂扣 1 行，重复 1 行只计一次。" in slip(home)


def whole(rows, marks, *wanted):
    """All rows as a marked copy, of which those at `wanted` were put right."""
    good = [[*row[:5], "正常", *row[6:]] if n in wanted else row for n, row in enumerate(rows)]
    return text(good, marks=[marks.get(n, "") for n in range(len(rows))])


def problems_shown(home, name):
    """The lines of the data rows of a copy that say what is wrong."""
    lines = (folder(home) / name).read_text("utf-8-sig").splitlines()
    return [line.split(",")[0].strip() for line in lines[2:] if "〔编号" in line]


def test_what_an_old_copy_has_wrong_and_a_newer_one_corrected_is_not_asked_for_again(home):
    rows = spoiled(wrong=(2, 5, 9))
    (first,) = drop(home, text(rows))
    marks = {n: mark(first, n) for n in (2, 5, 9)}
    (second,) = drop(home, whole(rows, marks, 2), at=1, name=COPY)
    (third,) = drop(home, whole(rows, marks, 5), at=2, name="参保.反馈 (1).csv")
    said = slip(home)
    entry = said.split("参保.反馈 (1).csv")[1].split("2020年")[0]
    assert "已更正 1 行。仍有 1 行需要更正。另有 1 行这次有错，但此前已经更正或收下" in entry
    assert lying(home) == [COPY]
    assert problems_shown(home, COPY) == ["P10"]
    assert copies(home)[third.sha256].batches == (third.batch_id,)
    # Without the correction that it leant on the row is open again.
    withdraw(home, second, 3)
    assert sorted(problems_shown(home, COPY)) == ["P10", "P3"]


def test_when_all_is_corrected_by_two_old_copies_none_is_left(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    marks = {n: mark(first, n) for n in (2, 5)}
    drop(home, whole(rows, marks, 2), at=1, name="一.csv")
    drop(home, whole(rows, marks, 5), at=2, name="二.csv")
    assert lying(home) == []
    assert "仍有 1 行需要更正" not in slip(home).split("二.csv")[1].split("2020年")[0]


def test_a_copy_whose_numbers_excel_destroyed_asks_for_the_held_rows_alone(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    marks = {n: mark(first, n) for n in (2, 5)}
    ruined = [[*row[:2], "4.40899E+17", *row[3:]] for row in rows]
    drop(home, whole(ruined, marks, 2, 5), at=1, name=COPY)
    assert "仍有 2 行需要更正。另有 18 行这次有错" in slip(home)
    assert problems_shown(home, COPY) == ["P3", "P6"]


def test_an_accepted_row_that_was_changed_for_the_worse_is_marked(home):
    rows = spoiled(wrong=(2,))
    (first,) = drop(home, text(rows))
    rows[7][5] = "退休"
    drop(home, whole(rows, {2: mark(first, 2)}, 2), at=1, name=COPY)
    assert "仍有 1 行需要更正" in slip(home) and "另有" not in slip(home)
    assert problems_shown(home, COPY) == ["P8"]


def test_a_copy_keeps_its_name_however_often_it_comes_back(home):
    rows = spoiled(wrong=(2, 5, 9))
    (first,) = drop(home, text(rows))
    marks = {n: mark(first, n) for n in (2, 5, 9)}
    drop(home, whole(rows, marks, 2), at=1, name=COPY)
    assert lying(home) == [COPY]
    drop(home, whole(rows, marks, 2, 5), at=2, name="参保.反馈(2).csv")
    assert lying(home) == [COPY]
    assert f"“{COPY}”" in slip(home) and "(2).csv”" not in slip(home)


@pytest.mark.parametrize(
    "name", ["参保.反馈(2).csv", "参保.反馈.反馈 (1).csv", "参保.反馈 - 副本.csv", "参保.反馈(2).反馈(3).csv"]
)
def test_the_name_of_a_copy_is_that_of_its_file(name):
    assert returned_name(name) == "参保.反馈"
    assert returned_name("参保(2).csv") == "参保(2).反馈"


def counted(home, name):
    """What the summary beside a marked text says of rows: read, accepted, held, corrected since."""
    outcomes = {o.batch_id: o for o in _outcomes(home)}
    (outcome,) = [o for o in outcomes.values() if o.file_name == name]
    states = read_states(states_path(home))
    (told,) = told_of(CATALOG, states, outcomes, [outcome], "zh").accounting
    return told.rows_read, told.rows_accepted, told.rows_held, told.rows_corrected


def test_the_numbers_of_a_copy_are_those_of_the_file_it_corrects(home):
    rows = spoiled()
    (first,) = drop(home, text(rows))
    marks = {n: mark(first, n) for n in (2, 5)}
    drop(home, whole(rows, marks, 2), at=1, name="整份.csv")
    drop(home, text([rows[5]], marks=[marks[5]]), at=2, name="一行.csv")
    assert {counted(home, name) for name in ("参保.csv", "整份.csv", "一行.csv")} == {(20, 18, 2, 1)}


def test_a_row_is_open_in_one_copy_alone(home):
    rows = spoiled(wrong=(2, 5, 9))
    (first,) = drop(home, text(rows))
    part = [corrected(rows, 2)[0], rows[5]]
    drop(home, text(part, marks=[mark(first, 2), mark(first, 5)]), at=1, name="两行.csv")
    assert problems_shown(home, "两行.反馈.csv") == ["P6"]
    assert problems_shown(home, COPY) == ["P3", "P10"], "P3 as corrected since"
