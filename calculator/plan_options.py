"""What a plan is made of on the command line: node groups, and a setting an option."""

from __future__ import annotations

import argparse
import functools
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from calculator.errors import InputError
from calculator.inputs import Choice, Input, Quantity, found_words, near
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, NodeGroup

__all__ = ["catalog_option", "count", "given_as", "keys_of_node", "new_group", "plan_options"]

#: What --node takes after type, instances and pods.
_MORE_OF_NODE = tuple(GROUP_INPUTS)[2:]


def plan_options(parser: argparse.ArgumentParser) -> None:
    """What a plan is made of: node groups and settings."""
    parser.add_argument(
        "--node",
        type=_node,
        action="append",
        metavar="TYPE:INSTANCES:PODS",
        help="a node group, such as m5.12xlarge:2:100, or with more of its inputs, listed below, "
        "m5.large:3:20,os=Windows,own_max_pods=30; may be given many times",
    )
    listed = (_item(f"{key}=", words) for key, words in keys_of_node().items())
    parser.epilog = "\n".join(["more inputs of a node group, for --node:", *listed])
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    for name, declared in PLAN_INPUTS.items():
        flags = [f"--{name.replace('_', '-')}"]
        if name == "subnet_prefix_length":
            flags.insert(0, "--subnet-size")
        words = _with_default(declared, declared.about).replace("%", "%%")
        shown: dict[str, Any] = {"metavar": "N" if isinstance(declared, Quantity) else "TEXT"}
        if isinstance(declared, Choice):
            shown = {"choices": declared.options}
        given = functools.partial(given_as, declared)
        parser.add_argument(*flags, dest=name, type=given, help=words, **shown)


def keys_of_node() -> dict[str, str]:
    """What ``--node`` takes after type, instances and pods: key, and what it is, in words."""
    listed = {}
    for name in _MORE_OF_NODE:
        declared = GROUP_INPUTS[name]
        options = f": {', '.join(declared.options)}" if isinstance(declared, Choice) else ""
        listed[name] = _with_default(declared, declared.about + options)
    return listed


def _with_default(declared: Input, words: str) -> str:
    by_default = declared.empty if declared.default is None else declared.default
    return f"{words}; {'nothing' if by_default == '' else by_default} if not given"


def _item(key: str, words: str) -> str:
    indent = " " * 24
    return textwrap.fill(
        words, 100, initial_indent=f"  {key:<22}", subsequent_indent=indent, break_on_hyphens=False
    )


def given_as(declared: Input, text: str) -> int | str | None:
    """What was said of an input, by the rules that hold for a workbook's cell."""
    word = text.strip()
    value: object = word
    if isinstance(declared, Choice):
        value = declared.said(word)
    elif isinstance(declared, Quantity):
        is_size = declared.name.endswith("prefix_length")
        number = word.removeprefix("/") if is_size else word
        value = int(number) if number.lstrip("+-").isdecimal() else word
    if problem := declared.problem(value):
        raise argparse.ArgumentTypeError(f"found {found_words(value)}; {problem[1]} is expected")
    return declared.read(value)


def new_group(text: str) -> NodeGroup:
    """A node group without instances yet, of ``TYPE:PODS`` and more of its inputs."""
    return _read(text, "TYPE:PODS", "m5.large:20", {"instances": "0"}, ("pods_per_node",))


def _node(text: str) -> NodeGroup:
    return _read(text, "TYPE:INSTANCES:PODS", "m5.12xlarge:2:100", {}, tuple(GROUP_INPUTS)[:2])


def _read(
    text: str, form: str, example: str, given: Mapping[str, str], counted: Sequence[str]
) -> NodeGroup:
    """A node group in words: type, some counts, and more of its inputs.

    Parameters
    ----------
    form, example: what is expected, for a message.
    given: inputs that are not said.
    counted: those that are, after the type.
    """
    main, *more = text.split(",")
    name, *counts = main.split(":")
    if len(counts) != len(counted):
        raise argparse.ArgumentTypeError(f'found "{text}"; {form} is expected, such as {example}')
    inputs = {**given, **dict(zip(counted, counts, strict=True))}
    for each in more:
        key, _, value = each.partition("=")
        if key.strip() not in _MORE_OF_NODE or not value:
            listed = ", ".join(f"{name}=..." for name in _MORE_OF_NODE)
            hint = near(key, _MORE_OF_NODE)
            raise argparse.ArgumentTypeError(f'found "{each}"; one of {listed} is expected{hint}')
        inputs[key.strip()] = value
    return _group(text, name.strip(), inputs)


def _group(text: str, instance_type: str, inputs: Mapping[str, str]) -> NodeGroup:
    values: dict[str, Any] = {}
    try:
        for key, word in inputs.items():
            values[key] = given_as(GROUP_INPUTS[key], word)
        return NodeGroup(instance_type, **values)
    except InputError as error:
        raise argparse.ArgumentTypeError(f'in "{text}": {error}') from None
    except argparse.ArgumentTypeError as error:
        raise argparse.ArgumentTypeError(f'in "{text}": {key}: {error}') from None


def catalog_option(parser: argparse.ArgumentParser) -> None:
    """A catalog other than the built-in one."""
    parser.add_argument("--catalog", metavar="FILE.csv", help="instance types of your own")


def count(text: str) -> int:
    """A whole number of 1 or more, as argparse reads it."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'found "{text}"; a whole number of 1 or more is expected')
    return int(text)
