"""What is said of each of many rows, in few distinct texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Remarks"]


class Remarks:
    """A text for each row, ``""`` until something is said of it.

    Parameters
    ----------
    size: number of rows.
    """

    def __init__(self, size: int) -> None:
        self._numbers = _Numbers({"": 0})
        self._of_row = np.zeros(size, dtype=np.int32)

    def __getitem__(self, rows: Any) -> Any:
        """Whether something is said of some rows (a slice or numbers), shape (rows,)."""
        return self._of_row[rows] != 0

    def add(self, rows: Any, texts: Sequence[str], which: Any = 0) -> None:
        """Say more of some rows, after what was said before.

        Parameters
        ----------
        rows: a slice or numbers, each row once.
        texts: what is said.
        which: the number of the text of each row, shape (rows,); or of all.
        """
        import pandas as pd

        size = len(texts)
        pairs, distinct = pd.factorize(self._of_row[rows].astype(np.int64) * size + which)
        before = list(self._numbers)
        numbers = [
            self._numbers[
                texts[each] if each < size else f"{before[each // size]}; {texts[each % size]}"
            ]
            for each in distinct.tolist()
        ]
        self._of_row[rows] = np.array(numbers, dtype=np.int32)[pairs]

    def copy(self, rows: Any, other: Remarks) -> None:
        """Say of some rows what others say of them, too."""
        self.add(rows, list(other._numbers), other._of_row[rows])

    def clear(self, rows: Any) -> None:
        """Take back what was said of some rows."""
        self._of_row[rows] = 0

    def column(self) -> pd.Series:
        """The texts as a column of a table, shape (rows,)."""
        import pandas as pd

        return pd.Series(pd.Series(list(self._numbers)).array.take(self._of_row))


class _Numbers(dict[str, int]):
    """The numbers of texts, in order; a new text gets the next one when it is asked for."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number
