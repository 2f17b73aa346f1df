"""The content of a serving file: marts, comments, labels, publish log, and what must not be in it.

Every identifier below comes from the dbt manifest and is quoted; no value is put into SQL text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from dashboards.manifest import Model, datasets
from dashboards.origins import NAMED, origins, place
from dashboards.typed_names import SHEET, NameRules, Text, shown_instead
from foundation.digits import written_digits

# Types whose text form cannot hold an ID number.
_HARMLESS = {
    "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIME", "BOOLEAN", "DOUBLE", "FLOAT",
    "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER",
}  # fmt: skip

_META = """
create schema serving.meta;
create table serving.meta.publish_log (
    version varchar, as_of date, fingerprint varchar,
    table_count integer, row_count bigint, published_at timestamp,
    accepted_by varchar, accept_reason varchar, candidates integer
);
create table serving.meta.model_column (
    table_name varchar, table_label varchar, table_description varchar, grain varchar,
    column_name varchar, column_label varchar, column_description varchar,
    data_type varchar, ordinal integer
);
comment on table serving.meta.publish_log is '发布记录：每个发布版本一行';
comment on table serving.meta.model_column is '数据字典：发布库每个表的每一列一行';
"""


_SHORTEST = 8  # characters of the shortest text that names a document and its number
_RULES = b"typed names"  # by which the same rows are served otherwise than an older release served them
_NAMED_ROWS = 5


@dataclass(frozen=True)
class IdNumbers:
    """What an ID number reads like, in RE2: a cheap pattern, true of all that the second one finds.

    Texts in which `odd` is found are read with their digits made plain and `long_gap` as three blanks;
    `shown` makes a text fit to be printed.
    """

    suspect: str
    pattern: str
    odd: str
    long_gap: str
    shown: Callable[[str], str]

    def holds(self, text: str) -> str:
        """SQL: whether the SQL `text` holds one, read with and without digits in words."""
        found = " or ".join(
            f"regexp_matches({self._plain(text, words)}, {_text(self.pattern)})" for words in (False, True)
        )
        # Making digits plain costs more than all the rest.
        return (
            f"case when not ({self.is_suspect(text)}) then false"
            f" when regexp_matches({text}, {_text(self.odd)}) then {found}"
            f" else regexp_matches({text}, {_text(self.pattern)}) end"
        )

    def _plain(self, text: str, words: bool) -> str:
        written, plain = written_digits(words)
        read = f"translate({text}, {_text(written)}, {_text(plain)})"
        return f"regexp_replace({read}, {_text(self.long_gap)}, '   ', 'g')"

    def is_suspect(self, text: str) -> str:
        return (
            f"case when length({text}) < {_SHORTEST} then false"
            f" else regexp_matches({text}, {_text(self.suspect)}) end"
        )


@dataclass(frozen=True)
class Stamp:
    """What a new version will say of itself."""

    version: str
    fingerprint: str
    as_of: date | None
    accepted_by: str | None = None  # who let less be published than before, and why
    accept_reason: str | None = None


@dataclass(frozen=True)
class Publish:
    version: str
    fingerprint: str
    table_count: int
    row_count: int
    candidates: int | None = None


def rows_by_date(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """Table → as_of → rows; `sources` are SQL names. A table without `as_of` has the key ''."""
    found: dict[str, dict[str, int]] = {}
    for name, source in sources.items():
        columns = [row[0] for row in connection.execute(f"describe {source}").fetchall()]
        day = "coalesce(cast(as_of as varchar), '')" if "as_of" in columns else "''"
        rows = connection.execute(f"select {day}, count(*) from {source} group by 1").fetchall()  # noqa: S608
        found[name] = {str(key): int(count) for key, count in rows}
    return found


def rows_to_publish(
    connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]
) -> dict[str, dict[str, int]]:
    return rows_by_date(connection, {model.name: _source(connection, model) for model in models})


def missing(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> list[str]:
    present = set(
        connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'warehouse'"
            " union all select schema_name, view_name from duckdb_views() where database_name = 'warehouse'"
        ).fetchall()
    )
    return [model.name for model in models if model.relation not in present]


def columns_with_id_numbers(
    connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...], known_by: IdNumbers
) -> list[str]:
    """`table.column` of every column with an ID number in it, and the files and rows that brought it."""
    found = []
    for model in models:
        texts = [name for name, kind in _columns(connection, model) if kind not in _HARMLESS]
        # A column is searched with the costly expression only if the cheap one finds something in it.
        suspects = _columns_with(connection, model, texts, known_by.is_suspect)
        for name in _columns_with(connection, model, suspects, known_by.holds):
            is_hit = known_by.holds(_as_text(name))
            found.append(f"{model.name}.{name}{_brought_by(connection, model, name, is_hit, known_by)}")
    return found


def _as_text(column: str) -> str:
    return f"cast({_quoted(column)} as varchar)"


def _columns_with(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    columns: Sequence[str],
    test: Callable[[str], str],
) -> list[str]:
    """Of the columns those in which some text passes; `test` gives the SQL of one."""
    if not columns:
        return []
    # One expression for all: DuckDB takes longer to prepare it than to look through most columns.
    texts = " union all ".join(
        f"select distinct {place} as place, {_as_text(name)} as text from {_source(connection, model)}"  # noqa: S608
        for place, name in enumerate(columns)
    )
    hits = connection.execute(f"select distinct place from ({texts}) where {test('text')} order by 1")  # noqa: S608
    return [columns[place] for (place,) in hits.fetchall()]


def _brought_by(
    connection: duckdb.DuckDBPyConnection, model: Model, name: str, is_hit: str, known_by: IdNumbers
) -> str:
    """（批次 b1，文件“…”，表页“…”，第 5 行） of rows whose own cells hold one; '' where nobody knows."""
    rows = connection.execute(
        f"select distinct {_as_text(name)} from {_source(connection, model)} where {is_hit} limit 100"  # noqa: S608
    ).fetchall()
    cells = [cell for (cell,) in rows]
    return "".join(origins(connection, cells, known_by.shown)) or _beside(
        connection, model, name, is_hit, known_by.shown
    )


def _beside(
    connection: duckdb.DuckDBPyConnection,
    model: Model,
    name: str,
    is_hit: str,
    shown: Callable[[str], str],
) -> str:
    """The same of what was typed into no cell: what stands beside it says. No row holds its file's name."""
    columns = {column for column, _ in _columns(connection, model)}
    batch = next((column for column in ("source_batch_id", "batch_id") if column in columns), None)
    if batch is None:
        return ""
    declared = model.column(name)
    is_file = name == "file_name"
    is_sheet = name == "source_sheet" or (declared is not None and declared.content == SHEET)
    file = _as_text("file_name") if "file_name" in columns else "''"
    sheet = _as_text("source_sheet") if "source_sheet" in columns and not is_file else "''"
    row = _as_text("source_row") if "source_row" in columns and not (is_file or is_sheet) else "''"
    rows = connection.execute(
        f"select distinct {_as_text(batch)}, {file}, {sheet}, {row} from {_source(connection, model)}"  # noqa: S608
        f" where {is_hit} order by all limit {NAMED}"
    ).fetchall()
    return "".join(
        place(batch, file or "", sheet or "", row or "", shown) for batch, file, sheet, row in rows
    )


