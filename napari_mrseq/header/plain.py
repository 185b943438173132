"""Text as people type it → words parted by spaces, in small Latin letters."""

from __future__ import annotations

import re
import unicodedata

from napari_mrseq.jargon import UNSPACED_SCRIPTS

# From one vertebra to another: "T1-T6" is a part of the spine, "T1-T2" may be two weightings.
VERTEBRAE = (
    r"(?i)(?<![a-z0-9])(?!t[12][\s_]?(?:-|to)[\s_]?t[12](?![0-9]))(?:c[1-8]|t1?\d|l[1-6])"
    r"[\s_]?(?:-|to)[\s_]?(?:c[1-8]|t1?\d|l[1-6]|s[1-5])(?![a-z0-9])"
)

# Letters that are no other with an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae"}
)

GREEK = r"[\u0370-\u03ff\u1f00-\u1fff]"

# What names of series begin with, with or without a space behind it: "AXIALT2TSE", "AXSET1", and
# oblique ones, "osagt2".
PLANES = "o?(?:ax|axial|cor|coronal|sag|sagittal|sg|tra|tran|trans)"

# Words of the field in scripts other than Latin, and in English for the lexicon to read. The first
# that fits wins. Chinese, Japanese, Korean and Thai put no space between words.
FOREIGN_WORDS = (
    # What is weighted (강조영상) holds the agent (조영).
    ("강조영상|강조 영상", "weighted"),
    # What holds the words for diffusion, in front of them.
    ("表观弥散系数|表观扩散系数|表觀擴散係數|見かけの拡散係数|扩散系数|擴散係數|拡散係数", "adc"),
    ("겉보기 ?확산 ?계수|현성 ?확산 ?계수", "adc"),
    # Vessels alone are what a weighting is made for, too. Not their tumours, inflammations and
    # malformations, nor what lies around and in their walls.
    ("血管[造显顯攝撮]影|(?<!心)血管[成撮影画]像|动脉成像|動脈成像|静脉成像|靜脈成像", "angio"),
    ("动脉造影|動脈造影|静脉窦成像|靜脈竇成像", "angio"),
    # Not an agent that is given into a vein.
    ("(?<!经)静脉造影(?![剂增])|(?<!經)靜脈造影(?![劑增])", "angio"),
    ("(?<!心)血管(?![瘤腫肿炎周外母畸奇病性壁])", "vasc"),
    ("자기공명 ?혈관 ?조영|혈관조영술?|혈관 조영술|(?<!심)혈관 ?영상", "angio"),
    ("MR ?アンギオ|MR ?アンジオ|アンギオグラフィ|アンジオグラフィ", "angio"),
    ("(?<!심)혈관(?![종염주성기벽])", "vasc"),
    ("时间飞跃|時間飛躍", "tof"),
    ("胰?胆管(?![癌細细炎結结肿腫])造?影?|膽管(?![癌細炎結腫])|胰胆", "cholangio"),
    ("담관(?![암염])조?영?", "cholangio"),
    ("脊髓水成像", "myelo"),
    # Before and after, in the name of an examination.
    ("(?:造影|增强|增強|増強|조영(?:증강)?) ?[前전][ /、・,]?[后後후]", "pre and post"),
    ("平扫[+＋及与和加/、 ]?增强|平掃[+＋及與和加/、 ]?增強|単純[+＋/、・ ]?造影", "pre and post"),
    (r"\bдо и после\b|\bдо ?/ ?после\b|\bс и без\b|\bс ?/ ?без\b|\bбез и с\b", "pre and post"),
    (r"\bс контраст\w* и без\b(?! (?:жир|fs\b))|\bбез контраст\w* и с\b(?! жир)", "pre and post"),
    ("πριν και μετ[άα]|με και χωρίς|με και χωρις|χωρίς και με|χωρις και με", "pre and post"),
    ("לפני ואחרי|לפני ולאחר|עם וללא|עם ובלי|ללא ועם|בלי ועם", "pre and post"),
    ("قبل ?و ?بعد|مع ?و ?بدون|با ?و ?بدون|بدون ?و ?مع|بدون ?و ?با", "pre and post"),
    ("ก่อนและหลัง|ก่อนฉีดและหลัง", "pre and post"),
    ("बिना और कंट्रास्ट|कंट्रास्ट के साथ और बिना|कंट्रास्ट से पहले और बाद", "pre and post"),
    # Behind it the prostate (前列腺), planes and parts of the head (前額, 前頭) are no before.
    ("(?:造影|增强|增強|増強) ?前(?![列立額额頭头腕臂縦纵庭])|增强扫描前|强化前|顯影前", "plain"),
    ("造影剤?の?投与前|造影剤?注入前|造影剤?使用前|造影剤前", "plain"),
    ("[非未無无]造影|造影剤?な[しい]|造影剤?ナシ|造影剤?無|造影剤?せず|造影剤?[未不]使用", "plain"),
    ("[非未不无]增强|[非未不無]增強|没有?增强|[未不无]强化|[未無不]顯影", "plain"),
    ("[未不没]打药|[未不沒]打藥|(?:打药|打藥|注药|注藥|注射|對比劑|对比剂)前(?![列臂])", "plain"),
    ("[無未]對比劑|[无未]对比剂", "plain"),
    ("平扫|平掃|単純(?![ヘ性X])", "plain"),
    ("[비무미]조영|조영(?:증강)?전(?![립신두])|조영(?:증강)? 전(?![가-힣])", "plain"),
    ("조영제? ?없이|조영제? ?안 ?함|조영제? ?미[사투]|조영제? ?사용 ?안", "plain"),
    ("조영제? ?[주투사][입여용] ?전(?![가-힣])", "plain"),
    ("Gd ?前", "Gd plain"),
    ("造影|增强|增強|増強|조영|증강|强化|顯影|对比剂|對比劑", "contrast"),
    ("打药[后後]|打藥[后後]|注药后|注藥後|注射[后後]|有打藥|有打药", "contrast"),
    ("ガドリニウム|ゾウエイ|가돌리늄", "contrast"),
    # Phases of a dynamic series.
    (
        "动脉期|門脈相|门脉期|静脉期|延迟期|肝胆期|動脈相|静脈相|肝細胞相|동맥기|문맥기|지연기",
        "contrast",
    ),
    ("压水|壓水|抑水|水抑制|黑水", "flair"),
    ("短时反转|短時反轉", "stir"),
    # Protons treat, too.
    ("质子密度|質子密度|质子(?![治刀线束])|質子(?![治刀線束])", "proton density"),
    ("プロトン密度|プロトン強調|양성자 ?밀도|프로톤 ?밀도", "proton density"),
    ("反相位|逆位相|역위상", "opposed phase"),
    ("同相位|同位相|동위상", "in phase"),
    ("波谱|波譜", "spectroscopy"),
    ("动态|動態|ダイナミック|역동적", "dynamic"),
    ("(?<=T2)スター", "star"),
    # A stereotactic one is a T1 for navigation.
    ("(?<!立体)定位|位置決め|ポジショニング|スカウト|ロケーター", "localizer"),
    ("위치잡이|위치결정|위치확인|로컬라이저|스카우트", "localizer"),
    ("动脉自旋|動脈自旋", "asl"),
    ("静息态|靜息態|血氧水平|功能磁共振|機能的 ?(?=MR)|기능적 ?(?=MR)", "fmri"),
    ("弥散|彌散|瀰散|扩散|擴散|拡散|확산", "diffusion"),
    ("灌注|灌流|パーフュージョン|관류", "perfusion"),
    ("磁敏感|磁化率|자화율", "susceptibility"),
    # Before and without: "до введения контраста", "КУ-", "бесконтрастное".
    (r"(?:без|до|перед) (?:в/в |введени\w+ )?контраст\w*|нативн\w*", "plain"),
    (r"без (?:введения )?к[ув]\b|(?:до|перед) (?:введени\w+ )?к[ув]\b", "plain"),
    (r"бесконтраст\w*|неконтраст\w*|доконтраст\w*|преконтраст\w*", "plain"),
    (r"пре контраст\w*|преди контраст\w*|\bку-(?!\w)|\bку -(?!\s?\w)", "plain"),
    (r"контраст(?!ност)\w*|\bку\b|\bс кв\b|после (?:введения )?кв\b|введением кв\b", "contrast"),
    (r"\bс в/в ку\b|гадолин\w*|гадовист\w*", "contrast"),
    (r"локалайзер\w*|локализатор\w*|скаут\w*|топограмм\w*", "localizer"),
    (r"\bикд\b|коэффициент\w* диффузии", "adc"),
    # No diffuse disease.
    (r"\bдиффузи\w*|\bдви\b", "diffusion"),
    (r"протонн\w* плотност\w*", "proton density"),
    (r"перфуз\w*", "perfusion"),
    (r"холанги\w*|\bмрхпг\b", "cholangio"),
    # Neither "ангиома" and the like nor "ангиопатия".
    (r"\bангио(?![мпслфкдр])\w*|\bмра\b", "angio"),
    (r"динамик\w*|динамическ\w*", "dynamic"),
    (r"восприимчивост\w*", "susceptibility"),
    (r"\bфлаир\b", "flair"),
    (r"\bстир\b", "stir"),
    (r"\bфмрт\b", "fmri"),
    # Greek, with accents and without.
    ("χωρίς(?= [σγg][καd])|χωρις(?= [σγg][καd])|άνευ(?= [σγg][καd])", "pre"),
    ("πριν(?= [σγg][καd])|προ(?= [σγg][καd])", "pre"),
    (r"σκιαγρ\w*|γαδολίνι\w*|γαδολινι\w*|ενίσχυσ\w*|ενισχυσ\w*", "contrast"),
    (r"διάχυσ\w*|διαχυσ\w*", "diffusion"),
    (r"αγγειογραφ\w*|αγγεία|αγγεια", "angio"),
    (r"αιμάτωσ\w*|αιματωσ\w*", "perfusion"),
    (r"πυκνότητα πρωτον\w*|πυκνοτητα πρωτον\w*", "proton density"),
    (r"εντοπισμ\w*", "localizer"),
    # Hebrew.
    ("ללא ניגוד|ללא חומר|ללא הזרק|ללא גדול|בלי ניגוד|בלי חומר|בלי הזרק", "plain"),
    ("לפני ניגוד|לפני חומר|לפני הזרק|לפני גדול", "plain"),
    ("ניגוד(?!יות)|גדוליניום|הזרקה|עם חומר|אחרי חומר|לאחר חומר", "contrast"),
    ("דיפוזיה", "diffusion"),
    ("פרפוזיה", "perfusion"),
    ("אנגיוגר", "angio"),
    ("לוקלייזר", "localizer"),
    # Arabic and Persian.
    ("بدون صبغة|بدون الصبغة|بلا صبغة|من غير صبغة|قبل الصبغة|قبل حقن|قبل الحقن", "plain"),
    ("بدون حقن|بدون تباين|بدون تزریق|بدون کنتراست|بدون ماده حاجب|قبل از تزریق", "plain"),
    ("صبغة|الحقن|مع تباين|مادة التباين|مادة ظليلة|تزریق|کنتراست|ماده حاجب", "contrast"),
    ("تصوير الأوعية", "angio"),
    # Thai and Hindi.
    ("ก่อนฉีด|ไม่ฉีด|ไม่ได้ฉีด|ก่อน(?= ?g[da])", "plain"),
    ("หลังฉีด|ฉีดสี|ฉีดสาร", "contrast"),
    ("बिना कंट्रास्ट|कंट्रास्ट के बिना|कॉन्ट्रास्ट से पहले|कंट्रास्ट रहित", "plain"),
    ("कंट्रास्ट|कॉन्ट्रास्ट", "contrast"),
)
_FOREIGN = re.compile(rf"[\u0400-\u04ff{UNSPACED_SCRIPTS}]+")


