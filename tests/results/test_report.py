"""The report of many workbooks, read back with openpyxl."""

from __future__ import annotations

import os
import re
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import openpyxl
import pytest

from calculator.errors import WorkbookError
from calculator.report import SheetReport, WorkbookReport
from calculator.results.report import ReportWorkbook
from calculator.results.tables import FINDINGS, NODE_GROUPS, SUMMARY
from calculator.verify import verify_workbook
from calculator.workbook.recalculate import recalculate
from tests.helpers import needs_libreoffice
from tests.reports import finding, report, sheet, unreadable

SHEETS = ["Overview", "Summary", "Needs attention"]


def filled(left: int | None, available: int = 507, peak: int | None = None) -> SheetReport:
    """A mode with that many addresses left, and `peak` of them at the peak, if there is one."""
    used = None if left is None else available - left
    totals = {"ips_available": available, "ips_used": used, "ips_remaining": left}
    return sheet(
        totals={**totals, "pods_hosted": 1230},
        details={} if peak is None else {"peak_remaining": peak},
    )


def fine(file: str = "/plans/fine.xlsx", *sheets: SheetReport) -> WorkbookReport:
    return report(file, sheets=sheets or [filled(147, peak=147)])


def written(path: Path, reports: Iterable[WorkbookReport], **options: Any) -> Any:
    """The report of these, read back."""
    book = ReportWorkbook(str(path), **options)
    for one in reports:
        book.add(one)
    book.close()
    return openpyxl.load_workbook(path)


