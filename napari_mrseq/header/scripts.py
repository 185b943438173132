"""Words of the field in scripts other than Latin, put into English for the lexicon to read."""

from __future__ import annotations

import re

from napari_mrseq.jargon import UNSPACED_SCRIPTS

# The first that fits wins. Chinese, Japanese and Korean put no space between words.
WORDS = (
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
    ("质子密度|質子密度|プロトン密度|양성자밀도", "proton density"),
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
    (r"ангио\w*", "angio"),
)
_REST = re.compile(rf"[\u0400-\u04ff{UNSPACED_SCRIPTS}]+")


def in_english(text: str) -> str:
    """Return a text with its words of the field in English, and a space for any other word."""
    if text.isascii():
        return text
    # The T of the Cyrillic alphabet looks like the Latin one, and stands in its place.
    text = re.sub(r"[Тт](?=[12])", "T", text)
    for foreign, english in WORDS:
        text = re.sub(foreign, f" {english} ", text, flags=re.IGNORECASE)
    return _REST.sub(" ", text)
