"""What a declaration refuses, and where a rule finds what it refers to."""

import dataclasses

import pytest

from calculator.catalog import Catalog, InstanceType
from calculator.errors import InputError
from calculator.findings import CODES
from calculator.inputs import Choice, Quantity
from calculator.model import get_model, get_sheet, models
from calculator.model.expression import NOTHING, Name, number, ref
from calculator.model.ranges import total
from calculator.model.sheet import (
    Column,
    Constant,
    Label,
    Model,
    Notice,
    Setting,
    Sheet,
    Total,
    catalog_rows,
)

COUNT = Quantity("count", "things [things]", 3)
MAYBE = Quantity("maybe", "things, or nothing [things]", None, empty="as many as there are")
WORD = Choice("word", "a word", None, ("a", "b"), empty="a")


def a_setting(name="count", cell="B1", label_cell="A1", **more):
    declared = dataclasses.replace(COUNT, name=name)
    return Setting(input=declared, label=name, label_cell=label_cell, cell=cell, **more)


def a_total(formula, name="sum", cell="B2", label_cell="A2"):
    return Total(name=name, label=name, label_cell=label_cell, cell=cell, formula=formula)


def a_column(name, formula=None):
    return Column(name=name, header=name, about=name, formula=formula)


def a_sheet(name="First", mode="first", **parts):
    given = {"title": name, "table": "T", "labels": (), "header_row": 5, **parts}
    return Sheet(name=name, mode=mode, **given)


def a_model(*sheets, plan=None):
    return Model(name="m", title="M", about=(), sheets=sheets, data_tables=(), plan=plan)


# --- places and names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "cell"),
    [
        ({"settings": (a_setting(), a_setting("other", label_cell="A9"))}, "B1"),
        ({"settings": (a_setting(), a_setting("other", cell="A1", label_cell="C1"))}, "A1"),
        ({"settings": (a_setting(),), "labels": (Label(cell="B1", text="x"),)}, "B1"),
        ({"labels": (Label(cell="C1", text="x"), Label(cell="C1", text="y"))}, "C1"),
        ({"settings": (a_setting(),), "totals": (a_total(number(1), cell="B1"),)}, "B1"),
        (
            {
                "totals": (a_total(number(1)),),
                "constants": (
                    Constant(
                        name="five",
                        label="five",
                        label_cell="A3",
                        cell="A2",
                        value=5,
                        unit="",
                        source="",
                    ),
                ),
            },
            "A2",
        ),
    ],
)
def test_two_things_in_one_cell(parts, cell):
    with pytest.raises(ValueError, match=rf"^sheet First: cell {cell} is there twice$"):
        a_sheet(**parts, header_row=20)


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": (a_setting("x"), a_setting("x", cell="B2", label_cell="A2"))},
        {"settings": (a_setting("x"),), "totals": (a_total(number(1), name="x"),)},
        {"settings": (a_setting("x"),), "columns": (a_column("x"),)},
        {"columns": (a_column("x"), a_column("x", number(1)))},
    ],
)
def test_two_things_of_one_name(parts):
    with pytest.raises(ValueError, match=r"^sheet First: name x is there twice$"):
        a_sheet(**parts)


def test_several_results_may_share_a_label():
    """As those beside each other in a block do."""
    rows = (a_total(number(1)), a_total(number(2), "other", "C2"))
    sheet = a_sheet(totals=rows)
    assert [each.name for each in sheet.placed] == ["sum", "other"]


@pytest.mark.parametrize(
    "parts",
    [
        {"settings": (a_setting(cell="B5", label_cell="A4"),)},
        {"settings": (a_setting(cell="B4", label_cell="A5"),)},
        {"labels": (Label(cell="ZZ7", text="x"),)},
        {"totals": (a_total(number(1), cell="B100"),)},
    ],
)
def test_a_cell_in_the_node_table(parts):
    with pytest.raises(ValueError, match=r"^sheet First: a cell stands in the node table$"):
        a_sheet(**parts)
    assert a_sheet(**parts, table=None)


def test_a_text_has_no_whole_column():
    """Of a column a text would be one for each row."""
    column = a_column("x", number(1))
    texts = [total("x") & "!", ref("n") & total("x")]
    for each in texts:
        with pytest.raises(ValueError, match=r"^sheet First: sum is a text with a whole column$"):
            a_sheet(settings=(a_setting("n"),), columns=(column,), totals=(a_total(each),))


# --- references -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        ref("nowhere"),
        ref("count") + ref("nowhere") * 2,
        total("nowhere"),
        total("count"),  # no column
        ref("count", "Second"),
    ],
)
def test_a_reference_to_what_is_not_there(rule):
    """Wherever the rule stands."""
    column, notice = a_column("x", rule), Notice(code="one-zone", about="", when=rule, message=rule)
    other = a_sheet("Second", "second")
    for parts in ({"totals": (a_total(rule),)}, {"columns": (column,)}, {"notices": (notice,)}):
        sheet = a_sheet(settings=(a_setting(),), **parts)
        with pytest.raises(ValueError, match=r"^sheet First: a rule refers to (nowhere|count), "):
            a_model(sheet, other)


def test_a_reference_to_a_sheet_that_is_not_there():
    with pytest.raises(KeyError, match="Third"):
        a_model(a_sheet(totals=(a_total(ref("count", "Third")),)))


