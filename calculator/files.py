"""Where files lie: on this machine, or wherever fsspec reaches (``s3://``, ``zip://``, ``memory://``).

Nothing here knows what is in a file.
"""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import glob
import io
import os
import re
import shutil
import stat
import tempfile
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, TYPE_CHECKING

from calculator.errors import InputError
from calculator.extras import PROGRAM, install

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = [
    "Found",
    "absolute",
    "find_workbooks",
    "is_folder",
    "is_of_this_process",
    "is_url",
    "opened",
    "prepare_folder",
    "read_content",
    "read_contents",
    "same_file",
    "writing",
]

#: Of workbooks: those that are read, and those of which it is said that they cannot be.
_ENDINGS = (
    *(".xlsx", ".xlsm", ".xltx", ".xltm"),
    *(".xls", ".xlt", ".xlsb", ".ods", ".ots", ".fods", ".numbers"),
)
_LOCK = re.compile(r"~\$(?P<excel>.+)|\.~lock\.(?P<libreoffice>.+)#")
#: Files that are fetched from afar at the same time.
_AT_ONCE = 16
#: Stores without folders: to make one there makes a bucket, even where its name is mistyped.
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"}


def is_url(path: str) -> bool:
    """Whether a path is a URL for fsspec rather than a path of this machine."""
    return "://" in path


def is_of_this_process(path: str) -> bool:
    """Whether only this process can see a file, and no worker."""
    return path.startswith("memory://") or "::memory://" in path


def absolute(path: str) -> str:
    """The path as it is understood elsewhere, where another folder is the current one."""
    if not is_url(path):
        return os.path.join(os.path.abspath(path), "") if is_folder(path) else os.path.abspath(path)
    *chain, last = path.split("::")
    return "::".join([*chain, last if is_url(last) else absolute(last)])


def is_folder(path: str) -> bool:
    """Whether results go into a folder, in parts, rather than a file."""
    return path.endswith(("/", os.sep)) or (not is_url(path) and os.path.isdir(path))


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file; a file that is not there is no other's."""
    if _is_of_this_machine(one) != _is_of_this_machine(other):
        return False
    if not _is_of_this_machine(one):
        with _reaching(one):
            return _system(one) == _system(other)
    one, other = _local(one), _local(other)
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)


