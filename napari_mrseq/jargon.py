"""Words of the field, which name nobody even where a patient is called so: Mr. Dixon, Ms. Post."""

from __future__ import annotations

import re
import unicodedata

# Scripts that put no space between words: kana, Chinese, Korean; and a letter of those that do.
UNSPACED_SCRIPTS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af"
LETTER = rf"[^\W\d_{UNSPACED_SCRIPTS}]"

# Planes, sides and parts of the body.
_PLACES = """
    ax axial axi cor coronal sag sagittal sagital sg tra trans transversal transverse obl oblique
    ap pa lr rl is si
    hf fh left right head brain neck spine cervical thoracic lumbar knee hip hand foot ankle
    wrist elbow shoulder pelvis abdomen chest heart breast liver prostate orbit kopf schaedel
    hals knie schulter becken fuss tete crane cabeza testa skull fossa herz leber lung lungs
    leg legs beine calf calves thigh
"""
# Weightings, sequences, and what vendors call them.
_TECHNIQUES = """
    pd pdw dp dw dwi dti dki dsi adc eadc dadc avdc avd cda mra mrv mrcp mrs mrsi mre swi swan eswan
    sw fsbb bsi flair stir tir tirm star stern etoile merge medic hemo haemo bold fmri sbref asl
    casl pcasl pasl perf pwi dsc dce cbf cbv rcbf rcbv rbf rbv mtt ttp tmax max ktrans tof pc pca
    mip minip tse fse se sse gre ge eg ffe tfe tfl fl fi fisp flash trufi true tru fiesta ciss ssfp
    bssfp epi ep ir spc space cube vista haste ssfse frfse blade propeller vane mprage mp rage
    bravo spgr fspgr vibe lava thrive ethrive tigre quick disco dixon flex ideal iq look locker
    molli cine lge psir dir dess petra zte ute mt mtc mtr mtw afi dream bloch siegert qsm pdff
    filt ff magic cest apt press svs csi mensa cosmic hyce basg pbsg noddi hardi ivim multi shell
    shells muse resolve zoomit diff dif trace tracew iso isotropic tensor tricks inhance twist
    trak slip time fbi inflow flow venc phase phases balanced bal da dark short ti te tr tau
    turbo fast spin echo field map maps mapping fieldmap topup top up blip down pepolar rf amp
    umap mrac shim shimming cow willis vasc ven veno venobold angio angiography arm intracranial
    cerebral blood gbp pbp high val calc fa col coef dc average fiber rest resting state task
    func activation tapping ruhe reposo rmf frmi proton density dens rho intermediate iw double
    dual inversion recovery en em de fase fuera fuori fora opposed opp out of in ph con pha
    image images quant frac fraction fat only water wasser sat fs spair spir sup sep ref
    reference report screen save scan prescan cal calib asset coil survey sens sense body torso
    kep pei masl ifir fiso neurite orientation pseudo prob suspicion run off
    smart prep care bolus test visual key wash sub elasto delayed enh fractional aniso loc
    loca scout pilot plan plane planes pl three tri topo topogram sondage view carte champ campo
    mapa mappa distortion relaxo post phoenix voxel single polygon bili biliary trac fe pos disp
    blutung lok pss dmri rfmri rsfmri irmf fmrt mffe bffe btfe mddw inv fmap intermed
    ssh me ip temperature relaxation estrella liquor vibrant mielo myelo scano csf aqueduct and di
    mean radial ecg mgt mton mdixon mr touch qiss trance react through sr tp ssum aspire mzero
    histo kurtosis labeling labelling trigger triggered gated mu feldkarte sl tf qt fskm ssub isodwi
    edwi sdwi sdw ege spamm grid lesion mask ratio segmentation tsa ichigime mfbi fresh ac shmolli
    tfi tiwi ecv timing fluoro fac reg focus function reverse steps sax lax fgre
    mrf fingerprint fingerprinting ihmt ihmtr stiffness
"""
# What says whether an agent was given.
_AGENTS = """
    pre pregad plain before without with wo unenhanced nativ native nativni none no non not kein
    keine ohne vor nach mit sans avant apres avec senza prima dopo sin sem antes zonder voor met
    uten uden utan bez ilman ennen nincs for fore før fr innan przed pred do po oncesi iv civ
    inj injection km okm vkm cm mdc gd gad gado gadovist gadavist dotarem clariscan magnevist
    omniscan prohance multihance vueway elucirem eob primovist eovist ce cte art port portal
    venous vein tard tardive late delay hbp hepatobiliary dyn dyna mph multiphase min kl
    medio op surgery surg trauma
    rad rt chemo stroke treatment resection biopsy mortem partum tissue transfer low supine
    prone flexion neutral sitting standing feet kontr tehoste joint tmj floor pelvic good fusion
    repair implant ablation shunt stent clip skm posle zoei zouei tanjun
    без до перед ку кв икд дви мрхпг мра флаир стир фмрт
    χωρις ανευ πριν προ αγγεια
    ללא וללא בלי ובלי לפני قبل بعد بدون
"""
# Whole words. What may be part of longer ones stands here as people write it, never as a part:
# "Swift" holds "swi" and names a person.
WORDS = frozenset(f"{_PLACES} {_TECHNIQUES} {_AGENTS}".split())

