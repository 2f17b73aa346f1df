"""Put the small files of the lake together: per table and year one, whatever the number of deliveries.

The rows stay as they are, in the order of their batches' ids: the same batches give the same bytes, so that a
compacted file can be made again and proven by its hash (`ingestion/pipeline/repair.py`). Files of different
columns stay apart: a column that a file lacks is not one that is empty. Kill it anywhere: before the record
is renamed nothing has happened, after that `compacted.finish` comes to the end.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from foundation.files import FILE_MODE, flush, put_in_place
from ingestion.lake import bundle, compacted
from ingestion.lake.compacted import BATCHES, Compacted, Compaction, compaction, draft_path
from ingestion.lake.decided import KNOWN_AT
from ingestion.lake.home import Home, compacted_writer
from ingestion.lake.integrity import Records, read_records
from ingestion.lake.landings import Landing
from ingestion.lake.records import is_settled
from ingestion.lake.sealed import unsealed

_SMALL_BYTES = 32 << 20  # a larger file costs as much to read alone as with others
_GROUP_ROWS = 50_000  # rows that are read together: those of one batch need no others' but its neighbours'
TableOf = Callable[[str], pa.Table]  # name of a batch's file below `lake/` → its rows


class LakeFileChangedError(Exception):
    """A file of the lake is not as it was written: it is put together with none."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True)
class Done:
    """One compacted file that was written, and the files whose place it takes; all below `lake/`."""

    name: str
    sha256: str
    rows: int
    replaced: tuple[str, ...]


def compact(
    home: Home, small_bytes: int = _SMALL_BYTES, before: Callable[[Done], None] = lambda done: None
) -> list[Done]:
    """Put together what has landed to the end; nothing else may load, build or receive meanwhile.

    `before` hears of each file before any of them counts. Raises LakeFileChangedError, and nothing does.
    """
    compacted.finish(home)
    compacted.sweep(home)
    known = compaction(home)
    hashes = _settled(home, read_records(home))
    hashes = {name: digest for name, digest in hashes.items() if (home.lake / name).exists()}
    files = {file.name: file for file in known.files}
    done: list[Done] = []
    made: list[Compacted] = []
    replaced: list[str] = []
    for group in _groups(home, hashes, known, small_bytes):
        file, rows = _write(home, group, hashes, files)
        made.append(file)
        replaced += group.names
        done.append(Done(file.name, file.sha256, rows, group.names))
    for each in done:
        before(each)
    if made:
        kept = [file for file in known.files if file.name not in set(replaced)]
        compacted.write_record(home, Compaction((*kept, *made), tuple(replaced)))
        compacted.finish(home)
    return done


def bundle_records(home: Home) -> dict[str, int]:
    """Take the records of files that are done with into one file per folder; returns how many of each.

    Under the same conditions as `compact`.
    """
    records = read_records(home)
    landings = _done_with(home, records)
    busy = {each.receipt.sha256 for each in records.landings.values() if each.receipt} - {
        each.receipt.sha256 for each in landings if each.receipt
    }
    settled = {
        sha256
        for sha256, receipt in records.receipts.items()
        if sha256 not in busy | records.begun and is_settled(home, receipt)
    }
    wanted = {
        home.landings: [landing.name for landing in landings],
        home.outcomes: sorted(settled & records.outcomes.keys()),
        home.receipts: sorted(settled),
    }
    done: dict[str, int] = {}
    for folder, names in wanted.items():
        own = [name for name in names if (folder / f"{name}.json").exists()]
        if own:
            bundle.put_away(folder, {name: unsealed(folder / f"{name}.json") for name in own})
            done[folder.name] = len(own)
    return done


def _settled(home: Home, records: Records) -> dict[str, str]:
    """Name below `lake/` → sha256, of the files of batches that nobody will write again."""
    return {name: sha for landing in _done_with(home, records) for name, sha in landing.files.items()}


def _done_with(home: Home, records: Records) -> list[Landing]:
    # A claim that was left behind is taken again, and its line on the board with it.
    claims = {int(folder.name.rpartition("-")[2]) for folder in home.claimed.glob("*-*")}
    return [
        landing
        for landing in records.landings.values()
        if not records.in_flight(landing)
        and not (landing.receipt is not None and landing.receipt.received_no in claims)
    ]


@dataclass(frozen=True)
class _Group:
    """What becomes one file: own files of batches and compacted ones, of one table, year and shape."""

    table: str
    year: int
    names: tuple[str, ...]


