"""What the tools know about the book: its folders, its pages and its address; how they write files."""

import os
import sys
import threading
from pathlib import Path

sys.modules.setdefault("rfc3987_syntax", None)  # jsonschema would take a second to load it, for nothing here

import nbformat  # noqa: E402
import yaml  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
SOURCE_FOLDERS = ("book/lectures", "book/solutions")
LABS, SOLUTIONS = Path("book/labs"), Path("book/solutions")


def stop(message):
    """End the program with one sentence on standard error and exit status 1."""
    print(message, file=sys.stderr)
    raise SystemExit(1)


def config(root=ROOT):
    """Return the book's ``_config.yml`` as a dictionary."""
    return yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))


def toc_files(root=ROOT):
    """Return the pages of ``_toc.yml`` in reading order, as paths without suffix."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [c["file"] for part in toc.get("parts", []) for c in part["chapters"]]
    return [toc["root"], *chapters]


def shows_solutions(root=ROOT):
    """Return whether the site has pages with the solutions of the labs: the switch in `_config.yml`."""
    return config(root)["sphinx"]["config"].get("course_solutions", True)


def site_pages(root=ROOT):
    """Return the pages of the site in reading order, as paths without suffix."""
    hidden = () if shows_solutions(root) else (SOLUTIONS,)
    return [page for page in toc_files(root) if Path(page).parent not in hidden]


def notebooks(root=ROOT):
    """Return the notebooks that are executed, in reading order, as paths from the root.

    These are the lectures and the labs with their solutions. The solutions may be missing where
    the site has none.
    """
    listed = [Path(f"{page}.ipynb") for page in toc_files(root)]
    listed = [path for path in listed if str(path.parent) in SOURCE_FOLDERS]
    return [path for path in listed if path.parent != SOLUTIONS or _is_needed(path, root)]


def _is_needed(path, root):
    return shows_solutions(root) or (root / path).is_file()


def labs(root=ROOT):
    """Return {student's copy: its source} of the labs, in reading order, as paths from the root."""
    listed = [Path(f"{page}.ipynb") for page in toc_files(root)]
    return {path: SOLUTIONS / path.name for path in listed if path.parent == LABS}


def read(path):
    """Return a notebook; stop with a sentence if it is not one."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.reader.NotJSONError, nbformat.ValidationError) as error:
        stop(f"{path} cannot be read as a notebook: {str(error).splitlines()[0]}")


def write(notebook, path):
    """Write a notebook to ``path``, whole or not at all."""
    write_whole(path, nbformat.writes(notebook) + "\n")


def write_whole(path, content):
    """Write text or bytes beside ``path`` and rename it into place: never half a file.

    Two threads or processes may write the same file at once: each has its own neighbour.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    beside.write_bytes(content.encode() if isinstance(content, str) else content)
    beside.replace(path)
