"""Settings for all tests, the notebooks among them."""

import os

os.environ["COURSE_STATIC"] = "1"  # kernels inherit it: no bars, static widgets, no download
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this environment's kernel, not one from the user's folder
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")

try:
    from nbval.kernel import RunningKernel
except ImportError:
    RunningKernel = None


def execute_cell_input(self, cell_input, allow_stdin=None):
    """Execute a cell with its history: without, IPython does not see the semicolon that silences it."""
    return self.kc.execute(cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False)


if RunningKernel is not None:
    RunningKernel.execute_cell_input = execute_cell_input
