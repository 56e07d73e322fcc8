from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.textnorm import _EASY, nfkc, raised, squeeze

EASY = [chr(n) for n in range(0x10000) if _EASY.fullmatch(chr(n))]


@pytest.mark.parametrize(("text", "folded"), [
    ("受理 ５ 件", "受理5件"), ("受理5①件", "受理5件"), ("受理5²件", "受理5件"), ("共3项①5件", "共3项5件"),
])  # fmt: skip
def test_digits_of_notes_never_join_a_number(text, folded):
    assert squeeze(text) == folded


def test_raised_digits_stay_apart_from_plain_ones():
    assert raised("[1２]") == "[¹²]"


def test_what_is_folded_the_easy_way_never_combines():
    folded = [unicodedata.normalize("NFKC", c) for c in EASY]
    assert [nfkc(c) for c in EASY] == folded
    assert not any(unicodedata.combining(c) or not unicodedata.is_normalized("NFC", c) for c in "".join(folded))


MIXED = [*EASY[:400], *EASY[-100:], "中", "５", "①", "²", "\u0301", "ｶ", "ﾞ", "\u200b", "\u00ad"]


@given(st.text(st.sampled_from(MIXED)))
def test_folding_is_unicodes_own(text):
    assert nfkc(text) == unicodedata.normalize("NFKC", text)
    if not re.search("[①²]", text):
        assert squeeze(text) == re.sub("[\\s\u200b\u00ad]", "", unicodedata.normalize("NFKC", text))
