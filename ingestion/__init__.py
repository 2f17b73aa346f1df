"""Receive, read, check, land and return the files that departments drop.

What is handed out here is imported when it is first asked for: a night with nothing new asks for the
inbox only, and the readers and parsers of files take a second to import.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.lake.fixed import prepare
    from ingestion.lake.home import Home
    from ingestion.lake.modes import Groups
    from ingestion.lake.records import Outcome, Receipt, pending
    from ingestion.pipeline.load import CheckReport, Problem, check_file, load_file
    from ingestion.receiving.order import in_turn
    from ingestion.receiving.receive import receive
    from ingestion.returning.renew import renew_returns

_FROM = {
    "CheckReport": "ingestion.pipeline.load",
    "Groups": "ingestion.lake.modes",
    "Home": "ingestion.lake.home",
    "Outcome": "ingestion.lake.records",
    "Problem": "ingestion.pipeline.load",
    "Receipt": "ingestion.lake.records",
    "check_file": "ingestion.pipeline.load",
    "in_turn": "ingestion.receiving.order",
    "load_file": "ingestion.pipeline.load",
    "pending": "ingestion.lake.records",
    "prepare": "ingestion.lake.fixed",
    "receive": "ingestion.receiving.receive",
    "renew_returns": "ingestion.returning.renew",
}

__all__ = [
    "CheckReport",
    "Groups",
    "Home",
    "Outcome",
    "Problem",
    "Receipt",
    "check_file",
    "in_turn",
    "load_file",
    "pending",
    "prepare",
    "receive",
    "renew_returns",
]


def __getattr__(name: str) -> object:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(importlib.import_module(_FROM[name]), name)
    globals()[name] = found
    return found
