"""The values that another engine gives to a file's own formulas.

IronCalc (a library) and LibreOffice (a program) both run in processes of their own, with limits on
memory and time: a file that crashes or stalls one of them costs that file's answer and no other.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from calculator.errors import InputError, RecalculationError, WorkbookError
from calculator.extras import install
from calculator.files import read_contents
from calculator.xlsx.package import CellError, Cells, Limits, Package

__all__ = ["ENGINES", "Recalculated", "recalculate"]

Value = float | str | bool | CellError
Recalculated = dict[str, dict[tuple[int, int], Value]]
"""Values by sheet name, then by (row, column) counted from 1; only cells that hold a value."""

_GIB = 2**30
_AT_ONCE = 200
_MOST_BYTES = 64 * 2**20
_ADVICE = (
    "Check that Excel or LibreOffice opens the file, save it again as .xlsx, "
    "or use the other engine."
)


def recalculate(
    paths: Iterable[str | os.PathLike[str]],
    engine: str,
    *,
    sheets: Mapping[str, Collection[str]] | None = None,
    timeout: float = 60.0,
    memory: int = 2 * _GIB,
) -> dict[str, Recalculated | RecalculationError]:
    """Recalculate workbooks from their inputs and formulas; recorded values play no part.

    Parameters
    ----------
    paths: the .xlsx files, paths or URLs; they are not changed.
    engine: one of ENGINES.
    sheets: for a path, the sheets whose values are wanted; all sheets of a path that is not in it.
    timeout: the longest time that one file may take [s].
    memory: the address space that the engine may use [bytes]; LibreOffice gets at least 4 GiB,
        less than that it may need to start. Without effect on Windows.

    Returns
    -------
    For each path, as text, its values or the error that stands in their place.

    Raises
    ------
    InputError: there is no such engine.
    """
    if engine not in _ENGINES:
        raise InputError(f"there is no engine {engine!r}, only {' and '.join(ENGINES)}")
    results: dict[str, Recalculated | RecalculationError] = {}
    with tempfile.TemporaryDirectory(prefix="recalculate-", ignore_cleanup_errors=True) as folder:
        program = _ENGINES[engine](Path(folder), timeout, memory)
        unique, jobs = list(dict.fromkeys(os.fspath(path) for path in paths)), []
        for number, (path, content) in enumerate(read_contents(unique, Limits().file)):
            job = _Job(path, Path(folder, f"{number:05}.xlsx"), (sheets or {}).get(path))
            try:
                program.prepare(job, _cells(job, content))
                jobs.append(job)
            except RecalculationError as error:
                results[path] = error
        results |= _run(program, jobs, timeout)
    return {path: results[path] for path in unique}


@dataclass(frozen=True)
class _Job:
    """One file: its path, a copy that the engine opens, and the sheets that are wanted."""

    path: str
    copy: Path
    sheets: Collection[str] | None

    def error(self, message: str) -> RecalculationError:
        return RecalculationError(f"{self.path}: {message}")

    def wanted(self, present: Sequence[str]) -> Collection[str]:
        if self.sheets is None:
            return present
        for sheet in self.sheets:
            if sheet not in present:
                raise self.error(f"it has no sheet {sheet!r}, only {', '.join(present)}")
        return self.sheets


def _cells(job: _Job, content: bytes | OSError) -> dict[str, Cells]:
    """Copy a file; gives the cells of the sheets that are wanted."""
    try:
        with Package.open(job.path, content) as package:
            cells = {sheet: package.cells(sheet) for sheet in job.wanted(package.sheets)}
    except WorkbookError as error:
        raise job.error(error.message) from None
    assert isinstance(content, bytes)  # otherwise there is no package
    job.copy.write_bytes(content)
    return cells


class _Program(Protocol):
    """How to recalculate with one engine."""

    name: str

    def prepare(self, job: _Job, cells: Mapping[str, Cells]) -> None:
        """Raise RecalculationError if the file cannot be recalculated with this engine."""

    def target(self, job: _Job) -> Path:
        """Where the engine leaves its result."""

    def command(self, jobs: Sequence[_Job]) -> list[str]:
        """What to start; it makes the targets one after the other."""

    def read(self, job: _Job) -> Recalculated:
        """Values from the target; RecalculationError if the engine failed."""


def _run(
    program: _Program, jobs: Sequence[_Job], timeout: float
) -> dict[str, Recalculated | RecalculationError]:
    results: dict[str, Recalculated | RecalculationError] = {}
    batches = [jobs[start : start + _AT_ONCE] for start in range(0, len(jobs), _AT_ONCE)]
    while batches:
        batch = batches.pop()
        targets = [program.target(job) for job in batch]
        failure = _supervise(program.command(batch), targets, timeout)
        settled = len(batch)
        if failure and len(batch) > 1:
            # The last result may be incomplete, and the file after it seems to be to blame: each
            # gets a start of its own, and the others go on without them.
            there = [at for at, target in enumerate(targets) if target.exists()]
            settled = there[-1] if there else 0
            for target in targets[settled:]:
                target.unlink(missing_ok=True)
            again = [batch[settled : settled + 1], batch[settled + 1 : settled + 2]]
            batches += [part for part in (*again, batch[settled + 2 :]) if part]
        for job, target in zip(batch[:settled], targets, strict=False):
            try:
                if not target.exists():
                    raise job.error(f"{program.name} {failure or 'could not open it'}. {_ADVICE}")
                results[job.path] = program.read(job)
            except RecalculationError as error:
                results[job.path] = error
    return results


def _supervise(command: Sequence[str], targets: Sequence[Path], timeout: float) -> str:
    """Run a program until it ends or makes no new target for so long; what went wrong, or ''."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | {"RUST_BACKTRACE": "0"},  # the reason would drown in it
        )
    except OSError as error:
        return f"could not be started ({error})"
    done, deadline = 0, time.monotonic() + timeout
    try:
        while True:
            left = deadline - time.monotonic()
            try:
                output, _ = process.communicate(timeout=max(0.0, min(left, 1.0)))
                break
            except subprocess.TimeoutExpired:
                before, done = done, sum(target.exists() for target in targets)
                if done > before:
                    deadline = time.monotonic() + timeout
                elif left <= 0:
                    return f"took longer than {timeout:g} s and was stopped"
    finally:
        if process.poll() is None:
            _kill(process)
    if process.returncode == 0:
        return ""
    said = " ".join(output.decode("utf-8", "replace").split()).partition(" note: ")[0][:200]
    return f"ended with {_status(process.returncode)}" + (f" ({said})" if said else "")


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started: soffice is a script that waits for another."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _status(code: int) -> str:
    if code >= 0:
        return f"status {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{name}, as it does when it crashes or runs out of memory or time"


