"""What a workbook says of itself: the words of the About sheet, the document properties."""

from __future__ import annotations

from importlib.metadata import version

from calculator.extras import PROGRAM
from calculator.model.sheet import Model

__all__ = [
    "ABOUT",
    "CHART",
    "CHARTED",
    "CHART_AXIS",
    "CHART_TITLE",
    "LAYOUT_LABEL",
    "PROPERTIES",
    "about",
]

#: The name of the sheet, and the label beside which it tells the version of the layout.
ABOUT = "About"
LAYOUT_LABEL = "Layout"
#: The sheet with the chart of the modes, what stands above it, and what its axis is called.
CHART = "Chart"
CHART_TITLE = "Addresses of the fullest subnet, by mode"
CHART_AXIS = "Addresses [IPs]"
#: Results of each mode on sheet Plan, and what the chart calls them.
CHARTED = {
    "used": "In use, steady state",
    "at_peak": "At the peak",
    "left": "Left at the peak",
}

#: Custom document properties: what a workbook was made with. Not every program keeps them.
PROPERTIES = {
    "model": "Model",
    "catalog": "Catalog",
    "layout": "Layout",
    "version": "Calculator version",
    "writer": "Written with",
}

#: A line and its style.
Line = tuple[str, str]


_SOURCES = (
    "Amazon VPC CNI, v1.23.1, github.com/aws/amazon-vpc-cni-k8s: pkg/ipamd, "
    "docs/eni-and-ip-target.md and docs/prefix-and-ip-target.md; VPC resource controller: "
    "docs/windows",
    "Amazon EC2 User Guide: maximum IP addresses per network interface",
    "Amazon VPC User Guide: subnet sizing, 5 reserved addresses of each subnet",
    "Amazon EKS User Guide: max pods, Windows nodes, updates of managed node groups, free "
    "addresses for the control plane, Auto Mode, Fargate; Karpenter: disruption budgets; nodeadm: "
    "max pods; Elastic Load Balancing: 8 free addresses where a load balancer is made",
    "Amazon EKS Best Practices Guide, networking: the sample subnet calculator",
)
_ONE_PLAN = (
    "Everything is filled in on sheet Plan: the subnet, the targets of the VPC CNI, and one row a "
    "node group: instance type, number of instances, workload pods on each. The first three "
    "columns are those of AWS's sample workbook, so rows can be pasted from there.",
    "Read the verdict at the top and the comparison of the modes beside the inputs. Column Check "
    "says OK, or what is wrong with a row and what to do. Empty rows count for nothing.",
    "Rows may be inserted, deleted and sorted within the table. A row below the last one of the "
    "table is not counted: the verdict turns red and names it. For more rows, make the workbook "
    "with --rows.",
    "Pods on Fargate: a row of instance type fargate, which is not in the list; 24 pods are 1 "
    "instance with 24, or 24 with 1.",
    "What few plans touch stands on sheet Settings, and what few rows need in the pale columns "
    "behind Check: both may stay as they are.",
    "Sheet Groups shows what holds for a node group in every mode, and where its nodes land. The "
    "sheets of the modes show how the figures come about, formulas only. Sizes shows what is left "
    "of subnets of each size, and Chart compares the modes.",
)


def _two_sheets(model: Model) -> tuple[str, ...]:
    sheets = ", ".join(f"{each.name} ({each.title})" for each in model)
    return (
        f"Choose the sheet of your cluster's mode: {sheets}.",
        "Enter the subnet prefix length and the settings, then a row for each node group: "
        "instance type, number of instances, workload pods on each instance. A row "
        "without an instance type counts for nothing.",
        "Read the results above the table. To add rows, type below the last one: the "
        "table grows and brings its formulas along.",
    )


def about(model: Model, catalog_version: str) -> list[tuple[str, list[Line]]]:
    """Headings and lines that tell a colleague what the workbook is and how to fill it in."""
    data = " and ".join(each.sheet for each in model.data_tables if each.figures)
    explained: dict[str, str] = {}
    for sheet in model.sheets:
        for column in sheet.columns:
            if not column.about.startswith("step:"):
                explained.setdefault(column.header, column.about)
    told = [
        ("How to fill it in", _plain(*(_ONE_PLAN if model.plan else _two_sheets(model)))),
        (
            "Colours",
            [
                ("Blue: yours to fill in.", "input word"),
                ("Green: it fits.", "good"),
                *([("Amber: it fits in some modes.", "warning")] if model.plan else []),
                ("Red: it does not fit, or something must be corrected.", "bad"),
                ("Everything without a colour is computed; leave it as it is.", "text"),
                *([("Grey: steps on the way to a result.", "helper")] if model.plan else []),
            ],
        ),
        ("What it computes", _plain(*model.about)),
        (
            "Made with",
            _plain(
                f"Model: {model.name}, {model.title}",
                f"Catalog of instance types: {catalog_version}, on sheet {data}",
                f"Calculator: {PROGRAM} {version(PROGRAM)}",
            ),
        ),
        ("Sources", _plain(*_SOURCES)),
        ("Columns", _plain(*(f"{header}: {words}" for header, words in explained.items()))),
    ]
    if model.layout is not None:
        told.append((LAYOUT_LABEL, _plain(str(model.layout))))
    return told


def _plain(*lines: str) -> list[Line]:
    return [(line, "text") for line in lines]
