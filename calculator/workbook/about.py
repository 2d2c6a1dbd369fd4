"""What a workbook says of itself: the words of the About sheet, the document properties."""

from __future__ import annotations

from importlib.metadata import version

from calculator.extras import PROGRAM
from calculator.model.sheet import Model

__all__ = ["ABOUT", "PROPERTIES", "about"]

#: The name of the sheet.
ABOUT = "About"

#: Custom document properties: what a workbook was made with.
PROPERTIES = {
    "model": "Model",
    "catalog": "Catalog",
    "version": "Calculator version",
    "writer": "Written with",
}

#: A line and its style.
Line = tuple[str, str]


_MORE_SOURCES = (
    "Amazon VPC CNI, v1.23: docs/prefix-and-ip-target.md; VPC resource controller: docs/windows",
    "Amazon EKS User Guide: max pods, Windows nodes, updates of managed node groups, free "
    "addresses for the control plane; Elastic Load Balancing: 8 free addresses for each "
    "load balancer",
)
_LINKED = (
    "Fill in the first sheet, and the others follow, so that you can compare the modes. To plan a "
    "sheet by itself, type over its blue cells. A row that you add to one sheet is not on the "
    "others until you add it there.",
    "The block at the right of the settings is for what most people never touch; its defaults "
    "change nothing. The three columns before Check are for few rows: leave them empty.",
)
_LINKED_COLOURS = (
    ("Pale blue: follows another sheet.", "input follows word"),
    ("Orange: differs from the sheet it followed.", "parted"),
)


def about(model: Model, catalog_version: str) -> list[tuple[str, list[Line]]]:
    """Headings and lines that tell a colleague what the workbook is and how to fill it in."""
    sheets = ", ".join(f"{each.name} ({each.title})" for each in model)
    data = " and ".join(each.sheet for each in model.data_tables if each.figures)
    explained: dict[str, str] = {}
    for sheet in model:
        for column in sheet.columns:
            explained.setdefault(column.header, column.about)
    return [
        (
            "How to fill it in",
            _plain(
                f"Choose the sheet of your cluster's mode: {sheets}.",
                "Enter the subnet prefix length and the settings, then a row for each node group: "
                "instance type, number of instances, workload pods on each instance. A row "
                "without an instance type counts for nothing.",
                "Read the results above the table. To add rows, type below the last one: the "
                "table grows and brings its formulas along.",
                *(_LINKED if model.linked else ()),
            ),
        ),
        (
            "Colours",
            [
                ("Blue: yours to fill in.", "input word"),
                *(_LINKED_COLOURS if model.linked else ()),
                ("Green: it fits.", "good"),
                ("Red: it does not fit, or something must be corrected.", "bad"),
                ("Everything without a colour is computed; leave it as it is.", "text"),
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
        (
            "Sources",
            _plain(
                "Amazon VPC CNI, v1.23: pkg/ipamd and docs/eni-and-ip-target.md, "
                "github.com/aws/amazon-vpc-cni-k8s",
                "Amazon EC2 User Guide: maximum IP addresses per network interface",
                "Amazon VPC User Guide: subnet sizing, 5 reserved addresses of each subnet",
                "Amazon EKS Best Practices Guide, networking: the sample subnet calculator",
                *(_MORE_SOURCES if model.linked else ()),
            ),
        ),
        ("Columns", _plain(*(f"{header}: {words}" for header, words in explained.items()))),
    ]


def _plain(*lines: str) -> list[Line]:
    return [(line, "text") for line in lines]