def plain(text: str) -> str:
    """Return text in lower case and Latin letters without accents, its words parted by spaces.

    ``+`` stays a word of its own. Camel case is parted (``"GreFieldMap"`` gives
    ``"gre field map"``, ``"axT1"`` and ``"AXT1"`` give ``"ax t1"``, but ``"qT1"``, a map, stays
    whole); ``T2*`` becomes ``t2star``, ``b=0`` and ``b_0`` become ``b0``. Parts of the spine
    (``"T1-T6"``) go, and so does the line that slices of the brain lie along (``"AC-PC"``).
    """
    parted = in_english(unicodedata.normalize("NFC", text)).translate(_LETTERS)
    parted = re.sub(
        r"(?:(?<=[a-z])|(?<=T[12]))(?=[A-Z][a-z])|(?<=[a-pr-z])(?=T[12]|PD)", " ", parted
    )
    parted = re.sub(VERTEBRAE, " ", parted)
    # A sign of its own, as in "T1ρ"; no letter of a Greek word.
    parted = re.sub(rf"(?<!{GREEK})ρ(?!{GREEK})", "rho", parted)
    # GE writes what a two-point Dixon scan parts in front of its name.
    parted = re.sub(r"(?i)^\s*fat:", "fat only ", parted)
    parted = re.sub(r"(?i)^\s*field ?map:", "ideal field map ", parted)
    letters = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    letters = re.sub(r"(?<![a-z0-9])ac[-_/ ]{0,3}pc(?![a-z0-9])", " ", letters)
    letters = re.sub(r"(?<![a-z0-9])([tr]2) ?w? ?(?:\*|[-_ ]+star)", r"\1star", letters)
    letters = re.sub(
        r"(?<![a-z0-9])(s?b)(?: ?= ?(?=\d)|[ _-](?=(?:0|[1-9]\d{2,3})(?![a-z0-9])))", r"\1", letters
    )
    letters = re.sub(
        rf"\b({PLANES})(?=[tf]?set[12]|fst[12]|t[12]|pd|dwi|dif|flair|stir|tof)", r"\1 ", letters
    )
    letters = re.sub(r"\b((?:[tf]?se|w?fs)(?=t[12])|t1(?=post|pre|gd|gad))", r"\1 ", letters)
    return " ".join(re.sub(r"[^a-z0-9+]+", " ", letters).replace("+", " + ").split())


def in_english(text: str) -> str:
    """Return a text with its words of the field in English, and a space for any other word."""
    if text.isascii():
        return text
    # The T of Cyrillic and Greek looks like the Latin one, and stands in its place.
    text = re.sub(r"[ТтΤτ](?=[12])", "T", text)
    # To regular expressions it is a letter of the word that it parts from others.
    text = re.sub(r"(?<![\x00-\x7f])_|_(?![\x00-\x7f])", " ", text)
    for foreign, english in FOREIGN_WORDS:
        text = re.sub(foreign, f" {english} ", text, flags=re.IGNORECASE)
    return _FOREIGN.sub(" ", text)
