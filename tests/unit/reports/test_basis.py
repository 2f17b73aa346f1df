"""What a report rests on is kept as it was, and says when it is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from reports.basis import Basis, BasisDamaged, plain, written
from tests.unit.reports.serving import AS_OF, KNOWN_BY, make_basis


def test_figures_are_those_of_the_date_with_last_years_beside_them(tmp_path: Path) -> None:
    basis = make_basis(tmp_path)
    assert (basis.as_of, basis.known_by) == (AS_OF, KNOWN_BY)
    figures = basis.figures
    assert list(figures)[:3] == ["reg_hh", "lifted_hh", "grt_all"]
    assert figures["reg_hh"].printed == "30"
    assert figures["reg_hh"].last_year_value == 26
    assert figures["lifted_hh"].last_year_value is None
    assert figures["grt_all"].printed == "90.00%"
    assert figures["ins_rate"].printed == "100%"
    assert figures["wat_pop_on"].printed == "57.17"


def test_a_figure_that_cannot_be_counted_prints_nothing_and_blocks(tmp_path: Path) -> None:
    basis = make_basis(tmp_path)
    assert basis.figures["gone"].printed == ""
    assert basis.blocks(["reg_hh"]) == []
    (reason,) = basis.blocks(["reg_hh", "gone"])
    assert "从没报过的（gone）" in reason


def test_a_broken_identity_blocks_with_both_sides(tmp_path: Path) -> None:
    (reason,) = make_basis(tmp_path, "BROKEN").blocks(["reg_hh"])
    assert "脱贫户数 28" in reason and "建档立卡贫困户户数 30" in reason and "I4" in reason


def test_a_contradiction_names_what_is_claimed_and_what_is_counted(tmp_path: Path) -> None:
    found = [each for each in make_basis(tmp_path).identities if each.is_contradicted]
    (said,) = [each.finding for each in found]
    assert "就业说明写 11人，数出来是 9人" in said and "X5_sum" in said and "2 个" in said


def test_a_basis_of_an_older_release_has_no_contradictions(tmp_path: Path) -> None:
    """It is reprinted from the tables as they were kept then."""
    basis = make_basis(tmp_path)
    basis._connection.execute(
        "create or replace view fct_identity as select identity_id, label, severity, comparator, left_text,"
        f" right_text, identity_state, differing_count, sort_order"
        f" from read_parquet('{tmp_path / 'basis' / 'fct_identity.parquet'}')"
    )
    assert [each.identity_id for each in basis.identities] == ["I4", "X5_sum"]
    assert not any(each.is_contradicted for each in basis.identities)


@pytest.mark.parametrize("damage", ["changed", "gone", "record"])
def test_a_basis_that_is_not_as_it_was_written_is_refused(tmp_path: Path, damage: str) -> None:
    make_basis(tmp_path).close()
    file = tmp_path / "basis" / ("basis.json" if damage == "record" else "fct_figure.parquet")
    if damage == "gone":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data[: len(data) // 3] if damage == "record" else bytes(data))
    with pytest.raises(BasisDamaged, match=file.name):
        Basis(tmp_path / "basis")


@pytest.mark.parametrize(
    ("value", "digits", "unit", "text"),
    [
        ("100", 2, "%", "100%"),
        ("99.4", 1, "%", "99.4%"),
        ("99", 2, "%", "99.00%"),
        ("7670.1200", 2, "万元", "7670.12"),
        ("800.00", 2, "万元", "800"),
        ("99.525", 3, "万元", "99.525"),
        ("9576.0000", 0, "户", "9576"),
    ],
)
def test_numbers_are_written_as_the_county_writes_them(value: str, digits: int, unit: str, text: str) -> None:
    assert written(Decimal(value), digits, unit) == text


def test_nothing_is_no_number() -> None:
    assert plain(None) == "—"
