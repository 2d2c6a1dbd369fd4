"""Which ranges a VPC may have, by the table of the Amazon VPC User Guide, and what is free."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from calculator.answers.vpc import Vpc, is_allowed_beside, range_of
from calculator.errors import InputError


@pytest.mark.parametrize(
    ("vpc", "secondary", "allowed"),
    [
        ("10.2.0.0/16", "10.3.0.0/16", True),
        ("10.2.0.0/16", "10.0.0.0/16", True),
        ("10.2.0.0/16", "172.16.0.0/16", False),
        ("10.2.0.0/16", "192.168.0.0/24", False),
        ("10.2.0.0/16", "198.19.0.0/16", False),
        ("10.2.0.0/16", "198.18.0.0/16", True),
        ("10.2.0.0/16", "100.64.0.0/16", True),
        ("10.2.0.0/16", "100.127.0.0/16", True),
        ("10.2.0.0/16", "52.10.0.0/16", True),
        ("10.2.0.0/16", "169.254.0.0/24", False),
        ("10.2.0.0/16", "127.0.0.0/24", False),
        ("10.2.0.0/16", "224.0.0.0/16", False),
        ("10.2.0.0/16", "10.2.128.0/20", False),  # overlaps
        ("10.0.0.0/17", "10.0.128.0/17", False),
        ("10.1.0.0/16", "10.0.0.0/16", False),
        ("10.0.0.0/16", "10.1.0.0/16", True),
        ("172.16.0.0/16", "172.20.0.0/16", True),
        ("172.16.0.0/16", "172.31.0.0/20", False),
        ("172.16.0.0/16", "10.2.0.0/16", False),
        ("172.16.0.0/16", "192.168.0.0/16", False),
        ("172.16.0.0/16", "198.19.4.0/22", False),
        ("172.16.0.0/16", "172.32.0.0/16", True),
        ("192.168.0.0/20", "192.168.64.0/20", True),
        ("192.168.0.0/20", "10.2.0.0/16", False),
        ("192.168.0.0/20", "100.64.0.0/16", True),
        ("198.19.0.0/16", "10.2.0.0/16", False),
        ("198.19.0.0/16", "100.64.0.0/16", True),
        ("198.19.0.0/16", "52.10.0.0/16", True),
        ("100.64.0.0/16", "10.2.0.0/16", False),
        ("100.64.0.0/16", "198.19.0.0/16", False),
        ("100.64.0.0/16", "100.65.0.0/16", True),
        ("52.10.0.0/16", "172.20.0.0/16", False),
        ("52.10.0.0/16", "52.11.0.0/16", True),
        ("10.2.0.0/16", "100.64.0.0/10", False),  # too large
        ("10.2.0.0/16", "100.64.0.0/29", False),  # too small
    ],
)
def test_what_may_stand_beside_what(vpc: str, secondary: str, allowed: bool) -> None:
    assert is_allowed_beside(IPv4Network(secondary), [IPv4Network(vpc)]) == allowed
    if allowed:
        assert Vpc.read(vpc, [secondary]).ranges == (IPv4Network(vpc), IPv4Network(secondary))
        return
    with pytest.raises(InputError, match=rf"^secondary: found {secondary}; "):
        Vpc.read(vpc, [secondary])


def test_secondary_ranges_are_held_against_those_before() -> None:
    with pytest.raises(InputError, match=r"overlaps 100\.64\.0\.0/16 of the VPC"):
        Vpc.read("10.2.0.0/16", ["100.64.0.0/16", "100.64.128.0/17"])
    with pytest.raises(InputError, match=r"no range of 10\.0\.0\.0/16 can be added"):
        Vpc.read("10.2.0.0/16", ["10.1.0.0/16", "10.0.0.0/16"])


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.0.0.0/29", "169.254.0.0/16", "240.0.0.0/16"])
def test_a_vpc_that_cannot_be(cidr: str) -> None:
    with pytest.raises(InputError, match=rf"^vpc: found {cidr}; "):
        Vpc.read(cidr)


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/29"])
def test_what_is_too_large_may_be_divided(cidr: str) -> None:
    with pytest.raises(InputError) as refused:
        Vpc.read(cidr)
    more = "; what a /16 does not hold goes into secondary ranges" if "15" in cidr else ""
    assert str(refused.value) == f"vpc: found {cidr}; a range of a VPC is a /16 to a /28{more}"


def test_a_refusal_says_what_to_do() -> None:
    with pytest.raises(InputError) as refused:
        Vpc.read("10.2.0.0/16", ["198.19.0.0/16"])
    assert str(refused.value) == (
        "secondary: found 198.19.0.0/16; no range of 198.19.0.0/16 can be added to a VPC with "
        "addresses of 10.0.0.0/8; AWS allows ranges of 100.64.0.0/10 beside 10.2.0.0/16, and "
        "others of 10.0.0.0/8"
    )


@pytest.mark.parametrize("word", ["", "ten", "10.0.0.0/33", "10.0.0/16", "2001:db8::/32"])
def test_what_is_no_range(word: str) -> None:
    with pytest.raises(InputError, match=r"^used: found .* a range of IPv4 addresses is expected"):
        range_of(word, "used")


def test_a_range_begins_at_its_first_address() -> None:
    with pytest.raises(InputError, match=r'found "10.0.5.7/16"; .* is expected: 10.0.0.0/16$'):
        range_of("10.0.5.7/16", "vpc")
    assert range_of(" 10.0.5.7 ", "used") == IPv4Network("10.0.5.7/32")


# --- what is free ---------------------------------------------------------------------------------


def free(*used: str, secondary: tuple[str, ...] = ()) -> list[list[str]]:
    vpc = Vpc.read("10.2.0.0/22", secondary, used)
    return [[str(block) for block in blocks] for blocks in vpc.free()]


def test_what_is_free() -> None:
    assert free() == [["10.2.0.0/22"]]
    assert free("10.2.1.0/24") == [["10.2.0.0/24", "10.2.2.0/23"]]
    assert free("10.2.1.0/24", "10.2.0.0/24", "10.2.0.0/23") == [["10.2.2.0/23"]]
    assert free("10.0.0.0/8") == [[]]
    assert free("10.9.0.0/24") == [["10.2.0.0/22"]]
    assert free("10.2.0.0/26", "10.2.0.128/25") == [["10.2.0.64/26", "10.2.1.0/24", "10.2.2.0/23"]]


def test_no_block_reaches_over_two_ranges() -> None:
    assert free(secondary=("10.2.4.0/22",)) == [["10.2.0.0/22"], ["10.2.4.0/22"]]


def test_what_is_used_outside() -> None:
    vpc = Vpc.read("10.2.0.0/22", ["100.64.0.0/24"], ["10.2.4.0/24", "100.64.0.0/28", "10.0.0.0/8"])
    assert vpc.outside == [IPv4Network("10.2.4.0/24")]
