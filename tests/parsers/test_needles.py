"""The words without which a pattern cannot match: never one too many, or something would not be found."""

from __future__ import annotations

import re

import pytest

from parsers import needles
from parsers.claimrules import load_rules
from parsers.needles import words_of


@pytest.mark.parametrize(("pattern", "words"), [
    ("办结{0,1}申请", {"申请"}),
    ("(?:网络|网上)申请", {"网络申请", "网上申请"}),
    ("收到(?:政府)?信息[公件]", {"信息公", "信息件"}),
    (r"(?<!不予)公开\d+件", {"公开"}),
    ("(?:公开|答复){2,}x", {"公开", "答复"}),
    ("(?:公开)?", None),
    (r"\d+|公开", None),
    ("(?i:ab)|cd", None),
    ("a|ab|abc", {"a"}),
])  # fmt: skip
def test_words_that_a_pattern_needs(pattern, words):
    assert words_of([re.compile(pattern)]) == words


def test_of_several_patterns_one_word_each_is_needed():
    assert words_of([re.compile("公开x"), re.compile("答复")]) == {"公开x", "答复"}
    assert words_of([re.compile("公开"), re.compile(".")]) is None
    assert words_of([re.compile("公开", re.IGNORECASE)]) is None


def test_without_the_library_s_own_parser_of_patterns_all_are_tried(monkeypatch):
    monkeypatch.setattr(needles, "_parser", None)
    assert words_of([re.compile("公开")]) is None


def test_no_claim_is_made_without_one_of_its_words():
    text = "全年收到政府信息公开申请12件，办结12件；行政复议3件，公报4期。"
    rules = load_rules()
    for rule in rules.claims:
        if any(pattern.search(text) for pattern in (*rule.patterns, *rule.zero)):
            assert rule.kind in rules.possible(text)
    assert "hotline_received" not in rules.possible(text)
