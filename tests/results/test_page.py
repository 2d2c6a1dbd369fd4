"""The report as a page, in Chromium where it is there."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from calculator.cli import main
from calculator.errors import InputError
from calculator.report import WorkbookReport
from calculator.results.load import short_names
from calculator.results.outputs import open_output
from tests.browser import AXE, after, dumped, needs_axe, needs_chromium
from tests.reports import finding, of_aws, report, sheet, unreadable

FAULTY = Path(__file__).parents[2] / "sample_workbooks" / "faulty"
#: The rows of the table as a person sees them.
ROWS = """const rows = () => [...document.querySelectorAll("#table tbody tr")].map(
    (row) => [...row.cells].map((cell) => cell.textContent));
const files = () => rows().map((row) => row[1]);
const shown = () => document.getElementById("shown").textContent;
const type = (text) => { const box = document.getElementById("search");
    box.value = text; box.dispatchEvent(new Event("input")); };
"""
NASTY = "</script><img src=x onerror=\"document.title='run'\">&amp;<!--\x1b[31m\u202e\ud800"


LITTLE_LEFT = report("little.xlsx", sheets=[sheet(peak=30)])


def written(path: Path, reports: Iterable[WorkbookReport]) -> Path:
    with open_output(str(path)) as output:
        for one in reports:
            output.add(one)
    return path


def of_all_kinds() -> list[WorkbookReport]:
    """A workbook of each kind, the best first."""
    overflow = sheet(peak=-30, fits=False)
    return [
        report("fine.xlsx"),
        report("warned.xlsx", finding("one-zone", "Plan!B5", found=1)),
        report("little.xlsx", sheets=[sheet(peak=20)]),
        report("differs.xlsx", finding("formula", "WarmENI!B8"), finding("value", "WarmENI!B10")),
        report("full.xlsx", finding("subnet-overflow", "Plan!B4"), fits=False, sheets=[overflow]),
        report("faulty.xlsx", finding(), finding("formula", because_of="Plan!B15")),
        unreadable("broken.xlsx"),
    ]


def data(page: Path) -> tuple[dict[str, Any], list[list[Any]]]:
    """What the page's script is given."""
    html = page.read_text("utf-8")
    about, rows = (
        json.loads(re.findall(f'id="{each}">(.*?)</script>', html, re.DOTALL)[0])
        for each in ("about", "rows")
    )
    return about, rows


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def test_rows_hold_what_was_found(tmp_path: Path) -> None:
    about, rows = data(written(tmp_path / "r.html", of_all_kinds()))
    by_file = {row[0]: row for row in rows}
    assert about["states"][0] == "cannot be read"
    assert [by_file[name][2] for name in ("broken.xlsx", "faulty.xlsx", "fine.xlsx")] == [1, 2, 0]
    assert by_file["broken.xlsx"][3] == "It breaks off."
    assert by_file["full.xlsx"][5:8] == [-30, 22, 1019]
    [[number, place, column, message, follow]] = by_file["faulty.xlsx"][8]
    assert about["codes"][number] == ["not-a-number", "fault", "Type the number in digits."]
    assert (place, column, message, follow) == (
        "Plan!B15",
        "# of Instances",
        "a message of not-a-number",
        1,
    )


def test_many_findings_are_counted(tmp_path: Path) -> None:
    many = [finding("formula", f"WarmENI!B{row}") for row in range(1, 72)]
    other = finding("one-zone", "Plan!B5")
    about, [row] = data(written(tmp_path / "r.html", [report("a.xlsx", *many, other)]))
    assert (len(row[8]), row[9]) == (50, 22)
    # One of each kind is there, so that it is found by its kind.
    assert {about["codes"][each[0]][0] for each in row[8]} == {"formula", "one-zone"}


