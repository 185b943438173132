"""Libraries that read files don't warn: what matters to the user is in Series.warnings."""

from __future__ import annotations

import re
import warnings
from threading import Lock
from typing import Any, cast

# Where odd values in files are warned of.
_NOISY = r"(napari_mrseq|nibabel|PIL|pydicom|tifffile)\b"


class _Muting:
    """Libraries that read files don't warn while any thread reads.

    The list of filters is the process's own. Put back as a whole, as `warnings.catch_warnings`
    does, it would undo what other threads changed meanwhile: here one line comes, and goes.
    """

    def __init__(self) -> None:
        self._lock, self._readers = Lock(), 0

    def __enter__(self) -> None:
        with self._lock:
            self._readers += 1
            if self._readers == 1:
                warnings.filterwarnings("ignore", module=_NOISY)

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                noisy = re.compile(_NOISY)
                ours = [line for line in warnings.filters if line[3] == noisy]
                for line in ours:
                    cast("list[Any]", warnings.filters).remove(line)


LIBRARIES_MUTED = _Muting()
