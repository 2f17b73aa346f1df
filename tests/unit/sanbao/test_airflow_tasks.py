"""What the DAG file asks while it is parsed: in every process of Airflow, for every task."""

import subprocess
import sys

from ingestion.contracts import load_catalog
from sanbao import airflow_tasks
from sanbao.settings import PROJECT_ROOT

HEAVY = {"pandas", "pyarrow", "duckdb", "dbt", "pydantic", "ruamel", "yaml", "numpy"}


def test_every_feed_is_an_asset_without_reading_its_contract():
    contracts = load_catalog().contracts
    assert airflow_tasks.feeds() == sorted((contract.department, contract.feed) for contract in contracts)
    assert airflow_tasks.feeds()


def test_parsing_the_dag_loads_no_heavy_library():
    code = "import sys; from sanbao import airflow_tasks as a; a.feeds(); a.inbox(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "sanbao" in loaded
    assert loaded & HEAVY == set()
