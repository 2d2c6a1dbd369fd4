"""What a repository says once for all runs: .eks-subnet-calc.toml, or a table of pyproject.toml.

Options of the command line by their long names, and suppressions. It is looked for from the
current folder upward to the root of its repository; outside of one, in the current folder only.
"""

from __future__ import annotations

import argparse
import datetime
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from calculator.errors import InputError
from calculator.extras import PROGRAM
from calculator.files import is_url
from calculator.findings import CODES
from calculator.inputs import near
from calculator.results.standing import REMARKS

__all__ = [
    "CONFIGURED",
    "Configuration",
    "Suppression",
    "configured_options",
    "find_configuration",
]

#: The commands whose options can stand in a configuration.
CONFIGURED = ("evaluate", "verify")
#: Options that are for one run only, and those that are paths.
_NOT_HERE = {"help", "json", "update-baseline"}
_PATHS = {"baseline", "cache", "catalog", "output"}

_OWN, _SHARED = f".{PROGRAM}.toml", "pyproject.toml"
_SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Issues that somebody accepts, and why.

    Parameters
    ----------
    codes: codes of findings, or names as ``--fail-on`` takes them.
    paths: globs, relative to the folder of the configuration; () for all files.
    reason: in words; "" for none, which makes it count for nothing.
    expires: the last day on which it counts; None for none.
    """

    codes: tuple[str, ...]
    paths: tuple[str, ...] = ()
    reason: str = ""
    expires: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one file says.

    Parameters
    ----------
    path: the file; "" where there is none.
    options: by their long names without dashes, as TOML has them.
    suppressions: in the order of the file.
    """

    path: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    suppressions: tuple[Suppression, ...] = ()

    def error(self, key: str, message: str) -> InputError:
        """That a key cannot be used."""
        return InputError(f"{self.path}: {key}: {message}")


def find_configuration(folder: str = "") -> Configuration:
    """The configuration for a folder; an empty one where there is none.

    Parameters
    ----------
    folder: a path of this machine; "" for the current one.

    Raises
    ------
    InputError: when it cannot be read, or says what nobody can use.
    """
    for path in _candidates(folder):
        table = _table(path)
        if table is not None:
            entries = table.pop(_SUPPRESS, [])
            read = Configuration(path, table)
            if not isinstance(entries, list):
                raise read.error(_SUPPRESS, f"found {_kind(entries)}; [[{_SUPPRESS}]] is expected")
            suppressions = [
                _suppression(read, f"{_SUPPRESS} {number}", entry)
                for number, entry in enumerate(entries, 1)
            ]
            return Configuration(path, table, tuple(suppressions))
    return Configuration()


def _candidates(folder: str) -> Iterator[str]:
    """Where it may be, the nearest first."""
    here = os.path.abspath(folder or os.curdir)
    above = [here]
    while (parent := os.path.dirname(above[-1])) != above[-1]:
        above.append(parent)
    roots = [at for at, each in enumerate(above) if os.path.exists(os.path.join(each, ".git"))]
    for each in above[: roots[0] + 1 if roots else 1]:
        for name in (_OWN, _SHARED):
            path = os.path.join(each, name)
            if os.path.isfile(path):
                yield os.path.relpath(path) if each == os.getcwd() else path


def _table(path: str) -> dict[str, Any] | None:
    """What a file says to this program; None for a pyproject.toml that says nothing."""
    import tomllib  # which few runs need

    try:
        with open(path, "rb") as stream:
            table = tomllib.load(stream)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: this is no TOML: {error}") from None
    if os.path.basename(path) == _OWN:
        return table
    found: Any = table.get("tool", {})
    found = found.get(PROGRAM) if isinstance(found, dict) else None
    if found is not None and not isinstance(found, dict):
        raise InputError(f"{path}: tool.{PROGRAM}: found {_kind(found)}; a table is expected")
    return found


# --- options --------------------------------------------------------------------------------------


