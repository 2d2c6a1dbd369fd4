"""Scenarios from file to file: endings, Parquet, folders of parts, executors, other's formulas."""

import csv
import datetime
import decimal
import multiprocessing
import sys
import zipfile
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

import pandas as pd
import pytest

from calculator.catalog import Catalog, InstanceType
from calculator.errors import InputError
from calculator.executors import in_order
from calculator.scenarios import OUTPUTS, sweep_file

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

needs_pyarrow = pytest.mark.skipif(pyarrow is None, reason="pyarrow is not installed")

HEADER = "sheet,instance_type,instances,pods_per_node\n"
LINES = [
    f"{sheet},{instance_type},3,{pods}\n"
    for pods in ("", "10", "28", "-1")
    for sheet in ("WarmENI", "WarmIP", "Prefix")
    for instance_type in ("m5.large", "t2.micro", "gpu")
]
SCENARIOS = HEADER + "".join(LINES)
COUNTS = (len(LINES), 18)


#: Files of few rows have several chunks all the same.
in_chunks = partial(sweep_file, rows_at_once=5)


@pytest.fixture
def parquet_of(tmp_path):
    """Makes a file ``input.parquet`` of these columns."""

    def make(columns, **options):
        path = tmp_path / "input.parquet"
        table = columns if isinstance(columns, pyarrow.Table) else pyarrow.table(columns)
        pyarrow.parquet.write_table(table, path, **options)
        return path

    return make


def failing(source, target):
    """Why a file cannot be swept, without its name."""
    with pytest.raises(InputError) as caught:
        sweep_file(source, target)
    file, _, reason = str(caught.value).partition(": ")
    assert file == str(source)
    return reason


def listed(folder):
    return sorted(each.name for each in folder.iterdir())


