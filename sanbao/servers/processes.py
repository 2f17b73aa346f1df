"""Background programs under one home: started once, found again, ended by what was recorded.

The only place that keeps programs: Airflow and Superset differ in commands and in what healthy means.
"""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from foundation.files import write_text
from sanbao.errors import SanbaoError

_OURS = re.compile(r"(sanbao|airflow)\b")
_SAME_SECONDS = 1  # two readings of one process's creation differ by less


@dataclass(frozen=True)
class Program:
    """What to start: `name` in the record, `title` for a person, output appended to `log`."""

    name: str
    title: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    cwd: Path | None = None
    address: str = ""  # host:port that it listens on, where the one who starts it asks later


@dataclass(frozen=True)
class Running:
    """A program that was found again."""

    process: psutil.Process
    address: str


class Processes:
    """The programs recorded in one JSON file: name → pid, moment of creation and address."""

    def __init__(self, record: Path) -> None:
        self._record = record

    def start(self, program: Program) -> int:
        """Start a program in a session of its own; returns its pid."""
        program.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with program.log.open("ab") as output:
            process = psutil.Popen(
                list(program.command),
                env=dict(program.env),
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        entry = {"pid": process.pid, "created": process.create_time(), "address": program.address}
        self._write({**self._read(), program.name: entry})
        return int(process.pid)

    def running(self, name: str) -> Running | None:
        """The program, if it is the one that was started and not another with the same number."""
        try:
            entry = self._read()[name]
            process = psutil.Process(int(entry["pid"]))
            same = abs(process.create_time() - float(entry["created"])) < _SAME_SECONDS
            if not same or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except (KeyError, TypeError, ValueError, psutil.Error):
            return None
        return Running(process, str(entry.get("address", "")))

    def recorded(self) -> dict[str, int]:
        """Name → process number of every program that was started and not stopped, whether it runs or not."""
        return {name: int(entry["pid"]) for name, entry in self._read().items() if "pid" in entry}

    def family(self) -> dict[int, str]:
        """Process number → program, of what runs and of what it started."""
        found: dict[int, str] = {}
        for name in self._read():
            if running := self.running(name):
                with suppress(psutil.Error):
                    for process in (running.process, *running.process.children(recursive=True)):
                        found[process.pid] = name
        return found

    def wait(
        self,
        programs: Sequence[Program],
        ready: Callable[[], bool],
        late: SanbaoError,
        *,
        seconds: float,
        pause_seconds: float = 1,
    ) -> None:
        """Until `ready`; raises SanbaoError: STACK_FAILED when a program ended, `late` after `seconds`."""
        until = time.monotonic() + seconds
        while not ready():
            for program in programs:
                if self.running(program.name) is None:
                    raise SanbaoError("STACK_FAILED", what=program.title, log=str(program.log))
            if time.monotonic() > until:
                raise late
            time.sleep(pause_seconds)

    def stop_all(self, wait_seconds: float = 20, *, ends_children: bool = False) -> list[str]:
        """End every recorded program and its children; returns the names of those that ran.

        With `ends_children` a program is asked alone: it lets its children come to their end.
        """
        found = {name: running.process for name in self._read() if (running := self.running(name))}
        family: list[psutil.Process] = []
        asked: list[psutil.Process] = []
        for process in found.values():
            with suppress(psutil.NoSuchProcess):
                children = process.children(recursive=True)
                family += [*children, process]
                asked += [process] if ends_children else [*children, process]
        for process in asked:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        _, alive = psutil.wait_procs(family, timeout=wait_seconds)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        self._record.unlink(missing_ok=True)
        return list(found)

    def _read(self) -> dict[str, dict[str, Any]]:
        """A record that cannot be read tells of nothing that runs; the port then says who is there."""
        try:
            entries: Any = json.loads(self._record.read_text("utf-8"))
            if "pid" in entries:  # an earlier version kept Superset alone, under other names
                bind, created = entries.get("bind", ""), entries["started"]
                entries = {self._record.stem: {"pid": entries["pid"], "created": created, "address": bind}}
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}
        return entries if isinstance(entries, dict) else {}

    def _write(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        self._record.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_text(json.dumps(entries), self._record)


@dataclass(frozen=True)
class Who:
    """A process of this machine, as it may be named: no arguments, which may hold anything."""

    pid: int
    name: str
    is_ours: bool
    seconds: float  # since it started


@dataclass(frozen=True)
class Listener:
    """A socket that waits for connections; `pid` is 0 where the system does not tell whose it is."""

    address: str
    port: int
    pid: int


def who(pid: int) -> Who | None:
    """A process by its number; None when it is gone, or of another account that hides it."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.parents()]
        seconds = time.time() - process.create_time()
        return Who(pid, process.name(), any(_is_ours(each) for each in family), seconds)
    except psutil.Error:
        return None


def listeners() -> list[Listener]:
    """Every TCP socket of this machine (or container) that waits for connections."""
    return [
        Listener(each.laddr.ip, each.laddr.port, each.pid or 0)
        for each in psutil.net_connections(kind="tcp")
        if each.status == psutil.CONN_LISTEN and each.laddr
    ]


def _is_ours(process: psutil.Process) -> bool:
    """Started as `sanbao`, `airflow` or `python -m sanbao…`: a night runs in one of these."""
    with suppress(psutil.Error):
        return any(_OURS.match(Path(word).name) for word in started_as(process.cmdline()))
    return False


def started_as(command: Sequence[str]) -> list[str]:
    """The program of a command line, and what Python was told to run; not the files that it works on."""
    if not command or not command[0].split():
        return []
    program = command[0].split()[0]  # a title may stand in one piece
    if not Path(program).name.startswith("python"):
        return [program]
    words = iter(command[1:])
    for word in words:
        if word == "-m":
            return [program, next(words, "")]
        if word.startswith("-c") or not word.startswith("-"):
            return [program, word]
    return [program]


def refuse_taken_port(host: str, port: int, name: str) -> None:
    """Raises SanbaoError (PORT_TAKEN) when something else answers on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SanbaoError("PORT_TAKEN", port=port, name=name) from error


def local_url(host: str, port: int) -> str:
    """How a program on this machine reaches a server that listens on `host`."""
    reached = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def local_session() -> requests.Session:
    """For asking it."""
    session = requests.Session()
    session.trust_env = False  # an office proxy has no business between two programs on one machine
    return session
