"""Every part of every formula, and every recorded value, is looked at."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import openpyxl
import pytest

from calculator import Plan
from calculator.model.expression import NOTHING
from calculator.model.sheet import Column
from calculator.parity.comparison import TOLERANCE, is_rounded, same_value
from calculator.workbook import recalculate
from calculator.workbook.layout import Layout
from calculator.workbook.reader import read_workbook
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, place
from tests.helpers import (
    AWS_SAMPLE,
    FAULTY,
    MODELS,
    PLAN,
    PLANS,
    SHEETS,
    Raw,
    content,
    differences,
    formulas_read,
    found,
    needs_aws_sample,
    report_of,
    thorough,
    times,
)
from tests.workbook.readings import read

BOTH = pytest.mark.parametrize("model", MODELS)
EACH_SHEET = pytest.mark.parametrize(
    ("model", "sheet"), [(model, sheet) for model in MODELS for sheet in SHEETS[model]]
)
ROWS, FILLED = 8, len(PLAN.node_groups)
#: The rows whose cells are looked at. In AWS's sample a spare row without formulas is no matter.
LOOKED_AT = {"vpc-cni": range(1, ROWS + 1), "aws-sample": range(1, FILLED + 1)}
NAN = float("nan")
#: Edits of each formula that are tried; of those that there are, in turn.
SAMPLE = 6


def small(model: str = "vpc-cni", plan: Plan | None = None) -> bytes:
    """A workbook with a short table."""
    return content(model, plan or PLANS[model], ROWS)


@cache
def layouts(model: str) -> dict[str, Layout]:
    plans = read_workbook("book.xlsx", small(model)).plans
    return {name: sheet.layout for plan in plans for name, sheet in plan.sheets.items()}


def cells_of(model: str, sheet: str, rows: range) -> list[str]:
    """The cells of the results, and of the columns in some rows of the table, counted from 1."""
    layout = layouts(model)[sheet]
    return [layout.cell(each.name) for each in layout.sheet.totals] + [
        layout.cell(each.name, layout.header_row + row)
        for each in layout.sheet.computed
        for row in rows
    ]


# --- two values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recorded", "result", "same"),
    [
        (3.0, 3.0, True),
        (3.0 * (1 + TOLERANCE / 2), 3.0, True),
        (3.0 * (1 + TOLERANCE * 2), 3.0, False),
        (0.0, 0.0, True),
        (1e-300, 0.0, False),
        (3.0, "3", False),
        ("3", 3.0, False),
        (True, 1.0, False),
        (False, 0.0, False),
        # nothing
        (None, NOTHING, True),
        ("", NOTHING, True),
        (None, "", True),
        ("", "", True),
        (0.0, NOTHING, False),
        (0.0, "", False),
        (False, NOTHING, False),
        (False, "", False),
        (CellError("#N/A"), NOTHING, False),
        (CellError("#N/A"), "", False),
        (" ", "", False),
        (None, 0.0, False),
        ("", 0.0, False),
        # an error
        (CellError("#N/A"), NAN, True),
        (CellError("#VALUE!"), NAN, True),
        (CellError("#REF!"), CellError("#N/A"), True),
        (None, NAN, False),
        ("", NAN, False),
        (0.0, NAN, False),
        ("#N/A", NAN, False),
        ("#N/A", "#N/A", True),
        (CellError("#N/A"), "#N/A", False),
        (CellError("#N/A"), 3.0, False),
        # what an input holds
        (True, True, True),
        (1.0, True, False),
        ("TRUE", True, False),
        (None, False, False),
    ],
)
def test_value_nothing_and_error_are_three_things(
    recorded: object, result: object, same: bool
) -> None:
    assert same_value(recorded, result) is same


# --- every formula, every part of it --------------------------------------------------------------

OPERATORS = dict(
    zip(
        ("+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="),
        ("-", "+", "/", "*", "*", "=", "<>", "=", "<=", ">=", "<", ">"),
        strict=True,
    )
)
FUNCTIONS = {
    "MIN": "MAX",
    "MAX": "MIN",
    "ROUNDUP": "ROUND",
    "INT": "ABS",
    "IF": "IFERROR",
    "AND": "OR",
    "OR": "AND",
    "SUM": "MAX",
    "SUMPRODUCT": "SUM",
    "ROWS": "COLUMNS",
    "INDEX": "OFFSET",
    "MATCH": "XMATCH",
    "COUNTIF": "SUMIF",
    "ROW": "COLUMN",
    "NA": "TODAY",
}
TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")
    |(?P<this>\w+\[\[\#This[ ]Row\],\[(?:'.|[^]'])+\]\])
    |(?P<headers>\w+\[\[\#Headers\],\[(?:'.|[^]'])+\]\])
    |(?P<column>\w+\[(?:'.|[^]'])+\])
    |(?P<sheet>\w+!)
    |(?P<call>[A-Z_][\w.]*\()
    |(?P<cell>\$?[A-Z]{1,2}\$?[0-9]+)
    |(?P<name>[A-Z_]{4,})
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<operator><=|>=|<>|[-+*/^&=<>])
    |(?P<rest>.)""",
    re.VERBOSE,
)
#: Two columns of each kind of table: one stands for the other, or for any other.
HEADERS = {
    "Nodes": ("Check", "By"),
    "Table": ("Max ENIs per Instance (PI)", "IPs per ENI PI"),
    "": ("Max ENIs", "IPs per ENI"),
}


