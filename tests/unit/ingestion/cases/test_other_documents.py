"""People with another document than a citizen's card: kind and number are kept, nobody is told to write another."""

# ruff: noqa: E501  (tables of numbers)

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.messages.problems import PROBLEMS
from ingestion.text.masking import STARS, holds_id, mask_id_column, mask_ids, mask_shown
from sanbao.codegen.problem_examples import clean_row
from tests.unit.ingestion.checking.test_columns import checked, found, small
from tests.unit.ingestion.helpers import WEIGHTS, id_number, table
from tests.unit.ingestion.problems.made import CATALOG

PERSON = CATALOG["register_person"]
COLUMNS = [
    {"name": "id_kind", "type": "code", "unknown_code": "warning", "codes": PERSON.column("id_kind").codes,
     "code_aliases": PERSON.column("id_kind").code_aliases},
    {"name": "id_number", "type": "person_document", "pii": "id_number", "kind_column": "id_kind"},
]  # fmt: skip


def eighteen(first: str, born: str = "19850303", sequence: int = 12) -> str:
    """A number of 18 places that begins with six given ones, by ISO 7064 MOD 11-2."""
    body = f"{first}{born}{sequence:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


HONG_KONG, TAIWAN, FOREIGNER = eighteen("810000"), eighteen("830000"), eighteen("944704")


def read(kind, number):
    batch = small(COLUMNS, [[kind, number]])
    return batch, [batch.columns[f"id_number{s}"].to_pylist()[0] for s in ("", "_kind", "_state")]


@pytest.mark.parametrize(
    ("kind", "number", "kept", "is_kind"),
    [
        ("居民身份证", id_number(7), id_number(7), "居民身份证"),
        ("护照", "E12345678", "E12345678", "护照"),
        ("外国护照", "C1234567", "C1234567", "护照"),
        ("护照", "123456789", "123456789", "护照"),
        ("护照", " e 1234 5678 ", "E12345678", "护照"),
        ("港澳居民来往内地通行证", "H1234567801", "H1234567801", "港澳居民来往内地通行证"),
        ("回乡证", "M12345678", "M12345678", "港澳居民来往内地通行证"),
        ("台湾居民来往大陆通行证", "12345678", "12345678", "台湾居民来往大陆通行证"),
        ("台胞证", "1234567890(B)", "1234567890B", "台湾居民来往大陆通行证"),
        ("港澳台居民居住证", HONG_KONG, HONG_KONG, "港澳台居民居住证"),
        ("港澳台居民居住证", TAIWAN, TAIWAN, "港澳台居民居住证"),
        ("外国人永久居留身份证", "VNM440085030301", "VNM440085030301", "外国人永久居留身份证"),
        ("外国人永久居留证", FOREIGNER, FOREIGNER, "外国人永久居留身份证"),
        ("军官证", "军字第1234567号", "军字第1234567号", "军官证"),
        ("军官证", "1234567", "1234567", "军官证"),
        ("户口簿", id_number(7), id_number(7), "居民身份证"),
        ("居民户口簿", "440123456", "440123456", "居民户口簿"),
        ("其他证件", "粤12345", "粤12345", "其他证件"),
    ],
)
def test_kind_and_number_are_kept(kind, number, kept, is_kind):
    batch, (value, of_kind, state) = read(kind, number)
    assert (value, of_kind, found(batch)) == (kept, is_kind, [])
    assert state in ("valid", "repaired")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("E12345678", "护照"), ("EA1234567", "护照"), ("H12345678", "港澳居民来往内地通行证"),
        (HONG_KONG, "港澳台居民居住证"), ("VNM440085030301", "外国人永久居留身份证"), (FOREIGNER, "外国人永久居留身份证"),
        ("军字第1234567号", "军官证"), (id_number(3), "居民身份证"),
    ],
)  # fmt: skip
def test_a_feed_without_kinds_knows_them_by_their_shape(number, kind):
    rows = [[clean_row(CATALOG["inpatient_settlement"], n)[c.name] for c in CATALOG["inpatient_settlement"].columns]
            for n in range(1, 7)]  # fmt: skip
    place = [c.name for c in CATALOG["inpatient_settlement"].columns].index("id_number")
    rows[4][place] = number
    title = CATALOG["inpatient_settlement"].title + " 2019年12月"
    batch = checked(table([c.header for c in CATALOG["inpatient_settlement"].columns], rows, title))
    assert found(batch) == []
    assert batch.columns["id_number"].to_pylist()[4] == number
    assert batch.columns["id_number_kind"].to_pylist()[4] == kind


