"""A real cluster of Spark on one machine: a master, worker processes, and a Thrift server before them.

All of it is in the pyspark wheel. It listens on the loopback address alone and ends with its `with`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from sanbao.night.spark import FEW_ROWS, FEW_ROWS_JAVA, SESSION

_HERE = "127.0.0.1"
_WAIT_SECONDS = 180.0
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"


@contextmanager
def cluster(root: Path, workers: int = 2, memory: str = "1g", *, few_rows: bool = True) -> Iterator[int]:
    """`workers` worker processes of one core each; gives the port of the Thrift server.

    `root` gets tables, catalogue and logs. `few_rows`: set for a county, with no code compiled; for several
    counties Spark compiles and cuts as it sees fit. Raises TimeoutError when a part does not come up.
    """
    master_port, thrift_port = _free_port(), _free_port()
    master = f"spark://{_HERE}:{master_port}"
    java = FEW_ROWS_JAVA if few_rows else "-Xshare:auto"
    root.mkdir(parents=True, exist_ok=True)
    given = {
        **SESSION,
        **(FEW_ROWS if few_rows else {"spark.sql.shuffle.partitions": str(4 * workers)}),
        "spark.executor.memory": _executor_memory(memory),
        "spark.executor.extraJavaOptions": java,
        "spark.sql.warehouse.dir": str(root / "tables"),
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:{root}/catalogue;create=true",
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={root} {java}",
        "spark.driver.host": _HERE,
        "spark.driver.bindAddress": _HERE,
        "spark.ui.enabled": "false",
    }
    settings = [word for key, value in given.items() for word in ("--conf", f"{key}={value}")]
    here = ("--host", _HERE, "--webui-port", "0")
    with ExitStack() as running:
        run = partial(_program, root)
        at_master = ("master", "spark-class", _MASTER, *here, "--port", str(master_port))
        running.enter_context(run(*at_master))
        _wait_for(master_port)
        for number in range(workers):
            size = ("--cores", "1", "--memory", memory, "--work-dir", str(root / "work"))
            running.enter_context(run(f"worker{number}", "spark-class", _WORKER, *here, *size, master))
        server = ("thrift", "spark-submit", "--master", master, "--driver-memory", "2g", *settings)
        listening = (f"hive.server2.thrift.{name}" for name in (f"port={thrift_port}", f"bind.host={_HERE}"))
        said = [word for setting in listening for word in ("--hiveconf", setting)]
        running.enter_context(run(*server, "--class", _THRIFT, "spark-internal", *said))
        _wait_for(thrift_port)
        yield thrift_port


def _executor_memory(worker: str) -> str:
    """What is left of a worker's memory for the heap, beside the 384 MB or tenth that Spark keeps apart."""
    megabytes = int(worker[:-1]) * {"g": 1024, "m": 1}[worker[-1]]
    return f"{min(megabytes - 384, int(megabytes / 1.1)) - 10}m"


@contextmanager
def _program(root: Path, name: str, tool: str, *arguments: str) -> Iterator[None]:
    """A program of the wheel's `bin`, for the time of the `with`; what it says is in `root`."""
    import pyspark  # only `make spark` installs it

    home = Path(pyspark.__file__).parent
    environment = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": _HERE}
    command = [str(home / "bin" / tool), *arguments]
    with (root / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=root, stdout=log, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((_HERE, 0))
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection((_HERE, port), 1).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(f"nothing listens on port {port}")
