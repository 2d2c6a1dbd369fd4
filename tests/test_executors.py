"""Work that is handed out: in order, a few at a time, whatever becomes of those who do it."""

from __future__ import annotations

import functools
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
)
from pathlib import Path
from typing import Any

import pytest

from calculator import evaluate_workbooks, executors
from calculator.batch import Evaluation, evaluate_chunks
from calculator.cli import main
from calculator.errors import InputError
from calculator.executors import (
    Processes,
    cores,
    dask_executor,
    in_order,
    is_stopped,
    uninterrupted,
)
from calculator.scenarios import sweep_file
from tests.helpers import as_text, many, needs_dask, needs_pyarrow
from tests.workers import Deadly, die_unless, of_sigint, until_stopped

ROOT = Path(__file__).parents[1]


class _Late(Future[Any]):
    """Does its task when it is asked for the result."""

    def __init__(self, executor: Counting, task: Any, item: Any) -> None:
        super().__init__()
        self._executor, self._task, self._item = executor, task, item

    def result(self, timeout: float | None = None) -> Any:
        self._executor.under_way -= 1
        return self._task(self._item)


class Counting(Executor):
    """Counts what is under way, and keeps all that was handed out."""

    def __init__(self) -> None:
        self.under_way = self.most = 0
        self.futures: list[_Late] = []

    def submit(self, task: Any, /, *items: Any, **_: Any) -> Any:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.futures.append(_Late(self, task, *items))
        return self.futures[-1]


# --- in order -------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [1, 2, 5, 100])
def test_so_much_is_under_way_and_no_more(window: int) -> None:
    executor, taken = Counting(), []

    def items() -> Iterator[int]:
        for item in range(20):
            taken.append(item)
            yield item

    results = in_order(executor, lambda item: item * 10, items(), window)
    assert taken == []
    for number, result in enumerate(results):
        assert result == number * 10
        assert len(taken) == len(executor.futures) <= number + 1 + window
    assert number == 19
    assert executor.most == min(window, 20)


def test_the_first_comes_first_even_when_it_is_the_last_to_be_done() -> None:
    later = threading.Event()

    def task(item: int) -> int:
        if item == 0:
            assert later.wait(30)
        later.set()
        return item

    with ThreadPoolExecutor(2) as threads:
        assert list(in_order(threads, task, range(6), 2)) == list(range(6))


def test_no_items() -> None:
    assert list(in_order(Counting(), str, [], 3)) == []


def fails(item: int) -> int:
    if item == 2:
        raise ZeroDivisionError("two")
    if item == 3:
        raise InputError("three")
    return item


def test_what_comes_instead_of_a_failure() -> None:
    seen = []

    def instead(item: int, error: Exception) -> int:
        seen.append((item, str(error)))
        return -item

    found = in_order(Counting(), fails, [1, 2, 4, 2], 2, after_failure=instead)
    assert list(found) == [1, -2, 4, -2]
    assert seen == [(2, "two")] * 2


def test_a_failure_ends_it_and_takes_back_the_rest() -> None:
    executor = Counting()
    results = in_order(executor, fails, range(9), 4)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert [each.cancelled() for each in executor.futures] == [False] * 2 + [True] * 4


def test_our_own_errors_are_no_failure_of_the_worker() -> None:
    executor = Counting()
    results = in_order(executor, fails, [1, 3, 5], 2, after_failure=lambda *_: 0)
    assert next(results) == 1
    with pytest.raises(InputError, match="three"):
        next(results)
    assert executor.futures[-1].cancelled()


def test_leaving_early_takes_back_the_rest() -> None:
    executor = Counting()
    results = in_order(executor, fails, [0, 1, 4, 5, 6], 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert [each.cancelled() for each in executor.futures] == [False, True, True]


# --- Ctrl-C ---------------------------------------------------------------------------------------


def test_ctrl_c_waits_until_what_is_begun_is_done() -> None:
    before, done = signal.getsignal(signal.SIGINT), []
    with pytest.raises(KeyboardInterrupt), uninterrupted():
        done.append(signal.raise_signal(signal.SIGINT))
    assert done == [None]
    assert signal.getsignal(signal.SIGINT) is before
    with uninterrupted():
        done.append(None)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_error_comes_before_ctrl_c() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(InputError), uninterrupted():
        raise InputError(f"{signal.raise_signal(signal.SIGINT)}")
    assert signal.getsignal(signal.SIGINT) is before


def test_where_nobody_hears_ctrl_c() -> None:
    def task() -> int:
        with uninterrupted():
            return 1

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(task).result() == 1
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)


