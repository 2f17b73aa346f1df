"""Co-owners in one cell of a contract, from the file to the persons that it is linked to."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion import Home
from sanbao.codegen.problem_examples import clean_row
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.unit.ingestion.helpers import catalog, id_number, new_home
from tests.unit.ingestion.marked import drop
from tests.unit.ingestion.problems.made import lines, text

pytestmark = pytest.mark.slow

CATALOG = catalog()
DEED, PERSON = CATALOG["property_contract"], CATALOG["register_person"]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Seven deeds, the last one of two owners; of the persons with the numbers 1 to 6 six are registered."""
    home: Home = new_home(tmp_path_factory.mktemp("deeds"))
    owners = {
        "buyer_names": "陈文、黄文",
        "buyer_id_number": f"{id_number(2)}，{id_number(4)}",
        "price_yuan": "500000",
    }
    assert clean_row(DEED, 7)["price_yuan"] != owners["price_yuan"]
    drop(
        home,
        text(lines(DEED, [owners])),
        name="2019年度商品房网签及不动产登记信息表.csv",
        department="housing",
    )
    drop(home, text(lines(PERSON)), name="2019年12月.csv", department="poverty_relief")
    warehouse = Warehouse(Path(home.root))
    warehouse.run("+int_person__linked", "+int_ledger")
    return warehouse


def test_each_owner_is_a_row_and_the_price_is_there_once(county: Warehouse) -> None:
    rows = county.rows(
        """select source_row, source_item, buyer_names, buyer_id_number, buyer_id_number_state, price_yuan
        from staging.stg_property_contract order by all"""
    )
    assert len(rows) == 8
    assert [row[1:] for row in rows[6:]] == [
        (1, "陈文", id_number(2), "valid", 500000),
        (2, "黄文", id_number(4), "valid", None),
    ]
    assert rows[6][0] == rows[7][0]
    assert sum(row[5] or 0 for row in rows) == 6 * 300 + 500000


def test_each_owner_is_linked(county: Warehouse) -> None:
    rows = county.rows(
        """select source_item, count(*), count(distinct person_key) from intermediate.int_person__linked
        where feed = 'property_contract' group by all order by all"""
    )
    assert rows == [(1, 7, 6), (2, 1, 1)]


def test_the_ledger_has_a_row_per_deed(county: Warehouse) -> None:
    sql = "select count(*), sum(amount_yuan) from intermediate.int_ledger where feed = 'property_contract'"
    assert county.rows(sql) == [(7, 6 * 300 + 500000)]
