"""What Prometheus reads: in its format, by its conventions, and true; and the alerts that rest on it."""

from __future__ import annotations

import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from sanbao.errors import SanbaoError
from sanbao.night import journal, night
from sanbao.night import metrics as module
from sanbao.night.exposition import Family, exposition
from sanbao.night.metrics import families, path_of, write_metrics
from sanbao.night.published import Published, write_published
from sanbao.night.safekeeping import Kept, note_backup, note_drill
from sanbao.settings import PROJECT_ROOT, Settings
from tests.unit.sanbao.fake_board import FakeBoard
from tests.unit.sanbao.night.prometheus_text import FormatError, Metric, parse

RULES = PROJECT_ROOT / "docker" / "prometheus" / "sanbao.rules.yml"
WATER = frozenset({("department", "water"), ("feed", "water_quality_test")})


def at(day: int) -> datetime:
    """As the lake keeps it: UTC, without a zone."""
    return datetime(2020, 1, day, 2, tzinfo=UTC).replace(tzinfo=None)


def labels(**given: str) -> frozenset[tuple[str, str]]:
    return frozenset(given.items())


def full(tmp_path: Path, today: date = date(2020, 1, 20)) -> Settings:
    """A home of which everything can be told."""
    files = [
        {"department": "water", "feed": "water_quality_test", "delivery_state": "LOADED", "rows_read": 10,
         "rows_accepted": 7, "rows_held": 3, "received_at": at(10)},
        {"department": "water", "feed": "water_quality_test", "delivery_state": "PARTIAL", "rows_read": 5,
         "rows_accepted": 4, "rows_held": 1, "received_at": at(12)},
        {"department": "water", "feed": None, "delivery_state": "REFUSED", "rows_read": 0, "rows_accepted": 0,
         "rows_held": 0, "received_at": at(15)},
    ]  # fmt: skip
    feed = {"department": "water", "feed": "water_quality_test", "rows_still_held": 4}
    settings = FakeBoard(tmp_path, feeds=[feed], files=files).publish(today)
    write_published(settings, Published("20200120T020304000005Z"))
    journal.begin(settings, "command")
    journal.phase_took(settings, "load", 2.5)
    journal.end(settings)
    note_backup(settings, Kept("x", "2020-01-19T05:00:00+00:00", 77))
    note_drill(settings, Kept("x", "2020-01-02T05:00:00+00:00"))
    return settings


def told(settings: Settings) -> dict[str, Metric]:
    assert write_metrics(settings)
    return parse(path_of(settings).read_text("utf-8"))


def test_what_is_told_is_true(tmp_path: Path) -> None:
    found = told(full(tmp_path))
    assert found["sanbao_rows_read_total"].samples[WATER] == 15
    assert found["sanbao_rows_accepted_total"].samples[WATER] == 11
    assert found["sanbao_rows_held_total"].samples[WATER] == 4
    assert found["sanbao_rows_waiting"].samples[WATER] == 4
    assert found["sanbao_files_total"].samples[labels(department="water", state="refused")] == 1
    came = found["sanbao_feed_last_delivery_timestamp_seconds"].samples
    assert came == {WATER: datetime(2020, 1, 12, 2, tzinfo=UTC).timestamp()}
    # Due on 15 January, to the end of the county's day: 16:00 UTC.
    due = found["sanbao_feed_due_timestamp_seconds"].samples[WATER]
    assert due == datetime(2020, 1, 15, 16, tzinfo=UTC).timestamp()
    assert found["sanbao_feed_late_seconds"].samples[WATER] == 5 * 86_400
    published = datetime(2020, 1, 20, 2, 3, 4, tzinfo=UTC).timestamp()
    assert found["sanbao_last_publish_timestamp_seconds"].samples[labels()] == pytest.approx(
        published, abs=0.01
    )
    assert found["sanbao_last_backup_timestamp_seconds"].samples[labels()] == 1579410000
    assert found["sanbao_last_backup_size_bytes"].samples[labels()] == 77
    assert found["sanbao_night_success"].samples[labels()] == 1
    assert found["sanbao_night_phase_duration_seconds"].samples[labels(phase="load")] == pytest.approx(2.5)
    assert found["sanbao_disk_free_bytes"].samples[labels(folder="lake")] > 0
    assert found["sanbao_disk_needed_bytes"].samples[labels()] > 32 << 20


def test_a_board_of_a_past_date_says_nothing_of_what_is_owed(tmp_path: Path) -> None:
    found = told(full(tmp_path, date(2026, 12, 1)))
    assert "sanbao_feed_late_seconds" not in found and "sanbao_feed_due_timestamp_seconds" not in found
    assert "sanbao_feed_last_delivery_timestamp_seconds" in found


def test_an_empty_home_tells_of_its_disk_alone(tmp_path: Path) -> None:
    found = told(Settings(home=tmp_path / "home", as_of=date(2019, 12, 31)))
    assert set(found) == {"sanbao_disk_free_bytes", "sanbao_disk_needed_bytes"}


def test_names_are_as_the_conventions_want_them(tmp_path: Path) -> None:
    every = families(full(tmp_path))
    assert len(every) > 15
    for family in every:
        assert re.fullmatch(r"sanbao_[a-z]+(_[a-z]+)*", family.name)
        assert family.name.endswith("_total") == (family.kind == "counter")
        assert family.help.endswith(".") and family.samples, family.name
        # Units in full and at the end: seconds, bytes; what has none counts things or is true or false.
        assert not re.search(r"_(ms|minutes|hours|days|mb|kb|age)(_|$)", family.name)
        named = {name for key in family.samples for name, _ in key}
        assert named <= {"department", "feed", "state", "phase", "folder"}


