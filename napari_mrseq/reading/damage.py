"""What a library raises on a damaged file → words for the user."""

from __future__ import annotations

import re

_CUT_OFF = re.compile(r"truncated|incomplete|ended before|bytes, got", re.IGNORECASE)


def damage_in(error: BaseException) -> str:
    """Say what keeps a file from being read, and what to do.

    Words of the error are left out: they speak of code, or quote what stands in the file.
    """
    if isinstance(error, FileNotFoundError):
        return "the file has disappeared since the folder was read"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    if isinstance(error, EOFError) or _CUT_OFF.search(str(error)):
        return "it is cut off: copy or export it again"
    return "it is damaged, or written in an unknown way: copy or export it again"
