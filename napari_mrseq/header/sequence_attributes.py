"""What is known of how a series was acquired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

# Free text that people type, also names: it does not leave the header.
PRIVATE_FIELDS = frozenset({
    "description", "described_by", "protocol", "protocol_by", "file_name", "body_part",
})  # fmt: skip


@dataclass(frozen=True)
class SequenceAttributes:
    """What a header says about how a series was acquired; None or empty where it says nothing.

    Attributes
    ----------
    modality : str
        ``"MR"``, ``"CT"``, ...
    storage : str
        Name of the SOP class, ``"Enhanced MR Image Storage"``.
    other_scanner : str
        What scanners of other kinds write: ``"KVP 120"``.
    vendor : str or None
        Maker of the scanner.
    field_strength : float or None
        Tesla.
    description, protocol, file_name : str
        Words of people; `file_name` only for NIfTI.
    described_by : str
        What holds the description: a NIfTI file without one is described by its ``"file name"``.
    protocol_by : str
        What holds the protocol: of BIDS it may be ``"PulseSequenceType"``.
    intent : str
        What the values of a NIfTI file are where they are no picture, ``"t test"``.
    body_part : str
        In capitals, ``"CSPINE"``.
    sequence_name : str
        Every name the header gives the pulse sequence.
    image_type : tuple of str
        ImageType and FrameType, in capitals.
    component, contrast : str
        ComplexImageComponent and AcquisitionContrast of enhanced files.
    acquisition : str
        ``"2D"`` or ``"3D"``, by its tag or by what series and sequence are called.
    repetition_time, echo_time, inversion_time : float or None
        ms.
    echo_train : float or None
        Echoes an excitation.
    flip_angle : float or None
        Degrees.
    b_values : tuple of float
        s/mm², of all volumes.
    nucleus : str
        Whose signal it is, ``"1H"``, ``"23NA"``.
    imaging_frequency : float or None
        At which the nuclei precess, in MHz.
    techniques : mapping of str to str
        How the signal was made, each with the words that show it.
    agent : bool or None
        A contrast agent was given according to its tags; None where they don't say.
    agent_text : str
        What the tags say about the agent.
    matrix : tuple of int or None
        Rows and columns of the pixels.
    slices : int
        Slices of a volume.
    slices_counted : int or None
        How many the scanner counted there; None where it doesn't say, or a series has other parts.
    volumes : int
        Volumes of the stack, or time points where the header counts more.
    scan_options : tuple of str
        As written.
    """

    modality: str = ""
    storage: str = ""
    other_scanner: str = ""
    vendor: str | None = None
    field_strength: float | None = None
    description: str = ""
    described_by: str = "description"
    protocol: str = ""
    protocol_by: str = "protocol"
    file_name: str = ""
    intent: str = ""
    body_part: str = ""
    sequence_name: str = ""
    image_type: tuple[str, ...] = ()
    component: str = ""
    contrast: str = ""
    acquisition: str = ""
    repetition_time: float | None = None
    echo_time: float | None = None
    inversion_time: float | None = None
    echo_train: float | None = None
    flip_angle: float | None = None
    b_values: tuple[float, ...] = ()
    nucleus: str = ""
    imaging_frequency: float | None = None
    techniques: Mapping[str, str] = field(default_factory=dict)
    agent: bool | None = None
    agent_text: str = ""
    matrix: tuple[int, int] | None = None
    slices: int = 1
    slices_counted: int | None = None
    volumes: int = 1
    scan_options: tuple[str, ...] = ()

    @property
    def is_cut_short(self) -> bool:
        """Whether most slices that the scanner counted are missing."""
        return self.slices_counted is not None and 2 * self.slices < self.slices_counted

    def to_dict(self) -> dict[str, Any]:
        """Return what is known as plain data, without words that people typed."""
        known = {}
        for column in fields(self):
            value = getattr(self, column.name)
            if column.name in PRIVATE_FIELDS or value in (None, "", ()):
                continue
            known[column.name] = list(value) if isinstance(value, tuple | Mapping) else value
        return known
