"""Keep the result of each submission the moment it is there, so that nothing is graded twice."""

import contextlib
import json
import os

from book import stop


class Journal:
    """A file with one line of JSON for each result; a line that was cut off by a crash is dropped."""

    def __init__(self, path):
        self.path, self.results = path, {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a+b")
        self._lock()
        self._load()

    def _lock(self):
        with contextlib.suppress(ImportError):
            import fcntl

            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                stop(
                    f"another `make grade` is writing to {self.path.parent}: let it end, or give OUT=another-folder"
                )

    def _load(self):
        self.file.seek(0)
        whole = 0
        for line in self.file:
            try:
                entry = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                entry = None
            if entry is None:
                break
            whole += len(line)
            self.results[entry["key"]] = entry["result"]
        self.file.truncate(whole)

    def add(self, key, result):
        """Write a result and see to it that it is on the disk."""
        self.results[key] = result
        self.file.write(json.dumps({"key": key, "result": result}).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self):
        """Give the file back."""
        self.file.close()
