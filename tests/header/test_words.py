"""Descriptions as sites write them name their sequence, or another only beside it."""

from __future__ import annotations

import re

import pytest

from napari_mrseq.header.lexicon import LEXICON, MEANINGS
from napari_mrseq.header.words import namings_of
from napari_mrseq.sequences import family_of

# Sequence: descriptions, parted by semicolons.
DESCRIPTIONS = {
    "T1": (
        "AX T1 SE;SAG T1 FSE;COR T1 FS POST;T1 MPRAGE SAG ISO;3D T1 TFE;T1_vibe_fs_tra_p3_bh;AX "
        "LAVA PRE;WATER: AX LAVA FLEX;InPhase: AX LAVA-Flex;AX FSPGR;T1W_mDIXON;Ax T1 FLAIR;T1 "
        "BLADE COR;SAG 3D BRAVO;AX T1 FS GD ORBIT;T1 DYNAMIC "
        "LIVER;eTHRIVE_dyn;T1_starvibe;t1_quick3d;COR T1 HIP;T1 "
        "rest;dixon_vibe_W;opp phase;t1_tse_dixon_sag_W;T1W_TSE_SAG SPINE;C-SPINE SAG "
        "T1;Accelerated Sagittal MPRAGE;MPRAGE_GRAPPA2;IR-FSPGR;SPGR;AX VIBE POST;3D FFE SHOULDER "
        "T1"
    ),
    "T2": (
        "AX T2 FSE;T2 TSE TRA 512;SAG T2 FS;T2 HASTE COR;MRCP 3D;AX SSFSE;T2_SPACE_SAG;T2 FRFSE "
        "FAT SAT;T2W_TSE_CLEAR;T2W_SPAIR;myelogram;AX T2 PROPELLER HR;t2_blade_fs_tra_p2_mbh;SAG "
        "T2 CUBE;cor t2 dixon w;T2 mDIXON;T2_DRIVE_CLEAR;VISTA T2;"
        "Axial T2 PD;SSTSE;T2-FS KNEE;pelvis T2 hi res;T2 "
        "ROUTINE;T2 IR"
    ),
    "FLAIR": (
        "AX FLAIR;SAG CUBE T2 FLAIR;t2_tirm_tra_dark-fluid;T2W_FLAIR;FLAIR FS GD;3D FLAIR "
        "VISTA;Ax T2 FLAIR PROPELLER;t2_spc_da-fl_sag;t2_space_dark-fluid;dark fluid cor;Axial 3D "
        "FLAIR;T2-FLAIR;FLAIR_longTR;ir_flair"
    ),
    "PD": (
        "AX PD FS;SAG PD;pd_tse_fs_cor;PDW_SPAIR;COR PD FAT SAT;DP FAT SAT;INTERMED FS;PD_TSE;SAG "
        "PD T2;proton density;Axial PD/T2"
    ),
    "STIR": ("COR STIR;t2_tirm_cor;SAG STIR SPINE;STIR_longTE;TIRM sag;ir stir;T2 STIR"),
    "T2STAR": (
        "AX T2* GRE;T2_fl2d_tra_hemo;MERGE AX;t2_me2d;T2 FFE;GRE T2STAR;ax gre hemo;MEDIC;T2 "
        "GRE;AX GRADIENT ECHO T2*;t2*"
    ),
    "BOLD": (
        "fMRI;ep2d_bold_moco_p2;rfMRI_REST_AP;task-nback_bold;resting state;BOLD RS;fMRI finger "
        "tapping;func_rest;RestingState_fMRI;epi_bold;Resting fMRI ASC"
    ),
    "DWI": (
        "AX DWI;DTI 64 "
        "dir;ep2d_diff_3scan_trace;resolve_3scan_trace;DWI_b1000;dMRI_dir98_AP;DIFFUSION;diff b0 "
        "b1000;DTI_TENSOR;isoDWI;AX DWI ASSET;sDWI 3b;trace;reg - DWI;DWI PROSTATE "
        "b1400;NODDI;multishell dwi;HARDI;Ax DTI 32 Directions;b1000 trace;ZOOMit diff"
    ),
    "ADC": (
        "ADC;dADC;ADC (10^-6 mm2/s);Apparent Diffusion Coefficient;ep2d_diff_ADC;DWI ADC "
        "map;Average DC;AVDC;ADC_map b0 b1000"
    ),
    "MRA": (
        "3D TOF;TOF_3D_multi-slab;COW;MRA HEAD;MRV;PCA venc;MIP TOF;CE MRA "
        "CAROTID;ANGIO;TRICKS;COW TOF MIP;TOF neck;collapse:TOF;pjn:COW"
    ),
}
# The same, in the languages of Europe, and as makers other than the big three print it.
ABROAD = {
    "T1": (
        "ponderada en T1;T1 pesata;T1-gewichtet;en phase et opposition de phase;fuera de fase;in "
        "fase e fuori fase;BHAxLAVA-Flex;TIGRE AX;Quick3D FS;"
        "dentro e fora de fase;axT1;sT1W_3D_TFE;T1 ax pós contraste;T1 nach KM"
    ),
    "T2": (
        "T2 pondéré;pesata in T2;axT2;Cholangio MRCP;colangio RM;colangiografia;bili-IRM;mielo "
        "RM;Myelographie;T2 sat grasa;AXIALT2TSE;T2 tse letzte;T2_VOLUME3D;T2 TSE FS shim;"
        "BRAIN_SAG_SSh_TSE;C12-T2 FSE COR FS"
    ),
    "FLAIR": "Liquor unterdrückt;FLAIR axiale;darkfluid T2",
    "PD": (
        "densité de protons;densidad de protones;densità protonica;densidade de prótons;"
        "Protonendichte;DP fatsat;axPD;IW TSE"
    ),
    "T2STAR": (
        "T2 Stern;T2 étoile;T2 estrella;t2_me3d_cor;AXIAL_T2_ STAR;"
        "T2 eco de gradiente;écho de gradient T2;Gradientenecho "
        "T2;Blutung T2"
    ),
    "SWI": (
        "MPR Ob_Ax Min IP;Suszeptibilität;susceptibilité;suscettibilità;suscetibilidade;FSBB;BSI"
    ),
    "DWI": (
        "difusión;diffusione;difusão;Diffusionswichtung;"
        "ep2d_diff_tra_ADC_TRACEW;DYFUZJA watroba b50_400_800;diffusjon;axdifb1000;"
        "ep2d_diff b0 200 500 800;diffusion_ep2d_tra_b0_1500;epi_hardi64_2b;dsi128;IVIM10b"
    ),
    "ADC": (
        "carte ADC;coefficient de diffusion apparent;coeficiente de difusion aparente;CDA;"
        "ep2d_diff_b50_400_800_ADC;dADC (b50-800)"
    ),
    "STIR": "COR TIRM",
    "PERF": "Cerebral Blood Flow;e-THRIVE_BHPERFU;perfüzyon;perfuzja",
    "MRA": (
        "polygone de Willis;ARM intracranienne;flebografia;phlebo IRM;Venographie;VASC-ASL;FBI;"
        "mFBI;Fresh Blood Imaging;Time-SLIP renal;3DPCA_DEM"
    ),
    "LOCALIZER": (
        "Planungssequenz;repérage;localizzatore;centratura;centrage;Scanogram;Lokalisation;"
        "3-Axis Locator;1_Tripilot;topo;Oversikt;oversigt;översikt;overzicht;lokalizator;FastView"
    ),
    "BOLD": "fMRT;IRMf;RMf;fMRI fingertapping;paradigma motor;funktionelle MRT",
    "FIELDMAP": "DistortionMap_AP;blip up;PEPOLAR;Feldkarte;carte de champ",
    "OTHER": (
        "diff_b50_400_b800_FA;Spektroskopie;spettroscopia;soustraction;substracción;sottrazione;Kalibrierung;HYCE;"
        "Head_MRAC_PET_UTE_UMAP;Care Bolus;SmartPrep;test bolus;BolusTrak;KEY_IMAGES;SHIM2D;"
        "BASG 3D IAC;3D PBSG;COSMIC;FatSep T1 COR FAT;oZTEo Sag;PosDisp: [10] T1 TIR cor;"
        "FAT: Ax T2 FSE Flex;csi3d_se;"
        "MRS - sgACC;Bloch-Siegert_FA300;SSUB 2-1_ETHRIVE;sBTFE_BH_M2D;Sag DIR 3D VISTA;"
        "fatquant_pre_R2s_Eff;ShMOLLI_192i_SAX;vNav_setter;Head_ACMAP_TC;"
        "PET AC map;UTE3D (E5);2D UTE"
    ),
}
CASES = [
    (code, text)
    for book in (DESCRIPTIONS, ABROAD)
    for code, texts in book.items()
    for text in texts.split(";")
]


