"""course_utils keeps to its own rules of size and documentation, and Binder to the pins."""

import ast
import re
import statistics
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(ROOT.glob("course_utils/**/*.py"))

INHERITED = ("describe", "picture", "summary")  # documented in course_utils.widgets._base.Base


def functions(path):
    """Return the functions of a module as (node, is a public function of the module or a public class)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for parent in [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))]:
        for node in parent.body:
            if isinstance(node, ast.FunctionDef):
                hidden = node.name.startswith("_") or getattr(parent, "name", "").startswith("_")
                hidden |= any(
                    isinstance(d, ast.Call | ast.Attribute) for d in node.decorator_list
                )  # trait hooks
                yield node, not hidden and not path.stem.startswith("_")


def body_lines(node):
    """Return how many lines a function has after its signature and docstring."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_modules_are_small_and_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    code = path.read_text(encoding="utf-8").splitlines()
    docs = sum(len(ast.get_docstring(n).splitlines()) for n in ast.walk(tree) if _has_docstring(n))
    assert len(code) - docs <= 150, "at most 150 lines beside docstrings"
    assert ast.get_docstring(tree), "no docstring"
    for node, public in functions(path):
        assert body_lines(node) <= 30, f"{node.name} has {body_lines(node)} lines, at most 30"
        positional = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
        assert len(positional) <= 5, f"{node.name} takes {len(positional)} positional arguments, at most 5"
        documented = ast.get_docstring(node) or node.name in INHERITED
        assert documented or not public, f"{node.name} has no docstring"


def _has_docstring(node):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return isinstance(node, kinds) and ast.get_docstring(node)


def test_half_of_the_functions_have_at_most_ten_lines():
    sizes = [body_lines(node) for path in MODULES for node, _ in functions(path)]
    assert statistics.median(sizes) <= 10


def pins(name):
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(m.groups() for m in (re.match(r"([\w.-]+)==([^;\s]+)", line) for line in lines) if m)


def test_every_requirement_is_pinned():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    loose = [
        x for x in lines if x and not x.startswith("#") and not re.match(r"[\w.-]+==[^;\s]+(\s*;.*)?$", x)
    ]
    assert not loose


def test_binder_runs_the_versions_that_are_tested():
    everywhere, binder = pins("requirements.txt"), pins(".binder/requirements.txt")
    assert binder and all(everywhere[name] == version for name, version in binder.items())


def test_the_ranges_of_the_package_admit_the_pins():
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for requirement in map(Requirement, project["dependencies"]):
        assert requirement.specifier.contains(pins("requirements.txt")[requirement.name])


def test_data_and_weights_stay_small():
    size = sum(p.stat().st_size for p in (ROOT / "course_utils/assets").rglob("*") if p.is_file())
    assert size <= 25e6


def test_packages_listed_for_installation_are_all_there_are():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {".".join(p.parent.relative_to(ROOT).parts) for p in ROOT.glob("course_utils/**/__init__.py")}
    assert set(project["tool"]["setuptools"]["packages"]) == found
