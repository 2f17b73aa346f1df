"""Numbers of which a format shows another, in every format of file, against plain arithmetic."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.readers import Table
from ingestion.readers.formats.number_formats import UNIT_UNKNOWN, shown_by
from tests.unit.ingestion.readers.make import ID, cells, one
from tests.unit.ingestion.shown.formats import Format
from tests.unit.ingestion.shown.writers import EVERY, GENERAL, PAGES, STYLED, Cell

HEAD = ["姓名", "身份证号", "户编号", "金额(元)"]
FORMATS = st.one_of(
    st.builds(Format, prefix=st.sampled_from(["", "TK", "户-"]), zeros=st.integers(2, 15)),
    st.builds(
        Format, thousands=st.integers(0, 3), point=st.integers(1, 4), escape=st.sampled_from(["!", "\\", '"'])
    ),
    st.builds(Format, thousands=st.integers(1, 3), places=st.integers(0, 2)),
    st.builds(Format, percent=st.just(True), places=st.integers(0, 2)),
)
WHOLE = st.integers(0, 10**12).map(str)
CENTS = st.integers(0, 10**9).map(lambda cents: str(Decimal(cents) / 100))


def table_of(kind: str, *shown: Cell) -> Table:
    """A table whose fourth column holds `shown`."""
    return one(EVERY[kind]([HEAD, *[["张三", ID, "H1", cell] for cell in shown]]))


def column(table: Table, at: int = 3) -> list[str]:
    return [row[at] for row in cells(table) if row[0] == "张三"]


def power_at(table: Table, row: int) -> int:
    return next((c.power for c in table.scaled if c.column == 3 and row in c.rows.tolist()), 0)


CASES = [
    (Format(zeros=10), "100000", "0000100000", 0),
    (Format(zeros=7, prefix="TK"), "45", "TK0000045", 0),
    (Format(thousands=1, point=1), "40000", "4", 4),
    (Format(thousands=1, point=1), "43567.5", "4.35675", 4),
    (Format(thousands=1), "40000", "40", 3),
    (Format(thousands=2, places=1), "1234567", "1.234567", 6),
    (Format(point=4), "40000", "4", 4),
    (Format(percent=True), "0.85", "85%", 0),
    (Format(percent=True, places=2), "0.0715", "7.15%", 0),
    (Format(places=2), "2019.1", "2019.10", 0),
    (Format(places=2), "2019.0999999999999", "2019.10", 0),
    (Format(places=2), "960.4", "960.4", 0),
    (Format(places=2), "2019.11", "2019.11", 0),
    (GENERAL, "2019.1", "2019.1", 0),
    (GENERAL, "40000", "40000", 0),
]


@pytest.mark.parametrize("kind", EVERY)
def test_what_a_person_sees_in_every_format(kind: str) -> None:
    table = table_of(kind, *(Cell(value, True, form) for form, value, _, _ in CASES))
    wanted = [text for _, _, text, _ in CASES]
    if kind in PAGES:  # they hold what is seen: 960.40
        assert [Decimal(t.rstrip("%")) if t[0] not in "T0" else t for t in column(table)] == [
            Decimal(t.rstrip("%")) if t[0] not in "T0" else t for t in wanted
        ]
    else:
        assert column(table) == wanted
    assert [power_at(table, row) for row in range(len(CASES))] == [power for _, _, _, power in CASES]


@pytest.mark.parametrize("kind", STYLED)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_format_shows_what_arithmetic_says(kind: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(FORMATS, WHOLE, CENTS), min_size=1, max_size=12))
    pairs = [(form, whole if form.zeros else cents) for form, whole, cents in drawn]
    table = table_of(kind, *(Cell(value, True, form) for form, value in pairs))
    assert column(table) == [form.exact(value) for form, value in pairs]
    for row, (form, value) in enumerate(pairs):
        assert power_at(table, row) == (form.power if Decimal(value) else 0)


@settings(max_examples=2000, deadline=None)
@given(form=FORMATS, whole=WHOLE, cents=CENTS)
def test_a_code_alone_shows_what_arithmetic_says(form: Format, whole: str, cents: str) -> None:
    value = whole if form.zeros else cents
    shown = shown_by(form.code)
    assert shown is not None
    assert shown.text(float(value)) == form.exact(value)
    assert shown.power(float(value)) == (form.power if Decimal(value) else 0)


@settings(max_examples=500, deadline=None)
@given(form=FORMATS.filter(lambda form: form.power > 0), cents=CENTS)
def test_no_page_changes_the_magnitude_of_a_number_without_a_word(form: Format, cents: str) -> None:
    table = table_of("html", Cell(cents, True, form))
    (text,), power = column(table), power_at(table, 0)
    assert power == UNIT_UNKNOWN or Decimal(text) * 10**power == Decimal(cents)


@settings(max_examples=500, deadline=None)
@given(code=st.text('0#?.,%;!\\"_*@[]<>=-万元年月dmyhs ', max_size=20), value=st.floats(-1e9, 1e9))
def test_no_code_however_odd_changes_a_magnitude_without_a_word(code: str, value: float) -> None:
    shown = shown_by(code)
    text = shown.text(value) if shown else None
    if shown is None or text is None or shown.power(value) or not value:  # nought is nought in any unit
        return
    section = shown.section(value)
    assert section is not None
    assert section.kind in ("zeros", "words", "month", "percent", "unit") or section.behind.startswith("万")


@pytest.mark.parametrize(
    ("code", "value", "text", "power"),
    [
        ('0"."0,"万元"', 43567.0, "4.3567万元", 0),
        ('#,##0,"千元"', 40000.0, "40", 3),
        ('#,##0,"元"', 40000.0, "40", UNIT_UNKNOWN),
        ('#,##0,"万"', 40000.0, "40", UNIT_UNKNOWN),  # 40万 on the screen, 40,000 in the cell
        ('[>=10000]0!.0,"万";0', 43567.0, "4.3567万", 0),
        ('[>=10000]0!.0,"万";0', 960.0, None, 0),
        ('[=1]"男";[=2]"女"', 2.0, "女", 0),
        ('"是";;"否"', 0.0, "否", 0),
        ('0;-0;"无"', 0.0, None, 0),
        ("0000-00-00", 20191201.0, "2019-12-01", 0),
        ("0000 0000", 12345678.0, "12345678", 0),
        ('yyyy"年"m"月"d"日"', 43800.0, None, 0),
        ('_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', 0.0, None, 0),
        ('"¥"#,##0.00_);[Red]\\("¥"#,##0.00\\)', 1080.0, None, 0),
        ("0.00E+00", 40000.0, None, 0),
        ("# ?/?", 0.5, None, 0),
    ],
)
def test_codes_as_people_make_them(code: str, value: float, text: str | None, power: int) -> None:
    shown = shown_by(code)
    assert (shown.text(value) if shown else None) == text
    assert (shown.power(value) if shown else 0) == power
