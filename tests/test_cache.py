"""Reports that are kept from one run to the next, and what happens to damaged ones."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from calculator import batch, evaluate_workbooks, load_catalog
from calculator import cache as module
from calculator.cache import Cache
from calculator.errors import InputError
from calculator.findings import Finding
from calculator.plan import Plan
from calculator.report import WorkbookReport
from tests.helpers import (
    GROUPS,
    MODELS,
    Raw,
    as_text,
    content,
    many,
    needs_ironcalc,
    saved,
    thorough,
)
from tests.reports import finding, of_aws, report, unreadable

#: What makes faults and differences in a workbook of each model.
EDITS: dict[str, list[tuple[str, str, Any]]] = {
    "vpc-cni": [("Plan", "A14", "m5.lagre"), ("Plan", "B15", None), ("Plan", "B10", True)],
    "aws-sample": [
        ("WarmENI", "A23", "m5.lagre"),
        ("WarmENI", "B24", None),
        ("WarmIP", "B13", True),
    ],
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read as workbooks, as they are."""
    names: list[str] = []
    original = batch.read_workbook

    def counted(file: str, *more: Any) -> Any:
        names.append(Path(file).name)
        return original(file, *more)

    monkeypatch.setattr(batch, "read_workbook", counted)
    return names


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Workbooks of both models, with and without findings, and files that cannot be read."""
    folder = tmp_path / "plans"
    folder.mkdir()
    for number, model in enumerate(MODELS):
        small = Plan(node_groups=GROUPS[:2])
        saved(folder / f"{number}.xlsx", model, small, 3)
        raw = Raw(content(model, small, 3))
        for edit in (*EDITS[model], ("WarmIP", "B8", 1.5)):
            raw.put(*edit)
        raw.save(folder / f"{number}-findings.xlsx")
    (folder / "text.xlsx").write_text("no workbook")
    (folder / "cut.xlsx").write_bytes(content()[:999])
    return folder


Evaluated = Callable[..., list[WorkbookReport]]


@pytest.fixture
def evaluated(folder: Path, tmp_path: Path) -> Evaluated:
    """Evaluates the workbooks of a folder with a cache."""

    def evaluated(**more: Any) -> list[WorkbookReport]:
        return list(evaluate_workbooks([folder], cache=tmp_path / "cache", **more))

    return evaluated


def entries(tmp_path: Path) -> list[Path]:
    return sorted(each for each in (tmp_path / "cache").rglob("*") if each.is_file())


@pytest.mark.thorough
def test_a_second_run_reads_nothing(
    evaluated: Evaluated, folder: Path, tmp_path: Path, read: list[str]
) -> None:
    without = list(evaluate_workbooks([folder]))
    read.clear()
    first = evaluated()
    assert len(read) == 6
    read.clear()
    second = evaluated()
    assert read == []
    assert as_text(first) == as_text(second) == as_text(without)
    assert len(entries(tmp_path)) == 6
    assert all(each.suffix == ".json" for each in entries(tmp_path))
    (tmp_path / "by-anybody").touch()
    allowed = (tmp_path / "by-anybody").stat().st_mode
    assert {each.stat().st_mode for each in entries(tmp_path)} == {allowed}


@pytest.mark.thorough
def test_a_changed_file_is_read(evaluated: Evaluated, folder: Path, read: list[str]) -> None:
    evaluated()
    read.clear()
    shutil.copy(folder / "1.xlsx", folder / "0.xlsx")  # what it holds is known already
    (folder / "text.xlsx").write_text("another text")
    _, changed, *_, last = evaluated()
    assert read == ["text.xlsx"]
    assert changed.model == "aws-sample"
    assert changed.file == str(folder / "0.xlsx")
    assert last.file == str(folder / "text.xlsx")


def test_a_report_has_the_name_of_the_file_it_is_asked_for(
    evaluated: Evaluated, folder: Path, read: list[str]
) -> None:
    evaluated()
    read.clear()
    for path in folder.iterdir():
        path.rename(path.with_stem(f"new-{path.stem}"))
    assert [Path(each.file).name for each in evaluated()] == sorted(os.listdir(folder))
    assert read == []


@pytest.mark.thorough
def test_other_questions_have_other_answers(
    evaluated: Evaluated, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogs = []
    for enis in (2, 3):
        path = tmp_path / "types.csv"
        path.write_text(f"instance_type,max_enis,ipv4_per_eni\nm5.12xlarge,{enis},5\n")
        catalogs.append(load_catalog(path))
    answers = []
    for catalog in (None, *catalogs):
        read.clear()
        answers.append(as_text(evaluated(catalog=catalog)))
        assert len(read) == 6
        assert as_text(evaluated(catalog=catalog)) == answers[-1]
        assert len(read) == 6
    assert len(set(answers)) == 3
    monkeypatch.setattr(module, "_program", lambda: "another")
    evaluated()
    assert len(read) == 12


@pytest.mark.thorough
@needs_ironcalc
def test_what_an_engine_found_is_kept_by_itself(evaluated: Evaluated, read: list[str]) -> None:
    without = as_text(evaluated())
    read.clear()
    first = as_text(evaluated(recalculate="ironcalc"))
    assert len(read) == 6
    read.clear()
    assert as_text(evaluated(recalculate="ironcalc")) == first
    assert read == []
    assert as_text(evaluated()) == without


def test_why_an_engine_failed_is_not_kept(
    evaluated: Evaluated, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(readings: list[Any], *_: object) -> list[WorkbookReport]:
        return [WorkbookReport(each.file, "the engine is not there") for each in readings]

    with monkeypatch.context() as context:
        context.setattr(batch, "judge", failing)
        assert all(each.error for each in evaluated())
    read.clear()
    assert [bool(each.error) for each in evaluated()] == [False] * 4 + [True] * 2
    assert len(read) == 4


def test_the_program_is_known_by_its_code_and_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    for name in ("cli.py", "model/rules.py", "model/types.csv", "notes.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module.resources, "files", lambda _: tmp_path)
    program = module._program.__wrapped__
    found = [program(), program()]
    (tmp_path / "notes.txt").write_text("others")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__/cli.py").write_text("others")
    assert {*found, program()} == {found[0]}
    for name in ("cli.py", "model/rules.py", "model/types.csv"):
        (tmp_path / name).write_text("others")
        assert program() not in found
        found.append(program())


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda kept: kept[:-10],
    "one byte flipped, and good JSON": lambda kept: kept.replace(b'"error":', b'"errer":'),
    "another number, and good JSON": lambda kept: kept.replace(b"1", b"2"),
    "no checksum": lambda kept: kept.partition(b"\n")[2],
    "nothing but a checksum": lambda kept: kept.partition(b"\n")[0],
    "zeros": lambda kept: bytes(len(kept)),
    "no UTF-8": lambda kept: kept.replace(b"e", b"\xff"),
}


@pytest.mark.parametrize(
    "damage",
    [each if at < 1 else thorough(each) for at, each in enumerate(DAMAGES.values())],
    ids=list(DAMAGES),
)
def test_damaged_entries_are_written_anew(
    evaluated: Evaluated, tmp_path: Path, read: list[str], damage: Callable[[bytes], bytes]
) -> None:
    before = as_text(evaluated())
    kept = {path: path.read_bytes() for path in entries(tmp_path)}
    for path, whole in kept.items():
        path.write_bytes(damage(whole))
        assert path.read_bytes() != whole
    read.clear()
    assert as_text(evaluated()) == before
    assert len(read) == 6
    assert {path: path.read_bytes() for path in entries(tmp_path)} == kept


# --- the shape of an entry ------------------------------------------------------------------------

FINDING = [each.name for each in dataclasses.fields(Finding)]
REPORTS = [
    report("a.xlsx"),
    report("a.xlsx", finding(), finding("value", None, found=True, expected=1.5), fits=None),
    of_aws("a.xlsx", finding(found=None)),
    unreadable("a.xlsx"),
    report("pl\udcffan.xlsx", finding(message="\udcff\u202e"), error="It failed."),
]


@pytest.mark.parametrize("kept", REPORTS, ids=range(len(REPORTS)))
def test_what_is_kept_is_what_is_found(tmp_path: Path, kept: WorkbookReport) -> None:
    cache = Cache(str(tmp_path), None, None)
    assert cache.find("b.xlsx", b"1") is None
    cache.keep(b"1", kept)
    found = cache.find("b.xlsx", b"1")
    assert found is not None
    assert found.file == "b.xlsx"
    found.file = kept.file
    assert as_text([found]) == as_text([kept])
    assert repr(found.plan and found.plan.columns) == repr(kept.plan and kept.plan.columns)
    assert cache.find("b.xlsx", b"2") is None


def replaced(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn replaced by what is never right, or left out."""
    yield {"x": [{}]}
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from ([*value[:number], other, *value[number + 1 :]] for other in replaced(part))
    if isinstance(value, dict):
        for name, part in value.items():
            yield from (value | {name: other} for other in replaced(part))


