"""The templates and samples that lie in the project: up to date, and right by another engine."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from calculator import evaluate_workbooks, verify_workbook
from calculator.errors import WorkbookError
from calculator.results.tables import as_json
from calculator.workbook.about import PROPERTIES
from calculator.workbook.reader import read_workbook
from calculator.xlsx.package import Package
from tests import samples

TEMPLATES = samples.ROOT / "templates"
SAMPLES = samples.ROOT / "sample_workbooks"
FAULTY = SAMPLES / "faulty"
#: Other programs made these; what they write changes with their version.
BY_OTHERS = {"saved-by-libreoffice.xlsx", "saved-by-openpyxl.xlsx"}


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


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    for name, make in (
        ("templates", samples.make_templates),
        ("sample_workbooks", samples.make_samples),
        ("faulty", samples.make_faulty),
    ):
        (folder / name).mkdir()
        make(folder / name)
    return folder


@pytest.mark.parametrize(
    ("folder", "name"),
    [(TEMPLATES, "templates"), (SAMPLES, "sample_workbooks"), (FAULTY, "faulty")],
)
def test_made_anew_they_are_the_same(fresh: Path, folder: Path, name: str) -> None:
    there = {path.name for path in folder.glob("*.xlsx")} - BY_OTHERS
    assert there == {path.name for path in (fresh / name).iterdir()}
    for file in sorted(there - set(samples.UNREADABLE)):
        old, new = folder / file, fresh / name / file
        # Another zlib may compress otherwise: the parts must be the same. Another XlsxWriter may
        # write other parts: then the cells must.
        content = parts if written_with(old) == written_with(new) else cells
        before, after = content(old), content(new)
        assert list(before) == list(after), file
        assert [each for each in before if before[each] != after[each]] == [], file


def test_samples_give_what_another_engine_gives() -> None:
    expected = {(row["file"], row["sheet"]): row for row in rows(SAMPLES / "expected.csv")}
    reports = list(evaluate_workbooks([str(SAMPLES / "*.xlsx")]))
    found = {
        (Path(report.file).name, sheet.sheet): {
            "file": Path(report.file).name,
            "sheet": sheet.sheet,
            "model": sheet.model,
            **{name: str(value) for name, value in sheet.totals.items()},
        }
        for report in reports
        for sheet in report.sheets
    }
    assert found == expected
    assert all(report.clean for report in reports)


def test_the_example_gives_what_excel_stored() -> None:
    report = verify_workbook(SAMPLES / "aws-sample-example.xlsx")
    totals = {sheet.sheet: list(sheet.totals.values()) for sheet in report.sheets}
    assert totals == {"WarmENI": [510, 351, 159, 230], "WarmIP": [510, 276, 234, 230]}


def test_each_faulty_sample_has_its_finding_and_no_other() -> None:
    expected: dict[str, list[dict[str, str]]] = {}
    for row in rows(FAULTY / "expected.csv"):
        expected.setdefault(row["file"], []).append(row)
    for file, findings in expected.items():
        if findings[0]["finding"] == "error":
            with pytest.raises(WorkbookError) as caught:
                read_workbook(FAULTY / file)
            assert caught.value.reason == findings[0]["kind"], file
            continue
        found = [
            (name.removesuffix("s"), each["kind"], sheet["sheet"], each["cell"])
            for sheet in as_json(verify_workbook(FAULTY / file))["sheets"]
            for name in ("faults", "warnings", "differences")
            for each in sheet[name]
        ]
        wanted = [
            (row["finding"], row["kind"], row["sheet"], row["cell"])
            for row in findings
            if row["finding"] != "recalculated"
        ]
        assert sorted(found) == sorted(wanted), file


def test_every_faulty_sample_is_listed() -> None:
    listed = {row["file"] for row in rows(FAULTY / "expected.csv")}
    assert listed == {path.name for path in FAULTY.glob("*.xlsx")}


def test_what_is_found_only_by_recalculation() -> None:
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    listed = [row for row in rows(FAULTY / "expected.csv") if row["finding"] == "recalculated"]
    assert listed
    for row in listed:
        report = verify_workbook(FAULTY / row["file"], recalculate="ironcalc")
        found = {(s.sheet, each.kind, each.cell) for s in report.sheets for each in s.differences}
        assert (row["sheet"], row["kind"], row["cell"]) in found


def test_recorded_results_of_faulty_samples_are_right_by_another_engine() -> None:
    pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    files = [row["file"] for row in rows(FAULTY / "expected.csv") if row["finding"] == "fault"]
    paths = [str(FAULTY / file) for file in files]
    for report in evaluate_workbooks(paths, recalculate="ironcalc"):
        assert report.error is None
        assert [each for sheet in report.sheets for each in sheet.differences] == [], report.file
