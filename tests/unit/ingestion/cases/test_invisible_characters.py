"""What nobody sees in a cell: read without it, one repair per cell."""

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.text.invisible import code_points, visible, visible_column
from tests.unit.ingestion.checking.test_columns import checked, found
from tests.unit.ingestion.helpers import Insured, id_number, table

HIDDEN = (
    "\u202d", "\u202c", "\u200e", "\u200f", "\u00ad", "\u200b", "\u200d", "\u2060", "\ufeff", "\u180e",
    "\ufe0f", "\U000e0100", "\u061c", "\u034f", "\u3164", "\x00", "\x7f", "\u2028",
)  # fmt: skip


@pytest.mark.parametrize("mark", HIDDEN, ids=lambda mark: f"U+{ord(mark):04X}")
@pytest.mark.parametrize("place", ["before", "behind", "between"])
def test_keys_names_numbers_and_codes_are_read_without_them(mark, place):
    def hide(text):
        if place == "between":  # a line separator parts words, here it parts nothing
            return text if mark == "\u2028" else text[0] + mark + text[1:]
        return mark + text if place == "before" else text + mark

    plain = Insured.rows(2)
    rows = [plain[0], list(map(hide, plain[1]))]
    batch, clean = checked(Insured.table(rows)), checked(Insured.table(plain))
    assert found(batch) == []
    for name, values in clean.columns.items():
        if name != "id_number_state":
            assert batch.columns[name].to_pylist() == values.to_pylist(), name
    if rows[1] != plain[1]:
        repaired = [(column, row) for column, _, at in batch.repairs for row in at.tolist() if row == 1]
        assert sorted(repaired) == sorted({(name, 1) for name in batch.texts}), "one repair per cell"


def test_rows_that_differ_in_nothing_visible_are_one():
    row = Insured.rows(1)[0]
    batch = checked(Insured.table([row, [*row[:1], "\u200b" + row[1], *row[2:]]]))
    assert batch.duplicate.tolist() == [False, True]


def test_what_still_cannot_be_read_is_named_by_its_code_point():
    rows = Insured.rows(7)
    rows[6][2] = "\u202d" + rows[6][2][:17] + "\u00b5"
    batch = checked(Insured.table(rows))
    (finding,) = [f for f in batch.findings if f.code == "ID_CHARACTERS"]
    assert finding.detail.to_pylist() == ["“\u00b5”(U+00B5)"]


@pytest.mark.parametrize("last", ["×", "х", "Х", "Χ", "ｘ"])
def test_a_last_place_that_looks_like_x(last):
    number = next(n for i in range(1, 99) if (n := id_number(i)).endswith("X"))
    rows = Insured.rows(1)
    rows[0][2] = number[:17] + last
    batch = checked(Insured.table(rows))
    assert (found(batch), batch.columns["id_number"].to_pylist()) == ([], [number])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=6), max_size=8))
def test_only_what_draws_nothing_is_taken_out(texts):
    def told(text):  # by Unicode's own categories
        kept = "".join(c for c in text if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cf"))
        return [
            c for c in kept if unicodedata.category(c)[0] in "LNPS" and c not in "\u115f\u1160\u3164\uffa0"
        ]

    def drawn(text):
        return [c for c in text if unicodedata.category(c)[0] in "LNPS"]

    seen = visible_column(pa.array(texts, pa.string())).to_pylist()
    assert [drawn(text) for text in seen] == [told(text) for text in texts]
    assert all(visible(text) == text for text in seen)


def test_code_points():
    assert code_points("O\u202d") == "“O”(U+004F)、U+202D"


def test_headers_are_found_under_them():
    header = [name[0] + "\u202d" + name[1:] + "\ufe0f" for name in Insured.header]
    batch = checked(table(header, Insured.rows(3), Insured.title))
    assert sorted(batch.texts) == sorted(checked(Insured.table(Insured.rows(3))).texts)
