"""A number or a code finds its passage in either language, also where all else is alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from index import Library
from index.text.identifiers import advantage, identifiers, weights

if TYPE_CHECKING:
    from tests.conftest import MakeLibrary

NUMBERS = (7316, 2258, 9041, 4477, 6180, 3359)
CITIES = (
    ("Muscat", "مسقط"), ("Sfax", "صفاقس"), ("Aleppo", "حلب"),
    ("Basra", "البصرة"), ("Tangier", "طنجة"), ("Aden", "عدن"),
)  # fmt: skip
INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture(scope="module")
def orders(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Six English and six Arabic orders, alike but for their numbers, cities and codes."""
    texts: dict[str, str] = {}
    for at, (number, (city, arabic)) in enumerate(zip(NUMBERS, CITIES, strict=True)):
        texts[f"e{at}.txt"] = (
            f"Order {number} of pump KX-{at}40 was shipped to the depot in {city} by rail. "
            "The storekeeper signs for it on arrival."
        )
        texts[f"a{at}.txt"] = (
            f"شُحن الطلب {str(number + 111).translate(INDIC)} للمضخة RT-{at}70 إلى مستودع "
            f"{arabic} بالقطار. ويوقّع أمين المخزن عند الاستلام."
        )
    return make_library(tmp_path_factory.mktemp("orders"), texts)


@pytest.mark.parametrize("at", range(len(NUMBERS)))
def test_a_number_finds_its_order_across_languages(orders: Library, at: int) -> None:
    english, arabic = NUMBERS[at], NUMBERS[at] + 111
    asked = {
        f"إلى أي مستودع شُحن الطلب رقم {str(english).translate(INDIC)}؟": f"e{at}.txt",
        f"Which depot was order {arabic} shipped to?": f"a{at}.txt",
        f"Which depot was order {english} shipped to?": f"e{at}.txt",
        f"إلى أي مستودع شُحن الطلب {arabic}؟": f"a{at}.txt",
        f"أين المضخة KX-{at}40؟": f"e{at}.txt",
        str(arabic).translate(INDIC): f"a{at}.txt",
    }
    found = {query: orders.search(query, k=3)[0].document for query in asked}
    assert found == asked


def test_identifiers_are_what_both_languages_write_alike() -> None:
    assert identifiers("Where is invoice INV-٢٠٢٤/0017?", "en") == ["2024", "0017"]
    assert identifiers("أين جهاز HP-300 أو E04؟", "ar") == ["hp", "300", "e04"]
    assert identifiers("Where is the invoice?", "en") == []


def test_words_in_the_other_language_s_letters_are_identifiers() -> None:
    assert identifiers("من المسؤول عن Vaporex؟", "ar") == ["vaporex"]
    assert identifiers("Who runs متحف النخيل?", "en") == ["متحف", "نخيل"]
    assert identifiers("من المسؤول عن الفواتير؟", "ar") == []


def test_rare_and_long_identifiers_say_more() -> None:
    weight = weights({"7316": 1, "2024": 50, "3": 1}, 100)
    assert weight["7316"] > weight["2024"] > weight["3"] == 0.0
    assert weight["7316"] == pytest.approx(1.0)


def test_only_what_no_passage_of_the_own_language_holds_counts() -> None:
    held = [{"7316"}, {"5"}, {"7316", "hp"}, set[str]()]
    same = np.array([True, True, False, False])
    assert advantage(held, same, {"7316": 1.0}).tolist() == [0.0, 0.0, 0.0, 0.0]
    with_code = advantage(held, same, {"7316": 1.0, "hp": 0.5}).tolist()
    assert with_code == pytest.approx([0.0, 0.0, 0.5 / 1.5, 0.0])
    assert advantage(held, np.array([False] * 4), {"7316": 1.0}).tolist() == [1.0, 0.0, 1.0, 0.0]
