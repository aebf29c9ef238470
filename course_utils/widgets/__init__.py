"""Explorables: figures to be used, alive in Jupyter, in Colab and on the published page.

Each is an anywidget whose drawing code is one JavaScript module without dependencies.
Nothing is loaded until a widget is asked for by name.
"""

from importlib import import_module

_HOMES = {
    "ConvExplorer": "conv",
    "Detector1D": "detector",
    "DigitLab": "digit",
    "FilterExplorer": "filters",
    "SpiralLab": "spiral",
}
__all__ = ["ConvExplorer", "Detector1D", "DigitLab", "FilterExplorer", "SpiralLab"]


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no widget {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__():
    return __all__
