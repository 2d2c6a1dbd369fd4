"""Two other engines, healthy files, and files that bring an engine down."""

import pickle
import stat
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from calculator.errors import InputError, RecalculationError
from calculator.workbook import recalculate as module
from calculator.workbook.recalculate import Recalculated, recalculate
from calculator.xlsx.package import CellError
from tests.helpers import AWS_SAMPLE, needs_aws_sample, needs_ironcalc, needs_libreoffice

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")


def stale(path: Path, number: float = 7) -> Path:
    """A workbook whose recorded values are all wrong."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Plan")
        sheet.write("A1", number)
        sheet.write_formula("B1", "=A1*2", None, 999)
        sheet.write_formula("C1", "=NA()", None, 1)
        sheet.write_formula("D1", '="x"&A1', None, "old")
        sheet.write_formula("E1", "=A1>1", None, False)
        sheet.write_formula("F1", '=IF(A1>1,"","y")', None, "old")
        sheet.write_formula("G1", "=1/Other!A1", None, 1)
        sheet.write("A2", "Größe & <more>")
        other = workbook.add_worksheet("Other")
        other.write("A1", 0)
    return path


def right(number: float = 7) -> Recalculated:
    cells = {
        (1, 1): number,
        (1, 2): number * 2,
        (1, 3): CellError("#N/A"),
        (1, 4): f"x{number}",
        (1, 5): True,
        (1, 6): "",
        (1, 7): CellError("#DIV/0!"),
        (2, 1): "Größe & <more>",
    }
    return {"Plan": cells, "Other": {(1, 1): 0.0}}


def calling(path: Path, formula: str) -> Path:
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Plan").write_formula("A1", formula, None, 1)
    return path


def naming(path: Path, formula: str) -> Path:
    """A workbook with a defined name for a formula, which only the engine looks at."""
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Plan").write_formula("A1", "=Deep", None, 1)
        workbook.define_name("Deep", formula)
    return path


def without_a_part(path: Path, part: str) -> Path:
    whole = stale(path.with_name("whole.xlsx"))
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            if name != part:
                target.writestr(name, source.read(name))
    return path


def message(result: Recalculated | RecalculationError) -> str:
    assert isinstance(result, RecalculationError)
    assert str(pickle.loads(pickle.dumps(result))) == str(result)
    return str(result)


@pytest.mark.thorough
@needs_ironcalc
@needs_aws_sample
def test_aws_sample_with_ironcalc() -> None:
    result = recalculate([AWS_SAMPLE], "ironcalc", sheets={str(AWS_SAMPLE): ["WarmENI", "WarmIP"]})
    values = result[str(AWS_SAMPLE)]
    assert isinstance(values, dict)
    assert list(values) == ["WarmENI", "WarmIP"]
    assert [values["WarmENI"][row, 2] for row in (5, 8, 9, 10)] == [510, 351, 230, 159]
    assert [values["WarmIP"][row, 2] for row in (5, 8, 9, 10)] == [510, 276, 230, 234]


@needs_ironcalc
def test_ironcalc_gives_each_file_its_own_answer(tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text("instance type;pods")
    panic = without_a_part(tmp_path / "panic.xlsx", "xl/worksheets/sheet1.xml")
    crash = naming(tmp_path / "crash.xlsx", "=" + "(" * 50_000 + "1" + ")" * 50_000)
    first, last = stale(tmp_path / "first.xlsx"), stale(tmp_path / "last.xlsx", 8)
    absent = tmp_path / "absent.xlsx"
    files = [first, text, panic, crash, absent, last]

    results = recalculate(files, "ironcalc")

    assert list(results) == [str(file) for file in files]
    assert results[str(first)] == right()
    assert results[str(last)] == right(8)
    for file, words in (
        (text, "It is a text file"),
        (panic, "the part xl/worksheets/sheet1.xml is missing"),
        (crash, "IronCalc ended with SIG"),
        (absent, "There is no such file"),
    ):
        said = message(results[str(file)])
        assert said.startswith(f"{file}: ")
        assert words in said
    assert "use the other engine" in message(results[str(crash)])


@pytest.mark.thorough
@needs_libreoffice
def test_libreoffice_gives_each_file_its_own_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_version", lambda program: (7, 4))
    text = tmp_path / "text.xlsx"
    text.write_text("instance type;pods")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    # Same names in two folders, and names that a command line could trip over.
    files = [
        stale(tmp_path / "a" / "plan.xlsx", 1.5),
        stale(tmp_path / "b" / "plan.xlsx", 8),
        stale(tmp_path / "-o --Größe %20.xlsx"),
    ]
    new = calling(tmp_path / "new.xlsx", "=_xlfn.XLOOKUP(1,A2:A3,B2:B3)")
    quoted = calling(tmp_path / "quoted.xlsx", '="xlookup("&"a"')
    bad = [text, new, tmp_path / "absent.xlsx"]

    results = recalculate([*bad, *files, quoted], "libreoffice", sheets={str(files[1]): ["Other"]})

    assert list(results) == [str(file) for file in (*bad, *files, quoted)]
    assert results[str(files[0])] == right(1.5)
    assert results[str(files[1])] == {"Other": {(1, 1): 0.0}}
    assert results[str(files[2])] == right()
    assert results[str(quoted)] == {"Plan": {(1, 1): "xlookup(a"}}
    assert "CSV" in message(results[str(text)])
    said = message(results[str(new)])
    assert "XLOOKUP, which LibreOffice has from version 24.8 on and 7.4 is installed" in said
    assert "ironcalc" in said
    assert "no such file" in message(results[str(bad[2])]).lower()


each_engine = pytest.mark.parametrize(
    "engine",
    [
        pytest.param("ironcalc", marks=needs_ironcalc),
        pytest.param("libreoffice", marks=needs_libreoffice),
    ],
)


@pytest.mark.thorough
@each_engine
def test_a_file_that_lies_elsewhere(tmp_path: Path, engine: str) -> None:
    with zipfile.ZipFile(tmp_path / "plans.zip", "w") as archive:
        archive.write(stale(tmp_path / "plan.xlsx"), "plan.xlsx")
    url = f"zip://plan.xlsx::{tmp_path / 'plans.zip'}"
    assert recalculate([url], engine) == {url: right()}


@each_engine
def test_a_sheet_that_is_not_there(tmp_path: Path, engine: str) -> None:
    file = stale(tmp_path / "plan.xlsx")
    results = recalculate([file], engine, sheets={str(file): ["WarmENI"]})
    assert "it has no sheet 'WarmENI', only Plan, Other" in message(results[str(file)])


@needs_ironcalc
def test_value_types(tmp_path: Path) -> None:
    file = stale(tmp_path / "plan.xlsx")
    values = recalculate([file], "ironcalc")[str(file)]
    assert isinstance(values, dict)
    types = [type(value) for value in values["Plan"].values()]
    assert types == [float, float, CellError, str, bool, str, CellError, str]


@needs_ironcalc
@needs_aws_sample
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_too_little_memory() -> None:
    results = recalculate([AWS_SAMPLE], "ironcalc", memory=100 * 2**20)
    said = message(results[str(AWS_SAMPLE)])
    assert "IronCalc ended with SIGABRT" in said
    assert "memory allocation" in said
    assert "note:" not in said


@needs_ironcalc
@needs_aws_sample
def test_too_little_time() -> None:
    results = recalculate([AWS_SAMPLE], "ironcalc", timeout=0.2)
    assert "IronCalc took longer than 0.2 s and was stopped" in message(results[str(AWS_SAMPLE)])


@pytest.mark.thorough
@needs_posix
def test_a_program_that_hangs_is_killed_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = tmp_path / "soffice"
    trace = tmp_path / "trace"
    office.write_text(f"#!/bin/sh\n(sleep 1; echo alive > '{trace}') &\nsleep 30\n")
    office.chmod(office.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    file = stale(tmp_path / "a.xlsx")
    start = time.monotonic()
    said = message(recalculate([file], "libreoffice", timeout=0.3)[str(file)])
    assert time.monotonic() - start < 10
    assert "LibreOffice took longer than 0.3 s and was stopped" in said
    time.sleep(1.2)
    assert not trace.exists()


@pytest.mark.thorough
@needs_posix
def test_one_file_that_hangs_leaves_the_others_their_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in that copies its inputs, as slowly as their names say, and dies of one."""
    office = tmp_path / "soffice"
    office.write_text(
        f"#!{sys.executable} -IS\n"
        "import os, shutil, sys, time\n"
        "folder = sys.argv[sys.argv.index('--outdir') + 1]\n"
        "for file in sys.argv[sys.argv.index('--outdir') + 2:]:\n"
        "    if b'hang' in open(file, 'rb').read()[-9:]: time.sleep(9)\n"
        "    if b'die' in open(file, 'rb').read()[-9:]: sys.exit('out of paper')\n"
        "    if b'shut' in open(file, 'rb').read()[-9:]: continue\n"
        "    shutil.copy(file, folder)\n"
    )
    office.chmod(office.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    names = ["a", "b-hang", "c", "d-shut", "e-die", "f"]
    files = [stale(tmp_path / f"{name}.xlsx") for name in names]
    for file in files:
        # The comment of a zip comes last: a mark that no reader minds.
        with zipfile.ZipFile(file, "a") as archive:
            archive.comment = file.stem.encode()
    results = recalculate(files, "libreoffice", timeout=1.0)
    assert list(results) == [str(file) for file in files]
    for file in files:
        word = file.stem.partition("-")[2]
        if not word:
            assert isinstance(results[str(file)], dict)
            continue
        words = {
            "hang": "took longer than 1 s",
            "die": "ended with status 1 (out of paper)",
            "shut": "could not open it",
        }
        assert words[word] in message(results[str(file)])


def test_missing_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = stale(tmp_path / "plan.xlsx")
    monkeypatch.setenv("PATH", str(tmp_path))
    said = message(recalculate([file], "libreoffice")[str(file)])
    assert "LibreOffice is not installed" in said
    assert "distribution" in said
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    said = message(recalculate([file], "ironcalc")[str(file)])
    assert "eks-subnet-calc[ironcalc]" in said


def test_a_program_that_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "nothing"))
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: object())
    file = stale(tmp_path / "plan.xlsx")
    assert "could not be started" in message(recalculate([file], "ironcalc")[str(file)])


def test_no_such_engine(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no engine 'excel', only ironcalc and libreoffice"):
        recalculate([tmp_path / "plan.xlsx"], "excel")


def test_nothing_to_do() -> None:
    assert recalculate([], "ironcalc") == {}


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("LibreOffice 7.4.7.2 40(Build:2)", (7, 4)),
        ("LibreOffice 24.8.0.3 480(Build:3)", (24, 8)),
        ("LibreOfficeDev 25.2.0.0.alpha0", (25, 2)),
        ("something else", (0, 0)),
    ],
)
@needs_posix
def test_version(tmp_path: Path, said: str, version: tuple[int, int]) -> None:
    office = tmp_path / "soffice"
    office.write_text(f"#!/bin/sh\necho '{said}'\n")
    office.chmod(office.stat().st_mode | stat.S_IXUSR)
    assert module._version(str(office)) == version
