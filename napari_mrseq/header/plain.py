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
# that fits wins. Chinese, Japanese and Korean put no space between words.
FOREIGN_WORDS = (
    # What holds the words for diffusion, in front of them.
    ("表观弥散系数|表观扩散系数|表觀擴散係數|見かけの拡散係数|겉보기확산계수", "adc"),
    ("血管造影|血管", "angio"),
    ("胆管|胰胆|담관", "cholangio"),
    ("造影前|增强前|增強前|未增强|未增強|造影なし|平扫|平掃|単純|비조영|조영전", "plain"),
    ("造影|增强|增強|조영", "contrast"),
    # Phases of a dynamic series.
    (
        "动脉期|門脈相|门脉期|静脉期|延迟期|肝胆期|動脈相|静脈相|肝細胞相|동맥기|문맥기|지연기",
        "contrast",
    ),
    ("压水|抑水|水抑制", "flair"),
    ("质子密度|質子密度|质子|質子|プロトン密度|양성자밀도", "proton density"),
    ("反相位|逆位相|역위상", "opposed phase"),
    ("同相位|同位相|동위상", "in phase"),
    ("波谱|波譜", "spectroscopy"),
    ("动态|動態|ダイナミック|역동적", "dynamic"),
    ("(?<=T2)スター", "star"),
    # A stereotactic one is a T1 for navigation.
    ("(?<!立体)定位|位置決め", "localizer"),
    ("弥散|扩散|擴散|拡散|확산", "diffusion"),
    ("灌注|灌流|관류", "perfusion"),
    ("磁敏感|磁化率", "susceptibility"),
    (r"(?:без|до) контраст\w*|(?:без|до) ку\b|нативн\w*", "plain"),
    (r"контраст\w*|\bс ку\b", "contrast"),
    (r"локалайзер\w*|локализатор\w*", "localizer"),
    (r"\bикд\b|коэффициент\w* диффузии", "adc"),
    (r"диффуз\w*|\bдви\b", "diffusion"),
    (r"протонн\w* плотност\w*", "proton density"),
    (r"перфуз\w*", "perfusion"),
    (r"холанги\w*|\bмрхпг\b", "cholangio"),
    (r"ангио\w*", "angio"),
    (r"динамик\w*|динамическ\w*", "dynamic"),
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
    # The T of the Cyrillic alphabet looks like the Latin one, and stands in its place.
    text = re.sub(r"[Тт](?=[12])", "T", text)
    for foreign, english in FOREIGN_WORDS:
        text = re.sub(foreign, f" {english} ", text, flags=re.IGNORECASE)
    return _FOREIGN.sub(" ", text)
