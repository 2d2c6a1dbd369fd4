"""Workbooks filled in at random, recalculated by other engines: every cell equals the result."""

from __future__ import annotations

import dataclasses
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from calculator import NodeGroup, Plan, evaluate_workbooks, load_catalog, write_workbook
from calculator.catalog import Catalog
from calculator.inputs import Choice, Input, Text
from calculator.model import get_model
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS
from calculator.workbook.recalculate import recalculate
from calculator.xlsx.cells import CellError, Cells
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1
from tests.helpers import (
    Raw,
    calculated,
    content,
    needs_ironcalc,
    needs_libreoffice,
    report_of,
    times,
)

ROWS = 6
MODEL = get_model("vpc-cni")
PLAN_SHEET, SETTINGS = MODEL.sheets[:2]
#: Types that differ in what they can do: Nitro, trunk ENI, known vCPUs, one ENI.
ODD = ["m5.large", "m4.large", "c5a.metal", "t3.nano", "cr1.8xlarge", "p3.2xlarge"]
ODD += ["hpc6id.32xlarge", "m7i.48xlarge"]
#: What people type where something else belongs.
JUNK: list[Any] = [None, "", -1, 1.5, 0, 1, 2, 30, 1e7, 1e300, 0.1, CellError("#REF!")]
JUNK += ["three", "12", "'", '"', "-", "=1", "<5", ">0", "1/2", "FALSE", "2026-11-25", "a" * 300]
JUNK += ["yes", "No", "WINDOWS", "linux", "IPv6", "one", "maybe", "all", "110 or 250", "best case"]
JUNK += ["PREFIX", "undecided", "warm-eni", "warm", "M5.LARGE", "m5*", "t?.nano", "m5~.large", "  "]
JUNK += [CellError("#N/A")]
#: What formulas in input cells come to.
COMPUTED = [("1+2", 3.0), ('""', ""), ("NA()", CellError("#N/A")), ("1/4", 0.25), ('"yes"', "yes")]


@cache
def types() -> Catalog:
    """A small catalog, which is read and looked up fast, with types of which little is known."""
    chance, every = random.Random(0), list(load_catalog())
    little = [each for each in every if None in (each.vcpus, each.trunk_compatible)]
    chosen = [each for each in every if each.instance_type in ODD]
    chosen += chance.sample(little, 6) + chance.sample(every, 26)
    unique = {each.instance_type: each for each in chosen}
    return Catalog(unique.values(), "a small catalog")


def some(chance: random.Random, declared: Input) -> Any:
    """A value that the input takes; half of the time its default."""
    if chance.random() < 0.5:
        return declared.default
    if isinstance(declared, Text):
        return chance.choice(["prod", "7", "<&>"])
    if isinstance(declared, Choice):
        return chance.choice(declared.options)
    most = min(declared.maximum, chance.choice([3, 10, 100, 2_000]))
    return chance.randint(declared.minimum, max(declared.minimum, most))


def plan(chance: random.Random) -> Plan:
    groups = []
    names = [each.instance_type for each in types()]
    for _ in range(chance.randint(0, ROWS)):
        name = chance.choice(ODD if chance.random() < 0.5 else names)
        groups.append(
            NodeGroup(name, **{key: some(chance, one) for key, one in GROUP_INPUTS.items()})
        )
    return Plan(
        node_groups=groups, **{name: some(chance, each) for name, each in PLAN_INPUTS.items()}
    )


def edits(chance: random.Random) -> Iterator[tuple[str, str]]:
    """Sheet and cell of inputs that somebody types over."""
    header = PLAN_SHEET.header_row
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        where = chance.random()
        if where < 0.25:
            yield "Plan", chance.choice(PLAN_SHEET.settings).cell
        elif where < 0.5:
            yield "Settings", chance.choice(SETTINGS.settings).cell
        else:
            number = 1 + PLAN_SHEET.columns.index(chance.choice(PLAN_SHEET.inputs))
            row = chance.randint(1, ROWS)
            if where > 0.95:
                row += ROWS + chance.choice([0, 1, 99])
            yield "Plan", a1(header + row, number)


def filled_in(folder: Path, seeds: range, *, truth: bool = True) -> list[Path]:
    """A workbook for each seed.

    truth: whether TRUE may be typed; LibreOffice takes one that stands alone for a number.
    """
    paths = []
    for seed in seeds:
        chance = random.Random(seed)
        path = folder / f"{seed}.xlsx"
        write_workbook(path, plan(chance), rows=ROWS, catalog=types())
        raw = Raw(path)
        by_openpyxl = chance.random() < 0.3
        for sheet, cell in edits(chance):
            junk = [*JUNK, *([True, False] if truth else []), chance.choice(ODD)]
            if by_openpyxl or chance.random() < 0.9:
                raw.put(sheet, cell, formula=None, value=chance.choice(junk))
            else:
                formula, value = chance.choice(COMPUTED)
                raw.put(sheet, cell, formula=formula, value=value)
        if chance.random() < 0.2:  # a gap
            row = PLAN_SHEET.header_row + chance.randint(1, ROWS)
            for number in range(1, 1 + len(PLAN_SHEET.inputs)):
                if PLAN_SHEET.columns[number - 1] in PLAN_SHEET.inputs:
                    raw.put("Plan", a1(row, number), None, None)
        raw.save(path)
        if by_openpyxl:
            openpyxl.load_workbook(path).save(path)
        paths.append(path)
    return paths


@needs_ironcalc
def test_a_type_of_blanks_is_no_empty_cell() -> None:
    raw = Raw(content(rows=6))
    raw.put("Plan", "A19", "  ")
    report = report_of(calculated(raw))
    assert [(each.code, each.place) for each in report.findings] == [("not-a-type", "Plan!A19")]


