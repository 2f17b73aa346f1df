"""Every kind of repairable dirt leaves a value that can be had back."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

import numpy as np
import pytest

from sample_county.dirt import EXCEL_EPOCH, IRREPARABLE, REPAIRABLE, Kind, check_digit, fifteen_digits, soil
from sample_county.files.cells import test_value_variants as value_variants
from sample_county.files.cells import town_variants, village_variants
from sample_county.files.sheet import Cell

CLEAN: dict[str, tuple[Cell, ...]] = {
    "id_number": ("440899197802133518", "440899195001010017", "440899201005050022", "44089919800101007X"),
    "date": (date(2019, 12, 31), date(1955, 1, 2), date(1929, 3, 4)),
    "money_yuan": (1200.0, 0.5, 1234567.89),
    "measurement": (88.5,),
    "count": (4, 12345),
    "year": (2016,),
    "person_name": ("张三", "欧阳春梅", "买买提·艾力", "陈㙍"),
    "code": ("一般贫困户", "有"),
}


def undo(column_type: str, cell: Cell) -> Cell:
    """What a careful reader makes of a cell."""
    if column_type == "date" and isinstance(cell, int):
        return EXCEL_EPOCH + timedelta(days=cell)
    if not isinstance(cell, str):
        return cell
    text = unicodedata.normalize("NFKC", cell).strip().strip("'`")
    match column_type:
        case "id_number":
            text = text.replace(" ", "").upper()
            long = f"{text[:6]}19{text[6:]}"
            return text if len(text) == 18 else long + check_digit(long)
        case "date":
            year, month, day = (
                re.findall(r"\d+", text) if not text.isdigit() else (text[:4], text[4:6], text[6:])
            )
            return date(int(year), int(month), int(day))
        case "money_yuan" | "measurement":
            return float(text.replace(",", "").removesuffix("元"))
        case "count" | "year":
            return int(text.removesuffix("年"))
        case "person_name":
            return re.sub(r"\s+", "", text).replace("•", "·")
        case _:
            return text


KINDS = [(column_type, kind) for column_type, kinds in REPAIRABLE.items() for kind in kinds]


@pytest.mark.parametrize(("column_type", "kind"), KINDS, ids=lambda p: p.name if isinstance(p, Kind) else p)
def test_repairable_dirt_can_be_undone(column_type: str, kind: Kind) -> None:
    soiled = [(clean, kind.soil(clean)) for clean in CLEAN[column_type]]
    fitting = [(clean, dirty) for clean, dirty in soiled if dirty is not None]
    assert fitting, f"no clean {column_type} of this test shows {kind.name}"
    for clean, dirty in fitting:
        assert dirty != clean or type(dirty) is not type(clean)
        assert undo(column_type, dirty) == clean


def test_fifteen_digits_only_where_the_century_is_certain() -> None:
    assert fifteen_digits("440899197802133518") == "440899780213351"
    assert fifteen_digits("440899201005050021") is None, "born in this century"
    assert fifteen_digits("440899197802139978") is None, "997 would be read as born in 1878"


@pytest.mark.parametrize("kind", IRREPARABLE)
def test_irreparable_ids_hold_no_valid_number(kind: str) -> None:
    for clean in ("440899197802133518", "440899201005050022"):
        text = IRREPARABLE[kind][0](clean)
        if text is None or not text[:17].isdigit():
            continue
        assert len(text) != 18 or check_digit(text[:17]) != text[17] or kind == "cut"
        assert check_digit(text[:17]) != text[17:18], "the first 18 characters must not be a number either"


def test_rates_are_kept_and_the_seed_decides() -> None:
    cells = np.array(["440899197802133518"] * 20_000, dtype=object)
    once = soil(cells, "id_number", np.random.default_rng(7), workbook=True)
    again = soil(cells, "id_number", np.random.default_rng(7), workbook=True)
    assert (once == again).all()
    share = (once != cells).mean()
    assert 0.01 < share < 0.03
    assert (cells == "440899197802133518").all(), "the clean cells are left alone"


def test_a_text_file_gets_no_excel_serials() -> None:
    cells = np.array([date(2019, 12, 31)] * 20_000, dtype=object)
    in_text = soil(cells, "date", np.random.default_rng(7), workbook=False)
    assert not any(isinstance(cell, int) for cell in in_text)
    in_workbook = soil(cells, "date", np.random.default_rng(7), workbook=True)
    assert any(isinstance(cell, int) for cell in in_workbook)


def test_variants_name_the_same_thing() -> None:
    spellings = {variant.strip() for variant in town_variants("徐城街道")}
    assert spellings == {"徐城街道", "徐城", "徐城街道办", "徐城街道办事处"}
    assert "迈陈" in town_variants("迈陈镇")
    assert village_variants("二桥村") == ("二桥村", "二桥村委会", "二桥村民委员会")
    assert "东方社区居委会" in village_variants("东方社区")
    assert "12.5μg/L" in value_variants("0.0125", unit="mg/L")
    assert set(value_variants("未检出")) == {"未检出", "ND"}
