"""Data, training, plotting and widgets for the course *What the Network Sees*.

Importing the package is cheap: it reads no files, sets no style and loads neither
torch nor matplotlib. Import what a page needs from its modules::

    from course_utils.data import mnist_tensors
    from course_utils.training import fit
"""

from course_utils import _torchvision

__version__ = "0.1.0"

_torchvision.install()