def records(path):
    """The rows of a CSV or Parquet file, each cell as text."""
    if path.suffix == ".csv":
        with open(path, encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    rows = pyarrow.parquet.read_table(path).to_pylist()
    return [{name: "" if cell is None else str(cell) for name, cell in r.items()} for r in rows]


# --- Parquet --------------------------------------------------------------------------------------


@pytest.mark.thorough
@needs_pyarrow
def test_parquet_in_and_out_is_csv_in_and_out(tmp_path, file_of):
    source = file_of(SCENARIOS)
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    from_csv, from_parquet = tmp_path / "results.csv", tmp_path / "RESULTS2.CSV"
    assert in_chunks(source, from_csv) == in_chunks(source, first) == COUNTS
    assert records(first) == records(from_csv)
    schema = pyarrow.parquet.read_schema(first)
    inputs, outputs = schema.names[:4], schema.names[4:]
    assert tuple(outputs) == OUTPUTS
    assert {str(schema.field(name).type) for name in (*inputs, "check")} == {"string"}
    assert {str(schema.field(name).type) for name in OUTPUTS[:-1]} == {"int64"}
    assert schema.metadata is None

    table = pyarrow.parquet.read_table(first).select(inputs)
    texts = tmp_path / "texts.parquet"
    pyarrow.parquet.write_table(table, texts)
    assert in_chunks(texts, second) == in_chunks(texts, from_parquet) == COUNTS
    assert pyarrow.parquet.read_table(second) == pyarrow.parquet.read_table(first)
    assert from_parquet.read_bytes() == from_csv.read_bytes()


@needs_pyarrow
def test_typed_columns_are_as_their_texts_are(tmp_path, parquet_of, file_of):
    sheets = ["WarmENI", "WarmIP", "Prefix", None]
    numbers = [1, 20, None, 4]
    decimals = [decimal.Decimal("1.00"), decimal.Decimal("2.00"), None, decimal.Decimal("0.00")]
    yes = [True, False, None, True]
    columns = {
        "sheet": pyarrow.array(sheets).dictionary_encode(),
        "instance_type": pyarrow.array(["m5.large", "c5.xlarge", "", None], pyarrow.large_string()),
        "instances": pyarrow.array(numbers, pyarrow.int8()),
        "pods_per_node": pyarrow.array(numbers, pyarrow.float64()),
        "warm_ip_target": pyarrow.array(decimals),
        "minimum_ip_target": pyarrow.array(numbers, pyarrow.uint64()),
        "daemonset_pods": pyarrow.array(numbers).dictionary_encode(),
        "pod_eni": pyarrow.array(yes),
        "custom_networking": pyarrow.array([0, 1, None, 0], pyarrow.int32()),
        "max_enis": pyarrow.array([None, 2, 3, 4], pyarrow.float32()),
        "ipv4_per_eni": pyarrow.array([None, 9, 10, None], pyarrow.int64()),
        "os": pyarrow.nulls(4),
    }
    target = tmp_path / "results.parquet"
    assert sweep_file(parquet_of(columns), target) == (4, 1)
    schema = pyarrow.parquet.read_schema(target)
    kinds = [str(schema.field(name).type) for name in columns]
    assert kinds == [
        *("string", "string", "int8", "double", "decimal128(3, 2)", "uint64", "int64"),
        *("bool", "int32", "float", "int64", "null"),
    ]
    # the same as CSV, and again from that CSV
    typed, texts = tmp_path / "typed.csv", tmp_path / "texts.csv"
    sweep_file(tmp_path / "input.parquet", typed)
    scenarios = pd.read_csv(typed, dtype=str, keep_default_na=False)[list(columns)]
    assert scenarios["instances"].tolist() == ["1", "20", "", "4"]
    assert scenarios["warm_ip_target"].tolist() == ["1.00", "2.00", "", "0.00"]
    sweep_file(file_of(scenarios.to_csv(index=False)), texts)
    assert texts.read_bytes() == typed.read_bytes()


@needs_pyarrow
def test_a_number_that_cannot_be_used(tmp_path, parquet_of):
    columns = {"sheet": ["WarmIP"] * 3, "instance_type": ["m5.large"] * 3, "instances": [-5, 2, -5]}
    sweep_file(parquet_of(columns), tmp_path / "results.csv")
    checks = [row["check"] for row in records(tmp_path / "results.csv")]
    words = "instances: found -5; a whole number of 0 or more is expected"
    assert checks == [words, "OK", words]


@needs_pyarrow
def test_labels_that_pandas_wrote_are_no_column(tmp_path):
    table = pd.DataFrame({"sheet": ["WarmIP"], "instance_type": ["m5.large"]}, index=["a"])
    source = tmp_path / "input.parquet"
    for each in (table, table.set_index("sheet")):
        each.to_parquet(source)
        assert sweep_file(source, tmp_path / "results.csv") == (1, 0)


@needs_pyarrow
def test_no_rows(tmp_path, file_of, parquet_of):
    from_csv = file_of("sheet,instance_type\n")
    from_parquet = parquet_of({"sheet": pyarrow.array([], pyarrow.string())})
    for source, header in ((from_csv, ["sheet", "instance_type"]), (from_parquet, ["sheet"])):
        assert sweep_file(source, tmp_path / "results.parquet") == (0, 0)
        assert pyarrow.parquet.read_schema(tmp_path / "results.parquet").names == [
            *header,
            *OUTPUTS,
        ]
        assert sweep_file(source, tmp_path / "results.csv") == (0, 0)
        assert (tmp_path / "results.csv").read_text() == ",".join([*header, *OUTPUTS]) + "\n"


NO_PARQUET = "this is no Parquet file that can be read: "


@needs_pyarrow
def test_parquet_that_is_broken(tmp_path, parquet_of):
    source, target = parquet_of({"sheet": ["WarmIP"] * 1000}), tmp_path / "results.parquet"
    target.write_text("what was there")
    whole = source.read_bytes()
    for content in (b"", b"sheet\nWarmIP\n", whole[:-9], whole[:4] + b"\xff" * 40 + whole[44:]):
        source.write_bytes(content)
        reason = failing(source, target)
        assert reason.startswith(NO_PARQUET)
        assert "\n" not in reason
    assert target.read_text() == "what was there"
    assert listed(tmp_path) == ["input.parquet", "results.parquet"]


@needs_pyarrow
@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, "column sheet is missing; the columns that are there: none"),
        ({"instances": [1]}, "column sheet is missing; the columns that are there: instances"),
        ({"sheet": ["WarmIP"], "instance_typ": [""]}, "column instance_typ is unknown (is inst"),
        ({"sheet": [b"WarmIP"]}, "column sheet holds binary; numbers or texts are expected"),
        (
            {"sheet": ["WarmIP"], "instances": [datetime.date(2026, 1, 1)]},
            "column instances holds date32[day]; numbers or texts are expected",
        ),
    ],
    ids=range(5),
)
def test_parquet_that_cannot_be_used(columns, reason, tmp_path, parquet_of):
    assert failing(parquet_of(columns), tmp_path / "results.csv").startswith(reason)
    assert listed(tmp_path) == ["input.parquet"]


