"""The published tables of one date, for documents that rest on nothing but them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb


class Published:
    """A serving file, opened read-only at one date; `known_by` (UTC, naive) is until when it knew."""

    def __init__(self, serving: Path, as_of: date, known_by: datetime | None) -> None:
        self.as_of = as_of
        self.known_by = known_by
        # The real file behind the name, so that a publish in the meantime does not matter.
        self._connection = duckdb.connect(
            str(serving.resolve()), read_only=True, config={"enable_external_access": "false"}
        )

    def __enter__(self) -> Published:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def records(self, sql: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows of `sql` by column; `$as_of` is the date where the text has it."""
        values = dict(parameters or {})
        if "$as_of" in sql:
            values["as_of"] = self.as_of
        cursor = self._connection.execute(sql, values)
        columns = [column[0] for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def has_rows(self, table: str) -> bool:
        """Whether `table`, by its name in the schema `mart`, is published and has rows of the date."""
        known = "select 1 from information_schema.tables where table_schema = 'mart' and table_name = $table"
        if not self.records(known, {"table": table}):
            return False
        return bool(self.records(f'select 1 from mart."{table}" where as_of = $as_of limit 1'))  # noqa: S608