class _IronCalc:
    name = "IronCalc"

    def __init__(self, folder: Path, timeout: float, memory: int) -> None:
        self.folder, self.timeout, self.memory = folder, timeout, memory
        self.filled: dict[Path, dict[str, list[tuple[int, int]]]] = {}

    def prepare(self, job: _Job, cells: Mapping[str, Cells]) -> None:
        if importlib.util.find_spec("ironcalc") is None:
            raise job.error(f"IronCalc is not installed. Install it: {install('ironcalc')}")
        self.filled[job.copy] = {sheet: list(places) for sheet, places in cells.items()}

    def target(self, job: _Job) -> Path:
        return job.copy.with_suffix(".json")

    def command(self, jobs: Sequence[_Job]) -> list[str]:
        task = {
            "memory": self.memory,
            "seconds": int(self.timeout * len(jobs)) + 1,
            "files": [[str(job.copy), str(self.target(job))] for job in jobs],
            "sheets": [self.filled[job.copy] for job in jobs],
        }
        file = self.folder / "task.json"
        file.write_text(json.dumps(task), encoding="utf-8")
        child = Path(__file__).with_name("ironcalc_child.py")
        return [sys.executable, "-P", str(child), str(file)]

    def read(self, job: _Job) -> Recalculated:
        target = self.target(job)
        if target.stat().st_size > _MOST_BYTES:
            raise job.error("its values are too many for a planning workbook")
        answer = json.loads(target.read_bytes())
        if "error" in answer:
            raise job.error(f"IronCalc cannot recalculate it ({answer['error'][:300]}). {_ADVICE}")
        job.wanted(answer["sheets"])
        return {
            sheet: {
                (row, column): CellError(value) if is_error else value
                for row, column, value, *is_error in cells
            }
            for sheet, cells in answer["values"].items()
        }


