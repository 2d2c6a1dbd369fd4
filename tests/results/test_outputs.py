"""Results in files and folders, read back."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import fsspec
import openpyxl
import pandas as pd
import pytest

from calculator.csv_text import harmless
from calculator.errors import InputError
from calculator.files import is_folder, writing
from calculator.report import WorkbookReport
from calculator.results import outputs as module
from calculator.results.as_json import as_json
from calculator.results.outputs import ENDINGS, Parts, open_output
from calculator.results.tables import DETAILS, FINDINGS, NODE_GROUPS, SUMMARY, Table, frame
from tests.helpers import needs_pyarrow
from tests.reports import finding, of_aws, plan, report, sheet, unreadable

TABLES = {"": SUMMARY, "-node-groups": NODE_GROUPS, "-findings": FINDINGS}
FORMS = [
    pytest.param(ending, marks=needs_pyarrow if ending == ".parquet" else ()) for ending in ENDINGS
]
#: A name whose bytes are no UTF-8, as Python has it.
ODD = "pl\udcffan.xlsx"
#: Of both models, with and without findings, and of a file that cannot be read.
REPORTS = [
    report("a.xlsx"),
    report("b.xlsx", finding(), finding("value", "WarmENI!B8", found=1.5, expected=2), fits=None),
    of_aws("c.xlsx", finding("missing", "WarmIP!A24", found=None)),
    unreadable(),
]


def write(path: Path | str, reports: list[WorkbookReport], *, details: bool = False) -> None:
    with open_output(str(path), details=details) as output:
        for one in reports:
            output.add(one)


def files_of(path: Path) -> list[str]:
    """The files that a log for machines tells of."""
    if path.suffix == ".xml":
        return [str(suite.get("name")) for suite in ElementTree.parse(path).getroot()]
    [run] = json.loads(path.read_text(encoding="utf-8"))["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    return [each["artifactLocation"]["uri"] for each in places]


def rows_of_page(path: Path) -> list[str]:
    """The files that a page lists."""
    [rows] = re.findall('id="rows">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    return [row[0] for row in json.loads(rows)]


# --- all forms ------------------------------------------------------------------------------------


def as_plain(value: Any) -> Any:
    """A value as all forms can hold it."""
    return None if value is None or pd.isna(value) else value


@needs_pyarrow
@pytest.mark.parametrize("details", [False, True])
def test_parquet_holds_the_tables(tmp_path: Path, details: bool) -> None:
    write(tmp_path / "r.parquet", REPORTS, details=details)
    tables = TABLES if details else {"": SUMMARY}
    assert sorted(os.listdir(tmp_path)) == sorted(f"r{each}.parquet" for each in tables)
    for name, table in tables.items():
        found = pd.read_parquet(tmp_path / f"r{name}.parquet")
        expected = frame(table, REPORTS)
        assert list(found.columns) == list(expected.columns)
        for column, kind in table.columns.items():
            wanted = [as_plain(each) for each in expected[column]]
            if kind == "any":
                wanted = [None if each is None else str(each) for each in wanted]
            assert [as_plain(each) for each in found[column]] == wanted, column


@pytest.mark.parametrize("details", [False, True])
def test_csv_holds_the_tables(tmp_path: Path, details: bool) -> None:
    write(tmp_path / "r.csv", REPORTS, details=details)
    tables = TABLES if details else {"": SUMMARY}
    assert sorted(os.listdir(tmp_path)) == sorted(f"r{each}.csv" for each in tables)
    for name, table in tables.items():
        with open(tmp_path / f"r{name}.csv", encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header == list(table.columns)
        expected = [row for one in REPORTS for row in table.rows(one)]
        assert rows == [
            ["" if each is None else harmless(str(each)) for each in row] for row in expected
        ]


@pytest.mark.parametrize("details", [False, True])
def test_a_workbook_holds_the_tables(tmp_path: Path, details: bool) -> None:
    write(tmp_path / "r.xlsx", REPORTS, details=details)
    assert os.listdir(tmp_path) == ["r.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert (NODE_GROUPS.title in book.sheetnames) == details
    header, *rows = book[SUMMARY.title].iter_rows(values_only=True)
    assert len(header) == len(SUMMARY.columns)
    expected = frame(SUMMARY, REPORTS)
    for column in ("sheet", "model", "ips_used", "differences"):
        number = list(SUMMARY.columns).index(column)
        assert [row[number] for row in rows] == [as_plain(each) for each in expected[column]]


@pytest.mark.parametrize("details", [False, True])
def test_json_is_what_json_dump_gives(tmp_path: Path, details: bool) -> None:
    for number in (0, 1, len(REPORTS)):
        some = REPORTS[:number]
        write(tmp_path / "r.json", some, details=details)
        expected = json.dumps({"workbooks": [as_json(each) for each in some]}, indent=1) + "\n"
        assert (tmp_path / "r.json").read_text("utf-8") == expected


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("details", [False, True])
def test_no_reports_are_a_file_too(tmp_path: Path, ending: str, details: bool) -> None:
    path = tmp_path / f"r{ending.upper()}"
    write(path, [], details=details)
    if ending == ".csv":
        assert path.read_text() == ",".join(SUMMARY.columns) + "\n"
    elif ending == ".parquet":
        assert pd.read_parquet(path).columns.tolist() == list(SUMMARY.columns)
    else:
        assert path.stat().st_size > 10


@pytest.mark.parametrize("ending", FORMS)
def test_text_that_begins_like_a_formula(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    names = ["=1+1.xlsx", "+a.xlsx", "-a.xlsx", "@a.xlsx", "-5"]
    write(path, [WorkbookReport(each, "=2+2") for each in names])
    expected = names
    if ending == ".csv":
        table = pd.read_csv(path, dtype=str)
        expected = [*(f"'{each}" for each in names[:-1]), "-5"]
        assert set(table["error"]) == {"'=2+2"}
    elif ending == ".parquet":
        table = pd.read_parquet(path)
    elif ending == ".json":
        table = pd.DataFrame(json.loads(path.read_text())["workbooks"])
    elif ending in (".sarif", ".junit.xml"):
        # No spreadsheet program opens them.
        table = pd.DataFrame({"file": [unquote(each) for each in files_of(path)]})
    elif ending == ".html":
        table = pd.DataFrame({"file": rows_of_page(path)})
    else:
        cells = list(openpyxl.load_workbook(path)[SUMMARY.title]["A"])[1:]
        assert {each.data_type for each in cells} == {"s"}
        table = pd.DataFrame({"file": [each.value for each in cells]})
    assert table["file"].tolist() == expected


@pytest.mark.parametrize("ending", FORMS)
def test_a_name_whose_bytes_are_no_text(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    write(
        path,
        [WorkbookReport(ODD, "why"), report("a", finding(found=ODD), sheets=[sheet(name=ODD)])],
        details=True,
    )
    if ending == ".csv":
        assert "pl\\xffan.xlsx,,," in path.read_text("utf-8")
    elif ending == ".parquet":
        assert pd.read_parquet(path)["file"][0] == "pl\\udcffan.xlsx"
        assert pd.read_parquet(tmp_path / "r-findings.parquet")["found"][1] == "pl\\udcffan.xlsx"
    elif ending == ".json":
        assert json.loads(path.read_text())["workbooks"][0]["file"] == ODD
    elif ending in (".sarif", ".junit.xml"):
        assert (
            files_of(path)[0] == {".sarif": "pl%FFan.xlsx", ".junit.xml": "pl\\xffan.xlsx"}[ending]
        )
    elif ending == ".html":
        assert rows_of_page(path)[0] == "pl\\xffan.xlsx"
    else:
        assert openpyxl.load_workbook(path)[SUMMARY.title]["A2"].value.startswith("pl")


# --- Parquet --------------------------------------------------------------------------------------


@needs_pyarrow
@pytest.mark.parametrize("table", [SUMMARY, *DETAILS], ids=lambda table: table.name)
def test_types_are_the_same_whatever_is_in_a_part(tmp_path: Path, table: Table) -> None:
    import pyarrow.parquet

    types = {
        "text": "string",
        "any": "string",
        "flag": "bool",
        "count": "int64",
        "number": "double",
    }
    path = tmp_path / "r.parquet"
    everything = [[], [unreadable()], REPORTS, REPORTS[:1]]
    for found in ("three", 3, 2.5, True, None):
        everything.append([report("a", finding(found=found), plan=plan(settings={}))])
    for some in everything:
        with module._parquet(str(path), table) as output:
            for each in some:
                output.add(each)
        schema = pyarrow.parquet.read_schema(path)
        assert dict(zip(schema.names, map(str, schema.types), strict=True)) == {
            name: types[kind] for name, kind in table.columns.items()
        }


@needs_pyarrow
def test_more_rows_than_are_held(tmp_path: Path) -> None:
    many = [
        report(f"{number}.xlsx", *(finding(found=row) for row in range(1_500)))
        for number in range(11)
    ]
    write(tmp_path / "r.parquet", many, details=True)
    found = pd.read_parquet(tmp_path / "r-findings.parquet")
    assert found["file"].tolist() == [f"{number}.xlsx" for number in range(11) for _ in range(1500)]
    assert found["found"].tolist() == [str(row) for row in range(1500)] * 11


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    how = 'Parquet needs pyarrow: pip install "eks-subnet-calc[parquet]"'
    with pytest.raises(InputError) as caught:
        write(tmp_path / "r.parquet", [])
    assert str(caught.value) == f"{tmp_path}/r.parquet: {how}"
    with pytest.raises(InputError) as caught:
        Parts(f"{tmp_path}/r/").prepare()
    assert str(caught.value) == f"{tmp_path}/r/: {how}"
    assert os.listdir(tmp_path) == []


# --- where ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["results.ods", "results", "json", "results.csv.gz", ".csv"])
def test_results_in_no_known_form(tmp_path: Path, name: str) -> None:
    path = str(tmp_path / name)
    with pytest.raises(InputError) as caught:
        open_output(path)
    assert str(caught.value) == (
        f"found {path}; a name ending in .csv, .parquet, .json, .xlsx, .html, .sarif, .junit.xml "
        "or a folder is expected"
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("details", [False, True])
def test_results_that_cannot_be_written(tmp_path: Path, ending: str, details: bool) -> None:
    path = str(tmp_path / "no" / "such" / f"results{ending}")
    with pytest.raises(InputError, match=r"no/such/results.*: cannot be written: .*"):
        write(path, [], details=details)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", FORMS)
def test_earlier_results_are_replaced_in_one_go(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("old")
    with open_output(str(path)) as output:
        output.add(WorkbookReport("a.xlsx", "why"))
        assert path.read_text() == "old"
    assert path.read_bytes() != b"old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("details", [False, True])
def test_earlier_results_are_kept_when_something_happens(
    tmp_path: Path, ending: str, details: bool
) -> None:
    path = tmp_path / f"r{ending}"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), open_output(str(path), details=details) as output:
        output.add(WorkbookReport("a.xlsx", str(1 / 0)))
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("ending", FORMS)
def test_results_at_a_url(ending: str, tmp_path: Path) -> None:
    system = fsspec.filesystem("memory")
    write(tmp_path / f"r{ending}", REPORTS)
    write(f"memory://out/r{ending}", REPORTS)
    found = system.cat(f"/out/r{ending}")
    system.rm("/out", recursive=True)
    if ending != ".xlsx":  # there, links depend on the place
        assert found == (tmp_path / f"r{ending}").read_bytes()
    else:
        assert len(openpyxl.load_workbook(io.BytesIO(found)).sheetnames) > 1


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    assert is_folder("new/")
    assert is_folder("there")
    assert is_folder("s3://bucket/results/")
    assert not is_folder("new")
    assert not is_folder("new.csv")
    assert not is_folder("s3://bucket/results.csv")


# --- parts ----------------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


@needs_pyarrow
@pytest.mark.parametrize("details", [False, True])
def test_parts_put_together_are_the_tables(tmp_path: Path, details: bool) -> None:
    parts = Parts(f"{tmp_path}/results/", details)
    parts.prepare()
    for number, one in enumerate(REPORTS):
        [outline] = parts(number, [one])
        held = [*outline.sheets, *([outline.plan] if outline.plan else [])]
        assert all(each.rows == [] and each.columns == {} for each in held)
        assert as_json(outline)["verdict"] == as_json(one)["verdict"]
        assert list(SUMMARY.rows(outline)) == list(SUMMARY.rows(one))
        assert list(FINDINGS.rows(outline)) == list(FINDINGS.rows(one))
    write(tmp_path / "whole.parquet", REPORTS, details=details)
    tables = TABLES if details else {"": SUMMARY}
    assert len(names(tmp_path / "results")) == len(tables) * len(REPORTS)
    for name, table in tables.items():
        folder = tmp_path / "results" / table.name
        whole = pd.read_parquet(tmp_path / f"whole{name}.parquet")
        assert pd.read_parquet(folder).equals(whole)


@needs_pyarrow
def test_parts_send_everything_back_if_they_are_asked(tmp_path: Path) -> None:
    parts = Parts(f"{tmp_path}/", send_all=True)
    parts.prepare()
    assert parts(0, REPORTS) is REPORTS


@needs_pyarrow
def test_parts_of_an_earlier_run_are_removed(tmp_path: Path) -> None:
    def run(number: int, *, details: bool) -> list[str]:
        parts = Parts(f"{tmp_path}/results", details)
        parts.prepare()
        for chunk in range(number):
            parts(chunk, REPORTS)
        return names(tmp_path / "results")

    kinds, files = ("findings", "node-groups", "summary"), ("part-00000", "part-00001")
    assert run(2, details=True) == [f"{kind}/{file}.parquet" for kind in kinds for file in files]
    (tmp_path / "results/summary/part-00007.parquet").touch()
    (tmp_path / "results/summary/mine.parquet").touch()
    # Node groups of other workbooks beside a new summary would be wrong.
    assert run(1, details=False) == ["summary/mine.parquet", "summary/part-00000.parquet"]


@needs_pyarrow
def test_a_folder_for_parts_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file/summary: cannot be reached"):
        Parts(f"{tmp_path}/file/").prepare()


def test_a_place_for_a_part_is_written_in_one_go(tmp_path: Path) -> None:
    with writing(str(tmp_path / "part-00000.parquet")) as partial_path:
        Path(partial_path).touch()
        assert not list(tmp_path.glob("*.parquet"))  # nobody reads it meanwhile
