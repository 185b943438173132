"""DICOM files whose frames can't be read one by one: deflated ones, and those with a palette."""

from __future__ import annotations

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import UID

from napari_mrseq.reading.kept import KEPT
from napari_mrseq.reading.layout import PixelLayout
from napari_mrseq.reading.lazy import Stamp, check_unchanged


class WholeFile:
    """One such file, which must stay as `stamp_of` told when its header was read.

    Read as a whole by pydicom, and kept for its next frame where there are several.
    """

    def __init__(self, path: str, layout: PixelLayout, stamp: Stamp) -> None:
        self._path, self._layout, self._stamp = path, layout, stamp

    def dataset(self) -> Dataset:
        """Return the file with its pixels; not to be changed.

        Raises
        ------
        ReadError
            If the file is no more the one whose header was read; names it.
        OSError
            If it is gone.
        """
        check_unchanged(self._path, self._stamp, self._path)
        if self._layout.frames == 1:
            return self._read()[0]
        dataset: Dataset = KEPT.content(self, self._read)
        return dataset

    def _read(self) -> tuple[Dataset, int]:
        dataset = dcmread(self._path, force=True)
        dataset.file_meta.TransferSyntaxUID = UID(self._layout.transfer_syntax)
        dataset.NumberOfFrames = self._layout.frames
        if self._layout.lowest_bit:
            dataset.BitsStored = dataset.BitsAllocated
        return dataset, len(dataset[self._layout.keyword].value)
