"""Which months are told as delivered: all of a department's monthly feeds, of months that are over, once."""

from __future__ import annotations

from datetime import date

import pytest

from ingestion.contracts import Contract
from sanbao import airflow_closing
from sanbao.errors import SanbaoError
from sanbao.night import delivered
from sanbao.night.home import catalog
from sanbao.settings import Settings

DEC = date(2019, 12, 1)
MONTHLY = {c.feed: c.department for c in catalog().contracts if c.cadence == "monthly"}


@pytest.fixture
def came(monkeypatch: pytest.MonkeyPatch, home: Settings) -> dict[str, set[date]]:
    """Feed → the months that the lake has of it; those that are not named have December."""
    found: dict[str, set[date]] = {}

    def months(of: object, contract: Contract, towns: set[str]) -> set[date]:
        assert contract.cadence == "monthly"
        return found.get(contract.feed, {DEC})

    monkeypatch.setattr("ingestion.lake.delivered_months.delivered_months", months)
    (home.home / "archive").mkdir(parents=True)
    return found


def test_a_department_has_delivered_when_all_its_monthly_feeds_have(
    home: Settings, came: dict[str, set[date]]
) -> None:
    everybody = delivered.newly_delivered(home, date(2019, 12, 31))
    assert everybody == {"2019-12": sorted(set(MONTHLY.values()))}
    assert everybody["2019-12"] == airflow_closing.closing_departments()
    came["death_notice"] = {date(2019, 11, 1)}
    assert "civil_affairs" not in delivered.newly_delivered(home, date(2019, 12, 31))["2019-12"]


def test_a_month_is_told_when_it_is_over_and_not_years_later(
    home: Settings, came: dict[str, set[date]]
) -> None:
    assert delivered.newly_delivered(home, date(2019, 12, 30)) == {}
    assert set(delivered.newly_delivered(home, date(2020, 2, 29))) == {"2019-12"}
    assert delivered.newly_delivered(home, date(2020, 3, 31)) == {}
    assert delivered.months_over(date(2020, 2, 28)) == ["2019-11", "2019-12", "2020-01"]


def test_what_was_told_is_not_told_again(home: Settings, came: dict[str, set[date]]) -> None:
    came["village_water_supply"] = set()
    first = delivered.newly_delivered(home, date(2019, 12, 31))
    assert "water" not in first["2019-12"]
    assert delivered.newly_delivered(home, date(2019, 12, 31)) == first, "nobody said that it was told"
    delivered.note_told(home, first)
    assert delivered.newly_delivered(home, date(2019, 12, 31)) == {}
    came["village_water_supply"] = {DEC}
    assert delivered.newly_delivered(home, date(2019, 12, 31)) == {"2019-12": ["water"]}


def test_a_damaged_record_is_said(home: Settings, came: dict[str, set[date]]) -> None:
    delivered.note_told(home, {"2019-12": ["water"]})
    path = home.home / "archive" / "delivered_months.json"
    path.write_bytes(path.read_bytes().replace(b"water", b"winds"))
    with pytest.raises(SanbaoError, match="DELIVERED_DAMAGED"):
        delivered.newly_delivered(home, date(2019, 12, 31))


@pytest.mark.parametrize("month", ["2019-13", "2019", "十二月", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(SanbaoError, match="CLOSING_MONTH"):
        delivered.month_end(month)
    assert delivered.month_end("2020-02") == date(2020, 2, 29)
