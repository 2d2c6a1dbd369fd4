"""Many workbooks at once: each by itself, by one process or many, whatever becomes of those."""

from __future__ import annotations

import csv
import gc
import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from calculator import (
    NodeGroup,
    Plan,
    batch,
    evaluate_workbooks,
    files,
    load_catalog,
    verify_workbook,
)
from calculator.batch import Chunk, Evaluation, evaluate_chunks
from calculator.errors import InputError, WorkbookError
from calculator.executors import Processes
from calculator.report import WorkbookReport
from calculator.results.as_json import as_json
from calculator.results.tables import SUMMARY, frame
from tests.helpers import MODELS, MODES, Raw, as_text, content, many, needs_ironcalc, saved
from tests.workers import Deadly, Failing, die_unless

GOOD = ("a.xlsx", "b.xlsx", "z.xlsx")
ROOT = Path(__file__).parents[1]


# --- evaluating them ------------------------------------------------------------------------------


def broken(folder: Path) -> dict[str, str]:
    """A file of each kind that cannot be read, and how its message begins."""
    whole = content()
    (folder / "c-empty.xlsx").write_bytes(b"")
    (folder / "d-text.xlsx").write_text("instance type,count\nm5.large,3\n")
    (folder / "e-cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (folder / "f-old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    book = openpyxl.Workbook()
    book.save(folder / "g-other.xlsx")
    raw = Raw(content())
    part = raw.sheets["WarmENI"]
    raw.parts.pop(part)
    raw.sheets.clear()
    raw.save(folder / "h-part.xlsx")
    return {
        "c-empty.xlsx": "The file is empty",
        "d-text.xlsx": "It is a text file (such as CSV)",
        "e-cut.xlsx": "It breaks off in the middle",
        "f-old.xlsx": "It is a file of an old Office program",
        "g-other.xlsx": "it has no sheet with a node table",
        "h-part.xlsx": f"It is incomplete: the part {part} is missing",
    }


def test_a_broken_file_costs_itself_and_no_other(tmp_path: Path) -> None:
    for name in GOOD:
        saved(tmp_path / name)
    messages = broken(tmp_path)
    reports = list(evaluate_workbooks([tmp_path]))
    assert [Path(each.file).name for each in reports] == sorted([*GOOD, *messages])
    for report in reports:
        name = Path(report.file).name
        if name in GOOD:
            assert report.clean
            assert [each.sheet for each in report.sheets] == [*MODES["vpc-cni"]]
        else:
            assert str(report.error).startswith(messages[name])
            assert report.sheets == []
            assert not report.clean


@pytest.mark.thorough
def test_many_in_one_pass_are_as_each_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        groups = [NodeGroup("m5.large", number, 3), NodeGroup("c5.xlarge", 2, 9)][: number % 3]
        plan = Plan(subnet_prefix_length=20 + number, node_groups=groups)
        saved(tmp_path / f"{number}.xlsx", MODELS[number % 2], plan, 5)
    raw = Raw(content())
    raw.put("WarmENI", "B8", 1.0)
    raw.put("WarmENI", "B24", "x")
    raw.put("WarmIP", "A23", "m5.lagre")
    raw.save(tmp_path / "8.xlsx")
    broken(tmp_path)
    # Three chunks, so that their borders are in it, too.
    monkeypatch.setattr("calculator.batch._CHUNK", 5)
    together = list(evaluate_workbooks([tmp_path]))
    assert len(together) == 14
    for report in together:
        if not report.error:
            assert as_text([verify_workbook(report.file)]) == as_text([report])


def test_a_file_that_is_not_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "a.xlsx")
    opened: list[str] = []
    original = files.read_content
    monkeypatch.setattr(
        files, "read_content", lambda file, *more: opened.append(file) or original(file, *more)
    )
    [report] = evaluate_workbooks([path, tmp_path])
    assert report.clean
    assert opened == [str(path)]


