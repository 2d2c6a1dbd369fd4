"""Reports that are kept from one run to the next, by what a file holds and what it is held against.

A file with the same bytes, the same program and the same questions has the same report. Each
report is a file of its own, so that many workers, and many machines, can use one folder at a time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import json
import os
import types
import typing
import uuid
from importlib import resources
from typing import Any

from calculator.catalog import Catalog
from calculator.errors import InputError
from calculator.files import is_url
from calculator.report import WorkbookReport

__all__ = ["Cache"]

#: What a value of a cell or a result can be.
_PLAIN = {str, float, int, bool, types.NoneType}


@functools.cache
def _program() -> str:
    """What this program is: its code and its figures, whatever version it says it has."""
    digest = hashlib.sha256()
    folders = [resources.files("calculator")]
    while folders:
        for each in sorted(folders.pop().iterdir(), key=lambda each: each.name):
            if each.is_dir() and each.name != "__pycache__":
                folders.append(each)
            elif each.name.endswith((".py", ".csv", ".json")):
                digest.update(each.name.encode() + b"\0" + each.read_bytes() + b"\0")
    return digest.hexdigest()


class Cache:
    """Reports in a folder; what is damaged there is as good as missing, and is written anew.

    Parameters
    ----------
    folder: where; it is made if it is not there. None to keep nothing.
    catalog, recalculate: what the workbooks are evaluated with, as for
        :func:`calculator.evaluate_workbooks`.

    Raises
    ------
    InputError: when the folder cannot be made.
    """

    def __init__(
        self, folder: str | None, catalog: Catalog | None, recalculate: str | None
    ) -> None:
        self._folder = folder
        if folder is None:
            return
        if is_url(folder):
            raise InputError(f"{folder}: a cache is a folder of this machine, not a URL")
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: no folder for a cache: {error.strerror}") from None
        known = None if catalog is None else [catalog.version, *map(dataclasses.astuple, catalog)]
        self._questions = json.dumps([_program(), known, recalculate]).encode()

    def _path(self, content: bytes | OSError) -> str | None:
        if self._folder is None or isinstance(content, OSError):
            return None
        digest = hashlib.sha256(self._questions)
        digest.update(content)
        name = digest.hexdigest()
        return os.path.join(self._folder, name[:2], f"{name[2:]}.json")

    def find(self, file: str, content: bytes | OSError) -> WorkbookReport | None:
        """The report of a file with this content, if there is one."""
        path = self._path(content)
        if path is None:
            return None
        try:
            with open(path, "rb") as stream:
                checksum, _, kept = stream.read().partition(b"\n")
            if hashlib.sha256(kept).hexdigest().encode() != checksum:
                return None
            report: WorkbookReport = _built(WorkbookReport, json.loads(kept))
            return dataclasses.replace(report, file=file)
        except (OSError, ValueError):
            return None

    def keep(self, content: bytes | OSError, report: WorkbookReport) -> None:
        """Keep the report of a file with this content; a full disk costs only the cache."""
        path = self._path(content)
        if path is None:
            return
        nameless = dataclasses.replace(report, file="")
        kept = json.dumps(_fields(nameless), default=_fields, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            # Not of tempfile, whose files nobody else may read.
            partial_path = f"{path}.{uuid.uuid4().hex}"
            try:
                with open(partial_path, "xb") as stream:
                    stream.write(hashlib.sha256(kept).hexdigest().encode() + b"\n" + kept)
                os.replace(partial_path, path)
            finally:
                with contextlib.suppress(OSError):
                    os.remove(partial_path)


def _fields(value: Any) -> dict[str, Any]:
    """A part of a report as JSON can hold it; the opposite of `_built`."""
    return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}


@functools.cache
def _kinds(cls: type) -> dict[str, Any]:
    """What each field of a dataclass holds, by name."""
    hints = typing.get_type_hints(cls)
    return {each.name: hints[each.name] for each in dataclasses.fields(cls)}


def _built(kind: Any, kept: Any) -> Any:
    """What was kept, as the kind of thing that it was.

    Raises
    ------
    ValueError: when it is none.
    """
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        kinds = _kinds(kind)
        if type(kept) is dict and kept.keys() == kinds.keys():
            return kind(**{name: _built(one, kept[name]) for name, one in kinds.items()})
    if origin is dict and type(kept) is dict:
        return {name: _built(inside[1], value) for name, value in kept.items()}
    if origin is list and type(kept) is list:
        # Columns have most of the values; they are numbers and words of any kind.
        if inside[0] is Any and _PLAIN.issuperset(map(type, kept)):
            return kept
        return [_built(inside[0], value) for value in kept]
    if origin is types.UnionType:
        for one in inside:
            with contextlib.suppress(ValueError):
                return _built(one, kept)
    if (kind is Any and type(kept) in _PLAIN) or type(kept) is kind:
        return kept
    if kind is float and type(kept) is int:
        return kept
    raise ValueError(f"no {kind}")
