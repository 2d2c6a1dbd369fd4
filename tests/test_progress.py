"""How far a long run has come: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr

import pytest

from calculator import progress as module
from calculator.progress import Progress

pty = pytest.importorskip("pty", reason="Windows has no such terminals")
termios = pytest.importorskip("termios", reason="Windows has no such terminals")


class Clock:
    """A time that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module.time, "monotonic", clock)
    return clock


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    out, err = capsys.readouterr()
    assert out == ""
    return err.splitlines()


def test_a_short_run_says_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1000, "workbooks") as progress:
        for _ in range(1000):
            progress.step()
        clock.now += 4.9
        progress.clear()
        progress.step()
    assert progress.done == 1001
    assert lines(capsys) == []


def test_a_line_every_few_seconds(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(12_000, "workbooks") as progress:
        for second in range(12):
            clock.now += 1
            for _ in range(250):
                progress.step()
            if second == 4:
                clock.now += 0.5
    assert lines(capsys) == [
        "1,001 of 12,000 workbooks, 200 a second",
        "2,251 of 12,000 workbooks, 214 a second, 00:45 left",
    ]


def test_a_run_of_hours(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(3_000, "scenarios") as progress:
        clock.now += 5
        progress.step()
        clock.now += 5
        progress.step()
    assert lines(capsys) == [
        "1 of 3,000 scenarios, 0.2 a second",
        "2 of 3,000 scenarios, 0.2 a second, 4:09:50 left",
    ]


def test_of_nobody_knows_how_many(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(None, "scenarios") as progress:
        clock.now += 5
        progress.step(131_072)
    assert lines(capsys) == ["131,072 scenarios, 26,214 a second"]


def test_the_last_one(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1, "workbooks") as progress:
        clock.now += 9
        progress.step()
    assert lines(capsys) == []


def test_quiet(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1000, "workbooks", quiet=True) as progress:
        for _ in range(1000):
            clock.now += 10
            progress.step()
    assert lines(capsys) == []


class Terminal(io.StringIO):
    """Takes what is printed on a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation

    def screen(self) -> str:
        """The last line as somebody sees it."""
        shown = ""
        for part in self.getvalue().rpartition("\n")[2].split("\r"):
            shown = part + shown[len(part) :]
        return shown.rstrip()


def test_a_bar_on_a_terminal() -> None:
    terminal = Terminal()
    with redirect_stderr(terminal), Progress(40, "workbooks") as progress:
        assert "0/40" in terminal.screen()
        for _ in range(10):
            progress.step()
    assert progress.done == 10
    assert terminal.screen() == ""  # it is gone
    assert "\n" not in terminal.getvalue()


def test_the_bar_comes_back_after_what_is_printed() -> None:
    terminal = Terminal()
    with redirect_stderr(terminal), Progress(40, "workbooks") as progress:
        for number in range(1, 11):
            progress.clear()
            assert terminal.screen() == ""
            print("a problem", file=sys.stderr)
            progress.step()
            assert f"{number}/40" in terminal.screen()
    printed = terminal.getvalue().split("\n")
    assert len(printed) == 11
    assert all(line.endswith("\ra problem") for line in printed[:-1])


def test_no_bar_where_nothing_is_to_be_said() -> None:
    terminal = Terminal()
    with redirect_stderr(terminal), Progress(40, "workbooks", quiet=True) as progress:
        progress.clear()
        progress.step()
    assert terminal.getvalue() == ""


def test_it_starts_no_thread() -> None:
    terminal = Terminal()
    import threading

    before = threading.active_count()
    with redirect_stderr(terminal), Progress(40, "workbooks") as progress:
        progress.step()
        assert threading.active_count() == before


def test_on_a_real_terminal() -> None:
    main, side = pty.openpty()
    termios.tcsetwinsize(side, (24, 80))
    with os.fdopen(side, "w") as terminal:
        with redirect_stderr(terminal), Progress(40, "workbooks") as progress:
            progress.step()
        print("the end", file=terminal, flush=True)
        shown = ""
        while not shown.endswith("the end\r\n"):
            shown += os.read(main, 10_000).decode()
    os.close(main)
    assert "0/40 [" in shown
    assert shown.endswith("\rthe end\r\n")
