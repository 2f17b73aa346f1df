"""What a night costs when a home has grown: `python -m benchmarks.growth --deliveries 900`.

A tiny county is loaded once; then one small feed (`property_contract`, three contracts a file) is delivered
again and again through the real code, many files at a time, as a feed does that comes weekly for years. With
one delivery, a third of them and all of them it measures three things: taking in and loading one more file
without a build, a whole night with one more, and a night with nothing new. Before, `sanbao housekeeping` is
run, unless `--without-housekeeping` says how it would be without. Exit code 1 when any of them takes more
than 1.3 times the processor time it took first, of this process and its workers: the clock on the wall
depends on who else is at work.
"""

from __future__ import annotations

import argparse
import csv
import io
import resource
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from sanbao.night.housekeeping import keep_house
from sanbao.night.load import load_all, load_received, receive_files
from sanbao.night.night import night
from sanbao.night.returns import renew_returns
from sanbao.settings import Settings, keep_private

AS_OF = date(2019, 12, 31)
MOST = 1.3  # times the first night
_HEADER = ("合同号", "买受人", "证件号", "房屋坐落", "用途", "面积", "成交价", "签约日期", "备案日期")
_HEADER += ("登记日期", "登记类型", "状态")
_ROWS = 3
_EXTRA = 1_000_000  # numbers of files that are none of the deliveries
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Measured:
    """One home at one size: seconds of its nights, and the files of its lake."""

    deliveries: int
    lake_files: int
    housekeeping: float
    laps: dict[str, float]
    settling: tuple[float, float]
    with_new: tuple[float, float]  # wall, processor
    with_none: tuple[float, float]

    def line(self) -> str:
        laps = "  ".join(f"{name} {seconds:5.2f}" for name, seconds in self.laps.items())
        return (
            f"{self.deliveries:5d} deliveries  {self.lake_files:5d} lake files"
            f"  housekeeping {self.housekeeping:5.1f} s\n"
            f"      without build {self.settling[0]:6.2f} s (processor {self.settling[1]:6.2f} s)\n"
            f"      one new file  {self.with_new[0]:6.2f} s (processor {self.with_new[1]:6.2f} s)  {laps}\n"
            f"      nothing new   {self.with_none[0]:6.2f} s (processor {self.with_none[1]:6.2f} s)"
        )


def run(settings: Settings, deliveries: int, *, housekeeping: bool = True) -> list[Measured]:
    """Measure at one, a third and all of `deliveries`; the county is in the inbox or was loaded."""
    night(settings)
    measured: list[Measured] = []
    done = 0
    for wanted in sorted({1, max(deliveries // 3, 1), deliveries}):
        _deliver(settings, range(done, wanted - 1))
        load_all(settings, receive_files(settings), lambda name, n, of: None)
        done = wanted
        began = time.monotonic()
        if housekeeping:
            keep_house(settings)
        kept = time.monotonic() - began
        settling = _settle(settings, 2 * wanted)
        _deliver(settings, range(wanted - 1, wanted))
        laps, with_new = _night(settings)
        _, with_none = _night(settings)
        found = Measured(wanted, _lake_files(settings), kept, laps, settling, with_new, with_none)
        print(found.line(), flush=True)
        measured.append(found)
    return measured


def _night(settings: Settings) -> tuple[dict[str, float], tuple[float, float]]:
    wall, cpu = time.monotonic(), processor()
    summary = night(settings)
    return summary.seconds, (time.monotonic() - wall, processor() - cpu)


def _settle(settings: Settings, number: int) -> tuple[float, float]:
    """Take in and load one file and tell its department; the first one, which warms up, does not count."""
    spent = (0.0, 0.0)
    for extra in (_EXTRA + number, _EXTRA + number + 1):
        _deliver(settings, range(extra, extra + 1))
        wall, cpu = time.monotonic(), processor()
        for receipt in receive_files(settings):
            load_received(settings, receipt)  # in this process: starting another is the same every night
        renew_returns(settings)
        spent = (time.monotonic() - wall, processor() - cpu)
    return spent


def processor() -> float:
    """Seconds of this process and of its workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _lake_files(settings: Settings) -> int:
    return sum(1 for path in settings.lake.glob("*/*.parquet") if path.name != "_empty.parquet")


def _deliver(settings: Settings, numbers: range) -> None:
    folder = settings.home / "inbox" / "housing"
    for number in numbers:
        day = AS_OF - timedelta(days=1 + number % 700)
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(_HEADER)
        for row in range(_ROWS):
            key = number * _ROWS + row
            name, document = f"王{chr(0x4E00 + key % 2000)}", _id_number(key)
            where, signed = f"徐城街道{key}号", day.isoformat()
            numbers_ = (f"XW{key:07d}", name, document, where, "住宅", "88.5", "350000", signed)
            writer.writerow((*numbers_, signed, "", "买卖", "有效"))
        name = f"商品房网签及不动产登记信息表{day:%Y年%m月%d日}-{number}.csv"
        (folder / name).write_text(text.getvalue(), encoding="utf-8")


def _id_number(key: int) -> str:
    """A number with a right check digit under the area code that nobody has."""
    born = date(1950, 1, 1) + timedelta(days=key % 18_000)
    stem = f"440899{born:%Y%m%d}{key % 1000:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(stem, _WEIGHTS, strict=True)) % 11
    return stem + "10X98765432"[rest]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=900)
    parser.add_argument("--scale", type=float, default=0.02, help="size of the county around it")
    parser.add_argument("--without-housekeeping", action="store_true")
    parser.add_argument("--home", type=Path, help="a home with the county loaded or in its inbox")
    arguments = parser.parse_args()
    keep_private()
    with tempfile.TemporaryDirectory(prefix="sanbao-growth-") as folder:
        settings = replace(Settings(home=arguments.home or Path(folder) / "home", as_of=AS_OF), workers=1)
        if arguments.home is None:
            from sample_county import write

            write(settings.home / "inbox", scale=arguments.scale, truth=Path(folder) / "truth")
        found = run(settings, arguments.deliveries, housekeeping=not arguments.without_housekeeping)
    first, last = found[0], found[-1]
    grown = {
        "without build": last.settling[1] / first.settling[1],
        "one new file": last.with_new[1] / first.with_new[1],
        "nothing new": last.with_none[1] / first.with_none[1],
    }
    said = ", ".join(f"{what} {times:.2f}" for what, times in grown.items())
    print(f"processor time, last / first: {said} (at most {MOST})")
    raise SystemExit(0 if max(grown.values()) <= MOST else 1)


if __name__ == "__main__":
    main()
