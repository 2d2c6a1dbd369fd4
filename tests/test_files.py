"""Where files lie: on this machine, in a zip file, in memory, in a bucket."""

from __future__ import annotations

import glob
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from calculator import evaluate_workbooks, read_workbook, verify_workbook
from calculator.cli import main
from calculator.errors import InputError, WorkbookError
from calculator.files import (
    Found,
    absolute,
    find_workbooks,
    is_of_this_process,
    prepare_folder,
    read_content,
    read_contents,
    same_file,
    writing,
)
from tests.helpers import MODELS, as_text, content, many, needs_pyarrow, needs_s3, saved

NOTHING = "there is no workbook; a file, folder or glob is expected"


def touched(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def files_at(*paths: str | Path) -> list[str]:
    return list(find_workbooks(paths).files)


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    """The file system of ``memory://``, empty."""
    system = fsspec.filesystem("memory")
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


# --- finding, on this machine ---------------------------------------------------------------------


def test_a_folder_gives_its_workbooks_and_those_below_in_order(tmp_path: Path) -> None:
    touched(tmp_path, "b.xlsx", "a.xlsx", "sub/deep/c.XLSX", "~$a.xlsx", "notes.txt", "d.csv")
    (tmp_path / "folder.xlsx").mkdir()
    found = find_workbooks([tmp_path])
    assert [os.path.relpath(each, tmp_path) for each in found.files] == [
        "a.xlsx",
        "b.xlsx",
        os.path.join("sub", "deep", "c.XLSX"),
    ]
    assert found.lock_files == 1


def test_globs(tmp_path: Path) -> None:
    touched(tmp_path, "b.xlsx", "a.xlsx", "~$a.xlsx", "sub/c.xlsx", "a.csv")
    names = [Path(each).name for each in files_at(f"{tmp_path}/*")]
    assert names == ["a.xlsx", "b.xlsx"]
    names = [Path(each).name for each in files_at(f"{tmp_path}/**/*.xlsx")]
    assert names == ["a.xlsx", "b.xlsx", "c.xlsx"]


def test_a_name_is_taken_as_it_is(tmp_path: Path) -> None:
    touched(tmp_path, "plan [1].xlsx", "plan.bin", "~$plan.xlsx")
    paths = [str(tmp_path / name) for name in ("plan [1].xlsx", "plan.bin", "~$plan.xlsx")]
    assert files_at(*paths) == paths


def test_a_folder_with_signs_of_a_glob_in_its_name(tmp_path: Path) -> None:
    touched(tmp_path, "team [1]/a.xlsx", "team 1/b.xlsx")
    [found] = files_at(tmp_path / "team [1]")
    assert Path(found).name == "a.xlsx"


@pytest.mark.parametrize("start", ["", "file://"])
def test_what_looks_like_a_spreadsheet_is_found(tmp_path: Path, start: str) -> None:
    endings = ("xlsx", "XLSM", "xltx", "xltm", "xls", "xlsb", "ods", "fods", "numbers")
    names = sorted(f"plan.{ending}" for ending in endings)
    touched(tmp_path, *names, "plan.csv", "plan.docx", "plan.xlsx.txt", "xlsx", ".hidden.xlsx")
    touched(tmp_path, ".hidden/plan.xlsx")
    for path in (f"{start}{tmp_path}", f"{start}{tmp_path}/*", f"{start}{tmp_path}/**"):
        assert files_at(path) == [f"{start}{tmp_path}/{name}" for name in names]


def test_lock_files_are_left_out_and_counted_once(tmp_path: Path) -> None:
    touched(tmp_path, "a.xlsx", "~$a.xlsx", ".~lock.a.xlsx#", "sub/~$b.ods", "~$notes.docx")
    found = find_workbooks([tmp_path, f"{tmp_path}/*", f"{tmp_path}/**/*.xlsx"])
    assert found == Found((f"{tmp_path}/a.xlsx",), 3)
    assert find_workbooks([f"{tmp_path}/a*"]).lock_files == 2
    with pytest.raises(InputError, match=NOTHING):
        find_workbooks([f"{tmp_path}/sub"])


# --- finding, where links lead in circles and not all may be read ---------------------------------

PATTERNS = ["*", "*/*", "**", "**/*.xlsx", "a/**/*.xlsx", "*/**/b/*", "**/[!b].xlsx", "?/b/c.xlsx"]
PATTERNS += ["**/b/**/*.xlsx", "a*/b*/", ".h/*", ".h/**", "**/.h/*", "[x]/*", "c.xls?", "a/../*"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_globs_are_those_of_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    for folder in ("", "a/", "b/", "a/b/", "a/b/b/", "ab/bc/", ".h/", "a/.h/"):
        touched(tmp_path, *(f"{folder}{name}.xlsx" for name in ("a", "b", "c", ".d")))
    monkeypatch.chdir(tmp_path)
    every = pattern.rstrip("/") + "/*" * pattern.endswith("/")
    for start in ("", f"{tmp_path}/"):
        found = sorted(set(filter(os.path.isfile, glob.glob(start + every, recursive=True))))
        if found:
            assert files_at(start + every) == found
        else:
            with pytest.raises(InputError, match=NOTHING):
                files_at(start + every)


@pytest.mark.parametrize("start", ["", "file://"])
def test_links_in_circles_end_and_each_file_counts_once(tmp_path: Path, start: str) -> None:
    touched(tmp_path, "a.xlsx", "sub/b.xlsx", "z/c.xlsx")
    for link, target in (("again", "."), ("sub/up", ".."), ("sub/same", "."), ("m", "z")):
        (tmp_path / link).symlink_to(target)
    (tmp_path / "latest.xlsx").symlink_to("sub/b.xlsx")
    for path in (tmp_path, f"{tmp_path}/**/*.xlsx"):
        names = ["a.xlsx", "sub/b.xlsx", "z/c.xlsx"]
        assert files_at(f"{start}{path}") == [f"{start}{tmp_path}/{name}" for name in names]
    assert files_at(f"{start}{tmp_path}/**/m/*") == [f"{start}{tmp_path}/m/c.xlsx"]
    assert files_at(f"{start}{tmp_path}/*/a.xlsx") == [f"{start}{tmp_path}/again/a.xlsx"]
    named = [f"{tmp_path}/sub/same/b.xlsx", f"{tmp_path}/latest.xlsx"]
    assert files_at(*named) == named[:1]
    real = (tmp_path / "sub/b.xlsx").as_uri()
    assert files_at(*named, real) == files_at(real, *named) == [real]


@pytest.mark.parametrize("path", ["", "/**/*.xlsx", "/*/*.xlsx"])
def test_a_folder_that_may_not_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    touched(tmp_path, "one/a.xlsx", "secret/b.xlsx", "two/c.xlsx")
    scandir = os.scandir

    def refusing(folder: str) -> Any:
        if "secret" in str(folder):
            raise PermissionError(13, "Permission denied", folder)
        return scandir(folder)

    monkeypatch.setattr("os.scandir", refusing)  # real permissions do not stop root
    names = ["one/a.xlsx", "secret", "two/c.xlsx"]
    assert files_at(f"{tmp_path}{path}") == [f"{tmp_path}/{name}" for name in names]
    assert files_at(tmp_path / "secret") == [str(tmp_path / "secret")]
    _, report, _ = evaluate_workbooks([f"{tmp_path}{path}"])
    assert report.error == "It is a folder that may not be read. Check its permissions."


def test_a_file_in_a_folder_that_may_not_be_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat_of = os.stat

    def refusing(path: str, **options: Any) -> os.stat_result:
        if "secret" in str(path):
            raise PermissionError(13, "Permission denied", path)
        return stat_of(path, **options)

    monkeypatch.setattr("os.stat", refusing)
    path = str(tmp_path / "secret/a.xlsx")
    assert files_at(path) == [path]
    with pytest.raises(WorkbookError, match="It may not be read"):
        read_workbook(path)


def test_what_the_name_tells_is_not_kept_for_another_name(tmp_path: Path) -> None:
    for name in ("a.csv", "b.xlsx", "~$c.xlsx", "~$d.xlsx"):
        (tmp_path / name).write_text("\5Alice" if name.startswith("~") else "type,count\n")
    files = sorted(map(str, tmp_path.iterdir()))
    errors = [str(each.error) for each in evaluate_workbooks(files, cache=tmp_path / "cache")]
    words = ["It is CSV", "It is a text file", "workbook itself, c.xlsx", "workbook itself, d.xlsx"]
    assert [word in error for word, error in zip(words, errors, strict=True)] == [True] * 4


def test_what_is_named_like_a_workbook_and_cannot_be_read_is_found(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "away.xlsx").symlink_to("no.xlsx")
    (tmp_path / "self.xlsx").symlink_to("self.xlsx")
    (tmp_path / "device.xlsx").symlink_to("/dev/zero")
    (tmp_path / "notes").symlink_to("notes")
    errors = {Path(each.file).name: each.error for each in evaluate_workbooks([tmp_path])}
    beginnings = {name: re.split("[.:]", str(error))[0] for name, error in errors.items()}
    assert beginnings == {
        "away.xlsx": "There is no such file",
        "device.xlsx": "It is a pipe or a device, not a file",
        "pipe.xlsx": "It is a pipe or a device, not a file",
        "self.xlsx": "It cannot be read",
    }


def test_order_of_the_arguments_and_each_once(tmp_path: Path) -> None:
    touched(tmp_path, "a.xlsx", "b.xlsx", "c.xlsx")
    found = files_at(tmp_path / "c.xlsx", tmp_path, f"{tmp_path}/a*")
    assert [Path(each).name for each in found] == ["c.xlsx", "a.xlsx", "b.xlsx"]


@pytest.mark.parametrize("name", ["none.xlsx", "none*.xlsx", "empty"])
def test_where_there_is_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    path = str(tmp_path / name)
    with pytest.raises(InputError) as caught:
        find_workbooks([path])
    assert str(caught.value) == f"{path}: {NOTHING}"


def test_nothing_twice_is_nothing() -> None:
    with pytest.raises(InputError, match=NOTHING):
        find_workbooks(["none.xlsx", "none.xlsx"])


def test_no_paths_at_all() -> None:
    with pytest.raises(InputError, match=f"no path given: {NOTHING}"):
        list(evaluate_workbooks([]))


def test_where_there_is_nothing_beside_something(tmp_path: Path) -> None:
    touched(tmp_path, "a.xlsx")
    paths = [str(tmp_path / name) for name in ("none*.xlsx", "a.xlsx")]
    assert files_at(*paths) == paths


# --- finding, at URLs -----------------------------------------------------------------------------

FOUND = [
    ("memory://plans", ["a", "sub/b"]),
    ("memory://plans/", ["a", "sub/b"]),
    ("memory://plans/*.xlsx", ["a"]),
    ("memory://plans/*", ["a"]),
    ("memory://plans/**/*.xlsx", ["a", "sub/b"]),
]


@pytest.mark.parametrize(("url", "names"), FOUND, ids=[url for url, _ in FOUND])
def test_folders_and_globs_in_memory(memory: MemoryFileSystem, url: str, names: list[str]) -> None:
    for name in ("sub/b.xlsx", "a.xlsx", "~$a.xlsx", "notes.txt"):
        memory.pipe(f"/plans/{name}", b"")
    assert find_workbooks([url, url]).lock_files == 1
    assert files_at(url) == [f"memory:///plans/{name}.xlsx" for name in names]


def test_a_named_file_in_memory(memory: MemoryFileSystem) -> None:
    urls = ["memory://plans/plan [1].xlsx", "memory://plans/~$a.bin"]
    for url in urls:
        memory.pipe(url, b"")
    assert files_at(*urls) == urls


@pytest.mark.parametrize("name", ["none.xlsx", "none/*.xlsx", "none/"])
def test_a_url_where_there_is_nothing(memory: MemoryFileSystem, name: str) -> None:
    with pytest.raises(InputError) as caught:
        find_workbooks([f"memory://{name}"])
    assert str(caught.value) == f"memory://{name}: {NOTHING}"
    memory.pipe("/a.xlsx", b"")
    urls = ["memory://a.xlsx", f"memory://{name}"]
    assert files_at(*urls) == urls


def test_file_urls(tmp_path: Path) -> None:
    touched(tmp_path, "b.xlsx", "a.xlsx", "~$a.xlsx", "sub/c.xlsx")
    start = tmp_path.as_uri()
    assert files_at(f"{start}/*.xlsx") == [f"{start}/a.xlsx", f"{start}/b.xlsx"]
    assert files_at(start)[2:] == [f"{start}/sub/c.xlsx"]
    assert files_at(f"{start}/b.xlsx") == [f"{start}/b.xlsx"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A zip file with two workbooks and others."""
    path = tmp_path / "plans.zip"
    with zipfile.ZipFile(path, "w") as members:
        for name in ("plans/b.xlsx", "plans/a.xlsx", "plans/~$a.xlsx", "plans/notes.txt"):
            members.writestr(name, content())
        members.writestr("plans/sub/c.xlsx", b"no workbook")
    return path


@pytest.mark.parametrize(
    ("start", "names"),
    [
        ("zip://plans/*.xlsx", ["plans/a.xlsx", "plans/b.xlsx"]),
        ("zip://plans", ["plans/a.xlsx", "plans/b.xlsx", "plans/sub/c.xlsx"]),
        ("zip://**/*.xlsx", ["plans/a.xlsx", "plans/b.xlsx", "plans/sub/c.xlsx"]),
        ("zip://", ["plans/a.xlsx", "plans/b.xlsx", "plans/sub/c.xlsx"]),
        ("zip://plans/sub/c.xlsx", ["plans/sub/c.xlsx"]),
    ],
)
def test_in_a_zip_file(archive: Path, start: str, names: list[str]) -> None:
    found = files_at(f"{start}::{archive}")
    assert found == [f"zip://{name}::{archive}" for name in names]


WITHOUT_WAY = [
    ("xyz://plans/a.xlsx", "xyz://plans/a.xlsx: cannot be reached: Protocol not known: xyz"),
    ("zip://*.xlsx::/no/such.zip", "zip://*.xlsx::/no/such.zip: cannot be reached: No such file"),
    ("zip://*.xlsx::{}/no.zip", "no.zip: cannot be reached: File is not a zip file"),
]


@pytest.mark.parametrize(("url", "message"), WITHOUT_WAY, ids=[url for url, _ in WITHOUT_WAY])
def test_a_url_that_cannot_be_reached(tmp_path: Path, url: str, message: str) -> None:
    (tmp_path / "no.zip").write_text("no zip file")
    with pytest.raises(InputError) as caught:
        find_workbooks([url.format(tmp_path)])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("protocol", "how"),
    [
        ("s3", 'pip install "eks-subnet-calc[s3]"'),
        ("s3a", 'pip install "eks-subnet-calc[s3]"'),
        ("gs", "install gcsfs"),
    ],
)
def test_a_protocol_whose_library_is_not_there(
    monkeypatch: pytest.MonkeyPatch, protocol: str, how: str
) -> None:
    def lacking(url: str) -> None:
        raise ImportError("install gcsfs")

    monkeypatch.setattr(fsspec.core, "url_to_fs", lacking)
    with pytest.raises(InputError) as caught:
        find_workbooks([f"{protocol}://plans"])
    assert str(caught.value) == (
        f"{protocol}://plans: {protocol}:// needs a library that is not there: {how}"
    )


def test_what_only_this_process_sees() -> None:
    assert is_of_this_process("memory://a.xlsx")
    assert is_of_this_process("zip://a.xlsx::memory://plans.zip")
    assert not is_of_this_process("s3://memory/a.xlsx")
    assert not is_of_this_process("memory")


# --- one file or another? -------------------------------------------------------------------------


def test_one_file_by_several_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, memory: MemoryFileSystem
) -> None:
    monkeypatch.chdir(tmp_path)
    touched(tmp_path, "a.xlsx", "b.xlsx", "sub/a.xlsx")
    (tmp_path / "link.xlsx").symlink_to("a.xlsx")
    names = ["a.xlsx", "./a.xlsx", "sub/../a.xlsx", str(tmp_path / "a.xlsx"), "link.xlsx"]
    for name in [*names, (tmp_path / "a.xlsx").as_uri()]:
        assert same_file(name, "a.xlsx")
        assert same_file((tmp_path / "a.xlsx").as_uri(), name)
        assert not same_file(name, "b.xlsx")
        assert not same_file(name, "memory://a.xlsx")
    memory.pipe("/a.xlsx", b"")
    assert same_file("memory://a.xlsx", "memory:///a.xlsx")
    assert not same_file("memory://a.xlsx", "memory://b.xlsx")


def test_a_file_that_is_not_there_is_no_other(tmp_path: Path) -> None:
    path = str(tmp_path / "none.xlsx")
    assert not same_file(path, path)


# --- reading --------------------------------------------------------------------------------------


def test_content_of_a_file(tmp_path: Path, memory: MemoryFileSystem) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    memory.pipe("/a", b"12345")
    for path in (str(tmp_path / "a"), (tmp_path / "a").as_uri(), "memory://a"):
        assert read_content(path, 5) == b"12345"
        assert 4 < len(read_content(path, 4)) <= 5
        assert 1 < len(read_content(path, 1)) <= 5


def test_content_of_unknown_size(memory: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/a", b"12345")
    # As of a web server that does not say how much there is.
    monkeypatch.setattr(MemoryFileSystem, "info", lambda *_: {"size": None})
    assert read_content("memory://a", 9) == b"12345"
    assert read_content("memory://a", 2) == b"123"


@pytest.mark.parametrize("start", ["", "memory://", "file://"])
def test_content_of_a_file_that_is_not_there(
    tmp_path: Path, memory: MemoryFileSystem, start: str
) -> None:
    with pytest.raises(FileNotFoundError):
        read_content(f"{start}{tmp_path}/none", 9)


def test_content_of_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_content(str(tmp_path), 9)
    with pytest.raises(OSError, match=r"folder|directory"):
        read_content(tmp_path.as_uri(), 9)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(io.UnsupportedOperation, match="no regular file"):
        read_content(str(tmp_path / "pipe"), 9)


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="only Linux has it")
def test_files_of_the_kernel_are_not_waited_for() -> None:
    assert read_content("/proc/kmsg", 9) == b""  # root could read it, and would wait


def test_whatever_a_file_system_raises_is_an_os_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise LookupError("first\nsecond")

    monkeypatch.setattr(MemoryFileSystem, "info", failing)
    with pytest.raises(OSError, match=r"^'?first$"):
        read_content("memory://a", 9)
    with pytest.raises(OSError, match="Protocol not known: xyz"):
        read_content("xyz://a", 9)


def test_contents_are_in_order_each_with_what_is_wrong(
    tmp_path: Path, memory: MemoryFileSystem
) -> None:
    (tmp_path / "a").write_bytes(b"1")
    near = [str(tmp_path / "a"), str(tmp_path / "none"), "nul\0", str(tmp_path)]
    for name in range(40):
        memory.pipe(f"/{name}", str(name).encode())
    far = [f"memory://{name}" for name in range(40)] + ["memory://none"]
    for paths in (near, far, [*near, *far]):
        found = dict(read_contents(paths, 9))
        assert list(found) == paths
        for path, what in found.items():
            if path in (near[0], *far[:-1]):
                assert what == (b"1" if path in near else path.removeprefix("memory://").encode())
            else:
                assert isinstance(what, OSError)


# --- writing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["", "file://"])
def test_writing_replaces_in_one_go(tmp_path: Path, start: str) -> None:
    path = tmp_path / "results.csv"
    path.write_text("old")
    with writing(f"{start}{path}") as partial_path:
        Path(partial_path).write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["results.csv"]


def test_writing_to_a_url(memory: MemoryFileSystem) -> None:
    memory.pipe("/out/results.csv", b"old")
    with writing("memory://out/results.csv") as partial_path:
        Path(partial_path).write_text("new")
        assert memory.cat("/out/results.csv") == b"old"
    assert memory.cat("/out/results.csv") == b"new"
    assert memory.find("/") == ["/out/results.csv"]
    assert not Path(partial_path).exists()


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt])
def test_what_is_half_written_is_taken_away(
    tmp_path: Path, memory: MemoryFileSystem, stop: type[BaseException]
) -> None:
    (tmp_path / "results.csv").write_text("old")
    memory.pipe("/results.csv", b"old")
    for path in (str(tmp_path / "results.csv"), "memory://results.csv"):
        with pytest.raises(stop), writing(path) as partial_path:
            raise stop(Path(partial_path).write_text("ne"))
    assert (tmp_path / "results.csv").read_text() == "old"
    assert os.listdir(tmp_path) == ["results.csv"]
    assert memory.cat("/results.csv") == b"old"


@pytest.mark.parametrize("start", ["", "file://"])
def test_a_place_where_nothing_can_be_written(tmp_path: Path, start: str) -> None:
    path = f"{start}{tmp_path}/no/such/results.csv"
    with pytest.raises(InputError) as caught, writing(path) as partial_path:
        Path(partial_path).write_text("new")
    assert str(caught.value) == f"{path}: cannot be written: No such file or directory"
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_put_at_a_url_is_kept(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryFileSystem
) -> None:
    with pytest.raises(InputError, match=r"^xyz://a\.csv: cannot be reached: Protocol not known"):
        writing("xyz://a.csv").__enter__()

    def full(*_: object) -> None:
        raise OSError("no space there")

    monkeypatch.setattr(MemoryFileSystem, "put_file", full)
    with pytest.raises(InputError) as caught, writing("memory://a.csv") as partial_path:
        Path(partial_path).write_text("new")
    assert Path(partial_path).read_text() == "new"
    assert str(caught.value) == (
        "memory://a.csv: cannot be reached: no space there; "
        f"what was to be written is in {partial_path}"
    )
    shutil.rmtree(os.path.dirname(partial_path))


def test_a_reader_who_has_had_enough_is_no_fault_of_the_place(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), writing(str(tmp_path / "a.csv")):
        raise BrokenPipeError


@pytest.mark.parametrize("name", ["results", "results [1]"])
def test_a_folder_for_parts(tmp_path: Path, memory: MemoryFileSystem, name: str) -> None:
    for folder in (f"{tmp_path}/{name}/summary", f"memory://{name}/summary"):
        prepare_folder(folder)
        system, path = fsspec.core.url_to_fs(folder)
        assert system.isdir(path)
        for file in ("part-00000.parquet", "part-00001.parquet", "mine.parquet", "part-1.csv"):
            system.pipe(f"{path}/{file}", b"")
        prepare_folder(folder)
        left = sorted(os.path.basename(each) for each in system.find(path))
        assert left == ["mine.parquet", "part-1.csv"]


def test_a_folder_that_is_not_needed(tmp_path: Path) -> None:
    prepare_folder(str(tmp_path / "none"), make=False)
    touched(tmp_path, "old/part-00000.parquet")
    prepare_folder(str(tmp_path / "old"), make=False)
    assert os.listdir(tmp_path) == ["old"]
    assert os.listdir(tmp_path / "old") == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    touched(tmp_path, "file")
    with pytest.raises(InputError, match=r"file/summary: cannot be reached: Not a directory"):
        prepare_folder(str(tmp_path / "file/summary"))


# --- workbooks at URLs ----------------------------------------------------------------------------


def test_workbooks_in_memory(memory: MemoryFileSystem, tmp_path: Path) -> None:
    memory.pipe("/plans/a.xlsx", content())
    memory.pipe("/plans/b.xlsx", content("aws-sample"))
    memory.pipe("/plans/c.xlsx", b"instance type,count\n")
    here = [verify_workbook(saved(tmp_path / f"{model}.xlsx", model)) for model in MODELS]
    urls = [f"memory:///plans/{name}.xlsx" for name in "abc"]
    # With workers, too, all is done here: they would not see it.
    for workers in (None, 2):
        *good, bad = evaluate_workbooks(["memory://plans"], workers=workers)
        assert [each.file for each in (*good, bad)] == urls
        for report, expected in zip(good, here, strict=True):
            expected.file = report.file
            assert as_text([report]) == as_text([expected])
        assert str(bad.error).startswith("It is a text file")
    assert verify_workbook(urls[0]).clean
    assert read_workbook(urls[1]).plans[0].plan.name == "WarmENI"


@pytest.mark.thorough
def test_workbooks_in_a_zip_file_with_workers(archive: Path) -> None:
    first, second, third = evaluate_workbooks([f"zip://plans::{archive}"], workers=2)
    assert first.clean
    assert second.clean
    assert third.file == f"zip://plans/sub/c.xlsx::{archive}"
    assert str(third.error).startswith("It is a text file")


def test_many_workbooks_of_one_zip_file_at_the_same_time(tmp_path: Path) -> None:
    paths = many(tmp_path / "plans", 20)
    with zipfile.ZipFile(tmp_path / "plans.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, Path(path).name)
    found = list(evaluate_workbooks([f"zip://::{tmp_path}/plans.zip"]))
    expected = list(evaluate_workbooks(paths))
    for each, path in zip(found, paths, strict=True):
        assert each.file == f"zip://{Path(path).name}::{tmp_path}/plans.zip"
        each.file = path
    assert as_text(found) == as_text(expected)


def test_errors_name_the_url_that_was_given(memory: MemoryFileSystem) -> None:
    memory.pipe("/text.xlsx", b"a,b\n")
    with pytest.raises(WorkbookError) as caught:
        verify_workbook("memory://text.xlsx")
    assert str(caught.value).startswith("memory://text.xlsx: It is a text file")
    with pytest.raises(WorkbookError, match=r"^memory://none\.xlsx: There is no such file"):
        read_workbook("memory://none.xlsx")


def test_a_file_found_later_and_one_changed(memory: MemoryFileSystem) -> None:
    memory.pipe("/plans/a.xlsx", content())
    assert [each.clean for each in evaluate_workbooks(["memory://plans"])] == [True]
    memory.pipe("/plans/a.xlsx", b"")
    memory.pipe("/plans/b.xlsx", content())
    assert [each.clean for each in evaluate_workbooks(["memory://plans"])] == [False, True]


# --- in a bucket ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of a server that speaks S3's protocol."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket ``planning`` with workbooks and others; s3fs finds it by the environment."""
    import boto3

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    bucket = boto3.resource("s3", endpoint_url=s3_server).create_bucket(Bucket="planning")
    for name in ("b.xlsx", "team/a.xlsx", "~$b.xlsx"):
        bucket.put_object(Key=f"plans/{name}", Body=content())
    bucket.put_object(Key="plans/team/empty.xlsx", Body=b"")
    bucket.put_object(Key="plans/notes.txt", Body=b"notes")
    yield bucket
    bucket.objects.delete()
    bucket.delete()
    fsspec.get_filesystem_class("s3").clear_instance_cache()


BUCKET = [f"s3://planning/plans/{name}.xlsx" for name in ("b", "team/a", "team/empty")]


@pytest.mark.thorough
@needs_s3
def test_finding_in_a_bucket(bucket: Any) -> None:
    for path in ("plans", "plans/", "plans/**/*.xlsx", "", "**/*.xlsx"):
        assert files_at(f"s3://planning/{path}") == BUCKET, path


@pytest.mark.thorough
@needs_s3
def test_evaluating_a_bucket(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = str(tmp_path / "results.csv")
    none = "s3://planning/none.xlsx"
    status = main(["evaluate", "s3://planning/plans/**/*.xlsx", none, "--output", output])
    assert status == 1
    *problems, closing = capsys.readouterr().err.splitlines()
    assert problems == [
        f"{BUCKET[2]}: The file is empty. Get a new copy of the file.",
        f"{none}: There is no such file. Check the path.",
    ]
    assert closing.startswith("4 workbooks evaluated: 0 with faults, 0 with differences, 2 unrea")
    assert closing.endswith("; 1 lock file skipped")
    lines = Path(output).read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [
        *(BUCKET[0],) * 4,
        *(BUCKET[1],) * 4,
        *(BUCKET[2], none),
    ]


@pytest.mark.thorough
@needs_s3
@needs_pyarrow
def test_from_a_bucket_to_a_bucket(bucket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["evaluate", "s3://planning/plans/**/*.xlsx", "--quiet", "--output"]
    complaint = f"{BUCKET[2]}: The file is empty. Get a new copy of the file.\n"
    assert main([*command, "s3://planning/results.csv"]) == 1
    assert capsys.readouterr() == ("", complaint)
    table = bucket.Object("results.csv").get()["Body"].read().decode()
    assert len(table.splitlines()) == 1 + 4 + 4 + 1

    for name in ("summary/part-00009", "findings/part-00003", "summary/mine"):
        bucket.put_object(Key=f"results/{name}.parquet", Body=b"")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "calculator.cli"),
            *(*command, "s3://planning/results/", "--workers", "2"),
        ],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", complaint)
    assert [each.key for each in bucket.objects.filter(Prefix="results/")] == [
        "results/summary/mine.parquet",
        *(f"results/summary/part-0000{number}.parquet" for number in range(3)),
    ]


@pytest.mark.thorough
@needs_s3
def test_a_bucket_that_is_not_there(bucket: Any) -> None:
    for path in ("", "a.xlsx", "*.xlsx"):
        url = f"s3://plannign/{path}"
        with pytest.raises(InputError) as caught:
            find_workbooks([url])
        assert str(caught.value) == f"{url}: {NOTHING}"


def test_a_path_for_those_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    for path, whole in (
        ("plans/*.xlsx", f"{tmp_path}/plans/*.xlsx"),
        ("results/", f"{tmp_path}/results/"),
        ("there", f"{tmp_path}/there/"),
        ("/plans/a.xlsx", "/plans/a.xlsx"),
        ("s3://planning/a.xlsx", "s3://planning/a.xlsx"),
        ("zip://*.xlsx::plans.zip", f"zip://*.xlsx::{tmp_path}/plans.zip"),
        ("zip://*.xlsx::s3://planning/p.zip", "zip://*.xlsx::s3://planning/p.zip"),
    ):
        assert absolute(path) == whole


@pytest.mark.thorough
@needs_s3
def test_no_bucket_is_made_for_results(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(saved(tmp_path / "a.xlsx"))
    for output, file in (
        ("s3://plannign/results.csv", "results.csv"),
        ("s3://plannign/results/", "results/summary/part-00000.parquet"),
    ):
        assert main(["evaluate", path, "--output", output]) == 2
        said, _, kept = (
            capsys.readouterr().err.rstrip().partition("; what was to be written is in ")
        )
        assert said == (
            f"eks-subnet-calc: s3://plannign/{file}: cannot be reached: "
            "The specified bucket does not exist"
        )
        assert os.path.getsize(kept) > 0
        shutil.rmtree(os.path.dirname(kept))
    assert [each["Name"] for each in bucket.meta.client.list_buckets()["Buckets"]] == ["planning"]


@pytest.mark.thorough
@needs_s3
def test_objects_put_there_later_and_changed(bucket: Any) -> None:
    assert len(list(evaluate_workbooks(["s3://planning/plans"]))) == 3
    bucket.put_object(Key="plans/b.xlsx", Body=b"")
    bucket.put_object(Key="plans/c.xlsx", Body=content())
    first, second, *_ = evaluate_workbooks(["s3://planning/plans"])
    assert str(first.error).startswith("The file is empty")
    assert second.clean