def rows(worksheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by header."""
    header, *values = worksheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in values]


def counts(book: Any) -> dict[str, int]:
    """The numbers of the overview."""
    numbers = book["Overview"].iter_rows(5, 13, max_col=2, values_only=True)
    return {words: number for words, number in numbers if words}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "results.xlsx"


# --- what stands where ----------------------------------------------------------------------------


def test_sheets(path: Path) -> None:
    assert written(path, [fine()]).sheetnames == SHEETS
    assert written(path, [fine()], details=True).sheetnames == [*SHEETS, "Node groups"]


def test_every_column_of_the_tables_has_a_header_in_words(path: Path) -> None:
    book = written(path, [fine()], details=True)
    for name, table in zip(book.sheetnames[1:], (SUMMARY, FINDINGS, NODE_GROUPS), strict=True):
        header = [cell.value for cell in book[name][1]]
        assert len(header) == len(set(header)) == len(table.columns)
        assert not [each for each in header if "_" in each or each[0].islower()]
    header = [cell.value for cell in book["Summary"][1]]
    assert header[:11] == [
        *("File", "Sheet", "Model", "Mode", "Fits", "Chosen mode", "Plan fits"),
        *("Subnet prefix length", "IPs available", "IPs used", "IPs remaining"),
    ]
    assert header[14:18] == [
        *("In use, steady state, pod subnet", "Remaining, steady state, pod subnet"),
        *(
            "Remaining at the peak, pod subnet",
            "Smallest subnet that holds the peak (/n), pod subnet",
        ),
    ]
    assert header[18:] == ["Faults", "Warnings", "Differences", "Error", "Known", "Suppressed"]


def test_values(path: Path) -> None:
    bad = report(
        "/plans/bad.xlsx",
        finding(found="three"),
        finding("value", "WarmENI!B8", found=1.0, expected=True, because_of="Plan!B15"),
        sheets=[sheet(peak=None, fits=None)],
        fits=None,
    )
    book = written(path, [fine(), unreadable(), bad], details=True)
    first, second, third = rows(book["Summary"])
    assert (first["File"], first["Mode"], first["Fits"]) == ("/plans/fine.xlsx", "warm-eni", True)
    assert [first[each] for each in ("IPs available", "IPs used", "IPs remaining")] == [
        507,
        360,
        147,
    ]
    assert (second["Error"], second["Sheet"], second["Faults"]) == ("It breaks off.", None, None)
    assert (third["IPs remaining"], third["Faults"], third["Differences"]) == (None, 1, 0)
    assert third["Error"] == "Plan!B15: a message of not-a-number"
    attention = rows(book["Needs attention"])
    assert [each["Severity"] for each in attention] == ["unreadable", "fault", "difference"]
    assert [each["Found"] for each in attention] == [None, "three", 1]
    assert attention[2]["Expected"] is True
    assert [each["Because of"] for each in attention] == [None, None, "Plan!B15"]
    group, other = rows(book["Node groups"])[:2]
    assert [group[each] for each in ("Row", "Instance type (input)", "# of Instances (input)")] == [
        *(15, "m5.2xlarge", 30)
    ]
    assert other["# of Instances (input)"] is None
    assert book["Summary"]["K2"].number_format == "#,##0"


def test_overview_counts_workbooks(path: Path) -> None:
    reports = [
        fine(),
        unreadable(),
        report("/a.xlsx", finding(), finding("value"), finding("one-zone"), fits=None),
        report("/b.xlsx", finding("peak-overflow"), fits=False, sheets=[filled(5, peak=-3)]),
        fine("/c.xlsx", filled(50)),
        fine("/d.xlsx", filled(500, peak=50)),
    ]
    book = written(path, reports)
    assert book["Overview"]["A2"].value == "3 of 6 workbooks need attention."
    assert counts(book) == {
        "Evaluated": 6,
        "Could not be read": 1,
        "With faults": 1,
        "Does not fit: the subnet is too small": 1,
        "With differences": 1,
        "Less than 10% of the subnet remains": 2,
        "With warnings": 1,
        "Nothing needs attention": 3,
    }


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ([], "Nothing was evaluated."),
        ([fine(), fine()], "Nothing needs attention."),
        ([unreadable()], "1 of 1 workbook needs attention."),
    ],
    ids=["none", "only fine ones", "only unreadable ones"],
)
def test_overview_of_few(path: Path, reports: list[WorkbookReport], words: str) -> None:
    book = written(path, reports, details=True)
    assert book["Overview"]["A2"].value == words
    assert len(book["Overview"]._charts) == any(each.sheets for each in reports)
    lacks = [each["File"] == "Nothing to list" for each in rows(book["Needs attention"])]
    assert lacks == [not any(each.error for each in reports)]


def test_sheets_are_made_for_reading(path: Path) -> None:
    book = written(path, [fine("/plans/" + "x" * 90 + ".xlsx"), unreadable()], details=True)
    for name in book.sheetnames[1:]:
        worksheet = book[name]
        assert worksheet.freeze_panes == "B2"
        assert worksheet.auto_filter.ref == worksheet.dimensions
        assert worksheet.print_title_rows == "$1:$1"
        assert worksheet.page_setup.orientation == "landscape"
        # One page wide is what nothing says, too.
        assert worksheet.sheet_properties.pageSetUpPr.fitToPage
        assert (worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight) == (None, 0)
        widths = [each.width for each in worksheet.column_dimensions.values()]
        assert all(10 < width < 90 for width in widths)


def test_marks(path: Path) -> None:
    book = written(path, [fine(), unreadable()])
    rules = {
        (str(area.sqref), rule.formula[0]): rule.dxf.font.color.rgb[2:]
        for area, rules in book["Summary"].conditional_formatting._cf_rules.items()
        for rule in rules
    }
    red, orange, yellow = "A3160A", "7A4B00", "7A4B00"
    assert rules == {
        ("A2:V3", '$V2<>""'): red,
        ("K2:K3", "AND(ISNUMBER(K2),K2<0)"): red,
        ("K2:K3", "AND(ISNUMBER(K2),K2<0.1*$I2)"): orange,
        ("L2:L3", "AND(ISNUMBER(L2),L2<0)"): red,
        ("L2:L3", "AND(ISNUMBER(L2),L2<0.1*$I2)"): orange,
        ("P2:P3", "0"): red,
        ("Q2:Q3", "0"): red,
        ("S2:S3", "0"): red,
        ("T2:T3", "0"): yellow,
        ("U2:U3", "0"): orange,
    }
    assert book["Needs attention"]["E2"].fill.fgColor.rgb == "FFFBE0DD"


# --- the chart ------------------------------------------------------------------------------------


def worst(book: Any) -> list[tuple[Any, ...]]:
    """The rows that the chart shows."""
    [chart] = book["Overview"]._charts
    areas = {each.cat.strRef.f if each.cat.strRef else each.cat.numRef.f for each in chart.series}
    areas |= {each.val.numRef.f for each in chart.series}
    found = [re.fullmatch(r"Overview!\$([A-Z])\$(\d+)(?::\$\1\$(\d+))?", each) for each in areas]
    assert sorted(each[1] for each in found if each) == ["A", "F", "G", "H", "I"]
    [(first, last)] = {(int(each[2]), int(each[3] or each[2])) for each in found if each}
    overview = book["Overview"]
    headers = [cell.value for cell in overview[first - 1]]
    assert headers[5:9] == [each.tx.v for each in chart.series]
    assert overview.max_row == last
    return list(overview.iter_rows(first, last, max_col=9, values_only=True))


def test_chart_shows_the_fullest_first(path: Path) -> None:
    reports = [
        fine("/plans/half.xlsx", filled(250, 500)),
        fine("/plans/overflow.xlsx", filled(-150, 100)),
        fine("/plans/peak.xlsx", filled(250, 500, peak=50)),
        fine("/plans/unknown.xlsx", filled(None)),
        fine("/plans/large.xlsx", filled(600, 1000)),
    ]
    assert worst(written(path, reports)) == [
        ("plans/overflow.xlsx, WarmENI", 100, 250, -150, None, 1, 0, 0, 1.5),
        ("plans/peak.xlsx, WarmENI", 500, 250, 250, 50, 0.5, 0.4, 0.1, 0),
        ("plans/half.xlsx, WarmENI", 500, 250, 250, None, 0.5, 0, 0.5, 0),
        ("plans/large.xlsx, WarmENI", 1000, 400, 600, None, 0.4, 0, 0.6, 0),
    ]


def test_chart_shows_the_mode_that_the_verdict_is_about(path: Path) -> None:
    sheets = [sheet("warm-eni", -376), sheet("warm-ip", 209), sheet("ipv6", 997)]
    reports = [
        report("/any.xlsx", sheets=sheets),
        report("/chosen.xlsx", mode="warm-eni", sheets=sheets),
    ]
    assert [row[0] for row in worst(written(path, reports))] == [
        *("/chosen.xlsx, WarmENI", "/any.xlsx, WarmIP")
    ]


def test_chart_shows_only_the_fullest(path: Path) -> None:
    shares = [number * 37 % 100 for number in range(100)]
    book = written(path, [fine(f"/{share}.xlsx", filled(share, 100, share)) for share in shares])
    assert [row[3] for row in worst(book)] == list(range(25))


def test_of_two_that_are_as_full_the_first_comes_first(path: Path) -> None:
    book = written(path, [fine(f"/{number}.xlsx") for number in range(30)])
    assert [row[0] for row in worst(book)] == [f"/{number}.xlsx, WarmENI" for number in range(25)]


def test_chart_of_a_subnet_without_addresses(path: Path) -> None:
    [row] = worst(written(path, [fine("/none.xlsx", filled(-10, -1, -10))]))
    assert row[5:] == (0, 0, 0, 10)


# --- other people's texts -------------------------------------------------------------------------

TEXTS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "{=1}",
    "30",
    "TRUE",
    "#N/A",
    "https://example.com",
    "mailto:someone",
    "internal:Summary!A1",
    " two  spaces ",
    "two\nlines\tand a tab",
    'a & b < c > "d"',
    "Größe 地址 😀",
]


def test_texts_stay_texts(path: Path) -> None:
    reports = [report(f"s3://bucket/{text}", finding(message=text, found=text)) for text in TEXTS]
    book = written(path, reports)
    cells = [row[6:9:2] for row in book["Needs attention"].iter_rows(min_row=2)]
    assert [[cell.value for cell in each] for each in cells] == [[text, text] for text in TEXTS]
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name) for name in archive.namelist() if "xl/worksheets/s" in name]
    assert len(parts) == len(SHEETS)
    # Nothing is a formula, and the only links are the overview's own.
    assert not any(b"<f>" in part for part in parts)
    assert [part.count(b"<hyperlink ") for part in parts] == [2, 0, 0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x01b\x00\x0b\r", r"a\x01b\x00\x0b\x0d"),
        ("caf\udce9.xlsx", r"caf\xe9.xlsx"),
        ("\ud800\uffff", r"\ud800\uffff"),
        ("<r>no XML</r>", "<r>no XML</r> "),
    ],
)
def test_what_a_cell_cannot_hold(path: Path, text: str, shown: str) -> None:
    one = report(text, finding(message=text, found=text), sheets=[sheet(name=text)])
    book = written(path, [one, unreadable(text, text)])
    first, second = rows(book["Needs attention"])
    assert (first["File"], first["Found"], first["Message"]) == (shown, shown, shown)
    assert (second["File"], second["Message"]) == (shown, shown)
    assert worst(book)[0][0] == f"{shown.strip()}, {shown}"


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_texts_too_long_for_a_cell_say_so(path: Path, letter: str) -> None:
    fits, does_not = letter * (32_767 // len(letter.encode("utf-16-le")) * 2), letter * 40_000
    book = written(path, [unreadable(error=fits), unreadable(error=does_not)])
    first, second = (each["Message"] for each in rows(book["Needs attention"]))
    assert first == fits
    kept, remark = second.split("… (")
    more = int(remark.split()[0].replace(",", ""))
    assert kept == letter * (40_000 - more)
    assert len(second.encode("utf-16-le")) // 2 <= 32_767
    assert "--output results.json" in remark


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 0.1, 10**15, True])
def test_numbers(path: Path, number: float) -> None:
    [row] = rows(written(path, [report("/a.xlsx", finding(found=number))])["Needs attention"])
    expected = {"inf": "inf", "nan": None}.get(str(number), number)
    assert row["Found"] == expected


# --- links ----------------------------------------------------------------------------------------


def links(worksheet: Any) -> list[Any]:
    """The links in a sheet's first column."""
    return [cell.hyperlink for cell in worksheet["A"][1:]]


@pytest.mark.parametrize(
    "name",
    [
        "plan.xlsx",
        "x",
        "a b%20c #1.xlsx",
        "Größe 地址 😀.xlsx",
        "a;b&c'd(1)+[2]{3}^`~=,@!$.xlsx",
        "sub/plan.xlsx",
    ],
)
def test_links_lead_to_the_files(tmp_path: Path, name: str) -> None:
    here, there = tmp_path / "here", tmp_path / "over there"
    for folder in (here, there):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).touch()
    reports = [fine(str(folder / name)) for folder in (here, there)]
    near, far = links(written(here / "results.xlsx", reports)["Summary"])
    # Beside the report, a link is relative, and XlsxWriter writes it as Excel does.
    assert (here / unquote(near.target).replace("\\", "/")).samefile(here / name)
    scheme, host, target, query, fragment = urlsplit(far.target)
    assert (scheme, host, query, fragment) == ("file", "", "", "")
    assert Path(unquote(target.lstrip("/") if os.name == "nt" else target)).samefile(there / name)
    assert near.location == far.location == "'WarmENI'!A1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are no text")
