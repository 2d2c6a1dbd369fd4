"""Results as a notebook shows and plots them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from calculator import NodeGroup, Plan, compare, evaluate, recommend, size
from calculator.errors import InputError
from calculator.load import Load
from calculator.notebook import Showing
from tests.browser import dumped, needs_chromium
from tests.reports import finding, of_aws, report, unreadable

needs_matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is not installed"
)
GROUPS = [NodeGroup("m5.2xlarge", 30, 25), NodeGroup("r6g.4xlarge", 10, 40)]
PLAN = Plan(subnet_prefix_length=22, availability_zones=3, zone_loss="yes", node_groups=GROUPS)
PODS = Plan(
    subnet_prefix_length=26,
    pod_subnet_prefix_length=22,
    availability_zones=3,
    pods_from="custom networking",
    node_groups=GROUPS,
)
NASTY = "<img src=x onerror=\"document.title='run'\">&amp;</table>.xlsx"


class _Table(HTMLParser):
    """The cells of a table, the header among them, and the widths of bars."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.bars: list[dict[str, str | None]] = []
        self.images = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.images += tag == "img"
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "rect":
            self.bars.append(dict(attributes))

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip("\n ")


def table(shown: Showing) -> _Table:
    return _Table(shown._repr_html_())


# --- a table --------------------------------------------------------------------------------------


def test_a_plan_whose_mode_is_undecided_has_a_row_a_mode() -> None:
    result = evaluate(PLAN)
    header, *rows = table(result).rows
    assert header[:6] == ["", "used", "at peak", "left", "smallest", "fits"]
    # As README has them of the same plan, as a workbook.
    assert [row[:6] for row in rows] == [
        ["warm-eni", "810", "1,620", "-601", "/21", "no"],
        ["warm-ip", "480", "1,010", "9", "/22", "yes"],
        ["prefix", "750", "1,623", "-604", "/21", "no"],
        ["ipv6", "14", "23", "996", "/27", "yes"],
    ]
    assert result.verdict in result._repr_html_()
    assert all(f"<p>{warning}</p>" in result._repr_html_() for warning in result.warnings)


def test_a_mode_that_is_asked_for_is_alone() -> None:
    assert [row[0] for row in table(evaluate(PLAN, mode="prefix")).rows] == ["", "prefix"]
    [_, row] = table(evaluate(Plan(node_groups=GROUPS), "aws-sample", "warm-ip")).rows
    assert row[0] == "warm-ip"


def test_bars_are_shares_of_the_subnet_and_what_it_lacks() -> None:
    found = table(evaluate(PLAN, mode="warm-eni"))
    widths = [float(str(bar["width"])) for bar in found.bars]
    # 810 of 1,019 addresses in use, all of them at the peak, and 601 lacking
    assert widths == [round(180 * part / 1620, 1) for part in (810, 209, 601)]
    assert len({bar["fill"] for bar in found.bars}) == 3
    assert float(str(found.bars[-1]["x"])) + widths[-1] == pytest.approx(180, abs=0.2)


def test_the_subnet_of_pods_has_columns_and_bars_of_its_own() -> None:
    html = evaluate(PODS, mode="warm-eni")._repr_html_()
    header, row = _Table(html).rows
    assert header[1:9] == [
        *("used", "at peak", "left", "smallest"),
        *("pod subnet used", "pod subnet at peak", "pod subnet left", "smallest pod subnet"),
    ]
    details = evaluate(PODS, mode="warm-eni").details
    assert row[5:8] == [
        str(details[f"pod_subnet_{name}"]) for name in ("used", "peak_ips", "peak_remaining")
    ]
    assert html.count("<svg ") == 2


def test_what_is_not_known_is_a_dash() -> None:
    rows = table(evaluate(PODS)).rows
    assert rows[-1] == ["ipv6", *"––––––––", "no", "–"]


def test_a_comparison_and_a_recommendation_show_their_marks() -> None:
    header, *rows = table(compare(PLAN)).rows
    at = header.index("mark")
    assert [(row[0], row[at]) for row in rows if row[at]] == [
        ("warm-eni: 1 ENI", "set"),
        ("warm-eni: 2 ENIs", "worst"),
        ("warm-ip: 1 IP", "best, set"),
        ("prefix: 1 prefix", "set"),
        ("ipv6", "set"),
    ]
    found = recommend(PLAN, burst=3, calls=10)
    header, *rows = table(found).rows
    [picked] = [row for row in rows if row[header.index("mark")]]
    assert picked[0] == "warm-ip: 3 IPs, least 39"
    assert found.reason in found._repr_html_()


