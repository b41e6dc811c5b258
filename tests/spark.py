"""A Spark master with workers on this machine, started from the installed package."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from components import spark_class

STARTS_S = 120
# for a few rows it takes longer to compile Java than to read plans
SMALL = """
spark.sql.shuffle.partitions 2
spark.default.parallelism 2
spark.ui.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.sql.adaptive.enabled false
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote
spark.executor.memory 600m
"""
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of the master of two cores; its processes end with the context."""
    program, port = spark_class(), _free_port()
    (folder / "spark-defaults.conf").write_text(SMALL)
    master = f"spark://127.0.0.1:{port}"
    env = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1", "SPARK_CONF_DIR": str(folder), "SPARK_DAEMON_JAVA_OPTS": QUICK}
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *what: str) -> None:
        log = (folder / f"{name}.log").open("wb")
        started.append(subprocess.Popen([str(program), *what], cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT))

    try:
        start("master", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0")
        _wait(folder / "master.log", "I have been elected leader", 1)
        for number in range(workers):
            where = ("--webui-port", "0", "--work-dir", str(folder / f"work{number}"))
            start(f"worker{number}", "org.apache.spark.deploy.worker.Worker", "--cores", str(2 // workers), "--memory", "1g", *where, master)
        _wait(folder / "master.log", "Registering worker", workers)
        yield master
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def leave() -> None:
    """End the session of this process, and the Java beside it."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if running := SparkSession.getActiveSession():
        running.stop()
    if gateway := SparkContext._gateway:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(30)
        SparkContext._gateway = SparkContext._jvm = None


def _wait(log: Path, line: str, times: int) -> None:
    until = time.monotonic() + STARTS_S
    while log.read_text(errors="replace").count(line) < times:
        if time.monotonic() > until:
            raise TimeoutError(log.read_text(errors="replace")[-2000:])
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