def test_the_file_is_open_to_the_collector_and_whole(tmp_path: Path) -> None:
    settings = full(tmp_path)
    write_metrics(settings)
    assert stat.S_IMODE(path_of(settings).stat().st_mode) == 0o644
    assert stat.S_IMODE(path_of(settings).parent.stat().st_mode) == 0o755
    assert [path.name for path in path_of(settings).parent.iterdir()] == ["sanbao.prom"]


def test_a_file_that_cannot_be_written_undoes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = full(tmp_path)
    write_metrics(settings)
    before = path_of(settings).read_bytes()

    def broken(settings: Settings) -> list[Family]:
        raise OSError(28, "No space left on device", "某人.prom")

    monkeypatch.setattr(module, "families", broken)
    assert not write_metrics(settings)
    assert path_of(settings).read_bytes() == before
    said = capsys.readouterr().err
    assert "No space left" in said and "某人" not in said


def test_a_night_that_fails_is_told_as_well(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(settings: Settings) -> None:
        raise SanbaoError("HOME_NOT_WHOLE", count=1, detail="x")

    monkeypatch.setattr(night, "receive_files", refused)
    with pytest.raises(SanbaoError, match="HOME_NOT_WHOLE"):
        night.night(home)
    (last,) = journal.nights(home)
    assert last.code == "HOME_NOT_WHOLE" and last.ended_at is not None and not last.succeeded
    found = parse(path_of(home).read_text("utf-8"))
    assert found["sanbao_night_success"].samples[labels()] == 0
    assert "sanbao_last_successful_night_timestamp_seconds" not in found


def test_phases_of_several_tasks_count_from_the_first_to_the_last(home: Settings) -> None:
    journal.begin(home, "airflow")
    for _ in range(2):
        with pytest.raises(ValueError, match="x"), journal.phase(home, "load"):
            raise ValueError("x")
    with journal.path_of(home).open("a") as file:
        file.write('{"event": "end", "at": "20')  # a kill in the middle of a line
    journal.end(home)
    (last,) = journal.nights(home)
    assert last.succeeded and last.ended_at is not None
    start, stop = last.phases["load"]
    assert last.started_at <= start < stop <= last.ended_at


def test_the_journal_does_not_grow(home: Settings) -> None:
    for _ in range(70):
        journal.begin(home, "command")
        journal.end(home)
    nights = journal.nights(home)
    assert len(nights) == 60 and all(each.succeeded for each in nights)
    assert nights[-1].started_at > datetime.now(UTC) - timedelta(minutes=1)


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "教育", "a\\nb", ""])
def test_labels_and_help_are_escaped(text: str) -> None:
    family = Family("x_total", "counter", f"Help {text}.")
    family.add(1.5, of=text)
    family.add(2, of=text + "!")
    (metric,) = parse(exposition([family])).values()
    assert metric.help == f"Help {text}."
    assert metric.samples == {labels(of=text): 1.5, labels(of=text + "!"): 2}
    with pytest.raises(ValueError, match="there already"):
        family.add(3, of=text)


@pytest.mark.parametrize(
    "text",
    [
        "x 1\n",
        "# HELP x y\n# TYPE x gauge\nx 1",
        "# HELP x y\n# TYPE x gauge\n",
        "# HELP x y\n# TYPE x number\nx 1\n",
        "# HELP x y\n# TYPE z gauge\nz 1\n",
        "# HELP x y\n# TYPE x gauge\nx one\n",
        '# HELP x y\n# TYPE x gauge\nx{a="1} 1\n',
        '# HELP x y\n# TYPE x gauge\nx{a="1",a="2"} 1\n',
        '# HELP x y\n# TYPE x gauge\nx{a="1"} 1\nx{a="1"} 2\n',
        '# HELP x y\n# TYPE x gauge\nx{a-b="1"} 1\n',
        '# HELP x y\n# TYPE x gauge\nx{a="\\q"} 1\n',
        "# HELP x y\n# TYPE x gauge\n\nx 1\n",
    ],
)
def test_the_reader_is_strict(text: str) -> None:
    with pytest.raises(FormatError):
        parse(text)


def alerts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = yaml.safe_load(RULES.read_text("utf-8"))["groups"][0]["rules"]
    assert len(found) >= 8
    return found


def test_alerts_rest_on_what_is_told_and_lead_to_the_page(tmp_path: Path) -> None:
    known = {family.name for family in families(full(tmp_path))}
    page = (PROJECT_ROOT / "docs" / "runbooks.md").read_text("utf-8")
    headings = set(re.findall(r"^## (.+)$", page, re.MULTILINE))
    for alert in alerts():
        expression, notes = str(alert["expr"]), alert["annotations"]
        used = set(re.findall(r"sanbao_\w+", expression))
        assert used <= known or "sanbao.prom" in expression, expression
        assert expression.count("(") == expression.count(")")
        assert isinstance(notes, dict) and alert["labels"]["severity"] in ("warning", "critical")  # type: ignore[index]
        assert re.search("[一-鿿]", notes["summary"] + notes["description"])
        assert notes["runbook"].partition("#")[2] in headings
        # A label that an alert speaks of is one that its metric has.
        for label in re.findall(r"\$labels\.(\w+)", notes["summary"] + notes["description"]):
            assert label in ("instance", "department", "feed")


@pytest.mark.parametrize(
    "topic",
    ["night_success", "last_successful_night", "feed_due", "disk_free", "rows_waiting", "last_backup"],
)
def test_there_is_an_alert_on(topic: str) -> None:
    assert any(f"sanbao_{topic}" in str(alert["expr"]) for alert in alerts())
