"""What several test modules share: filled-in workbooks, raw edits of their parts, LibreOffice."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from calculator import evaluate_workbooks
from calculator.catalog import Catalog, load_catalog
from calculator.plan import NodeGroup, Plan
from calculator.report import WorkbookReport
from calculator.verify import verify_workbook
from calculator.workbook.recalculate import recalculate
from calculator.workbook.writer import write_workbook
from calculator.xlsx import formula
from tests.raw import Raw

MODELS = ("vpc-cni", "aws-sample")
#: The sheets that compute a mode, of each model.
MODES = {
    "vpc-cni": ("WarmENI", "WarmIP", "Prefix", "IPv6"),
    "aws-sample": ("WarmENI", "WarmIP"),
}
#: The sheets of each model's new workbook that hold inputs or formulas.
SHEETS = {
    "vpc-cni": ("Plan", "Settings", "Groups", *MODES["vpc-cni"], "Sizes"),
    "aws-sample": MODES["aws-sample"],
}
#: The row above the first node group.
HEADER_ROW = {"vpc-cni": 13, "aws-sample": 22}
AWS_SAMPLE = Path(__file__).parents[2] / "shared/data/aws-sample/subnet-calc.xlsx"

needs_aws_sample = pytest.mark.skipif(
    not AWS_SAMPLE.exists(), reason="AWS's sample workbook is not beside this checkout"
)
needs_ironcalc = pytest.mark.skipif(
    find_spec("ironcalc") is None, reason="IronCalc is not installed"
)
#: Cases of a kind of which others are tried in the usual run.
thorough = partial(pytest.param, marks=pytest.mark.thorough)

needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed")
needs_pyarrow = pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
needs_s3 = pytest.mark.skipif(
    any(find_spec(each) is None for each in ("moto", "s3fs", "flask", "flask_cors")),
    reason="s3fs, moto or its server is not installed",
)
needs_libreoffice = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")),
    reason="LibreOffice is not installed",
)

#: Types that both catalogs know; groups that fit, that are full, that are empty.
GROUPS = (
    NodeGroup("m5.12xlarge", 2, 100),
    NodeGroup("t3.medium", 12, 9),
    NodeGroup("c5.large", 7, 0),
    NodeGroup("m5.xlarge", 0, 30),
    NodeGroup("r5.4xlarge", 3, 61),
)
#: What cannot be computed stands beside what can.
FAULTY = Plan(
    mode="ipv6",
    node_groups=[
        NodeGroup("m5.large", 2, 10),
        NodeGroup("m5.large", 2, 10, os="Windows"),
        NodeGroup("m9.unheard", 1, 1),
        NodeGroup("m4.large", 3, 5),
        NodeGroup("t3.medium", 4, 8),
    ],
)
PLAN = Plan(
    subnet_prefix_length=20,
    warm_eni_target=1,
    warm_ip_target=3,
    minimum_ip_target=7,
    warm_prefix_target=0,
    host_network_pods=2,
    daemonset_pods=2,
    node_groups=GROUPS,
)
#: The same of a model that lacks some settings.
AWS_PLAN = Plan(subnet_prefix_length=20, warm_ip_target=3, node_groups=GROUPS)
PLANS = {"vpc-cni": PLAN, "aws-sample": AWS_PLAN}
#: A few of the built-in types, where all of them are not the point.
FEW_TYPES = Catalog(
    (
        each
        for each in load_catalog()
        if each.instance_type.startswith(("m5.", "t3.", "c5.", "r5.", "m4.large", "m6g.large"))
    ),
    "a few types",
)
#: The same as if they were all built-in ones: figures that differ from those were changed.
AS_BUILT_IN = Catalog(FEW_TYPES, load_catalog().version)


def times(number: int) -> int:
    """So many examples or mutants; ten times as many with Hypothesis' profile ``thorough``."""
    return number * settings().max_examples // 100


def examples(number: int) -> settings:
    """What Hypothesis is to do: try so many examples, however long they take."""
    return settings(max_examples=times(number), deadline=None)


@cache
def content(
    model: str = "vpc-cni",
    plan: Plan | None = PLAN,
    rows: int = 8,
    catalog: Catalog | None = None,
) -> bytes:
    """A workbook of the program as bytes; PLAN is what the model knows of it.

    catalog: by default that of the model, of vpc-cni a few of its types.
    """
    if catalog is None and model == "vpc-cni":
        catalog = FEW_TYPES
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        plan = PLANS[model] if plan is PLAN else plan
        write_workbook(path, plan, model=model, rows=rows, catalog=catalog)
        return path.read_bytes()


def saved(
    path: Path,
    model: str = "vpc-cni",
    plan: Plan | None = PLAN,
    rows: int = 8,
    catalog: Catalog | None = None,
) -> Path:
    """A workbook of the program, written to `path`."""
    path.write_bytes(content(model, plan, rows, catalog))
    return path


