"""Many scenarios of one node group each, a row each: from a table, or from file to file."""

from calculator.scenarios.evaluation import OUTPUTS, sweep
from calculator.scenarios.files import sweep_file

__all__ = ["OUTPUTS", "sweep", "sweep_file"]
