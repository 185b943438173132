"""The vocabulary is the interface's table: code, name, family, BIDS suffix."""

from __future__ import annotations

from napari_mrseq.sequences import SEQUENCES, family_of, plain_member

# interface.md, row by row; BIDS names labelled perfusion alone, so perfusion as a whole has none.
TABLE = """
T1        | T1              | T1        | T1w
T1C       | T1 + contrast   | T1        | T1w
T2        | T2              | T2        | T2w
FLAIR     | T2-FLAIR        | FLAIR     | FLAIR
PD        | PD              | PD        | PDw
STIR      | STIR            | STIR      | –
T2STAR    | T2*             | T2*       | T2starw
SWI       | SWI             | T2*       | swi
BOLD      | BOLD / T2* EPI  | T2*       | bold
DWI       | DWI             | diffusion | dwi
B0        | DWI b=0         | diffusion | dwi
ADC       | ADC             | ADC       | –
PERF      | perfusion       | perfusion | –
MRA       | angiography     | MRA       | angio
FIELDMAP  | field map       | other     | –
LOCALIZER | localizer       | other     | –
OTHER     | other MR        | other     | –
UNKNOWN   | unknown         | unknown   | –
"""


def test_vocabulary_is_that_of_the_interface() -> None:
    rows = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.split("\n") if line]
    ours = [(s.code, s.name, s.family, s.bids_suffix or "–") for s in SEQUENCES.values()]
    assert ours == rows


def test_plain_member_of_each_family_belongs_to_it() -> None:
    for sequence in SEQUENCES.values():
        assert family_of(plain_member(sequence.family)) == sequence.family
