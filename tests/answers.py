"""Give right and wrong answers to an exercise's check cell, as a student would.

The solution is taken from the notebook, so that no copy of it can grow old; other answers are
pieces of source that replace it. Everything runs in a namespace with the names that the notebook
has by then, or with small stand-ins for them.

    .venv/bin/python tests/answers.py train_a_cnn

prints what the checks of a lab say to the wrong answers of its tests: read it aloud.
"""

import ast
import contextlib
import copy
import functools
import importlib
import io
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checks import CheckFailed
from mutation import mutants
from pages import cell_source

MARKS = re.compile(r"### BEGIN SOLUTION\n(.*?)\n[ ]*### END SOLUTION", re.DOTALL)


@dataclass
class Exercise:
    """One exercise: its cells, what they need, and answers that are known to be right or wrong.

    ``right`` and ``wrong`` map a description to an answer: a list of (old, new) edits of the
    solution, or a whole cell. A wrong answer comes with a piece of the message that it must get.
    ``functions`` are the names that zeros and pretenders replace. ``equivalent`` lists mutants
    that are right answers, too. ``finish`` gets the namespace between the cell and its check.
    """

    page: str
    cell: str
    check: str
    given: callable
    right: dict
    wrong: dict
    functions: tuple = ()
    equivalent: tuple = ()
    finish: callable = lambda names: None
    every: int = 1  # of the systematic mutants, where a check takes long

    @property
    def source(self):
        return cell_source(f"solutions/{self.page}", self.cell)

    @property
    def check_source(self):
        return cell_source(f"solutions/{self.page}", self.check)

    def solution_lines(self):
        """Return the lines that no message may contain, without comments."""
        lines = "\n".join(MARKS.findall(self.source)).splitlines()
        return [line.split("  #")[0].strip() for line in lines]

    def solution_numbers(self):
        """Return the line numbers of the solution within the cell."""
        numbers, inside = set(), False
        for number, line in enumerate(self.source.splitlines(), start=1):
            inside = (inside or "BEGIN SOLUTION" in line) and "END SOLUTION" not in line
            numbers |= {number} if inside else set()
        return numbers

    def edited(self, answer):
        """Return the source of an answer; every edit must hit exactly one place."""
        if isinstance(answer, str):
            return answer
        source = self.source
        for old, new in answer:
            assert source.count(old) == 1, f"{old!r} is {source.count(old)} times in {self.cell}"
            source = source.replace(old, new)
        return source

    def replaced(self, *bodies):
        """Return the cell with the solution between each pair of marks replaced."""
        bodies = iter(bodies)

        def body(match):
            indent = re.match(r"[ ]*", match.group(1)).group()
            new = next(bodies)
            return "\n".join((indent + line if i else line) for i, line in enumerate(new.splitlines()))

        return MARKS.sub(body, self.source)

    def namespace(self, source):
        """Execute an answer; return the namespace."""
        names = self.given()
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "<answer>", "exec"), names)
            self.finish(names)
        return names

    def checked(self, names):
        """Run the check cell; return what it printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(self.check_source, "<check>", "exec"), names)
        return printed.getvalue()


def accept(exercise, answer):
    """Fail unless the check accepts the answer with one line; return the line."""
    printed = exercise.checked(exercise.namespace(exercise.edited(answer)))
    assert re.fullmatch(r"Exercise \d+ is right: .+\.\n", printed), printed
    return printed


def refused(exercise, names):
    """Fail unless the check refuses; return the message, which must not contain the solution."""
    with pytest.raises(CheckFailed) as failure:
        exercise.checked(names)
    return sound(exercise, failure.value)


def sound(exercise, failure):
    """Fail if the message of a refusal is empty or gives the solution away; return the failure."""
    message = str(failure)
    assert message.startswith("Exercise ") and "  Look at: " in message, f"says too little:\n{message}"
    for line in exercise.solution_lines():
        assert len(line) < 8 or line not in message, f"the message contains {line!r}:\n{message}"
    return failure


def refuse(exercise, answer, piece):
    """Fail unless the check refuses the answer with a message that holds this piece."""
    failure = refused(exercise, exercise.namespace(exercise.edited(answer)))
    assert piece in str(failure), f"expected {piece!r} in:\n{failure}"
    assert failure.foreseen, f"the check did not expect this answer:\n{failure}"


def survivors(exercise):
    """Return the systematic mutants that the check accepts, and how many it refused."""
    accepted, count, seen = [], 0, {ast.unparse(ast.parse(exercise.source))}
    found = list(mutants(exercise.source, exercise.solution_numbers()))
    for description, source in found[:: exercise.every]:
        if description in exercise.equivalent or source in seen:
            continue
        seen.add(source)
        try:
            names = exercise.namespace(source)
        except Exception:
            continue  # the cell itself stops: the student sees that without a check
        try:
            exercise.checked(names)
        except NameError:
            continue  # nothing was made that could be checked
        except CheckFailed as failure:
            sound(exercise, failure)
            count += 1
        else:
            accepted.append(description)
    return accepted, count


def zeros_like(value):
    """Return an answer of the same form in which every number is 0."""
    if isinstance(value, torch.Tensor):
        return torch.zeros_like(value).detach()
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    if isinstance(value, dict):
        return {key: zeros_like(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(zeros_like(part) for part in value)
    return type(value)(0) if isinstance(value, (int, float)) else value


def silent_zeros(function):
    """Return a function that gives zeros of the form that the right function gives."""
    return functools.wraps(function)(lambda *args, **named: zeros_like(function(*args, **named)))


class Pretender:
    """A function that once recorded its right results and now gives them in the same order."""

    def __init__(self, function):
        self.function, self.results, self.place = function, [], None
        functools.update_wrapper(self, function)

    def __call__(self, *arguments, **named):
        if self.place is None:
            self.results.append(copy.deepcopy(self.function(*arguments, **named)))
            return copy.deepcopy(self.results[-1])
        self.place += 1
        return copy.deepcopy(self.results[(self.place - 1) % len(self.results)])


class LabChecks:
    """The tests that the checks of every lab get; a subclass names its ``exercises``."""

    exercises = ()

    @pytest.fixture(autouse=True)
    def same_draws_in_every_run(self, request, monkeypatch):
        """Let the checks draw differently in each test, but the same whenever the test is run."""
        draws = random.Random(request.node.nodeid.split("::", 1)[1])
        monkeypatch.setattr("secrets.randbits", draws.getrandbits)
        for seed in (random.seed, np.random.seed, torch.manual_seed):
            seed(draws.getrandbits(32))

    def pytest_generate_tests(self, metafunc):
        kind = metafunc.function.__name__.removeprefix("test_")
        answers = {"right": lambda e: e.right, "wrong": lambda e: e.wrong, "forged": lambda e: e.functions}
        if kind in answers:
            pairs = [(e, name) for e in self.exercises for name in answers[kind](e)]
            metafunc.parametrize(("exercise", "name"), pairs, ids=[f"{e.cell}-{name}" for e, name in pairs])
        elif "exercise" in metafunc.fixturenames:
            metafunc.parametrize("exercise", self.exercises, ids=[e.cell for e in self.exercises])

    def test_right(self, exercise, name):
        accept(exercise, exercise.right[name])

    def test_wrong(self, exercise, name):
        refuse(exercise, *exercise.wrong[name])

    def test_mutants(self, exercise):
        accepted, count = survivors(exercise)
        assert not accepted, "the check accepts " + "; ".join(accepted)
        assert count + len(exercise.wrong) >= 8

    def test_forged(self, exercise, name):
        """Zeros of the right form, and results of an earlier call, are refused."""
        names = exercise.namespace(exercise.source)
        right = names[name]
        refused(exercise, names | {name: silent_zeros(right)})
        pretender = names[name] = Pretender(right)
        exercise.checked(names)
        pretender.place = 0
        refused(exercise, names)

    def test_enough(self, exercise):
        assert len(exercise.right) >= 4, "the solution and at least three other right answers"
        assert len(exercise.wrong) >= 8, "at least eight wrong answers"

    def test_no_trace(self, exercise):
        names = exercise.namespace(exercise.source)
        torch.manual_seed(5), np.random.seed(5)
        before = torch.get_rng_state(), np.random.get_state()[1].copy(), sorted(names)
        exercise.checked(names)
        assert torch.equal(torch.get_rng_state(), before[0])
        assert np.array_equal(np.random.get_state()[1], before[1])
        assert set(names) - set(before[2]) <= {
            "__builtins__",
            *re.findall(r"check_\w+", exercise.check_source),
        }


def read_aloud(lab):
    """Print what the checks of a lab say to the wrong answers of its tests."""
    tests = importlib.import_module(f"test_checks_{lab}")
    (suite,) = (v for v in vars(tests).values() if isinstance(v, type) and v.__base__.__name__ == "LabChecks")
    for exercise in suite.exercises:
        for name, (answer, _) in exercise.wrong.items():
            print(f"\n[{exercise.cell}: {name}]")
            try:
                exercise.checked(exercise.namespace(exercise.edited(answer)))
            except Exception as failure:
                print(failure)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    read_aloud(*sys.argv[1:])
