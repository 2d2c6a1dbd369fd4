"""Node groups and figures on sheets that are none of a plan's."""

from __future__ import annotations

import re

import pytest

from calculator import verify_workbook
from calculator.xlsx.reference import a1
from tests.helpers import Raw, content, report_of, scratch
from tests.workbook.readings import raw_of, read, said

_EMPTY = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData></sheetData></worksheet>"
)
_OURS = ("instance type", "# of Instances", "Target Workload Pods per Node")
_GROUP = ("m5.large", 500.0, 20.0)


def with_sheet(name: str, *rows: tuple[object, ...], model: str = "vpc-cni", at: int = 1) -> Raw:
    """A workbook with another sheet of these rows, or with them on one that it has."""
    raw = raw_of(model)
    if name not in raw.sheets:
        part = raw.sheets[name] = "xl/worksheets/sheet99.xml"
        raw.parts[part] = _EMPTY
        raw.replace_in(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            'relationships/worksheet" Target="worksheets/sheet99.xml"/></Relationships>',
        )
        sheet = f'<sheet name="{name}" sheetId="99" r:id="rId99"/></sheets>'
        raw.replace_in("xl/workbook.xml", "</sheets>", sheet)
    for row, values in enumerate(rows, at):
        for column, value in enumerate(values, 1):
            formula = value[1:] if isinstance(value, str) and value.startswith("=") else None
            if value is not None:
                raw.put(name, a1(row, column), 1.0 if formula else value, formula)
    return raw


@pytest.mark.parametrize("model", ["vpc-cni", "aws-sample"])
@pytest.mark.parametrize(
    ("rows", "cell"),
    [
        ((_OURS, _GROUP), "A2"),
        ((("Type", "Nodes", "Pods"), _GROUP), "A2"),
        ((("Type", "Number of nodes", "Pods on each", "vCPUs"), (*_GROUP, 2.0)), "A2"),
        ((("Type", "# of Nodes", "Pods/node"), _GROUP, ("m5.xlarge", 50.0, 20.0)), "A2"),
        ((("Type", "Pods", "Nodes"), ("m5.large", 20.0, 500.0)), "A2"),
        ((("Type", "Nodes", "Pods"), ("m5.large", "500", " 20 ")), "A2"),
        ((("Type", "Nodes", "Pods"), (None, None, None), _GROUP), "A3"),
    ],
)
def test_node_groups_are_named_once_a_sheet(
    model: str, rows: tuple[tuple[object, ...], ...], cell: str
) -> None:
    reading = read(with_sheet("Team B", *rows, model=model))
    assert said(reading) == [("not-counted", f"Team B!{cell}")]
    assert reading.findings[0].found == "m5.large, 500, 20"
    assert ("and 1 more" in reading.findings[0].message) == ("m5.xlarge" in str(rows))


@pytest.mark.parametrize("sheet", ["About", "Chart"])
def test_node_groups_on_sheets_without_figures(sheet: str) -> None:
    assert said(read(with_sheet(sheet, _GROUP, at=200))) == [("not-counted", f"{sheet}!A200")]


@pytest.mark.parametrize(
    "rows",
    [
        (("Type", "vCPUs", "Memory [GiB]"), ("m5.large", 2.0, 8.0)),
        (("Type", "ENIs per instance", "max pods"), ("m5.large", 3.0, 29.0)),
        (("m5.large", 2.0, 8.0), ("m5.xlarge", 4.0, 16.0)),
        (("m5.large", 3.0, 10.0), ("m5.xlarge", 4.0, 15.0)),
        (("Type", "Nodes", "Price"), ("m5.large", 3.0, 0.096)),
        (("m5.large", 3.0, 0.096), ("m5.large", 5.0, 9.0, 7.0)),
        (_OURS, ("m5.large", "=Plan!B14", "=Plan!C14")),
        (("instance type", "number of ENIs", "Pods (AWS)"), ("m5.large", 3.0, 29.0)),
        (("Type", "Count limit", "Pods limit"), ("m5.large", 100.0, 2000.0)),
        (("Type", "Count of cores", "Pods possible"), ("m5.large", 2.0, 29.0)),
        (("Row Labels", "Sum of # of Instances", "Sum of Pods"), ("m5.large", 30.0, 750.0)),
        (("Type", "Nodes", "Pods total"), ("m5.large", 30.0, 750.0)),
        (("m5.large", 8.0, 2.0), ("m5.xlarge", 16.0, 4.0)),
        (("m5.large", 29.0, 10.0),),
        (_OURS, ("m5.24xlarge", "some", 2.0), (None,), ("m5.large", 2.0, 8.0)),
        (_OURS, (None,), (None,), ("m5.large", 2.0, 8.0)),
        (("Type", "Pods", "ENIs"), ("m5.large", 29.0, 3.0)),
        (_OURS, ("m5.large", "2.5", 20.0)),
        (("m5.large", 12.0, 3.0),),
        (_OURS, ("m5.large", "many", 20.0)),
        (("We take m5.large",), ("m5.large", "for 20 pods"), (None, 3.0, 4.0)),
    ],
)
def test_other_lists_are_no_node_groups(rows: tuple[tuple[object, ...], ...]) -> None:
    assert said(read(with_sheet("Notes", *rows))) == []


