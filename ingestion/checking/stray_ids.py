"""ID numbers where none belongs: in a village name, a register number, a note, the name of a sheet.

One of them must neither reach those who see the served tables nor stop their publication, so it is
found here, at its cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding
from ingestion.contracts import Column, Contract
from ingestion.contracts.model import Severity
from ingestion.matching.feeds import MatchedTable
from ingestion.parsing import Parsed
from ingestion.parsing.base import Mask, compatible, mask, select
from ingestion.text.masking import STARS, holds_id, ids_in, mask_column, without_ids

# What may hold one: ID numbers, numbers that are made of one, and accounts, which only look like it.
EXEMPT = frozenset({"id_number", "id_bearing", "bank_account"})
# What people write beside the number: 张三（身份证号：4408…）.
LABEL = r"(公民)?(身份)?(证件?)?(号码|号|编号)?$"
_EDGES = " \t\r\n\u00a0\u3000()（）[]【】<>《》,，.。、;；:：/／\\-—_*'\"“”"
A_NAME = r"^(\p{Han}{2,4}|\p{Han}{1,15}·\p{Han}{1,15})$"


def without_stray_ids(batch: Batch, column: Column, parsed: Parsed) -> Parsed:
    """`parsed` without the ID numbers of a column that is to hold none, each a finding of `batch`.

    What a row cannot be understood without holds it. Of a name is taken what is left of it, of any
    other text the rest with the number masked, or nothing where there is no rest.
    """
    if column.pii in EXEMPT:
        return parsed
    coded = batch.texts[column.name]
    found = mask(ids_in(coded.texts)) | mask(ids_in(compatible(coded.texts)))  # ④④⓪… lands as 440…
    if not found.any():
        return parsed
    found = found[coded.codes]
    named: Mask = np.zeros(len(found), np.bool_)
    values = parsed.values
    if column.type == "person_name":
        names = _rest_of_name(values)
        named = found & mask(names.is_valid())
        values = pc.if_else(pa.array(named), names, values)
    soft = named if must_be_right(batch.contract, column) else found
    if column.type == "text":
        values = pc.if_else(pa.array(soft & found), _masked(select(values, soft & found)), values)
    else:
        soft = soft & found if column.type == "person_name" else named
        values = select(values, ~found | named)
    held = found & ~soft
    _add(batch, "STRAY_ID", "error", held, column.name)
    _add(batch, "STRAY_ID_IN_NAME", "warning", named, column.name)
    _add(batch, "STRAY_ID_MASKED", "warning", soft & ~named, column.name)
    left = {code: rest for code, part in parsed.problems.items() if (rest := part & ~found).any()}
    return replace(parsed, values=select(values, ~held), problems=left)


def must_be_right(contract: Contract, column: Column) -> bool:
    """Whether a row without this cell says nothing, or nothing of anybody."""
    return not column.nullable or column.name in {*contract.key, *contract.part_by, *contract.period_by}


def _rest_of_name(values: pa.Array) -> pa.Array:
    """A name without the number that stands beside it; null where no name is left."""
    rest = trim_edges(without_ids(values))
    rest = trim_edges(pc.replace_substring_regex(rest, LABEL, ""))
    return select(rest, mask(pc.match_substring_regex(rest, A_NAME)))


def trim_edges(texts: pa.Array) -> pa.Array:
    """Without what is left around a number that was taken out."""
    return pc.utf8_trim(texts, _EDGES)


def _masked(values: pa.Array) -> pa.Array:
    """Texts with their numbers masked; null where a text is nothing but a number."""
    strange = pc.invert(pc.fill_null(ids_in(values), False))
    values = pc.if_else(strange, compatible(values), values)
    rest = trim_edges(without_ids(values))
    return select(mask_column(values), ~mask(pc.equal(rest, "")))


def stray_id_notes(tables: Sequence[MatchedTable], file_name: str) -> list[tuple[str, dict[str, str]]]:
    """A note where the file's name, a sheet's, a title or a header holds an ID number."""
    said = {
        ("文件名", "file name"): [file_name],
        ("表页名", "sheet name"): [matched.table.sheet for matched in tables],
        ("标题", "title"): [line for matched in tables for line in matched.table.title_lines],
        ("表头", "header"): [header for matched in tables for header in matched.table.header],
    }
    # A file's name was masked when it was received.
    places = [place for place, texts in said.items() if any(STARS in t or holds_id(t) for t in texts)]
    if not places:
        return []
    chinese, english = zip(*places, strict=True)
    return [("STRAY_ID_IN_LABEL", {"places": "、".join(chinese), "places_en": ", ".join(english)})]


def _add(batch: Batch, code: str, severity: Severity, found: Mask, column: str) -> None:
    rows = np.flatnonzero(found)
    if len(rows):
        batch.findings.append(Finding(code, severity, rows, column))
