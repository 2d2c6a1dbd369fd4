"""A VPC's ranges of addresses: what AWS allows side by side, and what of them is free.

Source: Amazon VPC User Guide (VPC CIDR blocks, IPv4 CIDR block association restrictions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, collapse_addresses

from calculator.errors import InputError
from calculator.inputs import found_words

__all__ = ["Vpc", "is_allowed_beside", "range_of"]

#: A VPC's ranges, and its subnets, have /16 to /28.
_LARGEST, _SMALLEST = 16, 28
_RFC_1918 = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_OF_AWS = IPv4Network("198.19.0.0/16")
#: Hosts that have these addresses cannot be reached by others.
_NEVER = tuple(map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")))
#: No range of the second can be added to a VPC that has one of the first.
_NOT_BESIDE = (
    (IPv4Network("10.0.0.0/15"), IPv4Network("10.0.0.0/16")),
    (IPv4Network("172.16.0.0/12"), IPv4Network("172.31.0.0/16")),
)


@dataclass(frozen=True)
class Vpc:
    """The ranges of a VPC, and what of them is in use.

    Parameters
    ----------
    cidr: the range that it was made with, or is to be.
    secondary: ranges that were added to it, or are to be, in that order.
    used: what is not free, such as subnets that are there; of any size, inside or not.

    Raises
    ------
    InputError: for a range that AWS does not allow, and why.
    """

    cidr: IPv4Network
    secondary: tuple[IPv4Network, ...] = ()
    used: tuple[IPv4Network, ...] = ()

    def __post_init__(self) -> None:
        if problem := _problem(self.cidr):
            raise InputError(f"vpc: found {self.cidr}; {problem}")
        ranges = [self.cidr]
        for each in self.secondary:
            problem = _problem(each) or _not_beside(each, ranges)
            if problem:
                raise InputError(f"secondary: found {each}; {problem}")
            ranges.append(each)

    @classmethod
    def read(cls, cidr: str, secondary: Iterable[str] = (), used: Iterable[str] = ()) -> Vpc:
        """A VPC of ranges in words.

        Raises
        ------
        InputError: for one that is none, or that AWS does not allow.
        """
        return cls(
            range_of(cidr, "vpc"),
            tuple(range_of(each, "secondary") for each in secondary),
            tuple(range_of(each, "used") for each in used),
        )

    @property
    def ranges(self) -> tuple[IPv4Network, ...]:
        """All its ranges: a subnet lies in one of them."""
        return (self.cidr, *self.secondary)

    @property
    def outside(self) -> list[IPv4Network]:
        """What is said to be in use, and lies in none of its ranges."""
        return [used for used in self.used if not any(map(used.overlaps, self.ranges))]

    def free(self) -> list[list[IPv4Network]]:
        """What is free of each of its ranges, as few blocks as can be, in order."""
        return [_without(each, self.used) for each in self.ranges]


def range_of(word: str, name: str) -> IPv4Network:
    """A range in words.

    Parameters
    ----------
    name: the input that it is said for.

    Raises
    ------
    InputError: for what is no IPv4 range, or one that begins within its size.
    """
    text = word.strip()
    try:
        whole = IPv4Network(text, strict=False)
    except ValueError:
        expected = "a range of IPv4 addresses is expected, such as 10.0.0.0/16"
        raise InputError(f"{name}: found {found_words(text)}; {expected}") from None
    try:
        return IPv4Network(text)
    except ValueError:
        expected = f"the first address of a range is expected: {whole}"
        raise InputError(f"{name}: found {found_words(text)}; {expected}") from None


def is_allowed_beside(cidr: IPv4Network, ranges: Sequence[IPv4Network]) -> bool:
    """Whether AWS allows to add a range to a VPC with these, the first the one it was made with."""
    return not (_problem(cidr) or _not_beside(cidr, ranges))


def _problem(cidr: IPv4Network) -> str:
    """Why no VPC can have a range; "" where one can."""
    if not _LARGEST <= cidr.prefixlen <= _SMALLEST:
        words = f"a range of a VPC is a /{_LARGEST} to a /{_SMALLEST}"
        more = "; what a /16 does not hold goes into secondary ranges"
        return words + (more if cidr.prefixlen < _LARGEST else "")
    never = next(filter(cidr.subnet_of, _NEVER), None)
    return f"no VPC can have addresses of {never}" if never else ""


def _not_beside(cidr: IPv4Network, ranges: Sequence[IPv4Network]) -> str:
    """Why a range cannot be added to a VPC with these; "" where it can."""
    first = ranges[0]
    for each in ranges:
        if cidr.overlaps(each):
            return f"it overlaps {each} of the VPC"
    allowed = f"AWS allows ranges of 100.64.0.0/10 beside {first}"
    private, of_vpc = (
        next(filter(each.subnet_of, (*_RFC_1918, _OF_AWS)), None) for each in (cidr, first)
    )
    if private and private != of_vpc:
        there = f"addresses of {of_vpc}" if of_vpc else f"the range {first}"
        also = f", and others of {of_vpc}" if of_vpc in _RFC_1918 else ""
        return f"no range of {private} can be added to a VPC with {there}; {allowed}{also}"
    for home, refused in _NOT_BESIDE:
        if cidr.subnet_of(refused) and any(each.subnet_of(home) for each in ranges):
            words = f"no range of {refused} can be added to a VPC with addresses of {home}"
            return f"{words}; {allowed}"
    return ""


def _without(cidr: IPv4Network, used: Iterable[IPv4Network]) -> list[IPv4Network]:
    """The blocks of a range that remain without some others, as few as can be, in order."""
    free = [cidr]
    for taken in used:
        free = [
            part
            for block in free
            for part in (
                [block]
                if not block.overlaps(taken)
                else []
                if block.subnet_of(taken)
                else block.address_exclude(taken)
            )
        ]
    return list(collapse_addresses(free))
