"""Whatever is changed in a workbook is found, at its cell, once; and nothing else is."""

from __future__ import annotations

import dataclasses
import gc
import io
import itertools
import re
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator import NodeGroup, Plan, verify_workbook
from calculator.errors import RecalculationError, WorkbookError
from calculator.findings import Finding
from calculator.inputs import Choice, Text
from calculator.model import get_model
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS
from calculator.report import WorkbookReport
from calculator.verify import judge, without_garbage_collection
from calculator.workbook.layout import Layout
from calculator.workbook.reader import read_workbook
from calculator.xlsx.cells import CellError
from tests.helpers import (
    AWS_SAMPLE,
    FAULTY,
    FEW_TYPES,
    HEADER_ROW,
    MODELS,
    PLANS,
    SHEETS,
    Raw,
    content,
    differences,
    edited_in_libreoffice,
    examples,
    found,
    needs_aws_sample,
    needs_ironcalc,
    needs_uno,
    report_of,
)
from tests.workbook.readings import is_as_planned, read

BOTH = pytest.mark.parametrize("model", MODELS)
ROWS = 8


def small(model: str = "vpc-cni", plan: Plan | None = None) -> bytes:
    """A workbook with a short table."""
    return content(model, plan or PLANS[model], ROWS)


def only(report: WorkbookReport) -> Finding:
    [difference] = report.of("difference")
    return difference


@cache
def layouts(model: str) -> dict[str, Layout]:
    [*plans] = read_workbook("book.xlsx", small(model)).plans
    return {name: sheet.layout for plan in plans for name, sheet in plan.sheets.items()}


def cell_of(sheet: str, name: str, number: int | None = None, model: str = "vpc-cni") -> str:
    """The cell of a result, or of a column in a row of the table, counted from 1."""
    layout = layouts(model)[sheet]
    return layout.cell(name, None if number is None else layout.header_row + number)


# --- nothing to find ------------------------------------------------------------------------------


@BOTH
def test_a_workbook_of_ours_is_right(model: str) -> None:
    report = report_of(content(model))
    assert report.clean
    assert report.findings == []
    assert (report.model, report.error) == (model, None)
    assert [each.mode for each in report.sheets] == [each.mode for each in get_model(model)]
    for sheet in report.sheets:
        assert [each["row"] for each in sheet.node_groups] == [
            HEADER_ROW[model] + number for number in range(1, 6)
        ]


@needs_aws_sample
def test_the_published_workbook_is_right() -> None:
    report = verify_workbook(AWS_SAMPLE)
    assert report.findings == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored = openpyxl.load_workbook(AWS_SAMPLE, data_only=True)
    for sheet in report.sheets:
        for name, cell in (
            ("ips_available", "B5"),
            ("ips_used", "B8"),
            ("pods_hosted", "B9"),
            ("ips_remaining", "B10"),
        ):
            assert sheet.totals[name] == stored[sheet.sheet][cell].value


def inputs(declared: Any) -> Any:
    """Values that an input takes."""
    if isinstance(declared, Text):
        return st.text("aZ<&> é", max_size=9)
    if isinstance(declared, Choice):
        return st.sampled_from([*declared.options, declared.default])
    most = st.sampled_from([min(declared.maximum, size) for size in (3, 30, 3_000)])
    return st.one_of(
        st.just(declared.default),
        most.flatmap(lambda most: st.integers(declared.minimum, max(declared.minimum, most))),
    )


TYPES = st.sampled_from([*(each.instance_type for each in FEW_TYPES), "m9.unheard", "*", "m5.?"])
GROUP = st.builds(NodeGroup, TYPES, **{name: inputs(each) for name, each in GROUP_INPUTS.items()})
ANY_PLAN = st.builds(
    Plan,
    node_groups=st.lists(GROUP, max_size=4),
    **{name: inputs(each) for name, each in PLAN_INPUTS.items()},
)


@examples(6)
@given(plan=ANY_PLAN)
def test_whatever_is_written_is_right(plan: Plan) -> None:
    """The formulas of every plan, faulty ones too, are recorded with what they give."""
    report = report_of(content(plan=plan, rows=5))
    assert differences(report) == set()


@examples(5)
@given(plan=ANY_PLAN)
def test_whatever_is_written_of_aws_sample_is_right(plan: Plan) -> None:
    known = {each.name for each in get_model("aws-sample").inputs}
    lacking = {name: each.default for name, each in PLAN_INPUTS.items() if name not in known}
    groups = [
        NodeGroup(each.instance_type, each.instances, each.pods_per_node)
        for each in plan.node_groups
    ]
    plan = dataclasses.replace(plan, **lacking, node_groups=groups)
    assert differences(report_of(content("aws-sample", plan, 5))) == set()


