"""The largest files a county has, from the inbox to the lake and back, beside a floor of the same run.

A GB18030 CSV of 650,000 insured people, a workbook of 100,000, and one of ten sheets of 30,000. The
floor only decodes and lets DuckDB read (CSV) or lets calamine read (workbook), and writes Parquet.
`landed` is received, read, checked and landed; `given back` the marked copy, since some rows have
errors. Every measurement is a process of its own; of several runs the fastest counts.
`python -m benchmarks.big_files [--runs N] [--scale F] [--json FILE]`
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import xlsxwriter

COLUMNS = ("个人编号", "姓名", "证件号码", "险种", "参保年度", "参保状态", "缴费标志", "缴费金额", "缴费日期")
HEADER = (*COLUMNS, "资助标识", "参保单位", "首次参保")
TITLE = "徐闻县2019年度基本医疗保险参保名册 统计截止日期：2019年12月31日"
SURNAMES = "陈林黄李张吴郑王梁何邓冯苏骆劳"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建华志红妹珍𬭎"
PLACES = (
    "徐城街道城东社区",
    "迈陈镇打银村",
    "下桥镇桥南村",
    "曲界镇愚公楼村",
    "前山镇甲村村",
    "锦和镇外罗村",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BROKEN_EVERY = 5_000  # one ID number with a wrong check digit in so many rows
LIMIT_MB = 1000.0


@dataclass(frozen=True)
class Case:
    """One file: how many rows on each sheet, none for text; and the most seconds it may take."""

    name: str
    file_name: str
    rows: int
    sheets: int
    limit_seconds: float | None


CASES = (
    Case("csv 650,000", "2019年12月参保人员明细.csv", 650_000, 0, 5.0),
    Case("xlsx 100,000", "2019年12月参保名册.xlsx", 100_000, 1, 3.0),
    Case("xlsx 10 x 30,000", "2019年12月参保名册各镇.xlsx", 30_000, 10, None),
)


@dataclass(frozen=True)
class Measured:
    """The fastest run of one case; memory is the highest resident size of the process."""

    name: str
    megabytes: float
    seconds: float
    back_seconds: float
    floor_seconds: float
    peak_mb: float
    limit_seconds: float | None
    rows_read: int
    rows_held: int

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds


def id_number(sequence: int) -> str:
    """A synthetic person's number in the area code that nobody has; every so often a wrong one."""
    year, month, day = 1940 + sequence % 75, sequence // 75 % 12 + 1, sequence // 900 % 28 + 1
    body = f"440899{year}{month:02d}{day:02d}{sequence // 25_200:03d}"
    sum_ = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    shift = 1 if sequence % BROKEN_EVERY == 7 else 0
    return body + "10X98765432"[(sum_ + shift) % 11]


