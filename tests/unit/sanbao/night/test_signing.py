"""Towns confirm, the county signs, and what was signed does not change without a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reports.basis import Basis
from sanbao.errors import SanbaoError
from sanbao.night.signing import COUNTY, missing_towns, sign, signatures, signed
from sanbao.settings import Settings
from tests.unit.reports.serving import AS_OF, make_basis

TOWNS = ["第0镇", "第1镇", "第2镇"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "archive").mkdir()
    return Settings(home=tmp_path, as_of=AS_OF)


@pytest.fixture
def basis(tmp_path: Path) -> Basis:
    return make_basis(tmp_path / "first")


@pytest.fixture
def later(tmp_path: Path) -> Basis:
    return make_basis(tmp_path / "second", "BROKEN")


def all_towns(settings: Settings, basis: Basis) -> None:
    for town in TOWNS:
        sign(settings, basis, town, "镇长", None)


def test_the_county_signs_when_every_town_has_confirmed(settings: Settings, basis: Basis) -> None:
    sign(settings, basis, "第1镇", "镇长", None)
    assert missing_towns(settings, basis) == ["第0镇", "第2镇"]
    with pytest.raises(SanbaoError, match="TOWNS_UNSIGNED"):
        sign(settings, basis, None, "县长", None)
    assert signed(settings, AS_OF) is None
    all_towns(settings, basis)
    done = sign(settings, basis, None, "县长", None)
    assert (done.level, done.by, done.basis_sha256) == (COUNTY, "县长", basis.sha256)
    assert signed(settings, AS_OF) == done
    assert signed(settings, date(2018, 12, 31)) is None


def test_a_town_confirms_what_it_saw_and_nothing_later(
    settings: Settings, basis: Basis, later: Basis
) -> None:
    all_towns(settings, basis)
    assert basis.sha256 != later.sha256
    assert missing_towns(settings, later) == TOWNS


def test_signing_other_figures_needs_a_reason_and_keeps_the_first(
    settings: Settings, basis: Basis, later: Basis
) -> None:
    all_towns(settings, basis)
    sign(settings, basis, None, "县长", None)
    all_towns(settings, later)
    with pytest.raises(SanbaoError, match="AMENDMENT_REASON"):
        sign(settings, later, None, "县长", "  ")
    amended = sign(settings, later, None, "县长", "民政局补报")
    assert signed(settings, AS_OF) == amended
    assert [each.reason for each in signatures(settings, AS_OF) if each.level == COUNTY] == [
        None,
        "民政局补报",
    ]


def test_an_unknown_town_and_a_damaged_record_are_said(settings: Settings, basis: Basis) -> None:
    with pytest.raises(SanbaoError, match="TOWN_UNKNOWN"):
        sign(settings, basis, "某镇", "x", None)
    sign(settings, basis, "第0镇", "x", None)
    record = settings.home / "archive" / "signatures.json"
    data = bytearray(record.read_bytes())
    data[-3] ^= 1
    record.write_bytes(bytes(data))
    with pytest.raises(SanbaoError, match="SIGNATURES_DAMAGED"):
        signed(settings, AS_OF)
