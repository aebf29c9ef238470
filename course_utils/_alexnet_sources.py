"""The places that AlexNet's weights come from, one function for each."""

import os

from course_utils._alexnet import (
    COMPACT,
    OFFICIAL_SHA256,
    OFFICIAL_URL,
    STANDIN,
    assemble,
    official_file,
    part,
    read_features,
    read_official,
)
from course_utils._download import DownloadError, download

PATIENCE = 60  # seconds that a download may take which nobody asked for by name
OFFICIAL_NAME = "official weights (ImageNet, 1.3 million labelled photographs)"
COMPACT_NAME = "official weights, features only (ImageNet, 1.3 million labelled photographs)"
STANDIN_NAME = "stand-in weights (made for this course, trained without labels on a few dozen pictures)"

_failed = []  # why the download failed in this process, so that it is tried once


class WeightsUnavailable(RuntimeError):
    """The weights that were asked for by name cannot be had here; the message says what to do."""


def named(model, name, *, official):
    """Return the model with the attributes that say which weights it has."""
    model.weights_name, model.is_official = name, official
    return model


def _whole(path):
    state = read_official(path)
    return named(assemble(part(state, "features"), part(state, "classifier")), OFFICIAL_NAME, official=True)


def official():
    """Return the official AlexNet, downloaded if need be; raise `WeightsUnavailable` if that fails."""
    return _whole(official_path())


def standin():
    """Return AlexNet with the features trained for this course."""
    state, _ = read_features(STANDIN)
    return named(assemble(state), STANDIN_NAME, official=False)


def cached():
    """Return the official AlexNet from torch's hub cache, or None."""
    try:
        return _whole(official_file()) if official_file().is_file() else None
    except ValueError as error:
        print(f"Passed over: {error}")
        return None


def compact():
    """Return AlexNet with the compact copy of the official features, or None."""
    if not COMPACT.is_file():
        return None
    state, _ = read_features(COMPACT)
    return named(assemble(state), COMPACT_NAME, official=True)


def downloaded():
    """Return the official AlexNet after a download, or None; a download that failed is not tried again."""
    if offline() or _failed:
        return None
    try:
        download(OFFICIAL_URL, official_file(), sha256_prefix=OFFICIAL_SHA256, patience=PATIENCE)
        return _whole(official_file())
    except (DownloadError, PermissionError, ValueError) as error:
        _failed.append(error)
        return None


def official_path():
    """Return the official file in torch's hub cache; download it if it is not there."""
    path = official_file()
    if path.is_file():
        return path
    way_out = f"Fetch {OFFICIAL_URL} where there is a network and put it at {path}"
    if offline():
        raise WeightsUnavailable(
            f"the official weights are not in {path.parent}, and COURSE_OFFLINE=1 or COURSE_STATIC=1 "
            f"forbids a download. Unset it, or: {way_out}"
        )
    try:
        download(OFFICIAL_URL, path, sha256_prefix=OFFICIAL_SHA256)
    except PermissionError as error:
        raise WeightsUnavailable(
            f"cannot write to {path.parent}: set TORCH_HOME to a folder that you can write to"
        ) from error
    except DownloadError as error:
        raise WeightsUnavailable(
            f'the official weights could not be fetched: {error}. {way_out}, or use weights="auto".'
        ) from error
    return path


def offline():
    """Return whether downloads are forbidden: by the reader, or by the book build and the tests."""
    return "1" in (os.environ.get("COURSE_OFFLINE"), os.environ.get("COURSE_STATIC"))
