"""What must be done in one way is done in one module: a second one would be the weaker."""

from __future__ import annotations

import ast
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
    "secrets of the servers": (frozenset({"secrets.token_urlsafe"}), frozenset({"sanbao/servers/keys.py"})),
}


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
