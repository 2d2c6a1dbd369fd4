"""Writing a workbook against a bare dump of the same cells with XlsxWriter.

Run by hand: ``python tests/benchmarks/write_new.py``. The dump writes each formula, number and
text with the method for it and no format, table, validation or chart; both are timed in turns.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import openpyxl
import xlsxwriter
from common import filled_in, in_turns, machine

ROUNDS = 15


def cells_of(path: Path) -> dict[str, list[tuple[int, int, object]]]:
    """Row, column (from 0) and content of the cells of each sheet."""
    return {
        sheet.title: [
            (cell.row - 1, cell.column - 1, cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for sheet in openpyxl.load_workbook(path)
    }


def dump(path: Path, sheets: dict[str, list[tuple[int, int, object]]]) -> None:
    """The same cells, and nothing else."""
    with xlsxwriter.Workbook(path) as book:
        for name, cells in sheets.items():
            worksheet = book.add_worksheet(name)
            for row, column, value in cells:
                if isinstance(value, str) and value.startswith("="):
                    worksheet.write_formula(row, column, value)
                elif isinstance(value, str):
                    worksheet.write_string(row, column, value)
                else:
                    worksheet.write_number(row, column, value)


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path, bare = Path(folder) / "plan.xlsx", Path(folder) / "bare.xlsx"
        sheets = cells_of(filled_in(path))
        ours, theirs = in_turns([lambda: filled_in(path), lambda: dump(bare, sheets)], ROUNDS)
    number = sum(map(len, sheets.values()))
    print(machine())
    print(f"bare dump of {number:,} cells {theirs * 1000:8.1f} ms")
    print(f"new workbook             {ours * 1000:8.1f} ms")
    print(f"ratio                    {ours / theirs:8.2f}    (aim: at most 1.5)")


if __name__ == "__main__":
    main()
