"""Texts, tables and colours as a terminal gets them."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence

import pytest

from calculator.results.console import Field, has_colours, print_table, print_text, printable

PLAIN = "a plan, Größe 地址 😀 é.xlsx"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (PLAIN, PLAIN),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("a\nb\r\tc\x00\x07\x7f", r"a\x0ab\x0d\x09c\x00\x07\x7f"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("plan\u202excod.xlsx", r"plan\u202excod.xlsx"),
        ("\u2066\u2069\u200e\u200f\u061c", r"\u2066\u2069\u200e\u200f\u061c"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("caf\udce9 \ud800", r"caf\xe9 \ud800"),
    ],
)
def test_a_terminal_shows_and_does_not_obey(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_no_control_character_is_left() -> None:
    import unicodedata

    every = [chr(code) for code in range(0x3000)]
    kept = [each for each in every if printable(each) == each]
    assert not [each for each in kept if unicodedata.category(each) in ("Cc", "Zl", "Zp")]
    assert not [each for each in kept if unicodedata.bidirectional(each) in BIDI]


BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


# --- colours --------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")


@pytest.mark.parametrize(
    ("environment", "on_terminal", "elsewhere"),
    [
        ({}, True, False),
        ({"NO_COLOR": "1"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
    ids=str,
)
def test_who_wants_colours(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    on_terminal: bool,
    elsewhere: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert has_colours(Terminal()) == on_terminal
    assert has_colours(io.StringIO()) == elsewhere


# --- tables ---------------------------------------------------------------------------------------

FIELDS = [
    Field("file", wraps=True),
    Field("words", wraps=True, painted=True),
    Field("n", right=True),
]


@pytest.fixture
def columns(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda number: monkeypatch.setenv("COLUMNS", str(number))


def printed(capsys: pytest.CaptureFixture[str], rows: Sequence[Sequence[object]]) -> list[str]:
    print_table(FIELDS, rows)
    return capsys.readouterr().out.splitlines()


def test_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a.xlsx", "Fits", 1234567), ("b", None, -5), ("c", "", True), ("\x1b[2J", "x\ny", 0.5)]
    assert printed(capsys, rows) == [
        "file     words           n",
        "a.xlsx   Fits    1,234,567",
        "b        -              -5",
        "c        -             yes",
        r"\x1b[2J  x\x0ay        0.5",
    ]


def test_into_a_pipe_a_row_is_a_line_of_any_length(capsys: pytest.CaptureFixture[str]) -> None:
    file, words = "folder/" * 40 + "plan.xlsx", "It fits. " * 40 + "So far."
    [_, line] = printed(capsys, [(file, words, 9)])
    assert line == f"{file}  {words}  9"


def test_into_a_pipe_a_long_text_does_not_part_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    long = "No address is left. " * 6 + "So far."
    lines = printed(capsys, [("a.xlsx", "Fits", 1), ("b.xlsx", long, 2), ("c.xlsx", "x" * 100, 3)])
    assert lines == [
        "file    words" + " " * 97 + "n",
        "a.xlsx  Fits" + " " * 98 + "1",
        f"b.xlsx  {long}  2",
        f"c.xlsx  {'x' * 100}  3",
    ]


def test_what_is_too_long_for_a_terminal_goes_on_below(
    capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
) -> None:
    columns(40)
    rows = [("a" * 30 + "plan.xlsx", "It fits, and leaves no address", 9), ("b.xlsx", "ok", 10)]
    assert printed(capsys, rows) == [
        "file               words               n",
        "aaaaaaaaaaaaaaaaa  It fits, and        9",
        "aaaaaaaaaaaaaplan  leaves no address",
        ".xlsx",
        "b.xlsx             ok                 10",
    ]
    assert printed(capsys, [("plan.xlsx", "It fits", 9)])[1] == "plan.xlsx  It fits  9"


def test_headers_go_on_below_before_numbers_would(
    capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
) -> None:
    columns(20)
    print_table([Field("file"), Field("left at the peak", right=True)], [("plan.xlsx", 1234567)])
    assert capsys.readouterr().out.splitlines() == [
        "file         left at",
        "            the peak",
        "plan.xlsx  1,234,567",
    ]


def test_a_column_of_nothing_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    fields = [Field("file"), Field("pods", optional=True), Field("n", right=True)]
    print_table(fields, [("a", None, 1), ("b", "", 2)])
    print_table(fields, [("a", None, 1), ("b", 0, 2)])
    assert capsys.readouterr().out.splitlines() == [
        *("file  n", "a     1", "b     2"),
        *("file  pods  n", "a     -     1", "b     0     2"),
    ]


def test_prose_fits_a_terminal_and_is_not_wider_than_can_be_read(
    capsys: pytest.CaptureFixture[str], columns: Callable[[int], None]
) -> None:
    text = "It fits in one mode, " * 20
    for number, longest in ((60, 60), (400, 100)):
        columns(number)
        print_text(text, indent="  ")
        first, *others = capsys.readouterr().out.splitlines()
        assert longest - 8 < max(map(len, (first, *others))) <= longest
        assert all(line.startswith("  ") for line in others)
        assert " ".join(map(str.strip, (first, *others))) == text.strip()


@pytest.mark.parametrize("most", [40, 60, 100])
@pytest.mark.parametrize("letter", ["x", "地", "😀", "e\u0301", "\x1b", "\u202e"])
def test_no_line_is_longer_and_nothing_is_lost(
    capsys: pytest.CaptureFixture[str], columns: Callable[[int], None], most: int, letter: str
) -> None:
    columns(most)
    rows = [(letter * number, letter * 2 * number, number) for number in (0, 1, 7, 99)]
    lines = printed(capsys, rows)
    for line in lines:
        assert sum(places(each) for each in line) <= most
    assert "".join(lines[1:]).count(printable(letter)[-1]) == 3 * (1 + 7 + 99)


def places(letter: str) -> int:
    return {"地": 2, "😀": 2, "\u0301": 0}.get(letter, 1)


def test_columns_stand_below_each_other_in_any_script(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, [("地址", "a", 1), ("e\u0301e", "b", 2), ("plan", "c", 3)])
    assert lines[1:] == ["地址  a      1", "e\u0301e    b      2", "plan  c      3"]


def test_a_terminal_of_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(stream, encoding="ascii"))
    print_table(FIELDS, [("Größe", "x", 1)])
    sys.stdout.flush()
    assert stream.getvalue().decode("ascii").splitlines() == [
        "file         words  n",
        r"Gr\xf6\xdfe  x      1",
    ]


def test_colours(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("a", "bad", 1), ("b", "\x1b[5m", 2), ("c", "fine", 3)]
    print_table(FIELDS, rows, colours=["red", "", "green"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_table(FIELDS, rows, colours=["red", "", "green"])
    assert capsys.readouterr().out.splitlines() == [
        "file  words    n",
        "a     \x1b[31mbad\x1b[0m      1",
        r"b     \x1b[5m  2",
        "c     \x1b[32mfine\x1b[0m     3",
    ]