@pytest.mark.parametrize(
    "number", ["12345678", "1234567", "没带", "440123456", "123456789", "ABCD1234567", "E1234"]
)
def test_what_has_no_shape_is_no_number_without_its_kind(number):
    batch = small([{"name": "n", "type": "person_document", "pii": "id_number"}], [[number]])
    assert batch.columns["n"].to_pylist() == [None]
    ((code, severity, _, _),) = found(batch)
    assert (code[:3], severity) == ("ID_", "error")


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("护照", "没带", "DOCUMENT_NUMBER_FORM"),
        ("护照", id_number(5)[:17] + "?", "DOCUMENT_NUMBER_FORM"),
        ("居民户口簿", id_number(5)[:-1] + ("0" if id_number(5)[-1] != "0" else "1"), "DOCUMENT_NUMBER_FORM"),
        ("居民身份证", "H1234567801", "DOCUMENT_UNLIKE_KIND"),
        ("护照", id_number(5), "DOCUMENT_UNLIKE_KIND"),
        ("居民身份证", FOREIGNER, "DOCUMENT_UNLIKE_KIND"),
    ],
)
def test_a_number_that_is_not_of_its_kind(kind, number, code):
    batch, _ = read(kind, number)
    assert [f[0] for f in found(batch)] == [code]


@pytest.mark.parametrize("number", [HONG_KONG, FOREIGNER])
def test_a_wrong_place_in_one_of_eighteen_is_still_found(number):
    for place in range(17):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert small(COLUMNS, [["", wrong]]).columns["id_number"].to_pylist() == [None], place


@given(st.integers(0, 9).map(str), st.integers(1, 999), st.dates().filter(lambda d: 1900 < d.year < 2015))
def test_nine_and_a_province_is_a_foreigner(digit, sequence, born):
    number = eighteen(f"9{digit}4704", f"{born:%Y%m%d}", sequence)
    value = small(COLUMNS, [["", number]]).columns["id_number_kind"].to_pylist()
    is_province = digit in "13456"  # 14, 34, 44, 54, 64; there is no 24, 74 …
    assert value == ["外国人永久居留身份证" if is_province else None]


def test_sex_and_birth_are_told_by_eighteen_places_only():
    columns = [
        *COLUMNS,
        {"name": "born", "type": "date"},
        {"name": "sex", "type": "code", "codes": ["男", "女"]},
    ]
    rules = [
        {"kind": "like_id", "code": "B", "column": "born"},
        {"kind": "like_id", "code": "S", "column": "sex"},
    ]
    rows = [["回乡证", "H1234567801", "1971-04-06", "女"], ["", FOREIGNER, "1985-03-03", "女"]]
    assert found(small(columns, rows, checks=rules)) == []
    rows[1][2] = "1985-03-04"
    assert found(small(columns, rows, checks=rules)) == [("B", "warning", 1, "born")]


def test_nobody_is_told_to_write_another_document():
    for code, kind in PROBLEMS.items():
        if code.startswith(("ID_", "DOCUMENT_")) or code == "CODE_UNKNOWN":
            assert "改成居民身份证" not in kind.remedy
    kinds = set(PERSON.column("id_kind").codes)
    assert {
        "护照",
        "港澳居民来往内地通行证",
        "台湾居民来往大陆通行证",
        "外国人永久居留身份证",
        "军官证",
        "居民户口簿",
    } <= kinds


@pytest.mark.parametrize(
    "text",
    [
        "护照号码：E12345678", "王某（护照E12345678）", "VNM440085030301", "证号VNM440085030301，见附件", "台胞证 12345678",
        "军官证：军字第1234567号", "港澳居民来往内地通行证H1234567801", f"居住证{HONG_KONG}", f"永久居留{FOREIGNER}。",
    ],
)  # fmt: skip
def test_what_identifies_them_is_masked_in_a_text(text):
    assert holds_id(text)
    for masked in (mask_ids(text), mask_shown(text)):
        assert STARS in masked
        assert not re.search(r"[0-9]{7}", masked), masked


@pytest.mark.parametrize(
    "text",
    [
        "护照2019年换发",
        "XW2019000000",
        "合同H20190001",
        "居住证明",
        "TKX123456789012",
        "P0000001",
        "沙田2组12号",
    ],
)
def test_other_numbers_stay(text):
    assert mask_ids(text) == text
    assert not holds_id(text)


def test_a_message_about_such_a_cell_shows_its_letters_only():
    cells = ["E12345678", "H1234567801", "12345678", "VNM440085030301", FOREIGNER, "E 1234567?"]
    shown = mask_id_column(pa.array(cells)).to_pylist()
    assert shown == [f"{s}{STARS}" for s in ("E", "H", "12", "VNM", FOREIGNER[:6], "E")]


@pytest.mark.parametrize(
    "cell",
    [
        *("E 1234 5678", "(E12345678)", "护照E12345678", "E12345678、H87654321", "H12345678(港澳通行证)"),
        *(
            "南字第1234567号",
            "军字第12345678号",
            "澳123456789",
            "号1234",
            "123456",
            "1234-5678",
            "Ｅ１２３４５６７８",
        ),
        *("其123456789012", "2019-07-03", "张三440899197311070012", "E12345678\n护照"),
    ],
)
def test_however_such_a_number_is_written_its_digits_are_not_shown(cell):
    (shown,) = mask_id_column(pa.array([cell])).to_pylist()
    assert shown.endswith(STARS)
    assert len(re.findall(r"\d", shown)) <= 2


def test_words_in_such_a_cell_are_shown():
    words = ["无", "不详", "同上", "0", "待补", "见附件2", "4.40899E+17", None]
    assert mask_id_column(pa.array(words)).to_pylist() == words
