"""Launching: buttons open files that are there; Colab's setup cell, Binder's image, JupyterLab."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

import book
import instructors
import links

ROOT = book.ROOT
SITE = book.BUILD / "html"
NOTEBOOKS = [*book.notebooks(), *book.labs()]
BINDER = ROOT / ".binder"


def cell_of(path, name):
    return next(c.source for c in book.read(ROOT / path).cells if c["id"] == name)


# ---------------------------------------------------------------- buttons


@pytest.mark.parametrize("path", NOTEBOOKS, ids=str)
def test_buttons_open_the_page_s_own_file_which_is_in_the_repository(path):
    opened = re.findall(r'href="[^"]*?(book/[\w/]+\.ipynb)"', cell_of(path, "launch"))
    assert opened == [path.as_posix()] * 3
    tracked = subprocess.run(["git", "ls-files", "--", str(path)], cwd=ROOT, capture_output=True, text=True)
    assert tracked.stdout.strip() == path.as_posix()


@pytest.mark.skipif(not SITE.is_dir(), reason="the site is not built: run make site")
@pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if str(p.with_suffix("")) in book.site_pages()], ids=str
)
def test_every_button_of_a_built_page_opens_that_page(path):
    page = BeautifulSoup((SITE / path).with_suffix(".html").read_text(encoding="utf-8"), "html.parser")
    hosts = ("colab.research.google.com", "mybinder.org", "github.com")
    found = {a["href"] for a in page.find_all("a", href=True) if any(h in a["href"] for h in hosts)}
    opened = {re.search(r"book/[\w/]+\.ipynb", href)[0] for href in found if ".ipynb" in href}
    assert opened == {path.as_posix()}


# ---------------------------------------------------------------- Colab


@pytest.fixture
def bare_python(tmp_path):
    """Return a Python with all packages of this environment but course_utils."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "colab")], check=True)
    own = subprocess.run(
        [tmp_path / "colab/bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    packages = Path(own.stdout.strip())
    here = next(p for p in sys.path if p.endswith("site-packages") and Path(p).is_relative_to(sys.prefix))
    (packages / "all-but-the-course.pth").write_text(here + "\n")  # its own .pth files are not read
    return tmp_path / "colab/bin/python", packages


def a_repository(folder):
    """Make a repository of what is installed, with the tag v1; return its path."""
    folder.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSES.md"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(
        ROOT / "course_utils", folder / "course_utils", ignore=shutil.ignore_patterns("__pycache__")
    )
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "x"], ["tag", "v1"]):
        subprocess.run(["git", "-C", str(folder), *words], check=True)
    return folder


def test_the_setup_cell_installs_the_package_from_a_tag_and_nothing_else(tmp_path, bare_python):
    """The cell runs as it is; git takes the local repository where it asks for the one on GitHub."""
    python, packages = bare_python
    slug, branch = links.address()
    cell = cell_of(book.notebooks()[0], "setup").replace(f"@{branch}", "@v1")
    (tmp_path / "cell.ipy").write_text(f"{cell}\nimport course_utils\nprint(course_utils.__file__)\n")
    local = a_repository(tmp_path / "repository").as_uri()
    replaced = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{local}.insteadOf"}
    replaced |= {"GIT_CONFIG_VALUE_0": f"https://github.com/{slug}", "GIT_ALLOW_PROTOCOL": "file"}
    offline = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "IPYTHONDIR": str(tmp_path / "ipython")}
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ran = [
        subprocess.run(
            [python, "-m", "IPython", "--no-banner", "cell.ipy"],
            cwd=tmp_path, env={**environment, **replaced, **offline}, capture_output=True, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for one in ran:
        assert one.returncode == 0 and str(packages / "course_utils/__init__.py") in one.stdout, one.stderr
    installed = {p.name.split("-")[0] for p in packages.glob("*.dist-info")}
    assert installed == {"course_utils"}
    assert (packages / "course_utils/assets").is_dir()
    assert "pip" not in ran[1].stdout + ran[1].stderr  # the second time there is nothing to do


@pytest.mark.parametrize("path", NOTEBOOKS, ids=str)
def test_setup_cells_never_touch_torch(path):
    source = cell_of(path, "setup")
    assert "torch" not in source and source.count("--no-deps") == 1
    assert re.search(r'"git\+https://github\.com/[\w.-]+/[\w.-]+@[\w./-]+"', source)


# ---------------------------------------------------------------- Binder


@pytest.fixture(scope="module")
def binder(tmp_path_factory):
    """Return repo2docker's plan of the image, made as mybinder.org makes it, without building it."""
    sys.path.append(str(instructors.FOLDER))
    from repo2docker.app import Repo2Docker

    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(BINDER, folder / ".binder")
    for name in ("requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    before, app = Path.cwd(), Repo2Docker()
    os.chdir(folder)
    try:
        packs = [pack(app.base_image) for pack in app.buildpacks]
        chosen = next(pack for pack in packs if pack.detect())
        chosen.platform = "linux/amd64"
        return chosen, chosen.render({"NB_USER": "jovyan", "NB_UID": "1000"})
    finally:
        os.chdir(before)


def test_binder_s_image_has_python_3_11_and_installs_what_a_page_needs(binder):
    plan, dockerfile = binder
    assert type(plan).__name__ == "PythonBuildPack" and str(plan.python_version).startswith("3.11")
    installs = re.findall(r'pip install [^\n]*-r "?([^"\s]+)', dockerfile)
    assert installs == [".binder/requirements.txt"]  # not the root's, which is for building the book
    assert "RUN ./.binder/postBuild" in dockerfile


def test_binder_installs_the_package_and_torch_for_the_cpu():
    assert "pip install --no-deps ." in (BINDER / "postBuild").read_text()
    assert os.access(BINDER / "postBuild", os.X_OK)
    listed = subprocess.run(
        ["git", "ls-files", "-s", ".binder/postBuild"], cwd=ROOT, capture_output=True, text=True
    )
    assert listed.stdout.startswith("100755")
    lines = (BINDER / "requirements.txt").read_text().splitlines()
    assert "--extra-index-url https://download.pytorch.org/whl/cpu" in lines
    assert any(line.startswith("jupyterlab==") for line in lines)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=str)
def test_a_page_fits_into_binder_s_memory(path):
    assert book.read(ROOT / path).metadata["course"]["memory_mb"] <= 1500  # of 2048


# ---------------------------------------------------------------- JupyterLab


def test_make_lab_serves_the_notebooks(tmp_path):
    printed = subprocess.run(
        ["make", "-n", "--no-print-directory", "-o", ".venv/.ready", "lab"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    words = shlex.split(printed.stdout.strip().splitlines()[-1])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words += ["--no-browser", "--allow-root", f"--port={port}", "--IdentityProvider.token=t"]
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(tmp_path), "JUPYTER_RUNTIME_DIR": str(tmp_path)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(words, cwd=ROOT, env=environment, **quiet) as server:
        try:
            listed = contents(f"http://127.0.0.1:{port}/api/contents/labs?token=t")
        finally:
            server.terminate()
    assert {Path(entry["path"]).name for entry in listed} >= {path.name for path in book.labs()}


def contents(address, patience=90):
    """Return what a server lists in a folder, as soon as it answers."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)["content"]
        except OSError:
            assert time.monotonic() < deadline, "JupyterLab does not answer"
            time.sleep(0.5)
