"""Write a checked batch to the lake. The delivery row comes last: without it nothing has landed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from foundation.files import write_bytes
from ingestion.checking.batch import Batch, Group, Rows, arrow_columns
from ingestion.checking.money import miscounted
from ingestion.lake.compacted import compaction
from ingestion.lake.held_people import held_people
from ingestion.lake.home import Home, parquet_bytes, write_parquet
from ingestion.lake.landings import record_batch
from ingestion.lake.problem_table import problem_table
from ingestion.lake.records import Outcome, Receipt, Waiver
from ingestion.lake.result import Result
from ingestion.lake.schema import DELIVERY, DELIVERY_PART, HELD_ROW, REPAIR, WAIVER, feed_schema
from ingestion.messages.plain_labels import plain_label, plain_sentence
from ingestion.parsing.base import Mask
from ingestion.parsing.column_types import TEXT
from ingestion.text.masking import mask_ids

# A repair that a column needs in every row is its form, not an event of each cell: past this many
# rows it is recorded once, without a row.
_COLUMN_WIDE_FROM = 200
_COUNTED = pa.schema(
    [("speaks_for_on", pa.date32()), ("period", TEXT), ("part", TEXT), ("count_all", pa.int32())]
)
_COLUMN_WIDE = frozenset(
    {"date_form", "month_form", "year_form", "excel_serial", "number_form", "town_name"}
    | {"yuan_from_wan", "count_from_wan", "mg_from_ug", "code_alias", "blank_as_no"}
)


class AccountingError(AssertionError):
    """Rows or money read are not those accepted plus those held: a fault of this program, not of a file."""


def land(home: Home, result: Result, receipt: Receipt | None = None) -> None:
    """Write everything about one batch; refused batches leave no rows in the feed's own table.

    The hashes of its files are recorded before the delivery row makes them count.
    """
    outcome, batch = result.outcome, result.batch
    if outcome.rows_read != outcome.rows_accepted + outcome.rows_held:
        raise AccountingError(
            f"{outcome.rows_read} read, {outcome.rows_accepted} + {outcome.rows_held} landed"
        )
    name = f"{outcome.batch_id}.parquet"
    files = _Files(home, name)
    if batch is not None:
        _land_rows(files, outcome, batch, result.parts)
    if result.corrections is not None:
        files.write_or_remove("correction", result.corrections)
    if result.waiver is not None:
        files.write("waiver", _waiver_table(outcome, result.waiver))
    files.write_or_remove("problem", problem_table(outcome, batch, result.file_problem))
    delivery = parquet_bytes(delivery_table(outcome))
    hashes = {**files.hashes, f"delivery/{name}": hashlib.sha256(delivery).hexdigest()}
    record_batch(home, outcome.batch_id, hashes, receipt, outcome)
    write_bytes(delivery, home.lake / "delivery" / name)


class _Files:
    """The files of one batch as they are written: one of the same name per lake table."""

    def __init__(self, home: Home, name: str) -> None:
        self._lake = home.lake
        self._compacted = compaction(home).cuts.keys()
        self._name = name
        self.hashes: dict[str, str] = {}

    def write(self, table: str, rows: pa.Table, *, plain: Collection[str] = ()) -> None:
        if f"{table}/{self._name}" in self._compacted:
            raise AccountingError(f"{table}/{self._name} was compacted: its rows would be there twice")
        digest = write_parquet(rows, self._lake / table / self._name, plain=plain)
        self.hashes[f"{table}/{self._name}"] = digest

    def write_or_remove(self, table: str, rows: pa.Table) -> None:
        if len(rows):
            self.write(table, rows)
        else:
            # What a killed run may have left.
            (self._lake / table / self._name).unlink(missing_ok=True)


def _land_rows(files: _Files, outcome: Outcome, batch: Batch, parts: pa.Table | None) -> None:
    refused = outcome.delivery_state == "REFUSED"
    held = np.ones(batch.row_count, np.bool_) if refused else batch.held
    if int(held.sum()) != outcome.rows_held or batch.row_count != outcome.rows_read:
        raise AccountingError(f"{outcome.rows_held} held, {int(held.sum())} in quarantine")
    if not refused:
        rows = accepted_table(outcome.batch_id, batch, batch.landing)
        if len(rows) != outcome.rows_accepted - outcome.rows_unchanged:
            raise AccountingError(f"{outcome.rows_accepted} accepted, {len(rows)} in the lake")
        if wrong := miscounted(batch, batch.landing, rows):
            raise AccountingError(f"the money of {', '.join(wrong)} is not that of the file")
        plain = [column for column, coded in batch.texts.items() if coded.by_row]
        files.write(batch.contract.feed, rows, plain=[*plain, "_source_row"])
        if parts is not None:
            files.write("delivery_part", parts)
    files.write_or_remove("repair", repair_table(outcome, batch))
    files.write_or_remove("held_row", held_table(outcome, batch, held))
    files.write_or_remove("held_person", held_people(outcome, batch, held))


def accepted_table(batch_id: str, batch: Batch, keep: Mask) -> pa.Table:
    """The rows for `lake/<feed>/`, with their origin."""
    schema = feed_schema(batch.contract)
    count = batch.row_count
    columns = {
        **batch.columns,
        "_batch_id": pa.repeat(pa.scalar(batch_id, TEXT), count),
        "_speaks_for_on": batch.speaks_for_on,
        "_period": batch.period,
        "_part": batch.part,
        "_source_sheet": _sheets(batch),
        "_source_row": pa.array(batch.row_number),
        "_extra": extra(batch),
        "_held_cells": batch.held_cells,
    }
    table = pa.table([columns[field.name].cast(field.type) for field in schema], schema=schema)
    return table if keep.all() else table.filter(pa.array(keep))


def part_table(arrived: Group, batch: Batch) -> pa.Table:
    """Rows accepted per date, period and part; `arrived` is the batch with its arrival.

    A part that the file empties has a row of its own, with no rows accepted.
    """
    group = batch.corrects or arrived
    keep = pa.array(batch.landing)
    own = pa.table({"speaks_for_on": batch.speaks_for_on, "period": batch.period, "part": batch.part}).filter(
        keep
    )
    counted = own.group_by(["speaks_for_on", "period", "part"]).aggregate([([], "count_all")])
    counted = counted.cast(_COUNTED)
    empty = [(day, day.isoformat(), part, 0) for day, parts in batch.vacated.items() for part in parts]
    counted = (
        pa.concat_tables([counted, pa.table([*zip(*empty, strict=True)], schema=_COUNTED)])
        if empty
        else counted
    )
    counted = counted.sort_by(
        [("speaks_for_on", "ascending"), ("period", "ascending"), ("part", "ascending")]
    )
    count = len(counted)
    columns = [
        pa.repeat(pa.scalar(arrived.batch_id, TEXT), count),
        pa.repeat(pa.scalar(batch.contract.feed, TEXT), count),
        pa.repeat(pa.scalar(arrived.received_no, pa.int64()), count),
        pa.repeat(pa.scalar(_naive(arrived.received_at), pa.timestamp("us")), count),
        counted["speaks_for_on"],
        counted["period"],
        counted["part"],
        counted["count_all"],
        pa.repeat(pa.scalar(False), count),
        pa.repeat(pa.scalar(group.batch_id, TEXT), count),
        pa.repeat(pa.scalar(group.received_no, pa.int64()), count),
        pa.repeat(pa.scalar(_naive(group.received_at), pa.timestamp("us")), count),
    ]
    return pa.table(columns, schema=DELIVERY_PART)


def delivery_table(outcome: Outcome) -> pa.Table:
    """The one row of `lake/delivery/`."""
    row = outcome.model_dump()
    row["received_at"] = _naive(outcome.received_at)
    row["arrived_at"] = outcome.arrived_at and _naive(outcome.arrived_at)
    # Everybody sees the board of deliveries: what it says has no words of the clerk's own.
    row["file_label"] = plain_label(outcome.file_name)
    row["container_label"] = outcome.container_name and plain_label(outcome.container_name)
    for name in ("reason", "remedy", "reason_en", "remedy_en"):
        row[name] = row[name] and plain_sentence(row[name])
    for name in ("sheets", "unknown_columns", "notes"):
        row[name] = json.dumps(row[name], ensure_ascii=False)
    row["absent_columns"] = f",{','.join(outcome.absent_columns)}," if outcome.absent_columns else None
    return pa.Table.from_pylist([row], schema=DELIVERY)


def _waiver_table(outcome: Outcome, waiver: Waiver) -> pa.Table:
    row = {
        "batch_id": outcome.batch_id,
        "feed": outcome.feed,
        "waived_at": _naive(outcome.received_at),
        "waived_by": waiver.by,
        "reason": mask_ids(waiver.reason),
        "codes": ",".join(waiver.codes),
    }
    return pa.Table.from_pylist([row], schema=WAIVER)


def repair_table(outcome: Outcome, batch: Batch) -> pa.Table:
    """One row per repaired cell; a form that the whole column has, once."""
    tables = [_repairs(outcome, batch, *entry) for entry in batch.repairs if len(entry[2])]
    return pa.concat_tables(tables) if tables else REPAIR.empty_table()


def held_table(outcome: Outcome, batch: Batch, held: Mask) -> pa.Table:
    """The rows that wait for correction, as they stand in the file."""
    rows = pa.array(np.flatnonzero(held))
    count = len(rows)
    if not count:
        return HELD_ROW.empty_table()
    nothing = pa.nulls(batch.row_count, TEXT)
    name = next((c.name for c in batch.contract.columns if c.type == "person_name"), None)
    number = next((c.name for c in batch.contract.columns if c.is_identity), None)
    raw_number = batch.texts[number].raw if number in batch.texts else nothing
    columns = [
        pa.repeat(pa.scalar(outcome.batch_id, TEXT), count),
        pa.repeat(pa.scalar(batch.contract.feed, TEXT), count),
        _or_null(batch.speaks_for_on, pa.date32(), batch.row_count).take(rows),
        _or_null(batch.period, TEXT, batch.row_count).take(rows),
        _or_null(batch.part, TEXT, batch.row_count).take(rows),
        _sheets(batch).take(rows),
        pa.array(batch.row_number).take(rows),
        (batch.columns[name] if name else nothing).take(rows),
        _null_if_blank(raw_number.take(rows)),
        row_json(batch, held),
    ]
    return pa.table(columns, schema=HELD_ROW)


def _repairs(outcome: Outcome, batch: Batch, column: str, code: str, rows: Rows) -> pa.Table:
    filled = int((~batch.is_blank(column)).sum())
    if code in _COLUMN_WIDE and len(rows) >= max(filled, _COLUMN_WIDE_FROM):
        sheets, numbers = pa.nulls(1, TEXT), pa.nulls(1, pa.int32())
    else:
        at = pa.array(rows)
        sheets, numbers = _sheets(batch).take(at), pa.array(batch.row_number).take(at)
    constant = (outcome.batch_id, batch.contract.feed, column, code)
    batch_id, feed, name, repair = (pa.repeat(pa.scalar(text, TEXT), len(numbers)) for text in constant)
    return pa.table([batch_id, feed, sheets, numbers, name, repair], schema=REPAIR)


def _sheets(batch: Batch) -> pa.Array:
    names = pa.array([t.table.sheet for t in batch.tables], TEXT)
    return names.take(pa.array(batch.table_of_row))


def _null_if_blank(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), pa.scalar(None, TEXT), texts)


def _or_null(values: pa.Array | None, kind: pa.DataType, count: int) -> pa.Array:
    return pa.nulls(count, kind) if values is None else values


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


# The cells that have no typed column of their own, kept as JSON text, one object per row.
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
