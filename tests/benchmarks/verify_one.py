"""Reading and verifying one workbook against loading it with openpyxl.

Run by hand: ``python tests/benchmarks/verify_one.py``. Both are timed in turns in one process, five
runs to one, on a filled-in workbook of 20 rows a sheet; the ratio of the medians is what counts.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from calculator import NodeGroup, Plan, load_catalog, verify_workbook, write_workbook

ROUNDS = 15
AIM = 30


def filled_in(path: Path) -> Path:
    """A workbook with 20 node groups on each sheet."""
    names = [each.instance_type for each in load_catalog()][::70][:20]
    groups = [NodeGroup(name, 1 + number, 4 * number) for number, name in enumerate(names)]
    write_workbook(path, Plan(subnet_prefix_length=16, node_groups=groups))
    return path


def seconds(task: Callable[[], object], times: int) -> list[float]:
    """How long each of some runs in a row takes [s]; what others left is cleared away first."""
    gc.collect()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        task()
        taken.append(time.perf_counter() - begin)
    return taken


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = filled_in(Path(folder) / "plan.xlsx")

        def with_openpyxl() -> None:
            openpyxl.load_workbook(path)
            openpyxl.load_workbook(path, data_only=True)

        def verified() -> None:
            report = verify_workbook(path)
            assert report.clean

        verified(), with_openpyxl()
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours += seconds(verified, 5)
            theirs += seconds(with_openpyxl, 1)
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"two openpyxl loads   {other * 1000:8.1f} ms")
    print(f"read and verified    {mine * 1000:8.1f} ms")
    print(f"ratio                {other / mine:8.1f}    (aim: at least {AIM})")


if __name__ == "__main__":
    main()
