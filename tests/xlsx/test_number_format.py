"""Number formats: what is shown, and whether it is the value."""

from __future__ import annotations

import pytest

from calculator.xlsx.cells import CellError
from calculator.xlsx.number_format import alters, digits_shown, may_alter, shown, width_shown


@pytest.mark.parametrize(
    ("number_format", "value", "text"),
    [
        ("General", 147.0, "147"),
        ("General", 0.25, "0.25"),
        ("General;-General", -93.0, "-93"),
        ("#,##0", 1_234_567.0, "1234567"),
        ("0.00", -1.5, "-1.50"),
        (".0", 12.0, "12.0"),
        ("#.#", 0.25, ".2"),
        ("#.##0", 210.0, "210.000"),
        ("0.0##", 210.0, "210.0"),
        ("0.0##", 210.5, "210.5"),
        ("00000", 147.0, "00147"),
        ("0%", 0.33, "33%"),
        ("0,", 147_000.0, "147"),
        ("0.0,", 147_000.0, "147.0"),
        ('0,"k"', 147_000.0, "147k"),
        ("0.00E+00", 12_345.0, "1.23e+4"),
        ("##0.0E+0", 12_345.0, "12.3e+3"),
        ("0E+0", 0.0, "0e+0"),
        ("0E0", 30.0, "3e+1"),
        ("# ?/?", 2.5, "2.5"),
        ('0"."0', 147.0, "14.7"),
        ('0"0"', 2.0, "20"),
        ("0-0", 147.0, "14-7"),
        ('"/"0', 26.0, "/26"),
        (r"\/0", 26.0, "/26"),
        ("[$€-407]0", 5.0, "€5"),
        ("[$1]0", 5.0, "15"),
        ("_-* #,##0_-;-* #,##0_-", -26.0, "- 26"),
        ("$#,##0_);[Red]($#,##0)", -3.0, "($3)"),
        ('0;0;"none"', 0.0, "none"),
        ('0;0;"none"', -3.0, "3"),
        ("0;;", 0.0, ""),
        ('0;"less"', 0.0, "0"),
        ("@", -5.0, "-5"),
        ("\u202e0", 480.0, "084"),
        ("0;@", -5.0, "-5"),
        ("0;@", "Fits", "Fits"),
        ("0;-0;0", "Fits", "Fits"),
        ('"Is: "@', "Fits", "Is: Fits"),
        ("0;0;0;General", "Fits", "Fits"),
        ("[<1000]0;0,", 147.0, "147"),
        ("[<1000]0;0,", 147_000.0, "147"),
        ("[<1000]0;0", -5.0, "-5"),
        ("[<0]0;0", -5.0, "5"),
        ("[>100]0;0", -5.0, "5"),
        ("[>100]0;[=5]1;0.0", 9.0, "9.0"),
        ("[>100]0;[>200]1", 9.0, "1"),
        ("[=>1]0;0", 9.0, "9"),
        ("yyyy-mm-dd", 46_000.0, None),
        ("[h]:mm", 1.0, None),
        ('0"', 1.0, "1"),
        ("0\\", 1.0, "1\\"),
        ("0[", 1.0, "1"),
    ],
)
def test_what_is_shown(number_format: str, value: float | str, text: str | None) -> None:
    """As LibreOffice shows it, apart from blanks and commas between digits."""
    assert shown(number_format, value) == text