def test_a_copy_of_what_is_counted_is_none() -> None:
    groups = read(raw_of()).plans[0].groups
    names = ("instance_type", "instances", "pods_per_node")
    rows = [*zip(*(groups[name] for name in names), strict=True)]
    assert said(read(with_sheet("Report", _OURS, *rows))) == []
    turned = [(name, pods, instances) for name, instances, pods in rows]
    assert said(read(with_sheet("Report", ("Type", "Pods", "Nodes"), *turned))) == []


_FAKE = (
    ("EKS subnet plan",),
    ("Fits in all modes: no address is lacking at the peak",),
    ("Subnet prefix length (/n)", 22.0, None, "Mode", "IPs used", "At the peak", "Left"),
    ("Availability Zones", 3.0, None, "WarmENI fits", 410.0, 620.0, 399.0),
)


def test_typed_figures_under_labels_of_the_plan() -> None:
    assert said(read(with_sheet("Plan (2)", *_FAKE))) == [("copied-sheet", "Plan (2)")]


def test_a_few_figures_for_a_report_are_no_copy() -> None:
    report = (("Mode", "IPs used", "At the peak", "Left"), ("WarmIP", 80.0, 95.0, 412.0))
    assert said(read(with_sheet("Bericht", *report))) == []
    settings = [(each, 1.0, 2.0) for each in ("MAX_ENI", "Other addresses", "NAT gateways")]
    assert said(read(with_sheet("Clusters", ("Setting", "prod", "dev"), *settings))) == []


def test_of_more_node_groups_elsewhere_a_baseline_is_told() -> None:
    one, two = (
        read(
            with_sheet("Chart", *[("m5.large", float(61 + each), 7.0) for each in range(n)], at=90)
        )
        for n in (1, 20)
    )
    assert [each.findings[0].cells for each in (one, two)] == [1, 20]
    assert one.findings[0].found == "m5.large, 61, 7"


def test_a_summary_that_follows_the_plan_is_no_copy() -> None:
    last = ("Availability Zones", "=Plan!B5", None, "WarmENI", "=Plan!E5", "=Plan!F5", "=Plan!G5")
    assert said(read(with_sheet("Summary", *_FAKE[:3], last))) == []


def test_a_node_group_on_about_is_said_once_whoever_saved_the_file() -> None:
    raw = with_sheet("About", _GROUP, at=200)
    del raw.parts["docProps/custom.xml"]  # as Google Sheets leaves it
    raw.parts["[Content_Types].xml"] = re.sub(
        rb"<Override [^>]*custom.xml[^>]*>", b"", raw.parts["[Content_Types].xml"]
    )
    raw.parts["_rels/.rels"] = re.sub(
        rb"<Relationship [^>]*custom.xml[^>]*>", b"", raw.parts["_rels/.rels"]
    )
    assert said(read(raw)) == [("not-counted", "About!A200")]


@pytest.mark.parametrize("sheet", ["WarmENI", "WarmIP"])
@pytest.mark.parametrize("columns", ["BC", "ABC", "ABCDEFGHIJKLMNOPQ"])
def test_a_sheet_of_the_sample_that_lost_its_headers_is_told(sheet: str, columns: str) -> None:
    raw = raw_of("aws-sample")
    for column in columns:
        raw.put(sheet, f"{column}22", "Anzahl" if column == "B" else None)
    report = verify_workbook(raw.save(scratch() / "plan.xlsx"))
    assert [(each.code, each.place) for each in report.findings] == [("missing-column", sheet)]
    assert report.verdict is not None
    assert report.verdict.fits is None
    assert f"{sheet} is not known" in report.verdict.message


@pytest.mark.parametrize("sheet", ["WarmENI", "WarmIP"])
def test_values_of_a_sheet_of_the_sample_that_is_not_there(sheet: str) -> None:
    raw = raw_of("aws-sample")
    for cell in raw.formulas(sheet):
        raw.put(sheet, cell, formula=None)
    for column in "ABCDEFGHIJKLMNOPQ":
        raw.put(sheet, f"{column}22", None)
    assert said(read(raw)) == [("copied-sheet", sheet)]


def test_a_summary_of_the_sample_is_no_sheet_of_it() -> None:
    labels = {4: "Subnet CIDR Size", 5: "Total Available IP Addresses", 8: "Number of IPs Used"}
    labels |= {9: "Number of Pods Hosted", 10: "# of Subnet IPs Remaining", 14: "Daemonset Pods"}
    rows = [(label, f"=WarmENI!B{row}") for row, label in labels.items()]
    assert said(read(with_sheet("Summary", *rows, model="aws-sample"))) == []
    raw = raw_of("aws-sample")
    raw.remove("WarmIP")
    assert said(read(raw)) == []


def test_node_groups_below_each_other_are_one_finding() -> None:
    """As where the table was copied beside itself."""
    raw = Raw(content())
    for row in (14, 15, 16, 20):
        for column, value in zip("TUV", ("m5.large", 4.0, 12.0), strict=True):
            raw.put("Plan", f"{column}{row}", value)
    found = [each for each in report_of(raw).findings if not each.because_of]
    assert sorted((each.place, each.cells) for each in found) == [("Plan!T14", 3), ("Plan!T20", 1)]
