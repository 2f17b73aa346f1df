"""Sheets that stand beside the tables of a feed and are none of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from ingestion.contracts import Catalog
from ingestion.matching.feeds import MatchedTable, feed_by_title
from ingestion.messages.problems import FileProblem
from ingestion.readers import Reading, Table

_WORD = re.compile(r"(\w+)=(.*?)(?= \w+=|$)")


def note_words(note: str) -> tuple[str, dict[str, str]]:
    """The code of a reader's note, and its words by name."""
    code, _, rest = note.partition(" ")
    return code, {key: value.strip() for key, value in _WORD.findall(rest)}


def headless_people(reading: Reading, groups: Collection[str]) -> FileProblem | None:
    """A list of people without a header beside sheets of one feed: without it the rest is no delivery."""
    for note in reading.notes if len(groups) == 1 else ():
        code, words = note_words(note)
        if code == "SHEET_WITHOUT_HEADER" and words.get("data") == "most":
            return FileProblem("NO_HEADER", {"sheet": words["sheet"]}, next(iter(groups)))
    return None


def of_another_kind(
    table: Table, problem: FileProblem, groups: Mapping[str, list[MatchedTable]], catalog: Catalog
) -> FileProblem:
    """A summary or list of those stopped beside the detail, with few of its columns: left out and named."""
    if problem.code != "MISSING_COLUMN" or problem.feed is None or not groups:
        return problem
    wanted = [len(match.positions) for match in groups.get(problem.feed, ())]
    if not wanted and feed_by_title([*table.title_lines, table.sheet], catalog) is None:
        wanted = [len(catalog[problem.feed].columns)]
    return FileProblem("NO_FEED") if problem.known_columns * 2 < min(wanted, default=0) else problem