def test_link_to_a_file_whose_name_is_no_text(path: Path) -> None:
    [link] = links(written(path, [fine(f"{path.parent}/caf\udce9\x01:.xlsx")])["Summary"])
    assert link.target == "caf%E9%01%3A.xlsx"


def test_links_lead_to_the_cells(path: Path) -> None:
    bad = report("a.xlsx", finding(), finding("macros", None), sheets=[sheet()])
    book = written(path, [bad, unreadable("b.xlsx"), report("c.xlsx", sheets=[sheet(name="It's")])])
    attention = [link and link.location for link in links(book["Needs attention"])]
    assert attention == ["'Plan'!B15", None, None]
    assert [link.location for link in links(book["Summary"])] == [
        *("'WarmENI'!A1", None, "'It''s'!A1")
    ]
    assert [cell.hyperlink.location for cell in book["Overview"]["A"][13:15]] == [
        "'Summary'!A1",
        "'Needs attention'!A1",
    ]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("s3://bucket/plan.xlsx", None),
        ("https://example.com/a%20plan.xlsx?x=1", "https://example.com/a%20plan.xlsx?x=1"),
        ("https://example.com/a plan.xlsx", None),
        (f"https://example.com/{'x' * 2100}", None),
        (f"/plans/{'x' * 2100}.xlsx", None),
        ("/plans/\ud800.xlsx", None),
    ],
)
def test_what_can_be_a_link(path: Path, url: str, target: str | None) -> None:
    book = written(path, [fine(url)])
    [link] = links(book["Summary"])
    assert (link and link.target) == target
    assert book["Summary"]["A2"].value == url.replace("\ud800", r"\ud800")


