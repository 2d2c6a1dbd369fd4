"""What a workbook says of itself: the words of the About sheet, the document properties."""

from __future__ import annotations

from importlib.metadata import version

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
            ),
        ),
        (
            "Colours",
            [
                ("Blue: yours to fill in.", "input"),
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
                f"Calculator: eks-subnet-calc {version('eks-subnet-calc')}",
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
            ),
        ),
        ("Columns", _plain(*(f"{header}: {words}" for header, words in explained.items()))),
    ]


def _plain(*lines: str) -> list[Line]:
    return [(line, "text") for line in lines]
