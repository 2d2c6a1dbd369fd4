"""Reading and verifying one workbook against loading it with openpyxl.

Run by hand: ``python tests/benchmarks/verify_one.py``. Both are timed in turns in one process, on a
filled-in workbook with 20 node groups in a table of 40 rows. The ratio of the medians counts.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import openpyxl
from common import filled_in, in_turns, machine

from calculator import verify_workbook

ROUNDS, TIMES = 25, 5


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = filled_in(Path(folder) / "plan.xlsx")

        def with_openpyxl() -> None:
            openpyxl.load_workbook(path)
            openpyxl.load_workbook(path, data_only=True)

        def verified() -> None:
            for _ in range(TIMES):
                assert verify_workbook(path).clean

        other, mine = in_turns([with_openpyxl, verified], ROUNDS)
    mine /= TIMES
    print(machine())
    print(f"two openpyxl loads   {other * 1000:8.1f} ms")
    print(f"read and verified    {mine * 1000:8.1f} ms")
    print(f"ratio                {other / mine:8.1f}    (aim: at least 30)")


if __name__ == "__main__":
    main()
