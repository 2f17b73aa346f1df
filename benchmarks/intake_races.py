"""Attacks on the inbox: `python -m benchmarks.intake_races [--tries N] [--copies N] [--jumps N]`.

Slow copies of many patterns, files of other accounts, unreadable things and links, races between
looking and opening, and clocks that jump. Runs as root, because accounts are made real: the receiver
is a service account, each department has one of its own. Prints for each part the tries, the files
that were cut, what crossed from one department to another, and whether everybody else's files came.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from ingestion import Home, pending, prepare, receive
from ingestion.checking.arrival import arrival
from ingestion.contracts import Catalog, load_catalog
from ingestion.lake.not_taken import not_taken
from ingestion.lake.records import Receipt
from ingestion.receiving.clock import ClockJumpedError, ClockRule, last_seen

SERVICE = 7001  # made-up accounts: nobody on the machine has these numbers
FIRST_DEPARTMENT = 7101
for _codec in ("gb18030", "gbk"):  # while the library can be read: the accounts need not be able to
    "表".encode(_codec)
SECRET = b"what only one department may see\n"
ATTACKER, VICTIM = "education", "health_insurance"


@dataclass(frozen=True)
class World:
    """An inbox whose departments have accounts of their own; the receiver is `SERVICE`."""

    home: Home
    catalog: Catalog

    @classmethod
    def make(cls, root: Path) -> World:
        home, catalog = Home(root), load_catalog()
        prepare(home, catalog)
        for path in (root, *root.rglob("*")):
            os.chown(path, SERVICE, SERVICE)
        root.chmod(0o755)
        world = cls(home, catalog)
        for department in catalog.departments:
            for folder in (home.inbox / department, home.returned / department):
                os.chown(folder, SERVICE, world.account(department))
                folder.chmod(0o2770)
        return world

    def account(self, department: str) -> int:
        return FIRST_DEPARTMENT + sorted(self.catalog.departments).index(department)

    @property
    def groups(self) -> list[int]:
        """The service account is a member of every department's group."""
        return [self.account(department) for department in self.catalog.departments]

    def receive(self, settle_seconds: float = 0, **options: Any) -> list[Receipt]:
        return receive(self.home, self.catalog, settle_seconds=settle_seconds, **options)

    def put(self, department: str, name: str, data: bytes, mode: int = 0o640) -> Path:
        """A file as the department's clerk drops it."""
        path = self.home.inbox / department / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.chown(path, self.account(department), self.account(department))
        path.chmod(mode)
        return path

    def receipts(self) -> list[Receipt]:
        return [
            Receipt.model_validate_json(p.read_text("utf-8")) for p in self.home.receipts.glob("[!.]*.json")
        ]


