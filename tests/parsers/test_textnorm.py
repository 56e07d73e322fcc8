from __future__ import annotations

import pytest

from parsers.textnorm import raised, squeeze


@pytest.mark.parametrize(("text", "folded"), [
    ("受理 ５ 件", "受理5件"), ("受理5①件", "受理5件"), ("受理5²件", "受理5件"), ("共3项①5件", "共3项5件"),
])  # fmt: skip
def test_digits_of_notes_never_join_a_number(text, folded):
    assert squeeze(text) == folded


def test_raised_digits_stay_apart_from_plain_ones():
    assert raised("[1２]") == "[¹²]"
