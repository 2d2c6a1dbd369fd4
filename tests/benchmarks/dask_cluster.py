"""Two workers of a Dask cluster against two processes, both evaluating 5,000 workbooks.

Run by hand: ``python tests/benchmarks/dask_cluster.py``. Scheduler and workers are started by
Dask's own commands and run before the time is taken, as a cluster does. Timed in turns.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from common import folder_of, in_turns, machine
from distributed import Client

from calculator import evaluate_workbooks

FILES, ROUNDS = 5_000, 3


@contextlib.contextmanager
def cluster(folder: str) -> Iterator[Client]:
    """A cluster of two worker processes with a thread each."""
    dask = [sys.executable, "-m", "dask"]
    address = "tcp://127.0.0.1:18786"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    options = ["--host", "127.0.0.1", "--port", "18786", "--no-dashboard"]
    worker = [*dask, "worker", address, "--nthreads", "1", "--no-dashboard"]
    with contextlib.ExitStack() as stack:
        started = [subprocess.Popen([*dask, "scheduler", *options], cwd=folder, **quiet)]
        for _ in range(2):
            started.append(subprocess.Popen(worker, cwd=folder, **quiet))
        for each in started:
            stack.callback(each.wait)
            stack.callback(each.terminate)
        client = stack.enter_context(Client(address, timeout=60))
        client.wait_for_workers(2, timeout=60)
        yield client


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder, cluster(folder) as client:
        paths = folder_of(Path(folder) / "plans", FILES)

        def on_cluster() -> None:
            executor = client.get_executor(pure=False)
            reports = evaluate_workbooks(paths, executor=executor, workers=2)
            assert sum(each.clean for each in reports) == FILES

        def on_processes() -> None:
            assert sum(each.clean for each in evaluate_workbooks(paths, workers=2)) == FILES

        here, there = in_turns([on_processes, on_cluster], ROUNDS)
    print(machine())
    print(f"two local processes  {here:8.1f} s")
    print(f"two Dask workers     {there:8.1f} s")
    print(f"ratio                {there / here:8.2f}    (aim: at most 1.3)")


if __name__ == "__main__":
    main()
