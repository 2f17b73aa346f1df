"""A year's changed sheet is read by its reviewed column map, and other years are not loosened by it."""

import dataclasses
import io

import pytest
import yaml
from openpyxl import Workbook

from ingestion.contracts import CATALOG_DIR, ContractError, load_catalog
from ingestion.contracts.loader import MAP_SUFFIX
from ingestion.contracts.period_maps import MapPeriod, mapped
from tests.unit.ingestion.deliveries import CATALOG, drop, register, sheet
from tests.unit.ingestion.helpers import lake, new_home

MAPS = sorted(CATALOG_DIR.glob(f"*/*{MAP_SUFFIX}"))
OLD = {
    "户编号": "贫困户编码",
    "户主证件号码": "户主身份证号码",
    "家庭人口数": "家庭人数",
    "是否脱贫": "脱贫标志",
    "退出标识": "退出标志",
}


def as_in_2018(count=20):
    rows = register(count)
    return [
        {OLD.get(h, h): "一般农户" if h == "户类型" else v for h, v in row.items() if h != "有无劳动能力"}
        for row in rows
    ]


@pytest.fixture
def home(tmp_path):
    return new_home(tmp_path)


def test_there_is_a_map_and_every_map_is_read():
    assert MAPS
    assert sorted(CATALOG.maps) == sorted(path.name.removesuffix(MAP_SUFFIX) for path in MAPS)


def test_the_sheet_of_2018_is_read_by_its_map(home):
    (outcome,) = drop(home, sheet(as_in_2018(), "2018年12月"))
    assert (outcome.delivery_state, outcome.rows_accepted) == ("LOADED", 60)
    assert outcome.column_map == "2014-01-01/2018-12-31" == lake(home, "delivery")[0]["column_map"]
    row = lake(home, "register_household")[0]
    assert (row["register_household_no"], row["member_count"], row["is_lifted"]) == ("H1", 2, True)
    assert (row["poverty_type"], row["labour_state"]) == ("一般贫困户", None)


def test_the_same_sheet_of_a_year_without_a_map_is_refused_with_the_nearest_headers(home):
    (outcome,) = drop(home, sheet(as_in_2018(), "2019年12月"))
    assert (outcome.reason_code, outcome.feed) == ("MISSING_COLUMN", "register_household")
    assert "“户编号”（表中相近的有：“贫困户编码”" in outcome.reason


def test_the_agreed_headers_are_still_good_in_the_years_of_the_map(home):
    (outcome,) = drop(home, sheet(register(20), "2018年12月"))
    assert outcome.delivery_state == "LOADED"


def test_values_of_another_year_are_unknown_where_no_map_holds(home):
    (outcome,) = drop(home, sheet(register(20, 户类型="一般农户"), "2019年12月"))
    assert (outcome.reason_code, outcome.cells_held) == ("CELLS_HELD", 60)


def test_no_other_sheet_uses_a_map(home):
    (outcome,) = drop(home, sheet(register(20), "2019年12月"))
    assert outcome.column_map is None


PERIOD = {
    "valid_from": "2014-01-01",
    "valid_to": "2018-12-31",
    "reviewed_by": "扶贫办",
    "reviewed_on": "2020-01-06",
    "note": "旧表。",
    "columns": {"member_count": ["家庭人数"]},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"valid_to": "2013-12-31"}, "lies before valid_from"),
        ({"columns": {}}, "says nothing"),
        ({"reviewed_by": ""}, "at least 1 character"),
        ({"colums": {}}, "Extra inputs"),
        ({"columns": {"people": ["人数"]}}, "unknown columns"),
        ({"columns": {"member_count": ["户主 姓名"]}}, "is that of head_name"),
        ({"columns": {"member_count": ["人数2"], "phone": ["人数2"]}}, "is that of member_count"),
        ({"codes": {"poverty_type": {"低保户": "低保"}}}, "poverty_type has no code"),
        ({"codes": {"phone": {"1": "2"}}}, "phone has no code"),
        ({"retired": {"labour_state": " "}}, "says why"),
        ({"retired": {"member_count": "没有"}}, "both renamed and retired"),
        ({"retired": {"is_exited": "没有"}}, "cannot be retired"),
        ({"retired": {"town_name": "没有"}}, "cannot be retired"),
    ],
)
def test_an_impossible_map_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        mapped(CATALOG["register_household"], MapPeriod.model_validate({**PERIOD, **change}))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ({"feed": "register_household", "periods": [PERIOD, PERIOD]}, "register_household", "overlap"),
        ({"feed": "village", "periods": [PERIOD]}, "register_household", "stands beside register_household"),
        ({"feed": "households", "periods": [PERIOD]}, "households", "no contract households.yml"),
        ({"feed": "register_household", "periods": []}, "register_household", "at least 1 item"),
        ({"feed": "register_household", "period": [PERIOD]}, "register_household", "Extra inputs"),
    ],
)
def test_a_wrong_map_file_is_named(tmp_path, content, name, said):
    folder = tmp_path / "poverty_relief"
    folder.mkdir()
    for path in (CATALOG_DIR / "poverty_relief").glob("*.yml"):
        text = path.read_text("utf-8")
        if path.name == "register_household.yml":
            text = text.partition("checks:")[0]  # they look into feeds of other departments
        if path.name == "register_household.yml":
            (folder / path.name).write_text(text, "utf-8")
    wrong = folder / f"{name}{MAP_SUFFIX}"
    wrong.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(ContractError, match=said) as caught:
        load_catalog(tmp_path)
    assert str(wrong) in str(caught.value)


def test_sheets_under_different_maps_are_not_one_delivery(home):
    old = MapPeriod.model_validate({**PERIOD, "valid_to": "2017-12-31"})
    maps = {"register_household": ((old, mapped(CATALOG["register_household"], old)),)}
    contracts = dataclasses.replace(CATALOG, maps=maps)
    book = Workbook()
    for number, month in enumerate(("2017年12月", "2018年12月")):
        page = book.active if not number else book.create_sheet()
        page.append([f"徐闻县{month}建档立卡贫困户信息表"])
        rows = register(5, first=number * 100 + 1)
        page.append(list(rows[0]))
        for row in rows:
            page.append(list(row.values()))
    out = io.BytesIO()
    book.save(out)
    (outcome,) = drop(home, out.getvalue(), name="两年.xlsx", contracts=contracts)
    assert outcome.reason_code == "AS_OF_CONFLICT"
    assert "2014-01-01/2017-12-31" in outcome.reason
