"""The public names, and how little is imported before one of them is used."""

import importlib
import subprocess
import sys
from importlib import resources

import pytest

import calculator

HEAVY = ("ironcalc", "numpy", "openpyxl", "pandas", "xlsxwriter")


def test_there_are_fewer_than_fifteen_names():
    assert calculator.__all__ == sorted(calculator.__all__)
    assert 0 < len(set(calculator.__all__)) == len(calculator.__all__) < 15


@pytest.mark.parametrize("name", calculator.__all__)
def test_each_name_is_what_its_module_declares(name):
    module = importlib.import_module(f"calculator.{calculator._HOMES[name]}")
    found = getattr(calculator, name)
    assert found is getattr(module, name)
    assert name in module.__all__
    assert callable(found)
    assert found.__doc__
    assert name in dir(calculator)


def test_the_lazy_table_lists_the_public_names():
    assert sorted(calculator._HOMES) == calculator.__all__


def test_no_module_takes_the_place_of_a_name():
    files = {each.name.partition(".")[0] for each in resources.files("calculator").iterdir()}
    assert files.isdisjoint(calculator.__all__)


def test_unknown_name():
    with pytest.raises(AttributeError, match="module 'calculator' has no attribute 'nothing'"):
        calculator.nothing  # noqa: B018


def test_it_is_typed():
    assert resources.files("calculator").joinpath("py.typed").is_file()


@pytest.mark.parametrize(
    "code",
    [
        "import calculator; from calculator import NodeGroup, Plan, load_catalog; load_catalog()",
        "from calculator.cli import main; main(['--help'])",
        "from calculator.cli import main; main(['new', '--help'])",
    ],
)
def test_what_is_heavy_is_imported_when_it_is_used(code):
    run = (
        "import contextlib, io, sys\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        f"    {code}\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_command_line_offers_the_models_engines_and_words_there_are():
    # It names them itself, because the modules that know them are slow to import.
    from calculator.cli import _COMMANDS
    from calculator.model import models
    from calculator.options import parser_of
    from calculator.plan import PLAN_INPUTS, Choice
    from calculator.workbook.recalculate import ENGINES

    (commands,) = [each for each in parser_of(_COMMANDS)._actions if each.choices]
    offered = {
        action.dest: set(action.choices)
        for command in commands.choices.values()
        for action in command.complete()._actions
        if action.choices
    }
    words = {each.name: {*each.options} for each in PLAN_INPUTS.values() if type(each) is Choice}
    assert "mode" in words
    assert offered == {
        "model": {each.name for each in models()},
        "recalculate": set(ENGINES),
        "format": {"text", "github"},
        **words,
    }
