"""Makes templates/ and sample_workbooks/: ``python -m tests.samples``.

The expected totals beside the samples come from IronCalc, which evaluates the files' own formulas,
so that a test which holds the program against them holds it against another engine.
"""

from __future__ import annotations

import csv
import datetime
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from calculator import NodeGroup, Plan, verify_workbook, write_workbook
from calculator.errors import Finding
from calculator.model.engine import MAIN_TOTALS
from calculator.workbook.reader import read_workbook
from calculator.workbook.recalculate import recalculate

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("vpc-cni", "aws-sample")

EXAMPLE = Plan(
    subnet_prefix_length=23,
    node_groups=[NodeGroup("m5.12xlarge", 2, 100), NodeGroup("c5.2xlarge", 1, 30)],
)
PLANS = {
    "example": EXAMPLE,
    "small": Plan(
        subnet_prefix_length=26,
        warm_eni_target=0,
        warm_ip_target=2,
        minimum_ip_target=4,
        daemonset_pods=1,
        node_groups=[NodeGroup("t3.small", 2, 6), NodeGroup("t3.medium", 1, 10)],
    ),
    "large": Plan(
        subnet_prefix_length=16,
        warm_ip_target=8,
        minimum_ip_target=30,
        daemonset_pods=4,
        node_groups=[
            NodeGroup(f"{family}.{size}", 3 + 2 * number, pods)
            for number, family in enumerate(("c5", "m5", "r5", "c6g", "m6i", "r6g"))
            for size, pods in (("large", 20), ("xlarge", 40), ("4xlarge", 90), ("12xlarge", 180))
        ],
    ),
    "overflow": Plan(
        subnet_prefix_length=24,
        node_groups=[NodeGroup("m5.4xlarge", 6, 60), NodeGroup("m5.large", 10, 12)],
    ),
}


# --- editing the cells of a file, and nothing else of it ------------------------------------------


def edit_parts(path: Path, edits: Mapping[str, Callable[[str], str]]) -> None:
    """Rewrite parts of a workbook in place; the other parts keep their bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(info, archive.read(info)) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in members:
            if info.filename in edits:
                content = edits[info.filename](content.decode()).encode()
            archive.writestr(info, content)


def cell_xml(cell: str, style: str, *, formula: str | None = None, value: object = None) -> str:
    """One cell as XML; text is inline, a formula's result of type str, bool, error or number."""
    attributes = f'r="{cell}"{style}'
    inner = "" if formula is None else f"<f>{escape(formula)}</f>"
    if value is None:
        return f"<c {attributes}>{inner}</c>" if inner else f"<c {attributes}/>"
    if isinstance(value, bool):
        return f'<c {attributes} t="b">{inner}<v>{int(value)}</v></c>'
    if isinstance(value, str) and value == "#N/A":
        return f'<c {attributes} t="e">{inner}<v>{value}</v></c>'
    if isinstance(value, str) and formula is not None:
        return f'<c {attributes} t="str">{inner}<v>{escape(value)}</v></c>'
    if isinstance(value, str):
        space = ' xml:space="preserve"'
        return f'<c {attributes} t="inlineStr"><is><t{space}>{escape(value)}</t></is></c>'
    return f"<c {attributes}>{inner}<v>{value!r}</v></c>"


