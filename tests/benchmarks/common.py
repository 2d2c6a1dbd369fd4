"""What the benchmarks share: workbooks to read, and times taken in turns."""

from __future__ import annotations

import gc
import os
import platform
import random
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from calculator import NodeGroup, Plan, load_catalog, write_workbook

#: Workbooks that are written; of more, the others are copies.
_DISTINCT = 48


def machine() -> str:
    """The machine, as a table of results names it."""
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        models = [line.partition(":")[2].strip() for line in stream if line.startswith("model n")]
    return f"{os.cpu_count()} x {models[0]}, Python {platform.python_version()}"


def filled_in(path: Path, seed: int = 0) -> Path:
    """A workbook with 20 node groups in a table of 40 rows."""
    chance = random.Random(seed)
    names = [each.instance_type for each in load_catalog()]
    groups = [
        NodeGroup(chance.choice(names), chance.randint(1, 20), chance.randint(1, 20))
        for _ in range(20)
    ]
    target = chance.randint(1, 9)
    plan = Plan(subnet_prefix_length=16, warm_ip_target=target, node_groups=groups)
    write_workbook(path, plan, overwrite=True)
    return path


def folder_of(folder: Path, number: int) -> list[str]:
    """Paths of that many filled-in workbooks in a folder, each a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"plan-{each:05}.xlsx" for each in range(number)]
    for seed, path in enumerate(paths):
        if not path.exists():
            if seed < _DISTINCT:
                filled_in(path, seed)
            else:
                shutil.copy(paths[seed % _DISTINCT], path)
    return [str(path) for path in paths]


def seconds(task: Callable[[], object]) -> float:
    """How long a task takes [s]; what others left is cleared away first."""
    gc.collect()
    begin = time.perf_counter()
    task()
    return time.perf_counter() - begin


def in_turns(tasks: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The median time of each task [s], after one run that does not count."""
    for task in tasks:
        task()
    times: list[list[float]] = [[] for _ in tasks]
    for _ in range(rounds):
        for task, taken in zip(tasks, times, strict=True):
            taken.append(seconds(task))
    return [statistics.median(taken) for taken in times]
