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
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

from calculator.errors import InputError
from calculator.extras import PROGRAM, install

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = [
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


def find_workbooks(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    """The workbooks that `paths` name: files, folders (with all below them), globs and URLs.

    Returns
    -------
    Paths in the order given, sorted within a folder or glob, each once. A named file is taken
    whatever its ending; in folders and globs, files ending in ``.xlsx`` are, other than the lock
    files (``~$…``) of spreadsheet programs. Where there is nothing, the path itself stands in the
    list, so that reading it says what is wrong and the others are read all the same.

    Raises
    ------
    InputError: when there is nothing at any path, or no way to get to one.
    """
    found: dict[str, None] = {}
    nothing = []
    for path in [os.fspath(each) for each in paths]:
        matches = _at_url(path) if is_url(path) else _on_this_machine(path)
        if not matches:
            nothing.append(path)
        found.update(dict.fromkeys(matches or [path]))
    if len(set(nothing)) == len(found):
        listed = ", ".join(nothing) or "no path given"
        raise InputError(f"{listed}: there is no workbook; a file, folder or glob is expected")
    return list(found)


def _on_this_machine(path: str) -> list[str]:
    every: Iterable[str]
    if os.path.isdir(path):
        # Unlike os.walk, this leaves out what is hidden, and follows links to folders.
        every = glob.iglob(os.path.join(glob.escape(path), "**", "*"), recursive=True)
    elif glob.has_magic(path) and not os.path.exists(path):
        every = glob.iglob(path, recursive=True)
    else:
        return [path] if os.path.exists(path) else []
    return sorted(each for each in every if _is_workbook(each) and os.path.isfile(each))


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
    found = sorted(filter(_is_workbook, every))
    first, *chain = url.split("::")
    protocol = first.partition("://")[0]
    # The web's file system gives whole addresses, all others paths.
    start = f"{protocol}://"
    whole = (each if is_url(each) else start + each for each in found)
    return ["::".join([each, *chain]) for each in whole]


def _is_workbook(path: str) -> bool:
    name = os.path.basename(path).lower()
    return name.endswith(".xlsx") and not name.startswith("~$")


# --- reading --------------------------------------------------------------------------------------


def read_content(path: str, most: int) -> bytes:
    """A file's bytes; of one that has more than `most`, at least one byte more than that.

    Raises
    ------
    OSError: as opening a file does; also for a URL, whatever its file system raises.
    """
    if not is_url(path):
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would keep us waiting
            raise io.UnsupportedOperation("it is no regular file")
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
    partial_path = f"{target}.part"
    try:
        yield partial_path
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
