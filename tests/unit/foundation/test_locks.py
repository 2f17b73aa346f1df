"""A lock holds between processes, says when it is held for too long, and dies with its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from foundation.locks import LockedError, alone, holders

HOLD = """
import sys, time
from pathlib import Path
from foundation.locks import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "made" / ".lock"
    with alone(path), pytest.raises(LockedError), alone(path, 0):
        pass
    with alone(path, 0), alone(tmp_path / "other", 0):
        pass


def test_it_waits_no_longer_than_told(tmp_path: Path) -> None:
    began = time.monotonic()
    with alone(tmp_path / ".lock"), pytest.raises(LockedError), alone(tmp_path / ".lock", 0.5):
        pass
    assert 0.5 <= time.monotonic() - began < 5


@pytest.mark.parametrize("wait_seconds", [None, 10])
def test_a_killed_holder_lets_the_next_one_in(tmp_path: Path, wait_seconds: float | None) -> None:
    path = tmp_path / ".lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError), alone(path, 0):
            pass
        holder.send_signal(signal.SIGKILL)
        with alone(path, wait_seconds):
            pass


def test_what_is_raised_inside_frees_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), alone(tmp_path / ".lock"):
        _ = 1 / 0
    with alone(tmp_path / ".lock", 0):
        pass


def test_who_holds_a_lock_is_known_without_taking_it(tmp_path: Path) -> None:
    path, free = tmp_path / ".lock", tmp_path / "free"
    free.touch()
    assert holders([path, free]) == {}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert holders([path, free]) == {path: [holder.pid]}
        holder.kill()
    assert holders([path, free]) == {}
    with alone(path, 0):
        pass


def test_who_waits_for_a_lock_does_not_hold_it(tmp_path: Path) -> None:
    path, table = tmp_path / ".lock", tmp_path / "locks"
    path.touch()
    at = path.stat()
    place = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}:{at.st_ino}"
    table.write_text(
        f"1: FLOCK  ADVISORY  WRITE 77 {place} 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 88 {place} 0 EOF\n"
        f"2: POSIX  ADVISORY  READ 99 00:ff:{at.st_ino} 0 EOF\n"
    )
    assert holders([path], table) == {path: [77]}
