"""The name that this program is installed by, and libraries that only some of its uses need."""

from __future__ import annotations

from typing import Any

from calculator.errors import InputError

__all__ = ["FINDINGS_PAGE", "PROGRAM", "arrow", "install", "jinja", "pyplot"]

#: The name of the distribution, and of the command.
PROGRAM = "eks-subnet-calc"
#: Where findings are explained; relative, for as long as the project has no page.
FINDINGS_PAGE = "README.md#findings"


def install(extra: str) -> str:
    """The command that installs what belongs to an extra."""
    return f'pip install "{PROGRAM}[{extra}]"'


def arrow(path: str) -> Any:
    """PyArrow, with its module for Parquet.

    Parameters
    ----------
    path: the file that it is needed for.

    Raises
    ------
    InputError: when it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise InputError(f"{path}: Parquet needs pyarrow: {install('parquet')}") from None
    return pyarrow


def jinja(path: str) -> Any:
    """Jinja, which makes pages.

    Parameters
    ----------
    path: the file that it is needed for.

    Raises
    ------
    InputError: when it is not installed.
    """
    try:
        import jinja2
    except ImportError:
        raise InputError(f"{path}: a page needs jinja2: {install('html')}") from None
    return jinja2


def pyplot() -> Any:
    """Matplotlib's pyplot, which draws plots.

    Raises
    ------
    InputError: when it is not installed.
    """
    try:
        import matplotlib.pyplot
    except ImportError:
        raise InputError(f"a plot needs matplotlib: {install('plot')}") from None
    return matplotlib.pyplot
