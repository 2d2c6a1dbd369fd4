"""Ten thousand workbooks in one call: the parent's peak memory against that at one thousand.

Run by hand: ``python tests/benchmarks/many_workbooks.py``. Each number of workbooks is evaluated by
a command of its own on two cores, which writes its results as CSV; the system says how much memory
its process had at most. Every sheet must have its row.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import folder_of, machine

SHEETS = 4


def evaluated(paths: list[str], folder: Path) -> tuple[float, float]:
    """Time [s] and peak memory [MiB] of one command; its workers do not count."""
    results = folder / "results.csv"
    listed = folder / "plans"
    listed.mkdir(exist_ok=True)
    for path in paths:
        link = listed / Path(path).name
        if not link.exists():
            os.link(path, link)
    command = [sys.executable, "-m", "calculator.cli", "evaluate", str(listed)]
    begin = time.perf_counter()
    process = subprocess.Popen([*command, "--workers", "2", "--quiet", "-o", str(results)])
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begin
    assert status == 0
    with open(results, encoding="utf-8") as stream:
        assert sum(1 for _ in stream) == 1 + SHEETS * len(paths)
    return taken, usage.ru_maxrss / 1024


def main() -> None:
    """Print time and memory of both numbers, and the ratio of the memory."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        paths = folder_of(Path(folder) / "all", 10_000)
        memory = {}
        for number in (1_000, 10_000):
            here = Path(folder) / str(number)
            here.mkdir()
            taken, memory[number] = evaluated(paths[:number], here)
            print(f"{number:6,} workbooks {taken:8.1f} s {memory[number]:8.1f} MiB in the parent")
    ratio = memory[10_000] / memory[1_000]
    print(f"memory at 10,000 against 1,000 {ratio:8.2f}    (aim: at most 1.3)")


if __name__ == "__main__":
    main()
