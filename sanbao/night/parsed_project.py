"""dbt's project as dbt has parsed it, kept for each state of its files.

Parsing takes longer than most models, and dbt does it anew for every date, which is a variable of the
project. What it finds depends on none of them: the models read their variables when they are run. So it is
parsed once and handed to every run (dbt's own way: `dbtRunner(manifest=...)`).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from foundation.files import read_sealed, write_sealed
from sanbao.files import tree_hash
from sanbao.settings import DBT_PROJECT

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# The lake's folder stands in the parsed sources: it is parsed with this name, and gets its own when used.
_LAKE = "/lake-of-the-run"
_KEPT = 3  # states of the project
# dbt's own log and its errors on the terminal repeat the cells that a cast failed on: neither is written.
QUIET = (
    "--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats",
    "--log-level", "none", "--log-level-file", "none",
)  # fmt: skip


def parsed_project(folder: Path, project: Path = DBT_PROJECT) -> Manifest | None:
    """The parsed project for a run in the environment of now; None where dbt cannot parse it.

    It is kept beside the project, or in `folder` where nothing can be written there. What is damaged, or of
    other files or versions, is parsed anew.
    """
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    places = [place / f"parsed.{_state_of(project)}.msgpack" for place in (project / "target", folder)]
    if (data := _kept(places)) is None:
        if (data := _parse(folder)) is None:
            return None
        _keep(data, places)
    manifest: Manifest = Manifest.from_msgpack(data, decoder=extended_mashumuro_decoder)
    for source in manifest.sources.values():
        location = source.meta["external_location"].replace(_LAKE, os.environ["SANBAO_LAKE"])
        source.meta["external_location"] = source.config.meta["external_location"] = location
    manifest.build_parent_and_child_maps()  # type: ignore[no-untyped-call]
    manifest.build_flat_graph()  # type: ignore[no-untyped-call]
    return manifest


@contextmanager
def environment(given: Mapping[str, str]) -> Iterator[None]:
    """dbt's profile and paths are given by the environment, for the time of one run."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _state_of(project: Path) -> str:
    """All that parsing depends on, as a hash: DuckDB names a database, and dbt every model, by the file."""
    parts = [str(project.resolve()), tree_hash(project), Path(os.environ["SANBAO_WAREHOUSE"]).stem]
    target = os.environ.get("DBT_TARGET", "duckdb")
    parts += [target, version("dbt-core"), version(f"dbt-{target}")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def _parse(folder: Path) -> bytes | None:
    """The project of the environment as dbt keeps it for itself; None when it could not be parsed."""
    from dbt.cli.main import dbtRunner
    from dbt.constants import PARTIAL_PARSE_FILE_NAME

    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as target, environment({"SANBAO_LAKE": _LAKE}):
        outcome = dbtRunner().invoke([*QUIET, "parse", "--target-path", target])
        return (Path(target) / PARTIAL_PARSE_FILE_NAME).read_bytes() if outcome.success else None


def _kept(places: Sequence[Path]) -> bytes | None:
    for place in places:
        with suppress(OSError):  # a folder that this account may not read
            if (data := read_sealed(place)) is not None:
                return data
    return None


def _keep(data: bytes, places: Sequence[Path]) -> None:
    """Keep it in the first place that can be written, and of older ones there the last few."""
    for place in places:
        with suppress(OSError):
            write_sealed(data, place)
            kept = sorted(place.parent.glob("parsed.*.msgpack"), key=lambda path: -path.stat().st_mtime)
            for old in kept[_KEPT:]:
                old.unlink(missing_ok=True)
            return
