"""What was unpacked of the files read last, kept for their next slices."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

# Of all files together: a large 4-D file, or the volumes of a study.
LARGEST_KEPT_BYTES = 1 << 29

# What a file holds, and its size in bytes.
Content = tuple[Any, int]


class _Kept:
    """Contents of files by the object that stands for each, and goes with its series."""

    def __init__(self) -> None:
        # In the order of use, the latest last.
        self._contents: WeakKeyDictionary[object, Content] = WeakKeyDictionary()
        self._locks: WeakKeyDictionary[object, threading.Lock] = WeakKeyDictionary()
        self._lock = threading.RLock()

    def content(self, file: object, unpack: Callable[[], Content]) -> Any:
        """Return what a file holds, unpacked where it isn't kept; safe among threads."""
        with self._lock:
            own = self._locks.setdefault(file, threading.Lock())
        # Threads that wait here find what the first of them unpacked.
        with own:
            with self._lock:
                found = self._contents.pop(file, None)
            found = found or unpack()
            self._keep(file, found)
            return found[0]

    def _keep(self, file: object, content: Content) -> None:
        """Keep one more, and let go of those not asked for longest; the newest always stays."""
        with self._lock:
            self._contents[file] = content
            kept = [(one, size) for one, (_, size) in self._contents.items()]
            held = sum(size for _, size in kept)
            for oldest, size in kept[:-1]:
                if held <= LARGEST_KEPT_BYTES:
                    break
                held -= size
                del self._contents[oldest]


KEPT = _Kept()
