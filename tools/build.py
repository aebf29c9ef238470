"""Execute the notebooks and build the site to _build/html.

    python tools/build.py [--jobs N]

The pages are staged in _build/stage (sources, with the outputs of the executed notebooks),
built by jupyter-book in _build/next, and moved to _build/html when all went well: a build
that fails leaves the last good site in place.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from book import BUILD, ROOT, config, labs, site_pages, stop
from execute import ENVIRONMENT, KEPT, dependencies_hash, execute
from site_fill import filled
from site_finish import finish
from stage import staged_lab, staged_notebook, staged_toc

STAGE, NEXT, SITE = BUILD / "stage", BUILD / "next", BUILD / "html"
STAMP = BUILD / "site.sha256"


def stage(executions):
    """Write config, pages and executed notebooks to the stage; return its hash, and whether a page is gone."""
    wanted = {Path("_config.yml"), Path("book/references.bib")}
    wanted |= {p.relative_to(ROOT) for p in (ROOT / "book/_static").rglob("*") if p.is_file()}
    contents = {path: (ROOT / path).read_bytes() for path in wanted}
    contents |= {Path("_toc.yml"): staged_toc(ROOT), **staged_pages(executions)}
    if (ROOT / "tools/hero.py").is_file():
        contents[Path("book/_static/hero.webp")] = hero()
    gone = [p for p in STAGE.rglob("*") if p.is_file() and p.relative_to(STAGE) not in contents]
    for path in gone:
        path.unlink()
    for path, content in contents.items():
        _write_if_changed(STAGE / path, content)
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    tools = Path(__file__).parent
    for tool in sorted([*tools.glob("*.py"), *(tools / "deck").glob("*")]):
        digest.update(tool.read_bytes())
    for path in sorted(contents):
        digest.update(str(path).encode() + hashlib.sha256(contents[path]).digest())
    return digest.hexdigest(), bool(gone)


def staged_pages(executions):
    """Return {path: content} of the pages of the site."""
    copies, contents = labs(ROOT), {}
    for page in map(Path, site_pages(ROOT)):
        notebook = page.with_suffix(".ipynb")
        if notebook in executions:
            contents[notebook] = staged_notebook(notebook, executions[notebook], ROOT)
        elif notebook in copies:
            contents[notebook] = staged_lab(notebook, executions.get(copies[notebook]), ROOT)
        else:
            text = (ROOT / page).with_suffix(".md").read_text(encoding="utf-8")
            contents[page.with_suffix(".md")] = filled(text, executions).encode()
    return contents


def hero():
    """Return the landing page's picture, drawn anew when what it depends on has changed."""
    script = ROOT / "tools/hero.py"
    key = hashlib.sha256(dependencies_hash().encode() + script.read_bytes()).hexdigest()[:16]
    kept = KEPT / f"hero-{key}.webp"
    if not kept.is_file():
        KEPT.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(".new.webp")
        environment = {**os.environ, **ENVIRONMENT}
        result = subprocess.run(
            [sys.executable, str(script), str(beside)], capture_output=True, text=True, env=environment
        )
        if result.returncode != 0:
            stop(f"the landing page's picture could not be drawn:\n{result.stderr[-2000:]}")
        for old in KEPT.glob("hero-*.webp"):
            if old != beside:
                old.unlink()
        beside.replace(kept)
    return kept.read_bytes()


def _write_if_changed(path, content):
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def run_jupyter_book(*, fresh):
    """Build the stage; warnings are errors. Return the folder of the built pages."""
    if fresh:
        shutil.rmtree(NEXT, ignore_errors=True)
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [str(jupyter_book), "build", str(STAGE), "--path-output", str(NEXT)]
    command += ["--quiet", "--keep-going", "--warningiserror", "--nitpick"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}  # for sphinx_course
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode != 0:
        shutil.rmtree(NEXT, ignore_errors=True)  # a second, incremental run would forget the warnings
        printed = re.sub(r"\x1b\[[0-9;]*m", "", result.stderr).replace(f"{STAGE}/", "").splitlines()
        wrong = [line for line in printed if "WARNING" in line or "ERROR" in line]
        stop("the site was not built:\n" + "\n".join(wrong or printed[-15:]))
    return NEXT / "_build" / "html"


def publish(built):
    """Put the built pages in the place of the last good site."""
    fresh, old = BUILD / "html.new", BUILD / "html.old"
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, fresh, ignore=shutil.ignore_patterns(".buildinfo", "_sources_", "*.pickle"))
    finish(fresh)
    (fresh / ".nojekyll").touch()
    if SITE.exists():
        SITE.rename(old)
    fresh.rename(SITE)
    shutil.rmtree(old, ignore_errors=True)


def build(*, jobs=None, fresh=True):
    """Bring the site up to date; return whether anything had to be built."""
    digest, page_gone = stage(execute(jobs=jobs))
    if STAMP.is_file() and STAMP.read_text() == digest and (SITE / "index.html").is_file():
        return False
    STAMP.unlink(missing_ok=True)
    publish(run_jupyter_book(fresh=fresh or page_gone))
    STAMP.write_text(digest)
    return True


def main():
    """Build the site and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, help="notebooks executed at a time; default: all cores")
    start = time.perf_counter()
    changed = build(jobs=parser.parse_args().jobs)
    if "/OWNER/" in config()["repository"]["url"]:
        print("repository.url in _config.yml still says OWNER: set it, then `make links`")
    state = f"built in {time.perf_counter() - start:.0f} s" if changed else "nothing has changed"
    print(f"The site is up to date ({state}). Open {SITE / 'index.html'}")


if __name__ == "__main__":
    main()
