"""Fetch one large file: quickly given up without a network, verified, whole or not at all."""

import hashlib
import queue
import threading
import time
import urllib.request

from course_utils._files import write_atomically

CHUNK = 1 << 18  # bytes


class DownloadError(OSError):
    """The file could not be fetched; the message says why."""


def download(url, target, *, sha256_prefix, connect=3.0, stalled=10.0, patience=None, progress=True):
    """Fetch ``url`` to the file ``target``, which appears only once its checksum is right.

    Parameters
    ----------
    url : str
    target : path
    sha256_prefix : str
        First hexadecimal digits of the SHA-256 of the content.
    connect, stalled : float
        Seconds to wait for the server to answer, name look-up included, and for the next bytes.
    patience : float, optional
        Give up after five seconds if the whole file would take longer than this many.
    progress : bool
        Show a bar.

    Raises
    ------
    DownloadError
        No answer, too slow, cut off, or another content than expected.
    PermissionError
        The folder of ``target`` cannot be written.
    """
    with _open(url, connect, stalled) as response:
        write_atomically(
            target, lambda file: _copy(response, file, sha256_prefix, patience=patience, progress=progress)
        )


def _open(url, connect, stalled):
    """Return the response; wait for it in a thread, since a name look-up knows no time-out."""
    answer = queue.Queue()

    def ask():
        try:
            answer.put(urllib.request.urlopen(url, timeout=stalled))
        except (OSError, ValueError) as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        response = answer.get(timeout=connect)
    except queue.Empty:
        raise DownloadError(f"no answer from {url} within {connect:g} seconds") from None
    if isinstance(response, Exception):
        raise DownloadError(f"cannot open {url}: {getattr(response, 'reason', response)}") from response
    return response


def _copy(response, file, sha256_prefix, *, patience, progress):
    from tqdm.auto import tqdm

    size = int(response.headers.get("Content-Length") or 0)
    digest, done, start = hashlib.sha256(), 0, time.perf_counter()
    with tqdm(total=size or None, disable=not progress, unit="B", unit_scale=True, leave=False) as bar:
        while chunk := _read(response):
            file.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            bar.update(len(chunk))
            elapsed = time.perf_counter() - start
            if patience is not None and elapsed > min(5, patience) and size * elapsed > patience * done:
                raise DownloadError(
                    f"too slow: {size / 1e6:.0f} MB would take {size * elapsed / done:.0f} seconds"
                )
    if size and done != size:
        raise DownloadError(f"the connection was cut after {done} of {size} bytes")
    if not digest.hexdigest().startswith(sha256_prefix):
        raise DownloadError(
            f"wrong content: SHA-256 starts {digest.hexdigest()[:8]}, expected {sha256_prefix}"
        )


def _read(response):
    try:
        return response.read(CHUNK)
    except (OSError, ValueError) as error:
        raise DownloadError(f"the connection broke: {error}") from error
