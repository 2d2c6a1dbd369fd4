"""Pairs of formulas that are the same, pairs that are not, and text that is no formula at all."""

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calculator.xlsx.formula import FormulaError, Geometry, canonical, same_formula
from calculator.xlsx.geometry import DefinedName, Table
from calculator.xlsx.package import Package

AWS_SAMPLE = Path(__file__).parents[3] / "shared/data/aws-sample/subnet-calc.xlsx"

NODES = (
    "instance type",
    "# of Instances",
    "Pods",
    "IPs per ENI PI",
    "it's [odd]",
    "in use ENIs PI -",
)


def geometry() -> Geometry:
    tables = [
        Table("Table3", "WarmENI", 22, 23, 24, 1, NODES),
        Table("Table4", "CidrData", 1, 2, 31, 1, ("size", "number of ips")),
        Table("One", "One row", 4, 5, 5, 2, ("a", "b")),
        Table("Bare", "WarmENI", 0, 40, 41, 1, ("x", "y")),
        Table("Summed", "One row", 10, 11, 12, 1, ("p", "q"), has_totals=True),
    ]
    names = [
        DefinedName("WARM_ENI_TARGET", None, "WarmENI!$B$13"),
        DefinedName("WARM_IP_TARGET", "WarmIP", "WarmIP!$B$13"),
        DefinedName("target", None, "CidrData!$A$2:$A$31"),
        DefinedName("target", "WarmENI", "'One row'!$B$5"),
        DefinedName("moving", None, "WarmENI!B13"),
        DefinedName("rate", None, "0.5"),
        DefinedName("gone", None, "#REF!"),
        DefinedName("columns", None, "CidrData!$A:$B"),
    ]
    return Geometry(tables, names)


