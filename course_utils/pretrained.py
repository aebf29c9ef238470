"""A pretrained AlexNet that is always there, and that says which weights it has.

Nothing is downloaded while ``COURSE_OFFLINE=1`` or ``COURSE_STATIC=1`` is set; the book build
and the tests set the latter.
"""

from course_utils import _alexnet_sources as sources
from course_utils._alexnet import untrained_features
from course_utils._alexnet_sources import WeightsUnavailable
from course_utils._arguments import check_choice, check_tensor, shape_of

__all__ = ["WeightsUnavailable", "load_alexnet", "load_alexnet_features", "standardize", "untrained_features"]

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's pixels: red, green, blue


def load_alexnet(weights="auto"):
    """Return AlexNet (Krizhevsky et al., 2012) in evaluation mode, with the best weights to be had.

    Parameters
    ----------
    weights : "auto", "official" or "standin"
        ``"official"``: torchvision's, trained on ImageNet; the only ones with a classifier.
        ``"standin"``: the small file in this package, trained without labels.
        ``"auto"``: official weights from torch's hub cache; else a compact copy of the official
        features, if ``make alexnet`` has written one; else, with a network, a download of 233 MB;
        else the stand-in. A download that cannot start within seconds, or would take more than
        a minute, is given up. With ``COURSE_OFFLINE=1`` or ``COURSE_STATIC=1`` none is tried.

    Returns
    -------
    torchvision.models.AlexNet
        With the attributes ``weights_name`` (str, to be shown) and ``is_official`` (bool).
        Its input is (N, 3, H, W), standardized; see `standardize`.

    Raises
    ------
    WeightsUnavailable
        ``"official"`` was asked for and cannot be had.

    Taught in ``lectures/alexnet_features``.
    """
    check_choice("weights", weights, ("auto", "official", "standin"))
    if weights == "official":
        return sources.official()
    if weights == "standin":
        return sources.standin()
    return sources.cached() or sources.compact() or sources.downloaded() or sources.standin()


def load_alexnet_features(weights="auto"):
    """Return AlexNet's convolutional part alone, as `load_alexnet` finds it.

    Returns
    -------
    torch.nn.Sequential
        Thirteen layers, (N, 3, H, W) to (N, 256, h, w), with ``weights_name`` and ``is_official``.

    Taught in ``lectures/alexnet_features``.
    """
    model = load_alexnet(weights)
    return sources.named(model.features, model.weights_name, official=model.is_official)


def standardize(images):
    """Return colour images as AlexNet expects them: minus ImageNet's mean, over its standard deviation.

    Parameters
    ----------
    images : Tensor, (N, 3, H, W) or (3, H, W)
        Red, green and blue in [0, 1].

    Taught in ``lectures/alexnet_features``.
    """
    check_tensor("images", images, shape="(N, 3, H, W) or (3, H, W)")
    if images.ndim not in (3, 4) or images.shape[-3] != 3:
        raise ValueError(f"images must have shape (N, 3, H, W) or (3, H, W), not {shape_of(images)}")
    mean, std = (images.new_tensor(values).view(3, 1, 1) for values in (MEAN, STD))
    return (images - mean) / std
