"""The Arrow schemas of the lake, derived from the contracts: the only place that knows them."""

from __future__ import annotations

import pyarrow as pa

from ingestion.contracts import Catalog, Column, Contract
from ingestion.parsing.column_types import ARROW_TYPES, TEXT, companion_suffixes


def _schema(**fields: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in fields.items()])


ORIGIN = _schema(
    _batch_id=TEXT,
    _speaks_for_on=pa.date32(),
    _period=TEXT,
    _part=TEXT,
    _source_sheet=TEXT,
    _source_row=pa.int32(),
    _extra=TEXT,
    _held_cells=TEXT,
)
DELIVERY = _schema(
    batch_id=TEXT,
    feed=TEXT,
    department=TEXT,
    file_name=TEXT,
    container_name=TEXT,
    file_label=TEXT,
    container_label=TEXT,
    sha256=TEXT,
    received_no=pa.int64(),
    received_at=pa.timestamp("us"),
    arrived_at=pa.timestamp("us"),
    as_of=pa.date32(),
    corrects_batch_id=TEXT,
    rows_read=pa.int32(),
    rows_accepted=pa.int32(),
    rows_held=pa.int32(),
    cells_held=pa.int32(),
    rows_unchanged=pa.int32(),
    delivery_state=TEXT,
    reason_code=TEXT,
    reason=TEXT,
    remedy=TEXT,
    reason_en=TEXT,
    remedy_en=TEXT,
    encoding=TEXT,
    column_map=TEXT,
    notes=TEXT,
    sheets=TEXT,
    title=TEXT,
    unknown_columns=TEXT,
    absent_columns=TEXT,
    warning_count=pa.int32(),
    repair_count=pa.int32(),
)
DELIVERY_PART = _schema(
    batch_id=TEXT,
    feed=TEXT,
    received_no=pa.int64(),
    received_at=pa.timestamp("us"),
    speaks_for_on=pa.date32(),
    period=TEXT,
    part=TEXT,
    rows_accepted=pa.int32(),
    adds=pa.bool_(),
    group_batch_id=TEXT,
    group_received_no=pa.int64(),
    group_received_at=pa.timestamp("us"),
)
HELD_ROW = _schema(
    batch_id=TEXT,
    feed=TEXT,
    speaks_for_on=pa.date32(),
    period=TEXT,
    part=TEXT,
    source_sheet=TEXT,
    source_row=pa.int32(),
    person_name=TEXT,
    id_number_text=TEXT,
    row_json=TEXT,
)
HELD_PERSON = _schema(
    batch_id=TEXT,
    feed=TEXT,
    source_sheet=TEXT,
    source_row=pa.int32(),
    place=TEXT,
    person_name=TEXT,
    id_number_text=TEXT,
    register_household_no=TEXT,
)
PROBLEM = _schema(
    batch_id=TEXT,
    feed=TEXT,
    source_sheet=TEXT,
    source_row=pa.int32(),
    column_name=TEXT,
    header=TEXT,
    cell=TEXT,
    code=TEXT,
    severity=TEXT,
    costs=TEXT,
    value_shown=TEXT,
    message=TEXT,
    remedy=TEXT,
    message_en=TEXT,
    remedy_en=TEXT,
)
REPAIR = _schema(
    batch_id=TEXT,
    feed=TEXT,
    source_sheet=TEXT,
    source_row=pa.int32(),
    column_name=TEXT,
    repair_code=TEXT,
)
CORRECTION = _schema(
    batch_id=TEXT,
    feed=TEXT,
    source_sheet=TEXT,
    source_row=pa.int32(),
    base_batch_id=TEXT,
    base_source_sheet=TEXT,
    base_source_row=pa.int32(),
    was_held=pa.bool_(),
    is_accepted=pa.bool_(),
)
WITHDRAWAL = _schema(
    batch_id=TEXT,
    feed=TEXT,
    withdrawn_no=pa.int64(),
    withdrawn_at=pa.timestamp("us"),
    withdrawn_by=TEXT,
    reason=TEXT,
)
OVERRIDE = _schema(
    override_id=TEXT,
    register_household_no=TEXT,
    register_person_no=TEXT,
    guarantee=TEXT,
    state=TEXT,
    speaks_for_on=pa.date32(),
    until_on=pa.date32(),
    recorded_no=pa.int64(),
    recorded_at=pa.timestamp("us"),
    recorded_by=TEXT,
    reason=TEXT,
    evidence=TEXT,
    amendment_reason=TEXT,
)
OVERRIDE_LIFT = _schema(
    override_id=TEXT,
    lifted_no=pa.int64(),
    lifted_at=pa.timestamp("us"),
    lifted_by=TEXT,
    reason=TEXT,
)
WAIVER = _schema(
    batch_id=TEXT,
    feed=TEXT,
    waived_at=pa.timestamp("us"),
    waived_by=TEXT,
    reason=TEXT,
    codes=TEXT,
)
FEED_CONTRACT = _schema(
    feed=TEXT,
    department=TEXT,
    department_name=TEXT,
    title=TEXT,
    owner=TEXT,
    cadence=TEXT,
    due_day=pa.int32(),
    max_age_days=pa.int32(),
    delivery=TEXT,
    complete_for=TEXT,
    description=TEXT,
)
HASH_KEY = _schema(key=TEXT)

BOOKKEEPING = {
    "delivery": DELIVERY,
    "delivery_part": DELIVERY_PART,
    "held_row": HELD_ROW,
    "held_person": HELD_PERSON,
    "problem": PROBLEM,
    "repair": REPAIR,
    "correction": CORRECTION,
    "withdrawal": WITHDRAWAL,
    "override": OVERRIDE,
    "override_lift": OVERRIDE_LIFT,
    "waiver": WAIVER,
    "feed_contract": FEED_CONTRACT,
    "secret": HASH_KEY,
}


def column_fields(column: Column) -> list[pa.Field]:
    """The lake columns of one contract column: its value, and its state or operator."""
    fields = [pa.field(column.name, ARROW_TYPES[column.type])]
    return [*fields, *(pa.field(column.name + suffix, TEXT) for suffix in companion_suffixes(column.type))]


def feed_schema(contract: Contract) -> pa.Schema:
    """What `lake/<feed>/*.parquet` holds."""
    fields = [field for column in contract.columns for field in column_fields(column)]
    return pa.schema([*fields, *ORIGIN])


def lake_schemas(catalog: Catalog) -> dict[str, pa.Schema]:
    """Every lake table by its folder name."""
    return {**{c.feed: feed_schema(c) for c in catalog.contracts}, **BOOKKEEPING}