G = geometry()
AT = {"sheet": "WarmENI", "row": 23, "column": 4, "geometry": G}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        # as LibreOffice writes them
        ("_xlfn.xlookup(B4,Table4[size],Table4[number of ips])",) * 2,
        ("_xlfn.xlookup(B4,A1,A2)", "_xlfn.XLOOKUP(B4,A1,A2)"),
        # whatever line breaks the header of a column has
        ("SUM(Table4[number\n of ips])", "SUM(Table4[number of ips])"),
        ("XLOOKUP(B4,A1,A2)", "_xlfn.XLOOKUP(B4,A1,A2)"),
        ("_xlfn._xlws.SORT(A1:A3)", "SORT(A1:A3)"),
        ("IF(TRUE(),1,FALSE())", "IF(TRUE,1,false)"),
        *(
            (f"SUM(@A{top}:A{bottom})", "SUM(A23)")
            for top, bottom in ((20, 23), (23, 30), (22, 24))
        ),
        # white space between two references is an operator, and how much of it is no matter
        ("SUM(A1:C3  B:B)", "SUM(A1:C3 $B:$B)"),
        ("SUM(B4  target)", "SUM(B4 Target)"),
        ("SUM(B4\nCidrData!A2)", "SUM(B4 CidrData!$A$2)"),
        ("SUM(B4  Table3[Pods])", "SUM(B4 Table3[pods])"),
        ("SUM(A1:C3  (B2:D4))", "SUM(A1:C3 (B2:D4))"),
        ("SUM(B4  INDEX(A1:C3,1,1))", "SUM(B4 index(A1:C3,1,1))"),
        # as IronCalc and Google Sheets write them
        (
            "XLOOKUP(B4,CidrData!$A$2:$A$31,CidrData!$B$2:$B$31)",
            "_xlfn.XLOOKUP(B4,Table4[size],Table4[number of ips])",
        ),
        ("SUM($B$23:$B$24)", "SUM(Table3['# of Instances])"),
        ("@IF($D$23-$C$23<1,1,0)", "IF((Table3[[#This Row],[IPs per ENI PI]]-[@Pods])<1,1,0)"),
        ("$A$23*$B$13", "Table3[[#This Row],[instance type]]*WARM_ENI_TARGET"),
        # structured references
        ("Table3[@Pods]", "Table3[[#This Row],[Pods]]"),
        ("[@Pods]", "Table3[[#This Row],[Pods]]"),
        ("[@[Pods]]", "table3[ [#this row] , [pods] ]"),
        ("[Pods]", "Table3[Pods]"),
        ("Table3[[Pods]]", "Table3[[#Data],[Pods]]"),
        ("Table3[@[IPs per ENI PI]]", "D23"),
        ("Table3[@'# of Instances]", "B23"),
        ("Table3[[#This Row],['# of Instances]]", "B23"),
        ("Table3[@[it''s '[odd']]]", "E23"),
        ("Table3[@[in use ENIs PI -]]", "F23"),
        ("Table3[@[Pods]:[IPs per ENI PI]]", "C23:D23"),
        ("Table3[[Pods]:[IPs per ENI PI]]", "C23:D24"),
        ("Table3[[IPs per ENI PI]:[Pods]]", "C23:D24"),
        ("Table3[@]", "A23:F23"),
        ("Table3[]", "A23:F24"),
        ("Table3", "A23:F24"),
        ("Table3[#Data]", "A23:F24"),
        ("Table3[[#Headers],[Pods]]", "C22"),
        ("Summed[[#Totals],[q]]", "'One row'!B13"),
        ("Summed[[#All],[q]]", "'One row'!B10:B13"),
        ("Bare[#All]", "A40:B41"),
        ("SUM(One[a])", "SUM('One row'!B5)"),
        ("Table3[Pods]:Table3[IPs per ENI PI]", "C23:D24"),
        # names
        ("WARM_ENI_TARGET+1", "warm_eni_target+1"),
        ("WarmIP!WARM_IP_TARGET", "WarmIP!B13"),
        ("target", "'One row'!B5"),
        ("CidrData!target", "CidrData!A2:A31"),
        ("moving", "MOVING"),
        ("rate*2", "Rate*2"),
        ("SUM(columns)", "SUM(CidrData!A:B)"),
        # references
        ("$B$2", "b2"),
        ("warmeni!B2", "B2"),
        ("'WARMENI'!B2", "B2"),
        ("'One row'!B2:C3", "'one row'!$C$3:'ONE ROW'!$B$2"),
        ("B2:B2", "B2"),
        ("B5:B2", "B2:B5"),
        ("C2:B5", "B2:C5"),
        ("B2 : B5", "B2:B5"),
        ("SUM($A:$A)", "SUM(A1:A1048576)"),
        ("SUM(2:3)", "SUM(A2:XFD3)"),
        ("D23", "$D$23"),
        ("INDEX(A1:A9,1):B2", "index($A$1:$A$9,1):$B$2"),
        # numbers, text, errors
        ("1.0", "1"),
        ("1E2", "100"),
        (".5", "0.5"),
        ("0.30000000000000004", "0.3"),
        ("0.333333333333333", "0.33333333333333331"),
        ("999999999999.9999", "1000000000000"),
        ("0.99999999999995", "1"),
        ("1.00000000000005", "1"),
        ("IFERROR(A1,#N/A)", "iferror(A1,#N/A)"),
        ("{1,2;3,4}", "{ 1.0, 2; 3, 4 }"),
        # parentheses, signs, white space
        ("(A1)", "A1"),
        ("((A1+B1))", "A1+B1"),
        ("(A1*B1)+C1", "A1*B1+C1"),
        ("(A1-B1)-C1", "A1-B1-C1"),
        ("(A1+B1)*C1", "( A1 + B1 ) * C1"),
        ("+A1", "A1"),
        ("-(-A1)", "--A1"),
        ("(-A1)^2", "-A1^2"),
        ("SUM( A1,\n B1 )", "SUM(A1,B1)"),
        ("@A1", "_xlfn.SINGLE(A1)"),
        ("@Table3[Pods]", "Table3[@Pods]"),
        ("_xlfn.SINGLE(Table3[Pods])", "Table3[@Pods]"),
        ("@CidrData!$A$2:$A$31", "CidrData!$A$23"),
        ("IF(A1,,2)", "IF(A1, ,2)"),
        ("A1:A3  B2:B4", "A1:A3 B2:B4"),
        ("A1%", "(A1)%"),
        ("_xlfn.LET(_xlpm.x,1,_xlpm.x)", "LET(_xlpm.X,1,_xlpm.x)"),
    ],
)
def test_same(found: str, expected: str) -> None:
    assert same_formula(found, expected, **AT)
    assert same_formula(f"={expected}", found, **AT)
    assert same_formula(f" {found} ", expected, **AT)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("SUM(Table3[Pods])+1", "SUM(Table3[Pods])"),
        ("SUM(C23:C25)", "SUM(Table3[Pods])"),
        ("C24", "Table3[@Pods]"),
        ("B23", "Table3[@Pods]"),
        ("WarmIP!C23", "Table3[@Pods]"),
        ("A1+B1", "A1-B1"),
        ("ROUNDDOWN(A1,0)", "ROUNDUP(A1,0)"),
        ("ROUNDUP(A1,)", "ROUNDUP(A1,0)"),
        ("ROUNDUP(A1)", "ROUNDUP(A1,)"),
        ("MAX(A1,2)", "MAX(A1,1)"),
        ("1.000000000002", "1"),
        ("0", "1E-300"),
        ("A1*B1", "B1*A1"),
        ("A1-(B1-C1)", "A1-B1-C1"),
        ("A1+(B1+C1)", "A1+B1+C1"),
        ("A1/(B1*C1)", "A1/B1*C1"),
        ("-(A1^2)", "-A1^2"),
        ("--A1", "A1"),
        ("A1%", "A1"),
        ("A1%%", "A1%"),
        ('"a"', '"A"'),
        ('"a ""b"""', '"a b"'),
        ('"1"', "1"),
        ('"TRUE"', "TRUE"),
        ('"A1"', "A1"),
        ("TRUE", "1"),
        ("FALSE", "TRUE"),
        ("#N/A", "#REF!"),
        ("A1 B1", "A1:B1"),
        ("SUM((A1,B1))", "SUM(A1,B1)"),
        ("{1,2;3,4}", "{1,2,3,4}"),
        ("SUM(A:A)", "SUM(A1:A1048575)"),
        ("WarmENI!rate", "WarmENI!moving"),
        ("moving", "B13"),
        ("B13", "gone"),
        ("IF(A1=1,2,3)", "IF(A1<>1,2,3)"),
        ("IF(A1>=1,2,3)", "IF(A1>1,2,3)"),
        ("FOO(A1)", "BAR(A1)"),
        ("SUM(@Table3[Pods])", "SUM(Table3[Pods])"),
        ("SUM(_xlfn.SINGLE(Table3[Pods]))", "SUM(Table3[Pods])"),
        ("SUM(@A30:A40)", "SUM(A30:A40)"),
        ("_xludf.SUM(A1)", "SUM(A1)"),
        ("5", "C23"),
        ("SUM(_xlfn.SINGLE(A23,2))", "SUM(A23)"),
        *((f"SUM(@A{top}:A{bottom})", "SUM(A23)") for top, bottom in ((20, 22), (24, 30))),
        # the formula's own row is none of those that may be written
        *((f"A{row}", "A23") for row in (1, 2, 22, 24, 1_048_576)),
        # what is not there is the same as nothing
        ("Table9[x]", "table9[x]"),
        ("Table3[nothing]", "Table3[Nothing]"),
        ("Table3[# of Instances]", "Table3['# of Instances]"),
        ("nothing", "NOTHING"),
        ("WARM_IP_TARGET", "warm_ip_target"),
        ("One[@a]", "one[@a]"),
        ("Bare[[#Headers],[x]]", "bare[[#Headers],[x]]"),
        ("Table3[[#Totals],[Pods]]", "table3[[#Totals],[Pods]]"),
        ("Table3[[Pods],[IPs per ENI PI]]", "C23:D24"),
        ("Table3[[Pods]:]", "Table3[Pods]"),
        ("[1]Sheet1!A1", "[1]sheet1!A1"),
    ],
)
def test_different(found: str, expected: str) -> None:
    assert not same_formula(found, expected, **AT)
    assert not same_formula(expected, found, **AT)


