"""Stage the book's pages as the site shows them: executed, labs without answers, solutions after them."""

import re

import nbformat
import yaml

from book import LABS, ROOT, SOLUTIONS, read, shows_solutions, site_pages, stop
from execute import with_outputs

MARKERS = tuple(f"### {end} {what}" for what in ("SOLUTION", "HIDDEN TESTS") for end in ("BEGIN", "END"))
NEIGHBOUR = re.compile(r"\]\((\w+\.ipynb)")


def staged_toc(root=ROOT):
    """Return `_toc.yml` for the site: without the solutions where the switch in `_config.yml` is off."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    shown = set(site_pages(root))
    for part in toc.get("parts", []):
        part["chapters"] = [c for c in part["chapters"] if c["file"] in shown]
    toc["parts"] = [part for part in toc.get("parts", []) if part["chapters"]]
    return yaml.safe_dump({k: v for k, v in toc.items() if v}, sort_keys=False).encode()


def staged_notebook(path, kept, root=ROOT):
    """Return an executed notebook as the site shows it, without the marks around solutions."""
    notebook = with_outputs(read(root / path), kept)
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        cell.source = "\n".join(line for line in lines if line.strip() not in MARKERS)
    if path.parent == SOLUTIONS:
        notebook = as_solution(notebook, path)
    return as_bytes(notebook)


def staged_lab(path, kept, root=ROOT):
    """Return a student's copy as the site shows it, with all that the right solution puts out.

    ``kept`` is the execution of the solution; without it the outputs stored in the copy are shown.
    """
    notebook = read(root / path)
    if kept is not None:
        cells = [c for c in notebook.cells if c.cell_type == "code"]
        if len(cells) != len(kept["outputs"]):
            stop(f"{path} is out of date: run `make students`")
        notebook = with_outputs(notebook, kept)
    if shows_solutions(root):
        how = next(c for c in notebook.cells if c["id"] == "how-to-use-this-notebook")
        how.source += f" The [answers](../{SOLUTIONS.name}/{path.name}) have a page of their own."
    return as_bytes(notebook)


def as_solution(notebook, path):
    """Return a page of solutions that is told from its lab: its title, its figures' names, its links."""
    title = notebook.cells[0]
    title.source = re.sub(r"\A# (?:Lab: )?", "# Solutions: ", title.source)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = NEIGHBOUR.sub(rf"](../{LABS.name}/\1", cell.source)
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if "name" in figure:
            figure["name"] = f"solution-{figure['name']}"
    title.source += (
        f"\n\n*The answers, and all that the code puts out.* [Back to the lab](../{LABS.name}/{path.name})."
    )
    return notebook


def as_bytes(notebook):
    """Return a notebook as its file; warnings of libraries are for the terminal, not for the page."""
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
    return (nbformat.writes(notebook) + "\n").encode()