def fingerprint(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> str:
    """Equal for equal rows (in any order), columns, labels and descriptions."""
    digest = hashlib.sha256(_RULES)
    for model in models:
        columns = _columns(connection, model)
        row = connection.execute(
            f"select count(*), sum(hash(_row)::hugeint) from {_source(connection, model)} as _row"  # noqa: S608
        ).fetchone()
        digest.update(repr((model, columns, row)).encode())
    return digest.hexdigest()


def write(
    connection: duckdb.DuckDBPyConnection,
    models: tuple[Model, ...],
    draft: Path,
    stamp: Stamp,
    previous: Path | None,
    names: NameRules,
) -> int:
    """Write a complete, closed serving file at `draft`; returns the number of rows in `mart`."""
    instead = shown_instead(connection, _texts(connection, models), names)
    connection.execute(f"attach {_text(str(draft))} as serving")
    connection.execute(_META)
    _copy_log(connection, previous)
    # One transaction: hundreds of comments, each synced to disk by itself, would take seconds.
    connection.execute("begin")
    connection.execute("create schema serving.mart")
    row_count = sum(_copy(connection, model, instead) for model in models)
    _create_latest(connection, models)
    connection.execute(
        "insert into serving.meta.publish_log values (?, ?, ?, ?, ?, ?, ?, ?, null)",
        [
            stamp.version,
            stamp.as_of,
            stamp.fingerprint,
            len(models),
            row_count,
            datetime.now(UTC).replace(tzinfo=None),
            stamp.accepted_by,
            stamp.accept_reason,
        ],
    )
    connection.execute("commit")
    connection.execute("checkpoint serving")
    connection.execute("detach serving")
    _require_no_wal(draft)
    return row_count


@contextmanager
def attached(connection: duckdb.DuckDBPyConnection, draft: Path) -> Iterator[None]:
    """The finished file as the database `draft`; closed again without a write-ahead log."""
    connection.execute(f"attach {_text(str(draft))} as draft")
    try:
        yield
        connection.execute("checkpoint draft")
    finally:
        connection.execute("detach draft")
    _require_no_wal(draft)


def note_candidates(connection: duckdb.DuckDBPyConnection, candidates: int) -> None:
    """Write into the attached `draft` how many ID numbers it leaves to guess at least."""
    connection.execute(
        "update draft.meta.publish_log set candidates = ? where version = (select max(version)"
        " from draft.meta.publish_log)",
        [candidates],
    )


def has_truth(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the warehouse has the register's people, against whose numbers a draft is judged."""
    sql = (
        "select 1 from duckdb_tables() where database_name = 'warehouse' and schema_name = 'intermediate'"
        " and table_name = 'int_register_person__history'"
    )
    return connection.execute(sql).fetchone() is not None


def _require_no_wal(draft: Path) -> None:
    if Path(f"{draft}.wal").exists():
        raise RuntimeError(f"{draft.name}: the write-ahead log survived the checkpoint")


def last_publish(serving: Path) -> Publish:
    """The newest entry of a serving file's own publish log."""
    connection = duckdb.connect(str(serving), read_only=True)
    try:
        # a file of an older release does not say how much it leaves to guess
        connection.execute("create temp table log as from (select null::integer as candidates) limit 0")
        connection.execute(
            "create or replace temp table log as from log union all by name from meta.publish_log"
        )
        row = connection.execute(
            "select version, fingerprint, table_count, row_count, candidates"
            " from log order by version desc limit 1"
        ).fetchone()
    finally:
        connection.close()
    assert row is not None
    return Publish(*row)


def logged_versions(serving: Path) -> list[str]:
    """Every version in a serving file's publish log, the file's own included."""
    connection = duckdb.connect(str(serving), read_only=True)
    try:
        rows = connection.execute("select version from meta.publish_log order by version").fetchall()
    finally:
        connection.close()
    return [version for (version,) in rows]


def _texts(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> Iterator[Text]:
    for model in models:
        for name, kind in _columns(connection, model):
            column = model.column(name)
            if kind == "VARCHAR" and column:
                yield Text(model.name, _source(connection, model), name, column.content)


def _copy(connection: duckdb.DuckDBPyConnection, model: Model, instead: Mapping[tuple[str, str], str]) -> int:
    target = f"serving.mart.{_quoted(model.name)}"
    columns = [
        f"{sql} as {_quoted(name)}" if (sql := instead.get((model.name, name))) else _quoted(name)
        for name, _ in _columns(connection, model)
    ]
    connection.execute(
        f"create table {target} as select {', '.join(columns)}"  # noqa: S608
        f" from {_source(connection, model)} as served"
    )
    connection.execute(f"comment on table {target} is {_text(_comment(model.label, model.description))}")
    described = {column.name: column for column in model.columns}
    rows = []
    for ordinal, (name, kind) in enumerate(_columns(connection, model), start=1):
        column = described.get(name)
        label = column.label if column else name
        description = column.description if column else ""
        comment = _text(_comment(label, description))
        connection.execute(f"comment on column {target}.{_quoted(name)} is {comment}")
        rows.append(
            [
                model.name,
                model.label,
                model.description,
                model.grain,
                name,
                label,
                description,
                kind,
                ordinal,
            ]
        )
    connection.executemany("insert into serving.meta.model_column values (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    count = connection.execute(f"select count(*) from {target}").fetchone()  # noqa: S608
    assert count is not None
    return int(count[0])


def _create_latest(connection: duckdb.DuckDBPyConnection, models: tuple[Model, ...]) -> None:
    """The views of the latest date; they show rows of the tables that have been judged, and nothing else."""
    described = {model.name: model for model in datasets(models)}
    before = connection.execute("select current_catalog(), current_schema()").fetchone()
    assert before is not None
    # Names without the catalogue's: the file is opened under other names than it is written under.
    connection.execute("use serving")
    for model in models:
        source = f"mart.{_quoted(model.name)}"
        for part in model.latest:
            one = "".join(f" and {_quoted(column)} = {_text(value)}" for column, value in part.where)
            view = f"mart.{_quoted(part.name)}"
            connection.execute(
                f"create view {view} as select * from {source}"  # noqa: S608
                f" where as_of = (select max(as_of) from {source}){one}"
            )
            shown = described[part.name]
            connection.execute(f"comment on view {view} is {_text(_comment(shown.label, shown.description))}")
    connection.execute(f"use {_quoted(before[0])}.{_quoted(before[1])}")


def _copy_log(connection: duckdb.DuckDBPyConnection, previous: Path | None) -> None:
    if previous is None:
        return
    connection.execute(f"attach {_text(str(previous))} as previous (read_only)")
    connection.execute("insert into serving.meta.publish_log by name select * from previous.meta.publish_log")
    connection.execute("detach previous")


def _columns(connection: duckdb.DuckDBPyConnection, model: Model) -> list[tuple[str, str]]:
    """Name and type of what is served: the declared columns that the table has, in the table's order.

    A column that an older release left in the warehouse is not declared any more, and stays there.
    """
    # Not duckdb_columns(): it would open the lake files behind every staging view.
    described = connection.execute(f"describe {_relation(model)}").fetchall()
    return [(name, kind) for name, kind, *_ in described if model.column(name)]


def _source(connection: duckdb.DuckDBPyConnection, model: Model) -> str:
    """The rows and columns of a model that are served, as a table expression."""
    columns = ", ".join(_quoted(name) for name, _ in _columns(connection, model))
    condition = f" where {_quoted(model.serve_only_if)}" if model.serve_only_if else ""
    return f"(select {columns} from {_relation(model)}{condition})"  # noqa: S608


def _relation(model: Model) -> str:
    schema, name = model.relation
    return f"warehouse.{_quoted(schema)}.{_quoted(name)}"


def _comment(label: str, description: str) -> str:
    return f"{label}：{description}" if description else label


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