def put(folder: Path, kept: Any) -> None:
    """Put a damaged entry, with a good checksum, into the place of the only one."""
    import hashlib

    [path] = folder.rglob("*.json")
    text = json.dumps(kept).encode()
    path.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


@pytest.mark.parametrize("kept", [REPORTS[1], REPORTS[2]], ids=["plan", "no plan"])
def test_entries_of_another_shape(tmp_path: Path, kept: WorkbookReport) -> None:
    cache = Cache(str(tmp_path), None, None)
    cache.keep(b"1", kept)
    [path] = tmp_path.rglob("*.json")
    whole = json.loads(path.read_bytes().partition(b"\n")[2])
    put(tmp_path, whole)
    assert cache.find("a.xlsx", b"1") is not None
    others = list(replaced(whole))
    assert len(others) > 50
    others += ({name: whole[name] for name in whole if name != left} for left in whole)
    others += (whole | {"more": 1}, None, [], "text", 1, {})
    for other in others:
        put(tmp_path, other)
        assert cache.find("a.xlsx", b"1") is None, other


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("layout", value) for value in (True, 2.0, "2")),
        *(("error", value) for value in (1, False)),
        ("findings", [{**dict.fromkeys(FINDING), "code": "no-such-code", "message": "a"}]),
    ],
)
def test_values_of_another_type(tmp_path: Path, name: str, value: Any) -> None:
    cache = Cache(str(tmp_path), None, None)
    cache.keep(b"1", report())
    [path] = tmp_path.rglob("*.json")
    put(tmp_path, json.loads(path.read_bytes().partition(b"\n")[2]) | {name: value})
    assert cache.find("a.xlsx", b"1") is None


