"""Makes templates/ and sample_workbooks/: ``python -m tests.samples``.

The expected totals beside the samples come from IronCalc, which evaluates the files' own formulas,
so that a test which holds the program against them holds it against another engine.
"""

from __future__ import annotations

import csv
import datetime
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from calculator import NodeGroup, Plan, load_catalog, verify_workbook, write_workbook
from calculator.model.engine import MAIN_TOTALS
from calculator.workbook.reader import read_workbook
from calculator.workbook.recalculate import recalculate
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import place
from tests.helpers import MODELS, Raw, libreoffice

ROOT = Path(__file__).resolve().parent.parent

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
#: What only the vpc-cni model knows.
MORE_PLANS = {
    "zones": Plan(
        subnet_prefix_length=22,
        availability_zones=3,
        zone_loss="yes",
        updated_groups="one",
        other_ips=24,
        control_plane_enis=4,
        node_groups=[
            NodeGroup("m6i.2xlarge", 10, 35),
            NodeGroup("c6g.xlarge", 7, 20),
            NodeGroup("m5.xlarge", 3, 8, os="Windows"),
        ],
    ),
    "custom-networking": Plan(
        subnet_prefix_length=25,
        custom_networking="yes",
        pod_subnet_prefix_length=20,
        pod_eni="yes",
        node_groups=[
            NodeGroup("m5.large", 12, 14, security_group_pods=4),
            NodeGroup("r5.4xlarge", 4, 80),
        ],
    ),
    "ipv6": Plan(
        subnet_prefix_length=26,
        ip_family="IPv6",
        node_groups=[NodeGroup("m7g.2xlarge", 20, 50, own_max_pods=110)],
    ),
}


def calculate(path: Path) -> None:
    """Record the results of a file's formulas anew, as a spreadsheet program would on saving."""
    raw = Raw(path)
    for sheet in verify_workbook(path).sheets:
        for each in sheet.differences:
            if each.kind == "value":
                # In a row with a fault, columns show nothing; a result is an error.
                unknown = CellError("#N/A") if place(each.cell)[0] < 22 else ""
                value = unknown if each.expected == "#N/A" else each.expected
                raw.put(sheet.sheet, each.cell, value=value)
    raw.save(path)


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
    for name, plan in MORE_PLANS.items():
        write_workbook(folder / f"vpc-cni-{name}.xlsx", plan, overwrite=True)


def make_saved_by_others(folder: Path) -> None:
    """The example after LibreOffice and after openpyxl have saved it."""
    import openpyxl

    source = folder / "vpc-cni-example.xlsx"
    openpyxl.load_workbook(source).save(folder / "saved-by-openpyxl.xlsx")
    with tempfile.TemporaryDirectory() as scratch:
        [saved] = libreoffice([source], Path(scratch))
        shutil.copy(saved, folder / "saved-by-libreoffice.xlsx")


#: The row of the example's first type on sheet InstanceTypes, below its header.
M5_12XLARGE = 2 + [each.instance_type for each in load_catalog()].index("m5.12xlarge")

Finding = tuple[str, str, str]


def followed(finding: str, kind: str, cell: str) -> tuple[Finding, ...]:
    """A finding of WarmENI that the sheets which follow it have, too."""
    return tuple((finding, kind, f"{sheet}!{cell}") for sheet in ("WarmENI", "WarmIP", "Prefix"))


