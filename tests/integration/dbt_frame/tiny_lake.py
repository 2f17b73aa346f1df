"""A lake of a few rows, written straight from the contracts: no file is read for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.contracts import Catalog, Contract, load_catalog

TEXT, INT, DAY, MOMENT = pa.string(), pa.int32(), pa.date32(), pa.timestamp("us")
TYPES: dict[str, pa.DataType] = {
    "date": DAY,
    "year": INT,
    "year_month": DAY,
    "money_yuan": pa.decimal128(18, 2),
    "count": INT,
    "measurement": pa.float64(),
    "test_value": pa.float64(),
    "yes_no": pa.bool_(),
}
SHARED: dict[str, dict[str, pa.DataType]] = {
    "delivery": {
        **dict.fromkeys(
            "batch_id feed department file_name container_name sha256 delivery_state reason_code reason "
            "encoding sheets title unknown_columns".split(),
            TEXT,
        ),
        "received_at": MOMENT,
        "as_of": DAY,
        **dict.fromkeys("rows_read rows_accepted rows_held warning_count repair_count".split(), INT),
    },
    "delivery_part": {
        **dict.fromkeys("batch_id feed period part".split(), TEXT),
        "received_at": MOMENT,
        "speaks_for_on": DAY,
        "rows_accepted": INT,
    },
    "held_row": {
        **dict.fromkeys("batch_id feed period part source_sheet person_name id_number_text row_json".split(), TEXT),
        "speaks_for_on": DAY,
        "source_row": INT,
    },
    "feed_contract": {
        **dict.fromkeys(
            "feed department department_name title owner cadence delivery complete_for description".split(), TEXT
        ),
        **dict.fromkeys("due_day max_age_days".split(), INT),
    },
    "secret": {"key": TEXT},
}


def feed_schema(contract: Contract) -> dict[str, pa.DataType]:
    """Lake column → type of one feed."""
    schema: dict[str, pa.DataType] = {}
    for column in contract.columns:
        schema[column.name] = TYPES.get(column.type, TEXT)
        if column.type == "id_number":
            schema[f"{column.name}_state"] = TEXT
        if column.type == "test_value":
            schema[f"{column.name}_op"] = TEXT
    schema |= dict.fromkeys(["_batch_id", "_period", "_part", "_source_sheet", "_extra"], TEXT)
    return schema | {"_speaks_for_on": DAY, "_source_row": INT}


@dataclass
class TinyLake:
    """Writes batches below `root`; `land` returns the batch id."""

    root: Path
    catalog: Catalog = field(default_factory=load_catalog)

    def __post_init__(self) -> None:
        for name, schema in SHARED.items():
            self._write(name, "_empty", schema, [])
        for contract in self.catalog.values():
            self._write(contract.feed, "_empty", feed_schema(contract), [])
        rows = [c.model_dump(include=set(SHARED["feed_contract"])) for c in self.catalog.values()]
        self._write("feed_contract", "feed_contract", SHARED["feed_contract"], rows)
        self._write("secret", "person_hash_key", SHARED["secret"], [{"key": "00ff"}])

    def land(
        self,
        feed: str,
        rows: list[dict[str, Any]],
        *,
        as_of: date,
        received_at: datetime,
        held: list[dict[str, Any]] | None = None,
        state: str | None = None,
        commit: bool = True,
    ) -> str:
        """One batch with all its tables; `commit=False` leaves the delivery row out."""
        contract = self.catalog[feed]
        sha = hashlib.sha256(f"{feed}{rows}{held}{as_of}{received_at}".encode()).hexdigest()
        batch = f"{sha[:16]}-{feed}"
        landed = [self._row(contract, batch, number, row, as_of) for number, row in enumerate(rows, start=3)]
        held = held or []
        known: dict[str, Any] = {"batch_id": batch, "feed": feed}
        self._write(feed, batch, feed_schema(contract), landed)
        keys = [(r["_speaks_for_on"], r["_period"], r["_part"]) for r in landed]
        self._write("delivery_part", batch, SHARED["delivery_part"], [
            {**known, "received_at": received_at, "speaks_for_on": day, "period": period, "part": part,
             "rows_accepted": keys.count((day, period, part))}
            for day, period, part in dict.fromkeys(keys)
        ])  # fmt: skip
        self._write("held_row", batch, SHARED["held_row"], [
            {**known, "source_sheet": "", "source_row": 900 + number, **row} for number, row in enumerate(held)
        ])  # fmt: skip
        if commit:
            self._write("delivery", batch, SHARED["delivery"], [{
                **known, "department": contract.department, "file_name": f"{feed}.xlsx", "sha256": sha,
                "received_at": received_at, "as_of": as_of, "rows_read": len(rows) + len(held),
                "rows_accepted": len(rows), "rows_held": len(held),
                "delivery_state": state or ("PARTIAL" if held else "LOADED"),
            }])  # fmt: skip
        return batch

    def _row(self, contract: Contract, batch: str, number: int, row: dict[str, Any], as_of: date) -> dict[str, Any]:
        states = {
            f"{c.name}_state": "valid" if row.get(c.name) else "blank"
            for c in contract.columns
            if c.type == "id_number"
        }
        speaks_for = row.get("_speaks_for_on", as_of)
        period = "|".join(str(row[c]) for c in contract.period_by) or as_of.isoformat()
        part = "|".join(str(row[c]) for c in contract.part_by)
        return {
            **states,
            "_batch_id": batch,
            "_speaks_for_on": speaks_for,
            "_period": period,
            "_part": part,
            "_source_sheet": "",
            "_source_row": number,
            **row,
        }

    def _write(self, table: str, name: str, schema: dict[str, pa.DataType], rows: list[dict[str, Any]]) -> None:
        unknown = {key for row in rows for key in row} - set(schema)
        assert not unknown, f"{table} has no column {unknown}"
        folder = self.root / table
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items()))), folder / f"{name}.parquet")
