"""Descriptions in scripts other than Latin tell their sequence, and whether an agent was given."""

from __future__ import annotations

from typing import Any

import pytest

from napari_mrseq.header import claim_of
from napari_mrseq.header.words import namings_of

T1 = {"ScanningSequence": "SE", "RepetitionTime": 500, "EchoTime": 10}

# Descriptions, parted by semicolons.
GIVEN = (
    "T1 강조영상 조영증강;T1 조영 후;T1 조영 전립선;T1 조영제 투여 후;T1 가돌리늄;T1 증강;"
    "增强前列腺T1;T1 强化;T1 注药后;T1 打药后;T1 对比剂;T1 顯影後;T1 打藥後;T1 對比劑後;"
    "造影前額断T1;T1 ガドリニウム;T1 増強;T1 ゾウエイ;"
    "T1 с КУ - аксиально;T1 с контрастом и без жироподавления;"
    "T1 с контрастом и без FS;"
    "T1 +КУ;T1 с в/в КУ;T1 после введения КВ;T1 с гадолинием;T1_с_контрастом;"
    "T1 μετά σκιαγραφικό;Τ1 ΜΕΤΑ ΣΚΙΑΓΡΑΦΙΚΟ;T1 με γαδολίνιο;"
    "T1 עם חומר ניגוד;T1 אחרי הזרקה;T1 بعد الحقن;T1 بالصبغة;T1 با تزریق;"
    "T1 หลังฉีดสี;T1 कंट्रास्ट के साथ"
)
NOT_GIVEN = (
    "T1 조영 전;T1 조영증강 전 축상면;T1 무조영;T1 조영제 없이;T1 조영제 미사용;T1 조영 안함;"
    "T1 조영제 주입 전;T1 非增强;T1 不增强;T1 无增强;T1 增强扫描前;T1 增强 前;T1 未强化;"
    "T1 注药前;T1 无对比剂;T1 無顯影;T1 未打藥;T1 打藥前;"
    "T1 未造影;T1 非造影;T1 無造影;T1 造影剤なし;T1 造影無し;T1 造影せず;T1 造影剤投与前;T1 Gd前;"
    "T1 до введения контраста;T1 без в/в контраста;T1 без введения КВ;T1 бесконтрастное;"
    "T1 доконтрастное;T1 перед КУ;T1 перед контрастом;T1 перед введением КВ;T1 КУ-;"
    "T1 КУ- сагиттально;"
    "Т1_без_контраста;Т1 пре контраста;Т1 преди контраст;"
    "T1 χωρίς σκιαγραφικό;T1 ΠΡΙΝ ΣΚΙΑΓΡΑΦΙΚΟ;T1 προ Gd;"
    "T1 ללא חומר ניגוד;T1 לפני הזרקה;T1 بدون صبغة;T1 قبل الحقن;T1 بدون تزریق;"
    "T1 ก่อนฉีดสี;T1 ไม่ฉีด;T1 ก่อน Gd;T1 बिना कंट्रास्ट"
)
NOT_SAID = (
    "T1 강조영상;T1강조 영상 축상면;T1 조영 전후;T1 平扫+增强;T1 造影前後;T1 増強前後;"
    "T1 до и после контраста;T1 без и с контрастом;T1 высокая контрастность;T1 単純ヘルペス;"
    "T1 без жироподавления;T1 血管腫;T1 血管壁;T1 胆管癌;T1 質子治療後;T1 после операции;"
    "T1 注射前列腺;T1 ניגודיות;"
    "T1 εγκάρσια;T1 بعد العملية;"
    "T1 조영 전/후;T1 造影前・後;T1 平扫加增强;T1 до/после контраста;"
    "T1 без контраста и с контрастом;T1 с контрастом и без;"
    "T1 πριν και μετά σκιαγραφικό;T1 με και χωρίς σκιαγραφικό;"
    "T1 לפני ואחרי הזרקה;T1 עם וללא חומר ניגוד;T1 قبل وبعد الصبغة;T1 با و بدون تزریق;"
    "T1 ก่อนและหลังฉีดสี;T1 बिना और कंट्रास्ट के साथ"
)
CLAIMS = [
    (agent, text)
    for agent, texts in ((True, GIVEN), (False, NOT_GIVEN), (None, NOT_SAID))
    for text in texts.split(";")
]


@pytest.mark.parametrize(("agent", "text"), CLAIMS)
def test_a_t1_is_told_with_and_without_an_agent(
    make_series: Any, agent: bool | None, text: str
) -> None:
    header = {"SpecificCharacterSet": "ISO_IR 192", "SeriesDescription": text}
    claim = claim_of(make_series(T1 | header))
    assert (claim.agent, claim.sequence) == (agent, "T1C" if agent else "T1")


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        (
            "T1",
            "Τ1 οβελιαία;T1 血管瘤;T1 혈관종;T1 胆管细胞癌;T1 质子治疗后;T1 диффузные изменения",
        ),
        ("T1", "T1 ангиома;T1 ангиопатия;T1 뇌혈관;T1 심혈관;T1 心血管;T1 心血管成像"),
        ("T1", "脑血管 T1;T1脳血管;颈部血管T1增强;T1 경부혈관;T1 심혈관영상;T1 혈관벽영상"),
        ("T2", "T2 гемангиома;Τ2 στεφανιαία;脊髓水成像;膽管"),
        ("PD", "プロトン強調像;양성자 밀도 강조영상;πυκνότητα πρωτονίων"),
        ("FLAIR", "黑水;壓水;Флаир"),
        ("STIR", "短时反转恢复;СТИР"),
        ("DWI", "彌散;瀰散;확산 강조 영상;διάχυση;דיפוזיה"),
        ("ADC", "현성확산계수;擴散係數"),
        ("PERF", "パーフュージョン;动脉自旋标记;ΑΙΜΑΤΩΣΗ;פרפוזיה"),
        ("BOLD", "静息态功能;機能的MRI;기능적 MRI;фМРТ"),
        ("SWI", "자화율강조영상;магнитная восприимчивость;磁敏感静脉成像"),
        ("MRA", "뇌혈관조영;時間飛躍;МРА;αγγειογραφία;אנגיוגרפיה;تصوير الأوعية"),
        ("MRA", "뇌혈관;脑血管;颈血管成像;T1 血管造影;下肢血管成像 T1;T1 血管撮像"),
        ("MRA", "T1 肺动脉成像;靜脈成像;T1 뇌혈관영상;T1 血管影像"),
        ("MRA", "T1 颈动脉造影;腎動脈造影;脑静脉造影;T1 静脉窦成像"),
        ("MRA", "T1 뇌혈관 영상;T1 뇌혈관 조영술;T1 MRアンギオ;アンジオグラフィー T1"),
        ("T1", "T1 经静脉造影;T1 静脉造影剂"),
        ("LOCALIZER", "スカウト;ロケーター;위치결정;로컬라이저;топограмма;скаут;לוקלייזר"),
    ],
)
def test_a_description_names_its_sequence(code: str, texts: str) -> None:
    assert {text: namings_of(text)[0].sequence for text in texts.split(";")} == dict.fromkeys(
        texts.split(";"), code
    )
