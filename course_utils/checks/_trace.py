"""Leave no trace: random states, gradient mode and the progress bars' switch are put back."""

import contextlib
import copy
import io
import os
import random
import secrets
from unittest import mock

import numpy as np
import torch


@contextlib.contextmanager
def no_trace():
    """Run a block with fresh random states; put back the old ones, and the gradient mode, after it.

    The states are fresh even after ``torch.manual_seed(0)`` in the notebook, so that an answer
    cannot know the inputs that it is going to get.
    """
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
    states = torch.get_rng_state(), np.random.get_state(), random.getstate(), torch.get_default_dtype()
    reseed()
    try:
        with torch.enable_grad(), mock.patch.dict(os.environ, COURSE_STATIC="1"):
            yield
    finally:
        torch.set_rng_state(states[0])
        np.random.set_state(states[1])
        random.setstate(states[2])
        torch.set_default_dtype(states[3])
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)


def reseed(seed=None):
    """Seed Python, NumPy and torch on the processor; without a number from the system's entropy.

    Not with ``torch.manual_seed``, which would also seed a GPU that has not been started yet.
    """
    seed = secrets.randbits(32) if seed is None else seed
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)


@contextlib.contextmanager
def quiet():
    """Swallow what is printed in a block; give it as a text buffer."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed


@contextlib.contextmanager
def names_replaced(function, **replacements):
    """Replace global names that a function of the notebook uses; put the old ones back after the block."""
    namespace = notebook(function)
    with mock.patch.dict(namespace, replacements):
        yield namespace


def notebook(function):
    """Return the namespace of the notebook in which a function was written; {} if there is none."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return getattr(function, "__globals__", {})


def twin(model):
    """Return a copy of a model that can be trained and switched without a trace in the model."""
    return copy.deepcopy(model)