@pytest.mark.parametrize(("code", "text"), CASES)
def test_description_names_its_family_in_the_first_place(code: str, text: str) -> None:
    first = namings_of(text)[0].sequence
    assert family_of(code) in map(family_of, MEANINGS.get(first, (first,)))


@pytest.mark.parametrize(
    ("code", "text", "first"),
    [
        ("T1", "mprage for fMRI", "BOLD"),
        ("T1", "anat T1 task", "BOLD"),
        ("T2", "Ax T2 Star FSE", "T2STAR"),
        ("T2", "T2W DWI reference", "DWI"),
        ("T2", "COR T2 for FLAIR planning", "FLAIR"),
    ],
)
def test_what_a_series_is_stands_beside_what_it_is_made_for(
    code: str, text: str, first: str
) -> None:
    assert [naming.sequence for naming in namings_of(text)] == [first, code]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Series 4",
        "AX",
        "SAG 3mm",
        "Head w/o",
        "HWS",
        "left arm",
        "qa",
        "bilateral",
        "isotropic 1mm brain",
        "0.8 mm isotropic",
        "3D isotropic",
    ],
)
def test_description_that_names_nothing(text: str) -> None:
    assert namings_of(text) == ()


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("T2", "Т2 голова"),
        ("T2", "头部T2"),
        ("DWI", "диффузия"),
        ("DWI", "弥散 DWI"),
        ("DWI", "脳拡散"),
        ("DWI", "뇌 확산"),
        ("DWI", "ДВИ головы"),
        ("ADC", "表观弥散系数图"),
        ("ADC", "見かけの拡散係数"),
        ("ADC", "карта ИКД"),
        ("ADC", "коэффициент диффузии"),
        ("FLAIR", "压水 轴位"),
        ("PD", "质子 压脂"),
        ("OTHER", "质子波谱"),
        ("T1", "同反相位"),
        ("T1", "同位相"),
        ("T2", "МР-холангиография"),
        ("T2", "МРХПГ"),
        ("PD", "プロトン密度強調"),
        ("PD", "протонная плотность"),
        ("T2STAR", "T2スター 横断"),
        ("T2STAR", "t2_fl3d_tra_iso"),
        ("PERF", "灌注"),
        ("PERF", "ПЕРФУЗИЯ"),
        ("MRA", "血管造影"),
        ("MRA", "ангиография"),
        ("LOCALIZER", "定位像"),
        ("LOCALIZER", "локалайзер"),
        ("T1", "立体定位T1"),
        ("T2STAR", "T2 gwiazdka"),
        ("T2STAR", "T2 Yıldız"),
        ("DWI", "diffuusiopainotteinen"),
        ("MRA", "MR anjiyografi"),
        ("BOLD", "fMRG"),
        ("BOLD", "fonksiyonel MR"),
        ("BOLD", "RM funzionale"),
        ("LOCALIZER", "Suchscan"),
        ("LOCALIZER", "Paikannin"),
        ("T2", "nicht T1, T2 tse"),
        ("T1", "T1 avec PDC"),
        ("T1", "T1 Angiologie"),
        ("T1", "T1 pilot study"),
        ("T2", "T2 Pilotstudie"),
        ("T2", "T2 Scouten"),
        ("T2", "T2 Bolding"),
        ("T2", "T2 angioom"),
        ("MRA", "native_space_cor_sys"),
        ("OTHER", "t2_ci3d_tra_iso"),
        ("OTHER", "phase contrast CSF flow"),
        ("OTHER", "CINE PC AQUEDUCT"),
        ("OTHER", "localized spectroscopy"),
        ("LOCALIZER", "spectroscopy localizer"),
    ],
)
def test_description_names_it_in_the_first_place(code: str, text: str) -> None:
    assert namings_of(text)[0].sequence == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10 DIR SPACE", "OTHER"),
        ("T2 liquor dark fluid", "FLAIR"),
        ("SAG T2 AQUEDUCT", "T2"),
        ("T2 SPACE CSF flow", "T2"),
        ("CSF flow aqueduct", "OTHER"),
        ("phase contrast CSF flow", "OTHER"),
        ("DT_HIGH_32DIR", "DWI"),
        ("DIFFEPIiPaT2", "DWI"),
        ("DKI64", "DWI"),
        ("Ax FOCUS 50 800 1500", "DWI"),
        ("DIFFUSION_HighRes_LOWB", "B0"),
        ("SEField1_AP", "FIELDMAP"),
        ("t2_spc_tra_iso_ZOOMit_05_TR2500", "T2"),
        ("spc_ir_ns_sag_p2_iso", "FLAIR"),
        ("t1_spc_sag_ir", "T1"),
        ("AXSET1Post", "T1"),
        ("TRANSSET1POSTGD", "T1"),
        ("TRANTSET2", "T2"),
        ("CORTOFFL2D", "MRA"),
        ("s3DI_MC_HR", "MRA"),
        ("VT1W_3D_FFE", "T1"),
        ("AX TI", "T1"),
        ("COR TI 150", ""),
        ("AX TI SCOUT", "OTHER"),
        ("AX BLISS_PRE", "T1"),
        ("3d Non CE RSSG", "T1"),
        ("Ax Dualecho FSPGR BH", "T1"),
        ("t1_fl2d_tra_3mm_pc", "T1"),
        ("de_high-res_tfl_fs_sax", "OTHER"),
        ("T1 de cabeza tfl", "T1"),
        ("sTFE_GRID_BH", "OTHER"),
        ("PCVIPR CD COMP", "OTHER"),
        # Names of ReproIn: the number before "dir" is that of a run, or of a session.
        ("func_task-rest_run-01_dir-AP_bold", "BOLD"),
        ("func_run-12_dir-PA_bold", "BOLD"),
        ("anat-T1w_ses-02_dir-AP", "T1"),
        ("fmap_run-01_dir-AP_epi", "FIELDMAP"),
        ("ep2d_64_dir-AP", "DWI"),
        ("98dir_AP", "DWI"),
        ("064dirs", "DWI"),
        # The Greek letter as a sign, and in words: "without", "transverse section".
        ("T1ρ", "OTHER"),
        ("T1-ρ map", "OTHER"),
        ("ρ TSE", "PD"),
        ("T1 χωρίς", "T1"),
        ("T1 χρόνος", "T1"),
        ("T1 Rhône", "T1"),
        ("T1 rhomboideus", "T1"),
        ("T1 rho map", "OTHER"),
        ("T2 εγκάρσια τομή", "T2"),
        # Bleeding is looked for by T2*, and may be the reason for a T1.
        ("T1 hemorrhage follow-up", "T1"),
        ("T2 hemorrhage", "T2STAR"),
        ("T1 microbleeds", "T1"),
        ("gre hemo", "T2STAR"),
        # Vessels, where no weighting is named.
        ("cow brain T1", "T1"),
        ("T2 polygone de Willis", "T2"),
        ("COW SPGR", "MRA"),
        ("T1 BSI", "T1"),
        ("T1 CDA", "T1"),
        ("activation study T1", "T1"),
        # What was moved, computed, or steers another scan.
        ("T2 in T1 space", "T2"),
        ("sub 2 ax t1 se", "T1"),
        ("functional T1", "T1"),
        ("ep2d_bold_4b", "BOLD"),
        ("T1 brain mask", "map"),
        ("FLAIR segmentation", "map"),
        ("MPRAGE for segmentation", "T1"),
        ("T1w/T2w ratio", "map"),
        ("T1w_setter", "OTHER"),
    ],
)
def test_what_a_description_names_in_the_first_place(text: str, code: str) -> None:
    assert next((naming.sequence for naming in namings_of(text)), "") == code