@pytest.mark.parametrize(
    ("number_format", "value"),
    [
        (";;;", 147.0),
        (";;;", "Fits"),
        ('0"0"', 147.0),
        ('0"0"', 2.0),
        (r"0\0", 147.0),
        ("[$1]0", 147.0),
        ('0"."0', 147.0),
        ('0","0', 147.0),
        ('"."0', 147.0),
        ('0"/"0', 26.0),
        ("0%", 147.0),
        ('0"%"', 147.0),
        ("0,", 147.0),
        ("0.0,", 147.0),
        ("#,##0,,", 147.0),
        ('0"k"', 147.0),
        ('0" thousand"', 147.0),
        ('0"+"', 147.0),
        ('"<"0', 147.0),
        ('0"½"', 147.0),
        ("yyyy-mm-dd", 147.0),
        ("[h]:mm", 147.0),
        ("0;0", -26.0),
        ("0;[Red]0", -26.0),
        ("[<0]0;0", -26.0),
        ('"fits"', -26.0),
        ('0;"fits"', -26.0),
        ('General;General;General;"fits"', "Does not fit"),
        ('"Fits in each mode. "@', "Does not fit"),
        ('"no, "@', "Fits"),
        (r"\m\5\.@", "xlarge"),
        ('@" not"', "Fits"),
        ("@@", "Fits"),
        ("@*x", "Fits"),
        ('0;0;0;"enter 1 to 3"', ""),
        ('@"?"', ""),
        ('[>100]"many";0', 147.0),
        ('[<1000]0;0,"k"', 1470.0),
        ('[=12]"13";0', 12.0),
        ('"1"General', 147.0),
        ('General"0"', 147.0),
        ("0*0", 147.0),
        ("-0", 147.0),
        ('"-"0', 147.0),
        ('"minus "0', 147.0),
        ("(0)", 147.0),
        ('0"-"', 147.0),
        ("0E+0", 147.0),
        ("0.00E+00", 12_345.0),
        ('0;0;"12"', 0.0),
        ('"/"0;;;"/26"', ""),
        ('0;0;"fits"', 0.0),
        ('"TRUE";"TRUE";"FALSE"', 0.0),
        *((f'0" {words}"', 480.0) for words in ("thousands", "dozens", "Mrd", "Mill.", "lakh")),
        *((f'0"{words}"', 480.0) for words in (" percent", " x10", "x", "e3", "E2", "O", "l", "I")),
        *((f'"{words} "0', 480.0) for words in ("not", "lacks", "about")),
        *((f'0" {words}"', 480.0) for words in ("per node", "IPs", "pods", "in each zone", "peak")),
        *((f"0{sign}", 480.0) for sign in ("$", "€", "[$€-407]", "○", "✓", "°", "|", "\u0336")),
        ("\u202e0", 480.0),
        ('"\u202e"0"\u202c"', 480.0),
        ('"/"0', 480.0),
    ],
)
def test_what_shows_something_else(number_format: str, value: object) -> None:
    assert alters(number_format, value)
    assert may_alter(number_format)


@pytest.mark.parametrize(
    "number_format",
    [
        *("#\xa0##0", "#\u202f##0", "#\u2009##0;-#\u2009##0"),
        *(
            "General",
            "0",
            "#,##0",
            "0.00",
            "@",
            "# ##0",
            "0000",
            "General;-General",
            "0\u200e",
            "\u20670",
        ),
        *('0" pcs"', "#,##0_);[Red]\\(#,##0\\)", "#,##0;[RED]-#,##0", "+0;-0;0", '"→ "0'),
        *('"of (the) total: "0', "0.0##", "0;-0", "**0"),
        "[$-409]#,##0.00;[RED]-[$-409]#,##0.00",
        '_-* #,##0_-;-* #,##0_-;_-* "-"??_-;_-@_-',
        '_-* #,##0.00 _€_-;\\-* #,##0.00 _€_-;_-* "-"?? _€_-;_-@_-',
        '0;-0;"none"',
        '0" EC2 units"',
        "[Blue]0;[Color10]-0;0",
        "[Red][<0]-0;0",
        "# ?/?",
        "0;-0;0;* @",
    ],
)
def test_what_shows_a_number_as_it_is(number_format: str) -> None:
    values = (147.0, -26.0, 0.0, 2.0, 1_234_567.0, "Fits", "", None, True, CellError("#N/A"))
    assert not any(alters(number_format, value, "figure") for value in values)
    assert not may_alter(number_format)


def test_a_format_is_judged_for_the_value() -> None:
    assert not alters("0;[Red]0", 26.0)
    assert not alters('[<1000]0;0,"k"', 147.0)
    assert not alters('[=12]"13";0', 13.0)
    assert not alters("0.00E+00", 147.0)
    assert not alters("0E0", 30.0)
    assert not alters(";;;", CellError("#N/A"))
    assert not alters('"fits"', None)
    assert not alters('"m5."@', 147.0)


@pytest.mark.parametrize(
    ("number_format", "value", "kind", "is_right"),
    [
        *(("0.000", 210.0, "number", False), ("#.##0", -26.0, "figure", False)),
        *(("0.000", 0.0, "figure", True), ("0.000", 3.5, "number", True)),
        *(("0.000", 1.0, "share", True), ("0.000", 1470.0, "number", True)),
        *(("0.00", 210.0, "figure", True), ("0.0000", 210.0, "figure", True)),
    ],
)
def test_three_decimals_read_as_thousands(
    number_format: str, value: float, kind: str, *, is_right: bool
) -> None:
    assert alters(number_format, value, kind) is not is_right


def test_0_as_nothing_matters_where_it_is_a_figure() -> None:
    for number_format in ("#,##0;-#,##0;;@", "#,###", '0;-0;" "', "0;-0;\u202f"):
        assert not alters(number_format, 0.0)
        assert alters(number_format, 0.0, "figure")
        assert alters(number_format, 0.0, "share")
        assert may_alter(number_format)
    assert not alters("0%", 0.0, "figure")


