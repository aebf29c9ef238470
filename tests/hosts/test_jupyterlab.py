"""Widgets in a real JupyterLab with a real kernel: alive, changed by a reader, read back by Python.

Starting a laboratory takes longer than all other tests of a host together, so this runs on request:
``COURSE_LAB=1 .venv/bin/python -m pytest tests/hosts/test_jupyterlab.py``, and every week. Pictures of all
explorables in both themes are kept in ``_build/lab``.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("jupyterlab")
pytestmark = pytest.mark.skipif(os.environ.get("COURSE_LAB") != "1", reason="on request: set COURSE_LAB=1")
CELLS = [
    "from course_utils.widgets import ConvExplorer\nw = ConvExplorer()\nw",
    "print('kernel', w.kernel[0].tolist(), 'stride', w.stride, 'pixels', w.image[0, :3].tolist())",
    "w.stride = 1; w.padding = 2",
]
DIGIT = """import torch
from torch import nn
from course_utils.widgets import DigitLab
torch.manual_seed(0)
reader = nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(576, 10))
DigitLab(reader, mistakes=(torch.zeros(1, 1, 28, 28), [0]))"""
FILTERS = """from course_utils.pretrained import load_alexnet
from course_utils.widgets import FilterExplorer
f = FilterExplorer(load_alexnet())
f"""
ALL = {
    "conv": CELLS[0],
    "digit": DIGIT,
    "detector": "from course_utils.widgets import Detector1D\nDetector1D()",
    "spiral": "from course_utils.widgets import SpiralLab\nSpiralLab()",
    "filters": FILTERS,
}
PICTURES = Path(__file__).resolve().parents[2] / "_build/lab"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Start a JupyterLab of its own on loopback; return its address."""
    home = tmp_path_factory.mktemp("jupyter")
    (home / "notebooks").mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, sources in {"widget": CELLS, "all": [*ALL.values(), "print(f.feature_map.shape)"]}.items():
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(
            nbformat.v4.new_notebook(cells=cells, metadata=kernel), home / f"notebooks/{name}.ipynb"
        )
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
    options += [
        f"--ServerApp.root_dir={home / 'notebooks'}",
        "--LabApp.news_url=None",
        "--LabApp.expose_app_in_browser=True",
    ]
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


@pytest.fixture
def notebook(browser, lab):
    """Return a function that opens a notebook: (page, a function that runs a cell, problems of explorables)."""
    pages = []

    def open_notebook(name):
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        pages.append(page)
        page.set_default_timeout(90_000)
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda m: m.type == "error" and "anywidget" in m.text and problems.append(m.text))
        page.goto(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb")
        page.get_by_text("| Idle").wait_for()  # the kernel is there

        def run(number):
            page.locator(".jp-CodeCell .jp-InputArea-editor").nth(number).click()
            page.keyboard.press("Control+Enter")

        return page, run, problems

    yield open_notebook
    for page in pages:
        page.close()


def test_a_widget_is_alive_and_python_reads_what_a_reader_made(notebook):
    page, run, problems = notebook("widget")
    run(0)
    weight = page.get_by_label("kernel row 1, column 1")
    weight.wait_for()
    weight.fill("5")
    page.get_by_role("slider", name="stride").focus()
    page.keyboard.press("ArrowRight")
    page.locator(".cw canvas").first.focus()
    page.keyboard.press("9")
    page.wait_for_timeout(500)
    run(1)
    printed = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output")
    printed.wait_for()
    assert printed.text_content().startswith("kernel [5.0, ") and "stride 2" in printed.text_content()
    assert "pixels [1.0, 0.0" in printed.text_content()
    run(2)
    page.wait_for_function("document.querySelector('.cw').textContent.includes('padding 2')")
    assert page.get_by_role("slider", name="stride").input_value() == "1"
    assert problems == []


def test_every_explorable_in_both_themes(notebook):
    page, run, problems = notebook("all")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number in range(len(ALL)):
        run(number)
        page.locator(".jp-CodeCell").nth(number).locator(".cw").wait_for(state="attached")
    for theme in ("Light", "Dark"):
        page.evaluate(
            f"jupyterapp.commands.execute('apputils:change-theme', {{ theme: 'JupyterLab {theme}' }})"
        )
        is_light = str(theme == "Light").lower()
        page.wait_for_function("light => document.body.dataset.jpThemeLight === light", arg=is_light)
        for number, kind in enumerate(ALL):
            explorable = page.locator(".jp-CodeCell").nth(number).locator(".cw")
            explorable.scroll_into_view_if_needed()
            page.wait_for_timeout(800)
            assert (explorable.get_attribute("data-dark") is not None) == (theme == "Dark"), kind
            assert explorable.evaluate("e => e.scrollWidth <= e.clientWidth"), kind
            explorable.screenshot(path=PICTURES / f"{kind}-{theme.lower()}.png")
    layers = explorable.get_by_role("combobox", name="Layer", exact=True)
    layers.select_option("conv2")  # its pictures come from the kernel
    explorable.get_by_text("the 192 units of conv2").wait_for()
    page.wait_for_function("!document.body.textContent.includes('The kernel makes its pictures')")
    page.wait_for_timeout(1000)
    explorable.screenshot(path=PICTURES / "filters-conv2.png")
    run(len(ALL))
    printed = page.locator(".jp-CodeCell").nth(len(ALL)).locator(".jp-OutputArea-output")
    assert "torch.Size([27, 27])" in printed.text_content()
    assert problems == []