@pytest.mark.thorough
def test_a_folder_in_place_of_an_entry(
    evaluated: Evaluated, tmp_path: Path, read: list[str]
) -> None:
    before = as_text(evaluated())
    for path in entries(tmp_path):
        path.unlink()
        path.mkdir()
    for _ in range(2):
        read.clear()
        assert as_text(evaluated()) == before
        assert len(read) == 6
    assert entries(tmp_path) == []  # and nothing half-written


@pytest.mark.thorough
def test_a_cache_that_cannot_be_used_costs_only_itself(
    evaluated: Evaluated, tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = as_text(evaluated())

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    shutil.rmtree(tmp_path / "cache")
    monkeypatch.setattr(module.os, "replace", full)
    assert as_text(evaluated()) == before
    assert entries(tmp_path) == []
    monkeypatch.setattr(module, "open", full, raising=False)
    read.clear()
    assert as_text(evaluated()) == before
    assert len(read) == 6


def test_why_a_workbook_cannot_be_read_is_kept(tmp_path: Path, read: list[str]) -> None:
    path = tmp_path / "text.xlsx"
    path.write_text("no workbook")
    for _ in range(2):
        [report] = evaluate_workbooks([path], cache=tmp_path / "cache")
        assert str(report.error).startswith("It is a text file")
    assert read == ["text.xlsx"]


def test_that_a_file_is_missing_is_not_kept(tmp_path: Path, read: list[str]) -> None:
    saved(tmp_path / "a.xlsx")
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    _, missing = evaluate_workbooks(paths, cache=tmp_path / "cache")
    assert str(missing.error).startswith("There is no such file")
    assert len(entries(tmp_path)) == 1
    saved(tmp_path / "b.xlsx")
    assert all(each.clean for each in evaluate_workbooks(paths, cache=tmp_path / "cache"))
    assert read == ["a.xlsx", "b.xlsx"]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx")
    (tmp_path / "file").touch()
    for name in ("file", "file/cache"):
        with pytest.raises(InputError, match=f"{name}: no folder for a cache: "):
            list(evaluate_workbooks([tmp_path / "a.xlsx"], cache=tmp_path / name))


def test_a_url_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    saved(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="s3://cache: a cache is a folder of this machine"):
        list(evaluate_workbooks(["a.xlsx"], cache="s3://cache"))
    assert os.listdir() == ["a.xlsx"]


def test_several_workers_at_the_same_time(
    tmp_path: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = many(tmp_path / "plans", 24)  # with the same few contents, in every chunk
    expected = as_text(list(evaluate_workbooks(paths)))
    for _ in range(2):
        read.clear()
        with ThreadPoolExecutor(2) as threads:
            reports = list(
                evaluate_workbooks(paths, executor=threads, workers=2, cache=tmp_path / "cache")
            )
        assert as_text(reports) == expected
    assert read == []
    assert len(entries(tmp_path)) == 3
    assert all(stat.S_ISREG(each.stat().st_mode) for each in (tmp_path / "cache").rglob("*.*"))
