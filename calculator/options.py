"""The options of the command line, as argparse takes them: what may be said, and how it is read."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from calculator.answers.options import ANSWERS
from calculator.extras import PROGRAM
from calculator.findings import CODES
from calculator.inputs import near
from calculator.plan_options import catalog_option, count, plan_options
from calculator.results.console import printable
from calculator.results.standing import FAIL_ON, REMARKS

if TYPE_CHECKING:
    from calculator.configuration import Configuration

__all__ = ["ANSWERS", "configured", "parser_of"]

#: Options that said what others say now, or are called so elsewhere.
_FORMERLY = {
    "az": "availability-zones",
    "azs": "availability-zones",
    "custom-networking": "pods-from",
    "max-pods-by": "nodes-from",
}


def parser_of(commands: Mapping[str, Callable[[argparse.Namespace], int]]) -> _Parser:
    """The parser of the whole command line; ``run`` of what it parses is one of `commands`."""
    parser = _Parser(
        prog=PROGRAM,
        allow_abbrev=False,
        description="Plan the subnets of Amazon EKS clusters in Excel workbooks, and check the "
        "workbooks that come back.",
        epilog="Exit status: 0 all is well; 1 what --fail-on names, by default a fault, a "
        "difference, an unreadable file or a plan that does not fit; 2 wrong usage, or nothing to "
        "read.",
    )
    parser.add_argument("--version", action=_Version, help="print the version and end")
    added = parser.add_subparsers(
        title="commands", metavar="COMMAND", dest="command", required=True
    )
    parser.commands = added.choices
    for name, (words, add_options) in _COMMANDS.items():
        command = added.add_parser(name, help=words, description=words, allow_abbrev=False)
        command.set_defaults(run=commands[name])
        command.lacking = add_options
    return parser


def configured(found: Configuration) -> dict[str, Any]:
    """The options that a configuration has, by name.

    Raises
    ------
    InputError: for one that no command has, or a value that it cannot have.
    """
    from calculator.configuration import CONFIGURED, configured_options

    if not found.options:
        return {}
    commands = parser_of(dict.fromkeys(_COMMANDS, lambda _: 0)).commands
    return configured_options([commands[each].complete() for each in CONFIGURED], found)


class _Parser(argparse.ArgumentParser):
    """A parser that says what may have been meant."""

    #: The parsers of commands by name; none of a command's own.
    commands: Mapping[str, _Parser] = {}
    #: Adds a command's options, once they are asked for: nobody waits for those of the others.
    lacking: Callable[[argparse.ArgumentParser], None] | None = None

    def complete(self) -> _Parser:
        """The parser with all its options."""
        if self.lacking:
            add_options, self.lacking = self.lacking, None
            add_options(self)
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What was said, and what of it is not known."""
        self.complete()
        return super().parse_known_args(args, namespace)

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What was said; what is not known ends the program."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            command = self.commands[options.command]
            known = [flag for action in command._actions for flag in action.option_strings]
            said = (f"{each}{_meant(each, known) or self._of_others(each)}" for each in unknown)
            command.error(f"unrecognized arguments: {' '.join(said)}")
        if "baseline" in options:
            self._configure(options, args)
        return options

    def _of_others(self, flag: str) -> str:
        """`` (… take it)`` where other commands know a flag."""
        name = flag.partition("=")[0]
        others = [
            command
            for command, parser in self.commands.items()
            if flag.startswith("--") and name in parser.complete()._option_string_actions
        ]
        return f" ({', '.join(others)} take{'s' * (len(others) == 1)} it)" if others else ""

    def _configure(self, options: argparse.Namespace, args: Any) -> None:
        """Fill in what a configuration says and the command line does not."""
        from calculator.configuration import find_configuration

        options.configuration = found = find_configuration()
        values = configured(found)
        command = self.commands[options.command]
        names = {each.dest for each in command._actions} & values.keys()
        command.set_defaults(**dict.fromkeys(names))  # so that what was said shows
        said, _ = self.parse_known_args(args)
        for name in names:
            if getattr(said, name) is None:
                setattr(options, name, values[name])

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end the program."""
        if "invalid choice: " in message and self.commands:
            message += near(message.split("'")[1], self.commands)
        # All options, as argparse would print them first, are for --help.
        self.exit(2, printable(f"{self.prog}: error: {message}") + f"\nSee {self.prog} --help.\n")


def _meant(flag: str, known: Sequence[str]) -> str:
    """`` (is … meant?)`` where few known flags have all words of `flag`, or one is much like it."""
    if not flag.startswith("--"):
        return ""
    name = flag[2:].partition("=")[0].lower().replace("_", "-")
    names = [each[2:] for each in known if each.startswith("--")]
    if _FORMERLY.get(name) in names:
        return f" (is --{_FORMERLY[name]} meant?)"
    if name.removesuffix("s") in names:
        return f" (is --{name.removesuffix('s')} meant?)"
    alike = [each for each in names if {*name.split("-")} <= {*each.split("-")}]
    if 0 < len(alike) < 4:
        return f" (is --{' or --'.join(alike)} meant?)"
    return near(name, names).replace("(is ", "(is --")


class _Version(argparse.Action):
    """Looks the version up only when it is asked for, which takes as long as all of help."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"{PROGRAM} {version(PROGRAM)}")
        parser.exit()


# --- a command's options --------------------------------------------------------------------------