def edits(formula: str, row: int | None) -> Iterator[str]:
    """The formula with one thing changed: each operator, constant, reference, function in turn."""
    tokens = [(str(each.lastgroup), each[0]) for each in TOKEN.finditer(formula)]
    for number, (kind, token) in enumerate(tokens):
        for other in other_tokens(kind, token, row):
            texts = [text for _, text in tokens]
            texts[number] = other
            yield "".join(texts)
    yield f"({formula})+0"
    yield f"{formula}*1"
    yield f"-{formula}"


def other_tokens(kind: str, token: str, row: int | None) -> Iterator[str]:
    if kind == "text":
        yield '" "' if token == '""' else token[:-1] + '!"'
    elif kind == "this":
        table = next(each for each in HEADERS if token.startswith(each))
        header = next(each for each in HEADERS[table] if f"[{each}]" not in token)
        yield re.sub(r",\[.*\]\]$", f",[{header}]]", token)
        yield f"A{(row or 0) + 1}"  # the row below
    elif kind == "column":
        yield token.replace("[", "[[#Headers],[", 1) + "]"
    elif kind == "headers":
        yield token.replace("#Headers", "#This Row")
    elif kind == "sheet":
        yield "Settings!" if token == "Plan!" else "Plan!"
    elif kind == "cell":
        yield re.sub("[0-9]+$", lambda digits: str(int(digits[0]) + 1), token)
        yield re.sub("[A-Z]+", "ZZ", token, count=1)
    elif kind == "number":
        yield str(float(token) + 1)
        yield str(float(token) * (1 + 1e-9) + 1e-9)
    elif kind == "operator":
        yield OPERATORS[token]
    elif kind == "call" and token[:-1] in FUNCTIONS:
        yield FUNCTIONS[token[:-1]] + "("
    elif kind == "name" and token.endswith("_TARGET"):
        yield "$B$14"


@pytest.mark.thorough
@EACH_SHEET
def test_every_edit_of_every_formula_is_found(model: str, sheet: str) -> None:
    layout, chance = layouts(model)[sheet], random.Random(sheet)
    raw = Raw(small(model))
    formulas, waiting = raw.formulas(sheet), list[list[tuple[str, str]]]()
    for each in (*layout.sheet.totals, *layout.sheet.computed):
        rows = LOOKED_AT[model] if isinstance(each, Column) else [None]
        cells = [layout.cell(each.name, row and layout.header_row + row) for row in rows]
        made = [
            (cell, text)
            for cell in cells
            for text in edits(
                formulas[cell], place(cell)[0] if each.name in layout.columns else None
            )
        ]
        waiting.append(chance.sample(made, min(SAMPLE, len(made))))
    planted = 0
    while any(waiting):
        raw = Raw(small(model))
        wanted = dict(left.pop() for left in waiting if left)
        for cell, text in wanted.items():
            raw.put(sheet, cell, formula=text)
        planted += len(wanted)
        report = report_of(raw)
        found = {each for each in differences(report) if not each[0].startswith("moved-")}
        assert found == {("formula", f"{sheet}!{cell}") for cell in wanted}
    assert planted > 60


@EACH_SHEET
@pytest.mark.parametrize("kind", ["value", "text", "typed", "cleared"])
def test_every_cell_is_looked_at(model: str, sheet: str, kind: str) -> None:
    raw = Raw(small(model))
    cells = cells_of(model, sheet, LOOKED_AT[model])
    for cell in cells:
        if kind == "value":
            raw.put(sheet, cell, 123456.75)
        elif kind == "text":
            raw.put(sheet, cell, "stale")
        elif kind == "typed":
            raw.put(sheet, cell, 3.0, None)
        else:
            raw.put(sheet, cell, None, None)
    code = {"typed": "formula", "cleared": "missing-formula"}.get(kind, "value")
    assert differences(report_of(raw)) == {(code, f"{sheet}!{cell}") for cell in cells}


