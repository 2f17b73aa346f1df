"""Sixty months of a small county that nobody looks after: `python -m benchmarks.months --months 60`.

Each month the departments deliver what they owe, in time, late, wrong and corrected a month later, with rows
that are sent after, cut off in the middle (refused, sent again), or not at all, as the dice have it; `night`
runs for the end of each month, and now and then once more for the month before. Then `housekeeping`, a backup
and its drill. After every night figures and states are held against the departments' own tables (`truth.py`),
a random sample of members against the cells of the archived files, and the home is searched for what was left
behind. Now and then a new home gets the right files of all months at once, and every figure and state must be
the same (`twin.py`). Exit code 1 when anything is wrong, or the last year's nights take more than 1.3 times
the processor time of the first year's.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from benchmarks.growth import MOST, processor
from benchmarks.months import checks, truth
from benchmarks.months.departments import Departments
from benchmarks.months.drops import SEEN, Delivery, Inbox, fates, names, owed
from benchmarks.months.twin import unlike_its_twin
from ingestion.contracts import load_catalog
from sample_county.build import build
from sample_county.write import write
from sanbao.night.backup import backup
from sanbao.night.decisions import accept
from sanbao.night.drill import drill
from sanbao.night.housekeeping import keep_house
from sanbao.night.load import outcomes_of
from sanbao.night.night import night
from sanbao.settings import Settings, keep_private

FIRST = date(2019, 12, 31)
_SAMPLE = 40
# What is right and refused, since only a person can judge it: money taken away, a month without a change.
ASKED = ("PAYMENTS_FEWER", "LAST_PERIOD_AGAIN")
_AGAIN = 6  # every so many months the month before is computed anew


@dataclass
class Run:
    """One home through the months, and what was found wrong on the way."""

    settings: Settings
    room: Path
    departments: Departments
    dice: np.random.Generator
    inbox: Inbox
    wrong: list[str] = field(default_factory=list)
    nights: list[float] = field(default_factory=list)  # processor seconds, month by month
    traced: int = 0
    waiting: list[Delivery] = field(default_factory=list)  # what comes a month later
    first_files: int = 0

    def first_night(self, seed: int, scale: float) -> None:
        """The county's own files of 2019, and its own truth about them."""
        write(self.room / "first", seed=seed, scale=scale, truth=self.room / "truth")
        shutil.copytree(self.room / "first", self.settings.home / "inbox")
        night(self.settings, FIRST)
        self.first_files = len([path for path in (self.room / "first").rglob("*") if path.is_file()])
        self._look(FIRST, truth.figures(self.departments), [])

    def month(self, number: int, drill_every: int) -> str:
        """One month; returns its line."""
        before, late = self.departments.as_of.date(), self.waiting
        facts_before = truth.figures(self.departments)
        self.departments.advance()
        day = self.departments.as_of.date()
        came = fates(owed(self.departments), self.dice)
        for delivery in late:
            self.inbox.second(delivery)
        for delivery in came:
            self.inbox.first(delivery)
        took, laps = self._night(day)
        self.nights.append(took)
        asked = self.let_through()
        self._look(day, truth.figures(self.departments), [*came, *asked])
        self.wrong += checks.wrong_states(self.settings, day, self.departments, _troubled([*came, *asked]))
        if number % _AGAIN == 0:
            self._night(before)
            missing = [each for each in late if each.fate == "missing"]
            self._look(before, facts_before, missing)
        self.waiting = [delivery for delivery in came if delivery.fate != "on time"]
        house = self._house(number, drill_every)
        return f"{day}  processor {took:5.1f} s  {laps}  {house}  {', '.join(names(came))}"

    def let_through(self) -> list[Delivery]:
        """Right files that were refused: what takes money away waits for a person, who accepts it here."""
        asked = []
        for delivery, sha256 in self.inbox.right_ones:
            for row in outcomes_of(self.settings, sha256):
                if row["delivery_state"] != "REFUSED":
                    continue
                if row["reason_code"] not in ASKED:
                    said = f"{delivery.drop.feed} of {delivery.drop.month:%Y-%m} ({delivery.fate})"
                    self.wrong.append(f"a right file is refused, {row['reason_code']}: {said}")
                accept(self.settings, sha256, "更正，已核实", "county")
                asked.append(replace(delivery, fate="refused"))  # until the next night
        self.inbox.right_ones.clear()
        return asked

    def _night(self, day: date) -> tuple[float, str]:
        began, used = time.monotonic(), processor()
        summary = night(replace(self.settings, today=day + timedelta(days=12)), day)
        used = processor() - used
        laps = " ".join(f"{name} {seconds:.1f}" for name, seconds in summary.seconds.items())
        return used, f"wall {time.monotonic() - began:5.1f} s ({laps})"

    def _look(self, day: date, facts: Mapping[str, truth.Fact], came: list[Delivery]) -> None:
        seen = {each.drop.feed for each in came if each.fate in SEEN}
        unseen = {each.drop.feed for each in came if each.fate not in (*SEEN, "on time")}
        self.wrong += checks.wrong_figures(self.settings, day, facts, seen, unseen)
        count, lost = checks.untraced(self.settings, day, self.dice, _SAMPLE)
        self.traced += count
        self.wrong += [f"{day} {each}" for each in lost]
        self.wrong += [f"{day} {each}" for each in checks.left_over(self.settings)]

    def _house(self, number: int, drill_every: int) -> str:
        began = time.monotonic()
        keep_house(self.settings)
        years = self.departments.as_of.year - FIRST.year + 1
        most, crowded = checks.crowded(self.settings, years)
        self.wrong += crowded
        kept = time.monotonic() - began
        proof = ""
        if drill_every and number % drill_every == 0:
            backup(self.settings)
            began = time.monotonic()
            drill(self.settings)
            proof = f" drill {time.monotonic() - began:.1f} s"
        sizes = [self.settings.warehouse.stat().st_size, self.settings.serving.stat().st_size]
        size = " and ".join(f"{each / 1e6:.0f}" for each in sizes)
        return f"housekeeping {kept:.1f} s{proof}  {most} files a table and year  {size} MB"

    def twin(self) -> None:
        day = self.departments.as_of.date()
        sources = [self.room / "first", *sorted((self.room / "right").iterdir())]
        unlike = list(unlike_its_twin(self.settings, sources, self.room / "twin", day))
        self.wrong += unlike
        print(f"{day}  of a home that got the right files at once {len(unlike)} rows differ", flush=True)


