"""`ingestion` hands out what it says, and asking for the inbox does not import what reads files."""

import subprocess
import sys

import pytest

import ingestion
from sanbao.settings import PROJECT_ROOT


@pytest.mark.parametrize("name", ingestion.__all__)
def test_everything_that_is_named_is_there(name):
    assert getattr(ingestion, name).__name__ == name


def test_what_is_not_named_is_not_there():
    with pytest.raises(AttributeError, match="nobody"):
        _ = ingestion.nobody


def test_the_inbox_is_looked_at_without_the_readers_of_files():
    code = "import sys; from ingestion import Home, in_turn, pending, prepare, receive; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "ingestion.receiving.receive" in loaded
    assert loaded & {"openpyxl", "python_calamine", "lxml", "ingestion.pipeline.load"} == set()
