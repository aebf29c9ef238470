"""Find the submissions in a folder, whatever shape it has, and read them with care."""

import hashlib
import json
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

LARGEST = 50 * 2**20  # bytes
SKIPPED = {".ipynb_checkpoints", "__MACOSX", "__pycache__"}


@dataclass
class Submission:
    """What one student handed in: the notebook's path and bytes, or why there is none."""

    student: str
    path: Path | None = None
    odd: list = field(default_factory=list)
    content: bytes = b""

    @property
    def digest(self):
        """Return a hash of what was handed in."""
        return hashlib.sha256(self.content + "\n".join(self.odd).encode()).hexdigest()


class Unreadable(Exception):
    """A submission that is no notebook; the message says why."""


def submissions(folder, lab):
    """Return the submissions in a folder, ordered by name.

    Each file is a submission, named after its student, and so is each folder, with the notebook
    somewhere in it. ``lab`` is the lab's name, by which the right one of several is chosen.
    """
    found, taken = [], set()
    for entry in sorted(Path(folder).iterdir(), key=lambda p: (p.stem.casefold(), p.name)):
        if entry.name.startswith(".") or entry.name in SKIPPED:
            continue
        one = in_folder(entry, lab) if entry.is_dir() and not entry.is_symlink() else single(entry)
        while one.student.casefold() in taken:
            one.student += " (2)"
        taken.add(one.student.casefold())
        found.append(with_content(one))
    return found


def single(path):
    """Return the submission that is one file."""
    if path.suffix.lower() != ".ipynb":
        return Submission(path.name, odd=["this file is no notebook (.ipynb)"])
    return Submission(path.stem, path)


def in_folder(folder, lab):
    """Return the submission that is a folder: its only notebook, or the one named after the lab."""
    inside = [Path(where, name) for where, _, names in os.walk(folder) for name in names]
    notebooks = [p for p in inside if p.suffix.lower() == ".ipynb" and not SKIPPED & set(p.parts)]
    notebooks = sorted((p for p in notebooks if not p.name.startswith(".")), key=str)
    if not notebooks:
        return Submission(folder.name, odd=["the folder has no notebook"])
    named = [p for p in notebooks if lab in p.stem] or notebooks
    newest = max(named, key=lambda p: p.lstat().st_mtime)
    odd = []
    if len(notebooks) > 1:
        odd.append(f"{len(notebooks)} notebooks; graded {newest.relative_to(folder)}")
    elif newest.stem != lab:
        odd.append(f"the file is named {newest.name}")
    return Submission(folder.name, newest, odd)


def with_content(one):
    """Read a submission's bytes; what cannot be read is said in its oddities."""
    if one.path is None:
        return one
    try:
        if one.path.is_symlink() or not one.path.is_file():
            raise OSError("it is a link or no plain file")
        if one.path.stat().st_size > LARGEST:
            raise OSError(f"it has more than {LARGEST // 2**20} MB")
        one.content = one.path.read_bytes()
    except OSError as error:
        one.odd.append(f"{one.path.name} cannot be read: {error.strerror or error}")
    return one


def parsed(content):
    """Return the notebook that bytes hold; raise `Unreadable` with a sentence if they hold none."""
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("the file is not a notebook: it is not text in UTF-8") from None
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if hasattr(error, "lineno") else ""
        raise Unreadable(f"the file is not a notebook: it is not JSON{where}") from None
    if not isinstance(data, dict) or not ("cells" in data or "worksheets" in data):
        raise Unreadable("the file is JSON, but not a notebook: it has no cells")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notebook = nbformat.reads(json.dumps(data), as_version=4)
            for cell in notebook.cells:
                cell.source, cell.metadata = str(cell.source), nbformat.from_dict(dict(cell.metadata))
                cell.cell_type, cell["id"] = str(cell.cell_type), cell.get("id")
        return notebook
    except Exception as error:  # whatever a broken file may lead nbformat to
        raise Unreadable(f"the notebook is broken: {str(error).splitlines()[0][:120]}") from None
