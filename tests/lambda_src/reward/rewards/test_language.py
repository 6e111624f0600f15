"""The language of short texts, all written for this test."""

# ruff: noqa: RUF001 - letters of other alphabets are what is tested

import pytest

from lambda_src.reward.rewards._text.language import share

SENTENCES = {
    "ar": "يغادر القطار في الساعة التاسعة.",
    "bg": "Влакът тръгва в девет и трябва да сме там преди обяд.",
    "cs": "Vlak odjíždí v devět a měli bychom tam být před obědem.",
    "da": "Jeg ved ikke, hvad du mener med det.",
    "de": "Ich weiß nicht, was du damit meinst.",
    "el": "Το τρένο φεύγει στις εννιά.",
    "en": "I do not know what you mean by that.",
    "es": "No sé qué quieres decir con eso.",
    "fa": "قطار ساعت نه حرکت می‌کند.",
    "fi": "Juna lähtee yhdeksältä ja meidän pitäisi olla siellä ennen lounasta.",
    "fr": "Je ne sais pas ce que vous voulez dire.",
    "he": "הרכבת יוצאת בתשע.",
    "hi": "ट्रेन नौ बजे निकलती है।",
    "hu": "A vonat kilenckor indul, és ebéd előtt ott kell lennünk.",
    "id": "Saya tidak tahu apa yang kamu maksud.",
    "it": "Non so che cosa vuoi dire con questo.",
    "ja": "列車は九時に出発します。",
    "ko": "기차는 아홉 시에 출발합니다.",
    "nl": "Ik weet niet wat je daarmee bedoelt.",
    "no": "Jeg vet ikke hva du mener med det.",
    "pl": "Pociąg odjeżdża o dziewiątej i powinniśmy tam być przed obiadem.",
    "pt": "Não sei o que você quer dizer com isso.",
    "ro": "Nu știu ce vrei să spui cu asta.",
    "ru": "Поезд отправляется в девять, и мы должны быть там до обеда.",
    "sv": "Jag vet inte vad du menar med det.",
    "th": "รถไฟออกเวลาเก้าโมง",
    "tr": "Bununla ne demek istediğini bilmiyorum.",
    "uk": "Потяг вирушає о дев'ятій, і ми маємо бути там до обіду.",
    "zh": "火车九点出发，我们应该在午饭前到达。",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_in_its_language_and_in_no_other(language: str) -> None:
    shares = {other: share(SENTENCES[language], other) for other in SENTENCES}

    assert {other for other, value in shares.items() if value > 0} == {language}
    assert shares[language] == 1.0


def test_two_languages_share_a_text_by_their_letters() -> None:
    text = f"{SENTENCES['en']} {SENTENCES['fr']}"

    assert share(text, "en") + share(text, "fr") == pytest.approx(1.0)
    assert share(text, "en") == pytest.approx(27 / (27 + 30))


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        pytest.param("", "en", 0.0, id="empty"),
        pytest.param("42 + 1 = 43", "en", 0.0, id="no letters"),
        pytest.param("Paris", "fr", 1.0, id="too short to tell"),
        pytest.param("Paris", "ru", 0.0, id="another script all the same"),
        pytest.param("blorp snarf wibble quux zorg plim trell vonk drimble", "en", 0.0, id="no words of any language"),
        pytest.param("```python\nfor x in range(10): print(x)\n```\nDas ist nicht alles.", "de", 1.0, id="code"),
        pytest.param("Das ist nicht alles. Blorp snarf.", "de", 1.0, id="a fragment beside"),
        pytest.param("The answer is Straße.", "en", 1.0, id="a foreign word"),
        pytest.param("и" * 50_000 + " the " * 10_000, "en", 6_000 / 16_000, id="both ends of a long one"),
    ],
)
def test_share(text: str, language: str, value: float) -> None:
    assert share(text, language) == pytest.approx(value)