@EACH_SHEET
def test_a_truth_is_no_number_though_python_has_it_equal(model: str, sheet: str) -> None:
    """In rows where everything else is as it should be."""
    raw = Raw(small(model))
    [plan] = [each for each in read_workbook("a.xlsx", small(model)).plans if sheet in each.sheets]
    values = {a1(*at): cell.value for at, cell in plan.sheets[sheet].cells.items()}
    cells = [each for each in cells_of(model, sheet, LOOKED_AT[model]) if values[each] in (0, 1)]
    assert cells or sheet == "Sizes"
    for cell in cells:
        raw.put(sheet, cell, bool(values[cell]))
    assert differences(report_of(raw)) == {("value", f"{sheet}!{cell}") for cell in cells}


WRONG = (0.125, -1e6, 0.0, "old", "OK", "", None, CellError("#VALUE!"), True, False)


@pytest.mark.parametrize("seed", [*range(4), *map(thorough, range(4, times(16)))])
def test_a_wrong_value_is_one_finding_wherever_it_stands(seed: int) -> None:
    """In a good row, a faulty row, a spare row and among the results."""
    chance, raw = random.Random(seed), Raw(small(plan=FAULTY))
    sheet = chance.choice(SHEETS["vpc-cni"])
    layout = layouts("vpc-cni")[sheet]
    named = [*layout.sheet.totals, *layout.sheet.computed]
    each = chance.choice(named)
    row = (1, 2, 3, 4, ROWS)[seed % 5]
    cell = layout.cell(each.name, layout.header_row + row if isinstance(each, Column) else None)
    there = read_workbook("a.xlsx", small(plan=FAULTY)).plans[0].sheets[sheet].cells[place(cell)][0]
    # Of errors one is as good as another; None and "" are both nothing.
    wrong = [value for value in WRONG if not _alike(value, there)]
    raw.put(sheet, cell, chance.choice(wrong))
    before = differences(report_of(small(plan=FAULTY)))
    report = report_of(raw)
    assert differences(report) - before == {("value", f"{sheet}!{cell}")}
    assert ("value", f"{sheet}!{cell}") in found(report)


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, CellError) or isinstance(other, CellError):
        return isinstance(one, CellError) and isinstance(other, CellError)
    return (one or "") == (other or "") and isinstance(one, bool) == isinstance(other, bool)


def test_formulas_of_spare_rows_of_aws_sample_are_looked_at() -> None:
    raw, layout = Raw(small("aws-sample")), layouts("aws-sample")["WarmENI"]
    cells = [layout.cell(each.name, layout.last_row) for each in layout.sheet.computed]
    for number, cell in enumerate(cells):
        raw.put("WarmENI", cell, 3.0, None if number % 2 else 'IF(A1="",1,2)')
    assert differences(report_of(raw)) == {("formula", f"WarmENI!{cell}") for cell in cells}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("seed", range(0, 8, 2))
def test_any_number_of_changes_is_found(model: str, seed: int) -> None:
    chance = random.Random(seed)
    raw, wanted = Raw(small(model)), set[tuple[str, str]]()
    formulas = {sheet: raw.formulas(sheet) for sheet in SHEETS[model]}
    every = [(s, c) for s in SHEETS[model] for c in cells_of(model, s, range(1, FILLED + 1))]
    for sheet, cell in chance.sample(every, 1 + 5 * seed):
        kind = chance.choice(["value", "formula", "typed", "missing-formula"])
        if kind == "value":
            raw.put(sheet, cell, chance.choice([0.125, -1e6, "old", CellError("#VALUE!"), True]))
        elif kind == "typed":
            raw.put(sheet, cell, chance.choice([0.125, "none"]), None)
        elif kind == "missing-formula":
            raw.put(sheet, cell, None, None)
        else:
            row = place(cell)[0]
            in_table = row > layouts(model)[sheet].header_row > 0
            made = list(edits(formulas[sheet][cell], row if in_table else None))
            raw.put(sheet, cell, formula=chance.choice(made))
        wanted.add(("formula" if kind == "typed" else kind, f"{sheet}!{cell}"))
    assert differences(report_of(raw)) == wanted


