"""Addresses of one page, fingerprints of missing pages, patience with guesses, hours of the day."""

from datetime import UTC, datetime

import pytest

from crawler.canon import clean_url, is_twin, url_key
from crawler.offpeak import is_open, parse_hours
from crawler.patience import Patience
from crawler.soft404 import MissingPages

HOST = "http://www.qinghe.example"


@pytest.mark.parametrize(("one", "other"), [
    ("/nb/", "/nb/index.html"), ("/nb/", "/nb/index.shtml"), ("/a?b=1&a=2", "/a?a=2&b=1"), ("/a;jsessionid=9", "/a"),
    ("/a?sessionid=7&x=1", "/a?x=1"), ("/a?ddtab=true&ddtab=true", "/a"), ("/a//b", "/a/b"), ("/a#top", "/a"),
    ("/t1_wap.html", "/t1.html"), ("/mpost_5.html", "/post_5.html"), ("/a?v=1650371874002", "/a"),
    ("/info/3701/8.htm", "/content.jsp?urltype=news.NewsContentUrl&wbtreeid=3701&wbnewsid=8"),
])  # fmt: skip
def test_two_addresses_of_one_page(one, other):
    assert url_key(HOST + one) == url_key(HOST + other)


def test_scheme_and_www_do_not_matter_and_a_phone_host_is_a_twin():
    assert len({url_key(u) for u in (HOST, "https://qinghe.example/", "http://m.qinghe.example")}) == 1
    assert is_twin("http://m.qinghe.example/a")
    assert not is_twin(HOST + "/a")


@pytest.mark.parametrize(("one", "other"), [
    ("/a?id=1", "/a?id=2"), ("/a", "/b"), ("/#/detail?id=1", "/#/detail?id=2"), (":8080/a", "/a"), ("/a?t=3", "/a?t=4"),
])  # fmt: skip
def test_two_pages(one, other):
    assert url_key(HOST + one) != url_key(HOST + other)


def test_only_what_says_nothing_is_taken_out_of_an_address_that_is_fetched():
    assert clean_url(HOST + "/a;jsessionid=1?id=2&sessionid=3&_=4") == HOST + "/a?id=2"
    assert clean_url(HOST + "/a?q=%E5%85%AC&x=") == HOST + "/a?q=%E5%85%AC&x="


def test_a_missing_page_is_known_again_whatever_its_address_and_time():
    shown = "<title>提示</title><div>首页 政务公开 新闻中心 互动交流</div><p>没有找到 {} {}</p>"
    missing = MissingPages()
    missing.learn(HOST + "/x", shown.format("/x", "10:31"))
    assert missing.matches(HOST + "/nb/9.html", shown.format("/nb/9", "11:02"))
    assert not missing.matches("http://other.example/", shown.format("/x", "10:31"))
    assert not missing.matches(HOST + "/r", shown.format("", "").replace("提示", "某县年报"))
    assert not missing.matches(HOST + "/r", shown.format("", "") + "".join(f"<p>正文{c}</p>" for c in "甲乙丙丁戊"))


def test_patience_ends_after_fruitless_guesses_and_is_renewed_by_a_find():
    patience = Patience(found=1, lists=1)
    for _ in range(3):
        assert patience.lasts("organ")
        patience.begin("organ")
    assert not patience.lasts("organ")
    # One report among the news does not say where the others are: guesses go on for longer.
    assert Patience(found=1, fruitless=patience.fruitless).lasts("organ")
    patience.reward(["organ"])
    assert patience.lasts("organ")
    assert patience.lasts("anything else")


@pytest.mark.parametrize(("hours", "utc", "expected"), [
    ("20-7", 13, True), ("20-7", 22, True), ("20-7", 23, False), ("20-7", 4, False), ("1-5", 18, True),
    ("1-5", 21, False),
])  # fmt: skip
def test_off_peak_hours_are_those_of_china(hours, utc, expected):
    assert is_open(parse_hours(hours), datetime(2026, 1, 1, utc, 30, tzinfo=UTC)) is expected


@pytest.mark.parametrize("text", ["", "20", "25-3", "7-7", "a-b"])
def test_other_texts_are_no_hours(text):
    assert parse_hours(text) is None