@needs_pyarrow
def test_parquet_with_a_column_twice_or_texts_that_are_not_utf_8(tmp_path, parquet_of):
    target = tmp_path / "results.csv"
    twice = pyarrow.table([["WarmIP"], [1], [2]], names=["sheet", "instances", "instances"])
    assert failing(parquet_of(twice), target) == "column instances stands there twice"
    text = pyarrow.array([b"Warm\xff"]).view(pyarrow.string())
    reason = failing(parquet_of({"sheet": text}), target)
    assert reason.startswith(NO_PARQUET)
    assert "UTF8" in reason


# --- names of files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("input.txt", "out.csv", "input.txt"),
        ("input", "out.csv", "input"),
        ("input.csv", "out.xlsx", "out.xlsx"),
    ],
)
def test_endings(source, target, wrong):
    with pytest.raises(InputError) as caught:
        sweep_file(source, target)
    assert str(caught.value) == f"{wrong}: a name ending in .csv or .parquet is expected"


@pytest.mark.parametrize(
    ("source", "target", "wrong"),
    [
        ("input.parquet", "out.csv", "input.parquet"),
        ("input.csv", "out.parquet", "out.parquet"),
        ("input.csv", "out/", "out/"),
    ],
)
def test_without_pyarrow(source, target, wrong, monkeypatch):
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError) as caught:
        sweep_file(source, target)
    assert str(caught.value) == (
        f'{wrong}: Parquet needs pyarrow: pip install "eks-subnet-calc[parquet]"'
    )


@needs_pyarrow
def test_target_that_cannot_be_written(tmp_path, file_of):
    source = file_of(SCENARIOS)
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "none" / "out.csv", tmp_path / "none" / "out.parquet"):
        with pytest.raises(InputError) as caught:
            sweep_file(source, target)
        assert str(caught.value) == f"{target}: cannot be written: No such file or directory"
    with pytest.raises(InputError, match=r"file/: cannot be reached: File exists$"):
        sweep_file(source, f"{tmp_path / 'file'}/")


# --- texts that a spreadsheet program would take for formulas -------------------------------------


def test_no_text_of_others_becomes_a_formula(tmp_path, file_of):
    texts = [
        "=1+1",
        "@SUM(A1)",
        "+1+1",
        '=HYPERLINK("http://x","y")',
        "-5",
        "+5",
        "'=1",
        "m5.large",
    ]
    columns = {"sheet": "WarmIP", "instance_type": texts, "instances": texts}
    sweep_file(file_of(pd.DataFrame(columns).to_csv(index=False)), tmp_path / "results.csv")
    rows = records(tmp_path / "results.csv")
    harmless = ["'=1+1", "'@SUM(A1)", "'+1+1", '\'=HYPERLINK("http://x","y")', *texts[4:]]
    assert [row["instance_type"] for row in rows] == harmless
    assert [row["instances"] for row in rows] == harmless
    assert rows[0]["check"].startswith('instances: found "=1+1"; ')


# --- files that lie elsewhere ---------------------------------------------------------------------


@pytest.mark.thorough
@needs_pyarrow
def test_urls(tmp_path, file_of):
    source = file_of(SCENARIOS)
    in_chunks(source, tmp_path / "results.csv")
    in_chunks(source, tmp_path / "results.parquet")
    pd.read_csv(source, dtype=str).to_parquet(tmp_path / "scenarios.parquet")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.write(source, "scenarios.csv")
        archive.write(tmp_path / "scenarios.parquet", "scenarios.parquet")
    for ending in ("csv", "parquet"):
        url = f"zip://scenarios.{ending}::{tmp_path}/all.zip"
        target = f"file://{tmp_path}/from-zip.{ending}"
        done = []
        assert in_chunks(url, target, progress=done.append) == COUNTS
        assert sum(done) == COUNTS[0]
        assert records(tmp_path / f"from-zip.{ending}") == records(tmp_path / f"results.{ending}")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("zip://none.csv::{}/all.zip", "there is no such file"),
        ("xyz://scenarios.csv", "cannot be reached: Protocol not known: xyz"),
    ],
)
def test_urls_where_nothing_is(url, reason, tmp_path):
    zipfile.ZipFile(tmp_path / "all.zip", "w").close()
    url = url.format(tmp_path)
    with pytest.raises(InputError) as caught:
        sweep_file(url, tmp_path / "results.csv")
    assert str(caught.value).startswith(f"{url}: {reason}")
    assert listed(tmp_path) == ["all.zip"]


# --- folders of parts -----------------------------------------------------------------------------


