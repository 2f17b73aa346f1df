"""Whom a held row may be about: every person it names, as far as its cells can be read."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch
from ingestion.contracts import Contract
from ingestion.lake.records import Outcome
from ingestion.lake.schema import HELD_PERSON
from ingestion.parsing.base import Mask, mask
from ingestion.parsing.column_types import TEXT

HOUSEHOLD_NO = "register_household_no"
_Place = tuple[str | None, str | None]  # the columns of a name and of its number


def held_people(outcome: Outcome, batch: Batch, held: Mask) -> pa.Table:
    """One row per held row and person that it names; none where it names nobody."""
    tables = [_people(outcome, batch, held, place) for place in people_of(batch.contract)]
    return pa.concat_tables(tables) if tables else HELD_PERSON.empty_table()


def people_of(contract: Contract) -> tuple[_Place, ...]:
    """The places for a person in a row: what the contract maps to one, else its first name and number."""
    found: list[_Place] = []
    for mapping in contract.entity.values():
        names, numbers = (_listed(mapping.get(key)) for key in ("person_name", "person_id_number"))
        count = max(len(names), len(numbers))
        pad: list[str | None] = [None] * count
        found += list(zip((names + pad)[:count], (numbers + pad)[:count], strict=True))
    if not found:
        first = {c.pii: c.name for c in reversed(contract.columns)}
        found = [(first.get("name"), first.get("id_number"))]
    has_household = any(c.name == HOUSEHOLD_NO for c in contract.columns)
    return tuple(dict.fromkeys(place for place in found if any(place) or has_household))


def _listed(value: str | tuple[str, ...] | None) -> list[str | None]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _people(outcome: Outcome, batch: Batch, held: Mask, place: _Place) -> pa.Table:
    name, number = place
    nothing = pa.nulls(batch.row_count, TEXT)
    names = batch.columns.get(name or "", nothing)
    numbers = batch.texts[number].raw if number in batch.texts else nothing
    household = batch.columns.get(HOUSEHOLD_NO, nothing)
    numbers = pc.if_else(pc.equal(pc.utf8_trim_whitespace(numbers), ""), pa.scalar(None, TEXT), numbers)
    said = mask(names.is_valid()) | mask(numbers.is_valid()) | mask(household.is_valid())
    rows = pa.array(np.flatnonzero(held & said))
    sheets = pa.array([t.table.sheet for t in batch.tables], TEXT).take(pa.array(batch.table_of_row))
    columns = [
        pa.repeat(pa.scalar(outcome.batch_id, TEXT), len(rows)),
        pa.repeat(pa.scalar(batch.contract.feed, TEXT), len(rows)),
        sheets.take(rows),
        pa.array(batch.row_number).take(rows),
        pa.repeat(pa.scalar(name or number or HOUSEHOLD_NO, TEXT), len(rows)),
        names.take(rows),
        numbers.take(rows),
        household.take(rows),
    ]
    return pa.table(columns, schema=HELD_PERSON)
