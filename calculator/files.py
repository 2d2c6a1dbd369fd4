"""Questions about files that the operating system answers only in part."""

from __future__ import annotations

import os

__all__ = ["same_file"]


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file; a file that is not there is no other's."""
    return os.path.exists(one) and os.path.exists(other) and os.path.samefile(one, other)
