"""Dates and times as DICOM and BIDS write them → one number that grows with time."""

from __future__ import annotations

import re
from datetime import date

DAY_MS = 86_400_000.0
# The offset from UTC is one and the same in a study.
_OFFSET = r"(?:[+-]\d{2}:?\d{2}|Z)?"
# TM and DT (PS3.5, 6.2).
_DICOM = re.compile(r"(\d{8})?(\d{2})(?:(\d{2})(\d{2}(?:\.\d*)?)?)?" + _OFFSET)
# With colons, as ACR-NEMA and sidecars write them; dcm2niix leaves zeros out ("9:05:7.5").
_COLONS = re.compile(
    r"(?:(\d{4}-?\d{2}-?\d{2})T)?(\d{1,2}):(\d{1,2}):(\d{1,2}(?:\.\d*)?)" + _OFFSET
)


def moment(time: str, day: str = "") -> float | None:
    """Return a time in ms, since the year 1 where the date is known, else since midnight.

    Parameters
    ----------
    time : str
        DICOM TM or DT, or the form of a BIDS sidecar: ``"123059.5"``, ``"20240102123059+0100"``,
        ``"12:30:59.5"``, ``"2024-01-02T12:30:59"``.
    day : str
        DICOM DA, used where `time` holds no date.

    Returns
    -------
    float or None
        None where there is no time.
    """
    match = _DICOM.fullmatch(time) or _COLONS.fullmatch(time)
    if not match:
        return None
    own, *clock = match.groups()
    hours, minutes, seconds = (float(part or 0) for part in clock)
    # A leap second is a 60th (PS3.5, 6.2).
    if hours >= 24 or minutes >= 60 or seconds >= 61:
        return None
    return _day(own or day) * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1000


def day_of(moment_ms: float | None) -> str:
    """Return the day of a time as `moment` returns it, ``"2024-01-02"``; ``""`` without a date."""
    days = int((moment_ms or 0.0) // DAY_MS)
    return date.fromordinal(days).isoformat() if days else ""


def _day(written: str) -> int:
    """Return the number of a date, 0 where it is none."""
    digits = written.replace("-", "").replace(".", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).toordinal()
    except ValueError:
        return 0