def test_the_worst_finding_is_the_first_and_says_how_it_stands(tmp_path: Path) -> None:
    found = [
        finding("missing", "Plan!B16", standing="suppressed", reason="It grows."),
        finding("one-zone", "Plan!B5", standing="new"),
        finding("formula", "WarmENI!B8", standing="worse", reason="worse than known"),
        finding(standing="known"),
    ]
    about, [row] = data(written(tmp_path / "r.html", [report("a.xlsx", *found)]))
    assert [(about["codes"][each[0]][0], *each[5:]) for each in row[8]] == [
        ("formula", "worse: worse than known"),
        ("one-zone",),
        ("missing", "suppressed: It grows."),
        ("not-a-number", "known"),
    ]


def test_what_is_known_needs_no_attention(tmp_path: Path) -> None:
    known = report("a.xlsx", finding(standing="known"))
    over = report("b.xlsx", fits=False, accepted={"overflow": "known"}, message="Does not fit.")
    page = written(tmp_path / "r.html", [known, over, report("c.xlsx")])
    assert "Nothing new needs attention: 3 workbooks." in page.read_text("utf-8")
    about, rows = data(page)
    state = about["states"].index("nothing new")
    assert [row[2] for row in rows] == [1 << state, 1 << state, 0]
    assert rows[1][3] == "Does not fit. (known)"


@pytest.mark.parametrize(
    ("reports", "words"),
    [
        ([], "Nothing was evaluated."),
        ([report()], "Nothing needs attention: 1 workbook."),
        ([report(), unreadable()], "1 of 2 workbooks needs attention."),
        ([report(), LITTLE_LEFT], "needs attention: 2 workbooks. 1 workbook has little room left."),
        ([LITTLE_LEFT, unreadable()], "needs attention. 1 more workbook has little room left."),
    ],
)
def test_the_first_words(tmp_path: Path, reports: list[WorkbookReport], words: str) -> None:
    assert words in written(tmp_path / "r.html", reports).read_text("utf-8")


def test_what_was_not_checked_says_why(tmp_path: Path) -> None:
    of_others = [
        report("old.xlsx", finding("made-by-older", "About")),
        report("slow.xlsx", error="ironcalc took too long."),
        report("empty.xlsx", finding("no-recorded-values", None)),
        *(unreadable(f"b{number}.xlsx", "It is encrypted.") for number in range(25)),
    ]
    html = written(tmp_path / "r.html", of_others).read_text("utf-8")
    section = html.split('id="unchecked"')[1].split("</section>")[0]
    assert "nothing of it was checked: 25 workbooks" in section
    assert "b19.xlsx: It is encrypted." in section
    assert "b20.xlsx" not in section
    assert "and 5 more" in section
    assert "and gave no values: 1 workbook" in section
    assert "slow.xlsx: ironcalc took too long." in section
    assert "an older version made it: 1 workbook" in section
    assert "never calculated: there are no recorded values to compare: 1 workbook" in section


def test_bars_are_of_the_fullest(tmp_path: Path) -> None:
    books = [report(f"{left}.xlsx", sheets=[sheet(peak=left)]) for left in range(0, 300, 10)]
    html = written(tmp_path / "r.html", [*books, of_aws("aws.xlsx")]).read_text("utf-8")
    bars = html.split('class="bars"')[1].split("</ol>")[0]
    assert re.findall(r"[0-9]+ left of", bars) == [f"{left} left of" for left in range(0, 250, 10)]
    full = bars.split("</li>")[0]
    assert re.findall('class="(used|peak|left)" x="([0-9.]+)" width="([0-9.]+)"', full) == [
        ("used", "0.0", "901.9"),
        ("peak", "901.9", "98.1"),
    ]


def test_bars_of_files_of_one_name_are_told_apart() -> None:
    files = ["a/x/plan.xlsx", "b/x/plan.xlsx", "c/y/plan.xlsx", f"team/{'n' * 60}.xlsx"]
    names = short_names(files)
    assert list(names.values())[:3] == ["a/x/plan.xlsx", "b/x/plan.xlsx", "y/plan.xlsx"]
    assert re.fullmatch("team/n+…n+[.]xlsx", names[files[3]])
    alike = [f"{one}/{'n' * 60}/plan{'n' * 60}.xlsx" for one in ("a", "b")]
    assert len(set(short_names(alike).values())) == 2
    assert short_names(["a.xlsx", "a.xlsx"]) == {"a.xlsx": "a.xlsx"}


