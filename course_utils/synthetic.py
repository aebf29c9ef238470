"""Two data sets that we make ourselves: signals with a pattern, and a spiral.

Both draw in the order of the course's source documents from NumPy's legacy generator,
so that a seed gives the numbers printed there.
"""

import numpy as np
import torch

from course_utils._arguments import check_number


def random_state(seed):
    """Return ``seed`` itself if it is a ``RandomState``, else a new one from the number."""
    if isinstance(seed, np.random.RandomState):
        return seed
    check_number("seed", seed, low=0, kind=int)
    return np.random.RandomState(seed)


def pattern_signals(n=75, width=20, *, noise=0.0, seed=0):
    """Return signals that hold one short bump, and whether the pattern [0, 1, 0] is in them.

    Each signal is zero but for a bump of one or two samples of height -1, -1/2, 1/2 or 1.

    Parameters
    ----------
    n : int
        Number of signals.
    width : int
        Samples in each, at least 3.
    noise : float
        Standard deviation of Gaussian noise, added after all bumps are drawn.
    seed : int or numpy.random.RandomState

    Returns
    -------
    signals : Tensor, float32, (n, 1, width)
    targets : Tensor, float32, (n, 1)
        1 where the bump is a single sample of height +1, else 0.

    Taught in ``labs/detect_patterns_1d``.
    """
    check_number("n", n, low=1, kind=int)
    check_number("width", width, low=3, kind=int)
    check_number("noise", noise, low=0)
    rng = random_state(seed)
    signals, targets = torch.zeros(n, 1, width), torch.zeros(n, 1)
    for i in range(n):
        size = rng.randint(1, 3)
        start = rng.randint(0, width - size)
        value = float(rng.choice([-1.0, -0.5, 0.5, 1.0]))
        signals[i, 0, start : start + size] = value
        targets[i] = float(size == 1 and value == 1)
    if noise > 0:
        signals += torch.from_numpy(noise * rng.standard_normal(signals.shape)).float()
    return signals, targets


def spiral(points=100, arms=3, *, noise=0.2, seed=0):
    """Return points on the arms of a spiral, and the arm each belongs to.

    The radius grows from 0 to 1 along an arm; the angle of arm j goes from 4j to 4(j + 1)
    radians, with Gaussian noise.

    Parameters
    ----------
    points : int
        Points on each arm.
    arms : int
    noise : float
        Standard deviation of the angle, in radians.
    seed : int or numpy.random.RandomState
        Pass a ``RandomState`` to draw weights from the same stream afterwards.

    Returns
    -------
    X : ndarray, float64, (arms * points, 2)
    y : ndarray, int64, (arms * points,)

    Taught in ``lectures/linear_vs_relu``; the data set is from Karpathy's CS231n notes.
    """
    check_number("points", points, low=1, kind=int)
    check_number("arms", arms, low=1, kind=int)
    check_number("noise", noise, low=0)
    rng = random_state(seed)
    radius = np.linspace(0.0, 1.0, points)
    X = np.empty((arms * points, 2))
    for j in range(arms):
        angle = np.linspace(4 * j, 4 * (j + 1), points) + noise * rng.randn(points)
        X[j * points : (j + 1) * points] = np.c_[radius * np.sin(angle), radius * np.cos(angle)]
    return X, np.repeat(np.arange(arms), points)