def test_names_are_looked_up_on_the_sheet_of_the_formula_first() -> None:
    place = {"row": 1, "column": 1, "geometry": G}
    assert same_formula("target", "CidrData!A2:A31", sheet="WarmIP", **place)
    assert same_formula("WARM_IP_TARGET", "B13", sheet="WarmIP", **place)
    with pytest.raises(FormulaError, match="no name WARM_IP_TARGET"):
        canonical("CidrData!WARM_IP_TARGET", sheet="WarmIP", **place)


def test_this_row_is_one_form_in_all_rows_of_the_table_and_nowhere_else() -> None:
    text = "Table3[[#This Row],[Pods]]*$B$14"
    forms = {canonical(text, **AT | {"row": row}) for row in (23, 24)}
    assert len(forms) == 1
    assert canonical("C24*B14", **AT | {"row": 24}) in forms
    for row in (22, 25):
        with pytest.raises(FormulaError, match="no row of the table Table3"):
            canonical(text, **AT | {"row": row})
    with pytest.raises(FormulaError, match="in no table"):
        canonical("[@Pods]", **AT | {"row": 30})


def test_what_is_remembered_fits_the_row() -> None:
    for text in (
        "B23*2",
        "Table3[Pods]",
        "B23:Table3[@Pods]",
        "Table3[@Pods]:B24",
        "B24:B30:Table3[@Pods]",
    ):
        for row in (23, 24, 23):
            fresh = canonical(text, **AT | {"row": row, "geometry": geometry()})
            assert canonical(text, **AT | {"row": row}) == fresh, (text, row)
    for row in (23, 19, 23, 20, 41, 40, 23):  # of which @ takes the formula's own, or none
        fresh = canonical("@B20:B40", **AT | {"row": row, "geometry": geometry()})
        assert canonical("@B20:B40", **AT | {"row": row}) == fresh, row
    # Row 5 is the formula's own row in one place and any row in another.
    at_5 = {"sheet": "WarmENI", "row": 5, "column": 9, "geometry": G}
    assert canonical("One[a]", **at_5) == canonical("'One row'!B5", **at_5)
    assert canonical("One[a]", **AT) == canonical("'One row'!B5", **AT)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1" * 8_193, "8,193 characters"),
        ("(" * 65 + "1" + ")" * 65, "more than 64 deep"),
        ("ABS(" * 65 + "1" + ")" * 65, "more than 64 deep"),
        ("(A1", "found '' where \\) is expected"),
        ("A1)", "found '\\)' where an operator is expected"),
        ("A1+", "found '' where a value is expected"),
        ("", "a value is expected"),
        ("A1 1", "an operator is expected"),
        ("SUM(A1;B1)", "found ';' where , is expected"),
        ("1E999", "a value is expected"),
        ('"open', "cannot read the formula"),
        ("'open!A1", "cannot read the formula"),
        ("Table3[[Pods", "cannot read the formula"),
        ("A1#", "cannot read the formula"),
        ("Sheet1!", "a cell or a name is expected"),
        ("XFE1", "there is no name XFE1"),
        ("A1048577", "there is no name A1048577"),
        ("Table3[no such]", "the table Table3 has no column 'no such'"),
        ("Table9[x]", "there is no table Table9"),
    ],
)
def test_errors_say_what_was_found(text: str, words: str) -> None:
    for _ in range(2):  # the second time, by heart
        with pytest.raises(FormulaError, match=words):
            canonical(text, **AT)
    assert not same_formula(text, "A1", **AT)


