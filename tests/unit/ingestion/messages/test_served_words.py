"""People written into headers, names of files and columns of codes: none is in what everybody reads."""

from collections.abc import Callable

import pytest

from tests.unit.ingestion.deliveries import drop
from tests.unit.ingestion.helpers import id_number, lake, new_home
from tests.unit.ingestion.problems.made import CATALOG, lines, text

pytestmark = pytest.mark.slow

NAME, PASSPORT, PHONE = "龘小爨", "E12345678", "13900001111"
SERVED = ("file_label", "container_label", "reason", "remedy", "reason_en", "remedy_en")


def served_of(home) -> str:
    return "\n".join(str(row[name]) for row in lake(home, "delivery") for name in SERVED)


@pytest.mark.parametrize("header", [NAME, f"参保状态{NAME}的", f"参保”{NAME}“状态", f"证件{NAME}{PASSPORT}"])
@pytest.mark.parametrize("missing", ["参保状态", "证件号码"])
def test_a_person_in_a_header_is_not_served(tmp_path, header, missing):
    home, rows = new_home(tmp_path), lines(CATALOG["insurance_enrolment"], [{}] * 20)
    rows[2] = [header if cell == missing else cell for cell in rows[2]]
    name = f"2019年12月{NAME}{PASSPORT}参保{PHONE}.csv"
    (outcome,) = drop(home, text(rows), name=name, department="health_insurance")
    assert outcome.reason_code == "MISSING_COLUMN" and f"“{missing}”" in (outcome.reason or "")
    served = served_of(home)
    assert "2019年12月" in served
    assert not [word for word in (NAME, PASSPORT, PHONE) if word in served]


OWN: dict[str, Callable[[int], str]] = {
    "passport": lambda n: f"E1234{n:04d}",
    "phone": lambda n: f"1390000{n:04d}",
    "latin name": lambda n: f"ZHANG SAN{n}",
    "name": lambda n: f"龘小{chr(0x4E00 + n)}",
    "cut off": lambda n: f"{id_number(n)[:6]} 19731107 {n:03d} X1",
}


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_what_each_row_has_of_its_own_is_no_spelling(tmp_path, own):
    """As in a file whose columns are shifted by one."""
    home = new_home(tmp_path)
    sent = text(lines(CATALOG["insurance_enrolment"], [{"insurance_status": own(n)} for n in range(40)]))
    (outcome,) = drop(home, sent, name="2019年12月参保.csv", department="health_insurance")
    assert outcome.reason_code == "CODE_SPELLING_UNKNOWN"
    sent = text(lines(CATALOG["register_person"], [{"sex": own(n)} for n in range(40)]))
    drop(home, sent, name="2019年12月人口.csv")
    (asked,) = [p for p in lake(home, "problem") if p["code"] == "CODE_SPELLING_ASKED"]
    said = served_of(home) + str(asked)
    assert not [n for n in range(40) if own(n) in said]
    assert "40 行写的是各不相同的内容" in said and "something else each" in said


@pytest.mark.parametrize("written", [NAME, f"”{NAME}“", f"“{NAME}”", f"{PASSPORT}", PHONE])
def test_what_many_rows_have_is_asked_and_served_without_people(tmp_path, written):
    home = new_home(tmp_path)
    sent = text(lines(CATALOG["insurance_enrolment"], [{"insurance_status": written}] * 40))
    (outcome,) = drop(home, sent, name="2019年12月参保.csv", department="health_insurance")
    assert outcome.reason_code == "CODE_SPELLING_UNKNOWN"
    assert f"“{written.strip('“”')}”" in (outcome.reason or "")  # the department's own copy
    assert written.strip("“”") not in served_of(home)
