"""What may be said on the command line, and what is said of the rest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from calculator.findings import CODES
from calculator.inputs import Choice, Quantity
from calculator.options import ANSWERS, parser_of
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, NodeGroup, Plan
from calculator.results.standing import REMARKS

COMMANDS = ("new", "evaluate", "verify", "sweep", "convert", "diff", "text", "catalog", *ANSWERS)
ROOT = Path(__file__).parents[1]


def parse(*arguments: str) -> argparse.Namespace:
    return parser_of({name: lambda _: 0 for name in COMMANDS}).parse_args(arguments)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said of wrong arguments, without the usage."""
    with pytest.raises(SystemExit) as stop:
        parse(*arguments)
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    program, _, said = err.rpartition(": error: ")
    assert program.startswith("eks-subnet-calc")
    said, _, advice = said.rpartition(f"\nSee {program}")
    assert advice == " --help.\n"
    assert "\n" not in said
    return said


# --- the inputs of a plan -------------------------------------------------------------------------


def flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def test_every_input_of_a_plan_can_be_given() -> None:
    given: dict[str, object] = {}
    for name, declared in PLAN_INPUTS.items():
        if isinstance(declared, Choice):
            given[name] = declared.options[-1]
        elif isinstance(declared, Quantity):
            given[name] = min(declared.minimum + 1, declared.maximum)
        else:
            given[name] = f"a {name}"
    words = [word for name, value in given.items() for word in (flag(name), str(value))]
    options = parse("new", "plan.xlsx", *words)
    assert {name: getattr(options, name) for name in given} == given
    assert Plan(**{name: getattr(options, name) for name in given}) == Plan(**given)


def test_what_is_not_given_is_none() -> None:
    options = parse("new", "plan.xlsx")
    assert {getattr(options, name) for name in PLAN_INPUTS} == {None}
    assert (options.rows, options.strict, options.force, options.node) == (40, False, False, None)


def test_no_option_takes_the_place_of_another() -> None:
    parser = parser_of({name: lambda _: 0 for name in COMMANDS})
    for command in parser.commands.values():
        names = [action.dest for action in command._actions]
        assert len(names) == len(set(names))
        assert not {"run", "command"} & set(names)


@pytest.mark.parametrize("option", ["--subnet-size", "--subnet-prefix-length"])
@pytest.mark.parametrize("size", ["22", "/22", "/22 ", " 22"])
def test_the_size_of_a_subnet(option: str, size: str) -> None:
    assert parse("new", "plan.xlsx", option, size).subnet_prefix_length == 22
    options = parse("new", "plan.xlsx", "--pod-subnet-prefix-length", size)
    assert options.pod_subnet_prefix_length == 22


WORDS = {
    ("--mode", "PREFIX"): ("mode", "prefix"),
    ("--mode", "Warm-IP"): ("mode", "warm-ip"),
    ("--pod-eni", "YES"): ("pod_eni", "yes"),
    ("--pod-eni", "true"): ("pod_eni", "yes"),
    ("--zone-loss", "0"): ("zone_loss", "no"),
    ("--nodes-from", "karpenter"): ("nodes_from", "Karpenter"),
    ("--pods-from", "Custom Networking"): ("pods_from", "custom networking"),
    ("--nlbs", "2"): ("nlbs", 2),
    ("--warm-ip-target", ""): ("warm_ip_target", None),
    ("--warm-ip-target", "0"): ("warm_ip_target", 0),
    ("--name", "prod, eu-west-1"): ("name", "prod, eu-west-1"),
    ("--date", "2026-11-25"): ("date", "2026-11-25"),
    ("--model", "AWS-Sample"): ("model", "aws-sample"),
}


@pytest.mark.parametrize(("said", "meant"), WORDS.items(), ids=[" ".join(each) for each in WORDS])
def test_words(said: tuple[str, str], meant: tuple[str, object]) -> None:
    assert getattr(parse("new", "plan.xlsx", *said), meant[0]) == meant[1]


MODES = "undecided, warm-eni, warm-ip, prefix or ipv6"
WRONG = {
    ("--subnet-size", "29"): "found 29; a whole number from 16 to 28 is expected",
    ("--subnet-size", "/x"): 'found "/x"; a whole number from 16 to 28 is expected',
    ("--subnet-size", "22.5"): 'found "22.5"; a whole number from 16 to 28 is expected',
    ("--warm-eni-target", "/2"): 'found "/2"; a whole number of 0 or more is expected',
    ("--warm-eni-target", "-1"): "found -1; a whole number of 0 or more is expected",
    ("--warm-eni-target", ""): "found nothing; a whole number of 0 or more is expected",
    ("--warm-ip-target", "x"): 'found "x"; a whole number of 0 or more or nothing is expected',
    ("--availability-zones", "7"): "found 7; a whole number from 1 to 6 is expected",
    ("--mode", "prefx"): f'found "prefx"; {MODES} (is prefix meant?) is expected',
    ("--mode", "maybe"): f'found "maybe"; {MODES} is expected',
    ("--pod-eni", "maybe"): 'found "maybe"; no or yes is expected',
    ("--name", "x" * 201): "is expected",
    ("--rows", "many"): 'found "many"; a whole number of 1 or more is expected',
    ("--rows", "0"): 'found "0"; a whole number of 1 or more is expected',
}


