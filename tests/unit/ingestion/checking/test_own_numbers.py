"""A part of a row's own ID number behind a name, in a number or in a place: taken out at its cell."""

import time

import numpy as np
import pyarrow as pa
import pytest

from ingestion.checking.own_numbers import _is_part
from tests.unit.ingestion.checking.test_stray_ids import CATALOG, checked, said_of
from tests.unit.ingestion.helpers import id_number

NUMBER = id_number(34, "19711125")  # …0344
_BASE = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base36(number: int) -> str:
    return (_base36(number // 36) if number >= 36 else "") + _BASE[number % 36]


NAMES = [
    "吴晓珠（1971年11月25日生）",
    "吴晓珠(1971.11.25)",
    "吴晓珠 1971-11-25",
    "吴晓珠19711125",
    "吴晓珠（71年11月25日）",
    "吴晓珠（11月25日生）",
    "吴晓珠（尾号0344）",
    "吴晓珠（身份证尾号 250344）",
    "吴晓珠0344",
    "吴晓珠（一九七一年十一月二十五日生）",
    "吴晓珠١٩٧١١١٢٥",
    "吴晓珠" + hex(int(NUMBER[:17])),
    "吴晓珠" + _base36(int(NUMBER[:17])),
    "吴晓珠" + NUMBER[::-1],
]
NUMBERS = [
    NUMBER[6:14],
    NUMBER[12:],
    NUMBER[6:],
    NUMBER[::-1],
    hex(int(NUMBER[:17])),
    hex(int(NUMBER))[2:].upper(),
    _base36(int(NUMBER[:17])),
    _base36(int(NUMBER)),
    f"{NUMBER[:6]}a{NUMBER[6:14]}b{NUMBER[14:]}",
]
TEXTS = ["1971年11月25日生", "尾号0344", "一九七一年11月25日", "0344", "后四位：0344"]


def _rows(column: str, texts: list[str], feed: str = "register_person"):
    """The batch, and per text (what landed, code, whether the row is held)."""
    own = "head_id_number" if feed == "register_household" else "id_number"
    batch = checked(feed, [{column: text, own: NUMBER} for text in texts])
    start = batch.row_count - len(texts)
    rows = range(start, batch.row_count)
    codes = [{code for (code, name) in said_of(batch, row) if name == column} for row in rows]
    return [
        (batch.columns[column][row].as_py(), said, bool(batch.held[row]))
        for row, said in zip(rows, codes, strict=True)
    ]


@pytest.mark.parametrize("feed", ["register_person", "register_household", "insurance_enrolment"])
def test_of_a_name_with_a_birthday_the_name_is_taken(feed: str) -> None:
    column = "head_name" if feed == "register_household" else "person_name"
    found = _rows(column, NAMES, feed)
    assert found == [("吴晓珠", {"STRAY_ID_IN_NAME"}, False)] * len(NAMES)


def test_a_name_with_a_number_that_tells_nothing_is_still_a_name() -> None:
    assert _rows("person_name", ["吴晓珠2", "张三", "李四（学生）"]) == [
        ("吴晓珠", {"NAME_HAS_DIGIT"}, False),
        ("张三", set(), False),
        ("李四（学生）".replace("（", "(").replace("）", ")"), set(), False),
    ]


@pytest.mark.parametrize("column", ["register_person_no", "register_household_no"])
def test_a_number_made_of_the_own_one_holds_its_row(column: str) -> None:
    assert _rows(column, NUMBERS) == [(None, {"STRAY_ID"}, True)] * len(NUMBERS)


def test_members_share_the_number_of_their_household() -> None:
    number = hex(int(NUMBER[:17]))
    others = [{"register_household_no": number, "id_number": id_number(n)} for n in (51, 52)]
    rows = [{"register_household_no": number, "id_number": NUMBER}, *others]
    batch = checked("register_person", rows)
    assert batch.columns["register_household_no"].to_pylist()[-3:] == [None] * 3
    assert batch.held[-3:].all()


def test_a_birthday_in_a_register_number_holds_its_row() -> None:
    for number in ("尾号0344", "1971年11月25日生"):
        ((landed, said, held),) = _rows("register_person_no", [number])
        assert (landed, held) == (None, True) or (said == {"REGISTER_NO_FORM"} and held)


@pytest.mark.parametrize(
    "number",
    ["4408-99/12a", "P1", "P_1", "徐城(1)-002", "0344", "1971", "19711126", "0x12ab", "123456789012"],
)
def test_other_numbers_are_taken(number: str) -> None:
    assert _rows("register_person_no", [number]) == [(number, set(), False)]


@pytest.mark.parametrize("number", ["待编", "四四〇八", "1" * 70, "P*1", "吴晓珠"])
def test_what_looks_like_no_number_of_a_register_is_held(number: str) -> None:
    ((_, said, held),) = _rows("register_person_no", [number])
    assert held and said == {"REGISTER_NO_FORM"}


def test_of_a_place_the_rest_is_kept() -> None:
    found = _rows("natural_village_name", [*TEXTS, "东方村1971-11-25", "东方村"], "register_household")
    assert found == [
        *[(None, {"STRAY_ID_MASKED"}, False)] * len(TEXTS),
        ("东方村************", {"STRAY_ID_MASKED"}, False),
        ("东方村", set(), False),
    ]


@pytest.mark.parametrize(
    "text", ["广东1971年1月25日", "共1971元", "0759-4880344", "电话13800138000", "第0344号房"]
)
def test_numbers_of_other_things_stay(text: str) -> None:
    assert _rows("work_area", [text]) == [(text, set(), False)]


def test_without_a_number_nothing_is_compared() -> None:
    contract = CATALOG["village"]
    batch = checked(contract.feed, [{"village_name": "19711125村"}])
    assert batch.columns["village_name"][-1].as_py() == "19711125村"


@pytest.mark.slow
def test_numbers_of_650_000_rows_are_compared_quickly() -> None:
    count = 650_000
    values = pa.array([f"4408990000{n:08d}" for n in range(count)])
    numbers = pa.array([f"44089919711125{n % 10_000:04d}" for n in range(count)])
    started = time.process_time()
    found = _is_part(values, [numbers], CATALOG["register_person"].column("register_person_no"))
    assert not np.any(found)
    assert time.process_time() - started < 5
