"""Languages told by script and by common words."""

import pytest

from qa.text.language import language, tongue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("谁是华为的汽车合作伙伴？", "han"),
        ("ファーウェイの自動車パートナーは誰ですか", "kana"),
        ("화웨이의 자동차 파트너는 누구입니까?", "hangul"),
        ("Кто партнёры Huawei?", "cyrillic"),
        ("Wer sind die Partner von Huawei?", "de"),
        ("¿Quién fabrica los furgones?", "es"),
        ("Qui est le partenaire ?", "fr"),
        ("Who was the partner in Hefei?", "en"),
        ("JAC 2026", None),
        ("E1 means thermocouple open.", None),
        ("Y: open", None),
        ("", None),
    ],
)
def test_languages_are_told_apart(text: str, expected: str | None) -> None:
    """A question in another language than the documents is noticed, a name alone is neither."""
    assert tongue(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quem assinou o contrato e quando?", "pt"),
        ("Quanto costa il rinnovo del contratto?", "it"),
        ("Wat kost het vernieuwen van het contract?", "nl"),
        ("Ile kosztuje przedłużenie umowy?", None),
        ("was kostet die Zange Nr. 4?", "de"),
        ("Wie lange dauert das Programm Vollkorn?", "de"),
        ("Boat | Rack | Kingfisher | A | Old Thunder | C | Teal | A", None),
        ("Was the mould for the die cast in Leeds?", "en"),
        ("Кто партнёры Huawei?", None),
        ("max hotel Leeds per night", None),
        ("Key | Door | Holder | K7 | Boiler room door | Nils Orre", None),
        ("What does Der Spiegel say about El Niño?", "en"),
        ("primary: Bram de Wit; secondary: Lucía Ferrer; region: EMEA", None),
        ("Das Museum der Stadt öffnet um neun.", "de"),
    ],
)
def test_what_is_answered_in_another_language_is_sure_to_be_in_it(
    text: str, expected: str | None
) -> None:
    """An English question with a foreign name or a loan word is not answered in that language."""
    assert language(text) == expected