def test_where_a_rule_finds_what_it_refers_to():
    plan = a_sheet("Plan", None, settings=(a_setting(),), columns=(a_column("n"),))
    own = a_setting("own")
    rules = (
        a_total(ref("count") + ref("own") + ref("catalog_vcpus")),
        a_total(total("n", "Plan"), "all", "B3", "A3"),
    )
    first, second = a_sheet(settings=(own,), totals=rules), a_sheet("Second", "second")
    model = a_model(plan, first, second, plan="Plan")
    assert [*model] == [first, second]
    assert model.sheet("Plan") is plan
    assert model.home(first, Name("count")) is plan
    assert model.home(first, Name("own")) is first
    assert model.home(first, Name("n", "Plan", is_column=True)) is plan
    # what the engine is given is of the sheet itself
    assert model.home(first, Name("catalog_vcpus")) is first
    assert [each.name for each in model.inputs] == ["count", "n", "own"]
    # without one place for all inputs, no sheet sees another's
    with pytest.raises(ValueError, match="refers to count, which is not there"):
        a_model(plan, first, second)


# --- settings -------------------------------------------------------------------------------------


def test_an_input_that_may_be_empty_has_no_default():
    places = {"label": "x", "label_cell": "A1", "cell": "B1"}
    count = Setting(input=COUNT, **places)
    assert (count.default, count.value(None), count.value(7)) == (3, 3.0, 7.0)
    own = Setting(input=COUNT, own_default=1, **places)
    assert (own.default, own.value(None)) == (1, 1.0)
    maybe = Setting(input=MAYBE, **places)
    assert (maybe.default, maybe.value(None), maybe.value(0)) == (None, NOTHING, 0.0)
    word = Setting(input=WORD, **places)
    assert (word.is_text, word.default, word.value(None), word.value("b")) == (True, None, "", "b")


# --- the models that there are --------------------------------------------------------------------


def test_models_and_sheets_are_found_by_name_and_by_mode():
    assert [model.name for model in models()] == ["vpc-cni", "aws-sample"]
    for model in models():
        assert get_model(model.name) is model
        for sheet in model:
            assert get_sheet(model, sheet.name) is get_sheet(model, sheet.mode) is sheet
    with pytest.raises(InputError) as caught:
        get_model("cni")
    assert str(caught.value) == 'model: found "cni"; one of vpc-cni, aws-sample is expected'


@pytest.mark.parametrize("name", ["ipvs", "Plan", "Settings"])
def test_a_sheet_that_computes_no_mode(name):
    with pytest.raises(InputError) as caught:
        get_sheet(get_model("vpc-cni"), name)
    assert str(caught.value) == (
        f'sheet: found "{name}"; model vpc-cni has WarmENI (warm-eni), WarmIP (warm-ip), '
        "Prefix (prefix), IPv6 (ipv6)"
    )


# --- what the model's own sheets say --------------------------------------------------------------


def test_of_results_that_share_a_label_the_later_ones_have_their_head():
    sheet = get_model("vpc-cni").sheet("WarmENI")
    said = {each.name: sheet.label_of(each) for each in sheet.totals}
    assert (said["node_ips"], said["pod_subnet_node_ips"]) == (
        "Nodes and their pods",
        "Nodes and their pods, pod subnet",
    )
    assert said["ips_used"] == "IPs used"
    added = next(each for each in sheet.totals if each.label.startswith("+ "))
    assert said[added.name] == added.label[2].upper() + added.label[3:]
    assert not any(each.startswith("+ ") for each in said.values())


def test_which_columns_hold_texts():
    sheet = get_model("vpc-cni").sheet("WarmENI")
    columns = {each.name: each.is_text for each in sheet.columns}
    assert (columns["check"], columns["instance_type"], columns["ips_total"]) == (True, True, False)


def test_the_rows_of_a_catalog():
    """Truths in words; no row of a type of which nothing but the name is known."""
    types = [
        InstanceType("a.large", max_enis=3, ipv4_per_eni=10, trunk_compatible=True),
        InstanceType("b.large", max_enis=2, ipv4_per_eni=6, trunk_compatible=False),
        InstanceType("c.large", max_enis=None, ipv4_per_eni=None),
    ]
    rows = catalog_rows("instance_type", "trunk_compatible", "max_enis")
    assert rows(Catalog(types, "mine")) == [["a.large", "yes", 3], ["b.large", "no", 2]]
    assert catalog_rows("instance_type")(Catalog(types, "mine")) == []


def test_each_notice_has_a_code_and_is_of_an_input():
    notices = [one for model in models() for sheet in model.sheets for one in sheet.notices]
    assert {each.code for each in notices} <= CODES.keys()
    for model in models():
        inputs = {each.name for each in model.inputs}
        assert {one.about for sheet in model.sheets for one in sheet.notices} <= inputs
    assert {each.code for each in notices if each.is_fault} == {
        each.code for each in notices if CODES[each.code].severity == "fault"
    }


def test_each_setting_says_its_default_or_what_nothing_means():
    sheet = get_model("vpc-cni").sheet("Settings")
    said = {each.cell: each.text for each in sheet.labels}
    for setting in sheet.settings:
        row, default = setting.cell[1:], setting.input.default
        if default is None:
            assert said[f"F{row}"].endswith(f" Empty: {setting.input.empty}.")
        else:
            assert said.get(f"E{row}", "") == str(default)
            assert "Empty:" not in said[f"F{row}"]
    assert {each.cell for each in sheet.labels if each.style == "heading"} > {"A4", "A9"}


def test_settings_that_had_another_label_once():
    sheet = get_model("vpc-cni").sheet("Settings")
    assert {each.name: each.formerly for each in sheet.settings if each.formerly} == {
        "pods_from": ("Custom networking", {"yes": "custom networking", "no": "node subnets"}),
        "nodes_from": (
            "Max pods follow",
            {"ENI limits": "self-managed", "110 or 250": "managed node group"},
        ),
        "other_ips": ("Other addresses (8 for each load balancer)", {}),
    }
