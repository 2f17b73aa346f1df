"""Who is in the register: their rows must stay certain, and so must everybody who could be one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ingestion.contracts import Contract
from sample_county.files.deliver import Mask
from sample_county.world.model import World


@dataclass(frozen=True)
class Register:
    """`names` are those of all registered people, `lone_names` those that only one of them has."""

    ids: frozenset[str]
    names: frozenset[str]
    lone_names: frozenset[str]

    @classmethod
    def of(cls, world: World) -> Register:
        people = pd.concat(
            [table[["person_name", "id_number"]] for table in world.tables["register_person"].values()]
        ).drop_duplicates()
        counts = people["person_name"].value_counts()
        return cls(world.protected_ids, frozenset(counts.index), frozenset(counts.index[counts == 1]))

    def is_outside(self, frame: pd.DataFrame, contract: Contract) -> Mask:
        """Rows that name no registered person, neither by number nor by a name one of them has.

        A held row counts as "could be that person" by its name, so the name matters too.
        """
        outside = np.ones(len(frame), dtype=np.bool_)
        for column in contract.columns:
            if column.is_identity:
                outside &= ~_is_in(frame[column.name], self.ids)
            elif column.type == "person_name":
                outside &= ~_is_in(frame[column.name], self.names)
            elif column.pii == "name":  # several owners in one cell
                owners = frame[column.name].str.split(r"[;；、]", regex=True).explode()
                known = pd.Series(_is_in(owners, self.names), index=owners.index)
                outside &= ~known.groupby(level=0).any().reindex(frame.index).to_numpy()
        return outside

    def is_told_apart(self, frame: pd.DataFrame, contract: Contract, outside: Mask) -> Mask:
        """Rows that may stand twice: outside, or of the only registered person of that name."""
        id_column = next((c.name for c in contract.columns if c.is_identity), None)
        name_column = next((c.name for c in contract.columns if c.type == "person_name"), None)
        if id_column is None or name_column is None:
            return outside
        alone: Mask = _is_in(frame[name_column], self.lone_names) & _is_in(frame[id_column], self.ids)
        return outside | alone


def _is_in(values: pd.Series[str], words: frozenset[str]) -> Mask:
    # Over objects: the hash table is ten times as fast as Arrow's strings with a large set.
    found: Mask = values.astype(object).isin(words).to_numpy(dtype=np.bool_)
    return found