def set_cells(path: Path, sheet: int, cells: Mapping[str, Mapping[str, object]]) -> None:
    """Give cells of the numbered sheet (from 1) a formula or a value; both keywords of cell_xml.

    A cell keeps the formula or value that is not named.
    """

    def edit(xml: str) -> str:
        for cell, new in cells.items():
            pattern = re.compile(rf'<c r="{cell}"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
            found = pattern.search(xml)
            assert found, f"{path} has no cell {cell}"
            attributes, inner = found[1], found[2] or ""
            style = "".join(re.findall(r'\ss="\d+"', attributes))
            old_formula = re.search(r"<f>(.*?)</f>", inner, re.DOTALL)
            old_value = re.search(r"<v>(.*?)</v>", inner, re.DOTALL)
            if "formula" in new:
                text = cell_xml(cell, style, **new)  # type: ignore[arg-type]
                if "value" not in new and new["formula"] is not None and old_value:
                    text = f'<c r="{cell}"{attributes}><f>{escape(str(new["formula"]))}</f>'
                    text += f"<v>{old_value[1]}</v></c>"
            else:
                text = cell_xml(cell, style, value=new["value"])
                if old_formula:
                    marker = cell_xml(cell, style, formula="FORMULA", value=new["value"])
                    text = marker.replace("<f>FORMULA</f>", f"<f>{old_formula[1]}</f>")
            xml = xml[: found.start()] + text + xml[found.end() :]
        return xml

    edit_parts(path, {f"xl/worksheets/sheet{sheet}.xml": edit})


def calculate(path: Path) -> None:
    """Record the results of a file's formulas anew, as a spreadsheet program would on saving."""
    names = [sheet.sheet for sheet in verify_workbook(path).sheets]
    report = verify_workbook(path)
    for number, sheet in enumerate(report.sheets, 1):
        assert names[number - 1] == sheet.sheet
        stale = {
            each.cell: {"value": "" if _is_empty(each) else each.expected}
            for each in sheet.differences
            if each.kind == "value"
        }
        set_cells(path, number, stale)


def _is_empty(difference: Finding) -> bool:
    """Whether nothing is expected in the cell: the columns of a row with a fault show nothing."""
    return difference.expected == "#N/A" and not difference.cell.startswith("B")


# --- the samples ----------------------------------------------------------------------------------


def make_templates(folder: Path) -> None:
    """The blank workbooks."""
    for model in MODELS:
        write_workbook(folder / f"{model}.xlsx", model=model, overwrite=True)


def make_samples(folder: Path) -> None:
    """The filled-in workbooks that this program writes itself."""
    for model in MODELS:
        for name, plan in PLANS.items():
            write_workbook(folder / f"{model}-{name}.xlsx", plan, model=model, overwrite=True)


def make_saved_by_others(folder: Path) -> None:
    """The example after LibreOffice and after openpyxl have saved it."""
    import openpyxl

    source = folder / "vpc-cni-example.xlsx"
    openpyxl.load_workbook(source).save(folder / "saved-by-openpyxl.xlsx")
    with tempfile.TemporaryDirectory() as scratch:
        command = ["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless"]
        command += ["--convert-to", "xlsx", "--outdir", scratch, str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        shutil.copy(Path(scratch) / source.name, folder / "saved-by-libreoffice.xlsx")


#: Each faulty sample: its model, the edits of its first sheet, and what must be found there:
#: (fault or difference, kind, cell).
Edits = Mapping[str, Mapping[str, object]]
FAULTY: dict[str, tuple[str, Edits, tuple[str, str, str]]] = {
    "not-a-number": (
        "vpc-cni",
        {"B24": {"value": "three"}},
        ("fault", "not-a-number", "B24"),
    ),
    "number-as-text": (
        "vpc-cni",
        {"C24": {"value": "30"}},
        ("fault", "not-a-number", "C24"),
    ),
    "not-a-whole-number": (
        "vpc-cni",
        {"C23": {"value": 99.5}},
        ("fault", "not-a-whole-number", "C23"),
    ),
    "negative": ("vpc-cni", {"B23": {"value": -2}}, ("fault", "out-of-range", "B23")),
    "subnet-too-small": ("vpc-cni", {"B4": {"value": 29}}, ("fault", "out-of-range", "B4")),
    "no-instances": ("vpc-cni", {"B24": {"value": None}}, ("fault", "missing", "B24")),
    "no-instance-type": ("vpc-cni", {"A24": {"value": None}}, ("fault", "missing", "A24")),
    "no-setting": ("vpc-cni", {"B15": {"value": None}}, ("fault", "missing", "B15")),
    "type-is-a-number": ("vpc-cni", {"A24": {"value": 5}}, ("fault", "not-a-type", "A24")),
    "unknown-type": (
        "vpc-cni",
        {"A24": {"value": "c5.2xlrage"}},
        ("fault", "unknown-type", "A24"),
    ),
    "type-missing-from-maxeni": (
        "aws-sample",
        {"A24": {"value": "c5a.metal"}},
        ("fault", "unknown-type", "A24"),
    ),
    "input-not-calculated": (
        "vpc-cni",
        {"B24": {"formula": "3*4", "value": None}},
        ("fault", "not-calculated", "B24"),
    ),
    "label-missing": (
        "vpc-cni",
        {"A13": {"value": "warm ENIs"}},
        ("fault", "missing-label", "B13"),
    ),
    "column-renamed": (
        "vpc-cni",
        {"B22": {"value": "Instances"}},
        ("fault", "missing-column", "B22"),
    ),
    "empty-row": (
        "aws-sample",
        {"A24": {"value": None}, "B24": {"value": None}, "C24": {"value": None}},
        ("fault", "empty-row", "A24"),
    ),
    "row-below-table": ("aws-sample", {}, ("difference", "formula", "A24")),
    "typed-over": (
        "vpc-cni",
        {"N23": {"formula": None, "value": 150}},
        ("difference", "formula", "N23"),
    ),
    "typed-over-result": (
        "aws-sample",
        {"B8": {"formula": None, "value": 351}},
        ("difference", "formula", "B8"),
    ),
    "edited-formula": (
        "aws-sample",
        {"L24": {"formula": "Table3[[#This Row],[with warm ENI PI]]*15+$B$14"}},
        ("difference", "formula", "L24"),
    ),
    "stale-value": ("vpc-cni", {"B8": {"value": 300}}, ("difference", "value", "B8")),
    "formula-deleted": (
        "vpc-cni",
        {"O24": {"formula": None, "value": None}},
        ("difference", "missing", "O24"),
    ),
}
#: Samples that take more than other cells: parts to rewrite, after the cells.
PARTS: dict[str, Mapping[str, tuple[str, str]]] = {
    "column-renamed": {"xl/tables/table1.xml": ('name="# of Instances"', 'name="Instances"')},
    "row-below-table": {"xl/tables/table1.xml": ("A22:O24", "A22:O23")},
}
#: Findings of a sample beside the one that it is made for, because they cannot be without it.
MORE: dict[str, list[tuple[str, str, str]]] = {
    "row-below-table": [("difference", "formula", "B8"), ("difference", "formula", "B9")],
}
#: Those whose recorded results stay as they were, because they are what is wrong, or still right.
AS_RECORDED = {
    "row-below-table",
    "typed-over",
    "typed-over-result",
    "edited-formula",
    "stale-value",
}
UNREADABLE = {
    "not-a-workbook.xlsx": "text",
    "truncated.xlsx": "truncated",
    "no-calculator-sheet.xlsx": "no-calculator-sheet",
}


def make_faulty(folder: Path) -> None:
    """One workbook for each kind of fault and difference, and some that cannot be read."""
    for name, (model, cells, _) in FAULTY.items():
        path = folder / f"{name}.xlsx"
        write_workbook(path, EXAMPLE, model=model, rows=2, overwrite=True)
        set_cells(path, 1, cells)
        for part, (old, new) in PARTS.get(name, {}).items():
            edit_parts(path, {part: lambda xml, old=old, new=new: xml.replace(old, new)})  # type: ignore[misc]
        if name not in AS_RECORDED:
            calculate(path)
    whole = (folder / "typed-over.xlsx").read_bytes()
    (folder / "truncated.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "not-a-workbook.xlsx").write_text("instance type,# of Instances\nm5.large,3\n")
    import xlsxwriter

    with xlsxwriter.Workbook(folder / "no-calculator-sheet.xlsx") as book:
        book.set_properties({"created": datetime.datetime(2026, 1, 1)})
        book.add_worksheet("Budget").write(0, 0, "nothing to see here")


def write_expected(folder: Path) -> None:
    """What IronCalc makes of the samples' own formulas, one row a sheet."""
    files = sorted(folder.glob("*.xlsx"))
    rows = []
    for path, values in recalculate(files, "ironcalc").items():
        assert isinstance(values, dict), values
        for sheet in read_workbook(path).sheets:
            places = sheet.layout.places
            totals = [values[sheet.name].get(places[name]) for name in MAIN_TOTALS]
            rows.append([Path(path).name, sheet.name, sheet.model.name, *map(_whole, totals)])
    _write_csv(folder / "expected.csv", ["file", "sheet", "model", *MAIN_TOTALS], rows)


def write_expected_faults(folder: Path) -> None:
    """What must be found in the faulty samples: typed above, not computed."""
    header = ["file", "finding", "kind", "sheet", "cell"]
    rows = [
        [f"{name}.xlsx", finding, kind, "WarmENI", cell]
        for name, (_, _, first) in FAULTY.items()
        for finding, kind, cell in (first, *MORE.get(name, ()))
    ]
    rows += [[name, "error", reason, "", ""] for name, reason in UNREADABLE.items()]
    _write_csv(folder / "expected.csv", header, sorted(rows))


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_csv(path: Path, header: list[str], rows: list[list[object]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Make everything anew."""
    samples = ROOT / "sample_workbooks"
    (samples / "faulty").mkdir(parents=True, exist_ok=True)
    (ROOT / "templates").mkdir(exist_ok=True)
    make_templates(ROOT / "templates")
    make_samples(samples)
    make_saved_by_others(samples)
    make_faulty(samples / "faulty")
    write_expected(samples)
    write_expected_faults(samples / "faulty")


if __name__ == "__main__":
    main()
