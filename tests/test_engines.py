"""Workbooks filled in at random, recalculated by other engines: every cell equals the result."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from calculator import NodeGroup, Plan, evaluate_workbooks, load_catalog, write_workbook
from calculator.model import get_model
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, Choice, Input
from calculator.xlsx.reference import column_letters
from tests.helpers import Raw, needs_ironcalc, needs_libreoffice

ROWS = 6
TYPES = [each.instance_type for each in load_catalog()]
#: Types that differ in what they can do: Nitro, trunk ENI, known vCPUs, one ENI.
ODD = ["m5.large", "m4.large", "c5a.metal", "t3.nano", "cr1.8xlarge", "p3.2xlarge"]
ODD += ["hpc6id.32xlarge", "m7i.48xlarge"]
#: What people type where something else belongs.
JUNK = [None, "three", "12", -1, 1.5, 0, 1, 2, 30, 1e7, "yes", "No", "WINDOWS", "linux", "IPv6"]
JUNK += ["best case", "one", "maybe", "110 or 250"]


def some(chance: random.Random, declared: Input) -> int | str:
    """A value that the input takes; half of the time its default."""
    if chance.random() < 0.5:
        return declared.default
    if isinstance(declared, Choice):
        return chance.choice(declared.options)
    most = min(declared.maximum, 100)
    return chance.randint(declared.minimum, max(declared.minimum, most))


def plan(chance: random.Random) -> Plan:
    groups = []
    for _ in range(chance.randint(0, ROWS)):
        name = chance.choice(ODD if chance.random() < 0.5 else TYPES)
        more = {name: some(chance, each) for name, each in GROUP_INPUTS.items()}
        groups.append(NodeGroup(name, **more))
    return Plan(
        node_groups=groups, **{name: some(chance, each) for name, each in PLAN_INPUTS.items()}
    )


def edits(chance: random.Random) -> Iterator[tuple[str, str, object]]:
    """Sheet, cell and what somebody types over an input."""
    for _ in range(chance.randint(0, 5)):
        sheet = chance.choice(list(get_model("vpc-cni")))
        if chance.random() < 0.5:
            cell = chance.choice(sheet.settings).cell
        else:
            column = chance.choice(sheet.inputs)
            letters = column_letters(1 + sheet.columns.index(column))
            cell = f"{letters}{chance.randint(sheet.header_row + 1, sheet.header_row + ROWS)}"
        yield sheet.name, cell, chance.choice([*JUNK, chance.choice(ODD)])


def filled_in(folder: Path, seeds: range) -> list[Path]:
    paths = []
    for seed in seeds:
        chance = random.Random(seed)
        path = folder / f"{seed}.xlsx"
        write_workbook(path, plan(chance), rows=ROWS)
        raw = Raw(path)
        for sheet, cell, value in edits(chance):
            raw.put(sheet, cell, formula=None, value=value)
        paths.append(raw.save(path))
    return paths


@pytest.mark.parametrize(
    ("engine", "seeds"),
    [
        pytest.param("ironcalc", range(16), marks=needs_ironcalc),
        pytest.param("libreoffice", range(100, 112), marks=needs_libreoffice),
    ],
)
def test_every_cell_equals_the_result(tmp_path: Path, engine: str, seeds: range) -> None:
    judged = faults = 0
    for report in evaluate_workbooks(filled_in(tmp_path, seeds), recalculate=engine):
        assert report.error is None
        for sheet in report.sheets:
            judged += 1
            faults += len(sheet.faults)
            # What the file records is from before the edits.
            given = [each for each in sheet.differences if each.kind != "value"]
            assert [each.at(report.file) for each in given] == []
    assert judged == 3 * len(seeds)
    assert faults > len(seeds)  # else the edits would have hit nothing
