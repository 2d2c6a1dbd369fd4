"""Recalculates workbooks with IronCalc: the program that recalculate.py starts, and may kill.

A stranger's file can crash IronCalc or make it ask for all memory there is, hence a process of its
own. It is started by its path and imports nothing else of this package, to be up in no time.

One argument: a JSON file ``{"memory": bytes, "seconds": s, "files": [[source, target], ...],
"sheets": [{name: [[row, column], ...], ...}, ...]}``, where each sheet that is asked for
lists its cells that hold something. For each source it writes, once complete, the target: a JSON
file with either ``sheets`` (the names of all sheets) and ``values`` (for each sheet that was asked
for, a list of ``[row, column, value]`` or, for an Excel error, ``[row, column, code, true]``) or
``error``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any


def limit(memory: int, seconds: int) -> None:
    """Bound this process's address space [bytes] and processor time [s] where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock remains
        return
    for what, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)):
        with contextlib.suppress(ValueError, OSError):  # a lower limit is set already, or none can
            resource.setrlimit(what, (most, most))


def answer(source: str, sheets: Mapping[str, Sequence[Sequence[int]]]) -> dict[str, Any]:
    """Values of one workbook after recalculation, in the shape that the module describes."""
    import ironcalc

    model = ironcalc.load_from_xlsx(source, "en", "UTC", "en")
    names = [properties["name"] for properties in model.get_worksheets_properties()]
    # An empty cell that openpyxl wrote with a format, ``<c t="n"/>``, is a 0 to IronCalc.
    filled = {name: set(map(tuple, cells)) for name, cells in sheets.items()}
    for sheet, row, column in model.get_all_cells():
        if names[sheet] in filled and (row, column) not in filled[names[sheet]]:
            model.clear_cell_contents(sheet, row, column)
    model.evaluate()
    values: dict[int, list[Any]] = {at: [] for at, name in enumerate(names) if name in sheets}
    for sheet, row, column in model.get_all_cells():
        if sheet not in values:
            continue
        value = model.get_cell_value(sheet, row, column)
        if isinstance(value, str):
            kind = model.get_cell_type(sheet, row, column)
            is_error = kind == ironcalc.CellType.ErrorValue
            values[sheet].append([row, column, value, True] if is_error else [row, column, value])
        elif value is not None:
            values[sheet].append([row, column, value])
    return {"sheets": names, "values": {names[at]: cells for at, cells in values.items()}}


def main() -> None:
    """Work through the files in turn, whatever happens to one of them."""
    with open(sys.argv[1], encoding="utf-8") as file:
        task = json.load(file)
    limit(task["memory"], task["seconds"])
    for (source, target), sheets in zip(task["files"], task["sheets"], strict=True):
        try:
            result = json.dumps(answer(source, sheets))
        except MemoryError:
            result = json.dumps({"error": "it needs more memory than is allowed"})
        except BaseException as error:  # a panic in IronCalc is no Exception
            result = json.dumps({"error": f"{type(error).__name__}: {error}"})
        with open(f"{target}.part", "w", encoding="utf-8") as file:
            file.write(result)
        os.replace(f"{target}.part", target)


if __name__ == "__main__":
    main()