def _troubled(came: list[Delivery]) -> set[str]:
    return {each.drop.feed for each in came if each.fate != "on time"}


def run(
    room: Path, *, months: int, scale: float, seed: int, drill_every: int = 1, twin_every: int = 12
) -> Run:
    """All months; prints a line for each, and what is wrong as it is found."""
    dice, world = np.random.default_rng([seed, 60]), build(seed=seed, scale=scale)
    settings = Settings(home=room / "home", as_of=FIRST)
    inbox = Inbox(settings.home / "inbox", room / "right", load_catalog(), seed)
    found = Run(settings, room, Departments.of(world, dice), dice, inbox)
    found.first_night(seed, scale)
    said = _say(found, 0)
    rows = {}
    for number in range(1, months + 1):
        print(found.month(number, drill_every), flush=True)
        if number in (1, months):
            rows[number] = checks.rows_by_table(settings, found.departments.as_of.date())
        if (number % twin_every == 0 and not found.waiting) or number == months:
            _settle(found)
            found.twin()
        said = _say(found, said)
    found.wrong += [
        f"{found.departments.as_of.date()} {each}" for each in checks.grown(rows[1], rows[months])
    ]
    found.wrong += checks.lost_files(settings, found.inbox.dropped + found.first_files)
    _say(found, said)
    return found


def _settle(found: Run) -> None:
    """What is still to come comes, and what waits for a person is decided, so that nothing is open."""
    for delivery in found.waiting:
        found.inbox.second(delivery)
    found.waiting = []
    day = found.departments.as_of.date()
    night(found.settings, day)
    if found.let_through():
        night(found.settings, day)


def _say(found: Run, said: int) -> int:
    for line in found.wrong[said:]:
        print(f"  WRONG {line}", flush=True)
    return len(found.wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--seed", type=int, help="of the county and of the dice; none: another each time")
    parser.add_argument("--drill-every", type=int, default=1, help="months between drills; 0: none")
    parser.add_argument("--twin-every", type=int, default=12, help="months between comparisons")
    parser.add_argument("--room", type=Path, help="a folder that is kept; none: one that is removed")
    arguments = parser.parse_args()
    keep_private()
    seed = int(np.random.default_rng().integers(1 << 30)) if arguments.seed is None else arguments.seed
    print(f"--seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="sanbao-months-") as folder:
        found = run(
            arguments.room or Path(folder), months=arguments.months, scale=arguments.scale, seed=seed,
            drill_every=arguments.drill_every, twin_every=arguments.twin_every,
        )  # fmt: skip
    year = min(12, max(1, arguments.months // 2))
    first, last = (statistics.mean(part) for part in (found.nights[:year], found.nights[-year:]))
    print(f"{found.inbox.dropped} files in {arguments.months} months; {found.traced} members traced")
    print(f"processor time of a night: {first:.1f} s, in the end {last:.1f} s: {last / first:.2f} times")
    print(f"{len(found.wrong)} things wrong")
    sys.exit(0 if not found.wrong and last / first <= MOST else 1)


if __name__ == "__main__":
    main()
