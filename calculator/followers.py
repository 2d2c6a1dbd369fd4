"""What is said to follow from something else, and was not there when that was written down.

A heuristic that joins findings is a place to hide in: beside a label that is known to be lost,
somebody edits a formula, which then follows from the label. But what was done since cannot come of
what was there before. So a baseline keeps what followed in each file, and what is new, or more, is
a finding of its own. Values alone may change: they do whenever something is calculated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from calculator.findings import CALCULATED, Finding
from calculator.issues import root_of

__all__ = ["GROUP", "ROW", "followers_of", "group_words", "marks_of", "rowless"]

#: What a fingerprint calls a node group: instance type and operating system, the number among its
#: like, and where there are such, what else is filled in.
_WORDS = r"([^|]+, [A-Za-z]+), ([0-9]+)(?: \(([^|]*)\))?"
GROUP = re.compile(rf"(?<= \| ){_WORDS}(?= \||$)")
#: What tells where, which is another place tomorrow, and matters not beside what was done there.
ROW = re.compile(f"row [0-9]+|no node group|{_WORDS}")
#: How long a mark is [bytes]: a file has some hundred.
_SIZE = 4


def group_words(instance_type: object, system: object) -> str:
    """What a fingerprint calls a node group, without the number among its like."""
    return f"{instance_type}, {system}"


def followers_of(findings: Sequence[Finding]) -> Iterator[tuple[int, str, list[str]]]:
    """The number of each finding that follows and is no value, the place of its cause, its marks.

    It has one for each cell that it holds, with what that is called. A mark stays as a fingerprint
    does, and when a finding is in another row: how many are alike is counted. Of values pasted over
    formulas it does not say which they are, for their cause tells those that are wrong.
    """
    causes = {each.place: each for each in findings if not each.because_of}
    for number, (each, root) in enumerate(zip(findings, root_of(findings), strict=True)):
        if root is not None and each.code not in CALCULATED:
            yield number, root, _marks(each, is_pasted=_is_pasted(causes[root]))


def marks_of(cause: Finding) -> list[list[str]]:
    """The marks that a cause may have had while it followed from another, now mended."""
    return [
        _marks(each, is_pasted=is_pasted)
        for each in (cause, replace(cause, called=""))
        for is_pasted in (False, True)
    ]


def rowless(fingerprint: str) -> str:
    """A fingerprint without the row, or the node group, that it is of."""
    return " | ".join(each for each in fingerprint.split(" | ") if not ROW.fullmatch(each))


def _is_pasted(cause: Finding) -> bool:
    return cause.is_typed and cause.cells > 1


def _marks(finding: Finding, *, is_pasted: bool) -> list[str]:
    words = finding.fingerprint
    if finding.is_typed and is_pasted:  # with its cause
        words = words.rpartition(" | ")[0]
    words = GROUP.sub(r"\1, \2", words) if finding.severity == "fault" else rowless(words)
    told = (f"{words} | {called}" for called in finding.called.split("\n"))
    return [
        hashlib.blake2s(each.encode(errors="replace"), digest_size=_SIZE).hexdigest()
        for each in told
    ]