def test_nesting_up_to_the_limit_is_read() -> None:
    deep = "(" * 63 + "A1" + ")" * 63
    assert same_formula(deep, "A1", **AT)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 8_000,
        "[]" * 4_000,
        "'" * 8_000,
        '"' * 8_001,
        "A1 " * 2_700,
        "-" * 8_000 + "1",
        "1.1" * 2_700,
        "1+" * 4_000 + "1",
        "f(" * 4_000,
        "f(" + "," * 8_000 + ")",
        "Table3[" + "[Pods]," * 1_000 + "]",
        "Table3[[Pods]" + " " * 8_000 + "]",
        "{" + "1;" * 4_000 + "1}",
        "a" * 8_000,
        "A" + "$" * 8_000,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    start = time.perf_counter()
    same_formula(text, "A1", **AT)
    assert time.perf_counter() - start < 1


# Formulas made of parts, each part in two spellings that mean the same.
_SPELLINGS = st.sampled_from(
    [
        ("B4", "$b$4"),
        ("Data!A2:A31", "data!$A$2:$A$31"),
        ("'One row'!C5", "'ONE ROW'!$C5"),
        ("Table3[@Pods]", "Table3[[#This Row],[Pods]]"),
        ("Table4[size]", "CidrData!A2:A31"),
        ("WARM_ENI_TARGET", "$B$13"),
        ("1", "1.0"),
        ("100", "1E2"),
        ('"a b"', '"a b"'),
        ("TRUE", "TRUE()"),
        ("#N/A", "#N/A"),
    ]
)


