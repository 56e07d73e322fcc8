"""Flip books whose leaves are pictures."""

import pytest

from crawler.leaves import leaves
from crawler.links import read_page
from crawler.scope import SiteScope
from crawler.walk import PageKind, Where, plan

URL = "http://www.qinghe.example/book/2020/index.html"
LARGE = ["files/large/1.jpg", "files/large/2.jpg", "files/large/3.jpg"]
BOOKS = {
    "pictures": "".join(f'<div class="page"><img data-src="files/large/{n}.jpg"></div>' for n in (1, 2, 3)),
    "list": '<script>var pages=["files\\/large\\/1.jpg","files/large/2.jpg","files/large/3.jpg"]</script>',
    "out of order": "".join(f'<img src="files/large/{n}.jpg">' for n in (2, 3, 1)),
    "small ones too": "".join(f'<img src="files/thumb/{n}.jpg"><img src="files/large/{n}.jpg">' for n in (1, 2, 3)),
    "number of pages": "<script>var bookConfig={totalPageCount:3}; add('files/large/' + (i + 1) + '.jpg')</script>",
    "background": "".join(f'<li style="background:url(files/large/{n}.jpg)"></li>' for n in (1, 2, 3)),
}


@pytest.mark.parametrize("kind", BOOKS)
def test_leaves_in_their_order(kind):
    assert list(leaves(BOOKS[kind])) == LARGE


@pytest.mark.parametrize("html", [
    '<img src="/i/7.jpg"><img src="/i/9.jpg">', '<img src="/banner/1.jpg"><img src="/banner/2.jpg">',
    '<img src="a1.jpg">',
    "add('files/' + i + '.jpg')", "<script>var pages=900; add('files/' + i + '.jpg')</script>",
])  # fmt: skip
def test_what_is_no_series(html):
    assert leaves(html) == ()


def test_a_book_without_a_document_is_kept_leaf_by_leaf():
    html = f"<title>清禾县2020年政府信息公开年度报告</title><script src=js/turn.js></script>{BOOKS['pictures']}"
    where = Where(URL, PageKind.ARTICLE, 3, SiteScope("s", {"www.qinghe.example"}), ".example")
    ahead = plan(read_page(html, URL), html, where)
    assert [step.url.removeprefix("http://www.qinghe.example/book/2020/") for step in ahead.steps] == LARGE
    assert [step.priority for step in ahead.steps] == [95, 94, 93]  # fetched, and so read, in this order
    assert not ahead.needs_browser
    plain = html.replace("turn.js", "a.js")
    assert plan(read_page(plain, URL), plain, where).steps == ()