def configured_options(
    parsers: Iterable[argparse.ArgumentParser], read: Configuration
) -> dict[str, Any]:
    """The options that a configuration has, by the names that parsers give them.

    Parameters
    ----------
    parsers: of the commands that it is for. Paths are relative to the folder of its file.

    Raises
    ------
    InputError: for one that no command has, or a value that it cannot have.
    """
    known = {
        flag[2:]: action
        for parser in parsers
        for action in parser._actions
        for flag in action.option_strings
        if flag.startswith("--") and flag[2:] not in _NOT_HERE
    }
    options = {}
    for key, value in read.options.items():
        if key not in known:
            listed = f"options of {' and '.join(CONFIGURED)} and [[{_SUPPRESS}]] are known"
            raise read.error(key, f"{listed}{near(key, (*known, _SUPPRESS))}")
        options[known[key].dest] = _option(read, key, known[key], value)
    return options


def _option(read: Configuration, key: str, action: argparse.Action, value: Any) -> Any:
    """The value of an option, by the rules that hold for the command line."""
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise read.error(key, f"found {_kind(value)}; true or false is expected")
        return value
    if key == "workers" and type(value) is int:
        value = str(value)
    if key == "fail-on" and isinstance(value, list):
        value = ",".join(_texts(read, key, value)) or "none"
    texts = _texts(read, key, value)
    if key in _PATHS:
        texts = tuple(_beside(read, each) for each in texts)
    if isinstance(action, argparse._AppendAction):
        return list(texts)
    if len(texts) != 1:
        raise read.error(key, f"found {_kind(value)}; a text is expected")
    try:
        converted = action.type(texts[0]) if callable(action.type) else texts[0]
    except argparse.ArgumentTypeError as error:
        raise read.error(key, str(error)) from None
    if action.choices is not None and converted not in action.choices:
        listed = ", ".join(action.choices)
        raise read.error(
            key, f'found "{texts[0]}"; {listed} are known{near(texts[0], action.choices)}'
        )
    return converted


def _beside(read: Configuration, path: str) -> str:
    return path if is_url(path) else os.path.join(os.path.dirname(read.path), path)


# --- suppressions ---------------------------------------------------------------------------------


def _suppression(read: Configuration, place: str, entry: Any) -> Suppression:
    if not isinstance(entry, dict):
        raise read.error(place, f"found {_kind(entry)}; a table is expected")
    known = ("code", "path", "reason", "expires")
    for key in entry:
        if key not in known:
            raise read.error(f"{place}, {key}", f"{', '.join(known)} are known{near(key, known)}")
    codes = _texts(read, f"{place}, code", entry.get("code", []))
    if not codes:
        raise read.error(f"{place}, code", "the code of a finding is expected")
    reason, expires = entry.get("reason", ""), entry.get("expires")
    if not isinstance(reason, str):
        raise read.error(f"{place}, reason", f"found {_kind(reason)}; a text is expected")
    if expires is not None and type(expires) is not datetime.date:
        what = f"found {_kind(expires)}; a date such as 2027-01-31 is expected, without quotes"
        raise read.error(f"{place}, expires", what)
    for code in codes:
        _check_code(read, f"{place}, code", code)
    paths = _texts(read, f"{place}, path", entry.get("path", []))
    for path in paths:
        if os.path.isabs(path):  # files go by names that hold on every machine
            what = f'found "{path}"; a path relative to the folder of this file is expected'
            raise read.error(f"{place}, path", what)
    return Suppression(codes, paths, reason.strip(), expires)


def _check_code(read: Configuration, key: str, code: str) -> None:
    known = (*CODES, *REMARKS)
    if code not in known:
        raise read.error(
            key, f'found "{code}"; the code of a finding is expected{near(code, known)}'
        )


def _texts(read: Configuration, key: str, value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    for each in values:
        if not isinstance(each, str) or not each:
            raise read.error(key, f"found {_kind(each)}; a text or a list of texts is expected")
    return tuple(values)


def _kind(value: Any) -> str:
    """What a value is, in words."""
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list"}
    kinds |= {dict: "a table", datetime.date: "a date", datetime.datetime: "a time"}
    if isinstance(value, str):
        return f'the text "{value}"'
    return kinds.get(type(value), type(value).__name__)
