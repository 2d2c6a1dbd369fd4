"""A folder of plans in one call of compare, against one of evaluate, and the memory of both.

Run by hand: ``python tests/benchmarks/compare_folder.py [NUMBER]``. Each command is a process of
its own on one core, which writes its rows as CSV; the system says how much memory it had at most.
compare reads the inputs alone and computes some ten settings of each plan; evaluate reads, computes
and checks four sheets. Memory is that of twice as many plans against that of the number.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import folder_of, machine

#: Rows of a plan that each command writes.
ROWS = {"evaluate": 4, "compare": 8}
EVALUATE = ("--workers", "1", "--quiet")


def measured(command: str, paths: list[str], folder: Path) -> tuple[float, float]:
    """Time [s] and peak memory [MiB] of one command."""
    folder.mkdir()
    for path in paths:
        os.link(path, folder / Path(path).name)
    results = folder.with_suffix(".csv")
    more = EVALUATE if command == "evaluate" else ()
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "calculator.cli", command, str(folder), "-o", str(results), *more]
    )
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begin
    assert os.waitstatus_to_exitcode(status) in (0, 1)
    with open(results, encoding="utf-8") as stream:
        assert sum(1 for _ in stream) >= 1 + ROWS[command] * len(paths)
    return taken, usage.ru_maxrss / 1024


def main() -> None:
    """Print time and memory of both commands, and the ratios."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = folder_of(folder / "all", 2 * number)
        found = {}
        for command, count in (("evaluate", number), ("compare", number), ("compare", 2 * number)):
            found[command, count] = taken, memory = measured(
                command, paths[:count], folder / f"{command}-{count}"
            )
            print(f"{command:9} {count:6,} plans {taken:8.1f} s {memory:8.1f} MiB")
    ratio = found["compare", number][0] / found["evaluate", number][0]
    print(f"time of compare against evaluate {ratio:8.2f}    (aim: at most 3)")
    growth = found["compare", 2 * number][1] / found["compare", number][1]
    print(f"memory of twice as many plans {growth:8.2f}    (aim: at most 1.1)")


if __name__ == "__main__":
    main()
