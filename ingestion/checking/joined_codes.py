"""Two codes in one cell: 肢体三级 below 残疾类别及等级 is a kind and a grade."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa

from ingestion.checking.batch import Batch
from ingestion.contracts import Column
from ingestion.parsing import Coded, Setting, parser_for
from ingestion.parsing.base import compatible
from ingestion.parsing.column_types import TEXT

_BETWEEN = re.compile(r"^[\s、,，;；:：/()（）_-]+|[\s、,，;；:：/()（）_-]+$")
_LONGEST = 40


def part_joined_codes(batch: Batch) -> None:
    """Give each of the two columns its part of the cell; what can be parted in no or two ways stays whole."""
    for both in batch.contract.joined:
        shared = [
            table.positions.get(both.columns[0], -1) == table.positions.get(both.columns[1], -2)
            for table in batch.tables
        ]
        if not any(shared):
            continue
        there = np.array(shared, np.bool_)[batch.table_of_row]
        columns = [batch.contract.column(name) for name in both.columns]
        texts = batch.texts[both.columns[0]].raw.to_pylist()
        parts = {text: _parts(text or "", columns) for text in set(texts)}
        for at, name in enumerate(both.columns):
            own = batch.texts[name].raw.to_pylist()
            found = [
                parts[text][at] if here else other
                for text, other, here in zip(texts, own, there, strict=True)
            ]
            batch.texts[name] = Coded.of(pa.chunked_array([pa.array(found, TEXT)], TEXT))


def _parts(text: str, columns: list[Column]) -> tuple[str, str]:
    plain = re.sub(r"\s", "", compatible(pa.array([text], TEXT))[0].as_py())
    if not 1 < len(plain) <= _LONGEST:
        return text, text
    cuts = [(_BETWEEN.sub("", plain[:at]), _BETWEEN.sub("", plain[at:])) for at in range(1, len(plain))]
    read = [
        parser_for(column)(pa.array([cut[side] for cut in cuts], TEXT), Setting(column)).values.to_pylist()
        for side, column in enumerate(columns)
    ]
    found = {
        codes: cut for codes, cut in zip(zip(*read, strict=True), cuts, strict=True) if None not in codes
    }
    return next(iter(found.values())) if len(found) == 1 else (text, text)
