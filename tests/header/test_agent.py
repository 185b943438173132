"""Whether a contrast agent was given, as technicians write it."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.header.agent import agent_in_words

T1 = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 10}

# Descriptions, parted by semicolons.
GIVEN = (
    "T1WI_SPIRC;T1W_SPIR C;"
    "SAG T1 POST;T1 post Gd;T1 +KM;AX T1 FSE FS C+;T1 C+ FS SAG;t1_vibe_dixon_tra_p2 POS_W;"
    "T1FSKM cor;T1_VIBE_TRA_FATSAT_POSTCONT;T1W_mDIXON_Dynamik;DINAMICA T1 "
    "3D FS;T1 FS YAG BASKILI KONTRASTLI;t1_vibe_fs_tra_s kontrastom;T1 FS TRA po k.l.;T1 z "
    "kontrastem;T1 po kontrascie;CORONAL T1 FS CON CIV;T1 C/CONTRASTE;AX T1 (C/C);T1 apres gado;"
    "T1 dopo mdc;T1 na Gd;T1 nach KM;T1 etter kontrast;T1 efter kontrast;T1 Art +C;"
    "DCE prostate;ep2d_dsc_perf;DSC_perfusion;T1 vibe DCE;"
    "t1_twist_tra_dyn;T1 fase arteriosa;T1 HBP 20min;T1 Gadavist;T1 EOB;T1 pós-contraste;"
    "t1_vibe_arterielle Phase;Sag T1 Cube K+;T1MPRAGE_08iso_K+;Ph3/Ax T1 Vibrant MultiPhase;"
    "AX T1 FS VIBE 10 MIN;T1 TSE TEHOSTE;T1_7DYN;"
    "T1 динамика;T1 动态;T1 ダイナミック;T1 动脉期;T1 門脈相;T1 지연기;"
    "T1 iv;T1 SAG FS IV;T1 i.v.;T1 增强;头部增强T1;T1 造影;T1 造影後;조영증강 T1;Т1 с контрастом;"
    "T1 после контраста;pre op T1 +C;post craniotomy T1 post gad;T1 POST RT KNEE;T1 POST HEAD COIL;"
    "T1 vibe venous;T1 venös;"
    "AX LAVA PORTAL VENOUS T1;T1 venöse Phase;T1 temps veineux;T1 fase venosa;T1 ven phase;"
    "T1 phase tardive;T1 fase tardía;T1 TARDIF;T1 Spätphase;T1 DIXON VEIN_W;T1 mDIXON ART;"
    "T1 DIXON TARD_W;late LAVA T1;t1_quick3d_1+6steps;"
    "t1_vibe_fs_tra_ven;t1_vibe_PV;T1 LAVA nephrographic;T1 mDIXON spät;"
    "T1 IV+;T1 +IV;T1 AX FS + IV;T1 (i.v.+);T1 with IV;T1 Gd (+);T1 KL+;T1 s KL;T1 C plus;"
    "T1 c/ cto;T1 C/GD;T1 injecté;T1 avec injection;T1 après injection;AX T1 MultiHance;"
    "T1 ProHance;T1 造影（＋）;T1 post Gd - sag;T1 fs KM - tra;T1 cor - gad;T1 +C - 2;"
    "T1 post-Gd;T1-KM;T1-C+;T1 C+/3D-ax;"
    "T1 VIBE Gd free breathing;T1 post contrast-sag;T1 SE 2.0 gad;T1 SENSE GD;T1 post 5 min;"
    "T1 post 3D;T1 3 months post gad;T1 KM control;T1 m.KM;T1 i.v. KM;T1 s KU;T1 posle KU;"
    "T1 posle kontrastirovaniya;ZOUEI-GO T1;t1_tse_sag_fs_CM;t1_vibe_dixon_tra_p4_bh_delayed;"
    "t1_tse_dixon_tra_p2_POS;SAG T1 FS INJ RACHIS;T1 art 1;T1 standard contrast dose;"
    "T1 post standard contrast;T1 high contrast post Gd;T1 with standard contrast;"
    "T1 normal contrast agent;T1 VIBE 70 sec;T1 THRIVE 180s;t1_vibe_tra_bh_60sek;"
    "T1 LAVA 10 minutos;T1 VIBE FS 2ND PASS;T1 VIBE hepatocyte phase;T1 tempi tardivi;"
    "T1 fase epatobiliare"
    ";T1 kontraszt után;T1 Gd után;T1 k.a. után;T1 iv. kontraszt után;T1 posztkontrasztos;"
    "T1 varjoaineen jälkeen;T1 tehostettu;T1 podání k.l.;T1 po k.;T1 con m.d.c.;T1 avec PDC;"
    "T1 contrastografica;T1 après IV;T1 poscontraste;T1 contrastado;T1 con cte;T1 após injeção;"
    "T1 na contrastmiddel;T1 m/k;T1 m/Gd;T1 (+);T1 sau tiêm;T1 có tiêm thuốc;T1 kontrastlı;"
    "T1 nach KM ohne FS;T1 post gad w/o fat sat;T1 +C without breath hold;T1 Gd utan FS;"
    "T1 POST W/O FS;T1 FS(-) Gd;T1 Gd vertébromédullaire;T1 post Schädel;T1 z/kontrastem;"
    "T1 avant-bras gado"
)
NOT_GIVEN = (
    "AX T1 DIXON SS IV_W;"
    "T1 ohne KM;T1 pre contrast;T1 -C;T1 sans injection;AX T1 W/O;3D Ax T1 S/C;T1 FS S/ CONTRASTE;"
    "T1 uten kontrast;T1 uden kontrast;T1 utan kontrast;T1 bez kontrastu;T1 bez kontrasta;"
    "T1 przed kontrastem;T1 kontrastsız;T1 KONTRASTSIZ;T1 senza mdc;T1 sin contraste;T1 plain;"
    "T1 sin gadolinio;T1 Cube K-;T1_08iso_K-;T1 sem contraste;T1 zonder contrast;T1 nativní;"
    "AX T1 FS C-;T1 GD-;t1_tse_tra_oKM;T1 vKM;T1 vor Kontrastmittel;T1 kontrastfrei;T1 ennen "
    "tehostetta;T1 nincs kontraszt;T1 DYN 1pre;T1 W/OUT CONTRAST;T1 BEFORE GAD;T1 prima mdc;"
    "T1 NO GADO;T1 kontrast öncesi;T1 innan kontrast;T1 avant gado;T1 før kontrast;T1 före kontrast"
    ";T1 natif;T1 noKM;T1 v. KM;T1 o. KM;T1 v KM;T1 non inj;"
    "T1 gad none;T1 contrast none;T1 平扫;T1 造影前;T1 単純;비조영 T1;"
    "Т1 без контраста;T1 до контраста;Т1 без КУ;"
    "T1 IV-;T1 IV -;T1 -IV;T1 (IV-);T1 i.v. -;T1 Gd (-);T1 gd-;T1 -gd;T1 (-KM);T1 KM -;T1 KL-;"
    "T1 C−;T1 CE（－）;T1 造影(-);T1 S/GD;T1 s/mdc;T1 s/ cto;T1 s. contraste;T1 minus KM;"
    "T1 C minus;T1 KM neg.;T1 neg contrast;T1 0 gad;T1 gad-free;T1 contrast free;"
    "T1 kontrastmittelfrei;T1 kontrastfri;T1 contrastvrij;T1 kein KM;T1 keine KM-Gabe;T1 prä KM;"
    "T1 prae KM;T1 vor Gabe KM;T1 vor Gabe;T1 prior to contrast;T1 pas de gado;"
    "T1 pas d'injection;T1 geen contrast;T1 ingen kontrast;T1 kontrast yok;"
    "T1 kontrasztanyag nélkül;T1 fără contrast;T1 brez kontrasta;T1 s.KM;"
    "T1 contrast off;T1 Gd not given;T1 contrast not used;T1 Gd n/a;T1 KM nein;T1 kontrast brak;"
    "T1 contrast ikke gitt;T1 ikke kontrast;T1 Gd nil;T1 nil Gd;T1 not enhanced;T1 nicht KM;"
    "T1 aucun contraste;T1 Gd 0 ml;"
    "T1 s. KM;T1 sKM tra;T1 zouei mae;T1 tanjun;precontrast 3D T1;T1 voor contrast"
    ";T1 kontraszt előtt;T1 Gd előtt;T1 kontrasztanyag adása előtt;T1 prekontrasztos;T1 natiivi;"
    "T1 ei tehostetta;T1 před kontrastem;T1 pøed kontrastem;T1 před podáním k.l.;"
    "T1 przed podaniem kontrastu;T1 nie podano kontrastu;T1 przed Gd;T1 przed;T1 natywne;"
    "T1 kontrastsýz;T1 Kontrassız;T1 kontrast verilmedi;T1 kontrast verilmeden;"
    "T1 prije kontrasta;T1 înainte de contrast;T1 precontraste;T1 simple;T1 s-c;T1 in bianco;"
    "T1 blanco sag;T1 z/contrast;T1 z contrast;T1 u/k;T1 u/Gd;T1 før Gd;T1 före Gd;T1 ej kontrast;"
    "T1 (-);T1 un-enhanced;T1 non con;T1 không tiêm;T1 trước tiêm thuốc;T1 không Gado;"
    "T1 tanpa kontras;T1 sebelum kontras;T1 bina contrast;T1 sans PDC;T1 pre with FS;"
    "T1 s/ gadolinio;T1 s.m.d.c.;T1 smdc;T1 W/O CON;T1 w/o fat sat or contrast;T1 ohne FS und KM"
)
NOT_SAID = (
    "T1 HALS FS C;t1_tse_cor_pos_1;T1 supine pos;T1 TMJ DYNAMIC;T1 dynamic pelvic floor;"
    "T1 S/C JOINT;T1 SAG;AX T1 POST FOSSA;SAG T1 post surgery;T1 post-op;T1 pos-op;"
    "T1 SAG C+T spine;T1 SAG C;T1 Knie sin;T1 10 MIN;T1 SE high contrast;T1 tra 24 cm;"
    "T1 VIBE 15s bh;T1 VIBE 72 slices;T1 SE 70 sec;T1 LAVA hepatocellular carcinoma;"
    "T1 SC joint;T1 sag C spine;T1 SPIR C spine;"
    "T1 post RT;T1 post craniotomy;T1 post mastectomy;T1 SPINE POST LAMINECTOMY;T1 post resection;"
    "T1 post tumor resection;T1 SAG POST ACL repair;T1 post total hip replacement;T1 post partum;"
    "T1 post mortem;T1 post-processing;T1 post exercise;T1 pre op;T1 delayed development;"
    "T1 venous malformation;T1 venous sinus;T1 femoral vein;T1 SE late;T1 ART;T1 tra port;"
    "T1 sinus venosus;T1 ligamentum venosum;"
    "T1 speech delay;T1 good contrast GM/WM;T1 white contrast;T1 glioma grade IV;T1 IV ventricle;"
    "T1 vibe DCE fa2;T1map for DCE;T1 DCE_VFA_5deg;DCE baseline T1;"
    "COR T1 A/C;T1 GM WM contrast;T1 multi contrast;T1 post tx;T1 AX POST ACL RECON;"
    "T1 AX DELAYED UNION;T1 cor inj knee;"
    "AX T1 W/WO CONTRAST;AX T1 W & W/O;T1 SE PRE AND POST;T1 pre/post gad;T1 mit und ohne KM;"
    "T1 +/- C;T1 C+/-;T1 KM -/+;T1 C+/C-;T1 ±KM;T1 gad if needed;T1 follow-up post 3 months;"
    "T1 2 years post;T1 -C-spine;T1 tra - C spine;T1 C-spine;T1 C-T spine;T1 grade IV;"
    "T1 ventricle IV-V;T1 compare to prior;T1 injury knee;T1 free breathing;T1 TRA -;"
    "T1 art 3D;T1 WO W CONTRAST;T1 without and with contrast;T1 ohne und mit KM;"
    "T1 sans et avec injection;T1 sin y con contraste;"
    "T1 Post TBI;T1 post MVA;T1 post CVA;T1 post SAH;T1 post-TIPS;T1 post TACE;T1 post RFA;"
    "T1 post SRS;T1 post BMT;T1 post accident;T1 POST FALL;T1 POST VP SHUNT;T1 post MI;T1 post PCI;"
    "T1 post CPR;T1 post TURP;T1 post ERCP;T1 post viral;T1 post lumbar puncture;"
    "AX T1 POST LIVER BX;T1 Standard Contrast (AXI);T1 (COR, Standard Contrast);"
    "T1 soft tissue contrast;T1 image contrast;T1 improved contrast;T1 normal contrast;"
    "T1 with high contrast"
    ";T1 ohne FS;T1 ohne Fettsättigung;T1 sans FatSat;T1 senza soppressione;T1 utan FS;T1 W/O FS;"
    "T1 without breath hold;T1 ohne Bewegung;T1 sans apnée;T1 avant chirurgie;T1 before surgery;"
    "T1 prima intervento;T1 after injury;T1 post. Schädelgrube;T1 guter Kontrast;T1 alto contraste;"
    "T1 kontrastreich;T1 Blanco MD;T1 ameliyat öncesi;T1 vor und nach KM;"
    "T1 avant et après gado;T1 prima e dopo mdc;T1 antes y después de contraste;T1 com e sem "
    "contraste;T1 przed i po kontraście;T1 före och efter kontrast;T1 met en zonder contrast;"
    "T1 kontrast öncesi ve sonrası;T1 kontrastsız+kontrastlı;T1 ohne/mit KM;T1 m/o KM;"
    "T1 sin/con contraste;T1-W C-SPINE;T1 W C/T SPINE;T1 FS(+);T1 fat sat (+);T1 MTC(-);"
    "T1 avant-pied;T1 kontraszt előtt és után;T1 ennen ja jälkeen tehosteen;"
    "T1 prije i nakon kontrasta;T1 sebelum dan sesudah kontras;T1 trước và sau tiêm thuốc;"
    "T1 W/O FS CONTRAST;T1 without fat sat contrast;T1 ohne FS KM;T1 post Schädel-Hirn-Trauma;"
    "T1 post Schädel-OP"
)


def described(make_series: Any, text: str) -> Any:
    header = {"SpecificCharacterSet": "ISO_IR 192", "SeriesDescription": text}
    return claim_of(make_series(T1 | header))


@pytest.mark.parametrize("text", GIVEN.split(";"))
def test_a_description_says_that_it_was_given(make_series: Any, text: str) -> None:
    claim = described(make_series, text)
    assert (claim.agent, claim.sequence) == (True, "T1C")
    assert "description says with contrast" in claim.evidence


@pytest.mark.parametrize("text", NOT_GIVEN.split(";"))
def test_a_description_says_that_it_was_not_given(make_series: Any, text: str) -> None:
    claim = described(make_series, text)
    assert (claim.agent, claim.sequence) == (False, "T1")


@pytest.mark.parametrize("text", NOT_SAID.split(";"))
def test_a_description_says_nothing_of_it(make_series: Any, text: str) -> None:
    claim = described(make_series, text)
    assert (claim.agent, claim.sequence) == (None, "T1")


@pytest.mark.parametrize(
    ("tags", "agent"),
    [
        ({}, None),
        ({"ContrastBolusAgent": ""}, None),
        ({"ContrastBolusAgent": "Gadovist"}, True),
        ({"ContrastBolusVolume": "7.5"}, True),
        ({"ContrastBolusAgent": "none"}, False),
        ({"ContrastBolusAgent": "off"}, False),
        ({"ContrastBolusAgent": "OHNE KM"}, False),
        ({"ContrastBolusAgent": "W/O CONTRAST"}, False),
        ({"ContrastBolusAgent": "No IV contrast"}, False),
        ({"ContrastBolusAgent": "None given"}, False),
        ({"ContrastBolusAgent": "NOT APPLICABLE"}, False),
        ({"ContrastBolusAgent": "N/A"}, False),
        ({"ContrastBolusAgent": "ikke gitt"}, False),
        ({"ContrastBolusAgent": "nelkul"}, False),
        ({"ContrastBolusAgent": "Gd: nein"}, False),
        ({"ContrastBolusAgent": "off-label Gadovist"}, True),
        ({"ContrastBolusAgent": "0 ml"}, False),
        ({"ContrastBolusAgent": "unknown"}, None),
        ({"ContrastBolusAgent": "?"}, None),
        ({"ContrastBolusAgent": "unknown", "ContrastBolusVolume": "15"}, True),
        ({"ContrastBolusAgent": "0.0 ml Gadovist"}, False),
        ({"ContrastBolusAgent": "Dotarem 0 ml"}, False),
        ({"ContrastBolusAgent": "Gadovist 10.0 ml"}, True),
        ({"ContrastBolusAgent": "0.1 mmol/kg Gadovist"}, True),
        ({"ContrastBolusAgent": "kein KM"}, False),
        ({"ContrastBolusAgent": "10 ml"}, True),
        ({"ContrastBolusAgent": "Non-ionic Gd"}, True),
        ({"ContrastBolusAgent": "GADAVIST LOT NO 1234"}, True),
        ({"ContrastBolusAgent": "Dotarem 15 ml, no reaction"}, True),
        ({"ContrastBolusAgent": "Dotarem, no contrast reaction"}, True),
        ({"ContrastBolusAgent": "Gadovist, Buscopan"}, True),
        ({"ContrastBolusAgent": "Gadovist not given"}, False),
        ({"ContrastBolusAgent": "contrast: none"}, False),
        ({"ContrastBolusAgent": "sans Dotarem"}, False),
        ({"ContrastBolusAgent": "aucun"}, False),
        ({"ContrastBolusAgent": "brak"}, False),
        ({"ContrastBolusAgent": "YOK"}, False),
        ({"ContrastBolusAgent": "utan kontrast"}, False),
        ({"ContrastBolusAgent": "Pre contrast"}, False),
        ({"ContrastBolusAgent": "Plain"}, False),
        ({"ContrastBolusAgent": "before"}, False),
        ({"ContrastBolusAgent": "native"}, False),
        ({"ContrastBolusAgent": "pre-filled Gadovist"}, True),
        ({"ContrastBolusAgent": "Saline 20 ml"}, None),
        ({"ContrastBolusAgent": "Adenosine"}, None),
        ({"ContrastBolusAgent": "Gadovist, saline"}, True),
        ({"ContrastBolusAgent": "Buscopan"}, None),
        ({"ContrastBolusAgent": "Barium oral"}, None),
        ({"ContrastBolusAgent": "none", "ContrastBolusVolume": "15"}, None),
        ({"ContrastBolusRoute": "ORAL"}, None),
        ({"ContrastBolusRoute": "IV", "ContrastBolusVolume": "15"}, True),
    ],
)
def test_its_own_tags_say_so(make_series: Any, tags: dict[str, Any], agent: bool | None) -> None:
    claim = claim_of(make_series(T1 | tags))
    assert (claim.agent, claim.sequence) == (agent, "T1C" if agent else "T1")


def test_a_tag_against_the_description_is_not_known_and_warned_of(make_series: Any) -> None:
    header = {"ContrastBolusAgent": "Dotarem", "SeriesDescription": "T1 nativ"}
    claim = claim_of(make_series(T1 | header))
    assert (claim.agent, claim.sequence) == (None, "T1")
    assert "Dotarem" in claim.warnings[0]


def test_the_name_of_an_examination_does_not_speak_against_the_tag(make_series: Any) -> None:
    header = {
        "ContrastBolusAgent": "Gadavist",
        "SeriesDescription": "AX T1",
        "ProtocolName": "BRAIN W/WO CONTRAST",
    }
    claim = claim_of(make_series(T1 | header))
    assert (claim.agent, claim.sequence, claim.warnings) == (True, "T1C", ())


@pytest.mark.parametrize(("administered", "agent"), [("YES", True), ("NO", False), (None, True)])
def test_enhanced_files_tell_it_in_sequences(
    make_series: Any, administered: str | None, agent: bool
) -> None:
    header = {"ContrastBolusAgentSequence": [{"CodeMeaning": "Gadobutrol"}]}
    if administered:
        usage = [{"ContrastBolusAgentNumber": 1, "ContrastBolusAgentAdministered": administered}]
        header["SharedFunctionalGroupsSequence"] = [{"ContrastBolusUsageSequence": usage}]
    claim = claim_of(make_series(T1 | header))
    assert (claim.agent, claim.sequence) == (agent, "T1C" if agent else "T1")
    assert ("contrast agent Gadobutrol" in claim.evidence) is agent


@pytest.mark.parametrize(
    "text",
    ["AX T1 POST GAD NO FS", "T1 KM NO FS", "T1 POST MPRAGE BIOPSY", "T1 POST BRAIN ANATOMY",
     "T1 POST OPTIC NERVES", "t1_vibe_fs_cor_C", "SAG T1 POST LUMBAR", "T1 POST LT SHOULDER",
     "T1 MT OFF GD", "T1 KM kein FS", "T1 GD NOT FATSAT", "T1 POST MIDBRAIN"],
)  # fmt: skip
def test_other_words_behind_an_agent_don_t_take_it_away(text: str) -> None:
    assert agent_in_words(text) is True


def test_the_cervical_part_of_a_spine_is_no_agent() -> None:
    assert agent_in_words("t1_tse_sag_C") is None


@pytest.mark.parametrize(
    ("text", "agent"), [("T1 FS + C", True), ("T1 W C", True), ("T1 sin C", False)]
)
def test_an_agent_is_told_by_its_letter_in_a_spine_too(text: str, agent: bool) -> None:
    assert agent_in_words(text, of_spine=True) is agent


@pytest.mark.parametrize("text", ["t1_tse_tra_C", "T1-W C"])
@pytest.mark.parametrize(("part", "agent"), [("CSPINE", None), ("HEAD", True), ("", True)])
def test_the_body_part_tells_a_part_of_a_spine_from_an_agent(
    make_series: Any, text: str, part: str, agent: bool | None
) -> None:
    header = {"SeriesDescription": text, "BodyPartExamined": part}
    assert claim_of(make_series(T1 | header)).agent is agent


def test_a_warning_says_whose_words_speak_against_the_tag(make_series: Any) -> None:
    header = {
        "ContrastBolusAgent": "Dotarem",
        "SeriesDescription": "3 mm",
        "ProtocolName": "T1 oKM",
    }
    assert "protocol says without" in claim_of(make_series(T1 | header)).warnings[0]


@pytest.mark.parametrize(
    ("codes", "told", "agent"),
    [
        (["ORIGINAL", "PRIMARY", "POST_CONTRAST"], {}, True),
        (["ORIGINAL", "PRIMARY", "PRE_CONTRAST"], {}, False),
        # The protocol is of both, the description of one; the tag stays set for both.
        (["ORIGINAL", "PRIMARY", "PRE_CONTRAST"], {"ProtocolName": "T1 +C"}, False),
        (["ORIGINAL", "PRIMARY", "PRE_CONTRAST"], {"SeriesDescription": "T1 +C"}, True),
        (["ORIGINAL", "PRIMARY", "PRE_CONTRAST"], {"ContrastBolusAgent": "Dotarem"}, None),
    ],
)
def test_the_type_of_an_image_says_so(
    make_series: Any, codes: list[str], told: dict[str, str], agent: bool | None
) -> None:
    assert claim_of(make_series(T1 | {"ImageType": codes} | told)).agent is agent


def test_a_type_of_before_speaks_for_the_first_of_several_volumes(make_series: Any) -> None:
    before = T1 | {"ImageType": ["ORIGINAL", "PRIMARY", "PRE_CONTRAST"]}
    assert claim_of(make_series(before, volumes=5)).agent is None
