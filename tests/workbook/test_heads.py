"""Words that say what figures are, exchanged or changed: nothing else tells that they are wrong."""

from io import BytesIO

import openpyxl
import pytest

from calculator.findings import Finding
from calculator.model import get_model, models
from calculator.model.sheet import Label
from calculator.workbook.heads import head_of, heads_of
from tests.helpers import Raw, content, needs_uno, report_of, saved
from tests.helpers import edited_in_libreoffice as edited
from tests.workbook.test_reader import says_layout


def heads(raw: Raw) -> list[Finding]:
    return [each for each in report_of(raw).findings if each.code == "head"]


def changed(*cells: tuple[str, str, object]) -> list[tuple[str | None, object, object, str | None]]:
    raw = Raw(content())
    for sheet, cell, value in cells:
        raw.put(sheet, cell, value, None)
    return [(each.place, each.found, each.expected, each.because_of) for each in heads(raw)]


@pytest.mark.parametrize(
    ("sheet", "one", "other", "words"),
    [
        ("Sizes", "C4", "D4", ("WarmENI", "WarmIP")),
        ("Sizes", "E22", "F22", ("Prefix", "IPv6")),
        ("WarmENI", "I4", "J4", ("Subnet", "Pod subnet")),
        ("IPv6", "I4", "J4", ("Subnet", "Pod subnet")),
        ("Settings", "B3", "D3", ("Value", "Unit")),
    ],
)
def test_exchanged_heads_are_one_finding(
    sheet: str, one: str, other: str, words: tuple[str, str]
) -> None:
    first, second = words
    assert changed((sheet, one, second), (sheet, other, first)) == [
        (f"{sheet}!{one}", second, first, None),
        (f"{sheet}!{other}", first, second, f"{sheet}!{one}"),
    ]


@pytest.mark.parametrize("at", ["Plan!D3", "WarmENI!A7", "Prefix!D3", "Sizes!A3", "Sizes!A21"])
def test_a_heading_that_says_of_which_subnets_figures_are(at: str) -> None:
    sheet, _, cell = at.partition("!")
    [(place, found, expected, _)] = changed((sheet, cell, "Of all subnets together"))
    assert (place, found) == (at, "Of all subnets together")
    assert "fullest" in str(expected)
    assert changed(("Plan", "A3", "Our cluster")) == []


def test_heads_that_are_gone() -> None:
    assert changed(("Sizes", "D4", None)) == [("Sizes!D4", None, "WarmIP", None)]
    assert changed(("Settings", "A3", None)) == [("Settings!A3", None, "Setting", None)]


@pytest.mark.parametrize(("cell", "value", "expected"), [("D6", "IPs", "ENIs"), ("E6", 3.0, "0")])
def test_a_unit_and_a_default(cell: str, value: object, expected: str) -> None:
    found = 3 if value == 3.0 else value
    assert changed(("Settings", cell, value)) == [(f"Settings!{cell}", found, expected, None)]


@pytest.mark.parametrize("cell", ["D6", "E6", "E8", "I4"])
def test_the_same_words_otherwise_written(cell: str) -> None:
    """As a number, in capitals, with a colon and blanks."""
    sheet = "WarmIP" if cell == "I4" else "Settings"
    value = {"D6": "enis", "E6": 0.0, "E8": " NO ", "I4": "Subnet:"}[cell]
    assert changed((sheet, cell, value)) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "before", "more"),
    [
        ("Sizes", "A1", {"rows": 2}),
        ("Sizes", "A6", {"rows": 1}),
        ("Sizes", "A5", {"rows": 2}),
        ("Sizes", "A1", {"columns": 1}),
        ("WarmENI", "A5", {"rows": 1}),
        ("WarmENI", "E1", {"columns": 2}),
        ("WarmENI", "J1", {"columns": 1}),
        ("Settings", "A4", {"rows": 1}),
        ("Settings", "A9", {"rows": 3}),
        ("Settings", "C1", {"columns": 1}),
        ("Settings", "D1", {"columns": 1}),
        ("Settings", "E1", {"columns": 2}),
        ("Settings", "F1", {"columns": 1}),
    ],
)
def test_they_move_with_their_figures(sheet: str, before: str, more: dict[str, int]) -> None:
    raw = Raw(content())
    raw.insert(sheet, before=before, **more)
    assert report_of(raw).of("difference") == []


def test_other_layouts_have_other_heads() -> None:
    raw = Raw(content())
    raw.put("Sizes", "D4", "WarmENI", None)
    assert heads(says_layout(raw, 3.0, 3)) == []


