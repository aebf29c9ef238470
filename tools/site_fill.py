"""Fill the places that pages leave open with what is measured: costs, versions, what is compared.

A page marks a place by ``<!-- fill: name -->`` on a line of its own; `PLACES` has the names. What changes
with every build (when, from which commit) is filled in after it: `built`.
"""

import importlib.metadata
import os
import platform
import re
import subprocess
from datetime import UTC, datetime

import yaml

from book import ROOT, config, labs, notebooks, read, stop

PLACE = re.compile(r"^<!-- fill: (\w+) -->$", re.MULTILINE)
PACKAGES = ("torch", "torchvision", "numpy", "matplotlib", "jupyter-book", "Sphinx", "myst-nb", "nbval")


def filled(text, executions, root=ROOT):
    """Return a page's text with its open places filled from {path: kept execution}."""

    def fill(match):
        if match[1] not in PLACES:
            stop(f"nothing is known to fill the place {match[1]!r} with: choose from {', '.join(PLACES)}")
        return PLACES[match[1]](executions, root)

    return PLACE.sub(fill, text)


def title_of(notebook):
    """Return the title of a notebook: the first line of its first cell."""
    return notebook.cells[0].source.splitlines()[0].lstrip("# ")


def evidence(notebook):
    """Return how many code cells a notebook has, how many have compared output, and its assertions."""
    code = [c for c in notebook.cells if c.cell_type == "code" and c.get("id") != "setup"]
    compared = [
        c for c in code if c.outputs and "nbval-ignore-output" not in c.metadata.get("tags", []) and _texts(c)
    ]
    asserts = sum(len(re.findall(r"^\s*assert\b", c.source, re.MULTILINE)) for c in code)
    return {"cells": len(code), "compared": len(compared), "asserts": asserts}


def _texts(cell):
    return any("text" in o or "text/plain" in o.get("data", {}) for o in cell.outputs)


def costs(executions, root):
    """Return the table of notebooks: what each one shows as evidence, and what it took."""
    rows, total = [], dict.fromkeys(("cells", "compared", "asserts", "seconds"), 0)
    page_of = {source: copy for copy, source in labs(root).items()}  # a lab's page is the student's copy
    for path in notebooks(root):
        if path not in executions:
            continue
        notebook, kept = read(root / path), executions[path]
        counts = evidence(notebook) | {"seconds": kept["cpu_seconds"]}
        total = {name: total[name] + counts[name] for name in total}
        link = f"[{title_of(notebook)}]({page_of.get(path, path).relative_to('book').as_posix()})"
        rows.append(_row(link, counts, f"{kept['memory_mb']:.0f}"))
    head = "| page | code cells | outputs compared | assertions | seconds of one core | peak memory, MB |"
    rule = "|---|---:|---:|---:|---:|---:|"
    return "\n".join([head, rule, *rows, _row("**all**", total, "")])


def _row(name, counts, memory):
    numbers = [counts["cells"], counts["compared"], counts["asserts"], f"{counts['seconds']:.0f}", memory]
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def versions(executions, root):
    """Return the table of versions that the pages were executed and built with."""
    rows = [("Python", platform.python_version())]
    rows += [(name, importlib.metadata.version(name)) for name in PACKAGES]
    rows.append(("machine", f"{platform.system()} on {platform.machine()}"))
    return "\n".join(["| what | version |", "|---|---|", *(f"| {a} | {b} |" for a, b in rows)])


def tests(executions, root):
    """Return one sentence that counts the tests of the repository."""
    files = sorted((root / "tests").rglob("test_*.py"))
    count = sum(len(re.findall(r"^\s*def test_", f.read_text(encoding="utf-8"), re.MULTILINE)) for f in files)
    return f"Beside the notebooks there are {count} test functions in {len(files)} files."


def cite(executions, root):
    """Return how to cite the book, from CITATION.cff: a line to copy, and BibTeX."""
    entry = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    names = " and ".join(author["name"] for author in entry["authors"])
    year, address = str(entry["date-released"])[:4], config(root)["repository"]["url"]
    line = f"{names} ({year}). *{entry['title']}*, version {entry['version']}. [{address.removeprefix('https://')}]({address})"
    fields = {"author": f"{{{names}}}", "title": entry["title"], "year": year}
    fields |= {"version": entry["version"], "url": address}
    rows = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"{line}\n\n```bibtex\n@misc{{what_the_network_sees,\n{rows}\n}}\n```"


def changelog(executions, root):
    """Return CHANGELOG.md without its title, one level deeper."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8").split("\n", 1)[1].strip()
    return re.sub(r"^#", "##", text, flags=re.MULTILINE)


PLACES = {"costs": costs, "versions": versions, "tests": tests, "cite": cite, "changelog": changelog}


def commit(root=ROOT, environment=os.environ):
    """Return the commit that a tree is at, in words; also where there is no git, or no repository."""
    try:
        command = ["git", "-C", str(root)]
        result = subprocess.run([*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        changes = subprocess.run(
            [*command, "status", "--porcelain", "--untracked-files=no"], capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return environment.get("GITHUB_SHA", "")[:12] or "a copy of the sources without its history"
    return result.stdout.strip()[:12] + (" with changes not yet committed" if changes.stdout.strip() else "")


def built(root=ROOT):
    """Return when and from which commit the site is built, in words."""
    return f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC, from {commit(root)}"


def fill_built(pages):
    """Write into all pages (soups) when they were built, where they ask for it."""
    words = built()
    for soup in pages.values():
        for tag in soup.find_all("span", class_="course-built"):
            tag.string = words
