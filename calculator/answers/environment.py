"""Warm targets as they are given to the VPC CNI: by kubectl, the EKS add-on, or Helm.

Source: VPC CNI, README (environment variables); Amazon EKS User Guide (add-on configuration).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

__all__ = ["environment", "lines_to_paste"]

#: The variables that a recommendation sets or unsets.
_VARIABLES = ("WARM_ENI_TARGET", "WARM_IP_TARGET", "MINIMUM_IP_TARGET", "WARM_PREFIX_TARGET")
_IP_TARGETS = _VARIABLES[1:3]


def environment(mode: str, settings: Mapping[str, int]) -> dict[str, str]:
    """The environment variables of the VPC CNI for a mode and the targets that act in it."""
    targets = {name.upper(): str(value) for name, value in settings.items()}
    if targets.get("MINIMUM_IP_TARGET") == "0":
        del targets["MINIMUM_IP_TARGET"]
    return {"ENABLE_PREFIX_DELEGATION": "true" if mode == "prefix" else "false", **targets}


def lines_to_paste(mode: str, settings: Mapping[str, int]) -> Iterator[str]:
    """The environment as a command of kubectl, as the add-on's configuration, as Helm values.

    The command unsets IP targets that are not among them: as long as one is set, it rules.
    """
    variables = environment(mode, settings)
    said = [f"{name}={value}" for name, value in variables.items()]
    said += [f"{name}-" for name in _IP_TARGETS if name not in variables]
    yield "kubectl:"
    yield f"kubectl set env daemonset aws-node -n kube-system {' '.join(said)}"
    yield ""
    yield "EKS add-on vpc-cni, configuration values:"
    yield json.dumps({"env": variables})
    yield ""
    yield "Helm chart aws-vpc-cni, values:"
    yield "env:"
    for name, value in variables.items():
        yield f'  {name}: "{value}"'