@needs_uno
@pytest.mark.thorough
def test_libreoffice_keeps_them(tmp_path) -> None:
    source = saved(tmp_path / "plan.xlsx")
    done = edited(tmp_path, {"saved.xlsx": (source, [["insert_rows", "Sizes", 5, 1]])})
    assert [each for each in report_of(done["saved.xlsx"]).findings if each.code == "head"] == []


def test_what_stands_over_the_columns_of_the_published_sheets() -> None:
    raw = Raw(content("aws-sample"))
    raw.put("WarmIP", "E21", "PC (Per Cluster)", None)
    assert [each.place for each in heads(raw)] == ["WarmIP!E21"]
    raw.put("WarmIP", "E21", "pi (per instance)", None)
    raw.insert("WarmIP", before="A21", rows=2)
    assert heads(raw) == []


@pytest.mark.parametrize(
    ("cell", "style", "expected"),
    [
        ("B4", "head", ("ips_available", 1, 0)),  # right below, and not beside
        ("B6", "head", ("ips_used", 2, 0)),
        ("A9", "unit", ("pods_hosted", 0, 1)),
        ("A9", "default", ("pods_hosted", 0, 1)),
        ("K9", "unit", ("pod_subnet_used", 0, -1)),
        ("A900", "head", ("instance_type", 29 - 900, 0)),  # of the node table
    ],
)
def test_what_words_are_of(cell: str, style: str, expected: tuple[str, int, int]) -> None:
    sheet = get_model("vpc-cni").sheet("WarmENI")
    found = head_of(sheet, Label(cell=cell, text="IPs:", style=style))
    assert (found.beside, found.down, found.right, found.words) == (*expected, "ips")


@pytest.mark.parametrize(
    ("headers", "more"),
    [(["Pods", "OS", "ENIs"], ""), (["Pods", "OS", "ENIs", "Auto", "Node"], ", 2 more")],
)
def test_columns_that_a_table_calls_otherwise(headers: list[str], more: str) -> None:
    raw = Raw(content())
    [part] = raw.tables("WarmIP")
    for each in headers:
        raw.replace_in(part, f'name="{each}"', f'name="our {each}"')
    [found] = [each for each in report_of(raw).findings if each.code == "name"]
    assert (found.place, found.found, found.expected) == ("WarmIP!C29", "our Pods", "Pods")
    assert found.message.count('is "our ') == 3
    assert found.message.partition('"Pods" is "our Pods"')[0].endswith("the column under ")
    assert found.message.endswith(f'"{more}')


# --- words that explain ---------------------------------------------------------------------------


def explained(raw: Raw) -> list[tuple[str | None, int]]:
    report = report_of(raw)
    return [(each.place, each.cells) for each in report.findings if each.code == "reworded"]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["Settings!F5"], "Of the first node group"),
        (["Settings!F7", "Settings!G7", "Settings!F8"], "As in 2025"),
        (["Settings!A9"], "Modes that AWS advises against"),
        (["Sizes!A2"], "Above 0: so many are lacking."),
        (["WarmENI!A17"], "Supported Configurations:"),
    ],
)
def test_other_words_in_the_place_of_explanations_are_one_finding(
    cells: list[str], words: str
) -> None:
    raw = Raw(content("aws-sample" if "WarmENI" in cells[0] else "vpc-cni"))
    for cell in cells:
        raw.put(*cell.split("!"), words, None)
    assert explained(raw) == [(cells[0], len(cells))]
    assert report_of(raw).of("difference") == []


def test_explanations_that_were_added_to_emptied_or_moved() -> None:
    raw = Raw(content())
    raw.put("Sizes", "A1", "prod: subnet sizes: addresses left at the peak", None)
    raw.put("Settings", "F5", None, None)
    raw.put("Settings", "H5", "ask Bob", None)
    raw.insert("Settings", before="A9", rows=2)
    raw.insert("Settings", before="F1", columns=1)
    assert explained(raw) == []


# --- names of sheets ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "one", "other"),
    [("vpc-cni", "WarmIP", "Prefix"), ("aws-sample", "WarmENI", "WarmIP")],
)
def test_sheets_under_each_others_names(model: str, one: str, other: str) -> None:
    raw = Raw(content(model))
    for before, after in ((one, "between"), (other, one), ("between", other)):
        raw.rename(before, after)
    [found] = report_of(raw).findings
    assert (found.code, found.place) == ("name", None)
    assert f'"{one}" holds what belongs on {other}' in found.message
    assert f'"{other}" holds what belongs on {one}' in found.message