def as_user(user: int, groups: Sequence[int], work: Callable[[], Any]) -> Any:
    """What `work` returns in a child of ours that runs under another account; raises RuntimeError."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            os.close(reading)
            os.setgroups(list(groups))
            os.setgid(user)
            os.setuid(user)
            with os.fdopen(writing, "w") as out:
                json.dump(work(), out)
            code = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the child of account {user} ended with {status}")
    return json.loads(text)


@contextmanager
def running(works: Sequence[Callable[[], None]], user: int) -> Iterator[None]:
    """Processes of their own under an account, until the block is left.

    Raises RuntimeError for one that failed: an attack that did not run proves nothing.
    """
    children = []
    for work in works:
        child = os.fork()
        if not child:
            try:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
                work()
                os._exit(0)
            except Exception:
                traceback.print_exc()
                raise
            finally:
                os._exit(1)
        children.append(child)
    try:
        yield
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
        ends = [os.waitpid(child, 0)[1] for child in children]
    if failed := sum(os.WIFEXITED(end) and os.WEXITSTATUS(end) != 0 for end in ends):
        raise RuntimeError(f"{failed} of {len(children)} processes failed by themselves")


# --- slow copies -----------------------------------------------------------------------------------

PATTERNS = ("held_open", "stalls", "appends", "part_then_rename", "keeps_old_time", "writes_on_after_claim")


def copy_slowly(path: Path, data: bytes, pattern: str, pause: float) -> None:
    """Bring `data` to `path` in chunks, the way some program does."""
    dice = random.Random(hashlib.sha256(data).digest())
    cuts = sorted(dice.sample(range(1, len(data)), min(6, len(data) - 1)))
    chunks = [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]
    if pattern == "appends":  # opened anew for each line; pauses are shorter than a file must lie still
        for chunk in chunks:
            with path.open("ab") as out:
                out.write(chunk)
            time.sleep(pause / 4)
        return
    target = path.with_name(path.name + ".part") if pattern == "part_then_rename" else path
    with target.open("wb", buffering=0) as out:
        for number, chunk in enumerate(chunks):
            out.write(chunk)
            if pattern == "keeps_old_time":
                os.utime(target, (1e9, 1e9))
            stall = pattern in ("stalls", "writes_on_after_claim") and number == len(chunks) // 2
            time.sleep(pause * 4 if stall else pause / 4)
    if target != path:
        target.rename(path)


def slow_copies(
    root: Path, copies: int, *, own_account: bool, settle: float = 0.4, seed: int = 1
) -> dict[str, Any]:
    """Every pattern while the receiver runs all the time; `own_account`: the receiver owns the files."""
    world, dice = World.make(root), random.Random(1)
    user = SERVICE if own_account else world.account(ATTACKER)
    folder = world.home.inbox / ATTACKER
    files = {
        f"{number}-{PATTERNS[number % len(PATTERNS)]}.csv": f"{number},".encode() + dice.randbytes(5000)
        for number in range(copies)
    }
    done = root / "copied"
    hands = [dict(list(files.items())[number::6]) for number in range(6)]
    works = [partial(_copy_all, folder, hand, settle, done) for hand in hands]
    done.mkdir()
    done.chmod(0o777)

    def receive_until_done() -> int:
        rounds = 0
        while True:
            over = len(list(done.iterdir())) == copies
            world.receive(settle)
            rounds += 1
            if over and not any(p.is_file() for p in folder.iterdir()):
                for _ in range(2):  # what was written after it had been claimed
                    time.sleep(settle * 7)
                    world.receive(settle)
                return rounds
            time.sleep(0.02)

    with running(works, user):
        rounds = as_user(SERVICE, world.groups, receive_until_done)
    whole = {hashlib.sha256(data).hexdigest(): name for name, data in files.items()}
    taken = {receipt.sha256: receipt.file_name for receipt in world.receipts()}
    last: dict[str, Receipt] = {}
    for receipt in sorted(world.receipts(), key=lambda r: r.arrival):
        last[receipt.file_name] = receipt
    return {
        "copies": copies,
        "receives": rounds,
        "lost": len(whole.keys() - taken.keys()),
        "cut_for_good": sum(1 for receipt in last.values() if receipt.sha256 not in whole),
        "taken_half_then_whole": len(taken.keys() - whole.keys()),
    }


def _copy_all(folder: Path, files: dict[str, bytes], settle: float, done: Path) -> None:
    for name, data in files.items():
        copy_slowly(folder / name, data, name.partition("-")[2].removesuffix(".csv"), settle)
        (done / name).touch()


# --- things that cannot be taken -------------------------------------------------------------------


def obstacles(root: Path) -> dict[str, Any]:
    """One of everything that cannot be taken in one department, a good file in every other."""
    world = World.make(root)
    folder = world.home.inbox / ATTACKER
    theirs = world.put(VICTIM, "a.csv", SECRET)
    expected = _lay_obstacles(world, folder)
    for department in world.catalog.departments:
        world.put(department, "好.csv", f"{department}\n".encode())
    names = ("乱码.csv".encode("gbk"), b"new\nline.csv", b"\xff\xfe.csv")
    for name in names:
        path = folder / os.fsdecode(name)
        path.write_bytes(name)
        os.chown(path, world.account(ATTACKER), world.account(ATTACKER))
    as_user(SERVICE, world.groups, lambda: len(world.receive()))
    taken = {(receipt.department, receipt.file_name) for receipt in world.receipts()}
    left = {(left.name, left.code) for left in not_taken(world.home) if left.department == ATTACKER}
    secret = hashlib.sha256(SECRET).hexdigest()
    return {
        "obstacles": len(expected),
        "named_with_their_code": len(expected & left),
        "wrong_or_missing": sorted(expected ^ left),
        "departments": len(world.catalog.departments),
        "departments_whose_file_came": sum(1 for d in world.catalog.departments if (d, "好.csv") in taken),
        "odd_names_taken": sum(1 for d, n in taken if d == ATTACKER and n != "好.csv"),
        "crossed": sum(1 for r in world.receipts() if r.sha256 == secret and r.department != VICTIM),
        "theirs_taken": not theirs.exists(),
    }


def _lay_obstacles(world: World, folder: Path) -> set[tuple[str, str]]:
    """Put them there; returns name and expected code."""
    me, other = world.account(ATTACKER), world.account(VICTIM)

    def mine(name: str, mode: int = 0o640) -> Path:
        return world.put(ATTACKER, name, name.encode(), mode)

    (mine("谁也读不了.csv")).chmod(0)
    os.chown(mine("别人的.csv"), other, other)
    os.chown(mine("管理员的.csv", 0o644), 0, 0)
    os.link(world.put(VICTIM, "b.csv", SECRET + b"b"), folder / "硬链接.csv")
    (folder / "链接.csv").symlink_to(world.home.inbox / VICTIM / "a.csv")
    (folder / "空链接.csv").symlink_to(folder / "nowhere")
    (folder / "圈").symlink_to(folder)
    os.mkfifo(folder / "管道.csv")
    os.mknod(folder / "设备.csv", 0o600 | 0o020000, os.makedev(1, 3))
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket is short
        server.bind("插座.csv")
        os.chdir(here)
    closed = mine("关着的/里面.csv").parent
    os.chown(closed, me, me)
    closed.chmod(0o700)
    fixed = mine("只读的/里面.csv").parent
    os.chown(fixed, me, world.account(ATTACKER))
    fixed.chmod(0o750)
    deep = folder.joinpath(*["深"] * 30)
    deep.mkdir(parents=True)
    for path in (folder / "深").rglob("*"):
        os.chown(path, SERVICE, me)
    os.chown(folder / "深", SERVICE, me)
    old = mine("没传完.csv.part")
    _age(old)
    return {
        ("谁也读不了.csv", "FILE_NOT_READABLE"), ("别人的.csv", "FILE_OF_OTHERS"),
        ("管理员的.csv", "FILE_OF_OTHERS"), ("硬链接.csv", "FILE_HAS_OTHER_NAMES"),
        ("链接.csv", "FILE_IS_LINK"), ("空链接.csv", "FILE_IS_LINK"), ("圈", "FILE_IS_LINK"),
        ("管道.csv", "FILE_NOT_REGULAR"), ("设备.csv", "FILE_NOT_REGULAR"), ("插座.csv", "FILE_NOT_REGULAR"),
        ("关着的", "FOLDER_NOT_READABLE"), ("只读的/里面.csv", "FILE_NOT_MOVABLE"),
        ("/".join(["深"] * 17), "FOLDER_TOO_DEEP"),
    }  # fmt: skip


def _age(path: Path) -> None:
    os.utime(path, (1e9, 1e9))


# --- races -----------------------------------------------------------------------------------------


def races(root: Path, tries: int, attackers: int = 3) -> dict[str, Any]:
    """Names are judged `tries` times while processes swap them for links to what is another department's."""
    world = World.make(root)
    prey = world.home.returned / VICTIM / "theirs.csv"
    prey.write_bytes(SECRET)
    os.chown(prey, SERVICE, world.account(VICTIM))
    prey.chmod(0o640)
    folder = world.home.inbox / ATTACKER
    swaps = root / "swaps"
    swaps.mkdir()
    works = [partial(_swap, folder, prey, swaps, number) for number in range(attackers)]
    with running(works, 0):  # as root: they may make hard links to anything
        counted = as_user(SERVICE, world.groups, lambda: _receive_often(world, tries))
    counted["swaps"] = sum(int(path.read_text() or 0) for path in swaps.iterdir())
    return counted


