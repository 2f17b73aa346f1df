"""What must be done in one way is done in one module: a second one would be the weaker."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("foundation", "ingestion", "sanbao", "dashboards", "dags")

# What only the one place does → the modules that may.
RULES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "keeping programs in the background": (
        frozenset({"subprocess.Popen", "psutil.Popen", "psutil.Process", "socket.socket"}),
        # The pool's children answer one query each and die with the server that started them.
        frozenset({"sanbao/servers/processes.py", "dashboards/sandbox/pool.py"}),
    ),
    "locks": (
        frozenset({"fcntl.flock", "fcntl.lockf", "fcntl.F_SETLK", "fcntl.F_OFD_SETLK", "os.lockf"}),
        frozenset({"foundation/locks.py"}),
    ),
    # A lease asks whether anybody writes to a clerk's file: the other use of the module.
    "control of descriptors": (
        frozenset({"fcntl"}),
        frozenset({"foundation/locks.py", "ingestion/receiving/inbox.py"}),
    ),
    "putting a file in place": (
        frozenset({"os.replace", "Path.replace"}),
        frozenset({"foundation/files.py"}),
    ),
    # Things that lie there get another place, whole; what was just written takes `put_in_place`.
    "moving what lies there": (
        frozenset({"os.rename", "Path.rename", "shutil.move", "os.renames"}),
        frozenset(
            {"ingestion/receiving/claims.py", "ingestion/pipeline/repair.py", "sanbao/stack.py"}
            | {"sanbao/night/restore.py", "sanbao/night/warehouse.py"}
            # What a clerk's own program renames in the clerk's own folder.
            | {"sanbao/servers/sftp_folder.py"}
        ),
    ),
    "flushing": (
        frozenset({"os.fsync", "os.fdatasync", "os.sync"}),
        # A probe of the disk, and files of a backup, whose folder gets its place when all are there.
        frozenset({"foundation/files.py", "sanbao/storage.py", "sanbao/night/backup_file.py"}),
    ),
    # What people generate into the sources is seen in their version control.
    "writing over a file": (
        frozenset({"Path.write_text", "Path.write_bytes"}),
        frozenset(
            {"sanbao/codegen/dbt_files.py", "sanbao/codegen/problem_docs.py"}
            | {"dashboards/sandbox/functions.py"}
        ),
    ),
    "time zones": (
        frozenset({"zoneinfo", "zoneinfo.ZoneInfo", "datetime.timezone"}),
        frozenset({"foundation/language.py"}),
    ),
    "secrets of the servers": (frozenset({"secrets.token_urlsafe"}), frozenset({"sanbao/servers/keys.py"})),
}


# The same of what a text shows: another set of languages, another county's clock, a day in words.
LANGUAGE = re.compile(r"Literal\[['\"](?:zh|en)['\"]|['\"]Asia/|\}年\{")


def used(source: str) -> set[str]:
    """Every name of another module that is used, with the module it is from: `os.replace`."""
    tree = ast.parse(source)
    origin: dict[str, str] = {}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origin |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            origin |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    found |= set(origin.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in origin:
            found.add(f"{origin[node.value.id]}.{node.attr}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            # A text's own `replace` takes two, a moment's and a table's name what they replace.
            moves = name in ("replace", "rename") and len(node.args) == 1 and not node.keywords
            if moves or name in ("write_text", "write_bytes"):
                found.add(f"Path.{name}")
    return found


def product() -> dict[str, str]:
    files = [path for folder in PRODUCT for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 200
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files}


@pytest.mark.parametrize("rule", RULES)
def test_only_one_place_does_it(rule: str) -> None:
    names, places = RULES[rule]
    found = {path for path, source in product().items() if used(source) & names}
    assert found == places


@pytest.mark.parametrize(
    "source",
    [
        "import subprocess\nsubprocess.Popen(['x'])",
        "import subprocess as s\ndef f():\n    s.Popen(['x'])",
        "from subprocess import Popen\nPopen(['x'])",
        "def f():\n    from psutil import Process as P\n    P(1)",
    ],
)
def test_a_second_keeper_is_seen(source: str) -> None:
    assert used(source) & RULES["keeping programs in the background"][0]


def test_a_second_lock_is_seen() -> None:
    names = RULES["locks"][0] | RULES["control of descriptors"][0]
    assert used("import fcntl\nfcntl.flock(1, 2)") & names == {"fcntl", "fcntl.flock"}
    assert used("def f():\n    from fcntl import lockf as lock") & names == {"fcntl.lockf"}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import os\nos.replace(a, b)", "os.replace"),
        ("draft.with_suffix('').replace(path)", "Path.replace"),
        ("(folder / 'a').rename(folder / 'b')", "Path.rename"),
        ("from os import fsync as flush", "os.fsync"),
        ("(home / 'x.json').write_text('{}')", "Path.write_text"),
    ],
)
def test_a_second_way_to_write_is_seen(source: str, name: str) -> None:
    assert any(name in names for names, _ in RULES.values())
    assert name in used(source)


def test_texts_moments_and_tables_are_no_files() -> None:
    source = "from dataclasses import replace\n" + (
        "text.replace('a', 'b')\nmoment.replace(hour=1)\ntable.rename(columns={})\nreplace(x, y=1)"
    )
    assert used(source) == {"dataclasses.replace"}


def test_languages_clock_and_days_in_words_stand_once() -> None:
    found = {path for path, source in product().items() if LANGUAGE.search(source)}
    assert found == {"foundation/language.py"}


@pytest.mark.parametrize(
    "source",
    [
        "Lang = Literal['zh', 'en']",
        'zone = ZoneInfo("Asia/Shanghai")',
        'f"{day.year}年{day.month}月{day.day}日"',
    ],
)
def test_a_second_language_module_is_seen(source: str) -> None:
    assert LANGUAGE.search(source)
    assert used("from datetime import UTC, timezone") & RULES["time zones"][0]


# What became of a file and of its rows is decided in dbt; `returning` learns it through `states` alone. Its
# other sources are records (receipts, outcomes, withdrawals) and what was said of a batch when it was loaded.
DOOR = "ingestion/returning/states.py"
LAKE_OF_RETURNING = frozenset(
    {"archive", "batch_files", "home", "not_taken", "parquet", "received_file", "records", "schema"}
    | {"sealed", "withdrawals"}
)
TABLES_OF_RETURNING = frozenset({"problem", "correction"})
LAKE_TABLES = re.compile(
    r"lake\s*/\s*\(?[\"'](\w+)[\"']|\b(?:read|batches)\(\s*home,\s*[\"'](\w+)[\"']"
    r"|[\"'](held_row|delivery|delivery_part|withdrawal)[\"']"
)
# The judgements themselves: a state of a held row or of a copy, given by anything but a model.
STATE_OF_A_ROW = re.compile(r"[\"'](?:SUPERSEDED|CORRECTED|MOVED|KEPT)[\"']")


def second_rules(path: str, source: str) -> set[str]:
    """What in a module of `returning` reads more of the lake than it may."""
    rooms = {name.split(".")[2] for name in used(source) if name.startswith("ingestion.lake.")}
    tables = {table for pair in LAKE_TABLES.findall(source) for table in pair if table}
    return (rooms - LAKE_OF_RETURNING) | (tables - TABLES_OF_RETURNING)


def test_returning_learns_what_holds_through_one_door() -> None:
    rooms = {path: text for path, text in product().items() if path.startswith("ingestion/returning/")}
    assert DOOR in rooms and len(rooms) > 15
    assert {path: second_rules(path, text) for path, text in rooms.items() if second_rules(path, text)} == {}


def test_no_module_decides_the_state_of_a_row() -> None:
    found = {path for path, source in product().items() if STATE_OF_A_ROW.search(source)}
    # The door, and the two that read what it says.
    assert found == {DOOR, "ingestion/returning/statement.py", "ingestion/returning/receipt_slip.py"}


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from ingestion.lake.deliveries import History", {"deliveries"}),
        ("def f():\n    from ingestion.lake import in_force as i\n    i.x", {"in_force"}),
        ("pq.read_table(home.lake / 'delivery' / name)", {"delivery"}),
        ('rows_of(home, "held_row", batch)', {"held_row"}),
        ("pq.read_table(home.lake / 'correction' / name)", set()),
    ],
)
def test_a_second_door_is_seen(source: str, seen: set[str]) -> None:
    assert second_rules("ingestion/returning/x.py", source) == seen


# A file's outcome follows from its verdict; what came before needs none.
OUTCOME = re.compile(r"(?<![\w.])Outcome\(\n")


def test_outcomes_are_made_in_one_place() -> None:
    found = {path for path, source in product().items() if OUTCOME.search(source)}
    found = {path for path in found if path.startswith("ingestion/")}
    assert found == {"ingestion/gate/outcomes.py", "ingestion/lake/duplicates.py"}
    calls = {path for path, source in product().items() if "result_of(" in source}
    assert calls == {"ingestion/gate/outcomes.py", "ingestion/gate/assess.py"}


def bound_twice(module: str) -> list[str]:
    """Names that the top level of a module gives two values: the first is read by nobody."""
    names: Counter[str] = Counter()
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] += 1
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return sorted(name for name, count in names.items() if count > 1)


def test_no_name_of_a_module_is_given_twice() -> None:
    packages = (*PRODUCT, "reports", "sample_county", "benchmarks")
    modules = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    assert len(modules) > 300
    twice = {str(path.relative_to(ROOT)): bound_twice(path.read_text("utf-8")) for path in modules}
    assert {path: names for path, names in twice.items() if names} == {}


def test_a_name_that_is_given_twice_is_seen() -> None:
    assert bound_twice("A = 1\nB = 2\nA = B\ndef f(): ...\n") == ["A"]
