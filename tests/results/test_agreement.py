"""Whatever is found, known and suppressed: each format tells the same of it, as the gate does."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from calculator.baseline import Baseline, read_baseline
from calculator.configuration import Configuration, Suppression
from calculator.findings import Finding
from calculator.gate import Gate, Judged
from calculator.report import WorkbookReport
from calculator.results.as_json import Json
from calculator.results.github import annotations_on_stdout
from calculator.results.junit import JUnit
from calculator.results.sarif import Sarif
from calculator.results.tally import Tally
from tests.helpers import examples
from tests.reports import finding, report, unreadable

#: Two of each severity, one of them that a plan does not fit.
CODES = ("not-a-number", "missing", "formula", "value", "one-zone", "subnet-overflow")
CELLS = ("Plan!B15", "Plan!B16", "WarmENI!B8", "WarmIP!B8")


@st.composite
def findings(draw: st.DrawFn) -> list[Finding]:
    """Findings of a workbook, some of which follow from others."""
    found: list[Finding] = []
    for _ in range(draw(st.integers(0, 4))):
        code, place = draw(st.sampled_from(CODES)), draw(st.sampled_from(CELLS))
        causes = [each.place for each in found if not each.because_of]
        because = draw(st.sampled_from([None, *causes]))
        words = draw(st.sampled_from([f"{code} | {place}", f"{code} | elsewhere"]))
        found.append(finding(code, place, because_of=because, fingerprint=words))
    return found


@st.composite
def books(draw: st.DrawFn, name: str) -> WorkbookReport:
    if draw(st.integers(0, 5)) == 0:
        return unreadable(name)
    fits = draw(st.sampled_from([True, False, None]))
    return report(name, *draw(findings()), fits=fits)


NAMES = ("a.xlsx", "plans/b, 1.xlsx", "c%.xlsx")
REPOSITORIES = st.tuples(*(books(name) for name in NAMES))
SUPPRESSIONS = st.lists(
    st.builds(
        Suppression,
        st.lists(st.sampled_from([*CODES, "faults", "overflow", "unreadable"]), min_size=1).map(
            tuple
        ),
        st.sampled_from([(), ("a.xlsx",), ("plans/*.xlsx",)]),
        st.just("it is so"),
    ),
    max_size=2,
)
FAIL_ON = st.lists(
    st.sampled_from(["faults", "differences", "warnings", "unreadable", "overflow", "value"]),
    unique=True,
)


@contextlib.contextmanager
def in_a_folder() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        yield


def of_workbooks(names: Iterable[str]) -> Counter[str]:
    """How often each workbook is named, without what is said of the suppressions themselves."""
    return Counter(name for name in names if name in NAMES)


class Told(NamedTuple):
    """What a run tells: what the gate says, whether it fails, and the text of each format."""

    judged: dict[str, list[Judged]]
    fails: bool
    sarif: str
    junit: str
    github: str
    json: str


def told(gate: Gate, fail_on: Sequence[str], reports: Sequence[WorkbookReport]) -> Told:
    """As the command line does it."""
    sarif, junit, document = io.StringIO(), io.StringIO(), io.StringIO()
    outputs = Sarif(sarif, gate), JUnit(junit, gate), Json(document)
    tally, judged_of = Tally(), {}
    with (
        contextlib.redirect_stdout(io.StringIO()) as github,
        annotations_on_stdout(gate) as annotations,
    ):
        for each in reports:
            marked, judged = gate.marked(each)
            for output in (*outputs, annotations):
                output.add(marked)
            tally.add(each, judged)
            judged_of[each.file] = judged
    for output in outputs:
        output.close()
    texts = (each.getvalue() for each in (sarif, junit, github, document))
    return Told(judged_of, tally.has_any(fail_on), *texts)


@given(
    before=REPOSITORIES,
    after=REPOSITORIES,
    rules=SUPPRESSIONS,
    fail_on=FAIL_ON,
    has_baseline=st.booleans(),
)
@examples(60)
def test_all_formats_tell_the_same(
    before: tuple[WorkbookReport, ...],
    after: tuple[WorkbookReport, ...],
    rules: list[Suppression],
    fail_on: list[str],
    has_baseline: bool,
) -> None:
    with in_a_folder():
        baseline = None
        if has_baseline:
            update = Gate(baseline=Baseline("known.json"), update=True)
            assert not any(each.fails for one in before for each in update.judge(one))
            update.finish()
            baseline = read_baseline("known.json")
        configuration = Configuration("rules.toml", {}, tuple(rules))
        run = told(Gate(fail_on, baseline, configuration), fail_on, after)
    judged = run.judged
    failing = of_workbooks(name for name, of in judged.items() for each in of if each.fails)
    assert run.fails == bool(failing)

    results = json.loads(run.sarif)["runs"][0]["results"]
    assert failing == of_workbooks(
        unquote(each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for each in results
        if each["level"] == "error"
    )
    assert all(bool(each.get("suppressions")) == (each["level"] == "note") for each in results)
    assert all(("baselineState" in each) == has_baseline for each in results)

    suites = ElementTree.fromstring(run.junit)
    texts = {
        suite.attrib["name"]: "".join(str(each.text) for each in suite.iter("failure"))
        for suite in suites
    }
    assert Counter({name: texts[name].count("  file  ") for name in NAMES}) == failing
    assert {each.attrib["name"] for each in suites if each.attrib["failures"] != "0"} >= {*failing}

    commands = [line.partition(" file=")[::2] for line in run.github.splitlines()]
    annotated = [
        (kind, words.partition(",title=")[0].replace("%2C", ",").replace("%25", "%"))
        for kind, words in commands
    ]
    assert of_workbooks(name for kind, name in annotated if kind == "::error") == failing
    counting = of_workbooks(name for name, of in judged.items() for each in of if each.counts)
    assert of_workbooks(name for _, name in annotated) == counting

    for book in json.loads(run.json)["workbooks"]:
        said = [
            (each["code"], each["standing"]) for each in book["findings"] if not each["because_of"]
        ]
        of_book = [each for each in judged[book["file"]] if each.issue.finding]
        assert said == [(each.issue.code, each.standing) for each in of_book]