def _swap(folder: Path, prey: Path, swaps: Path, number: int) -> None:
    """Let a name stand for a file of its own, then for a link, a hard link, a folder, a pipe …"""
    dice, name = random.Random(number), folder / f"x{number}.csv"
    away, way, count = folder.parent.parent / f"away{number}", folder / f"way{number}", 0
    owner = folder.stat().st_gid
    while True:
        with suppress(OSError):
            kind = dice.choice(("symlink", "hardlink", "folder", "file", "file", "pipe"))
            own = folder / f".own{number}"
            own.write_bytes(f"own {number} {dice.random()}".encode())
            os.chown(own, owner, owner)
            own.rename(name)
            if kind == "folder":
                way.mkdir(exist_ok=True)
                os.chown(way, SERVICE, owner)
                inside = way / prey.name
                inside.write_bytes(f"inside {number} {dice.random()}".encode())
                os.chown(inside, owner, owner)
                way.rename(away)
                way.symlink_to(prey.parent)
                time.sleep(dice.random() / 500)
                way.unlink()
                shutil.rmtree(away)
            else:
                made = folder / f".made{number}"
                if kind == "symlink":
                    made.symlink_to(prey)
                elif kind == "hardlink":
                    os.link(prey, made)
                elif kind == "pipe":
                    os.mkfifo(made)
                if kind != "file":
                    time.sleep(dice.random() / 500)
                    made.rename(name)
            time.sleep(dice.random() / 500)
            name.unlink(missing_ok=True)
        count += 1
        (swaps / str(number)).write_text(str(count))