# --- what means the same --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "same",
    [
        lambda text: text.lower(),
        lambda text: text.replace(",", " , "),
        lambda text: re.sub(r"\[\[#This Row\],(\[[^]]+\])\]", r"[@\1]", text),
        lambda text: text.replace("B5", "$B$5").replace("B8", "$B8"),
    ],
)
@pytest.mark.parametrize("name", ["ips_remaining", "ips_per_node"])
def test_what_means_the_same_is_no_difference(name: str, same: Any) -> None:
    raw, layout = Raw(small()), layouts("vpc-cni")["WarmENI"]
    cell = layout.cell(name, layout.header_row + 2 if name in layout.columns else None)
    raw.put("WarmENI", cell, formula=same(raw.formulas("WarmENI")[cell]))
    assert report_of(raw).findings == []


def test_a_row_of_aws_sample_may_have_the_formulas_of_a_spare_one() -> None:
    raw, layout = Raw(small("aws-sample")), layouts("aws-sample")["WarmENI"]
    first = layout.first_row
    for each in layout.sheet.computed:
        formula = layout.formula(each.name, first, spare=True)
        raw.put("WarmENI", layout.cell(each.name, first), formula=formula)
    assert report_of(raw).findings == []


def test_the_formula_of_a_filled_row_and_that_of_a_spare_one_are_expected_in_their_rows() -> None:
    raw, layout = Raw(small("aws-sample")), layouts("aws-sample")["WarmENI"]
    cells = [layout.cell("ips_total", row) for row in (layout.first_row, layout.last_row)]
    formulas = raw.formulas("WarmENI")
    for cell in cells:
        raw.put("WarmENI", cell, formula="1+1")
    said = {each.cell: each.expected for each in report_of(raw).findings}
    assert said == {cell: f"={formulas[cell]}" for cell in cells}
    assert len({*said.values()}) == 2


def test_in_a_row_without_a_type_an_optional_input_shows_nothing() -> None:
    raw, layout = Raw(small()), layouts("vpc-cni")["Groups"]
    raw.put("Plan", "A15", None)
    at = f"Groups!{layout.cell('os', layout.header_row + 2)}"
    [said] = [each for each in report_of(raw).findings if each.place == at]
    assert (said.found, said.expected) == ("Linux", "")


def test_of_a_row_that_was_emptied_one_finding_says_so() -> None:
    raw, row = Raw(small()), layouts("vpc-cni")["WarmENI"].header_row + 7
    cells = [cell for cell in raw.formulas("WarmENI") if place(cell)[0] == row]
    for cell in [*cells, "B8"]:
        raw.put("WarmENI", cell, None, None)
    total, whole = [each for each in report_of(raw).findings if not each.because_of]
    assert (total.place, total.cells) == ("WarmENI!B8", 1)
    assert total.message == "the cell is empty; its formula is missing"
    assert (whole.place, whole.cells) == (f"WarmENI!A{row}", len(cells))
    assert whole.message.startswith(f"row {row} has none of its {len(cells)} formulas: ")
    last = cells[-1].rstrip("0123456789")
    assert whole.message.endswith(f"copy the cells of columns A to {last} from another row")
    plan = Raw(small())
    row = layouts("vpc-cni")["Plan"].header_row + 7
    for letter in "DNO":
        plan.put("Plan", f"{letter}{row}", None, None)
    [few] = [each for each in report_of(plan).findings if not each.because_of]
    assert few.message.endswith("copy the cells of columns D, N, O from another row")


# --- what another engine gives --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "given", "message"),
    [
        ("B8", 7.0, "an engine gives 7, but {} is the result"),
        ("B8", CellError("#N/A"), "an engine gives #N/A, but {} is the result"),
        ("B8", CellError("#NAME?"), "an engine gives #NAME?, but {} is the result (a function"),
        ("J5", 7.0, "an engine gives 7, but nothing is the result"),
        ("A30", 7.0, 'an engine gives 7, but "m5.12xlarge" is the result'),
        (
            "A30",
            CellError("#NAME?"),
            'an engine gives #NAME?, but "m5.12xlarge" is the result (a function',
        ),
    ],
)
def test_what_an_engine_gives_otherwise_is_named(
    monkeypatch: pytest.MonkeyPatch, cell: str, given: Any, message: str
) -> None:
    cells = read_workbook("book.xlsx", small()).plans[0].sheets
    values = {
        each.name: {at: one.value for at, one in each.cells.items()} for each in cells.values()
    }
    result = values["WarmENI"][place(cell)]
    values["WarmENI"][place(cell)] = given
    monkeypatch.setattr(
        recalculate, "recalculate", lambda files, engine, **_: dict.fromkeys(files, values)
    )
    [found] = report_of(small(), recalculate="an engine").findings
    assert (found.code, found.place) == ("recalculated", f"WarmENI!{cell}")
    assert found.message.startswith(message.format(int(result) if cell == "B8" else ""))


