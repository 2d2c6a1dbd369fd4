"""Causes that are one are told once, and whatever else was done beside them is told, too."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from calculator.findings import Finding
from calculator.parity.together import lost_together
from calculator.workbook.reader import read_workbook
from calculator.xlsx.reference import place
from tests.helpers import PLAN, Raw, content, found, report_of, scratch


def small() -> Raw:
    return Raw(content("vpc-cni", PLAN, 8))


# --- columns exchanged ----------------------------------------------------------------------------


def exchanged() -> Raw:
    """Recorded as LibreOffice does once the columns of instances and pods were cut and pasted."""
    raw = small()
    path = raw.copied().save(scratch() / "as_one.xlsx", compress=False)
    [plan] = read_workbook(path).plans
    groups = plan.sheets["Groups"].cells
    for row in range(5, 10):
        one, other = (groups[place(f"{letter}{row}")].value for letter in "BC")
        raw.put("Groups", f"B{row}", other)
        raw.put("Groups", f"C{row}", one)
    return raw


def test_columns_that_were_exchanged_are_one_finding() -> None:
    report = report_of(exchanged())
    assert found(report) == [("value", "Groups!B5")]
    [cause] = [each for each in report.findings if not each.because_of]
    assert cause.cells == 10
    assert {each.because_of for each in report.findings if each is not cause} == {"Groups!B5"}


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda raw: raw.put("Groups", "D5", "Windows"), ("value", "Groups!D5")),
        (lambda raw: raw.put("WarmENI", "B8", 5.0, "2+3"), ("formula", "WarmENI!B8")),
        (lambda raw: raw.put("Groups", "C6", 5.0, None), ("formula", "Groups!C6")),
        (lambda raw: raw.put("Plan", "B14", None, None), ("missing", "Plan!B14")),
    ],
)
def test_what_was_done_beside_them_is_told(
    edit: Callable[[Raw], object], told: tuple[str, str]
) -> None:
    raw = exchanged()
    edit(raw)
    assert told in found(report_of(raw))


def test_columns_of_which_one_cell_holds_something_else_are_not_exchanged() -> None:
    raw = exchanged()
    raw.put("Groups", "B6", 999.0)
    assert {("value", "Groups!B5"), ("value", "Groups!B6"), ("value", "Groups!C6")}.issubset(
        found(report_of(raw))
    )


# --- a word replaced ------------------------------------------------------------------------------


def replaced(word: str = "IPs", other: str = "addresses") -> Raw:
    """A workbook after search and replace."""
    raw = small()
    for name, part in raw.parts.items():
        if re.match("xl/(worksheets/|tables/|sharedStrings)", name):
            raw.parts[name] = part.replace(word.encode(), other.encode())
    return raw


def test_a_word_that_was_replaced_is_one_finding() -> None:
    report = report_of(replaced())
    [cause] = [each for each in report.findings if not each.because_of]
    assert (cause.code, cause.place) == ("missing-result", "Plan!E5")
    assert '"addresses" stands for "IPs" in ' in cause.message
    assert cause.cells > 30


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda raw: raw.put("WarmENI", "B9", 5.0, None), ("formula", "WarmENI!B9")),
        (lambda raw: raw.put("WarmENI", "A9", "Hosted", None), ("missing-result", "WarmENI!B9")),
        (lambda raw: raw.put("Settings", "D20", "pods", None), ("head", "Settings!D20")),
        (lambda raw: raw.put("WarmENI", "A10", "What is left", None), None),
        (lambda raw: raw.put("Plan", "A14", "m5.unheard", None), ("unknown-type", "Plan!A14")),
    ],
)
def test_what_was_done_beside_the_word_is_told(
    edit: Callable[[Raw], object], told: tuple[str, str] | None
) -> None:
    raw = replaced()
    edit(raw)
    causes = found(report_of(raw))
    assert (told or ("missing-result", "WarmENI!B10")) in causes
    assert ("missing-result", "Plan!E5") in causes


def test_labels_that_were_worded_otherwise_one_by_one_are_told_one_by_one() -> None:
    raw = small()
    raw.put("WarmENI", "A8", "Addresses used", None)
    raw.put("WarmIP", "A10", "Remaining", None)
    raw.put("Prefix", "A5", "Room", None)
    causes = found(report_of(raw))
    places = ("WarmENI!B8", "WarmIP!B10", "Prefix!B5")
    assert [("missing-result", each) in causes for each in places] == [True] * 3


# --- the colours of the theme ---------------------------------------------------------------------


def of_theme(ink: str) -> Raw:
    """A workbook whose inputs and results have the first colour of the theme for text."""
    raw = small()
    styles = raw.parts["xl/styles.xml"].decode()
    raw.parts["xl/styles.xml"] = re.sub(
        '<color rgb="FF(?!FFFFFF)[0-9A-F]{6}"/>(?=<name)', '<color theme="1"/>', styles
    ).encode()
    theme = raw.parts["xl/theme/theme1.xml"].decode()
    dark = f'<a:dk1><a:srgbClr val="{ink}"/></a:dk1>'
    raw.parts["xl/theme/theme1.xml"] = re.sub("<a:dk1>.*?</a:dk1>", dark, theme).encode()
    return raw


def test_a_theme_that_lets_texts_be_lost_is_one_finding() -> None:
    assert found(report_of(of_theme("000000"))) == []
    report = report_of(of_theme("FFFFFF"))
    assert [(each.code, each.place) for each in report.findings] == [("unseen", None)]
    assert "theme" in report.findings[0].message
    assert report.findings[0].cells > 20


def test_what_has_a_lost_colour_of_its_own_is_told_beside_it() -> None:
    raw = of_theme("FFFFFF")
    styles = raw.parts["xl/styles.xml"].decode()
    head, fonts, behind = re.split("(<fonts.*?</fonts>)", styles, flags=re.DOTALL)
    number = fonts.count("<font>")
    font = '<font><sz val="11"/><color theme="0"/><name val="Calibri"/></font></fonts>'
    fonts = fonts.replace("</fonts>", font).replace(f'count="{number}"', f'count="{number + 1}"')
    looks = re.search('<cellXfs count="([0-9]+)">', behind)
    assert looks
    last = int(looks[1])
    xf = f'<xf numFmtId="0" fontId="{number}" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    behind = behind.replace(looks[0], f'<cellXfs count="{last + 1}">').replace("</cellXfs>", xf)
    raw.parts["xl/styles.xml"] = (head + fonts + behind).encode()
    raw.text("Plan")
    part = raw.sheets["Plan"]
    text = raw.parts[part].decode()
    raw.parts[part] = re.sub('(<c r="G5"[^>]* s=")[0-9]+"', rf'\g<1>{last}"', text).encode()
    assert ("unseen", "Plan!G5") in found(report_of(raw))
    assert ("unseen", None) in found(report_of(raw))


# --- circles --------------------------------------------------------------------------------------


def test_what_was_lost_with_two_lines_follows_in_no_circle() -> None:
    """As where cells were shifted down: a setting's cell came to stand where a header should."""
    path = small().save(scratch() / "circle.xlsx", compress=False)
    [plan] = read_workbook(path).plans
    lost = [
        Finding("missing-label", "Plan", "B13", "DaemonSet pods", None, ""),
        Finding("missing-column", "Plan", "A13", "instance type", None, ""),
        Finding("missing-column", "Plan", "B13", "# of Instances", None, ""),
    ]
    together = lost_together(plan, lost)
    assert together
    assert not {*together} & {*together.values()}
