"""EC2 instance types and the limits of their network interfaces (ENIs).

A catalog is a table of instance types, read from CSV. The built-in one lies beside this module in
``data/instance_types.csv``; ``data/aws_sample_types.csv`` holds the figures that AWS's sample
workbook carries on its own data sheets, gaps included.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from calculator.errors import InputError
from calculator.inputs import found_words

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Catalog", "InstanceType", "default_max_pods", "is_fargate", "load_catalog"]

Number = TypeVar("Number", int, "np.ndarray")

#: The largest figure a catalog may give; far above what EC2 offers, far below what overflows.
_MOST = 100_000
#: How much of two names must be alike for one to be suggested for the other: ``m5.2xl`` and
#: ``m5.2xlarge`` are by 0.75.
_ALIKE = 0.7
#: More names that are equally near are no help.
_MOST_SUGGESTED = 3
#: What is searched for of a longer text, which is like no name [characters].
_LONGEST = 100


def default_max_pods(max_enis: Number, ipv4_per_eni: Number) -> Number:
    """Pods the ENIs of an instance can serve [pods], scalar or array.

    The primary address of each ENI serves no pod; two pods use the node's own address.
    Source: eni-max-pods.txt of the VPC CNI.
    """
    pods: Number = max_enis * (ipv4_per_eni - 1) + 2
    return pods


def is_fargate(instance_type: str) -> bool:
    """Whether a row is one of pods on Fargate, which run on no instance."""
    return instance_type.lower() == "fargate"


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One EC2 instance type. None means that the figure is not known.

    Parameters
    ----------
    instance_type: EC2's name, such as ``m5.large``.
    max_enis: ENIs on the default network card [ENIs].
    ipv4_per_eni: IPv4 addresses of one ENI, its primary address included [addresses].
    max_pods: pods that its ENIs can serve [pods].
    vcpus: virtual CPUs at the default core count [vCPUs].
    hypervisor: ``nitro`` or ``xen``.
    bare_metal: whether it is a bare-metal type.
    trunk_compatible: whether it can carry a trunk ENI (security groups for pods).
    branch_enis: branch ENIs that its trunk ENI can carry [ENIs].
    efa_interfaces: EFA interfaces it can have [interfaces].
    source: where the figures come from.
    """

    instance_type: str
    max_enis: int | None
    ipv4_per_eni: int | None
    max_pods: int | None = None
    vcpus: int | None = None
    hypervisor: str | None = None
    bare_metal: bool | None = None
    trunk_compatible: bool | None = None
    branch_enis: int | None = None
    efa_interfaces: int | None = None
    source: str | None = None

    @property
    def no_trunk(self) -> bool | None:
        """Whether it is known that it can carry no trunk ENI."""
        return None if self.trunk_compatible is None else not self.trunk_compatible

    @property
    def nitro(self) -> bool | None:
        """Whether it can have prefixes and IPv6: on the Nitro hypervisor, or bare metal."""
        if self.hypervisor is None and self.bare_metal is None:
            return None
        return (self.hypervisor or "").lower() == "nitro" or self.bare_metal is True


