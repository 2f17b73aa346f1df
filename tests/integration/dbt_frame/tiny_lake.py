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
from ingestion.lake.schema import lake_schemas

KEY = "00ff"


@dataclass
class TinyLake:
    """Writes batches below `root`; `land` returns the batch id."""

    root: Path
    catalog: Catalog = field(default_factory=load_catalog)

    def __post_init__(self) -> None:
        self.schemas = lake_schemas(self.catalog)
        for name in self.schemas:
            self._write(name, "_empty", [])
        facts = set(self.schemas["feed_contract"].names)
        self._write(
            "feed_contract", "feed_contract", [c.model_dump(include=facts) for c in self.catalog.values()]
        )
        self._write("secret", "person_hash_key", [{"key": KEY}])

    def land(
        self,
        feed: str,
        rows: list[dict[str, Any]],
        *,
        as_of: date,
        received_at: datetime,
        held: list[dict[str, Any]] | None = None,
        held_people: list[dict[str, Any]] | None = None,
        state: str | None = None,
        commit: bool = True,
    ) -> str:
        """One batch with all its tables; `commit=False` leaves the delivery row out.

        `held_people` are the persons of the rows in `held`, one per row and in their order.
        """
        contract = self.catalog[feed]
        sha = hashlib.sha256(f"{feed}{rows}{held}{as_of}{received_at}".encode()).hexdigest()
        batch = f"{sha[:16]}-{feed}"
        landed = [self._row(contract, batch, number, row, as_of) for number, row in enumerate(rows, start=3)]
        held = held or []
        known: dict[str, Any] = {"batch_id": batch, "feed": feed}
        self._write(feed, batch, landed)
        keys = [(r["_speaks_for_on"], r["_period"], r["_part"]) for r in landed]
        self._write("delivery_part", batch, [
            {**known, "received_at": received_at, "speaks_for_on": day, "period": period, "part": part,
             "rows_accepted": keys.count((day, period, part)),
             "group_batch_id": batch, "group_received_at": received_at}
            for day, period, part in dict.fromkeys(keys)
        ])  # fmt: skip
        self._write("held_row", batch, [
            {**known, "source_sheet": "", "source_row": number, **row}
            for number, row in enumerate(held, start=900)
        ])  # fmt: skip
        self._write("held_person", batch, [
            {**known, "source_sheet": "", "source_row": number, "place": "person_name", **person}
            for number, person in enumerate(held_people or [], start=900)
        ])  # fmt: skip
        if commit:
            self._write("delivery", batch, [{
                **known, "department": contract.department, "file_name": f"{feed}.xlsx",
                "file_label": f"{feed}.xlsx", "sha256": sha,
                "received_at": received_at, "as_of": as_of, "rows_read": len(rows) + len(held),
                "rows_accepted": len(rows), "rows_held": len(held),
                "delivery_state": state or ("PARTIAL" if held else "LOADED"),
            }])  # fmt: skip
        return batch

    def _row(
        self, contract: Contract, batch: str, number: int, row: dict[str, Any], as_of: date
    ) -> dict[str, Any]:
        states = {
            f"{c.name}_state": "valid" if row.get(c.name) else "blank"
            for c in contract.columns
            if c.is_identity
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

    def _write(self, table: str, name: str, rows: list[dict[str, Any]]) -> None:
        schema = self.schemas[table]
        unknown = {key for row in rows for key in row} - set(schema.names)
        assert not unknown, f"{table} has no column {unknown}"
        folder = self.root / table
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")