def test_what_stands_elsewhere_is_no_concern() -> None:
    raw = Raw(small())
    raw.put("WarmENI", "L2", 12.0, "B8/2")
    raw.put("WarmENI", "CA30", 1.0, "SUM(A1:A2)")
    raw.put("Plan", "Q16", "a remark")
    raw.put("Plan", "D60", 7.0, "B8*2")
    raw.put("Settings", "I5", "m5.large")
    report = report_of(raw)
    assert report.findings == []


# --- what other programs save ---------------------------------------------------------------------


@BOTH
def test_openpyxl_drops_the_results_and_no_formula(tmp_path: Path, model: str) -> None:
    openpyxl.load_workbook(io.BytesIO(small(model))).save(tmp_path / "plan.xlsx")
    report = verify_workbook(tmp_path / "plan.xlsx")
    assert report.clean
    [finding] = report.findings
    assert (finding.code, finding.place) == ("no-recorded-values", None)
    assert finding.message.startswith("the file was never calculated")


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Workbooks that LibreOffice has opened and saved, also by way of .ods."""
    folder = tmp_path_factory.mktemp("libreoffice")
    sources = {**{model: small(model) for model in MODELS}, "faulty": small(plan=FAULTY)}
    jobs: dict[str, tuple[Path, list[Any]]] = {}
    for name, book in sources.items():
        source = folder / f"source {name}.xlsx"
        source.write_bytes(book)
        jobs[f"{name}.xlsx"] = source, []
        if name in MODELS:
            jobs[f"{name}.ods"] = source, []
            jobs[f"{name} by way of ods.xlsx"] = folder / f"{name}.ods", []
    return edited_in_libreoffice(folder, jobs)


@pytest.mark.thorough
@needs_uno
def test_libreoffice_changes_nothing(by_libreoffice: dict[str, Path]) -> None:
    expected = found(report_of(small(plan=FAULTY)))
    assert {code for code, _ in expected} >= {"unknown-type", "windows-ipv6", "ipv6-needs-nitro"}
    for name, path in by_libreoffice.items():
        if name.endswith(".xlsx"):
            assert found(verify_workbook(path)) == (expected if "faulty" in name else []), name
    for model in MODELS:
        reading = read(by_libreoffice[f"{model}.xlsx"])
        assert [name for plan in reading.plans for name in plan.sheets] == [*SHEETS[model]]
        assert is_as_planned(reading)
        assert reading.properties["Model"] == model


@pytest.mark.thorough
@needs_uno
@BOTH
def test_what_was_changed_after_libreoffice_is_found(
    by_libreoffice: dict[str, Path], model: str
) -> None:
    raw = Raw(by_libreoffice[f"{model}.xlsx"])
    cell = cell_of("WarmENI", "ipv4_per_eni", 2, model)
    raw.put("WarmENI", cell, 99.0, None)
    raw.put("WarmIP", "B8", 99.0)
    assert set(found(report_of(raw))) == {("formula", f"WarmENI!{cell}"), ("value", "WarmIP!B8")}


@BOTH
def test_formulas_in_a1_are_the_same(model: str) -> None:
    raw = Raw(small(model))
    raw.without_tables()
    texts = [text for sheet in SHEETS[model] for text in raw.formulas(sheet).values()]
    assert "[" not in "".join(texts)
    assert report_of(raw).findings == []
    formulas = raw.formulas("WarmENI")
    layout = layouts(model)["WarmENI"]
    cells = layout.cell("ips_per_node", layout.header_row + 3), layout.cell("pods_hosted")
    for cell in cells:
        text = re.sub(
            "(?<=[A-Z$])[0-9]+", lambda row: str(int(row[0]) + 1), formulas[cell], count=1
        )
        assert text != formulas[cell]
        raw.put("WarmENI", cell, formula=text)
    assert differences(report_of(raw)) == {("formula", f"WarmENI!{cell}") for cell in cells}


# --- never calculated, values only ----------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("recorded", [None, "", 0.0])
def test_a_file_without_results_is_said_to_have_none(model: str, recorded: object) -> None:
    """As XlsxWriter, Aspose and others write it, with calculation on load asked for."""
    raw = Raw(small(model))
    for sheet in SHEETS[model]:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, recorded)
    report = report_of(raw)
    assert found(report) == [("no-recorded-values", None)]
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    report = report_of(raw)
    assert set(found(report)) == {("formula", "WarmENI!B10"), ("no-recorded-values", None)}
    last = SHEETS[model][-1]
    for cell in raw.formulas(last):
        raw.put(last, cell, 7.0, None)
    assert ("no-recorded-values", None) in found(report_of(raw))


@BOTH
def test_a_file_with_values_only_is_said_to_have_no_formulas(model: str) -> None:
    raw = Raw(small(model))
    for sheet in SHEETS[model]:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, formula=None)
    assert found(report_of(raw)) == [("no-formulas", None)]
    # What it shows is looked at.
    raw.put("WarmENI", "B8", 12_345.0)
    report = report_of(raw)
    assert set(found(report)) == {("value", "WarmENI!B8"), ("no-formulas", None)}


def test_values_that_were_copied_below_a_title_say_nothing_of_where_rows_stand() -> None:
    raw = Raw(small())
    for sheet in SHEETS["vpc-cni"]:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, formula=None)
    raw.insert("Plan", before="A1", rows=2)
    assert found(report_of(raw)) == [("no-formulas", None)]


# --- one change at a time -------------------------------------------------------------------------


def test_a_number_typed_over_a_formula() -> None:
    raw, cell = Raw(small()), cell_of("WarmENI", "ips_per_node", 2)
    expected = raw.formulas("WarmENI")[cell]
    raw.put("WarmENI", cell, 150.0, None)
    difference = only(report_of(raw))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!{cell} (IPs used per instance): "
        f"a value was typed over the formula: found 150; ={expected} is expected, and comes to 18"
    )
    assert (difference.code, difference.found) == ("formula", 150)
    assert (difference.expected, difference.because_of) == (f"={expected}", None)


def test_a_right_number_typed_over_a_formula_is_found_all_the_same() -> None:
    raw = Raw(small())
    raw.put("WarmENI", "B8", formula=None)
    assert found(report_of(raw)) == [("formula", "WarmENI!B8")]


def test_an_edited_formula() -> None:
    raw = Raw(small())
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    difference = only(report_of(raw))
    assert difference.at("plan.xlsx") == (
        "plan.xlsx, WarmENI!B10 (IPs remaining): "
        "the formula was edited: found =B5-B8+1; =B5-B8 is expected"
    )
    assert (difference.found, difference.expected) == ("=B5-B8+1", "=B5-B8")


def test_a_deleted_formula() -> None:
    raw, cell = Raw(small()), cell_of("WarmENI", "pods_total", 1)
    expected = raw.formulas("WarmENI")[cell]
    raw.put("WarmENI", cell, None, None)
    difference = only(report_of(raw))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!{cell} (Pods total): the cell is empty; its formula is missing"
    )
    assert (difference.code, difference.found) == ("missing-formula", None)
    assert difference.expected == f"={expected}"


@pytest.mark.parametrize(
    ("value", "shown", "recorded"),
    [
        (300.0, 300, "300"),
        (CellError("#N/A"), "#N/A", "#N/A"),
        ("many", "many", '"many"'),
        (True, True, "TRUE"),
        (None, None, "nothing"),
    ],
)
def test_a_stale_value(value: object, shown: object, recorded: str) -> None:
    right = report_of(small()).sheets[0].totals["ips_used"]
    raw = Raw(small())
    raw.put("WarmENI", "B8", value)
    difference = only(report_of(raw))
    assert difference.at("plan.xlsx") == (
        f"plan.xlsx, WarmENI!B8 (IPs used): recorded {recorded}, but {right} is the result"
    )
    assert (difference.code, difference.found) == ("value", shown)
    assert difference.expected == right


def test_a_value_that_is_off_by_a_hair() -> None:
    used = report_of(small()).sheets[0].totals["ips_used"] or 0
    for share, expected in ((1e-13, []), (1e-9, [("value", "WarmENI!B8")])):
        raw = Raw(small())
        raw.put("WarmENI", "B8", used * (1 + share))
        assert found(report_of(raw)) == expected


@BOTH
def test_a_label_that_is_gone(model: str) -> None:
    raw = Raw(small(model))
    raw.put("WarmENI", "A8", None)
    difference = only(report_of(raw))
    label = {"vpc-cni": "IPs used", "aws-sample": "Number of IPs Used"}[model]
    assert (difference.code, difference.column) == ("missing-result", label)
    assert difference.message == (
        f'the label "{label}" was not found; what belongs there is checked where it stands'
    )
    typed = raw.copied()
    typed.put("WarmENI", "B8", 9999.0, None)  # a graver edit beside it
    assert ("formula", "WarmENI!B8") in found(report_of(typed))
    raw.put("WarmENI", "B8", None, None)  # which is told with its label
    assert only(report_of(raw)).message == (
        f'the label "{label}" was not found; what belongs there cannot be checked'
    )


@BOTH
def test_a_column_that_is_gone(model: str) -> None:
    layout, raw = layouts(model)["WarmENI"], Raw(small(model))
    raw.put("WarmENI", layout.cell("pods_total", layout.header_row), "mine")
    for row in range(layout.first_row, layout.last_row + 1):
        raw.put("WarmENI", layout.cell("pods_total", row), None, None)
    [missing] = [each for each in report_of(raw).findings if each.code == "missing-result"]
    header = layout.text_of("pods_total")
    assert (missing.column, missing.expected) == (header, header)
    assert missing.message == (
        f'the column "{header}" was not found; its formulas cannot be checked'
    )


@BOTH
def test_a_column_whose_header_alone_is_gone_is_looked_at_all_the_same(model: str) -> None:
    layout, raw = layouts(model)["WarmENI"], Raw(small(model))
    header, cell = layout.text_of("pods_total"), layout.cell("pods_total", layout.header_row)
    raw.put("WarmENI", cell, "mine")
    missing = only(report_of(raw))
    assert (missing.code, missing.cell, missing.column) == ("missing-result", cell, header)
    row = layout.header_row
    assert missing.message == (
        f'the column "{header}" was not found in row {row}: {cell} holds "mine"; its formulas are '
        "checked where they stand"
    )
    typed = layout.cell("pods_total", layout.first_row)
    raw.put("WarmENI", typed, 7, None)
    assert ("formula", f"WarmENI!{typed}") in found(report_of(raw))
    # As Excel renames it, for the table and for all formulas.
    raw = Raw(small(model))
    of_column = re.compile(rf"({layout.table}\[(?:\[#This Row\],\[)?){header}(?=\])")
    [own] = raw.tables("WarmENI")
    for part in [each for each in raw.parts if each.startswith(("xl/worksheets/", "xl/tables/"))]:
        text = of_column.sub(r"\1mine", raw.parts[part].decode())
        if part == own:
            text = text.replace(f'name="{header}"', 'name="mine"')
        raw.parts[part] = text.encode()
    raw.put("WarmENI", cell, "mine")
    assert [each.code for each in report_of(raw).findings] == ["missing-result"]


def test_a_constant_is_a_fact_and_no_formula() -> None:
    one, other, *_, lost = get_model("vpc-cni").sheet("Settings").constants
    raw = Raw(small())
    raw.put("Settings", one.cell, one.value, "1+1")
    raw.put("Settings", other.cell, other.value + 1)
    raw.put("Settings", lost.label_cell, None)
    raw.put("Settings", lost.cell, lost.value + 1)
    said = {(each.cell, each.code) for each in report_of(raw).findings if not each.because_of}
    assert said >= {
        (one.cell, "input-formula"),
        (other.cell, "constant"),
        (lost.cell, "missing-result"),
        (lost.cell, "constant"),  # which is checked where it stands
    }


@pytest.mark.thorough
def test_a_constant_that_was_changed() -> None:
    constants = get_model("vpc-cni").sheet("Settings").constants
    values = itertools.cycle((17.5, None, "16", True, CellError("#N/A")))
    for constant, value in zip(constants, values, strict=False):
        raw = Raw(small())
        raw.put("Settings", constant.cell, value)
        difference = only(report_of(raw))
        assert (difference.code, difference.place) == ("constant", f"Settings!{constant.cell}")
        assert difference.expected == constant.value
        assert f"but {constant.value:g} is the fact ({constant.source})" in difference.message


@pytest.mark.parametrize(("program", "named"), [("LibreOffice/24.8", False), ("Excel", True)])
def test_0_for_nothing_is_no_matter_from_libreoffice(program: str, named: bool) -> None:
    """Whatever else is wrong is named."""
    raw = Raw(content())
    app = raw.parts["docProps/app.xml"].decode()
    app, count = re.subn("<Application>[^<]*", f"<Application>{program}", app)
    assert count == 1
    raw.parts["docProps/app.xml"] = app.encode()
    raw.put("Plan", "C4", 0.0)  # what is wrong with the subnet's size: nothing
    raw.put("WarmIP", "B9", 123.0)
    raw.put("WarmIP", "B10", 0.0)  # of a number, 0 is no nothing
    raw.put("Plan", "C5", False)
    raw.put("Plan", "C6", 1.0)
    wanted = {("value", f"WarmIP!{cell}") for cell in ("B9", "B10")}
    wanted |= {("value", f"Plan!{cell}") for cell in ("C5", "C6")}
    wanted |= {("value", "Plan!C4")} if named else set()
    assert differences(report_of(raw)) == wanted


def test_a_0_that_was_pasted_over_a_formula_that_shows_nothing_is_wrong() -> None:
    raw = Raw(content())
    app = raw.parts["docProps/app.xml"].decode()
    raw.parts["docProps/app.xml"] = app.replace("Microsoft Excel", "LibreOffice/24.8").encode()
    raw.put("Plan", "C4", 0.0, formula=None)
    raw.put("Plan", "N4", 1.0)  # what it counts as a slip
    [cause] = report_of(raw).of("difference", causes=True)
    assert (cause.code, cause.place) == ("formula", "Plan!C4")


def test_a_workbook_that_says_no_layout_is_of_the_present_one() -> None:
    raw = Raw(small())
    raw.replace_in("docProps/custom.xml", "<vt:lpwstr>4</vt:lpwstr>", "<vt:lpwstr/>")
    [(row, _)] = [
        at for at, cell in read(raw).package.cells("About").items() if cell[0] == "Layout"
    ]
    raw.put("About", f"B{row}", None)
    assert read(raw).layout is None
    assert report_of(raw).layout == 4


def test_of_another_layout_it_is_no_matter_whether_it_was_calculated() -> None:
    raw = Raw(small())
    raw.replace_in("docProps/custom.xml", "<vt:lpwstr>4</vt:lpwstr>", "<vt:lpwstr>3</vt:lpwstr>")
    [(row, _)] = [
        at for at, cell in read(raw).package.cells("About").items() if cell[0] == "Layout"
    ]
    raw.put("About", f"B{row}", 3.0)
    for sheet in SHEETS["vpc-cni"]:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, None)
    assert [each.code for each in report_of(raw).findings] == ["made-by-older"]


@pytest.mark.parametrize(
    ("model", "hidden", "named"),
    [("aws-sample", "WarmENI", True), ("vpc-cni", "WarmENI", False), ("vpc-cni", "Plan", True)],
)
def test_a_sheet_that_its_plan_is_judged_by_may_not_be_hidden(
    model: str, hidden: str, named: bool
) -> None:
    raw = Raw(small(model))
    raw.replace_in(
        "xl/workbook.xml", f'<sheet name="{hidden}"', f'<sheet state="hidden" name="{hidden}"'
    )
    assert (("hidden", hidden) in found(report_of(raw))) is named


def test_a_share_of_the_zone_is_said_with_the_instances_it_is_of() -> None:
    group = NodeGroup("m5.large", 3, 9, in_fullest_zone=4)
    [one] = report_of(Raw(small(plan=Plan(node_groups=[group])))).of("fault")
    assert (one.code, one.column) == ("share-of-zone", "In the fullest zone")
    assert one.message == (
        "found 4, of 3 instances; a part of them is expected, and all of them where there is one "
        "zone"
    )


# --- what cannot be judged ------------------------------------------------------------------------


def with_damaged_types(path: Path) -> Path:
    """A workbook whose sheet of types has not the checksum that the file says."""
    raw = Raw(small())
    content = bytearray(raw.save(path).read_bytes())
    name = raw.sheets["InstanceTypes"].encode()
    local = content.index(name) - 30
    central = content.rindex(name) - 46
    for at in (local + 14, central + 16):
        content[at] ^= 255
    path.write_bytes(content)
    return path


def test_a_part_that_is_damaged_where_it_is_read_at_last(tmp_path: Path) -> None:
    path = with_damaged_types(tmp_path / "bad.xlsx")
    with pytest.raises(WorkbookError) as caught:
        verify_workbook(path)
    words = str(caught.value)
    assert (caught.value.reason, words.startswith(str(path)), "is damaged" in words) == (
        "damaged",
        True,
        True,
    )


@needs_ironcalc
def test_so_it_is_where_another_engine_was_asked(tmp_path: Path) -> None:
    with pytest.raises(RecalculationError, match=r"bad\.xlsx: .*sheet11\.xml"):
        verify_workbook(with_damaged_types(tmp_path / "bad.xlsx"), recalculate="ironcalc")


def test_one_that_is_damaged_takes_no_other_with_it(tmp_path: Path) -> None:
    paths = [
        Raw(small(plan=FAULTY)).save(tmp_path / "a.xlsx"),
        with_damaged_types(tmp_path / "b.xlsx"),
        Raw(small()).save(tmp_path / "c.xlsx"),
    ]
    reports = judge([*map(read_workbook, paths)])
    for report, path in zip(reports, paths, strict=True):
        alone = None if path.name == "b.xlsx" else verify_workbook(path)
        assert (report.file, bool(report.error)) == (str(path), alone is None)
        assert report.findings == (alone.findings if alone else [])
        assert bool(report.sheets) == bool(alone)


@pytest.mark.parametrize("was_on", [True, False])
def test_garbage_is_collected_afterwards_as_before(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        with without_garbage_collection():
            assert not gc.isenabled()
        assert gc.isenabled() == was_on
    finally:
        (gc.enable if before else gc.disable)()


# --- what a report says of its sheets and settings -----------------------------------------------


@pytest.mark.parametrize(("size", "fits"), [(28, False), (20, True)])
def test_sheets_of_aws_sample_fit_where_nothing_is_lacking(size: int, fits: bool) -> None:
    plan = dataclasses.replace(PLANS["aws-sample"], subnet_prefix_length=size)
    report = report_of(small("aws-sample", plan))
    assert [each.fits for each in report.sheets] == [fits, fits]
    assert report.verdict is not None
    assert report.verdict.fits is fits


@pytest.mark.parametrize(("size", "known"), [(28, False), (20, None)])
def test_one_sheet_that_is_not_known_leaves_it_open_whether_all_fit(
    size: int, known: bool | None
) -> None:
    plan = dataclasses.replace(PLANS["aws-sample"], subnet_prefix_length=size)
    raw = Raw(small("aws-sample", plan))
    raw.put("WarmIP", "A23", "m9.unheard")
    report = report_of(raw)
    assert [each.fits for each in report.sheets] == [size == 20, None]
    assert report.verdict is not None
    assert report.verdict.fits is known


def test_a_word_that_cannot_be_used_is_no_setting() -> None:
    raw = Raw(small())
    layout = layouts("vpc-cni")["Settings"]
    raw.put("Settings", layout.cell("pod_eni"), "maybe")
    plan = report_of(raw).plan
    assert plan is not None
    assert (plan.settings["pod_eni"], plan.settings["nodes_from"]) == (None, "managed node group")


def test_what_is_left_to_the_mode_is_none_and_a_word_that_is_left_out_is_no_word() -> None:
    plan = report_of(
        Raw(small(plan=dataclasses.replace(PLANS["vpc-cni"], warm_ip_target=None)))
    ).plan
    assert plan is not None
    assert (plan.settings["warm_ip_target"], plan.settings["owner"]) == (None, "")
    assert (plan.settings["warm_eni_target"], plan.settings["max_eni"]) == (1, 0)


@pytest.mark.parametrize("columns", ["N", "D", "EFGHI"])
def test_a_formula_of_a_filled_row_in_a_spare_one_is_edited(columns: str) -> None:
    """As it is filled down: without a type it gives an error, and so does the total."""
    raw = Raw(small("aws-sample"))
    for column in columns:
        raw.put("WarmENI", f"{column}29", formula=raw.formulas("WarmENI")[f"{column}23"])
    assert found(report_of(raw)) == [("formula", f"WarmENI!{column}29") for column in columns]


def test_a_value_over_a_formula_that_refers_to_a_missing_sheet_is_named() -> None:
    raw = Raw(small())
    raw.remove("IPv6")
    before = found(report_of(raw))
    raw.put("Plan", "D14", "all good", None)
    [one] = {*found(report_of(raw))} - {*before}
    assert one == ("formula", "Plan!D14")
    raw.put("Plan", "D14", None, None)  # which may be of any layout
    assert ("formula", "Plan!D14") not in found(report_of(raw))


def test_what_stands_in_the_place_of_a_label_is_told() -> None:
    raw = Raw(small())
    raw.put("WarmENI", "D19", "In use at the worst hour", None)
    assert only(report_of(raw)).message == (
        'the label "Remaining at the peak" was not found: D19 holds "In use at the worst hour"; '
        "what belongs there is checked where it stands"
    )
