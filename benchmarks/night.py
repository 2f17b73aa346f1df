"""A default night and an empty one, in seconds and memory, beside a floor measured in the same run.

The floor reads the same files with nothing but calamine and DuckDB and writes them to Parquet: no
checking, no models. `python -m benchmarks.night [--scale F] [--json FILE]`
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

AS_OF = "2019-12-31"
LIMITS = {"night_seconds": 45.0, "night_mb": 2048.0, "empty_seconds": 5.0}


@dataclass
class Measured:
    """One measured run; memory is the highest sum over the process and its children."""

    name: str
    seconds: float
    peak_mb: float
    facts: dict[str, Any] = field(default_factory=dict)


class MemoryWatch(threading.Thread):
    """Samples the memory of a process tree. PSS where there is one: shared pages count once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._ended = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self.peak = max(self.peak, self._now())

    def end(self) -> float:
        self._ended.set()
        self.join()
        return self.peak / 1e6

    def _now(self) -> int:
        total = 0
        try:
            for process in (self._root, *self._root.children(recursive=True)):
                memory = process.memory_full_info()
                total += getattr(memory, "pss", memory.rss)
        except psutil.Error:
            return 0
        return total


def run_night(home: Path, name: str) -> Measured:
    """`sanbao load` in a process of its own, as a person runs it."""
    command = [sys.executable, "-m", "sanbao.cli", "load", "--as-of", AS_OF, "--json"]
    # The files were copied just now; waiting until they lie still is not the night's work.
    env = {**os.environ, "SANBAO_HOME": str(home), "SANBAO_SETTLE_SECONDS": "0"}
    started = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    watch = MemoryWatch(process.pid)
    watch.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    peak = watch.end()
    if process.returncode:
        raise SystemExit(f"{name}: the night failed")
    summary = json.loads(output)
    facts = {key: summary[key] for key in ("files", "rows_read", "rows_held", "seconds")}
    return Measured(name, round(seconds, 1), round(peak), facts)


def run_floor(inbox: Path, out: Path) -> Measured:
    """The same files, one after the other in two processes, without looking at a single cell."""
    out.mkdir()
    files = sorted((p for p in inbox.rglob("*") if p.is_file()), key=lambda p: -p.stat().st_size)
    started = time.monotonic()
    workers = [
        subprocess.Popen([sys.executable, "-m", "benchmarks.night", "--floor-of", str(out), *map(str, part)])
        for part in (files[0::2], files[1::2])
    ]
    watch = MemoryWatch(os.getpid())
    watch.start()
    if sum(worker.wait() for worker in workers):
        raise SystemExit("the floor failed")
    seconds = time.monotonic() - started
    return Measured("floor", round(seconds, 1), round(watch.end()), {"files": len(files)})


def floor_of(out: Path, files: list[str]) -> None:
    import duckdb

    connection = duckdb.connect()
    number = 0
    for file in files:
        for name, data in _contents(Path(file)):
            number += 1
            stem = out / f"{os.getpid()}-{number}"
            write = _floor_text if name.lower().endswith(".csv") else _floor_workbook
            write(connection, data, stem)


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.suffix.lower() != ".zip":
        yield path.name, path.read_bytes()
        return
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            yield entry, archive.read(entry)


def _floor_text(connection: Any, data: bytes, stem: Path) -> None:
    text = stem.with_suffix(".csv")
    try:
        decoded = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = data.decode("gb18030")
    text.write_text(decoded, "utf-8")
    # The files' notes and totals are ragged lines; the quote is given, or the sniffer takes an apostrophe.
    options = "all_varchar=true, header=false, null_padding=true, strict_mode=false, ignore_errors=true"
    options += ", delim=',', quote='\"', parallel=false"
    connection.execute(f"copy (from read_csv('{text}', {options})) to '{stem}.parquet' (compression zstd)")


def _floor_workbook(connection: Any, data: bytes, stem: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for index, sheet in enumerate(book.sheet_names):
        rows = book.get_sheet_by_name(sheet).to_python()
        if rows:
            columns = zip(*rows, strict=True)
            table = pa.table({f"c{n}": [str(cell) for cell in cells] for n, cells in enumerate(columns)})
            pq.write_table(table, f"{stem}-{index}.parquet", compression="zstd")


@contextmanager
def _progress(text: str) -> Iterator[None]:
    print(f"{text} …", file=sys.stderr, flush=True)
    yield


def measure(scale: float) -> list[Measured]:
    from sample_county import write

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with _progress(f"sample county, scale {scale}"):
            started = time.monotonic()
            write(home / "inbox", scale=scale)
            sample = Measured("sample", round(time.monotonic() - started, 1), 0)
        with _progress("floor"):
            floor = run_floor(home / "inbox", Path(folder) / "floor")
        with _progress("night, all files new"):
            night = run_night(home, "night")
        with _progress("night, nothing new"):
            empty = run_night(home, "empty night")
    return [sample, floor, night, empty]


def show(results: list[Measured], say: Callable[[str], None]) -> None:
    by_name = {result.name: result for result in results}
    floor = by_name["floor"].seconds
    say(f"{'':14}{'seconds':>10}{'limit':>8}{'× floor':>9}{'peak MB':>9}{'limit':>8}")
    limits = {
        "night": (LIMITS["night_seconds"], LIMITS["night_mb"]),
        "empty night": (LIMITS["empty_seconds"], None),
    }
    for result in results:
        seconds, memory = limits.get(result.name, (None, None))
        ratio = f"{result.seconds / floor:.1f}" if result.name != "sample" else ""
        say(
            f"{result.name:14}{result.seconds:>10.1f}{seconds or '':>8}{ratio:>9}"
            f"{result.peak_mb or '':>9}{memory or '':>8}"
        )
    facts = by_name["night"].facts
    say(f"{facts['files']} files, {facts['rows_read']} rows, {facts['rows_held']} held; {facts['seconds']}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--floor-of", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("files", nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.floor_of:
        floor_of(arguments.floor_of, arguments.files)
        return
    results = measure(arguments.scale)
    show(results, print)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results], indent=1), "utf-8")


if __name__ == "__main__":
    main()
