"""Changes that no test can find, or that none should, by module, line and change, and why.

The change is as ``python -m tests.mutants`` prints it; ``*`` stands for every change of a line.
"""

_ROOM = "bounds memory or time: the answers are the same"

UNSEEN: dict[str, dict[tuple[str, str], str]] = {
    "calculator/comparison.py": {("_MOST_DECLARED = 1_000", "*"): _ROOM},
    "calculator/data_sheets.py": {
        ("_MOST_KNOWN = 1_024", "*"): _ROOM,
        ("if len(_BELOW) >= _MOST_KNOWN:", "*"): _ROOM,
        ("_BELOW.clear()", "*"): _ROOM,
        ("if len(_AS_WRITTEN) >= _MOST_KNOWN:", "*"): _ROOM,
        ("_AS_WRITTEN.clear()", "*"): _ROOM,
    },
    "calculator/xlsx/formula.py": {
        ("_MOST_KNOWN = 4_000", "*"): _ROOM,
        ("if len(geometry.memory) >= _MOST_KNOWN:", "*"): _ROOM,
        ("geometry.memory.clear()", "*"): _ROOM,
    },
}
