"""What is judged so far, kept in a file beside the output until all is."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic

from napari_mrseq.cli.output import Format, write_records
from napari_mrseq.cli.terminal import ENDINGS, say
from napari_mrseq.errors import STOPS, MrseqError
from napari_mrseq.naming import printable
from napari_mrseq.report_text import Record

# A program that is killed, for memory or by a time limit, loses no more work than of this time.
KEPT_SECONDS = 600
# The pause is at least so many times as long as the last writing took: what is written grows.
_LEAST_PAUSE = 20


def file_beside(output: Path | None, form: Format) -> Path | None:
    """Return the file for results that are not complete; None where there is none."""
    if output is None or form is Format.bids or (output.exists() and not output.is_file()):
        return None
    return output.with_name(f"{output.name}.partial")


@contextmanager
def kept_until_written(
    beside: Path | None, form: Format
) -> Iterator[Callable[[Sequence[Record]], None]]:
    """Yield what keeps records in a file that goes when the work in this context is done.

    It is called with all records so far, and writes them every ten minutes. Whatever breaks the
    work off, Ctrl-C or a full disk, leaves the file, with all of them, and is told.
    """
    records: Sequence[Record] = ()
    due = monotonic() + KEPT_SECONDS

    def keep(so_far: Sequence[Record]) -> None:
        nonlocal records, due
        records, start = so_far, monotonic()
        if beside and start >= due:
            try:
                write_records(form, records, beside, below="")
            except MrseqError as error:
                say(printable(str(error)))
            due = monotonic() + max(KEPT_SECONDS, _LEAST_PAUSE * (monotonic() - start))

    try:
        yield keep
    except BaseException as error:
        kept = ""
        with _unstoppable():
            with suppress(MrseqError):
                if beside and records:
                    write_records(form, records, beside, below="")
                    kept = f"what is judged so far is in {beside}"
            if kept or isinstance(error, STOPS):
                # The line that tells how far the work is may stand there.
                say(f"\nstopped: {printable(kept) or 'nothing was written'}")
        raise
    # Its name may have been too long, or its folder closed.
    with suppress(OSError):
        if beside:
            beside.unlink()


@contextmanager
def _unstoppable() -> Iterator[None]:
    """Hear no second Ctrl-C: many press it twice, and a closed terminal ends its programs twice."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, *ENDINGS)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