def test_more_than_a_sheet_holds(path: Path) -> None:
    reports = [fine(f"/{number}.xlsx") for number in range(5)]
    book = written(path, reports, most_rows=4, most_links=2)
    assert [each["File"] for each in rows(book["Summary"])] == ["/0.xlsx", "/1.xlsx", "/2.xlsx"]
    assert [bool(each) for each in links(book["Summary"])] == [True, True, False]
    assert counts(book)["Evaluated"] == 5
    said = [cell.value for cell in book["Overview"]["A"] if cell.value]
    assert "2 more rows do not fit on sheet Summary: --output results.json has them all" in said


# --- the file -------------------------------------------------------------------------------------


def test_nowhere_to_write(tmp_path: Path) -> None:
    book = ReportWorkbook(str(tmp_path / "absent" / "results.xlsx"))
    book.add(fine())
    with pytest.raises(FileNotFoundError):
        book.close()


def test_the_report_is_no_workbook_to_evaluate(path: Path) -> None:
    written(path, [fine()], details=True)
    with pytest.raises(WorkbookError, match="It is a report of this program, not a plan"):
        verify_workbook(path)


def test_a_report_that_is_given_up_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    book = ReportWorkbook(str(tmp_path / "results.xlsx"))
    book.add(fine())
    assert os.listdir(tmp_path)
    del book
    assert not os.listdir(tmp_path)


def test_rows_leave_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(path.parent))
    written(path, [fine()])
    assert os.listdir(path.parent) == ["results.xlsx"]


@pytest.mark.thorough
@needs_libreoffice
def test_libreoffice_opens_it(path: Path) -> None:
    reports = [report("/a.xlsx", finding()), unreadable("=1+1"), fine("a\x01.xlsx", filled(-9))]
    book = written(path, reports)
    values = recalculate([path], "libreoffice")[str(path)]
    assert isinstance(values, dict)
    for name in SHEETS:
        cells = {
            (cell.row, cell.column): float(cell.value) if cell.value is True else cell.value
            for row in book[name].iter_rows()
            for cell in row
            if cell.value is not None
        }
        # LibreOffice writes numbers with 15 digits.
        assert values[name] == pytest.approx(cells)