class Catalog:
    """Instance types by name, in the order of their file; names are found whatever their case.

    Parameters
    ----------
    types: the instance types, shape (types,).
    version: says in a workbook which catalog it was made with.
    first_counts: whether the first of two types of one name counts, as it does for a look-up in
        a spreadsheet; otherwise there must not be two.

    Raises
    ------
    InputError: when a name occurs twice.
    """

    def __init__(
        self, types: Iterable[InstanceType], version: str, *, first_counts: bool = False
    ) -> None:
        self.types: tuple[InstanceType, ...] = tuple(types)
        self.version = version
        self._position: dict[str, int] = {}
        for position, each in enumerate(self.types):
            first = self._position.setdefault(each.instance_type.lower(), position)
            if first != position and not first_counts:
                raise InputError(f"catalog {version}: {each.instance_type} is listed twice")
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._nearest: dict[str, tuple[str, ...]] = {}

    def __len__(self) -> int:
        return len(self.types)

    def __iter__(self) -> Iterator[InstanceType]:
        return iter(self.types)

    def __contains__(self, instance_type: object) -> bool:
        return isinstance(instance_type, str) and instance_type.lower() in self._position

    def get(self, instance_type: str) -> InstanceType | None:
        """The type of that name, or None."""
        position = self._position.get(instance_type.lower())
        return None if position is None else self.types[position]

    def positions(self, instance_types: Iterable[str]) -> np.ndarray:
        """Where each type stands, counted from 1; 0 for a type that is not in the catalog.

        The same count as Excel's ``MATCH`` in a table of the catalog. Shape (n,) in, (n,) out.
        """
        import numpy as np

        find = self._position.get
        found = [find(name.lower(), -1) for name in instance_types]
        return np.array(found, dtype=np.int64) + 1

    def figures(
        self, name: str, positions: np.ndarray, unknown: float = float("nan")
    ) -> np.ndarray:
        """The figure `name` at each position, `unknown` where the position is 0 or it is not known.

        `positions` are those of :meth:`positions`; shape (n,) in, (n,) out.
        """
        import numpy as np

        key = name, str(unknown)
        column = self._columns.get(key)
        if column is None:
            known = [getattr(each, name) for each in self.types]
            values = [unknown, *(unknown if value is None else float(value) for value in known)]
            column = self._columns[key] = np.array(values)
        found: np.ndarray = column[positions]
        return found

    def like(self, text: str) -> list[InstanceType]:
        """The types whose name contains `text`, whatever its case."""
        return [each for each in self.types if text.lower() in each.instance_type.lower()]

    def with_others(self, others: Catalog) -> Catalog:
        """These types, and those of another catalog that it does not list."""
        more = [each for each in others if each.instance_type and each.instance_type not in self]
        if not more:
            return self
        return Catalog([*self, *more], f"{self.version}, {others.version}", first_counts=True)

    def require(self, instance_types: Iterable[str]) -> None:
        """Refuse types that are not in the catalog; one whose limits are not known is in it.

        Parameters
        ----------
        instance_types: names, shape (n,).

        Raises
        ------
        InputError: names every unknown type, each once, with what may be meant.
        """
        names = dict.fromkeys(instance_types)
        unknown = [name for name in names if name not in self and not is_fargate(name)]
        if unknown:
            raise InputError(f"instance_type: {'; '.join(map(self._unknown, unknown))}")

    def problem(self, instance_type: str) -> str | None:
        """Why the limits of `instance_type` cannot be used, in one line; None when they can."""
        if is_fargate(instance_type):
            return None
        found = self.get(instance_type)
        if found is None:
            return f"instance_type: {self._unknown(instance_type)}"
        if found.max_enis is None or found.ipv4_per_eni is None:
            return f"instance_type: found {_shown(instance_type)}, whose limits are not known"
        return None

    def _unknown(self, instance_type: str) -> str:
        found, hint = f"found {_shown(instance_type)}", self.hint(instance_type)
        if instance_type.strip() in self:
            ends = {"start": instance_type.lstrip(), "end": instance_type.rstrip()}
            where = " and ".join(end for end, rest in ends.items() if rest != instance_type)
            return f"{found} with {_blanks(instance_type)} at its {where}; {hint}"
        return f"{found}, which is not known" + (f" ({hint})" if hint else "")

    def hint(self, instance_type: str) -> str | None:
        """What may be meant by a name that is not in the catalog, in words.

        None where nothing is much alike, and for a name that is in the catalog. Blanks around a
        name count, because a look-up in a spreadsheet counts them.
        """
        if instance_type in self:
            return None
        if meant := self.get(instance_type.strip()):
            blanks = _blanks(instance_type).removeprefix("a ")
            return f"{meant.instance_type} is meant: remove the {blanks}"
        names = self.nearest(instance_type)
        listed = " or ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        return f"is {listed} meant?" if names else None

    def nearest(self, instance_type: str) -> tuple[str, ...]:
        """The names most like `instance_type`, blanks around it apart, in the catalog's order.

        Up to three that are equally near; none where none is much alike, or more are.
        """
        wanted = instance_type.strip().lower()[:_LONGEST]
        if wanted not in self._nearest:
            close = difflib.get_close_matches(wanted, self._position, _MOST_SUGGESTED + 1, _ALIKE)
            likeness = [difflib.SequenceMatcher(None, name, wanted).ratio() for name in close]
            best = close[: likeness.count(max(likeness, default=0))]
            positions = sorted(self._position[name] for name in best)
            names = tuple(self.types[position].instance_type for position in positions)
            self._nearest[wanted] = names if len(names) <= _MOST_SUGGESTED else ()
        return self._nearest[wanted]


def _shown(instance_type: str) -> str:
    """A name as a message of one line shows it: what cannot be seen is written out."""
    shown = instance_type[:61]  # one more than is quoted, so that what is cut off is seen to be
    return found_words("".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in shown))


def _blanks(text: str) -> str:
    """The blanks around a text, in words."""
    return "a blank" if len(text) - len(text.strip()) == 1 else "blanks"


