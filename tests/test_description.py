"""What a workbook says: the same whatever was done to the file, and another where it says else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from calculator.catalog import load_catalog
from calculator.description import Description, describe
from calculator.difference import changes
from calculator.naming import together
from calculator.plan import NodeGroup, Plan
from calculator.results.text import text_of
from tests.helpers import (
    FEW_TYPES,
    MODELS,
    PLAN,
    SHEETS,
    calculated,
    content,
    libreoffice,
    needs_ironcalc,
    needs_uno,
    saved,
)
from tests.raw import Raw
from tests.test_edits import drop_tables
from tests.workbook.test_looks import styled

SAMPLES = Path(__file__).parent.parent / "sample_workbooks"


def said_by(folder: Path, raw: Raw) -> Description:
    return describe(raw.save(folder / "plan.xlsx", compress=False))


def text(said: Description) -> str:
    return "\n".join(text_of(said))


def edited(model: str) -> Raw:
    """A workbook with formulas that are not the program's, in a result and in a row."""
    raw = Raw(content(model, rows=8, catalog=FEW_TYPES))
    formulas = raw.formulas("WarmENI")
    total, in_row = ("B8", "D30") if model == "vpc-cni" else ("B8", "D24")
    raw.put("WarmENI", total, formula=f"2*{formulas[total]}")
    raw.put("WarmENI", in_row, formula=f"{formulas[in_row]}+1")
    return raw


def rename_all(raw: Raw) -> None:
    for sheet in list(raw.sheets):
        raw.rename(sheet, f"Mein {sheet}")


HARMLESS: dict[str, Callable[[Raw], object]] = {
    "sheets renamed": rename_all,
    "sheets in another order": lambda raw: raw.order(*reversed(raw.sheets)),
    "no tables, A1 references": lambda raw: raw.without_tables(),
    "a column inserted": lambda raw: raw.insert("WarmENI", before="C1", columns=1),
    "rows above a sheet of a mode": lambda raw: raw.shift("WarmIP", 3),
}


@pytest.mark.thorough
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", HARMLESS)
def test_what_says_the_same_is_the_same(tmp_path: Path, model: str, name: str) -> None:
    before, raw = said_by(tmp_path, edited(model)), edited(model)
    HARMLESS[name](raw)
    after = said_by(tmp_path, raw)
    assert len(before.formulas) == 2
    assert text(after) == text(before)
    assert changes(before, after) == []


@pytest.mark.thorough
def test_text_tells_the_main_figures_of_the_modes_that_matter(tmp_path: Path) -> None:
    for mode, sheets in (("prefix", ["Prefix"]), (None, ["WarmENI", "WarmIP", "Prefix"])):
        more = {"mode": mode} if mode else {}
        plan = Plan(subnet_prefix_length=22, node_groups=[NodeGroup("m5.large", 2, 9)], **more)
        said = describe(saved(tmp_path / "a.xlsx", plan=plan, rows=6, catalog=FEW_TYPES))
        results = text(said).partition("\nresults:\n")[2].split("\n\n")[0].splitlines()
        assert list(dict.fromkeys(line.split(",")[0].strip() for line in results)) == sheets
        assert len(results) == 6 * len(sheets)


@pytest.mark.thorough
@needs_ironcalc
def test_rows_above_the_plan(tmp_path: Path) -> None:
    before = said_by(tmp_path, edited("vpc-cni"))
    raw = edited("vpc-cni")
    for sheet in SHEETS["vpc-cni"]:
        raw.shift(sheet, 4)
    after = said_by(tmp_path, calculated(raw))
    assert text(after) == text(said_by(tmp_path, calculated(edited("vpc-cni"))))
    assert [each.kind for each in changes(before, after) if each.kind != "finding"] == []


@pytest.mark.thorough
@pytest.mark.parametrize("program", ["libreoffice", "openpyxl"])
def test_programs_make_no_difference(program: str) -> None:
    before = describe(SAMPLES / "vpc-cni-example.xlsx")
    after = describe(SAMPLES / f"saved-by-{program}.xlsx")
    assert text(after) == text(before)
    assert changes(before, after) == []


