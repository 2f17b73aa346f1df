"""File names as everybody sees them: the words of the county's tables, and no person's name."""

import pytest

from ingestion.messages.plain_labels import plain_label
from tests.unit.ingestion.helpers import catalog

CATALOG = catalog()


@pytest.mark.parametrize("contract", CATALOG.contracts, ids=lambda c: c.feed)
def test_the_names_of_tables_stay(contract) -> None:
    for title in (contract.title, *contract.title_aliases):
        for name in (
            f"2019年12月{title}.xlsx",
            f"徐闻县{title}（2019年三季度）(2).xls",
            f"迈陈镇{title}更正.csv",
        ):
            assert plain_label(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("低保名册张三丰.xlsx", "低保名册….xlsx"),
        ("张三丰440899************.xls", "…440899************.xls"),
        ("新建 夏春.xlsx", "新建 ….xlsx"),
        ("欧阳小明的低保.zip", "…的低保.zip"),
        ("report_2019-12.csv", "report_2019-12.csv"),
    ],
)
def test_a_person_in_the_name_of_a_file_is_left_out(name: str, shown: str) -> None:
    assert plain_label(name) == shown
