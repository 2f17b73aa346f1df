"""The rooms inside `ingestion` and `sanbao`: no circle of modules anywhere, and few ways between rooms.

The floors themselves are `layers` contracts of import-linter (`.importlinter`, see test_imports.py). Imports
inside functions and for type checkers count like any other: a circle that one of them hides is a circle.
"""

from __future__ import annotations

import configparser
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("foundation", "ingestion", "sanbao", "sample_county")
MOST_WAYS = 60  # between rooms of ingestion: import edges of a room to another one


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    built = grimp.build_graph(*PACKAGES, cache_dir=None)
    assert len(built.modules) > 200
    return built


def imports_of(graph: grimp.ImportGraph) -> dict[str, set[str]]:
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(imports.get(module, ())):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1 or module in imports.get(module, ()):
                found.append(sorted(group))

    for module in sorted(imports):
        if module not in number:
            visit(module)
    return found


def test_no_module_reaches_itself(graph: grimp.ImportGraph) -> None:
    assert circles(imports_of(graph)) == []


def test_a_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_there_are_few_ways_between_the_rooms_of_ingestion(graph: grimp.ImportGraph) -> None:
    def room(module: str) -> str:
        return ".".join(module.split(".")[:2])

    ways = {
        (room(module), room(other))
        for module, others in imports_of(graph).items()
        for other in others
        if module.startswith("ingestion.") and other.startswith("ingestion.") and room(module) != room(other)
    }
    assert 20 < len(ways) <= MOST_WAYS, sorted(ways)


@pytest.mark.parametrize("package", ["ingestion", "sanbao"])
def test_every_module_stands_on_a_floor(package: str) -> None:
    """The contracts are exhaustive, without an exception, and name no room that is not there."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter")
    contract = config[f"importlinter:contract:{package}_rooms"]
    assert contract["type"] == "layers"
    assert contract["exhaustive"] == "True"
    assert not {"ignore_imports", "exhaustive_ignores"} & set(contract)
    named = set(contract["layers"].replace("|", " ").split())
    there = {
        path.stem
        for path in (ROOT / package).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }
    assert named == there


def test_the_command_starts_without_what_most_commands_do_not_need() -> None:
    heavy = ("ingestion", "pyarrow", "pandas", "duckdb", "dbt")
    code = f"import sys, sanbao.cli; print(*set({heavy}) & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
