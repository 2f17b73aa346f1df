"""Which addresses the programs of one home listen on, from the machine's own table of sockets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil


def programs(home: Path) -> set[int]:
    """The processes that were started for this home: each start is a session, which orphans stay in."""
    records = [home / "airflow" / "processes.json", home / "run" / "superset.json"]
    entries = [json.loads(record.read_text("utf-8")) for record in records if record.exists()]
    sessions = {entry["pid"] for record in entries for entry in record.values()}
    assert sessions, "nothing runs for this home"
    found: set[int] = set()
    for process in psutil.process_iter():
        try:
            family = [process.pid, *(parent.pid for parent in process.parents())]
            if os.getsid(process.pid) in sessions or sessions & set(family):
                found.add(process.pid)
        except (psutil.NoSuchProcess, ProcessLookupError):
            continue
    return found


def listening(home: Path) -> set[tuple[str, int]]:
    """(address, port) of every TCP or UDP socket of these programs that others could send to."""
    numbers = programs(home)
    return {
        (connection.laddr.ip, connection.laddr.port)
        for connection in psutil.net_connections("inet")
        if connection.pid in numbers and connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }
