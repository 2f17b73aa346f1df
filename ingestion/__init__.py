"""Receive, read, check, land and return the files that departments drop."""

from ingestion.home import Home, prepare
from ingestion.load import CheckReport, Problem, check_file, load_file, settle_returns
from ingestion.outcome import Outcome, Receipt
from ingestion.receive import pending, receive

__all__ = [
    "CheckReport",
    "Home",
    "Outcome",
    "Problem",
    "Receipt",
    "check_file",
    "load_file",
    "pending",
    "prepare",
    "receive",
    "settle_returns",
]
