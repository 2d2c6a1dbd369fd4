"""Issues that are known: a file of them, kept beside the workbooks, one a line."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from calculator.errors import InputError
from calculator.files import is_url, read_content, writing
from calculator.findings import Finding
from calculator.followers import GROUP, marks_of, rowless
from calculator.measures import Measure, as_of_groups, counts_cells, is_within
from calculator.paths import shared_name

__all__ = ["Baseline", "read_baseline"]

_VERSION = 1
#: No baseline is larger [bytes].
_MOST = 256 << 20
_KINDS = {"file": str, "fingerprint": str, "count": int}
#: What a node group that does not count would need, in a fingerprint.
_NEED = re.compile(r"([^:]+): (?:([0-9]+)|.*)")
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
        return self._name(file), fingerprint

    def _name(self, file: str) -> str:
        """A file as it is known, or as it is called where its folder is no link."""
        name = shared_name(file, self._folder)
        if is_url(file) or name in self._files:
            return name
        folder, own = os.path.split(file)
        there = os.path.join(os.path.realpath(folder), own)
        return shared_name(there, os.path.realpath(self._folder))

    @cached_property
    def _files(self) -> set[str]:
        """Those of which something is known."""
        return {name for name, _ in self.known}

    def knows(
        self,
        file: str,
        fingerprints: Iterable[str],
        causes: Mapping[str, Finding] | None = None,
        groups: Collection[str] | None = None,
    ) -> list[bool]:
        """Which issues of a file are known; where there are more than before, the last are new.

        Parameters
        ----------
        causes: the findings that follow from no other, by fingerprint: one may have followed.
        groups: instance type and operating system of the node groups that the file has now, in
            lower case; None where they are not known.
        """
        name = self._name(file)
        self._seen.add(name)
        keys = [(name, each) for each in fingerprints]
        met = Counter(keys)
        gone = {key: n for key, n in (self.known - met).items() if key[0] == name}
        if gone:
            self._renumber(met - self.known, dict(gone), groups)
            self._find_followers(name, met - self.known, gone, causes or {}, groups)
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

        A node group may have another number among its like by now, or be filled in otherwise, or be
        of another instance type, and of a formula that was filled down the first may be mended.
        """

        def is_formula(one: Key, other: Key) -> bool:
            return _is_in_another_row(one[1], other[1]) and (
                self._is_of_several(one) or _is_of_none(one[1], groups)
            )

        for is_alike in (_are_filled_in_alike, _have_one_number, _needs_are_mended, is_formula):
            for key in [each for each in new if each not in self._renumbered]:
                alike = (each for each, n in gone.items() if n == new[key] and is_alike(each, key))
                if (known := next(alike, None)) is not None:
                    self._renumbered[key] = known
                    del gone[known]

    def _find_followers(
        self,
        name: str,
        new: Counter[Key],
        gone: Iterable[Key],
        causes: Mapping[str, Finding],
        groups: Collection[str] | None,
    ) -> None:
        """Find what followed from something that was mended: it was there when that was known."""
        left = self.followers.get(name, Counter()) - self._met_followers.get(name, Counter())
        # With its type, what is said of a row is mended.
        former = [GROUP.search(each) for _, each in gone if _is_of_none(each, groups)]
        for key in (each for each in new if each[1] in causes and each not in self._renumbered):
            cause = causes[key[1]]
            may_be = [cause] + [
                replace(cause, fingerprint=_of_group(cause.fingerprint, each[0]))
                for each in former
                if each
            ]
            had = (each for one in may_be for each in map(Counter, marks_of(one)) if each <= left)
            if (those := next(had, None)) is not None:
                self._renumbered[key] = min(gone, key=lambda each: _code(each) != _code(key))
                self._followed.add(key)
                left -= those

    def _is_of_several(self, key: Key) -> bool:
        """Whether what is known was found in several cells, which say how many they are."""
        return any(counts_cells(each) and each[0] > 1 for each in self.measures.get(key, ()))

    def exceeded(
        self,
        file: str,
        issues: Sequence[tuple[str, Measure | None]],
        groups: Collection[str] | None = None,
    ) -> list[Sequence[Any] | None]:
        """The measure that each issue of a file is known with, where its own is beyond that.

        Parameters
        ----------
        issues: fingerprint and measure of each.
        groups: as :meth:`knows` takes them.
        """
        name = self._name(file)
        met: dict[Key, list[Sequence[Any]]] = {}
        left = {key: [*known] for key, known in self.measures.items() if key[0] == name}
        beyond: list[int] = []
        titles = {each.removesuffix(", linux").replace(", ", " ") for each in groups or ()}
        for number, (fingerprint, measure) in enumerate(issues):
            if measure is None:
                continue
            met.setdefault((name, fingerprint), []).append(measure)
            known = left.get(self._key_of(name, fingerprint), [])
            same = next(
                (each for each in known if is_within(measure, as_of_groups(each, measure, titles))),
                None,
            )
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
        name = self._name(file)
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


def _are_filled_in_alike(one: Key, other: Key) -> bool:
    """Whether two are the same of node groups that are alike, as far as fingerprints say so."""
    [(words, _, filled_in), (words_2, _, filled_in_2)] = _parted(one[1]), _parted(other[1])
    return words == words_2 and (filled_in == filled_in_2 or None in (filled_in, filled_in_2))


def _have_one_number(one: Key, other: Key) -> bool:
    """Whether two are the same of one node group, which may be filled in otherwise."""
    return _parted(one[1])[:2] == _parted(other[1])[:2]


def _needs_are_mended(one: Key, other: Key) -> bool:
    """Whether what a node group needs that does not count is a number now, and was none."""
    (*words, last), (*words_2, last_2) = (each[1].split(" | ") for each in (one, other))
    changed = [
        (_NEED.fullmatch(before), _NEED.fullmatch(now))
        for before, now in zip(words, words_2, strict=False)
        if before != now
    ]
    return (last, len(words)) == (last_2, len(words_2)) and all(
        before and now and before[1] == now[1] and not before[2] and now[2]
        for before, now in changed
    )


def _of_group(fingerprint: str, words: str) -> str:
    """A fingerprint with the words for another node group."""
    return GROUP.sub(lambda _: words, fingerprint, count=1)


@lru_cache(4_096)
def _parted(fingerprint: str) -> tuple[str, str | None, str | None]:
    """A fingerprint without the number of its node group, this, and what else is filled in."""
    group = GROUP.search(fingerprint)
    if group is None:
        return fingerprint, None, None
    start, end = group.span()
    return fingerprint[:start] + group[1] + fingerprint[end:], group[2], group[3]


def _is_in_another_row(one: str, other: str) -> bool:
    """Whether two fingerprints are of one formula in two rows of the node table."""
    is_formula = one.startswith("formula | ") and " | =" in one
    return is_formula and rowless(one) == rowless(other)


def _is_of_none(fingerprint: str, groups: Collection[str] | None) -> bool:
    """Whether it is of a node group that is there no more."""
    of = GROUP.search(fingerprint)
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