# Ordinary words that begin as those of the field do, or hold one.
BESIDE = (
    "difficult;different;différé;difícil;Differenz;diffuse;Dens;dens axis;perforator;perfect;"
    "performed;venous;venös;venosa;veineux;venolymphatic;angioma;Hämangiom;hemangioma;"
    "angiomyolipoma;hemophilia;hemochromatosis;functional;tensor fasciae latae;tracer;press;cal;"
    "apt;report;vasc;sub001;lab205;mb4 2000;level T11;T12;biliary;Planung;diffuser Befund;"
    "elastofibroma;Rhône;rhomboideus;rhizotomy;minipig;diffusely;angioplasty;angiotensin;"
    "angiogenesis;resting tremor;perfluorocarbon;sub-01;sub talar joint;sub-cortical;sub mm;"
    "kontrastirovanie;goddess"
)


@pytest.mark.parametrize("word", BESIDE.split(";"))
@pytest.mark.parametrize("weighting", ["T1", "T2"])
def test_an_ordinary_word_beside_a_weighting_takes_nothing_from_it(
    weighting: str, word: str
) -> None:
    assert namings_of(f"{weighting} TSE {word}")[0].sequence == weighting
    assert namings_of(f"{word} {weighting} TSE")[0].sequence == weighting


@pytest.mark.parametrize(
    "text",
    [
        "sub001",
        "lab205 3mm",
        "mb4 2000",
        "rest",
        "hdbet_native-space_01",
        "venous",
        "SE",
        # People, places, parts of the body, diseases and plain words of several languages.
        "Ludwig",
        "Edwin",
        "Chadwick",
        "Christof",
        "Krzysztof",
        "Vibeke",
        "Emre",
        "Aslan",
        "Hamon",
        "Hardin",
        "Stirling",
        "Humboldt",
        "Bratislava",
        "Swiss",
        "Stirn",
        "Stirnhöhle",
        "vastus intermedius",
        "Myelon",
        "tofo",
        "myeloma",
        "myelopathy",
        "COPD",
        "CPPD",
        "hemorrhoids",
        "elastofibroma",
        "primer pase",
        "difetto",
        "difunto",
        "perfume",
        "substrate",
        "existir",
        "vencer",
        "minipig",
        "resting tremor",
        "angioplastie",
        "diffusément",
        "Quick start",
        "site B-001",
        "myeloma survey",
        "Skeletal Survey",
        "bone survey",
        "metastasis survey",
    ],
)
def test_what_only_looks_like_a_word_of_the_field_names_nothing(text: str) -> None:
    assert namings_of(text) == ()


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("map", "DTI_MD;DTI RD;DKI MK map;mean diffusivity;IVIM perfusion fraction;diff tra AD"),
        ("map", "faReg - DTI_32_directions SENSE;facReg - DTI;fractional aniso."),
        ("map", "FA map;FA_color;radial diffusivity;mean kurtosis;T2_MAPPING;T1 relaxometry"),
        ("map", "SyMRI PD map;PD mapping"),
        ("ADC", "Mono-exponential ADC;bi exponential ADC;Export ADC;liver_expiration_ADC"),
        ("OTHER", "Expo ADC;ADC exponencial;ADC exponentiel"),
        ("OTHER", "exponential ADC;exp ADC;eADC;CSPAMM;ECV map;timing bolus;Fluoro Trigger"),
        ("T1", "QuickStar FS;3D VANE XD"),
        ("ADC", "ADCmap;DWIADCDFC;ep2d-advdiff-3Scan-4bvalspair Upper ProstateADCDFCMIX"),
        (
            "DWI",
            "axial diffusion;sB1000;isoB1000;axb1500;diff b0 and b1000;MD DTI 30 dir;"
            "ep2d_diff_ADC_CALC_b1400;high bvalue 1400;ep2ddiffb1400TRACEW;"
            "ep2d-advdiff-3Scan-4bvalspairstdCALCBVAL;TENSEUR_30_DIRECTIONS_AX;edti_2mm;"
            "b_2000 prostate;sb_1500;sb-2000;EP2D_TRA_4B_SPAIR_DYNDIST",
        ),
        ("B0", "nodif;b0 AP;dti_sbref"),
        (
            "PERF",
            "perf3d;dynamic tfl sr;tfl_sr_sax;M0 scan;asl_MZero;ASL3D;control_pCASL2D;DSC;"
            "TRANSEPIPERFUSION;rCBF;TTP;Ktrans;First Pass SAX;stress_first-pass;FGRE Time Course;"
            "Resting first pass;FirstPass_REST1;First Pass Ruhe;reposo first pass;"
            "FAIR_trufi_kidney;fair_truefisp_tra;TrueFISP FAIR;Ax LAVA time to peak;"
            "Ax VIBRANT: Signal Enhancement Ratio;Positive Enhancement Integral VIBRANT;"
            "Maximum Slope of Increase VIBRANT;t1_vibe_dyn max enhancement;"
            "dyn eTHRIVE relative enhancement;eTHRIVE maximum relative enhancement",
        ),
        ("SWI", "venobold;ven bold;SWIMINIPAX;t2_swi3d_axial;3D Ax eSWAN"),
        ("BOLD", "functional run 1;fonctionnel;rest1;fMRIcontin"),
        ("T2", "Ax SSFSE TE34,80 (T2map);haste t2map;Cor_SSFSExr_BODY"),
        ("PD", "epdw_spair"),
        ("T1", "TIWI/SE/5mm"),
        ("T2", "sMRCP3DHR SENSE;et2w_spairsense;st2w_tse_ax"),
        ("T2", "biliary tree;axfst2;osagt2fseshim;FST2_SAGc;WFST2_SAG(T2)"),
        (
            "T2STAR",
            "T2*/QSM;brain_r2star_6echo;6 echoes QSM;GRE-ME;multi-echo GRE;sSUM;ASPIRE;"
            "fl2d1_14echo_liver;t2_fl2d_hemosiderin;Hämosequenz;T2 FLASH 2D;gre T2",
        ),
        ("DWI", "sDKI;diffb1000;TRACEW;difusión;Diffusions-EPI;isodwi3d;sDW_SSh"),
        ("PD", "fspd;cor_tsepd;intermediate weighted;densidad protonica"),
        (
            "T1",
            "BHAxLAVA-Flex;lava3d;t1_tse_tir_cor;MAGiC T1W;mDIXON tardif;mDIXON Primovist 20 min;"
            "T1 MT on;mDIXON-W dyn;T1 mDIXON nativ H-F;IP/OP;T1FLAIR;SAGMPRAGEWHOLEHD;TI SAG;"
            "out of phase;TIR T1;tir_cor_t1",
        ),
        ("FLAIR", "t2_spc_dark-fl_sag;MAGiC T2 FLAIR;TRANFLAIRT2;sag_t2flair;eFLAIR_longTR"),
        (
            "STIR",
            "t1_tir_dark-fat;tir t1 fs;t2_tir;tirm_fs;tse_tir;eSTIR;eeSTIR;tseSTIR_cor;STIRtoPET",
        ),
        (
            "MRA",
            "angioMR;angiografía;venography;QISS trufi;native_trufi;native_space_cor_ecg;TRANCE;"
            "vasc;ARM TSA GADO;ARM troncs supra-aortiques;CEMRA;VENC 60;Ax 2DTOF FSPGR;tof3d_tra;"
            "INHANCE 3D;4D-TRAK;inflow IR;3D INFLOW carotid",
        ),
        (
            "OTHER",
            "MAGiC;3D SPGR MgT;3D SPGR MT;gre_MTon;greMRE;epiMRE;absB1;Elastographie;MR-Touch;"
            "HISTO_bh;flow_250_tp_P;QFlow;SAx Sonic-DL;T1 rho;T1rho TSL 40;Mean_&_t-Maps;press 35;"
            "tensor;T1 Sub tra;Sub T1 KM;T1_Sub_nativ;T1 subtr;vibe sub;tfl_b1map;bss_map_B1Amp;"
            "bss_map_B1Phase;CEST_ssfse;t2_trufi3d_cor;opt-fsfiesta2d;t2_ciss3d_tra;tf2d20_retro;"
            "subtraktion;sSUBTRACAO;PDFF;phase images;ref scan;prescan;delayed enhancement",
        ),
        (
            "OTHER",
            "de_overview_tfi_4c;cine_tfi_retro_3c;4CH_Function;cardiac function SAX;SUB 2 COR RFM;"
            "t1_vibe_dixon_tra_2echo_F_22;mdixon_ff;t1_vibe_dixon_tra_F_ND;t1_vibe_fs_SUB_DIS2D;"
            "MR thermometry;TemperatureMapping;t1_vibe_dixon_fat;T1 mDIXON Fett;T1 Dixon graisse;"
            "psif_csf;t1_vibe_dixon_cor_F_MPR_cor;T1 SUSTRACCIÓN;Sag qDESS;3DDESS_we;"
            "T1 VIBE DIXON SSOUSTRATION ART-PORT CAIPI_W",
        ),
        ("OTHER", "fisp_mrf_2d;MRF;3D MR Fingerprinting;ihMT_dual;ihMTR"),
        (
            "MRA",
            "MRA first pass;first-pass angiography;MRA thorax first pass;CEMRA carotids firstpass;"
            "MR angiography first pass;Angio legs first pass",
        ),
        ("T1", "t1_quick3d_tra_dualecho_bh;Dual Echo T1 FFE"),
        ("FIELDMAP", "Reverse blip EPI 3mm iso;blip reversed"),
        ("FIELDMAP", "FieldMap: T2FSE;BH_PA_SE;se_epi_1.7mm_ap;Spin-echo EPI (AP);B0Shim_3D"),
        (
            "LOCALIZER",
            "coil survey;Planung;ichigime;AAHScout;ScoutA;3-Plane;3 PL;Plan Scan;Smart_Brain;"
            "Topogram;SmartExam_Knee",
        ),
        # As what was planned so is called, too.
        ("T2", "T2W_TSE SmartBrain"),
        ("SWI", "SWI phase AP;SWI phase R-L;SWI_mag_pha;mag_pha_swi"),
        # A study may be called so, too.
        ("T1", "REACT mprage"),
        # As Siemens calls its reconstruction of any sequence.
        ("T2", "t2_tse_sag_DeepResolve;T2 TSE DEEP_RESOLVE_BOOST"),
        ("DWI", "resolve_DeepResolve"),
        # Water and fat as UIH parts them.
        ("OTHER", "t1_quick3d_wfi_tra_bh_Fat"),
        ("T1", "t1_quick3d_wfi_tra_bh_Water;t1_quick3d_wfi_fatsat_tra"),
    ],
)
def test_families_of_words_name_their_sequence_in_the_first_place(code: str, texts: str) -> None:
    named = {text: namings_of(text)[0].sequence for text in texts.split(";")}
    assert named == dict.fromkeys(named, code)


# Phrases in the notation, each with the shortest text that it stands for.
PHRASES = [
    (sequence, phrase)
    for sequence, *phrases in LEXICON
    for phrase in phrases
    if isinstance(phrase, str)
]


def test_phrases_in_the_notation_hold_no_signs_of_regular_expressions() -> None:
    written = re.compile(r"[a-z0-9*]+|[a-z0-9*]*#|\.\.\.|\$")
    odd = [p for _, p in PHRASES if not all(map(written.fullmatch, p.split(" ")))]
    assert odd == []


def test_no_phrase_is_taken_by_one_before_it() -> None:
    taken = []
    for sequence, phrase in PHRASES:
        text = phrase.replace(" $", "").replace("...", "").replace("*", "").replace("#", "800")
        if namings_of(text)[0].sequence != sequence:
            taken.append(phrase)
    assert taken == []
