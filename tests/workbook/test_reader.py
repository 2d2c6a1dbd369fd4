"""Every input is read as it was filled in, and each fault says where it is and what to do."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from calculator.model import get_model
from calculator.plan import NodeGroup
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1
from tests.helpers import (
    HEADER_ROW,
    MODELS,
    MODES,
    PLAN,
    SHEETS,
    Raw,
    content,
    found,
    report_of,
)
from tests.workbook.readings import (
    cell_of,
    edited,
    findings,
    is_as_planned,
    raw_of,
    read,
    said,
    same_inputs,
)

BOTH = pytest.mark.parametrize("model", MODELS)
NOTHING = float("inf")


def with_values(*edits: tuple[str, str, Any]) -> Raw:
    """The filled-in workbook with other values in some cells: (sheet, cell, value)."""
    raw = raw_of()
    for sheet, cell, value in edits:
        raw.put(sheet, cell, value)
    return raw


# --- faults of single cells -----------------------------------------------------------------------

COUNT = "a whole number of 0 or more is expected"
AGAIN = " (the cell holds text: type the number again, without an apostrophe)"
SIZE = "a whole number from 16 to 28 is expected"
ZONES = "a whole number from 1 to 6 is expected"
MODE = "undecided, warm-eni, warm-ip, prefix or ipv6 is expected"
TYPE = "an instance type is expected"
LABELS = {
    "instance_type": "instance type",
    "instances": "# of Instances",
    "pods_per_node": "Target Workload Pods per Node",
    "os": "Operating system",
    "own_max_pods": "Own max pods",
    "security_group_pods": "Pods with own security group",
    "subnet_prefix_length": "Subnet prefix length (/n)",
    "availability_zones": "Availability Zones",
    "mode": "Mode of the cluster",
    "warm_eni_target": "WARM_ENI_TARGET",
    "warm_ip_target": "WARM_IP_TARGET",
    "host_network_pods": "Host-network pods",
    "daemonset_pods": "DaemonSet pods",
    "pod_eni": "Security groups for pods (ENABLE_POD_ENI)",
    "updated_groups": "Node groups updated at once",
    "other_ips": "Other addresses",
    "name": "Name",
}
#: An input, what its cell holds (the second row's, of a column), the code and what is said.
FAULTS = [
    ("instances", "three", "not-a-number", f'found "three"; {COUNT}'),
    ("instances", "3", "not-a-number", f'found "3"; {COUNT}{AGAIN}'),
    ("pods_per_node", " 12 ", "not-a-number", f'found " 12 "; {COUNT}{AGAIN}'),
    ("instances", "x" * 70, "not-a-number", f'found "{"x" * 57}..."; {COUNT}'),
    ("instances", True, "not-a-number", f"found TRUE; {COUNT}"),
    ("instances", False, "not-a-number", f"found FALSE; {COUNT}"),
    ("instances", CellError("#N/A"), "not-a-number", f"found #N/A; {COUNT}"),
    ("pods_per_node", CellError("#DIV/0!"), "not-a-number", f"found #DIV/0!; {COUNT}"),
    ("instances", None, "missing", f"found nothing; {COUNT}"),
    ("instances", "", "missing", f"found nothing; {COUNT}"),
    ("instances", -1, "out-of-range", f"found -1; {COUNT}"),
    ("pods_per_node", 2.5, "not-a-whole-number", f"found 2.5; {COUNT}"),
    (
        "pods_per_node",
        1_000_001,
        "out-of-range",
        "found 1000001; a whole number from 0 to 1,000,000 is expected",
    ),
    ("subnet_prefix_length", 29, "out-of-range", f"found 29; {SIZE}"),
    ("subnet_prefix_length", 15, "out-of-range", f"found 15; {SIZE}"),
    ("subnet_prefix_length", "/23", "not-a-number", f'found "/23"; {SIZE}'),
    ("subnet_prefix_length", None, "missing", f"found nothing; {SIZE}"),
    # 2027-03-01 typed into a cell for a number: a spreadsheet stores the day's number.
    ("subnet_prefix_length", 46447, "out-of-range", f"found 46447; {SIZE}"),
    ("availability_zones", 0, "out-of-range", f"found 0; {ZONES}"),
    ("availability_zones", None, "missing", f"found nothing; {ZONES}"),
    ("mode", "prefixes", "not-an-option", f'found "prefixes"; {MODE[:-12]} (is prefix meant?)'),
    ("mode", None, "missing", f"found nothing; {MODE}"),
    ("warm_eni_target", -1, "out-of-range", f"found -1; {COUNT}"),
    (
        "warm_ip_target",
        "0",
        "not-a-number",
        f'found "0"; {COUNT[:-12]} or nothing is expected{AGAIN}',
    ),
    ("warm_ip_target", True, "not-a-number", f"found TRUE; {COUNT[:-12]} or nothing"),
    ("warm_ip_target", 0.5, "not-a-whole-number", f"found 0.5; {COUNT[:-12]} or nothing"),
    ("host_network_pods", 0.5, "not-a-whole-number", f"found 0.5; {COUNT}"),
    ("daemonset_pods", "two", "not-a-number", f'found "two"; {COUNT}'),
    ("pod_eni", "maybe", "not-an-option", 'found "maybe"; no or yes is expected'),
    # Formulas compare with the word: TRUE is another thing to them.
    ("pod_eni", True, "not-an-option", "found TRUE; no or yes is expected"),
    ("pod_eni", 1.0, "not-an-option", "found 1; no or yes is expected"),
    ("pod_eni", CellError("#N/A"), "not-an-option", "found #N/A; no or yes is expected"),
    ("pod_eni", None, "missing", "found nothing; no or yes is expected"),
    ("updated_groups", "x", "not-an-option", 'found "x"; none, one or all is expected'),
    ("other_ips", "x", "not-a-number", f'found "x"; {COUNT}'),
    ("os", "BSD", "not-an-option", 'found "BSD"; Linux or Windows is expected'),
    ("os", "1", "not-an-option", 'found "1"; Linux or Windows is expected'),
    ("os", 1.0, "not-an-option", "found 1; Linux or Windows is expected"),
    ("own_max_pods", "30", "not-a-number", f'found "30"; {COUNT}{AGAIN}'),
    ("own_max_pods", "thirty", "not-a-number", f'found "thirty"; {COUNT}'),
    ("own_max_pods", True, "not-a-number", f"found TRUE; {COUNT}"),
    ("security_group_pods", -1, "out-of-range", f"found -1; {COUNT}"),
    ("security_group_pods", 0.5, "not-a-whole-number", f"found 0.5; {COUNT}"),
    ("instance_type", 5, "not-a-type", f"found 5; {TYPE}"),
    ("instance_type", True, "not-a-type", f"found TRUE; {TYPE}"),
    ("instance_type", CellError("#REF!"), "not-a-type", f"found #REF!; {TYPE}"),
    ("instance_type", None, "missing", f"found nothing; {TYPE}, or an empty row"),
]


@pytest.mark.parametrize(("name", "value", "code", "message"), FAULTS)
def test_a_fault_says_where_what_and_what_for(
    name: str, value: Any, code: str, message: str
) -> None:
    sheet, cell = cell_of(name)
    raw = with_values((sheet, cell, value))
    reading = read(raw)
    assert said(reading) == [(code, f"{sheet}!{cell}")]
    [fault] = findings(reading)
    assert fault.severity == "fault"
    assert (AGAIN in fault.message) == (AGAIN in message)
    assert fault.at("plan.xlsx").startswith(
        f"plan.xlsx, {sheet}!{cell} ({LABELS[name]}): {message}"
    )
    assert fault.column == LABELS[name]
    assert fault.found == value
    assert type(fault.found) is not CellError
    assert len(reading.plans[0].rows) == 5
    # Whatever it does to the figures follows from it: one cause is one finding.
    assert found(report_of(raw)) == [(code, f"{sheet}!{cell}")]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("subnet_prefix_length", 31, "out-of-range"),
        ("instances", "three", "not-a-number"),
        ("pods_per_node", -2, "out-of-range"),
        ("instance_type", None, "missing"),
    ],
)
def test_a_fault_of_the_sample_is_of_its_own_sheet(name: str, value: Any, code: str) -> None:
    _, cell = cell_of(name, model="aws-sample")
    reading = edited("WarmIP", "aws-sample", **{cell: value})
    assert said(reading) == [(code, f"WarmIP!{cell}")]
    assert same_inputs(reading.plans[0])


def test_all_faults_are_collected() -> None:
    reading = edited(B4=99, B12=None, B14="x", C14=-5, B16=0.5, A17=7)
    places = [f"Plan!{cell}" for cell in ("B4", "B12", "B14", "C14", "B16", "A17")]
    assert [place for _, place in said(reading)] == places
    assert len(reading.plans[0].rows) == 5


def test_a_row_without_a_type_is_one_fault_whatever_else_it_lacks() -> None:
    reading = edited(A15=None, B15=None)
    assert said(reading) == [("missing", "Plan!A15")]


# --- what may stand in a cell ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "read_as"),
    [
        ("pod_eni", "YES", "yes"),
        ("mode", "IPv6", "ipv6"),
        ("mode", "Warm-ENI", "warm-eni"),
        ("nodes_from", "KARPENTER", "Karpenter"),
        ("pods_from", "Tagged Subnets", "tagged subnets"),
        ("updated_groups", "All", "all"),
        ("warm_ip_target", None, NOTHING),
        ("warm_ip_target", "", NOTHING),
        ("warm_ip_target", 0, 0),
        ("warm_ip_target", 5.0, 5),
        ("name", "payments", "payments"),
        ("name", 42, "42"),
        ("name", None, ""),
        ("owner", True, "True"),
        ("date", "2026-11-23", "2026-11-23"),
        ("date", 46349.0, "2026-11-23"),
        ("date", 46349.75, "2026-11-23"),
        ("date", "soon", "soon"),
        ("os", "windows", "Windows"),
        ("os", "LINUX", "Linux"),
        ("os", None, "Linux"),
        ("os", "", "Linux"),
        ("own_max_pods", None, 0),
        ("own_max_pods", 17, 17),
        ("security_group_pods", 4.0, 4),
    ],
)
def test_words_in_any_case_numbers_and_empty_cells(name: str, value: Any, read_as: Any) -> None:
    sheet, cell = cell_of(name)
    reading = edited(sheet, **{cell: value})
    assert said(reading) == []
    plan = reading.plans[0]
    assert (plan.groups[name][1] if name in plan.groups else plan.settings[name]) == read_as


def test_a_text_that_is_too_long() -> None:
    reading = edited(C1="x" * 201)
    assert said(reading) == [("too-long", "Plan!C1")]


def test_a_formula_as_an_input() -> None:
    raw = raw_of()
    raw.put("Plan", "B15", 12, "3*4")
    raw.put("Plan", "B4", 20, "19+1")
    raw.put("Plan", "A14", "m5.12xlarge", '"m5."&"12xlarge"')
    reading = read(raw)
    assert same_inputs(reading.plans[0])
    assert sorted(said(reading)) == [
        *(("input-formula", f"Plan!{cell}") for cell in ("A14", "B15", "B4"))
    ]


@pytest.mark.parametrize(
    ("formula", "recorded", "expected"),
    [
        ("20*3", 6.0, 60),
        ("-(2+4)/3+10", 12.0, 8),
        ("12*1", 12.0, None),
        ("0.1*120", 12.0, None),
        ("12/0", 12.0, None),  # which no program records
        ("2^3", 12.0, None),  # and so far nothing is calculated here
        ("12*", 12.0, None),
        ("A1*0", 12.0, None),
    ],
)
def test_a_formula_of_numbers_is_calculated(
    formula: str, recorded: float, expected: int | None
) -> None:
    raw = raw_of()
    raw.put("Plan", "B15", recorded, formula)
    [found] = findings(read(raw))
    code = "input-formula" if expected is None else "value"
    assert (found.code, found.place, found.expected) == (code, "Plan!B15", expected)
    if expected is not None:
        words = f"recorded {recorded:g}, but ={formula} comes to {expected}"
        assert found.message == words


@pytest.mark.parametrize(
    ("formulas", "circular"),
    [
        ({"B15": "B15"}, "B15"),
        ({"B15": "SUM(Nodes['# of Instances])"}, "B15"),
        ({"B15": "B14+C15", "C15": "$B$15*2"}, "B15 C15"),
        ({"B15": "WarmENI!B8"}, "B15"),  # the addresses in use, which depend on it
        ({"B15": "B14*2", "C15": "B15"}, ""),
    ],
)
def test_a_formula_that_leads_back_to_its_own_cell(formulas: dict[str, str], circular: str) -> None:
    raw = raw_of()
    for cell, formula in formulas.items():
        raw.put("Plan", cell, 12.0, formula)
    leading = [each.cell for each in findings(read(raw)) if "leads back" in each.message]
    assert leading == circular.split()


@pytest.mark.parametrize(
    ("formulas", "causes"),
    [
        ({"B14": "B15", "B15": "B14"}, {"B14": 2}),
        ({"B14": "B15", "B15": "C14+1", "C14": "B14"}, {"B14": 3}),
        ({"B14": "C14", "C14": "B14", "B15": "C15", "C15": "B15"}, {"B14": 2, "B15": 2}),
        ({"B14": "B15", "B15": "B15"}, {"B15": 0, "B14": 0}),  # it looks at a circle
    ],
)
def test_a_circle_of_inputs_is_one_finding(
    formulas: dict[str, str], causes: dict[str, int]
) -> None:
    raw = raw_of()
    for cell, formula in formulas.items():
        raw.put("Plan", cell, 12.0, formula)
    found = {each.cell: each for each in findings(read(raw))}
    assert {each.cell: each.cells for each in found.values() if not each.because_of} == causes
    assert {each.because_of for each in found.values()} <= {None, *(f"Plan!{x}" for x in causes)}


@pytest.mark.parametrize(
    ("name", "formula", "expected"),
    [
        ("instances", "3*4", "a whole number of 0 or more"),
        ("subnet_prefix_length", "20+3", "a whole number from 16 to 28"),
        ("instance_type", '"t3."&"medium"', "an instance type"),
        ("warm_ip_target", "1+1", "a whole number of 0 or more or nothing"),
        ("pod_eni", '"y"&"es"', "no or yes"),
        ("own_max_pods", "1+1", "a whole number of 0 or more"),
    ],
)
def test_a_formula_that_was_never_calculated(name: str, formula: str, expected: str) -> None:
    sheet, cell = cell_of(name)
    raw = raw_of()
    raw.put(sheet, cell, None, formula)
    reading = read(raw)
    assert said(reading) == [("not-calculated", f"{sheet}!{cell}")]
    assert findings(reading)[0].message == (
        "its formula has no recorded value; open the workbook in a spreadsheet program and save "
        f"it, or enter {expected}"
    )


def test_what_a_formula_gives_and_cannot_be_used_is_named_with_it() -> None:
    raw = raw_of()
    raw.put("Plan", "B15", CellError("#DIV/0!"), "B16/0")
    [fault] = [each for each in findings(read(raw)) if each.severity == "fault"]
    assert fault.message == (
        "found #DIV/0!, which =B16/0 gives; a whole number of 0 or more is expected"
    )


def test_a_formula_that_refers_beyond_the_end_of_a_sheet() -> None:
    raw = raw_of()
    raw.put("Plan", "B15", 3.0, "WarmIP!B1048577")
    assert said(read(raw)) == [("input-formula", "Plan!B15")]


@pytest.mark.parametrize(
    ("name", "found", "read_as"),
    [
        ("warm_ip_target", "", NOTHING),
        ("own_max_pods", "", 0),
        ("os", "", "Linux"),
        ("pod_eni", "YES", "yes"),
        ("warm_ip_target", 4.0, 4),
        ("os", "windows", "Windows"),
    ],
)
def test_a_formula_that_gives_a_value_or_nothing_is_read_and_named_once(
    name: str, found: str | float, read_as: object
) -> None:
    sheet, cell = cell_of(name)
    raw = raw_of()
    raw.put(sheet, cell, found, "IF(Z1,Z2,Z3)")
    reading = read(raw)
    [plan] = reading.plans
    [said_of_it] = findings(reading)
    words = f"{found:g}" if isinstance(found, float) else f'"{found}"' if found else "nothing"
    assert (said_of_it.code, said_of_it.place) == ("input-formula", f"{sheet}!{cell}")
    assert said_of_it.found == found
    assert said_of_it.message == (
        f"{words} is recorded of the formula =IF(Z1,Z2,Z3), which is not calculated here; "
        "type the value itself"
    )
    value = plan.settings[name] if name in plan.settings else plan.groups[name][1]
    assert value == read_as


def test_what_cannot_be_used_stays_as_words_or_is_unknown() -> None:
    [plan] = edited(E15="BeOS", B6="sometimes", B5="two").plans
    assert plan.groups["os"][1] == '"BeOS"'
    assert plan.settings["mode"] == '"sometimes"'
    assert np.isnan(plan.settings["availability_zones"])


def test_a_row_without_type_and_counts_is_none() -> None:
    reading = edited(A15=None, B15=None, C15=None)
    assert said(reading) == []
    assert reading.plans[0].rows == [14, 16, 17, 18]


def test_gaps_between_rows_count_for_nothing() -> None:
    raw = raw_of(rows=20)
    for column, value in (("A", "m5.large"), ("B", 4.0), ("C", 11.0)):
        raw.put("Plan", f"{column}30", value)
    reading = read(raw)
    assert said(reading) == []
    assert reading.plans[0].rows == [14, 15, 16, 17, 18, 30]


def test_a_row_with_nothing_but_what_few_rows_need_is_none() -> None:
    reading = edited(E20="Windows", F20=30)
    assert said(reading) == [("row-without-type", "Plan!E20"), ("row-without-type", "Plan!F20")]
    assert {each.severity for each in findings(reading)} == {"warning"}
    assert same_inputs(reading.plans[0])


def test_what_is_said_of_inputs_in_a_row_without_a_type() -> None:
    fine, faulty = findings(edited(E20="Windows", F20="many"))
    assert fine.message == ('found "Windows"; the row has no instance type, and counts for nothing')
    assert (faulty.code, faulty.found) == ("not-a-number", "many")
    assert faulty.message.startswith('found "many"; a whole number')
    assert faulty.message.endswith(" is expected")


def test_formulas_that_show_nothing_yet_are_named_once_a_column() -> None:
    """In rows without a node group; what stands in such a row and shows something is an input."""
    raw = raw_of()
    for row in (19, 20, 21):
        raw.put("Plan", f"B{row}", "", f"IF(Z{row}=1,4,TRIM(Z{row}))")
    raw.put("Plan", "H20", "", "TRIM(Z20)")
    named = findings(read(raw))
    assert [(each.code, each.place, each.cells) for each in named] == [
        ("input-formula", "Plan!B19", 3),
        ("input-formula", "Plan!H20", 1),
    ]


def test_what_few_rows_need_may_stay_empty() -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 3, 20, os="Windows", own_max_pods=30, security_group_pods=4),
        NodeGroup("m5.large", 3, 20, own_max_pods=17),
    ]
    plan = dataclasses.replace(PLAN, node_groups=groups)
    assert is_as_planned(read(raw_of(plan=plan)), plan)


def test_a_blank_workbook_has_no_groups_and_no_findings() -> None:
    for model in MODELS:
        reading = read(raw_of(model, None))
        assert said(reading) == []
        assert {len(plan.rows) for plan in reading.plans} == {0}


# --- layouts --------------------------------------------------------------------------------------

PRESENT = 4


def says_layout(raw: Raw, about: object, properties: object) -> Raw:
    """The workbook with another version on sheet About and in its properties; None for none."""
    cells = read(raw).package.cells("About")
    [(row, _)] = [at for at, cell in cells.items() if cell.value == "Layout"]
    raw.put("About", f"B{row}", about)
    old = f"<vt:lpwstr>{PRESENT}</vt:lpwstr>"
    new = "" if properties is None else properties
    raw.replace_in("docProps/custom.xml", old, f"<vt:lpwstr>{new}</vt:lpwstr>")
    return raw


def of_layout(version: int) -> Raw:
    """A workbook of another layout: it lacks a setting and a column, and has some of its own."""
    raw = raw_of()
    _, cell = cell_of("max_eni")
    row = int(cell[1:])
    raw.insert("Settings", before=f"A{row + 1}", rows=-1)
    raw.insert("Settings", before=f"A{row + 5}", rows=2)
    raw.put("Settings", f"A{row + 5}", "ENABLE_SOMETHING_ELSE")
    raw.put("Settings", f"B{row + 5}", "yes")
    raw.insert("Plan", before="F13", columns=-1)  # the operating system
    raw.insert("Plan", before="B13", columns=1)
    raw.put("Plan", "B14", "payments")
    raw.insert("Plan", before="A12", rows=1)
    raw.put("Plan", "A12", "SOMETHING_NEW_TARGET")
    raw.put("Plan", "C12", 7.0)
    return says_layout(raw, float(version), version)


@pytest.mark.parametrize(
    ("version", "code"), [(2, "made-by-older"), (3, "made-by-older"), (5, "made-by-newer")]
)
def test_a_workbook_of_another_layout_is_read_and_named_once(version: int, code: str) -> None:
    raw = of_layout(version)
    reading = read(raw)
    assert said(reading) == [(code, "About")]
    assert (reading.layout, reading.is_of_other_layout) == (version, True)
    assert same_inputs(reading.plans[0])
    age = "a newer" if version > PRESENT else "an older"
    assert findings(reading)[0].message.startswith(
        f"the workbook has {age} layout ({version}, the present one is {PRESENT}): its inputs are "
        "evaluated with today's rules, its formulas and values were not compared"
    )
    # It is evaluated as what it says, and nothing else is said of it.
    report, usual = report_of(raw), report_of(raw_of())
    assert [(each.code, each.place) for each in report.findings] == [(code, "About")]
    assert report.layout == version
    assert report.verdict == usual.verdict
    assert [each.totals for each in report.sheets] == [each.totals for each in usual.sheets]
    assert [each.details for each in report.sheets] == [each.details for each in usual.sheets]


def test_faults_of_another_layout_are_named_all_the_same() -> None:
    raw = of_layout(2)
    raw.put("Plan", "C16", "three")
    raw.put("Plan", "A40", "m5.large")
    reading = read(raw)
    assert said(reading) == [
        ("made-by-older", "About"),
        ("not-a-number", "Plan!C16"),
        ("below-the-table", "Plan!A40"),
    ]
    assert len(reading.plans[0].rows) == 5


@pytest.mark.parametrize(
    ("about", "properties", "layout"),
    [
        (4.0, 4, 4),
        (4.0, None, 4),  # Google Sheets drops the properties
        (None, 4, 4),
        ("4", 4, 4),
        (2.0, 4, 2),  # a person sees what About says
        (None, 2, 2),
        (5.0, None, 5),
        ("unknown", 4, 4),
        (2.5, None, None),
        (True, None, None),
        (None, None, None),
    ],
)
def test_the_version_of_a_layout(about: object, properties: object, layout: int | None) -> None:
    reading = read(says_layout(raw_of(), about, properties))
    assert reading.layout == layout
    assert reading.is_of_other_layout == (layout in (2, 5))
    assert same_inputs(reading.plans[0])


def test_without_about_the_properties_say_the_layout() -> None:
    raw = says_layout(raw_of(), float(PRESENT), 2)
    raw.remove("About")
    assert said(read(raw)) == [("made-by-older", None)]


#: Headers of the modes' sheets that layout 2 did not have, and some that it had instead.
SINCE_LAYOUT_2 = {
    *("IPs kept per instance", "Peak IPs per instance", "Node", "Auto", "Primary kept", "Targets"),
    *("IPs per slot", "Warm", "Least", "Kept warm", "Unit", "Per unit", "By max pods", "Units"),
    *("Active at most", "Gives back", "Slots in use", "ENIs", "Slots held", "Peak: active"),
    *("Peak: Slots in use", "Peak: ENIs", "Peak: Slots wanted", "Peak: Slots held", "Scattered"),
    *("Peak: Attached ENIs", "Peak: Units", "Slots kept", "on primary", "Peak: on primary"),
    *("In pod subnet", "Peak: in pod subnet", "Own IPs", "First IPs", "Address units", "Alone"),
    *("ENIs in all", "Peak: alone", "Update", "Replaced", "Update of pods", "Replaced of pods"),
    *("Prefixes there", "Peak: Prefixes there", "Update of prefixes", "Replaced prefixes"),
    *("Says first", "Says 3", "Says 4", "Says 5", "Says 6", "Says 7"),
}
IN_LAYOUT_2 = ("Own max", "SG pods", "Row of type", "Counts", "Numbers", "Inputs", "Fault", "Nitro")


def test_sheets_of_layout_2_are_known_and_groups_is_not_missed() -> None:
    raw, usual = says_layout(raw_of(), 2.0, 2), report_of(raw_of())
    raw.remove("Groups")
    for mode in MODES["vpc-cni"]:
        instead = iter(IN_LAYOUT_2)
        for number, column in enumerate(get_model("vpc-cni").sheet(mode).columns, 1):
            if column.header in SINCE_LAYOUT_2:
                raw.put(mode, a1(29, number), next(instead, None))
        raw.rename(mode, f"plan with {mode}")
    reading = read(raw)
    assert said(reading) == [("made-by-older", "About")]
    assert [*reading.plans[0].sheets] == ["Plan", "Settings", *MODES["vpc-cni"], "Sizes"]
    assert same_inputs(reading.plans[0])
    report = report_of(raw)
    assert found(report) == [("made-by-older", "About")]
    assert [each.totals for each in report.sheets] == [each.totals for each in usual.sheets]


#: A label of layout 2, what stood beside it, what reads it now, and as what.
FORMERLY: list[tuple[str, Any, str, Any]] = [
    ("Custom networking", "yes", "pods_from", "custom networking"),
    ("CUSTOM networking: ", "Yes", "pods_from", "custom networking"),
    ("Custom networking", "no", "pods_from", "node subnets"),
    ("Max pods follow", "ENI limits", "nodes_from", "self-managed"),
    ("Max pods follow", "110 or 250", "nodes_from", "managed node group"),
    ("Max pods follow", None, "nodes_from", "managed node group"),
    ("Other addresses (8 for each load balancer)", 24.0, "other_ips", 24),
]


def said_formerly(label: str, value: Any, name: str, layout: int = 2) -> Raw:
    """A workbook of layout 2, or another, with a setting as layout 2 had it."""
    raw = says_layout(raw_of(), float(layout), layout)
    setting = get_model("vpc-cni").sheet("Settings").by_name[name]
    raw.put("Settings", setting.label_cell, label)
    raw.put("Settings", setting.cell, value)
    return raw


@pytest.mark.parametrize(("label", "value", "name", "read_as"), FORMERLY)
def test_what_a_setting_was_formerly_is_read(
    label: str, value: Any, name: str, read_as: Any
) -> None:
    raw = said_formerly(label, value, name)
    reading = read(raw)
    assert said(reading) == [("made-by-older", "About")]
    assert reading.plans[0].settings[name] == read_as
    [told] = findings(reading)
    assert ("are assumed" in told.message) == (value is None)
    plan = report_of(raw).plan
    assert plan is not None
    assert plan.settings[name] == read_as
    raw.insert("Settings", before="B1", columns=1)
    assert read(raw).plans[0].settings[name] == read_as


def test_of_the_present_layout_a_former_label_is_none() -> None:
    raw = said_formerly("Custom networking", "yes", "pods_from", PRESENT)
    assert said(read(raw)) == [("missing-label", f"Settings!{cell_of('pods_from')[1]}")]


@pytest.mark.parametrize(
    ("label", "value", "name", "code"),
    [
        ("Custom networking", "perhaps", "pods_from", "not-an-option"),
        ("Other addresses (8 for each load balancer)", "many", "other_ips", "not-a-number"),
        ("Other addresses (8 for each load balancer)", -1.0, "other_ips", "out-of-range"),
    ],
)
def test_a_fault_of_what_a_setting_was_formerly(
    label: str, value: Any, name: str, code: str
) -> None:
    reading = read(said_formerly(label, value, name))
    assert said(reading) == [
        ("made-by-older", "About"),
        (code, f"Settings!{cell_of(name)[1]}"),
    ]
    assert findings(reading)[1].column == label


# --- AWS's sample ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheet", "cell"),
    [*(("WarmENI", cell) for cell in ("B13", "B14", "B15", "B24", "C24")), ("WarmIP", "B13")],
)
def test_an_empty_cell_counts_as_0_in_the_sample(sheet: str, cell: str) -> None:
    reading = edited(sheet, "aws-sample", **{cell: None})
    assert said(reading) == [("empty-cell", f"{sheet}!{cell}")]
    [warning] = findings(reading)
    assert warning.severity == "warning"
    assert warning.message == "the cell is empty and counts as 0"


def test_an_empty_row_of_the_published_sample() -> None:
    raw = raw_of("aws-sample", rows=5)
    for cell in ("A24", "B24", "C24"):
        raw.put("WarmENI", cell, None)
    reading = read(raw)
    assert said(reading) == [("empty-row", "WarmENI!A24")]
    [plan, _] = reading.plans
    assert [plan.groups[name][1] for name in ("instances", "pods_per_node")] == [0, 0]
    assert findings(reading)[0].message == (
        "the row is empty, and the published formulas give #N/A for it; delete the row or fill it "
        "in"
    )


@pytest.mark.parametrize(
    ("refers_to", "code", "where"),
    [
        ("WarmENI!$B$14", "name", "WarmENI!$B$14"),
        ("WarmIP!$B$13", "name", "WarmIP!$B$13"),
        ("WarmENI!$B$13:$B$14", "name", "WarmENI!$B$13:$B$14"),
        ("[1]WarmENI!$B$13", "name", "another workbook"),
        ("Old!$B$13", "dangling-name", "a sheet that is not there"),
        ("WarmENI!$B$1048577", "name", "WarmENI!$B$1048577"),  # which no sheet has
    ],
)
def test_a_name_that_stands_for_something_else(refers_to: str, code: str, where: str) -> None:
    raw = raw_of("aws-sample")
    raw.replace_in("xl/workbook.xml", ">WarmENI!$B$13<", f">{refers_to}<")
    reading = read(raw)
    assert said(reading) == [(code, "WarmENI!B13")]
    assert findings(reading)[0].message == (
        f"the name WARM_ENI_TARGET refers to {where}; let it refer to WarmENI!$B$13"
    )
    assert all(map(same_inputs, reading.plans))


def test_the_name_of_a_setting_that_is_gone_is_no_fault_of_its_own() -> None:
    raw = raw_of("aws-sample")
    raw.replace_in("xl/workbook.xml", ">WarmENI!$B$13<", ">#REF!<")
    raw.put("WarmENI", "A13", None)
    assert [code for code, _ in said(read(raw))] == ["missing-label"]


# --- instance types -------------------------------------------------------------------------------


@BOTH
def test_a_type_in_another_case_is_the_same(model: str) -> None:
    raw = raw_of(model)
    sheet, row = SHEETS[model][0], HEADER_ROW[model] + 2
    raw.put(sheet, f"A{row}", "T3.Medium")
    report = report_of(raw)
    group = report.sheets[0].node_groups[1]
    assert (group["instance_type"], group["max_enis"]) == ("T3.Medium", 3)
    assert not report.of("fault")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("t3.medium ", "; t3.medium is meant: remove the blank"),
        (" t3.medium", "; t3.medium is meant: remove the blank"),
        ("t3.mediun", "; is t3.medium meant?"),
        ("the big ones", ""),
        ("m*", ""),
    ],
)
def test_a_type_with_a_slip_of_the_finger(name: str, hint: str) -> None:
    raw = with_values(("Plan", "A15", name))
    report = report_of(raw)
    assert found(report) == [("unknown-type", "Plan!A15")]
    assert report.findings[0].at("plan.xlsx") == (
        f'plan.xlsx, Plan!A15 (instance type): found "{name}"; an instance type of sheet '
        f"InstanceTypes is expected{hint}"
    )
    assert report.sheets[0].node_groups[1]["max_enis"] in (None, "")


def test_what_is_left_of_the_types_is_not_those_of_another_model() -> None:
    raw = Raw(content())
    raw.insert("InstanceTypes", before="D1", columns=-1)
    report = report_of(raw)
    assert [each.code for each in report.of("fault")] == []
    assert ("missing-mode", "InstanceTypes") in [
        (each.code, each.sheet) for each in report.findings
    ]
    assert report.verdict is not None
    assert report.verdict.fits is True


def test_macros_are_named() -> None:
    raw = Raw(content())
    raw.parts["xl/vbaProject.bin"] = b"no code at all"
    part = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    raw.replace_in(
        part,
        "</Relationships>",
        f'<Relationship Id="rIdMacros" Type="{kind}" Target="vbaProject.bin"/></Relationships>',
    )
    [found] = report_of(raw).findings
    assert (found.code, found.place) == ("macros", None)
    assert found.message.startswith("the file holds macros; they were not run")


# --- the types on the workbook's own data sheets --------------------------------------------------


def test_a_type_that_stands_on_the_second_data_sheet_only() -> None:
    raw = Raw(content("aws-sample"))
    raw.put("maxENI", "C5", "my.type", None)
    raw.put("WarmENI", "A23", "my.type", None)
    codes = {each.code for each in report_of(raw).findings}
    assert codes == {"value", "unknown-max-pods", "own-type"}


def test_the_place_of_a_type_counts_empty_rows_above() -> None:
    """As MATCH does."""
    raw = Raw(content())
    raw.insert("InstanceTypes", before="A5", rows=1)
    causes = report_of(raw).of("difference", causes=True)
    assert [(each.code, each.cell) for each in causes] == [
        ("value", f"N{row}") for row in range(5, 10)
    ]
    assert [each.expected - each.found for each in causes] == [1] * 5  # type: ignore[operator]


def _query(raw: Raw, query: str, connection: str, area: str) -> None:
    """A query over cells of the plan, as Excel saves one of a web page."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relation = '<Relationship Id="rId{}" Type="http://x/{}" Target="{}"/></Relationships>'
    raw.parts["xl/queryTables/queryTable1.xml"] = (
        f'<queryTable {main} name="a page" connectionId="1" {query}/>'.encode()
    )
    raw.parts["xl/connections.xml"] = (
        f'<connections {main}><connection id="1" {connection}/></connections>'.encode()
    )
    for part, kind, target in (
        ("xl/worksheets/_rels/sheet1.xml.rels", "queryTable", "../queryTables/queryTable1.xml"),
        ("xl/_rels/workbook.xml.rels", "connections", "connections.xml"),
    ):
        raw.replace_in(part, "</Relationships>", relation.format(900, kind, target))
    name = f'<definedName name="a_page" localSheetId="0">Plan!{area}</definedName>'
    raw.replace_in("xl/workbook.xml", "<definedNames>", f"<definedNames>{name}")


