"""Coverage-guided fuzzing of readers and checker: `python -m benchmarks.fuzz [--executions N] [--format F]`.

`--pairs`: of what stands in well-formed cells instead (`tests/unit/ingestion/fuzz/pairs.py`): values beside
what their number formats show of them, and words that are nearly codes, judged by what a person sees.

Each format runs in processes of its own, which a file may kill: libFuzzer then leaves the input under
`--findings` and another process goes on. Every input passes through archive, readers, checker and
marked copy, and must keep the properties of `tests/unit/ingestion/fuzz`. Prints executions, edges
covered by the good files and at the end, refusals, tables read, failures, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

HANG_SECONDS = 10  # a spoiled file of some kilobytes takes some milliseconds
MEMORY_MB = 1024  # resident; the fuzzed process itself takes about 250
ADDRESS_SPACE = 8 << 30  # what a claim may reserve before the process ends; threads reserve 1 to 2 GB
LONGEST_INPUT = 1 << 16
COPY_EVERY = 8  # marked copies are made of one input in so many: they take ten times the reading
OWN_MUTATIONS = 0.6  # the rest is left to libFuzzer, inside the same part or record
HEADINGS = (
    "format       executions  edges: seeds → all  refused   checked   crash  hang memory slowest ms  peak MB"
)
FINDINGS = ("crash", "timeout", "oom")
PAIRS = "pairs-"  # before the name of a format


@dataclass
class Measured:
    """One format's run. `edges` are those of the good files, then all."""

    format: str
    executions: int = 0
    edges: tuple[int, int] = (0, 0)
    checked: int = 0
    refused: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)
    slowest_ms: float = 0.0
    peak_mb: float = 0.0
    seconds: float = 0.0


class Worker:
    """The fuzzed process: runs one input after another until time is up or one of them kills it."""

    def __init__(self, kind: str, report: Path) -> None:
        self._kind = kind
        self._report = report
        self._outcomes: Counter[str] = Counter()
        self._checked = 0
        self._slowest = 0.0
        self._written = 0.0

    def run(self, arguments: list[str]) -> None:
        import atheris

        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        with atheris.instrument_imports(include=["ingestion"], enable_loader_override=False):
            from tests.unit.ingestion.fuzz.pairs import examine_pairs
            from tests.unit.ingestion.fuzz.properties import examine
        from tests.unit.ingestion.fuzz.spoil import bytewise, spoil

        def change(data: bytes, dice: random.Random) -> bytes:
            if dice.random() < OWN_MUTATIONS:
                return bytewise(data, dice)
            return bytes(atheris.Mutate(data, len(data) + 64))

        def mutate(data: bytes, longest: int, seed: int) -> bytes:
            return spoil(data, random.Random(seed), change)[:longest]

        def test(data: bytes) -> None:
            started = time.monotonic()
            verdict = examine(data, copies=hash(data) % COPY_EVERY == 0)
            self._note(verdict.code, verdict.rows, time.monotonic() - started)

        def test_pairs(data: bytes) -> None:
            started = time.monotonic()
            outcome = examine_pairs(self._kind.removeprefix(PAIRS), data)
            self._note(outcome, outcome == "checked", time.monotonic() - started)

        if self._kind.startswith(PAIRS):
            atheris.Setup([sys.argv[0], *arguments], test_pairs)
        else:
            atheris.Setup([sys.argv[0], *arguments], test, custom_mutator=mutate)
        atheris.Fuzz()

    def _note(self, code: str, rows: int, seconds: float) -> None:
        self._outcomes[code] += 1
        self._checked += rows > 0
        self._slowest = max(self._slowest, seconds)
        if time.monotonic() - self._written < 1:
            return
        # libFuzzer ends the process without giving Python a chance to say anything.
        self._written = time.monotonic()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        content = {"outcomes": self._outcomes, "checked": self._checked}
        content |= {"slowest": self._slowest, "peak_mb": peak}
        partial = self._report.with_suffix(".tmp")
        partial.write_text(json.dumps(content))
        partial.replace(self._report)


def fuzz(kind: str, executions: int, seconds: float, findings: Path) -> Measured:
    """Fuzz one format so often, or for so long, with a new process after each failure."""
    measured = Measured(kind)
    findings.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(_seeds(kind)):
            (corpus / f"seed-{number}").write_bytes(seed)
        while (left := end - time.monotonic()) > 1 and (due := executions - measured.executions) > 0:
            started = time.monotonic()
            limits = [f"-runs={due}", f"-max_total_time={left:.0f}"]
            _one_process(measured, kind, limits, corpus, Path(scratch) / "report.json", findings)
            if time.monotonic() - started < 1:
                break  # it dies at once, with the good files
    measured.seconds = round(seconds - max(end - time.monotonic(), 0), 1)
    return measured


