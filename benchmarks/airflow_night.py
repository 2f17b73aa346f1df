"""The same night without Airflow and through it, in one run: seconds, ratio, and seconds per task.

Airflow's own start is not counted (`make run` pays it once): from the trigger to the end of the run.
`python -m benchmarks.airflow_night [--scale F] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from benchmarks.night import AS_OF, run_night
from sample_county import write
from sanbao.servers import airflow
from sanbao.servers.airflow import AirflowClient
from sanbao.settings import Settings

LIMIT = 2.0
RUN_ID = "benchmark"


def through_airflow(home: Path) -> tuple[float, dict[str, tuple[float, int]]]:
    """Seconds of one run of the DAG over what lies in the inbox, and per task its seconds and instances."""
    settings = replace(Settings(home=home, as_of=date.fromisoformat(AS_OF)), airflow_port=_free_port())
    inbox, aside = home / "inbox", home / "inbox.aside"
    inbox.rename(aside)  # or the watcher's run would take it
    server = airflow.start(settings, lambda line: print(line, file=sys.stderr))
    try:
        client = AirflowClient(server)
        # Into place as a whole, and triggered at once: `receive` waits until files lie still.
        for department in sorted(aside.iterdir()):
            target = inbox / department.name
            target.mkdir(parents=True, exist_ok=True)
            for file in sorted(department.iterdir()):
                file.rename(target / file.name)
        started = time.monotonic()
        client.trigger(RUN_ID, {"as_of": AS_OF})
        while client.run_state(RUN_ID) not in airflow.DAG_STATES_DONE:
            time.sleep(0.5)
        seconds = time.monotonic() - started
        if client.run_state(RUN_ID) != "success":
            raise SystemExit("the run failed")
        return seconds, _per_task(client)
    finally:
        airflow.stop(settings)


def _per_task(client: AirflowClient) -> dict[str, tuple[float, int]]:
    found: dict[str, list[float]] = defaultdict(list)
    for task in client.tasks(RUN_ID):
        if task["start_date"] and task["end_date"]:
            begun, ended = (datetime.fromisoformat(task[name]) for name in ("start_date", "end_date"))
            found[task["task_id"]].append((ended - begun).total_seconds())
    return {name: (round(sum(each), 1), len(each)) for name, each in found.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone, scheduled = Path(folder) / "alone", Path(folder) / "airflow"
        for home in (alone, scheduled):
            write(home / "inbox", scale=arguments.scale)
        night = run_night(alone, "night")
        seconds, tasks = through_airflow(scheduled)
    ratio = seconds / night.seconds
    print(f"{'without Airflow':18}{night.seconds:>8.1f} s  {night.facts['seconds']}")
    print(f"{'through Airflow':18}{seconds:>8.1f} s  {ratio:.2f} × (limit {LIMIT})")
    for name, (spent, count) in sorted(tasks.items(), key=lambda item: -item[1][0]):
        print(f"  {name:22}{spent:>8.1f} s in {count}")
    if arguments.json:
        found = {"alone": night.seconds, "airflow": seconds, "ratio": round(ratio, 2), "tasks": tasks}
        arguments.json.write_text(json.dumps(found, indent=1), "utf-8")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
