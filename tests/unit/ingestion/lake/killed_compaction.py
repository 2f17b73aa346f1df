"""`killed_compaction.py HOME N`: a compaction that ends by kill -9 at its N-th change of the disk."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from benchmarks.killed import die_at
from ingestion import Home
from ingestion.lake.compact import bundle_records, compact


def main(home: Path, number: int) -> None:
    die_at(number, lambda: os.kill(os.getpid(), signal.SIGKILL))
    compact(Home(home))
    bundle_records(Home(home))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
