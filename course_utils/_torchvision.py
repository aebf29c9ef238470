"""Make ``import torchvision`` work beside a CPU-only torch.

PyPI's torchvision for Linux is compiled against CUDA. Beside a CPU-only torch its
compiled operators do not load, and the import stops with ``operator torchvision::nms
does not exist``. The course needs none of them: declaring the two that torchvision
looks up while it is imported is enough.

This module can go when torchvision imports without its compiled operators.
"""

import importlib.abc
import importlib.machinery
import sys

MISSING_OPERATORS = {
    "torchvision::nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "torchvision::qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


class _RetryingLoader(importlib.abc.Loader):
    """Run torchvision's own loader, and once more with the operators declared."""

    def __init__(self, loader):
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        try:
            self.loader.exec_module(module)
        except RuntimeError as error:
            if "torchvision::nms does not exist" not in str(error):
                raise
            for name in [n for n in sys.modules if n.startswith("torchvision.")]:
                del sys.modules[name]
            _declare_operators()
            self.loader.exec_module(module)


class _TorchvisionFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != "torchvision":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader = _RetryingLoader(spec.loader)
        return spec


def _declare_operators():
    import torch

    for name, schema in MISSING_OPERATORS.items():
        torch.library.define(name, schema)


def install():
    """Watch for the first ``import torchvision``; calling it again changes nothing."""
    if not any(isinstance(finder, _TorchvisionFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _TorchvisionFinder())
