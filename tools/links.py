"""Derive everything that depends on the repository's address from `_config.yml`.

    python tools/links.py [--check]

That is: the launch line and the setup cell of every notebook, the links in README.md, the address in CITATION.cff.
While the address still says OWNER and the clone's origin is on GitHub, the address is set
to the origin first. With --check nothing is written, and what is out of date is named.
"""

import argparse
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import nbformat

from book import ROOT, config, labs, notebooks, read, stop, write

GITHUB = re.compile(
    r"(?:https://github\.com/|git@github\.com:|ssh://git@github\.com/)([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)
CITATION = re.compile(r"(?m)^(repository-code: ).*$")
README_LINKS = re.compile(r"(<!-- links -->\n).*?(\n<!-- /links -->)", re.DOTALL)

SETUP = """\
# On Colab this installs the course's helpers; elsewhere it does nothing.
try:
    import course_utils
except ModuleNotFoundError:
    %pip install --quiet anywidget
    %pip install --quiet --no-deps "git+{url}@{branch}"
"""


def address(root=ROOT):
    """Return (owner/name, branch) of the repository as `_config.yml` has them."""
    repository = config(root)["repository"]
    match = GITHUB.fullmatch(repository["url"])
    if not match:
        stop(
            "repository.url in _config.yml must look like https://github.com/OWNER/NAME, "
            f"not {repository['url']}"
        )
    return match[1], repository["branch"]


def launch_links(slug, branch, path):
    """Return the addresses that run a notebook on Colab and on Binder, and that show its source."""
    where = f"{slug}/blob/{branch}/{path}"
    return {
        "Colab": f"https://colab.research.google.com/github/{where}",
        "Binder": f"https://mybinder.org/v2/gh/{slug}/{quote(branch, safe='')}?urlpath=lab/tree/{path}",
        "source": f"https://github.com/{where}",
    }


def launch_line(slug, branch, path):
    """Return the line under a notebook's title, as HTML that JupyterLab, Colab and the site show alike."""
    links = launch_links(slug, branch, path)
    run = " · ".join(f'<a href="{links[name]}">{name}</a>' for name in ("Colab", "Binder"))
    return f'<p class="course-launch">Run this page: {run} · <a href="{links["source"]}">source</a></p>'


def linked(notebook, slug, branch, path):
    """Return the notebook with its launch line and setup cell, after the cell that holds the title."""
    cells = [cell for cell in notebook.cells if cell.get("id") not in ("launch", "setup")]
    launch = nbformat.v4.new_markdown_cell(launch_line(slug, branch, path), id="launch")
    source = SETUP.format(url=f"https://github.com/{slug}", branch=branch).strip()
    setup = nbformat.v4.new_code_cell(source, id="setup", metadata={"tags": ["remove-cell", "setup"]})
    old = next((cell for cell in notebook.cells if cell.get("id") == "setup"), None)
    if old is not None:
        setup.execution_count = old.execution_count
    notebook.cells = [cells[0], launch, setup, *cells[1:]]
    return notebook


def readme_links(slug, branch):
    """Return the line of links in README.md."""
    first = launch_links(slug, branch, "book/lectures/training_and_sgd.ipynb")
    owner, name = slug.split("/")
    return (
        f"[Read it](https://{owner.lower()}.github.io/{name}/) · "
        f"[first lecture on Colab]({first['Colab']}) · [on Binder]({first['Binder']}) · "
        f"[issues](https://github.com/{slug}/issues)"
    )


def adopt_origin(root=ROOT):
    """Replace an address that still says OWNER by the clone's origin, where that is on GitHub."""
    if "/OWNER/" not in config(root)["repository"]["url"]:
        return
    result = subprocess.run(
        ["git", "-C", str(root), "remote", "get-url", "origin"], capture_output=True, text=True
    )
    match = GITHUB.fullmatch(result.stdout.strip())
    if match:
        path = root / "_config.yml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^(  url: ).*$", rf"\g<1>https://github.com/{match[1]}", text, count=1))
        print(f"repository.url in _config.yml is now https://github.com/{match[1]}, the clone's origin")


def out_of_date(root=ROOT, *, mend=False):
    """Return the files whose links differ from what `_config.yml` says; with ``mend``, write them anew."""
    slug, branch = address(root)
    stale = []
    copies = [path for path in labs(root) if (root / path).is_file()]
    for path in [*notebooks(root), *copies]:
        before = read(root / path)
        after = linked(read(root / path), slug, branch, path.as_posix())
        if nbformat.writes(before) != nbformat.writes(after):
            stale.append(path)
            if mend:
                write(after, root / path)
    changed = {"README.md": (README_LINKS, lambda m: m[1] + readme_links(slug, branch) + m[2])}
    changed["CITATION.cff"] = (CITATION, lambda m: f"{m[1]}https://github.com/{slug}")
    for name, (place, line) in changed.items():
        path = root / name
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        wanted = place.sub(line, text)
        if text != wanted:
            stale.append(Path(name))
            if mend:
                path.write_text(wanted, encoding="utf-8")
    return stale


def main():
    """Bring all links up to date, or with --check name those that are not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing; fail if something is out of date"
    )
    check = parser.parse_args().check
    if not check:
        adopt_origin()
    stale = out_of_date(mend=not check)
    if check and stale:
        stop(f"out of date, run `make links`: {', '.join(map(str, stale))}")
    print(
        f"links point at https://github.com/{address()[0]}"
        + (f" ({len(stale)} files changed)" if stale else "")
    )


if __name__ == "__main__":
    main()