# What LibreOffice learned when; an older one shows #NAME? in place of a value.
_SINCE = {
    (24, 8): "FILTER LET RANDARRAY SEQUENCE SORT SORTBY UNIQUE XLOOKUP XMATCH",
    (25, 8): "CHOOSECOLS CHOOSEROWS DROP EXPAND HSTACK TAKE TEXTAFTER TEXTBEFORE TEXTSPLIT TOCOL "
    "TOROW VSTACK WRAPCOLS WRAPROWS",
}
_NEW = {name: version for version, names in _SINCE.items() for name in names.split()}
_NEW_CALL = re.compile(rf"(?<![\w.])(?:_xl\w+\.)*({'|'.join(_NEW)})\(", re.IGNORECASE)

# LibreOffice trusts recorded values of other programs unless told to recalculate always (0). Links
# are never followed (2), macros never run: the file is a stranger's.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""

# Sets the limits in a process that then becomes LibreOffice: a hook between fork and exec is not
# safe in a program with threads.
_LIMITED = """
import os, sys
try:
    import resource
    for what, most in zip((resource.RLIMIT_AS, resource.RLIMIT_CPU), map(int, sys.argv[1:3])):
        resource.setrlimit(what, (most, most))
except (ImportError, ValueError, OSError):
    pass
os.execv(sys.argv[3], sys.argv[3:])
"""


class _LibreOffice:
    name = "LibreOffice"

    def __init__(self, folder: Path, timeout: float, memory: int) -> None:
        self.folder, self.timeout, self.memory = folder, timeout, max(memory, 4 * _GIB)
        self.program = shutil.which("soffice") or shutil.which("libreoffice")
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (folder / "out").mkdir()
        (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")

    def prepare(self, job: _Job, cells: Mapping[str, Cells]) -> None:
        if self.program is None:
            raise job.error(
                "LibreOffice is not installed, or neither soffice nor libreoffice is on PATH. "
                "Install it from your distribution or from https://www.libreoffice.org."
            )
        used = {
            name.upper()
            for of_sheet in cells.values()
            for cell in of_sheet.values()
            if cell.formula
            for name in _NEW_CALL.findall(re.sub('"[^"]*"', "", cell.formula))
        }
        version = _version(self.program) if used else (0, 0)
        lacking = sorted(name for name in used if _NEW[name] > version)
        if lacking:
            needed = max(_NEW[name] for name in lacking)
            raise job.error(
                f"its formulas use {', '.join(lacking)}, which LibreOffice has from version "
                f"{needed[0]}.{needed[1]} on and {version[0]}.{version[1]} is installed. "
                "Use a newer LibreOffice, or ironcalc."
            )

    def target(self, job: _Job) -> Path:
        return self.folder / "out" / job.copy.name

    def command(self, jobs: Sequence[_Job]) -> list[str]:
        assert self.program is not None
        seconds = int(self.timeout * len(jobs)) + 1
        profile = (self.folder / "profile").as_uri()
        office = [self.program, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        convert = ["--convert-to", "xlsx", "--outdir", str(self.folder / "out")]
        if os.name == "posix":  # only there does a process become another and keep its limits
            limited = [sys.executable, "-I", "-S", "-c", _LIMITED, str(self.memory), str(seconds)]
            office = limited + office
        return [*office, *convert, *(str(job.copy) for job in jobs)]

    def read(self, job: _Job) -> Recalculated:
        try:
            with Package.open(self.target(job)) as package:
                return {
                    sheet: {
                        place: cell.value
                        for place, cell in package.cells(sheet).items()
                        if cell.value is not None
                    }
                    for sheet in job.wanted(package.sheets)
                }
        except WorkbookError as error:
            raise job.error(f"what LibreOffice saved cannot be read: {error.message}") from None


@lru_cache
def _version(program: str) -> tuple[int, int]:
    """Its version, such as (7, 4) or (24, 8); (0, 0) if it does not say."""
    try:
        said = subprocess.run(
            [program, "--version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    found = re.search(rb"LibreOffice\D*(\d+)\.(\d+)", said.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


_ENGINES: dict[str, type[_IronCalc] | type[_LibreOffice]] = {
    "ironcalc": _IronCalc,
    "libreoffice": _LibreOffice,
}
ENGINES = tuple(_ENGINES)
"""Names of the engines."""
