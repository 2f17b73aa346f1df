"""What was built from what: lets a night with nothing new do nothing, and a killed one resume."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path

from foundation.files import write_bytes
from sanbao.files import tree_hash
from sanbao.settings import DBT_PROJECT, Settings

LAYERS = ("staging", "intermediate", "marts", "reports")
ALL = "all"  # every layer in one dbt run


@dataclass
class BuildState:
    """`current`: the build whose staging and intermediate tables stand; `built`: as_of → fingerprint."""

    current: str = ""
    done: list[str] = field(default_factory=list)
    failed: str = ""  # the layer whose dbt run ended with failures: `dbt retry` can resume it
    built: dict[str, str] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)  # dates whose marts may be half old, half new
    known: dict[str, str] = field(default_factory=dict)  # date whose marts stand → what was known by then
    lost: list[str] = field(default_factory=list)  # dates that were lost and are being built again

    def start(self, fingerprint: str) -> None:
        """Begin (or resume) the build of `fingerprint`."""
        if self.current != fingerprint:
            self.current, self.done, self.failed = fingerprint, [], ""

    def begin(self, step: str, as_of: date) -> None:
        """From here on the tables of `step` are in motion."""
        self.built.pop(as_of.isoformat(), None)
        if step not in ("staging", "intermediate"):
            self.unfinished = sorted({*self.unfinished, as_of.isoformat()})

    def end(self, step: str, as_of: date, succeeded: bool, known: datetime | None = None) -> None:
        """The dbt run of `step` has ended; `known`: it used what was known by then."""
        self.failed = "" if succeeded else step
        if not succeeded:
            return
        self.done = list(LAYERS) if step == ALL else [*self.done, step]
        if set(self.done) == set(LAYERS):
            self.built[as_of.isoformat()] = self.current
            self.known[as_of.isoformat()] = known.isoformat() if known else ""
            self.lost = [day for day in self.lost if day != as_of.isoformat()]
            self.unfinished = [day for day in self.unfinished if day != as_of.isoformat()]

    def digest(self) -> str:
        """Names the content of all marts: equal digests, equal marts."""
        return hashlib.sha256(json.dumps(self.built, sort_keys=True).encode()).hexdigest()


def _path(settings: Settings) -> Path:
    return settings.warehouse.parent / "builds.json"


def read_state(settings: Settings) -> BuildState:
    """The recorded state; an empty one when the warehouse is not there (or was removed)."""
    from ingestion.lake.sealed import RecordDamagedError, unsealed

    path = _path(settings)
    if not path.exists() or not settings.warehouse.exists():
        return BuildState()
    try:
        return BuildState(**unsealed(path))
    except RecordDamagedError:
        # Nothing is known to stand: what was served is built again.
        return BuildState()


def write_state(settings: Settings, state: BuildState) -> None:
    from ingestion.lake.sealed import sealed

    write_bytes(sealed(asdict(state)), _path(settings))


def fingerprint(settings: Settings, as_of: date, known_by: datetime | None) -> str:
    """Hash over everything a build depends on: what was known, the date it speaks for, the dbt project.

    Of `known_by` (naive UTC) what it lets in counts, not the moment: as long as nothing comes after it, it
    is the same as none, and what a restore has built need not be built again.
    """
    content = hashlib.sha256()
    for part in (as_of.isoformat(), tree_hash(DBT_PROJECT)):
        content.update(part.encode() + b"\0")
    if settings.target != "duckdb":  # what one engine left half done is nothing to the other
        content.update(settings.target.encode() + b"\0")
    for batch_id in known_batches(settings, known_by):
        content.update(batch_id.encode() + b"\0")
    for name, moment in known_decisions(settings, known_by):
        content.update(f"{name} {moment}".encode() + b"\0")
    contract = settings.lake / "feed_contract" / "feed_contract.parquet"
    content.update(contract.read_bytes() if contract.exists() else b"")
    return content.hexdigest()


def known_batches(settings: Settings, known_by: datetime | None) -> list[str]:
    """Ids of the landed batches, in order: all, or those received by `known_by` (naive UTC)."""
    if known_by is None:
        from ingestion import Home
        from ingestion.lake.batch_files import batches

        return batches(Home(settings.home), "delivery")
    files = sorted((settings.lake / "delivery").glob("*.parquet"))
    if not files:
        return []
    import duckdb

    rows = duckdb.execute(
        "select batch_id from read_parquet($files) where received_at <= $known_by order by batch_id",
        {"files": [str(path) for path in files], "known_by": known_by},
    ).fetchall()
    return [str(row[0]) for row in rows]


def known_decisions(settings: Settings, known_by: datetime | None) -> list[tuple[str, datetime]]:
    """What people decided by `known_by` (naive UTC; none: at all), in order, and when.

    Each is named by what it is about: a batch that was withdrawn, an override that was recorded or lifted.
    """
    from ingestion import Home
    from ingestion.lake.decided import DECIDED, KNOWN_AT, decided_rows

    # Not by DuckDB: its parameters bring pandas along, which a night with nothing new has no use for.
    found = [
        (str(row["batch_id" if kind == "withdrawal" else "override_id"]), row[KNOWN_AT[kind]])
        for kind in DECIDED
        for row in decided_rows(Home(settings.home), kind)
    ]
    return sorted(each for each in found if known_by is None or each[1] <= known_by)
