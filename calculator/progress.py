"""How far a long run has come, on stderr: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["Progress"]

#: Time between two lines [s].
_EVERY = 5.0


class Progress:
    """Counts what is done; a context manager, at whose end the bar is gone.

    Parameters
    ----------
    total: how many there are; None where nobody knows.
    what: what they are, such as ``workbooks``.
    quiet: whether nothing is to be said.
    """

    def __init__(self, total: int | None, what: str, *, quiet: bool = False) -> None:
        self.done = 0
        self._total = total
        self._what = what
        self._quiet = quiet
        self._begin = self._said = time.monotonic()
        self._bar: tqdm[Any] | None = None
        self._is_cleared = False
        if not quiet and sys.stderr.isatty():
            from tqdm import tqdm

            # It starts no thread that watches it: processes are started beside it.
            tqdm.monitor_interval = 0
            large = total is None
            self._bar = tqdm(
                total=total, unit=f" {what}", unit_scale=large, leave=False, dynamic_ncols=True
            )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, number: int = 1) -> None:
        """Count some more."""
        self.done += number
        if self._bar is not None:
            self._bar.update(number)
            if self._is_cleared:
                self._bar.refresh()
                self._is_cleared = False
        elif not self._quiet and time.monotonic() - self._said >= _EVERY:
            is_first, self._said = self._said == self._begin, time.monotonic()
            if self.done != self._total:
                self._say(is_first=is_first)

    def clear(self) -> None:
        """Take the bar away before something else is printed; it comes back with the next step."""
        if self._bar is not None:
            self._bar.clear()
            self._is_cleared = True

    def _say(self, *, is_first: bool) -> None:
        """Say how many are done; until when it takes, only when workers have had time to start."""
        from tqdm import tqdm

        rate = self.done / (self._said - self._begin)
        of_all = left = ""
        if self._total is not None:
            of_all = f" of {self._total:,}"
            if not is_first:
                left = f", {tqdm.format_interval((self._total - self.done) / rate)} left"
        digits = 0 if rate >= 10 else 1
        said = f"{self.done:,}{of_all} {self._what}, {rate:,.{digits}f} a second{left}"
        print(said, file=sys.stderr)
