"""Write the text outputs of executed notebooks into their sources, for nbval to compare.

    python tools/store_outputs.py [notebook ...]

Pictures are left out (the repository stays light); cells are given stable ids, and the
notebook's metadata is reduced to what a reader needs.
"""

import re
import sys
from pathlib import Path

from book import ROOT, notebooks, read, write
from execute import execute, with_outputs

PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "application/vnd.jupyter.widget-view+json")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def text_only(notebook):
    """Drop pictures and standard error from the outputs; an output keeps its text."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.metadata.pop("execution", None)
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        for output in cell.outputs:
            for kind in PICTURES:
                output.get("data", {}).pop(kind, None)
            output.get("metadata", {}).clear()
            if "course-fig" in str(output.get("data", {}).get("text/html", "")):
                output["data"].pop("text/html")
    return notebook


def with_stable_ids(notebook):
    """Give every cell without a readable id one made from its first words and its place."""
    taken = set()
    for place, cell in enumerate(notebook.cells):
        wanted = cell.metadata.pop("id", None) or cell.get("id", "")
        if not re.fullmatch(r"[a-z][a-z0-9-]{2,63}", wanted) or re.fullmatch(r"[0-9a-f-]{8,36}", wanted):
            words = re.findall(r"[a-z0-9]+", cell.source.lower())[:4]
            wanted = "-".join(["c", *words])[:50]
        cell["id"] = wanted if wanted not in taken else f"{wanted[:50]}-{place}"
        taken.add(cell["id"])
    return notebook


def store(path, kept):
    """Write one source notebook anew with the text outputs of its kept execution."""
    notebook = text_only(with_outputs(with_stable_ids(read(ROOT / path)), kept))
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
        "course": {"seconds": max(1, round(kept["cpu_seconds"])), "memory_mb": round(kept["memory_mb"], -1)},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    write(notebook, ROOT / path)


def costs():
    """Return a table of what each notebook takes, from the notebooks' metadata."""
    rows = [(path, read(ROOT / path).metadata.get("course", {})) for path in notebooks()]
    lines = ["| page | seconds of one core | peak memory, MB |", "|---|---:|---:|"]
    lines += [f"| {path.stem} | {cost['seconds']} | {cost['memory_mb']:.0f} |" for path, cost in rows if cost]
    total = sum(cost.get("seconds", 0) for _, cost in rows)
    return "\n".join([*lines, f"| **the whole book** | **{total}** | |"])


def write_costs():
    """Write the table of costs into CONTRIBUTING.md."""
    file = ROOT / "CONTRIBUTING.md"
    text = file.read_text(encoding="utf-8")
    pattern = re.compile(r"(<!-- cost -->\n).*?(<!-- /cost -->)", re.DOTALL)
    file.write_text(pattern.sub(lambda m: f"{m[1]}\n{costs()}\n\n{m[2]}", text), encoding="utf-8")


def main():
    """Execute what has changed and store the outputs of the named notebooks, or of all."""
    paths = [Path(name).resolve().relative_to(ROOT) for name in sys.argv[1:]] or notebooks()
    for path, kept in execute(paths).items():
        store(path, kept)
        print(f"stored {path}")
    write_costs()


if __name__ == "__main__":
    main()