#: Each faulty sample: its model, the edits of cells (of WarmENI where no sheet is named), and what
#: must be found (on WarmENI where no sheet is named): (finding, kind, cell). What is "recalculated"
#: is found only then.
Edits = Mapping[str, Mapping[str, object]]
FAULTY: dict[str, tuple[str, Edits, tuple[Finding, ...]]] = {
    "not-a-number": (
        "vpc-cni",
        {"B24": {"value": "three"}},
        followed("fault", "not-a-number", "B24"),
    ),
    "number-as-text": (
        "vpc-cni",
        {"C24": {"value": "30"}},
        followed("fault", "not-a-number", "C24"),
    ),
    "not-a-whole-number": (
        "vpc-cni",
        {"C23": {"value": 99.5}},
        followed("fault", "not-a-whole-number", "C23"),
    ),
    "negative": ("vpc-cni", {"B23": {"value": -2}}, followed("fault", "out-of-range", "B23")),
    "subnet-too-small": (
        "vpc-cni",
        {"B4": {"value": 29}},
        followed("fault", "out-of-range", "B4"),
    ),
    "no-instances": ("vpc-cni", {"B24": {"value": None}}, followed("fault", "missing", "B24")),
    "no-instance-type": ("vpc-cni", {"A24": {"value": None}}, followed("fault", "missing", "A24")),
    "no-setting": ("vpc-cni", {"B15": {"value": None}}, followed("fault", "missing", "B15")),
    "not-an-option": (
        "vpc-cni",
        {"N9": {"value": "IPv5"}},
        (
            ("fault", "not-an-option", "N9"),
            ("fault", "not-an-option", "WarmIP!N9"),
            ("fault", "not-an-option", "Prefix!N10"),
        ),
    ),
    "windows-with-ipv6": (
        "vpc-cni",
        {"W24": {"value": "Windows"}, "N9": {"value": "IPv6"}},
        (
            ("fault", "not-on-windows", "W24"),
            ("fault", "not-on-windows", "WarmIP!W24"),
            ("fault", "not-on-windows", "Prefix!Y24"),
        ),
    ),
    "type-is-a-number": (
        "vpc-cni",
        {"A24": {"value": 5}},
        followed("fault", "not-a-type", "A24"),
    ),
    "unknown-type": (
        "vpc-cni",
        {"A24": {"value": "c5.2xlrage"}},
        followed("fault", "unknown-type", "A24"),
    ),
    "type-missing-from-maxeni": (
        "aws-sample",
        {"A24": {"value": "c5a.metal"}},
        (("fault", "unknown-type", "A24"),),
    ),
    "input-not-calculated": (
        "vpc-cni",
        {"B24": {"formula": "3*4", "value": None}},
        followed("fault", "not-calculated", "B24"),
    ),
    "label-missing": (
        "vpc-cni",
        {"A13": {"value": "warm ENIs"}},
        (("fault", "missing-label", "B13"),),
    ),
    "column-renamed": (
        "vpc-cni",
        {"B22": {"value": "Instances"}},
        (("fault", "missing-column", "B22"),),
    ),
    "empty-row": (
        "aws-sample",
        {"A24": {"value": None}, "B24": {"value": None}, "C24": {"value": None}},
        (("fault", "empty-row", "A24"),),
    ),
    "row-below-table": (
        "aws-sample",
        {},
        tuple(("difference", "formula", cell) for cell in ("A24", "B8", "B9")),
    ),
    "typed-over": (
        "vpc-cni",
        {"R23": {"formula": None, "value": 150}},
        (("difference", "formula", "R23"),),
    ),
    "typed-over-result": (
        "aws-sample",
        {"B8": {"formula": None, "value": 351}},
        (("difference", "formula", "B8"),),
    ),
    "typed-over-links": (
        "vpc-cni",
        {"WarmIP!B4": {"formula": None, "value": 22}, "WarmIP!B24": {"formula": None, "value": 2}},
        (("warning", "does-not-follow", "WarmIP!B4"),),
    ),
    "edited-formula": (
        "aws-sample",
        {"L24": {"formula": "Table3[[#This Row],[with warm ENI PI]]*15+$B$14"}},
        (("difference", "formula", "L24"),),
    ),
    "stale-value": ("vpc-cni", {"B8": {"value": 300}}, (("difference", "value", "B8"),)),
    "stale-figure": (
        "vpc-cni",
        {f"InstanceTypes!B{M5_12XLARGE}": {"value": 9}},
        (("recalculated", "recalculated", "D23"),),
    ),
    "formula-deleted": (
        "vpc-cni",
        {"U24": {"formula": None, "value": None}},
        (("difference", "missing", "U24"),),
    ),
}
#: Samples that take more than other cells: parts to rewrite, after the cells.
PARTS: dict[str, Mapping[str, tuple[str, str]]] = {
    "column-renamed": {"xl/tables/table1.xml": ('name="# of Instances"', 'name="Instances"')},
    "row-below-table": {"xl/tables/table1.xml": ("A22:O24", "A22:O23")},
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
        raw = Raw(path)
        for at, edit in cells.items():
            sheet, _, cell = at.rpartition("!")
            raw.put(sheet or "WarmENI", cell, **edit)
        for part, (old, new) in PARTS.get(name, {}).items():
            raw.replace_in(part, old, new)
        raw.save(path)
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
        [f"{name}.xlsx", finding, kind, cell.rpartition("!")[0] or "WarmENI", cell.split("!")[-1]]
        for name, (_, _, findings) in FAULTY.items()
        for finding, kind, cell in findings
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
