"""`docs/problems.md` follows from the code, and names every problem."""

from pathlib import Path

import pytest

from sanbao.codegen import problem_docs
from tests.unit.ingestion.problems.made import CATALOG

pytestmark = pytest.mark.slow

TEXT = problem_docs.text(CATALOG)


def test_the_committed_document_is_current():
    assert problem_docs.outdated(CATALOG) == []


@pytest.mark.slow
def test_a_changed_document_is_noticed(tmp_path: Path):
    document = tmp_path / "problems.md"
    assert problem_docs.outdated(CATALOG, document) == ["docs/problems.md"]
    problem_docs.write(CATALOG, document)
    assert problem_docs.outdated(CATALOG, document) == []
    document.write_text(document.read_text("utf-8").replace("。", ".", 1), encoding="utf-8")
    assert problem_docs.outdated(CATALOG, document) == ["docs/problems.md"]


def test_every_code_has_one_row_with_all_its_cells():
    rows = [line for line in TEXT.splitlines() if line.startswith("| `")]
    codes = problem_docs.problem_codes(CATALOG)
    assert sorted(row.split("`")[1] for row in rows) == sorted(codes)
    assert f"共 {len(codes)} 种" in TEXT
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split(" | ")]
        assert len(cells) == 6
        assert all(cells), row
        assert "{" not in row
