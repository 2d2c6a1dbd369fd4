"""Names of files as several runs and machines share them: relative, with slashes; and patterns."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator

from calculator.files import is_url

__all__ = ["existing", "pattern_of", "repository", "shared_name"]


def shared_name(file: str, folder: str) -> str:
    """A file relative to a folder, with slashes; a URL as it is.

    Parameters
    ----------
    folder: a path of this machine; "" for the current one.
    """
    if is_url(file):
        return file
    try:
        name = os.path.relpath(file, folder or os.curdir)
    except ValueError:  # another drive
        name = os.path.abspath(file)
    return name.replace(os.sep, "/")


def repository() -> str:
    """The folder of the repository around the current folder; "" where there is none."""
    here = os.getcwd()
    while not os.path.exists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return ""
        here = above
    return here


def pattern_of(path: str) -> re.Pattern[str]:
    """A glob for shared names: ``*`` within a name, ``**`` across folders.

    One without a slash is for a file of that name in any folder, one that ends in a slash for all
    that lies in a folder.
    """
    return re.compile("".join(map(_expression, re.split(r"(\*\*/|\*\*|\*|\?)", _whole(path)))))


def _expression(part: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return known.get(part) or re.escape(part)


def _whole(path: str) -> str:
    path = path.removeprefix("./") + "**" * path.endswith("/")
    return path if "/" in path else f"**/{path}"


def existing(path: str, folder: str) -> Iterator[str]:
    """The files in a folder that a glob is for, as shared names."""
    pattern = pattern_of(path)
    # Brackets are no pattern here.
    whole = _whole(path).replace("[", "[[]")
    for name in glob.iglob(whole, root_dir=folder or None, recursive=True):
        shared = name.replace(os.sep, "/")
        if pattern.fullmatch(shared) and os.path.isfile(os.path.join(folder, name)):
            yield shared
