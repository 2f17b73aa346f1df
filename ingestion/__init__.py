"""Receive, read, check, land and return the files that departments drop."""

from ingestion.home import Home
from ingestion.lake.fixed import prepare
from ingestion.load import CheckReport, Problem, check_file, load_file, load_in_turn, settle_returns
from ingestion.modes import Groups
from ingestion.outcome import Outcome, Receipt
from ingestion.receive import pending, receive
from ingestion.turns import in_turn

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