@pytest.mark.parametrize("value", [1e308, -1e308, 5e-324, 147.0])
@pytest.mark.parametrize(
    "number_format",
    [
        *("0" + "," * 250, "0" + "%" * 250, "#" * 250 + "E+0", "." * 250, "[" * 250, ";" * 250),
        *('".00.1"0', "[>=.]0", "[=<1]0", '"٣"0', "0E+", "E+0", "/0", "[<-]0"),
    ],
)
def test_what_strangers_write_does_no_harm(number_format: str, value: float) -> None:
    assert isinstance(may_alter(number_format), bool)
    assert isinstance(alters(number_format, value), bool)
    assert digits_shown(number_format, value) >= 0


@pytest.mark.parametrize(
    ("number_format", "label", "is_right"),
    [
        *((f'0" {words}"', "IPs used", True) for words in ("IPs used", "used", "in use", "total")),
        *((f'0" {words}"', "IPs used", False) for words in ("free", "left", "IPs lacking", "k")),
        *((f'0" {words}"', "IPs remaining", True) for words in ("left", "free", "IPs available")),
        *((f'0" {words}"', "IPs remaining", False) for words in ("used", "thousand left", "not")),
        *((f'0" {words}"', "IPs used", False) for words in ("per node", "pods", "in all")),
        *((f'0" {words}"', "Left [IPs]", True) for words in ("IPv4 addresses", "free", "IP(s)")),
        *((f'0" {words}"', "Max [nodes]", True) for words in ("EC2 instances", "worker nodes")),
        *((f'0" {words}"', "Pods per Node [pods]", True) for words in ("per node", "pod", "pods")),
        *((f'0" {words}"', "Pods per Node [pods]", False) for words in ("per zone", "ENIs", "IPs")),
        *((f'0" {words}"', "Surge of pods [%]", False) for words in ("pods", "nodes")),
        *(('"Peak: "0', "IPs used", False), ('"IPs used: "0', "IPs used", True)),
        *(('0 "/n"', "Length (/n)", True), ('0"n"', "Length (/n)", False)),
        *(('0" hundred"', "A hundred", False), ('"not "0', "Not known", False)),
        *((each, "Surge of pods [%]", True) for each in ('0"%"', '0 "%"', r"0\%", "0")),
        *((each, "Surge of pods [%]", False) for each in ("0%", '0"%%"0', '0"0%"')),
    ],
)
def test_words_of_the_label_alter_nothing(
    number_format: str, label: str, *, is_right: bool
) -> None:
    assert alters(number_format, 147.0, label=label) is not is_right


@pytest.mark.parametrize(
    ("number_format", "is_right"),
    [
        *(("0%", True), ("0.0%", True), ("0.00", True), ("General", True), ('0" %"', False)),
        *(('0"%"', False), ("0", False), ("#,##0", False), ("0%%", False), ("0,%", False)),
    ],
)
def test_shares_are_read_in_per_cent(number_format: str, *, is_right: bool) -> None:
    assert alters(number_format, 0.33, "share") is not is_right


@pytest.mark.parametrize(
    ("number_format", "is_right"),
    [
        *(("yyyy-mm-dd", True), ("m/d/yyyy", True), ("[$-F800]dddd, mmmm dd", True), ("0", True)),
        *(('"2019-"mm-dd', False), ('0"0"', False), (";;;", False)),
    ],
)
def test_dates(number_format: str, *, is_right: bool) -> None:
    assert alters(number_format, 46_000.0, "date") is not is_right
    assert alters(number_format, 46_000.0) is (not is_right or "m" in number_format)


@pytest.mark.parametrize(
    ("number_format", "value", "digits"),
    [
        *(("General", 1470.0, 4), ("General", 1.0 / 3, 1), ("# ?/?", 2.125, 1), ("0E+0", 147.0, 1)),
        *(("0.00", 14.7, 4), ("#,##0", -1470.0, 4), ("yyyy", 46_000.0, 0), (";;;", 1.0, 0)),
    ],
)
def test_how_many_digits_need_room(number_format: str, value: float, digits: int) -> None:
    assert digits_shown(number_format, value) == digits


@pytest.mark.parametrize(
    ("number_format", "value", "width"),
    [
        *(("0", 810.0, 3), ("General", 1.0 / 3, 1), ("0.00", 810.0, 5.4), ("0_)_)", 810.0, 3)),
        *(('0" IPs used"', 810.0, 6.6), ("yyyy", 46_000.0, 0), ("-0", 8.0, 1.4)),
    ],
)
def test_how_wide_a_number_is(number_format: str, value: float, width: float) -> None:
    assert width_shown(number_format, value) == pytest.approx(width)
