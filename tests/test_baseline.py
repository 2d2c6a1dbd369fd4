"""Baselines: what they hold, what they know, what is gone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from calculator.baseline import Baseline, read_baseline
from calculator.errors import InputError


def kept(path: Path) -> list[tuple[str, str, int]]:
    entries = json.loads(path.read_text("utf-8"))["findings"]
    return [(each["file"], each["fingerprint"], each["count"]) for each in entries]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    for name in "abc":
        (tmp_path / "plans" / f"{name}.xlsx").touch()
    return tmp_path


def written(folder: Path) -> Path:
    """A baseline of two files."""
    baseline = Baseline("plans/known.json")
    baseline.knows("plans/b.xlsx", ["x | 2", "x | 1", "x | 2"])
    baseline.knows("plans/a.xlsx", ["y"])
    baseline.follow("plans/a.xlsx", ["f2", "f1", "f2"])
    baseline.write()
    return folder / "plans" / "known.json"


def test_a_finding_is_a_line_and_they_are_sorted(folder: Path) -> None:
    path = written(folder)
    assert path.read_text("utf-8") == (
        '{"version": 1, "findings": [\n'
        '{"file": "a.xlsx", "fingerprint": "y", "count": 1},\n'
        '{"file": "b.xlsx", "fingerprint": "x | 1", "count": 1},\n'
        '{"file": "b.xlsx", "fingerprint": "x | 2", "count": 2}\n'
        "],\n"
        '"followers": {\n'
        '"a.xlsx": ["f1", "f2", "f2"]\n'
        "}}\n"
    )
    assert [each.name for each in path.parent.iterdir() if each.suffix != ".xlsx"] == ["known.json"]


def test_a_folder_may_be_linked(folder: Path) -> None:
    path = written(folder)
    (folder / "link").symlink_to("plans")
    (folder / "plans" / "other.xlsx").symlink_to("a.xlsx")
    baseline = read_baseline(str(path))
    for place in ("plans", "link", str(folder / "link")):
        assert baseline.knows(f"{place}/a.xlsx", ["y"]) == [True]
        assert read_baseline(f"{place}/known.json").knows("link/a.xlsx", ["y"]) == [True]
        assert baseline.knows(f"{place}/other.xlsx", ["y"]) == [False]  # a file by its own name
    # What was known by a link is so still.
    baseline = Baseline("known.json", Counter({("link/a.xlsx", "y"): 1}))
    assert baseline.knows("link/a.xlsx", ["y"]) == [True]


def test_of_more_than_are_known_the_last_are_new(folder: Path) -> None:
    baseline = read_baseline(str(written(folder)))
    assert baseline.knows("plans/b.xlsx", ["x | 2", "x | 3", "x | 2", "x | 2"]) == [
        *(True, False, True, False)
    ]
    assert baseline.knows("plans/c.xlsx", ["y"]) == [False]
    assert baseline.knows(str(folder / "plans" / "a.xlsx"), ["y"]) == [True]


def test_a_node_group_with_another_number_among_its_like_is_as_known(folder: Path) -> None:
    first, second, third = (f"x | plan | m5.large, Linux, {each} | many" for each in (1, 2, 3))
    baseline = Baseline("plans/known.json")
    baseline.knows("plans/a.xlsx", [first])
    baseline.exceeded("plans/a.xlsx", [(first, (3,))])
    baseline.write()
    path = str(folder / "plans" / "known.json")
    for now, known in (
        ([second], [True]),
        ([first, second], [True, False]),
        ([second, third], [True, False]),
        (["x | plan | m5.xlarge, Linux, 2 | many"], [False]),
        (["x | plan | m5.large, Linux, 2 | few"], [False]),
    ):
        baseline = read_baseline(path)
        assert baseline.knows("plans/a.xlsx", now) == known
        assert [*baseline.gone] == ([("a.xlsx", first, 1)] if known == [False] else [])
    baseline = read_baseline(path)
    baseline.knows("plans/a.xlsx", [second])
    assert baseline.exceeded("plans/a.xlsx", [(second, (4,))]) == [[3]]
    baseline.write()
    assert [each for _, each, _ in kept(Path(path))] == [second]


@pytest.mark.parametrize(
    ("now", "known"),
    [
        (["2 (pods: 20)", "3 (pods: 10)"], [True, True]),  # one was inserted above
        (["1 (pods: 10)"], [True]),  # or removed
        (["1 (pods: 20)", "2 (pods: 30)"], [True, True]),  # or filled in otherwise
        (["1"], [True]),  # or is alone
        (["1 (pods: 20)", "3 (pods: 10)"], [True, True]),
        (["3 (pods: 30)"], [False]),
        (["1 (pods: 20)", "3 (pods: 30)"], [True, False]),
    ],
)
def test_node_groups_of_one_type_are_told_apart(
    folder: Path, now: list[str], known: list[bool]
) -> None:
    def of(*groups: str) -> list[str]:
        return [f"x | plan | # of Instances | m5.large, Linux, {each} | three" for each in groups]

    baseline = Baseline("plans/known.json")
    baseline.knows("plans/a.xlsx", of("1 (pods: 20)", "2 (pods: 10)"))
    baseline.write()
    baseline = read_baseline(str(folder / "plans" / "known.json"))
    assert baseline.knows("plans/a.xlsx", of(*now)) == known


@pytest.mark.parametrize(
    ("now", "known"),
    [
        ("instances: 3 | pods: 20 | m5.larg", True),
        ("instances: 3 | pods: 21.5 | m5.larg", False),
        ("instances: 4 | pods: 20 | m5.larg", False),
        ("instances: 3 | pods: 20 | m5.larger", False),
        ("instances: 3 | most: 20 | m5.larg", False),
        ("instances: 3 | m5.larg", False),
    ],
)
def test_what_a_node_group_needs_may_be_mended(folder: Path, now: str, known: bool) -> None:
    start = "unknown-type | plan | instance type | m5.larg, Linux, 1 | "
    baseline = Baseline("plans/known.json")
    baseline.knows("plans/a.xlsx", [f"{start}instances: 3 | pods: 20.5 | m5.larg"])
    baseline.write()
    baseline = read_baseline(str(folder / "plans" / "known.json"))
    assert baseline.knows("plans/a.xlsx", [start + now]) == [known]


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [
        (["Left, m5.large"], False),
        (["Left, m5.large windows"], True),  # there is none
        (["Used, m5.large"], True),
        (["Left, m5.large", "Left, c5.large"], True),
    ],
)
def test_what_is_known_of_a_node_group_whose_type_was_mended(
    folder: Path, now: list[str], is_worse: bool
) -> None:
    baseline = Baseline("plans/known.json")
    baseline.knows("plans/a.xlsx", ["x"])
    baseline.exceeded("plans/a.xlsx", [("x", (1, ["Left, m5.larg"]))])
    baseline.write()
    baseline = read_baseline(str(folder / "plans" / "known.json"))
    baseline.knows("plans/a.xlsx", ["x"])
    groups = {"m5.large, linux", "c5.large, linux"}
    [found] = baseline.exceeded("plans/a.xlsx", [("x", (len(now), now))], groups)
    assert (found is not None) == is_worse


def test_a_formula_that_was_filled_down_is_as_known_where_its_first_was_mended(
    folder: Path,
) -> None:
    def of(row: int, formula: str = "=1*[@Instances]") -> str:
        return f"formula | prefix | IPs total | row {row} | {formula}"

    for measure, now, known in (
        ((4, []), of(3), True),
        (None, of(3), False),  # it was one cell
        ((4, []), of(3, "=2*[@Instances]"), False),
        ((4, []), of(3).replace("IPs", "Pods"), False),
        ((4, []), of(3, "150"), False),
    ):
        baseline = Baseline("plans/known.json")
        baseline.knows("plans/a.xlsx", [of(2)])
        baseline.exceeded("plans/a.xlsx", [(of(2), measure)])
        baseline.write()
        baseline = read_baseline(str(folder / "plans" / "known.json"))
        assert baseline.knows("plans/a.xlsx", [now]) == [known]
        assert [*baseline.gone] == ([] if known else [("a.xlsx", of(2), 1)])
        if known:
            assert baseline.exceeded("plans/a.xlsx", [(now, (3, []))]) == [None]
            assert baseline.exceeded("plans/a.xlsx", [(now, (5, []))]) == [[4, []]]


@pytest.mark.parametrize(
    ("groups", "formula", "known"),
    [
        ({"m6i.large, linux"}, "=1*[@Instances]", True),
        ({"m6i.large, linux", "m5.large, windows"}, "=1*[@Instances]", True),
        ({"m6i.large, linux", "m5.large, linux"}, "=1*[@Instances]", False),  # it was mended
        ({"m6i.large, linux"}, "=2*[@Instances]", False),
        ({"m6i.large, linux"}, "150", False),
        (None, "=1*[@Instances]", False),
    ],
)
def test_a_formula_of_a_node_group_that_is_of_another_type_now_is_as_known(
    folder: Path, groups: set[str] | None, formula: str, known: bool
) -> None:
    baseline = Baseline("plans/known.json")
    baseline.knows(
        "plans/a.xlsx", ["formula | plan | Check | m5.large, Linux, 2 | =1*[@Instances]"]
    )
    baseline.write()
    baseline = read_baseline(str(folder / "plans" / "known.json"))
    now = f"formula | plan | Check | m6i.large, Linux, 1 | {formula}"
    assert baseline.knows("plans/a.xlsx", [now], groups=groups) == [known]


@pytest.mark.parametrize(
    ("measure", "known_with"),
    [((2, ["A", "B"]), [1]), ((1, ["A"]), None), ((2,), None), ((5.0, 7.0), None)],
)
def test_what_is_known_without_a_measure_was_found_in_one_cell(
    folder: Path, measure: tuple[object, ...], known_with: list[int] | None
) -> None:
    baseline = Baseline("plans/known.json", Counter({("a.xlsx", "x"): 1}))
    assert baseline.exceeded("plans/a.xlsx", [("x", measure)]) == [known_with]  # type: ignore[list-item]


def test_what_is_gone(folder: Path) -> None:
    baseline = read_baseline(str(written(folder)))
    assert [*baseline.gone] == []  # as nothing was looked at
    baseline.knows("plans/b.xlsx", ["x | 2"])
    assert [*baseline.gone] == [("b.xlsx", "x | 1", 1), ("b.xlsx", "x | 2", 1)]
    (folder / "plans" / "a.xlsx").unlink()
    assert ("a.xlsx", "y", 1) in baseline.gone


def test_what_lies_elsewhere_is_not_taken_for_deleted(folder: Path) -> None:
    baseline = Baseline("known.json")
    baseline.known[baseline.key("s3://bucket/a.xlsx", "y")] = 1
    baseline.known[baseline.key("gone.xlsx", "y")] = 2
    assert [*baseline.gone] == [("gone.xlsx", "y", 2)]
    baseline.write()
    assert kept(folder / "known.json") == [("s3://bucket/a.xlsx", "y", 1)]


def test_a_new_one_keeps_what_is_known_of_files_that_were_not_looked_at(folder: Path) -> None:
    path = written(folder)
    baseline = read_baseline(str(path))
    baseline.knows("plans/c.xlsx", ["z", "q"])
    baseline.write(suppressed={("c.xlsx", "q")})
    assert kept(path) == [
        *[("a.xlsx", "y", 1), ("b.xlsx", "x | 1", 1), ("b.xlsx", "x | 2", 2), ("c.xlsx", "z", 1)]
    ]
    (folder / "plans" / "a.xlsx").unlink()
    baseline = read_baseline(str(path))
    baseline.knows("plans/b.xlsx", [])
    baseline.write()
    assert kept(path) == [("c.xlsx", "z", 1)]


def test_names_of_any_kind_are_kept(folder: Path) -> None:
    baseline = Baseline("known.json")
    names = ["pl\udcffan.xlsx", "Pläne/a b.xlsx", "s3://bucket/a.xlsx"]
    for name in names:
        baseline.knows(name, ['say "three"\n'])
    baseline.write()
    again = read_baseline("known.json")
    assert [again.knows(name, ['say "three"\n']) for name in names] == [[True]] * 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found no baseline: "),
        ("[]", 'found no baseline; {"version": 1, …} is expected'),
        ('{"version": 2, "findings": []}', "found no baseline; "),
        ('{"version": 1}', "finding 1 is none; file, fingerprint, count are expected"),
        ('{"version": 1, "findings": [{"file": "a", "fingerprint": "b"}]}', "finding 1 is none"),
        (
            '{"version": 1, "findings": [{"file": "a", "fingerprint": "b", "count": true}]}',
            "finding 1 is none",
        ),
        (
            '{"version": 1, "findings": [{"file": "a", "fingerprint": "b", "count": 0}]}',
            "finding 1 is none",
        ),
        *(
            (
                '{"version": 1, "findings": [{"file": "a", "fingerprint": "b", "count": 1, '
                f'"measures": {each}}}]}}',
                "finding 1 is none",
            )
            for each in ('[["20"]]', '[["a", ["b"]]]', "[[{}, []]]", "[[2, [[]]]]", "[1]")
        ),
        ("[" * 100_000, "found no baseline: "),
        *(
            (f'{{"version": 1, "findings": [], "followers": {each}}}', "found no followers; a list")
            for each in ("[]", '{"a.xlsx": "f1"}', '{"a.xlsx": [1]}')
        ),
    ],
)
def test_what_is_no_baseline(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_baseline(str(path))
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "known.json")
    with pytest.raises(InputError, match="there is no baseline; --update-baseline makes it"):
        read_baseline(path)
    assert not read_baseline(path, may_be_missing=True).known
    with pytest.raises(InputError, match="cannot be read: it is a folder"):
        read_baseline(str(tmp_path))