def many(folder: Path, number: int, model: str = "aws-sample") -> list[str]:
    """Small workbooks, no two neighbours alike, and their paths in order.

    model: by default the one whose workbooks take least time to read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"p{each:03}.xlsx" for each in range(number)]
    for each, path in enumerate(paths):
        saved(path, model, Plan(node_groups=[NodeGroup("m5.large", each % 3, 9)]), 3)
    return [str(path) for path in paths]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def scratch() -> Path:
    """A folder for files that are read at once: one for all tests, for to make one takes long."""
    return Path(_folder().name)


def as_text(reports: Sequence[WorkbookReport]) -> str:
    """Reports as one text, equal where they are; NaN is equal to itself."""
    parts = [part for each in reports for part in (each.plan, *each.sheets) if part]
    return "\n".join(map(repr, reports)) + repr([(part.rows, part.columns) for part in parts])


def report_of(source: bytes | Raw | Path, **options: Any) -> WorkbookReport:
    """The report of a workbook; `options` are those of ``verify_workbook``."""
    if isinstance(source, Path):
        return verify_workbook(source, **options)
    path = scratch() / "plan.xlsx"
    if isinstance(source, Raw):
        source.save(path, compress=False)
    else:
        path.write_bytes(source)
    return verify_workbook(path, **options)


def reports_of(sources: Mapping[str, Raw | Path]) -> dict[str, WorkbookReport]:
    """The reports of many workbooks, by name: in one pass of the engine."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            source.save(Path(folder, f"{number}.xlsx"), compress=False)
            if isinstance(source, Raw)
            else source
            for number, source in enumerate(sources.values())
        ]
        reports = list(evaluate_workbooks(paths, workers=1))
    assert [each.error for each in reports] == [None] * len(paths)
    return dict(zip(sources, reports, strict=True))


def differences(report: WorkbookReport) -> set[tuple[str, str | None]]:
    """Code and place of all that is not the program's, whatever it follows from."""
    return {(each.code, each.place) for each in report.of("difference")}


def found(report: WorkbookReport, *, causes: bool = True) -> list[tuple[str, str | None]]:
    """Code and place of the findings of a report; all, or those that follow from no other."""
    return [(each.code, each.place) for each in report.findings if not (causes and each.because_of)]


def formulas_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formulas that are taken apart from now on, each as often as it is."""
    read: list[str] = []
    tokens = formula._tokens

    def counted(text: str) -> Iterator[tuple[str, str]]:
        read.append(text)
        return tokens(text)

    monkeypatch.setattr(formula, "_tokens", counted)
    return read


def calculated(raw: Raw) -> Raw:
    """The workbook with what IronCalc gives for its formulas, as a program that saves it has it."""
    return all_calculated({"": raw})[""]


def all_calculated(raws: dict[str, Raw]) -> dict[str, Raw]:
    """The same of many workbooks, with one start."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            str(raw.save(Path(folder, f"{number}.xlsx"), compress=False))
            for number, raw in enumerate(raws.values())
        ]
        values = recalculate(paths, "ironcalc")
    for path, raw in zip(paths, raws.values(), strict=True):
        found = values[path]
        assert isinstance(found, dict), found
        for sheet in raw.sheets:
            raw.record(sheet, found[sheet])
    return raws


# --- edits in LibreOffice -------------------------------------------------------------------------

_OFFICE = Path(__file__).with_name("office.py")


@cache
def python_with_uno() -> str | None:
    """The Python that can tell LibreOffice what to do: the one it was packaged with."""
    for program in (sys.executable, "/usr/bin/python3"):
        if (
            os.path.exists(program)
            and not subprocess.run([program, "-c", "import uno"], capture_output=True).returncode
        ):
            return program
    return None


needs_uno = pytest.mark.skipif(
    not (shutil.which("soffice") and python_with_uno()),
    reason="LibreOffice or python3-uno is not installed",
)


@cache
def _office() -> subprocess.Popen[str]:
    """LibreOffice, which waits for jobs; it ends when its input does, with this process."""
    program = python_with_uno()
    assert program is not None
    office = subprocess.Popen(
        [program, str(_OFFICE), str(shutil.which("soffice"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(office.communicate)
    return office


def edited_in_libreoffice(
    folder: Path, jobs: Mapping[str, tuple[Path, Sequence[Sequence[object]]]]
) -> dict[str, Path]:
    """Workbooks after edits in LibreOffice, by the name of what is done.

    jobs: for each file to be made, the one it is made of and the edits, which are those of
        tests/office.py.
    """
    targets = {name: folder / name for name in jobs}
    task = [
        [str(source.resolve()), str(targets[name].resolve()), edits]
        for name, (source, edits) in jobs.items()
    ]
    office = _office()
    assert office.stdin is not None
    assert office.stdout is not None
    print(json.dumps(task), file=office.stdin, flush=True)
    said = json.loads(office.stdout.readline())
    assert said is None, said
    return targets


def libreoffice(sources: Sequence[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice saves them, in `folder`; sources must differ in name."""
    (folder / "out").mkdir(parents=True)
    done = edited_in_libreoffice(folder / "out", {each.name: (each, ()) for each in sources})
    return list(done.values())
