"""Receive, read, check, land and return the files that departments drop."""

from ingestion.lake.fixed import prepare
from ingestion.lake.home import Home
from ingestion.lake.modes import Groups
from ingestion.lake.records import Outcome, Receipt
from ingestion.pipeline.load import CheckReport, Problem, check_file, load_file, load_in_turn, settle_returns
from ingestion.receiving.order import in_turn
from ingestion.receiving.receive import pending, receive

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
    "load_in_turn",
    "pending",
    "prepare",
    "receive",
    "settle_returns",
]
