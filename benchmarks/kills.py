"""Kills at random moments, then an undisturbed run: what is left has to equal what was never disturbed.

A small county goes through three nights: the first files; a late file, a zip, a correction and half a
file; a waiver, a withdrawal and another file. Of each, the home before it is kept. A trial takes one,
kills the night several times (the whole process group after a random time, or at a random change of the
disk; or one worker process), runs it to its end, and compares marts, lake, receipts and what lies about.
`python -m benchmarks.kills [--kills 100] [--seed N] [--prepared DIR]`
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.kills_compared import differences, half_written
from sanbao.settings import PROJECT_ROOT

SCALE = 0.02
LATE = "water/2019年12月自然村供水情况台账.xlsx"
ZIPPED = (
    "civil_affairs/死亡人员信息登记表2019年12月.xlsx",
    "civil_affairs/2019年12月特困人员救助供养金发放表.xlsx",
)
LAST = "housing/2019年12月农村危房改造任务台账.xlsx"
HALVED = "education/2019年秋季学期小学学生学籍信息表.csv"
WITHDRAWN = "2019年10月自然村供水情况台账.xlsx"
NIGHTS: dict[str, Sequence[Sequence[str]]] = {
    "first files": (("load", "--as-of", "2019-11-30"),),
    "late, zip, correction, half a file": (("load", "--as-of", "2019-12-31"),),
    "waiver, withdrawal, last file": (
        ("accept", "2019年秋季学期小学学生学籍信息表（补）.csv", "--reason", "已核实"),
        ("withdraw", WITHDRAWN, "--reason", "作废"),
        ("load", "--as-of", "2019-12-31"),
    ),
}
# A decision that had been carried out before the kill has nothing left to do.
_DONE_BEFORE = re.compile(r"\[(NOT_REFUSED|ALREADY_WITHDRAWN|NOTHING_STANDS|NEWER_FILE)\]")
# The longest that a kill waits: about what a night takes on a machine that does nothing else.
LONGEST_SECONDS = 30.0
KILLS_OF_ONE_NIGHT = 20


@dataclass
class Step:
    """One night: the home before it, what is run, and the home after it, undisturbed."""

    name: str
    before: Path
    commands: Sequence[Sequence[str]]
    after: Path


class Chance(random.Random):
    """Where and when to kill, within so many seconds."""

    def __init__(self, seed: int, longest: float) -> None:
        super().__init__(seed)
        self.longest = longest


@dataclass
class Counted:
    kills: int = 0
    trials: int = 0
    half_written: int = 0  # temporary files, which a later night removes
    by_kind: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def run(home: Path, command: Sequence[str], point: int = 0) -> psutil.Popen:
    """Start a command of Sanbao in a process group of its own."""
    environment = {**os.environ, "SANBAO_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT)}
    return psutil.Popen(
        [sys.executable, "-m", "benchmarks.killed", str(point), *command],
        cwd=PROJECT_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(home: Path, command: Sequence[str]) -> None:
    """Run a command to its end; raises when it fails for another reason than being done before."""
    process = run(home, command)
    said = process.communicate()[1].decode()
    if process.returncode and not _DONE_BEFORE.search(said):
        raise RuntimeError(f"{' '.join(command)}: {said[-2000:]}")


def disturb(
    home: Path, commands: Sequence[Sequence[str]], kills: int, chance: Chance, counted: Counted
) -> None:
    """Run the commands with `kills` kills, then to their end."""
    done = 0
    for number in range(kills):
        # After a worker's end the night goes on to its own: the last kill of a trial.
        last = number == kills - 1 and chance.random() < 0.7
        kind = "worker" if last else chance.choice(("time", "point"))
        killed = ""
        while done < len(commands) and not killed:
            killed, ended = _kill(home, commands[done], kind, chance)
            done += ended
        if killed:
            counted.kills += 1
            counted.by_kind[killed] = counted.by_kind.get(killed, 0) + 1
    for command in commands[done:]:
        finish(home, command)


def _kill(home: Path, command: Sequence[str], kind: str, chance: Chance) -> tuple[str, bool]:
    """How the command was killed ('' when it was over before), and whether it came to its end."""
    # As many kills in the first steps of a night as in the long ones.
    point = int(10 ** chance.uniform(0, 3)) if kind == "point" else 0
    process = run(home, command, point)
    until = time.monotonic() + chance.uniform(0.5, chance.longest)
    killed = ""
    while process.poll() is None:
        if not killed and time.monotonic() > until:
            killed = _strike(process, kind, chance)
        time.sleep(0.02)
    said = process.communicate()[1].decode()
    _wait_for_group(process.pid)
    if process.returncode == -signal.SIGKILL:
        return killed or kind, False
    if process.returncode and not _DONE_BEFORE.search(said):
        logs = [path.read_text("utf-8") for path in sorted((home / "logs").glob("error-*"))[-1:]]
        raise RuntimeError(f"{' '.join(command)}: {said[-2000:]} {logs}")
    return killed, True


def _strike(process: psutil.Popen, kind: str, chance: Chance) -> str:
    """Kill one worker of the pool, or everything; says which."""
    # Not a trial: one that is killed says something about the file that it tried.
    workers = [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]
    if kind == "worker" and workers:
        chance.choice(workers).kill()
        return "worker"
    os.killpg(process.pid, signal.SIGKILL)
    return "time"


def _wait_for_group(group: int) -> None:
    while any(_group_of(pid) == group for pid in psutil.pids()):
        time.sleep(0.02)


def _group_of(pid: int) -> int | None:
    try:
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return None
        return os.getpgid(pid)
    except (psutil.Error, ProcessLookupError):
        return None


def make_steps(folder: Path) -> list[Step]:
    """The county's three nights, undisturbed; the homes before and after each."""
    from sample_county import write

    drops = folder / "drops"
    write(drops, scale=SCALE, truth=folder / "truth")
    later = {name: folder / "later" / Path(name).name for name in (LATE, *ZIPPED, LAST)}
    (folder / "later").mkdir()
    for name, path in later.items():
        (drops / name).rename(path)

    def first(inbox: Path) -> None:
        shutil.copytree(drops, inbox, dirs_exist_ok=True)

    def second(inbox: Path) -> None:
        shutil.copy2(later[LATE], inbox / LATE)
        with zipfile.ZipFile(inbox / "civil_affairs" / "民政12月.zip", "w") as packed:
            for name in ZIPPED:
                packed.write(later[name], Path(name).name)
        _correct(inbox)
        lines = (drops / HALVED).read_bytes().splitlines(keepends=True)
        (inbox / HALVED).with_stem("2019年秋季学期小学学生学籍信息表（补）").write_bytes(
            b"".join(lines[: len(lines) // 3])
        )

    def third(inbox: Path) -> None:
        shutil.copy2(later[LAST], inbox / LAST)

    steps, home = steps_in(folder), folder / "undisturbed"
    (home / "inbox").mkdir(parents=True)
    finish(home, ("accounts",))  # makes the hash key, which all of them have to share
    for step, drop in zip(steps, (first, second, third), strict=True):
        drop(home / "inbox")
        shutil.copytree(home, step.before)
        for command in step.commands:
            finish(home, command)
        shutil.copytree(home, step.after)
    (folder / "ready").touch()
    return steps


def steps_in(folder: Path) -> list[Step]:
    """The three nights, where their homes are kept."""
    return [
        Step(name, folder / f"before-{number}", commands, folder / f"after-{number}")
        for number, (name, commands) in enumerate(NIGHTS.items())
    ]


def _correct(inbox: Path) -> None:
    """Marked copies go back; where a card number stood for the ID number, it is put right."""
    found = sorted((inbox.parent / "returned" / "health_insurance").glob("*.csv"))
    corrected = 0
    for path in found:
        text = path.read_bytes().decode("utf-8-sig")
        mended, count = re.subn(r"(?<!\d)(\d{17}[\dX])\d{2}(?!\d)", r"\1", text)
        if count:
            (inbox / "health_insurance" / path.name).write_bytes(mended.encode("utf-8-sig"))
        corrected += count
    assert corrected, "a copy with something to correct in it"


def trial(step: Step, home: Path, kills: int, chance: Chance, counted: Counted) -> None:
    """One night killed `kills` times and finished; what differs is added to `counted`."""
    shutil.copytree(step.before, home)
    disturb(home, step.commands, kills, chance, counted)
    counted.trials += 1
    counted.half_written += len(half_written(home))
    counted.differences += [f"{step.name}: {line}" for line in differences(home, step.after)]
    shutil.rmtree(home)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=10)
    parser.add_argument("--longest", type=float, default=LONGEST_SECONDS, help="seconds before a kill")
    parser.add_argument("--prepared", type=Path, help="keep the undisturbed homes here, for further runs")
    options = parser.parse_args()
    chance, counted, started = Chance(options.seed, options.longest), Counted(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sanbao-kills-") as folder:
        kept: Path = options.prepared or Path(folder)
        steps = steps_in(kept) if (kept / "ready").exists() else make_steps(kept)
        print(f"three undisturbed nights in {time.monotonic() - started:.0f} s", flush=True)
        while counted.kills < options.kills:
            step = steps[counted.trials % len(steps)]
            kills = min(KILLS_OF_ONE_NIGHT, options.kills - counted.kills)
            trial(step, Path(folder) / "killed", kills, chance, counted)
            print(f"{counted.kills} kills, {len(counted.differences)} differences ({step.name})", flush=True)
            for line in counted.differences:
                print(f"  {line}")
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(counted.by_kind.items()))
    print(f"kills {counted.kills} ({kinds}) in {counted.trials} nights")
    print(f"differences {len(counted.differences)}; half-written temporary files {counted.half_written}")
    print(f"seconds {time.monotonic() - started:.0f}")
    return 1 if counted.differences else 0


if __name__ == "__main__":
    sys.exit(main())
