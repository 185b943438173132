"""What scanners write into ImageType and FrameType of images that they compute, by kind."""

from __future__ import annotations

NO_PICTURE = ("Raw Data", "Spectroscopy", "Presentation State", "SR Storage", "Segmentation")
PHASE = ("P", "PHASE", "PHASE MAP", "P_FFE", "P_SE", "SW_P_FFE", "P_PCA", "VELOCITY MAP")
FIELD_MAP = ("B0 MAP", "B0", "FIELD MAP", "FIELD_MAP", "FIELDMAP")
ADC = ("ADC", "ADC_MAP", "ADC MAP", "ADC_UNSPECIFIED", "DADC")
# exp(-b ADC): restricted diffusion is bright in it, as in no ADC.
EXPONENTIAL_ADC = ("EADC", "EXP_ADC")
TRACE = ("TRACEW", "TRACE", "ISODWI", "CALC_BVALUE", "CALCULATED_BVALUE", "DWI_TRACE")
TENSOR = ("FA", "FRACTIONAL_ANISOTROPY", "COLFA", "DTI_FA", "TENSOR", "RA", "VR", "CMAP")
PERFUSION = (
    "ASL", "CBF", "RCBF", "RELCBF", "CBV", "RCBV", "RELCBV", "CORRECTED_CBV", "MTT", "RELMTT",
    "TTP", "TMAX", "T0", "GBP", "PBP", "PERFUSION", "KTRANS", "K_TRANS", "KEP", "IAUC",
)  # fmt: skip
SUSCEPTIBILITY = ("SWI", "SW", "MNIP", "SW_M_FFE", "SWIP", "SWI_MIP")
MAP = (
    "T1 MAP", "T1_MAP", "T2 MAP", "T2_MAP", "T2_STAR MAP", "T2STAR_MAP", "T2_STAR_MAP", "R2 MAP",
    "R2_MAP", "R2_STAR MAP", "R2_STAR_MAP", "R2STAR_MAP", "T1RHO", "B1_MAP", "B1 MAP", "B1", "QSM",
    "FAT_FRACTION", "FF", "FAT FRACTION", "WATER_FRACTION", "PDFF", "PERCENT", "MASK", "STIFFNESS",
    "APTW", "APT", "CEST", "STDDEV", "T-MAP", "UMAP", "T1MAP", "T2MAP",
)  # fmt: skip
SUBTRACTION = ("SUB", "SUBTRACTION")
FAT = ("F", "FAT", "FAT_ONLY", "DIXF")
ANGIOGRAPHY = ("M_PCA", "PC_ANGIO", "ANGIO", "TOF", "PCA")
