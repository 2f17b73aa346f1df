"""A clock that jumped stamps nothing, and decides nothing about which file holds."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ingestion import load_file, pending, receive
from ingestion.lake.records import Receipt
from ingestion.receiving.clock import ClockJumpedError, ClockRule, last_seen
from tests.unit.ingestion.deliveries import CATALOG, register, sheet
from tests.unit.ingestion.helpers import lake, new_home

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
RULE = ClockRule(60)
CONFIRMED = ClockRule(60, "keeper")


def take(home, data, now, rule=RULE, name="户表.csv"):
    (home.inbox / "poverty_relief" / name).write_bytes(data)
    receive(home, CATALOG, now=now, clock=rule)
    return [o for receipt in pending(home) for o in load_file(home, CATALOG, receipt)]


@pytest.mark.parametrize(
    "jumped",
    [
        NOW + timedelta(days=61),
        NOW.replace(year=2036),
        NOW - timedelta(days=2),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2025, 12, 31, tzinfo=UTC),
    ],
)
def test_a_jump_is_refused_before_anything_is_claimed(tmp_path, jumped):
    home = new_home(tmp_path)
    take(home, b"first", NOW)
    before = last_seen(home)
    with pytest.raises(ClockJumpedError) as refused:
        take(home, b"second", jumped)
    assert (refused.value.now, refused.value.last) == (jumped, before)
    assert [path.name for path in (home.inbox / "poverty_relief").iterdir()] == ["户表.csv"]
    assert not list(home.claimed.iterdir())
    take(home, b"second", NOW + timedelta(days=1))
    assert len(list(home.receipts.glob("*.json"))) == 2


def test_a_first_run_believes_any_clock_but_one_before_the_program(tmp_path):
    home = new_home(tmp_path)
    with pytest.raises(ClockJumpedError):
        take(home, b"x", datetime(2000, 1, 1, tzinfo=UTC))
    take(home, b"x", NOW.replace(year=2031))


def test_an_idle_inbox_neither_complains_nor_believes(tmp_path):
    home = new_home(tmp_path)
    take(home, b"x", NOW)
    receive(home, CATALOG, now=NOW.replace(year=2036), clock=RULE)
    assert last_seen(home) < NOW + timedelta(days=1)
    receive(home, CATALOG, now=NOW + timedelta(days=50), clock=RULE)
    take(home, b"y", NOW + timedelta(days=100))


def test_a_confirmation_is_kept_with_both_moments(tmp_path):
    home, later = new_home(tmp_path), NOW + timedelta(days=200)
    take(home, b"x", NOW)
    take(home, b"y", later, CONFIRMED)
    (kept,) = json.loads((home.archive / "clock.json").read_text("utf-8"))["confirmed"]
    assert (kept["by"], kept["at"]) == ("keeper", later.isoformat())
    assert datetime.fromisoformat(kept["last"]) < NOW + timedelta(seconds=1)
    take(home, b"z", later + timedelta(days=1))


def test_what_was_known_at_a_moment_does_not_change_when_the_clock_is_set_back_a_little(tmp_path):
    home = new_home(tmp_path)
    take(home, b"x", NOW)
    take(home, b"y", NOW - timedelta(hours=8))
    receipts = [Receipt.model_validate_json(path.read_text("utf-8")) for path in home.receipts.glob("*.json")]
    first, second = sorted(receipts, key=lambda receipt: receipt.received_no)
    assert first.received_at == NOW
    assert timedelta(0) < second.received_at - first.received_at < timedelta(seconds=1)


def test_a_correction_beats_a_file_that_was_received_in_2036(tmp_path):
    home = new_home(tmp_path)
    take(home, sheet(register(5)), NOW)
    take(home, sheet(register(5, 联系电话="1")), NOW.replace(year=2036), CONFIRMED)
    (last,) = take(home, sheet(register(6)), NOW + timedelta(days=1), CONFIRMED)
    assert last.delivery_state == "LOADED"
    parts = lake(home, "delivery_part")
    newest = max(parts, key=lambda part: part["received_no"])
    assert newest["batch_id"] == last.batch_id
    assert newest["received_at"] < max(part["received_at"] for part in parts)
    from ingestion.lake.deliveries import History
    from ingestion.lake.in_force import winners_at

    winners = winners_at(History(home, CATALOG["register_household"]), NOW.date(), "")
    assert {winner.group for winner in winners} == {last.batch_id}
