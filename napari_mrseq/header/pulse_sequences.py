"""The names that vendors give their pulse sequences → the techniques that these use."""

from __future__ import annotations

from dataclasses import dataclass

from napari_mrseq.header.techniques import (
    ASL,
    B0_MAP,
    B1_MAP,
    BALANCED,
    CINE,
    DIFFUSION,
    EPI,
    GRADIENT_ECHO,
    INVERSION,
    MPRAGE,
    OWN_CONTRAST,
    PHASE_CONTRAST,
    QUANTIFYING,
    SCOUT,
    SEGMENTED,
    SINGLE_SHOT,
    SPECTROSCOPY,
    SPIN_ECHO,
    SUSCEPTIBILITY,
    TIME_OF_FLIGHT,
    ULTRASHORT,
    VIEW_SHARING,
)

# Words that mean the same on every scanner.
ANY = "any"


@dataclass(frozen=True)
class Name:
    """A family of sequence names of a vendor, or of `ANY`."""

    vendor: str
    pattern: str
    techniques: tuple[str, ...]


# Names as files hold them: Siemens, Canon, Hitachi, UIH, Bruker, Agilent (0018,0024), GE (0019,109C
# and 109E), Philips (2001,1020), enhanced files (0018,9005); see also the vendor pages of dcm2niix.
NAMES = (
    Name("Siemens", r"[*_]?q?(tse|se|mse)([a-z]{0,3}[23]d|\d)", (SPIN_ECHO,)),
    Name("Siemens", r"[*_]?spc", (SPIN_ECHO,)),
    Name("Siemens", r"[*_]?spcr?ir", (INVERSION,)),
    Name("Siemens", r"[*_]?q?h[a-z]{0,2}[23]d1", (SPIN_ECHO, SINGLE_SHOT)),
    Name("Siemens", r"[*_]?q?((tir|ir|hir)[a-z]{0,3}[23]d|tirm?\d)", (SPIN_ECHO, INVERSION)),
    Name("Siemens", r"[*_]?tfl3d", (MPRAGE,)),
    Name("Siemens", r"[*_]?q?c?(fl|fldyn|me|fi|gre|tfl|de|ps)[a-z]{0,2}[23]d", (GRADIENT_ECHO,)),
    # TWIST, and GE's TRICKS below.
    Name("Siemens", r"[*_]?fldyn3d", (VIEW_SHARING,)),
    # A PSIF with a b value diffuses.
    Name("Siemens", r"[*_]?(de3d|ps[23]d(?!.*_b\d))", (BALANCED,)),
    Name("Siemens", r"[*_]?q?c?(tfi|ci|trufi)[a-z]{0,3}[23]d", (GRADIENT_ECHO, BALANCED)),
    Name("Siemens", r"[*_]?fl[23]d.*_t[\dms]", (TIME_OF_FLIGHT,)),
    Name("Siemens", r"[*_]?f[li][23]d.*_(v\d|pc)", (PHASE_CONTRAST,)),
    Name("Siemens", r"[*_]?fm[23]d", (GRADIENT_ECHO, B0_MAP)),
    # "%SiemensSeq%_ep2d_diff", "%CustomerSeq%\\cmrr_mbep2d_bold": files, not names.
    Name("Siemens", r"%.*(rf_?map|b1_?map|bs_calib)", (B1_MAP,)),
    # The actual flip angle, of two repetition times.
    Name("Siemens", r"[*_]?afi[23]d", (B1_MAP,)),
    Name("Siemens", r"%.*(field_?map|b0_?map)", (GRADIENT_ECHO, B0_MAP)),
    Name("Siemens", r"%.*(ep2d_diff|[\W_]resolve|qdwi)", (EPI, DIFFUSION)),
    Name("Siemens", r"%.*haste_diff", (SPIN_ECHO, DIFFUSION)),
    Name("Siemens", r"%.*ep2d_(bold|fid|pace)", (EPI, GRADIENT_ECHO)),
    Name("Siemens", r"%.*ep_seg_fid", (EPI, GRADIENT_ECHO, SEGMENTED)),
    Name("Siemens", r"%.*ep2d_se", (EPI, SPIN_ECHO)),
    Name("Siemens", r"%.*[\W_](trufi|ciss|dess)", (GRADIENT_ECHO, BALANCED)),
    Name("Siemens", r"%.*[\W_](svs|csi)_", (SPECTROSCOPY,)),
    Name("Siemens", r"%.*aalscout", (SCOUT,)),
    Name("Siemens", r"%.*([\W_]mrf$|mre$|ep2d_ase)", (OWN_CONTRAST,)),
    # "greMRE2d1", "epiMRE", "WIP_epseMRE": elastography.
    Name("Siemens", r"[*_]?(gre|epi|epse)mr", (OWN_CONTRAST,)),
    Name("Siemens", r"[*_]?(mdme|qalas)", (QUANTIFYING,)),
    Name("Siemens", r"(%.*[\W_]|[*_]?)petra", (ULTRASHORT,)),
    Name("Siemens", r"[*_]?swi[a-z]{0,2}[23]d", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("Siemens", r"[*_]?epfid", (GRADIENT_ECHO, EPI)),
    Name("Siemens", r"[*_]?epse", (SPIN_ECHO, EPI)),
    Name("Siemens", r"[*_]?epir", (EPI, INVERSION)),
    Name("Siemens", r"[*_]?(ep|re|ez|sms)_?(calc_?)?b_?\d", (EPI, DIFFUSION)),
    Name("Siemens", r"[*_]?blade_b\d", (SPIN_ECHO, DIFFUSION)),
    Name("Siemens", r"[*_]?(tgse|.*asl)", (ASL,)),
    Name("Siemens", r"[*_]?(svs|csi|fid_)", (SPECTROSCOPY,)),
    Name("Siemens", r"(fl\d)?scout$", (SCOUT,)),
    Name("GE", r"3[-_ ]?plane", (SCOUT,)),
    Name("GE", r"(.*/)?(3d)?b0(map|rf)", (GRADIENT_ECHO, B0_MAP)),
    Name("GE", r"(.*/)?(cs)?(memp|fse|frfse|ssfse|.*cube|propeller)", (SPIN_ECHO,)),
    Name("GE", r"(.*/)?ssfse", (SINGLE_SHOT,)),
    Name("GE", r".*flair", (SPIN_ECHO, INVERSION)),
    Name(
        "GE", r"(.*/)?(e?fgre|m?fast_?gre|gre|.*spgr|lava|disco|medal|ideal.*gre)", (GRADIENT_ECHO,)
    ),
    Name("GE", r".*tricks", (GRADIENT_ECHO, VIEW_SHARING)),
    Name("GE", r".*(bravo|mp-?rage)", (GRADIENT_ECHO, MPRAGE)),
    Name("GE", r"(.*/)?m?c?merge", (GRADIENT_ECHO,)),
    Name("GE", r".*swan", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("GE", r"(.*/)?(.*fiesta|cosmic)", (GRADIENT_ECHO, BALANCED)),
    Name("GE", r"(.*/)?(2d|3d|ifp)?_?tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("GE", r"(.*/)?((2d|3d)_?pc|.*cine_?pc|pcmra)", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("GE", r"(.*/)?epi", (EPI,)),
    Name("GE", r"(.*/)?epi_pepolar", (B0_MAP,)),
    Name("GE", r"(.*/)?(epirt|epi_rt|.*hyperband)", (EPI, GRADIENT_ECHO)),
    Name("GE", r".*asl", (ASL,)),
    # "fgremre", "epimre", "iqmre2d".
    Name("GE", r"(.*/)?(mr-?touch|.*mre(2d|_iron)?$)", (OWN_CONTRAST,)),
    Name("GE", r"(.*/)?(probe|press|.*mrsi)", (SPECTROSCOPY,)),
    Name("Philips", r"(t?se|mse|t[12]-?t?se)$", (SPIN_ECHO,)),
    Name("Philips", r"grase", (SPIN_ECHO, EPI)),
    Name("Philips", r"(tir|ir-?tse|ir-?se|ir|.*flair)$", (SPIN_ECHO, INVERSION)),
    Name("Philips", r"(t[12]?-?)?(ffe|tfe)$", (GRADIENT_ECHO,)),
    Name("Philips", r"t1-?tfe$", (MPRAGE,)),
    Name("Philips", r"(b-?(ffe|tfe)|bal.*)$", (GRADIENT_ECHO, BALANCED)),
    Name("Philips", r"(fe|ffe|t1ffe)-?epi", (GRADIENT_ECHO, EPI)),
    Name("Philips", r"se-?epi", (SPIN_ECHO, EPI)),
    Name("Philips", r"dwi", (SPIN_ECHO, DIFFUSION)),
    Name("Philips", r"dwise", (EPI,)),
    Name("Philips", r"(pca|pc-?mra)", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("Philips", r".*asl", (ASL,)),
    Name("Canon", r"(se|fse|fase|mvox)", (SPIN_ECHO,)),
    Name("Canon", r"(ir|fir|fseir|flair)", (SPIN_ECHO, INVERSION)),
    Name("Canon", r"(fe|ffe)", (GRADIENT_ECHO,)),
    Name("Canon", r"(se|fe|ffe)_?epi", (EPI,)),
    Name("Canon", r".*tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("Canon", r".*ssfp", (GRADIENT_ECHO, BALANCED)),
    Name("Canon", r".*fsbb", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("Hitachi", r"([23]d)?(se|fse|dse|pfse|isofse)", (SPIN_ECHO,)),
    Name("Hitachi", r"([23]d)?(ir|fir|fseir|flair)", (SPIN_ECHO, INVERSION)),
    Name("Hitachi", r"([23]d)?(ge|rsge|sg|rssg|tsg|rgge|mpge)", (GRADIENT_ECHO,)),
    Name("Hitachi", r"([23]d)?(ba|pb)sg", (GRADIENT_ECHO, BALANCED)),
    Name("Hitachi", r"([23]d)?(se|ge|dw)-?(dw)?-?epi", (EPI,)),
    Name("Hitachi", r"([23]d)?dwi?[-_]?epi", (SPIN_ECHO, DIFFUSION)),
    Name("Hitachi", r".*tof", (GRADIENT_ECHO, TIME_OF_FLIGHT)),
    Name("Hitachi", r".*bsi", (GRADIENT_ECHO, SUSCEPTIBILITY)),
    Name("UIH", r"fse", (SPIN_ECHO,)),
    Name("UIH", r"fse.*ir", (INVERSION,)),
    Name("UIH", r"gre", (GRADIENT_ECHO,)),
    Name("UIH", r"gre_fsp", (MPRAGE,)),
    Name("UIH", r"(gre.*)?bssfp", (GRADIENT_ECHO, BALANCED)),
    Name("UIH", r"gre.*tof", (TIME_OF_FLIGHT,)),
    Name("UIH", r"gre.*(pc|fq)", (PHASE_CONTRAST,)),
    Name("UIH", r"gre.*(swi|qsm)", (SUSCEPTIBILITY,)),
    Name("UIH", r"gre.*fieldmap", (B0_MAP,)),
    Name("UIH", r"epi", (EPI,)),
    Name("UIH", r"epi_(bold|fmri)", (GRADIENT_ECHO,)),
    Name("UIH", r"epi_(dwi|dti)", (SPIN_ECHO, DIFFUSION)),
    Name("UIH", r".*asl", (ASL,)),
    Name("UIH", r".*(svs|csi)", (SPECTROSCOPY,)),
    # BIDS' PulseSequenceType. Some converters write "Gradient Echo EPI" for any EPI.
    Name(ANY, r".*(gradient[-_ ]?(recalled[-_ ]?)?echo(?!.*epi)|spoiled)", (GRADIENT_ECHO,)),
    Name(ANY, r".*(?<![a-z])(f?gre|ffe|flash|f?spgr|mpgr)(?![a-z])", (GRADIENT_ECHO,)),
    Name(ANY, r".*spin[-_ ]?echo", (SPIN_ECHO,)),
    Name(ANY, r".*(\bepi\b|echo[-_ ]?planar)", (EPI,)),
    Name(ANY, r".*mp-?rage", (GRADIENT_ECHO, MPRAGE)),
    Name(ANY, r".*b1_?map", (B1_MAP,)),
    # "Bruker:RARE", "FAIR_EPI (pvm)".
    Name("Bruker", r".*(rare|msme)", (SPIN_ECHO,)),
    # At several repetition times, or echo times, of which T1 and T2 are mapped.
    Name("Bruker", r".*rarevtr", (QUANTIFYING,)),
    Name("Bruker", r".*mdeft", (GRADIENT_ECHO, INVERSION)),
    Name("Bruker", r".*fisp", (GRADIENT_ECHO, BALANCED)),
    Name("Bruker", r"(\w+:)?(ute|zte)", (ULTRASHORT,)),
    # Of a beating heart, sorted afterwards by its own motion.
    Name("Bruker", r"(\w+:)?ig_?flash", (CINE,)),
    Name("Bruker", r".*flowmap", (GRADIENT_ECHO, PHASE_CONTRAST)),
    Name("Bruker", r".*fieldmap", (GRADIENT_ECHO, B0_MAP)),
    Name("Bruker", r"(\w+:)?(press|steam|isis|csi)\b", (SPECTROSCOPY,)),
    Name("Bruker", r".*(flash|mge\b)", (GRADIENT_ECHO,)),
    Name("Bruker", r".*epi", (EPI,)),
    Name("Bruker", r".*dti", (SPIN_ECHO, DIFFUSION)),
    Name("Bruker", r".*(fair|casl)", (ASL,)),
    # Pulse sequences of VnmrJ: "fsems", a fast spin echo of many slices, "ge3d".
    Name("Agilent", r"f?sems|mems", (SPIN_ECHO,)),
    Name("Agilent", r"m?gems|m?ge3d", (GRADIENT_ECHO,)),
    Name("Agilent", r"epip?\b", (EPI,)),
)
