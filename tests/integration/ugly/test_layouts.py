"""Every ugly layout in every format that can carry it, from the inbox to the lake."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

import tests.integration.ugly.layouts_of_cells  # registers its layouts
import tests.integration.ugly.layouts_of_sheets  # noqa: F401  (so does this)
from tests.integration.ugly.layouts import LAYOUTS, Layout
from tests.integration.ugly.ugly import Ugly, differences, load
from tests.integration.ugly.writers import FORMATS

pytestmark = pytest.mark.slow

CASES = [(layout, name) for layout in LAYOUTS for name in FORMATS if name in layout.formats]
# One format for each layout, a different one for the next: the quick run meets every format.
QUICK = [
    (layout, next(itertools.islice(itertools.cycle(layout.formats), n, None)))
    for n, layout in enumerate(LAYOUTS)
]


def as_file(layout: Layout, name: str) -> Ugly:
    kit = layout.kit
    file_name = f"{kit.file_name}.{name}"
    return Ugly(layout.name, kit.department, file_name, lambda: FORMATS[name](layout.sheets), layout.expect)


def compare(template: Path, folder: Path, layout: Layout, name: str) -> None:
    home, outcomes = load(template, folder, as_file(layout, name))
    assert not differences(home, outcomes, layout.expect)


# What offices send most; the other formats are tried by `make test-long`.
COMMON = ("csv", "html.xls", "ods", "xls", "xlsx", "zip")


@pytest.mark.parametrize(("layout", "name"), QUICK, ids=lambda value: getattr(value, "name", value))
def test_a_layout_in_one_format(template: Path, tmp_path: Path, layout: Layout, name: str) -> None:
    compare(template, tmp_path, layout, name)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [name if name in COMMON else pytest.param(name, marks=pytest.mark.long) for name in FORMATS],
)
def test_every_layout_in_every_format(template: Path, tmp_path: Path, name: str) -> None:
    wrong = []
    for layout in (layout for layout, carrier in CASES if carrier == name):
        home, outcomes = load(template, tmp_path / layout.name, as_file(layout, name))
        wrong += [f"{layout.name}: {line}" for line in differences(home, outcomes, layout.expect)]
    assert not wrong, "\n".join(wrong)


def test_the_catalogue_is_large() -> None:
    assert len(LAYOUTS) >= 50
    assert len(CASES) >= 650
    assert {name for _, name in QUICK} == set(FORMATS)
