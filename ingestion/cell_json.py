"""The cells that have no typed column of their own, kept as JSON text, one object per row."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.batch import Batch, arrow_columns
from ingestion.schema import TEXT
from ingestion.types.base import Mask


def extra(batch: Batch) -> pa.Array:
    """The columns that the contract does not know, as JSON per row."""
    pieces = [
        _json_rows(table.table.header, [(i, arrow_columns(table, i)) for i in table.unknown])
        if table.unknown
        else pa.nulls(len(table.table.row_numbers), TEXT)
        for table in batch.tables
    ]
    return pa.concat_arrays(pieces)


def row_json(batch: Batch, held: Mask) -> pa.Array:
    pieces: list[pa.Array] = []
    for number, table in enumerate(batch.tables):
        keep = pa.array(held[batch.table_of_row == number])
        columns = [
            (i, [pa.chunked_array(arrow_columns(table, i), TEXT).filter(keep).combine_chunks()])
            for i in range(len(table.table.header))
        ]
        pieces.append(_json_rows(table.table.header, columns))
    return pa.concat_arrays([_whole(piece) for piece in pieces])


def _json_rows(headers: Sequence[str], columns: Sequence[tuple[int, list[pa.Array]]]) -> pa.Array:
    """{"header": "cell", …} per row, blank cells left out; null where all are blank."""
    members: list[pa.Array] = []
    for position, chunks in columns:
        texts = _whole(pa.chunked_array(chunks, TEXT).combine_chunks())
        key = json.dumps(headers[position] or f"第{position + 1}列", ensure_ascii=False)
        text = pc.replace_substring_regex(texts, r'(["\\])', r"\\\1")
        text = pc.replace_substring(text, "\n", r"\n")
        text = pc.replace_substring_regex(text, r"[\x00-\x1f]", " ")
        member = pc.binary_join_element_wise(f', {key}: "', text, '"', "")
        members.append(pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), "", member))
    # Not null_handling="skip": pyarrow 26 then drops rows in which every member is null.
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*members, ""), 2)
    whole = pc.binary_join_element_wise("{", joined, "}", "")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, TEXT), whole)


def _whole(array: pa.Array | pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(array.chunks) if isinstance(array, pa.ChunkedArray) and array.chunks else array