def test_an_engine_gives_nothing_to_cells_that_are_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Raw(small())
    for cell in ("B8", "D31"):
        raw.put("WarmENI", cell, None, None)
    nothing: Any = {each: {} for each in ("Plan", *SHEETS["vpc-cni"])}
    monkeypatch.setattr(
        recalculate, "recalculate", lambda files, *_, **__: dict.fromkeys(files, nothing)
    )
    every = report_of(raw, recalculate="an engine").findings
    given = {each.place for each in every if each.code == "recalculated"}
    assert not given & {"WarmENI!B8", "WarmENI!D31"}
    assert given >= {"WarmENI!B9", "WarmENI!D30"}


def test_what_was_typed_over_a_formula_is_seen_though_nothing_was_calculated() -> None:
    book = openpyxl.load_workbook(io.BytesIO(small()))
    book["WarmENI"]["B8"] = 9999
    stream = io.BytesIO()
    book.save(stream)
    [typed] = report_of(Raw(stream.getvalue())).of("difference")
    result = read_workbook("book.xlsx", small()).plans[0].sheets["WarmENI"].cells[8, 2].value
    assert typed.message.endswith(f" is expected, and comes to {result:.0f}")


def test_what_was_lost_is_known_by_its_label() -> None:
    raw = Raw(small())
    label = read_workbook("book.xlsx", small()).plans[0].sheets["WarmIP"].cells[8, 1].value
    raw.put("WarmIP", "A8", "Total")
    [lost] = [each for each in report_of(raw).findings if not each.because_of]
    assert (lost.code, lost.place, lost.column) == ("missing-result", "WarmIP!B8", label)
    assert lost.expected == label


@pytest.mark.parametrize(("digits", "is_so"), [(1, True), (3, True), (4, False)])
def test_a_number_that_is_rounded_as_cells_show_it(digits: int, *, is_so: bool) -> None:
    assert is_rounded(round(2 / 3, digits), 2 / 3) == is_so
    assert not is_rounded(1.0, 1.0003)  # without digits behind the point it tells nothing


def test_where_an_error_is_the_result() -> None:
    raw, layout = Raw(small("vpc-cni", FAULTY)), layouts("vpc-cni")["WarmENI"]
    cell = layout.cell("ips_used")
    for value, words in ((7.0, "7, but"), ("#N/A", "#N/A, a text, but")):
        raw.put("WarmENI", cell, value)
        said = [each.message for each in report_of(raw).findings if each.place == f"WarmENI!{cell}"]
        assert said == [f"recorded {words} #N/A is the result"]


# --- AWS's own workbook ---------------------------------------------------------------------------


@needs_aws_sample
def test_changes_in_the_published_workbook_are_found() -> None:
    raw = Raw(AWS_SAMPLE)
    formulas = raw.formulas("WarmENI")
    raw.put("WarmENI", "B10", formula="B5-B8-1")
    raw.put("WarmENI", "L23", formula=formulas["L23"] + "+1")
    raw.put("WarmENI", "B9", 17.0)
    raw.put("WarmIP", "D23", 4.0, None)
    raw.put("WarmIP", "E23", 4.5)
    wanted = {
        ("formula", "WarmENI!B10"),
        ("formula", "WarmENI!L23"),
        ("value", "WarmENI!B9"),
        ("formula", "WarmIP!D23"),
        ("value", "WarmIP!E23"),
    }
    report = report_of(raw)
    assert differences(report) == wanted
    assert set(found(report)) == wanted


# --- a table that is declared far below what it holds ---------------------------------------------


