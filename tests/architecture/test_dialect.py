"""The models speak what DuckDB and Spark share; what they spell differently is in macros/dialect alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
# Where an engine is spoken to in its own words. Generated files are held to it by what generates them.
OWN_WORDS = ("macros/dialect/", "macros/materializations/", "macros/generated/")

# Functions that only one of the two has, or that do something else in each.
FUNCTIONS = (
    # DuckDB's
    "regexp_matches", "regexp_full_match", "regexp_extract_all", "regexp_split_to_array", "strftime",
    "strptime", "try_strptime", "date_diff", "datesub", "to_days", "to_months", "to_years", "list_value",
    "list_extract", "list_contains", "list_aggregate", "list", "unnest", "struct_pack", "arg_max", "arg_min",
    "string_agg", "group_concat", "sha256", "generate_series", "epoch", "epoch_ms", "strlen",
    "damerau_levenshtein", "jaro_similarity", "jaro_winkler_similarity", "string_split", "str_split",
    "prefix", "suffix", "columns", "read_parquet", "read_csv", "today", "dayofweek",
    # Spark's
    "regexp_like", "rlike", "regexp_count", "to_date", "to_timestamp", "try_to_timestamp", "date_format",
    "datediff", "date_add", "date_sub", "add_months", "months_between", "array", "element_at", "explode",
    "posexplode", "struct", "named_struct", "collect_list", "collect_set", "listagg", "sha2", "sequence",
    "from_utc_timestamp", "to_utc_timestamp", "unix_timestamp", "size", "nvl", "div", "bround", "split",
    # of both, and not the same
    "regexp_replace", "regexp_extract", "array_agg", "current_timestamp", "now", "random", "hash",
)  # fmt: skip
CALLS = re.compile(r"(?<![\w.{'])(" + "|".join(FUNCTIONS) + r")\s*\(", re.IGNORECASE)
SPELLINGS = {
    "integer division is written in one way by each": re.compile(r"[\w)]\s*//\s*[\w(]"),
    "`select * exclude` is DuckDB's, `except` Spark's": re.compile(r"\bexclude\s*\(", re.IGNORECASE),
    "Spark counts nothing distinct in a window": re.compile(
        r"count\s*\(\s*distinct[^()]*(\([^()]*\)[^()]*)*\)\s*over\b", re.IGNORECASE
    ),
    "`asof join` is DuckDB's": re.compile(r"\basof\s+(left\s+)?join\b", re.IGNORECASE),
    "`distinct on` is DuckDB's": re.compile(r"\bdistinct\s+on\s*\(", re.IGNORECASE),
    "`by name` is DuckDB's": re.compile(r"\bunion\s+(all\s+)?by\s+name\b", re.IGNORECASE),
    "a null looked for in a query is no null in Spark: is_one_of": re.compile(
        r"coalesce\(\s*[\w.]+ in \{\{ codes_of\([^)]*\) \}\},(?!\s*false)|\bnot in \{\{ codes_of",
        re.IGNORECASE,
    ),
}


def spoken(text: str) -> list[str]:
    """What of one engine a model or macro says, each as a sentence."""
    sql = re.sub(r"--[^\n]*", "", re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL))
    # What stands in {{ }} is Jinja: a macro of ours, which may have such a name.
    plain = re.sub(r"\{\{[^{}]*\}\}", "x", re.sub(r"\{%.*?%\}", "", sql, flags=re.DOTALL))
    found = [f"{match[1]}() belongs into a macro of macros/dialect" for match in CALLS.finditer(plain)]
    return found + [why for why, pattern in SPELLINGS.items() if pattern.search(sql)]


def files() -> list[Path]:
    return [
        path
        for folder in ("models", "macros", "tests")
        for path in sorted((PROJECT / folder).rglob("*.sql"))
        if not path.relative_to(PROJECT).as_posix().startswith(OWN_WORDS)
    ]


def test_no_model_speaks_one_engine_alone() -> None:
    assert len(files()) > 100
    wrong = [
        f"{path.relative_to(PROJECT)}: {sentence}"
        for path in files()
        for sentence in spoken(path.read_text("utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "sql",
    [
        "select regexp_matches(code, 'x') from t",
        "select STRFTIME(day, '%Y') from t",
        "select a // b from t",
        "select * exclude (a) from t",
        "select count(distinct case when a then b end) over (partition by c) from t",
        "select list(a) from t",
        "select x from t where coalesce(t.a in {{ codes_of('A') }}, true)",
        "select x from t where t.a not in {{ codes_of('A') }}",
        "select string_agg(a, ',' order by a) from t",
    ],
)
def test_what_one_engine_alone_understands_is_seen(sql: str) -> None:
    assert spoken(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select {{ regexp_found('code', 'x') }} from t",
        "select count(distinct a) as n, sum(b) over (partition by c) from t",
        "-- list (of people)\nselect 1 as n",
        "select blacklist(a) from t",
    ],
)
def test_what_both_understand_is_not(sql: str) -> None:
    assert not spoken(sql)
