"""Make the packages of requirements-instructors.txt importable: they live beside the readers' environment.

What the tools use of nbgrader is imported from here.
"""

import sys
from pathlib import Path

from book import stop

FOLDER = Path(sys.prefix) / "instructors"

if not (FOLDER / "nbgrader").is_dir():
    stop(f"{FOLDER} lacks nbgrader: `make students` and `make grade` install it")
if str(FOLDER) not in sys.path:
    sys.path.append(str(FOLDER))

from nbgrader.nbgraderformat.v3 import MetadataValidatorV3  # noqa: E402
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, LockCells  # noqa: E402
from nbgrader.utils import determine_grade  # noqa: E402

__all__ = ["ClearHiddenTests", "ClearSolutions", "LockCells", "MetadataValidatorV3", "determine_grade"]