# What words of many languages begin with.
_STEMS = re.compile(
    "angiogr|aparent|apparent|arteri|calibr|centra|cholangi|coeffic|coefic|colangi|contrast|diffus"
    "|difus|dinami|dynami|enhanc|flebo|fluid|functional|funktion|gadolin|gradient|kalibr"
    "|kontras|localis|localiz|locator|lokalis|lokaliz|microbleed|mielogr|myelogr|oversig"
    "|oversik|overzich|paradigm|perfus|perfuz|phlebo|planung|protonen|reperag|scanogr|sottra"
    "|soustra|spectro|spektro|spettro|substra|subtr|sustrac|suscep|suscet|suszep|tracto|unterdr"
    "|venogra|ангио|бесконтраст|восприимчив|гадовист|гадолин|динами|диффуз|доконтраст|контраст"
    "|коэффициент|локал|нативн|неконтраст|перфуз|плотност|преконтраст|протонн|скаут|топограмм"
    "|холанги|αγγειογρ|αιματωσ|γαδολιν|διαχυσ|ενισχυσ|εντοπισμ|πρωτον|πυκνοτητ|σκιαγρ"
)
# Words of unspaced scripts, which are looked for within runs of letters, and of those that write an
# article or a preposition onto their words, or parts of their letters as signs.
_UNSPACED = (
    "血管|胆管|胰胆|담관|造影|增强|增強|조영|平扫|平掃|単純|定位|位置決め|弥散|扩散|擴散|拡散|확산"
    "|灌注|灌流|관류|磁敏感|磁化率|表观弥散系数|表观扩散系数|表觀擴散係數|見かけの拡散係数|겉보기확산계수"
    "|动脉期|門脈相|门脉期|静脉期|延迟期|肝胆期|動脈相|静脈相|肝細胞相|동맥기|문맥기|지연기"
    "|压水|抑水|水抑制|质子|質子|プロトン密度|양성자밀도|スター|反相位|逆位相|역위상|同相位|同位相|동위상"
    "|波谱|波譜|动态|動態|ダイナミック|역동적|动脉成像|動脈成像|静脉成像|靜脈成像"
    "|动脉造影|動脈造影|静脉造影|靜脈造影|静脉窦成像|靜脈竇成像|アンギオ|アンジオ"
    "|강조 ?영상|혈관|증강|가돌리늄|자화율|양성자|프로톤|위치잡이|위치결정|위치확인"
    "|로컬라이저|스카우트|기능적|機能的|静息态|靜息態|血氧水平|功能磁共振|动脉自旋|動脈自旋|时间飞跃|時間飛躍|脊髓水成像"
    "|强化|顯影|打药|打藥|注药|注藥|注射|对比剂|對比劑|黑水|壓水|短时反转|短時反轉|彌散|瀰散"
    "|扩散系数|擴散係數|拡散係数|膽管|増強|増强|プロトン強調|ガドリニウム|ゾウエイ|パーフュージョン"
    "|ポジショニング|スカウト|ロケーター"
    "|ניגוד|חומר|הזרק|גדוליניום|דיפוזיה|פרפוזיה|אנגיו|לוקלייזר"
    "|(?:ب?ال)?صبغة|(?:ال)?تباين|(?:ال)?حقن|ظليلة|الأوعية|تزریق|کنتراست|ماده حاجب"
    "|หลังฉีด|ฉีด|ก่อน|कंट्रास्ट|कॉन्ट्रास्ट"
)

# What may be a word of the field in a text: a b value, a weighting, letters up to one ("axT2").
FIELD_WORD = re.compile(
    rf"{_UNSPACED}|[bB][ =_]?\d{{1,5}}(?!\d)|[tTТ][12](?!\d)"
    rf"|{LETTER}+?(?=[tTТ][12](?!\d))|{LETTER}+"
)


def is_jargon(word: str) -> bool:
    """Tell whether a word may tell what a series is: a word of the field, or one that looks so."""
    looks_so = re.fullmatch(r"b[ =_]?\d{1,5}", word.lower()) or _STEMS.match(_letters(word))
    return is_word_of_the_field(word) or looks_so is not None


def is_word_of_the_field(word: str) -> bool:
    """Tell whether a word names nobody, even where a patient is called so."""
    return re.fullmatch(rf"{_UNSPACED}|[tт][12]", word.lower()) is not None or (
        _letters(word) in WORDS
    )


def _letters(word: str) -> str:
    """Return a word in small letters without accents."""
    parts = unicodedata.normalize("NFKD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))
