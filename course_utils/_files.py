"""The bundled files and the folder they are unpacked to."""

import gzip
import hashlib
import os
import tempfile
from functools import lru_cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"

# MD5 of the decompressed files: those of the original distribution.
MNIST_FILES = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def cache_folder():
    """Return the folder for unpacked data: ``COURSE_DATA``, or one in the user's cache."""
    chosen = os.environ.get("COURSE_DATA")
    if chosen:
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "what-the-network-sees"


def md5(path):
    """Return the MD5 sum of a file as hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def write_atomically(path, write):
    """Call ``write(file)`` on a temporary neighbour of ``path``, then rename it into place.

    A reader, or a second process doing the same, sees the whole file or none.

    Raises
    ------
    PermissionError
        If the folder cannot be written; the message names it and the way out.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, neighbour = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError as error:
        raise PermissionError(
            f"cannot write to the folder {path.parent} ({error.strerror}). Set the environment "
            "variable COURSE_DATA to a folder that you can write to."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.chmod(neighbour, 0o644)  # a folder of data may be shared; mkstemp lets only its owner read
        os.replace(neighbour, path)
    except BaseException:
        Path(neighbour).unlink(missing_ok=True)
        raise


def unpack(name, folder):
    """Make sure that ``folder/name`` is the bundled MNIST file, unpacked and verified.

    A file that is there and has the right checksum is kept; a damaged one is written anew.

    Raises
    ------
    OSError
        If the bundled copy itself is missing or damaged.
    """
    target = Path(folder) / name
    if target.is_file() and md5(target) == MNIST_FILES[name]:
        return target
    packed = ASSETS / "mnist" / f"{name}.gz"
    try:
        content = gzip.decompress(packed.read_bytes())
    except (OSError, EOFError, ValueError) as error:
        raise OSError(f"{packed} is missing or damaged ({error}). Reinstall course_utils.") from error
    if hashlib.md5(content).hexdigest() != MNIST_FILES[name]:
        raise OSError(f"{packed} does not hold {name} as distributed. Reinstall course_utils.")
    write_atomically(target, lambda file: file.write(content))
    return target


@lru_cache
def mnist_root(base):
    """Unpack all four MNIST files below ``base``; return ``base`` for torchvision."""
    for name in MNIST_FILES:
        unpack(name, Path(base) / "MNIST" / "raw")
    return base
