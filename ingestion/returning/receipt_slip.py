"""The text in a department's return folder that says what became of each file it dropped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial

from foundation.language import Language, day_in_words, moment_in_words
from ingestion.checking.arrival import Arrival
from ingestion.checking.arrival import arrival as arrival_at
from ingestion.contracts import Catalog
from ingestion.lake.batch_files import read
from ingestion.lake.home import Home
from ingestion.lake.not_taken import not_taken
from ingestion.lake.records import Outcome, outcomes_by_file
from ingestion.lake.sealed import unsealed
from ingestion.lake.withdrawals import withdrawals
from ingestion.returning.copies import Returned, copies
from ingestion.returning.notices import RULE, write_notice
from ingestion.returning.states import FileState, States

NAME = "收件回执.txt"
_ENGLISH_NAME = "receipts.txt"
_LISTED = 200
_NOTED = 3  # warnings of one file
# The place in the order of arrival, when, what, and what is said of it where it is listed.
_Entry = tuple[Arrival, datetime, str, Callable[[], str]]
_WORDS: dict[str, tuple[str, str]] = {  # Chinese, English
    "head": ("{department}　收件回执（最近的在最前）", "{department}: receipts (latest first)"),
    "again": (
        "与以前投递的一份完全相同，数据没有变化。",
        "The same as a file that came before; nothing has changed.",
    ),
    "waiting": (
        "还没有取走的（仍在收件夹里，下次再取）：",
        "Not taken yet (still in the inbox, tried again):",
    ),
    "whole_folder": ("（整个文件夹）", "(the whole folder)"),
    "again_refused": (
        "与以前投递的一份完全相同，那一份没有收下：{reason}{remedy}",
        "The same as a file that came before, which was not taken: {reason} {remedy}",
    ),
    "title": ("《{title}》", "{title}: "),
    "look": ("请看同一文件夹里的“{copy}”。", " See “{copy}” in this folder."),
    "left": (
        "“{left}”已有人改动，没有覆盖；其中改好的，请尽快放回投递文件夹。",
        " “{left}” was changed by somebody and left alone; drop what is corrected in it.",
    ),
    "refused": ("没有收下：{reason}{remedy}", "Not taken: {reason} {remedy}"),
    "withdrawn": (
        "已于{day}撤回，不再使用；要重新报送的，可以再次投递。",
        "Withdrawn on {day} and no longer used; it may be dropped again.",
    ),
    "nil": ("{on}本期无数据，已登记。", "nothing to report{on}, noted."),
    "corrected": ("已更正 {rows:,} 行。", "{rows:,} rows corrected."),
    "still": ("仍有 {rows:,} 行需要更正。", " {rows:,} rows are still to be corrected."),
    "kept": (
        "另有 {rows:,} 行这次有错，但此前已经更正或收下，仍按此前的内容，不必再改。",
        " {rows:,} more rows are wrong in this copy; they keep what was corrected or taken before.",
    ),
    "taken": ("已{on}收下 {rows:,} 行", "{rows:,} rows taken{on}"),
    "taken_on": ("按 {day} 的数据", " as of {day}"),
    "nil_on": ("{day}", " as of {day}"),
    "notes": ("提醒：{notes}", " Please note: {notes}"),
    "more": ("等 {count} 处。", " and {count} in all."),
    "held": ("，暂扣 {rows:,} 行", ", {rows:,} rows held"),
    "copies": ("，重复 {rows:,} 行只计一次", ", {rows:,} duplicate rows counted once"),
    "cells": ("，另有 {cells:,} 格没有收下", ", {cells:,} cells of them not taken"),
    "stop": ("。", "."),
}


def write_slips(home: Home, catalog: Catalog, states: States, lang: Language = "zh") -> None:
    """Write `returned/<department>/收件回执.txt` of every department that dropped a file."""
    words = {key: text[lang == "en"] for key, text in _WORDS.items()}
    lying = copies(home)
    gone = withdrawals(home)
    entries: dict[str, list[_Entry]] = defaultdict(list)
    refused: dict[str, str] = {}
    english = lang == "en"
    for outcome in _outcomes(home):
        # Said only where it is listed: it takes a look into the lake.
        state, copy = states.of.get(outcome.batch_id), lying.get(outcome.sha256)
        said: Callable[[], str] = partial(_said, home, catalog, outcome, state, copy, lang)
        if moment := gone.get(outcome.batch_id) or gone.get(outcome.corrects_batch_id or ""):
            said = partial(words["withdrawn"].format, day=moment_in_words(moment, lang))
        if outcome.delivery_state == "REFUSED":
            reason, remedy = outcome.said(english=english), outcome.told(english=english)
            refused[outcome.sha256] = words["again_refused"].format(reason=reason, remedy=remedy)
        entries[outcome.department].append((outcome.arrival, outcome.received_at, outcome.file_name, said))
    for arrival in _again(home):
        moment = datetime.fromisoformat(arrival["received_at"])
        said_then = arrival.get("reason_en" if english else "reason", words["again"])
        again = refused.get(arrival["sha256"], said_then)
        place = arrival_at(int(arrival.get("received_no", 0)), moment)
        entries[arrival["department"]].append((place, moment, arrival["file_name"], partial(str, again)))
    waiting = _waiting(home, lang)
    name = NAME if lang == "zh" else _ENGLISH_NAME
    # A slip that said only what was waiting is emptied when that was taken.
    written = {path.parent.name for path in home.returned.glob(f"*/{name}")}
    for department in entries.keys() | waiting.keys() | written:
        own = entries[department]
        own.sort(key=lambda entry: (entry[0], entry[2]), reverse=True)
        named = catalog.departments.get(department, department) if lang == "zh" else department
        head = [words["head"].format(department=named), RULE]
        lines = [
            f"{moment_in_words(moment, lang)}　{name}\r\n    {said()}"
            for _, moment, name, said in own[:_LISTED]
        ]
        write_notice(home.returned / department / name, [*head, *waiting.get(department, ()), *lines])


def _waiting(home: Home, lang: Language) -> dict[str, list[str]]:
    """Department → what of it still lies in the inbox, and why."""
    words = {key: text[lang == "en"] for key, text in _WORDS.items()}
    found: dict[str, list[str]] = defaultdict(list)
    for left in not_taken(home):
        said = left.said(english=lang == "en")
        found[left.department].append(f"{left.name or words['whole_folder']}\r\n    {said}")
    return {name: [words["waiting"], *lines[:_LISTED], RULE] for name, lines in found.items()}


def _said(
    home: Home,
    catalog: Catalog,
    outcome: Outcome,
    state: FileState | None,
    copy: Returned | None,
    lang: Language,
) -> str:
    def say(key: str, **named: object) -> str:
        return _WORDS[key][lang == "en"].format(**named)

    title = say("title", title=catalog[outcome.feed].title) if outcome.feed else ""
    look = say("look", copy=copy.name) if copy else ""
    look += "".join(say("left", left=name) for name in copy.left) if copy else ""
    english = lang == "en"
    if outcome.delivery_state == "DUPLICATE":
        return outcome.said(english=english)
    if outcome.delivery_state == "REFUSED":
        reason, remedy = outcome.said(english=english), outcome.told(english=english)
        return say("refused", reason=reason, remedy=remedy) + look
    noted = _notes(home, outcome, lang)
    notes = say("notes", notes="".join(noted[:_NOTED])) if noted else ""
    notes += say("more", count=len(noted)) if len(noted) > _NOTED else ""
    if outcome.delivery_state == "NIL":
        return title + say(
            "nil", on=say("nil_on", day=day_in_words(outcome.as_of, lang)) if outcome.as_of else ""
        )
    if outcome.corrects_batch_id:
        # wrong in this copy, where the warehouse has a good row
        kept = len(state.rows_that_are("KEPT")) if state else 0
        still = outcome.rows_held - _count(home, outcome, "DUPLICATE_ROW") - kept
        rest = (say("still", rows=still) if still > 0 else "") + (say("kept", rows=kept) if kept else "")
        return title + say("corrected", rows=_corrected(home, outcome)) + rest + notes + look
    twice = _count(home, outcome, "DUPLICATE_ROW")
    held = say("held", rows=outcome.rows_held - twice) if outcome.rows_held > twice else ""
    held += say("copies", rows=twice) if twice else ""
    held += say("cells", cells=outcome.cells_held) if outcome.cells_held else ""
    on = say("taken_on", day=day_in_words(outcome.as_of, lang)) if outcome.as_of else ""
    return title + say("taken", rows=outcome.rows_accepted, on=on) + held + say("stop") + notes + look


def _count(home: Home, outcome: Outcome, code: str) -> int:
    """In how many rows of a batch a problem was found."""
    columns = ["code", "source_sheet", "source_row"]
    found = read(home, "problem", outcome.batch_id, columns) if outcome.rows_held else None
    rows = found.to_pylist() if found is not None else []
    return len({(row["source_sheet"], row["source_row"]) for row in rows if row["code"] == code})


def _notes(home: Home, outcome: Outcome, lang: Language) -> list[str]:
    """The warnings on a file as a whole, which a text copy has no place for."""
    columns = ["source_row", "severity", "code", "message", "message_en"]
    taken = outcome.delivery_state in ("LOADED", "PARTIAL")
    problems = read(home, "problem", outcome.batch_id, columns) if taken else None
    rows = problems.to_pylist() if problems is not None else []
    said = "message_en" if lang == "en" else "message"
    found = [
        row[said] or row["message"] or ""
        for row in rows
        if row["source_row"] is None and row["severity"] == "warning" and row["code"] != "ROWS_HELD"
    ]
    return list(dict.fromkeys(found))


def _corrected(home: Home, outcome: Outcome) -> int:
    rows = read(home, "correction", outcome.batch_id, ["is_accepted"])
    return sum(1 for row in (rows.to_pylist() if rows is not None else ()) if row["is_accepted"])


def _outcomes(home: Home) -> list[Outcome]:
    return [outcome for outcomes in outcomes_by_file(home).values() for outcome in outcomes]


def _again(home: Home) -> list[dict[str, str]]:
    """Files whose bytes had come before."""
    return [unsealed(path) for path in sorted(home.arrivals.glob("[!.]*.json"))]
