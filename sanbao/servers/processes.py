"""Background programs under one home: started once, found again, ended by what was recorded."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psutil

from sanbao.errors import SanbaoError
from sanbao.files import write_atomically


class Processes:
    """The programs recorded in one JSON file: name → pid and moment of creation."""

    def __init__(self, record: Path) -> None:
        self._record = record

    def start(self, name: str, command: list[str], env: Mapping[str, str], log: Path) -> None:
        """Start `command` in a session of its own, its output appended to `log`."""
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with log.open("ab") as output:
            process = psutil.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        entries = self._read()
        entries[name] = {"pid": process.pid, "created": process.create_time()}
        self._write(entries)

    def running(self, name: str) -> psutil.Process | None:
        """The program, if it is the one that was started and not another with the same number."""
        entry = self._read().get(name)
        if entry is None:
            return None
        try:
            process = psutil.Process(int(entry["pid"]))
            same = abs(process.create_time() - entry["created"]) < 0.1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def stop_all(self, wait_seconds: float = 20) -> list[str]:
        """End every recorded program and its children; returns the names of those that ran."""
        names = [name for name in self._read() if self.running(name)]
        family: list[psutil.Process] = []
        for name in names:
            process = self.running(name)
            if process is not None:
                family += [*process.children(recursive=True), process]
        for process in family:
            try:
                process.terminate()
            except psutil.NoSuchProcess:
                continue
        _, alive = psutil.wait_procs(family, timeout=wait_seconds)
        for process in alive:
            process.kill()
        psutil.wait_procs(alive, timeout=5)
        self._record.unlink(missing_ok=True)
        return names

    def _read(self) -> dict[str, dict[str, float]]:
        if not self._record.exists():
            return {}
        entries: dict[str, dict[str, float]] = json.loads(self._record.read_text("utf-8"))
        return entries

    def _write(self, entries: dict[str, dict[str, float]]) -> None:
        write_atomically(self._record, json.dumps(entries))


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