def person(sequence: int) -> tuple[str, ...]:
    name = SURNAMES[sequence % 15] + GIVEN[sequence // 15 % 30] + GIVEN[sequence // 450 % 30]
    day = f"2018-{sequence % 4 + 9:02d}-{sequence % 28 + 1:02d}"
    helped = "建档立卡" if sequence % 20 == 0 else ""
    place = PLACES[sequence % len(PLACES)]
    number = f"{44_082_500_000_000 + sequence}"
    return (
        number,
        name,
        id_number(sequence),
        "居民",
        "2019",
        "正常",
        "是",
        "220.00",
        day,
        helped,
        place,
        day,
    )


def write_file(case: Case, path: Path, scale: float) -> None:
    rows = max(int(case.rows * scale), 1)
    if case.sheets == 0:
        with path.open("w", encoding="gb18030", newline="") as stream:
            stream.write(TITLE + "\r\n" + ",".join(HEADER) + "\r\n")
            stream.writelines(",".join(person(n)) + "\r\n" for n in range(rows))
        return
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        for sheet in range(case.sheets):
            page = book.add_worksheet(f"第{sheet + 1}镇")
            page.write_string(0, 0, TITLE)
            page.write_row(1, 0, HEADER)
            for n in range(rows):
                for column, text in enumerate(person(sheet * rows + n)):
                    page.write_string(n + 2, column, text)


def load_one(path: Path) -> dict[str, float]:
    """Receive and load one file in this process."""
    from ingestion import Home, load_file, prepare, receive, renew_returns
    from ingestion.contracts import load_catalog
    from ingestion.returning.states import States

    with tempfile.TemporaryDirectory() as folder:
        home, catalog = Home(Path(folder)), load_catalog()
        prepare(home, catalog)
        dropped = home.inbox / "health_insurance" / path.name
        dropped.write_bytes(path.read_bytes())
        started = time.monotonic()
        (receipt,) = receive(home, catalog)
        (outcome,) = load_file(home, catalog, receipt)
        seconds = time.monotonic() - started
        renew_returns(home, catalog, States())
        back_seconds = time.monotonic() - started - seconds
    if outcome.delivery_state not in ("LOADED", "PARTIAL"):
        raise SystemExit(f"{path.name}: {outcome.reason}")
    counted = {"rows_read": outcome.rows_read, "rows_held": outcome.rows_held}
    return {"seconds": seconds, "back_seconds": back_seconds, **counted}


def floor_of(path: Path) -> dict[str, float]:
    """The same file without looking at a single cell."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        write = _floor_text if path.suffix == ".csv" else _floor_workbook
        write(path, Path(folder))
        return {"seconds": time.monotonic() - started}


def _floor_text(path: Path, out: Path) -> None:
    import duckdb

    text = out / "decoded.csv"
    text.write_bytes(path.read_bytes().decode("gb18030").encode("utf-8"))
    duckdb.execute(
        f"copy (from read_csv('{text}', all_varchar=true, header=true, skip=1, delim=',')) "
        f"to '{out}/rows.parquet' (compression zstd)"
    )


def _floor_workbook(path: Path, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    for index, name in enumerate(book.sheet_names):
        columns = zip(*book.get_sheet_by_name(name).to_python(skip_empty_area=True), strict=True)
        table = pa.table({str(n): pa.array([str(c) for c in cells]) for n, cells in enumerate(columns)})
        pq.write_table(table, out / f"{index}.parquet", compression="zstd")


def _in_process(what: str, path: Path) -> dict[str, float]:
    """Run `what` on `path` in a fresh interpreter; its figures and the most memory it held."""
    command = [sys.executable, "-m", "benchmarks.big_files", what, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = max(_resident(process.pid), default=0)
        output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{what} {path.name} failed")
    figures: dict[str, float] = json.loads(output)
    return {"peak_mb": peak / 1e6, **figures}


def _resident(pid: int) -> Iterator[int]:
    watched = psutil.Process(pid)
    while True:
        try:
            if watched.status() == psutil.STATUS_ZOMBIE:
                return
            yield watched.memory_info().rss
        except psutil.Error:
            return
        time.sleep(0.02)


def measure(scale: float, runs: int) -> list[Measured]:
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            path = Path(folder) / case.file_name
            print(f"{case.name} …", file=sys.stderr, flush=True)
            write_file(case, path, scale)
            floors = [_in_process("--floor-of", path) for _ in range(runs)]
            loads = [_in_process("--load-of", path) for _ in range(runs)]
            best = min(loads, key=lambda found: found["seconds"])
            results.append(
                Measured(
                    case.name,
                    round(path.stat().st_size / 1e6, 1),
                    round(best["seconds"], 2),
                    round(best["back_seconds"], 2),
                    round(min(found["seconds"] for found in floors), 2),
                    round(max(found["peak_mb"] for found in loads)),
                    case.limit_seconds,
                    int(best["rows_read"]),
                    int(best["rows_held"]),
                )
            )
            path.unlink()
    return results


def show(results: Sequence[Measured]) -> None:
    columns = (
        "file MB",
        "landed s",
        "limit",
        "floor s",
        "× floor",
        "back s",
        "peak MB",
        "limit",
        "rows",
        "held",
    )
    print(f"{'':18}" + "".join(f"{column:>10}" for column in columns))
    for found in results:
        limit = "" if found.limit_seconds is None else f"{found.limit_seconds:.0f}"
        print(
            f"{found.name:18}{found.megabytes:>10}{found.seconds:>10.2f}{limit:>10}"
            f"{found.floor_seconds:>10.2f}{found.ratio:>10.1f}{found.back_seconds:>10.2f}{found.peak_mb:>10.0f}{LIMIT_MB:>10.0f}"
            f"{found.rows_read:>10}{found.rows_held:>10}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--load-of", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--floor-of", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.load_of or arguments.floor_of:
        found = load_one(arguments.load_of) if arguments.load_of else floor_of(arguments.floor_of)
        print(json.dumps(found))
        return
    results = measure(arguments.scale, arguments.runs)
    show(results)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results], indent=1), "utf-8")


if __name__ == "__main__":
    main()