def _seeds(kind: str) -> list[bytes]:
    from tests.unit.ingestion.fuzz.seeds import SEEDS

    if kind.startswith(PAIRS):
        return [random.Random(n).randbytes(60) for n in range(20)]
    return SEEDS[kind]


def _one_process(
    measured: Measured, kind: str, limits: list[str], corpus: Path, report: Path, findings: Path
) -> None:
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benchmarks.fuzz", "--worker", kind, str(report), str(corpus)]
    command += [*limits, f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB}"]
    command += [f"-artifact_prefix={findings / kind}-", f"-max_len={LONGEST_INPUT}", "-print_final_stats=1"]
    environment = {**os.environ, "RUST_BACKTRACE": "0", "PYTHONHASHSEED": "0"}
    before = set(findings.iterdir())
    done = subprocess.run(
        [*command, "-len_control=0", "-reload=0", "-mutate_depth=2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env=environment,
    )
    said = done.stdout.decode("utf-8", "replace")
    executed = [int(n) for n in re.findall(r"^#(\d+)\s", said, re.M)]
    measured.executions += max(executed, default=0)
    edges = [int(n) for n in re.findall(r"\bcov: (\d+)", said)]
    initial = re.search(r"INITED cov: (\d+)", said)
    first = measured.edges[0] or (int(initial[1]) if initial else 0)
    measured.edges = first, max([measured.edges[1], *edges])
    if report.exists():
        counts = json.loads(report.read_text())
        measured.outcomes = dict(Counter(measured.outcomes) + Counter(counts["outcomes"]))
        measured.checked += counts["checked"]
        measured.refused += sum(counts["outcomes"].values()) - counts["checked"]
        measured.slowest_ms = max(measured.slowest_ms, round(counts["slowest"] * 1000))
        measured.peak_mb = max(measured.peak_mb, round(counts["peak_mb"]))
    for path in set(findings.iterdir()) - before:
        way = path.name.removeprefix(f"{kind}-").partition("-")[0]
        measured.found[way] = measured.found.get(way, 0) + 1
        path.with_name(f"{path.name}.txt").write_text(said[-4000:])
    if done.returncode and not set(findings.iterdir()) - before:
        measured.found["crash"] = measured.found.get("crash", 0) + 1
        (findings / f"{kind}-crash-unknown-{time.time_ns()}.txt").write_text(said[-4000:])


def _line(m: Measured) -> str:
    failures = [m.found.get(way, 0) for way in FINDINGS]
    return (
        f"{m.format:12} {m.executions:>10,} {m.edges[0]:>6} → {m.edges[1]:<6} {m.refused:>9,} {m.checked:>9,}"
        f" {failures[0]:>7} {failures[1]:>5} {failures[2]:>6} {m.slowest_ms:>9,.0f} {m.peak_mb:>8,.0f}"
    )


def main() -> int:
    if sys.argv[1:2] == ["--worker"]:
        Worker(sys.argv[2], Path(sys.argv[3])).run(sys.argv[4:])
        return 0
    from tests.unit.ingestion.fuzz.pairs import KINDS
    from tests.unit.ingestion.fuzz.seeds import SEEDS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", action="store_true", help="what is seen beside what is held")
    parser.add_argument("--executions", type=int, default=2000, help="per format")
    parser.add_argument("--seconds", type=float, default=900, help="per format, at the most")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="formats at the same time")
    parser.add_argument("--format", choices=sorted({*SEEDS, *KINDS}), action="append", help="may be repeated")
    parser.add_argument("--findings", type=Path, help="where inputs that failed are kept")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    findings = options.findings or Path(tempfile.mkdtemp(prefix="sanbao-fuzz-"))
    print(HEADINGS, flush=True)
    results = []

    def one(kind: str) -> Measured:
        return fuzz(kind, options.executions, options.seconds, findings / kind)

    with ThreadPoolExecutor(options.jobs) as pool:
        kinds = options.format or (KINDS if options.pairs else SEEDS)
        for result in pool.map(one, [f"{PAIRS}{kind}" if options.pairs else kind for kind in kinds]):
            results.append(result)
            print(_line(result), flush=True)
    failed = sum(sum(result.found.values()) for result in results)
    print(f"{failed} failures; inputs in {findings}" if failed else "no failure")
    if options.json:
        options.json.write_text(json.dumps([asdict(result) for result in results], indent=1))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