def _groups(home: Home, hashes: Mapping[str, str], known: Compaction, small_bytes: int) -> Iterator[_Group]:
    years = _years(home, hashes, known)
    candidates = [
        (name, digest, year)
        for name, digest in sorted(hashes.items())
        if (year := years.get(Path(name).stem)) is not None
    ]
    candidates += [(file.name, file.sha256, file.year) for file in known.files]
    alike: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for name, digest, year in candidates:
        if (home.lake / name).stat().st_size < small_bytes:
            shape = str(_opened(home, name, digest).schema_arrow.remove_metadata())
            alike[Path(name).parent.name, year, shape].append(name)
    for (table, year, _), names in sorted(alike.items()):
        yield from (
            _Group(table, year, tuple(part)) for part in _portions(home, names, small_bytes) if len(part) > 1
        )


def _portions(home: Home, names: Iterable[str], most_bytes: int) -> Iterator[list[str]]:
    part: list[str] = []
    size = 0
    for name in names:
        part.append(name)
        size += (home.lake / name).stat().st_size
        if size >= most_bytes:
            yield part
            part, size = [], 0
    yield part


def _years(home: Home, hashes: Mapping[str, str], known: Compaction) -> dict[str, int]:
    """Batch, or name of a decision → the year in which it became known (UTC)."""
    found: dict[str, int] = {}
    for table, column in (("delivery", "received_at"), *KNOWN_AT.items()):
        for file in known.by_table.get(table, ()):
            found.update((batch, file.year) for batch, _ in file.batches)
        for name, digest in hashes.items():
            if Path(name).parent.name == table:
                moments = _opened(home, name, digest).read([column])[column].to_pylist()
                found.update((Path(name).stem, moment.year) for moment in moments)
    return found


def _write(
    home: Home, group: _Group, hashes: Mapping[str, str], files: Mapping[str, Compacted]
) -> tuple[Compacted, int]:
    """Write a group's file under the name of a draft, and read it back."""
    older = {name: files[name] for name in group.names if name in files}
    whole = {name: _whole(home, name, file.sha256) for name, file in older.items()}
    cuts = Compaction(tuple(older.values())).cuts

    def table_of(name: str) -> pa.Table:
        if (cut := cuts.get(name)) is not None:
            return whole[cut.file.name].slice(cut.first, cut.rows)
        return _whole(home, name, hashes[name])

    members = sorted({*cuts, *(name for name in group.names if name not in older)})
    begun = home.lake / group.table / f".compacted-{group.year}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.new"
    counts = {
        name: cuts[name].rows if name in cuts else _opened(home, name, hashes[name]).metadata.num_rows
        for name in members
    }
    digest = write_compacted(begun, counts, table_of)
    name = compacted.file_name(group.table, group.year, digest)
    draft = draft_path(home, name)
    put_in_place(begun, draft)
    batches = tuple((Path(member).stem, rows) for member, rows in counts.items())
    return Compacted(name, digest, batches), sum(counts.values())


def _whole(home: Home, name: str, sha256: str) -> pa.Table:
    return _opened(home, name, sha256).read().replace_schema_metadata(None)


def _opened(home: Home, name: str, sha256: str) -> pq.ParquetFile:
    """The bytes of a file of which its hash is; raises LakeFileChangedError."""
    data = (home.lake / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LakeFileChangedError(name)
    return pq.ParquetFile(pa.BufferReader(data))


def write_compacted(path: Path, counts: Mapping[str, int], table_of: TableOf) -> str:
    """Write the rows of the members of `counts`, in its order, into one file; returns its sha256.

    Raises LakeFileChangedError when the disk does not give back what was written, or a member has other rows.
    """
    said = json.dumps([(Path(member).stem, rows) for member, rows in counts.items()])
    schema = table_of(next(iter(counts))).schema.with_metadata({BATCHES: said.encode()})
    path.unlink(missing_ok=True)
    with path.open("xb") as file, compacted_writer(file, schema) as (writer, digest):
        for rows in _row_groups(_counted(counts, table_of)):
            writer.write_table(rows.cast(schema), row_group_size=len(rows))
    path.chmod(FILE_MODE)
    flush(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest.hexdigest():
        raise LakeFileChangedError(f"{path.parent.name}/{path.name}")
    return digest.hexdigest()


def _counted(counts: Mapping[str, int], table_of: TableOf) -> Iterator[pa.Table]:
    for member, rows in counts.items():
        table = table_of(member)
        if len(table) != rows:
            raise LakeFileChangedError(member)
        yield table


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Batches together until they are enough rows, as they would be written from files of their own."""
    waiting: list[pa.Table] = []
    for table in tables:
        if len(table):
            waiting.append(table)
        if sum(map(len, waiting)) >= _GROUP_ROWS:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()
