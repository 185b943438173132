"""What the words of a series description name, in the languages of protocol books."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from napari_mrseq.header.scripts import in_english

# A dual echo names both of its contrasts; the echo time tells which one a series is.
DUAL_ECHO = "PD and T2"
# A protocol for a map names its sources too: images of their own, until the map is computed.
MAP = "map"
# What both stand for in the vocabulary.
MEANINGS = {DUAL_ECHO: ("PD", "T2"), MAP: ("OTHER",)}


@dataclass(frozen=True)
class Words:
    """Phrases that name a sequence, in a small notation.

    A phrase matches whole words of plain text (see `plain`). ``*`` stands for any letters and
    digits, ``#`` for a number of three or four digits, ``...`` for anything between, a space for
    a space or none.
    """

    sequence: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class Naming:
    """A sequence that a text names, and the words that do it."""

    sequence: str
    phrase: str


def _words(sequence: str, *phrases: str) -> Words:
    return Words(sequence, phrases)


# The first line that fits wins: specific before general. English, German, French, Spanish,
# Italian, Portuguese and Dutch, and the names that vendors print on their consoles.
LEXICON = (
    # Where the slices of another series lie, drawn on a scout.
    _words("OTHER", "pos disp*"),
    _words("OTHER", "b1", "b1 ?amp*", "b1 map*", "afi", "dream", "rf map*"),
    _words(
        "FIELDMAP", "*field map*", "fmap*", "*b0 map*", "b0 ?rf*", "b0 shim*", "top up", "gre field"
    ),
    _words("FIELDMAP", "feldkarte*", "carte de champ*", "mapa de campo", "mappa di campo"),
    _words("FIELDMAP", "distortion map*", "blip up", "blip down"),
    # A scanner writes what it computed behind the name of the protocol, which may ask for an ADC.
    _words("DWI", "adc ... high b*", "high b val*", "calc* b val*", "calc b#", "adc ... trace* $"),
    _words("ADC", "*adc", "adc*", "apparent diff*", "coef* ... ap*aren*", "average dc", "avdc"),
    _words("ADC", "cda"),
    _words(MAP, "fa $", "fa map*", "fa col*", "col fa", "dti fa", "fractional aniso*"),
    _words("OTHER", "tracto*", "fiber tr*"),
    # All the b values of one series: "diff b0 200 800", "b50_400_800".
    _words("DWI", r"*b\d{1,3} (?:and |b)?\d{2,4}"),
    _words("B0", "tensor b0", "b0 ... dwi*", "b0 ... dti*", "b0 ... dif*", "nodif*"),
    _words("B0", "*dwi ... b0", "dti* ... b0", "dif* ... b0"),
    # The single-band reference of a diffusion series is not weighted.
    _words("B0", "dmri* ... sbref", "*dwi ... sbref", "dti* ... sbref", "dif* ... sbref"),
    _words("DWI", "trace*", "iso dwi", "*(?<!ban)dwi*", "dti*", "dif*", "dw", "dw epi", "b#"),
    _words("DWI", "dyfu*"),
    _words(
        "DWI",
        "dmri*",
        "mddw*",
        "noddi",
        "multi shell*",
        r"\d shells",
        # Flow is encoded along three.
        r"(?<!\d\s)(?:[6-9]|\d\d+) (?:directions?|dirs?)(?!\s?(?:spc|space|3d|flair|cube|vista))",
        "*dki",
        "dsi",
        "hardi",
        "ivim",
        "resolve",
        "zoomit",
        "muse",
    ),
    _words("OTHER", "tensor"),
    _words("FIELDMAP", "pepolar*"),
    # Read against each other, two of them measure distortion: without weighting all the same.
    _words("B0", "ep2d ... b0", "*epi ... b0", "b0 ... *epi", "b0 ap", "b0 pa", "ap b0", "pa b0"),
    _words("FIELDMAP", "b0"),
    # What a PET-MR scanner corrects attenuation with.
    _words("OTHER", "*mrac*", "*umap*", "mu map*"),
    # A vessel's name in front: inflow without an agent, no perfusion.
    _words("MRA", "vasc asl"),
    _words("PERF", "*asl", "asl*", "*casl*", "perf*", "pwi*", "dsc*", "dce*", "gbp", "pbp"),
    _words("PERF", "dynamic suscept*", "*perfu*"),
    _words("PERF", "cerebral blood*"),
    _words(
        "PERF",
        "relcb*",
        "rcbf",
        "rcbv",
        "rbf",
        "rbv",
        "cbf",
        "cbv",
        "mtt",
        "ttp",
        "t max",
        "k trans",
    ),
    _words("SWI", "ven bold*"),
    _words("BOLD", "*bold*", "*fmri*", r"rest\d*", "resting*", "rest state", "task*", "func*"),
    _words("BOLD", "*sbref", "ruhe*", "reposo", "fmrt*", "irmf*", "rmf", "frmi", "*tapping*"),
    _words("BOLD", "activation*", "paradigm*", "fonctionnel*", "funktionell*"),
    _words("SWI", "*swi", "swi*", "suscept*", "suszept*", "suscet*", "swan", "sw", "fsbb", "bsi"),
    # Minimum intensity is projected of nothing else.
    _words("SWI", "venobold", "*minip*", "min ip"),
    # The bile ducts, before all that is called after vessels.
    _words("T2", "*cholangi*", "colangi*", "mrcp*", "bili*"),
    _words("MRA", "*tof", "tof*", "*angio*", "mra*", "mrv*", "veno*", "*willis*", "cow", "ce mra"),
    _words("MRA", "polygon*", "flebo*", "phlebo*", "arm intracran*", "arm cereb*", "fbi", "vasc"),
    # Flow that is measured, not vessels that are shown.
    _words("OTHER", "pc ... csf", "csf ... pc", "phase contrast ... csf", "csf ... phase contrast"),
    _words("OTHER", "pc ... aque?duct*"),
    _words("MRA", "pc", "pca", "phase contrast", "ph con*", "venc*", "inhance*", "tricks"),
    _words("MRA", "4d trak", "time slip", r"\d?dpca*"),
    # It looks for the inversion time of a late enhancement.
    _words("OTHER", "ti scout*"),
    # "Localized spectroscopy" is none.
    _words(
        "LOCALIZER",
        "*locali(?![sz]ed)*",
        "loc",
        "loca",
        "*scout*",
        "survey*",
        "smart brain*",
        "pilot*",
    ),
    _words(
        "LOCALIZER",
        "3 plan*",
        "3 pl",
        "three plan*",
        "tri plan*",
        "plan scan",
        "topogram*",
        "locator*",
    ),
    _words("LOCALIZER", "scano*", "topo", "planung*", "centrage*", "centratura*", "sondage"),
    _words("LOCALIZER", "lokali*", "ubersicht*", "uebersicht*", "reperage*", "repere*"),
    _words("LOCALIZER", "oversi*t*", "overzicht*", "fast view"),
    _words("OTHER", "kalib*", "referenz*", "shimming", "speeder*", "phoenix*", "single voxel*"),
    _words("OTHER", "*spektro*", "*spettro*", "soustra*", "substra*", "sottra*", "ssub*"),
    _words("OTHER", "true fisp*", "hyce", "basg", "pbsg", "cosmic", "mensa", "bloch siegert*"),
    # What watches an agent arrive, before the series that it is given for.
    _words("OTHER", "smart prep*", "care bolus*", "test bolus*", "bolus tra*", "visual prep*"),
    _words("OTHER", "key image*"),
    _words("OTHER", "calib*", "asset cal*", "coil survey*", "coil sens*", "sense ref*", "prescan*"),
    _words("OTHER", "cal", "ref head*", "ref body*", "ref nv*", "ref torso*", "ref spine*"),
    _words("OTHER", "ref scan*", "reference scan*", "screen save*", "report", "subtra*", "sub $"),
    _words("OTHER", "sub mip*", "wash in", "wash out", "tf2d*"),
    _words(MAP, "t1 map*", "t2 map*", "t2star map*", "r2 map*", "r2star*", "r2s", "t1rho*"),
    _words(MAP, "qt1*", "qt2*", "*relaxo*"),
    _words("OTHER", "qsm", "pdff", "fat frac*", "ff map*", "mtr", "magic"),
    _words("OTHER", "*dixon quant*", "ideal iq*", "*fat ?quant*", "fat sep ... fat $"),
    _words("OTHER", "molli*", "look locker", "mre", "elasto*", "inv1", "inv2"),
    # "dir-AP" is a direction, DIR a double inversion.
    _words("OTHER", r"dir(?!.?(?:ap|pa|lr|rl|is|si|\d+\b))"),
    _words("OTHER", "double inversion*", "*spectro*", "press", "svs*", "csi*", "fat only"),
    _words("OTHER", "mrs", "*mrsi", "*btfe*", "*bffe*"),
    _words("OTHER", "cine*", "*trufi*", "tru fi", "*fiesta*", "ciss*", "*ssfp*", "b ffe", "b tfe"),
    _words("OTHER", "dixon ... f $", "dixon ... ff $", "cest*", "apt", "aptw*"),
    _words("OTHER", "petra", r"\d?d?o?zteo?", "ute"),
    _words("OTHER", "psir*", "lge", "delayed enh*", "late enh*"),
    _words("OTHER", "4d flow*", "balanced*", "dess", "de3d"),
    _words("OTHER", "phase map*", "phase image*", "pha images"),
    _words("T1", "t1* flair*", "t1* ... flair*", "flair t1*", "t1* ... dark fluid"),
    _words("FLAIR", "*flair*", "dark fluid", "da fl", "fluid att*", "liquor unterdr*"),
    _words("STIR", "*stir*", "tirm*", "tir", "short tau*", "turbo inversion*"),
    _words(
        "T2STAR",
        "t2star*",
        "t2s",
        "hemo*",
        "haemo*",
        "hamo*",
        "microbleed*",
        "medic",
        "merge",
        "*mffe",
        "me2d",
        "blutung*",
    ),
    _words(
        "T2STAR", "t2* ... *gradient*", "*gradient* ... t2*", "t2 stern", "t2 etoile", "t2 estrel*"
    ),
    _words("T2STAR", "t2* ... gre", "t2* ... fl2d", "t2* ... flash*", "t2* ... ffe", "t2* ... eg"),
    _words("T2STAR", "gre ... t2*", "fl2d ... t2*", "flash ... t2*", "ffe ... t2*", "eg t2*"),
    _words("T2STAR", "t2* ... fe epi", "me3d*"),
    _words("T2STAR", "me gre*", "t2* ge $"),
    # In and opposed phase of one gradient echo, not two echoes of a spin echo.
    _words("T1", "dual echo ... in", "dual echo ... ip", "in out*", "dual ffe", "dual gr*"),
    _words(DUAL_ECHO, "pd* t2*", "t2* pd*", "dp t2*", "t2* dp", "proton* t2*", "dual echo"),
    _words(DUAL_ECHO, "dual tse", "dual fse", "dual se"),
    _words(DUAL_ECHO, "double echo*", "double tse"),
    _words("PD", "pd*", "*pd", "dp", "proton*", "dens*", "rho", "intermed*", "iw"),
    _words("T1", r"\d?d?t1*", "*mprage*", "mp rage*", "mp2rage*", "bravo", "*spgr", "*vibe*"),
    _words("T1", "*thrive", "*lava*", "vibrant*", "tfl", "quick 3d*", "tigre", "ax disco*"),
    _words("T2", r"\d?d?t2*", "haste*", "*ssfse*", "ssh? ?tse*", "myelo*", "mielo*", "frfse"),
    # In and out of phase is a T1 where nothing else is named: two-point Dixon exists as T2 too.
    _words("T1", "in phase*", "opp* ... phase", "out phase", "out of phase", "en phase"),
    _words("T1", "in fase", "en fase", "em fase", "opos* ... fase"),
    _words("T1", "fuera de fase", "fuori fase", "fora de fase"),
    # With magnetisation transfer, where no weighting is named.
    _words("OTHER", "mt(?! ?off)", "mtc", "mt1", "mtw", "shim*"),
    _words("OTHER", "csf ... flow*", "flow* ... csf", "liquor ... fluss*", "*aque?duct*"),
    # Of a trace image, where no sequence with voxels as long as wide is named.
    _words("DWI", "isotrop*"),
)

# Suffixes of the BIDS standard (v1.10) at the end of a NIfTI file's name.
BIDS_SUFFIXES = {
    "T1w": "T1", "T2w": "T2", "FLAIR": "FLAIR", "PDw": "PD", "T2starw": "T2STAR", "inplaneT1": "T1",
    "inplaneT2": "T2", "bold": "BOLD", "sbref": "BOLD", "dwi": "DWI", "ADC": "ADC", "trace": "DWI",
    "FA": "OTHER", "asl": "PERF", "m0scan": "PERF", "cbf": "PERF", "angio": "MRA", "swi": "SWI",
    "phasediff": "FIELDMAP", "phase1": "FIELDMAP", "phase2": "FIELDMAP", "magnitude": "FIELDMAP",
    "magnitude1": "FIELDMAP", "magnitude2": "FIELDMAP", "fieldmap": "FIELDMAP", "epi": "FIELDMAP",
    "UNIT1": "T1", "T1map": "OTHER", "T2map": "OTHER", "MP2RAGE": "OTHER", "Chimap": "OTHER",
    "PDT2": DUAL_ECHO, "minIP": "SWI", "M0map": "OTHER", "S0map": "OTHER", "PDmap": "OTHER",
    "R1map": "OTHER", "R2map": "OTHER", "R2starmap": "OTHER", "T2starmap": "OTHER",
    "MTRmap": "OTHER", "MTsat": "OTHER", "MTVmap": "OTHER", "MWFmap": "OTHER", "TB1map": "OTHER",
    "RB1map": "OTHER",
}  # fmt: skip

# From one vertebra to another: "T1-T6" is a part of the spine, "T1-T2" may be two weightings.
VERTEBRAE = (
    r"(?i)(?<![a-z0-9])(?!t[12][\s_]?(?:-|to)[\s_]?t[12](?![0-9]))(?:c[1-8]|t1?\d|l[1-6])"
    r"[\s_]?(?:-|to)[\s_]?(?:c[1-8]|t1?\d|l[1-6]|s[1-5])(?![a-z0-9])"
)

# What names of series begin with, with or without a space behind it: "AXIALT2TSE", "axdifb1000".
PLANES = "ax|axial|cor|coronal|sag|sagittal|sg|tra|trans"


def plain(text: str) -> str:
    """Return text in lower case and Latin letters without accents, its words parted by spaces.

    ``+`` stays a word of its own. Camel case is parted (``"GreFieldMap"`` gives
    ``"gre field map"``, ``"axT1"`` and ``"AXT1"`` give ``"ax t1"``, but ``"qT1"``, a map, stays
    whole); ``T2*`` becomes ``t2star``, ``b=0`` and ``b 0`` become ``b0``. Parts of the spine
    (``"T1-T6"``) go.
    """
    parted = in_english(unicodedata.normalize("NFC", text))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-pr-z])(?=T[12]|PD)", " ", parted)
    parted = re.sub(VERTEBRAE, " ", parted).replace("ρ", "rho")
    # GE writes what a two-point Dixon scan parts in front of its name.
    parted = re.sub(r"(?i)^\s*fat:", "fat only ", parted)
    letters = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"(?<![a-z0-9])([tr]2) ?w? ?(?:\*|[-_ ]+star)", r"\1star", letters)
    letters = re.sub(r"\bb(?: ?= ?(?=\d)| (?=0\b|\d{3,4}\b))", "b", letters)
    letters = re.sub(rf"\b({PLANES})(?=t[12]|pd|dwi|dif|flair|stir)", r"\1 ", letters)
    return " ".join(re.sub(r"[^a-z0-9+]+", " ", letters).replace("+", " + ").split())


@lru_cache(maxsize=1024)
def namings_of(text: str) -> tuple[Naming, ...]:
    """Return the sequences that a text names and the words that name them, the likeliest first."""
    words = plain(text).replace("+ ", "")
    matches = ((sequence, pattern.search(words)) for sequence, pattern in _patterns())
    return tuple(Naming(sequence, match[0].strip()) for sequence, match in matches if match)


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (line.sequence, re.compile("|".join(_pattern(phrase) for phrase in line.phrases)))
        for line in LEXICON
    )


def _pattern(phrase: str) -> str:
    """Translate the notation of `Words` into a regular expression."""
    words = [word.replace("*", "[a-z0-9]*").replace("#", r"\d{3,4}") for word in phrase.split()]
    joined = " ?".join(words).replace(" ?... ?", r"\b.*\b")
    return rf"\b{joined}" if joined.endswith("$") else rf"\b{joined}\b"


def naming_of_file(file_name: str) -> Naming | None:
    """Return the sequence that the BIDS suffix of a NIfTI file's name stands for."""
    match = re.search(r"_([A-Za-z0-9]+)\.nii(\.gz)?$", file_name)
    if match and match[1] in BIDS_SUFFIXES:
        return Naming(BIDS_SUFFIXES[match[1]], match[1])
    return None