def test_a_catalog_of_ones_own(tmp_path: Path) -> None:
    listed = tmp_path / "types.csv"
    listed.write_text("instance_type,max_enis,ipv4_per_eni\nm5.12xlarge,2,5\n")
    path = saved(tmp_path / "a.xlsx")
    [report] = evaluate_workbooks([path], catalog=load_catalog(listed))
    first = report.sheets[0].node_groups[0]
    assert (first["max_enis"], first["ipv4_per_eni"]) == (2, 5)
    assert [each.cell for each in report.of("fault")] == ["A15", "A16", "A17", "A18"]
    assert report.sheets[0].totals["ips_used"] is None


@pytest.mark.thorough
@needs_ironcalc
def test_recalculating_many(tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx")
    broken(tmp_path)
    raw = Raw(content("aws-sample"))
    raw.put("WarmENI", "B10", formula="B5-B8+1")
    raw.save(tmp_path / "b.xlsx")
    reports = {
        Path(each.file).name: each
        for each in evaluate_workbooks([tmp_path], recalculate="ironcalc")
    }
    assert reports["a.xlsx"].clean
    found = [(each.cell, each.code) for each in reports["b.xlsx"].of("difference")]
    assert found == [("B10", "formula"), ("B10", "recalculated")]
    assert reports["c-empty.xlsx"].error


#: Headers and labels: of the node table, and beside inputs and results.
WORDS = {
    "aws-sample": [("WarmENI", f"{letter}22") for letter in "ABCD"]
    + [("WarmENI", cell) for cell in ("A4", "A8", "A13")],
    "vpc-cni": [("Plan", cell) for cell in ("A13", "B13", "C13", "D13", "A4", "A7", "D9")]
    + [("WarmENI", cell) for cell in ("A8", "A29", "D29")],
}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("model", "sheet", "cell"),
    [(model, *place) for model, places in WORDS.items() for place in places],
)
def test_whatever_is_missing_costs_no_other_file(
    tmp_path: Path, model: str, sheet: str, cell: str
) -> None:
    raw = Raw(content(model))
    raw.put(sheet, cell, "mine")
    raw.save(tmp_path / "a.xlsx")
    saved(tmp_path / "b.xlsx", model)
    first, second = evaluate_workbooks([tmp_path])
    assert not first.clean
    assert first.error is None
    assert second.clean
    json.dumps(as_json(first), allow_nan=False)
    assert frame(SUMMARY, [first])["sheet"].tolist() == [*MODES[model]]


# --- by whom --------------------------------------------------------------------------------------