@pytest.mark.parametrize(
    "names", [("Warm-IP mode", "Warm-ENI mode"), ("warm_ip", "sheet WARM ENI")]
)
def test_sheets_under_nearly_each_others_names(names: tuple[str, str]) -> None:
    """And under each other's titles, which is no second finding."""
    raw = Raw(content())
    for sheet, other, name in zip(("WarmENI", "WarmIP"), ("IP", "ENI"), names, strict=True):
        raw.put(sheet, "A1", f"EKS subnet calculator: warm {other} mode")
        raw.rename(sheet, name)
    [found] = report_of(raw).findings
    assert (found.code, found.place) == ("name", None)
    assert f'"{names[0]}" holds what belongs on WarmENI' in found.message


@pytest.mark.parametrize("name", ["our mode", "Warm-IP", "IP", "WarmIP 2027"])
def test_a_sheet_may_have_any_other_name(name: str) -> None:
    raw = Raw(content())
    raw.rename("WarmIP", name)
    assert report_of(raw).findings == []


@pytest.mark.parametrize(
    ("sheet", "title"),
    [("IPv6", "Warm-IP"), ("WarmENI", "EKS subnet calculator: prefix mode"), ("Groups", "WarmIP")],
)
def test_a_title_that_says_another_mode(sheet: str, title: str) -> None:
    raw = Raw(content())
    own = openpyxl.load_workbook(BytesIO(content()))[sheet]["A1"].value
    raw.put(sheet, "A1", title, None)
    [found] = heads(raw)
    assert (found.place, found.found, found.expected) == (f"{sheet}!A1", title, own)
    assert found.message == (
        f'found "{title}"; "{own}" is expected, for the sheet holds what belongs on {sheet}'
    )


@pytest.mark.parametrize(
    ("sheet", "title"),
    [
        ("Plan", "Warm IP"),
        ("WarmENI", "prod: no prefixes"),
        ("WarmENI", "Warm ENI"),
        ("WarmENI", "Groups"),  # no mode
        ("IPv6", None),
    ],
)
def test_titles_of_ones_own(sheet: str, title: str | None) -> None:
    assert changed((sheet, "A1", title)) == []


def test_what_explains_figures_may_say_it_in_other_words() -> None:
    sheets = [sheet for model in models() for sheet in model.sheets]
    styles = {each.label.style for sheet in sheets for each in heads_of(sheet)}
    assert styles == {"head", "above", "scope", "unit", "default", "remark"}


# --- columns that keep their heads were not deleted -----------------------------------------------


@pytest.mark.parametrize(
    ("area", "cells"),
    [("I5:J26", ["I5"]), ("J5:J26", ["J5"]), ("A1:AH37", ["B2"])],
)
def test_values_pasted_over_formulas_are_no_deleted_column(area: str, cells: list[str]) -> None:
    """With real empties where a formula gave nothing."""
    raw = Raw(content())
    book = openpyxl.load_workbook(BytesIO(content()), data_only=True)
    for row in book["WarmIP"][area]:
        for cell in row:
            raw.put("WarmIP", cell.coordinate, cell.value, None)
    found = report_of(raw).of("difference", causes=True)
    assert {each.code for each in found} <= {"formula", "missing-formula"}
    assert [each.cell for each in found] == cells


def test_which_column_was_deleted() -> None:
    raw = Raw(content())
    raw.insert("Sizes", before="E1", columns=-1)
    [found] = report_of(raw).of("difference", causes=True)
    assert (found.code, found.sheet) == ("missing-result", "Sizes")
    assert found.message.startswith("column D was deleted")


@pytest.mark.parametrize(("before", "cell"), [("E1", "D3"), ("F1", "E3")])
def test_a_column_of_settings_that_was_deleted_is_one_finding(before: str, cell: str) -> None:
    """As Excel and LibreOffice do it, which move the references."""
    raw = Raw(content())
    raw.insert("Settings", before=before, columns=-1)
    [found] = report_of(raw).of("difference", causes=True)
    assert (found.code, found.cell) == ("head", cell)


@pytest.mark.parametrize(
    ("sheet", "cell", "label"),
    [
        ("Plan", "F4", "At the peak"),
        ("Plan", "A7", "WARM_ENI_TARGET"),
        ("Settings", "A23", "Rollout surge of pods [%]"),
        ("Plan", "C13", "Target Workload Pods per Node"),
    ],
)
def test_a_label_that_is_a_formula_is_named_while_it_gives_the_right_words(
    sheet: str, cell: str, label: str
) -> None:
    raw = Raw(content())
    raw.put(sheet, cell, label, f'IF(TODAY()>60000,"Left","{label}")')
    [finding] = report_of(raw).of("difference")
    assert (finding.code, finding.place, finding.column) == ("head", f"{sheet}!{cell}", label)
    assert finding.message.startswith('found "=IF(TODAY()>60000,')
