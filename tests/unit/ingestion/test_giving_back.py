"""Which marked copies lie in a department's folder follows from the archive and the lake alone."""

from datetime import timedelta

import pytest

from ingestion import deciding, load_file, pending, settle_returns
from ingestion.returned_copies import copies
from tests.unit.ingestion.helpers import Insured, new_home
from tests.unit.ingestion.marked import CATALOG, NOON, drop, mark, spoiled, text

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
    deciding.withdraw(home, CATALOG, outcome.batch_id, reason="投错", by="王", now=now)


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
    monkeypatch.setattr("ingestion.giving_back.History", _never)
    settle_returns(home, CATALOG)
    assert lying(home) == [COPY]


def _never(*args, **kwargs):
    raise AssertionError("the lake was read")


class Killed(BaseException):
    pass


@pytest.mark.parametrize("writes", [0, 1, 2])
def test_killed_while_a_copy_is_written_the_next_run_writes_it(home, monkeypatch, writes):
    from ingestion import returned_copies

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
    assert refused.reason_code == "TOO_MANY_HELD"
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
