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
import uuid
from importlib import resources
from typing import Any

from calculator.catalog import Catalog
from calculator.errors import Finding, InputError
from calculator.files import is_url
from calculator.parity import SheetReport, WorkbookReport

__all__ = ["Cache"]

_FINDINGS = ("faults", "warnings", "differences")


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
        types = None if catalog is None else [catalog.version, *map(dataclasses.astuple, catalog)]
        self._questions = json.dumps([_program(), types, recalculate]).encode()

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
            return _report(file, json.loads(kept))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, content: bytes | OSError, report: WorkbookReport) -> None:
        """Keep the report of a file with this content; a full disk costs only the cache."""
        path = self._path(content)
        if path is None:
            return
        kept = json.dumps(_plain(report), separators=(",", ":")).encode()
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


def _plain(report: WorkbookReport) -> dict[str, Any]:
    """A report as JSON can hold it, without the file's name; the opposite of `_report`."""
    sheets = []
    for sheet in report.sheets:
        fields = {each.name: getattr(sheet, each.name) for each in dataclasses.fields(sheet)}
        for name in _FINDINGS:
            fields[name] = [dataclasses.astuple(each) for each in fields[name]]
        sheets.append(fields)
    return {"error": report.error, "sheets": sheets}


def _report(file: str, kept: dict[str, Any]) -> WorkbookReport:
    sheets = [
        SheetReport(**each | {name: [Finding(*one) for one in each[name]] for name in _FINDINGS})
        for each in kept["sheets"]
    ]
    return WorkbookReport(file, kept["error"], sheets)
