"""Random numbers that are the same in Python and in the widgets' JavaScript."""

import math


def mulberry(seed):
    """Return a function that draws uniform numbers in [0, 1), as ``mulberry`` in core.js does."""
    state = seed & 0xFFFFFFFF

    def draw():
        nonlocal state
        state = (state + 0x6D2B79F5) & 0xFFFFFFFF
        t = ((state ^ (state >> 15)) * (state | 1)) & 0xFFFFFFFF
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & 0xFFFFFFFF)) & 0xFFFFFFFF
        return ((t ^ (t >> 14)) & 0xFFFFFFFF) / 4294967296

    return draw


def gaussian(draw):
    """Draw a standard normal number with two draws of ``draw`` (Box and Muller, 1958)."""
    radius = math.sqrt(-2 * math.log(1 - draw()))
    return radius * math.cos(2 * math.pi * draw())