def test_a_strangers_texts_stay_texts(tmp_path: Path) -> None:
    nasty = finding("one-zone", f"{NASTY}!B1", column=NASTY, found=NASTY, message=NASTY)
    reports = [
        report(f"{NASTY}.xlsx", nasty, message=NASTY, sheets=[sheet(name=NASTY)]),
        unreadable("javascript:alert(1)", NASTY),
        unreadable(f"https://example.org/{NASTY[:-1]}.xlsx", NASTY),
    ]
    page = written(tmp_path / "r.html", reports)
    html = page.read_text("utf-8")
    parser = _Tags()
    parser.feed(html)
    assert parser.tags.count("script") == 3
    assert "img" not in parser.tags
    assert not parser.handlers
    assert not parser.addresses
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", html)
    _, rows = data(page)
    assert rows[0][3].endswith("&amp;<!--\\x1b[31m\\u202e\\ud800")
    assert rows[1][1] == f"file://{Path.cwd()}/javascript%3Aalert%281%29"
    assert re.fullmatch(r"https://example\.org/[\w%/=&.\-]+\.xlsx", rows[2][1])


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    html = written(tmp_path / "r.html", of_all_kinds()).read_text("utf-8")
    assert "default-src 'none'" in html
    assert not re.search(r"\b(?:fetch|import|XMLHttpRequest|url)\(|@import|https?://", html)


def test_links_are_relative_where_they_can_be(tmp_path: Path) -> None:
    inside, outside = tmp_path / "plans" / "50 % #1.xlsx", tmp_path.parent / "other.xlsx"
    reports = [report(str(each)) for each in (inside, outside)]
    reports += [report("https://example.org/a.xlsx"), report("s3://bucket/a.xlsx")]
    _, rows = data(written(tmp_path / "r.html", reports))
    links = [row[1] for row in rows]
    assert links[0] == "./plans/50%20%25%20%231.xlsx"
    assert links[1] == outside.as_uri()
    assert links[2:] == ["https://example.org/a.xlsx", ""]