def _new(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workbook", metavar="FILE.xlsx")
    parser.add_argument("--rows", type=count, default=40, metavar="N", help="rows for node groups")
    plan_options(parser)
    _model_option(parser)
    catalog_option(parser)
    _force_option(parser)
    parser.add_argument(
        "--strict", action="store_true", help="write nothing if a node group cannot be used"
    )


def _evaluate(parser: argparse.ArgumentParser) -> None:
    printed = _batch_options(parser)
    printed.add_argument("--by-sheet", action="store_true", help="print a row a sheet")
    parser.set_defaults(recalculate=None)


def _verify(parser: argparse.ArgumentParser) -> None:
    _batch_options(parser)
    parser.add_argument(
        "--recalculate",
        type=str.lower,
        choices=("ironcalc", "libreoffice"),
        help="check the values that this engine gives to the file's own formulas, too",
    )


def _sweep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scenarios", metavar="SCENARIOS", help="a .csv or .parquet file, or its URL"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="RESULTS",
        required=True,
        help="a .csv or .parquet file, or a folder/ of Parquet files, which the workers write",
    )
    _workers_options(parser, "processes; as many as there are cores for a large file")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    _model_option(parser)
    catalog_option(parser)


def _convert(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workbook", metavar="FILLED.xlsx")
    parser.add_argument("output", metavar="OUT.xlsx")
    parser.add_argument(
        "--sheet", metavar="NAME", help="the sheet to move, where sheets are plans of their own"
    )
    parser.add_argument("--rows", type=count, default=40, metavar="N", help="rows for node groups")
    _model_option(parser)
    catalog_option(parser)
    _force_option(parser)


def _diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD.xlsx")
    parser.add_argument("new", metavar="NEW.xlsx")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")
    parser.add_argument("--all", action="store_true", help="print every result that changed")


def _text(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("workbook", metavar="FILE.xlsx")
    parser.add_argument(
        "--textconv",
        action="store_true",
        help="as git asks for it: of a file that is no plan print why and a checksum, and end well",
    )


def _catalog(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("filter", nargs="?", help="a part of the name, such as m7i.")
    _model_option(parser)
    catalog_option(parser)


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "new": ("write a workbook with live formulas", _new),
    "evaluate": ("evaluate workbooks, a row a workbook, the worst first", _evaluate),
    "verify": ("check every formula and value of workbooks", _verify),
    "sweep": ("evaluate many scenarios, a row each, in one pass", _sweep),
    "convert": ("move a workbook's inputs to another model, or to the present layout", _convert),
    "diff": (
        "say what changed between two workbooks, the worst first; exit status 0 nothing, "
        "1 something, 2 one of them cannot be read",
        _diff,
    ),
    "text": ("print a workbook as stable text, for git diff", _text),
    "catalog": ("list instance types and their limits", _catalog),
    **ANSWERS,
}


# --- what several commands have -------------------------------------------------------------------


def _model_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        type=str.lower,
        choices=("vpc-cni", "aws-sample"),
        default="vpc-cni",
        help="what the VPC CNI really takes (vpc-cni, the default), or AWS's sample workbook",
    )


def _force_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--force", action="store_true", help="replace a file that is there")


def _batch_options(parser: argparse.ArgumentParser) -> argparse._MutuallyExclusiveGroup:
    """Add what evaluate and verify have; gives the group of what says how results are printed."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="workbooks, folders, globs, and URLs such as s3://bucket/plans/**/*.xlsx",
    )
    printed = parser.add_mutually_exclusive_group()
    printed.add_argument("--json", action="store_true", help="print everything as JSON")
    printed.add_argument(
        "--format",
        choices=("text", "github"),
        default="text",
        help="print lines for people, or annotations for GitHub's workflows",
    )
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        metavar="FILE",
        help="write the results to a .csv, .parquet, .json, .xlsx, .html, .sarif or .junit.xml, or "
        "in parts to a folder/; also a URL; may be given many times",
    )
    parser.add_argument(
        "--details",
        action="store_true",
        help="write node groups and findings, too: sheets of the .xlsx, files beside the others",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="list every problem, also those that follow from another",
    )
    parser.add_argument(
        "--fail-on",
        type=_failures,
        default=FAIL_ON,
        metavar="WHAT,...",
        help=f"what makes the exit status 1: any of {', '.join(REMARKS)}, codes of findings such "
        f"as one-zone, or none ({','.join(FAIL_ON)})",
    )
    parser.add_argument(
        "--baseline", metavar="FILE.json", help="findings that are known, which do not count"
    )
    parser.add_argument(
        "--update-baseline", action="store_true", help="write all that is found there"
    )
    parser.add_argument("--cache", metavar="DIR", help="keep reports here, read only what changed")
    _workers_options(parser, "processes; as many as there are cores, or one for few workbooks")
    parser.add_argument(
        "--quiet",
        action="store_true",
        help="no progress, advice or closing sentence; of verify no line for what is fine",
    )
    catalog_option(parser)
    return printed


def _workers_options(parser: argparse.ArgumentParser, workers: str) -> None:
    parser.add_argument("--workers", type=count, metavar="N", help=workers)
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on this Dask cluster, such as tcp://10.0.0.5:8786"
    )


# --- what is read from a word ---------------------------------------------------------------------


def _failures(text: str) -> tuple[str, ...]:
    names = tuple(each.strip() for each in text.lower().split(","))
    if names == ("none",):
        return ()
    known = (*REMARKS, *CODES)
    for name in names:
        if name not in known:
            listed = f"{', '.join(REMARKS)}, a finding's code or none is expected"
            raise argparse.ArgumentTypeError(f'found "{name}"; {listed}{near(name, known)}')
    return names
