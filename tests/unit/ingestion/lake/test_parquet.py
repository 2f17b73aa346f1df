"""What is read of a file is what pyarrow reads; pandas stays out of it."""

import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.lake.parquet import read_parquet

TABLE = pa.table({"a": pa.array([1, None, 3], pa.int32()), "b": ["x", "", None]})
WIDER = pa.schema([("b", pa.string()), ("new", pa.timestamp("us")), ("a", pa.int64())])


@pytest.mark.parametrize("rows", [0, 3])
@pytest.mark.parametrize(
    ("columns", "schema"),
    [(None, None), (["b"], None), (["b", "a"], None), (None, WIDER), (["new", "a"], WIDER)],
)
def test_it_is_what_pyarrow_reads(tmp_path, rows, columns, schema):
    path = tmp_path / "t.parquet"
    pq.write_table(TABLE.slice(0, rows), path)
    read = read_parquet(path, columns, schema)
    assert read.equals(pq.read_table(path, columns=columns, schema=schema))
    assert read_parquet(pa.BufferReader(path.read_bytes()), columns, schema).equals(read)


def test_a_column_that_is_nowhere_is_an_error(tmp_path):
    pq.write_table(TABLE, tmp_path / "t.parquet")
    with pytest.raises(KeyError):
        read_parquet(tmp_path / "t.parquet", ["c"])


def test_a_file_that_is_cut_short_is_an_error(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(TABLE, path)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(pa.ArrowInvalid):
        read_parquet(path)


def test_pandas_is_not_imported(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(TABLE, path)
    code = "import sys, pathlib; from ingestion.lake.parquet import read_parquet as read"
    code += "; read(pathlib.Path(sys.argv[1])); sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 0
