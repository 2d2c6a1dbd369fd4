"""Makes templates/, sample_workbooks/ and README's list of findings: ``python -m tests.samples``.

The expected results beside the samples come from IronCalc, which evaluates the files' own formulas,
so that a test which holds the program against them holds it against another engine.
"""

from __future__ import annotations

import csv
import datetime
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from calculator import NodeGroup, Plan, write_workbook
from calculator.findings import CODES
from calculator.plan_options import keys_of_node
from calculator.report import MAIN_TOTALS
from calculator.workbook.reader import read_workbook
from calculator.workbook.recalculate import recalculate
from calculator.xlsx.package import Package
from calculator.xlsx.reference import place
from tests.faulty import FAULTY, UNREADABLE, Faulty, place_of
from tests.helpers import MODELS, Raw, content, libreoffice

ROOT = Path(__file__).resolve().parent.parent

PLANS = {
    "example": Plan(
        subnet_prefix_length=23,
        node_groups=[NodeGroup("m5.12xlarge", 2, 100), NodeGroup("c5.2xlarge", 1, 30)],
    ),
    "small": Plan(
        subnet_prefix_length=25,
        warm_eni_target=0,
        warm_ip_target=2,
        daemonset_pods=1,
        node_groups=[NodeGroup("t3.small", 2, 6), NodeGroup("t3.medium", 1, 10)],
    ),
    "large": Plan(
        subnet_prefix_length=16,
        warm_ip_target=8,
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
        name="prod, three zones",
        owner="platform team",
        date="2026-08-01",
        subnet_prefix_length=22,
        availability_zones=3,
        mode="warm-ip",
        warm_ip_target=4,
        minimum_ip_target=20,
        zone_loss="yes",
        updated_groups="all",
        other_ips=24,
        control_plane_enis=4,
        node_groups=[NodeGroup("m6i.2xlarge", 10, 35), NodeGroup("c6g.xlarge", 7, 20)],
    ),
    "custom-networking": Plan(
        name="prod, pods in 100.64.0.0/10",
        subnet_prefix_length=25,
        availability_zones=3,
        pods_from="custom networking",
        pod_subnet_prefix_length=20,
        pod_eni="yes",
        node_groups=[
            NodeGroup("m5.2xlarge", 12, 20, security_group_pods=4),
            NodeGroup("r5.4xlarge", 4, 80),
        ],
    ),
    "ipv6": Plan(
        name="prod, IPv6",
        subnet_prefix_length=26,
        availability_zones=3,
        mode="ipv6",
        node_groups=[NodeGroup("m7g.2xlarge", 20, 50)],
    ),
    "prefix": Plan(
        name="prod, prefix delegation",
        subnet_prefix_length=21,
        availability_zones=3,
        mode="prefix",
        prefix_case="worst case",
        other_ips=16,
        node_groups=[
            NodeGroup("m6i.2xlarge", 9, 60),
            NodeGroup("m6i.8xlarge", 2, 200, own_max_pods=220),
        ],
    ),
    "windows": Plan(
        name="prod, Linux and Windows",
        subnet_prefix_length=23,
        availability_zones=3,
        node_groups=[NodeGroup("m5.xlarge", 6, 30), NodeGroup("m5.2xlarge", 4, 8, os="Windows")],
    ),
}
#: The codes that must be found in samples; in all others, none.
REMARKS: dict[str, tuple[str, ...]] = {
    "aws-sample-overflow": ("subnet-overflow", "subnet-overflow"),
    "saved-by-libreoffice": ("default-does-not-fit",),
    "saved-by-openpyxl": ("no-recorded-values", "default-does-not-fit"),
    "vpc-cni-example": ("default-does-not-fit",),
    "vpc-cni-overflow": ("subnet-overflow",),
}


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


