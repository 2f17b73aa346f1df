"""A county without faults raises no problem: neither by itself, nor against what it delivered before."""

from pathlib import Path

import pytest

import sample_county
from ingestion import Home, load_file, pending, prepare, receive
from ingestion.pipeline.load import check_bytes
from tests.unit.ingestion.helpers import catalog, lake
from tests.unit.ingestion.warehouse import settle_returns

CATALOG = catalog()


@pytest.fixture(scope="module")
def clean_county(tmp_path_factory) -> Path:
    drops = tmp_path_factory.mktemp("clean") / "drops"
    sample_county.write(drops, scale=0.02, clean=True)
    return drops


@pytest.mark.slow
def test_every_file_of_it_can_be_taken_and_nothing_is_said(clean_county):
    seen = set()
    for path in sorted(clean_county.glob("*/*")):
        report = check_bytes(path.read_bytes(), path.name, CATALOG, department=path.parent.name)
        assert (report.ok, report.problems) == (True, []), path.name
        seen |= {outcome.feed for outcome in report.outcomes}
    assert seen == set(CATALOG)


@pytest.mark.slow
def test_loaded_one_after_the_other_nothing_is_said_either(clean_county, tmp_path):
    home = Home(tmp_path / "home")
    prepare(home, CATALOG)
    for path in clean_county.glob("*/*"):
        (home.inbox / path.parent.name / path.name).write_bytes(path.read_bytes())
    receive(home, CATALOG)
    states = {o.delivery_state for receipt in pending(home) for o in load_file(home, CATALOG, receipt)}
    settle_returns(home, CATALOG)
    assert states == {"LOADED"}
    assert lake(home, "problem") == []
    dates = {(row["feed"], row["as_of"]) for row in lake(home, "delivery")}
    assert len(dates) > len({feed for feed, _ in dates}), "some feeds were delivered for several dates"
    assert not [path for path in home.returned.glob("*/*") if path.name != "收件回执.txt"]