@pytest.mark.parametrize(("said", "words"), WRONG.items(), ids=[" ".join(each) for each in WRONG])
def test_wrong_words(capsys: pytest.CaptureFixture[str], said: tuple[str, str], words: str) -> None:
    found = refused(capsys, "new", "plan.xlsx", *said)
    assert found.startswith(f"argument {said[0]}")
    assert found.endswith(words)


# --- node groups ----------------------------------------------------------------------------------

NODES = {
    "m5.large:3:20": NodeGroup("m5.large", 3, 20),
    " m5.large : 3 : 20 , os = windows": NodeGroup("m5.large", 3, 20, os="Windows"),
    "m5.large:3:20,os=windows,own_max_pods=30": NodeGroup("m5.large", 3, 20, "Windows", 30),
    "m5.large:0:0,security_group_pods=4": NodeGroup("m5.large", 0, 0, security_group_pods=4),
}


@pytest.mark.parametrize(("node", "group"), NODES.items(), ids=list(NODES))
def test_a_node_group(node: str, group: NodeGroup) -> None:
    assert parse("new", "plan.xlsx", "--node", node, "--node", "a:1:2").node == [
        *(group, NodeGroup("a", 1, 2))
    ]


@pytest.mark.parametrize("command", ["new", *ANSWERS])
def test_help_lists_what_node_takes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(command, "--help")
    _, _, listed = capsys.readouterr().out.partition("more inputs of a node group, for --node:\n")
    for name in tuple(GROUP_INPUTS)[2:]:
        assert f"\n  {name}= " in f"\n{listed}"
    words = " ".join(listed.split())
    assert "operating system of the nodes: Linux, Windows; Linux if not given" in words
    assert "own [pods]; 0 if not given" not in words
    assert (
        "managed node group, Karpenter, self-managed, EKS Auto Mode, Fargate; the plan's" in words
    )


_FORM = "TYPE:INSTANCES:PODS is expected, such as m5.12xlarge:2:100"
_MORE = ", ".join(f"{name}=..." for name in tuple(GROUP_INPUTS)[2:])
WRONG_NODES = {
    **{node: f'found "{node}"; {_FORM}' for node in ("m5.large", "m5.large:2", "a:1:2:3", "")},
    "m5.large:two:3": 'in "m5.large:two:3": instances: found "two"; a whole number of 0 or more is '
    "expected",
    "m5.large:2:": 'in "m5.large:2:": pods_per_node: found nothing; a whole number of 0 or more is '
    "expected",
    "m5.large:-2:3": 'in "m5.large:-2:3": instances: found -2; a whole number of 0 or more is '
    "expected",
    "a:1:9999999": 'in "a:1:9999999": pods_per_node: found 9999999; a whole number from 0 to '
    "1,000,000 is expected",
    ":1:2": 'in ":1:2": instance_type: found nothing; an instance type is expected',
    "a:1:2,os=BSD": 'in "a:1:2,os=BSD": os: found "BSD"; Linux or Windows is expected',
    "a:1:2,os=Window": 'in "a:1:2,os=Window": os: found "Window"; Linux or Windows (is Windows '
    "meant?) is expected",
    "a:1:2,max_pods=3": f'found "max_pods=3"; one of {_MORE} is expected (is own_max_pods meant?)',
    "a:1:2,os": f'found "os"; one of {_MORE} is expected',
    "a:1:2,instances=3": f'found "instances=3"; one of {_MORE} is expected (is most_instances '
    "meant?)",
    "a:1:2,": f'found ""; one of {_MORE} is expected',
}


@pytest.mark.parametrize(("node", "words"), WRONG_NODES.items(), ids=list(WRONG_NODES))
def test_a_wrong_node_group(capsys: pytest.CaptureFixture[str], node: str, words: str) -> None:
    found = refused(capsys, "new", "plan.xlsx", "--node", node)
    assert found == f"argument --node: {words}"


# --- what is not known ----------------------------------------------------------------------------

UNKNOWN = {
    "--zones": "--availability-zones",
    "--zones=3": "--availability-zones",
    "--size": "--subnet-size",
    "--pods": "--host-network-pods or --daemonset-pods or --pods-from",
    "--warm_eni_target": "--warm-eni-target",
    "--subnet-sise": "--subnet-size",
    "--hostnetwork-pods": "--host-network-pods",
    "--nodes": "--node",
    "--custom-networking": "--pods-from",
    "--azs": "--availability-zones",
    "--ip-family": "",
    "--nonsense": "",
}


