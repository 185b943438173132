"""How computed maps are called: outright, for the lexicon, and in short, for what has a source."""

from __future__ import annotations

from napari_mrseq.header.phrases import Regex

# A map in other languages, behind what it shows and in front of it.
_BEHIND, _IN_FRONT = r"karten?|kaart", r"mapa|mappa|carte|cartographie"
# A road map shows vessels.
ANY_MAP = rf"(?<!road )maps?|[a-z]*(?:{_BEHIND})|{_IN_FRONT}"

# What is fitted to diffusion: the tensor, the kurtosis, two compartments.
_MODELS = r"dti|dki|noddi|tensor|dif+(?:us(?:ion|ao)[a-z]*)?"
# In short, as the name of a model in front of it makes plain; and what only its source tells from
# other words.
_FITTED = r"md|ad|rd|mk|ak|rk|l[123]|odi|ndi"
DIFFUSION = (
    rf"{_FITTED}|axd|fa|kfa|ka|k ?(?:mean|ax|rad)|gfa|mo|v[123]|dec|vic|viso|mode|kurtosis"
    r"|d ?(?:slow|fast|star)"
)
# Of incoherent motion, where that is named.
MOTION = r"d|dp|f|fp"
DIFFUSION_METHOD = rf"amico|dipy|fsl|mrtrix|ivim|dwi|{_MODELS}"
# What is fitted to the arrival of an agent, or read off its curve.
BOLUS = r"ve|vp|kep|k trans|iaug?c\d*|auc|ser(?! \d)|pei|pe\d|at|max slope|wash ?(?:in|out)"
BOLUS_METHOD = (
    r"dce|dyn|dynamic|tissue ?4d|tofts|ispy ?\d|vol ?ser|bi|uni|lateral|cropped|breast|prostate"
    r"|rate|ratio|perf"
)

OF_DIFFUSION: tuple[str | Regex, ...] = (
    # Philips' "faReg" and "facReg" come of what it has registered.
    "fa $", "fa map*", "fa col*", "col* fa", "dti fa", "fa reg", "fac reg",
    Regex(rf"(?:{_MODELS})\b.*\b(?:{_FITTED})(?: maps?)?$"),
    "mean diffus*", "axial diffusiv*", "radial diffusiv*", "fractional aniso*",
    "*mean kurt*", "kurt* ... map*", "eigenv*", "*ficvf*", "icvf*", "*isovf*", "fiso",
    "orientation disp*", "neurite dens*", "intracell* vol*", "isotropic vol*",
    "ivim ... fraction", "perfusion fraction", "pseudo diffus*", "tensor ... map*",
)  # fmt: skip
# What programs read out of images of any sequence.
READ_OUT: tuple[str | Regex, ...] = (
    "*heat map*", "probabilit*", "prob map*", "likelihood*", "suspicion map*",
    Regex(r"ai (?:[a-z]+ )?(?:overlay|results?|maps?|score|detection|segm[a-z]*)"),
)  # fmt: skip
OF_RELAXATION: tuple[str | Regex, ...] = (
    "t1 map*", "t2 map*", "t2star map*", "r2 map*", "r2star*", "r2s", "qt1*", "qt2*",
    Regex(rf"(?:t[12](?:star)?|r2) ?(?:{_BEHIND})"),
    Regex(rf"(?:{_IN_FRONT}) (?:(?:de|en|du) )?(?:t[12](?:star)?|r2)\b"),
    # As Siemens calls what it computes.
    Regex(r"^(?:t[12]|t2star|r2) images$"),
    "pd map*", "*relaxo*", "brain mask*", "lesion mask*", "t1* t2* ratio*",
    Regex(r"(?<!for )segmentations?(?: maps?)?$"),
)  # fmt: skip
