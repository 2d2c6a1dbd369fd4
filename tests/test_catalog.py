"""The built-in catalogs hold EC2's figures; a faulty file of one's own is refused in words."""

import csv
import dataclasses
from importlib import resources

import numpy as np
import pytest

from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.errors import InputError

# max ENIs, IPv4 addresses per ENI, max pods: Amazon EC2 User Guide, eni-max-pods.txt.
WELL_KNOWN = {
    "t2.micro": (2, 2, 4),
    "t3.small": (3, 4, 11),
    "m5.large": (3, 10, 29),
    "c5.2xlarge": (4, 15, 58),
    "m5.12xlarge": (8, 30, 234),
    "p3dn.24xlarge": (15, 50, 737),
    "p4d.24xlarge": (15, 50, 737),
    "m7g.16xlarge": (15, 50, 737),
}
# Branch ENIs: limits.go of the VPC resource controller, c8in of Karpenter; None: not known.
BRANCH_ENIS = {
    "a1.xlarge": 18,
    "c5.12xlarge": 54,
    "c3.large": 0,
    "c8in.large": 8,
    "i8ge.48xlarge": 98,
    "is4gen.medium": 4,
    "m5a.large": 9,
    "r6g.medium": 4,
    "r9g.large": None,
}
# EFA interfaces: EC2's DescribeInstanceTypes; None: not known.
EFA_INTERFACES = {
    "m5.large": 0,
    "c5n.18xlarge": 1,
    "hpc7a.96xlarge": 2,
    "p4d.24xlarge": 4,
    "p5.48xlarge": 32,
    "p5en.48xlarge": 16,
    "trn1.32xlarge": 8,
    "trn1n.32xlarge": 16,
    "p3.16xlarge": None,
}
# Types whose figures are Karpenter's of 2026-08.
NEWEST = {
    "c7g-flex.medium": (2, 4, 8),
    "i3.metal": (15, 50, 737),
    "m8g-flex.16xlarge": (15, 50, 737),
}
# Types of the published maxPods sheet that its maxENI sheet does not list, and the other way round.
WITHOUT_ENIS = [
    *("c5a.metal", "c5ad.metal", "cr1.8xlarge", "hpc6a.48xlarge", "hs1.8xlarge"),
    *("u-12tb1.metal", "u-18tb1.metal", "u-24tb1.metal", "u-6tb1.metal", "u-9tb1.metal"),
]
WITHOUT_MAX_PODS = [
    *("c6a.metal", "m6a.metal", "x2idn.16xlarge", "x2idn.24xlarge", "x2idn.32xlarge"),
    *("x2iedn.16xlarge", "x2iedn.24xlarge", "x2iedn.2xlarge", "x2iedn.32xlarge"),
    *("x2iedn.4xlarge", "x2iedn.8xlarge", "x2iedn.xlarge"),
]
HEADER = "instance_type,max_enis,ipv4_per_eni\n"


def limits(catalog, name):
    each = catalog.get(name)
    return each.max_enis, each.ipv4_per_eni, each.max_pods


def test_built_in_catalog_holds_ec2s_figures():
    catalog = load_catalog()
    assert len(catalog) == 1447
    expected = WELL_KNOWN | NEWEST
    assert {name: limits(catalog, name) for name in expected} == expected
    assert {name: catalog.get(name).branch_enis for name in BRANCH_ENIS} == BRANCH_ENIS
    assert {name: catalog.get(name).efa_interfaces for name in EFA_INTERFACES} == EFA_INTERFACES
    assert catalog.version.startswith("EC2 limits of 2026-08, VPC CNI v1.23.1 (")


def test_figures_of_the_built_in_catalog_agree_with_each_other():
    for each in load_catalog():
        assert each.max_pods == each.max_enis * (each.ipv4_per_eni - 1) + 2, each
        assert each.bare_metal == (".metal" in each.instance_type), each
        assert each.trunk_compatible == (each.branch_enis and each.branch_enis > 0), each
        assert not (each.efa_interfaces and not each.nitro), each


