"""Write the county's deliveries of 2019 and the truth about them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, fields, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from ingestion.contracts import Catalog, load_catalog
from sample_county.build import build
from sample_county.cell_faults import spoil
from sample_county.contradictions import Refuting, contradict
from sample_county.faults import plant
from sample_county.files.delimited import write_zip
from sample_county.files.deliver import Job, Placed, deliver, rows_of
from sample_county.files.people import Register
from sample_county.files.plan import FilePlan, all_files, earlier_registers
from sample_county.files.planting import Planted
from sample_county.files.second_hand import HABITS, HOUSEHOLD_TOWN, second_files
from sample_county.truth import write_truth
from sample_county.world.geography import town_of_number
from sample_county.world.model import Tables, World

# A process of its own costs about a second; a small county is written in less.
ROWS_WORTH_PROCESSES = 100_000
PROCESSES = 2


def write(
    out: Path,
    *,
    seed: int = 2019,
    scale: float = 1.0,
    faults: int = 0,
    truth: Path | None = None,
    clean: bool = False,
    style: int = 1,
    habits: Iterable[str] = (),
    cell_faults: int = 0,
    contradictions: bool = False,
    years: int = 1,
) -> Path:
    """Write `<out>/<department>/<file>` and the truth; returns the folder of the truth.

    The truth goes to `truth`, or beside `out` with the suffix `.truth`. `clean` leaves out all dirt.
    `style` 2 writes the same county by the second hand, with `habits` of `second_hand.HABITS`.
    `cell_faults` spoils single cells, of which the truth knows nothing (`cell_faults.csv` lists them): the
    same cells in the same way in both styles. `contradictions` puts in what the county's own report
    contradicted itself in, with `contradictions.csv` of who refutes it. `years` above 1 adds the registers of
    earlier year ends and of the months of 2019, with `history.csv` of their figures; the other files stay as
    they are. The same arguments give the same bytes.
    """
    world = build(seed=seed, scale=scale, years=years)
    catalog = load_catalog()
    planted = plant(world, faults, np.random.default_rng([seed, faults]))
    refuting = contradict(world, np.random.default_rng([seed, 2])) if contradictions else []
    spoiled = spoil(world, catalog, cell_faults, np.random.default_rng([seed, cell_faults, 1]))
    plans = [*plans_of(style, frozenset(habits)), *earlier_registers(years)]
    truth_dir = truth or out.with_name(f"{out.name}.truth")
    # Files appear in the drop folders complete, never half written.
    waiting = out.with_name(f".{out.name}.writing")
    shutil.rmtree(waiting, ignore_errors=True)
    planted = replace(planted, marks=planted.marks + spoiled)
    placed = write_files(world, catalog, waiting, seed=seed, planted=planted, clean=clean, plans=plans)
    truth_dir.mkdir(parents=True, exist_ok=True)
    write_truth(world, truth_dir)
    cells = {mark.kind for mark in spoiled}
    kinds = {mark.kind for mark in planted.marks} - cells
    _write_records(truth_dir / "contradictions.csv", Refuting, refuting)
    _write_placed(
        truth_dir / "faults.csv", [p for p in placed if p.kind in kinds] + _named_in(plans, planted.files)
    )
    _write_placed(truth_dir / "cell_faults.csv", [p for p in placed if p.kind in cells])
    _write_placed(truth_dir / "expected_held.csv", [p for p in placed if p.kind not in kinds | cells])
    _move_into(waiting, out)
    return truth_dir


def plans_of(style: int, habits: frozenset[str] = frozenset()) -> list[FilePlan]:
    """The files of one style; raises ValueError for a style or habit that there is not."""
    if style not in (1, 2) or habits - {*HABITS} or (habits and style == 1):
        raise ValueError(f"there is no style {style} with {sorted(habits)}: 1, or 2 with some of {HABITS}")
    return all_files() if style == 1 else list(second_files(habits))


def _named_in(plans: Iterable[FilePlan], files: Iterable[Placed]) -> list[Placed]:
    """Faults of whole files, those of the first hand's names under the names that they have in `plans`."""
    own = {plan.name: (plan.feed, plan.label) for plan in all_files()}
    there = {(plan.feed, plan.label): plan.name for plan in plans}
    return [replace(p, file=there[own[p.file]]) if p.file in own else p for p in files]