def evaluated(
    files: list[str],
    evaluation: Evaluation = Evaluation(),  # noqa: B008  it cannot be changed
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[WorkbookReport]:
    return [
        each for chunk in evaluate_chunks(files, evaluation, executor, workers) for each in chunk
    ]


@pytest.fixture
def plans(tmp_path: Path) -> list[str]:
    """Forty workbooks of both models, of which one cannot be read, in order."""
    paths = many(tmp_path / "plans", 40)
    for number in (2, 21):
        saved(Path(paths[number]), plan=Plan(node_groups=[NodeGroup("m5.large", 1, 9)]), rows=3)
    Path(paths[17]).write_text("no workbook")
    return paths


def renamed(paths: list[str], *numbers: int, to: str) -> list[str]:
    """The paths, after some files were given names with a word in them."""
    for number in numbers:
        path = Path(paths[number])
        paths[number] = str(path.rename(path.with_stem(f"{path.stem}-{to}")))
    return paths


@pytest.mark.thorough
def test_whoever_does_it_the_reports_are_the_same(plans: list[str]) -> None:
    expected = evaluated(plans)
    assert [each.file for each in expected] == plans
    assert [bool(each.error) for each in expected].index(True) == 17
    by = {"one process": evaluated(plans, workers=1), "two": evaluated(plans, workers=2)}
    with ThreadPoolExecutor(2) as threads:
        by["threads"] = list(evaluate_workbooks(plans, executor=threads))
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        by["a pool"] = list(evaluate_workbooks(plans, executor=pool, workers=2))
        assert pool.submit(abs, -1).result() == 1  # it is left as it was
    with Processes(2) as processes:
        by["processes"] = list(evaluate_workbooks(plans, executor=processes, workers=2))
    for name, reports in by.items():
        assert as_text(reports) == as_text(expected), name


def test_few_are_done_here_and_many_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []

    class Noting(Processes):
        """Notes how many processes there would be, and does the work here."""

        def __init__(self, workers: int, instead_of: Executor | None = None) -> None:
            used.append(workers)
            self._threads = instead_of or ThreadPoolExecutor(1)

        def submit(self, task: Any, /, *items: Any, **_: Any) -> Any:
            return self._threads.submit(task, *items)

        def shutdown(self, *_: Any, **__: Any) -> None:
            self._threads.shutdown()

    monkeypatch.setattr(batch, "Processes", Noting)
    monkeypatch.setattr(batch, "cores", lambda: 3)
    monkeypatch.setattr(
        Evaluation, "__call__", lambda _, chunk: [*map(WorkbookReport, chunk.files)]
    )

    def processes(files: list[str], **more: Any) -> int:
        used.clear()
        assert [each.file for each in evaluated(files, **more)] == files
        return sum(used)

    some, more = ["a.xlsx"] * 255, ["a.xlsx"] * 256
    assert (processes(some), processes(more)) == (0, 3)
    assert (processes(more, workers=1), processes(some, workers=2)) == (0, 2)
    assert processes(["a.xlsx"], executor=ThreadPoolExecutor(1), workers=9) == 3
    # Nobody else sees what is in this memory.
    assert processes([*more, "memory://a.xlsx"], workers=2) == 0


@pytest.mark.parametrize(
    ("number", "workers", "sizes"),
    [
        (1, 1, [1]),
        (7, 2, [1] * 7),
        (17, 2, [2] * 8 + [1]),
        (40, 1, [10] * 4),
        (600, 2, [64] * 9 + [24]),
        (512, 2, [64] * 8),
    ],
)
def test_chunks_are_small_enough_for_everybody_to_have_some(
    number: int, workers: int, sizes: list[int]
) -> None:
    chunks: list[Chunk] = []

    class Noting(Evaluation):
        def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
            chunks.append(chunk)
            return [WorkbookReport(each) for each in chunk.files]

    names = [str(each) for each in range(number)]
    with ThreadPoolExecutor(1) as threads:
        reports = evaluated(names, Noting(), threads, workers)
    assert [each.file for each in reports] == names
    assert [len(each.files) for each in chunks] == sizes
    assert [each.number for each in chunks] == [*range(len(sizes))]


def test_only_so_many_chunks_are_read_ahead(plans: list[str]) -> None:
    begun: list[int] = []

    class Noting(Evaluation):
        def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
            begun.append(chunk.number)
            return [WorkbookReport(each) for each in chunk.files]

    with ThreadPoolExecutor(4) as threads:
        chunks = evaluate_chunks(plans, Noting(), threads, 2)
        assert begun == []
        for number, _ in enumerate(chunks):
            assert len(begun) <= number + 1 + 2 * 2
    assert sorted(begun) == list(range(8))


def test_here_one_chunk_is_read_at_a_time(
    plans: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    original = batch.read_workbook
    monkeypatch.setattr(
        batch, "read_workbook", lambda file, *more: read.append(file) or original(file, *more)
    )
    monkeypatch.setattr(batch, "_CHUNK", 8)
    reports = evaluate_workbooks(plans)
    assert read == []
    next(reports)
    assert read == plans[:8]


@pytest.mark.thorough
def test_a_chunk_is_written_where_it_is_evaluated(plans: list[str]) -> None:
    def write(number: int, reports: list[WorkbookReport]) -> list[WorkbookReport]:
        return [WorkbookReport(f"{number}", each.file) for each in reports]

    for executor in (None, ThreadPoolExecutor(2)):
        reports = evaluated(plans, Evaluation(write=write), executor, executor and 2)
        assert [each.error for each in reports] == plans
        size = 5 if executor else 64
        assert [each.file for each in reports] == [str(each // size) for each in range(40)]
        if executor:
            executor.shutdown()


# --- when something happens to them ---------------------------------------------------------------


@pytest.mark.thorough
def test_a_worker_that_dies_once_costs_nothing(plans: list[str], tmp_path: Path) -> None:
    renamed(plans, 5, to="deadly")
    expected = as_text(evaluated(plans))
    mortal = Deadly(marker=str(tmp_path / "marker"))
    assert as_text(evaluated(plans, mortal, workers=2)) == expected
    assert (tmp_path / "marker").exists()


@pytest.mark.thorough
def test_files_that_always_kill_their_worker_cost_only_themselves(plans: list[str]) -> None:
    # Far apart and close together, in one chunk and in neighbours.
    deadly = (0, 12, 13, 16)
    renamed(plans, *deadly, to="deadly")
    expected = evaluated(plans)
    found = evaluated(plans, Deadly(), workers=2)
    for number in deadly:
        assert found[number].error == (
            "the process that evaluated it died each time; it may need more memory than there is"
        )
        assert found[number].sheets == []
        found[number] = expected[number]
    assert as_text(found) == as_text(expected)


class Breaking(Executor):
    """Breaks over everything, as a pool does in which another file kills a worker."""

    def submit(self, *_: Any, **__: Any) -> Any:
        failed: Future[Any] = Future()
        failed.set_exception(BrokenExecutor("a worker died"))
        return failed


@pytest.mark.thorough
def test_a_file_is_not_blamed_for_another_beside_it(plans: list[str]) -> None:
    reports = list(batch._evaluated(plans[:2], Evaluation(), Breaking(), 1))
    assert [as_text(each) for each in reports] == [as_text([each]) for each in evaluated(plans[:2])]


@pytest.mark.thorough
def test_a_pool_of_the_callers_that_breaks(plans: list[str], tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        with pytest.raises(BrokenExecutor):
            pool.submit(die_unless, marker).result()
        with pytest.warns(RuntimeWarning, match="the executor broke .* processes here take over"):
            reports = list(evaluate_workbooks(plans, executor=pool, workers=2))
    assert as_text(reports) == as_text(evaluated(plans))


@pytest.mark.thorough
@pytest.mark.parametrize("where", ["here", "threads"])
def test_what_nobody_thought_of_costs_one_file(plans: list[str], where: str) -> None:
    renamed(plans, 3, 30, to="odd")
    expected = evaluated(plans)
    with ThreadPoolExecutor(2) as threads:
        found = evaluated(plans, Failing(), None if where == "here" else threads, 1)
    for number in (3, 30):
        assert found[number].error == (
            "evaluating it failed, which it should not: ZeroDivisionError: what nobody thought of"
        )
        found[number] = expected[number]
    assert as_text(found) == as_text(expected)


@pytest.mark.thorough
def test_what_nobody_thought_of_is_written_with_the_others(plans: list[str]) -> None:
    renamed(plans, 3, to="odd")
    written: list[tuple[int, int]] = []

    def write(number: int, reports: list[WorkbookReport]) -> list[WorkbookReport]:
        written.append((number, len(reports)))
        return reports

    with ThreadPoolExecutor(1) as threads:
        evaluated(plans, Failing(write=write), threads, 1)
    assert sorted(written) == [(0, 10), (1, 10), (2, 10), (3, 10)]


def test_too_little_memory_is_said(plans: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(readings: list[Any], *_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(batch, "judge", greedy)
    [report] = evaluated(plans[:1])
    assert report.error == "it needs more memory than there is"


@pytest.mark.thorough
def test_our_own_errors_end_it(plans: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for workers in (1, 2):
        with pytest.raises(InputError, match="no folder for a cache"):
            evaluated(plans, Evaluation(cache=str(tmp_path / "file")), workers=workers)


@pytest.mark.thorough
@pytest.mark.parametrize("is_enabled", [True, False])
def test_garbage_is_collected_again_in_the_end(plans: list[str], is_enabled: bool) -> None:
    assert gc.isenabled()
    seen = []

    def write(_: int, reports: list[WorkbookReport]) -> list[WorkbookReport]:
        seen.append(gc.isenabled())
        raise ZeroDivisionError

    try:
        if not is_enabled:
            gc.disable()
        evaluated(plans[:3])
        assert gc.isenabled() == is_enabled
        with pytest.raises(ZeroDivisionError):
            Evaluation(write=write)(Chunk(0, (plans[0],)))
        with ThreadPoolExecutor(3) as threads:
            evaluated(plans, executor=threads, workers=3)
        assert gc.isenabled() == is_enabled
    finally:
        gc.enable()
    assert seen == [is_enabled]


GUARD = """
import sys
from calculator import evaluate_workbooks
{}print(len(list(evaluate_workbooks(sys.argv[1:], workers=2))))
"""


@pytest.mark.thorough
@pytest.mark.parametrize("guard", ["", 'if __name__ == "__main__": '])
def test_a_script_that_starts_processes(plans: list[str], tmp_path: Path, guard: str) -> None:
    script = tmp_path / "script.py"
    script.write_text(GUARD.format(guard))
    done = subprocess.run(
        [sys.executable, script, *plans[:4]],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if guard:
        assert (done.returncode, done.stdout, done.stderr) == (0, "4\n", "")
    else:
        assert done.returncode == 1
        assert "InputError: worker processes end as soon as they start" in done.stderr
        assert 'a script must start them under if __name__ == "__main__":' in done.stderr


# --- Ctrl-C ---------------------------------------------------------------------------------------


def of_session(session: int) -> list[int]:
    """The processes of a session that are still there."""
    import psutil

    found = []
    for process in psutil.process_iter(["status"]):
        try:
            if os.getsid(process.pid) == session and process.info["status"] != "zombie":
                found.append(process.pid)
        except ProcessLookupError:
            continue
    return found


@pytest.mark.thorough
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("to", [os.kill, os.killpg], ids=["process", "group"])
def test_interrupted(tmp_path: Path, workers: str, to: Callable[[int, int], None]) -> None:
    pytest.importorskip("psutil", reason="psutil is not installed")
    originals = many(tmp_path / "plans", 3)
    for number in range(2_000):
        os.link(originals[number % 3], tmp_path / "plans" / f"q{number:04}.xlsx")
    output = tmp_path / "results.csv"
    command = ["evaluate", str(tmp_path / "plans"), "--output", str(output), "--workers", workers]
    process = subprocess.Popen(
        [sys.executable, "-m", "calculator.cli", *command],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=ROOT,
    )

    def written() -> int:
        return sum(each.stat().st_size for each in tmp_path.glob(".results.csv.*.part"))

    while not written():  # some reports have come in
        assert process.poll() is None
        time.sleep(0.01)
    to(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    *_, interrupted, closing = err.splitlines()  # of a slow machine, there is more
    said = re.fullmatch(
        "eks-subnet-calc: interrupted after ([0-9,]+) of 2,003 workbooks; what was done is kept",
        interrupted,
    )
    assert said is not None
    done = int(said[1].replace(",", ""))
    assert 0 < done < 2_003
    assert closing.startswith(f"{said[1]} workbooks evaluated: 0 with faults, ")
    with open(output, newline="") as stream:
        header, *rows = csv.reader(stream)
    files = sorted(map(str, (tmp_path / "plans").iterdir()))
    assert [row[0] for row in rows] == [file for file in files[:done] for _ in range(2)]
    assert {len(row) for row in rows} == {len(header)}
    assert not list(tmp_path.glob(".results*"))
    for _ in range(600):  # those that watch over the workers leave after them
        if not (left := of_session(process.pid)):
            break
        time.sleep(0.05)
    assert left == []


def test_a_data_sheet_that_is_broken_costs_one_file(tmp_path: Path) -> None:
    """It is read last, when all others of its chunk are evaluated."""
    raw = Raw(content("vpc-cni"))
    raw.parts[raw.sheets["Tables"]] = b"<worksheet><sheetData><row"
    raw.save(tmp_path / "a.xlsx")
    saved(tmp_path / "b.xlsx")
    first, second = evaluate_workbooks([tmp_path])
    assert first.error is not None
    assert "which it should not" not in first.error
    assert second.clean
    with pytest.raises(WorkbookError, match="is damaged"):
        verify_workbook(tmp_path / "a.xlsx")
