"""Causes that are one are told once, and whatever else was done beside them is told, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

import pytest

from calculator.findings import Finding
from calculator.parity.as_one import as_one
from calculator.parity.together import lost_together
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.reference import place
from tests.helpers import PLAN, Raw, content, found, report_of, scratch
from tests.workbook.readings import read


def small() -> Raw:
    return Raw(content("vpc-cni", PLAN, 8))


@cache
def book_with(gone: str = "IPs") -> WorkbookReading:
    """One in which a word was replaced throughout, and something else that is gone."""
    raw, other = replaced(), "addresses"
    for name in raw.parts:
        if name.startswith("xl/tables/"):
            raw.parts[name] = raw.parts[name].replace(gone.encode(), b"spare")
    raw.put("WarmIP", "A90", f"{other} wasted", None)  # beside which one word is another, too
    return read(raw)


Linked = list[tuple[str | None, str | None, int]]


def told(findings: Sequence[Finding], book: WorkbookReading | None = None) -> Linked:
    """Place, cause and cells of what becomes of findings."""
    book = book or book_with()
    every = as_one(book.plans[0], findings, book.geometry)
    return [(each.place, each.because_of, each.cells) for each in every]


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


def value(place: str, found: float, expected: float, because_of: str | None = None) -> Finding:
    sheet, _, cell = place.partition("!")
    column = f"column {cell[0]}"
    return Finding("value", sheet, cell, column, found, "", expected, because_of=because_of)


B5, C5 = value("Groups!B5", 1, 2), value("Groups!C5", 2, 1)
B6, C6 = value("Groups!B6", 3, 4), value("Groups!C6", 4, 3)


def test_what_follows_from_columns_that_were_exchanged_follows_from_the_first_cell() -> None:
    follows = value("WarmIP!D5", 9, 8, "Groups!C6")
    lost = Finding("missing-result", "WarmIP", "E5", "Check", None, "", because_of="Groups!C6")
    other = Finding("head", "Groups", "B6", "B", "x", "")
    of_other = Finding("head", "Groups", "B7", "B", "x", "", because_of="Groups!B6")
    elsewhere = Finding("head", "Groups", "C6", "C", "x", "", because_of="Plan!B4")
    assert told([B5, C5, B6, C6, follows, lost, other, of_other, elsewhere]) == [
        ("Groups!B5", None, 4),
        *((f"Groups!{cell}", "Groups!B5", 0) for cell in ("C5", "B6", "C6")),
        ("WarmIP!D5", "Groups!B5", 0),
        ("WarmIP!E5", None, 0),
        ("Groups!B6", None, 0),
        ("Groups!B7", "Groups!B6", 0),
        ("Groups!C6", "Plan!B4", 0),
    ]
    book = book_with()
    cause, *_ = as_one(book.plans[0], [B5, C5, B6, C6], book.geometry)
    assert cause.message.startswith('recorded is that of "column C" under "column B", and ')


@pytest.mark.parametrize(
    "findings",
    [
        [B5, C5],
        [B5, B6, value("Sizes!C5", 2, 1), value("Sizes!C6", 4, 3)],
        [B5, C5, B6, value("Groups!C7", 4, 3)],
        [B5, C5, B6, C6, value("Groups!C7", 4, 3)],
        [B5, C5, B6, value("Groups!C6", 4, 5)],
        [B5, C5, B6, value("Groups!C6", 5, 3)],
        [B5, C5, B6, Finding("formula", "Groups", "C6", "C", 4, "", 3)],
        [B5, C5, B6, value("Groups!C6", 4, 3, "Groups!B4")],
    ],
)
def test_columns_that_were_not_exchanged_cell_by_cell_are_left(findings: list[Finding]) -> None:
    alone = [(each.place, each.because_of, each.cells) for each in findings]
    assert told(findings) == alone


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


def lost(code: str, place: str, label: str, **more: str | None) -> Finding:
    sheet, _, cell = place.partition("!")
    return Finding(code, sheet, cell or None, label, None, "", **more)


#: Of the words of which another one was replaced: three of WarmIP, the first of them twice.
USED, HOSTED, KEPT = (
    lost("missing-result", f"WarmIP!{cell}", label)
    for cell, label in (("B8", "IPs used"), ("B10", "IPs remaining"), ("S29", "IPs total"))
)
ALSO_USED = lost("missing-result", "Prefix!B8", "IPs used")


def test_three_labels_of_which_the_same_word_was_replaced_are_one_finding() -> None:
    assert told([USED, HOSTED, KEPT, ALSO_USED]) == [
        ("WarmIP!B8", None, 4),
        *((place, "WarmIP!B8", 0) for place in ("WarmIP!B10", "WarmIP!S29", "Prefix!B8")),
    ]
    elsewhere = lost("missing-result", "Nowhere!B9", "IPs total")
    assert told([USED, HOSTED, KEPT, elsewhere])[-1] == ("Nowhere!B9", None, 0)
    headers = [f"{words} per instance" for words in ("IPs used", "IPs kept", "Peak IPs")]
    long = [
        lost("missing-result", f"WarmIP!{at}29", each)
        for at, each in zip("RST", headers, strict=True)
    ]
    assert told(long)[0] == ("WarmIP!R29", None, 3)


@pytest.mark.parametrize(
    "findings",
    [
        [USED, HOSTED],
        [USED, HOSTED, ALSO_USED],  # of two words, however often
        [USED, HOSTED, lost("missing-result", "WarmIP!B9", "Pods hosted in all subnets")],
        [USED, HOSTED, lost("missing-result", "WarmIP!B9", "IPs total", because_of="Plan!B4")],
        [USED, HOSTED, lost("formula", "WarmIP!B9", "IPs total")],
        [USED, HOSTED, lost("missing-result", "Nowhere!B9", "IPs total")],
        [lost("missing-result", f"WarmIP!B{row}", each) for row, each in enumerate("abc", 1)],
        # What stands there are other labels and headers, none of which is lost.
        [
            lost("missing-result", f"WarmIP!B{row}", f"The {words}")
            for row, words in enumerate(("active: active", "in use at the peak"), 1)
        ],
    ],
)
def test_fewer_labels_are_told_one_by_one(findings: list[Finding]) -> None:
    assert told(findings) == [(each.place, each.because_of, each.cells) for each in findings]


@pytest.mark.parametrize(
    "labels",
    [
        ("Remaining, steady state", "In use, steady state"),  # in use
        ("Pods total", "Pods per instance", "Pods that fit"),
    ],
)
def test_labels_and_headers_that_are_there_stand_for_no_others(labels: Sequence[str]) -> None:
    gone = [f"Ours {words.partition(' ')[2]}" for words in (*labels, "Pods hosted per instance")]
    findings = [lost("missing-result", f"WarmIP!B{row}", each) for row, each in enumerate(gone, 1)]
    assert told(findings) == [(each.place, None, 0) for each in findings]


def test_of_words_that_were_replaced_the_worst_that_was_lost_is_told() -> None:
    head, other = (
        Finding("head", "WarmIP", cell, "head", was, "", "IPs per node")
        for cell, was in (("D1", "addresses per node"), ("D2", "addresses per pod"))
    )
    small = Finding("head", "WarmIP", "D3", "head", "addresses of it", "", "ips of it")
    label = lost("missing-label", "WarmIP!A4", "IPs available")
    every = told([head, other, small, USED, HOSTED, KEPT, label])
    assert [each for each in every if each[1] is None] == [
        ("WarmIP!D2", None, 0),
        ("WarmIP!A4", None, 6),
    ]
    assert {each[1] for each in every} == {None, "WarmIP!A4"}
    assert told([head, USED, HOSTED, KEPT])[1] == ("WarmIP!B8", None, 4)


def test_what_follows_from_replaced_words_counts_if_it_is_one() -> None:
    so, otherwise, elsewhere = (
        Finding("head", "WarmIP", cell, "", found, "", "IPs a node", because_of=because)
        for cell, found, because in (
            ("D1", "addresses a node", "WarmIP!B8"),
            ("D2", "nothing", "WarmIP!B8"),
            ("D3", "addresses a node", "Plan!B4"),
        )
    )
    assert told([HOSTED, USED, KEPT, so, otherwise, elsewhere]) == [
        ("WarmIP!B10", None, 4),
        ("WarmIP!B8", "WarmIP!B10", 0),
        ("WarmIP!S29", "WarmIP!B10", 0),
        ("WarmIP!D1", "WarmIP!B10", 0),
        ("WarmIP!D2", "WarmIP!B10", 0),
        ("WarmIP!D3", "Plan!B4", 0),
    ]


@pytest.mark.parametrize(
    ("sheet", "gone", "is_one"),
    [
        ("InstanceTypes", "IPs", True),
        ("InstanceTypes", "vCPUs", False),  # and another header
        ("Tables", "IPs", False),
        ("Plan", "IPs", False),
    ],
)
def test_a_data_sheet_that_is_gone_with_the_word_in_its_headers(
    sheet: str, gone: str, *, is_one: bool
) -> None:
    missing = lost("missing-mode", sheet, sheet)
    every = told([USED, HOSTED, KEPT, missing], book_with(gone))
    assert every[-1] == (sheet, "WarmIP!B8" if is_one else None, 0)
    assert every[0] == ("WarmIP!B8", None, 3 + is_one)


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