def _extended(parts: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    operators = st.sampled_from(["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">="])
    functions = st.sampled_from(
        [("SUM", "sum"), ("_xlfn.XLOOKUP", "xlookup"), ("IFERROR", "IfError")]
    )
    return st.one_of(
        st.tuples(parts, operators, parts).map(
            lambda t: (
                f"({t[0][0]}){t[1]}({t[2][0]})",
                f"( {t[0][1]} ) {t[1]}\n((+({t[2][1]})))",
            )
        ),
        st.tuples(functions, parts, parts).map(
            lambda t: (
                f"{t[0][0]}({t[1][0]},{t[2][0]},)",
                f"@{t[0][1]}( {t[1][1]} , ({t[2][1]}) , )",
            )
        ),
        parts.map(lambda part: (f"-({part[0]})", f"- ({part[1]}) ")),
        parts.map(lambda part: (f"({part[0]})%", f"(({part[1]}) %)")),
    )


@settings(deadline=None)
@given(st.recursive(_SPELLINGS, _extended, max_leaves=12))
def test_spelling_makes_no_difference(pair: tuple[str, str]) -> None:
    left, right = (canonical(text, **AT) for text in pair)
    assert left == right
    assert hash(left) == hash(right)
    assert canonical(f"={pair[0]}", **AT) == left
    assert canonical(f"({pair[0]})+1", **AT) != left


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.text("AZaz09$:!,;()[]{}@#'\" +-*/^&=<>%._\\\n", max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "Table3",
                    "[",
                    "]",
                    "@",
                    "#",
                    "#Data",
                    "#N/A",
                    "Pods",
                    "(",
                    ")",
                    ",",
                    ";",
                    ":",
                    "!",
                    "'",
                    '"',
                    "A1",
                    "$B$2",
                    "SUM(",
                    "1",
                    "1E2",
                    "TRUE",
                    "+",
                    "-",
                    "%",
                    "WarmENI!",
                    "moving",
                    "{",
                    "}",
                    ".",
                    " ",
                ]
            ),
            max_size=20,
        ).map("".join),
    )
)
@example("A1:" * 40 + "A1")
@example("ß!ſ1+K1")
@example("٣+1")
@example("=0")
def test_random_text_raises_nothing_else(text: str) -> None:
    try:
        form = canonical(text, **AT)
    except FormulaError as error:
        assert str(error)  # noqa: PT017 - most random texts are no formulas, some are
    else:
        assert hash(form) is not None
        # The sign that a formula begins with is none of its own, and nothing stands before it.
        assert same_formula(f" {text.removeprefix('=')} ", text, **AT)


def _aws_formulas() -> tuple[Geometry, list[tuple[str, int, int, str]]]:
    if not AWS_SAMPLE.exists():
        pytest.skip("AWS's sample workbook is not beside this checkout")
    with Package.open(AWS_SAMPLE) as package:
        formulas = [
            (sheet, row, column, cell.formula)
            for sheet in ("WarmENI", "WarmIP")
            for (row, column), cell in package.cells(sheet).items()
            if cell.formula
        ]
        return Geometry(package.tables, package.names), formulas


def test_aws_sample_as_other_programs_write_it() -> None:
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    geometry, formulas = _aws_formulas()
    assert len(formulas) == 60
    model = ironcalc.load_from_xlsx(str(AWS_SAMPLE), "en", "UTC", "en")
    sheets = [properties["name"] for properties in model.get_worksheets_properties()]
    changed = 0
    for sheet, row, column, formula in formulas:
        place = {"sheet": sheet, "row": row, "column": column, "geometry": geometry}
        in_a1 = model.get_cell_formula(sheets.index(sheet), row, column)
        in_libreoffice = formula.replace("_xlfn.XLOOKUP", "_xlfn.xlookup")
        assert same_formula(in_a1, formula, **place), (in_a1, formula)
        assert same_formula(in_libreoffice, formula, **place)
        assert same_formula(formula.replace("[[#This Row],[", "[@["), formula, **place)
        assert not same_formula(f"{in_a1}+1", formula, **place)
        changed += in_a1.removeprefix("=") != formula
    assert changed > 40


def test_aws_sample_rows_share_their_forms() -> None:
    geometry, formulas = _aws_formulas()
    forms: dict[tuple[str, int], set[object]] = {}
    for sheet, row, column, formula in formulas:
        if row >= 23:
            form = canonical(formula, sheet=sheet, row=row, column=column, geometry=geometry)
            forms.setdefault((sheet, column), set()).add(form)
    assert len(forms) == 26
    assert all(len(some) == 1 for some in forms.values())


@pytest.mark.parametrize(
    ("formula", "lacking"),
    [
        ("SUM(Table3[Pods])+Table4[[#Headers],[size]]", None),
        ("INDEX(Lost[words],MATCH(A1,Table4[size],0))", "table Lost"),
        ('A1&"Lost[words]"', None),
        ("[1]Sheet1!$A$1+[@Pods]", None),
        ("Lost[[#This Row],[a]]", "table Lost"),
    ],
)
def test_a_table_that_a_formula_names_and_the_file_lacks(formula: str, lacking: str | None) -> None:
    assert G.lacks(formula) == lacking