@pytest.mark.thorough
@needs_pyarrow
@pytest.mark.parametrize("workers", [0, 3])
def test_folder_of_parts(workers, tmp_path, file_of):
    source, folder = file_of(SCENARIOS), tmp_path / "parts"
    in_chunks(source, tmp_path / "whole.parquet")
    parts = [f"part-{number:05}.parquet" for number in range(8)]
    for target in (f"{folder}/", folder):  # a new one, and one that is there
        if workers:
            with ThreadPoolExecutor(workers) as executor:
                assert in_chunks(source, target, executor=executor) == COUNTS
        else:
            assert in_chunks(source, target) == COUNTS
        assert [each for each in listed(folder) if each.startswith("part-")] == parts
        rows = [row for part in parts for row in records(folder / part)]
        assert rows == records(tmp_path / "whole.parquet")
        for name in ("part-00008.parquet", "part-00099.parquet.part", "notes.txt"):
            (folder / name).write_text("of an earlier run")
    in_chunks(source, folder)
    assert listed(folder) == ["notes.txt", *parts]


@needs_pyarrow
def test_folder_keeps_what_was_there_when_a_file_cannot_be_used(tmp_path, file_of):
    folder = tmp_path / "parts"
    folder.mkdir()
    (folder / "part-00000.parquet").write_text("what was there")
    broken = file_of((HEADER + "".join(LINES)).encode() + b"WarmIP,\xff,1,1\n")
    with ThreadPoolExecutor(2) as executor, pytest.raises(InputError, match=r"csv: this is not t"):
        in_chunks(broken, folder, executor=executor)
    assert listed(folder) == ["part-00000.parquet"]
    assert (folder / "part-00000.parquet").read_text() == "what was there"


@needs_pyarrow
def test_results_do_not_replace_the_part_that_holds_the_scenarios(tmp_path, parquet_of):
    folder = tmp_path / "parts"
    folder.mkdir()
    source = parquet_of({"sheet": ["WarmIP"]}).rename(folder / "part-00000.parquet")
    with pytest.raises(InputError, match=r"parts: the results cannot go into the file of the scen"):
        sweep_file(source, folder)
    assert listed(folder) == ["part-00000.parquet"]


# --- executors ------------------------------------------------------------------------------------


class Counting(Executor):
    """Does each task when its result is asked for, and counts those that wait."""

    def __init__(self):
        self.waiting = self.most = 0

    def submit(self, task, /, *args, **kwargs):
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        executor, future = self, Future()

        class Asked(Future):
            def result(self, timeout=None):
                executor.waiting -= 1
                future.set_result(task(*args, **kwargs))
                return future.result()

        return Asked()


def test_chunks_that_wait_are_few_and_come_in_order(tmp_path, file_of, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    source = file_of(SCENARIOS)
    assert in_chunks(source, tmp_path / "one.csv") == COUNTS
    executor = Counting()
    assert in_chunks(source, tmp_path / "other.csv", executor=executor) == COUNTS
    assert (executor.most, executor.waiting) == (3, 0)
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


def test_items_are_taken_when_there_is_room_for_them():
    taken = []
    items = (taken.append(number) or number for number in range(9))
    with ThreadPoolExecutor(2) as executor:
        results = in_order(executor, str, items, 3)
        assert next(results) == "0"
        assert taken == [0, 1, 2, 3]
        assert list(results) == [str(number) for number in range(1, 9)]


CATALOG = Catalog([InstanceType("m5.large", 3, 10, 29)], "own")


@pytest.mark.thorough
@needs_pyarrow
def test_worker_processes_give_what_this_process_gives(tmp_path, file_of):
    source = file_of(SCENARIOS)
    bad = tmp_path / "bad.csv"
    bad.write_text("sheet,colour\n" + "WarmIP,red\n" * 20)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        for target in ("results.csv", "results.parquet", "parts/"):
            here, there = f"{tmp_path}/here-{target}", f"{tmp_path}/there-{target}"
            counts = in_chunks(source, here, catalog=CATALOG)
            assert in_chunks(source, there, catalog=CATALOG, executor=executor) == counts
        assert counts == (len(LINES), 27)
        with pytest.raises(InputError, match=rf"^{bad}: column colour is unknown; possible"):
            in_chunks(bad, tmp_path / "bad-results.csv", executor=executor)
    for name in ("results.csv", "results.parquet", "parts/part-00007.parquet"):
        there, here = tmp_path / f"there-{name}", tmp_path / f"here-{name}"
        assert there.read_bytes() == here.read_bytes()
    assert not [each for each in listed(tmp_path) if each.endswith(".part") or "bad-" in each]
