"""What a file is taken for, by what is in it and in what stands; its own word counts where that agrees."""

from decimal import Decimal

import pytest

from ingestion.gate.payment_reading import Beside, Hint, Mode, Read, Sums, hint_of, loses, read_beside

BEFORE = Sums(32, 32, Decimal(48_000))


def beside(rows=3, *, before=BEFORE, same=0, changed=0, new=0, extra=0, lost=29, days=False, yuan=None):
    now = Sums(rows, rows, Decimal(1500 * rows) if yuan is None else yuan)
    return Beside(before, now, same, changed, new, extra, lost, dates_are_new=days)


@pytest.mark.parametrize(
    ("texts", "hint"),
    [
        (["2019年12月补助发放表（补发）.xlsx"], Hint.SUPPLEMENT),
        (["a.csv", "徐闻县补助更正表"], Hint.CORRECTION),
        (["补助（重报）.csv"], Hint.WHOLE),
        (["补发.csv", "更正表"], None),
        (["建档立卡学生生活费补助发放表.csv", "2019年12月"], None),
    ],
)
def test_a_name_says_one_thing_or_nothing(texts, hint):
    assert hint_of(texts) is hint


@pytest.mark.parametrize("hint", [None, *Hint])
def test_a_first_file_and_one_with_all_that_stands_replace(hint):
    first = beside(before=Sums(0, 0, Decimal()), new=3, lost=0)
    assert read_beside(first, hint, is_list=False) == Read(Mode.REPLACES)
    assert read_beside(beside(40, same=32, new=8, lost=0), hint, is_list=False) == Read(Mode.REPLACES)


@pytest.mark.parametrize(
    ("found", "hint", "read"),
    [
        (beside(new=3, lost=32), None, Read(Mode.ADDS)),
        (beside(new=3, lost=32), Hint.SUPPLEMENT, Read(Mode.ADDS)),
        (beside(new=3, lost=32), Hint.CORRECTION, Read(Mode.ADDS, is_doubtful=True)),
        (beside(new=3, lost=32), Hint.WHOLE, Read(Mode.REPLACES)),  # and loses 32: that is asked
        (beside(extra=3), None, Read(Mode.ADDS)),
        (beside(extra=3), Hint.CORRECTION, Read(Mode.ADDS)),
        (beside(changed=3), Hint.CORRECTION, Read(Mode.CORRECTS)),
        (beside(changed=2, new=1), Hint.CORRECTION, Read(Mode.CORRECTS, is_doubtful=True)),
        (beside(changed=3), Hint.SUPPLEMENT, Read(Mode.ADDS)),
        (beside(changed=2, same=1), Hint.SUPPLEMENT, Read(Mode.CORRECTS, is_doubtful=True)),
        (beside(same=2, new=1), Hint.SUPPLEMENT, Read(Mode.CORRECTS)),
        (beside(changed=3), None, Read(Mode.CORRECTS, is_doubtful=True)),
        (beside(changed=3, days=True), None, Read(Mode.ADDS, is_doubtful=True)),
        (beside(32, changed=32, lost=0), None, Read(Mode.REPLACES, is_doubtful=True)),
        (beside(32, same=4, changed=28, lost=0), None, Read(Mode.REPLACES, is_doubtful=True)),
        (beside(32, same=30, changed=2, lost=0), None, Read(Mode.REPLACES)),
        (beside(3, same=3), None, Read(Mode.REPLACES)),  # and loses 29
    ],
)
def test_what_an_events_feed_reads(found, hint, read):
    assert read_beside(found, hint, is_list=False) == read


def test_a_list_of_a_month_without_a_word_is_the_list_again():
    assert read_beside(beside(32, changed=32, lost=0), None, is_list=True) == Read(Mode.REPLACES)
    assert read_beside(beside(changed=3), None, is_list=True) == Read(Mode.REPLACES)
    assert read_beside(beside(new=3, lost=32), None, is_list=True) == Read(Mode.ADDS)


@pytest.mark.parametrize(
    ("found", "lost"),
    [
        (beside(32, lost=0), False),
        (beside(31, lost=0), True),
        (beside(32, lost=1), True),
        (beside(32, lost=0, yuan=Decimal("47999.99")), True),
        (beside(33, lost=0, yuan=Decimal(48_000)), False),
    ],
)
def test_a_row_a_yuan_or_somebody_less_is_a_loss(found, lost):
    assert loses(found) is lost
