from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.parsing import Setting, parser_for
from tests.unit.ingestion.helpers import catalog, id_number

COLUMN = catalog()["insurance_enrolment"].column("id_number")
GOOD = id_number(12)
ENDS_IN_X = next(n for n in map(id_number, range(1, 99)) if n.endswith("X"))


def parse(*texts: str):
    return parser_for(COLUMN)(pa.array(texts, pa.string()), Setting(COLUMN))


def only(found: dict) -> list[str]:
    return [code for code, mask in found.items() if mask[0]]


def test_a_right_number_is_taken_as_it_stands():
    parsed = parse(GOOD)
    assert parsed.values.to_pylist() == [GOOD]
    assert parsed.companion.to_pylist() == ["valid"]
    assert not parsed.problems and not parsed.repairs


@pytest.mark.parametrize(
    ("text", "number", "repair"),
    [
        (ENDS_IN_X.lower(), ENDS_IN_X, "upper_x"),
        (f" {GOOD}", GOOD, "stripped"),
        (f"\u00a0{GOOD}\t", GOOD, "stripped"),
        (f"'{GOOD}", GOOD, "stripped"),
        (f"`{GOOD}", GOOD, "stripped"),
        (f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}", GOOD, "stripped"),
        (GOOD.translate(str.maketrans("0123456789", "０１２３４５６７８９")), GOOD, "full_width"),
        (ENDS_IN_X[:17] + "Ｘ", ENDS_IN_X, "full_width"),
        (GOOD[:6] + GOOD[8:17], GOOD, "id_15_to_18"),
    ],
)
def test_what_is_certain_is_repaired(text, number, repair):
    parsed = parse(text)
    assert parsed.values.to_pylist() == [number]
    assert parsed.companion.to_pylist() == ["repaired"]
    assert repair in only(parsed.repairs)


def test_fifteen_digits_of_a_centenarian():
    old = id_number(996, born="18990305")
    assert parse(old[:6] + old[8:17]).values.to_pylist() == [old]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4.40899E+17", "ID_SCIENTIFIC"),
        (GOOD[:15] + "000", "ID_CUT"),
        (GOOD + "44", "ID_IS_DISABILITY_CARD"),
        (GOOD + "44B1", "ID_IS_DISABILITY_CARD"),
        (GOOD[:17], "ID_LENGTH"),
        ("440899198001010", "ID_CUT_SHORT"),  # 18 places cut off: month 80 if it were of 15
        (GOOD[:6] + "********" + GOOD[14:], "ID_MASKED"),
        ("张三", "ID_CHARACTERS"),
        ("99" + GOOD[2:], "ID_AREA"),
        (id_number(3, born="19800230"), "ID_BIRTH_DATE"),
        (id_number(3, born="29800101"), "ID_BIRTH_DATE"),
        (GOOD[:17] + str((int(GOOD[17]) + 1) % 10), "ID_CHECKSUM"),
    ],
)
def test_what_cannot_be_repaired_has_one_name(text, code):
    parsed = parse(text)
    assert parsed.values.to_pylist() == [None]
    assert parsed.companion.to_pylist() == ["unusable"]
    assert only(parsed.problems) == [code]


LUCKY = next(n for n in (id_number(100, f"19{y}0101") for y in range(10, 99)) if n.endswith("000"))


def test_a_cut_number_that_fits_by_chance_is_no_person():
    cut = [id_number(1, f"19600{m}01")[:15] + "000" for m in range(1, 5)]
    parsed = parse(*cut, LUCKY, f" {LUCKY}", GOOD)
    assert parsed.values.to_pylist() == [None] * 6 + [GOOD]
    assert parsed.problems["ID_CUT"].tolist() == [True] * 6 + [False]
    assert parsed.companion.to_pylist() == ["unusable"] * 6 + ["valid"]


def test_a_person_whose_number_ends_so_is_believed():
    assert parse(LUCKY, GOOD).values.to_pylist() == [LUCKY, GOOD]
    many = [id_number(n, "19600101") for n in range(1, 990) if n % 100]
    parsed = parse(*many, LUCKY, GOOD[:15] + "000")
    assert parsed.values.to_pylist()[-2:] == [LUCKY, None]


@pytest.mark.parametrize(
    ("text", "code"), [("", "ID_BLANK"), (" ", "ID_BLANK"), ("/", "ID_BLANK")]
    + [(text, "ID_PLACEHOLDER") for text in ("无", "待补", "999999", "9" * 18, "0")],
)  # fmt: skip
def test_nothing_there_is_blank_not_wrong(text, code):
    parsed = parse(text)
    assert parsed.companion.to_pylist() == ["blank"]
    assert only(parsed.problems) == [code]


@given(st.lists(st.text(max_size=24), max_size=20))
def test_any_text_gets_exactly_one_verdict(texts):
    parsed = parse(*texts)
    for i, state in enumerate(parsed.companion.to_pylist()):
        named = [code for code, mask in parsed.problems.items() if mask[i]]
        assert len(named) == (0 if state in ("valid", "repaired") else 1)
        assert (parsed.values[i].as_py() is not None) == (state in ("valid", "repaired"))


@given(st.integers(1, 995), st.dates(min_value=date(1900, 1, 1), max_value=date(2020, 1, 1)))
def test_every_number_survives_and_one_wrong_digit_does_not(sequence, born):
    number = id_number(sequence, born.strftime("%Y%m%d"))
    assert parse(number).values.to_pylist() == [number]
    other = number[:14] + str((int(number[14]) + 1) % 10) + number[15:]
    assert parse(other).values.to_pylist() == [None]
