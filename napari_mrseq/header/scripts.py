"""Words of the field in scripts other than Latin, put into English for the lexicon to read."""

from __future__ import annotations

import re

from napari_mrseq.jargon import UNSPACED_SCRIPTS

# The first that fits wins. Chinese, Japanese and Korean put no space between words.
WORDS = (
    ("血管造影|血管", "angio"),
    ("胆管|胰胆|담관", "cholangio"),
    ("造影前|增强前|增強前|未增强|未增強|造影なし|平扫|平掃|単純|비조영|조영전", "plain"),
    ("造影|增强|增強|조영", "contrast"),
    # A stereotactic one is a T1 for navigation.
    ("(?<!立体)定位|位置決め", "localizer"),
    ("弥散|扩散|擴散|拡散|확산", "diffusion"),
    ("灌注|灌流|관류", "perfusion"),
    ("磁敏感|磁化率", "susceptibility"),
    (r"(?:без|до) контраст\w*|(?:без|до) ку\b|нативн\w*", "plain"),
    (r"контраст\w*|\bс ку\b", "contrast"),
    (r"локалайзер\w*|локализатор\w*", "localizer"),
    (r"диффуз\w*", "diffusion"),
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
