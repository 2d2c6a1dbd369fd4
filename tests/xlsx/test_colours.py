"""Colours as files name them, and what can be read on what."""

from __future__ import annotations

import pytest

from calculator.xlsx.colours import Fill, Font, Palette, are_alike, theme_in

_OFFICE = (
    '<a:theme><a:clrScheme name="x"><a:dk1><a:sysClr val="windowText" lastClr="000000"/></a:dk1>'
    '<a:lt1><a:sysClr val="window" lastClr="ffffff"/></a:lt1>{}</a:clrScheme>'
    '<a:srgbClr val="111111"/>'
)
_OTHERS = "".join(f'<a:srgbClr val="{each:06d}"/>' for each in range(10))


@pytest.mark.parametrize(
    ("at", "colour"),
    [
        ({"rgb": "FF1F2933"}, "1F2933"),
        ({"rgb": "?"}, None),
        ({"theme": "0"}, "FFFFFF"),
        ({"theme": "2"}, "E7E6E6"),
        ({"theme": "9"}, "70AD47"),
        ({"theme": "99"}, None),
        ({"theme": "4", "tint": "0.8"}, "DAE3F3"),
        ({"theme": "4", "tint": "nan"}, None),
        ({"indexed": "3"}, "00FF00"),
        ({"indexed": "13"}, "FFFF00"),
        ({"indexed": "26"}, "FFFFCC"),
        ({"indexed": "64"}, "000000"),
        ({"indexed": "99"}, None),
        ({"indexed": "\u00b2"}, None),
        ({"auto": "1"}, None),
    ],
)
def test_colours_by_number(at: dict[str, str], colour: str | None) -> None:
    assert Palette().colour(at) == colour


def test_colours_of_a_workbook_of_its_own() -> None:
    """A theme has its inks first, and cells count its papers first."""
    own = Palette(theme_in(_OFFICE.format(_OTHERS).encode()), ["123456"] * 64)
    numbers = [own.colour({"theme": str(number)}) for number in range(5)]
    assert numbers == ["FFFFFF", "000000", "000001", "000000", "000002"]
    assert [own.colour({"indexed": each}) for each in ("13", "65")] == ["123456", "FFFFFF"]
    assert theme_in(_OFFICE.encode()) == theme_in(b"") == Palette().theme


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        *(("yellow", "FFFF00"), ("color2", "FFFFFF"), ("color 19", "FFFFCC")),
        *(("color10", "008000"), ("color99", None), ("color0", "00FFFF"), ("", None)),
    ],
)
def test_colours_of_number_formats(name: str, colour: str | None) -> None:
    assert Palette().named(name) == colour


def test_a_bright_colour_is_told_by_its_hue() -> None:
    assert not are_alike("00FF00", "FFFFFF")
    assert are_alike("FFFF00", "FFFFFF")
    assert are_alike("000000", "1F2933")
    assert not are_alike(None, "FFFFFF")


@pytest.mark.parametrize(
    ("pattern", "colours", "expected"),
    [
        ("none", {}, [False, False]),
        ("solid", {}, [True, False]),
        ("solid", {"fgColor": "FFFFFF", "bgColor": "000000"}, [False, True]),
        ("gray125", {}, [False, False]),
        ("darkGray", {"fgColor": "000000", "bgColor": "000000"}, [True, True]),
        ("none", {"color": "000000"}, [True, True]),
        ("none", {"color": "FFFFFF"}, [False, False]),
    ],
)
def test_black_on_a_fill(pattern: str, colours: dict[str, str], expected: list[bool]) -> None:
    """Of cells and of rules, which have their one colour elsewhere."""
    fill = Fill()
    fill.take("patternFill", {"patternType": pattern}, Palette())
    for name, colour in colours.items():
        fill.take(name, {"rgb": colour}, Palette())
    assert [Font().is_unseen(fill.grounds(of_rule=each)) for each in (False, True)] == expected


def test_an_automatic_ink_is_black() -> None:
    font = Font(ink=None)
    font.take("color", {"auto": "1"}, Palette())
    assert font.is_unseen(["000000"])