def _receive_often(world: World, tries: int) -> dict[str, int]:
    """Until a name under attack was judged `tries` times: taken, or left with a reason."""
    secret = hashlib.sha256(SECRET).hexdigest()
    found = {"tries": 0, "taken": 0, "left": 0, "crossed": 0, "others": 0, "others_missing": 0}
    rounds = 0
    while found["tries"] < tries:
        for number in range(20):
            if number == 0:
                found["others"] += 1
                (world.home.inbox / VICTIM / f"{rounds}.csv").write_bytes(f"good {rounds}".encode())
            found["taken"] += sum(1 for r in world.receive() if r.department == ATTACKER)
            found["left"] += len(not_taken(world.home))
        receipts = world.receipts()
        mine = [r for r in receipts if r.department == ATTACKER]
        found["crossed"] += sum(1 for r in mine if r.sha256 == secret or b"good" in _bytes(world, r))
        found["others_missing"] += 1 - sum(1 for r in receipts if r.department == VICTIM)
        found["tries"] = found["taken"] + found["left"]
        rounds += 1
        _forget(world.home)
    return {**found, "receives": 20 * rounds, "prey_gone": int(not _exists(world))}


def _exists(world: World) -> bool:
    return (world.home.returned / VICTIM / "theirs.csv").exists()


def _bytes(world: World, receipt: Receipt) -> bytes:
    return world.home.archived(receipt.sha256).read_bytes()


def _forget(home: Home) -> None:
    """What was received so far: otherwise every try would be slower than the one before."""
    for folder in (home.receipts, home.arrivals):
        for path in folder.glob("*"):
            path.unlink()
    for path in (home.lake / "delivery").glob("[!_]*"):
        path.unlink()


# --- clocks ----------------------------------------------------------------------------------------


def clock_jumps(root: Path, jumps: int, seed: int = 1) -> dict[str, Any]:
    """Files arrive while the clock jumps to and fro; whatever it says, they are in their order."""
    home, catalog, dice = Home(root), load_catalog(), random.Random(seed)
    prepare(home, catalog)
    now, days = datetime(2026, 12, 1, tzinfo=UTC), 60.0
    refused = wrong_refusals = confirmed = 0
    order: list[str] = []
    for number in range(jumps):
        before = last_seen(home) or now
        kind = dice.choice(("on", "on", "on", "far", "back", "1970", "step"))
        now = {
            "on": before + timedelta(hours=dice.randrange(1, 48)),
            "far": before + timedelta(days=dice.randrange(61, 4000)),
            "back": before - timedelta(days=dice.randrange(2, 200)),
            "1970": datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
            "step": before - timedelta(hours=dice.randrange(1, 23)),
        }[kind]
        jumped = kind in ("far", "back", "1970")
        (home.inbox / VICTIM / f"{number}.csv").write_bytes(str(number).encode())
        try:
            receive(home, catalog, now=now, clock=ClockRule(days))
            wrong_refusals += jumped
        except ClockJumpedError:
            wrong_refusals += not jumped
            refused += 1
            confirm = kind != "1970" and dice.random() < 0.5
            if confirm:
                confirmed += 1
            else:
                now = before + timedelta(hours=1)  # somebody has set it right
            receive(home, catalog, now=now, clock=ClockRule(days, "keeper" if confirm else None))
        order.append(hashlib.sha256(str(number).encode()).hexdigest())
    found = [receipt.sha256 for receipt in pending(home)]
    moments = [arrival(r.received_no, r.received_at) for r in pending(home)]
    return {
        "files": jumps,
        "refused": refused,
        "confirmed": confirmed,
        "refused_wrongly_or_let_through": wrong_refusals,
        "received": len(found),
        "out_of_order": sum(1 for one, other in zip(found, order, strict=True) if one != other),
        "times_that_disagree_with_the_order": sum(
            1 for one, other in itertools.pairwise(moments) if one.at > other.at
        ),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--copies", type=int, default=120)
    parser.add_argument("--jumps", type=int, default=500)
    wanted = parser.parse_args(arguments)
    if os.geteuid() != 0:
        sys.exit("run it as root: the accounts of the departments are made real")
    parts: dict[str, Callable[[Path], dict[str, Any]]] = {
        "slow copies, receiver owns the files": lambda p: slow_copies(p, wanted.copies, own_account=True),
        "slow copies, clerks' own accounts": lambda p: slow_copies(p, wanted.copies, own_account=False),
        "obstacles": obstacles,
        "races": lambda p: races(p, wanted.tries),
        "clock jumps": lambda p: clock_jumps(p, wanted.jumps),
    }
    for name, part in parts.items():
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            began = time.monotonic()
            found = part(Path(folder) / "home")
            sys.stdout.write(
                f"{name}: {json.dumps(found, ensure_ascii=False)} in {time.monotonic() - began:.0f} s\n"
            )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