# --- finding --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What there is at some paths.

    files: paths of workbooks, and of what cannot be read, which may have been one.
    lock_files: how many files were left out that only say that somebody has a workbook open, as
        spreadsheet programs make them (``~$plan.xlsx``, ``.~lock.plan.xlsx#``).
    """

    files: tuple[str, ...]
    lock_files: int


def find_workbooks(paths: Iterable[str | os.PathLike[str]]) -> Found:
    """The workbooks that `paths` name: files, folders (with all below them), globs and URLs.

    Returns
    -------
    Paths in the order given, sorted within a folder or glob; each file once, by its own name before
    those of links. A named file is taken whatever its ending; in folders and globs, those that end
    as spreadsheets do, also of a kind that cannot be read, and none that is hidden. Where there is
    nothing, or a folder that may not be read, the path itself is there, for reading to say why.

    Raises
    ------
    InputError: when there is nothing at any path, or no way to get to one.
    """
    named = [os.fspath(at) for at in ([paths] if isinstance(paths, str | os.PathLike) else paths)]
    nothing = []
    found: dict[str, str] = {}
    locks: set[str] = set()
    for path in named:
        matches = _matches(path)
        files = [each for each in matches if each == path or not _is_lock(each)]
        if not files:
            nothing.append(path)
            found[path] = path
        for file in files:
            real = _real(file)
            found[real] = min(found.get(real, file), file, key=_links)
        locks.update(map(_real, set(matches).difference(files)))
    if len(nothing) == len(named):
        listed = ", ".join(nothing) or "no path given"
        raise InputError(f"{listed}: there is no workbook; a file, folder or glob is expected")
    return Found(tuple(found.values()), len(locks))


def _matches(path: str) -> list[str]:
    """What there is at a path, lock files among it, in order."""
    if not _is_of_this_machine(path):
        return _at_url(path)
    here = _local(path)
    if os.path.isdir(here):
        found = _search(here, ("**", "*"))
    elif glob.has_magic(here) and not os.path.exists(here):
        found = _search(*_folder_and_pattern(here))
    else:
        return [path] if _is_there(here) else []
    start = path[: path.index("://") + 3] if is_url(path) else ""
    return [start + each for each in sorted(found)]


def _folder_and_pattern(path: str) -> tuple[str, tuple[str, ...]]:
    """A glob in two: the folder it begins in, and the names from there on."""
    drive, folder = os.path.splitdrive(path)
    pattern: list[str] = []
    while glob.has_magic(folder):
        folder, name = os.path.split(folder)
        if name:
            pattern.insert(0, name)
    return drive + folder, (*pattern, *["*"] * (pattern[-1] == "**"))


def _search(folder: str, pattern: tuple[str, ...]) -> Iterator[str]:
    """The files below a folder that may be workbooks or their locks; folders not to be read, too.

    The pattern is the names of folders and file, as for a glob; ``**`` is any number of folders.
    """
    # Folders to look into, with what is left of the pattern there: links last, the real first.
    ahead = deque([(folder, pattern)])
    seen = set()
    while ahead:
        folder, (name, *rest) = ahead.pop()
        place = os.path.realpath(folder), len(rest)
        if place in seen:  # a link leads in circles, or there by another way
            continue
        seen.add(place)
        further = rest
        if name == "**":
            ahead.append((folder, tuple(rest)))
            name, further = "*", ["**", *rest]
        try:
            with os.scandir(folder or os.curdir) as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            yield folder or os.curdir
            continue
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if not further:
                if _is_workbook(path) and _fits(_unlocked(path), name) and not os.path.isdir(path):
                    yield path
            elif _fits(entry.name, name) and _may_be_folder(entry):
                (ahead.appendleft if entry.is_symlink() else ahead.append)((path, tuple(further)))


def _fits(name: str, pattern: str) -> bool:
    return fnmatch.fnmatch(name, pattern) and (pattern.startswith(".") or not name.startswith("."))


def _may_be_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except PermissionError:  # a link to where one may not look
        return not _is_workbook(entry.name)
    except OSError:  # a link to itself
        return False


def _is_there(path: str) -> bool:
    try:
        os.stat(path)
    except (OSError, ValueError) as error:
        return isinstance(error, PermissionError)  # that is said when it is read
    return True


def _real(path: str) -> str:
    """The path without links."""
    return os.path.realpath(_local(path)) if _is_of_this_machine(path) else path


def _links(path: str) -> int:
    """How many links a path leads through: one to a file, and those to its folders."""
    file = PurePath(_local(path)) if _is_of_this_machine(path) else PurePath()
    return sum(map(os.path.islink, (file, *file.parents)))


def _at_url(url: str) -> list[str]:
    with _reaching(url):
        system, path = _system(url)
        system.invalidate_cache()  # of an earlier search
        if system.isdir(path):
            every = system.find(path)
        elif glob.has_magic(path) and not system.exists(path):
            every = system.glob(path)
        else:
            return [url] if system.exists(path) else []
    first, *chain = url.split("::")
    # The web's file system gives whole addresses, all others paths.
    start = first.partition("://")[0] + "://"
    whole = (each if is_url(each) else start + each for each in filter(_is_workbook, every))
    return ["::".join([each, *chain]) for each in sorted(whole)]


def _is_workbook(path: str) -> bool:
    """Whether a path ends as a spreadsheet does, or as the lock of one."""
    return _unlocked(path).lower().endswith(_ENDINGS)


def _is_lock(path: str) -> bool:
    path = path.partition("::")[0] if is_url(path) else path
    return _unlocked(path) != os.path.basename(path)


def _unlocked(path: str) -> str:
    """The name of a file; of a lock file, that of the workbook."""
    name = os.path.basename(path)
    match = _LOCK.fullmatch(name)
    return match["excel"] or match["libreoffice"] if match else name


# --- reading --------------------------------------------------------------------------------------


def read_content(path: str, most: int) -> bytes:
    """A file's bytes; of one that has more than `most`, at least one byte more than that.

    Raises
    ------
    OSError: as opening a file does; also for a URL, whatever its file system raises.
    """
    if _is_of_this_machine(path):
        path = _local(path)
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            os.scandir(path).close()  # says why, if that is what cannot be done
            raise IsADirectoryError(errno.EISDIR, "it is a folder", path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would keep us waiting
            raise io.UnsupportedOperation("it is no regular file")
        if not status.st_size:  # so would some files of the kernel, which have no size
            return b""
        with open(path, "rb") as stream:
            return stream.read(most + 1) if status.st_size > most else stream.read()
    try:
        system, inside = _system(path)
        size = system.info(inside)["size"]
        if size is None or size > most:  # not every web server says how much there is
            return bytes(system.cat_file(inside, start=0, end=most + 1))
        return bytes(system.cat_file(inside))
    except OSError:
        raise
    except Exception as error:  # each file system raises errors of its own
        raise OSError(_first_line(error)) from None


@contextlib.contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """A file to read from, a piece at a time.

    Raises
    ------
    OSError: as opening a file does.
    InputError: when there is no way to get to a URL.
    """
    if not is_url(path):
        with open(path, "rb") as local:
            yield local
        return
    with _reaching(path):
        system, inside = _system(path)
        if not system.exists(inside):  # what opening it says is of no use
            raise InputError(f"{path}: there is no such file")
        stream = system.open(inside, "rb")
    with stream:
        yield stream


def read_contents(paths: Sequence[str], most: int) -> Iterator[tuple[str, bytes | OSError]]:
    """Each path with its bytes, or why they cannot be read; from afar, some at the same time."""

    def content(path: str) -> bytes | OSError:
        try:
            return read_content(path, most)
        except (OSError, ValueError) as error:
            return error if isinstance(error, OSError) else OSError(str(error))

    if not any(map(is_url, paths)):
        yield from ((path, content(path)) for path in paths)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        yield from zip(paths, threads.map(content, paths), strict=True)


# --- writing --------------------------------------------------------------------------------------


@contextlib.contextmanager
def writing(path: str) -> Iterator[str]:
    """A path of this machine to write to; what is there in the end is moved to `path`, in one go.

    Raises
    ------
    InputError: when nothing can be written there; what was to be put at a URL is kept here.
    """
    if not _is_of_this_machine(path):
        with _reaching(path):
            system, target = _system(path)
        folder = tempfile.mkdtemp(prefix=f"{PROGRAM}-")
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            partial_path = os.path.join(folder, path.rpartition("/")[2])
            yield partial_path
            try:
                with _reaching(path):
                    system.put_file(partial_path, target)
            except InputError as error:
                stack.pop_all()
                raise InputError(f"{error}; what was to be written is in {partial_path}") from None
        return
    target = _local(path)
    folder, name = os.path.split(target)
    # A name of its own: another run may write the same results, and a link of that name lead away.
    partial_path = os.path.join(folder, f".{name}.{uuid.uuid4().hex}.part")
    try:
        before = os.lstat(target) if os.path.lexists(target) else None
        if before and not (stat.S_ISREG(before.st_mode) or stat.S_ISLNK(before.st_mode)):
            raise InputError(f"{path}: cannot be written: there is something that is no file")
        os.close(os.open(partial_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield partial_path
        if before and stat.S_ISREG(before.st_mode):
            os.chmod(partial_path, stat.S_IMODE(before.st_mode))
        os.replace(partial_path, target)
    except BrokenPipeError:  # of stdout
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            os.remove(partial_path)


def prepare_folder(folder: str, *, make: bool = True) -> None:
    """Make a folder, if it is not there, and remove ``part-….parquet`` of an earlier run from it.

    Parameters
    ----------
    make: False for one that is not needed any more.

    Raises
    ------
    InputError: when that cannot be done.
    """
    with _reaching(folder):
        system, path = _system(folder)
        protocols = {system.protocol} if isinstance(system.protocol, str) else system.protocol
        if make and _WITHOUT_FOLDERS.isdisjoint(protocols):
            system.makedirs(path, exist_ok=True)
        system.invalidate_cache()
        for part in system.find(path, maxdepth=1):
            if fnmatch.fnmatchcase(os.path.basename(part), "part-*.parquet*"):
                system.rm_file(part)


# --- URLs -----------------------------------------------------------------------------------------


def _is_of_this_machine(path: str) -> bool:
    return not is_url(path) or path.startswith(("file://", "local://"))


def _local(path: str) -> str:
    """A path of this machine, given as such or as a URL, as a path."""
    return _system(path)[1] if is_url(path) else path


def _system(url: str) -> tuple[AbstractFileSystem, str]:
    """The file system of a URL, and the path there."""
    import fsspec

    system, path = fsspec.core.url_to_fs(url)
    return system, str(path)


@contextlib.contextmanager
def _reaching(url: str) -> Iterator[None]:
    """Turns what keeps us from a URL into an :class:`InputError`."""
    try:
        yield
    except ImportError as error:
        protocol = url.partition("://")[0]
        how = install("s3") if protocol in ("s3", "s3a") else str(error)
        raise InputError(f"{url}: {protocol}:// needs a library that is not there: {how}") from None
    except InputError:
        raise
    except Exception as error:  # each file system raises errors of its own
        raise InputError(f"{url}: cannot be reached: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    words = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
    return str(words).splitlines()[0]
