"""What becomes of a home that lost a part, or a bit: noticed before publication, or without effect.

On a loaded small county, every part is taken away and single bits are flipped at random places of
archive, lake, warehouse and serving file. What a night, a publication and a reader would then see is
counted. `python -m benchmarks.integrity [--flips 1000] [--nights 3] [--scale 0.02] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from ingestion import Home
from ingestion.lake.archive import ArchiveDamagedError, archived_bytes
from ingestion.lake.integrity import lake_faults
from sanbao.errors import SanbaoError
from sanbao.night.build_state import BuildState, read_state
from sanbao.night.integrity import verify
from sanbao.night.night import night
from sanbao.night.published import is_in_force, read_published
from sanbao.night.warehouse import damage
from sanbao.settings import Settings

AS_OF = date(2019, 12, 31)
NOTICED, NO_EFFECT, WRONG = "noticed", "without effect", "WRONG"
_AT_ONCE = 50
HEADERS = 3 * 4096  # bytes at the start of a DuckDB file
Contents = dict[str, tuple[int, int]]  # served table → rows, sum of their hashes


def loaded(root: Path, scale: float) -> Settings:
    """A county after its first night."""
    from sample_county import write

    settings = Settings(home=root / "home", as_of=AS_OF)
    write(root / "drops", scale=scale)
    shutil.copytree(root / "drops", settings.home / "inbox")
    night(settings)
    return settings


def copy_of(settings: Settings, root: Path) -> Settings:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(settings.home, root)
    return replace(settings, home=root)


AWAY: dict[str, Callable[[Settings], Path]] = {
    "lake": lambda s: s.lake,
    "one feed": lambda s: s.lake / "register_person",
    "one file": lambda s: max((s.lake / "register_person").glob("[!_]*.parquet"), key=lambda p: p.name),
    "deliveries": lambda s: s.lake / "delivery",
    "hash key": lambda s: s.lake / "secret",
    "archive": lambda s: s.home / "archive",
    "receipts": lambda s: s.home / "archive" / "receipts",
    "outcomes": lambda s: s.home / "archive" / "outcomes",
    "landings": lambda s: s.home / "archive" / "landings",
    "warehouse": lambda s: s.warehouse.parent,
    "serving": lambda s: s.serving_dir,
    "warehouse+serving": lambda s: s.warehouse.parent,
}
HEALED = ("warehouse", "serving", "warehouse+serving")


def without(settings: Settings, what: str) -> str:
    """Take a part away and run the night; says what came of it."""
    before = contents(settings.serving)
    for part in what.split("+"):
        target = AWAY[part](settings)
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    try:
        night(settings)
    except SanbaoError as error:
        intact = not settings.serving.exists() or contents(settings.serving) == before
        return f"{NOTICED}: {error.code}" if intact else WRONG
    return NO_EFFECT if contents(settings.serving) == before else WRONG


def contents(database: Path, schema: str = "mart") -> Contents:
    """What a reader of every served table sees; raises duckdb.Error."""
    with duckdb.connect(str(database), read_only=True) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = ? order by 1", [schema]
        ).fetchall()
        found = {}
        for (name,) in names:
            sql = f'select count(*), sum(hash(t)::hugeint) from {schema}."{name}" t'
            row = connection.execute(sql).fetchone()
            assert row is not None
            found[name] = (row[0], row[1] or 0)
        return found


@contextmanager
def flipped(path: Path, at: int, bit: int) -> Iterator[None]:
    """One bit of the file is another while this lasts."""
    _flip(path, at, bit)
    try:
        yield
    finally:
        _flip(path, at, bit)


def _flip(path: Path, at: int, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))


def places(
    files: list[Path], count: int, dice: random.Random, below: int = 0
) -> Iterator[tuple[Path, int, int]]:
    """Random bits, every byte of all files as likely as any other (only the first `below`, if given)."""
    sizes = [min(path.stat().st_size, below or sys.maxsize) for path in files]
    for path in dice.choices(files, weights=sizes, k=count):
        yield path, dice.randrange(min(path.stat().st_size, below or sys.maxsize)), dice.randrange(8)


def at_once(files: list[Path], count: int, dice: random.Random) -> Iterator[list[tuple[Path, int, int]]]:
    """The same places, several at once, no file twice: one reading of everything tries all of them."""
    batch: dict[Path, tuple[Path, int, int]] = {}
    for place in places(files, count, dice):
        if place[0] in batch or len(batch) == _AT_ONCE:
            yield list(batch.values())
            batch = {}
        batch[place[0]] = place
    yield list(batch.values())


def flip_originals(settings: Settings, count: int, dice: random.Random) -> Counter[str]:
    """A file that waits, or is judged again, is read by its hash."""
    home, seen = Home(settings.home), Counter[str]()
    for path, at, bit in places(sorted(home.archive.glob("??/*")), count, dice):
        with flipped(path, at, bit):
            try:
                archived_bytes(home, path.name)
                seen[WRONG] += 1
            except ArchiveDamagedError:
                seen[NOTICED] += 1
    return seen


def flip_records(settings: Settings, count: int, dice: random.Random) -> Counter[str]:
    """Receipts, outcomes, landings, notes: named by the gate, or what they say is the same."""
    home, seen = Home(settings.home), Counter[str]()
    files = sorted(path for path in home.archive.rglob("*.json") if path.name != "published.json")
    for batch in at_once(files, count, dice):
        good = {path: json.loads(path.read_bytes()) for path, _, _ in batch}
        with ExitStack() as flips:
            for place in batch:
                flips.enter_context(flipped(*place))
            named = {fault.where for fault in lake_faults(home)}
            for path, content in good.items():
                if str(path.relative_to(home.root)) in named:
                    seen[NOTICED] += 1
                else:
                    seen[NO_EFFECT if json.loads(path.read_bytes()) == content else WRONG] += 1
    return seen


def flip_states(settings: Settings, count: int, dice: random.Random) -> Counter[str]:
    """What was built, what was published: read as it was written, or not at all (then all is built again)."""
    seen, state, record = Counter[str](), read_state(settings), read_published(settings)
    files = [settings.warehouse.parent / "builds.json", settings.serving_dir / "published.json"]
    for place in places([*files, settings.home / "archive" / "published.json"], count, dice):
        with flipped(*place):
            right = read_state(settings) in (state, BuildState()) and read_published(settings) == record
            seen[NOTICED if right else WRONG] += 1
    return seen


def flip_lake(settings: Settings, count: int, dice: random.Random) -> Counter[str]:
    """What the gate before every build says, which reads all of the lake: these files, and no others."""
    home, seen = Home(settings.home), Counter[str]()
    for batch in at_once(sorted(home.lake.rglob("*.parquet")), count, dice):
        with ExitStack() as flips:
            for place in batch:
                flips.enter_context(flipped(*place))
            named = {fault.where for fault in lake_faults(home)}
            wanted = {str(path.relative_to(home.root)) for path, _, _ in batch}
            seen[NOTICED] += len(wanted & named)
            seen[WRONG] += len(wanted ^ named)
    return +seen


def flip_database(
    database: Path, schema: str, count: int, dice: random.Random, below: int = 0
) -> Counter[str]:
    """What a reader sees of the served tables: an error, or the right rows."""
    seen, good = Counter[str](), contents(database, schema)
    for path, at, bit in places([database], count, dice, below):
        with flipped(path, at, bit):
            try:
                seen[NO_EFFECT if contents(path, schema) == good else WRONG] += 1
            except duckdb.Error:
                seen[NOTICED] += 1
    return seen


def flip_serving_record(settings: Settings, count: int, dice: random.Random) -> Counter[str]:
    """What the next publication says of the serving file, by its recorded hash."""
    seen, record = Counter[str](), read_published(settings)
    assert record is not None
    for path, at, bit in places([settings.serving], count, dice):
        with flipped(path, at, bit):
            seen[WRONG if is_in_force(settings, record) else NOTICED] += 1
    return seen


def night_after_flip(settings: Settings, files: list[Path], dice: random.Random) -> str:
    """The real night after a flip, with everything to be built again; the flip stays."""
    before = contents(settings.serving)
    ((path, at, bit),) = places(files, 1, dice)
    _flip(path, at, bit)
    for stamp in (settings.warehouse.parent / "builds.json",):
        stamp.unlink(missing_ok=True)  # or the night would find nothing to do
    try:
        night(settings)
    except SanbaoError as error:
        return f"{NOTICED}: {error.code}" if contents(settings.serving) == before else WRONG
    return NO_EFFECT if contents(settings.serving) == before else WRONG


def measure(
    settings: Settings, root: Path, flips: int, nights: int, dice: random.Random, only: str = ""
) -> dict[str, object]:
    """Every case; printed as it comes."""
    found: dict[str, object] = {}

    def say(name: str, result: object, started: float) -> None:
        found[name] = dict(result) if isinstance(result, Counter) else result
        sys.stdout.write(f"{name:32} {found[name]}  ({time.monotonic() - started:.1f} s)\n")
        sys.stdout.flush()

    for what in AWAY if only in ("", "away") else ():
        started = time.monotonic()
        say(f"away: {what}", without(copy_of(settings, root / "copy"), what), started)
    victim = copy_of(settings, root / "copy")
    headers = max(flips // 5, 1)
    for name, tried in {
        "flip: archive, originals": lambda: flip_originals(victim, flips, dice),
        "flip: archive, records": lambda: flip_records(victim, flips, dice),
        "flip: builds, published": lambda: flip_states(victim, flips, dice),
        "flip: lake": lambda: flip_lake(victim, flips, dice),
        "flip: warehouse, read": lambda: flip_database(victim.warehouse, "mart", flips, dice),
        "flip: warehouse, headers": lambda: flip_database(victim.warehouse, "mart", headers, dice, HEADERS),
        "flip: serving, read": lambda: flip_database(victim.serving, "mart", flips, dice),
        "flip: serving, headers": lambda: flip_database(victim.serving, "mart", headers, dice, HEADERS),
        "flip: serving, next publish": lambda: flip_serving_record(victim, flips, dice),
    }.items():
        started = time.monotonic()
        if only in ("", "flip"):
            say(name, tried(), started)
    started = time.monotonic()
    say("afterwards whole", [fault.where for fault in verify(victim)] == [], started)
    for number in range(nights):
        for name, files in {
            "lake": sorted(victim.lake.rglob("*.parquet")),
            "warehouse": [victim.warehouse],
            "serving": [victim.serving],
        }.items():
            if only in ("", "night"):
                started = time.monotonic()
                copy = copy_of(settings, root / "copy")
                say(f"night after a flip: {name} {number + 1}", night_after_flip(copy, files, dice), started)
    return found


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--flips", type=int, default=1000)
    options.add_argument("--nights", type=int, default=3)
    options.add_argument("--scale", type=float, default=0.02)
    options.add_argument("--seed", type=int, default=2019)
    options.add_argument("--home", type=Path, help="a loaded home to copy, instead of a new county")
    options.add_argument("--json", type=Path)
    options.add_argument("--only", default="", choices=("", "away", "flip", "night"))
    given = options.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="integrity-") as folder:
        root = Path(folder)
        settings = Settings(home=given.home, as_of=AS_OF) if given.home else loaded(root, given.scale)
        assert damage(settings.warehouse) is None
        found = measure(settings, root, given.flips, given.nights, random.Random(given.seed), given.only)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), "utf-8")
    wrong = [name for name, result in found.items() if WRONG in str(result) or result is False]
    sys.stdout.write(f"wrong: {wrong or 0}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
