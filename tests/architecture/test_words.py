"""One word for one thing in what people read: a row is 暂扣 (held), a file or row is 收下 (accepted)."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READ_BY_PEOPLE = (
    "docs", "ingestion", "sanbao", "dags", "dashboards", "dbt_project/models", "dbt_project/seeds"
)  # fmt: skip
TEXTS = frozenset({".py", ".md", ".yml", ".sql", ".csv"})
# 接收学校 is a school that takes a pupil in, and no word of deliveries.
OTHER_WORDS = re.compile("暂存|扣留|暂不收下|照收|接收(?!学校)")


def test_held_and_accepted_have_one_word_each() -> None:
    listed = [path for folder in READ_BY_PEOPLE for path in (ROOT / folder).rglob("*.*")]
    paths = [*ROOT.glob("README*.md"), *(path for path in listed if path.suffix in TEXTS)]
    assert len(paths) > 300
    found = {path: OTHER_WORDS.findall(path.read_text("utf-8")) for path in paths}
    assert {str(path): words for path, words in found.items() if words} == {}


def test_another_word_is_seen() -> None:
    assert OTHER_WORDS.findall("暂存 3 行，其余照收；没有接收学校的记录") == ["暂存", "照收"]
