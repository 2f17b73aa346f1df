"""A file let through and a file withdrawn, as the warehouse knew them at three moments."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ingestion.pipeline import decisions
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.unit.ingestion.deliveries import CATALOG, NOON, drop, register, sheet
from tests.unit.ingestion.helpers import new_home


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Day 0: 180 households. Day 1: 90 are refused. Day 2: let through. Day 3: withdrawn."""
    home = new_home(tmp_path_factory.mktemp("decisions"))
    drop(home, sheet(register(), "2019年11月"), name="十一月.csv")
    (refused,) = drop(home, sheet(register(30)), at=1, name="十二月.csv")
    assert refused.delivery_state == "REFUSED"
    granted, gone = NOON + timedelta(days=2), NOON + timedelta(days=3)
    decisions.accept(home, CATALOG, "十二月.csv", reason="搬迁", by="王", now=granted)
    decisions.withdraw(home, "十二月.csv", reason="投错", by="王", now=gone)
    return Warehouse(Path(home.root))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "households"),
    [(1.5, {"2019-11-30": 180}), (2.5, {"2019-12-31": 90}), (3.5, {"2019-11-30": 180})],
    ids=["refused", "let through", "withdrawn"],
)  # fmt: skip
def test_the_latest_register_is_the_one_that_was_known(
    county: Warehouse, day: float, households: dict[str, int]
) -> None:
    known_by = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S")
    county.run("+stg_register_household", "stg_waiver", known_by=known_by)
    rows = county.rows(
        "select cast(speaks_for_on as varchar), count(*) from staging.stg_register_household"
        " where is_latest group by 1"
    )
    assert dict(rows) == households
    ((codes, by),) = county.rows("select codes, waived_by from staging.stg_waiver")
    assert (codes, by) == ("SHRUNK,KEYS_LOST", "王")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "served"), [(1.5, []), (2.5, [("王", "搬迁", "SHRUNK,KEYS_LOST", "2020-01-04")])]
)
def test_who_let_a_file_through_when_and_why_is_served(
    county: Warehouse, day: float, served: list[tuple[str, ...]]
) -> None:
    known_by = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S")
    county.run("+fct_delivery", known_by=known_by)
    rows = county.rows(
        "select waived_by, waiver_reason, waived_codes, cast(cast(waived_at as date) as varchar)"
        " from mart.fct_delivery where waived_at is not null"
    )
    assert rows == served