@pytest.mark.parametrize(("said", "meant"), UNKNOWN.items(), ids=list(UNKNOWN))
def test_an_option_that_is_not_known(
    capsys: pytest.CaptureFixture[str], said: str, meant: str
) -> None:
    found = refused(capsys, "new", "plan.xlsx", said)
    hint = f" (is {meant} meant?)" if meant else ""
    assert found == f"unrecognized arguments: {said}{hint}"


def test_what_is_meant_is_of_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    found = refused(capsys, "verify", "plan.xlsx", "--recalculated", "ironcalc")
    assert found == "unrecognized arguments: --recalculated (is --recalculate meant?) ironcalc"
    found = refused(capsys, "evaluate", "plan.xlsx", "--zones")
    assert found == "unrecognized arguments: --zones"
    found = refused(capsys, "evaluate", "--node", "m5.large:3:9")
    assert found == (
        "unrecognized arguments: --node (new, capacity, compare, explain, recommend, size take it)"
    )
    found = refused(capsys, "new", "plan.xlsx", "--cache=here")
    assert found == "unrecognized arguments: --cache=here (evaluate, verify take it)"


def test_a_command_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    found = refused(capsys, "evalute", "plan.xlsx")
    assert "invalid choice: 'evalute'" in found
    assert found.endswith("(is evaluate meant?)")
    assert "meant?" not in refused(capsys, "zzz")


def test_what_is_said_of_it_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    found = refused(capsys, "new", "plan.xlsx", "--node", "\x1b[2J\n")
    assert r'found "\x1b[2J\x0a"' in found
    assert "\x1b" not in refused(capsys, "new", "plan.xlsx", "--\x1b[2J")


# --- what makes it fail ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["evaluate", "verify"])
def test_what_makes_it_fail(command: str) -> None:
    assert parse(command, "a").fail_on == ("faults", "differences", "unreadable", "overflow")
    for said, meant in {
        "none": (),
        "None": (),
        "warnings": ("warnings",),
        "Overflow, faults": ("overflow", "faults"),
        "one-zone,unreadable": ("one-zone", "unreadable"),
        ",".join((*REMARKS, *CODES)): (*REMARKS, *CODES),
    }.items():
        assert parse(command, "a", "--fail-on", said).fail_on == meant


@pytest.mark.parametrize(
    ("said", "found", "meant"),
    [
        ("", "", ""),
        ("faults,none", "none", ""),
        ("fault", "fault", " (is faults meant?)"),
        ("overflow,one-zones", "one-zones", " (is one-zone meant?)"),
        ("not-a-numbr", "not-a-numbr", " (is not-a-number meant?)"),
    ],
)
def test_what_cannot_make_it_fail(
    capsys: pytest.CaptureFixture[str], said: str, found: str, meant: str
) -> None:
    assert refused(capsys, "verify", "a", "--fail-on", said) == (
        f'argument --fail-on: found "{found}"; unreadable, faults, overflow, differences, '
        f"warnings, a finding's code or none is expected{meant}"
    )


# --- how results are printed ----------------------------------------------------------------------


def test_how_results_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    options = parse("evaluate", "a", "--by-sheet", "--all")
    assert (options.by_sheet, options.all, options.json) == (True, True, False)
    assert parse("verify", "a", "--all").all
    assert parse("verify", "a", "--recalculate", "IronCalc").recalculate == "ironcalc"
    found = refused(capsys, "evaluate", "a", "--by-sheet", "--json")
    assert found == "argument --json: not allowed with argument --by-sheet"


# --- help -----------------------------------------------------------------------------------------


def test_help_says_what_every_input_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse("new", "--help")
    assert not stop.value.code
    words = " ".join(capsys.readouterr().out.split())
    for name, declared in PLAN_INPUTS.items():
        assert flag(name) in words
        assert declared.about.split(";")[0] in words.replace("- ", "-")
        default = declared.empty if declared.default is None else declared.default
        assert f"{default or 'nothing'} if not given" in words.replace("- ", "-")


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"PYTHONIOENCODING": "cp437"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=str,
)
def test_help_under_any_encoding(environment: dict[str, str]) -> None:
    code = (
        "import contextlib\n"
        "from calculator.cli import main\n"
        f"for command in {COMMANDS}:\n"
        "    with contextlib.suppress(SystemExit): main([command, '--help'])\n"
        "with contextlib.suppress(SystemExit): main(['--help'])\n"
        "with contextlib.suppress(SystemExit): main(['new', '\\xdf', '--zonen', '\\u2026'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", code],
        env=os.environ | environment,
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0
    assert done.stdout.count(b"usage: ") == 1 + len(COMMANDS)
    assert done.stderr.count(b"unrecognized arguments: --zonen") == 1
