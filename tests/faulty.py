"""The workbooks of sample_workbooks/faulty: how each is made, and what must be found in it.

What must be found is typed here, not computed. A cell is given as ``Sheet!A1``, as
``Sheet!header:number`` for a row of a node table, or as ``Sheet!label`` for the cell beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from calculator import NodeGroup, Plan
from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.xlsx.cells import Cells
from calculator.xlsx.reference import a1
from tests.drawn import draw, over, shape
from tests.helpers import FEW_TYPES, Raw

EXAMPLE = Plan(
    subnet_prefix_length=22,
    node_groups=[NodeGroup("m5.12xlarge", 2, 100), NodeGroup("c5.2xlarge", 1, 30)],
)
_LARGE = NodeGroup("m5.large", 2, 10)
_XEN = NodeGroup("m4.large", 2, 10)
_WINDOWS = NodeGroup("m5.large", 2, 10, os="Windows")
#: A type of one's own, of which little is known.
_OWN_TYPES = Catalog(
    [*FEW_TYPES, InstanceType("own.large", 3, 10, hypervisor="nitro")], "a few types and our own"
)


def place_of(cells: Callable[[str], Cells], at: str) -> tuple[str, str]:
    """Sheet and A1 reference of a cell that is given by words; `cells` are those of a sheet."""
    sheet, _, words = at.partition("!")
    if not words or re.fullmatch("[A-Z]{1,2}[0-9]+", words):
        return sheet, words
    label, _, number = words.partition(":")
    row, column = next(where for where, cell in cells(sheet).items() if cell.value == label)
    return sheet, a1(row + int(number), column) if number else a1(row, column + 1)


@dataclass(frozen=True)
class Faulty:
    """A workbook with something in it that must be found.

    Parameters
    ----------
    found: what must be found, as (code, cell); what follows from these is not listed.
    plan, model, catalog: what is written first, in a table of three rows (two on AWS's sample).
    cells: value and formula of the cells that are changed then.
    change: what else is changed then.
    calculate: whether the results are calculated after that, as a spreadsheet program does.
    """

    found: tuple[tuple[str, str], ...]
    plan: Plan = EXAMPLE
    model: str = "vpc-cni"
    catalog: Catalog | None = None
    cells: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    change: Callable[[Raw], None] | None = None
    calculate: bool = False


def _typed(at: str, value: object, code: str, place: str = "") -> Faulty:
    """An input with that value, and what is found there."""
    return Faulty(((code, place or at),), cells={at: {"value": value}}, calculate=True)


def _calculated(code: str, setting: str) -> Faulty:
    """A workbook that asks to be calculated that way."""
    workbook = "xl/workbook.xml"
    return _aws_sample(
        (code, ""),
        change=lambda raw: raw.replace_in(workbook, "<calcPr ", f"<calcPr {setting} "),
    )


def _planned(code: str, at: str, *groups: NodeGroup, **settings: object) -> Faulty:
    """A plan that is written as it is, and what is found in it."""
    return Faulty(((code, at),), Plan(node_groups=groups, **settings))  # type: ignore[arg-type]


def _aws_sample(*found: tuple[str, str], **more: object) -> Faulty:
    return Faulty(found, model="aws-sample", **more)  # type: ignore[arg-type]


# --- changes that take more than a cell -----------------------------------------------------------


def _rename_column(old: str, new: str) -> Callable[[Raw], None]:
    """Type another header over one of the node table: formulas follow it."""

    def change(raw: Raw) -> None:
        raw.replace_in("xl/tables/table1.xml", f'name="{old}"', f'name="{new}"')
        written = old.replace("#", "'#")
        for part in [name for name in raw.parts if re.match("xl/(worksheets/s|tables/t)", name)]:
            for bracket in ("Nodes[", "Nodes[[#This Row],["):
                xml = raw.parts[part].decode().replace(f"{bracket}{written}]", f"{bracket}{new}]")
                raw.parts[part] = xml.encode()

    return change


def _shorten_table(raw: Raw) -> None:
    raw.replace_in("xl/tables/table1.xml", "A22:O24", "A22:O23")


def _forget_values(raw: Raw) -> None:
    """Save formulas without results, as programs do that do not calculate."""
    for sheet in raw.sheets:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, value=None)


def _forget_formulas(raw: Raw) -> None:
    """Paste all values over the formulas."""
    for sheet in raw.sheets:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, formula=None)


def _draw(raw: Raw) -> None:
    """Lay a text box over a result, and let the chart show another one."""
    draw(raw, "Plan", over("G5:G5", shape("503")))
    raw.replace_in("xl/charts/chart1.xml", "$G$5:$G$8", "$F$5:$F$8")


def _of_layout(version: int) -> Callable[[Raw], None]:
    """Say that the workbook has another layout, in both places."""

    def change(raw: Raw) -> None:
        [*_, last] = re.findall('<c r="(B[0-9]+)"[^>]*><v>', raw.text("About"))
        raw.put("About", last, float(version))
        xml = raw.parts["docProps/custom.xml"].decode()
        pattern = '(name="Layout"><[^>]*>)[0-9]+'
        raw.parts["docProps/custom.xml"] = re.sub(pattern, rf"\g<1>{version}", xml).encode()

    return change


def _forget_name(raw: Raw) -> None:
    """Rename a sheet as programs do that leave its names behind."""
    raw.rename("WarmENI", "prod")
    old, new = "'WarmENI'!$B$13</definedName>", "prod!$B$13</definedName>"
    raw.replace_in("xl/workbook.xml", new, old)


_M5_12XLARGE = 1 + [each.instance_type for each in load_catalog()].index("m5.12xlarge")
_MAX_ENIS = f"InstanceTypes!max ENIs:{_M5_12XLARGE}"

_FAULTS: dict[str, Faulty] = {
    "not-a-number": _typed("Plan!B15", "three", "not-a-number"),
    "number-as-text": _typed("Plan!C15", "30", "not-a-number"),
    "not-a-whole-number": _typed("Plan!C14", 99.5, "not-a-whole-number"),
    "subnet-too-small": _typed("Plan!B4", 29.0, "out-of-range"),
    "no-instances": _typed("Plan!B15", None, "missing"),
    "no-setting": _typed("Plan!B9", None, "missing"),
    "not-an-option": _typed("Plan!B6", "pre-fix", "not-an-option"),
    "row-without-type": _typed("Plan!G16", 5.0, "row-without-type"),
    "too-long": _typed("Plan!C1", "all our clusters, " * 20, "too-long"),
    "not-a-type": _typed("Plan!A15", 5.0, "not-a-type"),
    "unknown-type": _typed("Plan!A15", "c5.2xlrage", "unknown-type"),
    "unknown-type-of-aws": _aws_sample(
        ("unknown-type", "WarmENI!A23"),
        ("unknown-type", "WarmIP!A23"),
        plan=Plan(node_groups=[NodeGroup("c5a.metal", 1, 10)]),
    ),
    "not-calculated": Faulty(
        (("not-calculated", "Plan!B15"),), cells={"Plan!B15": {"formula": "3*4", "value": None}}
    ),
    "missing-label": _typed("Plan!A12", "pods of DaemonSets", "missing-label", "Plan!B12"),
    "missing-column": Faulty(
        (("missing-column", "Plan!B13"),),
        cells={"Plan!B13": {"value": "Instances"}},
        change=_rename_column("# of Instances", "Instances"),
    ),
    "missing-sheet": Faulty(
        (("missing-sheet", "Settings"),), change=lambda raw: raw.remove("Settings"), calculate=True
    ),
    "second-plan": Faulty(
        (("second-plan", "Plan (2)"),), change=lambda raw: raw.copy("Plan", "Plan (2)")
    ),
    "below-the-table": Faulty(
        (("below-the-table", "Plan!A19"),),
        cells={
            "Plan!A19": {"value": "r5.4xlarge"},
            "Plan!B19": {"value": 30.0},
            "Plan!C19": {"value": 10.0},
        },
        calculate=True,
    ),
    "not-counted": Faulty(
        (("not-counted", "Plan!Q15"),),
        cells={
            "Plan!Q15": {"value": "r5.4xlarge"},
            "Plan!R15": {"value": 30.0},
            "Plan!S15": {"value": 10.0},
        },
    ),
    "empty-row": _aws_sample(
        ("empty-row", "WarmENI!A24"),
        cells={f"WarmENI!{column}24": {"value": None} for column in "ABC"},
        calculate=True,
    ),
    "windows-custom-networking": _planned(
        "windows-custom-networking", "Plan!E14", _WINDOWS, pods_from="custom networking"
    ),
    "windows-ipv6": _planned("windows-ipv6", "Plan!E14", _WINDOWS, mode="ipv6"),
    "custom-networking-ipv6": _planned(
        "custom-networking-ipv6",
        "Settings!Pods' addresses from",
        _LARGE,
        mode="ipv6",
        pods_from="custom networking",
    ),
    "share-of-zone": _planned(
        "share-of-zone", "Plan!I14", NodeGroup("m5.large", 3, 9, in_fullest_zone=4)
    ),
    "ipv6-needs-nitro": _planned("ipv6-needs-nitro", "Plan!A14", _XEN, mode="ipv6"),
}

_DIFFERENCES: dict[str, Faulty] = {
    "edited-formula": Faulty(
        (("formula", "Prefix!IPs total:2"),),
        cells={
            "Prefix!IPs total:2": {
                "formula": "Prefix[[#This Row],[IPs used per instance]]*"
                "Prefix[[#This Row],[Instances]]"
            }
        },
        calculate=True,
    ),
    "edited-formula-of-aws": _aws_sample(
        ("formula", "WarmENI!L24"),
        cells={"WarmENI!L24": {"formula": "Table3[[#This Row],[with warm ENI PI]]*15+$B$14"}},
    ),
    "typed-over": Faulty(
        (("formula", "WarmIP!Secondary IPs:1"),),
        cells={"WarmIP!Secondary IPs:1": {"formula": None, "value": 150.0}},
        calculate=True,
    ),
    "typed-over-result": Faulty(
        (("formula", "WarmENI!IPs used"),),
        cells={"WarmENI!IPs used": {"formula": None, "value": 120.0}},
        calculate=True,
    ),
    "formula-deleted": Faulty(
        (("missing-formula", "WarmENI!Pods total:2"),),
        cells={"WarmENI!Pods total:2": {"formula": None, "value": None}},
        calculate=True,
    ),
    "stale-value": Faulty(
        (("value", "WarmENI!IPs used"),), cells={"WarmENI!IPs used": {"value": 300.0}}
    ),
    "stale-input": Faulty((("value", "Groups!B5"),), cells={"Plan!B14": {"value": 3.0}}),
    "constant": Faulty(
        (("constant", "Settings!Max pods of a smaller instance"),),
        cells={"Settings!Max pods of a smaller instance": {"value": 58.0}},
        calculate=True,
    ),
    "figure": Faulty(
        (("figure", _MAX_ENIS),),
        catalog=load_catalog(),
        cells={_MAX_ENIS: {"value": 9.0}},
        calculate=True,
    ),
    "stale-figure": Faulty(
        (("figure", _MAX_ENIS),), catalog=load_catalog(), cells={_MAX_ENIS: {"value": 9.0}}
    ),
    "missing-result": Faulty(
        (("missing-result", "WarmENI!B8"),), cells={"WarmENI!A8": {"value": "used"}}
    ),
    "head": Faulty(
        (("head", "WarmIP!I4"),),
        cells={"WarmIP!I4": {"value": "Pod subnet"}, "WarmIP!J4": {"value": "Subnet"}},
    ),
    "missing-mode": Faulty(
        (("missing-mode", "WarmIP"),), change=lambda raw: raw.remove("WarmIP"), calculate=True
    ),
    "note-among-settings": _typed("Settings!B9", "see wiki", "no-setting"),
    "outside-the-table": _aws_sample(("outside-the-table", "WarmENI!A24"), change=_shorten_table),
}

_WARNINGS: dict[str, Faulty] = {
    "pods-do-not-fit": _planned("pods-do-not-fit", "Plan!C14", NodeGroup("m5.large", 2, 60)),
    "branch-enis-do-not-fit": _planned(
        "branch-enis-do-not-fit",
        "Plan!G14",
        NodeGroup("m5.large", 2, 5, security_group_pods=20),
        pod_eni="yes",
    ),
    "no-warm-ip-target": _planned(
        "no-warm-ip-target",
        "Plan!C14",
        _LARGE,
        mode="warm-ip",
        warm_ip_target=0,
        minimum_ip_target=5,
    ),
    "prefix-fallback": _planned("prefix-fallback", "Plan!A14", _XEN, mode="prefix"),
    "vcpus-not-known": Faulty(
        (("vcpus-not-known", "Plan!A14"),),
        Plan(mode="prefix", node_groups=[NodeGroup("own.large", 2, 10)]),
        catalog=_OWN_TYPES,
    ),
    "unknown-max-pods": _aws_sample(
        ("unknown-max-pods", "WarmENI!A23"),
        ("unknown-max-pods", "WarmIP!A23"),
        plan=Plan(node_groups=[NodeGroup("c6a.metal", 1, 10)]),
    ),
    "subnet-overflow": _planned(
        "subnet-overflow",
        "Plan!B4",
        NodeGroup("m5.large", 9, 20),
        mode="warm-eni",
        subnet_prefix_length=26,
    ),
    "peak-overflow": _planned(
        "peak-overflow",
        "Plan!B4",
        NodeGroup("m5.large", 2, 10),
        mode="warm-eni",
        subnet_prefix_length=26,
    ),
    "pod-subnet-overflow": _planned(
        "pod-subnet-overflow",
        "Settings!Pod subnet prefix length (/n)",
        _LARGE,
        mode="warm-eni",
        pods_from="custom networking",
        pod_subnet_prefix_length=27,
    ),
    "too-few-prefixes": _planned(
        "too-few-prefixes",
        "Settings!/28 blocks that are free for prefixes",
        NodeGroup("m5.large", 6, 20),
        mode="prefix",
        prefix_case="worst case",
        subnet_prefix_length=23,
        other_ips=30,
    ),
    "little-room-for-eks": _planned(
        "little-room-for-eks",
        "Settings!EKS control-plane ENIs",
        NodeGroup("m5.large", 2, 10),
        mode="warm-eni",
        subnet_prefix_length=26,
        control_plane_enis=4,
        other_ips=15,
        updated_groups="none",
    ),
    "not-the-fullest": _planned(
        "not-the-fullest",
        "Plan!B5",
        NodeGroup("m5.large", 10, 10, in_fullest_zone=3),
        mode="warm-eni",
    ),
    "little-room-for-load-balancers": _planned(
        "little-room-for-load-balancers",
        "Settings!Application Load Balancers",
        NodeGroup("m5.large", 2, 10),
        mode="warm-eni",
        subnet_prefix_length=26,
        albs=1,
        other_ips=22,
        updated_groups="none",
    ),
    "network-address-units": _planned(
        "network-address-units",
        "Plan!B4",
        NodeGroup("m5.4xlarge", 430, 100),
        mode="warm-eni",
        subnet_prefix_length=16,
        endpoints=2,
    ),
    "many-enis": _planned(
        "many-enis",
        "Plan!B4",
        NodeGroup("m5.large", 1334, 10),
        mode="warm-eni",
        subnet_prefix_length=16,
    ),
    "most-instances-low": _planned(
        "most-instances-low", "Plan!H14", NodeGroup("m5.large", 5, 9, most_instances=3)
    ),
    "most-pods-low": _planned(
        "most-pods-low", "Plan!J14", NodeGroup("m5.large", 5, 9, most_pods=8)
    ),
    "no-pod-on-fargate": _planned(
        "no-pod-on-fargate", "Plan!C14", NodeGroup("fargate", 24, 0), _LARGE
    ),
    "on-fargate": _planned(
        "on-fargate", "Plan!A14", NodeGroup("fargate", 24, 1, os="Windows"), _LARGE
    ),
    "node-subnets-full": _planned(
        "node-subnets-full",
        "Plan!B4",
        NodeGroup("m5.large", 3, 10),
        mode="warm-eni",
        availability_zones=2,
        subnet_prefix_length=28,
        updated_groups="none",
        pods_from="tagged subnets",
    ),
    "fuller-zone-overflow": _planned(
        "fuller-zone-overflow",
        "Plan!B5",
        NodeGroup("m5.large", 40, 9, in_fullest_zone=2),
        mode="warm-ip",
        subnet_prefix_length=24,
    ),
    "tagged-subnets-full": _planned(
        "tagged-subnets-full",
        "Settings!Pod subnet prefix length (/n)",
        NodeGroup("m5.large", 9, 9),
        mode="warm-eni",
        pods_from="tagged subnets",
        pod_subnet_prefix_length=28,
    ),
    "beyond-max-pods": _planned("beyond-max-pods", "Plan!C14", NodeGroup("m5.4xlarge", 1, 200)),
    "auto-mode-at-least": _planned(
        "auto-mode-at-least", "Plan!A14", NodeGroup("m5.large", 2, 9, nodes_from="EKS Auto Mode")
    ),
    "no-other-zone": Faulty(
        (("one-zone", "Plan!B5"), ("no-other-zone", "Settings!Loss of a zone")),
        Plan(availability_zones=1, zone_loss="yes", node_groups=[_LARGE]),
    ),
    "default-does-not-fit": _planned(
        "default-does-not-fit", "Plan!B6", NodeGroup("m5.large", 6, 9), subnet_prefix_length=25
    ),
    "hidden": Faulty(
        (("hidden", "Plan!A15"),),
        change=lambda raw: raw.replace("Plan", '<row r="15"', '<row r="15" hidden="1"'),
    ),
    "drawn": Faulty((("covered", "Plan!G5"), ("chart", "Chart")), change=_draw),
    "manual-calculation": _calculated("manual-calculation", 'calcMode="manual"'),
    "iteration": _calculated("iteration", 'iterate="1"'),
    "transition-evaluation": _aws_sample(
        ("transition-evaluation", "WarmENI"),
        change=lambda raw: raw.replace("WarmENI", "<sheetPr", '<sheetPr transitionEvaluation="1"'),
    ),
    "precision-as-displayed": _calculated("precision-as-displayed", 'fullPrecision="0"'),
    "input-formula": Faulty(
        (("input-formula", "Plan!B15"),),
        cells={"Plan!B15": {"value": 3.0, "formula": "1+2"}},
        calculate=True,
    ),
    "both-targets-0": _planned(
        "both-targets-0", "Plan!B8", _LARGE, mode="warm-ip", warm_ip_target=0
    ),
    "ip-targets-override": _planned(
        "ip-targets-override", "Plan!B10", _LARGE, mode="prefix", warm_ip_target=5
    ),
    "missing-setting": _typed("Plan!E1", "Team", "missing-setting", "Plan!F1"),
    "missing-optional-column": Faulty(
        (("missing-optional-column", "Plan!F13"),),
        cells={"Plan!F13": {"value": "max pods"}},
        change=_rename_column("Own max pods", "max pods"),
    ),
    "empty-cell": _aws_sample(
        ("empty-cell", "WarmENI!C24"),
        cells={"WarmENI!C24": {"value": None}},
        calculate=True,
    ),
    "copied-sheet": Faulty(
        (("copied-sheet", "WarmENI (2)"),), change=lambda raw: raw.copy("WarmENI", "WarmENI (2)")
    ),
    "reworded": _aws_sample(
        ("reworded", "WarmENI!A17"),
        cells={"WarmENI!A17": {"value": "Supported Configurations:"}},
    ),
    "dangling-name": _aws_sample(("dangling-name", "prod!B13"), change=_forget_name),
    "no-recorded-values": Faulty((("no-recorded-values", ""),), change=_forget_values),
    "no-formulas": Faulty((("no-formulas", ""),), change=_forget_formulas),
    "made-by-older": Faulty((("made-by-older", "About"),), change=_of_layout(1)),
    "made-by-newer": Faulty((("made-by-newer", "About"),), change=_of_layout(99)),
}
#: By name of the file.
FAULTY = _FAULTS | _DIFFERENCES | _WARNINGS
#: Codes without a workbook here, and why.
WITHOUT = {
    "number-format": "it takes a style that this program does not write",
    "unseen": "it takes a style that this program does not write",
    "struck-out": "it takes a style that this program does not write",
    "conditional-format": "it takes a style that this program does not write",
    "validation": "it takes data validation that this program does not write",
    "dates-of-1904": "it takes an Excel of the first Macintosh",
    "recalculated": "no spreadsheet program is known to compute a formula of ours otherwise",
    "macros": "a workbook with macros takes one that only Excel makes",
    "left-out": "convert says it, of what it leaves out",
    "name": "it takes a table whose part calls a column otherwise than its header",
    "uneven-rows": "it takes a table with another number of rows than this program writes",
    "moved-rows": "it takes a program that deletes rows and moves no references",
    "moved-columns": "it takes a program that deletes columns and moves no references",
    "missing-types": "it takes rows that are deleted from the workbook's own data sheet",
    "own-type": "it takes a type that no catalog has, added to the workbook's own data sheet",
    "input-elsewhere": "it takes another workbook, or a day that goes by",
    "suppression-without-reason": "a configuration has it, not a workbook",
    "suppression-expired": "a configuration has it, not a workbook",
    "suppression-of-nothing": "a configuration has it, not a workbook",
}
#: Files that cannot be read, and the reason that is given.
UNREADABLE = {
    "not-a-workbook.xlsx": "text",
    "truncated.xlsx": "truncated",
    "no-calculator-sheet.xlsx": "no-calculator-sheet",
    "no-plan.xlsx": "no-plan",
}