def test_built_in_catalog_has_a_column_for_each_field():
    path = resources.files("calculator") / "data" / "instance_types.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    assert header.split(",") == [each.name for each in dataclasses.fields(InstanceType)]


def test_catalog_of_awss_sample_keeps_its_figures_and_its_gaps():
    catalog = load_catalog(model="aws-sample")
    assert len(catalog) == 507
    assert limits(catalog, "m5.12xlarge") == (8, 30, 234)
    # The sample counts the ENIs of all four network cards; EC2's default card has 15.
    assert limits(catalog, "p4d.24xlarge") == (60, 50, 737)
    without_enis = [each.instance_type for each in catalog if each.max_enis is None]
    assert sorted(without_enis) == WITHOUT_ENIS
    assert [catalog.get(name).ipv4_per_eni for name in WITHOUT_ENIS] == [None] * 10
    assert limits(catalog, "c5a.metal") == (None, None, 737)
    without_max_pods = [each.instance_type for each in catalog if each.max_pods is None]
    assert sorted(without_max_pods) == WITHOUT_MAX_PODS
    assert "m7g.16xlarge" not in catalog


def test_built_in_catalog_agrees_with_the_published_limits(shared_data):
    with open(shared_data / "ec2_instance_types.csv", encoding="utf-8", newline="") as stream:
        published = list(csv.DictReader(stream))
    catalog = load_catalog()
    assert len(published) == len(catalog)
    for row, each in zip(published, catalog, strict=True):
        row["max_enis"] = row.pop("max_enis_default_card")
        row["efa_interfaces"] = row.pop("max_efa_interfaces")
        del row["network_cards"]
        row["hypervisor"] = row["hypervisor"].replace("unknown", "")
        ours = {name: getattr(each, name) for name in row}
        assert {k: "" if v is None else str(v).lower() for k, v in ours.items()} == row


def test_own_catalog(file_of):
    columns = "ipv4_per_eni,instance_type,max_enis,max_pods,bare_metal,vcpus,hypervisor,colour"
    rows = "10,m5.large,3,,false,2,nitro,red\r\n 015 , My.Type ,4,110,TRUE,,,\r\n"
    path = file_of(f"\ufeff{columns}\r\n{rows}")
    first, second = load_catalog(path)
    assert first == InstanceType("m5.large", 3, 10, 29, 2, "nitro", False)
    assert second == InstanceType("My.Type", 4, 15, 110, None, None, True)


@pytest.mark.parametrize(("text", "interfaces"), [("0", 0), ("32", 32), ("", None)])
def test_own_catalog_may_give_efa_interfaces(text, interfaces, file_of):
    [each] = load_catalog(file_of(f"{HEADER.strip()},efa_interfaces\np5.48xlarge,2,50,{text}\n"))
    assert each.efa_interfaces == interfaces


def test_version_tells_one_content_from_another(file_of):
    first = load_catalog(file_of(f"{HEADER}m5.large,3,10\n"))
    second = load_catalog(file_of(f"{HEADER}m5.large,3,11\n"))
    assert first.version.startswith("input.csv (")
    assert first.version != second.version
    assert load_catalog(file_of(f"{HEADER}m5.large,3,10\n")).version == first.version