@cache
def _builtin(name: str, title: str) -> Catalog:
    content = resources.files("calculator").joinpath("data", name).read_bytes()
    return _parse(content, name, title)


def load_catalog(file: str | os.PathLike[str] | None = None, *, model: str = "vpc-cni") -> Catalog:
    """Read a catalog from a CSV file; without one, the model's own.

    Parameters
    ----------
    file: a CSV file with the columns of :class:`InstanceType`; ``instance_type``, ``max_enis``
        and ``ipv4_per_eni`` are required. An empty ``max_pods`` is derived from the other two.
    model: ``aws-sample`` has figures of its own, because the published workbook carries them.

    Raises
    ------
    InputError: names the file, the line and the column of what cannot be used.
    """
    if file is None:
        if model == "aws-sample":
            return _builtin("aws_sample_types.csv", "AWS sample workbook")
        return _builtin("instance_types.csv", "EC2 limits of 2026-08, VPC CNI v1.23.1")
    try:
        with open(file, "rb") as stream:
            content = stream.read()
    except OSError as error:
        raise InputError(f"catalog {file}: {error.strerror or error}") from None
    return _parse(content, str(file), os.path.basename(file), derive=True)


def _parse(content: bytes, file: str, title: str, *, derive: bool = False) -> Catalog:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"catalog {file}: this is not text in UTF-8; save it as CSV") from None
    reader = csv.DictReader(text.splitlines())
    lines: dict[str, int] = {}
    types = []
    try:
        _check_header(file, reader.fieldnames or ())
        for row in reader:
            place = f"catalog {file}, line {reader.line_num}"
            values = _values(place, row, ("max_enis", "ipv4_per_eni") if derive else ())
            name, enis, addresses = (values[each] for each in _REQUIRED)
            line = lines.setdefault(str(name).lower(), reader.line_num)
            if line != reader.line_num:
                listed = f"which line {line} lists already"
                raise InputError(f'{place}, instance_type: found "{name}", {listed}')
            if derive and values.get("max_pods") is None:
                assert isinstance(enis, int)
                assert isinstance(addresses, int)
                values["max_pods"] = default_max_pods(enis, addresses)
            types.append(InstanceType(**values))  # type: ignore[arg-type]
    except csv.Error as error:
        raise InputError(f"catalog {file}, line {reader.line_num + 1}: {error}") from None
    if not types:
        raise InputError(f"catalog {file}: it lists no instance type")
    return Catalog(types, f"{title} ({hashlib.sha256(content).hexdigest()[:8]})")


_REQUIRED = ("instance_type", "max_enis", "ipv4_per_eni")
_FIGURES = frozenset(each.name for each in fields(InstanceType))


def _check_header(file: str, header: Sequence[str]) -> None:
    for name in header:
        if name in _FIGURES and header.count(name) > 1:
            raise InputError(f"catalog {file}: column {name} stands there twice")
    for name in _REQUIRED:
        if name not in header:
            listed = ", ".join(header) or "none"
            raise InputError(f"catalog {file}: column {name} is missing; its columns: {listed}")


Value = str | int | bool | None


def _values(place: str, row: dict[str, str], required: tuple[str, ...]) -> dict[str, Value]:
    """The figures of a row by name; the name and those of `required` are there."""
    if None in row:
        raise InputError(f"{place}: the row has more cells than the header has columns")
    values = {
        name: _value(place, name, (text or "").strip())
        for name, text in row.items()
        if name in _FIGURES
    }
    for name in ("instance_type", *required):
        if values[name] is None:
            wanted = _wanted(name) if name in _LEAST else "an instance type"
            raise InputError(f"{place}, {name}: found nothing; {wanted} is expected")
    return values


_LEAST = {
    "max_enis": 1,
    "ipv4_per_eni": 2,
    "max_pods": 1,
    "vcpus": 1,
    "branch_enis": 0,
    "efa_interfaces": 0,
}


def _wanted(name: str) -> str:
    return f"a whole number from {_LEAST[name]} to {_MOST:,}"


def _value(place: str, name: str, text: str) -> Value:
    found = f"{place}, {name}: found {found_words(text)}"
    if name in _LEAST and text:
        digits = text.lstrip("0") or "0"
        if not text.isdecimal() or len(digits) > 6 or not _LEAST[name] <= int(digits) <= _MOST:
            raise InputError(f"{found}; {_wanted(name)} is expected")
        return int(digits)
    if name in ("bare_metal", "trunk_compatible") and text:
        if text.lower() not in ("true", "false"):
            raise InputError(f"{found}; true or false is expected")
        return text.lower() == "true"
    return text or None