def make_faulty(folder: Path) -> None:
    """One workbook for each kind of finding, and some that cannot be read."""
    for name, faulty in FAULTY.items():
        _change(folder / f"{name}.xlsx", faulty)
    changed = [folder / f"{name}.xlsx" for name, faulty in FAULTY.items() if faulty.calculate]
    for path, values in recalculate(changed, "ironcalc").items():
        assert isinstance(values, dict), values
        raw = Raw(Path(path))
        for sheet in raw.sheets:
            for cell in raw.formulas(sheet):
                raw.put(sheet, cell, values[sheet].get(place(cell)))
        raw.save(Path(path))
    whole = (folder / "typed-over.xlsx").read_bytes()
    (folder / "truncated.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "not-a-workbook.xlsx").write_text("instance type,# of Instances\nm5.large,3\n")
    without_plan = Raw(whole)
    without_plan.remove("Plan")
    without_plan.save(folder / "no-plan.xlsx")
    import xlsxwriter

    with xlsxwriter.Workbook(folder / "no-calculator-sheet.xlsx") as book:
        book.set_properties({"created": datetime.datetime(2026, 1, 1)})
        book.add_worksheet("Budget").write(0, 0, "nothing to see here")


def _change(path: Path, faulty: Faulty) -> None:
    """Write a workbook and change what is to be found in it."""
    rows = 3 if faulty.model == "vpc-cni" else 2
    path.write_bytes(content(faulty.model, faulty.plan, rows, faulty.catalog))
    if not (faulty.cells or faulty.change):
        return
    raw = Raw(path)
    with Package.open(path) as package:
        for at, edit in faulty.cells.items():
            raw.put(*place_of(package.cells, at), **edit)
    if faulty.change is not None:
        faulty.change(raw)
    raw.save(path)


# --- what must be found ---------------------------------------------------------------------------

#: Other results of a sheet that are expected, where a model has them.
_MORE = ("outcome", "peak_remaining", "smallest_subnet")


def write_expected(folder: Path) -> None:
    """What IronCalc makes of the samples' own formulas, one row a sheet, and what is remarked."""
    files = sorted(folder.glob("*.xlsx"))
    rows = []
    for path, values in recalculate(files, "ironcalc").items():
        assert isinstance(values, dict), values
        remarks = " ".join(REMARKS.get(Path(path).stem, ()))
        for plan in read_workbook(path).plans:
            for sheet in plan.sheets.values():
                places = sheet.layout.places
                results = [
                    values[sheet.name].get(places[name]) if name in places else None
                    for name in (*MAIN_TOTALS, *_MORE)
                ]
                if sheet.layout.sheet.mode:
                    first = [Path(path).name, sheet.name, plan.model.name]
                    rows.append([*first, *map(_whole, results), remarks])
    header = ["file", "sheet", "model", *MAIN_TOTALS, *_MORE, "findings"]
    _write_csv(folder / "expected.csv", header, rows)


def write_expected_findings(folder: Path) -> None:
    """What must be found in the faulty samples: typed in tests/faulty.py, not computed."""
    rows: list[list[object]] = [
        [name, "error", reason, "", ""] for name, reason in UNREADABLE.items()
    ]
    for name, faulty in FAULTY.items():
        file = f"{name}.xlsx"
        with Package.open(folder / file) as package:
            for code, at in faulty.found:
                rows.append([file, CODES[code].severity, code, *place_of(package.cells, at)])
    header = ["file", "severity", "code", "sheet", "cell"]
    _write_csv(folder / "expected.csv", header, sorted(rows, key=str))


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _write_csv(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> None:
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


# --- README ---------------------------------------------------------------------------------------


def findings_table() -> str:
    """README's list of the codes of findings."""
    lines: Iterator[str] = (
        f"| `{each.code}` | {each.severity} | {each.advice} |" for each in CODES.values()
    )
    return "\n".join(["| code | severity | what to do |", "|---|---|---|", *lines])


def keys_table() -> str:
    """README's list of what --node takes after type, instances and pods."""
    lines = (f"| `{key}=` | {words} |" for key, words in keys_of_node().items())
    return "\n".join(["| of a `--node` | what it is |", "|---|---|", *lines])


def write_tables(readme: Path) -> None:
    """Put the lists where README has them."""
    for table in (findings_table(), keys_table()):
        text = readme.read_text(encoding="utf-8")
        before, rest = text.split(table.splitlines()[0] + "\n", 1)
        after = re.sub(r"\A(\|.*\n)+", "", rest)
        readme.write_text(f"{before}{table}\n{after}", encoding="utf-8")


def main() -> None:
    """Make everything anew."""
    samples = ROOT / "sample_workbooks"
    for old in [*samples.glob("**/*.xlsx")]:
        old.unlink()
    (samples / "faulty").mkdir(parents=True, exist_ok=True)
    (ROOT / "templates").mkdir(exist_ok=True)
    make_templates(ROOT / "templates")
    make_samples(samples)
    make_saved_by_others(samples)
    make_faulty(samples / "faulty")
    write_expected(samples)
    write_expected_findings(samples / "faulty")
    write_tables(ROOT / "README.md")


if __name__ == "__main__":
    main()