COUNT = "a whole number from {} to 100,000 is expected"
FAULTS = {
    # content of the file: what the message says after the file's name
    "": ": column instance_type is missing; its columns: none",
    "type,max_enis\n": ": column instance_type is missing; its columns: type, max_enis",
    "instance_type,ipv4_per_eni\n": ": column max_enis is missing; "
    "its columns: instance_type, ipv4_per_eni",
    "instance_type,max_enis,ipv4_per_eni,max_enis\n": ": column max_enis stands there twice",
    HEADER: ": it lists no instance type",
    HEADER + "m5.large,three,10\n": ', line 2, max_enis: found "three"; ' + COUNT.format(1),
    HEADER + "m5.large,3,10\n\nm5.xlarge,0,15\n": ', line 4, max_enis: found "0"; '
    + COUNT.format(1),
    HEADER + "m5.large,3,1\n": ', line 2, ipv4_per_eni: found "1"; ' + COUNT.format(2),
    HEADER + "m5.large,3.0,10\n": ', line 2, max_enis: found "3.0"; ' + COUNT.format(1),
    HEADER + "m5.large,-3,10\n": ', line 2, max_enis: found "-3"; ' + COUNT.format(1),
    HEADER + "m5.large,100001,10\n": ', line 2, max_enis: found "100001"; ' + COUNT.format(1),
    HEADER + f"m5.large,{'9' * 5000},10\n": f', line 2, max_enis: found "{"9" * 57}..."; '
    + COUNT.format(1),
    HEADER + "m5.large,,10\n": ", line 2, max_enis: found nothing; " + COUNT.format(1),
    HEADER + "m5.large,3\n": ", line 2, ipv4_per_eni: found nothing; " + COUNT.format(2),
    HEADER + " ,3,10\n": ", line 2, instance_type: found nothing; an instance type is expected",
    HEADER + "m5.large,3,10\nM5.Large,3,10\n": ', line 3, instance_type: found "M5.Large", '
    "which line 2 lists already",
    HEADER + "m5.large,1,000,10\n": ", line 2: the row has more cells than the header has columns",
    HEADER + "m5.large,3," + "1" * 200_000: ", line 2: field larger than field limit (131072)",
    HEADER.strip() + ",bare_metal\na,1,2,yes\n": ', line 2, bare_metal: found "yes"; '
    "true or false is expected",
    HEADER.strip() + ",branch_enis\na,1,2,-1\n": ', line 2, branch_enis: found "-1"; '
    + COUNT.format(0),
    HEADER.strip() + ",efa_interfaces\na,1,2,many\n": ', line 2, efa_interfaces: found "many"; '
    + COUNT.format(0),
    b"instance_type\n\xff\xfe": ": this is not text in UTF-8; save it as CSV",
}


@pytest.mark.parametrize(("content", "message"), FAULTS.items(), ids=range(len(FAULTS)))
def test_faulty_file(content, message, file_of):
    path = file_of(content)
    with pytest.raises(InputError) as caught:
        load_catalog(path)
    assert str(caught.value) == f"catalog {path}{message}"


def test_file_that_cannot_be_opened(tmp_path):
    path = tmp_path / "none.csv"
    with pytest.raises(InputError) as caught:
        load_catalog(path)
    assert str(caught.value) == f"catalog {path}: No such file or directory"


OWN = Catalog(
    [InstanceType("m5.large", 3, 10, 29), InstanceType("My.Type", 4, 15), InstanceType("x", 2, 4)],
    "own",
)


def test_names_are_found_whatever_their_case():
    assert OWN.get("M5.LARGE") is OWN.types[0]
    assert OWN.get("my.type") is OWN.types[1]
    assert OWN.get("m5.larg") is None
    assert "MY.TYPE" in OWN
    assert "m5" not in OWN
    assert 5 not in OWN
    assert [each.instance_type for each in OWN.like("TYPE")] == ["My.Type"]


def test_positions_and_figures():
    positions = OWN.positions(["X", "nope", "m5.large", "", "my.type"])
    assert positions.tolist() == [3, 0, 1, 0, 2]
    assert OWN.figures("max_enis", positions) == pytest.approx(
        [2, np.nan, 3, np.nan, 4], nan_ok=True
    )
    assert np.isnan(OWN.figures("max_pods", positions)).tolist() == [True, True, False, True, True]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("m5.lage", ["m5.large"]),
        (" M5.LARG ", ["m5.large"]),
        ("m5.12xIarge", ["m5.12xlarge"]),  # a capital I
        ("m5large", ["m5.large"]),
        ("m5.2xl", ["m5.2xlarge"]),
        ("t3.med", ["t3.medium"]),
        ("db.m5.large", ["m5.large"]),
        ("m5.48xlarge", ["m5.4xlarge", "m5.8xlarge"]),
        ("m7.large", ["m7a.large", "m7g.large", "m7i.large"]),
        ("large", []),  # more types than three are as near
        ("quite different", []),
        ("x" * 1_000_000, []),
        ("", []),
    ],
)
def test_nearest(name, nearest):
    catalog = load_catalog()
    assert list(catalog.nearest(name)) == nearest
    assert list(catalog.nearest(name)) == nearest  # the answer is kept