def write_files(
    world: World,
    catalog: Catalog,
    out: Path,
    *,
    seed: int,
    planted: Planted,
    clean: bool = False,
    plans: Iterable[FilePlan] | None = None,
) -> list[Placed]:
    """Write all files of the plans, the planted ones too, and say where each marked row stands."""
    plans = all_files() if plans is None else plans
    jobs = _jobs(world, catalog, out, seed, planted, clean, plans)
    placed = [found for result in _run(jobs) for found in result]
    _pack(jobs)
    for extra in planted.extra_files:
        extra(out)
    return sorted(placed, key=lambda p: (p.feed, p.file, p.sheet, p.source_row, p.column_name))


def _jobs(
    world: World,
    catalog: Catalog,
    out: Path,
    seed: int,
    planted: Planted,
    clean: bool,
    plans: Iterable[FilePlan],
) -> list[Job]:
    register = Register.of(world)
    jobs = []
    cut = [part for plan in plans for part in parts_of(plan, table_of(world.tables, plan))]
    for plan, table in cut:
        contract = catalog[plan.feed]
        frame = rows_of(plan, table)
        if plan.file_by and frame.empty:
            continue  # all of it is in the supplement
        nobody = np.zeros(len(frame), dtype=np.bool_)
        labels = set(frame.index) if planted.marks else set()
        outside = register.is_outside(frame, contract) if plan.unusable_ids or plan.duplicates else nobody
        jobs.append(
            Job(
                plan=plan,
                contract=contract,
                frame=frame,
                path=out / contract.department / plan.name,
                seed=seed,
                may_spoil=outside,
                may_repeat=register.is_told_apart(frame, contract, outside) if plan.duplicates else nobody,
                marks=tuple(m.mark for m in planted.marks if m.is_in(plan) and m.mark.row in labels),
                is_clean=clean,
            )
        )
    return jobs


def parts_of(plan: FilePlan, table: pd.DataFrame) -> list[tuple[FilePlan, pd.DataFrame]]:
    """The files that a plan comes to: one, or with `file_by` one for each value there is."""
    if not plan.file_by:
        return [(plan, table)]
    if plan.file_by == HOUSEHOLD_TOWN:
        values = table["register_household_no"].map(town_of_number)
    else:
        values = table[plan.file_by]
    return [(plan.part(str(value)), table[values == value]) for value in values.unique()]


def table_of(tables: Tables, plan: FilePlan) -> pd.DataFrame:
    """The delivery a plan is made from; a feed with one delivery needs no label."""
    deliveries = tables[plan.feed]
    if plan.label in deliveries:
        return deliveries[plan.label]
    if len(deliveries) == 1:
        return next(iter(deliveries.values()))
    raise KeyError(f"{plan.feed} has no delivery {plan.label!r}, only {sorted(deliveries)}")


def _run(jobs: Sequence[Job]) -> list[list[Placed]]:
    """Results by file, in the order of jobs; the largest files are begun first."""
    books: dict[Path, list[Job]] = {}
    for job in jobs:
        books.setdefault(job.path, []).append(job)
    files = list(books.values())
    if sum(len(job.frame) for job in jobs) < ROWS_WORTH_PROCESSES:
        return [deliver(*book) for book in files]
    weight = [sum(_cells(job) * (4 if job.plan.is_workbook else 1) for job in book) for book in files]
    order = sorted(range(len(files)), key=lambda at: -weight[at])
    # spawn: a forked child could inherit a lock of a thread of the caller's.
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        waiting = {at: pool.submit(deliver, *files[at]) for at in order}
        return [waiting[at].result() for at in range(len(files))]


def _cells(job: Job) -> int:
    return len(job.frame) * job.frame.shape[1]


def _pack(jobs: Iterable[Job]) -> None:
    """Put the files that travel in a zip into it."""
    containers: dict[Path, list[Path]] = {}
    for job in jobs:
        if job.plan.container:
            containers.setdefault(job.path.with_name(job.plan.container), []).append(job.path)
    for container, members in containers.items():
        write_zip(container, members)
        for member in members:
            member.unlink()


def _write_placed(path: Path, placed: Sequence[Placed]) -> None:
    _write_records(path, Placed, placed)


def _write_records(path: Path, kind: type[Placed | Refuting], records: Sequence[Placed | Refuting]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(kind)])
        writer.writerows(astuple(record) for record in records)


def _move_into(source: Path, target: Path) -> None:
    for file in sorted(source.rglob("*")):
        if file.is_file():
            there = target / file.relative_to(source)
            there.parent.mkdir(parents=True, exist_ok=True)
            file.replace(there)
    shutil.rmtree(source)