def test_sizes_have_the_peak_alone() -> None:
    header, *rows = table(size(PODS)).rows
    assert header[1:4] == ["at peak", "left", "smallest"]
    assert [row[header.index("mark")] for row in rows] == ["", "chosen", "", ""]
    assert "ipv6: an IPv6 cluster has no custom networking" in size(PODS)._repr_html_()


def test_a_workbook_shows_its_verdict_and_what_was_found() -> None:
    many = [finding("value", f"WarmENI!B{row}") for row in range(12)]
    follows = finding("value", "WarmENI!B20", because_of="WarmENI!B1", message="not said")
    html = report("a.xlsx", *many, follows)._repr_html_()
    assert "a.xlsx: Fits: 209 addresses are left at the peak." in html
    assert html.count("difference: a.xlsx, WarmENI!B") == 10
    assert "and 2 more findings" in html
    assert "not said" not in html
    assert [row[:4] for row in table(of_aws()).rows[1:]] == [
        ["WarmENI", "710", "–", "309"],
        ["WarmIP", "710", "–", "309"],
    ]
    assert "broken.xlsx: It breaks off." in unreadable()._repr_html_()


def test_texts_of_others_are_no_html() -> None:
    nasty = report(NASTY, finding(message=NASTY), message=NASTY)
    nasty.sheets[0].sheet = NASTY
    found = table(nasty)
    assert found.images == 0
    assert found.rows[1][0] == NASTY


@pytest.mark.thorough
@needs_chromium
def test_a_browser_shows_it(tmp_path: Path) -> None:
    page = tmp_path / "notebook.html"
    nasty = report(NASTY, message=NASTY)
    page.write_text(
        f"<meta charset=utf-8><title>notebook</title>{evaluate(PODS)._repr_html_()}"
        f"{nasty._repr_html_()}",
        encoding="utf-8",
    )
    html = dumped(page)
    assert "<title>notebook</title>" in html
    assert "<img" not in html
    assert len(re.findall("<svg ", html)) == 2 * 3 + 4


@pytest.mark.thorough
def test_a_table_takes_no_extra() -> None:
    code = (
        "import sys; sys.modules['jinja2'] = sys.modules['matplotlib'] = None\n"
        "from calculator import *\n"
        "print(evaluate(Plan(node_groups=[NodeGroup('m5.large', 2, 9)]))._repr_html_()[:5])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "<div>\n"


# --- a plot ---------------------------------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Any:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


def bars(axes: Any) -> dict[str, list[float]]:
    """The widths of the bars by what the legend says of them."""
    return {each.get_label(): [bar.get_width() for bar in each.patches] for each in axes.containers}


@pytest.mark.thorough
@needs_matplotlib
def test_a_plot_has_the_addresses_of_each_mode(drawn: Any) -> None:
    axes = evaluate(PLAN).plot()
    assert [each.get_text() for each in axes.get_yticklabels()] == [
        *("warm-eni", "warm-ip", "prefix", "ipv6")
    ]
    assert bars(axes) == {
        "in use": [810, 480, 750, 14],
        "more at the peak": [209, 530, 269, 9],
        "left": [0, 9, 0, 996],
        "lacking": [601, 0, 604, 0],
    }
    assert {line.get_xdata()[0] for line in axes.lines} == {1019}
    assert axes.get_xlabel() == "addresses [IPs]"


@needs_matplotlib
@pytest.mark.parametrize(
    ("answer", "count"),
    [
        (lambda: compare(PODS), 14),
        (lambda: recommend(PLAN, burst=3, calls=10), 7),
        (lambda: size(PODS), 6),
        (lambda: report(), 4),
        (unreadable, 0),
    ],
    ids=["compare", "recommend", "size", "report", "unreadable"],
)
def test_what_can_be_plotted(drawn: Any, answer: Callable[[], Showing], count: int) -> None:
    axes = drawn.subplots()[1]
    assert answer().plot(axes) is axes
    assert len(axes.get_yticks()) == count
    axes.figure.canvas.draw()


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(InputError, match=r'a plot needs matplotlib: pip install "eks-subnet-calc'):
        evaluate(PLAN).plot()


# --- loads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "addresses"),
    [
        (Load(100, 40, 60, 25), (40, 35, 25, 0)),
        (Load(100, 40, 60, None), (40, 0, 60, 0)),
        (Load(100, 40, 60, -20), (40, 60, 0, 20)),
        (Load(100, 130, -30, -50), (100, 0, 0, 50)),
        (Load(0, 0, 0, 0), (0, 0, 0, 0)),
    ],
)
def test_the_parts_of_a_bar(load: Load, addresses: tuple[int, ...]) -> None:
    assert load.addresses == addresses
    assert load.parts == [each / max(load.available, 1) for each in addresses]
