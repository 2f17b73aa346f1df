"""A marked copy that is to be written: found by `renew`, made by `write`."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.lake.records import Outcome
from ingestion.returning.marked.names import returned_name
from ingestion.returning.statement import Told


@dataclass(frozen=True)
class DueCopy:
    """A marked copy that is to be written."""

    container_sha256: str
    outcomes: tuple[Outcome, ...]  # of the file, one per feed in it
    told: Told
    is_harmful: bool  # reading the file ended the process that did it

    @property
    def stem(self) -> str:
        return returned_name(self.outcomes[0].file_name)
