"""The templates and samples that lie in the project: up to date, and right by another engine."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from calculator import evaluate_workbooks, read_workbook, verify_workbook
from calculator.errors import WorkbookError
from calculator.findings import CODES
from calculator.model.result import FITS
from calculator.report import WorkbookReport
from calculator.workbook.about import PROPERTIES
from calculator.xlsx.package import Package
from tests import samples
from tests.faulty import FAULTY, UNREADABLE, WITHOUT
from tests.helpers import needs_ironcalc

TEMPLATES = samples.ROOT / "templates"
SAMPLES = samples.ROOT / "sample_workbooks"
FAULTS = SAMPLES / "faulty"
#: Other programs made these; what they write changes with their version.
BY_OTHERS = {"saved-by-libreoffice.xlsx", "saved-by-openpyxl.xlsx"}


@cache
def reports() -> list[WorkbookReport]:
    """The reports of all samples."""
    return list(evaluate_workbooks([str(SAMPLES / "*.xlsx")]))


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def written_with(path: Path) -> str | None:
    with Package.open(path) as package:
        return package.properties.get(PROPERTIES["writer"])


def parts(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def cells(path: Path) -> dict[str, Any]:
    with Package.open(path) as package:
        return {sheet: package.cells(sheet) for sheet in package.sheets}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("folder", "make"),
    [
        (TEMPLATES, samples.make_templates),
        (SAMPLES, samples.make_samples),
        pytest.param(FAULTS, samples.make_faulty, marks=needs_ironcalc),
    ],
)
def test_made_anew_they_are_the_same(
    folder: Path, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path)
    there = {path.name for path in folder.glob("*.xlsx")} - BY_OTHERS
    assert there == {path.name for path in tmp_path.iterdir()}
    for file in sorted(there - set(UNREADABLE)):
        old, new = folder / file, tmp_path / file
        # Another zlib may compress otherwise: the parts must be the same. Another XlsxWriter may
        # write other parts: then the cells must.
        content = parts if written_with(old) == written_with(new) else cells
        before, after = content(old), content(new)
        assert list(before) == list(after), file
        assert [each for each in before if before[each] != after[each]] == [], file


def test_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.glob("**/*.xlsx")) < 10_000_000


@pytest.mark.thorough
def test_samples_give_what_another_engine_gives() -> None:
    expected = rows(SAMPLES / "expected.csv")
    assert {row["file"] for row in expected} == {path.name for path in SAMPLES.glob("*.xlsx")}
    sheets = {
        (Path(each.file).name, sheet.sheet): sheet for each in reports() for sheet in each.sheets
    }
    assert [(row["file"], row["sheet"]) for row in expected] == list(sheets)
    for row, sheet in zip(expected, sheets.values(), strict=True):
        for name in ("ips_available", "ips_used", "ips_remaining", "pods_hosted"):
            assert row[name] == _shown(sheet.totals[name]), (row, name)
        if row["model"] == "vpc-cni":
            assert sheet.fits is FITS[row["outcome"]], row
            for name in ("peak_remaining", "smallest_subnet"):
                assert row[name] == _shown(sheet.number(name)), (row, name)
        else:
            assert sheet.fits is (int(row["ips_remaining"]) >= 0), row


def _shown(value: float | None) -> str:
    return "#N/A" if value is None else str(value)


@pytest.mark.thorough
def test_samples_have_what_is_expected_to_be_remarked() -> None:
    expected = {row["file"]: row["findings"].split() for row in rows(SAMPLES / "expected.csv")}
    for report in reports():
        found = [each.code for each in report.findings]
        assert found == expected[Path(report.file).name], report.file
        assert report.clean


def test_the_example_gives_what_excel_stored() -> None:
    report = verify_workbook(SAMPLES / "aws-sample-example.xlsx")
    totals = {sheet.sheet: list(sheet.totals.values()) for sheet in report.sheets}
    assert totals == {"WarmENI": [510, 351, 159, 230], "WarmIP": [510, 276, 234, 230]}


# --- faulty ---------------------------------------------------------------------------------------


def listed() -> dict[str, list[tuple[str, str, str, str]]]:
    """What must be found in each faulty sample: severity, code, sheet, cell."""
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for row in rows(FAULTS / "expected.csv"):
        found.setdefault(row["file"], []).append(
            (row["severity"], row["code"], row["sheet"], row["cell"])
        )
    return found


def test_every_faulty_sample_is_listed() -> None:
    assert set(listed()) == {path.name for path in FAULTS.glob("*.xlsx")}


def test_every_code_of_a_finding_has_a_sample() -> None:
    there = {code for findings in listed().values() for severity, code, *_ in findings}
    assert CODES.keys() - there == WITHOUT.keys()


@pytest.mark.thorough
def test_each_faulty_sample_has_its_findings_and_no_other() -> None:
    every = listed()
    for file in UNREADABLE:
        with pytest.raises(WorkbookError) as caught:
            read_workbook(FAULTS / file)
        assert [("error", caught.value.reason, "", "")] == every.pop(file), file
    reports = evaluate_workbooks([FAULTS / file for file in every])
    for report, (file, expected) in zip(reports, every.items(), strict=True):
        assert (Path(report.file).name, report.error) == (file, None)
        causes = [each for each in report.findings if not each.because_of]
        found = [(each.severity, each.code, each.sheet or "", each.cell or "") for each in causes]
        assert sorted(found) == expected, file
        # Whatever else differs follows from one of them.
        places = {each.place for each in causes}
        assert {each.because_of for each in report.findings if each.because_of} <= places, file


@pytest.mark.thorough
@needs_ironcalc
def test_results_of_faulty_samples_are_right_by_another_engine() -> None:
    right = [
        str(FAULTS / f"{name}.xlsx")
        for name, faulty in FAULTY.items()
        # which an engine takes for an error
        if name != "dangling-name"
        and all(CODES[code].severity != "difference" for code, _ in faulty.found)
    ]
    assert len(right) > 30
    for report in evaluate_workbooks(right, recalculate="ironcalc"):
        assert report.error is None
        differing = [each for each in report.findings if each.code == "recalculated"]
        assert [each for each in differing if not each.because_of] == [], report.file