@pytest.mark.parametrize(("model", "sheet"), [("aws-sample", "WarmENI"), ("vpc-cni", "Prefix")])
@pytest.mark.parametrize("last", [1_500, 1_048_576])
def test_rows_without_any_cell_lack_nothing(model: str, sheet: str, last: int) -> None:
    raw, layout = Raw(small(model)), layouts(model)[sheet]
    [table] = raw.tables(sheet)
    xml = re.sub(r'(ref="A[0-9]+:[A-Z]+)[0-9]+"', rf'\g<1>{last}"', raw.parts[table].decode())
    raw.parts[table] = xml.encode()
    # Formulas that take it together with another table come to nothing, which is said.
    uneven = {("uneven-rows", f"{sheet}!{layout.cell('number')}")} if model == "vpc-cni" else set()
    assert differences(report_of(raw)) == uneven
    cells = cells_of(model, sheet, LOOKED_AT[model])
    for cell in cells:
        raw.put(sheet, cell, 123456.75)
    gone = layout.cell(layout.sheet.computed[0].name, layout.header_row + FILLED)
    raw.put(sheet, gone, None, None)
    wanted = {("value", f"{sheet}!{cell}") for cell in cells if cell != gone}
    wanted |= uneven | {("missing-formula", f"{sheet}!{gone}")}
    assert differences(report_of(raw)) == wanted


def test_a_formula_that_refers_to_a_column_that_is_gone() -> None:
    """Of rows without a node group the formulas ask for the type, whose header was cleared."""
    raw = Raw(small("aws-sample"))
    raw.without_tables()
    raw.put("WarmENI", "A22", None, None)
    causes = [each for each in report_of(raw).findings if not each.because_of]
    assert ("missing-column", "WarmENI!A22") in [(each.code, each.place) for each in causes]


def test_the_formula_of_another_row_is_none_of_a_row_without_a_table() -> None:
    raw = Raw(content("aws-sample", rows=6))
    raw.without_tables()
    layout = read(raw).plans[0].plan.layout
    cells = [layout.cell("ips_total", row) for row in range(layout.first_row, layout.first_row + 6)]
    for cell in cells[1:]:
        raw.put(layout.name, cell, formula=raw.formulas(layout.name)[cells[0]])
    wrong = {("formula", f"{layout.name}!{cell}") for cell in cells[1:]}
    assert differences(report_of(raw)) == wrong


@pytest.mark.parametrize("name", ["max_enis", "number"])
@pytest.mark.parametrize("rows", [range(1, FILLED + 1), range(FILLED + 1, ROWS + 1)])
def test_a_column_without_any_result_is_not_alike(name: str, rows: range) -> None:
    raw, layout = Raw(small()), layouts("vpc-cni")["Groups"]
    cells = [layout.cell(name, layout.header_row + row) for row in rows]
    shown = {cell: read(raw).plans[0].sheets["Groups"].cells[place(cell)].value for cell in cells}
    for cell in cells:
        raw.put("Groups", cell, None)
    wrong = {("value", f"Groups!{cell}") for cell in cells if shown[cell] not in (None, "")}
    assert differences(report_of(raw)) == wrong


def test_a_filled_row_without_a_table_may_have_the_formula_of_a_spare_one() -> None:
    """As where somebody copies a row of AWS's sample up from below."""
    raw = Raw(content("aws-sample", rows=6))
    raw.without_tables()
    layout = read(raw).plans[0].plan.layout
    for name in ("max_enis", "ips_total"):
        cell = layout.cell(name, layout.first_row)
        raw.put(layout.name, cell, formula=layout.formula(name, layout.first_row, spare=True))
        assert raw.formulas(layout.name)[cell].startswith("IF(")
    assert differences(report_of(raw)) == set()


def test_formulas_that_lost_their_references_are_not_read_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As LibreOffice leaves them in a file of the old format: =NA(), and no table."""
    raw = Raw(small())
    raw.without_tables()
    for sheet in SHEETS["vpc-cni"]:
        for cell in raw.formulas(sheet):
            raw.put(sheet, cell, CellError("#N/A"), "NA()")
    read = formulas_read(monkeypatch)
    report = report_of(raw)
    assert found(report) == [("formula", "Plan!A2")]
    assert len(read) < len(report.findings) / 2  # those are rules


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1+1", "the formula was edited: found =1+1; =I6+I7+I8 is expected"),
        (None, "a value was typed over the formula: found 2; =I6+I7+I8 is expected, and comes to "),
    ],
)
def test_what_a_value_should_be_is_told_where_it_was_typed(formula: str | None, said: str) -> None:
    """The result of a formula that was edited is none of it."""
    raw = Raw(small())
    recorded = openpyxl.load_workbook(io.BytesIO(small()), data_only=True)["WarmENI"]["B8"].value
    raw.put("WarmENI", "B8", 2.0, formula)
    [first] = [each for each in report_of(raw).findings if not each.because_of]
    assert first.message == said + ("" if formula else f"{recorded:,}")
