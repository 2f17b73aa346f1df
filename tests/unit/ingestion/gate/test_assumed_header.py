"""A file without a header: offered in the order of the delivery before, and taken when somebody says so.

The oracle is the same file with its header, given to another home: the same rows have to land.
"""

from __future__ import annotations

import csv
import io

import pytest

from ingestion.pipeline.decisions import accept
from tests.unit.ingestion.deliveries import drop
from tests.unit.ingestion.helpers import lake, new_home
from tests.unit.ingestion.problems.made import CATALOG, book, lines, saved

pytestmark = pytest.mark.slow

FEEDS = [c.feed for c in CATALOG.contracts if c.feed not in ("attested_statement",)]
FORMS = {
    "comma": lambda rows: _text(rows, ","),
    "tab": lambda rows: _text(rows, "\t"),
    "semicolon": lambda rows: _text(rows, ";"),
    "xlsx": lambda rows: saved(book(表=rows)),
}


def _text(rows, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode("gb18030")


def months(contract, form, header=True, title=False, change=lambda rows: rows):
    """A file for November with its header, and one for December as asked."""
    write = FORMS[form]
    head = lines(contract, [{}] * 14)
    before = [[head[0][0]], ["统计截止日期：2019年11月30日"], *head[2:]]
    rows = change(head[3:])
    now = [*([[head[0][0]]] if title else []), *([head[2]] if header else []), *rows]
    return write(before), write(now)


def given(home, contract, files, suffix):
    """The outcomes of both files."""
    return [
        outcome
        for day, (month, data) in enumerate(zip(("11", "12"), files, strict=False))
        for outcome in drop(
            home,
            data,
            at=day,
            name=f"2019年{month}月{contract.title}.{suffix}",
            department=contract.department,
        )
    ]


def landed(home, contract, batch):
    rows = [row for row in lake(home, contract.feed) if row["_batch_id"] == batch]
    return [{k: v for k, v in row.items() if k not in ("_batch_id", "_source_row")} for row in rows]


@pytest.mark.parametrize(
    ("feed", "form"),
    [(feed, "comma") for feed in FEEDS]
    + [("insurance_enrolment", form) for form in FORMS if form != "comma"],
)
def test_it_is_offered_and_lands_as_with_its_header(tmp_path, feed, form):
    contract, suffix = CATALOG[feed], "xlsx" if form == "xlsx" else "csv"
    home, twin = new_home(tmp_path / "a"), new_home(tmp_path / "b")
    *_, whole = given(twin, contract, months(contract, form), suffix)
    first, refused = given(home, contract, months(contract, form, header=False), suffix)
    assert first.delivery_state in ("LOADED", "PARTIAL")
    assert (refused.delivery_state, refused.reason_code) == ("REFUSED", "HEADER_ASSUMED"), refused.reason
    assert refused.rows_accepted == 0 and landed(home, contract, refused.batch_id) == []
    assert contract.title in refused.said() and f"“{contract.columns[0].header}”" in refused.said()
    taken = accept(home, CATALOG, refused.batch_id, by="运维", reason="栏目没有变")
    assert [o.delivery_state for o in taken] == [whole.delivery_state]
    (batch,) = {o.batch_id for o in taken}
    assert landed(home, contract, batch) == landed(twin, contract, whole.batch_id) != []
    assert "HEADER_ASSUMED" in lake(home, "waiver")[0]["codes"]


def swapped(contract, one, other):
    names = [column.name for column in contract.columns]
    a, b = names.index(one), names.index(other)

    def change(rows):
        return [
            [row[b] if i == a else row[a] if i == b else cell for i, cell in enumerate(row)] for row in rows
        ]

    return change


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change",
    [
        swapped(CATALOG["insurance_enrolment"], "insurance_year", "premium_yuan"),
        swapped(CATALOG["insurance_enrolment"], "person_name", "id_number"),
        lambda rows: [row[1:] for row in rows],
        lambda rows: [[*row, "另一栏"] for row in rows],
        lambda rows: [["甲", "乙"]] * 12,
    ],
    ids=["year and money", "name and number", "a column less", "a column more", "something else"],
)
def test_other_columns_are_not_offered(tmp_path, form, change):
    contract, suffix = CATALOG["insurance_enrolment"], "xlsx" if form == "xlsx" else "csv"
    home = new_home(tmp_path)
    _, refused = given(home, contract, months(contract, form, header=False, change=change), suffix)
    assert refused.reason_code in ("NO_HEADER", "NO_FEED")


@pytest.mark.parametrize("form", FORMS)
def test_without_a_delivery_before_nothing_is_offered(tmp_path, form):
    contract, suffix = CATALOG["insurance_enrolment"], "xlsx" if form == "xlsx" else "csv"
    files = months(contract, form, header=False)
    (refused,) = given(new_home(tmp_path), contract, files[1:], suffix)
    assert refused.reason_code in ("NO_HEADER", "NO_FEED")


@pytest.mark.parametrize("form", FORMS)
def test_a_title_above_the_rows_stays_a_title(tmp_path, form):
    contract, suffix = CATALOG["insurance_enrolment"], "xlsx" if form == "xlsx" else "csv"
    home = new_home(tmp_path)
    _, refused = given(home, contract, months(contract, form, header=False, title=True), suffix)
    assert refused.reason_code == "HEADER_ASSUMED"
    (taken,) = accept(home, CATALOG, refused.batch_id, by="运维", reason="栏目没有变")
    rows = [row["_source_row"] for row in lake(home, contract.feed) if row["_batch_id"] == taken.batch_id]
    assert rows == list(range(2, 2 + len(rows)))
