"""Whether two checkouts of this project do the same: the same files, nights and dates through both.

One sample county (with faults) is written; each checkout, with its own code, takes it in, then the
corrections (the copies that the old one returned, and clean files of the same names), then builds an earlier
date. What they say, return, land and count is compared and every difference printed; the exit code is 1
where one is not listed.

    python -m benchmarks.same_behaviour OLD NEW [--scale 0.05] [--faults 60] [--listed FILE] [--build-only]

`--build-only`: the new checkout builds over the lake that the old one landed (for changes of models alone).
`--listed FILE`: one name of an expected difference a line (`mart.fct_figure.value`, wildcards allowed), `#`
begins its reason.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from unittest.mock import patch

from benchmarks.compare_homes import Difference, compare_lakes, compare_marts, compare_returned, compare_texts
from ingestion import Home
from ingestion import prepare as make_home
from ingestion.contracts import load_catalog

DATES = ("2019-12-31", "2019-12-31", "2019-11-30")  # files, corrections, a date in the past
# Both homes hash persons with one key, or no `person_key` would be equal.
HASH_KEY = "5a" * 32


@dataclass(frozen=True)
class Side:
    """One checkout and the home of its runs."""

    checkout: Path
    home: Path

    def sanbao(self, *arguments: str) -> str:
        """Run its command line; what it prints."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.checkout),
            "SANBAO_HOME": str(self.home),
            "SANBAO_LANG": "zh",
        }
        command = [sys.executable, "-m", "sanbao.cli", *arguments]
        done = subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(
                f"{self.checkout}: {arguments} failed\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout

    def load(self, as_of: str) -> dict[str, object]:
        """One night; its summary without what a clock wrote."""
        started = time.monotonic()
        summary: dict[str, object] = json.loads(self.sanbao("load", "--as-of", as_of, "--json"))
        seconds = summary.pop("seconds")
        print(f"{self.home.name}: night of {as_of}, {time.monotonic() - started:.0f} s {seconds}", flush=True)
        return summary


def prepare(home: Path) -> None:
    """An empty home with the common hash key."""
    with patch("secrets.token_hex", return_value=HASH_KEY):
        make_home(Home(home), load_catalog())


def drop(files: Path, home: Path) -> None:
    """Put every file of `files` into the same folder of the inbox."""
    shutil.copytree(files, home / "inbox", dirs_exist_ok=True)


def write_corrections(old: Side, faulty: Path, out: Path, scale: float) -> None:
    """What departments send the next day: the marked copies, and whole files without their faults.

    A copy that nobody has touched corrects nothing, and has to be told so; a clean file of the same name
    takes the place of the faulty one.
    """
    for copy in sorted((old.home / "returned").rglob("*.反馈.*")):
        if copy.suffix in (".xlsx", ".csv"):
            target = out / copy.relative_to(old.home / "returned")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(copy, target)
    clean = out.with_name("clean")
    old.sanbao("sample", "--out", str(clean), "--scale", str(scale))
    for path in sorted(clean.rglob("*")):
        there = faulty / path.relative_to(clean)
        if path.is_file() and there.is_file() and there.read_bytes() != path.read_bytes():
            target = out / path.relative_to(clean)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def whole_nights(old: Side, new: Side, files: Path, corrections: Path, scale: float) -> list[Difference]:
    """Every night in both checkouts, and all that they left behind."""
    found = []
    for number, as_of in enumerate(DATES):
        if number == 1:
            write_corrections(old, files, corrections, scale)
        for side in (old, new):
            if number == 0:
                drop(files, side.home)
            elif number == 1:
                drop(corrections, side.home)
        summaries = [side.load(as_of) for side in (old, new)]
        found += compare_texts(f"summary.{number + 1}", *summaries)
        found += compare_returned(old.home / "returned", new.home / "returned", f"returned.{number + 1}")
    found += compare_lakes(old.home / "lake", new.home / "lake")
    return found + compare_marts(old.home / "warehouse", new.home / "warehouse")


def builds(old: Side, new: Side, files: Path, corrections: Path, scale: float) -> list[Difference]:
    """The marts of both over the lake that the old checkout landed."""
    drop(files, old.home)
    old.load(DATES[0])
    write_corrections(old, files, corrections, scale)
    drop(corrections, old.home)
    old.load(DATES[1])
    shutil.copytree(old.home / "lake", new.home / "lake", dirs_exist_ok=True)
    for side in (old, new):
        shutil.rmtree(side.home / "warehouse", ignore_errors=True)
        for as_of in (DATES[1], DATES[2]):
            started = time.monotonic()
            side.sanbao("build", "--as-of", as_of)
            print(f"{side.home.name}: build of {as_of}, {time.monotonic() - started:.1f} s", flush=True)
    return compare_marts(old.home / "warehouse", new.home / "warehouse")


def listed_names(path: Path | None) -> list[str]:
    """The names before `#` of each line."""
    lines = path.read_text("utf-8").splitlines() if path else []
    return [name for line in lines if (name := line.split("#")[0].strip())]


def report(found: list[Difference], listed: list[str]) -> int:
    """Print every difference; how many are not listed."""
    unlisted = 0
    for difference in found:
        known = any(fnmatch(difference.name, pattern) for pattern in listed)
        unlisted += not known
        print(f"{'listed  ' if known else 'DIFFERS '} {difference.name}: {difference.what}")
    print(f"{len(found)} differences, {unlisted} not listed")
    return unlisted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--listed", type=Path)
    parser.add_argument("--build-only", action="store_true")
    parser.add_argument("--keep", type=Path, help="an empty folder for both homes, which stay")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        root = arguments.keep or Path(scratch)
        old = Side(arguments.old.resolve(), root / "old")
        new = Side(arguments.new.resolve(), root / "new")
        for side in (old, new):
            prepare(side.home)
        files, corrections = root / "files", root / "corrections"
        scale, faults = str(arguments.scale), str(arguments.faults)
        old.sanbao("sample", "--out", str(files), "--scale", scale, "--faults", faults)
        compare = builds if arguments.build_only else whole_nights
        found = compare(old, new, files, corrections, arguments.scale)
        return 1 if report(found, listed_names(arguments.listed)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