@pytest.mark.parametrize(
    ("query", "connection", "area", "place"),
    [
        ('refreshOnLoad="1"', "", "$B$14:$B$15", "Plan!B14"),
        ("", 'refreshOnLoad="1"', "$A$1:$B$5", "Plan!B4"),
        ("", 'interval="5"', "$B$16", "Plan!B16"),
        ("", "", "$B$14:$B$15", None),
        ('refreshOnLoad="0"', 'refreshOnLoad="0" interval="0"', "$B$14", None),
        ('refreshOnLoad="1"', "", "$Z$14:$Z$15", None),
    ],
)
def test_inputs_that_a_query_fetches(
    query: str, connection: str, area: str, place: str | None
) -> None:
    raw = raw_of()
    _query(raw, query, connection, area)
    found = [each.place for each in report_of(raw).findings if each.code == "input-elsewhere"]
    assert found == ([place] if place else [])


def test_a_node_table_that_a_query_fills() -> None:
    raw = raw_of()
    _query(raw, 'refreshOnLoad="1"', "", "$Z$1")
    [table] = raw.tables("Plan")
    raw.replace_in("xl/worksheets/_rels/sheet1.xml.rels", '/queryTable"', '/none"')
    raw.parts[table.replace("tables/", "tables/_rels/") + ".rels"] = (
        b'<Relationships><Relationship Id="rId1" Type="http://x/queryTable" '
        b'Target="../queryTables/queryTable1.xml"/></Relationships>'
    )
    found = [each.place for each in report_of(raw).findings if each.code == "input-elsewhere"]
    assert found == ["Plan!A14"]


def test_of_aws_sample_what_cannot_be_used_is_not_computed_with() -> None:
    """None of its formulas looks at what is filled in."""
    [first, *_] = edited("WarmENI", "aws-sample", B23=-3.0).plans
    assert math.isnan(first.groups["instances"][0])
    [plan] = edited("Plan", "vpc-cni", B14=-3.0).plans
    assert plan.groups["instances"][0] == -3