@pytest.mark.parametrize(
    ("engine", "seeds"),
    [
        pytest.param("ironcalc", range(times(2)), marks=needs_ironcalc),
        pytest.param(
            "ironcalc",
            range(times(2), times(8)),
            marks=[needs_ironcalc, pytest.mark.thorough],
        ),
        pytest.param(
            "libreoffice",
            range(100, 100 + times(3)),
            marks=[needs_libreoffice, pytest.mark.thorough],
        ),
    ],
)
def test_every_cell_equals_the_result(tmp_path: Path, engine: str, seeds: range) -> None:
    paths = filled_in(tmp_path, seeds, truth=engine == "ironcalc")
    judged = faulty = 0
    for report in evaluate_workbooks(paths, recalculate=engine, workers=1):
        assert report.error is None
        judged += len(report.sheets)
        faulty += bool(report.of("fault"))
        # What the file records is from before the edits.
        given = [each for each in report.of("difference") if each.code != "value"]
        assert [each.at(report.file) for each in given] == []
    assert judged == 4 * len(seeds)
    assert faulty > len(seeds) / 4  # else the edits would have hit nothing


@pytest.mark.thorough
@needs_ironcalc
def test_every_recorded_value_is_what_the_formula_gives(tmp_path: Path) -> None:
    """Nothing of the comparison is used here: cell by cell, on every sheet that has formulas."""
    paths = []
    for seed in range(200, 200 + times(4)):
        chance = random.Random(seed)
        paths.append(str(tmp_path / f"{seed}.xlsx"))
        planned = plan(chance)
        groups = [NodeGroup("m9.unheard", 1, 2), *planned.node_groups][: ROWS - 1]
        planned = dataclasses.replace(planned, node_groups=groups)
        write_workbook(paths[-1], planned, rows=ROWS, catalog=types())
    kinds = {"value": 0, "nothing": 0, "error": 0}
    values = recalculate(paths, "ironcalc")
    for path in paths:
        given = values[path]
        assert isinstance(given, dict), given
        with Package.open(path) as package:
            for sheet in package.sheets:
                for place, cell in package.cells(sheet).items():
                    if cell.formula is not None:
                        found = given[sheet].get(place)
                        assert kind(cell.value) == kind(found), (path, sheet, a1(*place))
                        kinds[kind(found)] += 1
                        if isinstance(found, float):
                            found = pytest.approx(found, rel=1e-12)
                        if kind(cell.value) == "value":
                            assert cell.value == found, (path, sheet, a1(*place))
    assert min(kinds.values()) > 100


@cache
def has_hyperformula() -> bool:
    """Whether Node.js finds HyperFormula, by NODE_PATH or beside the tests."""
    node = shutil.which("node")
    asked = [str(node), "-e", "require('hyperformula')"]
    return node is not None and subprocess.run(asked, capture_output=True).returncode == 0


def of_hyperformula(books: list[dict[str, list[list[Any]]]], folder: Path) -> list[dict[str, Any]]:
    """What HyperFormula gives for workbooks, each a sheet's rows of cells by its name."""
    source, target = folder / "in.json", folder / "out.json"
    source.write_text(json.dumps(books))
    script = Path(__file__).with_name("hyperformula.cjs")
    subprocess.run(["node", str(script), str(source), str(target)], check=True)
    given: list[dict[str, Any]] = json.loads(target.read_text())
    return given


def as_rows(cells: Cells) -> list[list[Any]]:
    """The cells of a sheet, row by row: a formula, or what stands there."""
    rows: list[list[Any]] = [
        [None] * max(column for _, column in cells) for _ in range(max(cells)[0])
    ]
    for (row, column), (value, formula) in cells.items():
        typed = f"'{value}" if isinstance(value, str) else value
        rows[row - 1][column - 1] = typed if formula is None else f"={formula}"
    return rows


needs_hyperformula = pytest.mark.skipif(
    not has_hyperformula(), reason="npm's hyperformula is not installed (NODE_PATH leads to it)"
)


@pytest.mark.thorough
@needs_hyperformula
def test_hyperformula_gives_every_recorded_value(tmp_path: Path) -> None:
    """It knows no tables: their columns are written as cells. Plans are made at random."""
    books, recorded = [], []
    for seed in range(300, 300 + times(4)):
        path = tmp_path / f"{seed}.xlsx"
        write_workbook(path, plan(random.Random(seed)), rows=ROWS, catalog=types())
        raw = Raw(path)
        raw.without_tables()
        raw.save(path)
        with Package.open(path) as package:
            cells = {sheet: package.cells(sheet) for sheet in package.sheets}
        recorded.append(cells)
        books.append({sheet: as_rows(each) for sheet, each in cells.items() if each})
    kinds = {"value": 0, "nothing": 0, "error": 0}
    for given, cells in zip(of_hyperformula(books, tmp_path), recorded, strict=True):
        for sheet, each in cells.items():
            for (row, column), (value, formula) in each.items():
                if formula is None:
                    continue
                found = given[sheet][row - 1][column - 1]
                if isinstance(found, dict):
                    found = CellError(found["error"])
                where = sheet, a1(row, column), formula
                assert kind(value) == kind(found), where
                kinds[kind(found)] += 1
                if isinstance(found, int | float):
                    found = pytest.approx(found, rel=1e-12)
                if kind(value) == "value":
                    assert value == found, where
    assert kinds["value"] > 1_000
    assert min(kinds.values()) > 100


def kind(value: object) -> str:
    if isinstance(value, CellError):
        return "error"
    return "nothing" if value in (None, "") else "value"