@pytest.mark.thorough
@needs_uno
def test_formulas_of_libreoffice_read_the_same(tmp_path: Path) -> None:
    source = edited("vpc-cni").save(tmp_path / "plan.xlsx")
    [result] = libreoffice([source], tmp_path)
    assert describe(result).formulas == describe(source).formulas


def test_formulas_read_by_names(tmp_path: Path) -> None:
    raw = Raw(content("vpc-cni", rows=8, catalog=FEW_TYPES))
    raw.put("WarmENI", "B8", formula="SUM(WarmENI[IPs total])*Settings!$B$7+Plan!$B$4+B5+K42+D31")
    raw.put("Plan", "B15", formula="Plan!B14*2")
    raw.put("WarmENI", "D37", value=7.0, formula=None)
    raw.put("WarmENI", "D36", value=7.0, formula=None)
    assert said_by(tmp_path, raw).formulas == {
        ("Plan", "# of Instances", "t3.medium"): "=[# of Instances, m5.12xlarge]*2",
        ("WarmENI", "IPs used", ""): "=SUM([IPs total])*Settings[MAX_ENI]"
        "+Plan[Subnet prefix length (/n)]+[IPs available]+[Pods that fit, row 13]"
        "+[Max ENIs, t3.medium]",
        ("WarmENI", "Max ENIs", "rows without a node group"): "7",
    }


@pytest.mark.thorough
def test_text_has_every_section(tmp_path: Path) -> None:
    groups = [
        NodeGroup("m5.large", 3, 20),
        NodeGroup("m5.large", 1, 9, os="Windows", own_max_pods=30),
        NodeGroup("m5.large", 1, 2),
    ]
    raw = Raw(content("vpc-cni", Plan(node_groups=groups), 8, load_catalog()))
    raw.put("Plan", "B14", value="three\u202e")
    raw.put("InstanceTypes", "B2", value=77.0)
    raw.copy("Tables", "Notes")
    for cell in ("A1", "B1", "C1", "D1", "E1", "F1"):
        raw.put("Notes", cell, value="words")
    lines = text(said_by(tmp_path, raw)).splitlines()
    assert lines[0] == "model: vpc-cni, layout 4"
    assert lines[1].startswith("catalog: EC2 limits of 2026-08")
    assert lines[1].endswith(", 1,447 instance types")
    assert "  Subnet prefix length (/n): 23" in lines
    assert "  WARM_IP_TARGET: nothing" in lines
    at = lines.index("node groups:")
    assert lines[at + 1 : at + 4] == [
        '  m5.large: # of Instances "three\\u202e", Target Workload Pods per Node 20',
        "  m5.large Windows: # of Instances 1, Target Workload Pods per Node 9, Own max pods 30",
        "  m5.large (no. 2): # of Instances 1, Target Workload Pods per Node 2",
    ]
    assert "  WarmENI, IPs available: 507" in lines
    assert "  WarmENI, IPs used: not known" in lines
    assert lines[-2:] == ["other worksheets:", "  Notes"]
    fault = '  fault: not-a-number: Plan, # of Instances, m5.large: found "three\\u202e"'
    assert fault in lines
    assert "  a1.2xlarge, max_enis: 77 (4 built in)" in lines


def test_settings_that_differ_from_sheet_to_sheet_stand_by_sheet(tmp_path: Path) -> None:
    raw = Raw(content("aws-sample", rows=8, catalog=FEW_TYPES))
    same = said_by(tmp_path, raw)
    assert ("", "subnet_prefix_length") in same.inputs
    raw.put("WarmIP", "B4", value=24.0)
    raw.put("WarmIP", "B23", value=9.0)
    said = said_by(tmp_path, raw)
    assert said.inputs["WarmENI", "subnet_prefix_length"] == 20
    assert said.inputs["WarmIP", "subnet_prefix_length"] == 24
    assert {group.scope for group in said.groups} == {"WarmENI", "WarmIP"}
    found = [each for each in changes(same, said) if each.severity == "input"]
    assert [(each.where, each.name, each.old, each.new) for each in found] == [
        ("WarmIP", "subnet_prefix_length", 20, 24),
        ("WarmIP, m5.12xlarge", "instances", 2, 9),
    ]


def test_another_layout_is_not_said_to_have_formulas(tmp_path: Path) -> None:
    said = describe(SAMPLES / "faulty" / "made-by-older.xlsx")
    assert not said.compared
    assert "not compared: the workbook has another layout" in text(said)
    assert changes(said, said) == []


