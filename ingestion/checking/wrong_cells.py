"""What a wrong cell costs: the cell, where the row says all it has to without it; else the row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ingestion.checking.batch import Batch, Finding
from ingestion.contracts.carrying import carrying_columns
from ingestion.messages.problems import PROBLEMS
from ingestion.parsing.base import Mask, mask

# Errors of a row that stands under a wrong header, however right its other cells look.
_OF_THE_ROW = frozenset({"ROW_SHIFTED"})
# Warnings after which the cell holds nothing although something was written there.
_LOST = frozenset({"CODE_UNKNOWN", "NUMBER_SCIENTIFIC"})


def empty_wrong_cells(batch: Batch) -> None:
    """Empty the wrong cells that no row needs; their rows are taken. May be called again."""
    carrying = carrying_columns(batch.contract)
    batch.findings = [_settled(batch, finding, carrying) for finding in batch.findings]


def _settled(batch: Batch, finding: Finding, carrying: frozenset[str]) -> Finding:
    """The finding with what it costs; its cells are emptied where that is all."""
    named = _cells(finding)
    if not named or named & carrying or finding.at_row is not None:
        return finding
    if finding.severity == "warning":
        if finding.code in _LOST:
            batch.empty(finding.column or "", _rows(batch, finding) & _without_value(batch, finding))
        return finding
    for column in named:
        batch.empty(column, _rows(batch, finding))
    return replace(finding, costs="cell")


def _cells(finding: Finding) -> frozenset[str]:
    """The columns whose cells are wrong; empty where the finding is about the row.

    Of two dates in the wrong order either may be it.
    """
    kind = PROBLEMS.get(finding.code)
    if finding.column is None or finding.code in _OF_THE_ROW:
        return frozenset()
    if finding.kind in ("order_of_dates", "order_of_numbers"):
        return frozenset({finding.column, finding.beside or finding.column})
    if finding.kind is None and kind is not None and kind.effect in ("held", "kept"):
        return frozenset({finding.column})
    return frozenset()


def _rows(batch: Batch, finding: Finding) -> Mask:
    found: Mask = np.zeros(batch.row_count, np.bool_)
    found[finding.rows] = True
    return found


def _without_value(batch: Batch, finding: Finding) -> Mask:
    return ~mask(batch.columns[finding.column or ""].is_valid())
