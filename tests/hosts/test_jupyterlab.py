"""Widgets in a real JupyterLab with a real kernel: alive, changed by a reader, read back by Python.

Starting a laboratory takes longer than all other tests of a host together, so this runs on request:
``COURSE_LAB=1 .venv/bin/python -m pytest tests/hosts/test_jupyterlab.py``, and every week.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress

import nbformat
import pytest

pytest.importorskip("jupyterlab")
pytestmark = pytest.mark.skipif(os.environ.get("COURSE_LAB") != "1", reason="on request: set COURSE_LAB=1")
CELLS = [
    "from course_utils.widgets import ConvExplorer\nw = ConvExplorer()\nw",
    "print('kernel', w.kernel[0].tolist(), 'stride', w.stride)",
    "w.stride = 1; w.padding = 2",
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start a JupyterLab of its own on loopback; return its address."""
    home = tmp_path_factory.mktemp("jupyter")
    (home / "notebooks").mkdir()
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), home / "notebooks/widget.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(home / name.lower()) for name in ("CONFIG", "RUNTIME")}
    own |= {
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "spaces"),
    }
    options = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--allow-root",
        "--IdentityProvider.token=",
    ]
    options += [f"--ServerApp.root_dir={home / 'notebooks'}", "--LabApp.news_url=None"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        env={**os.environ, **own, "COURSE_STATIC": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(300):
        with suppress(OSError):
            urllib.request.urlopen(f"{address}/api", timeout=2).read()
            break
        time.sleep(0.2)
    yield address
    server.terminate()  # and its kernels
    server.wait(60)


def test_a_widget_is_alive_and_python_reads_what_a_reader_made(browser, lab):
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.set_default_timeout(90_000)
    page.goto(f"{lab}/lab/tree/widget.ipynb")
    page.get_by_text("| Idle").wait_for()  # the kernel is there

    def run(number):
        page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click()
        page.keyboard.press("Control+Enter")

    run(0)
    weight = page.get_by_label("kernel row 1, column 1")
    weight.wait_for()
    weight.fill("5")
    page.get_by_role("slider", name="stride").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    run(1)
    printed = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    printed.wait_for()
    assert printed.text_content().startswith("kernel [5.0, ") and "stride 2" in printed.text_content()
    run(2)
    page.wait_for_function("document.querySelector('.cw').textContent.includes('padding 2')")
    assert page.get_by_role("slider", name="stride").input_value() == "1"
    page.close()