def test_without_jinja_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(InputError, match=r"r\.html: a page needs jinja2: pip install .*\[html\]"):
        written(tmp_path / "r.html", [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_both_commands_write_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    page = tmp_path / "r.html"
    files = [str(FAULTY / f"{each}.xlsx") for each in ("not-a-number", "truncated")]
    assert main([command, *files, "--output", str(page), "--quiet"]) == 1
    _, rows = data(page)
    assert [Path(row[0]).stem for row in rows] == ["not-a-number", "truncated"]
    assert ("no differences" in capsys.readouterr().out) == (command == "verify")


# --- in a browser ---------------------------------------------------------------------------------


@pytest.mark.thorough
@needs_chromium
def test_the_table_shows_the_worst_first(tmp_path: Path) -> None:
    html = dumped(written(tmp_path / "r.html", of_all_kinds()))
    table = html.split('id="table"')[1]
    order = ["broken", "faulty", "full", "differs", "little", "warned", "fine"]
    assert re.findall(r'href="[^"]*">(\w+)\.xlsx', table) == order
    assert 'role="status">1 to 7 of 7 workbooks' in html
    assert "Put the formula back; convert makes a fresh workbook with the same inputs." in table


@pytest.mark.thorough
@needs_chromium
def test_sorting_and_filters(tmp_path: Path) -> None:
    page = written(tmp_path / "r.html", of_all_kinds())
    script = """
        const click = (selector) => document.querySelector(selector).click();
        const seen = [];
        click("[data-sort=file]"); seen.push(files().slice(0, 2));
        click("[data-sort=file]"); seen.push(files().slice(0, 2));
        seen.push(document.querySelector("[data-sort=file]").closest("th").ariaSort);
        click("[data-sort=left]"); seen.push(files().slice(0, 2));
        type("message FORMULA"); seen.push(files(), shown());
        type(""); click("[data-state='2']"); seen.push(files());
        click("[data-state='2']"); click("[data-code=one-zone]"); seen.push(files());
        click("#clear"); seen.push(files().length);
        type("no such thing"); seen.push(shown());
        return seen;
    """
    assert after(page, ROWS + script) == [
        ["broken.xlsx", "differs.xlsx"],
        ["warned.xlsx", "little.xlsx"],
        "descending",
        ["full.xlsx", "little.xlsx"],
        ["differs.xlsx"],
        "1 to 1 of 1 workbook, chosen from 7",
        ["full.xlsx"],
        ["warned.xlsx"],
        7,
        "No workbook is like this.",
    ]


@pytest.mark.thorough
@needs_chromium
@pytest.mark.parametrize(("width", "is_hidden"), [(1280, True), (500, False)])
def test_what_a_narrow_window_cuts_off_is_said(tmp_path: Path, width: int, is_hidden: bool) -> None:
    page = written(tmp_path / "r.html", of_all_kinds())
    script = "return document.querySelector('#workbooks ~ .hint').hidden"
    assert after(page, script, f"--window-size={width},900") is is_hidden


@pytest.mark.thorough
@needs_chromium
def test_ten_thousand_workbooks(tmp_path: Path) -> None:
    books = (
        unreadable(f"{number:05}.xlsx") if number % 10 == 0 else
        report(f"{number:05}.xlsx", *[finding()] * (number % 3))
        for number in range(10_000)
    )  # fmt: skip
    page = written(tmp_path / "r.html", books)
    assert page.stat().st_size < 4_000_000
    script = """
        const seen = [files().length, shown()];
        const start = performance.now();
        type("9999"); seen.push(files()); type("");
        document.querySelector("[data-sort=file]").click();
        document.getElementById("next").click(); seen.push(files()[0], shown());
        const took = performance.now() - start;
        dispatchEvent(new Event("beforeprint")); seen.push(files().length);
        seen.push([...document.querySelectorAll("#table details")].every((each) => each.open));
        dispatchEvent(new Event("afterprint")); seen.push(files().length, took < 5000);
        return seen;
    """
    assert after(page, ROWS + script) == [
        50,
        "1 to 50 of 10,000 workbooks",
        ["09999.xlsx"],
        "00050.xlsx",
        "51 to 100 of 10,000 workbooks",
        1000,
        True,
        50,
        True,
    ]


@pytest.mark.thorough
@needs_chromium
def test_a_strangers_texts_do_nothing(tmp_path: Path) -> None:
    nasty = finding("one-zone", f"{NASTY}!B1", column=NASTY, message=NASTY)
    reports = [report(f"{NASTY}.xlsx", nasty, message=NASTY), unreadable(NASTY, NASTY)]
    page = written(tmp_path / "r.html", reports)
    script = """return [document.title, document.querySelectorAll("img").length, files()[0]]"""
    title, images, file = after(page, ROWS + script)
    assert (title, images) == ("EKS subnet report: 2 workbooks", 0)
    assert file.startswith("</script><img src=x onerror=")


@pytest.mark.thorough
@needs_axe
@needs_chromium
@pytest.mark.parametrize(("scheme", "width"), [("dark", 500), ("light", 1280)])
def test_everyone_can_use_it(tmp_path: Path, scheme: str, width: int) -> None:
    page = written(tmp_path / "r.html", of_all_kinds())
    script = f"""{Path(AXE).read_text("utf-8")}
        for (const each of document.querySelectorAll("details")) each.open = true;
        const found = await axe.run(document, {{resultTypes: ["violations"]}});
        const dark = matchMedia("(prefers-color-scheme: dark)").matches;
        return [dark, found.passes.length > 20, found.violations.map(
            (each) => [each.id, each.nodes.map((node) => node.html)])];
    """
    number = ["dark", "light"].index(scheme)
    options = f"--blink-settings=preferredColorScheme={number}", f"--window-size={width},900"
    assert after(page, script, *options) == [scheme == "dark", True, []]