# --- processes ------------------------------------------------------------------------------------


def test_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert cores() == 1


@pytest.mark.thorough
def test_processes_outlive_their_workers(tmp_path: Path) -> None:
    marker = str(tmp_path / "marker")
    with Processes(1) as processes:
        first, ignores = processes.submit(of_sigint, None).result()
        assert first != os.getpid()
        assert ignores
        failed = processes.submit(die_unless, marker)
        with pytest.raises(BrokenExecutor):
            failed.result()
        assert processes.submit(die_unless, marker).result() == marker
        second, ignores = processes.submit(of_sigint, None).result()
        assert second not in (first, os.getpid())
        assert ignores
    assert not is_stopped()


def test_leaving_stops_the_workers(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    with Processes(1) as processes:
        future = processes.submit(until_stopped, str(marker))
        while not marker.exists():
            assert not future.done()
            time.sleep(0.01)
    assert future.result(0) == "stopped"


class Broken(Executor):
    """Has a worker that died; counts how often it is shut down."""

    shut_down = 0

    def submit(self, *_: Any, **__: Any) -> Any:
        raise BrokenExecutor("a worker died")

    def shutdown(self, *_: Any, **__: Any) -> None:
        self.shut_down += 1


def test_an_executor_that_breaks_is_replaced_once() -> None:
    broken = Broken()
    with Processes(1, broken) as processes:
        message = r"the executor broke \(a worker died\); 1 processes here take over"
        with pytest.warns(RuntimeWarning, match=message):
            future = processes.submit(abs, -1)
        assert future.result() == 1
        assert processes.submit(abs, -2).result() == 2
    assert broken.shut_down == 0  # it is somebody else's


def test_an_executor_that_does_not_break_is_used_and_left(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as threads:
        with Processes(1, threads) as processes:
            assert processes.submit(os.getpid).result() == os.getpid()
        assert threads.submit(abs, -1).result() == 1


def test_workers_that_never_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_begin", os._exit)
    with Processes(1) as processes:
        with pytest.raises(BrokenExecutor):
            processes.submit(abs, -1).result()
        with pytest.raises(InputError, match=r"processes end as soon as they start .*__main"):
            processes.submit(abs, -1)


# --- a Dask cluster -------------------------------------------------------------------------------


class Cluster:
    """A Dask cluster on this machine, started with Dask's own commands."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self._file = folder / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0")
        while not self._file.exists() or not self._file.read_text().endswith("}"):
            assert self._processes[0].poll() is None
            time.sleep(0.02)
        self.address = str(json.loads(self._file.read_text())["address"])

    def _start(self, command: str, *arguments: str) -> subprocess.Popen[bytes]:
        number = len(self._processes)
        with open(self._folder / f"{command}-{number}.log", "wb") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", f"distributed.cli.dask_{command}"),
                    *("--scheduler-file", str(self._file), "--no-dashboard", *arguments),
                ],
                cwd=self._folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def add_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker, one process with nobody who starts it anew."""
        place = str(self._folder / f"worker-{len(self._processes)}")
        arguments = ("--no-nanny", "--nworkers", "1", "--nthreads", "1", "--local-directory", place)
        return self._start("worker", *arguments)

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)

    def kill_scheduler(self) -> None:
        self._processes[0].kill()
        self._processes[0].wait(30)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster of two workers."""
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        for _ in range(2):
            cluster.add_worker()
        cluster.wait_for(2)
        yield cluster
    finally:
        cluster.stop()


@pytest.mark.thorough
@needs_dask
def test_dask_gives_what_one_process_gives(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = many(tmp_path / "plans", 10)
    Path(paths[3]).write_text("no workbook")
    tables = []
    for more in (("--workers", "1"), ("--dask", cluster.address)):
        output = tmp_path / "results.csv"
        # Where a machine is slow, progress is told meanwhile.
        command = ["evaluate", str(tmp_path / "plans"), "--quiet", "--output", str(output)]
        assert main([*command, "--details", *more]) == 1
        tables.append(
            [output.with_stem(f"results{each}").read_text() for each in ("", "-findings")]
            + [output.with_stem("results-node-groups").read_text(), capsys.readouterr().err]
        )
    assert tables[0] == tables[1]
    assert len(tables[0][0].splitlines()) == 1 + 9 * 2 + 1


@pytest.mark.thorough
@needs_dask
@needs_pyarrow
def test_dask_workers_write_their_parts(cluster: Cluster, tmp_path: Path) -> None:
    import pandas as pd

    paths = many(tmp_path / "plans", 16)
    output = f"{tmp_path}/results/"
    command = ["evaluate", str(tmp_path / "plans"), "--quiet", "--dask", cluster.address]
    assert main([*command, "--output", output, "--details"]) == 0
    parts = sorted((tmp_path / "results" / "summary").iterdir())
    assert [each.name for each in parts] == [f"part-0000{each}.parquet" for each in range(8)]
    table = pd.concat(map(pd.read_parquet, parts))
    assert table["file"].tolist() == [path for path in paths for _ in range(2)]
    assert sorted(os.listdir(output)) == ["findings", "node-groups", "summary"]


@pytest.mark.thorough
@needs_dask
def test_dask_from_python(cluster: Cluster, tmp_path: Path) -> None:
    from distributed import Client

    paths = many(tmp_path / "plans", 8)
    with Client(cluster.address, set_as_default=False) as client:
        executor = client.get_executor(pure=False)
        reports = list(evaluate_workbooks(paths, executor=executor, workers=2))
    assert as_text(reports) == as_text(list(evaluate_workbooks(paths)))


@pytest.mark.thorough
@needs_dask
def test_a_dask_worker_that_is_killed_costs_nothing(cluster: Cluster, tmp_path: Path) -> None:
    paths = many(tmp_path / "plans", 24)
    mortal = cluster.add_worker()
    cluster.wait_for(3)
    with dask_executor(cluster.address) as (executor, threads):
        assert threads == 3
        chunks = evaluate_chunks(paths, Evaluation(), executor, threads)
        reports = next(chunks)
        mortal.send_signal(signal.SIGKILL)
        for each in chunks:
            reports += each
    assert mortal.wait(30) == -signal.SIGKILL
    assert as_text(reports) == as_text(list(evaluate_workbooks(paths)))


@pytest.mark.thorough
@needs_dask
def test_a_worker_that_dies_once_over_a_file(cluster: Cluster, tmp_path: Path) -> None:
    many(tmp_path, 3)
    (tmp_path / "p001.xlsx").rename(tmp_path / "p001-deadly.xlsx")
    paths = sorted(map(str, tmp_path.glob("*.xlsx")))
    mortal = Deadly(marker=str(tmp_path / "marker"))
    cluster.add_worker()
    with dask_executor(cluster.address) as (executor, threads):
        chunks = evaluate_chunks(paths, mortal, executor, threads)
        reports = [report for chunk in chunks for report in chunk]
    assert (tmp_path / "marker").exists()
    assert as_text(reports) == as_text(list(evaluate_workbooks(paths)))


@pytest.mark.thorough
@needs_dask
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://127.0.0.1:1", "Timed out trying to connect to tcp://127.0.0.1:1 after 0.2 s"),
        ("nonsense://here", "unknown address scheme 'nonsense'"),
        ("127.0.0.1", "missing port number in address '127.0.0.1'"),
    ],
)
def test_where_there_is_no_dask_scheduler(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str,
    reason: str,
) -> None:
    [path] = many(tmp_path, 1)
    (tmp_path / "results.csv").write_text("old")
    monkeypatch.setattr(executors, "_ANSWER", 0.2)
    output = ["--output", str(tmp_path / "results.csv")]
    assert main(["evaluate", path, "--dask", address, *output]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"eks-subnet-calc: {address}: there is no Dask scheduler: {reason}")
    assert len(err.splitlines()) == 1
    assert (tmp_path / "results.csv").read_text() == "old"


@pytest.mark.thorough
@needs_dask
def test_a_dask_cluster_without_workers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [path] = many(tmp_path / "plans", 1)
    cluster = Cluster(tmp_path)
    try:
        assert main(["evaluate", path, "--dask", cluster.address]) == 2
    finally:
        cluster.stop()
    words = f"eks-subnet-calc: {cluster.address}: this Dask cluster has no workers\n"
    assert capsys.readouterr() == ("", words)


@pytest.mark.thorough
@needs_dask
def test_dask_workers_of_another_version(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "version", lambda _: str(os.getpid()))
    words = f"worker tcp://\\S+ has eks-subnet-calc [0-9]+; {os.getpid()} is expected"
    with pytest.raises(InputError, match=words):
        dask_executor(cluster.address).__enter__()


@pytest.mark.thorough
@needs_dask
def test_dask_workers_that_lack_the_program(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = os.getpid()

    def version(_: str) -> str:
        if os.getpid() != here:
            raise LookupError("no such package")
        return "1"

    monkeypatch.setattr(executors, "version", version)
    words = "a worker of it lacks eks-subnet-calc: no such package"
    with pytest.raises(InputError, match=words):
        dask_executor(cluster.address).__enter__()


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        InputError, match=r'--dask needs Dask: pip install "eks-subnet-calc\[dask]"'
    ):
        dask_executor("tcp://127.0.0.1:1").__enter__()


@pytest.mark.thorough
@needs_dask
def test_a_dask_scheduler_that_is_killed(tmp_path: Path) -> None:
    paths = many(tmp_path / "plans", 24, "vpc-cni")  # which are at work yet when it dies
    cluster = Cluster(tmp_path)
    try:
        cluster.add_worker()
        cluster.wait_for(1)
        with dask_executor(cluster.address) as (executor, threads):
            chunks = evaluate_chunks(paths, Evaluation(), executor, threads)
            reports = next(chunks)
            cluster.kill_scheduler()
            with pytest.warns(RuntimeWarning, match="the executor broke .* processes here take"):
                reports += itertools.chain.from_iterable(chunks)
    finally:
        cluster.stop()
    assert as_text(reports) == as_text(list(evaluate_workbooks(paths)))


@pytest.mark.thorough
@needs_dask
def test_dask_workers_have_another_current_folder(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = many(tmp_path / "plans", 3)
    monkeypatch.chdir(tmp_path)
    command = ["evaluate", "plans", "--output", "results.csv", "--cache", "seen"]
    assert main([*command, "--dask", cluster.address]) == 0
    rows = Path("results.csv").read_text().splitlines()[1:]
    assert [row.partition(",")[0] for row in rows] == [path for path in paths for _ in range(2)]
    assert sum(1 for each in Path("seen").rglob("*.json")) == 3


@pytest.mark.thorough
@needs_dask
@needs_pyarrow
def test_sweep_on_dask(
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from pyarrow import parquet

    monkeypatch.chdir(tmp_path)
    in_chunks = functools.partial(sweep_file, rows_at_once=3)
    monkeypatch.setattr("calculator.scenarios.sweep_file", in_chunks)
    rows = [f"WarmIP,m5.large,{number},10\n" for number in range(10)]
    Path("in.csv").write_text("sheet,instance_type,instances,pods_per_node\n" + "".join(rows))
    assert main(["sweep", "in.csv", "-o", "here.csv"]) == 0
    for output in ("there.csv", "parts/"):
        command = ["sweep", "in.csv", "--quiet", "-o", output, "--dask", cluster.address]
        assert main(command) == 0
    said = "wrote {}: 10 scenarios, 0 with a fault\n".format
    assert capsys.readouterr() == ("".join(map(said, ["here.csv", "there.csv", "parts/"])), "")
    assert Path("there.csv").read_text() == Path("here.csv").read_text()
    assert sorted(os.listdir("parts")) == [f"part-0000{number}.parquet" for number in range(4)]
    assert parquet.read_table("parts").num_rows == 10
