"""Issues that are known: a file of them, kept beside the workbooks, one a line."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from calculator.errors import InputError
from calculator.files import is_url, read_content, writing
from calculator.followers import rowless
from calculator.measures import Measure, counts_cells, is_within
from calculator.paths import shared_name

__all__ = ["Baseline", "read_baseline"]

_VERSION = 1
#: No baseline is larger [bytes].
_MOST = 256 << 20
_KINDS = {"file": str, "fingerprint": str, "count": int}
#: What a fingerprint calls a node group: its instance type and operating system, and a number.
_GROUP = re.compile(r"(?<= \| )([^|]+, [A-Za-z]+), [0-9]+(?= \||$)")
#: A file's name, relative to the baseline's folder, and a fingerprint.
Key = tuple[str, str]


@dataclass
class Baseline:
    """Issues that are known, by file and fingerprint, and those that are met in this run.

    Parameters
    ----------
    path: where it is kept.
    known: how many of each there may be.
    measures: how bad these are, as far as that can be told and was written down.
    followers: marks of what follows from what is known, by file, where that was written down, and
        how many of each.
    """

    path: str
    known: Counter[Key] = field(default_factory=Counter)
    measures: dict[Key, list[Sequence[Any]]] = field(default_factory=dict)
    followers: dict[str, Counter[str]] = field(default_factory=dict)
    _met_followers: dict[str, Counter[str]] = field(default_factory=dict)
    _met: Counter[Key] = field(default_factory=Counter)
    _met_measures: dict[Key, list[Sequence[Any]]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _renumbered: dict[Key, Key] = field(default_factory=dict)
    _followed: set[Key] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._folder = os.path.dirname(self.path)

    def key(self, file: str, fingerprint: str) -> Key:
        """What an issue is known by."""
        return shared_name(file, self._folder), fingerprint

    def knows(
        self,
        file: str,
        fingerprints: Iterable[str],
        marks: Mapping[str, Sequence[Sequence[str]]] | None = None,
        groups: Collection[str] | None = None,
    ) -> list[bool]:
        """Which issues of a file are known; where there are more than before, the last are new.

        Parameters
        ----------
        marks: those that the issue of a fingerprint may have had while it followed from another,
            one way or another.
        groups: instance type and operating system of the node groups that the file has now, in
            lower case; None where they are not known.
        """
        name = shared_name(file, self._folder)
        self._seen.add(name)
        keys = [(name, each) for each in fingerprints]
        met = Counter(keys)
        gone = {key: n for key, n in (self.known - met).items() if key[0] == name}
        if gone:
            self._renumber(met - self.known, dict(gone), groups)
            self._find_followers(name, met - self.known, gone, marks or {})
        counts = Counter[Key]()
        known = []
        for key in keys:
            counts[key] += 1
            known.append(counts[key] <= self.known[self._key_of(*key)])
        self._met |= met
        return known

    def _renumber(
        self, new: Counter[Key], gone: dict[Key, int], groups: Collection[str] | None
    ) -> None:
        """Find what is known by other words: those of a node group or row that it began with.

        A node group may have another number among its like by now, or be of another instance type,
        and of a formula that was filled down the first may be mended.
        """
        for key, number in new.items():
            alike = (
                each
                for each, left in gone.items()
                if left == number
                and (
                    _numberless(each[1]) == _numberless(key[1])
                    or (
                        _is_in_another_row(each[1], key[1])
                        and (self._is_of_several(each) or _is_of_none(each[1], groups))
                    )
                )
            )
            if (known := next(alike, None)) is not None:
                self._renumbered[key] = known
                del gone[known]

    def _find_followers(
        self,
        name: str,
        new: Counter[Key],
        gone: Iterable[Key],
        marks: Mapping[str, Sequence[Sequence[str]]],
    ) -> None:
        """Find what followed from something that was mended: it was there when that was known."""
        left = self.followers.get(name, Counter()) - self._met_followers.get(name, Counter())
        for key in (each for each in new if each not in self._renumbered):
            had = (each for each in map(Counter, marks.get(key[1], ())) if each <= left)
            if (those := next(had, None)) is not None:
                self._renumbered[key] = min(gone, key=lambda each: _code(each) != _code(key))
                self._followed.add(key)
                left -= those

    def _is_of_several(self, key: Key) -> bool:
        """Whether what is known was found in several cells, which say how many they are."""
        return any(counts_cells(each) and each[0] > 1 for each in self.measures.get(key, ()))

    def exceeded(
        self, file: str, issues: Sequence[tuple[str, Measure | None]]
    ) -> list[Sequence[Any] | None]:
        """The measure that each issue of a file is known with, where its own is beyond that.

        Parameters
        ----------
        issues: fingerprint and measure of each.
        """
        name = shared_name(file, self._folder)
        met: dict[Key, list[Sequence[Any]]] = {}
        left = {key: [*known] for key, known in self.measures.items() if key[0] == name}
        beyond: list[int] = []
        for number, (fingerprint, measure) in enumerate(issues):
            if measure is None:
                continue
            met.setdefault((name, fingerprint), []).append(measure)
            known = left.get(self._key_of(name, fingerprint), [])
            same = next((each for each in known if is_within(measure, each)), None)
            if (name, fingerprint) in self._followed and (same or not known):
                continue  # of what is gone, others may be causes by now, too
            if same is None:
                beyond.append(number)
            else:
                known.remove(same)
        self._met_measures |= met
        found: list[Sequence[Any] | None] = [None] * len(issues)
        for number in beyond:
            fingerprint, measure = issues[number]
            known = left.get(self._key_of(name, fingerprint), [])
            # What is known without a measure was found in one cell.
            alone = [1] if measure and counts_cells(measure) and measure[0] != 1 else None
            found[number] = known.pop(0) if known else alone
        return found

    def follow(self, file: str, marks: Iterable[str]) -> Counter[str] | None:
        """The marks of what follows in a file, as far as that is known; these are met.

        To ask again, when some follow no more, changes nothing.
        """
        name = shared_name(file, self._folder)
        self._met_followers.setdefault(name, Counter(marks))
        return self.followers.get(name)

    def _key_of(self, name: str, fingerprint: str) -> Key:
        """What an issue of a file is known by, as far as it is."""
        return self._renumbered.get((name, fingerprint), (name, fingerprint))

    @property
    def gone(self) -> Iterator[tuple[str, str, int]]:
        """File, fingerprint and number of the known issues that are not there any more.

        Of files that were not looked at, only those that do not exist any more.
        """
        renumbered = {*self._renumbered.values()}
        for (file, fingerprint), count in sorted(self.known.items()):
            if (file, fingerprint) in renumbered:
                continue
            if file in self._seen or self._is_deleted(file):
                left = count - self._met[file, fingerprint]
                if left > 0:
                    yield file, fingerprint, left

    def _is_deleted(self, file: str) -> bool:
        return not is_url(file) and not os.path.exists(os.path.join(self._folder, file))

    def write(self, suppressed: Container[Key] = ()) -> None:
        """Write what was met, and what is known of files that were not looked at but exist.

        Parameters
        ----------
        suppressed: what was met and is none of the baseline's.

        Raises
        ------
        InputError: when nothing can be written there.
        """
        kept = {key: count for key, count in self._met.items() if key not in suppressed}
        measures = self.measures | self._met_measures
        for key, count in self.known.items():
            if key[0] not in self._seen and not self._is_deleted(key[0]):
                kept[key] = count
        followers = self.followers | self._met_followers
        findings = ",\n".join(
            json.dumps(
                {"file": key[0], "fingerprint": key[1], "count": count}
                | ({"measures": measures[key]} if key in measures else {})
            )
            for key, count in sorted(kept.items())
        )
        follow = ",\n".join(
            f"{json.dumps(name)}: {json.dumps(sorted(followers[name].elements()))}"
            for name in sorted(followers)
            if name in self._seen or not self._is_deleted(name)
        )
        with writing(self.path) as partial_path, open(partial_path, "w", encoding="utf-8") as out:
            out.write(
                f'{{"version": {_VERSION}, "findings": [\n{findings}\n],\n'
                f'"followers": {{\n{follow}\n}}}}\n'
            )


def _code(key: Key) -> str:
    return key[1].partition(" | ")[0]


def _numberless(fingerprint: str) -> str:
    """A fingerprint without the numbers of node groups among their like."""
    return _GROUP.sub(r"\1", fingerprint)


def _is_in_another_row(one: str, other: str) -> bool:
    """Whether two fingerprints are of one formula in two rows of the node table."""
    is_formula = one.startswith("formula | ") and " | =" in one
    return is_formula and rowless(one) == rowless(other)


def _is_of_none(fingerprint: str, groups: Collection[str] | None) -> bool:
    """Whether it is of a node group that is there no more."""
    of = _GROUP.search(fingerprint)
    return groups is not None and of is not None and of[1].casefold() not in groups


def read_baseline(path: str, *, may_be_missing: bool = False) -> Baseline:
    """The baseline that is kept in a file; an empty one where there may be none yet.

    Raises
    ------
    InputError: when there is none, or it is none.
    """
    try:
        kept = json.loads(read_content(path, _MOST))
    except FileNotFoundError:
        if may_be_missing:
            return Baseline(path)
        raise InputError(f"{path}: there is no baseline; --update-baseline makes it") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: found no baseline: {error}") from None
    if not isinstance(kept, dict) or kept.get("version") != _VERSION:
        raise InputError(f'{path}: found no baseline; {{"version": {_VERSION}, …}} is expected')
    baseline = Baseline(path)
    listed = kept.get("findings")
    for number, entry in enumerate(listed if isinstance(listed, list) else [None], 1):
        if not _is_entry(entry):
            raise InputError(f"{path}: finding {number} is none; {', '.join(_KINDS)} are expected")
        key = entry["file"], entry["fingerprint"]
        baseline.known[key] += entry["count"]
        if measures := entry.get("measures"):
            baseline.measures.setdefault(key, []).extend(measures)
    followers = kept.get("followers", {})
    if not isinstance(followers, dict) or not all(map(_are_marks, followers.values())):
        raise InputError(f"{path}: found no followers; a list of marks a file is expected")
    baseline.followers |= {name: Counter(marks) for name, marks in followers.items()}
    return baseline


def _are_marks(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_entry(entry: Any) -> bool:
    """Whether it is a finding with its count, and with measures that are such, if with any."""
    if not isinstance(entry, dict):
        return False
    measures = entry.get("measures", [])
    return (
        all(type(entry.get(name)) is kind for name, kind in _KINDS.items())
        and entry["count"] > 0
        and isinstance(measures, list)
        and all(map(_is_measure, measures))
    )


def _is_measure(value: Any) -> bool:
    """Whether it is one of :data:`calculator.measures.Measure`, as JSON has it."""
    match value:
        case [int() | float()]:
            return True
        case [int(), [*names]]:
            return _are_marks(names)
        case [None | bool() | int() | float() | str(), None | bool() | int() | float() | str()]:
            return True
    return False
