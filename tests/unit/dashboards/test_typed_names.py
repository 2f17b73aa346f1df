"""People's names in columns that are not for names: replaced in what is served, unless they are a place."""

from collections.abc import Iterator

import duckdb
import pytest

from dashboards.typed_names import (
    HIDDEN_NAME,
    HIDDEN_PLACE,
    NAME,
    PLACE,
    SHEET,
    TYPED,
    NameRules,
    Text,
    shown_instead,
)
from ingestion.messages.plain_labels import plain_label

PEOPLE = ["龘小飝", "高山", "王安全", "李四"]
RULES = NameRules((("roll", "person_name"),), lambda label: label.replace("张三", "…").replace("李四", "…"))


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as warehouse; create schema warehouse.staging")
    connection.execute("create table warehouse.staging.stg_roll (person_name varchar)")
    connection.executemany("insert into warehouse.staging.stg_roll values (?)", [[name] for name in PEOPLE])
    connection.execute("""
        create table warehouse.staging.stg_register_household as
        select 'H' || n as register_household_no, '高山' as village_name, '东' as natural_village_name
        from range(3) as r(n)
    """)
    connection.execute("create table warehouse.staging.stg_village (village_name varchar)")
    yield connection
    connection.close()


def _served(
    connection: duckdb.DuckDBPyConnection, cells: list[str], content: str, rules: NameRules
) -> list[str]:
    connection.execute("create or replace table mart (number integer, cell varchar)")
    connection.executemany("insert into mart values (?, ?)", list(enumerate(cells)))
    instead = shown_instead(connection, [Text("mart", "mart", "cell", content)], rules)
    sql = instead.get(("mart", "cell"), "cell")
    return [
        cell for (cell,) in connection.execute(f"select {sql} from mart as served order by number").fetchall()
    ]


def _plain_nothing(label: str) -> str:
    return "…"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("龘小飝", HIDDEN_NAME),
        ("登记的行政村“龘小飝”没有", f"登记的行政村“{HIDDEN_NAME}”没有"),
        ("XW-龘小飝-1", f"XW-{HIDDEN_NAME}-1"),
        ("高山", "高山"),  # three households live in a village called so
        ("东村", "东村"),
        ("王安全村", "王安全村"),
    ],
)
def test_a_name_by_itself_is_hidden(connection: duckdb.DuckDBPyConnection, cell: str, shown: str) -> None:
    rules = NameRules(RULES.columns, _plain_nothing)
    assert _served(connection, [cell, "440825101"], "", rules) == [shown, "440825101"]


def test_a_word_of_the_tables_stays_whoever_is_called_so(connection: duckdb.DuckDBPyConnection) -> None:
    assert _served(connection, ["高山", "龘小飝"], "", RULES) == ["高山", "龘小飝"]


def test_a_column_of_names_keeps_them(connection: duckdb.DuckDBPyConnection) -> None:
    assert _served(connection, ["龘小飝"], NAME, NameRules(RULES.columns, _plain_nothing)) == ["龘小飝"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("东村", "东村"), ("高山", "高山"), ("驫小麤", HIDDEN_PLACE), ("龘小飝", HIDDEN_PLACE)],
)
def test_a_place_is_one_of_the_county(connection: duckdb.DuckDBPyConnection, cell: str, shown: str) -> None:
    connection.execute("insert into warehouse.staging.stg_village values ('东村'), ('龘小飝')")
    rules = NameRules(RULES.columns, _plain_nothing)
    assert _served(connection, [cell, ""], PLACE, rules) == [shown, ""]


@pytest.mark.parametrize(
    "cell", ["440825101", "Chen Wen", "٤٤٠٨٩٩", "❹❹⓿", "四四〇八九九一九", "9ca38c65805f1a"]
)
def test_no_writing_makes_a_place(connection: duckdb.DuckDBPyConnection, cell: str) -> None:
    words = NameRules(RULES.columns, plain_label)
    assert _served(connection, [cell, "第十二村", "其他/农场"], PLACE, words) == [
        HIDDEN_PLACE,
        "第十二村",
        "其他/农场",
    ]


def test_without_a_list_of_villages_the_register_names_the_places(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("insert into warehouse.staging.stg_register_household values ('H9', '西村', '龘小飝')")
    rules = NameRules(RULES.columns, _plain_nothing)
    assert _served(connection, ["西村", "南村", "龘小飝"], PLACE, rules) == [
        "西村",
        HIDDEN_PLACE,
        HIDDEN_PLACE,
    ]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("第 73 行的“行政村”“驫小麤12”不属于“高山”。", "第 73 行的“行政村”“…12”不属于“高山”。"),
        ("驫小麤", "…"),
        ("高山", "高山"),
    ],
)
def test_what_was_typed_is_quoted_by_its_known_words(
    connection: duckdb.DuckDBPyConnection, cell: str, shown: str
) -> None:
    rules = NameRules(RULES.columns, lambda word: word if word == "行政村" else "…")
    assert _served(connection, [cell], TYPED, rules) == [shown]


def test_sheets_keep_the_agreed_words_and_stay_apart(connection: duckdb.DuckDBPyConnection) -> None:
    served = _served(connection, ["张三", "花名册", "李四", "", "名册李四"], SHEET, RULES)
    assert served[1] == "花名册"
    assert served[3] == ""
    assert served[4] == "名册…"
    assert {served[0], served[2]} == {"…（1）", "…（2）"}
