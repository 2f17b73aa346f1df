"""ID numbers are recognised in one place: a second pattern would be weaker, and guard another door."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = (
    "foundation", "ingestion", "sanbao", "dashboards", "dags", "reports", "dbt_project/macros",
    "dbt_project/models",
)  # fmt: skip
TEXTS = frozenset({".py", ".sql", ".yml"})
HOME = "ingestion/text/masking.py"
# What checks whether a cell of an ID column holds a number, and cannot hide one.
READS_ID_CELLS = frozenset({"ingestion/parsing/ids.py"})
GENERATED = frozenset({"dbt_project/macros/generated/masking.sql"})
# A repeated digit whose count, or two of whose counts, come to the places of an ID number.
_REPEATED = re.compile(r"(?:\\d|\[0-9[^\]]*\]|_DIGIT\}?)\)?\{(\d+)(?:,\d*)?\}")


def counts(text: str) -> list[int]:
    """How often digits are repeated in each line's patterns, and the sums of those side by side."""
    found: list[int] = []
    for line in text.splitlines():
        each = [int(n) for n in _REPEATED.findall(line)]
        found += [*each, sum(each)]
    return found


def recognises(text: str) -> bool:
    return any(15 <= count <= 18 for count in counts(text))


def test_nothing_else_recognises_an_id_number() -> None:
    files = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.*") if path.suffix in TEXTS]
    assert len(files) > 300
    names = {path.relative_to(ROOT).as_posix() for path in files if recognises(path.read_text("utf-8"))}
    assert names - READS_ID_CELLS - GENERATED == set()


def test_a_second_recogniser_is_seen() -> None:
    assert recognises(r"re.compile(r'(?<!\d)(\d{6})\d{8}(\d{3}[\dXx]|\d)(?!\d)')")
    assert recognises("'(^|[^0-9０-９])[0-9０-９]{17}[0-9０-９XxＸｘ]($|[^0-9０-９])'")
    assert recognises("text, '[0-9０-９]{17}[0-9０-９XxＸｘ]', '******************'")
    assert not recognises(r"re.compile(r'\d{4}-\d\d-\d\d')")
