"""Evaluating a folder of workbooks: against openpyxl, on two cores, and against the floor.

Run by hand, for two minutes: ``python tests/benchmarks/evaluate_folder.py``. All is timed in turns
in one run; the ratios of the medians are what counts.

- openpyxl: the straightforward way to have what a check needs, two loads of each file, one with
  formulas and one with values; nothing is computed or compared yet.
- the floor: unzip the same bytes of the same parts, and have expat call empty handlers for them.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from unittest import mock
from xml.parsers import expat

import openpyxl
from common import folder_of, in_turns, machine

from calculator import evaluate_workbooks
from calculator.xlsx.package import Package

ROUNDS, CHUNK, WITH_OPENPYXL, FOR_FLOOR = 7, 64, 2, 8
#: To start the processes takes its time, too.
LONG_ROUNDS, FILES = 3, 256


def evaluated(paths: list[str], workers: int) -> None:
    """Inputs read, values and formulas checked; there is nothing wrong with them."""
    number = 0
    for report in evaluate_workbooks(paths, workers=workers):
        assert report.clean
        assert len(report.sheets) == 4
        number += 1
    assert number == len(paths)


def with_openpyxl(paths: list[str]) -> None:
    """Formulas and values."""
    for path in paths:
        openpyxl.load_workbook(path)
        openpyxl.load_workbook(path, data_only=True)


def parts_read(path: str) -> dict[str, int]:
    """The parts that evaluating a workbook reads, and how much of each [bytes]."""
    sizes: dict[str, int] = {}
    pieces, whole = Package._pieces, Package._whole

    def counting_pieces(package: Package, part: str, size: int) -> Iterator[bytes]:
        for piece in pieces(package, part, size):
            sizes[part] = sizes.get(part, 0) + len(piece)
            yield piece

    def counting_whole(package: Package, part: str) -> bytes:
        content = whole(package, part)
        sizes[part] = len(content)
        return content

    with mock.patch.multiple(Package, _pieces=counting_pieces, _whole=counting_whole):
        evaluated([path], workers=1)
    return sizes


def nothing(*_: object) -> None:
    """An empty handler."""


def floor(paths: list[str], parts: dict[str, int]) -> None:
    """Unzip and parse, and do nothing with it."""
    for path in paths:
        with open(path, "rb") as stream, zipfile.ZipFile(stream) as archive:
            for part, size in parts.items():
                with archive.open(part) as content:
                    parser = expat.ParserCreate()
                    parser.buffer_text = True
                    parser.StartElementHandler = parser.EndElementHandler = nothing
                    parser.CharacterDataHandler = nothing
                    parser.Parse(content.read(size), False)


def main() -> None:
    """Print times of one workbook, and their ratios."""
    with tempfile.TemporaryDirectory() as folder:
        paths = folder_of(Path(folder), FILES)
        parts = parts_read(paths[0])
        # Other files in every round.
        chunks = cycle(paths[start : start + CHUNK] for start in range(0, FILES - CHUNK, CHUNK))
        one, other, least = in_turns(
            [
                lambda: evaluated(next(chunks), workers=1),
                lambda: with_openpyxl(next(chunks)[:WITH_OPENPYXL]),
                lambda: floor(next(chunks)[:FOR_FLOOR], parts),
            ],
            ROUNDS,
        )
        on_one, on_two = in_turns(
            [lambda: evaluated(paths, workers=1), lambda: evaluated(paths, workers=2)],
            LONG_ROUNDS,
        )
    one, other, least = one / CHUNK, other / WITH_OPENPYXL, least / FOR_FLOOR
    print(machine())
    for name, each in (
        ("two openpyxl loads", other),
        ("evaluated, one process", one),
        ("unzip and empty expat handlers", least),
        (f"one process, {FILES:,} workbooks", on_one / FILES),
        (f"two processes, {FILES:,} workbooks", on_two / FILES),
    ):
        print(f"{name:32} {each * 1000:8.2f} ms a workbook")
    print(f"one process against openpyxl     {other / one:8.1f}    (aim: at least 40)")
    print(f"one process against the floor    {one / least:8.2f}    (aim: at most 2)")
    print(f"two processes against one        {on_one / on_two:8.2f}    (aim: near 2)")


if __name__ == "__main__":
    main()