def test_a_second_node_group_is_known_by_its_number(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", plan=Plan(node_groups=[NodeGroup("m5.large", 1, 2)] * 2))
    assert [each.title for each in describe(path).groups] == ["m5.large", "m5.large (no. 2)"]


def test_a_formula_in_many_rows_is_said_once(tmp_path: Path) -> None:
    raw = edited("vpc-cni")
    for row in range(28, 36):
        raw.put("WarmENI", f"D{row}", formula="1+1")
    said = dict(together(said_by(tmp_path, raw).formulas))
    assert said["WarmENI", "Max ENIs, 5 node groups"] == "=1+1"
    assert said["WarmENI", "Max ENIs, rows without a node group"] == "=1+1"


def test_what_follows_from_a_sheet_that_is_gone_is_one_finding(tmp_path: Path) -> None:
    raw = Raw(content("vpc-cni", rows=8, catalog=FEW_TYPES))
    raw.remove("InstanceTypes")
    said = said_by(tmp_path, raw)
    assert said.formulas == {}
    assert [each.code for each in said.findings] == ["missing-mode"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("known", "edit", "where"),
    [
        (
            lambda raw: raw.put("WarmENI", "A20", None),
            lambda raw: raw.put("WarmENI", "I19", 1.0, "B5-I11"),
            ("WarmENI", "Remaining at the peak (peak_remaining)"),
        ),
        (
            lambda raw: raw.put("Plan", "A12", None),
            lambda raw: raw.put("Plan", "G5", None, None),
            ("Plan", "Left (warm_eni_left)"),
        ),
    ],
)
def test_an_edit_beside_a_lost_label_is_told(
    tmp_path: Path,
    known: Callable[[Raw], object],
    edit: Callable[[Raw], object],
    where: tuple[str, str],
) -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    known(raw)
    before = said_by(tmp_path, raw)
    edit(raw)
    after = said_by(tmp_path, raw)
    assert [(each.where, each.what) for each in changes(before, after)] == [where]
    assert [each.severity for each in changes(after, before)] == ["mended"]
    assert text(before) != text(after)
    rename_all(raw)
    renamed = said_by(tmp_path, raw)
    assert changes(after, renamed) == []
    assert text(after) == text(renamed)


def test_a_formula_of_a_file_without_values(tmp_path: Path) -> None:
    raw = edited("vpc-cni")
    for sheet in raw.sheets:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, value=None)
    said = said_by(tmp_path, raw)
    assert len(said.formulas) == 2
    assert text(said) == text(said_by(tmp_path, edited("vpc-cni")))


@pytest.mark.thorough
def test_formulas_of_tables_that_are_gone_are_said_once(tmp_path: Path) -> None:
    raw = Raw(content("vpc-cni", rows=8, catalog=FEW_TYPES))
    drop_tables()(raw)
    said = said_by(tmp_path, raw)
    assert [where for where in said.formulas if where[0] == "WarmENI"] == []
    assert len(said.formulas) == 1
    assert len(changes(said_by(tmp_path, edited("vpc-cni")), said)) < 5


@pytest.mark.parametrize(
    ("model", "sheet", "cell"), [("aws-sample", "CidrData", "B24"), ("vpc-cni", "Tables", "B8")]
)
def test_what_formulas_look_up_and_is_of_no_type_is_told(
    tmp_path: Path, model: str, sheet: str, cell: str
) -> None:
    raw = Raw(content(model))
    before = said_by(tmp_path, raw)
    raw.put(sheet, cell, 9999.0)
    after = said_by(tmp_path, raw)
    [change] = [each for each in changes(before, after) if each.kind == "finding"]
    assert (change.what, str(change.new)[:11]) == ("figure", "found 9999;")
    assert text(before) != text(after)


def test_digits_that_stand_for_themselves_are_told_as_such(tmp_path: Path) -> None:
    def shown(code: str) -> str:
        raw = styled(Raw(content()), "WarmENI!B8", code)
        return said_by(tmp_path, raw).formats["WarmENI", "IPs used", ""]

    assert shown('0"0"') == shown(r"0\0") == '0"0"'
    assert shown('0"k"') == shown(r"0\k") == "0k"
    assert shown("00") == "00"