def test_nearest_is_spelt_as_in_the_catalog():
    assert OWN.nearest("mytype") == ("My.Type",)


NOT_KNOWN = {
    "m5.lage": 'found "m5.lage", which is not known (is m5.large meant?)',
    "x5.large": 'found "x5.large", which is not known (is c5.large, m5.large or r5.large meant?)',
    "m5.48xlarge": 'found "m5.48xlarge", which is not known (is m5.4xlarge or m5.8xlarge meant?)',
    "gpu": 'found "gpu", which is not known',
    "": "found nothing, which is not known",
    "m5.large ": 'found "m5.large " with a blank at its end; m5.large is meant: remove the blank',
    " M5.LARGE": 'found " M5.LARGE" with a blank at its start; m5.large is meant: remove the blank',
    "m5.large  ": 'found "m5.large  " with blanks at its end; m5.large is meant: remove the blanks',
    "\tm5.large\n": r'found "\tm5.large\n" with blanks at its start and end; '
    "m5.large is meant: remove the blanks",
    "m5.large\xa0": r'found "m5.large\xa0" with a blank at its end; '
    "m5.large is meant: remove the blank",
    " m5.lage": 'found " m5.lage", which is not known (is m5.large meant?)',
    "m5.large\u200b": r'found "m5.large\u200b", which is not known (is m5.large meant?)',
    "m5\u2028\x1b[31m": r'found "m5\u2028\x1b[31m", which is not known',
    "x" * 70: f'found "{"x" * 57}...", which is not known',
}


@pytest.mark.parametrize(("name", "words"), NOT_KNOWN.items(), ids=range(len(NOT_KNOWN)))
def test_type_that_is_not_known(name, words):
    catalog = load_catalog()
    assert catalog.problem(name) == f"instance_type: {words}"
    with pytest.raises(InputError) as caught:
        catalog.require(["m5.large", name])
    assert str(caught.value) == f"instance_type: {words}"


def test_no_known_type_is_a_problem_in_any_case():
    catalog = load_catalog()
    for each in catalog:
        assert catalog.problem(each.instance_type.upper()) is None
        assert catalog.hint(each.instance_type.upper()) is None
    catalog.require(each.instance_type.upper() for each in catalog)


def test_types_are_found_behind_a_slip_of_the_finger():
    catalog = load_catalog()
    for each in catalog.types[::50]:
        name = each.instance_type
        assert name in catalog.nearest(f"{name[0]}{name}")
        assert catalog.hint(f"{name} ") == f"{name} is meant: remove the blank"


def test_require_names_every_unknown_type_once():
    with pytest.raises(InputError) as caught:
        OWN.require(["m5.lage", "x", "gpu", "m5.lage", "M5.LARGE", "my.type "])
    assert str(caught.value) == (
        'instance_type: found "m5.lage", which is not known (is m5.large meant?); '
        'found "gpu", which is not known; '
        'found "my.type " with a blank at its end; My.Type is meant: remove the blank'
    )


def test_type_without_limits_is_known():
    catalog = Catalog([*OWN, InstanceType("c5a.metal", None, None, 737)], "with a gap")
    problem = 'instance_type: found "c5a.metal", whose limits are not known'
    assert catalog.problem("c5a.metal") == problem
    catalog.require(["c5a.metal"])


def test_duplicate_name():
    with pytest.raises(InputError, match=r"^catalog own: M5\.Large is listed twice$"):
        Catalog([InstanceType("m5.large", 3, 10), InstanceType("M5.Large", 3, 10)], "own")
