"""Work handed out piece by piece: to this process, to others on this machine, to a Dask cluster.

What comes back comes in order, and only so much is under way at a time that memory stays flat
however much there is to do.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from functools import partial
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from calculator.errors import CalculatorError, InputError
from calculator.extras import PROGRAM, install

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

__all__ = [
    "Processes",
    "StoppedError",
    "cores",
    "dask_executor",
    "in_order",
    "is_stopped",
    "uninterrupted",
]

#: Time in which a Dask scheduler must answer [s].
_ANSWER = 20.0

_T = TypeVar("_T")
_R = TypeVar("_R")


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    executor: Executor | None,
    task: Callable[[_T], _R],
    items: Iterable[_T],
    window: int,
    *,
    after_failure: Callable[[_T, Exception], _R] | None = None,
) -> Generator[_R, None, None]:
    """What `task` gives for each item, in their order.

    Parameters
    ----------
    executor: does the work; None for this process.
    task: a function that can be pickled, where the executor's workers are other processes.
    window: how many items are handed out at a time, before the first of them is back.
    after_failure: gives the result of an item whose worker failed, from the item and the error;
        errors of ours are raised in any case.
    """

    def outcome(item: _T, result: Callable[[], _R]) -> _R:
        try:
            return result()
        except CalculatorError:
            raise
        except Exception as error:
            # Nobody here cancels what is waited for: Dask does, when its scheduler is gone.
            if isinstance(error, CancelledError) and isinstance(executor, Processes):
                executor.take_over("it gave up its tasks")
            if after_failure is None:
                raise
            return after_failure(item, error)

    if executor is None:
        for item in items:
            yield outcome(item, partial(task, item))
        return
    remaining = iter(items)
    under_way: deque[tuple[_T, Future[_R]]] = deque()

    def hand_out() -> None:
        for item in islice(remaining, window - len(under_way)):
            under_way.append((item, executor.submit(task, item)))

    try:
        hand_out()
        while under_way:
            item, future = under_way[0]
            result = outcome(item, future.result)
            under_way.popleft()
            hand_out()
            yield result
    finally:
        if under_way and isinstance(executor, Processes):
            executor.stop()
        # What is at work comes to rest before anybody clears up behind it.
        wait([future for _, future in under_way if not future.cancel()])


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Puts Ctrl-C off until what is begun is done."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    pressed = False

    def note(*_: object) -> None:
        nonlocal pressed
        pressed = True

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if pressed:
        handler(signal.SIGINT, None)


# --- this machine ---------------------------------------------------------------------------------


class StoppedError(Exception):
    """Raised in a worker that was told to stop."""


_stop: Any = None


def _begin(stop: Any) -> None:
    """Set up a worker: it stops when it is told to, not when somebody presses Ctrl-C."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def is_stopped() -> bool:
    """Whether this worker should give up what it is doing."""
    return _stop is not None and bool(_stop.value)


class Processes(Executor):
    """Worker processes on this machine; after one has died, those that follow are new ones.

    What was under way when one died fails with BrokenExecutor, what is submitted later does not.
    Leaving it stops the workers at once.

    Parameters
    ----------
    workers: how many.
    instead_of: an executor that is used until it breaks; it is left to whom it belongs.
    """

    def __init__(self, workers: int, instead_of: Executor | None = None) -> None:
        self.workers = workers
        methods = multiprocessing.get_all_start_methods()
        # To fork a process that has threads, as NumPy's, can leave the new one waiting forever.
        method = "forkserver" if "forkserver" in methods else "spawn"
        self._context: BaseContext = multiprocessing.get_context(method)
        # A flag without a lock: a worker that dies cannot take one with it.
        self._stop = self._context.RawValue(ctypes.c_bool, False)
        self._given = instead_of
        self._pool = instead_of or self._new()

    def _new(self) -> Executor:
        return ProcessPoolExecutor(
            self.workers, mp_context=self._context, initializer=_begin, initargs=(self._stop,)
        )

    def submit(self, task: Callable[..., _R], /, *args: Any, **kwargs: Any) -> Future[_R]:
        """Hand out a task, to new processes if the old ones are broken."""
        try:
            return self._pool.submit(task, *args, **kwargs)
        except BrokenExecutor as error:
            if self._pool is self._given:
                self.take_over(str(error))
            else:
                self._pool.shutdown()
                self._pool = self._new()
            self._check()
        return self._pool.submit(task, *args, **kwargs)

    def take_over(self, reason: str) -> None:
        """Use processes of this machine from now on, in place of the executor that was given."""
        if self._pool is self._given:
            message = f"the executor broke ({reason}); {self.workers} processes here take over"
            warnings.warn(message, RuntimeWarning, stacklevel=2)
            self._pool = self._new()

    def _check(self) -> None:
        """See whether workers start at all."""
        try:
            self._pool.submit(os.getpid).result()
        except BrokenExecutor as error:
            raise InputError(
                f"worker processes end as soon as they start ({error}); a script must start them "
                'under if __name__ == "__main__":, or evaluate with workers=1'
            ) from None

    def stop(self) -> None:
        """Tell the workers to give up what they are doing."""
        self._stop.value = True

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Tell the workers to stop, and wait for that."""
        self.stop()
        if self._pool is not self._given:
            self._pool.shutdown(wait=wait, cancel_futures=True)


# --- many machines --------------------------------------------------------------------------------


@contextlib.contextmanager
def dask_executor(address: str) -> Iterator[tuple[Executor, int]]:
    """A Dask cluster as an executor, with the number of its threads.

    Parameters
    ----------
    address: of its scheduler, such as ``tcp://10.0.0.5:8786``.

    Raises
    ------
    InputError: Dask is not installed, or there is no such cluster, or it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise InputError(f"--dask needs Dask: {install('dask')}") from None
    try:
        connect: Any = Client
        client = connect(address, timeout=_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # its timeouts are OSErrors
        raise InputError(f"{address}: there is no Dask scheduler: {error}") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise InputError(f"{address}: this Dask cluster has no workers")
        _check_versions(client, address)
        # Without pure, the same task on the same files is done again, files may have changed.
        yield client.get_executor(pure=False), threads


def _check_versions(client: Any, address: str) -> None:
    """See that each worker has this program, and the same one."""
    ours = version(PROGRAM)
    try:
        theirs = client.run(version, PROGRAM)
    except Exception as error:
        raise InputError(f"{address}: a worker of it lacks {PROGRAM}: {error}") from None
    other = {worker: each for worker, each in theirs.items() if each != ours}
    if other:
        worker, found = next(iter(other.items()))
        raise InputError(f"{address}: worker {worker} has {PROGRAM} {found}; {ours} is expected")
