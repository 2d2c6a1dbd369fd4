"""A sweep of a million scenarios against NumPy written by hand for the same rules.

Run by hand: ``python tests/benchmarks/sweep_numpy.py``. Both take the same columns of sheet WarmIP
and give the same columns; that they are equal in every row is made sure of before they are timed,
in turns, in one process. The ratio of the medians is what counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from common import in_turns, machine

from calculator.catalog import Catalog, load_catalog
from calculator.scenarios import sweep

ROWS = 1_000_000
ROUNDS = 9

#: The inputs that are numbers, and the most that the random scenarios have.
MOST = {
    "instances": 50,
    "pods_per_node": 120,
    "warm_ip_target": 20,
    "minimum_ip_target": 30,
    "host_network_pods": 5,
    "daemonset_pods": 8,
}


def scenarios(catalog: Catalog) -> pd.DataFrame:
    """Random scenarios: a thousand types of the catalog and one that is not in it."""
    random = np.random.default_rng(1)
    names = [each.instance_type for each in catalog if each.max_enis and each.ipv4_per_eni]
    chosen = np.array([*random.permutation(names)[:1000], "m5.unknown"])
    numbers = {name: random.integers(0, most + 1, ROWS) for name, most in MOST.items()}
    types = chosen[random.integers(0, len(chosen), ROWS)]
    return pd.DataFrame({"sheet": "WarmIP", "instance_type": types, **numbers})


def by_hand(frame: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """What :func:`calculator.sweep` gives for these columns, and for nothing else."""
    codes, names = pd.factorize(frame["instance_type"])
    found = [catalog.get(name) for name in names]
    limits = np.array(
        [
            (each.max_enis, each.ipv4_per_eni, each.vcpus or 0) if each else (1, 2, 1)
            for each in found
        ]
    )
    enis, ips_per_eni, vcpus = (limit[codes] for limit in limits.T.copy())
    known = np.array([each is not None for each in found])[codes]
    numbers = [frame[name].to_numpy() for name in MOST]
    for values in numbers:
        assert values.min() >= 0
        assert values.max() <= 1_000_000
    instances, workload, warm, least, host, daemonset = numbers

    slots, zones = ips_per_eni - 1, 2
    max_pods = np.minimum(enis * slots + 2, np.where(vcpus < 30, 110, 250))
    pods = workload + daemonset
    fit = np.maximum(0, np.minimum(enis * slots, max_pods - host))
    by_max_pods = max_pods - host < enis * slots
    stops = (warm == 0) & (least > 0)
    most_active = np.where(stops, np.minimum(fit, least), fit)
    most = -(-max_pods // slots)
    first = np.minimum(np.maximum(warm, least), most * slots)
    no_targets = (warm == 0) & (least == 0)

    def held(active: Any) -> tuple[Any, Any, Any]:
        """The secondary addresses, the ENIs that pods use, and all ENIs."""
        wanted = np.minimum(np.maximum(active + warm, least), max_pods)
        by_ips = np.minimum(enis * slots, np.maximum(np.maximum(first, wanted), active))
        used = -(-active // slots)
        by_enis = np.minimum(enis, np.maximum(used, np.minimum(used + 1, most)))
        secondary = np.where(no_targets, by_enis * slots, by_ips)
        return secondary, used, np.maximum(1, -(-secondary // slots))

    active = np.minimum(pods, most_active)
    secondary, active_enis, attached = held(active)
    surged = workload + -(-workload // 4) + daemonset
    peak_secondary, _, peak_attached = held(np.minimum(surged, most_active))
    per_node = secondary + attached
    hosted = np.minimum(workload, np.maximum(0, active - daemonset))
    nodes = -(-instances // zones)
    none = np.zeros(len(frame), dtype=np.int64)
    results = {
        "active_ips": active,
        "active_enis": active_enis,
        "warm_ips": secondary - active,
        "warm_enis": attached - active_enis,
        "attached_enis": attached,
        "secondary_ips": secondary,
        "prefixes": None,
        "trunk_enis": none,
        "branch_enis": none,
        "ips_per_node": per_node,
        "ips_total": per_node * nodes,
        "pods_total": hosted * nodes,
        "kept_ips_per_node": np.where(no_targets, peak_secondary, secondary) + peak_attached,
        "peak_ips_per_node": peak_secondary + peak_attached,
    }
    missing = ~known
    table = frame.copy()
    for name, values in results.items():
        if values is None:
            table[name] = pd.array(np.zeros(len(frame)) * np.nan, dtype="Int64")
        else:
            table[name] = pd.arrays.IntegerArray(values, missing.copy())
    table["check"] = _check(names, codes, known, pods, fit, by_max_pods, vcpus, active, catalog)
    return table


def _check(
    names: Any,
    codes: Any,
    known: Any,
    pods: Any,
    fit: Any,
    by_max_pods: Any,
    vcpus: Any,
    active: Any,
    catalog: Catalog,
) -> Any:
    """The check column by hand; each message is put together once."""
    check = np.full(len(codes), "OK", dtype=object)

    def say(rows: Any, figure: Any, words: str) -> None:
        which, distinct = pd.factorize(figure[rows])
        said = [words.format(each) for each in distinct.tolist()]
        check[rows] = np.array(said, dtype=object)[which]

    say(
        np.flatnonzero(known & (pods <= fit) & (pods > active)),
        active,
        "Only {} pods of a node get an address: without WARM_IP_TARGET ipamd stops at "
        "MINIMUM_IP_TARGET",
    )
    short = known & (pods > fit)
    fit_words = "Only {} of the pods that need an address fit on a node"
    say(np.flatnonzero(short & ~by_max_pods), fit, fit_words)
    say(np.flatnonzero(short & by_max_pods), fit, f"{fit_words}: its max pods")
    unlisted = (vcpus == 0) & known & (check == "OK")
    check[unlisted] = "Its vCPUs are not known: 110 max pods are assumed; enter its own max pods"
    problems = np.array([catalog.problem(name) for name in names], dtype=object)
    check[~known] = problems[codes[~known]]
    return check


def main() -> None:
    """Print both times and their ratio."""
    catalog = load_catalog()
    frame = scenarios(catalog)

    def ours() -> pd.DataFrame:
        return sweep(frame)

    def theirs() -> pd.DataFrame:
        return by_hand(frame, catalog)

    pd.testing.assert_frame_equal(ours(), theirs())
    mine, other = in_turns([ours, theirs], ROUNDS)
    print(machine())
    print(f"NumPy by hand        {other * 1000:8.1f} ms")
    print(f"sweep                {mine * 1000:8.1f} ms")
    print(f"ratio                {mine / other:8.1f}    (aim: at most 3)")


if __name__ == "__main__":
    main()
